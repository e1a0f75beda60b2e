//! What a connection costs: while nothing happens on it, and while a peer sends what is deep, long or much.
//!
//! The input is the caller's and not counted. Everything that is allocated is counted, so there is no harness, which has threads
//! of its own: `main` runs the tests.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use benches::hostile::{Bounds, FAMILIES, Family, Machine, STATES, most_held};
use bytes::Bytes;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What a peer sends: within what one command may have, within what one response may have, and beyond both.
const SIZES: [usize; 3] = [60 << 10, 500 << 10, 1 << 20];
/// The same for who watches; less, as the tolerant observer takes seconds for it in a debug build.
const WATCHED_SIZES: [usize; 3] = [60 << 10, 250 << 10, 1 << 20];
/// What is read at a time.
const READ: usize = 4096;

fn main() {
    sec_52_an_idle_connection_has_a_kibibyte_and_no_heap();
    sec_56_no_peer_makes_a_connection_hold_much();
    sec_56_nobody_who_watches_holds_much();
    sec_56_what_is_put_up_with_may_be_held_sixteen_times();
    sec_56_a_body_that_is_put_right_is_held_twice();
    sec_50_no_state_that_is_fed_for_ever_holds_more_than_its_limit();
    sec_50_no_name_that_is_kept_is_long();
}

/// What a caller has to keep is a read above the limit, and half a CRLF. What the machine holds is 4 KiB, and as much as the
/// answers to what came in one read.
fn sec_50_no_state_that_is_fed_for_ever_holds_more_than_its_limit() {
    let mut most = (0, "");
    for state in STATES {
        let (mut machine, piece) = (state.machine(), state.piece(READ));
        let mut buffer = Vec::with_capacity(state.limit + 2 * READ);
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let kept = state.feed(&mut machine, &piece, &mut buffer);
        let held = ALLOCATOR.peak_usage().saturating_sub(before);
        assert!(kept <= state.limit + READ + 2, "{}: {kept} to be kept", state.name);
        assert!(held <= (4 << 10) + READ, "{}: {held} held", state.name);
        most = most.max((held, state.name));
    }
    eprintln!("states: {} held at most ({})", most.0, most.1);
}

/// Tags that wait for an answer, of lines that are too long as well, and what a server says it can do.
fn sec_50_no_name_that_is_kept_is_long() {
    let long = "x".repeat(1 << 20);
    let (mailbox, fresh) = (Machine::imap_server(Bounds::Default), Machine::fresh_imap_server());
    let tags = |len: usize| {
        (b'a'..).take(4).map(|first| format!("{}{} NOOP\r\n", char::from(first), &long[..len])).collect()
    };
    let lines: [(&str, Machine, String); 9] = [
        ("four tags before login", fresh, tags(8_000)),
        ("four tags", mailbox, tags(65_000)),
        ("four tags that fit", Machine::imap_server(Bounds::Default), tags(1_023)),
        (
            "a tag of a long line",
            Machine::imap_server(Bounds::Default),
            format!("{} NOOP {}", &long[..65_000], &long[..500_000]),
        ),
        (
            "a capability",
            Machine::imap_client(Bounds::Default),
            format!("* CAPABILITY IMAP4rev1 X{}\r\n", &long[..1_000_000]),
        ),
        (
            "capabilities",
            Machine::imap_client(Bounds::Default),
            format!("* CAPABILITY{}\r\n", format!(" {}", &long[..1_000]).repeat(1_000)),
        ),
        (
            "capabilities, twice",
            Machine::imap_client(Bounds::Default),
            format!("* CAPABILITY{}\r\n", format!(" {}", &long[..100]).repeat(1_000)).repeat(2),
        ),
        (
            "a capability in the greeting",
            Machine::fresh_imap_client(),
            format!("* OK [CAPABILITY IMAP4rev1 X{}] hello\r\n", &long[..1_000_000]),
        ),
        ("capabilities in the greeting", Machine::fresh_imap_client(), {
            format!("* OK [CAPABILITY{}] hello\r\n", format!(" {}", &long[..100]).repeat(1_000))
        }),
    ];
    for (name, mut machine, input) in lines {
        let (before, mut events) = (ALLOCATOR.current_usage(), 0);
        let most = peak(|| events = unanswered(&mut machine, input.as_bytes()));
        let held = ALLOCATOR.current_usage().saturating_sub(before);
        eprintln!("{name}: {events} events, {most} at most, {held} in the end");
        assert!(events > 0, "{name}");
        assert!(most.max(held) <= most_held(1 << 20), "{name}: {most} at most, {held} in the end");
    }
}

