//! What depends on what.

use super::*;

#[test]
fn the_server_is_not_heard_before_the_client() {
    let mut observer = Observer::new();
    observer.receive(S, b"* OK hi\r\n").unwrap().unwrap();
    let client = b"a AUTHENTICATE EXTERNAL =\r\nb NOOP\r\nc NOOP\r\n";
    assert_eq!(observer.receive(C, client).unwrap().unwrap().consumed, 27);
    assert_eq!(observer.receive(C, &client[27..]), Ok(None));
    let server = b"a OK in\r\nb OK done\r\nc OK done\r\n";
    assert_eq!(observer.receive(S, server).unwrap().unwrap().consumed, 9);
    // Both of these stand in the client's buffer.
    for at in [27, 35] {
        assert_eq!(observer.receive(S, &server[9..]), Ok(None));
        assert_eq!(observer.receive(C, &client[at..]).unwrap().unwrap().consumed, 8);
    }
    for at in [9, 20] {
        let event = observer.receive(S, &server[at..]).unwrap().unwrap().event;
        assert!(matches!(event, Event::Finished { to: Some(_), .. }), "{event:?}");
    }
    assert_eq!(observer.unanswered(), 0);
}

/// A command that has only begun keeps nobody waiting.
#[test]
fn the_server_is_heard_behind_half_a_command() {
    let session: [(Side, &[u8]); 2] = [(C, b"a IDLE\r\nDO"), (S, b"+ idling\r\n* 5 EXISTS\r\n")];
    let seen = follow(Dialect::TOLERANT, &session);
    assert_eq!(seen.events, ["Command 1 IDLE", "Continue 1", "Numbered -"]);
    let session: [(Side, &[u8]); 2] = [(C, b"a X {3}\r\nb "), (S, b"a BAD no\r\n* 5 EXISTS\r\n")];
    let seen = follow(Dialect::TOLERANT, &session);
    assert_eq!(seen.events, ["Waits 1 3", "Finished 1 Bad", "Refused 1 9", "Numbered -"]);
}

#[test]
fn exchanges() {
    check(
        &[
            (C, b"a AUTHENTICATE CRAM-MD5\r\n"),
            (S, b"+ PDE+\r\n"),
            (C, b"dGlt\r\n"),
            (S, b"+ \r\n"),
            (C, b"*\r\n"),
            (S, b"a BAD cancelled\r\n"),
            (C, b"b AUTHENTICATE PLAIN AHgAeQ==\r\nc NOOP\r\n"),
            (S, b"b OK in\r\nc OK done\r\n"),
        ],
        &[
            "Command 1 AUTHENTICATE",
            "Challenge 1",
            "Answer 1",
            "Challenge 1",
            "Answer 1",
            "Finished 1 Bad",
            "Command 2 AUTHENTICATE",
            "Finished 2 Ok",
            "Command 3 NOOP",
            "Finished 3 Ok",
        ],
    );
    // What is malformed of it is as good for the server as it likes.
    check(
        &[
            (C, b"a AUTHENTICATE PLAIN =x\r\n"),
            (S, b"+ not base64\r\n"),
            (C, b"nor this\r\n"),
            (S, b"a NO no\r\n"),
            (C, b"c NOOP\r\n"),
            (S, b"c OK done\r\n"),
        ],
        &[
            "Malformed Client 1 a",
            "Malformed Server 1 -",
            "Malformed Client 1 -",
            "Finished 1 No",
            "Command 2 NOOP",
            "Finished 2 Ok",
        ],
    );
}

#[test]
fn idle() {
    check(
        &[
            (C, b"a IDLE\r\n"),
            (S, b"+ idling\r\n* 5 EXISTS\r\n"),
            (C, b"DONE\r\nb NOOP\r\n"),
            (S, b"a OK done\r\nb OK done\r\n"),
        ],
        &[
            "Command 1 IDLE",
            "Continue 1",
            "Numbered -",
            "Done 1",
            "Command 2 NOOP",
            "Finished 1 Ok",
            "Finished 2 Ok",
        ],
    );
    // At once; or it meets the end that the server makes.
    check(
        &[(C, b"a IDLE\r\nDONE\r\n"), (S, b"+ idling\r\na OK done\r\n")],
        &["Command 1 IDLE", "Continue 1", "Done 1", "Finished 1 Ok"],
    );
    check(
        &[
            (C, b"a IDLE\r\nDO"),
            (S, b"+ idling\r\na OK done\r\n"),
            (C, b"NE\r\nb NOOP\r\n"),
            (S, b"DONE BAD what?\r\nb OK done\r\n"),
        ],
        &[
            "Command 1 IDLE",
            "Continue 1",
            "Finished 1 Ok",
            "Done 1",
            "Command 2 NOOP",
            "Finished - Bad",
            "Finished 2 Ok",
        ],
    );
    check(&[(C, b"a IDLE\r\nDONE\r\n"), (S, b"a NO no\r\n")], &["Command 1 IDLE", "Finished 1 No", "Done 1"]);
    check(
        &[
            (C, b"a IDLE\r\n"),
            (S, b"+ idling\r\n"),
            (C, b"b NOOP\r\nc NOOP\r\n"),
            (S, b"a BAD expected DONE\r\nc OK done\r\n"),
        ],
        &[
            "Command 1 IDLE",
            "Continue 1",
            "Malformed Client 1 -",
            "Command 2 NOOP",
            "Finished 1 Bad",
            "Finished 2 Ok",
        ],
    );
}

