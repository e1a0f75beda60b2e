//! Lists of ids ([RFC 3501 section 7.2.5](https://www.rfc-editor.org/rfc/rfc3501#section-7.2.5)).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::Expected;
use crate::grammar::class::spaces;
use crate::grammar::number;
use crate::grammar::string::{Checked, text, whole};
use crate::options::Leniency;
use crate::wire::{self, Cx, Digits, Fail, Parsed, Wire, Writer, before};

fn ids_check(octets: &[u8]) -> Checked {
    if octets.is_empty() { Ok(()) } else { whole(octets, Expected::End, list(octets)) }
}

text! {
    /// The message numbers or UIDs of a SEARCH or SORT response, in their order, kept as checked text.
    ///
    /// `2 3 6`
    ///
    /// There may be none. No id is 0: where [`Leniency::ZERO`] lets one in, it is left out. RFC 3501 section 7.2.5,
    /// RFC 5256 section 4.
    ///
    /// ```
    /// use imap_proto::sequence::Ids;
    ///
    /// let ids = Ids::new("2 3 6")?;
    /// assert_eq!(ids.iter().collect::<Vec<_>>(), [2, 3, 6]);
    /// assert_eq!([2, 3, 6].into_iter().collect::<Ids>(), ids);
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct Ids<'a>: "ids", ids_check;
}

impl Ids<'_> {
    /// The ids in order.
    pub fn iter(&self) -> IdsIter<'_> {
        IdsIter { rest: &self.0 }
    }

    /// How many there are; counts them.
    pub fn len(&self) -> usize {
        let spaces = self.0.iter().filter(|&&octet| octet == b' ').count();
        if self.is_empty() { 0 } else { spaces.saturating_add(1) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for Ids<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed(b""))
    }
}

/// Leaves out 0.
impl FromIterator<u32> for Ids<'_> {
    fn from_iter<I: IntoIterator<Item = u32>>(ids: I) -> Self {
        let mut text = Vec::new();
        ids.into_iter().for_each(|id| push(&mut text, id));
        Self(Cow::Owned(text))
    }
}

impl<'s> IntoIterator for &'s Ids<'_> {
    type Item = u32;
    type IntoIter = IdsIter<'s>;

    fn into_iter(self) -> IdsIter<'s> {
        self.iter()
    }
}

fn push(text: &mut Vec<u8>, id: u32) {
    if id == 0 {
        return;
    }
    if !text.is_empty() {
        text.push(b' ');
    }
    text.extend_from_slice(Digits::of(id.into()).as_ref());
}

/// The ids of [`Ids`] in order.
#[derive(Clone, Debug)]
pub struct IdsIter<'s> {
    rest: &'s [u8],
}

impl Iterator for IdsIter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (rest, id) = known(self.rest)?;
        self.rest = match rest {
            [b' ', after @ ..] => after,
            _ => &[],
        };
        Some(id)
    }
}

/// At least one, and up to what is no id: `(MODSEQ 5)` may follow, and so may a space too many.
///
/// ```abnf
/// ids = nz-number *(SP nz-number)
/// ```
impl<'a> Wire<'a> for Ids<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match list(input) {
            Ok((rest @ [b' ', b' ', ..], _)) if spaces(rest, cx).len() < rest.len() => lenient(input, cx),
            Ok((rest, octets)) => Ok((rest, Self(Cow::Borrowed(octets)))),
            Err(_) if cx.tolerates(Leniency::ZERO) => lenient(input, cx),
            Err(error) => Err(error),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

fn list(input: &[u8]) -> Parsed<'_, &[u8]> {
    let mut rest = input;
    loop {
        (rest, ()) = match rest {
            [b'1'..=b'9', ..] => digits(rest)?,
            [b'0', ..] => return Fail::at(rest, Expected::NonZero),
            _ => return Fail::at(rest, Expected::Number),
        };
        match rest {
            [b' ', after @ ..] if matches!(after, [b'0'..=b'9', ..]) => rest = after,
            _ => return Ok((rest, before(input, rest))),
        }
    }
}

