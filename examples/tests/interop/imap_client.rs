//! The example `imap_client`, as a user runs it, and another client beside it.

use std::process::Command;

use super::programs::{Ended, Service, example, in_time, program, run};
use super::{PASSWORD, USER};

/// Runs `imap_client --server 127.0.0.1:PORT ...`.
pub fn imap_client(port: u16, arguments: &[&str]) -> Ended {
    run(in_time(example("imap_client")).args(["--server", &format!("127.0.0.1:{port}")]).args(arguments), b"")
}

/// The same, logged in without TLS as [`USER`].
pub fn as_user(port: u16, arguments: &[&str]) -> Ended {
    imap_client(port, &[&LOGIN, arguments].concat())
}

const LOGIN: [&str; 7] = ["--tls", "none", "--insecure", "--user", USER, "--password", PASSWORD];

/// `imap_client ... watch`, which goes on until it is stopped.
pub fn watch(port: u16, arguments: &[&str]) -> Service {
    let mut command = Command::new(example("imap_client"));
    command.args(["--server", &format!("127.0.0.1:{port}")]).args(LOGIN).args(arguments);
    Service::start(&mut command)
}

/// Lets another client, Python's imaplib, log in as `c` and do this; gives what it prints.
pub fn another_client(port: u16, script: &str) -> String {
    const BEGIN: &str = "import imaplib, sys
imaplib.Debug = 0
def ok(answer):
    assert answer[0] == 'OK', answer
    return answer[1]
c = imaplib.IMAP4('127.0.0.1', int(sys.argv[1]))
ok(c.login(sys.argv[2], sys.argv[3]))
";
    const END: &str = "\nc.logout()\n";
    let script = [BEGIN, script, END].concat();
    let mut python = program("timeout");
    python.args(["60s", "python3", "-c", &script, &port.to_string(), USER, PASSWORD]);
    run(&mut python, b"").expect_code(0).stdout
}
