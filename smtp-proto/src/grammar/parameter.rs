//! Parameters of MAIL and RCPT ([RFC 5321 section 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)).

mod getters;
mod other;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use bytes::BytesMut;

pub use self::other::OtherParameter;
pub(crate) use self::other::{Argument, before, keyword, utf8};
use crate::error::{Expected, ParseError, ValueError};
use crate::options::{Dialect, Leniency};
use crate::registry::Attribute;
use crate::registry::Rows;
pub use crate::registry::{MailParameter, RcptParameter};
use crate::text::{CLASS, KEYWORD, Shown};
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer, run};

/// See [`Parameters::MAX`].
const MAX: usize = 32;

/// The parameters of MAIL (`P` is [`MailParameter`]) or RCPT (`P` is [`RcptParameter`]), each keyword once.
///
/// `MAIL FROM:<a@example.org> SIZE=500000 BODY=8BITMIME`
///
/// Kept as they came, in order, case and spelling, known or not; reading them allocates nothing. At most
/// [`MAX`](Self::MAX).
///
/// ```
/// use smtp_proto::{ext::BodyKind, parameter::{MailParameter, Parameters}};
///
/// let parameters = Parameters::new().with(MailParameter::Size(500_000))?.with(MailParameter::SmtpUtf8)?;
/// assert_eq!(parameters.as_bytes(), b" SIZE=500000 SMTPUTF8");
/// assert_eq!(parameters.size(), Some(500_000));
/// assert_eq!(parameters.body(), BodyKind::SevenBit);
/// # Ok::<(), smtp_proto::ValueError>(())
/// ```
///
/// What [`Leniency::BAD_PARAMETER_VALUE`] let through is kept unread: it comes out of [`iter`](Self::iter) as `Other`
/// with a known keyword, and the getters do not see it. Of what [`Leniency::DUPLICATE`] let through, the first is
/// kept.
///
/// RFC 5321 section 4.1.2.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Parameters<'a, P> {
    /// Each behind a space.
    wire: Cow<'a, [u8]>,
    of: PhantomData<P>,
}

impl<'a, P> Parameters<'a, P> {
    /// How many there may be: as many as there are registered, and some more.
    pub const MAX: usize = MAX;

    /// None.
    pub const fn new() -> Self {
        Self { wire: Cow::Borrowed(&[]), of: PhantomData }
    }

    /// The wire text: each behind a space.
    pub fn as_bytes(&self) -> &[u8] {
        &self.wire
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        memchr::memchr_iter(b' ', &self.wire).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.wire.is_empty()
    }

    /// Whether they can be sent without SMTPUTF8, as far as their octets go.
    pub fn is_ascii(&self) -> bool {
        self.wire.is_ascii()
    }

    fn borrowed(wire: &'a [u8]) -> Self {
        Self { wire: Cow::Borrowed(wire), of: PhantomData }
    }
}

impl<P> Default for Parameters<'_, P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: IntoOwned> IntoOwned for Parameters<'_, P> {
    type With<'s> = Parameters<'s, P::With<'s>>;

    fn into_owned(self) -> Self::With<'static> {
        Parameters { wire: IntoOwned::into_owned(self.wire), of: PhantomData }
    }
}

/// What depends on whose parameters they are.
macro_rules! parameters_of {
    ($parameter:ident, $excluded_by:expr) => {
        impl<'a> Parameters<'a, $parameter<'a>> {
            /// The parameters, in order.
            pub fn iter(&self) -> impl Iterator<Item = $parameter<'_>> {
                items(&self.wire)
            }

            /// The same parameters, borrowing from nothing.
            pub fn into_owned(self) -> Parameters<'static, $parameter<'static>> {
                IntoOwned::into_owned(self)
            }
        }

        impl<'a> Parameter<'a> for $parameter<'a> {
            fn unread(parameter: OtherParameter<'a>) -> Self {
                Self::Other(parameter)
            }

            #[inline]
            fn excluded_by(text: &[u8]) -> &'static [u8] {
                $excluded_by(text)
            }

            fn is(&self, text: &[u8]) -> Result<bool, ParseError> {
                Ok(wire::exact::<$parameter<'_>>(text, Dialect::STRICT)? == *self)
            }
        }
    };
}

