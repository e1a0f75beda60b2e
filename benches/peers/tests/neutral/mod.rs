//! What a message says, in a form that belongs to no library.

pub mod djc;
pub mod imap_codec;
pub mod imap_codec_commands;
pub mod ours;
mod ours_body;
pub mod ours_commands;

use std::collections::BTreeMap;
use std::fmt::Display;

/// What a message says: facts by name, as text.
///
/// Keywords and flags are in lower case, as they are the same in any; strings are quoted and escaped; numbers decimal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub BTreeMap<String, String>);

impl Facts {
    /// That it is of this kind.
    pub fn of(kind: &str) -> Self {
        Self::default().with("is", kind)
    }

    pub fn put(&mut self, name: impl Into<String>, value: impl Display) {
        let text = value.to_string();
        self.0
            .entry(name.into())
            // What stands there twice is both.
            .and_modify(|before| *before = format!("{before} | {text}"))
            .or_insert(text);
    }

    pub fn with(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.put(name, value);
        self
    }

    pub fn set(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }
}

/// A string.
pub fn string(octets: impl AsRef<[u8]>) -> String {
    format!("\"{}\"", octets.as_ref().escape_ascii())
}

/// A string or nothing.
pub fn nstring(octets: Option<impl AsRef<[u8]>>) -> String {
    octets.map_or("nil".to_owned(), string)
}

/// A keyword or a flag.
pub fn word(text: impl Display) -> String {
    text.to_string().to_ascii_lowercase()
}

/// A mailbox: INBOX is the same in any case (RFC 9051 section 5.1).
pub fn mailbox(octets: impl AsRef<[u8]>) -> String {
    if octets.as_ref().eq_ignore_ascii_case(b"inbox") { string("INBOX") } else { string(octets) }
}

/// Several, in their order.
pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("({})", items.join(" "))
}

/// Parameters: names are the same in any case.
pub fn pairs<N: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (N, V)>) -> String {
    list(
        pairs
            .into_iter()
            .map(|(name, value)| format!("{} {}", string(name.as_ref().to_ascii_lowercase()), string(value))),
    )
}

/// `5-Feb-2026 10:15:00 +0100`, without what pads it.
pub fn date_time(text: &str) -> String {
    let text = text.trim_start_matches(' ');
    word(text.strip_prefix('0').unwrap_or(text))
}

/// One range of a set. The order of its ends says nothing (RFC 9051 section 9, `seq-range`); a range of one is one.
pub fn range(from: u32, to: u32) -> String {
    let (low, high) = (from.min(to), from.max(to));
    if low == high { low.to_string() } else { format!("{low}:{high}") }
}

/// The same where an end may be `*`.
pub fn open_range(from: Option<u32>, to: Option<u32>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => range(from, to),
        (Some(id), None) | (None, Some(id)) => format!("{id}:*"),
        (None, None) => "*".to_owned(),
    }
}

/// A set: its ranges in their order.
pub fn set(ranges: impl IntoIterator<Item = String>) -> String {
    ranges.into_iter().collect::<Vec<_>>().join(",")
}
