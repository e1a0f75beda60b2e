//! The client's side of a session: SMTP, submission and LMTP.
//!
//! [`Client`] writes commands, finds the reply to each, and knows what may be said when. It has no socket, no clock
//! and no thread; the caller moves the bytes, makes the TLS handshake when told to, and decides what to send.
//!
//! Its methods are of four kinds:
//!
//! * what arrives: [`receive`](Client::receive), [`receive_eof`](Client::receive_eof);
//! * what is to be written: [`transmit`](Client::transmit);
//! * what to say: [`hello`](Client::hello), [`start_tls`](Client::start_tls), [`authenticate`](Client::authenticate),
//!   [`send`](Client::send), [`start_body`](Client::start_body), [`write`](Client::write), [`finish`](Client::finish).
//!   Each command gives a [`Token`], and exactly one [`Event::Reply`] has it; a STARTTLS that succeeds has
//!   [`Event::StartTls`] in its place, and the body of a message with LMTP the last [`Event::Delivery`]. Commands may be
//!   given before the replies to those before have come; they go out in groups as RFC 2920 allows, one by one where
//!   the server does not offer PIPELINING. What the server does not offer or the policy forbids is [`NotSent`], with
//!   the reason, before an octet of it is written;
//! * questions: [`capabilities`](Client::capabilities), [`state`](Client::state), …
//!
//! ```
//! use bytes::Buf;
//! use smtp_proto::address::{Domain, ForwardPath, ReversePath};
//! use smtp_proto::client::{Event, Options, Protocol, TlsPolicy, Transfer};
//! use smtp_proto::{Client, Command, Error, Mail, Rcpt, Received};
//!
//! # let mut server: std::collections::VecDeque<&[u8]> = [
//! #     &b"220 mx.example.net ESMTP\r\n"[..], b"250-mx.example.net\r\n250 PIPELINING\r\n",
//! #     b"250 2.1.0 Ok\r\n550 5.1.1 No such user\r\n250 2.1.5 Ok\r\n354 Go\r\n", b"250 2.0.0 Queued\r\n", b"221 Bye\r\n",
//! # ].into();
//! # let mut sent = Vec::new();
//! # let mut write = |octets: &[u8]| { sent.extend_from_slice(octets); octets.len() };
//! # let mut read = || server.pop_front().unwrap_or_default();
//! let mut options = Options::new(Protocol::Smtp);
//! options.tls = TlsPolicy::None;
//! let mut client = Client::new(options);
//! let (mut input, mut tokens) = (Vec::new(), Vec::new());
//! loop {
//!     let output = client.transmit();                         // 1. write what the machine has to say
//!     while output.has_remaining() {
//!         let written = write(output.chunk());
//!         output.advance(written);
//!     }
//!     let Some(Received { consumed, event }) = client.receive(&input)? else { // 2. hand it what arrived
//!         let piece = read();                                 // 3. nothing whole yet: read more
//!         if piece.is_empty() {
//!             client.receive_eof(&input)?;
//!             break;
//!         }
//!         input.extend_from_slice(piece);
//!         continue;
//!     };
//!     match event {                                           // 4. act
//!         Event::Greeting(reply) if reply.code().is_positive() => {
//!             client.hello(Domain::parse("client.example.org")?)?;
//!         }
//!         Event::Reply { to, reply, .. } => match tokens.iter().position(|token| *token == to) {
//!             // The reply to EHLO: now everything goes out at once.
//!             None if tokens.is_empty() => {
//!                 tokens.push(client.send(&Command::Mail(Mail::new(ReversePath::parse("<me@example.org>")?)))?);
//!                 for to in ["<nobody@example.net>", "<you@example.net>"] {
//!                     tokens.push(client.send(&Command::Rcpt(Rcpt::new(ForwardPath::parse(to)?)))?);
//!                 }
//!                 tokens.push(client.start_body(Transfer::Data)?);
//!             }
//!             // A refused recipient is no reason to stop.
//!             Some(number @ 1..=2) => println!("recipient {number}: {reply:?}"),
//!             Some(3) => {
//!                 client.send(&Command::Quit)?;
//!             }
//!             _ => {}
//!         },
//!         Event::GoAhead { .. } => {
//!             client.write("Subject: hi\r\n\r\n.\r\n".into())?;
//!             client.finish()?;
//!         }
//!         Event::Close => break,
//!         _ => {}
//!     }
//!     input.drain(..consumed);                                // 5. forget what was consumed
//! }
//! # assert!(sent.ends_with(b"DATA\r\nSubject: hi\r\n\r\n..\r\n.\r\nQUIT\r\n"), "{}", sent.escape_ascii());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod exchange;
mod flight;
mod gate;
mod receive;
mod send;
#[cfg(test)]
mod tests;
mod transfer;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use self::exchange::Exchange;
use self::flight::Flights;
pub use self::gate::NotSent;
use self::transfer::Body;
pub use self::transfer::Transfer;
use crate::address::Domain;
use crate::auth::Secret;
use crate::body::Stray;
use crate::command::Hello;
use crate::ehlo::Capabilities;
use crate::error::{Error, ParseError};
use crate::framing::ReplyFramer;
use crate::options::Tolerated;
use crate::options::{Dialect, Limits};
use crate::reply::Reply;
pub use crate::session::Protocol;
use crate::session::{Token, Tokens};
use crate::state::Trigger;
pub use crate::state::{Refusal, State};
use crate::transmit::Transmit;

