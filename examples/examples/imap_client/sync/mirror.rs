//! One mailbox: what the server has, what is here, and the difference.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use imap_proto::client::{Event, Streamed};
use imap_proto::command::UidCommand;
use imap_proto::fetch::{Fetch, FetchAttribute, FetchAttributes};
use imap_proto::response::{Numbered, NumberedData, Response, StatusKind};
use imap_proto::section::Section;
use imap_proto::select::Select;
use imap_proto::sequence::Ranges;
use imap_proto::view::{Abilities, MailboxView, Method};
use imap_proto::{Capability, Command, FetchItem, Mailbox, Token};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

use super::maildir::Maildir;
use super::state::State;
use crate::connection::{Connection, said};

/// Messages that are fetched by one command: its line stays well below the 8,192 octets of RFC 7162 section 4.
const BATCH: usize = 500;

/// What had to be done.
#[derive(Default)]
pub struct Mirrored {
    pub new: u64,
    pub octets: u64,
    gone: u64,
    flags: u64,
    all: u64,
    method: Method,
}

impl Mirrored {
    pub fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.octets += other.octets;
    }
}

impl fmt::Display for Mirrored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { new, gone, flags, all, method, .. } = self;
        let by = match method {
            Method::QResync => "QRESYNC",
            Method::CondStore => "CONDSTORE",
            Method::Full => "a list of all flags",
        };
        write!(f, "{new} new, {gone} gone, {flags} with other flags, {all} in all, by {by}")
    }
}

/// Makes the Maildir what the mailbox is.
pub async fn mirror(
    connection: &mut Connection,
    mailbox: &Mailbox<'_>,
    name: &str,
    maildir: &Maildir,
) -> anyhow::Result<Mirrored> {
    let saved = State::load(maildir.path())?;
    let mut view = saved.as_ref().map_or_else(|| MailboxView::new(Default::default()), State::view);
    synchronize(connection, mailbox, &mut view).await?;
    let now = State::of(name, &view).context("its UIDs do not last, so it cannot be mirrored")?;
    let uid_validity = now.uid_validity;
    let (here, others) = maildir.messages(uid_validity)?;

    let mut mirrored = Mirrored { method: view.method(), ..Mirrored::default() };
    let missing: Vec<u32> =
        view.messages().map(|message| message.uid()).filter(|uid| !here.contains_key(uid)).collect();
    let bar = bar(missing.len(), connection.quiet)?;
    let mut arrivals = Arrivals { maildir, uid_validity, token: None, now: None, new: 0, octets: 0 };
    for batch in missing.chunks(BATCH) {
        fetch(connection, &mut view, &mut arrivals, batch).await?;
        bar.set_position(arrivals.new);
    }
    bar.finish_and_clear();
    (mirrored.new, mirrored.octets) = (arrivals.new, arrivals.octets);

    for (uid, file) in &here {
        match view.by_uid(*uid) {
            None => {
                std::fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
                mirrored.gone += 1;
            }
            Some(message) if message.has_flags() => {
                let place = maildir.place(uid_validity, &message);
                if place != *file {
                    std::fs::rename(file, &place)
                        .with_context(|| format!("cannot rename {}", file.display()))?;
                    mirrored.flags += 1;
                }
            }
            Some(_) => {}
        }
    }
    for file in others {
        std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        mirrored.gone += 1;
    }
    // All that is known now is in its place.
    File::open(maildir.path().join("cur")).and_then(|folder| folder.sync_all())?;
    let now = State::of(name, &view).context("its UIDs do not last any more")?;
    if saved.as_ref() != Some(&now) {
        now.save(maildir.path())?;
    }
    mirrored.all = view.known() as u64;
    let (there, _) = maildir.messages(uid_validity)?;
    let lacking = view.messages().filter(|message| !there.contains_key(&message.uid())).count();
    match lacking {
        0 => Ok(mirrored),
        lacking => bail!("the server has not sent {lacking} of its messages"),
    }
}

/// Opens the mailbox, and lets the view ask until it knows all.
async fn synchronize(
    connection: &mut Connection,
    mailbox: &Mailbox<'_>,
    view: &mut MailboxView,
) -> anyhow::Result<()> {
    let offered = connection.machine.capabilities().context("the server has not told what it offers")?;
    let mut abilities = Abilities::of(offered, &connection.enabled);
    abilities.condstore &= connection.offers(&Capability::CondStore);
    abilities.esearch &= connection.offers(&Capability::ESearch);
    loop {
        let select = Select { mailbox: mailbox.clone().into_owned(), parameters: view.select(abilities) };
        let token = connection.machine.send(&Command::Examine(select))?;
        let status = finish(connection, view, token).await?;
        view.select_done(&status);
        match status.kind {
            StatusKind::Ok => break,
            // It does not understand what it offers.
            StatusKind::Bad if abilities.qresync => abilities.qresync = false,
            StatusKind::Bad if abilities.condstore => abilities.condstore = false,
            _ => bail!("the server says {}", said(&status)),
        }
    }
    while let Some(step) = view.next_step() {
        let token = connection.machine.send(&Command::Uid(step))?;
        let status = finish(connection, view, token).await?;
        view.step_done(&status);
        if status.kind != StatusKind::Ok {
            bail!("the server says {}", said(&status));
        }
    }
    match view.is_synchronized() {
        true => Ok(()),
        false => bail!("the server contradicts itself: it cannot be told what there is"),
    }
}

