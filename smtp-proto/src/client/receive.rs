//! What arrives, and whom it answers.

use super::flight::Answer;
use super::{Client, Event, Session, TlsPolicy, Transaction};
use crate::ehlo::{Capabilities, EhloReply, Extension};
use crate::error::{Error, Expected, PeerMisbehaved};
use crate::options::{Limits, Tolerated};
use crate::reply::Reply;
use crate::session::{Protocol, Received, Token};
use crate::state::{State, Trigger};
use crate::status::ReplyCode;

/// A reply, and what it answers.
pub(super) struct Incoming<'i> {
    to: Token,
    trigger: Trigger,
    answer: Answer,
    reply: Reply<'i>,
    tolerated: Option<Tolerated>,
}

impl<'i> Incoming<'i> {
    fn is_positive(&self) -> bool {
        self.reply.code().is_positive()
    }

    fn is_refusal(&self) -> bool {
        self.reply.code().is_transient() || self.reply.code().is_permanent()
    }

    fn into_reply(self) -> Event<'i> {
        Event::Reply { to: self.to, reply: self.reply, tolerated: self.tolerated }
    }

    fn into_interim(self) -> Event<'i> {
        Event::Interim { to: self.to, reply: self.reply }
    }
}

impl Client {
    /// Takes what has arrived and was not consumed yet, and tells the first thing it means.
    ///
    /// `None`: that is not a whole reply; come again with the same octets and more behind them, and write what
    /// [`transmit`](Self::transmit) holds before waiting for them.
    ///
    /// # Errors
    /// The session cannot go on, and every later call gives the same error. A refusal by the server is none: it is a
    /// reply.
    pub fn receive<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        self.check_failed()?;
        if self.has_turned {
            return Ok(Some(Received { consumed: 0, event: Event::Turned }));
        }
        if self.session.state == State::Closed {
            return Ok(Some(Received { consumed: input.len(), event: Event::Close }));
        }
        if let Some(to) = self.body.as_mut().and_then(|body| body.announce()) {
            return Ok(Some(Received { consumed: 0, event: Event::GoAhead { to } }));
        }
        self.next_reply(input).map_err(|error| self.fail(error))
    }

    /// The connection was closed by the server, `rest` being what is left in the buffer.
    ///
    /// # Errors
    /// [`PeerMisbehaved::Truncated`]: something was asked that is not answered, or a reply has begun and not ended.
    pub fn receive_eof(&mut self, rest: &[u8]) -> Result<(), Error> {
        self.check_failed()?;
        if self.session.state == State::Closed {
            return Ok(());
        }
        if self.session.state == State::StartTls && !rest.is_empty() {
            return Err(self.fail(PeerMisbehaved::PlaintextAfterStartTls.into()));
        }
        // Many servers close instead of answering QUIT.
        let is_answered = self.flights.front().is_none_or(|flight| flight.trigger == Trigger::Quit);
        if !rest.is_empty() || !is_answered || self.body.is_some() || self.session.state == State::Greeting {
            return Err(self.fail(PeerMisbehaved::Truncated.into()));
        }
        self.close();
        Ok(())
    }

    fn fail(&mut self, error: Error) -> Error {
        self.close();
        self.failed = Some(error);
        error
    }

    fn next_reply<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if self.session.state == State::StartTls && !input.is_empty() {
            return Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        }
        let Some(consumed) = self.frame(input)? else { return Ok(None) };
        let (frame, rest) = input.split_at_checked(consumed).unwrap_or((input, &[]));
        let event = match self.exchange {
            Some(_) if frame.starts_with(b"334") => self.on_challenge(frame)?,
            _ => {
                let (reply, tolerated) = self.parse(frame)?;
                self.on_reply(reply, tolerated)?
            }
        };
        // Who sent these octets is not known, only that it was before the handshake.
        if self.session.state == State::StartTls && !rest.is_empty() {
            return Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        }
        Ok(Some(Received { consumed, event }))
    }

    /// The length of the reply at the front.
    fn frame(&mut self, input: &[u8]) -> Result<Option<usize>, Error> {
        if self.exchange.is_none() {
            return self.framer.next(input, &self.options.limits);
        }
        let limits = Limits { reply_line: self.options.limits.auth_line, ..self.options.limits.clone() };
        self.framer.next(input, &limits)
    }

    pub(super) fn parse<'i>(&self, frame: &'i [u8]) -> Result<(Reply<'i>, Option<Tolerated>), Error> {
        match Reply::parse_reporting(frame, self.options.dialect) {
            Ok((_, reply, tolerated)) => Ok((reply, tolerated)),
            Err(_) if self.session.state == State::Greeting => Err(PeerMisbehaved::BadGreeting.into()),
            Err(error) if error.expected == Expected::SameCode => Err(PeerMisbehaved::ReplyMismatch.into()),
            Err(error) => Err(error.into()),
        }
    }

    fn on_reply<'i>(&mut self, reply: Reply<'i>, tolerated: Option<Tolerated>) -> Result<Event<'i>, Error> {
        let code = reply.code();
        if self.session.state == State::Greeting {
            return self.on_greeting(reply);
        }
        // RFC 5321 section 3.8: at any time. Whoever takes it for the reply to what was sent last is wrong about every
        // reply from there on.
        if code == ReplyCode::SERVICE_NOT_AVAILABLE {
            self.close();
            return Ok(Event::Unsolicited(reply));
        }
        let Some(flight) = self.flights.front() else { return Err(PeerMisbehaved::UnexpectedReply.into()) };
        let (to, trigger, answer) = (flight.token, flight.trigger, flight.answer);
        let incoming = Incoming { to, trigger, answer, reply, tolerated };
        if !flight.was_sent(&self.transmit) {
            let is_open = flight.end.is_none();
            return self.on_early(incoming, is_open);
        }
        match trigger {
            _ if code.is_intermediate() => self.on_intermediate(incoming),
            Trigger::Hello => self.on_hello(incoming),
            Trigger::StartTls => self.on_start_tls(incoming),
            Trigger::Quit => {
                self.close();
                Ok(incoming.into_reply())
            }
            Trigger::LastChunk if incoming.is_positive() && !self.session.transaction.has_sender => {
                // What has become a message there is none here.
                Err(PeerMisbehaved::UnexpectedReply.into())
            }
            Trigger::Chunk | Trigger::LastChunk | Trigger::MessageEnd => Ok(self.on_body(incoming)),
            // The server may think that it has the message, or that it is reading it.
            Trigger::Data if incoming.is_positive() => Err(PeerMisbehaved::UnexpectedReply.into()),
            _ => Ok(self.on_final(incoming)),
        }
    }

    fn on_greeting<'i>(&mut self, reply: Reply<'i>) -> Result<Event<'i>, Error> {
        let code = reply.code();
        let trigger = match code {
            ReplyCode::SERVICE_READY => Trigger::Greeting,
            ReplyCode::SERVICE_NOT_AVAILABLE => Trigger::Close,
            _ if code.is_transient() || code.is_permanent() => Trigger::Rejection,
            _ => return Err(PeerMisbehaved::BadGreeting.into()),
        };
        self.step(trigger);
        self.session.planned = self.session.state;
        Ok(Event::Greeting(reply))
    }

    /// A reply to what was not sent whole.
    fn on_early<'i>(&mut self, incoming: Incoming<'i>, is_open: bool) -> Result<Event<'i>, Error> {
        match incoming.trigger {
            // The server gives up instead of waiting for the caller.
            Trigger::Auth if is_open && incoming.is_refusal() => Ok(self.on_final(incoming)),
            // It wants no more of this. What was begun cannot be taken back, so nothing else can follow.
            Trigger::Chunk | Trigger::LastChunk | Trigger::MessageEnd if incoming.is_refusal() => {
                self.close();
                Ok(match incoming.answer {
                    Answer::Nobody => incoming.into_interim(),
                    _ => incoming.into_reply(),
                })
            }
            _ => Err(PeerMisbehaved::PrematureReply.into()),
        }
    }

    /// 3yz: the command is not done.
    fn on_intermediate<'i>(&mut self, incoming: Incoming<'i>) -> Result<Event<'i>, Error> {
        match (incoming.trigger, incoming.reply.code(), incoming.answer) {
            (_, ReplyCode::CHALLENGE, _) => Err(PeerMisbehaved::UnexpectedChallenge.into()),
            (Trigger::Data, ReplyCode::GO_AHEAD | ReplyCode::GO_AHEAD_AT, _) => self.on_go_ahead(incoming),
            (_, ReplyCode::PER_RECIPIENT, Answer::OneOrEach) => {
                let answer = if self.session.transaction.recipients > 0 {
                    Answer::Each { then_one: true }
                } else {
                    Answer::Reply
                };
                if let Some(flight) = self.flights.front_mut() {
                    flight.answer = answer;
                }
                Ok(incoming.into_interim())
            }
            // Nobody knows what a private command is answered with.
            (Trigger::Anytime, ..) => Ok(self.on_final(incoming)),
            // The server waits for what this client has no idea of.
            _ => Err(PeerMisbehaved::UnexpectedReply.into()),
        }
    }

    fn on_go_ahead<'i>(&mut self, incoming: Incoming<'i>) -> Result<Event<'i>, Error> {
        let answer = self.answer_to_body();
        let transaction = &self.session.transaction;
        let Some(flight) = self.flights.front_mut().filter(|_| !transaction.is_strange) else {
            // Somebody would get this message that it is not for.
            return Err(PeerMisbehaved::UnexpectedReply.into());
        };
        flight.trigger = Trigger::MessageEnd;
        flight.is_barrier = false;
        // RFC 2920 section 3.1: with no recipient there is no message, and the server must be let out of DATA.
        if transaction.recipients == 0 {
            self.transmit.write(|out| out.put(".\r\n"));
            flight.end = Some(self.transmit.end());
            self.body = None;
            self.plan();
            return Ok(incoming.into_interim());
        }
        (flight.answer, flight.end) = (answer, None);
        self.step(Trigger::Data);
        if let Some(body) = &mut self.body {
            body.open();
        }
        Ok(Event::GoAhead { to: incoming.to })
    }

    /// How the end of the message on its way will be answered.
    pub(super) fn answer_to_body(&self) -> Answer {
        match self.options.protocol {
            Protocol::Lmtp => Answer::Each { then_one: false },
            _ if self.session.envelope.is_prdr => Answer::OneOrEach,
            _ => Answer::Reply,
        }
    }

    fn on_hello<'i>(&mut self, incoming: Incoming<'i>) -> Result<Event<'i>, Error> {
        let code = incoming.reply.code();
        if code == ReplyCode::OK {
            self.helo = None;
            let ehlo = EhloReply::of(&incoming.reply).filter(|_| incoming.answer == Answer::Capabilities);
            self.session.capabilities =
                ehlo.map_or_else(Capabilities::default, |ehlo| Capabilities::from(&ehlo));
            return Ok(self.on_final(incoming));
        }
        if incoming.is_positive() {
            return Err(PeerMisbehaved::UnexpectedReply.into());
        }
        match self.helo.take() {
            Some(name) if is_ignorance(code) => {
                self.flights.pop(&mut self.transmit);
                self.say_helo(incoming.to, *name);
                Ok(incoming.into_interim())
            }
            _ => Ok(self.on_final(incoming)),
        }
    }

    fn on_start_tls<'i>(&mut self, incoming: Incoming<'i>) -> Result<Event<'i>, Error> {
        let code = incoming.reply.code();
        if code == ReplyCode::SERVICE_READY {
            self.flights.pop(&mut self.transmit);
            self.step(Trigger::StartTls);
            self.plan();
            return Ok(Event::StartTls { to: incoming.to });
        }
        // To go on in clear is what an attacker wants.
        if self.options.tls == TlsPolicy::RequireStartTls || !incoming.is_refusal() {
            return Err(PeerMisbehaved::TlsRefused.into());
        }
        Ok(self.on_final(incoming))
    }

    /// The last reply to a command.
    fn on_final<'i>(&mut self, incoming: Incoming<'i>) -> Event<'i> {
        let is_positive = incoming.is_positive();
        match incoming.trigger {
            Trigger::Auth => {
                self.exchange = None;
                self.session.is_authenticated |= is_positive;
                self.step(Trigger::AuthEnd);
            }
            // Its 220 is a greeting, and the session begins anew.
            Trigger::Restart if is_positive => self.session = Session::new(State::Fresh, self.session.is_tls),
            Trigger::Rcpt if is_positive => self.on_accepted(incoming.to),
            Trigger::Data => self.body = None,
            Trigger::Mail => {
                let has_sender = is_positive && self.step(Trigger::Mail);
                self.session.transaction = Transaction { has_sender, ..Transaction::default() };
            }
            Trigger::Turn if is_positive => self.has_turned = self.step(Trigger::Turn),
            trigger if is_positive => {
                self.step(trigger);
                if matches!(trigger, Trigger::Hello | Trigger::Reset) {
                    self.session.transaction = Transaction::default();
                }
            }
            _ => {}
        }
        self.flights.pop(&mut self.transmit);
        // A recipient more or less makes no difference while there are others on their way, and some commands never do, as RSET
        // outside of a transaction. To work it out anew looks at all that is on its way.
        let state = self.session.state;
        let leads_nowhere = matches!(incoming.trigger, Trigger::Rcpt | Trigger::Anytime)
            || state.on(incoming.trigger) == Ok(state);
        if self.flights.front().is_none() || !(is_positive || leads_nowhere) {
            self.plan();
        }
        incoming.into_reply()
    }

    fn on_accepted(&mut self, to: Token) {
        let keeps = self.options.protocol == Protocol::Lmtp || self.session.capabilities.has(Extension::Prdr);
        let counts = self.step(Trigger::Rcpt);
        let transaction = &mut self.session.transaction;
        if !(counts && transaction.has_sender) {
            transaction.is_strange = true;
            return;
        }
        transaction.recipients = transaction.recipients.saturating_add(1);
        if keeps {
            transaction.accepted.push_back(to);
        }
    }

    /// A reply to a chunk or to the end of a message.
    fn on_body<'i>(&mut self, incoming: Incoming<'i>) -> Event<'i> {
        match incoming.answer {
            Answer::Nobody => {
                self.flights.pop(&mut self.transmit);
                incoming.into_interim()
            }
            Answer::Refusal if incoming.is_positive() => {
                self.step(Trigger::Chunk);
                self.flights.pop(&mut self.transmit);
                incoming.into_interim()
            }
            Answer::Each { then_one } => self.on_delivery(incoming, then_one),
            _ => {
                if incoming.trigger == Trigger::Chunk && incoming.is_positive() {
                    // BURL without LAST.
                    self.step(Trigger::Chunk);
                    self.flights.pop(&mut self.transmit);
                } else {
                    self.flights.forget(incoming.to);
                    self.end_message(incoming.to);
                }
                incoming.into_reply()
            }
        }
    }

    fn on_delivery<'i>(&mut self, incoming: Incoming<'i>, then_one: bool) -> Event<'i> {
        let Some(to) = self.session.transaction.accepted.pop_front() else {
            // No recipient, and a server that has one reply for none.
            self.end_message(incoming.to);
            return incoming.into_reply();
        };
        let is_last = self.session.transaction.accepted.is_empty();
        if is_last && !then_one {
            self.end_message(incoming.to);
        } else if is_last && let Some(flight) = self.flights.front_mut() {
            flight.answer = Answer::Reply;
        }
        Event::Delivery { to, reply: incoming.reply, last: is_last && !then_one }
    }

    /// The message that is answered first has been accepted or not.
    fn end_message(&mut self, token: Token) {
        self.flights.pop(&mut self.transmit);
        if self.body.as_ref().is_some_and(|body| body.token() == token) {
            self.body = None;
        }
        self.step(Trigger::MessageEnd);
        self.session.transaction = Transaction::default();
        self.plan();
    }

    /// Moves on, if the table has a way; whether it had.
    fn step(&mut self, trigger: Trigger) -> bool {
        let next = self.session.state.on(trigger);
        self.session.state = next.unwrap_or(self.session.state);
        next.is_ok()
    }

    /// Works out anew where the session will stand.
    pub(super) fn plan(&mut self) {
        let planned = self.flights.planned(self.session.state);
        let is_chunked = self.body.as_ref().is_some_and(|body| body.is_chunked());
        self.session.planned =
            if is_chunked { planned.on(Trigger::Chunk).unwrap_or(planned) } else { planned };
    }
}

/// Whether a refusal of EHLO says that the server has never heard of it.
///
/// Servers on OS/400 and some firewalls know HELO only. RFC 5321 section 3.2 and RFC 1869 section 4.5 speak of 500 and
/// 502; 503 and 550 are seen.
fn is_ignorance(code: ReplyCode) -> bool {
    matches!(code.get(), 500 | 502 | 503 | 550)
}
