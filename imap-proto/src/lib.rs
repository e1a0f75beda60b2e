//! IMAP4rev1 and IMAP4rev2: zero-copy parsers and serializers of commands and responses, and sans-IO state machines of
//! both roles on top of them.
//!
//! Not of use yet: this crate holds the ground that its grammar will stand on, which it shares with `smtp-proto`, and
//! nothing public. `smtp-proto` shows what it will look like.
#![no_std]
#![forbid(unsafe_code)]
// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::string_slice))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

// Nothing uses the kit before there is a grammar, and the two shared files cannot differ from those of `smtp-proto`.
#[allow(dead_code)]
mod error;
#[allow(dead_code)]
mod options;
#[allow(dead_code, unreachable_pub)]
mod transmit;
#[allow(dead_code, unused_imports, unused_macros)]
mod wire;
