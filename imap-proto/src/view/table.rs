//! Messages in the order of their UIDs, with room between them for messages that are not known.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::flags::Bits;
use super::sums::Sums;

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) uid: u32,
    /// How many messages that are not known stand before it, behind the one that is known before.
    pub(super) gap: u32,
    /// 0 when it was not told.
    pub(super) mod_seq: u64,
    pub(super) bits: Bits,
}

impl Entry {
    pub(super) const fn new(uid: u32) -> Self {
        Self { uid, gap: 0, mod_seq: 0, bits: Bits::NONE }
    }

    /// How many numbers it takes, with those before it that are not known.
    fn width(&self) -> u64 {
        u64::from(self.gap).saturating_add(1)
    }
}

/// Where an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    chunk: usize,
    index: usize,
}

/// Entries whose UIDs are from `key` on, to below the key of the next chunk. It may have none.
#[derive(Clone, Debug)]
struct Chunk {
    key: u32,
    entries: VecDeque<Entry>,
}

impl Chunk {
    fn width(&self) -> u64 {
        #[cfg(test)]
        tests::LOOKED_AT.set(tests::LOOKED_AT.get() + self.entries.len());
        self.entries.iter().map(Entry::width).fold(0, u64::saturating_add)
    }

    /// Entries were taken away: gives room back when there is four times what is needed.
    fn shrink(&mut self) {
        if self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(self.entries.len().saturating_mul(2));
        }
    }
}

/// Messages by UID and by number.
///
/// In chunks, over whose widths there is a tree of sums. To find, to add and to take away costs steps in the logarithm of
/// the number of chunks and the length of one chunk; chunks that become empty stay, for their places, until there are too
/// many of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    chunks: Vec<Chunk>,
    widths: Sums,
    len: usize,
}

impl Table {
    /// The most entries of a chunk.
    const CHUNK: usize = 128;

