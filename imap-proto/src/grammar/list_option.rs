//! Options of LIST that have no row in this crate ([RFC 5258 section 6](https://www.rfc-editor.org/rfc/rfc5258#section-6)).

use crate::error::Expected;
use crate::grammar::string::{Atom, Checked, text, whole};
use crate::grammar::tagged_ext::parenthesised;
use crate::grammar::text::kept;
use crate::options::Dialect;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

fn option_value(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    match input {
        [b'(', rest @ ..] if matches!(rest, [b')', ..]) => Fail::at(rest, Expected::Syntax),
        _ => parenthesised(input, cx),
    }
}

fn option_value_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::End, option_value(octets, Dialect::STRICT.with_utf8(true).into()))
}

text! {
    /// The value of an option without a row in this crate, as it is on the wire.
    ///
    /// `(a "b" (c))`
    ///
    /// Values of any kind between parentheses. RFC 5258 section 6 (`option-value`).
    pub struct OptionValue<'a>: "value", option_value_check, kept;
}

/// ```abnf
/// option-value    = "(" option-val-comp ")"
/// option-val-comp = astring / option-val-comp *(SP option-val-comp) / "(" option-val-comp ")"
/// ```
impl<'a> Wire<'a> for OptionValue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, text) = option_value(input, cx)?;
        Ok((rest, Self(kept(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.known(&self.0);
    }
}

part! {
    /// An option of LIST without a row in this crate.
    ///
    /// `vendor.example-COLOUR ("red")`
    ///
    /// RFC 5258 section 6 (`option-extension`).
    pub struct OptionExtension<'a> {
        /// Its name, as written.
        pub name: Atom<'a>,
        /// What stands behind the name and its space.
        pub value: Option<OptionValue<'a>>,
    }
}

impl OptionExtension<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// option-extension = (option-standard-tag / option-vendor-tag) [SP option-value]
/// ```
impl<'a> Wire<'a> for OptionExtension<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = Atom::parse(input, cx)?;
        match rest {
            [b' ', after @ ..] if matches!(after, [b'(', ..]) => {
                let (rest, value) = OptionValue::parse(after, cx)?;
                Ok((rest, Self { name, value: Some(value) }))
            }
            _ => Ok((rest, Self { name, value: None })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        if let Some(value) = &self.value {
            out.put(" ");
            value.encode(out);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::list::List;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn option<'a>(name: &'a str, value: &'a str) -> OptionExtension<'a> {
        let value = (!value.is_empty()).then(|| OptionValue::new(value).unwrap());
        OptionExtension { name: Atom::new(name).unwrap(), value }
    }

    #[test]
    fn options() {
        check([
            ("FOO", option("FOO", "")),
            ("vendor.x-FOO+9", option("vendor.x-FOO+9", "")),
            ("FOO (a \"b\" (c))", option("FOO", "(a \"b\" (c))")),
        ]);
        check_read([("FOO ({1+}\r\n))", option("FOO", "({1}\r\n))"))]);
        check_refused::<OptionExtension<'_>, 4>([("", 0), ("FOO 5", 3), ("FOO ()", 5), ("FOO (a", 6)]);
        assert!(OptionValue::new("5").is_err() && OptionValue::new("()").is_err());
    }

    pub(crate) fn any_option() -> impl Strategy<Value = OptionExtension<'static>> {
        let value = proptest::option::of("\\((a \"[a-z)(]{0,3}\"|\\(b\\))\\)");
        ("X-[A-Z0-9+]{0,5}", value).prop_map(|(name, value)| OptionExtension {
            name: Atom::new(name).unwrap(),
            value: value.map(|value| OptionValue::new(value).unwrap()),
        })
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(option in any_option(), text in "[a-c1 ()\"\\\\{}3\\r\\n]{0,12}") {
            round_trip(&option);
            round_trip(&List::<'_, OptionExtension<'_>>::from([option.clone(), option]));
            if let Ok(value) = OptionValue::new(text) {
                round_trip(&value);
            }
        }
    }
}
