//! LIMITS ([RFC 9422](https://www.rfc-editor.org/rfc/rfc9422)).

use alloc::borrow::Cow;
use alloc::format;

use crate::error::{Expected, ValueError};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

use super::{digits, kept_offer, kept_text};

part! {
    /// What a server limits in this session, so that clients need not run into it.
    ///
    /// `250-LIMITS MAILMAX=1000 RCPTMAX=50000 RCPTDOMAINMAX=1`
    ///
    /// One limit and more, known here or not, kept as they came; 1,900 octets at most. A limit whose value cannot be read counts as not
    /// there, as RFC 9422 section 3.7 wants it; of a limit twice, the first counts.
    /// [RFC 9422 section 3](https://www.rfc-editor.org/rfc/rfc9422#section-3).
    pub struct ServerLimits<'a>(Cow<'a, str>);
}

impl ServerLimits<'static> {
    /// One limit: `RCPTMAX=100`.
    ///
    /// # Errors
    /// The name is not letters, digits, `-` and `_`, or too long.
    pub fn new(name: &str, value: u32) -> Result<Self, ValueError> {
        ServerLimits::try_from(format!("{name}={value}").as_str()).map(ServerLimits::into_owned)
    }

    /// The same and one more.
    ///
    /// # Errors
    /// The name is not letters, digits, `-` and `_`, or is there already, or all is too long.
    pub fn with(self, name: &str, value: u32) -> Result<Self, ValueError> {
        if self.get(name).is_some() {
            return Err(ValueError { field: "LIMITS", expected: Expected::NoDuplicate, offset: 0 });
        }
        let more = Self::new(name, value)?;
        ServerLimits::try_from(format!("{} {}", self.0, more.0).as_str()).map(ServerLimits::into_owned)
    }
}

impl ServerLimits<'_> {
    /// How many transactions (MAIL commands) it takes, 1 to 999,999.
    pub fn mail_max(&self) -> Option<u32> {
        self.number("MAILMAX")
    }

    /// How many recipients (RCPT commands) it takes in a transaction, 1 to 999,999.
    pub fn rcpt_max(&self) -> Option<u32> {
        self.number("RCPTMAX")
    }

    /// How many domains of recipients it takes, 1 to 999,999.
    pub fn rcpt_domain_max(&self) -> Option<u32> {
        self.number("RCPTDOMAINMAX")
    }

    /// The limits by name, and with their value if they have one.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.split(' ').map(|limit| match limit.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (limit, None),
        })
    }

    /// The value of the limit `name`; `Some(None)` when it is there without one.
    pub fn get(&self, name: &str) -> Option<Option<&str>> {
        self.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// ```abnf
    /// number = %x31-39 *5DIGIT
    /// ```
    fn number(&self, name: &str) -> Option<u32> {
        let rest_of = |limit| match <[u8]>::split_at_checked(limit, name.len())? {
            (own, rest @ ([] | [b'=', ..])) if own.eq_ignore_ascii_case(name.as_bytes()) => Some(rest),
            _ => None,
        };
        let value = self.0.as_bytes().split(|&octet| octet == b' ').find_map(rest_of)?.strip_prefix(b"=")?;
        match digits(value, 6) {
            Ok(([], number)) if !value.starts_with(b"0") => Some(number),
            _ => None,
        }
    }
}

kept_text! {
    ServerLimits "LIMITS";
}

/// ```abnf
/// limits-param = limit-name-value *( SP limit-name-value )
/// limit-name-value = limit-name [ "=" limit-value ]
/// limit-name = 1*( ALPHA / DIGIT / "-" / "_" )
/// limit-value = 1*( %x21-3A / %x3C-7E )
/// ```
impl<'a> Wire<'a> for ServerLimits<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let mut rest = input;
        loop {
            let is_name = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
            rest = some(rest, rest.iter().take_while(is_name).count())?;
            if let [b'=', value @ ..] = rest {
                let is_value = |octet: &&u8| octet.is_ascii_graphic() && **octet != b';';
                rest = some(value, value.iter().take_while(is_value).count())?;
            }
            match rest {
                [b' ', after @ ..] if after.first().is_some_and(u8::is_ascii_graphic) => rest = after,
                _ => break,
            }
        }
        let (rest, text) = kept_offer(input, rest)?;
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

/// What stands behind `count` octets, which is not none.
fn some(input: &[u8], count: usize) -> Result<&[u8], nom::Err<Fail>> {
    let fail = Fail { expected: Expected::Argument, remaining: input.len() };
    input.get(count..).filter(|_| count > 0).ok_or(nom::Err::Error(fail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn limits() {
        // Exim 4.98, go-smtp.
        let three = ServerLimits::new("MAILMAX", 1_000).unwrap();
        let three = three.with("RCPTMAX", 50_000).unwrap().with("RCPTDOMAINMAX", 1).unwrap();
        let odd = |text| ServerLimits(Cow::Borrowed(text));
        check([("MAILMAX=1000 RCPTMAX=50000 RCPTDOMAINMAX=1", three.clone())]);
        check([("X_Y-1 rcptmax=1=2", odd("X_Y-1 rcptmax=1=2"))]);
        assert_eq!(
            (three.mail_max(), three.rcpt_max(), three.rcpt_domain_max()),
            (Some(1_000), Some(50_000), Some(1))
        );
        assert_eq!(three.clone().with("rcptmax", 1).unwrap_err().expected, Expected::NoDuplicate);
        check_refused::<ServerLimits<'_>, 7>([
            ("", 0),
            (" RCPTMAX=1", 0),
            ("RCPTMAX=", 8),
            ("RCPTMAX=1;", 9),
            ("RCPTMAX=1 ", 9),
            ("=1", 0),
            ("A  B", 1),
        ]);
    }

    #[test]
    fn sec_54_a_limit_that_is_no_number_is_not_there() {
        for value in ["0", "01", "1000000", "99999999999999999999", "-1", "+1", "1=2", "none"] {
            let text = format!("MAILMAX={value} RCPTMAX RCPTDOMAINMAX=7 rcptdomainmax=8");
            let limits = ServerLimits::try_from(text.as_str()).unwrap();
            assert_eq!(
                (limits.mail_max(), limits.rcpt_max(), limits.rcpt_domain_max()),
                (None, None, Some(7))
            );
            assert_eq!(
                (limits.get("mailmax"), limits.get("RCPTMAX"), limits.get("X")),
                (Some(Some(value)), Some(None), None)
            );
        }
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(name in "[A-Ba_ -]{0,3}", value: u32, text in "[A-B=; 0-9]{0,12}") {
            if let Ok(limits) = ServerLimits::new(&name, value) {
                round_trip(&limits);
                if let Ok(limits) = limits.with("Z", value) {
                    round_trip(&limits);
                }
            }
            if let Ok(limits) = ServerLimits::try_from(text.as_str()) {
                prop_assert_eq!(limits.iter().count(), text.split(' ').count());
                round_trip(&limits.into_owned());
            }
        }
    }
}
