//! What this project's imap-proto reads of what clients say.

use ours_imap::append::{Append, AppendData};
use ours_imap::command::UidCommand;
use ours_imap::copy::CopyTo;
use ours_imap::date::Date;
use ours_imap::ext::metadata::{Depth, GetMetadataOption};
use ours_imap::ext::qresync::QResync;
use ours_imap::ext::sort::{Sort, SortCriterion};
use ours_imap::ext::thread::ThreadCommand;
use ours_imap::fetch::{Fetch, FetchAttribute, FetchAttributes, FetchModifier};
use ours_imap::list_command::ListPatterns;
use ours_imap::search::{Search, SearchKey, SearchKeys};
use ours_imap::section::Partial;
use ours_imap::select::{Select, SelectParameter};
use ours_imap::store::{Store, StoreAttribute, StoreModifier, StoreOperation};
use ours_imap::{AString, Command, Dialect, TaggedCommand};

use super::ours::{capabilities, entry_values, flag, id, mailbox, part, section, set, unknown};
use super::{Facts, date_time, list, string, word};

/// `None` when it refuses.
pub fn command(message: &[u8]) -> Option<Facts> {
    let dialects = [Dialect::STRICT, Dialect::STRICT.with_utf8(true).with_rev2(true), Dialect::TOLERANT];
    let read = dialects.into_iter().find_map(|dialect| match TaggedCommand::parse(message, dialect) {
        Ok((b"", command)) => Some(command),
        _ => None,
    })?;
    Some(facts(&read.command).with("tag", string(read.tag.as_bytes())))
}

fn facts(command: &Command<'_>) -> Facts {
    let name = word(command.keyword());
    match command {
        Command::Authenticate(authenticate) => {
            let mut facts = Facts::of(&name).with("mechanism", word(&authenticate.mechanism));
            facts.set(
                "initial",
                authenticate.initial_response.as_ref().map(|secret| string(secret.as_bytes())),
            );
            facts
        }
        Command::Login(login) => Facts::of(&name)
            .with("user", string(login.user.as_bytes()))
            .with("password", string(login.password().as_bytes())),
        Command::Select(select) | Command::Examine(select) => self::select(&name, select),
        Command::Create(create) => Facts::of(&name).with("mailbox", mailbox(&create.mailbox)),
        Command::Delete(of) | Command::Subscribe(of) | Command::Unsubscribe(of) => {
            Facts::of(&name).with("mailbox", mailbox(of))
        }
        Command::Rename(rename) => {
            Facts::of(&name).with("from", mailbox(&rename.from)).with("to", mailbox(&rename.to))
        }
        Command::List(command) => {
            let pattern = match &command.patterns {
                ListPatterns::One(pattern) => string(pattern.as_bytes()),
                ListPatterns::Many(patterns) => list(patterns.iter().map(|one| string(one.as_bytes()))),
            };
            Facts::of(&name).with("reference", mailbox(&command.reference)).with("pattern", pattern)
        }
        Command::Lsub(command) => Facts::of(&name)
            .with("reference", mailbox(&command.reference))
            .with("pattern", string(command.pattern.as_bytes())),
        Command::Status(status) => Facts::of(&name)
            .with("mailbox", mailbox(&status.mailbox))
            .with("items", list(status.attributes.iter().map(|item| word(item.keyword())))),
        Command::Enable(all) => Facts::of(&name).with("capabilities", capabilities(all)),
        Command::Id(parameters) => Facts::of(&name).with("parameters", id(parameters)),
        Command::Compress(algorithm) => {
            Facts::of(&name).with("algorithm", word(String::from_utf8_lossy(algorithm.as_bytes())))
        }
        Command::Search(search) => self::search(&name, search),
        Command::Sort(sort) => self::sort(&name, sort),
        Command::Thread(thread) => self::thread(&name, thread),
        Command::Uid(of) => {
            let name = format!("uid {}", word(of.keyword()));
            match of {
                UidCommand::Search(search) => self::search(&name, search),
                UidCommand::Sort(sort) => self::sort(&name, sort),
                UidCommand::Thread(thread) => self::thread(&name, thread),
                UidCommand::Fetch(fetch) => self::fetch(&name, fetch),
                UidCommand::Store(store) => self::store(&name, store),
                UidCommand::Copy(copy) | UidCommand::Move(copy) => copy_to(&name, copy),
                UidCommand::Expunge(uids) => Facts::of(&name).with("set", set(uids.ranges())),
                _ => Facts::of(&name),
            }
        }
        Command::Fetch(fetch) => self::fetch(&name, fetch),
        Command::Store(store) => self::store(&name, store),
        Command::Copy(copy) | Command::Move(copy) => copy_to(&name, copy),
        Command::Append(append) => self::append(&name, append),
        Command::GetQuota(root) => Facts::of(&name).with("root", string(root.as_bytes())),
        Command::GetQuotaRoot(of) => Facts::of(&name).with("mailbox", mailbox(of)),
        Command::SetQuota(quota) => Facts::of(&name).with("root", string(quota.root.as_bytes())).with(
            "resources",
            list(quota.limits.iter().map(|limit| format!("{} {}", word(limit.name.keyword()), limit.limit))),
        ),
        Command::SetMetadata(metadata) => Facts::of(&name)
            .with("mailbox", mailbox(&metadata.mailbox))
            .with("entries", entry_values(&metadata.entries)),
        Command::GetMetadata(metadata) => Facts::of(&name)
            .with("mailbox", mailbox(&metadata.mailbox))
            .with("entries", list(metadata.entries.iter().map(|entry| string(entry.as_bytes()))))
            .with("options", list(metadata.options.iter().map(|option| metadata_option(&option)))),
        Command::Other(other) => unknown(other),
        _ => Facts::of(&name),
    }
}

