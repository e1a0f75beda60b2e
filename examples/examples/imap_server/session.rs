//! One connection: the machine, the stream, and what the machine's events mean here.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use bytes::{Buf, Bytes, BytesMut};
use examples::deflate::Deflate;
use examples::net::{Stream, write_all};
use imap_proto::auth::{Plain, Secret};
use imap_proto::ext::vanished::Vanished;
use imap_proto::response::{Code, Data, Numbered, NumberedData, Response, StatusKind};
use imap_proto::server::{Event, Options};
use imap_proto::{Command, FetchItem, Greeting, Mode, Received, Server, State, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use crate::Service;
use crate::answer::{Answer, Stop, bad, ok, ok_with, resp_text};
use crate::append::Incoming;
use crate::commands::capability_code;
use crate::store::no;
use crate::view::View;

/// What is read at once.
const PIECE: usize = 16 * 1024;
/// What waits to be written before it is.
const WAITING: usize = 64 * 1024;

/// One connection.
pub struct Session {
    pub service: Arc<Service>,
    pub machine: Server,
    pub view: Option<View>,
    pub incoming: Incoming,
    pub is_compressed: bool,
    stream: Stream,
    changes: watch::Receiver<()>,
}

/// What the loop does after an event.
enum Next {
    Go,
    Tls,
    Compress,
    Close,
}

impl Session {
    pub fn new(service: Arc<Service>, stream: Stream) -> Self {
        let mut options = Options::default();
        options.allow_plaintext_secrets = service.insecure_auth;
        options.limits.literal_authenticated = service.max_size;
        let (changes, machine) = (service.store.changes(), Server::new(options));
        let incoming = Incoming::default();
        Self { service, machine, view: None, incoming, is_compressed: false, stream, changes }
    }

    pub async fn run(mut self, is_tls: bool) -> anyhow::Result<()> {
        if is_tls {
            self.machine.tls_established()?;
        }
        let mut input = BytesMut::with_capacity(PIECE);
        let greeting = resp_text(Some(capability_code(&self, false)), "ready");
        self.machine.greet(&Greeting::Ok(greeting))?;
        loop {
            let received = match self.machine.receive(&input) {
                Ok(received) => received,
                Err(error) => return self.give_up(error).await,
            };
            let Some(Received { consumed, event }) = received else {
                self.flush().await?;
                if !self.wait(&mut input).await? {
                    return self.machine.receive_eof(&input).context("the client hung up");
                }
                continue;
            };
            let next = self.event(event).await?;
            input.advance(consumed);
            match next {
                Next::Go => self.relieve().await?,
                Next::Tls => {
                    self.flush().await?;
                    let stream = self.take_stream();
                    self.stream = Box::new(self.service.tls.accept(stream).await.context("TLS handshake")?);
                    self.machine.tls_established()?;
                }
                Next::Compress => {
                    self.flush().await?;
                    self.stream = Box::new(Deflate::new(self.take_stream()));
                    self.machine.compression_established()?;
                    self.is_compressed = true;
                }
                Next::Close => {
                    self.flush().await?;
                    self.stream.shutdown().await?;
                    return Ok(());
                }
            }
        }
    }

    /// Ends a connection that has gone wrong; the client is told why when it can be.
    async fn give_up(&mut self, error: imap_proto::Error) -> anyhow::Result<()> {
        self.flush().await?;
        if let Some(bye) = error.suggested_response() {
            let mut text = BytesMut::new();
            bye.encode(&mut text);
            write_all(&mut self.stream, &mut text).await?;
        }
        self.stream.shutdown().await?;
        Err(error.into())
    }

    fn take_stream(&mut self) -> Stream {
        std::mem::replace(&mut self.stream, Box::new(tokio::io::empty()))
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        write_all(&mut self.stream, self.machine.transmit()).await
    }

    /// Reads more; while the client is idle also tells it what happens. `false` when no more comes.
    async fn wait(&mut self, input: &mut BytesMut) -> anyhow::Result<bool> {
        input.reserve(PIECE);
        let is_idle = self.machine.mode() == Mode::Idling;
        tokio::select! {
            read = self.stream.read_buf(input) => return Ok(read? > 0),
            _ = self.changes.changed(), if is_idle => {}
            () = tokio::time::sleep(self.machine.suggested_timeout()) => {
                self.machine.close(&resp_text(None, "idle for too long"))?;
                return Ok(true);
            }
        }
        self.notify(true).await?;
        Ok(true)
    }

    /// Sends data, and writes what waits when that is much.
    pub async fn send(&mut self, response: Response<'_>) -> Result<(), Stop> {
        self.machine.send(&response)?;
        Ok(self.relieve().await?)
    }

    /// Sends what FETCH says of a message.
    pub async fn fetch(&mut self, number: u32, items: &[FetchItem<'_>]) -> Result<(), Stop> {
        self.machine.fetch(number, items)?;
        Ok(self.relieve().await?)
    }

    /// Sends octets of a message.
    pub async fn write(&mut self, octets: Bytes) -> Result<(), Stop> {
        // They are taken whole when nothing waits.
        self.flush().await?;
        self.machine.write(octets)?;
        Ok(self.relieve().await?)
    }

    async fn relieve(&mut self) -> std::io::Result<()> {
        if self.machine.transmit().remaining() > WAITING { self.flush().await } else { Ok(()) }
    }

    /// Tells the client what has changed in its mailbox, what is gone only when it may be told.
    pub async fn notify(&mut self, may_expunge: bool) -> Result<(), Stop> {
        let service = Arc::clone(&self.service);
        let Some(view) = &mut self.view else { return Ok(()) };
        let changes = view.sync(service.store.lock().get(view.id), may_expunge);
        let enabled = self.machine.enabled();
        if enabled.qresync && !changes.vanished.is_empty() {
            let uids = changes.vanished.to_uid_set()?;
            self.send(Response::Data(Data::Vanished(Vanished { earlier: false, uids }))).await?;
        }
        for number in changes.expunged.into_iter().filter(|_| !enabled.qresync) {
            self.send(numbered(number, NumberedData::Expunge)).await?;
        }
        for (number, uid, mod_seq, flags) in changes.changed {
            let mut items = vec![FetchItem::Uid(uid), FetchItem::Flags(flags.into_iter().collect())];
            items.extend(enabled.condstore.then_some(FetchItem::ModSeq(mod_seq)));
            self.fetch(number, &items).await?;
        }
        if let Some(exists) = changes.exists {
            self.send(numbered(exists, NumberedData::Exists)).await?;
        }
        Ok(())
    }

    async fn event(&mut self, event: Event<'_>) -> Result<Next, Stop> {
        match event {
            Event::Command { token, command, .. } => {
                let name = match &command.command {
                    Command::Uid(of) => format!("UID {}", of.keyword()),
                    command => command.keyword().to_owned(),
                };
                let answer = self.command(&command.tag, &command.command).await;
                // RFC 9051 section 7.5.1; after LOGOUT nothing is told.
                use Command::{Fetch, Logout, Search, Sort, Store, Thread};
                match &command.command {
                    Logout => {}
                    Fetch(_) | Store(_) | Search(_) | Sort(_) | Thread(_) => self.notify(false).await?,
                    _ => self.notify(true).await?,
                }
                self.finish(token, &name, answer)?;
            }
            Event::Refused { token, status, .. } | Event::Malformed { token, status, .. } => {
                self.finish(token, "?", Ok(status))?;
            }
            Event::StartTls { token, .. } => {
                self.finish(token, "STARTTLS", Ok(ok("go ahead")))?;
                return Ok(Next::Tls);
            }
            Event::Compress { token, .. } => {
                self.finish(token, "COMPRESS", Ok(ok("go ahead")))?;
                return Ok(Next::Compress);
            }
            Event::Authenticate { token, initial_response: None, .. } => {
                self.machine.challenge(token, b"")?
            }
            Event::Authenticate { token, initial_response: Some(response), .. }
            | Event::Answer { token, response } => {
                // PLAIN is all that is offered.
                let plain = Plain::parse(response.as_bytes());
                let answer = match plain {
                    // RFC 4616 section 2: nobody acts for others here.
                    Ok(plain) if !["", plain.authcid()].contains(&plain.authzid()) => {
                        Err(no(Code::AuthorizationFailed, "not for another user").into())
                    }
                    Ok(plain) => self.log_in(plain.authcid(), plain.password()),
                    Err(_) => Err(bad("that is not PLAIN")),
                };
                self.finish(token, "AUTHENTICATE", answer)?;
            }
            Event::Cancelled { token } => self.finish(token, "AUTHENTICATE", Err(bad("cancelled")))?,
            Event::Idle { token, .. } => {
                self.changes.mark_unchanged();
                self.machine.accept(token)?;
                self.notify(true).await?;
            }
            Event::Done { token, .. } => {
                self.notify(true).await?;
                self.finish(token, "IDLE", Ok(ok("done")))?;
            }
            Event::Close => return Ok(Next::Close),
            event => self.append(event).await?,
        }
        Ok(Next::Go)
    }

    /// Answers a command, and prints that.
    pub fn finish(&mut self, token: Token, name: &str, answer: Answer) -> Result<(), Stop> {
        let status = match answer {
            Ok(status) | Err(Stop::Answer(status)) => status,
            Err(over) => return Err(over),
        };
        if !self.service.quiet {
            let kind = match status.kind {
                StatusKind::Ok => "OK",
                StatusKind::No => "NO",
                StatusKind::Bad => "BAD",
            };
            // Nobody may read it any more.
            let _ = writeln!(std::io::stdout(), "{name} {kind}");
        }
        self.machine.finish(token, &status)?;
        if self.machine.state() != State::Selected {
            self.view = None;
        }
        Ok(())
    }

    /// Whether this is who may log in.
    pub fn log_in(&mut self, user: &str, password: &Secret) -> Answer {
        let (name, expected) = &self.service.login;
        if user != name || password.as_bytes() != expected.as_bytes() {
            return Err(no(Code::AuthenticationFailed, "wrong user or password").into());
        }
        Ok(ok_with(capability_code(self, true), "welcome"))
    }
}

pub fn numbered(number: u32, data: NumberedData<'_>) -> Response<'_> {
    Response::Numbered(Numbered { number, data })
}
