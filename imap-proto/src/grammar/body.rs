//! BODY and BODYSTRUCTURE ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

mod extension;
mod fields;
mod nested;
mod walk;

pub use self::extension::{BodyExtension, BodyExtensions};
pub use self::fields::{
    BodyFields, Disposition, Encoding, ExtensionData, Languages, MediaType, Parameter, Parameters,
};
pub use self::nested::{Bodies, BodiesIter};
pub use self::walk::{Located, Parts};

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::grammar::body::fields::{ext_1part, ext_mpart, lines, write_ext_1part, write_ext_mpart};
use crate::grammar::body::nested::{check_outermost, no_body};
use crate::grammar::class::{close, space, spaces};
use crate::grammar::envelope::Envelope;
use crate::grammar::number::MAX;
use crate::grammar::string::{IString, nil};
use crate::list::List;
use crate::options::Leniency;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part};

part! {
    /// What a message or a part of it is made of.
    ///
    /// `("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3028 92)`
    ///
    /// At most [`MAX_DEPTH`](Self::MAX_DEPTH) of them stand in one another: what is deeper is neither read nor built. What is
    /// inside of a part is kept as text that was checked, and read when it is asked for. RFC 9051 section 7.5.2 (`body`).
    ///
    /// ```
    /// use imap_proto::body::{BodyStructure, Multipart, Part};
    /// use imap_proto::IString;
    ///
    /// let mut text = Part::text(IString::new("PLAIN")?, 92);
    /// text.fields.octets = 3028;
    /// let image = Part::basic(IString::new("IMAGE")?, IString::new("PNG")?)?;
    /// let structure = BodyStructure::from(Multipart::new([text.into(), image.into()], IString::new("MIXED")?)?);
    /// assert!(structure.find("2").is_some_and(|part| part.media_type() == "IMAGE"));
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    #[allow(clippy::large_enum_variant)] // a box would be an allocation for each, and nobody keeps many
    pub enum BodyStructure<'a> {
        /// `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92)`: a part that has no others beside it.
        Part(Part<'a>),
        /// `(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92)("IMAGE" "PNG" NIL NIL NIL "BASE64" 4554) "MIXED")`
        Multipart(Multipart<'a>),
    }
}

impl BodyStructure<'_> {
    /// How many structures may stand in one another, the outermost counted.
    pub const MAX_DEPTH: u16 = 100;
}

impl<'a> BodyStructure<'a> {
    /// Whether it has parts beside one another.
    pub fn is_multipart(&self) -> bool {
        matches!(self, Self::Multipart(_))
    }

    /// The media type: `TEXT` of `TEXT/PLAIN`; `MULTIPART` of a multipart, whose type is not on the wire.
    pub fn media_type(&self) -> &IString<'a> {
        const MULTIPART: IString<'static> = IString(Cow::Borrowed(b"MULTIPART"));
        match self {
            Self::Part(part) => part.media_type(),
            Self::Multipart(_) => &MULTIPART,
        }
    }

    /// The media subtype: `PLAIN` of `TEXT/PLAIN`.
    pub fn subtype(&self) -> &IString<'a> {
        match self {
            Self::Part(part) => part.subtype(),
            Self::Multipart(multipart) => &multipart.subtype,
        }
    }

    /// The parameters of the media type: `CHARSET`, `NAME`, `BOUNDARY`.
    pub fn parameters(&self) -> &Parameters<'a> {
        match self {
            Self::Part(part) => &part.fields.parameters,
            Self::Multipart(multipart) => &multipart.parameters,
        }
    }

    /// Disposition, language, location and what else may follow.
    pub fn extension(&self) -> &ExtensionData<'a> {
        match self {
            Self::Part(part) => &part.extension,
            Self::Multipart(multipart) => &multipart.extension,
        }
    }

    /// How the part is to be shown, when that was said.
    pub fn disposition(&self) -> Option<&Disposition<'a>> {
        self.extension().disposition.as_ref()
    }

    /// Whether the disposition is `ATTACHMENT`.
    pub fn is_attachment(&self) -> bool {
        self.disposition().is_some_and(|disposition| disposition.is("ATTACHMENT"))
    }

    /// `FILENAME` of the disposition, else `NAME` of the media type. Neither encoded words nor RFC 2231 are decoded:
    /// `FILENAME*` is another parameter.
    pub fn filename(&self) -> Option<IString<'_>> {
        let of_disposition =
            self.disposition().and_then(|disposition| disposition.parameters.value("FILENAME"));
        of_disposition.or_else(|| self.parameters().value("NAME"))
    }

    /// The same without extension data, here and in all that is inside: what a server answers to FETCH BODY.
    #[must_use]
    pub fn without_extension(self) -> Self {
        match self {
            Self::Part(mut part) => {
                (part.md5, part.extension) = (None, ExtensionData::default());
                if let Content::Message(message) = &mut part.content {
                    message.body = message.body.without_extension();
                }
                Self::Part(part)
            }
            Self::Multipart(multipart) => Self::Multipart(Multipart {
                parts: multipart.parts.without_extension(),
                subtype: multipart.subtype,
                parameters: List::default(),
                extension: ExtensionData::default(),
            }),
        }
    }
}

