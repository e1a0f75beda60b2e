//! What may come when, and with what.

use super::*;
use crate::ehlo::Extension;
use crate::framing::LineFramer;

/// A host where only `keywords` are offered.
fn offering(keywords: &'static str) -> Host {
    let mut options = Options::new(Protocol::Smtp);
    options.limits.errors = 1_000;
    let mut host = Host::new(options, keywords);
    host.say("EHLO c\r\n");
    host.forget();
    host
}

#[test]
fn only_what_was_offered_may_be_used() {
    for (keyword, line, with, without) in [
        ("STARTTLS", "STARTTLS", 220, 502),
        ("AUTH PLAIN", "AUTH PLAIN AHVzZXIAcGFzcw==", 235, 502),
        ("AUTH LOGIN", "AUTH PLAIN AHVzZXIAcGFzcw==", 504, 502),
        ("SIZE", "MAIL FROM:<a@b> SIZE=5", 250, 555),
        ("8BITMIME", "MAIL FROM:<a@b> BODY=8BITMIME", 250, 555),
        ("8BITMIME", "MAIL FROM:<a@b> BODY=7BIT", 250, 555),
        ("8BITMIME", "MAIL FROM:<a@b> BODY=BINARYMIME", 555, 555),
        ("BINARYMIME\nCHUNKING", "MAIL FROM:<a@b> BODY=BINARYMIME", 250, 555),
        ("BINARYMIME", "MAIL FROM:<a@b> BODY=BINARYMIME", 555, 555),
        ("SMTPUTF8", "MAIL FROM:<a@b> SMTPUTF8", 250, 555),
        ("SMTPUTF8", "VRFY j\u{f6}s SMTPUTF8", 252, 555),
        ("SMTPUTF8", "VRFY j\u{f6}s", 553, 553),
        ("DSN", "MAIL FROM:<a@b> RET=HDRS ENVID=x", 250, 555),
        ("AUTH PLAIN", "MAIL FROM:<a@b> AUTH=<>", 250, 555),
        ("DSN", "MAIL FROM:<a@b> FROB=1", 555, 555),
        ("PIPELINING", "FROB", 500, 500),
        ("PIPELINING", "SEND FROM:<a@b>", 502, 502),
        ("SEND", "SEND FROM:<a@b>", 250, 502),
        ("PIPELINING", "TURN", 502, 502),
        ("HELP", "HELP", 214, 214),
        ("ETRN", "ETRN example.org", 250, 502),
        ("ATRN", "ATRN", 530, 502),
        ("PRDR", "MAIL FROM:<a@b> PRDR", 250, 555),
        ("XOORG", "MAIL FROM:<a@b> XOORG=x", 250, 555),
        ("XCLIENT ADDR", "XCLIENT ADDR=192.0.2.1", 220, 502),
        ("XFORWARD ADDR", "XFORWARD ADDR=192.0.2.1", 250, 502),
    ] {
        let wire = format!("{line}\r\n");
        assert_eq!(codes(&offering(keyword).say(&wire)), [with], "{line} with {keyword}");
        assert_eq!(codes(&offering("XNONE").say(&wire)), [without], "{line}");
        // RFC 5321 section 4.1.4: HELO offers nothing.
        let mut host = offering(keyword);
        host.say("HELO c\r\n");
        assert_eq!(codes(&host.say(&wire)), [without], "{line} after HELO");
    }
}

#[test]
fn recipients_may_have_what_was_offered() {
    for (keyword, line, with) in [
        ("DSN", "RCPT TO:<a@b> NOTIFY=NEVER ORCPT=rfc822;a@b", 250),
        ("SIZE", "RCPT TO:<a@b> NOTIFY=NEVER", 555),
        ("DSN", "RCPT TO:<a@b> FROB", 555),
    ] {
        let mut host = offering(keyword);
        host.say("MAIL FROM:<a@b>\r\n");
        assert_eq!(codes(&host.say(format!("{line}\r\n"))), [with], "{line} with {keyword}");
    }
}

