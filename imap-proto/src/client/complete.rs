//! The completion of a command.

use super::flight::{Flight, Kind};
use super::{Client, Event, TlsPolicy};
use crate::error::{Error, PeerMisbehaved};
use crate::options::{Leniency, Tolerated};
use crate::response::{Code, Response, Status, StatusKind, Tagged};
use crate::state::{State, Step, Trigger};

impl Client {
    pub(super) fn on_tagged<'i>(
        &mut self,
        tagged: Tagged<'i>,
        tolerated: Option<Tolerated>,
    ) -> Result<Event<'i>, Error> {
        let number = self.options.tag.number_of(tagged.tag.as_bytes());
        // What is queued has been told to nobody.
        let flight =
            number.and_then(|number| self.flights.get(number)).filter(|flight| flight.queued.is_none());
        let (Some(number), Some(flight)) = (number, flight) else {
            return self.on_unknown(tagged, tolerated);
        };
        let is_ok = tagged.status.kind == StatusKind::Ok;
        let was_read = if is_ok { flight.was_sent(&self.transmit) } else { flight.was_begun(&self.transmit) };
        if !was_read {
            return Err(PeerMisbehaved::PrematureCompletion.into());
        }
        if flight.kind == Kind::StartTls && !is_ok && self.options.tls == TlsPolicy::RequireStartTls {
            // To go on in clear is what an attacker wants.
            return Err(PeerMisbehaved::TlsRefused.into());
        }
        let is_last = self.flights.last_begun().is_some_and(|last| last.number == number);
        let Some(flight) = self.flights.take(number) else {
            return Err(PeerMisbehaved::UnknownTag.into());
        };
        self.give_up_rest(number, is_last);
        let to = flight.token;
        self.learn_from(&tagged.status);
        self.settle(&flight, tagged.status.kind);
        self.pump();
        Ok(match (flight.kind, is_ok) {
            (Kind::StartTls, true) => Event::StartTls { to },
            (Kind::Compress, true) => Event::Compress { to },
            _ => Event::Finished { to, status: tagged.status, tolerated },
        })
    }

    fn on_unknown<'i>(
        &mut self,
        tagged: Tagged<'i>,
        tolerated: Option<Tolerated>,
    ) -> Result<Event<'i>, Error> {
        // The server had ended IDLE by itself, and takes the DONE that met its answer for a tag.
        let refuses_done = self.may_refuse_done
            && tagged.tag.as_bytes().eq_ignore_ascii_case(b"DONE")
            && tagged.status.kind == StatusKind::Bad;
        if refuses_done {
            self.may_refuse_done = false;
        } else if !self.options.dialect.leniency.contains(Leniency::UNKNOWN_TAG) {
            return Err(PeerMisbehaved::UnknownTag.into());
        } else {
            let dropped = self.on_unexpected()?;
            if self.is_in_clear() {
                return Ok(dropped);
            }
        }
        Ok(Event::Response { to: None, response: Response::Tagged(tagged), tolerated })
    }

    /// The server wants no more of this command.
    fn give_up_rest(&mut self, number: u64, is_last: bool) {
        if is_last && self.transmit.is_holding() {
            // Only the last can hold, and what is held is its own.
            self.transmit.discard_held();
        }
        let Some(stream) = self.stream.as_ref().filter(|stream| stream.number() == number) else { return };
        if stream.is_open() && stream.is_full() {
            self.end_stream();
        } else if stream.is_owed() {
            // The server reads on to the end that was announced, whatever it has answered, and nobody will write that:
            // nothing else can follow.
            self.close();
        } else {
            self.stream = None;
        }
    }

    fn learn_from(&mut self, status: &Status<'_>) {
        if let (StatusKind::Ok, Some(Code::Capability(capabilities))) = (status.kind, &status.text.code) {
            self.learn(&capabilities.0);
        }
    }

    /// What the completion of `flight` does to the session.
    fn settle(&mut self, flight: &Flight, status: StatusKind) {
        let is_ok = status == StatusKind::Ok;
        match flight.kind {
            Kind::Authenticate => {
                self.exchange = None;
                self.step(Step::End);
            }
            Kind::Idle => self.step(Step::End),
            Kind::Capability => self.session.has_to_ask = false,
            Kind::StartTls | Kind::Compress if !is_ok => self.step(Step::End),
            Kind::Select if !is_ok => {
                // BAD leaves the mailbox that was selected, and of which one the last number was is not known.
                if status == StatusKind::No {
                    self.trigger(Trigger::SelectFailed);
                }
                self.session.exists = None;
            }
            Kind::Logout if is_ok => self.close(),
            _ => {}
        }
        if !is_ok {
            return;
        }
        if let Some(trigger) = flight.kind.trigger() {
            self.trigger(trigger);
        }
        if flight.kind == Kind::Deselect {
            self.session.exists = None;
        }
        if flight.kind.is_login() {
            self.framer.set_authenticated(self.session.state.is_authenticated());
            // RFC 9051 section 6.2.3: unless the server has told anew, it has to be asked.
            if self.epoch == flight.epoch {
                self.forget_capabilities();
            }
        }
        if flight.kind == Kind::Unauthenticate {
            // RFC 8437 section 3: what was enabled is not any more.
            (self.session.utf8, self.session.rev2, self.session.exists) = (false, false, None);
        }
    }

    /// Whether the server has said BYE, and everything is answered that will be.
    pub(super) fn is_over(&self) -> bool {
        match self.session.state {
            State::Closed => true,
            State::Logout => self.flights.is_empty(),
            _ => false,
        }
    }
}
