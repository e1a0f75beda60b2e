use super::*;
use crate::body::{Anomaly, AnomalyKind, BodyError};

/// A client that may write its body.
fn ready(options: Options, keywords: &str, transfer: Transfer) -> Talk {
    let mut talk = Talk::with(options, keywords);
    talk.envelope(1);
    talk.client.start_body(transfer).unwrap();
    let mut wire = String::from("250 ok\r\n250 ok\r\n");
    if transfer == Transfer::Data {
        wire += "354 go\r\n";
    }
    let events = talk.hear(wire);
    assert!(events.contains(&"4:go".into()), "{events:?}");
    talk.sent();
    talk
}

#[test]
fn chunks_go_out_without_waiting() {
    let mut talk = Talk::plain("PIPELINING|CHUNKING");
    talk.envelope(1);
    talk.client.start_body(Transfer::Chunking).unwrap();
    assert_eq!(talk.hear(""), ["4:go"]);
    talk.client.write(Bytes::from_static(b".hello\r\n")).unwrap();
    talk.client.write(Bytes::from_static(b"world\r\n")).unwrap();
    talk.client.finish().unwrap();
    assert_eq!(
        talk.sent(),
        "MAIL FROM:<a@example.org>\r\nRCPT TO:<r0@example.net>\r\nBDAT 15 LAST\r\n.hello\r\nworld\r\n"
    );
    assert_eq!(talk.hear("250 ok\r\n250 ok\r\n250 queued\r\n"), ["2:250", "3:250", "4:250"]);
}

#[test]
fn large_pieces_are_chunks_of_their_own_and_are_not_copied() {
    let mut talk = ready(plain(), "PIPELINING|CHUNKING", Transfer::Chunking);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    talk.client.write(piece.clone()).unwrap();
    assert_eq!(talk.sent(), "");
    talk.client.write(piece.clone()).unwrap();
    let header = "BDAT 75000\r\n";
    assert_eq!(talk.client.transmit().chunk(), header.as_bytes());
    talk.client.transmit().advance(header.len());
    assert_eq!(talk.client.transmit().chunk().as_ptr(), piece.as_ptr());
    talk.client.finish().unwrap();
    assert!(talk.sent().contains("\r\nBDAT 75000 LAST\r\n0123"));
    assert_eq!(talk.hear("250 ok\r\n250 queued\r\n"), ["(4:250)", "4:250"]);
    assert_eq!(talk.client.state(), State::Ready);
    // DATA, too.
    let mut talk = ready(plain(), "", Transfer::Data);
    talk.client.write(piece.clone()).unwrap();
    assert_eq!(talk.client.transmit().chunk().as_ptr(), piece.as_ptr());
}

/// An entry in a queue for each repaired line end or dot would be many times what is sent.
#[test]
fn sec_56_small_pieces_are_copied_together() {
    for (transfer, head) in [(Transfer::Data, ""), (Transfer::Chunking, "BDAT 140000\r\n")] {
        let mut options = plain();
        options.stray = crate::body::Stray::Normalise;
        let mut talk = ready(options, "PIPELINING|CHUNKING", transfer);
        let large = Bytes::from("0123456789abc\r\n".repeat(20));
        talk.client.write(Bytes::from("\n".repeat(70_000))).unwrap();
        talk.client.write(large.clone()).unwrap();
        let transmit = talk.client.transmit();
        assert_eq!(transmit.chunk().len(), if head.is_empty() { 140_000 } else { head.len() });
        transmit.advance(head.len());
        assert_eq!(transmit.chunk(), "\r\n".repeat(70_000).as_bytes());
        transmit.advance(140_000);
        // What is written a line at a time comes together, too, and not with what is large.
        for _ in 0..1_000 {
            talk.client.write(Bytes::from_static(b".a line of text\r\n")).unwrap();
        }
        talk.client.finish().unwrap();
        let dot = if head.is_empty() { "." } else { "" };
        let lines = format!("{dot}.a line of text\r\n").repeat(1_000);
        if !head.is_empty() {
            assert!(talk.client.transmit().chunk().starts_with(b"BDAT "));
            let len = talk.client.transmit().chunk().len();
            talk.client.transmit().advance(len);
        }
        assert_eq!(talk.client.transmit().chunk().as_ptr(), large.as_ptr());
        talk.client.transmit().advance(large.len());
        assert!(talk.client.transmit().chunk().starts_with(lines.as_bytes()));
    }
}

