//! Which deviations from the grammar are put up with.

use crate::error::ParseError;

/// How strictly bytes are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Dialect {
    /// The deviations to accept.
    pub(crate) leniency: Leniency,
}

impl Dialect {
    /// The same, but for the deviations to accept.
    #[must_use]
    pub(crate) const fn with_leniency(self, leniency: Leniency) -> Self {
        Self { leniency }
    }
}

/// What was tolerated in a message: what the strict grammar expected and where, and the leniencies that made up
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tolerated {
    /// Without any one of these the message would have been refused.
    pub(crate) leniency: Leniency,
    /// What the strict grammar says.
    pub(crate) error: ParseError,
}

/// Named deviations from the grammar, as a set of bits. None has a name before there is a grammar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Leniency(u32);

impl Leniency {
    /// None of them.
    pub(crate) const NONE: Self = Self(0);

    /// What either set has.
    #[must_use]
    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this set has and `other` has not.
    #[must_use]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether this set has all that `other` has.
    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether this set has nothing.
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The single leniencies in this set.
    pub(crate) fn iter(self) -> impl Iterator<Item = Self> {
        (0..u32::BITS).map(|bit| Self(1 << bit)).filter(move |&bit| self.contains(bit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Expected;
    use crate::wire::{self, Cx, Parsed, Wire, Writer};
    use alloc::vec::Vec;

    #[test]
    fn sets() {
        let set = Leniency(0b101);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Leniency(1), Leniency(4)]);
        assert_eq!(set.without(Leniency(1)), Leniency(4));
        assert!(set.contains(Leniency(4)) && !set.contains(Leniency(2)) && !set.is_empty());
    }

    /// `x`, and with the second leniency also `y`.
    #[derive(Debug, PartialEq)]
    struct X;

    impl<'a> Wire<'a> for X {
        fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
            match input {
                [b'x', rest @ ..] => Ok((rest, Self)),
                [b'y', rest @ ..] if cx.tolerates(Leniency(2)) => Ok((rest, Self)),
                _ => wire::Fail::at(input, Expected::Syntax),
            }
        }

        fn encode(&self, out: &mut Writer<'_>) {
            out.put("x");
        }
    }

    #[test]
    fn what_was_needed_is_told() {
        let error = ParseError { expected: Expected::Syntax, offset: 0 };
        let dialect = Dialect { leniency: Leniency(0b1011) };
        assert_eq!(wire::lenient::<X>(b"xy", dialect), Ok((&b"y"[..], X, None)));
        let tolerated = Tolerated { leniency: Leniency(2), error };
        assert_eq!(wire::lenient::<X>(b"y", dialect), Ok((&b""[..], X, Some(tolerated))));
        assert_eq!(wire::lenient::<X>(b"z", dialect), Err(error));
        assert_eq!(wire::lenient::<X>(b"y", Dialect::default()), Err(error));
    }
}
