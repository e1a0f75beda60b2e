//! Each contradiction is told, and what is known stays consistent.

use super::super::*;
use imap_proto::view::Contradiction as C;

/// Three messages, all known.
fn three() -> MailboxView {
    let mut view = selected(Bounds::default(), SELECTED);
    feed(&mut view, ["1 FETCH (UID 10 FLAGS ())", "2 FETCH (UID 20 FLAGS ())", "3 FETCH (UID 30 FLAGS ())"]);
    view
}

#[test]
fn each_is_told_once_and_has_its_consequence() {
    let known_still = [(10, Some(1)), (20, Some(2)), (30, Some(3))];
    let no_numbers = |but: u32| [10, 20, 30].map(|uid| (uid, (uid == but).then_some(but / 10)));
    #[allow(clippy::type_complexity)] // lines, what is wrong with them, and what is known then
    let cases: [(&[&str], C, &[(u32, Option<u32>)]); 14] = [
        (&["2 EXISTS"], C::ExistsDecreased { from: 3, to: 2 }, &no_numbers(0)),
        (&["4 EXPUNGE"], C::ExpungeBeyondExists { number: 4, exists: 3 }, &known_still),
        (&["0 EXPUNGE"], C::ExpungeBeyondExists { number: 0, exists: 3 }, &known_still),
        (&["12 FETCH (UID 12 FLAGS ())"], C::FetchBeyondExists { number: 12, exists: 3 }, &known_still),
        (
            &["2 FETCH (UID 21)"],
            C::UidChanged { number: 2, from: 20, to: 21 },
            &[(10, None), (20, None), (21, Some(2)), (30, None)],
        ),
        (
            &["4 EXISTS", "4 FETCH (UID 20)"],
            C::NumberChanged { uid: 20, from: 2, to: 4 },
            &[(10, None), (20, Some(4)), (30, None)],
        ),
        (
            &["4 EXISTS", "4 FETCH (UID 29)"],
            C::UidOrder { number: 4, uid: 29 },
            &[(10, None), (20, None), (29, Some(4)), (30, None)],
        ),
        // There are no two UIDs for 4 and 5.
        (
            &["6 EXISTS", "6 FETCH (UID 32)"],
            C::UidOrder { number: 6, uid: 32 },
            &[(10, None), (20, None), (30, None), (32, Some(6))],
        ),
        (
            &["4 EXISTS", "4 FETCH (UID 39)"],
            C::UidBelowUidNext { uid: 39, uid_next: 40 },
            &[(10, Some(1)), (20, Some(2)), (30, Some(3)), (39, Some(4))],
        ),
        (&["1 FETCH (UID 0)"], C::UidZero, &known_still),
        (&["OK [UIDNEXT 30] x"], C::UidNextDecreased { from: 40, to: 30 }, &known_still),
        (&["OK [UIDVALIDITY 0] x"], C::UidValidityZero, &known_still),
        (
            &["1 FETCH (MODSEQ (9))", "1 FETCH (MODSEQ (8))"],
            C::ModSeqDecreased { uid: 10, from: 9, to: 8 },
            &known_still,
        ),
        (
            &["OK [HIGHESTMODSEQ 9] x", "OK [HIGHESTMODSEQ 8] x"],
            C::HighestModSeqDecreased { from: 9, to: 8 },
            &known_still,
        ),
    ];
    for (lines, expected, still) in cases {
        let mut view = three();
        let changes = feed(&mut view, lines.iter().copied());
        assert_eq!(contradictions(&changes), [expected], "{lines:?}");
        assert_eq!(known(&view), still, "{lines:?}");
    }
}