/// How a client behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What is spoken.
    pub protocol: Protocol,
    /// How the connection is protected.
    pub tls: TlsPolicy,
    /// Whether passwords and tokens may be sent without TLS.
    pub allow_plaintext_secrets: bool,
    /// Whether MAIL needs a successful AUTH first. Then a server without EHLO will not do, either.
    pub requires_authentication: bool,
    /// What becomes of CR and LF outside CRLF in bodies.
    pub stray: Stray,
    /// The longest line of a body, CRLF not counted. RFC 5321 section 4.5.3.1.6: 998.
    pub body_line: Option<usize>,
    /// Whether bodies may hold octets above 127 though MAIL does not say `BODY=8BITMIME`: most servers take them.
    pub allow_undeclared_8bit: bool,
    /// How strictly replies are read.
    pub dialect: Dialect,
    /// What the server may cost.
    pub limits: Limits,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsPolicy {
    /// The connection is TLS from the first octet: port 465.
    Implicit,
    /// STARTTLS must succeed before anything but EHLO and QUIT is sent, and a server that refuses ends the session.
    #[default]
    RequireStartTls,
    /// STARTTLS or not is the caller's choice, and an attacker's: LMTP on this host, or relaying between strangers.
    None,
}

impl Options {
    /// The defaults: STARTTLS is required, secrets need TLS, bodies hold CRLF only, replies are read strictly.
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            tls: TlsPolicy::default(),
            allow_plaintext_secrets: false,
            requires_authentication: false,
            stray: Stray::default(),
            body_line: Some(998),
            allow_undeclared_8bit: false,
            dialect: Dialect::STRICT,
            limits: Limits::default(),
        }
    }
}

