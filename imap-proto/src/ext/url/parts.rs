//! The grammar of IMAP URLs ([RFC 5092 section 11](https://www.rfc-editor.org/rfc/rfc5092#section-11)).

use core::net::Ipv6Addr;

use crate::error::Expected;
use crate::grammar::number::Nz;
use crate::registry::Via;
use crate::wire::{self, Cx, Fail, Parsed, Wire, before, octet, word};

use super::UrlKind;

/// `achar` but `pct-encoded`.
pub(crate) const ACHAR: u8 = 1;
/// `bchar` but `pct-encoded`.
pub(crate) const BCHAR: u8 = 2;
/// What a `reg-name` is made of but `pct-encoded`.
pub(crate) const HOST: u8 = 4;
/// What may stand before an `@`, and in an `IPvFuture`: `HOST` and `:`.
pub(crate) const AUTHORITY: u8 = 8;
/// `uauth-mechanism`.
pub(crate) const MECHANISM: u8 = 16;
/// `HEXDIG`.
const HEX: u8 = 32;
/// `ALPHA / DIGIT`.
const ALNUM: u8 = 64;
/// `unreserved`.
pub(crate) const UNRESERVED: u8 = 128;

/// The classes of every octet.
pub(crate) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0u8;
    loop {
        let mut class = 0;
        if octet.is_ascii_alphanumeric() {
            class |= ALNUM | MECHANISM | UNRESERVED;
        }
        if octet.is_ascii_hexdigit() {
            class |= HEX;
        }
        if matches!(octet, b'-' | b'.') {
            class |= MECHANISM;
        }
        if matches!(octet, b'-' | b'.' | b'_' | b'~') {
            class |= UNRESERVED;
        }
        if class & UNRESERVED != 0
            || matches!(octet, b'!' | b'$' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'&' | b'=')
        {
            class |= ACHAR | BCHAR | HOST | AUTHORITY;
        }
        match octet {
            b';' => class |= HOST | AUTHORITY,
            b':' => class |= BCHAR | AUTHORITY,
            b'@' | b'/' => class |= BCHAR,
            _ => {}
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

/// The parts of a URL, as written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) kind: UrlKind,
    pub(crate) user: Option<&'a [u8]>,
    pub(crate) auth: Option<&'a [u8]>,
    pub(crate) host: Option<&'a [u8]>,
    pub(crate) port: Option<u16>,
    pub(crate) mailbox: Option<&'a [u8]>,
    pub(crate) uidvalidity: Option<u32>,
    pub(crate) search: Option<&'a [u8]>,
    pub(crate) uid: Option<u32>,
    pub(crate) section: Option<&'a [u8]>,
    pub(crate) partial: Option<(u64, Option<u64>)>,
    pub(crate) expire: Option<&'a [u8]>,
    pub(crate) access: Option<&'a [u8]>,
    /// The mechanism and the token.
    pub(crate) verifier: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> Parts<'a> {
    pub(crate) const EMPTY: Self = Self {
        kind: UrlKind::Empty,
        user: None,
        auth: None,
        host: None,
        port: None,
        mailbox: None,
        uidvalidity: None,
        search: None,
        uid: None,
        section: None,
        partial: None,
        expire: None,
        access: None,
        verifier: None,
    };

    /// ```abnf
    /// imapurl = "imap://" iserver ipath-query
    /// imapurl-rel = inetwork-path / iabsolute-path / irelative-path / ipath-empty
    /// inetwork-path = "//" iserver ipath-query
    /// iabsolute-path = "/" [icommand]
    /// ```
    pub(crate) fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let mut parts = Self::EMPTY;
        let rest = match input {
            [] => input,
            [b'/', b'/', rest @ ..] => {
                parts.kind = UrlKind::NetworkPath;
                parts.server_and_path(rest, cx)?.0
            }
            [b'/', rest @ ..] => {
                parts.kind = UrlKind::AbsolutePath;
                parts.command(rest, cx)?.0
            }
            _ => match word(input, b"imap://", Expected::Url) {
                Ok((rest, ())) => {
                    parts.kind = UrlKind::Absolute;
                    parts.server_and_path(rest, cx)?.0
                }
                Err(_) => {
                    parts.kind = UrlKind::RelativePath;
                    parts.relative_path(input, cx)?.0
                }
            },
        };
        Ok((rest, parts))
    }

    /// ```abnf
    /// iserver = [iuserinfo "@"] host [":" port]
    /// iuserinfo = enc-user [iauth] / [enc-user] iauth
    /// iauth = ";AUTH=" ("*" / enc-auth-type)
    /// enc-auth-type = 1*achar
    /// ipath-query = ["/" [icommand]]
    /// ```
    fn server_and_path(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let mut rest = input;
        if let (&[b'@', ..], _) = encoded(input, AUTHORITY)? {
            let (after, user) = encoded(input, ACHAR)?;
            self.user = Some(user).filter(|user| !user.is_empty());
            rest = match word(after, b";AUTH=", Expected::Url) {
                Ok((after, ())) => {
                    let (after, auth) = encoded1(after, ACHAR, Expected::Mechanism)?;
                    self.auth = Some(auth);
                    after
                }
                Err(error) if self.user.is_none() => return Err(error),
                Err(_) => after,
            };
            rest = octet(rest, b'@', Expected::Url)?.0;
        }
        let (mut rest, host) = host(rest)?;
        self.host = Some(host);
        if let [b':', digits @ ..] = rest {
            rest = digits;
            if let [b'0'..=b'9', ..] = digits {
                let (after, port) = wire::number(digits)?;
                let Ok(port) = u16::try_from(port) else {
                    return Fail::at(digits, Expected::SmallerNumber);
                };
                self.port = Some(port);
                rest = after;
            }
        }
        match rest {
            [b'/', rest @ ..] => self.command(rest, cx),
            _ => Ok((rest, ())),
        }
    }

    /// Nothing is an answer, too.
    ///
    /// ```abnf
    /// icommand = imessagelist / imessagepart [iurlauth]
    /// imessagepart = imailbox-ref iuid [isection] [ipartial]
    /// ```
    fn command(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        match input {
            [b';', ..] => return Fail::at(input, Expected::Mailbox),
            _ if encoded(input, BCHAR)?.1.is_empty() => return Ok((input, ())),
            _ => {}
        }
        let (rest, ()) = self.mailbox(input, cx)?;
        if self.uid.is_none() {
            return Ok((rest, ()));
        }
        self.urlauth(rest)
    }

    /// ```abnf
    /// irelative-path = imessagelist / imsg-or-part
    /// imsg-or-part = imailbox-ref "/" iuid-only ["/" isection-only] ["/" ipartial-only]
    ///              / iuid-only ["/" isection-only] ["/" ipartial-only]
    ///              / isection-only ["/" ipartial-only] / ipartial-only
    /// ```
    fn relative_path(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        if let [b';', ..] = input {
            if let Ok((rest, ())) = word(input, b";UID=", Expected::Url) {
                return self.uid(rest, cx);
            }
            if let Ok((rest, ())) = word(input, b";SECTION=", Expected::Url) {
                return self.section(rest, cx);
            }
            let (rest, ()) = word(input, b";PARTIAL=", Expected::Url)?;
            return self.partial(rest, cx);
        }
        // RFC 3986 section 4.2: what stands before a colon would be a scheme.
        if let Some(at) = input.iter().position(|octet| matches!(octet, b'/' | b':'))
            && let Some(from @ [b':', ..]) = input.get(at..)
        {
            return Fail::at(from, Expected::Url);
        }
        self.mailbox(input, cx)
    }

    /// ```abnf
    /// imailbox-ref = enc-mailbox [uidvalidity]
    /// enc-mailbox = 1*bchar
    /// uidvalidity = ";UIDVALIDITY=" nz-number
    /// imessagelist = imailbox-ref ["?" enc-search]
    /// enc-search = 1*bchar
    /// iuid = "/" iuid-only
    /// ```
    fn mailbox(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let (mut rest, mailbox) = encoded1(input, BCHAR, Expected::Mailbox)?;
        if let Ok((after, ())) = word(rest, b";UID=", Expected::Url) {
            // The slash in front of it is in `bchar`, too.
            let Some((b'/', mailbox)) = mailbox.split_last() else {
                return Fail::at(rest, Expected::Url);
            };
            let [_, ..] = mailbox else { return Fail::at(input, Expected::Mailbox) };
            self.mailbox = Some(mailbox);
            return self.uid(after, cx);
        }
        self.mailbox = Some(mailbox);
        if let Ok((after, ())) = word(rest, b";UIDVALIDITY=", Expected::Url) {
            let (after, uidvalidity) = Nz::parse(after, cx)?;
            self.uidvalidity = Some(uidvalidity);
            rest = after;
            if let Ok((after, ())) = word(rest, b"/;UID=", Expected::Url) {
                return self.uid(after, cx);
            }
        }
        if let [b'?', after @ ..] = rest {
            let (after, search) = encoded1(after, BCHAR, Expected::Url)?;
            self.search = Some(search);
            rest = after;
        }
        Ok((rest, ()))
    }

    /// ```abnf
    /// iuid-only = ";UID=" nz-number
    /// ```
    fn uid(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let (rest, uid) = Nz::parse(input, cx)?;
        self.uid = Some(uid);
        if let Ok((rest, ())) = word(rest, b"/;SECTION=", Expected::Url) {
            return self.section(rest, cx);
        }
        match word(rest, b"/;PARTIAL=", Expected::Url) {
            Ok((rest, ())) => self.partial(rest, cx),
            Err(_) => Ok((rest, ())),
        }
    }

    /// ```abnf
    /// isection-only = ";SECTION=" enc-section
    /// enc-section = 1*bchar
    /// ```
    fn section(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let (rest, section) = encoded1(input, BCHAR, Expected::Section)?;
        self.section = Some(section);
        let Ok((after, ())) = word(rest, b";PARTIAL=", Expected::Url) else { return Ok((rest, ())) };
        // The slash in front of it is in `bchar`, too.
        let Some((b'/', section)) = section.split_last() else { return Fail::at(rest, Expected::Url) };
        let [_, ..] = section else { return Fail::at(input, Expected::Section) };
        self.section = Some(section);
        self.partial(after, cx)
    }

    /// ```abnf
    /// ipartial-only = ";PARTIAL=" partial-range
    /// partial-range = number64 ["." nz-number64]
    /// ```
    fn partial(&mut self, input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let (rest, offset) = u64::parse(input, cx)?;
        let (rest, length) = match rest {
            [b'.', rest @ ..] => {
                let (rest, length) = Nz::parse(rest, cx)?;
                (rest, Some(length))
            }
            _ => (rest, None),
        };
        self.partial = Some((offset, length));
        Ok((rest, ()))
    }

    /// RFC 5593 section 4 has any application for `access`.
    ///
    /// ```abnf
    /// iurlauth = iurlauth-rump [":" uauth-mechanism ":" enc-urlauth]
    /// iurlauth-rump = [";EXPIRE=" date-time] ";URLAUTH=" access
    /// access = application ["+" enc-user]
    /// application = 1*(ALPHA / DIGIT)
    /// uauth-mechanism = 1*(ALPHA / DIGIT / "-" / ".")
    /// enc-urlauth = 32*HEXDIG
    /// ```
    fn urlauth(&mut self, input: &'a [u8]) -> Parsed<'a, ()> {
        let rest = match word(input, b";EXPIRE=", Expected::Url) {
            Ok((rest, ())) => {
                let (rest, expire) = date_time(rest)?;
                self.expire = Some(expire);
                rest
            }
            Err(_) => input,
        };
        let access = match word(rest, b";URLAUTH=", Expected::Url) {
            Ok((access, ())) => access,
            Err(error) if self.expire.is_some() => return Err(error),
            Err(_) => return Ok((rest, ())),
        };
        let (mut rest, _) = some(access, ALNUM, Expected::Url)?;
        if let [b'+', user @ ..] = rest {
            (rest, _) = encoded1(user, ACHAR, Expected::Url)?;
        }
        self.access = Some(before(access, rest));
        let [b':', verifier @ ..] = rest else { return Ok((rest, ())) };
        let (rest, mechanism) = some(verifier, MECHANISM, Expected::Mechanism)?;
        let (rest, ()) = octet(rest, b':', Expected::Url)?;
        let (token, rest) = wire::run(rest, &CLASS, HEX);
        // 128 bits.
        if token.len() < 32 {
            return Fail::at(rest, Expected::Url);
        }
        self.verifier = Some((mechanism, token));
        Ok((rest, ()))
    }
}

/// RFC 3986 section 3.2.2.
///
/// ```abnf
/// host = "[" (IPv6address / IPvFuture) "]" / reg-name
/// IPvFuture = "v" 1*HEXDIG "." 1*(unreserved / sub-delims / ":")
/// ```
pub(crate) fn host(input: &[u8]) -> Parsed<'_, &[u8]> {
    let [b'[', start @ ..] = input else { return encoded(input, HOST) };
    let (address, rest) = wire::run(start, &CLASS, AUTHORITY);
    let is_address = match address {
        [b'v' | b'V', version @ ..] => {
            matches!(wire::run(version, &CLASS, HEX), ([_, ..], [b'.', _, ..]))
        }
        _ => core::str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok()),
    };
    if !is_address {
        return Fail::at(start, Expected::Url);
    }
    let (rest, ()) = octet(rest, b']', Expected::Url)?;
    Ok((rest, before(input, rest)))
}

