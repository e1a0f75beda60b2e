use super::*;

#[test]
fn sec_10_a_reply_cannot_come_before_its_command() {
    for reply in ["250 ok\r\n", "550 no\r\n", "354 go\r\n"] {
        let mut talk = Talk::plain("PIPELINING");
        talk.envelope(1);
        let all = talk.client.transmit().remaining();
        // All but the last octet of RCPT.
        talk.client.transmit().advance(all - 1);
        talk.input.extend_from_slice(b"250 ok\r\n");
        assert_eq!(talk.event(), Ok(Some("2:250".into())));
        talk.input.extend_from_slice(reply.as_bytes());
        assert_eq!(talk.event(), Err(PeerMisbehaved::PrematureReply.into()));
    }
}

#[test]
fn sec_11_a_command_is_answered_once() {
    let mut talk = Talk::plain("");
    talk.client.send(&Command::Noop(None)).unwrap();
    assert_eq!(talk.hear("250 ok\r\n250 ok\r\n"), ["2:250", "peer misbehaved: unexpected reply"]);
}

#[test]
fn sec_17_the_server_talks_out_of_turn() {
    for reply in ["220 hi\r\n", "250 ok\r\n", "354 go\r\n", "334 \r\n", "550 no\r\n"] {
        assert_eq!(Talk::plain("").hear(reply), ["peer misbehaved: unexpected reply"]);
    }
    // Row 75.
    let mut talk = Talk::plain("");
    assert_eq!(talk.hear("421 4.4.2 timeout\r\n"), ["unsolicited 421", "close"]);
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
}

#[test]
fn sec_18_nothing_is_attributed_after_421() {
    let mut talk = Talk::plain("PIPELINING");
    talk.envelope(2);
    assert_eq!(
        talk.hear("250 ok\r\n421 4.4.2 timeout\r\n250 ok\r\n250 ok\r\n"),
        ["2:250", "unsolicited 421", "close"]
    );
    assert!(talk.input.is_empty());
    assert_eq!(talk.client.send(&Command::Noop(None)), Err(NotSent::Order(Refusal::Closed).into()));
    assert_eq!(talk.hear("250 ok\r\n"), ["close"]);
    // Whatever it was that was asked.
    for command in [Command::Quit, Command::Rset, Command::Ehlo(Domain::parse("a").unwrap().into())] {
        let mut talk = Talk::plain("");
        talk.client.send(&command).unwrap();
        assert_eq!(talk.hear("421 bye\r\n250 ok\r\n"), ["unsolicited 421", "close"]);
    }
}

#[test]
fn sec_12_sec_13_intermediate_replies_have_their_places() {
    for command in [
        Command::Rset,
        mail("<a@b>"),
        Command::Vrfy(crate::command::Vrfy::new(crate::text!("a"), false).unwrap()),
    ] {
        let hear = |reply| {
            let mut talk = Talk::plain("");
            talk.client.send(&command).unwrap();
            talk.hear(reply)
        };
        if command == Command::Rset || matches!(command, Command::Mail(_)) {
            assert_eq!(hear("354 go\r\n"), ["peer misbehaved: unexpected reply"]);
        }
        assert_eq!(hear("334 \r\n"), ["peer misbehaved: unexpected challenge"]);
    }
    let mut talk = Talk::plain("");
    talk.envelope(1);
    talk.client.start_body(Transfer::Data).unwrap();
    assert_eq!(talk.hear("250 ok\r\n"), ["2:250"]);
    assert_eq!(talk.hear("250 ok\r\n"), ["3:250"]);
    assert_eq!(talk.hear("250 what?\r\n"), ["peer misbehaved: unexpected reply"]);
}

#[test]
fn sec_14_replies_end() {
    for endless in ["250-x\r\n", "250-", "x"] {
        let mut talk = Talk::plain("");
        talk.client.send(&Command::Noop(None)).unwrap();
        let mut fed = 0;
        talk.write();
        let error = loop {
            talk.input.extend_from_slice(endless.as_bytes());
            fed += endless.len();
            assert!(fed < 70 * 1024, "{endless:?}");
            match talk.client.receive(&talk.input) {
                Ok(event) => assert_eq!(event, None),
                Err(error) => break error,
            }
        };
        assert_eq!(error, Error::LimitExceeded(crate::error::Limit::Reply));
    }
}

