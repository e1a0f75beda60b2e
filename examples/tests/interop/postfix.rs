//! A Postfix of our own: receives for example.org, sends everything else to one server.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::certificate::Certificate;
use super::dovecot::Dovecot;
use super::programs::{Ended, in_time, run};
use super::{PASSWORD, TempDir, USER, fill, free_ports, wait_for_port};

/// A running Postfix. Its mailboxes are in `mailboxes`, the recipients that it refuses in `access`.
pub struct Postfix {
    /// SMTP with all extensions.
    pub smtp: u16,
    /// SMTP with no extension, as of old.
    pub plain: u16,
    /// SMTP without CHUNKING.
    pub unchunked: u16,
    /// Submission: STARTTLS and AUTH are asked for.
    pub submission: u16,
    /// Submission with TLS from the start: AUTH is asked for.
    pub smtps: u16,
    folder: TempDir,
}

/// The server that [`Postfix`] sends to.
pub struct Next<'a> {
    pub smtp: u16,
    pub lmtp: u16,
    pub certificate: &'a Path,
}

const MAILBOXES: &str = "alice@example.org alice/\nbob@example.org bob/\nδοκιμή@example.org utf8/\n\
    sender@example.org sender/\n";
const ACCESS: &str = "greylisted@example.org 450 4.2.0 Greylisted, try again later\n\
    full@example.org 452 4.2.2 Mailbox full\npolicy@example.org 554 5.7.1 Rejected by policy\n";
const BODY: &str = "/^REFUSE-THIS-BODY/ REJECT 5.7.1 refused for what is in it\n";

impl Postfix {
    /// Starts a Postfix that receives, and asks this Dovecot about passwords.
    pub fn receiving(dovecot: &Dovecot) -> Self {
        Self::start(&dovecot.sasl(), None)
    }

    /// Starts a Postfix that sends to this server.
    pub fn sending(next: &Next<'_>) -> Self {
        Self::start(Path::new("none"), Some(next))
    }

    fn start(sasl: &Path, next: Option<&Next<'_>>) -> Self {
        let folder = TempDir::new("postfix");
        let certificate = Certificate::make(&folder);
        let path = folder.path();
        for name in ["etc", "spool", "data", "mail"] {
            std::fs::create_dir(path.join(name)).unwrap();
        }
        // Debian's user and group `mail`.
        std::os::unix::fs::chown(path.join("mail"), Some(8), Some(8)).unwrap();
        run(in_time("chown").arg("postfix").arg(path.join("data")), b"").expect_code(0);
        for (name, content) in [("mailboxes", MAILBOXES), ("access", ACCESS), ("body", BODY)] {
            folder.write(&format!("etc/{name}"), content);
        }

        let [smtp, plain, unchunked, submission, smtps] = free_ports();
        // A Postfix that only receives has nobody to send to.
        let nobody = Next { smtp: 1, lmtp: 1, certificate: &certificate.chain };
        let next = next.unwrap_or(&nobody);
        let values: [(&str, &dyn Display); _] = [
            ("FOLDER", &path.display()),
            ("KEY", &certificate.key.display()),
            ("CERTIFICATE", &certificate.chain.display()),
            ("SASL", &sasl.display()),
            ("NEXT_SMTP", &next.smtp),
            ("NEXT_LMTP", &next.lmtp),
            ("NEXT_CERTIFICATE", &next.certificate.display()),
            ("USER", &USER),
            ("PASSWORD", &PASSWORD),
            ("SMTP", &smtp),
            ("PLAIN", &plain),
            ("UNCHUNKED", &unchunked),
            ("SUBMISSION", &submission),
            ("SMTPS", &smtps),
        ];
        folder.write("etc/main.cf", fill(include_str!("postfix/main.cf"), &values));
        folder.write("etc/master.cf", fill(include_str!("postfix/master.cf"), &values));
        let postfix = Self { smtp, plain, unchunked, submission, smtps, folder };
        let started = run(&mut postfix.command("postfix", &["start"]), b"");
        assert_eq!(started.code, 0, "{}", postfix.log());
        // Not one that asks Dovecot: there may be none.
        wait_for_port(plain);
        postfix
    }

    /// Hands it a message to send, as a local user does.
    pub fn submit(&self, from: &str, to: &[&str], options: &[&str], message: &[u8]) -> Ended {
        let mut command = in_time("sendmail");
        command.args(["-i", "-f", from]).env("MAIL_CONFIG", self.folder.path().join("etc"));
        let unix: Vec<u8> = message.iter().copied().filter(|octet| *octet != b'\r').collect();
        run(command.args(options).arg("--").args(to), &unix).expect_code(0)
    }

    /// The Maildir of a mailbox.
    pub fn maildir(&self, mailbox: &str) -> PathBuf {
        self.folder.path().join("mail").join(mailbox)
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = in_time(name);
        command.arg("-c").arg(self.folder.path().join("etc")).args(arguments);
        command
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Ends the master process of this configuration and its children, and waits for them.
        let stopped = run(&mut self.command("postfix", &["stop"]), b"");
        if std::thread::panicking() {
            eprintln!("Postfix's log:\n{}", self.log());
        } else {
            assert_eq!(stopped.code, 0, "Postfix did not stop: {}", self.log());
        }
    }
}
