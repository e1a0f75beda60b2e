//! What stands behind the keywords of the reply to EHLO.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;

use super::{Extension, Keyword};
use crate::auth::Mechanism;
use crate::error::{Expected, ValueError};
use crate::grammar::line::space;
use crate::options::{Dialect, Leniency};
use crate::registry::Rows;
use crate::text::{CLASS, KEYWORD, Shown, text_run};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, plain};

/// The longest keyword, in octets.
const KEYWORD_MAX: usize = 64;

/// ```abnf
/// ehlo-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
/// ```
///
/// And `_`, which Exim's `X_PIPE_CONNECT` has.
#[inline]
pub(crate) fn keyword(input: &[u8]) -> Parsed<'_, &[u8]> {
    // A `u8` is always an index of a table of 256.
    #[allow(clippy::indexing_slicing)]
    let is_other = |octet: &u8| CLASS[usize::from(*octet)] & KEYWORD == 0 && *octet != b'_';
    let end = input.iter().position(is_other).unwrap_or(input.len());
    let (keyword, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
    match (keyword, rest) {
        ([] | [b'-' | b'_', ..], _) => Fail::at(input, Expected::Syntax),
        (_, [] | [b' ' | b'=' | b'\t', ..]) if end <= KEYWORD_MAX => Ok((rest, keyword)),
        _ => Fail::at(rest, Expected::Space),
    }
}

/// What separates a keyword from its arguments.
#[inline]
fn separator(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    match input {
        [b'=', rest @ ..] if cx.tolerates(Leniency::EQUALS_AFTER_KEYWORD) => Ok((rest, ())),
        _ => space(input, cx),
    }
}

part! {
    /// What stands behind a keyword, as text; empty when nothing does.
    ///
    /// `NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT` of XCLIENT
    ///
    /// HT, space, printable ASCII and octets above 127, at most 1,900 of them, without blanks at either end. RFC 5321
    /// section 4.1.1.1 (`ehlo-param`).
    #[derive(Default)]
    pub struct Arguments<'a>(Cow<'a, [u8]>);
}

impl<'a> Arguments<'a> {
    /// The longest, in octets: what fits a reply line beside any keyword.
    pub const MAX: usize = 1_900;

    /// Takes arguments as they are.
    ///
    /// # Errors
    /// They are longer than [`MAX`](Self::MAX), hold a control octet, or begin or end with a blank.
    pub fn new(arguments: impl Into<Cow<'a, [u8]>>) -> Result<Self, ValueError> {
        let arguments = arguments.into();
        match Self::first_bad(&arguments) {
            Some((expected, offset)) => Err(ValueError { field: "arguments", expected, offset }),
            None => Ok(Self(arguments)),
        }
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words, which are what blanks separate.
    pub fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|octet| matches!(octet, b' ' | b'\t')).filter(|word| !word.is_empty())
    }

    fn first_bad(arguments: &[u8]) -> Option<(Expected, usize)> {
        let (text, rest) = text_run(arguments);
        let is_blank = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
        if arguments.len() > Self::MAX {
            Some((Expected::Shorter, Self::MAX))
        } else if !rest.is_empty() {
            Some((Expected::Text, text.len()))
        } else if is_blank(arguments.first()) {
            Some((Expected::NoSpace, 0))
        } else if is_blank(arguments.last()) {
            Some((Expected::NoSpace, arguments.len().saturating_sub(1)))
        } else {
            None
        }
    }
}

/// ```abnf
/// arguments = [ SP textstring ]
/// ```
impl<'a> Wire<'a> for Arguments<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if input.is_empty() {
            return Ok((input, Self::default()));
        }
        let (arguments, ()) = separator(input, cx)?;
        match Self::first_bad(arguments) {
            None if arguments.is_empty() => Fail::at(arguments, Expected::Argument),
            None => Ok((&[], Self(Cow::Borrowed(arguments)))),
            Some((expected, offset)) => Fail::at(arguments.get(offset..).unwrap_or_default(), expected),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.0.is_empty() {
            out.put(" ");
            out.put(&self.0);
        }
    }
}

impl fmt::Debug for Arguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown(&self.0).fmt(f)
    }
}

part! {
    /// A keyword without a row, and what stands behind it.
    ///
    /// `XADR`
    pub struct OtherKeyword<'a> {
        keyword: Cow<'a, str>,
        arguments: Arguments<'a>,
    }
}

impl<'a> OtherKeyword<'a> {
    /// A keyword and its arguments.
    ///
    /// # Errors
    /// The keyword is not 1 to 64 letters, digits, `-` and `_`, or it is one that [`Keyword`] has a name for.
    pub fn new(keyword: impl Into<Cow<'a, str>>, arguments: Arguments<'a>) -> Result<Self, ValueError> {
        let keyword = keyword.into();
        let error = |expected, offset| Err(ValueError { field: "keyword", expected, offset });
        match self::keyword(keyword.as_bytes()) {
            Ok(([], octets)) if !Keyword::has_row(octets) => Ok(Self { keyword, arguments }),
            Ok(([], _)) => error(Expected::Syntax, 0),
            Ok((rest, _)) => error(Expected::End, keyword.len().saturating_sub(rest.len())),
            Err(_) => error(Expected::Syntax, 0),
        }
    }

    /// The keyword as it was written.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// What stands behind it.
    pub fn arguments(&self) -> &Arguments<'a> {
        &self.arguments
    }
}

