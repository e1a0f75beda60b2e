//! What a server says of conversions ([RFC 5259 sections 5 and 8](https://www.rfc-editor.org/rfc/rfc5259#section-8)).

use super::media_type::MediaTypeName;
use super::{
    ConvertHeader, TranscodingParameter, optional_list, put_optional_list, put_type_or_nil, type_or_nil,
};
use crate::error::Expected;
use crate::grammar::class::{keyword, space, spaces};
use crate::grammar::esearch::{AStringTag, TagString};
use crate::grammar::number::Nz;
use crate::grammar::section::{Closed, SectionPart, origin, put_origin};
use crate::grammar::string::{AString, IString, NString8};
use crate::grammar::text::{item_or_invalid, skip_item};
use crate::list::{Bare, List, SpacedOrEmpty};
use crate::registry::{ConvertedItem, Via};
use crate::wire::{Cx, Fail, IntoOwned, Parsed, Wire, Writer, octet, part, word};

part! {
    /// What came of a message.
    ///
    /// `(TAG "c000") (BINARY.SIZE[4] 3135)`
    ///
    /// RFC 5259 section 8.1.
    pub struct ConvertedData<'a> {
        /// The tag of the command.
        pub tag: TagString<'a>,
        /// What of the message; the UID first, where it is among them.
        pub items: List<'a, ConvertedItem<'a>>,
    }
}

/// ```abnf
/// converted-data = "(" "TAG" SP tag-string ")" SP "(" convert-msg-att *(SP convert-msg-att) ")"
/// ```
impl<'a> Wire<'a> for ConvertedData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, ()) = word(rest, b"TAG", Expected::Keyword)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, tag) = AStringTag::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, items) = List::parse(rest, cx)?;
        Ok((rest, Self { tag, items }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(TAG ");
        self.tag.encode(out);
        out.put(") ");
        self.items.encode(out);
    }
}

/// ```abnf
/// convert-msg-att = keyword SP value
/// ```
impl<'a> Wire<'a> for ConvertedItem<'a> {
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

/// What came of a conversion, or why nothing did.
///
/// `3135`, `(ERROR "not now" TEMPFAIL)`
///
/// RFC 5259 section 9.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome<'a, T> {
    /// What came of it.
    Done(T),
    /// Why nothing did.
    Failed(ConvertError<'a>),
}

impl<T: IntoOwned> IntoOwned for Outcome<'_, T> {
    type With<'s> = Outcome<'s, T::With<'s>>;

    fn into_owned(self) -> Outcome<'static, T::With<'static>> {
        match self {
            Self::Done(value) => Outcome::Done(value.into_owned()),
            Self::Failed(error) => Outcome::Failed(error.into_owned()),
        }
    }
}

/// Whether an error stands here; no other value begins so.
fn is_error(input: &[u8], cx: Cx) -> bool {
    match input {
        [b'(', rest @ ..] => word(spaces(rest, cx), b"ERROR ", Expected::Keyword).is_ok(),
        _ => false,
    }
}

/// ```abnf
/// outcome = value / converterror-phrase
/// ```
impl<'a, T: Wire<'a>> Wire<'a> for Outcome<'a, T> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match is_error(input, cx) {
            true => ConvertError::parse(input, cx).map(|(rest, error)| (rest, Self::Failed(error))),
            false => T::parse(input, cx).map(|(rest, value)| (rest, Self::Done(value))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Done(value) => value.encode(out),
            Self::Failed(error) => error.encode(out),
        }
    }
}

/// What came of a part: right behind the `[` of its item.
///
/// `4] 3135`, `3] (ERROR "not now" TEMPFAIL)`
///
/// RFC 5259 section 8.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConvertedPart<'a, T> {
    /// The part.
    pub part: SectionPart<'a>,
    /// What came of it.
    pub outcome: Outcome<'a, T>,
}

impl<T: IntoOwned> IntoOwned for ConvertedPart<'_, T> {
    type With<'s> = ConvertedPart<'s, T::With<'s>>;

    fn into_owned(self) -> ConvertedPart<'static, T::With<'static>> {
        ConvertedPart { part: self.part.into_owned(), outcome: self.outcome.into_owned() }
    }
}

/// ```abnf
/// converted-part = [section-part] "]" SP outcome
/// ```
impl<'a, T: Wire<'a>> Wire<'a> for ConvertedPart<'a, T> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, part) = Closed::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, outcome) = Outcome::parse(rest, cx)?;
        Ok((rest, Self { part, outcome }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.part, out);
        out.put(" ");
        self.outcome.encode(out);
    }
}

