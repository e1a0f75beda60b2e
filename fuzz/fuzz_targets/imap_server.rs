#![no_main]
//! A hostile client, and an embedder who calls anything at any time: no panic, no loop without progress, errors are final,
//! one answer for each command, bounded output of well-formed responses, and the same events and the same output however
//! the bytes are cut.

use std::collections::HashMap;

use arbitrary::Arbitrary;
use bytes::Bytes;
use fuzz::imap::says_responses;
use fuzz::{Seen, feed};
use imap_proto::response::{Data, NumberedData, RespText, Status, StatusKind};
use imap_proto::server::{Event, Options};
use imap_proto::{
    ApiMisuse, Dialect, Error, FetchItem, Greeting, Mode, Received, Response, Server, Tag, Text, Token,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    lenient: bool,
    secrets: bool,
    many_errors: bool,
    /// STARTTLS and COMPRESS are offered.
    has_barriers: bool,
    capabilities: u8,
    greeting: u8,
    inline: u8,
    cuts: Vec<u16>,
    /// Which answer each question gets, and what else is called.
    plan: &'i [u8],
    wire: &'i [u8],
    /// What comes after the handshake.
    after: &'i [u8],
}

const CAPABILITIES: &[&[u8]] = &[
    b"* CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ENABLE IDLE UNAUTHENTICATE AUTH=PLAIN AUTH=SCRAM-SHA-256 \
      MULTIAPPEND CATENATE BINARY UTF8=ACCEPT REPLACE\r\n",
    b"* CAPABILITY IMAP4rev2 AUTH=PLAIN QRESYNC UIDONLY\r\n",
    b"* CAPABILITY IMAP4rev1 LITERAL- LOGINDISABLED AUTH=EXTERNAL\r\n",
    b"* CAPABILITY IMAP4rev1\r\n",
];

const BARRIERS: &[u8] =
    b"* CAPABILITY IMAP4rev1 IMAP4rev2 STARTTLS COMPRESS=DEFLATE LITERAL+ AUTH=PLAIN UNAUTHENTICATE\r\n";

const SENT: &[&[u8]] = &[
    b"* 5 EXISTS\r\n",
    b"* 2 EXPUNGE\r\n",
    b"* VANISHED 7:9\r\n",
    b"* FLAGS (\\Seen \\Deleted)\r\n",
    b"* ENABLED QRESYNC\r\n",
    b"* ENABLED UIDONLY UTF8=ACCEPT\r\n",
    b"* ENABLED IMAP4rev2\r\n",
    b"* SEARCH 1 2 3\r\n",
    b"* LIST () \"/\" {4}\r\na\"b \r\n",
    b"* OK [UIDNEXT 7] next\r\n",
    b"* OK [CAPABILITY IMAP4rev1 IDLE LITERAL+] more\r\n",
    b"* BYE bye\r\n",
    b"* 1 RECENT\r\n",
    b"x OK tagged\r\n",
    b"+ go\r\n",
    b"* STATUS a (MESSAGES 3)\r\n",
];

fuzz_target!(|input: Input<'_>| {
    let whole = run(&input, &[]);
    let bytewise: Vec<u16> = (0..input.wire.len().max(input.after.len()).min(4_000) as u16).collect();
    for cuts in [&input.cuts, &bytewise] {
        let cut = run(&input, cuts);
        match input.has_barriers {
            false => assert_eq!(whole, cut, "however the bytes are cut"),
            // Whether the client waited shows in how its octets are cut.
            true => assert_eq!(before_barrier(&whole), before_barrier(&cut), "however the bytes are cut"),
        }
    }
});

/// What was told before STARTTLS or COMPRESS, or an error over what stands behind it.
fn before_barrier(seen: &Seen) -> &[String] {
    let is_barrier = |event: &String| {
        event.starts_with("StartTls")
            || event.starts_with("Compress")
            || ["plaintext after STARTTLS", "uncompressed data after COMPRESS"]
                .iter()
                .any(|one| event.ends_with(one))
    };
    let at = seen.events.iter().position(is_barrier).unwrap_or(seen.events.len());
    &seen.events[..at]
}

struct Run<'i> {
    server: Server,
    seen: Seen,
    plan: std::iter::Copied<std::slice::Iter<'i, u8>>,
    /// What is to be answered, in order, and whether OK is no answer.
    open: Vec<(Token, bool)>,
    /// How often each tag is to be answered, and how many tags were not shown.
    tags: HashMap<Vec<u8>, usize>,
    hidden: usize,
    /// Octets of the literal that is coming.
    left: Option<u64>,
    is_over: bool,
}

