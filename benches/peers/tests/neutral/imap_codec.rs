//! What imap-codec reads of what servers say.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imap_codec::ResponseCodec;
use imap_codec::decode::Decoder;
use imap_codec::imap_types::body::{BasicFields, BodyStructure, Disposition, Language, SpecificFields};
use imap_codec::imap_types::core::{IString, NString, NString8, QuotedChar};
use imap_codec::imap_types::datetime::DateTime;
use imap_codec::imap_types::envelope::{Address, Envelope};
use imap_codec::imap_types::extensions::metadata::{MetadataCode, MetadataResponse};
use imap_codec::imap_types::extensions::namespace::Namespaces;
use imap_codec::imap_types::extensions::uidplus::{UidElement, UidSet};
use imap_codec::imap_types::fetch::{MessageDataItem, Part, Section};
use imap_codec::imap_types::flag::{FlagFetch, FlagPerm};
use imap_codec::imap_types::mailbox::Mailbox;
use imap_codec::imap_types::response::{
    Code, CommandContinuationRequest, Data, Response, Status, StatusBody,
};
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};
use imap_codec::imap_types::status::StatusDataItem;

use super::{Facts, date_time, list, nstring, open_range, pairs, range, string, word};

/// `None` when it refuses.
pub fn response(message: &[u8]) -> Option<Facts> {
    let (rest, response) = ResponseCodec::new().decode(message).ok()?;
    if !rest.is_empty() {
        return None;
    }
    Some(match response {
        Response::CommandContinuationRequest(CommandContinuationRequest::Basic(basic)) => {
            with_text(Facts::of("continue"), basic.code(), basic.text().inner())
        }
        // It decodes what could be base64.
        Response::CommandContinuationRequest(CommandContinuationRequest::Base64(octets)) => {
            Facts::of("continue").with("text", string(STANDARD.encode(octets)))
        }
        Response::Status(Status::Tagged(tagged)) => {
            status(Facts::of("tagged").with("tag", string(tagged.tag.inner())), &tagged.body)
        }
        Response::Status(Status::Untagged(body)) => status(Facts::of("status"), &body),
        Response::Status(Status::Bye(bye)) => {
            with_text(Facts::of("bye"), bye.code.as_ref(), bye.text.inner())
        }
        Response::Data(data) => self::data(&data)?,
    })
}

fn status(facts: Facts, body: &StatusBody<'_>) -> Facts {
    let facts = facts.with("status", word(format!("{:?}", body.kind)));
    with_text(facts, body.code.as_ref(), body.text.inner())
}

fn with_text(mut facts: Facts, code: Option<&Code<'_>>, text: &str) -> Facts {
    facts.put("text", string(text));
    facts.set("code", code.map(self::code));
    facts
}

fn code(code: &Code<'_>) -> String {
    match code {
        Code::Alert => "alert".to_owned(),
        Code::BadCharset { allowed } if allowed.is_empty() => "badcharset".to_owned(),
        Code::BadCharset { allowed } => {
            format!("badcharset {}", list(allowed.iter().map(|name| string(name.as_ref()))))
        }
        Code::Capability(all) => format!("capability {}", list(all.as_ref().iter().map(word))),
        Code::Parse => "parse".to_owned(),
        Code::PermanentFlags(flags) => format!("permanentflags {}", list(flags.iter().map(flag_perm))),
        Code::ReadOnly => "read-only".to_owned(),
        Code::ReadWrite => "read-write".to_owned(),
        Code::TryCreate => "trycreate".to_owned(),
        Code::UidNext(uid) => format!("uidnext {uid}"),
        Code::UidValidity(value) => format!("uidvalidity {value}"),
        Code::Unseen(number) => format!("unseen {number}"),
        Code::CompressionActive => "compressionactive".to_owned(),
        Code::OverQuota => "overquota".to_owned(),
        Code::TooBig => "toobig".to_owned(),
        Code::Metadata(MetadataCode::LongEntries(size)) => format!("metadata longentries {size}"),
        Code::Metadata(MetadataCode::MaxSize(size)) => format!("metadata maxsize {size}"),
        Code::Metadata(MetadataCode::TooMany) => "metadata toomany".to_owned(),
        Code::Metadata(MetadataCode::NoPrivate) => "metadata noprivate".to_owned(),
        Code::UnknownCte => "unknown-cte".to_owned(),
        Code::AppendUid { uid_validity, uid } => format!("appenduid {uid_validity} {uid}"),
        Code::CopyUid { uid_validity, source, destination } => {
            format!("copyuid {uid_validity} {} {}", uid_set(source), uid_set(destination))
        }
        Code::UidNotSticky => "uidnotsticky".to_owned(),
        Code::HighestModSeq(value) => format!("highestmodseq {value}"),
        Code::Modified(ids) => format!("modified {}", set(ids)),
        Code::NoModSeq => "nomodseq".to_owned(),
        Code::Closed => "closed".to_owned(),
        Code::Other(other) => String::from_utf8_lossy(other.inner()).to_ascii_lowercase(),
    }
}

