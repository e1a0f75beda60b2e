//! AUTHENTICATE and IDLE.

use super::*;
use crate::error::{ApiMisuse, Limit};

#[test]
fn authenticate() {
    let mut host = Host::fresh();
    assert_eq!(host.say("a AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n"), "a OK done\r\n");
    assert_eq!(host.server.state(), State::Authenticated);
    let mut host = Host::fresh();
    assert_eq!(host.say("a AUTHENTICATE LOGIN\r\n"), "+ \r\n");
    assert_eq!(host.server.mode(), Mode::Authenticating);
    assert_eq!(host.say("dXNlcg==\r\n"), "+ UGFzc3dvcmQ6\r\n");
    assert_eq!(host.say("cGFzcw==\r\nb NOOP\r\n"), "a OK done\r\nb OK done\r\n");
    let mut host = Host::fresh();
    assert_eq!(host.say("a AUTHENTICATE PLAIN =\r\n"), "a NO [AUTHENTICATIONFAILED] no\r\n");
    assert_eq!(host.told(), ["AUTHENTICATE PLAIN \"\""], "`=` is an empty response");
    assert_eq!(host.say("a AUTHENTICATE PLAIN\r\n\r\n"), "+ \r\na NO [AUTHENTICATIONFAILED] no\r\n");
}

#[test]
fn sec_23_authenticate_abused() {
    let mut host = Host::fresh();
    assert_eq!(host.say("a AUTHENTICATE PLAIN\r\n*\r\n"), "+ \r\na BAD cancelled\r\n");
    assert_eq!(host.say("b AUTHENTICATE PLAIN\r\n!!\r\n"), "+ \r\nb BAD expected base64 at offset 0\r\n");
    assert_eq!(host.told(), ["AUTHENTICATE PLAIN", "cancelled", "AUTHENTICATE PLAIN", "malformed "]);
    assert_eq!((host.server.state(), host.server.mode()), (State::NotAuthenticated, Mode::Commands));
    // Within an exchange there are no commands.
    assert_eq!(host.say("c AUTHENTICATE PLAIN\r\nd NOOP\r\n"), "+ \r\nc BAD expected base64 at offset 0\r\n");
    // The end of the connection within it is no error.
    host.say("e AUTHENTICATE PLAIN\r\n");
    assert_eq!(host.server.receive_eof(b""), Ok(()));
    assert_eq!(host.server.state(), State::Closed);
}

#[test]
fn challenges_out_of_turn() {
    let mut server = Host::fresh().server;
    let Some(Received { event: Event::Authenticate { token, .. }, .. }) =
        server.receive(b"a AUTHENTICATE PLAIN\r\n").unwrap()
    else {
        panic!()
    };
    server.challenge(token, b"x").unwrap();
    assert_eq!(server.challenge(token, b"x"), Err(ApiMisuse::State(Refusal::Busy).into()));
    assert_eq!(server.finish(token, &status("OK x")), Err(ApiMisuse::State(Refusal::Busy).into()));
    let received = server.receive(b"*\r\n").unwrap().unwrap();
    assert!(matches!(received.event, Event::Cancelled { .. }));
    assert_eq!(server.challenge(token, b"x"), Err(ApiMisuse::Token.into()));
    assert_eq!(server.finish(token, &status("OK x")), Err(ApiMisuse::Response.into()));
    server.finish(token, &status("BAD x")).unwrap();
}

#[test]
fn an_exchange_has_limits() {
    let mut server = Host::fresh().server;
    let Some(Received { event: Event::Authenticate { token, .. }, .. }) =
        server.receive(b"a AUTHENTICATE PLAIN\r\n").unwrap()
    else {
        panic!()
    };
    for _ in 0..32 {
        server.challenge(token, b"x").unwrap();
        server.receive(b"\r\n").unwrap().unwrap();
    }
    assert_eq!(server.challenge(token, b"x"), Err(Limit::Sasl.into()));
    assert_eq!(server.receive(b""), Err(Limit::Sasl.into()));
    let mut options = options();
    options.limits.sasl = 100;
    let mut host = Host::new(options, CAPABILITIES);
    host.say(format!("a AUTHENTICATE PLAIN\r\n{}\r\n", "A".repeat(100)));
    assert_eq!(host.error, Some(Limit::Sasl.into()));
}

