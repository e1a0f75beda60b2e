//! Commands with messages.

use super::*;
use crate::error::ApiMisuse;

/// What is told of `wire`, and what goes out.
fn told(wire: &str) -> (Vec<String>, String) {
    let mut host = Host::selected();
    let out = host.say(wire);
    assert_eq!((host.error, host.buffer.len()), (None, 0), "{wire}");
    (host.told(), out)
}

#[test]
fn one_message() {
    for (header, how, plus) in [
        ("{11}", " waits", "+ go on\r\n"),
        ("{11+}", "", ""),
        ("~{11}", " waits binary", "+ go on\r\n"),
        ("~{11+}", " binary", ""),
    ] {
        let (events, out) = told(&format!("a APPEND box (\\Seen) {header}\r\nhello\nworld\r\nb NOOP\r\n"));
        let literal = format!("literal 11{how}");
        let expected = [
            "a to box",
            "message (\\Seen)",
            &literal,
            "\"hello\\nworld\"",
            "literal end",
            "append end",
            "b NOOP",
        ];
        assert_eq!(events, expected);
        assert_eq!(out, format!("{plus}a OK appended\r\nb OK done\r\n"));
    }
}

#[test]
fn with_date_and_a_name_that_is_a_literal() {
    let wire = "a APPEND {3}\r\nbox \"17-Jul-1996 02:44:25 -0700\" {3}\r\nabc\r\n";
    let (events, out) = told(wire);
    assert_eq!(out, "+ go on\r\n+ go on\r\na OK appended\r\n");
    let date = "message \"17-Jul-1996 02:44:25 -0700\"";
    assert_eq!(events, ["a to box", date, "literal 3 waits", "\"abc\"", "literal end", "append end"]);
    let (events, _) = told("a APPEND {3+}\r\nbox {3+}\r\nabc\r\n");
    assert_eq!(events[0], "a to box");
}

#[test]
fn several_messages() {
    let (events, out) = told("a APPEND box {3+}\r\nabc (\\Seen) {0+}\r\n {2}\r\nde\r\n");
    let expected = [
        "a to box",
        "message ",
        "literal 3",
        "\"abc\"",
        "literal end",
        "message (\\Seen)",
        "literal 0",
        "literal end",
        "message ",
        "literal 2 waits",
        "\"de\"",
        "literal end",
        "append end",
    ];
    assert_eq!(events, expected);
    assert_eq!(out, "+ go on\r\na OK appended\r\n");
}

#[test]
fn messages_that_are_put_together() {
    let wire = "a APPEND box (\\Draft) CATENATE (URL \"/x;uid=1\" TEXT {3+}\r\nabc URL /y TEXT {2}\r\nde URL {2+}\r\n/z) \
                CATENATE (TEXT {1+}\r\nf)\r\n";
    let (events, out) = told(wire);
    let expected = [
        "a to box",
        "message (\\Draft)",
        "url /x;uid=1",
        "literal 3",
        "\"abc\"",
        "literal end",
        "url /y",
        "literal 2 waits",
        "\"de\"",
        "literal end",
        "url /z",
        "message ",
        "literal 1",
        "\"f\"",
        "literal end",
        "append end",
    ];
    assert_eq!(events, expected);
    assert_eq!(out, "+ go on\r\na OK appended\r\n");
    // Without a literal it is a command like any other.
    let (events, _) = told("a APPEND box CATENATE (URL /x)\r\n");
    assert_eq!(events, ["a APPEND box CATENATE (URL /x)"]);
}

#[test]
fn with_utf8() {
    let (events, _) = told("a APPEND box UTF8 (~{3+}\r\nabc)\r\n");
    assert_eq!(events[2..], ["literal 3 binary utf8", "\"abc\"", "literal end", "append end"]);
    let (events, _) = told("a APPEND box CATENATE (UTF8 (~{3+}\r\nabc) URL /x)\r\n");
    assert_eq!(events[2..], ["literal 3 binary utf8", "\"abc\"", "literal end", "url /x", "append end"]);
}

#[test]
fn replace() {
    let (events, _) = told("a REPLACE 4 box {3+}\r\nabc\r\nb UID REPLACE 5 box (\\Seen) {1+}\r\nx\r\n");
    assert_eq!(events[0], "a to box for Value(4)");
    assert_eq!(events[5], "append end");
    assert_eq!(events[6..8], ["b to box for UID Value(5)", "message (\\Seen)"]);
    let (events, _) = told("a REPLACE * box {3+}\r\nabc\r\n");
    assert_eq!(events[0], "a to box for Star");
    // One message, and no more.
    let (events, out) = told("a REPLACE 4 box {1+}\r\nx {1+}\r\ny\r\nb NOOP\r\n");
    assert_eq!(events[4..], ["literal end", "malformed ", "b NOOP"]);
    assert_eq!(out, "a BAD expected CRLF at offset 0\r\nb OK done\r\n");
}

