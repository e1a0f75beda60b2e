//! How every construct of the grammar is read and written.
//!
//! This file is byte-identical in both crates; a test says so.

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(crate) use crate::context::{Cx, Writer};

use crate::error::{Expected, ParseError};
use crate::options::{Dialect, Leniency, Tolerated};

/// One construct of the grammar: its text form, both ways.
pub(crate) trait Wire<'a>: Sized {
    /// Reads `Self` from the front of `input`.
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self>;

    /// Reads like [`parse`](Self::parse) and keeps nothing: what is large is looked at in place, where making it would
    /// cost more than looking.
    #[allow(dead_code)] // not every crate keeps lists as text
    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        Self::parse(input, cx).map(|(rest, _)| (rest, ()))
    }

    /// Appends the text form of `self` to `out`.
    fn encode(&self, out: &mut Writer<'_>);
}

/// What is left of the input and what was read, or why nothing was.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a [u8], T, Fail>;

/// Why bytes are not a construct, and how far before their end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fail {
    pub(crate) expected: Expected,
    /// Counted from the end, so that no parser needs to know where its input began.
    pub(crate) remaining: usize,
}

impl Fail {
    /// `Err` of a parser that found something else than `expected` at the front of `input`.
    #[cold]
    pub(crate) fn at<T>(input: &[u8], expected: Expected) -> Parsed<'_, T> {
        Err(nom::Err::Error(Self { expected, remaining: input.len() }))
    }

    /// The offset in `whole`, the bytes that the failed parser was first given.
    pub(crate) fn within(self, whole: &[u8]) -> ParseError {
        ParseError { expected: self.expected, offset: whole.len().saturating_sub(self.remaining) }
    }
}

/// Turns the error of a parser into the public one.
pub(crate) fn fail(error: nom::Err<Fail>, whole: &[u8]) -> ParseError {
    match error {
        nom::Err::Error(fail) | nom::Err::Failure(fail) => fail.within(whole),
        // No parser here is a streaming one.
        nom::Err::Incomplete(_) => ParseError { expected: Expected::Syntax, offset: whole.len() },
    }
}

/// Reads a `T` from the front of `input`.
pub(crate) fn front<'a, T: Wire<'a>>(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], T), ParseError> {
    T::parse(input, dialect.into()).map_err(|error| fail(error, input))
}

/// Reads `input` as exactly one `T`. Every public constructor that takes text comes through here, so that what can
/// be built is what can be read.
pub(crate) fn exact<'a, T: Wire<'a>>(input: &'a [u8], dialect: Dialect) -> Result<T, ParseError> {
    match front(input, dialect)? {
        ([], value) => Ok(value),
        (rest, _) => Err(Fail { expected: Expected::End, remaining: rest.len() }.within(input)),
    }
}

/// Reads strictly, and only when that fails with what `dialect` tolerates; then says what was wrong, and which
/// leniencies made the difference.
#[allow(clippy::type_complexity)] // rest, value, what was tolerated: a struct would have one user
#[inline]
pub(crate) fn lenient<'a, T: Wire<'a> + PartialEq>(
    input: &'a [u8],
    dialect: Dialect,
) -> Result<(&'a [u8], T, Option<Tolerated>), ParseError> {
    match T::parse(input, dialect.with_leniency(Leniency::NONE).into()) {
        Ok((rest, value)) => Ok((rest, value, None)),
        Err(error) => tolerant(input, dialect, fail(error, input)),
    }
}

/// [`lenient`], but says nothing of what was tolerated: to find that out reads the input once for each leniency.
#[inline]
pub(crate) fn unreported<'a, T: Wire<'a>>(
    input: &'a [u8],
    dialect: Dialect,
) -> Result<(&'a [u8], T), ParseError> {
    match T::parse(input, dialect.with_leniency(Leniency::NONE).into()) {
        Ok(read) => Ok(read),
        Err(error) => unreported_tolerant(input, dialect, fail(error, input)),
    }
}

/// [`unreported`] where reading strictly has failed with `error`.
#[cold]
fn unreported_tolerant<'a, T: Wire<'a>>(
    input: &'a [u8],
    dialect: Dialect,
    error: ParseError,
) -> Result<(&'a [u8], T), ParseError> {
    match dialect.leniency.is_empty() {
        true => Err(error),
        false => front(input, dialect).map_err(|_| error),
    }
}