part! {
    /// The content that came of a part: right behind `BINARY[`.
    ///
    /// `4]<2001> {135}` CRLF and so many octets
    ///
    /// RFC 5259 section 6.
    pub struct ConvertedBinary<'a> {
        /// The part.
        pub part: SectionPart<'a>,
        /// Which octet of it is the first, counted from 0, when only some were asked for.
        pub origin: Option<u64>,
        /// The octets; NIL when there is no such part.
        pub outcome: Outcome<'a, NString8<'a>>,
    }
}

/// ```abnf
/// converted-binary = [section-part] "]" ["<" number ">"] SP (nstring / literal8 / converterror-phrase)
/// ```
impl<'a> Wire<'a> for ConvertedBinary<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, part) = Closed::parse(input, cx)?;
        let (rest, origin) = origin(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, outcome) = Outcome::parse(rest, cx)?;
        Ok((rest, Self { part, origin, outcome }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.part, out);
        put_origin(self.origin, out);
        out.put(" ");
        self.outcome.encode(out);
    }
}

part! {
    /// The header that came of one: right behind `BODY[`.
    ///
    /// `HEADER] {157}` CRLF and so many octets
    ///
    /// RFC 5259 section 6.
    pub struct ConvertedHeader<'a> {
        /// Whose header.
        pub header: ConvertHeader<'a>,
        /// The octets; NIL when there is no such part.
        pub outcome: Outcome<'a, NString8<'a>>,
    }
}

/// In the text and the examples of the RFC, not in its grammar.
///
/// ```abnf
/// converted-header = convert-header "]" SP (nstring / converterror-phrase)
/// ```
impl<'a> Wire<'a> for ConvertedHeader<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, header) = Closed::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, outcome) = Outcome::parse(rest, cx)?;
        Ok((rest, Self { header, outcome }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.header, out);
        out.put(" ");
        self.outcome.encode(out);
    }
}

part! {
    /// Media types that a part can be converted to: between two pairs of parentheses, so that they are no error.
    ///
    /// `(("image/jpeg" "application/postscript"))`
    ///
    /// RFC 5259 section 8.4 (`mimetype-list`).
    #[derive(Debug)]
    pub struct MediaTypes<'a>(pub List<'a, MediaTypeName<'a>, SpacedOrEmpty>);
}

/// ```abnf
/// mimetype-list = "(" "(" [quoted-to-mime-type *(SP quoted-to-mime-type)] ")" ")"
/// ```
impl<'a> Wire<'a> for MediaTypes<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, list) = List::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self(list)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.0.encode(out);
        out.put(")");
    }
}

part! {
    /// Why something was not converted.
    ///
    /// `(ERROR "Source text has non us-ascii" BADPARAMETERS "text/html" "text/plain" ("charset" "us-ascii"))`
    ///
    /// RFC 5259 section 9.
    pub struct ConvertError<'a> {
        /// Text for people.
        pub text: IString<'a>,
        /// What a program can act on.
        pub code: ConvertErrorCode<'a>,
    }
}

/// ```abnf
/// converterror-phrase = "(" "ERROR" SP string SP convert-error-code ")"
/// ```
impl<'a> Wire<'a> for ConvertError<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, ()) = word(spaces(rest, cx), b"ERROR", Expected::Keyword)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, text) = IString::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, code) = ConvertErrorCode::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { text, code }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(ERROR ");
        self.text.encode(out);
        out.put(" ");
        self.code.encode(out);
        out.put(")");
    }
}

part! {
    /// Why something was not converted, for programs.
    ///
    /// `TEMPFAIL 5`
    ///
    /// RFC 5259 section 9.
    pub enum ConvertErrorCode<'a> {
        /// `TEMPFAIL 5`: something is down; the client may try again, after so many minutes.
        TempFail(Option<u32>),
        /// `BADPARAMETERS "text/html" "text/plain" ("charset" "us-ascii")`: these are unknown or cannot be heeded.
        BadParameters(List<'a, BadParameters<'a>, Bare>),
        /// `MISSINGPARAMETERS "text/html" "text/plain"(charset)`: these are needed.
        MissingParameters(List<'a, MissingParameters<'a>, Bare>),
    }
}

