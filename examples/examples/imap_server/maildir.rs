//! Where mail comes from and, with `--write`, goes to: a Maildir++, or an mbox file, which is only read.
//!
//! UIDs stand in file names (`,U=5`), UIDVALIDITY and the highest UID in `.uidvalidity`, keywords in `dovecot-keywords`, and
//! subscriptions in `subscriptions`: where other programs have them, too.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use bytes::Bytes;
use imap_proto::date::DateTime;
use imap_proto::response::Code;
use imap_proto::{Flag, utf7};
use mail_parser::mailbox::mbox::MessageIterator;

use crate::mailboxes::Mailboxes;
use crate::store::{DELIMITER, Entry, Message, No};

const FOLDERS: [&str; 3] = ["tmp", "new", "cur"];
/// Flags and their letters, in the order of the alphabet.
const LETTERS: [(char, Flag<'static>); 6] = [
    ('D', Flag::Draft),
    ('F', Flag::Flagged),
    ('P', Flag::Forwarded),
    ('R', Flag::Answered),
    ('S', Flag::Seen),
    ('T', Flag::Deleted),
];

/// A Maildir++ that changes are written to.
pub struct Maildir {
    root: PathBuf,
    count: AtomicU64,
}

impl From<io::Error> for No {
    fn from(_: io::Error) -> Self {
        Self { code: Some(Code::Unavailable), text: "the Maildir cannot be changed" }
    }
}

impl Maildir {
    pub fn new(root: &Path) -> io::Result<Self> {
        for folder in FOLDERS {
            fs::create_dir_all(root.join(folder))?;
        }
        Ok(Self { root: root.to_owned(), count: AtomicU64::new(0) })
    }

    /// The folder of a mailbox: `.Sent.2024` for `Sent/2024`.
    fn folder(&self, mailbox: &str) -> PathBuf {
        match mailbox {
            "INBOX" => self.root.clone(),
            name => {
                let name = String::from_utf8_lossy(&utf7::encode(name)).replace(DELIMITER, ".");
                self.root.join(format!(".{name}"))
            }
        }
    }

    pub fn create(&self, mailbox: &str, uid_validity: u32) -> Result<(), No> {
        let folder = self.folder(mailbox);
        for name in FOLDERS {
            fs::create_dir_all(folder.join(name))?;
        }
        File::create(folder.join("maildirfolder"))?;
        Ok(write_uids(&folder, uid_validity, 0)?)
    }

    pub fn delete(&self, mailbox: &str) -> Result<(), No> {
        Ok(fs::remove_dir_all(self.folder(mailbox))?)
    }

    pub fn rename(&self, from: &str, to: &str) -> Result<(), No> {
        Ok(fs::rename(self.folder(from), self.folder(to))?)
    }

    /// The mailbox of these messages is called so now.
    pub fn relocate(&self, mailbox: &str, entries: &mut [Entry]) {
        let folder = self.folder(mailbox);
        for file in entries.iter_mut().filter_map(|entry| entry.file.as_mut()) {
            let mut names = file.iter().rev();
            if let (Some(name), Some(place)) = (names.next(), names.next()) {
                *file = folder.join(place).join(name);
            }
        }
    }

    pub fn subscribe(&self, subscribed: &BTreeSet<String>) -> Result<(), No> {
        let lines: String = subscribed.iter().flat_map(|name| [name, "\n"]).collect();
        Ok(replace(&self.root.join("subscriptions"), &lines)?)
    }

    /// Writes a message; where it is.
    pub fn append(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uid: u32,
        flags: &[Flag<'static>],
        message: &Message,
    ) -> Result<PathBuf, No> {
        let folder = self.folder(mailbox);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let unique =
            format!("{}.M{}P{}Q{count}.localhost", now.as_secs(), now.subsec_micros(), std::process::id());
        let temporary = folder.join("tmp").join(&unique);
        let mut file = File::create(&temporary)?;
        file.write_all(&message.raw)?;
        if let Ok(date) = SystemTime::try_from(message.date) {
            file.set_modified(date)?;
        }
        file.sync_all()?;
        let name = format!("{unique},U={uid}:2,{}", letters(&folder, flags)?);
        let kept = folder.join("cur").join(name);
        fs::rename(temporary, &kept)?;
        write_uids(&folder, uid_validity, uid)?;
        Ok(kept)
    }

    pub fn expunge(&self, file: &Path) -> Result<(), No> {
        Ok(fs::remove_file(file)?)
    }

    /// Writes the flags of a message.
    pub fn store(&self, mailbox: &str, entry: &mut Entry) -> Result<(), No> {
        let Some(file) = &mut entry.file else { return Ok(()) };
        let folder = self.folder(mailbox);
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let base = name.split(":2,").next().unwrap_or_default();
        let kept = folder.join("cur").join(format!("{base}:2,{}", letters(&folder, &entry.flags)?));
        fs::rename(&*file, &kept)?;
        *file = kept;
        Ok(())
    }
}

/// Replaces a file as a whole.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, path)
}

fn write_uids(folder: &Path, uid_validity: u32, highest: u32) -> io::Result<()> {
    replace(&folder.join(".uidvalidity"), &format!("{uid_validity}\n{highest}\n"))
}

/// The keywords that letters stand for: `a` for the first.
fn keywords(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("dovecot-keywords")).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(' ')).map(|(_, keyword)| keyword.to_owned()).collect()
}

