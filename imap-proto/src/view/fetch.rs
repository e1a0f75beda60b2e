//! What is told of messages: FETCH and UIDFETCH.

use alloc::vec::Vec;

use super::flags::Bits;
use super::table::Entry;
use super::{At, Change, Contradiction, MailboxView, get_mut};
use crate::fetch::FetchItem;
use crate::grammar::flag::Flags;

/// What was told of a number whose UID is not known: it may follow in the next part, or in the next response.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    number: u32,
    bits: Bits,
    mod_seq: u64,
}

/// How many messages there are.
fn exists_of(exists: Option<u32>) -> usize {
    usize::try_from(exists.unwrap_or_default()).unwrap_or(usize::MAX)
}

/// What a view takes from a response.
#[derive(Default)]
struct Told<'a> {
    uid: Option<u32>,
    flags: Option<Flags<'a>>,
    mod_seq: u64,
}

impl<'a> Told<'a> {
    fn of(items: impl Iterator<Item = FetchItem<'a>>) -> Self {
        let mut told = Self::default();
        for item in items {
            match item {
                FetchItem::Uid(uid) => told.uid = told.uid.or(Some(uid)),
                FetchItem::Flags(flags) => told.flags = told.flags.or(Some(flags)),
                FetchItem::ModSeq(mod_seq) => told.mod_seq = told.mod_seq.max(mod_seq),
                _ => {}
            }
        }
        told
    }
}

