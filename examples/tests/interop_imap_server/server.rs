//! The program itself: it ends in good order, finds again what it has written, and holds out against what no client sends.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::interop::maildir::files;
use crate::interop::message;
use crate::interop::programs::example;
use crate::interop::{PASSWORD, USER, alone};
use crate::reader::{ImapReader, Message};
use crate::{inbox, multipart, set, start, start_with};

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn signals_end_the_server() {
    let _alone = alone();
    for signal in ["INT", "TERM"] {
        let mut server = start();
        assert_eq!(server.reader().messages("INBOX"), inbox());
        assert_eq!(server.stop(signal), Some(0), "{signal}");
    }
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn what_is_written_is_found_again() {
    let _alone = alone();
    let mut server = start_with(&["--write"]);
    let mut reader = server.reader();
    reader.command("CREATE Work/2024");
    reader.append("Work/2024", "\\Flagged $Forwarded urgent", &multipart());
    reader.append("Work/2024", "", &message::plain());
    reader.command("SUBSCRIBE Work");
    reader.command("SELECT INBOX");
    reader.command("STORE 1 FLAGS (\\Answered urgent)");
    reader.command("UID MOVE 2 Work/2024");
    reader.command("UID STORE 4 FLAGS (\\Deleted)");
    reader.command("EXPUNGE");
    reader.command("RENAME Work Jobs");
    let facts = "STATUS INBOX (UIDNEXT UIDVALIDITY)";
    let before = [reader.messages("INBOX"), reader.messages("Jobs/2024")];
    let (validity, listed) = (reader.command(facts), reader.command("LIST (SUBSCRIBED) \"\" *"));
    assert_eq!(server.stop("TERM"), Some(0));

    let [first, second, third, _] = inbox().try_into().unwrap();
    let first = Message { flags: set(&["\\Answered", "urgent"]), ..first };
    let content = multipart();
    let work = Message { uid: 1, flags: set(&["\\Flagged", "$Forwarded", "urgent"]), content };
    let plain = Message { uid: 2, flags: set(&[]), content: message::plain() };
    assert_eq!(before, [vec![first, third], vec![work, plain, Message { uid: 3, ..second }]]);
    let server = server.again(&["--write"]);
    let mut reader = server.reader();
    assert_eq!([reader.messages("INBOX"), reader.messages("Jobs/2024")], before);
    assert_eq!(reader.command(facts), validity);
    assert_eq!(reader.command("LIST (SUBSCRIBED) \"\" *"), listed);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn without_write_the_maildir_stays() {
    let _alone = alone();
    let server = start();
    let before = files(&server.maildir().join("cur"));
    let mut reader = server.reader();
    reader.append("INBOX", "", &message::plain());
    reader.command("CREATE other");
    reader.command("SELECT INBOX");
    reader.command("STORE 1:* +FLAGS (\\Deleted)");
    reader.command("EXPUNGE");
    assert_eq!(reader.messages("INBOX"), []);
    assert_eq!(files(&server.maildir().join("cur")), before);
    assert_eq!(files(&server.maildir()).len(), 3);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn nobody_reads_what_it_prints() {
    let _alone = alone();
    let mut command = Command::new(example("imap_server"));
    command.args(["--listen", "127.0.0.1:0", "--user", USER, "--password", PASSWORD, "--insecure-auth"]);
    let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    // The pipe is closed.
    let port = line.trim_end().rsplit_once(':').unwrap().1.parse().unwrap();
    let mut reader = ImapReader::connect(port);
    reader.command("NOOP");
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn there_is_one_inbox() {
    let _alone = alone();
    let mut server = start();
    assert_eq!(server.stop("TERM"), Some(0));
    for folder in [".inbox", ".Inbox.a", ".INBOX.b"] {
        std::fs::create_dir_all(server.maildir().join(folder).join("cur")).unwrap();
    }
    let server = server.again(&[]);
    let listed = server.reader().ask("LIST \"\" *");
    let inbox = ["* LIST (\\HasChildren) \"/\" INBOX", "* LIST (\\HasNoChildren) \"/\" INBOX/b"];
    assert_eq!(listed, [&inbox[..], &["a OK that is all"]].concat());
}
