//! Whatever a server can, whatever happens meanwhile, and wherever it is cut off: in the end the client knows what is so.

use std::collections::{BTreeMap, BTreeSet};

use imap_proto::command::UidCommand;
use imap_proto::fetch::FetchModifier;
use imap_proto::search::SearchKey;
use imap_proto::select::SelectParameter;
use imap_proto::sequence::{Ranges, UidSet};
use proptest::prelude::*;

use super::super::*;

/// A mailbox, and how it is told of.
#[derive(Clone, Debug)]
struct Server {
    abilities: Abilities,
    /// UIDNEXT is told.
    has_uid_next: bool,
    uid_validity: u32,
    uid_next: u32,
    mod_seq: u64,
    /// Flags and mod-sequences.
    messages: BTreeMap<u32, (BTreeSet<&'static str>, u64)>,
    /// When each was expunged.
    expunged: BTreeMap<u32, u64>,
    /// What the session has been told of, by number.
    told: Vec<u32>,
    /// Messages whose flags the session has to be told.
    changed: BTreeSet<u32>,
}

#[derive(Clone, Debug)]
enum Event {
    Append(u32),
    Expunge(usize),
    Flags(usize, bool),
    /// The mailbox is deleted and made anew.
    Recreate,
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1..4u32).prop_map(Event::Append),
        6 => any::<usize>().prop_map(Event::Expunge),
        6 => (any::<usize>(), any::<bool>()).prop_map(|(place, on)| Event::Flags(place, on)),
        1 => Just(Event::Recreate),
    ]
}

impl Server {
    fn happen(&mut self, event: &Event, may_recreate: bool) {
        self.mod_seq += 1;
        let at = |place: usize| self.messages.keys().nth(place % self.messages.len().max(1)).copied();
        match *event {
            Event::Append(count) => {
                for _ in 0..count {
                    self.messages.insert(self.uid_next, (BTreeSet::new(), self.mod_seq));
                    self.uid_next += 1 + count % 2;
                }
            }
            Event::Expunge(place) => {
                if let Some(uid) = at(place) {
                    self.messages.remove(&uid);
                    self.expunged.insert(uid, self.mod_seq);
                }
            }
            Event::Flags(place, on) => {
                if let Some(uid) = at(place) {
                    let (flags, mod_seq) = self.messages.get_mut(&uid).unwrap();
                    let flag = if place % 3 == 0 { "work" } else { "\\Seen" };
                    if on {
                        flags.insert(flag)
                    } else {
                        flags.remove(flag)
                    };
                    *mod_seq = self.mod_seq;
                    self.changed.insert(uid);
                }
            }
            Event::Recreate if may_recreate => {
                self.uid_validity += 1;
                self.uid_next = 1 + self.mod_seq as u32 % 4;
                (self.messages, self.expunged, self.told) = Default::default();
                self.changed.clear();
            }
            Event::Recreate => {}
        }
    }

    fn describe(&self, uid: u32) -> String {
        let (flags, mod_seq) = &self.messages[&uid];
        let flags = flags.iter().copied().collect::<Vec<_>>().join(" ");
        let mod_seq = if self.abilities.condstore { format!(" MODSEQ ({mod_seq})") } else { String::new() };
        if self.abilities.uid_only {
            return format!("{uid} UIDFETCH (FLAGS ({flags}){mod_seq})");
        }
        let number = self.told.iter().position(|&told| told == uid).unwrap() + 1;
        format!("{number} FETCH (UID {uid} FLAGS ({flags}){mod_seq})")
    }

