//! ETRN ([RFC 1985](https://www.rfc-editor.org/rfc/rfc1985)) and ATRN
//! ([RFC 2645](https://www.rfc-editor.org/rfc/rfc2645)): asking for mail that waits.

use alloc::borrow::Cow;

use crate::address::{Domain, DomainKind};
use crate::error::{Expected, ValueError};
use crate::grammar::line::{is_blank, space};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part};

use super::{kept, kept_text};

part! {
    /// Whose waiting mail the server is to send now: the argument of ETRN.
    ///
    /// `ETRN mail.example.org`, `ETRN @example.org`, `ETRN #uucp`
    ///
    /// [RFC 1985 section 5](https://www.rfc-editor.org/rfc/rfc1985#section-5).
    pub enum Etrn<'a> {
        /// Mail for a host.
        Node(Domain<'a>),
        /// Mail for all hosts of a domain.
        Domain(Domain<'a>),
        /// A queue, whatever the server means by its name.
        Queue(QueueName<'a>),
    }
}

part! {
    /// The name of a queue: printable ASCII, 1 to 255 octets.
    ///
    /// `uucp`
    ///
    /// RFC 1985 section 5.
    pub struct QueueName<'a>(Cow<'a, str>);
}

kept_text! {
    QueueName "queue";
    Atrn "ATRN";
}

/// ```abnf
/// queue-name = 1*255VCHAR
/// ```
impl<'a> Wire<'a> for QueueName<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let count = input.iter().take_while(|octet| octet.is_ascii_graphic()).count();
        match input.get(count..) {
            Some(rest) if matches!(count, 1..=255) => {
                kept(input, rest).map(|(rest, text)| (rest, Self(text)))
            }
            _ => Fail::at(input, Expected::Argument),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

/// ```abnf
/// etrn-arguments = SP [ "@" / "#" ] node-name
/// ```
impl<'a> Wire<'a> for Etrn<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = space(input, cx)?;
        match rest {
            [b'@', node @ ..] => {
                <Domain<'_> as Wire<'_>>::parse(node, cx).map(|(rest, domain)| (rest, Self::Domain(domain)))
            }
            [b'#', queue @ ..] => {
                <QueueName<'_> as Wire<'_>>::parse(queue, cx).map(|(rest, name)| (rest, Self::Queue(name)))
            }
            node => {
                <Domain<'_> as Wire<'_>>::parse(node, cx).map(|(rest, domain)| (rest, Self::Node(domain)))
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Node(domain) => {
                out.put(" ");
                domain.encode(out);
            }
            Self::Domain(domain) => {
                out.put(" @");
                domain.encode(out);
            }
            Self::Queue(name) => {
                out.put(" #");
                name.encode(out);
            }
        }
    }
}

part! {
    /// For which domains the client will take mail now, once the roles are changed: the argument of ATRN.
    ///
    /// `ATRN example.org,example.com`, `ATRN`
    ///
    /// Domain names, separated by commas; none is all that the client may ask for.
    /// [RFC 2645 section 5.2.1](https://www.rfc-editor.org/rfc/rfc2645#section-5.2.1).
    pub struct Atrn<'a>(Cow<'a, str>);
}

impl<'a> Atrn<'a> {
    /// All domains that the client may ask for.
    pub const ALL: Self = Self(Cow::Borrowed(""));

    /// The domains, unless it is all.
    ///
    /// # Errors
    /// There is none, or one is an address literal.
    pub fn new(domains: &[Domain<'_>]) -> Result<Atrn<'static>, ValueError> {
        let text = domains.iter().map(Domain::as_str).collect::<alloc::vec::Vec<_>>().join(",");
        match names(text.as_bytes(), Cx::default()) {
            Ok(([], ())) => Ok(Atrn(Cow::Owned(text))),
            Ok((rest, ())) => {
                let offset = text.len().saturating_sub(rest.len());
                Err(ValueError { field: "ATRN", expected: Expected::End, offset })
            }
            Err(error) => Err(wire::fail(error, text.as_bytes()).in_field("ATRN")),
        }
    }

    /// The domains one by one; none when it is all.
    pub fn domains(&self) -> impl Iterator<Item = Domain<'_>> {
        self.0.split(',').filter(|domain| !domain.is_empty()).map(Domain::from_token)
    }
}

/// ```abnf
/// atrn-arguments = [ SP domain *( "," domain ) ]
/// ```
impl<'a> Wire<'a> for Atrn<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if is_blank(input) && !input.starts_with(b" ") {
            return Ok((input, Self::ALL));
        }
        let (domains, ()) = space(input, cx)?;
        let (rest, ()) = names(domains, cx)?;
        let (rest, text) = kept(domains, rest)?;
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.0.is_empty() {
            out.put(" ");
            out.put(self.as_str());
        }
    }
}

fn names(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    let mut rest = input;
    loop {
        let (after, domain) = <Domain<'_> as Wire<'_>>::parse(rest, cx)?;
        if !matches!(domain.kind(), DomainKind::Name(_)) {
            return Fail::at(rest, Expected::Argument);
        }
        match after {
            [b',', after @ ..] => rest = after,
            _ => return Ok((after, ())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::string::String;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn domain(text: &str) -> Domain<'_> {
        Domain::parse(text).unwrap()
    }

    #[test]
    fn etrn() {
        check([
            (" uu.net", Etrn::Node(domain("uu.net"))),
            (" localname", Etrn::Node(domain("localname"))),
            (" [192.0.2.1]", Etrn::Node(domain("[192.0.2.1]"))),
            (" @example.org", Etrn::Domain(domain("example.org"))),
            (" #uucp", Etrn::Queue(QueueName::try_from("uucp").unwrap())),
            (" #a=b,c", Etrn::Queue(QueueName::try_from("a=b,c").unwrap())),
        ]);
        check_refused::<Etrn<'_>, 8>([
            ("", 0),
            (" ", 1),
            (" @", 2),
            (" #", 2),
            (" #a b", 3),
            ("  a", 1),
            (" a b", 2),
            (" -a", 1),
        ]);
        assert!(QueueName::try_from("x".repeat(256).as_str()).is_err());
    }

    #[test]
    fn atrn() {
        let two = Atrn::new(&[domain("example.org"), domain("example.com")]).unwrap();
        check([("", Atrn::ALL)]);
        check([(" example.org,example.com", two.clone())]);
        assert_eq!(two.domains().collect::<Vec<_>>(), [domain("example.org"), domain("example.com")]);
        assert_eq!(Atrn::ALL.domains().count(), 0);
        check_refused::<Atrn<'_>, 6>([
            (" ", 1),
            ("  a", 1),
            (" a,", 3),
            (" ,a", 1),
            (" a, b", 3),
            (" [192.0.2.1]", 1),
        ]);
        assert!(Atrn::new(&[]).is_err());
        assert_eq!(Atrn::new(&[domain("a"), domain("[192.0.2.1]")]).unwrap_err().offset, 2);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(names in proptest::collection::vec("[a-c.-]{1,5}", 0..4), queue: String) {
            let domains: Vec<_> = names.iter().filter_map(|name| Domain::parse(name).ok()).collect();
            if let Ok(atrn) = Atrn::new(&domains) {
                prop_assert_eq!(atrn.domains().collect::<Vec<_>>(), domains);
                round_trip(&atrn);
            }
            if let Ok(name) = QueueName::try_from(queue.as_str()) {
                round_trip(&Etrn::Queue(name.into_owned()));
            }
        }
    }
}