#[test]
fn sec_09_starttls_where_it_cannot_be() {
    let starttls = "STARTTLS\r\n";
    assert_eq!(offering("STARTTLS").say("STARTTLS now\r\n"), "501 bad or missing argument\r\n");
    assert_eq!(codes(&offering("STARTTLSX\nXSTARTTLS").say(starttls)), [502]);
    assert_eq!(codes(&offering("starttls").say(starttls)), [220]);
    let mut host = offering("STARTTLS");
    host.say("MAIL FROM:<a@b>\r\n");
    assert_eq!(codes(&host.say(starttls)), [503], "in a transaction");
    let mut host = offering("STARTTLS\nAUTH PLAIN");
    host.say("AUTH PLAIN AHVzZXIAcGFzcw==\r\n");
    assert_eq!(codes(&host.say(starttls)), [503], "after AUTH");
    let mut host = offering("STARTTLS");
    host.say(starttls);
    host.server.tls_established().unwrap();
    assert_eq!(codes(&host.say(starttls)), [503], "before EHLO");
    host.say("EHLO c\r\n");
    assert_eq!(codes(&host.say(starttls)), [503], "twice");
    assert!(host.server.is_tls());
}

#[test]
fn sec_24_addresses_that_need_smtputf8() {
    let mut host = Host::ready(Protocol::Smtp);
    let before = format!("{:?}", host.server.session.transaction);
    assert_eq!(host.say("MAIL FROM:<j\u{f6}s@b>\r\n"), "553 5.6.7 this address needs SMTPUTF8\r\n");
    assert_eq!(host.server.state(), State::Ready);
    host.say("VRFY j\u{f6}s\r\n");
    assert_eq!(format!("{:?}", host.server.session.transaction), before);
    host.say("MAIL FROM:<a@b>\r\n");
    let before = format!("{:?}", host.server.session.transaction);
    assert_eq!(codes(&host.say("RCPT TO:<j\u{f6}s@b>\r\n")), [553]);
    assert_eq!(codes(&host.say("VRFY a\r\n")), [252]);
    assert_eq!(
        (host.server.state(), format!("{:?}", host.server.session.transaction)),
        (State::Mail, before)
    );
    host.say("RSET\r\n");
    assert_eq!(codes(&host.say("MAIL FROM:<j\u{f6}s@b> SMTPUTF8\r\n")), [250]);
    assert_eq!(codes(&host.say("RCPT TO:<j\u{f6}s@b>\r\n")), [250]);
    // It does not outlive its transaction.
    host.say("RSET\r\n");
    host.say("MAIL FROM:<a@b>\r\n");
    assert_eq!(codes(&host.say("RCPT TO:<j\u{f6}s@b>\r\n")), [553]);
}

#[test]
fn hellos() {
    let hellos = [("EHLO c\r\n", 250, 500), ("HELO c\r\n", 250, 500), ("LHLO c\r\n", 500, 250)];
    for (hello, smtp, lmtp) in hellos {
        for (protocol, code) in [(Protocol::Smtp, smtp), (Protocol::Submission, smtp), (Protocol::Lmtp, lmtp)]
        {
            let output = Host::new(Options::new(protocol), "SIZE").say(hello);
            assert_eq!(codes(&output).last(), Some(&code), "{hello} {protocol:?}");
        }
    }
}

/// Rows 36 and 60 of what real peers send, among others.
#[test]
fn hello_resets() {
    let mut host = Host::ready(Protocol::Smtp);
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n");
    assert_eq!(host.server.state(), State::Rcpt);
    for hello in ["HELO x\r\n", "EHLO x\r\n", "EHLO x\r\n"] {
        host.say(hello);
        assert_eq!((host.server.state(), host.server.session.transaction.recipients), (State::Ready, 0));
    }
    assert_eq!(codes(&host.say("DATA\r\n")), [503]);
}

