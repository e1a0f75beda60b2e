//! Sets of numbers to reckon with.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::{SequenceSet, UidSet, size};
use crate::error::ValueError;

/// A set of message numbers or UIDs: ranges in order that neither overlap nor touch.
///
/// Made from a [`SequenceSet`] with [`normalize`](SequenceSet::normalize), from numbers or from ranges, and made a set
/// again with [`to_set`](Self::to_set). 0 is never in it. Every operation is linear in the number of ranges, however
/// many numbers they have.
///
/// ```
/// use imap_proto::SequenceSet;
///
/// let known = SequenceSet::new("1:10,15")?.normalize(None);
/// let gone = SequenceSet::new("9:3,12:20")?.normalize(None);
/// assert_eq!(known.subtract(&gone).to_set()?, "1:2,10");
/// assert_eq!(known.union(&gone).to_set()?, "1:10,12:20");
/// assert_eq!(known.intersect(&gone).to_set()?, "3:9,15");
/// # Ok::<(), imap_proto::ValueError>(())
/// ```
///
/// RFC 9051 section 9.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// No number.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn of(mut ranges: Vec<(u32, u32)>) -> Self {
        // Linear where there are few runs that are in order already.
        ranges.sort();
        ranges.dedup_by(|next, last| {
            let joined = next.0 <= last.1.saturating_add(1);
            if joined {
                last.1 = last.1.max(next.1);
            }
            joined
        });
        Self(ranges)
    }

    /// Adds the numbers of `range` but 0.
    pub fn insert(&mut self, range: RangeInclusive<u32>) {
        let Some((first, last)) = bounds(&range) else { return };
        // Those that it overlaps or touches become one with it.
        let from = self.0.partition_point(|range| range.1.saturating_add(1) < first);
        let to = self.0.partition_point(|range| range.0 <= last.saturating_add(1));
        let joined = self.0.get(from..to).unwrap_or_default();
        let first = joined.first().map_or(first, |range| range.0.min(first));
        let last = joined.last().map_or(last, |range| range.1.max(last));
        self.0.splice(from..to, [(first, last)]);
    }

    /// Takes the numbers of `range` away.
    pub fn remove(&mut self, range: RangeInclusive<u32>) {
        let Some((first, last)) = bounds(&range) else { return };
        let from = self.0.partition_point(|range| range.1 < first);
        let to = self.0.partition_point(|range| range.0 <= last);
        let cut = self.0.get(from..to).unwrap_or_default();
        let below =
            cut.first().filter(|range| range.0 < first).map(|range| (range.0, first.saturating_sub(1)));
        let above = cut.last().filter(|range| range.1 > last).map(|range| (last.saturating_add(1), range.1));
        self.0.splice(from..to, below.into_iter().chain(above));
    }

    /// What is in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of([&self.0[..], &other.0].concat())
    }

    /// What is in both sets.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut these, mut those) = (&self.0[..], &other.0[..]);
        while let ([this, after_this @ ..], [that, after_that @ ..]) = (these, those) {
            let (first, last) = (this.0.max(that.0), this.1.min(that.1));
            if first <= last {
                ranges.push((first, last));
            }
            if this.1 < that.1 {
                these = after_this;
            } else {
                those = after_that;
            }
        }
        Self(ranges)
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let mut cuts = &other.0[..];
        for &(first, last) in &self.0 {
            // Where what is left of the range begins.
            let mut left = Some(first);
            while let (Some(first), [cut, after @ ..]) = (left, cuts)
                && cut.0 <= last
            {
                if first < cut.0 {
                    ranges.push((first, cut.0.saturating_sub(1)));
                }
                left = cut.1.checked_add(1).map(|next| next.max(first)).filter(|&next| next <= last);
                // One that reaches further may cut the next range, too.
                if cut.1 <= last {
                    cuts = after;
                }
            }
            ranges.extend(left.map(|first| (first, last)));
        }
        Self(ranges)
    }

    /// Whether `id` is in the set; a binary search.
    pub fn contains(&self, id: u32) -> bool {
        let place = self.0.partition_point(|range| range.1 < id);
        self.0.get(place).is_some_and(|range| range.0 <= id)
    }

    /// How many numbers there are.
    pub fn len(&self) -> u64 {
        self.ranges().map(|range| size(&range)).fold(0, u64::saturating_add)
    }

    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers in ascending order, up to 4,294,967,295 of them: [`len`](Self::len) tells.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + Clone {
        self.ranges().flatten()
    }

    /// The ranges in ascending order.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = RangeInclusive<u32>> + ExactSizeIterator + Clone {
        self.0.iter().map(|&(first, last)| first..=last)
    }

    /// The numbers as a set to send.
    ///
    /// # Errors
    /// There is none, or there are more than [`SequenceSet::MAX_RANGES`] ranges.
    pub fn to_set(&self) -> Result<SequenceSet<'static>, ValueError> {
        SequenceSet::from_ranges(self.ranges())
    }

    /// The numbers as a set of UIDs to send.
    ///
    /// # Errors
    /// There is none.
    pub fn to_uid_set(&self) -> Result<UidSet<'static>, ValueError> {
        UidSet::from_ranges(self.ranges())
    }
}

/// The first and the last number but 0, if there is any.
fn bounds(range: &RangeInclusive<u32>) -> Option<(u32, u32)> {
    let (first, last) = ((*range.start()).max(1), *range.end());
    (first <= last).then_some((first, last))
}

impl FromIterator<RangeInclusive<u32>> for Ranges {
    fn from_iter<I: IntoIterator<Item = RangeInclusive<u32>>>(ranges: I) -> Self {
        Self::of(ranges.into_iter().filter_map(|range| bounds(&range)).collect())
    }
}

