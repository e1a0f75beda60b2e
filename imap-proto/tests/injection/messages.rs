//! Messages and their parts, and what has no name of its own.

use crate::judge::*;

inventory! {
    // Messages and their parts.
    "Address::new, mailbox": octets octets => Some(envelope(Address::new(octets, "example.org").ok()?));
    "Address::new, host": octets octets => Some(envelope(Address::new("user", octets).ok()?));
    "Address::group": octets octets => Some(envelope(Address::group(octets).ok()?));
    "Address::with_name": octets octets => Some(envelope(Address::GROUP_END.with_name(octets).ok()?));
    "Part::basic": octets octets => {
        let part = Part::basic(IString::new(octets).ok()?, IString::new(octets).ok()?).ok()?;
        Some(fetched(FetchItem::BodyStructure(part.into())))
    };
    "Part::text": octets octets => {
        let mut part = Part::text(IString::new(octets).ok()?, 1);
        let (name, value) = (IString::new(octets).ok()?, IString::new(octets).ok()?);
        part.fields.parameters = [Parameter { name, value }].into();
        part.fields.encoding = IString::new(octets).ok()?;
        part.fields.description = Some(IString::new(octets).ok()?);
        Some(fetched(FetchItem::Body(part.into())))
    };
    "Multipart::new": octets octets => {
        let text = BodyStructure::from(Part::text(IString::new("PLAIN").unwrap(), 1));
        let multipart = Multipart::new([text], IString::new(octets).ok()?).ok()?;
        Some(fetched(FetchItem::BodyStructure(multipart.into())))
    };
    "BodyExtensions::new": octets octets => {
        let mut part = Part::text(IString::new("PLAIN").unwrap(), 1);
        part.md5 = Some(IString::new("x").unwrap());
        part.extension.disposition = None;
        part.extension.extensions = BodyExtensions::new(octets).ok()?;
        Some(fetched(FetchItem::BodyStructure(part.into())))
    };
    "SectionPart::new": octets octets => {
        Some(fetch(FetchAttribute::BinaryPeek(SectionPart::new(octets).ok()?.into())))
    };
    "Section::part": octets octets => {
        Some(fetch(FetchAttribute::BodySection(BodyRequest::from(Section::part(octets).ok()?))))
    };
    "Section::header_fields": octets octets => {
        let section = Section::WHOLE.header_fields([AString::new(octets).ok()?]).ok()?;
        Some(fetch(FetchAttribute::BodyPeek(section.into())))
    };
    "Section::header_fields_not": octets octets => {
        let section = Section::WHOLE.header_fields_not([AString::new(octets).ok()?]).ok()?;
        let data = NString::NIL;
        Some(fetched(FetchItem::BodySection(BodySection { section, origin: Some(3), data })))
    };

    // What has no row of its own.
    "Unknown::new, name": octets octets => {
        Some(command(Command::Other(Unknown::new(Atom::new(octets).ok()?, None).ok()?)))
    };
    "Unknown::new, name, of data": octets octets => {
        Some(data(Data::Other(Unknown::new(Atom::new(octets).ok()?, None).ok()?)))
    };
    "Values::new": octets octets => {
        let name = Atom::new("XFROB").unwrap();
        Some(command(Command::Other(Unknown::new(name, Some(Values::new(octets).ok()?)).ok()?)))
    };
    "Values::new in data": octets octets => {
        let name = Atom::new("XFROB").unwrap();
        Some(data(Data::Other(Unknown::new(name, Some(Values::new(octets).ok()?)).ok()?)))
    };
    "OtherCode::new, name": octets octets => {
        Some(code(Code::Other(OtherCode::new(Atom::new(octets).ok()?, None).ok()?)))
    };
    "CodeText::new": octets octets => {
        let name = Atom::new("XFROB").unwrap();
        Some(code(Code::Other(OtherCode::new(name, Some(CodeText::new(octets).ok()?)).ok()?)))
    };
    "ItemValue::new": octets octets => {
        let name = Atom::new("XFROB").unwrap();
        Some(fetched(FetchItem::Other(OtherItem { name, value: ItemValue::new(octets).ok()? })))
    };
    "TaggedLabel::new": octets octets => {
        let label = TaggedLabel::new(octets).ok()?;
        let rename = imap_proto::create::Rename { from: inbox(), to: Mailbox::new("x").unwrap(), parameters: [TaggedExt { label, value: None }].into() };
        Some(command(Command::Rename(rename)))
    };
    "TaggedValue::new": octets octets => {
        let (label, value) = (TaggedLabel::new("XFROB").unwrap(), TaggedValue::new(octets).ok()?);
        let extension = AppendExtension::Other(OtherAppendExtension { label, value });
        let options = AppendOptions { extensions: [extension].into(), ..AppendOptions::default() };
        Some(append(AppendMessage { options, data: AppendData::Literal(Literal::new("x").unwrap()) }))
    };
    "TaggedValue::new in LIST": octets octets => {
        let (tag, value) = (Atom::new("XFROB").unwrap(), TaggedValue::new(octets).ok()?);
        let other = ListExtendedItem::Other(OtherListItem { tag, value });
        Some(data(Data::List(ListData { attributes: [].into(), delimiter: None, mailbox: inbox(), extended: [other].into() })))
    };
    "OptionValue::new": octets octets => {
        let option = OptionExtension { name: Atom::new("XFROB").unwrap(), value: Some(OptionValue::new(octets).ok()?) };
        let mut list = ListCommand::new(inbox(), ListMailbox::new("*").unwrap());
        list.returns = Some([imap_proto::list_command::ListReturnOption::Other(option)].into());
        Some(command(Command::List(list)))
    };
    "OtherSortKey::new": octets octets => {
        let key = SortKey::Other(OtherSortKey::new(octets).ok()?);
        Some(command(Command::Sort(Sort { return_options: None, criteria: [key.into()].into(), charset: utf_8(), keys: all() })))
    };
    "OtherAlgorithm::new": octets octets => {
        let algorithm = ThreadAlgorithm::Other(OtherAlgorithm::new(octets).ok()?);
        Some(command(Command::Thread(ThreadCommand { algorithm, charset: utf_8(), keys: all() })))
    };
}
