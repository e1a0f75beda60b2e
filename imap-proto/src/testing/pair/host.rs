//! The server's user: serves the mailboxes of the model.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::model::{FlagSet, NAMES, set_of};
use super::{Ask, Incoming, Open, Pair};
use crate::error::Error;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::sequence::Number;
use crate::registry::NumberedData;
use crate::response::{Numbered, Response, Status};
use crate::server::{AppendTarget, Event};
use crate::session::Token;
use crate::state::Mode;
use crate::testing::{encoded, encoded_bytes};
use crate::{Dialect, Greeting};

/// How anything is read here.
const READ: Dialect = Dialect::STRICT.with_utf8(true);

pub(super) fn response(wire: &[u8]) -> Response<'static> {
    let (rest, response) = Response::parse(wire, READ).unwrap();
    assert!(rest.is_empty() && !matches!(response, Response::Invalid(_)), "{}", wire.escape_ascii());
    response.into_owned()
}

/// The response in one way of those in which its strings can be written.
pub(super) fn normal(response: &Response<'_>) -> Vec<u8> {
    match response {
        Response::Numbered(Numbered {
            number,
            data: data @ (NumberedData::Fetch(items) | NumberedData::UidFetch(items)),
        }) => {
            let items: Vec<_> = items.iter().map(|item| encoded_bytes(&item)).collect();
            let front = format!("* {number} {} (", data.keyword());
            [front.as_bytes(), &items.join(&b' '), b")\r\n"].concat()
        }
        response => encoded_bytes(response),
    }
}

pub(super) fn status(text: &str) -> Status<'static> {
    let Response::Status(status) = response(format!("* {text}\r\n").as_bytes()) else { panic!("{text}") };
    status
}

pub(super) fn greeting(text: &str) -> Greeting<'static> {
    Greeting::parse(format!("* {text}\r\n").as_bytes(), READ).unwrap().1.into_owned()
}

pub(super) fn quoted(mailbox: &str, utf8: bool) -> String {
    let mailbox = Mailbox::from_name(mailbox, utf8).unwrap();
    String::from_utf8(encoded_bytes(&mailbox)).unwrap()
}

pub(super) fn list(flags: &FlagSet) -> String {
    flags.iter().cloned().collect::<Vec<_>>().join(" ")
}

fn value(number: Number) -> u32 {
    let Number::Value(value) = number else { panic!("{number:?}") };
    value
}

impl Pair {
    pub(super) fn capabilities(&self) -> String {
        let tls = if self.server.one.machine.is_tls() { "" } else { " STARTTLS" };
        let compress = if self.is_compressed { "" } else { " COMPRESS=DEFLATE" };
        format!("CAPABILITY {}{tls}{compress}", self.offers)
    }

