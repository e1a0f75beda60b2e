#![no_main]
//! Both sides are hostile. Of the observer and the relay: no panic, no loop without progress, errors are final, and the
//! same events and octets however the bytes of a record are cut. What a relay has passed, another passes unchanged.
//! A relay that is given two replies at once takes the second for one to a command that has passed, so it is cut only what
//! the client sends.

use bytes::Bytes;
use fuzz::Cuts;
use libfuzzer_sys::fuzz_target;
use smtp_proto::body::Stray;
use smtp_proto::observer::{Event, Observer, Side};
use smtp_proto::relay::{self, Relay, RelayError};
use smtp_proto::{Dialect, Error};

struct Input<'d> {
    lmtp: bool,
    lenient: bool,
    stray: Stray,
    /// What the cuts come from.
    seed: u16,
    /// What passed, in order, and who sent it.
    records: Vec<(Side, &'d [u8])>,
}

impl<'d> Input<'d> {
    /// An octet with the choices, two for the cuts, and the records: an octet of which the lowest bit is set for the
    /// server, two with the length, and so many octets or what there is.
    fn read(data: &'d [u8]) -> Option<Self> {
        let (&[choices, low, high], rest) = data.split_first_chunk()?;
        let records = fuzz::records(rest)
            .map(|(is_server, octets)| (if is_server { Side::Server } else { Side::Client }, octets))
            .collect();
        let stray = [Stray::Reject, Stray::Normalise, Stray::Preserve][usize::from(choices >> 2) % 3];
        let (lmtp, lenient) = (choices & 1 != 0, choices & 2 != 0);
        Some(Self { lmtp, lenient, stray, seed: u16::from_le_bytes([low, high]), records })
    }
}

fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::read(data) else { return };
    let whole = observe(&input, false);
    let cut = observe(&input, true);
    assert_eq!(whole, cut, "however the bytes are cut");

    let whole = pass(&input, &input.records, false);
    let cut = pass(&input, &input.records, true);
    assert_eq!(whole.result, cut.result, "however the bytes are cut");
    for (one, other) in whole.octets().into_iter().zip(cut.octets()) {
        // A chunk in which something is wrong passes up to there, or up to its last cut before.
        let len = if whole.result.is_ok() { one.len().max(other.len()) } else { one.len().min(other.len()) };
        assert_eq!(one.get(..len), other.get(..len), "however the bytes are cut");
    }
    let passed: Vec<_> = whole.passed.iter().map(|(side, octets)| (*side, &octets[..])).collect();
    let again = pass(&input, &passed, false);
    assert_eq!(again.result, Ok(()), "what has passed passes again");
    for (one, other) in whole.octets().into_iter().zip(again.octets()) {
        // Of a body that is not whole the end may still wait: what could be a CRLF, or one and a dot.
        let rest = one.strip_prefix(&other[..]);
        assert!(
            rest.is_some_and(|rest| rest.len() <= 3),
            "and is what it was: {} {}",
            one.escape_ascii(),
            other.escape_ascii()
        );
    }
});

/// What an observer told; the octets of what comes in parts are joined.
#[derive(Default, PartialEq, Debug)]
struct Seen {
    events: Vec<String>,
    part: Vec<u8>,
    error: Option<Error>,
    left: [usize; 2],
    unanswered: usize,
}

fn observe(input: &Input<'_>, is_cut: bool) -> Seen {
    let mut observer = Observer::new(input.lmtp);
    if !input.lenient {
        observer.set_dialect(Dialect::STRICT);
    }
    let (mut seen, mut buffers) = (Seen::default(), [Vec::new(), Vec::new()]);
    let mut cuts = Cuts::new(input.seed, is_cut);
    for &(side, octets) in &input.records {
        for piece in cuts.of(octets) {
            buffers[side as usize].extend_from_slice(piece);
            while seen.error.is_none()
                && (step(&mut observer, Side::Client, &mut buffers, &mut seen)
                    || step(&mut observer, Side::Server, &mut buffers, &mut seen))
            {}
        }
        // A handshake has passed, and what the record left of both buffers with it.
        if observer.is_tls_due() {
            buffers = [Vec::new(), Vec::new()];
            observer.tls_established();
        }
    }
    seen.left = [buffers[0].len(), buffers[1].len()];
    seen.unanswered = observer.unanswered();
    assert!(seen.unanswered <= 500, "what is kept is bounded");
    for (side, buffer) in [Side::Client, Side::Server].into_iter().zip(&buffers) {
        let ended = observer.receive_eof(side, buffer);
        assert!(seen.error.is_none_or(|error| ended == Err(error)), "an error is final");
    }
    seen
}

