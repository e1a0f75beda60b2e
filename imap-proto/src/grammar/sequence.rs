//! Sequence sets ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9): `sequence-set`).

mod ids;
mod ranges;
mod uid_set;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::iter;
use core::ops::{RangeFrom, RangeInclusive};

pub use self::ids::{Ids, IdsIter};
pub use self::ranges::Ranges;
pub use self::uid_set::{UidSet, pairs};

use crate::error::{Expected, ValueError};
use crate::grammar::string::{Checked, text, whole};
use crate::options::Leniency;
use crate::wire::{Cx, Digits, Fail, Parsed, Wire, Writer, before, len_before};

/// A message number or a UID, or the largest in use.
///
/// `4827313`, `*`
///
/// `*` is larger than any value. RFC 9051 section 9 (`seq-number`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    /// `4827313`.
    Value(u32),
    /// `*`: the largest number in use.
    Star,
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self::Value(value)
    }
}

/// Two numbers and all between them, whichever comes first.
///
/// `2:4`, `4:2`, `5:*`; `7` is a range of one
///
/// RFC 9051 section 9 (`seq-range`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// What is written first.
    pub start: Number,
    /// What is written last.
    pub end: Number,
}

impl Range {
    /// The numbers in it, `star` being the largest in use; `None` where that is needed and nothing is in use.
    ///
    /// 0 is no number of a message, and left out. `559:*` has at least `*`, even when that is less than 559:
    /// RFC 9051 section 6.4.9.
    pub fn bounds(self, star: Option<u32>) -> Option<RangeInclusive<u32>> {
        let value = |number| match number {
            Number::Value(value) => Some(value),
            Number::Star => star.filter(|&star| star != 0),
        };
        let (start, end) = (value(self.start)?, value(self.end)?);
        let last = start.max(end);
        (last != 0).then_some(start.min(end).max(1)..=last)
    }

    /// Whether the larger number is written first.
    pub fn is_descending(self) -> bool {
        self.start > self.end
    }

    fn put(self, text: &mut Vec<u8>) {
        let numbers = if self.start == self.end { 1 } else { 2 };
        for (separator, number) in [(&b""[..], self.start), (b":", self.end)].into_iter().take(numbers) {
            text.extend_from_slice(separator);
            match number {
                Number::Value(value) => text.extend_from_slice(Digits::of(value.into()).as_ref()),
                Number::Star => text.push(b'*'),
            }
        }
    }
}

impl From<u32> for Range {
    fn from(value: u32) -> Self {
        Self { start: value.into(), end: value.into() }
    }
}

impl From<RangeInclusive<u32>> for Range {
    fn from(range: RangeInclusive<u32>) -> Self {
        Self { start: (*range.start()).into(), end: (*range.end()).into() }
    }
}

impl From<RangeFrom<u32>> for Range {
    fn from(range: RangeFrom<u32>) -> Self {
        Self { start: range.start.into(), end: Number::Star }
    }
}

/// How many numbers are in `range`.
fn size(range: &RangeInclusive<u32>) -> u64 {
    u64::from(range.end().saturating_sub(*range.start())).saturating_add(1)
}

fn set_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::End, set(octets, Cx::default(), true, SequenceSet::MAX_RANGES))
}

text! {
    /// A set of message numbers or UIDs, kept as checked text.
    ///
    /// `2,4:7,9,12:*`, `*:5`, `$`
    ///
    /// At most [`MAX_RANGES`](Self::MAX_RANGES) ranges, which are never expanded: `1:4294967295` costs no more than `1`.
    /// Two are equal when their text is: `1:9` is not `9:1`. To compare what they mean, [`normalize`](Self::normalize)
    /// them. RFC 9051 section 9 (`sequence-set`).
    ///
    /// ```
    /// use imap_proto::SequenceSet;
    ///
    /// let set = SequenceSet::new("9:7,3,20:*")?;
    /// assert_eq!(set.ids(Some(21), 1_000).collect::<Vec<_>>(), [7, 8, 9, 3, 20, 21]);
    /// assert!(set.contains(8, Some(21)) && !set.contains(22, Some(21)));
    ///
    /// assert_eq!(SequenceSet::from_ids([1, 2, 3, 7])?, "1:3,7");
    /// assert_eq!(SequenceSet::from_range(20..)?, "20:*");
    /// assert!(SequenceSet::new("0").is_err());
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct SequenceSet<'a>: "sequence-set", set_check;
}

