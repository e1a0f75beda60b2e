//! Tags: what commands are called on the wire.

use alloc::borrow::Cow;
use alloc::format;

use crate::error::{Expected, ValueError};
use crate::grammar::text::Tag;

/// What all tags of a session begin with: four letters or digits, behind which a number follows.
///
/// `K7QX` of `K7QX1`, `K7QX2`
///
/// Whoever can guess a tag and put octets into the connection can complete commands that the server has not read: give
/// it other, random ones in each session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TagPrefix([u8; 4]);

impl TagPrefix {
    /// Four letters or digits.
    ///
    /// # Errors
    /// One is something else.
    pub fn new(octets: [u8; 4]) -> Result<Self, ValueError> {
        match octets.iter().position(|octet| !octet.is_ascii_alphanumeric()) {
            None => Ok(Self(octets)),
            Some(offset) => Err(ValueError { field: "tag prefix", expected: Expected::Tag, offset }),
        }
    }

    /// Letters and digits from random bits.
    ///
    /// ```
    /// use imap_proto::client::TagPrefix;
    ///
    /// assert_ne!(TagPrefix::from_seed(0x1234_5678), TagPrefix::from_seed(0x1234_5679));
    /// ```
    pub fn from_seed(mut seed: u32) -> Self {
        const LETTERS: u32 = 26;
        const DIGITS: u32 = 10;
        let octets = [(); 4].map(|()| {
            let one = seed % (LETTERS + DIGITS);
            seed /= LETTERS + DIGITS;
            // Less than 36, so it fits.
            match one.checked_sub(LETTERS) {
                None => b'A'.wrapping_add(one as u8),
                Some(digit) => b'0'.wrapping_add(digit as u8),
            }
        });
        Self(octets)
    }

    /// The tag with this number.
    pub(super) fn tag(self, number: u64) -> Tag<'static> {
        let prefix = core::str::from_utf8(&self.0).unwrap_or_default();
        // Letters and digits are always a tag.
        Tag(Cow::Owned(format!("{prefix}{number}").into_bytes()))
    }

    /// The number in `tag`, if it is one of these.
    pub(super) fn number_of(self, tag: &[u8]) -> Option<u64> {
        match tag.strip_prefix(&self.0)? {
            // One spelling for each number.
            [b'0', ..] => None,
            digits => match crate::wire::number(digits) {
                Ok(([], number)) => Some(number),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        assert_eq!(TagPrefix::from_seed(0), TagPrefix(*b"AAAA"));
        assert_eq!(TagPrefix::from_seed(u32::MAX).0.map(|octet| octet.is_ascii_alphanumeric()), [true; 4]);
        assert_eq!(TagPrefix::new(*b"a1 x").unwrap_err().offset, 2);
    }

    #[test]
    fn numbers() {
        let prefix = TagPrefix(*b"K7QX");
        assert_eq!(prefix.tag(12).as_bytes(), b"K7QX12");
        let number = |tag: &str| prefix.number_of(tag.as_bytes());
        assert_eq!(number("K7QX12"), Some(12));
        for other in ["K7QX", "K7QX012", "k7qx12", "K7Q12", "K7QX12a", "K7QX99999999999999999999", "12"] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
