//! URLAUTH ([RFC 4467](https://www.rfc-editor.org/rfc/rfc4467)); what it fetches is in `urlfetch`.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::string::{Checked, text, whole};
use crate::list::{Bare, List};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, part, word};

use super::url::{MECHANISM, UrlRump, some};

fn mechanism_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Mechanism, some(octets, MECHANISM, Expected::Mechanism))
}

text! {
    /// How tokens are made: a mechanism of URLAUTH.
    ///
    /// `INTERNAL`
    ///
    /// Letters, digits, `-` and `.`, at least one; in any case. RFC 4467 section 9.
    pub struct UauthMechanism<'a>: "URLAUTH mechanism", mechanism_check;
}

impl UauthMechanism<'_> {
    /// As the server likes: the only mechanism that all have.
    pub const INTERNAL: Self = Self(Cow::Borrowed(b"INTERNAL"));

    /// Whether it is `INTERNAL`, in any case.
    pub fn is_internal(&self) -> bool {
        self.0.eq_ignore_ascii_case(b"INTERNAL")
    }
}

/// ```abnf
/// uauth-mechanism = 1*(ALPHA / DIGIT / "-" / ".")
/// ```
impl<'a> Wire<'a> for UauthMechanism<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = some(input, MECHANISM, Expected::Mechanism)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

part! {
    /// Which keys RESETKEY makes anew: the argument of RESETKEY, when it has one. Without one it takes all keys away.
    ///
    /// `RESETKEY INBOX XSAMPLE`
    ///
    /// RFC 4467 section BASE.6.3.RESETKEY.
    pub struct ResetKey<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// For these mechanisms; for INTERNAL when there are none.
        pub mechanisms: List<'a, UauthMechanism<'a>, Bare>,
    }
}

/// ```abnf
/// resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]
/// ```
impl<'a> Wire<'a> for ResetKey<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, mechanisms) = match next(rest, cx) {
            Some(rest) => List::parse(rest, cx)?,
            None => (rest, List::default()),
        };
        Ok((rest, Self { mailbox, mechanisms }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        if !self.mechanisms.is_empty() {
            out.put(" ");
            self.mechanisms.encode(out);
        }
    }
}

/// What stands behind a space, unless the line ends there.
pub(super) fn next(input: &[u8], cx: Cx) -> Option<&[u8]> {
    match space(input, cx) {
        Ok(([b'\r' | b'\n', ..], ())) | Err(_) => None,
        Ok((rest, ())) => Some(rest),
    }
}

part! {
    /// A URL to make a token for, and how: one argument of GENURLAUTH.
    ///
    /// `imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred INTERNAL`
    ///
    /// The argument is a `List<'a, GenUrlAuth<'a>, Bare>`, the answer a `List<'a, UrlFull<'a>, Bare>`.
    /// RFC 4467 section BASE.6.3.GENURLAUTH.
    pub struct GenUrlAuth<'a> {
        /// The URL without a token.
        pub url: UrlRump<'a>,
        /// How to make one.
        pub mechanism: UauthMechanism<'a>,
    }
}

/// ```abnf
/// genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)
/// ```
impl<'a> Wire<'a> for GenUrlAuth<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, url) = UrlRump::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, mechanism) = UauthMechanism::parse(rest, cx)?;
        Ok((rest, Self { url, mechanism }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.url.encode(out);
        out.put(" ");
        self.mechanism.encode(out);
    }
}

part! {
    /// How tokens can be made: what stands in the response code URLMECH.
    ///
    /// `INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==`
    ///
    /// INTERNAL is always the first. RFC 4467 section BASE.7.1.URLMECH.
    pub struct UrlMechs<'a> {
        /// The mechanisms behind INTERNAL.
        pub others: List<'a, UrlMech<'a>, Bare>,
    }
}

/// ```abnf
/// resp-text-code =/ "URLMECH" SP "INTERNAL" *(SP mechanism ["=" base64])
/// ```
impl<'a> Wire<'a> for UrlMechs<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = word(input, b"INTERNAL", Expected::Mechanism)?;
        let (rest, others) = match next(rest, cx) {
            Some([b']', ..]) | None => (rest, List::default()),
            Some(rest) => List::parse(rest, cx)?,
        };
        Ok((rest, Self { others }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("INTERNAL");
        if !self.others.is_empty() {
            out.put(" ");
            self.others.encode(out);
        }
    }
}

part! {
    /// A mechanism of URLAUTH, and what a client has to know for it.
    ///
    /// `XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==`
    ///
    /// RFC 4467 section BASE.7.1.URLMECH.
    pub struct UrlMech<'a> {
        /// The mechanism.
        pub name: UauthMechanism<'a>,
        /// What is its own.
        pub data: Option<UrlMechData<'a>>,
    }
}

