//! What this project's imap-proto reads of what servers say.

use bytes::BytesMut;
use ours_imap::capability::Capabilities;
use ours_imap::date::LooseDateTime;
use ours_imap::ext::id::IdParameters;
use ours_imap::ext::metadata::{EntryValue, MetadataEntries};
use ours_imap::ext::namespace::NamespaceList;
use ours_imap::list_data::ListData;
use ours_imap::response::{Code, Data, Numbered, NumberedData, RespText};
use ours_imap::response::{Status, StatusKind};
use ours_imap::search::SearchData;
use ours_imap::section::{Section, SectionPart, SectionText};
use ours_imap::sequence::{Number, RangesIter};
use ours_imap::status_data::StatusItem;
use ours_imap::{
    Delimiter, Dialect, FetchItem, Flag, FlagPerm, List, Mailbox, MailboxAttribute, NString8, Response, Text,
    Unknown,
};

use super::ours_body::{body, envelope};
use super::{Facts, date_time, list, nstring, open_range, string, word};

/// `None` when it refuses, or keeps what it could not read.
pub fn response(message: &[u8]) -> Option<Facts> {
    let strict = [Dialect::STRICT, Dialect::STRICT.with_utf8(true).with_rev2(true)];
    let read = strict.into_iter().find_map(|dialect| match Response::parse_reporting(message, dialect) {
        Ok((b"", response, None)) => Some(response),
        _ => None,
    });
    let response = match read {
        Some(response) => response,
        None => match Response::parse(message, Dialect::TOLERANT).ok()? {
            (b"", response) => response,
            _ => return None,
        },
    };
    Some(match &response {
        Response::Tagged(tagged) => {
            let facts = Facts::of("tagged").with("tag", string(tagged.tag.as_bytes()));
            let facts = facts.with("status", word(format!("{:?}", tagged.status.kind)));
            with_text(facts, &tagged.status.text)
        }
        Response::Status(status) => {
            with_text(Facts::of("status").with("status", word(format!("{:?}", status.kind))), &status.text)
        }
        Response::Bye(text) => with_text(Facts::of("bye"), text),
        Response::PreAuth(text) => with_text(Facts::of("preauth"), text),
        Response::Continue(go_on) => match go_on.resp_text() {
            Some(text) => with_text(Facts::of("continue"), &text),
            None => Facts::of("continue"),
        },
        Response::Data(data) => self::data(data),
        Response::Numbered(data) => numbered(data),
        Response::Invalid(_) => return None,
    })
}

/// What has no type.
pub fn unknown(unknown: &Unknown<'_>) -> Facts {
    let values = unknown.values().map(|values| string(values.as_bytes()));
    Facts::of(&word(String::from_utf8_lossy(unknown.name().as_bytes()))).with("untyped", nstring(values))
}

fn with_text(mut facts: Facts, text: &RespText<'_>) -> Facts {
    facts.put("text", string(text.text.as_bytes()));
    facts.set("code", text.code.as_ref().map(code));
    facts
}

fn code(code: &Code<'_>) -> String {
    let name = word(code.keyword());
    match code {
        Code::UidNext(value) | Code::Unseen(value) => format!("{name} {value}"),
        Code::UidValidity(value) | Code::HighestModSeq(value) => format!("{name} {value}"),
        Code::Capability(all) => format!("{name} {}", capabilities(&all.0)),
        Code::PermanentFlags(flags) => format!("{name} {}", list(flags.iter().map(|flag| flag_perm(&flag)))),
        Code::BadCharset(Some(all)) => {
            format!("{name} {}", list(all.iter().map(|charset| string(charset.as_bytes()))))
        }
        Code::AppendUid(of) => format!("{name} {} {}", of.uid_validity, set(of.uids.ranges())),
        Code::CopyUid(of) => {
            let (from, to) = (of.source().ranges(), of.destination().ranges());
            format!("{name} {} {} {}", of.uid_validity, set(from), set(to))
        }
        Code::Modified(ids) => format!("{name} {}", set(ids.ranges())),
        code => written(code),
    }
}

/// What the other libraries have no type for: they keep the text.
fn written(code: &Code<'_>) -> String {
    let text = RespText::with_code(code.clone(), Text::new("x").unwrap());
    let mut out = BytesMut::new();
    Response::Status(Status { kind: StatusKind::Ok, text }).encode(&mut out);
    let code = out.strip_prefix(b"* OK [").unwrap().strip_suffix(b"] x\r\n").unwrap();
    word(String::from_utf8_lossy(code))
}

pub fn capabilities(all: &Capabilities<'_>) -> String {
    list(all.iter().map(|capability| capability_text(&capability)))
}

