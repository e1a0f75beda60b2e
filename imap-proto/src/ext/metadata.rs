//! METADATA ([RFC 5464](https://www.rfc-editor.org/rfc/rfc5464)).

use alloc::borrow::Cow;

pub use crate::registry::GetMetadataOption;

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::string::{Checked, NString8, caseless_text, checked_astring};
use crate::list::{Bare, List, OneOrMore};
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, plain, word};

caseless_text! {
    /// The name of an entry: a path from `/private` or `/shared`.
    ///
    /// `/shared/comment`
    ///
    /// 7-bit, without `*` and `%`, no part empty; two are equal when they differ in case only. `/private` and `/shared`
    /// alone are no entries, but all are below them: `DEPTH infinity`. RFC 5464 section 3.2.
    pub struct Entry<'a>: "entry", entry_check;
}

impl Entry<'_> {
    /// `/private/comment`: the user's own comment on a mailbox.
    pub const PRIVATE_COMMENT: Self = Self(Cow::Borrowed(b"/private/comment"));
    /// `/shared/comment`: a comment on a mailbox or the server, for everybody.
    pub const SHARED_COMMENT: Self = Self(Cow::Borrowed(b"/shared/comment"));
    /// `/shared/admin`: the URL of the server's administrator.
    pub const SHARED_ADMIN: Self = Self(Cow::Borrowed(b"/shared/admin"));
    /// `/private/specialuse`: what a mailbox is for. RFC 6154 section 4.
    pub const PRIVATE_SPECIAL_USE: Self = Self(Cow::Borrowed(b"/private/specialuse"));

    /// Whether only the user sees it.
    pub fn is_private(&self) -> bool {
        matches!(self.0.get(1), Some(b'p' | b'P'))
    }

    /// Whether it is `other` or below it.
    pub fn is_within(&self, other: &Entry<'_>) -> bool {
        match self.0.split_at_checked(other.0.len()) {
            Some((front, rest)) => front.eq_ignore_ascii_case(&other.0) && matches!(rest, [] | [b'/', ..]),
            None => false,
        }
    }
}

/// A path: `/` before each part, no part empty, 7-bit, without wildcards and the octets up to `most`.
pub(crate) fn path_check(octets: &[u8], most: u8) -> Checked {
    let mut before = None;
    for (place, octet) in octets.iter().enumerate() {
        let good = match octet {
            b'/' => before != Some(b'/'),
            b'*' | b'%' | 128.. => false,
            // No name begins without its slash.
            _ => before.is_some() && *octet > most,
        };
        if !good {
            return Err((Expected::Entry, place));
        }
        before = Some(*octet);
    }
    match before {
        None | Some(b'/') => Err((Expected::Entry, octets.len())),
        Some(_) => Ok(()),
    }
}

fn entry_check(octets: &[u8]) -> Checked {
    let scope =
        octets.get(1..).and_then(|path| path.split(|&octet| octet == b'/').next()).unwrap_or_default();
    if !scope.eq_ignore_ascii_case(b"private") && !scope.eq_ignore_ascii_case(b"shared") {
        return Err((Expected::Entry, 0));
    }
    // RFC 5464 section 3.2: no octets 0x00 to 0x19.
    path_check(octets, 0x19)
}

/// ```abnf
/// entry = astring ; a path, without "*" and "%"
/// ```
impl<'a> Wire<'a> for Entry<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = checked_astring(input, cx, entry_check)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

part! {
    /// An entry and what it says.
    ///
    /// `/shared/comment "Shared comment"`
    ///
    /// RFC 5464 section 5 (`entry-value`).
    pub struct EntryValue<'a> {
        /// The name.
        pub entry: Entry<'a>,
        /// The value; `NIL` removes the entry, or says that there is none.
        pub value: NString8<'a>,
    }
}

/// ```abnf
/// entry-value = entry SP (nstring / literal8)
/// ```
impl<'a> Wire<'a> for EntryValue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = Entry::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = NString8::parse(rest, cx)?;
        Ok((rest, Self { entry, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.entry.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// Entries whose values a client asks for.
    ///
    /// `INBOX /private/comment`, `(MAXSIZE 1024 DEPTH 1) INBOX (/shared/comment /private/comment)`
    ///
    /// RFC 5464 section 4.2.
    pub struct GetMetadata<'a> {
        /// Which values, and of which entries below; not written when there are none.
        pub options: List<'a, GetMetadataOption<'a>>,
        /// The mailbox; `""` for the server.
        pub mailbox: Mailbox<'a>,
        /// The entries; one is written without parentheses.
        pub entries: List<'a, Entry<'a>>,
    }
}

/// ```abnf
/// getmetadata-args = ["(" getmetadata-option *(SP getmetadata-option) ")" SP] mailbox SP entries
/// entries          = entry / "(" entry *(SP entry) ")"
/// ```
impl<'a> Wire<'a> for GetMetadata<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, options) = match input {
            [b'(', ..] => options(input, cx)?,
            _ => (input, None),
        };
        let (rest, mailbox) = Mailbox::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let loose = cx.tolerates(Leniency::LOOSE_METADATA);
        // Entries begin with a slash, options do not.
        let (rest, options) = match rest {
            [b'(', first, ..] if loose && options.is_none() && first.is_ascii_alphabetic() => {
                self::options(rest, cx)?
            }
            _ => (rest, options),
        };
        let (rest, entries) = match rest {
            [b'(', ..] => List::parse(rest, cx)?,
            _ if loose => {
                let (rest, bare) = List::<'_, Entry<'_>, Bare>::parse(rest, cx)?;
                (rest, bare.iter().collect::<List<'_, _>>().into_owned())
            }
            _ => OneOrMore::parse(rest, cx)?,
        };
        Ok((rest, Self { options: options.unwrap_or_default(), mailbox, entries }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.options.is_empty() {
            self.options.encode(out);
            out.put(" ");
        }
        self.mailbox.encode(out);
        out.put(" ");
        OneOrMore::encode(&self.entries, out);
    }
}

/// Options, and the space behind them.
fn options<'a>(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<List<'a, GetMetadataOption<'a>>>> {
    let (rest, options) = List::parse(input, cx)?;
    let (rest, ()) = space(rest, cx)?;
    Ok((rest, Some(options)))
}

