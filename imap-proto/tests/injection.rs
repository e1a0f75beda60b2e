//! Nothing that a caller puts into a value gets out of its place on the wire: every public constructor that takes text
//! or octets, with every payload, either refuses or makes a value that is read back equal from exactly one message.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use bytes::BytesMut;
use imap_proto::append::{
    Append, AppendData, AppendExtension, AppendMessage, AppendOptions, OtherAppendExtension,
};
use imap_proto::auth::{
    Anonymous, Authenticate, Credentials, External, Login, Mechanism, OauthBearer, Plain, Secret,
    UserPassword, XOauth2,
};
use imap_proto::body::{BodyExtensions, BodyStructure, Multipart, Parameter, Part};
use imap_proto::capability::{CapabilityData, OtherCapability};
use imap_proto::copy::CopyTo;
use imap_proto::create::Create;
use imap_proto::esearch::{EsearchData, SearchCorrelator, SearchReturnOption, TagString};
use imap_proto::ext::acl::{AclEntry, MyRightsData, Rights, SetAcl};
use imap_proto::ext::annotate::{
    Annotation, AnnotationAttribute, AnnotationEntry, AttributeValue, FetchAnnotation, SortAnnotation,
    ValueOf,
};
use imap_proto::ext::catenate::{BadUrl, CatPart, Catenate};
use imap_proto::ext::convert::{Conversions, Convert, ConvertItem, ConvertTarget, MediaRange, MediaTypeName};
use imap_proto::ext::filters::FilterName;
use imap_proto::ext::gmail::GmLabel;
use imap_proto::ext::id::{IdParameter, IdParameters};
use imap_proto::ext::metadata::{Entry, EntryValue, SetMetadata};
use imap_proto::ext::namespace::{Namespace, NamespaceList, Namespaces};
use imap_proto::ext::object_id::ObjectId;
use imap_proto::ext::referral::ReferralUrl;
use imap_proto::ext::search_context::UpdateAttributes;
use imap_proto::ext::search_mod_seq::{EntryName, EntryType, ModSeqEntry, ModSeqKey};
use imap_proto::ext::sort::{OtherSortKey, Sort, SortKey};
use imap_proto::ext::thread::{OtherAlgorithm, ThreadAlgorithm, ThreadCommand, Threads};
use imap_proto::ext::uidbatches::{Batches, UidBatchesData};
use imap_proto::ext::url::{Access, ImapUrl, PctEncoded, UrlFull, UrlRump, UrlText};
use imap_proto::ext::urlauth::{GenUrlAuth, ResetKey, UauthMechanism, UrlMech, UrlMechData, UrlMechs};
use imap_proto::ext::urlfetch::{
    OtherUrlFetchParam, UrlBody, UrlContent, UrlFetch, UrlFetchData, UrlFetchParam, UrlFetched,
};
use imap_proto::fetch::{BodyRequest, BodySection, Fetch, FetchAttribute};
use imap_proto::framing::{Side, split};
use imap_proto::list_command::ListCommand;
use imap_proto::list_data::ListData;
use imap_proto::list_item::{ChildInfo, ListExtendedItem, OtherListItem};
use imap_proto::list_option::{OptionExtension, OptionValue};
use imap_proto::response::{
    Code, CodeText, Continue, Data, Numbered, NumberedData, OtherCode, RespText, Status, StatusKind, Tagged,
};
use imap_proto::search::{HeaderKey, Search, SearchData, SearchKey, SearchKeys};
use imap_proto::section::{Section, SectionPart};
use imap_proto::select::Select;
use imap_proto::sequence::{Ids, UidSet};
use imap_proto::store::{Store, StoreAttribute, StoreFlags, StoreLabels, StoreOperation};
use imap_proto::tagged_ext::{ItemValue, OtherItem, TaggedExt, TaggedLabel, TaggedValue};
use imap_proto::{
    AString, Address, Atom, Capability, Command, Delimiter, Dialect, EncodeOptions, Envelope, FetchItem,
    Flag, FlagPerm, Greeting, IString, Leniency, ListMailbox, Literal, Literal8, LiteralMode, Mailbox,
    MailboxAttribute, NString, NString8, Response, SequenceSet, Tag, TaggedCommand, Text, Unknown, Values,
};