/// [`lenient`] where reading strictly has failed with `error`.
#[allow(clippy::type_complexity)] // as above
#[cold]
fn tolerant<'a, T: Wire<'a> + PartialEq>(
    input: &'a [u8],
    dialect: Dialect,
    error: ParseError,
) -> Result<(&'a [u8], T, Option<Tolerated>), ParseError> {
    if dialect.leniency.is_empty() {
        return Err(error);
    }
    let Ok((rest, value)) = front(input, dialect) else { return Err(error) };
    // Bits that are not needed go one by one, so that of two that would do one stays.
    let leniency = dialect.leniency.iter().fold(dialect.leniency, |leniency, bit| {
        let fewer = leniency.without(bit);
        match front::<T>(input, dialect.with_leniency(fewer)) {
            Ok((other_rest, other)) if other_rest.len() == rest.len() && other == value => fewer,
            _ => leniency,
        }
    });
    Ok((rest, value, Some(Tolerated { leniency, error })))
}

/// A number in decimal digits, on the stack: formatting through `core::fmt` costs ten times as much.
pub(crate) struct Digits {
    buffer: [u8; 20],
    start: usize,
}

impl Digits {
    #[inline]
    pub(crate) fn of(number: u64) -> Self {
        // One or two digits, as dates have, are sooner written one by one.
        if !(100..=99_999_999).contains(&number) {
            return Self::one_by_one(number);
        }
        let digits = eight_digits(number);
        let mut buffer = [b'0'; 20];
        if let Some(end) = buffer.last_chunk_mut::<8>() {
            *end = (digits | 0x3030_3030_3030_3030).to_le_bytes();
        }
        // The first digit is the lowest octet, so zeros in front are zeros at the end of the number.
        let zeros = digits.trailing_zeros() / 8;
        Self { buffer, start: 12usize.wrapping_add(zeros as usize) }
    }

    fn one_by_one(mut number: u64) -> Self {
        let mut digits = Self { buffer: [b'0'; 20], start: 20 };
        for (place, digit) in digits.buffer.iter_mut().enumerate().rev() {
            // A remainder of ten fits.
            *digit = b'0'.wrapping_add((number % 10) as u8);
            number /= 10;
            digits.start = place;
            if number == 0 {
                break;
            }
        }
        digits
    }
}

/// The eight digits of a number below 10^8, an octet each, the first in the lowest: halves, halves of these, and
/// theirs, all at once. A product and a shift stand for the division by 100 and by 10 in each lane; none is wider than its lane.
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | (number % 10_000) << 32;
    let hundreds = (fours.wrapping_mul(10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | fours.wrapping_sub(hundreds.wrapping_mul(100)) << 16;
    let tens = (pairs.wrapping_mul(103) >> 10) & 0x000f_000f_000f_000f;
    tens | pairs.wrapping_sub(tens.wrapping_mul(10)) << 8
}

impl AsRef<[u8]> for Digits {
    fn as_ref(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }
}

/// Reads decimal digits: at least one, the value at most `u64::MAX`.
pub(crate) fn number(input: &[u8]) -> Parsed<'_, u64> {
    /// Any number of so many digits fits.
    const FIT: usize = 19;
    let mut value = 0u64;
    let mut digits = input.len();
    for (place, octet) in input.iter().enumerate() {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            digits = place;
            break;
        }
        // What wraps has more digits than fit, and is looked at again.
        value = value.wrapping_mul(10).wrapping_add(digit.into());
    }
    let rest = input.get(digits..).unwrap_or_default();
    match digits {
        0 => Fail::at(input, Expected::Number),
        1..=FIT => Ok((rest, value)),
        _ => match long_number(input, digits) {
            Some(value) => Ok((rest, value)),
            None => Fail::at(input, Expected::SmallerNumber),
        },
    }
}

/// The value of so many decimal digits, if it is not too large.
#[cold]
fn long_number(input: &[u8], digits: usize) -> Option<u64> {
    let mut digits = input.iter().take(digits).map(|digit| u64::from(digit & 15));
    digits.try_fold(0u64, |value, digit| value.checked_mul(10)?.checked_add(digit))
}

/// Reads `word`, upper and lower case alike.
#[inline]
pub(crate) fn word<'a>(input: &'a [u8], word: &'static [u8], expected: Expected) -> Parsed<'a, ()> {
    match input.split_at_checked(word.len()) {
        // Nearly always in the spelling of the RFC, and of a length known when compiling.
        Some((front, rest)) if front == word || front.eq_ignore_ascii_case(word) => Ok((rest, ())),
        _ => Fail::at(input, expected),
    }
}

/// Reads one octet.
#[inline]
pub(crate) fn octet(input: &[u8], octet: u8, expected: Expected) -> Parsed<'_, ()> {
    match input {
        [first, rest @ ..] if *first == octet => Ok((rest, ())),
        _ => Fail::at(input, expected),
    }
}

