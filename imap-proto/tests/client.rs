//! The client machine takes the place of the client in every recorded session: it is made to say what that one said,
//! hears what the server answered, and finds for every command its completion, however the bytes are cut.
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
use imap_proto::append::AppendHead;
use imap_proto::auth::{Answer, Authenticate};
use imap_proto::client::{Event, NotSent, Options, TagPrefix, TlsPolicy};
use imap_proto::framing::{self, Frame, Framer, split};
use imap_proto::response::{Data, StatusKind};
use imap_proto::view::{Abilities, Bounds, Change, MailboxView};
use imap_proto::{
    Client, Command, Dialect, Error, Leniency, Limits, LiteralMode, Mode, Received, Response, Tag,
    TaggedCommand, Token,
};

const PREFIX: [u8; 4] = *b"RECO";

/// What the recorded client said.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    /// A command; or the head of one, whose literal the server refused.
    Command {
        wire: Vec<u8>,
        is_refused: bool,
    },
    Answer(Vec<u8>),
    Done,
}

/// One step of a replay.
#[derive(Clone, Debug)]
enum Step {
    Say(Said),
    Hear(Vec<u8>),
    Tls,
    Compressed,
}

/// What came of a replay.
#[derive(Debug, Default, PartialEq)]
struct Replay {
    events: Vec<String>,
    /// What the machine wrote.
    written: Vec<u8>,
    error: Option<Error>,
    /// Commands without a completion.
    unanswered: usize,
    /// Responses that belong to a command, and those that belong to none.
    attributed: usize,
    unsolicited: usize,
    /// How the server contradicts itself about mailboxes, and how much it told of them.
    contradictions: Vec<String>,
    changes: usize,
}

/// Takes what the client said apart, each thing with the octets that the server had said before.
struct Reader<'s> {
    stream: Vec<u8>,
    at: usize,
    answers: std::vec::IntoIter<(Option<Vec<u8>>, Option<StatusKind>)>,
    session: &'s Session,
}

impl<'s> Reader<'s> {
    fn new(session: &'s Session) -> Self {
        let server = session.stream(Side::Server);
        let answers = split(&server, framing::Side::Server).filter_map(|wire| match tolerant(wire) {
            Response::Continue(_) => Some((None, None)),
            Response::Tagged(tagged) => {
                Some((Some(tagged.tag.as_bytes().to_vec()), Some(tagged.status.kind)))
            }
            _ => None,
        });
        let answers: Vec<_> = answers.collect();
        Self { stream: session.stream(Side::Client), at: 0, answers: answers.into_iter(), session }
    }

    /// Whether the server said to go on before it ended the command `tag`.
    fn goes_on(&mut self, tag: &[u8]) -> bool {
        for (ended, _) in self.answers.by_ref() {
            match ended {
                None => return true,
                Some(ended) if ended == tag => return false,
                Some(_) => {}
            }
        }
        false
    }

    fn line(&mut self) -> Option<Vec<u8>> {
        let rest = &self.stream[self.at..];
        let len = rest.iter().position(|&octet| octet == b'\n')? + 1;
        self.at += len;
        Some(rest[..len].to_vec())
    }

    fn command(&mut self) -> Option<Said> {
        let mut framer = Framer::new(framing::Side::Client);
        let mut limits = Limits::default();
        limits.inline_literal = usize::MAX;
        (limits.command, limits.command_authenticated) = (usize::MAX, usize::MAX);
        (limits.literal, limits.literals) = (u64::MAX, u32::MAX);
        let rest = self.stream[self.at..].to_vec();
        loop {
            match framer.next(&rest, &limits).unwrap()? {
                Frame::Message { len } => {
                    self.at += len;
                    return Some(Said::Command { wire: rest[..len].to_vec(), is_refused: false });
                }
                Frame::Literal(literal) => {
                    let tag = Tag::of(&rest).map(|tag| tag.as_bytes().to_vec()).unwrap_or_default();
                    if literal.waits && !self.goes_on(&tag) {
                        self.at += literal.head;
                        return Some(Said::Command { wire: rest[..literal.head].to_vec(), is_refused: true });
                    }
                    framer.accept();
                }
                frame => panic!("{}: {frame:?}", self.session.name),
            }
        }
    }

