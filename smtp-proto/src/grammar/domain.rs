//! Domains and address literals ([RFC 5321 sections 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)
//! and [4.1.3](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.3)).

use alloc::string::{String, ToString};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use super::utf8::Utf8;
use crate::error::{AddressPart, Expected, ValueError};
use crate::options::{Dialect, Leniency};
use crate::text::{ALNUM, HIGH, Shown, skip};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, len_before, part};

const EXPECTED: Expected = Expected::Address(AddressPart::Domain);

part! {
    /// A domain name or an address literal.
    ///
    /// `mail.example.org`, `[192.0.2.1]`, `[IPv6:2001:db8::1]`
    ///
    /// At most 255 octets. Names are letters, digits and hyphens, and UTF-8 (RFC 6531 section 3.3), in labels that
    /// neither begin nor end with a hyphen. Kept as written; equality is of the text, and
    /// [`is_equivalent`](Self::is_equivalent) is of the meaning. RFC 5321 section 4.1.2.
    pub struct Domain<'a>(Utf8<'a>);
}

/// What a [`Domain`] is.
///
/// RFC 5321 sections 4.1.2 and 4.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DomainKind<'d> {
    /// `example.org`
    Name(&'d str),
    /// `[192.0.2.1]`
    Ipv4(Ipv4Addr),
    /// `[IPv6:2001:db8::1]`
    Ipv6(Ipv6Addr),
    /// `[x-net:c7]`: any other literal.
    General {
        /// What names the kind of address.
        tag: &'d str,
        /// The address: printable ASCII without brackets and backslash.
        content: &'d str,
    },
}

impl<'a> Domain<'a> {
    /// The longest domain, in octets.
    pub const MAX: usize = 255;

    /// Takes a domain as it is.
    ///
    /// # Errors
    /// It is not one, or longer than [`MAX`](Self::MAX). A label has letters, digits, hyphens and UTF-8, and no `_`: for
    /// `my_host.local` the error is that the end was expected at offset 2.
    pub fn parse(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("domain"))
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What it is.
    pub fn kind(&self) -> DomainKind<'_> {
        let text = self.as_str();
        let literal = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        literal.and_then(literal_kind).unwrap_or(DomainKind::Name(text))
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.0.as_bytes().is_ascii()
    }

    /// Whether both name the same host: names without regard to ASCII case, addresses by value.
    pub fn is_equivalent(&self, other: &Domain<'_>) -> bool {
        match (self.kind(), other.kind()) {
            (DomainKind::Name(one), DomainKind::Name(other)) => one.eq_ignore_ascii_case(other),
            (
                DomainKind::General { tag, content },
                DomainKind::General { tag: other_tag, content: other_content },
            ) => tag.eq_ignore_ascii_case(other_tag) && content == other_content,
            (one, other) => one == other,
        }
    }

    pub(super) fn into_text(self) -> Utf8<'a> {
        self.0
    }

    /// What [`token`] has found.
    pub(crate) fn from_token(text: &'a str) -> Self {
        Self(Utf8::of(text))
    }
}

/// ```abnf
/// Domain = sub-domain *("." sub-domain)
/// sub-domain = Let-dig [Ldh-str] / U-label
/// address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"
/// IPv4-address-literal = Snum 3("." Snum)
/// IPv6-address-literal = "IPv6:" IPv6-addr
/// General-address-literal = Standardized-tag ":" 1*dcontent
/// dcontent = %d33-90 / %d94-126
/// ```
impl<'a> Wire<'a> for Domain<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, seen) = token(input, cx)?;
        let (rest, text) = Utf8::of_ascii(input, rest, seen.is_ascii())?;
        Ok((rest, Self(if cx.dialect.leniency.is_empty() { text } else { strict(text) })))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.0.as_bytes());
    }
}

/// Takes a domain or an address literal; the high bit of what comes out says that it may not be UTF-8.
#[inline(always)]
pub(super) fn token(input: &[u8], cx: Cx) -> Parsed<'_, u8> {
    let (rest, seen) = match name(input) {
        Err(_) if input.first() == Some(&b'[') => literal(input, cx)?,
        read => read?,
    };
    if len_before(input, rest) > Domain::MAX {
        let rest = input.get(Domain::MAX..).unwrap_or_default();
        return Fail::at(rest, Expected::Address(AddressPart::Shorter));
    }
    Ok((rest, seen))
}

