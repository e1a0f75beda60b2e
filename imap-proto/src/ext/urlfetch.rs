//! URLFETCH ([RFC 4467](https://www.rfc-editor.org/rfc/rfc4467)), and URLAUTH=BINARY
//! ([RFC 5524](https://www.rfc-editor.org/rfc/rfc5524)).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{Expected, ValueError};
use crate::grammar::body::BodyStructure;
use crate::grammar::class::{ATOM, run1, space};
use crate::grammar::octets::Octets;
use crate::grammar::string::{Checked, IString, NString8, no_nul, text, whole};
use crate::items::{Items, Lend};
use crate::list::{Anew, Bare, List};
use crate::options::Leniency;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, octet, part, word};

use super::url::UrlText;
use super::urlauth::next;

part! {
    /// A URL to fetch, and what of it: one argument of URLFETCH.
    ///
    /// `imap://…`, `(imap://… BODYPARTSTRUCTURE BINARY)`
    ///
    /// The argument is a `List<'a, UrlFetch<'a>, Bare>`. Without parameters there are no parentheses, and what is written
    /// in such means the same. A client asks for nothing twice, and not for BODY and BINARY both.
    /// RFC 4467 section BASE.6.3.URLFETCH, RFC 5524 section 3.1.
    pub struct UrlFetch<'a> {
        /// The URL; what is none is answered with NIL.
        pub url: UrlText<'a>,
        /// What to fetch; the body alone when there are none.
        pub params: List<'a, UrlFetchParam<'a>, Bare>,
    }
}

/// ```abnf
/// url-fetch-arg = url-full / "(" url-full *(SP url-fetch-param) ")"
/// ```
impl<'a> Wire<'a> for UrlFetch<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let [b'(', rest @ ..] = input else {
            let (rest, url) = UrlText::parse(input, cx)?;
            return Ok((rest, Self { url, params: List::default() }));
        };
        let (rest, url) = UrlText::parse(rest, cx)?;
        let (rest, params) = match rest {
            [b' ', ..] => List::parse(space(rest, cx)?.0, cx)?,
            _ => (rest, List::default()),
        };
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { url, params }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.params.is_empty() {
            return self.url.encode(out);
        }
        out.put("(");
        self.url.encode(out);
        out.put(" ");
        self.params.encode(out);
        out.put(")");
    }
}

part! {
    /// What to fetch of a URL.
    ///
    /// `BINARY`
    ///
    /// RFC 5524 section 3.1.
    pub enum UrlFetchParam<'a> {
        /// `BODY`: the content as it is.
        Body,
        /// `BINARY`: the content without its Content-Transfer-Encoding.
        Binary,
        /// `BODYPARTSTRUCTURE`: what is known of the content.
        BodyPartStructure,
        /// Anything else.
        Other(OtherUrlFetchParam<'a>),
    }
}

/// An atom that is no parameter of RFC 5524.
fn other_param_check(octets: &[u8]) -> Checked {
    match known_param(octets) {
        Some(_) => Err((Expected::Atom, 0)),
        None => whole(octets, Expected::Atom, run1(octets, ATOM, Expected::Atom)),
    }
}

text! {
    /// A parameter of URLFETCH that has no name in [`UrlFetchParam`].
    ///
    /// `X-SIZE`
    ///
    /// RFC 5524 section 5.
    pub struct OtherUrlFetchParam<'a>: "URLFETCH parameter", other_param_check;
}

fn known_param(name: &[u8]) -> Option<UrlFetchParam<'static>> {
    match name {
        _ if name.eq_ignore_ascii_case(b"BODY") => Some(UrlFetchParam::Body),
        _ if name.eq_ignore_ascii_case(b"BINARY") => Some(UrlFetchParam::Binary),
        _ if name.eq_ignore_ascii_case(b"BODYPARTSTRUCTURE") => Some(UrlFetchParam::BodyPartStructure),
        _ => None,
    }
}

/// ```abnf
/// url-fetch-param = "BODY" / "BINARY" / "BODYPARTSTRUCTURE" / atom
/// ```
impl<'a> Wire<'a> for UrlFetchParam<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, name) = run1(input, ATOM, Expected::Atom)?;
        let other = || Self::Other(OtherUrlFetchParam(Cow::Borrowed(name)));
        Ok((rest, known_param(name).unwrap_or_else(other)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Body => out.put("BODY"),
            Self::Binary => out.put("BINARY"),
            Self::BodyPartStructure => out.put("BODYPARTSTRUCTURE"),
            Self::Other(name) => out.put(&name.0),
        }
    }
}

part! {
    /// The answer to URLFETCH.
    ///
    /// `imap://joe@example.com/INBOX/;uid=20 "Si vis pacem, para bellum."`
    ///
    /// At least one URL. RFC 4467 section BASE.7.4.URLFETCH.
    pub struct UrlFetchData<'a> {
        urls: Items<'a, UrlFetched<'a>, Bare>,
    }
}

