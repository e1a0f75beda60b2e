//! All short sequences of commands against a small model of what RFC 5321, RFC 3030, RFC 3207 and RFC 4954 say about
//! their order.

use super::*;

const KEYWORDS: &str = "PIPELINING\nCHUNKING\nSTARTTLS\nAUTH PLAIN";

/// What a client may do next, and how it is answered.
#[derive(Clone, Copy, Debug)]
enum Step {
    Ehlo,
    EhloRefused,
    Helo,
    Mail,
    MailRefused,
    Rcpt,
    RcptRefused,
    /// With a message, which is accepted.
    Data,
    DataRefused,
    /// With a message, which is refused.
    MessageRefused,
    Chunk,
    ChunkRefused,
    LastChunk,
    Rset,
    Auth,
    /// And TLS.
    StartTls,
}

const STEPS: [Step; 16] = [
    Step::Ehlo,
    Step::EhloRefused,
    Step::Helo,
    Step::Mail,
    Step::MailRefused,
    Step::Rcpt,
    Step::RcptRefused,
    Step::Data,
    Step::DataRefused,
    Step::MessageRefused,
    Step::Chunk,
    Step::ChunkRefused,
    Step::LastChunk,
    Step::Rset,
    Step::Auth,
    Step::StartTls,
];

impl Step {
    fn wire(self) -> &'static [u8] {
        match self {
            Self::Ehlo | Self::EhloRefused => b"EHLO c\r\n",
            Self::Helo => b"HELO c\r\n",
            Self::Mail | Self::MailRefused => b"MAIL FROM:<a@b>\r\n",
            Self::Rcpt | Self::RcptRefused => b"RCPT TO:<a@b>\r\n",
            Self::Data | Self::DataRefused | Self::MessageRefused => b"DATA\r\n",
            Self::Chunk | Self::ChunkRefused => b"BDAT 1\r\nx",
            Self::LastChunk => b"BDAT 0 LAST\r\n",
            Self::Rset => b"RSET\r\n",
            Self::Auth => b"AUTH PLAIN AHUAcA==\r\n",
            Self::StartTls => b"STARTTLS\r\n",
        }
    }
}

/// What matters of a session, in the words of the RFCs.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    hello: bool,
    extended: bool,
    tls: bool,
    authenticated: bool,
    mail: bool,
    recipients: u32,
    chunks: bool,
}

impl Model {
    fn reset(&mut self) {
        (self.mail, self.recipients, self.chunks) = (false, 0, false);
    }

    /// The codes of the answers; 0 for none.
    fn next(&mut self, step: Step) -> [u16; 2] {
        let has_recipients = self.mail && self.recipients > 0;
        match step {
            Step::EhloRefused => [550, 0],
            Step::Ehlo | Step::Helo => {
                self.reset();
                (self.hello, self.extended) = (true, matches!(step, Step::Ehlo));
                [250, 0]
            }
            Step::Mail | Step::MailRefused if !self.hello || self.mail => [503, 0],
            Step::MailRefused => [550, 0],
            Step::Mail => {
                self.mail = true;
                [250, 0]
            }
            Step::Rcpt | Step::RcptRefused if !self.mail || self.chunks => [503, 0],
            Step::RcptRefused => [550, 0],
            Step::Rcpt => {
                self.recipients += 1;
                [250, 0]
            }
            Step::Data | Step::DataRefused | Step::MessageRefused if !has_recipients || self.chunks => {
                [503, 0]
            }
            Step::DataRefused => [451, 0],
            Step::Data | Step::MessageRefused => {
                self.reset();
                [354, if matches!(step, Step::Data) { 250 } else { 554 }]
            }
            Step::Chunk | Step::ChunkRefused | Step::LastChunk if !has_recipients || !self.extended => {
                self.reset();
                [if has_recipients { 502 } else { 503 }, 0]
            }
            Step::Chunk => {
                self.chunks = true;
                [250, 0]
            }
            Step::ChunkRefused => {
                self.reset();
                [554, 0]
            }
            Step::LastChunk => {
                self.reset();
                [250, 0]
            }
            Step::Rset => {
                self.reset();
                [250, 0]
            }
            Step::Auth | Step::StartTls if !self.hello || self.mail => [503, 0],
            Step::Auth | Step::StartTls if self.authenticated => [503, 0],
            Step::StartTls if self.tls => [503, 0],
            Step::Auth | Step::StartTls if !self.extended => [502, 0],
            Step::Auth => {
                self.authenticated = true;
                [235, 0]
            }
            Step::StartTls => {
                *self = Self { tls: true, ..Self::default() };
                [220, 0]
            }
        }
    }
}

