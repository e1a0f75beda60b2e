//! The observer follows every recorded session, however its bytes are cut.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

mod common;

use common::{Record, Session, random_cuts, sessions};
use smtp_proto::Token;
use smtp_proto::observer::{Event, Observer, Side};

/// What was seen: a line for each event, the octets of a body as their number and a sum.
#[derive(Default, PartialEq, Debug)]
struct Seen {
    events: Vec<String>,
    body: (usize, u64),
    malformed_replies: usize,
    /// Replies that answer nothing, other than 421.
    unattributed: usize,
    /// Octets that were never read.
    left: usize,
    open: usize,
}

impl Seen {
    fn note(&mut self, event: Event<'_>) {
        match event {
            Event::Chunk(content) => {
                let sum = |sum: u64, octet: &u8| sum.wrapping_mul(31).wrapping_add(u64::from(*octet));
                self.body = (self.body.0 + content.len(), content.iter().fold(self.body.1, sum));
                return;
            }
            Event::BodyEnd { .. } => self.events.push(format!("{:?}", std::mem::take(&mut self.body))),
            // Its parts are as long as the pieces were.
            Event::Skipped(_) => return,
            Event::Malformed { side: Side::Server, .. } => self.malformed_replies += 1,
            Event::Reply { to: None, ref reply, .. } if reply.code().get() != 421 => self.unattributed += 1,
            _ => {}
        }
        self.events.push(format!("{event:?}"));
    }
}

fn follow(is_lmtp: bool, records: &[Record]) -> Seen {
    let mut observer = Observer::new(is_lmtp);
    let (mut seen, mut client, mut server) = (Seen::default(), Buffer::default(), Buffer::default());
    for record in records {
        match record {
            Record::Bytes(common::Side::Client, bytes) => client.bytes.extend_from_slice(bytes),
            Record::Bytes(common::Side::Server, bytes) => server.bytes.extend_from_slice(bytes),
            Record::Tls => observer.tls_established(),
            Record::End(_) => {}
        }
        while server.step(&mut observer, Side::Server, &mut seen)
            || client.step(&mut observer, Side::Client, &mut seen)
        {}
    }
    seen.left = client.bytes.len() - client.at + server.bytes.len() - server.at;
    seen.open = observer.unanswered();
    seen
}

#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    at: usize,
}

impl Buffer {
    fn step(&mut self, observer: &mut Observer, side: Side, seen: &mut Seen) -> bool {
        let Some(received) = observer.receive(side, &self.bytes[self.at..]).unwrap() else { return false };
        self.at += received.consumed;
        seen.note(received.event);
        true
    }
}

fn cuts(session: &Session) -> [Vec<Record>; 3] {
    let seed = session.name.bytes().fold(7, |seed, octet| seed * 31 % 1_000_003 + u64::from(octet));
    [session.cut(|_| 1), session.cut(random_cuts(seed, 40)), session.cut(random_cuts(seed, 3_000))]
}

#[test]
fn however_a_session_is_cut_the_events_are_the_same() {
    for session in sessions() {
        let whole = follow(session.is_lmtp, &session.records);
        for cut in cuts(&session) {
            let seen = follow(session.is_lmtp, &cut);
            assert!(seen == whole, "{}: {:#?}\n{:#?}", session.name, seen, whole);
        }
    }
}

/// Sessions that try other ends of data than RFC 5321's: the two sides did not agree where the body ended.
const DISAGREE: &[&str] = &[
    "dovecot-lmtp/raw-end_of_data-2.jsonl",
    "dovecot-lmtp/raw-end_of_data-3.jsonl",
    "dovecot-lmtp/raw-end_of_data.jsonl",
    "dovecot-submission/raw-end_of_data-2.jsonl",
    "dovecot-submission/raw-end_of_data-3.jsonl",
    "dovecot-submission/raw-end_of_data.jsonl",
    "postfix/raw-end_of_data-2.jsonl",
    "postfix/raw-end_of_data-3.jsonl",
    "postfix/raw-end_of_data.jsonl",
];

#[test]
fn every_reply_of_a_recorded_session_answers_something() {
    let mut odd = Vec::new();
    for session in sessions() {
        let seen = follow(session.is_lmtp, &session.records);
        // Software that means it leaves nothing open; the scripted client hangs up wherever it likes.
        let is_scripted = session.client.starts_with("scripted");
        let open = if is_scripted { (0, 0) } else { (seen.left, seen.open) };
        if (seen.malformed_replies, seen.unattributed, open) != (0, 0, (0, 0)) {
            odd.push(session.name);
        }
    }
    assert_eq!(odd, DISAGREE);
}

