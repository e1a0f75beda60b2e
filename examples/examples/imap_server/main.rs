//! Serves mailboxes by IMAP: those of a Maildir or an mbox file, or empty ones.
//!
//! ```text
//! cargo run --release --example imap_server -- --listen 127.0.0.1:1143 --user me --password secret --maildir ~/Maildir
//! ```
//!
//! The protocol is in `session`, `commands`, `answer`, `select`, `list`, `messages`, `append`, `query` and `access`: less than 1,500
//! lines, comments left out. What else there is, is what any mail store needs: mailboxes and their files, MIME, searching,
//! sorting, threads, and what a message (`items`) and a mailbox (`view`) say of themselves.

mod access;
mod answer;
mod append;
mod commands;
mod items;
mod list;
mod mailboxes;
mod maildir;
mod messages;
mod mime;
mod query;
mod search;
mod select;
mod session;
mod sort;
mod store;
mod structure;
mod thread;
mod view;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use examples::net::{self, Ending, Stream, listen};
use examples::password::password;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::mailboxes::Mailboxes;
use crate::maildir::Maildir;
use crate::store::Store;

/// An IMAP4rev1 and IMAP4rev2 server with its mailboxes in memory.
///
/// Prints `listening on ADDRESS:PORT`, one line for each listener in the order of the options below; port 0 picks a free
/// one. Then prints one line for each command.
#[derive(Parser)]
struct Arguments {
    /// IMAP with STARTTLS.
    #[arg(long, value_name = "ADDR", required_unless_present = "listen_tls")]
    listen: Option<SocketAddr>,
    /// IMAP inside TLS from the first octet.
    #[arg(long, value_name = "ADDR")]
    listen_tls: Option<SocketAddr>,
    /// Who may log in.
    #[arg(long, value_name = "NAME")]
    user: String,
    /// With which password; asked for when neither here nor in the environment.
    #[arg(long, value_name = "PASS", env = "IMAP_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// The mailboxes: a Maildir++.
    #[arg(long, value_name = "DIR", conflicts_with = "mbox")]
    maildir: Option<PathBuf>,
    /// The messages of INBOX: an mbox file.
    #[arg(long, value_name = "FILE")]
    mbox: Option<PathBuf>,
    /// Write changes to the Maildir; without it they stay in memory. Nobody else may change it meanwhile.
    #[arg(long, requires = "maildir")]
    write: bool,
    /// The largest message, in octets.
    #[arg(long, value_name = "BYTES", default_value_t = 64 * 1024 * 1024)]
    max_size: u64,
    /// What all messages together may have, in octets.
    #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024 * 1024)]
    quota: u64,
    /// A certificate chain; without one a self-signed certificate is made.
    #[arg(long, value_name = "PEM", requires = "key")]
    cert: Option<PathBuf>,
    /// Its key.
    #[arg(long, value_name = "PEM", requires = "cert")]
    key: Option<PathBuf>,
    /// Allow passwords on connections without TLS.
    #[arg(long)]
    insecure_auth: bool,
    /// Do not print what happens.
    #[arg(long)]
    quiet: bool,
}

/// What all connections share.
pub struct Service {
    pub login: (String, String),
    pub max_size: u64,
    pub insecure_auth: bool,
    pub tls: TlsAcceptor,
    pub store: Store,
    pub quiet: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imap_server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let pem = arguments.cert.as_deref().zip(arguments.key.as_deref());
    let service = Arc::new(Service {
        tls: examples::tls::acceptor(pem, "localhost")?,
        store: Store::new(mailboxes(&arguments)?),
        login: (arguments.user, password(arguments.password, "IMAP_PASSWORD")?),
        max_size: arguments.max_size,
        insecure_auth: arguments.insecure_auth,
        quiet: arguments.quiet,
    });
    // Before anyone is told that there is a server.
    let ending = Ending::new()?;
    for (address, is_tls) in [(arguments.listen, false), (arguments.listen_tls, true)] {
        let Some(address) = address else { continue };
        let listener = listen(address).await?;
        tokio::spawn(accept(listener, is_tls, Arc::clone(&service)));
    }
    ending.wait().await;
    Ok(())
}

/// What there is to serve.
fn mailboxes(arguments: &Arguments) -> anyhow::Result<Mailboxes> {
    let mut mailboxes = Mailboxes::new(arguments.quota);
    if arguments.maildir.is_none() {
        mailboxes.load("INBOX", None);
    }
    if let Some(path) = &arguments.mbox {
        maildir::load_mbox(&mut mailboxes, path)?;
    }
    if let Some(root) = &arguments.maildir {
        if arguments.write {
            let context = || format!("cannot make {}", root.display());
            mailboxes.maildir = Some(Maildir::new(root).with_context(context)?);
        }
        maildir::load(&mut mailboxes, root, arguments.write)?;
    }
    Ok(mailboxes)
}

async fn accept(listener: TcpListener, is_tls: bool, service: Arc<Service>) {
    loop {
        let (tcp, peer) = net::accept(&listener).await;
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            let quiet = service.quiet;
            if let Err(error) = connection(tcp, is_tls, service).await
                && !quiet
            {
                eprintln!("{peer}: {error:#}");
            }
        });
    }
}

async fn connection(tcp: TcpStream, is_tls: bool, service: Arc<Service>) -> anyhow::Result<()> {
    tcp.set_nodelay(true)?;
    let stream: Stream = if is_tls { Box::new(service.tls.accept(tcp).await?) } else { Box::new(tcp) };
    session::Session::new(service, stream).run(is_tls).await
}