#[test]
fn sec_15_replies_that_are_none() {
    for (wire, error) in [
        ("250-a\r\n550 b\r\n", "peer misbehaved: reply lines with different codes"),
        ("25 x\r\n", "invalid message: expected a reply code at offset 0"),
        ("\r\n", "invalid message: expected a reply code at offset 0"),
        ("ok\r\n", "invalid message: expected a reply code at offset 0"),
        ("160 x\r\n", "invalid message: expected a reply code at offset 0"),
        ("260 x\r\n", "invalid message: expected a reply code at offset 0"),
        ("650 x\r\n", "invalid message: expected a reply code at offset 0"),
        ("250 x\n", "invalid message: expected CRLF at offset 5"),
    ] {
        let mut talk = Talk::plain("");
        talk.client.send(&Command::Noop(None)).unwrap();
        assert_eq!(talk.hear(wire), [error]);
    }
    for wire in ["2500 x\r\n", "250_ok\r\n", "250ok\r\n", "250 a\0b\r\n", "250 ok\r\r\n"] {
        let mut talk = Talk::plain("");
        talk.client.send(&Command::Noop(None)).unwrap();
        let events = talk.hear(wire);
        assert!(
            matches!(&events[..], [error] if error.starts_with("invalid message")),
            "{wire:?} {events:?}"
        );
    }
}

#[test]
fn replies_of_many_servers() {
    // Rows 63, 67, 76, 78, 79, 81, 82, 84, 87, 88.
    for wire in [
        &b"250\r\n"[..],
        b"250-\r\n250\r\n",
        b"250-a\r\n250\r\n",
        b"250 caf\xe9\r\n",
        b"535 \xc7\xeb\r\n",
        b"550 #5.1.0 x\r\n",
        b"550 5.7.1-3 x\r\n",
        b"550-5.7.1 a\r\n550 b\r\n",
        b"451 4.7.0 try later. PRX4\r\n",
        b"432 4.3.2 STOREDRV\r\n",
        b"556 x\r\n",
        b"530 5.7.0 Must issue STARTTLS first\r\n",
        b"535 success\r\n",
    ] {
        let mut talk = Talk::plain("");
        talk.client.send(&Command::Noop(None)).unwrap();
        let events = talk.hear(wire);
        assert_eq!(events, [format!("2:{}", core::str::from_utf8(&wire[..3]).unwrap())]);
    }
    // Row 69, and what else is tolerated where it is asked for: it is said what it was.
    let tolerant = Options { dialect: Dialect::TOLERANT, ..plain() };
    for (wire, leniency) in [
        ("250 ok\r\r\n", crate::Leniency::EXTRA_CR),
        ("250 a\u{1}b\r\n", crate::Leniency::CONTROL_IN_TEXT),
        ("250-a\r\n550 b\r\n", crate::Leniency::MIXED_CODES),
    ] {
        let mut talk = Talk::with(tolerant.clone(), "");
        talk.client.send(&Command::Noop(None)).unwrap();
        talk.write();
        let Ok(Some(Received { event: Event::Reply { tolerated: Some(tolerated), .. }, .. })) =
            talk.client.receive(wire.as_bytes())
        else {
            panic!("{wire:?}");
        };
        assert_eq!(tolerated.leniency, leniency, "{wire:?}");
    }
}

#[test]
fn sec_69_half_a_reply_is_none() {
    let reply = "250-one\r\n250-two\r\n250 three\r\n";
    for end in 0..reply.len() {
        let mut talk = Talk::plain("");
        talk.client.send(&Command::Noop(None)).unwrap();
        assert_eq!(talk.hear(&reply[..end]), [""; 0]);
        let rest = talk.input.clone();
        assert_eq!(talk.client.receive_eof(&rest), Err(PeerMisbehaved::Truncated.into()));
    }
    let mut talk = Talk::plain("");
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
    assert_eq!(talk.hear(""), ["close"]);
    assert_eq!(talk.client.send(&Command::Noop(None)), Err(NotSent::Order(Refusal::Closed).into()));
    // Many servers close instead of answering QUIT.
    let mut talk = Talk::plain("");
    talk.client.send(&Command::Quit).unwrap();
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
}

