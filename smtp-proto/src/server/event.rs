//! What a server session tells.

use core::fmt;

use crate::auth::{Mechanism, Secret};
use crate::body::Anomaly;
use crate::command::Command;
use crate::text::Shown;
use crate::{ParseError, Reply, Token, Tolerated};

/// What the client did. Whatever has a `token` is to be answered with [`Server::reply`](super::Server::reply).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// A command that may come now.
    ///
    /// `DATA` answered with 354 opens the body. `QUIT` answered with 221 ends the session, and so does 421 in answer to
    /// anything. `XCLIENT` answered with 220 starts it over. `BURL` with LAST is answered as the message that it ends, in
    /// LMTP once for each accepted recipient. What the crate has no name for comes as
    /// [`Command::Other`]; 500 is the answer for who does not know it either.
    Command {
        /// Names it in the answer.
        token: Token,
        /// What it is.
        command: Command<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// A command that may not come now, or not so: order, not advertised, too many, too big.
    ///
    /// A refused BDAT comes when its octets have been dropped.
    Refused {
        /// Names it in the answer.
        token: Token,
        /// What it is.
        command: Command<'i>,
        /// The answer: this, or another one with 4yz or 5yz.
        reply: Reply<'static>,
    },
    /// A line that is no command; behind an AUTH that was refused also one word that is no known command, as it may be an answer
    /// that was on its way. One that begins with BDAT ends the session, as nobody knows how many octets follow.
    Malformed {
        /// Names it in the answer; within an AUTH exchange that of AUTH.
        token: Token,
        /// What is wrong with it.
        error: ParseError,
        /// All of it. Empty when it is too long to be kept, and when it may hold a password.
        line: &'i [u8],
        /// The answer: this, or another one with 4yz or 5yz.
        reply: Reply<'static>,
    },
    /// `AUTH`: answer with [`challenge`](super::Server::challenge), with 235, or with a refusal.
    Auth {
        /// Names the exchange.
        token: Token,
        /// One of the mechanisms that the EHLO reply offered.
        mechanism: Mechanism<'i>,
        /// The client's first message, when it sent one at once.
        initial_response: Option<Secret>,
    },
    /// The client's answer to a challenge. What answers AUTH answers this.
    Answer {
        /// That of AUTH.
        token: Token,
        /// The mechanism's next message.
        response: Secret,
    },
    /// The client gave the exchange up: answer 501 (RFC 4954 section 4).
    Cancelled {
        /// That of AUTH.
        token: Token,
    },
    /// `STARTTLS`: answer with 220, write that, and begin the TLS handshake; then call
    /// [`tls_established`](super::Server::tls_established). Or answer with 454.
    StartTls {
        /// Names it in the answer.
        token: Token,
    },
    /// `BDAT`: a chunk comes. For information; the answer is due at its end.
    Bdat {
        /// Its octets.
        size: u64,
        /// Whether the message ends with it.
        last: bool,
    },
    /// A part of a message's body, dots taken off; never empty.
    Chunk(&'i [u8]),
    /// A stray CR, LF or NUL in a body, as [`Options::stray`](super::Options::stray) wants it reported.
    Anomaly(Anomaly),
    /// The end of a chunk of BDAT that is not the last.
    ChunkEnd {
        /// Names it in the answer.
        token: Token,
    },
    /// The end of a message.
    ///
    /// LMTP: answer once for each accepted recipient, in their order. PRDR: answer once for all, or with 353, then
    /// once for each recipient, and then for all.
    BodyEnd {
        /// Names it in the answers.
        token: Token,
        /// The message cannot be accepted: answer with this, or with another 4yz or 5yz.
        refusal: Option<Reply<'static>>,
    },
    /// Bytes of another protocol. After all but a [`Foreign::Proxy`] that comes before the greeting the session is over.
    Foreign(Foreign<'i>),
    /// Octets that belong to nothing: of an over-long line, of a body or chunk that is refused, or an empty line that
    /// was put up with.
    Skipped {
        /// What was put up with.
        tolerated: Option<Tolerated>,
    },
    /// `TURN` or `ATRN` was accepted: client and server change roles, and what follows is for a
    /// [`Client`](crate::Client). Comes again and again, and consumes nothing.
    Turned,
    /// The session is over: write what [`transmit`](super::Server::transmit) holds and close the connection. Comes
    /// again and again, and consumes everything.
    Close,
}

impl Event<'_> {
    /// That of the answer that is due; none where none is.
    ///
    /// The last arm of a `match` answers with it what it does not know, so that no client waits for ever:
    ///
    /// ```
    /// use smtp_proto::status::{EnhancedCode, ReplyCode};
    /// use smtp_proto::{Reply, Server, server::Event, text};
    ///
    /// fn otherwise(server: &mut Server, event: &Event<'_>) -> Result<(), smtp_proto::Error> {
    ///     let no = Reply::new(ReplyCode::NOT_IMPLEMENTED, EnhancedCode::INVALID_COMMAND, text!("not here"));
    ///     match event.token() {
    ///         Some(token) => server.reply(token, &no),
    ///         None => Ok(()),
    ///     }
    /// }
    /// ```
    pub const fn token(&self) -> Option<Token> {
        match self {
            Self::Command { token, .. }
            | Self::Refused { token, .. }
            | Self::Malformed { token, .. }
            | Self::Auth { token, .. }
            | Self::Answer { token, .. }
            | Self::Cancelled { token }
            | Self::StartTls { token }
            | Self::ChunkEnd { token }
            | Self::BodyEnd { token, .. } => Some(*token),
            Self::Bdat { .. }
            | Self::Chunk(_)
            | Self::Anomaly(_)
            | Self::Foreign(_)
            | Self::Skipped { .. }
            | Self::Turned
            | Self::Close => None,
        }
    }
}

/// Another protocol on the port of this one.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign<'i> {
    /// An HTTP request, for example by a browser that was tricked.
    Http,
    /// A TLS handshake, by a client that expects TLS from the start.
    Tls,
    /// The header that a load balancer puts before the connection of its client (PROXY protocol, version 1 or 2).
    ///
    /// Only who knows that there is a load balancer may believe it.
    Proxy {
        /// All of it.
        header: &'i [u8],
    },
}

