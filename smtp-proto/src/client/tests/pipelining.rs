use super::*;

#[test]
fn with_pipelining_a_transaction_is_one_group() {
    let mut talk = Talk::plain("PIPELINING");
    talk.envelope(2);
    let body = talk.client.start_body(Transfer::Data).unwrap();
    assert_eq!(
        talk.sent(),
        "MAIL FROM:<a@example.org>\r\nRCPT TO:<r0@example.net>\r\nRCPT TO:<r1@example.net>\r\nDATA\r\n"
    );
    // Row 93: many replies in one segment. A refused recipient is data.
    let events = talk.hear("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n550 5.1.1 who?\r\n354 go\r\n");
    assert_eq!(events, ["2:250", "3:250", "4:550", "5:go"]);
    talk.client.write(Bytes::from_static(b"Subject: hi\r\n\r\n.\r\n")).unwrap();
    talk.client.finish().unwrap();
    // RFC 2920 section 3.1: the end of the body may begin a group.
    talk.client.send(&mail("<>")).unwrap();
    talk.client.send(&Command::Quit).unwrap();
    assert_eq!(talk.sent(), "Subject: hi\r\n\r\n..\r\n.\r\nMAIL FROM:<>\r\nQUIT\r\n");
    assert_eq!(talk.hear("250 queued\r\n250 ok\r\n221 bye\r\n"), ["5:250", "6:250", "7:221", "close"]);
    assert_eq!(format!("{body:?}"), "Token(5)");
}

#[test]
fn without_pipelining_each_command_waits() {
    let mut talk = Talk::plain("");
    talk.envelope(2);
    talk.client.start_body(Transfer::Data).unwrap();
    for (command, reply, event) in [
        ("MAIL FROM:<a@example.org>\r\n", "250 ok\r\n", "2:250"),
        ("RCPT TO:<r0@example.net>\r\n", "250 ok\r\n", "3:250"),
        ("RCPT TO:<r1@example.net>\r\n", "452 4.5.3 no more\r\n", "4:452"),
        ("DATA\r\n", "354 go\r\n", "5:go"),
    ] {
        assert_eq!(talk.sent(), command);
        assert_eq!(talk.hear(reply), [event]);
    }
    talk.client.finish().unwrap();
    talk.client.send(&mail("<>")).unwrap();
    assert_eq!(talk.sent(), ".\r\n");
    assert_eq!(talk.hear("250 ok\r\n"), ["5:250"]);
    assert_eq!(talk.sent(), "MAIL FROM:<>\r\n");
}

#[test]
fn what_ends_a_group_is_waited_for() {
    let vrfy = || Command::Vrfy(crate::command::Vrfy::new(crate::text!("a"), false).unwrap());
    for last in [Command::Noop(None), vrfy(), Command::Help(None)] {
        let mut talk = Talk::plain("PIPELINING");
        talk.client.send(&Command::Rset).unwrap();
        talk.client.send(&last).unwrap();
        talk.envelope(1);
        assert_eq!(talk.sent(), format!("RSET\r\n{last}\r\n"));
        assert_eq!(talk.hear("250 ok\r\n"), ["2:250"]);
        assert_eq!(talk.sent(), "");
        assert_eq!(talk.hear("250 ok\r\n"), ["3:250"]);
        assert_eq!(talk.sent(), "MAIL FROM:<a@example.org>\r\nRCPT TO:<r0@example.net>\r\n");
    }
}

#[test]
fn what_decides_about_the_session_is_waited_for_by_the_caller() {
    let busy = Err(NotSent::Order(Refusal::Busy).into());
    let mut talk = Talk::plain("STARTTLS|PIPELINING|AUTH CRAM-MD5");
    talk.client.hello(Domain::parse("a").unwrap()).unwrap();
    assert_eq!(talk.client.send(&mail("<>")), busy);
    talk.hear("250 mx\r\n");
    let mut talk = Talk::plain("STARTTLS");
    talk.client.start_tls().unwrap();
    assert_eq!(talk.client.send(&mail("<>")), busy);
    let mut talk = Talk::plain("AUTH CRAM-MD5");
    talk.client.authenticate_with(crate::auth::Mechanism::CRAM_MD5, None).unwrap();
    assert_eq!(talk.client.send(&mail("<>")), busy);
    let mut talk = Talk::plain("PIPELINING");
    talk.envelope(1);
    talk.client.start_body(Transfer::Data).unwrap();
    assert_eq!(talk.client.send(&Command::Rset), busy);
    // MAIL fails, and DATA is still on its way: what is sent now might become the body.
    assert_eq!(talk.hear("550 no\r\n503 no\r\n"), ["2:550", "3:503"]);
    assert_eq!(talk.client.send(&Command::Rset), busy);
    assert_eq!(talk.hear("503 no\r\n"), ["4:503"]);
    assert!(talk.client.send(&Command::Rset).is_ok());
}

