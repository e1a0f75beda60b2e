//! ANNOTATION as a search and sort key (ANNOTATE, [RFC 5257](https://www.rfc-editor.org/rfc/rfc5257)).

use crate::error::Expected;
use crate::grammar::class::{keyword, space};
use crate::grammar::mailbox::ListMailbox;
use crate::grammar::string::{AString, NString8};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, plain};

/// Which value of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnnotationValue {
    /// `value.priv`: the user's.
    Private,
    /// `value.shared`: everyone's.
    Shared,
    /// `value`: both, where something is searched.
    Any,
}

plain!(AnnotationValue);

/// ```abnf
/// att-search = "value" / "value.priv" / "value.shared"
/// ```
impl<'a> Wire<'a> for AnnotationValue {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, name) = keyword(input)?;
        match name.len() {
            5 if name.eq_ignore_ascii_case(b"value") => Ok((rest, Self::Any)),
            10 if name.eq_ignore_ascii_case(b"value.priv") => Ok((rest, Self::Private)),
            12 if name.eq_ignore_ascii_case(b"value.shared") => Ok((rest, Self::Shared)),
            _ => Fail::at(input, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::Private => "value.priv",
            Self::Shared => "value.shared",
            Self::Any => "value",
        });
    }
}

part! {
    /// Annotations and what is in them.
    ///
    /// `/comment value "IMAP4"`, `* value.priv "IMAP4"`
    ///
    /// RFC 5257 section 4.8.
    pub struct AnnotationKey<'a> {
        /// The name of the entry; `*` and `%` stand for others.
        pub entry: ListMailbox<'a>,
        /// Whose.
        pub attribute: AnnotationValue,
        /// What is somewhere in the value.
        pub value: NString8<'a>,
    }
}

/// ```abnf
/// annotation-key = entry-match SP att-search SP value
/// entry-match    = list-mailbox
/// value          = nstring / literal8
/// ```
impl<'a> Wire<'a> for AnnotationKey<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = ListMailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, attribute) = AnnotationValue::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = NString8::parse(rest, cx)?;
        Ok((rest, Self { entry, attribute, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.entry.encode(out);
        out.put(" ");
        self.attribute.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// An annotation to sort by.
    ///
    /// `/altsubject value.shared`
    ///
    /// RFC 5257 section 4.9.
    pub struct AnnotationSort<'a> {
        /// The name of the entry.
        pub entry: AString<'a>,
        /// Everyone's, and not the user's.
        pub shared: bool,
    }
}

/// ```abnf
/// annotation-sort = entry SP att-sort
/// entry           = astring
/// att-sort        = "value.priv" / "value.shared"
/// ```
impl<'a> Wire<'a> for AnnotationSort<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = AString::parse(input, cx)?;
        let (start, ()) = space(rest, cx)?;
        let (rest, attribute) = AnnotationValue::parse(start, cx)?;
        match attribute {
            AnnotationValue::Any => Fail::at(start, Expected::Keyword),
            _ => Ok((rest, Self { entry, shared: attribute == AnnotationValue::Shared })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.entry.encode(out);
        out.put(if self.shared { " value.shared" } else { " value.priv" });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::grammar::mailbox::tests::any_list_mailbox;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn any_annotation_key() -> impl Strategy<Value = AnnotationKey<'static>> {
        let attribute = prop_oneof![
            Just(AnnotationValue::Private),
            Just(AnnotationValue::Shared),
            Just(AnnotationValue::Any)
        ];
        let value = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..8));
        (any_list_mailbox(), attribute, value).prop_map(|(entry, attribute, value)| AnnotationKey {
            entry,
            attribute,
            value: value.map_or(NString8::NIL, NString8::new),
        })
    }

    pub(crate) fn any_annotation_sort() -> impl Strategy<Value = AnnotationSort<'static>> {
        ("/[a-z /]{1,12}", any::<bool>())
            .prop_map(|(entry, shared)| AnnotationSort { entry: AString::new(entry).unwrap(), shared })
    }

    #[test]
    fn keys() {
        let key = |entry, attribute, value| AnnotationKey {
            entry: ListMailbox::new(entry).unwrap(),
            attribute,
            value,
        };
        check([
            ("/comment value \"IMAP4\"", key("/comment", AnnotationValue::Any, NString8::new("IMAP4"))),
            ("* value.priv \"IMAP4\"", key("*", AnnotationValue::Private, NString8::new("IMAP4"))),
            ("/a/% value.shared NIL", key("/a/%", AnnotationValue::Shared, NString8::NIL)),
            ("\"/a b\" value ~{2}\r\na\0", key("/a b", AnnotationValue::Any, NString8::new("a\0"))),
        ]);
        check_read([("/a VALUE \"x\"", key("/a", AnnotationValue::Any, NString8::new("x")))]);
        check_refused::<AnnotationKey<'_>, 4>([
            ("/a", 2),
            ("/a size \"x\"", 3),
            ("/a value", 8),
            ("/a value x", 9),
        ]);
    }

    #[test]
    fn sorting() {
        let sort = |entry, shared| AnnotationSort { entry: AString::new(entry).unwrap(), shared };
        check([
            ("/altsubject value.shared", sort("/altsubject", true)),
            ("/altsubject value.priv", sort("/altsubject", false)),
        ]);
        check_refused::<AnnotationSort<'_>, 3>([("/a", 2), ("/a value", 3), ("/a value.size", 3)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(key in any_annotation_key(), sort in any_annotation_sort()) {
            round_trip(&key);
            round_trip(&sort);
        }
    }
}
