use super::media_type::tests::{any_media_type, media, range};
use super::*;
use crate::grammar::body::BodyStructure;
use crate::grammar::esearch::TagString;
use crate::grammar::fetch::BinaryRequest;
use crate::grammar::section::tests::{any_partial, any_section_part};
use crate::grammar::section::{Partial, SectionPart};
use crate::grammar::sequence::tests::any_sequence_set;
use crate::grammar::string::{IString, NString8};
use crate::grammar::text::InvalidItem;
use crate::options::{Dialect, Leniency};
use crate::registry::{Code, Command, Data, NumberedData, UidCommand};
use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
use crate::wire::exact;
use alloc::vec::Vec;
use proptest::prelude::*;

fn a(text: &str) -> AString<'_> {
    AString::new(text).unwrap()
}

fn part(number: &str) -> SectionPart<'_> {
    SectionPart::new(number).unwrap()
}

fn target<'a>(media_type: Option<&'a str>, parameters: &[(&'a str, &'a str)]) -> ConvertTarget<'a> {
    let parameter =
        |&(name, value): &(&'a str, &'a str)| TranscodingParameter { name: a(name), value: a(value) };
    ConvertTarget {
        media_type: media_type.map(media),
        parameters: parameters.iter().map(parameter).collect(),
    }
}

fn convert<'a, const N: usize>(
    set: &'a str,
    target: ConvertTarget<'a>,
    items: [ConvertItem<'a>; N],
) -> Convert<'a> {
    Convert { messages: SequenceSet::new(set).unwrap(), target, items: items.into() }
}

fn binary(number: &str, partial: Option<Partial>) -> ConvertItem<'_> {
    ConvertItem::Binary(BinaryRequest { part: part(number), partial })
}

#[test]
fn conversions() {
    let conversions = |from, to| Command::Conversions(Conversions { from: range(from), to: range(to) });
    check([
        ("CONVERSIONS image/gif \"*\"", conversions("image/gif", "*")),
        ("CONVERSIONS \"image/*\" \"text/*\"", conversions("image/*", "text/*")),
    ]);
    check_read([("conversions \"*\" \"image/jpeg\"", conversions("*", "IMAGE/JPEG"))]);
    check_refused::<Command<'_>, 3>([
        ("CONVERSIONS", 11),
        ("CONVERSIONS image/gif", 21),
        ("CONVERSIONS image x/y", 17),
    ]);
    let data = |names: &[&'static str]| {
        let names = names.iter().map(|name| a(name)).collect();
        Data::Conversion(ConversionData { from: media("image/gif"), to: media("image/jpeg"), names })
    };
    check([
        ("CONVERSION \"image/gif\" \"image/jpeg\" (pix-y pix-x)", data(&["pix-y", "pix-x"])),
        ("CONVERSION \"image/gif\" \"image/jpeg\"", data(&[])),
    ]);
    check_refused::<Data<'_>, 3>([
        ("CONVERSION \"image/gif\"", 22),
        ("CONVERSION image/gif \"image/jpeg\"", 11),
        ("CONVERSION \"image/gif\" \"image/jpeg\" ()", 37),
    ]);
}

