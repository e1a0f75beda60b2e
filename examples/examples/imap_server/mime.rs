//! What a message is made of: where its parts begin and end, and what is in them.
//!
//! Where parts begin and end is found here, with bounds on their number and depth that a hostile message cannot pass;
//! what header fields mean, encodings and charsets are mail-parser's.

use std::borrow::Cow;
use std::ops::Range;

use imap_proto::section::{Section, SectionText};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders};

/// Parts of one message; what comes after the last is a part of it.
const MOST_PARTS: usize = 1_000;
/// Octets of a header; what fields there are behind them is not looked at.
const LONGEST_HEADER: usize = 1024 * 1024;
/// Parts in one another; what is deeper is not looked into.
const MOST_DEPTH: usize = 50;

/// A message or a part of it.
#[derive(Debug)]
pub struct Part {
    /// Its header, with the empty line.
    pub header: Range<usize>,
    pub body: Range<usize>,
    pub media_type: String,
    pub subtype: String,
    charset: Option<String>,
    /// `Content-Transfer-Encoding`, in upper case.
    pub encoding: String,
    pub kind: Kind,
    /// Of a multipart its parts; of a message in a message that one.
    pub parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Leaf,
    Multipart,
    Message,
}

impl Part {
    /// The parts of the message in `raw`.
    pub fn of(raw: &[u8]) -> Self {
        Self::within(raw, 0..raw.len(), false, MOST_DEPTH, &mut 1)
    }

    fn within(raw: &[u8], range: Range<usize>, in_digest: bool, depth: usize, count: &mut usize) -> Self {
        let body = body_start(raw, &range)..range.end;
        let header = range.start..body.start;
        let fields = fields(raw.get(header.clone()).unwrap_or_default());
        let content_type = fields.as_ref().and_then(|fields| fields.content_type());
        let (media_type, subtype) = match content_type {
            Some(of) => (of.ctype().to_uppercase(), of.subtype().unwrap_or_default().to_uppercase()),
            None if in_digest => ("MESSAGE".into(), "RFC822".into()),
            None => ("TEXT".into(), "PLAIN".into()),
        };
        let attribute = |name| content_type.and_then(|of| of.attribute(name)).map(str::to_owned);
        let encoding = fields.as_ref().and_then(|fields| fields.content_transfer_encoding());
        let encoding = encoding.map_or_else(|| "7BIT".into(), |encoding| encoding.trim().to_uppercase());
        let mut part = Self {
            header,
            body,
            charset: attribute("charset"),
            media_type,
            subtype,
            encoding,
            kind: Kind::Leaf,
            parts: Vec::new(),
        };
        let Some(depth) = depth.checked_sub(1) else { return part };
        let is_plain = !matches!(&*part.encoding, "BASE64" | "QUOTED-PRINTABLE");
        match (&*part.media_type, &*part.subtype, attribute("boundary")) {
            ("MULTIPART", subtype, Some(boundary)) => {
                let in_digest = subtype == "DIGEST";
                let ranges = between(raw, &part.body, &boundary, count);
                let inner = ranges.into_iter().map(|range| Self::within(raw, range, in_digest, depth, count));
                part.parts = inner.collect();
                part.kind = if part.parts.is_empty() { Kind::Leaf } else { Kind::Multipart };
            }
            ("MESSAGE", "RFC822" | "GLOBAL", _) if is_plain => {
                part.parts.push(Self::within(raw, part.body.clone(), false, depth, count));
                part.kind = Kind::Message;
            }
            _ => {}
        }
        part
    }

    /// All of it.
    pub fn range(&self) -> Range<usize> {
        self.header.start..self.body.end
    }

    /// The part with this number, when there is one.
    pub fn find(&self, numbers: impl IntoIterator<Item = u32>) -> Option<&Self> {
        let (mut part, mut is_root) = (self, true);
        for number in numbers {
            let at = usize::try_from(number).ok()?.checked_sub(1)?;
            let inner = match part.kind {
                // The body of a message in a message is not counted: its parts are.
                Kind::Message if !is_root => part.parts.first()?,
                _ => part,
            };
            part = match inner.kind {
                Kind::Multipart => inner.parts.get(at)?,
                _ if at == 0 && (is_root || part.kind == Kind::Message) => inner,
                _ => return None,
            };
            is_root = false;
        }
        Some(part)
    }

