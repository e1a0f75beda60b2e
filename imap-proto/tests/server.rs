//! The server machine takes the place of the server in every recorded session: it hears what the client said, and answers
//! what that one answered. It is told of every command, however the bytes are cut.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

#[path = "../../smtp-proto/tests/common/mod.rs"]
mod common;

use std::collections::{BTreeMap, VecDeque};

use bytes::Buf;
use common::{Record, Session, Side, random_cuts, sessions};
use imap_proto::framing::{self, split};
use imap_proto::response::{Data, RespText, Status, StatusKind};
use imap_proto::server::{Event, Options};
use imap_proto::{
    Command, Dialect, Error, Greeting, Limit, Mode, PeerMisbehaved, Received, Response, Server, Tag, Text,
    Token,
};

const CAPABILITIES: &[u8] = b"* CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ENABLE IDLE UNAUTHENTICATE COMPRESS=DEFLATE STARTTLS \
    AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 AUTH=EXTERNAL AUTH=ANONYMOUS AUTH=XOAUTH2 \
    AUTH=OAUTHBEARER AUTH=DIGEST-MD5\r\n";

/// What came of a replay.
#[derive(Debug, Default, PartialEq)]
struct Told {
    events: Vec<String>,
    written: Vec<u8>,
    error: Option<Error>,
    commands: usize,
    messages: usize,
    /// Lines that were refused here and not there.
    refused: Vec<String>,
}

/// Answers as the recorded server did.
struct Host {
    server: Server,
    buffer: Vec<u8>,
    told: Told,
    /// What that one said: whether it said to go on, before it ended which command.
    said: VecDeque<Option<Vec<u8>>>,
    answers: BTreeMap<Vec<u8>, VecDeque<StatusKind>>,
    tags: BTreeMap<Token, Vec<u8>>,
    content: usize,
}

impl Host {
    fn new(session: &Session) -> Self {
        let mut options = Options::default();
        options.allow_plaintext_secrets = true;
        options.dialect = Dialect::TOLERANT;
        (options.limits.errors, options.limits.errors_authenticated) = (u32::MAX, u32::MAX);
        let (mut said, mut answers) = (VecDeque::new(), BTreeMap::<_, VecDeque<_>>::new());
        let stream = session.stream(Side::Server);
        for wire in split(&stream, framing::Side::Server) {
            match Response::parse(wire, Dialect::TOLERANT.with_utf8(true)).unwrap().1 {
                Response::Continue(_) => said.push_back(None),
                Response::Tagged(tagged) => {
                    let tag = tagged.tag.as_bytes().to_vec();
                    answers.entry(tag.clone()).or_default().push_back(tagged.status.kind);
                    said.push_back(Some(tag));
                }
                _ => {}
            }
        }
        let mut server = Server::new(options);
        let greeting = match Greeting::parse(&stream, Dialect::STRICT) {
            Ok((_, greeting @ Greeting::PreAuth(_))) => greeting.into_owned(),
            _ => Greeting::Ok(text()),
        };
        server.greet(&greeting).unwrap();
        let (buffer, told, tags) = (Vec::new(), Told::default(), BTreeMap::new());
        let mut host = Self { server, buffer, told, said, answers, tags, content: 0 };
        host.advertise();
        host
    }

    fn advertise(&mut self) {
        let (_, response) = Response::parse(CAPABILITIES, Dialect::STRICT).unwrap();
        let Response::Data(Data::Capability(data)) = response else { panic!() };
        self.server.advertise(&data.0).unwrap();
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        while self.told.error.is_none() {
            let buffer = std::mem::take(&mut self.buffer);
            let consumed = match self.server.receive(&buffer) {
                Ok(Some(Received { consumed, event })) => {
                    let is_end = matches!(event, Event::Close);
                    self.handle(event);
                    if is_end { None } else { Some(consumed) }
                }
                Ok(None) => None,
                Err(error) => {
                    self.told.error = Some(error);
                    None
                }
            };
            self.buffer = buffer[consumed.unwrap_or(0)..].to_vec();
            if consumed.is_none() {
                break;
            }
        }
        self.flush();
    }

    fn flush(&mut self) {
        let out = self.server.transmit();
        let len = out.remaining();
        self.told.written.extend_from_slice(&out.copy_to_bytes(len));
    }

    fn tls(&mut self) {
        if self.server.mode() == Mode::StartTls {
            self.server.tls_established().unwrap();
            self.advertise();
        }
    }

    /// Whether the recorded server said to go on before it ended the command.
    fn goes_on(&mut self, token: Token) -> bool {
        let tag = self.tags.get(&token).cloned().unwrap_or_default();
        while let Some(said) = self.said.front() {
            match said {
                None => return self.said.pop_front().is_some(),
                Some(ended) if *ended == tag => return false,
                Some(_) => self.said.pop_front(),
            };
        }
        false
    }

    fn begin(&mut self, token: Token, tag: &Tag<'_>) {
        self.told.commands += 1;
        self.tags.insert(token, tag.as_bytes().to_vec());
    }

    fn challenge(&mut self, token: Token) {
        if self.goes_on(token) {
            self.server.challenge(token, b"x").unwrap();
        } else {
            self.finish(token);
        }
    }

    /// The command has ended there, too. Of literals that are no messages the machine asks for itself.
    fn pass(&mut self, tag: &[u8]) {
        if let Some(at) = self.said.iter().position(|said| said.as_deref() == Some(tag)) {
            self.said.drain(..=at);
        }
    }

