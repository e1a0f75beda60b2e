//! What SORT and THREAD go by ([RFC 5256](https://www.rfc-editor.org/rfc/rfc5256)).

use std::cmp::Ordering;

use imap_proto::List;
use imap_proto::ext::sort::{SortCriterion, SortKey};
use mail_parser::{Addr, Address};

use crate::mime::{decoded_fields, fields};
use crate::search::{Candidate, header};

/// What of a message is sorted by.
pub struct Sorted {
    pub candidate: Candidate,
    cc: String,
    from: String,
    to: String,
    from_name: String,
    to_name: String,
    /// When it was sent, else when it was received: seconds since 1970.
    pub sent: i64,
    /// The base subject.
    pub subject: String,
    /// The subject says that it is a reply or was forwarded.
    pub is_reply: bool,
    pub message_id: Option<String>,
    pub references: Vec<String>,
}

impl Sorted {
    pub fn new(candidate: Candidate) -> Self {
        let message = std::sync::Arc::clone(&candidate.message);
        let header = header(&message);
        // None when there is no field at all: of an empty message mail-parser has no part to look into.
        let parsed = fields(header);
        let parsed = parsed.as_ref();
        let cc = parsed.and_then(|parsed| parsed.cc());
        let from = parsed.and_then(|parsed| parsed.from());
        let to = parsed.and_then(|parsed| parsed.to());
        let received = candidate.message.date.unix_timestamp();
        let date = parsed.and_then(|parsed| parsed.date()).filter(|date| date.is_valid());
        let sent = date.map_or(received, mail_parser::DateTime::to_timestamp);
        let subject = decoded_fields(header).find(|(name, _)| name.eq_ignore_ascii_case("Subject"));
        let (subject, is_reply) = base_subject(&subject.map(|(_, subject)| subject).unwrap_or_default());
        let mut references = parsed.map(|parsed| ids(parsed.references())).unwrap_or_default();
        if references.is_empty() {
            let replied = parsed.map(|parsed| ids(parsed.in_reply_to())).unwrap_or_default();
            references = replied.into_iter().take(1).collect();
        }
        Self {
            cc: mailbox(cc),
            from: mailbox(from),
            to: mailbox(to),
            from_name: name(from),
            to_name: name(to),
            sent,
            subject,
            is_reply,
            message_id: parsed.and_then(|parsed| parsed.message_id()).map(str::to_owned),
            references,
            candidate,
        }
    }

    fn compare(&self, other: &Self, key: &SortKey<'_>) -> Ordering {
        let size = |of: &Self| of.candidate.message.raw.len();
        let received = |of: &Self| of.candidate.message.date.unix_timestamp();
        match key {
            SortKey::Arrival => received(self).cmp(&received(other)),
            SortKey::Cc => self.cc.cmp(&other.cc),
            SortKey::Date => self.sent.cmp(&other.sent),
            SortKey::From => self.from.cmp(&other.from),
            SortKey::Size => size(self).cmp(&size(other)),
            SortKey::Subject => self.subject.cmp(&other.subject),
            SortKey::To => self.to.cmp(&other.to),
            SortKey::DisplayFrom => self.from_name.cmp(&other.from_name),
            SortKey::DisplayTo => self.to_name.cmp(&other.to_name),
            _ => Ordering::Equal,
        }
    }
}

/// Whether all of these can be sorted by.
pub fn is_known(criteria: &List<'_, SortCriterion<'_>>) -> bool {
    criteria.iter().all(|criterion| {
        !matches!(criterion.key, SortKey::Relevancy | SortKey::Annotation(_) | SortKey::Other(_))
    })
}

/// Sorts; what is equal stays in the order of message numbers.
pub fn sort(found: &mut [Sorted], criteria: &List<'_, SortCriterion<'_>>) {
    let criteria: Vec<_> = criteria.iter().collect();
    found.sort_by(|one, other| {
        let orders = criteria.iter().map(|criterion| {
            let order = one.compare(other, &criterion.key);
            if criterion.reverse { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
}

/// The mailbox of the first address as ENVELOPE has it: of a group its name.
fn mailbox(field: Option<&Address<'_>>) -> String {
    if let Some(name) = group(field) {
        return name;
    }
    let address = field.and_then(Address::first).and_then(Addr::address).unwrap_or_default();
    address.rsplit_once('@').map_or(address, |(mailbox, _)| mailbox).to_uppercase()
}

/// RFC 5957 section 3: the name, else the address.
fn name(field: Option<&Address<'_>>) -> String {
    if let Some(name) = group(field) {
        return name;
    }
    let first = field.and_then(Address::first);
    let name = first.and_then(|address| address.name().filter(|name| !name.is_empty()).or(address.address()));
    name.unwrap_or_default().to_uppercase()
}

fn group(field: Option<&Address<'_>>) -> Option<String> {
    field?.as_group()?.first()?.name.as_ref().map(|name| name.to_uppercase())
}

fn ids(field: &mail_parser::HeaderValue<'_>) -> Vec<String> {
    /// The last ones are the nearest.
    const MOST: usize = 100;
    let all = match field.as_text_list() {
        Some(ids) => ids.iter().map(|id| id.to_string()).collect::<Vec<_>>(),
        None => Vec::new(),
    };
    all.get(all.len().saturating_sub(MOST)..).unwrap_or_default().to_vec()
}

/// The subject without `Re:`, `Fwd:`, `[list]` and `(fwd)`, in upper case, and whether there was any that says that it is a
/// reply or was forwarded. RFC 5256 section 2.1.
pub fn base_subject(subject: &str) -> (String, bool) {
    let words: Vec<_> = subject.split_whitespace().collect();
    let upper = words.join(" ").to_uppercase();
    let (mut text, mut is_reply) = (&*upper, false);
    loop {
        while let Some(rest) = text.trim_end().strip_suffix("(FWD)") {
            (text, is_reply) = (rest, true);
        }
        text = text.trim();
        loop {
            // Each blob is looked at once, however many there are.
            let (rest, last) = without_blobs(text);
            if let Some(rest) = without_word(rest) {
                (text, is_reply) = (rest.trim_start(), true);
                continue;
            }
            text = if rest.is_empty() { last } else { rest };
            break;
        }
        match text.strip_prefix("[FWD:").and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) => (text, is_reply) = (inner, true),
            None => return (text.to_owned(), is_reply),
        }
    }
}

/// Behind `[…]` and spaces.
fn without_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let rest = inner.get(inner.find(['[', ']'])?..)?;
    rest.strip_prefix(']').map(str::trim_start)
}

/// Behind all that are there, and from the last one on.
fn without_blobs(text: &str) -> (&str, &str) {
    let (mut rest, mut last) = (text, text);
    while let Some(behind) = without_blob(rest) {
        (last, rest) = (rest, behind);
    }
    (rest, last)
}

/// Behind `RE [2]:`.
fn without_word(text: &str) -> Option<&str> {
    let behind = ["RE", "FWD", "FW"].into_iter().find_map(|word| text.strip_prefix(word))?.trim_start();
    without_blob(behind).unwrap_or(behind).strip_prefix(':')
}
