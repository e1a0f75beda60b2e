//! What clients seldom ask for, and what several do at once: word by word.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::interop::message;
use crate::interop::{PASSWORD, USER, alone};
use crate::reader::ImapReader;
use crate::{start, start_with};

/// The number behind a word in these lines.
#[track_caller]
fn number(lines: &[String], word: &str) -> u64 {
    let rest = lines.iter().find_map(|line| line.split_once(word)).unwrap_or_else(|| panic!("{lines:#?}")).1;
    rest.trim_start_matches([' ', '('])
        .split(|of: char| !of.is_ascii_digit())
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

/// Without the tagged line, on which it insists.
#[track_caller]
fn told(reader: &mut ImapReader, command: &str, answer: &str) -> Vec<String> {
    let mut lines = reader.ask(command);
    assert_eq!(lines.pop().as_deref(), Some(answer), "{command}: {lines:#?}");
    lines
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn several_clients_are_told_of_one_another() {
    let _alone = alone();
    let server = start();
    let (mut one, mut other) = (server.reader(), server.reader());
    for reader in [&mut one, &mut other] {
        reader.command("SELECT INBOX");
    }
    other.command("STORE 1 +FLAGS ($Forwarded)");
    other.command("STORE 2 +FLAGS.SILENT (\\Deleted)");
    other.command("EXPUNGE");
    other.append("INBOX", "", &message::plain());
    // No number changes while numbers are used; the rest is told.
    let changes = ["* 1 FETCH (UID 1 FLAGS ($Forwarded))", "* 5 EXISTS"];
    assert_eq!(
        told(&mut one, "FETCH 3 UID", "a OK that is all"),
        [&changes[..], &["* 3 FETCH (UID 3)"]].concat()
    );
    let gone = told(&mut one, "FETCH 2 UID", "a NO [EXPUNGEISSUED] some of these messages are gone");
    assert_eq!(gone, [""; 0]);
    assert_eq!(told(&mut one, "SEARCH UID 4", "a OK that is all"), ["* SEARCH 4"]);
    assert_eq!(told(&mut one, "NOOP", "a OK done"), ["* 2 EXPUNGE"]);
    assert_eq!(told(&mut one, "SEARCH UID 4", "a OK that is all"), ["* SEARCH 3"]);
    // While it is idle it is told at once.
    one.send(b"a IDLE\r\n");
    assert_eq!(one.line(), b"+ idling\r\n");
    other.command("UID STORE 5 FLAGS (\\Seen)");
    assert_eq!(one.line(), b"* 4 FETCH (UID 5 FLAGS (\\Seen))\r\n");
    other.command("CREATE Trash");
    other.command("UID MOVE 1 Trash");
    assert_eq!(one.line(), b"* 1 EXPUNGE\r\n");
    one.send(b"DONE\r\n");
    assert_eq!(one.line(), b"a OK done\r\n");
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn changes_by_mod_sequence() {
    let _alone = alone();
    let server = start();
    let (mut one, mut other) = (server.reader(), server.reader());
    assert_eq!(told(&mut one, "ENABLE QRESYNC", "a OK enabled"), ["* ENABLED QRESYNC"]);
    let selected = one.ask("SELECT INBOX");
    let (validity, highest) = (number(&selected, "[UIDVALIDITY"), number(&selected, "[HIGHESTMODSEQ"));
    other.command("SELECT INBOX");
    other.command("UID STORE 3 FLAGS (\\Seen)");
    other.command("UID STORE 2 +FLAGS (\\Deleted)");
    other.command("EXPUNGE");

    // What others have changed is not stored; it is told first.
    let lines = one.ask(&format!("UID STORE 3:4 (UNCHANGEDSINCE {highest}) +FLAGS (\\Draft)"));
    let [changed, stored, vanished, answer] = &lines[..] else { panic!("{lines:#?}") };
    assert_eq!(*changed, format!("* 3 FETCH (UID 3 FLAGS (\\Seen) MODSEQ ({}))", highest + 1));
    assert_eq!(*vanished, "* VANISHED 2");
    assert_eq!(*stored, format!("* 4 FETCH (UID 4 FLAGS (\\Draft) MODSEQ ({}))", highest + 4));
    assert_eq!(*answer, "a OK [MODIFIED 3] some were changed by others");

    // What has changed since, and what has gone.
    let since = told(
        &mut one,
        &format!("UID FETCH 1:* (FLAGS) (CHANGEDSINCE {} VANISHED)", highest + 1),
        "a OK that is all",
    );
    let draft = format!("FETCH (UID 4 FLAGS (\\Draft) MODSEQ ({}))", highest + 4);
    assert_eq!(since, ["* VANISHED (EARLIER) 2".to_owned(), format!("* 3 {draft}")]);
    let lines = one.ask(&format!("SELECT INBOX (QRESYNC ({validity} {highest} 1:4))"));
    assert_eq!(lines[0], "* OK [CLOSED] the other mailbox is closed");
    let told_since: Vec<_> =
        lines.iter().filter(|line| line.contains("VANISHED") || line.contains("FETCH")).collect();
    let seen = format!("* 2 FETCH (UID 3 FLAGS (\\Seen) MODSEQ ({}))", highest + 1);
    assert_eq!(told_since, ["* VANISHED (EARLIER) 2", &seen, &format!("* 3 {draft}")]);
    one.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
    let expunged = format!("a OK [HIGHESTMODSEQ {}] expunged", highest + 6);
    assert_eq!(told(&mut one, "EXPUNGE", &expunged), ["* VANISHED 1"]);
    let search = told(&mut one, &format!("SEARCH MODSEQ {}", highest + 2), "a OK that is all");
    assert_eq!(search, [format!("* SEARCH 2 (MODSEQ {})", highest + 4)]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn searching() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("SELECT INBOX");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    let found = "* ESEARCH (TAG \"a\") MIN 1 MAX 4 COUNT 4";
    assert_eq!(ask("SEARCH RETURN (MIN MAX COUNT) ALL"), [found]);
    assert_eq!(ask("UID SEARCH RETURN () SEEN"), ["* ESEARCH (TAG \"a\") UID ALL 2:3"]);
    assert_eq!(ask("SEARCH RETURN (SAVE) SEEN"), [""; 0]);
    assert_eq!(ask("FETCH $ UID"), ["* 2 FETCH (UID 2)", "* 3 FETCH (UID 3)"]);
    assert_eq!(ask("SEARCH $ NOT FLAGGED"), ["* SEARCH 2"]);
    assert_eq!(ask("SEARCH RETURN (SAVE MIN) ALL"), ["* ESEARCH (TAG \"a\") MIN 1"]);
    assert_eq!(ask("UID SEARCH UID $"), ["* SEARCH 1"]);
    assert_eq!(ask("SEARCH SENTON 3-Mar-2025 NOT SENTBEFORE 3-Mar-2025"), ["* SEARCH 1 2 3 4"]);
    assert_eq!(ask("SEARCH YOUNGER 3600 NOT OLDER 3600"), ["* SEARCH 1 2 3 4"]);
    assert_eq!(ask("SEARCH FROM sender@ TO ALICE"), ["* SEARCH 1 2 4"]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn sorting_and_threads() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("CREATE threads");
    let messages = [
        // Subject, day, id, references.
        ("[list] Re: beta", 5, "b2", "In-Reply-To: <b1@x>"),
        ("beta", 4, "b1", "X: y"),
        ("Re[2]: [list] Fwd: alpha (fwd)", 3, "a3", "References: <a0@x> <a2@x>"),
        ("alpha", 1, "a1", "References: <a0@x>"),
        ("Re: alpha", 2, "a2", "References: <a0@x>"),
        ("[Fwd: gamma]", 9, "g1", "X: y"),
        ("=?utf-8?q?Gamma?=", 8, "g2", "X: y"),
    ];
    for (subject, day, id, field) in messages {
        let header =
            format!("Subject: {subject}\r\nDate: 0{day} Mar 2025 10:00:00 +0000\r\nMessage-ID: <{id}@x>\r\n");
        reader.append("threads", "", format!("{header}{field}\r\n\r\n").as_bytes());
    }
    reader.command("SELECT threads");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    assert_eq!(ask("SORT (SUBJECT DATE) UTF-8 ALL"), ["* SORT 4 5 3 2 1 7 6"]);
    assert_eq!(ask("SORT (REVERSE DATE) UTF-8 ALL"), ["* SORT 6 7 1 2 3 5 4"]);
    assert_eq!(ask("UID SORT RETURN (ALL) (SUBJECT) UTF-8 1:3"), ["* ESEARCH (TAG \"a\") UID ALL 3,1:2"]);
    assert_eq!(ask("THREAD ORDEREDSUBJECT UTF-8 ALL"), ["* THREAD (4 (5)(3))(2 1)(7 6)"]);
    assert_eq!(ask("THREAD REFERENCES UTF-8 ALL"), ["* THREAD ((4)(5 3))(2 1)(7 6)"]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn mailboxes_are_listed() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    for command in
        ["CREATE a/b", "CREATE Sent", "CREATE kept (USE (\\Archive))", "SUBSCRIBE a/b", "SUBSCRIBE Sent"]
    {
        reader.command(command);
    }
    reader.command("DELETE Sent");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    let b = "* LIST (\\HasNoChildren \\Subscribed) \"/\" a/b";
    let gone = "* LIST (\\HasNoChildren \\NonExistent \\Subscribed) \"/\" Sent";
    assert_eq!(ask("LIST (SUBSCRIBED) \"\" *"), [gone, b]);
    let above = "* LIST (\\HasChildren) \"/\" a (CHILDINFO (\"SUBSCRIBED\"))";
    assert_eq!(ask("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" a"), [above]);
    assert_eq!(ask("LIST (SPECIAL-USE) \"\" %"), ["* LIST (\\HasNoChildren \\Archive) \"/\" kept"]);
    assert_eq!(
        ask("LIST \"\" (INBOX a/%) RETURN (STATUS (MESSAGES))"),
        [
            "* LIST (\\HasNoChildren) \"/\" INBOX",
            "* STATUS INBOX (MESSAGES 4)",
            "* LIST (\\HasNoChildren) \"/\" a/b",
            "* STATUS a/b (MESSAGES 0)"
        ]
    );
    assert_eq!(ask("LSUB \"\" %"), ["* LSUB () \"/\" Sent", "* LSUB (\\Noselect) \"/\" a"]);
    assert_eq!(ask("LIST \"\" \"\""), ["* LIST (\\Noselect) \"/\" \"\""]);
    let refused = "a NO [HASCHILDREN] there are mailboxes below it";
    assert_eq!(told(&mut reader, "DELETE a", refused), [""; 0]);
    // RENAME of INBOX moves what is in it.
    reader.command("RENAME INBOX old");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    assert_eq!(ask("STATUS INBOX (MESSAGES)"), ["* STATUS INBOX (MESSAGES 0)"]);
    assert_eq!(ask("STATUS old (MESSAGES UIDNEXT)"), ["* STATUS old (MESSAGES 4 UIDNEXT 5)"]);
    // Names are in UTF-8 for who has enabled IMAP4rev2.
    reader.command("CREATE Entw&APw-rfe");
    reader.command("ENABLE IMAP4rev2");
    let listed = told(&mut reader, "LIST \"\" Entw*", "a OK that is all");
    assert_eq!(listed, ["* LIST (\\HasNoChildren) \"/\" \"Entwürfe\""]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn metadata_quota_and_rights() {
    let _alone = alone();
    let server = start_with(&["--quota", "2048"]);
    let mut reader = server.reader();
    reader.command("SETMETADATA INBOX (/private/comment \"mine\" /shared/a/b \"x\")");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    assert_eq!(ask("GETMETADATA INBOX /private/comment"), ["* METADATA INBOX (/private/comment \"mine\")"]);
    assert_eq!(ask("GETMETADATA (DEPTH infinity) INBOX /shared/a"), ["* METADATA INBOX (/shared/a/b \"x\")"]);
    assert_eq!(ask("GETMETADATA \"\" /shared/comment"), [""; 0]);
    assert_eq!(ask("GETQUOTAROOT INBOX")[0], "* QUOTAROOT INBOX \"\"");
    assert_eq!(ask("MYRIGHTS INBOX"), ["* MYRIGHTS INBOX lrswikxte"]);
    assert_eq!(ask("LISTRIGHTS INBOX bob"), ["* LISTRIGHTS INBOX bob \"\""]);
    let long = told(
        &mut reader,
        "GETMETADATA (MAXSIZE 2) INBOX /private/comment",
        "a OK [METADATA LONGENTRIES 4] some are longer",
    );
    assert_eq!(long, [""; 0]);
    let denied = "a NO [NOPERM] that cannot be changed here";
    assert_eq!(told(&mut reader, "SETACL INBOX bob lr", denied), [""; 0]);
    let over = "a NO [OVERQUOTA] that would be too much";
    assert_eq!(told(&mut reader, "APPEND INBOX {1000}", over), [""; 0]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn what_no_client_sends() {
    let _alone = alone();
    let server = start_with(&["--max-size", "1000"]);
    let mut reader = server.reader();
    assert_eq!(reader.ask("APPEND INBOX {1000000000}"), ["a NO [TOOBIG] message too big"]);
    assert_eq!(reader.ask("APPEND INBOX {3+}\r\na\0b"), ["a NO [UNKNOWN-CTE] no NUL in messages here"]);
    assert_eq!(reader.ask("APPEND nowhere {3+}\r\nabc"), ["a NO [TRYCREATE] there is no such mailbox"]);
    // All at once, answered in order.
    reader.send(&(0..5_000).flat_map(|at| format!("t{at} NOOP\r\n").into_bytes()).collect::<Vec<_>>());
    for at in 0..5_000 {
        assert_eq!(reader.line(), format!("t{at} OK done\r\n").into_bytes());
    }
    // Parts in one another without an end, and more of them than anyone reads.
    let mut deep = server.reader();
    deep.command("CREATE deep");
    deep.command("SELECT deep");
    let open = |at: u32| format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n");
    let nested: String = (0..10).map(open).collect();
    deep.append("deep", "", nested.as_bytes());
    let structure = deep.ask("FETCH 1 BODYSTRUCTURE");
    assert_eq!(structure.len(), 2, "{structure:?}");
    assert_eq!(structure[0].matches("\"MIXED\"").count(), 10);
    // What is far too long ends the connection, and the client is told.
    reader.send(b"a APPEND INBOX {1000000000+}\r\n");
    assert_eq!(reader.line(), b"a NO [TOOBIG] message too big\r\n");
    assert_eq!(reader.line(), b"* BYE too much, closing connection\r\n");
    assert_eq!(server.reader().messages("INBOX").len(), 4);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn messages_without_a_header_are_sorted() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("CREATE bare");
    for message in ["\r\nno header\r\n", "\t", "Subject: a\r\n\r\n"] {
        reader.append("bare", "", message.as_bytes());
    }
    reader.command("SELECT bare");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    assert_eq!(ask("SORT (SUBJECT FROM TO CC SIZE) UTF-8 ALL"), ["* SORT 2 1 3"]);
    assert_eq!(ask("THREAD REFERENCES UTF-8 ALL"), ["* THREAD (1)(2)(3)"]);
    assert_eq!(ask("THREAD ORDEREDSUBJECT UTF-8 3"), ["* THREAD (3)"]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn long_subjects_are_read_once() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("CREATE long");
    // Read again for each of its parts, any of these would take an hour.
    let many = |part: &str| part.repeat(100_000);
    let subjects = [
        format!("{}b", many("[x] ")),
        format!("{}a", many("[x] re: ")),
        many("[fwd: "),
        format!("{}c{}", many("[fwd: "), many("]")),
        format!("d{}", many("(fwd)")),
        format!("[f]{}[e]", many(" [x]")),
    ];
    for subject in subjects {
        reader.append("long", "", format!("Subject: {subject}\r\n\r\n").as_bytes());
    }
    // So would these, and more of them.
    let parameters: String = (0..1_000_000).map(|at| format!("; a*{at}*=b")).collect();
    reader.append(
        "long",
        "",
        format!("Subject: e\r\nContent-Type: text/plain{parameters}\r\n\r\n").as_bytes(),
    );
    reader.command("SELECT long");
    let mut ask = |command: &str| told(&mut reader, command, "a OK that is all");
    let envelope = "* 7 FETCH (ENVELOPE (NIL \"e\" NIL NIL NIL NIL NIL NIL NIL NIL))";
    assert_eq!(ask("FETCH 7 ENVELOPE"), [envelope]);
    assert_eq!(ask("SORT (SUBJECT) UTF-8 ALL"), ["* SORT 2 1 4 5 7 6 3"]);
    assert_eq!(ask("THREAD ORDEREDSUBJECT UTF-8 2,4"), ["* THREAD (2)(4)"]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn flags_are_there_once_and_are_not_many() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("CREATE few");
    reader.append("few", "\\Seen \\Recent red \\SEEN Red", b"Subject: a\r\n\r\n");
    reader.command("SELECT few");
    let stored = told(&mut reader, "STORE 1 +FLAGS (blue BLUE)", "a OK stored");
    assert_eq!(stored, ["* 1 FETCH (FLAGS (\\Seen red blue))"]);
    let stored = told(&mut reader, "STORE 1 FLAGS (green green)", "a OK stored");
    assert_eq!(stored, ["* 1 FETCH (FLAGS (green))"]);
    // A mailbox has a hundred, and remembers them.
    let many = |count: u32| (4..=count).map(|at| format!(" k{at}")).collect::<String>();
    let refused = "a NO [LIMIT] too many keywords, or too long ones";
    assert_eq!(told(&mut reader, &format!("STORE 1 +FLAGS ({})", many(101).trim()), refused), [""; 0]);
    assert_eq!(told(&mut reader, &format!("STORE 1 +FLAGS ({})", "k".repeat(101)), refused), [""; 0]);
    let append = |flags: &str| format!("APPEND few ({flags}) {{3+}}\r\nabc");
    assert_eq!(told(&mut reader, &append("one_more"), refused), [""; 0]);
    let more = format!("a{}", many(200));
    let refused = "a NO [LIMIT] too many flags";
    assert_eq!(told(&mut reader, &format!("STORE 1 +FLAGS ({more})"), refused), [""; 0]);
    assert_eq!(told(&mut reader, &append(&more), refused), [""; 0]);
    reader.command("STORE 1 +FLAGS.SILENT (k100)");
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn messages_come_whole_or_not_at_all() {
    let _alone = alone();
    let server = start();
    let mut reader = server.reader();
    reader.command("CREATE box");
    let empty = "a NO an empty message";
    assert_eq!(told(&mut reader, "APPEND box {0+}\r\n", empty), [""; 0]);
    // So a client gives up what it has begun.
    assert_eq!(told(&mut reader, "APPEND box {3+}\r\nabc {0+}\r\n", empty), [""; 0]);
    assert_eq!(told(&mut reader, "APPEND box {0+}\r\n {3+}\r\nabc", empty), [""; 0]);
    // What was not advertised is refused, and nothing of it is kept.
    let parts = "APPEND box CATENATE (TEXT {3+}\r\nabc TEXT {0+}\r\n TEXT {3+}\r\ndef)";
    assert_eq!(told(&mut reader, parts, "a BAD expected a literal at offset 0"), [""; 0]);
    reader.command("APPEND box {1+}\r\nx (\\Seen) {2+}\r\nyz");
    let kept: Vec<_> = reader.messages("box").into_iter().map(|message| message.content).collect();
    assert_eq!(kept, [&b"x"[..], b"yz"]);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn what_extensions_forbid() {
    let _alone = alone();
    let server = start_with(&["--quota", "4096"]);
    let mut reader = server.reader();
    // RFC 4731 section 3.2.
    reader.command("SELECT INBOX");
    let highest = number(&reader.ask("STATUS INBOX (HIGHESTMODSEQ)"), "HIGHESTMODSEQ");
    reader.command("STORE 2 +FLAGS (\\Draft)");
    let mut mod_seq = |returns: &str| {
        let search = format!("SEARCH RETURN ({returns}) MODSEQ 1");
        number(&told(&mut reader, &search, "a OK that is all"), "MODSEQ") - highest
    };
    assert_eq!(["MIN", "MAX", "MIN MAX", "ALL", "MIN COUNT"].map(&mut mod_seq), [0, 0, 0, 1, 1]);
    // RFC 7162 section 3.2.6.
    reader.command("ENABLE QRESYNC");
    let refused = "a BAD VANISHED needs CHANGEDSINCE";
    assert_eq!(told(&mut reader, "UID FETCH 1:* (FLAGS) (VANISHED)", refused), [""; 0]);
    // There is one INBOX.
    reader.command("CREATE inbox/lists");
    let listed = ["* LIST (\\HasChildren) \"/\" INBOX", "* LIST (\\HasNoChildren) \"/\" INBOX/lists"];
    assert_eq!(told(&mut reader, "LIST \"\" *", "a OK that is all"), listed);
    // What is moved takes no more room.
    reader.append("INBOX", "", &[b'x'; 1200]);
    let moved = told(&mut reader, "MOVE 5 Inbox/lists", "a OK moved");
    assert_eq!(moved.last().map(String::as_str), Some("* VANISHED 5"));
    assert_eq!(reader.messages("INBOX/lists").len(), 1);
}

#[test]
#[ignore = "one server at a time, with the other live tests"]
fn nobody_acts_for_others() {
    let _alone = alone();
    let server = start();
    let mut reader = ImapReader::anonymous(server.imap);
    let plain = |authzid: &str| STANDARD.encode(format!("{authzid}\0{USER}\0{PASSWORD}"));
    let denied = "a NO [AUTHORIZATIONFAILED] not for another user";
    assert_eq!(told(&mut reader, &format!("AUTHENTICATE PLAIN {}", plain("root")), denied), [""; 0]);
    reader.command(&format!("AUTHENTICATE PLAIN {}", plain(USER)));
}
