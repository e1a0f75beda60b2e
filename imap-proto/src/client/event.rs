//! What a client is told.

use core::fmt;

use crate::auth::Secret;
use crate::error::ParseError;
use crate::fetch::FetchItem;
use crate::grammar::octets::debug;
use crate::grammar::section::{Section, SectionPart};
use crate::list::{Bare, List};
use crate::options::Tolerated;
use crate::response::{Greeting, RespText, Response, Status};
use crate::session::Token;

/// What a client is told.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// The server's first response. After BYE the session is over.
    Greeting(Greeting<'i>),
    /// What ends no command: data, or a status.
    Response {
        /// The command that asked for it, as far as the protocol lets that be known; `None` for what comes unasked.
        to: Option<Token>,
        /// What the server says.
        response: Response<'i>,
        /// What was wrong with it.
        tolerated: Option<Tolerated>,
    },
    /// The one completion of what gave this token.
    Finished {
        /// The command.
        to: Token,
        /// How it went.
        status: Status<'i>,
        /// What was wrong with it.
        tolerated: Option<Tolerated>,
    },
    /// Of a FETCH response, what stands before contents that are larger than
    /// [`Limits::inline_literal`](crate::Limits::inline_literal). Their octets follow in [`Chunk`](Self::Chunk)s; then
    /// comes another one of these for the same message, or [`FetchTail`](Self::FetchTail).
    FetchHead {
        /// The command that asked for it.
        to: Option<Token>,
        /// The message: its number, or its UID in UIDFETCH.
        number: u32,
        /// What was told of the message since the last head, or its begin.
        items: List<'i, FetchItem<'i>, Bare>,
        /// What the octets are.
        contents: Streamed<'i>,
        /// How many octets there are.
        size: u64,
    },
    /// Octets of the contents: a piece of the input.
    Chunk {
        /// So many.
        octets: &'i [u8],
        /// Octets that are still to come.
        left: u64,
    },
    /// The end of a FETCH response that came in parts.
    FetchTail {
        /// The command that asked for it.
        to: Option<Token>,
        /// What was told of the message behind its contents.
        items: List<'i, FetchItem<'i>, Bare>,
    },
    /// The server waits for the literal: [`write`](super::Client::write) it.
    GoAhead {
        /// What [`append_head`](super::Client::append_head) gave.
        to: Token,
    },
    /// The server waits for [`answer`](super::Client::answer) or [`cancel`](super::Client::cancel).
    Challenge {
        /// The AUTHENTICATE command.
        to: Token,
        /// What the mechanism needs to go on.
        challenge: Secret,
    },
    /// The server is in IDLE: it tells what happens, up to [`done`](super::Client::done).
    Idling {
        /// The IDLE command.
        to: Token,
    },
    /// STARTTLS was accepted: make the handshake and say [`tls_established`](super::Client::tls_established). Whatever came
    /// behind this response in clear is an error.
    StartTls {
        /// The STARTTLS command.
        to: Token,
    },
    /// COMPRESS was accepted: whatever came behind this response is compressed, as is what will be written. Inflate it, say
    /// [`compression_established`](super::Client::compression_established), and go on with what was inflated.
    Compress {
        /// The COMPRESS command.
        to: Token,
    },
    /// The server closes the connection.
    Bye(RespText<'i>),
    /// What cannot be read; the session goes on behind it. Within a FETCH response that comes in parts it stands for
    /// the [`FetchTail`](Self::FetchTail).
    Malformed {
        /// What was expected, and where.
        error: ParseError,
        /// What came, or the last part of it.
        line: &'i [u8],
    },
    /// What may not come now, or a part of what is too long: not to be looked at.
    Dropped,
    /// Write what [`transmit`](super::Client::transmit) holds and close the connection. It consumes whatever there is, and
    /// comes again however often it is asked for.
    Close,
}

/// Which contents of a message arrive in chunks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Streamed<'i> {
    /// `BODY[TEXT]<0>`: a section as it is in the message. RFC 9051 section 7.5.2.
    Body {
        /// Which section.
        section: Section<'i>,
        /// Which octet of the section is the first, when only a part of it was asked for.
        origin: Option<u64>,
    },
    /// `BINARY[1.2]`: a part without its transfer encoding. RFC 3516.
    Binary {
        /// Which part.
        part: SectionPart<'i>,
        /// Which octet of the part is the first, when only some of it was asked for.
        origin: Option<u64>,
    },
    /// `RFC822`: the whole message. RFC 3501 section 7.4.2.
    Rfc822,
    /// `RFC822.HEADER`. RFC 3501 section 7.4.2.
    Rfc822Header,
    /// `RFC822.TEXT`. RFC 3501 section 7.4.2.
    Rfc822Text,
}

/// Octets of a message, and what a server wrote in place of a challenge, are no matter for a log.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Greeting(greeting) => f.debug_tuple("Greeting").field(greeting).finish(),
            Self::Response { to, response, tolerated } => f
                .debug_struct("Response")
                .field("to", to)
                .field("response", response)
                .field("tolerated", tolerated)
                .finish(),
            Self::Finished { to, status, tolerated } => f
                .debug_struct("Finished")
                .field("to", to)
                .field("status", status)
                .field("tolerated", tolerated)
                .finish(),
            Self::FetchHead { to, number, items, contents, size } => f
                .debug_struct("FetchHead")
                .field("to", to)
                .field("number", number)
                .field("items", items)
                .field("contents", contents)
                .field("size", size)
                .finish(),
            Self::Chunk { octets, left } => write!(f, "Chunk {{ {} octets, {left} left }}", octets.len()),
            Self::FetchTail { to, items } => {
                f.debug_struct("FetchTail").field("to", to).field("items", items).finish()
            }
            Self::GoAhead { to } => f.debug_struct("GoAhead").field("to", to).finish(),
            Self::Challenge { to, challenge } => {
                f.debug_struct("Challenge").field("to", to).field("challenge", challenge).finish()
            }
            Self::Idling { to } => f.debug_struct("Idling").field("to", to).finish(),
            Self::StartTls { to } => f.debug_struct("StartTls").field("to", to).finish(),
            Self::Compress { to } => f.debug_struct("Compress").field("to", to).finish(),
            Self::Bye(text) => f.debug_tuple("Bye").field(text).finish(),
            Self::Malformed { error, line } => {
                write!(f, "Malformed {{ {error}: ")?;
                debug(line, f)?;
                f.write_str(" }")
            }
            Self::Dropped => f.write_str("Dropped"),
            Self::Close => f.write_str("Close"),
        }
    }
}
