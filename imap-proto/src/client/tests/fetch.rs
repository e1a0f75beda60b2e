//! FETCH responses that are too large to be kept.

use super::*;

fn options(inline: usize) -> Options {
    let mut options = plain();
    options.limits.inline_literal = inline;
    options
}

fn talk(inline: usize) -> Talk {
    let mut talk = Talk::inside_with(options(inline), "IMAP4rev2 BINARY");
    talk.say("SELECT a");
    talk.hear("* 10 EXISTS\r\nABCD1 OK in\r\n");
    talk
}

#[test]
fn contents_come_in_chunks() {
    let body = "Body { section: Section { part: \"\", text: None }, origin: None }";
    for piece in [usize::MAX, 1, 7] {
        let mut talk = talk(4);
        talk.piece = piece;
        talk.say("FETCH 1 (UID BODY[] FLAGS)");
        let events = talk.hear("* 1 FETCH (UID 7 BODY[] {5}\r\nhello FLAGS ())\r\nABCD2 OK done\r\n");
        let head = format!("2 head 1 (UID 7) {body} 5");
        assert_eq!(events, [&head, "chunk hello", "2 tail (FLAGS ())", "2:OK"]);
    }
}

#[test]
fn several_contents_come_one_after_the_other() {
    let mut talk = talk(4);
    talk.say("FETCH 1 (BODY[1] BODY[TEXT]<0.9> BINARY[2] RFC822 RFC822.HEADER RFC822.TEXT)");
    let events = talk.hear(
        "* 1 FETCH (BODY[1] {5}\r\nhello BODY[HEADER] {2}\r\nab BODY[TEXT]<0> {6}\r\nworld) FLAGS () \
         BINARY[2] ~{5}\r\na\0b\r\n RFC822 {5}\r\n11111 RFC822.HEADER {5}\r\n22222 RFC822.TEXT {5}\r\n33333)\r\n",
    );
    let part = |part: &str, text: &str, origin: &str| {
        format!("Body {{ section: Section {{ part: \"{part}\", text: {text} }}, origin: {origin} }}")
    };
    assert_eq!(
        events,
        [
            &format!("2 head 1 () {} 5", part("1", "None", "None")),
            "chunk hello",
            &format!("2 head 1 (BODY[HEADER] {{2}}\r\nab) {} 6", part("", "Some(Text)", "Some(0)")),
            "chunk world)",
            "2 head 1 (FLAGS ()) Binary { part: \"2\", origin: None } 5",
            "chunk a\\x00b\\r\\n",
            "2 head 1 () Rfc822 5",
            "chunk 11111",
            "2 head 1 () Rfc822Header 5",
            "chunk 22222",
            "2 head 1 () Rfc822Text 5",
            "chunk 33333",
            "2 tail ()",
        ]
    );
}

#[test]
fn contents_belong_to_who_asked_for_them() {
    for (command, head, whose) in [
        ("FETCH 1 BODY[]", "* 1 FETCH (BODY[] {5}\r\n", "2"),
        ("UID FETCH 7 BODY.PEEK[]", "* 1 FETCH (UID 7 BODY[] {5}\r\n", "2"),
        // The UID may yet come.
        ("UID FETCH 7 BODY.PEEK[]", "* 1 FETCH (BODY[] {5}\r\n", "2"),
        ("UID FETCH 7 BODY.PEEK[]", "* 7 UIDFETCH (BODY[] {5}\r\n", "2"),
        ("UID FETCH 7 BODY.PEEK[]", "* 1 FETCH (UID 8 BODY[] {5}\r\n", "-"),
        ("FETCH 1 FLAGS", "* 1 FETCH (BODY[] {5}\r\n", "-"),
        ("FETCH 2 BODY[]", "* 1 FETCH (BODY[] {5}\r\n", "-"),
        ("NOOP", "* 1 FETCH (BODY[] {5}\r\n", "-"),
    ] {
        let mut talk = talk(4);
        talk.say(command);
        let events = talk.hear(format!("{head}hello)\r\n"));
        assert_eq!(events.len(), 3, "{command} {head}");
        assert!(events.iter().step_by(2).all(|event| event.starts_with(whose)), "{events:?}");
    }
}

#[test]
fn other_large_literals_are_skipped() {
    for (head, tail) in [
        ("* LIST () \"/\" {5}\r\n", "hello\r\n"),
        ("* 1 FETCH (ENVELOPE (NIL {5}\r\n", "hello NIL) UID 7)\r\n"),
        ("* 1 FETCH (BODY {5}\r\n", "hello)\r\n"),
        ("* 1 FETCH (BODY[] {5}\r\n", "hello BODY[1 {5}\r\nhello)\r\n"),
        ("* OK [X {5}\r\n", "hello] x\r\n"),
    ] {
        let mut talk = talk(4);
        let events = talk.hear(format!("{head}{tail}* 11 EXISTS\r\n"));
        assert!(events.iter().any(|event| event.starts_with("malformed")), "{events:?}");
        assert_eq!(events.last().unwrap(), "- * 11 EXISTS", "{events:?}");
    }
    // Contents without a mailbox to have them.
    let mut talk = Talk::inside_with(options(4), "IMAP4rev2");
    assert_eq!(talk.hear("* 1 FETCH (BODY[] {5}\r\nhello)\r\n"), ["dropped"; 3]);
}