impl SequenceSet<'static> {
    /// `1:*`: every message.
    pub const ALL: Self = Self(Cow::Borrowed(b"1:*"));
    /// `$`: what the last SEARCH with SAVE has found. RFC 9051 section 6.4.4.1, RFC 5182.
    pub const SAVED: Self = Self(Cow::Borrowed(b"$"));

    /// One number or range: `7`, `2..=4`, `5..` for `5:*`.
    ///
    /// # Errors
    /// There is a 0 in it.
    pub fn from_range(range: impl Into<Range>) -> Result<Self, ValueError> {
        Self::from_ranges([range])
    }

    /// These ranges, in this order.
    ///
    /// # Errors
    /// There is none, a 0 in one, or more than [`MAX_RANGES`](SequenceSet::MAX_RANGES) of them.
    pub fn from_ranges(ranges: impl IntoIterator<Item = impl Into<Range>>) -> Result<Self, ValueError> {
        // One more than is allowed: the check refuses that one.
        Self::new(written(ranges, SequenceSet::MAX_RANGES.saturating_add(1)))
    }

    /// These numbers, in this order: those that follow one another become a range. 0 is left out.
    ///
    /// # Errors
    /// There is none, or it takes more than [`MAX_RANGES`](SequenceSet::MAX_RANGES) ranges to write them.
    pub fn from_ids(ids: impl IntoIterator<Item = u32>) -> Result<Self, ValueError> {
        Self::from_ranges(runs(ids))
    }
}

impl<'a> SequenceSet<'a> {
    /// The most ranges in a set of a command, so that a walk has a bound: more are refused.
    pub const MAX_RANGES: usize = 8_192;

    /// The ranges in order and as they are written; none for `$`.
    pub fn ranges(&self) -> RangesIter<'_> {
        RangesIter { rest: &self.0 }
    }

    /// Whether this is `$`. It has no numbers of its own: all methods here say that it is empty, so look for it first.
    pub fn is_saved(&self) -> bool {
        *self.0 == *b"$"
    }

    /// Whether this means the same in every mailbox: no `*` and no `$`, as in a [`UidSet`].
    pub fn is_concrete(&self) -> bool {
        !self.0.iter().any(|octet| matches!(octet, b'*' | b'$'))
    }

    /// Whether `id` is in the set, `star` being the largest number in use. Walks all ranges: to ask for many, use
    /// [`normalize`](Self::normalize).
    pub fn contains(&self, id: u32, star: Option<u32>) -> bool {
        self.bounds(star).any(|range| range.contains(&id))
    }

    /// How many numbers the ranges have, `star` being the largest in use. What is in two ranges counts twice, as in
    /// [`ids`](Self::ids); [`Ranges::len`] counts it once.
    pub fn len(&self, star: Option<u32>) -> u64 {
        self.bounds(star).map(|range| size(&range)).fold(0, u64::saturating_add)
    }

    /// The numbers range by range, no more than `max`, `star` being the largest in use. Each range begins with its
    /// smaller number.
    pub fn ids(&self, star: Option<u32>, max: usize) -> impl Iterator<Item = u32> + Clone {
        self.bounds(star).flatten().take(max)
    }

    /// The numbers as a sorted set without overlaps, `star` being the largest in use: for each once, walk
    /// [`Ranges::iter`].
    pub fn normalize(&self, star: Option<u32>) -> Ranges {
        self.bounds(star).collect()
    }

    fn bounds(&self, star: Option<u32>) -> impl Iterator<Item = RangeInclusive<u32>> + Clone {
        self.ranges().filter_map(move |range| range.bounds(star))
    }
}

/// ```abnf
/// sequence-set = (seq-number / seq-range) ["," sequence-set] / "$"
/// seq-range    = seq-number ":" seq-number
/// seq-number   = nz-number / "*"
/// ```
impl<'a> Wire<'a> for SequenceSet<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = set(input, cx, true, SequenceSet::MAX_RANGES)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !out.options().ascending || !self.ranges().any(Range::is_descending) {
            return out.put(&self.0);
        }
        let ranges = self.0.split(|&octet| octet == b',').zip(self.ranges());
        for (place, (text, range)) in ranges.enumerate() {
            out.put(if place == 0 { "" } else { "," });
            let mut numbers = text.split(|&octet| octet == b':');
            match (numbers.next(), numbers.next()) {
                (Some(start), Some(end)) if range.is_descending() => {
                    out.put(end);
                    out.put(":");
                    out.put(start);
                }
                _ => out.put(text),
            }
        }
    }
}

