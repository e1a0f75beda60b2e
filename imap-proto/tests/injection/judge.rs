//! What is made with a payload, and whether it reads back; and all the types that the rows are about.

use bytes::BytesMut;
pub(crate) use imap_proto::append::{
    Append, AppendData, AppendExtension, AppendMessage, AppendOptions, OtherAppendExtension,
};
pub(crate) use imap_proto::auth::{
    Anonymous, Authenticate, Credentials, External, Login, Mechanism, OauthBearer, Plain, Secret,
    UserPassword, XOauth2,
};
pub(crate) use imap_proto::body::{BodyExtensions, BodyStructure, Multipart, Parameter, Part};
pub(crate) use imap_proto::capability::{CapabilityData, OtherCapability};
pub(crate) use imap_proto::copy::CopyTo;
pub(crate) use imap_proto::create::Create;
pub(crate) use imap_proto::esearch::{EsearchData, SearchCorrelator, SearchReturnOption, TagString};
pub(crate) use imap_proto::ext::acl::{AclEntry, MyRightsData, Rights, SetAcl};
pub(crate) use imap_proto::ext::annotate::{
    Annotation, AnnotationAttribute, AnnotationEntry, AttributeValue, FetchAnnotation, SortAnnotation,
    ValueOf,
};
pub(crate) use imap_proto::ext::catenate::{BadUrl, CatPart, Catenate};
pub(crate) use imap_proto::ext::convert::{
    Conversions, Convert, ConvertItem, ConvertTarget, MediaRange, MediaTypeName,
};
pub(crate) use imap_proto::ext::filters::FilterName;
pub(crate) use imap_proto::ext::gmail::GmLabel;
pub(crate) use imap_proto::ext::id::{IdParameter, IdParameters};
pub(crate) use imap_proto::ext::metadata::{Entry, EntryValue, SetMetadata};
pub(crate) use imap_proto::ext::namespace::{Namespace, NamespaceList, Namespaces};
pub(crate) use imap_proto::ext::object_id::ObjectId;
pub(crate) use imap_proto::ext::referral::ReferralUrl;
pub(crate) use imap_proto::ext::search_context::UpdateAttributes;
pub(crate) use imap_proto::ext::search_mod_seq::{EntryName, EntryType, ModSeqEntry, ModSeqKey};
pub(crate) use imap_proto::ext::sort::{OtherSortKey, Sort, SortKey};
pub(crate) use imap_proto::ext::thread::{OtherAlgorithm, ThreadAlgorithm, ThreadCommand, Threads};
pub(crate) use imap_proto::ext::uidbatches::{Batches, UidBatchesData};
pub(crate) use imap_proto::ext::url::{Access, ImapUrl, PctEncoded, UrlFull, UrlRump, UrlText};
pub(crate) use imap_proto::ext::urlauth::{
    GenUrlAuth, ResetKey, UauthMechanism, UrlMech, UrlMechData, UrlMechs,
};
pub(crate) use imap_proto::ext::urlfetch::{
    OtherUrlFetchParam, UrlBody, UrlContent, UrlFetch, UrlFetchData, UrlFetchParam, UrlFetched,
};
pub(crate) use imap_proto::fetch::{BodyRequest, BodySection, Fetch, FetchAttribute};
pub(crate) use imap_proto::framing::{Side, split};
pub(crate) use imap_proto::list_command::ListCommand;
pub(crate) use imap_proto::list_data::ListData;
pub(crate) use imap_proto::list_item::{ChildInfo, ListExtendedItem, OtherListItem};
pub(crate) use imap_proto::list_option::{OptionExtension, OptionValue};
pub(crate) use imap_proto::response::{
    Code, CodeText, Continue, Data, Numbered, NumberedData, OtherCode, RespText, Status, StatusKind, Tagged,
};
pub(crate) use imap_proto::search::{HeaderKey, Search, SearchData, SearchKey, SearchKeys};
pub(crate) use imap_proto::section::{Section, SectionPart};
pub(crate) use imap_proto::select::Select;
pub(crate) use imap_proto::sequence::{Ids, UidSet};
pub(crate) use imap_proto::store::{Store, StoreAttribute, StoreFlags, StoreLabels, StoreOperation};
pub(crate) use imap_proto::tagged_ext::{ItemValue, OtherItem, TaggedExt, TaggedLabel, TaggedValue};
pub(crate) use imap_proto::{
    AString, Address, Atom, Capability, Command, Delimiter, Dialect, EncodeOptions, Envelope, FetchItem,
    Flag, FlagPerm, Greeting, IString, Leniency, ListMailbox, Literal, Literal8, LiteralMode, Mailbox,
    MailboxAttribute, NString, NString8, Response, SequenceSet, Tag, TaggedCommand, Text, Unknown, Values,
};