#[test]
fn b36_a_tail_that_is_none_is_malformed_and_the_session_goes_on() {
    let mut talk = talk(4);
    talk.say("FETCH 1 BODY[]");
    let events = talk.hear("* 1 FETCH (BODY[] {5}\r\nhello)* 2 EXISTS\r\n* 3 EXISTS\r\nABCD2 OK done\r\n");
    assert_eq!(
        events[1..],
        ["chunk hello", "malformed expected CRLF at offset 1: )* 2 EXISTS\\r\\n", "- * 3 EXISTS", "2:OK"]
    );
    // Without the space.
    let mut talk = self::talk(4);
    talk.say("FETCH 1 BODY[]");
    let events = talk.hear("* 1 FETCH (BODY[] {5}\r\nhelloFLAGS ())\r\n* 3 EXISTS\r\nABCD2 OK done\r\n");
    assert_eq!(
        events[2..],
        ["malformed expected \")\" at offset 0: FLAGS ())\\r\\n", "- * 3 EXISTS", "2:OK"]
    );
    // The same in one message.
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("FETCH 1 BODY[]");
    let events = talk.hear("* 1 FETCH (BODY[] {5}\r\nhello)* 2 EXISTS\r\n* 3 EXISTS\r\nABCD2 OK done\r\n");
    assert!(events[0].starts_with("malformed") && events[1..] == ["- * 3 EXISTS", "2:OK"], "{events:?}");
}

#[test]
fn b33_leading_zeros_announce_a_literal() {
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("FETCH 1 BODY[]");
    assert_eq!(talk.hear("* 1 FETCH (BODY[] {0005}\r\nhello)\r\n"), ["2 * 1 FETCH (BODY[] {5}\r\nhello)"]);
    // Nor is a `+`, which servers have no use for, a reason to lose contents.
    for size in ["0005", "5+"] {
        let mut talk = self::talk(4);
        talk.say("FETCH 1 BODY[]");
        let events = talk.hear(format!("* 1 FETCH (BODY[] {{{size}}}\r\nhello)\r\n"));
        assert_eq!(events[1..], ["chunk hello", "2 tail ()"]);
        assert!(events[0].starts_with("2 head 1 ()"), "{events:?}");
    }
}

#[test]
fn more_literals_than_are_read_cost_their_response() {
    let mut options = options(10);
    options.limits.literals = 2;
    let mut talk = Talk::inside_with(options, "IMAP4rev2");
    for (third, rest) in [("{1}", "c"), ("{20}", "* 7 EXISTS\r\n* 8 FET")] {
        let list = format!("* LIST () {{1}}\r\n/ {{1}}\r\na (X ({third}\r\n{rest}))\r\n");
        let events = talk.hear(format!("{list}* LIST () \"/\" b\r\n"));
        assert!(events[0].starts_with("malformed expected fewer octets at offset "), "{events:?}");
        assert!(events[1..events.len() - 1].iter().all(|event| event == "dropped"), "{events:?}");
        assert_eq!(events.last().unwrap(), "- * LIST () \"/\" b", "{events:?}");
    }
}

#[test]
fn b39_two_headers_of_one_message_may_differ() {
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("FETCH 1 (BODY.PEEK[] BODY.PEEK[HEADER])");
    let data = "* 1 FETCH (BODY[] {8}\r\nA: b\r\n\r\n BODY[HEADER] {9}\r\nA:  b\r\n\r\n)";
    assert_eq!(talk.hear(format!("{data}\r\n")), [format!("2 {data}")]);
}

#[test]
fn b40_a_broken_item_loses_none_of_its_neighbours() {
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("FETCH 1 (UID RFC822.SIZE FLAGS)");
    let events = talk.hear("* 1 FETCH (UID 7 RFC822.SIZE -1 FLAGS ())\r\n");
    assert_eq!(events, ["2 * 1 FETCH (UID 7 RFC822.SIZE -1 FLAGS ())"]);
    let mut talk = self::talk(4);
    talk.say("FETCH 1 (UID RFC822.SIZE FLAGS BODY[])");
    let events = talk.hear("* 1 FETCH (UID 7 RFC822.SIZE -1 BODY[] {5}\r\nhello FLAGS (()) UID 7)\r\n");
    assert!(events[0].starts_with("2 head 1 (UID 7 RFC822.SIZE -1) "), "{events:?}");
    assert_eq!(events[2], "2 tail (FLAGS (()) UID 7)");
}

#[test]
fn sec_45_a_gigabyte_passes_and_nothing_is_kept() {
    const CHUNK: usize = 64 * 1024;
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("FETCH 1 BODY[]");
    talk.sent();
    assert!(talk.hear("* 1 FETCH (BODY[] {1073741824}\r\n")[0].ends_with(" 1073741824"));
    let chunk = alloc::vec![b'x'; CHUNK];
    let mut left = 1_073_741_824u64;
    while left > 0 {
        let received = talk.client.receive(&chunk).unwrap().unwrap();
        assert_eq!(received.consumed, CHUNK);
        left -= CHUNK as u64;
        assert_eq!(received.event, Event::Chunk { octets: &chunk, left });
    }
    assert_eq!(talk.hear(")\r\nABCD2 OK done\r\n"), ["2 tail ()", "2:OK"]);
    // What is announced costs nothing.
    let mut talk = Talk::selected("IMAP4rev1");
    assert_eq!(talk.hear("* 1 FETCH (BODY[] {9223372036854775807}\r\n").len(), 1);
    let mut talk = Talk::selected("IMAP4rev1");
    assert_eq!(talk.hear("* LIST () \"/\" {4294967295}\r\n").last().unwrap(), &text(Limit::Discard));
}