/// Takes a domain name of any length; the high bit of what comes out says that it may not be UTF-8.
#[inline]
pub(super) fn name(input: &[u8]) -> Parsed<'_, u8> {
    let (mut rest, mut seen) = (input, 0);
    loop {
        // Here begins a label, or goes on behind hyphens.
        let after = skip(rest, ALNUM | HIGH, &mut seen);
        if after.len() == rest.len() {
            return Fail::at(rest, EXPECTED);
        }
        rest = match after {
            [b'.', after @ ..] => after,
            [b'-', ..] => {
                let hyphens = after.iter().take_while(|&&octet| octet == b'-').count();
                after.get(hyphens..).unwrap_or_default()
            }
            _ => return Ok((after, seen)),
        };
    }
}

fn literal(input: &[u8], cx: Cx) -> Parsed<'_, u8> {
    let (inner, ()) = wire::octet(input, b'[', EXPECTED)?;
    let is_end = |octet: &u8| !matches!(octet, 33..=90 | 94..=126);
    let (content, rest) =
        inner.split_at_checked(inner.iter().position(is_end).unwrap_or(inner.len())).unwrap_or_default();
    let (rest, ()) = wire::octet(rest, b']', EXPECTED)?;
    let content = core::str::from_utf8(content).unwrap_or_default();
    let untagged = || cx.tolerates(Leniency::UNTAGGED_IPV6) && content.parse::<Ipv6Addr>().is_ok();
    if literal_kind(content).is_none() && !untagged() {
        return Fail::at(inner, EXPECTED);
    }
    Ok((rest, 0))
}

/// What stands between the brackets of a literal.
fn literal_kind(content: &str) -> Option<DomainKind<'_>> {
    let Some((tag, address)) = content.split_once(':') else {
        return ipv4(content).map(DomainKind::Ipv4);
    };
    if tag.eq_ignore_ascii_case("IPv6") {
        return address.parse().ok().map(DomainKind::Ipv6);
    }
    let is_tag = !tag.ends_with('-') && !tag.is_empty();
    let is_tag = is_tag && tag.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    // `[2001:db8::1]` would be the address `db8::1` of a kind called 2001.
    let is_like_ipv6 = content.bytes().all(|octet| octet.is_ascii_hexdigit() || matches!(octet, b':' | b'.'));
    if !is_tag || address.is_empty() || is_like_ipv6 {
        return None;
    }
    Some(DomainKind::General { tag, content: address })
}

/// RFC 5321 section 4.1.3: one to three decimal digits, leading zeros included; the standard library takes none.
fn ipv4(content: &str) -> Option<Ipv4Addr> {
    let mut parts = content.split('.').map(|part| match part.len() {
        1..=3 if part.bytes().all(|octet| octet.is_ascii_digit()) => part.parse::<u8>().ok(),
        _ => None,
    });
    let octets = [parts.next()??, parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then(|| octets.into())
}

/// `domain` with the tag that it may lack.
pub(super) fn strict(domain: Utf8<'_>) -> Utf8<'_> {
    match domain.as_str().strip_prefix('[') {
        Some(content) if literal_kind(content.trim_end_matches(']')).is_none() => {
            Utf8::from(String::from("[IPv6:") + content)
        }
        _ => domain,
    }
}

impl<'a> TryFrom<&'a str> for Domain<'a> {
    type Error = ValueError;

    fn try_from(text: &'a str) -> Result<Self, ValueError> {
        Self::parse(text)
    }
}

impl From<Ipv4Addr> for Domain<'_> {
    fn from(address: Ipv4Addr) -> Self {
        Self(Utf8::from(String::from("[") + &address.to_string() + "]"))
    }
}

impl From<Ipv6Addr> for Domain<'_> {
    fn from(address: Ipv6Addr) -> Self {
        Self(Utf8::from(String::from("[IPv6:") + &address.to_string() + "]"))
    }
}