    /// Where in the server's stream the octet at `at` of the client's was sent.
    fn heard_before(&self, at: usize) -> usize {
        let (mut said, mut heard) = (0, 0);
        for record in &self.session.records {
            match record {
                Record::Bytes(Side::Client, bytes) => said += bytes.len(),
                Record::Bytes(Side::Server, bytes) => heard += bytes.len(),
                _ => {}
            }
            if said > at {
                return heard;
            }
        }
        heard
    }

    fn all(mut self) -> Vec<(usize, Said)> {
        let mut all = Vec::new();
        loop {
            let after = self.heard_before(self.at);
            let Some(said) = self.command() else { return all };
            let Said::Command { wire, .. } = &said else { return all };
            let tag = Tag::of(wire).map(|tag| tag.as_bytes().to_vec()).unwrap_or_default();
            let command = parse(wire);
            all.push((after, said));
            match command {
                Some(Command::Authenticate(_)) => {
                    while self.goes_on(&tag) {
                        let after = self.heard_before(self.at);
                        let Some(line) = self.line() else { return all };
                        all.push((after, Said::Answer(line)));
                    }
                }
                Some(Command::Idle) if self.goes_on(&tag) => {
                    let after = self.heard_before(self.at);
                    if self.line().is_none() {
                        return all;
                    }
                    all.push((after, Said::Done));
                }
                _ => {}
            }
        }
    }
}

fn tolerant(wire: &[u8]) -> Response<'_> {
    Response::parse(wire, Dialect::TOLERANT.with_utf8(true)).unwrap().1
}

fn parse(wire: &[u8]) -> Option<Command<'static>> {
    let dialects = [Dialect::STRICT, Dialect::STRICT.with_utf8(true), Dialect::TOLERANT.with_utf8(true)];
    let read = dialects.iter().find_map(|&dialect| TaggedCommand::parse(wire, dialect).ok());
    read.map(|(_, read)| read.command.into_owned())
}

/// The machine, and what it does.
struct Player {
    client: Client,
    input: Vec<u8>,
    replay: Replay,
    /// How often each command was completed.
    completions: BTreeMap<Token, usize>,
    /// The number of the last tag.
    tags: usize,
    is_closed: bool,
    watcher: Watcher,
}

/// Keeps a view of the mailbox that is selected.
#[derive(Default)]
struct Watcher {
    view: Option<MailboxView>,
    /// SELECT and EXAMINE without a completion.
    selects: VecDeque<Token>,
    /// Commands after which no mailbox is selected.
    deselects: Vec<Token>,
    enabled: Vec<imap_proto::Capability<'static>>,
}

impl Watcher {
    fn sent(&mut self, command: &Command<'_>, token: Token, client: &Client) {
        match command {
            Command::Select(_) | Command::Examine(_) => {
                self.selects.push_back(token);
                if self.selects.len() == 1 {
                    self.begin(client);
                }
            }
            Command::Close | Command::Unselect => self.deselects.push(token),
            _ => {}
        }
    }

    fn begin(&mut self, client: &Client) {
        let enabled = self.enabled.iter().cloned().collect();
        let offered = client.capabilities().cloned().unwrap_or_default();
        let mut view = MailboxView::new(Bounds::default());
        view.select(Abilities::of(&offered, &enabled));
        self.view = Some(view);
    }

    fn heard(&mut self, event: &Event<'_>, client: &Client) -> Vec<Change> {
        if let Event::Response { response: Response::Data(Data::Enabled(enabled)), .. } = event {
            self.enabled.extend(enabled.iter().map(imap_proto::Capability::into_owned));
        }
        let Some(view) = &mut self.view else { return Vec::new() };
        let mut changes = view.event(event);
        if let Event::Finished { to, status, .. } = event {
            if self.selects.front() == Some(to) {
                changes.extend(view.select_done(status));
                self.selects.pop_front();
                if !self.selects.is_empty() {
                    self.begin(client);
                }
            } else {
                changes.extend(view.done(status));
                if status.kind == StatusKind::Ok && self.deselects.contains(to) {
                    self.view = None;
                }
            }
        }
        changes
    }
}

