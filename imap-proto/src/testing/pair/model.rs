//! What is true: mailboxes and their messages, in the plainest form.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::Flags;
use crate::fetch::FetchItem;
use crate::store::StoreOperation;

/// The mailboxes that there are; of others nobody knows.
pub(super) const NAMES: [&str; 3] = ["INBOX", "a \"b", "Käse"];

pub(super) type FlagSet = BTreeSet<String>;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) uid: u32,
    pub(super) flags: FlagSet,
    pub(super) mod_seq: u64,
    pub(super) content: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) uid_next: u32,
    pub(super) mod_seq: u64,
    /// In the order of their UIDs.
    pub(super) messages: Vec<Message>,
}

pub(super) type Store = BTreeMap<&'static str, Folder>;

pub(super) fn store() -> Store {
    NAMES.iter().map(|name| (*name, Folder { uid_next: 1, mod_seq: 1, messages: Vec::new() })).collect()
}

impl Folder {
    pub(super) fn add(&mut self, flags: FlagSet, content: Vec<u8>) -> u32 {
        let uid = self.uid_next;
        self.uid_next += 1;
        self.mod_seq += 1;
        self.messages.push(Message { uid, flags, mod_seq: self.mod_seq, content });
        uid
    }

    pub(super) fn get(&self, uid: u32) -> Option<&Message> {
        self.messages.iter().find(|message| message.uid == uid)
    }

    pub(super) fn change(&mut self, uid: u32, operation: StoreOperation, flags: &FlagSet) {
        self.mod_seq += 1;
        let mod_seq = self.mod_seq;
        if let Some(message) = self.messages.iter_mut().find(|message| message.uid == uid) {
            apply(&mut message.flags, operation, flags);
            message.mod_seq = mod_seq;
        }
    }

    pub(super) fn remove(&mut self, uid: u32) {
        self.messages.retain(|message| message.uid != uid);
    }
}

pub(super) fn apply(to: &mut FlagSet, operation: StoreOperation, flags: &FlagSet) {
    match operation {
        StoreOperation::Replace => *to = flags.clone(),
        StoreOperation::Add => to.extend(flags.iter().cloned()),
        StoreOperation::Remove => to.retain(|flag| !flags.contains(flag)),
    }
}

pub(super) fn set_of(flags: &Flags<'_>) -> FlagSet {
    flags.iter().map(|flag| String::from_utf8_lossy(flag.as_bytes()).to_string()).collect()
}

/// What one side knows of a mailbox: what the server has told, and what the client has heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct View {
    /// In order. Of a message that was told of as there, and of which nothing else was told, the UID is 0.
    pub(super) messages: Vec<Known>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    pub(super) uid: u32,
    pub(super) flags: FlagSet,
}

impl View {
    pub(super) fn place(&self, uid: u32) -> Option<usize> {
        self.messages.iter().position(|known| known.uid == uid)
    }

    /// So many are there now.
    pub(super) fn exists(&mut self, count: u32) {
        assert!(self.messages.len() <= count as usize, "messages do not go unsaid");
        self.messages.resize_with(count as usize, Known::default);
    }

    /// By a message number.
    pub(super) fn expunge(&mut self, number: u32) {
        self.messages.remove(number as usize - 1);
    }

    /// By a UID.
    pub(super) fn vanish(&mut self, uid: u32) {
        let place = self.place(uid).expect("a message that was there");
        self.messages.remove(place);
    }

    /// From FETCH of the message with this number, or from UIDFETCH when `is_uid`.
    pub(super) fn learn<'a>(
        &mut self,
        number: u32,
        is_uid: bool,
        items: impl Iterator<Item = FetchItem<'a>> + Clone,
    ) {
        let uid = items.clone().find_map(|item| match item {
            FetchItem::Uid(uid) => Some(uid),
            _ => None,
        });
        let place = match is_uid {
            false => number as usize - 1,
            // Those that are new come in the order of their UIDs.
            true => self.place(number).or_else(|| self.place(0)).expect("a message that is there"),
        };
        let known = &mut self.messages[place];
        if let Some(uid) = uid.or(is_uid.then_some(number)) {
            assert!(known.uid == 0 || known.uid == uid, "a number means the same to both sides");
            known.uid = uid;
        }
        for item in items {
            if let FetchItem::Flags(flags) = item {
                known.flags = set_of(&flags);
            }
        }
    }
}
