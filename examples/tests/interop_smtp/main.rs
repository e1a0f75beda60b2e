//! The SMTP examples against servers and clients that others made: `smtp_send` to Postfix and Dovecot, and to
//! `smtp_server` from swaks, curl, msmtp, Python's smtplib, nodemailer and Postfix. What arrives is what was sent, octet
//! by octet.
//!
//! `.ci/install-servers` installs the programs, as root on Debian 12; then
//! `cargo test -p examples --test interop_smtp -- --include-ignored` runs the tests.

#[path = "../interop/mod.rs"]
mod interop;
mod receive;
mod send;