impl Player {
    fn new(literals: LiteralMode) -> Self {
        let mut options = Options::new(TagPrefix::new(PREFIX).unwrap());
        options.tls = TlsPolicy::None;
        options.allow_plaintext_secrets = true;
        let strict_about = Leniency::UNKNOWN_TAG.union(Leniency::EXTRA_CONTINUATION);
        options.dialect = Dialect::TOLERANT.with_leniency(Leniency::ALL.without(strict_about));
        options.literals = literals;
        Self {
            client: Client::new(options),
            input: Vec::new(),
            replay: Replay::default(),
            completions: BTreeMap::new(),
            tags: 0,
            is_closed: false,
            watcher: Watcher::default(),
        }
    }

    fn say(&mut self, said: &Said) -> Result<(), Error> {
        match said {
            Said::Done => self.client.done(),
            Said::Answer(line) => match Answer::parse(line, Dialect::TOLERANT)?.1 {
                Answer::Response(response) => self.client.answer(response),
                Answer::Cancel => self.client.cancel(),
            },
            Said::Command { wire, is_refused } => {
                let token = if *is_refused {
                    let head = AppendHead::parse(wire, Dialect::TOLERANT)?;
                    self.client.append_head(head.mailbox, &head.message)?
                } else {
                    let tolerant = Dialect::TOLERANT.with_utf8(true);
                    let command = match parse(wire) {
                        Some(command) => command,
                        None => TaggedCommand::parse(wire, tolerant)?.1.command.into_owned(),
                    };
                    let token = self.client.send(&command)?;
                    self.watcher.sent(&command, token, &self.client);
                    token
                };
                self.completions.insert(token, 0);
                self.tags += 1;
                Ok(())
            }
        }
    }

    fn flush(&mut self) {
        let output = self.client.transmit();
        while output.has_remaining() {
            let chunk = output.chunk().to_vec();
            self.replay.written.extend_from_slice(&chunk);
            output.advance(chunk.len());
        }
    }

    /// Whether the machine waits for the server to take a literal.
    fn waits(&mut self) -> bool {
        self.flush();
        let written = &self.replay.written;
        written.ends_with(b"}\r\n") && !written.ends_with(b"+}\r\n")
    }

    /// Hears all that there is; whether a handshake or compression is due.
    fn hear(&mut self, bytes: &[u8]) -> Option<Step> {
        self.input.extend_from_slice(bytes);
        loop {
            self.flush();
            let (consumed, event) = match self.client.receive(&self.input) {
                Ok(None) => return None,
                Ok(Some(Received { consumed, event })) => (consumed, event),
                Err(error) => {
                    self.replay.error = self.replay.error.or(Some(error));
                    return None;
                }
            };
            for change in self.watcher.heard(&event, &self.client) {
                self.replay.changes += 1;
                if let Change::Contradiction(contradiction) = change {
                    self.replay.contradictions.push(format!("{contradiction:?}"));
                }
            }
            let mut due = None;
            match &event {
                Event::Finished { to, .. } => *self.completions.get_mut(to).unwrap() += 1,
                Event::StartTls { to } | Event::Compress { to } => {
                    *self.completions.get_mut(to).unwrap() += 1;
                    let is_tls = matches!(event, Event::StartTls { .. });
                    due = Some(if is_tls { Step::Tls } else { Step::Compressed });
                }
                Event::Response { to: Some(_), .. } => self.replay.attributed += 1,
                Event::Response { to: None, .. } => self.replay.unsolicited += 1,
                _ => {}
            }
            let is_close = event == Event::Close;
            match &event {
                // How many there are hangs on the cuts.
                Event::Chunk { .. } => {
                    if self.replay.events.last().is_none_or(|last| last != "Chunk") {
                        self.replay.events.push("Chunk".into());
                    }
                }
                Event::Close => {}
                event => self.replay.events.push(format!("{event:?}")),
            }
            self.input.drain(..consumed);
            if due.is_some() {
                return due;
            }
            if is_close {
                self.is_closed = true;
                return None;
            }
        }
    }

    fn is_over(&self) -> bool {
        self.replay.error.is_some() || self.is_closed
    }

    fn finish(mut self) -> Replay {
        self.replay.unanswered = self.completions.values().filter(|count| **count != 1).count();
        self.replay
    }
}

