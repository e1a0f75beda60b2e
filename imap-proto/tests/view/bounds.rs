//! What a server can make a view cost: time and memory by what was said, never by what a number claims.

use super::super::*;

/// Room for so many messages.
fn bounded(messages: usize) -> Bounds {
    let mut bounds = Bounds::default();
    bounds.messages = messages;
    bounds
}

#[test]
fn the_lowest_uids_make_room() {
    let mut view = selected(bounded(2), ["4 EXISTS", "OK [UIDVALIDITY 7] x"]);
    let changes =
        feed(&mut view, ["2 FETCH (UID 20)", "1 FETCH (UID 10)", "4 FETCH (UID 40)", "3 FETCH (UID 30)"]);
    let is_new = |uid, number| Change::Known { uid, number: Some(number) };
    let not_kept = |uid| Change::NotKept { uid };
    assert_eq!(
        changes,
        [is_new(20, 2), is_new(10, 1), not_kept(10), is_new(40, 4), not_kept(20), is_new(30, 3)]
    );
    assert_eq!(known(&view), [(30, Some(3)), (40, Some(4))]);
    assert_eq!(feed(&mut view, ["1 FETCH (UID 10)"]), [not_kept(10)]);
    assert_eq!(feed(&mut view, ["1 EXPUNGE"]), [Change::Expunged { number: 1, uid: None }]);
    assert_eq!(known(&view), [(30, Some(2)), (40, Some(3))]);
    // Whether its number is known or not.
    let mut view = MailboxView::restore(checkpoint(40, 9), saved(&[20, 30]), bounded(2));
    select(&mut view, Abilities::default(), ["4 EXISTS", "OK [UIDVALIDITY 7] x"]);
    let changes = feed(&mut view, ["4 FETCH (UID 50)", "3 FETCH (UID 45)"]);
    assert_eq!(changes, [not_kept(20), is_new(50, 4), not_kept(30), is_new(45, 3)]);
    let none = selected(bounded(0), SELECTED);
    assert_eq!(none.known(), 0);
    let restored = MailboxView::restore(checkpoint(40, 9), saved(&[10, 30, 20, 20, 0]), bounded(2));
    assert_eq!(uids(&restored), [20, 30]);
    assert!(!restored.checkpoint().unwrap().is_complete);
}

#[test]
fn a_number_costs_nothing() {
    let mut view = selected(bounded(1_000), ["4294967295 EXISTS", "OK [UIDVALIDITY 7] x"]);
    assert_eq!(view.exists(), Some(u32::MAX));
    feed(&mut view, ["4294967295 FETCH (UID 4294967295 FLAGS ())", "1 FETCH (UID 1)"]);
    assert_eq!(known(&view), [(1, Some(1)), (u32::MAX, Some(u32::MAX))]);
    assert_eq!(view.uid_next(), Some(u32::MAX));
    feed(&mut view, ["2 EXPUNGE"; 5]);
    assert_eq!(known(&view), [(1, Some(1)), (u32::MAX, Some(u32::MAX - 5))]);
    let changes = feed(&mut view, ["VANISHED 1:4294967295"]);
    assert_eq!(contradictions(&changes), [Contradiction::VanishedUnknown { count: 5 }]);
    assert_eq!((view.exists(), view.known()), (Some(0), 0));
}

/// A mailbox of so many messages with even UIDs, all known, with their numbers.
fn full(messages: u32) -> MailboxView {
    let known = (1..=messages).map(|number| with_flags(2 * number, "\\Seen"));
    let mut view = MailboxView::restore(checkpoint(2 * messages + 1, 9), known, Bounds::default());
    let exists = format!("{messages} EXISTS");
    let uid_next = format!("OK [UIDNEXT {}] x", 2 * messages + 1);
    select(&mut view, condstore(), [&*exists, &*uid_next, "OK [UIDVALIDITY 7] x", "OK [HIGHESTMODSEQ 9] x"]);
    assert!(view.is_synchronized());
    assert_eq!(view.by_number(messages).map(|message| message.uid()), Some(2 * messages));
    view
}

/// Expunges all, `number` telling which of how many is next.
fn expunge_all(mut view: MailboxView, number: impl Fn(u32) -> u32) {
    for left in (1..=view.exists().unwrap()).rev() {
        let line = format!("* {} EXPUNGE\r\n", number(left));
        let changes = view.response(&read(&line));
        assert!(matches!(changes[..], [Change::Expunged { uid: Some(_), .. }]), "{left}: {changes:?}");
    }
    assert_eq!((view.exists(), view.known()), (Some(0), 0));
}

// Quadratic, these would take hours.

#[test]
fn a_million_times_expunge_1() {
    expunge_all(full(1_000_000), |_| 1);
}

