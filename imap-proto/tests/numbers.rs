//! Numbers of more than 63 bits, which can be made and not be read: they are written as the largest that can.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::fmt::Debug;

use bytes::BytesMut;
use imap_proto::ext::quota::{QuotaData, ResourceName, ResourceUsage};
use imap_proto::fetch::{Fetch, FetchAttribute, FetchModifier};
use imap_proto::framing::{Side, split};
use imap_proto::response::Data;
use imap_proto::search::{Search, SearchKey, SearchKeys};
use imap_proto::select::SelectParameter;
use imap_proto::status_data::StatusItem;
use imap_proto::store::StoreModifier;
use imap_proto::view::{Abilities, Bounds, Checkpoint, MailboxView, Saved};
use imap_proto::{
    AString, Command, Dialect, FetchItem, List, Response, SequenceSet, SpacedOrEmpty, Tag, TaggedCommand,
};

const LARGEST: u64 = u64::MAX >> 1;

/// As many items as were put in, of which the first has the largest number; and they can be shown.
fn check<T: Debug + PartialEq>(items: impl Iterator<Item = T>, expected: &[T]) {
    let items: Vec<T> = items.collect();
    assert_eq!(items, expected);
    assert!(format!("{items:?}").contains(&LARGEST.to_string()), "{items:?}");
}

#[test]
fn sec_54_a_number_of_64_bits_breaks_no_list() {
    for large in [LARGEST, LARGEST + 1, u64::MAX] {
        let list: List<'_, FetchItem<'_>> =
            [FetchItem::Rfc822Size(large), FetchItem::ModSeq(large), FetchItem::Uid(3)].into();
        let expected = [FetchItem::Rfc822Size(LARGEST), FetchItem::ModSeq(LARGEST), FetchItem::Uid(3)];
        check(list.iter(), &expected);
        let list: List<'_, StatusItem<'_>, SpacedOrEmpty> =
            [StatusItem::Size(large), StatusItem::UidNext(3)].into();
        check(list.iter(), &[StatusItem::Size(LARGEST), StatusItem::UidNext(3)]);
        let list: List<'_, FetchModifier<'_>> =
            [FetchModifier::ChangedSince(large), FetchModifier::Vanished].into();
        check(list.iter(), &[FetchModifier::ChangedSince(LARGEST), FetchModifier::Vanished]);
        let list: List<'_, StoreModifier<'_>> = [StoreModifier::UnchangedSince(large)].into();
        check(list.iter(), &[StoreModifier::UnchangedSince(LARGEST)]);
        let keys = SearchKeys::new([SearchKey::Larger(large), SearchKey::Seen]).unwrap();
        check(keys.iter(), &[SearchKey::Larger(LARGEST), SearchKey::Seen]);
        let usage = |usage| ResourceUsage { name: ResourceName::Storage, usage, limit: 3 };
        let list: List<'_, ResourceUsage<'_>, SpacedOrEmpty> = [usage(large), usage(1)].into();
        check(list.iter(), &[usage(LARGEST), usage(1)]);

        let saved = Checkpoint { uid_validity: large, uid_next: 5, mod_seq: Some(large), is_complete: true };
        let mut view = MailboxView::restore(saved, [Saved::new(1)], Bounds::default());
        let mut abilities = Abilities::default();
        abilities.qresync = true;
        let parameters = view.select(abilities);
        let parameters: Vec<SelectParameter<'_>> = parameters.iter().collect();
        let [SelectParameter::QResync(resync)] = &parameters[..] else { panic!("{parameters:?}") };
        assert_eq!((resync.uid_validity, resync.mod_sequence), (LARGEST, LARGEST));
    }
}

/// What is written is one message that the strictest reads.
#[test]
fn sec_54_a_number_of_64_bits_is_written_as_one_that_can_be_read() {
    let usage = |usage| ResourceUsage { name: ResourceName::Storage, usage, limit: usage };
    let quota = QuotaData { root: AString::new("").unwrap(), resources: [usage(u64::MAX)].into() };
    let mut wire = BytesMut::new();
    Response::Data(Data::Quota(quota)).encode(&mut wire);
    assert_eq!(split(&wire, Side::Server).count(), 1);
    let (rest, response) = Response::parse(&wire, Dialect::STRICT).unwrap();
    let Response::Data(Data::Quota(quota)) = response else { panic!("{response:?}") };
    assert_eq!((rest, quota.resources.iter().next()), (&b""[..], Some(usage(LARGEST))));

    let mut fetch = Fetch::new(SequenceSet::new("1").unwrap(), [FetchAttribute::Flags]);
    fetch.modifiers = [FetchModifier::ChangedSince(u64::MAX)].into();
    let keys = SearchKeys::new([SearchKey::Smaller(u64::MAX)]).unwrap();
    let search = Search { return_options: None, charset: None, keys };
    for command in [Command::Fetch(fetch), Command::Search(search)] {
        let mut wire = BytesMut::new();
        let command = TaggedCommand { tag: Tag::new("a").unwrap(), command };
        command.encode(&mut wire);
        let (rest, read) = TaggedCommand::parse(&wire, Dialect::STRICT).unwrap();
        assert_eq!((rest, &read), (&b""[..], &command), "{}", wire.escape_ascii());
    }
}
