//! What the command lines of the examples have in common.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Runs a program, which `cargo test` builds beside this test, without a terminal.
fn run(name: &str, arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let folder: PathBuf = test.parent().unwrap().parent().unwrap().join("examples");
    let mut command = Command::new(folder.join(name));
    command.env_remove("IMAP_PASSWORD").env_remove("SMTP_PASSWORD").stdin(Stdio::null());
    command.args(arguments).output().unwrap()
}

/// Those that `cargo test` builds as programs: `imap_client` is built as a test of its own parts.
const PROGRAMS: [&str; 6] = ["imap_server", "inspect", "proxy", "smtp_send", "smtp_server", "tour"];

#[test]
fn all_have_help() {
    for name in PROGRAMS {
        let help = run(name, &["--help"]);
        let text = String::from_utf8(help.stdout).unwrap();
        assert_eq!((help.status.code(), &*help.stderr), (Some(0), &b""[..]), "{name}");
        assert!(text.contains(&format!("Usage: {name}")), "{name}: {text}");
    }
}

#[test]
fn wrong_usage_is_told_apart() {
    for name in PROGRAMS {
        let wrong = run(name, &["--wrong"]);
        assert_eq!((wrong.status.code(), &*wrong.stdout), (Some(2), &b""[..]), "{name}");
        assert!(!wrong.stderr.is_empty(), "{name}");
    }
}

#[test]
fn no_password_is_not_an_empty_one() {
    for (name, variable) in [("imap_server", "IMAP_PASSWORD"), ("smtp_server", "SMTP_PASSWORD")] {
        let refused = run(name, &["--listen", "127.0.0.1:0", "--user", "me"]);
        let said = String::from_utf8(refused.stderr).unwrap();
        let expected =
            format!("{name}: no password: give --password, set {variable}, or run on a terminal\n");
        assert_eq!((refused.status.code(), said), (Some(1), expected));
    }
}
