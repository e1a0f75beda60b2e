//! What the example programs share: TLS and streams. Everything about mail is in the crates.

pub mod net;
pub mod tls;