    /// Entries in the order of their UIDs.
    pub(super) fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut table = Self::default();
        for entry in entries {
            table.push(entry);
        }
        table
    }

    /// Adds an entry behind the last.
    fn push(&mut self, entry: Entry) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.entries.len() < Self::CHUNK => {
                chunk.entries.push_back(entry);
                self.widths.add(self.chunks.len().saturating_sub(1), entry.width());
            }
            last => {
                let key = if last.is_some() { entry.uid } else { 0 };
                self.chunks.push(Chunk { key, entries: VecDeque::from([entry]) });
                self.widths.push(entry.width());
            }
        }
        self.len = self.len.saturating_add(1);
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of the last entry: how many messages there are up to it.
    pub(super) fn width(&self) -> u64 {
        self.widths.total()
    }

    /// All entries in order.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + Clone {
        self.chunks.iter().flat_map(|chunk| &chunk.entries)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.chunks.iter_mut().flat_map(|chunk| &mut chunk.entries)
    }

    pub(super) fn get(&self, place: Place) -> Option<&Entry> {
        self.chunks.get(place.chunk)?.entries.get(place.index)
    }

    /// For its flags and its mod-sequence: neither UID nor gap may change.
    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Entry> {
        self.chunks.get_mut(place.chunk)?.entries.get_mut(place.index)
    }

    /// Where a UID is or would be.
    fn seek(&self, uid: u32) -> Place {
        let chunk = self.chunks.partition_point(|chunk| chunk.key <= uid).saturating_sub(1);
        let index =
            self.chunks.get(chunk).map_or(0, |chunk| chunk.entries.partition_point(|entry| entry.uid < uid));
        Place { chunk, index }
    }

    /// The entry of a UID.
    pub(super) fn find(&self, uid: u32) -> Option<Place> {
        let place = self.seek(uid);
        self.get(place).filter(|entry| entry.uid == uid).map(|_| place)
    }

    /// The first entry that has this number or a higher one, and its number.
    pub(super) fn reach(&self, number: u64) -> Option<(Place, u64)> {
        let (chunk, before) = self.widths.reach(number.max(1))?;
        let mut reached = before;
        for (index, entry) in self.chunks.get(chunk)?.entries.iter().enumerate() {
            reached = reached.saturating_add(entry.width());
            if reached >= number {
                return Some((Place { chunk, index }, reached));
            }
        }
        None
    }

    /// The entry of this number.
    pub(super) fn at(&self, number: u64) -> Option<Place> {
        self.reach(number).filter(|&(_, reached)| reached == number).map(|(place, _)| place)
    }

    /// How many messages there are before a place that need not have an entry, those before its entry left out.
    fn before(&self, place: Place) -> u64 {
        let entries = self.chunks.get(place.chunk).map(|chunk| chunk.entries.iter().take(place.index));
        let inside = entries.into_iter().flatten().map(Entry::width).fold(0, u64::saturating_add);
        self.widths.before(place.chunk).saturating_add(inside)
    }

    /// How many messages there are before the first entry whose UID is not below `uid`, those in its gap left out.
    pub(super) fn below(&self, uid: u32) -> u64 {
        self.before(self.seek(uid))
    }

    /// The number of an entry.
    pub(super) fn number(&self, place: Place) -> u64 {
        self.before(place).saturating_add(self.get(place).map_or(0, Entry::width))
    }

    /// The lowest UID from this one on.
    pub(super) fn next_from(&self, uid: u32) -> Option<u32> {
        let before = self.below(uid);
        self.reach(before.saturating_add(1)).and_then(|(place, _)| Some(self.get(place)?.uid))
    }

    fn uid_at(&self, number: u64) -> Option<u32> {
        Some(self.get(self.at(number)?)?.uid)
    }

    /// The entries before and behind a number that has none: their numbers and UIDs.
    pub(super) fn neighbours(&self, number: u64) -> [Option<(u32, u32)>; 2] {
        let numbered = |number: u64| Some((u32::try_from(number).ok()?, self.uid_at(number)?));
        match self.reach(number) {
            None => [numbered(self.width()), None],
            Some((place, reached)) => {
                let width = self.get(place).map_or(0, Entry::width);
                [numbered(reached.saturating_sub(width)), numbered(reached)]
            }
        }
    }

    /// The lowest UID.
    pub(super) fn first(&self) -> Option<u32> {
        self.reach(1).and_then(|(place, _)| Some(self.get(place)?.uid))
    }

    /// The highest UID.
    pub(super) fn last(&self) -> Option<u32> {
        self.uid_at(self.width())
    }

    /// Adds an entry where its UID belongs, its gap taken from the entry behind it; nothing when there is one.
    pub(super) fn insert(&mut self, entry: Entry) {
        let mut place = self.seek(entry.uid);
        if self.get(place).is_some_and(|there| there.uid == entry.uid) {
            return;
        }
        if self.chunks.last().is_none_or(|last| {
            // Behind the last of a chunk that is full.
            last.entries.len() >= Self::CHUNK && last.entries.back().is_some_and(|back| back.uid < entry.uid)
        }) {
            return self.push(entry);
        }
        if self.chunks.get(place.chunk).is_some_and(|chunk| chunk.entries.len() >= Self::CHUNK) {
            self.split(place.chunk);
            place = self.seek(entry.uid);
        }
        if let Some(chunk) = self.chunks.get_mut(place.chunk) {
            chunk.entries.insert(place.index.min(chunk.entries.len()), entry);
            self.widths.add(place.chunk, entry.width());
            self.len = self.len.saturating_add(1);
        }
    }

    /// Adds an entry at a number that has none, its UID between those of its [`neighbours`](Self::neighbours).
    pub(super) fn insert_at(&mut self, number: u64, mut entry: Entry) {
        let before = match self.reach(number) {
            None => self.width(),
            Some((place, reached)) => {
                let behind = reached.saturating_sub(number).saturating_sub(1);
                let before = reached.saturating_sub(self.get(place).map_or(0, Entry::width));
                self.set_gap(place, u32::try_from(behind).unwrap_or(u32::MAX));
                before
            }
        };
        let gap = number.saturating_sub(before).saturating_sub(1);
        entry.gap = u32::try_from(gap).unwrap_or(u32::MAX);
        self.insert(entry);
    }

    fn split(&mut self, chunk: usize) {
        let Some(full) = self.chunks.get_mut(chunk) else { return };
        let half = full.entries.split_off(full.entries.len() / 2);
        let Some(first) = half.front() else { return };
        let half = Chunk { key: first.uid, entries: half };
        // To look at the entries of all chunks here would take a time that grows with the square of their number.
        self.widths.split(chunk, full.width(), half.width());
        self.chunks.insert(chunk.saturating_add(1), half);
    }

    fn set_gap(&mut self, place: Place, gap: u32) {
        let Some(entry) = self.get_mut(place) else { return };
        let old = core::mem::replace(&mut entry.gap, gap);
        self.widths.subtract(place.chunk, old.into());
        self.widths.add(place.chunk, gap.into());
    }

    /// One message less before an entry, among those that are not known.
    pub(super) fn shrink_gap(&mut self, place: Place) {
        if let Some(entry) = self.get(place) {
            self.set_gap(place, entry.gap.saturating_sub(1));
        }
    }

    /// Takes an entry away and its number with it.
    pub(super) fn remove(&mut self, place: Place) -> Option<Entry> {
        self.take(place, 0)
    }

    /// Takes an entry away: that there is a message is all that is known of it.
    pub(super) fn forget(&mut self, place: Place) -> Option<Entry> {
        self.take(place, 1)
    }

    /// Takes an entry away; its gap and `more` is before the next one from now on.
    fn take(&mut self, place: Place, more: u32) -> Option<Entry> {
        let before = self.before(place);
        let chunk = self.chunks.get_mut(place.chunk)?;
        let entry = chunk.entries.remove(place.index)?;
        chunk.shrink();
        self.widths.subtract(place.chunk, entry.width());
        self.len = self.len.saturating_sub(1);
        self.widen(before, entry.gap.saturating_add(more));
        self.tidy();
        Some(entry)
    }

    /// More that is not known behind the number `before`, and before the next entry.
    fn widen(&mut self, before: u64, more: u32) {
        if more > 0
            && let Some((next, _)) = self.reach(before.saturating_add(1))
            && let Some(entry) = self.get(next)
        {
            self.set_gap(next, entry.gap.saturating_add(more));
        }
    }

    /// Takes away all entries from `first` to `last`, and as many messages that are not known as have room among these
    /// UIDs, out of `tail` behind the last entry, too. Tells each UID, and how many others there were.
    pub(super) fn remove_range(
        &mut self,
        first: u32,
        last: u32,
        tail: u64,
        mut each: impl FnMut(&Entry),
    ) -> u64 {
        let place = self.seek(first);
        let before = self.before(place);
        // What is not known before the first of them, and the room for it.
        let (mut left, mut others) = (0u64, 0u64);
        let from = u64::from(first);
        let mut lowest = from;
        let mut chunk = place.chunk;
        let mut index = place.index;
        while let Some(one) = self.chunks.get_mut(chunk).filter(|one| one.key <= last) {
            let end = one.entries.partition_point(|entry| entry.uid <= last).max(index);
            let mut width = 0u64;
            for entry in one.entries.drain(index..end) {
                width = width.saturating_add(entry.width());
                let room = u64::from(entry.uid).saturating_sub(lowest);
                let gone = room.min(entry.gap.into());
                // Between two that are taken away nothing can be left.
                if lowest == from {
                    left = u64::from(entry.gap).saturating_sub(gone);
                    others = others.saturating_add(gone);
                } else {
                    others = others.saturating_add(entry.gap.into());
                }
                lowest = u64::from(entry.uid).saturating_add(1);
                each(&entry);
            }
            one.shrink();
            self.len = self.len.saturating_sub(end.saturating_sub(index));
            self.widths.subtract(chunk, width);
            chunk = chunk.saturating_add(1);
            index = 0;
        }
        let room = u64::from(last).saturating_add(1).saturating_sub(lowest);
        match self.reach(before.saturating_add(1)) {
            Some((next, _)) => {
                let gap = u64::from(self.get(next).map_or(0, |entry| entry.gap));
                let gone = room.min(gap);
                others = others.saturating_add(gone);
                let gap = gap.saturating_sub(gone).saturating_add(left);
                self.set_gap(next, u32::try_from(gap).unwrap_or(u32::MAX));
            }
            None => others = others.saturating_add(room.min(tail)),
        }
        self.tidy();
        others
    }

    /// Makes full chunks anew when most of them are nearly empty.
    fn tidy(&mut self) {
        let needed = self.len / (Self::CHUNK / 8);
        if self.chunks.len() > needed.saturating_add(8) {
            let old = core::mem::take(self);
            *self = Self::of(old.into_entries());
        }
    }

    /// All entries in order.
    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.chunks.into_iter().flat_map(|chunk| chunk.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    std::thread_local! {
        /// How many entries were looked at to add up their widths.
        pub(super) static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }

    /// In whatever order a server tells of messages.
    #[test]
    fn sec_57_an_entry_in_the_middle_costs_the_same_however_many_there_are() {
        let mut all = 0;
        for count in [10_000u32, 20_000] {
            let mut table = Table::default();
            LOOKED_AT.set(0);
            for uid in (1..=count).rev() {
                table.insert(Entry::new(uid));
            }
            assert_eq!((table.iter().count(), table.width()), (count as usize, u64::from(count)));
            assert!(LOOKED_AT.get() <= 4 * count as usize, "{} of {count}", LOOKED_AT.get());
            all += LOOKED_AT.get();
        }
        assert!(all > 0, "they are counted");
    }
}
