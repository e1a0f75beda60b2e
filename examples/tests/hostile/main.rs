//! Peers that mean harm, against the examples over sockets of this machine: what stands around STARTTLS, what may pass for an
//! end of data, and replies that have no business where they come. No server from elsewhere is needed.
//!
//! The names of the cases (`B_1`, `P_2`) are those of the EAST toolkit, which tries them on mail programs.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod imap_greeting;
#[path = "../interop_imap_server/imap_server.rs"]
#[allow(dead_code)] // not all that it can do is asked for here
mod imap_server;
mod imap_starttls;
mod imap_tampering;
#[path = "../interop/mod.rs"]
mod interop;
mod line_client;
#[path = "../proxy/peers.rs"]
#[allow(dead_code)] // not all that it can do is asked for here
mod peers;
#[path = "../interop_imap_server/reader.rs"]
#[allow(dead_code)] // the module above needs it
mod reader;
mod server;
mod smtp_end_of_data;
mod smtp_replies;
mod smtp_starttls;
mod starttls_pipelined;
