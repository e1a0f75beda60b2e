//! Parameters and items of extensions ([RFC 4466 section 2.1](https://www.rfc-editor.org/rfc/rfc4466#section-2.1)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1, space};
use crate::grammar::sequence::SequenceSet;
use crate::grammar::skip;
use crate::grammar::string::{Atom, Checked, text, whole};
use crate::grammar::text::kept;
use crate::list::{List, Spaced};
use crate::options::Dialect;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, octet, part};

/// Its octets: a letter, `-`, `_` or `.`, and then also digits and `:`.
#[inline]
pub(crate) fn label(input: &[u8]) -> Parsed<'_, &[u8]> {
    let inner = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b':');
    let end = input.iter().position(|&octet| !inner(octet)).unwrap_or(input.len());
    match input.split_at_checked(end) {
        Some((label @ [first, ..], rest)) if !first.is_ascii_digit() && *first != b':' => Ok((rest, label)),
        _ => Fail::at(input, Expected::Keyword),
    }
}

fn label_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Keyword, label(octets))
}

text! {
    /// The name of a parameter.
    ///
    /// `CONDSTORE`
    ///
    /// Letters, digits and `-_.:`, at least one, and neither a digit nor `:` first. RFC 4466 section 3
    /// (`tagged-ext-label`).
    pub struct TaggedLabel<'a>: "label", label_check;
}

/// ```abnf
/// tagged-ext-label   = tagged-label-fchar *tagged-label-char
/// tagged-label-fchar = ALPHA / "-" / "_" / "."
/// tagged-label-char  = tagged-label-fchar / DIGIT / ":"
/// ```
impl<'a> Wire<'a> for TaggedLabel<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = label(input)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// Values between parentheses. What is kept as it came has to be in order, whatever is put up with elsewhere.
pub(crate) fn parenthesised(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let (inner, ()) = octet(input, b'(', Expected::Open)?;
    let (rest, text) = skip::value(input, Dialect::STRICT.with_utf8(cx.utf8()).into())?;
    match skip::to_close(inner) {
        // The value ends where the parenthesis does, and not as in `(a)b`.
        Some([b')', after @ ..]) if after.len() == rest.len() => Ok((rest, text)),
        Some([b')', after @ ..]) => Fail::at(after, Expected::End),
        _ => Fail::at(rest, Expected::Close),
    }
}

/// A set of numbers, a number, or what stands in parentheses.
fn tagged_value(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    if let [b'(', ..] = input {
        return parenthesised(input, cx);
    }
    let (rest, _) = match u64::parse(input, cx) {
        // Also 0, and what has more than 32 bits.
        Ok((rest, number)) if !matches!(rest, [b',' | b':', ..]) => (rest, Some(number)),
        _ => SequenceSet::parse(input, cx).map(|(rest, _)| (rest, None))?,
    };
    Ok((rest, before(input, rest)))
}

fn tagged_value_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::End, tagged_value(octets, Dialect::STRICT.with_utf8(true).into()))
}

text! {
    /// The value of a parameter without a row in this crate, as it is on the wire.
    ///
    /// `5`, `1:3,*`, `(a "b" (c))`
    ///
    /// A number, a set of numbers, or values of any kind between parentheses. Literals in it hold what they say, so nothing
    /// can be smuggled through it. RFC 4466 section 3 (`tagged-ext-val`).
    pub struct TaggedValue<'a>: "value", tagged_value_check, kept;
}

