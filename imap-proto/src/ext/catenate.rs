//! CATENATE ([RFC 4469](https://www.rfc-editor.org/rfc/rfc4469)).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Expected, ValueError};
use crate::grammar::class::{CLASS, TEXT, space};
use crate::grammar::octets::Octets;
use crate::grammar::string::{any_literal, whole};
use crate::items::{Items, Lend};
use crate::list::Spaced;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part, run, word};

use super::url::UrlText;

part! {
    /// A message of parts, some of which the server has: what stands behind CATENATE in APPEND.
    ///
    /// `(URL "/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER" TEXT {42}` CRLF, 42 octets, `)`
    ///
    /// At least one part. RFC 4469 section 3.
    pub struct Catenate<'a> {
        parts: Items<'a, CatPart<'a>, Spaced>,
    }
}

impl<'a> Catenate<'a> {
    /// A message of these parts.
    ///
    /// # Errors
    /// There are none.
    pub fn new(parts: Vec<CatPart<'a>>) -> Result<Self, ValueError> {
        match parts.is_empty() {
            true => Err(ValueError { field: "CATENATE", expected: Expected::Keyword, offset: 0 }),
            false => Ok(Self { parts: Items::Given(parts) }),
        }
    }

    /// The parts in order; what was read is kept as text, of which each is read again.
    pub fn parts(&self) -> impl Iterator<Item = CatPart<'_>> + Clone {
        self.parts.iter()
    }
}

/// ```abnf
/// append-data =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"
/// ```
impl<'a> Wire<'a> for Catenate<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (start, ()) = octet(input, b'(', Expected::Open)?;
        let next = |rest| space(rest, cx).ok().map(|(after, ())| after);
        let (rest, parts) = Items::parse_between(start, cx, next)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { parts }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.parts.encode(out);
    }
}

part! {
    /// A part of a message that is put together.
    ///
    /// `URL /INBOX/;UID=11467`
    ///
    /// RFC 4469 section 3, RFC 6855 section 4.
    pub enum CatPart<'a> {
        /// `URL "/Drafts/;UID=20/;section=1"`: what the server has. What is no URL is answered with BADURL.
        Url(UrlText<'a>),
        /// `TEXT {42}` CRLF and 42 octets: what the client has; shared octets are not copied. No NUL ought to be in it.
        Text(Octets<'a>),
        /// `UTF8 (~{42}` CRLF, 42 octets, `)`: the same with UTF-8 in its header.
        Utf8(Octets<'a>),
    }
}

impl Lend for CatPart<'_> {
    fn lend(&self) -> CatPart<'_> {
        match self {
            Self::Url(url) => CatPart::Url(url.lend()),
            Self::Text(octets) => CatPart::Text(octets.lend()),
            Self::Utf8(octets) => CatPart::Utf8(octets.lend()),
        }
    }
}

/// ```abnf
/// cat-part = "URL" SP astring / "TEXT" SP literal / "UTF8" SP "(" literal8 ")"
/// ```
impl<'a> Wire<'a> for CatPart<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'U' | b'u', b'R' | b'r', ..] => {
                let (rest, ()) = word(input, b"URL", Expected::Keyword)?;
                let (rest, url) = UrlText::parse(space(rest, cx)?.0, cx)?;
                Ok((rest, Self::Url(url)))
            }
            [b'T' | b't', ..] => {
                let (rest, ()) = word(input, b"TEXT", Expected::Keyword)?;
                let (rest, ()) = space(rest, cx)?;
                let (rest, octets) = any_literal(octet(rest, b'{', Expected::Literal)?.0)?;
                Ok((rest, Self::Text(octets.into())))
            }
            _ => {
                let (rest, ()) = word(input, b"UTF8", Expected::Keyword)?;
                let (rest, ()) = space(rest, cx)?;
                let (rest, ()) = octet(rest, b'(', Expected::Open)?;
                let (rest, ()) = word(rest, b"~{", Expected::Literal)?;
                let (rest, octets) = any_literal(rest)?;
                let (rest, ()) = octet(rest, b')', Expected::Close)?;
                Ok((rest, Self::Utf8(octets.into())))
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Url(url) => {
                out.put("URL ");
                url.encode(out);
            }
            Self::Text(octets) => {
                out.put("TEXT ");
                out.bulk(octets, false);
            }
            Self::Utf8(octets) => {
                out.put("UTF8 (");
                out.bulk(octets, true);
                out.put(")");
            }
        }
    }
}

part! {
    /// The URL that APPEND could not do with: what stands in the response code BADURL.
    ///
    /// `"/INBOX;UIDVALIDITY=785799047/;UID=113330"`
    ///
    /// `Debug` leaves out what may be secret. RFC 4469 section 4.1.
    pub struct BadUrl<'a>(Cow<'a, [u8]>);
}

