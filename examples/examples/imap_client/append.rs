//! A message from disk into a mailbox, piece by piece.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, bail};
use bytes::Bytes;
use imap_proto::append::{AppendOptions, MessageHead};
use imap_proto::response::{Code, Status, StatusKind};
use imap_proto::{Capability, Token};

use crate::connection::{Connection, Step, said};
use crate::{progress_bar, query};

/// Puts the message into the mailbox that is called so, and prints its UID if the server tells it.
pub async fn append(
    connection: &mut Connection,
    name: &str,
    flags: &[String],
    path: &Path,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot read {}", path.display());
    let mut options = AppendOptions::default();
    if !flags.is_empty() {
        options.flags = Some(flags.iter().map(|flag| query::flag_of(flag)).collect::<Result<_, _>>()?);
    }
    // Its size has to be told before it.
    let (mut size, mut has_nul) = (0, false);
    let mut reader = Reader::open(path).with_context(cannot)?;
    while let Some(piece) = reader.piece().with_context(cannot)? {
        size += piece.len() as u64;
        has_nul |= piece.contains(&0);
    }
    if has_nul && !connection.offers(&Capability::Binary) {
        bail!("{} holds NUL, and the server does not offer BINARY: encode it as base64", path.display());
    }
    let head = MessageHead { options, size, binary: has_nul };
    let mailbox = connection.mailbox(name)?.into_owned();
    let token = connection.machine.append_head(mailbox, &head)?;
    let status = match go_ahead(connection, token).await? {
        Some(refusal) => refusal,
        None => {
            let bar = progress_bar(size, connection.quiet)?;
            let mut reader = Reader::open(path).with_context(cannot)?;
            while let Some(piece) = reader.piece().with_context(cannot)? {
                bar.inc(piece.len() as u64);
                connection.write(piece).await?;
            }
            connection.machine.finish().with_context(|| format!("{} has changed", path.display()))?;
            bar.finish_and_clear();
            connection.finish(token, &mut |_| Ok(())).await?
        }
    };
    match (status.kind, &status.text.code) {
        (StatusKind::Ok, Some(Code::AppendUid(uid))) if !connection.quiet => {
            println!("UID {}", String::from_utf8_lossy(uid.uids.as_bytes()));
            Ok(())
        }
        (StatusKind::Ok, _) => Ok(()),
        (_, Some(Code::TryCreate)) => bail!("there is no mailbox {name}: make it with `create`"),
        _ => bail!("the server says {}", said(&status)),
    }
}

/// Waits until the message may be written; the server's answer if it may not.
async fn go_ahead(connection: &mut Connection, token: Token) -> anyhow::Result<Option<Status<'static>>> {
    loop {
        match connection.next(&mut |_| Ok(())).await? {
            Step::GoAhead(to) if to == token => return Ok(None),
            Step::Finished(to, status) if to == token => return Ok(Some(status)),
            Step::Closed => connection.fail_closed()?,
            _ => {}
        }
    }
}

/// Reads a message with CRLF for each LF that has no CR before it.
struct Reader {
    file: File,
    /// The last octet was CR.
    has_cr: bool,
}

impl Reader {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, has_cr: false })
    }

    /// The next piece; `None` at the end.
    fn piece(&mut self) -> io::Result<Option<Bytes>> {
        const PIECE: u64 = 64 * 1024;
        let mut read = Vec::new();
        (&self.file).take(PIECE).read_to_end(&mut read)?;
        if read.is_empty() {
            return Ok(None);
        }
        let mut piece = Vec::with_capacity(read.len() + read.len() / 16);
        for line in read.split_inclusive(|octet| *octet == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(front) => {
                    let has_cr = if front.is_empty() { self.has_cr } else { front.ends_with(b"\r") };
                    piece.extend_from_slice(front);
                    piece.extend_from_slice(if has_cr { b"\n" } else { b"\r\n" });
                    self.has_cr = false;
                }
                None => {
                    piece.extend_from_slice(line);
                    self.has_cr = line.ends_with(b"\r");
                }
            }
        }
        Ok(Some(piece.into()))
    }
}
