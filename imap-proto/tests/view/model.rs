//! The view believes what is so: against a list of messages at a server that tells of each change.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::*;

/// The flags that there are.
const FLAGS: [&str; 4] = ["\\Deleted", "\\Seen", "work", "$Junk"];

#[derive(Clone, Debug)]
struct Message {
    uid: u32,
    flags: BTreeSet<&'static str>,
    /// The client was told the UID.
    is_known: bool,
    /// And the flags.
    has_flags: bool,
}

/// What happens at the server, by places that are reckoned modulo the number of messages.
#[derive(Clone, Debug)]
enum Step {
    Append { count: u32, skip: u32 },
    Expunge(usize),
    Vanish { first: usize, count: usize },
    Store { place: usize, flags: u8, with_uid: bool },
    Fetch { first: usize, count: usize, backwards: bool, with_flags: bool },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..6u32, 0..4u32).prop_map(|(count, skip)| Step::Append { count, skip }),
        any::<usize>().prop_map(Step::Expunge),
        (any::<usize>(), 1..5usize).prop_map(|(first, count)| Step::Vanish { first, count }),
        (any::<usize>(), 0..16u8, any::<bool>()).prop_map(|(place, flags, with_uid)| Step::Store {
            place,
            flags,
            with_uid
        }),
        (any::<usize>(), 1..9usize, any::<bool>(), any::<bool>()).prop_map(
            |(first, count, backwards, with_flags)| Step::Fetch { first, count, backwards, with_flags }
        ),
    ]
}

fn names(flags: u8) -> BTreeSet<&'static str> {
    FLAGS.into_iter().enumerate().filter(|(bit, _)| flags >> bit & 1 != 0).map(|(_, name)| name).collect()
}

fn list(flags: &BTreeSet<&'static str>) -> String {
    flags.iter().copied().collect::<Vec<_>>().join(" ")
}

/// Makes a step, and says what the server says of it.
///
/// Flags that are told before the UID is are kept as long as nothing else is told: `pending` is whose they are.
fn happen(
    messages: &mut Vec<Message>,
    uid_next: &mut u32,
    pending: &mut Option<u32>,
    step: &Step,
) -> Vec<String> {
    let len = messages.len();
    let before = pending.take();
    match *step {
        Step::Append { count, skip } => {
            for _ in 0..count {
                let uid = *uid_next + skip;
                *uid_next = uid + 1;
                messages.push(Message { uid, flags: BTreeSet::new(), is_known: false, has_flags: false });
            }
            vec![format!("{} EXISTS", messages.len())]
        }
        _ if len == 0 => vec![],
        Step::Expunge(place) => {
            messages.remove(place % len);
            vec![format!("{} EXPUNGE", place % len + 1)]
        }
        Step::Vanish { first, count } => {
            let first = first % len;
            let gone: Vec<_> =
                messages.drain(first..len.min(first + count)).map(|message| message.uid).collect();
            let set = imap_proto::sequence::UidSet::from_ids(gone).unwrap();
            vec![format!("VANISHED {}", std::str::from_utf8(set.as_bytes()).unwrap())]
        }
        Step::Store { place, flags, with_uid } => {
            let number = place % len + 1;
            let message = &mut messages[number - 1];
            message.flags = names(flags);
            message.is_known |= with_uid;
            message.has_flags |= message.is_known;
            *pending = (!message.is_known).then_some(message.uid);
            let uid = if with_uid { format!("UID {} ", message.uid) } else { String::new() };
            vec![format!("{number} FETCH ({uid}FLAGS ({}))", list(&message.flags))]
        }
        Step::Fetch { first, count, backwards, with_flags } => {
            let first = first % len;
            let mut told: Vec<_> = (1..).zip(messages.iter_mut()).skip(first).take(count).collect();
            if backwards {
                told.reverse();
            }
            let mut before = before;
            let mut lines = Vec::new();
            for (number, message) in told {
                message.is_known = true;
                message.has_flags |= with_flags || before.take() == Some(message.uid);
                let flags =
                    if with_flags { format!(" FLAGS ({})", list(&message.flags)) } else { String::new() };
                lines.push(format!("{number} FETCH (UID {}{flags})", message.uid));
            }
            lines
        }
    }
}

fn agree(view: &MailboxView, messages: &[Message]) {
    assert_eq!(view.exists(), u32::try_from(messages.len()).ok());
    let all = (1..).zip(messages).filter(|(_, message)| message.is_known);
    let all: Vec<_> = all.map(|(number, message)| (message.uid, Some(number))).collect();
    assert_eq!(known(view), all);
    for (number, message) in (1..).zip(messages) {
        let by_number = view.by_number(number).map(|message| message.uid());
        assert_eq!(by_number, message.is_known.then_some(message.uid));
        let Some(by_uid) = view.by_uid(message.uid) else { continue };
        assert_eq!((by_uid.number(), by_uid.has_flags()), (Some(number), message.has_flags));
        if message.has_flags {
            assert!(flags(view, message.uid).iter().map(String::as_str).eq(sorted(&message.flags)));
        }
    }
}

fn sorted(flags: &BTreeSet<&'static str>) -> impl Iterator<Item = &'static str> {
    flags.iter().copied().collect::<BTreeSet<_>>().into_iter()
}

/// What changes say, played on a list of what was known.
fn play(seen: &mut BTreeSet<u32>, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Known { uid, .. } => assert!(seen.insert(*uid)),
            Change::Expunged { uid: Some(uid), .. } | Change::NotKept { uid } => {
                seen.remove(uid);
            }
            Change::Vanished { uids, .. } => {
                for uid in uids.iter() {
                    assert!(seen.remove(&uid));
                }
            }
            Change::Flags { uid: Some(uid), .. } => assert!(seen.contains(uid)),
            _ => {}
        }
    }
}

