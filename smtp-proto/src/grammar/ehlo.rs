//! The reply to EHLO ([RFC 5321 section 4.1.1.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.1)).

mod arguments;
mod capabilities;
pub(crate) mod extensions;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;

use bytes::BytesMut;
use memchr::{memchr, memrchr};

pub use self::arguments::{Arguments, Mechanisms, OtherKeyword, SizeLimit, Unreadable};
pub use self::capabilities::Capabilities;
pub use crate::registry::{Extension, Keyword};

pub(crate) use self::arguments::keyword;

use crate::address::Domain;
use crate::grammar::line::{end_of_line, is_blank};
use crate::options::{Dialect, Leniency};
use crate::reply::{Reply, raw_lines};
use crate::status::ReplyCode;
use crate::text::{Shown, Text, text_run};
use crate::wire::{self, Cx, Parsed, Wire, Writer};

/// The reply to EHLO or LHLO: who the server is, and what it can do.
///
/// `250-mail.example.org` CRLF `250-SIZE 31457280` CRLF `250 PIPELINING` CRLF
///
/// A view of a [`Reply`], or one that is being built:
///
/// ```
/// use smtp_proto::address::Domain;
/// use smtp_proto::ehlo::{Capabilities, EhloReply, Extension, Keyword};
///
/// let reply = EhloReply::new(&Domain::parse("mail.example.org")?)
///     .with(Keyword::Size(31_457_280.into()))
///     .with(Keyword::Pipelining)
///     .into_reply();
/// assert_eq!(reply.as_bytes(), b"250-mail.example.org\r\n250-SIZE 31457280\r\n250 PIPELINING\r\n");
///
/// let ehlo = EhloReply::of(&reply).ok_or("not a success")?;
/// assert!(ehlo.keywords().any(|keyword| keyword == Keyword::Pipelining));
/// assert_eq!(Capabilities::from(&ehlo).size(), Some(31_457_280));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// Reading one never fails: a line that cannot be read is [`Keyword::Invalid`].
///
/// RFC 5321 section 4.1.1.1.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EhloReply<'a> {
    wire: Octets<'a>,
    code: ReplyCode,
}

/// A reply's wire text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Octets<'a> {
    Of(&'a [u8]),
    /// And where its last line begins.
    Built(BytesMut, usize),
}

impl<'a> EhloReply<'a> {
    /// The most keywords that are read; what follows is ignored.
    pub const MAX_KEYWORDS: usize = 256;

    /// A reply with no keywords yet.
    pub fn new(domain: &Domain<'_>) -> EhloReply<'static> {
        Self::begin(ReplyCode::OK, |out| domain.encode(out))
    }

    /// A reply with words for people behind the domain: `mail.example.org at your service`. What is too long for the
    /// line is cut off.
    pub fn with_greeting(domain: &Domain<'_>, greeting: &Text<'_>) -> EhloReply<'static> {
        // The code, the longest domain, two separators and CRLF take less than the rest of a line.
        const ROOM: usize = Reply::LINE_MAX - 300;
        let greeting = greeting.as_bytes();
        Self::begin(ReplyCode::OK, |out| {
            domain.encode(out);
            out.put(" ");
            out.put(greeting.get(..ROOM).unwrap_or(greeting));
        })
    }

    fn begin(code: ReplyCode, line: impl FnOnce(&mut Writer<'_>)) -> EhloReply<'static> {
        let mut wire = BytesMut::with_capacity(512);
        let [a, b, c] = code.digits();
        let mut out = Writer::new(&mut wire);
        out.put([a, b, c, b' ']);
        line(&mut out);
        out.put("\r\n");
        EhloReply { wire: Octets::Built(wire, 0), code }
    }

    /// What `reply` says, when it is a 2yz.
    pub fn of(reply: &'a Reply<'_>) -> Option<Self> {
        let code = reply.code();
        code.is_positive().then_some(Self { wire: Octets::Of(reply.as_bytes()), code })
    }

    /// The same with one more keyword, on a line of its own.
    #[must_use]
    pub fn with<'k>(self, keyword: impl Borrow<Keyword<'k>>) -> EhloReply<'static> {
        let (mut wire, last) = match self.wire {
            Octets::Built(wire, last) => (wire, last),
            Octets::Of(wire) => {
                let start = wire.strip_suffix(b"\r\n").and_then(|lines| memrchr(b'\n', lines));
                (BytesMut::from(wire), start.map_or(0, |lf| lf.saturating_add(1)))
            }
        };
        // The line that was the last one is followed by another now.
        let separator = last.saturating_add(3);
        match wire.get_mut(separator) {
            Some(separator @ b' ') => *separator = b'-',
            // A bare code.
            _ => {
                wire.truncate(separator);
                wire.extend_from_slice(b"-\r\n");
            }
        }
        let last = wire.len();
        let [a, b, c] = self.code.digits();
        let mut out = Writer::new(&mut wire);
        out.put([a, b, c, b' ']);
        keyword.borrow().encode_line(&mut out);
        EhloReply { wire: Octets::Built(wire, last), code: self.code }
    }

