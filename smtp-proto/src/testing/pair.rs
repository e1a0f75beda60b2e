//! A client and a server joined in memory: whatever either user does, when and in which pieces, every command finds the
//! reply that the server's user gave to it, and what the one sent is what the other received.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::{Buf, Bytes};
use proptest::prelude::*;

use crate::address::{Domain, ForwardPath, ReversePath};
use crate::auth::{Credentials, Login, Mechanism, Plain, Secret};
use crate::client::{self, TlsPolicy, Transfer};
use crate::command::{Command, Mail, Rcpt};
use crate::ehlo::Extension;
use crate::error::{ApiMisuse, Error};
use crate::parameter::MailParameter;
use crate::server;
use crate::session::{Protocol, Received, Token};
use crate::state::State;
use crate::status::ReplyCode;
use crate::text::Text;
use crate::transmit::Transmit;
use crate::{Client, Reply, Server};

/// One move of the game.
#[derive(Clone, Debug)]
enum Move {
    /// The client's user does something.
    Client(u8),
    /// The server's user answers one of the open events in one of the ways there are.
    Server {
        event: usize,
        way: u8,
    },
    ToServer(usize),
    ToClient(usize),
    /// The client's user sends an envelope, and DATA or BDAT.
    Envelope {
        recipients: u8,
        chunked: bool,
    },
    /// Everything that is written arrives, and everything is accepted.
    Settle,
}

