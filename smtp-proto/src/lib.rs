//! SMTP, submission and LMTP: zero-copy parsers, serializers and sans-IO state machines.
#![no_std]
// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::string_slice))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod auth;
pub mod body;
pub mod client;
pub mod command;
mod error;
pub mod ext;
pub mod framing;
mod grammar;
pub mod observer;
mod options;
mod registry;
pub mod relay;
mod reply;
pub mod server;
mod session;
mod state;
#[cfg(test)]
mod testing;
mod transmit;
mod wire;

pub use crate::client::Client;
pub use crate::command::{Command, Mail, Rcpt};
pub use crate::error::{
    AddressPart, ApiMisuse, Error, Expected, Limit, ParseError, PeerMisbehaved, ValueError,
};
pub use crate::grammar::{address, ehlo, parameter, status, text};
pub use crate::options::{Dialect, Leniency, Limits, Tolerated};
pub use crate::reply::Reply;
pub use crate::server::Server;
pub use crate::session::{Received, Token};
pub use crate::transmit::Transmit;
