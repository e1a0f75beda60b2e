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

    /// The bits of flags, and whether all of them could be kept: `most` keywords can.
    pub(super) fn bits(&mut self, flags: &Flags<'_>, most: usize) -> (Bits, bool) {
        let (mut bits, mut all) = (Bits::TOLD, true);
        for (bit, one) in SYSTEM.iter().enumerate() {
            if flags.system().contains(*one) {
                bits |= 1 << bit;
            }
        }
        for flag in flags.iter().filter(|flag| !flag.is_system()) {
            match self.slot(&flag, Bits(bits), most) {
                Some(slot) => bits |= 1 << slot.saturating_add(SYSTEM.len()),
                None => all = false,
            }
        }
        (Bits(bits), all)
    }

    /// The place of a keyword, which may be a new one; others of the same message are `taken`.
    fn slot(&mut self, flag: &Flag<'_>, taken: Bits, most: usize) -> Option<usize> {
        if let Some(slot) = self.names.iter().position(|(name, _)| name == flag) {
            return Some(slot);
        }
        if flag.as_bytes().len() > Self::LONGEST {
            return None;
        }
        // One that no message has any more makes room.
        let is_taken = |slot: usize| taken.has(slot.saturating_add(SYSTEM.len()));
        let mut slots = self.names.iter().enumerate();
        let free = slots.find(|&(slot, &(_, uses))| uses == 0 && !is_taken(slot)).map(|(slot, _)| slot);
        let slot = free.or(Some(self.names.len())).filter(|&slot| slot < most.min(Self::MOST))?;
        match self.names.get_mut(slot) {
            Some(name) => *name = (flag.clone().into_owned(), 0),
            None => self.names.push((flag.clone().into_owned(), 0)),
        }
        Some(slot)
    }

    /// Gives a message other flags, and tells whether they differ.
    pub(super) fn replace(&mut self, bits: &mut Bits, new: Bits) -> bool {
        let old = *bits;
        bits.set_flags(new);
        if old.0 & !Bits::SEEN == bits.0 & !Bits::SEEN {
            return false;
        }
        self.count(new, 1);
        self.release(old);
        true
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
    use std::vec;

    #[test]
    fn keywords_are_kept_as_long_as_a_message_has_them() {
        let mut keywords = Keywords::default();
        let (mut one, mut other) = (Bits::NONE, Bits::NONE);
        let flags =
            |names: &[&'static str]| names.iter().map(|name| Flag::new(name).unwrap()).collect::<Flags<'_>>();
        let (bits, all) = keywords.bits(&flags(&["\\Seen", "A", "$Junk", "\\Recent"]), 2);
        assert!(all && keywords.replace(&mut one, bits) && !keywords.replace(&mut one, bits));
        let (bits, all) = keywords.bits(&flags(&["a", "B", "\\Draft"]), 2);
        assert!(!all && keywords.replace(&mut other, bits));
        let names = |keywords: &Keywords, bits| {
            keywords.flags(bits).map(|flag| flag.as_bytes().to_vec()).collect::<vec::Vec<_>>()
        };
        assert_eq!(names(&keywords, one), [&b"A"[..], b"$Junk"]);
        assert_eq!(names(&keywords, other), [b"A"]);
        assert!(one.system().contains(SystemFlags::SEEN) && !one.system().contains(SystemFlags::RECENT));
        // Nobody has `$Junk` any more.
        keywords.release(one);
        let (bits, all) = keywords.bits(&flags(&["B"]), 2);
        assert!(all && keywords.replace(&mut other, bits));
        assert_eq!(names(&keywords, other), [b"B"]);
        assert!(!other.system().contains(SystemFlags::DRAFT) && other.is_told());
        let long = format!("K{}", "x".repeat(255));
        assert!(!keywords.bits(&[Flag::new(&long).unwrap()].into(), 9).1);
    }

    #[test]
    fn there_is_a_bit_for_each() {
        let mut keywords = Keywords::default();
        let names: vec::Vec<_> = (0..130).map(|name| format!("K{name}")).collect();
        let flags: Flags<'_> = names.iter().map(|name| Flag::new(name).unwrap()).collect();
        let (bits, all) = keywords.bits(&flags, usize::MAX);
        let mut one = Bits::NONE;
        assert!(!all && keywords.replace(&mut one, bits) && one.system().is_empty() && !one.is_marked());
        assert!(
            keywords.flags(one).map(Flag::as_bytes).eq(names.iter().take(121).map(|name| name.as_bytes()))
        );
        one.mark();
        assert!(one.is_marked() && one.is_told() && keywords.flags(one).count() == 121);
        one.unmark();
        assert!(!one.is_marked() && one.is_told());
    }
}
