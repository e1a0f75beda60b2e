//! One connection: the machine, the stream, and what the machine's events mean here.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::{Buf, BytesMut};
use examples::net::{Stream, write_all};
use smtp_proto::auth::{Mechanism, Secret};
use smtp_proto::ehlo::{EhloReply, Keyword};
use smtp_proto::server::{Event, Options, Protocol};
use smtp_proto::status::{EnhancedCode, ReplyCode};
use smtp_proto::text::Text;
use smtp_proto::{Command, Received, Reply, Server, Token, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::Service;
use crate::store::Incoming;

/// One connection.
pub struct Session {
    service: Arc<Service>,
    protocol: Protocol,
    machine: Server,
    transaction: Transaction,
    login: Login,
}

/// Sender, recipients, and the message as far as it has come.
#[derive(Default)]
struct Transaction {
    from: String,
    to: Vec<String>,
    message: Option<Incoming>,
}

/// How far an AUTH exchange has come.
#[derive(Default)]
enum Login {
    #[default]
    Idle,
    Plain,
    User,
    Password(String),
}

/// What the loop does after an event.
enum Next {
    Go,
    Tls,
    Close,
}

impl Session {
    pub fn new(service: Arc<Service>, protocol: Protocol) -> Self {
        let mut options = Options::new(protocol);
        options.limits.message = Some(service.max_size);
        options.stray = service.stray;
        options.allow_plaintext_secrets = service.insecure_auth;
        Self {
            machine: Server::new(options),
            service,
            protocol,
            transaction: Transaction::default(),
            login: Login::default(),
        }
    }

    pub async fn run(mut self, mut stream: Stream, is_tls: bool) -> anyhow::Result<()> {
        if is_tls {
            self.machine.tls_established()?;
        }
        let mut input = BytesMut::with_capacity(16 * 1024);
        self.machine.greet(&line(
            ReplyCode::SERVICE_READY,
            None,
            &format!("{} ESMTP ready", self.service.domain.as_str()),
        ))?;
        loop {
            let Some(Received { consumed, event }) = self.machine.receive(&input)? else {
                write_all(&mut stream, self.machine.transmit()).await?;
                if stream.read_buf(&mut input).await? == 0 {
                    return self.machine.receive_eof(&input).context("the client hung up");
                }
                continue;
            };
            let next = self.event(event).await?;
            input.advance(consumed);
            match next {
                Next::Go => {}
                Next::Tls => {
                    write_all(&mut stream, self.machine.transmit()).await?;
                    stream = Box::new(self.service.tls.accept(stream).await.context("TLS handshake")?);
                    self.machine.tls_established()?;
                    self.transaction = Transaction::default();
                }
                Next::Close => {
                    write_all(&mut stream, self.machine.transmit()).await?;
                    stream.shutdown().await?;
                    return Ok(());
                }
            }
        }
    }

    async fn event(&mut self, event: Event<'_>) -> anyhow::Result<Next> {
        match event {
            Event::Command { token, command, .. } => {
                let reply = self.command(command);
                self.machine.reply(token, &reply)?;
            }
            Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => {
                self.machine.reply(token, &reply)?;
            }
            Event::StartTls { token } => {
                self.machine.reply(token, &line(ReplyCode::SERVICE_READY, enhanced(2, 0, 0), "go ahead"))?;
                return Ok(Next::Tls);
            }
            Event::Auth { token, mechanism, initial_response } => {
                self.auth(token, &mechanism, initial_response)?
            }
            Event::Answer { token, response } => self.answer(token, &response)?,
            Event::Cancelled { token } => {
                self.login = Login::Idle;
                self.machine.reply(token, &line(ReplyCode::BAD_ARGUMENTS, enhanced(5, 0, 0), "cancelled"))?;
            }
            Event::Chunk(chunk) => {
                if self.transaction.message.is_none() {
                    self.transaction.message = Some(self.service.store.begin().await?);
                }
                if let Some(message) = &mut self.transaction.message {
                    message.write(chunk).await?;
                }
            }
            Event::ChunkEnd { token } => {
                self.machine.reply(token, &line(ReplyCode::OK, enhanced(2, 0, 0), "chunk taken"))?;
            }
            Event::BodyEnd { token, refusal } => self.body_end(token, refusal).await?,
            Event::Foreign(what) => bail!("the client speaks another protocol: {what:?}"),
            Event::Close => return Ok(Next::Close),
            // Reported again at the end of the body.
            _ => {}
        }
        Ok(Next::Go)
    }

    fn command(&mut self, command: Command<'_>) -> Reply<'static> {
        let ok = |text| line(ReplyCode::OK, enhanced(2, 0, 0), text);
        match command {
            Command::Ehlo(_) | Command::Lhlo(_) => {
                self.transaction = Transaction::default();
                self.hello()
            }
            Command::Helo(_) => {
                self.transaction = Transaction::default();
                line(ReplyCode::OK, None, self.service.domain.as_str())
            }
            Command::Mail(mail) => {
                self.transaction = Transaction { from: mail.from.to_string(), ..Transaction::default() };
                line(ReplyCode::OK, enhanced(2, 1, 0), "sender ok")
            }
            // For trying out refusals.
            Command::Rcpt(rcpt) if rcpt.to.to_string().starts_with("<nouser@") => {
                line(ReplyCode::MAILBOX_UNAVAILABLE, enhanced(5, 1, 1), "no such user here")
            }
            Command::Rcpt(rcpt) => {
                self.transaction.to.push(rcpt.to.to_string());
                line(ReplyCode::OK, enhanced(2, 1, 5), "recipient ok")
            }
            Command::Data => line(ReplyCode::GO_AHEAD, None, "end data with <CR><LF>.<CR><LF>"),
            Command::Rset => {
                self.transaction = Transaction::default();
                ok("flushed")
            }
            Command::Noop(_) => ok("ok"),
            Command::Vrfy(_) => {
                line(ReplyCode::CANNOT_VERIFY, enhanced(2, 5, 0), "send some mail, I will try my best")
            }
            Command::Help(_) => {
                line(ReplyCode::HELP, enhanced(2, 0, 0), "EHLO MAIL RCPT DATA BDAT RSET NOOP QUIT")
            }
            Command::Quit => line(ReplyCode::SERVICE_CLOSING, enhanced(2, 0, 0), "bye"),
            _ => line(ReplyCode::NOT_IMPLEMENTED, enhanced(5, 5, 1), "not implemented"),
        }
    }

    fn hello(&self) -> Reply<'static> {
        let service = &self.service;
        let mut reply = EhloReply::new(&service.domain)
            .with(Keyword::Pipelining)
            .with(Keyword::Size(service.max_size.into()))
            .with(Keyword::EightBitMime)
            .with(Keyword::SmtpUtf8)
            .with(Keyword::Dsn)
            .with(Keyword::Chunking)
            .with(Keyword::EnhancedStatusCodes);
        if !self.machine.is_tls() {
            reply = reply.with(Keyword::StartTls);
        }
        if service.login.is_some() && (self.machine.is_tls() || service.insecure_auth) {
            reply = reply.with(Keyword::Auth([Mechanism::PLAIN, Mechanism::LOGIN].into_iter().collect()));
        }
        reply.into_reply()
    }

    fn auth(
        &mut self,
        token: Token,
        mechanism: &Mechanism<'_>,
        initial: Option<Secret>,
    ) -> anyhow::Result<()> {
        if *mechanism == Mechanism::PLAIN {
            self.login = Login::Plain;
        } else if *mechanism == Mechanism::LOGIN {
            self.login = Login::User;
        } else {
            let reply =
                line(ReplyCode::PARAMETER_NOT_IMPLEMENTED, enhanced(5, 5, 4), "mechanism not offered");
            return Ok(self.machine.reply(token, &reply)?);
        }
        match initial {
            Some(response) => self.answer(token, &response),
            None if matches!(self.login, Login::User) => Ok(self.machine.challenge(token, b"Username:")?),
            None => Ok(self.machine.challenge(token, b"")?),
        }
    }

    fn answer(&mut self, token: Token, response: &Secret) -> anyhow::Result<()> {
        let text = || String::from_utf8_lossy(response.as_bytes()).into_owned();
        let given = match std::mem::take(&mut self.login) {
            Login::User => {
                self.login = Login::Password(text());
                return Ok(self.machine.challenge(token, b"Password:")?);
            }
            Login::Password(user) => Some((user, text())),
            Login::Plain => {
                // RFC 4616: authorisation identity NUL authentication identity NUL password.
                let mut parts = response.as_bytes().split(|&octet| octet == 0).skip(1);
                let mut part = || parts.next().map(|part| String::from_utf8_lossy(part).into_owned());
                part().zip(part())
            }
            Login::Idle => None,
        };
        let reply = if given.is_some() && given == self.service.login {
            line(ReplyCode::AUTHENTICATED, enhanced(2, 7, 0), "welcome")
        } else {
            line(ReplyCode::CREDENTIALS_INVALID, enhanced(5, 7, 8), "wrong user or password")
        };
        Ok(self.machine.reply(token, &reply)?)
    }

    async fn body_end(&mut self, token: Token, refusal: Option<Reply<'static>>) -> anyhow::Result<()> {
        let transaction = std::mem::take(&mut self.transaction);
        let copies = if self.protocol == Protocol::Lmtp { transaction.to.len() } else { 1 };
        let reply = match refusal {
            Some(refusal) => refusal,
            None => self.deliver(transaction).await?,
        };
        for _ in 0..copies {
            self.machine.reply(token, &reply)?;
        }
        Ok(())
    }

    async fn deliver(&self, transaction: Transaction) -> anyhow::Result<Reply<'static>> {
        let Transaction { from, to, message } = transaction;
        let message = match message {
            Some(message) => message,
            None => self.service.store.begin().await?,
        };
        let octets = message.octets;
        let kept = message.keep().await?;
        if !self.service.quiet {
            let file = kept.map_or_else(|| "-".into(), |path| path.display().to_string());
            let to = to.join(",");
            // Nobody may read it any more, and the message is kept.
            let _ = writeln!(std::io::stdout(), "message from={from} to={to} bytes={octets} file={file}");
        }
        Ok(line(ReplyCode::OK, enhanced(2, 0, 0), &format!("{octets} octets taken")))
    }
}

fn enhanced(class: u16, subject: u16, detail: u16) -> Option<EnhancedCode> {
    EnhancedCode::new(class, subject, detail)
}

/// A reply of one line; the text is ours, or a number, or the domain of the command line.
fn line(code: ReplyCode, enhanced: Option<EnhancedCode>, text: &str) -> Reply<'static> {
    Reply::new(code, enhanced, Text::try_from(text).unwrap_or(text!("ok")))
}