impl FromIterator<u32> for Ranges {
    fn from_iter<I: IntoIterator<Item = u32>>(ids: I) -> Self {
        super::runs(ids).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Expected;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Ranges close to one another.
    fn any_ranges() -> impl Strategy<Value = Vec<RangeInclusive<u32>>> {
        prop::collection::vec((0..64u32, 0..9u32).prop_map(|(first, more)| first..=first + more), 0..10)
    }

    /// The same ranges so far up that the last number can be among them.
    fn up(range: &RangeInclusive<u32>) -> RangeInclusive<u32> {
        const BASE: u32 = u32::MAX - 70;
        BASE.saturating_add(*range.start())..=BASE.saturating_add(*range.end())
    }

    fn model(ranges: &[RangeInclusive<u32>]) -> BTreeSet<u32> {
        ranges.iter().cloned().flatten().filter(|&id| id != 0).collect()
    }

    /// In order, without overlap, none empty, none that touch.
    fn is_normal(ranges: &Ranges) -> bool {
        let apart = |pair: &[(u32, u32)]| u64::from(pair[0].1) + 1 < u64::from(pair[1].0);
        ranges.0.iter().all(|range| 0 < range.0 && range.0 <= range.1) && ranges.0.windows(2).all(apart)
    }

    #[track_caller]
    fn same(ranges: &Ranges, model: &BTreeSet<u32>) {
        assert!(is_normal(ranges), "{ranges:?}");
        assert!(ranges.iter().eq(model.iter().copied()), "{ranges:?} {model:?}");
        assert!(ranges.iter().rev().eq(model.iter().rev().copied()));
        assert_eq!((ranges.len(), ranges.is_empty()), (model.len() as u64, model.is_empty()));
        assert_eq!(ranges, &model.iter().copied().collect::<Ranges>());
        match ranges.to_set() {
            Ok(set) => {
                assert_eq!(&set.normalize(None), ranges);
                assert_eq!(ranges.to_uid_set().map(SequenceSet::from), Ok(set));
            }
            Err(error) => assert!(model.is_empty() && error.expected == Expected::SequenceSet),
        }
    }

    #[test]
    fn sec_53_arithmetic_is_on_ranges() {
        const ALL: RangeInclusive<u32> = 0..=u32::MAX;
        let all: Ranges = [ALL, ALL].into_iter().collect();
        assert_eq!((all.len(), all.ranges().len()), (u64::from(u32::MAX), 1));
        assert_eq!(all.union(&all), all);
        assert_eq!(all.intersect(&all), all);
        assert_eq!(all.subtract(&all), Ranges::new());
        assert!(all.contains(1) && all.contains(u32::MAX) && !all.contains(0));
        let mut holes = all.clone();
        holes.remove(7..=7);
        holes.remove(u32::MAX..=u32::MAX);
        assert_eq!(holes.to_set().unwrap(), "1:6,8:4294967294");
        assert_eq!(all.subtract(&holes).to_set().unwrap(), "7,4294967295");
        holes.insert(ALL);
        assert_eq!(holes, all);
        holes.remove(ALL);
        assert!(holes.is_empty());
        #[allow(clippy::reversed_empty_ranges)]
        holes.insert(5..=4);
        holes.insert(0..=0);
        assert!(holes.is_empty());
        holes.insert(0..=1);
        #[allow(clippy::reversed_empty_ranges)]
        holes.remove(5..=1);
        assert_eq!(holes.to_set().unwrap(), "1");
    }

    #[test]
    fn too_many_ranges_are_no_set() {
        let ids = |count| (1..).step_by(2).take(count).collect::<Ranges>();
        assert_eq!(
            ids(SequenceSet::MAX_RANGES).to_set().unwrap().normalize(None),
            ids(SequenceSet::MAX_RANGES)
        );
        let more = ids(SequenceSet::MAX_RANGES + 1);
        assert_eq!(more.to_set().unwrap_err().expected, Expected::Fewer);
        assert!(more.to_uid_set().is_ok(), "what a server found has no such bound");
    }

    proptest! {
        #[test]
        fn sets_are_what_the_model_says(one in any_ranges(), other in any_ranges(), high: bool) {
            let raise = |ranges: Vec<_>| if high { ranges.iter().map(up).collect() } else { ranges };
            let (one, other) = (raise(one), raise(other));
            let (a, b): (Ranges, Ranges) = (one.iter().cloned().collect(), other.iter().cloned().collect());
            let (m, n) = (model(&one), model(&other));
            same(&a, &m);
            same(&a.union(&b), &(&m | &n));
            same(&a.intersect(&b), &(&m & &n));
            same(&a.subtract(&b), &(&m - &n));
            for id in one.iter().chain(&other).flat_map(|range| [range.start().saturating_sub(1), *range.end()]) {
                prop_assert_eq!(a.contains(id), m.contains(&id));
            }
        }

        #[test]
        fn ranges_come_and_go(steps in prop::collection::vec((any::<bool>(), any_ranges()), 1..6), high: bool) {
            let (mut ranges, mut ids) = (Ranges::new(), BTreeSet::new());
            for (insert, range) in steps.into_iter().flat_map(|(insert, some)| some.into_iter().map(move |r| (insert, r))) {
                let range = if high { up(&range) } else { range };
                let changed = model(core::slice::from_ref(&range));
                if insert {
                    ranges.insert(range);
                    ids = &ids | &changed;
                } else {
                    ranges.remove(range);
                    ids = &ids - &changed;
                }
                same(&ranges, &ids);
            }
        }
    }
}
