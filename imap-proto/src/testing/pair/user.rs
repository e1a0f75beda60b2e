//! The client's user: says things at random, and believes what it is told.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use bytes::Bytes;

use super::host::{normal, quoted, response};
use super::model::{FlagSet, NAMES, View, apply, set_of};
use super::{Pair, Said};
use crate::append::{AppendOptions, MessageHead};
use crate::auth::{Login, Mechanism, Plain, Secret};
use crate::client::{Event, Streamed};
use crate::command::{Command, TaggedCommand};
use crate::error::Error;
use crate::fetch::{BinarySection, BodySection, FetchItem};
use crate::grammar::mailbox::Mailbox;
use crate::registry::{Code, Data, NumberedData};
use crate::response::{Response, StatusKind};
use crate::session::Token;
use crate::store::StoreOperation;
use crate::testing::{encoded, encoded_bytes};
use crate::{Dialect, NString, NString8};

fn command(text: &[u8]) -> Command<'static> {
    let wire = [b"x ", text, b"\r\n"].concat();
    let (rest, read) = TaggedCommand::parse(&wire, Dialect::STRICT.with_utf8(true)).unwrap();
    assert!(rest.is_empty());
    read.command.into_owned()
}

impl Pair {
    fn utf8(&self) -> bool {
        let dialect = self.client.one.machine.dialect();
        dialect.utf8 || dialect.rev2
    }

    fn name(&self, which: u8) -> String {
        match which % 8 {
            7 => "missing".into(),
            which => quoted(NAMES[usize::from(which) % 3], self.utf8()),
        }
    }

    /// The user does something; what cannot be said now is not said.
    pub(super) fn act(&mut self, what: u8, a: u8, b: u8) {
        let by_uid = b > 127 || self.setup.uidonly;
        let uid = if by_uid { "UID " } else { "" };
        let name = self.name(a);
        match what % 32 {
            0 => self.say(b"CAPABILITY"),
            1 => self.say(b"LOGIN user {6}\r\np\"\\ss\r"),
            2 => self
                .authenticate(|client| client.authenticate(Plain::new("", "user", "pass").unwrap().into())),
            3 => self.authenticate(|client| client.authenticate(Login::new("user", "pass").unwrap().into())),
            4 => {
                let first = (a > 100).then(|| Secret::new("first"));
                self.authenticate(|client| client.authenticate_with(Mechanism::SCRAM_SHA_256, first.clone()));
            }
            5 => self.answer_challenge(a),
            6 => self.say(format!("ENABLE {}", self.setup.enables()).as_bytes()),
            7 => self.say(b"STARTTLS"),
            8 => self.say(b"COMPRESS DEFLATE"),
            9..12 => self.say(format!("SELECT {name}").as_bytes()),
            12 => self.say(format!("EXAMINE {name}").as_bytes()),
            13 => self.say([&b"CLOSE"[..], b"UNSELECT"][usize::from(a) % 2]),
            14 => self.append_whole(&name, a, b),
            15 => self.append_head(a, b),
            16 | 17 => self.write(a),
            18 | 19 => {
                let items = [
                    "FLAGS",
                    "(FLAGS RFC822.SIZE)",
                    "(BODY.PEEK[] FLAGS)",
                    "(BINARY.PEEK[1] BODY.PEEK[])",
                    "(FLAGS BINARY.PEEK[1])",
                ];
                self.say_of(by_uid, a, b, |set| format!("{uid}FETCH {set} {}", items[usize::from(b) % 5]));
            }
            20 | 21 => {
                let (sign, silent) =
                    (["+", "-", ""][usize::from(b) % 3], ["", ".SILENT"][usize::from(a) % 2]);
                let flags = ["\\Seen", "\\Deleted", "\\Seen \\Deleted"][usize::from(a) % 3];
                self.say_of(by_uid, a, b, |set| format!("{uid}STORE {set} {sign}FLAGS{silent} ({flags})"));
            }
            22 => self.say_of(by_uid, a, b, |set| format!("{uid}COPY {set} {name}")),
            23 => self.say_of(by_uid, a, b, |set| format!("{uid}MOVE {set} {name}")),
            24 if b > 127 => self.say_of(true, a, b, |set| format!("UID EXPUNGE {set}")),
            24 => self.say(b"EXPUNGE"),
            25 => {
                let options = ["", "RETURN (ALL) "][usize::from(a) % 2];
                let key = ["ALL", "SEEN", "UNSEEN"][usize::from(a) % 3];
                self.say(format!("{uid}SEARCH {options}{key}").as_bytes());
            }
            26 => self.say(b"IDLE"),
            27 => {
                let _ = self.client.both(|client| client.done());
            }
            28 => self.say(b"NOOP"),
            29 => self.say([&b"LIST \"\" *"[..], b"NOOP"][usize::from(a) % 2]),
            30 => self.say(format!("STATUS {name} (MESSAGES UIDNEXT)").as_bytes()),
            _ if a > 200 && b > 200 => self.say(b"UNAUTHENTICATE"),
            _ => self.say(b"NOOP"),
        }
    }

