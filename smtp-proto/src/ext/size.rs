//! SIZE ([RFC 1870](https://www.rfc-editor.org/rfc/rfc1870)).

use crate::error::Expected;
use crate::parameter::Argument;
use crate::wire::{self, Cx, Fail, Parsed, Writer};

/// Reads a number of octets: 1 to 20 digits, and no more than `i64::MAX`, which every implementation can count.
///
/// ```abnf
/// size-value = 1*20DIGIT
/// ```
pub(crate) fn octets(input: &[u8]) -> Parsed<'_, u64> {
    let Ok((rest, value)) = wire::number(input) else {
        let digits = input.first().is_some_and(u8::is_ascii_digit);
        return Fail::at(input, if digits { Expected::SmallerSize } else { Expected::ParameterValue });
    };
    let digits = input.len().saturating_sub(rest.len());
    if digits > 20 || value > i64::MAX.unsigned_abs() {
        return Fail::at(input, Expected::SmallerSize);
    }
    Ok((rest, value))
}

/// `SIZE=500000` on MAIL: about how many octets the message has, CRLFs counted.
impl<'a> Argument<'a> for u64 {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = wire::octet(input, b'=', Expected::ParameterValue)?;
        octets(rest)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("=");
        out.number(*self);
    }
}

#[cfg(test)]
mod tests {
    use crate::parameter::MailParameter;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn sizes() {
        check([
            ("SIZE=0", MailParameter::Size(0)),
            ("SIZE=9223372036854775807", MailParameter::Size(i64::MAX.unsigned_abs())),
        ]);
        check_read([("size=00000000000000000010", MailParameter::Size(10))]);
        check_refused::<MailParameter<'_>, 4>([
            ("SIZE", 4),
            ("SIZE=x", 5),
            ("SIZE=9223372036854775808", 5),
            ("SIZE=000000000000000000010", 5),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(size in 0..=i64::MAX.unsigned_abs()) {
            round_trip(&MailParameter::Size(size));
        }
    }
}
