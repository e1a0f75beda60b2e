//! Quoted strings, behind the opening quote: as they are, escaped, or as some servers write them.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::Expected;
use crate::options::Leniency;
use crate::wire::{self, Cx, Fail, Parsed, Writer};

/// What follows the octets that stand for themselves in a quoted string, of which eight are looked at at a time: the first `"`,
/// `\`, control or octet above 127.
#[inline]
fn behind_plain(input: &[u8]) -> &[u8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut rest = input;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        let (quote, slash) = (word ^ ONES.wrapping_mul(0x22), word ^ ONES.wrapping_mul(0x5c));
        // The lowest octet whose high bit is set here is the first that stops; those above it may be wrong.
        let stops = ((quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash)
            | (word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word)
            | word)
            & TOPS;
        if stops != 0 {
            return rest.get((stops.trailing_zeros() / 8) as usize..).unwrap_or_default();
        }
        rest = after;
    }
    let stop = rest.iter().position(|octet| !matches!(octet, b' '..=b'~') || matches!(octet, b'"' | b'\\'));
    rest.get(stop.unwrap_or(rest.len())..).unwrap_or_default()
}

/// Behind the opening quote. Borrowed when nothing is escaped.
///
/// ```abnf
/// quoted = DQUOTE *QUOTED-CHAR DQUOTE
/// ```
#[inline]
pub(crate) fn quoted(input: &[u8], cx: Cx) -> Parsed<'_, Cow<'_, [u8]>> {
    match behind_plain(input) {
        end @ [b'"', rest @ ..] if !cx.tolerates(Leniency::UNESCAPED_QUOTE) || ends(rest) => {
            Ok((rest, Cow::Borrowed(wire::before(input, end))))
        }
        _ => odd_quoted(input, cx),
    }
}

/// [`quoted`] that is not kept: escapes need not be taken off.
#[inline]
pub(crate) fn skip_quoted(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    let mut rest = input;
    loop {
        rest = match behind_plain(rest) {
            [b'"', rest @ ..] if !cx.tolerates(Leniency::UNESCAPED_QUOTE) => return Ok((rest, ())),
            [b'\\', b'"' | b'\\', rest @ ..] => rest,
            _ => return quoted(input, cx).map(|(rest, _)| (rest, ())),
        }
    }
}

/// Whether a quoted string may end before this.
fn ends(rest: &[u8]) -> bool {
    matches!(rest, [] | [b' ' | b'(' | b')' | b']' | b'\r' | b'\n', ..])
}

/// [`quoted`] with escapes, octets above 127, controls, or something to tolerate.
#[cold]
fn odd_quoted(input: &[u8], cx: Cx) -> Parsed<'_, Cow<'_, [u8]>> {
    let strict = escaped(input, cx, false);
    if !cx.tolerates(Leniency::UNESCAPED_QUOTE) || matches!(&strict, Ok((rest, _)) if ends(rest)) {
        return strict;
    }
    match escaped(input, cx, true) {
        Ok(loose) => Ok(loose),
        Err(_) => strict,
    }
}

/// Octet by octet; when `loose`, only a quote with an end behind it ends the string.
fn escaped(input: &[u8], cx: Cx, loose: bool) -> Parsed<'_, Cow<'_, [u8]>> {
    let mut rest = input;
    // Made when the text differs from the octets.
    let mut octets: Option<Vec<u8>> = None;
    loop {
        let here = rest;
        if loose && wire::len_before(input, rest) > Writer::QUOTED {
            // Each string that is not one would be looked for up to the end of the message.
            return Fail::at(rest, Expected::Quoted);
        }
        let (taken, value) = match rest {
            [b'"', after @ ..] if !loose || ends(after) => {
                let octets = match octets {
                    Some(octets) => Cow::Owned(octets),
                    None => Cow::Borrowed(wire::before(input, here)),
                };
                if !octets.is_ascii()
                    && !cx.tolerates(Leniency::RAW_8BIT)
                    && (!cx.utf8() || core::str::from_utf8(&octets).is_err())
                {
                    let ascii = input.iter().take_while(|octet| octet.is_ascii()).count();
                    return Fail::at(input.get(ascii..).unwrap_or_default(), Expected::Utf8);
                }
                return Ok((after, octets));
            }
            // `""""` stands for one quote where quotes are doubled and not escaped.
            [b'"', b'"', after @ ..] if loose && !ends(after) => (2, b"\"".as_slice()),
            [b'"', ..] => (1, b"\"".as_slice()),
            // `"sina.com\")`: the quote ends the string.
            [b'\\', b'"', after @ ..] if loose && matches!(after, [b')', ..]) => (1, b"\\".as_slice()),
            [b'\\', special @ (b'"' | b'\\'), ..] => (2, core::slice::from_ref(special)),
            [b'\\', b'\0' | b'\r' | b'\n', ..] | [b'\\'] => return Fail::at(rest, Expected::Quoted),
            [b'\\', ..] if cx.tolerates(Leniency::LOOSE_ESCAPE) => (1, b"\\".as_slice()),
            [b'\r', b'\n', ..] if cx.tolerates(Leniency::CRLF_IN_QUOTED) => (2, b"\r\n".as_slice()),
            [0 | b'\r' | b'\n' | b'\\', ..] | [] => return Fail::at(rest, Expected::Quoted),
            [octet, ..] => (1, core::slice::from_ref(octet)),
        };
        rest = rest.get(taken..).unwrap_or_default();
        match &mut octets {
            Some(octets) => octets.extend_from_slice(value),
            None if here.get(..taken) != Some(value) => {
                octets = Some([wire::before(input, here), value].concat());
            }
            None => {}
        }
    }
}