/// Lines that a server has no reason to write.
fn any_line() -> impl Strategy<Value = String> {
    let number = || prop_oneof![0..8u32, Just(u32::MAX), Just(u32::MAX - 1)];
    let uid = || prop_oneof![1..12u32, Just(u32::MAX)];
    prop_oneof![
        number().prop_map(|number| format!("{number} EXISTS")),
        number().prop_map(|number| format!("{number} EXPUNGE")),
        (number(), uid(), 0..16u8).prop_map(|(number, uid, flags)| {
            format!("{number} FETCH (UID {uid} FLAGS ({}) MODSEQ ({uid}))", list(&names(flags)))
        }),
        (number(), 0..16u8)
            .prop_map(|(number, flags)| format!("{number} FETCH (FLAGS ({}))", list(&names(flags)))),
        (uid(), 0..16u8).prop_map(|(uid, flags)| format!("{uid} UIDFETCH (FLAGS ({}))", list(&names(flags)))),
        (any::<bool>(), uid(), uid()).prop_map(|(earlier, first, last)| {
            format!("VANISHED {}{first}:{last}", if earlier { "(EARLIER) " } else { "" })
        }),
        (1..3u32).prop_map(|value| format!("OK [UIDVALIDITY {value}] x")),
        uid().prop_map(|uid| format!("OK [UIDNEXT {uid}] x")),
        uid().prop_map(|value| format!("OK [HIGHESTMODSEQ {value}] x")),
        (uid(), uid()).prop_map(|(one, other)| format!("SEARCH {one} {other}")),
        (uid(), uid()).prop_map(|(one, other)| format!("ESEARCH (TAG \"A\") UID ALL {one}:{other}")),
        Just("OK [NOMODSEQ] x".to_owned()),
        Just("OK [CLOSED] x".to_owned()),
    ]
}

/// What must hold whatever is said.
fn is_consistent(view: &MailboxView, bounds: Bounds, seen: &BTreeSet<u32>) {
    let all = known(view);
    assert!(all.len() <= bounds.messages && all.len() == view.known());
    assert!(all.iter().map(|&(uid, _)| uid).eq(seen.iter().copied()), "{all:?} {seen:?}");
    let numbers: Vec<_> = all.iter().filter_map(|&(_, number)| number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
    assert!(numbers.last().is_none_or(|&last| Some(last) <= view.exists()), "{all:?} {:?}", view.exists());
    for (uid, number) in all {
        let message = view.by_uid(uid).unwrap();
        assert_eq!((message.uid(), message.number()), (uid, number));
        if let Some(number) = number {
            assert_eq!(view.by_number(number).unwrap().uid(), uid);
        }
    }
}

proptest! {
    #[test]
    fn a_view_believes_what_is_so(steps in prop::collection::vec(any_step(), 1..60), exists in 0..9u32) {
        let (mut messages, mut uid_next, mut pending) = (Vec::new(), 1, None);
        happen(&mut messages, &mut uid_next, &mut pending, &Step::Append { count: exists, skip: 1 });
        let select = [format!("{exists} EXISTS"), format!("OK [UIDNEXT {uid_next}] x"), "OK [UIDVALIDITY 7] x".into()];
        let mut view = selected(Bounds::default(), select.iter().map(String::as_str));
        let mut seen = BTreeSet::new();
        for step in &steps {
            let lines = happen(&mut messages, &mut uid_next, &mut pending, step);
            let changes = feed(&mut view, lines.iter().map(String::as_str));
            prop_assert_eq!(contradictions(&changes), [], "{:?}", lines);
            play(&mut seen, &changes);
            agree(&view, &messages);
        }
    }

    #[test]
    fn nothing_that_is_said_confuses_a_view(
        lines in prop::collection::vec((any_line(), 0..12u8), 1..60),
        restored in prop::collection::btree_set(1..12u32, 0..6),
        most in 0..7usize,
    ) {
        let mut bounds = Bounds::default();
        bounds.messages = most;
        let uids: Vec<_> = restored.iter().copied().collect();
        let mut view = MailboxView::restore(checkpoint(12, 5), saved(&uids), bounds);
        let mut seen: BTreeSet<_> = view.messages().map(|message| message.uid()).collect();
        view.select(qresync());
        for (line, call) in &lines {
            let mut changes = feed(&mut view, [line.as_str()]);
            // Calls in any order.
            changes.extend(match call {
                0 => view.done(&completion("OK [HIGHESTMODSEQ 3] x")),
                1 | 2 => view.step_done(&completion("OK x")),
                3 => view.step_done(&completion("NO x")),
                4 | 5 => view.select_done(&completion("OK x")),
                6 => {
                    view.select(condstore());
                    vec![]
                }
                7 | 8 => {
                    view.next_step();
                    vec![]
                }
                _ => vec![],
            });
            let mut forgotten = changes.split(|change| matches!(change, Change::Forgotten { .. }));
            let first = forgotten.next().unwrap();
            play(&mut seen, first);
            for part in forgotten {
                seen.clear();
                play(&mut seen, part);
            }
            is_consistent(&view, bounds, &seen);
        }
    }
}
