//! AUTH ([RFC 4954](https://www.rfc-editor.org/rfc/rfc4954)).

use bytes::BytesMut;

use super::answers::Kind;
use super::{Event, Exchange, Reading, Server};
use crate::auth::{Answer, Auth, Challenge, Secret};
use crate::error::{ApiMisuse, Error, Expected, Limit, ParseError};
use crate::framing::Line;
use crate::session::{Received, Token};
use crate::state::{State, Trigger};

impl Server {
    /// Sends a challenge: 334 with `challenge` in base64. The client's answer is the next event.
    ///
    /// # Errors
    /// [`ApiMisuse::Token`] when `token` is not that of an AUTH exchange, [`ApiMisuse::State`] when a challenge is out
    /// already. [`Limit::Sasl`] after more than [`Limits::sasl_rounds`](crate::Limits::sasl_rounds), which is final.
    pub fn challenge(&mut self, token: Token, challenge: &[u8]) -> Result<(), Error> {
        self.check_alive()?;
        let exchange = match &mut self.session.exchange {
            Some(exchange) if exchange.token == token => exchange,
            _ => return Err(ApiMisuse::Token.into()),
        };
        if matches!(self.session.reading, Reading::Answer) {
            return Err(ApiMisuse::State.into());
        }
        exchange.rounds = exchange.rounds.saturating_add(1);
        if exchange.rounds > self.options.limits.sasl_rounds {
            let error = Limit::Sasl.into();
            self.fail(error);
            return Err(error);
        }
        if self.session.state != State::Auth {
            self.move_on(Trigger::Auth);
        }
        self.session.reading = Reading::Answer;
        let mut line = BytesMut::new();
        Challenge(Secret::new(challenge)).encode(&mut line);
        self.put(&line);
        self.sync_end = Some(self.transmit.end());
        Ok(())
    }

    /// AUTH was found legal.
    pub(super) fn begin_exchange<'i>(&mut self, auth: Auth<'i>) -> Event<'i> {
        let token = self.open(Kind::Auth, true, false);
        let octets = auth.initial_response.as_ref().map_or(0, Secret::len);
        self.session.exchange = Some(Exchange { token, rounds: 0, octets });
        let Auth { mechanism, initial_response } = auth;
        Event::Auth { token, mechanism, initial_response }
    }

    /// The client's answer to a challenge.
    pub(super) fn answer<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        let Some(token) = self.session.exchange.as_ref().map(|exchange| exchange.token) else {
            return Ok(None);
        };
        let limits = &self.options.limits;
        let Some(line) = self.next_line(input, limits.auth_line)? else { return Ok(None) };
        let (consumed, parsed) = match line {
            Line::Skip { len } => {
                return Ok(Some(Received { consumed: len, event: Event::Skipped { tolerated: None } }));
            }
            Line::TooLong { len } => {
                let offset = self.options.limits.auth_line;
                (len, Err(ParseError { expected: Expected::Shorter, offset }))
            }
            Line::BareLf { len, offset } => (len, Err(ParseError { expected: Expected::Crlf, offset })),
            Line::Whole { len } => {
                let line = input.get(..len).unwrap_or_default();
                (len, Answer::parse(line, self.options.dialect).map(|(_, answer)| answer))
            }
        };
        self.session.reading = Reading::Lines;
        let event = match parsed {
            Ok(Answer::Response(response)) => {
                self.count_octets(consumed)?;
                Event::Answer { token, response }
            }
            Ok(Answer::Cancel) => {
                self.end_exchange();
                Event::Cancelled { token }
            }
            Err(error) => {
                self.end_exchange();
                self.malformed_answer(token, error)
            }
        };
        Ok(Some(Received { consumed, event }))
    }

    fn count_octets(&mut self, octets: usize) -> Result<(), Error> {
        let Some(exchange) = &mut self.session.exchange else { return Ok(()) };
        exchange.octets = exchange.octets.saturating_add(octets);
        if exchange.octets > self.options.limits.sasl { Err(Limit::Sasl.into()) } else { Ok(()) }
    }

    /// There can be no more challenge and no success; the answer to AUTH is still to be given.
    fn end_exchange(&mut self) {
        let exchange = self.session.exchange.take();
        if let Some(open) = exchange.and_then(|exchange| self.session.answers.find(exchange.token)) {
            open.kind = Kind::Refused;
        }
        self.move_on(Trigger::AuthEnd);
    }
}
