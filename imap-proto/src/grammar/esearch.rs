//! Extended SEARCH: what to return, and what was found ([RFC 9051 sections
//! 6.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4) and
//! [7.3.4](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.4)).

pub use crate::registry::{SearchReturnData, SearchReturnOption};

use crate::error::Expected;
use crate::grammar::class::{space, spaces};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::Nz;
use crate::grammar::quoted::quoted;
use crate::grammar::string::{Checked, astring, text, whole};
use crate::grammar::text::{Tag, item_or_invalid, skip_item};
use crate::list::{Bare, List, SpacedOrEmpty};
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part, word};

/// What a search is to return.
///
/// `(MIN COUNT)`, `()`
///
/// None is the same as ALL alone. RFC 9051 section 6.4.4 (`search-return-opts`).
pub type ReturnOptions<'a> = List<'a, SearchReturnOption<'a>, SpacedOrEmpty>;

/// Reads the options and the space behind them, where there are any.
///
/// ```abnf
/// search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
/// ```
pub(crate) fn return_options(input: &[u8], cx: Cx) -> Parsed<'_, Option<ReturnOptions<'_>>> {
    let Ok((rest @ [b' ', ..], ())) = word(input, b"RETURN", Expected::Keyword) else {
        return Ok((input, None));
    };
    let (rest, options) = ReturnOptions::parse(space(rest, cx)?.0, cx)?;
    Ok((space(rest, cx)?.0, Some(options)))
}

/// Writes the options and the space behind them, where there are any.
pub(crate) fn put_return_options(options: Option<&ReturnOptions<'_>>, out: &mut Writer<'_>) {
    if let Some(options) = options {
        out.put("RETURN ");
        options.encode(out);
        out.put(" ");
    }
}

fn tag_check(octets: &[u8]) -> Checked {
    whole(
        octets,
        Expected::Tag,
        crate::grammar::class::run1(octets, crate::grammar::class::TAG, Expected::Tag),
    )
}

text! {
    /// The tag of a command in a string.
    ///
    /// `"A282"`
    ///
    /// RFC 9051 section 9 (`tag-string`).
    pub struct TagString<'a>: "tag", tag_check;
}

impl<'a> From<Tag<'a>> for TagString<'a> {
    fn from(tag: Tag<'a>) -> Self {
        Self(tag.0)
    }
}

impl PartialEq<Tag<'_>> for TagString<'_> {
    fn eq(&self, other: &Tag<'_>) -> bool {
        self.0 == other.0
    }
}

/// ```abnf
/// tag-string = quoted
/// ```
impl<'a> Wire<'a> for TagString<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (start, ()) = octet(input, b'"', Expected::Quoted)?;
        let (rest, octets) = quoted(start, cx)?;
        match tag_check(&octets) {
            Ok(()) => Ok((rest, Self(octets))),
            Err((expected, _)) => Fail::at(start, expected),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.quoted(&self.0);
    }
}

/// A tag in any spelling of a string.
///
/// ```abnf
/// tag-string = astring
/// ```
pub(crate) enum AStringTag {}

impl<'a> Via<'a, TagString<'a>> for AStringTag {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, TagString<'a>> {
        let (rest, octets) = astring(input, cx)?;
        match tag_check(&octets) {
            Ok(()) => Ok((rest, TagString(octets))),
            Err((expected, _)) => Fail::at(input, expected),
        }
    }

    fn encode(value: &TagString<'a>, out: &mut Writer<'_>) {
        value.encode(out);
    }
}

part! {
    /// Which command a response belongs to, and when several mailboxes are searched, to which of them.
    ///
    /// `(TAG "A282")`, `(TAG "tag1" MAILBOX "folder1" UIDVALIDITY 1)`
    ///
    /// RFC 9051 section 7.3.4, RFC 7377 section 2.1 (`search-correlator`).
    pub struct SearchCorrelator<'a> {
        /// The tag of the command.
        pub tag: TagString<'a>,
        /// The mailbox.
        pub mailbox: Option<Mailbox<'a>>,
        /// Its UIDVALIDITY.
        pub uid_validity: Option<u32>,
    }
}

impl<'a> SearchCorrelator<'a> {
    /// The tag alone: what answers SEARCH and SORT.
    pub fn new(tag: impl Into<TagString<'a>>) -> Self {
        Self { tag: tag.into(), mailbox: None, uid_validity: None }
    }
}