#[test]
fn sec_66_errors_do_not_repeat_what_came() {
    for wire in ["\u{1b}]0;evil\u{7} x\r\n", "250-\u{1b}[2J\r\n550 \u{1b}[2J\r\n"] {
        let mut talk = Talk::plain("");
        talk.client.send(&Command::Noop(None)).unwrap();
        talk.write();
        let error = talk.client.receive(wire.as_bytes()).unwrap_err();
        let text = format!("{error} {error:?} {:?}", talk.client);
        assert!(!text.contains("evil") && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn sec_59_no_step_without_progress() {
    let mut talk = Talk::plain("CHUNKING");
    talk.envelope(1);
    talk.hear("250 ok\r\n");
    talk.client.start_body(Transfer::Chunking).unwrap();
    let input = b"250 ok\r\n25";
    let mut rest = &input[..];
    talk.write();
    let go_ahead = talk.client.receive(rest);
    assert!(matches!(go_ahead, Ok(Some(Received { consumed: 0, event: Event::GoAhead { .. } }))));
    let Ok(Some(Received { consumed, .. })) = talk.client.receive(rest) else { panic!() };
    assert_eq!(consumed, 8);
    rest = &rest[consumed..];
    for _ in 0..3 {
        assert_eq!(talk.client.receive(rest), Ok(None));
    }
}

#[test]
fn sec_56_the_output_is_bounded() {
    let mut talk = Talk::plain("");
    talk.client.send(&mail("<a@example.org>")).unwrap();
    let full = loop {
        if let Err(error) = talk.client.send(&rcpt("<a@example.org>")) {
            break error;
        }
    };
    assert_eq!(full, ApiMisuse::OutputFull.into());
    let len = talk.client.transmit.len();
    assert!((1024 * 1024..1024 * 1024 + 2_048).contains(&len));
}

/// Nobody knows what a private command is answered with.
#[test]
fn a_private_command_may_be_answered_with_any_code() {
    let mut talk = Talk::plain("");
    let (_, command) = Command::parse(b"XFROB\r\n", crate::Dialect::STRICT).unwrap();
    talk.client.send(&command).unwrap();
    assert_eq!(talk.hear("350 more\r\n"), ["2:350"]);
}

/// What a server wrote shows by its length, where it is no reply.
#[test]
fn sec_67_events_show_what_they_are() {
    let shown = |replies: &str, setup: &dyn Fn(&mut Talk)| {
        let mut talk = Talk::plain("PIPELINING|CHUNKING|TURN|AUTH CRAM-MD5");
        setup(&mut talk);
        talk.write();
        let received = talk.client.receive(replies.as_bytes()).unwrap().unwrap();
        format!("{:?}", received.event)
    };
    let chunks = |talk: &mut Talk| {
        talk.envelope(1);
        talk.client.start_body(Transfer::Chunking).unwrap();
        talk.hear("250 ok\r\n250 ok\r\n");
        for _ in 0..2 {
            talk.client.write(Bytes::from("0123456789abc\r\n".repeat(5_000))).unwrap();
        }
    };
    let reply = |wire: &'static str| {
        format!("{:?}", crate::Reply::parse(wire.as_bytes(), crate::Dialect::STRICT).unwrap().1)
    };
    let interim = format!("Interim {{ to: Token(4), reply: {} }}", reply("250 ok\r\n"));
    assert_eq!(shown("250 ok\r\n", &chunks), interim);
    let turned = |talk: &mut Talk| {
        talk.client.send(&Command::Turn).unwrap();
        talk.hear("250 ok\r\n");
    };
    assert_eq!(shown("", &turned), "Turned");
    let challenge = |talk: &mut Talk| {
        let mechanism = crate::auth::Mechanism::CRAM_MD5;
        talk.client.authenticate_with(mechanism, None).unwrap();
    };
    let malformed = "Malformed { expected base64 at offset 4, 15 octets }";
    assert_eq!(shown("334 Username:\r\n", &challenge), malformed);
}

#[test]
fn timeouts_are_those_of_the_rfc() {
    let minutes = |talk: &Talk| talk.client.suggested_timeout().as_secs() / 60;
    let mut talk = Talk::new(plain());
    assert_eq!(minutes(&talk), 5);
    talk.hear("220 mx\r\n");
    talk.hello("PIPELINING|CHUNKING");
    talk.envelope(1);
    talk.client.start_body(Transfer::Data).unwrap();
    assert_eq!(minutes(&talk), 5);
    talk.hear("250 ok\r\n250 ok\r\n");
    assert_eq!(minutes(&talk), 2);
    talk.hear("354 go\r\n");
    assert_eq!(minutes(&talk), 3);
    talk.client.finish().unwrap();
    assert_eq!(minutes(&talk), 10);
}