/// The strict grammar has UTF-8 in quotes where it is in force, and only there.
#[test]
fn what_is_enabled_is_in_force_for_both() {
    let select = "b SELECT \"ü\"\r\n".as_bytes();
    let list = "* LIST () \"/\" \"ü\"\r\n".as_bytes();
    check_as(
        Dialect::STRICT,
        &[
            (C, &[b"a ENABLE UTF8=ACCEPT\r\n", select].concat()),
            (S, b"* ENABLED UTF8=ACCEPT\r\na OK done\r\nb OK done\r\n"),
            (S, list),
            (C, b"c UNAUTHENTICATE\r\n"),
            (C, select),
            (S, b"c OK out\r\n"),
            (S, list),
            (S, b"b BAD no\r\n"),
        ],
        &[
            "Command 1 ENABLE",
            "Data 1",
            "Finished 1 Ok",
            "Command 2 SELECT",
            "Finished 2 Ok",
            "Data -",
            "Command 3 UNAUTHENTICATE",
            "Finished 3 Ok",
            "Malformed Client 4 b",
            "Malformed Server - -",
            "Finished 4 Bad",
        ],
    );
    let seen = follow(Dialect::STRICT, &[(S, b"* CAPABILITY IMAP4rev2\r\n"), (C, select)]);
    assert_eq!(seen.events, ["Data -", "Command 1 SELECT"]);
    assert!(seen.observer.dialect().rev2);
    let seen = follow(
        Dialect::STRICT,
        &[(C, b"a ENABLE CONDSTORE UIDONLY\r\n"), (S, b"* ENABLED UIDONLY\r\na OK x\r\n")],
    );
    assert!(seen.observer.enabled().uidonly && !seen.observer.enabled().condstore);
}

/// A client that waits has nothing to tell, whatever stands behind its command.
#[test]
fn the_server_is_heard_while_the_client_waits() {
    let mut observer = Observer::new();
    assert!(observer.receive(S, b"* OK hi\r\n").unwrap().is_some());
    let received = observer.receive(C, b"a IDLE\r\nDONE\r\n").unwrap().unwrap();
    assert_eq!((received.consumed, short(&received.event)), (8, "Command 1 IDLE".into()));
    let received = observer.receive(S, b"+ idling\r\n").unwrap().unwrap();
    assert_eq!(short(&received.event), "Continue 1");
    let received = observer.receive(C, b"DONE\r\n").unwrap().unwrap();
    assert_eq!(short(&received.event), "Done 1");
}

/// STARTTLS is answered with its completion.
#[test]
fn nothing_goes_on_with_starttls() {
    let session: [(Side, &[u8]); 2] = [(C, b"a STARTTLS\r\n"), (S, b"+ go on\r\na NO later\r\n")];
    check(&session, &["Command 1 STARTTLS", "Continue -", "Finished 1 No"]);
}

/// Nothing stands still when ENABLE is never completed.
#[test]
fn an_answer_that_does_not_come() {
    for name in ["ENABLE CONDSTORE", "UNAUTHENTICATE"] {
        let command = format!("a {name}\r\nb NOOP\r\n");
        let first = format!("Command 1 {}", name.split(' ').next().unwrap());
        let session: [(Side, &[u8]); 4] = [
            (C, command.as_bytes()),
            (S, b"b OK done\r\n"),
            (C, b"c NOOP\r\n"),
            (S, b"c OK done\r\na OK late\r\n"),
        ];
        let told =
            [&first, "Finished - Ok", "Command 2 NOOP", "Command 3 NOOP", "Finished 3 Ok", "Finished 1 Ok"];
        assert_eq!(follow(Dialect::TOLERANT, &session).events, told);
    }
    // What comes behind these is not known without an answer.
    for name in ["IDLE", "AUTHENTICATE PLAIN", "STARTTLS"] {
        let mut seen = Seen::new(Dialect::TOLERANT);
        seen.pass(S, b"* OK hi\r\n");
        seen.pass(C, format!("a {name}\r\nb NOOP\r\n").as_bytes());
        seen.pass(S, b"b OK done\r\n");
        assert_eq!(seen.buffers[C as usize], b"b NOOP\r\n", "{name}");
    }
}

