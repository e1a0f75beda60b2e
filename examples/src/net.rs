//! Streams that may change from TCP to TLS under a session.

use std::io;

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

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