async fn finish(
    connection: &mut Connection,
    view: &mut MailboxView,
    token: Token,
) -> anyhow::Result<imap_proto::response::Status<'static>> {
    let on = &mut |event: &Event<'_>| {
        view.event(event);
        Ok(())
    };
    connection.finish(token, on).await
}

/// Fetches these messages into their places.
async fn fetch(
    connection: &mut Connection,
    view: &mut MailboxView,
    arrivals: &mut Arrivals<'_>,
    uids: &[u32],
) -> anyhow::Result<()> {
    let set = uids.iter().copied().collect::<Ranges>().to_set()?;
    let whole = FetchAttribute::BodyPeek(Section::WHOLE.into());
    let fetch = Fetch::new(set, FetchAttributes::from([FetchAttribute::Uid, whole]));
    let token = connection.machine.send(&Command::Uid(UidCommand::Fetch(fetch)))?;
    arrivals.token = Some(token);
    let on = &mut |event: &Event<'_>| {
        view.event(event);
        arrivals.on(event, view)
    };
    let status = connection.finish(token, on).await?;
    view.done(&status);
    match status.kind {
        // RFC 5530 section 3, RFC 9051 section 7.1: NO when some of them are gone meanwhile; what is lacking is found out.
        StatusKind::Ok | StatusKind::No => Ok(()),
        StatusKind::Bad => bail!("the server says {}", said(&status)),
    }
}

/// Puts messages into their places as they come.
struct Arrivals<'m> {
    maildir: &'m Maildir,
    uid_validity: u64,
    token: Option<Token>,
    /// The one that is arriving in pieces.
    now: Option<Arriving>,
    new: u64,
    octets: u64,
}

struct Arriving {
    number: u32,
    uid: Option<u32>,
    path: PathBuf,
    file: File,
    /// The chunks that come are of it.
    is_open: bool,
}

impl Arrivals<'_> {
    fn on(&mut self, event: &Event<'_>, view: &MailboxView) -> anyhow::Result<()> {
        match event {
            Event::Response { to, response: Response::Numbered(Numbered { number, data }), .. } => {
                if let (true, NumberedData::Fetch(items)) = (*to == self.token, data)
                    && let Some(body) = items.body_section(&Section::WHOLE)
                    && let Some(octets) = body.data.as_bytes()
                {
                    self.begin(*number, items.uid())?;
                    self.write(octets)?;
                    self.end(None, view)?;
                }
            }
            Event::FetchHead { to, number, items, contents, .. } => {
                let is_whole = matches!(contents, Streamed::Body { section, origin: None } if *section == Section::WHOLE);
                if is_whole && *to == self.token {
                    self.begin(*number, items.iter().find_map(uid_of))?;
                } else if let Some(now) = &mut self.now {
                    // Nobody asked for anything else.
                    now.is_open = false;
                }
            }
            Event::Chunk { octets, .. } => self.write(octets)?,
            Event::FetchTail { items, .. } => self.end(items.iter().find_map(uid_of), view)?,
            // It stands for the end of what was arriving.
            Event::Malformed { .. } => self.now = None,
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, number: u32, uid: Option<u32>) -> anyhow::Result<()> {
        let (path, file) = self.maildir.arriving()?;
        self.now = Some(Arriving { number, uid, path, file, is_open: true });
        Ok(())
    }

    fn write(&mut self, octets: &[u8]) -> anyhow::Result<()> {
        if let Some(Arriving { file, path, is_open: true, .. }) = &mut self.now {
            file.write_all(octets).with_context(|| format!("cannot write {}", path.display()))?;
            self.octets += octets.len() as u64;
        }
        Ok(())
    }

    fn end(&mut self, uid: Option<u32>, view: &MailboxView) -> anyhow::Result<()> {
        let Some(Arriving { number, uid: told, path, file, .. }) = self.now.take() else { return Ok(()) };
        let message = match told.or(uid) {
            Some(uid) => view.by_uid(uid),
            None => view.by_number(number),
        };
        // One that is expunged by now is not to be kept.
        let Some(message) = message else { return Ok(()) };
        let place = self.maildir.place(self.uid_validity, &message);
        file.sync_all().with_context(|| format!("cannot write {}", path.display()))?;
        std::fs::rename(&path, &place).with_context(|| format!("cannot write {}", place.display()))?;
        self.new += 1;
        Ok(())
    }
}

fn uid_of(item: FetchItem<'_>) -> Option<u32> {
    match item {
        FetchItem::Uid(uid) => Some(uid),
        _ => None,
    }
}

fn bar(messages: usize, quiet: bool) -> anyhow::Result<ProgressBar> {
    if quiet || messages == 0 || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} messages {eta}")?;
    Ok(ProgressBar::new(messages as u64).with_style(style))
}
