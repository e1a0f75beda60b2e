//! What reading depends on besides the octets.

use crate::options::{Dialect, Leniency};

pub(crate) use crate::writer::Writer;

/// What the meaning of bytes depends on besides the bytes. One register, passed by value: a context passed by reference
/// would make every value borrow whatever holds the context, and one of several fields goes through memory at each call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cx {
    /// The leniencies, and above them what follows.
    bits: u64,
}

impl Cx {
    const UTF8: u64 = 1 << 60;
    const REV2: u64 = 1 << 61;
    const IS_KNOWN: u64 = 1 << 62;
    const IS_KEPT: u64 = 1 << 63;
    /// Where the leniencies are.
    const LENIENCY: u64 = Self::UTF8 - 1;

    /// For text that this crate has read strictly before: what is nested need not be checked again.
    pub(crate) const KNOWN: Self =
        Self { bits: Leniency::KEPT.bits() | Self::UTF8 | Self::REV2 | Self::IS_KNOWN };

    /// For text that this crate has written before. Values that only a leniency lets in may be in it, and broken items.
    pub(crate) const KEPT: Self =
        Self { bits: Leniency::KEPT.bits() | Self::UTF8 | Self::REV2 | Self::IS_KEPT };

    /// Whether what `quirk` names is to be accepted.
    #[inline]
    pub(crate) fn tolerates(self, quirk: Leniency) -> bool {
        self.bits & quirk.bits() == quirk.bits()
    }

    /// Whether anything at all is tolerated: then the text may have to be put right before it is kept.
    #[inline]
    pub(crate) fn is_lenient(self) -> bool {
        self.bits & Self::LENIENCY != 0
    }

    /// Quoted strings may hold UTF-8.
    #[inline]
    pub(crate) fn utf8(self) -> bool {
        self.bits & Self::UTF8 != 0
    }

    /// IMAP4rev2 is in force.
    #[inline]
    pub(crate) fn rev2(self) -> bool {
        self.bits & Self::REV2 != 0
    }

    /// The text was read before and found good: what is nested need not be looked at again.
    #[inline]
    pub(crate) fn known(self) -> bool {
        self.bits & Self::IS_KNOWN != 0
    }

    /// The text was written by this crate: broken items are marked.
    #[inline]
    pub(crate) fn kept(self) -> bool {
        self.bits & Self::IS_KEPT != 0
    }
}

const _: () = assert!(Leniency::ALL.bits() <= Cx::LENIENCY);

impl From<Dialect> for Cx {
    #[inline]
    fn from(dialect: Dialect) -> Self {
        let utf8 = if dialect.utf8 || dialect.rev2 { Self::UTF8 } else { 0 };
        let rev2 = if dialect.rev2 { Self::REV2 } else { 0 };
        Self { bits: dialect.leniency.bits() | utf8 | rev2 }
    }
}
