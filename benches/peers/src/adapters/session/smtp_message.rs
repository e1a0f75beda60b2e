//! smtp-message of Kannader, driven as smtp-server and smtp-client of the same project do.

use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::smtp_message::{Command, EscapedDataReader, Reply};
use benches::Load;
use futures::io::{AsyncRead, AsyncReadExt};

use super::{Read, called_again};
use crate::adapters::smtp::ready;
use crate::job::Job;

const NAME: &str = "smtp-message";
/// What it reads in a body at a time.
const BUFFER: usize = 16 * 1024;

pub fn client(octets: &Load, piece: usize) -> Job<'_> {
    let read = |input: &[u8]| match black_box(Reply::<&str>::parse(input)) {
        Ok((rest, _)) => Read::Message(input.len() - rest.len()),
        Err(error) if error.is_incomplete() => Read::More(1),
        Err(_) => Read::Wrong,
    };
    Job::body(NAME, move |_| called_again(octets, piece, read)).without_copy()
}

/// A socket from which pieces come.
struct Socket<'o> {
    rest: &'o [u8],
    piece: usize,
}

impl AsyncRead for Socket<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<std::io::Result<usize>> {
        let len = self.piece.min(buffer.len()).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(len);
        buffer[..len].copy_from_slice(piece);
        self.rest = rest;
        Poll::Ready(Ok(len))
    }
}

pub fn server(octets: &Load, piece: usize) -> Job<'_> {
    let run =
        move |_: &mut Vec<u8>| ready(serve(Socket { rest: &octets.bytes, piece }, piece)).unwrap_or_default();
    Job::body(NAME, run).without_copy()
}

async fn serve(mut socket: Socket<'_>, piece: usize) -> std::io::Result<usize> {
    let mut buffer = vec![0; piece.max(BUFFER)];
    // What was read and is not handled yet.
    let (mut from, mut to, mut accepted) = (0, 0, 0);
    loop {
        let is_data = match Command::<&str>::parse(&buffer[from..to]) {
            Ok((rest, command)) => {
                let is_data = matches!(black_box(&command), Command::Data);
                accepted += 1;
                from = to - rest.len();
                is_data
            }
            Err(error) if error.is_incomplete() => {
                buffer.copy_within(from..to, 0);
                (from, to) = (0, to - from);
                if to == buffer.len() {
                    return Ok(accepted);
                }
                match socket.read(&mut buffer[to..]).await? {
                    0 => return Ok(accepted),
                    len => to += len,
                }
                continue;
            }
            Err(_) => return Ok(accepted),
        };
        if is_data {
            let mut content = vec![0; BUFFER];
            let mut reader = EscapedDataReader::new(&mut buffer, from..to, &mut socket);
            while !reader.is_finished() {
                let len = reader.read(&mut content).await?;
                black_box(&content[..len]);
                if len == 0 && !reader.is_finished() {
                    return Ok(accepted);
                }
            }
            reader.complete();
            let unhandled = reader.get_unhandled().unwrap_or_default();
            (from, to) = (unhandled.start, unhandled.end);
            accepted += 1;
        }
    }
}
