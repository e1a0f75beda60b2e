//! Synchronisation, as it is written on the wire.

use super::super::*;
use imap_proto::view::{Contradiction as C, Method};

fn gone(uids: impl IntoIterator<Item = u32>) -> Change {
    Change::Vanished { uids: uids.into_iter().collect(), others: 0 }
}

/// What a later session begins with.
fn at(uid_next: u32, mod_seq: u64, uid_validity: u64) -> Checkpoint {
    Checkpoint { uid_validity, uid_next, mod_seq: Some(mod_seq), is_complete: true }
}

const FIRST: u64 = 90_060_115_194_045_000;

/// RFC 7162 section 3.2.5.1, with the messages that it does not tell of made up.
#[test]
fn qresync_as_in_rfc_7162() {
    let all: Vec<u32> = (41..=211).chain(214..=541).collect();
    let mut view = MailboxView::restore(at(542, FIRST, 67_890_007), saved(&all), Bounds::default());
    assert_eq!(
        parameters(&mut view, qresync()),
        "QRESYNC (67890007 90060115194045000 (243,371,435,467,483,491,495,497:499 285,413,477,509,525,533,537,539:541))"
    );
    let changes = feed(
        &mut view,
        [
            "OK [CLOSED] x",
            "5 EXISTS",
            "1 RECENT",
            "OK [UIDVALIDITY 67890007] UIDVALIDITY",
            "OK [UIDNEXT 600] Predicted next UID",
            "OK [HIGHESTMODSEQ 90060115205545359] Highest mailbox mod-sequence",
            "FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)",
            "OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen \\*)] Permanent flags",
            "VANISHED (EARLIER) 41,43:116,118,120:211,214:540",
            "2 FETCH (UID 117 FLAGS (\\Seen \\Answered) MODSEQ (90060115194045001))",
            "3 FETCH (UID 119 FLAGS (\\Draft $MDNSent) MODSEQ (90060115194045308))",
            "4 FETCH (UID 541 FLAGS (\\Seen $Forwarded) MODSEQ (90060115194045001))",
        ],
    );
    let left = [42, 117, 119, 541];
    let flags_of = |uid, number| Change::Flags { uid: Some(uid), number: Some(number) };
    assert_eq!(
        changes,
        [
            gone(all.iter().copied().filter(|uid| !left.contains(uid))),
            flags_of(117, 2),
            flags_of(119, 3),
            flags_of(541, 4)
        ]
    );
    assert_eq!(view.select_done(&completion("OK [READ-WRITE] mailbox selected")), []);
    assert_eq!(view.method(), Method::QResync);
    // Nothing is to be saved before the new message is known.
    assert_eq!((view.checkpoint(), view.is_synchronized()), (Some(at(542, FIRST, 67_890_007)), false));
    assert_eq!(step(&mut view).unwrap(), "FETCH 542:* (FLAGS MODSEQ)");
    assert_eq!(step(&mut view), None, "one at a time");
    let changes = feed(&mut view, ["5 FETCH (UID 599 FLAGS () MODSEQ (90060115205545359))"]);
    assert_eq!(changes, [Change::Known { uid: 599, number: Some(5) }]);
    assert_eq!(view.step_done(&completion("OK done")), []);
    assert_eq!(known(&view), [42, 117, 119, 541, 599].into_iter().zip((1..).map(Some)).collect::<Vec<_>>());
    assert_eq!(flags(&view, 119), ["$MDNSent", "\\Draft"]);
    assert_eq!(
        (view.checkpoint(), view.is_synchronized()),
        (Some(at(600, 90_060_115_205_545_359, 67_890_007)), true)
    );
    assert_eq!(step(&mut view), None);
}

