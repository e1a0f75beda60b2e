//! What waits for an answer, in the order in which the answers go out.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::grammar::text::Tag;
use crate::session::Token;

/// What is to be answered, and so what an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// FETCH, STORE, SEARCH: no EXPUNGE may come.
    Quiet,
    /// What changes nothing, whatever the answer.
    Neutral,
    Append,
    Login,
    Authenticate,
    Select,
    /// CLOSE, UNSELECT.
    Deselect,
    Enable,
    Unauthenticate,
    StartTls,
    Compress,
    Idle,
    /// NOTIFY; whether with SET.
    Notify {
        set: bool,
    },
    Logout,
    /// What was refused, malformed or given up: OK is no answer.
    Refused,
}

impl Kind {
    /// Whether commands behind it may be handed out before it is answered.
    pub(super) const fn lets_others_pass(self) -> bool {
        matches!(self, Self::Quiet | Self::Neutral | Self::Append | Self::Notify { .. } | Self::Refused)
    }
}

/// One that waits.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) token: Token,
    /// `None` of a line that had none: it is answered with `*`.
    pub(super) tag: Option<Tag<'static>>,
    /// The tag may be a password.
    pub(super) is_hidden: bool,
    pub(super) kind: Kind,
    /// The session ends with the answer.
    pub(super) closes: bool,
    /// The answer, given before those that go out first.
    pub(super) answer: Option<Vec<u8>>,
}

/// A tag that may be a password does not show, and neither do answers, which begin with it.
impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token, tag, is_hidden, kind, closes, answer } = self;
        let tag = tag.as_ref().filter(|_| !is_hidden);
        let octets = answer.as_ref().map(Vec::len);
        f.debug_struct("Open")
            .field("token", token)
            .field("tag", &tag)
            .field("kind", kind)
            .field("closes", closes)
            .field("answer", &octets)
            .finish()
    }
}

/// The open ones, first come first. The first is kept without heap, as there is seldom a second one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    first: Option<Open>,
    more: VecDeque<Open>,
}

impl Answers {
    pub(super) fn push(&mut self, open: Open) {
        if self.first.is_none() {
            self.first = Some(open);
        } else {
            self.more.push_back(open);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        let first = core::mem::replace(&mut self.first, self.more.pop_front());
        if self.more.is_empty() {
            self.more = VecDeque::new();
        }
        first
    }

    pub(super) fn find(&mut self, token: Token) -> Option<&mut Open> {
        self.first.iter_mut().chain(&mut self.more).find(|open| open.token == token)
    }

    pub(super) fn first(&self) -> Option<&Open> {
        self.first.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Open> {
        self.first.iter().chain(&self.more)
    }

    pub(super) fn len(&self) -> usize {
        self.more.len().saturating_add(usize::from(self.first.is_some()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// How many octets of answers wait for others.
    pub(super) fn octets(&self) -> usize {
        self.iter().filter_map(|open| open.answer.as_ref()).map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Tokens;

    #[test]
    fn first_in_first_out_and_no_heap_when_idle() {
        let (mut tokens, mut answers) = (Tokens::default(), Answers::default());
        let names = [(); 3].map(|()| tokens.next());
        for token in names {
            let (tag, kind) = (None, Kind::Neutral);
            answers.push(Open { token, tag, is_hidden: false, kind, closes: false, answer: None });
            assert_eq!(answers.more.capacity() > 0, answers.len() > 1, "the first takes none");
        }
        assert_eq!((answers.len(), answers.octets()), (3, 0));
        for token in names {
            assert_eq!(answers.pop().map(|open| open.token), Some(token));
        }
        assert_eq!((answers.pop(), answers.more.capacity()), (None, 0));
    }
}
