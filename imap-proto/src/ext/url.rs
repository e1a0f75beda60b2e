//! IMAP URLs ([RFC 5092](https://www.rfc-editor.org/rfc/rfc5092)).

mod build;
mod parts;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use self::parts::{AUTHORITY, Parts, encoded, host, some};
pub(crate) use self::parts::{BCHAR, MECHANISM};

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Expected, ParseError, ValueError};
use crate::grammar::octets::Octets;
use crate::grammar::string::{astring, no_nul};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, plain};

part! {
    /// An IMAP URL: a server, a mailbox, messages of it, or one message or a part of it.
    ///
    /// `imap://joe@example.com/INBOX;UIDVALIDITY=385759045/;UID=20/;SECTION=1.2;URLAUTH=submit+fred:internal:91354a…`,
    /// `/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1.MIME`
    ///
    /// Kept as the text that it is; every question reads it again, in linear time. Two are equal when their text is. The
    /// token of URLAUTH gives the message to whoever has it: `Debug` and `Display` leave it out. An IMAP URL that lacks
    /// only mechanism and token is read, too: it is what GENURLAUTH takes. RFC 5092 section 11.
    ///
    /// ```
    /// use imap_proto::ext::url::ImapUrl;
    ///
    /// let url = ImapUrl::new("imap://joe@example.com/Entw%C3%BCrfe/;UID=20/;SECTION=1.2")?;
    /// let mailbox = url.mailbox().map(|mailbox| mailbox.decode().into_owned());
    /// assert_eq!(mailbox.as_deref(), Some("Entwürfe".as_bytes()));
    /// assert_eq!((url.uid(), url.host()), (Some(20), Some("example.com")));
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct ImapUrl<'a>(Cow<'a, [u8]>);
}

impl<'a> ImapUrl<'a> {
    /// Takes the text when it is an IMAP URL.
    ///
    /// # Errors
    /// What the grammar expected, and where.
    pub fn new(text: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let text = text.into().into_cow();
        match check(&text, Cx::default()) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(error.in_field("URL")),
        }
    }

    /// The URL as written, with its secret.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The URL as written, with its secret.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The front of the URL, as far as nothing is secret about it: all but the token of URLAUTH.
    pub fn public_url(&self) -> &str {
        let token = self.parts().verifier.map_or(0, |(_, token)| token.len());
        ascii(self.0.get(..self.0.len().saturating_sub(token)).unwrap_or_default())
    }

    /// Whether it is absolute, and if not, how far.
    pub fn kind(&self) -> UrlKind {
        self.parts().kind
    }

    /// Who is to log in: `joe` in `imap://joe@example.com`.
    pub fn user(&self) -> Option<PctEncoded<'_>> {
        self.parts().user.map(PctEncoded::of)
    }

    /// The SASL mechanism to log in with, `*` for any: `PLAIN` in `imap://joe;AUTH=PLAIN@example.com`.
    pub fn auth(&self) -> Option<PctEncoded<'_>> {
        self.parts().auth.map(PctEncoded::of)
    }

    /// The server, as written: a name, an IPv4 address, an IPv6 address in brackets, or nothing at all.
    pub fn host(&self) -> Option<&str> {
        self.parts().host.map(ascii)
    }

    /// The port; 143 is meant where there is none.
    pub fn port(&self) -> Option<u16> {
        self.parts().port
    }

    /// The mailbox. Decoded it ought to be UTF-8, and is not in modified UTF-7. RFC 5092 section 8.
    pub fn mailbox(&self) -> Option<PctEncoded<'_>> {
        self.parts().mailbox.map(PctEncoded::of)
    }

    /// What the mailbox's UIDVALIDITY has to be.
    pub fn uidvalidity(&self) -> Option<u32> {
        self.parts().uidvalidity
    }

    /// What to search the mailbox for: `SUBJECT%20shadows` in `/INBOX?SUBJECT%20shadows`. Decoded it is what stands
    /// behind SEARCH in a command, and as little to be trusted as the URL.
    pub fn search(&self) -> Option<PctEncoded<'_>> {
        self.parts().search.map(PctEncoded::of)
    }

    /// The UID of the message.
    pub fn uid(&self) -> Option<u32> {
        self.parts().uid
    }

    /// The section of the message: `1.2`, `HEADER`.
    pub fn section(&self) -> Option<PctEncoded<'_>> {
        self.parts().section.map(PctEncoded::of)
    }

    /// Which octets of it: from this one on, so many. Capability URL-PARTIAL: RFC 5550 section 5.7.1.
    pub fn partial(&self) -> Option<(u64, Option<u64>)> {
        self.parts().partial
    }

    /// Until when URLAUTH is valid, as an RFC 3339 date and time: `2026-03-29T02:03:04Z`.
    pub fn expire(&self) -> Option<&str> {
        self.parts().expire.map(ascii)
    }

    /// Who may use the URL by its URLAUTH. RFC 5092 section 6.1.2.
    pub fn access(&self) -> Option<Access<'_>> {
        self.parts().access.map(Access::of)
    }

    /// The mechanism of URLAUTH, in any case: `INTERNAL`.
    pub fn mechanism(&self) -> Option<&str> {
        self.parts().verifier.map(|(mechanism, _)| ascii(mechanism))
    }

    /// The token of URLAUTH, which is a secret: at least 32 hexadecimal digits.
    pub fn token(&self) -> Option<&str> {
        self.parts().verifier.map(|(_, token)| ascii(token))
    }

    fn parts(&self) -> Parts<'_> {
        // The text was read or written before, so it can be read again.
        Parts::parse(&self.0, Cx::KNOWN).map_or(Parts::EMPTY, |(_, parts)| parts)
    }
}

