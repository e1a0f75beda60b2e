//! All short sequences of what a user and a server may do, against what RFC 9051 says of their order (sections 3, 5.5, 6.2.1,
//! 6.3.13, 7.1.5).

use bytes::Bytes;

use super::*;
use crate::append::{AppendOptions, MessageHead};
use crate::auth::Plain;
use crate::grammar::mailbox::Mailbox;
use crate::response::StatusKind;

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Do {
    // The user.
    Login,
    Authenticate,
    StartTls,
    Capability,
    Noop,
    Select,
    Fetch,
    /// With a message of one octet, which is given later.
    Append,
    /// The octet, and the end.
    Body,
    Idle,
    Done,
    Enable,
    Logout,
    // The server.
    Ok,
    PreAuth,
    Bye,
    /// The completion of the oldest command in flight; if there is none, once more of the last.
    TaggedOk,
    TaggedNo,
    TaggedBad,
    /// Of a command that was never given.
    UnknownTag,
    Continue,
    Exists,
    Expunge,
    Capabilities,
}

const ALL: [Do; 24] = [
    Do::Login,
    Do::Authenticate,
    Do::StartTls,
    Do::Capability,
    Do::Noop,
    Do::Select,
    Do::Fetch,
    Do::Append,
    Do::Body,
    Do::Idle,
    Do::Done,
    Do::Enable,
    Do::Logout,
    Do::Ok,
    Do::PreAuth,
    Do::Bye,
    Do::TaggedOk,
    Do::TaggedNo,
    Do::TaggedBad,
    Do::UnknownTag,
    Do::Continue,
    Do::Exists,
    Do::Expunge,
    Do::Capabilities,
];

/// What comes of it. Commands are known by their number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// Something is written.
    Said,
    /// It is said when something else has come to its end.
    Kept,
    /// The call is an error, and nothing has changed.
    Refused,
    /// The session cannot go on.
    Fatal,
    Greeted,
    Told(Option<usize>),
    Dropped,
    Finished(usize, StatusKind),
    MayWrite(usize),
    IsIdling(usize),
    Tls(usize),
    Goodbye,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Greeting,
    Out,
    In,
    Mailbox,
    /// The server has said BYE.
    Bye,
    Over,
}

/// A command that is not completed.
#[derive(Clone, Copy, Debug)]
struct Open {
    number: usize,
    what: Do,
    /// How often the server has said `+` to it.
    continued: u32,
    /// The message was given, or DONE said.
    is_done: bool,
    /// It waits behind a literal.
    is_queued: bool,
}

impl Open {
    /// The message of an APPEND is still to come.
    fn owes(self) -> bool {
        self.what == Do::Append && !self.is_done
    }
}

/// What matters of a session, in the words of the RFC.
#[derive(Clone, Debug)]
struct Model {
    requires_tls: bool,
    at: At,
    tls: bool,
    /// RFC 9051 section 6.2.1: after STARTTLS, CAPABILITY comes first.
    has_to_ask: bool,
    /// Oldest first.
    open: Vec<Open>,
    exists: Option<u32>,
    given: usize,
}

impl Model {
    fn new(requires_tls: bool) -> Self {
        let (at, tls, has_to_ask, open, exists, given) = (At::Greeting, false, false, Vec::new(), None, 0);
        Self { requires_tls, at, tls, has_to_ask, open, exists, given }
    }

    fn is_in_clear(&self) -> bool {
        self.requires_tls && !self.tls
    }

    fn has_open(&self, what: Do) -> bool {
        self.open.iter().any(|open| open.what == what)
    }

    fn next(&mut self, step: Do) -> Outcome {
        match step {
            Do::Body => match self.open.iter_mut().find(|open| open.owes() && open.continued > 0) {
                Some(open) => {
                    open.is_done = true;
                    self.release();
                    Outcome::Said
                }
                None => Outcome::Refused,
            },
            Do::Done => match self.open.first_mut().filter(|open| open.what == Do::Idle && !open.is_done) {
                Some(open) => {
                    open.is_done = true;
                    if open.continued > 0 { Outcome::Said } else { Outcome::Kept }
                }
                None => Outcome::Refused,
            },
            Do::Login
            | Do::Authenticate
            | Do::StartTls
            | Do::Capability
            | Do::Noop
            | Do::Select
            | Do::Fetch
            | Do::Append
            | Do::Idle
            | Do::Enable
            | Do::Logout => self.give(step),
            _ => self.hear(step),
        }
    }