/// The letters of flags. Keywords beyond the alphabet are not kept.
fn letters(folder: &Path, flags: &[Flag<'static>]) -> io::Result<String> {
    let mut all: BTreeSet<char> = BTreeSet::new();
    let mut known = keywords(folder);
    let before = known.len();
    for flag in flags {
        if let Some((letter, _)) = LETTERS.iter().find(|(_, one)| one == flag) {
            all.insert(*letter);
            continue;
        }
        let name = String::from_utf8_lossy(flag.as_bytes()).into_owned();
        let place = known.iter().position(|one| one.eq_ignore_ascii_case(&name)).unwrap_or(known.len());
        if let Some(letter) = ('a'..='z').nth(place) {
            if place == known.len() {
                known.push(name);
            }
            all.insert(letter);
        }
    }
    if known.len() > before {
        let lines: String =
            known.iter().enumerate().map(|(place, name)| format!("{place} {name}\n")).collect();
        replace(&folder.join("dovecot-keywords"), &lines)?;
    }
    Ok(all.into_iter().collect())
}

/// The mailboxes of a Maildir++; with `write` each message gets a UID that lasts.
pub fn load(mailboxes: &mut Mailboxes, root: &Path, write: bool) -> anyhow::Result<()> {
    load_folder(mailboxes, "INBOX", root, write)?;
    let folders = fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))?;
    let mut names: Vec<_> =
        folders.filter_map(|folder| folder.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    for name in names {
        let Some(path) = name.strip_prefix('.').filter(|_| root.join(&name).join("cur").is_dir()) else {
            continue;
        };
        let path = path.replace('.', &DELIMITER.to_string());
        let mailbox = utf7::decode(path.as_bytes()).map_or_else(|_| path.clone(), |name| name.to_string());
        let first = mailbox.split(DELIMITER).next().unwrap_or_default();
        if first != "INBOX" && first.eq_ignore_ascii_case("INBOX") {
            // No client could tell it from the other one. RFC 9051 section 5.1.
            eprintln!("imap_server: {name} is left out: there is one INBOX, whatever the case");
            continue;
        }
        load_folder(mailboxes, &mailbox, &root.join(&name), write)?;
        mailboxes.create_above(&mailbox).map_err(|no| anyhow::anyhow!("{mailbox}: {}", no.text))?;
    }
    let subscribed = fs::read_to_string(root.join("subscriptions")).unwrap_or_default();
    mailboxes.subscribed = subscribed.lines().map(str::to_owned).collect();
    Ok(())
}