fn flag_perm(flag: &FlagPerm<'_>) -> String {
    match flag {
        FlagPerm::Flag(flag) => word(flag),
        FlagPerm::Asterisk => "\\*".to_owned(),
    }
}

fn uid_set(uids: &UidSet) -> String {
    super::set(uids.0.as_ref().iter().map(|element| match element {
        UidElement::Single(uid) => uid.to_string(),
        UidElement::Range(from, to) => range(from.get(), to.get()),
    }))
}

pub fn set(set: &SequenceSet) -> String {
    let number = |id: &SeqOrUid| match id {
        SeqOrUid::Value(id) => Some(id.get()),
        SeqOrUid::Asterisk => None,
    };
    super::set(set.0.as_ref().iter().map(|sequence| match sequence {
        Sequence::Single(id) => open_range(number(id), number(id)),
        Sequence::Range(from, to) => open_range(number(from), number(to)),
    }))
}

pub fn mailbox(mailbox: &Mailbox<'_>) -> String {
    match mailbox {
        Mailbox::Inbox => string("INBOX"),
        Mailbox::Other(other) => super::mailbox(other.as_ref()),
    }
}

fn optional(text: &NString<'_>) -> String {
    nstring(text.0.as_ref())
}

pub fn optional8(text: &NString8<'_>) -> String {
    match text {
        NString8::NString(text) => optional(text),
        NString8::Literal8(literal) => string(&literal.data),
    }
}

fn delimiter(delimiter: Option<&QuotedChar>) -> String {
    nstring(delimiter.map(|delimiter| delimiter.inner().to_string()))
}

fn data(data: &Data<'_>) -> Option<Facts> {
    Some(match data {
        Data::Capability(all) => {
            Facts::of("capability").with("capabilities", list(all.as_ref().iter().map(word)))
        }
        Data::List { items, delimiter: sign, mailbox: name } => Facts::of("list")
            .with("attributes", list(items.iter().map(word)))
            .with("delimiter", delimiter(sign.as_ref()))
            .with("mailbox", mailbox(name)),
        Data::Lsub { items, delimiter: sign, mailbox: name } => Facts::of("lsub")
            .with("attributes", list(items.iter().map(word)))
            .with("delimiter", delimiter(sign.as_ref()))
            .with("mailbox", mailbox(name)),
        Data::Status { mailbox: name, items } => {
            let mut facts = Facts::of("statusdata").with("mailbox", mailbox(name));
            for item in items.iter() {
                match item {
                    StatusDataItem::Messages(value) => facts.put("messages", value),
                    StatusDataItem::Recent(value) => facts.put("recent", value),
                    StatusDataItem::UidNext(value) => facts.put("uidnext", value),
                    StatusDataItem::UidValidity(value) => facts.put("uidvalidity", value),
                    StatusDataItem::Unseen(value) => facts.put("unseen", value),
                    StatusDataItem::Deleted(value) => facts.put("deleted", value),
                    StatusDataItem::DeletedStorage(value) => facts.put("deleted-storage", value),
                    StatusDataItem::Size(value) => facts.put("size", value),
                    StatusDataItem::HighestModSeq(value) => facts.put("highestmodseq", value),
                }
            }
            facts
        }
        Data::Search(ids, mod_sequence) => {
            let mut facts = Facts::of("search").with("ids", list(ids));
            facts.set("modseq", mod_sequence.as_ref());
            facts
        }
        Data::Sort(ids, mod_sequence) => {
            let mut facts = Facts::of("sort").with("ids", list(ids));
            facts.set("modseq", mod_sequence.as_ref());
            facts
        }
        Data::Thread(threads) => {
            let threads: String = threads.iter().map(ToString::to_string).collect();
            Facts::of("thread").with("threads", threads)
        }
        Data::Flags(flags) => Facts::of("flags").with("flags", list(flags.iter().map(word))),
        Data::Exists(number) => Facts::of("exists").with("number", number),
        Data::Recent(number) => Facts::of("recent").with("number", number),
        Data::Expunge(number) => Facts::of("expunge").with("number", number),
        Data::Fetch { seq, items } => {
            let mut facts = Facts::of("fetch").with("number", seq);
            items.as_ref().iter().for_each(|item| fetch_item(item, &mut facts));
            facts
        }
        Data::Enabled { capabilities } => {
            Facts::of("enabled").with("capabilities", list(capabilities.iter().map(word)))
        }
        Data::Quota { root, quotas } => {
            let resources = quotas
                .as_ref()
                .iter()
                .map(|quota| format!("{} {} {}", word(&quota.resource), quota.usage, quota.limit));
            Facts::of("quota").with("root", string(root)).with("resources", list(resources))
        }
        Data::QuotaRoot { mailbox: name, roots } => Facts::of("quotaroot")
            .with("mailbox", mailbox(name))
            .with("roots", list(roots.iter().map(string))),
        Data::Id { parameters } => Facts::of("id").with("parameters", id(parameters.as_deref())),
        Data::Metadata { mailbox: name, items } => {
            let entries = match items {
                MetadataResponse::WithValues(values) => list(
                    values
                        .as_ref()
                        .iter()
                        .map(|value| format!("{} {}", string(value.entry.inner()), optional8(&value.value))),
                ),
                MetadataResponse::WithoutValues(entries) => {
                    list(entries.as_ref().iter().map(|entry| string(entry.inner())))
                }
            };
            Facts::of("metadata").with("mailbox", mailbox(name)).with("entries", entries)
        }
        Data::Vanished { earlier, known_uids } => {
            Facts::of("vanished").with("earlier", earlier).with("uids", set(known_uids))
        }
        Data::Namespace { personal, other, shared } => Facts::of("namespace")
            .with("personal", namespaces(personal))
            .with("other", namespaces(other))
            .with("shared", namespaces(shared)),
    })
}

