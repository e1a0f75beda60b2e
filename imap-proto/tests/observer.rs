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
use imap_proto::Token;
use imap_proto::observer::{Event, Observer, Side};

/// What was seen: a line for each event, the octets of what comes in parts as their number and a sum.
#[derive(Default, PartialEq, Debug)]
struct Seen {
    events: Vec<String>,
    /// What comes in parts, of the client and of the server.
    contents: [(usize, u64); 2],
    /// How the commands are called.
    tags: HashMap<Token, Vec<u8>>,
    completions: usize,
    /// Completions that complete nothing.
    unknown: usize,
    malformed: Vec<String>,
    /// Octets that were not read.
    left: [usize; 2],
    open: usize,
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
            Event::Malformed { side, token, tag, line, error } => {
                if let (Side::Client, Some(token), Some(tag)) = (side, token, tag) {
                    self.tags.insert(*token, tag.as_bytes().to_vec());
                }
                self.malformed.push(format!("{side:?}: {}: {error}", line.escape_ascii()));
            }
            Event::StartTls { token, tagged } | Event::Compress { token, tagged } => {
                self.completions += 1;
                assert_eq!(self.tags[token], tagged.tag.as_bytes());
            }
            Event::Finished { to, tagged, .. } => {
                self.completions += 1;
                match to {
                    Some(to) => assert_eq!(self.tags[to], tagged.tag.as_bytes()),
                    None => self.unknown += 1,
                }
            }
            _ => {}
        }
        self.events.push(format!("{event:?}"));
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
        while server.step(&mut observer, Side::Server, &mut seen)
            || client.step(&mut observer, Side::Client, &mut seen)
        {}
    }
    seen.left = [client.bytes.len() - client.at, server.bytes.len() - server.at];
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
