//! Sections of a message ([RFC 9051 section 6.4.5.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5.1)).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use bytes::BytesMut;

pub use crate::registry::SectionText;

use crate::error::{Expected, ValueError};
use crate::grammar::number::{Nz, put_number};
use crate::grammar::octets::Octets;
use crate::grammar::string::{AString, Checked, text, whole};
use crate::list::List;
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, before, octet, part, plain};

fn part_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Section, numbers(octets, Cx::default()))
}

text! {
    /// The number of a part of a message, as the body structure counts them; empty for the whole message.
    ///
    /// `1.2`
    ///
    /// RFC 9051 section 9 (`section-part`).
    ///
    /// ```
    /// use imap_proto::section::SectionPart;
    ///
    /// assert_eq!(SectionPart::new("4.2")?.numbers().collect::<Vec<_>>(), [4, 2]);
    /// assert_eq!(SectionPart::WHOLE.numbers().next(), None);
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct SectionPart<'a>: "section-part", part_check;
}

impl SectionPart<'static> {
    /// The whole message.
    pub const WHOLE: Self = Self(Cow::Borrowed(b""));
}

impl SectionPart<'_> {
    /// Whether this is the whole message.
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers, the outermost first: `4.2` is the second part of the fourth.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + Clone {
        let parts = self.0.split(|&octet| octet == b'.');
        // They were checked; there is none in an empty part.
        parts.filter_map(|number| Some(<u32 as Wire<'_>>::parse(number, Cx::KNOWN).ok()?.1))
    }
}

/// Numbers with points between them, maybe none.
fn numbers(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let mut rest = input;
    if let [b'0'..=b'9', ..] = rest {
        loop {
            (rest, _) = <Nz as Via<'_, u32>>::parse(rest, cx)?;
            match rest {
                [b'.', after @ ..] if matches!(after, [b'0'..=b'9', ..]) => rest = after,
                _ => break,
            }
        }
    }
    Ok((rest, before(input, rest)))
}

/// ```abnf
/// [section-part]
/// section-part = nz-number *("." nz-number)
/// ```
impl<'a> Wire<'a> for SectionPart<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = numbers(input, cx)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

part! {
    /// What of a message is meant: a part, and what of the part.
    ///
    /// `HEADER`, `1.2`, `4.1.MIME`, `HEADER.FIELDS (DATE FROM)`; empty for all of the message
    ///
    /// RFC 9051 section 6.4.5.1.
    ///
    /// ```
    /// use imap_proto::{AString, section::Section};
    ///
    /// assert_eq!(Section::part("1.2")?.mime()?.to_string(), "1.2.MIME");
    /// assert_eq!(Section::WHOLE.header().to_string(), "HEADER");
    /// let fields = [AString::new("Date")?, AString::new("From")?];
    /// assert_eq!(Section::WHOLE.header_fields(fields)?.to_string(), "HEADER.FIELDS (Date From)");
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct Section<'a> {
        part: SectionPart<'a>,
        text: Option<SectionText<'a>>,
    }
}

impl Section<'static> {
    /// All of the message.
    pub const WHOLE: Self = Self { part: SectionPart::WHOLE, text: None };
}

impl<'a> Section<'a> {
    /// All of a part.
    ///
    /// # Errors
    /// `number` is not made of numbers, or has a 0.
    pub fn part(number: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        SectionPart::new(number).map(Self::from)
    }

    /// The header: of the message, or of the message that the part is.
    #[must_use]
    pub fn header(self) -> Self {
        Self { text: Some(SectionText::Header), ..self }
    }

    /// The fields of the header that are named so.
    ///
    /// # Errors
    /// There are no names.
    pub fn header_fields(self, names: impl IntoIterator<Item = AString<'a>>) -> Result<Self, ValueError> {
        Ok(Self { text: Some(SectionText::HeaderFields(some(names)?)), ..self })
    }

    /// All fields of the header but those that are named so.
    ///
    /// # Errors
    /// There are no names.
    pub fn header_fields_not(self, names: impl IntoIterator<Item = AString<'a>>) -> Result<Self, ValueError> {
        Ok(Self { text: Some(SectionText::HeaderFieldsNot(some(names)?)), ..self })
    }

    /// What stands behind the header: of the message, or of the message that the part is.
    #[must_use]
    pub fn text(self) -> Self {
        Self { text: Some(SectionText::Text), ..self }
    }

    /// The MIME header of the part.
    ///
    /// # Errors
    /// This is the whole message, which has none.
    pub fn mime(self) -> Result<Self, ValueError> {
        match self.part.is_whole() {
            true => Err(ValueError { field: "section", expected: Expected::Number, offset: 0 }),
            false => Ok(Self { text: Some(SectionText::Mime), ..self }),
        }
    }

