//! Paths: mailboxes in angle brackets, and what else may stand there
//! ([RFC 5321 section 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)).

#[cfg(test)]
pub(crate) mod tests;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use super::domain::{self, Domain};
use super::mailbox::{Mailbox, local_part, strict_local_part, unquoted};
use super::utf8::Utf8;
use crate::error::{AddressPart, Expected, ValueError};
use crate::options::{Dialect, Leniency};
use crate::text::Shown;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, len_before, part};

part! {
    /// A source route: the hosts that a message was once to pass, to be ignored (RFC 5321 appendix C).
    ///
    /// `@a.example,@b.example`
    pub struct Route<'a>(Utf8<'a>);
}

impl Route<'_> {
    /// The text as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The hosts, in order.
    pub fn hosts(&self) -> impl Iterator<Item = Domain<'_>> {
        self.as_str().split(',').map(|host| Domain::from_token(host.strip_prefix('@').unwrap_or(host)))
    }
}

/// ```abnf
/// A-d-l = At-domain *( "," At-domain )
/// At-domain = "@" Domain
/// ```
impl<'a> Wire<'a> for Route<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let mut rest = input;
        loop {
            (rest, ()) = wire::octet(rest, b'@', Expected::Address(AddressPart::Path))?;
            (rest, _) = domain::name(rest)?;
            match rest {
                // A route that is too long already is not read to its end.
                [b',', after @ ..] if len_before(input, rest) <= Path::MAX => rest = after,
                _ => break,
            }
        }
        if len_before(input, rest) > Path::MAX {
            let rest = input.get(Path::MAX..).unwrap_or_default();
            return Fail::at(rest, Expected::Address(AddressPart::Shorter));
        }
        let (rest, text) = Utf8::before(input, rest)?;
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.0.as_bytes());
    }
}

/// A mailbox in angle brackets, perhaps with a source route in front of it.
///
/// `<user@example.org>`, `<@a.example,@b.example:user@example.org>`
///
/// At most 256 octets with its brackets. A route is kept so that nothing is lost; it means nothing, and
/// `Path::from(path.mailbox().clone())` is the path without it. RFC 5321 section 4.1.2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path<'a> {
    /// Boxed, for hardly any path has one.
    route: Option<Box<Route<'a>>>,
    mailbox: Mailbox<'a>,
}

part!(@owned Path);

impl<'a> Path<'a> {
    /// The longest path, in octets, brackets included (RFC 5321 section 4.5.3.1.3).
    pub const MAX: usize = 256;

    /// Takes a path as it is, brackets included.
    ///
    /// # Errors
    /// It is not one, or too long.
    pub fn parse(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("path"))
    }

    /// The source route, to be ignored.
    pub fn route(&self) -> Option<&Route<'a>> {
        self.route.as_deref()
    }

    /// The mailbox.
    pub fn mailbox(&self) -> &Mailbox<'a> {
        &self.mailbox
    }

    /// The same path, borrowing from nothing.
    pub fn into_owned(self) -> Path<'static> {
        Path {
            route: self.route.map(|route| Box::new(route.into_owned())),
            mailbox: self.mailbox.into_owned(),
        }
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.mailbox.is_ascii() && self.route.as_ref().is_none_or(|route| route.0.as_bytes().is_ascii())
    }
}

impl<'a> From<Mailbox<'a>> for Path<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Self { route: None, mailbox }
    }
}

/// ```abnf
/// Path = "<" [ A-d-l ":" ] Mailbox ">"
/// ```
impl<'a> Wire<'a> for Path<'a> {
    #[inline(always)]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let [b'<', rest @ ..] = input else { return Self::parse_bare(input, cx) };
        let (rest, mailbox) = match Wire::parse(rest, cx) {
            Err(_) if rest.first() == Some(&b'@') => return Self::parse_routed(input, cx),
            read => read?,
        };
        let (rest, ()) = wire::octet(rest, b'>', Expected::Address(AddressPart::Path))?;
        Ok((rest, Self { route: None, mailbox }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.encode_behind("<", out);
    }
}

impl<'a> Path<'a> {
    /// Writes `before`, which ends in the first bracket, and the path. Inlined, as the length of `before` is known where it is
    /// written, and one piece costs less than two.
    #[inline(always)]
    pub(crate) fn encode_behind(&self, before: &'static str, out: &mut Writer<'_>) {
        out.put(before);
        if let Some(route) = &self.route {
            route.encode(out);
            out.put(":");
        }
        self.mailbox.encode(out);
        out.put(">");
    }