fn run(input: &Input<'_>, cuts: &[u16]) -> Seen {
    let mut options = Options::default();
    options.dialect = if input.lenient { Dialect::TOLERANT } else { Dialect::STRICT };
    options.allow_plaintext_secrets = input.secrets;
    (options.limits.command, options.limits.command_authenticated) = (300, 600);
    options.limits.inline_literal = input.inline.into();
    (options.limits.literal, options.limits.literal_authenticated) = (100, 2_000);
    (options.limits.discard, options.limits.discard_authenticated) = (100, 500);
    options.limits.output = 3_000;
    if input.many_errors {
        (options.limits.errors, options.limits.errors_authenticated) = (u32::MAX, u32::MAX);
    }
    let mut run = Run {
        server: Server::new(options),
        seen: Seen::default(),
        plan: input.plan.iter().copied(),
        open: Vec::new(),
        tags: HashMap::new(),
        hidden: 0,
        left: None,
        is_over: false,
    };
    run.calls();
    let greeting: &[u8] = if input.greeting % 4 == 0 { b"* PREAUTH hi\r\n" } else { b"* OK hi\r\n" };
    let _ = run.server.greet(&Greeting::parse(greeting, Dialect::STRICT).unwrap().1);
    run.advertise(input);
    let left = feed(input.wire, cuts, |bytes| run.hear(bytes));
    run.seen.take(run.server.transmit());
    let rest = &input.wire[input.wire.len() - left..];
    // Octets in clear that nobody has read are no part of the handshake.
    let rest = if run.server.tls_established().is_ok() {
        run.advertise(input);
        &[]
    } else {
        rest
    };
    let wire = [rest, input.after].concat();
    let cuts: Vec<u16> = cuts.iter().map(|cut| cut.saturating_add(rest.len() as u16)).collect();
    let left = feed(&wire, &cuts, |bytes| run.hear(bytes));
    run.seen.take(run.server.transmit());
    run.seen.body();
    let end = run.server.receive_eof(&wire[wire.len() - left..]);
    run.seen.event(format!("{end:?}"));
    says_responses(&run.seen.output, &run.tags, run.hidden);
    run.seen
}

