//! The machine and the stream, and what has come of what was asked.

use std::io::Cursor;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::{Buf, Bytes, BytesMut};
use examples::deflate::Deflate;
use examples::net::{Stream, write_all};
use imap_proto::auth::Secret;
use imap_proto::capability::Capabilities;
use imap_proto::client::Event;
use imap_proto::response::{Code, Greeting, Response, Status, StatusKind};
use imap_proto::select::Select;
use imap_proto::{ApiMisuse, Capability, Client, Command, Error, Mailbox, Received, Token};
use tokio::io::{AsyncReadExt, join, split};
use tokio::time::timeout;

use crate::shown::shown;

/// Octets that are read at once, at most.
const PIECE: usize = 64 * 1024;

/// How long a server may take to answer who wants to go.
pub const PARTING: Duration = Duration::from_secs(5);

/// A connection, driven until what is waited for has come.
pub struct Connection {
    pub machine: Client,
    stream: Stream,
    input: BytesMut,
    /// Names of capabilities that are not made use of.
    without: Vec<String>,
    /// What ENABLE was told to be in force.
    pub enabled: Capabilities<'static>,
    pub quiet: bool,
    verbose: bool,
    /// The server's last words.
    bye: Option<String>,
}

/// Is given what the server tells: data, and messages piece by piece.
pub type Handler<'h> = dyn FnMut(&Event<'_>) -> anyhow::Result<()> + 'h;

/// What has happened.
pub enum Step {
    /// Something was told, and the handler has had it.
    Told,
    Greeting(Greeting<'static>),
    Finished(Token, Status<'static>),
    GoAhead(Token),
    Challenge(Secret),
    Idling,
    StartTls,
    Compress,
    Closed,
}

impl Connection {
    pub fn new(machine: Client, stream: Stream, arguments: &crate::Arguments) -> Self {
        Self {
            machine,
            stream,
            input: BytesMut::new(),
            without: arguments.without.clone(),
            enabled: Capabilities::default(),
            quiet: arguments.quiet,
            verbose: arguments.verbose,
            bye: None,
        }
    }

    /// Says how the session goes, if somebody wants to know.
    pub fn note(&self, text: impl FnOnce() -> String) {
        if self.verbose {
            eprintln!("imap_client: {}", shown(&text()));
        }
    }

    /// Whether the server offers it, and the user has not ruled it out.
    pub fn offers(&self, capability: &Capability<'_>) -> bool {
        !self.without.iter().any(|name| is_called(capability, name))
            && self.machine.capabilities().is_some_and(|offered| offered.contains(capability))
    }

    /// Whether names of mailboxes are UTF-8 on the wire.
    pub fn has_utf8_names(&self) -> bool {
        let dialect = self.machine.dialect();
        dialect.utf8 || dialect.rev2
    }

    /// The mailbox that is called so.
    pub fn mailbox<'n>(&self, name: &'n str) -> anyhow::Result<Mailbox<'n>> {
        Mailbox::from_name(name, self.has_utf8_names())
            .with_context(|| format!("{name:?} is no name of a mailbox"))
    }

    /// What the mailbox is called; its octets where they are no text.
    pub fn name(&self, mailbox: &Mailbox<'_>) -> String {
        match mailbox.to_name(self.has_utf8_names()) {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(mailbox.as_bytes()).into_owned(),
        }
    }

    /// Selects the mailbox that is called so, to read or also to write.
    pub async fn select(&mut self, name: &str, to_write: bool, on: &mut Handler<'_>) -> anyhow::Result<()> {
        let select = Select::new(self.mailbox(name)?.into_owned());
        let command = if to_write { Command::Select(select) } else { Command::Examine(select) };
        self.ask(&command, on).await.with_context(|| format!("cannot open {name}"))?;
        Ok(())
    }