    /// What `section` means in the message in `raw`, of which this is all; `None` when there is no such thing.
    pub fn section<'r>(&self, raw: &'r [u8], section: &Section<'_>) -> Option<Cow<'r, [u8]>> {
        let is_whole = section.section_part().is_whole();
        let part = self.find(section.section_part().numbers())?;
        // HEADER and TEXT are a message's.
        let message = match part.kind {
            _ if is_whole => Some(part),
            Kind::Message => part.parts.first(),
            _ => None,
        };
        let octets = |range: &Range<usize>| raw.get(range.clone());
        let found = match section.section_text() {
            None if is_whole => octets(&part.range())?,
            None => octets(&part.body)?,
            Some(SectionText::Mime) => octets(&part.header)?,
            Some(SectionText::Header) => octets(&message?.header)?,
            Some(SectionText::Text) => octets(&message?.body)?,
            Some(SectionText::HeaderFields(names)) => {
                let names: Vec<_> = names.iter().collect();
                let is_meant =
                    |name: &[u8]| names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()));
                return Some(some_fields(octets(&message?.header)?, is_meant).into());
            }
            Some(SectionText::HeaderFieldsNot(names)) => {
                let names: Vec<_> = names.iter().collect();
                let is_meant =
                    |name: &[u8]| !names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()));
                return Some(some_fields(octets(&message?.header)?, is_meant).into());
            }
            Some(_) => return None,
        };
        Some(found.into())
    }

    /// The body without its transfer encoding; `None` when that is unknown.
    pub fn decoded<'r>(&self, raw: &'r [u8]) -> Option<Cow<'r, [u8]>> {
        let body = raw.get(self.body.clone())?;
        match &*self.encoding {
            _ if self.kind != Kind::Leaf => Some(body.into()),
            "" | "7BIT" | "8BIT" | "BINARY" => Some(body.into()),
            "BASE64" => Some(base64_decode(body)?.into()),
            "QUOTED-PRINTABLE" => Some(quoted_printable_decode(body)?.into()),
            _ => None,
        }
    }

    /// Whether any text in it passes `test`: that of header fields of inner messages, and of bodies.
    pub fn has_text(&self, raw: &[u8], test: &mut dyn FnMut(&str) -> bool) -> bool {
        match self.kind {
            Kind::Leaf if self.media_type == "TEXT" => self.text(raw).is_some_and(|text| test(&text)),
            Kind::Leaf => false,
            Kind::Multipart => self.parts.iter().any(|part| part.has_text(raw, test)),
            Kind::Message => self.parts.iter().any(|part| {
                let header = raw.get(part.header.clone()).unwrap_or_default();
                test(&unfolded(header))
                    || decoded_fields(header).any(|(_, text)| test(&text))
                    || part.has_text(raw, test)
            }),
        }
    }

    fn text<'r>(&self, raw: &'r [u8]) -> Option<Cow<'r, str>> {
        // What is broken is searched as it is.
        let octets = self.decoded(raw).or_else(|| raw.get(self.body.clone()).map(Cow::from))?;
        match self.charset.as_deref().and_then(|charset| charset_decoder(charset.as_bytes())) {
            Some(decode) => Some(decode(&octets).into()),
            None => Some(match octets {
                Cow::Borrowed(octets) => String::from_utf8_lossy(octets),
                Cow::Owned(octets) => String::from_utf8_lossy(&octets).into_owned().into(),
            }),
        }
    }
}

/// Where the body begins: behind the first empty line.
fn body_start(raw: &[u8], range: &Range<usize>) -> usize {
    let mut at = range.start;
    for line in lines(raw, range) {
        at = line.end;
        if matches!(raw.get(line), Some(b"\r\n" | b"\n")) {
            break;
        }
    }
    at
}

