//! Numbers of more than 63 bits, which any public field may hold: what is written can be read again, and no list loses items.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use bytes::BytesMut;
use imap_proto::body::Part;
use imap_proto::capability::{Capabilities, CapabilityData};
use imap_proto::esearch::{EsearchData, SearchReturnData};
use imap_proto::ext::quota::{QuotaData, ResourceLimit, ResourceName, ResourceUsage, SetQuota};
use imap_proto::ext::search_mod_seq::ModSeqKey;
use imap_proto::ext::uid_plus::{AppendUid, CopyUid};
use imap_proto::fetch::{BodySection, Fetch, FetchAttribute, FetchModifier};
use imap_proto::response::{Code, Data, Numbered, NumberedData, RespText, Status, StatusKind};
use imap_proto::search::{Search, SearchData, SearchKey, SearchKeys};
use imap_proto::section::Section;
use imap_proto::select::{Select, SelectParameter};
use imap_proto::sequence::UidSet;
use imap_proto::status_data::{StatusData, StatusItem};
use imap_proto::store::{Store, StoreAttribute, StoreFlags, StoreModifier, StoreOperation};
use imap_proto::view::{Abilities, Bounds, Checkpoint, MailboxView};
use imap_proto::{
    AString, BodyStructure, Capability, Command, Dialect, FetchItem, Flags, IString, Leniency, List, Mailbox,
    NString, Response, SequenceSet, SpacedOrEmpty, Tag, TaggedCommand, Text,
};

const MAX: u64 = i64::MAX.unsigned_abs();
/// UIDVALIDITY of more than 32 bits is tolerated.
const DIALECT: Dialect = Dialect::STRICT.with_leniency(Leniency::LONG_NUMBER);

fn fetched(number: u64) -> List<'static, FetchItem<'static>> {
    let mut part = Part::text(IString::new("plain").unwrap(), number);
    part.fields.octets = number;
    let section = BodySection { section: Section::WHOLE, origin: Some(number), data: NString::NIL };
    [
        FetchItem::Rfc822Size(number),
        FetchItem::ModSeq(number),
        FetchItem::BodyStructure(BodyStructure::from(part)),
        FetchItem::BodySection(section),
        FetchItem::Uid(3),
    ]
    .into()
}

fn status(number: u64) -> List<'static, StatusItem<'static>, SpacedOrEmpty> {
    [
        StatusItem::Size(number),
        StatusItem::UidValidity(number),
        StatusItem::HighestModSeq(number),
        StatusItem::AppendLimit(Some(number)),
        StatusItem::DeletedStorage(number),
        StatusItem::XSize(number),
        StatusItem::XYmHighestModSeq(number),
        StatusItem::UidNext(3),
    ]
    .into()
}

fn responses(number: u64) -> Vec<Response<'static>> {
    let usage = |name| ResourceUsage { name, usage: number, limit: number };
    let resources = [usage(ResourceName::Storage), usage(ResourceName::Message)].into();
    let items = [SearchReturnData::ModSeq(number), SearchReturnData::Count(3)].into_iter().collect();
    let uids = || UidSet::new("5").unwrap();
    let code = |code| {
        let text = RespText::with_code(code, Text::new("x").unwrap());
        Response::Status(Status { kind: StatusKind::Ok, text })
    };
    vec![
        Response::Numbered(Numbered { number: 1, data: NumberedData::Fetch(fetched(number)) }),
        Response::Data(Data::Status(StatusData { mailbox: Mailbox::INBOX, items: status(number) })),
        Response::Data(Data::Quota(QuotaData { root: AString::new("r").unwrap(), resources })),
        Response::Data(Data::Esearch(EsearchData { correlator: None, uid: true, items })),
        Response::Data(Data::Search(SearchData { ids: [4, 5].into_iter().collect(), mod_seq: Some(number) })),
        code(Code::HighestModSeq(number)),
        code(Code::UidValidity(number)),
        code(Code::AppendUid(AppendUid { uid_validity: number, uids: uids() })),
        code(Code::CopyUid(CopyUid::new(number, uids(), uids()).unwrap())),
        code(Code::Capability(CapabilityData(Capabilities::from([
            Capability::AppendLimit(number),
            Capability::Idle,
        ])))),
    ]
}