    /// What the server has told its user.
    pub(super) fn asked(&mut self, event: Event<'_>) {
        match event {
            Event::Command { token, command, tolerated } => {
                assert_eq!(tolerated, None);
                let number = self.begin(Some(command.tag.as_bytes()));
                let command = command.command.into_owned();
                if let Some(said) = &self.said[number - 1].command {
                    assert_eq!(said, &command, "what was said is what was read");
                }
                self.open.push(Open { token, number, ask: Ask::Command(command) });
            }
            Event::Refused { token, status, .. } => {
                let number = self.begin(None);
                self.open.push(Open { token, number, ask: Ask::Refused(status) });
            }
            Event::Append { tag, target, .. } => {
                let number = self.begin(Some(tag.as_bytes()));
                self.incoming = Some(self.incoming(number, target));
            }
            Event::Message { options, .. } => {
                let flags = options.flags.as_ref().map(set_of).unwrap_or_default();
                self.incoming.as_mut().unwrap().messages.push((flags, Vec::new()));
            }
            Event::Literal { token, offer } => {
                let number = self.incoming.as_ref().unwrap().number;
                self.open.push(Open { token, number, ask: Ask::Literal { waits: offer.waits } });
            }
            Event::Chunk(octets) => {
                let incoming = self.incoming.as_mut().unwrap();
                incoming.messages.last_mut().unwrap().1.extend_from_slice(octets);
            }
            Event::LiteralEnd { .. } => {}
            Event::AppendEnd { token } => {
                let incoming = self.incoming.take().unwrap();
                self.open.push(Open { token, number: incoming.number, ask: Ask::AppendEnd(incoming) });
            }
            Event::Authenticate { token, tag, mechanism, initial_response } => {
                let number = self.begin(Some(tag.as_bytes()));
                self.answers.extend(initial_response);
                let ask = Ask::Auth { rounds: 0, mechanism: mechanism.as_str().to_string() };
                self.open.push(Open { token, number, ask });
            }
            Event::Answer { token, response } => {
                self.answers.push(response);
                let number = self.commands;
                self.open.push(Open {
                    token,
                    number,
                    ask: Ask::Auth { rounds: 9, mechanism: String::new() },
                });
            }
            Event::Cancelled { token } => {
                self.open.push(Open {
                    token,
                    number: self.commands,
                    ask: Ask::Refused(status("BAD cancelled")),
                });
            }
            Event::Idle { token, tag } => {
                let number = self.begin(Some(tag.as_bytes()));
                self.open.push(Open { token, number, ask: Ask::Idle });
            }
            Event::Done { token, tolerated: None } => {
                self.open.push(Open { token, number: self.commands, ask: Ask::Done });
            }
            Event::StartTls { token, tag } | Event::Compress { token, tag, .. } => {
                let number = self.begin(Some(tag.as_bytes()));
                self.open.push(Open { token, number, ask: Ask::Barrier });
            }
            Event::Skipped { tolerated: None } | Event::Close => {}
            other => panic!("{other:?}"),
        }
    }

    /// What begins with APPEND or REPLACE.
    fn incoming(&self, number: usize, target: AppendTarget<'_>) -> Incoming {
        let (replaces, mailbox) = match target {
            AppendTarget::Append(mailbox) => (None, mailbox),
            AppendTarget::Replace(number, mailbox) => {
                let place = value(number) as usize - 1;
                (self.seen.messages.get(place).map(|known| known.uid), mailbox)
            }
            AppendTarget::UidReplace(uid, mailbox) => (Some(value(uid)), mailbox),
        };
        let mailbox = mailbox.to_name(self.host_utf8()).unwrap().to_string();
        Incoming { number, mailbox, replaces, messages: Vec::new() }
    }

    /// A command has come: which.
    fn begin(&mut self, tag: Option<&[u8]>) -> usize {
        self.commands += 1;
        if let Some(tag) = tag {
            assert_eq!(tag, format!("PAIR{}", self.commands).as_bytes());
        }
        self.commands
    }

    pub(super) fn host_utf8(&self) -> bool {
        let enabled = self.server.one.machine.enabled();
        enabled.utf8 || enabled.rev2
    }

