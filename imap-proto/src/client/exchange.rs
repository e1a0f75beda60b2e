//! An AUTHENTICATE exchange, as the client goes through it.

use alloc::boxed::Box;
use alloc::vec;

use super::asked::Asked;
use super::flight::Kind;
use super::send::secret_line;
use super::{Client, Event, NotSent};
use crate::auth::{Answer, Authenticate, Credentials, Mechanism, Secret};
use crate::command::Command;
use crate::error::{ApiMisuse, Error, Expected, Limit, ParseError, PeerMisbehaved};
use crate::options::{Limits, Tolerated};
use crate::response::{Continue, Response};
use crate::session::Token;
use crate::state::{Pace, Refusal};
use crate::wire::Wire;
use crate::writer::Fragment;

/// RFC 7162 section 4: a command line should stay below 8,192 octets; a longer initial response answers the first
/// challenge.
const COMMAND_LINE: usize = 8_000;

/// Who knows the client's messages, and whose turn it is.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Exchange {
    source: Source,
    turn: Turn,
    /// Challenges so far.
    rounds: u32,
    /// Octets of both sides so far.
    octets: usize,
}

#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
enum Source {
    Credentials {
        credentials: Credentials,
        step: u32,
    },
    /// The caller; with an initial response that did not fit the command.
    Caller {
        first: Option<Secret>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Server,
    Caller,
    /// The server's, and there is nothing more to challenge.
    Cancelled,
}

/// What follows from a challenge.
enum Next {
    Send(Answer),
    AskCaller,
    /// No challenge may come here.
    Unexpected,
}

impl Exchange {
    fn new(source: Source) -> Self {
        Self { source, turn: Turn::Server, rounds: 0, octets: 0 }
    }

    /// What a challenge is answered with.
    fn on_challenge(&mut self) -> Next {
        if self.turn != Turn::Server {
            return Next::Unexpected;
        }
        let answer = match &mut self.source {
            Source::Credentials { credentials, step } => {
                let answer = credentials.answer(*step);
                *step = step.saturating_add(1);
                answer.map_or(Answer::Cancel, Answer::Response)
            }
            Source::Caller { first } => match first.take() {
                Some(first) => Answer::Response(first),
                None => {
                    self.turn = Turn::Caller;
                    return Next::AskCaller;
                }
            },
        };
        self.answered(&answer);
        Next::Send(answer)
    }

    /// The client has answered, or gives up.
    fn answered(&mut self, answer: &Answer) {
        self.turn = if *answer == Answer::Cancel { Turn::Cancelled } else { Turn::Server };
    }

    /// Counts a challenge; whether that is too much.
    fn exceeds(&mut self, octets: usize, limits: &Limits) -> bool {
        self.rounds = self.rounds.saturating_add(1);
        self.octets = self.octets.saturating_add(octets);
        self.rounds > limits.sasl_rounds || self.octets > limits.sasl
    }

    /// The longest line of those that are known, in octets.
    fn longest_line(&self) -> usize {
        let len = |secret: Secret| base64_len(secret.len()).saturating_add(2);
        match &self.source {
            Source::Credentials { credentials, .. } => {
                (0..).map_while(|step| credentials.answer(step)).map(len).max().unwrap_or_default()
            }
            Source::Caller { first } => first.clone().map(len).unwrap_or_default(),
        }
    }
}

/// Octets of so many in base64.
fn base64_len(len: usize) -> usize {
    len.div_ceil(3).saturating_mul(4)
}

/// Octets of the line, CRLF included.
fn line_len(answer: &Answer) -> usize {
    match answer {
        Answer::Response(secret) => base64_len(secret.len()).saturating_add(2),
        Answer::Cancel => 3,
    }
}

impl Client {
    /// Logs in. The completion says whether it worked; challenges are answered from the credentials, and shown as
    /// [`Event::Response`].
    ///
    /// # Errors
    /// [`NotSent`]: the server does not offer the mechanism, or the credentials would go out without TLS.
    pub fn authenticate(&mut self, credentials: Credentials) -> Result<Token, Error> {
        let (mechanism, first) = (credentials.mechanism(), credentials.initial_response());
        self.start_exchange(mechanism, first, |said, _| Source::Credentials {
            credentials,
            step: said.into(),
        })
    }

    /// Logs in by any mechanism, `first` being the client's first message if it begins with one. Each
    /// [`Event::Challenge`] wants [`answer`](Self::answer) or [`cancel`](Self::cancel).
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn authenticate_with(
        &mut self,
        mechanism: Mechanism<'_>,
        first: Option<Secret>,
    ) -> Result<Token, Error> {
        self.start_exchange(mechanism, first, |_, first| Source::Caller { first })
    }

