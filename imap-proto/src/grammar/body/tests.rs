mod servers;
mod walk;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::grammar::envelope::tests::{any_envelope, any_nstring, any_string, s};
use crate::options::Dialect;
use crate::registry::FetchItem;
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded, round_trip};
use crate::wire::exact;

fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

fn parameters<'a, const N: usize>(pairs: [(&'a str, &'a str); N]) -> Parameters<'a> {
    pairs.into_iter().map(|(name, value)| Parameter { name: s(name), value: s(value) }).collect()
}

/// Text with these octets and lines.
fn text<'a>(subtype: &'a str, octets: u64, lines: u64, change: impl FnOnce(&mut Part<'a>)) -> Part<'a> {
    with(Part::text(s(subtype), lines), |part| {
        part.fields.octets = octets;
        change(part);
    })
}

fn basic<'a>(
    media_type: &'a str,
    subtype: &'a str,
    octets: u64,
    change: impl FnOnce(&mut Part<'a>),
) -> Part<'a> {
    with(Part::basic(s(media_type), s(subtype)).unwrap(), |part| {
        part.fields.octets = octets;
        part.fields.encoding = s("BASE64");
        change(part);
    })
}

fn multipart<'a, const N: usize>(
    parts: [Part<'_>; N],
    subtype: &'a str,
    change: impl FnOnce(&mut Multipart<'a>),
) -> BodyStructure<'a> {
    with(Multipart::new(parts.map(BodyStructure::from), s(subtype)).unwrap(), change).into()
}

fn ascii(part: &mut Part<'_>) {
    part.fields.parameters = parameters([("CHARSET", "US-ASCII")]);
}

fn none(_: &mut Part<'_>) {}

fn disposition<'a, const N: usize>(kind: &'a str, pairs: [(&'a str, &'a str); N]) -> Option<Disposition<'a>> {
    Some(Disposition { kind: s(kind), parameters: parameters(pairs) })
}

/// `depth` structures in one another: multiparts, or messages, around text.
fn nested(depth: usize, messages: bool) -> String {
    let (open, close) = match messages {
        true => (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ",
            " 9)",
        ),
        false => ("(", " \"MIXED\")"),
    };
    let around = depth - 1;
    format!(
        "{}(\"TEXT\" \"PLAIN\" NIL NIL NIL {{3}}\r\n7)( 9 9){}",
        open.repeat(around),
        close.repeat(around)
    )
}

#[test]
fn single_parts() {
    check([
        (
            // RFC 9051 section 8.
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)",
            text("PLAIN", 3028, 92, ascii).into(),
        ),
        (
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\" \"NAME\" \"cc.diff\") \
             \"<960723163407.20117h@cac.washington.edu>\" \"Compiler diff\" \"BASE64\" 4554 73)",
            text("PLAIN", 4554, 73, |part| {
                part.fields = BodyFields {
                    parameters: parameters([("CHARSET", "US-ASCII"), ("NAME", "cc.diff")]),
                    id: Some(s("<960723163407.20117h@cac.washington.edu>")),
                    description: Some(s("Compiler diff")),
                    encoding: s("BASE64"),
                    octets: 4554,
                };
            })
            .into(),
        ),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 0)", basic("IMAGE", "PNG", 0, none).into()),
        (
            "(\"application\" \"zip\" NIL NIL NIL \"BASE64\" 5000000000)",
            BodyStructure::from(basic("application", "zip", 5_000_000_000, none)),
        ),
        (
            "(\"\" \"\" NIL NIL NIL \"\" 9223372036854775807)",
            basic("", "", MAX, |part| part.fields.encoding = s("")).into(),
        ),
    ]);
    check_read([(
        "({4}\r\nTEXT {5+}\r\nPLAIN nil NIL NIL \"7BIT\" 03028 092)",
        BodyStructure::from(text("PLAIN", 3028, 92, none)),
    )]);
    check_refused::<BodyStructure<'_>, 14>([
        ("", 0),
        ("NIL", 0),
        ("()", 1),
        ("(\"TEXT\")", 7),
        ("(TEXT \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)", 1),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1)", 36),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 NIL)", 37),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 -1)", 37),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" -1 1)", 35),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 1 1)", 28),
        ("(\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 1 1)", 17),
        ("(\"TEXT\" \"PLAIN\" (\"A\") NIL NIL \"7BIT\" 1 1)", 20),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 9223372036854775808 1)", 35),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 )", 39),
    ]);
}