#[test]
fn sec_67_no_secret_is_shown() {
    let mut host = Host::fresh();
    let mut shown = String::new();
    for wire in [
        "a LOGIN user hunter2\r\n",
        "a LOGIN user hunter2 hunter2\r\n",
        "a LOGIN user \"hunter2\r\n",
        "a AUTHENTICATE PLAIN AGh1bnRlcjIAaHVudGVyMg==\r\n",
        "a AUTHENTICATE PLAIN AGh1bnRlcjIAaHVudGVyMg\r\n",
        // The tag was forgotten.
        "LOGIN user hunter2\r\n",
        "login \"user\" \"hunter2\"\r\n",
        "Login\tuser\thunter2\r\n",
        "AUTHENTICATE PLAIN AGh1bnRlcjIAaHVudGVyMg==\r\n",
        "authenticate PLAIN AGh1bnRlcjIAaHVudGVyMg==\r\n",
        // It is not where it ought to be.
        " a LOGIN user hunter2\r\n",
        "a  LOGIN user hunter2\r\n",
        "\ta LOGIN user hunter2\r\n",
        "a\tLOGIN user hunter2\r\n",
        "a \t LOGIN\tuser hunter2\r\n",
        "a UID LOGIN user hunter2\r\n",
        "a uid\tlogin user hunter2\r\n",
        "a UID AUTHENTICATE PLAIN AGh1bnRlcjIAaHVudGVyMg==\r\n",
        // Behind what ends a line for others.
        "a ID NIL\nb LOGIN user hunter2\r\n",
        "a NOOP \rb LOGIN user hunter2\r\n",
        "a NOOP\n\nLOGIN user \"hunter2\r\n",
        "a ID NIL\nb AUTHENTICATE PLAIN AGh1bnRlcjIAaHVudGVyMg==\r\n",
        "a AUTHENTICATE PLAIN\r\n",
    ] {
        let Received { event, .. } = host.server.receive(wire.as_bytes()).unwrap().unwrap();
        shown += &format!("{event:?}{:?}", host.server);
        host.handle(event);
        shown += &format!("{:?}", host.server);
    }
    let Received { event, .. } = host.server.receive(b"AGh1bnRlcjIAaHVudGVyMg==\r\n").unwrap().unwrap();
    shown += &format!("{event:?}{:?}", host.server);
    assert!(!shown.contains("hunter2") && !shown.contains("AGh1"), "{shown}");
}

