//! The example `proxy`: what goes in comes out octet by octet, STARTTLS ends at it, nothing is injected, and its log has all but
//! secrets. Between peers of these tests; and, where the name says so, between programs that others made.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

#[path = "../interop/mod.rs"]
mod interop;
mod live;
mod passing;
mod peers;
mod secrets;
mod start_tls;
