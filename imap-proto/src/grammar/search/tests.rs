use alloc::boxed::Box;
use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::command::Command;
use crate::ext::annotate::tests::any_search_annotation;
use crate::ext::filters::tests::any_filter_name;
use crate::ext::gmail::GmLabel;
use crate::ext::gmail::tests::any_label;
use crate::ext::object_id::tests::any_object_id;
use crate::ext::search_mod_seq::ModSeqKey;
use crate::ext::search_mod_seq::tests::any_mod_seq_key;
use crate::grammar::date::Date;
use crate::grammar::date::tests::any_date;
use crate::grammar::esearch::tests::any_return_options;
use crate::grammar::sequence::SequenceSet;
use crate::grammar::sequence::tests::{any_ids, any_sequence_set};
use crate::grammar::string::Atom;
use crate::list::List;
use crate::registry::{Code, Data, SearchReturnOption, UidCommand};
use crate::response::Response;
use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};

fn any_astring() -> impl Strategy<Value = AString<'static>> {
    prop_oneof![
        "[a-zA-Z0-9@.]{1,8}".prop_map(|text| AString::new(text).unwrap()),
        proptest::collection::vec(1u8.., 0..10).prop_map(|octets| AString::new(octets).unwrap()),
    ]
}

fn any_keyword() -> impl Strategy<Value = Atom<'static>> {
    "[$A-Za-z]{1,8}".prop_map(|text| Atom::new(text).unwrap())
}

/// One of these keys, which have no arguments.
fn any_word() -> impl Strategy<Value = SearchKey<'static>> {
    proptest::sample::select(vec![
        SearchKey::All,
        SearchKey::Answered,
        SearchKey::Deleted,
        SearchKey::Draft,
        SearchKey::Flagged,
        SearchKey::New,
        SearchKey::Old,
        SearchKey::Recent,
        SearchKey::Seen,
        SearchKey::Unanswered,
        SearchKey::Undeleted,
        SearchKey::Undraft,
        SearchKey::Unflagged,
        SearchKey::Unseen,
        SearchKey::SaveDateSupported,
    ])
}

fn any_of_date() -> impl Strategy<Value = SearchKey<'static>> {
    let of = proptest::sample::select(vec![
        SearchKey::Before as fn(Date) -> SearchKey<'static>,
        SearchKey::On,
        SearchKey::Since,
        SearchKey::SentBefore,
        SearchKey::SentOn,
        SearchKey::SentSince,
        SearchKey::SavedBefore,
        SearchKey::SavedOn,
        SearchKey::SavedSince,
    ]);
    (of, any_date()).prop_map(|(of, date)| of(date))
}

fn any_of_string() -> impl Strategy<Value = SearchKey<'static>> {
    let of = proptest::sample::select(vec![
        SearchKey::Bcc as fn(AString<'static>) -> SearchKey<'static>,
        SearchKey::Body,
        SearchKey::Cc,
        SearchKey::From,
        SearchKey::Subject,
        SearchKey::Text,
        SearchKey::To,
        SearchKey::XGmRaw,
    ]);
    (of, any_astring()).prop_map(|(of, string)| of(string))
}

fn any_flat_key() -> impl Strategy<Value = SearchKey<'static>> {
    let number = 0..=i64::MAX.unsigned_abs();
    prop_oneof![
        any_word(),
        any_of_date(),
        any_of_string(),
        any_sequence_set().prop_map(SearchKey::SequenceSet),
        any_sequence_set().prop_map(SearchKey::Uid),
        (any_astring(), any_astring()).prop_map(|(name, value)| SearchKey::Header(HeaderKey { name, value })),
        any_keyword().prop_map(SearchKey::Keyword),
        any_keyword().prop_map(SearchKey::Unkeyword),
        number.clone().prop_map(SearchKey::Larger),
        number.prop_map(SearchKey::Smaller),
        any_mod_seq_key().prop_map(SearchKey::ModSeq),
        (1u32..).prop_map(SearchKey::Older),
        (1u32..).prop_map(SearchKey::Younger),
        any_filter_name().prop_map(SearchKey::Filter),
        any_object_id().prop_map(SearchKey::EmailId),
        any_object_id().prop_map(SearchKey::ThreadId),
        any_search_annotation().prop_map(SearchKey::Annotation),
        (1u32..).prop_map(SearchKey::UidAfter),
        (1u32..).prop_map(SearchKey::UidBefore),
        any::<u64>().prop_map(SearchKey::XGmMsgId),
        any::<u64>().prop_map(SearchKey::XGmThrId),
        any_label().prop_map(SearchKey::XGmLabels),
    ]
}