impl<'a> UrlFetchData<'a> {
    /// The answer for these URLs.
    ///
    /// # Errors
    /// There are none.
    pub fn new(urls: Vec<UrlFetched<'a>>) -> Result<Self, ValueError> {
        match urls.is_empty() {
            true => Err(ValueError { field: "URLFETCH", expected: Expected::Url, offset: 0 }),
            false => Ok(Self { urls: Items::Given(urls) }),
        }
    }

    /// The URLs in order, and what they stand for; what was read is kept as text, of which each is read again.
    pub fn urls(&self) -> impl Iterator<Item = UrlFetched<'_>> + Clone {
        self.urls.iter()
    }
}

/// What stands behind the keyword and its space.
///
/// ```abnf
/// urlfetch-data = "*" SP "URLFETCH" 1*(SP url-full (SP nstring / url-metadata))
/// ```
impl<'a> Wire<'a> for UrlFetchData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, urls) = Items::parse_between(input, cx, |rest| next(rest, cx))?;
        Ok((rest, Self { urls }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.urls.encode(out);
    }
}

part! {
    /// A URL and what it stands for.
    ///
    /// `imap://joe@example.com/INBOX/;uid=20 (BINARY "Si vis pacem, para bellum.")`
    ///
    /// RFC 5524 section 3.2.
    pub struct UrlFetched<'a> {
        /// The URL as the client wrote it.
        pub url: UrlText<'a>,
        /// What it stands for.
        pub content: UrlContent<'a>,
    }
}

impl Lend for UrlFetched<'_> {
    fn lend(&self) -> UrlFetched<'_> {
        let content = match &self.content {
            UrlContent::Body(body) => UrlContent::Body(body.lend()),
            UrlContent::Metadata(metadata) => {
                UrlContent::Metadata(UrlMetadata { items: metadata.items.lend() })
            }
        };
        UrlFetched { url: self.url.lend(), content }
    }
}

impl<'a> Wire<'a> for UrlFetched<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, url) = UrlText::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, content) = match rest {
            [b'(', ..] => UrlMetadata::parse(rest, cx).map(|(rest, it)| (rest, UrlContent::Metadata(it)))?,
            _ => UrlBody::parse(rest, cx).map(|(rest, body)| (rest, UrlContent::Body(body)))?,
        };
        Ok((rest, Self { url, content }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.url.encode(out);
        out.put(" ");
        match &self.content {
            UrlContent::Body(body) => body.encode(out),
            UrlContent::Metadata(metadata) => metadata.encode(out),
        }
    }
}

part! {
    /// What a URL stands for. RFC 4467 section 8, RFC 5524 section 3.2.
    pub enum UrlContent<'a> {
        /// `"text"`: the content as it is; `NIL` when the URL is not valid.
        Body(UrlBody<'a>),
        /// `(BINARY "text")`: what was asked for.
        Metadata(UrlMetadata<'a>),
    }
}

part! {
    /// Content as it is in a message.
    ///
    /// `"Si vis pacem, para bellum."`, `NIL`
    ///
    /// Without NUL. RFC 4467 section 9 (`nstring`).
    pub struct UrlBody<'a> {
        octets: Option<Octets<'a>>,
    }
}

impl<'a> UrlBody<'a> {
    /// `NIL`: there is none.
    pub const NIL: Self = Self { octets: None };

    /// Some octets; those that are shared are not copied.
    ///
    /// # Errors
    /// There is a NUL.
    pub fn new(octets: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let octets = octets.into();
        match no_nul(&octets) {
            Ok(()) => Ok(Self { octets: Some(octets) }),
            Err((expected, offset)) => Err(ValueError { field: "URLFETCH", expected, offset }),
        }
    }

    /// The octets; none for `NIL`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.octets.as_deref()
    }

    fn lend(&self) -> UrlBody<'_> {
        UrlBody { octets: self.octets.as_ref().map(Octets::lend) }
    }
}

impl<'a> Wire<'a> for UrlBody<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, string) = Option::<IString<'a>>::parse(input, cx)?;
        Ok((rest, Self { octets: string.map(|string| string.0.into()) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match &self.octets {
            None => out.put("NIL"),
            Some(octets) if out.can_quote(octets) => out.quoted(octets),
            Some(octets) => out.bulk(octets, false),
        }
    }
}

part! {
    /// What was asked for of a URL, in parentheses of its own each.
    ///
    /// `(BODY "text")`
    ///
    /// At least one, and no kind of it twice. RFC 5524 section 3.2.
    pub struct UrlMetadata<'a> {
        items: Items<'a, UrlMetadataItem<'a>, Bare>,
    }
}

impl<'a> UrlMetadata<'a> {
    /// These items.
    ///
    /// # Errors
    /// There are none, or two of a kind.
    pub fn new(items: Vec<UrlMetadataItem<'a>>) -> Result<Self, ValueError> {
        let mut kinds = Kinds::default();
        match items.is_empty() || !items.iter().all(|item| kinds.add(item)) {
            true => Err(ValueError { field: "URLFETCH", expected: Expected::Item, offset: 0 }),
            false => Ok(Self { items: Items::Given(items) }),
        }
    }

