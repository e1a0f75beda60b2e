use alloc::string::String;
use alloc::vec::Vec;

use bytes::BytesMut;
use proptest::prelude::*;

use super::*;
use crate::grammar::search::tests::{any_search_key, any_search_keys};
use crate::grammar::sequence::SequenceSet;
use crate::grammar::string::AString;
use crate::options::Dialect;
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded, round_trip};
use crate::wire::exact;

fn not(key: SearchKey<'_>) -> SearchKey<'static> {
    SearchKey::not(key).unwrap()
}

fn or(left: SearchKey<'_>, right: SearchKey<'_>) -> SearchKey<'static> {
    SearchKey::or(left, right).unwrap()
}

fn and<const N: usize>(keys: [SearchKey<'_>; N]) -> SearchKey<'static> {
    SearchKey::and(keys).unwrap()
}

fn keys<const N: usize>(keys: [SearchKey<'_>; N]) -> SearchKeys<'static> {
    SearchKeys::new(keys).unwrap()
}

fn subject(text: &str) -> SearchKey<'_> {
    SearchKey::Subject(AString::new(text).unwrap())
}

#[test]
fn keys_in_keys() {
    check([
        ("NOT SEEN", not(SearchKey::Seen)),
        ("OR SEEN FLAGGED", or(SearchKey::Seen, SearchKey::Flagged)),
        ("(SEEN)", and([SearchKey::Seen])),
        ("(SEEN NOT FLAGGED)", and([SearchKey::Seen, not(SearchKey::Flagged)])),
        ("FUZZY SUBJECT \")\"", SearchKey::fuzzy(subject(")")).unwrap()),
        (
            "OR (OR SEEN 1:5 NOT (ALL)) FUZZY (NEW OLD)",
            or(
                and([
                    or(SearchKey::Seen, SearchKey::SequenceSet(SequenceSet::new("1:5").unwrap())),
                    not(and([SearchKey::All])),
                ]),
                SearchKey::fuzzy(and([SearchKey::New, SearchKey::Old])).unwrap(),
            ),
        ),
        ("NOT SUBJECT {1}\r\n\r", not(subject("\r"))),
        ("(SUBJECT {1}\r\n\r SUBJECT {1}\r\n\n)", and([subject("\r"), subject("\n")])),
    ]);
    check([("NOT SEEN (ALL) OLD", keys([not(SearchKey::Seen), and([SearchKey::All]), SearchKey::Old]))]);
    check_read([
        ("not seen", not(SearchKey::Seen)),
        ("Or Seen fLAGGED", or(SearchKey::Seen, SearchKey::Flagged)),
        (
            "(subject \"x\" fuzzy subject {1+}\r\nx)",
            and([subject("x"), SearchKey::fuzzy(subject("x")).unwrap()]),
        ),
    ]);
    check_refused::<SearchKey<'_>, 18>([
        ("NOT", 3),
        ("NOT ", 4),
        ("NOTSEEN", 0),
        ("NOT SEEN SEEN", 8),
        ("NOT  SEEN", 4),
        ("OR SEEN", 7),
        ("OR SEEN ", 8),
        ("OR (SEEN)", 9),
        ("ORSEEN SEEN", 0),
        ("FUZZY", 5),
        ("()", 1),
        ("( SEEN)", 1),
        ("(SEEN )", 6),
        ("(SEEN", 5),
        ("(SEEN ", 5),
        ("(SEEN  OLD)", 6),
        ("(NOT)", 4),
        ("(SEEN XYZZY)", 6),
    ]);
    check_tolerated([
        ("NOT  SEEN", not(SearchKey::Seen), Leniency::EXTRA_SPACE),
        (
            "( SEEN  OR  NEW  OLD)",
            and([SearchKey::Seen, or(SearchKey::New, SearchKey::Old)]),
            Leniency::EXTRA_SPACE,
        ),
        ("(NOT SEEN )", and([not(SearchKey::Seen)]), Leniency::TRAILING_SPACE),
        ("NOT (NOT SEEN )", not(and([not(SearchKey::Seen)])), Leniency::TRAILING_SPACE),
        ("(OLDER 0)", and([SearchKey::Older(0)]), Leniency::ZERO),
        ("NOT SUBJECT \"\u{e9}\"", not(subject("\u{e9}")), Leniency::RAW_8BIT),
    ]);
}

#[test]
fn views() {
    let key = exact::<SearchKey<'_>>(b"not (or seen fuzzy old new)", Dialect::STRICT).unwrap();
    let SearchKey::Not(nested) = &key else { panic!("{key:?}") };
    assert_eq!(nested.as_bytes(), b"(or seen fuzzy old new)");
    let SearchKey::And(group) = nested.key() else { panic!("{nested:?}") };
    let [SearchKey::Or(or), SearchKey::New] = &group.iter().collect::<Vec<_>>()[..] else {
        panic!("{group:?}")
    };
    assert_eq!((or.left.key(), or.right.key()), (SearchKey::Seen, SearchKey::fuzzy(SearchKey::Old).unwrap()));
    assert_eq!((&group).into_iter().count(), 2);
    use KeyEvent::{Close, Key, Open};
    let events = [
        Open(Nesting::And),
        Open(Nesting::Or),
        Key(SearchKey::Seen),
        Open(Nesting::Fuzzy),
        Key(SearchKey::Old),
        Close(Nesting::Fuzzy),
        Close(Nesting::Or),
        Key(SearchKey::New),
        Close(Nesting::And),
    ];
    assert!(nested.events().eq(events.clone()));
    assert_eq!(events.map(KeyEvent::into_owned).len(), 9);
    assert_eq!(alloc::format!("{key:?}"), "Not(\"(or seen fuzzy old new)\")");
    assert!(SearchKeys::new([]).is_err() && SearchKey::and([]).is_err());
}

#[test]
fn equal_is_what_means_the_same() {
    let hash = |key: &SearchKey<'_>| {
        let mut state = std::hash::DefaultHasher::new();
        key.hash(&mut state);
        state.finish()
    };
    let read = |text: &'static str| exact::<SearchKey<'_>>(text.as_bytes(), Dialect::STRICT).unwrap();
    let (one, other) = (read("NOT (FROM x SEEN)"), read("not (from \"x\" seen)"));
    assert_eq!((&one, hash(&one)), (&other, hash(&other)));
    for different in ["NOT (FROM x)", "NOT (FROM y SEEN)", "NOT OR FROM x SEEN", "NOT (FROM x (SEEN))"] {
        assert_ne!(one, read(different), "{different}");
    }
}

