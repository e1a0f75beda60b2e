//! `imap_server` serves clients that others made: curl, Python's imaplib, imapclient, imapflow, mbsync, offlineimap and
//! neomutt. What they read is what there is, octet by octet, and what they change is changed.
//!
//! `.ci/install-servers` installs the programs, as root on Debian 12; then
//! `cargo test -p examples --test interop_imap_server -- --include-ignored` runs the tests.

#[path = "../interop/mod.rs"]
mod interop;

mod extensions;
mod imap_server;
mod libraries;
mod programs;
mod reader;
mod server;
mod sync;

use std::collections::BTreeSet;

use imap_server::ImapServer;
use interop::message;
use reader::Message;

/// What INBOX has when a test begins: the names of the files, and messages of all kinds.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("1000000001.a:2,", message::plain()),
        ("1000000002.b:2,S", message::dots()),
        ("1000000003.c:2,FRS", message::utf8()),
        ("1000000004.d:2,", multipart()),
    ]
}

/// The same, as a client is to see it.
fn inbox() -> Vec<Message> {
    let flags = [&[][..], &["\\Seen"], &["\\Flagged", "\\Answered", "\\Seen"], &[]];
    let all = (1u32..).zip(files()).zip(flags);
    all.map(|((uid, (_, content)), flags)| Message { uid, flags: set(flags), content }).collect()
}

/// A message with text in two forms and two files, one of which is another message.
fn multipart() -> Vec<u8> {
    let boundary = |name: &str| format!("=_{name}");
    let (mixed, alternative) = (boundary("mixed"), boundary("alternative"));
    let inner = String::from_utf8(message::plain()).unwrap();
    format!(
        "From: Sender <sender@example.com>\r\nTo: alice@example.org\r\n\
        Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <multipart@example.com>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= in parts\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{mixed}\"\r\n\r\n\
        --{mixed}\r\nContent-Type: multipart/alternative; boundary=\"{alternative}\"\r\n\r\n\
        --{alternative}\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n\
        --{alternative}\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--{alternative}--\r\n\r\n\
        --{mixed}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment; filename=\"a.bin\"\r\n\r\nAAECAw==\r\n\
        --{mixed}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--{mixed}--\r\n"
    )
    .into_bytes()
}

fn set(flags: &[&str]) -> BTreeSet<String> {
    flags.iter().map(|flag| (*flag).to_owned()).collect()
}

/// A server with [`files`] in INBOX.
fn start() -> ImapServer {
    start_with(&[])
}

fn start_with(options: &[&str]) -> ImapServer {
    let files = files();
    let files: Vec<_> = files.iter().map(|(name, message)| (*name, &**message)).collect();
    ImapServer::start(&files, options)
}
