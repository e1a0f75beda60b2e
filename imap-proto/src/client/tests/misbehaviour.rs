//! Servers that break the rules.

use super::*;
use crate::error::Expected;
use crate::framing;
use crate::response::{Data, Response};

#[test]
fn sec_10_sec_11_b29_a_tag_is_that_of_a_command_in_flight() {
    let unknown = text(PeerMisbehaved::UnknownTag);
    for line in ["ABCD2 OK x", "ABCE1 NO x", "1 OK x", "ABCD01 OK x", "abcd1 OK x", "ABCD OK x", "DONE BAD x"]
    {
        let mut talk = Talk::inside("IMAP4rev1");
        talk.say("NOOP");
        assert_eq!(talk.hear(format!("{line}\r\n")), [&unknown[..]], "{line}");
        // On demand it is told, and matches nothing.
        let mut talk = Talk::inside_with(lenient(Leniency::UNKNOWN_TAG), "IMAP4rev1");
        talk.say("NOOP");
        let events = talk.hear(format!("{line}\r\nABCD1 OK done\r\n"));
        assert_eq!(events, [&format!("- {line}"), "1:OK"]);
    }
    // SEC-11: the same once more.
    let mut talk = Talk::inside("IMAP4rev1");
    talk.say("NOOP");
    assert_eq!(talk.hear("ABCD1 OK done\r\nABCD1 OK done\r\n"), ["1:OK", &unknown]);
    // Guessed right, and the command is not out yet.
    for status in ["OK", "NO", "BAD"] {
        let mut talk = Talk::inside("IMAP4rev1");
        talk.say("NOOP");
        let events = talk.hear_unwritten(format!("ABCD1 {status} x\r\n"));
        assert_eq!(events, [text(PeerMisbehaved::PrematureCompletion)]);
    }
    let mut talk = Talk::inside("IMAP4rev1");
    talk.say("NOOP");
    talk.client.transmit().advance(8);
    assert_eq!(talk.hear_unwritten("ABCD1 OK x\r\n"), [text(PeerMisbehaved::PrematureCompletion)]);
}

#[test]
fn sec_16_what_is_queued_is_not_in_flight() {
    let mut talk = Talk::inside("IMAP4rev1 QUOTASET");
    talk.say("SETQUOTA {3}\r\na\r\n ()");
    talk.say("NOOP");
    assert_eq!(talk.sent(), "ABCD1 SETQUOTA {3}\r\n");
    assert_eq!(talk.hear("ABCD2 NO x\r\n"), [text(PeerMisbehaved::UnknownTag)]);
}

#[test]
fn sec_17_a_completion_needs_a_command() {
    let mut talk = Talk::inside("IMAP4rev1");
    assert_eq!(talk.hear("ABCD1 OK x\r\n"), [text(PeerMisbehaved::UnknownTag)]);
    let mut talk = Talk::inside("IMAP4rev1");
    assert_eq!(talk.hear("* BYE x\r\n"), ["bye x", "close"]);
}

