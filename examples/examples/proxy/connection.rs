//! One client and its connection to the server: the bytes that pass, and TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::{Buf, BytesMut};
use examples::net::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::follow::{Follower, Verdict};
use crate::imap::Imap;
use crate::log::Side;
use crate::smtp::Smtp;
use crate::{Protocol, Proxy};

/// One client.
pub struct Connection {
    number: u64,
    proxy: Arc<Proxy>,
    follower: Follower,
    /// Octets that were passed on: what the client said, what the server said.
    passed: [u64; 2],
}

/// How passing bytes ends.
enum End {
    /// Neither side has more to say.
    Closed,
    /// Both are to begin TLS.
    StartTls(Stream, Stream),
}

/// How long one side may say nothing when the other one has ended: RFC 5321 section 4.5.3.2.6 has the longest wait, for the
/// reply to a message.
const LINGER: Duration = Duration::from_secs(600);

/// Octets that are read at once, at least.
const PIECE: usize = 16 * 1024;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(60);

impl Connection {
    pub fn new(number: u64, proxy: Arc<Proxy>) -> Self {
        let follower = Follower::new(match proxy.protocol {
            Protocol::Imap => Box::new(Imap::new()),
            Protocol::Smtp => Box::new(Smtp::new(false)),
            Protocol::Lmtp => Box::new(Smtp::new(true)),
        });
        Self { number, proxy, follower, passed: [0, 0] }
    }

    pub async fn run(mut self, client: TcpStream, peer: SocketAddr) {
        self.tell(&format!("connection from {peer}"));
        let ended = self.serve(client).await;
        let [client, server] = self.passed;
        let why = ended.err().map(|error| format!(" ({error:#})")).unwrap_or_default();
        self.tell(&format!("closed{why}; {client} octets from the client, {server} from the server"));
    }

    fn tell(&self, text: &str) {
        self.proxy.log.line(self.number, None, text);
    }

    async fn serve(&mut self, client: TcpStream) -> anyhow::Result<()> {
        let upstream = &self.proxy.upstream;
        let server = TcpStream::connect(upstream);
        let server = server.await.with_context(|| format!("cannot connect to {upstream}"))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (mut client, mut server): (Stream, Stream) = (Box::new(client), Box::new(server));
        loop {
            match self.pass(client, server).await? {
                End::Closed => return Ok(()),
                End::StartTls(clear_client, clear_server) => {
                    (client, server) = self.start_tls(clear_client, clear_server).await?;
                }
            }
        }
    }

    /// The handshakes, each with its own keys.
    async fn start_tls(&mut self, client: Stream, server: Stream) -> anyhow::Result<(Stream, Stream)> {
        let proxy = Arc::clone(&self.proxy);
        let handshakes = async {
            tokio::try_join!(
                async { proxy.acceptor.accept(client).await.context("TLS handshake with the client") },
                async {
                    let connected = proxy.connector.connect(proxy.server_name.clone(), server);
                    connected.await.context("TLS handshake with the server")
                },
            )
        };
        let (client, server) = timeout(HANDSHAKE, handshakes).await.context("TLS handshake")??;
        let [to_client, to_server] =
            [client.get_ref().1.protocol_version(), server.get_ref().1.protocol_version()]
                .map(|version| version.and_then(|version| version.as_str()).unwrap_or("TLS"));
        self.follower.tls_established();
        self.tell(&format!("{to_client} with the client, {to_server} with the server"));
        Ok((Box::new(client), Box::new(server)))
    }

