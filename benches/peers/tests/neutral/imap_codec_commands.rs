//! What imap-codec reads of what clients say.

use imap_codec::CommandCodec;
use imap_codec::decode::Decoder;
use imap_codec::imap_types::auth::AuthMechanism;
use imap_codec::imap_types::command::{CommandBody, FetchModifier, SelectParameter, StoreModifier};
use imap_codec::imap_types::core::Charset;
use imap_codec::imap_types::datetime::NaiveDate;
use imap_codec::imap_types::extensions::binary::LiteralOrLiteral8;
use imap_codec::imap_types::extensions::metadata::{Depth, GetMetadataOption};
use imap_codec::imap_types::extensions::sort::{SortCriterion, SortKey};
use imap_codec::imap_types::fetch::{Macro, MacroOrMessageDataItemNames, MessageDataItemName};
use imap_codec::imap_types::flag::{StoreResponse, StoreType};
use imap_codec::imap_types::mailbox::ListMailbox;
use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::status::StatusDataItemName;

use super::imap_codec::{id, mailbox, numbers, optional8, section, set, when};
use super::{Facts, list, string, word};

/// `None` when it refuses.
pub fn command(message: &[u8]) -> Option<Facts> {
    let (rest, command) = CommandCodec::new().decode(message).ok()?;
    if !rest.is_empty() {
        return None;
    }
    Some(body(&command.body).with("tag", string(command.tag.inner())))
}

/// The name, with `uid` before it when it is of UIDs.
fn named(name: &str, uid: bool) -> Facts {
    if uid { Facts::of(&format!("uid {name}")) } else { Facts::of(name) }
}