/// ```abnf
/// tagged-ext-val    = tagged-ext-simple / "(" [tagged-ext-comp] ")"
/// tagged-ext-simple = sequence-set / number / number64
/// tagged-ext-comp   = astring / tagged-ext-comp *(SP tagged-ext-comp) / "(" tagged-ext-comp ")"
/// ```
impl<'a> Wire<'a> for TaggedValue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, text) = tagged_value(input, cx)?;
        Ok((rest, Self(kept(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.known(&self.0);
    }
}

part! {
    /// A parameter without a row in this crate.
    ///
    /// `RESPONSES ("UID Responses")`, `BLURDYBLOOP`
    ///
    /// RFC 4466 section 2.1.
    pub struct TaggedExt<'a> {
        /// Its name, as written.
        pub label: TaggedLabel<'a>,
        /// What stands behind the name and its space.
        pub value: Option<TaggedValue<'a>>,
    }
}

impl TaggedExt<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.label.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// param = tagged-ext-label [SP tagged-ext-val]
/// ```
impl<'a> Wire<'a> for TaggedExt<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, label) = TaggedLabel::parse(input, cx)?;
        match rest {
            // No label begins like a value.
            [b' ', after @ ..] if matches!(after, [b'(' | b'*' | b'$' | b'0'..=b'9', ..]) => {
                let (rest, value) = TaggedValue::parse(after, cx)?;
                Ok((rest, Self { label, value: Some(value) }))
            }
            _ => Ok((rest, Self { label, value: None })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.label.encode(out);
        if let Some(value) = &self.value {
            out.put(" ");
            value.encode(out);
        }
    }
}

/// Reads what may stand at the end of a command: a space and parameters between parentheses.
///
/// ```abnf
/// params = [SP "(" param *(SP param) ")"]
/// ```
pub(crate) fn parameters<'a, T: Wire<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T, Spaced>> {
    match input {
        [b' ', b'(' | b' ', ..] => {
            let (rest, ()) = space(input, cx)?;
            match rest {
                // Nothing but spaces: let who reads the end decide.
                [b'\r' | b'\n', ..] => Ok((input, List::default())),
                _ => List::parse(rest, cx),
            }
        }
        _ => Ok((input, List::default())),
    }
}

/// Writes what [`parameters`] reads; nothing when there are none.
pub(crate) fn put_parameters<'a, T: Wire<'a>>(list: &List<'a, T, Spaced>, out: &mut Writer<'_>) {
    if !list.is_empty() {
        out.put(" ");
        list.encode(out);
    }
}

/// The name of an option or of an item: an atom.
#[inline]
pub(crate) fn atom_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    run1(input, ATOM, Expected::Keyword)
}

fn item_value_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::End, skip::value(octets, Dialect::STRICT.with_utf8(true).into()))
}

text! {
    /// The value of an item without a row in this crate, as it is on the wire: one of any kind.
    ///
    /// `5`, `NIL`, `"a b"`, `(a "b" (c))`
    ///
    /// RFC 4466 section 3.
    pub struct ItemValue<'a>: "value", item_value_check, kept;
}

