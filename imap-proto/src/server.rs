//! The server's side of a session ([RFC 9051](https://www.rfc-editor.org/rfc/rfc9051)).
//!
//! [`Server`] reads what a client sends, says what it means, and queues what is answered. It owns what the RFCs decide:
//! which command may come when, what was advertised and so may be used, where a command and its literals end, in which
//! order commands are completed, and what a client may cost. Which mailboxes there are and whose password is right is its
//! user's to say.
//!
//! ```
//! use imap_proto::response::{RespText, Status};
//! use imap_proto::server::{Event, Options, Server};
//! use imap_proto::{Command, Greeting, Received, text};
//! use std::io::{self, Read, Write};
//!
//! /// Serves one connection, with no mailbox in it.
//! fn serve(mut io: impl Read + Write) -> io::Result<()> {
//!     let mut server = Server::new(Options::default());
//!     let mut buffer = Vec::new();
//!     server.greet(&Greeting::Ok(RespText::new(text!("ready")))).map_err(io::Error::other)?;
//!     loop {
//!         // 1. Write what there is to say.
//!         let mut out = bytes::Buf::reader(server.transmit());
//!         io::copy(&mut out, &mut io)?;
//!         // 2. Hand the machine what has arrived.
//!         let Some(Received { consumed, event }) = server.receive(&buffer).map_err(io::Error::other)? else {
//!             // 3. Nothing whole in it: read more.
//!             let mut piece = [0; 4096];
//!             let len = io.read(&mut piece)?;
//!             if len == 0 {
//!                 return server.receive_eof(&buffer).map_err(io::Error::other);
//!             }
//!             buffer.extend_from_slice(&piece[..len]);
//!             continue;
//!         };
//!         // 4. Act. The event borrows from the buffer, not from the machine.
//!         let answer = match event {
//!             Event::Command { token, command, .. } => Some((token, match command.command {
//!                 Command::Noop | Command::Logout => Status::ok(text!("done")),
//!                 _ => Status::no(text!("not here")),
//!             })),
//!             Event::Refused { token, status, .. } | Event::Malformed { token, status, .. } => Some((token, status)),
//!             Event::Close => return Ok(()),
//!             event => event.token().map(|token| (token, Status::no(text!("not here")))),
//!         };
//!         if let Some((token, status)) = answer {
//!             server.finish(token, &status).map_err(io::Error::other)?;
//!         }
//!         // 5. Forget what was consumed.
//!         buffer.drain(..consumed);
//!     }
//! }
//! #
//! # struct Tape(io::Cursor<&'static [u8]>, Vec<u8>);
//! # impl Read for &mut Tape { fn read(&mut self, to: &mut [u8]) -> io::Result<usize> { self.0.read(&mut to[..1]) } }
//! # impl Write for &mut Tape {
//! #     fn write(&mut self, from: &[u8]) -> io::Result<usize> { self.1.write(from) }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//! # let mut tape = Tape(io::Cursor::new(b"a noop\r\nb FROB\r\nc LOGIN\r\nd LOGOUT\r\n"), Vec::new());
//! # serve(&mut tape).unwrap();
//! # let out = String::from_utf8(tape.1).unwrap();
//! # let answers = "a OK done\r\nb NO not here\r\nc BAD expected a space at offset 7\r\n* BYE logging out\r\nd OK done\r\n";
//! # assert_eq!(out, format!("* OK ready\r\n{answers}"));
//! ```
//!
//! # Answers
//! Each event with a `token` that begins something is answered once, with [`finish`](Server::finish): the tagged line. Data
//! go out before it, with [`send`](Server::send). Answers may be given at once or later, and in any order; they go out in
//! the order of the commands. Up to [`Limits::pipelined`](crate::Limits::pipelined) commands are handed out before the first
//! is answered; behind one that the rest depends on (SELECT, LOGIN, ENABLE, STARTTLS and the like)
//! [`receive`](Server::receive) waits ([`is_blocked`](Server::is_blocked)).
//!
//! # Capabilities
//! What is in force is what the client was told: the machine reads the capabilities in the greeting, in data and in codes
//! that it is given. Who does not tell them unasked calls [`advertise`](Server::advertise). What was not advertised is
//! refused: STARTTLS, COMPRESS, IDLE, UNAUTHENTICATE, mechanisms, initial responses, large literals that do not wait,
//! REPLACE, and in APPEND several messages, CATENATE, a literal8 and `UTF8`. Any other command is handed out.
//!
//! # Messages
//! APPEND and REPLACE come in parts as soon as they have a literal with (a part of) a message, whatever its size:
//! [`Event::Append`], then for each message [`Event::Message`] and, when it is put together by CATENATE,
//! [`Event::CatenateUrl`]; [`Event::Literal`], which is to be accepted or refused, [`Event::Chunk`] and
//! [`Event::LiteralEnd`]; in the end [`Event::AppendEnd`]. The answer may be NO or BAD at any time; then the rest is
//! skipped.

