//! The ends of command lines, and the spaces in them.

use crate::error::Expected;
use crate::options::Leniency;
use crate::wire::{self, Cx, Fail, Parsed};

/// One space, or several where that is tolerated.
#[inline]
pub(crate) fn space(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    let (rest, ()) = wire::octet(input, b' ', Expected::Space)?;
    match rest {
        [b' ', ..] if cx.tolerates(Leniency::EXTRA_SPACE) => Ok((without_spaces(rest), ())),
        [b' ', ..] => Fail::at(rest, Expected::NoSpace),
        _ => Ok((rest, ())),
    }
}

/// CRLF, and what may be tolerated in front of it or in its place.
#[inline]
pub(crate) fn end_of_line(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    match input {
        [b'\r', b'\n', rest @ ..] => Ok((rest, ())),
        _ => other_end(input, cx),
    }
}

#[cold]
fn other_end(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    let rest = if cx.tolerates(Leniency::TRAILING_SPACE) { without_blanks(input) } else { input };
    match rest {
        [b'\r', b'\n', rest @ ..] => Ok((rest, ())),
        [b'\n', rest @ ..] if cx.tolerates(Leniency::BARE_LF) => Ok((rest, ())),
        // More of the line, and what is there could stand in one.
        [b'\t' | 32..=126 | 128..=255, ..] => Fail::at(rest, Expected::End),
        _ => Fail::at(rest, Expected::Crlf),
    }
}

/// Whether a line ends here, but for white space.
pub(crate) fn is_blank(input: &[u8]) -> bool {
    matches!(without_blanks(input), [] | [b'\r' | b'\n', ..])
}

fn without_spaces(input: &[u8]) -> &[u8] {
    let count = input.iter().take_while(|&&octet| octet == b' ').count();
    input.get(count..).unwrap_or_default()
}

fn without_blanks(input: &[u8]) -> &[u8] {
    let count = input.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    input.get(count..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Dialect;

    #[test]
    fn ends() {
        let tolerant = |leniency| Cx::from(Dialect { leniency });
        for (wire, leniency, expected) in [
            (&b"\r\n"[..], Leniency::NONE, Ok(())),
            (b" \r\n", Leniency::NONE, Err((Expected::End, 3))),
            (b" \t\r\n", Leniency::TRAILING_SPACE, Ok(())),
            (b"\n", Leniency::NONE, Err((Expected::Crlf, 1))),
            (b"\n", Leniency::BARE_LF, Ok(())),
            (b" \n", Leniency::BARE_LF, Err((Expected::End, 2))),
            (b" \n", Leniency::BARE_LF.union(Leniency::TRAILING_SPACE), Ok(())),
            (b"\r", Leniency::ALL, Err((Expected::Crlf, 1))),
            (b"\r\r\n", Leniency::ALL, Err((Expected::Crlf, 3))),
            (b"\0\r\n", Leniency::ALL, Err((Expected::Crlf, 3))),
            (b"", Leniency::ALL, Err((Expected::Crlf, 0))),
            (b"x\r\n", Leniency::ALL, Err((Expected::End, 3))),
        ] {
            let read = match end_of_line(wire, tolerant(leniency)) {
                Ok((rest, ())) => {
                    assert!(rest.is_empty());
                    Ok(())
                }
                Err(nom::Err::Error(fail)) => Err((fail.expected, fail.remaining)),
                Err(other) => panic!("{other:?}"),
            };
            assert_eq!(read, expected, "{} {leniency:?}", wire.escape_ascii());
        }
    }
}