impl fmt::Display for Domain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Domain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Domain({:?})", Shown(self.0.as_bytes()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn domain(text: &str) -> Domain<'_> {
        Domain(Utf8::of(text))
    }

    #[test]
    fn domains() {
        check(
            [
                "example.org",
                "localhost",
                "a",
                "3com.example",
                "a--b.c-d.example",
                "ex\u{e4}mple.de",
                "[192.0.2.1]",
                "[192.000.002.001]",
                "[IPv6:2001:db8::1]",
                "[ipv6:::ffff:192.0.2.1]",
                "[x-tag:foo]",
            ]
            .map(|text| (text, domain(text))),
        );
        check_refused::<Domain<'_>, 21>([
            ("", 0),
            (".", 0),
            ("a.", 2),
            ("a..b", 2),
            ("-a", 0),
            ("a-", 2),
            ("a-.b", 2),
            ("a_b", 1),
            ("a b", 1),
            ("a(b)", 1),
            ("[]", 1),
            ("[192.0.2]", 1),
            ("[192.0.2.256]", 1),
            ("[192.0.2.0001]", 1),
            ("[192.0.2.1", 10),
            ("[IPv6:2001:db8::1::]", 1),
            ("[IPv6:junk]", 1),
            ("[2001:db8::1]", 1),
            ("[::1]", 1),
            ("[-:x]", 1),
            ("[x:a\\b]", 4),
        ]);
        assert!(Domain::parse(&"a".repeat(255)).is_ok());
        let error = Domain::parse(&"a".repeat(256)).unwrap_err();
        assert_eq!((error.expected, error.offset), (Expected::Address(AddressPart::Shorter), 255));
    }

    #[test]
    fn kinds() {
        for (text, kind) in [
            ("a.example", DomainKind::Name("a.example")),
            ("[192.0.2.010]", DomainKind::Ipv4(Ipv4Addr::new(192, 0, 2, 10))),
            ("[iPV6:::1]", DomainKind::Ipv6(Ipv6Addr::LOCALHOST)),
            ("[x-tag:a:b]", DomainKind::General { tag: "x-tag", content: "a:b" }),
        ] {
            assert_eq!(domain(text).kind(), kind);
        }
        assert_eq!(Domain::from(Ipv4Addr::LOCALHOST).as_str(), "[127.0.0.1]");
        assert_eq!(Domain::from(Ipv6Addr::LOCALHOST).as_str(), "[IPv6:::1]");
    }

    #[test]
    fn equivalence() {
        let same = |one: &str, other: &str| domain(one).is_equivalent(&domain(other));
        assert!(same("Example.ORG", "example.org"));
        assert!(same("[192.0.2.1]", "[192.0.002.1]"));
        assert!(same("[IPv6:2001:db8::1]", "[ipv6:2001:DB8:0::1]"));
        assert!(same("[x-tag:a]", "[X-TAG:a]"));
        assert!(!same("[x-tag:a]", "[x-tag:A]"));
        assert!(!same("a.example", "b.example"));
        assert!(!same("[192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"));
    }

    #[test]
    fn what_is_shown_is_the_wire_form() {
        for (text, is_ascii) in
            [("b\u{fc}cher.example", false), ("xn--bcher-kva.example", true), ("[192.0.2.1]", true)]
        {
            let domain = Domain::parse(text).unwrap();
            assert_eq!((alloc::format!("{domain}").as_str(), domain.is_ascii()), (text, is_ascii));
        }
    }

    #[test]
    fn an_ipv6_address_gets_its_tag() {
        let dialect = Dialect { leniency: Leniency::UNTAGGED_IPV6 };
        let read = wire::exact::<Domain<'_>>(b"[2001:db8::1]", dialect).unwrap();
        assert_eq!(read.as_str(), "[IPv6:2001:db8::1]");
        assert!(wire::exact::<Domain<'_>>(b"[2001:db8::1::]", Dialect::TOLERANT).is_err());
    }

    #[test]
    fn sec_64_only_utf8_is_text() {
        for (bad, offset) in
            [(&b"\xC0\x80"[..], 0), (b"a\xED\xA0\x80", 1), (b"ab.\xC3", 3), (b"\xE2\x80.a", 0)]
        {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                let error = wire::exact::<Domain<'_>>(bad, dialect).unwrap_err();
                let expected = Expected::Address(AddressPart::Utf8);
                assert_eq!((error.expected, error.offset), (expected, offset), "{}", bad.escape_ascii());
            }
        }
    }

    /// Any domain.
    pub(crate) fn any_domain() -> impl Strategy<Value = Domain<'static>> {
        prop_oneof![
            4 => "[a-z0-9\u{e4}]([A-Za-z0-9-]{0,9}[A-Za-z0-9])?(\\.[a-z]{1,6}){0,3}"
                .prop_map(|text| Domain(Utf8::from(text))),
            1 => any::<Ipv4Addr>().prop_map(Domain::from),
            1 => any::<Ipv6Addr>().prop_map(Domain::from),
            1 => "\\[[a-z]-[a-z0-9]{1,8}:[!-Z^-~]{1,20}\\]".prop_map(|text| Domain(Utf8::from(text))),
        ]
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(domain in any_domain()) {
            round_trip(&domain);
            prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain.clone()));
            prop_assert!(domain.is_equivalent(&domain));
        }

        #[test]
        fn what_is_read_is_written_as_it_came(octets: Vec<u8>) {
            for octets in [&octets[..], &[b"[", &octets[..], b"]"].concat()] {
                if let Ok(domain) = wire::exact::<Domain<'_>>(octets, Dialect::STRICT) {
                    prop_assert_eq!(domain.as_str().as_bytes(), octets);
                }
            }
        }
    }
}
