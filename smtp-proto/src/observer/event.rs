//! What an observer tells.

use core::fmt;

use super::Side;
use crate::auth::Answer;
use crate::body::Anomaly;
use crate::command::Command;
use crate::error::{Error, ParseError, PeerMisbehaved};
use crate::options::Tolerated;
use crate::reply::Reply;
use crate::session::{Received, Token};

/// What happened on the wire.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// The server's first reply.
    Greeting(Reply<'i>),
    /// A command.
    Command {
        /// Names the command in the event of its reply.
        token: Token,
        /// What it is.
        command: Command<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// A reply. A command has one; MAIL DATA and LMTP's bodies have more: `354`, and one for each recipient.
    Reply {
        /// The command, or the one whose body it answers; `None` for what answers nothing, as a `421` at any time.
        to: Option<Token>,
        /// What it says.
        reply: Reply<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// A part of a message's body, dots taken off.
    Chunk(&'i [u8]),
    /// A stray CR, LF or NUL in a body; one at the end of chunks may be told behind the command that ends them.
    Anomaly(Anomaly),
    /// The end of a body, or of a chunk of one.
    BodyEnd {
        /// Of DATA or BDAT.
        token: Token,
        /// Whether the message is complete.
        last: bool,
    },
    /// The client's answer to a challenge.
    Answer {
        /// Of AUTH.
        token: Token,
        /// What it answers.
        answer: Answer,
    },
    /// `220` to STARTTLS. What follows is a TLS handshake: both sides give `None` until
    /// [`tls_established`](super::Observer::tls_established), and what does not begin like one is
    /// [`PeerMisbehaved::PlaintextAfterStartTls`](crate::error::PeerMisbehaved::PlaintextAfterStartTls).
    StartTls {
        /// Of STARTTLS.
        token: Token,
        /// The `220`.
        reply: Reply<'i>,
    },
    /// Bytes that are no message of that side; behind an AUTH that was refused, or ended early, also one word that is no known
    /// command, as it may be an answer that was on its way. The server will answer a client's with an error; a malformed reply counts
    /// as the reply that was due, but for a preliminary one (`050 x`) and the greeting.
    Malformed {
        /// Who sent it.
        side: Side,
        /// The command's name, or the one that the reply answers.
        token: Option<Token>,
        /// What is wrong with it.
        error: ParseError,
        /// All of it; of an over-long line the last part.
        line: &'i [u8],
    },
    /// A part of a line that is longer than any line may be; its end is [`Malformed`](Self::Malformed).
    Skipped(&'i [u8]),
}

/// Bodies do not show, and neither do lines that are no messages: they may be passwords.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Greeting(reply) => f.debug_tuple("Greeting").field(reply).finish(),
            Self::Command { token, command, tolerated } => f
                .debug_struct("Command")
                .field("token", token)
                .field("command", command)
                .field("tolerated", tolerated)
                .finish(),
            Self::Reply { to, reply, tolerated } => f
                .debug_struct("Reply")
                .field("to", to)
                .field("reply", reply)
                .field("tolerated", tolerated)
                .finish(),
            Self::Chunk(content) => write!(f, "Chunk({} octets)", content.len()),
            Self::Anomaly(anomaly) => f.debug_tuple("Anomaly").field(anomaly).finish(),
            Self::BodyEnd { token, last } => {
                f.debug_struct("BodyEnd").field("token", token).field("last", last).finish()
            }
            Self::Answer { token, answer } => {
                f.debug_struct("Answer").field("token", token).field("answer", answer).finish()
            }
            Self::StartTls { token, reply } => {
                f.debug_struct("StartTls").field("token", token).field("reply", reply).finish()
            }
            Self::Malformed { side, token, error, line } => f
                .debug_struct("Malformed")
                .field("side", side)
                .field("token", token)
                .field("error", error)
                .field("octets", &line.len())
                .finish(),
            Self::Skipped(octets) => write!(f, "Skipped({} octets)", octets.len()),
        }
    }
}

/// What comes behind STARTTLS is the caller's to hand to TLS, and nothing else may be (RFC 3207 section 6): `input`
/// begins like a record of a handshake (RFC 8446 section 5.1).
pub(super) fn handshake<'i>(input: &[u8]) -> Result<Option<Received<Event<'i>>>, Error> {
    const RECORD: [u8; 2] = [0x16, 0x03];
    let front = input.get(..RECORD.len()).unwrap_or(input);
    if RECORD.starts_with(front) { Ok(None) } else { Err(PeerMisbehaved::PlaintextAfterStartTls.into()) }
}
