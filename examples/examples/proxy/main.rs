//! Stands between clients and a server, passes on every octet as it came, and logs what is said.
//!
//! ```text
//! cargo run --release --example proxy -- imap --listen 127.0.0.1:1143 --upstream imap.example.org:143
//! ```
//!
//! The log has a line for each event: what was asked, what answers it, how large a literal or a body was. Passwords, tokens and
//! what may be one do not show, and neither do messages. STARTTLS ends here: the proxy passes on the command and its answer,
//! makes a handshake on either side, and follows what is said inside.

mod connection;
mod follow;
mod imap;
mod inflate;
mod log;
mod smtp;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use examples::net::{self, Ending, listen};
use rustls_pki_types::ServerName;
use tokio::net::TcpListener;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::connection::Connection;
use crate::log::Log;

/// A proxy that changes nothing and logs everything but secrets.
///
/// Prints `listening on ADDRESS:PORT`; port 0 picks a free one.
#[derive(Parser)]
struct Arguments {
    /// What is spoken.
    protocol: Protocol,
    /// Where clients connect.
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// The server behind the proxy.
    #[arg(long, value_name = "HOST:PORT")]
    upstream: String,
    /// Append the log to this file; without it the log goes to standard output.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// A certificate chain for clients that use STARTTLS; without one a self-signed certificate is made.
    #[arg(long, value_name = "PEM", requires = "key")]
    cert: Option<PathBuf>,
    /// Its key.
    #[arg(long, value_name = "PEM", requires = "cert")]
    key: Option<PathBuf>,
    /// The name in the self-signed certificate.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    domain: String,
    /// Trust these certificates of the server, in place of Mozilla's roots.
    #[arg(long, value_name = "PEM", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Do not check the server's certificate.
    #[arg(long)]
    insecure: bool,
    /// Do not log to standard output.
    #[arg(long)]
    quiet: bool,
}

/// What the proxy reads.
#[derive(Clone, Copy, ValueEnum)]
pub enum Protocol {
    /// IMAP.
    Imap,
    /// SMTP and submission.
    Smtp,
    /// LMTP.
    Lmtp,
}

/// What all connections share.
pub struct Proxy {
    pub protocol: Protocol,
    pub upstream: String,
    /// The name that the server's certificate has to have.
    pub server_name: ServerName<'static>,
    pub acceptor: TlsAcceptor,
    pub connector: TlsConnector,
    pub log: Log,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("proxy: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let pem = arguments.cert.as_deref().zip(arguments.key.as_deref());
    let host = arguments.upstream.rsplit_once(':').map(|(host, _)| host.trim_matches(['[', ']']));
    let host = host.with_context(|| format!("{} is not HOST:PORT", arguments.upstream))?;
    let proxy = Arc::new(Proxy {
        protocol: arguments.protocol,
        server_name: examples::tls::server_name(host)?,
        acceptor: examples::tls::acceptor(pem, &arguments.domain)?,
        connector: match &arguments.ca {
            Some(pem) => examples::tls::connector_trusting(pem)?,
            None => examples::tls::connector(arguments.insecure)?,
        },
        log: Log::open(arguments.log.as_deref(), arguments.quiet)?,
        upstream: arguments.upstream,
    });
    // Before anyone is told that there is a proxy.
    let ending = Ending::new()?;
    let listener = listen(arguments.listen).await?;
    tokio::select! {
        () = accept(listener, proxy) => {}
        () = ending.wait() => {}
    }
    Ok(())
}

async fn accept(listener: TcpListener, proxy: Arc<Proxy>) {
    for number in 1.. {
        let (tcp, peer) = net::accept(&listener).await;
        tokio::spawn(Connection::new(number, Arc::clone(&proxy)).run(tcp, peer));
    }
}
