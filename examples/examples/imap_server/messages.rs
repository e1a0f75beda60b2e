//! Messages of the selected mailbox: FETCH, STORE, COPY, MOVE and EXPUNGE.

use std::sync::Arc;

use imap_proto::copy::CopyTo;
use imap_proto::ext::uid_plus::CopyUid;
use imap_proto::ext::vanished::Vanished;
use imap_proto::fetch::{Fetch, FetchAttribute, FetchModifier};
use imap_proto::response::{Code, Data, Response};
use imap_proto::sequence::{Ranges, SequenceSet, UidSet};
use imap_proto::store::{Store, StoreAttribute, StoreModifier, StoreOperation};
use imap_proto::{FetchItem, Flag};

use crate::answer::{Answer, Stop, bad, ok, ok_with};
use crate::items::{Told, item};
use crate::session::Session;
use crate::store::{Entry, No, distinct, no, no_mailbox};
use crate::view::View;

impl Session {
    /// The mailbox that is selected. Without one these commands are refused before they come here.
    pub fn view(&mut self) -> Result<&mut View, Stop> {
        self.view.as_mut().ok_or_else(|| no_mailbox().into())
    }

    /// The same, when it may be changed.
    fn writable(&mut self) -> Result<&mut View, Stop> {
        let view = self.view()?;
        if view.read_only {
            return Err(no(Code::NoPerm, "the mailbox is read-only").into());
        }
        Ok(view)
    }

    pub async fn fetch_messages(&mut self, fetch: &Fetch<'_>, is_uid: bool) -> Answer {
        let (mut since, mut tells_vanished) = (None, false);
        for modifier in &fetch.modifiers {
            match modifier {
                FetchModifier::ChangedSince(mod_seq) => since = Some(mod_seq),
                FetchModifier::Vanished if is_uid => tells_vanished = true,
                _ => return Err(bad("a modifier is not known here")),
            }
        }
        if tells_vanished && since.is_none() {
            // RFC 7162 section 3.2.6.
            return Err(bad("VANISHED needs CHANGEDSINCE"));
        }
        let mut wanted: Vec<_> = fetch.attributes.iter().collect();
        let adds = |wanted: &[_], item| !wanted.contains(&item);
        if is_uid && adds(&wanted, FetchAttribute::Uid) {
            wanted.insert(0, FetchAttribute::Uid);
        }
        if since.is_some() && adds(&wanted, FetchAttribute::ModSeq) {
            wanted.push(FetchAttribute::ModSeq);
        }
        // Others' changes first, then ours.
        self.notify(false).await?;
        let service = Arc::clone(&self.service);
        let view = self.view()?;
        let meant = view.messages(&fetch.set, is_uid);
        let sets_seen = !view.read_only && wanted.iter().any(sets_seen);
        let uids: Vec<u32> = meant.iter().map(|(_, uid)| *uid).collect();
        let mut seen = Vec::new();
        if sets_seen {
            let set = |flags: &mut Vec<_>| change(flags, StoreOperation::Add, &[Flag::Seen]);
            seen = service.store.change(|mailboxes| {
                let seen = mailboxes.store(view.id, &uids, set)?;
                view.own(mailboxes.get(view.id), &seen);
                Ok::<_, No>(seen)
            })?;
        }
        let (found, vanished) = {
            let store = service.store.lock();
            let mailbox = store.get(view.id).ok_or_else(no_mailbox)?;
            let entries =
                meant.iter().filter_map(|(number, uid)| Some((*number, mailbox.get(*uid)?.clone())));
            let vanished = match since.filter(|_| tells_vanished) {
                Some(since) => mailbox.vanished(since, &view.set_of_uids(&fetch.set)),
                None => Ranges::new(),
            };
            (entries.collect::<Vec<_>>(), vanished)
        };
        let is_complete = found.len() == meant.len();
        if !vanished.is_empty() {
            let uids = vanished.to_uid_set()?;
            self.send(Response::Data(Data::Vanished(Vanished { earlier: true, uids }))).await?;
        }
        let has_mod_seq = self.machine.enabled().condstore;
        let is_new = |entry: &Entry| since.is_none_or(|since| entry.mod_seq > since);
        let mut unknown_encoding = false;
        for (number, entry) in found.iter().filter(|(_, entry)| is_new(entry)) {
            let mut items = Vec::with_capacity(wanted.len());
            for wanted in &wanted {
                match item(wanted, entry)? {
                    Some(item) => items.push(item),
                    None => unknown_encoding = true,
                }
            }
            if seen.contains(&entry.uid) && adds(&wanted, FetchAttribute::Flags) {
                items.push(Told::Item(FetchItem::Flags(entry.flags.iter().cloned().collect())));
                if has_mod_seq && adds(&wanted, FetchAttribute::ModSeq) {
                    items.push(Told::Item(FetchItem::ModSeq(entry.mod_seq)));
                }
            }
            if !items.is_empty() {
                self.tell_message(*number, items).await?;
            }
        }
        match (unknown_encoding, is_complete) {
            (true, _) => Err(no(Code::UnknownCte, "a part cannot be decoded").into()),
            (_, false) => Err(no(Code::ExpungeIssued, "some of these messages are gone").into()),
            _ => Ok(ok("that is all")),
        }
    }

