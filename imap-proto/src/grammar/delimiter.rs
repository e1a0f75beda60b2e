//! The hierarchy delimiter of mailbox names ([RFC 9051 section 5.1.1](https://www.rfc-editor.org/rfc/rfc9051#section-5.1.1)).

use crate::error::{Expected, ValueError};
use crate::grammar::quoted::quoted;
use crate::grammar::string::nil;
use crate::options::Leniency;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, plain};

/// The octet between the levels of a mailbox name.
///
/// `"/"`, on the wire in quotes; `NIL` is the `None` of an `Option`: names are flat. RFC 9051 section 5.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delimiter(u8);

plain!(Delimiter);

impl Delimiter {
    /// `/`.
    pub const SLASH: Self = Self(b'/');
    /// `.`.
    pub const DOT: Self = Self(b'.');

    /// Takes an ASCII octet but NUL, CR and LF.
    ///
    /// # Errors
    /// It is another one.
    pub const fn new(octet: u8) -> Result<Self, ValueError> {
        match octet {
            0 | b'\r' | b'\n' | 128.. => {
                Err(ValueError { field: "delimiter", expected: Expected::Quoted, offset: 0 })
            }
            _ => Ok(Self(octet)),
        }
    }

    /// The octet.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// ```abnf
/// delimiter = DQUOTE QUOTED-CHAR DQUOTE / nil
/// ```
impl<'a> Wire<'a> for Option<Delimiter> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'"', octet @ (b' '..=b'!' | b'#'..=b'[' | b']'..=b'~'), b'"', rest @ ..] => {
                Ok((rest, Some(Delimiter(*octet))))
            }
            _ => escaped_or_nil(input, cx),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Some(delimiter) => out.quoted(&[delimiter.0]),
            None => out.put("NIL"),
        }
    }
}

/// A delimiter that does not stand for itself, or none.
#[inline(never)]
fn escaped_or_nil(input: &[u8], cx: Cx) -> Parsed<'_, Option<Delimiter>> {
    let [b'"', rest @ ..] = input else { return nil(input).map(|(rest, ())| (rest, None)) };
    let (after, octets) = quoted(rest, cx)?;
    match &*octets {
        [one] => match Delimiter::new(*one) {
            Ok(delimiter) => Ok((after, Some(delimiter))),
            Err(_) => Fail::at(rest, Expected::Quoted),
        },
        [] if cx.tolerates(Leniency::EMPTY_DELIMITER) => Ok((after, None)),
        _ => Fail::at(rest, Expected::Quoted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, check_tolerated, round_trip};

    #[test]
    fn delimiters() {
        check([
            ("\"/\"", Some(Delimiter::SLASH)),
            ("\".\"", Some(Delimiter::DOT)),
            ("NIL", None),
            ("\"\\\\\"", Some(Delimiter::new(b'\\').unwrap())),
            ("\"\\\"\"", Some(Delimiter::new(b'"').unwrap())),
        ]);
        check_refused::<Option<Delimiter>, 5>([
            ("\"\"", 1),
            ("\"ab\"", 1),
            ("/", 0),
            ("\"\u{e9}\"", 1),
            ("", 0),
        ]);
        check_tolerated([("\"\"", None::<Delimiter>, Leniency::EMPTY_DELIMITER)]);
        for octet in 0..=255 {
            if let Ok(delimiter) = Delimiter::new(octet) {
                assert_eq!(delimiter.get(), octet);
                round_trip(&Some(delimiter));
            }
        }
        assert!([0, b'\r', b'\n', 128].iter().all(|&octet| Delimiter::new(octet).is_err()));
    }
}
