//! What the user writes in the words of IMAP, read by the crate's own parsers.

use imap_proto::command::UidCommand;
use imap_proto::fetch::Fetch;
use imap_proto::search::Search;
use imap_proto::store::Store;
use imap_proto::{Command, Dialect, Flag, SequenceSet, TaggedCommand};

use crate::Usage;

/// Refuses what no server has to be asked for.
pub fn check(command: &crate::Command) -> Result<(), Usage> {
    match command {
        crate::Command::Search { keys } => search(keys).map(drop),
        crate::Command::Fetch { set, items, .. } => fetch(set, items).map(drop),
        crate::Command::Flag { set, change } => store(set, change).map(drop),
        crate::Command::Move { set: text, .. } => set(text).map(drop),
        crate::Command::Append { flag, .. } => flag.iter().try_for_each(|one| flag_of(one).map(drop)),
        crate::Command::Save { uid, part, .. } => save(*uid, part).map(drop),
        _ => Ok(()),
    }
}

/// The search for messages with these keys.
pub fn search(keys: &[String]) -> Result<Search<'static>, Usage> {
    let keys = keys.join(" ");
    match read("x UID SEARCH ", &keys)? {
        Command::Uid(UidCommand::Search(search)) => Ok(search),
        _ => Err(Usage(format!("{keys:?} are no search keys"))),
    }
}

/// What to fetch. Several items need no parentheses here.
pub fn fetch(set: &str, items: &[String]) -> Result<Fetch<'static>, Usage> {
    let set = self::set(set)?;
    let items = items.join(" ");
    let prefix = format!("x UID FETCH {} ", String::from_utf8_lossy(set.as_bytes()));
    let is_macro = ["ALL", "FAST", "FULL"].iter().any(|name| items.eq_ignore_ascii_case(name));
    let read = match items.starts_with('(') || is_macro {
        true => read(&prefix, &items)?,
        false => read_between(&format!("{prefix}("), &items, ")")?,
    };
    match read {
        Command::Uid(UidCommand::Fetch(fetch)) => Ok(fetch),
        _ => Err(Usage(format!("{items:?} are no items"))),
    }
}

/// How flags are to change.
pub fn store(set: &str, change: &[String]) -> Result<Store<'static>, Usage> {
    let set = self::set(set)?;
    let prefix = format!("x UID STORE {} ", String::from_utf8_lossy(set.as_bytes()));
    match read(&prefix, &change.join(" "))? {
        Command::Uid(UidCommand::Store(store)) => Ok(store),
        _ => Err(Usage(format!("{change:?} is no change of flags"))),
    }
}

/// A set of UIDs.
pub fn set(text: &str) -> Result<SequenceSet<'static>, Usage> {
    SequenceSet::new(text.to_owned()).map_err(|error| Usage(wrong(text, error.expected, error.offset)))
}

/// A flag.
pub fn flag_of(text: &str) -> Result<Flag<'_>, Usage> {
    Flag::new(text).map_err(|error| Usage(wrong(text, error.expected, error.offset)))
}

/// One message, and its part; `None` for all of it.
pub fn save(uid: u32, part: &str) -> Result<Option<imap_proto::section::SectionPart<'static>>, Usage> {
    if uid == 0 {
        return Err(Usage("no message has the UID 0".into()));
    }
    if part.eq_ignore_ascii_case("all") {
        return Ok(None);
    }
    let part_number = imap_proto::section::SectionPart::new(part.to_owned());
    match part_number.map_err(|error| Usage(wrong(part, error.expected, error.offset)))? {
        whole if whole.is_whole() => Err(Usage("the part is a number such as 1.2, or all".into())),
        part => Ok(Some(part)),
    }
}

/// Reads `text` behind `prefix`, as one whole command.
fn read(prefix: &str, text: &str) -> Result<Command<'static>, Usage> {
    read_between(prefix, text, "")
}

fn read_between(prefix: &str, text: &str, suffix: &str) -> Result<Command<'static>, Usage> {
    let line = format!("{prefix}{text}{suffix}\r\n");
    // Whatever the server reads: how to write it is settled when it is sent.
    let dialect = Dialect::STRICT.with_utf8(true);
    match TaggedCommand::parse(line.as_bytes(), dialect) {
        Ok(([], read)) => Ok(read.command.into_owned()),
        Ok((rest, _)) => {
            let offset = line.len().saturating_sub(rest.len()).saturating_sub(prefix.len());
            Err(Usage(wrong(text, imap_proto::Expected::End, offset)))
        }
        Err(error) => Err(Usage(wrong(text, error.expected, error.offset.saturating_sub(prefix.len())))),
    }
}

/// Where `text` is wrong.
fn wrong(text: &str, expected: imap_proto::Expected, offset: usize) -> String {
    let bytes = text.as_bytes();
    let (front, rest) = bytes.split_at_checked(offset).unwrap_or((bytes, &[]));
    let (front, rest) = (String::from_utf8_lossy(front), String::from_utf8_lossy(rest));
    format!("{text:?}: expected {expected} at offset {offset}, between {front:?} and {rest:?}")
}
