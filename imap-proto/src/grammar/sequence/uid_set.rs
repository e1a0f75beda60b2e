//! UID sets ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9): `uid-set`).

use alloc::borrow::Cow;

use super::{Range, Ranges, RangesIter, SequenceSet, runs, set, written};
use crate::error::{Expected, ValueError};
use crate::grammar::string::{Checked, text, whole};
use crate::wire::{Cx, Parsed, Wire, Writer};

fn uid_set_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::End, set(octets, Cx::default(), false, usize::MAX))
}

text! {
    /// A set of UIDs that means the same in every mailbox: a [`SequenceSet`] without `*` and `$`.
    ///
    /// `304,319:320`
    ///
    /// What servers say in APPENDUID, COPYUID and VANISHED. RFC 9051 section 9 (`uid-set`), RFC 7162 section 7
    /// (`known-uids`).
    ///
    /// ```
    /// use imap_proto::sequence::UidSet;
    ///
    /// let set = UidSet::new("304,319:320")?;
    /// assert_eq!(set.ids(1_000).collect::<Vec<_>>(), [304, 319, 320]);
    /// assert!(UidSet::new("1:*").is_err());
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct UidSet<'a>: "uid-set", uid_set_check;
}

impl UidSet<'static> {
    /// One UID or range: `7`, `2..=4`.
    ///
    /// # Errors
    /// There is a 0 or a `*` in it.
    pub fn from_range(range: impl Into<Range>) -> Result<Self, ValueError> {
        Self::from_ranges([range])
    }

    /// These ranges, in this order.
    ///
    /// # Errors
    /// There is none, or a 0 or a `*` in one.
    pub fn from_ranges(ranges: impl IntoIterator<Item = impl Into<Range>>) -> Result<Self, ValueError> {
        Self::new(written(ranges, usize::MAX))
    }

    /// These UIDs, in this order: those that follow one another become a range. 0 is left out.
    ///
    /// # Errors
    /// There is none.
    pub fn from_ids(ids: impl IntoIterator<Item = u32>) -> Result<Self, ValueError> {
        Self::from_ranges(runs(ids))
    }
}

#[allow(clippy::len_without_is_empty)] // the grammar has no empty one
impl UidSet<'_> {
    /// The ranges in order and as they are written.
    pub fn ranges(&self) -> RangesIter<'_> {
        RangesIter { rest: &self.0 }
    }

    /// Whether `id` is in the set. Walks all ranges: to ask for many, use [`normalize`](Self::normalize).
    pub fn contains(&self, id: u32) -> bool {
        self.as_sequence_set().contains(id, None)
    }

    /// How many UIDs the ranges have. What is in two ranges counts twice.
    pub fn len(&self) -> u64 {
        self.as_sequence_set().len(None)
    }

    /// The UIDs range by range, no more than `max`. Each range begins with its smaller UID.
    pub fn ids(&self, max: usize) -> impl Iterator<Item = u32> + Clone {
        self.ranges().filter_map(|range| range.bounds(None)).flatten().take(max)
    }

    /// The UIDs as a sorted set without overlaps.
    pub fn normalize(&self) -> Ranges {
        self.as_sequence_set().normalize(None)
    }

    /// The same set, to be given to a command.
    pub fn as_sequence_set(&self) -> SequenceSet<'_> {
        SequenceSet(Cow::Borrowed(&self.0))
    }
}

/// ```abnf
/// uid-set   = (uniqueid / uid-range) *("," uid-set)
/// uid-range = uniqueid ":" uniqueid
/// uniqueid  = nz-number
/// ```
impl<'a> Wire<'a> for UidSet<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = set(input, cx, false, usize::MAX)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.as_sequence_set().encode(out);
    }
}

impl<'a> From<UidSet<'a>> for SequenceSet<'a> {
    fn from(set: UidSet<'a>) -> Self {
        Self(set.0)
    }
}

impl<'a> TryFrom<SequenceSet<'a>> for UidSet<'a> {
    type Error = ValueError;

    /// Takes a set without `*` and `$`.
    fn try_from(set: SequenceSet<'a>) -> Result<Self, ValueError> {
        Self::new(set.0)
    }
}

/// The UIDs of messages before and after they were copied, as COPYUID pairs them, no more than `max`; `None` when the sets
/// differ in size. RFC 9051 section 7.1 (COPYUID).
///
/// ```
/// use imap_proto::sequence::{UidSet, pairs};
///
/// let (source, destination) = (UidSet::new("304,319:320")?, UidSet::new("3956:3958")?);
/// let pairs = pairs(&source, &destination, 1_000).ok_or("sizes differ")?;
/// assert_eq!(pairs.collect::<Vec<_>>(), [(304, 3956), (319, 3957), (320, 3958)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pairs<'s>(
    source: &'s UidSet<'_>,
    destination: &'s UidSet<'_>,
    max: usize,
) -> Option<impl Iterator<Item = (u32, u32)> + Clone + use<'s>> {
    (source.len() == destination.len()).then(|| source.ids(max).zip(destination.ids(max)))
}
