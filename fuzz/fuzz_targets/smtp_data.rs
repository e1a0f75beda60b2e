#![no_main]
//! Bodies: however they are cut, the same content, anomalies and end; and what is encoded decodes to the same.

use arbitrary::Arbitrary;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use smtp_proto::body::{Anomaly, BdatDecoder, DataDecoder, DataEncoder, Decoded, Piece, Stray};

#[derive(Arbitrary, Debug)]
struct Input {
    policy: u8,
    cuts: Vec<u16>,
    wire: Vec<u8>,
}

fuzz_target!(|input: Input| {
    let policy =
        [Stray::Reject, Stray::Close, Stray::Normalise, Stray::Preserve][usize::from(input.policy % 4)];
    let mut data = DataDecoder::new(policy);
    let whole = decode(&input.wire, &[], |wire| data.decode(wire));
    let mut data = DataDecoder::new(policy);
    assert_eq!(whole, decode(&input.wire, &input.cuts, |wire| data.decode(wire)), "however it is cut");
    let chunk = || {
        let mut decoder = BdatDecoder::new(policy, false);
        decoder.start(input.wire.len() as u64, true).unwrap();
        decoder
    };
    let mut bdat = chunk();
    let whole = decode(&input.wire, &[], |wire| bdat.decode(wire));
    let mut bdat = chunk();
    assert_eq!(whole, decode(&input.wire, &input.cuts, |wire| bdat.decode(wire)), "however it is cut");
    round_trip(&input, policy);
});

type Outcome = (Vec<u8>, Vec<Anomaly>, Option<usize>);

/// Content, anomalies, and where the end was.
fn decode<'i>(
    wire: &'i [u8],
    cuts: &[u16],
    mut step: impl FnMut(&'i [u8]) -> Option<Decoded<'i>>,
) -> Outcome {
    let mut ends: Vec<usize> = cuts.iter().map(|&cut| usize::from(cut).min(wire.len())).collect();
    ends.push(wire.len());
    ends.sort_unstable();
    let (mut content, mut anomalies, mut at) = (Vec::new(), Vec::new(), 0);
    for end in ends {
        while let Some(Decoded { consumed, piece }) = step(&wire[at..end]) {
            at += consumed;
            match piece {
                Piece::Content(octets) => content.extend_from_slice(octets),
                Piece::Anomaly(anomaly) => anomalies.push(anomaly),
                Piece::End => return (content, anomalies, Some(at)),
            }
        }
    }
    (content, anomalies, None)
}

/// What the encoder takes, the decoder gives back, and the end is where the encoder put it.
fn round_trip(input: &Input, policy: Stray) {
    let mut encoder = DataEncoder::new(policy);
    let mut wire = Vec::new();
    let mut rest = Bytes::from(input.wire.clone());
    for &cut in &input.cuts {
        let piece = rest.split_to(usize::from(cut).min(rest.len()));
        if encoder.encode(&piece, |octets| wire.extend_from_slice(&octets)).is_err() {
            return;
        }
    }
    if encoder.encode(&rest, |octets| wire.extend_from_slice(&octets)).is_err()
        || encoder.finish(|octets| wire.extend_from_slice(&octets)).is_err()
    {
        return;
    }
    let len = wire.len();
    wire.extend_from_slice(b"QUIT\r\n");
    let mut decoder = DataDecoder::new(Stray::Reject);
    let (content, anomalies, end) = decode(&wire, &[], |wire| decoder.decode(wire));
    assert_eq!((anomalies, end), (vec![], Some(len)), "clean, and one end");
    if policy != Stray::Normalise {
        assert!(content.starts_with(&input.wire), "the content is what was given");
    }
}
