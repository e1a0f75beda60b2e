//! What FETCH asks for and is answered with.

use alloc::format;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;
use crate::error::Expected;
use crate::ext::object_id::ObjectId;
use crate::ext::partial::PartialRange;
use crate::ext::partial::tests::any_partial_range;
use crate::ext::preview::PreviewModifier;
use crate::grammar::date::LooseDateTime;
use crate::grammar::date::tests::{any_date_time, at, day, time};
use crate::grammar::flag::{Flag, Flags};
use crate::grammar::list_option::OptionExtension;
use crate::grammar::list_option::tests::option;
use crate::grammar::literal::NString;
use crate::grammar::literal::tests::any_octets;
use crate::grammar::section::tests::{any_partial, any_section, any_section_part};
use crate::grammar::sequence::tests::any_sequence_set;
use crate::grammar::string::{AString, NString8};
use crate::grammar::tagged_ext::tests::{ext, item};
use crate::options::{Dialect, Leniency};
use crate::registry::{Command, UidCommand};
use crate::response::{Numbered, NumberedData, Response};
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded_bytes, round_trip};
use crate::wire::exact;
use crate::writer::{EncodeOptions, Fragment};

fn set(text: &str) -> SequenceSet<'_> {
    SequenceSet::new(text).unwrap()
}

fn fields<const N: usize>(names: [&'static str; N]) -> Section<'static> {
    let names = names.map(|name| AString::new(name).unwrap());
    Section::WHOLE.header_fields(names).unwrap()
}

fn body(section: Section<'static>, origin: Option<u64>, data: &'static str) -> FetchItem<'static> {
    FetchItem::BodySection(BodySection { section, origin, data: NString::new(data).unwrap() })
}

fn part(number: &str) -> SectionPart<'_> {
    SectionPart::new(number).unwrap()
}

pub(crate) fn any_fetch_attribute() -> impl Strategy<Value = FetchAttribute<'static>> {
    use FetchAttribute as A;
    let body = (any_section(), proptest::option::of(any_partial()), any::<bool>()).prop_map(
        |(section, partial, peek)| {
            let body = BodyRequest { section, partial };
            if peek { A::BodyPeek(body) } else { A::BodySection(body) }
        },
    );
    let binary =
        (any_section_part(), proptest::option::of(any_partial()), 0..3).prop_map(|(part, partial, which)| {
            match which {
                0 => A::BinarySize(part),
                1 => A::BinaryPeek(BinaryRequest { part, partial }),
                _ => A::BinarySection(BinaryRequest { part, partial }),
            }
        });
    let plain =
        [A::Flags, A::Uid, A::Envelope, A::Body, A::ModSeq, A::Preview(List::default()), A::XGmLabels];
    prop_oneof![proptest::sample::select(plain.to_vec()), body, binary]
}

pub(crate) fn any_fetch_item() -> impl Strategy<Value = FetchItem<'static>> {
    let data = any_octets().prop_map(|octets| NString::new(octets).unwrap());
    let body = (any_section(), proptest::option::of(0u64..1 << 40), data)
        .prop_map(|(section, origin, data)| FetchItem::BodySection(BodySection { section, origin, data }));
    let binary = (any_section_part(), proptest::option::of(0u64..9), any::<Vec<u8>>()).prop_map(
        |(part, origin, data)| {
            FetchItem::BinarySection(BinarySection { part, origin, data: NString8::new(data) })
        },
    );
    prop_oneof![
        (1u32..).prop_map(FetchItem::Uid),
        any_date_time().prop_map(|date| FetchItem::InternalDate(date.into())),
        any_date_time().prop_map(|date| FetchItem::SaveDate(Some(date))),
        (any_section_part(), any::<u32>())
            .prop_map(|(part, size)| FetchItem::BinarySize(BinarySize { part, size })),
        body,
        binary,
    ]
}

fn any_fetch() -> impl Strategy<Value = Fetch<'static>> {
    let list = proptest::collection::vec(any_fetch_attribute(), 1..5);
    (any_sequence_set(), list, any_partial_range(), 1u64..9, 0..4).prop_map(
        |(set, list, partial, mod_seq, which)| {
            let attributes = match which {
                0 => FetchAttributes::Full,
                _ => FetchAttributes::List(list.into_iter().collect()),
            };
            let modifiers = match which {
                1 => [FetchModifier::ChangedSince(mod_seq), FetchModifier::Vanished].into(),
                2 => [FetchModifier::Partial(partial)].into(),
                _ => List::default(),
            };
            Fetch { set, attributes, modifiers }
        },
    )
}

