//! The client machine takes the place of the client in every recorded session: it is made to say what that one said,
//! hears what the server answered, and finds for every command its reply, however the bytes are cut.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, VecDeque};

use bytes::{Buf, Bytes, BytesMut};
use common::{Record, Session, Side, random_cuts, sessions};
use smtp_proto::auth::Answer;
use smtp_proto::body::{DataDecoder, Decoded, Piece, Stray};
use smtp_proto::client::{Event, NotSent, Options, Protocol, State, TlsPolicy, Transfer};
use smtp_proto::framing::ReplyFramer;
use smtp_proto::{Client, Command, Dialect, Error, Limits, Received, Token};

/// What came of a replay.
#[derive(Debug, PartialEq)]
struct Replay {
    events: Vec<String>,
    /// What the machine wrote.
    written: Vec<u8>,
    /// What it was made to say, each command in the spelling of this crate.
    said: Vec<u8>,
    /// What the machine did not say, and why.
    declines: BTreeMap<String, usize>,
    declined: Option<Error>,
    /// Commands without a reply.
    unanswered: usize,
    /// Octets of the server that were not read.
    left: usize,
}

struct Player {
    client: Client,
    /// What the recorded client has yet to say.
    script: Vec<u8>,
    said: BytesMut,
    written: Vec<u8>,
    events: Vec<String>,
    replies: BTreeMap<Token, usize>,
    may_write: bool,
    /// The size of the chunk that comes next.
    chunk: Option<usize>,
    is_challenged: bool,
    declined: Option<Error>,
    declines: BTreeMap<String, usize>,
    body_token: Option<Token>,
}

/// Whether the script went on, must wait for the server, or cannot go on.
#[derive(PartialEq)]
enum Step {
    Done,
    Wait,
    Stop,
}

impl Player {
    /// The next thing of the script.
    fn step(&mut self) -> Step {
        if self.may_write {
            self.declined = None;
            return self.body();
        }
        if self.chunk.is_some() {
            return Step::Wait;
        }
        let Some(end) = self.script.windows(2).position(|pair| pair == b"\r\n") else { return Step::Wait };
        let line = self.script[..end + 2].to_vec();
        let called = if self.is_challenged { self.answer(&line) } else { self.command(&line) };
        match called {
            Ok(()) => {
                self.script.drain(..line.len());
                self.declined = None;
                Step::Done
            }
            Err(error) => {
                self.declined = Some(error);
                Step::Wait
            }
        }
    }

    fn command(&mut self, line: &[u8]) -> Result<(), Error> {
        if let Some(size) = line.strip_prefix(b"BDAT ").and_then(|size| size.strip_suffix(b" LAST\r\n")) {
            let size = std::str::from_utf8(size).unwrap().parse().unwrap();
            self.replies.insert(self.client.start_body(Transfer::Chunking)?, 0);
            self.chunk = Some(size);
            self.said.extend_from_slice(line);
            return Ok(());
        }
        let (_, command) = Command::parse(line, Dialect::TOLERANT)?;
        let token = self.client.send(&command)?;
        self.replies.insert(token, 0);
        command.encode(&mut self.said);
        Ok(())
    }

    fn answer(&mut self, line: &[u8]) -> Result<(), Error> {
        let (_, answer) = Answer::parse(line, Dialect::TOLERANT)?;
        answer.encode(&mut self.said);
        self.is_challenged = false;
        match answer {
            Answer::Response(response) => self.client.answer(response),
            Answer::Cancel => self.client.cancel(),
        }
    }

    fn body(&mut self) -> Step {
        if let Some(size) = self.chunk.take() {
            let content: Vec<u8> = self.script.drain(..size).collect();
            self.said.extend_from_slice(&content);
            self.client.write(Bytes::from(content)).unwrap();
            self.client.finish().unwrap();
            self.may_write = false;
            return Step::Done;
        }
        let mut decoder = DataDecoder::new(Stray::Reject);
        let (mut at, mut content) = (0, Vec::new());
        loop {
            let Some(Decoded { consumed, piece }) = decoder.decode(&self.script[at..]) else {
                return Step::Stop;
            };
            at += consumed;
            match piece {
                Piece::Content(part) => content.extend_from_slice(part),
                Piece::Anomaly(anomaly) => {
                    self.declined = Some(NotSent::Body(anomaly.into()).into());
                    return Step::Stop;
                }
                Piece::End => break,
            }
        }
        self.client.write(Bytes::from(content)).unwrap();
        self.client.finish().unwrap();
        self.said.extend_from_slice(&self.script[..at]);
        self.script.drain(..at);
        self.may_write = false;
        Step::Done
    }

    /// Leaves out what the machine will not say, with the reply that it got: the machine must not see a part of that.
    fn skip(&mut self, input: &mut Vec<u8>) -> Step {
        let is_idle =
            self.replies.values().all(|count| *count == 1) && self.client.state() != State::Greeting;
        let Some(error) = self.declined.filter(|_| is_idle) else { return Step::Stop };
        let Ok(Some(reply)) = ReplyFramer::new().next(input, &Limits::default()) else { return Step::Wait };
        let line = self.script.windows(2).position(|pair| pair == b"\r\n").unwrap();
        *self.declines.entry(error.to_string()).or_default() += 1;
        self.script.drain(..line + 2);
        input.drain(..reply);
        self.declined = None;
        Step::Done
    }