/// Who did not wait for the answer, or met it on its way.
#[test]
fn sec_67_a_password_behind_a_refusal_is_not_shown() {
    let exposed = || Host::new(Options { allow_plaintext_secrets: false, ..options() }, CAPABILITIES);
    let others = || Host::new(options(), "IMAP4rev1 AUTH=SCRAM-SHA-256");
    for (make, wire, lines) in [
        (exposed as fn() -> Host, "a AUTHENTICATE LOGIN\r\nc2VzYW1l\r\nc2VzYW1l\r\n", 2),
        (others, "a AUTHENTICATE LOGIN\r\nc2VzYW1l\r\nc2VzYW1l\r\n", 2),
        (exposed, "a AUTHENTICATE LOGIN c2VzYW1l\r\nc2VzYW1l\r\n", 1),
        (exposed, "a AUTHENTICATE \"LOGIN\"\r\nc2VzYW1l\r\n", 1),
        // The first answer is wrong, and the second on its way.
        (Host::fresh, "a AUTHENTICATE LOGIN\r\n!\r\nc2VzYW1l\r\n", 1),
        (Host::fresh, "a AUTHENTICATE LOGIN\r\n*\r\nc2VzYW1l\r\n", 1),
        (Host::fresh, "a AUTHENTICATE LOGIN\r\neA==\r\nc2VzYW1l\r\n", 1),
        // As literals: with a space it is well-formed.
        (exposed, "a LOGIN joe {6}\r\nsesame\r\n", 1),
        (exposed, "a LOGIN {3}\r\njoe {6}\r\nsesame\r\n", 2),
        (exposed, "a LOGIN joe {13}\r\nsesame street\r\n", 1),
        (exposed, "a LOGIN joe {13}\r\nsesame street {1}\r\n", 1),
        (Host::fresh, "a LOGIN joe x {6}\r\nsesame\r\n", 1),
        (Host::fresh, "a LOGIN joe {99999}\r\nsesame street\r\n", 1),
        (Host::fresh, "LOGIN joe {6}\r\nsesame\r\n", 1),
        (Host::fresh, "a NOOP\nb LOGIN joe {13}\r\nsesame street\r\n", 1),
    ] {
        for piece in [usize::MAX, 1, 7] {
            let mut host = make();
            let mut shown = String::new();
            for piece in wire.as_bytes().chunks(piece) {
                host.buffer.extend_from_slice(piece);
                loop {
                    let buffer = mem::take(&mut host.buffer);
                    let Some(Received { consumed, event }) = host.server.receive(&buffer).unwrap() else {
                        host.buffer = buffer;
                        break;
                    };
                    shown += &format!("{event:?}{:?}", host.server);
                    host.handle(event);
                    shown += &format!("{:?}", host.server);
                    host.buffer = buffer[consumed..].to_vec();
                }
            }
            assert!(!shown.contains("sesame") && !shown.contains("c2VzYW1l"), "{wire}: {shown}");
            let told = host.told();
            assert!(told.iter().filter(|event| *event == "malformed ").count() >= lines, "{wire}: {told:?}");
            // Each has its own answer, by its tag.
            host.flush();
            let out = mem::take(&mut host.output);
            assert!(out.contains("\nsesame BAD ") || out.contains("\nc2VzYW1l BAD "), "{wire}: {out}");
            // And then all is as before.
            assert_eq!(
                host.say("b NOOP\r\nc\r\n"),
                "b OK done\r\nc BAD expected a space at offset 1\r\n",
                "{wire}"
            );
            assert_eq!(host.told(), ["b NOOP", "malformed c"], "{wire}");
        }
    }
}

#[test]
fn sec_67_answers_that_wait_do_not_show() {
    let mut server = Host::new(Options { allow_plaintext_secrets: false, ..options() }, CAPABILITIES).server;
    let wire = &mut &b"a NOOP\r\nb AUTHENTICATE LOGIN\r\nc2VzYW1l\r\n"[..];
    let mut next = |server: &mut Server| {
        let Received { consumed, event } = server.receive(wire).unwrap().unwrap();
        *wire = &wire[consumed..];
        event.token().unwrap()
    };
    let noop = next(&mut server);
    // AUTHENTICATE waits for the answer.
    server.finish(noop, &status("OK done")).unwrap();
    let (second, third) = (next(&mut server), next(&mut server));
    server.finish(third, &status("BAD what")).unwrap();
    let shown = format!("{server:?}");
    assert!(!shown.contains("c2Vz") && !shown.contains("99, 50, 86"), "{shown}");
    server.finish(second, &status("NO no")).unwrap();
    let out = server.transmit();
    assert!(out.copy_to_bytes(out.remaining()).ends_with(b"b NO no\r\nc2VzYW1l BAD what\r\n"));
}

