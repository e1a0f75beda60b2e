//! Which data belong to which command: by what it asked for, as data have no tag.

use alloc::boxed::Box;

use crate::command::{Command, UidCommand};
use crate::fetch::{Fetch, FetchItem};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::sequence::{Ranges, SequenceSet};
use crate::response::{Code, Data, Numbered, NumberedData, RespText, Response, Status};

/// Data, and the commands that ask for them. Any other command is told them unasked.
const ANSWERS: &[(&str, &[&str])] = &[
    ("CAPABILITY", &["CAPABILITY"]),
    ("ENABLED", &["ENABLE"]),
    ("ID", &["ID"]),
    ("NAMESPACE", &["NAMESPACE"]),
    ("LANGUAGE", &["LANGUAGE"]),
    ("COMPARATOR", &["COMPARATOR"]),
    ("JMAPACCESS", &["GETJMAPACCESS"]),
    ("XAPPLEPUSHSERVICE", &["XAPPLEPUSHSERVICE"]),
    // Gmail and QQ answer one with another.
    ("LIST", &["LIST", "LSUB", "RLIST", "RLSUB", "XLIST"]),
    ("LSUB", &["LIST", "LSUB", "RLIST", "RLSUB", "XLIST"]),
    ("XLIST", &["LIST", "LSUB", "RLIST", "RLSUB", "XLIST"]),
    ("STATUS", &["STATUS", "LIST"]),
    ("MYRIGHTS", &["MYRIGHTS", "LIST"]),
    ("METADATA", &["GETMETADATA", "LIST"]),
    ("ACL", &["GETACL"]),
    ("LISTRIGHTS", &["LISTRIGHTS"]),
    ("QUOTA", &["GETQUOTA", "GETQUOTAROOT", "SETQUOTA"]),
    ("QUOTAROOT", &["GETQUOTAROOT"]),
    ("SEARCH", &["SEARCH"]),
    ("ESEARCH", &["SEARCH", "SORT", "THREAD", "ESEARCH"]),
    ("SORT", &["SORT"]),
    ("THREAD", &["THREAD"]),
    ("UIDBATCHES", &["UIDBATCHES"]),
    ("FLAGS", &["SELECT", "EXAMINE"]),
    ("EXISTS", &["SELECT", "EXAMINE"]),
    ("RECENT", &["SELECT", "EXAMINE"]),
    ("EXPUNGE", &["EXPUNGE", "MOVE"]),
    ("VANISHED", &["EXPUNGE", "MOVE", "FETCH", "SELECT", "EXAMINE"]),
    ("FETCH", &["FETCH", "STORE", "SELECT", "EXAMINE"]),
    ("UIDFETCH", &["FETCH", "STORE", "SELECT", "EXAMINE"]),
    ("CONVERTED", &["CONVERT"]),
    ("CONVERSION", &["CONVERSIONS"]),
    ("GENURLAUTH", &["GENURLAUTH"]),
    ("URLFETCH", &["URLFETCH"]),
];

/// Items of FETCH that mean something to this table. What a command asks for is a set of their places; all others
/// have the one place behind them.
const ITEMS: &[&str] = &[
    "UID",
    "FLAGS",
    "MODSEQ",
    "INTERNALDATE",
    "RFC822.SIZE",
    "ENVELOPE",
    "BODYSTRUCTURE",
    "BODY",
    "BODY[",
    "BINARY[",
    "BINARY.SIZE[",
    "RFC822",
    "RFC822.HEADER",
    "RFC822.TEXT",
    "SAVEDATE",
    "EMAILID",
    "THREADID",
    "PREVIEW",
    "SNIPPET",
    "X-GM-MSGID",
    "X-GM-THRID",
    "X-GM-LABELS",
    "ANNOTATION",
];

/// Which command in flight a response belongs to: the one whose tag it names, or else the first that asked for it.
pub(crate) fn owner<'f, F: 'f>(
    response: &Response<'_>,
    mut flights: impl Iterator<Item = &'f F>,
    asked: impl Fn(&F) -> &Asked,
    is_called: impl Fn(&F, &[u8]) -> bool,
) -> Option<&'f F> {
    match named(response) {
        Some(tag) => flights.find(|flight| is_called(flight, tag)),
        None => flights.find(|flight| asked(flight).has_response(response)),
    }
}

