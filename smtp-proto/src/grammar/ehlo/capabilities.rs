//! What a server can do, in short.

use alloc::boxed::Box;
use alloc::string::String;

use super::{EhloReply, Extension, Keyword, Mechanisms, SizeLimit};
use crate::auth::Mechanism;
use crate::options::Leniency;

/// What the reply to EHLO says, owned and small: which extensions there are, and what a session needs of their
/// arguments.
///
/// Nothing is allocated for extensions and mechanisms that the crate knows. A keyword that comes twice counts once:
/// the first one, but the smaller SIZE and all mechanisms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// A bit for each [`Extension`].
    extensions: u64,
    /// A bit for each of [`Mechanism::ALL`].
    mechanisms: u64,
    /// Names of other mechanisms, separated by spaces.
    other_mechanisms: Option<Box<str>>,
    size: Option<u64>,
    tolerated: Leniency,
}

const _: () = assert!(Extension::ALL.len() <= 64 && Mechanism::ALL.len() <= 64, "they fit bits");

impl Capabilities {
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

    fn add(&mut self, keyword: &Keyword<'_>) {
        let Some(extension) = keyword.extension() else { return };
        let is_second = self.has(extension);
        self.extensions |= bit(extension);
        match keyword {
            Keyword::Size(SizeLimit::Octets(octets)) => {
                self.size = Some(self.size.map_or(octets.get(), |size| size.min(octets.get())));
            }
            Keyword::Auth(mechanisms) => return self.add_mechanisms(mechanisms, is_second),
            _ => {}
        }
        if is_second {
            self.tolerate(Leniency::DUPLICATE);
        }
    }

    fn add_mechanisms(&mut self, mechanisms: &Mechanisms<'_>, is_second: bool) {
        if mechanisms.is_legacy() {
            self.tolerate(Leniency::EQUALS_AFTER_KEYWORD);
        } else if is_second {
            self.tolerate(Leniency::DUPLICATE);
        }
        for mechanism in mechanisms.iter() {
            match Mechanism::ALL.iter().zip(0..).find(|&(known, _)| *known == mechanism) {
                Some((_, bit)) => self.mechanisms |= 1 << bit,
                None => self.add_other_mechanism(&mechanism),
            }
        }
    }

    #[cold]
    fn add_other_mechanism(&mut self, mechanism: &Mechanism<'_>) {
        if self.has_mechanism(mechanism) {
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
        for (keyword, tolerated) in reply.readings() {
            capabilities.add(&keyword);
            capabilities.tolerate(tolerated);
        }
        if capabilities.has(Extension::SmtpUtf8) {
            capabilities.extensions |= bit(Extension::EightBitMime);
        }
        capabilities
    }
}
