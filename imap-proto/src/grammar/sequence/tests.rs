use alloc::string::String;
use alloc::vec::Vec;
use std::collections::BTreeSet;

use bytes::BytesMut;
use proptest::prelude::*;

use super::*;
use crate::EncodeOptions;
use crate::options::Dialect;
use crate::testing::{check, check_refused, check_tolerated, round_trip};
use crate::wire::exact;

/// Numbers that meet one another, and those at the upper edge.
fn any_value() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 1..40u32, 1 => u32::MAX - 3..=u32::MAX, 1 => 1u32..]
}

fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![6 => any_value().prop_map(Number::Value), 1 => Just(Number::Star)]
}

pub(crate) fn any_sequence_set() -> impl Strategy<Value = SequenceSet<'static>> {
    let range = (any_number(), any_number()).prop_map(|(start, end)| Range { start, end });
    let range = prop_oneof![range, any_number().prop_map(|start| Range { start, end: start })];
    let set =
        prop::collection::vec(range, 1..12).prop_map(|ranges| SequenceSet::from_ranges(ranges).unwrap());
    prop_oneof![12 => set, 1 => Just(SequenceSet::SAVED)]
}

pub(crate) fn any_uid_set() -> impl Strategy<Value = UidSet<'static>> {
    let range = prop_oneof![(any_value(), any_value()), any_value().prop_map(|id| (id, id))];
    prop::collection::vec(range.prop_map(|(start, end)| start..=end), 1..12)
        .prop_map(|ranges| UidSet::from_ranges(ranges).unwrap())
}

pub(crate) fn any_ids() -> impl Strategy<Value = Ids<'static>> {
    let id = prop_oneof![1..100u32, 1u32.., (0..32u32).prop_map(|shift| u32::MAX >> shift)];
    prop::collection::vec(id, 1..12).prop_map(|ids| ids.into_iter().collect())
}

fn s(text: &str) -> SequenceSet<'_> {
    SequenceSet::new(text).unwrap()
}

fn u(text: &str) -> UidSet<'_> {
    UidSet::new(text).unwrap()
}

fn known(text: &'static str) -> SequenceSet<'static> {
    SequenceSet(Cow::Borrowed(text.as_bytes()))
}

fn range(start: impl Into<Number>, end: impl Into<Number>) -> Range {
    Range { start: start.into(), end: end.into() }
}

#[test]
fn sets() {
    check([
        ("1", SequenceSet::from_range(1).unwrap()),
        ("*", SequenceSet::from_range(range(Number::Star, Number::Star)).unwrap()),
        ("1:*", SequenceSet::ALL),
        ("$", SequenceSet::SAVED),
        ("2:4", SequenceSet::from_range(2..=4).unwrap()),
        ("4:2", SequenceSet::from_range(range(4, 2)).unwrap()),
        ("*:5", SequenceSet::from_range(range(Number::Star, 5)).unwrap()),
        ("559:*", SequenceSet::from_range(559..).unwrap()),
        (
            "2,4:7,9,12:*",
            SequenceSet::from_ranges([range(2, 2), range(4, 7), range(9, 9), (12..).into()]).unwrap(),
        ),
        ("*:4,5:7", SequenceSet::from_ranges([range(Number::Star, 4), range(5, 7)]).unwrap()),
        ("3,1,3", SequenceSet::from_ids([3, 1, 3]).unwrap()),
        ("5:5", s("5:5")),
        ("1234567,12345678,123456789,1234567890", s("1234567,12345678,123456789,1234567890")),
        ("4294967295", s("4294967295")),
    ]);
    check_refused::<SequenceSet<'_>, 18>([
        ("", 0),
        (",", 0),
        (":", 0),
        ("1,", 2),
        ("1:", 2),
        ("1,,2", 2),
        ("1::2", 2),
        ("1:2:3", 3),
        ("1 ,2", 1),
        ("1, 2", 2),
        ("-1", 0),
        ("+1", 0),
        ("a", 0),
        ("**", 1),
        ("1*", 1),
        ("$,1", 1),
        ("1,$", 2),
        ("1:$", 2),
    ]);
    assert_eq!(SequenceSet::parse(b"1:5 FLAGS", Cx::default()), Ok((&b" FLAGS"[..], s("1:5"))));
    assert_eq!(SequenceSet::parse(b"$ FLAGS", Cx::default()), Ok((&b" FLAGS"[..], SequenceSet::SAVED)));
}

