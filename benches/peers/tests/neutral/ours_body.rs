//! Envelopes and body structures as this project's imap-proto reads them.

use ours_imap::body::{Content, ExtensionData, Parameters};
use ours_imap::{BodyStructure, Envelope, IString};

use super::{Facts, list, nstring, pairs, string};

fn optional(text: &Option<IString<'_>>) -> String {
    nstring(text.as_ref().map(|text| text.as_bytes()))
}

fn lower(text: &IString<'_>) -> String {
    string(text.as_bytes().to_ascii_lowercase())
}

pub fn envelope(at: &str, envelope: &Envelope<'_>, facts: &mut Facts) {
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
        let addresses = addresses.iter().map(|address| {
            list([&address.name, &address.adl, &address.mailbox, &address.host].map(optional))
        });
        facts.put(format!("{at}.{name}"), list(addresses));
    }
}

fn parameters(parameters: &Parameters<'_>) -> String {
    let all: Vec<_> = parameters
        .iter()
        .map(|parameter| (parameter.name.as_bytes().to_vec(), parameter.value.as_bytes().to_vec()))
        .collect();
    pairs(all)
}

pub fn body(at: &str, structure: &BodyStructure<'_>, facts: &mut Facts) {
    facts.put(format!("{at}.subtype"), lower(structure.subtype()));
    facts.put(format!("{at}.parameters"), parameters(structure.parameters()));
    extension(at, structure.extension(), facts);
    match structure {
        BodyStructure::Part(part) => {
            facts.put(format!("{at}.type"), lower(part.media_type()));
            facts.put(format!("{at}.id"), optional(&part.fields.id));
            facts.put(format!("{at}.description"), optional(&part.fields.description));
            facts.put(format!("{at}.encoding"), lower(&part.fields.encoding));
            facts.put(format!("{at}.octets"), part.fields.octets);
            facts.put(format!("{at}.md5"), optional(&part.md5));
            facts.set(&format!("{at}.lines"), part.lines());
            if let Content::Message(message) = part.content() {
                envelope(&format!("{at}.envelope"), &message.envelope, facts);
                if let Some(inner) = message.body() {
                    body(&format!("{at}.body"), &inner, facts);
                }
            }
        }
        BodyStructure::Multipart(multipart) => {
            facts.put(format!("{at}.type"), string("multipart"));
            for (nth, part) in (1..).zip(multipart.parts.iter()) {
                body(&format!("{at}.{nth}"), &part, facts);
            }
        }
    }
}

fn extension(at: &str, data: &ExtensionData<'_>, facts: &mut Facts) {
    let disposition = data.disposition.as_ref().map_or("nil".to_owned(), |disposition| {
        format!("{} {}", lower(&disposition.kind), parameters(&disposition.parameters))
    });
    facts.put(format!("{at}.disposition"), disposition);
    facts.put(format!("{at}.language"), list(data.language.iter().map(|tag| string(tag.as_bytes()))));
    facts.put(format!("{at}.location"), optional(&data.location));
}
