//! ANNOTATE ([RFC 5257](https://www.rfc-editor.org/rfc/rfc5257)).

use crate::error::Expected;
use crate::ext::metadata::path_check;
use crate::grammar::class::{keyword, space};
use crate::grammar::mailbox::ListMailbox;
use crate::grammar::number::Nz;
use crate::grammar::string::{Checked, NString8, checked_astring, text};
use crate::list::{List, OneOrMore};
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part, plain, word};

fn entry_check(octets: &[u8]) -> Checked {
    path_check(octets, 0)
}

text! {
    /// The name of an annotation: a path.
    ///
    /// `/comment`, `/1.2/comment`, `/vendor/foobar/personality`
    ///
    /// 7-bit, without NUL, `*` and `%`, no part empty; case counts. What begins with a digit is about a part of the message.
    /// RFC 5257 section 3.2.1.
    pub struct AnnotationEntry<'a>: "entry", entry_check;
}

/// ```abnf
/// entry = astring ; a path, without "*" and "%"
/// ```
impl<'a> Wire<'a> for AnnotationEntry<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = checked_astring(input, cx, entry_check)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

fn attribute_check(octets: &[u8]) -> Checked {
    let mut before = None;
    for (place, &octet) in octets.iter().enumerate() {
        if matches!(octet, 0 | b'*' | b'%' | 128..) || (octet == b'.' && before == Some(b'.')) {
            return Err((Expected::Entry, place));
        }
        before = Some(octet);
    }
    match before {
        None | Some(b'.') => Err((Expected::Entry, octets.len())),
        Some(_) => Ok(()),
    }
}

text! {
    /// The name of an attribute of an annotation.
    ///
    /// `value`, `value.priv`, `size.shared`
    ///
    /// 7-bit, without NUL, `*` and `%`, no part empty; case counts. Without `.priv` or `.shared` it stands for both, which
    /// only a client may ask for. RFC 5257 sections 3.2.2 and 3.3.
    pub struct AnnotationAttribute<'a>: "attribute", attribute_check;
}

impl AnnotationAttribute<'_> {
    /// `value`: the text or the octets of the annotation, the user's own and that of all.
    pub const VALUE: Self = Self(alloc::borrow::Cow::Borrowed(b"value"));
    /// `value.priv`: the user's own.
    pub const VALUE_PRIV: Self = Self(alloc::borrow::Cow::Borrowed(b"value.priv"));
    /// `value.shared`: that of all.
    pub const VALUE_SHARED: Self = Self(alloc::borrow::Cow::Borrowed(b"value.shared"));
    /// `size`: how many octets the values have, as a string.
    pub const SIZE: Self = Self(alloc::borrow::Cow::Borrowed(b"size"));
    /// `size.priv`: of the user's own.
    pub const SIZE_PRIV: Self = Self(alloc::borrow::Cow::Borrowed(b"size.priv"));
    /// `size.shared`: of that of all.
    pub const SIZE_SHARED: Self = Self(alloc::borrow::Cow::Borrowed(b"size.shared"));
}

/// ```abnf
/// attrib = astring ; a name, without "*" and "%"
/// ```
impl<'a> Wire<'a> for AnnotationAttribute<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = checked_astring(input, cx, attribute_check)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

part! {
    /// Which annotations FETCH is to give back.
    ///
    /// `(/comment value)`, `((/comment /altsubject) (value.priv size.priv))`
    ///
    /// RFC 5257 section 4.3.
    pub struct FetchAnnotation<'a> {
        /// Names and patterns of them; one is written without parentheses.
        pub entries: List<'a, ListMailbox<'a>>,
        /// Attributes; one is written without parentheses.
        pub attributes: List<'a, AnnotationAttribute<'a>>,
    }
}

/// ```abnf
/// fetch-annotation = "(" entries SP attribs ")"
/// entries          = entry-match / "(" entry-match *(SP entry-match) ")"
/// attribs          = attrib / "(" attrib *(SP attrib) ")"
/// ```
impl<'a> Wire<'a> for FetchAnnotation<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, entries) = OneOrMore::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, attributes) = OneOrMore::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { entries, attributes }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        OneOrMore::encode(&self.entries, out);
        out.put(" ");
        OneOrMore::encode(&self.attributes, out);
        out.put(")");
    }
}

