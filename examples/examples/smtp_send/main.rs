//! Sends a message file by SMTP, submission or LMTP, and says what became of each recipient.
//!
//! ```text
//! cargo run --release --example smtp_send -- --server mail.example.org:587 --user me \
//!     --from me@example.org --to you@example.net message.eml
//! ```

mod bounce;
mod connection;
mod delivery;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bytes::Bytes;
use clap::{Parser, ValueEnum};
use examples::password::password;

use crate::delivery::{Outcome, Status};

/// Sends a message, and prints one line for each recipient.
///
/// Exit status: 0 when every recipient was accepted, 1 when one was not, 2 for wrong usage.
#[derive(Parser)]
pub struct Arguments {
    /// The server; without a port that of submission, 587 or 465.
    #[arg(long, value_name = "HOST[:PORT]")]
    server: String,
    /// How the connection is protected; LMTP is not, unless asked for.
    #[arg(long, value_enum)]
    tls: Option<Tls>,
    /// Take any certificate, and send passwords without TLS, too.
    #[arg(long)]
    insecure: bool,
    /// Speak LMTP.
    #[arg(long)]
    lmtp: bool,
    /// The name to greet with.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    helo: String,
    /// Log in.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// With this password; asked for when neither here nor in the environment.
    #[arg(long, value_name = "PASS", env = "SMTP_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// By this mechanism; the best that the server offers without it.
    #[arg(long, value_enum, ignore_case = true)]
    mechanism: Option<MechanismName>,
    /// The sender; empty for the null sender.
    #[arg(long, value_name = "ADDR")]
    from: String,
    /// A recipient; may be given several times.
    #[arg(long, value_name = "ADDR", required = true)]
    to: Vec<String>,
    /// When to be notified: never, or some of success,failure,delay.
    #[arg(long, value_name = "WHEN")]
    dsn: Option<String>,
    /// What of the message a notification returns.
    #[arg(long, value_enum, value_name = "PART")]
    dsn_ret: Option<Returned>,
    /// What a notification calls the message.
    #[arg(long, value_name = "ID")]
    dsn_envid: Option<String>,
    /// How the message is transferred; BDAT where the server offers it without it.
    #[arg(long, value_enum)]
    transfer: Option<TransferName>,
    /// On permanent failure write a report (RFC 3464) to this file.
    #[arg(long, value_name = "FILE")]
    bounce: Option<PathBuf>,
    /// Print errors only.
    #[arg(long)]
    quiet: bool,
    /// The message; `-` is standard input. Lines may end in LF.
    message: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tls {
    Starttls,
    Implicit,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MechanismName {
    Plain,
    Login,
    Xoauth2,
    Oauthbearer,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Returned {
    Full,
    Hdrs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TransferName {
    Data,
    Bdat,
}

impl Arguments {
    fn tls(&self) -> Tls {
        self.tls.unwrap_or(if self.lmtp { Tls::None } else { Tls::Starttls })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("smtp_send: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every recipient was accepted.
async fn run(mut arguments: Arguments) -> anyhow::Result<bool> {
    let message = read(&arguments.message)?;
    if arguments.user.is_some() {
        arguments.password = Some(password(arguments.password, "SMTP_PASSWORD")?);
    }
    let outcomes = delivery::deliver(&arguments, &message).await?;
    if !arguments.quiet {
        let mut out = std::io::stdout().lock();
        for Outcome { recipient, status, said, .. } in &outcomes {
            writeln!(out, "{recipient}: {status}: {said}")?;
        }
    }
    let failed: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.status == Status::Failed).collect();
    if let Some(file) = arguments.bounce.as_ref().filter(|_| !failed.is_empty()) {
        let report = bounce::report(&arguments.helo, &arguments.from, &failed, &message)?;
        std::fs::write(file, report).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(outcomes.iter().all(|outcome| outcome.status == Status::Accepted))
}

fn read(path: &std::path::Path) -> anyhow::Result<Bytes> {
    let mut message = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut message).context("cannot read standard input")?;
    } else {
        message = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(message.into())
}
