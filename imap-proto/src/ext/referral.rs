//! MAILBOX-REFERRALS and LOGIN-REFERRALS ([RFC 2193](https://www.rfc-editor.org/rfc/rfc2193),
//! [RFC 2221](https://www.rfc-editor.org/rfc/rfc2221)).

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::grammar::string::{Checked, text, whole};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before};

use super::url::{AUTHORITY, BCHAR, ImapUrl, encoded, host};

fn check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Url, referral_url(octets))
}

text! {
    /// Where to go instead: a URL of any scheme in the response code REFERRAL.
    ///
    /// `IMAP://user;AUTH=*@SERVER2/REMOTE`
    ///
    /// Absolute, and without brackets other than those around an IPv6 address. The code holds a
    /// `List<'a, ReferralUrl<'a>, Bare>`. RFC 2193 section 6, RFC 2221 section 5.
    pub struct ReferralUrl<'a>: "REFERRAL", check;
}

impl ReferralUrl<'_> {
    /// The IMAP URL that it is.
    ///
    /// # Errors
    /// It is of another scheme, or none of RFC 5092.
    pub fn to_imap(&self) -> Result<ImapUrl<'_>, ValueError> {
        ImapUrl::new(self.as_bytes())
    }
}

/// RFC 3986 section 3, without looking into the path.
///
/// ```abnf
/// referral_response_code = "[" "REFERRAL" 1*(SP url) "]"
/// url = scheme ":" ["//" [userinfo "@"] host] *(pchar / ";" / "/" / "?" / "#")
/// ```
fn referral_url(input: &[u8]) -> Parsed<'_, &[u8]> {
    let is_scheme = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    let scheme = input.iter().take_while(is_scheme).count();
    let mut rest = match (input.first(), input.get(scheme..)) {
        (Some(b'A'..=b'Z' | b'a'..=b'z'), Some([b':', rest @ ..])) => rest,
        _ => return Fail::at(input, Expected::Url),
    };
    if let [b'/', b'/', authority @ ..] = rest {
        rest = match encoded(authority, AUTHORITY)?.0 {
            [b'@', after @ ..] => host(after)?.0,
            _ => host(authority)?.0,
        };
    }
    loop {
        rest = match encoded(rest, BCHAR)?.0 {
            [b';' | b'?' | b'#', after @ ..] => after,
            rest => {
                break match before(input, rest) {
                    // A scheme alone says nothing.
                    url if url.len() == scheme.saturating_add(1) => Fail::at(rest, Expected::Url),
                    url => Ok((rest, url)),
                };
            }
        };
    }
}

impl<'a> Wire<'a> for ReferralUrl<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = referral_url(input)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Bare, List};
    use crate::testing::{check as check_rows, check_refused, round_trip};
    use proptest::prelude::*;

    fn urls<const N: usize>(urls: [&'static str; N]) -> List<'static, ReferralUrl<'static>, Bare> {
        urls.map(|url| ReferralUrl::new(url).unwrap()).into()
    }

    #[test]
    fn referrals() {
        // RFC 2193 sections 4.1 and 4.2, RFC 2221 section 4.
        check_rows([
            ("IMAP://user;AUTH=*@SERVER2/REMOTE", urls(["IMAP://user;AUTH=*@SERVER2/REMOTE"])),
            (
                "IMAP://user;AUTH=*@SERVER1/FOO IMAP://user;AUTH=*@SERVER2/BAR",
                urls(["IMAP://user;AUTH=*@SERVER1/FOO", "IMAP://user;AUTH=*@SERVER2/BAR"]),
            ),
            ("IMAP://MIKE@SERVER2/", urls(["IMAP://MIKE@SERVER2/"])),
            ("imap://[::1]:143/a", urls(["imap://[::1]:143/a"])),
            ("ldap://h/cn=x?uid?sub?(a=b)#f", urls(["ldap://h/cn=x?uid?sub?(a=b)#f"])),
            ("mailto:a@b", urls(["mailto:a@b"])),
        ]);
        let url = ReferralUrl::new("IMAP://user;AUTH=*@SERVER2/SHARED/FOO").unwrap();
        let imap = url.to_imap().unwrap();
        assert_eq!((imap.host(), imap.auth().unwrap().as_str()), (Some("SERVER2"), "*"));
        assert!(ReferralUrl::new("mailto:a@b").unwrap().to_imap().is_err());
        let (rest, _) = ReferralUrl::parse(b"imap://h/a] x", Cx::default()).unwrap();
        assert_eq!(rest, b"] x");
        check_refused::<ReferralUrl<'_>, 8>([
            ("", 0),
            ("/INBOX", 0),
            ("1map://a", 0),
            ("imap:", 5),
            ("imap://a%4", 8),
            ("imap://a b", 8),
            ("imap://h/a[1]", 10),
            ("imap://[::x]/", 8),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(url in "[a-c]{0,2}:?(//)?[a-c\\[\\]:;@/%0-9 ?#]{0,12}") {
            if let Ok(url) = ReferralUrl::new(url) {
                round_trip(&url);
            }
        }
    }
}
