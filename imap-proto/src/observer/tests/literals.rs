//! Literals: asked for, refused, too large, in parts.

use super::*;

#[test]
fn a_literal_waits_for_the_server() {
    check(
        &[
            (C, b"a LOGIN {5}\r\n"),
            (S, b"+ go on\r\n"),
            (C, b"smith {6}\r\n"),
            (S, b"+ go on\r\n"),
            (C, b"sesame\r\n"),
            (S, b"a OK in\r\n"),
        ],
        &["Waits 1 5", "Continue 1", "Waits 1 6", "Continue 1", "Command 1 LOGIN", "Finished 1 Ok"],
    );
    // Who does not wait is read when the server has asked.
    check(
        &[
            (C, b"a LOGIN {5}\r\nsmith {6+}\r\nsesame\r\nb NOOP\r\n"),
            (S, b"+ go on\r\na OK in\r\nb OK done\r\n"),
        ],
        &["Waits 1 5", "Continue 1", "Command 1 LOGIN", "Command 2 NOOP", "Finished 1 Ok", "Finished 2 Ok"],
    );
}

#[test]
fn a_refused_literal_does_not_come() {
    for (answer, finished) in [
        (&b"a NO not so\r\n"[..], "Finished 1 No"),
        (b"a BAD not so\r\n", "Finished 1 Bad"),
        (b"a OK not so\r\n", "Finished 1 Ok"),
    ] {
        check(
            &[(C, b"a LOGIN {5}\r\n"), (S, answer), (C, b"b NOOP\r\n"), (S, b"b OK done\r\n")],
            &["Waits 1 5", finished, "Refused 1 13", "Command 2 NOOP", "Finished 2 Ok"],
        );
    }
}

