//! What SEARCH looks for.

use std::sync::Arc;

use imap_proto::date::Date;
use imap_proto::esearch::SearchReturnOption;
use imap_proto::response::Code;
use imap_proto::search::{KeyEvent, Nesting, SearchKey, SearchKeys};
use imap_proto::sequence::Ranges;
use imap_proto::{AString, Flag};

use crate::maildir::now;
use crate::mime::{decoded_fields, fields};
use crate::store::{Message, No, no};
use crate::view::View;

/// One message that may match.
pub struct Candidate {
    pub number: u32,
    pub uid: u32,
    pub mod_seq: u64,
    pub flags: Vec<Flag<'static>>,
    pub message: Arc<Message>,
}

/// Keys, made ready.
pub enum Query {
    All,
    Not(Box<Query>),
    And(Vec<Query>),
    Or(Vec<Query>),
    Numbers(Ranges),
    Uids(Ranges),
    Flag(Flag<'static>),
    /// In a field of the header.
    Header(String, String),
    Body(String),
    Text(String),
    Received(DateTest),
    Sent(DateTest),
    Larger(u64),
    Smaller(u64),
    /// Received in or after this second.
    Younger(i64),
    ModSeq(u64),
    EmailId(String),
    Nothing,
}

/// How a day lies.
pub enum DateTest {
    Before(Date),
    On(Date),
    Since(Date),
}

impl DateTest {
    fn matches(&self, date: Date) -> bool {
        match self {
            Self::Before(day) => date < *day,
            Self::On(day) => date == *day,
            Self::Since(day) => date >= *day,
        }
    }
}

impl Query {
    /// Makes keys ready; none of them is looked at again for each message.
    pub fn new(charset: Option<&AString<'_>>, keys: &SearchKeys<'_>, view: &View) -> Result<Self, No> {
        let is_known = |charset: &AString<'_>| {
            [&b"UTF-8"[..], b"US-ASCII"].iter().any(|known| charset.as_bytes().eq_ignore_ascii_case(known))
        };
        if !charset.is_none_or(is_known) {
            let known =
                ["UTF-8", "US-ASCII"].into_iter().filter_map(|name| AString::new(name).ok()).collect();
            return Err(no(Code::BadCharset(Some(known)), "the charset is not known"));
        }
        // The lists that are open; the outermost is that of all keys.
        let mut open: Vec<Vec<Self>> = vec![Vec::new()];
        for event in keys.events() {
            match event {
                KeyEvent::Open(_) => open.push(Vec::new()),
                KeyEvent::Key(key) => {
                    let query = Self::of(&key, view)?;
                    if let Some(keys) = open.last_mut() {
                        keys.push(query);
                    }
                }
                KeyEvent::Close(nesting) => {
                    let keys = open.pop().unwrap_or_default();
                    let query = match nesting {
                        Nesting::Or => Self::Or(keys),
                        Nesting::Not => Self::Not(Box::new(Self::And(keys))),
                        Nesting::And => Self::And(keys),
                        Nesting::Fuzzy => return Err(no(Code::Cannot, "FUZZY is not supported")),
                    };
                    if let Some(outer) = open.last_mut() {
                        outer.push(query);
                    }
                }
            }
        }
        Ok(Self::And(open.pop().unwrap_or_default()))
    }

