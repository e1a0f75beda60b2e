//! Text of addresses and names.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::Deref;

use crate::error::{AddressPart, Expected};
use crate::wire::{Fail, Parsed, before, part};

part! {
    /// Octets that are UTF-8.
    ///
    /// A `str` would have to be checked when it is read, also when it is ASCII and never looked at; that costs more than
    /// all else about an address. So octets are kept, and ASCII is known to be UTF-8.
    pub struct Utf8<'a>(Cow<'a, [u8]>);
}

impl<'a> Utf8<'a> {
    /// Takes what of `input` stands before `rest`.
    #[inline]
    pub(crate) fn before(input: &'a [u8], rest: &'a [u8]) -> Parsed<'a, Self> {
        let is_ascii = before(input, rest).is_ascii();
        Self::of_ascii(input, rest, is_ascii)
    }

    /// The same, when it is known whether it is ASCII.
    #[inline]
    pub(crate) fn of_ascii(input: &'a [u8], rest: &'a [u8], is_ascii: bool) -> Parsed<'a, Self> {
        let octets = before(input, rest);
        if !is_ascii && let Err(error) = core::str::from_utf8(octets) {
            let rest = input.get(error.valid_up_to()..).unwrap_or_default();
            return Fail::at(rest, Expected::Address(AddressPart::Utf8));
        }
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    pub(crate) const fn of(text: &'a str) -> Self {
        Self(Cow::Borrowed(text.as_bytes()))
    }

    pub(crate) fn as_str(&self) -> &str {
        // UTF-8 by construction.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Utf8<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<String> for Utf8<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text.into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_utf8_is_taken() {
        let input = b"caf\xc3\xa9 x";
        let (_, text) = Utf8::before(input, b" x").unwrap();
        assert_eq!((text.as_str(), text.as_bytes()), ("caf\u{e9}", &input[..5]));
        let Err(nom::Err::Error(fail)) = Utf8::before(input, b"\xa9 x") else { panic!("half a character") };
        assert_eq!(fail.remaining, 4);
        assert_eq!(Utf8::from(String::from("a")).as_str(), Utf8::of("a").as_str());
    }
}