impl<'a> From<Part<'a>> for BodyStructure<'a> {
    fn from(part: Part<'a>) -> Self {
        Self::Part(part)
    }
}

impl<'a> From<Multipart<'a>> for BodyStructure<'a> {
    fn from(multipart: Multipart<'a>) -> Self {
        Self::Multipart(multipart)
    }
}

/// ```abnf
/// body = "(" (body-type-1part / body-type-mpart) ")"
/// ```
impl<'a> Wire<'a> for BodyStructure<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (inner, ()) = octet(input, b'(', Expected::Open)?;
        if let bodies @ [b'(', ..] = spaces(inner, cx) {
            let (rest, multipart) = Multipart::parse(bodies, cx)?;
            let (rest, ()) = close(rest, cx)?;
            return Ok((rest, Self::Multipart(multipart)));
        }
        let (rest, structure) = match head(inner, cx)? {
            (rest, Head::Part(media, fields)) => {
                let (rest, part) = Part::parse_behind(rest, cx, media, fields)?;
                (rest, Self::Part(part))
            }
            (rest, Head::Childless(subtype)) => {
                let (rest, (parameters, extension)) = ext_mpart(rest, cx)?;
                (rest, Self::Multipart(Multipart { parts: Bodies::NONE, subtype, parameters, extension }))
            }
        };
        let (rest, ()) = close(rest, cx)?;
        Ok((rest, structure))
    }

    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        check_outermost(input, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        match self {
            Self::Part(part) => part.encode(out),
            Self::Multipart(multipart) => multipart.encode(out),
        }
        out.put(")");
    }
}

/// How a structure that does not begin with another one begins.
enum Head<'a> {
    Part(MediaType<'a>, BodyFields<'a>),
    /// A multipart without parts, and its subtype.
    Childless(IString<'a>),
}

/// Behind the `(`.
#[inline]
fn head(input: &[u8], cx: Cx) -> Parsed<'_, Head<'_>> {
    // Before NIL is taken for an empty string.
    let no_type = cx.tolerates(Leniency::LOOSE_BODY) && nil(input).is_ok();
    match part_head(spaces(input, cx), cx) {
        Ok((rest, (media, fields))) if !no_type => Ok((rest, Head::Part(media, fields))),
        Ok(_) => loose_head(input, cx),
        Err(error) if cx.tolerates(Leniency::LOOSE_BODY) => loose_head(input, cx).map_err(|_| error),
        Err(error) => Err(error),
    }
}

#[inline]
fn part_head(input: &[u8], cx: Cx) -> Parsed<'_, (MediaType<'_>, BodyFields<'_>)> {
    let (rest, media) = MediaType::parse(input, cx)?;
    let (rest, ()) = space(rest, cx)?;
    let (rest, fields) = BodyFields::parse(rest, cx)?;
    Ok((rest, (media, fields)))
}

/// A part whose type is missing, or a multipart whose parts are.
#[cold]
fn loose_head(input: &[u8], cx: Cx) -> Parsed<'_, Head<'_>> {
    let (after, missing) = match (input, nil(input)) {
        // ` "X-ZIP" ("BOUNDARY" "") …`: the space is there.
        ([b' ', after @ ..], _) => (spaces(after, cx), true),
        // `NIL "alternative" …`
        (_, Ok((rest, ()))) => (space(rest, cx)?.0, true),
        _ => (input, false),
    };
    if missing
        && let Ok((rest, subtype)) = Option::<IString<'_>>::parse(after, cx)
        && let Ok((rest, ())) = space(rest, cx)
        && let Ok((rest, fields)) = BodyFields::parse(rest, cx)
    {
        let media_type = IString(Cow::Borrowed(b"APPLICATION"));
        let subtype = subtype.unwrap_or(IString(Cow::Borrowed(b"OCTET-STREAM")));
        return Ok((rest, Head::Part(MediaType { media_type, subtype }, fields)));
    }
    let (rest, subtype) = IString::parse(after, cx)?;
    match (rest, nil(rest.get(1..).unwrap_or_default())) {
        ([b')', ..] | [b' ', b'(' | b')', ..], _) | ([b' ', ..], Ok(_)) => {
            Ok((rest, Head::Childless(subtype)))
        }
        _ => Fail::at(rest, Expected::Space),
    }
}

