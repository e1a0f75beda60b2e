//! MT-PRIORITY ([RFC 6710](https://www.rfc-editor.org/rfc/rfc6710)).

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, plain};

use super::{kept, kept_text};

/// How urgent a message is: −9 to 9, more is more urgent; a message that says nothing has 0.
///
/// `MAIL FROM:<a@example.org> MT-PRIORITY=3`
///
/// Let only clients that you trust raise it. [RFC 6710 section 3](https://www.rfc-editor.org/rfc/rfc6710#section-3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(i8);

plain!(Priority);

impl Priority {
    /// The priority `value`.
    ///
    /// # Errors
    /// It is not −9 to 9.
    pub const fn new(value: i8) -> Result<Self, ValueError> {
        match value {
            -9..=9 => Ok(Self(value)),
            _ => Err(ValueError { field: "MT-PRIORITY", expected: Expected::ParameterValue, offset: 0 }),
        }
    }

    /// The number, −9 to 9.
    pub const fn get(self) -> i8 {
        self.0
    }
}

/// ```abnf
/// priority-value = ( [ "-" ] %x31-39 ) / "0"
/// ```
impl<'a> Wire<'a> for Priority {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match input {
            [b'-', digit @ b'1'..=b'9', rest @ ..] => {
                Ok((rest, Self((digit.wrapping_sub(b'0') as i8).wrapping_neg())))
            }
            [digit @ b'0'..=b'9', rest @ ..] => Ok((rest, Self(digit.wrapping_sub(b'0') as i8))),
            _ => Fail::at(input, Expected::ParameterValue),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.0 < 0 {
            out.put("-");
        }
        out.number(self.0.unsigned_abs().into());
    }
}

part! {
    /// By which rules a server assigns priorities.
    ///
    /// `250-MT-PRIORITY STANAG4406`
    ///
    /// 1 to 20 letters, digits, `-`, `_` and `.`.
    /// [RFC 6710 section 7](https://www.rfc-editor.org/rfc/rfc6710#section-7), profiles in RFC 6758.
    pub struct PriorityProfile<'a>(Cow<'a, str>);
}

kept_text! {
    PriorityProfile "MT-PRIORITY";
}

/// ```abnf
/// priority-profile = 1*20( ALPHA / DIGIT / "-" / "_" / "." )
/// ```
impl<'a> Wire<'a> for PriorityProfile<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let is_name = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.');
        let count = input.iter().take_while(is_name).count();
        match input.get(count..) {
            Some(rest) if matches!(count, 1..=20) => kept(input, rest).map(|(rest, text)| (rest, Self(text))),
            _ => Fail::at(input, Expected::Argument),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};

    #[test]
    fn priorities() {
        let priority = |value| Priority::new(value).unwrap();
        check([("0", priority(0)), ("9", priority(9)), ("-9", priority(-9)), ("-1", priority(-1))]);
        check_refused::<Priority, 7>([
            ("", 0),
            ("-0", 0),
            ("+1", 0),
            ("10", 1),
            ("-10", 2),
            ("-", 0),
            ("a", 0),
        ]);
        for value in i8::MIN..=i8::MAX {
            match Priority::new(value) {
                Ok(priority) => round_trip(&priority),
                Err(_) => assert!(value.unsigned_abs() > 9),
            }
        }
    }

    #[test]
    fn profiles() {
        let profile = |text| PriorityProfile(Cow::Borrowed(text));
        check([("MIXER", profile("MIXER")), ("a-b_c.1", profile("a-b_c.1"))]);
        check_refused::<PriorityProfile<'_>, 3>([("", 0), ("a b", 1), ("123456789012345678901", 0)]);
    }
}