mod answers;
pub(crate) mod append;
pub(crate) mod commands;
mod event;
mod exchange;
mod fetch;
mod finish;
mod judge;
mod options;
pub(crate) mod secrets;
mod send;
mod session;
#[cfg(test)]
mod tests;

use core::time::Duration;

use self::answers::{Answers, Kind, Open};
use self::secrets::Astray;
use self::session::{Offered, Reading, Session};
use crate::capability::Capabilities;
use crate::error::{ApiMisuse, Error, PeerMisbehaved};
use crate::grammar::text::Tag;
use crate::response::{Greeting, RespText, Response};
use crate::session::{Received, Token, Tokens};
use crate::state::{Refusal, Step, Trigger};
use crate::transmit::Transmit;

pub use self::event::{AppendTarget, Event, Offer};
pub use self::options::Options;
pub use self::session::Enabled;
pub use crate::state::{Mode, State};

/// The server's side of one session.
///
/// * What the client sends goes in by [`receive`](Self::receive) and [`receive_eof`](Self::receive_eof).
/// * What the user says goes in by [`greet`](Self::greet), [`send`](Self::send), [`fetch_head`](Self::fetch_head) and what
///   belongs to it, [`finish`](Self::finish), [`accept`](Self::accept), [`challenge`](Self::challenge),
///   [`close`](Self::close), [`tls_established`](Self::tls_established) and
///   [`compression_established`](Self::compression_established).
/// * What goes to the client comes out of [`transmit`](Self::transmit).
/// * The rest tells how things stand.
///
/// No call panics, in whatever order they come; one out of turn is [`ApiMisuse`] and changes nothing.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub struct Server {
    options: Options,
    transmit: Transmit,
    tokens: Tokens,
    session: Session,
    /// Why nothing is read any more.
    fatal: Option<Error>,
    /// What receive waits for is an answer.
    is_blocked: bool,
}

impl Server {
    /// A session that has not begun; [`greet`](Self::greet) begins it.
    pub fn new(options: Options) -> Self {
        let session = Session::new(&options, State::Greeting, false);
        let (transmit, tokens) = (Transmit::default(), Tokens::default());
        Self { options, transmit, tokens, session, fatal: None, is_blocked: false }
    }

    /// Says the first word: OK, or PREAUTH when the client is known already, or BYE to end it at once.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] after the first time.
    pub fn greet(&mut self, greeting: &Greeting<'_>) -> Result<(), Error> {
        self.check_alive()?;
        let trigger = match greeting {
            Greeting::Ok(_) => Trigger::Greeting,
            Greeting::PreAuth(_) => Trigger::PreAuth,
            Greeting::Bye(_) => Trigger::Close,
        };
        if self.session.state != State::Greeting {
            return Err(ApiMisuse::State(Refusal::NotOpen).into());
        }
        self.put(greeting);
        self.note_code(greeting.text());
        self.move_on(trigger);
        Ok(())
    }

