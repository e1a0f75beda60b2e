//! How IMAP URLs are made: whatever they are given is percent-encoded where it has to be.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{Expected, ValueError};
use crate::ext::urlauth::UauthMechanism;
use crate::wire::{Cx, Digits};

use super::parts::{ACHAR, BCHAR, CLASS};
use super::{Access, ImapUrl, Parts, UrlFull, UrlKind, UrlRump, check};

impl ImapUrl<'static> {
    /// The URL of a server: `imap://joe;AUTH=PLAIN@example.com:143`.
    ///
    /// `auth` is a SASL mechanism, or `*` for any; an IPv6 address has brackets around it.
    ///
    /// # Errors
    /// `user` or `auth` is empty, or `host` is no host.
    pub fn server(
        user: Option<&str>,
        auth: Option<&str>,
        host: &str,
        port: Option<u16>,
    ) -> Result<Self, ValueError> {
        let mut text = b"imap://".to_vec();
        if let Some(user) = user {
            put_encoded(&mut text, user.as_bytes(), ACHAR);
        }
        if let Some(auth) = auth {
            text.extend_from_slice(b";AUTH=");
            put_encoded(&mut text, auth.as_bytes(), ACHAR);
        }
        if user.is_some() || auth.is_some() {
            text.extend_from_slice(b"@");
        }
        text.extend_from_slice(host.as_bytes());
        if let Some(port) = port {
            text.extend_from_slice(b":");
            text.extend_from_slice(Digits::of(port.into()).as_ref());
        }
        made(text, |parts| {
            !host.is_empty()
                && parts.host == Some(host.as_bytes())
                && parts.port == port
                && parts.user.is_some() == user.is_some()
                && parts.auth.is_some() == auth.is_some()
        })
    }

    /// The URL of a mailbox, or of what is found in it, without its server: `/INBOX?SUBJECT%20shadows`.
    ///
    /// `search` is what stands behind SEARCH in a command.
    ///
    /// # Errors
    /// `mailbox` or `search` is empty, or `uidvalidity` is 0.
    pub fn messages(
        mailbox: &str,
        uidvalidity: Option<u32>,
        search: Option<&[u8]>,
    ) -> Result<Self, ValueError> {
        let mut text = path(mailbox, uidvalidity);
        if let Some(search) = search {
            text.extend_from_slice(b"?");
            put_encoded(&mut text, search, BCHAR);
        }
        made(text, has_mailbox)
    }

    /// The URL of a message or of a part of it, without its server, as CATENATE takes it:
    /// `/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1.MIME`. [`join`](ImapUrl::join) puts a server in front of it.
    ///
    /// `partial` is the first octet, and how many.
    ///
    /// # Errors
    /// `mailbox` or `section` is empty, `uidvalidity`, `uid` or the length is 0, or `partial` does not fit 63 bits.
    pub fn message(
        mailbox: &str,
        uidvalidity: Option<u32>,
        uid: u32,
        section: Option<&str>,
        partial: Option<(u64, Option<u64>)>,
    ) -> Result<Self, ValueError> {
        let mut text = path(mailbox, uidvalidity);
        text.extend_from_slice(b"/;UID=");
        text.extend_from_slice(Digits::of(uid.into()).as_ref());
        if let Some(section) = section {
            text.extend_from_slice(b"/;SECTION=");
            put_encoded(&mut text, section.as_bytes(), BCHAR);
        }
        if let Some((offset, length)) = partial {
            text.extend_from_slice(b"/;PARTIAL=");
            text.extend_from_slice(Digits::of(offset).as_ref());
            if let Some(length) = length {
                text.extend_from_slice(b".");
                text.extend_from_slice(Digits::of(length).as_ref());
            }
        }
        made(text, has_mailbox)
    }
}