    /// Answers as that one did; what it never answered with OK.
    fn finish(&mut self, token: Token) -> StatusKind {
        let tag = self.tags.get(&token).cloned().unwrap_or_default();
        let kind = self.answers.get_mut(&tag).and_then(VecDeque::pop_front).unwrap_or(StatusKind::Ok);
        self.pass(&tag);
        self.server.finish(token, &Status { kind, text: text() }).unwrap();
        kind
    }

    fn refuse(&mut self, token: Token, line: &[u8], status: &Status<'_>) {
        let tag = Tag::of(line).map(|tag| tag.as_bytes().to_vec()).unwrap_or_default();
        let kind = self.answers.get_mut(&tag).and_then(VecDeque::pop_front);
        self.pass(&tag);
        if kind == Some(StatusKind::Ok) {
            self.told.refused.push(format!("{}", line.escape_ascii()));
        }
        self.server.finish(token, status).unwrap();
    }

    fn note(&mut self, event: &Event<'_>) {
        if let Event::Chunk(octets) = event {
            self.content += octets.len();
            return;
        }
        if self.content > 0 {
            self.told.events.push(format!("{} octets", std::mem::take(&mut self.content)));
        }
        if !matches!(event, Event::Skipped { tolerated: None } | Event::Close) {
            self.told.events.push(format!("{event:?}"));
        }
    }

    fn handle(&mut self, event: Event<'_>) {
        self.note(&event);
        match event {
            Event::Command { token, command, .. } => {
                self.begin(token, &command.tag);
                let is_ok = self.answers.get(command.tag.as_bytes()).and_then(|kinds| kinds.front())
                    != Some(&StatusKind::No);
                if let (Command::Enable(enabled), true) = (command.command, is_ok) {
                    self.server.send(&Response::Data(Data::Enabled(enabled))).unwrap();
                }
                self.finish(token);
            }
            Event::Refused { token, line, status } => self.refuse(token, line, &status),
            Event::Malformed { token, line, status, .. } => self.refuse(token, line, &status),
            Event::Append { token, tag, .. } => self.begin(token, &tag),
            Event::Literal { token, offer } if offer.waits && !self.goes_on(token) => {
                self.finish(token);
            }
            Event::Literal { token, .. } => {
                self.told.messages += 1;
                self.server.accept(token).unwrap();
            }
            _ => self.handle_exchange(event),
        }
    }

    fn handle_exchange(&mut self, event: Event<'_>) {
        match event {
            Event::AppendEnd { token } | Event::Done { token, .. } => {
                self.finish(token);
            }
            Event::Cancelled { token } => {
                self.server.finish(token, &Status { kind: StatusKind::Bad, text: text() }).unwrap();
            }
            Event::Authenticate { token, tag, .. } => {
                self.begin(token, &tag);
                self.challenge(token);
            }
            Event::Answer { token, .. } => self.challenge(token),
            Event::Idle { token, tag } => {
                self.begin(token, &tag);
                if self.goes_on(token) {
                    self.server.accept(token).unwrap();
                } else {
                    self.finish(token);
                }
            }
            Event::StartTls { token, tag } | Event::Compress { token, tag, .. } => {
                self.begin(token, &tag);
                self.finish(token);
                self.flush();
                if self.server.mode() == Mode::Compressing {
                    self.server.compression_established().unwrap();
                }
            }
            _ => {}
        }
    }
}

fn text() -> RespText<'static> {
    RespText::new(Text::new("x").unwrap())
}

/// The session, its client's bytes cut so.
fn replay(session: &Session, records: &[Record]) -> Told {
    let mut host = Host::new(session);
    for record in records {
        match record {
            Record::Bytes(Side::Client, bytes) => host.hear(bytes),
            Record::Tls => host.tls(),
            Record::Bytes(Side::Server, _) | Record::End(_) => {}
        }
    }
    host.told
}

#[test]
fn in_the_place_of_every_recorded_server() {
    let (mut commands, mut messages, mut refused) = (0, 0, 0);
    for (seed, session) in sessions().into_iter().enumerate() {
        let whole = replay(&session, &session.records);
        // What that one did not put up with, either.
        let stream = session.stream(Side::Client);
        let error = match () {
            () if stream.starts_with(b"GET / HTTP/") => Some(PeerMisbehaved::ForeignProtocol.into()),
            () if stream.starts_with(b"x6 LOGIN {5+}\r\nalice {100000000+}\r\n") => {
                Some(Limit::Discard.into())
            }
            () => None,
        };
        assert_eq!(whole.error, error, "{}", session.name);
        // Only a client that does wrong on purpose is refused what it was not refused there.
        let is_scripted = session.client.contains("raw client");
        assert!(is_scripted || whole.refused.is_empty(), "{}: {:#?}", session.name, whole.refused);
        refused += whole.refused.len();
        let other = replay(&session, &session.cut(random_cuts(seed as u64, 30)));
        assert!(other == whole, "{}: {:#?}", session.name, (&other.events, &whole.events));
        let bytewise = replay(&session, &session.cut(|_| 1));
        assert!(bytewise == whole, "{}: {:#?}", session.name, (&bytewise.events, &whole.events));
        commands += whole.commands;
        messages += whole.messages;
    }
    println!("{commands} commands, {messages} messages, {refused} commands refused here only");
    assert!(commands > 5_000 && messages > 100, "{commands} {messages}");
}
