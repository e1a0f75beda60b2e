//! mbsync and offlineimap: both sides are the same afterwards, whatever changed on which, and nothing changes when they run
//! again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::imap_server::ImapServer;
use crate::interop::maildir::files;
use crate::interop::message;
use crate::interop::programs::{in_time, run};
use crate::interop::{PASSWORD, TempDir, USER, alone};
use crate::reader::ImapReader;
use crate::{inbox, multipart, set, start};

/// A message without what a side has of its own: its content in Unix lines, without the field that a client puts in to find
/// its message again.
type Same = (String, BTreeSet<String>);

/// Commands that change something. Not among them is CLOSE, which expunges what is marked: whether anything was shows
/// elsewhere.
const CHANGES: [&str; 8] = ["STORE", "APPEND", "EXPUNGE", "COPY", "MOVE", "CREATE", "DELETE", "RENAME"];

/// What a synchroniser keeps a local copy of.
trait Synchroniser {
    /// The name of the program.
    const PROGRAM: &'static str;
    /// A field that it puts into messages that it uploads.
    const OWN_FIELD: &'static str;

    fn configure(folder: &TempDir, server: &ImapServer) -> String;
    fn arguments(configuration: &Path) -> Vec<String>;
    /// The folder of a mailbox below that of the test.
    fn folder(mailbox: &str) -> PathBuf;
}

struct Mbsync;

impl Synchroniser for Mbsync {
    const PROGRAM: &'static str = "mbsync";
    const OWN_FIELD: &'static str = "X-TUID:";

    fn configure(folder: &TempDir, server: &ImapServer) -> String {
        let path = folder.path().display();
        format!(
            "IMAPAccount server\nHost localhost\nPort {}\nUser {USER}\nPass \"{PASSWORD}\"\nSSLType STARTTLS\n\
            CertificateFile {}\n\nIMAPStore far\nAccount server\n\n\
            MaildirStore near\nPath {path}/mail/\nInbox {path}/mail/INBOX\nSubFolders Verbatim\n\n\
            Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nRemove Both\nSyncState *\n",
            server.imap,
            server.certificate.chain.display(),
        )
    }

    fn arguments(configuration: &Path) -> Vec<String> {
        vec!["-c".into(), configuration.display().to_string(), "-a".into(), "-V".into()]
    }

    fn folder(mailbox: &str) -> PathBuf {
        Path::new("mail").join(mailbox)
    }
}

struct OfflineImap;

impl Synchroniser for OfflineImap {
    const PROGRAM: &'static str = "offlineimap";
    const OWN_FIELD: &'static str = "X-OfflineIMAP:";

    /// Without STARTTLS: its library reads from another thread meanwhile, and may miss what comes first under TLS.
    fn configure(folder: &TempDir, server: &ImapServer) -> String {
        let path = folder.path().display();
        format!(
            "[general]\naccounts = all\nmetadata = {path}/metadata\nui = basic\nsocktimeout = 30\n\n\
            [Account all]\nlocalrepository = near\nremoterepository = far\n\n\
            [Repository near]\ntype = Maildir\nlocalfolders = {path}/mail\n\n\
            [Repository far]\ntype = IMAP\nremotehost = localhost\nremoteport = {}\nremoteuser = {USER}\n\
            remotepass = {PASSWORD}\nssl = yes\nsslcacertfile = {}\nauth_mechanisms = PLAIN\n",
            server.imaps,
            server.certificate.chain.display(),
        )
    }

    fn arguments(configuration: &Path) -> Vec<String> {
        vec!["-o".into(), "-c".into(), configuration.display().to_string()]
    }

    fn folder(mailbox: &str) -> PathBuf {
        Path::new("mail").join(mailbox.replace('/', "."))
    }
}

#[test]
#[ignore = "needs isync"]
fn to_mbsync() {
    synchronises::<Mbsync>();
}

#[test]
#[ignore = "needs offlineimap"]
fn to_offlineimap() {
    synchronises::<OfflineImap>();
}