/// RFC 7888 section 4: its octets come all the same, and are no commands.
#[test]
fn sec_22_what_does_not_wait_comes_whatever_is_answered() {
    check(
        &[
            (C, b"a BOGUS {9+}\r\nb DELETE "),
            (S, b"a BAD what?\r\n"),
            (C, b"x\r\nb NOOP\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &["Finished 1 Bad", "Command 1 BOGUS", "Command 2 NOOP", "Finished 2 Ok"],
    );
    // And then another one that is not asked for.
    check(
        &[
            (C, b"a BOGUS {3+}\r\nb"),
            (S, b"a BAD what?\r\n"),
            (C, b" D {5}\r\nb NOOP\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &["Finished 1 Bad", "Refused 1 23", "Command 2 NOOP", "Finished 2 Ok"],
    );
}

#[test]
fn messages_come_in_parts() {
    check(
        &[
            (C, b"a APPEND x (\\Seen) {3}\r\n"),
            (S, b"+ go on\r\n"),
            (C, b"abc CATENATE (URL \"/x\" TEXT {2+}\r\nde)\r\n"),
            (S, b"a OK [APPENDUID 1 2:3] done\r\n"),
            (C, b"b UID REPLACE 4 {1}\r\n"),
            (S, b"+ go on\r\n"),
            (C, b"x ~{0+}\r\n\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &[
            "Append 1",
            "Message",
            "Literal 3",
            "Continue 1",
            "Chunk",
            "Message",
            "CatenateUrl",
            "Literal 2",
            "Chunk",
            "AppendEnd 1",
            "Finished 1 Ok",
            "Waits 2 1",
            "Continue 2",
            "Append 2",
            "Message",
            "Literal 0",
            "AppendEnd 2",
            "Finished 2 Ok",
        ],
    );
}

#[test]
fn a_message_that_is_refused() {
    // Before it comes.
    check(
        &[
            (C, b"a APPEND x {3}\r\n"),
            (S, b"a NO [TRYCREATE] no x\r\n"),
            (C, b"b NOOP\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &["Append 1", "Message", "Literal 3", "Finished 1 No", "Command 2 NOOP", "Finished 2 Ok"],
    );
    // While it comes; the second one is not asked for.
    check(
        &[
            (C, b"a APPEND x {3+}\r\na"),
            (S, b"a NO full\r\n"),
            (C, b"bc {5}\r\nb NOOP\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &[
            "Append 1",
            "Message",
            "Literal 3",
            "Chunk",
            "Finished 1 No",
            "Chunk",
            "Message",
            "Literal 5",
            "Command 2 NOOP",
            "Finished 2 Ok",
        ],
    );
}

#[test]
fn a_command_with_a_message_that_is_malformed() {
    check(
        &[(C, b"a APPEND x \"no date\" {7+}\r\nb NOOP\n\r\nb NOOP\r\n"), (S, b"a BAD date\r\nb OK done\r\n")],
        &["Append 1", "Malformed Client 1 -", "Command 2 NOOP", "Finished 1 Bad", "Finished 2 Ok"],
    );
    check(
        &[
            (C, b"a APPEND (x) {7}\r\n"),
            (S, b"+ go on\r\n"),
            (C, b"b NOOP\n {1}\r\n"),
            (S, b"a BAD no\r\n"),
            (C, b"b NOOP\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &[
            "Malformed Client 1 a",
            "Continue 1",
            "Waits 1 1",
            "Finished 1 Bad",
            "Refused 1 6",
            "Command 2 NOOP",
            "Finished 2 Ok",
        ],
    );
}

#[test]
fn what_is_malformed_behind_a_message() {
    check(
        &[(C, b"a APPEND x {3+}\r\nabcd\r\nb NOOP\r\n"), (S, b"a BAD no\r\nb OK done\r\n")],
        &[
            "Append 1",
            "Message",
            "Literal 3",
            "Chunk",
            "Malformed Client 1 -",
            "Command 2 NOOP",
            "Finished 1 Bad",
            "Finished 2 Ok",
        ],
    );
    // Nobody asks for the second literal, as the command has its answer.
    check(
        &[
            (C, b"a APPEND x {3+}\r\na"),
            (S, b"a NO full\r\n"),
            (C, b"bc y {5}\r\nb NOOP\r\n"),
            (S, b"b OK done\r\n"),
        ],
        &[
            "Append 1",
            "Message",
            "Literal 3",
            "Chunk",
            "Finished 1 No",
            "Chunk",
            "Malformed Client 1 -",
            "Command 2 NOOP",
            "Finished 2 Ok",
        ],
    );
}

/// So many literals are no messages, as each is read again with the next.
#[test]
fn many_arguments_are_skipped() {
    let annotations = "/c (v {1+}\r\nx) ".repeat(40);
    let wire =
        format!("a APPEND x {{1+}}\r\nx ANNOTATION ({}) {{1+}}\r\ny\r\nb NOOP\r\n", annotations.trim_end());
    check(
        &[(C, wire.as_bytes()), (S, b"a OK done\r\nb OK done\r\n")],
        &[
            "Append 1",
            "Message",
            "Literal 1",
            "Chunk",
            "Malformed Client 1 -",
            "Command 2 NOOP",
            "Finished 1 Ok",
            "Finished 2 Ok",
        ],
    );
}

#[test]
fn a_message_with_a_tail_that_is_none() {
    let body = vec![b'x'; 70_000];
    check(
        &[
            (C, b"a FETCH 1 BODY[]\r\n"),
            (S, b"* 1 FETCH (BODY[] {70000}\r\n"),
            (S, &body),
            (S, b" nonsense\r\na OK done\r\n"),
        ],
        &["Command 1 FETCH", "FetchHead 1 70000", "Chunk", "Malformed Server 1 -", "Finished 1 Ok"],
    );
}

/// More than 64 KiB of an argument is not kept.
#[test]
fn a_large_argument_is_skipped() {
    let large = vec![b'\n'; 70_000];
    let session: [(Side, &[u8]); 6] = [
        (C, b"a SETMETADATA x (/private/comment ~{70000}\r\n"),
        (S, b"+ go on\r\n"),
        (C, &large),
        (C, b")\r\nb NOOP\r\n"),
        (S, b"a OK done\r\n"),
        (S, b"b OK done\r\n"),
    ];
    check(
        &session,
        &[
            "Waits 1 70000",
            "Continue 1",
            "Malformed Client 1 a",
            "Command 2 NOOP",
            "Finished 1 Ok",
            "Finished 2 Ok",
        ],
    );
}

#[test]
fn contents_of_both_sides_at_once() {
    let large = vec![b'x'; 100_000];
    let session: [(Side, &[u8]); 9] = [
        (C, b"a FETCH 2 (BODY[1] BODY[2])\r\nb APPEND x {100000+}\r\n"),
        (S, b"* 2 FETCH (UID 5 BODY[1] {100000}\r\n"),
        (S, &large[..50_000]),
        (C, &large[..60_000]),
        (S, &large[50_000..]),
        (S, b" BODY[2] {65537}\r\n"),
        (S, &large[..65_537]),
        (C, &large[60_000..]),
        (S, b" FLAGS ())\r\na OK done\r\n"),
    ];
    let seen = follow(Dialect::TOLERANT, &session);
    assert_eq!(
        seen.events,
        [
            "Command 1 FETCH",
            "Append 2",
            "Message",
            "Literal 100000",
            "FetchHead 1 100000",
            "Chunk",
            "FetchHead 1 65537",
            "Chunk",
            "FetchTail 1",
            "Finished 1 Ok",
        ]
    );
    assert_eq!((seen.left(), seen.observer.unanswered()), ([0, 0], 1));
    let mut observer = seen.observer;
    assert_eq!(observer.receive_eof(C, b""), Err(PeerMisbehaved::Truncated.into()));
    assert_eq!(observer.receive_eof(S, b""), Ok(()));
}

#[test]
fn large_literals_of_other_responses_are_skipped() {
    let large = vec![b'\n'; 70_000];
    check(
        &[
            (C, b"a GETMETADATA x /private/comment\r\n"),
            (S, b"* METADATA x (/private/comment {70000}\r\n"),
            (S, &large),
            (S, b")\r\na OK done\r\n"),
        ],
        &["Command 1 GETMETADATA", "Malformed Server - -", "Finished 1 Ok"],
    );
}

/// 64 KiB of an answer, or of what is no DONE, are one line.
#[test]
fn sec_49_lines_that_are_no_commands_are_skipped() {
    let long = [&vec![b'A'; 70_000][..], b"\r\n"].concat();
    for (begin, go_on, name, going) in [
        (&b"a AUTHENTICATE PLAIN\r\n"[..], &b"+ \r\n"[..], "AUTHENTICATE", "Challenge 1"),
        (b"a IDLE\r\n", b"+ idling\r\n", "IDLE", "Continue 1"),
    ] {
        for piece in [usize::MAX, 9_000] {
            let mut seen = Seen::new(Dialect::TOLERANT);
            seen.pass(S, b"* OK hi\r\n");
            seen.pass(C, begin);
            seen.pass(S, go_on);
            long.chunks(piece).for_each(|piece| seen.pass(C, piece));
            seen.pass(S, b"a BAD no\r\n");
            seen.pass(C, b"b NOOP\r\n");
            seen.pass(S, b"b OK done\r\n");
            let command = format!("Command 1 {name}");
            let told = [
                "Greeting",
                &command,
                going,
                "Malformed Client 1 -",
                "Finished 1 Bad",
                "Command 2 NOOP",
                "Finished 2 Ok",
            ];
            assert_eq!((&seen.events[..], seen.left()), (&told.map(String::from)[..], [0, 0]));
        }
    }
}

#[test]
fn sec_49_what_is_too_long_is_skipped() {
    let mut command = b"tag NOOP ".to_vec();
    command.resize(LONGEST + 10, b'x');
    let mut response = b"tag OK ".to_vec();
    response.resize(LONGEST + 10, b'x');
    let parts = |line: &[u8], end: &'static [u8]| {
        line.chunks(50_000).map(<[u8]>::to_vec).chain([end.to_vec()]).collect::<Vec<_>>()
    };
    // Bytewise, a line of a megabyte takes its time.
    let run = |pieces: &[(Side, Vec<u8>)]| {
        let mut seen = Seen::new(Dialect::TOLERANT);
        seen.pass(S, b"* OK hi\r\n");
        pieces.iter().for_each(|(side, octets)| seen.pass(*side, octets));
        assert_eq!(seen.left(), [0, 0]);
        (seen.events.split_off(1), seen.observer.unanswered())
    };
    let whole = |end: &[u8]| (C, [&command, end].concat());
    let answers = (S, b"tag OK done\r\n".to_vec());
    let events = |events: &[&str]| (events.iter().map(ToString::to_string).collect::<Vec<_>>(), 0);
    let expected = events(&["Malformed Client 1 tag", "Finished 1 Ok"]);
    assert_eq!(run(&[whole(b"\r\n"), answers.clone()]), expected);
    let cut: Vec<_> =
        parts(&command, b"\r\n").into_iter().map(|part| (C, part)).chain([answers.clone()]).collect();
    assert_eq!(run(&cut), expected);
    // A literal that does not wait is part of it; of one that does, the server decides.
    let noop = [(C, b"b NOOP\r\n".to_vec()), (S, b"b OK done\r\n".to_vec())];
    let expected = events(&["Malformed Client 1 tag", "Finished 1 Ok", "Command 2 NOOP", "Finished 2 Ok"]);
    assert_eq!(run(&[&[whole(b"{8+}\r\nc NOOP\r\n\r\n"), answers.clone()], &noop[..]].concat()), expected);
    assert_eq!(run(&[&[whole(b"{8}\r\n"), answers.clone()], &noop[..]].concat()), expected);
    let asked = [
        whole(b"{8}\r\n"),
        (S, b"+ go on\r\n".to_vec()),
        (C, b"c NOOP\r\n {1+}\r\nx\r\n".to_vec()),
        answers.clone(),
    ];
    let expected =
        events(&["Malformed Client 1 tag", "Continue 1", "Finished 1 Ok", "Command 2 NOOP", "Finished 2 Ok"]);
    assert_eq!(run(&[&asked[..], &noop[..]].concat()), expected);
    // A completion ends its command, however long it is.
    let long: Vec<_> = parts(&response, b"\r\n").into_iter().map(|part| (S, part)).collect();
    let session =
        [&[(C, b"tag NOOP\r\n".to_vec())], &long[..], &[(C, b"b NOOP\r\n".to_vec()), noop[1].clone()]]
            .concat();
    let expected = events(&["Command 1 NOOP", "Malformed Server 1 tag", "Command 2 NOOP", "Finished 2 Ok"]);
    assert_eq!(run(&session), expected);
}
