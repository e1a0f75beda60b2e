//! A stream in which both directions are compressed: COMPRESS=DEFLATE ([RFC 4978](https://www.rfc-editor.org/rfc/rfc4978)).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::Stream;

/// What is compressed or read at once.
const PIECE: usize = 16 * 1024;

/// A compressed stream on another one. What is written is kept back until it is flushed.
pub struct Deflate {
    stream: Stream,
    inflate: Decompress,
    /// What was read and not decompressed yet.
    packed: Vec<u8>,
    /// How much of it was.
    unpacked: usize,
    deflate: Compress,
    /// What was compressed and not written yet.
    out: Vec<u8>,
    /// How much of it was.
    written: usize,
    /// Something was compressed since the last flush.
    is_dirty: bool,
}

impl Deflate {
    /// Compresses from the next octet on.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            inflate: Decompress::new(false),
            packed: Vec::new(),
            unpacked: 0,
            deflate: Compress::new(Compression::default(), false),
            out: Vec::new(),
            written: 0,
            is_dirty: false,
        }
    }

    /// Compresses `input` behind what waits; gives how much of it was taken.
    fn compress(&mut self, input: &[u8], flush: FlushCompress) -> io::Result<usize> {
        let before = self.deflate.total_in();
        self.out.reserve(PIECE);
        self.deflate.compress_vec(input, &mut self.out, flush).map_err(io::Error::other)?;
        Ok(usize::try_from(self.deflate.total_in().saturating_sub(before)).unwrap_or(input.len()))
    }

    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.out.get(self.written..) {
            let len = ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
            if len == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written = self.written.saturating_add(len);
        }
        (self.written, self.out) = (0, Vec::new());
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Deflate {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let (before_in, before_out) = (this.inflate.total_in(), this.inflate.total_out());
            let input = this.packed.get(this.unpacked..).unwrap_or_default();
            let mut piece = [0; PIECE];
            let room = to.remaining().min(PIECE);
            let output = piece.get_mut(..room).unwrap_or_default();
            let status = this.inflate.decompress(input, output, FlushDecompress::Sync);
            let taken = this.inflate.total_in().saturating_sub(before_in);
            let made = this.inflate.total_out().saturating_sub(before_out);
            this.unpacked = this.unpacked.saturating_add(usize::try_from(taken).unwrap_or(usize::MAX));
            let made = usize::try_from(made).unwrap_or(usize::MAX);
            match status {
                _ if made > 0 => {
                    to.put_slice(piece.get(..made).unwrap_or_default());
                    return Poll::Ready(Ok(()));
                }
                Ok(Status::StreamEnd) => return Poll::Ready(Ok(())),
                // Without progress, more input is all that helps.
                Ok(Status::Ok | Status::BufError) if taken > 0 => continue,
                Ok(Status::Ok | Status::BufError) => {}
                Err(error) => return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error))),
            }
            this.packed.resize(PIECE, 0);
            let mut piece = ReadBuf::new(&mut this.packed);
            let read = Pin::new(&mut this.stream).poll_read(cx, &mut piece);
            let len = piece.filled().len();
            this.unpacked = 0;
            this.packed.truncate(len);
            ready!(read)?;
            if len == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Deflate {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        loop {
            if this.out.len() >= PIECE {
                ready!(this.poll_out(cx))?;
            }
            this.is_dirty = true;
            let taken = this.compress(from, FlushCompress::None)?;
            // It may only have given what it held back.
            if taken > 0 || from.is_empty() {
                return Poll::Ready(Ok(taken));
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.is_dirty {
            let before = this.out.len();
            this.compress(b"", FlushCompress::Sync)?;
            // There was room for more, so that is all.
            this.is_dirty = this.out.len() == this.out.capacity() && this.out.len() > before;
        }
        ready!(this.poll_out(cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_out(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn both_ways() {
        let (near, far) = tokio::io::duplex(100);
        let (mut near, mut far) = (Deflate::new(Box::new(near)), Deflate::new(Box::new(far)));
        // What compresses badly, and what compresses well.
        let mut seed = 1u32;
        let noise = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_le_bytes()[3]
        });
        let text: Vec<u8> = noise.take(100_000).chain(std::iter::repeat_n(b'x', 1_000_000)).collect();
        let writing = async {
            near.write_all(&text).await.unwrap();
            near.flush().await.unwrap();
            let mut answer = [0; 2];
            near.read_exact(&mut answer).await.unwrap();
            assert_eq!(&answer, b"ok");
        };
        let reading = async {
            let mut arrived = vec![0; text.len()];
            far.read_exact(&mut arrived).await.unwrap();
            assert!(arrived == text);
            far.write_all(b"ok").await.unwrap();
            far.flush().await.unwrap();
        };
        tokio::join!(writing, reading);
    }

    #[tokio::test]
    async fn what_is_not_compressed_is_an_error() {
        let (mut near, far) = tokio::io::duplex(100);
        let mut far = Deflate::new(Box::new(far));
        near.write_all(b"a1 NOOP\r\n").await.unwrap();
        drop(near);
        let error = far.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