/// The lines with their ends.
fn lines<'r>(raw: &'r [u8], range: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'r> {
    let (mut at, end) = (range.start, range.end);
    std::iter::from_fn(move || {
        let rest = raw.get(at..end).filter(|rest| !rest.is_empty())?;
        let len = rest.split_inclusive(|octet| *octet == b'\n').next().map_or(0, <[u8]>::len);
        let line = at..at.saturating_add(len);
        at = line.end;
        Some(line)
    })
}

/// What stands between the delimiter lines of a multipart. RFC 2046 section 5.1.1: the line end before one belongs to it.
fn between(raw: &[u8], body: &Range<usize>, boundary: &str, count: &mut usize) -> Vec<Range<usize>> {
    let (mut parts, mut start) = (Vec::new(), None);
    for line in lines(raw, body) {
        let text = raw.get(line.clone()).unwrap_or_default();
        let Some(rest) = text.strip_prefix(b"--").and_then(|text| text.strip_prefix(boundary.as_bytes()))
        else {
            continue;
        };
        let is_last = rest.starts_with(b"--");
        if !is_last && !rest.trim_ascii_end().is_empty() {
            continue;
        }
        if let Some(start) = start {
            let before = raw.get(start..line.start).unwrap_or_default();
            let part =
                before.strip_suffix(b"\n").map_or(before, |part| part.strip_suffix(b"\r").unwrap_or(part));
            parts.push(start..part.len().saturating_add(start));
        }
        start = None;
        if is_last {
            break;
        }
        if *count >= MOST_PARTS {
            break;
        }
        *count = count.saturating_add(1);
        start = Some(line.end);
    }
    // It was cut off.
    parts.extend(start.map(|start| start..body.end));
    parts
}

/// What mail-parser makes of a header.
pub fn fields(header: &[u8]) -> Option<Message<'_>> {
    MessageParser::default().parse_headers(front(header))
}

/// What of a header is given to mail-parser: for parameters that come in parts it takes the square of their number.
pub fn front(header: &[u8]) -> &[u8] {
    header.get(..LONGEST_HEADER).unwrap_or(header)
}

/// The fields of a header, with their line ends.
fn raw_fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let whole = 0..header.len();
    let mut lines = lines(header, &whole).peekable();
    std::iter::from_fn(move || {
        let line = lines.next()?;
        let mut at = line.end;
        while let Some(next) = lines.next_if(|next| matches!(header.get(next.start), Some(b' ' | b'\t'))) {
            at = next.end;
        }
        let field = header.get(line.start..at)?;
        let name = field.split(|octet| *octet == b':').next().unwrap_or_default();
        Some((name.trim_ascii(), field))
    })
}

/// The fields whose names are meant, and an empty line.
fn some_fields(header: &[u8], is_meant: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let is_field = |field: &[u8]| !field.trim_ascii().is_empty();
    let meant = raw_fields(header).filter(|(name, field)| is_field(field) && is_meant(name));
    let mut text: Vec<u8> = meant.flat_map(|(_, field)| field).copied().collect();
    text.extend_from_slice(b"\r\n");
    text
}

/// The value of the first field of this name, on one line, as it is.
pub fn raw_field(header: &[u8], name: &str) -> Option<String> {
    let (_, field) = raw_fields(header).find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))?;
    let at = field.iter().position(|octet| *octet == b':')?.saturating_add(1);
    Some(unfolded(field.get(at..)?).trim().to_owned())
}

fn unfolded(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replace("\r\n", "").replace(['\n', '\0'], "")
}

/// The fields of a header: their names, and their values on one line with encoded words decoded.
pub fn decoded_fields(header: &[u8]) -> impl Iterator<Item = (String, String)> {
    // With a parser that is told of no field each would be read by its own.
    let parser = MessageParser::new().header_text(HeaderName::Subject).default_header_text();
    let parsed = parser.parse_headers(front(header));
    let fields =
        parsed.map(|parsed| parsed.parts.into_iter().flat_map(|part| part.headers).collect::<Vec<_>>());
    fields.unwrap_or_default().into_iter().map(|field| {
        let text = match &field.value {
            HeaderValue::Text(text) => text.to_string(),
            HeaderValue::TextList(texts) => texts.join(", "),
            _ => String::new(),
        };
        (field.name.as_str().to_owned(), text)
    })
}
