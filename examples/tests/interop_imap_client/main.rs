//! The example `imap_client` against Dovecot and Cyrus. What is fetched is what was appended, octet by octet, and a mirror
//! is what the server has.
//!
//! `.ci/install-servers` installs the programs, as root on Debian 12; then
//! `cargo test -p examples --test interop_imap_client -- --include-ignored` runs the tests.

mod hostile;
#[path = "../interop/mod.rs"]
mod interop;
mod login;
mod mail;
mod mirror;
mod watch;
