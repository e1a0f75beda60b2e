//! RFC 5321's grammar by topic.

mod domain;
mod mailbox;
mod path;
pub mod status;
pub mod text;

/// Mail addresses and their parts.
pub mod address {
    pub use super::domain::{Domain, DomainKind};
    pub use super::mailbox::Mailbox;
    pub use super::path::{ForwardPath, Path, Postmaster, ReversePath, Route, Unqualified};
}