    /// Answers one of what is open: in order, unless nothing but a status is due.
    pub(super) fn answer(&mut self, index: usize, way: u8) {
        let is_status = matches!(self.open[index].ask, Ask::Refused(_));
        let Open { token, number, ask } = self.open.remove(if is_status { index } else { 0 });
        let refuses = way % 8 == 1;
        match ask {
            Ask::Refused(status) => self.finish_with(token, number, status),
            Ask::Literal { waits } => {
                let is_missing = !NAMES.contains(&&*self.incoming.as_ref().unwrap().mailbox);
                // Who refuses what comes all the same ends the session of a client that has not written it.
                if waits && (refuses || is_missing) || way == 1 {
                    self.incoming = None;
                    self.finish(token, number, "NO [TRYCREATE] no");
                } else {
                    self.server.both(|server| server.accept(token)).unwrap();
                }
            }
            Ask::AppendEnd(incoming) => self.append(token, incoming),
            Ask::Auth { rounds, mechanism } => {
                let is_mute = rounds == 0 && self.answers.is_empty() && mechanism == "PLAIN";
                if is_mute || way.is_multiple_of(3) && self.challenges.len() < 4 {
                    let challenge = if is_mute { Vec::new() } else { vec![way, 0, 255, b'\r'] };
                    self.server.both(|server| server.challenge(token, &challenge)).unwrap();
                    self.challenges.push(challenge);
                } else if refuses {
                    self.finish(token, number, "NO [AUTHENTICATIONFAILED] no");
                } else {
                    self.finish_login(token, number, way);
                }
            }
            Ask::Idle if refuses => self.finish(token, number, "NO no"),
            Ask::Idle => {
                self.server.both(|server| server.accept(token)).unwrap();
                self.tell(None);
            }
            Ask::Done => self.finish(token, number, "OK idled"),
            Ask::Barrier if refuses => self.finish(token, number, "NO no"),
            Ask::Barrier => self.finish(token, number, "OK begin"),
            Ask::Command(command) => self.serve(token, number, command, way),
        }
    }

    pub(super) fn finish_login(&mut self, token: Token, number: usize, way: u8) {
        let capabilities = self.capabilities();
        match way % 2 {
            0 => self.finish(token, number, &format!("OK [{capabilities}] in")),
            _ => self.finish(token, number, "OK in"),
        }
    }

    pub(super) fn finish(&mut self, token: Token, number: usize, text: &str) {
        self.finish_with(token, number, status(text));
    }

    fn finish_with(&mut self, token: Token, number: usize, status: Status<'static>) {
        self.server.both(|server| server.finish(token, &status)).unwrap();
        assert_eq!(self.finished.insert(number, encoded(&status)), None, "answered once");
    }

    /// Sends what belongs to the command with this number, or to none that can be known.
    pub(super) fn emit(&mut self, owner: Option<usize>, text: &str) -> Result<(), Error> {
        let response = response(format!("* {text}\r\n").as_bytes());
        self.server.both(|server| server.send(&response))?;
        self.emitted.push_back((owner, normal(&response)));
        Ok(())
    }

    fn append(&mut self, token: Token, incoming: Incoming) {
        let Incoming { number, mailbox, replaces, messages } = incoming;
        let Some(name) = NAMES.iter().find(|name| **name == mailbox) else {
            return self.finish(token, number, "NO [TRYCREATE] no");
        };
        if let (Some(uid), Some(selected)) = (replaces, self.selected) {
            self.store.get_mut(selected).unwrap().remove(uid);
            self.happened.insert("replaced".into());
        }
        let contents: Vec<_> = messages.iter().map(|(_, content)| content.clone()).collect();
        assert_eq!(contents, self.said[number - 1].contents, "what was sent is what was received");
        let folder = self.store.get_mut(name).unwrap();
        let uids = messages.into_iter().map(|(flags, content)| folder.add(flags, content).to_string());
        let uids = uids.collect::<Vec<_>>().join(",");
        self.tell(None);
        self.finish(token, number, &format!("OK [APPENDUID 1 {uids}] appended"));
    }

    /// Another session changes a mailbox.
    pub(super) fn elsewhere(&mut self, what: u8, which: u8) {
        let name = self.selected.filter(|_| what < 200).unwrap_or(NAMES[usize::from(which) % 3]);
        let folder = self.store.get_mut(name).unwrap();
        let uid = match folder.messages.len() {
            0 => 0,
            len => folder.messages[usize::from(which) % len].uid,
        };
        match what % 4 {
            0 | 1 => drop(folder.add(FlagSet::new(), format!("of another {what}\r\n").into_bytes())),
            2 => folder.remove(uid),
            _ => folder.change(uid, crate::store::StoreOperation::Add, &[String::from("\\Flagged")].into()),
        }
        if self.server.one.machine.mode() == Mode::Idling {
            self.tell(None);
        }
    }
}