/// What a client is told.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// The server's first reply. 220: say [`hello`](Client::hello). A refusal, such as 554 from a blocklist: only QUIT
    /// may be sent; after 421 the session is over.
    Greeting(Reply<'i>),
    /// The one reply to what gave this token.
    Reply {
        /// The command.
        to: Token,
        /// What the server says.
        reply: Reply<'i>,
        /// What was wrong with it.
        tolerated: Option<Tolerated>,
    },
    /// A reply that the session has acted upon by itself, and that is not the last one to `to`: EHLO was refused and
    /// HELO is on its way; a challenge was answered from the credentials; 354 though no recipient was accepted, so that the
    /// end of data is on its way alone; a chunk was accepted; 353, after which one [`Delivery`](Self::Delivery) for each
    /// recipient comes. Nothing to do.
    Interim {
        /// The command.
        to: Token,
        /// What the server says.
        reply: Reply<'i>,
    },
    /// Now [`write`](Client::write) the body, and [`finish`](Client::finish) it.
    GoAhead {
        /// The body.
        to: Token,
    },
    /// What became of the message for one recipient. With LMTP these come in place of the reply to the body; with PRDR, before
    /// it.
    Delivery {
        /// The RCPT command that was accepted.
        to: Token,
        /// What the server says.
        reply: Reply<'i>,
        /// Whether the body has had its last reply with this.
        last: bool,
    },
    /// The server waits for [`answer`](Client::answer) or [`cancel`](Client::cancel).
    Challenge {
        /// The AUTH command.
        to: Token,
        /// What the mechanism needs to go on.
        challenge: Secret,
    },
    /// STARTTLS was accepted: make the handshake and say [`tls_established`](Client::tls_established). Whatever came
    /// behind this reply in clear is an error.
    StartTls {
        /// The STARTTLS command.
        to: Token,
    },
    /// The server closes the connection: 421. It answers no command, as nobody can tell which one it would be, and
    /// what was not answered before is not answered any more.
    Unsolicited(Reply<'i>),
    /// A challenge that is not base64. The exchange was cancelled, as RFC 4954 section 4 asks; the reply follows.
    Malformed {
        /// What was expected, and where.
        error: ParseError,
        /// What came.
        line: &'i [u8],
    },
    /// TURN or ATRN was accepted: client and server have changed roles, and what follows is for a `Server`. It consumes
    /// nothing, and comes again however often it is asked for.
    Turned,
    /// Write what [`transmit`](Client::transmit) holds and close the connection. It consumes whatever there is, and
    /// comes again however often it is asked for.
    Close,
}

/// What a server wrote in place of a challenge shows by its length alone.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Greeting(reply) => f.debug_tuple("Greeting").field(reply).finish(),
            Self::Reply { to, reply, tolerated } => f
                .debug_struct("Reply")
                .field("to", to)
                .field("reply", reply)
                .field("tolerated", tolerated)
                .finish(),
            Self::Interim { to, reply } => {
                f.debug_struct("Interim").field("to", to).field("reply", reply).finish()
            }
            Self::GoAhead { to } => f.debug_struct("GoAhead").field("to", to).finish(),
            Self::Delivery { to, reply, last } => {
                f.debug_struct("Delivery").field("to", to).field("reply", reply).field("last", last).finish()
            }
            Self::Challenge { to, challenge } => {
                f.debug_struct("Challenge").field("to", to).field("challenge", challenge).finish()
            }
            Self::StartTls { to } => f.debug_struct("StartTls").field("to", to).finish(),
            Self::Unsolicited(reply) => f.debug_tuple("Unsolicited").field(reply).finish(),
            Self::Malformed { error, line } => write!(f, "Malformed {{ {error}, {} octets }}", line.len()),
            Self::Turned => f.write_str("Turned"),
            Self::Close => f.write_str("Close"),
        }
    }
}

/// The client's side of a session; see the [module](self).
#[derive(Debug)]
pub struct Client {
    options: Options,
    transmit: Transmit,
    framer: ReplyFramer,
    tokens: Tokens,
    flights: Flights,
    session: Session,
    /// The body that is being sent.
    body: Option<Body>,
    /// The AUTH exchange that is going on.
    exchange: Option<Box<Exchange>>,
    /// The name for HELO, while EHLO may yet be refused.
    helo: Option<Box<Hello<'static>>>,
    /// TURN or ATRN was accepted.
    has_turned: bool,
    failed: Option<Error>,
}

/// What TLS makes a session forget.
#[derive(Debug, PartialEq)]
struct Session {
    /// By what was answered.
    state: State,
    /// When all that is on its way is accepted.
    planned: State,
    is_tls: bool,
    is_authenticated: bool,
    capabilities: Capabilities,
    /// MAIL commands that were sent.
    mails: u32,
    /// Domains of recipients, where the server counts them.
    domains: Vec<Domain<'static>>,
    envelope: Envelope,
    transaction: Transaction,
}

