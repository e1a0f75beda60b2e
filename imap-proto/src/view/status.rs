//! Response codes and completions.

use alloc::vec::Vec;

use super::select::{BESIDE_KEYWORDS, Phase, Session, is_short};
use super::{Change, Contradiction, Keywords, MailboxView, Table};
use crate::grammar::flag::{FlagPerm, Flags, PermanentFlags};
use crate::response::{Code, Status, StatusKind};

impl MailboxView {
    /// The completion of any command but SELECT and those of [`next_step`](Self::next_step).
    ///
    /// A client that is synchronised knows all changes up to here: what is to be saved as HIGHESTMODSEQ may have become more.
    /// RFC 7162 section 6.
    pub fn done(&mut self, status: &Status<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.session.is_open() {
            self.on_status(status, &mut changes);
            self.on_completion();
        }
        changes
    }

    pub(super) fn on_status(&mut self, status: &Status<'_>, changes: &mut Vec<Change>) {
        let Some(code) = &status.text.code else { return };
        match code {
            Code::UidValidity(0) => changes.push(Change::Contradiction(Contradiction::UidValidityZero)),
            Code::UidValidity(value) => self.on_uid_validity(*value, changes),
            Code::UidNext(uid_next) => self.on_uid_next(*uid_next, changes),
            Code::UidNotSticky => self.session.is_not_sticky = true,
            Code::HighestModSeq(0) | Code::NoModSeq => {
                (self.session.highest_mod_seq, self.session.mod_seq_told) = (None, None);
                if self.session.was_selected() {
                    self.sync.forget_mod_seq();
                }
            }
            Code::HighestModSeq(value) => self.on_highest_mod_seq(*value, changes),
            Code::ReadOnly => self.session.is_read_only = Some(true),
            Code::ReadWrite => self.session.is_read_only = Some(false),
            Code::PermanentFlags(flags) => self.session.permanent_flags = Some(self.own_permanent(flags)),
            Code::Closed => self.on_closed(),
            _ => {}
        }
    }

    /// What was told before is about another mailbox, or this one is not selected any more.
    fn on_closed(&mut self) {
        let phase = if self.session.was_selected() { Phase::Closed } else { Phase::Selecting };
        self.forget_numbers();
        self.session = Session { phase, ..Session::default() };
        self.sync.interrupt();
    }

    fn on_uid_validity(&mut self, value: u64, changes: &mut Vec<Change>) {
        self.session.has_uid_validity = true;
        match self.uid_validity {
            Some(from) if from != value => self.forget_all(from, Some(value), changes),
            _ => {}
        }
        self.uid_validity = Some(value);
    }

    /// UIDs mean other messages now.
    pub(super) fn forget_all(&mut self, from: u64, to: Option<u64>, changes: &mut Vec<Change>) {
        (self.placed, self.loose) = (Table::default(), Table::default());
        (self.keywords, self.pending) = (Keywords::default(), None);
        if self.session.was_selected() {
            self.session.uid_next = None;
        }
        self.sync.start_anew();
        self.uid_validity = to;
        changes.push(Change::Forgotten { from, to });
    }

    fn on_uid_next(&mut self, to: u32, changes: &mut Vec<Change>) {
        if self.session.was_selected()
            && let Some(from) = self.uid_next().filter(|&from| from > to)
        {
            changes.push(Change::Contradiction(Contradiction::UidNextDecreased { from, to }));
            // It may have gone back to what the mailbox was once, as from a backup.
            return self.sync.doubt();
        }
        self.session.set_uid_next(to);
    }

    fn on_highest_mod_seq(&mut self, to: u64, changes: &mut Vec<Change>) {
        if let Some(from) = self.session.highest_mod_seq.filter(|&from| from > to) {
            changes.push(Change::Contradiction(Contradiction::HighestModSeqDecreased { from, to }));
            // What was changed between the two cannot be asked for any more.
            self.sync.doubt();
        }
        (self.session.highest_mod_seq, self.session.mod_seq_told) = (Some(to), Some(to));
    }

    /// A command is completed: RFC 7162 section 6 says what HIGHESTMODSEQ is then.
    pub(super) fn on_completion(&mut self) {
        let told = self.session.mod_seq_told.take();
        let seen = core::mem::take(&mut self.session.mod_seq_seen);
        let all_known = self.unknown() == 0 && self.session.exists.is_some();
        let uid_next = if all_known { self.uid_next() } else { None };
        self.sync.advance(told, seen, uid_next);
    }

    /// As many flags as there is room for.
    pub(super) fn own(&self, flags: &Flags<'_>) -> Flags<'static> {
        let most = self.bounds.keywords.saturating_add(BESIDE_KEYWORDS);
        flags.iter().filter(is_short).take(most).map(|flag| flag.into_owned()).collect()
    }

    fn own_permanent(&self, flags: &PermanentFlags<'_>) -> PermanentFlags<'static> {
        let most = self.bounds.keywords.saturating_add(BESIDE_KEYWORDS);
        let is_short = |flag: &FlagPerm<'_>| match flag {
            FlagPerm::Flag(flag) => is_short(flag),
            FlagPerm::Any => true,
        };
        flags.iter().filter(is_short).take(most).map(FlagPerm::into_owned).collect()
    }

    /// The completion of SELECT or EXAMINE.
    ///
    /// When it is not `OK`, no mailbox is selected, and what was restored stays: [`select`](Self::select) can be tried again.
    pub fn select_done(&mut self, status: &Status<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.session.phase != Phase::Selecting {
            return changes;
        }
        if status.kind != StatusKind::Ok {
            self.on_closed();
            self.session.phase = Phase::Closed;
            return changes;
        }
        self.on_status(status, &mut changes);
        self.session.phase = Phase::Selected;
        (self.session.mod_seq_told, self.session.mod_seq_seen) = (None, 0);
        if self.session.exists.is_none() {
            changes.push(Change::Contradiction(Contradiction::NoExists));
            self.session.exists = Some(0);
        }
        if !self.session.has_uid_validity {
            changes.push(Change::Contradiction(Contradiction::NoUidValidity));
            if let Some(from) = self.uid_validity {
                self.forget_all(from, None, &mut changes);
            }
        }
        self.none_is_left(&mut changes);
        self.plan(&mut changes);
        changes
    }
}