#[test]
fn sec_67_a_body_shows_its_length() {
    for transfer in [Transfer::Data, Transfer::Chunking] {
        let mut talk = ready(plain(), "PIPELINING|CHUNKING", transfer);
        talk.client.write(Bytes::from("private words\r\n".repeat(10))).unwrap();
        talk.client.write(Bytes::from_static(b"private\r\n")).unwrap();
        let shown = format!("{:?}", talk.client);
        assert!(!shown.contains("private"), "{shown}");
        let len = if transfer == Transfer::Data { "159 ready" } else { "159 octets" };
        assert!(shown.contains(len), "{shown}");
    }
}

#[test]
fn without_pipelining_chunks_wait() {
    let mut talk = ready(plain(), "CHUNKING", Transfer::Chunking);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    for _ in 0..3 {
        talk.client.write(piece.clone()).unwrap();
    }
    talk.client.finish().unwrap();
    for number in 0..3 {
        let sent = talk.sent();
        assert!(sent.starts_with(if number == 2 { "BDAT 75000 LAST\r\n" } else { "BDAT 75000\r\n" }));
        assert_eq!(sent.matches("BDAT").count(), 1);
        let event = if number == 2 { "4:250" } else { "(4:250)" };
        assert_eq!(talk.hear("250 ok\r\n"), [event]);
    }
}

#[test]
fn a_refused_chunk_is_the_answer_and_the_rest_is_noise() {
    let mut talk = ready(plain(), "PIPELINING|CHUNKING", Transfer::Chunking);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    for _ in 0..4 {
        talk.client.write(piece.clone()).unwrap();
    }
    talk.sent();
    assert_eq!(talk.hear("250 ok\r\n552 5.3.4 too big\r\n503 no\r\n"), ["(4:250)", "4:552", "(4:503)"]);
    assert_eq!(talk.client.write(piece.clone()), Err(ApiMisuse::State.into()));
    assert_eq!(talk.client.finish(), Err(ApiMisuse::State.into()));
    assert_eq!(talk.client.state(), State::Ready);
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.hear("250 ok\r\n"), ["5:250"]);
}

#[test]
fn rset_gives_chunks_up() {
    let mut talk = ready(plain(), "PIPELINING|CHUNKING", Transfer::Chunking);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    talk.client.write(piece.clone()).unwrap();
    talk.client.write(piece.clone()).unwrap();
    assert_eq!(talk.client.send(&rcpt("<x@example.net>")), Err(NotSent::Order(Refusal::InChunks).into()));
    assert_eq!(talk.client.start_body(Transfer::Data), Err(NotSent::Order(Refusal::Busy).into()));
    talk.client.send(&Command::Rset).unwrap();
    assert!(talk.sent().ends_with("abc\r\nRSET\r\n"));
    assert_eq!(talk.client.finish(), Err(ApiMisuse::State.into()));
    assert_eq!(talk.hear("250 ok\r\n250 ok\r\n"), ["(4:250)", "5:250"]);
    assert!(talk.client.send(&mail("<>")).is_ok());
}

#[test]
fn chunks_with_lmtp() {
    let mut talk = Talk::with(lmtp(), "PIPELINING|CHUNKING");
    talk.envelope(2);
    talk.client.start_body(Transfer::Chunking).unwrap();
    assert_eq!(talk.hear(""), ["5:go"]);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    talk.client.write(piece.clone()).unwrap();
    talk.client.write(piece).unwrap();
    talk.client.finish().unwrap();
    let events = talk.hear("250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n452 full\r\n");
    assert_eq!(events, ["2:250", "3:250", "4:250", "(5:250)", "3>250", "4>452."]);
}

#[test]
fn a_refused_body_may_be_refused_early() {
    for transfer in [Transfer::Data, Transfer::Chunking] {
        let mut talk = ready(plain(), "PIPELINING|CHUNKING", transfer);
        let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
        talk.client.write(piece.clone()).unwrap();
        talk.client.write(piece.clone()).unwrap();
        talk.client.transmit().advance(20);
        talk.input.extend_from_slice(b"552 5.3.4 too big\r\n");
        assert_eq!([talk.event(), talk.event()], ["4:552", "close"].map(|event| Ok(Some(event.into()))));
        assert!(!talk.client.transmit().has_remaining());
        // It cannot be accepted early.
        let mut talk = ready(plain(), "PIPELINING|CHUNKING", transfer);
        talk.client.write(piece.clone()).unwrap();
        talk.client.write(piece.clone()).unwrap();
        talk.input.extend_from_slice(b"250 ok\r\n");
        assert_eq!(talk.event(), Err(PeerMisbehaved::PrematureReply.into()));
    }
}