impl ImapUrl<'_> {
    /// What `path` means at this URL's server: `imap://joe@example.com` and `/INBOX` make
    /// `imap://joe@example.com/INBOX`.
    ///
    /// # Errors
    /// This URL has no server, or `path` is not an absolute path.
    pub fn join(&self, path: &ImapUrl<'_>) -> Result<ImapUrl<'static>, ValueError> {
        let authority = match self.kind() {
            UrlKind::Absolute => "imap://",
            UrlKind::NetworkPath => "//",
            _ => return Err(no_url(0)),
        };
        if path.kind() != UrlKind::AbsolutePath {
            return Err(no_url(0));
        }
        let slash = self.0.iter().skip(authority.len()).position(|&octet| octet == b'/');
        let end = slash.map_or(self.0.len(), |at| at.saturating_add(authority.len()));
        let server = self.0.get(..end).unwrap_or_default();
        made([server, &path.0].concat(), |_| true)
    }

    /// The same with the names of those who may use it, and until when: what GENURLAUTH takes.
    ///
    /// `expire` is an RFC 3339 date and time.
    ///
    /// # Errors
    /// This URL is not an absolute one of a message, names no user, or has a URLAUTH; or `expire` is no date and time.
    pub fn authorize(
        &self,
        expire: Option<&str>,
        access: &Access<'_>,
    ) -> Result<UrlRump<'static>, ValueError> {
        let mut text = self.0.to_vec();
        if let Some(expire) = expire {
            text.extend_from_slice(b";EXPIRE=");
            text.extend_from_slice(expire.as_bytes());
        }
        text.extend_from_slice(b";URLAUTH=");
        access.put(&mut text);
        let expire = expire.map(str::as_bytes);
        UrlRump::new(made(text, |parts| parts.expire == expire)?)
    }
}

impl Access<'_> {
    fn put(&self, text: &mut Vec<u8>) {
        let (name, user): (&[u8], &[u8]) = match self {
            Self::Submit(user) => (b"submit+", &user.0),
            Self::User(user) => (b"user+", &user.0),
            Self::AuthUser => (b"authuser", b""),
            Self::Anonymous => (b"anonymous", b""),
            Self::Stream => (b"stream", b""),
            Self::Other(application) => (&application.0, b""),
        };
        text.extend_from_slice(name);
        text.extend_from_slice(user);
    }
}

impl UrlRump<'_> {
    /// The same with a mechanism and its token: what a server answers to GENURLAUTH.
    ///
    /// # Errors
    /// `token` is not at least 32 hexadecimal digits.
    pub fn sign(&self, mechanism: &UauthMechanism<'_>, token: &str) -> Result<UrlFull<'static>, ValueError> {
        let text = [self.as_bytes(), b":", mechanism.as_bytes(), b":", token.as_bytes()].concat();
        UrlFull::new(made(text, |_| true)?)
    }
}

/// `/mailbox;UIDVALIDITY=1`
fn path(mailbox: &str, uidvalidity: Option<u32>) -> Vec<u8> {
    let mut text = b"/".to_vec();
    for (place, segment) in mailbox.as_bytes().split(|&octet| octet == b'/').enumerate() {
        if place > 0 {
            // A second slash at the front would make the mailbox a server. RFC 5092 section 7.1.
            let slash: &[u8] = if text.len() == 1 { b"%2F" } else { b"/" };
            text.extend_from_slice(slash);
        }
        // Whoever resolves the URL would take these for steps. RFC 5092 section 7.
        match segment {
            b"." => text.extend_from_slice(b"%2E"),
            b".." => text.extend_from_slice(b"%2E%2E"),
            _ => put_encoded(&mut text, segment, BCHAR),
        }
    }
    if let Some(uidvalidity) = uidvalidity {
        text.extend_from_slice(b";UIDVALIDITY=");
        text.extend_from_slice(Digits::of(uidvalidity.into()).as_ref());
    }
    text
}

/// An empty mailbox leaves none, or makes what follows a server.
fn has_mailbox(parts: &Parts<'_>) -> bool {
    parts.kind == UrlKind::AbsolutePath && parts.mailbox.is_some()
}

/// Appends octets of `class` as they are, and others percent-encoded.
pub(super) fn put_encoded(text: &mut Vec<u8>, octets: &[u8], class: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &octet in octets {
        // A `u8` is always an index of a table of 256, and half of one an index of a table of 16.
        #[allow(clippy::indexing_slicing)]
        if CLASS[usize::from(octet)] & class != 0 {
            text.push(octet);
        } else {
            let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
            text.extend_from_slice(&[b'%', digit(octet >> 4), digit(octet)]);
        }
    }
}

/// Text as a URL whose parts are what they were meant to be.
fn made(text: Vec<u8>, meant: impl FnOnce(&Parts<'_>) -> bool) -> Result<ImapUrl<'static>, ValueError> {
    match check(&text, Cx::default()) {
        Ok(parts) if meant(&parts) => Ok(ImapUrl(Cow::Owned(text))),
        Ok(_) => Err(no_url(text.len())),
        Err(error) => Err(error.in_field("URL")),
    }
}

fn no_url(offset: usize) -> ValueError {
    ValueError { field: "URL", expected: Expected::Url, offset }
}
