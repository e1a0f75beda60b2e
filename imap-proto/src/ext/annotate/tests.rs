use super::*;
use crate::grammar::mailbox::tests::any_list_mailbox;
use crate::options::{Dialect, Leniency};
use crate::registry::{AppendExtension, Code, FetchAttribute, FetchItem};
use crate::response::{NumberedData, Response};
use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
use alloc::vec::Vec;
use proptest::prelude::*;

fn e(name: &str) -> AnnotationEntry<'_> {
    AnnotationEntry::new(name).unwrap()
}

fn at(name: &str) -> AnnotationAttribute<'_> {
    AnnotationAttribute::new(name).unwrap()
}

fn l(pattern: &str) -> ListMailbox<'_> {
    ListMailbox::new(pattern).unwrap()
}

pub(crate) fn one<'a>(entry: &'a str, values: &[(&'a str, Option<&'a str>)]) -> Annotation<'a> {
    let value = |&(name, value): &(&'a str, Option<&'a str>)| AttributeValue {
        attribute: at(name),
        value: value.map_or(NString8::NIL, NString8::new),
    };
    Annotation { entry: e(entry), values: values.iter().map(value).collect() }
}

#[test]
fn names() {
    check([("/comment", e("/comment")), ("/1.2/comment", e("/1.2/comment")), ("\"/a b\"", e("/a b"))]);
    check_refused::<AnnotationEntry<'_>, 6>([
        ("comment", 0),
        ("\"/\"", 0),
        ("/a//b", 3),
        ("/a/", 3),
        ("\"/a*\"", 0),
        ("/a%", 2),
    ]);
    check([
        ("value", AnnotationAttribute::VALUE),
        ("value.priv", AnnotationAttribute::VALUE_PRIV),
        ("size.shared", AnnotationAttribute::SIZE_SHARED),
        ("\"a b\"", at("a b")),
    ]);
    check_refused::<AnnotationAttribute<'_>, 5>([
        ("", 0),
        ("a..b", 2),
        ("a.", 2),
        ("\"a*\"", 0),
        ("\"\"", 0),
    ]);
    assert_ne!(e("/Comment"), e("/comment"));
}

#[test]
fn fetch() {
    let fetch = |entries, attributes| FetchAnnotation { entries, attributes };
    check([
        ("(/comment value)", fetch([l("/comment")].into(), [AnnotationAttribute::VALUE].into())),
        ("(/* (value.priv size.priv))", {
            fetch([l("/*")].into(), [AnnotationAttribute::VALUE_PRIV, AnnotationAttribute::SIZE_PRIV].into())
        }),
        ("((/comment /%) value.priv)", fetch([l("/comment"), l("/%")].into(), [at("value.priv")].into())),
    ]);
    check_read([("((/comment) (value))", fetch([l("/comment")].into(), [at("value")].into()))]);
    check_refused::<FetchAnnotation<'_>, 5>([
        ("/comment value", 0),
        ("(/comment)", 9),
        ("(() value)", 2),
        ("(/comment value.)", 16),
        ("(/comment value", 15),
    ]);
}

/// In FETCH, and with APPEND.
#[test]
fn requests() {
    let value = || [AnnotationAttribute::VALUE].into();
    let comment = FetchAnnotation { entries: [l("/comment")].into(), attributes: value() };
    check([("ANNOTATION (/comment value)", FetchAttribute::Annotation(comment))]);
    let annotation = one("/comment", &[("value.priv", Some("My comment"))]);
    check([(
        "ANNOTATION (/comment (value.priv \"My comment\"))",
        AppendExtension::Annotation([annotation].into()),
    )]);
    check_refused::<FetchAttribute<'_>, 2>([("ANNOTATION", 10), ("ANNOTATION ()", 12)]);
    check_refused::<AppendExtension<'_>, 2>([("ANNOTATION", 10), ("ANNOTATION (/comment)", 20)]);
}

#[test]
fn data() {
    let values = |values| FetchItem::Annotation(Annotations::Values(values));
    check([
        ("ANNOTATION (/comment (value.priv \"My comment\" value.shared NIL))", {
            values([one("/comment", &[("value.priv", Some("My comment")), ("value.shared", None)])].into())
        }),
        ("ANNOTATION (/comment (size.priv \"10\") /b (value.priv ~{3}\r\na\0)))", {
            values(
                [one("/comment", &[("size.priv", Some("10"))]), one("/b", &[("value.priv", Some("a\0)"))])]
                    .into(),
            )
        }),
        ("ANNOTATION (/comment /altsubject)", {
            FetchItem::Annotation(Annotations::Changed([e("/comment"), e("/altsubject")].into()))
        }),
    ]);
    check_tolerated([(
        "ANNOTATION ( /comment  ( value.priv \"a\" ) )",
        values([one("/comment", &[("value.priv", Some("a"))])].into()),
        Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE),
    )]);
    check_refused::<FetchItem<'_>, 5>([
        ("ANNOTATION ()", 12),
        ("ANNOTATION (/comment ())", 22),
        ("ANNOTATION (/comment (value.priv))", 32),
        ("ANNOTATION (/comment (value.priv \"a\") /altsubject)", 49),
        ("ANNOTATION (/comment /altsubject (value.priv \"a\"))", 33),
    ]);
}

