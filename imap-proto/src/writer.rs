//! Where text goes on its way out, and the one place that chooses between atom, quoted string and literal.

use alloc::vec::Vec;
use core::fmt;

use bytes::{Bytes, BytesMut};

use crate::grammar::class::{ASTRING, CLASS};
use crate::grammar::octets::Octets;
use crate::grammar::skip::Quotes;
use crate::wire::Digits;

/// How to write: what the peer has agreed to.
///
/// The default is what every peer can read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// `UTF8=ACCEPT` is in force: UTF-8 may stand in quoted strings. RFC 9755 section 3.
    pub utf8: bool,
    /// IMAP4rev2 is in force. RFC 9051.
    pub rev2: bool,
    /// How a client announces literals. A server's are never waited for.
    pub literals: LiteralMode,
    /// Write `1:9` for `9:1` in sequence sets, those of search keys too: QQ Mail and hMailServer refuse descending ranges.
    /// What stands in a list of parameters, `(QRESYNC (1 2 9:1))` or `(PARTIAL 9:1)`, is written as it was made.
    pub ascending: bool,
}

impl EncodeOptions {
    /// The same, with `UTF8=ACCEPT` in force or not.
    #[must_use]
    pub const fn with_utf8(self, utf8: bool) -> Self {
        Self { utf8, ..self }
    }

    /// The same, with IMAP4rev2 in force or not.
    #[must_use]
    pub const fn with_rev2(self, rev2: bool) -> Self {
        Self { rev2, ..self }
    }

    /// The same, with another way to announce literals.
    #[must_use]
    pub const fn with_literals(self, literals: LiteralMode) -> Self {
        Self { literals, ..self }
    }

    /// The same, with ascending ranges only or not.
    #[must_use]
    pub const fn with_ascending(self, ascending: bool) -> Self {
        Self { ascending, ..self }
    }
}

/// How a client announces literals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LiteralMode {
    /// `{310}`, then wait for `+`: every server. RFC 9051 section 4.3.
    #[default]
    Synchronizing,
    /// `{310+}` up to 4,096 octets, the rest as above: LITERAL- and IMAP4rev2. RFC 7888 section 5.
    Minus,
    /// `{310+}`: LITERAL+. RFC 7888 section 4.
    Plus,
}

impl LiteralMode {
    /// The largest literal that need not be waited for under LITERAL-. RFC 7888 section 5.
    pub const MINUS: usize = 4_096;

    /// Whether the client has to wait before it sends a literal of `len` octets.
    pub const fn waits(self, len: usize) -> bool {
        match self {
            Self::Synchronizing => true,
            Self::Minus => len > Self::MINUS,
            Self::Plus => false,
        }
    }
}

/// A piece of a message on its way out.
#[derive(Clone, PartialEq, Eq)]
pub enum Fragment {
    /// Send these octets.
    Send(Bytes),
    /// A client waits for the server's `+` here; on NO or BAD with the command's tag it sends no more of it.
    Wait,
}

/// Octets do not show: they may be a password, and a log is no place for a message.
impl fmt::Debug for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(octets) => write!(f, "Send({} octets)", octets.len()),
            Self::Wait => f.write_str("Wait"),
        }
    }
}

/// Something in the text that is not text.
#[derive(Debug)]
enum Mark {
    Wait,
    Bulk(Bytes),
}

/// Where text goes on its way out.
#[derive(Debug)]
pub(crate) struct Writer<'w> {
    out: &'w mut BytesMut,
    options: EncodeOptions,
    /// A client's literals may be non-synchronising.
    client: bool,
    /// The text is kept, to be read again: broken items are marked.
    keeps: bool,
    /// Where in `out` something else than text stands; `None` when all is to be text.
    marks: Option<&'w mut Vec<(usize, Mark)>>,
}

impl<'w> Writer<'w> {
    /// The longest quoted string that is written; what is longer becomes a literal.
    pub(crate) const QUOTED: usize = 1_024;
    /// From so many octets on, what is owned as `Bytes` is not copied.
    const BULK: usize = 256;

    /// Writes all as text, as a server does, or as a client would with synchronising literals.
    pub(crate) fn new(out: &'w mut BytesMut) -> Self {
        Self { out, options: EncodeOptions::default(), client: false, keeps: false, marks: None }
    }

    /// Writes all as text, as `options` say.
    pub(crate) fn with(out: &'w mut BytesMut, options: EncodeOptions, client: bool) -> Self {
        Self { out, options, client, keeps: false, marks: None }
    }

    /// Writes text that is kept, to be read again by this crate.
    pub(crate) fn keeping(out: &'w mut BytesMut) -> Self {
        Self { keeps: true, ..Self::with(out, EncodeOptions::default().with_utf8(true), false) }
    }