fn capability_text(capability: &ours_imap::Capability<'_>) -> String {
    use ours_imap::Capability;
    let name = word(capability.keyword());
    match capability {
        Capability::Auth(mechanism) => format!("{name}{}", word(mechanism)),
        Capability::Thread(value) | Capability::Rights(value) | Capability::ImapSieve(value) => {
            name + &word(String::from_utf8_lossy(value.as_bytes()))
        }
        Capability::Quota(quota) => {
            format!("{name}res-{}", word(quota.resource.keyword()))
        }
        Capability::AppendLimit(value) => format!("{name}{value}"),
        Capability::MessageLimit(value) | Capability::SaveLimit(value) | Capability::I18nLevel(value) => {
            format!("{name}{value}")
        }
        _ => name,
    }
}

pub fn flag(flag: &Flag<'_>) -> String {
    word(String::from_utf8_lossy(flag.as_bytes()))
}

fn flag_perm(flag: &FlagPerm<'_>) -> String {
    match flag {
        FlagPerm::Flag(flag) => self::flag(flag),
        _ => "\\*".to_owned(),
    }
}

fn attribute(attribute: &MailboxAttribute<'_>) -> String {
    word(String::from_utf8_lossy(attribute.as_bytes()))
}

pub fn mailbox(mailbox: &Mailbox<'_>) -> String {
    super::mailbox(mailbox.as_bytes())
}

fn delimiter(delimiter: Option<Delimiter>) -> String {
    nstring(delimiter.map(|delimiter| [delimiter.get()]))
}

pub fn set(ranges: RangesIter<'_>) -> String {
    let number = |number| match number {
        Number::Value(id) => Some(id),
        Number::Star => None,
    };
    super::set(ranges.map(|range| open_range(number(range.start), number(range.end))))
}

fn data(data: &Data<'_>) -> Facts {
    let kind = word(data.keyword());
    match data {
        Data::Capability(all) => Facts::of(&kind).with("capabilities", capabilities(&all.0)),
        Data::Enabled(all) => Facts::of(&kind).with("capabilities", capabilities(all)),
        Data::Id(parameters) => Facts::of(&kind).with("parameters", id(parameters)),
        Data::Namespace(all) => Facts::of(&kind)
            .with("personal", namespaces(&all.personal))
            .with("other", namespaces(&all.other_users))
            .with("shared", namespaces(&all.shared)),
        Data::List(data) | Data::Lsub(data) => list_data(&kind, data),
        Data::Status(status) => {
            let mut facts = Facts::of("statusdata").with("mailbox", mailbox(&status.mailbox));
            status.items.iter().for_each(|item| status_item(&item, &mut facts));
            facts
        }
        Data::Flags(flags) => Facts::of(&kind).with("flags", list(flags.iter().map(|one| flag(&one)))),
        Data::Search(found) | Data::Sort(found) => search(&kind, found),
        Data::Thread(threads) => {
            Facts::of(&kind).with("threads", String::from_utf8_lossy(threads.as_bytes()))
        }
        Data::Vanished(vanished) => {
            Facts::of(&kind).with("earlier", vanished.earlier).with("uids", set(vanished.uids.ranges()))
        }
        Data::Quota(quota) => {
            let resources = quota.resources.iter().map(|resource| {
                format!("{} {} {}", word(resource.name.keyword()), resource.usage, resource.limit)
            });
            Facts::of(&kind).with("root", string(quota.root.as_bytes())).with("resources", list(resources))
        }
        Data::QuotaRoot(roots) => Facts::of(&kind)
            .with("mailbox", mailbox(&roots.mailbox))
            .with("roots", list(roots.roots.iter().map(|root| string(root.as_bytes())))),
        Data::Metadata(data) => {
            let entries = match &data.entries {
                MetadataEntries::Values(values) => entry_values(values),
                MetadataEntries::Changed(entries) => {
                    list(entries.iter().map(|entry| string(entry.as_bytes())))
                }
            };
            Facts::of(&kind).with("mailbox", mailbox(&data.mailbox)).with("entries", entries)
        }
        Data::Other(other) => unknown(other),
        _ => Facts::of(&kind),
    }
}

pub fn entry_values(values: &List<'_, EntryValue<'_>>) -> String {
    list(values.iter().map(|value| format!("{} {}", string(value.entry.as_bytes()), optional8(&value.value))))
}

fn optional8(text: &NString8<'_>) -> String {
    nstring(text.as_bytes())
}

pub fn id(parameters: &IdParameters<'_>) -> String {
    let Some(all) = &parameters.0 else { return "nil".to_owned() };
    list(all.iter().map(|parameter| {
        let value = parameter.value.as_ref().map(|value| value.as_bytes());
        format!("{} {}", string(parameter.field.as_bytes()), nstring(value))
    }))
}