    /// Passes bytes on until both sides have ended, or TLS is to begin.
    async fn pass(&mut self, client: Stream, server: Stream) -> anyhow::Result<End> {
        let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
        let mut up = Pipe::new(from_client, to_server);
        let mut down = Pipe::new(from_server, to_client);
        while !(up.is_over && down.is_over) {
            let patience = if up.is_over || down.is_over { LINGER } else { Duration::MAX };
            let steps = async {
                tokio::select! {
                    did = up.step() => (Side::Client, did),
                    did = down.step() => (Side::Server, did),
                }
            };
            let (side, did) = timeout(patience, steps).await.context("nothing more was said")?;
            let (who, pipe) = match side {
                Side::Client => ("client", &mut up),
                Side::Server => ("server", &mut down),
            };
            let (number, proxy) = (self.number, &self.proxy);
            let mut tell = |side, text: &str| proxy.log.line(number, side, text);
            match did.with_context(|| format!("bytes of the {who}"))? {
                Did::Wrote => {}
                Did::Ended => self.follower.eof(side, &mut tell),
                Did::Failed => tell(None, &format!("what the {who} says reaches nobody any more")),
                Did::Read => {
                    let verdict = self.follower.pass(side, &pipe.arrived, &mut tell);
                    if verdict == Verdict::Refuse {
                        bail!("STARTTLS was not the last word");
                    }
                    let [from_client, from_server] = &mut self.passed;
                    let passed = if side == Side::Client { from_client } else { from_server };
                    *passed = passed.saturating_add(pipe.forward());
                    if verdict == Verdict::StartTls {
                        up.finish().await.context("bytes of the client")?;
                        down.finish().await.context("bytes of the server")?;
                        return Ok(End::StartTls(up.from.unsplit(down.to), down.from.unsplit(up.to)));
                    }
                }
            }
        }
        Ok(End::Closed)
    }
}

/// One direction. It reads no more before what it has is written: the sender waits for the receiver.
struct Pipe {
    from: ReadHalf<Stream>,
    to: WriteHalf<Stream>,
    /// Read, and not looked at.
    arrived: BytesMut,
    /// To be written.
    leaving: BytesMut,
    /// Something was written, and TLS may have kept it.
    is_unflushed: bool,
    /// There is nothing more to be read.
    is_ending: bool,
    /// The receiver knows.
    is_over: bool,
}

enum Did {
    Read,
    Wrote,
    /// There will be nothing more to read.
    Ended,
    /// The receiver takes nothing more.
    Failed,
}

impl Pipe {
    fn new(from: ReadHalf<Stream>, to: WriteHalf<Stream>) -> Self {
        Self {
            from,
            to,
            arrived: BytesMut::new(),
            leaving: BytesMut::new(),
            is_unflushed: false,
            is_ending: false,
            is_over: false,
        }
    }

    /// The next thing to be done. Nothing is lost when it is not awaited to its end.
    async fn step(&mut self) -> std::io::Result<Did> {
        if self.is_over {
            return std::future::pending().await;
        }
        match self.write().await {
            Ok(false) if !self.is_ending => {}
            Ok(false) => {
                // Who does not listen any more need not be told.
                let _ = self.to.shutdown().await;
                self.is_over = true;
                return Ok(Did::Wrote);
            }
            Ok(true) => return Ok(Did::Wrote),
            // It may have said something before it went, so the other direction goes on.
            Err(_) => {
                self.is_over = true;
                return Ok(Did::Failed);
            }
        }
        // Room for the next piece, which is small: what one side says is not to wait for what it has not said yet.
        self.arrived.reserve(PIECE);
        if self.from.read_buf(&mut self.arrived).await? > 0 {
            return Ok(Did::Read);
        }
        self.is_ending = true;
        Ok(Did::Ended)
    }

    /// Writes some of what is to be written; whether there was anything.
    async fn write(&mut self) -> std::io::Result<bool> {
        if !self.leaving.is_empty() {
            let written = self.to.write(&self.leaving).await?;
            if written == 0 {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
            self.leaving.advance(written);
            self.is_unflushed = true;
            return Ok(true);
        }
        if self.is_unflushed {
            self.to.flush().await?;
            self.is_unflushed = false;
            return Ok(true);
        }
        Ok(false)
    }

    /// What has arrived may go on; how many octets that is.
    fn forward(&mut self) -> u64 {
        let octets = u64::try_from(self.arrived.len()).unwrap_or(u64::MAX);
        self.leaving = self.arrived.split();
        octets
    }

    /// Writes all that is to be written.
    async fn finish(&mut self) -> std::io::Result<()> {
        while self.write().await? {}
        Ok(())
    }
}
