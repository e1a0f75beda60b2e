//! Following a session that belongs to others: for proxies, debuggers and tests.
//!
//! [`Observer`] is given what both sides send, and tells what it is, which command a response belongs to, and which one a
//! completion ends. It changes nothing, and keeps nothing but what the open commands asked for.
//!
//! * Give it the bytes in the order in which they were seen. Each side has a buffer of its own, like that of a session:
//!   [`receive`](Observer::receive) takes all that is in it, and the caller forgets what was consumed.
//! * `None` asks for more bytes of that side *or of the other*: what a client sends behind AUTHENTICATE, IDLE, STARTTLS,
//!   COMPRESS, ENABLE, UNAUTHENTICATE and a literal that waits is known when the server has answered; and when it has, that
//!   side gives `None` until what stands in the client's buffer was looked at. So after whatever passes ask the client until
//!   it gives `None`, then the server once, and begin again unless that gives `None`, too: also where a buffer is empty.
//! * What the observer cannot read it tells as [`Event::Malformed`] and goes on behind it. It takes whatever the server took:
//!   only octets in clear where a TLS handshake is due are an error.
//!
//! ```
//! use imap_proto::observer::{Event, Observer, Side};
//!
//! # let seen: [(Side, &[u8]); 5] = [
//! #     (Side::Server, b"* OK hello\r\n"), (Side::Client, b"a1 LOGIN smith {6}\r\n"), (Side::Server, b"+ go on\r\n"),
//! #     (Side::Client, b"sesame\r\n"), (Side::Server, b"* CAPABILITY IMAP4rev2\r\na1 OK in\r\n"),
//! # ];
//! # let mut log = Vec::new();
//! let mut observer = Observer::new();
//! let (mut client, mut server) = (Vec::new(), Vec::new());
//! for (side, octets) in seen {                                // whatever passes, in the order in which it passes
//!     match side {
//!         Side::Client => client.extend_from_slice(octets),
//!         Side::Server => server.extend_from_slice(octets),
//!     }
//!     let mut side = Side::Client;
//!     loop {
//!         let buffer = if side == Side::Client { &mut client } else { &mut server };
//!         let Some(received) = observer.receive(side, buffer)? else {
//!             if side == Side::Server {
//!                 break;                                      // neither side has anything to tell
//!             }
//!             side = Side::Server;
//!             continue;
//!         };
//!         match &received.event {
//!             Event::Command { command, .. } => println!("{command:?}"), // passwords do not show
//!             Event::Finished { tagged, .. } => println!("{tagged:?}"),
//!             _ => {}
//!         }
//! #       log.push(format!("{:?}", received.event).split([' ', '(']).next().unwrap().to_owned());
//!         buffer.drain(..received.consumed);
//!         side = Side::Client;                                // who may have waited for this
//!     }
//! }
//! # assert_eq!(log, ["Greeting", "Waits", "Response", "Command", "Response", "Finished"]);
//! # Ok::<(), imap_proto::Error>(())
//! ```

mod append;
mod client;
mod event;
mod exchange;
mod open;
mod server;
#[cfg(test)]
mod tests;

pub use self::event::Event;
pub use crate::client::Streamed;
pub use crate::framing::Side;
pub use crate::server::{AppendTarget, Enabled, Offer};

use self::client::{Client, Partial};
use self::open::Opens;
use crate::error::{Error, PeerMisbehaved};
use crate::framing::Framer;
use crate::options::{Dialect, Leniency, Limits};
use crate::server::secrets::Astray;
use crate::session::{Received, Token, Tokens};
use crate::state::{State, Trigger};

/// The longest text of a message that is kept: whole commands and responses, without what comes in parts.
const LONGEST: usize = 1024 * 1024;

/// An observer is no judge: what the server took is followed, however much it is.
const LIMITS: Limits = Limits {
    command: LONGEST,
    command_authenticated: LONGEST,
    auth_line: 64 * 1024,
    response: LONGEST,
    inline_literal: 64 * 1024,
    ..Limits::NONE
};

/// An event, or `None` for more input of either side.
type Next<'i> = Result<Option<Received<Event<'i>>>, Error>;