/// Bytes of a peer show escaped and cut short, bodies and secrets not at all.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { token, command, tolerated } => f
                .debug_struct("Command")
                .field("token", token)
                .field("command", command)
                .field("tolerated", tolerated)
                .finish(),
            Self::Refused { token, command, reply } => f
                .debug_struct("Refused")
                .field("token", token)
                .field("command", command)
                .field("reply", reply)
                .finish(),
            Self::Malformed { token, error, line, reply } => f
                .debug_struct("Malformed")
                .field("token", token)
                .field("error", error)
                .field("line", &Shown(line))
                .field("reply", reply)
                .finish(),
            Self::Auth { token, mechanism, initial_response } => f
                .debug_struct("Auth")
                .field("token", token)
                .field("mechanism", mechanism)
                .field("initial_response", initial_response)
                .finish(),
            Self::Answer { token, response } => {
                f.debug_struct("Answer").field("token", token).field("response", response).finish()
            }
            Self::Cancelled { token } => f.debug_struct("Cancelled").field("token", token).finish(),
            Self::StartTls { token } => f.debug_struct("StartTls").field("token", token).finish(),
            Self::Bdat { size, last } => {
                f.debug_struct("Bdat").field("size", size).field("last", last).finish()
            }
            Self::Chunk(content) => write!(f, "Chunk({} octets)", content.len()),
            Self::Anomaly(anomaly) => f.debug_tuple("Anomaly").field(anomaly).finish(),
            Self::ChunkEnd { token } => f.debug_struct("ChunkEnd").field("token", token).finish(),
            Self::BodyEnd { token, refusal } => {
                f.debug_struct("BodyEnd").field("token", token).field("refusal", refusal).finish()
            }
            Self::Foreign(foreign) => f.debug_tuple("Foreign").field(foreign).finish(),
            Self::Skipped { tolerated } => f.debug_struct("Skipped").field("tolerated", tolerated).finish(),
            Self::Turned => f.write_str("Turned"),
            Self::Close => f.write_str("Close"),
        }
    }
}

impl fmt::Debug for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http => f.write_str("Http"),
            Self::Tls => f.write_str("Tls"),
            Self::Proxy { header } => f.debug_struct("Proxy").field("header", &Shown(header)).finish(),
        }
    }
}