/// The ways to write that a session may come to.
const WAYS: [(bool, LiteralMode); 4] = [
    (false, LiteralMode::Synchronizing),
    (false, LiteralMode::Plus),
    (true, LiteralMode::Minus),
    (true, LiteralMode::Synchronizing),
];

/// What is wrong with a value that a constructor made of a payload; nothing, if all is well.
pub(crate) type Verdict = Option<&'static str>;

/// Writes a value in every way, and reads it as a peer would.
pub(crate) fn judge<V: PartialEq>(
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

pub(crate) fn tagged(command: TaggedCommand<'_>) -> Verdict {
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

pub(crate) fn command(command: Command<'_>) -> Verdict {
    tagged(TaggedCommand { tag: Tag::new("a1").unwrap(), command })
}

pub(crate) fn response(response: Response<'_>) -> Verdict {
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

pub(crate) fn data(data: Data<'_>) -> Verdict {
    response(Response::Data(data))
}

pub(crate) fn fetched(item: FetchItem<'_>) -> Verdict {
    let items = [FetchItem::Uid(7), item, FetchItem::Rfc822Size(3)].into();
    response(Response::Numbered(Numbered { number: 1, data: NumberedData::Fetch(items) }))
}

pub(crate) fn fetch(attribute: FetchAttribute<'_>) -> Verdict {
    command(Command::Fetch(Fetch::new(one(), [attribute, FetchAttribute::Flags])))
}

pub(crate) fn status(text: RespText<'_>) -> Verdict {
    let tagged =
        Tagged { tag: Tag::new("a1").unwrap(), status: Status { kind: StatusKind::No, text: text.clone() } };
    response(Response::Tagged(tagged))
        .or_else(|| response(Response::Status(Status { kind: StatusKind::Ok, text: text.clone() })))
        .or_else(|| response(Response::Bye(text)))
}

pub(crate) fn code(code: Code<'_>) -> Verdict {
    status(RespText::with_code(code, Text::new("text").unwrap()))
}

pub(crate) fn login(credentials: impl Into<Credentials>) -> Verdict {
    let credentials = credentials.into();
    let initial_response = credentials.initial_response();
    command(Command::Authenticate(Authenticate { mechanism: credentials.mechanism(), initial_response }))
}

pub(crate) fn search(key: SearchKey<'_>) -> Verdict {
    let not = SearchKey::not(key.clone()).unwrap();
    let keys = SearchKeys::new([SearchKey::Seen, key, not]).unwrap();
    command(Command::Search(Search { return_options: None, charset: None, keys }))
}

pub(crate) fn append(message: AppendMessage<'_>) -> Verdict {
    command(Command::Append(Append::new(inbox(), message)))
}

pub(crate) fn envelope(address: Address<'_>) -> Verdict {
    fetched(FetchItem::Envelope(Envelope { to: [address].into(), ..Envelope::default() }))
}

pub(crate) fn url(url: UrlText<'_>) -> Verdict {
    command(Command::UrlFetch([UrlFetch { url, params: [].into() }].into()))
}

pub(crate) fn one() -> SequenceSet<'static> {
    SequenceSet::new("1").unwrap()
}

pub(crate) fn inbox() -> Mailbox<'static> {
    Mailbox::INBOX
}

pub(crate) fn all() -> SearchKeys<'static> {
    SearchKeys::new([SearchKey::All]).unwrap()
}

pub(crate) fn utf_8() -> AString<'static> {
    AString::new("UTF-8").unwrap()
}