impl<'a> Wire<'a> for ItemValue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, text) = skip::value(input, Dialect::STRICT.with_utf8(cx.utf8()).into())?;
        Ok((rest, Self(kept(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.known(&self.0);
    }
}

part! {
    /// An item without a row in this crate, where each item has exactly one value.
    ///
    /// `X-THING 17`
    ///
    /// RFC 4466 section 3.
    pub struct OtherItem<'a> {
        /// Its name, as written.
        pub name: Atom<'a>,
        /// Its value.
        pub value: ItemValue<'a>,
    }
}

impl OtherItem<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// other-item = atom SP value
/// ```
impl<'a> Wire<'a> for OtherItem<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = Atom::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = ItemValue::parse(rest, cx)?;
        Ok((rest, Self { name, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn ext<'a>(label: &'a str, value: &'a str) -> TaggedExt<'a> {
        let value = (!value.is_empty()).then(|| TaggedValue::new(value).unwrap());
        TaggedExt { label: TaggedLabel::new(label).unwrap(), value }
    }

    pub(crate) fn item<'a>(name: &'a str, value: &'a str) -> OtherItem<'a> {
        OtherItem { name: Atom::new(name).unwrap(), value: ItemValue::new(value).unwrap() }
    }

    #[test]
    fn labels() {
        let label = |text| TaggedLabel::new(text).unwrap();
        check([("CONDSTORE", label("CONDSTORE")), ("-_.:9", label("-_.:9")), ("x", label("x"))]);
        check_refused::<TaggedLabel<'_>, 5>([("", 0), ("9", 0), (":a", 0), ("a b", 1), ("a+", 1)]);
    }

    #[test]
    fn parameters_of_any_kind() {
        // RFC 4466 section 2.1.
        check([
            ("BLURDYBLOOP", ext("BLURDYBLOOP", "")),
            ("RESPONSES (\"UID Responses\")", ext("RESPONSES", "(\"UID Responses\")")),
            ("x 0", ext("x", "0")),
            ("x 9223372036854775807", ext("x", "9223372036854775807")),
            ("x 1:3,*", ext("x", "1:3,*")),
            ("x *", ext("x", "*")),
            ("x $", ext("x", "$")),
            ("x ()", ext("x", "()")),
            ("x (a (b) {3}\r\n)\r\n)", ext("x", "(a (b) {3}\r\n)\r\n)")),
        ]);
        check_read([
            ("x ({1+}\r\na)", ext("x", "({1}\r\na)")),
            ("x (a+} \"+}\" {2+}\r\n+})", ext("x", "(a+} \"+}\" {2}\r\n+})")),
        ]);
        check_refused::<TaggedExt<'_>, 6>([
            ("x 9223372036854775808", 2),
            ("x 1:", 4),
            ("x (a", 4),
            ("x y", 1),
            ("x \"y\"", 1),
            ("x (\"\u{e9}\")", 4),
        ]);
        for bad in ["", "a", "1 2", "(a) b", "(a)b", "\"a\"", "(", "({3}\r\na)", "(a\r\nb)"] {
            assert!(TaggedValue::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn many_parameters() {
        type Params<'a> = List<'a, TaggedExt<'a>>;
        let read = |text: &'static str| parameters::<TaggedExt<'_>>(text.as_bytes(), Cx::default());
        let both = [ext("a", "(b)"), ext("c", "")].into_iter().collect::<Params<'_>>();
        assert_eq!(read(" (a (b) c)\r\n"), Ok((&b"\r\n"[..], both)));
        for text in ["", "\r\n", " \r\n", " x", "(a)"] {
            assert_eq!(read(text), Ok((text.as_bytes(), Params::default())), "{text:?}");
        }
        for text in [" (", " ()", " (a", " (a )", "  (a)"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn items() {
        check([
            ("X 5", item("X", "5")),
            ("X NIL", item("X", "NIL")),
            ("X \"a b\"", item("X", "\"a b\"")),
            ("X (a {1}\r\n))", item("X", "(a {1}\r\n))")),
        ]);
        check_refused::<OtherItem<'_>, 4>([("X", 1), ("X ", 2), ("X a b", 3), ("X (a", 4)]);
        assert!(ItemValue::new("a b").is_err() && ItemValue::new("a\r\n").is_err());
    }

    pub(crate) fn any_tagged_ext() -> impl Strategy<Value = TaggedExt<'static>> {
        let value = proptest::option::of("[0-9]{1,5}|[1-9](:[1-9])?,\\*|\\((a \"[a-z)(]{0,3}\"|\\(\\))?\\)");
        ("[A-Z._-][A-Z0-9:._-]{0,5}", value).prop_map(|(label, value)| TaggedExt {
            label: TaggedLabel::new(label).unwrap(),
            value: value.map(|value| TaggedValue::new(value).unwrap()),
        })
    }

    pub(crate) fn any_item() -> impl Strategy<Value = OtherItem<'static>> {
        ("X-[A-Z0-9+]{0,5}", "[0-9]{1,5}|NIL|\"[a-z )]{0,4}\"|\\(a \\(b\\)\\)").prop_map(|(name, value)| {
            OtherItem { name: Atom::new(name).unwrap(), value: ItemValue::new(value).unwrap() }
        })
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(ext in any_tagged_ext(), item in any_item()) {
            round_trip(&ext);
            round_trip(&item);
            round_trip(&List::<'_, TaggedExt<'_>>::from([ext.clone(), ext]));
            round_trip(&List::<'_, OtherItem<'_>>::from([item.clone(), item]));
        }

        #[test]
        fn any_text_that_is_kept_can_be_read(text in "[a-c1,:* ()\"\\\\{}3\\r\\n]{0,12}") {
            let text: &'static str = alloc::string::String::leak(text);
            if let Ok(value) = TaggedValue::new(text) {
                round_trip(&value);
            }
            if let Ok(value) = ItemValue::new(text) {
                round_trip(&value);
            }
        }
    }
}