#[test]
fn b19_sec_13_a_continuation_needs_something_that_goes_on() {
    let unexpected = text(PeerMisbehaved::UnexpectedContinuation);
    for script in ["+ go\r\n", "+ \r\n"] {
        let mut talk = Talk::selected("IMAP4rev1");
        assert_eq!(talk.hear(script), [&unexpected[..]]);
        let mut talk = Talk::selected("IMAP4rev1");
        talk.say("NOOP");
        assert_eq!(talk.hear(script), [&unexpected[..]]);
    }
    // Twice for one literal, and twice for IDLE.
    let mut talk = Talk::inside("IMAP4rev1 QUOTASET");
    talk.say("SETQUOTA {3}\r\na\r\n ()");
    assert_eq!(talk.hear("+ go\r\n+ go\r\n"), ["1 + go", &unexpected]);
    let mut talk = Talk::inside("IMAP4rev1 IDLE");
    talk.say("IDLE");
    assert_eq!(talk.hear("+ go\r\n+ go\r\n"), ["1:idling", &unexpected]);
    // Before the client has said what it waits with.
    for command in ["SETQUOTA {3}\r\na\r\n ()", "IDLE"] {
        let mut talk = Talk::inside("IMAP4rev1 IDLE QUOTASET");
        talk.say(command);
        assert_eq!(talk.hear_unwritten("+ go\r\n"), [&unexpected[..]]);
    }
    // On demand it is told, as often as anything that is unexpected.
    let leniency = Leniency::UNKNOWN_TAG.union(Leniency::EXTRA_CONTINUATION);
    for (line, told) in [("+ go\r\n", "- + go"), ("x OK go\r\n", "- x OK go")] {
        let mut talk = Talk::inside_with(lenient(leniency), "IMAP4rev1");
        for _ in 0..1_000 {
            assert_eq!(talk.hear(line), [told]);
        }
        assert_eq!(talk.hear(line), [text(Limit::Unexpected)]);
    }
    let mut talk = Talk::inside_with(lenient(Leniency::EXTRA_CONTINUATION), "IMAP4rev1 IDLE");
    talk.say("IDLE");
    assert_eq!(talk.hear("+ go\r\n+ go\r\nABCD1 OK done\r\n"), ["1:idling", "- + go", "1:OK"]);
}

#[test]
fn b31_b32_sec_71_lines_that_are_none_are_told_and_passed_over() {
    for line in [
        "Server Unavailable. 15",
        "FETCH (FLAGS ())",
        "* ",
        "* 1 FETCH (FLAGS (",
        "ABCD1",
        "* 99999999999 EXISTS",
    ] {
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let mut talk = Talk::inside_with(Options { dialect, ..plain() }, "IMAP4rev1");
            talk.say("NOOP");
            let events = talk.hear(format!("{line}\r\nABCD1 OK done\r\n"));
            assert!(events[0].starts_with("malformed"), "{events:?}");
            assert_eq!(events[1..], ["1:OK"], "{line}");
        }
    }
    let mut talk = Talk::inside("IMAP4rev1");
    for _ in 0..1_000 {
        assert_eq!(talk.hear("junk\r\n").len(), 1);
    }
    assert_eq!(talk.hear("junk\r\n"), [text(Limit::Unexpected)]);
}

#[test]
fn sec_61_an_empty_line_is_fatal() {
    let mut talk = Talk::inside("IMAP4rev1");
    let error = crate::error::ParseError { expected: Expected::Tag, offset: 0 };
    assert_eq!(talk.hear("\r\n\r\n"), [text(error)]);
}

#[test]
fn b34_text_announces_nothing() {
    let mut talk = Talk::inside("IMAP4rev1");
    talk.say("NOOP");
    let events = talk.hear("* OK see {5}\r\n* NO more {9}\r\nABCD1 OK done {3}\r\n");
    assert_eq!(events, ["- * OK see {5}", "- * NO more {9}", "1:OK"]);
}

#[test]
fn b37_sec_55_a_million_ids_octet_by_octet_cost_linear_time() {
    let extra = [250_000u32, 500_000, 1_000_000].map(|ids| {
        let mut wire = String::from("* SEARCH");
        (1..=ids).for_each(|number| wire.push_str(&format!(" {number}")));
        wire.push_str("\r\n");
        let mut options = plain();
        options.limits.response = wire.len();
        let mut talk = Talk::inside_with(options, "IMAP4rev1");
        talk.say("SELECT a");
        talk.hear("ABCD1 OK in\r\n");
        talk.say("SEARCH ALL");
        talk.sent();
        framing::looked();
        for end in 1..wire.len() {
            assert_eq!(talk.client.receive(&wire.as_bytes()[..end]), Ok(None));
        }
        let received = talk.client.receive(wire.as_bytes()).unwrap().unwrap();
        assert_eq!(received.consumed, wire.len());
        let Event::Response { to: Some(_), response: Response::Data(Data::Search(found)), .. } =
            received.event
        else {
            panic!("{:?}", received.event)
        };
        assert!(found.ids.iter().eq(1..=ids));
        // Nothing but the framer looks at what is not whole.
        framing::looked() - wire.len()
    });
    // Each octet once, and those by which a line is told from text for people, and from one that announces a literal, once more.
    assert_eq!(extra, [32; 3]);
}