#[test]
fn sec_16_what_is_not_sent_is_not_waited_for() {
    let mut talk = Talk::plain("PIPELINING");
    for _ in 0..3 {
        assert!(talk.client.send(&rcpt("<a@example.net>")).is_err());
        assert!(talk.client.start_body(Transfer::Data).is_err());
        assert!(talk.client.start_tls().is_err());
        talk.client.send(&Command::Noop(None)).unwrap();
        assert_eq!(talk.client.flights.len(), 1);
        assert_eq!(talk.hear("250 ok\r\n").len(), 1);
        assert_eq!(talk.client.flights.len(), 0);
    }
    assert_eq!(talk.sent(), "NOOP\r\nNOOP\r\nNOOP\r\n");
}

#[test]
fn the_order_is_that_of_the_table() {
    let order = |refusal| Err(NotSent::Order(refusal).into());
    let mut talk = Talk::plain("PIPELINING");
    assert_eq!(talk.client.send(&rcpt("<a@example.net>")), order(Refusal::MailFirst));
    assert_eq!(talk.client.start_body(Transfer::Data), order(Refusal::MailFirst));
    talk.client.send(&mail("<>")).unwrap();
    assert_eq!(talk.client.send(&mail("<>")), order(Refusal::InTransaction));
    assert_eq!(talk.client.start_body(Transfer::Data), order(Refusal::RcptFirst));
    talk.client.send(&rcpt("<a@example.net>")).unwrap();
    assert_eq!(talk.client.start_tls(), order(Refusal::InTransaction));
    // The only recipient is refused: what was planned on it cannot be.
    assert_eq!(talk.hear("250 ok\r\n550 no\r\n"), ["2:250", "3:550"]);
    assert_eq!(talk.client.start_body(Transfer::Data), order(Refusal::RcptFirst));
    assert_eq!(talk.client.state(), State::Mail);
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.hear("250 ok\r\n"), ["4:250"]);
    talk.client.send(&mail("<>")).unwrap();
    assert_eq!(talk.hear("451 later\r\n"), ["5:451"]);
    assert_eq!(talk.client.send(&rcpt("<a@example.net>")), order(Refusal::MailFirst));
    assert_eq!(talk.client.state(), State::Ready);
}

#[test]
fn row_91_a_lone_dot_lets_the_server_out() {
    for options in [plain(), lmtp()] {
        let mut talk = Talk::with(options, "PIPELINING");
        talk.envelope(2);
        talk.client.start_body(Transfer::Data).unwrap();
        talk.sent();
        let events = talk.hear("250 ok\r\n550 no\r\n550 no\r\n354 go\r\n");
        assert_eq!(events, ["2:250", "3:550", "4:550", "(5:354)"]);
        assert_eq!(talk.sent(), ".\r\n");
        assert_eq!(talk.client.write(Bytes::from_static(b"x")), Err(ApiMisuse::State.into()));
        assert_eq!(talk.hear("554 5.5.1 no valid recipients\r\n"), ["5:554"]);
        assert!(talk.client.send(&mail("<>")).is_ok());
    }
}

#[test]
fn no_message_goes_to_a_transaction_of_another_mind() {
    // The server refuses a sender and accepts its recipient: into what was before.
    let mut talk = Talk::plain("PIPELINING|CHUNKING");
    talk.envelope(1);
    talk.client.start_body(Transfer::Data).unwrap();
    let events = talk.hear("503 nested\r\n250 ok\r\n354 go\r\n");
    assert_eq!(events, ["2:503", "3:250", "peer misbehaved: unexpected reply"]);
    let mut talk = Talk::plain("PIPELINING|CHUNKING");
    talk.envelope(1);
    talk.client.start_body(Transfer::Chunking).unwrap();
    talk.hear("");
    talk.client.finish().unwrap();
    let events = talk.hear("503 nested\r\n250 ok\r\n250 ok\r\n");
    assert_eq!(events, ["2:503", "3:250", "peer misbehaved: unexpected reply"]);
}