/// RFC 7162 section 3.2.5: all that was known is of another mailbox.
#[test]
fn another_uidvalidity_has_all_forgotten() {
    let mut view = MailboxView::restore(
        at(542, 20_050_715_194_045_000, 67_890_007),
        saved(&[41, 43]),
        Bounds::default(),
    );
    view.select(qresync());
    let changes = feed(
        &mut view,
        [
            "2 EXISTS",
            "OK [UIDVALIDITY 3857529045] UIDVALIDITY",
            "OK [UIDNEXT 550] Predicted next UID",
            "OK [HIGHESTMODSEQ 90060128194045007] Highest mailbox mod-sequence",
        ],
    );
    assert_eq!(changes, [Change::Forgotten { from: 67_890_007, to: Some(3_857_529_045) }]);
    assert_eq!(view.select_done(&completion("OK [READ-WRITE] Sorry, UIDVALIDITY mismatch")), []);
    assert_eq!((view.method(), view.known(), view.checkpoint()), (Method::Full, 0, None));
    assert_eq!((view.uid_validity(), view.uid_next()), (Some(3_857_529_045), Some(550)));
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
    feed(&mut view, ["1 FETCH (UID 1 FLAGS () MODSEQ (5))", "2 FETCH (UID 541 FLAGS () MODSEQ (5))"]);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert_eq!(view.checkpoint(), Some(at(550, 90_060_128_194_045_007, 3_857_529_045)));
    // While it is selected, too.
    let changes = feed(&mut view, ["OK [UIDVALIDITY 1] x"]);
    assert_eq!(changes, [Change::Forgotten { from: 3_857_529_045, to: Some(1) }]);
    assert_eq!((view.checkpoint(), view.exists(), view.known()), (None, Some(2), 0));
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
    // No UIDVALIDITY at all.
    let mut view = MailboxView::restore(at(9, 9, 7), saved(&[4]), Bounds::default());
    let changes = select(&mut view, qresync(), ["1 EXISTS"]);
    let missing = Change::Contradiction(C::NoUidValidity);
    assert_eq!(changes, [missing, Change::Forgotten { from: 7, to: None }]);
    assert!(step(&mut view).is_some());
    feed(&mut view, ["1 FETCH (UID 4 FLAGS ())"]);
    view.step_done(&completion("OK x"));
    assert_eq!((view.is_synchronized(), view.checkpoint(), uids(&view)), (true, None, vec![4]));
}

#[test]
fn nomodseq_needs_all_flags() {
    let mut view = MailboxView::restore(at(9, 9, 7), [with_flags(4, "\\Seen a")], Bounds::default());
    select(&mut view, qresync(), ["1 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 9] x", "OK [NOMODSEQ] x"]);
    assert_eq!((view.method(), view.highest_mod_seq()), (Method::Full, None));
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
    assert_eq!(feed(&mut view, ["1 FETCH (UID 4 FLAGS (A \\Seen))"]), []);
    assert_eq!(view.step_done(&completion("OK x")), []);
    let without = Checkpoint { mod_seq: None, ..at(9, 9, 7) };
    assert_eq!(view.checkpoint(), Some(without));
}

fn condstore_view(uids: &[u32], lines: &[&str]) -> MailboxView {
    let mut view = MailboxView::restore(at(550, 90, 7), saved(uids), Bounds::default());
    assert_eq!(parameters(&mut view, condstore()), "CONDSTORE");
    let selected = ["OK [UIDVALIDITY 7] x"].into_iter().chain(lines.iter().copied());
    assert_eq!(contradictions(&select(&mut view, condstore(), selected)), []);
    assert_eq!(view.method(), Method::CondStore);
    view
}

