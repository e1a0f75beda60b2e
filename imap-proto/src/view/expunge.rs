//! Messages come and go: EXISTS, EXPUNGE, VANISHED.

use alloc::vec::Vec;

use super::{Change, Contradiction, MailboxView};
use crate::ext::vanished::Vanished;
use crate::grammar::sequence::Ranges;

impl MailboxView {
    pub(super) fn on_exists(&mut self, exists: u32, changes: &mut Vec<Change>) {
        self.drop_pending(None);
        match self.session.exists {
            Some(before) if exists < before => {
                let decreased = Contradiction::ExistsDecreased { from: before, to: exists };
                changes.push(Change::Contradiction(decreased));
                self.forget_numbers();
                self.sync.doubt();
            }
            Some(before) if exists > before => {
                let count = exists.saturating_sub(before);
                changes.push(Change::Arrived { count, exists });
                self.sync.arrived(count);
            }
            _ => {}
        }
        self.session.exists = Some(exists);
        self.session.count_old();
        self.none_is_left(changes);
    }

    pub(super) fn on_expunge(&mut self, number: u32, changes: &mut Vec<Change>) {
        self.drop_pending(None);
        let exists = self.session.exists.unwrap_or_default();
        if number == 0 || number > exists {
            let beyond = Contradiction::ExpungeBeyondExists { number, exists };
            return changes.push(Change::Contradiction(beyond));
        }
        let uid = match self.placed.reach(number.into()) {
            Some((place, reached)) if reached == u64::from(number) => {
                self.placed.remove(place).map(|entry| {
                    self.keywords.release(entry.bits);
                    entry.uid
                })
            }
            Some((place, _)) => {
                self.placed.shrink_gap(place);
                None
            }
            None => None,
        };
        if uid.is_none() && !self.loose.is_empty() {
            // It may have been one of these.
            self.sync.doubt_presence();
        }
        self.session.gone(1, u32::from(self.session.is_old_number(number)));
        changes.push(Change::Expunged { number, uid });
        self.none_is_left(changes);
    }

    pub(super) fn on_vanished(&mut self, vanished: &Vanished<'_>, changes: &mut Vec<Change>) {
        self.drop_pending(None);
        let ranges = vanished.uids.normalize();
        if vanished.earlier {
            self.vanished_earlier(&ranges, changes);
        } else {
            self.vanished_now(&ranges, changes);
        }
        self.none_is_left(changes);
    }

    /// What was gone before, and has no number.
    fn vanished_earlier(&mut self, ranges: &Ranges, changes: &mut Vec<Change>) {
        let mut uids = Vec::new();
        let mut wrong = None;
        for range in ranges.ranges() {
            let (first, last) = (*range.start(), *range.end());
            let keywords = &mut self.keywords;
            self.loose.remove_range(first, last, 0, |entry| {
                keywords.release(entry.bits);
                uids.push(entry.uid);
            });
            while let Some(uid) = self.placed.next_from(first).filter(|&uid| uid <= last) {
                if let Some(entry) = self.forget(uid) {
                    self.keywords.release(entry.bits);
                }
                uids.push(uid);
                wrong = wrong.or(Some(uid));
            }
        }
        if let Some(uid) = wrong {
            changes.push(Change::Contradiction(Contradiction::VanishedEarlier { uid }));
            self.sync.doubt();
        }
        tell(uids, 0, changes);
    }

    /// What goes now: there is a message less for each.
    fn vanished_now(&mut self, ranges: &Ranges, changes: &mut Vec<Change>) {
        let mut uids = Vec::new();
        let (mut gone, mut beyond, mut old) = (0u64, 0u64, 0u64);
        // What was there when UIDNEXT was told is counted on its own.
        let uid_next = self.session.uid_next.map_or(0, |told| told.uid_next);
        let parts = ranges.ranges().flat_map(|range| {
            let (first, last) = (*range.start(), *range.end());
            [(first, last.min(uid_next.saturating_sub(1))), (first.max(uid_next), last)]
        });
        for (first, last) in parts.filter(|(first, last)| first <= last) {
            let exists = u64::from(self.session.exists.unwrap_or_default());
            let tail = exists.saturating_sub(gone).saturating_sub(self.placed.width());
            let keywords = &mut self.keywords;
            let mut taken = 0u64;
            let others = self.placed.remove_range(first, last, tail, |entry| {
                keywords.release(entry.bits);
                uids.push(entry.uid);
                taken = taken.saturating_add(1);
            });
            // These have their places among those that have no known number.
            self.loose.remove_range(first, last, 0, |entry| {
                keywords.release(entry.bits);
                uids.push(entry.uid);
            });
            let here = taken.saturating_add(others);
            gone = gone.saturating_add(here);
            old = old.saturating_add(if self.session.is_old(last) { here } else { 0 });
            let listed = u64::from(last.saturating_sub(first)).saturating_add(1);
            beyond = beyond.saturating_add(listed.saturating_sub(here));
        }
        let to_u32 = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let known = u64::try_from(uids.len()).unwrap_or(u64::MAX);
        self.session.gone(to_u32(gone), to_u32(old));
        if beyond > 0 {
            changes.push(Change::Contradiction(Contradiction::VanishedUnknown { count: to_u32(beyond) }));
        }
        tell(uids, to_u32(gone.saturating_sub(known)), changes);
    }

    /// In a mailbox without messages nothing is known.
    pub(super) fn none_is_left(&mut self, changes: &mut Vec<Change>) {
        if self.session.exists == Some(0) && self.session.was_selected() && self.known() > 0 {
            self.sweep(|_| false, changes);
        }
    }
}

/// Tells which messages are gone.
pub(super) fn tell(uids: Vec<u32>, others: u32, changes: &mut Vec<Change>) {
    if !uids.is_empty() || others > 0 {
        changes.push(Change::Vanished { uids: uids.into_iter().collect(), others });
    }
}
