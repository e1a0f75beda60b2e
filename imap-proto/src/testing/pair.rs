//! A client and a server joined in memory: whatever either user does, when and in which pieces, every command finds its
//! completion and its data, and what the client has learned is what is true.
//!
//! There are two of each machine. They are called alike, and one of them is fed octet by octet: both tell and write the
//! same.

mod host;
mod model;
mod serve;
mod setup;
mod user;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;

use bytes::Buf;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use self::model::{FlagSet, View};
use self::setup::{Move, Setup, any_move, any_setup};
use crate::auth::Secret;
use crate::client::{self, TagPrefix, TlsPolicy};
use crate::command::Command;
use crate::fetch::FetchItem;
use crate::response::Status;
use crate::server;
use crate::session::{Received, Token};
use crate::state::{Mode, State};
use crate::transmit::Transmit;
use crate::writer::LiteralMode;
use crate::{Client, Server};

/// A machine, what it was fed and did not take, and what it told.
struct Side<M> {
    machine: M,
    buffer: Vec<u8>,
    log: Vec<String>,
}

/// Two machines of a kind that are called alike.
struct Twins<M> {
    one: Side<M>,
    two: Side<M>,
}

impl<M> Twins<M> {
    fn new(one: M, two: M) -> Self {
        let side = |machine| Side { machine, buffer: Vec::new(), log: Vec::new() };
        Self { one: side(one), two: side(two) }
    }

    fn both<R: PartialEq + Debug>(&mut self, call: impl Fn(&mut M) -> R) -> R {
        let result = call(&mut self.one.machine);
        assert_eq!(call(&mut self.two.machine), result, "both are in the same state");
        result
    }
}

impl<M> Side<M> {
    /// Chunks are joined, and so is what is skipped: how many there are hangs on the cuts.
    fn note(&mut self, event: &impl Debug, chunk: Option<&[u8]>) {
        match (chunk, self.log.last_mut()) {
            (Some(octets), Some(last)) if last.starts_with("chunk ") => {
                last.push_str(&format!("{}", octets.escape_ascii()));
            }
            (Some(octets), _) => self.log.push(format!("chunk {}", octets.escape_ascii())),
            (None, last) => {
                let event = format!("{event:?}");
                let is_cut = matches!(event.as_str(), "Skipped { tolerated: None }" | "Dropped");
                if !(is_cut && last.is_some_and(|last| *last == event)) {
                    self.log.push(event);
                }
            }
        }
    }
}

/// What waits for the server's user.
#[derive(Debug)]
struct Open {
    token: Token,
    /// Of the command, in the order of all.
    number: usize,
    ask: Ask,
}