/// How the recorded client announced its literals; one that was refused was waited for.
fn literals(session: &Session, said: &[(usize, Said)]) -> LiteralMode {
    let stream = session.stream(Side::Client);
    let is_refused = |said: &Said| matches!(said, Said::Command { is_refused: true, .. });
    let waits = said.iter().any(|(_, said)| is_refused(said));
    match waits || !stream.windows(4).any(|octets| octets == b"+}\r\n") {
        true => LiteralMode::Synchronizing,
        false => LiteralMode::Plus,
    }
}

/// The first time through: what to say when, and what the server says with the tags of the machine.
struct Script {
    literals: LiteralMode,
    steps: Vec<Step>,
    replay: Replay,
    /// What the machine did not say, and why.
    declines: BTreeMap<String, usize>,
    /// Octets of the server that were not heard.
    left: usize,
}

fn script(session: &Session) -> Script {
    let said = Reader::new(session).all();
    let server = session.stream(Side::Server);
    let mut messages = split(&server, framing::Side::Server);
    let literals = literals(session, &said);
    let (mut player, mut steps, mut declines) = (Player::new(literals), Vec::new(), BTreeMap::new());
    let mut tags: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let (mut said, mut heard) = (said.into_iter().peekable(), 0);
    while !player.is_over() {
        while let Some((_, next)) = said.next_if(|(after, _)| *after <= heard) {
            let called = player.say(&next);
            let may_wait = player.completions.values().any(|count| *count == 0)
                && player.client.mode() != Mode::Authenticating
                && matches!(called, Err(Error::NotSent(NotSent::Order(_) | NotSent::Ambiguous)));
            if may_wait {
                // Once more when something has been completed.
                let rest: Vec<_> = std::iter::once((0, next)).chain(said).collect();
                said = rest.into_iter().peekable();
                break;
            }
            match called {
                Ok(()) => {
                    if let Said::Command { wire, .. } = &next {
                        let tag = Tag::of(wire).unwrap();
                        tags.insert(tag.as_bytes().to_vec(), player.tags);
                    }
                    let waited = matches!(&next, Said::Command { wire, .. } if waits(wire));
                    steps.push(Step::Say(next));
                    // What the recorded client need not wait for.
                    while !waited && player.waits() {
                        hear(&mut player, &mut steps, b"+ go\r\n");
                    }
                }
                Err(error) => *declines.entry(error.to_string()).or_default() += 1,
            }
        }
        let Some(wire) = messages.next() else { break };
        heard += wire.len();
        let wire = match tolerant(wire) {
            Response::Tagged(tagged) => match tags.get(tagged.tag.as_bytes()) {
                Some(number) => {
                    let rest = &wire[tagged.tag.as_bytes().len()..];
                    [&PREFIX[..], number.to_string().as_bytes(), rest].concat()
                }
                // Of a command that was not said.
                None => continue,
            },
            Response::Continue(_) => {
                let is_meant = player.waits()
                    || player.client.mode() == Mode::Authenticating
                    || player.replay.written.ends_with(b" IDLE\r\n");
                if !is_meant {
                    continue;
                }
                wire.to_vec()
            }
            _ => wire.to_vec(),
        };
        hear(&mut player, &mut steps, &wire);
    }
    let left = messages.map(<[u8]>::len).sum();
    Script { literals, steps, replay: player.finish(), declines, left }
}

/// Whether the command holds a literal that is waited for.
fn waits(wire: &[u8]) -> bool {
    wire.windows(3).enumerate().any(|(at, octets)| {
        octets == b"}\r\n" && at > 0 && wire[at - 1].is_ascii_digit() && at + 3 <= wire.len()
    })
}

fn hear(player: &mut Player, steps: &mut Vec<Step>, wire: &[u8]) {
    let mut due = player.hear(wire);
    steps.push(Step::Hear(wire.to_vec()));
    while let Some(step) = due {
        due = take(player, &step);
        steps.push(step);
    }
}

/// TLS or compression begins; what stood behind its answer is heard now.
fn take(player: &mut Player, step: &Step) -> Option<Step> {
    match step {
        Step::Tls => player.client.tls_established().unwrap(),
        _ => player.client.compression_established().unwrap(),
    }
    player.hear(&[])
}