#[test]
fn commands() {
    let header = |section: Section<'static>| ConvertItem::Body(ConvertHeader::new(section).unwrap());
    let part_of = |number| Section::part(number).unwrap();
    check([
        ("CONVERT 2 (\"application/pdf\") BINARY[3]", {
            Command::Convert(convert("2", target(Some("application/pdf"), &[]), [binary("3", None)]))
        }),
        ("CONVERT 2 (\"text/plain\" (charset us-ascii)) BINARY.SIZE[4]", {
            let target = target(Some("text/plain"), &[("charset", "us-ascii")]);
            Command::Convert(convert("2", target, [ConvertItem::BinarySize(part("4"))]))
        }),
        ("CONVERT 1:* (NIL (pix-x 128 pix-y 96)) (UID BINARY[4]<2001.1000> BODYPARTSTRUCTURE[2.1])", {
            let target = target(None, &[("pix-x", "128"), ("pix-y", "96")]);
            let binary = binary("4", Partial::new(2001, 1000));
            let items = [ConvertItem::Uid, binary, ConvertItem::BodyPartStructure(part("2.1"))];
            Command::Convert(convert("1:*", target, items))
        }),
        ("CONVERT 2 (NIL) (BODY[HEADER] BODY[1.HEADER] BODY[1.2.MIME] AVAILABLECONVERSIONS[])", {
            let items = [
                header(Section::WHOLE.header()),
                header(part_of("1").header()),
                header(part_of("1.2").mime().unwrap()),
                ConvertItem::AvailableConversions(SectionPart::WHOLE),
            ];
            Command::Convert(convert("2", target(None, &[]), items))
        }),
        ("UID CONVERT 100 (\"image/jpeg\") BINARY[2]", {
            let convert = convert("100", target(Some("image/jpeg"), &[]), [binary("2", None)]);
            Command::Uid(UidCommand::Convert(convert))
        }),
    ]);
    check_read([(
        "convert 2 (nil (\"charset\" \"utf-8\")) (body[header])",
        Command::Convert(convert(
            "2",
            target(None, &[("charset", "utf-8")]),
            [header(Section::WHOLE.header())],
        )),
    )]);
    check_refused::<Command<'_>, 11>([
        ("CONVERT", 7),
        ("CONVERT 2 BINARY[3]", 10),
        ("CONVERT 2 (text/plain) BINARY[3]", 11),
        ("CONVERT 2 (\"text/plain\" ()) BINARY[3]", 25),
        ("CONVERT 2 (\"text/plain\" (charset)) BINARY[3]", 32),
        ("CONVERT 2 (NIL)", 15),
        ("CONVERT 2 (NIL) ()", 17),
        ("CONVERT 2 (NIL) BINARY[HEADER]", 23),
        ("CONVERT 2 (NIL) BODY[TEXT]", 21),
        ("CONVERT 2 (NIL) BODY[]", 21),
        ("CONVERT 2 (NIL) BINARY[1]<5>", 27),
    ]);
    assert!(
        ConvertHeader::new(Section::WHOLE.text()).is_err() && ConvertHeader::new(Section::WHOLE).is_err()
    );
    assert_eq!(ConvertHeader::new(Section::WHOLE.header()).unwrap().section(), &Section::WHOLE.header());
}

fn converted<'a, const N: usize>(tag: &'a str, items: [ConvertedItem<'a>; N]) -> NumberedData<'a> {
    NumberedData::Converted(ConvertedData { tag: TagString::new(tag).unwrap(), items: items.into() })
}

fn failed<'a, T>(number: &'a str, text: &'a str, code: ConvertErrorCode<'a>) -> ConvertedPart<'a, T> {
    let error = ConvertError { text: IString::new(text).unwrap(), code };
    ConvertedPart { part: part(number), outcome: Outcome::Failed(error) }
}

fn done<T>(number: &str, value: T) -> ConvertedPart<'_, T> {
    ConvertedPart { part: part(number), outcome: Outcome::Done(value) }
}

#[test]
fn what_came_of_it_is_owned() {
    use crate::wire::IntoOwned;
    let text = alloc::string::String::from("x");
    let outcome = Outcome::Done(NString8::new(text.as_bytes())).into_owned();
    drop(text);
    assert_eq!(outcome, Outcome::Done(NString8::new("x")));
}

#[test]
fn data() {
    let octets = |origin, octets| {
        let outcome = Outcome::Done(NString8::new(octets));
        ConvertedItem::Binary(ConvertedBinary { part: part("4"), origin, outcome })
    };
    check([
        ("CONVERTED (TAG \"c000\") (BINARY.SIZE[4] 3135)", {
            converted("c000", [ConvertedItem::BinarySize(done("4", 3135))])
        }),
        ("CONVERTED (TAG \"a\") (UID 5 BINARY[4]<2001> {2}\r\n)\n BINARY[4] ~{1}\r\n\0)", {
            converted("a", [ConvertedItem::Uid(5), octets(Some(2001), ")\n"), octets(None, "\0")])
        }),
        (
            "CONVERTED (TAG \"f001\") (AVAILABLECONVERSIONS[2] ((\"image/jpeg\" \"application/postscript\")))",
            {
                let list = MediaTypes([media("image/jpeg"), media("application/postscript")].into());
                converted("f001", [ConvertedItem::AvailableConversions(done("2", list))])
            },
        ),
        ("CONVERTED (TAG \"f001\") (AVAILABLECONVERSIONS[2] (()))", {
            converted("f001", [ConvertedItem::AvailableConversions(done("2", MediaTypes([].into())))])
        }),
        ("CONVERTED (TAG \"d002\") (BODY[HEADER] {6}\r\nA: b\r\n)", {
            let header = ConvertHeader::new(Section::WHOLE.header()).unwrap();
            let outcome = Outcome::Done(NString8::new("A: b\r\n"));
            converted("d002", [ConvertedItem::Body(ConvertedHeader { header, outcome })])
        }),
    ]);
    check_read([
        ("converted (tag \"a\") (uid 5)", converted("a", [ConvertedItem::Uid(5)])),
        ("CONVERTED (TAG {1}\r\na) (UID 5)", converted("a", [ConvertedItem::Uid(5)])),
    ]);
    check_refused::<NumberedData<'_>, 7>([
        ("CONVERTED (UID 5)", 11),
        ("CONVERTED (TAG \"+\") (UID 5)", 15),
        ("CONVERTED (TAG \"a\")", 19),
        ("CONVERTED (TAG \"a\") ()", 21),
        ("CONVERTED (TAG \"a\") (BINARY.SIZE[4])", 35),
        ("CONVERTED (TAG \"a\") (AVAILABLECONVERSIONS[2] (\"a/b\"))", 46),
        ("CONVERTED (TAG \"a\") (UID 0)", 25),
    ]);
}