/// Reads ids with what is tolerated among them, and writes them again as they ought to be.
#[cold]
fn lenient<'a>(input: &'a [u8], cx: Cx) -> Parsed<'a, Ids<'a>> {
    let mut text = Vec::new();
    let mut rest = input;
    loop {
        let (after, id) = wire::number(rest)?;
        match u32::try_from(id) {
            Ok(0) if !cx.tolerates(Leniency::ZERO) => return Fail::at(rest, Expected::NonZero),
            Ok(id) => push(&mut text, id),
            Err(_) => return Fail::at(rest, Expected::SmallerNumber),
        }
        match after {
            [b' ', next @ ..] if matches!(spaces(next, cx), [b'0'..=b'9', ..]) => rest = spaces(next, cx),
            _ => return Ok((after, Ids(Cow::Owned(text)))),
        }
    }
}

/// Past the digits at the front, of which there is one, unless they are too many for 32 bits.
#[inline]
fn digits(input: &[u8]) -> Parsed<'_, ()> {
    match input.first_chunk().map(|octets| number::digits(*octets)) {
        // Less than eight digits fit, whatever they are.
        Some((_, Some(bits))) => Ok((input.get((bits / 8) as usize..).unwrap_or_default(), ())),
        _ => long_digits(input),
    }
}

/// The octet behind the number at the front, and what follows that. The number has one to seven digits, not zero the first.
#[inline]
pub(super) fn behind_short(input: &[u8]) -> Option<(u8, &[u8])> {
    // The high bit of the first octet over 9 is set here, and of the very first when it is 0.
    let bits @ 8..64 = number::nz_stops(*input.first_chunk()?).trailing_zeros() else { return None };
    let end = (bits / 8) as usize;
    Some((*input.get(end)?, input.get(end.saturating_add(1)..)?))
}

/// [`digits`] where there are many, or few octets behind them.
#[inline(never)]
pub(super) fn long_digits(input: &[u8]) -> Parsed<'_, ()> {
    match wire::number(input)? {
        (rest, value) if value <= u32::MAX.into() => Ok((rest, ())),
        _ => Fail::at(input, Expected::SmallerNumber),
    }
}

/// The number at the front of text that was read before.
#[inline]
pub(super) fn known(input: &[u8]) -> Option<(&[u8], u32)> {
    match number::short_number(input) {
        // Seven digits fit.
        Some((rest, value)) => Some((rest, value as u32)),
        None => long_known(input),
    }
}

