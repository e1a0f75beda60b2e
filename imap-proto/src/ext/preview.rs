//! PREVIEW ([RFC 8970](https://www.rfc-editor.org/rfc/rfc8970)), and its forerunner SNIPPET
//! ([draft](https://datatracker.ietf.org/doc/draft-ietf-extra-imap-fetch-snippet/00/)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::string::{Atom, IString};
use crate::list::List;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, part};

part! {
    /// How a preview is to be made.
    ///
    /// `LAZY`
    ///
    /// RFC 8970 section 3.1.
    pub enum PreviewModifier<'a> {
        /// `LAZY`: only if it costs the server next to nothing.
        Lazy,
        /// Another one.
        Other(OtherModifier<'a>),
    }
}

part! {
    /// A modifier of PREVIEW or an algorithm of SNIPPET without a name in this crate.
    ///
    /// `X-EAGER`
    ///
    /// RFC 8970 section 3.1.
    #[derive(Debug)]
    pub struct OtherModifier<'a>(Atom<'a>);
}

impl OtherModifier<'_> {
    /// Its name, as written.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// ```abnf
/// preview-mod = "LAZY"
/// ```
impl<'a> Wire<'a> for PreviewModifier<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = Atom::parse(input, cx)?;
        Ok((
            rest,
            match name.as_bytes() {
                lazy if lazy.eq_ignore_ascii_case(b"LAZY") => Self::Lazy,
                _ => Self::Other(OtherModifier(name)),
            },
        ))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Lazy => out.put("LAZY"),
            Self::Other(other) => other.0.encode(out),
        }
    }
}

part! {
    /// How a snippet is to be made: the first that the server has.
    ///
    /// `LAZY=FUZZY`
    ///
    /// draft-ietf-extra-imap-fetch-snippet-00 section 3.1.
    pub enum SnippetAlgorithm<'a> {
        /// `FUZZY`: as the server likes.
        Fuzzy,
        /// `LAZY=FUZZY`: the same, but only if it costs the server next to nothing.
        LazyFuzzy,
        /// Another one.
        Other(OtherModifier<'a>),
    }
}

/// ```abnf
/// snippet-alg = ["LAZY="] atom
/// ```
impl<'a> Wire<'a> for SnippetAlgorithm<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = Atom::parse(input, cx)?;
        Ok((
            rest,
            match name.as_bytes() {
                fuzzy if fuzzy.eq_ignore_ascii_case(b"FUZZY") => Self::Fuzzy,
                lazy if lazy.eq_ignore_ascii_case(b"LAZY=FUZZY") => Self::LazyFuzzy,
                _ => Self::Other(OtherModifier(name)),
            },
        ))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Fuzzy => out.put("FUZZY"),
            Self::LazyFuzzy => out.put("LAZY=FUZZY"),
            Self::Other(other) => other.0.encode(out),
        }
    }
}

part! {
    /// The beginning of a message in few words.
    ///
    /// `(FUZZY "hello")`
    ///
    /// draft-ietf-extra-imap-fetch-snippet-00 section 3.2.
    pub struct Snippet<'a> {
        /// How it was made.
        pub algorithm: SnippetAlgorithm<'a>,
        /// The text; `None` when there is none now.
        pub text: Option<IString<'a>>,
    }
}

/// ```abnf
/// snippet = "(" snippet-alg SP nstring ")"
/// ```
impl<'a> Wire<'a> for Snippet<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, algorithm) = SnippetAlgorithm::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, text) = Wire::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { algorithm, text }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.algorithm.encode(out);
        out.put(" ");
        self.text.encode(out);
        out.put(")");
    }
}

/// A space and a list, or nothing, behind the name of something that others may follow.
///
/// ```abnf
/// [SP "(" item *(SP item) ")"]
/// ```
pub(crate) enum Listed {}

impl<'a, T: Wire<'a>> Via<'a, List<'a, T>> for Listed {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T>> {
        match input {
            [b' ', list @ ..] if matches!(list, [b'(', ..]) => List::parse(list, cx),
            _ => Ok((input, List::default())),
        }
    }

    fn encode(value: &List<'a, T>, out: &mut Writer<'_>) {
        if !value.is_empty() {
            out.put(" ");
            value.encode(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{FetchAttribute, FetchItem};
    use crate::testing::{check, check_read, check_refused};

    fn other(name: &str) -> OtherModifier<'_> {
        OtherModifier(Atom::new(name).unwrap())
    }

    fn text(text: &str) -> Option<IString<'_>> {
        Some(IString::new(text).unwrap())
    }

    #[test]
    fn what_is_asked() {
        let odd = PreviewModifier::Other(other("X-EAGER"));
        check([
            ("PREVIEW", FetchAttribute::Preview(List::default())),
            ("PREVIEW (LAZY)", FetchAttribute::Preview([PreviewModifier::Lazy].into())),
            ("PREVIEW (LAZY X-EAGER)", FetchAttribute::Preview([PreviewModifier::Lazy, odd].into())),
            ("SNIPPET", FetchAttribute::Snippet(List::default())),
            (
                "SNIPPET (LAZY=FUZZY FUZZY)",
                FetchAttribute::Snippet([SnippetAlgorithm::LazyFuzzy, SnippetAlgorithm::Fuzzy].into()),
            ),
            ("SNIPPET (X)", FetchAttribute::Snippet([SnippetAlgorithm::Other(other("X"))].into())),
        ]);
        check_read([("preview (lazy)", FetchAttribute::Preview([PreviewModifier::Lazy].into()))]);
        check_refused::<FetchAttribute<'_>, 3>([("PREVIEW ()", 9), ("PREVIEW (LAZY", 13), ("PREVIEW ", 7)]);
        assert_eq!(other("X").as_bytes(), b"X");
    }

    #[test]
    fn what_is_told() {
        let snippet = |algorithm, text| FetchItem::Snippet(Snippet { algorithm, text });
        check([
            ("PREVIEW \"hello\"", FetchItem::Preview(text("hello"))),
            ("PREVIEW NIL", FetchItem::Preview(None)),
            ("PREVIEW {3}\r\na\r\n", FetchItem::Preview(text("a\r\n"))),
            ("SNIPPET (FUZZY \"hello\")", snippet(SnippetAlgorithm::Fuzzy, text("hello"))),
            ("SNIPPET (LAZY=FUZZY NIL)", snippet(SnippetAlgorithm::LazyFuzzy, None)),
        ]);
        check_refused::<FetchItem<'_>, 4>([
            ("PREVIEW hello", 8),
            ("SNIPPET FUZZY", 8),
            ("SNIPPET (FUZZY)", 14),
            ("SNIPPET (FUZZY \"a\"", 18),
        ]);
    }
}
