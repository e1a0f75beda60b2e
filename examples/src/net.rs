//! Streams that may change from TCP to TLS under a session.

use tokio::io::{AsyncRead, AsyncWrite};

/// Something to read from and write to.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A TCP connection, or TLS on one.
pub type Stream = Box<dyn Io>;