#[test]
fn extension_data() {
    let full = |part: &mut Part<'static>| {
        part.md5 = Some(s("123"));
        part.extension.disposition = disposition("d", [("p", "v")]);
        part.extension.language = [s("l1"), s("l2")].into();
        part.extension.location = Some(s("loc"));
        let ext = "\"ext0\" 1 (2) \"ext3\" ((((((4)))))) (\"ext number\" 5)";
        part.extension.extensions = BodyExtensions::new(ext).unwrap();
    };
    let plain = || text("PLAIN", 1, 2, none);
    check([
        (
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23 \"123\" (\"d\" (\"p\" \"v\")) (\"l1\" \"l2\") \
             \"loc\" \"ext0\" 1 (2) \"ext3\" ((((((4)))))) (\"ext number\" 5))",
            BodyStructure::from(text("PLAIN", 1152, 23, |part| {
                ascii(part);
                full(part);
            })),
        ),
        (
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2 NIL (\"inline\" NIL))",
            text("PLAIN", 1, 2, |part| part.extension.disposition = disposition("inline", [])).into(),
        ),
        (
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2 NIL NIL (\"en\"))",
            text("PLAIN", 1, 2, |part| part.extension.language = [s("en")].into()).into(),
        ),
        (
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2 NIL NIL NIL NIL NIL)",
            text("PLAIN", 1, 2, |part| {
                part.extension.extensions = BodyExtensions::new("NIL").unwrap();
            })
            .into(),
        ),
        (
            "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2) \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL \"loc\" 1)",
            multipart([plain()], "MIXED", |multipart| {
                multipart.parameters = parameters([("BOUNDARY", "b")]);
                multipart.extension.location = Some(s("loc"));
                multipart.extension.extensions = BodyExtensions::new("1").unwrap();
            }),
        ),
    ]);
    // What is NIL says as much as what is not there, and is written again.
    let fields = [" \"m\"", " NIL", " NIL", " NIL"];
    for given in 0..=fields.len() {
        let wire = format!("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2{})", fields[..given].concat());
        let read = exact::<BodyStructure<'_>>(wire.as_bytes(), Dialect::STRICT).unwrap();
        let md5 = (given > 0).then(|| s("m"));
        assert_eq!(read, text("PLAIN", 1, 2, |part| part.md5 = md5).into());
        assert_eq!(read.extension().is_given(), given > 0);
        assert_eq!(encoded(&read), wire);
    }
    check_read([(
        "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2 NIL NIL \"en\")",
        BodyStructure::from(text("PLAIN", 1, 2, |part| part.extension.language = [s("en")].into())),
    )]);
    check_refused::<BodyStructure<'_>, 8>([
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 1)", 26),
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 NIL \"inline\")", 30),
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 NIL (NIL NIL))", 31),
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 NIL (\"inline\"))", 39),
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 NIL NIL ())", 35),
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 NIL NIL NIL NIL x)", 42),
        ("(\"A\" \"B\" NIL NIL NIL \"\" 1 NIL NIL NIL NIL ())", 43),
        ("((\"A\" \"B\" NIL NIL NIL \"\" 1) \"C\" \"D\")", 32),
    ]);
    let without = BodyStructure::from(text("PLAIN", 1152, 23, full)).without_extension();
    assert_eq!(encoded(&without), "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1152 23)");
    let around = with(multipart([text("PLAIN", 1, 2, full)], "MIXED", |_| {}), |structure| {
        let BodyStructure::Multipart(multipart) = structure else { return };
        multipart.parameters = parameters([("BOUNDARY", "b")]);
    });
    let message = Part::message(Envelope::default(), around, 1).unwrap();
    assert_eq!(
        encoded(&BodyStructure::from(message).without_extension()),
        "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 0 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) \
         ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2) \"MIXED\") 1)"
    );
}

