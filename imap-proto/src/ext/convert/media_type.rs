//! Media types, as CONVERT names them ([RFC 5259 section 10](https://www.rfc-editor.org/rfc/rfc5259#section-10)).

use crate::error::Expected;
use crate::grammar::string::{Checked, caseless_text, checked_astring, string};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer};

/// `type/subtype`; with `wildcards` also `type/*` and `*`.
fn check(octets: &[u8], wildcards: bool) -> Checked {
    /// RFC 4288 section 4.2: `reg-name`.
    fn is_name(octet: u8) -> bool {
        octet.is_ascii_alphanumeric()
            || matches!(octet, b'!' | b'#' | b'$' | b'&' | b'.' | b'+' | b'-' | b'^' | b'_')
    }
    if wildcards && octets == b"*" {
        return Ok(());
    }
    let name = |from: usize| -> usize {
        let rest = octets.get(from..).unwrap_or_default();
        from.saturating_add(rest.iter().take_while(|&&octet| is_name(octet)).count())
    };
    let slash = name(0);
    if slash == 0 || octets.get(slash) != Some(&b'/') {
        return Err((Expected::MediaType, slash));
    }
    let start = slash.saturating_add(1);
    if wildcards && octets.get(start..) == Some(b"*") {
        return Ok(());
    }
    match name(start) {
        end if end > start && end == octets.len() => Ok(()),
        end => Err((Expected::MediaType, end)),
    }
}

fn media_type_check(octets: &[u8]) -> Checked {
    check(octets, false)
}

fn media_range_check(octets: &[u8]) -> Checked {
    check(octets, true)
}

caseless_text! {
    /// A media type, between quotes.
    ///
    /// `"text/plain"`
    ///
    /// Two are equal when they differ in case only. RFC 5259 section 10 (`concrete-mime-type`).
    pub struct MediaTypeName<'a>: "media type", media_type_check;
}

/// ```abnf
/// quoted-to-mime-type = DQUOTE type-name "/" subtype-name DQUOTE
/// ```
impl<'a> Wire<'a> for MediaTypeName<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if !input.starts_with(b"\"") {
            return Fail::at(input, Expected::Quoted);
        }
        let (rest, octets) = string(input, cx)?;
        match media_type_check(&octets) {
            Ok(()) => Ok((rest, Self(octets))),
            Err((expected, _)) => Fail::at(input, expected),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.quoted(&self.0);
    }
}

caseless_text! {
    /// Media types that a client asks about.
    ///
    /// `image/gif`, `"image/*"`, `"*"`
    ///
    /// RFC 5259 section 10 (`mime-type-req`).
    pub struct MediaRange<'a>: "media range", media_range_check;
}

impl MediaRange<'_> {
    /// `*`: all.
    pub const ALL: Self = Self(alloc::borrow::Cow::Borrowed(b"*"));

    /// Whether `media_type` is meant, too.
    pub fn contains(&self, media_type: &MediaTypeName<'_>) -> bool {
        match self.0.strip_suffix(b"*") {
            None => self.0.eq_ignore_ascii_case(&media_type.0),
            // `*`, or `type/*`.
            Some(kind) => match media_type.0.split_at_checked(kind.len()) {
                Some((front, _)) => front.eq_ignore_ascii_case(kind),
                None => false,
            },
        }
    }
}

/// ```abnf
/// mime-type-req = astring ; "*" / type-name "/*" / type-name "/" subtype-name
/// ```
impl<'a> Wire<'a> for MediaRange<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = checked_astring(input, cx, media_range_check)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn media(name: &str) -> MediaTypeName<'_> {
        MediaTypeName::new(name).unwrap()
    }

    pub(crate) fn range(name: &str) -> MediaRange<'_> {
        MediaRange::new(name).unwrap()
    }

    pub(crate) fn any_media_type() -> impl Strategy<Value = MediaTypeName<'static>> {
        "[a-zA-Z]{1,9}/[a-z0-9.+-]{1,9}".prop_map(|name| MediaTypeName::new(name).unwrap())
    }

    #[test]
    fn names() {
        check([("\"text/plain\"", media("text/plain")), ("\"image/svg+xml\"", media("image/svg+xml"))]);
        check_read([("\"TEXT/Plain\"", media("text/plain"))]);
        check_refused::<MediaTypeName<'_>, 7>([
            ("text/plain", 0),
            ("{10}\r\ntext/plain", 0),
            ("\"text\"", 0),
            ("\"text/\"", 0),
            ("\"/plain\"", 0),
            ("\"text/*\"", 0),
            ("\"text/plain;x\"", 0),
        ]);
    }

    #[test]
    fn ranges() {
        check([
            ("image/gif", range("image/gif")),
            ("\"image/*\"", range("image/*")),
            ("\"*\"", MediaRange::ALL),
        ]);
        check_read([("\"image/gif\"", range("IMAGE/gif")), ("{1}\r\n*", MediaRange::ALL)]);
        check_refused::<MediaRange<'_>, 5>([
            ("image", 5),
            ("image/", 6),
            ("\"*/*\"", 0),
            ("\"image/*x\"", 0),
            ("\"\"", 0),
        ]);
        assert!(
            MediaRange::ALL.contains(&media("text/plain")) && range("TEXT/*").contains(&media("text/plain"))
        );
        assert!(
            range("text/Plain").contains(&media("text/plain"))
                && !range("text/html").contains(&media("text/plain"))
        );
        assert!(
            !range("tex/*").contains(&media("text/plain")) && !range("application/*").contains(&media("a/b"))
        );
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(name in any_media_type()) {
            prop_assert!(MediaRange::new(name.as_bytes().to_vec()).unwrap().contains(&name));
            round_trip(&MediaRange::new(name.as_bytes().to_vec()).unwrap());
            round_trip(&name);
        }
    }
}
