//! CHUNKING ([RFC 3030](https://www.rfc-editor.org/rfc/rfc3030)).

use super::size::octets;
use crate::error::{Expected, ValueError};
use crate::grammar::line::space;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, plain};

/// The argument of BDAT: how many octets follow its line, and whether the message ends with them.
///
/// `BDAT 86 LAST` CRLF and 86 octets
///
/// `BDAT 0 LAST` ends a message whose octets have all been sent. RFC 3030 section 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bdat {
    size: u64,
    last: bool,
}

plain!(Bdat);

impl Bdat {
    /// A chunk of `size` octets.
    ///
    /// # Errors
    /// `size` is more than `i64::MAX`.
    pub const fn new(size: u64, last: bool) -> Result<Self, ValueError> {
        if size > i64::MAX.unsigned_abs() {
            return Err(ValueError { field: "BDAT", expected: Expected::SmallerSize, offset: 0 });
        }
        Ok(Self { size, last })
    }

    /// How many octets follow the line.
    pub const fn size(self) -> u64 {
        self.size
    }

    /// Whether the message ends with them.
    pub const fn is_last(self) -> bool {
        self.last
    }
}

/// ```abnf
/// bdat-cmd = "BDAT" SP chunk-size [ SP "LAST" ]
/// chunk-size = 1*20DIGIT
/// ```
impl<'a> Wire<'a> for Bdat {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = space(input, cx)?;
        if !rest.first().is_some_and(u8::is_ascii_digit) {
            return Fail::at(rest, Expected::Number);
        }
        let (rest, size) = octets(rest)?;
        let Ok((after, ())) = space(rest, cx) else { return Ok((rest, Self { size, last: false })) };
        match wire::word(after, b"LAST", Expected::Argument) {
            Ok((after, ())) => Ok((after, Self { size, last: true })),
            // White space at the end of a line is the line's business.
            Err(_) if crate::grammar::line::is_blank(after) => Ok((rest, Self { size, last: false })),
            Err(error) => Err(error),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(" ");
        out.number(self.size);
        if self.last {
            out.put(" LAST");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::options::Dialect;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::format;
    use proptest::prelude::*;

    #[test]
    fn chunks() {
        let bdat = |size, last| Bdat::new(size, last).unwrap();
        check([
            (" 1", bdat(1, false)),
            (" 0", bdat(0, false)),
            (" 0 LAST", bdat(0, true)),
            (" 9223372036854775807 LAST", bdat(i64::MAX.unsigned_abs(), true)),
        ]);
        check_refused::<Bdat, 7>([
            ("", 0),
            (" ", 1),
            (" -1", 1),
            (" abc", 1),
            (" 1 FIRST", 3),
            (" 1 LAST x", 7),
            ("  1", 1),
        ]);
    }

    #[test]
    fn sec_28_a_chunk_size_is_a_number_that_fits() {
        for (size, dialect) in [
            ("18446744073709551616", Dialect::STRICT),
            ("18446744073709551615", Dialect::TOLERANT),
            ("9223372036854775808", Dialect::TOLERANT),
            ("99999999999999999999", Dialect::TOLERANT),
            ("000000000000000000001", Dialect::STRICT),
            ("-1", Dialect::TOLERANT),
            ("+1", Dialect::TOLERANT),
            ("0x10", Dialect::TOLERANT),
            ("1 LAST x", Dialect::TOLERANT),
            ("1LAST", Dialect::TOLERANT),
        ] {
            let line = format!("BDAT {size}\r\n");
            let parsed = Command::parse(line.as_bytes(), dialect);
            assert!(parsed.is_err(), "{line:?} is {parsed:?}");
        }
        assert!(Bdat::new(i64::MAX.unsigned_abs() + 1, false).is_err());
    }

    #[test]
    fn a_space_at_the_end_is_the_lines() {
        let read = |text: &'static str, dialect| {
            Command::parse(text.as_bytes(), dialect).map(|(_, command)| command)
        };
        for (text, last) in [("BDAT 1 \r\n", false), ("BDAT 1 LAST \r\n", true)] {
            assert!(read(text, Dialect::STRICT).is_err());
            let bdat = Command::Bdat(Bdat::new(1, last).unwrap());
            assert_eq!(read(text, Dialect::TOLERANT), Ok(bdat), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(size in 0..=i64::MAX.unsigned_abs(), last: bool) {
            round_trip(&Bdat::new(size, last).unwrap());
        }
    }
}
