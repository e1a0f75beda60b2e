//! IMAP: what is said of mailboxes in clear changes nothing of what is known of them under TLS.

use std::collections::BTreeMap;
use std::path::Path;

use crate::imap_server::ImapServer;
use crate::imap_starttls::{Fared, Middle, run};
use crate::interop::TempDir;
use crate::interop::maildir::files;

/// What is said: each by the number that it has among the cases.
const UNTAGGED: [(&str, &str); 13] = [
    ("01_list", "* LIST () \"/\" 7XiYhgS7\r\n"),
    ("02_lsub", "* LSUB () \"/\" 7XiYhgS7\r\n"),
    ("03_status_1", "* STATUS 7XiYhgS7 (MESSAGES 718001 UIDNEXT 718003)\r\n"),
    (
        "03_status_2",
        "* STATUS INBOX (MESSAGES 718001 RECENT 718002 UIDNEXT 718003 UNSEEN 718004 UIDVALIDITY 718005)\r\n",
    ),
    ("04_search", "* SEARCH 718001 718002\r\n"),
    ("05_flags", "* FLAGS (7XiYhgS7)\r\n"),
    ("06_exists", "* 718001 EXISTS\r\n"),
    ("07_recent", "* 718002 RECENT\r\n"),
    ("08_expunge", "* 1 EXPUNGE\r\n"),
    (
        "09_fetch",
        "* 1 FETCH (UID 1 FLAGS (7XiYhgS7) ENVELOPE (NIL \"7XiYhgS7\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
    ),
    ("10_vanished", "* VANISHED (EARLIER) 1:4294967295\r\n"),
    ("untagged_capability", "* CAPABILITY IMAP4rev1 STARTTLS UIDONLY COMPRESS=DEFLATE AUTH=XOAUTH2\r\n"),
    ("codes", "* OK [UIDVALIDITY 718005] x\r\n* OK [HIGHESTMODSEQ 718006] x\r\n* OK [READ-ONLY] x\r\n"),
];

/// What a client is asked for. `{dir}` is an empty folder.
const COMMANDS: [&[&str]; 5] = [
    &["list"],
    &["status"],
    &["search", "ALL"],
    &["fetch", "1:*", "FLAGS", "ENVELOPE"],
    // By way of the view of the mailbox.
    &["sync", "{dir}"],
];

/// All that has come of a command.
#[derive(Debug, PartialEq)]
struct Outcome {
    client: Fared,
    /// The commands that the server has seen, with their answers.
    commands: Vec<String>,
    /// Files with their contents.
    files: BTreeMap<String, Vec<u8>>,
}

fn outcome(server: &ImapServer, middle: Middle<'_>, command: &[&str]) -> Outcome {
    let folder = TempDir::new("tampering");
    let path = folder.path().to_str().unwrap();
    let command: Vec<_> = command.iter().map(|&word| if word == "{dir}" { path } else { word }).collect();
    let client = run(middle, Some(server), &command);
    Outcome { client, commands: server.commands(), files: contents(folder.path()) }
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let content = |path: &Path| match path.is_dir() {
        true => files(path).iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect(),
        false => std::fs::read(path).unwrap(),
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files(folder).iter().map(|path| (name(path), content(path))).collect()
}

/// Each of them behind the greeting and in front of the answer to STARTTLS: the client says, prints and keeps the same, and the
/// server is asked the same.
#[test]
fn east_tampering_01_to_10_after_greeting_and_before_starttls() {
    let message = b"Subject: true\r\n\r\ntext\r\n";
    let server = ImapServer::start(&[("1.a:2,S", message), ("2.b:2,", message)], &[]);
    for command in COMMANDS {
        let honest = outcome(&server, Middle::HONEST, command);
        assert_eq!((honest.client.code, &*honest.client.stderr), (0, ""), "{command:?}");
        assert_eq!(honest.client.in_clear, ["STARTTLS"]);
        assert!(honest.commands.len() >= 4, "{honest:?}");
        assert_eq!(honest.files.is_empty(), command[0] != "sync");
        for (id, untagged) in UNTAGGED {
            let greeting = format!("{}{untagged}", Middle::HONEST.greeting);
            let after_greeting = Middle { greeting: &greeting, ..Middle::HONEST };
            assert_eq!(outcome(&server, after_greeting, command), honest, "after_greeting {id}");
            let starttls = format!("{untagged}{}", Middle::HONEST.starttls);
            let before_starttls = Middle { starttls: &starttls, ..Middle::HONEST };
            assert_eq!(outcome(&server, before_starttls, command), honest, "before_starttls {id}");
        }
    }
}

/// All of them at once are more than a server can have to say there.
#[test]
fn east_tampering_without_end() {
    let all = UNTAGGED.map(|(_, untagged)| untagged).concat().repeat(2);
    let starttls = format!("{all}{}", Middle::HONEST.starttls);
    let client = run(Middle { starttls: &starttls, ..Middle::HONEST }, None, &["list"]);
    crate::imap_starttls::gives_up(
        "flood",
        client,
        &["STARTTLS"],
        "limit exceeded: too many unexpected responses",
    );
}
