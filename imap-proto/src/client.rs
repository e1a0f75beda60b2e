//! The client's side of a session.
//!
//! [`Client`] writes commands, finds the completion of each and the data that belong to it, and knows what may be said
//! when. It has no socket, no clock and no thread; the caller moves the bytes, makes the TLS handshake when told to, and
//! decides what to send.
//!
//! Its methods are of four kinds:
//!
//! * what arrives: [`receive`](Client::receive), [`receive_eof`](Client::receive_eof);
//! * what is to be written: [`transmit`](Client::transmit);
//! * what to say: [`send`](Client::send), [`start_tls`](Client::start_tls), [`authenticate`](Client::authenticate),
//!   [`done`](Client::done), [`append_head`](Client::append_head), [`write`](Client::write),
//!   [`finish`](Client::finish). Each command gives a [`Token`](crate::Token), and exactly one [`Event::Finished`] has it; a STARTTLS
//!   or COMPRESS that succeeds has [`Event::StartTls`] or [`Event::Compress`] in its place. Commands may be given before
//!   those before are completed, as far as RFC 9051 section 5.5 allows. What the server does not offer or the policy
//!   forbids is [`NotSent`], with the reason, before an octet of it is written;
//! * questions: [`capabilities`](Client::capabilities), [`state`](Client::state), …
//!
//! ```
//! use bytes::Buf;
//! use imap_proto::auth::{Secret, UserPassword};
//! use imap_proto::client::{Event, Options, TagPrefix, TlsPolicy};
//! use imap_proto::list_command::ListCommand;
//! use imap_proto::{AString, Client, Command, ListMailbox, Mailbox, Received};
//!
//! # let mut server: std::collections::VecDeque<&[u8]> = [
//! #     &b"* OK [CAPABILITY IMAP4rev2] hello\r\n"[..], b"ABCD1 OK [CAPABILITY IMAP4rev2 IDLE] in\r\n",
//! #     b"* LIST () \"/\" INBOX\r\nABCD2 OK done\r\n", b"* BYE\r\nABCD3 OK bye\r\n",
//! # ].into();
//! # let mut sent = Vec::new();
//! # let mut write = |octets: &[u8]| { sent.extend_from_slice(octets); octets.len() };
//! # let mut read = || server.pop_front().unwrap_or_default();
//! // Four letters or digits that nobody can guess.
//! let mut options = Options::new(TagPrefix::new(*b"ABCD")?);
//! options.tls = TlsPolicy::Implicit;
//! # options.dialect = imap_proto::Dialect::TOLERANT;
//! let mut client = Client::new(options);
//! let (mut input, mut login, mut list) = (Vec::new(), None, None);
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
//!         Event::Greeting(_) => {
//!             let user = UserPassword::new(AString::new("smith")?, Secret::new("sesame"))?;
//!             login = Some(client.send(&Command::Login(user))?);
//!         }
//!         Event::Finished { to, .. } if Some(to) == login => {
//!             let everything = ListCommand::new(Mailbox::new("")?, ListMailbox::new("*")?);
//!             list = Some(client.send(&Command::List(everything))?);
//!         }
//!         Event::Response { to, response, .. } if to == list => println!("{response:?}"),
//!         Event::Finished { to, .. } if Some(to) == list => {
//!             client.send(&Command::Logout)?;
//!         }
//!         Event::Close => break,
//!         _ => {}
//!     }
//!     input.drain(..consumed);                                // 5. forget what was consumed
//! }
//! # assert!(sent.ends_with(b"ABCD2 LIST \"\" *\r\nABCD3 LOGOUT\r\n"), "{}", sent.escape_ascii());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod asked;
mod complete;
mod event;
mod exchange;
pub(crate) mod fetch;
mod flight;
mod gate;
mod receive;
mod send;
mod tag;
#[cfg(test)]
mod tests;
mod transfer;
mod untagged;

use alloc::boxed::Box;
use core::time::Duration;

pub use self::event::{Event, Streamed};
use self::exchange::Exchange;
use self::flight::Flights;
pub(crate) use self::flight::Kind;
pub use self::gate::NotSent;
pub use self::tag::TagPrefix;
use self::transfer::Stream;
use crate::capability::Capabilities;
use crate::error::{ApiMisuse, Error};
use crate::framing::{Framer, Side};
use crate::options::{Dialect, Leniency, Limits};
use crate::registry::Capability;
use crate::session::Tokens;
pub use crate::state::{Mode, Refusal, State};
use crate::state::{Step, Trigger};
use crate::transmit::Transmit;
use crate::writer::{EncodeOptions, LiteralMode};

