//! Text for people ([RFC 5321 section 4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)), and the octet
//! classes of the grammar.

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, run};

/// `ALPHA / DIGIT`.
pub(crate) const ALNUM: u8 = 1;
/// `atext`, and every octet of a multi-octet UTF-8 character (RFC 6531 section 3.3).
pub(crate) const ATEXT: u8 = 2;
/// Octets of a domain name: letters, digits, `-`, `.`, and those of multi-octet UTF-8 characters.
pub(crate) const NAME: u8 = 4;
/// Octets of an esmtp-value: all but `=`, space and controls (RFC 5321 section 4.1.2), UTF-8 included (RFC 6531).
pub(crate) const VALUE: u8 = 8;
/// Letters, digits and `-`: esmtp-keyword, ehlo-keyword.
pub(crate) const KEYWORD: u8 = 16;
/// What may stand in text: HT, space, printable ASCII and octets above 127.
pub(crate) const TEXT: u8 = 32;
/// Octets that xtext leaves as they are: printable but `+` and `=` (RFC 3461 section 4).
pub(crate) const XCHAR: u8 = 64;
/// Not ASCII.
pub(crate) const HIGH: u8 = 128;

/// The classes of every octet.
pub(crate) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0u8;
    loop {
        let (alnum, high) = (octet.is_ascii_alphanumeric(), octet > 127);
        let printable = octet > 32 && octet < 127;
        let atext = matches!(
            octet,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
        );
        let mut class = 0;
        if alnum {
            class |= ALNUM;
        }
        if alnum || high || atext {
            class |= ATEXT;
        }
        if alnum || high || matches!(octet, b'-' | b'.') {
            class |= NAME;
        }
        if (printable || high) && octet != b'=' {
            class |= VALUE;
        }
        if alnum || octet == b'-' {
            class |= KEYWORD;
        }
        if printable || high || matches!(octet, b' ' | b'\t') {
            class |= TEXT;
        }
        if printable && !matches!(octet, b'+' | b'=') {
            class |= XCHAR;
        }
        if high {
            class |= HIGH;
        }
        // In the bounds of a table of 256 by the type of `octet`; evaluated when compiling.
        #[allow(clippy::indexing_slicing)]
        {
            table[octet as usize] = class;
        }
        if octet == u8::MAX {
            return table;
        }
        octet = octet.saturating_add(1);
    }
}

/// What is left behind the octets of `class` at the front of `input`; letters and digits must be in the class. Adds the
/// bits of all the others to `seen`: its high bit then says that not all were ASCII.
///
/// For the words of addresses, which are mostly letters: those are taken eight at a time.
#[inline]
pub(crate) fn skip<'a>(input: &'a [u8], class: u8, seen: &mut u8) -> &'a [u8] {
    let mut rest = input;
    loop {
        if let Some(eight) = rest.first_chunk() {
            rest = rest.get(leading_alnums(*eight)..).unwrap_or_default();
        }
        // A `u8` is always an index of a table of 256.
        #[allow(clippy::indexing_slicing)]
        match rest {
            [octet, after @ ..] if CLASS[usize::from(*octet)] & class != 0 => {
                *seen |= octet;
                rest = after;
            }
            _ => return rest,
        }
    }
}

/// How many octets stand before the first that is no ASCII letter or digit.
#[inline]
fn leading_alnums(octets: [u8; 8]) -> usize {
    const fn each(octet: u8) -> u64 {
        u64::from_ne_bytes([octet; 8])
    }
    let octets = u64::from_le_bytes(octets);
    // Without its high bit an octet can be added to without a carry into the next one: the sum has its high bit set
    // from the octet on that `0x80` was lowered by.
    let seven = octets & each(0x7f);
    let from = |octet: u8, of: u64| of.wrapping_add(each(0x80u8.wrapping_sub(octet)));
    let lower = seven | each(0x20);
    let letters = from(b'a', lower) & !from(b'z' + 1, lower);
    let digits = from(b'0', seven) & !from(b'9' + 1, seven);
    let others = !((letters | digits) & !octets) & each(0x80);
    (others.trailing_zeros() / 8) as usize
}

part! {
    /// Text for people: what follows a reply code, or the string of NOOP, HELP and VRFY.
    ///
    /// `queued as 09C779E06BE`
    ///
    /// HT, printable ASCII and any octets above 127 (servers write in Latin-1, GB 18030 and UTF-8), 1 to 2,000 of
    /// them; never CR, LF, NUL or another control. RFC 5321 section 4.2 (`textstring`).
    pub struct Text<'a>(Cow<'a, [u8]>);
}

