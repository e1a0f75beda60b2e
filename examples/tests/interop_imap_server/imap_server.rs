//! The example `imap_server`, as a user runs it, with both of its listeners.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::interop::certificate::Certificate;
use crate::interop::programs::{Service, example};
use crate::interop::{PASSWORD, TempDir, USER};
use crate::reader::ImapReader;

/// A running `imap_server`.
pub struct ImapServer {
    service: Service,
    /// The port of `--listen`.
    pub imap: u16,
    /// The port of `--listen-tls`.
    pub imaps: u16,
    pub certificate: Certificate,
    folder: TempDir,
}

impl ImapServer {
    /// With these messages in INBOX, by name, and with more options.
    pub fn start(messages: &[(&str, &[u8])], options: &[&str]) -> Self {
        let folder = TempDir::new("imap-server");
        let maildir = folder.path().join("Maildir");
        make_maildir(&maildir);
        for (name, message) in messages {
            std::fs::write(maildir.join("cur").join(name), message).unwrap();
        }
        let certificate = Certificate::make(&folder);
        Self::run(folder, certificate, &["--maildir", "Maildir", "--insecure-auth"], options)
    }

    /// Another one with the same Maildir; this one has ended.
    pub fn again(self, options: &[&str]) -> Self {
        Self::run(self.folder, self.certificate, &["--maildir", "Maildir", "--insecure-auth"], options)
    }

    /// With the messages of this mbox file in INBOX. Takes no passwords without TLS.
    pub fn start_with_mbox(mbox: &str) -> Self {
        let folder = TempDir::new("imap-server");
        folder.write("mbox", mbox);
        let certificate = Certificate::make(&folder);
        Self::run(folder, certificate, &["--mbox", "mbox"], &[])
    }

    fn run(folder: TempDir, certificate: Certificate, source: &[&str], options: &[&str]) -> Self {
        let mut command = Command::new(example("imap_server"));
        command.args(["--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0"]);
        command.args(["--user", USER, "--password", PASSWORD]).current_dir(folder.path());
        command.arg("--cert").arg(&certificate.chain).arg("--key").arg(&certificate.key);
        let service = Service::start(command.args(source).args(options));
        let [imap, imaps] = [(); 2].map(|()| {
            let line = service.next_line();
            let port = line.strip_prefix("listening on 127.0.0.1:").and_then(|port| port.parse().ok());
            port.unwrap_or_else(|| panic!("the server printed {line:?}"))
        });
        Self { service, imap, imaps, certificate, folder }
    }

    /// Where its mailboxes come from.
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("Maildir")
    }

    /// A connection of our own, logged in.
    pub fn reader(&self) -> ImapReader {
        ImapReader::connect(self.imap)
    }

    /// The commands that clients have sent since the last call, and how they were answered: `UID STORE OK`.
    pub fn commands(&self) -> Vec<String> {
        // What nobody else sends marks the end; it was printed when it is answered.
        const MARK: &str = "LANGUAGE BAD";
        let mut stream = BufReader::new(TcpStream::connect((Ipv4Addr::LOCALHOST, self.imap)).unwrap());
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        stream.get_mut().write_all(b"a LANGUAGE\r\n").unwrap();
        stream.read_line(&mut line).unwrap();
        std::iter::repeat_with(|| self.service.next_line()).take_while(|line| line != MARK).collect()
    }

    /// Ends the server with a signal; gives its exit status.
    pub fn stop(&mut self, signal: &str) -> Option<i32> {
        self.service.stop(signal)
    }
}

/// The folders of a Maildir.
fn make_maildir(path: &Path) {
    for folder in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(path.join(folder)).unwrap();
    }
}