fn metadata_option(option: &GetMetadataOption<'_>) -> String {
    let name = word(option.keyword());
    match option {
        GetMetadataOption::MaxSize(size) => format!("{name} {size}"),
        GetMetadataOption::Depth(Depth::Zero) => format!("{name} 0"),
        GetMetadataOption::Depth(Depth::One) => format!("{name} 1"),
        GetMetadataOption::Depth(Depth::Infinity) => format!("{name} infinity"),
        _ => name,
    }
}

fn copy_to(name: &str, copy: &CopyTo<'_>) -> Facts {
    Facts::of(name).with("set", set(copy.set.ranges())).with("mailbox", mailbox(&copy.mailbox))
}

fn append(name: &str, append: &Append<'_>) -> Facts {
    let mut facts = Facts::of(name).with("mailbox", mailbox(&append.mailbox));
    for message in append.messages() {
        let flags = message.options.flags.iter().flat_map(|flags| flags.iter());
        facts.put("flags", list(flags.map(|one| flag(&one))));
        facts.set("date", message.options.date.map(|date| date_time(&date.to_string())));
        match &message.data {
            AppendData::Literal(literal) => facts.put("message", string(literal.as_bytes())),
            AppendData::Literal8(literal) => facts.put("message", string(literal.as_bytes())),
            other => facts.put("message", format!("{other:?}")),
        }
    }
    facts
}

fn fetch(name: &str, fetch: &Fetch<'_>) -> Facts {
    let items = match &fetch.attributes {
        FetchAttributes::All => "all".to_owned(),
        FetchAttributes::Fast => "fast".to_owned(),
        FetchAttributes::Full => "full".to_owned(),
        FetchAttributes::List(all) => list(all.iter().map(|one| attribute(&one))),
    };
    let modifiers = fetch.modifiers.iter().map(|modifier| match &modifier {
        FetchModifier::ChangedSince(value) => format!("changedsince {value}"),
        modifier => word(modifier.keyword()),
    });
    Facts::of(name)
        .with("set", set(fetch.set.ranges()))
        .with("items", items)
        .with("modifiers", list(modifiers))
}

fn attribute(attribute: &FetchAttribute<'_>) -> String {
    let name = word(attribute.keyword());
    let partial = |partial: &Option<Partial>| {
        partial.map_or(String::new(), |partial| format!("<{}.{}>", partial.offset(), partial.len()))
    };
    match attribute {
        FetchAttribute::BodySection(of) | FetchAttribute::BodyPeek(of) => {
            format!("{name}{}]{}", section(&of.section), partial(&of.partial))
        }
        FetchAttribute::BinarySection(of) | FetchAttribute::BinaryPeek(of) => {
            format!("{name}{}]{}", part(&of.part), partial(&of.partial))
        }
        FetchAttribute::BinarySize(of) => format!("{name}{}]", part(of)),
        _ => name,
    }
}

fn store(name: &str, store: &Store<'_>) -> Facts {
    let modifiers = store.modifiers.iter().map(|modifier| match &modifier {
        StoreModifier::UnchangedSince(value) => format!("unchangedsince {value}"),
        modifier => word(modifier.keyword()),
    });
    let mut facts = Facts::of(name).with("set", set(store.set.ranges())).with("modifiers", list(modifiers));
    match &store.attribute {
        StoreAttribute::Flags(of) => {
            let sign = match of.operation {
                StoreOperation::Replace => "",
                StoreOperation::Add => "+",
                StoreOperation::Remove => "-",
            };
            facts.put("what", format!("{sign}flags{}", if of.silent { ".silent" } else { "" }));
            facts.put("flags", list(of.flags.iter().map(|one| flag(&one))));
        }
        other => facts.put("what", format!("{other:?}")),
    }
    facts
}

