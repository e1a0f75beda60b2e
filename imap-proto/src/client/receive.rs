//! What arrives.

use bytes::Buf;

use super::flight::Kind;
use super::{Client, Event, TlsPolicy};
use crate::error::{ApiMisuse, Error, Expected, ParseError, PeerMisbehaved};
use crate::framing::Frame;
use crate::options::{Leniency, Tolerated};
use crate::response::{Code, Continue, Greeting, Response};
use crate::session::Received;
use crate::state::{Mode, Refusal, State, Step, Trigger};

impl Client {
    /// Takes what has arrived and was not consumed yet, and tells the first thing it means.
    ///
    /// `None`: that is not a whole response; come again with the same octets and more behind them, and write what
    /// [`transmit`](Self::transmit) holds before waiting for them.
    ///
    /// # Errors
    /// The session cannot go on, and every later call gives the same error. A refusal by the server is none: it is a
    /// completion. [`ApiMisuse::State`]: compressed octets, before
    /// [`compression_established`](Self::compression_established).
    pub fn receive<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        self.check_failed()?;
        if self.session.mode == Mode::Compressing && self.flights.is_empty() {
            return Err(ApiMisuse::State(Refusal::Busy).into());
        }
        if self.is_over() {
            self.trigger(Trigger::Close);
            return Ok(Some(Received { consumed: input.len(), event: Event::Close }));
        }
        if let Some(to) = self.stream.as_mut().and_then(|stream| stream.announce()) {
            return Ok(Some(Received { consumed: 0, event: Event::GoAhead { to } }));
        }
        self.next(input).map_err(|error| self.fail(error))
    }

    /// The connection was closed by the server, `rest` being what is left in the buffer.
    ///
    /// # Errors
    /// [`PeerMisbehaved::Truncated`]: something was asked that is not answered, or a response has begun and not ended.
    pub fn receive_eof(&mut self, rest: &[u8]) -> Result<(), Error> {
        self.check_failed()?;
        if self.session.state == State::Closed {
            return Ok(());
        }
        if self.is_handshake_due() && !rest.is_empty() {
            return Err(self.fail(PeerMisbehaved::PlaintextAfterStartTls.into()));
        }
        // Many servers close instead of completing LOGOUT, and after BYE they may.
        let is_answered = self.session.state == State::Logout
            || self.flights.front().is_none_or(|flight| flight.kind == Kind::Logout);
        let is_inside = self.framer.is_inside(rest) || self.arriving.is_some();
        if is_inside || !is_answered || self.stream.is_some() || self.session.state == State::Greeting {
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

    /// Whether STARTTLS was accepted, and TLS has not begun.
    pub(super) fn is_handshake_due(&self) -> bool {
        self.session.mode == Mode::StartTls && self.flights.is_empty()
    }

    fn next<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if self.is_handshake_due() && !input.is_empty() {
            return Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        }
        let limits = &self.options.limits;
        let Some(frame) = self.framer.next(input, limits)? else { return Ok(None) };
        let part = |len: usize| input.split_at_checked(len).unwrap_or((input, &[]));
        let ((octets, rest), event) = match frame {
            Frame::Message { len } => (part(len), self.on_message(part(len).0)?),
            Frame::Tail { len } => (part(len), self.on_tail(part(len).0)?),
            Frame::Literal(literal) => (part(literal.head), self.on_literal(literal, part(literal.head).0)?),
            Frame::Chunk { len, left } => {
                let (octets, rest) = part(len);
                ((octets, rest), Event::Chunk { octets, left })
            }
            Frame::Skip { len } | Frame::Drained { len } => (part(len), Event::Dropped),
            Frame::Refused { literal, .. } => {
                self.arriving = None;
                let error = ParseError { expected: Expected::Shorter, offset: literal.head };
                (part(literal.head), self.on_malformed(error, part(literal.head).0)?)
            }
            Frame::TooLong { len } => {
                self.arriving = None;
                let error = ParseError { expected: Expected::Shorter, offset: limits.response };
                (part(len), self.on_malformed(error, part(len).0)?)
            }
        };
        // Who sent these octets is not known, only that it was before the handshake.
        if self.is_handshake_due() && !rest.is_empty() {
            return Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        }
        Ok(Some(Received { consumed: octets.len(), event }))
    }

    fn on_message<'i>(&mut self, message: &'i [u8]) -> Result<Event<'i>, Error> {
        if self.session.state == State::Greeting {
            return self.on_greeting(message);
        }
        let (response, tolerated) = match Response::parse_reporting(message, self.dialect()) {
            Ok((_, response, tolerated)) => (response, tolerated),
            Err(error) => return Err(error.into()),
        };
        match response {
            Response::Tagged(tagged) => self.on_tagged(tagged, tolerated),
            Response::Continue(go_on) => self.on_continue(go_on, tolerated, message),
            Response::Invalid(_) => {
                let error = ParseError { expected: Expected::Response, offset: 0 };
                self.on_malformed(tolerated.map_or(error, |tolerated| tolerated.error), message)
            }
            response => self.on_untagged(response, tolerated),
        }
    }

    /// A line that is none. A server may have a fault, but not without end.
    pub(super) fn on_malformed<'i>(&mut self, error: ParseError, line: &'i [u8]) -> Result<Event<'i>, Error> {
        let dropped = self.on_unexpected()?;
        // What is there before TLS is not to be looked at.
        Ok(if self.is_in_clear() { dropped } else { Event::Malformed { error, line } })
    }

    /// Whether TLS is required and has not begun.
    pub(super) fn is_in_clear(&self) -> bool {
        self.options.tls == TlsPolicy::RequireStartTls && !self.session.is_tls
    }

    fn on_greeting<'i>(&mut self, message: &'i [u8]) -> Result<Event<'i>, Error> {
        let dialect = self.dialect();
        let Ok((_, greeting, _)) = Greeting::parse_reporting(message, dialect) else {
            return self.before_greeting(message);
        };
        match &greeting {
            Greeting::Ok(_) => self.trigger(Trigger::Greeting),
            Greeting::PreAuth(_) if self.is_in_clear() => {
                return Err(PeerMisbehaved::PreauthBlocksTls.into());
            }
            Greeting::PreAuth(_) => {
                self.trigger(Trigger::PreAuth);
                self.framer.set_authenticated(true);
            }
            Greeting::Bye(_) => self.trigger(Trigger::Bye),
        }
        if let Some(Code::Capability(capabilities)) = &greeting.text().code {
            self.learn(&capabilities.0);
        }
        Ok(Event::Greeting(greeting))
    }

    fn before_greeting<'i>(&mut self, message: &'i [u8]) -> Result<Event<'i>, Error> {
        let dialect = self.dialect();
        let is_tolerated = dialect.leniency.contains(Leniency::DATA_BEFORE_GREETING);
        match Response::parse_reporting(message, dialect) {
            Ok((_, response @ (Response::Data(_) | Response::Numbered(_)), tolerated)) if is_tolerated => {
                let dropped = self.on_unexpected()?;
                Ok(if self.is_in_clear() {
                    dropped
                } else {
                    Event::Response { to: None, response, tolerated }
                })
            }
            _ => Err(PeerMisbehaved::BadGreeting.into()),
        }
    }

    /// `+`: there is one thing at most that it can mean.
    fn on_continue<'i>(
        &mut self,
        go_on: Continue<'i>,
        tolerated: Option<Tolerated>,
        line: &'i [u8],
    ) -> Result<Event<'i>, Error> {
        if self.session.mode == Mode::StartTls {
            return Err(PeerMisbehaved::TlsRefused.into());
        }
        // All that stands before the hold was taken.
        if self.transmit.is_holding() && !self.transmit.has_remaining() {
            let to = self.flights.last_begun().map(|flight| flight.token);
            self.transmit.release();
            if let Some(to) = self.stream.as_mut().and_then(|stream| stream.open()) {
                return Ok(Event::GoAhead { to });
            }
            self.pump();
            return Ok(Event::Response { to, response: Response::Continue(go_on), tolerated });
        }
        if self.exchange.is_some() {
            return self.on_challenge(go_on, tolerated, line);
        }
        let is_idling = self.session.mode == Mode::Idling;
        let output = &self.transmit;
        match self.flights.alone(Kind::Idle) {
            Some(flight) if !is_idling && flight.was_sent(output) => {
                let (to, is_done) = (flight.token, flight.asked.is_done);
                self.step(Step::Idle);
                if is_done {
                    self.say_done();
                }
                Ok(Event::Idling { to })
            }
            _ if self.options.dialect.leniency.contains(Leniency::EXTRA_CONTINUATION) => {
                let dropped = self.on_unexpected()?;
                Ok(match self.is_in_clear() {
                    true => dropped,
                    false => Event::Response { to: None, response: Response::Continue(go_on), tolerated },
                })
            }
            _ => Err(PeerMisbehaved::UnexpectedContinuation.into()),
        }
    }
}