/// Any key, also those that have others in them.
pub(crate) fn any_search_key() -> impl Strategy<Value = SearchKey<'static>> {
    any_flat_key().prop_recursive(4, 16, 3, |inner| {
        let inner: Box<dyn Fn() -> BoxedStrategy<SearchKey<'static>>> =
            Box::new(move || inner.clone().boxed());
        prop_oneof![
            inner().prop_map(|key| SearchKey::not(key).unwrap()),
            inner().prop_map(|key| SearchKey::fuzzy(key).unwrap()),
            (inner(), inner()).prop_map(|(left, right)| SearchKey::or(left, right).unwrap()),
            proptest::collection::vec(inner(), 1..4).prop_map(|keys| SearchKey::and(keys).unwrap()),
        ]
    })
}

pub(crate) fn any_search_keys() -> impl Strategy<Value = SearchKeys<'static>> {
    proptest::collection::vec(any_search_key(), 1..4).prop_map(|keys| SearchKeys::new(keys).unwrap())
}

pub(crate) fn any_search() -> impl Strategy<Value = Search<'static>> {
    let charset = proptest::option::of(Just(AString::new("UTF-8").unwrap()));
    (any_return_options(), charset, any_search_keys()).prop_map(|(return_options, charset, keys)| Search {
        return_options,
        charset,
        keys,
    })
}

fn search<'k>(keys: impl IntoIterator<Item = SearchKey<'k>>) -> Search<'static> {
    Search { return_options: None, charset: None, keys: SearchKeys::new(keys).unwrap() }
}

fn a(text: &str) -> AString<'_> {
    AString::new(text).unwrap()
}