/// Follows both directions of an IMAP session that it does not own, and tells what answers what; see the
/// [module](self).
///
/// No more than 1,000 open commands, and no more than 1 MiB of them, are remembered: of more the oldest are forgotten, and
/// their completions have no token.
///
/// ```
/// use imap_proto::observer::{Event, Observer, Side};
///
/// let mut observer = Observer::new();
/// let greeting = observer.receive(Side::Server, b"* OK mail.example.org\r\n")?.unwrap();
/// assert!(matches!(greeting.event, Event::Greeting(_)));
/// let noop = observer.receive(Side::Client, b"a1 NOOP\r\n")?.unwrap();
/// let Event::Command { token, .. } = noop.event else { panic!() };
/// let done = observer.receive(Side::Server, b"a1 OK done\r\n")?.unwrap();
/// assert!(matches!(done.event, Event::Finished { to: Some(to), .. } if to == token));
/// # Ok::<(), imap_proto::Error>(())
/// ```
#[derive(Debug)]
pub struct Observer {
    dialect: Dialect,
    commands: Framer,
    responses: Framer,
    client: Client,
    /// The command that is being sent, from its first literal on.
    partial: Option<Partial>,
    /// IDLE has ended without DONE, which may still come.
    late_done: Option<Token>,
    /// The last line without a tag, which may be answered with `* BAD`.
    untagged: Option<Token>,
    /// A password may come where a command is due.
    astray: Astray,
    /// What the server has not completed yet.
    opens: Opens,
    tokens: Tokens,
    greeted: bool,
    /// By what was answered.
    state: State,
    enabled: Enabled,
    /// There is nothing but IMAP4rev2. RFC 9051 appendix A.
    is_rev2_only: bool,
    /// The FETCH response that is arriving in parts, and whose it is.
    arriving: Option<Arriving>,
    /// The tag of a response that is too long to be kept, if it has one.
    long: Option<Option<crate::Tag<'static>>>,
    /// The client's buffer had more than it has told.
    has_rest: bool,
    /// And it may have something to tell now.
    is_behind: bool,
}

/// A FETCH response of which the head was told.
#[derive(Clone, Copy, Debug)]
struct Arriving {
    to: Option<Token>,
    number: u32,
}

impl Default for Observer {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer {
    /// Follows a session from its greeting on.
    pub fn new() -> Self {
        let dialect = Dialect::TOLERANT;
        Self {
            dialect,
            commands: framer(Side::Client, dialect),
            responses: framer(Side::Server, dialect),
            client: Client::Commands,
            partial: None,
            late_done: None,
            untagged: None,
            astray: Astray::Nothing,
            opens: Opens::default(),
            tokens: Tokens::default(),
            greeted: false,
            state: State::Greeting,
            enabled: Enabled::default(),
            is_rev2_only: false,
            arriving: None,
            long: None,
            has_rest: false,
            is_behind: false,
        }
    }

    /// Reads strictly, or puts up with less or more than [`Dialect::TOLERANT`]. What the client enables is added.
    pub fn set_dialect(&mut self, dialect: Dialect) {
        let bare_lf = dialect.leniency.contains(Leniency::BARE_LF);
        self.dialect = dialect;
        self.commands = self.commands.clone().with_bare_lf(bare_lf);
        self.responses = self.responses.clone().with_bare_lf(bare_lf);
    }