/// How they are cut shows in nothing.
#[test]
fn sec_67_octets_that_are_skipped_are_no_commands() {
    let skipped = "x FROB ) {28+}\r\nl LOGIN joe sesame\r\nb NOOP\r\n\r\nc\r\n";
    for (first, told) in [("", "malformed c"), ("a AUTHENTICATE PLAIN AAAA\r\n", "malformed ")] {
        for piece in [usize::MAX, 1, 3, 20] {
            let mut host = Host::fresh();
            for piece in [first, skipped].concat().as_bytes().chunks(piece) {
                host.say(piece);
            }
            assert_eq!(host.told().last().unwrap(), told, "{first} {piece}");
        }
        // One that is too large to be kept comes in parts.
        for content in ["l LOGIN joe ", "b NOOP\r\n"] {
            let mut host = Host::fresh();
            let rest = "x".repeat(20_000 - content.len());
            for piece in [first, "x FROB ) {20000+}\r\n", content, &rest, "\r\nc\r\n"] {
                host.say(piece);
            }
            assert_eq!(host.told().last().unwrap(), told, "{first} {content}");
        }
    }
}

/// What a private extension calls its commands is no base64.
#[test]
fn sec_67_commands_without_a_name_are_told_behind_an_exchange() {
    let mut host = Host::fresh();
    assert_eq!(
        host.say("a AUTHENTICATE PLAIN AAAA\r\nb XYZZY foo\r\n"),
        "a NO [AUTHENTICATIONFAILED] no\r\nb BAD what\r\n"
    );
    assert_eq!(host.told()[1..], ["b XYZZY foo"]);
}

#[test]
fn sec_67_a_login_without_a_tag_is_no_command() {
    for mut host in [Host::fresh(), Host::ready()] {
        for (line, out, event) in [
            ("LOGIN user pass", "LOGIN BAD expected a tag at offset 0", "malformed "),
            ("authenticate PLAIN AAAA", "authenticate BAD expected a tag at offset 0", "malformed "),
            // What has such a tag, and a name that is known.
            ("login NOOP", "login OK done", "login NOOP"),
            ("LOGINX user pass", "LOGINX BAD what", "LOGINX user pass"),
        ] {
            assert_eq!(host.say(format!("{line}\r\n")), format!("{out}\r\n"));
            assert_eq!(host.told(), [event], "{line}");
        }
    }
}

/// A client that forgot DONE.
#[test]
fn sec_67_a_login_where_done_is_due_is_not_shown() {
    for lines in ["b LOGIN joe sesame\r\n", "b LOGIN joe {13}\r\nsesame street\r\n"] {
        let mut host = Host::ready();
        let mut buffer = format!("a IDLE\r\n{lines}").into_bytes();
        let mut shown = String::new();
        while let Some(Received { consumed, event }) = host.server.receive(&buffer).unwrap() {
            shown += &format!("{event:?}{:?}", host.server);
            host.handle(event);
            buffer.drain(..consumed);
        }
        assert!(buffer.is_empty() && shown.contains("Malformed") && !shown.contains("sesame"), "{shown}");
    }
}

#[test]
fn sec_67_a_message_shows_its_length() {
    assert_eq!(format!("{:?} {:?}", Event::Chunk(b"secret"), Event::Close), "Chunk(6 octets) Close");
}

#[test]
fn sec_68_no_mathematics_of_mechanisms() {
    // Nonces and proofs are compared by who knows the mechanism; here they are octets.
    let mut server = Host::fresh().server;
    let wire = b"a AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9clAA\r\n";
    let Some(Received { event: Event::Authenticate { token, initial_response, .. }, .. }) =
        server.receive(wire).unwrap()
    else {
        panic!()
    };
    assert_eq!(initial_response.unwrap().as_bytes(), b"n,,n=user,r=rP\0");
    server.challenge(token, b"r=rP\xff,i=0").unwrap();
    let out = server.transmit();
    assert_eq!(out.copy_to_bytes(out.remaining()), "+ cj1yUP8saT0w\r\n");
}