    /// The part, [`SectionPart::WHOLE`] for the message.
    pub fn section_part(&self) -> &SectionPart<'a> {
        &self.part
    }

    /// What of the part; `None` for all of it.
    pub fn section_text(&self) -> Option<&SectionText<'a>> {
        self.text.as_ref()
    }

    /// Whether both mean the same: the names of header fields have no case, and some servers change it.
    pub fn matches(&self, other: &Section<'_>) -> bool {
        let same = |these: &List<'_, AString<'_>>, those: &List<'_, AString<'_>>| {
            these.len() == those.len()
                && these.iter().zip(those).all(|(a, b)| a.as_bytes().eq_ignore_ascii_case(b.as_bytes()))
        };
        self.part == other.part
            && match (&self.text, &other.text) {
                (Some(SectionText::HeaderFields(these)), Some(SectionText::HeaderFields(those)))
                | (Some(SectionText::HeaderFieldsNot(these)), Some(SectionText::HeaderFieldsNot(those))) => {
                    same(these, those)
                }
                (these, those) => these == those,
            }
    }
}

fn some<'a>(names: impl IntoIterator<Item = AString<'a>>) -> Result<List<'a, AString<'a>>, ValueError> {
    let names: List<'a, _> = names.into_iter().collect();
    match names.is_empty() {
        true => Err(ValueError { field: "section", expected: Expected::String, offset: 0 }),
        false => Ok(names),
    }
}

impl<'a> From<SectionPart<'a>> for Section<'a> {
    /// All of the part.
    fn from(part: SectionPart<'a>) -> Self {
        Self { part, text: None }
    }
}

/// ```abnf
/// [section-spec]
/// section-spec    = section-msgtext / (section-part ["." section-text])
/// section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
/// section-text    = section-msgtext / "MIME"
/// header-list     = "(" header-fld-name *(SP header-fld-name) ")"
/// ```
impl<'a> Wire<'a> for Section<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, part) = SectionPart::parse(input, cx)?;
        let start = match rest {
            [b'.', after @ ..] if !part.is_whole() => after,
            [b'A'..=b'Z' | b'a'..=b'z', ..] if part.is_whole() => rest,
            _ => return Ok((rest, Self { part, text: None })),
        };
        let (rest, text) = SectionText::parse(start, cx)?;
        match text {
            SectionText::Mime if part.is_whole() => Fail::at(start, Expected::Section),
            text => Ok((rest, Self { part, text: Some(text) })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.part.encode(out);
        if let Some(text) = &self.text {
            out.put(if self.part.is_whole() { "" } else { "." });
            text.encode(out);
        }
    }
}

impl fmt::Display for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = BytesMut::new();
        self.encode(&mut Writer::new(&mut text));
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

/// A `T` and the `]` behind it.
pub(crate) enum Closed {}

impl<'a, T: Wire<'a>> Via<'a, T> for Closed {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, T> {
        let (rest, value) = T::parse(input, cx)?;
        let (rest, ()) = octet(rest, b']', Expected::Section)?;
        Ok((rest, value))
    }

    fn encode(value: &T, out: &mut Writer<'_>) {
        value.encode(out);
        out.put("]");
    }
}

/// Some octets of a section.
///
/// `<0.1024>`
///
/// RFC 9051 section 6.4.5 (`partial`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Partial {
    offset: u64,
    len: u64,
}

plain!(Partial);

impl Partial {
    /// `len` octets from `offset` on, counted from 0; `None` when `len` is 0, or one of them has more than 63 bits.
    pub fn new(offset: u64, len: u64) -> Option<Self> {
        const MAX: u64 = i64::MAX.unsigned_abs();
        (offset <= MAX && (1..=MAX).contains(&len)).then_some(Self { offset, len })
    }

    /// The first octet, counted from 0.
    pub fn offset(self) -> u64 {
        self.offset
    }

    /// How many octets at most.
    pub fn len(self) -> u64 {
        self.len
    }

    /// Whether there are none: only when a peer said so.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// What this means in octets of which there are `size`.
    ///
    /// ```
    /// use imap_proto::section::Partial;
    ///
    /// assert_eq!(Partial::new(2, 10).map(|partial| partial.within(5)), Some(2..5));
    /// assert_eq!(Partial::new(7, 10).map(|partial| partial.within(5)), Some(5..5));
    /// ```
    pub fn within(self, size: usize) -> core::ops::Range<usize> {
        let at = |octet| usize::try_from(octet).unwrap_or(usize::MAX).min(size);
        at(self.offset)..at(self.offset.saturating_add(self.len))
    }
}