#[test]
fn structures() {
    let text = b"(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3028 92)";
    let structure: BodyStructure<'_> = exact(text, Dialect::STRICT).unwrap();
    check([(
        "CONVERTED (TAG \"a\") (BODYPARTSTRUCTURE[2.1] (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3028 92) UID 5)",
        converted("a", [ConvertedItem::BodyPartStructure(done("2.1", structure)), ConvertedItem::Uid(5)]),
    )]);
    check_refused::<ConvertedItem<'_>, 2>([("BODYPARTSTRUCTURE[1] x", 21), ("BODYPARTSTRUCTURE[1] NIL", 21)]);
}

/// A broken item takes no other with it.
#[test]
fn a_broken_item_is_kept() {
    let invalid = InvalidItem::new("BINARY.SIZE[4] x").unwrap();
    check_tolerated([(
        "CONVERTED (TAG \"a\") (BINARY.SIZE[4] x UID 5)",
        converted("a", [ConvertedItem::Invalid(invalid), ConvertedItem::Uid(5)]),
        Leniency::INVALID_ITEM,
    )]);
}

#[test]
fn errors() {
    let size = |code| ConvertedItem::BinarySize(failed("3", "x", code));
    let bad = |from: Option<&'static str>, parameters: &[(&'static str, &'static str)]| {
        let ConvertTarget { parameters, .. } = target(None, parameters);
        BadParameters { from: from.map(media), to: media("text/plain"), parameters }
    };
    let missing = |from| MissingParameters {
        from: media(from),
        to: media("text/plain"),
        names: [a("charset"), a("lang")].into(),
    };
    check([
        ("BINARY.SIZE[3] (ERROR \"x\" TEMPFAIL)", size(ConvertErrorCode::TempFail(None))),
        ("BINARY.SIZE[3] (ERROR \"x\" TEMPFAIL 5)", size(ConvertErrorCode::TempFail(Some(5)))),
        ("BINARY.SIZE[3] (ERROR \"x\" BADPARAMETERS \"text/html\" \"text/plain\" (charset us-ascii))", {
            size(ConvertErrorCode::BadParameters([bad(Some("text/html"), &[("charset", "us-ascii")])].into()))
        }),
        ("BINARY.SIZE[3] (ERROR \"x\" BADPARAMETERS NIL \"text/plain\" \"text/html\" \"text/plain\")", {
            size(ConvertErrorCode::BadParameters([bad(None, &[]), bad(Some("text/html"), &[])].into()))
        }),
        (
            "BINARY.SIZE[3] (ERROR \"x\" MISSINGPARAMETERS \"a/b\" \"text/plain\"(charset lang) \"c/d\" \"text/plain\"(charset lang))",
            size(ConvertErrorCode::MissingParameters([missing("a/b"), missing("c/d")].into())),
        ),
        ("AVAILABLECONVERSIONS[3] (ERROR \"x\" TEMPFAIL)", {
            ConvertedItem::AvailableConversions(failed("3", "x", ConvertErrorCode::TempFail(None)))
        }),
        ("BODYPARTSTRUCTURE[3] (ERROR \"x\" TEMPFAIL)", {
            ConvertedItem::BodyPartStructure(failed("3", "x", ConvertErrorCode::TempFail(None)))
        }),
        ("BINARY[3] (ERROR \"x\" TEMPFAIL)", {
            let ConvertedPart { part, outcome } = failed("3", "x", ConvertErrorCode::TempFail(None));
            ConvertedItem::Binary(ConvertedBinary { part, origin: None, outcome })
        }),
    ]);
    check_read([("binary.size[3] (error \"x\" tempfail)", size(ConvertErrorCode::TempFail(None)))]);
    check_tolerated([(
        "BINARY.SIZE[3] (ERROR \"x\" MISSINGPARAMETERS \"a/b\" \"text/plain\" (charset lang))",
        size(ConvertErrorCode::MissingParameters([missing("a/b")].into())),
        Leniency::EXTRA_SPACE,
    )]);
    check_refused::<ConvertedItem<'_>, 6>([
        ("BINARY.SIZE[3] (ERROR TEMPFAIL)", 22),
        ("BINARY.SIZE[3] (ERROR \"x\")", 25),
        ("BINARY.SIZE[3] (ERROR \"x\" TEMPFAIL 0)", 35),
        ("BINARY.SIZE[3] (ERROR \"x\" FOO)", 26),
        ("BINARY.SIZE[3] (ERROR \"x\" BADPARAMETERS)", 39),
        ("BINARY.SIZE[3] (ERROR \"x\" MISSINGPARAMETERS (charset))", 44),
    ]);
}

