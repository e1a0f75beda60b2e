//! Barriers, and what does not show.

use super::*;

#[test]
fn sec_67_events_show_no_secrets() {
    let mut observer = Observer::new();
    let mut shown = String::new();
    let session: [(Side, &[u8]); 13] = [
        (S, b"* OK hi\r\n"),
        (C, b"a LOGIN {5}\r\n"),
        (S, b"a NO no\r\n"),
        // The tag was forgotten.
        (
            C,
            b"LOGIN smith c2VjcmV0\r\nlogin smith {8+}\r\nc2VjcmV0\r\nLOGIN smith \"c2VjcmV0\"\r\nauthenticate PLAIN c2VjcmV0\r\n\
              a NOOP\nLOGIN smith c2VjcmV0\r\n",
        ),
        (C, b"a LOGIN smith c2VjcmV0\r\nb LOGIN smith \"c2VjcmV0\r\nc AUTHENTICATE PLAIN c2VjcmV0\r\n"),
        (S, b"+ c2VjcmV0\r\n"),
        (C, b"c2VjcmV0\r\n"),
        (S, b"+ \r\n"),
        (C, b"c2VjcmV0=\r\n"),
        (S, b"c NO no\r\n"),
        (C, b"d AUTHENTICATE PLAIN c2VjcmV0=\r\n"),
        (S, b"d BAD no\r\n"),
        (C, b"e APPEND x {8+}\r\nc2VjcmV0\r\n"),
    ];
    let mut buffers = [Vec::new(), Vec::new()];
    for (side, octets) in session {
        buffers[side as usize].extend_from_slice(octets);
        let mut side = C;
        loop {
            let Some(received) = observer.receive(side, &buffers[side as usize]).unwrap() else {
                if side == S {
                    break;
                }
                side = S;
                continue;
            };
            shown += &format!("{:?}\n{observer:?}\n", received.event);
            buffers[side as usize].drain(..received.consumed);
            side = C;
        }
    }
    assert_eq!(buffers, [b"", b""]);
    for name in ["Malformed", "Answer", "Challenge", "Refused", "Chunk", "Login"] {
        assert!(shown.contains(name), "{name}");
    }
    for secret in ["c2VjcmV0", "secret", "99, 50, 86"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// Who did not wait for the answer, or met it on its way.
#[test]
fn sec_67_a_password_behind_a_refusal_is_not_shown() {
    let noop: [(Side, &[u8]); 2] = [(C, b"b NOOP\r\n"), (S, b"b OK done\r\n")];
    let long = [&b"a LOGIN joe x"[..], &vec![b'y'; LONGEST][..], b" {6}\r\n"].concat();
    let (front, back) = long.split_at(LONGEST + 10);
    let sessions: [&[(Side, &[u8])]; 12] = [
        &[
            (C, b"a AUTHENTICATE LOGIN\r\n"),
            (S, b"+ VXNlcjo=\r\na NO timeout\r\n"),
            (C, b"c2VzYW1l\r\n"),
            (S, b"c2VzYW1l BAD what?\r\n"),
        ],
        // Both answers at once, and what the server says of them cannot be read.
        &[
            (C, b"a AUTHENTICATE LOGIN\r\nc2VzYW1l\r\nc2VzYW1l\r\n"),
            (S, b"a NO not here\r\nc2VzYW1l BAD what?\r\nc2VzYW1l NO\x01\r\n"),
        ],
        &[
            (C, b"a AUTHENTICATE LOGIN\r\n"),
            (S, b"+ \r\n"),
            (C, b"!\r\nc2VzYW1l\r\n"),
            (S, b"a BAD no\r\nc2VzYW1l BAD what?\r\n"),
        ],
        &[(C, b"a AUTHENTICATE \"LOGIN\"\r\nc2VzYW1l\r\n"), (S, b"a BAD no\r\nc2VzYW1l BAD what?\r\n")],
        &[
            (C, b"a LOGIN joe {6}\r\n"),
            (S, b"a BAD no\r\n"),
            (C, b"sesame\r\n"),
            (S, b"sesame BAD what?\r\n"),
        ],
        // With a space it is well-formed, and may have a literal.
        &[(C, b"a LOGIN joe {13}\r\nsesame street\r\n"), (S, b"a BAD no\r\nsesame BAD what?\r\n")],
        &[
            (C, b"a LOGIN {3}\r\njoe {18}\r\nsesame street {1}\r\n"),
            (S, b"a BAD no\r\njoe BAD what?\r\nsesame BAD what?\r\n"),
        ],
        &[(C, b"LOGIN joe {6}\r\nsesame\r\n"), (S, b"LOGIN BAD what?\r\nsesame BAD what?\r\n")],
        &[(C, &long), (S, b"a BAD no\r\n"), (C, b"sesame\r\n"), (S, b"sesame BAD what?\r\n")],
        // It was refused before its end.
        &[(C, front), (S, b"a BAD no\r\n"), (C, back), (C, b"sesame\r\n"), (S, b"sesame BAD what?\r\n")],
        // Its second literal, behind one that is not kept.
        &[
            (C, b"a LOGIN {70000}\r\n"),
            (S, b"+ go on\r\n"),
            (C, &[b'x'; 70_000]),
            (C, b" {6}\r\n"),
            (S, b"a BAD no\r\n"),
            (C, b"sesame\r\n"),
            (S, b"sesame BAD what?\r\n"),
        ],
        &[
            (C, b"a LOGIN joe {6}\r\n"),
            (S, b"a BAD no\r\n"),
            (C, b"sesame {1}\r\n"),
            (S, b"+ go on\r\n"),
            (C, b"x\r\n"),
            (S, b"sesame BAD what?\r\n"),
        ],
    ];
    for session in sessions {
        let pieces: &[usize] = if session[0].1.len() > LONGEST { &[usize::MAX] } else { &[usize::MAX, 1, 7] };
        let mut told = Vec::new();
        for piece in pieces {
            let mut seen = Seen::new(Dialect::TOLERANT);
            seen.shown = Some(String::new());
            seen.pass(S, b"* OK hi\r\n");
            for (side, octets) in session.iter().chain(&noop) {
                octets.chunks(*piece).for_each(|piece| seen.pass(*side, piece));
            }
            let shown = seen.shown.take().unwrap();
            assert!(!shown.contains("sesame") && !shown.contains("c2Vz"), "{shown}");
            // Every answer has its command.
            assert_eq!((seen.left(), seen.observer.unanswered()), ([0, 0], 0), "{:?}", seen.events);
            assert!(!seen.events.iter().any(|event| event.starts_with("Finished -")), "{:?}", seen.events);
            let is_told =
                |event: &String| event.starts_with("Malformed Client") || event.starts_with("Refused 2");
            assert!(seen.events.iter().any(is_told), "{:?}", seen.events);
            assert_eq!(seen.events.last().unwrap().split(' ').next(), Some("Finished"));
            told.push(seen.events);
        }
        assert!(told.iter().all(|events| *events == told[0]), "{told:?}");
    }
}

/// Behind a command that is known, all is as before; and so are private extensions behind an exchange.
#[test]
fn sec_67_tags_show_again_behind_a_command() {
    check(
        &[
            (C, b"a AUTHENTICATE LOGIN\r\nc2VzYW1l\r\nb XYZZY foo\r\nc NOOP\r\nd\r\n"),
            (S, b"a NO no\r\nc2VzYW1l BAD what?\r\nb BAD what?\r\nc OK done\r\nd BAD what?\r\n"),
        ],
        &[
            "Command 1 AUTHENTICATE",
            "Finished 1 No",
            "Malformed Client 2 -",
            "Command 3 XYZZY",
            "Command 4 NOOP",
            "Malformed Client 5 d",
            "Finished 2 Bad",
            "Finished 3 Bad",
            "Finished 4 Ok",
            "Finished 5 Bad",
        ],
    );
}

/// RFC 9051 section 6.2.1: whoever gets these octets does not get them from TLS.
#[test]
fn sec_01_clear_text_behind_starttls() {
    for (side, octets) in [(C, &b"b NOOP\r\n"[..]), (C, b"\x16\r\n"), (S, b"* OK x\r\n"), (S, b"*")] {
        let mut seen = Seen::new(Dialect::TOLERANT);
        seen.pass(S, b"* OK [CAPABILITY IMAP4rev2] hi\r\n");
        seen.pass(C, b"a STARTTLS\r\n");
        seen.pass(S, b"a OK go\r\n");
        assert_eq!(seen.events, ["Greeting", "Command 1 STARTTLS", "StartTls 1"]);
        assert!(seen.observer.is_tls_due());
        for handshake in [&b""[..], b"\x16", b"\x16\x03\x01"] {
            assert_eq!(seen.observer.receive(side, handshake), Ok(None));
        }
        let mut other = Seen::new(Dialect::TOLERANT);
        other.pass(S, b"* OK [CAPABILITY IMAP4rev2] hi\r\n");
        other.pass(C, b"a STARTTLS\r\n");
        other.pass(S, b"a OK go\r\n");
        let injected = Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        assert_eq!(other.observer.receive(side, octets), injected, "{}", octets.escape_ascii());
        seen.observer.tls_established();
        seen.pass(C, b"b NOOP\r\n");
        seen.pass(S, b"b OK done\r\n");
        assert_eq!(seen.events[3..], ["Command 2 NOOP", "Finished 2 Ok"]);
        assert_eq!((seen.observer.state(), seen.observer.dialect().rev2), (State::NotAuthenticated, false));
    }
    // Sent before the answer.
    let session: [(Side, &[u8]); 2] = [(C, b"a STARTTLS\r\nb LOGIN m p\r\n"), (S, b"a OK go\r\n")];
    let seen = follow(Dialect::TOLERANT, &session);
    assert_eq!(seen.events, ["Command 1 STARTTLS", "StartTls 1"]);
    assert_eq!(seen.error, Some(PeerMisbehaved::PlaintextAfterStartTls.into()));
    // Refused, it goes on in clear.
    check(
        &[(C, b"a STARTTLS\r\nb NOOP\r\n"), (S, b"a NO no\r\nb OK done\r\n")],
        &["Command 1 STARTTLS", "Finished 1 No", "Command 2 NOOP", "Finished 2 Ok"],
    );
}

#[test]
fn sec_60_compression_is_a_barrier() {
    let mut seen = Seen::new(Dialect::TOLERANT);
    seen.pass(S, b"* PREAUTH hi\r\n");
    seen.pass(C, b"a NOOP\r\nb COMPRESS DEFLATE\r\n");
    // Inflated, what follows the OK is `a OK done`; here it is not looked at.
    seen.pass(S, b"b OK go\r\na OK done\r\n");
    assert_eq!(seen.events, ["Greeting", "Command 1 NOOP", "Command 2 COMPRESS", "Compress 2"]);
    assert!(seen.observer.is_compression_due());
    seen.pass(C, b"c NOOP\r\n");
    assert_eq!(seen.left(), [8, 11]);
    assert_eq!(seen.observer.receive_eof(C, b"c NOOP\r\n"), Ok(()));
    seen.observer.compression_established();
    seen.pass(C, b"");
    seen.pass(S, b"c OK done\r\n");
    assert_eq!(seen.events[4..], ["Command 3 NOOP", "Finished 1 Ok", "Finished 3 Ok"]);
    // Who does not wait is not followed: where compression begins is not known.
    let session: [(Side, &[u8]); 2] = [(C, b"a COMPRESS DEFLATE\r\nb NOOP\r\n"), (S, b"a OK go\r\n")];
    let seen = follow(Dialect::TOLERANT, &session);
    assert_eq!(seen.error, Some(PeerMisbehaved::DataAfterCompress.into()));
}

/// What is skipped may be anything.
#[test]
fn sec_67_what_is_skipped_shows_its_length() {
    assert_eq!(format!("{:?}", Event::Skipped(b"secret")), "Skipped(6 octets)");
}

#[test]
fn sec_69_the_end_within_a_message() {
    let truncated = Err(PeerMisbehaved::Truncated.into());
    let mut seen = Seen::new(Dialect::TOLERANT);
    seen.pass(S, b"* OK");
    assert_eq!(seen.observer.receive_eof(S, b"* OK"), truncated);
    seen.pass(S, b" hi\r\n");
    assert_eq!(seen.observer.receive_eof(S, b""), Ok(()));
    seen.pass(C, b"a APPEND x {3}\r\n");
    assert_eq!(seen.observer.receive_eof(C, b""), truncated);
    seen.pass(S, b"a NO no\r\n");
    assert_eq!(seen.observer.receive_eof(C, b""), Ok(()));
}

#[test]
fn sec_72_what_is_not_due_does_nothing() {
    let mut seen = Seen::new(Dialect::TOLERANT);
    seen.pass(S, b"* OK hi\r\n");
    seen.pass(C, b"a NOOP\r\n");
    seen.observer.tls_established();
    seen.observer.compression_established();
    seen.pass(S, b"a OK done\r\n");
    assert_eq!(seen.events, ["Greeting", "Command 1 NOOP", "Finished 1 Ok"]);
}

#[test]
fn what_ended_the_session_is_told_of_both_sides() {
    for (line, error) in [
        (&b"a COMPRESS DEFLATE\r\nb NOOP\r\n"[..], PeerMisbehaved::DataAfterCompress),
        (b"a STARTTLS\r\nb NOOP\r\n", PeerMisbehaved::PlaintextAfterStartTls),
    ] {
        let mut observer = Observer::new();
        assert!(observer.receive(S, b"* OK hi\r\n").unwrap().is_some());
        let consumed = observer.receive(C, line).unwrap().unwrap().consumed;
        assert!(observer.receive(S, b"a OK go\r\n").unwrap().is_some());
        assert_eq!(observer.receive(C, &line[consumed..]), Err(error.into()));
        observer.tls_established();
        for side in [S, C, S] {
            for octets in [&b"x"[..], b"\x16\x03", b"c NOOP\r\n"] {
                assert_eq!(observer.receive(side, octets), Err(error.into()));
            }
            assert_eq!(observer.receive_eof(side, b""), Err(error.into()));
        }
    }
}
