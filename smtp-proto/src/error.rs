//! What can go wrong, by whose fault, and what to tell the peer.

use crate::client::NotSent;
use crate::reply::Reply;
use crate::status::{EnhancedCode, ReplyCode};
use crate::text;

/// Why a session ended. After one of these every later call returns the same, and nothing more is read.
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
    /// What was to be sent was not, and why; the session goes on.
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
    /// A command verb: letters.
    #[error("a command")]
    Verb,
    /// An argument, or another one than stands there.
    #[error("an argument")]
    Argument,
    /// A single space.
    #[error("a space")]
    Space,
    /// Something else than the space that stands there.
    #[error("no space")]
    NoSpace,
    /// `FROM:<reverse-path>`.
    #[error("\"FROM:<address>\"")]
    From,
    /// `TO:<forward-path>`.
    #[error("\"TO:<address>\"")]
    To,
    /// A part of an address, outside of MAIL and RCPT.
    #[error("{0}")]
    Address(AddressPart),
    /// A part of the address of MAIL.
    #[error("{0} of the sender")]
    Sender(AddressPart),
    /// A part of the address of RCPT.
    #[error("{0} of the recipient")]
    Recipient(AddressPart),
    /// An ESMTP parameter: `KEYWORD` or `KEYWORD=value`.
    #[error("a parameter")]
    Parameter,
    /// A value that the parameter's RFC allows.
    #[error("a valid parameter value")]
    ParameterValue,
    /// A keyword that did not occur yet.
    #[error("no keyword twice")]
    NoDuplicate,
    /// Fewer parameters.
    #[error("fewer parameters")]
    FewerParameters,
    /// Decimal digits.
    #[error("a number")]
    Number,
    /// A number that fits.
    #[error("a smaller number")]
    SmallerNumber,
    /// A message size that fits.
    #[error("a smaller size")]
    SmallerSize,
    /// xtext: `+` and two upper-case hexadecimal digits for what cannot stand for itself.
    #[error("xtext")]
    Xtext,
    /// Canonical base64.
    #[error("base64")]
    Base64,
    /// A SASL mechanism name.
    #[error("a mechanism name")]
    Mechanism,
    /// Well-formed UTF-8.
    #[error("UTF-8")]
    Utf8,
    /// A reply code, 200 to 559.
    #[error("a reply code")]
    ReplyCode,
    /// The same code on all lines of a reply.
    #[error("the same reply code on every line")]
    SameCode,
    /// Text without CR, LF, NUL and other control octets.
    #[error("text")]
    Text,
    /// Fewer octets.
    #[error("fewer octets")]
    Shorter,
}

/// What the grammar of addresses wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AddressPart {
    /// A path: an address between angle brackets.
    #[error("an address in angle brackets")]
    Path,
    /// A local part: a dot-string or a quoted string.
    #[error("a local part")]
    LocalPart,
    /// `@` and a domain or an address literal.
    #[error("a domain")]
    Domain,
    /// A local part of at most 64 octets, a domain of at most 255, a path of at most 256.
    #[error("fewer octets")]
    Shorter,
    /// Well-formed UTF-8.
    #[error("UTF-8")]
    Utf8,
}

impl ParseError {
    /// What a server says to the client that sent this.
    ///
    /// `500 5.5.2` for what is no command, `501 5.1.7` and `501 5.1.3` for a bad sender or recipient address,
    /// `501 5.5.4` for a bad argument, `552 5.3.4` for a size beyond all numbers.
    pub fn suggested_reply(&self) -> Reply<'static> {
        let (code, enhanced, text) = match self.expected {
            Expected::Verb | Expected::Crlf => {
                (ReplyCode::SYNTAX_ERROR, EnhancedCode::SYNTAX_ERROR, text!("command not understood"))
            }
            Expected::Shorter => {
                (ReplyCode::SYNTAX_ERROR, EnhancedCode::SYNTAX_ERROR, text!("line too long"))
            }
            Expected::NoSpace => {
                (ReplyCode::BAD_ARGUMENTS, EnhancedCode::SYNTAX_ERROR, text!("a space too many"))
            }
            Expected::From => {
                (ReplyCode::BAD_ARGUMENTS, EnhancedCode::BAD_ARGUMENTS, text!("expected FROM:<address>"))
            }
            Expected::To => {
                (ReplyCode::BAD_ARGUMENTS, EnhancedCode::BAD_ARGUMENTS, text!("expected TO:<address>"))
            }
            Expected::Sender(_) => (
                ReplyCode::BAD_ARGUMENTS,
                EnhancedCode::BAD_SENDER_SYNTAX,
                text!("bad sender address, expected FROM:<local-part@domain>"),
            ),
            Expected::Recipient(_) => (
                ReplyCode::BAD_ARGUMENTS,
                EnhancedCode::BAD_MAILBOX_SYNTAX,
                text!("bad recipient address, expected TO:<local-part@domain>"),
            ),
            Expected::SmallerSize => {
                (ReplyCode::MESSAGE_TOO_BIG, EnhancedCode::MESSAGE_TOO_BIG, text!("message too big"))
            }
            Expected::Base64 => {
                (ReplyCode::BAD_ARGUMENTS, EnhancedCode::SYNTAX_ERROR, text!("cannot decode base64"))
            }
            _ => (ReplyCode::BAD_ARGUMENTS, EnhancedCode::BAD_ARGUMENTS, text!("bad or missing argument")),
        };
        Reply::new(code, enhanced, text)
    }
}

