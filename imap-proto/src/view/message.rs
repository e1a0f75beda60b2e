//! Messages as they are asked for, and as they were saved.

use super::flags::Keywords;
use super::table::Entry;
use crate::grammar::flag::{Flag, Flags, SystemFlags};

/// A message that a view knows.
#[derive(Clone, Copy, Debug)]
pub struct Message<'v> {
    keywords: &'v Keywords,
    entry: Entry,
    number: Option<u32>,
}

impl<'v> Message<'v> {
    pub(super) fn new(keywords: &'v Keywords, entry: Entry, number: Option<u32>) -> Self {
        Self { keywords, entry, number }
    }

    /// Its UID.
    pub fn uid(&self) -> u32 {
        self.entry.uid
    }

    /// Its number, when it is known: `None` with UIDONLY, and before the mailbox is synchronised.
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// Its mod-sequence, when it was told. RFC 7162.
    pub fn mod_seq(&self) -> Option<u64> {
        Some(self.entry.mod_seq).filter(|&mod_seq| mod_seq != 0)
    }

    /// Whether its flags were told.
    pub fn has_flags(&self) -> bool {
        self.entry.bits.is_told()
    }

    /// Its system flags. `\Recent`, which is of a session, is not kept.
    pub fn system_flags(&self) -> SystemFlags {
        self.entry.bits.system()
    }

    /// Its flags: the system flags first. None, too, when they were not told.
    pub fn flags(&self) -> impl Iterator<Item = Flag<'static>> + use<'v> {
        self.system_flags().iter().chain(self.keywords.flags(self.entry.bits).cloned())
    }

    /// Whether it has this flag.
    pub fn contains(&self, flag: &Flag<'_>) -> bool {
        self.system_flags().iter().any(|one| one == *flag)
            || self.keywords.flags(self.entry.bits).any(|one| one == flag)
    }
}

/// A message as it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved<'a> {
    /// Its UID.
    pub uid: u32,
    /// Its flags, when they were saved.
    pub flags: Option<Flags<'a>>,
    /// Its mod-sequence, when it was saved.
    pub mod_seq: Option<u64>,
}

impl Saved<'_> {
    /// Only the UID was saved.
    pub fn new(uid: u32) -> Self {
        Self { uid, flags: None, mod_seq: None }
    }
}

impl From<Message<'_>> for Saved<'static> {
    fn from(message: Message<'_>) -> Self {
        let flags = message.has_flags().then(|| message.flags().collect());
        Saved { uid: message.uid(), flags, mod_seq: message.mod_seq() }
    }
}
