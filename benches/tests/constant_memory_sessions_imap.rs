//! A message of any size passes between a client machine and a server machine, either way, in constant memory; and a
//! response that comes octet by octet costs the machine no memory at all.
//!
//! Everything that is allocated is counted, so there is no harness, which has threads of its own: `main` runs the test.
#![allow(missing_docs)]

use std::alloc::System;

use bytes::{Buf, Bytes};
use imap_proto::append::{AppendOptions, MessageHead};
use imap_proto::client::{self, TagPrefix, TlsPolicy};
use imap_proto::response::{Data, NumberedData, RespText, Status, StatusKind};
use imap_proto::sequence::Number;
use imap_proto::server::{self, Event};
use imap_proto::{
    Client, Command, Dialect, FetchItem, Greeting, Mailbox, Received, Response, Server, TaggedCommand, Text,
    Transmit,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is written at once, and what each buffer has room for.
const PIECE: usize = 256 * 1024;
const MEBIBYTE: u64 = 1 << 20;
const GIGABYTE: u64 = 1000 * 1000 * 1000;

/// The most that may be held at any time beyond the buffers, however large a message is: heads, answers and the queue.
const HELD: isize = 4 * 1024;

/// What may be allocated for each piece and given back: a place in the queue, which keeps none while it is empty. So nothing
/// of the size of a piece is ever held, not even between the moments when it is measured.
const PER_PIECE: usize = 160;

/// The two machines, and the octets between them.
struct Wire {
    client: Client,
    server: Server,
    to_client: Vec<u8>,
    to_server: Vec<u8>,
    /// What is sent over and over.
    piece: Bytes,
    /// Octets of contents that have come, and of how many messages or bodies.
    received: u64,
    ended: usize,
    /// Literals that may be written, and completions.
    go_aheads: usize,
    finished: usize,
    /// From the begin of what is measured.
    region: Region<'static, System>,
    pieces: usize,
    held: isize,
}

impl Wire {
    /// A session with a mailbox, and a buffer for what is on its way.
    fn new() -> Self {
        let mut options = client::Options::new(TagPrefix::from_seed(7));
        options.tls = TlsPolicy::None;
        let mut server = server::Options::default();
        server.limits.literal_authenticated = u64::MAX;
        let mut server = Server::new(server);
        server.greet(&Greeting::PreAuth(text())).unwrap();
        let line = b"a line of a message, as many others\r\n";
        let piece = Bytes::from(line.repeat(PIECE / line.len()));
        // The first clone of a `Bytes` that was a `Vec` allocates the count of its clones, once.
        drop(piece.clone());
        let (to_client, to_server) = (Vec::with_capacity(4 * PIECE), Vec::with_capacity(4 * PIECE));
        let client = Client::new(options);
        let (received, ended, go_aheads, finished) = (0, 0, 0, 0);
        let (region, pieces, held) = (Region::new(ALLOCATOR), 0, 0);
        #[rustfmt::skip]
        let mut wire = Self {
            client, server, to_client, to_server, piece, received, ended, go_aheads, finished, region, pieces, held,
        };
        wire.settle();
        wire.say(b"x CAPABILITY\r\n");
        wire.say(b"x SELECT INBOX\r\n");
        assert_eq!(wire.finished, 2);
        wire
    }

    fn say(&mut self, text: &[u8]) {
        let (_, command) = TaggedCommand::parse(text, Dialect::STRICT).unwrap();
        self.client.send(&command.command).unwrap();
        self.settle();
    }

    /// Moves octets until nobody has anything to say.
    fn settle(&mut self) {
        loop {
            let mut is_idle = drain(self.client.transmit(), &mut self.to_server);
            let mut at = 0;
            while let Some(Received { consumed, event }) = self.server.receive(&self.to_server[at..]).unwrap()
            {
                match event {
                    Event::Chunk(octets) => check(&self.piece, &mut self.received, octets),
                    Event::LiteralEnd { .. } => self.ended += 1,
                    event => serve(&mut self.server, &event),
                }
                at += consumed;
                is_idle = false;
            }
            self.to_server.drain(..at);
            is_idle &= drain(self.server.transmit(), &mut self.to_client);
            let mut at = 0;
            while let Some(Received { consumed, event }) = self.client.receive(&self.to_client[at..]).unwrap()
            {
                match event {
                    client::Event::GoAhead { .. } => self.go_aheads += 1,
                    client::Event::Finished { status, .. } => {
                        assert_eq!(status.kind, StatusKind::Ok, "{status:?}");
                        self.finished += 1;
                    }
                    client::Event::Chunk { octets, left } => {
                        check(&self.piece, &mut self.received, octets);
                        self.ended += usize::from(left == 0);
                    }
                    client::Event::Greeting(_)
                    | client::Event::Response { .. }
                    | client::Event::FetchHead { .. }
                    | client::Event::FetchTail { .. } => {}
                    event => panic!("{event:?}"),
                }
                at += consumed;
                is_idle = false;
            }
            self.to_client.drain(..at);
            if is_idle {
                return;
            }
        }
    }

    fn begin(&mut self) {
        (self.region, self.pieces, self.held) = (Region::new(ALLOCATOR), 0, 0);
    }

    fn measure(&mut self) {
        let change = self.region.change();
        let held = change.bytes_allocated.cast_signed() - change.bytes_deallocated.cast_signed();
        self.held = self.held.max(held);
    }

    /// Since [`begin`](Self::begin) a constant was held, and next to nothing was allocated.
    fn end(&mut self, name: &str) {
        self.measure();
        let (change, Self { held, pieces, .. }) = (self.region.change(), &self);
        let (octets, allocations) = (change.bytes_allocated, change.allocations + change.reallocations);
        println!("{name}: {held} octets held, {octets} in {allocations} allocations for {pieces} pieces");
        assert!(self.held <= HELD, "{name}: {held} octets held");
        assert!(octets <= HELD as usize + pieces * PER_PIECE, "{name}: {octets} octets for {pieces} pieces");
    }

    /// Sends `size` octets by `write`, a piece at a time, each of which arrives before the next.
    fn stream(&mut self, size: u64, write: impl Fn(&mut Self, Bytes)) {
        let mut left = size;
        while left > 0 {
            let len = left.min(self.piece.len() as u64);
            write(self, self.piece.slice(..len as usize));
            self.pieces += 1;
            self.measure();
            self.settle();
            self.measure();
            left -= len;
        }
    }
}

/// Nothing was to be moved.
fn drain(transmit: &mut Transmit, into: &mut Vec<u8>) -> bool {
    let is_idle = !transmit.has_remaining();
    while transmit.has_remaining() {
        let chunk = transmit.chunk();
        let len = chunk.len();
        assert!(into.len() + len <= into.capacity(), "the buffer is large enough");
        into.extend_from_slice(chunk);
        transmit.advance(len);
    }
    is_idle
}

/// What arrives is what was sent: the piece, over and over, and from its begin in each message.
fn check(piece: &[u8], received: &mut u64, octets: &[u8]) {
    let mut rest = octets;
    while !rest.is_empty() {
        let at = (*received % piece.len() as u64) as usize;
        let len = rest.len().min(piece.len() - at);
        assert!(rest[..len] == piece[at..at + len], "it is what was sent");
        rest = &rest[len..];
        *received += len as u64;
    }
}

fn serve(server: &mut Server, event: &Event<'_>) {
    let ok = Status { kind: StatusKind::Ok, text: text() };
    match event {
        Event::Command { token, command, .. } => {
            if let Command::Capability = command.command {
                let line = b"* CAPABILITY IMAP4rev1 MULTIAPPEND BINARY REPLACE\r\n";
                server.send(&Response::parse(line, Dialect::STRICT).unwrap().1).unwrap();
            }
            server.finish(*token, &ok).unwrap();
        }
        Event::AppendEnd { token } => server.finish(*token, &ok).unwrap(),
        Event::Literal { token, .. } => server.accept(*token).unwrap(),
        Event::Append { .. } | Event::Message { .. } => {}
        event => panic!("{event:?}"),
    }
}

fn text() -> RespText<'static> {
    RespText::new(Text::new("text").unwrap())
}

