//! The mailboxes and what is in them, in memory; all connections share them.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use imap_proto::date::DateTime;
use imap_proto::response::Code;
use imap_proto::sequence::Ranges;
use imap_proto::{Flag, MailboxAttribute};
use tokio::sync::watch;

use crate::mailboxes::Mailboxes;
use crate::mime::Part;

/// What stands between the levels of a name.
pub const DELIMITER: char = '/';
/// Expunges that are remembered for each mailbox, for QRESYNC.
const MOST_EXPUNGED: usize = 10_000;

/// Keywords that a mailbox may have, and octets of each: all are told to whoever selects it.
const MOST_KEYWORDS: usize = 100;
const LONGEST_KEYWORD: usize = 100;

/// All mailboxes. Whoever changes something wakes those who wait.
pub struct Store {
    inner: Mutex<Mailboxes>,
    changed: watch::Sender<()>,
}

/// A message, the same one wherever it was copied to.
#[derive(Debug)]
pub struct Message {
    /// EMAILID.
    pub id: String,
    pub raw: Bytes,
    /// INTERNALDATE.
    pub date: DateTime,
    part: OnceLock<Part>,
}

/// A message, and the flags that it has or is to have.
pub type Flagged = (Vec<Flag<'static>>, Arc<Message>);

/// A message in a mailbox.
#[derive(Clone, Debug)]
pub struct Entry {
    pub uid: u32,
    pub mod_seq: u64,
    pub flags: Vec<Flag<'static>>,
    pub message: Arc<Message>,
    /// Where it is in the Maildir.
    pub file: Option<PathBuf>,
}

/// One mailbox.
#[derive(Debug)]
pub struct Mailbox {
    pub uid_validity: u32,
    pub uid_next: u32,
    pub mod_seq: u64,
    /// By UID.
    pub entries: Vec<Entry>,
    pub octets: u64,
    pub special_use: Option<MailboxAttribute<'static>>,
    pub metadata: BTreeMap<String, Vec<u8>>,
    /// The keywords that its messages have or have had.
    keywords: Vec<Flag<'static>>,
    /// What was expunged, and when; complete behind `forgotten`.
    expunged: VecDeque<(u64, u32)>,
    forgotten: u64,
}

const SYSTEM_FLAGS: [Flag<'static>; 5] =
    [Flag::Answered, Flag::Flagged, Flag::Deleted, Flag::Seen, Flag::Draft];

/// Each of the flags once, without `\Recent`, which no client sets. More than a message can have are refused.
pub fn distinct<'a>(flags: impl Iterator<Item = Flag<'a>>) -> Result<Vec<Flag<'static>>, No> {
    let mut all = Vec::new();
    for flag in flags.filter(|flag| *flag != Flag::Recent) {
        if all.contains(&flag) {
            continue;
        }
        if all.len() >= SYSTEM_FLAGS.len().saturating_add(MOST_KEYWORDS) {
            return Err(no(Code::Limit, "too many flags"));
        }
        all.push(flag.into_owned());
    }
    Ok(all)
}

/// Why something cannot be done: told with NO.
#[derive(Debug)]
pub struct No {
    pub code: Option<Code<'static>>,
    pub text: &'static str,
}

pub fn no(code: Code<'static>, text: &'static str) -> No {
    No { code: Some(code), text }
}

/// MAILBOXID of the mailbox with this id.
pub fn object_id(id: u32) -> String {
    format!("F{id:x}")
}

pub fn no_mailbox() -> No {
    no(Code::NonExistent, "there is no such mailbox")
}

impl Store {
    pub fn new(mailboxes: Mailboxes) -> Self {
        Self { inner: Mutex::new(mailboxes), changed: watch::Sender::new(()) }
    }

    /// For looking.
    pub fn lock(&self) -> MutexGuard<'_, Mailboxes> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For changing; who waits is woken.
    pub fn change<T>(&self, change: impl FnOnce(&mut Mailboxes) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_replace(());
        result
    }

    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

impl Message {
    pub fn new(raw: Bytes, date: DateTime) -> Self {
        let mut hasher = DefaultHasher::new();
        raw.hash(&mut hasher);
        Self { id: format!("M{:016x}", hasher.finish()), raw, date, part: OnceLock::new() }
    }

