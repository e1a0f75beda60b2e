//! One message to its recipients, over one connection.

use std::fmt;
use std::io::IsTerminal;

use anyhow::{Context, bail};
use bytes::Bytes;
use examples::net::Stream;
use indicatif::{ProgressBar, ProgressStyle};
use smtp_proto::address::{Domain, ForwardPath, ReversePath};
use smtp_proto::auth::{Credentials, Login, Mechanism, OauthBearer, Plain, XOauth2};
use smtp_proto::body::Stray;
use smtp_proto::client::{Options, Protocol, TlsPolicy, Transfer};
use smtp_proto::ehlo::Extension;
use smtp_proto::ext::{BodyKind, Envid, Notify, Ret};
use smtp_proto::parameter::{MailParameter, RcptParameter};
use smtp_proto::{Client, Command, Dialect, Mail, Rcpt, Reply, Token};
use tokio::net::TcpStream;

use crate::connection::{Connection, said};
use crate::{Arguments, MechanismName, Returned, Tls, TransferName};

/// What became of one recipient.
pub struct Outcome {
    pub recipient: String,
    pub status: Status,
    /// The server's words.
    pub said: String,
    /// `5.1.1`, from the reply or from its code.
    pub status_code: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Accepted,
    /// It may work later.
    Deferred,
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
        })
    }
}

impl Outcome {
    fn new(recipient: &str, reply: &Reply<'_>) -> Self {
        let code = reply.code();
        let status = match () {
            () if code.is_positive() => Status::Accepted,
            () if code.is_transient() => Status::Deferred,
            () => Status::Failed,
        };
        let status_code = reply
            .enhanced()
            .map_or_else(|| format!("{}.0.0", code.get() / 100), |enhanced| enhanced.to_string());
        Self { recipient: recipient.to_owned(), status, said: said(reply), status_code }
    }
}

/// Sends `message` as `arguments` say; what became of each recipient, in their order.
pub async fn deliver(arguments: &Arguments, message: &Bytes) -> anyhow::Result<Vec<Outcome>> {
    let mut connection = connect(arguments).await?;
    let outcomes = transact(&mut connection, arguments, message).await?;
    let quit = connection.machine.send(&Command::Quit)?;
    // The message is on its way whatever the server says now.
    let _ = connection.reply(quit).await;
    Ok(outcomes)
}

/// A connection that is greeted, protected and logged in as `arguments` say.
async fn connect(arguments: &Arguments) -> anyhow::Result<Connection> {
    let protocol = if arguments.lmtp { Protocol::Lmtp } else { Protocol::Submission };
    let tls = arguments.tls();
    let mut server = arguments.server.clone();
    if !server.contains(':') {
        let port = protocol
            .default_port(tls == Tls::Implicit)
            .context("LMTP has no port of its own: give HOST:PORT")?;
        server += &format!(":{port}");
    }
    let server = &server;
    let (host, _) = server.rsplit_once(':').with_context(|| format!("{server} is not HOST:PORT"))?;
    let connector = examples::tls::connector(arguments.insecure)?;
    let name = examples::tls::server_name(host.trim_matches(['[', ']']))?;
    let tcp = TcpStream::connect(server).await.with_context(|| format!("cannot connect to {server}"))?;
    tcp.set_nodelay(true)?;
    let stream: Stream = match tls {
        Tls::Implicit => Box::new(connector.connect(name.clone(), tcp).await.context("TLS handshake")?),
        Tls::Starttls | Tls::None => Box::new(tcp),
    };
    let mut options = Options::new(protocol);
    options.tls = match tls {
        Tls::Implicit => TlsPolicy::Implicit,
        Tls::Starttls => TlsPolicy::RequireStartTls,
        Tls::None => TlsPolicy::None,
    };
    options.allow_plaintext_secrets = arguments.insecure;
    options.stray = Stray::Normalise;
    // Long lines and octets that MAIL could not declare are the server's to refuse.
    (options.body_line, options.allow_undeclared_8bit) = (None, true);
    options.dialect = Dialect::TOLERANT;
    let mut connection = Connection::new(Client::new(options), stream);
    let greeting = connection.greeting().await?;
    if !greeting.code().is_positive() {
        bail!("the server refuses to talk: {}", said(&greeting));
    }
    hello(&mut connection, arguments).await?;
    if tls == Tls::Starttls {
        let token = connection.machine.start_tls()?;
        if let Some(reply) = connection.ready_for_tls(token).await? {
            bail!("the server refuses TLS: {}", said(&reply));
        }
        let handshake = |plain: Stream| async move {
            Ok(Box::new(connector.connect(name, plain).await.context("TLS handshake")?) as Stream)
        };
        connection.upgrade(handshake).await?;
        hello(&mut connection, arguments).await?;
    }
    if let Some(user) = &arguments.user {
        let credentials = credentials(&connection, arguments, user)?;
        let token = connection.machine.authenticate(credentials)?;
        let reply = connection.reply(token).await?;
        if !reply.code().is_positive() {
            bail!("the server does not let {user} in: {}", said(&reply));
        }
    }
    Ok(connection)
}

async fn hello(connection: &mut Connection, arguments: &Arguments) -> anyhow::Result<()> {
    let name =
        Domain::parse(&arguments.helo).with_context(|| format!("{} is no host name", arguments.helo))?;
    let token = connection.machine.hello(name)?;
    let reply = connection.reply(token).await?;
    if !reply.code().is_positive() {
        bail!("the server does not greet back: {}", said(&reply));
    }
    Ok(())
}

