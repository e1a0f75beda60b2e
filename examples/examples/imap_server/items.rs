//! What FETCH says of a message.

use std::borrow::Cow;

use bytes::Bytes;
use imap_proto::ext::object_id::ObjectId;
use imap_proto::fetch::{BinarySection, BinarySize, BodySection, FetchAttribute};
use imap_proto::section::{Partial, Section, SectionPart};
use imap_proto::{FetchItem, NString, NString8};

use crate::answer::{Stop, bad};
use crate::search::header;
use crate::store::{Entry, Message};
use crate::structure::{envelope, structure};

/// One thing that is said.
pub enum Told {
    Item(FetchItem<'static>),
    /// Octets of the message, and the item with NIL in their place.
    Contents(FetchItem<'static>, Bytes),
}

/// What FETCH says of a message; `None` when a part has an unknown encoding.
pub fn item(wanted: &FetchAttribute<'_>, entry: &Entry) -> Result<Option<Told>, Stop> {
    let message = &entry.message;
    let whole = |section: Section<'_>| octets(message, &section, None).unwrap_or_default();
    Ok(Some(Told::Item(match wanted {
        FetchAttribute::Flags => FetchItem::Flags(entry.flags.iter().cloned().collect()),
        FetchAttribute::Uid => FetchItem::Uid(entry.uid),
        FetchAttribute::InternalDate => FetchItem::InternalDate(message.date.into()),
        FetchAttribute::Rfc822Size => FetchItem::Rfc822Size(message.raw.len() as u64),
        FetchAttribute::Envelope => FetchItem::Envelope(envelope(header(message))?),
        FetchAttribute::BodyStructure => FetchItem::BodyStructure(structure(message.part(), &message.raw)?),
        FetchAttribute::Body => FetchItem::Body(structure(message.part(), &message.raw)?.without_extension()),
        FetchAttribute::BodySection(body) | FetchAttribute::BodyPeek(body) => {
            let (section, origin) = (body.section.clone().into_owned(), body.partial.map(Partial::offset));
            let item = FetchItem::BodySection(BodySection { section, origin, data: NString::NIL });
            return Ok(Some(told(item, octets(message, &body.section, body.partial))));
        }
        FetchAttribute::BinarySection(binary) | FetchAttribute::BinaryPeek(binary) => {
            let (part, origin) = (binary.part.clone().into_owned(), binary.partial.map(Partial::offset));
            let item = FetchItem::BinarySection(BinarySection { part, origin, data: NString8::NIL });
            return Ok(decoded(message, &binary.part)
                .map(|found| told(item, found.map(|octets| within(octets, binary.partial)))));
        }
        FetchAttribute::BinarySize(part) => {
            let Some(found) = decoded(message, part) else { return Ok(None) };
            let size = u32::try_from(found.unwrap_or_default().len()).unwrap_or(u32::MAX);
            FetchItem::BinarySize(BinarySize { part: part.clone().into_owned(), size })
        }
        FetchAttribute::Rfc822 => {
            return Ok(Some(Told::Contents(FetchItem::Rfc822(NString::NIL), whole(Section::WHOLE))));
        }
        FetchAttribute::Rfc822Header => {
            let item = FetchItem::Rfc822Header(NString::NIL);
            return Ok(Some(Told::Contents(item, whole(Section::WHOLE.header()))));
        }
        FetchAttribute::Rfc822Text => {
            let item = FetchItem::Rfc822Text(NString::NIL);
            return Ok(Some(Told::Contents(item, whole(Section::WHOLE.text()))));
        }
        FetchAttribute::ModSeq => FetchItem::ModSeq(entry.mod_seq),
        FetchAttribute::EmailId => FetchItem::EmailId(ObjectId::new(message.id.clone())?),
        FetchAttribute::ThreadId => FetchItem::ThreadId(None),
        _ => return Err(bad("something is not known here")),
    })))
}

/// NIL for what is not there.
fn told(item: FetchItem<'static>, octets: Option<Bytes>) -> Told {
    match octets {
        Some(octets) => Told::Contents(item, octets),
        None => Told::Item(item),
    }
}

fn within(octets: Bytes, partial: Option<Partial>) -> Bytes {
    match partial {
        Some(partial) => octets.slice(partial.within(octets.len())),
        None => octets,
    }
}

/// What a section means, without a copy where it stands in the message as it is.
fn octets(message: &Message, section: &Section<'_>, partial: Option<Partial>) -> Option<Bytes> {
    let octets = match message.part().section(&message.raw, section)? {
        Cow::Borrowed(octets) => message.raw.slice_ref(octets),
        Cow::Owned(octets) => octets.into(),
    };
    Some(within(octets, partial))
}

/// A part without its encoding: none when that is unknown, and none of it when there is no such part.
fn decoded(message: &Message, part: &SectionPart<'_>) -> Option<Option<Bytes>> {
    match (part.is_whole(), message.part().find(part.numbers())) {
        // All of the message has no encoding.
        (true, _) => Some(Some(message.raw.clone())),
        (_, None) => Some(None),
        (_, Some(part)) => part.decoded(&message.raw).map(|octets| Some(octets.into_owned().into())),
    }
}
