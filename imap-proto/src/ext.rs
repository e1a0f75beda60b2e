//! Extensions: everything after RFC 9051 and RFC 3501.

pub mod id;
pub mod language;
pub mod namespace;
