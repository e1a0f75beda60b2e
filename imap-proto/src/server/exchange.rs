//! AUTHENTICATE ([RFC 9051 section 6.2.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.2)) and IDLE ([section
//! 6.3.13](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.13)): lines that are no commands.

use super::answers::Kind;
use super::commands::{Next, is_done, skipped};
use super::judge::suggest;
use super::secrets::{Astray, without_secrets};
use super::session::Exchange;
use super::{Event, Reading, Server};
use crate::auth::{Answer, Authenticate, Secret};
use crate::error::{ApiMisuse, Error, Expected, Limit, ParseError};
use crate::framing::Frame;
use crate::grammar::text::Tag;
use crate::options::{Leniency, Tolerated};
use crate::response::Continue;
use crate::session::{Received, Token};
use crate::state::{Refusal, Step};
use crate::wire::Wire;

impl Server {
    /// Sends a challenge: `+` with `challenge` in base64. The client's answer is the next event.
    ///
    /// # Errors
    /// [`ApiMisuse::Token`] when `token` is not that of an AUTHENTICATE exchange, [`ApiMisuse::State`] when a challenge is
    /// out already. [`Limit::Sasl`] after more than [`Limits::sasl_rounds`](crate::Limits::sasl_rounds), which is final.
    pub fn challenge(&mut self, token: Token, challenge: &[u8]) -> Result<(), Error> {
        self.check_alive()?;
        let exchange = match &mut self.session.exchange {
            Some(exchange) if exchange.token == token => exchange,
            _ => return Err(ApiMisuse::Token.into()),
        };
        if matches!(self.session.reading, Reading::Answer) {
            return Err(ApiMisuse::State(Refusal::Busy).into());
        }
        exchange.rounds = exchange.rounds.saturating_add(1);
        if exchange.rounds > self.options.limits.sasl_rounds {
            let error = Limit::Sasl.into();
            self.fail(error);
            return Err(error);
        }
        self.session.reading = Reading::Answer;
        self.is_blocked = false;
        let challenge = Continue::challenge(challenge);
        self.transmit.write(|out| {
            challenge.encode(out);
            out.put("\r\n");
        });
        Ok(())
    }

    /// AUTHENTICATE was found legal.
    pub(super) fn begin_exchange<'i>(
        &mut self,
        token: Token,
        tag: Tag<'i>,
        authenticate: Authenticate<'i>,
    ) -> Event<'i> {
        self.step_mode(Step::Authenticate);
        // Answers may come behind its end.
        self.session.astray = Astray::Answers;
        let Authenticate { mechanism, initial_response } = authenticate;
        let octets = initial_response.as_ref().map_or(0, Secret::len);
        self.session.exchange = Some(Exchange { token, rounds: 0, octets });
        Event::Authenticate { token, tag, mechanism, initial_response }
    }

    /// The client's answer to a challenge.
    pub(super) fn answer<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        let Some(token) = self.session.exchange.as_ref().map(|exchange| exchange.token) else {
            return Ok(None);
        };
        let Some(frame) = self.session.framer.next_line(input, &self.options.limits)? else {
            return Ok(None);
        };
        let (consumed, answer) = match frame {
            Frame::Message { len } => {
                let line = input.get(..len).unwrap_or_default();
                (len, Answer::parse(line, self.session.dialect()).map(|(_, answer)| answer))
            }
            Frame::TooLong { len } => {
                let offset = self.options.limits.auth_line;
                (len, Err(ParseError { expected: Expected::Shorter, offset }))
            }
            frame => return Ok(Some(skipped(frame.len(), None))),
        };
        self.session.reading = Reading::Commands;
        let event = match answer {
            Ok(Answer::Response(response)) => {
                self.count_octets(consumed)?;
                Event::Answer { token, response }
            }
            Ok(Answer::Cancel) => {
                self.give_up(token);
                self.count_error(token);
                Event::Cancelled { token }
            }
            Err(error) => {
                self.give_up(token);
                self.count_error(token);
                Event::Malformed { token, error, line: &[], status: suggest(&error) }
            }
        };
        Ok(Some(Received { consumed, event }))
    }

    fn count_octets(&mut self, octets: usize) -> Result<(), Error> {
        let Some(exchange) = &mut self.session.exchange else { return Ok(()) };
        exchange.octets = exchange.octets.saturating_add(octets);
        if exchange.octets > self.options.limits.sasl { Err(Limit::Sasl.into()) } else { Ok(()) }
    }

    /// There can be no more challenge and no success; the answer to the command is still to be given.
    fn give_up(&mut self, token: Token) {
        self.session.exchange = None;
        if let Some(open) = self.session.answers.find(token) {
            open.kind = Kind::Refused;
        }
    }

    /// Begins IDLE; `false` when `token` is not its.
    pub(super) fn accept_idle(&mut self, token: Token) -> bool {
        let is_idle =
            self.session.answers.first().is_some_and(|open| open.token == token && open.kind == Kind::Idle);
        if !is_idle || self.session.mode == crate::state::Mode::Idling {
            return false;
        }
        self.step_mode(Step::Idle);
        self.session.reading = Reading::Idle;
        self.is_blocked = false;
        self.transmit.write(|out| out.put("+ idling\r\n"));
        true
    }

    /// What the client says while it is idle: DONE.
    pub(super) fn done<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        let Some(token) = self.session.answers.first().map(|open| open.token) else { return Ok(None) };
        // Nothing but DONE may come, and where a command would end nobody knows then.
        let Some(frame) = self.session.framer.next_line(input, &self.options.limits)? else {
            return Ok(None);
        };
        let (len, error) = match frame {
            Frame::Message { len } => (len, ParseError { expected: Expected::Keyword, offset: 0 }),
            Frame::TooLong { len } => {
                (len, ParseError { expected: Expected::Shorter, offset: self.options.limits.auth_line })
            }
            frame => return Ok(Some(skipped(frame.len(), None))),
        };
        self.session.reading = Reading::Commands;
        let line = input.get(..len).unwrap_or_default();
        if is_done(line) {
            return Ok(Some(Received { consumed: len, event: Event::Done { token, tolerated: None } }));
        }
        if self.session.dialect().leniency.contains(Leniency::MISSING_DONE) {
            self.session.awaits_done = true;
            let tolerated = Some(Tolerated { leniency: Leniency::MISSING_DONE, error });
            return Ok(Some(Received { consumed: 0, event: Event::Done { token, tolerated } }));
        }
        if let Some(open) = self.session.answers.find(token) {
            open.kind = Kind::Refused;
        }
        self.count_error(token);
        self.session.astray.follows(line);
        let event = Event::Malformed { token, error, line: without_secrets(line), status: suggest(&error) };
        Ok(Some(Received { consumed: len, event }))
    }
}