part! {
    /// An attribute and what it says.
    ///
    /// `value.priv "My comment"`
    ///
    /// RFC 5257 section 5 (`att-value`).
    pub struct AttributeValue<'a> {
        /// The attribute.
        pub attribute: AnnotationAttribute<'a>,
        /// The value; `NIL` removes it, or says that there is none.
        pub value: NString8<'a>,
    }
}

/// ```abnf
/// att-value = attrib SP (nstring / literal8)
/// ```
impl<'a> Wire<'a> for AttributeValue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, attribute) = AnnotationAttribute::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = NString8::parse(rest, cx)?;
        Ok((rest, Self { attribute, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.attribute.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// An annotation: of a message that is fetched, for one that is stored or appended.
    ///
    /// `/comment (value.priv "My comment" value.shared NIL)`
    ///
    /// RFC 5257 section 5 (`entry-att`).
    pub struct Annotation<'a> {
        /// The name.
        pub entry: AnnotationEntry<'a>,
        /// What its attributes say.
        pub values: List<'a, AttributeValue<'a>>,
    }
}

/// ```abnf
/// entry-att = entry SP "(" att-value *(SP att-value) ")"
/// ```
impl<'a> Wire<'a> for Annotation<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = AnnotationEntry::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, values) = List::parse(rest, cx)?;
        Ok((rest, Self { entry, values }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.entry.encode(out);
        out.put(" ");
        self.values.encode(out);
    }
}

part! {
    /// What FETCH says of a message's annotations.
    ///
    /// `(/comment (value.priv "My comment"))`, `(/comment /altsubject)`
    ///
    /// RFC 5257 section 4.4.
    pub enum Annotations<'a> {
        /// `(/comment (value.priv "My comment"))`: what was asked for.
        Values(List<'a, Annotation<'a>>),
        /// `(/comment /altsubject)`: these have changed.
        Changed(List<'a, AnnotationEntry<'a>>),
    }
}

/// ```abnf
/// annotations = "(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")"
/// ```
impl<'a> Wire<'a> for Annotations<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (inner, ()) = octet(input, b'(', Expected::Open)?;
        // What stands behind the first name tells.
        match AnnotationEntry::parse(crate::grammar::class::spaces(inner, cx), cx) {
            Ok(([b' ', after @ ..], _)) if crate::grammar::class::spaces(after, cx).starts_with(b"(") => {
                List::parse(input, cx).map(|(rest, list)| (rest, Self::Values(list)))
            }
            _ => List::parse(input, cx).map(|(rest, list)| (rest, Self::Changed(list))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Values(values) => values.encode(out),
            Self::Changed(names) => names.encode(out),
        }
    }
}

/// Whose value of an annotation.
///
/// `value.priv`
///
/// RFC 5257 section 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueOf {
    /// `value.priv`: the user's own.
    Private,
    /// `value.shared`: that of all.
    Shared,
}

plain!(ValueOf);

/// ```abnf
/// att-sort = "value.priv" / "value.shared"
/// ```
impl<'a> Wire<'a> for ValueOf {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = word(input, b"value.", Expected::Keyword)?;
        match keyword(rest)? {
            (rest, name) if name.eq_ignore_ascii_case(b"priv") => Ok((rest, Self::Private)),
            (rest, name) if name.eq_ignore_ascii_case(b"shared") => Ok((rest, Self::Shared)),
            _ => Fail::at(input, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::Private => "value.priv",
            Self::Shared => "value.shared",
        });
    }
}

part! {
    /// What SEARCH looks for in annotations.
    ///
    /// `/comment value "IMAP4"`, `* value.priv "IMAP4"`
    ///
    /// RFC 5257 section 4.8.
    pub struct SearchAnnotation<'a> {
        /// The name, or a pattern of names.
        pub entry: ListMailbox<'a>,
        /// Whose value; `None` is `value`, either of them.
        pub of: Option<ValueOf>,
        /// What is in it; `NIL` where there is none.
        pub value: NString8<'a>,
    }
}

