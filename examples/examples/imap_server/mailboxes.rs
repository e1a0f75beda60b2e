//! All mailboxes by name: making, renaming, deleting them, and changing what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use imap_proto::ext::metadata::{Depth, Entry};
use imap_proto::response::Code;
use imap_proto::sequence::Ranges;
use imap_proto::{Flag, MailboxAttribute};

use crate::maildir::Maildir;
use crate::store::{DELIMITER, Flagged, Mailbox, No, no, no_mailbox};

/// All mailboxes.
pub struct Mailboxes {
    /// The ids of mailboxes by name.
    pub names: BTreeMap<String, u32>,
    /// A mailbox's id is its UIDVALIDITY: no two have the same, ever.
    mailboxes: BTreeMap<u32, Mailbox>,
    pub subscribed: BTreeSet<String>,
    /// Metadata of the server.
    metadata: BTreeMap<String, Vec<u8>>,
    /// Octets that all messages together may have.
    pub quota: u64,
    last_id: u32,
    pub maildir: Option<Maildir>,
}

impl Mailboxes {
    /// Without any but INBOX.
    pub fn new(quota: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let last_id = u32::try_from(now.as_secs()).unwrap_or(1);
        let (names, mailboxes) = (BTreeMap::new(), BTreeMap::new());
        let (subscribed, metadata) = (BTreeSet::new(), BTreeMap::new());
        Self { names, mailboxes, subscribed, metadata, quota, last_id, maildir: None }
    }

    /// A mailbox that is there already, with its UIDVALIDITY if it has one.
    pub fn load(&mut self, name: &str, uid_validity: Option<u32>) -> &mut Mailbox {
        let id = match uid_validity.filter(|id| !self.mailboxes.contains_key(id)) {
            Some(id) => id,
            None => self.next_id(),
        };
        self.last_id = self.last_id.max(id);
        let id = *self.names.entry(name.to_owned()).or_insert(id);
        let special_use = self.special_use(name);
        let mailbox = self.mailboxes.entry(id).or_insert_with(|| Mailbox::new(id));
        mailbox.special_use = special_use;
        mailbox
    }

    fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.saturating_add(1);
        self.last_id
    }

    /// What a mailbox is for that is called so.
    fn special_use(&self, name: &str) -> Option<MailboxAttribute<'static>> {
        let special_use = match &*name.to_lowercase() {
            "archive" => MailboxAttribute::Archive,
            "drafts" => MailboxAttribute::Drafts,
            "junk" | "spam" => MailboxAttribute::Junk,
            "sent" | "sent messages" | "sent items" => MailboxAttribute::Sent,
            "trash" | "deleted messages" | "deleted items" => MailboxAttribute::Trash,
            _ => return None,
        };
        let is_taken =
            self.mailboxes.values().any(|mailbox| mailbox.special_use.as_ref() == Some(&special_use));
        (!is_taken).then_some(special_use)
    }

    pub fn id(&self, name: &str) -> Result<u32, No> {
        self.names.get(name).copied().ok_or_else(no_mailbox)
    }

    /// The mailbox of this id; none when it was deleted.
    pub fn get(&self, id: u32) -> Option<&Mailbox> {
        self.mailboxes.get(&id)
    }

    pub fn get_mut(&mut self, id: u32) -> Result<&mut Mailbox, No> {
        self.mailboxes.get_mut(&id).ok_or_else(no_mailbox)
    }

    pub fn named(&self, name: &str) -> Result<&Mailbox, No> {
        self.get(self.id(name)?).ok_or_else(no_mailbox)
    }

    pub fn has_children(&self, name: &str) -> bool {
        let prefix = format!("{name}{DELIMITER}");
        self.names.range(prefix.clone()..).next().is_some_and(|(next, _)| next.starts_with(&prefix))
    }

    pub fn all(&self) -> impl Iterator<Item = &Mailbox> {
        self.mailboxes.values()
    }

    pub fn check_quota(&self, more: u64) -> Result<(), No> {
        let used = self.all().map(|mailbox| mailbox.octets).fold(more, u64::saturating_add);
        if used > self.quota { Err(no(Code::OverQuota, "that would be too much")) } else { Ok(()) }
    }

    /// Makes those mailboxes above this one that are not there.
    pub fn create_above(&mut self, name: &str) -> Result<(), No> {
        match name.rsplit_once(DELIMITER) {
            Some((above, _)) if !self.names.contains_key(above) => self.create(above, None).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Makes a mailbox, and those above it.
    pub fn create(&mut self, name: &str, special_use: Option<MailboxAttribute<'static>>) -> Result<u32, No> {
        let name = name.strip_suffix(DELIMITER).unwrap_or(name);
        self.check_new(name)?;
        let ends = name.match_indices(DELIMITER).map(|(at, _)| at).chain([name.len()]);
        let mut id = 0;
        for path in ends.filter_map(|end| name.get(..end)) {
            if self.names.contains_key(path) {
                continue;
            }
            id = self.load(path, None).uid_validity;
            if let Some(maildir) = &self.maildir {
                maildir.create(path, id)?;
            }
        }
        let mailbox = self.get_mut(id)?;
        mailbox.special_use = special_use.or(mailbox.special_use.take());
        Ok(id)
    }

    fn check_new(&self, name: &str) -> Result<(), No> {
        if self.names.contains_key(name) {
            return Err(no(Code::AlreadyExists, "there is such a mailbox already"));
        }
        let is_empty = |level: &str| level.is_empty();
        let is_on_disk = self.maildir.is_some();
        if name.split(DELIMITER).any(is_empty)
            || name.chars().any(|of| of.is_control() || matches!(of, '*' | '%') || (of == '.' && is_on_disk))
            || name.len() > 200
        {
            return Err(no(Code::Cannot, "a mailbox cannot have this name"));
        }
        Ok(())
    }

    pub fn delete(&mut self, name: &str) -> Result<(), No> {
        let id = self.id(name)?;
        if name == "INBOX" {
            return Err(no(Code::Cannot, "INBOX stays"));
        }
        if self.has_children(name) {
            return Err(no(Code::HasChildren, "there are mailboxes below it"));
        }
        if let Some(maildir) = &self.maildir {
            maildir.delete(name)?;
        }
        self.names.remove(name);
        self.mailboxes.remove(&id);
        Ok(())
    }

    /// Renames a mailbox and those below it; of INBOX only what is in it moves.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), No> {
        let id = self.id(from)?;
        let to = to.strip_suffix(DELIMITER).unwrap_or(to);
        if from == "INBOX" {
            let target = self.create(to, None)?;
            let uids: Vec<_> = self.get_mut(id)?.entries.iter().map(|entry| entry.uid).collect();
            return self.transfer(id, &uids, target).map(|_| ());
        }
        self.check_new(to)?;
        let prefix = format!("{from}{DELIMITER}");
        if to.starts_with(&prefix) {
            return Err(no(Code::Cannot, "it cannot be below itself"));
        }
        self.create_above(to)?;
        let is_moved = |name: &str| name == from || name.starts_with(&prefix);
        let moved: Vec<_> = self.names.keys().filter(|name| is_moved(name)).cloned().collect();
        for name in moved {
            let new = format!("{to}{}", name.get(from.len()..).unwrap_or_default());
            if let Some(maildir) = &self.maildir {
                maildir.rename(&name, &new)?;
            }
            let Some(id) = self.names.remove(&name) else { continue };
            if let (Some(maildir), Some(mailbox)) = (&self.maildir, self.mailboxes.get_mut(&id)) {
                maildir.relocate(&new, &mut mailbox.entries);
            }
            self.names.insert(new, id);
        }
        Ok(())
    }

    pub fn subscribe(&mut self, name: &str, is_subscribed: bool) -> Result<(), No> {
        match is_subscribed {
            true => self.subscribed.insert(name.to_owned()),
            false => self.subscribed.remove(name),
        };
        match &self.maildir {
            Some(maildir) => maildir.subscribe(&self.subscribed),
            None => Ok(()),
        }
    }

    fn name_of(&self, id: u32) -> Option<&str> {
        self.names.iter().find(|(_, one)| **one == id).map(|(name, _)| &**name)
    }

    /// Puts messages into a mailbox; gives their UIDs.
    pub fn append(&mut self, id: u32, messages: Vec<Flagged>) -> Result<Vec<u32>, No> {
        self.check_quota(messages.iter().map(|(_, message)| message.raw.len() as u64).sum())?;
        self.put(id, messages)
    }

    fn put(&mut self, id: u32, messages: Vec<Flagged>) -> Result<Vec<u32>, No> {
        let name = self.name_of(id).ok_or_else(no_mailbox)?.to_owned();
        let Self { maildir, mailboxes, .. } = self;
        let mailbox = mailboxes.get_mut(&id).ok_or_else(no_mailbox)?;
        for (flags, _) in &messages {
            mailbox.learn(flags)?;
        }
        mailbox.next_mod_seq();
        let mut uids = Vec::new();
        for (flags, message) in messages {
            let uid = mailbox.uid_next;
            if uid == u32::MAX {
                return Err(no(Code::Limit, "there are no UIDs left"));
            }
            let file = match maildir {
                Some(maildir) => Some(maildir.append(&name, mailbox.uid_validity, uid, &flags, &message)?),
                None => None,
            };
            mailbox.load(uid, flags, message, file);
            uids.push(uid);
        }
        Ok(uids)
    }

    /// Copies messages; gives the UIDs of the copies.
    pub fn copy(&mut self, from: u32, uids: &[u32], to: u32) -> Result<Vec<u32>, No> {
        let copies = self.copies(from, uids)?;
        self.append(to, copies)
    }

    /// Moves messages, which takes no more room; gives the UIDs that they have then.
    pub fn transfer(&mut self, from: u32, uids: &[u32], to: u32) -> Result<Vec<u32>, No> {
        let copies = self.copies(from, uids)?;
        let moved = self.put(to, copies)?;
        self.expunge(from, &uids.iter().copied().collect())?;
        Ok(moved)
    }

    fn copies(&self, from: u32, uids: &[u32]) -> Result<Vec<Flagged>, No> {
        let source = self.get(from).ok_or_else(no_mailbox)?;
        let entries = uids.iter().filter_map(|uid| source.get(*uid));
        Ok(entries.map(|entry| (entry.flags.clone(), Arc::clone(&entry.message))).collect())
    }

    /// Removes messages.
    pub fn expunge(&mut self, id: u32, uids: &Ranges) -> Result<(), No> {
        let Self { maildir, mailboxes, .. } = self;
        let mailbox = mailboxes.get_mut(&id).ok_or_else(no_mailbox)?;
        let mod_seq = mailbox.next_mod_seq();
        let (mut kept, mut failed) = (Vec::new(), None);
        for entry in std::mem::take(&mut mailbox.entries) {
            let is_gone = match (&maildir, &entry.file) {
                _ if !uids.contains(entry.uid) => Ok(false),
                (Some(maildir), Some(file)) => maildir.expunge(file).map(|()| true),
                _ => Ok(true),
            };
            match is_gone {
                Ok(true) => mailbox.note_expunged(mod_seq, &entry),
                Ok(false) => kept.push(entry),
                Err(no) => {
                    failed = Some(no);
                    kept.push(entry);
                }
            }
        }
        mailbox.entries = kept;
        failed.map_or(Ok(()), Err)
    }

    /// Changes the flags of those messages whose flags `change` changes; all get the same mod-sequence.
    pub fn store(
        &mut self,
        id: u32,
        uids: &[u32],
        change: impl Fn(&mut Vec<Flag<'static>>),
    ) -> Result<Vec<u32>, No> {
        let name = self.name_of(id).ok_or_else(no_mailbox)?.to_owned();
        let Self { maildir, mailboxes, .. } = self;
        let mailbox = mailboxes.get_mut(&id).ok_or_else(no_mailbox)?;
        let (mut changed, mut mod_seq) = (Vec::new(), None);
        for uid in uids {
            let Some(at) = mailbox.place(*uid) else { continue };
            let Some(mut flags) = mailbox.entries.get(at).map(|entry| entry.flags.clone()) else { continue };
            let before = flags.clone();
            change(&mut flags);
            let is_same = flags.len() == before.len() && flags.iter().all(|flag| before.contains(flag));
            if is_same {
                continue;
            }
            mailbox.learn(&flags)?;
            let mod_seq = *mod_seq.get_or_insert_with(|| mailbox.next_mod_seq());
            let Some(entry) = mailbox.entries.get_mut(at) else { continue };
            (entry.flags, entry.mod_seq) = (flags, mod_seq);
            if let Some(maildir) = maildir {
                maildir.store(&name, entry)?;
            }
            changed.push(*uid);
        }
        Ok(changed)
    }

    /// The metadata of a mailbox; of the server for none.
    pub fn metadata(&mut self, id: Option<u32>) -> Result<&mut BTreeMap<String, Vec<u8>>, No> {
        match id {
            Some(id) => Ok(&mut self.get_mut(id)?.metadata),
            None => Ok(&mut self.metadata),
        }
    }
}

/// Whether an entry of metadata is `wanted`, or so far below it. RFC 5464 section 4.2.2.
pub fn is_meant(entry: &Entry<'_>, wanted: &Entry<'_>, depth: Depth) -> bool {
    let levels = |entry: &Entry<'_>| entry.as_bytes().iter().filter(|octet| **octet == b'/').count();
    let below = levels(entry).checked_sub(levels(wanted));
    entry.is_within(wanted)
        && match depth {
            Depth::Zero => below == Some(0),
            Depth::One => matches!(below, Some(0 | 1)),
            Depth::Infinity => true,
        }
}
