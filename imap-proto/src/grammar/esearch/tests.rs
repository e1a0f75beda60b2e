use alloc::vec::Vec;
use proptest::prelude::*;

use super::*;
use crate::ext::fuzzy::Score;
use crate::ext::fuzzy::tests::any_score;
use crate::ext::partial::PartialRange;
use crate::ext::partial::tests::any_partial_range;
use crate::ext::search_context::UpdateAttributes;
use crate::ext::search_context::tests::any_context_change;
use crate::ext::search_partial::tests::any_partial_results;
use crate::framing::{Side, split};
use crate::grammar::mailbox::tests::any_mailbox;
use crate::grammar::sequence::UidSet;
use crate::grammar::sequence::tests::any_uid_set;
use crate::grammar::tagged_ext::tests::{any_item, any_tagged_ext};
use crate::options::Dialect;
use crate::registry::Data;
use crate::response::Response;
use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};

fn any_return_option() -> impl Strategy<Value = SearchReturnOption<'static>> {
    let attributes = proptest::option::of("\\((UID|BODY\\[HEADER\\.FIELDS \\(TO FROM\\)\\])\\)");
    prop_oneof![
        Just(SearchReturnOption::Min),
        Just(SearchReturnOption::Max),
        Just(SearchReturnOption::All),
        Just(SearchReturnOption::Count),
        Just(SearchReturnOption::Save),
        Just(SearchReturnOption::Relevancy),
        Just(SearchReturnOption::Context),
        any_partial_range().prop_map(SearchReturnOption::Partial),
        attributes.prop_map(|some| SearchReturnOption::Update(
            some.map(|text| UpdateAttributes::new(text).unwrap())
        )),
        any_tagged_ext()
            .prop_filter("has a row", |ext| !SearchReturnOption::has_row(ext.label.as_bytes()))
            .prop_map(SearchReturnOption::Other),
    ]
}

pub(crate) fn any_return_options() -> impl Strategy<Value = Option<ReturnOptions<'static>>> {
    let options = proptest::collection::vec(any_return_option(), 0..4);
    proptest::option::of(options.prop_map(|options| options.into_iter().collect()))
}

fn any_tag() -> impl Strategy<Value = TagString<'static>> {
    "[A-Z0-9.\\]]{1,6}".prop_map(|tag| TagString::new(tag).unwrap())
}

fn any_correlator() -> impl Strategy<Value = SearchCorrelator<'static>> {
    (any_tag(), proptest::option::of(any_mailbox()), proptest::option::of(1u32..))
        .prop_map(|(tag, mailbox, uid_validity)| SearchCorrelator { tag, mailbox, uid_validity })
}

fn any_return_data() -> impl Strategy<Value = SearchReturnData<'static>> {
    let found = any_uid_set();
    let changes = || proptest::collection::vec(any_context_change(), 1..4);
    let scores = proptest::collection::vec(any_score(), 0..4);
    prop_oneof![
        (1u32..).prop_map(SearchReturnData::Min),
        (1u32..).prop_map(SearchReturnData::Max),
        any::<u32>().prop_map(SearchReturnData::Count),
        (1..=i64::MAX.unsigned_abs()).prop_map(SearchReturnData::ModSeq),
        found.prop_map(SearchReturnData::All),
        any_partial_results().prop_map(SearchReturnData::Partial),
        scores.prop_map(|scores| SearchReturnData::Relevancy(scores.into_iter().collect())),
        changes().prop_map(|changes| SearchReturnData::AddTo(changes.into_iter().collect())),
        changes().prop_map(|changes| SearchReturnData::RemoveFrom(changes.into_iter().collect())),
        any_item().prop_map(SearchReturnData::Other),
    ]
}

fn set(text: &str) -> UidSet<'_> {
    UidSet::new(text).unwrap()
}

fn tag(tag: &str) -> SearchCorrelator<'_> {
    SearchCorrelator::new(TagString::new(tag).unwrap())
}

fn data<'a, const N: usize>(
    correlator: Option<SearchCorrelator<'a>>,
    uid: bool,
    items: [SearchReturnData<'a>; N],
) -> Response<'a> {
    Response::Data(Data::Esearch(EsearchData { correlator, uid, items: items.into() }))
}