    /// What is at the front of `input`, which is all that has arrived and was not consumed.
    ///
    /// `None`: call again with the same octets and more, or, when [`is_blocked`](Self::is_blocked), after an answer. Not
    /// every event consumes octets: some have the same octets in view as the one before.
    ///
    /// # Errors
    /// What cannot be recovered from. It is final: every later call gives the same error.
    pub fn receive<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if let Some(error) = self.fatal {
            return Err(error);
        }
        self.is_blocked = false;
        let step = self.step(input);
        if let Err(error) = step {
            self.fail(error);
        }
        step
    }

    /// The client sends no more; `rest` is what was not consumed.
    ///
    /// # Errors
    /// [`PeerMisbehaved::Truncated`] within a command. What was handed out of a message is not a message then.
    pub fn receive_eof(&mut self, rest: &[u8]) -> Result<(), Error> {
        if let Some(error) = self.fatal {
            return Err(error);
        }
        let is_inside =
            matches!(self.session.reading, Reading::Append(_)) || self.session.framer.is_inside(rest);
        if is_inside && self.session.state != State::Closed {
            let error = PeerMisbehaved::Truncated.into();
            self.fail(error);
            return Err(error);
        }
        self.end();
        Ok(())
    }

    /// What is to be written to the client. It may be written in part; take off what was.
    pub fn transmit(&mut self) -> &mut Transmit {
        &mut self.transmit
    }

    /// Ends the session with `* BYE`: when the client is idle for too long, or the server shuts down.
    ///
    /// What is open is not to be answered any more. Within a FETCH that is streamed nothing is said: the client would take
    /// it for contents.
    ///
    /// # Errors
    /// [`ApiMisuse::Closed`] when it is over.
    pub fn close(&mut self, text: &RespText<'_>) -> Result<(), Error> {
        self.check_alive()?;
        // In clear text behind OK to STARTTLS it would be read as part of the handshake.
        let is_heard = self.session.fetch.is_none() && self.session.is_handing_over() == Mode::Commands;
        if is_heard {
            self.put_bye(text);
        }
        self.end();
        Ok(())
    }

    /// The TLS handshake is done: after [`Event::StartTls`] was answered with OK and that was written, or before the
    /// greeting on a port where TLS comes first.
    ///
    /// Everything before is forgotten on both sides (RFC 9051 section 6.2.1); so nothing is advertised any more.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] when there was no handshake to be done.
    pub fn tls_established(&mut self) -> Result<(), Error> {
        self.check_alive()?;
        let is_due = match self.session.state {
            State::Greeting => !self.session.is_tls,
            _ => self.session.is_handing_over() == Mode::StartTls,
        };
        let state = self.session.state.on(Trigger::TlsEstablished).map_err(ApiMisuse::State)?;
        let mode = self.session.mode.on(Step::TlsEstablished).map_err(ApiMisuse::State)?;
        if !is_due || self.transmit.len() > 0 {
            return Err(ApiMisuse::State(Refusal::NotOpen).into());
        }
        self.session = Session { mode, ..Session::new(&self.options, state, true) };
        Ok(())
    }

    /// Both directions are compressed: after [`Event::Compress`] was answered with OK and that was written.
    ///
    /// What came after it is for the decompressor, and what the decompressor gives for [`receive`](Self::receive). Give it
    /// at most [`Limits`](crate::Limits) of it at a time: a few octets may become many.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] when that was not asked for, or not all was written.
    pub fn compression_established(&mut self) -> Result<(), Error> {
        self.check_alive()?;
        if self.session.is_handing_over() != Mode::Compressing || self.transmit.len() > 0 {
            return Err(ApiMisuse::State(Refusal::NotOpen).into());
        }
        self.step_mode(Step::End);
        self.session.is_compressed = true;
        Ok(())
    }

    /// The client may use these from now on, as if it had been told; for who does not tell unasked.
    ///
    /// # Errors
    /// [`ApiMisuse::Closed`] when it is over.
    pub fn advertise(&mut self, capabilities: &Capabilities<'_>) -> Result<(), Error> {
        self.check_alive()?;
        self.session.offered = Offered::new(capabilities.clone().into_owned());
        Ok(())
    }

    /// Where the session stands.
    pub fn state(&self) -> State {
        self.session.state
    }

    /// What keeps commands away.
    pub fn mode(&self) -> Mode {
        self.session.mode
    }

    /// Whether the last [`receive`](Self::receive) gave `None` because it waits for answers, or for a handshake. Reading
    /// more is no use then.
    pub fn is_blocked(&self) -> bool {
        self.is_blocked
    }

    /// What was advertised last, and so what the client may use.
    pub fn capabilities(&self) -> &Capabilities<'static> {
        &self.session.offered.capabilities
    }

    /// What the client has enabled.
    pub fn enabled(&self) -> Enabled {
        self.session.enabled
    }

    /// Whether the session is under TLS.
    pub fn is_tls(&self) -> bool {
        self.session.is_tls
    }

    /// How long to wait for the client's next bytes before [`close`](Self::close): 30 minutes after authentication (RFC
    /// 9051 section 5.4), one before.
    pub const fn suggested_timeout(&self) -> Duration {
        Duration::from_secs(if self.session.state.is_authenticated() { 30 * 60 } else { 60 })
    }
}