#[test]
fn what_stands_in_quotes_ends_no_list() {
    let wire = b"* 1 FETCH (ANNOTATION (/comment (value.priv \"a)b\")) UID 5)\r\n";
    let (rest, response, tolerated) = Response::parse_reporting(wire, Dialect::STRICT).unwrap();
    assert_eq!((rest, tolerated), (&b""[..], None));
    let Response::Numbered(data) = &response else { panic!("{response:?}") };
    let NumberedData::Fetch(items) = &data.data else { panic!("{data:?}") };
    let annotations = Annotations::Values([one("/comment", &[("value.priv", Some("a)b"))])].into());
    assert_eq!(items.iter().collect::<Vec<_>>(), [FetchItem::Annotation(annotations), FetchItem::Uid(5)]);
}

#[test]
fn search_and_sort() {
    let search = |entry, of, value| SearchAnnotation { entry: l(entry), of, value };
    check([
        ("/comment value \"IMAP4\"", search("/comment", None, NString8::new("IMAP4"))),
        ("* value.priv \"IMAP4\"", search("*", Some(ValueOf::Private), NString8::new("IMAP4"))),
        ("\"/a b\" value ~{2}\r\na\0", search("/a b", None, NString8::new("a\0"))),
        ("/a/% value.shared NIL", search("/a/%", Some(ValueOf::Shared), NString8::NIL)),
    ]);
    check_refused::<SearchAnnotation<'_>, 4>([
        ("/comment size \"1\"", 9),
        ("/comment value.all \"1\"", 9),
        ("/comment value", 14),
        ("/comment value x", 15),
    ]);
    check([
        ("/altsubject value.shared", SortAnnotation { entry: e("/altsubject"), of: ValueOf::Shared }),
        ("/altsubject value.priv", SortAnnotation { entry: e("/altsubject"), of: ValueOf::Private }),
    ]);
    check_refused::<SortAnnotation<'_>, 3>([("/a value", 3), ("/* value.priv", 1), ("/a", 2)]);
}

#[test]
fn codes() {
    use AnnotationSupport::{ReadOnly, UpTo};
    check([
        ("ANNOTATIONS NONE", Code::Annotations(AnnotationSupport::None)),
        ("ANNOTATIONS READ-ONLY", Code::Annotations(ReadOnly { private: true })),
        ("ANNOTATIONS READ-ONLY NOPRIVATE", Code::Annotations(ReadOnly { private: false })),
        ("ANNOTATIONS 20480", Code::Annotations(UpTo { size: 20_480, private: true })),
        ("ANNOTATIONS 20480 NOPRIVATE", Code::Annotations(UpTo { size: 20_480, private: false })),
        ("ANNOTATE TOOBIG", Code::Annotate(AnnotateCode::TooBig)),
        ("ANNOTATE TOOMANY", Code::Annotate(AnnotateCode::TooMany)),
    ]);
    check_tolerated([("ANNOTATIONS 0", Code::Annotations(UpTo { size: 0, private: true }), Leniency::ZERO)]);
    check_refused::<Code<'_>, 5>([
        ("ANNOTATIONS", 11),
        ("ANNOTATIONS NONE NOPRIVATE", 16),
        ("ANNOTATIONS 5 NO", 13),
        ("ANNOTATIONS FULL", 12),
        ("ANNOTATE TOO", 9),
    ]);
}

pub(crate) fn any_annotation() -> impl Strategy<Value = Annotation<'static>> {
    let value = ("[a-z]{1,5}(\\.priv|\\.shared)?", any::<Option<Vec<u8>>>());
    ("(/[ -$&-)+-.0-~]{1,9}){1,3}", proptest::collection::vec(value, 1..3)).prop_map(|(entry, values)| {
        let values = values.into_iter().map(|(name, value)| AttributeValue {
            attribute: AnnotationAttribute::new(name).unwrap(),
            value: value.map_or(NString8::NIL, NString8::new),
        });
        Annotation { entry: AnnotationEntry::new(entry).unwrap(), values: values.collect() }
    })
}

pub(crate) fn any_search_annotation() -> impl Strategy<Value = SearchAnnotation<'static>> {
    let of = prop_oneof![Just(None), Just(Some(ValueOf::Private)), Just(Some(ValueOf::Shared))];
    (any_list_mailbox(), of, any::<Option<Vec<u8>>>()).prop_map(|(entry, of, value)| SearchAnnotation {
        entry,
        of,
        value: value.map_or(NString8::NIL, NString8::new),
    })
}

pub(crate) fn any_sort_annotation() -> impl Strategy<Value = SortAnnotation<'static>> {
    let of = prop_oneof![Just(ValueOf::Private), Just(ValueOf::Shared)];
    (any_annotation(), of).prop_map(|(annotation, of)| SortAnnotation { entry: annotation.entry, of })
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        annotations in proptest::collection::vec(any_annotation(), 1..3),
        pattern in any_list_mailbox(),
        search in any_search_annotation(),
        sort in any_sort_annotation(),
    ) {
        let names = || annotations.iter().map(|annotation| annotation.entry.clone());
        round_trip(&Annotations::Changed(names().collect()));
        round_trip(&Annotations::Values(annotations.iter().cloned().collect()));
        let first = annotations.first().unwrap();
        let attributes = first.values.iter().map(|value| value.attribute.into_owned());
        let entries = [pattern, ListMailbox::new(first.entry.as_bytes().to_vec()).unwrap()].into();
        round_trip(&FetchAnnotation { entries, attributes: attributes.collect() });
        round_trip(&search);
        round_trip(&sort);
    }
}