    /// Sends a command and waits until it is done; an error if it was refused.
    pub async fn ask(
        &mut self,
        command: &Command<'_>,
        on: &mut Handler<'_>,
    ) -> anyhow::Result<Status<'static>> {
        let token = self.machine.send(command)?;
        match self.finish(token, on).await? {
            status if status.kind == StatusKind::Ok => Ok(status),
            status => bail!("the server says {}", said(&status)),
        }
    }

    /// Waits until the command is done.
    pub async fn finish(&mut self, token: Token, on: &mut Handler<'_>) -> anyhow::Result<Status<'static>> {
        loop {
            match self.next(on).await? {
                Step::Finished(to, status) if to == token => return Ok(status),
                Step::Closed => self.fail_closed()?,
                _ => {}
            }
        }
    }

    /// The server has hung up, and something was to come yet.
    pub fn fail_closed<T>(&self) -> anyhow::Result<T> {
        match &self.bye {
            Some(bye) => bail!("the server hung up: {bye}"),
            None => bail!("the server hung up"),
        }
    }

    /// Waits for what happens next, as long as the machine suggests.
    pub async fn next(&mut self, on: &mut Handler<'_>) -> anyhow::Result<Step> {
        let patience = self.machine.suggested_timeout();
        let next = timeout(patience, self.next_ever(on)).await;
        next.with_context(|| format!("no answer in {} s", patience.as_secs()))?
    }

    /// Waits for what happens next. Nothing is lost when the future is dropped.
    pub async fn next_ever(&mut self, on: &mut Handler<'_>) -> anyhow::Result<Step> {
        loop {
            if let Some(Received { consumed, event }) = self.machine.receive(&self.input)? {
                if let Event::Bye(text) = &event {
                    self.bye = Some(text.text.as_str().unwrap_or_default().to_owned());
                }
                let step = take(event, self.quiet, on)?;
                self.input.advance(consumed);
                return Ok(step);
            }
            self.flush().await?;
            self.input.reserve(PIECE);
            let read = self.stream.read_buf(&mut self.input).await;
            if read.context("the connection broke")? == 0 {
                self.machine.receive_eof(&self.input)?;
                return Ok(Step::Closed);
            }
        }
    }

    /// Hands the machine a piece of a message, and writes it.
    pub async fn write(&mut self, piece: Bytes) -> anyhow::Result<()> {
        while let Err(error) = self.machine.write(piece.clone()) {
            if error != Error::ApiMisuse(ApiMisuse::OutputFull) {
                return Err(error.into());
            }
            self.flush().await?;
        }
        self.flush().await
    }

    /// Writes what the machine has to say.
    pub async fn flush(&mut self) -> anyhow::Result<()> {
        write_all(&mut self.stream, self.machine.transmit()).await.context("the connection broke")
    }

    /// Puts TLS under the session.
    pub async fn upgrade<F>(&mut self, handshake: impl FnOnce(Stream) -> F) -> anyhow::Result<()>
    where
        F: Future<Output = anyhow::Result<Stream>>,
    {
        let plain = self.take_stream();
        self.stream = handshake(plain).await?;
        Ok(self.machine.tls_established()?)
    }

    /// Compresses the session from here on; what has arrived and was not looked at is compressed already.
    pub fn compress(&mut self) -> anyhow::Result<()> {
        let (reader, writer) = split(self.take_stream());
        let arrived = Cursor::new(self.input.split().freeze());
        self.stream = Box::new(Deflate::new(Box::new(join(AsyncReadExt::chain(arrived, reader), writer))));
        Ok(self.machine.compression_established()?)
    }

    fn take_stream(&mut self) -> Stream {
        let (unused, _) = tokio::io::duplex(1);
        std::mem::replace(&mut self.stream, Box::new(unused))
    }

    /// Says goodbye. All that matters has been answered, so it does not matter how that goes, and is not waited for for long.
    pub async fn log_out(&mut self) {
        let Ok(token) = self.machine.send(&Command::Logout) else { return };
        let _ = timeout(PARTING, self.finish(token, &mut |_| Ok(()))).await;
    }
}

/// Whether the capability is called so: by its name, or by what stands before its `=`.
pub fn is_called(capability: &Capability<'_>, name: &str) -> bool {
    let text = capability.keyword();
    let (front, _) = text.split_once('=').unwrap_or((text, ""));
    text.eq_ignore_ascii_case(name) || front.eq_ignore_ascii_case(name)
}

fn take(event: Event<'_>, quiet: bool, on: &mut Handler<'_>) -> anyhow::Result<Step> {
    Ok(match event {
        Event::Greeting(greeting) => Step::Greeting(greeting.into_owned()),
        Event::Finished { to, status, .. } => {
            show_alert(&status);
            Step::Finished(to, status.into_owned())
        }
        Event::GoAhead { to } => Step::GoAhead(to),
        Event::Challenge { challenge, .. } => Step::Challenge(challenge),
        Event::Idling { .. } => Step::Idling,
        Event::StartTls { .. } => Step::StartTls,
        Event::Compress { .. } => Step::Compress,
        Event::Close => Step::Closed,
        Event::Malformed { error, .. } => {
            if !quiet {
                eprintln!("imap_client: the server sent what is no response: {error}");
            }
            on(&event)?;
            Step::Told
        }
        event => {
            if let Event::Response { response: Response::Status(status), .. } = &event {
                show_alert(status);
            }
            on(&event)?;
            Step::Told
        }
    })
}

/// RFC 9051 section 7.1: the text of an ALERT must be shown.
fn show_alert(status: &Status<'_>) {
    if status.text.code == Some(Code::Alert) {
        eprintln!(
            "imap_client: the server says: {}",
            shown(&String::from_utf8_lossy(status.text.text.as_bytes()))
        );
    }
}

/// What a status says, on one line.
pub fn said(status: &Status<'_>) -> String {
    let line = wire(&Response::Status(status.clone()));
    line.strip_prefix("* ").unwrap_or(&line).to_owned()
}

/// A response as it is on the wire, without its CRLF.
pub fn wire(response: &Response<'_>) -> String {
    let mut out = BytesMut::new();
    response.encode(&mut out);
    String::from_utf8_lossy(&out).trim_end().to_owned()
}