    pub(super) fn say(&mut self, text: &[u8]) {
        let command = command(text);
        let token = self.client.both(|client| client.send(&command));
        self.noted(token, Said { command: Some(command), ..Said::default() });
    }

    fn authenticate(&mut self, call: impl Fn(&mut crate::Client) -> Result<Token, Error>) {
        let token = self.client.both(call);
        self.noted(token, Said::default());
    }

    /// What was said, if it was.
    fn noted(&mut self, token: Result<Token, Error>, said: Said) {
        match token {
            Ok(token) => {
                assert_eq!(
                    format!("{token:?}"),
                    format!("Token({})", self.said.len() + 1),
                    "it counts as tags do"
                );
                self.said.push(Said { token: Some(token), ..said });
            }
            Err(Error::NotSent(_) | Error::ApiMisuse(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// A command for some of the messages that are known.
    fn say_of(&mut self, by_uid: bool, a: u8, b: u8, text: impl Fn(&str) -> String) {
        let len = self.view.messages.len();
        if len == 0 {
            return;
        }
        let (from, to) = (usize::from(a) % len, usize::from(b) % len);
        let (from, to) = (from.min(to), from.max(to));
        let uid = |place: usize| self.view.messages[place].uid;
        let set = match by_uid {
            true => format!("{}:{}", uid(to), uid(from)),
            false => format!("{}:{}", from + 1, to + 1),
        };
        let uids: Vec<u32> = (from..=to).map(uid).collect();
        if uids.contains(&0) {
            // It was told that they are there, and nothing else yet.
            return;
        }
        let command = command(text(&set).as_bytes());
        let token = self.client.both(|client| client.send(&command));
        self.noted(token, Said { command: Some(command), uids, ..Said::default() });
    }

    fn content(&mut self, b: u8) -> Vec<u8> {
        let line = format!("{} {{5}}\r\n", self.said.len());
        line.repeat(1 + usize::from(b) / 8).into_bytes()
    }

    fn append_whole(&mut self, name: &str, a: u8, b: u8) {
        let content = self.content(b);
        let mut text = format!("APPEND {name} (\\Seen) {{{}}}\r\n", content.len()).into_bytes();
        text.extend_from_slice(&content);
        let mut contents = vec![content.clone()];
        if a.is_multiple_of(2) {
            text.extend_from_slice(format!(" ~{{{}}}\r\n", content.len()).as_bytes());
            text.extend_from_slice(&content);
            contents.push(content.clone());
        }
        if a.is_multiple_of(5) {
            text.extend_from_slice(b" CATENATE (TEXT {5}\r\nfirst TEXT {6}\r\nsecond)");
            contents.push(b"firstsecond".to_vec());
        }
        let command = command(&text);
        let token = self.client.both(|client| client.send(&command));
        self.noted(token, Said { contents, ..Said::default() });
    }

    fn append_head(&mut self, a: u8, b: u8) {
        let content = self.content(b);
        let name = if a % 8 == 7 { "missing" } else { NAMES[usize::from(a) % 3] };
        let mailbox = Mailbox::from_name(name, self.utf8()).unwrap().into_owned();
        let head = MessageHead {
            options: AppendOptions::default(),
            size: content.len() as u64,
            binary: a.is_multiple_of(2),
        };
        let len = self.view.messages.len();
        let replaced = (a > 160 && len > 0 && !self.setup.uidonly).then(|| 1 + usize::from(b) % len);
        let token = self.client.both(|client| match replaced {
            Some(number) => client.replace_head(number as u32, mailbox.clone(), &head),
            None => client.append_head(mailbox.clone(), &head),
        });
        let is_said = token.is_ok();
        self.noted(token, Said { contents: vec![content.clone()], ..Said::default() });
        if is_said {
            self.streams = Some(self.said.len());
            self.unwritten = content;
        }
    }

    /// A piece of the message, or its end, or the next one.
    pub(super) fn write(&mut self, a: u8) {
        let Some(token) = self.writes else { return };
        if self.unwritten.is_empty() {
            if a.is_multiple_of(3) {
                let content = self.content(a);
                let head = MessageHead {
                    options: AppendOptions::default(),
                    size: content.len() as u64,
                    binary: false,
                };
                if self.client.both(|client| client.append_next(&head)).is_ok() {
                    let said = self.said.iter_mut().find(|said| said.token == Some(token)).unwrap();
                    said.contents.push(content.clone());
                    (self.writes, self.unwritten) = (None, content);
                    self.happened.insert("next message".into());
                    return;
                }
            }
            self.client.both(|client| client.finish()).unwrap();
            self.writes = None;
            return;
        }
        let piece = self.unwritten.len().min(1 + usize::from(a));
        let rest = self.unwritten.split_off(piece);
        let piece = Bytes::from(core::mem::replace(&mut self.unwritten, rest));
        self.client.both(|client| client.write(piece.clone())).unwrap();
        self.happened.insert("piece".into());
    }

    pub(super) fn answer_challenge(&mut self, a: u8) {
        if !core::mem::take(&mut self.is_challenged) {
            return;
        }
        self.client
            .both(|client| match a % 4 {
                0 => client.cancel(),
                _ => client.answer(Secret::new(vec![a; usize::from(a) % 9])),
            })
            .unwrap();
    }

    fn number_of(&self, token: Token) -> usize {
        let place = self.said.iter().position(|said| said.token == Some(token));
        1 + place.expect("a token that was given")
    }

    pub(super) fn heard(&mut self, event: Event<'_>) {
        match event {
            Event::Greeting(_) => {}
            Event::Response { response: Response::Continue(_), tolerated, .. } => assert_eq!(tolerated, None),
            Event::Response { to, response, tolerated } => {
                assert_eq!(tolerated, None);
                self.told(to, &response);
            }
            Event::Finished { to, status, tolerated } => {
                assert_eq!(tolerated, None);
                let number = self.number_of(to);
                assert_eq!(Some(&encoded(&status)), self.finished.get(&number), "the completion of another");
                self.completed(number, status.kind);
            }
            Event::FetchHead { to, number, items, contents, size } => {
                let (front, _, _) = self.arriving.get_or_insert_with(|| (to, number, Vec::new()));
                assert_eq!(*front, to, "one message, one owner");
                let arriving = &mut self.arriving.as_mut().unwrap().2;
                arriving.extend(items.iter().map(FetchItem::into_owned));
                self.streamed = Some((contents_of(&contents), size, Vec::new()));
            }
            Event::Chunk { octets, left } => {
                let (_, size, content) = self.streamed.as_mut().unwrap();
                content.extend_from_slice(octets);
                assert_eq!(content.len() as u64 + left, *size);
                if left == 0 {
                    let (item, _, content) = self.streamed.take().unwrap();
                    self.arriving.as_mut().unwrap().2.push(with_content(item, content));
                }
            }
            Event::FetchTail { to, items } => {
                self.happened.insert("streamed".into());
                let (owner, number, mut all) = self.arriving.take().unwrap();
                assert_eq!(owner, to);
                all.extend(items.iter().map(FetchItem::into_owned));
                let name = if self.is_uidonly(number) { "UIDFETCH" } else { "FETCH" };
                let all: Vec<_> = all.iter().map(encoded_bytes).collect();
                let wire = [format!("* {number} {name} (").as_bytes(), &all.join(&b' '), b")\r\n"].concat();
                self.told(to, &response(&wire));
            }
            Event::GoAhead { to } => {
                self.happened.insert("go-ahead".into());
                self.writes = Some(to);
            }
            Event::Challenge { challenge, .. } => {
                assert_eq!(self.challenges.last().map(Vec::as_slice), Some(challenge.as_bytes()));
                self.is_challenged = true;
                self.happened.insert("challenge".into());
            }
            Event::Idling { .. } => drop(self.happened.insert("idling".into())),
            Event::StartTls { to } | Event::Compress { to } => {
                let number = self.number_of(to);
                assert_eq!(self.finished.get(&number).map(String::as_str), Some("OK begin"));
                self.completed(number, StatusKind::Ok);
            }
            Event::Bye(_) => assert_eq!(self.said.last().unwrap().command, Some(Command::Logout)),
            Event::Close => self.is_over = true,
            other => panic!("{other:?}"),
        }
    }

    /// Whether the server was under UIDONLY when it sent this, which the events do not tell; by now it may be.
    fn is_uidonly(&self, number: u32) -> bool {
        let front = format!("* {number} UIDFETCH (");
        self.emitted.front().is_some_and(|(_, sent)| sent.starts_with(front.as_bytes()))
    }

    fn completed(&mut self, number: usize, kind: StatusKind) {
        assert_eq!(self.completions + 1, number, "in the order of the commands");
        let said = &self.said[number - 1];
        let what = match &said.command {
            Some(Command::Uid(command)) => format!("UID {}", command.keyword()),
            Some(command) => command.keyword().to_string(),
            None if said.contents.is_empty() => "AUTHENTICATE".into(),
            None => format!("{} messages", said.contents.len()),
        };
        self.happened.insert(format!("{what} {kind:?}"));
        if self.said.len() > number {
            self.happened.insert("pipelined".into());
        }
        self.completions = number;
        if self.streams == Some(number) {
            // What was refused is not written on.
            (self.streams, self.writes) = (None, None);
            self.unwritten.clear();
        }
        let is_ok = kind == StatusKind::Ok;
        match self.said[number - 1].command.clone() {
            Some(Command::Close | Command::Unselect | Command::Unauthenticate) if is_ok => {
                self.view = View::default();
            }
            // SILENT: what was not told anew has changed as was asked.
            Some(Command::Store(store) | Command::Uid(crate::UidCommand::Store(store))) if is_ok => {
                let crate::store::StoreAttribute::Flags(change) = &store.attribute else { panic!() };
                self.silently(number, change.operation, &set_of(&change.flags));
            }
            _ => {}
        }
    }

    fn silently(&mut self, number: usize, operation: StoreOperation, flags: &FlagSet) {
        let changed: Vec<_> =
            self.changed.iter().filter(|(by, _)| *by == number).map(|(_, uid)| *uid).collect();
        self.changed.retain(|(by, _)| *by != number);
        for uid in changed {
            if let Some(place) = self.view.place(uid) {
                apply(&mut self.view.messages[place].flags, operation, flags);
            }
        }
    }

    /// Data, in the order in which they were sent, and of the command for which they were.
    fn told(&mut self, to: Option<Token>, response: &Response<'_>) {
        let (owner, sent) = self.emitted.pop_front().expect("nothing is heard that was not sent");
        let heard = normal(response);
        assert!(heard == sent, "{} is not {}", heard.escape_ascii(), sent.escape_ascii());
        if let Some(owner) = owner {
            assert_eq!(to, self.said[owner - 1].token, "{response:?} belongs to {:?}", self.said[owner - 1]);
            assert!(owner > self.completions, "data come before the completion");
        }
        self.happened.extend(match response {
            Response::Numbered(numbered) => Some(numbered.data.keyword().to_string()),
            Response::Data(data) => Some(data.keyword().to_string()),
            _ => None,
        });
        match response {
            Response::Numbered(numbered) => match &numbered.data {
                NumberedData::Exists => self.view.exists(numbered.number),
                NumberedData::Expunge => self.view.expunge(numbered.number),
                NumberedData::Fetch(items) => self.view.learn(numbered.number, false, items.iter()),
                NumberedData::UidFetch(items) => self.view.learn(numbered.number, true, items.iter()),
                other => panic!("{other:?}"),
            },
            Response::Data(Data::Vanished(vanished)) => {
                let gone: Vec<u32> = vanished.uids.ids(usize::MAX).collect();
                gone.into_iter().for_each(|uid| self.view.vanish(uid));
            }
            Response::Data(Data::List(list)) => {
                let name = list.mailbox.to_name(self.utf8()).unwrap().to_string();
                assert!(NAMES.contains(&&*name), "{name}");
            }
            Response::Status(status) if status.text.code == Some(Code::Closed) => self.view = View::default(),
            _ => {}
        }
    }
}

fn contents_of(contents: &Streamed<'_>) -> FetchItem<'static> {
    let item = match contents.clone() {
        Streamed::Body { section, origin } => {
            FetchItem::BodySection(BodySection { section, origin, data: NString::NIL })
        }
        Streamed::Binary { part, origin } => {
            FetchItem::BinarySection(BinarySection { part, origin, data: NString8::NIL })
        }
        other => panic!("{other:?}"),
    };
    item.into_owned()
}

fn with_content(item: FetchItem<'static>, content: Vec<u8>) -> FetchItem<'static> {
    match item {
        FetchItem::BodySection(section) => {
            FetchItem::BodySection(BodySection { data: NString::new(content).unwrap(), ..section })
        }
        FetchItem::BinarySection(section) => {
            FetchItem::BinarySection(BinarySection { data: NString8::new(content), ..section })
        }
        other => panic!("{other:?}"),
    }
}