parameters_of!(MailParameter, other_hold);
parameters_of!(RcptParameter, |_| b"");
parameters_of!(Attribute, |_| b"");

/// RFC 4865 section 4.2: a message is held for some time or until some time, not both.
#[inline]
fn other_hold(text: &[u8]) -> &'static [u8] {
    match text {
        [b'H' | b'h', ..] if keyword_of(text).eq_ignore_ascii_case(b"HOLDFOR") => b"HOLDUNTIL",
        [b'H' | b'h', ..] if keyword_of(text).eq_ignore_ascii_case(b"HOLDUNTIL") => b"HOLDFOR",
        _ => b"",
    }
}

/// A parameter of either command.
pub(crate) trait Parameter<'a>: Wire<'a> + Rows<'a> {
    /// What was kept without looking at its value.
    fn unread(parameter: OtherParameter<'a>) -> Self;

    /// The keyword of another parameter beside which the one that `text` begins with cannot stand; empty when there
    /// is none.
    fn excluded_by(text: &[u8]) -> &'static [u8];

    /// Whether `text` is read as this one.
    fn is(&self, text: &[u8]) -> Result<bool, ParseError>;
}

#[allow(private_bounds)] // sealed: there are two kinds of parameters, both here
impl<'a, P: Parameter<'a>> Parameters<'a, P> {
    /// Appends one.
    ///
    /// # Errors
    /// Its keyword is there already, there are [`MAX`](Self::MAX), or it is an `Other` that would be read as
    /// something else: with a known keyword.
    pub fn push(&mut self, parameter: P) -> Result<(), ValueError> {
        let mut text = BytesMut::new();
        parameter.encode(&mut Writer::new(&mut text));
        let refused = match parameter.is(&text) {
            Ok(true) if has_keyword(&self.wire, keyword_of(&text)) => Expected::NoDuplicate,
            Ok(true) if is_excluded::<P>(&self.wire, &text) => Expected::NoDuplicate,
            Ok(true) if self.len() >= MAX => Expected::FewerParameters,
            Ok(true) => {
                let wire = self.wire.to_mut();
                wire.push(b' ');
                wire.extend_from_slice(&text);
                return Ok(());
            }
            Ok(false) => Expected::ParameterValue,
            Err(error) => error.expected,
        };
        Err(ValueError { field: "parameter", expected: refused, offset: 0 })
    }

    /// The same and one more.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn with(mut self, parameter: P) -> Result<Self, ValueError> {
        self.push(parameter)?;
        Ok(self)
    }
}

/// ```abnf
/// Mail-parameters = esmtp-param *(SP esmtp-param)
/// Rcpt-parameters = esmtp-param *(SP esmtp-param)
/// ```
///
/// With the space before the first; nothing is no parameters.
impl<'a, P: Parameter<'a>> Wire<'a> for Parameters<'a, P> {
    #[inline(always)] // most recipients have none
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if input.first() == Some(&b' ') { some(input, cx) } else { Ok((input, Self::new())) }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.wire);
    }
}

fn some<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, Parameters<'a, P>> {
    let strict = strictly(input, cx);
    if strict.is_err() && !cx.dialect.leniency.is_empty() {
        return tolerantly(input, cx);
    }
    strict
}

#[inline]
fn strictly<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, Parameters<'a, P>> {
    let mut rest = input;
    let mut rows = 0u64;
    let mut count = 0usize;
    while let [b' ', at @ ..] = rest {
        let (after, row) = P::row(at, cx)?;
        if !is_end(after) {
            return Fail::at(after, Expected::ParameterValue);
        }
        let fresh = match row {
            Some(row) => {
                const { assert!(P::ROWS <= 64, "a bit for each row") };
                let before = rows;
                rows |= 1u64.wrapping_shl(row);
                rows != before
            }
            None => !has_keyword(before(input, rest), keyword_of(at)),
        };
        if !fresh || is_excluded::<P>(before(input, rest), at) {
            return Fail::at(at, Expected::NoDuplicate);
        }
        if count == MAX {
            return Fail::at(at, Expected::FewerParameters);
        }
        count = count.saturating_add(1);
        rest = after;
    }
    Ok((rest, Parameters::borrowed(before(input, rest))))
}