#[test]
fn what_is_asked() {
    let peek = |section: Section<'static>| FetchAttribute::BodyPeek(section.into());
    let some = |section, offset, len| {
        FetchAttribute::BodySection(BodyRequest { section, partial: Partial::new(offset, len) })
    };
    check([
        ("FLAGS", FetchAttribute::Flags),
        ("BODY", FetchAttribute::Body),
        ("BODYSTRUCTURE", FetchAttribute::BodyStructure),
        ("BODY[]", FetchAttribute::BodySection(Section::WHOLE.into())),
        ("BODY[TEXT]<0.1024>", some(Section::WHOLE.text(), 0, 1024)),
        ("BODY.PEEK[1.MIME]", peek(Section::part("1").unwrap().mime().unwrap())),
        ("BODY.PEEK[HEADER.FIELDS (DATE FROM)]", peek(fields(["DATE", "FROM"]))),
        ("BODY.PEEK[HEADER.FIELDS (\"a]b c\")]", peek(fields(["a]b c"]))),
        ("BINARY[1.2]", FetchAttribute::BinarySection(part("1.2").into())),
        ("BINARY.PEEK[]", FetchAttribute::BinaryPeek(SectionPart::WHOLE.into())),
        (
            "BINARY.PEEK[1]<5.6>",
            FetchAttribute::BinaryPeek(BinaryRequest { part: part("1"), partial: Partial::new(5, 6) }),
        ),
        ("BINARY.SIZE[1.2]", FetchAttribute::BinarySize(part("1.2"))),
        ("RFC822", FetchAttribute::Rfc822),
        ("RFC822.SIZE", FetchAttribute::Rfc822Size),
        ("X-GM-THRID", FetchAttribute::XGmThrId),
        ("EMAILID", FetchAttribute::EmailId),
    ]);
    check([("X-FOO (1 \"a\")", FetchAttribute::Other(option("X-FOO", "(1 \"a\")")))]);
    check_read([("body.peek[header]", peek(Section::WHOLE.header()))]);
    check_refused::<FetchAttribute<'_>, 9>([
        ("BODY[", 5),
        ("BODY[1", 6),
        ("BODY[MIME]", 5),
        ("BODY[]<0>", 8),
        ("BODY[]<0.0>", 9),
        ("BINARY[HEADER]", 7),
        ("BINARY.SIZE[1]<0.1>", 14),
        ("BODY [TEXT]", 4),
        ("", 0),
    ]);
}

