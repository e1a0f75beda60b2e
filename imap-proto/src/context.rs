//! What reading depends on besides the octets.

use crate::options::{Dialect, Leniency};

pub(crate) use crate::writer::Writer;

/// What the meaning of bytes depends on besides the bytes. Two registers, passed by value: a context passed by
/// reference would make every value borrow whatever holds the context.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cx {
    leniency: Leniency,
    /// Quoted strings may hold UTF-8.
    pub(crate) utf8: bool,
    /// IMAP4rev2 is in force.
    pub(crate) rev2: bool,
    /// The text was read before and found good: what is nested need not be looked at again.
    pub(crate) known: bool,
    /// The text was written by this crate: broken items are marked.
    pub(crate) kept: bool,
}

impl Cx {
    /// For text that this crate has read strictly before: what is nested need not be checked again.
    pub(crate) const KNOWN: Self = Self { known: true, kept: false, ..Self::KEPT };

    /// For text that this crate has written before. Values that only a leniency lets in may be in it, and broken items.
    pub(crate) const KEPT: Self =
        Self { leniency: Leniency::KEPT, utf8: true, rev2: true, known: false, kept: true };

    /// Whether what `quirk` names is to be accepted.
    #[inline]
    pub(crate) fn tolerates(self, quirk: Leniency) -> bool {
        self.leniency.contains(quirk)
    }

    /// Whether anything at all is tolerated: then the text may have to be put right before it is kept.
    #[inline]
    pub(crate) fn is_lenient(self) -> bool {
        !self.leniency.is_empty()
    }
}

impl From<Dialect> for Cx {
    fn from(dialect: Dialect) -> Self {
        Self {
            leniency: dialect.leniency,
            utf8: dialect.utf8 || dialect.rev2,
            rev2: dialect.rev2,
            known: false,
            kept: false,
        }
    }
}