#[test]
fn vanished_of_what_cannot_be() {
    let mut view = three();
    let changes = feed(&mut view, ["VANISHED 5,20:21,40"]);
    assert_eq!(contradictions(&changes), [C::VanishedUnknown { count: 3 }]);
    assert_eq!((known(&view), view.exists()), (vec![(10, Some(1)), (30, Some(2))], Some(2)));
    let changes = feed(&mut view, ["VANISHED (EARLIER) 5,30"]);
    assert_eq!(contradictions(&changes), [C::VanishedEarlier { uid: 30 }]);
    assert_eq!((known(&view), view.exists()), (vec![(10, Some(1))], Some(2)));
    let changes = feed(&mut view, ["VANISHED 1:4294967295"]);
    assert_eq!(contradictions(&changes), [C::VanishedUnknown { count: u32::MAX - 2 }]);
}

#[test]
fn exchange_fetches_beyond_exists() {
    let mut view = three();
    let changes = feed(&mut view, ["4 FETCH (UID 20 FLAGS (\\Seen))"]);
    let seen = Change::Flags { uid: Some(20), number: Some(2) };
    let beyond = C::FetchBeyondExists { number: 4, exists: 3 };
    assert_eq!(changes, [Change::Contradiction(beyond), seen]);
    assert_eq!(flags(&view, 20), ["\\Seen"]);
    assert_eq!(view.exists(), Some(3));
}

#[test]
fn of_what_select_told() {
    let not_below = ["1 EXISTS", "OK [UIDNEXT 5] x", "OK [UIDVALIDITY 7] x", "1 FETCH (UID 5)"];
    // EXISTS may come behind UIDNEXT.
    let behind = ["OK [UIDNEXT 5] x", "1 EXISTS", "OK [UIDVALIDITY 7] x", "1 FETCH (UID 5)"];
    for lines in [not_below, behind] {
        let mut view = MailboxView::new(Bounds::default());
        let changes = select(&mut view, Abilities::default(), lines);
        assert_eq!(contradictions(&changes), [C::UidNotBelowUidNext { uid: 5, uid_next: 5 }]);
        assert_eq!((known(&view), view.uid_next()), (vec![(5, Some(1))], Some(6)));
    }
    let mut view = MailboxView::new(Bounds::default());
    let changes = select(&mut view, Abilities::default(), []);
    assert_eq!(contradictions(&changes), [C::NoExists, C::NoUidValidity]);
    assert_eq!((view.exists(), view.checkpoint(), view.is_synchronized()), (Some(0), None, true));
}

#[test]
fn more_uids_than_messages() {
    let mut abilities = qresync();
    abilities.uid_only = true;
    let mut view = MailboxView::new(Bounds::default());
    select(&mut view, abilities, ["1 EXISTS", "OK [UIDVALIDITY 7] x"]);
    assert!(step(&mut view).is_some());
    let lines = ["10 UIDFETCH (FLAGS ())", "20 UIDFETCH (UID 21 FLAGS ())", "0 UIDFETCH (FLAGS ())"];
    let changes = feed(&mut view, lines);
    assert_eq!(contradictions(&changes), [C::UidChanged { number: 20, from: 20, to: 21 }, C::UidZero]);
    let changes = view.step_done(&completion("OK x"));
    assert_eq!(contradictions(&changes), [C::MoreThanExists { known: 2, exists: 1 }]);
    // All was told: there is nothing better to ask.
    assert_eq!((step(&mut view), view.is_synchronized(), view.checkpoint()), (None, false, None));
    // The same when it comes later.
    select(&mut view, abilities, ["2 EXISTS", "OK [UIDVALIDITY 7] x"]);
    assert!(step(&mut view).is_some());
    feed(&mut view, [lines[0], lines[1]]);
    view.step_done(&completion("OK x"));
    assert!(view.is_synchronized());
    let changes = feed(&mut view, ["30 UIDFETCH (FLAGS ())"]);
    assert_eq!(contradictions(&changes), [C::MoreThanExists { known: 3, exists: 2 }]);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
}

