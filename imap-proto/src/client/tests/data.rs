//! Data, and the commands that asked for them.

use super::*;

/// What `capability` offers is what all of these need.
const ALL: &str = "IMAP4rev2 IMAP4rev1 SORT THREAD=REFERENCES ACL QUOTA QUOTASET METADATA URLAUTH ID LANGUAGE XLIST \
                   CONDSTORE LIST-STATUS MOVE UIDPLUS ENABLE CONTEXT=SEARCH UIDBATCHES";

#[test]
fn data_belong_to_who_asked_for_them() {
    for (command, data) in [
        ("CAPABILITY", "* CAPABILITY IMAP4rev1"),
        ("ENABLE CONDSTORE", "* ENABLED CONDSTORE"),
        ("ID NIL", "* ID NIL"),
        ("NAMESPACE", "* NAMESPACE NIL NIL NIL"),
        ("LIST \"\" *", "* LIST () \"/\" INBOX"),
        ("LSUB \"\" *", "* LSUB () \"/\" INBOX"),
        ("STATUS a (MESSAGES)", "* STATUS a (MESSAGES 1)"),
        ("STATUS INBOX (MESSAGES)", "* STATUS INBOX (MESSAGES 1)"),
        ("LIST \"\" * RETURN (STATUS (MESSAGES))", "* STATUS a (MESSAGES 1)"),
        ("GETACL a", "* ACL a b r"),
        ("GETQUOTAROOT a", "* QUOTAROOT a \"\""),
        ("GETQUOTAROOT a", "* QUOTA \"\" (STORAGE 1 2)"),
        ("GETMETADATA a /shared/comment", "* METADATA a (/shared/comment \"x\")"),
        ("SEARCH ALL", "* SEARCH 1 2"),
        ("UID SEARCH ALL", "* SEARCH 1 2"),
        ("SEARCH ALL", "* ESEARCH (TAG \"ABCD2\") ALL 1:2"),
        ("SEARCH ALL", "* ESEARCH ALL 1:2"),
        ("UIDBATCHES 1000", "* UIDBATCHES (TAG \"ABCD2\") 100:1"),
        ("SORT (DATE) UTF-8 ALL", "* SORT 1"),
        ("THREAD REFERENCES UTF-8 ALL", "* THREAD (1)"),
        ("EXPUNGE", "* 1 EXPUNGE"),
        ("UID EXPUNGE 1", "* VANISHED 1"),
        ("MOVE 1 a", "* OK [COPYUID 1 1 1] moved"),
        ("UID MOVE 1 a", "* 1 EXPUNGE"),
        ("SELECT a", "* 3 EXISTS"),
        ("EXAMINE a", "* OK [UIDNEXT 5] x"),
        ("SELECT a", "* FLAGS ()"),
        ("SELECT a", "* OK [CLOSED] x"),
        ("SELECT a (CONDSTORE)", "* OK [HIGHESTMODSEQ 5] x"),
        ("FETCH 1 FLAGS", "* 1 FETCH (FLAGS ())"),
        ("FETCH 1:* ALL", "* 9 FETCH (RFC822.SIZE 1)"),
        ("FETCH 1 BODY.PEEK[]", "* 1 FETCH (BODY[] \"x\")"),
        ("UID FETCH 7 (FLAGS)", "* 1 FETCH (UID 7 FLAGS ())"),
        ("UID FETCH 7 UID", "* 1 FETCH (UID 7)"),
        ("UID FETCH 7:8 FLAGS (CHANGEDSINCE 5)", "* 1 FETCH (UID 7 MODSEQ (6))"),
        ("STORE 1 FLAGS ()", "* 1 FETCH (FLAGS ())"),
        ("UID STORE 7 FLAGS ()", "* 1 FETCH (UID 7 FLAGS ())"),
        ("XYZZY a", "* XYZZY b"),
    ] {
        let mut talk = Talk::selected(ALL);
        talk.say(command);
        assert_eq!(talk.hear(format!("{data}\r\n")), [format!("2 {data}")], "{command}");
        assert_eq!(talk.hear("ABCD2 OK done\r\n"), ["2:OK"]);
    }
}

