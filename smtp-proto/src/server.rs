//! The server's side of a session: SMTP ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)), submission
//! ([RFC 6409](https://www.rfc-editor.org/rfc/rfc6409)) and LMTP ([RFC 2033](https://www.rfc-editor.org/rfc/rfc2033)).
//!
//! [`Server`] reads what a client sends, says what it means, and queues what is answered. It owns what the RFCs decide:
//! the order of commands, what was offered and so may be used, where a body ends, which answer goes out when, and what
//! a client may cost. Whether an address exists, a password is right or a message is welcome is its user's to say.
//!
//! ```
//! use smtp_proto::server::{Event, Options, Protocol, Server};
//! use smtp_proto::status::{EnhancedCode, ReplyCode};
//! use smtp_proto::{Command, Received, Reply, text};
//! use std::io::{self, Read, Write};
//!
//! /// Takes mail from one connection and gives each message to `deliver`.
//! fn serve(mut io: impl Read + Write, mut deliver: impl FnMut(&[u8])) -> io::Result<()> {
//!     let mut server = Server::new(Options::new(Protocol::Smtp));
//!     let ok = Reply::new(ReplyCode::OK, EnhancedCode::OTHER, text!("Ok"));
//!     let (mut buffer, mut message) = (Vec::new(), Vec::new());
//!     server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("mail.example.org ESMTP"))).map_err(io::Error::other)?;
//!     loop {
//!         // 1. Hand the machine what has arrived.
//!         let Some(Received { consumed, event }) = server.receive(&buffer).map_err(io::Error::other)? else {
//!             // 2. Nothing whole in it: write what there is to say, and read more.
//!             flush(&mut io, &mut server)?;
//!             let mut piece = [0; 4096];
//!             let len = io.read(&mut piece)?;
//!             if len == 0 {
//!                 return server.receive_eof(&buffer).map_err(io::Error::other);
//!             }
//!             buffer.extend_from_slice(&piece[..len]);
//!             continue;
//!         };
//!         // 3. Act. The event borrows from the buffer, not from the machine.
//!         let answer = match event {
//!             Event::Command { token, command, .. } => Some((token, match command {
//!                 Command::Ehlo(_) => Reply::multiline(ReplyCode::OK, None, &[
//!                     text!("mail.example.org"), text!("PIPELINING"), text!("ENHANCEDSTATUSCODES"), text!("CHUNKING"),
//!                 ]),
//!                 Command::Data => Reply::new(ReplyCode::GO_AHEAD, None, text!("Go ahead")),
//!                 Command::Quit => Reply::new(ReplyCode::SERVICE_CLOSING, None, text!("Bye")),
//!                 Command::Other(_) => Reply::new(ReplyCode::SYNTAX_ERROR, None, text!("What?")),
//!                 _ => ok.clone(),
//!             })),
//!             Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => Some((token, reply)),
//!             Event::Chunk(content) => {
//!                 message.extend_from_slice(content);
//!                 None
//!             }
//!             Event::ChunkEnd { token } => Some((token, ok.clone())),
//!             Event::BodyEnd { token, refusal } => {
//!                 let whole = std::mem::take(&mut message);
//!                 if refusal.is_none() {
//!                     deliver(&whole);
//!                 }
//!                 Some((token, refusal.unwrap_or(ok.clone())))
//!             }
//!             Event::Close => return flush(&mut io, &mut server),
//!             // Nothing that waits for an answer is left without one.
//!             other => other.token().map(|token| (token, Reply::new(ReplyCode::NOT_IMPLEMENTED, None, text!("Not here")))),
//!         };
//!         if let Some((token, reply)) = answer {
//!             server.reply(token, &reply).map_err(io::Error::other)?;
//!         }
//!         // 4. Forget what was consumed.
//!         buffer.drain(..consumed);
//!     }
//! }
//!
//! fn flush(io: &mut impl Write, server: &mut Server) -> io::Result<()> {
//!     let mut out = bytes::Buf::reader(server.transmit());
//!     io::copy(&mut out, io)?;
//!     io.flush()
//! }
//! #
//! # struct Tape(io::Cursor<&'static [u8]>, Vec<u8>);
//! # impl Read for Tape { fn read(&mut self, to: &mut [u8]) -> io::Result<usize> { self.0.read(to) } }
//! # impl Write for Tape {
//! #     fn write(&mut self, from: &[u8]) -> io::Result<usize> { self.1.write(from) }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//! # struct Shared<'a>(&'a mut Tape);
//! # let mut tape = Tape(io::Cursor::new(b"EHLO client.example.org\r\n"), Vec::new());
//! # let mut messages = Vec::new();
//! # serve(io::Cursor::new(Vec::new()), |_| ()).unwrap();
//! # impl Read for Shared<'_> { fn read(&mut self, to: &mut [u8]) -> io::Result<usize> { self.0.read(&mut to[..1]) } }
//! # impl Write for Shared<'_> {
//! #     fn write(&mut self, from: &[u8]) -> io::Result<usize> { self.0.write(from) }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//! # serve(Shared(&mut tape), |message| messages.push(message.to_vec())).unwrap();
//! # tape.0 = io::Cursor::new(b"EHLO client.example.org\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n\
//! #     Subject: hi\r\n\r\n..\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nBDAT 6 LAST\r\nhello\nQUIT\r\n");
//! # tape.1.clear();
//! # serve(Shared(&mut tape), |message| messages.push(message.to_vec())).unwrap();
//! # assert_eq!(messages, [b"Subject: hi\r\n\r\n.\r\n".to_vec()]);
//! # let out = String::from_utf8(tape.1).unwrap();
//! # assert!(out.starts_with("220 ") && out.contains("554 5.6.0") && out.ends_with("221 Bye\r\n"), "{out}");
//! ```
//!
//! # Answers
//! Answers may be given at once or later, and in any order; they go out in the order of the commands. Recipients are
//! handed out side by side; before a command whose meaning hangs on an open answer, [`receive`](Server::receive) waits
//! ([`is_blocked`](Server::is_blocked)). The answers to commands that came in one group go out together: until the
//! group's last command is answered or more input is needed, [`transmit`](Server::transmit) holds them back. Writing
//! before each `receive` and writing when it gives `None` work alike.
//!
//! # Messages
//! A message begins with MAIL and is over when the answers to [`Event::BodyEnd`] are given; before that RSET, EHLO and a
//! chunk that is refused (by the user, or by the machine: [`Event::Refused`] with BDAT) end it too. Whatever was
//! collected belongs to nothing then; who forgets it at each MAIL, and keeps it at [`Event::BodyEnd`] only, is right.
//!
//! # Enhanced status codes
//! The replies that the machine suggests have enhanced status codes when the EHLO reply offered ENHANCEDSTATUSCODES
//! (RFC 2034 section 4 wants none without), so before EHLO they have none. Replies of the user go out as they are.

