//! smtp-message of Kannader.

use std::io::IoSlice;

use benches::Load;
use benches::smtp::Smtp;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use smtp_message::{Command, DataUnescaper, EscapedDataReader, EscapingDataWriter, Reply};

use super::{PIECE, ready};
use crate::job::{Job, Task};

const NAME: &str = "smtp-message";

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::MailRcpt | Smtp::Commands, false) => vec![Job::read(NAME, load, Command::<&str>::parse)],
        (Smtp::Replies | Smtp::Ehlo, false) => vec![Job::read(NAME, load, Reply::<&str>::parse)],
        (Smtp::DataIn | Smtp::DataInDots, false) => {
            vec![Job::body(NAME, |out| usize::from(ready(unescape(&load.bytes, out)).is_some()))]
        }
        // Left out of data-out-dots: what it did there could not be compared.
        (Smtp::DataOut, false) => {
            vec![Job::body(NAME, |out| usize::from(ready(escape(&load.bytes, out)).is_ok()))]
        }
        (Smtp::MailRcpt | Smtp::Commands, true) => {
            vec![Job::written(NAME, load, Command::<&str>::parse, |(_, command), out| {
                write(command.as_io_slices(), out)
            })]
        }
        (Smtp::Replies | Smtp::Ehlo, true) => {
            vec![Job::written(NAME, load, Reply::<&str>::parse, |(_, reply), out| {
                write(reply.as_io_slices(), out)
            })]
        }
        _ => Vec::new(),
    }
}

fn write<'s>(slices: impl Iterator<Item = IoSlice<'s>>, out: &mut Vec<u8>) {
    for slice in slices {
        out.extend_from_slice(&slice);
    }
}

/// As its documentation has it: the reader finds the end, the unescaper takes the dots out of what was read, and a few
/// octets that it cannot tell about yet go before the next.
async fn unescape(wire: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (mut unhandled, mut piece, mut left) = (vec![0; PIECE], vec![0; PIECE], 0);
    let mut reader = EscapedDataReader::new(&mut unhandled, 0..0, wire);
    let mut unescaper = DataUnescaper::new(true);
    while !reader.is_finished() {
        let read = reader.read(&mut piece[left..]).await.ok()?;
        let end = left + read;
        let unescaped = unescaper.unescape(&mut piece[..end]);
        out.extend_from_slice(&piece[..unescaped.written]);
        piece.copy_within(unescaped.unhandled_idx..end, 0);
        left = end - unescaped.unhandled_idx;
    }
    reader.complete();
    Some(())
}

async fn escape(text: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut writer = EscapingDataWriter::new(out);
    for piece in text.chunks(PIECE) {
        writer.write_all(piece).await?;
    }
    writer.finish().await
}