    pub fn part(&self) -> &Part {
        self.part.get_or_init(|| Part::of(&self.raw))
    }
}

impl Entry {
    pub fn has(&self, flag: &Flag<'_>) -> bool {
        self.flags.iter().any(|one| one == flag)
    }
}

impl Mailbox {
    pub fn new(uid_validity: u32) -> Self {
        // Larger than any that it can have had before the program was started again.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mod_seq = u64::try_from(now.as_millis()).unwrap_or(1);
        Self {
            uid_validity,
            uid_next: 1,
            mod_seq,
            entries: Vec::new(),
            octets: 0,
            special_use: None,
            metadata: BTreeMap::new(),
            keywords: Vec::new(),
            expunged: VecDeque::new(),
            forgotten: mod_seq,
        }
    }

    pub fn get(&self, uid: u32) -> Option<&Entry> {
        self.entries.get(self.place(uid)?)
    }

    pub fn place(&self, uid: u32) -> Option<usize> {
        self.entries.binary_search_by_key(&uid, |entry| entry.uid).ok()
    }

    pub fn count(&self, is_meant: impl Fn(&Entry) -> bool) -> usize {
        self.entries.iter().filter(|entry| is_meant(entry)).count()
    }

    /// Which of these UIDs were expunged after `since`, or may have been.
    pub fn vanished(&self, since: u64, uids: &Ranges) -> Ranges {
        if since < self.forgotten {
            let used: Ranges = std::iter::once(1..=self.uid_next.saturating_sub(1)).collect();
            let there: Ranges = self.entries.iter().map(|entry| entry.uid).collect();
            return uids.intersect(&used).subtract(&there);
        }
        let expunged = self.expunged.iter().filter(|(mod_seq, uid)| *mod_seq > since && uids.contains(*uid));
        expunged.map(|(_, uid)| *uid).collect()
    }

    /// The mod-sequence of the next change.
    pub fn next_mod_seq(&mut self) -> u64 {
        self.mod_seq = self.mod_seq.saturating_add(1);
        self.mod_seq
    }

    /// Remembers that a message has gone.
    pub fn note_expunged(&mut self, mod_seq: u64, gone: &Entry) {
        self.octets = self.octets.saturating_sub(gone.message.raw.len() as u64);
        self.expunged.push_back((mod_seq, gone.uid));
        if self.expunged.len() > MOST_EXPUNGED
            && let Some((mod_seq, _)) = self.expunged.pop_front()
        {
            self.forgotten = mod_seq;
        }
    }

    /// All flags that there are.
    pub fn flags(&self) -> Vec<Flag<'static>> {
        SYSTEM_FLAGS.into_iter().chain(self.keywords.iter().cloned()).collect()
    }

    /// Learns the keywords among these flags, unless they are too many or too long.
    pub fn learn(&mut self, flags: &[Flag<'static>]) -> Result<(), No> {
        for flag in flags {
            if SYSTEM_FLAGS.contains(flag) || self.keywords.contains(flag) {
                continue;
            }
            if self.keywords.len() >= MOST_KEYWORDS || flag.as_bytes().len() > LONGEST_KEYWORD {
                return Err(no(Code::Limit, "too many keywords, or too long ones"));
            }
            self.keywords.push(flag.clone());
        }
        Ok(())
    }

    /// Takes a message that has its UID, as it was loaded.
    pub fn load(
        &mut self,
        uid: u32,
        flags: Vec<Flag<'static>>,
        message: Arc<Message>,
        file: Option<PathBuf>,
    ) {
        self.octets = self.octets.saturating_add(message.raw.len() as u64);
        self.uid_next = self.uid_next.max(uid.saturating_add(1));
        // What is there already is not refused; a Maildir folder has no more than 26.
        let _ = self.learn(&flags);
        let at = self.entries.partition_point(|entry| entry.uid < uid);
        self.entries.insert(at, Entry { uid, mod_seq: self.mod_seq, flags, message, file });
    }
}
