//! IMAP4rev1 and IMAP4rev2: zero-copy parsers and serializers of commands and responses, and sans-IO state machines of
//! both roles on top of them.
#![no_std]
#![forbid(unsafe_code)]
// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::string_slice))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod command;
mod context;
mod error;
pub mod ext;
mod grammar;
mod list;
mod options;
mod registry;
pub mod response;
#[cfg(test)]
mod testing;
#[allow(dead_code, unreachable_pub)]
mod transmit;
#[allow(dead_code, unused_imports, unused_macros)]
mod wire;
mod writer;

pub use crate::command::{Command, TaggedCommand};
pub use crate::error::{Expected, ParseError, ValueError};
pub use crate::grammar::octets::Octets;
pub use crate::grammar::string::{AString, Atom, IString, NString8};
pub use crate::grammar::text::{InvalidItem, Tag, Text, Unknown, Values};
pub use crate::list::{Adjacent, Bare, BareAdjacent, List, Spaced, SpacedOrEmpty};
pub use crate::options::{Dialect, Leniency, Tolerated};
pub use crate::registry::FetchItem;
pub use crate::response::{Greeting, Response};
pub use crate::wire::IntoOwned;
pub use crate::writer::{EncodeOptions, Fragment, LiteralMode};
