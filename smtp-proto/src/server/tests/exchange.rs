//! AUTH.

use super::*;
use crate::error::Limit;

fn host() -> Host {
    let mut options = Options::new(Protocol::Submission);
    (options.limits.errors, options.limits.sasl) = (100, 20_000);
    let mut host = Host::new(options, KEYWORDS);
    host.say("EHLO c\r\n");
    host.forget();
    host
}

#[test]
fn exchanges() {
    let table: [(&[&str], &str, &[&str]); 9] = [
        (&["AUTH PLAIN AHVzZXIAcGFzcw==\r\n"], "235 2.7.0 ok\r\n", &[r#"AUTH PLAIN "\0user\0pass""#]),
        (
            &["AUTH PLAIN\r\n", "AHVzZXIAcGFzcw==\r\n"],
            "334 \r\n235 2.7.0 ok\r\n",
            &["AUTH PLAIN", r#"answer "\0user\0pass""#],
        ),
        (
            &["AUTH LOGIN\r\n", "dXNlcg==\r\n", "cGFzcw==\r\n"],
            "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 2.7.0 ok\r\n",
            &["AUTH LOGIN", r#"answer "user""#, r#"answer "pass""#],
        ),
        (
            &["auth login dXNlcg==\r\n", "cGFzcw==\r\n"],
            "334 UGFzc3dvcmQ6\r\n235 2.7.0 ok\r\n",
            &[r#"AUTH login "user""#, r#"answer "pass""#],
        ),
        // Row 39 of what real peers send.
        (&["AUTH PLAIN =\r\n"], "535 5.7.8 no\r\n", &[r#"AUTH PLAIN """#]),
        (&["AUTH PLAIN\r\n", "\r\n"], "334 \r\n535 5.7.8 no\r\n", &["AUTH PLAIN", r#"answer """#]),
        (&["AUTH PLAIN\r\n", "*\r\n"], "334 \r\n501 5.0.0 cancelled\r\n", &["AUTH PLAIN", "cancelled"]),
        (
            &["AUTH PLAIN\r\n", "=\r\n"],
            "334 \r\n501 5.5.2 cannot decode base64\r\n",
            &["AUTH PLAIN", "malformed "],
        ),
        (
            &["AUTH PLAIN\r\n", "QUIT\n\r\n"],
            "334 \r\n501 5.5.2 cannot decode base64\r\n",
            &["AUTH PLAIN", "malformed "],
        ),
    ];
    for (lines, output, events) in table {
        let mut host = host();
        let said: String = lines.iter().map(|line| host.say(line)).collect();
        if !said.contains("500") {
            assert_eq!(said, output, "{lines:?}");
        }
        assert_eq!(host.told(), events, "{lines:?}");
        assert_eq!(host.server.is_authenticated(), output.contains("235"), "{lines:?}");
        assert_eq!(host.server.state(), State::Ready);
        assert_eq!(codes(&host.say("NOOP\r\n")), [250], "{lines:?}");
    }
}

#[test]
fn sec_23_auth_where_it_cannot_be() {
    const PLAIN: &str = "AUTH PLAIN AHVzZXIAcGFzcw==\r\n";
    let mut host = host();
    host.server.options.requires_authentication = false;
    host.say("MAIL FROM:<a@b>\r\n");
    assert_eq!(codes(&host.say(PLAIN)), [503], "in a transaction");
    host.say("RSET\r\n");
    assert_eq!(codes(&host.say(PLAIN)), [235]);
    assert_eq!(codes(&host.say(PLAIN)), [503], "twice");
    // EHLO does not undo it.
    host.say("EHLO c\r\n");
    assert_eq!(codes(&host.say(PLAIN)), [503]);
    let mut host = Host::new(Options::new(Protocol::Submission), KEYWORDS);
    assert_eq!(codes(&host.say(PLAIN)), [503], "before EHLO");
    host.say("EHLO c\r\n");
    assert_eq!(codes(&host.say("AUTH CRAM-MD5\r\n")), [504]);
    // A server that does not offer it in clear does not take it in clear.
    let mut host = Host::new(Options::new(Protocol::Submission), "STARTTLS");
    host.say("EHLO c\r\n");
    assert_eq!(codes(&host.say(PLAIN)), [502]);
}

/// Whatever was offered; what shows no secret may come.
#[test]
fn sec_08_no_password_in_clear() {
    for (is_tls, answer) in [(false, "538 5.7.11 not without TLS\r\n"), (true, "235 2.7.0 ok\r\n")] {
        let mut server = Server::new(Options::new(Protocol::Submission));
        if is_tls {
            server.tls_established().unwrap();
        }
        server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("ready"))).unwrap();
        let mut host = Host::with(server, "AUTH PLAIN SCRAM-SHA-256\nENHANCEDSTATUSCODES");
        host.say("EHLO c\r\n");
        host.forget();
        assert_eq!(host.say("AUTH PLAIN AHVzZXIAcGFzcw==\r\n"), answer);
        if !is_tls {
            assert!(!format!("{:?}", host.events).contains("user"));
            assert_eq!(codes(&host.say("AUTH SCRAM-SHA-256\r\n")), [334]);
        }
    }
}

#[test]
fn sec_23_an_exchange_may_break_off() {
    let mut half = host();
    half.say("AUTH PLAIN\r\n");
    assert_eq!(half.server.receive_eof(b""), Ok(()));
    assert!(half.server.session.exchange.is_none());
    let mut half = host();
    half.say("AUTH PLAIN\r\nAHVz");
    assert_eq!(half.server.receive_eof(&half.buffer), Err(PeerMisbehaved::Truncated.into()));
}

#[test]
fn sec_63_base64_is_canonical() {
    for response in
        ["AHVzZXIAcGFzcw=", "AHVzZXIAcGFzcw", "AHVzZXIAcGFzcx==", "AHVz ZXIAcGFzcw==", "AHV-", "===="]
    {
        let mut host = host();
        let line = format!("{response}\r\n");
        assert_eq!(codes(&(host.say("AUTH PLAIN\r\n") + &host.say(&line))), [334, 501], "{response}");
        assert_eq!(codes(&host.say(format!("AUTH PLAIN {line}"))), [501], "{response}");
        assert!(!host.server.is_authenticated());
    }
}

#[test]
fn an_exchange_is_bounded() {
    // RFC 4954 section 4: too long a line fails the exchange, not the session.
    let mut host = host();
    host.say("AUTH PLAIN\r\n");
    let output = host.say("A".repeat(12_287) + "\r\nNOOP\r\n");
    assert_eq!(output, "500 5.5.6 line too long\r\n250 2.0.0 ok\r\n");
    // Octets: all of 20,000.
    let mut host = self::host();
    let long = "AAAA".repeat(3_000) + "\r\n";
    let mut server = host.server.clone();
    let Event::Auth { token, .. } = server.receive(b"AUTH LOGIN\r\n").unwrap().unwrap().event else {
        panic!()
    };
    host.server = server;
    host.server.challenge(token, b"").unwrap();
    host.flush();
    let answer = host.server.receive(long.as_bytes()).unwrap().unwrap();
    assert!(matches!(answer.event, Event::Answer { .. }));
    host.server.challenge(token, b"").unwrap();
    host.flush();
    assert_eq!(host.server.receive(long.as_bytes()), Err(Limit::Sasl.into()));
    // Octets, as they are on the wire: no more than that.
    for (sasl, bounded) in [(6, Ok(())), (5, Err(Limit::Sasl.into()))] {
        let mut server = self::host().server;
        server.options.limits.sasl = sasl;
        let Event::Auth { token, .. } = server.receive(b"AUTH LOGIN\r\n").unwrap().unwrap().event else {
            panic!()
        };
        server.challenge(token, b"").unwrap();
        let len = server.transmit().remaining();
        server.transmit().advance(len);
        assert_eq!(server.receive(b"YWJj\r\n").map(|_| ()), bounded, "{sasl}");
    }
    // Rounds.
    let mut server = self::host().server;
    let Event::Auth { token, .. } = server.receive(b"AUTH LOGIN\r\n").unwrap().unwrap().event else {
        panic!()
    };
    for _ in 0..server.options.limits.sasl_rounds {
        server.challenge(token, b"again").unwrap();
        let len = server.transmit().remaining();
        server.transmit().advance(len);
        server.receive(b"\r\n").unwrap().unwrap();
    }
    assert_eq!(server.challenge(token, b"again"), Err(Limit::Sasl.into()));
    assert_eq!(server.receive(b"NOOP\r\n"), Err(Limit::Sasl.into()));
}

#[test]
fn challenges_out_of_turn() {
    let mut server = host().server;
    let Event::Auth { token, .. } = server.receive(b"AUTH LOGIN\r\n").unwrap().unwrap().event else {
        panic!()
    };
    let mut other = host();
    assert_eq!(other.say("NOOP\r\n"), "250 2.0.0 ok\r\n");
    let Event::Auth { token: later, .. } = other.server.receive(b"AUTH LOGIN\r\n").unwrap().unwrap().event
    else {
        panic!()
    };
    assert_eq!(server.challenge(later, b"x"), Err(ApiMisuse::Token.into()), "of another command");
    server.challenge(token, b"x").unwrap();
    assert_eq!(server.challenge(token, b"x"), Err(ApiMisuse::State.into()));
    assert_eq!(server.reply(token, &reply(235, "x")), Err(ApiMisuse::State.into()));
    assert_eq!(server.state(), State::Auth);
    let len = server.transmit().remaining();
    server.transmit().advance(len);
    server.receive(b"*\r\n").unwrap().unwrap();
    assert_eq!(server.challenge(token, b"x"), Err(ApiMisuse::Token.into()));
    assert_eq!(server.reply(token, &reply(235, "x")), Err(ApiMisuse::Reply.into()), "it was given up");
    server.reply(token, &reply(501, "x")).unwrap();
    assert_eq!(server.state(), State::Ready);
}

#[test]
fn sec_67_secrets_do_not_show() {
    let mut server = host().server;
    let secret = "AHVzZXIAaHVudGVyMg==";
    let mut shown = String::new();
    for line in [
        format!("AUTH PLAIN {secret}\r\n"),
        format!("AUTH PLAIN {secret}x\r\n"),
        format!("AUTH  PLAIN {secret}\r\n"),
        format!("auth {secret}\r\n"),
        format!(" AUTH PLAIN {secret}\r\n"),
        format!("\t  auth PLAIN {secret}\r\n"),
        format!("AUTH\tPLAIN\t{secret}\r\n"),
        format!(" AUTH\tPLAIN {secret}\n\r\n"),
        format!("NOOP\nAUTH PLAIN {secret}\r\n"),
        format!("NOOP\rAUTH PLAIN {secret}\r\n"),
        format!("NOOP\r\0AUTH PLAIN {secret}\r\n"),
        format!("\0AUTH PLAIN {secret}\r\n"),
        format!("\x0bAUTH PLAIN {secret}\r\n"),
        format!("\u{feff}AUTH PLAIN {secret}\r\n"),
    ] {
        let event = server.receive(line.as_bytes()).unwrap().unwrap().event;
        shown += &format!("{event:?}");
        match event {
            Event::Auth { token, .. } | Event::Malformed { token, .. } | Event::Refused { token, .. } => {
                server.reply(token, &reply(535, "no")).unwrap();
            }
            other => panic!("{other:?}"),
        }
        shown += &format!("{server:?}");
    }
    let Event::Auth { token, .. } = server.receive(b"AUTH PLAIN\r\n").unwrap().unwrap().event else {
        panic!()
    };
    server.challenge(token, b"hunter2").unwrap();
    let len = server.transmit().remaining();
    server.transmit().advance(len);
    for line in [format!("{secret}\r\n"), format!("{secret}x\r\n")] {
        let mut server = server.clone();
        shown += &format!("{:?} {server:?}", server.receive(line.as_bytes()).unwrap().unwrap().event);
    }
    assert!(shown.contains("Secret(…)") && shown.contains("Malformed"));
    for part in ["hunter2", "HVudGVyM", "AHVzZXIA"] {
        assert!(!shown.contains(part), "{shown}");
    }
}

/// A client that did not wait for the refusal: its answers could be verbs.
#[test]
fn sec_67_answers_behind_a_refused_auth_do_not_show() {
    let mut options = Options::new(Protocol::Submission);
    options.pipelining = Pipelining::Allow;
    options.limits.errors = 1_000;
    for (auth, allows) in [
        ("AUTH LOGIN\r\n", false),
        ("AUTH CRAM-MD5\r\n", true),
        ("AUTH PLAIN =x\r\n", true),
        ("AUTH LOGIN\r\nbad\r\n", true),
        ("AUTH LOGIN\r\n=\r\n", true),
    ] {
        let mut host = Host::new(options.clone(), KEYWORDS);
        host.server.options.allow_plaintext_secrets = allows;
        host.say("EHLO c\r\n");
        host.forget();
        let output = host.say(format!("{auth}c2VzYW1l\r\ndXNlcg==\r\nNOOP\r\nFROB\r\n"));
        let told = host.told().join("\n");
        assert!(!told.contains("c2VzYW1l") && !told.contains("dXNlcg"), "{told}");
        assert!(told.ends_with("malformed \nmalformed \nNOOP\nFROB"), "{told}");
        assert!(output.ends_with("\r\n250 2.0.0 ok\r\n500 5.5.1 what\r\n"), "{output}");
        // One with arguments is no answer.
        let told = host.say(format!("{auth}FROB x\r\n"));
        assert!(told.ends_with("500 5.5.1 what\r\n"), "{told}");
    }
    // Accepted, nothing is on its way.
    let mut host = Host::new(options, KEYWORDS);
    host.say("EHLO c\r\nAUTH PLAIN AHVzZXIAcGFzcw==\r\nFROB\r\n");
    assert_eq!(host.told().last().map(String::as_str), Some("FROB"));
}

/// What comes in pieces, too: the front of it is skipped.
#[test]
fn a_long_answer_is_skipped_in_parts() {
    let mut host = host();
    assert_eq!(host.say("AUTH PLAIN\r\n"), "334 \r\n");
    host.forget();
    assert_eq!(host.say("A".repeat(12_300)), "");
    assert_eq!(host.say("A".repeat(3_000)), "");
    assert_eq!(host.say("A=\r\n"), "500 5.5.6 line too long\r\n");
    assert_eq!(host.told().last().map(|event| event.starts_with("malformed")), Some(true));
    assert_eq!(codes(&host.say("NOOP\r\n")), [250]);
}