/// The tag within a response.
fn named<'r>(response: &'r Response<'_>) -> Option<&'r [u8]> {
    let tag = match response {
        Response::Data(Data::Esearch(found)) => &found.correlator.as_ref()?.tag,
        Response::Data(Data::UidBatches(batches)) => &batches.correlator.tag,
        Response::Status(Status {
            text: RespText { code: Some(Code::InProgress(Some(progress))), .. },
            ..
        }) => {
            return Some(progress.tag.as_ref()?.as_bytes());
        }
        _ => return None,
    };
    Some(tag.as_bytes())
}

/// The set with one member.
fn item(name: &str) -> u32 {
    // PEEK is a word of requests alone.
    let name = match name {
        "BODY.PEEK[" => "BODY[",
        "BINARY.PEEK[" => "BINARY[",
        name => name,
    };
    let place = ITEMS.iter().position(|one| name.eq_ignore_ascii_case(one)).unwrap_or(ITEMS.len());
    u32::try_from(place).map_or(0, |place| 1 << place.min(31))
}

/// What a command asked for.
#[derive(Debug, Default)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Asked {
    /// Places of [`ANSWERS`].
    data: u64,
    /// The name, when this crate does not know the command: it may have data of the same name.
    other: Option<Box<str>>,
    /// The mailbox of STATUS.
    mailbox: Option<Mailbox<'static>>,
    /// What FETCH or STORE is about.
    messages: Option<Box<Messages>>,
    /// COPYUID is the code of this command.
    copies: bool,
    /// SELECT or EXAMINE: its codes tell of the mailbox.
    selects: bool,
    /// IDLE was told to end.
    pub(crate) is_done: bool,
}

/// Messages, and what of them.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
struct Messages {
    uid: bool,
    /// Which; `None` for any, where that cannot be known beforehand.
    set: Option<Ranges>,
    /// Places of [`ITEMS`].
    items: u32,
}

impl Messages {
    fn new(uid: bool, set: &SequenceSet<'_>, items: u32) -> Option<Box<Self>> {
        let set = set.is_concrete().then(|| set.normalize(None));
        Some(Box::new(Self { uid, set, items }))
    }

    fn of_fetch(uid: bool, fetch: &Fetch<'_>) -> Option<Box<Self>> {
        let items = fetch.attributes.iter().map(|one| item(one.keyword())).fold(0, |set, one| set | one);
        // RFC 7162 section 3.1.4.1: CHANGEDSINCE has MODSEQ told, too.
        let modified = if fetch.modifiers.is_empty() { 0 } else { item("MODSEQ") };
        Self::new(uid, &fetch.set, items | modified)
    }
}

/// A FETCH response, as far as it matters whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Told<I> {
    /// A message number, or a UID.
    pub(crate) number: u32,
    /// In UIDFETCH.
    pub(crate) is_uid: bool,
    /// What is told of the message: looked through only as far as needed.
    pub(crate) items: I,
    /// What more of it is on its way, if the rest has not come yet.
    pub(crate) contents: Option<&'static str>,
}

impl<'a, I: Iterator<Item = FetchItem<'a>> + Clone> Told<I> {
    fn uid(&self) -> Option<u32> {
        if self.is_uid {
            return Some(self.number);
        }
        self.items.clone().find_map(|item| match item {
            FetchItem::Uid(uid) => Some(uid),
            _ => None,
        })
    }

    /// Whether it tells any of these.
    fn tells(&self, items: u32) -> bool {
        let is_one = |name: &str| item(name) & items != 0;
        self.contents.is_some_and(is_one) || self.items.clone().any(|one| is_one(one.keyword()))
    }
}

