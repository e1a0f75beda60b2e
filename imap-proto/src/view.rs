//! What a client knows of the mailbox that is selected.
//!
//! [`MailboxView`] is fed what a [`Client`](crate::Client) tells, in order, and keeps how many messages there are, their UIDs and
//! flags, UIDVALIDITY, UIDNEXT and HIGHESTMODSEQ. It stands beside the machine, and nothing in the machine needs it. What it
//! cannot believe is a [`Contradiction`] among the [`Change`]s that it tells, never an error.
//!
//! Its methods are of four kinds:
//!
//! * what is known from before: [`new`](MailboxView::new), [`restore`](MailboxView::restore),
//!   [`checkpoint`](MailboxView::checkpoint), [`messages`](MailboxView::messages);
//! * what arrives: [`event`](MailboxView::event) for everything, then for completions [`select_done`](MailboxView::select_done) of
//!   SELECT, [`step_done`](MailboxView::step_done) of what [`next_step`](MailboxView::next_step) gave, and
//!   [`done`](MailboxView::done) of all other commands;
//! * how to synchronise: [`select`](MailboxView::select), [`next_step`](MailboxView::next_step);
//! * questions: [`exists`](MailboxView::exists), [`by_uid`](MailboxView::by_uid), [`by_number`](MailboxView::by_number), …
//!
//! # Which responses
//! Those from the SELECT or EXAMINE on. When another mailbox is selected before, its data come up to `* OK [CLOSED]`: a server with
//! QRESYNC or IMAP4rev2 says that, and the view of the new mailbox is to be fed from there on. With other servers, CLOSE or
//! UNSELECT the old mailbox before.
//!
//! # Synchronisation
//! ```text
//! select ──> SELECT … ──> select_done ──> next_step ──> UID FETCH … ──> step_done ──> next_step ──> None
//! ```
//! How depends on what the server can and what is known: [`Method`]. A new view is synchronised by one UID FETCH of all flags.
//!
//! Whatever happens while that goes on, [`checkpoint`](MailboxView::checkpoint) stays what it was before, and takes the new
//! HIGHESTMODSEQ only when [`is_synchronized`](MailboxView::is_synchronized). So a client that saves the messages as they are told
//! and the checkpoint behind them can be interrupted at any time, and misses nothing: the next synchronisation begins where the
//! last one began that was complete.
//!
//! # Bounds
//! [`Bounds`] are the caller's: so many messages, so many keywords, whatever the server claims. A message takes 32 octets, twice
//! as much when they are told in no order, and at most three times when they go so, too. When there are more messages, those with the highest UIDs are kept.
//!
//! # Example
//! ```
//! use imap_proto::client::{Event, Options, TagPrefix, TlsPolicy};
//! use imap_proto::select::Select;
//! use imap_proto::view::{Abilities, Bounds, Change, Checkpoint, MailboxView, Saved};
//! use imap_proto::{Client, Command, Flag, Mailbox, Received};
//!
//! # let mut options = Options::new(TagPrefix::new(*b"ABCD")?);
//! # options.tls = TlsPolicy::Implicit;
//! # let mut client = Client::new(options);
//! # let mut server: std::collections::VecDeque<&[u8]> = [
//! #     &b"* PREAUTH [CAPABILITY IMAP4rev1 ENABLE QRESYNC] hello\r\n"[..],
//! #     b"* ENABLED QRESYNC\r\nABCD1 OK enabled\r\n",
//! #     b"* 3 EXISTS\r\n* OK [UIDVALIDITY 67890007] valid\r\n* OK [UIDNEXT 600] next\r\n* OK [HIGHESTMODSEQ 90] highest\r\n\
//! #       * VANISHED (EARLIER) 41\r\n* 1 FETCH (UID 42 FLAGS (\\Seen) MODSEQ (85))\r\n\
//! #       * 3 FETCH (UID 599 FLAGS () MODSEQ (88))\r\nABCD2 OK [READ-WRITE] selected\r\n",
//! # ].into();
//! # let mut read = || server.pop_front().unwrap_or_default();
//! // What was saved: the mailbox had the UIDs 41, 42 and 43.
//! let checkpoint = Checkpoint { uid_validity: 67_890_007, uid_next: 44, mod_seq: Some(80), is_complete: true };
//! let mut view = MailboxView::restore(checkpoint, (41..=43).map(Saved::new), Bounds::default());
//! let (mut input, mut enable, mut select, mut step) = (Vec::new(), None, None, None);
//! let mut enabled = imap_proto::capability::Capabilities::default();
//! loop {
//!     let Some(Received { consumed, event }) = client.receive(&input)? else {
//!         # let length = bytes::Buf::remaining(client.transmit());
//!         # bytes::Buf::advance(client.transmit(), length);
//!         let piece = read();
//!         # if piece.is_empty() { break }
//!         input.extend_from_slice(piece);
//!         continue;
//!     };
//!     let mut changes = view.event(&event);                           // everything goes by the view
//!     match event {
//!         Event::Greeting(_) => {
//!             let qresync = [imap_proto::Capability::QResync].into_iter().collect();
//!             enable = Some(client.send(&Command::Enable(qresync))?);
//!         }
//!         Event::Response { response: imap_proto::Response::Data(imap_proto::response::Data::Enabled(now)), .. } => {
//!             enabled = now.into_owned();
//!         }
//!         Event::Finished { to, .. } if Some(to) == enable => {
//!             let offered = client.capabilities().ok_or("it has not told")?;
//!             let parameters = view.select(Abilities::of(offered, &enabled));
//!             let mailbox = Mailbox::new("INBOX")?;
//!             select = Some(client.send(&Command::Select(Select { mailbox, parameters }))?);
//!         }
//!         Event::Finished { to, status, .. } => {
//!             changes.extend(match Some(to) {
//!                 to if to == select => view.select_done(&status),
//!                 to if to == step => view.step_done(&status),
//!                 _ => view.done(&status),
//!             });
//!             step = match view.next_step() {
//!                 Some(command) => Some(client.send(&Command::Uid(command))?),
//!                 None => None,
//!             };
//!         }
//!         _ => {}
//!     }
//!     for change in changes {
//!         match change {
//!             Change::Known { uid, .. } => println!("{uid} is new"),
//!             Change::Vanished { uids, .. } => println!("{uids:?} are gone"),
//!             other => println!("{other:?}"),
//!         }
//!     }
//!     input.drain(..consumed);
//! }
//! assert!(view.is_synchronized());
//! assert!(view.messages().map(|message| message.uid()).eq([42, 43, 599]));
//! assert!(view.by_number(1).is_some_and(|message| message.contains(&Flag::Seen)));
//! let saved = view.checkpoint().ok_or("nothing to save")?;
//! assert_eq!((saved.uid_next, saved.mod_seq), (600, Some(90)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod change;
mod expunge;
mod fetch;
mod flags;
mod message;
mod resync;
mod select;
mod status;
mod sums;
mod table;

