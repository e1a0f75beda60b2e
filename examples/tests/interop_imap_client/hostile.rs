//! Servers that mean no good, or make no sense: what they say stays text, and what they send stays where it belongs.

use std::path::Path;

use crate::interop::TempDir;
use crate::interop::imap_client::imap_client;
use crate::interop::maildir::files;
use crate::interop::programs::Ended;
use crate::interop::script::Script;

const GREETING: &str = "* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n";
const EMPTY: &str = "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] same\r\n* OK [UIDNEXT 1] next\r\n";
const LOGOUT: (&str, &str) = ("LOGOUT", "* BYE bye\r\n");

/// Runs the client against this server, and insists that the conversation has taken place.
#[track_caller]
fn ask(script: Script, arguments: &[&str]) -> Ended {
    let ended = imap_client(script.port, &[&["--tls", "none"], arguments].concat());
    script.finish();
    ended
}

/// What is in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    files(folder).iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn a_mirror_stays_in_its_folder() {
    let folder = TempDir::new("hostile");
    let mirror = folder.path().join("mirror");
    let script = Script::start(
        GREETING,
        &[
            ("LIST \"\" *", "* LIST () \"/\" /\r\n* LIST () \"/\" \"../x\"\r\n* LIST () NIL \"\"\r\n"),
            ("EXAMINE /", EMPTY),
            ("EXAMINE ../x", EMPTY),
            ("EXAMINE \"\"", EMPTY),
            LOGOUT,
        ],
    );
    ask(script, &["sync", mirror.to_str().unwrap()]).expect_code(0);
    assert_eq!(names(folder.path()), ["mirror"]);
    let places = [".&AAA-", ".&AAA-.&AAA-", ".&AC4-&AC4-.x", "imap_client.lock"];
    assert_eq!(names(&mirror), places);
}

#[test]
fn a_mailbox_without_a_place_leaves_the_others_theirs() {
    let folder = TempDir::new("hostile");
    // Not ours, and no folder.
    folder.write(".DS_Store", "");
    let long = "x".repeat(300);
    let list = format!("* LIST () \"/\" {long}\r\n* LIST () \"/\" a/b\r\n* LIST () \".\" a.b\r\n");
    let list: &str = list.leak();
    let script = Script::start(GREETING, vec![("LIST \"\" *", list), ("EXAMINE a/b", EMPTY)].leak());
    let ended = ask(script, &["sync", folder.path().to_str().unwrap()]).expect_code(1);
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert!(lines[0].starts_with(&format!("imap_client: {long}: cannot make ")), "{ended:?}");
    assert!(lines[1].starts_with("imap_client: a.b: another mailbox has its place, "), "{ended:?}");
    assert_eq!(lines[2..], ["imap_client: 2 of 3 mailboxes are not up to date"]);
    assert_eq!(names(folder.path()), [".DS_Store", ".a.b", "imap_client.lock"]);
}

#[test]
fn what_servers_write_is_shown_on_one_line() {
    let script = Script::start(
        GREETING,
        &[("LIST \"\" *", "* LIST () \"/\" \"a\x1b[31mb\"\r\n* LIST () \"/\" {3}\r\nc\nd\r\n"), LOGOUT],
    );
    let ended = ask(script, &["list"]).expect_code(0);
    assert_eq!(ended.stdout, "() \"/\" a\\u{1b}[31mb\n() \"/\" c\\nd\n");
    let script = Script::start("* BYE \x1b]0;owned\x07\r\n", &[]);
    let ended = ask(script, &["list"]).expect_code(1);
    assert_eq!(ended.stderr, "imap_client: the server refuses to talk: \\u{1b}]0;owned\\u{7}\n");
    let script = Script::start(
        GREETING,
        &[
            ("SELECT INBOX", "* OK [ALERT] \x1b[2J\r\n* 1 EXISTS\r\n"),
            (
                "UID FETCH 1 (FLAGS ENVELOPE)",
                "* 1 FETCH (UID 1 PREVIEW \"\x1b[2J\" ENVELOPE (NIL \"=?UTF-8?Q?a=1B[2Jb?=\" NIL NIL NIL NIL NIL NIL \
                 NIL \"<\x1bc>\"))\r\n",
            ),
            LOGOUT,
        ],
    );
    let ended = ask(script, &["fetch", "1", "FLAGS", "ENVELOPE"]).expect_code(0);
    assert_eq!(ended.stderr, "imap_client: the server says: \\u{1b}[2J\n");
    assert!(!ended.stdout.contains('\x1b') && ended.stdout.contains("Subject: a\\u{1b}[2Jb\n"), "{ended:?}");
    assert!(ended.stdout.contains("Message-ID: <\\u{1b}c>\n"), "{ended:?}");
}