    /// Contents are streamed, without a copy. They are literals then, however short: some clients read nothing else.
    async fn tell_message(&mut self, number: u32, told: Vec<Told>) -> Result<(), Stop> {
        let (mut items, mut is_streaming) = (Vec::new(), false);
        for told in told {
            match told {
                Told::Item(item) => items.push(item),
                Told::Contents(item, octets) => {
                    let size = octets.len() as u64;
                    match is_streaming {
                        true => self.machine.fetch_next(&items, &item, size)?,
                        false => self.machine.fetch_head(number, &items, &item, size)?,
                    }
                    self.write(octets).await?;
                    (items, is_streaming) = (Vec::new(), true);
                }
            }
        }
        match is_streaming {
            true => Ok(self.machine.fetch_end(&items)?),
            false => self.fetch(number, &items).await,
        }
    }

    pub async fn store(&mut self, store: &Store<'_>, is_uid: bool) -> Answer {
        let StoreAttribute::Flags(wanted) = &store.attribute else {
            return Err(bad("only flags can be stored"));
        };
        let mut unchanged_since = None;
        for modifier in &store.modifiers {
            match modifier {
                StoreModifier::UnchangedSince(mod_seq) => unchanged_since = Some(mod_seq),
                _ => return Err(bad("a modifier is not known here")),
            }
        }
        let flags = distinct(wanted.flags.iter())?;
        self.notify(false).await?;
        let service = Arc::clone(&self.service);
        let has_mod_seq = self.machine.enabled().condstore;
        let view = self.writable()?;
        let meant = view.messages(&store.set, is_uid);
        let (found, modified, changed) = service.store.change(|mailboxes| {
            let mailbox = mailboxes.get(view.id).ok_or_else(no_mailbox)?;
            let is_modified = |uid: u32| {
                let mod_seq = mailbox.get(uid).map_or(0, |entry| entry.mod_seq);
                unchanged_since.is_some_and(|since| mod_seq > since)
            };
            let (modified, meant): (Vec<_>, Vec<_>) =
                meant.iter().copied().partition(|(_, uid)| is_modified(*uid));
            let uids: Vec<u32> = meant.iter().map(|(_, uid)| *uid).collect();
            let changed = mailboxes.store(view.id, &uids, |of| change(of, wanted.operation, &flags))?;
            let mailbox = mailboxes.get(view.id);
            view.own(mailbox, &changed);
            let entry = |uid: u32| mailbox.and_then(|mailbox| mailbox.get(uid)).cloned();
            let found = meant.iter().filter_map(|(number, uid)| Some((*number, entry(*uid)?)));
            Ok::<_, No>((found.collect::<Vec<_>>(), modified, changed))
        })?;
        let is_complete = found.len().saturating_add(modified.len()) == meant.len();
        for (number, entry) in found {
            // RFC 7162 section 3.1.3: the mod-sequence is told also when the flags are not.
            let tells_mod_seq = has_mod_seq && (unchanged_since.is_some() || changed.contains(&entry.uid));
            let mut items = Vec::new();
            if !wanted.silent {
                items.push(FetchItem::Flags(entry.flags.iter().cloned().collect()));
            }
            items.extend(tells_mod_seq.then_some(FetchItem::ModSeq(entry.mod_seq)));
            if !items.is_empty() && (is_uid || has_mod_seq) {
                items.insert(0, FetchItem::Uid(entry.uid));
            }
            if !items.is_empty() {
                self.fetch(number, &items).await?;
            }
        }
        if !modified.is_empty() {
            let ids = modified.into_iter().map(|(number, uid)| if is_uid { uid } else { number });
            let modified = Code::Modified(SequenceSet::from_ids(ids)?);
            // RFC 7162 section 3.1.3: OK when the others were stored, too.
            return Ok(ok_with(modified, "some were changed by others"));
        }
        match is_complete || is_uid {
            true => Ok(ok("stored")),
            false => Err(no(Code::ExpungeIssued, "some of these messages are gone").into()),
        }
    }