#[test]
fn condstore_asks_for_what_may_have_changed() {
    // Nothing has.
    let mut view = condstore_view(&[4, 5], &["2 EXISTS", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"]);
    assert_eq!((step(&mut view), view.is_synchronized()), (None, true));
    assert_eq!(known(&view), [(4, Some(1)), (5, Some(2))]);
    // Something is gone, and nothing else.
    let mut view = condstore_view(&[4, 5], &["1 EXISTS", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"]);
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 4:5");
    feed(&mut view, ["SEARCH 5"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([4])]);
    assert_eq!((known(&view), view.is_synchronized()), (vec![(5, Some(1))], true));
    // Everything has changed; UIDNEXT is not told, as Courier does not.
    let mut view = condstore_view(&[4, 5, 6], &["3 EXISTS", "OK [HIGHESTMODSEQ 99] x"]);
    // As many as before, but one is gone and one is new.
    assert_eq!(step(&mut view).unwrap(), "FETCH 550:* (FLAGS MODSEQ)");
    feed(&mut view, ["3 FETCH (UID 600 FLAGS () MODSEQ (99))"]);
    view.step_done(&completion("OK x"));
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:549 (FLAGS) (CHANGEDSINCE 90)");
    view.step_done(&completion("OK x"));
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 4:600");
    feed(&mut view, ["SEARCH 4 6 600"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([5])]);
    assert_eq!(view.checkpoint(), Some(at(601, 99, 7)));
    assert_eq!(known(&view), [(4, Some(1)), (6, Some(2)), (600, Some(3))]);
}

/// A number that does not agree with those of the messages before it.
#[test]
fn numbers_that_do_not_agree_have_all_asked() {
    let mut view = condstore_view(&[4, 5, 6], &["3 EXISTS", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 99] x"]);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:549 (FLAGS) (CHANGEDSINCE 90)");
    feed(&mut view, ["2 FETCH (UID 6 FLAGS (\\Seen) MODSEQ (95))"]);
    view.step_done(&completion("OK x"));
    assert!(!view.is_synchronized());
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
    feed(&mut view, ["1 FETCH (UID 4)", "2 FETCH (UID 6)", "3 FETCH (UID 549 FLAGS () MODSEQ (99))"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([5])]);
    assert_eq!(view.checkpoint(), Some(at(550, 99, 7)));
    assert_eq!(known(&view), [(4, Some(1)), (6, Some(2)), (549, Some(3))]);
}

#[test]
fn condstore_in_all_its_steps() {
    let mut view = condstore_view(&[4, 5, 6], &["4 EXISTS", "OK [UIDNEXT 552] x", "OK [HIGHESTMODSEQ 99] x"]);
    assert_eq!(step(&mut view).unwrap(), "FETCH 550:* (FLAGS MODSEQ)");
    feed(&mut view, ["3 FETCH (UID 550 FLAGS ())", "4 FETCH (UID 551 FLAGS ())"]);
    view.step_done(&completion("OK x"));
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:549 (FLAGS) (CHANGEDSINCE 90)");
    feed(&mut view, ["2 FETCH (UID 6 FLAGS (\\Seen) MODSEQ (95))"]);
    view.step_done(&completion("OK x"));
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 4:551");
    assert_eq!(view.checkpoint(), Some(at(550, 90, 7)));
    feed(&mut view, ["SEARCH 6 550", "SEARCH 551 5"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([4])]);
    assert_eq!(known(&view), [(5, Some(1)), (6, Some(2)), (550, Some(3)), (551, Some(4))]);
    assert_eq!((view.checkpoint(), view.is_synchronized()), (Some(at(552, 99, 7)), true));
}

#[test]
fn what_is_told_in_part_is_asked_in_whole() {
    let lines = ["2 EXISTS", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 99] x"];
    for (answer, status) in [
        (&[][..], "NO [EXPUNGEISSUED] Some of the requested messages no longer exist"),
        (&[], "BAD what is CHANGEDSINCE?"),
        (&["1 FETCH (UID 4 FLAGS ())"], "OK [MESSAGELIMIT 1000 5] only some"),
    ] {
        let mut view = condstore_view(&[4, 5], &lines);
        assert_eq!(step(&mut view).unwrap(), "FETCH 1:549 (FLAGS) (CHANGEDSINCE 90)");
        feed(&mut view, answer.iter().copied());
        view.step_done(&completion(status));
        assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
        // Not even that; nothing is thought to be gone.
        assert_eq!(view.step_done(&completion(status)), []);
        assert_eq!((uids(&view), view.checkpoint()), (vec![4, 5], Some(at(550, 90, 7))));
        // It is asked a few times, and not for ever.
        let mut steps = 2;
        while step(&mut view).is_some() {
            assert_eq!(view.step_done(&completion(status)), []);
            steps += 1;
        }
        assert_eq!((steps, view.is_synchronized()), (12, false));
    }
}

#[test]
fn silence_does_not_mean_that_all_is_gone() {
    let mut view = condstore_view(&[4, 5], &["1 EXISTS", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"]);
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 4:5");
    assert_eq!(view.step_done(&completion("OK and no SEARCH response")), []);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
    assert_eq!(view.step_done(&completion("OK and no FETCH response")), []);
    assert_eq!((uids(&view), view.is_synchronized()), (vec![4, 5], false));
    // EXISTS is an answer.
    let mut view = MailboxView::restore(at(550, 90, 7), saved(&[4, 5]), Bounds::default());
    let changes =
        select(&mut view, condstore(), ["0 EXISTS", "OK [UIDVALIDITY 7] x", "OK [HIGHESTMODSEQ 99] x"]);
    assert_eq!(changes, [gone([4, 5])]);
    assert_eq!((step(&mut view), view.checkpoint()), (None, Some(at(550, 99, 7))));
}

#[test]
fn a_server_that_went_back_is_not_trusted() {
    for (lines, contradiction) in [
        (["OK [UIDNEXT 500] x", "OK [HIGHESTMODSEQ 99] x"], C::UidNextDecreased { from: 550, to: 500 }),
        (["OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 80] x"], C::HighestModSeqDecreased { from: 90, to: 80 }),
    ] {
        let mut view = MailboxView::restore(at(550, 90, 7), saved(&[4]), Bounds::default());
        let selected = ["1 EXISTS", "OK [UIDVALIDITY 7] x"].into_iter().chain(lines);
        assert_eq!(contradictions(&select(&mut view, qresync(), selected)), [contradiction]);
        assert_eq!(
            (view.method(), step(&mut view).unwrap()),
            (Method::Full, "FETCH 1:* (FLAGS MODSEQ)".into())
        );
    }
}

#[test]
fn a_failed_select_leaves_what_was_saved() {
    let mut view = MailboxView::restore(at(550, 90, 7), [with_flags(4, "\\Seen")], Bounds::default());
    view.select(qresync());
    feed(&mut view, ["9 EXISTS"]);
    assert_eq!(view.select_done(&completion("BAD what is QRESYNC?")), []);
    assert_eq!((view.exists(), uids(&view), view.checkpoint()), (None, vec![4], Some(at(550, 90, 7))));
    assert_eq!((feed(&mut view, ["3 EXISTS"]), view.exists(), step(&mut view)), (vec![], None, None));
    assert_eq!((view.done(&completion("OK x")), view.step_done(&completion("OK x"))), (vec![], vec![]));
    assert_eq!(parameters(&mut view, Abilities::default()), "");
    assert_eq!(flags(&view, 4), ["\\Seen"]);
}

/// RFC 7162 section 6.
#[test]
fn highestmodseq_is_what_completions_say() {
    let selected = ["3 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 9] x", "OK [HIGHESTMODSEQ 96] x"];
    let mut view = MailboxView::restore(at(9, 96, 7), saved(&[6, 7, 8]), Bounds::default());
    select(&mut view, qresync(), selected);
    assert!(view.is_synchronized());
    let mod_seq = |view: &MailboxView| view.checkpoint().unwrap().mod_seq.unwrap();
    feed(&mut view, ["1 FETCH (UID 6 MODSEQ (103))", "2 FETCH (UID 7 MODSEQ (101))"]);
    feed(&mut view, ["OK [HIGHESTMODSEQ 99] VANISHED reply with MODSEQ 100 is delayed"]);
    assert_eq!(mod_seq(&view), 96);
    view.done(&completion("OK [MODIFIED 3] done"));
    assert_eq!(mod_seq(&view), 99);
    feed(&mut view, ["3 FETCH (UID 8 MODSEQ (104))"]);
    view.done(&completion("OK [HIGHESTMODSEQ 99] Still delaying VANISHED"));
    assert_eq!(mod_seq(&view), 99);
    assert_eq!(feed(&mut view, ["VANISHED 8"]), [gone([8])]);
    view.done(&completion("OK [HIGHESTMODSEQ 104] done"));
    assert_eq!(mod_seq(&view), 104);
    // Without the code it is the highest that was seen.
    feed(&mut view, ["1 FETCH (UID 6 MODSEQ (110))", "1 FETCH (UID 6 MODSEQ (109))"]);
    assert_eq!(mod_seq(&view), 104);
    view.done(&completion("OK done"));
    assert_eq!(mod_seq(&view), 110);
    // A message that has come and is not known is new to a later session.
    assert_eq!(view.checkpoint().unwrap().uid_next, 9);
    feed(&mut view, ["3 EXISTS"]);
    view.done(&completion("OK [HIGHESTMODSEQ 111] x"));
    assert_eq!(view.checkpoint(), Some(at(9, 111, 7)));
    feed(&mut view, ["3 FETCH (UID 9 FLAGS ())"]);
    view.done(&completion("OK x"));
    assert_eq!(view.checkpoint(), Some(at(10, 111, 7)));
    feed(&mut view, ["OK [NOMODSEQ] x"]);
    assert_eq!(view.checkpoint(), Some(Checkpoint { mod_seq: None, ..at(10, 0, 7) }));
    feed(&mut view, ["OK [UIDNOTSTICKY] x"]);
    assert_eq!(view.checkpoint(), None);
}

#[test]
fn an_expunge_whose_message_is_not_known_is_looked_into() {
    // Of a mailbox of which some messages are known.
    let mut part = at(550, 90, 7);
    part.is_complete = false;
    let mut view = MailboxView::restore(part, saved(&[400, 500]), Bounds::default());
    assert_eq!(parameters(&mut view, qresync()), "QRESYNC (7 90 400,500)");
    let selected = ["100 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"];
    select(&mut view, condstore(), selected);
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 400:500");
    feed(&mut view, ["SEARCH 400 450 500"]);
    view.step_done(&completion("OK x"));
    assert_eq!((view.is_synchronized(), known(&view)), (true, vec![(400, None), (500, None)]));
    assert_eq!(feed(&mut view, ["90 EXPUNGE"]), [Change::Expunged { number: 90, uid: None }]);
    assert!(!view.is_synchronized());
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 400:500");
    feed(&mut view, ["SEARCH 400"]);
    // And once more: this one came while it was found out.
    feed(&mut view, ["90 EXPUNGE"]);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 400:500");
    feed(&mut view, ["SEARCH 400"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([500])]);
    assert!(view.is_synchronized() && !view.checkpoint().unwrap().is_complete);
    // Flags of a number that may be one that is known.
    feed(&mut view, ["3 FETCH (FLAGS ())"]);
    assert!(!view.is_synchronized());
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
}

#[test]
fn what_a_server_can_is_what_it_offers_and_was_asked_to() {
    let list = |names: &'static [&'static str]| {
        let line = format!("* ENABLED {}\r\n", names.join(" "));
        match read(&line).into_owned() {
            Response::Data(imap_proto::response::Data::Enabled(all)) => all,
            other => panic!("{other:?}"),
        }
    };
    let of = |offered, enabled| {
        let Abilities { qresync, condstore, esearch, uid_only, .. } =
            Abilities::of(&list(offered), &list(enabled));
        (qresync, condstore, esearch, uid_only)
    };
    assert_eq!(of(&["IMAP4rev1"], &[]), (false, false, false, false));
    assert_eq!(of(&["QRESYNC", "ESEARCH"], &[]), (false, true, true, false));
    assert_eq!(of(&["CONDSTORE", "IMAP4rev2"], &[]), (false, true, true, false));
    assert_eq!(of(&["QRESYNC", "UIDONLY"], &["QRESYNC", "UIDONLY"]), (true, true, false, true));
}

#[test]
fn more_ranges_than_a_line_holds_are_one() {
    let mut part = at(5_000, 90, 7);
    part.is_complete = false;
    let odd: Vec<u32> = (1..=401).map(|number| 2 * number).collect();
    let mut view = MailboxView::restore(part, saved(&odd), Bounds::default());
    assert_eq!(parameters(&mut view, qresync()), "QRESYNC (7 90 2:802)");
    let mut view = MailboxView::restore(part, saved(&odd[..400]), Bounds::default());
    assert!(parameters(&mut view, qresync()).ends_with(",798,800)"));
    // Nothing that could be told of.
    let mut view = MailboxView::restore(part, saved(&[]), Bounds::default());
    assert_eq!(parameters(&mut view, qresync()), "");
    let mut abilities = qresync();
    abilities.uid_only = true;
    let mut view = MailboxView::restore(at(9, 90, 7), saved(&[4]), Bounds::default());
    assert_eq!(parameters(&mut view, abilities), "QRESYNC (7 90)");
}

#[test]
fn what_happens_between_two_steps_is_taken_into_account() {
    let lines = ["2 EXISTS", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 99] x"];
    // There are no mod-sequences after all.
    let mut view = condstore_view(&[4, 5], &lines);
    feed(&mut view, ["OK [NOMODSEQ] x"]);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS)");
    feed(&mut view, ["1 FETCH (UID 4 FLAGS ())", "2 FETCH (UID 5 FLAGS ())"]);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert_eq!(view.checkpoint().unwrap().mod_seq, None);
    assert!(view.is_synchronized());
    // All messages go.
    let mut view = condstore_view(&[4, 5], &lines);
    assert_eq!(feed(&mut view, ["1 EXPUNGE", "1 EXPUNGE"]).last(), Some(&gone([4, 5])));
    assert_eq!((step(&mut view), view.is_synchronized()), (None, true));
    assert_eq!(view.checkpoint(), Some(at(550, 99, 7)));
    // All that are known go, and others are there.
    let mut part = at(550, 90, 7);
    part.is_complete = false;
    let mut view = MailboxView::restore(part, saved(&[400]), Bounds::default());
    let selected = ["9 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"];
    select(&mut view, condstore(), selected);
    feed(&mut view, ["VANISHED 400"]);
    assert_eq!(step(&mut view).unwrap(), "SEARCH UID 1");
    feed(&mut view, ["SEARCH"]);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert!(view.is_synchronized());
}

/// An ESEARCH response of numbers answers another SEARCH.
#[test]
fn only_uids_tell_what_is_present() {
    let mut abilities = condstore();
    abilities.esearch = true;
    let mut view = MailboxView::restore(at(550, 90, 7), saved(&[4, 5, 6]), Bounds::default());
    let lines = ["2 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"];
    select(&mut view, abilities, lines);
    assert_eq!(step(&mut view).unwrap(), "SEARCH RETURN (ALL) UID 4:6");
    feed(&mut view, ["ESEARCH ALL 1:2", "ESEARCH UID ALL 4,6"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([5])]);
    assert_eq!((known(&view), view.is_synchronized()), (vec![(4, Some(1)), (6, Some(2))], true));
    // It alone says nothing, so that all is asked.
    let mut view = MailboxView::restore(at(550, 90, 7), saved(&[4, 5, 6]), Bounds::default());
    select(&mut view, abilities, lines);
    assert!(step(&mut view).is_some());
    feed(&mut view, ["ESEARCH ALL 1:2"]);
    assert_eq!(view.step_done(&completion("OK x")), []);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
}

/// A message was told with a number that is not its place among those that were saved.
#[test]
fn a_number_that_does_not_agree_has_all_asked() {
    let mut view = MailboxView::restore(at(550, 90, 7), saved(&[4, 5]), Bounds::default());
    let lines = ["2 EXISTS", "OK [UIDVALIDITY 7] x", "OK [UIDNEXT 550] x", "OK [HIGHESTMODSEQ 90] x"];
    let changes = select(&mut view, condstore(), lines.into_iter().chain(["1 FETCH (UID 5 FLAGS ())"]));
    assert_eq!(contradictions(&changes), []);
    assert_eq!(step(&mut view).unwrap(), "FETCH 1:* (FLAGS MODSEQ)");
    feed(&mut view, ["1 FETCH (UID 5 FLAGS ())", "2 FETCH (UID 6 FLAGS ())"]);
    assert_eq!(view.step_done(&completion("OK x")), [gone([4])]);
    assert_eq!((known(&view), view.is_synchronized()), (vec![(5, Some(1)), (6, Some(2))], true));
}

#[test]
fn what_was_saved_without_uidvalidity_is_nothing() {
    let view = MailboxView::restore(at(550, 90, 0), saved(&[4, 5]), Bounds::default());
    assert_eq!((view.uid_validity(), view.checkpoint(), view.known()), (None, None, 0));
}

#[test]
fn flags_are_found() {
    let view = MailboxView::restore(at(550, 90, 7), [with_flags(4, "\\Seen Work")], Bounds::default());
    let message = view.by_uid(4).unwrap();
    for (flag, is_there) in [("\\seen", true), ("work", true), ("\\Draft", false), ("Play", false)] {
        assert_eq!(message.contains(&imap_proto::Flag::new(flag).unwrap()), is_there, "{flag}");
    }
}

/// A server with QRESYNC that tells of one thing and means another: all is asked for again.
#[test]
fn what_does_not_add_up_is_asked_for_in_whole() {
    let before = [10, 20, 30];
    for (exists, fetched, after) in [
        // There are more than are known, and UIDNEXT says that none is new.
        ("4 EXISTS", None, &[10, 15, 20, 30][..]),
        // The first one by its UID is the second one by its number.
        ("3 EXISTS", Some("2 FETCH (UID 10 FLAGS () MODSEQ (5))"), &[5, 10, 20]),
    ] {
        let mut view = MailboxView::restore(at(31, 5, 1), saved(&before), Bounds::default());
        view.select(qresync());
        feed(&mut view, [exists, "OK [UIDVALIDITY 1] x", "OK [UIDNEXT 31] x", "OK [HIGHESTMODSEQ 6] x"]);
        feed(&mut view, fetched);
        view.select_done(&completion("OK [READ-WRITE] selected"));
        assert!(!view.is_synchronized());
        assert_eq!(step(&mut view).as_deref(), Some("FETCH 1:* (FLAGS MODSEQ)"), "{exists}");
        for (number, uid) in (1..).zip(after) {
            feed(&mut view, [&*format!("{number} FETCH (UID {uid} FLAGS () MODSEQ (6))")]);
        }
        view.step_done(&completion("OK done"));
        assert!(view.is_synchronized());
        assert_eq!(known(&view), after.iter().copied().zip((1..).map(Some)).collect::<Vec<_>>());
    }
}