/// The payloads, 27 of them.
fn payloads() -> Vec<Vec<u8>> {
    let mut payloads: Vec<Vec<u8>> = [
        "\r\nX",
        "\nX",
        "\rX",
        "\0X",
        "X\r\n",
        "X\n",
        "X\r",
        "\r\n.\r\n",
        "\r\nA1 LOGOUT",
        "\r\nRCPT TO:<e@v>",
        "\"",
        "\\",
        "X\\",
        "X\"Y",
        "]",
        ") FLAGS (",
        "> SIZE=1",
        " ORCPT=rfc822;a@b",
        "{3}",
        "{0}",
        "{0+}",
        "~{3}",
        "{5+}\r\nAAAAA",
        "\u{2028}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    payloads.extend([b"\xC3".to_vec(), b"\xED\xA0\x80".to_vec(), vec![b'A'; 70_000]]);
    payloads
}

/// The ways to write that a session may come to.
const WAYS: [(bool, LiteralMode); 4] = [
    (false, LiteralMode::Synchronizing),
    (false, LiteralMode::Plus),
    (true, LiteralMode::Minus),
    (true, LiteralMode::Synchronizing),
];

/// What is wrong with a value that a constructor made of a payload; nothing, if all is well.
type Verdict = Option<&'static str>;

/// Writes a value in every way, and reads it as a peer would.
fn judge<V: PartialEq>(
    side: Side,
    value: &V,
    encode: impl Fn(&V, EncodeOptions, &mut BytesMut),
    parse: impl for<'w> Fn(&'w [u8], Dialect, &mut dyn FnMut(&'w [u8], &V)),
) -> Verdict {
    for (utf8, literals) in WAYS {
        let options = EncodeOptions::default().with_utf8(utf8).with_literals(literals);
        let mut wire = BytesMut::new();
        encode(value, options, &mut wire);
        let mut messages = split(&wire, side);
        if messages.next() != Some(&wire[..]) || messages.next().is_some() {
            return Some("is not one message");
        }
        // Text for people may hold UTF-8 before that is in force (RFC 5255 section 2). Nothing else may need leniency, and more
        // of it may not read something else.
        let strict = Dialect::STRICT.with_leniency(Leniency::RAW_8BIT);
        for dialect in [strict, Dialect::TOLERANT].map(|dialect| dialect.with_utf8(utf8)) {
            let mut read = Some("does not read back");
            parse(&wire, dialect, &mut |rest, again| {
                read = match rest {
                    [] if again == value => None,
                    [] => Some("reads back as something else"),
                    _ => Some("is read in part"),
                };
            });
            if read.is_some() {
                return read;
            }
        }
    }
    None
}

fn tagged(command: TaggedCommand<'_>) -> Verdict {
    judge(
        Side::Client,
        &command.into_owned(),
        |command, options, wire| command.encode_with(options, wire),
        |wire, dialect, found| {
            if let Ok((rest, command)) = TaggedCommand::parse(wire, dialect) {
                found(rest, &command.into_owned());
            }
        },
    )
}

fn command(command: Command<'_>) -> Verdict {
    tagged(TaggedCommand { tag: Tag::new("a1").unwrap(), command })
}

fn response(response: Response<'_>) -> Verdict {
    judge(
        Side::Server,
        &response.into_owned(),
        |response, options, wire| response.encode_with(options, wire),
        |wire, dialect, found| {
            if let Ok((rest, response)) = Response::parse(wire, dialect) {
                found(rest, &response.into_owned());
            }
        },
    )
}

fn data(data: Data<'_>) -> Verdict {
    response(Response::Data(data))
}

fn fetched(item: FetchItem<'_>) -> Verdict {
    let items = [FetchItem::Uid(7), item, FetchItem::Rfc822Size(3)].into();
    response(Response::Numbered(Numbered { number: 1, data: NumberedData::Fetch(items) }))
}

fn fetch(attribute: FetchAttribute<'_>) -> Verdict {
    command(Command::Fetch(Fetch::new(one(), [attribute, FetchAttribute::Flags])))
}

fn status(text: RespText<'_>) -> Verdict {
    let tagged =
        Tagged { tag: Tag::new("a1").unwrap(), status: Status { kind: StatusKind::No, text: text.clone() } };
    response(Response::Tagged(tagged))
        .or_else(|| response(Response::Status(Status { kind: StatusKind::Ok, text: text.clone() })))
        .or_else(|| response(Response::Bye(text)))
}

fn code(code: Code<'_>) -> Verdict {
    status(RespText::with_code(code, Text::new("text").unwrap()))
}

fn login(credentials: impl Into<Credentials>) -> Verdict {
    let credentials = credentials.into();
    let initial_response = credentials.initial_response();
    command(Command::Authenticate(Authenticate { mechanism: credentials.mechanism(), initial_response }))
}

fn search(key: SearchKey<'_>) -> Verdict {
    let not = SearchKey::not(key.clone()).unwrap();
    let keys = SearchKeys::new([SearchKey::Seen, key, not]).unwrap();
    command(Command::Search(Search { return_options: None, charset: None, keys }))
}

fn append(message: AppendMessage<'_>) -> Verdict {
    command(Command::Append(Append::new(inbox(), message)))
}

fn envelope(address: Address<'_>) -> Verdict {
    fetched(FetchItem::Envelope(Envelope { to: [address].into(), ..Envelope::default() }))
}

fn url(url: UrlText<'_>) -> Verdict {
    command(Command::UrlFetch([UrlFetch { url, params: [].into() }].into()))
}

fn one() -> SequenceSet<'static> {
    SequenceSet::new("1").unwrap()
}

fn inbox() -> Mailbox<'static> {
    Mailbox::INBOX
}