#[test]
fn a_refused_ehlo_changes_nothing() {
    let mut server = Host::ready(Protocol::Smtp).server;
    let before = server.capabilities().clone();
    let Some(Received { event: Event::Command { token, .. }, .. }) = server.receive(b"EHLO x\r\n").unwrap()
    else {
        panic!()
    };
    server.reply(token, &reply(550, "no")).unwrap();
    assert_eq!((server.capabilities(), server.state()), (&before, State::Ready));
}

#[test]
fn submission_wants_authentication() {
    let mut host = Host::new(Options::new(Protocol::Submission), KEYWORDS);
    host.say("EHLO c\r\n");
    assert_eq!(host.say("MAIL FROM:<a@b>\r\n"), "530 5.7.0 authentication required\r\n");
    assert_eq!(codes(&host.say("AUTH PLAIN AHVzZXIAcGFzcw==\r\n")), [235]);
    assert_eq!(codes(&host.say("MAIL FROM:<a@b>\r\n")), [250]);
}

#[test]
fn suggestions_speak_the_terms_that_were_offered() {
    let mut host = offering("PIPELINING");
    assert_eq!(host.say("RCPT TO:<a@b>\r\n"), "503 send MAIL first\r\n");
    assert_eq!(
        host.say("MAIL FROM:a@b\r\n"),
        "501 bad sender address, expected FROM:<local-part@domain>\r\n"
    );
    let mut host = offering("ENHANCEDSTATUSCODES");
    assert_eq!(host.say("RCPT TO:<a@b>\r\n"), "503 5.5.1 send MAIL first\r\n");
}

#[test]
fn roles_change() {
    let mut host = offering("TURN");
    assert_eq!(codes(&host.say("TURN\r\n")), [250]);
    host.say("220 mail");
    assert_eq!(host.told().last().unwrap(), "Turned");
    assert_eq!(host.buffer, b"220 mail");
    let mut host = offering("ATRN\nAUTH PLAIN");
    assert_eq!(codes(&host.say("ATRN\r\n")), [530]);
    host.say("AUTH PLAIN AHVzZXIAcGFzcw==\r\n");
    assert_eq!(codes(&host.say("ATRN b\r\n")), [250]);
    assert_eq!(host.told().last().unwrap(), "Turned");
}

#[test]
fn sec_21_other_protocols() {
    for (wire, name) in [
        ("GET / HTTP/1.1\r\nHost: mail\r\n\r\n", "Foreign(Http)"),
        ("POST / HTTP/1.1\r\n\r\nEHLO x\r\nMAIL FROM:<a@b>\r\n", "Foreign(Http)"),
        ("CONNECT mail:25 HTTP/1.1\r\n\r\n", "Foreign(Http)"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Foreign(Http)"),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\nEHLO x\r\n", "Foreign(Tls)"),
    ] {
        for cut in 0..wire.len() {
            let mut host = Host::new(Options::new(Protocol::Smtp), KEYWORDS);
            let mut output = host.say(&wire[..cut]);
            output += &host.say(&wire[cut..]);
            assert_eq!(host.told(), [name], "{wire}");
            assert_eq!((host.error, &*output), (Some(PeerMisbehaved::ForeignProtocol.into()), ""), "no echo");
        }
    }
    // Later it is just no command.
    let mut host = offering("SIZE");
    assert_eq!(codes(&host.say("GET / HTTP/1.1\r\n")), [500]);
}

