//! What the decoders find.

use smtp_proto::{ParseError, Tolerated};

/// One message of the wire.
pub struct Message {
    /// Octets before it.
    pub offset: usize,
    pub len: usize,
    /// The construct's name.
    pub kind: String,
    /// The `Debug` text of the value; secrets are redacted.
    pub debug: String,
    /// What `encode` writes for the value.
    pub encoded: Vec<u8>,
    /// What the strict grammar expected, when the message was only tolerated.
    pub tolerated: Option<Problem>,
}

/// Something that the grammar does not allow.
#[derive(Clone)]
pub struct Problem {
    /// Octets of the wire before it.
    pub offset: usize,
    pub expected: String,
}

impl Problem {
    /// `error` of a message that stands at `offset` of the wire.
    pub fn new(error: ParseError, offset: usize) -> Self {
        Self { offset: offset.saturating_add(error.offset), expected: error.expected.to_string() }
    }

    pub fn of(tolerated: Option<Tolerated>, offset: usize) -> Option<Self> {
        tolerated.map(|tolerated| Self::new(tolerated.error, offset))
    }
}

/// How a piece of wire ends.
pub enum Ending {
    /// With its last message.
    Complete,
    /// Inside a message that begins at `offset`.
    Incomplete { offset: usize },
    /// At what is no message.
    Malformed(Problem),
    /// What follows is not this protocol any more.
    Opaque { offset: usize, why: &'static str },
}

/// What is known of a piece of wire besides its bytes.
#[derive(Clone, Copy, Default)]
pub struct Hints {
    /// It answers EHLO.
    pub is_ehlo: bool,
    /// It opens the session.
    pub is_greeting: bool,
    /// It is the whole stream of one side, from the start.
    pub is_stream: bool,
}

/// The variant's name in `Debug` text: `Mail(Mail { … })` → `Mail`.
pub fn variant(debug: &str) -> &str {
    debug.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default()
}
