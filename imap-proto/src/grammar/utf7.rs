//! Modified UTF-7, the encoding of mailbox names
//! ([RFC 3501 section 5.1.3](https://www.rfc-editor.org/rfc/rfc3501#section-5.1.3)).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::error::{Expected, ParseError};
use crate::wire::len_before;

/// No padding, and unused bits are zero: two texts of one name would be two mailboxes.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(false),
);

/// Reads modified UTF-7, in the one form that a name has; borrows when nothing is encoded in it.
///
/// `~peter/mail/&U,BTFw-` is `~peter/mail/台北`
///
/// # Errors
/// Where the text begins to be another: octets that are not printable ASCII, a `&` without its `-`, base64 that is not
/// canonical, that stands for printable ASCII, control characters or half of a surrogate pair, or that follows other
/// base64 at once. What is not read here can still be the name of a mailbox.
///
/// ```
/// use imap_proto::utf7;
///
/// assert_eq!(utf7::decode(b"&ZeVnLIqe-/R&-D")?, "日本語/R&D");
/// assert!(utf7::decode(b"&AGE-").is_err());
/// # Ok::<(), imap_proto::ParseError>(())
/// ```
pub fn decode(text: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let fail = |at: &[u8]| ParseError { expected: Expected::Utf7, offset: len_before(text, at) };
        let plain = rest.iter().take_while(|&&octet| is_plain(octet)).count();
        let (before, from) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        let before = core::str::from_utf8(before).map_err(|_| fail(rest))?;
        match from {
            [] if plain == text.len() => return Ok(Cow::Borrowed(before)),
            [] => {
                name.push_str(before);
                return Ok(Cow::Owned(name));
            }
            [b'&', after @ ..] => {
                name.push_str(before);
                let Some(end) = memchr::memchr(b'-', after) else { return Err(fail(from)) };
                let (encoded, after) = after.split_at_checked(end).unwrap_or((after, &[]));
                let after = after.get(1..).unwrap_or_default();
                if encoded.is_empty() {
                    name.push('&');
                } else {
                    // `&-` behind base64 is no base64.
                    let goes_on = matches!(after, [b'&', next, ..] if *next != b'-');
                    shifted(encoded, &mut name).filter(|()| !goes_on).ok_or_else(|| fail(from))?;
                }
                rest = after;
            }
            _ => return Err(fail(from)),
        }
    }
}

/// Appends what stands between `&` and `-`, or a part of it when that is not as it ought to be.
fn shifted(encoded: &[u8], name: &mut String) -> Option<()> {
    let octets = BASE64.decode(encoded).ok()?;
    let (units, []) = octets.as_chunks::<2>() else { return None };
    for character in char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))) {
        let character = character.ok()?;
        if character.is_ascii() || character.is_control() {
            return None;
        }
        name.push(character);
    }
    Some(())
}

/// Writes modified UTF-7; borrows when nothing has to be encoded.
///
/// Control characters are encoded like all that is not ASCII, but no name with them is read again.
///
/// ```
/// use imap_proto::utf7;
///
/// assert_eq!(utf7::encode("R&D/日本語"), b"R&-D/&ZeVnLIqe-".as_slice());
/// ```
pub fn encode(name: &str) -> Cow<'_, [u8]> {
    if name.bytes().all(is_plain) {
        return Cow::Borrowed(name.as_bytes());
    }
    let mut text = Vec::with_capacity(name.len());
    // What is to stand between the next `&` and `-`.
    let mut units = Vec::new();
    let flush = |units: &mut Vec<u8>, text: &mut Vec<u8>| {
        if !units.is_empty() {
            text.push(b'&');
            text.extend_from_slice(BASE64.encode(&units).as_bytes());
            text.push(b'-');
            units.clear();
        }
    };
    for character in name.chars() {
        match u8::try_from(character) {
            Ok(octet @ (b' '..=b'~')) => {
                flush(&mut units, &mut text);
                text.push(octet);
                if octet == b'&' {
                    text.push(b'-');
                }
            }
            _ => {
                let mut pair = [0; 2];
                units.extend(character.encode_utf16(&mut pair).iter().flat_map(|unit| unit.to_be_bytes()));
            }
        }
    }
    flush(&mut units, &mut text);
    Cow::Owned(text)
}

