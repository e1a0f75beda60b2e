//! BURL ([RFC 4468](https://www.rfc-editor.org/rfc/rfc4468)).

use alloc::borrow::Cow;
use core::fmt;

use crate::error::{Expected, ValueError};
use crate::grammar::line::{is_blank, space};
use crate::text::Shown;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, word};

use super::{kept, kept_text, words};

part! {
    /// A piece of a message that the server is to fetch itself: the argument of BURL.
    ///
    /// `BURL imap://harry@imap.example.com/Sent;UIDVALIDITY=1/;UID=2;URLAUTH=submit+harry:internal:91354a LAST`
    ///
    /// The URL is an absolute one without a fragment. What stands behind `;URLAUTH=` gives the piece to whoever has it
    /// (RFC 4467); `Debug` leaves it out.
    /// [RFC 4468 section 3](https://www.rfc-editor.org/rfc/rfc4468#section-3).
    pub struct Burl<'a> {
        url: Url<'a>,
        last: bool,
    }
}

part! {
    pub struct Url<'a>(Cow<'a, str>);
}

impl Url<'_> {
    /// What is not secret about it, from the front.
    fn public(&self) -> &str {
        let is_secret = |text: &[u8]| text.eq_ignore_ascii_case(b";URLAUTH=");
        let secret = self.0.as_bytes().windows(";URLAUTH=".len()).position(is_secret);
        self.0.get(..secret.unwrap_or(self.0.len())).unwrap_or_default()
    }
}

impl fmt::Debug for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.public();
        let secret = if public.len() < self.0.len() { ";URLAUTH=…" } else { "" };
        write!(f, "{:?}{secret}", Shown(public.as_bytes()))
    }
}

impl<'a> Burl<'a> {
    /// The piece at `url`, and whether the message ends with it.
    ///
    /// # Errors
    /// `url` is not an absolute URL, or has a fragment.
    pub fn new(url: &'a str, last: bool) -> Result<Self, ValueError> {
        match absolute_uri(url.as_bytes()) {
            Ok(([], url)) => Ok(Self { url: Url(url), last }),
            Ok((rest, _)) => {
                let offset = url.len().saturating_sub(rest.len());
                Err(ValueError { field: "URL", expected: Expected::Argument, offset })
            }
            Err(error) => Err(wire::fail(error, url.as_bytes()).in_field("URL")),
        }
    }

    /// The URL as written.
    pub fn url(&self) -> &str {
        &self.url.0
    }

    /// The front of the URL, as far as nothing is secret about it.
    pub(crate) fn public_url(&self) -> &str {
        self.url.public()
    }

    /// Whether the message ends with this piece.
    pub fn is_last(&self) -> bool {
        self.last
    }
}

/// ```abnf
/// burl-cmd = "BURL" SP absolute-URI [ SP "LAST" ]
/// ```
impl<'a> Wire<'a> for Burl<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = space(input, cx)?;
        let (rest, url) = absolute_uri(rest)?;
        match space(rest, cx) {
            Ok((after, ())) if !is_blank(after) => {
                let (after, ()) = word(after, b"LAST", Expected::Argument)?;
                Ok((after, Self { url: Url(url), last: true }))
            }
            _ => Ok((rest, Self { url: Url(url), last: false })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(" ");
        out.put(self.url.0.as_bytes());
        if self.last {
            out.put(" LAST");
        }
    }
}

/// RFC 3986 section 4.3, without looking into the hierarchy.
///
/// ```abnf
/// absolute-URI = scheme ":" *( unreserved / reserved / "%" 2HEXDIG )
/// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
/// ```
fn absolute_uri(input: &[u8]) -> Parsed<'_, Cow<'_, str>> {
    let is_scheme = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    let scheme = input.iter().take_while(is_scheme).count();
    let mut rest = match (input.first(), input.get(scheme..)) {
        (Some(b'A'..=b'Z' | b'a'..=b'z'), Some([b':', rest @ ..])) => rest,
        _ => return Fail::at(input, Expected::Argument),
    };
    loop {
        rest = match rest {
            [b'%', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => after,
            [b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~', after @ ..] => after,
            [octet, after @ ..] if b":/?[]@!$&'()*+,;=".contains(octet) => after,
            _ => return kept(input, rest),
        }
    }
}

part! {
    /// What a server says of BURL: which URLs it can resolve.
    ///
    /// `250-BURL imap imap://imap.example.com`
    ///
    /// Words, separated by single spaces; 1,900 octets at most. It may be absent before authentication.
    /// [RFC 4468 section 3.3](https://www.rfc-editor.org/rfc/rfc4468#section-3.3).
    pub struct BurlOffer<'a>(Cow<'a, str>);
}

impl BurlOffer<'_> {
    /// Whether IMAP URLs with `urlauth=submit+` are resolved.
    pub fn has_imap(&self) -> bool {
        self.iter().any(|word| word.eq_ignore_ascii_case("imap"))
    }

    /// The words one by one; those that begin with `imap://` name servers that trust this one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }
}

kept_text! {
    BurlOffer "BURL";
}

/// ```abnf
/// burl-params = ehlo-params
/// ```
impl<'a> Wire<'a> for BurlOffer<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, text) = words(input)?;
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn pieces() {
        let url = "imap://h%40x@imap.example.com/Sent;UIDVALIDITY=1/;UID=2;expire=2005-03-29T02:03:04Z?a[1]";
        check([
            (" imap://a/b", Burl::new("imap://a/b", false).unwrap()),
            (" imap://a/b LAST", Burl::new("imap://a/b", true).unwrap()),
            ([" ", url].concat().leak(), Burl::new(url, false).unwrap()),
            (" x:", Burl::new("x:", false).unwrap()),
        ]);
        check_refused::<Burl<'_>, 10>([
            ("", 0),
            (" ", 1),
            ("  imap://a", 1),
            (" /relative", 1),
            (" 1map://a", 1),
            (" imap//a", 1),
            (" imap://a#b", 9),
            (" imap://a%4", 9),
            (" imap://a FIRST", 10),
            (" imap://a LAST x", 14),
        ]);
        assert_eq!(Burl::new("imap://a b", false).unwrap_err().offset, 8);
    }

    #[test]
    fn sec_67_the_access_key_is_not_shown() {
        let url = "imap://h@a/b;UID=2;urlauth=submit+h:internal:91354a473744909de610943775f92038";
        let shown = alloc::format!("{:?}", Burl::new(url, true).unwrap());
        assert!(shown.contains("imap://h@a/b;UID=2") && !shown.contains("internal"), "{shown}");
    }

    #[test]
    fn offers() {
        let offer = |text| BurlOffer(Cow::Borrowed(text));
        check([
            ("imap", offer("imap")),
            ("imap imap://imap.example.com", offer("imap imap://imap.example.com")),
        ]);
        assert!(offer("IMAP x").has_imap() && !offer("imap://imap.example.com").has_imap());
        check_refused::<BurlOffer<'_>, 4>([("", 0), (" imap", 0), ("imap ", 4), ("a  b", 1)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(url in "[a-c:/%0-9 #]{0,12}", last: bool) {
            if let Ok(burl) = Burl::new(&url, last) {
                round_trip(&burl.into_owned());
            }
        }
    }
}
