//! What stands in every part of a message: media type, parameters, encoding, and the extension data
//! ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::error::Expected;
use crate::grammar::body::extension::BodyExtensions;
use crate::grammar::class::{close, open, space};
use crate::grammar::number::put_number;
use crate::grammar::string::{IString, nil};
use crate::list::{List, OrNil};
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, part, plain};

part! {
    /// The media type of a part.
    ///
    /// `"TEXT" "PLAIN"`
    ///
    /// RFC 2045 section 5.1.
    pub struct MediaType<'a> {
        /// `TEXT` of `TEXT/PLAIN`.
        pub media_type: IString<'a>,
        /// `PLAIN` of `TEXT/PLAIN`.
        pub subtype: IString<'a>,
    }
}

impl MediaType<'_> {
    /// Whether it is this one, upper and lower case alike.
    pub fn is(&self, media_type: &str, subtype: &str) -> bool {
        is(&self.media_type, media_type) && is(&self.subtype, subtype)
    }
}

/// Whether `string` is `word`, upper and lower case alike.
fn is(string: &IString<'_>, word: &str) -> bool {
    string.as_bytes().eq_ignore_ascii_case(word.as_bytes())
}

/// ```abnf
/// media-basic   = string SP media-subtype
/// media-subtype = string
/// ```
impl<'a> Wire<'a> for MediaType<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, media_type) = IString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, subtype) = IString::parse(rest, cx)?;
        Ok((rest, Self { media_type, subtype }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.media_type.encode(out);
        out.put(" ");
        self.subtype.encode(out);
    }
}

part! {
    /// What every part has.
    ///
    /// `("CHARSET" "US-ASCII" "NAME" "trip.txt") "<960723@example.com>" "Your trip details" "BASE64" 4554`
    ///
    /// The default is an empty part in `7BIT`. RFC 9051 section 9 (`body-fields`).
    pub struct BodyFields<'a> {
        /// The parameters of the media type.
        pub parameters: Parameters<'a>,
        /// `Content-ID`.
        pub id: Option<IString<'a>>,
        /// `Content-Description`.
        pub description: Option<IString<'a>>,
        /// `Content-Transfer-Encoding`.
        pub encoding: IString<'a>,
        /// Its size in octets, in its encoding; at most 63 bits.
        pub octets: u64,
    }
}

impl BodyFields<'_> {
    /// The encoding, when it is one of RFC 2045.
    pub fn encoding(&self) -> Option<Encoding> {
        let known = Encoding::ALL.iter().find(|(_, name)| is(&self.encoding, name));
        known.map(|&(encoding, _)| encoding)
    }
}

impl Default for BodyFields<'_> {
    fn default() -> Self {
        Self {
            parameters: List::default(),
            id: None,
            description: None,
            encoding: IString(Cow::Borrowed(SEVEN_BIT)),
            octets: 0,
        }
    }
}

/// What is meant where no encoding is given. RFC 2045 section 6.1.
const SEVEN_BIT: &[u8] = b"7BIT";

/// ```abnf
/// body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
/// ```
impl<'a> Wire<'a> for BodyFields<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, parameters) = OrNil::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, id) = Wire::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, description) = Wire::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, encoding) = match rest {
            [b'N' | b'n', ..] if cx.tolerates(Leniency::NIL_STRING) && nil(rest).is_ok() => {
                (nil(rest)?.0, IString(Cow::Borrowed(SEVEN_BIT)))
            }
            _ => IString::parse(rest, cx)?,
        };
        let (rest, ()) = space(rest, cx)?;
        let (rest, octets) = size(rest, cx)?;
        Ok((rest, Self { parameters, id, description, encoding, octets }))
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        if cx.is_lenient() {
            return Self::parse(input, cx).map(|(rest, _)| (rest, ()));
        }
        let string = <Option<IString<'a>> as Wire<'a>>::skip;
        let (rest, ()) = <OrNil as Via<'a, Parameters<'a>>>::skip(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, ()) = string(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, ()) = string(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, ()) = IString::skip(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        u64::skip(rest, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        OrNil::encode(&self.parameters, out);
        out.put(" ");
        self.id.encode(out);
        out.put(" ");
        self.description.encode(out);
        out.put(" ");
        self.encoding.encode(out);
        out.put(" ");
        put_number(self.octets, out);
    }
}

