//! Servers that mean no good, or make no sense: what they say stays text, and what they send stays where it belongs.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::interop::TempDir;
use crate::interop::imap_client::{imap_client, watch};
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

/// Contents that come in pieces and were not asked for are not part of those that were.
#[test]
fn contents_are_kept_apart() {
    const SIZE: usize = 70_000;
    let [asked, other] = ["a", "b"].map(|octet| octet.repeat(SIZE));
    let folder = TempDir::new("hostile");
    let script = Script::start(
        GREETING,
        vec![
            ("LIST \"\" *", "* LIST () NIL INBOX\r\n"),
            ("EXAMINE INBOX", "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] same\r\n* OK [UIDNEXT 2] next\r\n"),
            ("UID FETCH 1:* (FLAGS)", "* 1 FETCH (UID 1 FLAGS ())\r\n"),
            (
                "UID FETCH 1 (UID BODY.PEEK[])",
                &*format!(
                    "* 1 FETCH (UID 1 BODY[] {{{SIZE}}}\r\n{asked} BODY[TEXT] {{{SIZE}}}\r\n{other})\r\n"
                )
                .leak(),
            ),
            LOGOUT,
        ]
        .leak(),
    );
    ask(script, &["sync", folder.path().to_str().unwrap()]).expect_code(0);
    assert!(std::fs::read(folder.path().join("cur/7.1.imap_client:2,")).unwrap() == asked.as_bytes());
    let script = Script::start(
        GREETING,
        vec![
            ("SELECT INBOX", "* 2 EXISTS\r\n"),
            (
                "UID FETCH 1 (BODY[TEXT])",
                &*format!(
                    "* 2 FETCH (UID 2 BODY[TEXT] {{{SIZE}}}\r\n{other})\r\n* 1 FETCH (UID 1 BODY[TEXT] \"text\")\r\n"
                )
                .leak(),
            ),
            LOGOUT,
        ]
        .leak(),
    );
    let ended = ask(script, &["fetch", "1", "BODY[TEXT]"]).expect_code(0);
    assert_eq!(ended.stdout, "message 1\n  UID 1\n  BODY[TEXT] 4 octets\ntext\n");
}

/// Who wants to go does not wait for a server that says nothing more.
#[test]
fn a_silent_server_keeps_nobody() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let greeting = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n";
        stream.write_all(greeting.as_bytes()).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut heard = Vec::new();
        for line in lines.map(Result::unwrap) {
            if let Some(tag) = line.strip_suffix(" EXAMINE INBOX") {
                stream.write_all(format!("{tag} OK open\r\n").as_bytes()).unwrap();
            } else if line.ends_with(" IDLE") {
                stream.write_all(b"+ idling\r\n").unwrap();
            }
            heard.push(line);
        }
        heard.pop()
    });
    let mut watching = watch(port, &["watch"]);
    assert_eq!(watching.next_line(), "watching INBOX");
    assert_eq!(watching.stop("INT"), Some(0));
    assert_eq!(server.join().unwrap().as_deref(), Some("DONE"));
}
