//! The view of a mailbox, by what servers write.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

mod view {
    mod bounds;
    mod contradictions;
    mod model;
    mod server;
    mod sync;
}

use imap_proto::response::{Response, Status};
use imap_proto::view::{Abilities, Bounds, Change, Checkpoint, Contradiction, MailboxView, Saved};
use imap_proto::{Dialect, Flags, TaggedCommand};

/// Reads one response.
fn read(wire: &str) -> Response<'_> {
    let (rest, response) = Response::parse(wire.as_bytes(), Dialect::TOLERANT).unwrap();
    assert!(rest.is_empty() && !matches!(response, Response::Invalid(_)), "{wire}");
    response
}

/// Feeds lines, without their CRLF and `* `, and tells what has changed.
fn feed<'l>(view: &mut MailboxView, lines: impl IntoIterator<Item = &'l str>) -> Vec<Change> {
    let mut changes = Vec::new();
    for line in lines {
        changes.extend(view.response(&read(&format!("* {line}\r\n"))));
    }
    changes
}

/// A completion, without its tag.
fn completion(line: &str) -> Status<'static> {
    match read(&format!("A1 {line}\r\n")).into_owned() {
        Response::Tagged(tagged) => tagged.status,
        other => panic!("{other:?}"),
    }
}

/// A view of a mailbox that is selected, of which nothing was known; it is synchronised with what `lines` say.
fn selected<'l>(bounds: Bounds, lines: impl IntoIterator<Item = &'l str>) -> MailboxView {
    let mut view = MailboxView::new(bounds);
    select(&mut view, Abilities::default(), lines);
    if let Some(_all) = view.next_step() {
        view.step_done(&completion("OK nothing"));
    }
    view
}

/// Selects with what `lines` say.
fn select<'l>(
    view: &mut MailboxView,
    abilities: Abilities,
    lines: impl IntoIterator<Item = &'l str>,
) -> Vec<Change> {
    view.select(abilities);
    let mut changes = feed(view, lines);
    changes.extend(view.select_done(&completion("OK [READ-WRITE] selected")));
    changes
}

/// What `next_step` wants to send.
fn step(view: &mut MailboxView) -> Option<String> {
    let command = imap_proto::Command::Uid(view.next_step()?);
    let mut wire = bytes::BytesMut::new();
    TaggedCommand { tag: imap_proto::Tag::new("A").unwrap(), command }.encode(&mut wire);
    Some(std::str::from_utf8(&wire).unwrap().strip_prefix("A UID ").unwrap().trim_end().to_owned())
}

/// The parameters that SELECT is to have, as they are written.
fn parameters(view: &mut MailboxView, abilities: Abilities) -> String {
    std::str::from_utf8(view.select(abilities).as_bytes()).unwrap().to_owned()
}

/// UIDs and numbers of all that is known.
fn known(view: &MailboxView) -> Vec<(u32, Option<u32>)> {
    view.messages().map(|message| (message.uid(), message.number())).collect()
}

fn uids(view: &MailboxView) -> Vec<u32> {
    view.messages().map(|message| message.uid()).collect()
}

/// The flags of a message, sorted.
fn flags(view: &MailboxView, uid: u32) -> Vec<String> {
    let flags = view.by_uid(uid).unwrap().flags();
    let mut flags: Vec<_> =
        flags.map(|flag| std::str::from_utf8(flag.as_bytes()).unwrap().to_owned()).collect();
    flags.sort();
    flags
}

fn contradictions(changes: &[Change]) -> Vec<Contradiction> {
    let found = changes.iter().filter_map(|change| match change {
        Change::Contradiction(contradiction) => Some(*contradiction),
        _ => None,
    });
    found.collect()
}

fn saved(uids: &[u32]) -> impl Iterator<Item = Saved<'static>> {
    uids.iter().copied().map(Saved::new)
}