/// A number; 0 for one below it.
#[inline]
fn size(input: &[u8], cx: Cx) -> Parsed<'_, u64> {
    match input {
        [b'-', digits @ ..] if cx.tolerates(Leniency::NEGATIVE_NUMBER) => {
            u64::parse(digits, cx).map(|(rest, _)| (rest, 0))
        }
        _ => u64::parse(input, cx),
    }
}

/// A space and the number of lines. Where they may be missing, it is told from what else may stand there by its digits.
#[inline]
pub(super) fn lines(input: &[u8], cx: Cx) -> Parsed<'_, Option<u64>> {
    let lines = space(input, cx).and_then(|(rest, ())| size(rest, cx));
    match lines {
        Ok((rest, lines)) => Ok((rest, Some(lines))),
        Err(error) => match input {
            [b' ', b'0'..=b'9' | b'-', ..] => Err(error),
            _ if cx.tolerates(Leniency::MISSING_LINES) => Ok((input, None)),
            _ => Err(error),
        },
    }
}

/// How a part is encoded.
///
/// RFC 2045 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `7BIT`: not at all; ASCII.
    SevenBit,
    /// `8BIT`: not at all.
    EightBit,
    /// `BINARY`: not at all, and there need be no lines.
    Binary,
    /// `BASE64`.
    Base64,
    /// `QUOTED-PRINTABLE`.
    QuotedPrintable,
}

impl Encoding {
    const ALL: [(Self, &'static str); 5] = [
        (Self::SevenBit, "7BIT"),
        (Self::EightBit, "8BIT"),
        (Self::Binary, "BINARY"),
        (Self::Base64, "BASE64"),
        (Self::QuotedPrintable, "QUOTED-PRINTABLE"),
    ];
}

/// The parameters of a media type or a disposition. None of them is `NIL` on the wire.
///
/// `("CHARSET" "US-ASCII" "NAME" "trip.txt")`
///
/// RFC 9051 section 7.5.2.
pub type Parameters<'a> = List<'a, Parameter<'a>>;

impl<'a> List<'a, Parameter<'a>> {
    /// The value of the first parameter of this name, upper and lower case alike.
    pub fn value(&self, name: &str) -> Option<IString<'_>> {
        self.iter().find(|parameter| is(&parameter.name, name)).map(|parameter| parameter.value)
    }
}

part! {
    /// A parameter of a media type or a disposition.
    ///
    /// `"CHARSET" "US-ASCII"`
    ///
    /// RFC 9051 section 7.5.2.
    pub struct Parameter<'a> {
        /// Its name.
        pub name: IString<'a>,
        /// Its value, as it stands in the message: not decoded.
        pub value: IString<'a>,
    }
}

/// ```abnf
/// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
/// ```
impl<'a> Wire<'a> for Parameter<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = IString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = IString::parse(rest, cx)?;
        Ok((rest, Self { name, value }))
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let (rest, ()) = IString::skip(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        IString::skip(rest, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// What may follow a structure in BODYSTRUCTURE.
    ///
    /// ` ("ATTACHMENT" ("FILENAME" "trip.txt")) "en" NIL`
    ///
    /// The default has nothing. What is read is written with as many fields as it had, and two are equal when they say the same,
    /// however many there were. RFC 9051 section 9 (`body-ext-1part`).
    pub struct ExtensionData<'a> {
        /// `Content-Disposition`.
        pub disposition: Option<Disposition<'a>>,
        /// `Content-Language`.
        pub language: Languages<'a>,
        /// `Content-Location`.
        pub location: Option<IString<'a>>,
        /// What no RFC has given a meaning.
        pub extensions: BodyExtensions<'a>,
        given: Given,
    }
}

/// Languages of a part. None of them is `NIL` on the wire.
///
/// `("en" "de")`
///
/// RFC 9051 section 7.5.2.
pub type Languages<'a> = List<'a, IString<'a>>;

/// How many fields of extension data were there: the first of them is not the same in all structures.
#[derive(Clone, Copy, Debug, Default)]
struct Given(u8);

impl Given {
    const NONE: Self = Self(0);
    const FIRST: Self = Self(1);
    const DISPOSITION: Self = Self(2);
    const LANGUAGE: Self = Self(3);
    const LOCATION: Self = Self(4);
}

plain!(Given);

/// What is not there says as much as what is NIL.
impl PartialEq for Given {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Given {}

impl Hash for Given {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Default for ExtensionData<'_> {
    fn default() -> Self {
        Self {
            disposition: None,
            language: List::default(),
            location: None,
            extensions: BodyExtensions::NONE,
            given: Given::NONE,
        }
    }
}

impl ExtensionData<'_> {
    /// Whether the structure came with extension data, be it all NIL: a server has to be asked for BODYSTRUCTURE to tell.
    pub fn is_given(&self) -> bool {
        self.fields() > Given::NONE.0
    }