    fn give(&mut self, what: Do) -> Outcome {
        if !self.has_its_place(what) || !self.is_unambiguous(what) || !self.is_safe(what) {
            return Outcome::Refused;
        }
        self.given += 1;
        // A literal has to be through before anything else is said.
        let is_queued = self.open.iter().any(|open| open.owes());
        self.open.push(Open { number: self.given, what, continued: 0, is_done: false, is_queued });
        if what == Do::Select {
            self.exists = None;
        }
        if is_queued { Outcome::Kept } else { Outcome::Said }
    }

    /// Section 3: where a command may come.
    fn has_its_place(&self, what: Do) -> bool {
        match what {
            Do::Capability | Do::Noop | Do::Logout => matches!(self.at, At::Out | At::In | At::Mailbox),
            Do::Login | Do::Authenticate | Do::StartTls => self.at == At::Out,
            Do::Fetch => self.at == At::Mailbox,
            _ => matches!(self.at, At::In | At::Mailbox),
        }
    }

    /// Section 5.5: which commands may be in flight together.
    fn is_unambiguous(&self, what: Do) -> bool {
        // What comes behind these depends on how they end, and what comes before ends in them.
        let needs_all =
            |what| matches!(what, Do::Login | Do::Authenticate | Do::StartTls | Do::Idle | Do::Logout);
        let mut open = self.open.iter().map(|open| open.what);
        match what {
            _ if self.open.iter().any(|open| needs_all(open.what)) => false,
            _ if needs_all(what) => self.open.is_empty(),
            // Message numbers hold only while no EXPUNGE can come.
            Do::Fetch => open.all(|open| open == Do::Fetch),
            Do::Select => open.all(|open| open != Do::Select),
            Do::Append => !self.open.iter().any(|open| open.owes()),
            _ => true,
        }
    }

    /// Section 6.2.1, and the policy.
    fn is_safe(&self, what: Do) -> bool {
        match what {
            Do::Capability | Do::Logout => true,
            Do::StartTls => !self.tls,
            _ => !self.is_in_clear() && !self.has_to_ask,
        }
    }

    /// What is said when a literal is through.
    fn release(&mut self) {
        for open in &mut self.open {
            open.is_queued = false;
            if open.owes() {
                return;
            }
        }
    }

    fn end(&mut self, outcome: Outcome) -> Outcome {
        self.at = At::Over;
        outcome
    }

    fn hear(&mut self, step: Do) -> Outcome {
        if self.at == At::Greeting {
            return match step {
                Do::Ok => {
                    self.at = At::Out;
                    Outcome::Greeted
                }
                Do::PreAuth if !self.requires_tls => {
                    self.at = At::In;
                    Outcome::Greeted
                }
                Do::Bye => self.end(Outcome::Greeted),
                _ => self.end(Outcome::Fatal),
            };
        }
        let has_mailbox = self.at != At::Bye && (self.at == At::Mailbox || self.has_open(Do::Select));
        let is_silent = self.is_in_clear() || self.at == At::Bye;
        match step {
            Do::TaggedOk => self.complete(StatusKind::Ok),
            Do::TaggedNo => self.complete(StatusKind::No),
            Do::TaggedBad => self.complete(StatusKind::Bad),
            Do::Continue => self.go_on(),
            Do::Bye => {
                let in_clear = self.is_in_clear();
                self.at = if self.open.is_empty() { At::Over } else { At::Bye };
                if in_clear { Outcome::Dropped } else { Outcome::Goodbye }
            }
            Do::Ok if !is_silent => Outcome::Told(None),
            Do::Exists if !is_silent && has_mailbox => {
                self.exists = Some(3);
                Outcome::Told(self.number_of(Do::Select))
            }
            // A message that is not there cannot go.
            Do::Expunge if !is_silent && has_mailbox && self.exists != Some(0) => {
                self.exists = self.exists.map(|exists| exists - 1);
                Outcome::Told(None)
            }
            Do::Capabilities if self.at != At::Bye => {
                self.has_to_ask = false;
                Outcome::Told(self.number_of(Do::Capability))
            }
            Do::Ok | Do::Exists | Do::Expunge | Do::Capabilities | Do::PreAuth => Outcome::Dropped,
            _ => self.end(Outcome::Fatal),
        }
    }