#[inline(never)]
fn long_known(input: &[u8]) -> Option<(&[u8], u32)> {
    let (rest, value) = wire::number(input).ok()?;
    Some((rest, u32::try_from(value).ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::tests::any_ids;
    use super::*;
    use crate::options::Dialect;
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use crate::wire::exact;
    use proptest::prelude::*;

    fn ids<const N: usize>(ids: [u32; N]) -> Ids<'static> {
        ids.into_iter().collect()
    }

    #[test]
    fn lists() {
        check([
            ("2", ids([2])),
            ("2 3 6", ids([2, 3, 6])),
            ("882 84 2 84", ids([882, 84, 2, 84])),
            (
                "1234567 12345678 123456789 4294967295 1",
                ids([1_234_567, 12_345_678, 123_456_789, u32::MAX, 1]),
            ),
        ]);
        check_refused::<Ids<'_>, 11>([
            ("", 0),
            (" 1", 0),
            ("1 ", 1),
            ("1  2", 1),
            ("1,2", 1),
            ("1 a", 1),
            ("1 -1", 1),
            ("*", 0),
            ("0", 0),
            ("1 0 2", 2),
            ("1 01", 2),
        ]);
        check_tolerated([
            ("1  2   3", ids([1, 2, 3]), Leniency::EXTRA_SPACE),
            ("0", ids([]), Leniency::ZERO),
            ("0 5", ids([5]), Leniency::ZERO),
            ("5 0 7 00 007", ids([5, 7, 7]), Leniency::ZERO),
        ]);
        for rest in [" (MODSEQ 917162500)\r\n", " \r\n", "\r\n", "  (MODSEQ 5)", ""] {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                let text = alloc::format!("2 3 6{rest}");
                let read = Ids::parse(text.as_bytes(), dialect.into());
                assert_eq!(read, Ok((rest.as_bytes(), ids([2, 3, 6]))));
            }
        }
    }

    #[test]
    fn there_may_be_none() {
        assert_eq!(Ids::new(""), Ok(Ids::default()));
        assert_eq!(
            (Ids::default().len(), Ids::default().is_empty(), Ids::default().iter().next()),
            (0, true, None)
        );
        assert_eq!(ids([0]), Ids::default());
        assert_eq!((ids([7, 0, 8]).len(), ids([7, 0, 8]).as_bytes()), (2, &b"7 8"[..]));
        assert_eq!(
            Ids::new("1 0").map_err(|error| (error.expected, error.offset)),
            Err((Expected::NonZero, 2))
        );
        assert_eq!(Ids::new("1 ").map_err(|error| (error.expected, error.offset)), Err((Expected::End, 1)));
    }

    #[test]
    fn sec_54_edges_of_numbers() {
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            for text in
                ["1 4294967296", "1 99999999999", "1 18446744073709551617", "1 99999999999999999999 1"]
            {
                let error = exact::<Ids<'_>>(text.as_bytes(), dialect).unwrap_err();
                assert_eq!((error.expected, error.offset), (Expected::SmallerNumber, 2), "{text}");
            }
        }
        // Whatever it is that stands behind a number.
        for octet in 0..=u8::MAX {
            for digits in 1..=10 {
                let number = "4294967295".get(..digits).unwrap();
                let text = [number.as_bytes(), &[octet; 10]].concat();
                let (rest, value) = known(&text).map_or((&b""[..], 0), |(rest, value)| (rest, value));
                match octet.is_ascii_digit() {
                    false => assert_eq!((rest, value), (&[octet; 10][..], number.parse().unwrap())),
                    true => assert_eq!(value, 0),
                }
                assert_eq!(super::digits(&text).is_ok(), !octet.is_ascii_digit());
                let short = digits < 8 && !octet.is_ascii_digit();
                assert_eq!(behind_short(&text), short.then_some((octet, &[octet; 9][..])));
                let zero = [b"0", &text[..]].concat();
                assert_eq!(behind_short(&zero), None);
            }
        }
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(value in any_ids()) {
            round_trip(&value);
            prop_assert_eq!(value.len(), value.iter().count());
            prop_assert_eq!(value.iter().collect::<Ids<'_>>(), value);
        }

        #[test]
        fn any_number_is_read(numbers in prop::collection::vec(any::<u32>(), 1..9), shift in 0..32u32) {
            let numbers: Vec<u32> = numbers.into_iter().map(|number| (number >> shift).max(1)).collect();
            let value: Ids<'_> = numbers.iter().copied().collect();
            prop_assert!(value.iter().eq(numbers));
        }

        #[test]
        fn anything_is_read_or_refused(text in "[0-9 (]{0,16}") {
            let strict = exact::<Ids<'_>>(text.as_bytes(), Dialect::STRICT);
            let valid = text.split(' ').all(|id| !id.starts_with('0') && id.parse::<u32>().is_ok());
            prop_assert_eq!(strict.is_ok(), valid);
            let tolerant = Ids::parse(text.as_bytes(), Dialect::TOLERANT.into());
            match (strict, tolerant) {
                (Ok(strict), tolerant) => prop_assert_eq!(tolerant, Ok((&b""[..], strict))),
                (Err(_), Ok((rest, ids))) => {
                    prop_assert!(text.as_bytes().ends_with(rest));
                    prop_assert_eq!(Ids::new(ids.as_bytes()), Ok(ids.clone()));
                }
                (Err(_), Err(_)) => {}
            }
        }
    }
}
