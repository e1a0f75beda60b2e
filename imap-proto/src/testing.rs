//! What the tests of all topics share.

mod pair;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;

use bytes::BytesMut;

use crate::options::{Dialect, Leniency};
use crate::wire::{Cx, IntoOwned, Wire, Writer, exact};

/// What is strictly valid is read alike by all of these.
const EVERY: [Dialect; 4] = [
    Dialect::STRICT,
    Dialect::TOLERANT,
    Dialect::STRICT.with_utf8(true).with_rev2(true),
    Dialect::TOLERANT.with_utf8(true).with_rev2(true),
];

/// For each row: the text parses strictly to the value, whole and with a line behind it; the value encodes to the
/// text; the owned value is equal; and no prefix of the text panics or parses to the same value.
pub(crate) fn check<'a, T, const N: usize>(cases: [(&'a str, T); N])
where
    T: Wire<'a> + IntoOwned + Clone + PartialEq + Debug,
    T::With<'static>: Debug,
{
    for (text, value) in cases {
        for dialect in EVERY {
            let read = exact::<T>(text.as_bytes(), dialect);
            assert_eq!(read.as_ref(), Ok(&value), "parsing {text:?} by {dialect:?}");
        }
        check_skip::<T>(text.as_bytes());
        assert_eq!(encoded(&value), text, "encoding {value:?}");
        let owned = value.clone().into_owned();
        assert_eq!(alloc::format!("{owned:?}"), alloc::format!("{value:?}"), "owning");
        for end in 0..text.len() {
            let prefix = text.as_bytes().get(..end).unwrap_or_default();
            let parsed = exact::<T>(prefix, Dialect::STRICT);
            assert_ne!(parsed.as_ref(), Ok(&value), "{:?} is not {text:?}", prefix.escape_ascii());
            let _ = exact::<T>(prefix, Dialect::TOLERANT);
            check_skip::<T>(prefix);
        }
    }
}

/// For each row: the text parses strictly to the value, of which it is another spelling.
pub(crate) fn check_read<'a, T, const N: usize>(cases: [(&'a str, T); N])
where
    T: Wire<'a> + PartialEq + Debug,
{
    for (text, value) in cases {
        assert_eq!(exact::<T>(text.as_bytes(), Dialect::STRICT).as_ref(), Ok(&value), "parsing {text:?}");
        check_skip::<T>(text.as_bytes());
    }
}

/// What is skipped is what is read, and what is wrong is wrong at the same place.
fn check_skip<'a, T: Wire<'a>>(text: &'a [u8]) {
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let read = T::parse(text, dialect.into()).map(|(rest, _)| (rest, ()));
        assert_eq!(T::skip(text, dialect.into()), read, "skipping {}", text.escape_ascii());
    }
}

/// For each row: strictly refused; with the leniency named, and with all of them, parsed to the value; what that encodes
/// to is in order, unless only the leniency lets the value in.
pub(crate) fn check_tolerated<'a, T, const N: usize>(cases: [(&'a str, T, Leniency); N])
where
    T: Wire<'a> + PartialEq + Debug,
{
    for (text, value, leniency) in cases {
        assert!(exact::<T>(text.as_bytes(), Dialect::STRICT).is_err(), "{text:?} is strictly valid");
        for leniency in [leniency, Leniency::ALL] {
            let dialect = Dialect::STRICT.with_leniency(leniency);
            assert_eq!(exact::<T>(text.as_bytes(), dialect).as_ref(), Ok(&value), "parsing {text:?}");
        }
        check_skip::<T>(text.as_bytes());
    }
}

/// Strictly refused, at `offset`.
pub(crate) fn check_refused<'a, T, const N: usize>(cases: [(&'a str, usize); N])
where
    T: Wire<'a> + Debug,
{
    for (text, offset) in cases {
        match exact::<T>(text.as_bytes(), Dialect::STRICT) {
            Ok(value) => panic!("{text:?} parsed to {value:?}"),
            Err(error) => assert_eq!(error.offset, offset, "{text:?}: {error}"),
        }
        check_skip::<T>(text.as_bytes());
    }
}

/// All are equal, and so are their hashes, what they show, and their copies.
pub(crate) fn check_alike<T: Clone + PartialEq + Debug + Hash>(values: &[T]) {
    let facts = |value: &T| (hash_of(value), alloc::format!("{value:?}"));
    for (one, other) in values.iter().flat_map(|one| values.iter().map(move |other| (one, other))) {
        assert_eq!(one, other);
        assert_eq!(facts(one), facts(other));
        assert_eq!(&one.clone(), other);
    }
}

pub(crate) fn hash_of<T: Hash>(value: &T) -> u64 {
    let mut state = DefaultHasher::new();
    value.hash(&mut state);
    state.finish()
}

/// What `value` encodes to.
pub(crate) fn encoded<'a, T: Wire<'a>>(value: &T) -> String {
    String::from_utf8(encoded_bytes(value)).unwrap()
}

/// What `value` encodes to.
pub(crate) fn encoded_bytes<'a, T: Wire<'a>>(value: &T) -> Vec<u8> {
    let mut out = BytesMut::new();
    value.encode(&mut Writer::new(&mut out));
    out.to_vec()
}

/// Encode → parse is the identity for any value that can be built, and parse → encode → parse a fixpoint.
pub(crate) fn round_trip<T>(value: &T)
where
    T: Wire<'static> + PartialEq + Debug,
{
    // Leaked, so that one `T` can be both built and read; a test run has room for it.
    let wire: &'static [u8] = encoded_bytes(value).leak();
    let (rest, parsed) = T::parse(wire, Cx::default()).unwrap_or_else(|error| {
        panic!("{value:?} encodes to {}, which does not parse: {error:?}", wire.escape_ascii())
    });
    assert_eq!(rest, b"", "all of {} is read", wire.escape_ascii());
    assert_eq!(&parsed, value, "what {} means", wire.escape_ascii());
    assert_eq!(encoded_bytes(&parsed), wire, "encodes the same again");
    for dialect in EVERY {
        let read = T::parse(wire, dialect.into());
        let same = matches!(&read, Ok(([], again)) if again == value);
        assert!(same, "{} by {dialect:?}: {read:?} is not {value:?}", wire.escape_ascii());
    }
    check_skip::<T>(wire);
    // Something else in a few places: what is wrong then is wrong for both.
    for (place, other) in (0..wire.len()).step_by((wire.len() / 4).max(1)).zip(*b"\"( )\\0") {
        let mut broken = wire.to_vec();
        if let Some(octet) = broken.get_mut(place) {
            *octet = other;
        }
        check_skip::<T>(broken.leak());
    }
}