#[test]
fn nested_keys_are_written_as_the_peer_can_read_them() {
    let key = not(and([SearchKey::SequenceSet(SequenceSet::new("9:1").unwrap()), subject("\u{e9}")]));
    assert_eq!(encoded(&key), "NOT (9:1 SUBJECT {2}\r\n\u{e9})");
    let sent = |options| {
        let mut out = BytesMut::new();
        key.encode(&mut Writer::with(&mut out, options, true));
        String::from_utf8(out.to_vec()).unwrap()
    };
    let options = EncodeOptions::default().with_literals(crate::LiteralMode::Plus);
    assert_eq!(sent(options), "NOT (9:1 SUBJECT {2+}\r\n\u{e9})");
    assert_eq!(sent(options.with_ascending(true)), "NOT (1:9 SUBJECT {2+}\r\n\u{e9})");
    assert_eq!(sent(options.with_utf8(true)), "NOT (9:1 SUBJECT \"\u{e9}\")");
}

#[test]
fn sec_51_nested_keys_are_flat() {
    const MOST: usize = SearchKey::MAX_DEPTH as usize;
    type Nest = fn(SearchKey<'_>) -> Result<SearchKey<'static>, ValueError>;
    let shapes: [(&str, &str, Nest); 4] = [
        ("NOT ", "", |key| SearchKey::not(key)),
        ("OR SEEN ", "", |key| SearchKey::or(SearchKey::Seen, key)),
        ("(", ")", |key| SearchKey::and([key])),
        ("FUZZY ", "", |key| SearchKey::fuzzy(key)),
    ];
    for (open, close, nest) in shapes {
        let text = |depth| [open.repeat(depth), "ALL".into(), close.repeat(depth)].concat();
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        let check = move || {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                let deep = text(MOST);
                let key = exact::<SearchKey<'_>>(deep.as_bytes(), dialect).unwrap();
                let owned = key.clone().into_owned();
                assert_eq!(owned, key);
                assert!(!alloc::format!("{owned:?}").is_empty());
                assert_eq!(encoded(&owned), deep);

                let deeper = text(MOST + 1);
                let error = exact::<SearchKey<'_>>(deeper.as_bytes(), dialect).unwrap_err();
                assert_eq!((error.expected, error.offset), (Expected::LessDepth, MOST * open.len()));

                // What a command searches for is a level of its own.
                assert!(exact::<SearchKeys<'_>>(text(MOST - 1).as_bytes(), dialect).is_ok());
                assert!(exact::<SearchKeys<'_>>(deep.as_bytes(), dialect).is_err());
            }
            let mut key = SearchKey::All;
            for _ in 0..MOST {
                key = nest(key).unwrap();
            }
            assert_eq!(encoded(&key), text(MOST));
            assert!(SearchKeys::new([key.clone()]).is_err());
            assert_eq!(nest(key).unwrap_err().expected, Expected::LessDepth);
        };
        small.spawn(check).unwrap().join().unwrap();
        let endless = open.repeat((1 << 20) / open.len());
        assert!(exact::<SearchKey<'_>>(endless.as_bytes(), Dialect::TOLERANT).is_err());
    }
    // Left behind left, where what is due is remembered.
    let left = "OR ".repeat(1 << 18);
    assert!(exact::<SearchKey<'_>>(left.as_bytes(), Dialect::STRICT).is_err());
}

proptest! {
    #[test]
    fn events_and_views_agree(keys in any_search_keys(), key in any_search_key()) {
        let flat = |key: &SearchKey<'_>| !matches!(
            key,
            SearchKey::Not(_) | SearchKey::Or(_) | SearchKey::And(_) | SearchKey::Fuzzy(_)
        );
        prop_assert!(keys.events().all(|event| !matches!(event, KeyEvent::Key(key) if !flat(&key))));
        prop_assert_eq!(SearchKeys::new(keys.iter()), Ok(keys));
        round_trip(&not(key));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "((NOT|OR|FUZZY|ALL|seen|1:\\*|\\$|OLDER 0|TO \"\u{e9}\"|TO \\{1\\}\r\n[ )]|X|NIL| )?[ ()]{0,2}){0,9}") {
        let strict = exact::<SearchKeys<'_>>(text.as_bytes(), Dialect::STRICT);
        let tolerant = exact::<SearchKeys<'_>>(text.as_bytes(), Dialect::TOLERANT);
        if let Ok(keys) = &strict {
            prop_assert_eq!(tolerant.as_ref(), Ok(keys));
        }
        if let Ok(keys) = tolerant {
            // What was put right is in order.
            let again = encoded(&keys);
            let zero = Dialect::STRICT.with_leniency(Leniency::ZERO);
            prop_assert_eq!(exact::<SearchKeys<'_>>(again.as_bytes(), zero), Ok(keys.clone()));
            prop_assert_eq!(encoded(&keys.iter().collect::<List<'_, SearchKey<'_>, Bare>>()), again);
        }
    }
}