fn keys(number: u64) -> SearchKeys<'static> {
    let mod_seq = SearchKey::ModSeq(ModSeqKey { entry: None, mod_seq: number });
    SearchKeys::new([SearchKey::Larger(number), SearchKey::Smaller(number), mod_seq, SearchKey::Seen])
        .unwrap()
}

/// What a client selects with that has saved so high a mod-sequence.
fn resynchronised(number: u64) -> List<'static, SelectParameter<'static>> {
    let checkpoint =
        Checkpoint { uid_validity: number, uid_next: 5, mod_seq: Some(number), is_complete: true };
    let mut abilities = Abilities::default();
    abilities.qresync = true;
    MailboxView::restore(checkpoint, [], Bounds::default()).select(abilities)
}

fn commands(number: u64) -> Vec<Command<'static>> {
    let set = || SequenceSet::new("1").unwrap();
    let mut fetch = Fetch::new(set(), [FetchAttribute::Flags]);
    fetch.modifiers = [FetchModifier::ChangedSince(number), FetchModifier::Vanished].into();
    let flags = StoreFlags { operation: StoreOperation::Add, silent: false, flags: Flags::default() };
    let mut store = Store::new(set(), StoreAttribute::Flags(flags));
    store.modifiers = [StoreModifier::UnchangedSince(number)].into();
    let limit = |name| ResourceLimit { name, limit: number };
    let limits = [limit(ResourceName::Storage), limit(ResourceName::Message)].into();
    vec![
        Command::Fetch(fetch),
        Command::Store(store),
        Command::Search(Search { return_options: None, charset: None, keys: keys(number) }),
        Command::Select(Select { mailbox: Mailbox::INBOX, parameters: resynchronised(number) }),
        Command::SetQuota(SetQuota { root: AString::new("r").unwrap(), limits }),
    ]
}

#[test]
fn sec_54_what_is_written_can_be_read_again() {
    for number in [MAX, MAX + 1, u64::MAX] {
        for response in responses(number) {
            let mut wire = BytesMut::new();
            response.encode(&mut wire);
            let (rest, read) = Response::parse(&wire, DIALECT).unwrap();
            let shown = format!("{read:?}");
            assert!(rest.is_empty() && !shown.contains("Invalid"), "{} is {shown}", wire.escape_ascii());
            assert!(shown.contains(&MAX.to_string()), "{} is {shown}", wire.escape_ascii());
            let mut again = BytesMut::new();
            read.encode(&mut again);
            assert_eq!(again, wire);
        }
        for command in commands(number) {
            let mut wire = BytesMut::new();
            TaggedCommand { tag: Tag::new("a").unwrap(), command }.encode(&mut wire);
            let (rest, read) = TaggedCommand::parse(&wire, DIALECT).unwrap();
            assert!(rest.is_empty() && format!("{read:?}").contains(&MAX.to_string()), "{read:?}");
            let mut again = BytesMut::new();
            read.encode(&mut again);
            assert_eq!(again, wire);
        }
    }
}

/// Nor does an item that could not be read take those behind it with it.
#[test]
fn sec_54_lists_lose_nothing() {
    for number in [MAX, MAX + 1, u64::MAX] {
        assert_eq!((fetched(number).len(), status(number).len(), keys(number).iter().count()), (5, 8, 4));
        assert_eq!(fetched(number).iter().last(), Some(FetchItem::Uid(3)));
        for command in commands(number) {
            match command {
                Command::Fetch(fetch) => assert_eq!(fetch.modifiers.len(), 2),
                Command::Store(store) => assert_eq!(store.modifiers.len(), 1),
                Command::Select(select) => assert_eq!(select.parameters.len(), 1),
                Command::SetQuota(quota) => assert_eq!(quota.limits.len(), 2),
                _ => {}
            }
        }
        for response in responses(number) {
            match response {
                Response::Data(Data::Quota(quota)) => assert_eq!(quota.resources.len(), 2),
                Response::Data(Data::Esearch(found)) => assert_eq!(found.items.len(), 2),
                _ => {}
            }
        }
    }
}

#[test]
fn identifiers_of_gmail_have_all_bits() {
    let items: List<'_, FetchItem<'_>> =
        [FetchItem::XGmMsgId(u64::MAX), FetchItem::XGmThrId(u64::MAX)].into();
    assert_eq!(items.as_bytes(), b"X-GM-MSGID 18446744073709551615 X-GM-THRID 18446744073709551615");
    assert_eq!(items.len(), 2);
}
