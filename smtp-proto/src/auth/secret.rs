//! Octets that nobody should see.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;

use crate::wire::plain;

/// A password, a token, or a message of an authentication exchange.
///
/// Its `Debug` text shows nothing of it, there is no `Display`, comparing takes the same time wherever the
/// difference is, and the memory is overwritten when it is dropped. That is as far as safe code can go: copies that
/// the caller, the allocator or the compiler made before are out of reach.
#[derive(Clone, Default)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes octets; a `Vec` or a `String` is taken over without a copy.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(octets.into())
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many octets there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `len` octets to be written into, and then shortened; never lengthened, which might leave a copy behind.
    pub(super) fn with_len(len: usize) -> Self {
        Self(alloc::vec![0; len])
    }

    pub(super) fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// The octets on their way out; overwritten when the last of them was written.
    pub(crate) fn into_bytes(self) -> Bytes {
        struct Owner(Secret);

        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                &self.0.0
            }
        }

        Bytes::from_owner(Owner(self))
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        // Up to the capacity, so that what was cut off is overwritten, too; this never allocates.
        self.0.clear();
        self.0.resize(self.0.capacity(), 0);
        // The compiler must take the zeros for read.
        core::hint::black_box(&mut self.0);
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        let difference = pairs.fold(0, |difference, (a, b)| difference | (a ^ b));
        self.len() == other.len() && core::hint::black_box(difference) == 0
    }
}

impl Eq for Secret {}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

plain!(Secret);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_67_secrets_do_not_show() {
        let secret = Secret::new("hunter2");
        assert_eq!(alloc::format!("{secret:?} {secret:#?}"), "Secret(…) Secret(…)");
        assert_eq!(secret.as_bytes(), b"hunter2");
    }

    #[test]
    fn sec_68_every_octet_is_compared() {
        let secret = Secret::new("hunter2");
        assert!(secret == secret.clone() && Secret::default().is_empty());
        for at in 0..secret.len() {
            let mut other = secret.clone();
            other.as_mut()[at] ^= 1;
            assert!(secret != other, "{at}");
        }
        assert!(secret != Secret::new("hunter") && Secret::new("hunter") != secret);
        let known = std::collections::HashSet::from([Secret::new("a"), secret.clone()]);
        assert!(known.contains(&secret) && !known.contains(&Secret::new("hunter")));
    }

    #[test]
    fn what_goes_out_is_not_copied() {
        let octets = Vec::from(&b"hunter2"[..]);
        let at = octets.as_ptr();
        let bytes = Secret::new(octets).into_bytes();
        assert_eq!((bytes.as_ptr(), &bytes[..]), (at, &b"hunter2"[..]));
    }
}
