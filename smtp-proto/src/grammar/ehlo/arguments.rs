//! What stands behind the keywords of the reply to EHLO.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;

use super::{Extension, Keyword};
use crate::auth::Mechanism;
use crate::error::{Expected, ValueError};
use crate::grammar::line::{is_blank, space};
use crate::options::{Dialect, Leniency};
use crate::registry::Rows;
use crate::text::{CLASS, KEYWORD, Shown, text_run, word_run};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, plain};

/// The longest keyword, in octets.
const KEYWORD_MAX: usize = 64;

/// What may be a keyword at the front of `input`: a row is compared whole, and what has none is looked at by
/// [`other_keyword`].
#[inline]
pub(crate) fn keyword(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (word, rest) = word_run::<true>(input);
    Ok((rest, word))
}

/// ```abnf
/// ehlo-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
/// ```
///
/// And `_`, which Exim's `X_PIPE_CONNECT` has. At most [`KEYWORD_MAX`] octets.
fn other_keyword(input: &[u8]) -> Parsed<'_, &str> {
    // A `u8` is always an index of a table of 256.
    #[allow(clippy::indexing_slicing)]
    let is_other = |octet: &u8| CLASS[usize::from(*octet)] & KEYWORD == 0 && *octet != b'_';
    let (rest, word) = keyword(input)?;
    let end = word.iter().position(is_other).unwrap_or(word.len());
    let end = if matches!(word, [b'-' | b'_', ..]) { 0 } else { end.min(KEYWORD_MAX) };
    if end == 0 || end != word.len() {
        return Fail::at(input.get(end..).unwrap_or_default(), Expected::Syntax);
    }
    core::str::from_utf8(word).map_or_else(|_| Fail::at(input, Expected::Syntax), |word| Ok((rest, word)))
}

/// What separates a keyword from its arguments.
#[inline]
pub(super) fn separator(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
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
        if is_blank(input) {
            return Ok((input, Self::default()));
        }
        let (input, ()) = separator(input, cx)?;
        let (text, rest) = text_run(input);
        let (arguments, rest) = match text {
            [.., b' ' | b'\t'] => without_blanks(input, text),
            _ => (text, rest),
        };
        match Self::first_bad(arguments) {
            None if arguments.is_empty() => Fail::at(input, Expected::Argument),
            None => Ok((rest, Self(Cow::Borrowed(arguments)))),
            Some((expected, offset)) => Fail::at(input.get(offset..).unwrap_or_default(), expected),
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
    ///
    /// RFC 5321 section 4.1.1.1.
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
        match other_keyword(keyword.as_bytes()) {
            Ok(([], word)) if !Keyword::has_row(word.as_bytes()) => Ok(Self { keyword, arguments }),
            Ok((rest, _)) => error(Expected::Syntax, keyword.len().saturating_sub(rest.len())),
            Err(failed) => Err(wire::fail(failed, keyword.as_bytes()).in_field("keyword")),
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
        let (rest, keyword) = other_keyword(input)?;
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
        other_keyword(&self.0).map_or("", |(_, keyword)| keyword)
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

impl SizeLimit {
    /// The limit in octets, when there is one.
    pub fn octets(self) -> Option<u64> {
        match self {
            Self::Octets(octets) => Some(octets.get()),
            Self::Unstated | Self::Unlimited => None,
        }
    }
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
        match input {
            [b' ', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => number(digits, cx),
            _ if is_blank(input) => Ok((input, Self::Unstated)),
            _ => {
                let (rest, ()) = separator(input, cx)?;
                if is_blank(rest) { Ok((rest, Self::Unstated)) } else { number(rest, cx) }
            }
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

fn number(input: &[u8], cx: Cx) -> Parsed<'_, SizeLimit> {
    match wire::number(input) {
        Ok((rest, octets)) => Ok((rest, octets.into())),
        Err(nom::Err::Error(Fail { expected: Expected::SmallerNumber, .. }))
            if cx.tolerates(Leniency::BAD_PARAMETER_VALUE) =>
        {
            let digits = input.iter().take_while(|octet| octet.is_ascii_digit()).count();
            Ok((input.get(digits..).unwrap_or_default(), u64::MAX.into()))
        }
        Err(error) => Err(error),
    }
}

part! {
    /// The SASL mechanisms behind AUTH.
    ///
    /// `PLAIN LOGIN`
    ///
    /// RFC 4954 section 3. A server collects them:
    ///
    /// ```
    /// use smtp_proto::address::Domain;
    /// use smtp_proto::auth::Mechanism;
    /// use smtp_proto::ehlo::{EhloReply, Keyword};
    ///
    /// let mechanisms = [Mechanism::PLAIN, Mechanism::LOGIN].into_iter().collect();
    /// let reply = EhloReply::new(&Domain::parse("mx.example.org")?)
    ///     .with(Keyword::Pipelining)
    ///     .with(Keyword::Auth(mechanisms))
    ///     .into_reply();
    /// assert_eq!(reply.as_bytes(), b"250-mx.example.org\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n");
    /// # Ok::<(), smtp_proto::ValueError>(())
    /// ```
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
        self.names().filter_map(|name| wire::exact(name, Dialect::STRICT).ok())
    }

    /// The words, of which not every one need be a name.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.names.split(|&octet| octet == b' ')
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
        let (is_legacy, input) = match input {
            [b'=', rest @ ..] => (true, rest),
            _ if is_blank(input) => (false, input),
            _ => (false, space(input, cx)?.0),
        };
        let (text, rest) = text_run(input);
        let (names, rest) = match text {
            [.., b' ' | b'\t'] => without_blanks(input, text),
            _ => (text, rest),
        };
        let mut offset = 0usize;
        for name in names.split(|&octet| octet == b' ') {
            let tolerated = match name {
                [] if names.is_empty() => break,
                [] => Leniency::EXTRA_SPACE,
                _ => Leniency::BAD_PARAMETER_VALUE,
            };
            if !is_mechanism(name) && !cx.tolerates(tolerated) {
                return Fail::at(input.get(offset..).unwrap_or_default(), Expected::Mechanism);
            }
            offset = offset.saturating_add(name.len()).saturating_add(1);
        }
        Ok((rest, Self { names: Cow::Borrowed(names), is_legacy }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.is_legacy || !self.names.is_empty() {
            out.put(if self.is_legacy { "=" } else { " " });
            out.put(&self.names);
        }
    }
}

/// `text` from the front of `input` without the blanks at its end, and the rest.
#[cold]
fn without_blanks<'a>(input: &'a [u8], text: &[u8]) -> (&'a [u8], &'a [u8]) {
    let end = text.iter().rposition(|octet| !matches!(octet, b' ' | b'\t'));
    input.split_at_checked(end.map_or(0, |last| last.saturating_add(1))).unwrap_or((input, &[]))
}

fn is_mechanism(name: &[u8]) -> bool {
    Mechanism::index_of(name).is_some() || wire::exact::<Mechanism<'_>>(name, Dialect::STRICT).is_ok()
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}
