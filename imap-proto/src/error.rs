//! What can go wrong, by whose fault, and what to tell the peer.

use alloc::borrow::Cow;
use alloc::format;

use crate::client::NotSent;
use crate::grammar::text::{Tag, Text};
use crate::response::{RespText, Response, Status, StatusKind, Tagged};
use crate::state::Refusal;

/// Why a session ended. After one of these every later call returns the same, and nothing more is read.
///
/// But [`NotSent`] and [`ApiMisuse`] end nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent bytes after which no message boundary can be trusted.
    #[error("invalid message: {0}")]
    InvalidMessage(ParseError),
    /// The peer broke the protocol in a way that cannot be recovered from.
    #[error("peer misbehaved: {0}")]
    PeerMisbehaved(PeerMisbehaved),
    /// The peer sent more than [`Limits`](crate::Limits) allow.
    #[error("limit exceeded: {0}")]
    LimitExceeded(Limit),
    /// What a client was to send was not sent, and why; the session goes on.
    #[error("not sent: {0}")]
    NotSent(NotSent),
    /// The caller called something out of turn; the session goes on as if it had not.
    #[error("api misuse: {0}")]
    ApiMisuse(ApiMisuse),
}

/// The text of an [`Error`] holds that of its cause, so the cause is no `source`: whoever prints the chain would print it twice.
macro_rules! causes {
    ($($variant:ident($cause:ty)),*) => {$(
        impl From<$cause> for Error {
            fn from(cause: $cause) -> Self {
                Self::$variant(cause)
            }
        }
    )*};
}

causes!(
    InvalidMessage(ParseError),
    PeerMisbehaved(PeerMisbehaved),
    LimitExceeded(Limit),
    NotSent(NotSent),
    ApiMisuse(ApiMisuse)
);

/// Why bytes are not a message, and where.
///
/// The text of the message is never part of it, so that it can be logged and sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("expected {expected} at offset {offset}")]
pub struct ParseError {
    /// What the grammar wants there.
    pub expected: Expected,
    /// Octets from the start of what was parsed.
    pub offset: usize,
}

/// What the grammar wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Expected {
    /// A syntax element of the construct at hand.
    #[error("a syntax element")]
    Syntax,
    /// Nothing more.
    #[error("the end")]
    End,
    /// CRLF, where something else or more stands.
    #[error("CRLF")]
    Crlf,
    /// A single space.
    #[error("a space")]
    Space,
    /// `(`.
    #[error("\"(\"")]
    Open,
    /// `)`, or another item of the list.
    #[error("\")\"")]
    Close,
    /// A tag: atom characters and `]`, but no `+`.
    #[error("a tag")]
    Tag,
    /// The name of a command.
    #[error("a command")]
    Command,
    /// A word that its RFC lists, at this place.
    #[error("a keyword")]
    Keyword,
    /// The name and values of an item that its RFC lists, at this place.
    #[error("an item")]
    Item,
    /// Atom characters.
    #[error("an atom")]
    Atom,
    /// A quoted string or a literal.
    #[error("a string")]
    String,
    /// A quoted string, its closing quote, or an octet that may stand in it.
    #[error("a quoted string")]
    Quoted,
    /// `{`, digits, `}` CRLF and so many octets.
    #[error("a literal")]
    Literal,
    /// A string or NIL.
    #[error("a string or NIL")]
    NString,
    /// Octets that are not NUL.
    #[error("no NUL")]
    NoNul,
    /// Octets that are 7-bit, or UTF-8 where that is in force.
    #[error("7-bit text, or UTF-8 where that is enabled")]
    Utf8,
    /// Text without CR, LF and NUL, at least one octet.
    #[error("text")]
    Text,
    /// Decimal digits.
    #[error("a number")]
    Number,
    /// A number that fits.
    #[error("a smaller number")]
    SmallerNumber,
    /// A number that is not zero.
    #[error("a number other than zero")]
    NonZero,
    /// A sequence set: numbers, `*`, ranges, with commas between them; or `$`.
    #[error("a sequence set")]
    SequenceSet,
    /// A flag: an atom, or `\` and an atom.
    #[error("a flag")]
    Flag,
    /// A mailbox name.
    #[error("a mailbox name")]
    Mailbox,
    /// A date, or a date and time.
    #[error("a date")]
    Date,
    /// A section of a message: `HEADER`, `1.2.TEXT`.
    #[error("a section")]
    Section,
    /// A response code and its `]`.
    #[error("a response code")]
    Code,
    /// A response: a tag, `*` or `+`, and what its RFC lists behind it.
    #[error("a response")]
    Response,
    /// A greeting: `* OK`, `* PREAUTH` or `* BYE`.
    #[error("a greeting")]
    Greeting,
    /// A SASL mechanism name.
    #[error("a mechanism name")]
    Mechanism,
    /// Canonical base64.
    #[error("base64")]
    Base64,
    /// Canonical modified UTF-7.
    #[error("modified UTF-7")]
    Utf7,
    /// A URL.
    #[error("a URL")]
    Url,
    /// Rights to a mailbox: letters and digits.
    #[error("rights")]
    Rights,
    /// The name of an entry: `/` before each of its parts.
    #[error("the name of an entry")]
    Entry,
    /// A media type: `text/plain`.
    #[error("a media type")]
    MediaType,
    /// Fewer octets.
    #[error("fewer octets")]
    Shorter,
    /// Fewer items.
    #[error("fewer items")]
    Fewer,
    /// Less nesting.
    #[error("less nesting")]
    LessDepth,
}

