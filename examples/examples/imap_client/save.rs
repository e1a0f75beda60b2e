//! A part of a message onto the disk, piece by piece.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, bail};
use imap_proto::body::{BodyStructure, Encoding};
use imap_proto::client::{Event, Streamed};
use imap_proto::command::UidCommand;
use imap_proto::fetch::{Fetch, FetchAttribute, FetchAttributes};
use imap_proto::response::{Code, Numbered, NumberedData, Response, Status, StatusKind};
use imap_proto::section::{Section, SectionPart};
use imap_proto::{Capability, Command, FetchItem, SequenceSet, Token};
use indicatif::ProgressBar;

use crate::connection::{Connection, said};
use crate::decode::Decoder;
use crate::{progress_bar, query};

/// Writes the part to a file, without its transfer encoding: the server undoes that if it can (BINARY), else we do.
pub async fn save(
    connection: &mut Connection,
    name: &str,
    uid: u32,
    part: &str,
    path: &Path,
) -> anyhow::Result<()> {
    let section = query::save(uid, part)?;
    connection.select(name, false, &mut |_| Ok(())).await?;
    let status = match section {
        None => {
            let whole = FetchAttribute::BodyPeek(Section::WHOLE.into());
            fetch(connection, uid, whole, None, path).await?
        }
        Some(part) => {
            // Some servers give an empty part where there is none.
            let encoding = encoding(connection, uid, &part).await?;
            let mut status = None;
            if connection.offers(&Capability::Binary) {
                let decoded = FetchAttribute::BinaryPeek(part.clone().into());
                status = Some(fetch(connection, uid, decoded, None, path).await?);
            }
            match status {
                // RFC 3516 section 4.3: an encoding that it does not know, or cannot make sense of.
                Some(status) if status.text.code != Some(Code::UnknownCte) => status,
                _ => {
                    let encoded = FetchAttribute::BodyPeek(Section::from(part).into());
                    fetch(connection, uid, encoded, encoding, path).await?
                }
            }
        }
    };
    match status.kind {
        StatusKind::Ok => Ok(()),
        _ => bail!("the server says {}", said(&status)),
    }
}

/// How a part is encoded; `None` for an encoding without a name here.
async fn encoding(
    connection: &mut Connection,
    uid: u32,
    part: &SectionPart<'static>,
) -> anyhow::Result<Option<Encoding>> {
    let section = String::from_utf8_lossy(part.as_bytes()).into_owned();
    let fetch = Fetch::new(SequenceSet::from_ids([uid])?, [FetchAttribute::BodyStructure]);
    let mut encoding = None;
    let mut on = |event: &Event<'_>| {
        if let Event::Response { response: Response::Numbered(Numbered { data, .. }), .. } = event
            && let NumberedData::Fetch(items) = data
        {
            for item in items {
                if let FetchItem::BodyStructure(structure) = item
                    && let Some(BodyStructure::Part(part)) = structure.find(&section)
                {
                    encoding = Some(part.fields.encoding());
                }
            }
        }
        Ok(())
    };
    connection.ask(&Command::Uid(UidCommand::Fetch(fetch)), &mut on).await?;
    encoding.with_context(|| format!("no message with the UID {uid} has a part {section}"))
}

/// Fetches one thing into a file, which is there when all of it is.
async fn fetch(
    connection: &mut Connection,
    uid: u32,
    attribute: FetchAttribute<'static>,
    encoding: Option<Encoding>,
    path: &Path,
) -> anyhow::Result<Status<'static>> {
    let cannot = || format!("cannot write {}", path.display());
    let mut arriving = path.as_os_str().to_owned();
    arriving.push(".arriving");
    let arriving = Path::new(&arriving);
    let file = File::create(arriving).with_context(cannot)?;
    let attributes = FetchAttributes::from([FetchAttribute::Uid, attribute]);
    let fetch = Fetch::new(SequenceSet::from_ids([uid])?, attributes);
    let token = connection.machine.send(&Command::Uid(UidCommand::Fetch(fetch)))?;
    let quiet = connection.quiet;
    let mut saving = Saving {
        token,
        quiet,
        decoder: Some(Decoder::new(file, encoding)),
        is_ours: false,
        bar: ProgressBar::hidden(),
        file: None,
    };
    let finished = connection.finish(token, &mut |event| saving.on(event)).await;
    let is_saved = saving.file.take().map(|file| file.sync_all());
    match (finished, is_saved) {
        (Ok(status), Some(synced)) if status.kind == StatusKind::Ok => {
            synced.with_context(cannot)?;
            std::fs::rename(arriving, path).with_context(cannot)?;
            Ok(status)
        }
        (finished, _) => {
            std::fs::remove_file(arriving).with_context(cannot)?;
            match finished? {
                status if status.kind == StatusKind::Ok => {
                    bail!("no message with the UID {uid} has such a part")
                }
                status => Ok(status),
            }
        }
    }
}

/// Takes the one literal, or string, that was asked for.
struct Saving {
    token: Token,
    quiet: bool,
    decoder: Option<Decoder<File>>,
    /// The chunks that come are of our message.
    is_ours: bool,
    bar: ProgressBar,
    /// All of it.
    file: Option<File>,
}

impl Saving {
    fn on(&mut self, event: &Event<'_>) -> anyhow::Result<()> {
        match event {
            Event::Response { to, response: Response::Numbered(Numbered { data, .. }), .. } => {
                if let (true, NumberedData::Fetch(items)) = (*to == Some(self.token), data) {
                    items.iter().try_for_each(|item| self.item(&item))?;
                }
            }
            Event::FetchHead { to, contents, size, .. } => {
                self.is_ours = *to == Some(self.token)
                    && matches!(contents, Streamed::Body { .. } | Streamed::Binary { .. });
                self.bar = progress_bar(*size, self.quiet)?;
            }
            Event::Chunk { octets, left } if self.is_ours => {
                self.bar.inc(octets.len() as u64);
                self.write(octets)?;
                if *left == 0 {
                    self.bar.finish_and_clear();
                    self.end()?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn item(&mut self, item: &FetchItem<'_>) -> anyhow::Result<()> {
        let octets = match item {
            FetchItem::BodySection(body) => body.data.as_bytes(),
            FetchItem::BinarySection(binary) => binary.data.as_bytes(),
            _ => None,
        };
        match octets {
            Some(octets) => {
                self.write(octets)?;
                self.end()
            }
            None => Ok(()),
        }
    }

    fn write(&mut self, octets: &[u8]) -> anyhow::Result<()> {
        self.decoder.as_mut().map_or(Ok(()), |decoder| decoder.write(octets))
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if let Some(decoder) = self.decoder.take() {
            self.file = Some(decoder.finish()?);
        }
        Ok(())
    }
}
