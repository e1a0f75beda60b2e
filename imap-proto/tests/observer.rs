//! The observer follows every recorded session, however its bytes are cut.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

#[path = "../../smtp-proto/tests/common/mod.rs"]
mod common;

use std::collections::HashMap;

use common::{Record, Session, random_cuts, sessions};
use imap_proto::framing::split;
use imap_proto::observer::{Event, Observer, Side};
use imap_proto::response::{StatusKind, Tagged};
use imap_proto::{Dialect, Response, Token};

/// What was seen: a line for each event, the octets of what comes in parts as their number and a sum.
#[derive(Default, PartialEq, Debug)]
struct Seen {
    events: Vec<String>,
    /// What comes in parts, of the client and of the server.
    contents: [(usize, u64); 2],
    /// How the commands are called.
    tags: HashMap<Token, Vec<u8>>,
    /// How they were completed.
    statuses: HashMap<Token, StatusKind>,
    /// Completions that complete nothing.
    unknown: usize,
    malformed: Vec<Malformed>,
    /// Responses as their `Debug` text, but for what comes in parts.
    responses: Vec<String>,
    /// Octets that were not read, and whether they are the begin of a message.
    left: [usize; 2],
    truncated: [bool; 2],
    open: usize,
}

#[derive(PartialEq, Debug)]
struct Malformed {
    side: Side,
    token: Option<Token>,
    line: String,
}

impl Seen {
    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Chunk { side, octets, left } => {
                let (count, sum) = &mut self.contents[*side as usize];
                *count += octets.len();
                *sum =
                    octets.iter().fold(*sum, |sum, octet| sum.wrapping_mul(31).wrapping_add((*octet).into()));
                if *left == 0 {
                    let contents = std::mem::take(&mut self.contents[*side as usize]);
                    self.events.push(format!("{side:?} {contents:?}"));
                }
                return;
            }
            // Its parts are as long as the pieces were.
            Event::Skipped(_) => return,
            Event::Command { token, command, .. } => {
                self.tags.insert(*token, command.tag.as_bytes().to_vec());
            }
            Event::Append { token, tag, .. } | Event::Waits { token, tag: Some(tag), .. } => {
                self.tags.insert(*token, tag.as_bytes().to_vec());
            }
            Event::Malformed { side, token, tag, line, .. } => {
                if let (Side::Client, Some(token), Some(tag)) = (side, token, tag) {
                    self.tags.insert(*token, tag.as_bytes().to_vec());
                }
                let line = line.escape_ascii().to_string();
                self.malformed.push(Malformed { side: *side, token: *token, line });
            }
            Event::StartTls { token, tagged } | Event::Compress { token, tagged } => {
                self.complete(*token, tagged);
            }
            Event::Finished { to: Some(to), tagged, .. } => self.complete(*to, tagged),
            Event::Finished { to: None, tagged, .. } => {
                self.unknown += 1;
                self.responses.push(format!("{tagged:?}"));
            }
            Event::Response { response, .. } => self.responses.push(format!("{response:?}")),
            _ => {}
        }
        self.events.push(format!("{event:?}"));
    }

    /// Each command is completed once, by its tag.
    fn complete(&mut self, token: Token, tagged: &Tagged<'_>) {
        assert_eq!(self.tags[&token], tagged.tag.as_bytes());
        assert_eq!(self.statuses.insert(token, tagged.status.kind), None);
        self.responses.push(format!("{tagged:?}"));
    }
}

fn follow(records: &[Record]) -> Seen {
    let mut observer = Observer::new();
    let (mut seen, mut client, mut server) = (Seen::default(), Buffer::default(), Buffer::default());
    for record in records {
        match record {
            Record::Bytes(common::Side::Client, bytes) => client.bytes.extend_from_slice(bytes),
            Record::Bytes(common::Side::Server, bytes) => server.bytes.extend_from_slice(bytes),
            Record::Tls => {
                assert!(observer.is_tls_due());
                observer.tls_established();
            }
            Record::End(_) => {}
        }
        while client.step(&mut observer, Side::Client, &mut seen)
            || server.step(&mut observer, Side::Server, &mut seen)
        {}
    }
    seen.left = [client.bytes.len() - client.at, server.bytes.len() - server.at];
    seen.open = observer.unanswered();
    let mut ends = |side, buffer: &Buffer| observer.receive_eof(side, &buffer.bytes[buffer.at..]).is_err();
    seen.truncated = [ends(Side::Client, &client), ends(Side::Server, &server)];
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
        assert!(self.at <= self.bytes.len());
        seen.note(&received.event);
        // What follows is recorded in plain.
        observer.compression_established();
        true
    }
}

fn cuts(session: &Session) -> [Vec<Record>; 3] {
    let seed = session.name.bytes().fold(7, |seed, octet| seed * 31 % 1_000_003 + u64::from(octet));
    [session.cut(|_| 1), session.cut(random_cuts(seed, 40)), session.cut(random_cuts(seed, 3_000))]
}

#[test]
fn sec_70_however_a_session_is_cut_the_events_are_the_same() {
    for session in sessions() {
        let whole = follow(&session.records);
        for cut in cuts(&session) {
            let seen = follow(&cut);
            assert!(seen == whole, "{}: {:#?}\n{:#?}", session.name, seen, whole);
        }
    }
}

