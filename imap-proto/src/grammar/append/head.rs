//! The front of an APPEND, for a server that takes the message as it comes.

use super::AppendOptions;
use crate::error::{Expected, ParseError};
use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::text::Tag;
use crate::options::Dialect;
use crate::wire::{self, Cx, Parsed, Wire, Writer, octet, part, word};

part! {
    /// APPEND up to the octets of its first message.
    ///
    /// `A3 APPEND saved-messages (\Seen) {310}` CRLF
    ///
    /// RFC 9051 section 6.3.12.
    pub struct AppendHead<'a> {
        /// What the client calls the command.
        pub tag: Tag<'a>,
        /// Where the message goes.
        pub mailbox: Mailbox<'a>,
        /// What is known of the first message.
        pub message: MessageHead<'a>,
    }
}

impl<'a> AppendHead<'a> {
    /// Reads a command that ends with the header of a literal, as a framer finds it.
    ///
    /// ```
    /// use imap_proto::append::AppendHead;
    /// use imap_proto::{Dialect, Flag};
    ///
    /// let head = AppendHead::parse(b"A3 APPEND saved (\\Seen) {310}\r\n", Dialect::STRICT)?;
    /// assert_eq!((head.tag.as_bytes(), head.mailbox.as_bytes()), (&b"A3"[..], &b"saved"[..]));
    /// assert!(head.message.options.flags.is_some_and(|flags| flags.contains(&Flag::Seen)));
    /// assert_eq!((head.message.size, head.message.binary), (310, false));
    /// # Ok::<(), imap_proto::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// What the grammar expected, and where; also for another command, and for an APPEND that needs its whole text: with
    /// CATENATE, or with `UTF8 (`.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<Self, ParseError> {
        wire::exact(input, dialect)
    }
}

/// ```abnf
/// tag SP "APPEND" SP mailbox SP message-head
/// ```
impl<'a> Wire<'a> for AppendHead<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, tag) = Tag::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, ()) = word(rest, b"APPEND", Expected::Command)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, mailbox) = Mailbox::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, message) = Wire::parse(rest, cx)?;
        Ok((rest, Self { tag, mailbox, message }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.tag.encode(out);
        out.put(" APPEND ");
        self.mailbox.encode(out);
        out.put(" ");
        self.message.encode(out);
    }
}

part! {
    /// What is known of a message before its first octet.
    ///
    /// `(\Seen) {310}` CRLF
    ///
    /// RFC 9051 section 6.3.12.
    pub struct MessageHead<'a> {
        /// Flags, date and the like.
        pub options: AppendOptions<'a>,
        /// How many octets it has.
        pub size: u64,
        /// Whether they may be any, NUL too: `~{310}`.
        pub binary: bool,
    }
}

impl<'a> MessageHead<'a> {
    /// Reads what stands between two messages of one APPEND: ` (\Seen) {310}` CRLF, its first space included.
    ///
    /// # Errors
    /// What the grammar expected, and where; also at the end of the command, which is CRLF.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<Self, ParseError> {
        let fail = |error| wire::fail(error, input);
        let (rest, ()) = space(input, dialect.into()).map_err(fail)?;
        match <Self as Wire<'a>>::parse(rest, dialect.into()).map_err(fail)? {
            ([], head) => Ok(head),
            (rest, _) => Err(ParseError { expected: Expected::End, offset: wire::len_before(input, rest) }),
        }
    }
}

/// ```abnf
/// message-head = append-opts ["~"] "{" number64 ["+"] "}" CRLF
/// ```
impl<'a> Wire<'a> for MessageHead<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, options) = AppendOptions::parse(input, cx)?;
        let (binary, rest) = match rest {
            [b'~', rest @ ..] => (true, rest),
            _ => (false, rest),
        };
        let (rest, ()) = octet(rest, b'{', Expected::Literal)?;
        let (rest, size) = u64::parse(rest, cx)?;
        let rest = match rest {
            [b'+', rest @ ..] => rest,
            _ => rest,
        };
        let (rest, ()) = octet(rest, b'}', Expected::Literal)?;
        let (rest, ()) = word(rest, b"\r\n", Expected::Crlf)?;
        Ok((rest, Self { options, size, binary }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.options.encode(out);
        out.put(if self.binary { "~{" } else { "{" });
        out.number(self.size);
        out.put("}\r\n");
    }
}
