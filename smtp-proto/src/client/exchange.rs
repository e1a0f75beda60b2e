//! An AUTH exchange, as the client goes through it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::BytesMut;

use super::flight;
use super::{Client, Event, NotSent};
use crate::auth::{Answer, Auth, Challenge, Credentials, Mechanism, Secret};
use crate::ehlo::Extension;
use crate::error::{ApiMisuse, Error, Limit, PeerMisbehaved};
use crate::options::Limits;
use crate::session::Token;
use crate::state::Trigger;
use crate::wire::{Wire, Writer};

/// RFC 4954 section 4: the AUTH command is a command line of 512 octets; a longer initial response answers the first
/// challenge.
const COMMAND_LINE: usize = 512;

/// Who knows the client's messages, and whose turn it is.
#[derive(Debug)]
pub(super) struct Exchange {
    source: Source,
    turn: Turn,
    /// Challenges so far.
    rounds: u32,
    /// Octets of both sides so far.
    octets: usize,
}

#[derive(Debug)]
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
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Send(Answer),
    AskCaller,
    /// No challenge may come here.
    Unexpected,
}

impl Exchange {
    /// The exchange for `credentials`, and the command that opens it.
    pub(super) fn with_credentials(credentials: Credentials) -> (Self, Auth<'static>) {
        let auth =
            Auth { mechanism: credentials.mechanism(), initial_response: credentials.initial_response() };
        let (auth, rest) = fit(auth);
        let step = u32::from(auth.initial_response.is_some());
        drop(rest);
        (Self::new(Source::Credentials { credentials, step }), auth)
    }

    /// The exchange whose messages the caller knows, and the command that opens it.
    pub(super) fn with_caller<'a>(mechanism: Mechanism<'a>, first: Option<Secret>) -> (Self, Auth<'a>) {
        let (auth, first) = fit(Auth { mechanism, initial_response: first });
        (Self::new(Source::Caller { first }), auth)
    }

    fn new(source: Source) -> Self {
        Self { source, turn: Turn::Server, rounds: 0, octets: 0 }
    }

    /// What a challenge is answered with.
    pub(super) fn on_challenge(&mut self) -> Next {
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
        Next::Send(answer)
    }

    /// Whether the caller has a challenge to answer.
    pub(super) fn is_callers_turn(&self) -> bool {
        self.turn == Turn::Caller
    }

    /// The caller has answered, or gives up.
    pub(super) fn answered(&mut self, answer: &Answer) {
        self.turn = if *answer == Answer::Cancel { Turn::Cancelled } else { Turn::Server };
    }

    /// Counts a challenge; whether that is too much.
    pub(super) fn exceeds(&mut self, octets: usize, limits: &Limits) -> bool {
        self.rounds = self.rounds.saturating_add(1);
        self.octets = self.octets.saturating_add(octets);
        self.rounds > limits.sasl_rounds || self.octets > limits.sasl
    }

    /// The longest line of those that are known, in octets.
    pub(super) fn longest_line(&self) -> usize {
        let len = |secret| Answer::Response(secret).line_len();
        match &self.source {
            Source::Credentials { credentials, .. } => {
                (0..).map_while(|step| credentials.answer(step)).map(len).max().unwrap_or_default()
            }
            Source::Caller { first } => first.clone().map(len).unwrap_or_default(),
        }
    }
}

/// The command with its initial response, or without and the response for later.
fn fit(mut auth: Auth<'_>) -> (Auth<'_>, Option<Secret>) {
    let rest = if auth.line_len() > COMMAND_LINE { auth.initial_response.take() } else { None };
    (auth, rest)
}

