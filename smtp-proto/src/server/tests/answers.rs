//! Late and early answers, and what goes out together.

use super::*;

/// The next event, which must be there.
fn next<'i>(server: &mut Server, input: &mut &'i [u8]) -> Event<'i> {
    let Received { consumed, event } = server.receive(input).unwrap().expect("an event");
    *input = &input[consumed..];
    event
}

fn token(event: &Event<'_>) -> Token {
    match event {
        Event::Command { token, .. }
        | Event::Refused { token, .. }
        | Event::Malformed { token, .. }
        | Event::BodyEnd { token, .. } => *token,
        other => panic!("{other:?}"),
    }
}

fn taken(server: &mut Server) -> String {
    let len = server.transmit().remaining();
    String::from_utf8(server.transmit().copy_to_bytes(len).to_vec()).unwrap()
}

/// A server after EHLO, and MAIL if `mail`.
fn server(mail: bool) -> Server {
    let mut host = Host::ready(Protocol::Smtp);
    if mail {
        host.say("MAIL FROM:<a@b>\r\n");
    }
    host.server
}

#[test]
fn answers_go_out_in_the_order_of_the_commands() {
    let mut server = server(true);
    let mut input = &b"RCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n"[..];
    let tokens = [(); 3].map(|()| token(&next(&mut server, &mut input)));
    assert!(server.receive(input).unwrap().is_none() && server.is_blocked(), "DATA hangs on the recipients");
    server.reply(tokens[2], &reply(250, "3")).unwrap();
    server.reply(tokens[1], &reply(550, "2")).unwrap();
    assert_eq!(taken(&mut server), "");
    assert!(server.receive(input).unwrap().is_none() && server.is_blocked());
    server.reply(tokens[0], &reply(250, "1")).unwrap();
    assert_eq!(taken(&mut server), "250 1\r\n550 2\r\n250 3\r\n");
    assert!(!server.is_blocked());
    let data = next(&mut server, &mut input);
    assert!(matches!(data, Event::Command { command: Command::Data, .. }));
    assert_eq!(server.reply(tokens[1], &ok()), Err(ApiMisuse::Token.into()), "answered once");
}

#[test]
fn one_recipient_too_many_waits_for_recipients_alone() {
    let mut server = server(true);
    server.options.limits.recipients = 1;
    let mut input = &b"RCPT TO:<a@b>\r\nNOOP\r\nRCPT TO:<c@d>\r\n"[..];
    let first = token(&next(&mut server, &mut input));
    server.reply(first, &ok()).unwrap();
    let noop = token(&next(&mut server, &mut input));
    // NOOP is still to be answered, but there is no recipient on whom it hangs.
    let refused = next(&mut server, &mut input);
    assert!(matches!(refused, Event::Refused { .. }), "{refused:?}");
    server.reply(noop, &ok()).unwrap();
}

#[test]
fn a_message_is_taken_or_not() {
    let mut server = server(true);
    let mut input = &b"RCPT TO:<a@b>\r\nDATA\r\n.\r\n"[..];
    for code in [250, 354] {
        let open = token(&next(&mut server, &mut input));
        server.reply(open, &reply(code, "x")).unwrap();
    }
    let end = token(&next(&mut server, &mut input));
    for never in [354, 334, 353] {
        assert_eq!(server.reply(end, &reply(never, "x")), Err(ApiMisuse::Reply.into()), "{never}");
    }
    server.reply(end, &ok()).unwrap();
}

#[test]
fn no_recipient_no_data_whenever_the_answers_come() {
    let mut server = server(true);
    let mut input = &b"RCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"[..];
    let tokens = [(); 2].map(|()| token(&next(&mut server, &mut input)));
    server.reply(tokens[1], &reply(550, "2")).unwrap();
    server.reply(tokens[0], &reply(550, "1")).unwrap();
    assert!(matches!(next(&mut server, &mut input), Event::Refused { command: Command::Data, .. }));
}

