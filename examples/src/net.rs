//! Connections: accepting them, streams that may change from TCP to TLS under a session, and the end of a server.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Something to read from and write to.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A TCP connection, or TLS on one.
pub type Stream = Box<dyn Io>;

/// Writes all that a machine has to say. TLS keeps back what it was given until it is flushed.
///
/// # Errors
/// The connection is broken.
pub async fn write_all(stream: &mut Stream, transmit: &mut impl Buf) -> io::Result<()> {
    stream.write_all_buf(transmit).await?;
    stream.flush().await
}

/// Listens, and says where on standard output.
///
/// # Errors
/// The address cannot be had.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    println!("listening on {}", listener.local_addr()?);
    Ok(listener)
}

/// The next connection.
pub async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            // Out of file descriptors, most likely: others have to close theirs first.
            Err(error) => {
                eprintln!("cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// What ends a server: SIGINT and SIGTERM. To be made before anyone is told that there is a server.
#[derive(Debug)]
pub struct Ending {
    interrupt: Signal,
    terminate: Signal,
}

impl Ending {
    /// From now on the signals do not end the process.
    ///
    /// # Errors
    /// There are no signals to be had.
    pub fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for one of them.
    pub async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