/// How far below the entries that are named the others are that are meant, too.
///
/// `infinity`
///
/// RFC 5464 section 4.2.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Depth {
    /// `0`: none.
    #[default]
    Zero,
    /// `1`: those right below.
    One,
    /// `infinity`: all.
    Infinity,
}

plain!(Depth);

/// ```abnf
/// depth = "0" / "1" / "infinity"
/// ```
impl<'a> Wire<'a> for Depth {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match input {
            [b'0', rest @ ..] => Ok((rest, Self::Zero)),
            [b'1', rest @ ..] => Ok((rest, Self::One)),
            _ => word(input, b"infinity", Expected::Keyword).map(|(rest, ())| (rest, Self::Infinity)),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::Zero => "0",
            Self::One => "1",
            Self::Infinity => "infinity",
        });
    }
}

part! {
    /// What the entries of a mailbox are to say.
    ///
    /// `INBOX (/private/comment "My new comment" /shared/comment NIL)`
    ///
    /// RFC 5464 section 4.3.
    pub struct SetMetadata<'a> {
        /// The mailbox; `""` for the server.
        pub mailbox: Mailbox<'a>,
        /// The entries; `NIL` removes one.
        pub entries: List<'a, EntryValue<'a>>,
    }
}

/// ```abnf
/// setmetadata-args = mailbox SP "(" entry-value *(SP entry-value) ")"
/// ```
impl<'a> Wire<'a> for SetMetadata<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, entries) = List::parse(rest, cx)?;
        Ok((rest, Self { mailbox, entries }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.entries.encode(out);
    }
}

part! {
    /// Entries of a mailbox.
    ///
    /// `INBOX (/shared/comment "x")`, `"" /shared/comment`
    ///
    /// RFC 5464 section 4.4.
    pub struct MetadataData<'a> {
        /// The mailbox; `""` for the server.
        pub mailbox: Mailbox<'a>,
        /// Its entries.
        pub entries: MetadataEntries<'a>,
    }
}

part! {
    /// Entries with their values, which were asked for, or without, which have changed.
    ///
    /// `(/shared/comment "x")`, `/shared/comment /private/comment`
    ///
    /// RFC 5464 section 4.4.
    pub enum MetadataEntries<'a> {
        /// `(/shared/comment "x")`: what they say. RFC 5464 section 4.4.1.
        Values(List<'a, EntryValue<'a>>),
        /// `/shared/comment /private/comment`: they have changed. RFC 5464 section 4.4.2.
        Changed(List<'a, Entry<'a>, Bare>),
    }
}

/// ```abnf
/// metadata-resp = mailbox SP ("(" entry-value *(SP entry-value) ")" / entry *(SP entry))
/// ```
impl<'a> Wire<'a> for MetadataData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, entries) = match rest {
            [b'(', ..] => List::parse(rest, cx).map(|(rest, list)| (rest, MetadataEntries::Values(list)))?,
            _ => List::parse(rest, cx).map(|(rest, list)| (rest, MetadataEntries::Changed(list)))?,
        };
        Ok((rest, Self { mailbox, entries }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        match &self.entries {
            MetadataEntries::Values(values) => values.encode(out),
            MetadataEntries::Changed(names) => names.encode(out),
        }
    }
}

/// Why not all was read, or nothing set.
///
/// `LONGENTRIES 2199`, `TOOMANY`
///
/// RFC 5464 sections 4.2.1 and 4.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MetadataCode {
    /// `LONGENTRIES 2199`: values longer than MAXSIZE were left out; the longest has so many octets.
    LongEntries(u32),
    /// `MAXSIZE 1024`: a value is too long; the server takes so many octets.
    MaxSize(u32),
    /// `TOOMANY`: the mailbox cannot have more entries.
    TooMany,
    /// `NOPRIVATE`: the mailbox has no private entries.
    NoPrivate,
}

plain!(MetadataCode);

/// ```abnf
/// metadata-code = "LONGENTRIES" SP number / "MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE"
/// ```
impl<'a> Wire<'a> for MetadataCode {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        const WORDS: [&[u8]; 4] = [b"LONGENTRIES", b"MAXSIZE", b"TOOMANY", b"NOPRIVATE"];
        let (rest, word) = crate::grammar::class::keyword(input)?;
        let number = |code: fn(u32) -> Self| {
            let (rest, ()) = space(rest, cx)?;
            u32::parse(rest, cx).map(|(rest, number)| (rest, code(number)))
        };
        match WORDS.iter().position(|one| one.eq_ignore_ascii_case(word)) {
            Some(0) => number(Self::LongEntries),
            Some(1) => number(Self::MaxSize),
            Some(2) => Ok((rest, Self::TooMany)),
            Some(3) => Ok((rest, Self::NoPrivate)),
            _ => Fail::at(input, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::LongEntries(longest) => {
                out.put("LONGENTRIES ");
                longest.encode(out);
            }
            Self::MaxSize(most) => {
                out.put("MAXSIZE ");
                most.encode(out);
            }
            Self::TooMany => out.put("TOOMANY"),
            Self::NoPrivate => out.put("NOPRIVATE"),
        }
    }
}

#[cfg(test)]
mod tests;
