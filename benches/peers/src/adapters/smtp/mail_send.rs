//! mail-send of Stalwart Labs, a client.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use benches::Load;
use benches::smtp::Smtp;
use mail_send::SmtpClient;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::ready;
use crate::job::{Job, Task};

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::DataOut | Smtp::DataOutDots, false) => vec![Job::body("mail-send", |out| {
            // It ends the last line itself.
            let text = load.bytes.strip_suffix(b"\r\n").unwrap_or(&load.bytes);
            let mut client = SmtpClient { stream: Wire(out), timeout: Duration::MAX };
            usize::from(ready(client.write_message(text)).is_ok())
        })],
        _ => Vec::new(),
    }
}

/// A connection that takes everything at once.
struct Wire<'o>(&'o mut Vec<u8>);

impl AsyncWrite for Wire<'_> {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        self.0.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire<'_> {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
