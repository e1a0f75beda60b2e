//! What an observer tells.

use core::fmt;

use crate::append::AppendOptions;
use crate::auth::{Answer, Secret};
use crate::client::Streamed;
use crate::command::TaggedCommand;
use crate::error::ParseError;
use crate::ext::url::UrlText;
use crate::fetch::FetchItem;
use crate::framing::Side;
use crate::grammar::text::Tag;
use crate::list::{Bare, List};
use crate::options::Tolerated;
use crate::response::{Greeting, Response, Tagged};
use crate::server::{AppendTarget, Offer};
use crate::session::Token;

/// What happened on the wire.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// The server's first response.
    Greeting(Greeting<'i>),
    /// A command, with the literals in it.
    Command {
        /// Names the command in the events of what answers it.
        token: Token,
        /// What it is.
        command: TaggedCommand<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// A command that has begun waits with a literal, which is no message, for the server. It consumes nothing: when the
    /// server says `+`, the same octets are seen again in [`Command`](Self::Command).
    Waits {
        /// That of the command.
        token: Token,
        /// What the client calls it, when that is known; none behind [`Append`](Self::Append), which told it.
        tag: Option<Tag<'i>>,
        /// The octets of the literal.
        size: u64,
    },
    /// What the client has sent of a command that was completed before its literal was asked for: there is no more of it.
    Refused {
        /// That of the command.
        token: Token,
        /// The command up to the literal, or what is left of it there. It may hold a password.
        line: &'i [u8],
    },
    /// A command with messages: APPEND, REPLACE, UID REPLACE. It comes in parts, however small they are: for each message
    /// [`Message`](Self::Message), and [`Literal`](Self::Literal) with its [`Chunk`](Self::Chunk)s, once or, within
    /// CATENATE, more often; then [`AppendEnd`](Self::AppendEnd), unless the server has completed it before.
    Append {
        /// Names the command in the events of what answers it.
        token: Token,
        /// What the client calls it.
        tag: Tag<'i>,
        /// Where the messages go.
        target: AppendTarget<'i>,
    },
    /// The next message of it.
    Message {
        /// That of the command.
        token: Token,
        /// Flags, date and the like.
        options: AppendOptions<'i>,
    },
    /// The next part of the message, which the server has itself. RFC 4469 section 3.
    CatenateUrl {
        /// That of the command.
        token: Token,
        /// Where it is.
        url: UrlText<'i>,
    },
    /// A literal with the message, or with the next part of it. Its octets follow, unless the client waits and the server
    /// refuses it.
    Literal {
        /// That of the command.
        token: Token,
        /// What it is.
        offer: Offer,
    },
    /// Octets of a literal that comes in parts; never empty.
    Chunk {
        /// Who sends it: the client in APPEND, the server in FETCH. Both may be at it at once.
        side: Side,
        /// A piece of the input.
        octets: &'i [u8],
        /// Octets of the literal that are still to come.
        left: u64,
    },
    /// The end of a command with messages.
    AppendEnd {
        /// That of the command.
        token: Token,
    },
    /// What the server says, other than a completion: data, a status, `+`.
    Response {
        /// The command that it answers, as far as the protocol lets that be known; `None` for what comes unasked.
        to: Option<Token>,
        /// What it says.
        response: Response<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// Of a FETCH response, what stands before contents that are larger than 64 KiB. Their octets follow in
    /// [`Chunk`](Self::Chunk)s; then comes another one of these for the same message, or [`FetchTail`](Self::FetchTail).
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
    /// The end of a FETCH response of which the head was told.
    FetchTail {
        /// The command that asked for it.
        to: Option<Token>,
        /// What was told of the message behind its contents.
        items: List<'i, FetchItem<'i>, Bare>,
    },
    /// The completion of a command.
    Finished {
        /// The command with this tag; `None` when there is none that is not completed.
        to: Option<Token>,
        /// Its tag, and how it went. The tag is `*` when it may be a password, as that of [`Malformed`](Self::Malformed).
        tagged: Tagged<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// The server asks for the next message of an AUTHENTICATE exchange.
    Challenge {
        /// That of AUTHENTICATE.
        token: Token,
        /// What the mechanism needs to go on.
        challenge: Secret,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// The client's answer to a challenge.
    Answer {
        /// That of AUTHENTICATE.
        token: Token,
        /// What it answers.
        answer: Answer,
    },
    /// `DONE`: the end of IDLE; also one that met the completion on its way.
    Done {
        /// That of IDLE.
        token: Token,
    },
    /// OK to STARTTLS. What follows is a TLS handshake: both sides give `None` until
    /// [`tls_established`](super::Observer::tls_established), and what does not begin like one is
    /// [`PeerMisbehaved::PlaintextAfterStartTls`](crate::PeerMisbehaved::PlaintextAfterStartTls).
    StartTls {
        /// That of STARTTLS.
        token: Token,
        /// The OK.
        tagged: Tagged<'i>,
    },
    /// OK to COMPRESS. What follows is compressed: both sides give `None` until
    /// [`compression_established`](super::Observer::compression_established), and then take what was inflated.
    Compress {
        /// That of COMPRESS.
        token: Token,
        /// The OK.
        tagged: Tagged<'i>,
    },
    /// Bytes that are no message of that side, among them a LOGIN or AUTHENTICATE without its tag. The session goes on behind
    /// them as it would with a peer that knows what was meant: a completion that is not well-formed completes its command all the same.
    Malformed {
        /// Who sent it.
        side: Side,
        /// The command, or the one that the response completes or goes on with.
        token: Option<Token>,
        /// The tag, when there is one; none behind [`Append`](Self::Append), which told it, and none that may be a password:
        /// what comes behind AUTHENTICATE, or behind a literal of LOGIN that was not asked for, up to the next command that is
        /// known.
        tag: Option<Tag<'i>>,
        /// What is wrong with it.
        error: ParseError,
        /// All of it, or up to a literal; empty when it is too long to be kept. It may hold a password.
        line: &'i [u8],
    },
    /// A part of a message that is too long to be kept, or that follows what is malformed. How it is cut depends on how the
    /// bytes come.
    Skipped(&'i [u8]),
}

/// Messages and secrets do not show, and neither do lines that are no messages: they may be passwords.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        macro_rules! show {
            ($name:literal { $($field:ident),* }) => { f.debug_struct($name)$(.field(stringify!($field), $field))*.finish() };
        }
        match self {
            Self::Greeting(greeting) => f.debug_tuple("Greeting").field(greeting).finish(),
            Self::Command { token, command, tolerated } => show!("Command" { token, command, tolerated }),
            Self::Waits { token, tag, size } => show!("Waits" { token, tag, size }),
            Self::Refused { token, line } => {
                let octets = &line.len();
                show!("Refused" { token, octets })
            }
            Self::Append { token, tag, target } => show!("Append" { token, tag, target }),
            Self::Message { token, options } => show!("Message" { token, options }),
            Self::CatenateUrl { token, url } => show!("CatenateUrl" { token, url }),
            Self::Literal { token, offer } => show!("Literal" { token, offer }),
            Self::Chunk { side, octets, left } => {
                let octets = &octets.len();
                show!("Chunk" { side, octets, left })
            }
            Self::AppendEnd { token } => show!("AppendEnd" { token }),
            Self::Response { to, response, tolerated } => show!("Response" { to, response, tolerated }),
            Self::FetchHead { to, number, items, contents, size } => {
                show!("FetchHead" { to, number, items, contents, size })
            }
            Self::FetchTail { to, items } => show!("FetchTail" { to, items }),
            Self::Finished { to, tagged, tolerated } => show!("Finished" { to, tagged, tolerated }),
            Self::Challenge { token, challenge, tolerated } => {
                show!("Challenge" { token, challenge, tolerated })
            }
            Self::Answer { token, answer } => show!("Answer" { token, answer }),
            Self::Done { token } => show!("Done" { token }),
            Self::StartTls { token, tagged } => show!("StartTls" { token, tagged }),
            Self::Compress { token, tagged } => show!("Compress" { token, tagged }),
            Self::Malformed { side, token, tag, error, line } => {
                let octets = &line.len();
                show!("Malformed" { side, token, tag, error, octets })
            }
            Self::Skipped(octets) => write!(f, "Skipped({} octets)", octets.len()),
        }
    }
}