#[test]
fn return_options_of_all_kinds() {
    let other = |text: &'static str| SearchReturnOption::parse(text.as_bytes(), Cx::default()).unwrap().1;
    assert!(matches!(other("XYZZY"), SearchReturnOption::Other(_)));
    let update = UpdateAttributes::new("(UID BODY[HEADER.FIELDS (TO FROM SUBJECT)])").unwrap();
    check([
        ("()", ReturnOptions::default()),
        ("(MIN MAX ALL)", [SearchReturnOption::Min, SearchReturnOption::Max, SearchReturnOption::All].into()),
        (
            "(PARTIAL -1:-100 SAVE)",
            [SearchReturnOption::Partial(PartialRange::newest(1, 100).unwrap()), SearchReturnOption::Save]
                .into(),
        ),
        (
            "(UPDATE COUNT CONTEXT)",
            [SearchReturnOption::Update(None), SearchReturnOption::Count, SearchReturnOption::Context].into(),
        ),
        (
            "(COUNT UPDATE (UID BODY[HEADER.FIELDS (TO FROM SUBJECT)]))",
            [SearchReturnOption::Count, SearchReturnOption::Update(Some(update))].into(),
        ),
        (
            "(XYZZY RELEVANCY X-1 (a (b)))",
            [other("XYZZY"), SearchReturnOption::Relevancy, other("X-1 (a (b))")].into(),
        ),
    ]);
    check_read([("(min)", ReturnOptions::from([SearchReturnOption::Min]))]);
    check_refused::<ReturnOptions<'_>, 8>([
        ("MIN", 0),
        ("(MIN", 4),
        ("(MIN 5)", 5),
        ("(PARTIAL)", 8),
        ("(PARTIAL 5)", 10),
        ("(UPDATE ())", 9),
        ("(UPDATE (UID)", 13),
        ("(MIN  MAX)", 5),
    ]);
}

#[test]
fn correlators() {
    let folder = SearchCorrelator {
        mailbox: Some(Mailbox::new("folder1").unwrap()),
        uid_validity: Some(1),
        ..tag("tag1")
    };
    check([
        ("(TAG \"A282\")", tag("A282")),
        ("(TAG \"a]\")", tag("a]")),
        ("(TAG \"tag1\" MAILBOX folder1 UIDVALIDITY 1)", folder.clone()),
    ]);
    check_read([
        ("(tag A282)", tag("A282")),
        ("(TAG {4}\r\nA282)", tag("A282")),
        ("(UIDVALIDITY 1 MAILBOX \"folder1\" TAG \"tag1\")", folder),
    ]);
    check_refused::<SearchCorrelator<'_>, 9>([
        ("()", 1),
        ("(TAG)", 4),
        ("(TAG \"\")", 5),
        ("(TAG \"a+\")", 5),
        ("(TAG \"a\" TAG \"a\")", 9),
        ("(UIDVALIDITY 1)", 0),
        ("(TAG \"a\" UIDVALIDITY 0)", 21),
        ("(TAG \"a\" X 1)", 9),
        ("(TAG \"a\"", 8),
    ]);
    check_tolerated([("( TAG  \"A\" )", tag("A"), Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE))]);
    assert_eq!(TagString::from(Tag::new("A1").unwrap()), Tag::new("A1").unwrap());
    assert!(TagString::new("a b").is_err());
}

