//! PARTIAL ([RFC 9394](https://www.rfc-editor.org/rfc/rfc9394)).

use core::ops::RangeInclusive;

use crate::error::Expected;
use crate::grammar::number::Nz;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, plain};

/// Some of a result, counted from its first message or from its last.
///
/// `1:500`, `-1:-100`
///
/// RFC 9394 section 4 (`partial-range`).
///
/// ```
/// use imap_proto::ext::partial::PartialRange;
///
/// // The newest hundred of 250.
/// assert_eq!(PartialRange::newest(1, 100).and_then(|range| range.of(250)), Some(150..=249));
/// assert_eq!(PartialRange::oldest(1, 500).and_then(|range| range.of(250)), Some(0..=249));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartialRange {
    newest: bool,
    start: u32,
    end: u32,
}

plain!(PartialRange);

impl PartialRange {
    /// `1:500`: from the oldest on, counted from 1; `None` when there is a 0.
    pub fn oldest(start: u32, end: u32) -> Option<Self> {
        (start != 0 && end != 0).then_some(Self { newest: false, start, end })
    }

    /// `-1:-100`: from the newest back, counted from 1; `None` when there is a 0.
    pub fn newest(start: u32, end: u32) -> Option<Self> {
        (start != 0 && end != 0).then_some(Self { newest: true, start, end })
    }

    /// Whether the newest is counted as the first.
    pub fn is_newest(self) -> bool {
        self.newest
    }

    /// The first and the last, counted from 1, as they are written: `500:400` is the same as `400:500`.
    pub fn bounds(self) -> (u32, u32) {
        (self.start, self.end)
    }

    /// Which of `len` results in ascending order are meant, counted from 0; `None` when there are none.
    pub fn of(self, len: usize) -> Option<RangeInclusive<usize>> {
        let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1);
        let (first, last) = (place(self.start.min(self.end))?, place(self.start.max(self.end))?);
        let final_place = len.checked_sub(1)?;
        if first > final_place {
            return None;
        }
        let last = last.min(final_place);
        Some(match self.newest {
            true => final_place.saturating_sub(last)..=final_place.saturating_sub(first),
            false => first..=last,
        })
    }
}

/// ```abnf
/// partial-range       = partial-range-first / partial-range-last
/// partial-range-first = nz-number ":" nz-number
/// partial-range-last  = "-" nz-number ":" "-" nz-number
/// ```
impl<'a> Wire<'a> for PartialRange {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (newest, rest) = match input {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, input),
        };
        let (rest, start) = <Nz as Via<'a, u32>>::parse(rest, cx)?;
        let (mut rest, ()) = octet(rest, b':', Expected::SequenceSet)?;
        if newest {
            (rest, ()) = octet(rest, b'-', Expected::SequenceSet)?;
        }
        let (rest, end) = <Nz as Via<'a, u32>>::parse(rest, cx)?;
        Ok((rest, Self { newest, start, end }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let sign = if self.newest { "-" } else { "" };
        out.put(sign);
        out.number(self.start.into());
        out.put(":");
        out.put(sign);
        out.number(self.end.into());
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::options::Leniency;
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    pub(crate) fn any_partial_range() -> impl Strategy<Value = PartialRange> {
        (any::<bool>(), 1u32.., 1u32..).prop_map(|(newest, start, end)| PartialRange { newest, start, end })
    }

    #[test]
    fn ranges() {
        let (oldest, newest) = (
            |start, end| PartialRange::oldest(start, end).unwrap(),
            |start, end| PartialRange::newest(start, end).unwrap(),
        );
        check([
            ("23500:24000", oldest(23_500, 24_000)),
            ("500:400", oldest(500, 400)),
            ("-1:-100", newest(1, 100)),
            ("-4294967295:-1", newest(u32::MAX, 1)),
        ]);
        check_refused::<PartialRange, 9>([
            ("1", 1),
            ("1:*", 2),
            ("*:1", 0),
            ("-1:100", 3),
            ("1:-100", 2),
            ("0:1", 0),
            ("-0:-1", 1),
            ("1:0", 2),
            ("1:4294967296", 2),
        ]);
        let zero = PartialRange { newest: false, start: 0, end: 1 };
        check_tolerated([("0:1", zero, Leniency::ZERO)]);
        assert!(PartialRange::oldest(0, 1).is_none() && PartialRange::newest(1, 0).is_none());
        assert!(newest(1, 2).is_newest() && oldest(5, 4).bounds() == (5, 4));
        assert_eq!((oldest(5, 2).of(10), oldest(5, 2).of(3)), (Some(1..=4), Some(1..=2)));
        assert_eq!((newest(2, 5).of(10), newest(2, 5).of(3)), (Some(5..=8), Some(0..=1)));
        assert_eq!((oldest(5, 6).of(4), newest(1, 1).of(0), zero.of(9)), (None, None, None));
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(range in any_partial_range()) {
            round_trip(&range);
        }
    }
}