    fn flush(&mut self) {
        let output = self.client.transmit();
        while output.has_remaining() {
            let chunk = output.chunk().to_vec();
            self.written.extend_from_slice(&chunk);
            output.advance(chunk.len());
        }
    }

    /// Hears `input`; whether the session goes on.
    fn hear(&mut self, input: &mut Vec<u8>) -> bool {
        loop {
            let stopped = loop {
                match self.step() {
                    Step::Done => {}
                    other => break other == Step::Stop,
                }
            };
            self.flush();
            if stopped {
                return false;
            }
            match self.skip(input) {
                Step::Done => continue,
                Step::Wait => return true,
                Step::Stop => {}
            }
            let (consumed, event) = match self.client.receive(input) {
                Ok(None) => return true,
                Ok(Some(Received { consumed, event })) => (consumed, event),
                Err(error) => {
                    self.events.push(format!("{error:?}"));
                    return false;
                }
            };
            match &event {
                Event::Reply { to, .. } | Event::StartTls { to } => *self.replies.get_mut(to).unwrap() += 1,
                Event::Delivery { last: true, .. } => {
                    *self.replies.get_mut(&self.body_token.take().unwrap()).unwrap() += 1;
                }
                Event::GoAhead { to } => (self.may_write, self.body_token) = (true, Some(*to)),
                Event::Challenge { .. } => self.is_challenged = true,
                _ => {}
            }
            self.events.push(format!("{event:?}"));
            let is_close = event == Event::Close;
            input.drain(..consumed);
            if is_close {
                return false;
            }
        }
    }
}

fn replay(session: &Session, script: &[u8], records: &[Record]) -> Replay {
    let protocol = if session.is_lmtp { Protocol::Lmtp } else { Protocol::Smtp };
    let mut options = Options::new(protocol);
    options.tls = TlsPolicy::None;
    options.allow_plaintext_secrets = true;
    options.allow_undeclared_8bit = true;
    options.body_line = None;
    options.dialect = Dialect::TOLERANT;
    let mut player = Player {
        client: Client::new(options),
        script: script.to_vec(),
        said: BytesMut::new(),
        written: Vec::new(),
        events: Vec::new(),
        replies: BTreeMap::new(),
        may_write: false,
        chunk: None,
        is_challenged: false,
        declined: None,
        declines: BTreeMap::new(),
        body_token: None,
    };
    let mut input = Vec::new();
    let mut records: VecDeque<&Record> = records.iter().collect();
    while let Some(record) = records.pop_front() {
        match record {
            Record::Bytes(Side::Server, bytes) => input.extend_from_slice(bytes),
            Record::Tls if player.client.state() == State::StartTls => {
                player.client.tls_established().unwrap()
            }
            _ => {}
        }
        if !player.hear(&mut input) {
            break;
        }
    }
    let len = |record: &Record| if let Record::Bytes(Side::Server, bytes) = record { bytes.len() } else { 0 };
    let late: usize = records.into_iter().map(len).sum();
    // Where a session stops that the machine does not go on with hangs on the cuts.
    let left = if player.declined.is_some() { 0 } else { input.len() + late };
    Replay {
        unanswered: player.replies.values().filter(|count| **count != 1).count(),
        events: player.events,
        written: player.written,
        said: player.said.to_vec(),
        declines: player.declines,
        declined: player.declined,
        left,
    }
}

#[test]
fn recorded_sessions() {
    let mut whole = 0;
    for (number, mut session) in sessions().into_iter().enumerate() {
        let script = session.stream(Side::Client);
        session.records.retain(|record| !matches!(record, Record::Bytes(Side::Client, _)));
        let replay = replay(&session, &script, &session.records);
        let name = &session.name;
        // What the server says is short; how it is cut makes no difference to the long messages.
        if script.len() < 100_000 {
            for cut in [&mut |_| 1, &mut random_cuts(number as u64, 40) as &mut dyn FnMut(usize) -> usize] {
                assert_eq!(self::replay(&session, &script, &session.cut(cut)), replay, "{name}");
            }
        }
        if replay.declined.is_some() || !replay.declines.is_empty() {
            // A client that breaks the rules, to see what the server makes of it; this one keeps them.
            assert!(session.client.starts_with("scripted"), "{name} {:?}", replay.declines);
            continue;
        }
        assert_eq!(replay.left, 0, "{name}");
        assert!(replay.said.starts_with(&replay.written), "{name}");
        if replay.unanswered == 0 {
            assert_eq!(replay.said, replay.written, "{name}");
            whole += 1;
            continue;
        }
        // The server hung up: with 421, or without a word while a body was on its way.
        let last = replay.events.last().unwrap();
        assert!(last == "Close" || last.starts_with("GoAhead"), "{name} {last}");
    }
    assert!(whole >= 171, "{whole}");
}
