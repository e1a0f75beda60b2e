#![no_main]
//! A hostile server, and a user who calls anything at any time: no panic, no loop without progress, errors are final, one
//! completion for each command at most, the same events and the same output however the bytes are cut, and whatever is
//! written is a command that a server can read.

use std::collections::HashSet;

use arbitrary::Arbitrary;
use bytes::Bytes;
use fuzz::imap::says_commands;
use fuzz::{Seen, feed};
use imap_proto::append::{AppendOptions, MessageHead};
use imap_proto::auth::{Credentials, Login, Mechanism, Plain, Secret};
use imap_proto::client::{Client, Event, Options, TagPrefix, TlsPolicy};
use imap_proto::{
    Command, Dialect, Error, Leniency, LiteralMode, Mailbox, Received, Response, TaggedCommand, Token,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    tls: u8,
    dialect: u8,
    literals: u8,
    secrets: bool,
    /// Contents larger than this are streamed.
    inline: u8,
    cuts: Vec<u16>,
    /// What the client does after each event.
    plan: &'i [u8],
    wire: &'i [u8],
    /// What comes after the handshake.
    after: &'i [u8],
}

const PREFIX: [u8; 4] = *b"FUZZ";

const COMMANDS: &[&[u8]] = &[
    b"x NOOP\r\n",
    b"x CAPABILITY\r\n",
    b"x LOGIN user {5}\r\npa ss\r\n",
    b"x SELECT INBOX\r\n",
    b"x EXAMINE {3}\r\na\"b\r\n",
    b"x IDLE\r\n",
    b"x COMPRESS DEFLATE\r\n",
    b"x UNAUTHENTICATE\r\n",
    b"x LOGOUT\r\n",
    b"x FETCH 1:3 (UID BODY[] BINARY[1])\r\n",
    b"x UID FETCH 7 (FLAGS MODSEQ)\r\n",
    b"x APPEND a (\\Seen) {5}\r\nhello {3}\r\nyou\r\n",
    b"x APPEND a ~{5}\r\nhe\0lo\r\n",
    b"x ENABLE UTF8=ACCEPT IMAP4rev2\r\n",
    b"x CLOSE\r\n",
    b"x SEARCH RETURN (ALL) SUBJECT {3}\r\na\"b ALL\r\n",
    b"x STORE 2 +FLAGS (\\Deleted)\r\n",
    b"x UID MOVE 3:* b\r\n",
    b"x STATUS a (MESSAGES UIDNEXT)\r\n",
    b"x EXPUNGE\r\n",
];

fuzz_target!(|input: Input<'_>| {
    let whole = run(&input, &[]);
    let cut = run(&input, &input.cuts);
    assert_eq!(whole, cut, "however the bytes are cut");
    let bytewise: Vec<u16> = (0..input.wire.len().max(input.after.len()).min(4_000) as u16).collect();
    assert_eq!(whole, run(&input, &bytewise), "octet by octet");
    says_commands(&whole.output, PREFIX);
});

fn options(input: &Input<'_>) -> Options {
    let mut options = Options::new(TagPrefix::new(PREFIX).unwrap());
    options.tls =
        [TlsPolicy::None, TlsPolicy::RequireStartTls, TlsPolicy::Implicit][usize::from(input.tls % 3)];
    let some = Dialect::STRICT.with_leniency(Leniency::UNKNOWN_TAG.union(Leniency::EXTRA_CONTINUATION));
    options.dialect = [Dialect::STRICT, Dialect::TOLERANT, some][usize::from(input.dialect % 3)];
    options.literals =
        [LiteralMode::Synchronizing, LiteralMode::Minus, LiteralMode::Plus][usize::from(input.literals % 3)];
    options.allow_plaintext_secrets = input.secrets;
    options.ascending = input.dialect > 127;
    options.limits.inline_literal = input.inline.into();
    options.limits.response = 600;
    (options.limits.discard, options.limits.discard_authenticated) = (100, 1_000);
    options.limits.output = 2_000;
    options
}

struct Run<'i> {
    client: Client,
    seen: Seen,
    plan: std::iter::Copied<std::slice::Iter<'i, u8>>,
    /// What has no completion yet.
    open: HashSet<Token>,
    is_over: bool,
}

fn run(input: &Input<'_>, cuts: &[u16]) -> Seen {
    let mut run = Run {
        client: Client::new(options(input)),
        seen: Seen::default(),
        plan: input.plan.iter().copied(),
        open: HashSet::new(),
        is_over: false,
    };
    // Somebody may be eager.
    run.acts();
    let left = feed(input.wire, cuts, |bytes| run.hear(bytes));
    let rest = &input.wire[input.wire.len() - left..];
    // Octets in clear that nobody has read are no part of the handshake.
    let rest = if run.client.tls_established().is_ok() { &[] } else { rest };
    run.acts();
    let wire = [rest, input.after].concat();
    let cuts: Vec<u16> = cuts.iter().map(|cut| cut.saturating_add(rest.len() as u16)).collect();
    let left = feed(&wire, &cuts, |bytes| run.hear(bytes));
    run.seen.take(run.client.transmit());
    run.seen.body();
    let end = run.client.receive_eof(&wire[wire.len() - left..]);
    run.seen.event(format!("{end:?}"));
    run.seen
}

