//! The octet classes of the grammar ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9)).

use crate::error::Expected;
use crate::wire::{Fail, Parsed, run};

/// `ATOM-CHAR`.
pub(crate) const ATOM: u8 = 1;
/// `ASTRING-CHAR`: `ATOM-CHAR` or `]`.
pub(crate) const ASTRING: u8 = 2;
/// What a tag is made of: `ASTRING-CHAR` but `+`.
pub(crate) const TAG: u8 = 4;
/// `list-char`: `ATOM-CHAR`, `%`, `*`, `]`.
pub(crate) const LIST: u8 = 8;
/// `TEXT-CHAR`: 7-bit but NUL, CR, LF.
pub(crate) const TEXT: u8 = 16;
/// What of `TEXT-CHAR` stands for itself in a quoted string: all but `"` and `\`.
pub(crate) const QUOTED: u8 = 32;
/// Letters, digits, `.`, `-` and `_`: what keywords are made of.
pub(crate) const WORD: u8 = 64;
/// Not ASCII.
pub(crate) const HIGH: u8 = 128;

/// The classes of every octet.
pub(crate) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0u8;
    loop {
        let control = octet < 32 || octet == 127;
        let special = matches!(octet, b'(' | b')' | b'{' | b' ' | b'%' | b'*' | b'"' | b'\\' | b']');
        let mut class = 0;
        if octet > 127 {
            class |= HIGH;
        } else {
            if !control && !special {
                class |= ATOM | ASTRING | LIST;
                if octet != b'+' {
                    class |= TAG;
                }
            }
            if octet == b']' {
                class |= ASTRING | TAG | LIST;
            }
            if matches!(octet, b'%' | b'*') {
                class |= LIST;
            }
            if !matches!(octet, 0 | b'\r' | b'\n') {
                class |= TEXT;
                if !matches!(octet, b'"' | b'\\') {
                    class |= QUOTED;
                }
            }
            if octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_') {
                class |= WORD;
            }
        }
        // In the bounds of a table of 256 by the type of `octet`; evaluated when compiling.
        #[allow(clippy::indexing_slicing)]
        {
            table[octet as usize] = class;
        }
        if octet == u8::MAX {
            return table;
        }
        octet = octet.saturating_add(1);
    }
}

/// At least one octet of `class`.
#[inline]
pub(crate) fn run1(input: &[u8], class: u8, expected: Expected) -> Parsed<'_, &[u8]> {
    match run(input, &CLASS, class) {
        ([], _) => Fail::at(input, expected),
        (octets, rest) => Ok((rest, octets)),
    }
}

/// A keyword: letters, digits, `.`, `-`, `_`.
#[inline]
pub(crate) fn keyword(input: &[u8]) -> Parsed<'_, &[u8]> {
    run1(input, WORD, Expected::Keyword)
}

/// `SP`; more of them where they are tolerated.
#[inline]
pub(crate) fn space(input: &[u8], cx: crate::wire::Cx) -> Parsed<'_, ()> {
    match input {
        [b' ', rest @ ..] if !matches!(rest, [b' ', ..]) => Ok((rest, ())),
        [b' ', rest @ ..] => Ok((spaces(rest, cx), ())),
        _ => Fail::at(input, Expected::Space),
    }
}

/// Without the spaces that are tolerated in front of it.
#[inline]
pub(crate) fn spaces(input: &[u8], cx: crate::wire::Cx) -> &[u8] {
    if let [b' ', ..] = input { more_spaces(input, cx) } else { input }
}

/// [`spaces`] where there are any.
#[cold]
fn more_spaces(input: &[u8], cx: crate::wire::Cx) -> &[u8] {
    if !cx.tolerates(crate::options::Leniency::EXTRA_SPACE) {
        return input;
    }
    let spaces = input.iter().take_while(|&&octet| octet == b' ').count();
    input.get(spaces..).unwrap_or_default()
}

/// `(`, and the spaces that are tolerated behind it.
#[inline]
pub(crate) fn open(input: &[u8], cx: crate::wire::Cx) -> Parsed<'_, ()> {
    match input {
        [b'(', rest @ ..] if !matches!(rest, [b' ', ..]) => Ok((rest, ())),
        [b'(', rest @ ..] => Ok((spaces(rest, cx), ())),
        _ => Fail::at(input, Expected::Open),
    }
}

/// `)`, and the space that is tolerated before it.
#[inline]
pub(crate) fn close(input: &[u8], cx: crate::wire::Cx) -> Parsed<'_, ()> {
    match input {
        [b')', rest @ ..] => Ok((rest, ())),
        [b' ', b')', rest @ ..] if cx.tolerates(crate::options::Leniency::TRAILING_SPACE) => Ok((rest, ())),
        _ => Fail::at(input, Expected::Close),
    }
}