/// What is streamed: `name` with NIL in place of its contents.
fn with_contents<T>(name: &str, stream: impl FnOnce(&FetchItem<'_>) -> T) -> T {
    let line = format!("* 1 FETCH ({name} NIL)\r\n");
    let (_, response) = Response::parse(line.as_bytes(), Dialect::STRICT).unwrap();
    let Response::Numbered(numbered) = &response else { panic!("{response:?}") };
    let NumberedData::Fetch(items) = &numbered.data else { panic!("{response:?}") };
    stream(&items.first().unwrap())
}

/// APPEND of one message, which the server says to go on for.
fn append(size: u64) {
    let mut wire = Wire::new();
    wire.begin();
    let head = MessageHead { options: AppendOptions::default(), size, binary: false };
    wire.client.append_head(Mailbox::INBOX, &head).unwrap();
    wire.settle();
    assert_eq!(wire.go_aheads, 1);
    wire.stream(size, |wire, piece| wire.client.write(piece).unwrap());
    wire.client.finish().unwrap();
    wire.settle();
    wire.end("APPEND");
    assert_eq!((wire.received, wire.ended, wire.finished), (size, 1, 3), "all of it arrived");
}

/// Several messages in one APPEND, and one in REPLACE, all of them binary.
fn append_several(size: u64) {
    const MESSAGES: usize = 8;
    let mut wire = Wire::new();
    let size = size / MESSAGES as u64 / PIECE as u64 * wire.piece.len() as u64;
    wire.begin();
    let head = MessageHead { options: AppendOptions::default(), size, binary: true };
    wire.client.append_head(Mailbox::INBOX, &head).unwrap();
    for number in 1..MESSAGES {
        wire.settle();
        assert_eq!(wire.go_aheads, number);
        wire.stream(size, |wire, piece| wire.client.write(piece).unwrap());
        match number + 1 < MESSAGES {
            true => wire.client.append_next(&head).unwrap(),
            false => wire.client.finish().unwrap(),
        }
    }
    wire.settle();
    wire.client.replace_head(Number::Value(1), Mailbox::INBOX, &head).unwrap();
    wire.settle();
    wire.stream(size, |wire, piece| wire.client.write(piece).unwrap());
    wire.client.finish().unwrap();
    wire.settle();
    wire.end("MULTIAPPEND and REPLACE");
    let all = size * MESSAGES as u64;
    assert_eq!((wire.received, wire.ended, wire.finished), (all, MESSAGES, 4), "all of it arrived");
}

/// FETCH responses with these contents, so many octets each.
fn fetch(size: u64, contents: &[&str]) {
    let mut wire = Wire::new();
    // Where the next contents begin, the piece does.
    let size = match contents.len() {
        1 => size,
        several => size / several as u64 / PIECE as u64 * wire.piece.len() as u64,
    };
    wire.begin();
    for (place, name) in contents.iter().enumerate() {
        with_contents(name, |contents| match place {
            0 => wire.server.fetch_head(1, &[FetchItem::Uid(5)], contents, size).unwrap(),
            _ => wire.server.fetch_next(&[FetchItem::Rfc822Size(size)], contents, size).unwrap(),
        });
        wire.stream(size, |wire, piece| wire.server.write(piece).unwrap());
    }
    wire.server.fetch_end(&[]).unwrap();
    wire.settle();
    wire.end(&contents.join(" "));
    let all = size * contents.len() as u64;
    assert_eq!((wire.received, wire.ended), (all, contents.len()), "all of it arrived");
}
fn main() {
    gigabytes_messages_and_ids_pass_in_constant_memory();
}

fn gigabytes_messages_and_ids_pass_in_constant_memory() {
    append(GIGABYTE);
    fetch(GIGABYTE, &["BODY[]"]);
    append_several(64 * MEBIBYTE);
    fetch(64 * MEBIBYTE, &["BODY[HEADER]", "BODY[TEXT]<7>", "BINARY[1.2]", "RFC822"]);
    search();
}

/// Of a response that is not whole the machine keeps nothing, and of one that is whole neither.
fn search() {
    const IDS: u64 = 1_000_000;
    let ids: Vec<String> = (1..=IDS).map(|id| id.to_string()).collect();
    let wire = format!("* SEARCH {}\r\n", ids.join(" "));
    let mut options = client::Options::new(TagPrefix::from_seed(7));
    options.tls = TlsPolicy::None;
    options.limits.response = wire.len();
    let mut client = Client::new(options);
    let greeting = b"* PREAUTH hi\r\n";
    assert!(client.receive(greeting).unwrap().is_some());
    let (_, select) = TaggedCommand::parse(b"x SELECT INBOX\r\n", Dialect::STRICT).unwrap();
    client.send(&select.command).unwrap();
    let region = Region::new(ALLOCATOR);
    for end in 0..wire.len() {
        assert!(client.receive(&wire.as_bytes()[..end]).unwrap().is_none());
    }
    let Some(Received { consumed, event }) = client.receive(wire.as_bytes()).unwrap() else { panic!() };
    let client::Event::Response { response: Response::Data(Data::Search(found)), tolerated: None, .. } =
        event
    else {
        panic!("{event:?}")
    };
    let sum: u64 = found.ids.iter().map(u64::from).sum();
    let change = region.change();
    assert_eq!((consumed, sum), (wire.len(), IDS * (IDS + 1) / 2));
    println!("SEARCH: {} octets in {} allocations", change.bytes_allocated, change.allocations);
    assert!(change.bytes_allocated <= HELD as usize, "{change:?}");
}
