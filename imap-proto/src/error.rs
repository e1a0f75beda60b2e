//! What can go wrong when reading.

/// Why bytes are not a message, and where.
///
/// The text of the message is never part of it, so that it can be logged and sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("expected {expected} at offset {offset}")]
pub(crate) struct ParseError {
    /// What the grammar wants there.
    pub(crate) expected: Expected,
    /// Octets from the start of what was parsed.
    pub(crate) offset: usize,
}

/// What the grammar wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub(crate) enum Expected {
    /// A syntax element of the construct at hand.
    #[error("a syntax element")]
    Syntax,
    /// Nothing more.
    #[error("the end")]
    End,
    /// Decimal digits.
    #[error("a number")]
    Number,
    /// A number that fits.
    #[error("a smaller number")]
    SmallerNumber,
}