    /// Answers a challenge.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is none. [`NotSent::TooLong`]: its line would be.
    pub fn answer(&mut self, response: Secret) -> Result<(), Error> {
        self.answer_as(&Answer::Response(response))
    }

    /// Gives the exchange up. Its completion will be a refusal.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is no challenge to answer.
    pub fn cancel(&mut self) -> Result<(), Error> {
        self.answer_as(&Answer::Cancel)
    }

    /// `source` is given whether the first message was said with the command, or else the message.
    fn start_exchange(
        &mut self,
        mechanism: Mechanism<'_>,
        first: Option<Secret>,
        source: impl FnOnce(bool, Option<Secret>) -> Source,
    ) -> Result<Token, Error> {
        let len = first.as_ref().map_or(0, |first| base64_len(first.len()));
        let (now, later) = match self.has_initial_response() && len <= COMMAND_LINE {
            true => (first, None),
            false => (None, first),
        };
        let is_said = now.is_some();
        let auth = Authenticate { mechanism, initial_response: now };
        let command = Command::Authenticate(auth.clone());
        self.permit(&command)?;
        let offered = self.session.capabilities.as_ref();
        if offered.is_some_and(|offered| offered.mechanisms().all(|one| one != auth.mechanism)) {
            return Err(NotSent::MechanismNotOffered.into());
        }
        if auth.mechanism.is_clear_text() {
            self.may_show_secrets()?;
        }
        let exchange = Exchange::new(source(is_said, later));
        if exchange.longest_line() > self.options.limits.auth_line {
            return Err(NotSent::TooLong.into());
        }
        let tag = self.options.tag.tag(self.tag.wrapping_add(1));
        let line = secret_line(len.saturating_add(80), |out| {
            tag.encode(out);
            out.put(" AUTHENTICATE ");
            auth.encode(out);
            out.put("\r\n");
        });
        let fragments = vec![Fragment::Send(line.into_bytes())];
        let token = self.enqueue(Kind::Authenticate, Pace::of(&command), Asked::of(&command), fragments);
        self.exchange = Some(Box::new(exchange));
        self.pump();
        Ok(token)
    }

    /// A challenge of the exchange that is going on, and the line that it came in.
    pub(super) fn on_challenge<'i>(
        &mut self,
        challenge: Continue<'i>,
        tolerated: Option<Tolerated>,
        frame: &'i [u8],
    ) -> Result<Event<'i>, Error> {
        let flight = self.flights.alone(Kind::Authenticate);
        let (Some(exchange), Some(flight)) = (&mut self.exchange, flight) else {
            return Err(PeerMisbehaved::UnexpectedContinuation.into());
        };
        if !flight.was_sent(&self.transmit) {
            return Err(PeerMisbehaved::UnexpectedContinuation.into());
        }
        if exchange.exceeds(frame.len(), &self.options.limits) {
            return Err(Limit::Sasl.into());
        }
        let to = flight.token;
        match exchange.on_challenge() {
            Next::Unexpected => Err(PeerMisbehaved::UnexpectedContinuation.into()),
            Next::Send(answer) => {
                self.send_answer(&answer);
                Ok(Event::Response { to: Some(to), response: Response::Continue(challenge), tolerated })
            }
            Next::AskCaller => match challenge.decode() {
                Some(octets) => Ok(Event::Challenge { to, challenge: Secret::new(octets) }),
                None => {
                    // RFC 9051 section 6.2.2: the client gives up what it cannot read.
                    exchange.answered(&Answer::Cancel);
                    self.send_answer(&Answer::Cancel);
                    let error = ParseError { expected: Expected::Base64, offset: 2 };
                    Ok(Event::Malformed { error, line: frame })
                }
            },
        }
    }

    fn answer_as(&mut self, answer: &Answer) -> Result<(), Error> {
        self.check_failed()?;
        let Some(exchange) = self.exchange.as_mut().filter(|exchange| exchange.turn == Turn::Caller) else {
            return Err(ApiMisuse::State(Refusal::NotOpen).into());
        };
        if line_len(answer) > self.options.limits.auth_line {
            return Err(NotSent::TooLong.into());
        }
        exchange.answered(answer);
        self.send_answer(answer);
        Ok(())
    }

    fn send_answer(&mut self, answer: &Answer) {
        let line = secret_line(line_len(answer), |out| Wire::encode(answer, out));
        self.transmit.push(line.into_bytes());
        let end = self.transmit.end();
        if let Some(flight) = self.flights.alone(Kind::Authenticate) {
            flight.end = Some(end);
        }
    }
}