fn body(body: &CommandBody<'_>) -> Facts {
    let of_mailbox = |name: &str, of| Facts::of(name).with("mailbox", mailbox(of));
    match body {
        CommandBody::Authenticate { mechanism, initial_response } => {
            let mut facts = Facts::of("authenticate").with("mechanism", self::mechanism(mechanism));
            facts.set("initial", initial_response.as_ref().map(|octets| string(octets.declassify())));
            facts
        }
        CommandBody::Login { username, password } => {
            Facts::of("login").with("user", string(username)).with("password", string(password.declassify()))
        }
        CommandBody::Select { mailbox: name, parameters } => select("select", mailbox(name), parameters),
        CommandBody::Examine { mailbox: name, parameters } => select("examine", mailbox(name), parameters),
        CommandBody::Create { mailbox } => of_mailbox("create", mailbox),
        CommandBody::Delete { mailbox } => of_mailbox("delete", mailbox),
        CommandBody::Subscribe { mailbox } => of_mailbox("subscribe", mailbox),
        CommandBody::Unsubscribe { mailbox } => of_mailbox("unsubscribe", mailbox),
        CommandBody::Rename { from, to } => {
            Facts::of("rename").with("from", mailbox(from)).with("to", mailbox(to))
        }
        CommandBody::List { reference, mailbox_wildcard } => {
            Facts::of("list").with("reference", mailbox(reference)).with("pattern", pattern(mailbox_wildcard))
        }
        CommandBody::Lsub { reference, mailbox_wildcard } => {
            Facts::of("lsub").with("reference", mailbox(reference)).with("pattern", pattern(mailbox_wildcard))
        }
        CommandBody::Status { mailbox: name, item_names } => Facts::of("status")
            .with("mailbox", mailbox(name))
            .with("items", list(item_names.iter().map(status_item))),
        CommandBody::Append { mailbox: name, flags, date, message } => {
            let mut facts = Facts::of("append")
                .with("mailbox", mailbox(name))
                .with("flags", list(flags.iter().map(word)));
            facts.set("date", date.as_ref().map(when));
            match message {
                LiteralOrLiteral8::Literal(literal) => facts.put("message", string(literal)),
                LiteralOrLiteral8::Literal8(literal) => facts.put("message", string(&literal.data)),
            }
            facts
        }
        CommandBody::ExpungeUid { sequence_set } => Facts::of("uid expunge").with("set", set(sequence_set)),
        CommandBody::Search { charset, criteria, uid } => {
            let mut facts = named("search", *uid).with("keys", keys(criteria.as_ref()));
            facts.set("charset", charset.as_ref().map(self::charset));
            facts
        }
        CommandBody::Sort { sort_criteria, charset, search_criteria, uid } => named("sort", *uid)
            .with("order", list(sort_criteria.as_ref().iter().map(criterion)))
            .with("charset", self::charset(charset))
            .with("keys", keys(search_criteria.as_ref())),
        CommandBody::Thread { algorithm, charset, search_criteria, uid } => named("thread", *uid)
            .with("algorithm", word(algorithm))
            .with("charset", self::charset(charset))
            .with("keys", keys(search_criteria.as_ref())),
        CommandBody::Fetch { sequence_set, macro_or_item_names, uid, modifiers } => named("fetch", *uid)
            .with("set", set(sequence_set))
            .with("items", items(macro_or_item_names))
            .with(
                "modifiers",
                list(modifiers.iter().map(|modifier| match modifier {
                    FetchModifier::ChangedSince(value) => format!("changedsince {value}"),
                    FetchModifier::Vanished => "vanished".to_owned(),
                })),
            ),
        CommandBody::Store { sequence_set, kind, response, flags, uid, modifiers } => {
            let sign = match kind {
                StoreType::Replace => "",
                StoreType::Add => "+",
                StoreType::Remove => "-",
            };
            let silent = if *response == StoreResponse::Silent { ".silent" } else { "" };
            named("store", *uid)
                .with("set", set(sequence_set))
                .with("what", format!("{sign}flags{silent}"))
                .with("flags", list(flags.iter().map(word)))
                .with(
                    "modifiers",
                    list(modifiers.iter().map(|modifier| match modifier {
                        StoreModifier::UnchangedSince(value) => format!("unchangedsince {value}"),
                    })),
                )
        }
        CommandBody::Copy { sequence_set, mailbox: name, uid } => {
            named("copy", *uid).with("set", set(sequence_set)).with("mailbox", mailbox(name))
        }
        CommandBody::Move { sequence_set, mailbox: name, uid } => {
            named("move", *uid).with("set", set(sequence_set)).with("mailbox", mailbox(name))
        }
        CommandBody::Enable { capabilities } => {
            Facts::of("enable").with("capabilities", list(capabilities.as_ref().iter().map(word)))
        }
        CommandBody::Compress { algorithm } => Facts::of("compress").with("algorithm", word(algorithm)),
        CommandBody::GetQuota { root } => Facts::of("getquota").with("root", string(root)),
        CommandBody::GetQuotaRoot { mailbox } => of_mailbox("getquotaroot", mailbox),
        CommandBody::SetQuota { root, quotas } => Facts::of("setquota").with("root", string(root)).with(
            "resources",
            list(quotas.iter().map(|quota| format!("{} {}", word(&quota.resource), quota.limit))),
        ),
        CommandBody::Id { parameters } => Facts::of("id").with("parameters", id(parameters.as_deref())),
        CommandBody::SetMetadata { mailbox: name, entry_values } => {
            let entries = entry_values
                .as_ref()
                .iter()
                .map(|value| format!("{} {}", string(value.entry.inner()), optional8(&value.value)));
            of_mailbox("setmetadata", name).with("entries", list(entries))
        }
        CommandBody::GetMetadata { options, mailbox: name, entries } => of_mailbox("getmetadata", name)
            .with("entries", list(entries.as_ref().iter().map(|entry| string(entry.inner()))))
            .with(
                "options",
                list(options.iter().map(|option| match option {
                    GetMetadataOption::MaxSize(size) => format!("maxsize {size}"),
                    GetMetadataOption::Depth(Depth::Null) => "depth 0".to_owned(),
                    GetMetadataOption::Depth(Depth::One) => "depth 1".to_owned(),
                    GetMetadataOption::Depth(Depth::Infinity) => "depth infinity".to_owned(),
                })),
            ),
        // The rest is a name and no more.
        _ => Facts::of(&word(body.name())),
    }
}

fn mechanism(mechanism: &AuthMechanism<'_>) -> String {
    word(mechanism)
}

fn select(name: &str, mailbox: String, parameters: &[SelectParameter]) -> Facts {
    let parameters = parameters.iter().map(|parameter| match parameter {
        SelectParameter::CondStore => "condstore".to_owned(),
        SelectParameter::QResync { uid_validity, mod_sequence_value, known_uids, seq_match_data } => {
            let mut text = format!("qresync ({uid_validity} {mod_sequence_value}");
            if let Some(uids) = known_uids {
                text += &format!(" {}", set(uids));
            }
            if let Some((numbers, uids)) = seq_match_data {
                text += &format!(" ({} {})", set(numbers), set(uids));
            }
            text + ")"
        }
    });
    Facts::of(name).with("mailbox", mailbox).with("parameters", list(parameters))
}

fn pattern(pattern: &ListMailbox<'_>) -> String {
    match pattern {
        ListMailbox::Token(token) => string(token.as_ref()),
        ListMailbox::String(text) => string(text),
    }
}