/// What a peer did that ends the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerMisbehaved {
    /// Bytes in clear behind STARTTLS: an injection, or a peer that does not wait. RFC 9051 section 6.2.1.
    #[error("plaintext after STARTTLS")]
    PlaintextAfterStartTls,
    /// Bytes behind COMPRESS before it was answered. RFC 4978 section 3.
    #[error("uncompressed data after COMPRESS")]
    DataAfterCompress,
    /// STARTTLS was required and refused.
    #[error("TLS refused")]
    TlsRefused,
    /// PREAUTH where STARTTLS was required: there can be none behind it. RFC 9051 section 7.1.4.
    #[error("PREAUTH leaves no place for the TLS that is required")]
    PreauthBlocksTls,
    /// The greeting is not one.
    #[error("bad greeting")]
    BadGreeting,
    /// The completion of a command that is not in flight.
    #[error("unknown tag")]
    UnknownTag,
    /// The completion of a command whose bytes were not all sent yet.
    #[error("completion before the command")]
    PrematureCompletion,
    /// `+` where the server waits for nothing.
    #[error("unexpected continuation request")]
    UnexpectedContinuation,
    /// Another protocol: HTTP, or a TLS handshake on a plain port.
    #[error("another protocol")]
    ForeignProtocol,
    /// The connection ended inside a message.
    #[error("connection truncated")]
    Truncated,
}

/// Which limit was exceeded; see [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// A literal of too many octets.
    #[error("literal too large")]
    Literal,
    /// Too many literals in one message.
    #[error("too many literals")]
    Literals,
    /// More was skipped, of a message that is too long or behind a literal that was refused, than is allowed.
    #[error("too much to skip")]
    Discard,
    /// An AUTHENTICATE exchange of too many rounds or octets.
    #[error("authentication exchange too long")]
    Sasl,
    /// Too many messages that may not come.
    #[error("too many unexpected responses")]
    Unexpected,
}

/// What the caller did wrong. Nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// The call does not fit the state of the session.
    #[error("not in this state: {0}")]
    State(Refusal),
    /// The token names nothing that is open.
    #[error("unknown token")]
    Token,
    /// This response or status cannot stand here, or not for this client.
    #[error("a response that cannot stand here")]
    Response,
    /// What is streamed has another size than was announced.
    #[error("not as many octets as announced")]
    Size,
    /// More would wait to be written than [`Limits::output`](crate::Limits::output) allows.
    #[error("output full: write what transmit() holds first")]
    OutputFull,
    /// The session is over.
    #[error("the session is over")]
    Closed,
}

/// Why a value cannot be put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not allowed in {field}: expected {expected} at offset {offset}")]
pub struct ValueError {
    /// The construct it was to become.
    pub field: &'static str,
    /// What the grammar wants there.
    pub expected: Expected,
    /// Octets from the start of the value.
    pub offset: usize,
}

impl Error {
    /// What a server may say before it closes the connection over this: `* BYE …`; `None` when there is nobody to listen.
    ///
    /// The session that gave the error takes no response any more: write this behind what its output still holds.
    pub fn suggested_response(&self) -> Option<Response<'static>> {
        let text = match self {
            Self::LimitExceeded(_) => "too much, closing connection",
            Self::InvalidMessage(_) => "cannot go on, closing connection",
            Self::PeerMisbehaved(_) | Self::NotSent(_) | Self::ApiMisuse(_) => return None,
        };
        Some(Response::Bye(RespText::new(Text(Cow::Borrowed(text.as_bytes())))))
    }
}

impl ParseError {
    /// What a server answers: `A1 BAD expected a space at offset 7`, or `* BAD …` when the line has no tag.
    ///
    /// ```
    /// use imap_proto::{Dialect, Tag, TaggedCommand};
    ///
    /// let line = b"A1 LOGIN\r\n";
    /// let error = TaggedCommand::parse(line, Dialect::STRICT).unwrap_err();
    /// let mut out = Default::default();
    /// error.suggested_response(Tag::of(line)).encode(&mut out);
    /// assert_eq!(out, "A1 BAD expected a space at offset 8\r\n");
    /// ```
    pub fn suggested_response<'a>(&self, tag: Option<Tag<'a>>) -> Response<'a> {
        let text = Text(Cow::Owned(format!("{self}").into_bytes()));
        let status = Status { kind: StatusKind::Bad, text: RespText::new(text) };
        match tag {
            Some(tag) => Response::Tagged(Tagged { tag, status }),
            None => Response::Status(status),
        }
    }

    /// The error of a constructor of `field`.
    pub(crate) fn in_field(self, field: &'static str) -> ValueError {
        ValueError { field, expected: self.expected, offset: self.offset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::encoded;

    #[test]
    fn last_words() {
        let said = |error: Error| error.suggested_response().map(|response| encoded(&response));
        assert_eq!(said(Limit::Discard.into()).as_deref(), Some("* BYE too much, closing connection\r\n"));
        let error = ParseError { expected: Expected::Command, offset: 3 };
        assert!(said(error.into()).is_some());
        for nobody in [
            PeerMisbehaved::Truncated,
            PeerMisbehaved::PlaintextAfterStartTls,
            PeerMisbehaved::ForeignProtocol,
        ] {
            assert_eq!(said(nobody.into()), None);
        }
        let tag = Tag::new("A1").unwrap();
        assert_eq!(
            encoded(&error.suggested_response(Some(tag))),
            "A1 BAD expected a command at offset 3\r\n"
        );
        assert_eq!(encoded(&error.suggested_response(None)), "* BAD expected a command at offset 3\r\n");
    }
}
