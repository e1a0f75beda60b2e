//! A message of any size passes from a client machine to a server machine in constant memory.
#![allow(missing_docs)]

use std::alloc::System;

use bytes::{Buf, Bytes};
use smtp_proto::address::{Domain, ForwardPath, ReversePath};
use smtp_proto::client::{self, TlsPolicy, Transfer};
use smtp_proto::server::{self, Event, Protocol};
use smtp_proto::status::ReplyCode;
use smtp_proto::{Client, Command, Mail, Rcpt, Received, Reply, Server, text};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A gigabyte of these are fewer chunks than a server takes.
const PIECE: usize = 256 * 1024;

/// The two machines and the octets between them.
struct Wire {
    client: Client,
    server: Server,
    to_client: Vec<u8>,
    to_server: Vec<u8>,
    received: u64,
    may_write: bool,
    answers: usize,
}

impl Wire {
    fn new() -> Self {
        let mut options = client::Options::new(Protocol::Smtp);
        options.tls = TlsPolicy::None;
        let mut server = Server::new(server::Options::new(Protocol::Smtp));
        server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("mx"))).unwrap();
        let (to_client, to_server) = (Vec::new(), Vec::with_capacity(4 * PIECE));
        Self {
            client: Client::new(options),
            server,
            to_client,
            to_server,
            received: 0,
            may_write: false,
            answers: 0,
        }
    }

    /// Moves octets until nobody has anything to say.
    fn settle(&mut self) {
        loop {
            let before = (self.received, self.answers, self.may_write);
            drain(self.client.transmit(), &mut self.to_server);
            let mut at = 0;
            while let Some(Received { consumed, event }) = self.server.receive(&self.to_server[at..]).unwrap()
            {
                serve(&mut self.server, event, &mut self.received);
                at += consumed;
            }
            self.to_server.drain(..at);
            drain(self.server.transmit(), &mut self.to_client);
            while let Some(Received { consumed, event }) = self.client.receive(&self.to_client).unwrap() {
                match event {
                    client::Event::Reply { reply, .. } | client::Event::Greeting(reply) => {
                        assert!(reply.code().is_positive(), "{reply:?}");
                        self.answers += 1;
                    }
                    client::Event::GoAhead { .. } => self.may_write = true,
                    _ => {}
                }
                self.to_client.drain(..consumed);
            }
            if before == (self.received, self.answers, self.may_write) {
                return;
            }
        }
    }
}

fn drain(transmit: &mut smtp_proto::Transmit, into: &mut Vec<u8>) {
    while transmit.has_remaining() {
        let chunk = transmit.chunk();
        let len = chunk.len();
        into.extend_from_slice(chunk);
        transmit.advance(len);
    }
}

fn serve(server: &mut Server, event: Event<'_>, received: &mut u64) {
    let ok = Reply::new(ReplyCode::OK, None, text!("ok"));
    match event {
        Event::Command { token, command: Command::Ehlo(_), .. } => {
            let lines = [text!("mx"), text!("PIPELINING"), text!("CHUNKING"), text!("8BITMIME")];
            server.reply(token, &Reply::multiline(ReplyCode::OK, None, &lines)).unwrap();
        }
        Event::Command { token, command: Command::Data, .. } => {
            server.reply(token, &Reply::new(ReplyCode::GO_AHEAD, None, text!("go"))).unwrap();
        }
        Event::Command { token, .. }
        | Event::ChunkEnd { token }
        | Event::BodyEnd { token, refusal: None } => {
            server.reply(token, &ok).unwrap();
        }
        Event::Chunk(content) => *received += content.len() as u64,
        Event::Bdat { .. } => {}
        other => panic!("{other:?}"),
    }
}

/// The most that was held at any time while `size` octets passed.
fn peak(transfer: Transfer, size: u64) -> isize {
    let line = b"a line of a message, as many others\r\n.and one with a dot\r\n";
    let piece = Bytes::from(line.repeat(PIECE / line.len()));
    let mut wire = Wire::new();
    wire.settle();
    wire.client.hello(Domain::parse("client.example.org").unwrap()).unwrap();
    wire.settle();
    wire.client.send(&Command::Mail(Mail::new(ReversePath::Null))).unwrap();
    wire.client.send(&Command::Rcpt(Rcpt::new(ForwardPath::parse("<a@example.org>").unwrap()))).unwrap();
    wire.client.start_body(transfer).unwrap();
    wire.settle();
    assert!(wire.may_write);
    let region = Region::new(ALLOCATOR);
    let (mut sent, mut peak) = (0, 0);
    while sent < size {
        wire.client.write(piece.clone()).unwrap();
        let change = region.change();
        peak = peak.max(change.bytes_allocated.cast_signed() - change.bytes_deallocated.cast_signed());
        wire.settle();
        sent += piece.len() as u64;
    }
    wire.client.finish().unwrap();
    wire.settle();
    assert_eq!(wire.received, sent, "all of it arrived");
    // Greeting, EHLO, MAIL, RCPT, and the message.
    assert_eq!(wire.answers, 5);
    peak
}

fn both(size: u64) {
    for transfer in [Transfer::Data, Transfer::Chunking] {
        let peak = peak(transfer, size);
        println!("{transfer:?}: {peak} octets at most for {size}");
        assert!(peak < 1024 * 1024, "{transfer:?}: {peak}");
    }
}

#[test]
fn megabytes_pass_between_two_machines_in_constant_memory() {
    both(4 << 20);
}

#[test]
#[ignore = "slow: a gigabyte each by DATA and BDAT"]
fn gigabytes_pass_between_two_machines_in_constant_memory() {
    both(1_000_000_000);
}