#[test]
fn commands() {
    use FetchAttribute::{Flags, Uid};
    let fetch = |ids, attributes| Command::Fetch(Fetch::new(set(ids), attributes));
    let modified = |modifiers| Fetch { modifiers, ..Fetch::new(set("1:*"), [Flags]) };
    let list = |attributes| FetchAttributes::List(attributes);
    check([
        ("FETCH 4 ALL", fetch("4", FetchAttributes::All)),
        ("FETCH 1:* FAST", fetch("1:*", FetchAttributes::Fast)),
        ("FETCH $ FULL", fetch("$", FetchAttributes::Full)),
        ("FETCH 2:4 (FLAGS UID)", fetch("2:4", list([Flags, Uid].into()))),
        (
            "FETCH 1 (PREVIEW (LAZY) FLAGS)",
            fetch("1", list([FetchAttribute::Preview([PreviewModifier::Lazy].into()), Flags].into())),
        ),
        (
            "FETCH 1 (PREVIEW X-FOO FLAGS)",
            fetch(
                "1",
                list(
                    [
                        FetchAttribute::Preview(List::default()),
                        FetchAttribute::Other(OptionExtension {
                            name: crate::Atom::new("X-FOO").unwrap(),
                            value: None,
                        }),
                        Flags,
                    ]
                    .into(),
                ),
            ),
        ),
        (
            "FETCH 1:* (FLAGS) (CHANGEDSINCE 12345 VANISHED)",
            Command::Fetch(modified([FetchModifier::ChangedSince(12_345), FetchModifier::Vanished].into())),
        ),
        (
            "UID FETCH 1:* (FLAGS) (PARTIAL -1:-30)",
            Command::Uid(UidCommand::Fetch(modified(
                [FetchModifier::Partial(PartialRange::newest(1, 30).unwrap())].into(),
            ))),
        ),
        (
            "UID FETCH 1:* (FLAGS) (X-FOO 5)",
            Command::Uid(UidCommand::Fetch(modified([FetchModifier::Other(ext("X-FOO", "5"))].into()))),
        ),
    ]);
    check_read([
        ("fetch 12 full", fetch("12", FetchAttributes::Full)),
        ("FETCH 1 FLAGS", fetch("1", list([Flags].into()))),
        (
            "FETCH 1 FLAGS (VANISHED)",
            Command::Fetch(Fetch { set: set("1"), ..modified([FetchModifier::Vanished].into()) }),
        ),
        (
            "FETCH 1 BODY[TEXT]",
            fetch("1", list([FetchAttribute::BodySection(Section::WHOLE.text().into())].into())),
        ),
        ("FETCH 1 PREVIEW", Command::Fetch(Fetch::new(set("1"), [FetchAttribute::Preview(List::default())]))),
        (
            "FETCH 1 PREVIEW (LAZY) (VANISHED)",
            Command::Fetch(Fetch {
                modifiers: [FetchModifier::Vanished].into(),
                ..Fetch::new(set("1"), [FetchAttribute::Preview([PreviewModifier::Lazy].into())])
            }),
        ),
        (
            "FETCH 1 PREVIEW (CHANGEDSINCE 5)",
            Command::Fetch(Fetch {
                modifiers: [FetchModifier::ChangedSince(5)].into(),
                ..Fetch::new(set("1"), [FetchAttribute::Preview(List::default())])
            }),
        ),
    ]);
    check_refused::<Command<'_>, 11>([
        ("FETCH", 5),
        ("FETCH 1", 7),
        ("FETCH 1 ", 8),
        ("FETCH 0 FLAGS", 6),
        ("FETCH 1 ()", 9),
        ("FETCH 1 (FLAGS UID", 18),
        ("FETCH 1 FLAGS UID", 13),
        ("FETCH 1 FLAGS ()", 15),
        ("FETCH 1 (FLAGS) (CHANGEDSINCE 0)", 30),
        ("FETCH 1 (FLAGS) (CHANGEDSINCE)", 29),
        ("UID FROB 1", 4),
    ]);
    check_tolerated([
        (
            "FETCH 1 (FLAGS  UID )",
            fetch("1", list([Flags, Uid].into())),
            Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE),
        ),
        (
            "FETCH 1 BODY[HEADER.FIELDS ( A)]",
            fetch("1", list([FetchAttribute::BodySection(fields(["A"]).into())].into())),
            Leniency::EXTRA_SPACE,
        ),
        (
            "FETCH 1:* (FLAGS) (CHANGEDSINCE 0)",
            Command::Fetch(modified([FetchModifier::ChangedSince(0)].into())),
            Leniency::ZERO,
        ),
    ]);
    let macros = |attributes: FetchAttributes<'static>| attributes.iter().count();
    assert_eq!(
        (macros(FetchAttributes::All), macros(FetchAttributes::Full), macros([Flags].into())),
        (4, 5, 1)
    );
    assert_eq!(FetchAttributes::from(List::from([Uid])).iter().next(), Some(Uid));
}

