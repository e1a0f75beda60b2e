//! What FETCH is answered with ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

use alloc::vec::Vec;

use crate::error::Expected;
use crate::ext::object_id::ObjectId;
use crate::grammar::body::BodyStructure;
use crate::grammar::class::{CLASS, WORD, space};
use crate::grammar::date::{DateTime, LooseDateTime};
use crate::grammar::envelope::Envelope;
use crate::grammar::flag::Flags;
use crate::grammar::literal::NString;
use crate::grammar::section::{Closed, Section, SectionPart, origin, put_origin};
use crate::grammar::string::{NString8, nil};
use crate::grammar::text::{item_or_invalid, skip_item};
use crate::list::List;
use crate::options::Leniency;
use crate::registry::{FetchItem, Via};
use crate::response::Response;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part, run, word};
use crate::writer::{EncodeOptions, Fragment, fragments};

/// The name of an item, with the `[` of a section.
#[inline]
pub(crate) fn item_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    match run(input, &CLASS, WORD) {
        ([], _) => Fail::at(input, Expected::Item),
        (name, [b'[', rest @ ..]) => {
            Ok((rest, input.get(..name.len().saturating_add(1)).unwrap_or_default()))
        }
        (name, rest) => Ok((rest, name)),
    }
}

/// ```abnf
/// msg-att-item = keyword SP value
/// ```
impl<'a> Wire<'a> for FetchItem<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if cx.known() {
            return Self::read(input, cx);
        }
        item_or_invalid(input, cx, unwrapped, Self::Invalid)
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        // Lists put right what is tolerated, and so have the item made.
        match cx.is_lenient() {
            true => Self::parse(input, cx).map(|(rest, _)| (rest, ())),
            false => skip_item(input, cx, Self::pass),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

/// Domino: an item in parentheses of its own.
#[inline]
fn unwrapped(input: &[u8], cx: Cx) -> Parsed<'_, FetchItem<'_>> {
    match input {
        [b'(', inner @ ..] if cx.tolerates(Leniency::EXTRA_PARENTHESES) => {
            let (rest, item) = echoed(inner, cx)?;
            let (rest, ()) = octet(rest, b')', Expected::Close)?;
            Ok((rest, item))
        }
        _ => echoed(input, cx),
    }
}

/// An item, maybe with the name that only a request has.
#[inline]
fn echoed(input: &[u8], cx: Cx) -> Parsed<'_, FetchItem<'_>> {
    if cx.tolerates(Leniency::REQUEST_ECHO) {
        if let Ok((rest, ())) = word(input, b"BODY.PEEK[", Expected::Item) {
            return BodySection::parse(rest, cx).map(|(rest, body)| (rest, FetchItem::BodySection(body)));
        }
        if let Ok((rest, ())) = word(input, b"BINARY.PEEK[", Expected::Item) {
            return BinarySection::parse(rest, cx).map(|(rest, body)| (rest, FetchItem::BinarySection(body)));
        }
    }
    FetchItem::read(input, cx)
}

part! {
    /// A section of a message, as it is in the message.
    ///
    /// `BODY[TEXT]<0> {5}` CRLF `hello`
    ///
    /// What `BODY[]` begins with need not be what `BODY[HEADER]` is, octet by octet: at Zimbra it is not. RFC 9051 section 7.5.2.
    pub struct BodySection<'a> {
        /// Which section.
        pub section: Section<'a>,
        /// Which octet of the section is the first, counted from 0, when only a part of it was asked for.
        pub origin: Option<u64>,
        /// The octets; NIL when there is no such section.
        pub data: NString<'a>,
    }
}

/// Behind `BODY[`.
///
/// ```abnf
/// section-spec "]" ["<" number ">"] SP nstring
/// ```
impl<'a> Wire<'a> for BodySection<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, section) = Closed::parse(input, cx)?;
        let (rest, origin) = origin(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, data) = NString::parse(rest, cx)?;
        Ok((rest, Self { section, origin, data }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.section, out);
        put_origin(self.origin, out);
        out.put(" ");
        self.data.encode(out);
    }
}