/// The answers, made once.
struct Replies {
    ehlo: Reply<'static>,
    ok: Reply<'static>,
    codes: [(u16, Reply<'static>); 7],
}

impl Replies {
    fn new() -> Self {
        let codes = [220, 235, 354, 451, 502, 550, 554].map(|code| (code, reply(code, "x")));
        Self { ehlo: ehlo_reply(KEYWORDS), ok: ok(), codes }
    }

    fn of(&self, code: u16) -> &Reply<'static> {
        &self.codes.iter().find(|(own, _)| *own == code).unwrap().1
    }

    fn answer(&self, step: Step, event: &Event<'_>) -> Option<(Token, &Reply<'static>)> {
        Some(match (event, step) {
            (Event::Command { token, command: Command::Ehlo(_), .. }, Step::Ehlo) => (*token, &self.ehlo),
            (Event::Command { token, .. }, Step::EhloRefused | Step::MailRefused | Step::RcptRefused) => {
                (*token, self.of(550))
            }
            (Event::Command { token, .. }, Step::Data | Step::MessageRefused) => (*token, self.of(354)),
            (Event::Command { token, .. }, Step::DataRefused) => (*token, self.of(451)),
            (Event::Command { token, .. }, _) => (*token, &self.ok),
            (Event::ChunkEnd { token }, Step::ChunkRefused) => (*token, self.of(554)),
            (Event::BodyEnd { token, .. }, Step::MessageRefused) => (*token, self.of(554)),
            (Event::ChunkEnd { token } | Event::BodyEnd { token, .. }, _) => (*token, &self.ok),
            (Event::Auth { token, .. }, _) => (*token, self.of(235)),
            (Event::StartTls { token }, _) => (*token, self.of(220)),
            _ => return None,
        })
    }
}

/// Runs a step, and takes what goes out: the codes.
fn run(server: &mut Server, step: Step, replies: &Replies) -> [u16; 2] {
    let mut codes = [0; 2];
    let mut known = 0;
    let mut input = step.wire();
    loop {
        let Some(Received { consumed, event }) = server.receive(input).unwrap() else {
            let len = server.transmit().remaining();
            let bytes = server.transmit().copy_to_bytes(len);
            for line in bytes.split(|&octet| octet == b'\n').filter(|line| line.get(3) == Some(&b' ')) {
                codes[known] = core::str::from_utf8(&line[..3]).unwrap().parse().unwrap();
                known += 1;
            }
            if server.state() == State::Data && codes[1] == 0 && input.is_empty() {
                input = b".\r\n";
                continue;
            }
            if server.state() == State::StartTls {
                server.tls_established().unwrap();
            }
            assert_eq!(input, b"", "{step:?}");
            return codes;
        };
        match (&event, replies.answer(step, &event)) {
            (_, Some((token, reply))) => server.reply(token, reply).unwrap(),
            (Event::Refused { token, reply, .. }, None) => server.reply(*token, reply).unwrap(),
            _ => {}
        }
        input = &input[consumed..];
    }
}

fn walk(server: &Server, model: Model, depth: u32, replies: &Replies, path: &mut Vec<Step>, seen: &mut u64) {
    for step in STEPS {
        let (mut server, mut model) = (server.clone(), model);
        path.push(step);
        *seen += 1;
        assert_eq!(run(&mut server, step, replies), model.next(step), "{path:?}");
        assert_eq!(server.session.transaction.recipients, model.recipients as usize, "{path:?}");
        if depth > 1 {
            walk(&server, model, depth - 1, replies, path, seen);
        }
        path.pop();
    }
}

/// Walks all sequences of up to `depth` steps, each first step by one of two threads.
fn walk_all(depth: u32) -> u64 {
    let mut options = Options::new(Protocol::Smtp);
    options.allow_plaintext_secrets = true;
    (options.limits.errors, options.limits.errors_authenticated) = (u32::MAX, u32::MAX);
    options.limits.idle_commands = u32::MAX;
    let mut server = Server::new(options);
    server.greet(&reply(220, "x")).unwrap();
    let len = server.transmit().remaining();
    server.transmit().advance(len);
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let server = &server;
            scope.spawn(move || {
                let (replies, mut seen) = (Replies::new(), 0);
                for first in STEPS.into_iter().skip(half).step_by(2) {
                    let (mut server, mut model) = (server.clone(), Model::default());
                    assert_eq!(run(&mut server, first, &replies), model.next(first), "{first:?}");
                    seen += 1;
                    walk(&server, model, depth - 1, &replies, &mut alloc::vec![first], &mut seen);
                }
                seen
            })
        });
        halves.map(|half| half.join().unwrap()).iter().sum()
    })
}

#[test]
fn sec_26_all_sequences_of_five_commands_do_as_the_rfcs_say() {
    assert_eq!(walk_all(5), 16 + 256 + 4_096 + 65_536 + 1_048_576);
}

/// Some minutes in a debug build.
#[test]
#[ignore = "16.8 million sequences"]
fn sec_26_all_sequences_of_six_commands_do_as_the_rfcs_say() {
    assert_eq!(walk_all(6), 16 + 256 + 4_096 + 65_536 + 1_048_576 + 16_777_216);
}
