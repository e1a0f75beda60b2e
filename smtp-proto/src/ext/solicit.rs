//! NO-SOLICITING ([RFC 3865](https://www.rfc-editor.org/rfc/rfc3865)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

use super::{kept, kept_text};

part! {
    /// What a message solicits (SOLICIT on MAIL), or what a server does not want to be solicited
    /// (NO-SOLICITING in its EHLO reply): keywords, separated by commas.
    ///
    /// `org.example:ADV:ADLT,net.example:ADV`
    ///
    /// 1,000 octets at most. [RFC 3865 section 2.2](https://www.rfc-editor.org/rfc/rfc3865#section-2.2).
    pub struct SolicitationKeywords<'a>(Cow<'a, str>);
}

impl SolicitationKeywords<'_> {
    /// The longest list, in octets.
    pub const MAX: usize = 1_000;

    /// The keywords one by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(',')
    }
}

kept_text! {
    SolicitationKeywords "solicitation keywords";
}

/// ```abnf
/// Solicitation-keywords = word *( "," word )
/// word = ALPHA *( "." / "-" / "_" / ":" / ALPHA / DIGIT )
/// ```
impl<'a> Wire<'a> for SolicitationKeywords<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let mut rest = input;
        loop {
            let [b'A'..=b'Z' | b'a'..=b'z', after @ ..] = rest else {
                return Fail::at(rest, Expected::ParameterValue);
            };
            let is_word =
                |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_' | b':');
            rest = after.get(after.iter().take_while(is_word).count()..).unwrap_or_default();
            match rest {
                [b',', after @ ..] => rest = after,
                _ => break,
            }
        }
        let (rest, text) = kept(input, rest)?;
        if text.len() > Self::MAX {
            return Fail::at(input.get(Self::MAX..).unwrap_or_default(), Expected::ParameterValue);
        }
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn solicitation_keywords() {
        let keywords = |text| SolicitationKeywords(Cow::Borrowed(text));
        check([
            ("net.example:ADV", keywords("net.example:ADV")),
            ("org.example:ADV:ADLT,a_b-c", keywords("org.example:ADV:ADLT,a_b-c")),
        ]);
        assert_eq!(keywords("a:B,c:D").iter().collect::<Vec<_>>(), ["a:B", "c:D"]);
        check_refused::<SolicitationKeywords<'_>, 6>([
            ("", 0),
            (",a", 0),
            ("a,", 2),
            ("a,,b", 2),
            ("9", 0),
            ("a b", 1),
        ]);
        assert!(SolicitationKeywords::try_from("x".repeat(1_000).as_str()).is_ok());
        assert_eq!(SolicitationKeywords::try_from("x".repeat(1_001).as_str()).unwrap_err().offset, 1_000);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(text in "[a-cA:.,_ -]{0,12}") {
            if let Ok(keywords) = SolicitationKeywords::try_from(text.as_str()) {
                round_trip(&keywords.into_owned());
            }
        }
    }
}
