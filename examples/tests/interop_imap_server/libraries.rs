//! Python's imaplib and imapclient, and imapflow: scripts that check what they read, and what is left then.

use std::path::Path;

use crate::imap_server::ImapServer;
use crate::interop::programs::{in_time, run};
use crate::interop::{PASSWORD, TempDir, USER, alone};
use crate::reader::Message;
use crate::{inbox, multipart, set, start};

#[test]
#[ignore = "needs Python"]
fn to_imaplib() {
    let _alone = alone();
    let server = start();
    script(&server, "python3", "imaplib_session.py", &[]);
    check_what_is_left(&server);
}

#[test]
#[ignore = "needs imapclient"]
fn to_imapclient() {
    let _alone = alone();
    let server = start();
    // .../target/debug/deps/interop_imap_server-0123456789abcdef
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let python = target.join("python/bin/python3");
    assert!(python.exists(), "{} is not there: see .ci/install-servers", python.display());
    script(&server, &python.display().to_string(), "imapclient_session.py", &[]);
    check_what_is_left(&server);
}

#[test]
#[ignore = "needs imapflow"]
fn to_imapflow() {
    let _alone = alone();
    assert!(Path::new(&clients("node_modules/imapflow")).exists(), "see .ci/install-servers");
    for compress in ["no", "yes"] {
        let server = start();
        script(&server, "node", "imapflow_session.js", &["--compress", compress]);
        check_what_is_left(&server);
        let compressed = server.commands().iter().any(|line| line == "COMPRESS OK");
        assert_eq!(compressed, compress == "yes");
    }
}

/// Runs a script with the messages of INBOX, and one to append, in files.
fn script(server: &ImapServer, program: &str, name: &str, options: &[&str]) {
    let folder = TempDir::new("script");
    for message in inbox() {
        folder.write(&format!("{}.eml", message.uid), &message.content);
    }
    folder.write("new.eml", multipart());
    let mut command = in_time(program);
    command.arg(clients(name)).args(["--port", &server.imap.to_string()]);
    command.args(["--tls-port", &server.imaps.to_string(), "--messages"]).arg(folder.path());
    command.args(["--user", USER, "--password", PASSWORD, "--certificate"]).arg(&server.certificate.chain);
    let ended = run(command.args(options), b"").expect_code(0);
    assert!(ended.stdout.ends_with("all is well\n"), "{ended:?}");
}

/// All scripts leave the same: the second message of INBOX moved to `Archive/Köln`, the third one deleted, the first one
/// flagged, and a new one in both.
fn check_what_is_left(server: &ImapServer) {
    let mut reader = server.reader();
    let [mut first, second, _, fourth] = inbox().try_into().unwrap();
    first.flags = set(&["\\Flagged", "$Forwarded"]);
    let content = multipart();
    let fresh = Message { uid: 5, flags: set(&["\\Seen", "\\Draft"]), content };
    assert_eq!(reader.messages("INBOX"), [first, fourth, fresh.clone()]);
    let moved = Message { uid: 2, ..second };
    assert_eq!(reader.messages("Archive/K&APY-ln"), [Message { uid: 1, ..fresh }, moved]);
}

/// A file in the folder of the scripts.
fn clients(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/clients").join(name);
    path.display().to_string()
}