fn with_flags(uid: u32, flags: &'static str) -> Saved<'static> {
    let flags: Flags<'_> = flags
        .split(' ')
        .filter(|flag| !flag.is_empty())
        .map(|flag| imap_proto::Flag::new(flag).unwrap())
        .collect();
    Saved { uid, flags: Some(flags.into_owned()), mod_seq: None }
}

fn checkpoint(uid_next: u32, mod_seq: u64) -> Checkpoint {
    Checkpoint { uid_validity: 7, uid_next, mod_seq: Some(mod_seq), is_complete: true }
}

fn qresync() -> Abilities {
    let mut abilities = Abilities::default();
    (abilities.qresync, abilities.condstore) = (true, true);
    abilities
}

fn condstore() -> Abilities {
    let mut abilities = Abilities::default();
    abilities.condstore = true;
    abilities
}

const SELECTED: [&str; 3] = ["3 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 40] x"];

#[test]
fn what_select_tells_is_kept() {
    let mut view = MailboxView::new(Bounds::default());
    assert_eq!(feed(&mut view, ["3 EXISTS"]), [], "no mailbox is selected");
    assert_eq!((view.exists(), view.uid_next(), view.is_read_only()), (None, None, None));
    let changes = select(
        &mut view,
        condstore(),
        SELECTED.into_iter().chain([
            "FLAGS (\\Seen \\Deleted $Junk)",
            "OK [PERMANENTFLAGS (\\Seen \\*)] x",
            "OK [HIGHESTMODSEQ 90] x",
            "1 RECENT",
        ]),
    );
    assert_eq!(changes, []);
    assert_eq!((view.exists(), view.uid_validity(), view.uid_next()), (Some(3), Some(7), Some(40)));
    assert_eq!((view.highest_mod_seq(), view.is_read_only(), view.known()), (Some(90), Some(false), 0));
    assert!(view.flags().unwrap().contains(&imap_proto::Flag::Junk));
    assert!(view.permanent_flags().unwrap().contains(&imap_proto::Flag::Seen));
    assert_eq!(view.permanent_flags().unwrap().iter().last(), Some(imap_proto::FlagPerm::Any));
    assert_eq!((view.checkpoint(), view.is_synchronized()), (None, false));
}

#[test]
fn messages_come_and_go_and_change() {
    let mut view = selected(Bounds::default(), SELECTED);
    let changes = feed(
        &mut view,
        ["2 FETCH (UID 20 FLAGS (\\Seen Work))", "1 FETCH (UID 10)", "3 FETCH (UID 30 FLAGS ())"],
    );
    let is_new = |uid, number| Change::Known { uid, number: Some(number) };
    assert_eq!(changes, [is_new(20, 2), is_new(10, 1), is_new(30, 3)]);
    assert_eq!(known(&view), [(10, Some(1)), (20, Some(2)), (30, Some(3))]);
    assert_eq!(flags(&view, 20), ["Work", "\\Seen"]);
    assert!(view.by_uid(20).unwrap().has_flags() && !view.by_uid(10).unwrap().has_flags());
    // The same again is no change; other letters are the same keyword.
    assert_eq!(feed(&mut view, ["2 FETCH (FLAGS (WORK \\Seen \\Recent))", "2 FETCH (RFC822.SIZE 5)"]), []);
    assert_eq!(
        feed(&mut view, ["2 FETCH (FLAGS (\\Deleted))"]),
        [Change::Flags { uid: Some(20), number: Some(2) }]
    );
    assert_eq!(feed(&mut view, ["5 EXISTS", "5 EXISTS"]), [Change::Arrived { count: 2, exists: 5 }]);
    assert_eq!(feed(&mut view, ["2 EXPUNGE"]), [Change::Expunged { number: 2, uid: Some(20) }]);
    assert_eq!(feed(&mut view, ["4 EXPUNGE"]), [Change::Expunged { number: 4, uid: None }]);
    assert_eq!(known(&view), [(10, Some(1)), (30, Some(2))]);
    assert_eq!((view.exists(), view.uid_next()), (Some(3), Some(40)));
    assert_eq!(view.by_number(2).unwrap().uid(), 30);
    assert!(view.by_number(3).is_none() && view.by_number(0).is_none() && view.by_uid(20).is_none());
    // It came after UIDNEXT was told.
    assert_eq!(feed(&mut view, ["3 FETCH (UID 41)"]), [is_new(41, 3)]);
    assert_eq!(view.uid_next(), Some(42));
    let gone = |uids: &[u32], others| Change::Vanished { uids: uids.iter().copied().collect(), others };
    assert_eq!(feed(&mut view, ["VANISHED 41,10"]), [gone(&[10, 41], 0)]);
    assert_eq!((known(&view), view.exists()), (vec![(30, Some(1))], Some(1)));
}

#[test]
fn parts_of_a_message_are_one() {
    let mut view = selected(Bounds::default(), SELECTED);
    // Flags first, the UID in the next response.
    let changes = feed(
        &mut view,
        ["1 FETCH (FLAGS (\\Seen X))", "1 FETCH (MODSEQ (9))", "1 FETCH (UID 10 MODSEQ (5))"],
    );
    assert_eq!(
        changes,
        [Change::Flags { uid: None, number: Some(1) }, Change::Known { uid: 10, number: Some(1) }]
    );
    assert_eq!(
        (flags(&view, 10), view.by_uid(10).unwrap().mod_seq()),
        (vec!["X".into(), "\\Seen".into()], Some(9))
    );
    // Another message, or other numbers, come between.
    feed(&mut view, ["2 FETCH (FLAGS (\\Seen))", "3 FETCH (UID 30)", "2 FETCH (UID 20)"]);
    assert!(!view.by_uid(20).unwrap().has_flags());
    feed(&mut view, ["4 EXISTS", "4 FETCH (FLAGS (\\Seen))", "1 EXPUNGE", "4 EXISTS", "4 FETCH (UID 50)"]);
    assert!(!view.by_uid(50).unwrap().has_flags());
}

#[test]
fn gaps_close_as_messages_vanish() {
    let mut view = selected(Bounds::default(), ["10 EXISTS", "OK [UIDVALIDITY 7] x"]);
    feed(&mut view, ["3 FETCH (UID 30)", "8 FETCH (UID 80)"]);
    // Some of what is between was never known.
    let changes = feed(&mut view, ["VANISHED 40:41"]);
    assert_eq!(changes, [Change::Vanished { uids: Default::default(), others: 2 }]);
    assert_eq!((known(&view), view.exists()), (vec![(30, Some(3)), (80, Some(6))], Some(8)));
    let changes = feed(&mut view, ["VANISHED 30,90"]);
    assert_eq!(changes, [Change::Vanished { uids: [30].into_iter().collect(), others: 1 }]);
    assert_eq!((known(&view), view.exists()), (vec![(80, Some(5))], Some(6)));
    let changes = feed(&mut view, ["2 EXPUNGE", "6 EXPUNGE"]);
    assert_eq!(changes[0], Change::Expunged { number: 2, uid: None });
    assert_eq!(contradictions(&changes), [Contradiction::ExpungeBeyondExists { number: 6, exists: 5 }]);
    assert_eq!(known(&view), [(80, Some(4))]);
    assert_eq!(feed(&mut view, ["VANISHED 1:4294967295"]).len(), 2);
    assert_eq!((view.known(), view.exists()), (0, Some(0)));
}

#[test]
fn uidonly_has_no_numbers() {
    let mut abilities = qresync();
    abilities.uid_only = true;
    let mut view = MailboxView::new(Bounds::default());
    select(&mut view, abilities, SELECTED);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
    let changes = feed(
        &mut view,
        ["30 UIDFETCH (FLAGS (\\Seen))", "10 UIDFETCH (FLAGS ())", "20 UIDFETCH (UID 20 FLAGS ())"],
    );
    assert_eq!(changes[0], Change::Known { uid: 30, number: None });
    assert_eq!(changes.len(), 3);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert!(view.is_synchronized());
    assert_eq!(known(&view), [(10, None), (20, None), (30, None)]);
    assert_eq!(feed(&mut view, ["30 UIDFETCH (FLAGS ())"]), [Change::Flags { uid: Some(30), number: None }]);
    feed(&mut view, ["VANISHED 10", "3 EXISTS"]);
    assert_eq!((uids(&view), view.exists()), (vec![20, 30], Some(3)));
    assert_eq!(view.by_uid(30).unwrap().number(), None);
    assert!(view.by_number(1).is_none());
}

#[test]
fn flags_that_the_client_sets_itself_are_told_to_the_view() {
    let mut view = selected(Bounds::default(), SELECTED);
    feed(&mut view, ["1 FETCH (UID 10 FLAGS ())"]);
    assert!(view.set_flags(10, &[imap_proto::Flag::Seen].into()));
    assert!(!view.set_flags(11, &Flags::default()));
    assert_eq!(flags(&view, 10), ["\\Seen"]);
    assert_eq!(feed(&mut view, ["1 FETCH (FLAGS (\\Seen))"]), []);
}

#[test]
fn another_mailbox_ends_what_is_known_of_numbers() {
    let mut view = selected(Bounds::default(), SELECTED);
    feed(&mut view, ["1 FETCH (UID 10)", "OK [CLOSED] x", "9 EXISTS", "1 EXPUNGE"]);
    assert_eq!((view.exists(), known(&view)), (None, vec![(10, None)]));
    assert!(!view.is_synchronized());
    // Selected once more, behind another one.
    view.select(Abilities::default());
    feed(&mut view, ["9 EXISTS", "OK [CLOSED] x"]);
    assert_eq!(view.exists(), None);
    feed(&mut view, SELECTED);
    view.select_done(&completion("OK x"));
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
}
