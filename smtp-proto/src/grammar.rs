//! RFC 5321's grammar by topic.

pub(crate) mod domain;
pub mod ehlo;
pub(crate) mod line;
pub(crate) mod mail;
pub(crate) mod mailbox;
pub mod parameter;
pub(crate) mod path;
pub mod status;
pub mod text;
pub(crate) mod utf8;

/// Mail addresses and their parts.
pub mod address {
    pub use super::domain::{Domain, DomainKind};
    pub use super::mailbox::Mailbox;
    pub use super::path::{ForwardPath, Path, Postmaster, ReversePath, Route, Unqualified};
}