#[test]
fn responses() {
    let all = |text| SearchReturnData::All(set(text));
    let scores = [4, 99, 42].map(|score| Score::new(score).unwrap());
    let change = |position, ids| crate::ext::search_context::ContextChange { position, ids: set(ids) };
    check([
        (
            "* ESEARCH (TAG \"A282\") MIN 2 COUNT 3\r\n",
            data(Some(tag("A282")), false, [SearchReturnData::Min(2), SearchReturnData::Count(3)]),
        ),
        (
            "* ESEARCH (TAG \"A285\") UID MIN 7 MAX 3800\r\n",
            data(Some(tag("A285")), true, [SearchReturnData::Min(7), SearchReturnData::Max(3_800)]),
        ),
        (
            "* ESEARCH UID COUNT 17 ALL 4:18,21,28\r\n",
            data(None, true, [SearchReturnData::Count(17), all("4:18,21,28")]),
        ),
        ("* ESEARCH (TAG \"A284\")\r\n", data(Some(tag("A284")), false, [])),
        ("* ESEARCH\r\n", data(None, false, [])),
        ("* ESEARCH UID\r\n", data(None, true, [])),
        (
            "* ESEARCH (TAG \"a\") ALL 5,3,2,1 MODSEQ 1236\r\n",
            data(Some(tag("a")), false, [all("5,3,2,1"), SearchReturnData::ModSeq(1_236)]),
        ),
        (
            "* ESEARCH (TAG \"B1\") ALL 1,5,10 RELEVANCY (4 99 42)\r\n",
            data(Some(tag("B1")), false, [all("1,5,10"), SearchReturnData::Relevancy(scores.into())]),
        ),
        (
            "* ESEARCH UID ADDTO (1 2733) REMOVEFROM (0 32768 0 5)\r\n",
            data(
                None,
                true,
                [
                    SearchReturnData::AddTo([change(1, "2733")].into()),
                    SearchReturnData::RemoveFrom([change(0, "32768"), change(0, "5")].into()),
                ],
            ),
        ),
    ]);
    check_refused::<Response<'_>, 12>([
        ("* ESEARCH \r\n", 10),
        ("* ESEARCH  UID\r\n", 10),
        ("* ESEARCH COUNT\r\n", 15),
        ("* ESEARCH COUNT x\r\n", 16),
        ("* ESEARCH ALL $\r\n", 14),
        ("* ESEARCH ALL 1, COUNT 5\r\n", 16),
        ("* ESEARCH MIN 0\r\n", 14),
        ("* ESEARCH COUNT 5 \r\n", 18),
        ("* ESEARCH (COUNT 17)\r\n", 11),
        ("* ESEARCH (TAG \"a\")UID\r\n", 19),
        ("* ESEARCH UIDX\r\n", 14),
        ("* ESEARCH ADDTO ()\r\n", 17),
    ]);
    check_tolerated([
        ("* ESEARCH (TAG \"A\") \r\n", data(Some(tag("A")), false, []), Leniency::TRAILING_SPACE),
        ("* ESEARCH (TAG \"A\") UID \r\n", data(Some(tag("A")), true, []), Leniency::TRAILING_SPACE),
        ("* ESEARCH COUNT 5 \r\n", data(None, false, [SearchReturnData::Count(5)]), Leniency::TRAILING_SPACE),
        ("* ESEARCH  COUNT  5\r\n", data(None, false, [SearchReturnData::Count(5)]), Leniency::EXTRA_SPACE),
        (
            "* ESEARCH  (TAG \"A\") COUNT 5\r\n",
            data(Some(tag("A")), false, [SearchReturnData::Count(5)]),
            Leniency::EXTRA_SPACE,
        ),
        ("* ESEARCH  UID COUNT 5\r\n", data(None, true, [SearchReturnData::Count(5)]), Leniency::EXTRA_SPACE),
        ("* ESEARCH MIN 0\r\n", data(None, false, [SearchReturnData::Min(0)]), Leniency::ZERO),
    ]);
}

#[test]
fn a_broken_item_loses_nothing_else() {
    let wire = b"* ESEARCH (TAG \"a\") MIN x COUNT 5 ALL 1,,2 RELEVANCY (0) X-Y 7 MAX 9\r\n";
    let (rest, response, tolerated) = Response::parse_reporting(wire, Dialect::STRICT).unwrap();
    let tolerated = tolerated.unwrap();
    assert_eq!((rest, tolerated.leniency, tolerated.error.offset), (&b""[..], Leniency::INVALID_ITEM, 24));
    let Response::Data(Data::Esearch(data)) = &response else { panic!("{response:?}") };
    let items: Vec<_> = data.items.iter().collect();
    let [
        SearchReturnData::Invalid(min),
        SearchReturnData::Count(5),
        SearchReturnData::Invalid(all),
        SearchReturnData::Invalid(relevancy),
        SearchReturnData::Other(other),
        SearchReturnData::Max(9),
    ] = &items[..]
    else {
        panic!("{items:?}")
    };
    assert_eq!((min.as_bytes(), all.as_bytes()), (&b"MIN x"[..], &b"ALL 1,,2"[..]));
    assert_eq!((relevancy.as_bytes(), other.keyword()), (&b"RELEVANCY (0)"[..], "X-Y"));
    let mut again = bytes::BytesMut::new();
    response.encode(&mut again);
    assert_eq!(again, wire[..]);
}

/// What a server says ends where it is written, whatever stood behind it when it was read.
#[test]
fn sec_41_a_count_at_the_end_announces_nothing() {
    for wire in ["* ESEARCH COLL 1D{6+} \r\n", "* ESEARCH (TAG \"a\") COLL {6} x\r\n"] {
        let (_, response) = Response::parse(wire.as_bytes(), Dialect::TOLERANT).unwrap();
        let Response::Data(Data::Esearch(mut data)) = response else { panic!("{response:?}") };
        let first = data.items.iter().next().unwrap().into_owned();
        data.items = [first].into_iter().collect();
        let mut out = bytes::BytesMut::new();
        Response::Data(Data::Esearch(data)).encode(&mut out);
        assert!(out.ends_with(b"} \r\n"), "{}", out.escape_ascii());
        out.extend_from_slice(b"* 1 EXISTS\r\n");
        assert_eq!(split(&out, Side::Server).count(), 2, "{}", out.escape_ascii());
    }
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        correlator in proptest::option::of(any_correlator()),
        uid: bool,
        items in proptest::collection::vec(any_return_data(), 0..4),
        options in any_return_options(),
    ) {
        round_trip(&Response::Data(Data::Esearch(EsearchData { correlator, uid, items: items.into_iter().collect() })));
        if let Some(options) = options {
            round_trip(&options);
        }
    }
}
