//! Sessions against a scripted server.

mod auth;
mod data;
mod fetch;
mod gates;
mod greeting;
mod literals;
mod misbehaviour;
mod model;
mod properties;
mod tls;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::Buf;

use super::*;
use crate::command::{Command, TaggedCommand};
use crate::error::{Error, Limit, PeerMisbehaved};
use crate::fetch::FetchItem;
use crate::list::{Bare, List};
use crate::session::{Received, Token};
use crate::testing::encoded;

/// A client, and the octets between it and a server that is played by the test.
pub(super) struct Talk {
    pub(super) client: Client,
    input: Vec<u8>,
    /// How many octets the client reads at a time.
    pub(super) piece: usize,
    output: Vec<u8>,
}

impl Talk {
    /// Before the greeting.
    pub(super) fn new(options: Options) -> Self {
        Self { client: Client::new(options), input: Vec::new(), piece: usize::MAX, output: Vec::new() }
    }

    /// Greeted, with these capabilities.
    pub(super) fn greeted(options: Options, capabilities: &str) -> Self {
        let mut talk = Self::new(options);
        assert_eq!(talk.hear(format!("* OK [CAPABILITY {capabilities}] hello\r\n")), ["greeting OK"]);
        talk
    }

    /// Logged in, with these capabilities: no command was sent for it.
    pub(super) fn inside(capabilities: &str) -> Self {
        Self::inside_with(plain(), capabilities)
    }

    pub(super) fn inside_with(options: Options, capabilities: &str) -> Self {
        let mut talk = Self::new(options);
        assert_eq!(
            talk.hear(format!("* PREAUTH [CAPABILITY {capabilities}] hello\r\n")),
            ["greeting PREAUTH"]
        );
        talk
    }

    /// With a mailbox of 10 messages; one command was sent for it.
    pub(super) fn selected(capabilities: &str) -> Self {
        let mut talk = Self::inside(capabilities);
        talk.say("SELECT INBOX");
        assert_eq!(talk.hear("* 10 EXISTS\r\nABCD1 OK [READ-WRITE] in\r\n"), ["1 * 10 EXISTS", "1:OK"]);
        talk.sent();
        talk
    }

    /// Sends a command, and gives its token's number.
    pub(super) fn say(&mut self, command: &str) -> Token {
        self.try_say(command).unwrap()
    }

    pub(super) fn try_say(&mut self, text: &str) -> Result<Token, Error> {
        self.client.send(&command(text))
    }

    /// What the client has written since this was asked last.
    pub(super) fn sent(&mut self) -> String {
        self.write();
        String::from_utf8(core::mem::take(&mut self.output)).unwrap()
    }

    pub(super) fn write(&mut self) {
        while self.client.transmit().has_remaining() {
            let chunk = self.client.transmit().chunk().to_vec();
            self.output.extend_from_slice(&chunk);
            self.client.transmit().advance(chunk.len());
        }
    }

    /// What the client makes of what the server sends, when it writes before it reads.
    pub(super) fn hear(&mut self, wire: impl AsRef<[u8]>) -> Vec<String> {
        self.hear_and(wire, |talk| talk.write())
    }

    /// The same, when the client does not write meanwhile.
    pub(super) fn hear_unwritten(&mut self, wire: impl AsRef<[u8]>) -> Vec<String> {
        self.hear_and(wire, |_| ())
    }

    fn hear_and(&mut self, wire: impl AsRef<[u8]>, between: impl Fn(&mut Self)) -> Vec<String> {
        let mut events: Vec<String> = Vec::new();
        let pieces = wire.as_ref().chunks(self.piece);
        for piece in [&b""[..]].into_iter().chain(pieces) {
            self.input.extend_from_slice(piece);
            loop {
                between(self);
                match self.event() {
                    Ok(None) => break,
                    Ok(Some(event)) => {
                        let is_end = event == "close" || event.ends_with(":compress");
                        // How many chunks there are hangs on the cuts.
                        match (events.last_mut(), event.strip_prefix("chunk ")) {
                            (Some(last), Some(more)) if last.starts_with("chunk ") => last.push_str(more),
                            _ => events.push(event),
                        }
                        if is_end {
                            return events;
                        }
                    }
                    Err(error) => {
                        events.push(format!("{error}"));
                        return events;
                    }
                }
            }
        }
        events
    }

    /// What comes next.
    pub(super) fn event(&mut self) -> Result<Option<String>, Error> {
        match self.client.receive(&self.input) {
            Ok(None) => Ok(None),
            Ok(Some(Received { consumed, event })) => {
                let shown = shown(&event);
                self.input.drain(..consumed);
                Ok(Some(shown))
            }
            Err(error @ Error::ApiMisuse(_)) => Err(error),
            Err(error) => {
                assert_eq!(self.client.receive(b"* OK\r\n"), Err(error), "an error is final");
                assert_eq!(self.client.receive_eof(b""), Err(error));
                assert_eq!(self.client.send(&Command::Noop), Err(error));
                assert!(!self.client.transmit().has_remaining());
                Err(error)
            }
        }
    }

