//! A mailbox as one client sees it: what it was told, which may be less than what there is.

use imap_proto::ext::object_id::ObjectId;
use imap_proto::ext::qresync::QResync;
use imap_proto::sequence::{Ranges, SequenceSet};
use imap_proto::status_data::{StatusAttribute, StatusItem};
use imap_proto::{Flag, ValueError};

use crate::store::{Entry, Mailbox, object_id};

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

    /// The client has changed these messages itself, all at once, and need not be told; unless others have changed something,
    /// too, since it was told last.
    pub fn own(&mut self, mailbox: Option<&Mailbox>, changed: &[u32]) {
        let next = self.mod_seq.saturating_add(1);
        if !changed.is_empty() && mailbox.is_some_and(|mailbox| mailbox.mod_seq == next) {
            self.mod_seq = next;
        }
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

/// What SELECT tells of a mailbox.
pub struct Facts {
    pub flags: Vec<Flag<'static>>,
    pub uid_validity: u32,
    pub uid_next: u32,
    pub mod_seq: u64,
    pub object_id: ObjectId<'static>,
    /// The number of the first message that was not seen.
    pub unseen: Option<u32>,
    /// For QRESYNC: what has gone, and numbers, UIDs, mod-sequences and flags of what has changed.
    pub vanished: Ranges,
    pub changed: Vec<(u32, u32, u64, Vec<Flag<'static>>)>,
}

impl Facts {
    pub fn of(mailbox: &Mailbox, resync: Option<&QResync<'_>>) -> Result<Self, ValueError> {
        let entries = || (1u32..).zip(&mailbox.entries);
        let (mut vanished, mut changed) = (Ranges::new(), Vec::new());
        // RFC 7162 section 3.2.5.1: what a client knows of another mailbox is of no use.
        if let Some(resync) = resync.filter(|resync| resync.uid_validity == u64::from(mailbox.uid_validity)) {
            let known = match &resync.known_uids {
                Some(uids) => uids.normalize(),
                None => std::iter::once(1..=mailbox.uid_next).collect(),
            };
            vanished = mailbox.vanished(resync.mod_sequence, &known);
            let is_new =
                |(_, entry): &(u32, &Entry)| entry.mod_seq > resync.mod_sequence && known.contains(entry.uid);
            let told =
                |(number, entry): (u32, &Entry)| (number, entry.uid, entry.mod_seq, entry.flags.clone());
            changed = entries().filter(is_new).map(told).collect();
        }
        Ok(Self {
            flags: mailbox.flags(),
            uid_validity: mailbox.uid_validity,
            uid_next: mailbox.uid_next,
            mod_seq: mailbox.mod_seq,
            object_id: ObjectId::new(object_id(mailbox.uid_validity))?,
            unseen: entries().find(|(_, entry)| !entry.has(&Flag::Seen)).map(|(number, _)| number),
            vanished,
            changed,
        })
    }
}

/// What STATUS tells of a mailbox; nothing of what is not known here.
pub fn status_item(
    wanted: &StatusAttribute<'_>,
    mailbox: &Mailbox,
    max_size: u64,
) -> Option<StatusItem<'static>> {
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let deleted = || mailbox.entries.iter().filter(|entry| entry.has(&Flag::Deleted));
    Some(match wanted {
        StatusAttribute::Messages => StatusItem::Messages(count(mailbox.entries.len())),
        StatusAttribute::UidNext => StatusItem::UidNext(mailbox.uid_next),
        StatusAttribute::UidValidity => StatusItem::UidValidity(mailbox.uid_validity.into()),
        StatusAttribute::Unseen => StatusItem::Unseen(count(mailbox.count(|entry| !entry.has(&Flag::Seen)))),
        StatusAttribute::Recent => StatusItem::Recent(0),
        StatusAttribute::Deleted => StatusItem::Deleted(count(deleted().count())),
        StatusAttribute::DeletedStorage => {
            StatusItem::DeletedStorage(deleted().map(|entry| entry.message.raw.len() as u64).sum())
        }
        StatusAttribute::Size => StatusItem::Size(mailbox.octets),
        StatusAttribute::HighestModSeq => StatusItem::HighestModSeq(mailbox.mod_seq),
        StatusAttribute::AppendLimit => StatusItem::AppendLimit(Some(max_size)),
        StatusAttribute::MailboxId => {
            StatusItem::MailboxId(ObjectId::new(object_id(mailbox.uid_validity)).ok()?)
        }
        _ => return None,
    })
}