#[test]
fn load_balancers_speak_before_the_greeting() {
    let v2 = b"\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00".to_vec();
    for header in [&b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n"[..], &v2] {
        for cut in 0..header.len() {
            let mut server = Server::new(Options::new(Protocol::Smtp));
            assert_eq!(server.receive(&header[..cut]), Ok(None));
            let event = Event::Foreign(Foreign::Proxy { header });
            assert_eq!(server.receive(header), Ok(Some(Received { consumed: header.len(), event })));
            server.greet(&reply(220, "x")).unwrap();
            // However it came, the client itself has waited.
            assert_eq!(codes(&Host::with(server, "SIZE").say("EHLO c\r\n")), [250, 250], "{cut}");
        }
        // What is behind it is the client's, which has not.
        let mut server = Server::new(Options::new(Protocol::Smtp));
        server.receive(header).unwrap();
        assert_eq!(server.receive(b"EHLO c\r\n"), Ok(None));
        server.greet(&reply(220, "x")).unwrap();
        assert_eq!(codes(&Host::with(server, "SIZE").say("EHLO c\r\n")), [503]);
    }
    let shown = format!("{:?}", Event::Foreign(Foreign::Proxy { header: b"PROXY UNKNOWN\r\n" }));
    assert_eq!(shown, "Foreign(Proxy { header: \"PROXY UNKNOWN\\r\\n\" })");
    // After it, the header is a command that nobody knows: who does not expect a load balancer greets at once.
    let mut host = Host::new(Options::new(Protocol::Smtp), KEYWORDS);
    assert_eq!(codes(&host.say("PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n")), [500]);
}

/// RFC 5321 section 4.3.2: 220, or 554.
#[test]
fn no_other_welcome_is_one() {
    for code in [214, 221, 250, 354] {
        let mut server = Server::new(Options::new(Protocol::Smtp));
        assert_eq!(server.greet(&reply(code, "hi")), Err(ApiMisuse::Reply.into()), "{code}");
        assert_eq!((server.state(), server.transmit().len()), (State::Greeting, 0));
    }
}

#[test]
fn who_talks_before_the_greeting_is_refused() {
    let mut server = Server::new(Options::new(Protocol::Smtp));
    assert_eq!(server.receive(b"EHLO c\r\n"), Ok(None));
    server.greet(&reply(220, "x")).unwrap();
    let mut host = Host::with(server, KEYWORDS);
    assert_eq!(host.say("EHLO c\r\n"), "503 wait for the reply\r\n");
    assert_eq!(host.told(), ["refused EHLO c", "Close"]);
    let mut server = Server::new(Options::new(Protocol::Smtp));
    assert_eq!(server.receive(&[b'x'; 3_000]), Err(PeerMisbehaved::PipeliningViolation.into()));
}