#[test]
fn keys() {
    let date = Date::new(1994, 2, 1).unwrap();
    let set = |text| SequenceSet::new(text).unwrap();
    let junk = || Atom::new("$Junk").unwrap();
    check([
        ("1:100", SearchKey::SequenceSet(set("1:100"))),
        ("*", SearchKey::SequenceSet(set("*"))),
        ("$", SearchKey::SequenceSet(SequenceSet::SAVED)),
        ("ALL", SearchKey::All),
        ("BCC smith", SearchKey::Bcc(a("smith"))),
        ("BEFORE 1-Feb-1994", SearchKey::Before(date)),
        ("BODY \"a b\"", SearchKey::Body(a("a b"))),
        ("HEADER Message-ID \"\"", SearchKey::Header(HeaderKey { name: a("Message-ID"), value: a("") })),
        ("KEYWORD $Junk", SearchKey::Keyword(junk())),
        ("UNKEYWORD $Junk", SearchKey::Unkeyword(junk())),
        ("LARGER 9223372036854775807", SearchKey::Larger(i64::MAX.unsigned_abs())),
        ("SMALLER 0", SearchKey::Smaller(0)),
        ("SENTSINCE 1-Feb-1994", SearchKey::SentSince(date)),
        ("SUBJECT {3}\r\na\r\n", SearchKey::Subject(a("a\r\n"))),
        ("UID 1:5", SearchKey::Uid(set("1:5"))),
    ]);
    check([
        ("MODSEQ 5", SearchKey::ModSeq(ModSeqKey { entry: None, mod_seq: 5 })),
        ("OLDER 259200", SearchKey::Older(259_200)),
        ("YOUNGER 1", SearchKey::Younger(1)),
        ("SAVEDON 1-Feb-1994", SearchKey::SavedOn(date)),
        ("SAVEDATESUPPORTED", SearchKey::SaveDateSupported),
        ("UIDAFTER 25000", SearchKey::UidAfter(25_000)),
        ("UIDBEFORE 25000", SearchKey::UidBefore(25_000)),
        ("X-GM-RAW \"has:attachment in:inbox\"", SearchKey::XGmRaw(a("has:attachment in:inbox"))),
        ("X-GM-MSGID 18446744073709551615", SearchKey::XGmMsgId(u64::MAX)),
        ("X-GM-THRID 1266894439832287888", SearchKey::XGmThrId(1_266_894_439_832_287_888)),
        ("X-GM-LABELS \\Inbox", SearchKey::XGmLabels(GmLabel::new("\\Inbox").unwrap())),
        ("X-GM-LABELS \"two words\"", SearchKey::XGmLabels(GmLabel::new("two words").unwrap())),
    ]);
    check_read([
        ("since \"1-Feb-1994\"", SearchKey::Since(date)),
        ("From {5+}\r\nsmith", SearchKey::From(a("smith"))),
        ("uid $", SearchKey::Uid(SequenceSet::SAVED)),
    ]);
    check_refused::<SearchKey<'_>, 18>([
        ("", 0),
        ("XYZZY", 0),
        ("XYZZY foo", 0),
        ("ALLX", 0),
        ("BCC", 3),
        ("BCC ", 4),
        ("BCC (x)", 4),
        ("BEFORE 31-Feb-1994", 7),
        ("KEYWORD \\Seen", 8),
        ("LARGER -1", 7),
        ("HEADER x", 8),
        ("OLDER 0", 6),
        ("UIDAFTER 0", 9),
        ("0", 0),
        ("UID x", 4),
        ("X-GM-MSGID x", 11),
        ("X-GM-LABELS \\", 13),
        ("\"ALL\"", 0),
    ]);
    check_tolerated([
        ("OLDER 0", SearchKey::Older(0), Leniency::ZERO),
        ("FROM  smith", SearchKey::From(a("smith")), Leniency::EXTRA_SPACE),
    ]);
    assert_eq!((SearchKey::All.keyword(), SearchKey::UidAfter(1).keyword()), ("ALL", "UIDAFTER"));
}

#[test]
fn a_search_of_keys() {
    let keys = [SearchKey::Unseen, SearchKey::From(a("smith"))];
    let search = Search::new(keys.clone()).unwrap();
    assert_eq!(search, Search { return_options: None, charset: None, keys: SearchKeys::new(keys).unwrap() });
    assert!(Search::new([]).is_err());
}

#[test]
fn commands() {
    let smith = || SearchKey::not(SearchKey::From(a("Smith"))).unwrap();
    let options = |options: &[SearchReturnOption<'static>]| Some(options.iter().cloned().collect());
    let all = search([SearchKey::All]);
    check([
        ("SEARCH ALL", Command::Search(all.clone())),
        ("UID SEARCH ALL", Command::Uid(UidCommand::Search(all.clone()))),
        ("SEARCH FLAGGED NOT FROM Smith", Command::Search(search([SearchKey::Flagged, smith()]))),
        (
            "SEARCH RETURN (MIN COUNT) FLAGGED NOT FROM Smith",
            Command::Search(Search {
                return_options: options(&[SearchReturnOption::Min, SearchReturnOption::Count]),
                ..search([SearchKey::Flagged, smith()])
            }),
        ),
        ("SEARCH RETURN () ALL", Command::Search(Search { return_options: options(&[]), ..all.clone() })),
        (
            "SEARCH RETURN (SAVE) CHARSET KOI8-R ALL",
            Command::Search(Search {
                return_options: options(&[SearchReturnOption::Save]),
                charset: Some(a("KOI8-R")),
                ..all.clone()
            }),
        ),
    ]);
    check_read([
        ("search flagged not from \"Smith\"", Command::Search(search([SearchKey::Flagged, smith()]))),
        ("SEARCH charset \"x\" all", Command::Search(Search { charset: Some(a("x")), ..all.clone() })),
    ]);
    check_refused::<Command<'_>, 11>([
        ("SEARCH", 6),
        ("SEARCH ", 7),
        ("SEARCH ALL ", 10),
        ("SEARCH ALL  SEEN", 11),
        ("SEARCH ALL)", 10),
        ("SEARCH RETURN ALL", 14),
        ("SEARCH RETURN (ALL)", 19),
        ("SEARCH CHARSET UTF-8", 20),
        ("SEARCH ALL CHARSET UTF-8", 11),
        ("SEARCH CHARSET UTF-8 RETURN () ALL", 21),
        ("UID XYZZY ALL", 4),
    ]);
    check_tolerated([
        (
            "SEARCH  RETURN  ( MIN )  ALL",
            Command::Search(Search { return_options: options(&[SearchReturnOption::Min]), ..all.clone() }),
            Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE),
        ),
        (
            "SEARCH CHARSET  UTF-8  ALL",
            Command::Search(Search { charset: Some(a("UTF-8")), ..all }),
            Leniency::EXTRA_SPACE,
        ),
    ]);
}

