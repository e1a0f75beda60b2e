//! What a server session tells.

use core::fmt;

use crate::append::AppendOptions;
use crate::auth::{Mechanism, Secret};
use crate::command::TaggedCommand;
use crate::error::ParseError;
use crate::ext::url::UrlText;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::octets::debug;
use crate::grammar::sequence::Number;
use crate::grammar::text::Tag;
use crate::options::Tolerated;
use crate::response::Status;
use crate::session::Token;

/// What the client did. What has a `token` and begins something is to be answered with
/// [`Server::finish`](super::Server::finish).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// A command that may come now.
    ///
    /// What it does to the session follows from the answer: OK to LOGIN authenticates, OK to SELECT selects, NO to SELECT
    /// deselects, OK to LOGOUT ends the session, with `* BYE` before it. What the crate has no name for comes as
    /// [`Command::Other`](crate::Command::Other); BAD is the answer for who does not know it either.
    Command {
        /// Names it in the answer.
        token: Token,
        /// What it is.
        command: TaggedCommand<'i>,
        /// What was wrong with it, and put up with.
        tolerated: Option<Tolerated>,
    },
    /// A command that may not come now, or not so.
    Refused {
        /// Names it in the answer.
        token: Token,
        /// The line, or up to a literal that is not asked for. Empty when it may hold a password.
        line: &'i [u8],
        /// The answer: this, or another NO or BAD.
        status: Status<'static>,
    },
    /// A line that is no command, or not the answer that was due; or the rest of an APPEND.
    Malformed {
        /// Names it in the answer; within AUTHENTICATE, IDLE and APPEND that of the command.
        token: Token,
        /// What is wrong with it.
        error: ParseError,
        /// All of it, or up to a literal. Empty when it is too long to be kept, and when it may hold a password: also where
        /// a client did not wait for the refusal of LOGIN or AUTHENTICATE, up to the next command that is known.
        line: &'i [u8],
        /// The answer: this, or another NO or BAD. It goes out with the tag of the line, or with `*` when it has none, or
        /// one of more than 1,024 octets.
        status: Status<'static>,
    },
    /// A command with messages that come in parts: APPEND, REPLACE, UID REPLACE.
    Append {
        /// Names it in the answer, which may be NO or BAD at any time from now on, and OK after [`Event::AppendEnd`].
        token: Token,
        /// What the client calls it.
        tag: Tag<'i>,
        /// Where the messages go.
        target: AppendTarget<'i>,
    },
    /// The next message of it; its contents follow.
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
    /// A literal with the message, or with the next part of it: [`accept`](super::Server::accept) it, or refuse it by
    /// answering the command with NO or BAD.
    Literal {
        /// That of the command.
        token: Token,
        /// What it is.
        offer: Offer,
    },
    /// Octets of the literal that was accepted; never empty.
    Chunk(&'i [u8]),
    /// The end of the literal.
    LiteralEnd {
        /// That of the command.
        token: Token,
    },
    /// The end of a command with messages: it is to be answered now.
    AppendEnd {
        /// That of the command.
        token: Token,
    },
    /// `AUTHENTICATE`: answer with [`challenge`](super::Server::challenge), with OK, or with a refusal.
    Authenticate {
        /// Names the exchange.
        token: Token,
        /// What the client calls it.
        tag: Tag<'i>,
        /// One of the mechanisms that were advertised.
        mechanism: Mechanism<'i>,
        /// The client's first message, when it sent one at once.
        initial_response: Option<Secret>,
    },
    /// The client's answer to a challenge. What answers AUTHENTICATE answers this.
    Answer {
        /// That of AUTHENTICATE.
        token: Token,
        /// The mechanism's next message.
        response: Secret,
    },
    /// The client gave the exchange up: answer AUTHENTICATE with BAD (RFC 9051 section 6.2.2).
    Cancelled {
        /// That of AUTHENTICATE.
        token: Token,
    },
    /// `IDLE`: [`accept`](super::Server::accept) it, and [`send`](super::Server::send) what happens until
    /// [`Event::Done`]; or answer with NO or BAD.
    Idle {
        /// Names it in the answer.
        token: Token,
        /// What the client calls it.
        tag: Tag<'i>,
    },
    /// `DONE`: answer IDLE with OK.
    Done {
        /// That of IDLE.
        token: Token,
        /// What was put up with.
        tolerated: Option<Tolerated>,
    },
    /// `STARTTLS`: answer with OK, write that, and begin the TLS handshake; then call
    /// [`tls_established`](super::Server::tls_established). Or answer with NO.
    StartTls {
        /// Names it in the answer.
        token: Token,
        /// What the client calls it.
        tag: Tag<'i>,
    },
    /// `COMPRESS DEFLATE`: answer with OK, write that, and compress from then on; then call
    /// [`compression_established`](super::Server::compression_established). Or answer with NO.
    Compress {
        /// Names it in the answer.
        token: Token,
        /// What the client calls it.
        tag: Tag<'i>,
        /// The algorithm, one that was advertised.
        algorithm: crate::Atom<'i>,
    },
    /// Octets that belong to nothing: of a command that is too long, behind a literal that was refused, or of a line that
    /// was put up with.
    Skipped {
        /// What was put up with.
        tolerated: Option<Tolerated>,
    },
    /// The session is over: write what [`transmit`](super::Server::transmit) holds and close the connection. Comes
    /// again and again, and consumes everything.
    Close,
}

