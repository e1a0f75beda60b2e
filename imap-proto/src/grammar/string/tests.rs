use super::*;
use crate::list::{BareAdjacent, List, SpacedOrEmpty};
use crate::options::Dialect;
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded_bytes, round_trip};
use alloc::vec::Vec;
use proptest::prelude::*;

fn a(octets: &str) -> AString<'_> {
    AString::new(octets).unwrap()
}

fn s(octets: &str) -> IString<'_> {
    IString::new(octets).unwrap()
}

#[test]
fn atoms() {
    check([("FLAGS", Atom::new("FLAGS").unwrap()), ("a+[~", Atom::new("a+[~").unwrap())]);
    check_refused::<Atom<'_>, 5>([("", 0), ("a b", 1), ("a]", 1), ("(", 0), ("\u{e9}", 0)]);
    assert_eq!(Atom::new("a b").unwrap_err().offset, 1);
}

#[test]
fn strings() {
    check([
        ("\"\"", s("")),
        ("\"hello\"", s("hello")),
        (r#""a\"b\\c""#, s(r#"a"b\c"#)),
        ("\"tab\there and more than eight octets\"", s("tab\there and more than eight octets")),
        ("{4}\r\na\r\nb", s("a\r\nb")),
        ("{2}\r\n\u{e9}", s("\u{e9}")),
    ]);
    check_read([
        ("{5}\r\nhello", s("hello")),
        ("{5+}\r\nhello", s("hello")),
        ("{0}\r\n", s("")),
        ("{0005}\r\nhello", s("hello")),
        ("{0000000000000000005}\r\nhello", s("hello")),
    ]);
    check_refused::<IString<'_>, 13>([
        // A framer takes 19 digits for a count.
        ("{00000000000000000005}\r\nhello", 1),
        ("hello", 0),
        ("\"a", 2),
        ("\"a\0\"", 2),
        ("\"a\r\n\"", 2),
        ("\"a\\b\"", 2),
        ("\"a\\", 2),
        ("\"a\u{e9}\"", 2),
        ("{5}\r\nhell", 1),
        ("{-1}\r\n", 1),
        ("{}\r\n", 1),
        ("{1++}\r\na", 3),
        ("{3}\r\na\0b", 6),
    ]);
    assert_eq!(IString::new("a\0").unwrap_err().offset, 1);
    check_tolerated([
        ("\"\u{e9}\"", s("\u{e9}"), Leniency::RAW_8BIT),
        ("\"a\\b\"", s("a\\b"), Leniency::LOOSE_ESCAPE),
        ("\"a\r\n b\"", s("a\r\n b"), Leniency::CRLF_IN_QUOTED),
        ("\"<\"abc\"@x.com>\"", s("<\"abc\"@x.com>"), Leniency::UNESCAPED_QUOTE),
        ("\"HTML\"\"", s("HTML\""), Leniency::UNESCAPED_QUOTE),
        ("\"\"\"\"", s("\""), Leniency::UNESCAPED_QUOTE),
        ("atom", s("atom"), Leniency::ATOM_STRING),
        ("NIL", s(""), Leniency::NIL_STRING),
        ("{3}\r\na\0b", IString(b"a\0b".into()), Leniency::NUL_IN_LITERAL),
    ]);
}

