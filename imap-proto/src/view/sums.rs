//! Sums of a list of counts that change one at a time: a Fenwick tree.

use alloc::vec::Vec;

/// Counts by place. What is before a place, and where a sum is reached, takes steps in the logarithm of their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums(Vec<u64>);

/// The lowest bit of a place counted from 1: how many counts its node sums up.
fn span(place: usize) -> usize {
    place & place.wrapping_neg()
}

impl Sums {
    /// Counts in order.
    pub(super) fn of(counts: impl IntoIterator<Item = u64>) -> Self {
        let mut nodes: Vec<u64> = counts.into_iter().collect();
        for place in 1..=nodes.len() {
            let parent = place.saturating_add(span(place));
            let count = nodes.get(place.saturating_sub(1)).copied().unwrap_or_default();
            if let Some(node) = nodes.get_mut(parent.saturating_sub(1)) {
                *node = node.saturating_add(count);
            }
        }
        Self(nodes)
    }

    /// Adds a count behind the last.
    pub(super) fn push(&mut self, count: u64) {
        let place = self.0.len().saturating_add(1);
        let from = place.saturating_sub(span(place));
        let spanned = self.before(place.saturating_sub(1)).saturating_sub(self.before(from));
        self.0.push(count.saturating_add(spanned));
    }

    /// Two counts in the place of one, which were its parts or not.
    pub(super) fn split(&mut self, index: usize, first: u64, second: u64) {
        let mut counts = core::mem::take(self).into_counts();
        if let Some(count) = counts.get_mut(index) {
            *count = first;
            counts.insert(index.saturating_add(1), second);
        }
        *self = Self::of(counts);
    }

    /// The counts in order: what [`of`](Self::of) has added up is taken off again, from the last node to the first.
    fn into_counts(self) -> Vec<u64> {
        let mut nodes = self.0;
        for place in (1..=nodes.len()).rev() {
            let parent = place.saturating_add(span(place));
            let count = nodes.get(place.saturating_sub(1)).copied().unwrap_or_default();
            if let Some(node) = nodes.get_mut(parent.saturating_sub(1)) {
                *node = node.saturating_sub(count);
            }
        }
        nodes
    }

    /// More at a place.
    pub(super) fn add(&mut self, index: usize, count: u64) {
        self.change(index, |node| *node = node.saturating_add(count));
    }

    /// Less at a place.
    pub(super) fn subtract(&mut self, index: usize, count: u64) {
        self.change(index, |node| *node = node.saturating_sub(count));
    }

    fn change(&mut self, index: usize, change: impl Fn(&mut u64)) {
        let mut place = index.saturating_add(1);
        while let Some(node) = self.0.get_mut(place.saturating_sub(1)) {
            change(node);
            place = place.saturating_add(span(place));
        }
    }

    /// The sum of all counts before a place.
    pub(super) fn before(&self, index: usize) -> u64 {
        let (mut place, mut sum) = (index.min(self.0.len()), 0u64);
        while let Some(node) = place.checked_sub(1).and_then(|node| self.0.get(node)) {
            sum = sum.saturating_add(*node);
            place = place.saturating_sub(span(place));
        }
        sum
    }

    /// The sum of all.
    pub(super) fn total(&self) -> u64 {
        self.before(self.0.len())
    }

    /// The first place up to whose count, it included, the sum is at least `sum`, and what is summed up before it; `None`
    /// when all are less. `sum` is not 0.
    pub(super) fn reach(&self, sum: u64) -> Option<(usize, u64)> {
        let (mut place, mut before) = (0usize, 0u64);
        let mut step = self.0.len().checked_ilog2().map_or(0, |log| 1usize << log);
        while step > 0 {
            let next = place.saturating_add(step);
            if let Some(node) = self.0.get(next.saturating_sub(1))
                && before.saturating_add(*node) < sum
            {
                (place, before) = (next, before.saturating_add(*node));
            }
            step >>= 1;
        }
        (place < self.0.len()).then_some((place, before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_what_adding_says(
            first in prop::collection::vec(0..4u64, 0..20),
            more in prop::collection::vec(0..4u64, 0..20),
            changes in prop::collection::vec((0..40usize, 0..4u64, any::<bool>()), 0..20),
            splits in prop::collection::vec((0..40usize, 0..4u64, 0..4u64), 0..20),
        ) {
            let mut counts = first.clone();
            let mut sums = Sums::of(first);
            for count in more {
                counts.push(count);
                sums.push(count);
            }
            for (index, count, up) in changes {
                if let Some(changed) = counts.get_mut(index) {
                    if up {
                        *changed += count;
                        sums.add(index, count);
                    } else {
                        let count = count.min(*changed);
                        *changed -= count;
                        sums.subtract(index, count);
                    }
                }
            }
            for (index, first, second) in splits {
                sums.split(index, first, second);
                if let Some(count) = counts.get_mut(index) {
                    *count = first;
                    counts.insert(index + 1, second);
                }
            }
            for index in 0..=counts.len() {
                prop_assert_eq!(sums.before(index), counts[..index].iter().sum::<u64>());
            }
            let total = counts.iter().sum::<u64>();
            prop_assert_eq!(sums.total(), total);
            for sum in 1..=total + 1 {
                let place = (0..counts.len()).find(|&index| counts[..=index].iter().sum::<u64>() >= sum);
                prop_assert_eq!(sums.reach(sum), place.map(|place| (place, counts[..place].iter().sum())));
            }
        }
    }
}