/// What waits for the server's user.
#[derive(Debug)]
struct Open {
    token: Token,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Hello,
    Command(String),
    Data,
    Refused(Reply<'static>),
    Auth { rounds: u8 },
    StartTls,
    Quit,
    Chunk,
    Message { content: Vec<u8>, refusal: Option<Reply<'static>> },
}

/// What the client's user said, and what came of it.
#[derive(Debug)]
struct Said {
    /// The command as the server shows it, where its reply repeats it.
    line: Option<String>,
    replies: usize,
    is_body: bool,
    /// Of a body, and what became of it for each recipient.
    content: Vec<u8>,
    deliveries: Vec<u16>,
}

struct Pair {
    client: Client,
    server: Server,
    keywords: Vec<&'static str>,
    to_client: Vec<u8>,
    to_server: Vec<u8>,
    /// The client's user.
    said: BTreeMap<Token, Said>,
    /// The body that may be written.
    writes: Option<Token>,
    /// The chunked body that RSET would give up, and those that were.
    chunked: Option<Token>,
    given_up: Vec<Token>,
    is_challenged: bool,
    number: usize,
    /// The server's user.
    open: Vec<Open>,
    body: Vec<u8>,
    /// What the server's user said of messages, in order: content and codes.
    messages: VecDeque<(Vec<u8>, Vec<u16>)>,
    is_over: bool,
}

impl Pair {
    fn new(protocol: Protocol, keywords: Vec<&'static str>) -> Self {
        let mut options = client::Options::new(protocol);
        options.tls = TlsPolicy::None;
        options.allow_plaintext_secrets = true;
        let client = Client::new(options);
        let mut options = server::Options::new(protocol);
        options.allow_plaintext_secrets = true;
        options.limits.errors = u32::MAX;
        options.limits.errors_authenticated = u32::MAX;
        options.limits.idle_commands = u32::MAX;
        let mut server = Server::new(options);
        server.greet(&said(220, "mx.example.net")).unwrap();
        Self {
            client,
            server,
            keywords,
            to_client: Vec::new(),
            to_server: Vec::new(),
            said: BTreeMap::new(),
            writes: None,
            chunked: None,
            given_up: Vec::new(),
            is_challenged: false,
            number: 0,
            open: Vec::new(),
            body: Vec::new(),
            messages: VecDeque::new(),
            is_over: false,
        }
    }

    fn make(&mut self, step: &Move) {
        match *step {
            Move::Client(what) => self.act(what),
            Move::Server { event, way } if !self.open.is_empty() => self.answer(event % self.open.len(), way),
            Move::Server { .. } => {}
            Move::ToServer(octets) => carry(self.client.transmit(), &mut self.to_server, octets),
            Move::ToClient(octets) => carry(self.server.transmit(), &mut self.to_client, octets),
            Move::Envelope { recipients, chunked } => {
                self.act(1);
                (0..recipients).for_each(|_| self.act(4));
                self.act(if chunked { 10 } else { 9 });
            }
            Move::Settle => {
                for _ in 0..4 {
                    self.make(&Move::ToServer(usize::MAX));
                    while !self.open.is_empty() {
                        self.answer(0, 64);
                        while self.server_hears() {}
                    }
                    self.make(&Move::ToClient(usize::MAX));
                }
            }
        }
        while self.client_hears() || self.server_hears() {}
    }

    /// The client's user; what cannot be said now is not said.
    fn act(&mut self, what: u8) {
        self.number += 1;
        let number = self.number;
        let mut line = None;
        let mut show = |command: Command<'_>| {
            line = Some(format!("{command}"));
            command.into_owned()
        };
        let client = &mut self.client;
        let token = match what % 20 {
            0 => client.hello(Domain::parse("client.example.org").unwrap()),
            1..4 => {
                let from = format!("<m{number}@example.org>");
                let mail = Mail::new(ReversePath::parse(&from).unwrap());
                let asks = what > 128 && client.capabilities().has(Extension::Prdr);
                let mail = if asks { mail.with(MailParameter::Prdr).unwrap() } else { mail };
                client.send(&show(Command::Mail(mail)))
            }
            4..9 => client.send(&show(Command::Rcpt(Rcpt::new(
                ForwardPath::parse(&format!("<r{number}@example.net>")).unwrap(),
            )))),
            9 => client.start_body(Transfer::Data),
            10 => client.start_body(Transfer::Chunking),
            11..14 => return self.write(what),
            14 => client.send(&show(Command::Rset)),
            15 => {
                client.send(&show(Command::Noop(Some(Text::new(format!("n{number}").into_bytes()).unwrap()))))
            }
            16 => client.authenticate(Plain::new("", "user", "pass").unwrap().into()),
            17 if what > 128 => client.authenticate(Credentials::from(Login::new("user", "pass").unwrap())),
            17 => client.authenticate_with(Mechanism::CRAM_MD5, None),
            18 => client.start_tls(),
            _ if self.is_challenged => {
                let answered =
                    if what > 128 { client.answer(Secret::new("answer")) } else { client.cancel() };
                answered.unwrap();
                self.is_challenged = false;
                return;
            }
            _ => return,
        };
        let token = match token {
            Ok(token) => token,
            Err(Error::NotSent(_) | Error::ApiMisuse(_)) => return,
            Err(error) => panic!("{error}"),
        };
        let is_body = matches!(what % 20, 9 | 10);
        let said = Said { line, replies: 0, is_body, content: Vec::new(), deliveries: Vec::new() };
        assert!(self.said.insert(token, said).is_none(), "a token is new");
        match what % 20 {
            0 | 14 => self.given_up.extend(self.chunked.take()),
            10 => self.chunked = Some(token),
            _ => {}
        }
        if self.chunked.is_none() && what % 20 != 15 {
            self.writes = None;
        }
    }

    fn write(&mut self, what: u8) {
        let Some(token) = self.writes else { return };
        if what % 20 == 13 {
            self.client.finish().unwrap();
            (self.writes, self.chunked) = (None, None);
            return;
        }
        let piece = match what % 20 {
            11 => format!(".{}\r\n", self.number),
            // Enough for a chunk.
            _ => "0123456789abcd\r\n".repeat(5_000),
        };
        self.client.write(Bytes::from(piece.clone())).unwrap();
        self.said.get_mut(&token).unwrap().content.extend_from_slice(piece.as_bytes());
    }

    fn client_hears(&mut self) -> bool {
        let Some(Received { consumed, event }) = self.client.receive(&self.to_client).unwrap() else {
            return false;
        };
        match event {
            client::Event::Greeting(reply) => assert_eq!(reply.code(), ReplyCode::SERVICE_READY),
            client::Event::Interim { .. } => {}
            client::Event::Reply { to, reply, tolerated } => {
                assert_eq!(tolerated, None);
                let said = self.said.get_mut(&to).unwrap();
                said.replies += 1;
                if let Some(line) = &said.line {
                    assert_eq!(reply.text(), line.as_str(), "the reply to another command");
                }
                if self.writes == Some(to) || self.chunked == Some(to) {
                    // A refused body is not written on.
                    (self.writes, self.chunked) = (None, None);
                }
                // A chunk that is refused makes no message.
                if said.is_body && reply.text() == "message" {
                    let mut codes = core::mem::take(&mut said.deliveries);
                    codes.push(reply.code().get());
                    self.delivered(to, &codes);
                }
            }
            client::Event::GoAhead { to } => self.writes = Some(to),
            client::Event::Delivery { to, reply, last } => {
                assert!(self.said[&to].line.as_ref().is_some_and(|line| line.starts_with("RCPT")));
                // The oldest body without a reply.
                let is_open =
                    |token, said: &Said| said.is_body && said.replies == 0 && !self.given_up.contains(token);
                let body = *self.said.iter().find(|(token, said)| is_open(token, said)).unwrap().0;
                let said = self.said.get_mut(&body).unwrap();
                said.deliveries.push(reply.code().get());
                if last {
                    said.replies += 1;
                    let codes = core::mem::take(&mut said.deliveries);
                    self.delivered(body, &codes);
                }
            }
            client::Event::Challenge { .. } => self.is_challenged = true,
            client::Event::StartTls { to } => {
                self.said.get_mut(&to).unwrap().replies += 1;
                assert_eq!((self.to_client.len(), self.to_server.len()), (consumed, 0));
                self.server.tls_established().unwrap();
                self.client.tls_established().unwrap();
            }
            client::Event::Unsolicited(_) | client::Event::Malformed { .. } | client::Event::Turned => {
                panic!("{event:?}")
            }
            client::Event::Close => {
                let was_over = core::mem::replace(&mut self.is_over, true);
                self.to_client.clear();
                return !was_over;
            }
        }
        self.to_client.drain(..consumed);
        true
    }

    /// The client learns what became of a body: the server received the same, and said the same of it.
    fn delivered(&mut self, body: Token, codes: &[u16]) {
        let (content, answers) = self.messages.pop_front().unwrap();
        assert!(content == self.said[&body].content, "what was sent is what was received");
        assert_eq!(answers, codes);
    }

    fn server_hears(&mut self) -> bool {
        let Some(Received { consumed, event }) = self.server.receive(&self.to_server).unwrap() else {
            return false;
        };
        let mut push = |token, kind| self.open.push(Open { token, kind });
        match event {
            server::Event::Command { token, command, tolerated } => {
                assert_eq!(tolerated, None);
                match command {
                    Command::Ehlo(_) | Command::Lhlo(_) | Command::Helo(_) => push(token, Kind::Hello),
                    Command::Data => push(token, Kind::Data),
                    Command::Quit => push(token, Kind::Quit),
                    other => push(token, Kind::Command(format!("{other}"))),
                }
            }
            server::Event::Refused { token, command, reply } => match command {
                Command::Data => push(token, Kind::Refused(reply)),
                other if other.keyword() == "BDAT" => push(token, Kind::Refused(reply)),
                other => push(token, Kind::Refused(said(reply.code().get(), &format!("{other}")))),
            },
            server::Event::Auth { token, .. } => push(token, Kind::Auth { rounds: 0 }),
            server::Event::Answer { token, .. } => push(token, Kind::Auth { rounds: 1 }),
            server::Event::Cancelled { token } => push(token, Kind::Refused(said(501, "cancelled"))),
            server::Event::StartTls { token } => push(token, Kind::StartTls),
            server::Event::Bdat { .. } | server::Event::Skipped { tolerated: None } => {}
            server::Event::Chunk(content) => self.body.extend_from_slice(content),
            server::Event::ChunkEnd { token } => push(token, Kind::Chunk),
            server::Event::BodyEnd { token, refusal } => {
                push(token, Kind::Message { content: core::mem::take(&mut self.body), refusal });
            }
            server::Event::Close => return false,
            other => panic!("{other:?}"),
        }
        self.to_server.drain(..consumed);
        true
    }

    /// The server's user answers.
    fn answer(&mut self, event: usize, way: u8) {
        let Open { token, kind } = self.open.remove(event);
        let refusal = if way.is_multiple_of(2) { 451 } else { 550 };
        let is_refused = way.is_multiple_of(5);
        let code = |accepted| if is_refused { refusal } else { accepted };
        let reply = match kind {
            Kind::Hello if is_refused => said(refusal, "no"),
            Kind::Hello => {
                self.body.clear();
                let lines: Vec<Text<'_>> =
                    self.keywords.iter().map(|line| Text::try_from(*line).unwrap()).collect();
                Reply::multiline(ReplyCode::OK, None, &lines)
            }
            Kind::Command(line) => {
                if line == "RSET" && !is_refused {
                    self.body.clear();
                }
                said(code(250), &line)
            }
            Kind::Data => {
                self.body.clear();
                said(code(354), "go")
            }
            Kind::Refused(reply) => reply,
            Kind::Auth { rounds } if way > 80 && rounds < 3 => {
                self.server.challenge(token, b"more").unwrap();
                return;
            }
            Kind::Auth { .. } => said(code(235), "auth"),
            Kind::StartTls => said(code(220), "tls"),
            Kind::Quit => said(221, "bye"),
            Kind::Chunk => {
                if is_refused {
                    self.body.clear();
                }
                said(code(250), "chunk")
            }
            Kind::Message { refusal: Some(reply), .. } => reply,
            Kind::Message { content, .. } => {
                // With LMTP one for each recipient, until there is nothing left to answer.
                let mut answers = Vec::new();
                if way > 128 {
                    // With PRDR, too, and then one for all.
                    let _ = self.server.reply(token, &said(353, "each"));
                }
                loop {
                    let code = if (way >> (answers.len() % 8)) & 1 == 1 { refusal } else { 250 };
                    match self.server.reply(token, &said(code, "message")) {
                        Ok(()) => answers.push(code),
                        Err(error) => break assert_eq!(error, ApiMisuse::Token.into()),
                    }
                }
                self.messages.push_back((content, answers));
                return;
            }
        };
        self.server.reply(token, &reply).unwrap();
    }
}

fn said(code: u16, text: &str) -> Reply<'static> {
    let wire = format!("{code} {text}\r\n");
    let (_, reply) = Reply::parse(wire.as_bytes(), crate::Dialect::STRICT).unwrap();
    reply.into_owned()
}

