//! An observer keeps nothing of the messages that pass, of either side.
#![allow(missing_docs)]

use std::alloc::System;

use imap_proto::Token;
use imap_proto::observer::{Event, Observer, Side};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const GIGABYTE: usize = 1 << 30;

/// Gives all of `wire`, and tells the last event's token and how many octets of contents there were.
fn pass(observer: &mut Observer, side: Side, wire: &[u8]) -> (Option<Token>, usize) {
    let (mut at, mut token, mut contents) = (0, None, 0);
    while at < wire.len() {
        let received = observer.receive(side, &wire[at..]).unwrap().expect("it is whole");
        at += received.consumed;
        match received.event {
            Event::Chunk { octets, .. } => contents += octets.len(),
            Event::Append { token: to, .. } | Event::AppendEnd { token: to } => token = Some(to),
            Event::FetchHead { to, .. } | Event::FetchTail { to, .. } => token = to,
            Event::Malformed { error, .. } => panic!("{error}"),
            _ => {}
        }
    }
    (token, contents)
}
fn main() {
    a_gigabyte_of_each_side_passes_an_observer_without_an_allocation();
}

fn a_gigabyte_of_each_side_passes_an_observer_without_an_allocation() {
    let mut observer = Observer::new();
    pass(&mut observer, Side::Server, b"* PREAUTH hello\r\n");
    pass(&mut observer, Side::Client, b"a FETCH 1 BODY[]\r\n");
    let append = format!("b APPEND x {{{GIGABYTE}+}}\r\n");
    let (append, _) = pass(&mut observer, Side::Client, append.as_bytes());
    let fetch = format!("* 1 FETCH (BODY[] {{{GIGABYTE}}}\r\n");
    let (fetch, _) = pass(&mut observer, Side::Server, fetch.as_bytes());
    assert!(append.is_some() && fetch.is_some() && append != fetch);

    let piece = vec![b'\n'; 1 << 16];
    let region = Region::new(ALLOCATOR);
    let mut passed = [0; 2];
    while passed[0] < GIGABYTE {
        for side in [Side::Client, Side::Server] {
            let (token, octets) = pass(&mut observer, side, &piece);
            assert_eq!(token, None);
            passed[side as usize] += octets;
        }
    }
    let change = region.change();
    assert_eq!((change.allocations, change.reallocations), (0, 0));
    assert_eq!(passed, [GIGABYTE; 2]);

    assert_eq!(pass(&mut observer, Side::Client, b"\r\n"), (append, 0));
    assert_eq!(pass(&mut observer, Side::Server, b" UID 5)\r\n"), (fetch, 0));
    pass(&mut observer, Side::Server, b"a OK done\r\nb OK done\r\n");
    assert_eq!(observer.unanswered(), 0);
}
