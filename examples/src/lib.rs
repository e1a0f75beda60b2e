//! What the example programs share: TLS, compression and streams. Everything about mail is in the crates.

pub mod deflate;
pub mod net;
pub mod password;
pub mod tls;

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub mod readme {}
