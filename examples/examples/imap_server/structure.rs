//! ENVELOPE and BODYSTRUCTURE of a message.

use std::borrow::Cow;

use imap_proto::body::{
    BodyFields, BodyStructure, Disposition, ExtensionData, Multipart, Parameter, Part as Body,
};
use imap_proto::envelope::{Address, Addresses, Envelope};
use imap_proto::{IString, List, ValueError};
use mail_parser::{Address as Parsed, ContentType, Group, MessageParser, MimeHeaders};

use crate::mime::{Kind, Part, fields, front, raw_field};

/// A string of a message. NUL, which no string may hold, is left out.
fn string(text: &str) -> Result<IString<'static>, ValueError> {
    IString::new(text.replace('\0', ""))
}

fn maybe(text: Option<impl AsRef<str>>) -> Result<Option<IString<'static>>, ValueError> {
    text.map(|text| string(text.as_ref())).transpose()
}

/// What ENVELOPE says of a message with this header.
pub fn envelope(header: &[u8]) -> Result<Envelope<'static>, ValueError> {
    // Encoded words are told as they are: what they begin with is hidden from mail-parser, which would decode them.
    let hidden: Vec<u8> = replaced(front(header), b"=?", HIDDEN);
    let parsed = MessageParser::new().with_address_headers().parse_headers(&hidden);
    let parsed = parsed.as_ref();
    let from = addresses(parsed.and_then(|message| message.from()))?;
    let or_from = |field: Addresses<'static>| if field.is_empty() { from.clone() } else { field };
    Ok(Envelope {
        date: maybe(raw_field(header, "Date"))?,
        subject: maybe(raw_field(header, "Subject"))?,
        sender: or_from(addresses(parsed.and_then(|message| message.sender()))?),
        reply_to: or_from(addresses(parsed.and_then(|message| message.reply_to()))?),
        to: addresses(parsed.and_then(|message| message.to()))?,
        cc: addresses(parsed.and_then(|message| message.cc()))?,
        bcc: addresses(parsed.and_then(|message| message.bcc()))?,
        in_reply_to: maybe(raw_field(header, "In-Reply-To"))?,
        message_id: maybe(raw_field(header, "Message-ID"))?,
        from,
    })
}

/// DEL stands for `?`: no header has it, and mail-parser takes it for a letter.
const HIDDEN: &[u8] = b"=\x7f";

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        match rest.strip_prefix(from) {
            Some(behind) => {
                out.extend_from_slice(to);
                rest = behind;
            }
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    out
}

fn shown(text: &str) -> Cow<'_, str> {
    if text.contains("=\x7f") { text.replace("=\x7f", "=?").into() } else { text.into() }
}

fn addresses(field: Option<&Parsed<'_>>) -> Result<Addresses<'static>, ValueError> {
    let mut all = Vec::new();
    match field {
        None => {}
        Some(Parsed::List(list)) => {
            for one in list {
                all.extend(address(one)?);
            }
        }
        Some(Parsed::Group(groups)) => {
            for Group { name, addresses } in groups {
                if let Some(name) = name {
                    all.push(Address::group(shown(name).replace('\0', ""))?);
                }
                for one in addresses {
                    all.extend(address(one)?);
                }
                if name.is_some() {
                    all.push(Address::GROUP_END);
                }
            }
        }
    }
    Ok(all.into_iter().collect())
}

fn address(one: &mail_parser::Addr<'_>) -> Result<Option<Address<'static>>, ValueError> {
    let name = one.name().map(shown).filter(|name| !name.is_empty());
    let (mailbox, host) = match one.address().map(shown) {
        Some(address) => match address.rsplit_once('@') {
            Some((mailbox, host)) => (mailbox.to_owned(), host.to_owned()),
            None => (address.into_owned(), String::new()),
        },
        // Text that is no address.
        None if name.is_some() => (String::new(), String::new()),
        None => return Ok(None),
    };
    // NIL for a host would be the mark of a group.
    let address = Address::new(mailbox.replace('\0', ""), host.replace('\0', ""))?;
    Ok(Some(match name {
        Some(name) => address.with_name(name.replace('\0', ""))?,
        None => address,
    }))
}

fn parameters(of: Option<&ContentType<'_>>) -> Result<List<'static, Parameter<'static>>, ValueError> {
    let attributes = of.and_then(|of| of.attributes()).unwrap_or_default();
    let parameters = attributes.iter().map(|attribute| {
        Ok(Parameter { name: string(&attribute.name.to_uppercase())?, value: string(&attribute.value)? })
    });
    parameters.collect::<Result<_, _>>()
}

/// What BODYSTRUCTURE says of a part of the message in `raw`.
pub fn structure(part: &Part, raw: &[u8]) -> Result<BodyStructure<'static>, ValueError> {
    let header = raw.get(part.header.clone()).unwrap_or_default();
    let body = raw.get(part.body.clone()).unwrap_or_default();
    let fields = fields(header);
    let fields = fields.as_ref();
    let content_type = fields.and_then(|fields| fields.content_type());
    let of_type = match content_type {
        // RFC 2045 section 5.2.
        None if part.media_type == "TEXT" => {
            [Parameter { name: string("CHARSET")?, value: string("US-ASCII")? }].into()
        }
        of => parameters(of)?,
    };
    let disposition = match fields.and_then(|fields| fields.content_disposition()) {
        None => None,
        Some(of) => {
            Some(Disposition { kind: string(&of.ctype().to_uppercase())?, parameters: parameters(Some(of))? })
        }
    };
    let language = raw_field(header, "Content-Language").unwrap_or_default();
    let language = language.split(',').map(str::trim).filter(|language| !language.is_empty()).map(string);
    let mut extension = ExtensionData::default();
    extension.disposition = disposition;
    extension.language = language.collect::<Result<_, _>>()?;
    extension.location = maybe(raw_field(header, "Content-Location"))?;
    if part.kind == Kind::Multipart {
        let inner: Vec<_> = part.parts.iter().map(|part| structure(part, raw)).collect::<Result<_, _>>()?;
        let mut multipart = Multipart::new(inner, string(&part.subtype)?)?;
        (multipart.parameters, multipart.extension) = (of_type, extension);
        return Ok(multipart.into());
    }
    let lines = body.iter().filter(|octet| **octet == b'\n').count() as u64;
    let mut one = match (part.kind, part.parts.first()) {
        (Kind::Message, Some(inner)) => {
            let envelope = envelope(raw.get(inner.header.clone()).unwrap_or_default())?;
            match part.subtype == "GLOBAL" {
                true => Body::global(envelope, structure(inner, raw)?, lines)?,
                false => Body::message(envelope, structure(inner, raw)?, lines)?,
            }
        }
        _ if part.media_type == "TEXT" => Body::text(string(&part.subtype)?, lines),
        // A multipart in which no part was found, and a message that is encoded: neither can be told as what it says.
        _ if matches!((&*part.media_type, &*part.subtype), ("MULTIPART", _) | ("MESSAGE", "RFC822")) => {
            Body::basic(string("APPLICATION")?, string("OCTET-STREAM")?)?
        }
        _ => Body::basic(string(&part.media_type)?, string(&part.subtype)?)?,
    };
    one.fields = BodyFields {
        parameters: of_type,
        id: maybe(raw_field(header, "Content-ID"))?,
        description: maybe(raw_field(header, "Content-Description"))?,
        encoding: string(&part.encoding)?,
        octets: body.len() as u64,
    };
    one.md5 = maybe(raw_field(header, "Content-MD5"))?;
    one.extension = extension;
    Ok(one.into())
}
