//! One mailbox on disk: `cur`, `new` and `tmp`, and files whose names say what they are.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use imap_proto::list_data::ListData;
use imap_proto::utf7;
use imap_proto::view::Message;

use super::state;

/// Behind UIDVALIDITY and UID in the names of our files.
const MARK: &str = "imap_client";

/// The folder of a mailbox, relative to that of INBOX.
///
/// The parts of its name in modified UTF-7, with a dot before each; a dot or a slash in them is `&AC4-` or `&AC8-`, which is
/// modified UTF-7 for them, too. A part that is empty is `&AAA-`: no name has NUL, and `.` and `..` are other folders.
pub fn place(listed: &ListData<'_>, utf8: bool) -> OsString {
    let mailbox = &listed.mailbox;
    if mailbox.is_inbox() {
        return OsString::new();
    }
    let name = mailbox.to_name(utf8);
    let name = name.as_ref().map_or(mailbox.as_bytes(), |name| name.as_bytes());
    let parts = name.split(|octet| listed.delimiter.is_some_and(|delimiter| delimiter.get() == *octet));
    let mut place = Vec::new();
    for part in parts {
        place.push(b'.');
        if part.is_empty() {
            place.extend_from_slice(b"&AAA-");
        }
        // Names that are in no encoding are taken as they are.
        let encoded = std::str::from_utf8(part).map_or(part.into(), utf7::encode);
        for octet in encoded.iter() {
            match octet {
                b'.' => place.extend_from_slice(b"&AC4-"),
                b'/' => place.extend_from_slice(b"&AC8-"),
                octet => place.push(*octet),
            }
        }
    }
    OsString::from_vec(place)
}

/// The folder of a mailbox.
pub struct Maildir {
    path: PathBuf,
}

impl Maildir {
    /// Opens it, or makes it; what was left half done goes.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let maildir = Self { path: path.to_owned() };
        for name in ["cur", "new", "tmp"] {
            let path = path.join(name);
            std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        }
        for file in maildir.files("tmp")? {
            if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(MARK)) {
                std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
            }
        }
        Ok(maildir)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn files(&self, name: &str) -> anyhow::Result<Vec<PathBuf>> {
        let path = self.path.join(name);
        let entries = std::fs::read_dir(&path).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
        });
        entries.with_context(|| format!("cannot read {}", path.display()))
    }

    /// Our messages: those with this UIDVALIDITY by UID, and all others.
    pub fn messages(&self, uid_validity: u64) -> anyhow::Result<(HashMap<u32, PathBuf>, Vec<PathBuf>)> {
        let (mut messages, mut others) = (HashMap::new(), Vec::new());
        for file in [self.files("cur")?, self.files("new")?].concat() {
            match ids(&file) {
                Some((validity, uid)) if validity == uid_validity => {
                    // A second file of the same message is one too many.
                    others.extend(messages.insert(uid, file));
                }
                Some(_) => others.push(file),
                None => {}
            }
        }
        Ok((messages, others))
    }

    /// A file for a message that is arriving.
    pub fn arriving(&self) -> anyhow::Result<(PathBuf, File)> {
        let path = self.path.join("tmp").join(format!("{MARK}.arriving"));
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok((path, file))
    }

    /// The place of a message that has these flags.
    pub fn place(&self, uid_validity: u64, message: &Message<'_>) -> PathBuf {
        let name = format!("{uid_validity}.{}.{MARK}:2,{}", message.uid(), letters(message));
        self.path.join("cur").join(name)
    }

    /// All of ours goes, and the folder too, if there is nothing else in it.
    pub fn remove(self) -> anyhow::Result<()> {
        let cannot = || format!("cannot remove {}", self.path.display());
        let (_, messages) = self.messages(0)?;
        for file in messages.iter().chain([&self.path.join(state::NAME)]) {
            std::fs::remove_file(file).with_context(cannot)?;
        }
        for folder in ["cur", "new", "tmp", ""] {
            match std::fs::remove_dir(self.path.join(folder)) {
                Err(error) if error.kind() != ErrorKind::DirectoryNotEmpty => {
                    return Err(error).with_context(cannot);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// UIDVALIDITY and UID of a file that is ours.
fn ids(file: &Path) -> Option<(u64, u32)> {
    let name = file.file_name()?.to_str()?;
    let (name, _) = name.split_once(":2,").unwrap_or((name, ""));
    let (validity, rest) = name.split_once('.')?;
    let (uid, mark) = rest.split_once('.')?;
    (mark == MARK).then_some((validity.parse().ok()?, uid.parse().ok()?))
}

/// The flags for which Maildir has letters, in the order of the alphabet.
fn letters(message: &Message<'_>) -> String {
    const LETTERS: [(&str, char); 6] = [
        ("\\Draft", 'D'),
        ("\\Flagged", 'F'),
        ("$Forwarded", 'P'),
        ("\\Answered", 'R'),
        ("\\Seen", 'S'),
        ("\\Deleted", 'T'),
    ];
    let has = |name: &str| message.flags().any(|flag| flag.as_bytes().eq_ignore_ascii_case(name.as_bytes()));
    LETTERS.iter().filter(|(name, _)| has(name)).map(|(_, letter)| letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use imap_proto::{Delimiter, Mailbox};

    #[test]
    fn folders_of_mailboxes() {
        for (name, delimiter, folder) in [
            ("INBOX", '/', ""),
            ("INBOX/sub", '/', ".INBOX.sub"),
            ("Entwürfe/日本語 & co", '/', ".Entw&APw-rfe.&ZeVnLIqe- &- co"),
            ("a.b/c", '/', ".a&AC4-b.c"),
            ("a.b/c", '.', ".a.b&AC8-c"),
            ("../../etc", '/', ".&AC4-&AC4-.&AC4-&AC4-.etc"),
            ("", '/', ".&AAA-"),
            ("/", '/', ".&AAA-.&AAA-"),
            ("/a/", '/', ".&AAA-.a.&AAA-"),
        ] {
            let listed = ListData {
                attributes: [].into_iter().collect(),
                delimiter: Delimiter::new(delimiter as u8).ok(),
                mailbox: Mailbox::from_name(name, false).unwrap(),
                extended: Default::default(),
            };
            assert_eq!(place(&listed, false), folder, "{name}");
        }
    }

    #[test]
    fn files_of_messages() {
        for (name, known) in [
            ("17.4.imap_client:2,FS", Some((17, 4))),
            ("17.4.imap_client", Some((17, 4))),
            ("1740994800.M1P2.host:2,S", None),
            ("17.4.imap_client.lock", None),
        ] {
            assert_eq!(ids(Path::new(name)), known, "{name}");
        }
    }
}