#[test]
fn extensions_without_a_meaning() {
    let extensions = |text: &'static str| BodyExtensions::new(text).unwrap();
    check([
        ("NIL", extensions("NIL")),
        ("1 \"a b\" ({1}\r\n\r (2 NIL))", extensions("1 \"a b\" ({1}\r\n\r (2 NIL))")),
    ]);
    check_read([("{1+}\r\na nil (007)", extensions("\"a\" NIL (007)"))]);
    check_refused::<BodyExtensions<'_>, 7>([
        ("", 0),
        ("x", 0),
        ("()", 1),
        ("(1", 2),
        ("1)", 1),
        ("(1 )", 3),
        ("9223372036854775808", 0),
    ]);
    check_tolerated([
        ("1  (\"a\"   2)", extensions("1 (\"a\" 2)"), Leniency::EXTRA_SPACE),
        ("1 (a)", extensions("1 (\"a\")"), Leniency::ATOM_STRING),
    ]);
    let empty =
        exact::<BodyExtensions<'_>>(b"1 (())", Dialect::STRICT.with_leniency(Leniency::EMPTY_LIST)).unwrap();
    let BodyExtension::List(list) = empty.iter().nth(1).unwrap() else { panic!("{empty:?}") };
    assert_eq!(list.iter().collect::<Vec<_>>(), [BodyExtension::List(BodyExtensions::NONE)]);
    let all: Vec<_> =
        extensions("1 NIL \"a\" (2 (3))").iter().map(|extension| format!("{extension:?}")).collect();
    assert_eq!(all, ["Number(1)", "String(None)", "String(Some(\"a\"))", "List(\"2 (3)\")"]);
    let deep = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(BodyExtensions::new(deep(100)).is_ok());
    let error = BodyExtensions::new(deep(101)).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::LessDepth, 100));
}

#[test]
fn messages() {
    let inner = || BodyStructure::from(text("PLAIN", 3028, 92, none));
    let envelope = || Envelope { subject: Some(s("minutes")), ..Envelope::default() };
    let octets = |part| with(part, |part: &mut Part<'_>| part.fields.octets = 3500);
    check([
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 3500 (NIL \"minutes\" NIL NIL NIL NIL NIL NIL NIL NIL) \
             (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3028 92) 101)",
            BodyStructure::from(octets(Part::message(envelope(), inner(), 101).unwrap())),
        ),
        (
            "(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 3500 (NIL \"minutes\" NIL NIL NIL NIL NIL NIL NIL NIL) \
             (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3028 92) 101 NIL (\"inline\" NIL))",
            with(octets(Part::global(envelope(), inner(), 101).unwrap()), |part| {
                part.extension.disposition = disposition("inline", []);
            })
            .into(),
        ),
        (
            "(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"BASE64\" 3500 \"md5\")",
            basic("MESSAGE", "GLOBAL", 3500, |part| part.md5 = Some(s("md5"))).into(),
        ),
        (
            "(\"MESSAGE\" \"DELIVERY-STATUS\" NIL NIL NIL \"BASE64\" 3500)",
            basic("MESSAGE", "DELIVERY-STATUS", 3500, none).into(),
        ),
    ]);
    check_refused::<BodyStructure<'_>, 5>([
        ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1)", 40),
        ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1 NIL)", 41),
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) () 0)",
            84,
        ),
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) NIL 0)",
            83,
        ),
        ("(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))", 82),
    ]);
    let message = BodyStructure::from(Part::message(envelope(), inner(), 101).unwrap());
    let BodyStructure::Part(part) = &message else { panic!() };
    assert_eq!(part.as_message().map(|message| &message.envelope), Some(&envelope()));
    assert_eq!(part.as_message().and_then(|message| message.body()), Some(inner()));
    assert_eq!(part.lines(), Some(101));
    for (media_type, subtype) in [("text", "x"), ("Message", "rfc822")] {
        assert_eq!(Part::basic(s(media_type), s(subtype)).unwrap_err().field, "media type");
    }
}