impl Run<'_> {
    fn hear(&mut self, bytes: &[u8]) -> Option<usize> {
        self.seen.take(self.client.transmit());
        if self.is_over {
            return None;
        }
        match self.client.receive(bytes) {
            Ok(None) => {
                assert_eq!(self.client.receive(bytes), Ok(None), "the same octets mean the same");
                None
            }
            Ok(Some(Received { consumed, event })) => {
                self.tell(&event);
                Some(consumed)
            }
            Err(error) => {
                assert_eq!(self.client.receive(bytes), Err(error), "an error is final");
                self.seen.event(format!("{error}"));
                self.is_over = true;
                None
            }
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        match event {
            Event::Chunk { octets, .. } => {
                assert!(!octets.is_empty());
                return self.seen.body.extend_from_slice(octets);
            }
            // How many pieces it came in hangs on the cuts, and so does whether there is an error behind the answer already.
            Event::Dropped | Event::StartTls { .. } => {
                if let Event::StartTls { to } = event {
                    assert!(self.open.remove(to), "one completion for each command");
                }
                return self.seen.body();
            }
            Event::Finished { to, .. } => assert!(self.open.remove(to), "one completion for each command"),
            Event::Compress { to } => {
                assert!(self.open.remove(to), "one completion for each command");
                self.client.compression_established().unwrap();
            }
            Event::Response { to: Some(to), .. }
            | Event::FetchHead { to: Some(to), .. }
            | Event::FetchTail { to: Some(to), .. }
            | Event::GoAhead { to }
            | Event::Challenge { to, .. }
            | Event::Idling { to } => {
                assert!(self.open.contains(to), "{event:?} belongs to what is in flight")
            }
            Event::Response { response: Response::Invalid(_), .. } => panic!("{event:?} is malformed"),
            Event::Close => self.is_over = true,
            _ => {}
        }
        // Of what is too long the last piece is shown, which hangs on the cuts.
        let shown = match event {
            Event::Malformed { error, .. } => format!("malformed {}", error.expected),
            Event::Challenge { challenge, .. } => {
                format!("challenge {}", challenge.as_bytes().escape_ascii())
            }
            event => format!("{event:?}"),
        };
        self.seen.event(shown);
        self.acts();
    }

    /// Some steps, so that commands are pipelined.
    fn acts(&mut self) {
        let most = self.plan.next().unwrap_or_default() % 4;
        for _ in 0..most {
            let Some(step) = self.plan.next() else { return };
            match self.act(step) {
                Ok(Some(token)) => assert!(self.open.insert(token), "every token is new"),
                Ok(None) => {}
                Err(error @ (Error::NotSent(_) | Error::ApiMisuse(_))) => self.seen.event(format!("{error}")),
                Err(error) => {
                    assert_eq!(self.client.receive(b""), Err(error), "an error is final");
                    self.is_over = true;
                }
            }
        }
        self.seen.event(format!("{:?} {:?}", self.client.state(), self.client.exists()));
    }

    /// One call; many are out of turn.
    fn act(&mut self, step: u8) -> Result<Option<Token>, Error> {
        let client = &mut self.client;
        let mailbox = || Mailbox::new("a b").unwrap();
        let head = |size| MessageHead { options: AppendOptions::default(), size, binary: step > 127 };
        match step % 40 {
            0..20 => {
                let text = COMMANDS[usize::from(step % 40)];
                let (_, read) = TaggedCommand::parse(text, Dialect::STRICT.with_utf8(true)).unwrap();
                client.send(&read.command).map(Some)
            }
            20 | 21 => client.append_head(mailbox(), &head(5)).map(Some),
            22 => client.append_head(mailbox(), &head(0)).map(Some),
            23 => client.replace_head(u32::from(step / 100), mailbox(), &head(5)).map(Some),
            24 => client.append_next(&head(5)).map(|()| None),
            25 | 26 => client.write(Bytes::from_static(b"hello")).map(|()| None),
            27 => client.write(Bytes::from_static(b"\0")).map(|()| None),
            28 | 29 => client.finish().map(|()| None),
            30 => client.start_tls().map(Some),
            31 => client.compression_established().map(|()| None),
            32 => client.authenticate(Credentials::from(Plain::new("", "user", "secret").unwrap())).map(Some),
            33 => client.authenticate(Credentials::from(Login::new("user", "secret").unwrap())).map(Some),
            34 => client.authenticate_with(Mechanism::SCRAM_SHA_256, Some(Secret::new("first"))).map(Some),
            35 => client.answer(Secret::new("answer")).map(|()| None),
            36 => client.cancel().map(|()| None),
            37 | 38 => client.done().map(|()| None),
            _ => client.send(&Command::Noop).map(Some),
        }
    }
}