    /// What is not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.input
    }
}

/// Nothing required.
pub(super) fn plain() -> Options {
    let mut options = Options::new(TagPrefix::new(*b"ABCD").unwrap());
    options.tls = TlsPolicy::None;
    options.allow_plaintext_secrets = true;
    options
}

pub(super) fn with_tls(policy: TlsPolicy) -> Options {
    Options { tls: policy, allow_plaintext_secrets: false, ..plain() }
}

pub(super) fn lenient(leniency: Leniency) -> Options {
    Options { dialect: Dialect::STRICT.with_leniency(leniency), ..plain() }
}

/// The command in `text`, which has no CRLF at its end.
pub(super) fn command(text: &str) -> Command<'static> {
    let line = format!("x {text}\r\n");
    TaggedCommand::parse(line.as_bytes(), Dialect::STRICT.with_utf8(true)).unwrap().1.into_owned().command
}

/// `3:OK` is the completion of the third command, `3 * …` what belongs to it, `- * …` what belongs to none.
pub(super) fn shown(event: &Event<'_>) -> String {
    let number = |token: &Token| format!("{token:?}").replace(['T', 'o', 'k', 'e', 'n', '(', ')'], "");
    let of = |token: &Option<Token>| token.as_ref().map_or(String::from("-"), number);
    let list = |items: &List<'_, FetchItem<'_>, Bare>| {
        items.iter().map(|one| encoded(&one)).collect::<Vec<_>>().join(" ")
    };
    match event {
        Event::Greeting(greeting) => {
            format!("greeting {}", encoded(greeting).split(' ').nth(1).unwrap())
        }
        Event::Response { to, response, .. } => format!("{} {}", of(to), encoded(response).trim_end()),
        Event::Finished { to, status, .. } => format!("{}:{:?}", number(to), status.kind).to_uppercase(),
        Event::FetchHead { to, number, items, contents, size } => {
            format!("{} head {number} ({}) {contents:?} {size}", of(to), list(items))
        }
        Event::Chunk { octets, .. } => format!("chunk {}", octets.escape_ascii()),
        Event::FetchTail { to, items } => format!("{} tail ({})", of(to), list(items)),
        Event::GoAhead { to } => format!("{}:go", number(to)),
        Event::Challenge { to, challenge } => {
            format!("{}:challenge {}", number(to), challenge.as_bytes().escape_ascii())
        }
        Event::Idling { to } => format!("{}:idling", number(to)),
        Event::StartTls { to } => format!("{}:tls", number(to)),
        Event::Compress { to } => format!("{}:compress", number(to)),
        Event::Bye(text) => format!("bye{}", encoded(text)),
        Event::Malformed { error, line } => format!("malformed {error}: {}", line.escape_ascii()),
        Event::Dropped => "dropped".into(),
        Event::Close => "close".into(),
    }
}

/// The error, as [`Talk::hear`] shows it.
pub(super) fn text(error: impl Into<Error>) -> String {
    format!("{}", error.into())
}

#[test]
fn an_idle_client_is_small_and_keeps_no_heap() {
    assert!(size_of::<Client>() <= 1_024, "{} octets", size_of::<Client>());
    let mut talk = Talk::inside("IMAP4rev2");
    for _ in 0..100 {
        talk.say("NOOP");
    }
    for number in 1..=100 {
        assert_eq!(talk.hear(format!("ABCD{number} OK done\r\n")), [format!("{number}:OK")]);
    }
    assert_eq!(talk.client.transmit.len(), 0);
    assert_eq!(talk.client.flights.capacity(), 0);
}

#[test]
fn what_a_session_is_made_of() {
    let mut talk = Talk::inside("IMAP4rev2");
    talk.say("NOOP");
    talk.say("STATUS INBOX (MESSAGES)");
    assert_eq!(talk.sent(), "ABCD1 NOOP\r\nABCD2 STATUS INBOX (MESSAGES)\r\n");
    assert_eq!(
        talk.hear("* 3 EXISTS\r\nABCD1 OK done\r\n* STATUS inbox (MESSAGES 3)\r\nABCD2 OK done\r\n"),
        ["dropped", "1:OK", "2 * STATUS INBOX (MESSAGES 3)", "2:OK"]
    );
    talk.say("LOGOUT");
    assert_eq!(talk.hear("* BYE bye\r\nABCD3 OK done\r\n"), ["bye bye", "3:OK", "close"]);
    assert_eq!(talk.client.state(), State::Closed);
    assert_eq!(talk.client.receive_eof(b""), Ok(()));
}
