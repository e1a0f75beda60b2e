//! What a server can do, in short.

use alloc::boxed::Box;
use alloc::string::String;

use super::{EhloReply, Extension, Keyword, Mechanisms, SizeLimit, read, text_of};
use crate::auth::Mechanism;
use crate::ext::FutureReleaseOffer;
use crate::options::{Dialect, Leniency};
use crate::text::{text_run, word_run};
use crate::wire::{self, Cx, Wire};

/// What the reply to EHLO says, owned and small: which extensions there are, and what a session needs of their
/// arguments.
///
/// Nothing is allocated for extensions and mechanisms that the crate knows. A keyword that comes twice counts once:
/// the first one, but the smaller SIZE and all mechanisms (of those without a constant 32).
///
/// RFC 5321 section 4.1.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// A bit for each [`Extension`].
    extensions: u64,
    /// A bit for each of [`Mechanism::ALL`].
    mechanisms: u64,
    /// Names of other mechanisms, separated by spaces.
    other_mechanisms: Option<Box<str>>,
    size: Option<u64>,
    mail_max: Option<u32>,
    rcpt_max: Option<u32>,
    rcpt_domain_max: Option<u32>,
    deliver_by_min: Option<u32>,
    future_release: Option<FutureReleaseOffer>,
    tolerated: Leniency,
}

const _: () = assert!(Extension::ALL.len() <= 64 && Mechanism::ALL.len() <= 64, "they fit bits");

impl Capabilities {
    /// The most mechanisms without a constant that are kept: each is compared with those before it.
    const OTHER_MECHANISMS: usize = 32;

    /// Whether the server has `extension`.
    ///
    /// SMTPUTF8 includes 8BITMIME (RFC 6531 section 3.1).
    pub fn has(&self, extension: Extension) -> bool {
        self.extensions & bit(extension) != 0
    }

    /// The extensions that the server has.
    pub fn extensions(&self) -> impl Iterator<Item = Extension> {
        Extension::ALL.iter().copied().filter(|&extension| self.has(extension))
    }

    /// The largest message, in octets; `None` when there is no limit or the server does not say.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How many transactions the server takes in this session (RFC 9422); `None` when it does not say.
    pub fn mail_max(&self) -> Option<u32> {
        self.mail_max
    }

    /// How many recipients it takes in a transaction (RFC 9422); `None` when it does not say.
    pub fn rcpt_max(&self) -> Option<u32> {
        self.rcpt_max
    }

    /// How many domains of recipients it takes in this session (RFC 9422); `None` when it does not say.
    pub fn rcpt_domain_max(&self) -> Option<u32> {
        self.rcpt_domain_max
    }

    /// The fewest seconds that it takes in `BY=…;R` (RFC 2852 section 2); `None` when it does not say.
    pub fn deliver_by_min_seconds(&self) -> Option<u32> {
        self.deliver_by_min
    }

    /// How far ahead a message may be held (RFC 4865); `None` when it does not say.
    pub fn future_release(&self) -> Option<FutureReleaseOffer> {
        self.future_release
    }