impl Asked {
    pub(crate) fn of(command: &Command<'_>) -> Self {
        let name = match command {
            Command::Uid(command) => command.keyword(),
            command => command.keyword(),
        };
        let rows = ANSWERS.iter().enumerate().filter(|(_, (_, commands))| commands.contains(&name));
        let data = rows.fold(0, |set, (place, _)| set | place_bit(place));
        let labels = || item("FLAGS") | item("MODSEQ") | item("X-GM-LABELS") | item("ANNOTATION");
        let messages = match command {
            Command::Fetch(fetch) => Messages::of_fetch(false, fetch),
            Command::Uid(UidCommand::Fetch(fetch)) => Messages::of_fetch(true, fetch),
            Command::Store(store) => Messages::new(false, &store.set, labels()),
            Command::Uid(UidCommand::Store(store)) => Messages::new(true, &store.set, labels()),
            _ => None,
        };
        Self {
            data,
            messages,
            other: match command {
                Command::Other(other) => other.name().as_str().map(Box::from),
                _ => None,
            },
            mailbox: match command {
                Command::Status(status) => Some(status.mailbox.clone().into_owned()),
                _ => None,
            },
            copies: matches!(name, "COPY" | "MOVE"),
            selects: matches!(name, "SELECT" | "EXAMINE"),
            is_done: false,
        }
    }

    /// Whether it asked for what this response tells.
    fn has_response(&self, response: &Response<'_>) -> bool {
        match response {
            Response::Data(data) => self.has_data(data),
            Response::Numbered(Numbered { number, data }) => match data {
                NumberedData::Fetch(items) | NumberedData::UidFetch(items) => {
                    let is_uid = matches!(data, NumberedData::UidFetch(_));
                    self.has_message(&Told { number: *number, is_uid, items: items.iter(), contents: None })
                }
                data => self.has(data.keyword()),
            },
            Response::Status(status) => status.text.code.as_ref().is_some_and(|code| self.has_code(code)),
            _ => false,
        }
    }

    /// Whether it asked for data of this name.
    fn has(&self, name: &str) -> bool {
        let place = ANSWERS.iter().position(|(data, _)| *data == name);
        place.is_some_and(|place| self.data & place_bit(place) != 0)
            || self.other.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(name))
    }

    /// Whether it asked for these data.
    fn has_data(&self, data: &Data<'_>) -> bool {
        let is_same = match (data, &self.mailbox) {
            (Data::Status(status), Some(mailbox)) => {
                status.mailbox == *mailbox || status.mailbox.is_inbox() && mailbox.is_inbox()
            }
            _ => true,
        };
        is_same && self.has(data.keyword())
    }

    /// Whether it asked for what this FETCH response tells.
    pub(crate) fn has_message<'a>(&self, told: &Told<impl Iterator<Item = FetchItem<'a>> + Clone>) -> bool {
        let Some(messages) = &self.messages else { return self.selects };
        let number = match messages.uid {
            true => told.uid(),
            false => (!told.is_uid).then_some(told.number),
        };
        let is_in_set = match (number, &messages.set) {
            // The UID may yet come.
            (None, _) => messages.uid && told.contents.is_some(),
            (Some(_), None) => true,
            (Some(number), Some(set)) => set.contains(number),
        };
        // Nearly everything that comes unasked has a UID, too.
        let uid = item("UID");
        let wanted = if messages.items == uid { uid } else { messages.items & !uid };
        is_in_set && told.tells(wanted)
    }

    /// Whether it may have a status with this code before its completion.
    fn has_code(&self, code: &Code<'_>) -> bool {
        match code {
            Code::CopyUid(_) => self.copies,
            Code::UidNext(_)
            | Code::UidValidity(_)
            | Code::PermanentFlags(_)
            | Code::Unseen(_)
            | Code::UidNotSticky
            | Code::HighestModSeq(_)
            | Code::NoModSeq
            | Code::MailboxId(_)
            | Code::ReadOnly
            | Code::ReadWrite
            | Code::Annotations(_)
            | Code::Closed => self.selects,
            _ => false,
        }
    }
}

const fn place_bit(place: usize) -> u64 {
    // There are less than 64 rows.
    1 << (place & 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_fit_their_sets() {
        assert!(ANSWERS.len() <= 64 && ITEMS.len() < 32);
        let names = |place: usize| ANSWERS[place].0;
        assert!((1..ANSWERS.len()).all(|place| (0..place).all(|before| names(before) != names(place))));
    }
}
