//! What Gmail adds ([IMAP extensions](https://developers.google.com/workspace/gmail/imap/imap-extensions)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1};
use crate::grammar::string::{astring, no_nul, text};
use crate::registry::Via;
use crate::wire::{self, Cx, Parsed, Wire, Writer};

text! {
    /// A label of a message: one of Gmail's own, or the name of a mailbox.
    ///
    /// `\Inbox`, `Important`, `"Muy Importante"`
    ///
    /// The name of a mailbox is in modified UTF-7. Gmail's own begin with `\`, and it also sends them between quotes.
    pub struct GmLabel<'a>: "label", no_nul;
}

impl GmLabel<'_> {
    /// Whether this is one of Gmail's own, such as `\Inbox`.
    pub fn is_system(&self) -> bool {
        matches!(&*self.0, [b'\\', name @ ..] if matches!(run1(name, ATOM, Expected::Atom), Ok(([], _))))
    }
}

/// ```abnf
/// label = "\" atom / astring
/// ```
impl<'a> Wire<'a> for GmLabel<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'\\', name @ ..] = input {
            let (rest, _) = run1(name, ATOM, Expected::Atom)?;
            return Ok((rest, Self(Cow::Borrowed(wire::before(input, rest)))));
        }
        let (rest, octets) = astring(input, cx)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.is_system() && self.0.len() <= Writer::QUOTED {
            out.put(&self.0)
        } else {
            out.astring(&self.0)
        }
    }
}

/// A number of 64 bits: the identifiers of messages and threads.
///
/// ```abnf
/// 1*DIGIT
/// ```
pub(crate) enum Number64 {}

impl<'a> Via<'a, u64> for Number64 {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, u64> {
        wire::number(input)
    }

    fn encode(value: &u64, out: &mut Writer<'_>) {
        out.number(*value);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::list::{List, SpacedOrEmpty};
    use crate::registry::FetchItem;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    fn label(text: &str) -> GmLabel<'_> {
        GmLabel::new(text).unwrap()
    }

    pub(crate) fn any_label() -> impl Strategy<Value = GmLabel<'static>> {
        "\\\\?[!-~ \u{e9}]{0,12}".prop_map(|text| GmLabel::new(text).unwrap())
    }

    #[test]
    fn labels() {
        check([
            ("\\Inbox", label("\\Inbox")),
            ("Important", label("Important")),
            ("\"Muy Importante\"", label("Muy Importante")),
            ("\"\\\\a b\"", label("\\a b")),
            ("\"\\\\\"", label("\\")),
            ("\"\"", label("")),
            ("&V4NXPpCuTvY-", label("&V4NXPpCuTvY-")),
        ]);
        check_read([("\"\\\\Inbox\"", label("\\Inbox")), ("{1}\r\na", label("a"))]);
        check_refused::<GmLabel<'_>, 3>([("\\", 1), ("(", 0), ("\\\\a", 1)]);
        assert!(label("\\Sent").is_system() && !label("Sent").is_system() && !label("\\a b").is_system());
        let labels: List<'_, GmLabel<'_>, SpacedOrEmpty> = [label("\\Inbox"), label("a b")].into();
        check([
            ("X-GM-MSGID 18446744073709551615", FetchItem::XGmMsgId(u64::MAX)),
            ("X-GM-THRID 1278455344230334865", FetchItem::XGmThrId(1_278_455_344_230_334_865)),
            ("X-GM-LABELS (\\Inbox \"a b\")", FetchItem::XGmLabels(labels)),
            ("X-GM-LABELS ()", FetchItem::XGmLabels(List::default())),
        ]);
        check_refused::<FetchItem<'_>, 1>([("X-GM-MSGID 18446744073709551616", 11)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(label in any_label()) {
            round_trip(&label);
        }
    }
}
