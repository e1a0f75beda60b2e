//! Octets on their way in or out.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use bytes::Bytes;

use crate::wire::IntoOwned;

/// Octets of any kind: borrowed from a message, owned, or shared with the caller, who need not copy them.
///
/// What a client appends and what a server sends of a message; every constructor of text takes them, too.
#[derive(Clone)]
pub struct Octets<'a>(Inner<'a>);

#[derive(Clone)]
enum Inner<'a> {
    Plain(Cow<'a, [u8]>),
    Shared(Bytes),
}

impl<'a> Octets<'a> {
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Inner::Plain(octets) => octets,
            Inner::Shared(octets) => octets,
        }
    }

    /// The same octets, borrowing from these.
    pub(crate) fn lend(&self) -> Octets<'_> {
        Octets(match &self.0 {
            Inner::Plain(octets) => Inner::Plain(Cow::Borrowed(octets)),
            Inner::Shared(octets) => Inner::Shared(octets.clone()),
        })
    }

    /// The octets, when they are shared.
    pub(crate) fn as_shared(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Plain(_) => None,
            Inner::Shared(octets) => Some(octets),
        }
    }

    /// The octets; those that are shared are copied.
    pub(crate) fn into_cow(self) -> Cow<'a, [u8]> {
        match self.0 {
            Inner::Plain(octets) => octets,
            Inner::Shared(octets) => Cow::Owned(octets.into()),
        }
    }

    /// The same octets, borrowing from nothing.
    pub fn into_owned(self) -> Octets<'static> {
        Octets(match self.0 {
            Inner::Plain(octets) => Inner::Plain(Cow::Owned(octets.into_owned())),
            Inner::Shared(octets) => Inner::Shared(octets),
        })
    }
}

impl IntoOwned for Octets<'_> {
    type With<'s> = Octets<'s>;

    fn into_owned(self) -> Octets<'static> {
        Octets::into_owned(self)
    }
}

impl Deref for Octets<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq for Octets<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Octets<'_> {}

impl Hash for Octets<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for Octets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self.as_bytes(), f)
    }
}

/// Shows octets in quotes, those that are not printable escaped, and no more than 64 of them.
pub(crate) fn debug(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    /// SEC-66: a log is no place for a message.
    const SHOWN: usize = 64;
    match octets.split_at_checked(SHOWN) {
        Some((shown, [_, ..])) => write!(f, "\"{}\"…{}", shown.escape_ascii(), octets.len()),
        _ => write!(f, "\"{}\"", octets.escape_ascii()),
    }
}

macro_rules! from {
    ($($type:ty => $octets:ident: $value:expr;)*) => {$(
        impl<'a> From<$type> for Octets<'a> {
            fn from($octets: $type) -> Self {
                Self($value)
            }
        }
    )*};
}

from! {
    &'a [u8] => octets: Inner::Plain(Cow::Borrowed(octets));
    &'a str => text: Inner::Plain(Cow::Borrowed(text.as_bytes()));
    Vec<u8> => octets: Inner::Plain(Cow::Owned(octets));
    String => text: Inner::Plain(Cow::Owned(text.into_bytes()));
    Cow<'a, [u8]> => octets: Inner::Plain(octets);
    Bytes => octets: Inner::Shared(octets);
}

impl<'a, const N: usize> From<&'a [u8; N]> for Octets<'a> {
    fn from(octets: &'a [u8; N]) -> Self {
        Self(Inner::Plain(Cow::Borrowed(octets)))
    }
}
