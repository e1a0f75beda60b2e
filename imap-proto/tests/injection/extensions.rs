//! Searching, annotations, conversion and URLs.

use crate::judge::*;

inventory! {
    // Searching.
    "TagString::new": octets octets => Some(code(Code::NoUpdate(TagString::new(octets).ok()?)));
    "TagString::from": octets octets => {
        Some(code(Code::NoUpdate(TagString::from(Tag::new(octets).ok()?))))
    };
    "SearchCorrelator::new": octets octets => {
        let correlator = Some(SearchCorrelator::new(TagString::new(octets).ok()?));
        Some(data(Data::Esearch(EsearchData { correlator, uid: true, items: [].into() })))
    };
    "UpdateAttributes::new": octets octets => {
        let update = SearchReturnOption::Update(Some(UpdateAttributes::new(octets).ok()?));
        Some(command(Command::Search(Search { return_options: Some([update].into()), charset: None, keys: all() })))
    };
    "EntryName::new": octets octets => {
        let entry = Some(ModSeqEntry { name: EntryName::new(octets).ok()?, kind: EntryType::All });
        Some(search(SearchKey::ModSeq(ModSeqKey { entry, mod_seq: 1 })))
    };

    // Annotations and metadata.
    "AnnotationEntry::new": octets octets => {
        let key = SortKey::Annotation(SortAnnotation { entry: AnnotationEntry::new(octets).ok()?, of: ValueOf::Shared });
        Some(command(Command::Sort(Sort { return_options: None, criteria: [key.into()].into(), charset: utf_8(), keys: all() })))
    };
    "AnnotationAttribute::new": octets octets => {
        let value = AttributeValue { attribute: AnnotationAttribute::new(octets).ok()?, value: NString8::new("x") };
        let annotation = Annotation { entry: AnnotationEntry::new("/comment").unwrap(), values: [value].into() };
        Some(command(Command::Store(Store::new(one(), StoreAttribute::Annotation([annotation].into())))))
    };
    "AnnotationAttribute::new in FETCH": octets octets => {
        let attributes = [AnnotationAttribute::new(octets).ok()?].into();
        let entries = [ListMailbox::new(octets).ok()?].into();
        Some(fetch(FetchAttribute::Annotation(FetchAnnotation { entries, attributes })))
    };
    "Entry::new": octets octets => {
        let value = EntryValue { entry: Entry::new(octets).ok()?, value: NString8::new("x") };
        Some(command(Command::SetMetadata(SetMetadata { mailbox: inbox(), entries: [value].into() })))
    };

    // Conversion.
    "MediaTypeName::new": octets octets => {
        let target = ConvertTarget { media_type: Some(MediaTypeName::new(octets).ok()?), parameters: [].into() };
        let items = [ConvertItem::Binary(SectionPart::new("1").unwrap().into())].into();
        Some(command(Command::Convert(Convert { messages: one(), target, items })))
    };
    "MediaRange::new": octets octets => {
        let (from, to) = (MediaRange::new(octets).ok()?, MediaRange::new("*").unwrap());
        Some(command(Command::Conversions(Conversions { from, to })))
    };

    // URLs.
    "UrlText::new": octets octets => Some(url(UrlText::new(octets).ok()?));
    "UrlText::new in CATENATE": octets octets => {
        let parts = vec![CatPart::Url(UrlText::new(octets).ok()?), CatPart::Text(octets.into())];
        let data = AppendData::Catenate(Catenate::new(parts).ok()?);
        Some(append(AppendMessage { options: AppendOptions::default(), data }))
    };
    "ImapUrl::new": octets octets => Some(url(ImapUrl::new(octets).ok()?.into()));
    "ImapUrl::server, user": text text => Some(url(ImapUrl::server(Some(text), Some("PLAIN"), "example.org", None).ok()?.into()));
    "ImapUrl::server, auth": text text => Some(url(ImapUrl::server(Some("user"), Some(text), "example.org", None).ok()?.into()));
    "ImapUrl::server, host": text text => Some(url(ImapUrl::server(None, None, text, Some(143)).ok()?.into()));
    "ImapUrl::messages, mailbox": text text => Some(url(ImapUrl::messages(text, Some(1), None).ok()?.into()));
    "ImapUrl::messages, search": octets octets => Some(url(ImapUrl::messages("INBOX", None, Some(octets)).ok()?.into()));
    "ImapUrl::message, mailbox": text text => Some(url(ImapUrl::message(text, None, 1, None, None).ok()?.into()));
    "ImapUrl::message, section": text text => Some(url(ImapUrl::message("INBOX", None, 1, Some(text), None).ok()?.into()));
    "UrlRump::sign": text text => {
        let rump = "imap://joe@example.com/INBOX/;UID=20;URLAUTH=user+fred";
        let rump = UrlRump::new(ImapUrl::new(rump).unwrap()).unwrap();
        let full: UrlFull<'_> = rump.sign(&UauthMechanism::INTERNAL, text).ok()?;
        Some(data(Data::GenUrlAuth([full].into())))
    };
    "PctEncoded::encode": octets octets => {
        let url = ImapUrl::new("imap://joe@example.com/INBOX/;UID=20").unwrap();
        let access = PctEncoded::encode(octets);
        assert_eq!(*access.decode(), *octets);
        let (url, mechanism) = (url.authorize(None, &Access::User(access)).ok()?, UauthMechanism::INTERNAL);
        Some(command(Command::GenUrlAuth([GenUrlAuth { url, mechanism }].into())))
    };
    "ImapUrl::authorize": text text => {
        let url = ImapUrl::new("imap://joe@example.com/INBOX/;UID=20").unwrap();
        let (url, mechanism) = (url.authorize(Some(text), &Access::AuthUser).ok()?, UauthMechanism::INTERNAL);
        Some(command(Command::GenUrlAuth([GenUrlAuth { url, mechanism }].into())))
    };
    "ReferralUrl::new": octets octets => Some(code(Code::Referral([ReferralUrl::new(octets).ok()?].into())));
    "BadUrl::new": octets octets => Some(code(Code::BadUrl(BadUrl::new(octets).ok()?)));
    "UauthMechanism::new": octets octets => {
        let mechanisms = [UauthMechanism::new(octets).ok()?].into();
        Some(command(Command::ResetKey(Some(ResetKey { mailbox: inbox(), mechanisms }))))
    };
    "UauthMechanism::new in GENURLAUTH": octets octets => {
        let rump = ImapUrl::new("imap://joe@example.com/INBOX/;UID=20;URLAUTH=user+fred").unwrap();
        let (url, mechanism) = (UrlRump::new(rump).unwrap(), UauthMechanism::new(octets).ok()?);
        Some(command(Command::GenUrlAuth([GenUrlAuth { url, mechanism }].into())))
    };
    "UrlMechData::new": octets octets => {
        let mech = UrlMech { name: UauthMechanism::new("X").unwrap(), data: Some(UrlMechData::new(octets)) };
        Some(code(Code::UrlMech(UrlMechs { others: [mech].into() })))
    };
    "OtherUrlFetchParam::new": octets octets => {
        let params = [UrlFetchParam::Other(OtherUrlFetchParam::new(octets).ok()?)].into();
        Some(command(Command::UrlFetch([UrlFetch { url: UrlText::new("/x").unwrap(), params }].into())))
    };
    "UrlBody::new": octets octets => {
        let content = UrlContent::Body(UrlBody::new(octets).ok()?);
        let fetched = UrlFetched { url: UrlText::new("/x").unwrap(), content };
        Some(data(Data::UrlFetch(UrlFetchData::new(vec![fetched]).ok()?)))
    };
}