#[test]
fn items() {
    let july = at(time(day(1996, 7, 17), 2, 44, 25), -420);
    let id = |text| ObjectId::new(text).unwrap();
    check([
        ("UID 4392", FetchItem::Uid(4392)),
        ("RFC822.SIZE 5000000000", FetchItem::Rfc822Size(5_000_000_000)),
        ("MODSEQ (5)", FetchItem::ModSeq(5)),
        ("FLAGS (\\Seen $Forwarded)", FetchItem::Flags([Flag::Seen, Flag::Forwarded].into())),
        ("FLAGS ()", FetchItem::Flags(Flags::default())),
        ("INTERNALDATE \"17-Jul-1996 02:44:25 -0700\"", FetchItem::InternalDate(july.into())),
        ("SAVEDATE \"17-Jul-1996 02:44:25 -0700\"", FetchItem::SaveDate(Some(july))),
        ("SAVEDATE NIL", FetchItem::SaveDate(None)),
        ("EMAILID (M6d99)", FetchItem::EmailId(id("M6d99"))),
        ("THREADID (T64b)", FetchItem::ThreadId(Some(id("T64b")))),
        ("THREADID NIL", FetchItem::ThreadId(None)),
        ("RFC822 NIL", FetchItem::Rfc822(NString::NIL)),
        ("RFC822.HEADER {2}\r\n\r\n", FetchItem::Rfc822Header(NString::new("\r\n").unwrap())),
        ("RFC822.TEXT {5}\r\nhello", FetchItem::Rfc822Text(NString::new("hello").unwrap())),
        (
            "BODY[] NIL",
            FetchItem::BodySection(BodySection { section: Section::WHOLE, origin: None, data: NString::NIL }),
        ),
        ("BODY[TEXT]<0> {5}\r\nhello", body(Section::WHOLE.text(), Some(0), "hello")),
        ("BODY[HEADER.FIELDS (REFERENCES)] {2}\r\n\r\n", body(fields(["REFERENCES"]), None, "\r\n")),
        ("BODY[1.2.MIME]<7> {0}\r\n", body(Section::part("1.2").unwrap().mime().unwrap(), Some(7), "")),
        (
            "BINARY[1] ~{3}\r\na\0b",
            FetchItem::BinarySection(BinarySection {
                part: part("1"),
                origin: None,
                data: NString8::new("a\0b"),
            }),
        ),
        (
            "BINARY[]<3> NIL",
            FetchItem::BinarySection(BinarySection { part: part(""), origin: Some(3), data: NString8::NIL }),
        ),
        ("BINARY.SIZE[1] 5", FetchItem::BinarySize(BinarySize { part: part("1"), size: 5 })),
        ("X-FOO (1 2)", FetchItem::Other(item("X-FOO", "(1 2)"))),
    ]);
    check_read([
        (
            "BODY[HEADER.FIELDS (\"Subject\" \"From\")] {2}\r\n\r\n",
            body(fields(["Subject", "From"]), None, "\r\n"),
        ),
        ("body[text] {5}\r\nhello", body(Section::WHOLE.text(), None, "hello")),
    ]);
    check_refused::<FetchItem<'_>, 11>([
        ("BODY[]", 6),
        ("BODY[] ~{1}\r\na", 7),
        ("BODY[]<0.3> \"abc\"", 8),
        ("BODY.PEEK[] \"abc\"", 10),
        ("BODY[] hello", 7),
        ("BINARY[HEADER] NIL", 7),
        ("BINARY.SIZE[1] NIL", 15),
        ("EMAILID NIL", 8),
        ("INTERNALDATE NIL", 13),
        ("X-FOO", 5),
        ("FLAGS NIL", 6),
    ]);
}

/// The value of a response that holds what FETCH is answered with.
fn items_of<'a>(wire: &'a str, dialect: Dialect) -> (u32, List<'a, FetchItem<'a>>, Leniency) {
    let (rest, response, tolerated) = Response::parse_reporting(wire.as_bytes(), dialect).unwrap();
    assert_eq!(rest, b"", "{wire}");
    let mut again = BytesMut::new();
    response.encode(&mut again);
    let Response::Numbered(Numbered { number, data: NumberedData::Fetch(items) }) = response else {
        panic!("{response:?}")
    };
    let read_again = Response::parse(&again, dialect).unwrap().1;
    let Response::Numbered(Numbered { data: NumberedData::Fetch(same), .. }) = read_again else {
        panic!("{again:?}")
    };
    assert_eq!(format!("{items:?}"), format!("{same:?}"), "{wire}");
    (number, items, tolerated.map(|tolerated| tolerated.leniency).unwrap_or_default())
}

