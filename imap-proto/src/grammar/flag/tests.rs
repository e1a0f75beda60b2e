use super::*;
use crate::options::Dialect;
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded_bytes, round_trip};
use crate::wire::exact;
use alloc::vec::Vec;
use proptest::prelude::*;

fn flag(text: &str) -> Flag<'_> {
    Flag::new(text).unwrap()
}

/// What only a leniency lets in.
fn odd(text: &'static str) -> Flag<'static> {
    Flag::of(text.as_bytes())
}

#[test]
fn flags() {
    for one in Flag::REGISTERED {
        let text = core::str::from_utf8(one.as_bytes()).unwrap();
        check([(text, one.clone())]);
        let (upper, lower) = (text.to_ascii_uppercase(), text.to_ascii_lowercase());
        check_read([(upper.as_str(), one.clone()), (lower.as_str(), one.clone())]);
        assert!(one.bit().is_power_of_two() && one.bit() < FlagPerm::ANY);
        assert_eq!(one.is_system(), text.starts_with('\\'));
    }
    let bits = Flag::REGISTERED.iter().fold(0, |bits, flag| bits | flag.bit());
    assert_eq!(bits.count_ones() as usize, Flag::REGISTERED.len());
    check([
        ("Work", odd("Work")),
        ("NonJunk", odd("NonJunk")),
        ("$Label1", odd("$Label1")),
        ("$seen", odd("$seen")),
        ("|Seen", odd("|Seen")),
        ("Seen", odd("Seen")),
        ("\\Seenx", odd("\\Seenx")),
        ("\\XYZ", odd("\\XYZ")),
        ("OIB-Seen-[Google", odd("OIB-Seen-[Google")),
        // Longer than any that has a name.
        ("$a-keyword-of-more-than-thirty-two-octets", odd("$a-keyword-of-more-than-thirty-two-octets")),
    ]);
    check_read([("work", odd("WORK")), ("\\xyz", odd("\\XYZ"))]);
    check_refused::<Flag<'_>, 9>([
        ("", 0),
        ("\\", 1),
        ("\\*", 1),
        ("*", 0),
        ("a b", 1),
        ("Mail]/Alle", 4),
        ("\\\\Seen", 1),
        ("\"a\"", 0),
        ("\u{e9}", 0),
    ]);
    assert!(matches!(odd("Work"), Flag::Keyword(name) if name.as_bytes() == b"Work"));
    assert!(matches!(odd("\\XYZ"), Flag::Extension(_)));
    assert_ne!(odd("XYZ"), odd("\\XYZ"));
    assert_eq!(Flag::new("a)").unwrap_err().offset, 1);
}

#[test]
fn loose_flags() {
    check_tolerated([
        ("Mail]/Alle", odd("Mail]/Alle"), Leniency::LOOSE_FLAG),
        ("a\\b*%\u{e9}", odd("a\\b*%\u{e9}"), Leniency::LOOSE_FLAG),
        ("*", odd("*"), Leniency::LOOSE_FLAG),
        ("\\*x", odd("\\*x"), Leniency::LOOSE_FLAG),
        ("\\*", odd("\\*"), Leniency::FLAG_STAR),
    ]);
    let loose = Dialect::STRICT.with_leniency(Leniency::ALL);
    for text in ["", "\\", "a\0", "a\r\n", "a\"", "a{1}", "a(", "\x7f"] {
        assert!(exact::<Flag<'_>>(text.as_bytes(), loose).is_err(), "{text:?}");
    }
    // Each leniency is for its own.
    let without = |leniency| loose.with_leniency(Leniency::ALL.without(leniency));
    assert!(exact::<Flag<'_>>(b"\\*", without(Leniency::FLAG_STAR)).is_err());
    assert!(exact::<Flag<'_>>(b"\\*x", without(Leniency::LOOSE_FLAG)).is_err());
    assert_eq!(exact(b"\\*", without(Leniency::FLAG_STAR)), Ok(FlagPerm::Any));
}

#[test]
fn lists() {
    use Flag::{Answered, Deleted, Draft, Flagged, Forwarded, Seen};
    check([
        ("()", Flags::default()),
        ("(\\Seen $Forwarded)", Flags::from([Seen, Forwarded])),
        ("(\\Answered \\Flagged \\Deleted \\Seen \\Draft)", [Answered, Flagged, Deleted, Seen, Draft].into()),
        ("(Work)", Flags::from([odd("Work")])),
    ]);
    check_read([("(\\SEEN $FORWARDED)", Flags::from([Seen, Forwarded])), ("(WORK)", [odd("Work")].into())]);
    check_refused::<Flags<'_>, 9>([
        ("", 0),
        ("\\Seen", 0),
        ("(", 1),
        ("(\\Seen", 6),
        ("(\\Seen )", 7),
        ("( \\Seen)", 1),
        ("(\\Seen  \\Draft)", 7),
        ("(\\Seen \\*)", 8),
        ("(a Mail]/Alle)", 7),
    ]);
    check_tolerated([
        ("(\\Seen \\*)", Flags::from([Seen, odd("\\*")]), Leniency::FLAG_STAR),
        ("(\\Seen $Forwarded )", [Seen, Forwarded].into(), Leniency::TRAILING_SPACE),
        ("( \\Seen  \\Draft)", [Seen, Draft].into(), Leniency::EXTRA_SPACE),
        (
            "(\\Answered OIB-Seen-INBOX OIB-Seen-[Google Mail]/Alle Nachrichten)",
            [Answered, odd("OIB-Seen-INBOX"), odd("OIB-Seen-[Google"), odd("Mail]/Alle"), odd("Nachrichten")]
                .into(),
            Leniency::LOOSE_FLAG,
        ),
    ]);
    assert!(Flags::default().is_empty() && Flags::default().system().is_empty());
}

#[test]
fn what_a_list_holds() {
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let list = exact::<Flags<'_>>(b"(\\sEEN \\Recent $forwarded Work \\XYZ)", dialect).unwrap();
        assert_eq!(list.system(), SystemFlags::SEEN.union(SystemFlags::RECENT));
        for one in [Flag::Seen, Flag::Recent, Flag::Forwarded, odd("WORK"), odd("\\xyz")] {
            assert!(list.contains(&one), "{one:?}");
        }
        for one in [Flag::Deleted, Flag::MdnSent, odd("Play"), odd("XYZ"), odd("\\Work")] {
            assert!(!list.contains(&one), "{one:?}");
        }
        assert_eq!(list.list().len(), 5);
        assert_eq!(list.clone().into_owned(), list);
    }
    let text = b"(\\Seen Work)";
    let list = exact::<Flags<'_>>(text, Dialect::STRICT).unwrap();
    assert_eq!(list.list().as_bytes().as_ptr(), text.get(1..).unwrap().as_ptr(), "no copy");
    assert_eq!(alloc::format!("{:?}", list.system()), "{Seen}");
    assert_eq!(list.system().iter().collect::<Vec<_>>(), [Flag::Seen]);
}