    /// Reads the next event from the front of what `side` has sent and this has not consumed yet.
    ///
    /// `None` of the client: ask the server. `None` of the server, behind that: come again with more bytes of either. Not
    /// every event consumes octets: some have the same octets in view as the next.
    ///
    /// # Errors
    /// [`PeerMisbehaved::PlaintextAfterStartTls`] where a TLS handshake is due, [`PeerMisbehaved::DataAfterCompress`] when
    /// the client did not wait for the answer to COMPRESS. Either is final.
    pub fn receive<'i>(&mut self, side: Side, input: &'i [u8]) -> Next<'i> {
        let received = match side {
            Side::Client => self.receive_client(input),
            Side::Server if self.is_behind && !self.client_waits() => Ok(None),
            Side::Server => self.receive_server(input),
        };
        match (side, &received) {
            (_, Err(error)) => self.client = Client::Failed(*error),
            (Side::Client, Ok(received)) => {
                let consumed = received.as_ref().map_or(0, |received| received.consumed);
                self.has_rest = input.len() > consumed;
                self.is_behind = self.has_rest && received.is_some();
            }
            (Side::Server, Ok(_)) => {}
        }
        received
    }

    /// `side` sends no more; `rest` is what was not consumed.
    ///
    /// # Errors
    /// [`PeerMisbehaved::Truncated`]: it ended inside a message. What has ended the session before.
    pub fn receive_eof(&mut self, side: Side, rest: &[u8]) -> Result<(), Error> {
        let is_inside = match (side, &self.client) {
            (_, Client::Failed(error)) => return Err(*error),
            // What is encrypted, or compressed, is not for this to judge.
            (_, Client::Tls | Client::Compressed) => false,
            (Side::Client, _) => self.partial.is_some() || self.commands.is_inside(rest),
            (Side::Server, _) => self.arriving.is_some() || self.responses.is_inside(rest),
        };
        if is_inside { Err(PeerMisbehaved::Truncated.into()) } else { Ok(()) }
    }

    /// Whether STARTTLS was accepted: the handshakes come next, and then [`tls_established`](Self::tls_established).
    pub fn is_tls_due(&self) -> bool {
        matches!(self.client, Client::Tls)
    }

    /// The TLS handshake is over, and both sides' bytes are given in clear again. Does nothing when none was due.
    pub fn tls_established(&mut self) {
        if !self.is_tls_due() {
            return;
        }
        let (dialect, tokens, state) = (self.dialect, self.tokens.clone(), self.state);
        let state = state.on(Trigger::TlsEstablished).unwrap_or(state);
        *self = Self { tokens, state, greeted: true, ..Self::new() };
        self.set_dialect(dialect);
    }

    /// Whether COMPRESS was accepted: what comes is compressed, up to
    /// [`compression_established`](Self::compression_established).
    pub fn is_compression_due(&self) -> bool {
        matches!(self.client, Client::Compressed)
    }

    /// From here on both sides' bytes are given inflated. Does nothing when compression was not due.
    pub fn compression_established(&mut self) {
        if self.is_compression_due() {
            self.client = Client::Commands;
            (self.has_rest, self.is_behind) = (false, false);
        }
    }

    /// How many commands the server has not completed.
    pub fn unanswered(&self) -> usize {
        self.opens.len()
    }

    /// Where the session stands by what was answered.
    pub fn state(&self) -> State {
        self.state
    }

    /// What the server has enabled.
    pub fn enabled(&self) -> Enabled {
        self.enabled
    }

    /// How both sides are read now.
    pub fn dialect(&self) -> Dialect {
        let Dialect { utf8, rev2, .. } = self.dialect;
        let rev2 = rev2 || self.enabled.rev2 || self.is_rev2_only;
        self.dialect.with_utf8(utf8 || self.enabled.utf8).with_rev2(rev2)
    }

    /// The same, tolerant: what a line that is malformed was meant to be.
    fn tolerant(&self) -> Dialect {
        self.dialect().with_leniency(Leniency::ALL)
    }

    /// Moves on, if the table has a way.
    fn trigger(&mut self, trigger: Trigger) {
        self.state = self.state.on(trigger).unwrap_or(self.state);
    }
}

fn framer(side: Side, dialect: Dialect) -> Framer {
    Framer::new(side).with_bare_lf(dialect.leniency.contains(Leniency::BARE_LF))
}

/// What comes behind STARTTLS is the caller's to hand to TLS, and nothing else may be (RFC 9051 section 6.2.1): `input`
/// begins like a record of a handshake (RFC 8446 section 5.1).
fn handshake<'i>(input: &[u8]) -> Next<'i> {
    const RECORD: [u8; 2] = [0x16, 0x03];
    let front = input.get(..RECORD.len()).unwrap_or(input);
    if RECORD.starts_with(front) { Ok(None) } else { Err(PeerMisbehaved::PlaintextAfterStartTls.into()) }
}