    /// The first that is in flight, and was said.
    fn number_of(&self, what: Do) -> Option<usize> {
        self.open.iter().find(|open| open.what == what && !open.is_queued).map(|open| open.number)
    }

    fn complete(&mut self, status: StatusKind) -> Outcome {
        let is_ok = status == StatusKind::Ok;
        let Some(&open) = self.open.first() else { return self.end(Outcome::Fatal) };
        // What was not said as a whole cannot succeed, and to go on in clear is not to be thought of.
        if is_ok && open.owes() || open.what == Do::StartTls && !is_ok && self.requires_tls {
            return self.end(Outcome::Fatal);
        }
        self.open.remove(0);
        let was_at = self.at;
        match (open.what, status) {
            (Do::Login | Do::Authenticate, StatusKind::Ok) => self.at = At::In,
            (Do::Select, StatusKind::Ok) => self.at = At::Mailbox,
            // Section 6.3.2: a SELECT that fails leaves no mailbox selected.
            (Do::Select, StatusKind::No) => (self.at, self.exists) = (At::In, None),
            (Do::Select, StatusKind::Bad) => self.exists = None,
            (Do::StartTls, StatusKind::Ok) => (self.tls, self.has_to_ask, self.exists) = (true, true, None),
            (Do::Capability, _) => self.has_to_ask = false,
            // The server was told of an octet and waits for it, whatever it says.
            (Do::Append, _) if open.owes() && open.continued > 0 => self.at = At::Over,
            (Do::Logout, StatusKind::Ok) => self.at = At::Over,
            _ => {}
        }
        if was_at == At::Bye {
            // Section 3.4: there is no way back.
            self.at = if self.open.is_empty() || self.at == At::Over { At::Over } else { At::Bye };
        }
        self.release();
        match open.what {
            Do::StartTls if is_ok => Outcome::Tls(open.number),
            _ => Outcome::Finished(open.number, status),
        }
    }

    fn go_on(&mut self) -> Outcome {
        let Some(open) = self.open.iter_mut().find(|open| match open.what {
            Do::Append => open.owes() && open.continued == 0 && !open.is_queued,
            Do::Idle => open.continued == 0,
            // The message, and that there is no more; then the server has nothing to ask.
            Do::Authenticate => open.continued < 2,
            _ => false,
        }) else {
            return self.end(Outcome::Fatal);
        };
        open.continued += 1;
        match open.what {
            Do::Append => Outcome::MayWrite(open.number),
            Do::Idle => Outcome::IsIdling(open.number),
            _ => Outcome::Told(Some(open.number)),
        }
    }

    /// State, mode, and how many messages there are.
    fn stands(&self) -> (State, Mode, bool, Option<u32>) {
        let state = match self.at {
            At::Greeting => State::Greeting,
            At::Out => State::NotAuthenticated,
            At::In => State::Authenticated,
            At::Mailbox => State::Selected,
            At::Bye => State::Logout,
            At::Over => State::Closed,
        };
        let mode = match self.open.first() {
            Some(Open { what: Do::StartTls, .. }) => Mode::StartTls,
            Some(Open { what: Do::Authenticate, .. }) => Mode::Authenticating,
            Some(Open { what: Do::Idle, continued: 1.., .. }) => Mode::Idling,
            _ => Mode::Commands,
        };
        (state, mode, self.tls, self.exists)
    }
}

/// A client, and the tokens of its commands.
#[derive(Clone)]
struct Subject {
    client: Client,
    tokens: Vec<Token>,
    completed: usize,
}