/// All of `text` as a URL.
fn check(text: &[u8], cx: Cx) -> Result<Parts<'_>, ParseError> {
    match Parts::parse(text, cx) {
        Ok(([], parts)) => Ok(parts),
        Ok((rest, _)) => Err(Fail { expected: Expected::Url, remaining: rest.len() }.within(text)),
        Err(error) => Err(wire::fail(error, text)),
    }
}

/// What the grammar of URLs lets in is ASCII.
fn ascii(octets: &[u8]) -> &str {
    core::str::from_utf8(octets).unwrap_or_default()
}

/// ```abnf
/// url-full = astring ; contains an IMAP URL
/// ```
impl<'a> Wire<'a> for ImapUrl<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, text) = astring(input, cx)?;
        match check(&text, cx) {
            Ok(_) => Ok((rest, Self(text))),
            Err(error) => {
                let start = match input {
                    [b'"', ..] => 1,
                    [b'{', ..] => wire::len_before(input, rest).saturating_sub(text.len()),
                    _ => 0,
                };
                // No URL has what is escaped in quotes, so all before the failure is written as it is.
                let from = input.get(start.saturating_add(error.offset)..).unwrap_or_default();
                Fail::at(from, error.expected)
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

/// `Debug` and `Display` of a URL, without what is secret.
macro_rules! redacted {
    ($name:ident) => {
        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "\"{self}\"")
            }
        }

        impl core::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let public = self.public_url();
                let secret = if public.len() < self.as_bytes().len() { "…" } else { "" };
                write!(f, "{}{secret}", public.as_bytes().escape_ascii())
            }
        }
    };
}

redacted!(ImapUrl);
redacted!(UrlText);
redacted!(UrlRump);
redacted!(UrlFull);

/// How far a URL is absolute. RFC 5092 section 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UrlKind {
    /// `imap://example.com/INBOX`
    Absolute,
    /// `//example.com/INBOX`: the scheme is inherited.
    NetworkPath,
    /// `/INBOX`: scheme and server are inherited; what CATENATE takes.
    AbsolutePath,
    /// `INBOX`, `;UID=20`: section 7.2 asks not to use any, so none can be made other than from text.
    RelativePath,
    /// Nothing: all is inherited.
    Empty,
}

plain!(UrlKind);

part! {
    /// A part of a URL, in which octets may be percent-encoded.
    ///
    /// `gray%20council`
    ///
    /// Two are equal when they are written alike. RFC 3986 section 2.1.
    pub struct PctEncoded<'a>(Cow<'a, [u8]>);
}