mod answers;
mod bodies;
mod event;
mod exchange;
mod foreign;
mod front;
mod judge;
mod lines;
mod options;
mod replies;
mod session;
#[cfg(test)]
mod tests;

use core::time::Duration;

use self::answers::{Answers, Kind, Open};
use self::session::{Exchange, Reading, Session, Transaction};
use crate::Reply;
use crate::ehlo::Capabilities;
use crate::error::{ApiMisuse, Error, PeerMisbehaved};
use crate::session::{Received, Token, Tokens};
use crate::state::Trigger;
use crate::status::ReplyCode;
use crate::transmit::Transmit;

pub use self::event::{Event, Foreign};
pub use self::options::{Options, Pipelining};
pub use crate::session::Protocol;
pub use crate::state::State;

/// The server's side of one session.
///
/// * What the client sends goes in by [`receive`](Self::receive) and [`receive_eof`](Self::receive_eof).
/// * What the user says goes in by [`greet`](Self::greet), [`reply`](Self::reply), [`challenge`](Self::challenge),
///   [`close`](Self::close) and [`tls_established`](Self::tls_established).
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
    /// More of a group is at hand, so that replies are held.
    gathers: bool,
    /// What receive waits for is an answer.
    is_blocked: bool,
    /// Where in the output the last reply ends that the client has to wait for.
    sync_end: Option<u64>,
}