fn load_folder(mailboxes: &mut Mailboxes, mailbox: &str, folder: &Path, write: bool) -> anyhow::Result<()> {
    let uids = fs::read_to_string(folder.join(".uidvalidity")).unwrap_or_default();
    let mut uids = uids.lines().map(|line| line.parse::<u32>().ok());
    let (uid_validity, highest) = (uids.next().flatten(), uids.next().flatten());
    let mailbox = mailboxes.load(mailbox, uid_validity);
    let keywords = keywords(folder);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for place in ["cur", "new"] {
        let Ok(files) = fs::read_dir(folder.join(place)) else { continue };
        for file in files {
            let path = file?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('.') {
                continue;
            }
            let uid = name.split_once(",U=").map(|(_, rest)| rest);
            let uid = uid
                .and_then(|rest| rest.split([',', ':']).next()?.parse::<u32>().ok())
                .filter(|uid| *uid > 0);
            match uid.filter(|_| uid_validity.is_some()) {
                Some(uid) => known.push((uid, path)),
                None => unknown.push(path),
            }
        }
    }
    known.sort();
    known.dedup_by(|(later, path), (uid, _)| {
        let is_twice = later == uid;
        unknown.extend(is_twice.then(|| path.clone()));
        is_twice
    });
    // By when they were delivered: that is what names begin with.
    unknown.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    mailbox.uid_next = highest.unwrap_or(0).saturating_add(1);
    for (uid, path) in known {
        let (flags, message) = read(&path, &keywords)?;
        mailbox.load(uid, flags, message, Some(path));
    }
    for mut path in unknown {
        let (flags, message) = read(&path, &keywords)?;
        let uid = mailbox.uid_next;
        if write {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (base, info) = name.split_once(":2,").unwrap_or((&name, ""));
            let base = base.split(",U=").next().unwrap_or_default();
            let kept = folder.join("cur").join(format!("{base},U={uid}:2,{info}"));
            fs::rename(&path, &kept)?;
            path = kept;
        }
        mailbox.load(uid, flags, message, Some(path));
    }
    if write {
        write_uids(folder, mailbox.uid_validity, mailbox.uid_next.saturating_sub(1))?;
    }
    Ok(())
}

fn read(path: &Path, keywords: &[String]) -> anyhow::Result<(Vec<Flag<'static>>, Arc<Message>)> {
    let context = || format!("cannot read {}", path.display());
    let raw = fs::read(path).with_context(context)?;
    let date = fs::metadata(path).and_then(|metadata| metadata.modified()).with_context(context)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let letters = name.split_once(":2,").map_or("", |(_, letters)| letters);
    let flag = |letter: char| match LETTERS.iter().find(|(one, _)| *one == letter) {
        Some((_, flag)) => Some(flag.clone()),
        None => {
            let place = ('a'..='z').position(|one| one == letter)?;
            Some(Flag::new(keywords.get(place)?).ok()?.into_owned())
        }
    };
    Ok((letters.chars().filter_map(flag).collect(), message(raw, DateTime::try_from(date).ok())))
}

/// A message as IMAP has it: with CRLF, which files on Unix have not, and without NUL.
fn message(raw: Vec<u8>, date: Option<DateTime>) -> Arc<Message> {
    let is_unix = raw.split(|octet| *octet == b'\n').next().is_some_and(|line| !line.ends_with(b"\r"));
    let mut octets = Vec::with_capacity(raw.len());
    for octet in raw {
        match octet {
            b'\n' if is_unix => octets.extend_from_slice(b"\r\n"),
            0 => octets.push(0x80),
            octet => octets.push(octet),
        }
    }
    Arc::new(Message::new(Bytes::from(octets), date.unwrap_or_else(now)))
}

/// The time, in UTC.
pub fn now() -> DateTime {
    const EPOCH: i64 = 0;
    let now = DateTime::try_from(SystemTime::now()).ok().or_else(|| DateTime::from_unix_timestamp(EPOCH, 0));
    // Both fail only beyond the year 9999.
    #[allow(clippy::unwrap_used)]
    now.unwrap()
}

/// The messages of an mbox file, as INBOX.
pub fn load_mbox(mailboxes: &mut Mailboxes, path: &Path) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mailbox = mailboxes.load("INBOX", None);
    for found in MessageIterator::new(BufReader::new(file)) {
        let found = found.with_context(|| format!("cannot read {}", path.display()))?;
        let date = i64::try_from(found.internal_date()).ok().filter(|seconds| *seconds > 0);
        let date = date.and_then(|seconds| DateTime::from_unix_timestamp(seconds, 0));
        let mut raw = found.unwrap_contents();
        // The empty line before the next one is not its own.
        if raw.ends_with(b"\n\n") {
            raw.pop();
        }
        let uid = mailbox.uid_next;
        mailbox.load(uid, Vec::new(), message(raw, date), None);
    }
    Ok(())
}
