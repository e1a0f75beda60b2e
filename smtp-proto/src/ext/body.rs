//! BODY, of 8BITMIME ([RFC 6152](https://www.rfc-editor.org/rfc/rfc6152)) and BINARYMIME
//! ([RFC 3030](https://www.rfc-editor.org/rfc/rfc3030)).

use crate::error::Expected;
use crate::wire::{Cx, Parsed, Wire, Writer, plain, word};

/// Which octets a message is made of.
///
/// `MAIL FROM:<a@example.org> BODY=8BITMIME`
///
/// RFC 6152 section 3, RFC 3030 section 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// Lines of ASCII, 998 octets at most; what a MAIL command without BODY announces.
    #[default]
    SevenBit,
    /// Lines of octets: 8BITMIME (RFC 6152).
    EightBitMime,
    /// Octets, with lines or without; only BDAT can carry them: BINARYMIME (RFC 3030 section 3).
    BinaryMime,
}

plain!(BodyKind);

impl BodyKind {
    /// The value on the wire, in the spelling of its RFC.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7BIT",
            Self::EightBitMime => "8BITMIME",
            Self::BinaryMime => "BINARYMIME",
        }
    }
}

/// ```abnf
/// body-value = "7BIT" / "8BITMIME" / "BINARYMIME"
/// ```
impl<'a> Wire<'a> for BodyKind {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        // Each word of a length known when compiling: that is compared as a number.
        let (read, kind) = match input {
            [b'7', ..] => (word(input, b"7BIT", Expected::ParameterValue), Self::SevenBit),
            [b'8', ..] => (word(input, b"8BITMIME", Expected::ParameterValue), Self::EightBitMime),
            _ => (word(input, b"BINARYMIME", Expected::ParameterValue), Self::BinaryMime),
        };
        let (rest, ()) = read?;
        Ok((rest, kind))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused};

    #[test]
    fn body_kind() {
        check([
            ("7BIT", BodyKind::SevenBit),
            ("8BITMIME", BodyKind::EightBitMime),
            ("BINARYMIME", BodyKind::BinaryMime),
        ]);
        // gen_smtp writes it in lower case.
        check_read([("7bit", BodyKind::SevenBit), ("BinaryMime", BodyKind::BinaryMime)]);
        check_refused::<BodyKind, 4>([("", 0), ("8BIT", 0), ("8BITMIMEX", 8), ("QUOTED", 0)]);
    }
}