/// RFC 3339 section 5.6. A second 60 may stand at the end of any minute.
///
/// ```abnf
/// date-time = 4DIGIT "-" 2DIGIT "-" 2DIGIT "T" 2DIGIT ":" 2DIGIT ":" 2DIGIT ["." 1*DIGIT] time-offset
/// time-offset = "Z" / ("+" / "-") 2DIGIT ":" 2DIGIT
/// ```
fn date_time(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, year) = digits(input, 4, 0, 9_999)?;
    let (rest, month) = digits(octet(rest, b'-', Expected::Date)?.0, 2, 1, 12)?;
    let days = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (rest, _) = digits(octet(rest, b'-', Expected::Date)?.0, 2, 1, days)?;
    let (rest, ()) = word(rest, b"T", Expected::Date)?;
    let (rest, _) = digits(rest, 2, 0, 23)?;
    let (rest, _) = digits(octet(rest, b':', Expected::Date)?.0, 2, 0, 59)?;
    let (rest, _) = digits(octet(rest, b':', Expected::Date)?.0, 2, 0, 60)?;
    let rest = match rest {
        [b'.', fraction @ ..] if matches!(fraction, [b'0'..=b'9', ..]) => {
            let digits = fraction.iter().take_while(|octet| octet.is_ascii_digit()).count();
            fraction.get(digits..).unwrap_or_default()
        }
        _ => rest,
    };
    let rest = match rest {
        [b'Z' | b'z', rest @ ..] => rest,
        [b'+' | b'-', offset @ ..] => {
            let (rest, _) = digits(offset, 2, 0, 23)?;
            digits(octet(rest, b':', Expected::Date)?.0, 2, 0, 59)?.0
        }
        _ => return Fail::at(rest, Expected::Date),
    };
    Ok((rest, before(input, rest)))
}