#[test]
fn what_hangs_on_an_open_answer_waits_for_it() {
    for (first, second, waits) in [
        ("MAIL FROM:<a@b>", "RCPT TO:<a@b>", true),
        ("MAIL FROM:<a@b>", "NOOP", true),
        ("EHLO c", "MAIL FROM:<a@b>", true),
        ("RSET", "MAIL FROM:<a@b>", true),
        ("QUIT", "NOOP", true),
        ("NOOP", "NOOP", false),
        ("VRFY a", "FROB", false),
        ("NOOP", "RCPT TO:<a@b>", false),
        ("FROB", "\u{7}", false),
        ("NOOP", "MAIL FROM:<a@b>", true),
        ("NOOP", "QUIT", true),
    ] {
        let mut server = server(false);
        let wire = format!("{first}\r\n{second}\r\n");
        let mut input = wire.as_bytes();
        let first = token(&next(&mut server, &mut input));
        let waited = server.receive(input).unwrap().is_none();
        assert_eq!((waited, server.is_blocked()), (waits, waits), "{wire}");
        if waits {
            // It is as if nothing had been asked.
            assert!(server.receive(input).unwrap().is_none(), "{wire}");
            server.reply(first, &reply(451, "x")).unwrap();
            let _ = next(&mut server, &mut input);
        }
    }
}

#[test]
fn sec_20_so_many_commands_may_be_open() {
    let mut options = Options::new(Protocol::Smtp);
    options.limits.pipelined = 3;
    let mut host = Host::new(options, KEYWORDS);
    host.say("EHLO c\r\n");
    host.say("MAIL FROM:<a@b>\r\n");
    let mut server = host.server;
    let wire = "RCPT TO:<a@b>\r\n".repeat(5);
    let mut input = wire.as_bytes();
    let tokens = [(); 3].map(|()| token(&next(&mut server, &mut input)));
    assert!(server.receive(input).unwrap().is_none() && server.is_blocked());
    server.reply(tokens[1], &ok()).unwrap();
    assert!(server.receive(input).unwrap().is_none(), "the first is still open");
    server.reply(tokens[0], &ok()).unwrap();
    let _ = next(&mut server, &mut input);
}

#[test]
fn the_answers_to_a_group_go_out_together() {
    let mut server = server(false);
    let mut input = &b"MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"[..];
    for _ in 0..3 {
        let open = token(&next(&mut server, &mut input));
        server.reply(open, &ok()).unwrap();
        assert_eq!(taken(&mut server), "", "more of the group is at hand");
    }
    let open = token(&next(&mut server, &mut input));
    server.reply(open, &reply(354, "go")).unwrap();
    assert_eq!(codes(&taken(&mut server)), [250, 250, 250, 354]);
}

#[test]
fn an_answer_is_not_held_when_there_is_no_more_input() {
    let mut server = server(false);
    let mut input = &b"MAIL FROM:<a@b>\r\nRCPT TO"[..];
    let open = token(&next(&mut server, &mut input));
    server.reply(open, &ok()).unwrap();
    assert_eq!(taken(&mut server), "", "there is something behind");
    assert!(server.receive(input).unwrap().is_none());
    assert_eq!(codes(&taken(&mut server)), [250], "but it is not whole");
    // And late.
    let mut input = &b"RCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\n"[..];
    let first = token(&next(&mut server, &mut input));
    let second = token(&next(&mut server, &mut input));
    assert!(server.receive(input).unwrap().is_none());
    server.reply(first, &ok()).unwrap();
    assert_eq!(codes(&taken(&mut server)), [250]);
    server.reply(second, &ok()).unwrap();
    assert_eq!(codes(&taken(&mut server)), [250]);
}

/// A loop that writes before each receive and one that writes when it gives `None`, against a client that sends a piece
/// when it has got the answers to the one before.
#[test]
fn both_kinds_of_loop_get_through() {
    let session: [(&str, usize); 6] = [
        ("EHLO c\r\n", 1),
        ("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<refused@b>\r\nDATA\r\n", 4),
        ("x\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nBDAT 3\r\nabcBDAT 2 LAST\r\n\r\n", 5),
        ("NOOP\r\n", 1),
        ("RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n", 4),
        (".\r\nQUIT\r\n", 2),
    ];
    for writes_first in [true, false] {
        let mut host = Host::new(Options::new(Protocol::Smtp), KEYWORDS);
        for (sent, answers) in session {
            host.buffer.extend_from_slice(sent.as_bytes());
            loop {
                if writes_first {
                    host.flush();
                }
                if !host.step() {
                    break;
                }
            }
            if !writes_first {
                host.flush();
            }
            // Now the loop would read, and nothing more comes.
            let last_lines = host.output.lines().filter(|line| &line[3..4] == " ").count();
            assert_eq!(last_lines, answers, "{sent} {writes_first} {}", host.output);
            host.output.clear();
        }
    }
}

