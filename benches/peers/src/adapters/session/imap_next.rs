//! imap-next: machines over imap-codec, with a buffer of their own.

use std::hint::black_box;

use benches::Load;
use imap_next::client::{self, Client};
use imap_next::imap_types::response::{Greeting, Status};
use imap_next::server::{self, Server};
use imap_next::{Interrupt, Io, State};

use crate::job::Job;

const NAME: &str = "imap-next";

/// The greeting is no part of the loads.
pub fn client(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| {
        let mut options = client::Options::default();
        options.discard_greeting = true;
        feed(Client::new(options), octets, piece, |_, event| {
            use client::Event;
            matches!(black_box(event), Event::DataReceived { .. } | Event::StatusReceived { .. })
        })
    };
    Job::body(NAME, run).without_copy()
}

/// It answers OK to everything.
pub fn server(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| {
        let Ok(greeting) = Greeting::ok(None, "ok") else { return 0 };
        let server = Server::new(server::Options::default(), greeting);
        feed(server, octets, piece, |server, event| {
            let server::Event::CommandReceived { command } = black_box(event) else { return false };
            let Ok(status) = Status::ok(Some(command.tag), None, "ok") else { return false };
            server.enqueue_status(status);
            true
        })
    };
    Job::body(NAME, run).without_copy()
}

/// Says how many events were messages that were accepted.
fn feed<S: State>(
    mut state: S,
    octets: &Load,
    piece: usize,
    mut accept: impl FnMut(&mut S, S::Event) -> bool,
) -> usize {
    let mut accepted = 0;
    for piece in octets.bytes.chunks(piece) {
        state.enqueue_input(piece);
        loop {
            match state.next() {
                Ok(event) => accepted += usize::from(accept(&mut state, event)),
                Err(Interrupt::Io(Io::NeedMoreInput)) => break,
                Err(Interrupt::Io(Io::Output(wire))) => _ = black_box(wire),
                // A message that it cannot read.
                Err(Interrupt::Error(_)) => {}
            }
        }
    }
    accepted
}