fn carry(from: &mut Transmit, to: &mut Vec<u8>, octets: usize) {
    let mut left = octets.min(from.remaining());
    while left > 0 {
        let chunk = from.chunk();
        let step = chunk.len().min(left);
        to.extend_from_slice(&chunk[..step]);
        from.advance(step);
        left -= step;
    }
}

fn play(protocol: Protocol, keywords: Vec<&'static str>, moves: &[Move]) -> Pair {
    let mut pair = Pair::new(protocol, keywords);
    [Move::Settle, Move::Client(0), Move::Settle].iter().for_each(|step| pair.make(step));
    moves.iter().for_each(|step| pair.make(step));
    // To the end: whatever is open is finished, and then the client takes its leave.
    for round in 0..1_000 {
        pair.make(&Move::ToServer(usize::MAX));
        pair.make(&Move::ToClient(usize::MAX));
        if pair.is_challenged {
            pair.make(&Move::Client(19));
        } else if !pair.open.is_empty() {
            pair.make(&Move::Server { event: 0, way: 1 });
        } else if pair.writes.is_some() {
            pair.make(&Move::Client(13));
        } else if let Ok(token) = pair.client.send(&Command::Quit) {
            pair.given_up.extend(pair.chunked.take());
            pair.said.insert(
                token,
                Said { line: None, replies: 0, is_body: false, content: Vec::new(), deliveries: Vec::new() },
            );
        } else if pair.is_over {
            return pair;
        }
        assert!(round < 999, "it never ends: {:?} {:?}", pair.client, pair.server);
    }
    pair
}

