//! The octet classes of the grammar ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9)).

use core::num::NonZeroU64;

use crate::error::Expected;
use crate::wire::{Fail, Parsed, len_before, run};

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

/// The octets of `class` at the front of `input`, and the rest: of [`ATOM`], [`ASTRING`], [`TAG`] or [`LIST`], which have all from
/// `-` to `z` but `\` and perhaps `]`. Of those, eight are looked at at a time.
#[inline]
pub(crate) fn plain_run(input: &[u8], class: u8) -> (&[u8], &[u8]) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut rest = input;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        // The lowest octet whose high bit is set here is the first that is below `-`, one of `\` and `]`, or above `z`.
        let slash = word ^ ONES.wrapping_mul(0x5c);
        let stops = ((word.wrapping_sub(ONES.wrapping_mul(0x2d)) & !word)
            | (slash.wrapping_sub(ONES.wrapping_mul(2)) & !slash)
            | word.wrapping_add(ONES.wrapping_mul(5))
            | word)
            & TOPS;
        let Some(stops) = NonZeroU64::new(stops) else {
            rest = after;
            continue;
        };
        rest = rest.get((stops.trailing_zeros() / 8) as usize..).unwrap_or_default();
        rest = match rest {
            [octet, after @ ..] if is(*octet, class) => after,
            _ => break,
        };
    }
    // In the end there are less than eight, or one that is not of the class.
    let rest = run(rest, &CLASS, class).1;
    input.split_at_checked(len_before(input, rest)).unwrap_or((input, &[]))
}

/// Whether `octet` is of `class`.
#[inline]
pub(crate) fn is(octet: u8, class: u8) -> bool {
    // A `u8` is always an index of a table of 256.
    #[allow(clippy::indexing_slicing)]
    let classes = CLASS[usize::from(octet)];
    classes & class != 0
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
#[inline(always)] // a comparison or two, where a call passes its outcome through memory
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    const CLASSES: [u8; 5] = [ATOM, ASTRING, TAG, LIST, ASTRING | HIGH];

    #[test]
    fn each_octet_stops_a_run_or_not() {
        for class in CLASSES {
            for octet in 0..=u8::MAX {
                for place in 0..20 {
                    let mut text = [b'a'; 20];
                    text[place] = octet;
                    assert_eq!(plain_run(&text, class), run(&text, &CLASS, class), "{octet} at {place}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn runs_are_the_same(text: Vec<u8>, words in "[!-~ ]{0,40}", class in 0..CLASSES.len()) {
            for text in [&text[..], words.as_bytes()] {
                prop_assert_eq!(plain_run(text, CLASSES[class]), run(text, &CLASS, CLASSES[class]));
            }
        }
    }
}
