//! What all the machines share.

/// One step of a session: an event, and how many octets of the input it took.
///
/// The event borrows from the input and from nothing else, so the session can be called while it is looked at. Forget
/// `consumed` octets of the buffer once it is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<E> {
    /// Octets to forget, from the front.
    pub consumed: usize,
    /// What they were.
    pub event: E,
}

/// Names a command among those of its session, so that the answer finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

/// Gives each command of a session its token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    last: u64,
}

impl Tokens {
    /// One that this session has not had. Wraps after 2^64.
    pub(crate) fn next(&mut self) -> Token {
        self.last = self.last.wrapping_add(1);
        Token(self.last)
    }
}
