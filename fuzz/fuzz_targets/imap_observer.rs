#![no_main]
//! Both sides are hostile: no panic, no loop without progress, and the same events however the bytes of a record are cut.

use fuzz::Cuts;
use imap_proto::observer::{Event, Observer, Side};
use imap_proto::{Dialect, Error};
use libfuzzer_sys::fuzz_target;

struct Input<'d> {
    lenient: bool,
    /// What the cuts come from.
    seed: u16,
    /// What passed, in order, and who sent it.
    records: Vec<(Side, &'d [u8])>,
}

impl<'d> Input<'d> {
    /// An octet of which the lowest bit is the leniency, two for the cuts, and the records: an octet of which the lowest bit is
    /// set for the server, two with the length, and so many octets or what there is.
    fn read(data: &'d [u8]) -> Option<Self> {
        let (&[lenient, low, high], rest) = data.split_first_chunk()?;
        let records = fuzz::records(rest)
            .map(|(is_server, octets)| (if is_server { Side::Server } else { Side::Client }, octets))
            .collect();
        Some(Self { lenient: lenient % 2 == 1, seed: u16::from_le_bytes([low, high]), records })
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let whole = run(&input, false);
    let cut = run(&input, true);
    assert_eq!(whole, cut, "however the bytes are cut");
});

/// What was told; the octets of what comes in parts are joined.
#[derive(Default, PartialEq, Debug)]
struct Seen {
    events: Vec<String>,
    parts: [Vec<u8>; 2],
    error: Option<Error>,
    left: [usize; 2],
    unanswered: usize,
}

fn run(input: &Input<'_>, is_cut: bool) -> Seen {
    let mut observer = Observer::new();
    if !input.lenient {
        observer.set_dialect(Dialect::STRICT);
    }
    let (mut seen, mut buffers) = (Seen::default(), [Vec::new(), Vec::new()]);
    let mut cuts = Cuts::new(input.seed, is_cut);
    for &(side, octets) in &input.records {
        for piece in cuts.of(octets) {
            buffers[side as usize].extend_from_slice(piece);
            drain(&mut observer, &mut buffers, &mut seen);
        }
        // A handshake has passed, and what the record left of both buffers with it.
        if observer.is_tls_due() || observer.is_compression_due() {
            buffers = [Vec::new(), Vec::new()];
            observer.tls_established();
            observer.compression_established();
        }
    }
    seen.left = [buffers[0].len(), buffers[1].len()];
    seen.unanswered = observer.unanswered();
    assert!(seen.unanswered <= 1_000, "what is kept is bounded");
    for (side, buffer) in [Side::Client, Side::Server].into_iter().zip(&buffers) {
        let ended = observer.receive_eof(side, buffer);
        assert!(seen.error.is_none_or(|error| ended == Err(error)), "an error is final");
    }
    seen
}

/// Asks both sides until neither has more to tell.
fn drain(observer: &mut Observer, buffers: &mut [Vec<u8>; 2], seen: &mut Seen) {
    let (mut side, mut idle) = (Side::Client, 0);
    while seen.error.is_none() {
        let buffer = &mut buffers[side as usize];
        let received = match observer.receive(side, buffer) {
            Ok(Some(received)) => received,
            Ok(None) if side == Side::Server => return,
            Ok(None) => {
                side = Side::Server;
                continue;
            }
            Err(error) => {
                assert_eq!(observer.receive(side, b"a NOOP\r\n"), Err(error), "an error is final");
                seen.error = Some(error);
                return;
            }
        };
        let consumed = received.consumed;
        assert!(consumed <= buffer.len(), "no more is consumed than was given");
        idle = if consumed == 0 { idle + 1 } else { 0 };
        assert!(idle < 1_000, "no progress");
        match received.event {
            Event::Chunk { side, octets, left } => {
                assert!(!octets.is_empty());
                let part = &mut seen.parts[side as usize];
                part.extend_from_slice(octets);
                if left == 0 {
                    let part = std::mem::take(part);
                    seen.events.push(format!("{side:?} {}", part.escape_ascii()));
                }
            }
            // Its parts are as long as the pieces were.
            Event::Skipped(_) => {}
            event => seen.events.push(format!("{event:?}")),
        }
        buffer.drain(..consumed);
        side = Side::Client;
    }
}