use alloc::vec::Vec;

pub use self::change::{Change, Contradiction};
use self::fetch::Pending;
use self::flags::Keywords;
pub use self::message::{Message, Saved};
use self::resync::Sync;
pub use self::resync::{Abilities, Checkpoint, Method};
use self::select::Session;
use self::table::{Entry, Place, Table};
use crate::client::Event;
use crate::grammar::flag::{Flags, PermanentFlags};
use crate::registry::{Data, NumberedData};
use crate::response::Response;

/// How much a view keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Bounds {
    /// The most messages: 1,000,000, for 32 megabytes, or 96 at worst.
    pub messages: usize,
    /// The most keywords of a mailbox: 121, and never more. Cyrus allows 128, Dovecot any number, and people have a dozen.
    /// One of more than 255 octets is not kept.
    pub keywords: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { messages: 1_000_000, keywords: Keywords::MOST }
    }
}

/// What a client knows of the mailbox that is selected; see the [module](self).
#[derive(Clone, Debug)]
pub struct MailboxView {
    bounds: Bounds,
    /// Messages whose numbers are known.
    placed: Table,
    /// Messages that are known by UID only. Each is somewhere in the gaps of `placed`.
    loose: Table,
    keywords: Keywords,
    /// What `uid`s mean, when it was told or restored.
    uid_validity: Option<u64>,
    session: Session,
    pending: Option<Pending>,
    sync: Sync,
}

/// Where a message is kept.
#[derive(Clone, Copy, Debug)]
enum At {
    Placed(Place),
    Loose(Place),
}