#[test]
fn expunge_from_the_back_and_from_the_middle() {
    let full = full(200_000);
    expunge_all(full.clone(), |left| left);
    expunge_all(full, |left| left / 2 + 1);
}

#[test]
fn vanished_of_everything() {
    const MANY: u32 = 300_000;
    let full = full(MANY);
    let all = Change::Vanished { uids: (1..=MANY).map(|number| 2 * number).collect(), others: 0 };
    let mut view = full.clone();
    let changes = feed(&mut view, ["VANISHED 1:4294967295"]);
    assert_eq!(contradictions(&changes), [Contradiction::VanishedUnknown { count: u32::MAX - MANY }]);
    assert!(changes[1] == all && changes.len() == 2);
    assert_eq!((view.exists(), view.known()), (Some(0), 0));
    // One by one, backwards.
    let mut view = full;
    let each: Vec<_> = (1..=MANY).rev().map(|number| (2 * number).to_string()).collect();
    assert!(feed(&mut view, [&*format!("VANISHED {}", each.join(","))]) == [all]);
}

#[test]
fn messages_may_be_told_in_any_order() {
    const MANY: u32 = 100_000;
    let exists = format!("{MANY} EXISTS");
    let mut view = selected(Bounds::default(), [&*exists, "OK [UIDVALIDITY 7] x"]);
    // Backwards, and then in steps that go all over.
    let half = MANY / 2;
    let order = (1..=half).rev().chain((0..half).map(|step| half + 1 + step * 7_919 % half));
    for number in order {
        feed(&mut view, [&*format!("{number} FETCH (UID {})", 3 * number)]);
    }
    assert_eq!(view.known(), MANY as usize);
    let is_right = |(number, message): (u32, imap_proto::view::Message<'_>)| {
        (message.number(), message.uid()) == (Some(number), 3 * number)
    };
    assert!((1..).zip(view.messages()).all(is_right));
    assert_eq!(view.by_uid(3 * 4_711).unwrap().number(), Some(4_711));
    assert_eq!(view.by_number(MANY).unwrap().uid(), 3 * MANY);
}

#[test]
fn searches_that_name_everything_are_heard_once() {
    const MANY: u32 = 100_000;
    let mut view = MailboxView::restore(checkpoint(MANY, 9), (1..MANY).map(Saved::new), Bounds::default());
    let mut abilities = condstore();
    abilities.esearch = true;
    select(&mut view, abilities, ["9 EXISTS", "OK [UIDVALIDITY 7] x", "OK [HIGHESTMODSEQ 9] x"]);
    assert_eq!(step(&mut view).unwrap(), format!("SEARCH RETURN (ALL) UID 1:{}", MANY - 1));
    for _ in 0..MANY {
        feed(&mut view, ["ESEARCH (TAG \"A\") UID ALL 1:9"]);
    }
    let changes = view.step_done(&completion("OK x"));
    assert_eq!(changes, [Change::Vanished { uids: (10..MANY).collect(), others: 0 }]);
    assert_eq!(known(&view), (1..=9).map(|uid| (uid, Some(uid))).collect::<Vec<_>>());
}

#[test]
fn keywords_are_bounded() {
    let mut bounds = Bounds::default();
    bounds.keywords = 2;
    let mut view = selected(bounds, SELECTED);
    let changes = feed(&mut view, ["1 FETCH (UID 10 FLAGS (a b c \\Seen))"]);
    assert_eq!(changes, [Change::Known { uid: 10, number: Some(1) }, Change::FlagsNotKept { uid: 10 }]);
    assert_eq!(flags(&view, 10), ["\\Seen", "a", "b"]);
    // Whatever comes and goes, there are two at a time.
    for turn in 0..1_000 {
        let line = format!("1 FETCH (FLAGS (k{turn} l{turn} m{turn}))");
        let changes = feed(&mut view, [line.as_str()]);
        assert_eq!(changes[1..], [Change::FlagsNotKept { uid: 10 }]);
        // The places of those that it had are not free before it has others.
        assert!(flags(&view, 10).len() <= 2);
    }
    let long = format!("FLAGS ({} \\Seen x)", "y".repeat(256));
    feed(&mut view, [long.as_str()]);
    assert_eq!(view.flags().unwrap().iter().count(), 2);
    let many = (0..500).map(|name| format!("n{name}")).collect::<Vec<_>>().join(" ");
    feed(
        &mut view,
        [format!("FLAGS ({many})").as_str(), format!("OK [PERMANENTFLAGS ({many} \\*)] x").as_str()],
    );
    assert_eq!(view.flags().unwrap().iter().count(), 9);
    assert_eq!(view.permanent_flags().unwrap().iter().count(), 9);
}