impl<'a> Text<'a> {
    /// The longest text, in octets: what fits a reply line of 2,048.
    pub const MAX: usize = 2_000;

    /// Takes text as it is.
    ///
    /// # Errors
    /// It is longer than [`MAX`](Self::MAX) or holds a control octet.
    pub fn new(text: impl Into<Cow<'a, [u8]>>) -> Result<Self, ValueError> {
        let text = text.into();
        let (expected, offset) = match Self::first_bad(&text) {
            None if text.is_empty() => (Expected::Text, 0),
            None => return Ok(Self(text)),
            Some(Self::MAX) => (Expected::Shorter, Self::MAX),
            Some(offset) => (Expected::Text, offset),
        };
        Err(ValueError { field: "text", expected, offset })
    }

    /// Whether `text` may be taken. [`text!`](macro@crate::text) asks this when compiling.
    pub const fn is_text(text: &[u8]) -> bool {
        !text.is_empty() && Self::first_bad(text).is_none()
    }

    /// What [`text!`](crate::text) has checked; a dash for what is not text.
    #[doc(hidden)]
    pub const fn from_checked(text: &'static str) -> Text<'static> {
        Text(Cow::Borrowed(if Self::is_text(text.as_bytes()) { text.as_bytes() } else { b"-" }))
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, when it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(&self.0).ok()
    }

    const fn first_bad(text: &[u8]) -> Option<usize> {
        let mut rest = text;
        while let [octet, after @ ..] = rest {
            let offset = text.len().saturating_sub(rest.len());
            // A `u8` is always an index of a table of 256.
            #[allow(clippy::indexing_slicing)]
            if offset == Self::MAX || CLASS[*octet as usize] & TEXT == 0 {
                return Some(offset);
            }
            rest = after;
        }
        None
    }
}

impl<'a> TryFrom<&'a str> for Text<'a> {
    type Error = ValueError;

    fn try_from(text: &'a str) -> Result<Self, ValueError> {
        Self::new(text.as_bytes())
    }
}

/// ```abnf
/// textstring = 1*(%d09 / %d32-126 / %d128-255)
/// ```
impl<'a> Wire<'a> for Text<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (text, rest) = text_run(input);
        if text.is_empty() {
            return Fail::at(input, Expected::Text);
        }
        if text.len() > Self::MAX {
            return Fail::at(input.get(Self::MAX..).unwrap_or_default(), Expected::Shorter);
        }
        Ok((rest, Self(Cow::Borrowed(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// The octets of [`TEXT`] from the front of `input`, and the rest.
#[inline]
pub(crate) fn text_run(input: &[u8]) -> (&[u8], &[u8]) {
    let rest = after_text(input);
    input.split_at_checked(input.len().saturating_sub(rest.len())).unwrap_or((input, &[]))
}

/// What is behind the octets of [`TEXT`] at the front of `input`.
///
/// Eight at a time: the text of replies is most of what servers send.
#[inline]
pub(crate) fn after_text(input: &[u8]) -> &[u8] {
    let mut rest = input;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let controls = controls(u64::from_le_bytes(*eight));
        if controls == 0 {
            rest = after;
            continue;
        }
        // The lowest octet comes first.
        rest = rest.get((controls.trailing_zeros() / 8) as usize..).unwrap_or_default();
        match rest {
            [b'\t', after @ ..] => rest = after,
            _ => return rest,
        }
    }
    run(rest, &CLASS, TEXT).1
}

/// The octets from the front of `input` up to one below `-`, or with `EQUALS` a `=`, and the rest: a word of letters,
/// digits and hyphens is among them; space and CR are not.
#[inline]
pub(crate) fn word_run<const EQUALS: bool>(input: &[u8]) -> (&[u8], &[u8]) {
    let is_end = |octet: &u8| *octet < b'-' || EQUALS && *octet == b'=';
    let mut rest = input;
    let end = loop {
        let Some((eight, after)) = rest.split_first_chunk::<8>() else {
            break rest.iter().position(is_end).unwrap_or(rest.len());
        };
        let eight = u64::from_le_bytes(*eight);
        let equals = if EQUALS { below::<1>(eight ^ EACH.wrapping_mul(b'=' as u64)) } else { 0 };
        let ends = below::<b'-'>(eight) | equals;
        if ends != 0 {
            break (ends.trailing_zeros() / 8) as usize;
        }
        rest = after;
    };
    let end = input.len().saturating_sub(rest.len()).saturating_add(end);
    input.split_at_checked(end).unwrap_or((input, &[]))
}

const EACH: u64 = u64::MAX / 0xff;
const TOP: u64 = 0x80 * EACH;

/// The top bit of each of eight octets that is below space, or DEL.
#[inline]
const fn controls(eight: u64) -> u64 {
    let del = (eight & !TOP).wrapping_add(EACH) & !eight & TOP;
    del | below::<b' '>(eight)
}

/// The top bit of each of eight octets that is below `LIMIT`, which is ASCII.
#[inline]
const fn below<const LIMIT: u8>(eight: u64) -> u64 {
    // Without the top bits nothing is carried from one octet into the next.
    let reaches = (eight & !TOP).wrapping_add(EACH.wrapping_mul(0x80u64.wrapping_sub(LIMIT as u64)));
    !reaches & !eight & TOP
}

impl core::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Text({:?})", Shown(&self.0))
    }
}

/// Octets of a peer in a `Debug` text: printable ASCII as it is, all else escaped, and no more than 64 of them, so that
/// neither terminals nor logs are at the mercy of a peer.
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

impl core::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (front, more) = self.0.split_at_checked(64).unwrap_or((self.0, &[]));
        write!(f, "\"{}\"", front.escape_ascii())?;
        if more.is_empty() { Ok(()) } else { write!(f, "… {} octets more", more.len()) }
    }
}