/// What is said, made once.
struct Texts {
    commands: Vec<(Do, Command<'static>)>,
    completions: Vec<[String; 3]>,
}

impl Texts {
    fn new() -> Self {
        let commands = [
            (Do::Login, "LOGIN a b"),
            (Do::StartTls, "STARTTLS"),
            (Do::Capability, "CAPABILITY"),
            (Do::Noop, "NOOP"),
            (Do::Select, "SELECT box"),
            (Do::Fetch, "FETCH 1 FLAGS"),
            (Do::Idle, "IDLE"),
            (Do::Enable, "ENABLE CONDSTORE"),
            (Do::Logout, "LOGOUT"),
        ];
        let completions = |number| ["OK", "NO", "BAD"].map(|status| format!("ABCD{number} {status} x\r\n"));
        Self {
            commands: commands.map(|(what, text)| (what, command(text))).into(),
            completions: (0..16).map(completions).collect(),
        }
    }
}

impl Subject {
    fn new(requires_tls: bool) -> Self {
        let mut options = plain();
        options.tls = if requires_tls { TlsPolicy::RequireStartTls } else { TlsPolicy::None };
        Self { client: Client::new(options), tokens: Vec::new(), completed: 0 }
    }

    fn run(&mut self, step: Do, texts: &Texts) -> Outcome {
        let line = match step {
            Do::Ok => "* OK x\r\n",
            Do::PreAuth => "* PREAUTH x\r\n",
            Do::Bye => "* BYE x\r\n",
            Do::TaggedOk => &texts.completions[self.oldest()][0],
            Do::TaggedNo => &texts.completions[self.oldest()][1],
            Do::TaggedBad => &texts.completions[self.oldest()][2],
            Do::UnknownTag => "ABCD99 OK x\r\n",
            Do::Continue => "+ \r\n",
            Do::Exists => "* 3 EXISTS\r\n",
            Do::Expunge => "* 1 EXPUNGE\r\n",
            Do::Capabilities => "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN ENABLE IDLE\r\n",
            _ => return self.call(step, texts),
        };
        let number = |tokens: &[Token], to: Token| tokens.iter().position(|one| *one == to).unwrap() + 1;
        let event = match self.client.receive(line.as_bytes()) {
            Ok(received) => received.unwrap(),
            Err(_) => return Outcome::Fatal,
        };
        assert_eq!(event.consumed, line.len());
        match event.event {
            Event::Greeting(_) => Outcome::Greeted,
            Event::Response { to, .. } => Outcome::Told(to.map(|to| number(&self.tokens, to))),
            Event::Dropped => Outcome::Dropped,
            Event::Bye(_) => Outcome::Goodbye,
            Event::GoAhead { to } => Outcome::MayWrite(number(&self.tokens, to)),
            Event::Idling { to } => Outcome::IsIdling(number(&self.tokens, to)),
            Event::Finished { to, status, .. } => {
                self.completed += 1;
                Outcome::Finished(number(&self.tokens, to), status.kind)
            }
            Event::StartTls { to } => {
                self.completed += 1;
                Outcome::Tls(number(&self.tokens, to))
            }
            event => panic!("{step:?} {event:?}"),
        }
    }

    /// The number of the oldest command that is not completed.
    fn oldest(&self) -> usize {
        (self.completed + 1).min(self.tokens.len())
    }

