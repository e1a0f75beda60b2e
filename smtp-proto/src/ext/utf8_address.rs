//! Addresses with UTF-8 in ORCPT ([RFC 6533 section 3](https://www.rfc-editor.org/rfc/rfc6533#section-3)).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::Write as _;

use crate::error::{Expected, ValueError};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

use super::{kept, kept_text};

part! {
    /// An address of type `utf-8`, in any of its three encodings.
    ///
    /// `jörg@example.org` (utf-8-address, utf-8-addr-unitext) or `j\x{F6}rg@example.org` (utf-8-addr-xtext).
    ///
    /// Controls, space, `\`, `+` and `=` are always `\x{…}`; characters outside of ASCII may be. One octet and more.
    /// Kept as it came. [RFC 6533 section 3](https://www.rfc-editor.org/rfc/rfc6533#section-3).
    pub struct Utf8Address<'a>(Cow<'a, str>);
}

impl<'a> Utf8Address<'a> {
    /// For servers with SMTPUTF8: characters stand for themselves where they may.
    ///
    /// # Errors
    /// The address is empty or holds a character that cannot be encoded: CR, LF, NUL and some other controls.
    pub fn new(address: impl Into<Cow<'a, str>>) -> Result<Self, ValueError> {
        Self::encode_where(address.into(), must_be_embedded)
    }

    /// For all servers: ASCII only.
    ///
    /// ```
    /// use smtp_proto::ext::Utf8Address;
    ///
    /// let address = Utf8Address::ascii("j\u{f6}rg+x@example.org")?;
    /// assert_eq!(address.as_str(), r"j\x{F6}rg\x{2B}x@example.org");
    /// assert_eq!(address.decode(), "j\u{f6}rg+x@example.org");
    /// # Ok::<(), smtp_proto::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn ascii(address: impl Into<Cow<'a, str>>) -> Result<Self, ValueError> {
        Self::encode_where(address.into(), |c| must_be_embedded(c) || !c.is_ascii())
    }

    fn encode_where(address: Cow<'a, str>, embed: fn(char) -> bool) -> Result<Self, ValueError> {
        let bad = address.find(|c: char| must_be_embedded(c) && !may_be_embedded(c));
        if let Some(offset) = bad.or(address.is_empty().then_some(0)) {
            return Err(ValueError { field: "address", expected: Expected::ParameterValue, offset });
        }
        if !address.contains(embed) {
            return Ok(Self(address));
        }
        let mut text = String::with_capacity(address.len().saturating_mul(2));
        for c in address.chars() {
            if embed(c) {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\x{{{:02X}}}", u32::from(c));
            } else {
                text.push(c);
            }
        }
        Ok(Self(Cow::Owned(text)))
    }

    /// The address.
    pub fn decode(&self) -> Cow<'_, str> {
        if !self.0.contains('\\') {
            return Cow::Borrowed(&self.0);
        }
        let mut text = String::with_capacity(self.0.len());
        let mut rest = &*self.0;
        while let Some((plain, embedded)) = rest.split_once("\\x{") {
            text.push_str(plain);
            let (digits, after) = embedded.split_once('}').unwrap_or((embedded, ""));
            text.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
            rest = after;
        }
        text.push_str(rest);
        Cow::Owned(text)
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }
}

/// Controls, space and what means something in xtext or here.
fn must_be_embedded(c: char) -> bool {
    c.is_ascii_control() || matches!(c, ' ' | '\\' | '+' | '=')
}

/// The RFC has no `HEXPOINT` for NUL, CR, LF and some other controls, nor for characters that need none.
fn may_be_embedded(c: char) -> bool {
    matches!(c, '\x01'..='\x09' | '\x10'..='\x19' | ' ' | '+' | '=' | '\\' | '\x7f') || !c.is_ascii()
}