#[test]
fn what_servers_send_otherwise() {
    let tolerated = |wire, items: List<'static, FetchItem<'static>>, leniency| {
        let (_, read, needed) = items_of(wire, Dialect::TOLERANT);
        assert_eq!((&read, needed), (&items, leniency), "{wire}");
    };
    let odd = |text: &'static str| {
        let dialect = Dialect::STRICT.with_leniency(Leniency::LOOSE_DATE);
        FetchItem::InternalDate(exact::<LooseDateTime<'_>>(text.as_bytes(), dialect).unwrap())
    };
    tolerated("* 11487 FETCH (UID 19436 )\r\n", [FetchItem::Uid(19_436)].into(), Leniency::TRAILING_SPACE);
    tolerated(
        "* 1 FETCH (UID 1989 FLAGS (\\Seen)  RFC822.HEADER {3}\r\nabc)\r\n",
        [
            FetchItem::Uid(1989),
            FetchItem::Flags([Flag::Seen].into()),
            FetchItem::Rfc822Header(NString::new("abc").unwrap()),
        ]
        .into(),
        Leniency::EXTRA_SPACE,
    );
    tolerated("* 1 FETCH ()\r\n", List::default(), Leniency::EMPTY_LIST);
    for text in [
        "NIL",
        "\"Thu, 01 Jan 1970 00:00:00 +0000\"",
        "\"00-Jan-0000 00:00:00 +0000\"",
        "\"17-Jul-1996 02:44:25\"",
    ] {
        let wire = format!("* 1 FETCH (INTERNALDATE {text})\r\n").leak();
        tolerated(wire, [odd(text)].into(), Leniency::LOOSE_DATE);
    }
    // A space-padded day is what the RFC has.
    let (_, read, none) =
        items_of("* 1 FETCH (INTERNALDATE \" 5-Apr-2017 14:38:25 +0200\")\r\n", Dialect::TOLERANT);
    let april = at(time(day(2017, 4, 5), 14, 38, 25), 120);
    assert_eq!((read.internal_date(), none), (Some(april.into()), Leniency::NONE));
    tolerated("* 1 FETCH (UID 0)\r\n", [FetchItem::Uid(0)].into(), Leniency::ZERO);
    tolerated("* 0 FETCH (UID 5)\r\n", [FetchItem::Uid(5)].into(), Leniency::ZERO);
    tolerated("* 1 FETCH (MODSEQ (0))\r\n", [FetchItem::ModSeq(0)].into(), Leniency::ZERO);
    let echo = Leniency::REQUEST_ECHO;
    tolerated("* 1 FETCH (BODY[]<0.3> \"abc\")\r\n", [body(Section::WHOLE, Some(0), "abc")].into(), echo);
    tolerated("* 1 FETCH (BODY.PEEK[] {3}\r\nabc)\r\n", [body(Section::WHOLE, None, "abc")].into(), echo);
    let binary = BinarySection { part: part("1"), origin: None, data: NString8::new("abc") };
    tolerated("* 1 FETCH (BINARY.PEEK[1] {3}\r\nabc)\r\n", [FetchItem::BinarySection(binary)].into(), echo);
    tolerated(
        "* 1 FETCH ((UID 5) (BODY.PEEK[] \"abc\"))\r\n",
        [FetchItem::Uid(5), body(Section::WHOLE, None, "abc")].into(),
        Leniency::EXTRA_PARENTHESES.union(echo),
    );
    let (_, items, needed) = items_of("* 1 FETCH (BODY[] {5}\r\na\0b\0c)\r\n", Dialect::TOLERANT);
    let nul = items.body_section(&Section::WHOLE).unwrap();
    assert_eq!((nul.data.as_bytes(), needed), (Some(&b"a\0b\0c"[..]), Leniency::NUL_IN_LITERAL));
    for (wire, count) in [
        ("* 1 FETCH (MODSEQ (624140003))\r\n", 1),
        ("* 1 FETCH (SAVEDATE \"17-Jul-1996 02:44:25 -0700\")\r\n", 1),
        ("* 1 FETCH (PREVIEW \"hello\")\r\n", 1),
        ("* 1 FETCH (SNIPPET (FUZZY \"hello\"))\r\n", 1),
        ("* 1 FETCH (ANNOTATION (/comment (value.priv \"a)b\")) UID 5)\r\n", 2),
        ("* 1 FETCH (BODY[HEADER.FIELDS (REFERENCES)] {2}\r\n\r\n)\r\n", 1),
        ("* 1 FETCH (BODY[HEADER.FIELDS (\"Subject\" \"From\")] {2}\r\n\r\n)\r\n", 1),
        ("* 1 FETCH (BINARY[1] ~{3}\r\na\0b)\r\n", 1),
        ("* 1 FETCH (BINARY.SIZE[1] 5)\r\n", 1),
        ("* 1 FETCH (BODY[TEXT] {0}\r\n)\r\n", 1),
    ] {
        let (_, items, needed) = items_of(wire, Dialect::STRICT);
        assert_eq!((items.len(), needed), (count, Leniency::NONE), "{wire}");
        assert!(!items.iter().any(|item| matches!(item, FetchItem::Invalid(_))), "{wire}");
    }
}

