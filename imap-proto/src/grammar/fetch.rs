//! FETCH ([RFC 9051 section 6.4.5](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5), with the modifiers of
//! [RFC 4466 section 2.4](https://www.rfc-editor.org/rfc/rfc4466#section-2.4)).

mod data;

use alloc::borrow::Cow;

pub use self::data::{BinarySection, BinarySize, BodySection};
pub(crate) use self::data::{DateOrNil, item_name};
pub use crate::registry::{FetchAttribute, FetchItem, FetchModifier};

use crate::ext::preview::PreviewModifier;
use crate::grammar::class::space;
use crate::grammar::section::{Closed, Partial, Section, SectionPart};
use crate::grammar::sequence::SequenceSet;
use crate::grammar::tagged_ext::{parameters, put_parameters};
use crate::list::List;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, before, key, part};

part! {
    /// Which messages FETCH is about, and what of them.
    ///
    /// `2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])`, `1:* (FLAGS) (CHANGEDSINCE 12345)`
    ///
    /// RFC 9051 section 6.4.5, RFC 4466 section 2.4.
    pub struct Fetch<'a> {
        /// The messages: numbers, or UIDs in UID FETCH.
        pub set: SequenceSet<'a>,
        /// What of them.
        pub attributes: FetchAttributes<'a>,
        /// Modifiers; may be none.
        pub modifiers: List<'a, FetchModifier<'a>>,
    }
}

impl<'a> Fetch<'a> {
    /// FETCH without modifiers.
    pub fn new(set: SequenceSet<'a>, attributes: impl Into<FetchAttributes<'a>>) -> Self {
        Self { set, attributes: attributes.into(), modifiers: List::default() }
    }
}

/// ```abnf
/// fetch           = "FETCH" SP sequence-set SP
///                   ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
/// fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"
/// ```
impl<'a> Wire<'a> for Fetch<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, set) = SequenceSet::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, attributes) = FetchAttributes::parse(rest, cx)?;
        let (rest, modifiers) = parameters(rest, cx)?;
        Ok((rest, Self { set, attributes, modifiers }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.set.encode(out);
        out.put(" ");
        self.attributes.encode(out);
        put_parameters(&self.modifiers, out);
    }
}

part! {
    /// What FETCH asks of messages.
    ///
    /// `(FLAGS UID)`, `ALL`
    ///
    /// RFC 9051 section 6.4.5.
    pub enum FetchAttributes<'a> {
        /// `ALL`: `(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)`.
        All,
        /// `FAST`: `(FLAGS INTERNALDATE RFC822.SIZE)`.
        Fast,
        /// `FULL`: `(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)`.
        Full,
        /// `(FLAGS UID)`; `FLAGS` alone is read, too.
        List(List<'a, FetchAttribute<'a>>),
    }
}

impl<'a> FetchAttributes<'a> {
    /// All that is asked, with what the macros stand for.
    ///
    /// ```
    /// use imap_proto::fetch::{FetchAttribute, FetchAttributes};
    ///
    /// let fast = [FetchAttribute::Flags, FetchAttribute::InternalDate, FetchAttribute::Rfc822Size];
    /// assert!(FetchAttributes::Fast.iter().eq(fast));
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = FetchAttribute<'_>> {
        use FetchAttribute::{Body, Envelope, Flags, InternalDate, Rfc822Size};
        const MACRO: [FetchAttribute<'static>; 5] = [Flags, InternalDate, Rfc822Size, Envelope, Body];
        let (meant, list) = match self {
            Self::Fast => (3, None),
            Self::All => (4, None),
            Self::Full => (5, None),
            Self::List(list) => (0, Some(list)),
        };
        MACRO.into_iter().take(meant).chain(list.into_iter().flatten())
    }
}

impl<'a, const N: usize> From<[FetchAttribute<'a>; N]> for FetchAttributes<'a> {
    fn from(attributes: [FetchAttribute<'a>; N]) -> Self {
        Self::List(attributes.into())
    }
}

