//! DSN: what to report, and to whom it was ([RFC 3461](https://www.rfc-editor.org/rfc/rfc3461)).

use alloc::borrow::Cow;
use alloc::string::String;

use crate::error::{Expected, ParseError, ValueError};
use crate::grammar::utf8::Utf8;
use crate::options::Dialect;
use crate::parameter::before;
use crate::text::{ATEXT, CLASS, KEYWORD, Shown};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, plain, run, word};

use super::{Utf8Address, Xtext, kept_text};

/// How much of the message a report of its failure returns.
///
/// `MAIL FROM:<a@example.org> RET=HDRS`
///
/// [RFC 3461 section 4.3](https://www.rfc-editor.org/rfc/rfc3461#section-4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ret {
    /// All of it.
    Full,
    /// Its header.
    Hdrs,
}

plain!(Ret);

/// ```abnf
/// ret-value = "FULL" / "HDRS"
/// ```
impl<'a> Wire<'a> for Ret {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        if let Ok((rest, ())) = word(input, b"FULL", Expected::ParameterValue) {
            return Ok((rest, Self::Full));
        }
        let (rest, ()) = word(input, b"HDRS", Expected::ParameterValue)?;
        Ok((rest, Self::Hdrs))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::Full => "FULL",
            Self::Hdrs => "HDRS",
        });
    }
}

/// What is reported to the sender about one recipient. Without any of the three, nothing ever: `NEVER`.
///
/// `RCPT TO:<b@example.net> NOTIFY=SUCCESS,FAILURE`
///
/// [RFC 3461 section 4.1](https://www.rfc-editor.org/rfc/rfc3461#section-4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Notify {
    /// That the message was delivered.
    pub success: bool,
    /// That it could not be delivered.
    pub failure: bool,
    /// That it is late.
    pub delay: bool,
}

plain!(Notify);

impl Notify {
    /// `NEVER`.
    pub const NEVER: Self = Self { success: false, failure: false, delay: false };
}

/// Upper and lower case and any order; none of it twice means more.
///
/// ```abnf
/// notify-value = "NEVER" / notify-element *( "," notify-element )
/// notify-element = "SUCCESS" / "FAILURE" / "DELAY"
/// ```
impl<'a> Wire<'a> for Notify {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let mut notify = Self::NEVER;
        if let Ok((rest, ())) = word(input, b"NEVER", Expected::ParameterValue) {
            return Ok((rest, notify));
        }
        let mut rest = input;
        loop {
            // Each word of a length known when compiling: that is compared as a number.
            let (read, wanted) = match rest {
                [b'S' | b's', ..] => (word(rest, b"SUCCESS", Expected::ParameterValue), &mut notify.success),
                [b'F' | b'f', ..] => (word(rest, b"FAILURE", Expected::ParameterValue), &mut notify.failure),
                _ => (word(rest, b"DELAY", Expected::ParameterValue), &mut notify.delay),
            };
            *wanted = true;
            let (after, ()) = read?;
            match after {
                [b',', after @ ..] => rest = after,
                _ => return Ok((after, notify)),
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let mut separator = "";
        for (wanted, element) in [(self.success, "SUCCESS"), (self.failure, "FAILURE"), (self.delay, "DELAY")]
        {
            if wanted {
                out.put(separator);
                out.put(element);
                separator = ",";
            }
        }
        if *self == Self::NEVER {
            out.put("NEVER");
        }
    }
}

part! {
    /// What the sender calls a message; it comes back in reports.
    ///
    /// `MAIL FROM:<a@example.org> ENVID=QQ314159`
    ///
    /// xtext of 1 to 100 octets that stands for printable ASCII; kept as it came.
    /// [RFC 3461 section 4.4](https://www.rfc-editor.org/rfc/rfc3461#section-4.4).
    pub struct Envid<'a>(Xtext<'a>);
}

impl<'a> Envid<'a> {
    /// The longest, in octets on the wire.
    pub const MAX: usize = 100;

    /// Encodes `text`.
    ///
    /// # Errors
    /// It is empty, is not printable ASCII, or takes more than 100 octets on the wire.
    pub fn new(text: &'a str) -> Result<Self, ValueError> {
        let xtext = Xtext::new(text.as_bytes());
        let encoded = xtext.as_str().as_bytes();
        match wire::exact::<Envid<'_>>(encoded, Dialect::STRICT) {
            Ok(_) => Ok(Self(xtext)),
            Err(ParseError { expected, .. }) => {
                let offset = text.bytes().position(|octet| !is_printable(octet)).unwrap_or_default();
                Err(ValueError { field: "ENVID", expected, offset })
            }
        }
    }

    /// The text that it stands for.
    pub fn text(&self) -> Cow<'_, str> {
        self.0.text().unwrap_or_default()
    }

    /// The value on the wire.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// ```abnf
