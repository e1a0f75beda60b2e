//! Text, octets, names, secrets and sets.

use crate::judge::*;

inventory! {
    // Text and octets wherever they are allowed.
    "AString::new": octets octets => Some(command(Command::GetQuota(AString::new(octets).ok()?)));
    "AString::new in SEARCH": octets octets => Some(search(SearchKey::Subject(AString::new(octets).ok()?)));
    "AString::new in HEADER": octets octets => {
        let (name, value) = (AString::new(octets).ok()?, AString::new(octets).ok()?);
        Some(search(SearchKey::Header(HeaderKey { name, value })))
    };
    "AString::new in SETACL": octets octets => {
        let change = imap_proto::ext::acl::RightsChange::Add(Rights::new("lr").unwrap());
        Some(command(Command::SetAcl(SetAcl { mailbox: inbox(), identifier: AString::new(octets).ok()?, change })))
    };
    "AString::new in ACL": octets octets => {
        let entry = AclEntry { identifier: AString::new(octets).ok()?, rights: Rights::new("lr").unwrap() };
        Some(data(Data::Acl(imap_proto::ext::acl::AclData { mailbox: inbox(), entries: [entry].into() })))
    };
    "AString::new in a code": octets octets => {
        Some(code(Code::BadCharset(Some([AString::new(octets).ok()?].into()))))
    };
    "IString::new": octets octets => Some(data(Data::JmapAccess(IString::new(octets).ok()?)));
    "IString::new in ID": octets octets => {
        let parameter = IdParameter { field: IString::new(octets).ok()?, value: Some(IString::new(octets).ok()?) };
        Some(command(Command::Id(IdParameters(Some([parameter].into())))))
    };
    "IString::new in ENVELOPE": octets octets => {
        let envelope = Envelope { subject: Some(IString::new(octets).ok()?), ..Envelope::default() };
        Some(fetched(FetchItem::Envelope(envelope)))
    };
    "IString::new in NAMESPACE": octets octets => {
        let prefix = IString::new(octets).ok()?;
        let space = Namespace { prefix, delimiter: Some(Delimiter::DOT), extensions: [].into() };
        let personal = NamespaceList([space].into());
        let none = || NamespaceList([].into());
        Some(data(Data::Namespace(Namespaces { personal, other_users: none(), shared: none() })))
    };
    "IString::new in CHILDINFO": octets octets => {
        let info = ListExtendedItem::ChildInfo([ChildInfo::Other(IString::new(octets).ok()?)].into());
        Some(data(Data::List(ListData { attributes: [].into(), delimiter: None, mailbox: inbox(), extended: [info].into() })))
    };
    "Atom::new": octets octets => Some(command(Command::Compress(Atom::new(octets).ok()?)));
    "Atom::new in SEARCH": octets octets => Some(search(SearchKey::Keyword(Atom::new(octets).ok()?)));
    "Literal::new": octets octets => Some(append(AppendMessage::from(Literal::new(octets).ok()?)));
    "Literal8::new": octets octets => {
        let data = AppendData::Literal8(Literal8::new(octets));
        Some(append(AppendMessage { options: AppendOptions::default(), data }))
    };
    "Literal8::new in UTF8": octets octets => {
        let data = AppendData::Utf8(Literal8::new(octets));
        Some(append(AppendMessage { options: AppendOptions::default(), data }))
    };
    "NString::new": octets octets => Some(fetched(FetchItem::Rfc822(NString::new(octets).ok()?)));
    "NString::new in BODY[]": octets octets => {
        let data = NString::new(octets).ok()?;
        Some(fetched(FetchItem::BodySection(BodySection { section: Section::WHOLE, origin: None, data })))
    };
    "NString8::new": octets octets => {
        let value = EntryValue { entry: Entry::new("/shared/comment").unwrap(), value: NString8::new(octets) };
        Some(command(Command::SetMetadata(SetMetadata { mailbox: inbox(), entries: [value].into() })))
    };
    "Text::new": octets octets => Some(status(RespText::new(Text::new(octets).ok()?)));
    "RespText::new": octets octets => {
        Some(response(Response::PreAuth(RespText::new(Text::new(octets).ok()?))))
    };
    "RespText::with_code": octets octets => {
        Some(status(RespText::with_code(Code::Alert, Text::new(octets).ok()?)))
    };
    "Text::new in the greeting": octets octets => {
        let greeting = Greeting::Ok(RespText::new(Text::new(octets).ok()?));
        Some(judge(
            Side::Server,
            &greeting.into_owned(),
            |greeting, _, wire| greeting.encode(wire),
            |wire, dialect, found| {
                if let Ok((rest, greeting)) = Greeting::parse(wire, dialect) {
                    found(rest, &greeting.into_owned());
                }
            },
        ))
    };
    "Status::ok": octets octets => Some(response(Response::Status(Status::ok(Text::new(octets).ok()?))));
    "Status::no": octets octets => Some(response(Response::Status(Status::no(Text::new(octets).ok()?))));
    "Status::bad": octets octets => {
        let tag = Tag::new("a1").ok()?;
        Some(response(Response::Tagged(Tagged { tag, status: Status::bad(Text::new(octets).ok()?) })))
    };
    "Continue::new": octets octets => Some(response(Response::Continue(Continue::new(octets).ok()?)));
    "Continue::challenge": octets octets => {
        let go_on = Continue::challenge(octets);
        assert_eq!(go_on.decode().as_deref(), Some(octets));
        Some(response(Response::Continue(go_on)))
    };

    // Names.
    "Tag::new": octets octets => {
        Some(tagged(TaggedCommand { tag: Tag::new(octets).ok()?, command: Command::Noop }))
    };
    "Tag::new in a completion": octets octets => {
        let status = Status { kind: StatusKind::Bad, text: RespText::new(Text::new("x").unwrap()) };
        Some(response(Response::Tagged(Tagged { tag: Tag::new(octets).ok()?, status })))
    };
    "Mailbox::new": octets octets => Some(command(Command::Select(Select::new(Mailbox::new(octets).ok()?))));
    "Mailbox::new in LIST": octets octets => {
        let mailbox = Mailbox::new(octets).ok()?;
        let attributes = [MailboxAttribute::Marked].into();
        Some(data(Data::List(ListData { attributes, delimiter: Some(Delimiter::SLASH), mailbox, extended: [].into() })))
    };
    "Mailbox::new in COPY": octets octets => {
        Some(command(Command::Copy(CopyTo { set: one(), mailbox: Mailbox::new(octets).ok()? })))
    };
    "Mailbox::from_name": text text => {
        let mailbox = Mailbox::from_name(text, false).ok()?;
        Some(command(Command::Create(Create { mailbox, parameters: [].into() })))
    };
    "Mailbox::from_name in UTF-8": text text => {
        Some(command(Command::Delete(Mailbox::from_name(text, true).ok()?)))
    };
    "ListMailbox::new": octets octets => {
        Some(command(Command::List(ListCommand::new(inbox(), ListMailbox::new(octets).ok()?))))
    };
    "Delimiter::new": octets octets => {
        let delimiter = Some(Delimiter::new(*octets.first()?).ok()?);
        Some(data(Data::List(ListData { attributes: [].into(), delimiter, mailbox: inbox(), extended: [].into() })))
    };
    "Flag::new": text text => {
        let flags = StoreFlags { operation: StoreOperation::Add, silent: false, flags: [Flag::new(text).ok()?].into() };
        Some(command(Command::Store(Store::new(one(), StoreAttribute::Flags(flags)))))
    };
    "Flag::new in FLAGS": text text => Some(fetched(FetchItem::Flags([Flag::new(text).ok()?].into())));
    "Flag::new in PERMANENTFLAGS": text text => {
        Some(code(Code::PermanentFlags([FlagPerm::Flag(Flag::new(text).ok()?), FlagPerm::Any].into())))
    };
    "MailboxAttribute::new": text text => {
        let attributes = [MailboxAttribute::new(text).ok()?].into();
        Some(data(Data::Lsub(ListData { attributes, delimiter: None, mailbox: inbox(), extended: [].into() })))
    };
    "GmLabel::new": octets octets => {
        let labels = StoreLabels { operation: StoreOperation::Replace, silent: true, labels: [GmLabel::new(octets).ok()?].into() };
        Some(command(Command::Store(Store::new(one(), StoreAttribute::XGmLabels(labels)))))
    };
    "GmLabel::new in FETCH": octets octets => Some(fetched(FetchItem::XGmLabels([GmLabel::new(octets).ok()?].into())));
    "OtherCapability::new": octets octets => {
        let other = Capability::Other(OtherCapability::new(octets).ok()?);
        Some(data(Data::Capability(CapabilityData([Capability::Imap4Rev1, other].into()))))
    };
    "Mechanism::try_from": text text => {
        let mechanism = Mechanism::try_from(text).ok()?;
        Some(command(Command::Authenticate(Authenticate { mechanism, initial_response: None })))
    };
    "Mechanism::try_from in CAPABILITY": text text => {
        let auth = Capability::Auth(Mechanism::try_from(text).ok()?);
        Some(data(Data::Capability(CapabilityData([Capability::Imap4Rev1, auth].into()))))
    };
    "ObjectId::new": octets octets => Some(fetched(FetchItem::EmailId(ObjectId::new(octets).ok()?)));
    "ObjectId::new in SEARCH": octets octets => Some(search(SearchKey::ThreadId(ObjectId::new(octets).ok()?)));
    "FilterName::new": octets octets => Some(search(SearchKey::Filter(FilterName::new(octets).ok()?)));
    "Rights::new": text text => {
        Some(data(Data::MyRights(MyRightsData { mailbox: inbox(), rights: Rights::new(text).ok()? })))
    };

    // Secrets.
    "UserPassword::new, user": octets octets => {
        Some(command(Command::Login(UserPassword::new(AString::new(octets).ok()?, Secret::new("x")).ok()?)))
    };
    "UserPassword::new, password": octets octets => {
        Some(command(Command::Login(UserPassword::new(AString::new("x").ok()?, Secret::new(octets)).ok()?)))
    };
    "Secret::new": octets octets => {
        let initial_response = Some(Secret::new(octets));
        Some(command(Command::Authenticate(Authenticate { mechanism: Mechanism::PLAIN, initial_response })))
    };
    "Plain::new, authzid": text text => Some(login(Plain::new(text, "user", "password").ok()?));
    "Plain::new, authcid": text text => Some(login(Plain::new("", text, "password").ok()?));
    "Plain::new, password": octets octets => Some(login(Plain::new("", "user", octets).ok()?));
    "Login::new, user": text text => Some(login(Login::new(text, "password").ok()?));
    "External::new": text text => Some(login(External::new(text).ok()?));
    "Anonymous::new": text text => Some(login(Anonymous::new(text).ok()?));
    "XOauth2::new, user": text text => Some(login(XOauth2::new(text, "token").ok()?));
    "XOauth2::new, token": octets octets => Some(login(XOauth2::new("user", octets).ok()?));
    "OauthBearer::new, authzid": text text => Some(login(OauthBearer::new(text, "token").ok()?));
    "OauthBearer::new, token": octets octets => Some(login(OauthBearer::new("user", octets).ok()?));
    "OauthBearer::at": text text => Some(login(OauthBearer::new("user", "token").ok()?.at(text, 143).ok()?));

    // Sets and numbers that are text.
    "SequenceSet::new": octets octets => {
        Some(command(Command::Fetch(Fetch::new(SequenceSet::new(octets).ok()?, [FetchAttribute::Uid]))))
    };
    "UidSet::new": octets octets => {
        let uids = UidSet::new(octets).ok()?;
        Some(data(Data::Vanished(imap_proto::ext::vanished::Vanished { earlier: true, uids })))
    };
    "Ids::new": octets octets => Some(data(Data::Search(SearchData::new(Ids::new(octets).ok()?))));
    "Threads::new": octets octets => Some(data(Data::Thread(Threads::new(octets).ok()?)));
    "Batches::new": octets octets => {
        let correlator = SearchCorrelator::new(Tag::new("a1").unwrap());
        Some(data(Data::UidBatches(UidBatchesData { correlator, batches: Batches::new(octets).ok()? })))
    };
}
