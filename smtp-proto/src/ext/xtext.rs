//! xtext: any octets as printable ASCII ([RFC 3461 section 4](https://www.rfc-editor.org/rfc/rfc3461#section-4)).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::address::Mailbox;
use crate::error::{Expected, ValueError};
use crate::options::Dialect;
use crate::parameter::before;
use crate::text::{CLASS, Shown, XCHAR};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, run};

part! {
    /// Any octets, written as printable ASCII: what is not printable, and `+` and `=`, is `+` and two upper-case
    /// hexadecimal digits.
    ///
    /// `e+3Dmc2@example.com`
    ///
    /// The text is kept as it came, so two values are equal when they are spelled alike. Zero octets and more; where
    /// it is the value of a parameter, one and more.
    /// [RFC 3461 section 4](https://www.rfc-editor.org/rfc/rfc3461#section-4).
    pub struct Xtext<'a>(Cow<'a, [u8]>);
}

impl<'a> Xtext<'a> {
    /// Encodes `octets`, whatever they are; nothing is copied when they stand for themselves.
    ///
    /// ```
    /// use smtp_proto::ext::Xtext;
    ///
    /// let xtext = Xtext::new(&b"e=mc2@example.com"[..]);
    /// assert_eq!(xtext.as_str(), "e+3Dmc2@example.com");
    /// assert_eq!(xtext.text().as_deref(), Some("e=mc2@example.com"));
    /// ```
    pub fn new(octets: impl Into<Cow<'a, [u8]>>) -> Self {
        let octets = octets.into();
        if run(&octets, &CLASS, XCHAR).1.is_empty() {
            return Self(octets);
        }
        let mut text = Vec::with_capacity(octets.len().saturating_mul(2));
        for &octet in &*octets {
            if run(&[octet], &CLASS, XCHAR).1.is_empty() {
                text.push(octet);
            } else {
                text.extend([b'+', hex_digit(octet >> 4), hex_digit(octet & 15)]);
            }
        }
        Self(Cow::Owned(text))
    }

    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        // ASCII by construction.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The octets that it stands for; they may be any, CR, LF and NUL too.
    pub fn decode(&self) -> Cow<'_, [u8]> {
        if memchr::memchr(b'+', &self.0).is_none() {
            return Cow::Borrowed(&self.0);
        }
        Cow::Owned(self.octets().collect())
    }

    /// The text that it stands for, when that is UTF-8 without CR, LF, NUL and the other controls of ASCII; HT may be.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let text = match self.decode() {
            Cow::Borrowed(octets) => Cow::Borrowed(core::str::from_utf8(octets).ok()?),
            Cow::Owned(octets) => Cow::Owned(String::from_utf8(octets).ok()?),
        };
        let is_text = !text.bytes().any(|octet| octet.is_ascii_control() && octet != b'\t');
        is_text.then_some(text)
    }

    /// The mailbox that it stands for.
    pub(super) fn mailbox(&self) -> Option<Mailbox<'static>> {
        Mailbox::parse(&self.text()?).ok().map(Mailbox::into_owned)
    }

    /// Whether it stands for a mailbox. Decodes it on the stack.
    pub(super) fn is_mailbox(&self) -> bool {
        let mut buffer = [0; Mailbox::MAX];
        let mut decoded = self.octets();
        let mut len = 0usize;
        for (to, octet) in buffer.iter_mut().zip(&mut decoded) {
            *to = octet;
            len = len.saturating_add(1);
        }
        let text = buffer.get(..len).unwrap_or_default();
        let fits = len < buffer.len() || decoded.next().is_none();
        fits && wire::exact::<Mailbox<'_>>(text, Dialect::STRICT).is_ok()
    }

    /// Reads xtext that stands for printable ASCII and white space: RFC 3461 sections 4.2 and 4.4 want that of what will
    /// stand in the header of a report.
    #[inline]
    pub(super) fn parse_printable(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (plain, rest) = run(input, &CLASS, XCHAR);
        if rest.first() != Some(&b'+') {
            return Ok((rest, Self(Cow::Borrowed(plain))));
        }
        let (rest, xtext) = Self::parse(input, cx)?;
        if xtext.octets().all(|octet| matches!(octet, b'\t' | b' '..=b'~')) {
            return Ok((rest, xtext));
        }
        Fail::at(input, Expected::ParameterValue)
    }

    /// The octets that it stands for, one by one.
    pub(super) fn octets(&self) -> impl Iterator<Item = u8> + '_ {
        let mut rest = &*self.0;
        core::iter::from_fn(move || {
            let (octet, after) = match rest {
                [b'+', high, low, after @ ..] => ((hex_value(*high)? << 4) | hex_value(*low)?, after),
                [octet, after @ ..] => (*octet, after),
                [] => return None,
            };
            rest = after;
            Some(octet)
        })
    }
}