pub fn id(parameters: Option<&[(IString<'_>, NString<'_>)]>) -> String {
    let Some(parameters) = parameters else { return "nil".to_owned() };
    list(parameters.iter().map(|(name, value)| format!("{} {}", string(name), optional(value))))
}

fn namespaces(namespaces: &Namespaces<'_>) -> String {
    list(namespaces.iter().map(|namespace| {
        let extensions = namespace.extensions.iter().map(|extension| {
            format!(" {} {}", string(&extension.key), list(extension.values.as_ref().iter().map(string)))
        });
        let extensions: String = extensions.collect();
        format!("({} {}{extensions})", string(&namespace.prefix), delimiter(namespace.delimiter.as_ref()))
    }))
}

fn fetch_item(item: &MessageDataItem<'_>, facts: &mut Facts) {
    match item {
        MessageDataItem::Body(structure) | MessageDataItem::BodyStructure(structure) => {
            body("body", structure, facts);
        }
        MessageDataItem::BodyExt { section, origin, data } => {
            let section = section.as_ref().map_or(String::new(), self::section);
            let origin = origin.map_or(String::new(), |origin| format!("<{origin}>"));
            facts.put(format!("body[{section}]{origin}"), optional(data));
        }
        MessageDataItem::Envelope(fields) => envelope("envelope", fields, facts),
        MessageDataItem::Flags(flags) => facts.put(
            "flags",
            list(flags.iter().map(|flag| match flag {
                FlagFetch::Flag(flag) => word(flag),
                FlagFetch::Recent => "\\recent".to_owned(),
            })),
        ),
        MessageDataItem::InternalDate(date) => facts.put("internaldate", when(date)),
        MessageDataItem::Rfc822(data) => facts.put("rfc822", optional(data)),
        MessageDataItem::Rfc822Header(data) => facts.put("rfc822.header", optional(data)),
        MessageDataItem::Rfc822Text(data) => facts.put("rfc822.text", optional(data)),
        MessageDataItem::Rfc822Size(size) => facts.put("rfc822.size", size),
        MessageDataItem::Uid(uid) => facts.put("uid", uid),
        MessageDataItem::Binary { section, value } => {
            facts.put(format!("binary[{}]", numbers(section)), optional8(value));
        }
        MessageDataItem::BinarySize { section, size } => {
            facts.put(format!("binary.size[{}]", numbers(section)), size);
        }
        MessageDataItem::ModSeq(value) => facts.put("modseq", value),
    }
}

pub fn when(date: &DateTime) -> String {
    date_time(&date.as_ref().format("%d-%b-%Y %H:%M:%S %z").to_string())
}