impl<'a> PctEncoded<'a> {
    /// Encodes all but letters, digits and `-._~`, so that it can stand in any part.
    pub fn encode(octets: impl AsRef<[u8]>) -> PctEncoded<'static> {
        let mut text = Vec::new();
        build::put_encoded(&mut text, octets.as_ref(), parts::UNRESERVED);
        PctEncoded(Cow::Owned(text))
    }

    fn of(text: &'a [u8]) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The part as written.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The octets that it stands for, of any kind.
    pub fn decode(&self) -> Cow<'_, [u8]> {
        if !self.0.contains(&b'%') {
            return Cow::Borrowed(&self.0);
        }
        let mut octets = Vec::with_capacity(self.0.len());
        let mut rest: &[u8] = &self.0;
        while let [octet, after @ ..] = rest {
            let (octet, after) = match rest {
                [b'%', high, low, after @ ..] => (nibble(*high) << 4 | nibble(*low), after),
                _ => (*octet, after),
            };
            octets.push(octet);
            rest = after;
        }
        Cow::Owned(octets)
    }

    /// The text that it stands for, when that is UTF-8.
    pub fn to_str(&self) -> Option<Cow<'_, str>> {
        match self.decode() {
            Cow::Borrowed(octets) => core::str::from_utf8(octets).ok().map(Cow::Borrowed),
            Cow::Owned(octets) => alloc::string::String::from_utf8(octets).ok().map(Cow::Owned),
        }
    }
}

/// The value of a hexadecimal digit.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit & 15,
        // `A` and `a` end in 1.
        _ => (digit & 7).saturating_add(9),
    }
}

impl fmt::Debug for PctEncoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq<str> for PctEncoded<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for PctEncoded<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

part! {
    /// Who may use a URL by its URLAUTH.
    ///
    /// `submit+fred`
    ///
    /// Names in any case. RFC 5092 section 6.1.2, RFC 5593 section 3.
    #[non_exhaustive]
    pub enum Access<'a> {
        /// `submit+fred`: who submits messages on behalf of this user.
        Submit(PctEncoded<'a>),
        /// `user+fred`: who is logged in as this user.
        User(PctEncoded<'a>),
        /// `authuser`: who is logged in, but not anonymously.
        AuthUser,
        /// `anonymous`: all.
        Anonymous,
        /// `stream`: who streams attachments. RFC 5593 section 6.2.
        Stream,
        /// `exampleapp3+testuser`: another application, as written.
        Other(Application<'a>),
    }
}

part! {
    /// An application without a name in [`Access`], and the user behind its `+`.
    ///
    /// `exampleapp3+testuser`
    ///
    /// RFC 5593 section 4.
    pub struct Application<'a>(Cow<'a, [u8]>);
}

impl Application<'_> {
    /// The identifier as written.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl fmt::Debug for Application<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<'a> Access<'a> {
    fn of(text: &'a [u8]) -> Self {
        let user = |prefix: &'static [u8]| match wire::word(text, prefix, Expected::Url) {
            Ok((user, ())) => Some(PctEncoded::of(user)),
            Err(_) => None,
        };
        match text {
            _ if text.eq_ignore_ascii_case(b"authuser") => Self::AuthUser,
            _ if text.eq_ignore_ascii_case(b"anonymous") => Self::Anonymous,
            _ if text.eq_ignore_ascii_case(b"stream") => Self::Stream,
            _ => match (user(b"submit+"), user(b"user+")) {
                (Some(user), _) => Self::Submit(user),
                (_, Some(user)) => Self::User(user),
                _ => Self::Other(Application(Cow::Borrowed(text))),
            },
        }
    }
}

part! {
    /// What stands where a URL is due, whether it is one or not.
    ///
    /// `"imap://joe@example.com/INBOX/;UID=20"`
    ///
    /// CATENATE and URLFETCH take any: a server answers BADURL and NIL to what it cannot make out. `Debug` and `Display`
    /// leave out what may be secret. RFC 4467 section 9, RFC 4469 section 5.
    pub struct UrlText<'a>(Cow<'a, [u8]>);
}

impl<'a> UrlText<'a> {
    /// Takes octets other than NUL.
    ///
    /// # Errors
    /// There is a NUL.
    pub fn new(octets: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let octets = octets.into().into_cow();
        match no_nul(&octets) {
            Ok(()) => Ok(Self(octets)),
            Err((expected, offset)) => Err(ValueError { field: "URL", expected, offset }),
        }
    }