/// How a client behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What all tags begin with.
    pub tag: TagPrefix,
    /// How the connection is protected.
    pub tls: TlsPolicy,
    /// Whether passwords and tokens may be sent without TLS.
    pub allow_plaintext_secrets: bool,
    /// The best way to announce literals that is made use of when the server offers it.
    pub literals: LiteralMode,
    /// Write `1:9` for `9:1`: see [`EncodeOptions::ascending`](crate::EncodeOptions::ascending).
    pub ascending: bool,
    /// How strictly responses are read.
    pub dialect: Dialect,
    /// What the server may cost.
    pub limits: Limits,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsPolicy {
    /// The connection is TLS from the first octet: port 993.
    Implicit,
    /// STARTTLS must succeed before anything but CAPABILITY and LOGOUT is sent, and a server that refuses ends the
    /// session.
    #[default]
    RequireStartTls,
    /// STARTTLS or not is the caller's choice, and an attacker's: for a server on this host.
    None,
}

impl Options {
    /// The defaults: STARTTLS is required, secrets need TLS, responses are read strictly.
    pub fn new(tag: TagPrefix) -> Self {
        Self {
            tag,
            tls: TlsPolicy::default(),
            allow_plaintext_secrets: false,
            literals: LiteralMode::Plus,
            ascending: false,
            dialect: Dialect::STRICT,
            limits: Limits::default(),
        }
    }
}

/// The client's side of a session; see the [module](self).
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub struct Client {
    options: Options,
    transmit: Transmit,
    framer: Framer,
    tokens: Tokens,
    /// The number in the last tag.
    tag: u64,
    flights: Flights,
    session: Session,
    /// How often what the server offers was told or forgotten.
    epoch: u64,
    /// The literal that the caller is sending.
    stream: Option<Box<Stream>>,
    /// The AUTHENTICATE exchange that is going on.
    exchange: Option<Box<Exchange>>,
    /// The FETCH response that is arriving in parts.
    arriving: Option<Box<fetch::Arriving>>,
    /// DONE was sent, and its IDLE may have ended before the server read it.
    may_refuse_done: bool,
    failed: Option<Error>,
}

/// What TLS makes a session forget.
#[derive(Debug, PartialEq)]
#[cfg_attr(test, derive(Clone))]
struct Session {
    /// By what was answered.
    state: State,
    mode: Mode,
    is_tls: bool,
    /// Both sides compress.
    is_compressed: bool,
    /// What the server offers, when it was told.
    capabilities: Option<Capabilities<'static>>,
    /// TLS has begun, and what the server offers has to be asked before anything else.
    has_to_ask: bool,
    /// `UTF8=ACCEPT` is in force.
    utf8: bool,
    /// IMAP4rev2 was enabled.
    rev2: bool,
    /// How many messages the mailbox has, when it was told.
    exists: Option<u32>,
    /// Responses that may not come.
    unexpected: u32,
}

impl Session {
    const fn new(state: State, is_tls: bool) -> Self {
        Self {
            state,
            mode: Mode::Commands,
            is_tls,
            is_compressed: false,
            capabilities: None,
            has_to_ask: false,
            utf8: false,
            rev2: false,
            exists: None,
            unexpected: 0,
        }
    }
}

impl Client {
    /// A client that waits for the server's greeting.
    pub fn new(options: Options) -> Self {
        let is_tls = options.tls == TlsPolicy::Implicit;
        Self {
            framer: Self::framer(&options),
            options,
            transmit: Transmit::default(),
            tokens: Tokens::default(),
            tag: 0,
            flights: Flights::default(),
            session: Session::new(State::Greeting, is_tls),
            epoch: 0,
            stream: None,
            exchange: None,
            arriving: None,
            may_refuse_done: false,
            failed: None,
        }
    }

    fn framer(options: &Options) -> Framer {
        Framer::new(Side::Server).with_bare_lf(options.dialect.leniency.contains(Leniency::BARE_LF))
    }

    /// What is to be written, in order.
    pub fn transmit(&mut self) -> &mut Transmit {
        &mut self.transmit
    }

    /// The TLS handshake is done. All that was said in clear is forgotten: ask for CAPABILITY again.
    ///
    /// With [`TlsPolicy::Implicit`] there is no need to call it.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] when no handshake was due.
    pub fn tls_established(&mut self) -> Result<(), Error> {
        self.check_failed()?;
        let state = self.session.state.on(Trigger::TlsEstablished).map_err(ApiMisuse::State)?;
        // Before the greeting: TLS from the first octet on.
        if state != State::Greeting && !self.is_handshake_due() {
            return Err(ApiMisuse::State(Refusal::NotOpen).into());
        }
        self.session = Session { has_to_ask: state != State::Greeting, ..Session::new(state, true) };
        self.epoch = self.epoch.wrapping_add(1);
        self.may_refuse_done = false;
        // Half a line in clear, before a greeting under TLS, is nothing to go on from.
        self.framer = Self::framer(&self.options);
        Ok(())
    }