/// Reads xtext as it stands on the wire; [`new`](Xtext::new) encodes.
impl<'a> TryFrom<&'a str> for Xtext<'a> {
    type Error = ValueError;

    fn try_from(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("xtext"))
    }
}

/// ```abnf
/// xtext = *( xchar / hexchar )
/// xchar = %x21-2A / %x2C-3C / %x3E-7E
/// hexchar = "+" 2( DIGIT / %x41-46 )
/// ```
impl<'a> Wire<'a> for Xtext<'a> {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (_, mut rest) = run(input, &CLASS, XCHAR);
        while let [b'+', after @ ..] = rest {
            let [high, low, after @ ..] = after else { return Fail::at(rest, Expected::Xtext) };
            if hex_value(*high).is_none() || hex_value(*low).is_none() {
                return Fail::at(rest, Expected::Xtext);
            }
            (_, rest) = run(after, &CLASS, XCHAR);
        }
        Ok((rest, Self(Cow::Borrowed(before(input, rest)))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// What an upper-case hexadecimal digit counts.
fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A' - 10)),
        _ => None,
    }
}

/// The hexadecimal digit of a number below 16.
fn hex_digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0'.wrapping_add(value),
        _ => (b'A' - 10).wrapping_add(value),
    }
}

impl core::fmt::Debug for Xtext<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Xtext({:?})", Shown(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, encoded, round_trip};
    use proptest::prelude::*;

    #[test]
    fn xtext() {
        check([
            ("e+3Dmc2@example.com", Xtext::new(&b"e=mc2@example.com"[..])),
            ("+2B", Xtext::new(&b"+"[..])),
            ("+00+0D+0A+20+FF", Xtext::new(&b"\0\r\n \xff"[..])),
        ]);
        assert_eq!(Xtext::try_from("").unwrap().decode(), &b""[..]);
    }

    #[test]
    fn sec_42_xtext_is_read_strictly() {
        check_refused::<Xtext<'_>, 9>([
            ("a+2b", 1),
            ("a+2", 1),
            ("a+", 1),
            ("a+zz", 1),
            ("a++2B", 1),
            ("a=b", 1),
            ("a b", 1),
            ("a\r\n", 1),
            ("caf\u{e9}", 3),
        ]);
    }

    #[test]
    fn sec_42_every_octet_survives_and_control_octets_come_out_as_octets_only() {
        let all: Vec<u8> = (0..=255).collect();
        let xtext = Xtext::new(&all[..]);
        assert_eq!(*xtext.decode(), all[..]);
        for octet in all {
            let one = Xtext::new(alloc::vec![octet]);
            round_trip(&one);
            assert_eq!(*one.decode(), [octet], "{}", encoded(&one));
            let is_text = matches!(octet, b'\t' | 32..=126);
            assert_eq!(one.text().is_some(), is_text, "{}", encoded(&one));
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(octets: Vec<u8>) {
            let xtext = Xtext::new(octets.clone());
            round_trip(&xtext);
            prop_assert_eq!(&*xtext.decode(), &octets[..]);
            prop_assert!(xtext.as_str().is_ascii());
        }
    }
}
