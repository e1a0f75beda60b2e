//! CONVERT ([RFC 5259](https://www.rfc-editor.org/rfc/rfc5259)).

mod data;
mod media_type;

pub use self::data::{
    BadParameters, ConversionData, ConvertError, ConvertErrorCode, ConvertedBinary, ConvertedData,
    ConvertedHeader, ConvertedPart, MediaTypes, MissingParameters, Outcome,
};
pub use self::media_type::{MediaRange, MediaTypeName};
pub use crate::registry::{ConvertItem, ConvertedItem};

use crate::error::{Expected, ValueError};
use crate::grammar::class::space;
use crate::grammar::section::{Section, SectionText};
use crate::grammar::sequence::SequenceSet;
use crate::grammar::string::{AString, nil};
use crate::list::{List, OneOrMore};
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part};

part! {
    /// Which conversions a client asks about.
    ///
    /// `image/gif "*"`
    ///
    /// RFC 5259 section 5.1.
    pub struct Conversions<'a> {
        /// What there is.
        pub from: MediaRange<'a>,
        /// What is wanted.
        pub to: MediaRange<'a>,
    }
}

/// ```abnf
/// conversions-args = mime-type-req SP mime-type-req
/// ```
impl<'a> Wire<'a> for Conversions<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, from) = MediaRange::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, to) = MediaRange::parse(rest, cx)?;
        Ok((rest, Self { from, to }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.from.encode(out);
        out.put(" ");
        self.to.encode(out);
    }
}

part! {
    /// Messages whose parts a client wants converted.
    ///
    /// `2 ("text/plain" ("charset" "us-ascii")) BINARY[3]`
    ///
    /// RFC 5259 section 6.
    pub struct Convert<'a> {
        /// The messages.
        pub messages: SequenceSet<'a>,
        /// What to.
        pub target: ConvertTarget<'a>,
        /// What of them; one is written without parentheses.
        pub items: List<'a, ConvertItem<'a>>,
    }
}

/// ```abnf
/// convert-args = sequence-set SP convert-params SP (convert-att / "(" convert-att *(SP convert-att) ")")
/// ```
impl<'a> Wire<'a> for Convert<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, messages) = SequenceSet::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, target) = ConvertTarget::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, items) = OneOrMore::parse(rest, cx)?;
        Ok((rest, Self { messages, target, items }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.messages.encode(out);
        out.put(" ");
        self.target.encode(out);
        out.put(" ");
        OneOrMore::encode(&self.items, out);
    }
}

part! {
    /// What to convert to.
    ///
    /// `("text/plain" ("charset" "us-ascii"))`, `(NIL)`
    ///
    /// RFC 5259 section 6 (`convert-params`).
    pub struct ConvertTarget<'a> {
        /// The media type; `None` lets the server choose.
        pub media_type: Option<MediaTypeName<'a>>,
        /// How; not written when there are none.
        pub parameters: List<'a, TranscodingParameter<'a>>,
    }
}

/// ```abnf
/// convert-params = "(" (quoted-to-mime-type / "NIL") [SP "(" transcoding-params ")"] ")"
/// ```
impl<'a> Wire<'a> for ConvertTarget<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, media_type) = type_or_nil(rest, cx)?;
        let (rest, parameters) = optional_list(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { media_type, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        put_type_or_nil(self.media_type.as_ref(), out);
        put_optional_list(&self.parameters, out);
        out.put(")");
    }
}

fn type_or_nil(input: &[u8], cx: Cx) -> Parsed<'_, Option<MediaTypeName<'_>>> {
    match nil(input) {
        Ok((rest, ())) => Ok((rest, None)),
        Err(_) => MediaTypeName::parse(input, cx).map(|(rest, name)| (rest, Some(name))),
    }
}

fn put_type_or_nil(media_type: Option<&MediaTypeName<'_>>, out: &mut Writer<'_>) {
    match media_type {
        Some(name) => name.encode(out),
        None => out.put("NIL"),
    }
}

/// A space and a list, or nothing.
fn optional_list<'a, T: Wire<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T>> {
    match input {
        [b' ', b'(', ..] => List::parse(space(input, cx)?.0, cx),
        _ => Ok((input, List::default())),
    }
}

fn put_optional_list<'a, T: Wire<'a>>(list: &List<'a, T>, out: &mut Writer<'_>) {
    if !list.is_empty() {
        out.put(" ");
        list.encode(out);
    }
}

part! {
    /// How to convert: a media feature and its value.
    ///
    /// `"charset" "us-ascii"`, `pix-x 128`
    ///
    /// RFC 5259 section 10 (`transcoding-param`).
    pub struct TranscodingParameter<'a> {
        /// The feature, in any case.
        pub name: AString<'a>,
        /// Its value.
        pub value: AString<'a>,
    }
}

/// ```abnf
/// transcoding-param = astring SP astring
/// ```
impl<'a> Wire<'a> for TranscodingParameter<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = AString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = AString::parse(rest, cx)?;
        Ok((rest, Self { name, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// A header to convert: of the message, of a message in it, or of a part.
    ///
    /// `HEADER`, `1.2.HEADER`, `1.2.MIME`
    ///
    /// RFC 5259 section 6.
    #[derive(Debug)]
    pub struct ConvertHeader<'a>(Section<'a>);
}

impl<'a> ConvertHeader<'a> {
    /// Takes a section that is a whole header.
    ///
    /// # Errors
    /// It is something else.
    pub fn new(section: Section<'a>) -> Result<Self, ValueError> {
        match section.section_text() {
            Some(SectionText::Header | SectionText::Mime) => Ok(Self(section)),
            _ => Err(ValueError { field: "section", expected: Expected::Section, offset: 0 }),
        }
    }

    /// The section.
    pub fn section(&self) -> &Section<'a> {
        &self.0
    }
}

/// ```abnf
/// convert-header = "HEADER" / section-part (".HEADER" / ".MIME")
/// ```
impl<'a> Wire<'a> for ConvertHeader<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, section) = Section::parse(input, cx)?;
        match Self::new(section) {
            Ok(header) => Ok((rest, header)),
            Err(_) => Fail::at(input, Expected::Section),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

#[cfg(test)]
mod tests;