#[test]
fn what_was_not_advertised_is_refused() {
    let behind = "b OK done\r\n";
    for (capability, wire, answer) in [
        ("MULTIAPPEND", "a APPEND box {1+}\r\nx {1+}\r\ny\r\n", "expected CRLF at offset 0"),
        ("MULTIAPPEND", "a APPEND box CATENATE (URL /x) CATENATE (URL /y)\r\n", "not supported here"),
        ("CATENATE", "a APPEND box CATENATE (TEXT {1+}\r\nx)\r\n", "expected a literal at offset 0"),
        ("CATENATE", "a APPEND box CATENATE (URL /x)\r\n", "not supported here"),
        ("CATENATE", "a REPLACE 1 box CATENATE (URL /x)\r\n", "not supported here"),
        ("BINARY", "a APPEND box (\\Seen) ~{1+}\r\nx\r\n", "expected a literal at offset 0"),
        ("UTF8=ACCEPT", "a APPEND box UTF8 (~{1+}\r\nx)\r\n", "expected a literal at offset 0"),
        ("UTF8=ACCEPT", "a APPEND box CATENATE (UTF8 (~{1+}\r\nx))\r\n", "expected a literal at offset 10"),
        ("REPLACE", "a REPLACE 1 box {1+}\r\nx\r\n", "not supported here"),
        ("REPLACE", "a UID REPLACE 1 box CATENATE (URL /x)\r\n", "not supported here"),
    ] {
        let less: Vec<&str> = CAPABILITIES.split_whitespace().filter(|one| *one != capability).collect();
        let mut host = Host::ready_with(options(), &less.join(" "));
        host.say("s SELECT box\r\n");
        let out = host.say(format!("{wire}b NOOP\r\n"));
        assert_eq!(out, format!("a BAD {answer}\r\n{behind}"), "{capability} {wire}");
        assert!(!host.told().iter().any(|event| event == "append end"));
        let out = Host::selected().say(format!("{wire}b NOOP\r\n"));
        assert!(out.starts_with("a OK ") && out.ends_with(behind), "{wire} {out}");
    }
    // One is not several.
    let less: Vec<&str> = CAPABILITIES.split_whitespace().filter(|one| *one != "MULTIAPPEND").collect();
    let out = Host::ready_with(options(), &less.join(" ")).say("a APPEND box CATENATE (URL /x)\r\n");
    assert!(out.starts_with("a OK "), "{out}");
}

/// Behind a tag that is too long to see the name of the command in time, it is a command like any other, and judged alike.
#[test]
fn what_was_not_advertised_is_refused_as_a_whole() {
    let tag = "t".repeat(300);
    for (capability, data) in [
        ("MULTIAPPEND", "{1+}\r\nx {1+}\r\ny"),
        ("BINARY", "~{1+}\r\nx"),
        ("UTF8=ACCEPT", "UTF8 (~{1+}\r\nx)"),
    ] {
        let wire = format!("{tag} APPEND box {data}\r\n");
        let less: Vec<&str> = CAPABILITIES.split_whitespace().filter(|one| *one != capability).collect();
        let out = Host::ready_with(options(), &less.join(" ")).say(&wire);
        assert_eq!(out, format!("{tag} BAD not supported here\r\n"), "{capability}");
        let out = Host::ready_with(options(), CAPABILITIES).say(&wire);
        assert_eq!(out, format!("{tag} OK done\r\n"), "{capability}");
    }
}

#[test]
fn b18_a_literal_that_is_refused() {
    // One that waits is not sent then.
    let (events, out) = told("a APPEND refused {3}\r\nb NOOP\r\n");
    assert_eq!(events, ["a to refused", "message ", "literal 3 waits", "b NOOP"]);
    assert_eq!(out, "a NO [TRYCREATE] no\r\nb OK done\r\n");
    // Others are, and skipped with all that belongs to them.
    let (events, out) =
        told("a APPEND refused {12+}\r\nx LOGOUT\r\ny  (\\Seen) {4+}\r\nz Q\n {3}\r\nb NOOP\r\n");
    assert_eq!(events, ["a to refused", "message ", "literal 12", "b NOOP"]);
    assert_eq!(out, "a NO [TRYCREATE] no\r\nb OK done\r\n");
}