impl<'a> From<List<'a, FetchAttribute<'a>>> for FetchAttributes<'a> {
    fn from(attributes: List<'a, FetchAttribute<'a>>) -> Self {
        Self::List(attributes)
    }
}

/// ```abnf
/// "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"
/// ```
impl<'a> Wire<'a> for FetchAttributes<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'(', ..] = input {
            return List::parse(input, cx).map(|(rest, list)| (rest, Self::List(list)));
        }
        let (after, name) = item_name(input)?;
        let which = match key(name) {
            word if word == const { key(b"ALL") } => Self::All,
            word if word == const { key(b"FAST") } => Self::Fast,
            word if word == const { key(b"FULL") } => Self::Full,
            word if word == const { key(b"PREVIEW") } && !is_lazy(after, cx) => {
                Self::List([FetchAttribute::Preview(List::default())].into())
            }
            _ => {
                let (rest, one) = FetchAttribute::parse(input, cx)?;
                let list = match cx.is_lenient() {
                    // As it ought to be written.
                    true => [one].into(),
                    false => List::of(Cow::Borrowed(before(input, rest))),
                };
                return Ok((rest, Self::List(list)));
            }
        };
        Ok((after, which))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::All => out.put("ALL"),
            Self::Fast => out.put("FAST"),
            Self::Full => out.put("FULL"),
            Self::List(list) => list.encode(out),
        }
    }
}

/// Whether what stands behind PREVIEW is its own; anything but LAZY modifies FETCH, as in `PREVIEW (CHANGEDSINCE 1)`.
fn is_lazy(input: &[u8], cx: Cx) -> bool {
    let list = match input {
        [b' ', list @ ..] => List::<'_, PreviewModifier<'_>>::parse(list, cx),
        _ => return false,
    };
    list.is_ok_and(|(_, list)| list.iter().all(|modifier| modifier == PreviewModifier::Lazy))
}

part! {
    /// Which section of a message is asked for.
    ///
    /// `BODY[TEXT]<0.1024>`
    ///
    /// RFC 9051 section 6.4.5.
    pub struct BodyRequest<'a> {
        /// The section.
        pub section: Section<'a>,
        /// Which of its octets; `None` for all.
        pub partial: Option<Partial>,
    }
}

impl<'a> From<Section<'a>> for BodyRequest<'a> {
    /// All of the section.
    fn from(section: Section<'a>) -> Self {
        Self { section, partial: None }
    }
}

/// Behind `BODY[`.
///
/// ```abnf
/// section-spec "]" [partial]
/// ```
impl<'a> Wire<'a> for BodyRequest<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, section) = Closed::parse(input, cx)?;
        let (rest, partial) = partial(rest, cx)?;
        Ok((rest, Self { section, partial }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.section, out);
        if let Some(partial) = &self.partial {
            partial.encode(out);
        }
    }
}

fn partial(input: &[u8], cx: Cx) -> Parsed<'_, Option<Partial>> {
    match input {
        [b'<', ..] => Partial::parse(input, cx).map(|(rest, partial)| (rest, Some(partial))),
        _ => Ok((input, None)),
    }
}

part! {
    /// Which part of a message is asked for without its transfer encoding.
    ///
    /// `BINARY[1.2]<0.1024>`
    ///
    /// RFC 9051 section 6.4.5, RFC 3516 section 4.2.
    pub struct BinaryRequest<'a> {
        /// The part.
        pub part: SectionPart<'a>,
        /// Which of its octets; `None` for all.
        pub partial: Option<Partial>,
    }
}

impl<'a> From<SectionPart<'a>> for BinaryRequest<'a> {
    /// All of the part.
    fn from(part: SectionPart<'a>) -> Self {
        Self { part, partial: None }
    }
}

/// Behind `BINARY[`.
///
/// ```abnf
/// [section-part] "]" [partial]
/// ```
impl<'a> Wire<'a> for BinaryRequest<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, part) = Closed::parse(input, cx)?;
        let (rest, partial) = partial(rest, cx)?;
        Ok((rest, Self { part, partial }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Closed::encode(&self.part, out);
        if let Some(partial) = &self.partial {
            partial.encode(out);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