fn all() -> SearchKeys<'static> {
    SearchKeys::new([SearchKey::All]).unwrap()
}

fn utf_8() -> AString<'static> {
    AString::new("UTF-8").unwrap()
}

/// A row is a constructor with the field that the payload goes to, and what is made with it: an `Option` of a [`Verdict`].
/// `text` is for constructors that take `&str`: for them, what is not UTF-8 cannot be said.
macro_rules! inventory {
    (@text $payload:ident $text:ident $made:expr) => {
        std::str::from_utf8($payload).ok().and_then(|$text: &str| $made)
    };
    (@octets $payload:ident $octets:ident $made:expr) => {
        Some($payload).and_then(|$octets: &[u8]| $made)
    };
    ($($name:literal: $kind:ident $argument:ident => $made:expr;)*) => {
        const INVENTORY: &[(&str, fn(&[u8]) -> Option<Verdict>)] =
            &[$(($name, |payload: &[u8]| inventory!(@$kind payload $argument $made))),*];
    };
}

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

#[test]
fn sec_36_no_constructor_lets_a_payload_out() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 27);
    let (mut made, mut refused, mut wrong) = (0, 0, Vec::new());
    for (name, build) in INVENTORY {
        for payload in &payloads {
            // Alone, and in the middle of what would be taken.
            let around = |front: &[u8], back: &[u8]| [front, payload, back].concat();
            let places = [
                payload.clone(),
                around(b"\"", b"\""),
                around(b"a", b"b"),
                around(b"(\"", b"\")"),
                around(b"(", b")"),
                around(b"/a", b""),
                around(b"1", b""),
                around(b"\\", b""),
            ];
            // That much of one letter is the same in the middle of others.
            let places = if payload.len() > 1_000 { &places[..2] } else { &places[..] };
            for payload in places {
                match build(payload) {
                    None => refused += 1,
                    Some(None) => made += 1,
                    Some(Some(what)) => {
                        wrong.push(format!(
                            "{name} {what}: {}",
                            payload[..payload.len().min(40)].escape_ascii()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // Were everything refused, nothing would be tested.
    assert!(made > 5_000 && refused > 5_000, "{made} made, {refused} refused");
}