impl MailboxView {
    /// Nothing is known.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            placed: Table::default(),
            loose: Table::default(),
            keywords: Keywords::default(),
            uid_validity: None,
            session: Session::default(),
            pending: None,
            sync: Sync::default(),
        }
    }

    /// What was known at `checkpoint`, or since then: `messages` may have been saved later than it.
    ///
    /// In the order of their UIDs they take the least time. Of more than [`Bounds::messages`], those with the highest UIDs are
    /// kept; then [`Checkpoint::is_complete`] is not true any more.
    pub fn restore<'a>(
        checkpoint: Checkpoint,
        messages: impl IntoIterator<Item = Saved<'a>>,
        bounds: Bounds,
    ) -> Self {
        let mut view = Self::new(bounds);
        view.uid_validity = Some(checkpoint.uid_validity).filter(|&value| value != 0);
        if view.uid_validity.is_none() {
            return view;
        }
        view.sync.checkpoint = Some(checkpoint);
        let mut changes = Vec::new();
        for saved in messages {
            changes.clear();
            if saved.uid == 0
                || view.loose.find(saved.uid).is_some()
                || !view.make_room(saved.uid, &mut changes)
            {
                continue;
            }
            let mut entry = Entry::new(saved.uid);
            entry.mod_seq = saved.mod_seq.unwrap_or_default();
            if let Some(flags) = &saved.flags {
                view.keywords.set(&mut entry.bits, flags, bounds.keywords);
            }
            view.loose.insert(entry);
        }
        view
    }

    /// What a client was told. Completions are for [`select_done`](Self::select_done), [`step_done`](Self::step_done) and
    /// [`done`](Self::done); they change nothing here.
    pub fn event(&mut self, event: &Event<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.session.is_open() {
            match event {
                Event::Response { response, .. } => self.on_response(response, &mut changes),
                Event::FetchHead { number, items, .. } => {
                    let is_uid = self.sync.abilities.uid_only;
                    self.session.arriving = Some(*number);
                    self.on_fetch(*number, is_uid, items.iter(), &mut changes);
                }
                Event::FetchTail { items, .. } => {
                    let is_uid = self.sync.abilities.uid_only;
                    if let Some(number) = self.session.arriving.take() {
                        self.on_fetch(number, is_uid, items.iter(), &mut changes);
                    }
                }
                _ => {}
            }
        }
        changes
    }

    /// The same for a response that was read without a [`Client`](crate::Client).
    pub fn response(&mut self, response: &Response<'_>) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.session.is_open() {
            self.on_response(response, &mut changes);
        }
        changes
    }

    fn on_response(&mut self, response: &Response<'_>, changes: &mut Vec<Change>) {
        match response {
            Response::Numbered(numbered) => {
                let number = numbered.number;
                match &numbered.data {
                    NumberedData::Exists => self.on_exists(number, changes),
                    NumberedData::Expunge => self.on_expunge(number, changes),
                    NumberedData::Fetch(items) => self.on_fetch(number, false, items.iter(), changes),
                    NumberedData::UidFetch(items) => self.on_fetch(number, true, items.iter(), changes),
                    _ => {}
                }
            }
            Response::Data(Data::Vanished(vanished)) => self.on_vanished(vanished, changes),
            Response::Data(Data::Flags(flags)) => self.session.flags = Some(self.own(flags)),
            Response::Data(Data::Search(found)) => self.on_search(found),
            Response::Data(Data::Esearch(found)) => self.on_esearch(found),
            Response::Status(status) => self.on_status(status, changes),
            _ => {}
        }
    }

    /// How many messages there are; `None` when that was not told since [`select`](Self::select).
    pub fn exists(&self) -> Option<u32> {
        self.session.exists
    }

    /// How many messages are known by UID.
    pub fn known(&self) -> usize {
        self.placed.len().saturating_add(self.loose.len())
    }

    /// How long UIDs hold; `None` when it was not told.
    pub fn uid_validity(&self) -> Option<u64> {
        self.uid_validity
    }

    /// What the UID of the next message will be, at least, as far as it was told or follows from the UIDs that are known; `None`
    /// when neither.
    pub fn uid_next(&self) -> Option<u32> {
        let known = self.placed.last().max(self.loose.last()).map(|uid| uid.saturating_add(1));
        self.session.uid_next.map(|told| told.uid_next).max(known)
    }

    /// HIGHESTMODSEQ as it was told last; `None` when the mailbox has no mod-sequences, or the server has not told. What to save is
    /// in [`checkpoint`](Self::checkpoint).
    pub fn highest_mod_seq(&self) -> Option<u64> {
        self.session.highest_mod_seq
    }

    /// The flags that there are in the mailbox: RFC 9051 section 7.3.5. As many as there is room for.
    pub fn flags(&self) -> Option<&Flags<'static>> {
        self.session.flags.as_ref()
    }

    /// The flags that can be changed for good; `None` stands for all of them. RFC 9051 section 7.1.
    pub fn permanent_flags(&self) -> Option<&PermanentFlags<'static>> {
        self.session.permanent_flags.as_ref()
    }

    /// Whether the mailbox can be changed; `None` when it was not told. RFC 9051 section 7.1.
    pub fn is_read_only(&self) -> Option<bool> {
        self.session.is_read_only
    }

    /// The message of a UID, when it is known.
    pub fn by_uid(&self, uid: u32) -> Option<Message<'_>> {
        let at = self.find(uid)?;
        let number = match at {
            At::Placed(place) => u32::try_from(self.placed.number(place)).ok(),
            At::Loose(_) => None,
        };
        Some(Message::new(&self.keywords, *self.get(at)?, number))
    }

    /// The message of a number, when its UID is known.
    pub fn by_number(&self, number: u32) -> Option<Message<'_>> {
        let place = self.placed.at(number.into())?;
        Some(Message::new(&self.keywords, *self.placed.get(place)?, Some(number)))
    }

    /// All messages that are known, in the order of their UIDs.
    pub fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let mut number = 0u32;
        let mut placed = self.placed.iter().peekable();
        let mut loose = self.loose.iter().peekable();
        core::iter::from_fn(move || {
            let is_loose = match (placed.peek(), loose.peek()) {
                (Some(placed), Some(loose)) => loose.uid < placed.uid,
                (placed, _) => placed.is_none(),
            };
            if is_loose {
                return Some(Message::new(&self.keywords, *loose.next()?, None));
            }
            let entry = placed.next()?;
            number = number.saturating_add(entry.gap).saturating_add(1);
            Some(Message::new(&self.keywords, *entry, Some(number)))
        })
    }

    /// The client has changed flags without being told of it: `STORE … FLAGS.SILENT` was done. Whether the UID is known.
    pub fn set_flags(&mut self, uid: u32, flags: &Flags<'_>) -> bool {
        let Some(at) = self.find(uid) else { return false };
        if let Some(entry) = get_mut(&mut self.placed, &mut self.loose, at) {
            self.keywords.set(&mut entry.bits, flags, self.bounds.keywords);
        }
        true
    }

    fn find(&self, uid: u32) -> Option<At> {
        match self.placed.find(uid) {
            Some(place) => Some(At::Placed(place)),
            None => self.loose.find(uid).map(At::Loose),
        }
    }

    fn get(&self, at: At) -> Option<&Entry> {
        match at {
            At::Placed(place) => self.placed.get(place),
            At::Loose(place) => self.loose.get(place),
        }
    }

    /// How many messages there are that are not known.
    fn unknown(&self) -> u32 {
        let known = u32::try_from(self.known()).unwrap_or(u32::MAX);
        self.session.exists.unwrap_or_default().saturating_sub(known)
    }

    /// Room for one more message with this UID: the lowest goes, if that is not the one to come.
    fn make_room(&mut self, uid: u32, changes: &mut Vec<Change>) -> bool {
        if self.known() < self.bounds.messages {
            return true;
        }
        self.sync.is_bounded = true;
        if let Some(checkpoint) = &mut self.sync.checkpoint {
            checkpoint.is_complete = false;
        }
        let lowest = match (self.placed.first(), self.loose.first()) {
            (Some(placed), Some(loose)) => placed.min(loose),
            (placed, loose) => placed.or(loose).unwrap_or(u32::MAX),
        };
        changes.push(Change::NotKept { uid: lowest.min(uid) });
        if uid < lowest || self.bounds.messages == 0 {
            return false;
        }
        if let Some(entry) = self.forget(lowest) {
            self.keywords.release(entry.bits);
        }
        true
    }

    /// Of a message, that it is there stays known.
    fn forget(&mut self, uid: u32) -> Option<Entry> {
        match self.find(uid)? {
            At::Placed(place) => self.placed.forget(place),
            At::Loose(place) => self.loose.remove(place),
        }
    }

    /// Numbers are not to be trusted.
    fn forget_numbers(&mut self) {
        let placed = core::mem::take(&mut self.placed).into_entries().map(|entry| Entry { gap: 0, ..entry });
        if self.loose.is_empty() {
            self.loose = Table::of(placed);
        } else {
            placed.for_each(|entry| self.loose.insert(entry));
        }
        self.drop_pending(None);
    }
}

/// The entry at a place, to be changed while other parts of the view are.
fn get_mut<'t>(placed: &'t mut Table, loose: &'t mut Table, at: At) -> Option<&'t mut Entry> {
    match at {
        At::Placed(place) => placed.get_mut(place),
        At::Loose(place) => loose.get_mut(place),
    }
}