#[test]
fn data() {
    let found = |ids: &[u32]| SearchData::new(ids.iter().copied().collect());
    let data = |ids: &[u32]| Response::Data(Data::Search(found(ids)));
    check([
        ("* SEARCH 2 84 882\r\n", data(&[2, 84, 882])),
        ("* SEARCH\r\n", data(&[])),
        (
            "* SEARCH 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)\r\n",
            Response::Data(Data::Search(SearchData {
                mod_seq: Some(917_162_500),
                ..found(&[2, 5, 6, 7, 11, 12, 18, 19, 20, 23])
            })),
        ),
    ]);
    check_refused::<Response<'_>, 9>([
        ("* SEARCH \r\n", 9),
        ("* SEARCH 61 62 \r\n", 14),
        ("* SEARCH 0\r\n", 9),
        ("* SEARCH 1,2\r\n", 10),
        ("* SEARCH (MODSEQ 5)\r\n", 9),
        ("* SEARCH 1 (MODSEQ 0)\r\n", 19),
        ("* SEARCH 1 (MODSEQ 5\r\n", 20),
        ("* SEARCH 1 (X 5)\r\n", 12),
        ("* SEARCH 1 (MODSEQ 5) 6\r\n", 21),
    ]);
    check_tolerated([
        ("* SEARCH 61 62 63 \r\n", data(&[61, 62, 63]), Leniency::TRAILING_SPACE),
        ("* SEARCH \r\n", data(&[]), Leniency::TRAILING_SPACE),
        ("* SEARCH 0\r\n", data(&[]), Leniency::ZERO),
        ("* SEARCH 5 0 7\r\n", data(&[5, 7]), Leniency::ZERO),
        ("* SEARCH  5 7\r\n", data(&[5, 7]), Leniency::EXTRA_SPACE),
    ]);
}

#[test]
fn codes() {
    let charsets: List<'_, AString<'_>> = [a("UTF-8"), a("US-ASCII")].into();
    check([
        ("BADCHARSET", Code::BadCharset(None)),
        ("BADCHARSET (UTF-8 US-ASCII)", Code::BadCharset(Some(charsets))),
        ("NOTSAVED", Code::NotSaved),
    ]);
    check_refused::<Code<'_>, 3>([("BADCHARSET UTF-8", 11), ("BADCHARSET ()", 12), ("NOTSAVED x", 8)]);
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(key in any_search_key(), search in any_search()) {
        round_trip(&key);
        round_trip(&search.keys);
        round_trip(&Command::Search(search.clone()));
        round_trip(&Command::Uid(UidCommand::Search(search)));
    }

    #[test]
    fn ids_come_and_go(ids in any_ids(), mod_seq in proptest::option::of(1..=i64::MAX.unsigned_abs())) {
        round_trip(&Response::Data(Data::Search(SearchData { ids, mod_seq })));
    }
}
