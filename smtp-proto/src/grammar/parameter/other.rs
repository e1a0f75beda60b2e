//! A single parameter, whatever it is.

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::text::{CLASS, KEYWORD, VALUE};
pub(crate) use crate::wire::before;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, run};

/// Arguments as they stand behind their keyword: `=` and a value.
pub(crate) trait Argument<'a>: Sized {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self>;
    fn encode(&self, out: &mut Writer<'_>);
}

impl<'a, T: Wire<'a>> Argument<'a> for T {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (value, ()) = wire::octet(input, b'=', Expected::ParameterValue)?;
        // A value has one octet at least, whatever its type says.
        if value.first().is_none_or(|octet| *octet <= b' ') {
            return Fail::at(value, Expected::ParameterValue);
        }
        Wire::parse(value, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("=");
        Wire::encode(self, out);
    }
}

part! {
    /// A parameter without a row here, or one with a value that could not be read and was kept
    /// ([`Leniency::BAD_PARAMETER_VALUE`](crate::Leniency::BAD_PARAMETER_VALUE)).
    ///
    /// `XRDST=INBOX`
    ///
    /// A keyword, and perhaps a value of printable ASCII and UTF-8 without space and `=`.
    ///
    /// RFC 5321 section 4.1.2.
    pub struct OtherParameter<'a> {
        keyword: Cow<'a, str>,
        value: Option<Cow<'a, str>>,
    }
}

impl<'a> OtherParameter<'a> {
    /// A parameter that is not known here.
    ///
    /// # Errors
    /// The keyword is not letters, digits and hyphens, the value is empty or holds a space, `=` or a control.
    pub fn new(keyword: &'a str, value: Option<&'a str>) -> Result<Self, ValueError> {
        let field = "parameter";
        let (_, rest) = run(keyword.as_bytes(), &CLASS, KEYWORD);
        if keyword.is_empty() || keyword.starts_with('-') || !rest.is_empty() {
            let offset = keyword.len().saturating_sub(rest.len());
            return Err(ValueError { field, expected: Expected::Parameter, offset });
        }
        let (_, rest) = run(value.unwrap_or("-").as_bytes(), &CLASS, VALUE);
        if value == Some("") || !rest.is_empty() {
            let offset = value.unwrap_or_default().len().saturating_sub(rest.len());
            return Err(ValueError { field, expected: Expected::ParameterValue, offset });
        }
        Ok(Self { keyword: Cow::Borrowed(keyword), value: value.map(Cow::Borrowed) })
    }

    /// The keyword as it came.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// The value as it came, if there is one.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Whatever stands behind the keyword, up to the next space.
    #[cold]
    pub(super) fn parse_unread(input: &'a [u8]) -> Parsed<'a, Self> {
        let (rest, keyword) = keyword(input)?;
        let Some(value) = rest.strip_prefix(b"=") else { return Self::of(keyword, None, rest) };
        let mut rest = value;
        loop {
            (_, rest) = run(rest, &CLASS, VALUE);
            match rest {
                [b'=', after @ ..] => rest = after,
                _ => break,
            }
        }
        Self::of(keyword, Some(before(value, rest)), rest)
    }

    fn of(keyword: &'a [u8], value: Option<&'a [u8]>, rest: &'a [u8]) -> Parsed<'a, Self> {
        let (_, keyword) = utf8(keyword, rest)?;
        let value = match value {
            Some(value) => Some(Cow::Borrowed(utf8(value, rest)?.1)),
            None => None,
        };
        Ok((rest, Self { keyword: Cow::Borrowed(keyword), value }))
    }
}

/// ```abnf
/// esmtp-param = esmtp-keyword ["=" esmtp-value]
/// esmtp-value = 1*(%d33-60 / %d62-126 / UTF8-non-ascii)
/// ```
impl<'a> Wire<'a> for OtherParameter<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, keyword) = keyword(input)?;
        let Some(value) = rest.strip_prefix(b"=") else { return Self::of(keyword, None, rest) };
        let (value, rest) = run(value, &CLASS, VALUE);
        if value.is_empty() {
            return Fail::at(rest, Expected::ParameterValue);
        }
        Self::of(keyword, Some(value), rest)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.keyword.as_bytes());
        if let Some(value) = &self.value {
            out.put("=");
            out.put(value.as_bytes());
        }
    }
}

/// Takes the keyword from the front.
///
/// ```abnf
/// esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
/// ```
#[inline]
pub(crate) fn keyword(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (keyword, rest) = run(input, &CLASS, KEYWORD);
    if matches!(keyword, [] | [b'-', ..]) {
        let is_space = input.first() == Some(&b' ');
        return Fail::at(input, if is_space { Expected::NoSpace } else { Expected::Parameter });
    }
    Ok((rest, keyword))
}

/// `octets`, which stand right before `rest`, as text.
#[inline]
pub(crate) fn utf8<'a>(octets: &'a [u8], rest: &'a [u8]) -> Parsed<'a, &'a str> {
    match core::str::from_utf8(octets) {
        Ok(text) => Ok((rest, text)),
        Err(error) => {
            let behind = octets.len().saturating_sub(error.valid_up_to());
            Err(nom::Err::Error(Fail {
                expected: Expected::Utf8,
                remaining: rest.len().saturating_add(behind),
            }))
        }
    }
}
