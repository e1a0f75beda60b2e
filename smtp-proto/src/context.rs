//! What reading depends on, and where writing goes.

use bytes::BytesMut;

use crate::options::{Dialect, Leniency};
use crate::wire::Digits;

/// What the meaning of bytes depends on besides the bytes. Small, and passed by value: a context passed by
/// reference would make every value borrow whatever holds the context.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cx {
    pub(crate) dialect: Dialect,
}

impl Cx {
    /// Whether what `quirk` names is to be accepted.
    #[inline]
    pub(crate) fn tolerates(self, quirk: Leniency) -> bool {
        self.dialect.leniency.contains(quirk)
    }
}

impl From<Dialect> for Cx {
    fn from(dialect: Dialect) -> Self {
        Self { dialect }
    }
}

/// Where text goes on its way out.
#[derive(Debug)]
pub(crate) struct Writer<'w> {
    out: &'w mut BytesMut,
}

impl<'w> Writer<'w> {
    pub(crate) fn new(out: &'w mut BytesMut) -> Self {
        Self { out }
    }

    /// Appends `bytes` as they are. Only validated newtypes and literals of this crate may end up here.
    #[inline]
    pub(crate) fn put(&mut self, bytes: impl AsRef<[u8]>) {
        self.out.extend_from_slice(bytes.as_ref());
    }

    /// Appends `number` in decimal digits.
    pub(crate) fn number(&mut self, number: u64) {
        self.put(Digits::of(number).as_ref());
    }
}