    fn of(key: &SearchKey<'_>, view: &View) -> Result<Self, No> {
        let not = |query| Self::Not(Box::new(query));
        let seconds_ago = |seconds: &u32| now().unix_timestamp().saturating_sub(i64::from(*seconds));
        let header = |name: &str, value: &AString<'_>| Self::Header(name.to_lowercase(), needle(value));
        let keyword = |atom: &imap_proto::Atom<'_>| {
            atom.as_str().and_then(|name| Flag::new(name).ok()).map(|flag| Self::Flag(flag.into_owned()))
        };
        Ok(match key {
            SearchKey::SequenceSet(set) => Self::Numbers(view.numbers(set)),
            SearchKey::Uid(set) => Self::Uids(view.set_of_uids(set)),
            // No message is recent here: \Recent is not kept.
            SearchKey::All | SearchKey::Old => Self::All,
            SearchKey::New | SearchKey::Recent | SearchKey::ThreadId(_) => Self::Nothing,
            SearchKey::Answered => Self::Flag(Flag::Answered),
            SearchKey::Deleted => Self::Flag(Flag::Deleted),
            SearchKey::Draft => Self::Flag(Flag::Draft),
            SearchKey::Flagged => Self::Flag(Flag::Flagged),
            SearchKey::Seen => Self::Flag(Flag::Seen),
            SearchKey::Unanswered => not(Self::Flag(Flag::Answered)),
            SearchKey::Undeleted => not(Self::Flag(Flag::Deleted)),
            SearchKey::Undraft => not(Self::Flag(Flag::Draft)),
            SearchKey::Unflagged => not(Self::Flag(Flag::Flagged)),
            SearchKey::Unseen => not(Self::Flag(Flag::Seen)),
            SearchKey::Keyword(atom) => keyword(atom).unwrap_or(Self::Nothing),
            SearchKey::Unkeyword(atom) => not(keyword(atom).unwrap_or(Self::Nothing)),
            SearchKey::Bcc(value) => header("Bcc", value),
            SearchKey::Cc(value) => header("Cc", value),
            SearchKey::From(value) => header("From", value),
            SearchKey::Subject(value) => header("Subject", value),
            SearchKey::To(value) => header("To", value),
            SearchKey::Header(key) => header(&String::from_utf8_lossy(key.name.as_bytes()), &key.value),
            SearchKey::Body(value) => Self::Body(needle(value)),
            SearchKey::Text(value) => Self::Text(needle(value)),
            SearchKey::Before(date) => Self::Received(DateTest::Before(*date)),
            SearchKey::On(date) => Self::Received(DateTest::On(*date)),
            SearchKey::Since(date) => Self::Received(DateTest::Since(*date)),
            SearchKey::SentBefore(date) => Self::Sent(DateTest::Before(*date)),
            SearchKey::SentOn(date) => Self::Sent(DateTest::On(*date)),
            SearchKey::SentSince(date) => Self::Sent(DateTest::Since(*date)),
            SearchKey::Larger(size) => Self::Larger(*size),
            SearchKey::Smaller(size) => Self::Smaller(*size),
            SearchKey::Older(seconds) => not(Self::Younger(seconds_ago(seconds).saturating_add(1))),
            SearchKey::Younger(seconds) => Self::Younger(seconds_ago(seconds)),
            SearchKey::ModSeq(key) => Self::ModSeq(key.mod_seq),
            SearchKey::EmailId(id) => Self::EmailId(String::from_utf8_lossy(id.as_bytes()).into_owned()),
            _ => return Err(no(Code::Cannot, "a search key is not supported")),
        })
    }

    /// Whether a MODSEQ key is among them.
    pub fn has_mod_seq(&self) -> bool {
        match self {
            Self::ModSeq(_) => true,
            Self::Not(query) => query.has_mod_seq(),
            Self::And(queries) | Self::Or(queries) => queries.iter().any(Self::has_mod_seq),
            _ => false,
        }
    }

    /// Whether a message matches.
    pub fn matches(&self, candidate: &Candidate) -> bool {
        let message = &candidate.message;
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Not(query) => !query.matches(candidate),
            Self::And(queries) => queries.iter().all(|query| query.matches(candidate)),
            Self::Or(queries) => queries.iter().any(|query| query.matches(candidate)),
            Self::Numbers(numbers) => numbers.contains(candidate.number),
            Self::Uids(uids) => uids.contains(candidate.uid),
            Self::Flag(flag) => candidate.flags.contains(flag),
            Self::Header(name, value) => {
                let is_meant =
                    |(of, text): (String, String)| of.eq_ignore_ascii_case(name) && has(&text, value);
                decoded_fields(header(message)).any(is_meant)
            }
            Self::Body(text) => in_body(message, text),
            Self::Text(text) => {
                let raw = String::from_utf8_lossy(header(message));
                has(&raw, text)
                    || decoded_fields(header(message)).any(|(_, of)| has(&of, text))
                    || in_body(message, text)
            }
            Self::Received(test) => test.matches(message.date.date()),
            Self::Sent(test) => sent(message).is_some_and(|date| test.matches(date)),
            Self::Larger(size) => message.raw.len() as u64 > *size,
            Self::Smaller(size) => (message.raw.len() as u64) < *size,
            Self::Younger(since) => message.date.unix_timestamp() >= *since,
            Self::ModSeq(mod_seq) => candidate.mod_seq >= *mod_seq,
            Self::EmailId(id) => message.id == *id,
        }
    }
}

fn needle(value: &AString<'_>) -> String {
    String::from_utf8_lossy(value.as_bytes()).to_lowercase()
}

/// Whether a text has another one in it that is in lower case.
fn has(text: &str, needle: &str) -> bool {
    needle.is_empty() || text.to_lowercase().contains(needle)
}

/// The header of a message.
pub fn header(message: &Message) -> &[u8] {
    message.raw.get(message.part().header.clone()).unwrap_or_default()
}

fn in_body(message: &Message, needle: &str) -> bool {
    message.part().has_text(&message.raw, &mut |text| has(text, needle))
}

/// The day in the Date field.
fn sent(message: &Message) -> Option<Date> {
    let fields = fields(header(message))?;
    let date = fields.date()?;
    Date::new(date.year, date.month, date.day)
}

/// What SEARCH, SORT and THREAD have found.
pub struct Found {
    pub candidates: Vec<Candidate>,
    /// Whether it was searched by mod-sequence.
    pub has_mod_seq: bool,
}

impl Found {
    /// The highest mod-sequence of what is returned, where it was searched by that. RFC 4731 section 3.2: with MIN and MAX
    /// alone it is theirs.
    pub fn mod_seq(&self, wanted: Option<&[SearchReturnOption<'_>]>) -> Option<u64> {
        let told = wanted.map(|wanted| saved_of(wanted, self));
        let is_told = |of: &&Candidate| told.as_ref().is_none_or(|told| told.contains(of.uid));
        self.candidates.iter().filter(is_told).map(|of| of.mod_seq).max().filter(|_| self.has_mod_seq)
    }
}

/// What SAVE keeps. RFC 5182 section 2.4: with MIN and MAX alone only those are saved.
pub fn saved_of(wanted: &[SearchReturnOption<'_>], found: &Found) -> Ranges {
    let uids = || found.candidates.iter().map(|of| of.uid);
    let has = |option| wanted.contains(&option);
    let (min, max) = (has(SearchReturnOption::Min), has(SearchReturnOption::Max));
    if has(SearchReturnOption::All) || has(SearchReturnOption::Count) || !(min || max) {
        return uids().collect();
    }
    let (least, most) = (uids().min().filter(|_| min), uids().max().filter(|_| max));
    least.into_iter().chain(most).collect()
}