/// envid-parameter = "ENVID=" xtext
/// ```
impl<'a> Wire<'a> for Envid<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, xtext) = Xtext::parse_printable(input, cx)?;
        if matches!(before(input, rest).len(), 1..=Self::MAX) {
            return Ok((rest, Self(xtext)));
        }
        Fail::at(input, Expected::ParameterValue)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

fn is_printable(octet: u8) -> bool {
    matches!(octet, b'\t' | b' '..=b'~')
}

part! {
    /// Whom the sender wrote to; it comes back in reports. RFC 3461 calls it original recipient address.
    ///
    /// `RCPT TO:<b@example.net> ORCPT=rfc822;Bob@example.com`, or with UTF-8 `ORCPT=utf-8;jörg@example.com`.
    ///
    /// A type, `;`, and an address: of type `utf-8` as [`Utf8Address`] says, of all others xtext that stands for
    /// printable ASCII. At most 500 octets; kept as it came. The address need not be one that its type allows.
    /// [RFC 3461 section 4.2](https://www.rfc-editor.org/rfc/rfc3461#section-4.2).
    pub struct OriginalRecipient<'a>(Utf8<'a>);
}

impl<'a> OriginalRecipient<'a> {
    /// The longest, in octets on the wire.
    pub const MAX: usize = 500;

    /// Type `rfc822`: the usual ASCII address.
    ///
    /// # Errors
    /// The address is empty, is not printable ASCII, or is too long.
    pub fn rfc822(address: &str) -> Result<OriginalRecipient<'static>, ValueError> {
        Self::of("rfc822", Xtext::new(address.as_bytes()).as_str())
    }

    /// Type `utf-8`; with [`Utf8Address::ascii`] also for servers without SMTPUTF8.
    ///
    /// # Errors
    /// The address is too long.
    pub fn utf8(address: &Utf8Address<'_>) -> Result<OriginalRecipient<'static>, ValueError> {
        Self::of("utf-8", address.as_str())
    }

    fn of(addr_type: &str, address: &str) -> Result<OriginalRecipient<'static>, ValueError> {
        let text = [addr_type, ";", address].concat();
        OriginalRecipient::try_from(text.as_str()).map(OriginalRecipient::into_owned)
    }

    /// The type of the address, as it came: `rfc822`, `RFC822`, `utf-8`, `x400` …
    pub fn addr_type(&self) -> &str {
        self.split().0
    }

    /// Whether the type is `utf-8`.
    pub fn is_utf8(&self) -> bool {
        self.addr_type().eq_ignore_ascii_case("utf-8")
    }

    /// The address, decoded.
    pub fn address(&self) -> Cow<'_, str> {
        let address = self.split().1;
        let decoded: Option<String> = if self.is_utf8() {
            Utf8Address::try_from(address).ok().map(|address| address.decode().into_owned())
        } else {
            Xtext::try_from(address).ok().and_then(|xtext| xtext.text().map(Cow::into_owned))
        };
        match decoded {
            Some(decoded) if decoded != address => Cow::Owned(decoded),
            _ => Cow::Borrowed(address),
        }
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    fn split(&self) -> (&str, &str) {
        self.0.split_once(';').unwrap_or_default()
    }
}

/// ```abnf
/// original-recipient-address = addr-type ";" xtext / utf-8-type-addr
/// addr-type = atom
/// utf-8-type-addr = "utf-8;" utf-8-enc-addr
/// ```
impl<'a> Wire<'a> for OriginalRecipient<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (addr_type, rest) = addr_type(input);
        if addr_type.is_empty() {
            return Fail::at(input, Expected::ParameterValue);
        }
        let (address, ()) = wire::octet(rest, b';', Expected::ParameterValue)?;
        let is_utf8 = addr_type.eq_ignore_ascii_case(b"utf-8");
        let rest =
            if is_utf8 { Utf8Address::parse(address, cx)?.0 } else { Xtext::parse_printable(address, cx)?.0 };
        let (rest, text) = Utf8::of_ascii(input, rest, !is_utf8)?;
        if address.len() == rest.len() || text.as_bytes().len() > Self::MAX {
            return Fail::at(input, Expected::ParameterValue);
        }
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

/// An atom in ASCII, and no `=` in a value. Nearly all are letters, digits and hyphens.
#[inline]
fn addr_type(input: &[u8]) -> (&[u8], &[u8]) {
    match run(input, &CLASS, KEYWORD) {
        usual @ (_, [b';', ..]) => usual,
        _ => {
            let (atom, rest) = run(input, &CLASS, ATEXT);
            let is_odd = |octet: &u8| *octet == b'=' || !octet.is_ascii();
            if atom.iter().any(is_odd) { (&[], input) } else { (atom, rest) }
        }
    }
}

impl core::fmt::Debug for Envid<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Envid({:?})", Shown(self.as_str().as_bytes()))
    }
}