fn any_move() -> impl Strategy<Value = Move> {
    let octets = || prop_oneof![0..60_usize, Just(usize::MAX)];
    prop_oneof![
        12 => any::<u8>().prop_map(Move::Client),
        2 => (1..4_u8, any::<bool>()).prop_map(|(recipients, chunked)| Move::Envelope { recipients, chunked }),
        2 => Just(Move::Settle),
        4 => (0..4_usize, any::<u8>()).prop_map(|(event, way)| Move::Server { event, way }),
        3 => octets().prop_map(Move::ToServer),
        3 => octets().prop_map(Move::ToClient),
    ]
}

fn any_keywords() -> impl Strategy<Value = Vec<&'static str>> {
    let keywords = &[
        "PIPELINING",
        "PIPELINING",
        "CHUNKING",
        "STARTTLS",
        "AUTH PLAIN LOGIN CRAM-MD5",
        "8BITMIME",
        "PRDR",
    ][..];
    prop::sample::subsequence(keywords, 0..=keywords.len())
        .prop_map(|keywords| ["mx.example.net"].into_iter().chain(keywords).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_command_has_its_reply(
        protocol in prop_oneof![Just(Protocol::Smtp), Just(Protocol::Lmtp)],
        keywords in any_keywords(),
        moves in prop::collection::vec(any_move(), 0..120),
    ) {
        let pair = play(protocol, keywords, &moves);
        for (token, said) in &pair.said {
            let expected = usize::from(!pair.given_up.contains(token));
            prop_assert!(said.replies == expected || (expected == 0 && said.replies == 1), "{token:?} {said:?}");
        }
        prop_assert_eq!((pair.client.state(), pair.server.state()), (State::Closed, State::Closed));
        prop_assert_eq!(pair.client.capabilities(), pair.server.capabilities());
        prop_assert_eq!(pair.client.is_tls(), pair.server.is_tls());
        prop_assert_eq!(pair.client.is_authenticated(), pair.server.is_authenticated());
    }
}