    /// The SASL mechanisms of AUTH: those with a constant first, in the order of the constants.
    pub fn mechanisms(&self) -> impl Iterator<Item = Mechanism<'_>> {
        let known = Mechanism::ALL.iter().zip(0..).filter(|&(_, bit)| self.mechanisms & (1 << bit) != 0);
        let other = self.other_mechanisms.as_deref().unwrap_or_default().split(' ');
        known.map(|(mechanism, _)| mechanism.clone()).chain(other.filter_map(|name| name.try_into().ok()))
    }

    /// Whether AUTH has `mechanism`.
    pub fn has_mechanism(&self, mechanism: &Mechanism<'_>) -> bool {
        self.mechanisms().any(|own| own == *mechanism)
    }

    /// What was tolerated in the reply: `AUTH=`, a keyword twice, a SIZE that is no number…
    pub fn tolerated(&self) -> Leniency {
        self.tolerated
    }

    /// Reads the line at the front of `wire` and gives what is behind it; `None` at the end.
    #[inline]
    fn add_line<'w>(&mut self, wire: &'w [u8]) -> Option<&'w [u8]> {
        if let Some(rest) = self.add_usual_line(text_of(wire)?) {
            return Some(rest);
        }
        let (rest, keyword, tolerated) = read(wire)?;
        self.tolerate(tolerated);
        self.add_keyword(&keyword);
        Some(rest)
    }

    /// What most lines are: nothing but a keyword, a size, known mechanisms. The same as by way of [`Keyword`], without
    /// making one; `None`, and nothing done, for anything else.
    #[inline]
    fn add_usual_line<'w>(&mut self, text: &'w [u8]) -> Option<&'w [u8]> {
        let (word, rest) = word_run::<false>(text);
        let extension = Extension::of(word)?;
        let extensions = self.extensions | bit(extension);
        if extensions == self.extensions {
            return None;
        }
        let rest = match (extension, rest) {
            (_, [b'\r', b'\n', rest @ ..]) => rest,
            (Extension::Size, [b' ', ..]) => self.set_size(rest)?,
            (Extension::Auth, [b' ', rest @ ..]) => self.set_mechanisms(rest)?,
            _ => return None,
        };
        self.extensions = extensions;
        Some(rest)
    }

    #[inline]
    fn set_size<'w>(&mut self, rest: &'w [u8]) -> Option<&'w [u8]> {
        let (rest, limit) = SizeLimit::parse(rest, Cx::default()).ok()?;
        let rest = rest.strip_prefix(b"\r\n")?;
        self.size = limit.octets();
        Some(rest)
    }

    #[inline]
    fn set_mechanisms<'w>(&mut self, rest: &'w [u8]) -> Option<&'w [u8]> {
        let (names, rest) = text_run(rest);
        let mut mechanisms = 0;
        for name in names.split(|&octet| octet == b' ') {
            mechanisms |= 1 << Mechanism::index_of(name)?;
        }
        let rest = rest.strip_prefix(b"\r\n")?;
        self.mechanisms |= mechanisms;
        Some(rest)
    }

    fn add_keyword(&mut self, keyword: &Keyword<'_>) {
        let Some(extension) = keyword.extension() else { return };
        let is_new = self.is_new(extension);
        let mut tolerated = if is_new { Leniency::NONE } else { Leniency::DUPLICATE };
        match keyword {
            Keyword::Size(limit) => self.size = self.size.into_iter().chain(limit.octets()).min(),
            Keyword::Auth(mechanisms) => {
                if mechanisms.is_legacy() {
                    tolerated = Leniency::EQUALS_AFTER_KEYWORD;
                }
                self.add_mechanisms(mechanisms);
            }
            Keyword::Limits(Some(limits)) if is_new => {
                self.mail_max = limits.mail_max();
                self.rcpt_max = limits.rcpt_max();
                self.rcpt_domain_max = limits.rcpt_domain_max();
            }
            Keyword::DeliverBy(Some(offer)) if is_new => self.deliver_by_min = offer.min_seconds(),
            Keyword::FutureRelease(offer) if is_new => self.future_release = *offer,
            _ => {}
        }
        self.tolerate(tolerated);
    }

    /// Notes `extension`, and says whether it was not yet.
    fn is_new(&mut self, extension: Extension) -> bool {
        let before = self.extensions;
        self.extensions |= bit(extension);
        self.extensions != before
    }

    fn add_mechanisms(&mut self, mechanisms: &Mechanisms<'_>) {
        for name in mechanisms.names() {
            match Mechanism::index_of(name) {
                Some(index) => self.mechanisms |= 1 << index,
                None => self.add_other_mechanism(name),
            }
        }
    }

    #[cold]
    fn add_other_mechanism(&mut self, name: &[u8]) {
        let Ok(mechanism) = wire::exact::<Mechanism<'_>>(name, Dialect::STRICT) else { return };
        let others = self.other_mechanisms.as_deref().unwrap_or_default();
        if others.split(' ').count() >= Self::OTHER_MECHANISMS || self.has_mechanism(&mechanism) {
            return;
        }
        let mut names = String::from(self.other_mechanisms.take().unwrap_or_default());
        if !names.is_empty() {
            names.push(' ');
        }
        names.push_str(mechanism.as_str());
        self.other_mechanisms = Some(names.into());
    }

    fn tolerate(&mut self, leniency: Leniency) {
        self.tolerated = self.tolerated.union(leniency);
    }
}

const fn bit(extension: Extension) -> u64 {
    1 << extension as u32
}

impl From<&EhloReply<'_>> for Capabilities {
    fn from(reply: &EhloReply<'_>) -> Self {
        let mut capabilities = Self::default();
        let mut wire = reply.keyword_lines();
        for _ in 0..EhloReply::MAX_KEYWORDS {
            let Some(rest) = capabilities.add_line(wire) else { break };
            wire = rest;
        }
        if capabilities.has(Extension::SmtpUtf8) {
            capabilities.extensions |= bit(Extension::EightBitMime);
        }
        capabilities
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Reply;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    const LINES: [&str; 20] = [
        "PIPELINING",
        "pipelining",
        "PIPELINING x",
        "SIZE",
        "SIZE 0",
        "SIZE 100",
        "size 50",
        "SIZE 50 ",
        "SIZE unlimited",
        "AUTH",
        "AUTH PLAIN login",
        "AUTH NTLM XA",
        "AUTH PLAIN  LOGIN",
        "AUTH=CRAM-MD5",
        "SMTPUTF8",
        "8BITMIME",
        "LIMITS RCPTMAX=1",
        "LIMITS",
        "XA",
        "",
    ];

    fn reply(lines: &[&str]) -> Reply<'static> {
        let lines = [&["a"], lines].concat();
        let wire: Vec<u8> = (1..)
            .zip(&lines)
            .flat_map(|(n, line)| {
                [if n == lines.len() { "250 " } else { "250-" }, line, "\r\n"].concat().into_bytes()
            })
            .collect();
        Reply::parse(&wire, Dialect::STRICT).unwrap().1.into_owned()
    }

    #[test]
    fn sec_58_other_mechanisms_have_an_end() {
        let names: Vec<_> = (0..100).map(|n| alloc::format!("X{n}")).collect();
        let lines: Vec<_> =
            names.chunks(10).map(|names| alloc::format!("AUTH PLAIN {}", names.join(" "))).collect();
        let reply = reply(&lines.iter().map(|line| &line[..]).collect::<Vec<_>>());
        let capabilities = Capabilities::from(&EhloReply::of(&reply).unwrap());
        assert_eq!(capabilities.mechanisms().count(), 1 + Capabilities::OTHER_MECHANISMS);
    }

    proptest! {
        #[test]
        fn the_short_way_leads_where_the_long_one_does(lines in proptest::collection::vec(
            proptest::sample::select(&LINES[..]), 0..8,
        )) {
            let reply = reply(&lines);
            let ehlo = EhloReply::of(&reply).unwrap();
            let (mut long, mut wire) = (Capabilities::default(), ehlo.keyword_lines());
            while let Some((rest, keyword, tolerated)) = read(wire) {
                long.tolerate(tolerated);
                long.add_keyword(&keyword);
                wire = rest;
            }
            if long.has(Extension::SmtpUtf8) {
                long.is_new(Extension::EightBitMime);
            }
            prop_assert_eq!(Capabilities::from(&ehlo), long);
        }
    }
}
