//! What the server has not completed.

use alloc::collections::VecDeque;
use core::fmt;

use crate::client::Kind;
use crate::client::asked::Asked;
use crate::grammar::text::Tag;
use crate::session::Token;

/// A command, and what its completion means for the session.
pub(super) struct Open {
    pub(super) token: Token,
    tag: Tag<'static>,
    /// The tag may be a password.
    pub(super) is_hidden: bool,
    pub(super) kind: Kind,
    /// Which data belong to it.
    pub(super) asked: Asked,
    /// Octets of the tag, or of all that was asked: what is kept is a small multiple of that.
    weight: usize,
}

/// A tag that may be a password does not show.
impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token, tag, is_hidden, kind, asked, weight } = self;
        let tag = Some(tag).filter(|_| !is_hidden);
        f.debug_struct("Open")
            .field("token", token)
            .field("tag", &tag)
            .field("kind", kind)
            .field("asked", asked)
            .field("weight", weight)
            .finish()
    }
}

/// The open commands, first come first.
#[derive(Debug, Default)]
pub(super) struct Opens {
    list: VecDeque<Open>,
    weight: usize,
}

/// How many commands may be open: far more than any client has sent without waiting.
const MOST: usize = 1_000;

/// How many octets they may have in all, when there is more than one.
const HEAVIEST: usize = 1024 * 1024;

impl Opens {
    /// A command has begun. When there are too many, the oldest is forgotten: nobody will complete that.
    pub(super) fn push(&mut self, token: Token, tag: Tag<'static>, is_hidden: bool) {
        let (kind, asked, weight) = (Kind::Plain, Asked::default(), tag.as_bytes().len());
        self.list.push_back(Open { token, tag, is_hidden, kind, asked, weight });
        self.weight = self.weight.saturating_add(weight);
        self.limit();
    }

    /// All of the command is there; whether it is still open.
    pub(super) fn fill(&mut self, token: Token, kind: Kind, asked: Asked, weight: usize) -> bool {
        let Some(open) = self.list.iter_mut().rev().find(|open| open.token == token) else { return false };
        let before = open.weight;
        (open.kind, open.asked, open.weight) = (kind, asked, weight);
        self.weight = self.weight.saturating_sub(before).saturating_add(weight);
        self.limit();
        true
    }

    /// The oldest command with this tag is completed.
    pub(super) fn take(&mut self, tag: &[u8]) -> Option<Open> {
        let at = self.list.iter().position(|open| open.tag.as_bytes() == tag)?;
        let open = self.list.remove(at)?;
        self.weight = self.weight.saturating_sub(open.weight);
        if self.list.is_empty() {
            // An idle session keeps no heap.
            self.list = VecDeque::new();
        }
        Some(open)
    }

    pub(super) fn get(&self, token: Token) -> Option<&Open> {
        self.list.iter().rev().find(|open| open.token == token)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Open> {
        self.list.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    fn limit(&mut self) {
        while self.list.len() > MOST || (self.weight > HEAVIEST && self.list.len() > 1) {
            let weight = self.list.pop_front().map_or(0, |open| open.weight);
            self.weight = self.weight.saturating_sub(weight);
        }
    }
}

impl Open {
    pub(super) fn is_called(&self, tag: &[u8]) -> bool {
        self.tag.as_bytes() == tag
    }
}
