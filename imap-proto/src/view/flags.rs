//! Flags as bits, keywords by the order in which they came.

use alloc::vec::Vec;

use crate::grammar::flag::{Flag, Flags, SystemFlags};

/// The flags of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(u128);

impl Bits {
    pub(super) const NONE: Self = Self(0);
    /// Something was told of the flags, be it that there are none.
    const TOLD: u128 = 1 << 127;
    /// The server has told in this synchronisation that the message is there.
    const SEEN: u128 = 1 << 126;
    /// What is no flag.
    const MARKS: u128 = Self::TOLD | Self::SEEN;

    pub(super) const fn is_told(self) -> bool {
        self.0 & Self::TOLD != 0
    }

    pub(super) const fn is_marked(self) -> bool {
        self.0 & Self::SEEN != 0
    }

    pub(super) fn mark(&mut self) {
        self.0 |= Self::SEEN;
    }

    pub(super) fn unmark(&mut self) {
        self.0 &= !Self::SEEN;
    }

    /// Takes the flags of `other`, and whether they were told.
    fn set_flags(&mut self, other: Self) {
        self.0 = self.0 & Self::SEEN | other.0 & !Self::SEEN;
    }

    const fn without_mark(self) -> u128 {
        self.0 & !Self::SEEN
    }

    pub(super) fn system(self) -> SystemFlags {
        let bits = SYSTEM.iter().enumerate();
        bits.filter(|&(bit, _)| self.has(bit)).fold(SystemFlags::NONE, |all, (_, &one)| all.union(one))
    }

    const fn has(self, bit: usize) -> bool {
        bit < 126 && self.0 >> bit & 1 != 0
    }

    /// The places of keywords among the bits.
    fn keywords(self) -> impl Iterator<Item = usize> {
        let mut left = (self.0 & !Self::MARKS) >> SYSTEM.len();
        core::iter::from_fn(move || {
            let bit = usize::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left.wrapping_sub(1);
            Some(bit)
        })
    }
}

/// The flags that need no name, in the order of their bits. `\Recent` is not kept: it is of a session.
const SYSTEM: [SystemFlags; 5] = [
    SystemFlags::SEEN,
    SystemFlags::ANSWERED,
    SystemFlags::FLAGGED,
    SystemFlags::DELETED,
    SystemFlags::DRAFT,
];

/// What came of giving flags to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// They are others than before.
    pub(super) differs: bool,
    /// There was room for all.
    pub(super) is_all: bool,
}

/// The keywords that messages have, each with how many messages have it.
#[derive(Clone, Debug, Default)]
pub(super) struct Keywords {
    names: Vec<(Flag<'static>, u32)>,
}

impl Keywords {
    /// The most keywords.
    pub(super) const MOST: usize = 121;
    /// The most octets of a keyword. Servers allow less.
    pub(super) const LONGEST: usize = 255;

    /// Gives a message these flags; `most` keywords are kept.
    pub(super) fn set(&mut self, bits: &mut Bits, flags: &Flags<'_>, most: usize) -> Outcome {
        let old = *bits;
        // What it had makes room for what it has.
        self.release(old);
        let mut new = Bits(Bits::TOLD);
        for (bit, one) in SYSTEM.iter().enumerate() {
            if flags.system().contains(*one) {
                new.0 |= 1 << bit;
            }
        }
        let (mut is_all, mut is_renamed) = (true, false);
        for flag in flags.iter().filter(|flag| !flag.is_system()) {
            match self.slot(&flag, new, most) {
                Some((slot, is_new)) => {
                    let bit = slot.saturating_add(SYSTEM.len());
                    is_renamed |= is_new && old.has(bit);
                    new.0 |= 1 << bit;
                }
                None => is_all = false,
            }
        }
        self.count(new, 1);
        bits.set_flags(new);
        Outcome { differs: is_renamed || old.without_mark() != bits.without_mark(), is_all }
    }