#[test]
fn a_broken_item_loses_nothing_else() {
    let wire = b"* 1 FETCH (UID 5 RFC822.SIZE -1 MODSEQ (7) UID x BODY[1..2] {1}\r\n) FLAGS ())\r\n";
    let (rest, response, tolerated) = Response::parse_reporting(wire, Dialect::STRICT).unwrap();
    assert_eq!(rest, b"");
    let tolerated = tolerated.unwrap();
    assert_eq!((tolerated.leniency, tolerated.error.offset), (Leniency::INVALID_ITEM, 29));
    let Response::Numbered(data) = &response else { panic!("{response:?}") };
    let NumberedData::Fetch(items) = &data.data else { panic!("{data:?}") };
    let all: Vec<_> = items.iter().collect();
    let [
        FetchItem::Uid(5),
        FetchItem::Invalid(size),
        FetchItem::ModSeq(7),
        FetchItem::Invalid(uid),
        FetchItem::Invalid(section),
        FetchItem::Flags(_),
    ] = &all[..]
    else {
        panic!("{all:?}")
    };
    assert_eq!((size.as_bytes(), uid.as_bytes()), (&b"RFC822.SIZE -1"[..], &b"UID x"[..]));
    assert_eq!(section.as_bytes(), b"BODY[1..2] {1}\r\n)");
    let mut again = BytesMut::new();
    response.encode(&mut again);
    assert_eq!(again, wire[..]);
}

#[test]
fn answers_are_asked() {
    let wire = "* 1 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (7) RFC822.SIZE 9 EMAILID (M1) BINARY[1] \"b\" \
                BODY[HEADER.FIELDS (DATE)] \"d\" INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n";
    let (number, items, _) = items_of(wire, Dialect::STRICT);
    assert_eq!((number, items.uid(), items.mod_seq(), items.rfc822_size()), (1, Some(5), Some(7), Some(9)));
    assert!(items.flags().unwrap().contains(&Flag::Seen));
    assert_eq!(items.internal_date().unwrap().zone(), Some(-420));
    assert_eq!(items.email_id(), Some(ObjectId::new("M1").unwrap()));
    assert_eq!(items.body_section(&fields(["Date"])).unwrap().data.as_bytes(), Some(&b"d"[..]));
    assert_eq!(items.body_section(&Section::WHOLE), None);
    assert_eq!(items.binary_section(&part("1")).unwrap().data.as_bytes(), Some(&b"b"[..]));
    assert_eq!((items.envelope(), items.body_structure()), (None, None));
    let structures = "* 1 FETCH (ENVELOPE (NIL \"Lunch\" NIL NIL NIL NIL NIL NIL NIL NIL) \
                      BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1))\r\n";
    let (_, items, _) = items_of(structures, Dialect::STRICT);
    assert_eq!(items.envelope().unwrap().subject.unwrap().as_bytes(), b"Lunch");
    assert!(!items.body_structure().unwrap().is_multipart());
    let without_extensions = structures.replace("STRUCTURE", "");
    let (_, items, _) = items_of(&without_extensions, Dialect::STRICT);
    assert!(items.body_structure().is_some());
    let (_, none, _) = items_of("* 1 FETCH (XX 1)\r\n", Dialect::STRICT);
    assert_eq!((none.uid(), none.flags(), none.mod_seq(), none.rfc822_size()), (None, None, None, None));
    assert_eq!((none.internal_date(), none.email_id(), none.binary_section(&part("1"))), (None, None, None));
}