#[test]
fn multiparts() {
    check([
        (
            // RFC 5550 section 3.1.
            "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23)\
             (\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 4554) \"MIXED\")",
            multipart([text("PLAIN", 1152, 23, ascii), basic("IMAGE", "PNG", 4554, none)], "MIXED", |_| {}),
        ),
        (
            "(((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) \"ALTERNATIVE\" NIL) \"MIXED\")",
            Multipart::new(
                [exact(
                    b"((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) \"ALTERNATIVE\" NIL)",
                    Dialect::STRICT,
                )
                .unwrap()],
                s("MIXED"),
            )
            .unwrap()
            .into(),
        ),
    ]);
    check_refused::<BodyStructure<'_>, 6>([
        ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1))", 40),
        ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) NIL)", 41),
        ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) (\"A\"", 41),
        ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 x) \"MIXED\")", 38),
        ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) \"MIXED\"", 48),
        ("(\"ALTERNATIVE\" (\"BOUNDARY\" \"e7\") NIL NIL)", 15),
    ]);
    assert_eq!(Multipart::new([], s("MIXED")).unwrap_err().expected, Expected::Open);
    let nine = nested(10, false);
    assert_eq!(exact::<BodyStructure<'_>>(nine.as_bytes(), Dialect::STRICT).unwrap().parts().count(), 10);
    let same = |one: &'static str, other: &'static str| {
        fn read(text: &str) -> BodyStructure<'_> {
            exact(text.as_bytes(), Dialect::STRICT).unwrap()
        }
        read(one) == read(other)
    };
    let one = "((\"A\" \"(\" NIL NIL NIL \"\" 1) \"C\")";
    assert!(same(one, "(({1}\r\nA {1}\r\n( nil NIL NIL \"\" 1) \"C\")"));
    assert!(!same(one, "((\"A\" \"(\" NIL NIL NIL \"\" 2) \"C\")"));
    assert!(!same(one, "((\"A\" \")\" NIL NIL NIL \"\" 1) \"C\")"));
    assert!(!same(one, "((\"A\" \"(\" NIL NIL NIL \"\" 1)(\"A\" \"(\" NIL NIL NIL \"\" 1) \"C\")"));
}

fn any_parameters() -> impl Strategy<Value = Parameters<'static>> {
    let parameter = (any_string(), any_string()).prop_map(|(name, value)| Parameter { name, value });
    proptest::collection::vec(parameter, 0..3).prop_map(|all| all.into_iter().collect())
}

fn any_extension() -> impl Strategy<Value = ExtensionData<'static>> {
    let disposition =
        (any_string(), any_parameters()).prop_map(|(kind, parameters)| Disposition { kind, parameters });
    let extensions = prop_oneof![
        Just(BodyExtensions::NONE),
        Just(BodyExtensions::new("\"ext0\" 1 (2 (NIL {1}\r\n\r))").unwrap()),
    ];
    let languages = proptest::collection::vec(any_string(), 0..3);
    (proptest::option::of(disposition), languages, any_nstring(), extensions).prop_map(
        |(disposition, language, location, extensions)| {
            with(ExtensionData::default(), |data| {
                data.disposition = disposition;
                data.language = language.into_iter().collect();
                data.location = location;
                data.extensions = extensions;
            })
        },
    )
}

fn any_fields() -> impl Strategy<Value = BodyFields<'static>> {
    let encoding = prop_oneof![Just(s("7BIT")), any_string()];
    (any_parameters(), any_nstring(), any_nstring(), encoding, 0..=MAX).prop_map(
        |(parameters, id, description, encoding, octets)| BodyFields {
            parameters,
            id,
            description,
            encoding,
            octets,
        },
    )
}