/// What was sent of a transaction.
#[derive(Debug, Default, PartialEq)]
struct Envelope {
    /// RCPT commands.
    recipients: u32,
    is_smtputf8: bool,
    is_eight_bit: bool,
    is_binary: bool,
    /// PRDR: the reply to the message may be one for each recipient.
    is_prdr: bool,
}

/// What was answered of a transaction.
#[derive(Debug, Default, PartialEq)]
struct Transaction {
    /// MAIL was accepted.
    has_sender: bool,
    /// RCPT commands that were accepted.
    recipients: usize,
    /// Their tokens, where they are needed.
    accepted: VecDeque<Token>,
    /// RCPT was accepted and MAIL was not: the server has another transaction in mind.
    is_strange: bool,
}

impl Session {
    fn new(state: State, is_tls: bool) -> Self {
        Self {
            state,
            planned: state,
            is_tls,
            is_authenticated: false,
            capabilities: Capabilities::default(),
            mails: 0,
            domains: Vec::new(),
            envelope: Envelope::default(),
            transaction: Transaction::default(),
        }
    }
}

impl Client {
    /// A client that waits for the server's greeting.
    pub fn new(options: Options) -> Self {
        let is_tls = options.tls == TlsPolicy::Implicit;
        Self {
            options,
            transmit: Transmit::default(),
            framer: ReplyFramer::new(),
            tokens: Tokens::default(),
            flights: Flights::default(),
            session: Session::new(State::Greeting, is_tls),
            body: None,
            exchange: None,
            helo: None,
            has_turned: false,
            failed: None,
        }
    }

    /// What is to be written, in order.
    pub fn transmit(&mut self) -> &mut Transmit {
        &mut self.transmit
    }

    /// The TLS handshake is done. All that was said in clear is forgotten: say [`hello`](Self::hello) again.
    ///
    /// With [`TlsPolicy::Implicit`] there is no need to call it.
    ///
    /// # Errors
    /// [`NotSent::Order`] when no handshake was due.
    pub fn tls_established(&mut self) -> Result<(), Error> {
        self.check_failed()?;
        let state = self.session.state.on(Trigger::TlsEstablished).map_err(NotSent::Order)?;
        self.session = Session::new(state, true);
        // Half a line in clear, before a greeting under TLS, is nothing to go on from.
        self.framer = ReplyFramer::new();
        Ok(())
    }

    /// What the last reply to EHLO or LHLO offered; nothing before it, after a STARTTLS, or with a server that knows
    /// HELO only.
    pub fn capabilities(&self) -> &Capabilities {
        &self.session.capabilities
    }

    /// Where the session stands by what was answered.
    pub fn state(&self) -> State {
        self.session.state
    }

    /// Whether what is received and sent now is protected by TLS.
    pub fn is_tls(&self) -> bool {
        self.session.is_tls
    }

    /// Whether an AUTH command has succeeded.
    pub fn is_authenticated(&self) -> bool {
        self.session.is_authenticated
    }

    /// How long to wait for what comes next, at least: RFC 5321 section 4.5.3.2.
    ///
    /// Without anything open it is how long the server may be expected to keep the connection.
    pub fn suggested_timeout(&self) -> Duration {
        const MINUTE: u64 = 60;
        let minutes = match self.flights.front() {
            Some(flight) => match (flight.trigger, flight.end) {
                (Trigger::Data, _) => 2,
                // A piece of the body.
                (Trigger::MessageEnd, None) | (Trigger::Chunk, _) => 3,
                (Trigger::MessageEnd | Trigger::LastChunk, _) => 10,
                _ => 5,
            },
            None => 5,
        };
        Duration::from_secs(MINUTE.saturating_mul(minutes))
    }

    /// An error that ended the session is the answer to everything.
    fn check_failed(&self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)
    }

    /// Ends the session: nothing more goes out, and nobody is answered.
    fn close(&mut self) {
        self.session.state = State::Closed;
        self.session.planned = State::Closed;
        self.transmit.clear();
        self.flights.clear();
        self.body = None;
        self.exchange = None;
    }
}