impl Run<'_> {
    fn advertise(&mut self, input: &Input<'_>) {
        let line =
            if input.has_barriers { BARRIERS } else { CAPABILITIES[usize::from(input.capabilities % 4)] };
        let (_, response) = Response::parse(line, Dialect::STRICT).unwrap();
        let Response::Data(Data::Capability(data)) = response else { panic!() };
        let _ = self.server.advertise(&data.0);
    }

    fn hear(&mut self, bytes: &[u8]) -> Option<usize> {
        self.flush();
        if self.is_over {
            return None;
        }
        match self.server.receive(bytes) {
            Ok(None) => {
                let is_blocked = self.server.is_blocked();
                assert_eq!(self.server.receive(bytes), Ok(None), "the same octets mean the same");
                assert_eq!(self.server.is_blocked(), is_blocked);
                if !is_blocked {
                    return None;
                }
                // It waits for answers, so they are given; then for a handshake, which comes later, or for more.
                self.settle().then_some(0)
            }
            Ok(Some(Received { consumed, event })) => {
                self.tell(&event);
                Some(consumed)
            }
            Err(error) => {
                assert_eq!(self.server.receive(bytes), Err(error), "an error is final");
                self.seen.event(format!("{error}"));
                self.is_over = true;
                None
            }
        }
    }

    fn flush(&mut self) {
        // What a command is answered with is short here, and what is sent is refused before it is too much.
        let len = bytes::Buf::remaining(self.server.transmit());
        assert!(len < 8_000, "{len} octets wait to be written");
        self.seen.take(self.server.transmit());
    }

    /// Answers all that is open, ends a FETCH that is streamed; whether anything came of it.
    fn settle(&mut self) -> bool {
        let mut is_new = false;
        for size in [5, 4, 3, 2, 1] {
            let _ = self.server.write(Bytes::from_static(&b"hello"[..size]));
        }
        is_new |= self.server.fetch_end(&[]).is_ok();
        for (token, is_refused) in std::mem::take(&mut self.open) {
            let kind = if is_refused { StatusKind::No } else { StatusKind::Ok };
            let mut result = self.server.finish(token, &status(kind));
            if result == Err(Error::ApiMisuse(ApiMisuse::OutputFull)) {
                self.flush();
                result = self.server.finish(token, &status(kind));
            }
            // What has not ended, and what is refused in between.
            let result = result.or_else(|_| self.server.finish(token, &status(StatusKind::Bad)));
            is_new |= result.is_ok();
        }
        if is_new {
            self.seen.event("settled".into());
        }
        is_new
    }

    fn tell(&mut self, event: &Event<'_>) {
        match event {
            Event::Chunk(octets) => {
                assert!(!octets.is_empty());
                let left = self.left.as_mut().unwrap();
                *left = left.checked_sub(octets.len() as u64).unwrap();
                return self.seen.body.extend_from_slice(octets);
            }
            // How many pieces it came in hangs on the cuts.
            Event::Skipped { tolerated: None } => return,
            Event::Close => self.is_over = true,
            _ => {}
        }
        let shown = match event {
            Event::Answer { response, .. } => format!("answer {}", response.as_bytes().escape_ascii()),
            // The line that is too long hangs on the cuts.
            Event::Malformed { error, status, .. } => format!("malformed {error} {status:?}"),
            event => format!("{event:?}"),
        };
        self.seen.event(shown);
        match event {
            Event::Command { token, command, .. } => self.begin(*token, Some(&command.tag), false),
            Event::Refused { token, line, .. } => {
                // A line with a password is not shown, and its tag is not either.
                self.begin(*token, Tag::of(line).as_ref(), true);
            }
            Event::Malformed { token, line, .. } => {
                match self.open.iter_mut().find(|(open, _)| open == token) {
                    Some((_, is_refused)) => *is_refused = true,
                    None => self.begin(*token, Tag::of(line).as_ref(), true),
                }
            }
            Event::Append { token, tag, .. }
            | Event::Authenticate { token, tag, .. }
            | Event::Idle { token, tag }
            | Event::StartTls { token, tag }
            | Event::Compress { token, tag, .. } => self.begin(*token, Some(tag), false),
            Event::Literal { offer, .. } => self.left = Some(offer.size),
            Event::LiteralEnd { .. } => assert_eq!(self.left.take(), Some(0), "as many as were announced"),
            Event::Cancelled { token } => {
                if let Some((_, is_refused)) = self.open.iter_mut().find(|(open, _)| open == token) {
                    *is_refused = true;
                }
            }
            _ => {}
        }
        self.respond(event);
        self.calls();
    }

    fn begin(&mut self, token: Token, tag: Option<&Tag<'_>>, is_refused: bool) {
        assert!(self.open.iter().all(|(open, _)| *open != token), "every token is new");
        self.open.push((token, is_refused));
        match tag {
            Some(tag) => *self.tags.entry(tag.as_bytes().to_vec()).or_default() += 1,
            None => self.hidden += 1,
        }
    }

    /// What this event asks for, most of the time.
    fn respond(&mut self, event: &Event<'_>) {
        let choice = self.plan.next().unwrap_or_default();
        let result = match event {
            Event::Literal { token, .. } | Event::Idle { token, .. } if choice % 8 < 6 => {
                self.server.accept(*token)
            }
            Event::Authenticate { token, .. } | Event::Answer { token, .. } if choice % 3 > 0 => {
                self.server.challenge(*token, b"more")
            }
            Event::Command { token, .. }
            | Event::AppendEnd { token }
            | Event::Done { token, .. }
            | Event::Authenticate { token, .. }
            | Event::Answer { token, .. }
            | Event::StartTls { token, .. }
            | Event::Compress { token, .. }
                if choice % 8 < 6 =>
            {
                self.finish(*token, if choice % 8 == 5 { StatusKind::No } else { StatusKind::Ok })
            }
            Event::Refused { token, status, .. } | Event::Malformed { token, status, .. }
                if choice % 8 < 6 =>
            {
                let result = self.server.finish(*token, status);
                self.answered(*token, &result);
                result
            }
            _ => Ok(()),
        };
        self.check(result);
    }

    fn finish(&mut self, token: Token, kind: StatusKind) -> Result<(), Error> {
        let result = self.server.finish(token, &status(kind));
        self.answered(token, &result);
        if result.is_ok() {
            assert_eq!(
                self.server.finish(token, &status(kind)).map_err(is_unknown),
                Err(true),
                "it is answered once"
            );
        }
        result
    }

    fn answered(&mut self, token: Token, result: &Result<(), Error>) {
        if result.is_ok() {
            self.open.retain(|(open, _)| *open != token);
        }
    }

    fn check(&mut self, result: Result<(), Error>) {
        match result {
            Ok(()) => {}
            Err(error @ Error::ApiMisuse(_)) => self.seen.event(format!("{error}")),
            Err(error) => {
                assert_eq!(self.server.receive(b""), Err(error), "an error is final");
                self.seen.event(format!("{error}"));
                self.is_over = true;
            }
        }
    }

    /// Calls, most of them out of turn.
    fn calls(&mut self) {
        let most = self.plan.next().unwrap_or_default() % 4;
        for _ in 0..most {
            let Some(step) = self.plan.next() else { return };
            let result = self.call(step);
            self.check(result);
        }
        let enabled = self.server.enabled();
        self.seen.event(format!("{:?} {:?} {enabled:?}", self.server.state(), self.server.mode()));
    }

    fn call(&mut self, step: u8) -> Result<(), Error> {
        let token = self.open.get(usize::from(step / 32) % self.open.len().max(1)).map(|(token, _)| *token);
        let kind = [StatusKind::Ok, StatusKind::No, StatusKind::Bad][usize::from(step / 64) % 3];
        let server = &mut self.server;
        let items = [FetchItem::Uid(7), FetchItem::Rfc822Size(70)];
        match (step % 32, token) {
            (number @ 0..16, _) => {
                server.send(&Response::parse(SENT[usize::from(number)], Dialect::STRICT).unwrap().1)
            }
            (16..20, Some(token)) => self.finish(token, kind),
            (20, Some(token)) => server.accept(token),
            (21, Some(token)) => server.challenge(token, b"again"),
            (22, _) => server.fetch(u32::from(step / 32), &items),
            (23, _) => server.fetch_head(u32::from(step / 32), &items[..1], &contents(step), 5),
            (24, _) => server.fetch_next(&items[1..], &contents(step), u64::from(step / 32)),
            (25, _) => server.write(Bytes::from_static(b"hello")),
            (26, _) => server.fetch_end(&items[1..]),
            (27, _) => server.greet(&Greeting::Ok(text())),
            // That is for when the other side has done the same.
            (28, _) if server.mode() != Mode::StartTls && server.state() != imap_proto::State::Greeting => {
                server.tls_established()
            }
            (29, _) if server.mode() != Mode::Compressing => server.compression_established(),
            (30, _) if step > 200 => server.close(&text()),
            (31, Some(token)) => server.finish(token, &code()),
            _ => Ok(()),
        }
        .inspect(|()| self.forget(token, step % 32 == 31))
    }

    fn forget(&mut self, token: Option<Token>, is_answered: bool) {
        if let (Some(token), true) = (token, is_answered) {
            self.open.retain(|(open, _)| *open != token);
        }
    }
}