/// Whether there was an event of `side`.
fn step(observer: &mut Observer, side: Side, buffers: &mut [Vec<u8>; 2], seen: &mut Seen) -> bool {
    let buffer = &mut buffers[side as usize];
    let received = match observer.receive(side, buffer) {
        Ok(Some(received)) => received,
        Ok(None) => return false,
        Err(error) => {
            assert_eq!(observer.receive(side, b"QUIT\r\n"), Err(error), "an error is final");
            seen.error = Some(error);
            return false;
        }
    };
    let consumed = received.consumed;
    assert!(consumed <= buffer.len(), "no more is consumed than was given");
    match received.event {
        Event::Chunk(octets) => seen.part.extend_from_slice(octets),
        // Its parts are as long as the pieces were.
        Event::Skipped(_) => {}
        event => {
            if matches!(event, Event::BodyEnd { .. }) {
                let part = std::mem::take(&mut seen.part);
                seen.events.push(part.escape_ascii().to_string());
            }
            seen.events.push(format!("{event:?}"));
        }
    }
    buffer.drain(..consumed);
    true
}

/// What a relay passed, and how it ended.
struct Passed {
    passed: Vec<(Side, Vec<u8>)>,
    result: Result<(), RelayError>,
}

impl Passed {
    /// All that each side sent.
    fn octets(&self) -> [Vec<u8>; 2] {
        [Side::Client, Side::Server].map(|from| {
            self.passed
                .iter()
                .filter(|(side, _)| *side == from)
                .flat_map(|(_, octets)| octets)
                .copied()
                .collect()
        })
    }
}

fn pass(input: &Input<'_>, records: &[(Side, &[u8])], is_cut: bool) -> Passed {
    let mut relay = Relay::new(input.lmtp, input.stray);
    let mut buffers = [Vec::new(), Vec::new()];
    let mut seen = Passed { passed: Vec::new(), result: Ok(()) };
    let (mut client, mut server) = (Cuts::new(input.seed, is_cut), Cuts::new(0, false));
    for &(side, octets) in records {
        let cuts = if side == Side::Client { &mut client } else { &mut server };
        for piece in cuts.of(octets) {
            buffers[side as usize].extend_from_slice(piece);
            loop {
                let mut consumed = 0;
                for from in [Side::Client, Side::Server] {
                    let bytes = Bytes::copy_from_slice(&buffers[from as usize]);
                    let mut out = Vec::new();
                    let passed = relay
                        .pass(from, &bytes, relay::is_transparent, |octets| out.extend_from_slice(&octets));
                    if !out.is_empty() {
                        seen.passed.push((from, out));
                    }
                    match passed {
                        Ok(len) => {
                            buffers[from as usize].drain(..len);
                            consumed += len;
                        }
                        Err(error) => {
                            let next = Bytes::from_static(b"QUIT\r\n");
                            let again = relay.pass(from, &next, relay::is_transparent, |_| {
                                panic!("nothing passes behind an error")
                            });
                            assert_eq!(again, Err(error), "an error is final");
                            seen.result = Err(error);
                            return seen;
                        }
                    }
                }
                if consumed == 0 {
                    break;
                }
            }
        }
        if relay.is_tls_due() {
            buffers = [Vec::new(), Vec::new()];
            relay.tls_established();
        }
    }
    seen
}