fn select(name: &str, select: &Select<'_>) -> Facts {
    let parameters = select.parameters.iter().map(|parameter| match &parameter {
        SelectParameter::QResync(resync) => qresync(resync),
        parameter => word(parameter.keyword()),
    });
    Facts::of(name).with("mailbox", mailbox(&select.mailbox)).with("parameters", list(parameters))
}

fn qresync(resync: &QResync<'_>) -> String {
    let mut text = format!("qresync ({} {}", resync.uid_validity, resync.mod_sequence);
    if let Some(uids) = &resync.known_uids {
        text += &format!(" {}", set(uids.ranges()));
    }
    if let Some(matched) = &resync.seq_match {
        text += &format!(" ({} {})", set(matched.sequence_set.ranges()), set(matched.uid_set.ranges()));
    }
    text + ")"
}

fn charset(charset: &AString<'_>) -> String {
    string(charset.as_bytes().to_ascii_lowercase())
}

fn search(name: &str, search: &Search<'_>) -> Facts {
    let mut facts = Facts::of(name).with("keys", keys(&search.keys));
    facts.set("charset", search.charset.as_ref().map(charset));
    if search.return_options.is_some() {
        facts.put("return", "given");
    }
    facts
}

fn sort(name: &str, sort: &Sort<'_>) -> Facts {
    Facts::of(name)
        .with("order", list(sort.criteria.iter().map(|one| criterion(&one))))
        .with("charset", charset(&sort.charset))
        .with("keys", keys(&sort.keys))
}

fn criterion(criterion: &SortCriterion<'_>) -> String {
    let key = word(criterion.key.keyword());
    if criterion.reverse { format!("reverse {key}") } else { key }
}

fn thread(name: &str, thread: &ThreadCommand<'_>) -> Facts {
    Facts::of(name)
        .with("algorithm", word(thread.algorithm.keyword()))
        .with("charset", charset(&thread.charset))
        .with("keys", keys(&thread.keys))
}

fn keys(keys: &SearchKeys<'_>) -> String {
    list(keys.iter().map(|one| key(&one)))
}

fn day(date: &Date) -> String {
    word(date)
}

fn key(key: &SearchKey<'_>) -> String {
    let name = word(key.keyword());
    match key {
        SearchKey::SequenceSet(ids) => set(ids.ranges()),
        SearchKey::Uid(uids) => format!("{name} {}", set(uids.ranges())),
        SearchKey::And(all) => keys(all),
        SearchKey::Not(one) | SearchKey::Fuzzy(one) => format!("{name} {}", self::key(&one.key())),
        SearchKey::Or(both) => {
            format!("{name} {} {}", self::key(&both.left.key()), self::key(&both.right.key()))
        }
        SearchKey::Bcc(text)
        | SearchKey::Body(text)
        | SearchKey::Cc(text)
        | SearchKey::From(text)
        | SearchKey::Subject(text)
        | SearchKey::Text(text)
        | SearchKey::To(text) => format!("{name} {}", string(text.as_bytes())),
        SearchKey::Header(header) => {
            format!("{name} {} {}", string(header.name.as_bytes()), string(header.value.as_bytes()))
        }
        SearchKey::Keyword(flag) | SearchKey::Unkeyword(flag) => {
            format!("{name} {}", word(String::from_utf8_lossy(flag.as_bytes())))
        }
        SearchKey::Before(date)
        | SearchKey::On(date)
        | SearchKey::Since(date)
        | SearchKey::SentBefore(date)
        | SearchKey::SentOn(date)
        | SearchKey::SentSince(date) => format!("{name} {}", day(date)),
        SearchKey::Larger(size) | SearchKey::Smaller(size) => format!("{name} {size}"),
        SearchKey::Older(seconds) | SearchKey::Younger(seconds) => format!("{name} {seconds}"),
        SearchKey::ModSeq(of) => match &of.entry {
            None => format!("{name} {}", of.mod_seq),
            Some(entry) => {
                format!(
                    "{name} \"{}\" {} {}",
                    word(String::from_utf8_lossy(entry.name.as_bytes())),
                    word(format!("{:?}", entry.kind)),
                    of.mod_seq
                )
            }
        },
        _ => name,
    }
}