fn credentials(connection: &Connection, arguments: &Arguments, user: &str) -> anyhow::Result<Credentials> {
    let password = arguments.password.as_deref().unwrap_or_default();
    let offers_plain = connection.machine.capabilities().has_mechanism(&Mechanism::PLAIN);
    let mechanism =
        arguments.mechanism.unwrap_or(if offers_plain { MechanismName::Plain } else { MechanismName::Login });
    Ok(match mechanism {
        MechanismName::Plain => Plain::new("", user, password)?.into(),
        MechanismName::Login => Login::new(user, password)?.into(),
        MechanismName::Xoauth2 => XOauth2::new(user, password)?.into(),
        MechanismName::Oauthbearer => OauthBearer::new(user, password)?.into(),
    })
}

/// The envelope and the message, all in one group where the server allows it.
async fn transact(
    connection: &mut Connection,
    arguments: &Arguments,
    message: &Bytes,
) -> anyhow::Result<Vec<Outcome>> {
    let offers_chunking = connection.machine.capabilities().has(Extension::Chunking);
    let transfer = match arguments.transfer {
        Some(TransferName::Data) => Transfer::Data,
        Some(TransferName::Bdat) => Transfer::Chunking,
        None if offers_chunking => Transfer::Chunking,
        None => Transfer::Data,
    };
    let mail = {
        let mail = envelope(connection, arguments, message)?;
        connection.machine.send(&Command::Mail(mail))?
    };
    let mut recipients: Vec<(&str, Token)> = Vec::new();
    for recipient in &arguments.to {
        let path = format!("<{recipient}>");
        let to = ForwardPath::parse(&path).with_context(|| format!("{recipient} is no address"))?;
        let mut rcpt = Rcpt::new(to);
        if let Some(when) = &arguments.dsn {
            rcpt = rcpt.with(RcptParameter::Notify(notify(when)?))?;
        }
        recipients.push((recipient, connection.machine.send(&Command::Rcpt(rcpt))?));
    }
    let body = connection.machine.start_body(transfer)?;
    let mut outcomes = Vec::new();
    let refused = match connection.go_ahead(body).await? {
        None => {
            pump(connection, arguments, message).await?;
            None
        }
        reply => reply,
    };
    let mail_reply = connection.reply(mail).await?;
    let mut body_reply = refused;
    for (recipient, token) in recipients {
        let mut reply = connection.reply(token).await?;
        if !mail_reply.code().is_positive() {
            // Without a sender there are no recipients, whatever the server says of them.
            reply = mail_reply.clone();
        } else if reply.code().is_positive() {
            reply = if arguments.lmtp && body_reply.is_none() {
                connection.delivery(token).await?
            } else {
                if body_reply.is_none() {
                    body_reply = Some(connection.reply(body).await?);
                }
                body_reply.clone().context("no reply to the message")?
            };
        }
        outcomes.push(Outcome::new(recipient, &reply));
    }
    Ok(outcomes)
}

fn envelope<'a>(
    connection: &Connection,
    arguments: &'a Arguments,
    message: &Bytes,
) -> anyhow::Result<Mail<'a>> {
    let offers = |extension| connection.machine.capabilities().has(extension);
    let from = &arguments.from;
    let path = format!("<{from}>");
    let path = ReversePath::parse(&path).with_context(|| format!("{from} is no address"))?;
    let mut mail = Mail::new(path.into_owned());
    if offers(Extension::Size) {
        mail = mail.with(MailParameter::Size(message.len() as u64))?;
    }
    if !message.is_ascii() && offers(Extension::EightBitMime) {
        mail = mail.with(MailParameter::Body(BodyKind::EightBitMime))?;
    }
    if !arguments.to.iter().chain([from]).all(|address| address.is_ascii()) {
        mail = mail.with(MailParameter::SmtpUtf8)?;
    }
    if let Some(ret) = arguments.dsn_ret {
        let ret = if ret == Returned::Full { Ret::Full } else { Ret::Hdrs };
        mail = mail.with(MailParameter::Ret(ret))?;
    }
    if let Some(id) = &arguments.dsn_envid {
        mail = mail.with(MailParameter::Envid(Envid::new(id)?))?;
    }
    Ok(mail)
}

/// Hands the message to the machine piece by piece, as fast as the server takes it.
async fn pump(connection: &mut Connection, arguments: &Arguments, message: &Bytes) -> anyhow::Result<()> {
    const PIECE: usize = 64 * 1024;
    let bar = if arguments.quiet || message.len() < 1024 * 1024 || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}")?;
        ProgressBar::new(message.len() as u64).with_style(style)
    };
    let mut rest = message.clone();
    while !rest.is_empty() {
        let piece = rest.split_to(rest.len().min(PIECE));
        bar.inc(piece.len() as u64);
        connection.write(piece).await?;
    }
    connection.machine.finish()?;
    connection.flush().await?;
    bar.finish_and_clear();
    Ok(())
}

fn notify(when: &str) -> anyhow::Result<Notify> {
    let mut notify = Notify::NEVER;
    for event in when.split(',').filter(|_| when != "never") {
        match event {
            "success" => notify.success = true,
            "failure" => notify.failure = true,
            "delay" => notify.delay = true,
            _ => bail!("--dsn {when}: never, or some of success,failure,delay"),
        }
    }
    Ok(notify)
}