impl<'a> BadUrl<'a> {
    /// Takes text without `]`, at least one octet; quotes are kept.
    ///
    /// # Errors
    /// What the grammar expected, and where.
    pub fn new(text: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let text = text.into().into_cow();
        match whole(&text, Expected::Url, url_resp_text(&text)) {
            Ok(()) => Ok(Self(text)),
            Err((expected, offset)) => Err(ValueError { field: "BADURL", expected, offset }),
        }
    }

    /// The text as it is on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The URL, without the quotes that there may be around it.
    pub fn url(&self) -> UrlText<'_> {
        UrlText::known(match &*self.0 {
            [b'"', url @ .., b'"'] => url,
            url => url,
        })
    }
}

impl fmt::Debug for BadUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.url(), f)
    }
}

/// ```abnf
/// badurl-response-code = "BADURL" SP url-resp-text
/// url-resp-text = 1*<any TEXT-CHAR except "]">
/// ```
impl<'a> Wire<'a> for BadUrl<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, text) = url_resp_text(input)?;
        Ok((rest, Self(Cow::Borrowed(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

fn url_resp_text(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (text, _) = run(input, &CLASS, TEXT);
    let end = memchr::memchr(b']', text).unwrap_or(text.len());
    match input.split_at_checked(end) {
        Some((text @ [_, ..], rest)) => Ok((rest, text)),
        _ => Fail::at(input, Expected::Url),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::options::{Dialect, Leniency};
    use crate::testing::{
        check, check_alike, check_read, check_refused, check_tolerated, encoded_bytes, hash_of, round_trip,
    };
    use crate::wire::exact;
    use crate::{EncodeOptions, Fragment, LiteralMode};
    use alloc::format;
    use proptest::prelude::*;

    const BOUNDARY: &str = "\r\n--------------030308070208000400050907\r\n";

    fn url(text: &str) -> CatPart<'_> {
        CatPart::Url(UrlText::new(text).unwrap())
    }

    fn text(octets: &'static str) -> CatPart<'static> {
        CatPart::Text(octets.into())
    }

    fn message(parts: &[CatPart<'static>]) -> Catenate<'static> {
        Catenate::new(parts.to_vec()).unwrap()
    }

    #[test]
    fn messages() {
        let draft = "/Drafts;UIDVALIDITY=385759045/;UID=20/;section=";
        let section = |section: &str| url(format!("{draft}{section}").leak());
        // RFC 4469 appendix A, example 1.
        check([(
            format!(
                "(URL {draft}HEADER TEXT {{42}}\r\n{BOUNDARY} URL {draft}1.MIME URL {draft}1 \
                 TEXT {{42}}\r\n{BOUNDARY} URL /Drafts;UIDVALIDITY=385759045/;UID=30)"
            )
            .leak(),
            message(&[
                section("HEADER"),
                text(BOUNDARY),
                section("1.MIME"),
                section("1"),
                text(BOUNDARY),
                url("/Drafts;UIDVALIDITY=385759045/;UID=30"),
            ]),
        )]);
        check([
            ("(TEXT {0}\r\n)", message(&[text("")])),
            ("(TEXT {3}\r\n)\r\n)", message(&[text(")\r\n")])),
            ("(URL \"no url\")", message(&[url("no url")])),
            ("(UTF8 (~{2}\r\n\u{e9}) URL /a)", message(&[CatPart::Utf8("\u{e9}".into()), url("/a")])),
        ]);
        check_read([
            ("(url \"/a\" text {1+}\r\nx)", message(&[url("/a"), text("x")])),
            ("(utf8 (~{1+}\r\nx))", message(&[CatPart::Utf8("x".into())])),
        ]);
        check_refused::<Catenate<'_>, 13>([
            ("", 0),
            ("()", 1),
            ("URL /a", 0),
            ("(URL)", 4),
            ("(URL /a", 7),
            ("(URL /a )", 8),
            ("(FILE /a)", 1),
            ("(TEXT \"a\")", 6),
            ("(TEXT ~{1}\r\na)", 6),
            ("(TEXT {9}\r\na)", 7),
            ("(UTF8 {1}\r\na)", 6),
            ("(UTF8 ({1}\r\na))", 7),
            ("(URL {1}\r\n\0)", 10),
        ]);
        check_tolerated([("(URL  /a)", message(&[url("/a")]), Leniency::EXTRA_SPACE)]);
        let parts = [url("/a"), text("b")];
        assert_eq!(message(&parts).parts().collect::<Vec<_>>(), parts);
        assert!(Catenate::new(Vec::new()).is_err());
    }

    /// What is read is kept as text, and what is made as it was given: nobody sees a difference.
    #[test]
    fn what_is_read_is_what_is_made() {
        let wire: &[u8] = b"(URL /a TEXT {2}\r\n)( UTF8 (~{1}\r\nx))";
        let loose: &[u8] = b"(url  \"/a\" text {2+}\r\n)(  utf8 (~{1}\r\nx))";
        let parts = [url("/a"), text(")("), CatPart::Utf8("x".into())];
        let read = exact::<Catenate<'_>>(wire, Dialect::STRICT).unwrap();
        let anew = exact::<Catenate<'_>>(loose, Dialect::TOLERANT).unwrap();
        let given = Catenate::new(anew.parts().collect()).unwrap();
        let owned = [read.clone().into_owned(), anew.clone().into_owned(), message(&parts).into_owned()];
        let all = [&[read.clone(), anew.clone(), given, message(&parts)], &owned[..]].concat();
        check_alike(&all);
        for message in &all {
            assert_eq!(message.parts().collect::<Vec<_>>(), parts);
            let mut rest = message.parts();
            rest.next();
            assert_eq!(rest.clone().collect::<Vec<_>>(), rest.collect::<Vec<_>>());
            assert!(format!("{message:?}").contains(&format!("{parts:?}")));
            assert_eq!(encoded_bytes(message), wire);
            let other = Catenate::new(parts[..2].to_vec()).unwrap();
            assert_ne!(message, &other);
            assert_ne!(hash_of(message), hash_of(&other));
        }
        // A walk borrows.
        let octets = bytes::Bytes::from_static(b"hello");
        let made = Catenate::new(alloc::vec![CatPart::Text(octets.clone().into())]).unwrap();
        let place = |message: &Catenate<'_>| {
            message.parts().find_map(|part| match part {
                CatPart::Text(octets) => Some(octets.as_ptr()),
                _ => None,
            })
        };
        let places = [octets.as_ptr(), wire[18..].as_ptr()].map(Some);
        assert_eq!([place(&made), place(&read)], places);
    }

    #[test]
    fn text_is_not_copied() {
        let octets = bytes::Bytes::from(alloc::vec![b'x'; 5_000]);
        let value = Catenate::new(alloc::vec![url("/a"), CatPart::Text(octets.clone().into())]).unwrap();
        let options = EncodeOptions::default().with_literals(LiteralMode::Minus);
        let fragments = crate::writer::fragments(options, true, |out| value.encode(out));
        let [Fragment::Send(head), Fragment::Wait, Fragment::Send(text), Fragment::Send(end)] =
            &fragments[..]
        else {
            panic!("{fragments:?}")
        };
        assert_eq!((&head[..], &end[..]), (&b"(URL /a TEXT {5000}\r\n"[..], &b")"[..]));
        assert_eq!(text.as_ptr(), octets.as_ptr());
    }

    #[test]
    fn bad_urls() {
        let bad = |text| BadUrl::new(text).unwrap();
        // RFC 4469 appendix A, example 4, where a slash is missing.
        let quoted = "\"/INBOX;UIDVALIDITY=785799047/;UID=113330;section=1.5.9\"";
        check([(quoted, bad(quoted)), ("/a/;UID=1", bad("/a/;UID=1"))]);
        assert_eq!(bad(quoted).as_bytes(), quoted.as_bytes());
        assert!(bad(quoted).url().to_imap().is_err());
        assert_eq!(bad("\"/a/;UID=7\"").url().to_imap().unwrap().uid(), Some(7));
        check_refused::<BadUrl<'_>, 2>([("", 0), ("a]", 1)]);
    }

    #[test]
    fn sec_67_no_token_is_shown() {
        let wire = "imap://h/a/;UID=1;URLAUTH=anonymous:x:91354a473744909de610943775f92038";
        let shown = format!("{:?}{:?}", url(wire), BadUrl::new(wire).unwrap());
        assert!(shown.contains("imap://h/a/;UID=1") && !shown.contains("91354a"), "{shown}");
    }

    fn any_part() -> impl Strategy<Value = CatPart<'static>> {
        prop_oneof![
            "[ -~\r\n]{0,12}".prop_map(|url| CatPart::Url(UrlText::new(url).unwrap())),
            any::<Vec<u8>>().prop_map(|octets| CatPart::Text(octets.into())),
            any::<Vec<u8>>().prop_map(|octets| CatPart::Utf8(octets.into())),
        ]
    }

    pub(crate) fn any_catenate() -> impl Strategy<Value = Catenate<'static>> {
        proptest::collection::vec(any_part(), 1..5).prop_map(|parts| Catenate::new(parts).unwrap())
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(value in any_catenate()) {
            round_trip(&value);
            let wire = encoded_bytes(&value);
            let utf8 = |dialect: Dialect| exact::<Catenate<'_>>(&wire, dialect.with_utf8(true)).unwrap();
            check_alike(&[utf8(Dialect::STRICT), utf8(Dialect::TOLERANT), value.into_owned()]);
        }
    }
}