/// Reads all of `input` and answers nothing; gives the number of events.
fn unanswered(machine: &mut Machine, input: &[u8]) -> usize {
    let (mut at, mut events) = (0, 0);
    loop {
        let consumed = match machine {
            Machine::ImapServer(server) => {
                server.receive(&input[at..]).expect("no error").map(|it| it.consumed)
            }
            Machine::ImapClient(client) => {
                client.receive(&input[at..]).expect("no error").map(|it| it.consumed)
            }
            _ => None,
        };
        let Some(consumed) = consumed else { return events };
        (at, events) = (at + consumed, events + 1);
    }
}

fn sec_56_no_peer_makes_a_connection_hold_much() {
    let mut most = Most::default();
    for (family, size) in FAMILIES.iter().flat_map(|family| SIZES.map(|size| (family, size))) {
        let (peak, held) = attack(family, size);
        assert!(peak <= most_held(size), "{}, {size} octets: {peak} at most", family.name);
        // What a server says that it can do is kept.
        let kept = if family.name == "imap: CAPABILITY" { 8 << 10 } else { 1 << 10 };
        assert!(held <= kept, "{}, {size} octets: {held} in the end", family.name);
        most.add(family, size, peak, held);
    }
    eprintln!("clients and servers, {} families: {most}", FAMILIES.len());
}

/// An observer or a relay reads what either side sends; what a client sends is answered, or not.
fn sec_56_nobody_who_watches_holds_much() {
    let mut most = BTreeMap::<&str, Most>::new();
    for (family, size) in FAMILIES.iter().flat_map(|family| WATCHED_SIZES.map(|size| (family, size))) {
        let input = Bytes::from(family.input(size));
        for mut watcher in family.watchers() {
            let before = ALLOCATOR.current_usage();
            // The session may end.
            let peak = peak(|| drop(watcher.feed(&input, READ)));
            let held = ALLOCATOR.current_usage().saturating_sub(before);
            let name = format!("{}, {size} octets, {}, {:?}", family.name, watcher.name, watcher.other);
            assert!(peak <= watcher.most_held(size), "{name}: {peak} at most");
            assert!(held <= watcher.most_kept(size), "{name}: {held} in the end");
            most.entry(watcher.name).or_default().add(family, size, peak, held);
        }
    }
    most.iter().for_each(|(name, most)| eprintln!("{name}: {most}"));
}

/// What is wrong and put up with is written as it ought to be, and compared with what less leniency would make of it.
fn sec_56_what_is_put_up_with_may_be_held_sixteen_times() {
    const BODY: [&str; 2] = ["* 1 FETCH (BODYSTRUCTURE (", " \"mixed\"))\r\n"];
    const URLS: [&str; 2] = ["* URLFETCH", "\r\n"];
    for (part, [head, tail]) in [
        ("(NIL NIL NIL NIL NIL NIL 1)", BODY),
        ("(NIL \"x\" NIL NIL NIL \"7BIT\" 1)", BODY),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1  1)", BODY),
        ("  a NIL", URLS),
        (" a (BODY NIL BINARY NIL)", URLS),
    ] {
        for size in [60 << 10, 250 << 10] {
            let parts = part.repeat((size - 100) / part.len());
            let input = [head, &parts, tail].concat().into_bytes();
            let most = most_held(0) + 16 * size;
            let mut options = imap_proto::client::Options::new(imap_proto::client::TagPrefix::from_seed(1));
            options.tls = imap_proto::client::TlsPolicy::Implicit;
            options.dialect = imap_proto::Dialect::TOLERANT;
            let mut client = imap_proto::Client::new(options);
            let greeting = b"* PREAUTH hello\r\n";
            client.receive(greeting).expect("a greeting");
            let held = peak(|| {
                assert_eq!(client.receive(&input).map(|it| it.map(|it| it.consumed)), Ok(Some(input.len())))
            });
            assert!(held <= most, "{part}, {size} octets: {held} held by a client");
            eprintln!("{part}, {size} octets: {:.1} times by a client", held as f64 / size as f64);
            let mut observer = imap_proto::observer::Observer::new();
            let server = imap_proto::observer::Side::Server;
            observer.receive(server, greeting).expect("a greeting");
            let held = peak(|| {
                assert_eq!(
                    observer.receive(server, &input).map(|it| it.map(|it| it.consumed)),
                    Ok(Some(input.len()))
                )
            });
            assert!(held <= most, "{part}, {size} octets: {held} held by an observer");
            eprintln!("{part}, {size} octets: {:.1} times by an observer", held as f64 / size as f64);
        }
    }
}