/// How the parts of the machine work on it.
impl Server {
    /// The next event.
    fn step<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        match (self.session.state, &self.session.reading) {
            (State::Closed, _) => Ok(Some(Received { consumed: input.len(), event: Event::Close })),
            (State::Greeting, _) => self.before_greeting(input),
            // What is asked for might need an answer in the middle of the contents.
            _ if self.session.fetch.is_some() => {
                self.is_blocked = true;
                Ok(None)
            }
            _ if self.session.barrier() != Mode::Commands => self.before_barrier(input),
            (_, Reading::Commands) => self.command(input),
            (_, Reading::Append(_)) => self.append(input),
            (_, Reading::Answer) => self.answer(input),
            (_, Reading::Idle) => self.done(input),
        }
    }

    /// The client waits for the greeting; what it sends all the same stays where it is.
    fn before_greeting<'i>(&mut self, input: &[u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if input.len() > self.options.limits.command {
            return Err(crate::Limit::Discard.into());
        }
        self.is_blocked = true;
        Ok(None)
    }

    /// Nothing that comes in clear between STARTTLS and TLS may ever be read (RFC 3207 section 6), and nothing between
    /// COMPRESS and its answer. What comes then is for the decompressor.
    fn before_barrier<'i>(&mut self, input: &[u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        self.is_blocked = true;
        let is_compress = self.session.barrier() == Mode::Compressing;
        let is_answered = self.session.answers.is_empty() && self.transmit.len() == 0;
        if input.is_empty() || (is_compress && is_answered) {
            return Ok(None);
        }
        self.transmit.clear();
        Err(match is_compress {
            true => PeerMisbehaved::DataAfterCompress.into(),
            false => PeerMisbehaved::PlaintextAfterStartTls.into(),
        })
    }

    /// Opens what is to be answered.
    fn open(&mut self, tag: Option<Tag<'_>>, kind: Kind) -> Token {
        let token = self.tokens.next();
        let tag = tag.map(Tag::into_owned);
        let is_hidden = self.session.astray != Astray::Nothing;
        self.session.answers.push(Open { token, tag, is_hidden, kind, closes: false, answer: None });
        token
    }

    /// Moves where `trigger` leads; what is asked for here has been judged.
    fn move_on(&mut self, trigger: Trigger) {
        if let Ok(state) = self.session.state.on(trigger) {
            self.session.state = state;
            self.session.framer.set_authenticated(state.is_authenticated());
        }
    }

    /// The same of what keeps commands away.
    fn step_mode(&mut self, step: Step) {
        if let Ok(mode) = self.session.mode.on(step) {
            self.session.mode = mode;
        }
    }

    /// Queues text.
    fn put<'a>(&mut self, text: &impl crate::wire::Wire<'a>) {
        let options = self.session.encode_options();
        self.transmit.write(|out| {
            out.set_options(options);
            text.encode(out);
        });
    }

    fn put_bye(&mut self, text: &RespText<'_>) {
        self.put(&Response::Bye(text.clone()));
    }

    /// Ends the session in good order.
    fn end(&mut self) {
        self.move_on(Trigger::Close);
        self.step_mode(Step::Close);
        self.session.reading = Reading::Commands;
        self.session.exchange = None;
        self.session.fetch = None;
        self.session.answers = Answers::default();
    }

    /// Ends the session for good.
    fn fail(&mut self, error: Error) {
        self.end();
        self.fatal = Some(error);
    }

    fn check_alive(&self) -> Result<(), Error> {
        match self.fatal {
            Some(error) => Err(error),
            None if self.session.state == State::Closed => Err(ApiMisuse::Closed.into()),
            None => Ok(()),
        }
    }
}
