//! A mirror is what the server has, after whatever others have done there, and only what is new was transferred.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::interop::cyrus::Cyrus;
use crate::interop::dovecot_imap::DovecotImap;
use crate::interop::imap_client::{another_client, as_user};
use crate::interop::maildir::files;
use crate::interop::message;
use crate::interop::programs::Ended;
use crate::interop::relay::Relay;
use crate::interop::{TempDir, alone};

/// Each mailbox, its messages by what they are called in Maildir, with their octets.
type Contents = BTreeMap<String, BTreeMap<String, Vec<u8>>>;

/// A folder to mirror into, and how.
struct Mirror<'m> {
    imap: u16,
    folder: &'m TempDir,
    options: &'m [&'m str],
    /// What the summaries say of mailboxes that were mirrored before.
    method: &'m str,
}

/// What a run of sync says: of each mailbox, and of messages transferred in all.
#[derive(Debug)]
struct Said {
    lines: HashMap<String, String>,
    transferred: u64,
}

impl Said {
    fn of(ended: &Ended) -> Self {
        let mut lines: Vec<_> = ended.stdout.lines().collect();
        let sum = lines.pop().unwrap();
        let (_, sum) = sum.split_once(" mailboxes, ").unwrap_or_else(|| panic!("{ended:?}"));
        let transferred = sum.split(' ').next().unwrap().parse().unwrap();
        let lines = lines.iter().map(|line| line.rsplit_once(": ").unwrap());
        Self { lines: lines.map(|(name, rest)| (name.to_owned(), rest.to_owned())).collect(), transferred }
    }
}

impl Mirror<'_> {
    fn path(&self) -> PathBuf {
        self.folder.path().join("mirror")
    }

    /// Mirrors, and insists on being what the server has.
    #[track_caller]
    fn sync(&self) -> Said {
        let path = self.path();
        let arguments = [self.options, &["sync", path.to_str().unwrap()]].concat();
        let ended = as_user(self.imap, &arguments).expect_code(0);
        let (here, there) = (here(&path), there(self.imap));
        assert_eq!(here.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
        for (name, messages) in &there {
            let names = |messages: &BTreeMap<String, Vec<u8>>| messages.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&here[name]), names(messages), "{name}");
            for (message, octets) in messages {
                message::assert_same(octets, &here[name][message]);
            }
        }
        Said::of(&ended)
    }

    /// Mirrors, and insists on what is said of mailboxes and transferred.
    #[track_caller]
    fn sync_saying(&self, lines: &[(&str, &str)], transferred: u64) {
        let said = self.sync();
        for (name, wanted) in lines {
            assert_eq!(said.lines[*name], format!("{wanted}, by {}", self.method), "{name}: {said:?}");
        }
        assert_eq!(said.transferred, transferred, "{said:?}");
    }
}

/// What the mirror has.
fn here(path: &Path) -> Contents {
    let mut contents = Contents::new();
    let folders = files(path).into_iter().filter(|folder| folder.is_dir());
    for folder in folders.filter(|one| one.file_name().unwrap().to_str().unwrap().starts_with('.')) {
        contents.insert(folder.file_name().unwrap().to_str().unwrap().to_owned(), messages(&folder));
    }
    contents.insert(String::new(), messages(path));
    contents
}

fn messages(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    assert!(files(&folder.join("tmp")).is_empty() && files(&folder.join("new")).is_empty());
    let files = files(&folder.join("cur")).into_iter();
    files
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&file).unwrap()))
        .collect()
}

/// What the server has, as Python sees it.
fn there(imap: u16) -> Contents {
    // Names in modified UTF-7 need no more than their delimiter replaced.
    const SCRIPT: &str = r#"
import re
letters = [('\\Draft', 'D'), ('\\Flagged', 'F'), ('$Forwarded', 'P'), ('\\Answered', 'R'), ('\\Seen', 'S'), ('\\Deleted', 'T')]
for line in ok(c.list()):
    attributes, name = re.fullmatch(rb'\((.*?)\) "/" "?(.*?)"?', line).groups()
    if b'\\Noselect' in attributes or b'\\NonExistent' in attributes:
        continue
    ok(c.select('"' + name.decode() + '"', readonly=True))
    validity = c.response('UIDVALIDITY')[1][0].decode()
    print('mailbox', '' if name == b'INBOX' else '.' + name.decode().replace('/', '.'), sep='\t')
    for item in ok(c.uid('FETCH', '1:*', '(FLAGS BODY.PEEK[])')):
        if not isinstance(item, tuple):
            continue
        uid = re.search(rb'UID (\d+)', item[0]).group(1).decode()
        flags = re.search(rb'FLAGS \((.*?)\)', item[0]).group(1).decode().split()
        info = ''.join(letter for flag, letter in letters if flag in flags)
        print('message', f'{validity}.{uid}.imap_client:2,{info}', item[1].hex(), sep='\t')
"#;
    let mut contents = Contents::new();
    let mut mailbox = String::new();
    for line in another_client(imap, SCRIPT).lines() {
        let fields: Vec<_> = line.split('\t').collect();
        match fields[..] {
            ["mailbox", name] => {
                mailbox = name.to_owned();
                contents.insert(mailbox.clone(), BTreeMap::new());
            }
            ["message", name, hex] => {
                let digits: Vec<_> =
                    hex.bytes().map(|digit| char::from(digit).to_digit(16).unwrap()).collect();
                let octets = digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect();
                contents.get_mut(&mailbox).unwrap().insert(name.to_owned(), octets);
            }
            _ => panic!("{line:?}"),
        }
    }
    contents
}