/// Sessions in which the server completed what the client did not send, and how often: it took the literal of a command that
/// it did not know, or did not like, for commands; or the name behind a space for the tag.
const DISAGREE: &[(&str, usize)] = &[
    ("dovecot/raw-uidplus_replace.jsonl", 2),
    ("dovecot/raw-utf8_accept.jsonl", 3),
    ("pymap/raw-errors.jsonl", 1),
];

#[test]
fn every_completion_of_a_recorded_session_completes_its_command() {
    let (mut unknown, mut completions) = (Vec::new(), 0);
    for session in sessions() {
        let seen = follow(&session.records);
        completions += seen.statuses.len();
        if seen.unknown > 0 {
            unknown.push((session.name.clone(), seen.unknown));
        }
        // Software that means it leaves nothing open; the scripted client hangs up wherever it likes.
        if !is_scripted(&session) {
            assert_eq!((seen.left, seen.open), ([0, 0], 0), "{}", session.name);
        }
        // An octet that is not read belongs to a message that does not end.
        assert!((0..2).all(|side| seen.left[side] == 0 || seen.truncated[side]), "{}", session.name);
        assert!(seen.open <= 1, "{}: {} are open", session.name, seen.open);
    }
    let unknown: Vec<_> = unknown.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(unknown, DISAGREE);
    assert_eq!(completions, 5_587);
}

fn is_scripted(session: &Session) -> bool {
    session.client.starts_with("scripted")
}

/// Lines that are no commands by any RFC, and that a server took.
const TAKEN: &[(&str, &str)] = &[
    ("dovecot/raw-condstore.jsonl", "a16 STORE 7 (UNCHANGEDSINCE 18446744073709551615) FLAGS (y)"),
    ("dovecot/raw-enable.jsonl", "a2 ENABLE"),
    ("dovecot/raw-errors.jsonl", "e2 NOOP x"),
    ("dovecot/raw-fetch_basic.jsonl.gz", "a47 FETCH 1 BODY[]<10>"),
    ("dovecot/raw-fetch_parts.jsonl.gz", "a364 FETCH 2 BINARY[HEADER]"),
    ("dovecot/raw-mailbox_bad_names.jsonl", "a14 CREATE a%b"),
    ("dovecot/raw-mailbox_bad_names.jsonl", "a15 CREATE a*b"),
    ("dovecot/raw-mailbox_bad_names.jsonl", "a17 CREATE a b"),
    ("dovecot/raw-select.jsonl", "a14 SELECT a b"),
    ("dovecot/raw-store_copy_move.jsonl", "a19 STORE 1 FLAGS"),
    ("dovecot-preauth/raw-fetch_basic.jsonl", "a46 FETCH 1 BODY[]<10>"),
    ("dovecot-preauth/raw-select.jsonl", "a13 SELECT a b"),
    ("pymap/raw-append.jsonl", "a18 APPEND app notaliteral"),
    ("pymap/raw-catenate.jsonl", "a9 APPEND cat CATENATE ()"),
    ("pymap/raw-condstore.jsonl", "a9 STORE 4 (UNCHANGEDSINCE) FLAGS (x)"),
    ("pymap/raw-condstore.jsonl", "a16 STORE 7 (UNCHANGEDSINCE 18446744073709551615) FLAGS (y)"),
    ("pymap/raw-fetch_basic-4.jsonl", "a4 FETCH 4294967296 FLAGS"),
    ("pymap/raw-fetch_basic-4.jsonl", "a7 FETCH 1 ALL FLAGS"),
    ("pymap/raw-qresync-2.jsonl", "a7 SELECT qr (QRESYNC)"),
];

#[test]
fn what_is_malformed_in_a_recorded_session_was_refused() {
    let mut taken = Vec::new();
    for session in sessions() {
        let seen = follow(&session.records);
        for Malformed { side, token, line } in seen.malformed {
            assert!(side == Side::Client && is_scripted(&session), "{}: {line}", session.name);
            let status = token.and_then(|token| seen.statuses.get(&token));
            if status == Some(&StatusKind::Ok) {
                taken.push((session.name.clone(), line.replace("\\r\\n", "")));
            }
        }
    }
    let taken: Vec<_> = taken.iter().map(|(name, line)| (name.as_str(), line.as_str())).collect();
    assert_eq!(taken, TAKEN);
}

/// What both see of the server, when nothing comes in parts.
#[test]
fn the_observer_tells_every_response_that_the_framer_finds() {
    let (mut compared, mut count) = (0, 0);
    for session in sessions() {
        let seen = follow(&session.records);
        let streams = |event: &String| ["FetchHead", "Challenge"].iter().any(|name| event.starts_with(name));
        if seen.events.iter().any(streams) {
            continue;
        }
        let server = session.stream(common::Side::Server);
        let mut found = split(&server, Side::Server).skip(1).map(|wire| {
            match Response::parse(wire, Dialect::TOLERANT.with_utf8(true)).unwrap().1 {
                Response::Tagged(tagged) => format!("{tagged:?}"),
                response => format!("{response:?}"),
            }
        });
        for response in &seen.responses {
            assert_eq!(Some(response), found.next().as_ref(), "{}", session.name);
        }
        assert_eq!(found.next(), None, "{}", session.name);
        compared += 1;
        count += seen.responses.len();
    }
    assert_eq!((compared, count), (262, 12_336));
}