#[test]
fn codes() {
    check([
        ("TEMPFAIL", Code::TempFail),
        ("MAXCONVERTMESSAGES 1", Code::MaxConvertMessages(1)),
        ("MAXCONVERTPARTS 5", Code::MaxConvertParts(5)),
    ]);
    check_refused::<Code<'_>, 3>([("MAXCONVERTMESSAGES", 18), ("MAXCONVERTPARTS 0", 16), ("TEMPFAIL 5", 8)]);
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        messages in any_sequence_set(),
        number in any_section_part(),
        partial in proptest::option::of(any_partial()),
        types in proptest::collection::vec(any_media_type(), 1..4),
        texts in proptest::collection::vec("[ -~]{0,9}", 2..5),
        octets: Vec<u8>,
    ) {
        let names: Vec<_> = texts.iter().map(|text| AString::new(text.clone()).unwrap()).collect();
        let pairs = names.iter().zip(names.iter().rev());
        let parameters: Vec<_> = pairs
            .map(|(name, value)| TranscodingParameter { name: name.clone(), value: value.clone() })
            .collect();
        let (from, to) = (types.first().unwrap().clone(), types.last().unwrap().clone());
        let target = ConvertTarget { media_type: Some(from.clone()), parameters: parameters.iter().cloned().collect() };
        let items = [
            ConvertItem::Binary(BinaryRequest { part: number.clone(), partial }),
            ConvertItem::AvailableConversions(number.clone()),
        ];
        round_trip(&Convert { messages, target, items: items.into() });
        let text = IString::new(texts.concat()).unwrap();
        let bad = BadParameters { from: None, to: to.clone(), parameters: parameters.into_iter().collect() };
        let missing = MissingParameters { from: from.clone(), to: to.clone(), names: names.iter().cloned().collect() };
        let codes = [
            ConvertErrorCode::BadParameters([bad.clone(), bad].into()),
            ConvertErrorCode::MissingParameters([missing.clone(), missing].into()),
        ];
        let failed = codes.map(|code| {
            let outcome = Outcome::Failed(ConvertError { text: text.clone(), code });
            ConvertedItem::BinarySize(ConvertedPart { part: number.clone(), outcome })
        });
        let [one, other] = failed;
        let outcome = Outcome::Done(NString8::new(octets));
        let binary = ConvertedBinary { part: number.clone(), origin: partial.map(Partial::offset), outcome };
        let list = ConvertedPart { part: number, outcome: Outcome::Done(MediaTypes(types.into_iter().collect())) };
        let items = [one, ConvertedItem::Binary(binary), other, ConvertedItem::AvailableConversions(list)];
        round_trip(&ConvertedData { tag: TagString::new("A1").unwrap(), items: items.into() });
        round_trip(&ConversionData { from, to, names: names.into_iter().collect() });
    }
}