#[test]
fn idle() {
    let mut host = Host::ready();
    assert_eq!(host.say("a IDLE\r\n"), "+ idling\r\n");
    assert_eq!(host.server.mode(), Mode::Idling);
    host.server.send(&response("* STATUS box (MESSAGES 1)")).unwrap();
    assert_eq!(host.say("done\r\nb NOOP\r\n"), "* STATUS box (MESSAGES 1)\r\na OK idled\r\nb OK done\r\n");
    assert_eq!(host.told(), ["idle", "done", "b NOOP"]);
    assert_eq!(host.server.mode(), Mode::Commands);
}

#[test]
fn idle_refused_or_ended_by_the_server() {
    let mut server = Host::ready().server;
    let event = |server: &mut Server, wire: &[u8]| match server.receive(wire).unwrap().unwrap().event {
        Event::Idle { token, .. } => token,
        other => panic!("{other:?}"),
    };
    let token = event(&mut server, b"a IDLE\r\n");
    server.finish(token, &status("NO later")).unwrap();
    assert_eq!(server.accept(token), Err(ApiMisuse::Token.into()));
    let token = event(&mut server, b"b IDLE\r\n");
    server.accept(token).unwrap();
    assert_eq!(server.accept(token), Err(ApiMisuse::Token.into()));
    assert_eq!(server.finish(token, &status("OK x")), Err(ApiMisuse::State(Refusal::Busy).into()));
    server.finish(token, &status("BAD ended")).unwrap();
    assert_eq!(server.mode(), Mode::Commands);
    // DONE may have been on its way: once.
    let skipped = Event::Skipped { tolerated: None };
    assert_eq!(server.receive(b"DONE\r\n"), Ok(Some(Received { consumed: 6, event: skipped })));
    assert!(matches!(server.receive(b"DONE\r\n").unwrap().unwrap().event, Event::Malformed { .. }));
}

#[test]
fn sec_25_nothing_but_done_ends_idle() {
    for line in ["b NOOP", "DONE ", "DONE x", " DONE", "", "b DONE"] {
        let mut host = Host::ready();
        let out = host.say(format!("a IDLE\r\n{line}\r\nc NOOP\r\n"));
        assert_eq!(out, "+ idling\r\na BAD expected a keyword at offset 0\r\nc OK done\r\n", "{line}");
    }
    // DONE elsewhere is a command without a tag.
    assert_eq!(Host::ready().say("DONE\r\n"), "DONE BAD expected a space at offset 4\r\n");
    // DONE and the next command in one piece.
    let mut host = Host::ready();
    assert_eq!(host.say("a IDLE\r\nDONE\r\nb NOOP\r\n"), "+ idling\r\na OK idled\r\nb OK done\r\n");
}

#[test]
fn sec_49_a_line_that_is_no_command_is_too_long() {
    let mut options = options();
    options.limits.auth_line = 100;
    for (begin, went_on, refusal) in [
        ("a AUTHENTICATE PLAIN\r\n", "+ \r\n", "a BAD [TOOBIG] expected fewer octets at offset 100\r\n"),
        ("a IDLE\r\n", "+ idling\r\n", "a BAD [TOOBIG] expected fewer octets at offset 100\r\n"),
    ] {
        let long = format!("{}\r\n", "A".repeat(200));
        for piece in [usize::MAX, 70] {
            let mut host = if begin.contains("IDLE") {
                Host::ready_with(options.clone(), CAPABILITIES)
            } else {
                Host::new(options.clone(), CAPABILITIES)
            };
            assert_eq!(host.say(begin), went_on);
            let said: String = long.as_bytes().chunks(piece).map(|piece| host.say(piece)).collect();
            assert_eq!((said.as_str(), host.error), (refusal, None), "{begin}");
            assert_eq!(host.say("b NOOP\r\n"), "b OK done\r\n");
        }
    }
}