#[test]
fn utf8_is_quoted_where_it_is_in_force() {
    let dialect = Dialect::STRICT.with_utf8(true);
    assert_eq!(wire::exact::<IString<'_>>("\"\u{e9}\"".as_bytes(), dialect), Ok(s("\u{e9}")));
    assert!(wire::exact::<IString<'_>>(b"\"\xe9\"", dialect).is_err());
    let mut out = bytes::BytesMut::new();
    let options = crate::EncodeOptions::default().with_utf8(true);
    s("\u{e9}").encode(&mut Writer::with(&mut out, options, false));
    assert_eq!(out, "\"\u{e9}\"".as_bytes());
}

#[test]
fn strings_are_the_octets_that_they_stand_for() {
    assert!(s("a b") == *"a b" && s("a b") == b"a b"[..] && s("a b") != b"A b"[..]);
}

#[test]
fn astrings() {
    check([
        ("INBOX", a("INBOX")),
        ("a]b", a("a]b")),
        ("\"\"", a("")),
        ("\"NIL\"", a("NIL")),
        ("\"a b\"", a("a b")),
        ("{2}\r\n\r\n", a("\r\n")),
    ]);
    check_read([("\"INBOX\"", a("INBOX")), ("NIL", a("NIL"))]);
}

#[test]
fn nstrings() {
    check([("NIL", None), ("\"NIL\"", Some(s("NIL"))), ("\"\"", Some(s("")))]);
    check_refused::<Option<IString<'_>>, 2>([("NILL", 0), ("x", 0)]);
    check([
        ("NIL", NString8::NIL),
        ("\"a\"", NString8::new("a")),
        ("~{3}\r\na\0b", NString8::new("a\0b")),
        ("{1}\r\n\r", NString8::new("\r")),
    ]);
    check_read([("~{1}\r\na", NString8::new("a"))]);
}

#[test]
fn lists() {
    type Names<'a> = List<'a, AString<'a>>;
    let names = |names: &[&'static str]| names.iter().map(|name| a(name)).collect::<Names<'static>>();
    check([
        ("(a)", names(&["a"])),
        ("(a \"b c\" {1}\r\n\r)", names(&["a", "b c", "\r"])),
        ("(\")\" \"(\")", names(&[")", "("])),
    ]);
    check_refused::<Names<'_>, 6>([("()", 1), ("(a", 2), ("(a )", 3), ("( a)", 1), ("(a  b)", 3), ("a", 0)]);
    check_tolerated([
        ("()", names(&[]), Leniency::EMPTY_LIST),
        ("(a )", names(&["a"]), Leniency::TRAILING_SPACE),
        ("( a  b)", names(&["a", "b"]), Leniency::EXTRA_SPACE),
    ]);
    check([("()", List::<'_, AString<'_>, SpacedOrEmpty>::default())]);
    // Without anything between them, what opens a list is the next one.
    let adjacent: List<'_, Names<'_>, BareAdjacent> = [names(&["a"]), names(&["b", "c"])].into();
    check([("(a)(b c)", adjacent.clone())]);
    check_tolerated([("(a)( b c)", adjacent, Leniency::EXTRA_SPACE)]);
    let spelt = wire::exact::<Names<'_>>(b"({1}\r\na)", Dialect::STRICT).unwrap();
    assert_eq!(spelt, names(&["a"]));
    assert_eq!((spelt.len(), spelt.first()), (1, Some(a("a"))));
}

#[test]
fn equal_lists_and_octets_hash_alike() {
    use crate::grammar::octets::Octets;
    use core::hash::{Hash, Hasher};
    fn hash(value: impl Hash) -> u64 {
        let mut state = std::hash::DefaultHasher::new();
        value.hash(&mut state);
        state.finish()
    }
    let list =
        |text: &'static str| wire::exact::<List<'_, AString<'_>>>(text.as_bytes(), Dialect::STRICT).unwrap();
    let (one, other) = (list("(a \"b c\")"), list("({1}\r\na {3}\r\nb c)"));
    assert_eq!((hash(&one), one), (hash(&other), other));
    let shared = Octets::from(bytes::Bytes::from_static(b"hello"));
    let plain = Octets::from("hello");
    assert_eq!((hash(&shared), &shared), (hash(&plain), &plain));
    // What is shared stays shared, and is copied where that is needed.
    assert_eq!(shared.clone().into_owned().as_ptr(), shared.as_ptr());
    assert_eq!(AString::new(bytes::Bytes::from_static(b"hello")), Ok(a("hello")));
}

#[test]
fn known_text_is_written_as_the_peer_can_read_it() {
    let list: List<'_, IString<'_>> = [s("\u{e9}"), s("{3}\r\nx"), s("{3}")].into_iter().collect();
    assert_eq!(list.as_bytes(), "\"\u{e9}\" {6}\r\n{3}\r\nx \"{3}\"".as_bytes());
    assert_eq!(encoded_bytes(&list), "({2}\r\n\u{e9} {6}\r\n{3}\r\nx \"{3}\")".as_bytes());
    let plus = crate::EncodeOptions::default().with_literals(LiteralMode::Plus);
    let fragments = crate::writer::fragments(plus, true, |out| list.encode(out));
    let sent = |text: &'static str| crate::Fragment::Send(bytes::Bytes::from_static(text.as_bytes()));
    assert_eq!(fragments, [sent("({2+}\r\n\u{e9} {6+}\r\n{3}\r\nx \"{3}\")")]);
    let fragments = crate::writer::fragments(plus.with_literals(LiteralMode::Synchronizing), true, |out| {
        list.encode(out)
    });
    let wait = crate::Fragment::Wait;
    assert_eq!(
        fragments,
        [sent("({2}\r\n"), wait.clone(), sent("\u{e9} {6}\r\n"), wait, sent("{3}\r\nx \"{3}\")")]
    );
}

#[test]
fn bulk_is_not_copied() {
    let data = bytes::Bytes::from(alloc::vec![0; 5_000]);
    let value = NString8::new(data.clone());
    let minus = crate::EncodeOptions::default().with_literals(LiteralMode::Minus);
    let fragments = crate::writer::fragments(minus, true, |out| value.encode(out));
    let [crate::Fragment::Send(head), crate::Fragment::Wait, crate::Fragment::Send(body)] = &fragments[..]
    else {
        panic!("{fragments:?}")
    };
    assert_eq!((&head[..], body.as_ptr()), (&b"~{5000}\r\n"[..], data.as_ptr()));
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(octets in proptest::collection::vec(1u8.., 0..40), nul: Vec<u8>) {
        let octets: &'static [u8] = octets.leak();
        round_trip(&IString::new(octets).unwrap());
        round_trip(&AString::new(octets).unwrap());
        round_trip(&Some(IString::new(octets).unwrap()));
        round_trip(&NString8::new(nul));
        round_trip(&[IString::new(octets).unwrap(), s("x")].into_iter().collect::<List<'_, IString<'_>>>());
    }

    #[test]
    fn any_quoted_text_is_read_or_refused(text in "[\"\\\\ a\u{e9})\r\n]{0,16}") {
        let text = alloc::format!("\"{text}");
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            if let Ok((rest, value)) = wire::front::<IString<'_>>(text.as_bytes(), dialect) {
                prop_assert!(text.as_bytes().ends_with(rest));
                let again = encoded_bytes(&value);
                prop_assert_eq!(wire::exact::<IString<'_>>(&again, Dialect::STRICT).unwrap(), value);
            }
        }
    }
}
