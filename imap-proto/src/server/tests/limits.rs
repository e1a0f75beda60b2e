//! What a client may cost.

use super::*;
use crate::error::{ApiMisuse, Limit, PeerMisbehaved};

#[test]
fn sec_21_other_protocols() {
    for wire in [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /a HTTP/1.0\r\n",
        "CONNECT x:143 HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
    ] {
        let mut host = Host::fresh();
        assert_eq!(host.say(wire), "", "nothing is said, nothing is echoed");
        assert_eq!(host.error, Some(PeerMisbehaved::ForeignProtocol.into()), "{wire}");
        assert!(host.told().is_empty());
    }
    // As tags they are fine, and later on a line is only a bad command.
    assert_eq!(Host::fresh().say("GET NOOP\r\n"), "GET OK done\r\n");
    assert_eq!(
        Host::fresh().say("a NOOP\r\nGET / HTTP/1.1\r\n"),
        "a OK done\r\nGET BAD expected a keyword at offset 4\r\n"
    );
    assert_eq!(Host::fresh().say("USER x\r\n"), "USER BAD what\r\n");
    // What begins like TLS within a line, of which the front was skipped, is none.
    let mut host = Host::fresh();
    host.say("x".repeat(options().limits.command + 1));
    assert_eq!(
        host.say("\x16\x03\r\na NOOP\r\n"),
        "* BAD [TOOBIG] expected fewer octets at offset 8192\r\na OK done\r\n"
    );
}

#[test]
fn sec_21_bad_commands() {
    let patient = || Options { allow_plaintext_secrets: true, ..Options::default() };
    let bye = "* BYE too many bad commands, closing connection\r\n";
    for line in
        ["FROB {\r\n", "a FROB\r\n", "a SELECT x\r\n", "a LOGIN user x\r\n", "a STARTTLS x\r\n", "\r\n"]
    {
        let mut host = Host::new(patient(), CAPABILITIES);
        let out = host.say(line.repeat(9));
        assert_eq!(out.lines().count(), 5, "{line}: {out}");
        assert!(out.ends_with(bye), "{line}: {out}");
        assert_eq!(host.server.state(), State::Closed);
    }
    // After a login there may be more.
    let mut host = Host::ready_with(patient(), CAPABILITIES);
    let out = host.say("a FROB\r\n".repeat(30));
    assert_eq!((out.lines().count(), out.ends_with(bye)), (22, true));
    // What is only refused by the user is no bad command.
    let mut host = Host::ready_with(patient(), CAPABILITIES);
    assert_eq!(host.say("a SELECT missing\r\n".repeat(50)).lines().count(), 50);
    // Nor is a mechanism that is not there: clients try what they have.
    let mut host = Host::new(patient(), CAPABILITIES);
    assert_eq!(
        host.say("a AUTHENTICATE X-NONE\r\n".repeat(50)),
        "a NO mechanism not supported here\r\n".repeat(50)
    );
    // The last answer is the last that goes out, whenever it is given.
    let mut server = Host::new(patient(), CAPABILITIES).server;
    server.session.errors = 3;
    let Some(Received { event: Event::Malformed { token, .. }, .. }) = server.receive(b"a\r\n").unwrap()
    else {
        panic!()
    };
    assert_eq!((server.receive(b"b NOOP\r\n"), server.is_blocked()), (Ok(None), true));
    server.finish(token, &status("BAD x")).unwrap();
    assert_eq!(server.receive(b"b NOOP\r\n"), Ok(Some(Received { consumed: 8, event: Event::Close })));
}

#[test]
fn sec_61_a_flood_of_small_lines_is_one_of_bad_commands() {
    for line in ["\r\n", "a\r\n", "a \r\n"] {
        let mut host = Host::new(Options::default(), "");
        host.say(line.repeat(10_000));
        assert_eq!(host.server.state(), State::Closed);
        assert_eq!(host.told().len(), 5, "four bad commands, and the end");
    }
}

#[test]
fn sec_49_a_line_without_an_end() {
    for (mut host, line, discard) in [(Host::fresh(), 8 << 10, 64 << 10), (Host::ready(), 64 << 10, 1 << 20)]
    {
        let mut sent = 0;
        let mut most = 0;
        host.say("a ");
        while host.error.is_none() {
            host.say([b'x'; 1000]);
            sent += 1000;
            most = most.max(host.buffer.len());
            assert!(sent < 3 << 20);
        }
        assert_eq!(host.error, Some(Limit::Discard.into()));
        assert!(most <= line + 1000, "nothing is kept of what is skipped: {most}");
        assert!(sent > line + discard - 1000 && sent <= line + discard + 1000, "{sent}");
    }
    // A line that is only too long is answered with its tag.
    let mut host = Host::fresh();
    let out = host.say(format!("a LOGIN {}\r\nb NOOP\r\n", "x".repeat(9000)));
    assert_eq!(out, "a BAD [TOOBIG] expected fewer octets at offset 8192\r\nb OK done\r\n");
    assert_eq!(host.told(), ["malformed ", "b NOOP"]);
}