part! {
    /// A part of a message without its transfer encoding.
    ///
    /// `BINARY[1.2]<0> ~{3}` CRLF `a`, NUL, `b`
    ///
    /// RFC 9051 section 7.5.2, RFC 3516 section 4.3.
    pub struct BinarySection<'a> {
        /// Which part.
        pub part: SectionPart<'a>,
        /// Which octet of the part is the first, counted from 0, when only some of it was asked for.
        pub origin: Option<u64>,
        /// The octets; NIL when there is no such part.
        pub data: NString8<'a>,
    }
}

/// Behind `BINARY[`. The origin is in the text of the RFC, not in its grammar.
///
/// ```abnf
/// [section-part] "]" ["<" number ">"] SP (nstring / literal8)
/// ```
impl<'a> Wire<'a> for BinarySection<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, part) = Closed::parse(input, cx)?;
        let (rest, origin) = origin(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, data) = NString8::parse(rest, cx)?;
        Ok((rest, Self { part, origin, data }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.part, out);
        put_origin(self.origin, out);
        out.put(" ");
        self.data.encode(out);
    }
}

part! {
    /// How many octets a part of a message has without its transfer encoding.
    ///
    /// `BINARY.SIZE[1.2] 44827`
    ///
    /// RFC 9051 section 7.5.2, RFC 3516 section 4.3.
    pub struct BinarySize<'a> {
        /// Which part.
        pub part: SectionPart<'a>,
        /// Its octets.
        pub size: u32,
    }
}

/// Behind `BINARY.SIZE[`.
///
/// ```abnf
/// [section-part] "]" SP number
/// ```
impl<'a> Wire<'a> for BinarySize<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, part) = Closed::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, size) = u32::parse(rest, cx)?;
        Ok((rest, Self { part, size }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.part, out);
        out.put(" ");
        out.number(self.size.into());
    }
}

/// A date and time or NIL: [RFC 8514](https://www.rfc-editor.org/rfc/rfc8514).
///
/// ```abnf
/// date-time / nil
/// ```
pub(crate) enum DateOrNil {}

impl<'a> Via<'a, Option<DateTime>> for DateOrNil {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<DateTime>> {
        if let Ok((rest, ())) = nil(input) {
            return Ok((rest, None));
        }
        DateTime::parse(input, cx).map(|(rest, time)| (rest, Some(time)))
    }

    fn encode(value: &Option<DateTime>, out: &mut Writer<'_>) {
        match value {
            Some(time) => time.encode(out),
            None => out.put("NIL"),
        }
    }
}

/// What can be asked of all that a server said of a message. Each looks through the list; what it says twice counts once.
impl List<'_, FetchItem<'_>> {
    /// The UID.
    pub fn uid(&self) -> Option<u32> {
        self.iter().find_map(|item| match item {
            FetchItem::Uid(uid) => Some(uid),
            _ => None,
        })
    }