impl<'a> Wire<'a> for UrlMech<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = UauthMechanism::parse(input, cx)?;
        let [b'=', data @ ..] = rest else { return Ok((rest, Self { name, data: None })) };
        let (rest, data) = base64(data)?;
        Ok((rest, Self { name, data: Some(UrlMechData(Cow::Borrowed(data))) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        if let Some(data) = &self.data {
            out.put("=");
            out.put(&data.0);
        }
    }
}

part! {
    /// What a mechanism of URLAUTH has of its own, in base64.
    ///
    /// `P34OKhO7VEkCbsiYY8rGEg==`
    ///
    /// It may be a secret; `Debug` leaves it out. RFC 4467 section 10.
    pub struct UrlMechData<'a>(Cow<'a, [u8]>);
}

impl UrlMechData<'_> {
    /// Any octets.
    pub fn new(octets: impl AsRef<[u8]>) -> UrlMechData<'static> {
        UrlMechData(Cow::Owned(STANDARD.encode(octets).into_bytes()))
    }

    /// The octets.
    pub fn decode(&self) -> Vec<u8> {
        // It was checked when it was read.
        STANDARD.decode(&self.0).unwrap_or_default()
    }

    /// The octets in base64.
    pub fn as_base64(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for UrlMechData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Canonical, and perhaps nothing.
///
/// ```abnf
/// base64 = *(4base64-char) [base64-terminal]
/// ```
fn base64(input: &[u8]) -> Parsed<'_, &[u8]> {
    let is_base64 = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    let digits = input.iter().take_while(is_base64).count();
    let tail = input.get(digits..).unwrap_or_default();
    let padding = tail.iter().take_while(|&&octet| octet == b'=').count();
    let rest = tail.get(padding..).unwrap_or_default();
    let text = before(input, rest);
    let (_, last) = text.split_at_checked(text.len().saturating_sub(4)).unwrap_or_default();
    match text.len().is_multiple_of(4) && STANDARD.decode_slice(last, &mut [0; 3]).is_ok() {
        true => Ok((rest, text)),
        false => Fail::at(input, Expected::Base64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::url::tests::any_url;
    use crate::ext::url::{Access, ImapUrl, PctEncoded, UrlFull};
    use crate::options::Dialect;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use crate::wire::exact;
    use alloc::format;
    use proptest::prelude::*;

    const RUMP: &str = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred";
    const FULL: &str = concat!(
        "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred",
        ":internal:91354a473744909de610943775f92038"
    );

    fn mechanism(name: &str) -> UauthMechanism<'_> {
        UauthMechanism::new(name).unwrap()
    }

    fn rump() -> UrlRump<'static> {
        UrlRump::new(ImapUrl::new(RUMP).unwrap()).unwrap()
    }

    #[test]
    fn keys() {
        let key = |mechanisms: &[&'static str]| {
            let mechanisms = mechanisms.iter().map(|name| mechanism(name)).collect();
            ResetKey { mailbox: Mailbox::INBOX, mechanisms }
        };
        check([
            ("INBOX", key(&[])),
            ("INBOX XSAMPLE", key(&["XSAMPLE"])),
            ("INBOX INTERNAL X-1.a", key(&["INTERNAL", "X-1.a"])),
        ]);
        assert_eq!(ResetKey::parse(b"INBOX \r\n", Cx::default()).unwrap().0, b" \r\n");
        check_refused::<ResetKey<'_>, 4>([("", 0), ("INBOX ", 6), ("INBOX a_b", 7), ("(", 0)]);
    }

    #[test]
    fn tokens_to_make() {
        let one = || GenUrlAuth { url: rump(), mechanism: UauthMechanism::INTERNAL };
        let pairs = |pairs: [GenUrlAuth<'static>; 1]| List::<'_, _, Bare>::from(pairs);
        check([(&*format!("{RUMP} INTERNAL").leak(), pairs([one()]))]);
        check_read([(&*format!("\"{RUMP}\" INTERNAL").leak(), pairs([one()]))]);
        let two: List<'_, _, Bare> = [one(), one()].into();
        check([(&*format!("{RUMP} INTERNAL {RUMP} INTERNAL").leak(), two)]);
        check_refused::<GenUrlAuth<'_>, 6>([
            // RFC 4467 section BASE.6.3.GENURLAUTH: no access identifier, no owner.
            ("\"imap://joe@example.com/INBOX/;uid=20/;section=1.2\" INTERNAL", 0),
            ("\"imap://example.com/Shared/;uid=20/;section=1.2;urlauth=submit+fred\" INTERNAL", 0),
            ("/INBOX/;uid=20;urlauth=anonymous INTERNAL", 0),
            (format!("{FULL} INTERNAL").leak(), 0),
            (RUMP, RUMP.len()),
            (format!("{RUMP} a_b=").leak(), RUMP.len() + 2),
        ]);
        let full: List<'_, UrlFull<'_>, Bare> = [UrlFull::new(ImapUrl::new(FULL).unwrap()).unwrap()].into();
        check([(FULL, full)]);
        check_refused::<UrlFull<'_>, 1>([(RUMP, 0)]);
        assert!(mechanism("internal").is_internal() && !mechanism("X").is_internal());
    }

    #[test]
    fn tokens_made() {
        let token = "91354a473744909de610943775f92038";
        let full = rump().sign(&mechanism("internal"), token).unwrap();
        assert_eq!((full.as_str(), full.token()), (FULL, Some(token)));
        assert_eq!(full.rump(), rump());
        for bad in ["", "91354a473744909de610943775f9203", "91354a473744909de610943775f92038;X=1"] {
            assert!(rump().sign(&UauthMechanism::INTERNAL, bad).is_err(), "{bad}");
        }
        let message = ImapUrl::server(Some("joe"), None, "example.com", None)
            .and_then(|server| server.join(&ImapUrl::message("INBOX", None, 20, Some("1.2"), None)?))
            .unwrap();
        let access = Access::Submit(PctEncoded::encode("fred"));
        let rump = message.authorize(Some("2026-03-29T02:03:04Z"), &access).unwrap();
        assert_eq!((rump.expire(), rump.access()), (Some("2026-03-29T02:03:04Z"), Some(access.clone())));
        for bad in ["soon", "2026-03-29T02:03:04Z;URLAUTH=user+joe"] {
            assert!(message.authorize(Some(bad), &access).is_err(), "{bad}");
        }
        assert!(rump.authorize(None, &access).is_err());
        assert!(message.authorize(None, &Access::User(PctEncoded::encode(""))).is_err());
    }

    #[test]
    fn mechanisms() {
        let mechs = |others: &[UrlMech<'static>]| UrlMechs { others: others.iter().cloned().collect() };
        let octets = STANDARD.decode("P34OKhO7VEkCbsiYY8rGEg==").unwrap();
        let mech = |name, data| UrlMech { name: mechanism(name), data };
        let sample = mech("XSAMPLE", Some(UrlMechData::new(&octets)));
        check([
            ("INTERNAL", mechs(&[])),
            ("INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==", mechs(core::slice::from_ref(&sample))),
            ("INTERNAL X-1 Y=", mechs(&[mech("X-1", None), mech("Y", Some(UrlMechData::new("")))])),
        ]);
        let data = sample.data.unwrap();
        assert_eq!((data.decode(), data.as_base64()), (octets, "P34OKhO7VEkCbsiYY8rGEg=="));
        assert_eq!(UrlMechs::parse(b"internal] x", Cx::default()).unwrap().0, b"] x");
        check_refused::<UrlMechs<'_>, 7>([
            ("", 0),
            ("XSAMPLE", 0),
            ("INTERNAL ", 9),
            ("INTERNAL X=abc", 11),
            ("INTERNAL X=ab==", 11),
            ("INTERNAL X=abc===", 11),
            ("INTERNAL X=====", 11),
        ]);
    }

    #[test]
    fn sec_67_no_token_is_shown() {
        let urls = exact::<List<'_, UrlFull<'_>, Bare>>(FULL.as_bytes(), Dialect::STRICT).unwrap();
        let shown = format!("{urls:?}");
        assert!(shown.contains("imap://joe@example.com") && !shown.contains("91354a"), "{shown}");
        let data = exact::<UrlMechs<'_>>(b"INTERNAL X=P34OKhO7VEkCbsiYY8rGEg==", Dialect::STRICT).unwrap();
        assert!(!format!("{data:?}").contains("P34O"));
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            url in any_url(),
            name in "[A-Za-z0-9.-]{1,8}",
            octets: Vec<u8>,
        ) {
            let name = UauthMechanism::new(name).unwrap();
            let data = Some(UrlMechData::new(&octets));
            round_trip(&UrlMechs { others: [UrlMech { name: name.clone(), data }].into() });
            if let Ok(url) = UrlRump::new(url) {
                round_trip(&GenUrlAuth { url, mechanism: name });
            }
        }
    }
}
