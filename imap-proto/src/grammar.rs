//! RFC 9051's grammar by topic.

pub(crate) mod attribute;
pub mod capability;
pub(crate) mod class;
pub(crate) mod date;
pub(crate) mod delimiter;
pub(crate) mod fetch;
pub(crate) mod flag;
pub(crate) mod mailbox;
pub(crate) mod number;
pub(crate) mod octets;
pub(crate) mod sequence;
pub(crate) mod skip;
pub(crate) mod status;
pub(crate) mod string;
pub(crate) mod text;
pub(crate) mod utf7;