#[test]
fn uid_sets() {
    check([
        ("304,319:320", u("304,319:320")),
        ("9:7", u("9:7")),
        ("3956:3958", UidSet::from_ids(3956..3959).unwrap()),
    ]);
    check_refused::<UidSet<'_>, 6>([("", 0), ("*", 0), ("1:*", 2), ("$", 0), ("1,0", 2), ("1]", 1)]);
    let error = |expected, offset| Err(ValueError { field: "uid-set", expected, offset });
    assert_eq!(UidSet::try_from(s("1,5:*")), error(Expected::Number, 4));
    assert_eq!(UidSet::try_from(SequenceSet::SAVED), error(Expected::Number, 0));
    assert_eq!(UidSet::from_range(5..), error(Expected::Number, 2));
    assert_eq!(UidSet::try_from(s("9:7,5")), Ok(u("9:7,5")));
    assert_eq!(SequenceSet::from(u("9:7,5")), s("9:7,5"));
    let set = u("9:7,5");
    assert_eq!((set.len(), set.contains(8), set.contains(6)), (4, true, false));
    assert_eq!(set.ids(3).collect::<Vec<_>>(), [7, 8, 9]);
    assert_eq!(set.ranges().collect::<Vec<_>>(), [range(9, 7), range(5, 5)]);
    assert_eq!(set.normalize().to_uid_set(), Ok(u("5,7:9")));
}

#[test]
fn what_is_built_can_be_sent() {
    let error = |expected, offset| Err(ValueError { field: "sequence-set", expected, offset });
    assert_eq!(
        SequenceSet::from_ids([0, 1, 2, 2, 3, 0, 5, 4, u32::MAX, u32::MAX]).unwrap(),
        "1:3,5,4,4294967295"
    );
    assert_eq!(SequenceSet::from_ids([]), error(Expected::SequenceSet, 0));
    assert_eq!(SequenceSet::from_ids([0]), error(Expected::SequenceSet, 0));
    assert_eq!(SequenceSet::from_range(0), error(Expected::NonZero, 0));
    assert_eq!(SequenceSet::from_range(0..), error(Expected::NonZero, 0));
    assert_eq!(SequenceSet::from_ranges([range(1, 2), range(3, 0)]), error(Expected::NonZero, 6));
    assert_eq!(SequenceSet::from_range(3..=3).unwrap(), "3");
}

