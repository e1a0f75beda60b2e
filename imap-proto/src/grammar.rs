//! RFC 9051's grammar by topic.

pub(crate) mod class;
pub(crate) mod octets;
pub(crate) mod skip;
pub(crate) mod string;
