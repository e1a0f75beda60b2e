//! What a trusted client says of its own client: XCLIENT and XFORWARD, as
//! [Postfix](https://www.postfix.org/XCLIENT_README.html) has them.

use alloc::borrow::Cow;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::{Expected, ValueError};
use crate::grammar::line::is_blank;
use crate::parameter::{self, Parameters};
use crate::registry::Attribute;
use crate::wire::{self, Cx, Digits, Fail, Parsed, Wire, Writer, part, plain, word};

use super::{Xtext, digits, kept_text, words};

part! {
    /// The arguments of XCLIENT and XFORWARD: one attribute and more, each name once.
    ///
    /// `XCLIENT ADDR=192.0.2.1 NAME=[UNAVAILABLE]`
    ///
    /// Kept as they came; reading them allocates nothing. At most 32. Believe them only of clients that you trust.
    pub struct Attributes<'a> {
        list: Parameters<'a, Attribute<'a>>,
    }
}

impl<'a> Attributes<'a> {
    /// One attribute.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn new(attribute: Attribute<'a>) -> Result<Self, ValueError> {
        Ok(Self { list: Parameters::new().with(attribute)? })
    }

    /// The same and one more.
    ///
    /// # Errors
    /// Its name is there already, there are 32, or it is an `Other` that would be read as something else: with a
    /// known name.
    pub fn with(self, attribute: Attribute<'a>) -> Result<Self, ValueError> {
        Ok(Self { list: self.list.with(attribute)? })
    }

    /// The attributes, in order.
    pub fn iter(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.list.iter()
    }
}

/// ```abnf
/// attributes = 1*( SP attribute-name "=" attribute-value )
/// ```
impl<'a> Wire<'a> for Attributes<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if is_blank(input) {
            return Fail::at(input, Expected::Argument);
        }
        let (rest, list) = Wire::parse(input, cx)?;
        Ok((rest, Self { list }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.list.encode(out);
    }
}

part! {
    /// What an attribute says: text, or that it cannot be said.
    ///
    /// `spike.example.org`, `[UNAVAILABLE]`, `[TEMPUNAVAIL]`
    ///
    /// xtext, kept as it came.
    pub struct AttributeValue<'a>(Xtext<'a>);
}

impl<'a> AttributeValue<'a> {
    /// Some text, or what reads as one of the other two.
    ///
    /// # Errors
    /// It is empty.
    pub fn new(text: &'a str) -> Result<Self, ValueError> {
        if text.is_empty() {
            return Err(ValueError { field: "attribute", expected: Expected::ParameterValue, offset: 0 });
        }
        Ok(Self(Xtext::new(text.as_bytes())))
    }

    /// `[UNAVAILABLE]`: it is not known, and will not be.
    pub fn unavailable() -> Self {
        Self(Xtext::new(&b"[UNAVAILABLE]"[..]))
    }

    /// `[TEMPUNAVAIL]`: it could not be found out this time.
    pub fn temporarily_unavailable() -> Self {
        Self(Xtext::new(&b"[TEMPUNAVAIL]"[..]))
    }

    /// Whether it is `[UNAVAILABLE]`.
    pub fn is_unavailable(&self) -> bool {
        self.0.as_str().eq_ignore_ascii_case("[UNAVAILABLE]")
    }

    /// Whether it is `[TEMPUNAVAIL]`.
    pub fn is_temporarily_unavailable(&self) -> bool {
        self.0.as_str().eq_ignore_ascii_case("[TEMPUNAVAIL]")
    }

    /// The text, when there is some and it is UTF-8 without control characters.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        if self.is_unavailable() || self.is_temporarily_unavailable() {
            return None;
        }
        self.0.text()
    }

    /// The value on the wire.
    pub fn as_xtext(&self) -> &Xtext<'a> {
        &self.0
    }
}

/// ```abnf
/// attribute-value = xtext
/// ```
impl<'a> Wire<'a> for AttributeValue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, value) = Xtext::parse(input, cx)?;
        Ok((rest, Self(value)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

impl core::fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AttributeValue({:?})", self.0)
    }
}

plain!(IpAddr);

/// Reads `=[UNAVAILABLE]`.
fn unavailable(input: &[u8]) -> Parsed<'_, ()> {
    word(input, b"=[UNAVAILABLE]", Expected::ParameterValue)
}

