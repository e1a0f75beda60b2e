//! What imap-proto of Dirkjan Ochtman reads.

use std::borrow::Cow;

use djc_imap_proto::rfc2087::QuotaResourceName;
use djc_imap_proto::rfc4315::UidSetMember;
use djc_imap_proto::*;

use super::{Facts, date_time, list, mailbox, nstring, pairs, range, set, string, word};

/// `None` when it refuses.
pub fn response(message: &[u8]) -> Option<Facts> {
    let (rest, response) = Response::parse(message).ok()?;
    if !rest.is_empty() {
        return None;
    }
    Some(match response {
        Response::Capabilities(all) => {
            Facts::of("capability").with("capabilities", list(all.iter().map(capability)))
        }
        Response::Continue(outcome) => with_outcome(Facts::of("continue"), &outcome),
        Response::Done { tag, status, outcome } => {
            let facts =
                Facts::of("tagged").with("tag", string(&tag.0)).with("status", word(format!("{status:?}")));
            with_outcome(facts, &outcome)
        }
        Response::Data { status, outcome } => match status {
            Status::PreAuth => with_outcome(Facts::of("preauth"), &outcome),
            Status::Bye => with_outcome(Facts::of("bye"), &outcome),
            _ => with_outcome(Facts::of("status").with("status", word(format!("{status:?}"))), &outcome),
        },
        Response::Expunge(number) => Facts::of("expunge").with("number", number),
        Response::Vanished { earlier, uids } => {
            let uids = set(uids.iter().map(|uids| range(*uids.start(), *uids.end())));
            Facts::of("vanished").with("earlier", earlier).with("uids", uids)
        }
        Response::Fetch(number, items) => {
            let mut facts = Facts::of("fetch").with("number", number);
            items.iter().for_each(|item| fetch_item(item, &mut facts));
            facts
        }
        Response::MailboxData(datum) => mailbox_datum(&datum)?,
        Response::Quota(quota) => {
            let resources = quota.resources.iter().map(|resource| {
                let name = match &resource.name {
                    QuotaResourceName::Storage => "STORAGE",
                    QuotaResourceName::Message => "MESSAGE",
                    QuotaResourceName::Atom(name) => name,
                };
                format!("{} {} {}", word(name), resource.usage, resource.limit)
            });
            Facts::of("quota").with("root", string(&*quota.root_name)).with("resources", list(resources))
        }
        Response::QuotaRoot(roots) => Facts::of("quotaroot")
            .with("mailbox", mailbox(&*roots.mailbox_name))
            .with("roots", list(roots.quota_root_names.iter().map(|root| string(&**root)))),
        // Access rights and ID are kept in sets and maps without the order and case of the wire.
        _ => return None,
    })
}

fn capability(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "imap4rev1".to_owned(),
        Capability::Auth(name) => word(format!("auth={name}")),
        Capability::Atom(name) => word(name),
    }
}

fn with_outcome(mut facts: Facts, outcome: &Outcome<'_>) -> Facts {
    facts.put("text", string(outcome.information.as_deref().unwrap_or_default()));
    facts.set("code", outcome.code.as_ref().map(code));
    facts
}

