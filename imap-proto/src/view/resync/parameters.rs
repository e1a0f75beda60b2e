//! What SELECT is told of what is known.

use alloc::vec::Vec;

use super::super::select::{Phase, Session};
use super::super::{Abilities, MailboxView};
use crate::ext::qresync::{QResync, SeqMatch};
use crate::grammar::sequence::{Ranges, UidSet};
use crate::list::List;
use crate::registry::SelectParameter;

/// The most ranges of known UIDs: about 8,000 octets. RFC 7162 section 4 allows a line as much.
const RANGES: usize = 400;

impl MailboxView {
    /// The mailbox is about to be selected, now or once more: what SELECT or EXAMINE is to be told for it.
    ///
    /// `(QRESYNC (67890007 90060115194045000 41:211,214:541))`, `(CONDSTORE)`, or nothing. From here on the view is to be fed.
    ///
    /// Of more known UIDs than a line holds the whole range is given, which has the server tell more than is needed.
    pub fn select(&mut self, abilities: Abilities) -> List<'static, SelectParameter<'static>> {
        self.forget_numbers();
        self.sync.interrupt();
        self.sync.abilities = abilities;
        self.session = Session { phase: Phase::Selecting, ..Session::default() };
        let qresync = if abilities.qresync { self.qresync() } else { None };
        self.sync.asked_qresync = qresync.is_some();
        match qresync {
            Some(qresync) => [SelectParameter::QResync(qresync)].into(),
            None if abilities.condstore && !abilities.qresync => [SelectParameter::CondStore].into(),
            None => List::default(),
        }
    }

    fn qresync(&self) -> Option<QResync<'static>> {
        let checkpoint = self.sync.checkpoint?;
        let mod_sequence = checkpoint.mod_seq.filter(|&mod_seq| mod_seq != 0)?;
        let known_uids = if checkpoint.is_complete { None } else { Some(self.known_uids()?) };
        Some(QResync {
            uid_validity: checkpoint.uid_validity,
            mod_sequence,
            known_uids,
            // RFC 9586 section 3: no numbers.
            seq_match: self
                .seq_match(checkpoint.uid_next)
                .filter(|_| checkpoint.is_complete && !self.sync.abilities.uid_only),
        })
    }

    fn known_uids(&self) -> Option<UidSet<'static>> {
        let ranges: Ranges = self.loose.iter().map(|entry| entry.uid).collect();
        if ranges.ranges().len() <= RANGES {
            return ranges.to_uid_set().ok();
        }
        UidSet::from_range(self.loose.first()?..=self.loose.last()?).ok()
    }

    /// A few messages by number and UID, closer to one another towards the end, where most is expunged.
    ///
    /// Only below `uid_next`: of what has come since, not all may be known, so its numbers may be wrong.
    fn seq_match(&self, uid_next: u32) -> Option<SeqMatch<'static>> {
        let len = self.loose.below(uid_next);
        let mut pairs = Vec::new();
        let mut back = 0u64;
        while let Some(number) = len.checked_sub(back).filter(|&number| number > 0) {
            let uid = self.loose.get(self.loose.at(number)?)?.uid;
            pairs.push((u32::try_from(number).ok()?, uid));
            back = back.saturating_mul(2).max(1);
        }
        pairs.reverse();
        let sequence_set = UidSet::from_ids(pairs.iter().map(|&(number, _)| number)).ok()?;
        let uid_set = UidSet::from_ids(pairs.iter().map(|&(_, uid)| uid)).ok()?;
        Some(SeqMatch { sequence_set, uid_set })
    }
}