    /// The flags.
    pub fn flags(&self) -> Option<Flags<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::Flags(flags) => Some(flags),
            _ => None,
        })
    }

    /// The header in brief.
    pub fn envelope(&self) -> Option<Envelope<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::Envelope(envelope) => Some(envelope),
            _ => None,
        })
    }

    /// What it is made of, by BODYSTRUCTURE, or without extension data by BODY.
    pub fn body_structure(&self) -> Option<BodyStructure<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::BodyStructure(structure) | FetchItem::Body(structure) => Some(structure),
            _ => None,
        })
    }

    /// The mod-sequence. RFC 7162.
    pub fn mod_seq(&self) -> Option<u64> {
        self.iter().find_map(|item| match item {
            FetchItem::ModSeq(mod_seq) => Some(mod_seq),
            _ => None,
        })
    }

    /// The size in octets.
    pub fn rfc822_size(&self) -> Option<u64> {
        self.iter().find_map(|item| match item {
            FetchItem::Rfc822Size(size) => Some(size),
            _ => None,
        })
    }

    /// When the message came.
    pub fn internal_date(&self) -> Option<LooseDateTime<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::InternalDate(date) => Some(date),
            _ => None,
        })
    }

    /// The identifier of the message. RFC 8474.
    pub fn email_id(&self) -> Option<ObjectId<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::EmailId(id) => Some(id),
            _ => None,
        })
    }

    /// A section, the names of header fields in any case.
    ///
    /// ```
    /// use imap_proto::{Dialect, Response, response::NumberedData, section::Section};
    ///
    /// let wire = b"* 1 FETCH (UID 5 BODY[TEXT] \"hello\")\r\n";
    /// let (_, Response::Numbered(data)) = Response::parse(wire, Dialect::STRICT)? else { panic!() };
    /// let NumberedData::Fetch(items) = &data.data else { panic!() };
    /// assert_eq!(items.uid(), Some(5));
    /// let body = items.body_section(&Section::WHOLE.text());
    /// assert_eq!(body.and_then(|body| body.data.into_octets()), Some("hello".into()));
    /// # Ok::<(), imap_proto::ParseError>(())
    /// ```
    pub fn body_section(&self, section: &Section<'_>) -> Option<BodySection<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::BodySection(body) if body.section.matches(section) => Some(body),
            _ => None,
        })
    }

    /// A part without its transfer encoding.
    pub fn binary_section(&self, part: &SectionPart<'_>) -> Option<BinarySection<'_>> {
        self.iter().find_map(|item| match item {
            FetchItem::BinarySection(body) if body.part == *part => Some(body),
            _ => None,
        })
    }
}

impl Response<'_> {
    /// `* 12 FETCH (…)` with its CRLF in pieces: what of the contents is given as [`Bytes`](bytes::Bytes) is not copied, as
    /// it would be in a [`List`]. `number` is not 0, and there is at least one item.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use imap_proto::fetch::BodySection;
    /// use imap_proto::{EncodeOptions, FetchItem, Fragment, NString, Response, section::Section};
    ///
    /// let data = NString::new(Bytes::from(vec![b'x'; 100_000]))?;
    /// let body = FetchItem::BodySection(BodySection { section: Section::WHOLE, origin: None, data });
    /// let fragments = Response::fetch_fragments(12, &[FetchItem::Uid(5), body], EncodeOptions::default());
    /// let [Fragment::Send(head), Fragment::Send(contents), Fragment::Send(end)] = &fragments[..] else { panic!() };
    /// assert_eq!(&head[..], b"* 12 FETCH (UID 5 BODY[] {100000}\r\n");
    /// assert_eq!((contents.len(), &end[..]), (100_000, &b")\r\n"[..]));
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub fn fetch_fragments(number: u32, items: &[FetchItem<'_>], options: EncodeOptions) -> Vec<Fragment> {
        fragments(options, false, |out| put_items(number, " FETCH (", items, out))
    }

    /// `* 25996 UIDFETCH (…)` in pieces, as [`fetch_fragments`](Self::fetch_fragments). RFC 9586 section 3.3.
    pub fn uid_fetch_fragments(uid: u32, items: &[FetchItem<'_>], options: EncodeOptions) -> Vec<Fragment> {
        fragments(options, false, |out| put_items(uid, " UIDFETCH (", items, out))
    }
}

fn put_items(number: u32, name: &'static str, items: &[FetchItem<'_>], out: &mut Writer<'_>) {
    out.put("* ");
    out.number(number.into());
    out.put(name);
    for (place, item) in items.iter().enumerate() {
        out.put(if place == 0 { "" } else { " " });
        item.encode(out);
    }
    out.put(")\r\n");
}