    /// The items in order; what was read is kept as text, of which each is read again.
    pub fn items(&self) -> impl Iterator<Item = UrlMetadataItem<'_>> + Clone {
        self.items.iter()
    }
}

/// ```abnf
/// url-metadata = 1*(SP "(" url-metadata-el ")")
/// ```
impl<'a> Wire<'a> for UrlMetadata<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (mut start, ()) = octet(input, b'(', Expected::Open)?;
        let mut anew = (cx.is_lenient() && !cx.known()).then(Anew::<Bare>::default);
        let mut kinds = Kinds::default();
        loop {
            let (rest, item) = element(start, cx)?;
            if !kinds.add(&item) {
                return Fail::at(start, Expected::Item);
            }
            if let Some(anew) = &mut anew {
                anew.push(&item);
            }
            if let [b' ', after @ ..] = rest
                && cx.tolerates(Leniency::JOINED_URL_METADATA)
            {
                start = after;
                continue;
            }
            let (rest, ()) = octet(rest, b')', Expected::Close)?;
            match next(rest, cx) {
                Some([b'(', after @ ..]) => start = after,
                _ => {
                    let text = || List::of(Cow::Borrowed(before(input, rest)));
                    let items = Items::Read(anew.map_or_else(text, Anew::list));
                    return Ok((rest, Self { items }));
                }
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.items.encode(out);
    }
}

part! {
    /// One thing that was asked for of a URL.
    ///
    /// `(BINARY ~{3}` CRLF, three octets, `)`
    ///
    /// RFC 5524 section 3.2.
    #[non_exhaustive]
    #[allow(clippy::large_enum_variant)] // there are at most three of them
    pub enum UrlMetadataItem<'a> {
        /// `BODYPARTSTRUCTURE ("IMAGE" "PNG" NIL NIL NIL "BINARY" 123)`: what is known of the content, as it is given here.
        BodyPartStructure(BodyStructure<'a>),
        /// `BODY "text"`: the content as it is.
        Body(UrlBody<'a>),
        /// `BINARY "text"`: the content without its Content-Transfer-Encoding; `NIL` when that is not known.
        Binary(NString8<'a>),
    }
}

/// What kinds of it there were.
#[derive(Default)]
struct Kinds {
    structure: bool,
    body: bool,
    binary: bool,
}

impl Kinds {
    /// Whether it is the first of its kind.
    fn add(&mut self, item: &UrlMetadataItem<'_>) -> bool {
        let kind = match item {
            UrlMetadataItem::BodyPartStructure(_) => &mut self.structure,
            UrlMetadataItem::Body(_) => &mut self.body,
            UrlMetadataItem::Binary(_) => &mut self.binary,
        };
        !core::mem::replace(kind, true)
    }
}

impl Lend for UrlMetadataItem<'_> {
    fn lend(&self) -> UrlMetadataItem<'_> {
        match self {
            Self::BodyPartStructure(structure) => UrlMetadataItem::BodyPartStructure(structure.borrowed()),
            Self::Body(body) => UrlMetadataItem::Body(body.lend()),
            Self::Binary(octets) => UrlMetadataItem::Binary(octets.lend()),
        }
    }
}

/// ```abnf
/// url-metadata-el = "BODYPARTSTRUCTURE" SP body / "BODY" SP nstring / "BINARY" SP (nstring / literal8)
/// ```
fn element(input: &[u8], cx: Cx) -> Parsed<'_, UrlMetadataItem<'_>> {
    if let Ok((rest, ())) = word(input, b"BODY ", Expected::Item) {
        let (rest, body) = UrlBody::parse(rest, cx)?;
        return Ok((rest, UrlMetadataItem::Body(body)));
    }
    if let Ok((rest, ())) = word(input, b"BODYPARTSTRUCTURE ", Expected::Item) {
        let (rest, structure) = BodyStructure::parse(rest, cx)?;
        return Ok((rest, UrlMetadataItem::BodyPartStructure(structure)));
    }
    let (rest, ()) = word(input, b"BINARY ", Expected::Item)?;
    let (rest, octets) = NString8::parse(rest, cx)?;
    Ok((rest, UrlMetadataItem::Binary(octets)))
}

/// With its parentheses.
impl<'a> Wire<'a> for UrlMetadataItem<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, item) = element(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, item))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        match self {
            Self::BodyPartStructure(structure) => {
                out.put("BODYPARTSTRUCTURE ");
                structure.encode(out);
            }
            Self::Body(body) => {
                out.put("BODY ");
                body.encode(out);
            }
            Self::Binary(octets) => {
                out.put("BINARY ");
                octets.encode(out);
            }
        }
        out.put(")");
    }
}

#[cfg(test)]
mod tests;