    /// Appends what is no text of the grammar as it came. Where it is kept, its length stands in front of it, behind a NUL,
    /// which no other text has: so it is never taken for something else, whatever quotes and parentheses it holds.
    pub(crate) fn broken(&mut self, octets: &[u8]) {
        if self.keeps {
            self.put(b"\0{");
            self.number(octets.len() as u64);
            self.put("}\r\n");
        }
        self.put(octets);
    }

    /// From here on writes as `options` say.
    pub(crate) fn set_options(&mut self, options: EncodeOptions) {
        self.options = options;
    }

    pub(crate) fn options(&self) -> EncodeOptions {
        self.options
    }

    /// Whether quoted strings may hold UTF-8.
    pub(crate) fn utf8(&self) -> bool {
        self.options.utf8 || self.options.rev2
    }

    /// Appends `bytes` as they are. Only validated newtypes and text of this crate may end up here.
    #[inline]
    pub(crate) fn put(&mut self, bytes: impl AsRef<[u8]>) {
        self.out.extend_from_slice(bytes.as_ref());
    }

    /// Appends `number` in decimal digits.
    pub(crate) fn number(&mut self, number: u64) {
        self.put(Digits::of(number).as_ref());
    }

    /// Appends an astring: an atom where it can be one.
    pub(crate) fn astring(&mut self, octets: &[u8]) {
        // A `u8` is always an index of a table of 256.
        #[allow(clippy::indexing_slicing)]
        let plain = !octets.is_empty()
            && octets.len() <= Self::QUOTED
            && octets.iter().all(|&octet| CLASS[usize::from(octet)] & ASTRING != 0)
            && !octets.eq_ignore_ascii_case(b"NIL");
        if plain { self.put(octets) } else { self.string(octets) }
    }

    /// Appends a string: quoted where it can be, else a literal.
    pub(crate) fn string(&mut self, octets: &[u8]) {
        if self.can_quote(octets) { self.quoted(octets) } else { self.literal(octets, false) }
    }

    /// Appends a string or NIL.
    pub(crate) fn nstring(&mut self, octets: Option<&[u8]>) {
        match octets {
            Some(octets) => self.string(octets),
            None => self.put("NIL"),
        }
    }

    /// Whether `octets` can stand between quotes. RFC 9051 section 4.3.
    pub(crate) fn can_quote(&self, octets: &[u8]) -> bool {
        octets.len() <= Self::QUOTED
            && octets.iter().all(|&octet| !matches!(octet, 0 | b'\r' | b'\n'))
            && (octets.is_ascii() || (self.utf8() && core::str::from_utf8(octets).is_ok()))
    }

    /// Appends `octets` between quotes; they hold no CR, LF and NUL.
    pub(crate) fn quoted(&mut self, octets: &[u8]) {
        self.put("\"");
        let mut rest = octets;
        while let Some(at) = rest.iter().position(|octet| matches!(octet, b'"' | b'\\')) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            let (special, after) = from.split_at_checked(1).unwrap_or((from, &[]));
            self.put(before);
            self.put("\\");
            self.put(special);
            rest = after;
        }
        self.put(rest);
        self.put("\"");
    }

    /// Appends a literal, `binary` one of literal8 (`~{3}`), which may hold NUL.
    pub(crate) fn literal(&mut self, octets: &[u8], binary: bool) {
        self.announce(octets.len(), binary);
        self.put(octets);
    }

    /// Appends a literal whose octets may be owned by the caller, and then are not copied.
    pub(crate) fn bulk(&mut self, octets: &Octets<'_>, binary: bool) {
        self.announce(octets.len(), binary);
        match (octets.as_shared(), &mut self.marks) {
            (Some(shared), Some(marks)) if shared.len() >= Self::BULK => {
                marks.push((self.out.len(), Mark::Bulk(shared.clone())));
            }
            _ => self.put(octets.as_bytes()),
        }
    }

    /// `{n}` CRLF, and the wait behind it.
    fn announce(&mut self, len: usize, binary: bool) {
        let waits = self.options.literals.waits(len);
        self.put(if binary { "~{" } else { "{" });
        self.number(len as u64);
        self.put(if self.client && !waits { "+}\r\n" } else { "}\r\n" });
        if let Some(marks) = &mut self.marks
            && self.client
            && waits
        {
            marks.push((self.out.len(), Mark::Wait));
        }
    }

    /// Appends text that was read or written before. Only its literals are announced anew, and what this peer cannot
    /// read in quotes becomes a literal.
    pub(crate) fn known(&mut self, text: &[u8]) {
        let as_it_is = (self.utf8() || text.is_ascii())
            && (memchr::memchr(b'{', text).is_none() || memchr::memchr(b'\n', text).is_none());
        if as_it_is { self.put(text) } else { self.tokens(text) }
    }

    /// [`known`](Self::known) token by token: linear, and as flat as the text is nested.
    #[cold]
    fn tokens(&mut self, text: &[u8]) {
        let mut quotes = Quotes::NEW;
        let mut rest = text;
        loop {
            let Some(at) = memchr::memchr3(b'"', b'{', 0, rest) else { return self.put(rest) };
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            if let [0, b'{', after @ ..] = from
                && let Ok((after, octets)) = crate::grammar::string::any_literal(after)
            {
                self.put(before);
                self.broken(octets);
                rest = after;
                continue;
            }
            let end = match from {
                [b'"', after @ ..] => quotes.end(after),
                _ => None,
            };
            let string = match from {
                [b'"', ..] if end.is_none() => None,
                _ => crate::grammar::string::known_string(from),
            };
            // A `{` that announces nothing is an octet like any other.
            match string {
                Some((after, octets, quoted)) => {
                    let binary = !quoted && before.last() == Some(&b'~');
                    let before = if binary { before.split_last().map_or(before, |(_, b)| b) } else { before };
                    self.put(before);
                    match quoted {
                        true if octets.is_ascii() || self.utf8() => {
                            self.put(crate::wire::before(from, after));
                        }
                        true => self.literal(&octets, false),
                        false => self.literal(&octets, binary),
                    }
                    rest = after;
                }
                // In a broken item: quotes that do not end, or hold octets that are no text.
                None => {
                    let after = end.or_else(|| from.get(1..)).unwrap_or_default();
                    self.put(before);
                    self.put(crate::wire::before(from, after));
                    rest = after;
                }
            }
        }
    }
}