impl MailboxView {
    /// What a response tells of `number`, which may be a UID.
    pub(super) fn on_fetch<'a>(
        &mut self,
        number: u32,
        is_uid: bool,
        items: impl Iterator<Item = FetchItem<'a>>,
        changes: &mut Vec<Change>,
    ) {
        let mut told = Told::of(items);
        self.session.mod_seq_seen = self.session.mod_seq_seen.max(told.mod_seq);
        if told.uid == Some(0) || is_uid && number == 0 {
            changes.push(Change::Contradiction(Contradiction::UidZero));
            told.uid = None;
        }
        let exists = self.session.exists.unwrap_or_default();
        let number = match number {
            uid if is_uid => {
                if let Some(to) = told.uid.filter(|&to| to != uid) {
                    let changed = Contradiction::UidChanged { number: uid, from: uid, to };
                    changes.push(Change::Contradiction(changed));
                }
                told.uid = Some(uid).filter(|&uid| uid != 0);
                None
            }
            number if number == 0 || number > exists => {
                let beyond = Contradiction::FetchBeyondExists { number, exists };
                changes.push(Change::Contradiction(beyond));
                told.uid = told.uid.filter(|&uid| self.find(uid).is_some());
                None
            }
            number => Some(number),
        };
        let (at, is_new) = match (number, told.uid) {
            (_, Some(uid)) => match self.learn(number, uid, changes) {
                Some(learnt) => learnt,
                None => return,
            },
            (Some(number), None) => match self.placed.at(number.into()) {
                Some(place) => (At::Placed(place), false),
                None => return self.suspend(number, &told, changes),
            },
            (None, None) => return,
        };
        self.tell(at, is_new, number, &told, changes);
    }

    /// Makes sure that there is an entry for `uid`, at `number` when that is known, and tells whether it is new; `None` when it
    /// is not kept.
    fn learn(&mut self, number: Option<u32>, uid: u32, changes: &mut Vec<Change>) -> Option<(At, bool)> {
        let Some(number) = number else {
            if let Some(at) = self.find(uid) {
                return Some((at, false));
            }
            if !self.make_room(uid, changes) {
                return None;
            }
            self.loose.insert(Entry::new(uid));
            // Until then some that were saved may be gone.
            if self.is_synchronized() && self.known() > exists_of(self.session.exists) {
                self.more_than_exists(changes);
            }
            return Some((self.find(uid)?, true));
        };
        let there =
            self.placed.at(number.into()).and_then(|place| Some((place, self.placed.get(place)?.uid)));
        let misplaced = match there {
            Some((place, before)) if before == uid => return Some((At::Placed(place), false)),
            Some((_, from)) => Some(Contradiction::UidChanged { number, from, to: uid }),
            None => self.misplaced(number, uid),
        };
        if let Some(contradiction) = misplaced {
            changes.push(Change::Contradiction(contradiction));
            self.forget_numbers();
            self.sync.doubt();
        }
        let (entry, is_new) = match self.loose.find(uid).and_then(|place| self.loose.remove(place)) {
            Some(entry) => (entry, false),
            None if self.make_room(uid, changes) => (Entry::new(uid), true),
            None => return None,
        };
        self.placed.insert_at(number.into(), entry);
        if is_new
            && misplaced.is_none()
            && let Some(contradiction) = self.session.against_uid_next(number, uid)
        {
            changes.push(Change::Contradiction(contradiction));
        }
        Some((self.find(uid)?, is_new))
    }

    /// What is wrong with a UID at a number that has none yet.
    fn misplaced(&self, number: u32, uid: u32) -> Option<Contradiction> {
        if let Some(place) = self.placed.find(uid) {
            let from = u32::try_from(self.placed.number(place)).unwrap_or(u32::MAX);
            return Some(Contradiction::NumberChanged { uid, from, to: number });
        }
        // Each number between takes a UID, too.
        let is_below = |(low_number, low_uid): (u32, u32), (high_number, high_uid): (u32, u32)| {
            low_uid < high_uid && high_number.saturating_sub(low_number) <= high_uid.saturating_sub(low_uid)
        };
        let [before, behind] = self.placed.neighbours(number.into());
        let fits = is_below(before.unwrap_or((0, 0)), (number, uid))
            && behind.is_none_or(|behind| is_below((number, uid), behind));
        (!fits).then_some(Contradiction::UidOrder { number, uid })
    }

    /// Keeps what was told of a number without a UID until the UID is told, which is next or never.
    fn suspend(&mut self, number: u32, told: &Told<'_>, changes: &mut Vec<Change>) {
        if let Some(flags) = &told.flags {
            changes.push(Change::Flags { uid: None, number: Some(number) });
            if !self.loose.is_empty() {
                // It may be one of these, and has other flags than are known.
                self.sync.doubt();
            }
            self.drop_pending(Some(number));
            let mut pending = self.pending.take().unwrap_or(Pending { number, bits: Bits::NONE, mod_seq: 0 });
            self.keywords.set(&mut pending.bits, flags, self.bounds.keywords);
            pending.mod_seq = pending.mod_seq.max(told.mod_seq);
            self.pending = Some(pending);
        } else if let Some(pending) = self.pending.as_mut().filter(|pending| pending.number == number) {
            pending.mod_seq = pending.mod_seq.max(told.mod_seq);
        }
    }

    /// Forgets what was told of another number than `number`.
    pub(super) fn drop_pending(&mut self, number: Option<u32>) {
        if let Some(pending) = self.pending.take_if(|pending| Some(pending.number) != number) {
            self.keywords.release(pending.bits);
        }
    }

    /// Writes down what was told of a message that is known.
    fn tell(
        &mut self,
        at: At,
        is_new: bool,
        number: Option<u32>,
        told: &Told<'_>,
        changes: &mut Vec<Change>,
    ) {
        self.drop_pending(number);
        let pending = self.pending.take();
        let known_number = match at {
            At::Placed(place) => u32::try_from(self.placed.number(place)).ok(),
            At::Loose(_) => None,
        };
        let Some(entry) = get_mut(&mut self.placed, &mut self.loose, at) else { return };
        entry.bits.mark();
        let uid = entry.uid;
        let (mut differs, mut is_all, mut mod_seq) = (false, true, told.mod_seq);
        if let Some(pending) = pending {
            differs = self.keywords.hand_over(&mut entry.bits, pending.bits);
            mod_seq = mod_seq.max(pending.mod_seq);
        }
        if let Some(flags) = &told.flags {
            let outcome = self.keywords.set(&mut entry.bits, flags, self.bounds.keywords);
            (differs, is_all) = (differs || outcome.differs, outcome.is_all);
        }
        if is_new {
            changes.push(Change::Known { uid, number: known_number });
        } else if differs {
            changes.push(Change::Flags { uid: Some(uid), number: known_number });
        }
        if mod_seq != 0 && mod_seq < entry.mod_seq {
            let decreased = Contradiction::ModSeqDecreased { uid, from: entry.mod_seq, to: mod_seq };
            changes.push(Change::Contradiction(decreased));
        }
        entry.mod_seq = entry.mod_seq.max(mod_seq);
        if !is_all {
            changes.push(Change::FlagsNotKept { uid });
        }
    }
}