/// The first chunk is the message's answer, and the second one's refusal comes before it was sent whole.
#[test]
fn chunks_behind_a_refused_one_may_be_refused_early() {
    let mut talk = ready(plain(), "PIPELINING|CHUNKING", Transfer::Chunking);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    for _ in 0..3 {
        talk.client.write(piece.clone()).unwrap();
    }
    talk.client.transmit().advance("BDAT 75000\r\n".len() + piece.len() + 20);
    talk.input.extend_from_slice(b"552 5.3.4 too big\r\n503 no\r\n");
    let events = [talk.event(), talk.event(), talk.event()];
    assert_eq!(events, ["4:552", "(4:503)", "close"].map(|event| Ok(Some(event.into()))));
    assert!(!talk.client.transmit().has_remaining());
}

/// What is held back to see what follows goes out in the last chunk.
#[test]
fn the_end_of_a_message_may_be_a_cr() {
    let options = Options { stray: crate::body::Stray::Normalise, ..plain() };
    let mut talk = ready(options, "PIPELINING|CHUNKING", Transfer::Chunking);
    talk.client.write(Bytes::from_static(b"a\r")).unwrap();
    talk.client.finish().unwrap();
    assert_eq!(talk.sent(), "BDAT 3 LAST\r\na\r\n");
}

#[test]
fn sec_34_what_may_not_be_sent() {
    let anomaly = |kind, offset| BodyError::Anomaly(Anomaly { kind, offset });
    for (body, error) in [
        (&b"a\n.\r\n"[..], anomaly(AnomalyKind::BareLf, 1)),
        (b"\r.\r\n", anomaly(AnomalyKind::BareCr, 0)),
        (b"ab\0", anomaly(AnomalyKind::Nul, 2)),
        (b"h\xe9", BodyError::EightBit { offset: 1 }),
        (&[b'x'; 999], BodyError::LineTooLong { offset: 998 }),
    ] {
        let error = Err(NotSent::Body(error).into());
        let mut talk = ready(plain(), "PIPELINING|CHUNKING|8BITMIME", Transfer::Chunking);
        let body = Bytes::from_static(body);
        assert_eq!(talk.client.write(body.clone()), error);
        assert_eq!(talk.client.finish(), error);
        talk.client.send(&Command::Rset).unwrap();
        assert_eq!(talk.sent(), "RSET\r\n");
        let mut talk = ready(plain(), "PIPELINING|CHUNKING|8BITMIME", Transfer::Data);
        assert_eq!(talk.client.write(body), error);
        assert_eq!(talk.sent(), "");
        assert_eq!(talk.hear(""), ["close"]);
    }
    let options =
        Options { stray: Stray::Normalise, allow_undeclared_8bit: true, body_line: None, ..plain() };
    let mut talk = ready(options, "", Transfer::Data);
    talk.client.write(Bytes::from_static(b"a\n.\n\xc3\xa9\r")).unwrap();
    talk.client.write(b"x".repeat(2_000).into()).unwrap();
    talk.client.finish().unwrap();
    assert_eq!(talk.sent(), format!("a\r\n..\r\n\u{e9}\r\n{}\r\n.\r\n", "x".repeat(2_000)));
}

#[test]
fn bodies_as_mail_declares_them() {
    use crate::ext::BodyKind;
    use crate::parameter::MailParameter;
    let begin = |kind, transfer| {
        let mut talk = Talk::plain("PIPELINING|CHUNKING|8BITMIME|BINARYMIME");
        let mail = Mail::new(ReversePath::parse("<>").unwrap());
        talk.client.send(&Command::Mail(mail.with(MailParameter::Body(kind)).unwrap())).unwrap();
        talk.client.send(&rcpt("<r0@example.net>")).unwrap();
        talk.client.start_body(transfer).map(|_| talk)
    };
    let mut talk = begin(BodyKind::EightBitMime, Transfer::Data).unwrap();
    talk.hear("250 ok\r\n250 ok\r\n354 go\r\n");
    assert_eq!(talk.client.write("h\u{e9}".into()), Ok(()));
    // Row 54, on this side.
    assert_eq!(begin(BodyKind::BinaryMime, Transfer::Data).err(), Some(NotSent::NeedsChunking.into()));
    let mut talk = begin(BodyKind::BinaryMime, Transfer::Chunking).unwrap();
    talk.hear("");
    assert_eq!(talk.client.write(Bytes::from_static(b"\r.\n\0\xff")), Ok(()));
}