/// Who wrote a message may want the client that sends it to hold more of it than there is. What is sent as it is belongs to the
/// caller; of what is put right there are twice the octets at most, and while a buffer grows its last half a second time.
fn sec_56_a_body_that_is_put_right_is_held_twice() {
    use smtp_proto::client::Transfer;
    // Just within what is copied with the CRLF in front, and just beyond it.
    let lines = [255, 256, 257].map(|len| "x".repeat(len) + "\n");
    let dots = [253, 257].map(|len| format!(".{}\r\n", "x".repeat(len)));
    let families = ["\n", "\r", ".\r\n", "x\n"].into_iter();
    let families = families.chain(lines.iter().map(String::as_str)).chain(dots.iter().map(String::as_str));
    for (unit, size) in families.flat_map(|unit| [60 << 10, 1 << 20, 1_100_000].map(|size| (unit, size))) {
        for transfer in [Transfer::Data, Transfer::Chunking] {
            let body = Bytes::from(unit.repeat(size / unit.len()));
            let mut client = Machine::smtp_client_with_body(transfer);
            let before = ALLOCATOR.current_usage();
            let most = peak(|| {
                client.write(body.clone()).expect("it is put right");
                client.finish().expect("it may end anywhere");
            });
            let held = ALLOCATOR.current_usage().saturating_sub(before);
            let sent = bytes::Buf::remaining(client.transmit());
            let start = unit.get(..3).unwrap_or(unit);
            let name = format!("{start:?} of {}, {size} octets by {transfer:?}, {sent} sent", unit.len());
            eprintln!("{name}: {most} at most, {held} in the end");
            assert!(held <= 2 * sent + (4 << 10), "{name}: {held} in the end");
            assert!(most <= 3 * sent + (4 << 10), "{name}: {most} at most");
        }
    }
    // What needs no repair is not copied.
    for transfer in [Transfer::Data, Transfer::Chunking] {
        let mut client = Machine::smtp_client_with_body(transfer);
        let body = Bytes::from("a line of text\r\n".repeat(1 << 16));
        let most = peak(|| client.write(body.clone()).expect("it is right"));
        assert!(most <= 1 << 10, "{most} at most");
    }
}

/// The most of all families, with what it was that asked for it.
#[derive(Debug, Default)]
struct Most {
    /// For each octet of the message, in hundredths.
    times: (usize, &'static str),
    /// For what is too long to be read.
    beyond: (usize, &'static str),
    /// In the end.
    held: (usize, &'static str),
}

impl Most {
    fn add(&mut self, family: &'static Family, size: usize, peak: usize, held: usize) {
        if size < 1 << 20 {
            self.times = self.times.max((100 * peak / size, family.name));
        } else {
            self.beyond = self.beyond.max((peak, family.name));
        }
        self.held = self.held.max((held, family.name));
    }
}

impl std::fmt::Display for Most {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { times: (times, at), beyond: (beyond, behind), held: (held, last) } = self;
        let times = *times as f64 / 100.0;
        write!(
            f,
            "at most {times} times the message ({at}), {beyond} of what is longer than a message may be ({behind}), "
        )?;
        write!(f, "{held} in the end ({last})")
    }
}

/// What is allocated at most meanwhile.
fn peak(run: impl FnOnce()) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    run();
    ALLOCATOR.peak_usage().saturating_sub(before)
}

fn sec_52_an_idle_connection_has_a_kibibyte_and_no_heap() {
    let before = ALLOCATOR.current_usage();
    let imap_client = imap_proto::Client::new(imap_proto::client::Options::new(
        imap_proto::client::TagPrefix::from_seed(1),
    ));
    let imap_server = imap_proto::Server::new(imap_proto::server::Options::default());
    let protocol = smtp_proto::server::Protocol::Smtp;
    let smtp_client = smtp_proto::Client::new(smtp_proto::client::Options::new(protocol));
    let smtp_server = smtp_proto::Server::new(smtp_proto::server::Options::new(protocol));
    assert_eq!(ALLOCATOR.current_usage(), before);
    let mut most = 0;
    for size in [
        size_of_val(&imap_client),
        size_of_val(&imap_server),
        size_of_val(&smtp_client),
        size_of_val(&smtp_server),
    ] {
        assert!(size <= 1024, "{size}");
        most = most.max(size);
    }
    eprintln!("idle: at most {most} octets");
}

/// What is allocated at most while the input comes in, and what is left of it in the end.
fn attack(family: &'static Family, size: usize) -> (usize, usize) {
    let input = family.input(size);
    let mut machine = family.machine(Bounds::Default);
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    // The session may end: then it holds no more.
    let _ = machine.feed(&input, READ);
    (ALLOCATOR.peak_usage().saturating_sub(before), ALLOCATOR.current_usage().saturating_sub(before))
}
