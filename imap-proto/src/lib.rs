//! IMAP4rev1 and IMAP4rev2: zero-copy parsers and serializers of commands and responses, and sans-IO state machines of
//! both roles on top of them.
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
mod list;
mod options;
mod registry;
pub mod response;
pub mod server;
mod session;
mod state;
#[cfg(test)]
mod testing;
mod transmit;
#[allow(dead_code, unused_imports, unused_macros)]
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