kept_text! {
    OriginalRecipient "ORCPT";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn ret_and_notify() {
        check([("FULL", Ret::Full), ("HDRS", Ret::Hdrs)]);
        check_read([("hdrs", Ret::Hdrs)]);
        check_refused::<Ret, 2>([("", 0), ("HEADERS", 0)]);
        for bits in 0..8u8 {
            let [success, failure, delay] = [1, 2, 4].map(|bit| bits & bit != 0);
            round_trip(&Notify { success, failure, delay });
        }
        let all = Notify { success: true, failure: true, delay: true };
        check([
            ("NEVER", Notify::NEVER),
            ("SUCCESS", Notify { success: true, ..Notify::NEVER }),
            ("FAILURE,DELAY", Notify { failure: true, delay: true, ..Notify::NEVER }),
            ("SUCCESS,FAILURE,DELAY", all),
        ]);
        check_read([("delay,Failure,SUCCESS,delay", all)]);
        check_refused::<Notify, 5>([
            ("", 0),
            ("NEVER,DELAY", 5),
            ("DELAY,NEVER", 6),
            (",DELAY", 0),
            ("DELAY, FAILURE", 6),
        ]);
    }

    #[test]
    fn envid() {
        check([("QQ314159", Envid::new("QQ314159").unwrap()), ("a+20b+2B+3D", Envid::new("a b+=").unwrap())]);
        // Spelled otherwise, it means the same.
        assert_eq!(wire::exact::<Envid<'_>>(b"+41", Dialect::STRICT).unwrap().text(), "A");
        check_refused::<Envid<'_>, 5>([("", 0), ("a+zz", 1), ("a+2", 1), ("a+0D+0A", 0), ("+FF", 0)]);
        assert_eq!(Envid::new("a\r\nb").unwrap_err().offset, 1);
        assert!(Envid::new(&"x".repeat(100)).is_ok());
        assert!(Envid::new(&"x".repeat(101)).is_err());
    }

    #[test]
    fn original_recipient() {
        let plain = Utf8Address::new("j\u{f6}rg@ex\u{e4}mple.org").unwrap();
        let ascii = Utf8Address::ascii(plain.as_str()).unwrap();
        check([
            ("rfc822;Bob+2B1@example.com", OriginalRecipient::rfc822("Bob+1@example.com").unwrap()),
            ("rfc822;\"a+20b\"@c", OriginalRecipient::rfc822("\"a b\"@c").unwrap()),
            ("utf-8;j\u{f6}rg@ex\u{e4}mple.org", OriginalRecipient::utf8(&plain).unwrap()),
            ("utf-8;j\\x{F6}rg@ex\\x{E4}mple.org", OriginalRecipient::utf8(&ascii).unwrap()),
            ("X400;/G+3Da/", OriginalRecipient(Utf8::of("X400;/G+3Da/"))),
        ]);
        for (wire, addr_type, address) in [
            ("RFC822;a+2Bb@c", "RFC822", "a+b@c"),
            ("UTF-8;j\\x{F6}@c", "UTF-8", "j\u{f6}@c"),
            ("utf-8;j\u{f6}@c", "utf-8", "j\u{f6}@c"),
            ("X400;/G+3Da/", "X400", "/G=a/"),
            ("local;a;b", "local", "a;b"),
        ] {
            let recipient = OriginalRecipient::try_from(wire).unwrap();
            assert_eq!((recipient.addr_type(), &*recipient.address()), (addr_type, address));
        }
        check_refused::<OriginalRecipient<'_>, 11>([
            ("", 0),
            ("rfc822", 6),
            ("rfc822;", 0),
            ("a@b", 1),
            ("a@b;c", 1),
            ("a=b;c", 0),
            ("rfc822;a+2b", 8),
            ("rfc822;a+0A", 7),
            ("rfc822;j\u{f6}", 8),
            ("utf-8;a+2Bb", 7),
            ("utf-8;\\x{41}", 6),
        ]);
        let is_ascii = |text| OriginalRecipient::try_from(text).unwrap().is_ascii();
        assert!(is_ascii("utf-8;j\\x{F6}rg@b") && !is_ascii("utf-8;j\u{f6}rg@b"));
        assert!(OriginalRecipient::rfc822(&"x".repeat(493)).is_ok());
        assert!(OriginalRecipient::rfc822(&"x".repeat(494)).is_err());
        assert!(OriginalRecipient::rfc822("a\r\nb").is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(text: String) {
            if let Ok(envid) = Envid::new(&text) {
                prop_assert_eq!(envid.text(), &text[..]);
                round_trip(&envid.into_owned());
            }
            if let Ok(recipient) = OriginalRecipient::rfc822(&text) {
                prop_assert_eq!(recipient.address(), &text[..]);
                round_trip(&recipient);
            }
        }
    }
}