/// What `text` writes, in pieces: bulk is not copied, and a client's waits are in their places.
pub(crate) fn fragments(
    options: EncodeOptions,
    client: bool,
    text: impl FnOnce(&mut Writer<'_>),
) -> Vec<Fragment> {
    let (mut out, mut marks) = (BytesMut::new(), Vec::new());
    text(&mut Writer { out: &mut out, options, client, keeps: false, marks: Some(&mut marks) });
    let mut fragments = Vec::new();
    let mut taken = 0usize;
    for (at, mark) in marks {
        // Marks are in order and within what was written.
        let len = at.saturating_sub(taken).min(out.len());
        if len > 0 {
            fragments.push(Fragment::Send(out.split_to(len).freeze()));
        }
        taken = at;
        fragments.push(match mark {
            Mark::Wait => Fragment::Wait,
            Mark::Bulk(bytes) => Fragment::Send(bytes),
        });
    }
    if !out.is_empty() {
        fragments.push(Fragment::Send(out.freeze()));
    }
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// What is owned already is sent as it is, unless it is so short that a copy costs less than a piece of its own.
    #[test]
    fn large_octets_are_not_copied() {
        for (len, pieces) in [(Writer::BULK - 1, 1), (Writer::BULK, 2)] {
            let octets = Octets::from(Bytes::from(alloc::vec![b'x'; len]));
            let written = fragments(EncodeOptions::default(), false, |out| out.bulk(&octets, false));
            assert_eq!(written.len(), pieces, "{len}");
        }
    }

    #[test]
    fn sec_66_a_piece_shows_its_length() {
        let secret = Fragment::Send(Bytes::from_static(b"a LOGIN joe hunter2\r\n"));
        assert_eq!(alloc::format!("{:?}", [secret, Fragment::Wait]), "[Send(21 octets), Wait]");
    }

    /// As the text of [`EncodeOptions::ascending`] has it.
    #[test]
    fn a_list_is_written_as_it_was_made() {
        use crate::{Dialect, TaggedCommand};
        for (line, ascending) in [
            ("a UID FETCH 9:1 (FLAGS) (PARTIAL 9:1)", "a UID FETCH 1:9 (FLAGS) (PARTIAL 9:1)"),
            ("a SELECT x (QRESYNC (1 2 9:1))", "a SELECT x (QRESYNC (1 2 9:1))"),
            ("a UID SEARCH RETURN (PARTIAL 9:1) NOT 9:1", "a UID SEARCH RETURN (PARTIAL 9:1) NOT 1:9"),
        ] {
            let line = [line, "\r\n"].concat();
            let (_, command) = TaggedCommand::parse(line.as_bytes(), Dialect::STRICT).unwrap();
            let options = EncodeOptions::default().with_ascending(true);
            let written: Vec<u8> = command
                .fragments(options)
                .into_iter()
                .flat_map(|piece| match piece {
                    Fragment::Send(octets) => octets.to_vec(),
                    Fragment::Wait => Vec::new(),
                })
                .collect();
            assert_eq!(written.escape_ascii().to_string(), [ascending, r"\r\n"].concat());
        }
    }

    /// `~` is of a literal, and of nothing else, also in what could not be read.
    #[test]
    fn known_text_stays_what_it_is() {
        for text in [
            &b"x ~\"a\" {1}\r\nb"[..],
            b"~\"a\" ~{2}\r\n\0b \"c",
            b"~{1}\r\na~{1}\r\nb",
            b"\"{1}\r\n\" {1}\r\nb",
        ] {
            let mut out = BytesMut::new();
            Writer::new(&mut out).known(text);
            assert_eq!(out, text, "{}", text.escape_ascii());
        }
    }
}
