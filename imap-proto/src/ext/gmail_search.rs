//! Gmail's search keys ([IMAP extensions](https://developers.google.com/workspace/gmail/imap/imap-extensions)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1};
use crate::grammar::string::{astring, no_nul, text};
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, before, number};

text! {
    /// A label of Gmail's; those that it has itself begin with `\`.
    ///
    /// `\Inbox`, `work`, `"two words"`
    pub struct SearchLabel<'a>: "label", no_nul;
}

/// ```abnf
/// label = astring / "\" atom
/// ```
impl<'a> Wire<'a> for SearchLabel<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'\\', atom @ ..] = input {
            let (rest, _) = run1(atom, ATOM, Expected::Atom)?;
            return Ok((rest, Self(Cow::Borrowed(before(input, rest)))));
        }
        let (rest, octets) = astring(input, cx)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self.0.strip_prefix(b"\\").map(|atom| run1(atom, ATOM, Expected::Atom)) {
            Some(Ok(([], _))) => out.put(&self.0),
            _ => out.astring(&self.0),
        }
    }
}

/// A number of 64 bits.
pub(crate) enum Id64 {}

impl<'a> Via<'a, u64> for Id64 {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, u64> {
        number(input)
    }

    fn encode(value: &u64, out: &mut Writer<'_>) {
        out.number(*value);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::grammar::string::AString;
    use crate::registry::SearchKey;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn any_label() -> impl Strategy<Value = SearchLabel<'static>> {
        "\\\\?[A-Za-z \"\\\\]{1,8}".prop_map(|label| SearchLabel::new(label).unwrap())
    }

    #[test]
    fn keys() {
        let label = |label| SearchKey::GmailLabels(SearchLabel::new(label).unwrap());
        check([
            ("X-GM-LABELS work", label("work")),
            ("X-GM-LABELS \\Inbox", label("\\Inbox")),
            ("X-GM-LABELS \"two words\"", label("two words")),
            ("X-GM-LABELS \"\\\\\"", label("\\")),
            ("X-GM-RAW has:attachment", SearchKey::GmailRaw(AString::new("has:attachment").unwrap())),
            ("X-GM-MSGID 18446744073709551615", SearchKey::GmailMessageId(u64::MAX)),
            ("X-GM-THRID 1266894439832287888", SearchKey::GmailThreadId(1_266_894_439_832_287_888)),
        ]);
        check_read([("x-gm-labels \"\\\\Inbox\"", label("\\Inbox"))]);
        check_refused::<SearchKey<'_>, 3>([("X-GM-LABELS \\", 13), ("X-GM-MSGID x", 11), ("X-GM-RAW", 8)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(label in any_label()) {
            round_trip(&label);
        }
    }
}
