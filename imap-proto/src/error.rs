//! What can go wrong.

/// Why bytes are not a message, and where.
///
/// The text of the message is never part of it, so that it can be logged and sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("expected {expected} at offset {offset}")]
pub struct ParseError {
    /// What the grammar wants there.
    pub expected: Expected,
    /// Octets from the start of what was parsed.
    pub offset: usize,
}

/// What the grammar wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Expected {
    /// A syntax element of the construct at hand.
    #[error("a syntax element")]
    Syntax,
    /// Nothing more.
    #[error("the end")]
    End,
    /// CRLF, where something else or more stands.
    #[error("CRLF")]
    Crlf,
    /// A single space.
    #[error("a space")]
    Space,
    /// `(`.
    #[error("\"(\"")]
    Open,
    /// `)`, or another item of the list.
    #[error("\")\"")]
    Close,
    /// A tag: atom characters and `]`, but no `+`.
    #[error("a tag")]
    Tag,
    /// The name of a command.
    #[error("a command")]
    Command,
    /// A word that its RFC lists, at this place.
    #[error("a keyword")]
    Keyword,
    /// The name and values of an item that its RFC lists, at this place.
    #[error("an item")]
    Item,
    /// Atom characters.
    #[error("an atom")]
    Atom,
    /// A quoted string or a literal.
    #[error("a string")]
    String,
    /// A quoted string, its closing quote, or an octet that may stand in it.
    #[error("a quoted string")]
    Quoted,
    /// `{`, digits, `}` CRLF and so many octets.
    #[error("a literal")]
    Literal,
    /// A string or NIL.
    #[error("a string or NIL")]
    NString,
    /// Octets that are not NUL.
    #[error("no NUL")]
    NoNul,
    /// Octets that are 7-bit, or UTF-8 where that is in force.
    #[error("7-bit text, or UTF-8 where that is enabled")]
    Utf8,
    /// Text without CR, LF and NUL, at least one octet.
    #[error("text")]
    Text,
    /// Decimal digits.
    #[error("a number")]
    Number,
    /// A number that fits.
    #[error("a smaller number")]
    SmallerNumber,
    /// A number that is not zero.
    #[error("a number other than zero")]
    NonZero,
    /// A sequence set: numbers, `*`, ranges, with commas between them; or `$`.
    #[error("a sequence set")]
    SequenceSet,
    /// A flag: an atom, or `\` and an atom.
    #[error("a flag")]
    Flag,
    /// A mailbox name.
    #[error("a mailbox name")]
    Mailbox,
    /// A date, or a date and time.
    #[error("a date")]
    Date,
    /// A section of a message: `HEADER`, `1.2.TEXT`.
    #[error("a section")]
    Section,
    /// A response code and its `]`.
    #[error("a response code")]
    Code,
    /// A response: a tag, `*` or `+`, and what its RFC lists behind it.
    #[error("a response")]
    Response,
    /// A greeting: `* OK`, `* PREAUTH` or `* BYE`.
    #[error("a greeting")]
    Greeting,
    /// A SASL mechanism name.
    #[error("a mechanism name")]
    Mechanism,
    /// Canonical base64.
    #[error("base64")]
    Base64,
    /// Canonical modified UTF-7.
    #[error("modified UTF-7")]
    Utf7,
    /// A URL.
    #[error("a URL")]
    Url,
    /// Rights to a mailbox: letters and digits.
    #[error("rights")]
    Rights,
    /// The name of an entry: `/` before each of its parts.
    #[error("the name of an entry")]
    Entry,
    /// A media type: `text/plain`.
    #[error("a media type")]
    MediaType,
    /// Fewer octets.
    #[error("fewer octets")]
    Shorter,
    /// Fewer items.
    #[error("fewer items")]
    Fewer,
    /// Less nesting.
    #[error("less nesting")]
    LessDepth,
}

/// Which limit was exceeded; see [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// A literal of too many octets.
    #[error("literal too large")]
    Literal,
    /// Too many literals in one message.
    #[error("too many literals")]
    Literals,
    /// More was skipped, of a message that is too long or behind a literal that was refused, than is allowed.
    #[error("too much to skip")]
    Discard,
}

/// Why a value cannot be put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not allowed in {field}: expected {expected} at offset {offset}")]
pub struct ValueError {
    /// The construct it was to become.
    pub field: &'static str,
    /// What the grammar wants there.
    pub expected: Expected,
    /// Octets from the start of the value.
    pub offset: usize,
}

impl ParseError {
    /// The error of a constructor of `field`.
    pub(crate) fn in_field(self, field: &'static str) -> ValueError {
        ValueError { field, expected: self.expected, offset: self.offset }
    }
}
