//! Messages there and back: append, fetch, save, search, flag, move; mailboxes whose names are not ASCII.

use std::path::Path;

use crate::interop::cyrus::Cyrus;
use crate::interop::dovecot_imap::DovecotImap;
use crate::interop::imap_client::{another_client, as_user, imap_client};
use crate::interop::maildir::files;
use crate::interop::message::{self, assert_same};
use crate::interop::programs::{example, in_time, program, run};
use crate::interop::script::Script;
use crate::interop::{PASSWORD, TempDir, USER, alone};

/// Fewer capabilities, so that each of them has to be done without: SASL-IR, LITERAL+, ESEARCH, BINARY, MOVE, COMPRESS.
const FEW: &str = "IMAP4rev1 UIDPLUS";

/// Two parts: text in quoted-printable, and octets of every kind in base64.
fn parts() -> (Vec<u8>, [(&'static str, Vec<u8>); 2]) {
    let octets: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let mut encoded = String::new();
    for chunk in octets.chunks(57) {
        encoded += &base64::Engine::encode(&base64::engine::general_purpose::STANDARD, chunk);
        encoded += "\r\n";
    }
    let text = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        Gr=C3=BC=C3=9Fe,\r\na line that =\r\ngoes on =3D\r\n";
    let message = format!(
        "From: =?utf-8?q?J=C3=BCrgen?= <sender@example.com>\r\nTo: alice@example.org\r\n\
         Subject: =?utf-8?b?5pel5pys?=\r\nDate: Mon, 03 Mar 2025 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{text}\r\n--b\r\n\
         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=octets.bin\r\n\r\n{encoded}\r\n--b--\r\n"
    );
    let plain = "Grüße,\r\na line that goes on =\r\n".as_bytes().to_vec();
    (message.into_bytes(), [("1", plain), ("2", octets)])
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Appends a file and insists on the UID.
#[track_caller]
fn append(imap: u16, options: &[&str], mailbox: &str, content: &[u8], uid: u32) {
    let folder = TempDir::new("imap");
    let file = text(&folder.write("message.eml", content));
    let ended = as_user(imap, &[options, &["append", mailbox, &file]].concat()).expect_code(0);
    assert_eq!(ended.stdout, format!("UID {uid}\n"), "{ended:?}");
}

/// Messages come back as they were sent, however their literals are announced.
#[track_caller]
fn there_and_back(imap: u16) {
    let folder = TempDir::new("imap");
    let back = text(&folder.path().join("back"));
    let literals: [&[&str]; _] =
        [&[], &["--without", "LITERAL+"], &["--without", "LITERAL+", "--without", "LITERAL-"]];
    let mut uid = 0;
    for options in literals {
        for sent in [message::plain(), message::dots(), message::utf8(), Vec::from("Subject: empty\r\n\r\n")]
        {
            uid += 1;
            append(imap, options, "INBOX", &sent, uid);
            as_user(imap, &["save", "INBOX", &uid.to_string(), "all", &back]).expect_code(0);
            assert_same(&sent, &std::fs::read(&back).unwrap());
        }
    }
    // A file of Unix.
    let unix: Vec<u8> = message::dots().into_iter().filter(|octet| *octet != b'\r').collect();
    append(imap, &[], "INBOX", &unix, uid + 1);
    as_user(imap, &["save", "INBOX", &(uid + 1).to_string(), "all", &back]).expect_code(0);
    assert_same(&message::dots(), &std::fs::read(&back).unwrap());
}

/// 40 MB, appended, fetched into a file, and saved.
#[track_caller]
fn big(imap: u16) {
    let sent = [message::big(), message::big()].concat();
    let sent = &sent[..40_000_000];
    let folder = TempDir::new("imap");
    append(imap, &["--without", "COMPRESS"], "INBOX", sent, 1);
    let to = text(&folder.path().join("to"));
    let fetch = ["--without", "COMPRESS", "fetch", "--to", &to, "1", "RFC822.SIZE", "BODY.PEEK[]", "FLAGS"];
    let ended = as_user(imap, &fetch).expect_code(0);
    let file = folder.path().join("to/1.body");
    assert!(ended.stdout.contains("  RFC822.SIZE 40000000\n"), "{ended:?}");
    assert!(ended.stdout.contains(&format!("  wrote {}\n", file.display())), "{ended:?}");
    assert_eq!(files(&folder.path().join("to")), std::slice::from_ref(&file));
    assert_same(sent, &std::fs::read(file).unwrap());
}

/// Parts come without their encoding, whoever undoes it.
#[track_caller]
fn saves_parts(imap: u16) {
    let (sent, parts) = parts();
    append(imap, &[], "INBOX", &sent, 1);
    let folder = TempDir::new("imap");
    let file = text(&folder.path().join("part"));
    for options in [&[][..], &["--without", "BINARY"]] {
        for (part, content) in &parts {
            as_user(imap, &[options, &["save", "INBOX", "1", part, &file]].concat()).expect_code(0);
            assert_same(content, &std::fs::read(&file).unwrap());
        }
        std::fs::remove_file(&file).unwrap();
        for (uid, part) in [("1", "3"), ("2", "1")] {
            let ended =
                as_user(imap, &[options, &["save", "INBOX", uid, part, &file]].concat()).expect_code(1);
            let said = format!("imap_client: no message with the UID {uid} has a part {part}\n");
            assert_eq!(ended.stderr, said);
        }
        assert!(files(folder.path()).is_empty());
    }

    let items = ["fetch", "1", "FLAGS", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[1]"];
    let ended = as_user(imap, &items).expect_code(0);
    for line in [
        "message 1",
        "  UID 1",
        "    Date: Mon, 03 Mar 2025 10:00:00 +0000",
        "    Subject: 日本",
        "    From: Jürgen <sender@example.com>",
        "    To: alice@example.org",
        "    TEXT multipart/mixed",
        "    1 text/plain quoted-printable 46 octets",
        "    2 application/octet-stream base64 136846 octets attachment \"octets.bin\"",
        "  BODY[1] 46 octets",
        "Gr=C3=BC=C3=9Fe,\r",
    ] {
        assert!(ended.stdout.split('\n').any(|one| one == line), "{line:?}: {}", ended.stdout);
    }
}

/// Searches, flags and moves.
#[track_caller]
fn handles(imap: u16, moved_by: &str) {
    for (uid, sent) in [(1, message::plain()), (2, parts().0), (3, message::dots())] {
        append(imap, &[], "INBOX", &sent, uid);
    }
    let search = |keys: &[&str]| as_user(imap, &[&["search"], keys].concat()).expect_code(0).stdout;
    assert_eq!(search(&["ALL"]), "1\n2\n3\n");
    assert_eq!(search(&["SUBJECT", "dots"]), "3\n");
    assert_eq!(search(&["BODY \"Grüße\""]), "2\n");
    assert_eq!(search(&["UID", "1,3", "NOT", "SEEN"]), "1\n3\n");
    assert_eq!(search(&["FLAGGED"]), "");

    as_user(imap, &["flag", "2:3", "+FLAGS", "(\\Flagged $Forwarded)"]).expect_code(0);
    assert_eq!(search(&["FLAGGED KEYWORD $Forwarded"]), "2\n3\n");

    let ended = as_user(imap, &["move", "2:3", "Archive"]).expect_code(1);
    assert!(ended.stderr.starts_with("imap_client: the server says NO"), "{ended:?}");
    as_user(imap, &["create", "Archive"]).expect_code(0);
    let ended = as_user(imap, &["-v", "move", "2:3", "Archive"]).expect_code(0);
    assert!(ended.stderr.contains(&format!("moved by {moved_by}\n")), "{ended:?}");
    assert_eq!(search(&["ALL"]), "1\n");
    let archived = |keys: &[&str]| {
        as_user(imap, &[&["--mailbox", "Archive", "search"], keys].concat()).expect_code(0).stdout
    };
    assert_eq!(archived(&["FLAGGED", "KEYWORD", "$Forwarded"]), "1\n2\n");
    let status = as_user(imap, &["status", "INBOX", "Archive"]).expect_code(0).stdout;
    let counts: Vec<_> = status.lines().map(|line| line.split(" UIDNEXT").next().unwrap()).collect();
    assert_eq!(counts, ["INBOX: MESSAGES 1", "Archive: MESSAGES 2"]);
}

/// Mailboxes with names in every script are made, listed, filled and read.
#[track_caller]
fn names(imap: u16) {
    const NAME: &str = "Entwürfe/日本語 & co";
    as_user(imap, &["create", NAME]).expect_code(0);
    let listed = as_user(imap, &["list"]).expect_code(0).stdout;
    assert!(listed.lines().any(|line| line.ends_with(&format!(" \"/\" {NAME}"))), "{listed}");
    let inside = as_user(imap, &["list", "Entwürfe/%"]).expect_code(0).stdout;
    assert!(inside.lines().count() == 1 && inside.ends_with(&format!("{NAME}\n")), "{inside}");
    append(imap, &[], NAME, &message::utf8(), 1);
    let status = as_user(imap, &["status", NAME]).expect_code(0).stdout;
    assert!(status.starts_with(&format!("{NAME}: MESSAGES 1 ")), "{status}");
    let subject = as_user(imap, &["--mailbox", NAME, "fetch", "1", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]"]);
    assert!(subject.expect_code(0).stdout.contains("Subject: Grüße 日本 🎉\r\n"));
    // What others see.
    let seen = another_client(imap, "print(ok(c.list('Entw&APw-rfe/', '%'))[0].decode())");
    assert!(seen.contains("Entw&APw-rfe/&ZeVnLIqe- &- co"), "{seen}");

    let ended = as_user(imap, &["status", "Küche"]).expect_code(1);
    assert!(ended.stderr.starts_with("imap_client: no status of Küche: the server says NO"), "{ended:?}");
    let folder = TempDir::new("imap");
    let file = folder.write("message.eml", message::plain());
    let ended = as_user(imap, &["append", "Küche", &text(&file)]).expect_code(1);
    assert!(ended.stderr.contains("Küche"), "{ended:?}");
}

/// Dovecot 2.3 and Cyrus 3.6 have no UTF8=ACCEPT: with it, names are on the wire as they are, and searches name no charset.
#[test]
fn names_are_utf8_where_both_sides_say_so() {
    let ask = |script: &Script, arguments: &[&str]| {
        imap_client(script.port, &[&["--tls", "none"], arguments].concat()).expect_code(0).stdout
    };
    const GREETING: &str = "* PREAUTH [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT] hello\r\n";
    let script = Script::start(
        GREETING,
        &[
            ("ENABLE UTF8=ACCEPT", "* ENABLED UTF8=ACCEPT\r\n"),
            ("LIST \"\" \"Entwürfe/*\"", "* LIST () \"/\" \"Entwürfe/日本語 & co\"\r\n"),
            ("LOGOUT", "* BYE bye\r\n"),
        ],
    );
    assert_eq!(ask(&script, &["list", "Entwürfe/*"]), "() \"/\" Entwürfe/日本語 & co\n");
    script.finish();
    let script = Script::start(
        GREETING,
        &[
            ("ENABLE UTF8=ACCEPT", "* ENABLED UTF8=ACCEPT\r\n"),
            ("EXAMINE \"Entwürfe\"", "* 2 EXISTS\r\n"),
            ("UID SEARCH SUBJECT \"Grüße\"", "* SEARCH 7\r\n"),
            ("LOGOUT", "* BYE bye\r\n"),
        ],
    );
    assert_eq!(ask(&script, &["--mailbox", "Entwürfe", "search", "SUBJECT \"Grüße\""]), "7\n");
    script.finish();
    // The same server, and a client that does not make use of it.
    let script = Script::start(
        GREETING,
        &[
            ("LIST \"\" Entw&APw-rfe/*", "* LIST () \"/\" \"Entw&APw-rfe/&ZeVnLIqe- &- co\"\r\n"),
            ("LOGOUT", "* BYE bye\r\n"),
        ],
    );
    assert_eq!(ask(&script, &["--without", "UTF8", "list", "Entwürfe/*"]), "() \"/\" Entwürfe/日本語 & co\n");
    script.finish();
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_tells_the_blocking_example() {
    let _alone = alone();
    let dovecot = DovecotImap::start();
    let server = format!("127.0.0.1:{}", dovecot.imap);
    let list = |password: &str| {
        run(in_time(example("fetch_blocking")).args([&server, USER]), format!("{password}\n").as_bytes())
    };
    assert_eq!(list(PASSWORD).expect_code(0).stdout, "");
    for uid in 1..=11 {
        append(dovecot.imap, &[], "INBOX", &message::plain(), uid);
    }
    let lines: Vec<_> = (2..=11)
        .map(|number| format!("{number} [Recent] Sender <sender@example.com>: \"plain\"\n"))
        .collect();
    assert_eq!(list(PASSWORD).expect_code(0).stdout, lines.concat());
    assert!(list("wrong").expect_code(1).stderr.contains("AuthenticationFailed"));
    run(&mut program(example("fetch_blocking")), b"").expect_code(2);
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_keeps_messages() {
    let _alone = alone();
    there_and_back(DovecotImap::start().imap);
    there_and_back(DovecotImap::offering(FEW).imap);
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_keeps_messages() {
    let _alone = alone();
    there_and_back(Cyrus::start().imap);
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_keeps_40_megabytes() {
    let _alone = alone();
    big(DovecotImap::start().imap);
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_keeps_40_megabytes() {
    let _alone = alone();
    big(Cyrus::start().imap);
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_gives_parts() {
    let _alone = alone();
    saves_parts(DovecotImap::start().imap);
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_gives_parts() {
    let _alone = alone();
    saves_parts(Cyrus::start().imap);
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_searches_and_moves() {
    let _alone = alone();
    handles(DovecotImap::start().imap, "MOVE");
    handles(DovecotImap::offering(FEW).imap, "EXPUNGE");
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_searches_and_moves() {
    let _alone = alone();
    handles(Cyrus::start().imap, "MOVE");
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_has_names_in_every_script() {
    let _alone = alone();
    names(DovecotImap::start().imap);
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_has_names_in_every_script() {
    let _alone = alone();
    names(Cyrus::start().imap);
}
