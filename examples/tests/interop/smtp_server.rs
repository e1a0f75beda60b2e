//! The example `smtp_server`, as a user runs it, with all of its listeners.

use std::path::PathBuf;
use std::process::Command;

use super::certificate::Certificate;
use super::programs::{Service, example};
use super::{PASSWORD, TempDir, USER};

/// A running `smtp_server`.
pub struct SmtpServer {
    service: Service,
    /// The port of `--listen`.
    pub smtp: u16,
    /// The port of `--listen-tls`.
    pub smtps: u16,
    /// The port of `--submission`.
    pub submission: u16,
    /// The port of `--lmtp`.
    pub lmtp: u16,
    pub certificate: Certificate,
    folder: TempDir,
}

/// A message that the server has taken.
#[derive(Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub content: Vec<u8>,
}

impl SmtpServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With more options.
    pub fn start_with(options: &[&str]) -> Self {
        let folder = TempDir::new("smtp-server");
        let certificate = Certificate::make(&folder);
        let mut command = Command::new(example("smtp_server"));
        for listener in ["--listen", "--listen-tls", "--submission", "--lmtp"] {
            command.args([listener, "127.0.0.1:0"]);
        }
        command.args(["--user", USER, "--password", PASSWORD, "--domain", "mail.example.org"]);
        command.args(["--max-size", "30000000", "--maildir"]).arg(folder.path().join("Maildir"));
        command.arg("--cert").arg(&certificate.chain).arg("--key").arg(&certificate.key);
        let service = Service::start(command.args(options));
        let [smtp, smtps, submission, lmtp] = [(); 4].map(|()| {
            let line = service.next_line();
            let port = line.strip_prefix("listening on 127.0.0.1:").and_then(|port| port.parse().ok());
            port.unwrap_or_else(|| panic!("the server printed {line:?}"))
        });
        Self { service, smtp, smtps, submission, lmtp, certificate, folder }
    }

    /// Waits for the next message: the line that the server prints about it, and the file.
    #[track_caller]
    pub fn next_message(&self) -> Taken {
        let line = self.service.next_line();
        let field = |from: &str, to: &str| {
            let (_, rest) = line.split_once(from).unwrap_or_else(|| panic!("no {from:?} in {line:?}"));
            rest.split_once(to).map_or(rest, |(field, _)| field).to_owned()
        };
        assert!(line.starts_with("message "), "the server printed {line:?}");
        let file = PathBuf::from(field(" file=", "\n"));
        let content = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(field(" bytes=", " "), content.len().to_string(), "{line}");
        assert_eq!(file.parent(), Some(self.maildir().join("new").as_path()), "{line}");
        let to = field(" to=", " bytes=").split(',').map(str::to_owned).collect();
        Taken { from: field(" from=", " to="), to, content }
    }

    /// Where the messages go.
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("Maildir")
    }

    /// Ends the server with a signal; gives its exit status.
    pub fn stop(&mut self, signal: &str) -> Option<i32> {
        self.service.stop(signal)
    }
}