/// The octets from the front of `input` for which `table` has a bit of `mask`, and the rest.
#[inline]
pub(crate) fn run<'a>(input: &'a [u8], table: &'static [u8; 256], mask: u8) -> (&'a [u8], &'a [u8]) {
    // A `u8` is always an index of a table of 256.
    #[allow(clippy::indexing_slicing)]
    let end = input.iter().position(|&octet| table[usize::from(octet)] & mask == 0).unwrap_or(input.len());
    input.split_at_checked(end).unwrap_or((input, &[]))
}

/// What of `input` stands before `rest`, which is its end.
#[inline]
pub(crate) fn before<'a>(input: &'a [u8], rest: &[u8]) -> &'a [u8] {
    // Wraps when `rest` is no end of `input`; then there is nothing so long.
    input.get(..len_before(input, rest)).unwrap_or_default()
}

/// How many octets of `input` stand before `rest`, which is its end.
#[inline]
pub(crate) fn len_before(input: &[u8], rest: &[u8]) -> usize {
    input.len().wrapping_sub(rest.len())
}

/// A keyword without its case, to choose a row by: one comparison of numbers where text takes a loop.
///
/// Octets 1 to 8, 9 to 16 and the last 8, and the length when it is over 8.
pub(crate) type Key = [u64; 4];

/// The key of `word`, which is made of letters, digits and hyphens; `None` when it is longer than any keyword.
///
/// Without its sixth bit a letter is in upper case, and no digit or hyphen is a letter, or another digit.
#[inline]
pub(crate) const fn key(word: &[u8]) -> Option<Key> {
    const CASELESS: u64 = u64::from_ne_bytes([0xdf; 8]);
    let len = word.len() as u64;
    let key = match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
        (Some(first), Some(last)) if len <= 8 => {
            let (first, last) = (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64);
            // Octets that are in both come to the same place.
            [first | last << (len.saturating_sub(4).saturating_mul(8)), 0, 0, 0]
        }
        (None, _) | (_, None) => {
            let mut number = 0;
            let mut rest = word;
            while let [before @ .., octet] = rest {
                number = number << 8 | *octet as u64;
                rest = before;
            }
            [number, 0, 0, 0]
        }
        _ => {
            let (Some(first), Some(last)) = (word.first_chunk(), word.last_chunk()) else { return None };
            let second = match word.split_at_checked(8) {
                Some((_, rest)) if len > 16 => match rest.first_chunk() {
                    Some(second) => u64::from_le_bytes(*second),
                    None => return None,
                },
                _ => 0,
            };
            [u64::from_le_bytes(*first), second, u64::from_le_bytes(*last), len]
        }
    };
    let [first, second, last, long] = key;
    if len > 24 { None } else { Some([first & CASELESS, second & CASELESS, last & CASELESS, long]) }
}

/// Turns borrowed fields into owned ones, so that a message can outlive its buffer.
#[allow(unreachable_pub)] // not every crate has generic containers to name it for
pub trait IntoOwned {
    /// The same type, borrowing for another time.
    type With<'s>;

    /// The same value, borrowing from nothing.
    fn into_owned(self) -> Self::With<'static>;
}

impl IntoOwned for Cow<'_, str> {
    type With<'s> = Cow<'s, str>;

    fn into_owned(self) -> Cow<'static, str> {
        Cow::Owned(Cow::into_owned(self))
    }
}

impl IntoOwned for Cow<'_, [u8]> {
    type With<'s> = Cow<'s, [u8]>;

    fn into_owned(self) -> Cow<'static, [u8]> {
        Cow::Owned(Cow::into_owned(self))
    }
}

impl<T: IntoOwned> IntoOwned for Vec<T> {
    type With<'s> = Vec<T::With<'s>>;

    fn into_owned(self) -> Self::With<'static> {
        self.into_iter().map(T::into_owned).collect()
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type With<'s> = Option<T::With<'s>>;

    fn into_owned(self) -> Self::With<'static> {
        self.map(T::into_owned)
    }
}

/// For values that borrow nothing.
macro_rules! plain {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::wire::IntoOwned for $type {
            type With<'s> = $type;

            fn into_owned(self) -> $type {
                self
            }
        }
    )*};
}
pub(crate) use plain;

plain!(bool, char, u8, u16, u32, u64);