part! {
    /// A part that has no others beside it.
    ///
    /// `"TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3028 92`
    ///
    /// RFC 9051 section 9 (`body-type-1part`).
    pub struct Part<'a> {
        media: MediaType<'a>,
        /// What every part has: parameters, identifier, description, encoding and size.
        pub fields: BodyFields<'a>,
        content: Content<'a>,
        /// `Content-MD5`. RFC 1864.
        pub md5: Option<IString<'a>>,
        /// Disposition, language, location and what else may follow.
        pub extension: ExtensionData<'a>,
    }
}

part! {
    /// What there is in a part by its media type.
    ///
    /// `"TEXT" "PLAIN"`, `"MESSAGE" "RFC822"` and what follows them
    ///
    /// RFC 9051 section 7.5.2.
    #[allow(clippy::large_enum_variant)] // as above
    pub enum Content<'a> {
        /// Any other type.
        Basic,
        /// `TEXT`: the lines of it, in its encoding; none when the server left them out.
        Text(Option<u64>),
        /// `MESSAGE/RFC822`, and `MESSAGE/GLOBAL` where the server looks into it.
        Message(Message<'a>),
    }
}

part! {
    /// A message in a message.
    ///
    /// `(NIL "minutes" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92) 101`
    ///
    /// RFC 9051 section 9 (`body-type-msg`).
    pub struct Message<'a> {
        /// Its header in brief.
        pub envelope: Envelope<'a>,
        body: Bodies<'a>,
        /// Its lines, in its encoding; none when the server left them out.
        pub lines: Option<u64>,
    }
}

impl Message<'_> {
    /// What it is made of; none when the server did not say.
    pub fn body(&self) -> Option<BodyStructure<'_>> {
        self.body.first()
    }
}

/// What else stands in a part of this type.
enum Kind {
    Basic,
    Text,
    Message,
}

impl Kind {
    /// `rest` is what follows the fields: an envelope tells the two forms of `MESSAGE/GLOBAL` apart. RFC 9755 section 6.
    #[inline]
    fn of(media: &MediaType<'_>, rest: &[u8], cx: Cx) -> Self {
        match media.media_type.as_bytes().len() {
            4 if media.media_type.as_bytes().eq_ignore_ascii_case(b"TEXT") => Self::Text,
            7 if media.is("MESSAGE", "RFC822") => Self::Message,
            7 if media.is("MESSAGE", "GLOBAL") && matches!(space(rest, cx), Ok(([b'(', ..], ()))) => {
                Self::Message
            }
            _ => Self::Basic,
        }
    }
}

impl<'a> Part<'a> {
    /// Of a type that says nothing more: `IMAGE/PNG`. `7BIT` and no octets until that is changed.
    ///
    /// # Errors
    /// `TEXT` and `MESSAGE/RFC822` do say more.
    pub fn basic(media_type: IString<'a>, subtype: IString<'a>) -> Result<Self, ValueError> {
        let media = MediaType { media_type, subtype };
        match Kind::of(&media, b"", Cx::KNOWN) {
            Kind::Basic => Ok(Self::new(media, Content::Basic)),
            Kind::Text | Kind::Message => {
                Err(ValueError { field: "media type", expected: Expected::Keyword, offset: 0 })
            }
        }
    }

    /// Text of so many lines: `TEXT/PLAIN`. `7BIT` and no octets until that is changed.
    pub fn text(subtype: IString<'a>, lines: u64) -> Self {
        let media_type = IString(Cow::Borrowed(b"TEXT"));
        Self::new(MediaType { media_type, subtype }, Content::Text(Some(lines.min(MAX))))
    }

    /// A message of so many lines: `MESSAGE/RFC822`. `7BIT` and no octets until that is changed.
    ///
    /// # Errors
    /// Too many structures would stand in one another.
    pub fn message(envelope: Envelope<'a>, body: BodyStructure<'_>, lines: u64) -> Result<Self, ValueError> {
        Self::any_message(b"RFC822", envelope, body, lines)
    }

    /// A message with UTF-8 in its header: `MESSAGE/GLOBAL`. RFC 9755 section 6.
    ///
    /// # Errors
    /// Too many structures would stand in one another.
    pub fn global(envelope: Envelope<'a>, body: BodyStructure<'_>, lines: u64) -> Result<Self, ValueError> {
        Self::any_message(b"GLOBAL", envelope, body, lines)
    }

    fn any_message(
        subtype: &'static [u8],
        envelope: Envelope<'a>,
        body: BodyStructure<'_>,
        lines: u64,
    ) -> Result<Self, ValueError> {
        let media = MediaType {
            media_type: IString(Cow::Borrowed(b"MESSAGE")),
            subtype: IString(Cow::Borrowed(subtype)),
        };
        let (body, lines) = (Bodies::new([body])?, Some(lines.min(MAX)));
        Ok(Self::new(media, Content::Message(Message { envelope, body, lines })))
    }