/// What waits for an answer has its tag kept.
#[test]
fn sec_50_a_long_tag_is_none() {
    let (fits, long) = ("t".repeat(1024), "t".repeat(1025));
    let too_long = "* BAD [TOOBIG] expected fewer octets at offset 1024\r\n";
    for (mut host, rest, out) in [
        (Host::fresh(), "NOOP\r\n", too_long),
        (Host::ready(), "SELECT box\r\n", too_long),
        (Host::fresh(), "LOGIN user pass\r\n", too_long),
        (Host::fresh(), "FROB\r\n", too_long),
        (Host::ready(), "IDLE\r\n", too_long),
        (Host::fresh(), "NOOP x\r\n", "* BAD expected CRLF at offset 1030\r\n"),
        (Host::fresh(), "\r\n", "* BAD expected a keyword at offset 1026\r\n"),
        // What belongs to it is skipped, and not asked for.
        (Host::ready(), "CREATE {6+}\r\nb NOOP\r\n", too_long),
        (Host::ready(), "CREATE {6}\r\n", too_long),
        (Host::ready(), "APPEND box {8+}\r\nb NOOP\r\n\r\n", too_long),
        (Host::ready(), "APPEND box {8}\r\n", too_long),
    ] {
        assert_eq!(host.say(format!("{long} {rest}")), out, "{rest}");
        assert!(host.server.session.answers.is_empty());
        assert_eq!(host.say("c NOOP\r\n"), "c OK done\r\n", "{rest}");
        assert_eq!(host.told().len(), 2, "{rest}");
    }
    for line in ["NOOP", "AUTHENTICATE X", "SEARCH ALL", "FROB"] {
        let out = Host::fresh().say(format!("{fits} {line}\r\n"));
        assert!(out.starts_with(&fits), "{out}");
    }
    let out = Host::ready().say(format!("{fits} APPEND box {{1+}}\r\nx\r\n"));
    assert_eq!(out, format!("{fits} OK done\r\n"), "whole, behind a tag of that length");
    // Of a line that is too long, too.
    let endless = "x".repeat(9000);
    for (tag, shown) in [(&fits, &*fits), (&long, "*")] {
        let out = Host::fresh().say(format!("{tag} LOGIN {endless}\r\nb NOOP\r\n"));
        assert_eq!(
            out,
            format!("{shown} BAD [TOOBIG] expected fewer octets at offset 8192\r\nb OK done\r\n")
        );
    }
    // However it is cut.
    for cut in [1, 1000, 1024, 1025, 1026, 1035] {
        let wire = format!("{long} CREATE {{6+}}\r\nb NOOP\r\nc NOOP\r\n");
        let mut host = Host::ready();
        let out = host.say(&wire[..cut]) + &host.say(&wire[cut..]);
        assert_eq!(out, format!("{too_long}c OK done\r\n"), "{cut}");
    }
}

/// SEC-50: 16 MiB of an octet that stays in the state, or until the session is given up.
#[test]
fn sec_50_every_state_fed_forever() {
    type Start = (&'static str, fn() -> Host, &'static str, u8);
    let starts: [Start; 9] = [
        ("tag", Host::fresh, "", b'x'),
        ("arguments", Host::fresh, "a LOGIN ", b'x'),
        ("quoted", Host::fresh, "a LOGIN \"", b'x'),
        ("list", Host::fresh, "a ID (", b'('),
        ("literal", Host::ready, "a CREATE {60000+}\r\n", b'x'),
        ("message", Host::ready, "a APPEND box {67108864+}\r\n", b'x'),
        ("refused message", Host::ready, "a APPEND refused {67108864+}\r\n", b'x'),
        ("answer", Host::fresh, "a AUTHENTICATE PLAIN\r\n", b'A'),
        ("idle", Host::ready, "a IDLE\r\n", b'x'),
    ];
    for (name, host, start, octet) in starts {
        let mut host = host();
        host.say(start);
        let piece = [octet; 64 << 10];
        let mut most = 0;
        for _ in 0..(16 << 20) / piece.len() {
            host.say(piece);
            host.content.clear();
            most = most.max(host.buffer.len());
            if host.error.is_some() {
                break;
            }
        }
        assert!(most <= (64 << 10) + piece.len(), "{name}: {most} octets are kept");
    }
}

#[test]
fn sec_52_lists_before_authentication_cost_nothing() {
    let mut host = Host::fresh();
    host.say(format!("a NOOP {}", "(".repeat(8000)));
    assert_eq!(host.error, None);
    // The octets are the caller's; the machine has the same size as before.
    assert!(host.server.session.answers.is_empty() && host.server.transmit.len() == 0);
    assert!(host.say(")\r\n").starts_with("a BAD"));
    let mut host = Host::fresh();
    let deep = format!("a SEARCH {}ALL{}\r\n", "(".repeat(2000), ")".repeat(2000));
    assert!(host.say(deep).starts_with("a BAD"));
}