/// Boxed, as are the others below: what a strategy keeps for each value is large, and stands in that of the next level.
fn any_part(part: impl Strategy<Value = Part<'static>> + 'static) -> BoxedStrategy<BodyStructure<'static>> {
    (part.boxed(), any_fields().boxed(), any_nstring(), any_extension().boxed())
        .prop_map(|(part, fields, md5, extension)| {
            BodyStructure::from(Part { fields, md5, extension, ..part })
        })
        .boxed()
}

pub(crate) fn any_body_structure() -> impl Strategy<Value = BodyStructure<'static>> {
    let basic = (any_string(), any_string())
        .prop_filter_map("a type that says more", |(media_type, subtype)| {
            Part::basic(media_type, subtype).ok()
        });
    let text = (any_string(), any::<u64>()).prop_map(|(subtype, lines)| Part::text(subtype, lines));
    any_part(prop_oneof![basic, text]).prop_recursive(5, 12, 3, |inner| {
        let message = (any_envelope().boxed(), inner.clone(), any::<u64>(), any::<bool>()).prop_map(
            |(envelope, body, lines, global)| match global {
                true => Part::global(envelope, body, lines).unwrap(),
                false => Part::message(envelope, body, lines).unwrap(),
            },
        );
        let parts = proptest::collection::vec(inner, 1..3);
        let multipart = (parts.boxed(), any_string(), any_parameters().boxed(), any_extension().boxed())
            .prop_map(|(parts, subtype, parameters, extension)| {
                let multipart = Multipart::new(parts, subtype).unwrap();
                BodyStructure::from(Multipart { parameters, extension, ..multipart })
            });
        prop_oneof![any_part(message), multipart.boxed()]
    })
}

#[test]
fn equal_structures_hash_alike() {
    let hash = |structure: &BodyStructure<'_>| {
        let mut state = std::hash::DefaultHasher::new();
        core::hash::Hash::hash(structure, &mut state);
        core::hash::Hasher::finish(&state)
    };
    fn read(text: &str) -> BodyStructure<'_> {
        exact(text.as_bytes(), Dialect::STRICT).unwrap()
    }
    // The same in other spellings, and with what is not there as NIL: at the top, in a multipart, and in a message.
    let parts = [
        (
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#,
            "(\"TEXT\" {5}\r\nPLAIN nil NIL NIL \"7BIT\" 01 1 NIL NIL)",
        ),
        (
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL ("a" 5) 7)"#,
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 NIL NIL NIL NIL ({1}\r\na 05) 007)",
        ),
        (
            r#"("IMAGE" "PNG" NIL NIL NIL "BASE64" 9 NIL NIL "en")"#,
            r#"("IMAGE" "PNG" NIL NIL NIL "BASE64" 9 NIL NIL ("en") NIL)"#,
        ),
    ];
    let multipart = |part: &str, rest: &str| format!(r#"({part}{part} "MIXED"{rest})"#);
    let message = |part: &str, rest: &str| {
        let envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
        format!(r#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 {envelope} {part} 1{rest})"#)
    };
    let mut all = Vec::new();
    for (one, other) in parts {
        let as_much = [one.into(), multipart(one, ""), message(one, ""), multipart(&message(one, ""), "")];
        let as_other = [
            other.into(),
            multipart(other, " NIL NIL NIL"),
            message(other, " NIL NIL"),
            multipart(&message(other, " NIL"), " NIL NIL"),
        ];
        all.extend(as_much.into_iter().zip(as_other));
    }
    for (n, (one, _)) in all.iter().enumerate() {
        for (m, (_, other)) in all.iter().enumerate() {
            let (one, other) = (read(one), read(other));
            assert_eq!((one == other, hash(&one) == hash(&other)), (n == m, n == m), "{one:?} {other:?}");
        }
    }
}

#[test]
fn a_space_behind_extension_data() {
    let part = r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL "x")"#;
    let value = exact::<BodyStructure<'_>>(part.as_bytes(), Dialect::STRICT).unwrap();
    let spaced = part.replace("\"x\"", "\"x\" ");
    check_tolerated([(&*spaced, value, Leniency::TRAILING_SPACE)]);
}