/// ```abnf
/// partial = "<" number64 "." nz-number64 ">"
/// ```
impl<'a> Wire<'a> for Partial {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'<', Expected::Section)?;
        let (rest, offset) = u64::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b'.', Expected::Section)?;
        let (rest, len) = <Nz as Via<'a, u64>>::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b'>', Expected::Section)?;
        Ok((rest, Self { offset, len }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("<");
        put_number(self.offset, out);
        out.put(".");
        put_number(self.len, out);
        out.put(">");
    }
}

/// Where in its section the first octet of a response stands, if it says so. With the request's length where that is
/// tolerated.
///
/// ```abnf
/// ["<" number ">"] ; number64 here, as in the request
/// ```
#[inline]
pub(crate) fn origin(input: &[u8], cx: Cx) -> Parsed<'_, Option<u64>> {
    let [b'<', rest @ ..] = input else { return Ok((input, None)) };
    let (rest, origin) = <u64 as Wire<'_>>::parse(rest, cx)?;
    let rest = match rest {
        // imapflow 7281ce9.
        [b'.', after @ ..] if cx.tolerates(Leniency::REQUEST_ECHO) => wire::number(after)?.0,
        _ => rest,
    };
    let (rest, ()) = octet(rest, b'>', Expected::Section)?;
    Ok((rest, Some(origin)))
}

