//! SMTP, submission and LMTP: zero-copy parsers, serializers and sans-IO state machines.
//!
//! Three layers, each usable alone:
//!
//! * types and grammar: [`Command`], [`Reply`], [`ehlo`], [`parameter`], [`address`], [`status`], [`ext`], [`auth`], each with
//!   `parse`, `encode` and `into_owned`; values borrow from the input;
//! * framing: [`framing`] finds the ends of lines and replies, [`body`] takes DATA and BDAT apart and puts them together;
//! * sessions: [`Server`], [`Client`], [`Observer`](observer::Observer), [`Relay`](relay::Relay).
//!
//! The [`guide`] goes through the concepts, page by page.
//!
//! # The loop
//! Every machine is driven alike. The caller owns the buffer; an event borrows from it and from nothing else, so that the
//! machine can be answered while the event is looked at.
//!
//! ```
//! use bytes::Buf;
//! use smtp_proto::server::{Event, Options, Protocol};
//! use smtp_proto::status::ReplyCode;
//! use smtp_proto::{Command, Received, Reply, Server, text};
//! # let mut network = b"HELO client.example.org\r\nVRFY user\r\nQUIT\r\n".split_inclusive(|&octet| octet == b'\n');
//! # let mut read = || network.next().unwrap_or_default();
//! # let mut written = Vec::new();
//! # let mut write = |octets: &[u8]| written.extend_from_slice(octets);
//!
//! let mut conn = Server::new(Options::new(Protocol::Smtp));
//! let mut buffer = Vec::new();
//! conn.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("mail.example.org ready")))?;
//! loop {
//!     while conn.transmit().has_remaining() {                 // 1. write what the machine has to say
//!         let len = conn.transmit().chunk().len();
//!         write(conn.transmit().chunk());
//!         conn.transmit().advance(len);
//!     }
//!     let Some(Received { consumed, event }) = conn.receive(&buffer)? else { // 2. hand it what arrived
//!         let piece = read();                                 // 3. nothing whole yet: read more
//!         if piece.is_empty() {
//!             conn.receive_eof(&buffer)?;
//!             break;
//!         }
//!         buffer.extend_from_slice(piece);
//!         continue;
//!     };
//!     match event {                                           // 4. act; `event` borrows `buffer`, not `conn`
//!         Event::Command { token, command: Command::Helo(_), .. } => {
//!             conn.reply(token, &Reply::new(ReplyCode::OK, None, text!("mail.example.org")))?;
//!         }
//!         Event::Command { token, command: Command::Quit, .. } => {
//!             conn.reply(token, &Reply::new(ReplyCode::SERVICE_CLOSING, None, text!("bye")))?;
//!         }
//!         Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => conn.reply(token, &reply)?,
//!         Event::Close => break,
//!         // Whatever else waits for an answer gets one: no client is left waiting.
//!         other => if let Some(token) = other.token() {
//!             conn.reply(token, &Reply::new(ReplyCode::NOT_IMPLEMENTED, None, text!("not here")))?;
//!         }
//!     }
//!     buffer.drain(..consumed);                               // 5. forget what was consumed
//! }
//! # assert_eq!(String::from_utf8(written)?, "220 mail.example.org ready\r\n250 mail.example.org\r\n502 not here\r\n221 bye\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the caller must do
//! * Hand in everything that was read and not consumed, in order, and nothing twice: what stands behind STARTTLS is how an
//!   injection is noticed.
//! * Write what [`Transmit`] has, in order; with TLS, flush.
//! * Make the TLS handshake when told to, and say `tls_established` after it and not before.
//! * Keep the time: `suggested_timeout` has the RFCs' numbers.
#![no_std]
#![forbid(unsafe_code)]
// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::string_slice))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod auth;
pub mod body;
pub mod client;
pub mod command;
mod context;
mod error;
pub mod ext;
pub mod framing;
mod grammar;
#[cfg(doc)]
pub mod guide;
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