/// An address; `None` is `[UNAVAILABLE]`.
///
/// ```abnf
/// address = IPv4-address / "IPV6:" IPv6-address / "[UNAVAILABLE]"
/// ```
impl<'a> parameter::Argument<'a> for Option<IpAddr> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        if let Ok((rest, ())) = unavailable(input) {
            return Ok((rest, None));
        }
        let (value, ()) = wire::octet(input, b'=', Expected::ParameterValue)?;
        let (text, is_ipv6) = match word(value, b"IPV6:", Expected::ParameterValue) {
            Ok((text, ())) => (text, true),
            Err(_) => (value, false),
        };
        let is_address = |octet: &&u8| octet.is_ascii_hexdigit() || matches!(octet, b'.' | b':');
        let (text, rest) =
            text.split_at_checked(text.iter().take_while(is_address).count()).unwrap_or((text, &[]));
        let text = core::str::from_utf8(text).unwrap_or_default();
        let address = if is_ipv6 {
            text.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
        } else {
            text.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
        };
        match address {
            Some(address) => Ok((rest, Some(address))),
            None => Fail::at(value, Expected::ParameterValue),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            None => out.put("=[UNAVAILABLE]"),
            Some(IpAddr::V4(address)) => {
                out.put("=");
                out.put(alloc::string::ToString::to_string(address));
            }
            Some(IpAddr::V6(address)) => {
                out.put("=IPV6:");
                out.put(alloc::string::ToString::to_string(address));
            }
        }
    }
}

/// A port; `None` is `[UNAVAILABLE]`.
///
/// ```abnf
/// port = 1*5DIGIT / "[UNAVAILABLE]"
/// ```
impl<'a> parameter::Argument<'a> for Option<u16> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        if let Ok((rest, ())) = unavailable(input) {
            return Ok((rest, None));
        }
        let (value, ()) = wire::octet(input, b'=', Expected::ParameterValue)?;
        let (rest, port) = digits(value, 5)?;
        match u16::try_from(port) {
            Ok(port) => Ok((rest, Some(port))),
            Err(_) => Fail::at(value, Expected::ParameterValue),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            None => out.put("=[UNAVAILABLE]"),
            Some(port) => {
                out.put("=");
                out.put(Digits::of(u64::from(*port)));
            }
        }
    }
}

part! {
    /// Which attributes a server takes in XCLIENT or XFORWARD.
    ///
    /// `250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN`
    ///
    /// Words, separated by single spaces; 1,900 octets at most.
    pub struct AttributeNames<'a>(Cow<'a, str>);
}

impl AttributeNames<'_> {
    /// Whether `name` is among them.
    pub fn has(&self, name: &str) -> bool {
        self.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The names one by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }
}

kept_text! {
    AttributeNames "attribute names";
}