#[test]
fn answers_that_cannot_be() {
    for (command, wrong, right) in [
        ("NOOP", 354, 250),
        ("NOOP", 334, 450),
        ("MAIL FROM:<a@b>", 353, 451),
        ("DATA", 250, 503),
        ("FROB \u{7}", 250, 500),
        ("QUIT", 354, 221),
    ] {
        let mut server = server(false);
        let wire = format!("{command}\r\n");
        let mut input = wire.as_bytes();
        let open = token(&next(&mut server, &mut input));
        assert_eq!(server.reply(open, &reply(wrong, "x")), Err(ApiMisuse::Reply.into()), "{command} {wrong}");
        assert_eq!(taken(&mut server), "");
        server.reply(open, &reply(right, "x")).unwrap();
        assert_eq!(codes(&taken(&mut server)), [right]);
        assert!(server.reply(open, &reply(right, "x")).is_err());
    }
}

#[test]
fn sec_56_the_output_has_an_end() {
    let mut options = Options::new(Protocol::Smtp);
    options.limits.output = 100;
    options.pipelining = Pipelining::Allow;
    let mut server = Host::new(options, "").server;
    let wire = b"NOOP\r\n".repeat(30);
    let mut input = &wire[..];
    let mut count = 0;
    let open = loop {
        let open = token(&next(&mut server, &mut input));
        match server.reply(open, &reply(250, "0123456789")) {
            Ok(()) => count += 1,
            Err(error) => {
                assert_eq!(error, ApiMisuse::OutputFull.into());
                break open;
            }
        }
    };
    assert_eq!(count, 6);
    // Nothing is lost: the answer can be given when there is room.
    server.receive(b"").unwrap();
    assert_eq!(taken(&mut server).len(), 96);
    server.reply(open, &reply(250, "0123456789")).unwrap();
}

#[test]
fn answered_421_is_over() {
    let mut server = server(true);
    let mut input = &b"RCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nRSET\r\n"[..];
    let tokens = [(); 3].map(|()| token(&next(&mut server, &mut input)));
    server.reply(tokens[1], &reply(421, "bye")).unwrap();
    assert_ne!(server.state(), State::Closed, "what comes before is to be answered");
    assert!(server.receive(input).unwrap().is_none());
    server.reply(tokens[0], &ok()).unwrap();
    assert_eq!(codes(&taken(&mut server)), [250, 421]);
    assert_eq!(server.reply(tokens[2], &ok()), Err(ApiMisuse::Closed.into()));
    for _ in 0..2 {
        let closed = server.receive(input).unwrap();
        assert_eq!(closed, Some(Received { consumed: input.len(), event: Event::Close }));
    }
    assert_eq!(server.receive_eof(input), Ok(()));
}

#[test]
fn a_server_may_end_it_at_any_time() {
    let mut host = Host::ready(Protocol::Smtp);
    host.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\nabc");
    assert_eq!(host.server.close(&ok()), Err(ApiMisuse::Reply.into()));
    host.server.close(&reply(421, "4.4.2 timeout")).unwrap();
    host.flush();
    assert_eq!(host.output, "421 4.4.2 timeout\r\n");
    assert_eq!(host.server.close(&reply(421, "x")), Err(ApiMisuse::Closed.into()));
    host.say("def\r\n.\r\n");
    assert_eq!(host.told().last().unwrap(), "Close");
}

#[test]
fn greetings() {
    let greeted = |code| {
        let mut server = Server::new(Options::new(Protocol::Smtp));
        server.greet(&reply(code, "x")).map(|()| server)
    };
    let mut server = greeted(220).unwrap();
    assert_eq!(server.greet(&reply(220, "x")), Err(ApiMisuse::State.into()));
    assert_eq!(greeted(354).unwrap_err(), ApiMisuse::Reply.into());
    for code in [421, 521] {
        let mut server = greeted(code).unwrap();
        assert_eq!(server.receive(b"EHLO c\r\n").unwrap().unwrap().event, Event::Close);
    }
    // RFC 5321 section 3.1.
    let mut host = Host::with(greeted(554).unwrap(), KEYWORDS);
    assert_eq!(codes(&host.say("EHLO c\r\n")), [503]);
    assert_eq!(codes(&host.say("NOOP\r\n")), [503]);
    assert_eq!(codes(&host.say("QUIT\r\n")), [221]);
    assert_eq!(host.told().last().unwrap(), "Close");
}

#[test]
fn an_idle_session_is_small() {
    assert!(size_of::<Server>() <= 1_024, "{}", size_of::<Server>());
}