    /// The same text, borrowing from this.
    pub(crate) fn lend(&self) -> UrlText<'_> {
        UrlText::known(&self.0)
    }

    /// Octets that are known to have no NUL.
    pub(crate) fn known(octets: &'a [u8]) -> Self {
        Self(Cow::Borrowed(octets))
    }

    /// The octets, with their secret.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The IMAP URL that it is.
    ///
    /// # Errors
    /// It is none.
    pub fn to_imap(&self) -> Result<ImapUrl<'_>, ValueError> {
        ImapUrl::new(self.as_bytes())
    }

    /// The front of it, as far as nothing is secret about it; nothing when it is not UTF-8.
    pub fn public_url(&self) -> &str {
        let is_secret = |text: &[u8]| text.eq_ignore_ascii_case(b";URLAUTH=");
        let secret = self.0.windows(";URLAUTH=".len()).position(is_secret);
        ascii(self.0.get(..secret.unwrap_or(self.0.len())).unwrap_or_default())
    }
}

impl<'a> From<ImapUrl<'a>> for UrlText<'a> {
    fn from(url: ImapUrl<'a>) -> Self {
        Self(url.0)
    }
}

/// ```abnf
/// url = astring
/// ```
impl<'a> Wire<'a> for UrlText<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = astring(input, cx)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

/// Defines an absolute URL of a message with an access identifier.
macro_rules! authorized {
    ($(#[$meta:meta])* pub struct $name:ident<'a>: $has_verifier:literal, $error:literal;) => {
        part! {
            $(#[$meta])*
            pub struct $name<'a>(ImapUrl<'a>);
        }

        impl<'a> $name<'a> {
            /// Takes a URL of this form.
            ///
            /// # Errors
            #[doc = $error]
            pub fn new(url: ImapUrl<'a>) -> Result<Self, ValueError> {
                match Self::is(&url) {
                    true => Ok(Self(url)),
                    false => Err(ValueError { field: "URL", expected: Expected::Url, offset: url.0.len() }),
                }
            }

            fn is(url: &ImapUrl<'_>) -> bool {
                let parts = url.parts();
                parts.kind == UrlKind::Absolute
                    && parts.user.is_some()
                    && parts.access.is_some()
                    && parts.verifier.is_some() == $has_verifier
            }

            /// The URL.
            pub fn into_url(self) -> ImapUrl<'a> {
                self.0
            }
        }

        impl<'a> core::ops::Deref for $name<'a> {
            type Target = ImapUrl<'a>;

            fn deref(&self) -> &ImapUrl<'a> {
                &self.0
            }
        }

        impl<'a> From<$name<'a>> for UrlText<'a> {
            fn from(url: $name<'a>) -> Self {
                url.0.into()
            }
        }

        impl<'a> Wire<'a> for $name<'a> {
            fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
                let (rest, url) = ImapUrl::parse(input, cx)?;
                match Self::is(&url) {
                    true => Ok((rest, Self(url))),
                    false => Fail::at(input, Expected::Url),
                }
            }

            fn encode(&self, out: &mut Writer<'_>) {
                self.0.encode(out);
            }
        }
    };
}

authorized! {
    /// The URL of a message that says who may use it, and is not yet good for anything.
    ///
    /// `imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2;URLAUTH=submit+fred`
    ///
    /// Absolute and with a user, whose mailbox it is. RFC 4467 section 9 (`authimapurlrump`).
    pub struct UrlRump<'a>: false, "It is relative, names no user, names no access, or has a token.";
}

authorized! {
    /// The URL of a message that opens it to whom it says.
    ///
    /// `imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2;URLAUTH=submit+fred:internal:91354a…`
    ///
    /// Absolute and with a user, whose mailbox it is. RFC 4467 section 9 (`authimapurlfull`).
    pub struct UrlFull<'a>: true, "It is relative, names no user, or has no token.";
}

impl UrlFull<'_> {
    /// The same without mechanism and token, from which the token was made.
    pub fn rump(&self) -> UrlRump<'_> {
        let verifier = self.0.parts().verifier.map_or(0, |(mechanism, token)| {
            // A colon before each.
            mechanism.len().saturating_add(token.len()).saturating_add(2)
        });
        let text = self.0.0.get(..self.0.0.len().saturating_sub(verifier)).unwrap_or_default();
        UrlRump(ImapUrl(Cow::Borrowed(text)))
    }
}