#[test]
fn after_a_doubt_everything_is_asked_again() {
    let mut view = MailboxView::new(Bounds::default());
    select(&mut view, Abilities::default(), SELECTED);
    assert!(step(&mut view).is_some());
    feed(&mut view, ["1 FETCH (UID 10)", "2 FETCH (UID 20)", "3 FETCH (UID 30)"]);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert!(view.is_synchronized());
    let before = view.checkpoint().unwrap();
    assert_eq!(before, Checkpoint { uid_validity: 7, uid_next: 40, mod_seq: None, is_complete: true });
    feed(&mut view, ["1 FETCH (UID 11)"]);
    assert!(!view.is_synchronized());
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
    feed(&mut view, ["1 FETCH (UID 11)", "2 FETCH (UID 20)", "3 FETCH (UID 30)"]);
    let changes = view.step_done(&completion("OK x"));
    assert_eq!(changes, [Change::Vanished { uids: [10].into_iter().collect(), others: 0 }]);
    assert_eq!(known(&view), [(11, Some(1)), (20, Some(2)), (30, Some(3))]);
    assert!(view.is_synchronized());
}

/// Its number is there until EXPUNGE says that it is not.
#[test]
fn a_message_that_is_not_told_any_more_leaves_its_number() {
    let mut view = MailboxView::new(Bounds::default());
    select(&mut view, Abilities::default(), SELECTED);
    assert!(step(&mut view).is_some());
    feed(
        &mut view,
        ["1 FETCH (UID 10 FLAGS (a))", "2 FETCH (UID 20 FLAGS (b))", "3 FETCH (UID 30 FLAGS (a))"],
    );
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert!(view.is_synchronized());
    let changes = feed(&mut view, ["VANISHED (EARLIER) 30"]);
    assert_eq!(contradictions(&changes), [C::VanishedEarlier { uid: 30 }]);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
    feed(&mut view, ["1 FETCH (UID 10 FLAGS (a))", "3 FETCH (UID 30 FLAGS (a))"]);
    let changes = view.step_done(&completion("OK x"));
    assert_eq!(changes, [Change::Vanished { uids: [20].into_iter().collect(), others: 0 }]);
    assert_eq!((known(&view), view.exists()), (vec![(10, Some(1)), (30, Some(3))], Some(3)));
    let changes = feed(&mut view, ["2 EXPUNGE"]);
    assert_eq!(contradictions(&changes), []);
    assert_eq!((known(&view), view.exists()), (vec![(10, Some(1)), (30, Some(2))], Some(2)));
}

/// While the mailbox is selected, too: a server that goes back has lost what was told before, and what is saved stays until all is
/// known again.
#[test]
fn what_goes_back_is_fetched_again() {
    let told = ["3 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 40] x", "OK [HIGHESTMODSEQ 9] x"];
    let all = ["1 FETCH (UID 10 FLAGS ())", "2 FETCH (UID 20 FLAGS ())", "3 FETCH (UID 30 FLAGS ())"];
    let before = checkpoint(40, 9);
    for (line, expected, after) in [
        ("OK [UIDNEXT 30] x", C::UidNextDecreased { from: 40, to: 30 }, checkpoint(40, 9)),
        ("OK [HIGHESTMODSEQ 8] x", C::HighestModSeqDecreased { from: 9, to: 8 }, checkpoint(40, 8)),
    ] {
        let mut view = MailboxView::new(Bounds::default());
        select(&mut view, condstore(), told);
        assert!(step(&mut view).is_some());
        feed(&mut view, all);
        assert_eq!(view.step_done(&completion("OK x")), []);
        assert_eq!((view.is_synchronized(), view.checkpoint()), (true, Some(before)));
        // In a response of its own, and then with the completion of a command.
        assert_eq!(contradictions(&feed(&mut view, [line])), [expected]);
        assert_eq!((view.is_synchronized(), view.checkpoint()), (false, Some(before)), "{line}");
        view.done(&completion("OK x"));
        assert_eq!((view.is_synchronized(), view.checkpoint()), (false, Some(before)), "{line}");
        assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
        feed(&mut view, all);
        assert_eq!(view.step_done(&completion("OK x")), []);
        assert_eq!((step(&mut view), view.is_synchronized(), view.checkpoint()), (None, true, Some(after)));
    }
}