    /// The same, to be written with no more fields than say something.
    pub(super) fn needed(self) -> Self {
        Self { given: Given::NONE, ..self }
    }

    /// How many fields have to be written.
    fn fields(&self) -> u8 {
        let Self { disposition, language, location, extensions, given } = self;
        let needed = if location.is_some() || !extensions.is_empty() {
            Given::LOCATION
        } else if !language.is_empty() {
            Given::LANGUAGE
        } else if disposition.is_some() {
            Given::DISPOSITION
        } else {
            Given::NONE
        };
        needed.0.max(given.0)
    }
}

/// What stands behind the first field.
///
/// ```abnf
/// body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
/// ```
impl<'a> Wire<'a> for ExtensionData<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let mut data = Self { given: Given::FIRST, ..Self::default() };
        let Some(rest) = more(input, cx) else { return Ok((input, data)) };
        let (input, disposition) = Option::<Disposition<'a>>::parse(rest, cx)?;
        (data.disposition, data.given) = (disposition, Given::DISPOSITION);
        let Some(rest) = more(input, cx) else { return Ok((input, data)) };
        let (input, language) = OneOrList::parse(rest, cx)?;
        (data.language, data.given) = (language, Given::LANGUAGE);
        let Some(rest) = more(input, cx) else { return Ok((input, data)) };
        let (input, location) = Wire::parse(rest, cx)?;
        (data.location, data.given) = (location, Given::LOCATION);
        let Some(rest) = more(input, cx) else { return Ok((input, data)) };
        let (rest, extensions) = BodyExtensions::parse(rest, cx)?;
        data.extensions = extensions;
        Ok((rest, data))
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let Some(rest) = more(input, cx) else { return Ok((input, ())) };
        let (input, ()) = Option::<Disposition<'a>>::skip(rest, cx)?;
        let Some(rest) = more(input, cx) else { return Ok((input, ())) };
        let (input, ()) = <OneOrList as Via<'a, Languages<'a>>>::skip(rest, cx)?;
        let Some(rest) = more(input, cx) else { return Ok((input, ())) };
        let (input, ()) = Option::<IString<'a>>::skip(rest, cx)?;
        let Some(rest) = more(input, cx) else { return Ok((input, ())) };
        BodyExtensions::skip(rest, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let fields = self.fields();
        if fields >= Given::DISPOSITION.0 {
            out.put(" ");
            self.disposition.encode(out);
        }
        if fields >= Given::LANGUAGE.0 {
            out.put(" ");
            OneOrList::encode(&self.language, out);
        }
        if fields >= Given::LOCATION.0 {
            out.put(" ");
            self.location.encode(out);
        }
        if !self.extensions.is_empty() {
            out.put(" ");
            self.extensions.encode(out);
        }
    }
}

/// What is behind the space, if there is one with another field behind it.
#[inline]
fn more(input: &[u8], cx: Cx) -> Option<&[u8]> {
    match input {
        [b' ', b')', ..] if cx.tolerates(Leniency::TRAILING_SPACE) => None,
        [b' ', ..] => space(input, cx).ok().map(|(rest, ())| rest),
        _ => None,
    }
}

/// A space and the extension data of a single part, or nothing.
#[inline]
pub(super) fn ext_1part(input: &[u8], cx: Cx) -> Parsed<'_, (Option<IString<'_>>, ExtensionData<'_>)> {
    let Some(rest) = more(input, cx) else { return Ok((input, (None, ExtensionData::default()))) };
    let (rest, md5) = Wire::parse(rest, cx)?;
    let (rest, data) = ExtensionData::parse(rest, cx)?;
    Ok((rest, (md5, data)))
}

/// A space and the extension data of a multipart, or nothing.
///
/// ```abnf
/// body-ext-mpart = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
/// ```
#[inline]
pub(super) fn ext_mpart(input: &[u8], cx: Cx) -> Parsed<'_, (Parameters<'_>, ExtensionData<'_>)> {
    let Some(rest) = more(input, cx) else { return Ok((input, (List::default(), ExtensionData::default()))) };
    let (rest, parameters) = OrNil::parse(rest, cx)?;
    let (rest, data) = ExtensionData::parse(rest, cx)?;
    Ok((rest, (parameters, data)))
}