#[test]
fn permanent_flags() {
    use FlagPerm::{Any, Flag as F};
    check([
        ("()", PermanentFlags::default()),
        ("(\\Deleted \\Seen \\*)", PermanentFlags::from([F(Flag::Deleted), F(Flag::Seen), Any])),
        ("(\\*)", PermanentFlags::from([Any])),
        ("(Work)", PermanentFlags::from([F(odd("Work"))])),
    ]);
    check_refused::<PermanentFlags<'_>, 5>([
        ("(\\*", 3),
        ("(*)", 1),
        ("(\\**)", 3),
        ("(\\*x)", 3),
        ("( \\*)", 1),
    ]);
    check_tolerated([
        ("( \\*)", PermanentFlags::from([Any]), Leniency::EXTRA_SPACE),
        ("(\\*x)", PermanentFlags::from([F(odd("\\*x"))]), Leniency::LOOSE_FLAG),
    ]);
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let list = exact::<PermanentFlags<'_>>(b"(\\Seen Work \\*)", dialect).unwrap();
        assert!(list.has_any() && list.contains(&Flag::Seen) && list.contains(&odd("work")));
        assert!(!list.contains(&Flag::Draft) && !list.contains(&odd("Play")));
        assert_eq!(list.system(), SystemFlags::SEEN);
    }
    assert!(!PermanentFlags::from([F(Flag::Seen)]).has_any());
}

#[test]
fn names_hash_without_case() {
    let hash = |flag: Flag<'_>| {
        let mut state = std::hash::DefaultHasher::new();
        flag.hash(&mut state);
        state.finish()
    };
    assert_eq!(hash(odd("Work")), hash(odd("wORK")));
    assert_ne!(hash(odd("Work")), hash(odd("Worm")));
}

/// Any flag.
pub(crate) fn any_flag() -> impl Strategy<Value = Flag<'static>> {
    let registered = proptest::sample::select(Flag::REGISTERED);
    let other = "[\\\\$]?[A-Za-z|\\[+-]{1,8}".prop_map(|text| flag(text.leak()));
    prop_oneof![registered, other]
}

/// Any flags.
pub(crate) fn any_flags() -> impl Strategy<Value = Flags<'static>> {
    proptest::collection::vec(any_flag(), 0..5).prop_map(|flags| flags.into_iter().collect())
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(flags in any_flags(), any: bool) {
        round_trip(&flags);
        for one in flags.iter() {
            prop_assert!(flags.contains(&one));
        }
        let any = any.then_some(FlagPerm::Any);
        let flags = flags.iter().map(IntoOwned::into_owned).map(FlagPerm::Flag);
        round_trip(&flags.chain(any).collect::<PermanentFlags<'_>>());
    }

    #[test]
    fn any_list_is_the_same_again(text in "\\([ \\\\*a\\]\u{e9}S%$)(]{0,12}\\)") {
        let text = text.as_bytes();
        if let Ok(list) = exact::<Flags<'_>>(text, Dialect::TOLERANT) {
            let again = encoded_bytes(&list);
            let second = exact::<Flags<'_>>(&again, Dialect::TOLERANT);
            prop_assert_eq!(second.as_ref(), Ok(&list));
            if let Ok(strict) = exact::<Flags<'_>>(text, Dialect::STRICT) {
                prop_assert_eq!(strict, list);
            }
        }
    }
}
