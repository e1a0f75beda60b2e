//! What is told while a mailbox is selected.

use super::Contradiction;
use crate::grammar::flag::{Flag, Flags, PermanentFlags};

/// Where a view stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// No mailbox is selected: nothing is about this one.
    #[default]
    Closed,
    /// SELECT is on its way.
    Selecting,
    /// It is selected.
    Selected,
}

/// UIDNEXT as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UidNext {
    pub(super) uid_next: u32,
    /// How many of the messages that there are were there then.
    old: u32,
}

/// What holds as long as the mailbox is selected.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    pub(super) phase: Phase,
    pub(super) exists: Option<u32>,
    pub(super) uid_next: Option<UidNext>,
    /// UIDVALIDITY was told.
    pub(super) has_uid_validity: bool,
    /// UIDs do not last.
    pub(super) is_not_sticky: bool,
    /// As it was told last.
    pub(super) highest_mod_seq: Option<u64>,
    /// HIGHESTMODSEQ was told since the last completion.
    pub(super) mod_seq_told: Option<u64>,
    /// The highest mod-sequence of a message since the last completion.
    pub(super) mod_seq_seen: u64,
    pub(super) flags: Option<Flags<'static>>,
    pub(super) permanent_flags: Option<PermanentFlags<'static>>,
    pub(super) is_read_only: Option<bool>,
    /// The message of which a response arrives in parts.
    pub(super) arriving: Option<u32>,
}

impl Session {
    /// Whether what is told is about this mailbox.
    pub(super) fn is_open(&self) -> bool {
        self.phase != Phase::Closed
    }

    /// Whether SELECT is completed.
    pub(super) fn was_selected(&self) -> bool {
        self.phase == Phase::Selected
    }

    pub(super) fn set_uid_next(&mut self, uid_next: u32) {
        self.uid_next = Some(UidNext { uid_next, old: self.exists.unwrap_or_default() });
    }

    /// EXISTS was told: while the mailbox is being selected, UIDNEXT may have come before.
    pub(super) fn count_old(&mut self) {
        let exists = self.exists.unwrap_or_default();
        if let Some(told) = &mut self.uid_next {
            told.old = if self.phase == Phase::Selecting { exists } else { told.old.min(exists) };
        }
    }

    /// So many messages are gone, `old` of them there when UIDNEXT was told.
    pub(super) fn gone(&mut self, count: u32, old: u32) {
        self.exists = self.exists.map(|exists| exists.saturating_sub(count));
        if let Some(told) = &mut self.uid_next {
            told.old = told.old.saturating_sub(old);
        }
    }

    /// Whether a message with this UID was there when UIDNEXT was told.
    pub(super) fn is_old(&self, uid: u32) -> bool {
        self.uid_next.is_some_and(|told| uid < told.uid_next)
    }

    /// The same of a number.
    pub(super) fn is_old_number(&self, number: u32) -> bool {
        self.uid_next.is_some_and(|told| number <= told.old)
    }

    /// What is wrong with the UID of a number.
    pub(super) fn against_uid_next(&self, number: u32, uid: u32) -> Option<Contradiction> {
        let uid_next = self.uid_next?.uid_next;
        match (self.is_old_number(number), self.is_old(uid)) {
            (true, false) => Some(Contradiction::UidNotBelowUidNext { uid, uid_next }),
            (false, true) => Some(Contradiction::UidBelowUidNext { uid, uid_next }),
            _ => None,
        }
    }
}

/// How many flags of FLAGS and PERMANENTFLAGS are kept, beside keywords: system flags and `\*`.
pub(super) const BESIDE_KEYWORDS: usize = 7;

/// Whether a flag is short enough to keep.
pub(super) fn is_short(flag: &Flag<'_>) -> bool {
    flag.as_bytes().len() <= super::flags::Keywords::LONGEST
}