fn status_item(item: &StatusDataItemName) -> String {
    match item {
        StatusDataItemName::DeletedStorage => "deleted-storage".to_owned(),
        item => word(format!("{item:?}")),
    }
}

fn charset(charset: &Charset<'_>) -> String {
    string(charset.as_ref().to_ascii_lowercase())
}

fn criterion(criterion: &SortCriterion) -> String {
    let key = match criterion.key {
        SortKey::DisplayFrom => "displayfrom".to_owned(),
        SortKey::DisplayTo => "displayto".to_owned(),
        ref key => word(format!("{key:?}")),
    };
    if criterion.reverse { format!("reverse {key}") } else { key }
}

fn items(items: &MacroOrMessageDataItemNames<'_>) -> String {
    match items {
        MacroOrMessageDataItemNames::Macro(name @ (Macro::Fast | Macro::All | Macro::Full)) => word(name),
        MacroOrMessageDataItemNames::MessageDataItemNames(names) => list(names.iter().map(item)),
        other => format!("{other:?}"),
    }
}

fn item(item: &MessageDataItemName<'_>) -> String {
    let of = |name: &str, peek: bool, section: String, partial: &Option<(u32, std::num::NonZeroU32)>| {
        let peek = if peek { ".peek" } else { "" };
        let partial = partial.map_or(String::new(), |(from, octets)| format!("<{from}.{octets}>"));
        format!("{name}{peek}[{section}]{partial}")
    };
    match item {
        MessageDataItemName::BodyExt { section: part, partial, peek } => {
            of("body", *peek, part.as_ref().map_or(String::new(), section), partial)
        }
        MessageDataItemName::Binary { section, partial, peek } => {
            of("binary", *peek, numbers(section), partial)
        }
        MessageDataItemName::BinarySize { section } => of("binary.size", false, numbers(section), &None),
        MessageDataItemName::Rfc822Header => "rfc822.header".to_owned(),
        MessageDataItemName::Rfc822Size => "rfc822.size".to_owned(),
        MessageDataItemName::Rfc822Text => "rfc822.text".to_owned(),
        item => word(format!("{item:?}")),
    }
}

fn keys(keys: &[SearchKey<'_>]) -> String {
    list(keys.iter().map(key))
}

fn day(date: &NaiveDate) -> String {
    word(date.as_ref().format("%-d-%b-%Y"))
}

fn key(key: &SearchKey<'_>) -> String {
    let of = |name: &str, value: String| format!("{name} {value}");
    match key {
        SearchKey::And(all) => keys(all.as_ref()),
        SearchKey::SequenceSet(ids) => set(ids),
        SearchKey::Bcc(text) => of("bcc", string(text)),
        SearchKey::Before(date) => of("before", day(date)),
        SearchKey::Body(text) => of("body", string(text)),
        SearchKey::Cc(text) => of("cc", string(text)),
        SearchKey::From(text) => of("from", string(text)),
        SearchKey::Header(name, text) => format!("header {} {}", string(name), string(text)),
        SearchKey::Keyword(flag) => of("keyword", word(flag)),
        SearchKey::Larger(size) => format!("larger {size}"),
        SearchKey::Not(one) => of("not", self::key(one)),
        SearchKey::Older(seconds) => format!("older {seconds}"),
        SearchKey::On(date) => of("on", day(date)),
        SearchKey::Or(one, other) => format!("or {} {}", self::key(one), self::key(other)),
        SearchKey::SentBefore(date) => of("sentbefore", day(date)),
        SearchKey::SentOn(date) => of("senton", day(date)),
        SearchKey::SentSince(date) => of("sentsince", day(date)),
        SearchKey::Since(date) => of("since", day(date)),
        SearchKey::Smaller(size) => format!("smaller {size}"),
        SearchKey::Subject(text) => of("subject", string(text)),
        SearchKey::Text(text) => of("text", string(text)),
        SearchKey::To(text) => of("to", string(text)),
        SearchKey::Uid(uids) => of("uid", set(uids)),
        SearchKey::Unkeyword(flag) => of("unkeyword", word(flag)),
        SearchKey::Younger(seconds) => format!("younger {seconds}"),
        SearchKey::ModSequence { entry: None, modseq } => format!("modseq {modseq}"),
        SearchKey::ModSequence { entry: Some((flag, kind)), modseq } => {
            // What stands there is quoted, and a backslash doubled (RFC 7162 section 3.1.5).
            let flag = word(flag).replace("\\\\", "\\");
            format!("modseq \"/flags/{flag}\" {} {modseq}", word(kind))
        }
        flag => word(format!("{flag:?}")),
    }
}
