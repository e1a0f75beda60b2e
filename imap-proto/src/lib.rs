//! IMAP4rev1, IMAP4rev2 and their extensions: zero-copy parsers, serializers and sans-IO state machines of both roles.
//!
//! Three layers, each usable alone:
//!
//! * types and grammar: [`TaggedCommand`], [`Response`] and all that is in them, [`ext`], [`auth`], each with `parse`, `encode` and
//!   `into_owned`; values borrow from the input, and a [`List`] is read again by whoever walks it;
//! * framing: [`framing`] finds the ends of lines and literals;
//! * sessions: [`Client`], [`Server`], and the [`observer`] of a session between others; beside a client, [`view`] keeps
//!   what is known of a mailbox, and synchronises it.
//!
//! The [`guide`] goes through the concepts, page by page.
//!
//! # Reading and writing
//! ```
//! use bytes::BytesMut;
//! use imap_proto::response::NumberedData;
//! use imap_proto::{Dialect, Response, TaggedCommand};
//!
//! let (_, response) = Response::parse(b"* 12 FETCH (UID 4827 FLAGS (\\Seen) RFC822.SIZE -1)\r\n", Dialect::STRICT)?;
//! let Response::Numbered(data) = &response else { panic!("{response:?}") };
//! let NumberedData::Fetch(items) = &data.data else { panic!("{data:?}") };
//! // The size is no number, and is kept as it came; nothing else is lost.
//! assert_eq!((data.number, items.uid(), items.rfc822_size()), (12, Some(4827), None));
//!
//! let (_, command) = TaggedCommand::parse(b"A1 UID FETCH 4827 (FLAGS BODY.PEEK[1.2])\r\n", Dialect::STRICT)?;
//! let mut wire = BytesMut::new();
//! command.encode(&mut wire);
//! assert_eq!(wire, b"A1 UID FETCH 4827 (FLAGS BODY.PEEK[1.2])\r\n"[..]);
//! # Ok::<(), imap_proto::ParseError>(())
//! ```
//!
//! # The loop
//! The machines are driven alike: write what [`transmit`](Client::transmit) holds, give
//! [`receive`](Client::receive) all that has arrived, act on the event, which borrows from the input and from nothing else, forget
//! what was consumed, and read more where there is no event. [`client`] and [`server`] show it as tested examples.
//!
//! # Strict and tolerant
//! Reading is strict first. What the RFCs do not allow is read where a [`Leniency`] of the [`Dialect`] has a name for it, and
//! `parse_reporting` tells which was needed and what the strict grammar expected where. A broken item of a response never
//! loses its neighbours, in any dialect.
#![no_std]
#![forbid(unsafe_code)]
// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::string_slice))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod auth;
pub mod client;
pub mod command;
mod context;
mod error;
pub mod ext;
pub mod framing;
mod grammar;
#[cfg(doc)]
pub mod guide;
mod items;
mod list;
pub mod observer;
mod options;
mod registry;
pub mod response;
pub mod server;
mod session;
mod state;
#[cfg(test)]
mod testing;
mod transmit;
pub mod view;
mod wire;
mod writer;

/// The port of IMAP that begins in clear text, with STARTTLS. RFC 9051 section 2.1.
pub const PORT: u16 = 143;

/// The port of IMAPS, which begins with TLS: the one to prefer. RFC 9051 section 11, RFC 8314 section 3.2.
pub const PORT_TLS: u16 = 993;

/// Dates and times. RFC 9051 section 9.
pub mod date {
    pub use crate::grammar::date::{Date, DateTime, LocalDateTime, LooseDateTime, OtherDate};
}

/// Sequence and UID sets, lists of ids, and the arithmetic of sets. RFC 9051 section 9.
pub mod sequence {
    pub use crate::grammar::sequence::{
        Ids, IdsIter, Number, Range, Ranges, RangesIter, SequenceSet, UidSet, pairs,
    };
}

/// Modified UTF-7, the encoding of mailbox names where UTF-8 is not in force. RFC 3501 section 5.1.3.
pub mod utf7 {
    pub use crate::grammar::utf7::{decode, encode};
}

pub use crate::client::Client;
pub use crate::command::{Command, TaggedCommand, UidCommand};
pub use crate::error::{ApiMisuse, Error, Expected, Limit, ParseError, PeerMisbehaved, ValueError};
pub use crate::grammar::append;
pub use crate::grammar::attribute::{MailboxAttribute, MailboxAttributes};
pub use crate::grammar::body;
pub use crate::grammar::body::BodyStructure;
pub use crate::grammar::capability;
pub use crate::grammar::copy;
pub use crate::grammar::create;
pub use crate::grammar::delimiter::Delimiter;
pub use crate::grammar::envelope;
pub use crate::grammar::envelope::{Address, Addresses, Envelope};
pub use crate::grammar::esearch;
pub use crate::grammar::fetch;
pub use crate::grammar::flag::{Flag, FlagName, FlagPerm, Flags, PermanentFlags, SystemFlags};
pub use crate::grammar::list_command;
pub use crate::grammar::list_data;
pub use crate::grammar::list_item;
pub use crate::grammar::list_option;
pub use crate::grammar::literal::{Literal, Literal8, NString};
pub use crate::grammar::mailbox::{ListMailbox, Mailbox};
pub use crate::grammar::octets::Octets;
pub use crate::grammar::search;
pub use crate::grammar::section;
pub use crate::grammar::select;
pub use crate::grammar::sequence::SequenceSet;
pub use crate::grammar::status_data;
pub use crate::grammar::store;
pub use crate::grammar::string::{AString, Atom, IString, NString8};
pub use crate::grammar::tagged_ext;
pub use crate::grammar::text::{InvalidItem, Tag, Text, Unknown, Values};
pub use crate::list::{Adjacent, Bare, BareAdjacent, Iter as ListIter, List, Spaced, SpacedOrEmpty};
pub use crate::options::{Dialect, Leniency, Limits, Tolerated};
pub use crate::registry::{Capability, FetchItem};
pub use crate::response::{Greeting, Response};
pub use crate::server::Server;
pub use crate::session::{Received, Token};
pub use crate::state::{Mode, Refusal, State};
pub use crate::transmit::Transmit;
pub use crate::wire::IntoOwned;
pub use crate::writer::{EncodeOptions, Fragment, LiteralMode};

/// A [`Text`] from a literal, checked when compiling.
///
/// ```
/// let text = imap_proto::text!("SELECT completed");
/// assert_eq!(text.as_str(), Some("SELECT completed"));
/// ```
#[macro_export]
macro_rules! text {
    ($literal:literal) => {{
        const { assert!($crate::Text::is_text($literal), "empty, or with CR, LF or NUL") };
        $crate::Text::from_checked($literal)
    }};
}