/// The same again, `cut` telling the lengths of the pieces.
fn replay(literals: LiteralMode, steps: &[Step], mut cut: impl FnMut(usize) -> usize) -> Replay {
    let mut player = Player::new(literals);
    let mut steps = steps.iter().peekable();
    while let Some(step) = steps.next() {
        match step {
            Step::Say(said) => player.say(said).unwrap(),
            Step::Hear(bytes) => {
                let mut all = bytes.clone();
                while let Some(Step::Hear(more)) = steps.next_if(|step| matches!(step, Step::Hear(_))) {
                    all.extend_from_slice(more);
                }
                let mut rest = &all[..];
                while !rest.is_empty() {
                    let (piece, after) = rest.split_at(cut(rest.len()).clamp(1, rest.len()));
                    player.hear(piece);
                    rest = after;
                }
            }
            step => assert!(take(&mut player, step).is_none()),
        }
    }
    player.flush();
    player.finish()
}

/// Where it was not offered, the machine keeps an initial response for the first challenge.
fn without_response(command: Option<Command<'_>>) -> Option<Command<'_>> {
    command.map(|command| match command {
        Command::Authenticate(auth) => Command::Authenticate(Authenticate { initial_response: None, ..auth }),
        command => command,
    })
}

/// What the machine wrote means what the recorded client wrote.
fn says_the_same(script: &Script, name: &str) {
    let said = script.steps.iter().filter_map(|step| match step {
        Step::Say(said) => Some(said),
        _ => None,
    });
    let said: Vec<_> = said.collect();
    if said.iter().any(|said| !matches!(said, Said::Command { is_refused: false, .. })) {
        return;
    }
    let written = split(&script.replay.written, framing::Side::Client).map(parse);
    let said = said.iter().map(|said| match said {
        Said::Command { wire, .. } => parse(wire),
        _ => None,
    });
    assert!(written.map(without_response).eq(said.map(without_response)), "{name}");
}

/// Sessions of real clients in which the machine does not say something that its rules forbid.
const DECLINED: &[(&str, &str)] = &[
    // The server knows the command, and does not say so.
    ("pymap/curl-16.jsonl", "not sent: the server does not offer NAMESPACE"),
];

#[test]
fn recorded_sessions() {
    let (mut whole, mut commands, mut attributed, mut unsolicited) = (0, 0, 0, 0);
    let (mut contradictions, mut changes) = (Vec::new(), 0);
    for (number, session) in sessions().into_iter().enumerate() {
        let (script, name) = (script(&session), &session.name);
        let (mut one_piece, mut octets, mut random) = (|len| len, |_| 1, random_cuts(number as u64, 40));
        let cuts: [&mut dyn FnMut(usize) -> usize; 3] = [&mut one_piece, &mut octets, &mut random];
        for cut in cuts {
            assert_eq!(replay(script.literals, &script.steps, cut), script.replay, "{name}");
        }
        let replay = &script.replay;
        assert_eq!(replay.error, None, "{name}");
        commands += script.steps.iter().filter(|step| matches!(step, Step::Say(_))).count();
        attributed += replay.attributed;
        unsolicited += replay.unsolicited;
        changes += replay.changes;
        contradictions.extend(replay.contradictions.iter().map(|one| format!("{name}: {one}")));
        if script.declines.is_empty() {
            assert_eq!(script.left, 0, "{name}");
            // What the server hung up on, and nothing else.
            assert!(replay.unanswered <= 1, "{name}: {}", replay.unanswered);
        }
        if script.declines.is_empty() && replay.unanswered == 0 {
            whole += 1;
            says_the_same(&script, name);
        } else if !session.client.starts_with("scripted") {
            let declines: Vec<_> =
                script.declines.keys().map(|reason| (name.as_str(), reason.as_str())).collect();
            assert!(
                !declines.is_empty() && declines.iter().all(|one| DECLINED.contains(one)),
                "{declines:?}"
            );
        }
    }
    println!("{whole} whole; {commands} said; {attributed} responses of commands, {unsolicited} of none");
    println!("{changes} changes of mailboxes");
    // None of these servers contradicts itself.
    assert_eq!(contradictions, [""; 0]);
    assert!(changes >= 3_600, "{changes}");
    assert!(whole >= 261 && commands >= 5_400, "{whole} {commands}");
    assert!(attributed >= 10_700 && unsolicited <= 1_000, "{attributed} {unsolicited}");
}