#[test]
fn sec_49_a_line_that_is_too_long_is_dropped() {
    // SEC-49: what is too long is dropped up to its end, and the session goes on.
    let mut talk = Talk::selected("IMAP4rev1");
    let long = format!("* SEARCH{}\r\n* 11 EXISTS\r\n", " 1".repeat(700_000));
    let events = talk.hear(long);
    let len = events.len();
    assert!(events[..len - 2].iter().all(|event| event == "dropped"), "{len}");
    assert!(events[len - 2].starts_with("malformed expected fewer octets"), "{}", events[len - 2]);
    assert_eq!(events[len - 1], "- * 11 EXISTS");
}

#[test]
fn sec_49_a_line_without_an_end_is_given_up() {
    let mut talk = Talk::selected("IMAP4rev1");
    let events = talk.hear("x".repeat(4 * 1024 * 1024));
    assert_eq!(events.last().unwrap(), &text(Limit::Discard));
}

#[test]
fn b38_throttled_at_the_end_of_text_is_text() {
    let mut talk = Talk::inside("IMAP4rev1");
    talk.say("NOOP");
    talk.write();
    let received = talk.client.receive(b"ABCD1 NO Too fast [THROTTLED]\r\n").unwrap().unwrap();
    let Event::Finished { status, .. } = received.event else { panic!() };
    assert_eq!(status.text.code, None);
    assert!(status.text.text.as_bytes().ends_with(b"[THROTTLED]"));
}

#[test]
fn sec_66_what_is_shown_for_a_log_is_short_and_printable() {
    let mut talk = Talk::inside("IMAP4rev1");
    let wire = format!("\x1b]0;evil\x07{}\r\n", "x".repeat(10_000));
    let received = talk.client.receive(wire.as_bytes()).unwrap().unwrap();
    let shown = format!("{:?}", received.event);
    assert!(shown.starts_with("Malformed") && shown.len() < 250 && !shown.contains('\x1b'), "{shown}");
    let shown = format!("{:?}", Event::Chunk { octets: b"secret", left: 1 });
    assert_eq!(shown, "Chunk { 6 octets, 1 left }");
}

#[test]
fn sec_69_half_a_response_is_none() {
    let whole = "* 1 FETCH (BODY[] {5}\r\nhello)\r\n";
    for inline in [4, 100] {
        for end in 1..whole.len() {
            let mut options = plain();
            options.limits.inline_literal = inline;
            let mut talk = Talk::inside_with(options, "IMAP4rev1");
            talk.say("SELECT a");
            talk.hear("ABCD1 OK in\r\n");
            let events = talk.hear(&whole[..end]);
            assert!(events.iter().all(|event| !event.contains("tail") && !event.contains("FETCH")));
            let rest = talk.rest().to_vec();
            assert_eq!(talk.client.receive_eof(&rest), Err(PeerMisbehaved::Truncated.into()), "{end}");
        }
    }
    let mut client = Client::new(plain());
    assert_eq!(client.receive_eof(b""), Err(PeerMisbehaved::Truncated.into()));
}

#[test]
fn sec_53_sec_54_numbers_and_sets_keep_their_size() {
    let mut talk = Talk::selected("IMAP4rev1 QRESYNC");
    for (line, shown) in [
        ("* VANISHED (EARLIER) 1:4294967295", "- * VANISHED (EARLIER) 1:4294967295"),
        ("* OK [COPYUID 1 1:4294967295 1:4294967295] x", "- * OK [COPYUID 1 1:4294967295 1:4294967295] x"),
        ("* 0 EXISTS", "- * 0 EXISTS"),
    ] {
        assert_eq!(talk.hear(format!("{line}\r\n")), [shown]);
    }
    for line in ["* 4294967296 EXISTS", "* 0 FETCH (FLAGS ())", "* VANISHED 99999999999999999999"] {
        let events = talk.hear(format!("{line}\r\n"));
        assert!(events[0].starts_with("malformed"), "{events:?}");
    }
}