/// A [`Text`](crate::text::Text) from a literal, checked when compiling.
///
/// ```
/// let text = smtp_proto::text!("queued as 42");
/// assert_eq!(text.as_str(), Some("queued as 42"));
/// ```
#[macro_export]
macro_rules! text {
    ($literal:literal) => {{
        const {
            assert!(
                $crate::text::Text::is_text($literal.as_bytes()),
                "empty, too long, or with a control octet"
            )
        };
        $crate::text::Text::from_checked($literal)
    }};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn text() {
        check([("ok", text!("ok")), ("caf\u{e9}\tx", Text::try_from("caf\u{e9}\tx").unwrap())]);
        check_refused::<Text<'_>, 3>([("", 0), ("a\0", 1), ("a\r\n", 1)]);
        assert_eq!(Text::new(&b"a\nb"[..]).unwrap_err().offset, 1);
        assert_eq!(Text::new(alloc::vec![b'x'; 2_001]).unwrap_err().expected, Expected::Shorter);
    }

    #[test]
    fn letters_and_digits_are_taken_eight_at_a_time() {
        for octet in 0..=255u8 {
            for place in 0..8 {
                let mut octets = *b"aZ0z9A5m";
                octets[place] = octet;
                let expected = if octet.is_ascii_alphanumeric() { 8 } else { place };
                assert_eq!(leading_alnums(octets), expected, "{octet} at {place}");
            }
        }
        let line = b"Abcdefghij-klmnopqrstuv_1234567890.x";
        let mut seen = 0;
        assert_eq!(skip(line, ATEXT, &mut seen), b".x");
        assert_eq!(skip(line, ALNUM, &mut seen), b"-klmnopqrstuv_1234567890.x");
        assert!(seen.is_ascii());
        assert_eq!(skip("caf\u{e9}s ".as_bytes(), ATEXT, &mut seen), b" ");
        assert!(!seen.is_ascii());
    }

    #[test]
    fn debug_text_is_short_and_printable() {
        let shown = alloc::format!("{:?}", Text::new(b"\xff".repeat(70)).unwrap());
        assert!(shown.is_ascii() && shown.ends_with("… 6 octets more)") || shown.len() < 400, "{shown}");
    }

    proptest! {
        #[test]
        fn eight_at_a_time_is_one_at_a_time(octets in proptest::collection::vec(
            prop_oneof![4 => 32u8..127, 1 => any::<u8>(), 1 => Just(b'\t'), 1 => Just(127), 1 => Just(b'=')], 0..40,
        )) {
            prop_assert_eq!(text_run(&octets), run(&octets, &CLASS, TEXT));
            let end = octets.iter().position(|&octet| octet < b'-').unwrap_or(octets.len());
            prop_assert_eq!(word_run::<false>(&octets), octets.split_at(end));
            let end = octets.iter().position(|&octet| octet < b'-' || octet == b'=').unwrap_or(octets.len());
            prop_assert_eq!(word_run::<true>(&octets), octets.split_at(end));
        }

        #[test]
        fn what_can_be_built_can_be_read(octets: Vec<u8>) {
            if let Ok(text) = Text::new(octets) {
                round_trip(&text);
            }
        }
    }
}