    #[cold]
    fn parse_routed(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = wire::octet(input, b'<', Expected::Address(AddressPart::Path))?;
        let (rest, route) = Wire::parse(rest, cx)?;
        let (rest, ()) = wire::octet(rest, b':', Expected::Address(AddressPart::Path))?;
        let (rest, mailbox) = Wire::parse(rest, cx)?;
        let (rest, ()) = wire::octet(rest, b'>', Expected::Address(AddressPart::Path))?;
        if len_before(input, rest) > Self::MAX {
            let rest = input.get(Self::MAX..).unwrap_or_default();
            return Fail::at(rest, Expected::Address(AddressPart::Shorter));
        }
        Ok((rest, Self { route: Some(Box::new(route)), mailbox }))
    }

    #[cold]
    fn parse_bare(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if !cx.tolerates(Leniency::MISSING_BRACKETS) {
            return Fail::at(input, Expected::Address(AddressPart::Path));
        }
        let (rest, mailbox): (_, Mailbox<'a>) = Wire::parse(input, cx)?;
        Ok((rest, mailbox.into()))
    }
}

part! {
    /// The domainless mailbox that every host has (RFC 5321 section 4.5.1), in any spelling of its case.
    ///
    /// `<Postmaster>`
    pub struct Postmaster<'a>(Utf8<'a>);
}

impl Postmaster<'_> {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Default for Postmaster<'_> {
    fn default() -> Self {
        Self(Utf8::of("postmaster"))
    }
}

impl<'a> Wire<'a> for Postmaster<'a> {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = wire::word(input, b"<postmaster>", Expected::Address(AddressPart::Path))?;
        let (_, name) =
            Utf8::before(input.get(1..).unwrap_or_default(), input.get(11..).unwrap_or_default())?;
        Ok((rest, Self(name)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("<");
        out.put(self.0.as_bytes());
        out.put(">");
    }
}

part! {
    /// A local part alone, where there must be a domain: what cron jobs and scripts send.
    ///
    /// `<root>`
    ///
    /// Only a dialect with [`Leniency::MISSING_DOMAIN`] reads one, and nothing else makes one: it has no strict form,
    /// and what domain it means is for the receiver to say.
    pub struct Unqualified<'a>(Utf8<'a>);
}

impl Unqualified<'_> {
    /// The local part as written.
    pub fn local_part(&self) -> &str {
        self.0.as_str()
    }

    /// The local part without quotes and backslashes: what it means.
    pub fn unquoted_local_part(&self) -> Cow<'_, str> {
        unquoted(self.0.as_str())
    }
}

impl<'a> Wire<'a> for Unqualified<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = wire::octet(input, b'<', Expected::Address(AddressPart::Path))?;
        let (after, _) = local_part(rest, cx)?;
        let (after, written) = Utf8::before(rest, after)?;
        let local_part = strict_local_part(written.as_str());
        if !cx.tolerates(Leniency::MISSING_DOMAIN) || local_part.len() > Mailbox::MAX_LOCAL_PART {
            return Fail::at(after, Expected::Address(AddressPart::Domain));
        }
        let (after, ()) = wire::octet(after, b'>', Expected::Address(AddressPart::Domain))?;
        Ok((after, Self(local_part.into_owned().into())))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("<");
        out.put(self.0.as_bytes());
        out.put(">");
    }
}

part! {
    /// Whom a failure is reported to: the address of MAIL.
    ///
    /// `<>`, `<user@example.org>`
    ///
    /// RFC 5321 section 4.1.2.
    pub enum ReversePath<'a> {
        /// `<>`: nobody; the message is a report itself.
        Null,
        /// A mailbox.
        Path(Path<'a>),
        /// A local part alone; only a tolerant dialect reads one.
        Unqualified(Unqualified<'a>),
    }
}

part! {
    /// Whom a message is for: the address of RCPT.
    ///
    /// `<user@example.org>`, `<Postmaster>`
    ///
    /// RFC 5321 section 4.1.2.
    pub enum ForwardPath<'a> {
        /// `<Postmaster>`
        Postmaster(Postmaster<'a>),
        /// A mailbox.
        Path(Path<'a>),
        /// A local part alone; only a tolerant dialect reads one.
        Unqualified(Unqualified<'a>),
    }
}

impl<'a> ReversePath<'a> {
    /// Takes a reverse-path as it is, brackets included.
    ///
    /// # Errors
    /// It is not one, or too long.
    pub fn parse(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("reverse-path"))
    }

    /// The mailbox, when there is one with a domain.
    pub fn mailbox(&self) -> Option<&Mailbox<'a>> {
        match self {
            Self::Path(path) => Some(path.mailbox()),
            Self::Null | Self::Unqualified(_) => None,
        }
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Path(path) => path.is_ascii(),
            Self::Unqualified(local_part) => local_part.0.as_bytes().is_ascii(),
        }
    }
}