#[test]
fn contents_are_not_copied() {
    let data = Bytes::from(alloc::vec![b'x'; 5_000]);
    let body =
        BodySection { section: Section::WHOLE, origin: None, data: NString::new(data.clone()).unwrap() };
    let binary = BinarySection { part: part("1"), origin: None, data: NString8::new(data.clone()) };
    let items = [FetchItem::Uid(5), FetchItem::BodySection(body), FetchItem::BinarySection(binary)];
    let fragments = Response::fetch_fragments(3, &items, EncodeOptions::default());
    let [head, Fragment::Send(first), middle, Fragment::Send(second), end] = &fragments[..] else {
        panic!("{fragments:?}")
    };
    assert_eq!((first.as_ptr(), second.as_ptr()), (data.as_ptr(), data.as_ptr()));
    let send = |text: &'static str| Fragment::Send(Bytes::from_static(text.as_bytes()));
    assert_eq!(head, &send("* 3 FETCH (UID 5 BODY[] {5000}\r\n"));
    assert_eq!((middle, end), (&send(" BINARY[1] {5000}\r\n"), &send(")\r\n")));
    let fragments = Response::uid_fetch_fragments(3, &items[..1], EncodeOptions::default());
    assert_eq!(fragments, [send("* 3 UIDFETCH (UID 5)\r\n")]);
    // What was read is not copied, either.
    let wire = [b"* 1 FETCH (BODY[] {5000}\r\n", &data[..], b")\r\n"].concat();
    let (_, response) = Response::parse(&wire, Dialect::STRICT).unwrap();
    let Response::Numbered(Numbered { data: NumberedData::Fetch(items), .. }) = &response else { panic!() };
    let read = items.body_section(&Section::WHOLE).unwrap();
    assert_eq!(read.data.as_bytes().unwrap().as_ptr(), wire[26..].as_ptr());
}

#[test]
fn lists_of_items() {
    let list: List<'_, FetchItem<'_>> = [FetchItem::Uid(1), FetchItem::ModSeq(2)].into_iter().collect();
    check([("(UID 1 MODSEQ (2))", list.clone())]);
    check([("UIDFETCH (UID 1 MODSEQ (2))", NumberedData::UidFetch(list))]);
    for text in [&b"(UID 1 )"[..], b"(UID 1  )"] {
        let read = |leniency| exact::<List<'_, FetchItem<'_>>>(text, Dialect::STRICT.with_leniency(leniency));
        assert!(read(Leniency::EXTRA_SPACE).is_err());
        assert_eq!(read(Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE)).unwrap().uid(), Some(1));
    }
    let error = exact::<NumberedData<'_>>(b"UIDFETCH ()", Dialect::STRICT).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::Item, 10));
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(fetch in any_fetch(), items in proptest::collection::vec(any_fetch_item(), 1..4)) {
        round_trip(&fetch);
        let fragments = Response::fetch_fragments(1, &items, EncodeOptions::default());
        let wire: Vec<u8> = fragments.iter().flat_map(|fragment| match fragment {
            Fragment::Send(octets) => octets.to_vec(),
            Fragment::Wait => Vec::new(),
        }).collect();
        let list: List<'_, FetchItem<'_>> = items.into_iter().collect();
        round_trip(&list);
        prop_assert_eq!([b"* 1 FETCH ", &encoded_bytes(&list)[..], b"\r\n"].concat(), wire);
    }

    #[test]
    fn any_text_is_an_item_or_not(text in "(BODY|BINARY|BODY\\.PEEK|UID|FLAGS|PREVIEW)[\\[\\]<>().0-9HEADRFILS \"]{0,24}") {
        let text: &'static str = text.leak();
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            if let Ok(attribute) = exact::<FetchAttribute<'_>>(text.as_bytes(), dialect) {
                let again = encoded_bytes(&attribute);
                prop_assert_eq!(exact::<FetchAttribute<'_>>(&again, dialect), Ok(attribute));
            }
            let _ = exact::<FetchItem<'_>>(text.as_bytes(), dialect);
        }
    }
}

#[test]
fn what_is_broken_in_parentheses_of_its_own_loses_nothing_else() {
    let wire = b"* 1 FETCH (UID 5 (X \"a\"b\" c) FLAGS ())\r\n";
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let (_, response) = Response::parse(wire, dialect).unwrap();
        let Response::Numbered(data) = &response else { panic!("{response:?}") };
        let NumberedData::Fetch(items) = &data.data else { panic!("{data:?}") };
        assert_eq!(items.uid(), Some(5));
        assert!(items.flags().is_some(), "{items:?}");
    }
}
