//! As much of the grammar as framing needs: which text is for people, and what announces a literal.

use memchr::memchr2;

use crate::grammar::class::{ATOM, CLASS};

/// Where in a response its octets have come to. In commands and elsewhere nothing is text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the tag, `*` or `+`.
    Start,
    /// In the tag.
    Tag,
    /// In the word behind the tag: up to seven letters in upper case.
    Word(u64),
    /// Behind a status, before the space.
    Status,
    /// Behind that space, before a code or text.
    Space,
    /// In the name of a response code, so many letters of `BADCHARSET` having come.
    Name(u8),
    /// In the brackets of a response code that may hold literals.
    Code,
    /// In quotes in such a code.
    Quoted,
    /// Behind a `\` in such quotes.
    Escaped,
    /// In text for people, up to the end of the message.
    Text,
    /// In anything else, up to the end of the message.
    Data,
}

impl Place {
    pub(super) const START: Self = Self::Start;

    /// The place behind `octets`.
    pub(super) fn after(self, octets: &[u8]) -> Self {
        let (mut place, mut rest) = (self, octets);
        loop {
            // What changes nothing is passed at once.
            let same = match place {
                Self::Text | Self::Data => return place,
                Self::Tag => rest.iter().position(|octet| matches!(octet, b' ' | b'\n')),
                Self::Code => memchr2(b']', b'"', rest),
                Self::Quoted => memchr2(b'"', b'\\', rest),
                Self::Start | Self::Word(_) | Self::Status | Self::Space | Self::Name(_) | Self::Escaped => {
                    Some(0)
                }
            };
            #[cfg(test)]
            super::tests::look(same.map_or(rest.len(), |same| same.saturating_add(1)).min(rest.len()));
            let Some((&octet, after)) = same.and_then(|same| rest.get(same..)?.split_first()) else {
                return place;
            };
            (place, rest) = (place.behind(octet), after);
        }
    }

    /// Whether a line announces nothing, the octet before this place being its LF.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Quoted | Self::Text)
    }

    fn behind(self, octet: u8) -> Self {
        match (self, octet) {
            // Old Cyrus and Exchange: NUL before a response. Its text is text all the same.
            (Self::Start, 0) => Self::Start,
            // No tag has a `+`.
            (Self::Start, b'+') => Self::Text,
            // DavMail, Outlook: two spaces for one.
            (Self::Tag | Self::Word(0), b' ') => Self::Word(0),
            (Self::Start | Self::Tag, b'\n') => Self::Data,
            (Self::Start | Self::Tag, _) => Self::Tag,
            // An eighth letter would push the first out.
            (Self::Word(word), _) if octet.is_ascii_alphabetic() && word < 1 << 48 => {
                Self::Word(word << 8 | u64::from(octet.to_ascii_uppercase()))
            }
            // `OK<` is the name of something else.
            (Self::Word(word), _) if !is_atom_char(octet) && is_status(word) => Self::Status.behind(octet),
            (Self::Word(_), _) => Self::Data,
            (Self::Status, b' ') => Self::Space,
            (Self::Space, b'[') => Self::Name(0),
            (Self::Status | Self::Space, _) => Self::Text,
            (Self::Name(0), b' ') => Self::Name(0),
            (Self::Name(len), _) => match STRINGS.get(usize::from(len)) {
                Some(letter) if octet.eq_ignore_ascii_case(letter) => Self::Name(len.saturating_add(1)),
                None if octet == b' ' => Self::Code,
                // What other codes hold has no CRLF; a quote in it may mean nothing, and a `]` ends it all the same.
                _ => Self::Text,
            },
            (Self::Code, b']') => Self::Text,
            (Self::Code, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::Code,
            (Self::Quoted, b'\\') => Self::Escaped,
            (Self::Escaped, _) => Self::Quoted,
            (Self::Code | Self::Quoted | Self::Text | Self::Data, _) => self,
        }
    }
}

/// The one response code with literals: RFC 3501 section 9 (`resp-text-code`).
const STRINGS: &[u8] = b"BADCHARSET";

fn is_atom_char(octet: u8) -> bool {
    CLASS.get(usize::from(octet)).is_some_and(|class| class & ATOM != 0)
}

/// Whether the letters, the last in the lowest octet, are those of a status.
fn is_status(word: u64) -> bool {
    const fn letters(word: &[u8]) -> u64 {
        match word {
            [] => 0,
            [before @ .., last] => letters(before) << 8 | *last as u64,
        }
    }
    const OK: u64 = letters(b"OK");
    const NO: u64 = letters(b"NO");
    const BAD: u64 = letters(b"BAD");
    const BYE: u64 = letters(b"BYE");
    const PREAUTH: u64 = letters(b"PREAUTH");
    matches!(word, OK | NO | BAD | BYE | PREAUTH)
}

/// What a line says of the literal behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announcement {
    pub(super) size: u64,
    /// It does not wait for the server.
    pub(super) plus: bool,
    /// It is a literal8.
    pub(super) binary: bool,
}

impl Announcement {
    /// What is too large is for limits to say.
    const DIGITS: usize = crate::grammar::string::LITERAL_DIGITS;
    /// `{`, digits, `+`, `}` and CR.
    pub(super) const LONGEST: usize = 23;

    /// Reads the end of a line without its CRLF.
    ///
    /// ```abnf
    /// literal  = "{" 1*19DIGIT ["+"] "}" CRLF *CHAR8
    /// literal8 = "~" literal
    /// ```
    pub(super) fn at_end(line: &[u8]) -> Option<Self> {
        #[cfg(test)]
        super::tests::look(line.len().min(Self::LONGEST));
        let [text @ .., b'}'] = line else { return None };
        let (text, plus) = match text {
            [text @ .., b'+'] => (text, true),
            _ => (text, false),
        };
        let digits = text.iter().rev().take(Self::DIGITS).take_while(|octet| octet.is_ascii_digit()).count();
        let (before, digits) = text.split_at_checked(text.len().saturating_sub(digits))?;
        let [before @ .., b'{'] = before else { return None };
        let size = digits.iter().fold(0u64, |size, digit| {
            size.saturating_mul(10).saturating_add(u64::from(digit.wrapping_sub(b'0')))
        });
        (!digits.is_empty()).then_some(Self { size, plus, binary: before.ends_with(b"~") })
    }
}