fn is_unknown(error: Error) -> bool {
    matches!(error, Error::ApiMisuse(ApiMisuse::Token | ApiMisuse::Closed))
}

fn text() -> RespText<'static> {
    RespText::new(Text::new("text").unwrap())
}

fn status(kind: StatusKind) -> Status<'static> {
    Status { kind, text: text() }
}

/// OK with new capabilities.
fn code() -> Status<'static> {
    let wire = b"* OK [CAPABILITY IMAP4rev1 IDLE LITERAL+ SASL-IR AUTH=PLAIN] more\r\n";
    let (_, Response::Status(status)) = Response::parse(wire, Dialect::STRICT).unwrap() else { panic!() };
    status
}

/// Contents that can be streamed, or not.
fn contents(step: u8) -> FetchItem<'static> {
    let wire: &[u8] = match step / 32 % 4 {
        0 => b"* 1 FETCH (BODY[] NIL)\r\n",
        1 => b"* 1 FETCH (BINARY[1.2]<3> NIL)\r\n",
        2 => b"* 1 FETCH (RFC822.TEXT NIL)\r\n",
        _ => b"* 1 FETCH (UID 3)\r\n",
    };
    let (_, Response::Numbered(numbered)) = Response::parse(wire, Dialect::STRICT).unwrap() else { panic!() };
    let NumberedData::Fetch(items) = numbered.data else { panic!() };
    items.iter().next().unwrap().into_owned()
}