/// ```abnf
/// search-correlator = SP "(" one-correlator *(SP one-correlator) ")"
/// one-correlator    = ("TAG" SP tag-string) / ("MAILBOX" SP astring) / ("UIDVALIDITY" SP nz-number)
/// ```
impl<'a> Wire<'a> for SearchCorrelator<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (mut rest, ()) = octet(input, b'(', Expected::Open)?;
        let (mut tag, mut mailbox, mut uid_validity) = (None, None, None);
        loop {
            rest = spaces(rest, cx);
            let (after, keyword) = crate::grammar::class::keyword(rest)?;
            let (after, ()) = space(after, cx)?;
            // Each may stand there once.
            rest = match keyword.first() {
                Some(b'T' | b't') if tag.is_none() && keyword.eq_ignore_ascii_case(b"TAG") => {
                    let (after, value) = AStringTag::parse(after, cx)?;
                    tag = Some(value);
                    after
                }
                Some(b'M' | b'm') if mailbox.is_none() && keyword.eq_ignore_ascii_case(b"MAILBOX") => {
                    let (after, value) = Mailbox::parse(after, cx)?;
                    mailbox = Some(value);
                    after
                }
                Some(b'U' | b'u')
                    if uid_validity.is_none() && keyword.eq_ignore_ascii_case(b"UIDVALIDITY") =>
                {
                    let (after, value) = <Nz as Via<'a, u32>>::parse(after, cx)?;
                    uid_validity = Some(value);
                    after
                }
                _ => return Fail::at(rest, Expected::Keyword),
            };
            match rest {
                [b' ', b')', after @ ..] if cx.tolerates(Leniency::TRAILING_SPACE) => {
                    rest = after;
                    break;
                }
                [b' ', after @ ..] => rest = after,
                _ => {
                    (rest, ()) = octet(rest, b')', Expected::Close)?;
                    break;
                }
            }
        }
        match tag {
            Some(tag) => Ok((rest, Self { tag, mailbox, uid_validity })),
            None => Fail::at(input, Expected::Tag),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(TAG ");
        self.tag.encode(out);
        if let Some(mailbox) = &self.mailbox {
            out.put(" MAILBOX ");
            mailbox.encode(out);
        }
        if let Some(uid_validity) = self.uid_validity {
            out.put(" UIDVALIDITY ");
            out.number(uid_validity.into());
        }
        out.put(")");
    }
}

part! {
    /// What was found, as it was asked for.
    ///
    /// `ESEARCH (TAG "A282") UID MIN 7 MAX 3800`
    ///
    /// RFC 9051 section 7.3.4, RFC 4731 section 3.1.
    pub struct EsearchData<'a> {
        /// Which command this belongs to; none when it comes unasked.
        pub correlator: Option<SearchCorrelator<'a>>,
        /// The numbers are UIDs.
        pub uid: bool,
        /// What was found; empty when nothing was.
        pub items: List<'a, SearchReturnData<'a>, Bare>,
    }
}

/// Behind the keyword.
///
/// ```abnf
/// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
/// ```
impl<'a> Wire<'a> for EsearchData<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, correlator) = match input {
            [b' ', after @ ..] if matches!(spaces(after, cx), [b'(', ..]) => {
                SearchCorrelator::parse(spaces(after, cx), cx)
                    .map(|(rest, correlator)| (rest, Some(correlator)))?
            }
            _ => (input, None),
        };
        let (rest, uid) = match (rest, spaces(rest.get(1..).unwrap_or_default(), cx)) {
            ([b' ', ..], [b'U' | b'u', b'I' | b'i', b'D' | b'd', rest @ ..])
                if matches!(rest, [b' ' | b'\r' | b'\n', ..] | []) =>
            {
                (rest, true)
            }
            _ => (rest, false),
        };
        let (rest, items) = match rest {
            [b' ', b'\r' | b'\n', ..] if cx.tolerates(Leniency::TRAILING_SPACE) => (rest, List::default()),
            [b' ', ..] => List::parse(space(rest, cx)?.0, cx)?,
            _ => (rest, List::default()),
        };
        Ok((rest, Self { correlator, uid, items }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(correlator) = &self.correlator {
            out.put(" ");
            correlator.encode(out);
        }
        if self.uid {
            out.put(" UID");
        }
        if !self.items.is_empty() {
            out.put(" ");
            self.items.encode(out);
            // At the end of the line it would announce a literal.
            if matches!(self.items.iter().last(), Some(SearchReturnData::Invalid(item)) if item.ends_in_count())
            {
                out.put(" ");
            }
        }
    }
}

/// ```abnf
/// search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set / "COUNT" SP number /
///                      search-ret-data-ext
/// ```
impl<'a> Wire<'a> for SearchReturnData<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        item_or_invalid(input, cx, Self::read, Self::Invalid)
    }

    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        skip_item(input, cx, Self::pass)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

#[cfg(test)]
pub(crate) mod tests;