/// ```abnf
/// attribute-names = ehlo-params
/// ```
impl<'a> Wire<'a> for AttributeNames<'a> {
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
    use crate::options::{Dialect, Leniency};
    use crate::parameter::OtherParameter;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::string::String;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn value(text: &str) -> AttributeValue<'_> {
        AttributeValue::new(text).unwrap()
    }

    fn attributes<const N: usize>(attributes: [Attribute<'static>; N]) -> Attributes<'static> {
        let (first, more) = attributes.split_first().unwrap();
        let first = Attributes::new(first.clone()).unwrap();
        more.iter().cloned().try_fold(first, Attributes::with).unwrap()
    }

    #[test]
    fn attribute_lists() {
        let v4 = Some("168.100.189.2".parse().unwrap());
        check([
            (
                " NAME=spike.example.org ADDR=168.100.189.2",
                attributes([Attribute::Name(value("spike.example.org")), Attribute::Addr(v4)]),
            ),
            (
                " ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]",
                attributes([
                    Attribute::Addr(None),
                    Attribute::Name(AttributeValue::temporarily_unavailable()),
                ]),
            ),
            (
                " ADDR=IPV6:::1 DESTADDR=IPV6:2001:db8::1",
                attributes([
                    Attribute::Addr(Some("::1".parse().unwrap())),
                    Attribute::DestAddr(Some("2001:db8::1".parse().unwrap())),
                ]),
            ),
            (
                " PORT=65535 DESTPORT=0",
                attributes([Attribute::Port(Some(65_535)), Attribute::DestPort(Some(0))]),
            ),
            (" PORT=[UNAVAILABLE]", attributes([Attribute::Port(None)])),
            (
                " HELO=x PROTO=ESMTP LOGIN=a+20b+2B",
                attributes([
                    Attribute::Helo(value("x")),
                    Attribute::Proto(value("ESMTP")),
                    Attribute::Login(value("a b+")),
                ]),
            ),
            (
                " IDENT=4F2 SOURCE=LOCAL",
                attributes([Attribute::Ident(value("4F2")), Attribute::Source(value("LOCAL"))]),
            ),
            // Dovecot.
            (" TTL=5", attributes([Attribute::Other(OtherParameter::new("TTL", Some("5")).unwrap())])),
        ]);
        check_refused::<Attributes<'_>, 14>([
            ("", 0),
            (" ", 0),
            (" ADDR", 5),
            (" ADDR=", 6),
            (" ADDR=[192.0.2.1]", 6),
            (" ADDR=2001:db8::1", 6),
            (" ADDR=IPV6:192.0.2.1", 6),
            (" ADDR=192.0.2.256", 6),
            (" PORT=65536", 6),
            (" PORT=-1", 6),
            (" PORT=[TEMPUNAVAIL]", 6),
            (" NAME=a+2b", 7),
            (" NAME=a name=b", 8),
            (" NAME=a=b", 7),
        ]);
    }

    #[test]
    fn case_does_not_count() {
        let one = wire::exact::<Attribute<'_>>(b"addr=ipv6:::1", Dialect::STRICT);
        assert_eq!(one, Ok(Attribute::Addr(Some("::1".parse().unwrap()))));
        let read: Attributes<'_> =
            wire::exact(b" port=[unavailable] name=[TempUnavail]", Dialect::STRICT).unwrap();
        let [Attribute::Port(None), Attribute::Name(name)] = &read.iter().collect::<Vec<_>>()[..] else {
            panic!("{read:?}")
        };
        assert!(name.is_temporarily_unavailable() && name.text().is_none());
    }

    #[test]
    fn a_value_is_text_or_says_that_there_is_none() {
        let text = value("caf\u{e9} + x");
        assert_eq!(text.text().as_deref(), Some("caf\u{e9} + x"));
        assert_eq!(text.as_xtext().as_str(), "caf+C3+A9+20+2B+20x");
        assert_eq!(alloc::format!("{text:?}"), alloc::format!("AttributeValue({:?})", text.as_xtext()));
        let unavailable = AttributeValue::unavailable();
        assert!(unavailable.is_unavailable() && !unavailable.is_temporarily_unavailable());
        assert_eq!((unavailable.text(), unavailable.as_xtext().as_str()), (None, "[UNAVAILABLE]"));
        assert_eq!(AttributeValue::new("[unavailable]").unwrap().text(), None);
        assert!(AttributeValue::temporarily_unavailable().is_temporarily_unavailable());
    }

    /// Postfix before 2.3 does not encode.
    #[test]
    fn values_that_are_not_xtext_are_kept_unread() {
        let dialect = Dialect::STRICT.with_leniency(Leniency::BAD_PARAMETER_VALUE);
        let read: Attributes<'_> = wire::exact(b" HELO=a=b ADDR=1.2.3.4", dialect).unwrap();
        let other = |attribute: &Attribute<'_>| matches!(attribute, Attribute::Other(_));
        assert_eq!(read.iter().map(|attribute| other(&attribute)).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn names() {
        let names = AttributeNames(Cow::Borrowed("NAME ADDR PROTO HELO"));
        assert!(names.has("addr") && !names.has("LOGIN"));
        check([("NAME ADDR PROTO HELO", names)]);
        check_refused::<AttributeNames<'_>, 2>([("", 0), ("NAME ", 4)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(name: String, address: Option<IpAddr>, port: Option<u16>) {
            let Ok(name) = AttributeValue::new(&name) else { return Ok(()) };
            let attributes = Attributes::new(Attribute::Name(name)).unwrap();
            let attributes = attributes.with(Attribute::Addr(address)).unwrap();
            round_trip(&attributes.with(Attribute::DestPort(port)).unwrap().into_owned());
        }
    }
}
