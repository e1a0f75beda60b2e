//! What the server's user does for each command.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use bytes::Bytes;

use super::Pair;
use super::host::{list, normal, quoted, response};
use super::model::{FlagSet, NAMES, View, set_of};
use crate::command::{Command, UidCommand};
use crate::copy::CopyTo;
use crate::error::{ApiMisuse, Error};
use crate::fetch::{Fetch, FetchItem};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::sequence::SequenceSet;
use crate::registry::{Capability, FetchAttribute, NumberedData};
use crate::response::Response;
use crate::search::{Search, SearchKey};
use crate::session::Token;
use crate::store::{Store, StoreAttribute};

impl Pair {
    pub(super) fn serve(&mut self, token: Token, number: usize, command: Command<'static>, way: u8) {
        let owner = Some(number);
        if way % 8 == 1 && command != Command::Logout {
            if matches!(command, Command::Select(_) | Command::Examine(_)) {
                self.deselect(number);
            }
            return self.finish(token, number, "NO not today");
        }
        match command {
            Command::Capability => self.emit(owner, &self.capabilities()).unwrap(),
            Command::Noop => self.tell(None),
            Command::Login(_) => return self.finish_login(token, number, way),
            Command::Enable(asked) => {
                let known = ["IMAP4rev2", "UTF8=ACCEPT", "UIDONLY", "QRESYNC", "CONDSTORE"];
                let names = asked.iter().map(|one: Capability<'_>| one.keyword().to_string());
                let enabled: Vec<_> = names.filter(|name| known.contains(&&**name)).collect();
                self.emit(owner, format!("ENABLED {}", enabled.join(" ")).trim_end()).unwrap();
            }
            Command::Select(select) | Command::Examine(select) => {
                return self.select(token, number, &select.mailbox);
            }
            Command::Close | Command::Unselect => {
                let selected = self.selected.take().unwrap();
                if command == Command::Close && !self.is_examined {
                    let folder = self.store.get_mut(selected).unwrap();
                    folder.messages.retain(|message| !message.flags.contains("\\Deleted"));
                }
                self.seen = View::default();
            }
            Command::Expunge => self.expunge(None),
            Command::Uid(UidCommand::Expunge(set)) => self.expunge(Some(&set)),
            Command::Fetch(fetch) => self.fetch(number, false, &fetch, way),
            Command::Uid(UidCommand::Fetch(fetch)) => self.fetch(number, true, &fetch, way),
            Command::Store(store) => self.change(number, false, &store),
            Command::Uid(UidCommand::Store(store)) => self.change(number, true, &store),
            Command::Copy(copy) => return self.copy(token, number, (false, false), &copy),
            Command::Move(copy) => return self.copy(token, number, (false, true), &copy),
            Command::Uid(UidCommand::Copy(copy)) => return self.copy(token, number, (true, false), &copy),
            Command::Uid(UidCommand::Move(copy)) => return self.copy(token, number, (true, true), &copy),
            Command::Search(search) => self.search(number, false, &search),
            Command::Uid(UidCommand::Search(search)) => self.search(number, true, &search),
            Command::List(_) => {
                for name in NAMES {
                    let name = quoted(name, self.host_utf8());
                    self.emit(owner, &format!("LIST () \"/\" {name}")).unwrap();
                }
            }
            Command::Status(asked) => {
                let name = asked.mailbox.to_name(self.host_utf8()).unwrap().to_string();
                let Some(folder) = self.store.get(&*name) else {
                    return self.finish(token, number, "NO none");
                };
                let (messages, next) = (folder.messages.len(), folder.uid_next);
                let name = quoted(&name, self.host_utf8());
                self.emit(owner, &format!("STATUS {name} (MESSAGES {messages} UIDNEXT {next})")).unwrap();
            }
            Command::Unauthenticate => {
                (self.selected, self.seen) = (None, View::default());
                return self.finish_login(token, number, 0);
            }
            Command::Logout => {}
            other => panic!("{other:?}"),
        }
        self.tell(None);
        self.finish(token, number, "OK done");
    }

    fn deselect(&mut self, number: usize) {
        if self.selected.take().is_some() {
            self.emit(Some(number), "OK [CLOSED] closed").unwrap();
        }
        self.seen = View::default();
    }

    fn select(&mut self, token: Token, number: usize, mailbox: &Mailbox<'_>) {
        self.deselect(number);
        let name = mailbox.to_name(self.host_utf8()).unwrap().to_string();
        let Some(name) = NAMES.iter().find(|one| **one == name) else {
            return self.finish(token, number, "NO none");
        };
        self.selected = Some(name);
        self.is_examined = matches!(self.said[number - 1].command, Some(Command::Examine(_)));
        let owner = Some(number);
        self.emit(owner, "FLAGS (\\Seen \\Deleted \\Flagged)").unwrap();
        self.emit(owner, "OK [UIDVALIDITY 1] valid").unwrap();
        self.emit(owner, &format!("OK [UIDNEXT {}] next", self.store[name].uid_next)).unwrap();
        self.emit(owner, "0 EXISTS").unwrap();
        self.tell(owner);
        self.finish(token, number, if self.is_examined { "OK [READ-ONLY] in" } else { "OK [READ-WRITE] in" });
    }

    /// Tells what is new in the selected mailbox, as far as that may be told now.
    pub(super) fn tell(&mut self, owner: Option<usize>) {
        let Some(selected) = self.selected else { return };
        let enabled = self.server.one.machine.enabled();
        let uids: Vec<u32> = self.seen.messages.iter().map(|known| known.uid).collect();
        for (place, uid) in uids.into_iter().enumerate().rev() {
            if self.store[selected].get(uid).is_some() {
                continue;
            }
            let text = match enabled.qresync || enabled.uidonly {
                true => format!("VANISHED {uid}"),
                false => format!("{} EXPUNGE", place + 1),
            };
            match self.emit(owner, &text) {
                Ok(()) => drop(self.seen.messages.remove(place)),
                Err(Error::ApiMisuse(ApiMisuse::State(_))) => {}
                Err(error) => panic!("{error}"),
            }
        }
        let is_new = |uid: u32| self.seen.place(uid).is_none();
        let new: Vec<_> =
            self.store[selected].messages.iter().filter(|one| is_new(one.uid)).cloned().collect();
        if !new.is_empty() {
            let count = self.seen.messages.len() + new.len();
            self.emit(owner, &format!("{count} EXISTS")).unwrap();
            self.seen.exists(count as u32);
            let places = count - new.len()..;
            for (place, message) in places.zip(new) {
                self.seen.messages[place].uid = message.uid;
                self.tell_flags(owner, message.uid);
            }
        }
        for known in self.seen.messages.clone() {
            let message = self.store[selected].get(known.uid);
            if message.is_some_and(|message| message.flags != known.flags) {
                self.tell_flags(owner, known.uid);
            }
        }
    }

    fn tell_flags(&mut self, owner: Option<usize>, uid: u32) {
        let place = self.seen.place(uid).unwrap();
        let Some(message) = self.store[self.selected.unwrap()].get(uid) else { return };
        let (flags, mod_seq) = (message.flags.clone(), message.mod_seq);
        let enabled = self.server.one.machine.enabled();
        let mod_seq = if enabled.condstore { format!(" MODSEQ ({mod_seq})") } else { String::new() };
        let front = match enabled.uidonly {
            true => format!("{uid} UIDFETCH"),
            false => format!("{} FETCH", place + 1),
        };
        self.emit(owner, &format!("{front} (UID {uid} FLAGS ({}){mod_seq})", list(&flags))).unwrap();
        self.seen.messages[place].flags = flags;
    }

    /// The messages that the client means, and has said that it means.
    fn meant(&self, number: usize, is_uid: bool, set: &SequenceSet<'_>) -> Vec<u32> {
        let places = self.seen.messages.iter().enumerate();
        let meant = places
            .filter(|(place, known)| set.contains(if is_uid { known.uid } else { *place as u32 + 1 }, None));
        let meant: Vec<u32> = meant.map(|(_, known)| known.uid).collect();
        if !is_uid {
            assert_eq!(meant, self.said[number - 1].uids, "a number means the same to both sides");
        }
        let folder = &self.store[self.selected.unwrap()];
        meant.into_iter().filter(|uid| folder.get(*uid).is_some()).collect()
    }

    fn expunge(&mut self, set: Option<&SequenceSet<'_>>) {
        if self.is_examined {
            return;
        }
        let folder = self.store.get_mut(self.selected.unwrap()).unwrap();
        folder.messages.retain(|message| {
            !message.flags.contains("\\Deleted") || set.is_some_and(|set| !set.contains(message.uid, None))
        });
    }

    fn fetch(&mut self, number: usize, is_uid: bool, fetch: &Fetch<'_>, way: u8) {
        for uid in self.meant(number, is_uid, &fetch.set) {
            let place = self.seen.place(uid).unwrap();
            let message = self.store[self.selected.unwrap()].get(uid).unwrap().clone();
            let (mut items, mut bodies) = (vec![format!("UID {uid}")], Vec::new());
            for attribute in fetch.attributes.iter() {
                match attribute {
                    FetchAttribute::Flags => {
                        self.seen.messages[place].flags = message.flags.clone();
                        items.push(format!("FLAGS ({})", list(&message.flags)));
                    }
                    FetchAttribute::Rfc822Size => {
                        items.push(format!("RFC822.SIZE {}", message.content.len()))
                    }
                    FetchAttribute::BodyPeek(_) => bodies.push(("BODY[]", "", message.content.clone())),
                    FetchAttribute::BinaryPeek(_) => {
                        bodies.push(("BINARY[1]", "~", [&message.content[..], b"\0\r\n"].concat()));
                    }
                    _ => {}
                }
            }
            let is_uidonly = self.server.one.machine.enabled().uidonly;
            let (id, name) = if is_uidonly { (uid, "UIDFETCH") } else { (place as u32 + 1, "FETCH") };
            let mut wire = format!("* {id} {name} ({}", items.join(" ")).into_bytes();
            for (name, tilde, content) in &bodies {
                wire.extend_from_slice(format!(" {name} {tilde}{{{}}}\r\n", content.len()).as_bytes());
                wire.extend_from_slice(content);
            }
            wire.extend_from_slice(b")\r\n");
            let whole = response(&wire);
            let streamed: Vec<_> = bodies.into_iter().map(|(name, _, content)| (name, content)).collect();
            match way % 2 {
                0 => {
                    let all = items_of(&whole);
                    self.server.both(|server| server.fetch(id, &all)).unwrap();
                }
                _ if streamed.is_empty() => self.server.both(|server| server.send(&whole)).unwrap(),
                _ => self.stream(id, &items.join(" "), &streamed, way),
            }
            self.emitted.push_back((Some(number), normal(&whole)));
        }
    }

    /// A message of which the contents are given in pieces.
    fn stream(&mut self, id: u32, items: &str, bodies: &[(&str, Vec<u8>)], way: u8) {
        let front = items_of(&response(format!("* 1 FETCH ({items})\r\n").as_bytes()));
        for (place, (name, content)) in bodies.iter().enumerate() {
            let contents = items_of(&response(format!("* 1 FETCH ({name} NIL)\r\n").as_bytes()));
            let size = content.len() as u64;
            self.server
                .both(|server| match place {
                    0 => server.fetch_head(id, &front, &contents[0], size),
                    _ => server.fetch_next(&[], &contents[0], size),
                })
                .unwrap();
            for piece in content.chunks(usize::from(way).max(1)) {
                let piece = Bytes::from(piece.to_vec());
                self.server.both(|server| server.write(piece.clone())).unwrap();
            }
        }
        self.server.both(|server| server.fetch_end(&[])).unwrap();
    }

    fn change(&mut self, number: usize, is_uid: bool, store: &Store<'_>) {
        let StoreAttribute::Flags(change) = &store.attribute else { panic!() };
        let flags = set_of(&change.flags);
        for uid in self.meant(number, is_uid, &store.set) {
            if self.is_examined {
                continue;
            }
            let folder = self.store.get_mut(self.selected.unwrap()).unwrap();
            let before = folder.get(uid).unwrap().flags.clone();
            folder.change(uid, change.operation, &flags);
            let place = self.seen.place(uid).unwrap();
            // Who knows what they were knows what they are.
            if change.silent && self.seen.messages[place].flags == before {
                self.seen.messages[place].flags = folder.get(uid).unwrap().flags.clone();
                self.changed.push((number, uid));
            } else {
                self.tell_flags(Some(number), uid);
            }
        }
    }

    fn copy(&mut self, token: Token, number: usize, (is_uid, moves): (bool, bool), copy: &CopyTo<'_>) {
        let name = copy.mailbox.to_name(self.host_utf8()).unwrap().to_string();
        let Some(name) = NAMES.iter().find(|one| **one == name) else {
            return self.finish(token, number, "NO [TRYCREATE] none");
        };
        let (mut from, mut to) = (Vec::new(), Vec::new());
        for uid in self.meant(number, is_uid, &copy.set) {
            let message = self.store[self.selected.unwrap()].get(uid).unwrap().clone();
            to.push(self.store.get_mut(name).unwrap().add(message.flags, message.content).to_string());
            if moves {
                self.store.get_mut(self.selected.unwrap()).unwrap().remove(uid);
            }
            from.push(uid.to_string());
        }
        if from.is_empty() {
            self.tell(None);
            return self.finish(token, number, "OK nothing");
        }
        let code = format!("OK [COPYUID 1 {} {}] done", from.join(","), to.join(","));
        if moves {
            self.emit(Some(number), &code).unwrap();
            self.tell(None);
            return self.finish(token, number, "OK moved");
        }
        self.tell(None);
        self.finish(token, number, &code);
    }

    fn search(&mut self, number: usize, is_uid: bool, search: &Search<'_>) {
        let wants = |flags: &FlagSet| {
            search.keys.iter().all(|key| match key {
                SearchKey::All => true,
                SearchKey::Seen => flags.contains("\\Seen"),
                SearchKey::Unseen => !flags.contains("\\Seen"),
                other => panic!("{other:?}"),
            })
        };
        let folder = &self.store[self.selected.unwrap()];
        let found = self
            .seen
            .messages
            .iter()
            .enumerate()
            .filter(|(_, known)| folder.get(known.uid).is_some_and(|message| wants(&message.flags)));
        let ids = found.map(|(place, known)| if is_uid { known.uid } else { place as u32 + 1 });
        let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
        let is_extended = search.return_options.is_some() || self.server.one.machine.enabled().rev2;
        let text = match (is_extended, ids.is_empty()) {
            (false, _) => format!("SEARCH {}", ids.join(" ")).trim_end().to_string(),
            (true, is_none) => {
                let uid = if is_uid { " UID" } else { "" };
                let all = if is_none { String::new() } else { format!(" ALL {}", ids.join(",")) };
                format!("ESEARCH (TAG \"PAIR{number}\"){uid}{all}")
            }
        };
        self.emit(Some(number), &text).unwrap();
    }
}

fn items_of(response: &Response<'static>) -> Vec<FetchItem<'static>> {
    let Response::Numbered(numbered) = response else { panic!("{response:?}") };
    match &numbered.data {
        NumberedData::Fetch(items) | NumberedData::UidFetch(items) => {
            items.iter().map(FetchItem::into_owned).collect()
        }
        _ => panic!("{response:?}"),
    }
}