pub fn numbers(numbers: &[std::num::NonZeroU32]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

pub fn section(section: &Section<'_>) -> String {
    let part = |part: &Part| numbers(part.0.as_ref());
    let within = |of: &Option<Part>, name: String| match of {
        Some(of) => format!("{}.{name}", part(of)),
        None => name,
    };
    match section {
        Section::Part(of) => part(of),
        Section::Header(of) => within(of, "header".to_owned()),
        Section::HeaderFields(of, names) => {
            within(of, format!("header.fields {}", list(names.as_ref().iter().map(header))))
        }
        Section::HeaderFieldsNot(of, names) => {
            within(of, format!("header.fields.not {}", list(names.as_ref().iter().map(header))))
        }
        Section::Text(of) => within(of, "text".to_owned()),
        Section::Mime(of) => format!("{}.mime", part(of)),
    }
}

fn header(name: impl AsRef<[u8]>) -> String {
    string(name.as_ref().to_ascii_lowercase())
}

fn envelope(at: &str, envelope: &Envelope<'_>, facts: &mut Facts) {
    for (name, value) in [
        ("date", &envelope.date),
        ("subject", &envelope.subject),
        ("in-reply-to", &envelope.in_reply_to),
        ("message-id", &envelope.message_id),
    ] {
        facts.put(format!("{at}.{name}"), optional(value));
    }
    for (name, addresses) in [
        ("from", &envelope.from),
        ("sender", &envelope.sender),
        ("reply-to", &envelope.reply_to),
        ("to", &envelope.to),
        ("cc", &envelope.cc),
        ("bcc", &envelope.bcc),
    ] {
        facts.put(format!("{at}.{name}"), list(addresses.iter().map(address)));
    }
}

fn address(address: &Address<'_>) -> String {
    list([&address.name, &address.adl, &address.mailbox, &address.host].map(optional))
}

fn lower(text: &IString<'_>) -> String {
    string(text.as_ref().to_ascii_lowercase())
}

fn parameters(parameters: &[(IString<'_>, IString<'_>)]) -> String {
    pairs(parameters.iter().map(|(name, value)| (name, value)))
}

fn body(at: &str, structure: &BodyStructure<'_>, facts: &mut Facts) {
    let tail = match structure {
        BodyStructure::Single { body: part, extension_data } => {
            basic(at, &part.basic, facts);
            match &part.specific {
                SpecificFields::Basic { r#type, subtype } => {
                    facts.put(format!("{at}.type"), lower(r#type));
                    facts.put(format!("{at}.subtype"), lower(subtype));
                }
                SpecificFields::Text { subtype, number_of_lines } => {
                    facts.put(format!("{at}.type"), string("text"));
                    facts.put(format!("{at}.subtype"), lower(subtype));
                    facts.put(format!("{at}.lines"), number_of_lines);
                }
                SpecificFields::Message { envelope: inner, body_structure, number_of_lines } => {
                    facts.put(format!("{at}.type"), string("message"));
                    facts.put(format!("{at}.subtype"), string("rfc822"));
                    facts.put(format!("{at}.lines"), number_of_lines);
                    envelope(&format!("{at}.envelope"), inner, facts);
                    body(&format!("{at}.body"), body_structure, facts);
                }
            }
            let md5 = extension_data.as_ref().and_then(|data| data.md5.0.as_ref());
            facts.put(format!("{at}.md5"), nstring(md5));
            extension_data.as_ref().and_then(|data| data.tail.as_ref())
        }
        BodyStructure::Multi { bodies, subtype, extension_data } => {
            facts.put(format!("{at}.type"), string("multipart"));
            facts.put(format!("{at}.subtype"), lower(subtype));
            let given = extension_data.as_ref().map_or(&[][..], |data| &data.parameter_list);
            facts.put(format!("{at}.parameters"), parameters(given));
            for (nth, part) in (1..).zip(bodies.as_ref()) {
                body(&format!("{at}.{nth}"), part, facts);
            }
            extension_data.as_ref().and_then(|data| data.tail.as_ref())
        }
    };
    extension(at, tail, facts);
}

fn basic(at: &str, fields: &BasicFields<'_>, facts: &mut Facts) {
    facts.put(format!("{at}.parameters"), parameters(&fields.parameter_list));
    facts.put(format!("{at}.id"), optional(&fields.id));
    facts.put(format!("{at}.description"), optional(&fields.description));
    facts.put(format!("{at}.encoding"), lower(&fields.content_transfer_encoding));
    facts.put(format!("{at}.octets"), fields.size);
}

fn extension(at: &str, tail: Option<&Disposition<'_>>, facts: &mut Facts) {
    let disposition = tail.and_then(|tail| tail.disposition.as_ref());
    facts.put(
        format!("{at}.disposition"),
        disposition
            .map_or("nil".to_owned(), |(kind, given)| format!("{} {}", lower(kind), parameters(given))),
    );
    let tail: Option<&Language<'_>> = tail.and_then(|tail| tail.tail.as_ref());
    facts.put(format!("{at}.language"), list(tail.iter().flat_map(|tail| &tail.language).map(string)));
    let location = tail.and_then(|tail| tail.tail.as_ref()).and_then(|tail| tail.location.0.as_ref());
    facts.put(format!("{at}.location"), nstring(location));
}