impl Server {
    /// A session that has not begun; [`greet`](Self::greet) begins it.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            transmit: Transmit::default(),
            tokens: Tokens::default(),
            session: Session::new(State::Greeting, false),
            fatal: None,
            gathers: false,
            is_blocked: false,
            sync_end: None,
        }
    }

    /// Says the first word: 220, or 554 for a client that is not wanted, or 421 to end it at once.
    ///
    /// After 554 nothing but QUIT is taken (RFC 5321 section 3.1). Before the greeting, [`receive`](Self::receive)
    /// recognises the header of a load balancer and nothing else, so who expects one greets after it.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] after the first time, [`ApiMisuse::Reply`] for another 2yz, and for 3yz.
    pub fn greet(&mut self, reply: &Reply<'_>) -> Result<(), Error> {
        self.check_alive()?;
        let trigger = match reply.code() {
            ReplyCode::SERVICE_NOT_AVAILABLE | ReplyCode::NO_MAIL_SERVICE => Trigger::Close,
            ReplyCode::SERVICE_READY => Trigger::Greeting,
            code if code.is_positive() || code.is_intermediate() => return Err(ApiMisuse::Reply.into()),
            _ => Trigger::Rejection,
        };
        if self.session.state != State::Greeting {
            return Err(ApiMisuse::State.into());
        }
        self.move_on(trigger);
        self.put(reply.as_bytes());
        self.sync_end = Some(self.transmit.end());
        Ok(())
    }

    /// What is at the front of `input`, which is all that has arrived and was not consumed.
    ///
    /// `None`: call again with the same octets and more, or, when [`is_blocked`](Self::is_blocked), after an answer.
    ///
    /// # Errors
    /// What cannot be recovered from. It is final: every later call gives the same error.
    pub fn receive<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if let Some(error) = self.fatal {
            return Err(error);
        }
        self.is_blocked = false;
        let step = self.step(input);
        match &step {
            Ok(Some(Received { consumed, .. })) => {
                self.gathers = *consumed < input.len() && !self.session.answers.has_sync();
            }
            Ok(None) => self.gathers = false,
            Err(error) => self.fail(*error),
        }
        if !self.gathers {
            self.release();
        }
        step
    }

    /// The client sends no more; `rest` is what was not consumed.
    ///
    /// # Errors
    /// [`PeerMisbehaved::Truncated`] within a line or a body. What was handed out of a body is not a message then.
    pub fn receive_eof(&mut self, rest: &[u8]) -> Result<(), Error> {
        if let Some(error) = self.fatal {
            return Err(error);
        }
        let is_whole = match &self.session.reading {
            _ if self.session.state == State::Closed => true,
            Reading::Lines if self.is_between_chunks() => false,
            Reading::Lines | Reading::Answer => !self.session.lines.is_inside(rest),
            Reading::Data(_) | Reading::Chunk | Reading::Drain { .. } => false,
        };
        if !is_whole {
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

    /// Ends the session with 421: when the client is idle for too long, or the server shuts down.
    ///
    /// What is open is not to be answered any more. Within a body the client will see the reply when it has sent all.
    ///
    /// # Errors
    /// [`ApiMisuse::Reply`] for another code, [`ApiMisuse::Closed`] when it is over.
    pub fn close(&mut self, reply: &Reply<'_>) -> Result<(), Error> {
        self.check_alive()?;
        if reply.code() != ReplyCode::SERVICE_NOT_AVAILABLE {
            return Err(ApiMisuse::Reply.into());
        }
        // In clear text behind 220 to STARTTLS it would be read as part of the handshake.
        if self.session.state != State::StartTls {
            self.put(reply.as_bytes());
        }
        self.end();
        Ok(())
    }

    /// The TLS handshake is done: after [`Event::StartTls`] was answered with 220 and that was written, or before the
    /// greeting on a port where TLS comes first.
    ///
    /// Everything the client said before is forgotten (RFC 3207 section 4.2); EHLO comes next.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] when there was no handshake to be done.
    pub fn tls_established(&mut self) -> Result<(), Error> {
        self.check_alive()?;
        let Ok(state) = self.session.state.on(Trigger::TlsEstablished) else {
            return Err(ApiMisuse::State.into());
        };
        if self.session.is_tls || self.transmit.len() > 0 {
            return Err(ApiMisuse::State.into());
        }
        self.session = Session::new(state, true);
        self.sync_end = None;
        Ok(())
    }

    /// Where the session stands.
    pub fn state(&self) -> State {
        self.session.state
    }

    /// Whether the last [`receive`](Self::receive) gave `None` because it waits for answers. Reading more is no use then.
    pub fn is_blocked(&self) -> bool {
        self.is_blocked
    }

    /// What the last EHLO reply offered, and so what the client may use: the machine reads the reply that it is given.
    pub fn capabilities(&self) -> &Capabilities {
        &self.session.capabilities
    }

    /// Whether the session is under TLS.
    pub fn is_tls(&self) -> bool {
        self.session.is_tls
    }

    /// Whether AUTH was answered with 235.
    pub fn is_authenticated(&self) -> bool {
        self.session.is_authenticated
    }

    /// How long to wait for the client's next bytes before [`close`](Self::close): five minutes (RFC 5321 section
    /// 4.5.3.2.7).
    pub const fn suggested_timeout(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }
}

/// How the parts of the machine work on it.
impl Server {
    /// The next event.
    fn step<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if self.session.has_turned {
            return Ok(Some(Received { consumed: 0, event: Event::Turned }));
        }
        if self.session.state == State::Closed {
            return Ok(Some(Received { consumed: input.len(), event: Event::Close }));
        }
        if self.is_before_tls() {
            return self.before_tls(input);
        }
        self.watch_for_rush(input)?;
        match self.session.reading {
            Reading::Lines => self.line(input),
            Reading::Data(_) => Ok(self.data(input)),
            Reading::Chunk => Ok(self.chunk(input)),
            Reading::Drain { .. } => Ok(self.drain(input)),
            Reading::Answer => self.answer(input),
        }
    }

    /// Whether more of a message is to come, unless QUIT ends it.
    fn is_between_chunks(&self) -> bool {
        let has_quit = self.session.answers.iter().any(|open| open.kind == Kind::Quit);
        !has_quit && self.session.transaction.bdat.as_ref().is_some_and(|chunks| !chunks.is_ended())
    }

    /// Whether STARTTLS was received and TLS has not begun.
    fn is_before_tls(&self) -> bool {
        let is_open = self.session.answers.first().is_some_and(|open| open.kind == Kind::StartTls);
        is_open || self.session.state == State::StartTls
    }

    /// Nothing that comes in clear between STARTTLS and TLS may ever be read (RFC 3207 section 6).
    fn before_tls<'i>(&mut self, input: &[u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if input.is_empty() {
            self.is_blocked = !self.session.answers.is_empty();
            return Ok(None);
        }
        self.transmit.clear();
        Err(PeerMisbehaved::PlaintextAfterStartTls.into())
    }

    /// Notes when bytes have come before a reply that the client has to wait for.
    fn watch_for_rush(&mut self, input: &[u8]) -> Result<(), Error> {
        if self.options.pipelining == Pipelining::Allow || input.is_empty() {
            return Ok(());
        }
        if self.sync_end.is_some_and(|end| self.transmit.taken() >= end) {
            self.sync_end = None;
        }
        let is_early = self.sync_end.is_some();
        match self.session.reading {
            Reading::Lines => self.session.has_rushed |= is_early || self.session.answers.has_sync(),
            Reading::Data(_) | Reading::Answer if is_early => {
                return Err(PeerMisbehaved::PipeliningViolation.into());
            }
            Reading::Data(_) | Reading::Answer | Reading::Chunk | Reading::Drain { .. } => {}
        }
        Ok(())
    }

    /// Opens what is to be answered.
    fn open(&mut self, kind: Kind, is_sync: bool, closes: bool) -> Token {
        let token = self.tokens.next();
        self.session.answers.push(Open { token, kind, is_sync, closes, answer: None });
        token
    }

    /// Moves where `trigger` leads; what is asked for here has been judged.
    fn move_on(&mut self, trigger: Trigger) {
        if let Ok(state) = self.session.state.on(trigger) {
            self.session.state = state;
        }
    }

    /// Queues a reply; behind a hold while more of its group is at hand.
    fn put(&mut self, reply: &[u8]) {
        if self.gathers && !self.transmit.is_holding() {
            self.transmit.hold();
        }
        self.transmit.write(|out| out.put(reply));
    }

    fn release(&mut self) {
        while self.transmit.is_holding() {
            self.transmit.release();
        }
    }

    /// Ends the session in good order.
    fn end(&mut self) {
        self.move_on(Trigger::Close);
        self.session.reading = Reading::Lines;
        self.session.exchange = None;
        self.session.answers = Answers::default();
        self.session.transaction = Transaction::default();
        self.gathers = false;
        self.release();
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
