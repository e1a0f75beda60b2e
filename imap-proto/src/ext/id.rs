//! ID ([RFC 2971](https://www.rfc-editor.org/rfc/rfc2971)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::string::{IString, nil};
use crate::list::{List, SpacedOrEmpty};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

part! {
    /// One thing that an implementation says of itself.
    ///
    /// `"name" "Cyrus"`
    ///
    /// RFC 2971 section 3.3.
    pub struct IdParameter<'a> {
        /// What it is: `name`, `version`, `vendor`, `support-url`. At most 30 octets by RFC 2971 section 3.3.
        pub field: IString<'a>,
        /// The value; `None` is `NIL`. At most 1,024 octets.
        pub value: Option<IString<'a>>,
    }
}

/// ```abnf
/// id-parameter = string SP nstring
/// ```
impl<'a> Wire<'a> for IdParameter<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, field) = IString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = Wire::parse(rest, cx)?;
        Ok((rest, Self { field, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.field.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// What an implementation says of itself, command and response alike.
    ///
    /// `("name" "Cyrus" "version" "1.5")`, `NIL`
    ///
    /// Never to be relied on: for people who look for the reason of a problem. RFC 2971 section 3.
    #[derive(Debug)]
    pub struct IdParameters<'a>(pub Option<List<'a, IdParameter<'a>, SpacedOrEmpty>>);
}

impl IdParameters<'_> {
    /// The most parameters that RFC 2971 section 3.3 allows.
    pub const MAX: usize = 30;

    /// The parameters in order, the first 30; fields may come twice, then the first counts.
    pub fn iter(&self) -> impl Iterator<Item = IdParameter<'_>> {
        self.0.iter().flatten().take(Self::MAX)
    }

    /// The value of a field, its name in any case.
    pub fn get(&self, field: &str) -> Option<IString<'_>> {
        let mut parameters = self.iter();
        parameters.find(|one| one.field.as_bytes().eq_ignore_ascii_case(field.as_bytes()))?.value
    }
}

/// ```abnf
/// id-params-list = "(" [id-parameter *(SP id-parameter)] ")" / nil
/// ```
impl<'a> Wire<'a> for IdParameters<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'(', ..] => List::parse(input, cx).map(|(rest, list)| (rest, Self(Some(list)))),
            _ => match nil(input) {
                Ok((rest, ())) => Ok((rest, Self(None))),
                Err(_) => Fail::at(input, Expected::Open),
            },
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match &self.0 {
            Some(list) => list.encode(out),
            None => out.put("NIL"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Leniency;
    use crate::registry::{Command, Data};
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use alloc::string::String;
    use proptest::prelude::*;

    fn s(text: &str) -> IString<'_> {
        IString::new(text).unwrap()
    }

    fn id<'a>(pairs: &[(&'a str, Option<&'a str>)]) -> IdParameters<'a> {
        let parameter = |&(field, value): &(&'a str, Option<&'a str>)| IdParameter {
            field: s(field),
            value: value.map(s),
        };
        IdParameters(Some(pairs.iter().map(parameter).collect()))
    }

    #[test]
    fn parameters() {
        check([
            ("ID NIL", Command::Id(IdParameters(None))),
            ("ID ()", Command::Id(id(&[]))),
            (
                "ID (\"name\" \"sodr\" \"version\" NIL)",
                Command::Id(id(&[("name", Some("sodr")), ("version", None)])),
            ),
        ]);
        check([
            ("ID NIL", Data::Id(IdParameters(None))),
            ("ID (\"name\" \"Cyrus\")", Data::Id(id(&[("name", Some("Cyrus"))]))),
        ]);
        check_refused::<IdParameters<'_>, 4>([("", 0), ("(\"a\")", 4), ("(\"a\" b)", 5), ("x", 0)]);
        check_tolerated([(
            "(support-url https://protonmail.com/support name ProtonMail vendor \"Proton Technologies AG\")",
            id(&[
                ("support-url", Some("https://protonmail.com/support")),
                ("name", Some("ProtonMail")),
                ("vendor", Some("Proton Technologies AG")),
            ]),
            Leniency::ATOM_STRING,
        )]);
        let id = id(&[("Name", Some("a")), ("name", Some("b")), ("os", None)]);
        assert_eq!((id.get("name"), id.get("os"), id.get("x")), (Some(s("a")), None, None));
    }

    #[test]
    fn sec_58_no_more_than_thirty_count() {
        let many = alloc::vec![("a", Some("b")); 40];
        assert_eq!(id(&many).iter().count(), 30);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(pairs: Vec<(String, Option<String>)>) {
            let parameters = pairs.into_iter().filter_map(|(field, value)| {
                let value = value.map(|value| IString::new(value).ok());
                Some(IdParameter { field: IString::new(field).ok()?, value: value.flatten() })
            });
            round_trip(&IdParameters(Some(parameters.collect())));
        }
    }

    use alloc::vec::Vec;
}