/// Reads what leniencies let through; what can be put into the strict form is.
#[cold]
fn tolerantly<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, Parameters<'a, P>> {
    let mut wire = Vec::new();
    let mut rest = input;
    let mut count = 0usize;
    while let [b' ', second @ ..] = rest {
        let at = behind_spaces(second);
        if matches!(at, [] | [b'\r' | b'\n' | b'\t', ..]) && cx.tolerates(Leniency::TRAILING_SPACE) {
            // The command deals with it.
            break;
        }
        if at.len() != second.len() && !cx.tolerates(Leniency::EXTRA_SPACE) {
            return Fail::at(second, Expected::NoSpace);
        }
        let after = match one::<P>(at, cx) {
            Ok((after, _)) => after,
            Err(error) => loose(at, cx).ok_or(error)?.0,
        };
        rest = after;
        if has_keyword(&wire, keyword_of(at)) || is_excluded::<P>(&wire, at) {
            if cx.tolerates(Leniency::DUPLICATE) {
                continue;
            }
            return Fail::at(at, Expected::NoDuplicate);
        }
        if count == MAX {
            return Fail::at(at, Expected::FewerParameters);
        }
        count = count.saturating_add(1);
        wire.push(b' ');
        wire.extend_from_slice(before(at, after));
    }
    let text = before(input, rest);
    let wire = if wire == text { Cow::Borrowed(text) } else { Cow::Owned(wire) };
    Ok((rest, Parameters { wire, of: PhantomData }))
}

/// One parameter, and what stands behind it.
#[inline]
fn one<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, P> {
    let (rest, parameter) = P::parse(input, cx)?;
    if is_end(rest) { Ok((rest, parameter)) } else { Fail::at(rest, Expected::ParameterValue) }
}

/// Whether a parameter may end here.
#[inline]
fn is_end(rest: &[u8]) -> bool {
    matches!(rest, [] | [b' ' | b'\r' | b'\n' | b'\t', ..])
}

/// One parameter that is kept unread.
fn loose(input: &[u8], cx: Cx) -> Option<(&[u8], OtherParameter<'_>)> {
    // A size beyond all numbers is too big, not badly spelled.
    let too_big = matches!(
        one::<MailParameter<'_>>(input, cx),
        Err(nom::Err::Error(Fail { expected: Expected::SmallerSize, .. }))
    );
    if too_big || !cx.tolerates(Leniency::BAD_PARAMETER_VALUE) {
        return None;
    }
    OtherParameter::parse_unread(input).ok()
}

/// The parameters of `wire`, which were read once.
fn items<'a, P: Parameter<'a>>(wire: &'a [u8]) -> impl Iterator<Item = P> {
    texts(wire).filter_map(|text| {
        let read = wire::exact(text, Dialect::STRICT).ok();
        // What does not read was kept unread.
        read.or_else(|| OtherParameter::parse_unread(text).ok().map(|(_, other)| P::unread(other)))
    })
}

/// The text of each parameter. None holds a space.
fn texts(wire: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = wire;
    core::iter::from_fn(move || {
        let text = rest.strip_prefix(b" ")?;
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        let (text, after) = text.split_at_checked(end)?;
        rest = after;
        Some(text)
    })
}

/// Whether one that is there leaves no place for the one that `text` begins with.
#[inline]
fn is_excluded<'a, P: Parameter<'a>>(wire: &[u8], text: &[u8]) -> bool {
    let keyword = P::excluded_by(text);
    !keyword.is_empty() && has_keyword(wire, keyword)
}

fn has_keyword(wire: &[u8], keyword: &[u8]) -> bool {
    texts(wire).any(|text| keyword_of(text).eq_ignore_ascii_case(keyword))
}

impl<P> fmt::Debug for Parameters<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(texts(&self.wire).map(Shown)).finish()
    }
}

fn keyword_of(text: &[u8]) -> &[u8] {
    run(text, &CLASS, KEYWORD).0
}

fn behind_spaces(input: &[u8]) -> &[u8] {
    let spaces = input.iter().take_while(|&&octet| octet == b' ').count();
    input.get(spaces..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
