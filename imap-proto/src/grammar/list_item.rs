//! What LIST says of a mailbox besides its attributes ([RFC 5258 section 6](https://www.rfc-editor.org/rfc/rfc5258#section-6),
//! [RFC 9051 section 7.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.1)).

use alloc::borrow::Cow;

pub use crate::registry::ListExtendedItem;

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1, space};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::Parenthesised;
use crate::grammar::string::{Atom, IString, astring};
use crate::grammar::tagged_ext::TaggedValue;
use crate::grammar::text::{item_or_invalid, skip_item};
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part};

/// The tag of an item, without its quotes or its count; empty when it is written so that none with a row can be.
#[inline]
pub(crate) fn item_tag(input: &[u8]) -> Parsed<'_, &[u8]> {
    match input {
        [b'"', quoted @ ..] => match run1(quoted, ATOM, Expected::Item) {
            Ok(([b'"', rest @ ..], tag)) => Ok((rest, tag)),
            _ => Ok((input, &[])),
        },
        [b'{', ..] => match astring(input, Cx::default()) {
            Ok((rest, Cow::Borrowed(tag))) => Ok((rest, tag)),
            _ => Ok((input, &[])),
        },
        _ => run1(input, ATOM, Expected::Item),
    }
}

/// ```abnf
/// mbox-list-extended-item     = mbox-list-extended-item-tag SP tagged-ext-val
/// mbox-list-extended-item-tag = astring
/// ```
impl<'a> Wire<'a> for ListExtendedItem<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        item_or_invalid(input, cx, Self::read, Self::Invalid)
    }

    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        skip_item(input, cx, Self::pass)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

part! {
    /// Something about a mailbox without a row in this crate.
    ///
    /// `tablecloth ("edge" "lacy")`
    ///
    /// RFC 5258 section 6 (`mbox-list-extended-item`).
    pub struct OtherListItem<'a> {
        /// What it is, as written.
        pub tag: Atom<'a>,
        /// Its value.
        pub value: TaggedValue<'a>,
    }
}

impl OtherListItem<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.tag.as_str().unwrap_or_default()
    }
}

impl<'a> Wire<'a> for OtherListItem<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, tag) = astring(input, cx)?;
        // RFC 5258 section 6: whatever it is written as, it is made of what atoms are made of.
        if !matches!(run1(&tag, ATOM, Expected::Item), Ok(([], _))) {
            return Fail::at(input, Expected::Item);
        }
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = TaggedValue::parse(rest, cx)?;
        Ok((rest, Self { tag: Atom(tag), value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.tag.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// By which selection option a mailbox further down was found.
    ///
    /// `"SUBSCRIBED"`
    ///
    /// RFC 5258 section 6 (`list-select-base-opt-quoted`).
    pub enum ChildInfo<'a> {
        /// `"SUBSCRIBED"`: one that the user has subscribed to.
        Subscribed,
        /// That of an extension.
        Other(IString<'a>),
    }
}

/// ```abnf
/// list-select-base-opt-quoted = DQUOTE list-select-base-opt DQUOTE
/// ```
impl<'a> Wire<'a> for ChildInfo<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, option) = IString::parse(input, cx)?;
        match option.as_bytes().eq_ignore_ascii_case(b"SUBSCRIBED") {
            true => Ok((rest, Self::Subscribed)),
            false => Ok((rest, Self::Other(option))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Subscribed => out.put("\"SUBSCRIBED\""),
            Self::Other(option) => option.encode(out),
        }
    }
}

/// ```abnf
/// "(" mailbox ")"
/// ```
impl<'a> Via<'a, Mailbox<'a>> for Parenthesised {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Mailbox<'a>> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, mailbox) = Mailbox::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, mailbox))
    }

    fn encode(value: &Mailbox<'a>, out: &mut Writer<'_>) {
        out.put("(");
        value.encode(out);
        out.put(")");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::text::InvalidItem;
    use crate::options::Leniency;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    pub(crate) fn other<'a>(tag: &'a str, value: &'a str) -> ListExtendedItem<'a> {
        let (tag, value) = (Atom::new(tag).unwrap(), TaggedValue::new(value).unwrap());
        ListExtendedItem::Other(OtherListItem { tag, value })
    }

    pub(crate) fn child_info() -> ListExtendedItem<'static> {
        ListExtendedItem::ChildInfo([ChildInfo::Subscribed].into())
    }

    #[test]
    fn items() {
        let old_name = || ListExtendedItem::OldName(Mailbox::new("a b").unwrap());
        check([
            ("CHILDINFO (\"SUBSCRIBED\")", child_info()),
            ("CHILDINFO (\"SUBSCRIBED\" \"REMOTE\")", {
                let remote = ChildInfo::Other(IString::new("REMOTE").unwrap());
                ListExtendedItem::ChildInfo([ChildInfo::Subscribed, remote].into())
            }),
            ("OLDNAME (\"a b\")", old_name()),
            ("tablecloth (\"edge\" \"lacy\")", other("tablecloth", "(\"edge\" \"lacy\")")),
            ("X 5", other("X", "5")),
            ("X 1:*", other("X", "1:*")),
            ("OLDNAME+ ()", other("OLDNAME+", "()")),
        ]);
        check_read([
            ("\"CHILDINFO\" (\"subscribed\")", child_info()),
            ("\"oldname\" ({3}\r\na b)", old_name()),
            ("{7}\r\nOldName (\"a b\")", old_name()),
            ("{1}\r\nX 5", other("X", "5")),
            ("\"X\" 5", other("X", "5")),
        ]);
        check_refused::<ListExtendedItem<'_>, 10>([
            ("{9}\r\nX 5", 1),
            ("", 0),
            ("X", 1),
            ("\"X Y\" 5", 0),
            ("\"\" 5", 0),
            ("X y", 2),
            ("OLDNAME a", 8),
            ("OLDNAME (a b)", 10),
            ("CHILDINFO (SUBSCRIBED)", 11),
            ("CHILDINFO ()", 11),
        ]);
        let invalid = |text| ListExtendedItem::Invalid(InvalidItem::new(text).unwrap());
        check_tolerated([("OLDNAME a", invalid("OLDNAME a"), Leniency::INVALID_ITEM)]);
    }

    /// Any item.
    pub(crate) fn any_list_item() -> impl Strategy<Value = ListExtendedItem<'static>> {
        prop_oneof![
            Just(child_info()),
            any_mailbox().prop_map(ListExtendedItem::OldName),
            ("X[a-z]{0,3}", "[0-9]{1,3}|\\((a (b))?\\)")
                .prop_map(|(tag, value)| other(tag.leak(), value.leak())),
        ]
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(item in any_list_item()) {
            round_trip(&item);
        }
    }
}
