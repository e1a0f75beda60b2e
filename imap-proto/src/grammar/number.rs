//! Numbers ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9): `number`, `nz-number`, `number64`).

use core::num::NonZeroU64;

use crate::error::Expected;
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, len_before};

/// Reads decimal digits as [`wire::number`] does, eight of them at a time.
#[inline]
pub(crate) fn number(input: &[u8]) -> Parsed<'_, u64> {
    match short_number(input) {
        Some(read) => Ok(read),
        None => other_number(input),
    }
}

/// [`number`] of more digits, or with fewer octets behind them.
#[inline(never)]
fn other_number(input: &[u8]) -> Parsed<'_, u64> {
    match long_number(input) {
        Some(read) => Ok(read),
        None => wire::number(input),
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;

const TOPS: u64 = ONES.wrapping_mul(0x80);
const ZEROS: u64 = ONES.wrapping_mul(0x30);
/// What lifts 10 to the high bit of its octet.
const NINES: u64 = ONES.wrapping_mul(0x76);

/// Eight octets less `0` each, and how many bits of them, a multiple of eight, are digits, when not all are.
#[inline]
pub(crate) fn digits(octets: [u8; 8]) -> (u64, Option<u32>) {
    let word = u64::from_le_bytes(octets) ^ ZEROS;
    // The high bit of the first octet over 9 is set, and of none before it: what is carried comes to those above.
    let stops = (word.wrapping_add(NINES) | word) & TOPS;
    (word, NonZeroU64::new(stops).map(|stops| stops.trailing_zeros() & !7))
}

/// Eight octets, of which the first that is set ends a number other than zero: it is the first when there is none.
#[inline]
pub(crate) fn nz_stops(octets: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(octets) ^ ZEROS;
    // As in `digits`, and less one the first octet has its high bit set when it was 0.
    (word.wrapping_add(NINES) | word.wrapping_sub(1)) & TOPS
}

/// The number at the front that has one to seven digits, and other octets behind them.
#[inline]
pub(crate) fn short_number(input: &[u8]) -> Option<(&[u8], u64)> {
    let (word, Some(bits @ 8..)) = digits(*input.first_chunk()?) else { return None };
    // The digits move to the end of the word, behind zeros.
    let value = sum(word.wrapping_shl(64u32.wrapping_sub(bits)));
    Some((input.get((bits / 8) as usize..).unwrap_or_default(), value))
}

/// The number at the front that has eight to nineteen digits.
#[inline]
fn long_number(input: &[u8]) -> Option<(&[u8], u64)> {
    let (first, behind) = input.split_first_chunk()?;
    let (word, None) = digits(*first) else { return None };
    let (mut value, mut rest) = (sum(word), behind);
    while let [octet @ b'0'..=b'9', after @ ..] = rest {
        value = value.wrapping_mul(10).wrapping_add(u64::from(octet & 15));
        rest = after;
    }
    // Nineteen digits fit; what wraps has more.
    (len_before(behind, rest) <= 11).then_some((rest, value))
}

/// The value of eight digits: pairs are added up, and pairs of those.
#[inline]
fn sum(ones: u64) -> u64 {
    let tens = ones.wrapping_mul(2_561) >> 8 & 0x00ff_00ff_00ff_00ff;
    let hundreds = tens.wrapping_mul(6_553_601) >> 16 & 0x0000_ffff_0000_ffff;
    hundreds.wrapping_mul(42_949_672_960_001) >> 32
}

/// ```abnf
/// number = 1*DIGIT
/// ```
impl<'a> Wire<'a> for u32 {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, number) = number(input)?;
        match Self::try_from(number) {
            Ok(number) => Ok((rest, number)),
            Err(_) => Fail::at(input, Expected::SmallerNumber),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number((*self).into());
    }
}

/// ```abnf
/// number64 = 1*DIGIT ; up to 63 bits
/// ```
impl<'a> Wire<'a> for u64 {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, number) = number(input)?;
        match number <= MAX {
            true => Ok((rest, number)),
            false => Fail::at(input, Expected::SmallerNumber),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        put_number(*self, out);
    }
}