#[test]
fn sec_12_data_that_nobody_asked_for_belong_to_nobody() {
    for (command, data) in [
        ("NOOP", "* SEARCH 1"),
        ("NOOP", "* 11 EXISTS"),
        ("NOOP", "* 1 EXPUNGE"),
        ("NOOP", "* 1 FETCH (BODY[] \"x\")"),
        ("NOOP", "* LIST () \"/\" INBOX"),
        ("NOOP", "* OK [ALERT] x"),
        ("STATUS a (MESSAGES)", "* STATUS b (MESSAGES 1)"),
        ("SEARCH ALL", "* ESEARCH (TAG \"other\") ALL 1:2"),
        ("SEARCH ALL", "* ESEARCH (TAG \"ABCD9\") ALL 1:2"),
        // Not that message, and nothing of what was asked.
        ("FETCH 1 FLAGS", "* 2 FETCH (FLAGS ())"),
        ("FETCH 1 BODY[]", "* 1 FETCH (FLAGS ())"),
        ("FETCH 1 BODY[]", "* 1 FETCH (UID 7 FLAGS ())"),
        ("UID FETCH 7 FLAGS", "* 7 FETCH (UID 8 FLAGS ())"),
        ("STORE 1 FLAGS ()", "* 2 FETCH (FLAGS ())"),
        ("COPY 1 a", "* OK [UIDNEXT 5] x"),
        ("LIST \"\" *", "* CAPABILITY IMAP4rev1"),
    ] {
        let mut talk = Talk::selected(ALL);
        talk.say(command);
        assert_eq!(talk.hear(format!("{data}\r\n")), [format!("- {data}")], "{command}");
    }
    // What the state has no place for is not told at all.
    for data in
        ["* 5 EXISTS", "* 1 EXPUNGE", "* 1 FETCH (FLAGS ())", "* SEARCH 1", "* FLAGS ()", "* VANISHED 1"]
    {
        let mut talk = Talk::inside(ALL);
        assert_eq!(talk.hear(format!("{data}\r\n")), ["dropped"], "{data}");
        let mut talk = Talk::greeted(plain(), ALL);
        assert_eq!(talk.hear(format!("{data}\r\n")), ["dropped"], "{data}");
    }
    for data in ["* LIST () \"/\" INBOX", "* STATUS a (MESSAGES 1)", "* 5 XYZZY", "* NAMESPACE NIL NIL NIL"] {
        let mut talk = Talk::greeted(plain(), ALL);
        assert_eq!(talk.hear(format!("{data}\r\n")), ["dropped"], "{data}");
    }
    let mut talk = Talk::inside(ALL);
    for _ in 0..1_000 {
        assert_eq!(talk.hear("* 5 EXISTS\r\n"), ["dropped"]);
    }
    assert_eq!(talk.hear("* 5 EXISTS\r\n"), [text(Limit::Unexpected)]);
}

#[test]
fn several_commands_have_their_data_in_order() {
    let mut talk = Talk::selected(ALL);
    talk.say("UID FETCH 7 FLAGS");
    talk.say("UID FETCH 8 FLAGS");
    talk.say("STATUS a (MESSAGES)");
    talk.say("STATUS b (MESSAGES)");
    let events = talk.hear(
        "* 2 FETCH (UID 8 FLAGS ())\r\n* 1 FETCH (UID 7 FLAGS ())\r\nABCD2 OK done\r\n* STATUS b (MESSAGES 1)\r\n",
    );
    assert_eq!(
        events,
        ["3 * 2 FETCH (UID 8 FLAGS ())", "2 * 1 FETCH (UID 7 FLAGS ())", "2:OK", "5 * STATUS b (MESSAGES 1)"]
    );
    // What is not sent yet cannot be answered.
    let mut talk = Talk::selected(ALL);
    talk.say("GETACL {3}\r\na\r\n");
    talk.say("GETQUOTA a");
    assert_eq!(talk.sent(), "ABCD2 GETACL {3+}\r\na\r\n\r\nABCD3 GETQUOTA a\r\n");
    let mut talk = Talk::selected("IMAP4rev1 QUOTA ACL");
    talk.say("GETACL {3}\r\na\r\n");
    talk.say("GETQUOTA a");
    assert_eq!(talk.hear("* QUOTA a (STORAGE 1 2)\r\n"), ["- * QUOTA a (STORAGE 1 2)"]);
}

#[test]
fn b01_a_message_beyond_the_last_one_is_told_all_the_same() {
    let mut talk = Talk::selected(ALL);
    talk.say("FETCH 12 FLAGS");
    assert_eq!(talk.hear("* 12 FETCH (FLAGS ())\r\n"), ["2 * 12 FETCH (FLAGS ())"]);
    assert_eq!(talk.client.exists(), Some(10));
}

#[test]
fn b02_append_is_complete_without_exists() {
    let mut talk = Talk::selected(ALL);
    talk.say("APPEND INBOX {3+}\r\nabc");
    assert_eq!(talk.hear("ABCD2 OK [APPENDUID 1 5] done\r\n"), ["2:OK"]);
    assert_eq!(talk.client.exists(), Some(10));
}