#[test]
fn given_up_in_the_middle() {
    let mut server = Host::ready().server;
    let wire = b"a APPEND box {6}\r\nabcdef {3+}\r\nghi {3}\r\nb NOOP\r\n";
    let mut at = 0;
    let mut next = |server: &mut Server| {
        let Received { consumed, event } = server.receive(&wire[at..]).unwrap().unwrap();
        at += consumed;
        event
    };
    let Event::Append { token, .. } = next(&mut server) else { panic!() };
    assert_eq!(server.finish(token, &status("OK too early")), Err(ApiMisuse::State(Refusal::Busy).into()));
    assert_eq!(server.accept(token), Err(ApiMisuse::Token.into()));
    assert!(matches!(next(&mut server), Event::Message { .. }));
    assert!(matches!(next(&mut server), Event::Literal { .. }));
    server.accept(token).unwrap();
    assert_eq!(server.accept(token), Err(ApiMisuse::Token.into()));
    assert!(matches!(next(&mut server), Event::Chunk(b"abcdef")));
    server.finish(token, &status("NO [OVERQUOTA] full")).unwrap();
    // The second literal comes without a wait, the third waits in vain.
    loop {
        match next(&mut server) {
            Event::Skipped { .. } => {}
            Event::Command { command, .. } => {
                assert_eq!(command.tag.as_bytes(), b"b");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(server.finish(token, &status("NO again")), Err(ApiMisuse::Token.into()));
}

/// Between two messages, while another command is open.
#[test]
fn given_up_before_a_literal_that_is_refused() {
    let mut options = options();
    options.limits.literal_authenticated = 10;
    let mut server = Host::ready_with(options, CAPABILITIES).server;
    let wire =
        b"n NOOP\r\na APPEND box {3+}\r\nabc (\\Seen) {11+}\r\nx\r\nb NOOP\r\n {1+}\r\nx\r\nc NOOP\r\n";
    let mut at = 0;
    let mut next = |server: &mut Server| {
        let Received { consumed, event } = server.receive(&wire[at..]).unwrap().unwrap();
        at += consumed;
        event
    };
    let Event::Command { token: noop, .. } = next(&mut server) else { panic!() };
    let Event::Append { token, .. } = next(&mut server) else { panic!() };
    // The answer to another command gives nothing up.
    server.finish(noop, &status("NO not now")).unwrap();
    assert!(matches!(next(&mut server), Event::Message { .. }));
    assert!(matches!(next(&mut server), Event::Literal { .. }));
    server.accept(token).unwrap();
    assert!(matches!(next(&mut server), Event::Chunk(b"abc")));
    assert!(matches!(next(&mut server), Event::LiteralEnd { .. }));
    server.finish(token, &status("NO [OVERQUOTA] full")).unwrap();
    loop {
        match next(&mut server) {
            Event::Skipped { .. } => {}
            Event::Command { command, .. } => {
                assert_eq!(command.tag.as_bytes(), b"c");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn while_a_decision_is_due_nothing_is_read() {
    let mut server = Host::ready().server;
    let wire = b"a APPEND box {3+}\r\nabc\r\n";
    let mut at = 0;
    let mut token = None;
    while let Some(Received { consumed, event }) = server.receive(&wire[at..]).unwrap() {
        at += consumed;
        if let Event::Literal { token: of, .. } = event {
            token = Some(of);
        }
    }
    assert_eq!((at, server.is_blocked()), (19, true));
    assert!(server.receive_eof(b"").is_err(), "the command is not whole");
    assert!(token.is_some());
}

#[test]
fn malformed() {
    for (wire, out) in [
        // Before the literal: it is not asked for.
        ("a APPEND box (\\Seen {3}\r\nb NOOP\r\n", "a BAD expected a flag at offset 20\r\nb OK done\r\n"),
        ("a APPEND {3}\r\nboxb NOOP\r\n", "+ go on\r\na BAD expected a space at offset 17\r\n"),
        ("a APPEND box\r\nb NOOP\r\n", "a BAD expected a space at offset 12\r\nb OK done\r\n"),
        // Behind one.
        ("a APPEND box {3+}\r\nabcd\r\nb NOOP\r\n", "a BAD expected a space at offset 0\r\nb OK done\r\n"),
        (
            "a APPEND box {1+}\r\nx (\\Seen {3}\r\nb NOOP\r\n",
            "a BAD expected a flag at offset 8\r\nb OK done\r\n",
        ),
        (
            "a APPEND box {1+}\r\nx y {9+}\r\n\r\nLOGOUT\r\r\nb NOOP\r\n",
            "a BAD expected a sequence set at offset 3\r\nb OK done\r\n",
        ),
        (
            "a APPEND box CATENATE (TEXT {1+}\r\nx\r\nb NOOP\r\n",
            "a BAD expected \")\" at offset 0\r\nb OK done\r\n",
        ),
        (
            "a APPEND box UTF8 ({1+}\r\nx)\r\nb NOOP\r\n",
            "a BAD expected a literal at offset 19\r\nb OK done\r\n",
        ),
        (
            "a APPEND box CATENATE (TEXT ~{1+}\r\nx)\r\nb NOOP\r\n",
            "a BAD expected a literal at offset 28\r\nb OK done\r\n",
        ),
    ] {
        let mut host = Host::selected();
        let said = host.say(wire);
        assert_eq!((said.as_str(), host.error), (out, None), "{wire:?}");
    }
}

#[test]
fn constant_memory() {
    let mut options = options();
    options.limits.literal_authenticated = 1 << 40;
    let mut host = Host::ready_with(options, CAPABILITIES);
    host.say(format!("a APPEND box {{{}}}\r\n", 1u64 << 30));
    let piece = [b'x'; 1 << 20];
    let mut taken = 0;
    for _ in 0..1 << 10 {
        let Received { consumed, event } = host.server.receive(&piece).unwrap().unwrap();
        assert!(
            matches!(event, Event::Chunk(octets) if core::ptr::eq(octets, &piece[..])),
            "nothing is copied"
        );
        taken += consumed;
    }
    assert_eq!(taken, 1 << 30);
    assert_eq!(host.say("\r\n"), "a OK appended\r\n");
}

#[test]
fn many_arguments_are_not_read_again_and_again() {
    let annotations = "/c (v {1+}\r\nx) ".repeat(40);
    let wire =
        format!("a APPEND box {{1+}}\r\nx ANNOTATION ({}) {{1+}}\r\ny\r\nb NOOP\r\n", annotations.trim_end());
    let mut host = Host::ready();
    for wire in
        [wire, format!("a APPEND box ANNOTATION ({}) {{1+}}\r\ny\r\nb NOOP\r\n", annotations.trim_end())]
    {
        let out = host.say(&wire);
        assert!(out.starts_with("a BAD [TOOBIG]") && out.ends_with("\r\nb OK done\r\n"), "{out}");
        assert_eq!(host.error, None);
    }
}

/// Behind the first message, the limits are those of the first one.
#[test]
fn sec_49_what_is_too_long_behind_a_message() {
    let mut options = options();
    (options.limits.literal_authenticated, options.limits.command_authenticated) = (10, 1_000);
    let new = || Host::ready_with(options.clone(), CAPABILITIES);
    for (wire, out) in [
        // It does not come, or comes and is skipped.
        (
            "a APPEND box {3+}\r\nabc {20}\r\nb NOOP\r\n",
            "a BAD [TOOBIG] expected fewer octets at offset 1\r\nb OK done\r\n",
        ),
        (
            "a APPEND box {3+}\r\nabc {20+}\r\nb LOGOUT\r\nc LOGOUT\r\n\r\nd NOOP\r\n",
            "a BAD [TOOBIG] expected fewer octets at offset 1\r\nd OK done\r\n",
        ),
    ] {
        let mut host = new();
        let said = host.say(wire);
        assert_eq!((said.as_str(), host.error), (out, None), "{wire:?}");
    }
    let long = "x".repeat(2_000);
    for piece in [usize::MAX, 300] {
        let mut host = new();
        let mut said = String::new();
        for piece in format!("a APPEND box {{3+}}\r\nabc {long}\r\nb NOOP\r\n").as_bytes().chunks(piece) {
            said += &host.say(piece);
        }
        assert_eq!(
            (said.as_str(), host.error),
            ("a BAD [TOOBIG] expected fewer octets at offset 0\r\nb OK done\r\n", None)
        );
        // What was refused before is not told again.
        let mut host = new();
        let mut said = String::new();
        for piece in format!("a APPEND refused {{3+}}\r\nabc {long}\r\nb NOOP\r\n").as_bytes().chunks(piece) {
            said += &host.say(piece);
        }
        assert_eq!((said.as_str(), host.error), ("a NO [TRYCREATE] no\r\nb OK done\r\n", None));
    }
}

/// A token that is not that of the command in the middle of which it is answered.
#[test]
fn another_command_is_refused_while_a_message_comes() {
    let mut host = Host::ready();
    let mut tokens = Vec::new();
    let mut rest = &b"a NOOP\r\nb APPEND box {3+}\r\nabc\r\n"[..];
    while let Some(Received { consumed, event }) = host.server.receive(rest).unwrap() {
        rest = &rest[consumed..];
        match event {
            Event::Command { token, .. } | Event::Append { token, .. } => tokens.push(token),
            Event::Literal { token, .. } => {
                assert_eq!(token, tokens[1]);
                // The literal stays on offer.
                host.server.finish(tokens[0], &status("NO no")).unwrap();
                host.server.accept(token).unwrap();
            }
            Event::AppendEnd { token } => host.server.finish(token, &status("OK done")).unwrap(),
            _ => {}
        }
    }
    assert_eq!((rest.len(), host.say("").as_str()), (0, "a NO no\r\nb OK done\r\n"));
}
