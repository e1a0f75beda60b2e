//! Canonical base64 ([RFC 4648 section 4](https://www.rfc-editor.org/rfc/rfc4648#section-4)) of secrets.

use base64::Engine as _;
// Padding is required, and so is that unused bits are zero: two texts of one value would be two names of one thing.
use base64::engine::general_purpose::STANDARD;

use super::Secret;
use crate::error::Expected;
use crate::wire::{Fail, Parsed, Writer};

/// Reads base64 up to white space, the end of the line or the end; there may be none.
pub(super) fn parse(input: &[u8]) -> Parsed<'_, Secret> {
    let end = input.iter().position(u8::is_ascii_whitespace).unwrap_or(input.len());
    let (text, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
    match decode(text) {
        Some(secret) => Ok((rest, secret)),
        None => Fail::at(input, Expected::Base64),
    }
}

fn decode(text: &[u8]) -> Option<Secret> {
    let mut secret = Secret::with_len(base64::decoded_len_estimate(text.len()));
    let len = STANDARD.decode_slice(text, secret.as_mut()).ok()?;
    secret.truncate(len);
    Some(secret)
}

pub(super) fn encode(secret: &Secret, out: &mut Writer<'_>) {
    // Whole groups of three at a time, so that only the last piece is padded.
    for piece in secret.as_bytes().chunks(192) {
        let mut text = Secret::with_len(256);
        let len = STANDARD.encode_slice(piece, text.as_mut()).unwrap_or_default();
        text.truncate(len);
        out.put(text.as_bytes());
    }
}

/// The octets that `len` octets become.
pub(super) fn encoded_len(len: usize) -> usize {
    len.div_ceil(3).saturating_mul(4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use bytes::BytesMut;

    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    fn decoded(text: &[u8]) -> Option<Vec<u8>> {
        decode(text).map(|secret| secret.as_bytes().to_vec())
    }

    fn encoded(octets: &[u8]) -> Vec<u8> {
        let mut out = BytesMut::new();
        encode(&Secret::new(octets), &mut Writer::new(&mut out));
        assert_eq!(out.len(), encoded_len(octets.len()));
        out.to_vec()
    }

    #[test]
    fn sec_63_all_quads_of_the_alphabet() {
        for high in 0..=255u32 {
            let values = (high << 16)..((high + 1) << 16);
            let octets: Vec<u8> = values
                .clone()
                .flat_map(|value| [(value >> 16) as u8, (value >> 8) as u8, value as u8])
                .collect();
            let text: Vec<u8> = values
                .flat_map(|value| [18, 12, 6, 0].map(|shift| ALPHABET[(value >> shift & 63) as usize]))
                .collect();
            assert!(decoded(&text).as_ref() == Some(&octets) && encoded(&octets) == text, "{high}");
        }
    }

    #[test]
    fn sec_63_unused_bits_are_zero() {
        for (a, &first) in (0u8..).zip(ALPHABET) {
            for (b, &second) in (0u8..).zip(ALPHABET) {
                let text = [first, second, b'=', b'='];
                let want = (b % 16 == 0).then(|| alloc::vec![a << 2 | b >> 4]);
                assert_eq!(decoded(&text), want, "{}", text.escape_ascii());
                let text = [b'A', first, second, b'='];
                let want = (b % 4 == 0).then(|| alloc::vec![a >> 4, a << 4 | b >> 2]);
                assert_eq!(decoded(&text), want, "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn sec_63_junk_is_refused() {
        for text in [
            "A",
            "AA",
            "AAA",
            "AA=",
            "A===",
            "=",
            "==",
            "====",
            "AAAA=",
            "AA==AAAA",
            "AA=A",
            "Zm9v\0",
            "Zm9v*",
            "Zm-v",
            "Zm_v",
            "\u{fc}m9v",
        ] {
            assert_eq!(decoded(text.as_bytes()), None, "{text}");
        }
        assert_eq!(decoded(b""), Some(Vec::new()));
        let long = encoded(&[7; 100_000]);
        assert_eq!(decoded(&long), Some(alloc::vec![7; 100_000]));
    }
}
