//! What was asked and is not completed yet, in order.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use super::asked::Asked;
use crate::command::Command;
use crate::session::Token;
use crate::state::{Pace, State, Trigger};
use crate::transmit::Transmit;
use crate::writer::Fragment;

/// A command that waits for its completion.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Flight {
    pub(super) token: Token,
    /// The number in its tag.
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) pace: Pace,
    /// Which data belong to it.
    pub(super) asked: Asked,
    /// How often capabilities were told when it was given.
    pub(super) epoch: u64,
    /// What is not in the output yet, as something before it has to end first.
    pub(super) queued: Option<Vec<Fragment>>,
    /// Where its first octet is in the output.
    start: u64,
    /// Where its last one is; `None` while more of it is to come.
    pub(super) end: Option<u64>,
}

/// What a command does to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Capability,
    StartTls,
    Login,
    Authenticate,
    /// ENABLE; whether it changes how names of mailboxes are written.
    Enable {
        language: bool,
    },
    Compress,
    Idle,
    Select,
    /// CLOSE, UNSELECT.
    Deselect,
    Unauthenticate,
    Logout,
}

impl Kind {
    pub(crate) fn of(command: &Command<'_>) -> Self {
        match command {
            Command::Capability => Self::Capability,
            Command::StartTls => Self::StartTls,
            Command::Login(_) => Self::Login,
            Command::Authenticate(_) => Self::Authenticate,
            Command::Enable(capabilities) => {
                let language = capabilities.iter().any(|one| super::untagged::is_language(&one));
                Self::Enable { language }
            }
            Command::Compress(_) => Self::Compress,
            Command::Idle => Self::Idle,
            Command::Select(_) | Command::Examine(_) => Self::Select,
            Command::Close | Command::Unselect => Self::Deselect,
            Command::Unauthenticate => Self::Unauthenticate,
            Command::Logout => Self::Logout,
            _ => Self::Plain,
        }
    }

    /// Whether its success changes who the client is, and so what the server offers.
    pub(crate) const fn is_login(self) -> bool {
        matches!(self, Self::Login | Self::Authenticate | Self::Unauthenticate)
    }

    /// What its success does to the session.
    pub(crate) const fn trigger(self) -> Option<Trigger> {
        match self {
            Self::Login | Self::Authenticate => Some(Trigger::Login),
            Self::Select => Some(Trigger::Select),
            Self::Deselect => Some(Trigger::Deselect),
            Self::Unauthenticate => Some(Trigger::Unauthenticate),
            _ => None,
        }
    }
}

/// All flights.
#[derive(Debug, Default)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Flights(VecDeque<Flight>);

impl Flights {
    pub(super) fn push(&mut self, flight: Flight) {
        self.0.push_back(flight);
    }

    /// The one whose tag has this number is completed; one that is not in the output has no tag.
    pub(super) fn take(&mut self, number: u64) -> Option<Flight> {
        let at = self.0.iter().position(|flight| flight.number == number)?;
        let flight = self.0.remove(at);
        if self.0.is_empty() {
            // An idle session keeps no heap.
            self.0 = VecDeque::new();
        }
        flight
    }

    /// All are lost.
    pub(super) fn clear(&mut self) {
        self.0 = VecDeque::new();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Flight> {
        self.0.iter()
    }

    pub(super) fn front(&self) -> Option<&Flight> {
        self.0.front()
    }

    pub(super) fn get(&self, number: u64) -> Option<&Flight> {
        self.0.iter().find(|flight| flight.number == number)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Flight> {
        self.0.iter_mut().find(|flight| flight.number == number)
    }

    /// The only one in flight, when it is of this kind.
    pub(super) fn alone(&mut self, kind: Kind) -> Option<&mut Flight> {
        self.0.front_mut().filter(|flight| flight.kind == kind && flight.queued.is_none())
    }

    /// The first that is not in the output yet.
    pub(super) fn queued(&mut self) -> Option<&mut Flight> {
        self.0.iter_mut().find(|flight| flight.queued.is_some())
    }

    /// The last that is in the output.
    pub(super) fn last_begun(&self) -> Option<&Flight> {
        self.0.iter().rev().find(|flight| flight.queued.is_none())
    }

    /// Octets that are not in the output yet.
    pub(super) fn queued_len(&self) -> usize {
        let fragments = self.0.iter().filter_map(|flight| flight.queued.as_ref()).flatten();
        fragments.fold(0, |len, fragment| match fragment {
            Fragment::Send(bytes) => len.saturating_add(bytes.len()),
            Fragment::Wait => len,
        })
    }

    /// Where a session at `state` will stand when all of these succeed.
    pub(super) fn planned(&self, state: State) -> State {
        let triggers = self.0.iter().filter_map(|flight| flight.kind.trigger());
        triggers.fold(state, |state, trigger| state.on(trigger).unwrap_or(state))
    }
}

impl Flight {
    pub(super) fn new(
        token: Token,
        number: u64,
        kind: Kind,
        pace: Pace,
        asked: Asked,
        epoch: u64,
        fragments: Vec<Fragment>,
    ) -> Self {
        Self { token, number, kind, pace, asked, epoch, queued: Some(fragments), start: 0, end: None }
    }

    /// Goes to the output, or as much of it as there is.
    pub(super) fn begin(&mut self, output: &mut Transmit, is_whole: bool) {
        self.start = output.end();
        for fragment in self.queued.take().unwrap_or_default() {
            match fragment {
                Fragment::Send(bytes) => output.push(bytes),
                Fragment::Wait => output.hold(),
            }
        }
        self.end = is_whole.then(|| output.end());
    }

    /// Whether all of it was taken from `output`.
    pub(super) fn was_sent(&self, output: &Transmit) -> bool {
        self.queued.is_none() && self.end.is_some_and(|end| reached(output, end))
    }

    /// Whether any of it was taken from `output`.
    pub(super) fn was_begun(&self, output: &Transmit) -> bool {
        self.queued.is_none() && reached(output, self.start.wrapping_add(1))
    }
}

/// Messages pass through here: what is queued does not show.
impl fmt::Debug for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token, number, kind, queued, .. } = self;
        let place = if queued.is_some() { "queued" } else { "in flight" };
        write!(f, "Flight({token:?}, number {number}, {kind:?}, {place})")
    }
}

/// Whether what stands before `position` was taken.
fn reached(output: &Transmit, position: u64) -> bool {
    // The positions wrap after 2^64 octets, and less than 2^63 lie between them.
    output.taken().wrapping_sub(position) < 1 << 63
}

#[cfg(test)]
impl Flights {
    pub(super) fn capacity(&self) -> usize {
        self.0.capacity()
    }
}