fn synchronises<S: Synchroniser>() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("CREATE Archive/2024");
    reader.append("Archive/2024", "\\Seen", &message::dots());

    let folder = TempDir::new(S::PROGRAM);
    std::fs::create_dir(folder.path().join("mail")).unwrap();
    let configuration = folder.write("configuration", S::configure(&folder, &server));
    let synchronise = || {
        run(in_time(S::PROGRAM).args(S::arguments(&configuration)).env("HOME", folder.path()), b"")
            .expect_code(0);
        server.commands()
    };
    let near = |mailbox: &str| near(&folder.path().join(S::folder(mailbox)), S::OWN_FIELD);
    let mailboxes = ["INBOX", "Archive/2024"];

    // What there is comes here.
    synchronise();
    for mailbox in mailboxes {
        assert_eq!(near(mailbox), far(&mut reader, mailbox, S::OWN_FIELD), "{mailbox}");
    }
    assert_eq!(near("INBOX").len(), inbox().len());

    // Both sides change: here a message is new, one is flagged and one goes,
    let local = folder.path().join(S::folder("INBOX"));
    let fresh = String::from_utf8(multipart()).unwrap().replace("\r\n", "\n");
    std::fs::write(local.join("cur/1700000000.fresh:2,FS"), fresh.replace("multipart@", "fresh@")).unwrap();
    change_flags(&local, "Message-ID: <dots@example.com>", "FS");
    remove(&local, "Message-ID: <plain@example.com>");
    // there the same, in another mailbox, too; and there is a new one.
    let far_fresh = String::from_utf8(message::plain()).unwrap().replace("plain@", "other@");
    reader.append("INBOX", "\\Flagged", far_fresh.as_bytes());
    reader.append("Archive/2024", "", &message::utf8());
    reader.command("CREATE Fresh");
    reader.append("Fresh", "\\Answered", &message::utf8());
    reader.command("SELECT INBOX");
    reader.command("UID STORE 4 FLAGS (\\Answered \\Seen)");
    reader.command("UID STORE 3 +FLAGS (\\Deleted)");
    reader.command("UID EXPUNGE 3");
    reader.command("UNSELECT");

    synchronise();
    let expected: BTreeSet<Same> = [
        (unix(&message::dots(), ""), set(&["\\Flagged", "\\Seen"])),
        (unix(&multipart(), ""), set(&["\\Answered", "\\Seen"])),
        (fresh.replace("multipart@", "fresh@"), set(&["\\Flagged", "\\Seen"])),
        (unix(far_fresh.as_bytes(), ""), set(&["\\Flagged"])),
    ]
    .into();
    assert_eq!(near("INBOX"), expected);
    for mailbox in ["INBOX", "Archive/2024", "Fresh"] {
        assert_eq!(near(mailbox), far(&mut reader, mailbox, S::OWN_FIELD), "{mailbox}");
    }
    assert_eq!((near("Archive/2024").len(), near("Fresh").len()), (2, 1));

    // Nothing has changed, and nothing does, here or there.
    let mut state = || {
        let names = ["INBOX", "Archive/2024", "Fresh"].map(|mailbox| {
            let folder = folder.path().join(S::folder(mailbox));
            (files(&folder.join("cur")), files(&folder.join("new")), reader.messages(mailbox))
        });
        (names, reader.command("STATUS INBOX (HIGHESTMODSEQ UIDNEXT)"))
    };
    let before = state();
    server.commands();
    let commands = synchronise();
    let changes: Vec<_> = commands.iter().filter(|line| CHANGES.iter().any(|of| line.contains(of))).collect();
    assert!(changes.is_empty(), "{changes:?}");
    assert!(commands.iter().any(|line| line == "SELECT OK"), "{commands:?}");
    assert_eq!(state(), before);
}

/// What the server has.
fn far(reader: &mut ImapReader, mailbox: &str, own: &str) -> BTreeSet<Same> {
    let messages = reader.messages(mailbox);
    messages.into_iter().map(|message| (unix(&message.content, own), message.flags)).collect()
}

/// What a Maildir has.
fn near(maildir: &Path, own: &str) -> BTreeSet<Same> {
    let all = ["cur", "new"].into_iter().flat_map(|place| files(&maildir.join(place)));
    all.map(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let letters = name.split_once(":2,").map_or("", |(_, letters)| letters);
        let flags = letters.chars().map(|letter| match letter {
            'D' => "\\Draft",
            'F' => "\\Flagged",
            'R' => "\\Answered",
            'S' => "\\Seen",
            'T' => "\\Deleted",
            letter => panic!("{letter}"),
        });
        (unix(&std::fs::read(&file).unwrap(), own), flags.map(str::to_owned).collect())
    })
    .collect()
}

/// With Unix' line ends, and without the field.
fn unix(message: &[u8], own: &str) -> String {
    let text = String::from_utf8(message.to_vec()).unwrap().replace("\r\n", "\n");
    let lines = text.split_inclusive('\n');
    lines.filter(|line| own.is_empty() || !line.starts_with(own)).collect()
}

/// The file of the message that has this line in its header.
fn find(maildir: &Path, line: &str) -> PathBuf {
    let mut all = ["cur", "new"].into_iter().flat_map(|place| files(&maildir.join(place)));
    let is_it = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        text.lines().take_while(|line| !line.is_empty()).any(|one| one == line)
    };
    all.find(is_it).unwrap()
}

fn change_flags(maildir: &Path, line: &str, letters: &str) {
    let file = find(maildir, line);
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let base = name.split(":2,").next().unwrap();
    std::fs::rename(&file, maildir.join("cur").join(format!("{base}:2,{letters}"))).unwrap();
}

fn remove(maildir: &Path, line: &str) {
    std::fs::remove_file(find(maildir, line)).unwrap();
}
