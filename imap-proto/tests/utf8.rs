//! Octets above 127.
#![allow(missing_docs, clippy::unwrap_used)]

use imap_proto::{Dialect, Response, TaggedCommand, Text};

/// Overlong, surrogates, cut short, out of range, alone.
const BROKEN: [&[u8]; 8] = [
    b"\xC0\x80",
    b"\xE0\x80\xAF",
    b"\xED\xA0\x80",
    b"\xED\xBF\xBF",
    b"\xC3",
    b"\xE2\x80",
    b"\xF4\x90\x80\x80",
    b"\x80",
];

const UTF8: Dialect = Dialect::STRICT.with_utf8(true);

/// A quoted string with `octets` in it, as a name that a client asks for and a server tells.
fn quoted(octets: &[u8]) -> [Vec<u8>; 2] {
    [[b"a SELECT \"x", octets, b"y\"\r\n"].concat(), [b"* LIST () \"/\" \"x", octets, b"y\"\r\n"].concat()]
}

/// Where the response could not be read, if it could not be.
fn broken_at(response: &[u8], dialect: Dialect) -> Option<usize> {
    let (_, response, tolerated) = Response::parse_reporting(response, dialect).unwrap();
    assert_eq!(matches!(response, Response::Invalid(_)), tolerated.is_some(), "{response:?}");
    tolerated.map(|tolerated| tolerated.error.offset)
}

#[test]
fn sec_64_quoted_strings_hold_utf8_where_it_is_in_force_and_nothing_else() {
    let [command, response] = quoted("ä€𐍈".as_bytes());
    assert!(TaggedCommand::parse(&command, UTF8).is_ok());
    assert_eq!(broken_at(&response, UTF8), None);
    assert_eq!(TaggedCommand::parse(&command, Dialect::STRICT).unwrap_err().offset, 11);
    assert_eq!(broken_at(&response, Dialect::STRICT), Some(16));
    for octets in BROKEN {
        let [command, response] = quoted(octets);
        for dialect in [Dialect::STRICT, UTF8] {
            let offset = TaggedCommand::parse(&command, dialect).unwrap_err().offset;
            assert_eq!(offset, 11, "{}", octets.escape_ascii());
            assert_eq!(broken_at(&response, dialect), Some(16), "{}", octets.escape_ascii());
        }
    }
}

#[test]
fn sec_64_what_is_not_utf8_is_no_text_of_ours() {
    assert!(Text::new("Entwürfe").is_ok());
    for octets in BROKEN {
        assert!(Text::new(octets).is_err(), "{}", octets.escape_ascii());
    }
}