/// Writes what [`origin`] reads.
pub(crate) fn put_origin(origin: Option<u64>, out: &mut Writer<'_>) {
    if let Some(origin) = origin {
        out.put("<");
        put_number(origin, out);
        out.put(">");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::options::Dialect;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn part(number: &str) -> Section<'_> {
        Section::part(number).unwrap()
    }

    fn names<const N: usize>(names: [&'static str; N]) -> impl Iterator<Item = AString<'static>> {
        names.into_iter().map(|name| AString::new(name).unwrap())
    }

    pub(crate) fn any_section_part() -> impl Strategy<Value = SectionPart<'static>> {
        "([1-9][0-9]{0,4}(\\.[1-9][0-9]{0,4}){0,3})?".prop_map(|number| SectionPart::new(number).unwrap())
    }

    pub(crate) fn any_section() -> impl Strategy<Value = Section<'static>> {
        let name = "[!-~ \u{e9}]{0,12}".prop_map(|name| AString::new(name).unwrap());
        (any_section_part(), 0..6, proptest::collection::vec(name, 1..4)).prop_map(|(part, what, names)| {
            let section = Section::from(part);
            match what {
                0 => section,
                1 => section.header(),
                2 => section.text(),
                3 => section.header_fields(names).unwrap(),
                4 => section.header_fields_not(names).unwrap(),
                _ => section.clone().mime().unwrap_or(section),
            }
        })
    }

    pub(crate) fn any_partial() -> impl Strategy<Value = Partial> {
        (any::<u32>(), 1u64..1 << 40).prop_map(|(offset, len)| Partial::new(offset.into(), len).unwrap())
    }

    #[test]
    fn sections() {
        check([
            ("HEADER", Section::WHOLE.header()),
            ("TEXT", Section::WHOLE.text()),
            ("1", part("1")),
            ("1.2", part("1.2")),
            ("4.2.2.1", part("4.2.2.1")),
            ("4294967295", part("4294967295")),
            ("1.MIME", part("1").mime().unwrap()),
            ("4.1.MIME", part("4.1").mime().unwrap()),
            ("4.HEADER", part("4").header()),
            ("4.2.TEXT", part("4.2").text()),
            ("HEADER.FIELDS (DATE FROM)", Section::WHOLE.header_fields(names(["DATE", "FROM"])).unwrap()),
            ("1.HEADER.FIELDS (Date)", part("1").header_fields(names(["Date"])).unwrap()),
            ("HEADER.FIELDS.NOT (Date)", Section::WHOLE.header_fields_not(names(["Date"])).unwrap()),
            ("HEADER.FIELDS (\"A B\")", Section::WHOLE.header_fields(names(["A B"])).unwrap()),
            ("HEADER.FIELDS (\"]\\\"\")", Section::WHOLE.header_fields(names(["]\""])).unwrap()),
        ]);
        check([("", Section::WHOLE)]);
        check_read([
            ("header", Section::WHOLE.header()),
            ("1.Mime", part("1").mime().unwrap()),
            // Exchange
            (
                "HEADER.FIELDS (\"Subject\" {4}\r\nFrom)",
                Section::WHOLE.header_fields(names(["Subject", "From"])).unwrap(),
            ),
        ]);
        check_refused::<Section<'_>, 14>([
            ("0", 0),
            ("1.0", 2),
            ("1.", 2),
            ("1..2", 2),
            (".1", 0),
            ("4294967296", 0),
            ("MIME", 0),
            ("1.FOO", 2),
            ("HEADER.FIELDS", 13),
            ("HEADER.FIELDS ()", 15),
            ("HEADER.FIELDS (A", 16),
            ("HEADER.FIELDS  (A)", 14),
            ("HEADER.TEXT", 0),
            ("TEXT.1", 0),
        ]);
        let none =
            Section { part: SectionPart::WHOLE, text: Some(SectionText::HeaderFields(List::default())) };
        check_tolerated([
            ("0", Section::from(SectionPart(b"0".into())), Leniency::ZERO),
            ("HEADER.FIELDS ()", none, Leniency::EMPTY_LIST),
            (
                "HEADER.FIELDS (A  B )",
                Section::WHOLE.header_fields(names(["A", "B"])).unwrap(),
                Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE),
            ),
        ]);
    }

    #[test]
    fn sections_are_built_right() {
        for bad in ["1.", "a", "1.HEADER", "0", "1 "] {
            assert!(Section::part(bad).is_err() && SectionPart::new(bad).is_err(), "{bad}");
        }
        assert!(Section::WHOLE.mime().is_err() && Section::WHOLE.header_fields([]).is_err());
        assert!(Section::part("1").unwrap().header_fields_not([]).is_err());
        let section = part("4.1").mime().unwrap();
        assert_eq!(section.section_part().numbers().collect::<Vec<_>>(), [4, 1]);
        assert_eq!(section.section_text(), Some(&SectionText::Mime));
        assert_eq!((section.to_string().as_str(), Section::WHOLE.to_string().as_str()), ("4.1.MIME", ""));
        let fields = |name| Section::WHOLE.header_fields(names([name])).unwrap();
        assert!(fields("Date").matches(&fields("DATE")) && !fields("Date").matches(&fields("From")));
        let others = |name| Section::WHOLE.header_fields_not(names([name])).unwrap();
        assert!(!fields("Date").matches(&others("Date")));
        assert!(others("Date").matches(&others("date")) && !others("Date").matches(&others("To")));
        let partial = Partial::new(5, 7).unwrap();
        assert_eq!((partial.offset(), partial.len(), partial.is_empty()), (5, 7, false));
        assert!(section.matches(&part("4.1").mime().unwrap()) && !section.matches(&part("4.1")));
        assert!(Partial::new(0, 0).is_none() && Partial::new(u64::MAX, 1).is_none());
    }

    #[test]
    fn partials() {
        let partial = |offset, len| Partial::new(offset, len).unwrap();
        check([
            ("<0.1024>", partial(0, 1_024)),
            ("<9223372036854775807.9223372036854775807>", partial(i64::MAX as u64, i64::MAX as u64)),
        ]);
        check_refused::<Partial, 6>([
            ("<0.0>", 3),
            ("<0>", 2),
            ("0.1", 0),
            ("<0.1", 4),
            ("<.1>", 1),
            ("<-1.1>", 1),
        ]);
        check_tolerated([("<0.0>", Partial { offset: 0, len: 0 }, Leniency::ZERO)]);
        let partial = partial(2, u64::MAX >> 1);
        assert_eq!((partial.offset(), partial.is_empty(), partial.within(5)), (2, false, 2..5));
        let read = |text: &'static str, leniency| {
            origin(text.as_bytes(), Dialect::STRICT.with_leniency(leniency).into()).ok()
        };
        assert_eq!(read(" ", Leniency::NONE), Some((&b" "[..], None)));
        assert_eq!(read("<7> ", Leniency::NONE), Some((&b" "[..], Some(7))));
        assert_eq!(read("<7.3> ", Leniency::NONE), None);
        assert_eq!(read("<7.3> ", Leniency::REQUEST_ECHO), Some((&b" "[..], Some(7))));
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(section in any_section(), partial in any_partial()) {
            round_trip(&section);
            round_trip(&partial);
        }

        #[test]
        fn any_text_is_a_section_or_not(text in "[0-9.HEADRTXMIN ()a]{0,20}") {
            let text: &'static str = text.leak();
            if let Ok(section) = wire::exact::<Section<'_>>(text.as_bytes(), Dialect::STRICT) {
                round_trip(&section);
            }
        }
    }
}