/// What a peer did that ends the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeerMisbehaved {
    /// Bytes in clear behind STARTTLS: an injection, or a peer that does not wait (RFC 3207 section 4.2).
    #[error("plaintext after STARTTLS")]
    PlaintextAfterStartTls,
    /// STARTTLS was required and refused.
    #[error("TLS refused")]
    TlsRefused,
    /// The greeting is not one.
    #[error("bad greeting")]
    BadGreeting,
    /// A reply that answers no command, or that cannot be the answer to the one whose turn it is.
    #[error("unexpected reply")]
    UnexpectedReply,
    /// A reply to a command whose bytes were not all sent yet.
    #[error("reply before the command")]
    PrematureReply,
    /// The lines of a reply differ in their code.
    #[error("reply lines with different codes")]
    ReplyMismatch,
    /// Commands behind one that must end a group, before its reply (RFC 2920 section 3.1).
    #[error("pipelining past a synchronisation point")]
    PipeliningViolation,
    /// A challenge where none may be.
    #[error("unexpected challenge")]
    UnexpectedChallenge,
    /// A command that needs an extension which the server did not offer, or which a relay hid; or a chunk behind one that was
    /// refused.
    #[error("command that was not offered")]
    NotOffered,
    /// Another protocol: HTTP, or a TLS handshake on a plain port.
    #[error("another protocol")]
    ForeignProtocol,
    /// The connection ended inside a line, a reply or a message.
    #[error("connection truncated")]
    Truncated,
}

/// Which limit was exceeded; see [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// More was skipped of an over-long line than is allowed.
    #[error("line too long")]
    Line,
    /// A reply of too many lines or octets.
    #[error("reply too long")]
    Reply,
    /// An AUTH exchange of too many rounds or octets.
    #[error("authentication exchange too long")]
    Sasl,
    /// Too many chunks in one message.
    #[error("too many chunks")]
    Chunks,
}

/// What the caller did wrong. Nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// The call does not fit the state of the session.
    #[error("not in this state")]
    State,
    /// The token answers nothing that is open.
    #[error("unknown token")]
    Token,
    /// This reply cannot answer this event.
    #[error("a reply that cannot stand here")]
    Reply,
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
    /// What a server may say before it closes the connection over this; `None` when there is nobody to listen.
    ///
    /// The session that gave the error takes no reply any more: write this behind what its output still holds.
    pub fn suggested_reply(&self) -> Option<Reply<'static>> {
        let (enhanced, text) = match self {
            Self::InvalidMessage(error) => return Some(error.suggested_reply()),
            Self::LimitExceeded(_) => {
                (EnhancedCode::OTHER_SECURITY_STATUS, text!("too much, closing connection"))
            }
            Self::PeerMisbehaved(PeerMisbehaved::PipeliningViolation) => {
                (EnhancedCode::INVALID_COMMAND, text!("wait for the reply, closing connection"))
            }
            _ => return None,
        };
        Some(Reply::new(ReplyCode::SERVICE_NOT_AVAILABLE, enhanced, text))
    }
}

impl ParseError {
    /// The error of a constructor of `field`.
    pub(crate) fn in_field(self, field: &'static str) -> ValueError {
        ValueError { field, expected: self.expected, offset: self.offset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn last_words() {
        let said = |error: Error| error.suggested_reply().map(|reply| Vec::from(&reply.as_bytes()[..9]));
        let error = ParseError { expected: Expected::Verb, offset: 0 };
        assert_eq!(said(error.into()).as_deref(), Some(&b"500 5.5.2"[..]));
        assert_eq!(said(Limit::Line.into()).as_deref(), Some(&b"421 4.7.0"[..]));
        assert_eq!(said(PeerMisbehaved::PipeliningViolation.into()).as_deref(), Some(&b"421 4.5.1"[..]));
        for nobody in [
            PeerMisbehaved::Truncated,
            PeerMisbehaved::PlaintextAfterStartTls,
            PeerMisbehaved::ForeignProtocol,
        ] {
            assert_eq!(said(nobody.into()), None);
        }
    }
}