    pub fn copy(&mut self, copy: &CopyTo<'_>, is_uid: bool) -> Answer {
        match self.copied(copy, is_uid, false)? {
            Some(code) => Ok(ok_with(code, "copied")),
            None => Ok(ok("there was nothing to copy")),
        }
    }

    pub async fn move_messages(&mut self, copy: &CopyTo<'_>, is_uid: bool) -> Answer {
        self.writable()?;
        match self.copied(copy, is_uid, true)? {
            // RFC 6851 section 4.3: before the messages are told to be gone.
            Some(code) => self.say(code, "copied").await?,
            None => return Ok(ok("there was nothing to move")),
        }
        Ok(ok("moved"))
    }

    fn copied(
        &mut self,
        copy: &CopyTo<'_>,
        is_uid: bool,
        is_move: bool,
    ) -> Result<Option<Code<'static>>, Stop> {
        let target = self.target(&self.name(&copy.mailbox)?)?;
        let service = Arc::clone(&self.service);
        let view = self.view()?;
        let meant = view.messages(&copy.set, is_uid);
        let (from, to) = service.store.change(|mailboxes| {
            let mailbox = mailboxes.get(view.id).ok_or_else(no_mailbox)?;
            let from: Vec<u32> =
                meant.iter().map(|(_, uid)| *uid).filter(|uid| mailbox.get(*uid).is_some()).collect();
            if from.len() < meant.len() && !is_uid {
                return Err(no(Code::ExpungeIssued, "some of these messages are gone"));
            }
            let to = match is_move {
                true => mailboxes.transfer(view.id, &from, target)?,
                false => mailboxes.copy(view.id, &from, target)?,
            };
            Ok((from, to))
        })?;
        if from.is_empty() {
            return Ok(None);
        }
        let (from, to) = (UidSet::from_ids(from)?, UidSet::from_ids(to)?);
        Ok(Some(Code::CopyUid(CopyUid::new(target.into(), from, to)?)))
    }

    /// Removes messages that are marked: all, or those of these UIDs. What is gone is told before the answer.
    pub fn expunge(&mut self, uids: Option<&SequenceSet<'_>>) -> Answer {
        let service = Arc::clone(&self.service);
        let view = self.writable()?;
        let meant = uids.map(|uids| view.set_of_uids(uids));
        let id = view.id;
        let mod_seq = service.store.change(|mailboxes| {
            let mailbox = mailboxes.get(id).ok_or_else(no_mailbox)?;
            let is_meant = |entry: &&Entry| {
                entry.has(&Flag::Deleted) && meant.as_ref().is_none_or(|uids| uids.contains(entry.uid))
            };
            let uids: Ranges = mailbox.entries.iter().filter(is_meant).map(|entry| entry.uid).collect();
            if !uids.is_empty() {
                mailboxes.expunge(id, &uids)?;
            }
            Ok::<_, No>(mailboxes.get_mut(id)?.mod_seq)
        })?;
        // RFC 7162 section 3.2.7.
        match self.machine.enabled().condstore {
            true => Ok(ok_with(Code::HighestModSeq(mod_seq), "expunged")),
            false => Ok(ok("expunged")),
        }
    }
}

/// Whether FETCH of this sets `\Seen`.
fn sets_seen(wanted: &FetchAttribute<'_>) -> bool {
    use FetchAttribute::{BinarySection, BodySection, Rfc822, Rfc822Text};
    matches!(wanted, BodySection(_) | BinarySection(_) | Rfc822 | Rfc822Text)
}

fn change(flags: &mut Vec<Flag<'static>>, operation: StoreOperation, wanted: &[Flag<'static>]) {
    match operation {
        StoreOperation::Replace => *flags = wanted.to_vec(),
        StoreOperation::Add => {
            flags.extend(wanted.iter().filter(|flag| !flags.contains(flag)).cloned().collect::<Vec<_>>())
        }
        StoreOperation::Remove => flags.retain(|flag| !wanted.contains(flag)),
    }
}
