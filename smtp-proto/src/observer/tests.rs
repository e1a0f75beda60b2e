//! Sessions as they look from outside.

use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The events of a session, one a line, its lines given one by one.
fn follow(is_lmtp: bool, session: &[(Side, &str)]) -> Vec<String> {
    let mut observer = Observer::new(is_lmtp);
    let mut events = Vec::new();
    for (side, octets) in [(Side::Server, "220 mx\r\n")].iter().chain(session) {
        let mut rest = octets.as_bytes();
        while !rest.is_empty() {
            let received = observer.receive(*side, rest).unwrap().expect("it is whole");
            events.push(format!("{:?}", received.event));
            rest = &rest[received.consumed..];
        }
    }
    assert_eq!(observer.unanswered(), 0, "{events:?}");
    events
}

const ENVELOPE: [(Side, &str); 2] = [
    (Side::Client, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n"),
    (Side::Server, "250 ok\r\n250 ok\r\n250 ok\r\n"),
];

/// RFC 1845: the message goes on from where it broke off.
#[test]
fn a_body_follows_either_go_ahead() {
    for go_ahead in ["354 go\r\n", "355 0 go\r\n"] {
        let body = [
            (Side::Client, "DATA\r\n"),
            (Side::Server, go_ahead),
            (Side::Client, "QUIT\r\n.\r\n"),
            (Side::Server, "250 ok\r\n"),
        ];
        let events = follow(false, &[&ENVELOPE[..], &body].concat());
        assert!(events.contains(&String::from("Chunk(6 octets)")), "{events:?}");
    }
}

/// Then the last chunk is refused for all recipients at once.
#[test]
fn lmtp_replies_behind_a_failed_chunk() {
    let chunks = [
        (Side::Client, "BDAT 2\r\nabBDAT 2 LAST\r\ncdRSET\r\n"),
        (Side::Server, "552 no\r\n503 no\r\n250 ok\r\n"),
    ];
    follow(true, &[&ENVELOPE[..], &chunks].concat());
    let chunks = [
        (Side::Client, "BDAT 2\r\nabBDAT 2 LAST\r\ncdRSET\r\n"),
        (Side::Server, "250 ok\r\n250 ok\r\n552 no\r\n250 ok\r\n"),
    ];
    follow(true, &[&ENVELOPE[..], &chunks].concat());
}

#[test]
fn sec_67_events_show_no_secrets() {
    let session = [
        (Side::Client, "AUTH PLAIN c2VjcmV0\r\n"),
        (Side::Server, "334 \r\n"),
        (Side::Client, "c2VjcmV0\r\n"),
        (Side::Server, "535 no\r\n"),
        (Side::Client, "AUTH PLAIN c2VjcmV0=\r\n"),
        (Side::Server, "501 no\r\n"),
    ];
    let events = follow(false, &session).concat();
    assert!(events.contains("Malformed"), "{events}");
    for secret in ["c2VjcmV0", "secret", "99, 50, 86"] {
        assert!(!events.contains(secret), "{events}");
    }
}

/// RFC 3207 section 6: whoever gets these octets does not get them from TLS.
#[test]
fn sec_01_clear_text_behind_starttls() {
    for (side, octets) in [
        (Side::Client, &b"EHLO x\r\n"[..]),
        (Side::Client, b"\x16\r\n"),
        (Side::Server, b"250 x\r\n"),
        (Side::Server, b"2"),
    ] {
        let mut observer = Observer::new(false);
        for (side, octets) in
            [(Side::Server, "220 mx\r\n"), (Side::Client, "STARTTLS\r\n"), (Side::Server, "220 go\r\n")]
        {
            assert!(observer.receive(side, octets.as_bytes()).unwrap().is_some());
        }
        assert!(observer.is_tls_due());
        for handshake in [&b""[..], b"\x16", b"\x16\x03\x01"] {
            assert_eq!(observer.receive(side, handshake), Ok(None));
        }
        let injected = Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        assert_eq!(observer.receive(side, octets), injected, "{}", octets.escape_ascii());
    }
}

#[test]
fn lines_that_cannot_be_read_keep_their_place() {
    let mut observer = Observer::new(false);
    observer.set_dialect(Dialect::STRICT);
    let limit = Limits::default().auth_line;
    let long = "x".repeat(limit) + "\r\n";
    let mut told = |side, octets: &str| {
        let received = observer.receive(side, octets.as_bytes()).unwrap().expect("it is whole");
        assert_eq!(received.consumed, octets.len());
        match received.event {
            Event::Malformed { token, error, .. } => {
                format!("{token:?} {:?} {}", error.expected, error.offset)
            }
            Event::Command { token, .. } => format!("Some({token:?})"),
            Event::Reply { to, .. } => format!("{to:?}"),
            other => format!("{other:?}"),
        }
    };
    told(Side::Server, "220 mx\r\n");
    assert_eq!(told(Side::Client, "NOOP a\nb\r\n"), "Some(Token(1)) Crlf 6");
    assert_eq!(told(Side::Client, &long), format!("Some(Token(2)) Shorter {limit}"));
    assert_eq!(told(Side::Client, "AUTH LOGIN\r\n"), "Some(Token(3))");
    let replies = ["500 no\r\n", "500 no\r\n", "334 \r\n"].map(|reply| told(Side::Server, reply));
    assert_eq!(replies, ["Some(Token(1))", "Some(Token(2))", "Some(Token(3))"]);
    // An answer has no reply but that of AUTH.
    assert_eq!(told(Side::Client, &long), format!("Some(Token(3)) Shorter {limit}"));
    assert_eq!(told(Side::Server, "500 no\r\n"), "Some(Token(3))");
    assert_eq!(told(Side::Client, "QUIT\r\n"), "Some(Token(4))");
}

/// A server may take for a command what is none here; and what nobody knows is not followed by guesses.
#[test]
fn sec_35_what_a_server_makes_of_a_line_is_what_it_is() {
    let receive = |observer: &mut Observer, side, octets: &str| {
        observer
            .receive(side, octets.as_bytes())
            .map(|received| received.map(|received| format!("{:?}", received.event)))
    };
    let asked = |line: &str, reply: &str| {
        let mut observer = Observer::relayed(false, Stray::Reject);
        receive(&mut observer, Side::Server, "220 mx\r\n").unwrap();
        receive(&mut observer, Side::Client, line).unwrap();
        assert_eq!(receive(&mut observer, Side::Client, "c2VzYW1l\r\n"), Ok(None), "{line:?}");
        let answered = receive(&mut observer, Side::Server, reply).map(|_| ());
        (observer, answered)
    };
    for line in [" DATA\r\n", "\tdata\r\n", "DATA x\r\n", "\x0bDATA \r\n", "DATAX\r\n"] {
        let (mut observer, answered) = asked(line, "354 go\r\n");
        let body = receive(&mut observer, Side::Client, "QUIT\r\n").unwrap().unwrap();
        assert_eq!((answered, &body[..]), (Ok(()), "Chunk(6 octets)"), "{line:?}");
    }
    for line in [" STARTTLS\r\n", "STARTTLS x\r\n", "X-ANONYMOUSTLS\r\n"] {
        let (mut observer, answered) = asked(line, "220 go\r\n");
        assert!(answered.is_ok() && observer.is_tls_due(), "{line:?}");
        let clear = receive(&mut observer, Side::Client, "QUIT\r\n");
        assert_eq!(clear, Err(PeerMisbehaved::PlaintextAfterStartTls.into()), "{line:?}");
    }
    for line in [" AUTH LOGIN\r\n", "AUTH\tLOGIN\r\n"] {
        let (mut observer, _) = asked(line, "334 UGFzc3dvcmQ6\r\n");
        let answer = receive(&mut observer, Side::Client, "c2VzYW1l\r\n").unwrap().unwrap();
        assert!(answer.starts_with("Answer") && !answer.contains("sesame"), "{line:?} {answer}");
    }
    for (line, reply) in [("XEXCH50 1 2\r\n", "354 go\r\n"), ("<\r\n", "334 \r\n"), (" DATA\r\n", "334 \r\n")]
    {
        let (_, answered) = asked(line, reply);
        assert_eq!(answered, Err(PeerMisbehaved::UnexpectedReply.into()), "{line:?}");
    }
    let (mut observer, _) = asked("XFOO\r\n", "250 ok\r\n");
    assert!(receive(&mut observer, Side::Client, "QUIT\r\n").unwrap().is_some());
    // Who only looks on is not the one to wait: but for what depends on the reply.
    let mut observer = Observer::new(false);
    for (line, is_read) in [("XFOO\r\n", true), ("NOOP\r\n", true), (" DATA\r\n", true), ("NOOP\r\n", false)]
    {
        assert_eq!(receive(&mut observer, Side::Client, line).unwrap().is_some(), is_read, "{line:?}");
    }
}

/// No more is remembered than this, whoever does not answer.
#[test]
fn sec_50_who_sends_much_without_a_reply_waits() {
    let mut observer = Observer::new(false);
    for _ in 0..MAX_OPEN {
        assert!(observer.receive(Side::Client, b"NOOP\r\n").unwrap().is_some());
    }
    assert_eq!(observer.receive(Side::Client, b"NOOP\r\n"), Ok(None));
    assert!(observer.open.capacity() * size_of::<Open>() <= 12 * 1024);
    for _ in 0..2 {
        observer.receive(Side::Server, b"250 ok\r\n").unwrap();
    }
    assert!(observer.receive(Side::Client, b"NOOP\r\n").unwrap().is_some());
}

/// What comes in pieces: the front of it is skipped.
#[test]
fn a_long_line_is_skipped_in_parts() {
    let mut observer = Observer::new(false);
    let long = [b"NOOP ", &[b'x'; 20_000][..]].concat();
    assert!(observer.receive(Side::Server, b"220 mx\r\n").unwrap().is_some());
    let received = observer.receive(Side::Client, &long).unwrap().unwrap();
    assert_eq!(
        (received.consumed, format!("{:?}", received.event)),
        (20_005, "Skipped(20005 octets)".into())
    );
    assert_eq!(observer.receive_eof(Side::Client, b""), Err(PeerMisbehaved::Truncated.into()));
    let received = observer.receive(Side::Client, b"xx\r\n").unwrap().unwrap();
    let Event::Malformed { side: Side::Client, token: Some(token), error, line: b"xx\r\n" } = received.event
    else {
        panic!("{received:?}")
    };
    assert_eq!((error.expected, error.offset), (Expected::Shorter, Limits::default().auth_line));
    assert_eq!(observer.unanswered(), 1);
    let reply = observer.receive(Side::Server, b"500 no\r\n").unwrap().unwrap();
    assert!(matches!(reply.event, Event::Reply { to: Some(to), .. } if to == token), "{reply:?}");
}

#[test]
fn errors_are_final() {
    let long = [b"250-", &[b'x'; 20_000][..]].concat();
    for (side, octets) in [(Side::Server, &b"250 ok\r\n354 go\r\n"[..]), (Side::Server, &long)] {
        let mut observer = Observer::new(false);
        for (side, octets) in [(Side::Server, &b"220 mx\r\n"[..]), (Side::Client, b"NOOP\r\nNOOP\r\n")] {
            let mut rest = octets;
            while let Some(Received { consumed, .. }) = observer.receive(side, rest).unwrap() {
                rest = &rest[consumed..];
            }
        }
        let mut rest = octets;
        let error = loop {
            match observer.receive(side, rest) {
                Ok(received) => rest = &rest[received.expect("an error comes").consumed..],
                Err(error) => break error,
            }
        };
        observer.tls_established();
        assert_eq!(observer.receive(Side::Client, b"QUIT\r\n"), Err(error));
        assert_eq!(observer.receive(Side::Server, b"250 ok\r\n"), Err(error));
        assert_eq!(observer.receive_eof(Side::Server, b""), Err(error));
    }
}

#[test]
fn a_reply_that_cannot_be_read_answers_its_command() {
    let events = follow(
        false,
        &[
            (Side::Client, "NOOP\r\nAUTH LOGIN\r\n"),
            (Side::Server, "hello\r\n334 \r\n"),
            (Side::Client, "*\r\n"),
            (Side::Server, "50 cancelled\r\n"),
            (Side::Client, "QUIT\r\n"),
            (Side::Server, "221 bye\r\n"),
        ],
    );
    let to = |token| format!("Malformed {{ side: Server, token: Some(Token({token})), error: ");
    let malformed: Vec<&String> = events.iter().filter(|event| event.starts_with("Malformed")).collect();
    assert_eq!(malformed.len(), 2, "{events:?}");
    assert!(malformed[0].starts_with(&to(1)) && malformed[1].starts_with(&to(2)), "{events:?}");
}

#[test]
fn a_strict_observer_puts_up_with_nothing() {
    for (dialect, is_read) in [(Dialect::STRICT, false), (Dialect::TOLERANT, true)] {
        let mut observer = Observer::new(false);
        observer.set_dialect(dialect);
        let received = observer.receive(Side::Client, b"MAIL FROM: <a@b>\r\n").unwrap().unwrap();
        assert_eq!(matches!(received.event, Event::Command { .. }), is_read, "{received:?}");
    }
}

#[test]
fn sec_69_a_session_ends_between_lines() {
    let truncated = Err(PeerMisbehaved::Truncated.into());
    let mut observer = Observer::new(false);
    let mut pass = |steps: &[(Side, &str)]| {
        for (side, octets) in steps {
            let mut rest = octets.as_bytes();
            while !rest.is_empty() {
                let received = observer.receive(*side, rest).unwrap().expect("it is whole");
                rest = &rest[received.consumed..];
            }
        }
        [Side::Client, Side::Server].map(|side| {
            let [nothing, some] = [&b""[..], b"25"].map(|rest| observer.receive_eof(side, rest));
            assert_eq!(some, truncated);
            nothing
        })
    };
    assert_eq!(pass(&[(Side::Server, "220 mx\r\n")]), [Ok(()), Ok(())]);
    assert_eq!(pass(&ENVELOPE), [Ok(()), Ok(())]);
    assert_eq!(pass(&[(Side::Client, "BDAT 3\r\nab")]), [truncated, Ok(())]);
    assert_eq!(
        pass(&[(Side::Client, "cRSET\r\n"), (Side::Server, "250 ok\r\n250 ok\r\n")]),
        [Ok(()), Ok(())]
    );
    assert_eq!(pass(&ENVELOPE), [Ok(()), Ok(())]);
    let data = [(Side::Client, "DATA\r\n"), (Side::Server, "354 go\r\n"), (Side::Client, "a\r\n")];
    assert_eq!(pass(&data), [truncated, Ok(())]);
    assert_eq!(pass(&[(Side::Client, ".\r\n"), (Side::Server, "250 ok\r\n")]), [Ok(()), Ok(())]);
    // Between two chunks it ends inside a message, too.
    let chunk = [(Side::Client, "BDAT 1\r\nx"), (Side::Server, "250 ok\r\n")];
    assert_eq!(pass(&ENVELOPE), [Ok(()), Ok(())]);
    assert_eq!(pass(&chunk), [truncated, Ok(())]);
    assert_eq!(pass(&[(Side::Client, "BDAT 1 LAST\r\nx")]), [Ok(()), Ok(())]);
    assert_eq!(pass(&[(Side::Server, "250 ok\r\n")]), [Ok(()), Ok(())]);
    assert_eq!(pass(&ENVELOPE), [Ok(()), Ok(())]);
    assert_eq!(pass(&chunk), [truncated, Ok(())]);
    assert_eq!(
        pass(&[(Side::Client, "BDAT 1\r\nx"), (Side::Server, "552 no\r\n")]),
        [Ok(()), Ok(())],
        "it is over"
    );
    assert_eq!(pass(&ENVELOPE), [Ok(()), Ok(())]);
    assert_eq!(pass(&chunk), [truncated, Ok(())]);
    assert_eq!(pass(&[(Side::Client, "QUIT\r\n")]), [Ok(()), Ok(())]);
}

/// An answer that was on its way when AUTH ended could be a verb.
#[test]
fn sec_67_what_comes_behind_a_refused_auth_does_not_show() {
    let secret = "c2VzYW1l";
    for session in [
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "334 \r\n535 timeout\r\n"),
            (Side::Client, "c2VzYW1l\r\n"),
            (Side::Server, "500 what\r\n"),
        ][..],
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "503 no\r\n"),
            (Side::Client, "dXNlcg==\r\nc2VzYW1l\r\n"),
            (Side::Server, "500 what\r\n500 what\r\n"),
        ],
        &[
            (Side::Client, "AUTH x y z\r\n"),
            (Side::Server, "501 no\r\n"),
            (Side::Client, "c2VzYW1l\r\n"),
            (Side::Server, "500 what\r\n"),
        ],
        // What ends it, and is no refusal.
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "53 x\r\n"),
            (Side::Client, "dXNlcg==\r\nc2VzYW1l\r\n"),
            (Side::Server, "500 what\r\n500 what\r\n"),
        ],
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "250 ok\r\n"),
            (Side::Client, "dXNlcg==\r\nc2VzYW1l\r\n"),
            (Side::Server, "500 what\r\n500 what\r\n"),
        ],
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "334 \r\n235 ok\r\n"),
            (Side::Client, "c2VzYW1l\r\n"),
            (Side::Server, "500 what\r\n"),
        ],
        // One that is known says that it was none.
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "334 \r\n"),
            (Side::Client, "*\r\n"),
            (Side::Server, "501 no\r\n"),
            (Side::Client, "FROB c2\r\nNOOP\r\nFROB\r\n"),
            (Side::Server, "500 what\r\n250 ok\r\n250 ok\r\n"),
        ],
        // It was one, or none was asked for.
        &[
            (Side::Client, "NOOP\r\n"),
            (Side::Server, "5 x\r\n"),
            (Side::Client, "FROB\r\nFROB\r\n"),
            (Side::Server, "500 what\r\n500 what\r\n"),
        ],
        &[
            (Side::Client, "AUTH LOGIN\r\n"),
            (Side::Server, "334 \r\n"),
            (Side::Client, "YQ==\r\n"),
            (Side::Server, "235 ok\r\n"),
            (Side::Client, "FROB\r\nFROB\r\n"),
            (Side::Server, "500 what\r\n500 what\r\n"),
        ],
    ] {
        let events = follow(false, session).join("\n");
        assert!(!events.contains(secret), "{events}");
        let shown = if session.iter().any(|(_, said)| said.contains("FROB")) { 2 } else { 0 };
        assert_eq!(events.matches("FROB").count(), shown, "{events}");
    }
}

