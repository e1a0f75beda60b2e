//! RFC 5321's grammar by topic.

pub mod status;
pub mod text;
