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