fn namespaces(all: &NamespaceList<'_>) -> String {
    list(all.0.iter().map(|namespace| {
        let extensions = namespace.extensions.iter().map(|extension| {
            let values = list(extension.values.iter().map(|value| string(value.as_bytes())));
            format!(" {} {values}", string(extension.name.as_bytes()))
        });
        let extensions: String = extensions.collect();
        format!("({} {}{extensions})", string(namespace.prefix.as_bytes()), delimiter(namespace.delimiter))
    }))
}

fn list_data(kind: &str, data: &ListData<'_>) -> Facts {
    let mut facts = Facts::of(kind)
        .with("attributes", list(data.attributes.iter().map(|one| attribute(&one))))
        .with("delimiter", delimiter(data.delimiter))
        .with("mailbox", mailbox(&data.mailbox));
    if !data.extended.is_empty() {
        facts.put("extended", string(data.extended.as_bytes()));
    }
    facts
}

fn status_item(item: &StatusItem<'_>, facts: &mut Facts) {
    let name = word(item.keyword());
    match item {
        StatusItem::Messages(value)
        | StatusItem::UidNext(value)
        | StatusItem::Unseen(value)
        | StatusItem::Recent(value)
        | StatusItem::Deleted(value) => facts.put(name, value),
        StatusItem::UidValidity(value)
        | StatusItem::Size(value)
        | StatusItem::HighestModSeq(value)
        | StatusItem::DeletedStorage(value) => facts.put(name, value),
        other => facts.put(name, format!("{other:?}")),
    }
}

fn search(kind: &str, found: &SearchData<'_>) -> Facts {
    let mut facts = Facts::of(kind).with("ids", list(found.ids.iter()));
    facts.set("modseq", found.mod_seq);
    facts
}

fn numbered(data: &Numbered<'_>) -> Facts {
    let facts = match &data.data {
        NumberedData::Fetch(items) => {
            let mut facts = Facts::of("fetch");
            items.iter().for_each(|item| fetch_item(&item, &mut facts));
            facts
        }
        NumberedData::Other(other) => unknown(other),
        _ => Facts::of(&word(data.data.keyword())),
    };
    facts.with("number", data.number)
}

fn fetch_item(item: &FetchItem<'_>, facts: &mut Facts) {
    let name = word(item.keyword());
    match item {
        FetchItem::Uid(uid) => facts.put(name, uid),
        FetchItem::Rfc822Size(size) => facts.put(name, size),
        FetchItem::ModSeq(value) => facts.put(name, value),
        FetchItem::Envelope(fields) => envelope("envelope", fields, facts),
        FetchItem::BodyStructure(structure) | FetchItem::Body(structure) => body("body", structure, facts),
        FetchItem::BodySection(of) => {
            let origin = of.origin.map_or(String::new(), |origin| format!("<{origin}>"));
            facts.put(format!("body[{}]{origin}", section(&of.section)), nstring(of.data.as_bytes()));
        }
        FetchItem::BinarySection(of) => {
            facts.put(format!("binary[{}]", part(&of.part)), optional8(&of.data));
        }
        FetchItem::BinarySize(of) => facts.put(format!("binary.size[{}]", part(&of.part)), of.size),
        FetchItem::Rfc822(text) | FetchItem::Rfc822Header(text) | FetchItem::Rfc822Text(text) => {
            facts.put(name, nstring(text.as_bytes()));
        }
        FetchItem::Flags(flags) => facts.put(name, list(flags.iter().map(|one| flag(&one)))),
        FetchItem::InternalDate(LooseDateTime::DateTime(date)) => {
            facts.put(name, date_time(&date.to_string()))
        }
        FetchItem::EmailId(id) => facts.put(name, string(id.as_bytes())),
        FetchItem::ThreadId(id) => facts.put(name, nstring(id.as_ref().map(|id| id.as_bytes()))),
        FetchItem::XGmMsgId(id) | FetchItem::XGmThrId(id) => facts.put(name, id),
        other => facts.put(name, format!("{other:?}")),
    }
}

pub fn part(part: &SectionPart<'_>) -> String {
    part.numbers().map(|number| number.to_string()).collect::<Vec<_>>().join(".")
}

pub fn section(section: &Section<'_>) -> String {
    let of = part(section.section_part());
    let Some(text) = section.section_text() else { return of };
    let names = |names: &List<'_, ours_imap::AString<'_>>| {
        list(names.iter().map(|name| string(name.as_bytes().to_ascii_lowercase())))
    };
    let text = match text {
        SectionText::HeaderFields(all) => format!("header.fields {}", names(all)),
        SectionText::HeaderFieldsNot(all) => format!("header.fields.not {}", names(all)),
        text => word(text.keyword()),
    };
    if of.is_empty() { text } else { format!("{of}.{text}") }
}
