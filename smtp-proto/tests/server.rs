//! Every recorded session again, with this crate's server in the place of the one that was recorded: it is told the same
//! by the client, is given the recorded replies, and says the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

mod common;

use std::collections::VecDeque;

use base64::Engine;
use bytes::Buf;
use common::{Record, Session, Side, random_cuts, sessions};
use smtp_proto::body::Stray;
use smtp_proto::framing::ReplyFramer;
use smtp_proto::server::{Event, Options, Pipelining, Protocol, Server, State};
use smtp_proto::status::ReplyCode;
use smtp_proto::{Dialect, Limits, Received, Reply, Token};

/// What came of a session.
#[derive(Debug, Default, PartialEq, Eq)]
struct Replay {
    /// What the server told, chunks joined.
    events: Vec<String>,
    body: Vec<u8>,
    said: Vec<u8>,
    /// What the recorded server did that this one does not: after that nothing can be compared.
    departed: Option<String>,
}

struct Player {
    server: Server,
    replies: VecDeque<Reply<'static>>,
    replay: Replay,
    is_closed: bool,
}

impl Player {
    /// Hands over what the client has sent.
    fn hear(&mut self, input: &mut Vec<u8>) {
        while self.replay.departed.is_none() && !self.is_closed {
            let Received { consumed, event } = match self.server.receive(input) {
                Ok(Some(received)) => received,
                Ok(None) => break,
                Err(error) => {
                    self.replay.departed = Some(format!("{error}"));
                    break;
                }
            };
            self.is_closed = event == Event::Close;
            match event {
                Event::Chunk(content) => self.replay.body.extend_from_slice(content),
                Event::Skipped { .. } => {}
                event => {
                    self.replay.events.push(format!("{event:?} after {}", self.replay.body.len()));
                    self.answer(&event);
                }
            }
            input.drain(..consumed);
        }
        let len = self.server.transmit().remaining();
        self.replay.said.extend_from_slice(&self.server.transmit().copy_to_bytes(len));
    }

    fn answer(&mut self, event: &Event<'_>) {
        match event {
            Event::Command { token, .. }
            | Event::Refused { token, .. }
            | Event::Malformed { token, .. }
            | Event::Auth { token, .. }
            | Event::Answer { token, .. }
            | Event::Cancelled { token }
            | Event::StartTls { token }
            | Event::ChunkEnd { token } => self.say(*token, event),
            Event::BodyEnd { token, .. } => {
                // In LMTP one for each recipient; when all were given, there is nothing to be answered any more.
                let recorded = self.replies.clone();
                self.say(*token, event);
                while self.replay.departed.is_none() && !self.replies.is_empty() && recorded.len() > 1 {
                    let next = self.replies.front().unwrap();
                    if self.server.reply(*token, next).is_err() {
                        break;
                    }
                    self.replies.pop_front();
                }
            }
            _ => {}
        }
    }

    /// Gives the next recorded reply.
    fn say(&mut self, token: Token, event: &Event<'_>) {
        let Some(reply) = self.replies.pop_front() else {
            self.replay.departed = Some(format!("no reply to {event:?}"));
            return;
        };
        let result = if reply.code() == ReplyCode::CHALLENGE {
            let text = reply.lines().next().unwrap();
            let challenge = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
            self.server.challenge(token, &challenge)
        } else {
            self.server.reply(token, &reply)
        };
        if let Err(error) = result {
            self.replay.departed = Some(format!("{error}: {reply:?} to {event:?}"));
        }
    }
}

/// All replies of a server.
fn replies(mut stream: &[u8]) -> VecDeque<Reply<'static>> {
    let mut all = VecDeque::new();
    while let Ok(Some(len)) = ReplyFramer::new().next(stream, &Limits::default()) {
        let (_, reply) = Reply::parse(&stream[..len], Dialect::TOLERANT).unwrap();
        all.push_back(reply.into_owned());
        stream = &stream[len..];
    }
    assert!(stream.is_empty(), "{}", stream.escape_ascii());
    all
}

fn replay(session: &Session, script: &[u8], records: &[Record]) -> Replay {
    let mut options = Options::new(if session.is_lmtp { Protocol::Lmtp } else { Protocol::Smtp });
    options.dialect = Dialect::TOLERANT;
    options.allow_plaintext_secrets = true;
    // Some clients broke this rule on purpose, and the recorded servers did not mind.
    options.pipelining = Pipelining::Allow;
    options.stray = Stray::Preserve;
    (options.limits.errors, options.limits.errors_authenticated) = (1_000, 1_000);
    options.limits.idle_commands = 1_000;
    let mut replies = replies(script);
    let mut server = Server::new(options);
    server.greet(&replies.pop_front().unwrap()).unwrap();
    let mut player = Player { server, replies, replay: Replay::default(), is_closed: false };
    let mut input = Vec::new();
    for record in records {
        match record {
            Record::Bytes(Side::Client, bytes) => input.extend_from_slice(bytes),
            Record::Tls if player.server.state() == State::StartTls => {
                player.server.tls_established().unwrap()
            }
            _ => {}
        }
        player.hear(&mut input);
    }
    player.replay
}

#[test]
fn recorded_sessions() {
    let mut whole = 0;
    for (number, mut session) in sessions().into_iter().enumerate() {
        let script = session.stream(Side::Server);
        if replies(&script).front().is_some_and(|greeting| greeting.code() == ReplyCode::OK) {
            // postscreen's teaser: `220-`, and the reply to a client that did not wait for the rest. No server of this
            // crate greets so.
            continue;
        }
        session.records.retain(|record| !matches!(record, Record::Bytes(Side::Server, _)));
        let replay = replay(&session, &script, &session.records);
        let name = &session.name;
        for cut in [&mut |_| 1, &mut random_cuts(number as u64, 40) as &mut dyn FnMut(usize) -> usize] {
            // Bytewise, a message of megabytes takes too long in a debug build.
            if session.stream(Side::Client).len() < 100_000 {
                assert!(self::replay(&session, &script, &session.cut(cut)) == replay, "{name}");
            }
        }
        // As this crate writes them: in one, the lines of a reply differ in their codes.
        let script: Vec<u8> = replies(&script).iter().flat_map(|reply| reply.as_bytes().to_vec()).collect();
        assert!(script.starts_with(&replay.said), "{name}");
        if script == replay.said {
            whole += 1;
            continue;
        }
        // A client that breaks the rules, to see what the server makes of it; or a body with another idea of its end.
        assert!(session.client.starts_with("scripted"), "{name} {:?}", replay.departed);
    }
    assert!(whole >= 235, "{whole}");
}