    fn new(media: MediaType<'a>, content: Content<'a>) -> Self {
        let (fields, extension) = (BodyFields::default(), ExtensionData::default());
        Self { media, fields, content, md5: None, extension }
    }

    /// The media type: `TEXT` of `TEXT/PLAIN`.
    pub fn media_type(&self) -> &IString<'a> {
        &self.media.media_type
    }

    /// The media subtype: `PLAIN` of `TEXT/PLAIN`.
    pub fn subtype(&self) -> &IString<'a> {
        &self.media.subtype
    }

    /// What there is in it by its media type.
    pub fn content(&self) -> &Content<'a> {
        &self.content
    }

    /// Its lines, in its encoding, when it has any.
    pub fn lines(&self) -> Option<u64> {
        match &self.content {
            Content::Basic => None,
            Content::Text(lines) => *lines,
            Content::Message(message) => message.lines,
        }
    }

    /// The message in it.
    pub fn as_message(&self) -> Option<&Message<'a>> {
        match &self.content {
            Content::Message(message) => Some(message),
            Content::Basic | Content::Text(_) => None,
        }
    }

    /// What stands behind type and fields.
    ///
    /// ```abnf
    /// body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
    /// body-type-basic = media-basic SP body-fields
    /// body-type-text  = media-text SP body-fields SP body-fld-lines
    /// body-type-msg   = media-message SP body-fields SP envelope SP body SP body-fld-lines
    /// ```
    fn parse_behind(
        input: &'a [u8],
        cx: Cx,
        media: MediaType<'a>,
        fields: BodyFields<'a>,
    ) -> Parsed<'a, Self> {
        let (rest, content) = match Kind::of(&media, input, cx) {
            Kind::Basic => (input, Content::Basic),
            Kind::Text => {
                let (rest, lines) = lines(input, cx)?;
                (rest, Content::Text(lines))
            }
            Kind::Message => {
                let (rest, ()) = space(input, cx)?;
                let (rest, envelope) = Envelope::parse(rest, cx)?;
                let (rest, ()) = space(rest, cx)?;
                let (rest, body) = match no_body(rest, cx) {
                    Some(rest) => (rest, Bodies::NONE),
                    None => Bodies::parse_one(rest, cx)?,
                };
                let (rest, lines) = lines(rest, cx)?;
                (rest, Content::Message(Message { envelope, body, lines }))
            }
        };
        let (rest, (md5, extension)) = ext_1part(rest, cx)?;
        Ok((rest, Self { media, fields, content, md5, extension }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.media.encode(out);
        out.put(" ");
        self.fields.encode(out);
        if let Content::Message(message) = &self.content {
            out.put(" ");
            message.envelope.encode(out);
            out.put(" ");
            match message.body.is_empty() {
                true => out.put("()"),
                false => message.body.encode(out),
            }
        }
        if let Some(lines) = self.lines() {
            out.put(" ");
            out.number(lines);
        }
        write_ext_1part(&self.md5, &self.extension, out);
    }
}

part! {
    /// Parts beside one another.
    ///
    /// `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92)("IMAGE" "PNG" NIL NIL NIL "BASE64" 4554) "MIXED"`
    ///
    /// RFC 9051 section 9 (`body-type-mpart`).
    pub struct Multipart<'a> {
        /// The parts; none only when the server gave none.
        pub parts: Bodies<'a>,
        /// The media subtype: `MIXED` of `MULTIPART/MIXED`.
        pub subtype: IString<'a>,
        /// The parameters of the media type: `BOUNDARY`. The first of the extension data.
        pub parameters: Parameters<'a>,
        /// Disposition, language, location and what else may follow.
        pub extension: ExtensionData<'a>,
    }
}

impl<'a> Multipart<'a> {
    /// Of these parts.
    ///
    /// # Errors
    /// There is no part, or too many structures would stand in one another.
    pub fn new<'p>(
        parts: impl IntoIterator<Item = BodyStructure<'p>>,
        subtype: IString<'a>,
    ) -> Result<Self, ValueError> {
        let (parameters, extension) = (List::default(), ExtensionData::default());
        Ok(Self { parts: Bodies::new(parts)?, subtype, parameters, extension })
    }
}

/// ```abnf
/// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
/// ```
impl<'a> Wire<'a> for Multipart<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, parts) = Bodies::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, subtype) = IString::parse(rest, cx)?;
        let (rest, (parameters, extension)) = ext_mpart(rest, cx)?;
        Ok((rest, Self { parts, subtype, parameters, extension }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.parts.encode(out);
        if !self.parts.is_empty() {
            out.put(" ");
        }
        self.subtype.encode(out);
        write_ext_mpart(self.parts.is_empty(), &self.parameters, &self.extension, out);
    }
}

#[cfg(test)]
pub(crate) mod tests;