/// [`ext_1part`] and [`ext_mpart`] that are not kept.
#[inline]
pub(super) fn skip_ext<'a>(
    input: &'a [u8],
    cx: Cx,
    first: impl FnOnce(&'a [u8], Cx) -> Parsed<'a, ()>,
) -> Parsed<'a, ()> {
    let Some(rest) = more(input, cx) else { return Ok((input, ())) };
    let (rest, ()) = first(rest, cx)?;
    ExtensionData::skip(rest, cx)
}

/// What [`ext_1part`] reads.
pub(super) fn write_ext_1part(md5: &Option<IString<'_>>, data: &ExtensionData<'_>, out: &mut Writer<'_>) {
    if md5.is_some() || data.is_given() {
        out.put(" ");
        md5.encode(out);
        data.encode(out);
    }
}

/// What [`ext_mpart`] reads. Where there are no parts before it, an empty list of parameters is `()`, as NIL could be taken for
/// the subtype of a part.
pub(super) fn write_ext_mpart(
    childless: bool,
    parameters: &Parameters<'_>,
    data: &ExtensionData<'_>,
    out: &mut Writer<'_>,
) {
    if !parameters.is_empty() || data.is_given() {
        out.put(" ");
        if childless {
            parameters.encode(out)
        } else {
            OrNil::encode(parameters, out)
        }
        data.encode(out);
    }
}

part! {
    /// How a part is to be shown.
    ///
    /// `("ATTACHMENT" ("FILENAME" "trip.txt"))`
    ///
    /// RFC 2183.
    pub struct Disposition<'a> {
        /// `INLINE`, `ATTACHMENT`, or another word.
        pub kind: IString<'a>,
        /// `FILENAME` and the like.
        pub parameters: Parameters<'a>,
    }
}

impl Disposition<'_> {
    /// Whether it is this one, upper and lower case alike.
    pub fn is(&self, kind: &str) -> bool {
        is(&self.kind, kind)
    }
}

impl fmt::Display for MediaType<'_> {
    /// `TEXT/PLAIN`; what is not printable is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.media_type.as_bytes().escape_ascii(), self.subtype.as_bytes().escape_ascii())
    }
}

/// ```abnf
/// body-fld-dsp = "(" string SP body-fld-param ")" / nil
/// ```
impl<'a> Wire<'a> for Option<Disposition<'a>> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let loose = cx.tolerates(Leniency::LOOSE_DISPOSITION);
        let Ok((inner, ())) = open(input, cx) else {
            return match nil(input) {
                Ok((rest, ())) => Ok((rest, None)),
                // Exchange: `"inline"`.
                Err(_) if loose => {
                    let (rest, kind) = IString::parse(input, cx)?;
                    Ok((rest, Some(Disposition { kind, parameters: List::default() })))
                }
                Err(_) => Fail::at(input, Expected::Open),
            };
        };
        // Exchange: `(NIL NIL)`.
        let (rest, kind) = match nil(inner) {
            Ok((rest, ())) if loose => (rest, None),
            _ => IString::parse(inner, cx).map(|(rest, kind)| (rest, Some(kind)))?,
        };
        let (rest, ()) = space(rest, cx)?;
        let (rest, parameters) = OrNil::parse(rest, cx)?;
        let (rest, ()) = close(rest, cx)?;
        let disposition = match kind {
            None if parameters.is_empty() => None,
            kind => Some(Disposition { kind: kind.unwrap_or(IString(Cow::Borrowed(b""))), parameters }),
        };
        Ok((rest, disposition))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let Some(Disposition { kind, parameters }) = self else { return out.put("NIL") };
        out.put("(");
        kind.encode(out);
        out.put(" ");
        OrNil::encode(parameters, out);
        out.put(")");
    }
}

/// ```abnf
/// body-fld-lang = nstring / "(" string *(SP string) ")"
/// ```
enum OneOrList {}

impl<'a> Via<'a, Languages<'a>> for OneOrList {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Languages<'a>> {
        if let [b'(', ..] = input {
            return List::parse(input, cx);
        }
        let (rest, language) = Option::<IString<'a>>::parse(input, cx)?;
        let languages = match language {
            None => List::default(),
            Some(language) if cx.is_lenient() && !cx.known() => [language].into(),
            // The text of one string is the text of a list of it.
            Some(_) => List::of(Cow::Borrowed(before(input, rest))),
        };
        Ok((rest, languages))
    }

    fn encode(value: &Languages<'a>, out: &mut Writer<'_>) {
        OrNil::encode(value, out);
    }
}
