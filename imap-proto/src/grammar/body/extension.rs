//! Extension data without a meaning ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9),
//! `body-extension`).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::error::{Expected, ValueError};
use crate::grammar::body::BodyStructure;
use crate::grammar::body::nested::{Sink, anew, rewritten};
use crate::grammar::class::space;
use crate::grammar::octets::{self, Octets};
use crate::grammar::skip;
use crate::grammar::string::IString;
use crate::options::{Dialect, Leniency};
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer, before};

/// Extension data that no RFC has given a meaning: strings, numbers and lists of them, apart by a space.
///
/// `"ext0" 1 (2 (3 NIL))`
///
/// Kept as text that was checked; two are equal when they say the same, however it is written. Lists stand in one another at
/// most [`BodyStructure::MAX_DEPTH`] deep.
#[derive(Clone)]
pub struct BodyExtensions<'a>(Cow<'a, [u8]>);

/// One of [`BodyExtensions`].
///
/// `17`, `"x"`, `NIL`, `("a" 1)`
///
/// RFC 9051 section 9.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BodyExtension<'a> {
    /// `"ext0"`, `NIL`.
    String(Option<IString<'a>>),
    /// `1`: at most 63 bits.
    Number(u64),
    /// `(2 (3 NIL))`
    List(BodyExtensions<'a>),
}

impl<'a> BodyExtensions<'a> {
    /// None.
    pub const NONE: Self = Self(Cow::Borrowed(b""));

    /// Takes the text when the grammar allows it.
    ///
    /// # Errors
    /// What the grammar expected, and where.
    pub fn new(text: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let text = text.into().into_cow();
        match wire::exact::<BodyExtensions<'_>>(&text, Dialect::STRICT.with_utf8(true)) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(error.in_field("body extension")),
        }
    }

    /// Text that is the same for all that mean the same.
    fn meaning(&self) -> Vec<u8> {
        anew(&self.0, |out| check(&self.0, Cx::KEPT, out))
    }

    /// The text on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each in order.
    pub fn iter(&self) -> impl Iterator<Item = BodyExtension<'_>> {
        let mut rest: &[u8] = &self.0;
        core::iter::from_fn(move || {
            // The text was checked, so that all of it can be read.
            let (after, extension) = one(rest)?;
            rest = after.strip_prefix(b" ").unwrap_or(after);
            Some(extension)
        })
    }

    /// The same, borrowing from nothing.
    pub fn into_owned(self) -> BodyExtensions<'static> {
        BodyExtensions(Cow::Owned(self.0.into_owned()))
    }
}

/// One extension at the front of text that was checked.
fn one(text: &[u8]) -> Option<(&[u8], BodyExtension<'_>)> {
    match text {
        [] => None,
        [b'(', inner @ ..] => {
            let end = skip::to_close(inner)?;
            let list = BodyExtensions(Cow::Borrowed(before(inner, end)));
            Some((end.get(1..)?, BodyExtension::List(list)))
        }
        [b'0'..=b'9', ..] => {
            u64::parse(text, Cx::KNOWN).ok().map(|(rest, number)| (rest, BodyExtension::Number(number)))
        }
        _ => Wire::parse(text, Cx::KNOWN).ok().map(|(rest, string)| (rest, BodyExtension::String(string))),
    }
}

/// ```abnf
/// body-extension = nstring / number / number64 / "(" body-extension *(SP body-extension) ")"
/// ```
impl<'a> Wire<'a> for BodyExtensions<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if cx.known() {
            let Some(rest) = skip::to_close(input) else { return Fail::at(input, Expected::Close) };
            return Ok((rest, Self(Cow::Borrowed(before(input, rest)))));
        }
        if cx.is_lenient() {
            let (text, rest) = rewritten(|out| check(input, cx, out))?;
            return Ok((rest, Self(Cow::Owned(text))));
        }
        let (rest, ()) = check(input, cx, &mut ())?;
        Ok((rest, Self(Cow::Borrowed(before(input, rest)))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.known(&self.0);
    }
}

/// Without recursion, whatever stands in whatever.
fn check<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Parsed<'a, ()> {
    let mut depth = 0u16;
    let mut rest = input;
    loop {
        rest = match rest {
            [b'(', after @ ..] => {
                depth = depth.saturating_add(1);
                if depth > BodyStructure::MAX_DEPTH {
                    return Fail::at(rest, Expected::LessDepth);
                }
                sink.with(|out| out.put("("));
                match after {
                    [b')', ..] if cx.tolerates(Leniency::EMPTY_LIST) => after,
                    _ => {
                        rest = after;
                        continue;
                    }
                }
            }
            [b'0'..=b'9', ..] => {
                let (after, number) = u64::parse(rest, cx)?;
                sink.with(|out| out.number(number));
                after
            }
            _ => {
                let (after, string) = Option::<IString<'_>>::parse(rest, cx)?;
                sink.with(|out| string.encode(out));
                after
            }
        };
        while depth > 0
            && let [b')', after @ ..] = rest
        {
            depth = depth.saturating_sub(1);
            sink.with(|out| out.put(")"));
            rest = after;
        }
        match rest {
            [b' ', b')', ..] if depth == 0 && cx.tolerates(Leniency::TRAILING_SPACE) => {
                return Ok((rest, ()));
            }
            [b' ', ..] => {
                (rest, ()) = space(rest, cx)?;
                sink.with(|out| out.put(" "));
            }
            _ if depth == 0 => return Ok((rest, ())),
            _ => return Fail::at(rest, Expected::Close),
        }
    }
}

impl IntoOwned for BodyExtensions<'_> {
    type With<'s> = BodyExtensions<'s>;

    fn into_owned(self) -> BodyExtensions<'static> {
        BodyExtensions::into_owned(self)
    }
}

impl PartialEq for BodyExtensions<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.meaning() == other.meaning()
    }
}

impl Eq for BodyExtensions<'_> {}

impl Hash for BodyExtensions<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.meaning().hash(state);
    }
}

/// The text: to show each would recurse as deep as they are nested.
impl fmt::Debug for BodyExtensions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        octets::debug(&self.0, f)
    }
}