/// What `write` writes, `len` octets, in memory that never moves.
fn secret_line(len: usize, write: impl FnOnce(&mut Writer<'_>)) -> Secret {
    let mut line = BytesMut::with_capacity(len);
    write(&mut Writer::new(&mut line));
    Secret::new(Vec::from(line))
}

impl Client {
    /// Logs in. The reply says whether it worked; it comes without any challenge as an event.
    ///
    /// # Errors
    /// [`NotSent`]: the server does not offer the mechanism, or the credentials would go out without TLS.
    /// [`ApiMisuse::State`]: the client has logged in before.
    pub fn authenticate(&mut self, credentials: Credentials) -> Result<Token, Error> {
        let (exchange, auth) = Exchange::with_credentials(credentials);
        self.start_exchange(exchange, auth)
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
        let (exchange, auth) = Exchange::with_caller(mechanism, first);
        self.start_exchange(exchange, auth)
    }

    /// Answers a challenge.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is none. [`NotSent::TooLong`]: its line would be.
    pub fn answer(&mut self, response: Secret) -> Result<(), Error> {
        self.answer_as(Answer::Response(response))
    }

    /// Gives the exchange up. Its reply will be a refusal.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is no challenge to answer.
    pub fn cancel(&mut self) -> Result<(), Error> {
        self.answer_as(Answer::Cancel)
    }

    fn start_exchange(&mut self, exchange: Exchange, auth: Auth<'_>) -> Result<Token, Error> {
        self.check_failed()?;
        if self.session.is_authenticated {
            return Err(ApiMisuse::State.into());
        }
        self.permit(Trigger::Auth)?;
        self.offered(Extension::Auth)?;
        if !self.session.capabilities.has_mechanism(&auth.mechanism) {
            return Err(NotSent::MechanismNotOffered.into());
        }
        let may_show = self.session.is_tls || self.options.allow_plaintext_secrets;
        if auth.mechanism.is_clear_text() && !may_show {
            return Err(NotSent::PlaintextSecret.into());
        }
        if exchange.longest_line() > self.options.limits.auth_line {
            return Err(NotSent::TooLong.into());
        }
        let planned = self.permit(Trigger::Auth)?;
        let line = secret_line(auth.line_len(), |out| {
            out.put("AUTH");
            Wire::encode(&auth, out);
            out.put("\r\n");
        });
        let token = self.tokens.next();
        self.take_off(token, Trigger::Auth, flight::Answer::Reply, |out| out.push(line.into_bytes()));
        self.session.planned = planned;
        self.exchange = Some(Box::new(exchange));
        Ok(token)
    }

    /// A challenge of the exchange that is going on.
    pub(super) fn on_challenge<'i>(&mut self, frame: &'i [u8]) -> Result<Event<'i>, Error> {
        let (Some(exchange), Some(flight)) = (&mut self.exchange, self.flights.front_mut()) else {
            return Err(PeerMisbehaved::UnexpectedChallenge.into());
        };
        if flight.end.is_some() && !flight.was_sent(&self.transmit) {
            return Err(PeerMisbehaved::PrematureReply.into());
        }
        if exchange.exceeds(frame.len(), &self.options.limits) {
            return Err(Limit::Sasl.into());
        }
        let (to, next) = (flight.token, exchange.on_challenge());
        self.session.state = self.session.state.on(Trigger::Auth).unwrap_or(self.session.state);
        match next {
            Next::Unexpected => Err(PeerMisbehaved::UnexpectedChallenge.into()),
            Next::Send(answer) => {
                let (reply, _) = self.parse(frame)?;
                self.send_answer(&answer)?;
                Ok(Event::Interim { to, reply })
            }
            Next::AskCaller => match Challenge::parse(frame, self.options.dialect) {
                Ok((_, Challenge(challenge))) => {
                    flight.end = None;
                    Ok(Event::Challenge { to, challenge })
                }
                Err(error) => {
                    self.send_answer(&Answer::Cancel)?;
                    Ok(Event::Malformed { error, line: frame })
                }
            },
        }
    }

    fn answer_as(&mut self, answer: Answer) -> Result<(), Error> {
        self.check_failed()?;
        if !self.exchange.as_ref().is_some_and(|exchange| exchange.is_callers_turn()) {
            return Err(ApiMisuse::State.into());
        }
        if answer.line_len() > self.options.limits.auth_line {
            return Err(NotSent::TooLong.into());
        }
        self.send_answer(&answer)
    }

    fn send_answer(&mut self, answer: &Answer) -> Result<(), Error> {
        let (Some(exchange), Some(flight)) = (&mut self.exchange, self.flights.front_mut()) else {
            return Err(ApiMisuse::State.into());
        };
        exchange.answered(answer);
        let line = secret_line(answer.line_len(), |out| Wire::encode(answer, out));
        self.transmit.push(line.into_bytes());
        flight.end = Some(self.transmit.end());
        Ok(())
    }
}