/// Whether the octet stands for itself.
fn is_plain(octet: u8) -> bool {
    matches!(octet, b' '..=b'~') && octet != b'&'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names() {
        for (text, name) in [
            // RFC 3501 5.1.3.
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("&Jjo-!", "☺!"),
            ("Hi Mom -&Jjo--!", "Hi Mom -☺-!"),
            ("", ""),
            ("INBOX", "INBOX"),
            ("-", "-"),
            ("a+b,c/d~ ", "a+b,c/d~ "),
            ("&-", "&"),
            ("&--", "&-"),
            ("R&-D", "R&D"),
            ("Entw&APw-rfe", "Entwürfe"),
            // Two, four and six octets of UTF-16: two, four and no unused bits.
            ("&AOk-", "é"),
            ("&AOkA6Q-", "éé"),
            ("&AOkA6QDp-", "ééé"),
            ("&2D3eAA-", "😀"),
            ("&AOk-a&AOk-", "éaé"),
            ("&-&AOk-&-", "&é&"),
            ("&AKA-", "\u{a0}"),
            ("&,,8-", "\u{ffff}"),
        ] {
            assert_eq!(decode(text.as_bytes()).as_deref(), Ok(name), "{text}");
            assert_eq!(encode(name), text.as_bytes(), "{name}");
        }
    }

    #[test]
    fn what_is_not_encoded_is_borrowed() {
        assert!(matches!(decode(b"INBOX/a b"), Ok(Cow::Borrowed("INBOX/a b"))));
        assert!(matches!(encode("INBOX/a b"), Cow::Borrowed(b"INBOX/a b")));
    }

    #[test]
    fn sec_65_names_that_have_another_form() {
        // Twice the same character is in order.
        assert_eq!(decode(b"&-&-").as_deref(), Ok("&&"));
        for (text, offset) in [
            // What stands for itself.
            (&b"&AGE-"[..], 0),
            (b"a&AC8-", 1),
            (b"&ACY-", 0),
            (b"&AOkAYQ-", 0),
            // NUL, LF CR, DEL, and a control beyond ASCII.
            (b"&AAA-", 0),
            (b"&AAoADQ-", 0),
            (b"&AH8-", 0),
            (b"&AIU-", 0),
            // Surrogates without their other half, and in the wrong order.
            (b"&2D0-", 0),
            (b"&3gA-", 0),
            (b"&3gDYPQ-", 0),
            (b"&2D0A6Q-", 0),
            // Without an end.
            (b"&", 0),
            (b"ab&", 2),
            (b"&AOk", 0),
            (b"&-&", 2),
            (b"&-&AOk", 2),
            (b"&AOk&-", 0),
            // Unused bits, characters without a meaning, padding.
            (b"&AOl-", 0),
            (b"&AOk=-", 0),
            (b"&AOkA-", 0),
            (b"&AOkA6Qa-", 0),
            (b"&A-", 0),
            (b"&AA-", 0),
            (b"&AAA=-", 0),
            // Another alphabet.
            (b"&U/BTFw-", 0),
            (b"&U_BTFw-", 0),
            (b"&AO k-", 0),
            (b"&AOk\0-", 0),
            (b"&AO\xe9-", 0),
            // One run of base64 in two.
            (b"x&AOk-&AOk-", 1),
            (b"&U,A-&Uww-", 0),
            (b"&AOk-&", 5),
            // Octets that stand for nothing.
            (b"\xc3\xa9", 0),
            (b"a\0", 1),
            (b"a\r\n", 1),
            (b"a\tb", 1),
            (b"&-\x7f", 2),
        ] {
            let error = ParseError { expected: Expected::Utf7, offset };
            assert_eq!(decode(text), Err(error), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn long_names_take_linear_time() {
        for text in ["&-".repeat(100_000), "&AOk-a".repeat(100_000), "é".repeat(100_000), "&".repeat(200_000)]
        {
            let encoded = encode(&text);
            assert_eq!(decode(&encoded).as_deref(), Ok(text.as_str()));
        }
        assert!(decode("&AOk-&".repeat(100_000).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_came(text in "[&aAOkQDP0U,/+=\u{e9}\t -]{0,12}", octets: Vec<u8>) {
            for text in [text.as_bytes(), &octets[..], &[b"&", &octets[..], b"-"].concat()] {
                if let Ok(name) = decode(text) {
                    prop_assert_eq!(encode(&name), text);
                }
            }
        }

        #[test]
        fn two_octets_are_a_character_or_refused(unit: u16, next: u16) {
            let octets = [unit.to_be_bytes(), next.to_be_bytes()].concat();
            let text = [b"&", BASE64.encode(octets).as_bytes(), b"-"].concat();
            if let Ok(name) = decode(&text) {
                prop_assert!(!name.chars().any(|character| character.is_ascii() || character.is_control()));
                prop_assert_eq!(encode(&name), &text[..]);
            }
        }

        #[test]
        fn names_there_and_back(name: String, ascii in "[ -~\u{e9}&]{0,16}") {
            for name in [name, ascii] {
                let text = encode(&name);
                prop_assert!(text.iter().all(|octet| matches!(octet, b' '..=b'~')));
                match decode(&text) {
                    Ok(again) => prop_assert_eq!(&again, &name),
                    Err(_) => prop_assert!(name.chars().any(char::is_control)),
                }
            }
        }
    }
}
