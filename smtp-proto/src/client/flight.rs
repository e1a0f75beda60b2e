//! What was asked and is not answered yet, in order.

use alloc::collections::VecDeque;

use super::Token;
use crate::state::{State, Trigger};
use crate::transmit::Transmit;

/// A command, or the end of a body, that waits for its reply.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) token: Token,
    /// What its success does to the session.
    pub(super) trigger: Trigger,
    pub(super) answer: Answer,
    /// Where its last octet is in the output; `None` while more of it is to come.
    pub(super) end: Option<u64>,
    /// Whether what was written next waits for its reply.
    holds: bool,
    /// Whether its reply decides what may be sent, so that the caller has to wait for it.
    pub(super) is_barrier: bool,
}

/// What answers a flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// One reply, for the token.
    Reply,
    /// The same, and when it accepts it lists what the server offers.
    Capabilities,
    /// One reply; it is for the token when it refuses. A chunk that is not the last.
    Refusal,
    /// One reply, for nobody: the token has had its own. A chunk behind one that was refused.
    Nobody,
    /// The end of a message with PRDR: 353 and then as [`Each`](Self::Each), or one reply.
    OneOrEach,
    /// One reply for each accepted recipient; and then one for the token with PRDR, none with LMTP.
    Each {
        /// Whether a reply for the token follows.
        then_one: bool,
    },
}

/// All flights. RFC 2920: their replies come in their order.
#[derive(Debug, Default)]
pub(super) struct Flights(VecDeque<Flight>);

impl Flights {
    /// Takes off with what `write` appends to `output`, when those before it let it.
    ///
    /// Without `pipelining` each waits for the reply before; with it, what ends a group is waited for.
    pub(super) fn push(
        &mut self,
        flight: (Token, Trigger, Answer),
        pipelining: bool,
        output: &mut Transmit,
        write: impl FnOnce(&mut Transmit),
    ) {
        if let Some(before) = self.0.back_mut().filter(|before| !pipelining || ends_group(before.trigger)) {
            before.holds = true;
            output.hold();
        }
        write(output);
        let (token, trigger, answer) = flight;
        let (end, is_barrier) = (Some(output.end()), is_barrier(trigger));
        self.0.push_back(Flight { token, trigger, answer, end, holds: false, is_barrier });
    }

    /// The first has had its last reply.
    pub(super) fn pop(&mut self, output: &mut Transmit) {
        if self.0.pop_front().is_some_and(|flight| flight.holds) {
            output.release();
        }
        if self.0.is_empty() {
            // An idle session keeps no heap.
            self.0 = VecDeque::new();
        }
    }

    /// All are lost.
    pub(super) fn clear(&mut self) {
        self.0 = VecDeque::new();
    }

    /// A chunk of `token` was refused: the other ones will be, too, and nobody waits to hear it.
    pub(super) fn forget(&mut self, token: Token) {
        for flight in self.0.iter_mut().filter(|flight| flight.token == token) {
            flight.answer = Answer::Nobody;
        }
    }

    pub(super) fn front(&self) -> Option<&Flight> {
        self.0.front()
    }

    pub(super) fn front_mut(&mut self) -> Option<&mut Flight> {
        self.0.front_mut()
    }

    pub(super) fn back_mut(&mut self) -> Option<&mut Flight> {
        self.0.back_mut()
    }

    /// Whether the caller has to wait.
    pub(super) fn end_in_barrier(&self) -> bool {
        self.0.back().is_some_and(|last| last.is_barrier)
    }

    /// Where a session at `state` will stand when all of these succeed.
    pub(super) fn planned(&self, state: State) -> State {
        let whole = self.0.iter().filter(|flight| flight.end.is_some());
        whole.fold(state, |state, flight| state.on(flight.trigger).unwrap_or(state))
    }
}

impl Flight {
    /// Whether all of it was taken from `output`.
    pub(super) fn was_sent(&self, output: &Transmit) -> bool {
        // The positions wrap after 2^64 octets, and less than 2^63 lie between them.
        self.end.is_some_and(|end| output.taken().wrapping_sub(end) < 1 << 63)
    }
}

/// The body stands right behind DATA; the others change what the next command means.
fn is_barrier(trigger: Trigger) -> bool {
    matches!(
        trigger,
        Trigger::Hello
            | Trigger::Data
            | Trigger::StartTls
            | Trigger::Auth
            | Trigger::Restart
            | Trigger::Turn
            | Trigger::Quit
    )
}

/// RFC 2920 section 3.1 names what may stand within a group, and adds that the end of a body may; RFC 3030 section 4.2
/// adds BDAT and RFC 4468 section 3.3 BURL. Everything else can only be the last.
fn ends_group(trigger: Trigger) -> bool {
    !matches!(
        trigger,
        Trigger::Mail
            | Trigger::Rcpt
            | Trigger::Reset
            | Trigger::Chunk
            | Trigger::LastChunk
            | Trigger::MessageEnd
    )
}

#[cfg(test)]
impl Flights {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn capacity(&self) -> usize {
        self.0.capacity()
    }
}