#[test]
fn what_sets_mean() {
    let ids = |set: &str, star| s(set).ids(star, 9).collect::<Vec<_>>();
    assert_eq!(ids("9:7", None), [7, 8, 9]);
    assert_eq!(ids("*:5", Some(7)), [5, 6, 7]);
    assert_eq!(ids("559:*", Some(7)), [7, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert_eq!(ids("2,*,1:*", None), [2]);
    assert_eq!(ids("2,*,1:*", Some(0)), [2]);
    assert_eq!(ids("3,1:3", Some(1)), [3, 1, 2, 3]);
    assert_eq!(s("3,1:3").len(None), 4);
    assert!(s("5:*").contains(3, Some(3)) && !s("5:*").contains(5, None));
    assert!(s("1:4").is_concrete() && !SequenceSet::ALL.is_concrete() && !SequenceSet::SAVED.is_concrete());
    assert!(SequenceSet::SAVED.is_saved() && !SequenceSet::ALL.is_saved());
    assert_eq!(SequenceSet::SAVED.ranges().next(), None);
    assert!(SequenceSet::SAVED.normalize(Some(5)).is_empty());
    assert_ne!(s("1:9"), s("9:1"));
    assert_eq!(s("1:9").normalize(None), s("9:5,1:4").normalize(None));
    assert!(range(Number::Star, 5).is_descending() && !range(5, Number::Star).is_descending());
}

#[test]
fn ascending_ranges_for_those_that_need_them() {
    let sent = |set: &str| {
        let mut out = BytesMut::new();
        let options = EncodeOptions::default().with_ascending(true);
        s(set).encode(&mut Writer::with(&mut out, options, true));
        String::from_utf8(out.to_vec()).unwrap()
    };
    assert_eq!(sent("9:1"), "1:9");
    assert_eq!(sent("*:5"), "5:*");
    assert_eq!(sent("7,9:1,3:4,5:5,*,*:*,*:5,8"), "7,1:9,3:4,5:5,*,*:*,5:*,8");
    assert_eq!(sent("1:9,*"), "1:9,*");
    assert_eq!(sent("$"), "$");
    let mut out = BytesMut::new();
    let options = EncodeOptions::default().with_ascending(true);
    u("9:1").encode(&mut Writer::with(&mut out, options, true));
    assert_eq!(out, &b"1:9"[..]);
}

#[test]
fn copied_messages_are_paired() {
    let paired = |source: &str, destination: &str| {
        pairs(&u(source), &u(destination), 3).map(|pairs| pairs.collect::<Vec<_>>())
    };
    assert_eq!(paired("304,319:320", "3956:3958"), Some([(304, 3956), (319, 3957), (320, 3958)].to_vec()));
    assert_eq!(paired("2:1", "9,7"), Some([(1, 9), (2, 7)].to_vec()));
    assert_eq!(paired("1:9", "11:19"), Some([(1, 11), (2, 12), (3, 13)].to_vec()));
    assert_eq!(paired("1:2", "5"), None);
}

#[test]
fn sec_53_set_bombs_stay_ranges() {
    const LAST: u32 = u32::MAX;
    let all = s("1:4294967295");
    assert_eq!(all.len(None), u64::from(LAST));
    assert_eq!(all.ids(None, 2).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(all.ids(None, 0).next(), None);
    assert_eq!((all.normalize(None).len(), all.normalize(None).ranges().count()), (u64::from(LAST), 1));
    assert!(all.contains(LAST, None) && !all.contains(0, None));
    // It goes on to the end, and ends there.
    assert_eq!(s("4294967294:*").ids(Some(LAST), 9).collect::<Vec<_>>(), [LAST - 1, LAST]);

    let twice = s("*:1,1:*");
    assert_eq!(twice.len(Some(LAST)), 2 * u64::from(LAST));
    assert_eq!(twice.normalize(Some(LAST)).to_set(), Ok(all));

    let whole = u("1:4294967295");
    assert_eq!(
        pairs(&whole, &whole, 2).map(|pairs| pairs.collect::<Vec<_>>()),
        Some([(1, 1), (2, 2)].to_vec())
    );
    assert!(pairs(&whole, &u("1:4294967294"), 2).is_none());

    // As many times all there is as can be; not one more.
    let most = ["1:*"; SequenceSet::MAX_RANGES].join(",");
    assert_eq!(s(&most).len(Some(LAST)), 8_192 * u64::from(LAST));
    let more = alloc::format!("{most},1:*");
    let error = exact::<SequenceSet<'_>>(more.as_bytes(), Dialect::TOLERANT).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::Fewer, most.len() + 1));
    let odd = |count: u32| SequenceSet::from_ids((1..).step_by(2).take(count as usize));
    assert_eq!(odd(8_192).unwrap().len(None), 8_192);
    assert_eq!(odd(8_193).unwrap_err().expected, Expected::Fewer);
    assert_eq!(SequenceSet::from_ids((1..=LAST).step_by(2)).unwrap_err().expected, Expected::Fewer);
}

#[test]
fn sec_54_edges_of_numbers() {
    for (text, expected, offset) in [
        ("0", Expected::NonZero, 0),
        ("0:5", Expected::NonZero, 0),
        ("1:0", Expected::NonZero, 2),
        ("5,00", Expected::NonZero, 2),
        ("01", Expected::NonZero, 0),
        ("4294967296", Expected::SmallerNumber, 0),
        ("1,4294967296:2", Expected::SmallerNumber, 2),
        ("99999999999", Expected::SmallerNumber, 0),
        ("18446744073709551617", Expected::SmallerNumber, 0),
        ("99999999999999999999", Expected::SmallerNumber, 0),
        ("1:99999999999999999999999999999999999999999", Expected::SmallerNumber, 2),
        ("-1", Expected::SequenceSet, 0),
    ] {
        let error = exact::<SequenceSet<'_>>(text.as_bytes(), Dialect::STRICT).unwrap_err();
        assert_eq!((error.expected, error.offset), (expected, offset), "{text}");
        let error = SequenceSet::new(text).unwrap_err();
        assert_eq!((error.expected, error.offset), (expected, offset), "{text}");
    }
    check_tolerated([
        ("0", known("0"), Leniency::ZERO),
        ("0:5", known("0:5"), Leniency::ZERO),
        ("1,0,7", known("1,0,7"), Leniency::ZERO),
        ("0000000001", known("0000000001"), Leniency::ZERO),
    ]);
    // It is read, but is nothing that a message could have.
    assert_eq!(known("1,0,7").ranges().nth(1), Some(range(0, 0)));
    assert_eq!(known("1,0:2,7,0").ids(None, 9).collect::<Vec<_>>(), [1, 1, 2, 7]);
    assert_eq!(known("0:2,0").len(None), 2);
    assert_eq!(known("0:*").ids(Some(2), 9).collect::<Vec<_>>(), [1, 2]);
    assert!(!known("0:2").contains(0, None));
    for text in ["4294967296", "0,99999999999999999999"] {
        assert!(exact::<SequenceSet<'_>>(text.as_bytes(), Dialect::TOLERANT).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(set in any_sequence_set(), uids in any_uid_set()) {
        round_trip(&set);
        round_trip(&uids);
        let again = SequenceSet::from_ranges(set.ranges());
        prop_assert!(set.is_saved() || again == Ok(set));
        prop_assert_eq!(UidSet::try_from(SequenceSet::from(uids.clone())), Ok(uids));
    }

    #[test]
    fn the_order_of_a_range_means_nothing(set in any_sequence_set(), star in prop::option::of(any_value())) {
        let mut out = BytesMut::new();
        set.encode(&mut Writer::with(&mut out, EncodeOptions::default().with_ascending(true), true));
        let ascending = exact::<SequenceSet<'_>>(&out, Dialect::STRICT).unwrap();
        prop_assert!(!ascending.ranges().any(Range::is_descending));
        prop_assert!(ascending.ids(star, 500).eq(set.ids(star, 500)));
        prop_assert_eq!(ascending.len(star), set.len(star));
        prop_assert_eq!(set.normalize(star), ascending.normalize(star));
    }

    #[test]
    fn walks_agree(text in "[1-9]{1,2}(:[1-9]{1,2})?(,([1-9]{1,2}|[*])(:[1-9]{1,2}|:[*])?){0,6}", star in 0..40u32) {
        let set = s(&text);
        // By the definition, with nothing of the code under test.
        let value = |text: &str| if text == "*" { star } else { text.parse().unwrap() };
        let mut all = Vec::new();
        for range in text.split(',') {
            let (start, end) = range.split_once(':').unwrap_or((range, range));
            if star == 0 && range.contains('*') {
                continue;
            }
            all.extend(value(start).min(value(end))..=value(start).max(value(end)));
        }
        prop_assert_eq!(set.ids(Some(star), usize::MAX).collect::<Vec<_>>(), all.clone());
        prop_assert_eq!(set.len(Some(star)), all.len() as u64);
        let all: BTreeSet<u32> = all.into_iter().collect();
        prop_assert!((0..110).all(|id| set.contains(id, Some(star)) == all.contains(&id)));
        prop_assert!(set.normalize(Some(star)).iter().eq(all));
    }

    #[test]
    fn anything_is_read_as_the_grammar_says(text in "[0-9*:,$ ]{0,14}") {
        let strict = exact::<SequenceSet<'_>>(text.as_bytes(), Dialect::STRICT);
        let number = |text: &str| {
            text == "*"
                || !text.starts_with('0')
                    && !text.is_empty()
                    && text.bytes().all(|octet| octet.is_ascii_digit())
                    && text.parse::<u32>().is_ok()
        };
        let valid = text == "$"
            || text.split(',').all(|range| match range.split_once(':') {
                Some((start, end)) => number(start) && number(end),
                None => number(range),
            });
        prop_assert_eq!(strict.is_ok(), valid);
        let uids = exact::<UidSet<'_>>(text.as_bytes(), Dialect::STRICT);
        prop_assert_eq!(uids.is_ok(), valid && !text.contains(['*', '$']));
        if let Ok(set) = strict {
            prop_assert_eq!(exact::<SequenceSet<'_>>(text.as_bytes(), Dialect::TOLERANT), Ok(set));
        }
    }
}
