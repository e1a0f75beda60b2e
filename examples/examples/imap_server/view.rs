//! A mailbox as one client sees it: what it was told, which may be less than what there is.

use imap_proto::Flag;
use imap_proto::sequence::{Ranges, SequenceSet};

use crate::store::Mailbox;

/// The mailbox that a client has selected.
pub struct View {
    pub id: u32,
    /// The UIDs of the messages, by number: all that the client was told of and not told to be gone.
    pub uids: Vec<u32>,
    /// Changes up to this one were told.
    pub mod_seq: u64,
    /// Messages are gone that the client was not told of.
    is_behind: bool,
    pub read_only: bool,
    /// What the last SEARCH with SAVE has found: UIDs.
    pub saved: Ranges,
}

/// What is to be told.
#[derive(Default)]
pub struct Changes {
    /// The UIDs of messages that are gone.
    pub vanished: Ranges,
    /// Their numbers, the highest first.
    pub expunged: Vec<u32>,
    /// How many messages there are now.
    pub exists: Option<u32>,
    /// Numbers, UIDs, flags and mod-sequences of messages whose flags have changed.
    pub changed: Vec<(u32, u32, u64, Vec<Flag<'static>>)>,
}

impl View {
    pub fn new(id: u32, mailbox: &Mailbox, read_only: bool) -> Self {
        let uids = mailbox.entries.iter().map(|entry| entry.uid).collect();
        Self { id, uids, mod_seq: mailbox.mod_seq, is_behind: false, read_only, saved: Ranges::new() }
    }

    pub fn len(&self) -> u32 {
        u32::try_from(self.uids.len()).unwrap_or(u32::MAX)
    }

    pub fn number(&self, uid: u32) -> Option<u32> {
        let at = self.uids.binary_search(&uid).ok()?;
        u32::try_from(at).ok()?.checked_add(1)
    }

    /// Message numbers in a set.
    pub fn numbers(&self, set: &SequenceSet<'_>) -> Ranges {
        if set.is_saved() {
            return self.saved.iter().filter_map(|uid| self.number(uid)).collect();
        }
        set.normalize(Some(self.len()).filter(|len| *len > 0))
    }

    /// UIDs in a set of UIDs.
    pub fn set_of_uids(&self, set: &SequenceSet<'_>) -> Ranges {
        if set.is_saved() { self.saved.clone() } else { set.normalize(self.uids.last().copied()) }
    }

    /// The numbers and UIDs of the messages in a set of either.
    pub fn messages(&self, set: &SequenceSet<'_>, is_uid: bool) -> Vec<(u32, u32)> {
        let meant = if is_uid { self.set_of_uids(set) } else { self.numbers(set) };
        let all = (1u32..).zip(self.uids.iter().copied());
        all.filter(|(number, uid)| meant.contains(if is_uid { *uid } else { *number })).collect()
    }

    /// What has changed now the client has changed itself.
    pub fn own(&mut self, mailbox: Option<&Mailbox>) {
        self.mod_seq = mailbox.map_or(self.mod_seq, |mailbox| mailbox.mod_seq);
    }

    /// Takes over what has changed; what is gone only when the client may be told now.
    pub fn sync(&mut self, mailbox: Option<&Mailbox>, may_expunge: bool) -> Changes {
        let mut changes = Changes::default();
        let is_same = mailbox.is_some_and(|mailbox| mailbox.mod_seq == self.mod_seq);
        if is_same && !(self.is_behind && may_expunge) {
            return changes;
        }
        let entries = mailbox.map(|mailbox| &*mailbox.entries).unwrap_or_default();
        let is_gone = |uid: &u32| entries.binary_search_by_key(uid, |entry| entry.uid).is_err();
        let gone: Vec<(u32, u32)> =
            (1..).zip(self.uids.iter().copied()).filter(|(_, uid)| is_gone(uid)).collect();
        self.is_behind = !gone.is_empty() && !may_expunge;
        if may_expunge {
            changes.expunged = gone.iter().rev().map(|(number, _)| *number).collect();
            changes.vanished = gone.into_iter().map(|(_, uid)| uid).collect();
            self.uids.retain(|uid| !changes.vanished.contains(*uid));
        }
        let last = self.uids.last().copied().unwrap_or(0);
        for entry in entries.iter().filter(|entry| entry.mod_seq > self.mod_seq && entry.uid <= last) {
            let number = self.number(entry.uid);
            changes
                .changed
                .extend(number.map(|number| (number, entry.uid, entry.mod_seq, entry.flags.clone())));
        }
        let before = self.uids.len();
        self.uids.extend(entries.iter().map(|entry| entry.uid).filter(|uid| *uid > last));
        changes.exists = (self.uids.len() > before).then(|| self.len());
        self.mod_seq = mailbox.map_or(self.mod_seq, |mailbox| mailbox.mod_seq);
        changes
    }
}