#[test]
fn where_the_session_stands() {
    let mut seen = Seen::new(Dialect::TOLERANT);
    for (side, octets, state) in [
        (S, &b"* OK hi\r\n"[..], State::NotAuthenticated),
        (C, b"a LOGIN x y\r\n", State::NotAuthenticated),
        (S, b"a OK in\r\n", State::Authenticated),
        (C, b"b SELECT x\r\n", State::Authenticated),
        (S, b"b OK there\r\n", State::Selected),
        (C, b"c SELECT y\r\n", State::Selected),
        (S, b"c NO none\r\n", State::Authenticated),
        (C, b"d LOGOUT\r\n", State::Authenticated),
        (S, b"* BYE bye\r\n", State::Logout),
    ] {
        seen.pass(side, octets);
        assert_eq!(seen.observer.state(), state, "{}", octets.escape_ascii());
    }
    let mut seen = Seen::new(Dialect::TOLERANT);
    seen.pass(S, b"* PREAUTH hi\r\n");
    assert_eq!(seen.observer.state(), State::Authenticated);
}

#[test]
fn data_belong_to_whoever_asked() {
    check(
        &[
            (C, b"a NOOP\r\nb UID FETCH 5 FLAGS\r\nc SEARCH ALL\r\n"),
            (S, b"* 1 FETCH (UID 5 FLAGS ())\r\n* 2 FETCH (UID 6 FLAGS ())\r\n* SEARCH 1\r\n* 3 EXISTS\r\n"),
            (S, b"* ESEARCH (TAG \"c\") COUNT 1\r\n* OK [INPROGRESS (\"b\" 1 2)] wait\r\n* ESEARCH (TAG \"x\") COUNT 1\r\n"),
            (S, b"b OK done\r\nc OK done\r\na OK done\r\n"),
        ],
        &[
            "Command 1 NOOP", "Command 2 UID", "Command 3 SEARCH", "Numbered 2", "Numbered -", "Data 3", "Numbered -", "Data 3",
            "Status 2", "Data -", "Finished 2 Ok", "Finished 3 Ok", "Finished 1 Ok",
        ],
    );
}

/// A completion that is not well-formed completes its command all the same.
#[test]
fn what_is_malformed_has_its_effect() {
    check_as(
        Dialect::STRICT,
        &[(C, b"a NOOP\r\nb IDLE\r\n"), (S, b"a OK\r\n+\r\n"), (C, b"DONE\r\n"), (S, b"b YES\r\n")],
        &[
            "Command 1 NOOP",
            "Command 2 IDLE",
            "Malformed Server 1 a",
            "Malformed Server 2 -",
            "Done 2",
            "Malformed Server 2 b",
        ],
    );
    // A command without a tag is answered without one.
    check(
        &[(C, b"\r\n"), (S, b"* BAD what?\r\n* BAD why?\r\n"), (C, b"a {\r\n"), (S, b"a BAD what?\r\n")],
        &["Malformed Client 1 -", "Status 1", "Status -", "Malformed Client 2 a", "Finished 2 Bad"],
    );
}

#[test]
fn sec_06_the_first_line_is_the_greeting_or_there_is_none() {
    let mut seen = Seen::new(Dialect::STRICT);
    seen.pass(S, b"nonsense\r\n* OK hi\r\n");
    assert_eq!(seen.events, ["Malformed Server - nonsense", "Status -"]);
    // Behind the greeting.
    let seen = follow(Dialect::STRICT, &[(S, b"nonsense\r\n\"?\" {2}\r\n\r\n\r\n\r\n* OK hi\r\n")]);
    let malformed = ["Malformed Server - nonsense", "Malformed Server - -", "Malformed Server - -"];
    assert_eq!((&seen.events[..3], &*seen.events[3]), (&malformed.map(String::from)[..], "Status -"));
    let mut seen = Seen::new(Dialect::TOLERANT);
    seen.pass(S, b"* CAPABILITY IMAP4rev1\r\n* OK hi\r\n");
    assert_eq!(seen.events, ["Data -", "Greeting"]);
    let mut observer = Observer::default();
    let received = observer.receive(S, b"* BYE not today\r\n").unwrap().unwrap();
    assert!(matches!(received.event, Event::Greeting(crate::response::Greeting::Bye(_))), "{received:?}");
    assert_eq!(observer.state(), State::Logout);
}

#[test]
fn sec_56_commands_without_completion_are_forgotten() {
    let mut seen = Seen::new(Dialect::TOLERANT);
    for number in 0..3_000 {
        seen.pass(C, format!("a{number} NOOP\r\n").as_bytes());
    }
    assert_eq!((seen.observer.unanswered(), seen.left()), (1_000, [0, 0]));
    seen.events.clear();
    seen.pass(S, b"* OK hi\r\na0 OK done\r\na2999 OK done\r\n");
    assert_eq!(seen.events, ["Greeting", "Finished - Ok", "Finished 3000 Ok"]);
    // Long ones sooner; the last one never.
    for number in 0..30 {
        let mut command = format!("b{number} XFROB ").into_bytes();
        command.resize(100_000, b'x');
        command.extend_from_slice(b"\r\n");
        seen.pass(C, &command);
    }
    assert_eq!((seen.observer.unanswered(), seen.left()), (10, [0, 0]));
}