/// ```abnf
/// search-annotation = entry-match SP att-search SP (nstring / literal8)
/// att-search        = "value" / "value.priv" / "value.shared"
/// ```
impl<'a> Wire<'a> for SearchAnnotation<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = ListMailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, of) = match keyword(rest)? {
            (rest, name) if name.eq_ignore_ascii_case(b"value") => (rest, None),
            _ => ValueOf::parse(rest, cx).map(|(rest, of)| (rest, Some(of)))?,
        };
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = NString8::parse(rest, cx)?;
        Ok((rest, Self { entry, of, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.entry.encode(out);
        out.put(" ");
        match self.of {
            None => out.put("value"),
            Some(of) => of.encode(out),
        }
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// An annotation to SORT by.
    ///
    /// `/altsubject value.shared`
    ///
    /// RFC 5257 section 4.9.
    pub struct SortAnnotation<'a> {
        /// The name.
        pub entry: AnnotationEntry<'a>,
        /// Whose value.
        pub of: ValueOf,
    }
}

/// ```abnf
/// sort-annotation = entry SP att-sort
/// ```
impl<'a> Wire<'a> for SortAnnotation<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = AnnotationEntry::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, of) = ValueOf::parse(rest, cx)?;
        Ok((rest, Self { entry, of }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.entry.encode(out);
        out.put(" ");
        self.of.encode(out);
    }
}

/// Which annotations the messages of a mailbox can have.
///
/// `20480 NOPRIVATE`, `READ-ONLY`, `NONE`
///
/// RFC 5257 section 4.1 (`ann-size`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnnotationSupport {
    /// `NONE`: none.
    None,
    /// `READ-ONLY`: the client cannot change them.
    ReadOnly {
        /// Whether there are private ones: no `NOPRIVATE`.
        private: bool,
    },
    /// `20480`: each up to so many octets.
    UpTo {
        /// The most octets.
        size: u32,
        /// Whether there can be private ones: no `NOPRIVATE`.
        private: bool,
    },
}

plain!(AnnotationSupport);

/// ```abnf
/// ann-size = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])
/// ```
impl<'a> Wire<'a> for AnnotationSupport {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, size) = match input {
            [b'0'..=b'9', ..] => {
                let (rest, size) = <Nz as Via<'a, u32>>::parse(input, cx)?;
                (rest, Some(size))
            }
            [b'N' | b'n', ..] => {
                return word(input, b"NONE", Expected::Keyword).map(|(rest, ())| (rest, Self::None));
            }
            _ => (word(input, b"READ-ONLY", Expected::Keyword)?.0, None),
        };
        let (rest, private) = match rest {
            [b' ', b'N' | b'n', ..] => (word(rest, b" NOPRIVATE", Expected::Keyword)?.0, false),
            _ => (rest, true),
        };
        match size {
            Some(size) => Ok((rest, Self::UpTo { size, private })),
            None => Ok((rest, Self::ReadOnly { private })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let private = match *self {
            Self::None => return out.put("NONE"),
            Self::ReadOnly { private } => {
                out.put("READ-ONLY");
                private
            }
            Self::UpTo { size, private } => {
                out.number(size.into());
                private
            }
        };
        if !private {
            out.put(" NOPRIVATE");
        }
    }
}

/// Why an annotation was not stored.
///
/// `TOOBIG`
///
/// RFC 5257 section 4.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnnotateCode {
    /// `TOOBIG`: it is too long.
    TooBig,
    /// `TOOMANY`: the message cannot have more of them.
    TooMany,
}

plain!(AnnotateCode);

/// ```abnf
/// annotate-code = "TOOBIG" / "TOOMANY"
/// ```
impl<'a> Wire<'a> for AnnotateCode {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match keyword(input)? {
            (rest, name) if name.eq_ignore_ascii_case(b"TOOBIG") => Ok((rest, Self::TooBig)),
            (rest, name) if name.eq_ignore_ascii_case(b"TOOMANY") => Ok((rest, Self::TooMany)),
            _ => Fail::at(input, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::TooBig => "TOOBIG",
            Self::TooMany => "TOOMANY",
        });
    }
}

#[cfg(test)]
pub(crate) mod tests;