#[test]
fn a_reply_finds_its_command() {
    let mut observer = Observer::new(false);
    let mut expect = |side, wire: &'static [u8]| -> Event<'static> {
        let received = observer.receive(side, wire).unwrap().unwrap();
        assert_eq!(received.consumed, wire.len());
        received.event
    };
    let command = |event: Event<'_>| match event {
        Event::Command { token, .. } => token,
        other => panic!("{other:?}"),
    };
    let answered = |event: Event<'_>| -> Token {
        match event {
            Event::Reply { to: Some(to), .. } => to,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(expect(Side::Server, b"220 mx ready\r\n"), Event::Greeting(_)));
    let mail = command(expect(Side::Client, b"MAIL FROM:<a@b>\r\n"));
    let rcpt = command(expect(Side::Client, b"RCPT TO:<c@d>\r\n"));
    let refused = command(expect(Side::Client, b"RCPT TO:<e@f>\r\n"));
    let data = command(expect(Side::Client, b"DATA\r\n"));
    assert_eq!(answered(expect(Side::Server, b"250 ok\r\n")), mail);
    assert_eq!(answered(expect(Side::Server, b"250 ok\r\n")), rcpt);
    assert_eq!(answered(expect(Side::Server, b"550 no\r\n")), refused);
    assert_eq!(answered(expect(Side::Server, b"354 go\r\n")), data);
    assert!(matches!(expect(Side::Client, b"x\r\n"), Event::Chunk(b"x\r\n")));
    assert!(matches!(expect(Side::Client, b".\r\n"), Event::BodyEnd { token, last: true } if token == data));
    assert_eq!(answered(expect(Side::Server, b"250 queued\r\n")), data);
    assert!(matches!(expect(Side::Server, b"421 bye\r\n"), Event::Reply { to: None, .. }));
}

#[test]
fn what_follows_data_waits_for_its_reply() {
    let mut observer = Observer::new(true);
    for (side, wire, events) in [
        (Side::Server, &b"220 mx\r\n"[..], 1),
        (Side::Client, b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\n", 5),
        (Side::Client, b"QUIT\r\n.\r\n", 0),
        (Side::Server, b"250 mx\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", 5),
        (Side::Client, b"QUIT\r\n.\r\nQUIT\r\n", 3),
        // LMTP: one for each accepted recipient, then QUIT's.
        (Side::Server, b"250 one\r\n451 two\r\n221 bye\r\n", 3),
    ] {
        let (mut at, mut count) = (0, 0);
        while let Some(received) = observer.receive(side, &wire[at..]).unwrap() {
            (at, count) = (at + received.consumed, count + 1);
        }
        assert_eq!(
            (count, at),
            (events, if events == 0 { 0 } else { wire.len() }),
            "{}",
            wire.escape_ascii()
        );
    }
    assert_eq!(observer.unanswered(), 0);
}

#[test]
fn a_refused_mail_changes_nothing() {
    let mut observer = Observer::new(false);
    let mut anomalies = 0;
    for (side, wire) in [
        (Side::Server, &b"220 mx\r\n"[..]),
        (Side::Client, b"MAIL FROM:<a@b>\r\n"),
        (Side::Server, b"250 ok\r\n"),
        (Side::Client, b"MAIL FROM:<a@b> BODY=BINARYMIME\r\n"),
        (Side::Server, b"503 no\r\n"),
        (Side::Client, b"RCPT TO:<c@d>\r\nBDAT 3 LAST\r\na\nb"),
    ] {
        let mut at = 0;
        while let Some(received) = observer.receive(side, &wire[at..]).unwrap() {
            at += received.consumed;
            anomalies += usize::from(matches!(received.event, Event::Anomaly(_)));
        }
        assert_eq!(at, wire.len());
    }
    assert_eq!(anomalies, 1);
}

#[test]
fn sec_56_commands_without_replies_are_not_followed_forever() {
    let mut observer = Observer::new(false);
    let flood = b"\r\n".repeat(20_000);
    let mut at = 0;
    while let Some(received) = observer.receive(Side::Client, &flood[at..]).unwrap() {
        at += received.consumed;
    }
    assert_eq!((observer.unanswered(), at), (500, 1_000));
    observer.receive(Side::Server, b"220 mx\r\n").unwrap().unwrap();
    assert!(observer.receive(Side::Server, b"500 what?\r\n").unwrap().is_some());
    assert!(observer.receive(Side::Client, &flood[at..]).unwrap().is_some());
}
