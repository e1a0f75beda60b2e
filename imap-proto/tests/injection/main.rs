//! Nothing that a caller puts into a value gets out of its place on the wire: every public constructor that takes text
//! or octets, with every payload, either refuses or makes a value that is read back equal from exactly one message.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

/// A row is a constructor with the field that the payload goes to, and what is made with it: an `Option` of a [`Verdict`].
/// `text` is for constructors that take `&str`: for them, what is not UTF-8 cannot be said.
macro_rules! inventory {
    (@text $payload:ident $text:ident $made:expr) => {
        std::str::from_utf8($payload).ok().and_then(|$text: &str| $made)
    };
    (@octets $payload:ident $octets:ident $made:expr) => {
        Some($payload).and_then(|$octets: &[u8]| $made)
    };
    ($($name:literal: $kind:ident $argument:ident => $made:expr;)*) => {
        pub(crate) const ROWS: &[(&str, fn(&[u8]) -> Option<Verdict>)] =
            &[$(($name, |payload: &[u8]| inventory!(@$kind payload $argument $made))),*];
    };
}

mod extensions;
mod judge;
mod messages;
#[path = "../common/payloads.rs"]
mod payloads;
mod text;

use self::payloads::payloads;

#[test]
fn sec_36_no_constructor_lets_a_payload_out() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 27);
    let (mut made, mut refused, mut wrong) = (0, 0, Vec::new());
    for (name, build) in [text::ROWS, messages::ROWS, extensions::ROWS].concat() {
        for payload in &payloads {
            // Alone, and in the middle of what would be taken.
            let around = |front: &[u8], back: &[u8]| [front, payload, back].concat();
            let places = [
                payload.clone(),
                around(b"\"", b"\""),
                around(b"a", b"b"),
                around(b"(\"", b"\")"),
                around(b"(", b")"),
                around(b"/a", b""),
                around(b"1", b""),
                around(b"\\", b""),
            ];
            // That much of one letter is the same in the middle of others.
            let places = if payload.len() > 1_000 { &places[..2] } else { &places[..] };
            for payload in places {
                match build(payload) {
                    None => refused += 1,
                    Some(None) => made += 1,
                    Some(Some(what)) => {
                        wrong.push(format!(
                            "{name} {what}: {}",
                            payload[..payload.len().min(40)].escape_ascii()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // Were everything refused, nothing would be tested.
    assert!(made > 5_000 && refused > 5_000, "{made} made, {refused} refused");
}