impl<'a> ForwardPath<'a> {
    /// Takes a forward-path as it is, brackets included.
    ///
    /// # Errors
    /// It is not one, or too long.
    pub fn parse(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("forward-path"))
    }

    /// The mailbox, when there is one with a domain.
    pub fn mailbox(&self) -> Option<&Mailbox<'a>> {
        match self {
            Self::Path(path) => Some(path.mailbox()),
            Self::Postmaster(_) | Self::Unqualified(_) => None,
        }
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        match self {
            Self::Postmaster(_) => true,
            Self::Path(path) => path.is_ascii(),
            Self::Unqualified(local_part) => local_part.0.as_bytes().is_ascii(),
        }
    }
}

/// ```abnf
/// Reverse-path = Path / "<>"
/// ```
impl<'a> Wire<'a> for ReversePath<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'<', b'>', rest @ ..] = input {
            return Ok((rest, Self::Null));
        }
        match Wire::parse(input, cx) {
            Ok((rest, path)) => Ok((rest, Self::Path(path))),
            Err(error) => unqualified(input, cx, error, Self::Unqualified),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Null => out.put("<>"),
            Self::Path(path) => path.encode(out),
            Self::Unqualified(local_part) => local_part.encode(out),
        }
    }
}

/// ```abnf
/// Forward-path = Path / "<Postmaster>"
/// ```
impl<'a> Wire<'a> for ForwardPath<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match Wire::parse(input, cx) {
            Ok((rest, path)) => Ok((rest, Self::Path(path))),
            Err(error) => match Wire::parse(input, cx) {
                Ok((rest, postmaster)) => Ok((rest, Self::Postmaster(postmaster))),
                Err(_) => unqualified(input, cx, error, Self::Unqualified),
            },
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Postmaster(postmaster) => postmaster.encode(out),
            Self::Path(path) => path.encode(out),
            Self::Unqualified(local_part) => local_part.encode(out),
        }
    }
}

/// What is no path may be a local part alone.
#[cold]
fn unqualified<'a, T>(
    input: &'a [u8],
    cx: Cx,
    error: nom::Err<Fail>,
    wrap: impl FnOnce(Unqualified<'a>) -> T,
) -> Parsed<'a, T> {
    match Unqualified::parse(input, cx) {
        Ok((rest, local_part)) => Ok((rest, wrap(local_part))),
        Err(_) => Err(error),
    }
}

impl<'a> From<Mailbox<'a>> for ReversePath<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Self::Path(mailbox.into())
    }
}

impl<'a> From<Mailbox<'a>> for ForwardPath<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Self::Path(mailbox.into())
    }
}

/// `TryFrom<&str>`, `Display` of the wire form, and for those that hold one text `Debug`.
macro_rules! texts {
    ($($name:ident)*; $($single:ident)*) => {
        $(
            impl<'a> TryFrom<&'a str> for $name<'a> {
                type Error = ValueError;

                fn try_from(text: &'a str) -> Result<Self, ValueError> {
                    Self::parse(text)
                }
            }
        )*
        $(
            impl fmt::Debug for $single<'_> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}({:?})", stringify!($single), Shown(self.0.as_bytes()))
                }
            }
        )*
    };
}

texts!(Path ReversePath ForwardPath; Route Postmaster Unqualified);

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.route {
            Some(route) => write!(f, "<{route}:{}>", self.mailbox),
            None => write!(f, "<{}>", self.mailbox),
        }
    }
}

impl fmt::Display for ReversePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<>"),
            Self::Path(path) => fmt::Display::fmt(path, f),
            Self::Unqualified(local_part) => write!(f, "<{}>", local_part.local_part()),
        }
    }
}

impl fmt::Display for ForwardPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postmaster(postmaster) => write!(f, "<{}>", postmaster.as_str()),
            Self::Path(path) => fmt::Display::fmt(path, f),
            Self::Unqualified(local_part) => write!(f, "<{}>", local_part.local_part()),
        }
    }
}
