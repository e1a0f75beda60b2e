//! The steps of a synchronisation.

use alloc::vec::Vec;

use super::super::expunge::tell;
use super::super::table::{Entry, Table};
use super::super::{Change, Contradiction, MailboxView};
use super::{Checkpoint, Method, Step, Sync, ToDo};
use crate::fetch::{Fetch, FetchAttribute, FetchModifier};
use crate::grammar::esearch::{EsearchData, SearchReturnData, SearchReturnOption};
use crate::grammar::search::{Search, SearchData, SearchKey, SearchKeys};
use crate::grammar::sequence::{Ranges, SequenceSet};
use crate::registry::UidCommand;
use crate::response::{Code, Status, StatusKind};

impl MailboxView {
    /// How the mailbox is synchronised, once it is selected.
    pub fn method(&self) -> Method {
        self.sync.method
    }

    /// Whether all changes up to now are known, as far as the server has told: nothing of a synchronisation is left to do.
    pub fn is_synchronized(&self) -> bool {
        self.session.was_selected() && self.sync.is_done
    }

    /// What to save, beside the [`messages`](Self::messages): what was restored until
    /// [`is_synchronized`](Self::is_synchronized), and then what a later session can go on from. `None` when there is nothing that
    /// lasts: UIDVALIDITY is another one, or was not told, or UIDs are not sticky.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.sync.checkpoint.filter(|_| !self.session.is_not_sticky)
    }

    /// What to ask next; `None` when that is not needed, or not possible, or the last step is not done.
    ///
    /// Send it as `Command::Uid`, feed what comes, and give its completion to [`step_done`](Self::step_done). What FETCH asks for
    /// may be more, so as to save a round trip. No other SEARCH may be on its way with it.
    ///
    /// When this is `None`, [`is_synchronized`](Self::is_synchronized) says which. After a [`Contradiction`] and after EXPUNGE of
    /// messages whose numbers were not known, there may be something to ask again.
    pub fn next_step(&mut self) -> Option<UidCommand<'static>> {
        if !self.session.was_selected()
            || self.sync.is_done
            || self.sync.step.is_some()
            || self.sync.steps >= Sync::STEPS
        {
            return None;
        }
        if self.session.exists == Some(0) {
            // There is nothing to ask of, and nothing known that could contradict that.
            self.settle(&mut Vec::new());
            return None;
        }
        let (step, command) = self.choose()?;
        if matches!(step, Step::Present(_) | Step::Full) {
            self.placed.iter_mut().chain(self.loose.iter_mut()).for_each(|entry| entry.bits.unmark());
        }
        self.sync.step = Some(step);
        self.sync.steps = self.sync.steps.saturating_add(1);
        if matches!(step, Step::Arrived | Step::Full) {
            self.sync.arrivals = 0;
        }
        Some(command)
    }

    fn choose(&mut self) -> Option<(Step, UidCommand<'static>)> {
        let fetch = |set: SequenceSet<'static>, with_mod_seq: bool| {
            let mut attributes = Vec::from([FetchAttribute::Flags]);
            if with_mod_seq {
                attributes.push(FetchAttribute::ModSeq);
            }
            Fetch::new(set, attributes.into_iter().collect::<crate::list::List<'_, _>>())
        };
        let has_mod_seq = self.session.highest_mod_seq.is_some();
        let todo = &mut self.sync.todo;
        if todo.full {
            *todo = ToDo::default();
            return Some((Step::Full, UidCommand::Fetch(fetch(SequenceSet::ALL, has_mod_seq))));
        }
        let boundary = self.sync.checkpoint.map_or(1, |checkpoint| checkpoint.uid_next.max(1));
        let old = boundary.saturating_sub(1).max(1);
        if core::mem::take(&mut todo.arrived) {
            let set = SequenceSet::from_range(boundary..).ok()?;
            return Some((Step::Arrived, UidCommand::Fetch(fetch(set, has_mod_seq))));
        }
        if core::mem::take(&mut todo.changes)
            && let Some(since) = self.sync.checkpoint.and_then(|checkpoint| checkpoint.mod_seq)
        {
            let mut changes = fetch(SequenceSet::from_range(1..=old).ok()?, false);
            changes.modifiers = [FetchModifier::ChangedSince(since)].into();
            return Some((Step::Changes, UidCommand::Fetch(changes)));
        }
        if core::mem::take(&mut todo.present) {
            let known = [self.loose.first(), self.placed.first(), self.loose.last(), self.placed.last()];
            let known = || known.into_iter().flatten();
            // When nothing is known any more, anything will do.
            let range = known().min().unwrap_or(1)..=known().max().unwrap_or(1);
            let keys = SearchKeys::new([SearchKey::Uid(SequenceSet::from_range(range).ok()?)]).ok()?;
            let return_options = self.sync.abilities.esearch.then(|| [SearchReturnOption::All].into());
            let search = Search { return_options, charset: None, keys };
            return Some((Step::Present(false), UidCommand::Search(search)));
        }
        None
    }

    /// The completion of what [`next_step`](Self::next_step) gave.
    pub fn step_done(&mut self, status: &Status<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        let Some(step) = self.sync.step.take().filter(|_| self.session.was_selected()) else {
            return changes;
        };
        self.on_status(status, &mut changes);
        // RFC 9738: OK, and only some were looked at.
        let is_partial = matches!(status.text.code, Some(Code::MessageLimit(_)));
        let is_ok = status.kind == StatusKind::Ok && !is_partial;
        match step {
            Step::Full if is_ok && (self.is_any_marked() || self.session.exists == Some(0)) => {
                self.sync.was_full = true;
                self.sweep(|entry| entry.bits.is_marked(), &mut changes);
            }
            Step::Present(true) if is_ok && !self.sync.todo.present => {
                self.sweep(|entry| entry.bits.is_marked(), &mut changes);
            }
            Step::Present(true) if is_ok => {}
            Step::Arrived | Step::Changes if is_ok => {}
            // What cannot be told in part is told in whole.
            _ => self.sync.todo.full = true,
        }
        self.on_completion();
        self.settle(&mut changes);
        changes
    }

    fn is_any_marked(&self) -> bool {
        self.placed.iter().chain(self.loose.iter()).any(|entry| entry.bits.is_marked())
    }

    /// Forgets all messages but some.
    pub(in super::super) fn sweep(&mut self, stays: impl Fn(&Entry) -> bool, changes: &mut Vec<Change>) {
        let mut uids = Vec::new();
        let gone: Vec<u32> =
            self.placed.iter().filter(|entry| !stays(entry)).map(|entry| entry.uid).collect();
        for uid in gone {
            // Its number is there until EXPUNGE.
            if let Some(entry) = self.placed.find(uid).and_then(|place| self.placed.forget(place)) {
                self.keywords.release(entry.bits);
                uids.push(uid);
            }
        }
        if self.loose.iter().any(|entry| !stays(entry)) {
            let loose = core::mem::take(&mut self.loose);
            let keywords = &mut self.keywords;
            self.loose = Table::of(loose.into_entries().filter(|entry| {
                let stays = stays(entry);
                if !stays {
                    keywords.release(entry.bits);
                    uids.push(entry.uid);
                }
                stays
            }));
        }
        tell(uids, 0, changes);
    }

    pub(in super::super) fn on_search(&mut self, found: &SearchData<'_>) {
        if let Some(Step::Present(is_told)) = &mut self.sync.step {
            *is_told = true;
            for uid in &found.ids {
                self.mark(uid);
            }
        }
    }

    pub(in super::super) fn on_esearch(&mut self, found: &EsearchData<'_>) {
        // Once: a line that is short can name all messages.
        let Some(Step::Present(is_told @ false)) = &mut self.sync.step else { return };
        if !found.uid {
            return;
        }
        *is_told = true;
        for item in &found.items {
            if let SearchReturnData::All(all) = item {
                self.mark_all(&all.normalize());
            }
        }
    }

    fn mark(&mut self, uid: u32) {
        if let Some(at) = self.find(uid)
            && let Some(entry) = super::super::get_mut(&mut self.placed, &mut self.loose, at)
        {
            entry.bits.mark();
        }
    }

    fn mark_all(&mut self, ranges: &Ranges) {
        for entry in self.placed.iter_mut().chain(self.loose.iter_mut()) {
            if ranges.contains(entry.uid) {
                entry.bits.mark();
            }
        }
    }

    pub(in super::super) fn more_than_exists(&mut self, changes: &mut Vec<Change>) {
        let known = u32::try_from(self.known()).unwrap_or(u32::MAX);
        let exists = self.session.exists.unwrap_or_default();
        changes.push(Change::Contradiction(Contradiction::MoreThanExists { known, exists }));
        self.sync.doubt();
    }

    /// The mailbox is selected: what is to be asked.
    pub(in super::super) fn plan(&mut self, changes: &mut Vec<Change>) {
        self.sync.reached = self.session.highest_mod_seq;
        self.sync.arrivals = 0;
        let highest = self.session.highest_mod_seq;
        let saved = self.sync.checkpoint;
        let mut is_trusted = true;
        if let Some(saved) = saved {
            if let Some(to) =
                self.session.uid_next.map(|told| told.uid_next).filter(|&to| to < saved.uid_next)
            {
                let from = saved.uid_next;
                changes.push(Change::Contradiction(Contradiction::UidNextDecreased { from, to }));
                is_trusted = false;
            }
            if let (Some(from), Some(to)) = (saved.mod_seq, highest)
                && to < from
            {
                changes.push(Change::Contradiction(Contradiction::HighestModSeqDecreased { from, to }));
                is_trusted = false;
            }
        }
        let since = saved.and_then(|saved| saved.mod_seq).filter(|_| is_trusted && !self.sync.todo.full);
        let (has_qresync, has_condstore) = (self.sync.asked_qresync, self.sync.abilities.condstore);
        self.sync.method = match (since, highest) {
            (Some(_), Some(_)) if has_qresync => Method::QResync,
            (Some(_), Some(_)) if has_condstore => Method::CondStore,
            _ => Method::Full,
        };
        let is_changed = since != highest;
        self.sync.todo = match self.sync.method {
            Method::QResync => ToDo { arrived: true, present: self.sync.todo.present, ..ToDo::default() },
            Method::CondStore => ToDo { arrived: true, changes: is_changed, present: true, full: false },
            Method::Full => ToDo { full: true, ..ToDo::default() },
        };
        self.settle(changes);
    }

    /// Drops what need not be asked, and when nothing is left, ends the synchronisation.
    fn settle(&mut self, changes: &mut Vec<Change>) {
        if self.sync.is_done || self.sync.step.is_some() {
            return;
        }
        if self.session.exists == Some(0) {
            self.sync.todo = ToDo::default();
        }
        let saved = self.sync.checkpoint;
        let is_complete = saved.is_some_and(|saved| saved.is_complete) && !self.sync.is_bounded;
        let unknown = self.unknown();
        if !saved.is_some_and(|saved| self.may_have_arrived(saved)) {
            self.sync.todo.arrived = false;
        }
        let exists = self.session.exists.unwrap_or_default();
        // As many as there are, and none of those that have come is among them: none is gone.
        let is_counted =
            is_complete && unknown == 0 && self.known() == exists as usize && self.sync.arrivals == 0;
        if self.known() == 0 || is_counted && !self.sync.todo.arrived {
            self.sync.todo.present = false;
        }
        if self.known() == 0 {
            self.sync.todo.changes = false;
        }
        if self.sync.todo != ToDo::default() {
            return;
        }
        if self.known() > exists as usize {
            return if self.sync.was_full { self.give_up(changes) } else { self.more_than_exists(changes) };
        }
        // What has come since the last step is new; anything else should be known.
        let is_missing = is_complete && unknown > self.sync.arrivals;
        if !self.sync.was_full && exists > 0 && (is_missing || saved.is_none()) {
            self.sync.todo.full = true;
            return;
        }
        if !self.place_all(is_complete && !self.sync.was_full) && !self.sync.was_full {
            self.sync.todo.full = true;
            return;
        }
        self.complete();
    }

    /// Whether there may be messages that are new since `saved`, and that are not known.
    fn may_have_arrived(&self, saved: Checkpoint) -> bool {
        let told = self.session.uid_next.map(|told| told.uid_next);
        match (self.sync.method, told) {
            (_, Some(told)) if told <= saved.uid_next => false,
            // QRESYNC has told what is gone, so the number tells.
            (Method::QResync, _) => self.unknown() > 0,
            (_, Some(_)) => true,
            (_, None) => self.unknown() > 0 || self.session.highest_mod_seq != saved.mod_seq,
        }
    }

    /// More messages are known than there are, although all were fetched.
    fn give_up(&mut self, changes: &mut Vec<Change>) {
        self.more_than_exists(changes);
        self.sync.steps = Sync::STEPS;
    }

    /// Gives numbers to messages that have none, when all that there are up to the last of them are known; whether that agrees
    /// with the numbers that were told.
    fn place_all(&mut self, is_complete: bool) -> bool {
        let is_all = self.unknown() == 0;
        let boundary = self.sync.checkpoint.map_or(0, |checkpoint| checkpoint.uid_next);
        let Some(last) = self.loose.last().filter(|_| !self.sync.abilities.uid_only) else { return true };
        // Those that are new are behind, and not all of them may be known.
        let can_place = is_all || is_complete && last < boundary;
        if !can_place {
            return true;
        }
        let mut numbered = Vec::new();
        let (mut rank, mut number) = (0u64, 0u64);
        let mut loose = self.loose.iter().copied().peekable();
        for placed in self.placed.iter() {
            number = number.saturating_add(placed.gap.into()).saturating_add(1);
            while let Some(entry) = loose.next_if(|entry| entry.uid < placed.uid) {
                rank = rank.saturating_add(1);
                numbered.push((rank, entry));
            }
            rank = rank.saturating_add(1);
            if rank > number || rank < number && (is_all || placed.uid < last) {
                return false;
            }
        }
        for entry in loose {
            rank = rank.saturating_add(1);
            numbered.push((rank, entry));
        }
        self.loose = Table::default();
        if self.placed.is_empty() {
            self.placed = Table::of(numbered.into_iter().map(|(_, entry)| entry));
        } else {
            numbered.into_iter().for_each(|(number, entry)| self.placed.insert_at(number, entry));
        }
        true
    }

    /// All is known up to now.
    fn complete(&mut self) {
        self.sync.is_done = true;
        let Some(uid_validity) = self.uid_validity else { return };
        let saved = self.sync.checkpoint;
        let told = self.session.uid_next.map(|told| told.uid_next);
        let uid_next = if self.unknown() == 0 {
            self.uid_next()
        } else if told.is_some() {
            told
        } else if self.sync.arrivals == 0 {
            self.uid_next()
        } else {
            None
        };
        let before = saved.map(|saved| saved.uid_next);
        self.sync.checkpoint = Some(Checkpoint {
            uid_validity,
            uid_next: uid_next.max(before).unwrap_or(1),
            mod_seq: self.sync.reached,
            is_complete: !self.sync.is_bounded
                && (self.sync.was_full || saved.is_none_or(|saved| saved.is_complete)),
        });
    }
}