    fn call(&mut self, step: Do, texts: &Texts) -> Outcome {
        let client = &mut self.client;
        let said = match step {
            Do::Body => client.write(Bytes::from_static(b"x")).and_then(|()| client.finish()),
            Do::Done => client.done(),
            _ => {
                let token = match step {
                    Do::Authenticate => client.authenticate(Plain::new("", "u", "p").unwrap().into()),
                    Do::Append => {
                        let head = MessageHead { options: AppendOptions::default(), size: 1, binary: false };
                        client.append_head(Mailbox::INBOX, &head)
                    }
                    _ => {
                        let (_, command) = texts.commands.iter().find(|(what, _)| *what == step).unwrap();
                        client.send(command)
                    }
                };
                token.map(|token| self.tokens.push(token))
            }
        };
        match (said, self.client.transmit().has_remaining()) {
            (Ok(()), true) => Outcome::Said,
            (Ok(()), false) => Outcome::Kept,
            (Err(_), false) => Outcome::Refused,
            (Err(error), true) => panic!("{step:?} {error}"),
        }
    }
}

/// Does a step in both, and compares.
#[track_caller]
fn step(subject: &mut Subject, model: &mut Model, step: Do, texts: &Texts, path: &[Do]) {
    let outcome = subject.run(step, texts);
    assert_eq!(outcome, model.next(step), "{path:?}");
    let client = &mut subject.client;
    let len = client.transmit().remaining();
    client.transmit().advance(len);
    if let Outcome::Tls(_) = outcome {
        assert_eq!(client.tls_established().is_ok(), model.at != At::Over, "{path:?}");
    }
    if outcome == Outcome::Fatal {
        let error = client.receive(b"").unwrap_err();
        assert_eq!(client.receive(b"* OK x\r\n"), Err(error), "{path:?}");
        assert_eq!(client.send(&Command::Noop), Err(error), "{path:?}");
    } else if model.at == At::Over {
        let close = Received { consumed: 0, event: Event::Close };
        assert_eq!(client.receive(b""), Ok(Some(close)), "{path:?}");
        assert!(client.send(&Command::Noop).is_err(), "{path:?}");
    } else {
        assert_eq!(client.receive(b""), Ok(None), "{path:?}");
        let stands = (client.state(), client.mode(), client.is_tls(), client.exists());
        assert_eq!(stands, model.stands(), "{path:?}");
    }
}

fn walk(subject: &Subject, model: &Model, depth: u32, texts: &Texts, path: &mut Vec<Do>) -> u64 {
    let mut seen = 0;
    for next in ALL {
        let (mut subject, mut model) = (subject.clone(), model.clone());
        path.push(next);
        step(&mut subject, &mut model, next, texts, path);
        seen += 1;
        if depth > 1 {
            // Nothing leads away from the end.
            seen += match model.at {
                At::Over => count(depth - 1),
                _ => walk(&subject, &model, depth - 1, texts, path),
            };
        }
        path.pop();
    }
    seen
}

/// How many sequences there are of up to `depth` steps.
fn count(depth: u32) -> u64 {
    (1..=depth).map(|length| 24u64.pow(length)).sum()
}

/// Where the sequences begin: with nothing, with a policy that wants TLS, behind its handshake, in a mailbox, and with a command
/// that needs the line for itself.
const STARTS: [(bool, &[Do]); 6] = [
    (false, &[]),
    (true, &[]),
    (true, &[Do::Ok, Do::StartTls, Do::TaggedOk]),
    (false, &[Do::PreAuth, Do::Select, Do::TaggedOk, Do::Exists]),
    (false, &[Do::PreAuth, Do::Append, Do::Noop]),
    (false, &[Do::PreAuth, Do::Idle]),
];

/// Walks all sequences of up to `depth` steps from there, each first step by one of two threads.
fn walk_all(depth: u32, (requires_tls, start): (bool, &[Do])) -> u64 {
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || {
                let texts = Texts::new();
                let (mut subject, mut model) = (Subject::new(requires_tls), Model::new(requires_tls));
                for next in start {
                    step(&mut subject, &mut model, *next, &texts, start);
                }
                let mut seen = 0;
                for first in ALL.into_iter().skip(half).step_by(2) {
                    let (mut subject, mut model) = (subject.clone(), model.clone());
                    let mut path = [start, &[first]].concat();
                    step(&mut subject, &mut model, first, &texts, &path);
                    seen += 1 + match model.at {
                        At::Over => count(depth - 1),
                        _ => walk(&subject, &model, depth - 1, &texts, &mut path),
                    };
                }
                seen
            })
        });
        halves.map(|half| half.join().unwrap()).iter().sum()
    })
}

#[test]
fn all_sequences_of_four_steps_do_as_the_rfc_says() {
    for start in STARTS {
        assert_eq!(walk_all(4, start), count(4), "{start:?}");
    }
}

/// Some minutes in a debug build.
#[test]
#[ignore = "8 million sequences from each start"]
fn all_sequences_of_five_steps_do_as_the_rfc_says() {
    for start in STARTS {
        assert_eq!(walk_all(5, start), count(5), "{start:?}");
    }
}