    /// From here on what is received was inflated, and what is to be written is to be deflated.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] when [`Event::Compress`] has not come.
    pub fn compression_established(&mut self) -> Result<(), Error> {
        self.check_failed()?;
        match self.session.mode {
            Mode::Compressing if self.flights.is_empty() => {
                self.step(Step::End);
                self.session.is_compressed = true;
                Ok(())
            }
            _ => Err(ApiMisuse::State(Refusal::NotOpen).into()),
        }
    }

    /// What the server offers; `None` when it has not told since the last STARTTLS, login or UNAUTHENTICATE.
    pub fn capabilities(&self) -> Option<&Capabilities<'static>> {
        self.session.capabilities.as_ref()
    }

    /// Changes whenever [`capabilities`](Self::capabilities) may have.
    pub fn capability_epoch(&self) -> u64 {
        self.epoch
    }

    /// Where the session stands by what was answered.
    pub fn state(&self) -> State {
        self.session.state
    }

    /// What goes on.
    pub fn mode(&self) -> Mode {
        self.session.mode
    }

    /// Whether what is received and sent now is protected by TLS.
    pub fn is_tls(&self) -> bool {
        self.session.is_tls
    }

    /// How many messages the selected mailbox has, as far as the server has told.
    pub fn exists(&self) -> Option<u32> {
        self.session.exists
    }

    /// How responses are read now.
    pub fn dialect(&self) -> Dialect {
        let Dialect { utf8, rev2, .. } = self.options.dialect;
        self.options.dialect.with_utf8(utf8 || self.session.utf8).with_rev2(rev2 || self.session.rev2)
    }

    /// How commands are written now.
    pub fn encode_options(&self) -> EncodeOptions {
        EncodeOptions::default()
            .with_utf8(self.session.utf8)
            .with_rev2(self.session.rev2)
            .with_literals(self.literal_mode())
            .with_ascending(self.options.ascending)
    }

    /// How long to wait for what comes next, at least. RFC 9051 section 5.4: a server that ends idle sessions waits for 30
    /// minutes, and a client in IDLE begins anew before that. The rest is custom: RFC 9051 has no other number.
    pub fn suggested_timeout(&self) -> Duration {
        const MINUTE: u64 = 60;
        let minutes = match self.flights.front() {
            None => 30,
            Some(flight) if flight.kind == Kind::Idle => 29,
            Some(_) => 5,
        };
        Duration::from_secs(MINUTE.saturating_mul(minutes))
    }

    /// The best way to announce literals that is known to be understood, on this channel.
    fn literal_mode(&self) -> LiteralMode {
        // Whatever is offered now may not be when the server reads it.
        if self.flights.iter().any(|flight| flight.kind.is_login()) {
            return LiteralMode::Synchronizing;
        }
        let offers = |capability| self.offers(&capability);
        match self.options.literals {
            LiteralMode::Plus if offers(Capability::LiteralPlus) => LiteralMode::Plus,
            LiteralMode::Synchronizing => LiteralMode::Synchronizing,
            // RFC 9051 section 4.3: IMAP4rev2 has LITERAL- built in.
            _ if offers(Capability::LiteralMinus)
                || offers(Capability::LiteralPlus)
                || offers(Capability::Imap4Rev2) =>
            {
                LiteralMode::Minus
            }
            _ => LiteralMode::Synchronizing,
        }
    }

    /// Whether the server is known to offer `capability`.
    fn offers(&self, capability: &Capability<'_>) -> bool {
        self.session.capabilities.as_ref().is_some_and(|offered| offered.contains(capability))
    }

    /// An error that ended the session is the answer to everything.
    fn check_failed(&self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)
    }

    /// Moves on, if the table has a way.
    fn trigger(&mut self, trigger: Trigger) {
        self.session.state = self.session.state.on(trigger).unwrap_or(self.session.state);
    }

    /// The same for what goes on.
    fn step(&mut self, step: Step) {
        self.session.mode = self.session.mode.on(step).unwrap_or(self.session.mode);
    }

    /// Ends the session: nothing more goes out, and nobody is answered.
    fn close(&mut self) {
        self.trigger(Trigger::Close);
        self.step(Step::Close);
        self.transmit.clear();
        self.flights.clear();
        self.stream = None;
        self.exchange = None;
        self.arriving = None;
    }
}