#[test]
fn b03_select_without_uidnext_is_complete() {
    let mut talk = Talk::inside(ALL);
    talk.say("SELECT a");
    assert_eq!(talk.hear("* 1 EXISTS\r\nABCD1 OK [READ-WRITE] in\r\n"), ["1 * 1 EXISTS", "1:OK"]);
    assert_eq!((talk.client.state(), talk.client.exists()), (State::Selected, Some(1)));
}

#[test]
fn b04_copyuid_comes_before_the_completion() {
    let mut talk = Talk::selected(ALL);
    talk.say("UID MOVE 7 a");
    let events = talk.hear("* OK [COPYUID 1 7 9] moved\r\n* 3 EXPUNGE\r\nABCD2 OK done\r\n");
    assert_eq!(events, ["2 * OK [COPYUID 1 7 9] moved", "2 * 3 EXPUNGE", "2:OK"]);
    assert_eq!(talk.client.exists(), Some(9));
}

#[test]
fn b05_a_refusal_behind_data_keeps_the_data() {
    let mut talk = Talk::selected(ALL);
    talk.say("FETCH 1:2 FLAGS");
    let events =
        talk.hear("* 1 FETCH (FLAGS ())\r\nABCD2 NO Some of the requested messages no longer exist\r\n");
    assert_eq!(events, ["2 * 1 FETCH (FLAGS ())", "2:NO"]);
}

#[test]
fn b06_a_completion_behind_bye_is_told() {
    let mut talk = Talk::selected(ALL);
    talk.say("FETCH 1:2 FLAGS");
    let events = talk.hear("* BYE [UNAVAILABLE] too much\r\nABCD2 NO [LIMIT] too much\r\n");
    assert_eq!(events, ["bye [UNAVAILABLE] too much", "2:NO", "close"]);
}

#[test]
fn b07_the_connection_ends_with_bye_and_without() {
    let mut talk = Talk::selected(ALL);
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
    assert_eq!(talk.hear(""), ["close"]);
    let mut talk = Talk::selected(ALL);
    talk.say("IDLE");
    talk.hear("+ idling\r\n* BYE timeout\r\n");
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
    let mut talk = Talk::selected(ALL);
    talk.say("LOGOUT");
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
    let mut talk = Talk::selected(ALL);
    talk.say("NOOP");
    assert_eq!(talk.client.receive_eof(b""), Err(PeerMisbehaved::Truncated.into()));
}

#[test]
fn b08_an_untagged_bad_ends_no_command() {
    let mut talk = Talk::selected(ALL);
    talk.say("NOOP");
    assert_eq!(talk.hear("* BAD what\r\nABCD2 OK done\r\n"), ["- * BAD what", "2:OK"]);
}

#[test]
fn b09_fetch_data_without_uid_do_not_belong_to_uid_fetch() {
    let mut talk = Talk::selected(ALL);
    talk.say("UID FETCH 1:* (FLAGS)");
    let events = talk.hear("* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n");
    assert_eq!(events, ["- * 1 FETCH (FLAGS (\\Seen))", "2 * 1 FETCH (UID 7 FLAGS (\\Seen))"]);
}

#[test]
fn b10_a_message_is_told_in_parts() {
    let mut talk = Talk::selected(ALL);
    talk.say("FETCH 1 (FLAGS RFC822.SIZE)");
    let events = talk.hear("* 1 FETCH (RFC822.SIZE 5)\r\n* 1 FETCH (FLAGS ())\r\nABCD2 OK done\r\n");
    assert_eq!(events, ["2 * 1 FETCH (RFC822.SIZE 5)", "2 * 1 FETCH (FLAGS ())", "2:OK"]);
}

#[test]
fn b11_expunge_where_it_is_forbidden_is_told() {
    for command in ["FETCH 1 FLAGS", "STORE 1 FLAGS ()", "SEARCH ALL"] {
        let mut talk = Talk::selected(ALL);
        talk.say(command);
        assert_eq!(talk.hear("* 1 EXPUNGE\r\nABCD2 OK done\r\n"), ["- * 1 EXPUNGE", "2:OK"]);
    }
}

#[test]
fn b12_b13_one_list_is_answered_with_another() {
    let tolerant = || Options { dialect: Dialect::TOLERANT, ..plain() };
    for (command, data) in [
        ("LSUB \"\" *", "* LIST () \"/\" INBOX"),
        ("LIST \"\" *", "* LSUB () \"/\" INBOX"),
        ("XLIST \"\" *", "* LIST (\\Noselect) \"/\" a"),
        ("LIST \"\" *", "* XLIST (\\Inbox) \"/\" Posteingang"),
    ] {
        let mut talk = Talk::inside_with(tolerant(), "IMAP4rev1 XLIST");
        talk.say(command);
        assert_eq!(talk.hear(format!("{data}\r\n")), [format!("1 {data}")], "{command}");
    }
}