impl<'a> Wire<'a> for OtherKeyword<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = keyword(input)?;
        let Ok(keyword) = core::str::from_utf8(octets) else { return Fail::at(input, Expected::Syntax) };
        let (rest, arguments) = Arguments::parse(rest, cx)?;
        Ok((rest, Self { keyword: Cow::Borrowed(keyword), arguments }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.keyword.as_bytes());
        self.arguments.encode(out);
    }
}

part! {
    /// A line that cannot be read: no keyword, or a known one with arguments that its RFC does not allow.
    ///
    /// `SIZE unlimited`
    ///
    /// Cannot be built, only read.
    pub struct Unreadable<'a>(Cow<'a, [u8]>);
}

impl<'a> Unreadable<'a> {
    pub(super) fn of(line: &'a [u8]) -> Self {
        Self(Cow::Borrowed(line))
    }

    /// The line as it came, without code and CRLF.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The keyword; empty when there is none.
    pub fn keyword(&self) -> &str {
        let keyword = keyword(&self.0).map(|(_, keyword)| keyword);
        keyword.ok().and_then(|keyword| core::str::from_utf8(keyword).ok()).unwrap_or_default()
    }
}

impl<'a> Wire<'a> for Unreadable<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (line, rest) = text_run(input);
        Ok((rest, Self::of(line)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

impl fmt::Debug for Unreadable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unreadable({:?})", Shown(&self.0))
    }
}

/// How large a message may be. RFC 1870 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SizeLimit {
    /// `SIZE`: the server does not say.
    Unstated,
    /// `SIZE 0`: there is no fixed limit.
    Unlimited,
    /// `SIZE 31457280`: in octets, CRLFs counted, dots that were added not.
    Octets(NonZeroU64),
}

/// 0 is [`Unlimited`](SizeLimit::Unlimited).
impl From<u64> for SizeLimit {
    fn from(octets: u64) -> Self {
        NonZeroU64::new(octets).map_or(Self::Unlimited, Self::Octets)
    }
}

plain!(SizeLimit);

/// ```abnf
/// size-param = [ SP 1*20DIGIT ]
/// ```
impl<'a> Wire<'a> for SizeLimit {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if input.is_empty() || (input == b"=" && cx.tolerates(Leniency::EQUALS_AFTER_KEYWORD)) {
            return Ok((&[], Self::Unstated));
        }
        let (number, ()) = separator(input, cx)?;
        match wire::number(number) {
            Ok((rest, octets)) => Ok((rest, octets.into())),
            Err(_) if cx.tolerates(Leniency::BAD_PARAMETER_VALUE) && is_number(number) => {
                Ok((&[], u64::MAX.into()))
            }
            Err(error) => Err(error),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Unstated => {}
            Self::Unlimited => out.put(" 0"),
            Self::Octets(octets) => {
                out.put(" ");
                out.number(octets.get());
            }
        }
    }
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

part! {
    /// The SASL mechanisms behind AUTH.
    ///
    /// `PLAIN LOGIN`
    ///
    /// RFC 4954 section 3.
    #[derive(Default)]
    pub struct Mechanisms<'a> {
        /// Names and single spaces; from a tolerant reading also other words.
        names: Cow<'a, [u8]>,
        is_legacy: bool,
    }
}

impl<'a> Mechanisms<'a> {
    /// The names, in their order. What is not a name is left out.
    pub fn iter(&self) -> impl Iterator<Item = Mechanism<'_>> {
        let names = self.names.split(|&octet| octet == b' ');
        names.filter_map(|name| wire::exact(name, Dialect::STRICT).ok())
    }

    /// Whether it was written with `=`, as a draft of RFC 2554 had it: `AUTH=PLAIN LOGIN`.
    pub fn is_legacy(&self) -> bool {
        self.is_legacy
    }

    /// The same names written with `=`, for old clients that know nothing else.
    #[must_use]
    pub fn into_legacy(self) -> Self {
        Self { is_legacy: true, ..self }
    }
}

/// What does not fit a line is left out: after 1,900 octets, about 100 names.
impl<'m> FromIterator<Mechanism<'m>> for Mechanisms<'static> {
    fn from_iter<I: IntoIterator<Item = Mechanism<'m>>>(mechanisms: I) -> Self {
        let mut names = Vec::new();
        for mechanism in mechanisms {
            if names.len().saturating_add(Mechanism::MAX) >= Arguments::MAX {
                break;
            }
            if !names.is_empty() {
                names.push(b' ');
            }
            names.extend_from_slice(mechanism.as_str().as_bytes());
        }
        Self { names: Cow::Owned(names), is_legacy: false }
    }
}

/// ```abnf
/// mechanisms = [ SP sasl-mech *(SP sasl-mech) ] / "=" [ sasl-mech *(SP sasl-mech) ]
/// ```
impl<'a> Wire<'a> for Mechanisms<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (is_legacy, names) = match input {
            [] => return Ok((input, Self::default())),
            [b'='] => return Ok((&[], Self::default().into_legacy())),
            [b'=', names @ ..] => (true, names),
            _ => (false, space(input, cx)?.0),
        };
        for name in names.split(|&octet| octet == b' ') {
            let tolerated = match name {
                [] => Leniency::EXTRA_SPACE,
                _ => Leniency::BAD_PARAMETER_VALUE,
            };
            if !cx.tolerates(tolerated) && wire::exact::<Mechanism<'_>>(name, Dialect::STRICT).is_err() {
                return Fail::at(name, Expected::Mechanism);
            }
        }
        Ok((&[], Self { names: Cow::Borrowed(names), is_legacy }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.is_legacy || !self.names.is_empty() {
            out.put(if self.is_legacy { "=" } else { " " });
            out.put(&self.names);
        }
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}
