//! Reads, appends, watches and mirrors mail by IMAP.
//!
//! ```text
//! cargo run --release --example imap_client -- --server imap.example.org --user me list
//! cargo run --release --example imap_client -- --server imap.example.org --user me sync ~/mirror
//! ```

mod append;
mod commands;
mod connection;
mod decode;
mod login;
mod print;
mod query;
mod save;
mod scram;
mod shown;
mod sync;
mod watch;

use std::fmt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

/// Reads, appends, watches and mirrors mail by IMAP. Messages are named by their UIDs.
///
/// Exit status: 0 when all was done, 1 when something failed, 2 for wrong usage.
#[derive(Parser)]
pub struct Arguments {
    /// The server; without a port 143, or 993 with `--tls implicit`.
    #[arg(long, value_name = "HOST[:PORT]")]
    server: String,
    /// How the connection is protected.
    #[arg(long, value_enum, default_value = "starttls")]
    tls: Tls,
    /// Take any certificate, and send passwords without TLS, too.
    #[arg(long)]
    insecure: bool,
    /// Show the server this certificate (PEM).
    #[arg(long, value_name = "PEM", requires = "key")]
    cert: Option<PathBuf>,
    /// The key of that certificate (PEM).
    #[arg(long, value_name = "PEM", requires = "cert")]
    key: Option<PathBuf>,
    /// Log in as this user.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// With this password, or OAuth token; asked for when neither here nor in the environment.
    #[arg(long, value_name = "PASS", env = "IMAP_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// By this mechanism; the best that the server offers without it.
    #[arg(long, value_enum, ignore_case = true)]
    mechanism: Option<MechanismName>,
    /// Do as if the server did not offer this capability: COMPRESS=DEFLATE, QRESYNC, IDLE; may be given several times.
    #[arg(long, value_name = "CAPABILITY")]
    without: Vec<String>,
    /// The mailbox that search, fetch, flag and move are about.
    #[arg(long, value_name = "NAME", default_value = "INBOX")]
    mailbox: String,
    /// Print no progress.
    #[arg(long)]
    quiet: bool,
    /// Say on standard error how the session goes.
    #[arg(long, short)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List mailboxes: attributes, hierarchy delimiter, name.
    List {
        /// Those with such names: `*` is anything, `%` anything within a level.
        #[arg(default_value = "*")]
        pattern: String,
    },
    /// Say how many messages mailboxes have.
    Status {
        /// The mailboxes; INBOX without.
        mailboxes: Vec<String>,
    },
    /// Print the UIDs of the messages that fit, one in a line.
    Search {
        /// Search keys as in IMAP: `UNSEEN SINCE 1-Feb-2025 SUBJECT "two words"`.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        keys: Vec<String>,
    },
    /// Print things about messages.
    Fetch {
        /// Write contents into files in this folder, not to standard output.
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// A set of UIDs: `17`, `1:9,12`, `5:*`.
        set: String,
        /// Items as in IMAP: `FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[1]`.
        #[arg(required = true, trailing_var_arg = true)]
        items: Vec<String>,
    },
    /// Write a part of a message to a file, without its transfer encoding.
    Save {
        mailbox: String,
        uid: u32,
        /// The number of the part: `2`, `1.2`; or `all` for the message as it is.
        part: String,
        file: PathBuf,
    },
    /// Put a message into a mailbox.
    Append {
        /// A flag to give it, such as `\Seen`; may be given several times.
        #[arg(long, value_name = "FLAG")]
        flag: Vec<String>,
        mailbox: String,
        /// The message; lines may end in LF.
        file: PathBuf,
    },
    /// Make a mailbox.
    Create { mailbox: String },
    /// Change the flags of messages.
    Flag {
        /// A set of UIDs.
        set: String,
        /// As in IMAP: `+FLAGS (\Seen)`, `-FLAGS (\Flagged)`.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        change: Vec<String>,
    },
    /// Move messages to another mailbox.
    Move {
        /// A set of UIDs.
        set: String,
        to: String,
    },
    /// Print what happens in a mailbox until interrupted.
    Watch {
        /// Seconds between questions to a server without IDLE.
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        poll: u64,
        #[arg(default_value = "INBOX")]
        mailbox: String,
    },
    /// Mirror all mailboxes into Maildirs; what was mirrored before is only brought up to date.
    ///
    /// The server is always right: what was deleted or renamed here is put right, and files of others are left alone.
    Sync {
        /// The Maildir++ folder: INBOX is the folder itself, all others are folders in it.
        dir: PathBuf,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tls {
    Starttls,
    Implicit,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MechanismName {
    #[value(name = "scram-sha-256")]
    ScramSha256,
    #[value(name = "scram-sha-1")]
    ScramSha1,
    Plain,
    Login,
    /// The command LOGIN, which is older than mechanisms.
    LoginCommand,
    Xoauth2,
    Oauthbearer,
    External,
    Anonymous,
}

/// What the user has to write otherwise: exit status 2.
#[derive(Debug)]
struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imap_client: {}", shown::shown(&format!("{error:#}")));
            match error.is::<Usage>() {
                true => ExitCode::from(2),
                false => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(mut arguments: Arguments) -> anyhow::Result<()> {
    // What can be said without a server is said without one.
    query::check(&arguments.command)?;
    ask_for_password(&mut arguments)?;
    let mut connection = login::connect(&arguments).await?;
    let mailbox = &arguments.mailbox;
    match &arguments.command {
        Command::List { pattern } => commands::list(&mut connection, pattern).await?,
        Command::Status { mailboxes } => commands::status(&mut connection, mailboxes).await?,
        Command::Search { keys } => commands::search(&mut connection, mailbox, keys).await?,
        Command::Fetch { to, set, items } => {
            commands::fetch(&mut connection, mailbox, to.as_deref(), set, items).await?;
        }
        Command::Save { mailbox, uid, part, file } => {
            save::save(&mut connection, mailbox, *uid, part, file).await?;
        }
        Command::Append { flag, mailbox, file } => {
            append::append(&mut connection, mailbox, flag, file).await?;
        }
        Command::Create { mailbox } => commands::create(&mut connection, mailbox).await?,
        Command::Flag { set, change } => commands::flag(&mut connection, mailbox, set, change).await?,
        Command::Move { set, to } => commands::move_to(&mut connection, mailbox, set, to).await?,
        Command::Watch { poll, mailbox } => watch::watch(&mut connection, mailbox, *poll).await?,
        Command::Sync { dir } => sync::sync(&mut connection, dir).await?,
    }
    connection.log_out().await;
    Ok(())
}

fn ask_for_password(arguments: &mut Arguments) -> anyhow::Result<()> {
    let needs_none = matches!(arguments.mechanism, Some(MechanismName::External | MechanismName::Anonymous));
    if arguments.user.is_some() && arguments.password.is_none() && !needs_none {
        if !std::io::stdin().is_terminal() {
            bail!("no password: give --password, set IMAP_PASSWORD, or run on a terminal");
        }
        arguments.password =
            Some(rpassword::prompt_password("password: ").context("cannot ask for the password")?);
    }
    Ok(())
}

/// A bar for so many octets; none where nobody looks, and for what is through at once.
fn progress_bar(octets: u64, quiet: bool) -> anyhow::Result<ProgressBar> {
    const AT_ONCE: u64 = 1024 * 1024;
    if quiet || octets < AT_ONCE || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}")?;
    Ok(ProgressBar::new(octets).with_style(style))
}