#[test]
fn sec_57_floods_are_counted_and_nothing_underflows() {
    let mut talk = Talk::selected(ALL);
    assert_eq!(talk.hear("* 4294967295 EXISTS\r\n"), ["- * 4294967295 EXISTS"]);
    assert_eq!(talk.client.exists(), Some(u32::MAX));
    talk.hear("* 0 EXISTS\r\n");
    assert_eq!(talk.hear("* 1 EXPUNGE\r\n"), ["dropped"]);
    talk.hear("* VANISHED 1:4294967295\r\n");
    assert_eq!(talk.client.exists(), Some(0));
    for number in 1..5_000 {
        talk.hear(format!("* {number} EXISTS\r\n* {number} FETCH (FLAGS ())\r\n"));
    }
    assert_eq!(talk.client.transmit.len(), 0);
}

#[test]
fn sec_58_a_server_is_believed_so_many_capabilities() {
    let mut talk = Talk::new(plain());
    let many: String = (0..1_000).map(|number| format!(" X{number}")).collect();
    talk.hear(format!("* OK [CAPABILITY{many}] hello\r\n"));
    assert_eq!(talk.client.capabilities().unwrap().iter().count(), 256);
}

#[test]
fn sec_50_a_server_is_believed_so_many_octets_of_capabilities() {
    let x = |len: usize| "X".repeat(len);
    for (list, kept) in [
        (format!("IMAP4rev1 {} IDLE", x(1_000_000)), "IMAP4rev1 IDLE".into()),
        (x(1_000_000), String::new()),
        (x(8192), x(8192)),
        (x(8193), String::new()),
        // Each has a space behind it, but the last.
        (format!("{} {}", x(8000), x(191)), format!("{} {}", x(8000), x(191))),
        (format!("{} {} IDLE", x(8000), x(192)), format!("{} IDLE", x(8000))),
        (format!("{}{}", "XABC ".repeat(200), x(9000)), "XABC ".repeat(200).trim_end().into()),
        (format!("{} IDLE", "XABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOP ".repeat(300).trim_end()), {
            "XABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOP ".repeat(8192 / 44).trim_end().into()
        }),
    ] {
        let mut talk = Talk::new(plain());
        talk.hear(format!("* OK [CAPABILITY {list}] hello\r\n"));
        let mut later = Talk::inside(ALL);
        later.hear(format!("* CAPABILITY {list}\r\n"));
        for client in [&talk.client, &later.client] {
            let shown: Vec<String> =
                client.capabilities().unwrap().iter().map(|one| one.keyword().into()).collect();
            assert_eq!(shown.join(" "), kept, "{} octets", list.len());
        }
    }
}

#[test]
fn a_failed_select_deselects() {
    let mut talk = Talk::selected(ALL);
    talk.say("SELECT a");
    assert_eq!(talk.hear("ABCD2 NO no\r\n"), ["2:NO"]);
    assert_eq!(talk.client.state(), State::Authenticated);
    // Nor is anything known of a mailbox that was about to be.
    talk.say("SELECT a");
    assert_eq!(talk.hear("* 3 EXISTS\r\nABCD3 NO no\r\n"), ["3 * 3 EXISTS", "3:NO"]);
    assert_eq!((talk.client.state(), talk.client.exists()), (State::Authenticated, None));
    let mut talk = Talk::selected(ALL);
    talk.say("SELECT a");
    assert_eq!(talk.hear("ABCD2 BAD no\r\n"), ["2:BAD"]);
    assert_eq!(talk.client.state(), State::Selected);
    talk.say("CLOSE");
    assert_eq!(talk.hear("ABCD3 OK done\r\n"), ["3:OK"]);
    assert_eq!((talk.client.state(), talk.client.exists()), (State::Authenticated, None));
}

#[test]
fn what_is_enabled_changes_how_both_sides_write() {
    let mut talk = Talk::inside(ALL);
    assert_eq!(talk.hear("* ENABLED IMAP4rev2 UTF8=ACCEPT\r\n").len(), 1);
    assert!(!talk.client.dialect().utf8, "nobody has asked");
    talk.say("ENABLE IMAP4rev2");
    talk.hear("* ENABLED IMAP4rev2\r\nABCD1 OK done\r\n");
    assert!(talk.client.dialect().rev2 && talk.client.encode_options().rev2);
}

#[test]
fn b35_utf8_that_nobody_has_enabled_is_tolerated_on_demand() {
    let line = "* LIST () \"/\" \"\u{e9}\"\r\n";
    let mut talk = Talk::inside_with(lenient(Leniency::RAW_8BIT), ALL);
    assert!(talk.hear(line)[0].starts_with("- * LIST"));
    let mut talk = Talk::inside(ALL);
    assert!(talk.hear(line)[0].starts_with("malformed"));
}