/// ```abnf
/// utf-8-addr-unitext = 1*(QUCHAR / EmbeddedUnicodeChar)
/// QUCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e / UTF8-2 / UTF8-3 / UTF8-4
/// EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
/// ```
impl<'a> Wire<'a> for Utf8Address<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let mut rest = input;
        loop {
            rest = match rest {
                [b'\\', ..] => embedded(rest)?.0,
                [b'+' | b'=', ..] => return Fail::at(rest, Expected::ParameterValue),
                [b'!'..=b'~' | 128.., after @ ..] => after,
                _ => break,
            };
        }
        if rest.len() == input.len() {
            return Fail::at(input, Expected::ParameterValue);
        }
        let (rest, text) = kept(input, rest)?;
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

/// Two to six hexadecimal digits, no more than it takes.
///
/// ```abnf
/// EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
/// ```
fn embedded(input: &[u8]) -> Parsed<'_, ()> {
    let Some(digits) = input.strip_prefix(b"\\x{") else { return Fail::at(input, Expected::ParameterValue) };
    let mut code = 0u32;
    let mut rest = digits;
    while let [octet, after @ ..] = rest {
        let Some(value) = char::from(*octet).to_digit(16) else { break };
        // Eight digits more would be needed to lose one, and seven are refused.
        code = code.wrapping_shl(4) | value;
        rest = after;
    }
    let count = digits.len().saturating_sub(rest.len());
    let needed = 8u32.saturating_sub(code.leading_zeros() / 4).max(2);
    match (rest, char::from_u32(code)) {
        ([b'}', rest @ ..], Some(c)) if may_be_embedded(c) && count == needed as usize => Ok((rest, ())),
        _ => Fail::at(input, Expected::ParameterValue),
    }
}

kept_text! {
    Utf8Address "address";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn the_three_encodings() {
        let plain = "j\u{f6}rg@ex\u{e4}mple.org";
        check([
            (plain, Utf8Address::new(plain).unwrap()),
            ("j\\x{F6}rg@ex\\x{E4}mple.org", Utf8Address::ascii(plain).unwrap()),
            ("j\u{f6}rg\\x{2B}\\x{5C}\\x{3D}\\x{20}x@d", Utf8Address::new("j\u{f6}rg+\\= x@d").unwrap()),
            (
                "\\x{4E2D}\\x{10FFFF}\\x{1F4E7}@d",
                Utf8Address::ascii("\u{4e2d}\u{10ffff}\u{1f4e7}@d").unwrap(),
            ),
        ]);
        // RFC 5234 section 2.3: literal text in ABNF is upper and lower case alike.
        assert_eq!(Utf8Address::try_from("\\x{f6}").unwrap().decode(), "\u{f6}");
        assert!(Utf8Address::ascii(plain).unwrap().is_ascii());
    }

    #[test]
    fn what_is_no_encoding_is_refused() {
        check_refused::<Utf8Address<'_>, 18>([
            ("", 0),
            ("a+2Bb", 1),
            ("a=b", 1),
            ("a b", 1),
            ("a\r\n", 1),
            ("\\", 0),
            ("a\\b", 1),
            ("\\x{}", 0),
            ("\\x{1}", 0),
            ("\\x{41}", 0),
            ("\\x{00}", 0),
            ("\\x{0D}", 0),
            ("\\x{0A}", 0),
            ("\\x{0F6}", 0),
            ("\\x{D800}", 0),
            ("\\x{110000}", 0),
            ("\\x{100000020}", 0),
            ("\\x{+F6}", 0),
        ]);
        assert_eq!(Utf8Address::new("a\nb").unwrap_err().offset, 1);
        assert_eq!(Utf8Address::ascii("").unwrap_err().offset, 0);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text: String) {
            for address in [Utf8Address::new(&text), Utf8Address::ascii(&text)].into_iter().flatten() {
                let address = address.into_owned();
                round_trip(&address);
                prop_assert_eq!(address.decode(), &text[..]);
            }
        }
    }
}