/// Another client does this and that, and the mirror follows.
#[track_caller]
fn follows(imap: u16, options: &[&str], method: &str) {
    const DRAFTS: &str = "Entwürfe/日本語 & co";
    let folder = TempDir::new("mirror");
    let mirror = Mirror { imap, folder: &folder, options, method };
    for name in [DRAFTS, "Lists", "Lists/rust"] {
        as_user(imap, &["create", name]).expect_code(0);
    }
    let files = [message::plain(), message::dots(), message::utf8(), message::big()[..300_000].to_vec()];
    for (count, content) in files.iter().enumerate() {
        let file = folder.write(&format!("{count}.eml"), content);
        for mailbox in ["INBOX", DRAFTS] {
            as_user(imap, &["append", "--flag", "\\Seen", mailbox, file.to_str().unwrap()]).expect_code(0);
        }
    }
    // The first time, all.
    let said = mirror.sync();
    assert_eq!(said.transferred, 8, "{said:?}");
    assert!(said.lines["INBOX"].starts_with("4 new, 0 gone, 0 with other flags, 4 in all, by "), "{said:?}");
    // The second time, nothing.
    let nothing = "0 new, 0 gone, 0 with other flags, 4 in all";
    mirror.sync_saying(&[("INBOX", nothing), (DRAFTS, nothing)], 0);

    // New, deleted and flagged messages.
    another_client(
        imap,
        "ok(c.select()); ok(c.store('1', '+FLAGS', '(\\\\Flagged \\\\Answered)'))
ok(c.store('2', '-FLAGS', '\\\\Seen')); ok(c.store('3', '+FLAGS', '\\\\Deleted')); ok(c.expunge())
ok(c.append('INBOX', '($Forwarded)', None, b'Subject: new\\r\\n\\r\\nnew\\r\\n'))
ok(c.append('INBOX', None, None, b'Subject: newer\\r\\n\\r\\nnewer\\r\\n'))",
    );
    mirror.sync_saying(&[("INBOX", "2 new, 1 gone, 2 with other flags, 5 in all"), (DRAFTS, nothing)], 2);
    // One that comes and goes, and one that is deleted and nothing else.
    another_client(
        imap,
        "ok(c.append('INBOX', None, None, b'Subject: gone\\r\\n\\r\\ngone\\r\\n'))
ok(c.select()); ok(c.store('1,6', '+FLAGS', '\\\\Deleted')); ok(c.expunge())",
    );
    mirror.sync_saying(&[("INBOX", "0 new, 1 gone, 0 with other flags, 4 in all")], 0);
    // As many come as go.
    another_client(
        imap,
        "ok(c.select()); ok(c.store('1', '+FLAGS', '\\\\Deleted')); ok(c.expunge())
ok(c.append('INBOX', '\\\\Draft', None, b'Subject: last\\r\\n\\r\\nlast\\r\\n'))",
    );
    mirror.sync_saying(&[("INBOX", "1 new, 1 gone, 0 with other flags, 4 in all")], 1);
    mirror.sync_saying(&[("INBOX", nothing), (DRAFTS, nothing)], 0);

    // What is changed here is put right; what is not ours is left alone.
    let mut ours = crate::interop::maildir::files(&mirror.path().join("cur")).into_iter();
    std::fs::remove_file(ours.next().unwrap()).unwrap();
    let file = ours.next().unwrap();
    let (name, _) = file.to_str().unwrap().split_once(":2,").unwrap();
    std::fs::rename(&file, format!("{name}:2,DFRT")).unwrap();
    mirror.sync_saying(&[("INBOX", "1 new, 0 gone, 1 with other flags, 4 in all")], 1);

    // A mailbox that is new, one that is renamed, one that is gone.
    another_client(
        imap,
        "ok(c.create('Lists/c')); ok(c.append('Lists/c', None, None, b'Subject: c\\r\\n\\r\\nc\\r\\n'))
ok(c.rename('\"Entw&APw-rfe/&ZeVnLIqe- &- co\"', '\"&MMY-st\"')); ok(c.delete('Lists/rust'))",
    );
    let said = mirror.sync();
    assert_eq!(said.transferred, 5, "{said:?}");
    assert_eq!((&*said.lines[DRAFTS], &*said.lines["Lists/rust"]), ("gone", "gone"), "{said:?}");
    assert!(said.lines["テst"].starts_with("4 new, 0 gone, "), "{said:?}");
    mirror.sync_saying(&[("テst", nothing)], 0);

    // The name is the same, but the mailbox is another one: UIDVALIDITY is.
    another_client(imap, "ok(c.delete('\"&MMY-st\"'))\nok(c.create('\"&MMY-st\"'))
for text in [b'1', b'2']: ok(c.append('\"&MMY-st\"', None, None, b'Subject: other\\r\\n\\r\\n' + text + b'\\r\\n'))");
    let said = mirror.sync();
    assert_eq!(said.transferred, 2, "{said:?}");
    assert_eq!(said.lines["テst"], "2 new, 4 gone, 0 with other flags, 2 in all, by a list of all flags");
    mirror.sync_saying(&[("テst", "0 new, 0 gone, 0 with other flags, 2 in all")], 0);

    // What was known is lost: nothing that is here is transferred again.
    std::fs::write(mirror.path().join("imap_client.json"), "{").unwrap();
    assert_eq!(mirror.sync().transferred, 0);
    mirror.sync_saying(&[("INBOX", nothing)], 0);
}

/// The connection breaks within a message; what came before is not transferred again, and nothing is lost.
#[test]
#[ignore = "needs Dovecot"]
fn dovecot_is_cut_off() {
    let _alone = alone();
    let dovecot = DovecotImap::start();
    let folder = TempDir::new("mirror");
    let file = folder.write("message.eml", &message::big()[..500_000]);
    for _ in 0..4 {
        as_user(dovecot.imap, &["append", "INBOX", file.to_str().unwrap()]).expect_code(0);
    }
    let options = ["--without", "COMPRESS"];
    let mirror = Mirror { imap: dovecot.imap, folder: &folder, options: &options, method: "QRESYNC" };
    let path = mirror.path();
    for (octets, files) in [(700_000, 1), (400_000, 1), (1_200_000, 3)] {
        let relay = Relay::cutting(dovecot.imap, octets);
        let ended = as_user(relay.port, &[&options[..], &["sync", path.to_str().unwrap()]].concat());
        let said = ended.expect_code(1).stderr;
        assert!(said.starts_with("imap_client: INBOX: ") && said.lines().count() == 1, "{said}");
        assert_eq!(crate::interop::maildir::files(&path.join("cur")).len(), files);
        assert!(!path.join("imap_client.json").exists());
    }
    assert_eq!(mirror.sync().transferred, 1);
    mirror.sync_saying(&[("INBOX", "0 new, 0 gone, 0 with other flags, 4 in all")], 0);
}

/// Everything that Dovecot offers to synchronise by, but for some.
const NO_QRESYNC: &str = "IMAP4rev1 LITERAL+ ENABLE UIDPLUS CONDSTORE ESEARCH";
const NO_CONDSTORE: &str = "IMAP4rev1 UIDPLUS";

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_by_qresync() {
    let _alone = alone();
    follows(DovecotImap::start().imap, &[], "QRESYNC");
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_by_condstore() {
    let _alone = alone();
    follows(DovecotImap::offering(NO_QRESYNC).imap, &[], "CONDSTORE");
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_by_flags() {
    let _alone = alone();
    follows(DovecotImap::offering(NO_CONDSTORE).imap, &[], "a list of all flags");
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_by_qresync() {
    let _alone = alone();
    follows(Cyrus::start().imap, &[], "QRESYNC");
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_by_condstore_and_without() {
    let _alone = alone();
    follows(Cyrus::start().imap, &["--without", "QRESYNC"], "CONDSTORE");
    let without = ["--without", "QRESYNC", "--without", "CONDSTORE", "--without", "ESEARCH"];
    follows(Cyrus::start().imap, &without, "a list of all flags");
}