impl Event<'_> {
    /// That of the command that this is, or is a part of; none of octets and of the end.
    ///
    /// The last arm of a `match` answers with it what it does not know, so that no client waits for ever:
    ///
    /// ```
    /// use imap_proto::response::Status;
    /// use imap_proto::{Server, server::Event, text};
    ///
    /// fn otherwise(server: &mut Server, event: &Event<'_>) -> Result<(), imap_proto::Error> {
    ///     match event.token() {
    ///         Some(token) => server.finish(token, &Status::no(text!("not here"))),
    ///         None => Ok(()),
    ///     }
    /// }
    /// ```
    pub const fn token(&self) -> Option<Token> {
        match self {
            Self::Command { token, .. }
            | Self::Refused { token, .. }
            | Self::Malformed { token, .. }
            | Self::Append { token, .. }
            | Self::Message { token, .. }
            | Self::CatenateUrl { token, .. }
            | Self::Literal { token, .. }
            | Self::LiteralEnd { token }
            | Self::AppendEnd { token }
            | Self::Authenticate { token, .. }
            | Self::Answer { token, .. }
            | Self::Cancelled { token }
            | Self::Idle { token, .. }
            | Self::Done { token, .. }
            | Self::StartTls { token, .. }
            | Self::Compress { token, .. } => Some(*token),
            Self::Chunk(_) | Self::Skipped { .. } | Self::Close => None,
        }
    }
}

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendTarget<'i> {
    /// APPEND: to this mailbox. RFC 9051 section 6.3.12.
    Append(Mailbox<'i>),
    /// REPLACE: to this mailbox, in place of a message of the one that is selected. RFC 8508 section 3.3.
    Replace(Number, Mailbox<'i>),
    /// UID REPLACE: the same, named by its UID. RFC 8508 section 3.4.
    UidReplace(Number, Mailbox<'i>),
}

/// A literal with a message, or with a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its octets.
    pub size: u64,
    /// The client sends it when it is accepted, and not before.
    pub waits: bool,
    /// It may hold NUL. RFC 3516 section 4.4.
    pub binary: bool,
    /// It has UTF-8 in its header. RFC 6855 section 4.
    pub utf8: bool,
}

/// Octets of a peer, escaped and cut short.
struct Shown<'a>(&'a [u8]);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self.0, f)
    }
}

/// Bytes of a peer show escaped and cut short, messages and secrets not at all.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        macro_rules! show {
            ($name:literal { $($field:ident),* }) => { f.debug_struct($name)$(.field(stringify!($field), $field))*.finish() };
        }
        match self {
            Self::Command { token, command, tolerated } => show!("Command" { token, command, tolerated }),
            Self::Refused { token, line, status } => {
                let line = &Shown(line);
                show!("Refused" { token, line, status })
            }
            Self::Malformed { token, error, line, status } => {
                let line = &Shown(line);
                show!("Malformed" { token, error, line, status })
            }
            Self::Append { token, tag, target } => show!("Append" { token, tag, target }),
            Self::Message { token, options } => show!("Message" { token, options }),
            Self::CatenateUrl { token, url } => show!("CatenateUrl" { token, url }),
            Self::Literal { token, offer } => show!("Literal" { token, offer }),
            Self::Chunk(octets) => write!(f, "Chunk({} octets)", octets.len()),
            Self::LiteralEnd { token } => show!("LiteralEnd" { token }),
            Self::AppendEnd { token } => show!("AppendEnd" { token }),
            Self::Authenticate { token, tag, mechanism, initial_response } => {
                show!("Authenticate" { token, tag, mechanism, initial_response })
            }
            Self::Answer { token, response } => show!("Answer" { token, response }),
            Self::Cancelled { token } => show!("Cancelled" { token }),
            Self::Idle { token, tag } => show!("Idle" { token, tag }),
            Self::Done { token, tolerated } => show!("Done" { token, tolerated }),
            Self::StartTls { token, tag } => show!("StartTls" { token, tag }),
            Self::Compress { token, tag, algorithm } => show!("Compress" { token, tag, algorithm }),
            Self::Skipped { tolerated } => show!("Skipped" { tolerated }),
            Self::Close => f.write_str("Close"),
        }
    }
}