#[derive(Debug)]
enum Ask {
    Command(Command<'static>),
    Refused(Status<'static>),
    Literal {
        waits: bool,
    },
    AppendEnd(Incoming),
    Auth {
        rounds: u8,
        mechanism: String,
    },
    Idle,
    Done,
    /// STARTTLS or COMPRESS.
    Barrier,
}

/// Messages that come.
#[derive(Debug)]
struct Incoming {
    number: usize,
    mailbox: String,
    /// REPLACE: the UID of what goes.
    replaces: Option<u32>,
    messages: Vec<(FlagSet, Vec<u8>)>,
}

/// What the client's user said.
#[derive(Debug, Default)]
struct Said {
    token: Option<Token>,
    /// As it was sent, when that was in one piece.
    command: Option<Command<'static>>,
    /// The messages that its numbers mean.
    uids: Vec<u32>,
    /// Of the messages in it.
    contents: Vec<Vec<u8>>,
}

struct Pair {
    setup: Setup,
    client: Twins<Client>,
    server: Twins<Server>,
    is_compressed: bool,
    is_over: bool,

    // The client's user.
    said: Vec<Said>,
    view: View,
    completions: usize,
    is_challenged: bool,
    /// The number of what is written in pieces, what may be written now, and what of it was not.
    streams: Option<usize>,
    writes: Option<Token>,
    unwritten: Vec<u8>,
    /// A message whose contents are streamed: whose it is, and which; and what is streamed of it.
    arriving: Option<(Option<Token>, u32, Vec<FetchItem<'static>>)>,
    streamed: Option<(FetchItem<'static>, u64, Vec<u8>)>,

    // The server's user.
    offers: String,
    store: model::Store,
    selected: Option<&'static str>,
    is_examined: bool,
    /// What the client was told of the mailbox.
    seen: View,
    commands: usize,
    open: Vec<Open>,
    incoming: Option<Incoming>,
    challenges: Vec<Vec<u8>>,
    answers: Vec<Secret>,

    // What was sent, for the other side to compare.
    emitted: VecDeque<(Option<usize>, Vec<u8>)>,
    finished: BTreeMap<usize, String>,
    /// By which STORE.SILENT, and which message.
    changed: Vec<(usize, u32)>,
    /// What has come about.
    happened: BTreeSet<String>,
}

impl Pair {
    fn new(setup: &Setup) -> Self {
        let mut options = client::Options::new(TagPrefix::new(*b"PAIR").unwrap());
        options.tls = TlsPolicy::None;
        options.allow_plaintext_secrets = true;
        options.limits.inline_literal = setup.inline;
        options.literals = if setup.waits { LiteralMode::Synchronizing } else { LiteralMode::Plus };
        let client = Twins::new(Client::new(options.clone()), Client::new(options));
        let mut options = server::Options { allow_plaintext_secrets: true, ..server::Options::default() };
        (options.limits.errors, options.limits.errors_authenticated) = (u32::MAX, u32::MAX);
        let server = Twins::new(Server::new(options.clone()), Server::new(options));
        let offers = setup.offers();
        #[rustfmt::skip]
        let mut pair = Self {
            setup: setup.clone(), client, server, is_compressed: false, is_over: false,
            said: Vec::new(), view: View::default(), completions: 0, is_challenged: false, streams: None, writes: None,
            unwritten: Vec::new(), arriving: None, streamed: None,
            offers, store: model::store(), selected: None, is_examined: false, seen: View::default(), commands: 0,
            open: Vec::new(), incoming: None, challenges: Vec::new(), answers: Vec::new(),
            emitted: VecDeque::new(), finished: BTreeMap::new(), changed: Vec::new(),
            happened: BTreeSet::new(),
        };
        let code = if setup.tells { format!(" [{}]", pair.capabilities()) } else { String::new() };
        let greeting = host::greeting(&format!("{}{code} hi", if setup.preauth { "PREAUTH" } else { "OK" }));
        pair.server.both(|server| server.greet(&greeting)).unwrap();
        if !setup.tells {
            pair.advertise();
        }
        for number in 0..9 {
            pair.elsewhere(200, number);
        }
        pair
    }

    /// As if the client had been told.
    fn advertise(&mut self) {
        let capabilities = host::response(format!("* {}\r\n", self.capabilities()).as_bytes());
        let crate::Response::Data(crate::response::Data::Capability(data)) = capabilities else { panic!() };
        self.server.both(|server| server.advertise(&data.0)).unwrap();
    }

    fn make(&mut self, step: &Move) {
        if self.is_over {
            return;
        }
        match *step {
            Move::Client(what, a, b) => self.act(what, a, b),
            Move::Server { event, way } if !self.open.is_empty() => self.answer(event % self.open.len(), way),
            Move::Server { .. } => {}
            Move::ToServer(octets) => self.feed_server(octets),
            Move::ToClient(octets) => self.feed_client(octets),
            Move::Elsewhere(what, which) => self.elsewhere(what, which),
            Move::Settle => self.settle(),
        }
        // What waited for a call.
        self.feed_server(0);
        self.feed_client(0);
    }

    fn feed_server(&mut self, octets: usize) {
        let taken = carry(self.client.one.machine.transmit(), octets);
        assert!(taken == carry(self.client.two.machine.transmit(), octets), "both write the same");
        self.server.one.buffer.extend_from_slice(&taken);
        let buffer = core::mem::take(&mut self.server.one.buffer);
        let mut at = 0;
        while let Some(Received { consumed, event }) = self.server.one.machine.receive(&buffer[at..]).unwrap()
        {
            if let server::Event::Close = event {
                break;
            }
            let chunk = if let server::Event::Chunk(octets) = &event { Some(*octets) } else { None };
            self.server.one.note(&event, chunk);
            self.asked(event);
            at += consumed;
        }
        self.server.one.buffer = buffer[at..].to_vec();
        let two = &mut self.server.two;
        for piece in [&[][..]].into_iter().chain(taken.chunks(1)) {
            two.buffer.extend_from_slice(piece);
            let buffer = core::mem::take(&mut two.buffer);
            let mut at = 0;
            while let Some(Received { consumed, event }) = two.machine.receive(&buffer[at..]).unwrap() {
                if let server::Event::Close = event {
                    break;
                }
                let chunk = if let server::Event::Chunk(octets) = &event { Some(*octets) } else { None };
                two.note(&event, chunk);
                at += consumed;
            }
            two.buffer = buffer[at..].to_vec();
        }
        assert_eq!(self.server.one.log, self.server.two.log, "however the octets are cut");
        assert_eq!(self.server.one.buffer, self.server.two.buffer);
        self.server.one.log.clear();
        self.server.two.log.clear();
    }

    fn feed_client(&mut self, octets: usize) {
        let taken = carry(self.server.one.machine.transmit(), octets);
        assert!(taken == carry(self.server.two.machine.transmit(), octets), "both write the same");
        // Behind the end either would only hear of the end again.
        let was_over = self.is_over;
        let mut barrier = None;
        let mut buffer = core::mem::take(&mut self.client.one.buffer);
        buffer.extend_from_slice(&taken);
        let mut at = 0;
        while !self.is_over && barrier.is_none() {
            let received = self.client.one.machine.receive(&buffer[at..]).unwrap();
            let Some(Received { consumed, event }) = received else { break };
            let chunk = if let client::Event::Chunk { octets, .. } = &event { Some(*octets) } else { None };
            self.client.one.note(&event, chunk);
            barrier = barrier_of(&event);
            self.heard(event);
            at += consumed;
        }
        self.client.one.buffer = buffer[at..].to_vec();
        let two = &mut self.client.two;
        let (mut is_over, mut is_barrier) = (was_over, false);
        for piece in [&[][..]].into_iter().chain(taken.chunks(1)) {
            two.buffer.extend_from_slice(piece);
            while !is_over && !is_barrier {
                let buffer = core::mem::take(&mut two.buffer);
                let received = two.machine.receive(&buffer).unwrap();
                let Some(Received { consumed, event }) = received else {
                    two.buffer = buffer;
                    break;
                };
                let chunk =
                    if let client::Event::Chunk { octets, .. } = &event { Some(*octets) } else { None };
                two.note(&event, chunk);
                is_over = event == client::Event::Close;
                is_barrier = barrier_of(&event).is_some();
                two.buffer = buffer[consumed..].to_vec();
            }
        }
        assert_eq!(self.client.one.log, self.client.two.log, "however the octets are cut");
        self.client.one.log.clear();
        self.client.two.log.clear();
        if let Some(is_tls) = barrier {
            self.hand_over(is_tls);
        }
    }

    /// Both sides make the handshake, or begin to compress.
    fn hand_over(&mut self, is_tls: bool) {
        for buffer in [&self.client.one.buffer, &self.client.two.buffer, &self.server.one.buffer] {
            assert!(buffer.is_empty(), "nothing stands behind a barrier");
        }
        if is_tls {
            self.client.both(|client| client.tls_established()).unwrap();
            self.server.both(|server| server.tls_established()).unwrap();
        } else {
            self.client.both(|client| client.compression_established()).unwrap();
            self.server.both(|server| server.compression_established()).unwrap();
            self.is_compressed = true;
        }
    }

    /// Whatever is open comes to its end.
    fn finish_all(&mut self) {
        for _ in 0..1_000 {
            self.feed_server(usize::MAX);
            self.feed_client(usize::MAX);
            if self.is_over {
                return;
            }
            if !self.open.is_empty() {
                self.answer(0, 64);
            } else if self.is_challenged {
                self.answer_challenge(1);
            } else if self.writes.is_some() {
                self.write(100);
            } else if self.completions == self.said.len() {
                return;
            } else {
                // What is left is IDLE, or on its way.
                let _ = self.client.both(|client| client.done());
            }
        }
        panic!("it never ends: {:?} {:?}", self.client.one.machine, self.server.one.machine);
    }

    fn settle(&mut self) {
        self.finish_all();
        if !self.is_over && self.client.one.machine.state().is_authenticated() {
            // It may be that the server told nothing yet of what has gone.
            self.say(b"NOOP");
            self.finish_all();
        }
        if !self.is_over {
            self.compare();
        }
    }

    /// What the client has learned is what is true.
    fn compare(&self) {
        let (client, server) = (&self.client.one.machine, &self.server.one.machine);
        assert_eq!((client.state(), client.mode()), (server.state(), server.mode()));
        assert_eq!((client.mode(), client.is_tls()), (Mode::Commands, server.is_tls()));
        if let Some(capabilities) = client.capabilities() {
            assert_eq!(capabilities, server.capabilities());
        }
        assert_eq!(self.commands, self.said.len(), "every command has come");
        assert_eq!(self.finished.len(), self.said.len(), "and was answered, once");
        assert!(self.emitted.is_empty(), "all that was sent was heard");
        assert_eq!(self.view, self.seen);
        assert_eq!(client.state() == State::Selected, self.selected.is_some());
        if let Some(selected) = self.selected {
            let folder = &self.store[selected].messages;
            let truth = folder.iter().map(|message| (message.uid, &message.flags));
            assert!(self.view.messages.iter().map(|known| (known.uid, &known.flags)).eq(truth));
            assert_eq!(client.exists(), Some(folder.len() as u32));
        }
    }
}

/// Whether a handshake or compression is due: `true` is TLS.
fn barrier_of(event: &client::Event<'_>) -> Option<bool> {
    match event {
        client::Event::StartTls { .. } => Some(true),
        client::Event::Compress { .. } => Some(false),
        _ => None,
    }
}

fn carry(from: &mut Transmit, octets: usize) -> Vec<u8> {
    let len = octets.min(from.remaining());
    from.copy_to_bytes(len).to_vec()
}

fn play(setup: &Setup, moves: &[Move]) -> Pair {
    let mut pair = Pair::new(setup);
    moves.iter().for_each(|step| pair.make(step));
    pair.make(&Move::Settle);
    if !pair.is_over {
        // Whatever goes before, the client can take its leave.
        pair.say(b"LOGOUT");
        pair.finish_all();
    }
    pair
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_the_client_learns_is_true(
        setup in any_setup(),
        moves in prop::collection::vec(any_move(), 0..150),
    ) {
        let pair = play(&setup, &moves);
        prop_assert_eq!(pair.client.one.machine.state(), State::Closed);
    }
}

/// The games are worth something: everything comes about in some of them.
#[test]
fn everything_happens() {
    let mut runner = TestRunner::deterministic();
    let games = (any_setup(), prop::collection::vec(any_move(), 100..150));
    let mut happened = BTreeSet::new();
    for _ in 0..250 {
        let (setup, moves) = games.new_tree(&mut runner).unwrap().current();
        happened.append(&mut play(&setup, &moves).happened);
    }
    let missing: Vec<_> = EVERYTHING.iter().filter(|one| !happened.contains(**one)).collect();
    assert!(missing.is_empty(), "{missing:?} of {happened:#?}");
}

#[rustfmt::skip]
const EVERYTHING: &[&str] = &[
    "CAPABILITY Ok", "NOOP Ok", "LOGIN Ok", "LOGIN No", "ENABLE Ok", "STARTTLS Ok", "STARTTLS No", "COMPRESS Ok", "SELECT Ok",
    "SELECT No", "EXAMINE Ok", "CLOSE Ok", "UNSELECT Ok", "FETCH Ok", "UID FETCH Ok", "STORE Ok", "UID STORE Ok", "COPY Ok",
    "UID COPY Ok", "MOVE Ok", "UID MOVE Ok", "EXPUNGE Ok", "UID EXPUNGE Ok", "SEARCH Ok", "UID SEARCH Ok", "IDLE Ok", "LIST Ok",
    "STATUS Ok", "UNAUTHENTICATE Ok", "LOGOUT Ok", "AUTHENTICATE Ok", "AUTHENTICATE No",
    "AUTHENTICATE Bad", "1 messages Ok", "2 messages Ok", "3 messages Ok", "1 messages No", "challenge", "idling", "go-ahead",
    "piece", "next message", "replaced", "streamed", "EXPUNGE", "VANISHED", "FETCH", "UIDFETCH", "SEARCH", "ESEARCH", "pipelined",
];