/// The ranges of a set in order and as they are written.
#[derive(Clone, Debug)]
pub struct RangesIter<'s> {
    rest: &'s [u8],
}

impl Iterator for RangesIter<'_> {
    type Item = Range;

    #[inline]
    fn next(&mut self) -> Option<Range> {
        let (rest, start) = known_number(self.rest)?;
        let (rest, end) = match rest {
            [b':', after @ ..] => known_number(after)?,
            _ => (rest, start),
        };
        self.rest = match rest {
            [b',', after @ ..] => after,
            _ => &[],
        };
        Some(Range { start, end })
    }
}

/// A number of text that was read before.
#[inline]
fn known_number(input: &[u8]) -> Option<(&[u8], Number)> {
    match input {
        [b'*', rest @ ..] => Some((rest, Number::Star)),
        _ => ids::known(input).map(|(rest, value)| (rest, Number::Value(value))),
    }
}

/// The text of a set of so many ranges at most.
fn written(ranges: impl IntoIterator<Item = impl Into<Range>>, most: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for range in ranges.into_iter().take(most) {
        if !text.is_empty() {
            text.push(b',');
        }
        range.into().put(&mut text);
    }
    text
}

/// The ranges of numbers that follow one another.
fn runs(ids: impl IntoIterator<Item = u32>) -> impl Iterator<Item = RangeInclusive<u32>> {
    let mut ids = ids.into_iter().filter(|&id| id != 0).peekable();
    iter::from_fn(move || {
        let start = ids.next()?;
        let mut end = start;
        while let Some(id) = ids.next_if(|&id| id == end || Some(id) == end.checked_add(1)) {
            end = id;
        }
        Some(start..=end)
    })
}

/// The text of a set of so many ranges at most; `*` and `$` where they are `general`.
#[inline]
fn set(input: &[u8], cx: Cx, general: bool, most: usize) -> Parsed<'_, &[u8]> {
    if let [b'$', rest @ ..] = input
        && general
    {
        return Ok((rest, before(input, rest)));
    }
    let mut start = input;
    let mut left = most;
    loop {
        let Some(fewer) = left.checked_sub(1) else { return Fail::at(start, Expected::Fewer) };
        left = fewer;
        let (mut after, mut behind) = number(start, cx, general)?;
        if behind == b':' {
            (after, behind) = number(after, cx, general)?;
        }
        if behind == b',' {
            start = after;
            continue;
        }
        // Nothing is behind the set when `after` is empty and the input ends with a number.
        let ended = after.is_empty() && input.last() != Some(&behind);
        let end = len_before(input, after).saturating_sub(usize::from(!ended));
        let (set, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
        return Ok((rest, set));
    }
}

/// What follows a number of a set and the octet behind it, and that octet; NUL when there is none.
#[inline]
fn number(input: &[u8], cx: Cx, general: bool) -> Parsed<'_, u8> {
    match ids::behind_short(input) {
        Some((octet, after)) => Ok((after, octet)),
        None => other_number(input, cx, general),
    }
}

/// [`number`] with more digits or few octets behind it, and what is no number.
#[inline(never)]
fn other_number(input: &[u8], cx: Cx, general: bool) -> Parsed<'_, u8> {
    let (rest, ()) = match input {
        [b'1'..=b'9', ..] => ids::long_digits(input)?,
        _ => odd_number(input, cx, general)?,
    };
    Ok(match rest {
        [octet, after @ ..] => (after, *octet),
        [] => (rest, 0),
    })
}

/// [`number`] where it is not one to nine that comes first.
fn odd_number(input: &[u8], cx: Cx, general: bool) -> Parsed<'_, ()> {
    match input {
        [b'*', rest @ ..] if general => Ok((rest, ())),
        [b'0', ..] if cx.tolerates(Leniency::ZERO) => ids::long_digits(input),
        [b'0', ..] => Fail::at(input, Expected::NonZero),
        _ if general => Fail::at(input, Expected::SequenceSet),
        _ => Fail::at(input, Expected::Number),
    }
}

#[cfg(test)]
pub(crate) mod tests;