/// The largest number: RFC 9051 has no more than 63 bits.
pub(crate) const MAX: u64 = i64::MAX.unsigned_abs();

/// Writes a number of which more than that may have been made: as much as can be read again.
#[inline]
pub(crate) fn put_number(number: u64, out: &mut Writer<'_>) {
    out.number(number.min(MAX));
}

/// A number that is not zero: a message number, a UID.
///
/// ```abnf
/// nz-number = digit-nz *DIGIT
/// ```
pub(crate) enum Nz {}

impl<'a, T: Wire<'a>> Via<'a, T> for Nz {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, T> {
        // No zero may stand in front, either.
        if let [b'0', ..] = input
            && !cx.tolerates(Leniency::ZERO)
        {
            return Fail::at(input, Expected::NonZero);
        }
        T::parse(input, cx)
    }

    fn encode(value: &T, out: &mut Writer<'_>) {
        value.encode(out);
    }
}

/// A 32-bit number other than zero, kept in 64 bits: there are servers with more.
pub(crate) enum Nz32 {}

impl<'a> Via<'a, u64> for Nz32 {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, u64> {
        let (rest, number) = <Nz as Via<'a, u64>>::parse(input, cx)?;
        if number > u32::MAX.into() && !cx.tolerates(Leniency::LONG_NUMBER) {
            return Fail::at(input, Expected::SmallerNumber);
        }
        Ok((rest, number))
    }

    fn encode(value: &u64, out: &mut Writer<'_>) {
        put_number(*value, out);
    }
}

/// A number other than zero between parentheses, as in `MODSEQ (5)`.
pub(crate) enum Parenthesised {}

impl<'a> Via<'a, u64> for Parenthesised {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, u64> {
        let (rest, ()) = wire::octet(input, b'(', Expected::Open)?;
        let (rest, number) = <Nz as Via<'a, u64>>::parse(rest, cx)?;
        let (rest, ()) = wire::octet(rest, b')', Expected::Close)?;
        Ok((rest, number))
    }

    fn encode(value: &u64, out: &mut Writer<'_>) {
        out.put("(");
        put_number(*value, out);
        out.put(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Dialect;
    use crate::testing::{check, check_refused};

    #[test]
    fn numbers() {
        check([("0", 0u32), ("4294967295", u32::MAX)]);
        check([("0", 0u64), ("9223372036854775807", i64::MAX.unsigned_abs())]);
        check_read_behind();
        check_refused::<u32, 4>([("4294967296", 0), ("-1", 0), ("", 0), ("1x", 1)]);
        check_refused::<u64, 2>([("9223372036854775808", 0), ("99999999999999999999", 0)]);
    }

    /// Short and long numbers, whatever it is that stands behind them.
    fn check_read_behind() {
        for octet in (0..=u8::MAX).filter(|octet| !octet.is_ascii_digit()) {
            for digits in 0..=20 {
                for behind in 0..9 {
                    let text = [&b"12345678909876543210"[..digits], &[octet].repeat(behind)].concat();
                    assert_eq!(number(&text), wire::number(&text), "{}", text.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn sec_54_zero_is_carried_and_told() {
        let nz = |text: &'static str, leniency| {
            <Nz as Via<'_, u32>>::parse(text.as_bytes(), Dialect::STRICT.with_leniency(leniency).into()).ok()
        };
        assert_eq!((nz("0", Leniency::NONE), nz("07", Leniency::NONE)), (None, None));
        assert_eq!(nz("0", Leniency::ZERO), Some((&b""[..], 0)));
        let long = |text: &'static str, leniency| {
            Nz32::parse(text.as_bytes(), Dialect::STRICT.with_leniency(leniency).into()).ok()
        };
        assert_eq!(long("4294967296", Leniency::NONE), None);
        assert_eq!(long("4294967296", Leniency::LONG_NUMBER), Some((&b""[..], 4_294_967_296)));
        assert!(<Parenthesised as Via<'_, u64>>::parse(b"(5", Cx::default()).is_err());
    }
}
