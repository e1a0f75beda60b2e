//! A message of any size passes in constant memory: by DATA and BDAT, from the wire and to it.
//!
//! The tests count what is allocated, so they may not run side by side: each takes `ALONE`.

use std::alloc::System;
use std::sync::Mutex;

use bytes::Bytes;
use smtp_proto::body::{BdatDecoder, BdatEncoder, DataDecoder, DataEncoder, Decoded, Piece, Stray};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

static ALONE: Mutex<()> = Mutex::new(());

const MEBIBYTE: usize = 1 << 20;
const GIGABYTE: usize = 1000 * 1000 * 1000;

/// A read of about 64 KiB that begins and ends between lines, and has a line that begins with a dot.
fn lines() -> Vec<u8> {
    let mut lines = b"one line of a message that is repeated until it is long enough\r\n".repeat(1000);
    lines.extend_from_slice(b".and a line that begins with a dot\r\n");
    lines
}

/// The wire in reads whose ends fall anywhere: between CR and LF, and beside dots.
fn cut(wire: &[u8], round: usize) -> [&[u8]; 2] {
    let (first, second) = wire.split_at(wire.len() - round % 80);
    [first, second]
}

/// Runs `work`, which takes more than a hundred pieces, and expects it to allocate for none of them.
///
/// The thread that waits for the tests to end allocates too, a few times, so the count need not be 0.
fn without_allocation(work: impl FnOnce()) {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    assert!(change.allocations + change.reallocations <= 16, "{change:?}");
    assert!(change.bytes_allocated <= 16 * 1024, "{change:?}");
}

/// Feeds a decoder at least `size` octets, in a buffer that keeps what it leaves; returns the content's length.
fn feed(size: usize, wire: &[u8], mut decode: impl FnMut(&[u8]) -> Option<(usize, usize)>) -> usize {
    let mut buffer = Vec::with_capacity(2 * wire.len());
    let (mut content, mut fed) = (0, 0);
    without_allocation(|| {
        for round in 0.. {
            if fed >= size {
                break;
            }
            for read in cut(wire, round) {
                buffer.extend_from_slice(read);
                fed += read.len();
                let mut at = 0;
                while let Some((consumed, length)) = decode(&buffer[at..]) {
                    at += consumed;
                    content += length;
                }
                buffer.drain(..at);
            }
        }
    });
    assert!(buffer.len() < 3, "no more than two octets wait");
    content
}

fn length(decoded: Decoded<'_>) -> (usize, usize) {
    match decoded.piece {
        Piece::Content(content) => (decoded.consumed, content.len()),
        Piece::Anomaly(anomaly) => panic!("{anomaly}"),
        Piece::End => (decoded.consumed, 0),
    }
}

fn data_in(size: usize) {
    let content = lines();
    let dot = content.len() - content.rsplit(|octet| *octet == b'.').next().unwrap().len() - 1;
    let wire = [&content[..dot], b".", &content[dot..]].concat();
    let mut decoder = DataDecoder::new(Stray::Normalise);
    let got = feed(size, &wire, |input| decoder.decode(input).map(length));
    assert_eq!(got, size.div_ceil(wire.len()) * content.len());
    assert!(decoder.anomalies().is_empty());
    assert_eq!(decoder.decode(b".\r\n"), Some(Decoded { consumed: 3, piece: Piece::End }));
}

fn bdat_in(size: usize) {
    let wire = lines();
    let mut decoder = BdatDecoder::new(Stray::Normalise, false);
    let got = feed(size, &wire, |input| {
        if let Some(decoded) = decoder.decode(input) {
            return Some(length(decoded));
        }
        // A chunk has ended, and there is more.
        (!input.is_empty() && decoder.start(10_000, false).is_ok()).then_some((0, 0))
    });
    assert_eq!(got, size.div_ceil(wire.len()) * wire.len());
    assert!(decoder.anomalies().is_empty());
}

/// Sends at least `size` octets of a piece that is there already.
fn send(size: usize, mut encode: impl FnMut(&Bytes) -> usize) -> (usize, usize) {
    let content = Bytes::from(lines());
    // The first clone of a `Bytes` that was a `Vec` allocates the count of its clones, once.
    drop(content.clone());
    let (mut rounds, mut sent) = (0, 0);
    without_allocation(|| {
        while rounds * content.len() < size {
            let cut = content.len() - rounds % 80;
            sent += encode(&content.slice(..cut)) + encode(&content.slice(cut..));
            rounds += 1;
        }
    });
    (rounds, sent)
}

fn data_out(size: usize) {
    let mut encoder = DataEncoder::new(Stray::Normalise).max_line(Some(998)).seven_bit(true);
    let (rounds, sent) = send(size, |piece| {
        let mut length = 0;
        encoder.encode(piece, |bytes| length += bytes.len()).unwrap();
        length
    });
    assert_eq!(sent, rounds * (lines().len() + 1), "a dot more each time");
}

fn bdat_out(size: usize) {
    let mut encoder = BdatEncoder::new(Stray::Normalise, false);
    let (rounds, sent) = send(size, |piece| {
        let mut length = 0;
        encoder.encode(piece, |bytes| length += bytes.len()).unwrap();
        length
    });
    assert_eq!(sent, rounds * lines().len());
}

fn all_ways(size: usize) {
    let _alone = ALONE.lock().unwrap();
    data_in(size);
    bdat_in(size);
    data_out(size);
    bdat_out(size);
}

#[test]
fn some_mebibytes_each_way() {
    all_ways(4 * MEBIBYTE);
}

#[test]
#[ignore = "slow: five minutes in a debug build, for four gigabytes"]
fn a_gigabyte_each_way() {
    all_ways(GIGABYTE);
}
