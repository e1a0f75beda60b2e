//! Receives mail by SMTP, submission and LMTP, and keeps it in a Maildir or prints it.
//!
//! ```text
//! cargo run --release --example smtp_server -- --listen 127.0.0.1:2525 --user me --password secret --maildir /tmp/mail
//! ```

mod session;
mod store;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use examples::net::{self, Ending, Stream, listen};
use examples::password::password;
use smtp_proto::address::Domain;
use smtp_proto::body::Stray;
use smtp_proto::server::Protocol;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::store::Store;

/// An SMTP, submission and LMTP server.
///
/// Prints `listening on ADDRESS:PORT`, one line for each listener in the order of the options below; port 0 picks a free one.
#[derive(Parser)]
struct Arguments {
    /// SMTP with STARTTLS.
    #[arg(long, value_name = "ADDR", required_unless_present_any = ["listen_tls", "submission", "lmtp"])]
    listen: Option<SocketAddr>,
    /// Submission inside TLS from the first octet.
    #[arg(long, value_name = "ADDR")]
    listen_tls: Option<SocketAddr>,
    /// Submission with STARTTLS: nothing is taken without AUTH.
    #[arg(long, value_name = "ADDR")]
    submission: Option<SocketAddr>,
    /// LMTP.
    #[arg(long, value_name = "ADDR")]
    lmtp: Option<SocketAddr>,
    /// Who may log in.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// With which password; asked for when neither here nor in the environment.
    #[arg(long, value_name = "PASS", env = "SMTP_PASSWORD", hide_env_values = true, requires = "user")]
    password: Option<String>,
    /// The server's name.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    domain: String,
    /// Where messages are kept; without it they are printed.
    #[arg(long, value_name = "DIR")]
    maildir: Option<PathBuf>,
    /// The largest message, in octets.
    #[arg(long, value_name = "BYTES", default_value_t = 50 * 1024 * 1024)]
    max_size: u64,
    /// What becomes of stray CR, LF and NUL in messages. Where a message ends does not depend on it.
    #[arg(long, value_enum, default_value = "reject")]
    stray: StrayName,
    /// A certificate chain; without one a self-signed certificate is made.
    #[arg(long, value_name = "PEM", requires = "key")]
    cert: Option<PathBuf>,
    /// Its key.
    #[arg(long, value_name = "PEM", requires = "cert")]
    key: Option<PathBuf>,
    /// Allow AUTH on connections without TLS.
    #[arg(long)]
    insecure_auth: bool,
    /// Do not print what happens.
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum StrayName {
    /// The message is refused.
    Reject,
    /// The connection is closed.
    Close,
    /// CR and LF become CRLF, NUL is kept.
    Normalise,
    /// The message is kept as it is: not for who passes it on.
    Preserve,
}

impl From<StrayName> for Stray {
    fn from(name: StrayName) -> Self {
        match name {
            StrayName::Reject => Self::Reject,
            StrayName::Close => Self::Close,
            StrayName::Normalise => Self::Normalise,
            StrayName::Preserve => Self::Preserve,
        }
    }
}

/// What all connections share.
pub struct Service {
    pub domain: Domain<'static>,
    pub login: Option<(String, String)>,
    pub max_size: u64,
    pub stray: Stray,
    pub insecure_auth: bool,
    pub tls: TlsAcceptor,
    pub store: Store,
    pub quiet: bool,
}

/// One listener: where, which protocol, and whether TLS comes first.
#[derive(Clone, Copy)]
struct Port {
    address: Option<SocketAddr>,
    protocol: Protocol,
    implicit_tls: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smtp_server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let pem = arguments.cert.as_deref().zip(arguments.key.as_deref());
    let domain =
        Domain::parse(&arguments.domain).with_context(|| format!("{} is no domain", arguments.domain))?;
    let domain = domain.into_owned();
    let login = match arguments.user {
        Some(user) => Some((user, password(arguments.password, "SMTP_PASSWORD")?)),
        None => None,
    };
    let service = Arc::new(Service {
        tls: examples::tls::acceptor(pem, &arguments.domain)?,
        store: Store::open(arguments.maildir)?,
        login,
        domain,
        max_size: arguments.max_size,
        stray: arguments.stray.into(),
        insecure_auth: arguments.insecure_auth,
        quiet: arguments.quiet,
    });
    // Before anyone is told that there is a server.
    let ending = Ending::new()?;
    let ports = [
        Port { address: arguments.listen, protocol: Protocol::Smtp, implicit_tls: false },
        Port { address: arguments.listen_tls, protocol: Protocol::Submission, implicit_tls: true },
        Port { address: arguments.submission, protocol: Protocol::Submission, implicit_tls: false },
        Port { address: arguments.lmtp, protocol: Protocol::Lmtp, implicit_tls: false },
    ];
    for port in ports {
        let Some(address) = port.address else { continue };
        let listener = listen(address).await?;
        tokio::spawn(accept(listener, port, Arc::clone(&service)));
    }
    ending.wait().await;
    Ok(())
}

async fn accept(listener: TcpListener, port: Port, service: Arc<Service>) {
    loop {
        let (tcp, peer) = net::accept(&listener).await;
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            let quiet = service.quiet;
            if let Err(error) = connection(tcp, port, service).await
                && !quiet
            {
                eprintln!("{peer}: {error:#}");
            }
        });
    }
}

async fn connection(tcp: TcpStream, port: Port, service: Arc<Service>) -> anyhow::Result<()> {
    tcp.set_nodelay(true)?;
    let stream: Stream =
        if port.implicit_tls { Box::new(service.tls.accept(tcp).await?) } else { Box::new(tcp) };
    session::Session::new(service, port.protocol).run(stream, port.implicit_tls).await
}