#[test]
fn rset_in_a_transaction_is_waited_for() {
    let busy = Err(NotSent::Order(Refusal::Busy).into());
    let mut talk = Talk::plain("PIPELINING|CHUNKING");
    talk.envelope(1);
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.client.send(&mail("<>")), busy);
    // Refused: the transaction is still there.
    assert_eq!(talk.hear("250 ok\r\n250 ok\r\n451 no\r\n"), ["2:250", "3:250", "4:451"]);
    assert_eq!(talk.client.send(&mail("<>")), Err(NotSent::Order(Refusal::InTransaction).into()));
    talk.client.start_body(Transfer::Chunking).unwrap();
    talk.hear("");
    talk.client.write("0123456789abc\r\n".repeat(5_000).into()).unwrap();
    talk.client.write("0123456789abc\r\n".repeat(5_000).into()).unwrap();
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.client.start_body(Transfer::Chunking), Err(NotSent::Order(Refusal::Busy).into()));
    assert_eq!(talk.hear("250 ok\r\n451 no\r\n"), ["(5:250)", "6:451"]);
    assert_eq!(talk.client.start_body(Transfer::Chunking), Err(NotSent::Order(Refusal::InChunks).into()));
    // Between transactions it is part of a group.
    let mut talk = Talk::plain("PIPELINING");
    talk.client.send(&Command::Rset).unwrap();
    assert!(talk.client.send(&mail("<>")).is_ok());
}

#[test]
fn lmtp_answers_for_each_accepted_recipient() {
    let mut talk = Talk::with(lmtp(), "PIPELINING");
    talk.envelope(2);
    // The same one twice: RFC 2033 section 4.2.
    talk.client.send(&rcpt("<r1@example.net>")).unwrap();
    talk.client.send(&rcpt("<r9@example.net>")).unwrap();
    talk.client.start_body(Transfer::Data).unwrap();
    let events = talk.hear("250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n");
    assert_eq!(events, ["2:250", "3:250", "4:250", "5:250", "6:550", "7:go"]);
    talk.client.write(Bytes::from_static(b"x\r\n")).unwrap();
    talk.client.finish().unwrap();
    // The next transaction is on its way before these answers are.
    talk.envelope(1);
    let events = talk.hear("250 ok\r\n452 4.2.2 full\r\n250 ok\r\n");
    assert_eq!(events, ["3>250", "4>452", "5>250."]);
    assert_eq!(talk.hear("250 ok\r\n250 ok\r\n"), ["8:250", "9:250"]);
    // Row 96: when one reply is all that comes, the session waits, as it should.
    talk.client.start_body(Transfer::Data).unwrap();
    talk.hear("354 go\r\n");
    talk.client.finish().unwrap();
    assert_eq!(talk.hear("250 o"), [""; 0]);
}

#[test]
fn a_chunk_with_no_recipient_left_has_one_reply() {
    let mut talk = Talk::with(lmtp(), "PIPELINING|CHUNKING");
    talk.envelope(2);
    talk.client.start_body(Transfer::Chunking).unwrap();
    talk.hear("");
    talk.client.finish().unwrap();
    let events = talk.hear("250 ok\r\n550 no\r\n550 no\r\n503 5.5.1 no recipient\r\n");
    assert_eq!(events, ["2:250", "3:550", "4:550", "5:503"]);
    assert_eq!(talk.client.state(), State::Ready);
    assert!(talk.client.send(&mail("<>")).is_ok());
}

#[test]
fn after_turn_the_rest_is_for_a_server() {
    let mut talk = Talk::plain("TURN");
    talk.client.send(&Command::Turn).unwrap();
    assert_eq!(talk.hear("502 no\r\n"), ["2:502"]);
    talk.client.send(&Command::Turn).unwrap();
    assert_eq!(talk.hear("250 ok\r\nEHLO me\r\n"), ["3:250", "turned"]);
    assert_eq!(talk.input, b"EHLO me\r\n");
    assert_eq!(talk.client.send(&Command::Noop(None)), Err(NotSent::Order(Refusal::Closed).into()));
}