    /// The place of a keyword, and whether that is new; others of the same message are `taken`.
    fn slot(&mut self, flag: &Flag<'_>, taken: Bits, most: usize) -> Option<(usize, bool)> {
        if let Some(slot) = self.names.iter().position(|(name, _)| name == flag) {
            return Some((slot, false));
        }
        if flag.as_bytes().len() > Self::LONGEST {
            return None;
        }
        // One that no message has any more makes room.
        let is_taken = |slot: usize| taken.has(slot.saturating_add(SYSTEM.len()));
        let mut slots = self.names.iter().enumerate();
        let free = slots.find(|&(slot, &(_, uses))| uses == 0 && !is_taken(slot)).map(|(slot, _)| slot);
        let slot = free.or(Some(self.names.len())).filter(|&slot| slot < most.min(Self::MOST))?;
        let name = (flag.clone().into_owned(), 0);
        match self.names.get_mut(slot) {
            Some(there) => *there = name,
            None => self.names.push(name),
        }
        Some((slot, true))
    }

    /// Gives a message the flags that were told before its UID was, and that are counted; whether they differ.
    pub(super) fn hand_over(&mut self, bits: &mut Bits, new: Bits) -> bool {
        let old = *bits;
        bits.set_flags(new);
        self.release(old);
        old.without_mark() != bits.without_mark()
    }

    /// A message that had these is not known any more.
    pub(super) fn release(&mut self, bits: Bits) {
        self.count(bits, -1);
    }

    fn count(&mut self, bits: Bits, by: i32) {
        for slot in bits.keywords() {
            if let Some((_, uses)) = self.names.get_mut(slot) {
                *uses = uses.saturating_add_signed(by);
            }
        }
    }

    /// The flags of a message.
    pub(super) fn flags(&self, bits: Bits) -> impl Iterator<Item = &Flag<'static>> {
        bits.keywords().filter_map(|slot| Some(&self.names.get(slot)?.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use std::string::String;

    fn set(keywords: &mut Keywords, bits: &mut Bits, names: &[&str], most: usize) -> (bool, bool) {
        let flags = names.iter().map(|name| Flag::new(name).unwrap()).collect::<Flags<'_>>();
        let Outcome { differs, is_all } = keywords.set(bits, &flags, most);
        (differs, is_all)
    }

    fn names(keywords: &Keywords, bits: Bits) -> Vec<&[u8]> {
        keywords.flags(bits).map(Flag::as_bytes).collect()
    }

    #[test]
    fn keywords_are_kept_as_long_as_a_message_has_them() {
        let mut keywords = Keywords::default();
        let (mut one, mut other) = (Bits::NONE, Bits::NONE);
        assert_eq!(set(&mut keywords, &mut one, &["\\Seen", "A", "$Junk", "\\Recent"], 2), (true, true));
        assert_eq!(set(&mut keywords, &mut one, &["$JUNK", "a", "\\SEEN"], 2), (false, true));
        assert_eq!(set(&mut keywords, &mut other, &["a", "B", "\\Draft"], 2), (true, false));
        assert_eq!(names(&keywords, one), [&b"A"[..], b"$Junk"]);
        assert_eq!(names(&keywords, other), [b"A"]);
        assert!(one.system().contains(SystemFlags::SEEN) && !one.system().contains(SystemFlags::RECENT));
        // Nobody has `$Junk` any more.
        keywords.release(one);
        assert_eq!(set(&mut keywords, &mut other, &["B"], 2), (true, true));
        assert_eq!(names(&keywords, other), [b"B"]);
        assert!(!other.system().contains(SystemFlags::DRAFT) && other.is_told());
        // Others in the same places differ.
        assert_eq!(set(&mut keywords, &mut other, &["C"], 1), (true, true));
        assert_eq!(names(&keywords, other), [b"C"]);
        let long = format!("K{}", "x".repeat(255));
        assert_eq!(set(&mut keywords, &mut other, &[&long], 9), (true, false));
        assert_eq!(names(&keywords, other), [b""; 0]);
    }

    #[test]
    fn there_is_a_bit_for_each() {
        let mut keywords = Keywords::default();
        let all: Vec<String> = (0..130).map(|name| format!("K{name}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut one = Bits::NONE;
        assert_eq!(set(&mut keywords, &mut one, &all, usize::MAX), (true, false));
        assert!(one.system().is_empty() && !one.is_marked());
        assert!(keywords.flags(one).map(Flag::as_bytes).eq(all.iter().take(121).map(|name| name.as_bytes())));
        one.mark();
        assert_eq!(set(&mut keywords, &mut one, &all, usize::MAX), (false, false));
        assert!(one.is_marked() && one.is_told() && keywords.flags(one).count() == 121);
        one.unmark();
        assert!(!one.is_marked() && one.is_told());
    }
}