    fn select(&mut self, parameters: &[SelectParameter<'_>]) -> Vec<String> {
        self.told = self.messages.keys().copied().collect();
        self.changed.clear();
        let mut lines =
            vec![format!("{} EXISTS", self.told.len()), format!("OK [UIDVALIDITY {}] x", self.uid_validity)];
        if self.has_uid_next {
            lines.push(format!("OK [UIDNEXT {}] x", self.uid_next));
        }
        if self.abilities.condstore {
            lines.push(format!("OK [HIGHESTMODSEQ {}] x", self.mod_seq));
        }
        for parameter in parameters {
            if let SelectParameter::QResync(known) = parameter
                && known.uid_validity == u64::from(self.uid_validity)
            {
                let set = known.known_uids.as_ref().map(UidSet::normalize);
                // Up to the last message that has the number that it had, the client knows what is gone.
                let pairs = known.seq_match.iter().flat_map(|pairs| {
                    imap_proto::sequence::pairs(&pairs.sequence_set, &pairs.uid_set, usize::MAX).unwrap()
                });
                let is_same = |&(number, uid): &(u32, u32)| self.told.get(number as usize - 1) == Some(&uid);
                let same = pairs.filter(is_same).map(|(_, uid)| uid).max().unwrap_or(0);
                lines.extend(self.since(known.mod_sequence, set.as_ref(), Some(same)));
            }
        }
        lines
    }

    /// What has changed since then, and what above a UID is gone.
    fn since(&self, mod_seq: u64, set: Option<&Ranges>, vanished: Option<u32>) -> Vec<String> {
        let is_in = |uid: u32| set.is_none_or(|set| set.contains(uid));
        let mut lines = Vec::new();
        let is_gone =
            |uid: u32, when| when > mod_seq && is_in(uid) && vanished.is_some_and(|same| uid > same);
        let gone = self.expunged.iter().filter(|&(&uid, &when)| is_gone(uid, when)).map(|(&uid, _)| uid);
        if let Ok(gone) = UidSet::from_ids(gone) {
            lines.push(format!("VANISHED (EARLIER) {}", std::str::from_utf8(gone.as_bytes()).unwrap()));
        }
        let changed = self.messages.iter().filter(|&(&uid, &(_, when))| when > mod_seq && is_in(uid));
        let is_told = |uid: &u32| self.told.contains(uid);
        lines.extend(changed.map(|(&uid, _)| uid).filter(is_told).map(|uid| self.describe(uid)));
        lines
    }

    fn answer(&mut self, command: &UidCommand<'_>) -> Vec<String> {
        let star = self.told.last().copied();
        match command {
            UidCommand::Fetch(fetch) => {
                let set = fetch.set.normalize(star);
                let since = fetch.modifiers.iter().find_map(|modifier| match modifier {
                    FetchModifier::ChangedSince(mod_seq) => Some(mod_seq),
                    _ => None,
                });
                self.since(since.unwrap_or(0), Some(&set), None)
            }
            UidCommand::Search(search) => {
                let SearchKey::Uid(set) =
                    search.keys.into_iter().find(|key| matches!(key, SearchKey::Uid(_))).unwrap()
                else {
                    panic!("{search:?}")
                };
                let set = set.normalize(star);
                let found: Vec<u32> = self
                    .told
                    .iter()
                    .copied()
                    .filter(|uid| self.messages.contains_key(uid) && set.contains(*uid))
                    .collect();
                vec![match (&search.return_options, UidSet::from_ids(found.iter().copied())) {
                    (None, _) => {
                        let ids: Vec<_> = found.iter().map(u32::to_string).collect();
                        format!("SEARCH {}", ids.join(" ")).trim_end().to_owned()
                    }
                    (Some(_), Ok(all)) => {
                        format!(
                            "ESEARCH (TAG \"A\") UID ALL {}",
                            std::str::from_utf8(all.as_bytes()).unwrap()
                        )
                    }
                    (Some(_), Err(_)) => "ESEARCH (TAG \"A\") UID".to_owned(),
                }]
            }
            other => panic!("{other:?}"),
        }
    }

    /// What a server tells behind a command: what others have done.
    fn tell(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let gone: Vec<u32> =
            self.told.iter().copied().filter(|uid| !self.messages.contains_key(uid)).collect();
        for &uid in &gone {
            let place = self.told.iter().position(|&told| told == uid).unwrap();
            self.told.remove(place);
            if !self.abilities.qresync && !self.abilities.uid_only {
                lines.push(format!("{} EXPUNGE", place + 1));
            }
        }
        if let (true, Ok(gone)) = (self.abilities.qresync || self.abilities.uid_only, UidSet::from_ids(gone))
        {
            lines.push(format!("VANISHED {}", std::str::from_utf8(gone.as_bytes()).unwrap()));
        }
        let new: Vec<u32> = self.messages.keys().copied().filter(|uid| !self.told.contains(uid)).collect();
        if !new.is_empty() {
            self.told.extend(new);
            lines.push(format!("{} EXISTS", self.told.len()));
        }
        for uid in std::mem::take(&mut self.changed) {
            if self.messages.contains_key(&uid) {
                lines.push(self.describe(uid));
            }
        }
        lines
    }
}

/// What a client has on its disk.
type Disk = (Checkpoint, BTreeMap<u32, Saved<'static>>);

/// Writes down what is known, the messages first: `cut` is between the two.
fn save(view: &MailboxView, disk: &mut Option<Disk>, cut: bool) {
    let messages = view.messages().map(|message| (message.uid(), Saved::from(message))).collect();
    match (view.checkpoint(), disk.as_mut()) {
        (Some(checkpoint), Some(disk)) if cut && disk.0.uid_validity == checkpoint.uid_validity => {
            disk.1 = messages
        }
        (Some(checkpoint), _) => *disk = Some((checkpoint, messages)),
        (None, _) => *disk = None,
    }
}

fn feed_all(view: &mut MailboxView, lines: &[String]) {
    let changes = feed(view, lines.iter().map(String::as_str));
    assert_eq!(contradictions(&changes), [], "{lines:?}");
}

/// One session: it is cut off before its step number `cut`, and saves now and then.
fn session(
    server: &mut Server,
    disk: &mut Option<Disk>,
    events: &mut impl Iterator<Item = Event>,
    cut: usize,
) {
    let mut view = match disk {
        Some((checkpoint, messages)) => {
            MailboxView::restore(*checkpoint, messages.values().cloned(), Bounds::default())
        }
        None => MailboxView::new(Bounds::default()),
    };
    let (mut left, in_between) = (cut, cut & 1 == 0);
    let parameters = view.select(server.abilities);
    let parameters: Vec<_> = parameters.iter().collect();
    let lines = server.select(&parameters);
    for line in &lines {
        if left == 0 {
            return save(&view, disk, in_between);
        }
        left -= 1;
        feed_all(&mut view, std::slice::from_ref(line));
    }
    let changes = view.select_done(&completion("OK [READ-WRITE] x"));
    assert_eq!(contradictions(&changes), []);
    while let Some(command) = view.next_step() {
        // Something happens before the server looks, and something behind.
        let _ = events.next().map(|event| server.happen(&event, false));
        let mut lines = server.answer(&command);
        let _ = events.next().map(|event| server.happen(&event, false));
        lines.extend(server.tell());
        for line in &lines {
            if left == 0 {
                return save(&view, disk, in_between);
            }
            left -= 1;
            feed_all(&mut view, std::slice::from_ref(line));
        }
        assert_eq!(contradictions(&view.step_done(&completion("OK x"))), []);
    }
    assert!(view.is_synchronized(), "{:?}", view.method());
    save(&view, disk, in_between);
    // Other commands, and what they are told; new messages are fetched, or not.
    for (turn, event) in events.take(4).enumerate() {
        server.happen(&event, false);
        let lines = server.tell();
        for line in &lines {
            if left == 0 {
                return save(&view, disk, in_between);
            }
            left -= 1;
            feed_all(&mut view, std::slice::from_ref(line));
        }
        view.done(&completion("OK x"));
        if turn % 2 == 0
            && let Some(&uid) = server.told.last()
        {
            feed_all(&mut view, &[server.describe(uid)]);
            view.done(&completion("OK x"));
        }
        save(&view, disk, in_between);
    }
}

fn any_abilities() -> impl Strategy<Value = Abilities> {
    prop::sample::select(vec![
        (false, false, false, false),
        (false, false, true, false),
        (false, true, false, false),
        (false, true, true, false),
        (true, true, true, false),
        (true, true, false, false),
        (true, true, true, true),
        (false, false, true, true),
    ])
    .prop_map(|(qresync, condstore, esearch, uid_only)| {
        let mut abilities = Abilities::default();
        (abilities.qresync, abilities.condstore, abilities.esearch, abilities.uid_only) =
            (qresync, condstore, esearch, uid_only);
        abilities
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn in_the_end_the_client_knows_what_is_so(
        abilities in any_abilities(),
        has_uid_next: bool,
        sessions in prop::collection::vec((prop::collection::vec(any_event(), 0..20), 0..40usize), 1..6),
    ) {
        let mut server = Server {
            abilities,
            has_uid_next,
            uid_validity: 7,
            uid_next: 1,
            mod_seq: 10,
            messages: BTreeMap::new(),
            expunged: BTreeMap::new(),
            told: Vec::new(),
            changed: BTreeSet::new(),
        };
        let mut disk = None;
        for (events, cut) in sessions {
            let between = events.len() / 2;
            for event in &events[..between] {
                server.happen(event, true);
            }
            session(&mut server, &mut disk, &mut events[between..].iter().cloned(), cut);
        }
        // One that is not cut off, while nothing happens.
        session(&mut server, &mut disk, &mut std::iter::empty(), usize::MAX);
        let (checkpoint, messages) = disk.unwrap();
        prop_assert_eq!(checkpoint.uid_validity, u64::from(server.uid_validity));
        prop_assert!(messages.keys().eq(server.messages.keys()), "{:?} {:?}", messages.keys(), server.messages.keys());
        for (uid, saved) in messages {
            let all = saved.flags.unwrap();
            let all: BTreeSet<_> = all.iter().map(|flag| std::str::from_utf8(flag.as_bytes()).unwrap().to_owned()).collect();
            prop_assert!(all.iter().map(String::as_str).eq(server.messages[&uid].0.iter().copied()), "{uid} {all:?}");
        }
    }
}