/// Defines a message part that borrows from the buffer, and its `into_owned`.
macro_rules! part {
    ($(#[$meta:meta])* pub struct $name:ident<'a> {
        $($(#[$field_meta:meta])* $vis:vis $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name<'a> { $($(#[$field_meta])* $vis $field: $type),* }

        impl $name<'_> {
            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                $name { $($field: $crate::wire::IntoOwned::into_owned(self.$field)),* }
            }
        }

        $crate::wire::part!(@owned $name);
    };
    ($(#[$meta:meta])* pub struct $name:ident<'a>($vis:vis $type:ty);) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[allow(unreachable_pub)] // some parts are for this crate only
        pub struct $name<'a>($vis $type);

        #[allow(unreachable_pub)]
        impl $name<'_> {
            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                $name($crate::wire::IntoOwned::into_owned(self.0))
            }
        }

        $crate::wire::part!(@owned $name);
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a> {
        $($(#[$variant_meta:meta])* $variant:ident $(($type:ty))?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name<'a> { $($(#[$variant_meta])* $variant $(($type))?),* }

        impl $name<'_> {
            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                match self { $($crate::wire::part!(@pattern $variant $(($type))? x) =>
                    $crate::wire::part!(@value $name $variant $(($type))? x)),* }
            }
        }

        $crate::wire::part!(@owned $name);
    };
    (@pattern $variant:ident $x:ident) => { Self::$variant };
    (@pattern $variant:ident ($type:ty) $x:ident) => { Self::$variant($x) };
    (@value $name:ident $variant:ident $x:ident) => { $name::$variant };
    (@value $name:ident $variant:ident ($type:ty) $x:ident) => {
        $name::$variant($crate::wire::IntoOwned::into_owned($x))
    };
    (@owned $name:ident) => {
        impl $crate::wire::IntoOwned for $name<'_> {
            type With<'s> = $name<'s>;

            fn into_owned(self) -> $name<'static> {
                $name::into_owned(self)
            }
        }
    };
}
pub(crate) use part;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("0", Ok((0, ""))),
            ("007x", Ok((7, "x"))),
            ("18446744073709551615 ", Ok((u64::MAX, " "))),
            ("18446744073709551616", Err(Expected::SmallerNumber)),
            ("9999999999999999999", Ok((9_999_999_999_999_999_999, ""))),
            ("000000000000000000000000018446744073709551615", Ok((u64::MAX, ""))),
            ("99999999999999999999999", Err(Expected::SmallerNumber)),
            ("", Err(Expected::Number)),
            ("-1", Err(Expected::Number)),
            ("+1", Err(Expected::Number)),
        ] {
            let read = match number(text.as_bytes()) {
                Ok((rest, value)) => Ok((value, core::str::from_utf8(rest).unwrap())),
                Err(error) => Err(fail(error, text.as_bytes()).expected),
            };
            assert_eq!(read, expected, "{text}");
        }
        let around = (0..20).map(|n| 10_u64.pow(n)).flat_map(|power| [power - 1, power, power + 1]);
        // No stride of ten or a hundred, so that each pair of digits comes up in each place.
        for number in (0..100_000_000).step_by(4_999).chain(around).chain([1_234_567_890, u64::MAX]) {
            assert_eq!(Digits::of(number).as_ref(), alloc::format!("{number}").as_bytes());
        }
    }

    #[test]
    fn failures_become_offsets() {
        let whole = b"abc";
        let failed = word(whole, b"abd", Expected::Syntax);
        assert_eq!(failed.map_err(|error| fail(error, whole).offset), Err(0));
        let failed = octet(b"bc", b'c', Expected::Syntax);
        assert_eq!(failed.map_err(|error| fail(error, whole).offset), Err(1));
        assert_eq!(word(b"aBc", b"AB", Expected::Syntax), Ok((&b"c"[..], ())));
    }

    #[test]
    fn keys() {
        let words = [
            "",
            "A",
            "B",
            "AB",
            "BA",
            "ABC",
            "MAIL",
            "MAIM",
            "RCPT",
            "ETRN",
            "XFORW",
            "XFORWA",
            "XFORWAR",
            "XFORWARD",
            "12345678",
            "123456789",
            "1234567890",
            "PIPELINING",
            "AAAAAAAAA",
            "AAAAAAAAAA",
            "AAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAA",
            "ENHANCEDSTATUSCODES",
            "ENHANCEDSTATUSCODED",
            "ENHANCEDXTATUSCODES",
            "MT-PRIORITY",
            "A-B",
            "A0B",
            "-",
            "0",
            "9",
            "ABCDEFGHIJKLMNOPQRSTUVWX",
        ];
        for one in words {
            assert!(key(one.as_bytes()).is_some());
            assert_eq!(key(one.as_bytes()), key(one.to_ascii_lowercase().as_bytes()));
            for other in words {
                assert_eq!(key(one.as_bytes()) == key(other.as_bytes()), one == other, "{one} {other}");
            }
        }
        assert_eq!(key(&[b'A'; 25]), None);
    }
}