#[test]
fn what_stands_in_a_structure() {
    let wire = concat!(
        r#"(("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 5 1 "md5" NIL NIL NIL "more")"#,
        r#"("IMAGE" "PNG" NIL NIL NIL "BASE64" 9) "MIXED" ("BOUNDARY" "b") NIL "de")"#
    );
    let structure = exact::<BodyStructure<'_>>(wire.as_bytes(), Dialect::STRICT).unwrap();
    assert_eq!(structure.parameters(), &parameters([("BOUNDARY", "b")]));
    assert_eq!(encoded(structure.extension()), " NIL (\"de\")");
    let BodyStructure::Multipart(multipart) = &structure else { panic!("{structure:?}") };
    assert!(wire.as_bytes()[1..].starts_with(multipart.parts.as_bytes()));
    let bodies: Vec<_> = (&multipart.parts).into_iter().collect();
    let [BodyStructure::Part(text), BodyStructure::Part(image)] = &bodies[..] else { panic!("{bodies:?}") };
    assert_eq!((text.content(), image.content()), (&Content::Text(Some(1)), &Content::Basic));
    assert_eq!(text.extension.extensions.as_bytes(), b"\"more\"");
}

proptest! {
    #[test]
    fn any_structure_can_be_read(structure in any_body_structure()) {
        round_trip(&structure);
        round_trip(&FetchItem::BodyStructure(structure.clone()));
        let wire = crate::testing::encoded_bytes(&structure);
        // Strictly valid text reads the same with every leniency.
        let read = exact::<BodyStructure<'_>>(&wire, Dialect::TOLERANT);
        prop_assert_eq!(read.as_ref(), Ok(&structure));
        for part in structure.parts() {
            let found = structure.find(&part.section());
            prop_assert_eq!(found, Some(part.structure));
        }
        let without = structure.clone().without_extension();
        prop_assert_eq!(without.parts().count(), structure.parts().count());
        round_trip(&without.into_owned());
    }

    #[test]
    fn any_prefix_is_refused(structure in any_body_structure(), cut: proptest::sample::Index) {
        let wire = crate::testing::encoded_bytes(&structure);
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            prop_assert!(exact::<BodyStructure<'_>>(&wire[..cut.index(wire.len())], dialect).is_err());
        }
    }
}

/// What servers get wrong: something missing, doubled, or in the wrong place.
fn any_damage() -> impl Strategy<Value = Vec<(proptest::sample::Index, usize, &'static str)>> {
    let piece = proptest::sample::select(alloc::vec![
        "", " ", "NIL", " NIL", "()", "(", ")", "\"", "\"\"", "\\", "-1", "7", "x", "\u{e9}", "{1}\r\n",
        "\r\n", "\0",
    ]);
    proptest::collection::vec((any::<proptest::sample::Index>(), 0..5usize, piece), 1..4)
}

proptest! {
    #[test]
    fn any_text_is_read_as_what_can_be_read_again(structure in any_body_structure(), damage in any_damage()) {
        let mut wire = crate::testing::encoded_bytes(&structure);
        for (place, taken, piece) in damage {
            let place = place.index(wire.len());
            let end = wire.len().min(place + taken);
            wire.splice(place..end, piece.bytes());
            if wire.is_empty() {
                wire.push(b'(');
            }
        }
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let Ok(read) = exact::<BodyStructure<'_>>(&wire, dialect) else { continue };
            let parts: Vec<_> = read.parts().collect();
            let again = crate::testing::encoded_bytes(&read);
            let second = exact::<BodyStructure<'_>>(&again, dialect);
            prop_assert_eq!(second.as_ref(), Ok(&read));
            let (rest, kept) = BodyStructure::parse(&again, Cx::KEPT).unwrap();
            prop_assert_eq!(rest, b"");
            prop_assert_eq!(&kept, &read);
            prop_assert_eq!(kept.parts().collect::<Vec<_>>(), parts);
            prop_assert_eq!(read.clone().without_extension().parts().count(), read.parts().count());
        }
    }
}
