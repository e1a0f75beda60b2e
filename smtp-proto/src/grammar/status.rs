//! Reply codes ([RFC 5321 section 4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)) and enhanced status codes
//! ([RFC 3463](https://www.rfc-editor.org/rfc/rfc3463)).

use core::fmt;

use crate::error::Expected;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer};

/// The code of a reply: three digits, 200 to 559.
///
/// `250`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyCode(u16);

/// A row is a name, its code and what it says.
macro_rules! reply_codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal;)*) => {
        impl ReplyCode {
            $($(#[$meta])* pub const $name: Self = Self($code);)*
        }
    };
}

reply_codes! {
    /// Requested action taken and completed.
    OK = 250;
    /// Start mail input.
    GO_AHEAD = 354;
    /// Syntax error, command unrecognised.
    SYNTAX_ERROR = 500;
    /// Syntax error in parameters or arguments.
    BAD_ARGUMENTS = 501;
    /// Exceeded storage allocation; with SIZE, the message is too big (RFC 1870 section 6).
    MESSAGE_TOO_BIG = 552;
}

impl ReplyCode {
    /// The number, 200 to 559.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Debug for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The registry's codes that this crate says itself.
impl EnhancedCode {
    /// Bad sender's mailbox address syntax.
    pub const BAD_SENDER_SYNTAX: Self = Self { class: 5, subject: 1, detail: 7 };
    /// Bad destination mailbox address syntax.
    pub const BAD_MAILBOX_SYNTAX: Self = Self { class: 5, subject: 1, detail: 3 };
    /// Message too big for system.
    pub const MESSAGE_TOO_BIG: Self = Self { class: 5, subject: 3, detail: 4 };
    /// Syntax error.
    pub const SYNTAX_ERROR: Self = Self { class: 5, subject: 5, detail: 2 };
    /// Invalid command arguments.
    pub const BAD_ARGUMENTS: Self = Self { class: 5, subject: 5, detail: 4 };
}

/// An enhanced status code: what happened, for programs.
///
/// `5.1.1`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnhancedCode {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u16,
    /// What it is about: 0 to 999.
    pub subject: u16,
    /// More precisely: 0 to 999.
    pub detail: u16,
}

impl EnhancedCode {
    /// The enhanced code that `text` of a reply with `code` begins with, and the text behind it.
    pub(crate) fn split(text: &[u8], code: ReplyCode) -> Option<(Self, &[u8])> {
        let (rest, enhanced) = Self::parse(text, Cx::default()).ok()?;
        // RFC 2034 section 4: the class is the first digit of the reply code.
        let fits = enhanced.class == code.get() / 100;
        match rest {
            _ if !fits => None,
            [] | [b'\r', ..] => Some((enhanced, rest)),
            [b' ', rest @ ..] => Some((enhanced, rest)),
            _ => None,
        }
    }

    /// The enhanced code that `text` of a reply with `code` begins with.
    pub(crate) fn prefix(text: &[u8], code: ReplyCode) -> Option<Self> {
        Self::split(text, code).map(|(enhanced, _)| enhanced)
    }
}

/// ```abnf
/// Reply-code = %x32-35 %x30-35 %x30-39
/// ```
impl<'a> Wire<'a> for ReplyCode {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let [a @ b'2'..=b'5', b @ b'0'..=b'5', c @ b'0'..=b'9', rest @ ..] = input else {
            return Fail::at(input, Expected::ReplyCode);
        };
        let [a, b, c] = [a, b, c].map(|digit| u16::from(digit.wrapping_sub(b'0')));
        // At most 559.
        Ok((rest, Self(a.wrapping_mul(100).wrapping_add(b.wrapping_mul(10)).wrapping_add(c))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.0.into());
    }
}

/// ```abnf
/// status-code = class "." subject "." detail
/// class = "2" / "4" / "5"
/// subject = 1*3digit
/// detail = 1*3digit
/// ```
impl<'a> Wire<'a> for EnhancedCode {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let [class @ (b'2' | b'4' | b'5'), b'.', rest @ ..] = input else {
            return Fail::at(input, Expected::Number);
        };
        let (rest, subject) = up_to_three_digits(rest)?;
        let (rest, ()) = wire::octet(rest, b'.', Expected::Number)?;
        let (rest, detail) = up_to_three_digits(rest)?;
        Ok((rest, Self { class: u16::from(class.wrapping_sub(b'0')), subject, detail }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.class.into());
        out.put(".");
        out.number(self.subject.into());
        out.put(".");
        out.number(self.detail.into());
    }
}

/// RFC 3463 section 2: no leading zeros.
#[inline]
fn up_to_three_digits(input: &[u8]) -> Parsed<'_, u16> {
    let (rest, value) = wire::number(input)?;
    let digits = input.len().saturating_sub(rest.len());
    match u16::try_from(value) {
        Ok(value) if digits <= 3 && (digits == 1 || !input.starts_with(b"0")) => Ok((rest, value)),
        _ => Fail::at(input, Expected::SmallerNumber),
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl fmt::Debug for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