#[test]
fn sec_54_numbers_at_their_edges() {
    for (wire, is_fine) in [
        ("FETCH 0 FLAGS", false),
        ("FETCH 4294967295 FLAGS", true),
        ("FETCH 4294967296 FLAGS", false),
        ("FETCH -1 FLAGS", false),
        ("FETCH 99999999999999999999 FLAGS", false),
        ("FETCH 1 BODY[]<0.0>", false),
        ("FETCH 1:* (FLAGS) (CHANGEDSINCE 9223372036854775807)", true),
        ("FETCH 1:* (FLAGS) (CHANGEDSINCE 9223372036854775808)", false),
        ("UID FETCH 1:* (FLAGS) (PARTIAL 4294967295:1)", true),
        ("UID FETCH 1:* (FLAGS) (PARTIAL 4294967296:1)", false),
        ("REPLACE 0 box {1}", false),
        ("UID REPLACE 4294967296 box {1}", false),
        ("APPEND box \"32-Jul-1996 02:44:25 -0700\" {1}", false),
    ] {
        let out = Host::selected().say(format!("a {wire}\r\n"));
        assert_eq!(!out.starts_with("a BAD"), is_fine, "{wire}: {out}");
    }
}

#[test]
fn sec_56_nothing_is_kept_and_output_is_bounded() {
    // One event at a time: nothing is read before it is taken.
    let mut server = Host::ready().server;
    let wire = b"a NOOP\r\nb NOOP\r\n";
    let Received { consumed, .. } = server.receive(wire).unwrap().unwrap();
    assert_eq!((consumed, server.session.answers.len()), (8, 1));
    // A client that does not read: more is refused, and nothing is lost when it does.
    let mut options = options();
    options.limits.output = 1_000;
    let mut server = Host::ready_with(options, CAPABILITIES).server;
    let Some(Received { event: Event::Command { token, .. }, .. }) = server.receive(wire).unwrap() else {
        panic!()
    };
    let mut sent = 0;
    let full = loop {
        match server.send(&response("* LIST () \"/\" box")) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 1_000);
    };
    assert_eq!(full, ApiMisuse::OutputFull.into());
    assert_eq!(server.finish(token, &status("OK x")), Err(full));
    assert!(server.transmit().remaining() < 1_000 + 20);
    let len = server.transmit().remaining();
    server.transmit().advance(len);
    assert_eq!(server.finish(token, &status("OK x")), Ok(()));
}

#[test]
fn sec_62_no_nul() {
    for wire in [
        &b"a LOGIN \"x\0\" y\r\n"[..],
        b"a LOGIN {3+}\r\na\0b y\r\n",
        b"a LOGIN x\0 y\r\n",
        b"\0a NOOP\r\n",
        b"a NOOP\0\r\n",
        b"a LOGIN \"x\\\r\n",
    ] {
        let mut host = Host::fresh();
        let out = host.say([wire, b"b NOOP\r\n"].concat());
        assert!(
            out.contains("BAD expected") && out.ends_with("b OK done\r\n"),
            "{}: {out}",
            wire.escape_ascii()
        );
    }
    let mut host = Host::fresh();
    assert_eq!(host.say("a LOGIN \"x\\"), "", "more may come");
    // In a binary literal there may be.
    let out = Host::ready().say(b"a APPEND box ~{3+}\r\na\0b\r\n");
    assert_eq!(out, "a OK appended\r\n");
}

#[test]
fn sec_66_errors_hold_no_octets_of_the_client() {
    let mut host = Host::fresh();
    let out = host.say(b"a LOGIN \x1b[2Jx \"\x1b]0;x\x07\r\n");
    assert!(
        out.bytes().all(|octet| octet == b'\r' || octet == b'\n' || (32..127).contains(&octet)),
        "{out:?}"
    );
    let wire = [b"b \x1b\xff".as_slice(), &[b'x'; 200], b"\r\n"].concat();
    let Received { event, .. } = host.server.receive(&wire).unwrap().unwrap();
    let shown = format!("{event:?}");
    assert!(shown.contains("\\x1b\\xff") && !shown.contains(&"x".repeat(70)), "{shown}");
}

#[test]
fn sec_69_half_a_command_is_none() {
    let wire = "a LOGIN {4+}\r\nuser pass\r\n";
    for end in 1..wire.len() {
        let mut host = Host::fresh();
        assert_eq!(host.say(&wire[..end]), "", "{end}");
        assert!(host.told().is_empty());
        let rest = host.buffer.clone();
        assert_eq!(host.server.receive_eof(&rest), Err(PeerMisbehaved::Truncated.into()), "{end}");
        assert_eq!(host.server.receive(b"x"), Err(PeerMisbehaved::Truncated.into()));
    }
    let wire = "a APPEND box {5}\r\nhello {3+}\r\nabc\r\n";
    for end in 1..wire.len() {
        let mut host = Host::ready();
        host.say(&wire[..end]);
        assert!(!host.told().iter().any(|event| event == "append end"), "{end}");
        let rest = host.buffer.clone();
        assert_eq!(host.server.receive_eof(&rest), Err(PeerMisbehaved::Truncated.into()), "{end}");
    }
    let mut host = Host::ready();
    host.say("a IDLE\r\n");
    assert_eq!(host.server.receive_eof(b""), Ok(()));
}