/// ```abnf
/// convert-error-code = "TEMPFAIL" [SP nz-number]
///                    / "BADPARAMETERS" 1*(SP bad-params)
///                    / "MISSINGPARAMETERS" 1*(SP missing-params)
/// ```
impl<'a> Wire<'a> for ConvertErrorCode<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = keyword(input)?;
        if name.eq_ignore_ascii_case(b"TEMPFAIL") {
            return match rest {
                [b' ', b'0'..=b'9', ..] => {
                    let (rest, minutes) = <Nz as Via<'a, u32>>::parse(space(rest, cx)?.0, cx)?;
                    Ok((rest, Self::TempFail(Some(minutes))))
                }
                _ => Ok((rest, Self::TempFail(None))),
            };
        }
        if name.eq_ignore_ascii_case(b"BADPARAMETERS") {
            return List::parse(space(rest, cx)?.0, cx).map(|(rest, list)| (rest, Self::BadParameters(list)));
        }
        if name.eq_ignore_ascii_case(b"MISSINGPARAMETERS") {
            return List::parse(space(rest, cx)?.0, cx)
                .map(|(rest, list)| (rest, Self::MissingParameters(list)));
        }
        Fail::at(input, Expected::Keyword)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::TempFail(minutes) => {
                out.put("TEMPFAIL");
                if let Some(minutes) = minutes {
                    out.put(" ");
                    minutes.encode(out);
                }
            }
            Self::BadParameters(list) => {
                out.put("BADPARAMETERS ");
                list.encode(out);
            }
            Self::MissingParameters(list) => {
                out.put("MISSINGPARAMETERS ");
                list.encode(out);
            }
        }
    }
}

part! {
    /// Parameters that a conversion does not take.
    ///
    /// `"text/html" "text/plain" ("charset" "us-ascii")`
    ///
    /// RFC 5259 section 9.
    pub struct BadParameters<'a> {
        /// What there is; `None` when there is no such part.
        pub from: Option<MediaTypeName<'a>>,
        /// What was wanted.
        pub to: MediaTypeName<'a>,
        /// The parameters; none when the one cannot be converted to the other at all.
        pub parameters: List<'a, TranscodingParameter<'a>>,
    }
}

/// ```abnf
/// bad-params = (quoted-from-mime-type / nil) SP quoted-to-mime-type [SP "(" transcoding-params ")"]
/// ```
impl<'a> Wire<'a> for BadParameters<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, from) = type_or_nil(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, to) = MediaTypeName::parse(rest, cx)?;
        let (rest, parameters) = optional_list(rest, cx)?;
        Ok((rest, Self { from, to, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        put_type_or_nil(self.from.as_ref(), out);
        out.put(" ");
        self.to.encode(out);
        put_optional_list(&self.parameters, out);
    }
}

part! {
    /// Parameters that a conversion needs.
    ///
    /// `"text/html" "text/plain"(charset)`: without a space, by the grammar
    ///
    /// RFC 5259 section 9.
    pub struct MissingParameters<'a> {
        /// What there is.
        pub from: MediaTypeName<'a>,
        /// What was wanted.
        pub to: MediaTypeName<'a>,
        /// The names of the parameters.
        pub names: List<'a, AString<'a>>,
    }
}

/// ```abnf
/// missing-params = quoted-from-mime-type SP quoted-to-mime-type "(" transcoding-param-names ")"
/// ```
impl<'a> Wire<'a> for MissingParameters<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, from) = MediaTypeName::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, to) = MediaTypeName::parse(rest, cx)?;
        // As BADPARAMETERS has it.
        let (rest, names) = List::parse(spaces(rest, cx), cx)?;
        Ok((rest, Self { from, to, names }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.from.encode(out);
        out.put(" ");
        self.to.encode(out);
        self.names.encode(out);
    }
}

part! {
    /// A conversion that a server can do.
    ///
    /// `"image/gif" "image/jpeg" ("pix-y" "pix-x" "image-interleave")`
    ///
    /// RFC 5259 section 5.2.
    pub struct ConversionData<'a> {
        /// What it is for.
        pub from: MediaTypeName<'a>,
        /// What comes of it.
        pub to: MediaTypeName<'a>,
        /// The parameters that it takes.
        pub names: List<'a, AString<'a>>,
    }
}

/// ```abnf
/// conversion-data = quoted-from-mime-type SP quoted-to-mime-type [SP "(" astring *(SP astring) ")"]
/// ```
impl<'a> Wire<'a> for ConversionData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, from) = MediaTypeName::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, to) = MediaTypeName::parse(rest, cx)?;
        let (rest, names) = optional_list(rest, cx)?;
        Ok((rest, Self { from, to, names }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.from.encode(out);
        out.put(" ");
        self.to.encode(out);
        put_optional_list(&self.names, out);
    }
}
