//! The machine and the stream, and what has come of what was asked.

use std::collections::HashMap;

use anyhow::{Context, bail};
use bytes::{Buf, Bytes, BytesMut};
use examples::net::{Stream, write_all};
use smtp_proto::client::Event;
use smtp_proto::{ApiMisuse, Client, Error, Received, Reply, Token};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

/// A connection, driven until what is waited for has come.
pub struct Connection {
    pub machine: Client,
    stream: Stream,
    input: BytesMut,
    greeting: Option<Reply<'static>>,
    replies: HashMap<Token, Reply<'static>>,
    /// What LMTP, or PRDR, says of each recipient.
    deliveries: HashMap<Token, Reply<'static>>,
    may_write: Option<Token>,
    tls: Option<Token>,
    is_closed: bool,
}

impl Connection {
    pub fn new(machine: Client, stream: Stream) -> Self {
        Self {
            machine,
            stream,
            input: BytesMut::with_capacity(8 * 1024),
            greeting: None,
            replies: HashMap::new(),
            deliveries: HashMap::new(),
            may_write: None,
            tls: None,
            is_closed: false,
        }
    }

    /// Waits for the server's first reply.
    pub async fn greeting(&mut self) -> anyhow::Result<Reply<'static>> {
        while self.greeting.is_none() {
            self.step().await?;
        }
        self.greeting.take().context("no greeting")
    }

    /// Waits for the reply to `token`.
    pub async fn reply(&mut self, token: Token) -> anyhow::Result<Reply<'static>> {
        loop {
            if let Some(reply) = self.replies.remove(&token) {
                return Ok(reply);
            }
            self.step().await?;
        }
    }

    /// Waits for what is said of the recipient `token` once the message was sent.
    pub async fn delivery(&mut self, token: Token) -> anyhow::Result<Reply<'static>> {
        loop {
            if let Some(reply) = self.deliveries.remove(&token) {
                return Ok(reply);
            }
            self.step().await?;
        }
    }

    /// Waits until the body of `token` may be written; the reply when it may not.
    pub async fn go_ahead(&mut self, token: Token) -> anyhow::Result<Option<Reply<'static>>> {
        loop {
            if self.may_write == Some(token) {
                return Ok(None);
            }
            if let Some(reply) = self.replies.remove(&token) {
                return Ok(Some(reply));
            }
            self.step().await?;
        }
    }

    /// Waits until the server is ready for a TLS handshake; the reply when it is not.
    pub async fn ready_for_tls(&mut self, token: Token) -> anyhow::Result<Option<Reply<'static>>> {
        loop {
            if self.tls.take() == Some(token) {
                return Ok(None);
            }
            if let Some(reply) = self.replies.remove(&token) {
                return Ok(Some(reply));
            }
            self.step().await?;
        }
    }

    /// Puts another stream, TLS, under the session.
    pub async fn upgrade<F>(&mut self, handshake: impl FnOnce(Stream) -> F) -> anyhow::Result<()>
    where
        F: Future<Output = anyhow::Result<Stream>>,
    {
        let (unused, _) = tokio::io::duplex(1);
        let plain = std::mem::replace(&mut self.stream, Box::new(unused));
        self.stream = handshake(plain).await?;
        Ok(self.machine.tls_established()?)
    }

    /// Hands the machine a part of the body and writes it; where the server wants each chunk answered first, waits for that.
    pub async fn write(&mut self, piece: Bytes) -> anyhow::Result<()> {
        while let Err(error) = self.machine.write(piece.clone()) {
            if error != Error::ApiMisuse(ApiMisuse::OutputFull) {
                return Err(error.into());
            }
            self.step().await?;
        }
        self.flush().await
    }

    /// Writes what the machine has to say.
    pub async fn flush(&mut self) -> anyhow::Result<()> {
        Ok(write_all(&mut self.stream, self.machine.transmit()).await?)
    }

    /// Reads one event; when there is none, writes and reads.
    async fn step(&mut self) -> anyhow::Result<()> {
        if self.is_closed {
            bail!("the server hung up");
        }
        let Some(Received { consumed, event }) = self.machine.receive(&self.input)? else {
            write_all(&mut self.stream, self.machine.transmit()).await?;
            let patience = self.machine.suggested_timeout();
            let read = timeout(patience, self.stream.read_buf(&mut self.input));
            if read.await.with_context(|| format!("no answer in {} s", patience.as_secs()))?? == 0 {
                self.machine.receive_eof(&self.input)?;
                self.is_closed = true;
            }
            return Ok(());
        };
        match event {
            Event::Greeting(reply) => self.greeting = Some(reply.into_owned()),
            Event::Reply { to, reply, .. } => {
                self.replies.insert(to, reply.into_owned());
            }
            Event::Delivery { to, reply, .. } => {
                self.deliveries.insert(to, reply.into_owned());
            }
            Event::GoAhead { to } => self.may_write = Some(to),
            Event::StartTls { to } => self.tls = Some(to),
            Event::Challenge { .. } => self.machine.cancel()?,
            Event::Unsolicited(reply) => bail!("the server gives up: {}", said(&reply)),
            Event::Malformed { error, .. } => bail!("the server sent no reply: {error}"),
            Event::Close => self.is_closed = true,
            _ => {}
        }
        self.input.advance(consumed);
        Ok(())
    }
}

/// What a reply says, on one line.
pub fn said(reply: &Reply<'_>) -> String {
    let mut text = format!("{:?}", reply.code());
    if let Some(enhanced) = reply.enhanced() {
        text += &format!(" {enhanced}");
    }
    for line in reply.lines() {
        text.push(' ');
        text += &String::from_utf8_lossy(line);
    }
    text
}
