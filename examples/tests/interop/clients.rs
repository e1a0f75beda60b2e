//! Mail clients that others made, each told to send one message.

use std::path::{Path, PathBuf};

use super::programs::{Ended, in_time, run};
use super::{PASSWORD, TempDir, USER};

/// What a client is told to do.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    pub port: u16,
    pub protocol: Protocol,
    /// Whether to log in as [`USER`].
    pub login: bool,
    pub from: &'a str,
    pub to: &'a [&'a str],
    pub message: &'a [u8],
    /// The certificate to trust.
    pub certificate: &'a Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Smtp,
    /// SMTP that insists on STARTTLS.
    StartTls,
    /// SMTP in TLS from the start.
    Smtps,
    Lmtp,
}

/// swaks, with more options. The message is not to contain swaks' `%TOKENS%`.
pub fn swaks(job: Job<'_>, options: &[&str]) -> Ended {
    let folder = TempDir::new("swaks");
    // swaks ends the message with a CRLF of its own, unless it finds the end of data already there.
    let message = folder.write("message", [job.message, b".\r\n"].concat());
    let mut command = in_time("swaks");
    command.args(["--server", &format!("127.0.0.1:{}", job.port), "--helo", "client.example.com"]);
    let from = if job.from.is_empty() { "<>" } else { job.from };
    command.args(["--from", from, "--to", &job.to.join(","), "--data"]).arg(at(&message));
    // What it would say about every line of the message is of no use here.
    command.args(["--suppress-data", "--timeout", "30s"]);
    match job.protocol {
        Protocol::Smtp => {}
        Protocol::StartTls => {
            _ = command.args(["--tls", "--tls-verify", "--tls-ca-path"]).arg(job.certificate)
        }
        Protocol::Smtps => {
            _ = command.args(["--tls-on-connect", "--tls-verify", "--tls-ca-path"]).arg(job.certificate)
        }
        Protocol::Lmtp => _ = command.args(["--protocol", "LMTP"]),
    }
    if job.login {
        command.args(["--auth-user", USER, "--auth-password", PASSWORD]);
    }
    run(command.args(options), b"")
}

/// curl, with more options; has no LMTP.
pub fn curl(job: Job<'_>, options: &[&str]) -> Ended {
    let scheme = if job.protocol == Protocol::Smtps { "smtps" } else { "smtp" };
    let mut command = in_time("curl");
    command.args(["--silent", "--show-error", "--cacert"]).arg(job.certificate);
    command.args(["--url", &format!("{scheme}://localhost:{}/client.example.com", job.port), "--ipv4"]);
    command.args(["--mail-from", job.from, "--upload-file", "-"]);
    command.args(job.to.iter().flat_map(|to| ["--mail-rcpt", to]));
    if job.protocol == Protocol::StartTls {
        command.arg("--ssl-reqd");
    }
    if job.login {
        command.args(["--user", &format!("{USER}:{PASSWORD}")]);
    }
    run(command.args(options), job.message)
}

/// msmtp, with more options.
pub fn msmtp(job: Job<'_>, options: &[&str]) -> Ended {
    let mut command = in_time("msmtp");
    command.args(["--host=localhost", &format!("--port={}", job.port), "--source-ip=127.0.0.1"]);
    command.args(["--domain=client.example.com", "--timeout=30"]);
    command.arg(format!("--from={}", job.from));
    // Without this it would add a header field when it misses one.
    command.args([
        "--add-missing-from-header=off",
        "--add-missing-date-header=off",
        "--remove-bcc-headers=off",
    ]);
    let trust = format!("--tls-trust-file={}", job.certificate.display());
    match job.protocol {
        Protocol::Smtp => _ = command.arg("--tls=off"),
        Protocol::StartTls => _ = command.args(["--tls=on", "--tls-starttls=on", &trust]),
        Protocol::Smtps => _ = command.args(["--tls=on", "--tls-starttls=off", &trust]),
        Protocol::Lmtp => _ = command.args(["--protocol=lmtp", "--tls=off"]),
    }
    match job.login {
        true => {
            _ = command.args([
                "--auth=on",
                &format!("--user={USER}"),
                &format!("--passwordeval=echo {PASSWORD}"),
            ])
        }
        false => _ = command.arg("--auth=off"),
    }
    run(command.args(options).arg("--").args(job.to), job.message)
}

/// Python's smtplib; the options are those of `clients/smtplib_send.py`.
pub fn smtplib(job: Job<'_>, options: &[&str]) -> Ended {
    let script = clients().join("smtplib_send.py");
    run(in_time("python3").arg(script).args(common(&job)).args(options), job.message)
}

/// nodemailer; the options are those of `clients/nodemailer_send.js`.
pub fn nodemailer(job: Job<'_>, options: &[&str]) -> Ended {
    let module = clients().join("node_modules/nodemailer");
    assert!(module.exists(), "nodemailer is not installed: see .ci/install-servers");
    let script = clients().join("nodemailer_send.js");
    run(in_time("node").arg(script).args(common(&job)).args(options), job.message)
}

/// What both scripts take.
fn common(job: &Job<'_>) -> Vec<String> {
    let mut arguments = vec![format!("--port={}", job.port), format!("--from={}", job.from)];
    arguments.extend(job.to.iter().map(|to| format!("--to={to}")));
    arguments.push(format!("--certificate={}", job.certificate.display()));
    arguments.push(format!("--protocol={:?}", job.protocol).to_lowercase());
    if job.login {
        arguments.extend([format!("--user={USER}"), format!("--password={PASSWORD}")]);
    }
    arguments
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/clients")
}

/// swaks' way to say that an option's value is in a file.
fn at(file: &Path) -> String {
    format!("@{}", file.display())
}
