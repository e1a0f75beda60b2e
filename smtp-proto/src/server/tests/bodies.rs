//! DATA, BDAT, LMTP, PRDR.

use super::*;
use crate::body::{Anomaly, AnomalyKind};

fn host(protocol: Protocol, stray: Stray) -> Host {
    let mut host = Host::ready(protocol);
    host.server.options.stray = stray;
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<refused@d>\r\nRCPT TO:<c@d>\r\n");
    host.forget();
    host
}

#[test]
fn messages() {
    for (wire, said, told) in [
        (
            "DATA\r\nhi\r\n..\r\n.\r\n",
            "354 go ahead\r\n250 2.0.0 ok\r\n",
            &["DATA", r#""hi\r\n.\r\n""#, "end"][..],
        ),
        ("DATA\r\n.\r\n", "354 go ahead\r\n250 2.0.0 ok\r\n", &["DATA", "end"]),
        (
            "BDAT 4\r\n.\r\nxBDAT 0\r\nBDAT 5 LAST\r\n\r\n.\r\n",
            "250 2.0.0 ok\r\n250 2.0.0 ok\r\n250 2.0.0 ok\r\n",
            &[
                "Bdat { size: 4, last: false }",
                r#"".\r\nx""#,
                "chunk end",
                "Bdat { size: 0, last: false }",
                "chunk end",
                "Bdat { size: 5, last: true }",
                r#""\r\n.\r\n""#,
                "end",
            ],
        ),
    ] {
        let mut host = host(Protocol::Smtp, Stray::Reject);
        assert_eq!(host.say(wire), said, "{wire}");
        assert_eq!(host.told(), told, "{wire}");
        assert_eq!(host.server.state(), State::Ready);
        assert_eq!(host.server.session.transaction.recipients, 0);
    }
}

/// A client of LMTP counts the replies to its last chunk, also when that is too much.
#[test]
fn lmtp_refuses_the_last_chunk_for_each_recipient() {
    let mut host = host(Protocol::Lmtp, Stray::Reject);
    let last = ["BDAT 1001 LAST\r\n", &"x".repeat(1001), "NOOP\r\n"].concat();
    let refused = "552 5.3.4 message too big\r\n";
    assert_eq!(host.say(&last), [refused, refused, "250 2.0.0 ok\r\n"].concat());
    assert_eq!(host.told(), ["Bdat { size: 1001, last: true }", "end, refused", "NOOP"]);
    assert_eq!(host.server.state(), State::Ready);
}

/// RFC 2033 section 4.2: one answer for each accepted recipient, in order, also for one that came twice.
#[test]
fn lmtp_answers_for_each_recipient() {
    for wire in ["DATA\r\nhi\r\n.\r\n", "BDAT 1\r\nxBDAT 2 LAST\r\n\r\n"] {
        let mut server = host(Protocol::Lmtp, Stray::Reject).server;
        let mut input = wire.as_bytes();
        let token = loop {
            let Received { consumed, event } = server.receive(input).unwrap().unwrap();
            input = &input[consumed..];
            match event {
                Event::Command { token, .. } => server.reply(token, &reply(354, "go")).unwrap(),
                Event::ChunkEnd { token } => server.reply(token, &ok()).unwrap(),
                Event::BodyEnd { token, refusal: None } => break token,
                _ => {}
            }
        };
        let len = server.transmit().remaining();
        server.transmit().advance(len);
        let mut rest = &b"MAIL FROM:<a@b>\r\n"[..];
        server.reply(token, &reply(250, "first")).unwrap();
        assert!(server.receive(rest).unwrap().is_none() && server.is_blocked(), "one is still due");
        server.reply(token, &reply(452, "second")).unwrap();
        assert_eq!(server.reply(token, &ok()), Err(ApiMisuse::Token.into()), "there were two");
        let len = server.transmit().remaining();
        let output = server.transmit().copy_to_bytes(len);
        assert_eq!(output, "250 first\r\n452 second\r\n");
        assert!(server.session.conduct != Conduct::default(), "something was delivered");
        rest = &rest[server.receive(rest).unwrap().unwrap().consumed..];
        assert_eq!(rest, b"");
    }
}

/// RFC 2033 section 4.2.
#[test]
fn lmtp_without_recipients() {
    let mut host = Host::ready(Protocol::Lmtp);
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<refused@d>\r\n");
    assert_eq!(host.say("DATA\r\n"), "503 5.5.1 no valid recipients\r\n");
}

#[test]
fn lmtp_refusals_are_for_all() {
    let mut host = host(Protocol::Lmtp, Stray::Reject);
    assert_eq!(codes(&host.say("DATA\r\na\nb\r\n.\r\nNOOP\r\n")), [354, 554, 554, 250]);
}

#[test]
fn sec_31_what_does_not_end_a_body() {
    let follows = "MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n";
    for form in [
        "\n.\n",
        "\n.\r",
        "\r.\n",
        "\r.\r",
        "\n.\r\n",
        "\r.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\r\n.\r\r\n",
        "\r\r\n.\r\r\n",
        "\r\n\0.\r\n",
        "\r\n.\0\r\n",
        "\r\n. \r\n",
    ] {
        for before in ["", "x"] {
            for stray in [Stray::Reject, Stray::Normalise, Stray::Preserve] {
                let wire = format!("DATA\r\n{before}{form}{follows}\r\n.\r\nQUIT\r\n");
                let whole = {
                    let mut host = host(Protocol::Smtp, stray);
                    let output = codes(&host.say(&wire));
                    (output, host.told())
                };
                let is_clean = form == "\r\n. \r\n" || stray != Stray::Reject;
                let answer = if is_clean { 250 } else { 554 };
                assert_eq!(whole.0, [354, answer, 221], "{} {stray:?}", wire.escape_debug());
                assert_eq!(whole.1.iter().filter(|event| event.starts_with("MAIL")).count(), 0);
                for cut in 0..wire.len() {
                    let mut host = host(Protocol::Smtp, stray);
                    let mut output = codes(&host.say(&wire[..cut]));
                    output.extend(codes(&host.say(&wire[cut..])));
                    assert_eq!((output, host.told()), whole, "{} {stray:?} {cut}", wire.escape_debug());
                }
            }
        }
    }
}

#[test]
fn sec_32_strays() {
    let bare_lf = |offset| format!("{:?}", Event::Anomaly(Anomaly { kind: AnomalyKind::BareLf, offset }));
    let run = |stray, wire: &str| {
        let mut host = host(Protocol::Smtp, stray);
        (host.say(wire), host.told())
    };
    let wire = "DATA\r\na\nbc\nd\r\n.\r\nNOOP\r\n";
    let (said, told) = run(Stray::Reject, wire);
    assert_eq!(said, "354 go ahead\r\n554 5.6.0 stray CR, LF or NUL in the message\r\n250 2.0.0 ok\r\n");
    assert_eq!(told, ["DATA", r#""a\n""#, &bare_lf(1), &bare_lf(4), "end, refused", "NOOP"]);
    let (said, told) = run(Stray::Close, wire);
    assert_eq!(said, "354 go ahead\r\n421 4.6.0 stray CR, LF or NUL, closing connection\r\n");
    assert_eq!(told, ["DATA", r#""a\n""#, &bare_lf(1), "end, refused", "Close"]);
    let (said, told) = run(Stray::Normalise, wire);
    assert_eq!(codes(&said), [354, 250, 250]);
    assert_eq!(
        told,
        ["DATA", r#""a\r\n""#, &bare_lf(1), r#""bc\r\n""#, &bare_lf(4), r#""d\r\n""#, "end", "NOOP"]
    );
    let (said, told) = run(Stray::Preserve, wire);
    assert_eq!(codes(&said), [354, 250, 250]);
    assert_eq!(told, ["DATA", r#""a\nbc\nd\r\n""#, "end", "NOOP"]);
    // The same in chunks, at the end of the last one.
    let wire = "BDAT 2\r\na\nBDAT 3 LAST\r\nb\r\nNOOP\r\n";
    let (said, told) = run(Stray::Reject, wire);
    assert_eq!(codes(&said), [250, 554, 250]);
    assert_eq!(told[3..], ["chunk end", "Bdat { size: 3, last: true }", "end, refused", "NOOP"]);
    let (said, told) = run(Stray::Close, wire);
    assert_eq!(codes(&said), [421]);
    assert_eq!(told.last().unwrap(), "Close");
}

#[test]
fn sec_32_binary_is_not_looked_at() {
    let mut host = Host::ready(Protocol::Smtp);
    host.say("MAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<c@d>\r\n");
    host.forget();
    assert_eq!(host.say("BDAT 5 LAST\r\n\r\0\n.\n"), "250 2.0.0 ok\r\n");
    assert_eq!(host.told()[1], r#""\r\x00\n.\n""#);
    // Row 54 of what real peers send.
    host.say("MAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<c@d>\r\n");
    assert_eq!(host.say("DATA\r\n"), "503 5.5.1 BODY=BINARYMIME needs BDAT\r\n");
    // And that is forgotten with its transaction.
    host.say("RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
    assert_eq!(codes(&host.say("DATA\r\n")), [354]);
}

#[test]
fn sec_27_the_octets_of_a_chunk_are_never_commands() {
    let chunk = "QUIT\r\n.\r\nRSET\r\n";
    let len = chunk.len();
    for (before, code) in [
        ("", 503),
        ("MAIL FROM:<a@b>\r\n", 503),
        ("MAIL FROM:<a@b>\r\nRCPT TO:<refused@b>\r\n", 503),
        ("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nBDAT 1 LAST\r\nx", 503),
        ("HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n", 502),
        ("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nBDAT 990\r\n", 552),
    ] {
        for last in ["", " LAST"] {
            let before = if before.ends_with("990\r\n") {
                before.to_string() + &"x".repeat(990)
            } else {
                before.into()
            };
            let wire = format!("BDAT {len}{last}\r\n{chunk}NOOP\r\n");
            for cut in 0..wire.len() {
                let mut host = Host::ready(Protocol::Smtp);
                host.say(&before);
                host.forget();
                let mut output = codes(&host.say(&wire[..cut]));
                output.extend(codes(&host.say(&wire[cut..])));
                assert_eq!(output, [code, 250], "{before}{wire} {cut}");
                let command = format!("refused BDAT {len}{last}");
                assert_eq!(host.told(), [command.as_str(), "NOOP"]);
                // All until MAIL is out of order then.
                assert_eq!(codes(&host.say("RCPT TO:<a@b>\r\nDATA\r\nBDAT 1\r\nx")), [503, 503, 503]);
                assert_eq!(codes(&host.say("MAIL FROM:<a@b>\r\n")), [250]);
            }
        }
    }
}

/// Rows 52 and 55 of what real peers send.
#[test]
fn sec_27_data_and_bdat_do_not_mix() {
    let mut host = host(Protocol::Smtp, Stray::Reject);
    host.say("BDAT 1\r\nx");
    assert_eq!(host.server.state(), State::Bdat);
    assert_eq!(host.say("DATA\r\n"), "503 5.5.1 the message is being sent by BDAT\r\n");
    assert_eq!(codes(&host.say("RCPT TO:<a@b>\r\n")), [503]);
    assert_eq!(codes(&host.say("BDAT 0 LAST\r\n")), [250]);
    assert_eq!(codes(&host.say("BDAT 0 LAST\r\n")), [503]);
}

#[test]
fn a_refused_chunk_ends_the_message() {
    let mut server = host(Protocol::Smtp, Stray::Reject).server;
    let mut input = &b"BDAT 1\r\nxBDAT 1 LAST\r\ny"[..];
    let mut refused = 0;
    while let Some(Received { consumed, event }) = server.receive(input).unwrap() {
        input = &input[consumed..];
        match event {
            Event::ChunkEnd { token } => server.reply(token, &reply(452, "4.3.1 full")).unwrap(),
            Event::Refused { token, reply, .. } => {
                refused += 1;
                server.reply(token, &reply).unwrap();
            }
            Event::BodyEnd { .. } => panic!("there is no message"),
            _ => {}
        }
    }
    assert_eq!((refused, server.state()), (1, State::Ready));
}

#[test]
fn sec_29_a_message_that_breaks_off_is_none() {
    for wire in [
        "DATA\r\n",
        "DATA\r\nabc\r\n",
        "DATA\r\nabc\r\n.",
        "DATA\r\nabc\r\n.\r",
        "BDAT 3\r\nab",
        "BDAT 3 LAST\r\n",
    ] {
        let mut host = host(Protocol::Smtp, Stray::Reject);
        host.say(wire);
        let error = Err(PeerMisbehaved::Truncated.into());
        assert_eq!(host.server.receive_eof(&host.buffer), error, "{wire}");
        assert!(!host.told().iter().any(|event| event.starts_with("end")), "{wire}");
        assert_eq!(host.server.receive(b"\r\n.\r\n"), Err(PeerMisbehaved::Truncated.into()), "{wire}");
        assert_eq!(host.server.receive_eof(b""), error, "{wire}");
    }
    // A refused chunk is drained to its end, too.
    let mut host = Host::ready(Protocol::Smtp);
    host.say("BDAT 3\r\nab");
    assert_eq!(host.server.receive_eof(b""), Err(PeerMisbehaved::Truncated.into()));
}

#[test]
fn sec_69_half_a_line_is_none() {
    let lines = "EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
    let ends: Vec<usize> = ["EHLO c\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<a@b>\r\n"]
        .iter()
        .scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        })
        .collect();
    for end in 0..lines.len() {
        let mut host = Host::ready(Protocol::Smtp);
        host.say(&lines[..end]);
        let is_whole =
            end == 0 || ends.contains(&end) || host.server.state() == State::Ready && host.buffer.is_empty();
        assert_eq!(host.server.receive_eof(&host.buffer).is_ok(), is_whole, "{}", &lines[..end]);
    }
}

/// A message that comes by BDAT is whole behind its last chunk; QUIT ends one that is not.
#[test]
fn sec_69_between_two_chunks_is_within_a_message() {
    for (lines, is_whole) in [
        ("BDAT 1\r\nx", false),
        ("BDAT 1\r\nxNOOP\r\n", false),
        ("BDAT 1\r\nxBDAT 0 LAST\r\n", true),
        ("BDAT 1 LAST\r\nx", true),
        ("BDAT 1\r\nxRSET\r\n", true),
        ("BDAT 1\r\nxQUIT\r\n", true),
        ("BDAT 1\r\nxEHLO c\r\n", true),
    ] {
        let mut host = Host::ready(Protocol::Smtp);
        host.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n");
        host.say(lines);
        let expected = if is_whole { Ok(()) } else { Err(PeerMisbehaved::Truncated.into()) };
        assert_eq!(host.server.receive_eof(b""), expected, "{lines:?}");
    }
    // It need not be answered.
    let mut host = Host::ready(Protocol::Smtp);
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nBDAT 1\r\nx");
    assert!(host.server.receive(b"QUIT\r\n").unwrap().is_some());
    assert_eq!(host.server.receive_eof(b""), Ok(()));
}

#[test]
fn sec_50_a_body_is_not_kept() {
    let mut host = host(Protocol::Smtp, Stray::Reject);
    host.server.session.capabilities = Capabilities::default();
    host.say("DATA\r\n");
    for piece in [&b"xxxx"[..], b"\r\n.x", b"\n", b"\0", b"\r"] {
        for _ in 0..200 {
            host.say(piece.repeat(100));
            assert!(host.buffer.len() <= 2);
            host.content.clear();
            host.events.clear();
        }
    }
    assert_eq!(host.server.transmit().len(), 0);
}

/// draft-hall-prdr: 353 and one reply for each recipient, or one for all.
#[test]
fn prdr_where_it_was_asked_for() {
    for (parameter, answers) in
        [(" PRDR", &[353, 250, 550, 250][..]), (" PRDR", &[250]), (" PRDR", &[550]), ("", &[250])]
    {
        let mut host = Host::new(Options::new(Protocol::Smtp), "PRDR");
        host.say("EHLO c\r\n");
        host.say(format!("MAIL FROM:<a@b>{parameter}\r\n"));
        host.say("RCPT TO:<c@d>\r\n");
        host.say("RCPT TO:<e@f>\r\n");
        host.say("DATA\r\n");
        let (mut input, mut token) = (&b".\r\n"[..], None);
        while let Ok(Some(Received { consumed, event })) = host.server.receive(input) {
            if let Event::BodyEnd { token: end, refusal: None } = event {
                token = Some(end);
                break;
            }
            input = &input[consumed..];
        }
        let token = token.unwrap();
        if parameter.is_empty() {
            assert!(host.server.reply(token, &reply(353, "each")).is_err());
        }
        for code in answers {
            host.server.reply(token, &reply(*code, "x")).unwrap();
        }
        assert!(host.server.reply(token, &reply(250, "x")).is_err(), "no more");
        host.output.clear();
        host.flush();
        assert_eq!(codes(&host.output), answers);
        assert_eq!(host.server.state(), State::Ready);
    }
}