#[test]
fn write_and_finish_have_their_time() {
    let misuse = Err(ApiMisuse::State.into());
    let mut talk = Talk::plain("PIPELINING");
    assert_eq!(talk.client.write(Bytes::from_static(b"x")), misuse);
    talk.envelope(1);
    talk.client.start_body(Transfer::Data).unwrap();
    assert_eq!(talk.client.write(Bytes::from_static(b"x")), misuse);
    assert_eq!(talk.client.finish(), misuse);
    talk.hear("250 ok\r\n250 ok\r\n554 5.3.0 no\r\n");
    assert_eq!(talk.client.write(Bytes::from_static(b"x")), misuse);
    assert_eq!(talk.client.state(), State::Rcpt);
    // A refused DATA leaves the recipients.
    talk.client.start_body(Transfer::Data).unwrap();
    assert_eq!(talk.hear("354 go\r\n"), ["5:go"]);
    talk.client.finish().unwrap();
    assert_eq!(talk.client.finish(), misuse);
    assert_eq!(talk.client.receive_eof(b""), Err(PeerMisbehaved::Truncated.into()));
}

#[test]
fn sec_56_a_body_waits_for_the_writer() {
    let mut talk = ready(plain(), "", Transfer::Data);
    let piece = Bytes::from("0123456789abc\r\n".repeat(5_000));
    let mut accepted = 0;
    while talk.client.write(piece.clone()) == Ok(()) {
        accepted += 1;
    }
    assert_eq!(accepted, 1024 * 1024 / piece.len() + 1);
    talk.sent();
    assert_eq!(talk.client.write(piece), Ok(()));
}

#[test]
fn nothing_comes_between_chunks() {
    let mut talk = Talk::plain("PIPELINING|CHUNKING|AUTH CRAM-MD5|STARTTLS");
    talk.envelope(1);
    talk.client.start_body(Transfer::Chunking).unwrap();
    assert_eq!(talk.hear("550 no\r\n503 no\r\n"), ["4:go", "2:550", "3:503"]);
    // There is no transaction any more, but there is a body to write.
    let in_chunks = Err(NotSent::Order(Refusal::InChunks).into());
    assert_eq!(talk.client.authenticate_with(crate::auth::Mechanism::CRAM_MD5, None), in_chunks);
    assert_eq!(talk.client.start_tls(), in_chunks);
    assert_eq!(talk.client.send(&mail("<>")), in_chunks);
    assert!(talk.client.send(&Command::Noop(None)).is_ok());
    talk.client.finish().unwrap();
    assert_eq!(talk.hear("250 ok\r\n503 no\r\n"), ["5:250", "4:503"]);
    assert!(talk.client.send(&mail("<>")).is_ok());
}

/// draft-hall-prdr: 353 and one reply for each recipient, or one for all.
#[test]
fn one_reply_for_each_recipient_where_it_was_asked_for() {
    let mail = || {
        let mail = crate::command::Mail::new(ReversePath::Null);
        Command::Mail(mail.with(crate::parameter::MailParameter::Prdr).unwrap())
    };
    for (replies, events) in [
        ("353 each\r\n250 yes\r\n550 no\r\n250 done\r\n", &["(5:353)", "3>250", "4>550", "5:250"][..]),
        ("250 all\r\n", &["5:250"]),
        ("550 none\r\n", &["5:550"]),
    ] {
        let mut talk = Talk::plain("PRDR");
        talk.client.send(&mail()).unwrap();
        talk.client.send(&rcpt("<a@example.net>")).unwrap();
        talk.client.send(&rcpt("<b@example.net>")).unwrap();
        talk.client.start_body(Transfer::Data).unwrap();
        assert_eq!(
            talk.hear("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
            ["2:250", "3:250", "4:250", "5:go"]
        );
        talk.client.finish().unwrap();
        assert_eq!(talk.hear(replies), events);
        assert_eq!(talk.client.state(), State::Ready);
    }
    assert!(Talk::plain("").client.send(&mail()).is_err());
    // Nobody is left to answer for, and the 353 promises one more reply all the same.
    let mut talk = Talk::plain("PRDR|PIPELINING|CHUNKING");
    talk.client.send(&mail()).unwrap();
    talk.client.send(&rcpt("<a@example.net>")).unwrap();
    talk.client.start_body(Transfer::Chunking).unwrap();
    assert_eq!(talk.hear(""), ["4:go"]);
    talk.client.finish().unwrap();
    let events = talk.hear("250 ok\r\n550 no\r\n353 each\r\n503 nobody\r\n");
    assert_eq!(events, ["2:250", "3:550", "(4:353)", "4:503"]);
}
