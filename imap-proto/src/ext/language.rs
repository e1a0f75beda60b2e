//! LANGUAGE and COMPARATOR ([RFC 5255](https://www.rfc-editor.org/rfc/rfc5255)).

use crate::grammar::string::AString;
use crate::list::List;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// Which comparator searches and sorts, and which others would match what the client asked for.
    ///
    /// `i;basic`, `"cz;*" (i;basic i;octet)`
    ///
    /// RFC 5255 section 4.8.
    pub struct Comparator<'a> {
        /// The one in force.
        pub active: AString<'a>,
        /// All that match.
        pub matching: Option<List<'a, AString<'a>>>,
    }
}

/// ```abnf
/// comparator-data = comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]
/// ```
impl<'a> Wire<'a> for Comparator<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, active) = AString::parse(input, cx)?;
        match rest {
            [b' ', after @ ..] if after.first() == Some(&b'(') => {
                let (rest, matching) = List::parse(after, cx)?;
                Ok((rest, Self { active, matching: Some(matching) }))
            }
            _ => Ok((rest, Self { active, matching: None })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.active.encode(out);
        if let Some(matching) = &self.matching {
            out.put(" ");
            matching.encode(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Code, Command, Data};
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    fn a(text: &str) -> AString<'_> {
        AString::new(text).unwrap()
    }

    #[test]
    fn languages_and_comparators() {
        check([
            ("LANGUAGE", Command::Language(None)),
            ("LANGUAGE FR-CA EN-CA", Command::Language(Some([a("FR-CA"), a("EN-CA")].into()))),
            ("COMPARATOR", Command::Comparator(None)),
            ("COMPARATOR \"cz;*\" i;basic", Command::Comparator(Some([a("cz;*"), a("i;basic")].into()))),
        ]);
        check([
            ("LANGUAGE (EN DE IT i-default)", {
                Data::Language([a("EN"), a("DE"), a("IT"), a("i-default")].into())
            }),
            ("COMPARATOR i;basic", Data::Comparator(Comparator { active: a("i;basic"), matching: None })),
            ("COMPARATOR i;basic (i;basic i;octet)", {
                let matching = Some([a("i;basic"), a("i;octet")].into());
                Data::Comparator(Comparator { active: a("i;basic"), matching })
            }),
        ]);
        check([("BADCOMPARATOR", Code::BadComparator)]);
        check_refused::<Data<'_>, 3>([("LANGUAGE ()", 10), ("LANGUAGE", 8), ("COMPARATOR", 10)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(names in proptest::collection::vec("[ -~]{0,9}", 1..4)) {
            let names = || names.iter().map(|name| AString::new(name.clone()).unwrap());
            let active = a("i;octet");
            round_trip(&Comparator { active, matching: Some(names().collect()) });
            round_trip(&Command::Language(Some(names().collect())));
        }
    }
}
