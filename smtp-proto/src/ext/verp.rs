//! XVERP ([Postfix](https://www.postfix.org/VERP_README.html)).

use crate::error::{Expected, ValueError};
use crate::parameter::Argument;
use crate::wire::{self, Cx, Fail, Parsed, Writer, plain};

/// The two characters that a mailing list puts around and into the recipient's address to make a return address.
///
/// `MAIL FROM:<owner@example.org> XVERP=+=`: mail to `joe@example.net` can be returned to
/// `owner+joe=example.net@example.org`.
///
/// Printable ASCII; `=` is the one value of all where RFC 5321 would not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VerpDelimiters {
    /// Behind the sender's local part.
    first: u8,
    /// In the place of the recipient's `@`.
    second: u8,
}

plain!(VerpDelimiters);

impl VerpDelimiters {
    /// The two characters.
    ///
    /// # Errors
    /// One is not printable ASCII, or a space.
    pub const fn new(first: u8, second: u8) -> Result<Self, ValueError> {
        if first.is_ascii_graphic() && second.is_ascii_graphic() {
            return Ok(Self { first, second });
        }
        let offset = if first.is_ascii_graphic() { 1 } else { 0 };
        Err(ValueError { field: "XVERP", expected: Expected::ParameterValue, offset })
    }

    /// What stands behind the sender's local part.
    pub const fn first(self) -> u8 {
        self.first
    }

    /// What stands in the place of the recipient's `@`.
    pub const fn second(self) -> u8 {
        self.second
    }
}

/// ```abnf
/// xverp = "XVERP" [ "=" 2VCHAR ]
/// ```
///
/// Without the two, the server has its own.
impl<'a> Argument<'a> for Option<VerpDelimiters> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        if !input.starts_with(b"=") {
            return Ok((input, None));
        }
        let (value, ()) = wire::octet(input, b'=', Expected::ParameterValue)?;
        match value {
            [first @ b'!'..=b'~', second @ b'!'..=b'~', rest @ ..] => {
                Ok((rest, Some(VerpDelimiters { first: *first, second: *second })))
            }
            _ => Fail::at(value, Expected::ParameterValue),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(VerpDelimiters { first, second }) = self {
            out.put([b'=', *first, *second]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::MailParameter;
    use crate::testing::{check, check_refused, round_trip};

    #[test]
    fn delimiters() {
        let xverp = |first, second| MailParameter::Xverp(Some(VerpDelimiters::new(first, second).unwrap()));
        check([
            ("XVERP", MailParameter::Xverp(None)),
            ("XVERP=+=", xverp(b'+', b'=')),
            ("XVERP===", xverp(b'=', b'=')),
            ("XVERP=--", xverp(b'-', b'-')),
        ]);
        check_refused::<MailParameter<'_>, 4>([
            ("XVERP=", 6),
            ("XVERP=+", 6),
            ("XVERP=+ ", 6),
            ("XVERP=+=x", 8),
        ]);
        let delimiters = VerpDelimiters::new(b'+', b'=').unwrap();
        assert_eq!((delimiters.first(), delimiters.second()), (b'+', b'='));
        assert_eq!(VerpDelimiters::new(b'+', b' ').unwrap_err().offset, 1);
        for octet in 0..=u8::MAX {
            for delimiters in [VerpDelimiters::new(octet, b'='), VerpDelimiters::new(b'=', octet)] {
                assert_eq!(delimiters.is_ok(), octet.is_ascii_graphic());
                delimiters.into_iter().for_each(|both| round_trip(&MailParameter::Xverp(Some(both))));
            }
        }
    }
}
