//! smtp-proto of Stalwart Labs, driven as its server and mail-send drive it.

use std::hint::black_box;

use benches::Load;
use stalwart_smtp_proto::request::receiver::{DataReceiver, RequestReceiver};
use stalwart_smtp_proto::response::parser::ResponseReceiver;
use stalwart_smtp_proto::{Error, Request};

use crate::job::Job;

const NAME: &str = "smtp-proto";

enum State {
    Request(RequestReceiver),
    Data(DataReceiver),
}

pub fn server(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| {
        let (mut state, mut accepted) = (State::Request(RequestReceiver::default()), 0);
        let mut message = Vec::new();
        for piece in octets.bytes.chunks(piece) {
            let mut rest = piece.iter();
            loop {
                match &mut state {
                    State::Request(receiver) => match black_box(receiver.ingest(&mut rest)) {
                        Ok(Request::Data) => {
                            accepted += 1;
                            state = State::Data(DataReceiver::new());
                        }
                        Ok(_) => accepted += 1,
                        Err(Error::NeedsMoreData { .. }) => break,
                        Err(_) => {}
                    },
                    State::Data(receiver) => {
                        if !receiver.ingest(&mut rest, &mut message) {
                            break;
                        }
                        accepted += 1;
                        black_box(std::mem::take(&mut message));
                        state = State::Request(RequestReceiver::default());
                    }
                }
            }
        }
        accepted
    };
    Job::body(NAME, run).without_copy()
}

pub fn client(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| {
        let (mut receiver, mut accepted) = (ResponseReceiver::default(), 0);
        for piece in octets.bytes.chunks(piece) {
            let mut rest = piece.iter();
            loop {
                match black_box(receiver.parse(&mut rest)) {
                    Ok(_) => {
                        accepted += 1;
                        receiver.reset();
                    }
                    Err(Error::NeedsMoreData { .. }) => break,
                    Err(_) => return accepted,
                }
            }
        }
        accepted
    };
    Job::body(NAME, run).without_copy()
}