    /// The same without the keywords that `keep` does not want; those kept are written as their RFCs have them.
    #[must_use]
    pub fn retain(&self, mut keep: impl FnMut(&Keyword<'_>) -> bool) -> EhloReply<'static> {
        let bare = Self::begin(self.code, |out| out.put(self.lines().next().unwrap_or_default()));
        self.keywords().filter(|keyword| keep(keyword)).fold(bare, EhloReply::with)
    }

    /// The reply.
    pub fn into_reply(self) -> Reply<'a> {
        let wire = match self.wire {
            Octets::Of(wire) => Cow::Borrowed(wire),
            Octets::Built(wire, _) => Cow::Owned(Vec::from(wire)),
        };
        Reply::from_lines(wire, self.code)
    }

    /// Who the server says it is: the first word, when it is a domain or an address literal.
    pub fn domain(&self) -> Option<Domain<'_>> {
        let (rest, domain) = Wire::parse(text_of(self.as_bytes())?, Cx::default()).ok()?;
        matches!(rest, [b' ' | b'\r', ..]).then_some(domain)
    }

    /// The words for people behind the domain; the whole line when it does not begin with one.
    pub fn greeting(&self) -> &[u8] {
        let line = self.lines().next().unwrap_or_default();
        let domain = self.domain().map_or(0, |domain| domain.as_str().len());
        let words = line.get(domain..).unwrap_or_default();
        if domain == 0 { words } else { words.strip_prefix(b" ").unwrap_or(words) }
    }

    /// The keywords, in their order; empty lines are left out.
    pub fn keywords(&self) -> impl Iterator<Item = Keyword<'_>> {
        let mut wire = self.keyword_lines();
        let read = move || {
            let (rest, keyword, _) = read(wire)?;
            wire = rest;
            Some(keyword)
        };
        core::iter::from_fn(read).take(Self::MAX_KEYWORDS).filter(|keyword| !keyword.is_blank())
    }

    /// All lines but the first.
    fn keyword_lines(&self) -> &[u8] {
        let wire = self.as_bytes();
        memchr(b'\n', wire).and_then(|lf| wire.get(lf..)?.get(1..)).unwrap_or_default()
    }

    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        raw_lines(self.as_bytes())
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.wire {
            Octets::Of(wire) => wire,
            Octets::Built(wire, _) => wire,
        }
    }
}

impl fmt::Debug for EhloReply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.lines().next().unwrap_or_default();
        write!(f, "EhloReply({:?} {:?} ", self.code, Shown(first))?;
        f.debug_list().entries(self.keywords()).finish()?;
        f.write_str(")")
    }
}

impl Keyword<'_> {
    /// Whether it is a line of nothing.
    fn is_blank(&self) -> bool {
        matches!(self, Self::Invalid(line) if is_blank(line.as_bytes()))
    }
}

/// What the line at the front of `wire` announces, what was tolerated in it, and what is behind it; `None` at the end.
#[inline]
fn read(wire: &[u8]) -> Option<(&[u8], Keyword<'_>, Leniency)> {
    let line = text_of(wire)?;
    match Line::parse(line, Cx::default()) {
        Ok((rest, Line(keyword))) => Some((rest, keyword, Leniency::NONE)),
        _ => Some(read_tolerantly(line)),
    }
}

/// What follows the code and the separator of the line at the front of `wire`.
#[inline]
fn text_of(wire: &[u8]) -> Option<&[u8]> {
    match wire {
        // A bare code.
        [_, _, _, b'\r', ..] => wire.get(3..),
        [_, _, _, _, text @ ..] => Some(text),
        _ => None,
    }
}

#[cold]
fn read_tolerantly(text: &[u8]) -> (&[u8], Keyword<'_>, Leniency) {
    if let Ok((rest, Line(keyword), tolerated)) = wire::lenient(text, Dialect::TOLERANT) {
        return (rest, keyword, tolerated.map_or(Leniency::NONE, |tolerated| tolerated.leniency));
    }
    let (line, rest) = text_run(text);
    let tolerated = if is_blank(line) { Leniency::NONE } else { Leniency::BAD_PARAMETER_VALUE };
    (rest.get(2..).unwrap_or_default(), Keyword::Invalid(Unreadable::of(line)), tolerated)
}

/// A line of the reply: one keyword and nothing else.
#[derive(Debug, PartialEq)]
struct Line<'a>(Keyword<'a>);

/// ```abnf
/// ehlo-line = ehlo-keyword *( SP ehlo-param ) CRLF
/// ```
impl<'a> Wire<'a> for Line<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, keyword) = Keyword::parse(input, cx)?;
        let (rest, ()) = end_of_line(rest, cx)?;
        Ok((rest, Self(keyword)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
        out.put("\r\n");
    }
}

#[cfg(test)]
#[path = "ehlo/tests.rs"]
mod tests;