/// One that only looks on goes on behind a server that does not do as it ought to.
#[test]
fn data_that_is_answered_as_others_are() {
    let data = [(Side::Client, "DATA\r\n"), (Side::Server, "250 ok\r\n")];
    let noop = [(Side::Client, "NOOP\r\n"), (Side::Server, "250 ok\r\n")];
    let events = follow(false, &[data, noop].concat());
    assert!(events.iter().any(|event| event.contains("Noop")), "{events:?}");
}

/// draft-hall-prdr: the 353, one for each recipient, and one for all.
#[test]
fn a_message_with_a_reply_for_each_recipient() {
    let events = follow(
        false,
        &[
            (Side::Client, "MAIL FROM:<a@b> PRDR\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n"),
            (Side::Server, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
            (Side::Client, "x\r\n.\r\nQUIT\r\n"),
            (Side::Server, "353 each\r\n250 c\r\n550 e\r\n250 queued\r\n221 bye\r\n"),
        ],
    );
    let reply = |code: &str, to: u32| {
        let front = format!("Reply {{ to: Some(Token({to})), reply: Reply({code} ");
        events.iter().filter(|event| event.starts_with(&front)).count()
    };
    assert_eq!(
        [reply("353", 4), reply("250", 4), reply("550", 4), reply("221", 5)],
        [1, 2, 1, 1],
        "{events:?}"
    );
}

/// LMTP: one reply for each recipient, unless a part before it has failed.
#[test]
fn burl_has_the_replies_of_a_chunk() {
    const BURL: &str = "BURL imap://h@a/b;UID=2;URLAUTH=submit+h:internal:91354a";
    let whole = format!("{BURL} LAST\r\nNOOP\r\n");
    let part = format!("{BURL}\r\nBDAT 1 LAST\r\nxNOOP\r\n");
    for (lines, replies, noop) in [
        (&whole, "250 first\r\n250 second\r\n250 noop\r\n", 5),
        (&part, "250 ok\r\n250 first\r\n250 second\r\n250 noop\r\n", 6),
        (&part, "554 no\r\n503 no\r\n250 noop\r\n", 6),
    ] {
        let session = [(Side::Client, &lines[..]), (Side::Server, replies)];
        let events = follow(true, &[&ENVELOPE[..], &session].concat());
        let last = format!("Reply {{ to: Some(Token({noop})), reply: Reply(250 [\"noop\"])");
        assert!(events.last().unwrap().starts_with(&last), "{events:?}");
    }
}

/// However it is cut.
#[test]
fn a_long_line_is_what_it_began_like() {
    let blanks = [b' '; 13_000];
    let data = [b"DATA", &blanks[..], b"\r\n"].concat();
    let noop = [b"NOOP ", &[b'x'; 13_000][..], b"RSET\r\n"].concat();
    let late = [&blanks[..], b"DATA\r\n"].concat();
    let go_on = |observer: &Observer| (observer.accepted, observer.is_in_data());
    for (line, reply, after) in [
        (&data, &b"354 go\r\n"[..], Some((2, true))),
        (&noop, b"250 ok\r\n", Some((2, false))),
        (&late, b"354 go\r\n", None),
    ] {
        for cut in [0, 12_289, 12_500, 13_004] {
            let mut observer = Observer::new(true);
            for (side, octets) in [(Side::Server, "220 mx\r\n")].iter().chain(&ENVELOPE) {
                let mut rest = octets.as_bytes();
                while let Some(Received { consumed, .. }) = observer.receive(*side, rest).unwrap() {
                    rest = &rest[consumed..];
                }
            }
            let mut at = 0;
            for end in [cut, line.len()] {
                if let Some(received) = observer.receive(Side::Client, &line[at..end]).unwrap() {
                    at += received.consumed;
                }
            }
            assert_eq!((at, observer.unanswered()), (line.len(), 1));
            let answered = observer.receive(Side::Server, reply);
            assert_eq!(answered.is_ok().then(|| go_on(&observer)), after, "cut at {cut}");
        }
    }
}

#[test]
fn preliminary_replies_answer_nothing() {
    let session = [
        (Side::Client, "VERB\r\nNOOP\r\n"),
        (Side::Server, "250 ok\r\n050 NOOP\r\n150 wait\r\n250 noop\r\n"),
    ];
    let events = follow(false, &session);
    let to: Vec<_> =
        events.iter().filter_map(|event| event.split_once("to: ")).map(|(_, to)| &to[..14]).collect();
    assert_eq!(to, ["Some(Token(1))", "Some(Token(2))"], "{events:?}");
    assert_eq!(events.iter().filter(|event| event.contains("token: None")).count(), 2, "{events:?}");
}

/// Where TLS comes first.
#[test]
fn a_greeting_may_come_behind_tls() {
    let mut observer = Observer::new(false);
    observer.tls_established();
    let greeting = observer.receive(Side::Server, b"220 mx\r\n").unwrap().unwrap();
    assert!(matches!(greeting.event, Event::Greeting(_)), "{greeting:?}");
}

/// What stands in its place is one, and answers no command that is there already.
#[test]
fn a_greeting_that_cannot_be_read_is_one() {
    let mut observer = Observer::new(false);
    assert!(observer.receive(Side::Client, b"EHLO x\r\n").unwrap().is_some());
    let greeting = observer.receive(Side::Server, b"hello\r\n").unwrap().unwrap();
    assert!(
        matches!(
            greeting.event,
            Event::Malformed { side: Side::Server, token: None, line: b"hello\r\n", .. }
        ),
        "{greeting:?}"
    );
    let reply = observer.receive(Side::Server, b"250 x\r\n").unwrap().unwrap();
    assert!(matches!(reply.event, Event::Reply { to: Some(_), .. }), "{reply:?}");
    assert_eq!(observer.unanswered(), 0);
}

/// draft-hall-prdr: 353 goes on with replies to a message, and with nothing else.
#[test]
fn a_353_lets_nobody_go_on() {
    for command in ["AUTH LOGIN\r\n", "DATA\r\n", "NOOP\r\n", "STARTTLS\r\n", "BDAT 1\r\nx"] {
        let mut observer = Observer::new(false);
        for (side, octets) in [(Side::Server, "220 mx\r\n"), (Side::Client, command)] {
            let mut rest = octets.as_bytes();
            while let Some(Received { consumed, .. }) = observer.receive(side, rest).unwrap() {
                rest = &rest[consumed..];
            }
        }
        let result = observer.receive(Side::Server, b"353 go on\r\n");
        assert_eq!(result.map(|_| ()), Err(PeerMisbehaved::UnexpectedReply.into()), "{command}");
    }
}

/// RFC 821's other beginnings of a message.
#[test]
fn a_message_may_begin_with_send() {
    for verb in ["SEND", "SOML", "SAML", "saml"] {
        let lines = format!(
            "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nRSET\r\n{verb} FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 0 LAST\r\n"
        );
        let replies = "250 ok\r\n".repeat(7);
        follow(true, &[(Side::Client, &lines), (Side::Server, &replies)]);
        let lines = lines.replace("RSET\r\n", "");
        follow(true, &[(Side::Client, &lines), (Side::Server, &"250 ok\r\n".repeat(6))]);
    }
}

/// Told once, before what ends them.
#[test]
fn sec_35_crs_at_the_end_of_chunks_are_told() {
    for (chunk, anomalies) in [("\r", 1), ("\r\r", 2), ("a\r\r\r", 3), ("\r\n", 0), ("\r\n\r", 1)] {
        for (end, more) in [
            ("DATA\r\n", 0),
            ("BURL imap://h@a/b;UID=2;URLAUTH=submit+h:internal:91354a\r\n", 0),
            // The LF is not of the same message.
            ("RSET\r\nBDAT 1 LAST\r\n\n", 1),
            ("MAIL FROM:<a@b>\r\nBDAT 1\r\n\n", 1),
        ] {
            let mut observer = Observer::new(false);
            let lines = format!("BDAT {}\r\n{chunk}{end}", chunk.len());
            let (mut rest, mut seen) = (lines.as_bytes(), 0);
            while let Some(Received { consumed, event }) = observer.receive(Side::Client, rest).unwrap() {
                seen += usize::from(matches!(event, Event::Anomaly(_)));
                rest = &rest[consumed..];
            }
            assert_eq!((seen, rest), (anomalies + more, &b""[..]), "{chunk:?} {end}");
        }
    }
}