/// A number of exactly `width` digits between `least` and `most`.
fn digits(input: &[u8], width: usize, least: u64, most: u64) -> Parsed<'_, u64> {
    match input.split_at_checked(width) {
        Some((field, rest)) if field.iter().all(u8::is_ascii_digit) => match wire::number(field) {
            Ok((_, value)) if (least..=most).contains(&value) => Ok((rest, value)),
            _ => Fail::at(input, Expected::Date),
        },
        _ => Fail::at(input, Expected::Date),
    }
}

/// At least one octet of `class`, as it is.
pub(crate) fn some(input: &[u8], class: u8, expected: Expected) -> Parsed<'_, &[u8]> {
    match wire::run(input, &CLASS, class) {
        ([], _) => Fail::at(input, expected),
        (octets, rest) => Ok((rest, octets)),
    }
}

/// Octets of `class`, and any others percent-encoded.
///
/// ```abnf
/// pct-encoded = "%" HEXDIG HEXDIG
/// ```
pub(crate) fn encoded(input: &[u8], class: u8) -> Parsed<'_, &[u8]> {
    let mut rest = input;
    loop {
        rest = match wire::run(rest, &CLASS, class).1 {
            [b'%', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => after,
            rest @ [b'%', ..] => return Fail::at(rest, Expected::Url),
            rest => return Ok((rest, before(input, rest))),
        };
    }
}

/// [`encoded`], at least one octet.
pub(crate) fn encoded1(input: &[u8], class: u8, expected: Expected) -> Parsed<'_, &[u8]> {
    match encoded(input, class)? {
        (_, []) => Fail::at(input, expected),
        found => Ok(found),
    }
}