#[test]
fn sec_19_clients_have_to_wait() {
    for (group, codes_before) in [
        ("EHLO c\r\nMAIL FROM:<a@b>\r\n", &[][..]),
        ("HELO c\r\nNOOP\r\n", &[]),
        ("NOOP\r\nNOOP\r\n", &[]),
        ("VRFY a\r\nMAIL FROM:<a@b>\r\n", &[]),
        ("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\nMAIL", &[250, 250]),
        ("AUTH PLAIN\r\nAHVzZXIAcGFzcw==\r\n", &[]),
    ] {
        let mut host = offering("PIPELINING\nAUTH PLAIN");
        let told = codes(&host.say(group));
        assert_eq!(told[..], [codes_before, &[503]].concat(), "{group}");
        assert_eq!(host.told().last().unwrap(), "Close", "{group}");
        // With waiting, it is fine.
        let mut host = offering("PIPELINING\nAUTH PLAIN");
        for line in group.split_inclusive('\n') {
            host.say(line);
        }
        assert_ne!(host.server.state(), State::Closed, "{group}");
        // And where it is allowed.
        let mut host = offering("PIPELINING\nAUTH PLAIN");
        host.server.options.pipelining = Pipelining::Allow;
        host.say(group);
        assert_ne!(host.server.state(), State::Closed, "{group}");
    }
    // What is in order.
    let mut host = offering("PIPELINING\nCHUNKING");
    let group =
        "RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nBDAT 1\r\nxBDAT 0 LAST\r\nMAIL FROM:<a@b>\r\nQUIT\r\n";
    assert_eq!(codes(&host.say(group)), [250, 250, 250, 250, 250, 250, 221]);
    // Nobody reads what is behind QUIT.
    assert_eq!(codes(&offering("PIPELINING").say("QUIT\r\nNOOP\r\n")), [221]);
    // Without PIPELINING, nothing may be behind anything.
    assert_eq!(codes(&offering("SIZE").say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n")), [503]);
}

#[test]
fn sec_19_clients_have_to_wait_until_the_reply_was_sent() {
    let offering = || offering("PIPELINING\nAUTH PLAIN");
    // The answer to EHLO is in the output, and not taken.
    let mut host = offering();
    host.buffer.extend_from_slice(b"EHLO c\r\n");
    while host.step() {}
    assert_eq!(host.say("MAIL FROM:<a@b>\r\n").lines().last(), Some("503 wait for the reply"));
    assert_eq!(host.told().last().unwrap(), "Close");
    // The 354, and the body is there.
    let mut host = offering();
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n");
    host.buffer.extend_from_slice(b"DATA\r\n");
    while host.step() {}
    host.say("MAIL FROM:<evil@b>\r\n.\r\n");
    assert_eq!(host.error, Some(PeerMisbehaved::PipeliningViolation.into()));
    // The challenge.
    let mut host = offering();
    host.buffer.extend_from_slice(b"AUTH PLAIN\r\n");
    while host.step() {}
    host.say("AHVzZXIAcGFzcw==\r\n");
    assert_eq!(host.error, Some(PeerMisbehaved::PipeliningViolation.into()));
}

#[test]
fn sec_33_a_command_ends_at_crlf() {
    let mut host = Host::ready(Protocol::Smtp);
    assert_eq!(host.say("NOOP\nMAIL FROM:<a@b>\r\n"), "500 5.5.2 command not understood\r\n");
    assert_eq!(host.told(), ["malformed NOOP\\nMAIL FROM:<a@b>\\r\\n"]);
    assert_eq!(host.server.state(), State::Ready);
    host.server.options.dialect = Dialect::TOLERANT;
    assert_eq!(codes(&host.say("NOOP\nMAIL FROM:<a@b>\nRCPT TO:<a@b>\nDATA\n")), [250, 250, 250, 354]);
    // Never in a body.
    assert_eq!(codes(&host.say("a\n.\nb\r\n.\n\r\n.\r\n")), [554]);
}

#[test]
fn sec_71_a_leniency_ends_with_its_line() {
    let mut host = Host::ready(Protocol::Smtp);
    host.server.options.dialect = Dialect::TOLERANT;
    host.say("MAIL FROM: a@b\r\nRCPT TO:<a@b>\r\n");
    assert_eq!(host.told(), ["MAIL FROM:<a@b> (tolerated)", "RCPT TO:<a@b>"]);
    let framer = format!("{:?}", host.server.session.lines);
    assert_eq!(framer, format!("{:?}", LineFramer::new()));
}

#[test]
fn an_empty_line_behind_a_body_may_be_put_up_with() {
    for (dialect, after) in [(Dialect::STRICT, 500), (Dialect::TOLERANT, 250)] {
        let mut host = Host::ready(Protocol::Smtp);
        host.server.options.dialect = dialect;
        host.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n");
        assert_eq!(codes(&host.say("x\r\n.\r\n\r\nNOOP\r\n"))[1], after);
        assert_eq!(codes(&host.say("\r\n")), [500], "only there");
    }
}

#[test]
fn sec_62_nul_is_nowhere_in_a_command() {
    for line in
        ["NOOP a\0b", "\0NOOP", "MAIL FROM:<a\0@b>", "MAIL FROM:<\"\0\"@b>", "NOOP\0", "EHLO a\0", "FROB \0"]
    {
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let mut host = Host::ready(Protocol::Smtp);
            host.server.options.dialect = dialect;
            let output = codes(&host.say(format!("{line}\r\n")));
            assert!(matches!(output[..], [500 | 501]), "{line:?} {output:?}");
        }
    }
}

#[test]
fn sec_66_what_a_peer_sends_does_not_show() {
    let mut host = Host::ready(Protocol::Smtp);
    let line = format!("MAIL FROM:<{}>\r\n", "\u{1b}[2Jevil".repeat(20));
    let event = host.server.receive(line.as_bytes()).unwrap().unwrap().event;
    let Event::Malformed { error, reply, .. } = &event else { panic!("{event:?}") };
    assert!(!format!("{error} {error:?} {reply:?}").contains("evil"));
    let shown = format!("{event:?}");
    assert!(shown.is_ascii() || shown.contains("…"), "{shown}");
    assert!(!shown.contains('\u{1b}') && shown.matches("evil").count() <= 7, "{shown}");
    let chunk = Event::Chunk(b"evil");
    assert_eq!(format!("{chunk:?}"), "Chunk(4 octets)");
}

/// RFC 4468: pieces that the server fetches, alone and between chunks.
#[test]
fn messages_of_pieces_that_are_fetched() {
    let mut host = offering("BURL imap\nCHUNKING\nPIPELINING");
    let envelope = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";
    let codes_of = |host: &mut Host, lines: &str| codes(&host.say([envelope, lines].concat()));
    assert_eq!(codes(&host.say("BURL imap://h/a LAST\r\n")), [503]);
    assert_eq!(codes_of(&mut host, "BURL imap://h/a LAST\r\n"), [250, 250, 250]);
    assert_eq!(host.server.state(), State::Ready);
    let mixed = "BURL imap://h/a\r\nBDAT 3\r\nabcBURL imap://h/b LAST\r\n";
    assert_eq!(codes_of(&mut host, mixed), [250, 250, 250, 250, 250]);
    assert_eq!(host.server.state(), State::Ready);
    assert_eq!(codes_of(&mut host, "BURL imap://h/a\r\nDATA\r\n"), [250, 250, 250, 503]);
    host.say("RSET\r\n");
    assert_eq!(codes_of(&mut host, "BURL /relative\r\nRSET\r\n"), [250, 250, 501, 250]);
}

/// 220 begins the session anew, and nothing else does.
#[test]
fn xclient_begins_a_new_session() {
    for (code, state) in [(220, State::Fresh), (550, State::Ready)] {
        let mut server = Server::new(Options::new(Protocol::Smtp));
        server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("ready"))).unwrap();
        let mut host = Host::with(server, "XCLIENT NAME ADDR");
        host.say("EHLO c\r\n");
        let line = b"XCLIENT ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]\r\n";
        let Ok(Some(Received { event: Event::Command { token, command, .. }, .. })) =
            host.server.receive(line)
        else {
            panic!("no command")
        };
        assert!(matches!(command, Command::XClient(attributes) if attributes.iter().count() == 2));
        host.server.reply(token, &reply(code, "x")).unwrap();
        assert_eq!(host.server.state(), state);
        assert_eq!(host.server.capabilities().has(Extension::XClient), code != 220);
    }
    let mut host = offering("XCLIENT ADDR\nETRN");
    host.say("MAIL FROM:<a@b>\r\n");
    assert_eq!(codes(&host.say("XCLIENT ADDR=192.0.2.1\r\n")), [503]);
    assert_eq!(codes(&host.say("ETRN a\r\n")), [503]);
}

#[test]
fn what_a_client_has_to_wait_for() {
    for (keywords, mail) in [("CHUNKING\nBURL", true), ("CHUNKING\nBURL\nPIPELINING", false)] {
        let mut host = Host::new(Options::new(Protocol::Smtp), keywords);
        host.say("EHLO c\r\n");
        for (line, waits) in [
            ("MAIL FROM:<a@b>", mail),
            ("RCPT TO:<a@b>", mail),
            ("RSET", mail),
            ("BDAT 5", false),
            ("BURL imap://h/m LAST", false),
            ("FROB", false),
            ("DATA", true),
            ("NOOP", true),
            ("QUIT", true),
            ("EHLO c", true),
        ] {
            let line = format!("{line}\r\n");
            let (_, command) = Command::parse(line.as_bytes(), Dialect::STRICT).unwrap();
            assert_eq!(host.server.is_sync(&command), waits, "{line:?} with {keywords:?}");
        }
    }
}
