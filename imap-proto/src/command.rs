//! Commands ([RFC 9051 section 6](https://www.rfc-editor.org/rfc/rfc9051#section-6)): what a client asks for.

use alloc::vec::Vec;

use bytes::BytesMut;

pub use crate::registry::{Command, UidCommand};

use crate::error::ParseError;
use crate::grammar::class::space;
use crate::grammar::text::Tag;
use crate::options::{Dialect, Leniency, Tolerated};
use crate::response::crlf;
use crate::wire::{self, Cx, Parsed, Wire, Writer, part};
use crate::writer::{EncodeOptions, Fragment, fragments};

part! {
    /// A command and its tag: one line, with the literals in it.
    ///
    /// `A001 NOOP` CRLF
    ///
    /// RFC 9051 section 2.2.1.
    pub struct TaggedCommand<'a> {
        /// What the client calls it.
        pub tag: Tag<'a>,
        /// What it asks for.
        pub command: Command<'a>,
    }
}

impl<'a> TaggedCommand<'a> {
    /// Reads one command, with the CRLF that ends its line, from the front of `input`.
    ///
    /// ```
    /// use imap_proto::{Command, Dialect, TaggedCommand};
    ///
    /// let (rest, read) = TaggedCommand::parse(b"A1 noop\r\nA2 LOGOUT\r\n", Dialect::STRICT)?;
    /// assert_eq!((read.tag.as_bytes(), &read.command), (&b"A1"[..], &Command::Noop));
    /// assert_eq!(TaggedCommand::parse(rest, Dialect::STRICT)?.1.command, Command::Logout);
    /// # Ok::<(), imap_proto::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// What the grammar expected, and where; [`Tag::of`] has the tag to answer BAD with. A line without its CRLF is
    /// one of them: this reads what a framer has found to be whole.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], Self), ParseError> {
        wire::unreported(input, Self::dialect(dialect))
    }

    /// Like [`parse`](Self::parse), and says what was tolerated.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[allow(clippy::type_complexity)] // rest, value, what was tolerated: a struct would have one user
    pub fn parse_reporting(
        input: &'a [u8],
        dialect: Dialect,
    ) -> Result<(&'a [u8], Self, Option<Tolerated>), ParseError> {
        wire::lenient(input, Self::dialect(dialect))
    }

    /// A line ends at CRLF, in quotes as elsewhere: a server that reads on takes one command where others see two.
    fn dialect(dialect: Dialect) -> Dialect {
        dialect.with_leniency(dialect.leniency.without(Leniency::CRLF_IN_QUOTED))
    }

    /// Appends the command, with its CRLF, to `out`, as if each literal was waited for.
    pub fn encode(&self, out: &mut BytesMut) {
        self.encode_with(EncodeOptions::default(), out);
    }

    /// Appends the command as `options` say, with its CRLF, to `out`, as if each literal was waited for.
    pub fn encode_with(&self, options: EncodeOptions, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::with(out, options, true));
    }

    /// The command in pieces, with the places where the client has to wait; what is given as [`Bytes`](bytes::Bytes)
    /// is not copied.
    pub fn fragments(&self, options: EncodeOptions) -> Vec<Fragment> {
        fragments(options, true, |out| Wire::encode(self, out))
    }
}

/// ```abnf
/// command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
/// ```
impl<'a> Wire<'a> for TaggedCommand<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, tag) = Tag::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, command) = Command::parse(rest, cx)?;
        let (rest, ()) = crlf(rest, cx)?;
        Ok((rest, Self { tag, command }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.tag.encode(out);
        out.put(" ");
        self.command.encode(out);
        out.put("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::{Side, split};

    #[test]
    fn sec_71_a_command_ends_where_a_framer_says() {
        let wire = b"A1 SELECT \"a\r\nA2 DELETE \"b\r\n";
        assert_eq!(split(wire, Side::Client).next(), Some(&b"A1 SELECT \"a\r\n"[..]));
        assert!(TaggedCommand::parse(wire, Dialect::TOLERANT).is_err());
        assert!(TaggedCommand::parse_reporting(wire, Dialect::TOLERANT).is_err());
    }
}