fn code(code: &ResponseCode<'_>) -> String {
    let flags = |flags: &[Cow<'_, str>]| list(flags.iter().map(word));
    let uids = |members: &[UidSetMember]| {
        set(members.iter().map(|member| match member {
            UidSetMember::Uid(uid) => uid.to_string(),
            UidSetMember::UidRange(uids) => range(*uids.start(), *uids.end()),
        }))
    };
    match code {
        ResponseCode::Alert => "alert".to_owned(),
        ResponseCode::BadCharset(None) => "badcharset".to_owned(),
        ResponseCode::BadCharset(Some(all)) => {
            format!("badcharset {}", list(all.iter().map(|name| string(&**name))))
        }
        ResponseCode::Capabilities(all) => format!("capability {}", list(all.iter().map(capability))),
        ResponseCode::HighestModSeq(value) => format!("highestmodseq {value}"),
        ResponseCode::Parse => "parse".to_owned(),
        ResponseCode::PermanentFlags(all) => format!("permanentflags {}", flags(all)),
        ResponseCode::ReadOnly => "read-only".to_owned(),
        ResponseCode::ReadWrite => "read-write".to_owned(),
        ResponseCode::TryCreate => "trycreate".to_owned(),
        ResponseCode::UidNext(uid) => format!("uidnext {uid}"),
        ResponseCode::UidValidity(value) => format!("uidvalidity {value}"),
        ResponseCode::Unseen(number) => format!("unseen {number}"),
        ResponseCode::AppendUid(validity, members) => format!("appenduid {validity} {}", uids(members)),
        ResponseCode::CopyUid(validity, from, to) => {
            format!("copyuid {validity} {} {}", uids(from), uids(to))
        }
        ResponseCode::UidNotSticky => "uidnotsticky".to_owned(),
        ResponseCode::MetadataLongEntries(size) => format!("metadata longentries {size}"),
        ResponseCode::MetadataMaxSize(size) => format!("metadata maxsize {size}"),
        ResponseCode::MetadataTooMany => "metadata toomany".to_owned(),
        ResponseCode::MetadataNoPrivate => "metadata noprivate".to_owned(),
        other => format!("{other:?}"),
    }
}

fn mailbox_datum(datum: &MailboxDatum<'_>) -> Option<Facts> {
    let ids = |ids: &[u32]| list(ids);
    Some(match datum {
        MailboxDatum::Exists(number) => Facts::of("exists").with("number", number),
        MailboxDatum::Recent(number) => Facts::of("recent").with("number", number),
        MailboxDatum::Flags(flags) => Facts::of("flags").with("flags", list(flags.iter().map(word))),
        // It does not say which of LIST and LSUB it was.
        MailboxDatum::List(data) => Facts::of("list")
            .with("attributes", list(data.name_attributes.iter().map(attribute)))
            .with("delimiter", nstring(data.delimiter.as_deref()))
            .with("mailbox", mailbox(&*data.name)),
        MailboxDatum::Search(all) => Facts::of("search").with("ids", ids(all)),
        MailboxDatum::Sort(all) => Facts::of("sort").with("ids", ids(all)),
        MailboxDatum::Status { mailbox: name, status } => {
            let mut facts = Facts::of("statusdata").with("mailbox", mailbox(&**name));
            for item in status {
                match item {
                    StatusAttribute::HighestModSeq(value) => facts.put("highestmodseq", value),
                    StatusAttribute::Messages(value) => facts.put("messages", value),
                    StatusAttribute::Recent(value) => facts.put("recent", value),
                    StatusAttribute::UidNext(value) => facts.put("uidnext", value),
                    StatusAttribute::UidValidity(value) => facts.put("uidvalidity", value),
                    StatusAttribute::Unseen(value) => facts.put("unseen", value),
                    _ => return None,
                }
            }
            facts
        }
        MailboxDatum::MetadataSolicited { mailbox: name, values } => {
            Facts::of("metadata").with("mailbox", mailbox(&**name)).with(
                "entries",
                list(values.iter().map(|metadata| {
                    format!("{} {}", string(&metadata.entry), nstring(metadata.value.as_ref()))
                })),
            )
        }
        MailboxDatum::MetadataUnsolicited { mailbox: name, values } => Facts::of("metadata")
            .with("mailbox", mailbox(&**name))
            .with("entries", list(values.iter().map(|entry| string(&**entry)))),
        _ => return None,
    })
}

fn attribute(attribute: &NameAttribute<'_>) -> String {
    match attribute {
        NameAttribute::NoInferiors => "\\noinferiors".to_owned(),
        NameAttribute::NoSelect => "\\noselect".to_owned(),
        NameAttribute::Extension(name) => word(name),
        other => word(format!("\\{other:?}")),
    }
}

fn fetch_item(item: &AttributeValue<'_>, facts: &mut Facts) {
    match item {
        AttributeValue::BodySection { section, index, data } => {
            let section = section.as_ref().map_or(String::new(), section_path);
            let origin = index.map_or(String::new(), |origin| format!("<{origin}>"));
            facts.put(format!("body[{section}]{origin}"), nstring(data.as_deref()));
        }
        AttributeValue::BodyStructure(structure) => body("body", structure, facts),
        AttributeValue::Envelope(fields) => envelope("envelope", fields, facts),
        AttributeValue::Flags(flags) => facts.put("flags", list(flags.iter().map(word))),
        AttributeValue::InternalDate(date) => facts.put("internaldate", date_time(date)),
        AttributeValue::ModSeq(value) => facts.put("modseq", value),
        AttributeValue::Rfc822(data) => facts.put("rfc822", nstring(data.as_deref())),
        AttributeValue::Rfc822Header(data) => facts.put("rfc822.header", nstring(data.as_deref())),
        AttributeValue::Rfc822Text(data) => facts.put("rfc822.text", nstring(data.as_deref())),
        AttributeValue::Rfc822Size(size) => facts.put("rfc822.size", size),
        AttributeValue::Uid(uid) => facts.put("uid", uid),
        AttributeValue::EmailId(id) => facts.put("emailid", string(&**id)),
        AttributeValue::ThreadId(id) => facts.put("threadid", nstring(id.as_deref())),
        AttributeValue::GmailLabels(labels) => {
            facts.put("x-gm-labels", list(labels.iter().map(|label| string(&**label))))
        }
        AttributeValue::GmailMsgId(id) => facts.put("x-gm-msgid", id),
        AttributeValue::GmailThrId(id) => facts.put("x-gm-thrid", id),
        AttributeValue::Unknown => facts.put("unknown", ""),
        other => facts.put("other", format!("{other:?}")),
    }
}

/// It keeps no names of fields.
fn section_path(path: &SectionPath) -> String {
    let name = |section: &MessageSection| word(format!("{section:?}"));
    match path {
        SectionPath::Full(section) => name(section),
        SectionPath::Part(numbers, section) => {
            let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
            let section = section.as_ref().map_or(String::new(), |section| format!(".{}", name(section)));
            numbers.join(".") + &section
        }
    }
}

fn envelope(at: &str, envelope: &Envelope<'_>, facts: &mut Facts) {
    for (name, value) in [
        ("date", &envelope.date),
        ("subject", &envelope.subject),
        ("in-reply-to", &envelope.in_reply_to),
        ("message-id", &envelope.message_id),
    ] {
        facts.put(format!("{at}.{name}"), nstring(value.as_deref()));
    }
    for (name, addresses) in [
        ("from", &envelope.from),
        ("sender", &envelope.sender),
        ("reply-to", &envelope.reply_to),
        ("to", &envelope.to),
        ("cc", &envelope.cc),
        ("bcc", &envelope.bcc),
    ] {
        let addresses = addresses.iter().flatten().map(|address| {
            list(
                [&address.name, &address.adl, &address.mailbox, &address.host]
                    .map(|part| nstring(part.as_deref())),
            )
        });
        facts.put(format!("{at}.{name}"), list(addresses));
    }
}

fn parameters(parameters: &BodyParams<'_>) -> String {
    pairs(parameters.iter().flatten().map(|(name, value)| (name.as_bytes(), value.as_bytes())))
}

fn common(at: &str, common: &BodyContentCommon<'_>, facts: &mut Facts) {
    facts.put(format!("{at}.type"), string(common.ty.ty.to_ascii_lowercase()));
    facts.put(format!("{at}.subtype"), string(common.ty.subtype.to_ascii_lowercase()));
    facts.put(format!("{at}.parameters"), parameters(&common.ty.params));
    let disposition = common.disposition.as_ref();
    facts.put(
        format!("{at}.disposition"),
        disposition.map_or("nil".to_owned(), |disposition| {
            format!("{} {}", string(disposition.ty.to_ascii_lowercase()), parameters(&disposition.params))
        }),
    );
    facts.put(format!("{at}.language"), list(common.language.iter().flatten().map(|tag| string(&**tag))));
    facts.put(format!("{at}.location"), nstring(common.location.as_deref()));
}

fn single(at: &str, part: &BodyContentSinglePart<'_>, facts: &mut Facts) {
    facts.put(format!("{at}.id"), nstring(part.id.as_deref()));
    facts.put(format!("{at}.md5"), nstring(part.md5.as_deref()));
    facts.put(format!("{at}.description"), nstring(part.description.as_deref()));
    let encoding = match &part.transfer_encoding {
        ContentEncoding::SevenBit => "7bit",
        ContentEncoding::EightBit => "8bit",
        ContentEncoding::Binary => "binary",
        ContentEncoding::Base64 => "base64",
        ContentEncoding::QuotedPrintable => "quoted-printable",
        ContentEncoding::Other(name) => name,
    };
    facts.put(format!("{at}.encoding"), string(encoding.to_ascii_lowercase()));
    facts.put(format!("{at}.octets"), part.octets);
}

fn body(at: &str, structure: &BodyStructure<'_>, facts: &mut Facts) {
    match structure {
        BodyStructure::Basic { common: fields, other, .. } => {
            common(at, fields, facts);
            single(at, other, facts);
        }
        BodyStructure::Text { common: fields, other, lines, .. } => {
            common(at, fields, facts);
            single(at, other, facts);
            facts.put(format!("{at}.lines"), lines);
        }
        BodyStructure::Message { common: fields, other, envelope: inner, body: nested, lines, .. } => {
            common(at, fields, facts);
            single(at, other, facts);
            facts.put(format!("{at}.lines"), lines);
            envelope(&format!("{at}.envelope"), inner, facts);
            body(&format!("{at}.body"), nested, facts);
        }
        BodyStructure::Multipart { common: fields, bodies, .. } => {
            common(at, fields, facts);
            for (nth, part) in (1..).zip(bodies) {
                body(&format!("{at}.{nth}"), part, facts);
            }
        }
    }
}
