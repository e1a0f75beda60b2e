//! Sessions against a scripted server.

mod auth;
mod body;
mod gates;
mod greeting;
mod pipelining;
mod properties;
mod replies;
mod tls;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::{Buf, Bytes};

use super::*;
use crate::address::{Domain, ForwardPath, ReversePath};
use crate::command::{Command, Mail, Rcpt};
use crate::ehlo::Extension;
use crate::error::{ApiMisuse, Error, PeerMisbehaved};
use crate::session::Received;

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

    /// Greeted, and EHLO answered with `keywords`. The token was number 1.
    pub(super) fn with(options: Options, keywords: &str) -> Self {
        let mut talk = Self::new(options);
        assert_eq!(talk.hear("220 mx.example.net ESMTP\r\n"), ["greeting 220"]);
        talk.hello(keywords);
        talk
    }

    pub(super) fn plain(keywords: &str) -> Self {
        Self::with(plain(), keywords)
    }

    /// EHLO, or LHLO, answered with `keywords`.
    pub(super) fn hello(&mut self, keywords: &str) {
        self.client.hello(Domain::parse("client.example.org").unwrap()).unwrap();
        let lines: Vec<&str> = ["mx.example.net"].into_iter().chain(keywords.split_terminator('|')).collect();
        let last = lines.len() - 1;
        let line = |(number, text): (usize, &&str)| {
            format!("250{}{text}\r\n", if number == last { ' ' } else { '-' })
        };
        let reply: String = lines.iter().enumerate().map(line).collect();
        let events = self.hear(&reply);
        assert!(matches!(&events[..], [reply] if reply.ends_with(":250")), "{events:?}");
        assert!(self.sent().ends_with("LO client.example.org\r\n"));
    }

    /// MAIL and `recipients` RCPT commands, not yet answered.
    pub(super) fn envelope(&mut self, recipients: usize) {
        self.client.send(&mail("<a@example.org>")).unwrap();
        for number in 0..recipients {
            self.client.send(&rcpt(&format!("<r{number}@example.net>"))).unwrap();
        }
    }

    /// What the client has written since this was asked last.
    pub(super) fn sent(&mut self) -> String {
        self.write();
        String::from_utf8(core::mem::take(&mut self.output)).unwrap()
    }

    fn write(&mut self) {
        while self.client.transmit().has_remaining() {
            let chunk = self.client.transmit().chunk().to_vec();
            self.output.extend_from_slice(&chunk);
            self.client.transmit().advance(chunk.len());
        }
    }

    /// What the client makes of what the server sends, when it writes before it reads.
    pub(super) fn hear(&mut self, wire: impl AsRef<[u8]>) -> Vec<String> {
        let mut events = Vec::new();
        let pieces = wire.as_ref().chunks(self.piece);
        for piece in [&b""[..]].into_iter().chain(pieces) {
            self.input.extend_from_slice(piece);
            loop {
                self.write();
                match self.event() {
                    Ok(None) => break,
                    Ok(Some(event)) => {
                        let is_close = event == "close" || event == "turned";
                        events.push(event);
                        if is_close {
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
            Err(error) => {
                assert_eq!(self.client.receive(b"250 ok\r\n"), Err(error), "an error is final");
                assert_eq!(self.client.receive_eof(b""), Err(error));
                assert!(!self.client.transmit().has_remaining());
                Err(error)
            }
        }
    }
}

/// Nothing required.
pub(super) fn plain() -> Options {
    Options { tls: TlsPolicy::None, ..Options::new(Protocol::Smtp) }
}

pub(super) fn lmtp() -> Options {
    Options { tls: TlsPolicy::None, ..Options::new(Protocol::Lmtp) }
}

pub(super) fn mail(from: &str) -> Command<'static> {
    Command::Mail(Mail::new(ReversePath::parse(from).unwrap())).into_owned()
}

pub(super) fn rcpt(to: &str) -> Command<'static> {
    Command::Rcpt(Rcpt::new(ForwardPath::parse(to).unwrap())).into_owned()
}

/// `3:250` is a reply to the third command, in brackets an interim one, `3>250` a delivery, `.` the last one.
pub(super) fn shown(event: &Event<'_>) -> String {
    let number = |token: &Token| format!("{token:?}").replace(['T', 'o', 'k', 'e', 'n', '(', ')'], "");
    match event {
        Event::Greeting(reply) => format!("greeting {:?}", reply.code()),
        Event::Reply { to, reply, .. } => format!("{}:{:?}", number(to), reply.code()),
        Event::Interim { to, reply } => format!("({}:{:?})", number(to), reply.code()),
        Event::GoAhead { to } => format!("{}:go", number(to)),
        Event::Delivery { to, reply, last } => {
            format!("{}>{:?}{}", number(to), reply.code(), if *last { "." } else { "" })
        }
        Event::Challenge { to, challenge } => {
            format!("{}:challenge {}", number(to), challenge.as_bytes().escape_ascii())
        }
        Event::StartTls { to } => format!("{}:tls", number(to)),
        Event::Unsolicited(reply) => format!("unsolicited {:?}", reply.code()),
        Event::Malformed { error, line } => format!("malformed {error}: {}", line.escape_ascii()),
        Event::Turned => "turned".into(),
        Event::Close => "close".into(),
    }
}

#[test]
fn an_idle_client_is_small_and_keeps_no_heap() {
    assert!(size_of::<Client>() <= 1_024, "{} octets", size_of::<Client>());
    let mut talk = Talk::plain("PIPELINING");
    talk.envelope(100);
    let replies = "250 ok\r\n".repeat(101);
    talk.hear(&replies);
    assert_eq!(talk.client.transmit.len(), 0);
    assert_eq!(talk.client.flights.capacity(), 0);
    assert_eq!(talk.client.session.transaction.accepted.capacity(), 0);
}

#[test]
fn sec_03_tls_begins_a_new_session() {
    let mut talk = Talk::plain("STARTTLS|PIPELINING|SIZE 1000|AUTH PLAIN|LIMITS MAILMAX=1 RCPTDOMAINMAX=1");
    talk.client.options.allow_plaintext_secrets = true;
    talk.client.send(&mail("<a@example.org>")).unwrap();
    talk.client.send(&rcpt("<a@example.org>")).unwrap();
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.hear("250 ok\r\n250 ok\r\n250 ok\r\n"), ["2:250", "3:250", "4:250"]);
    let credentials = crate::auth::Plain::new("", "u", "p").unwrap();
    talk.client.authenticate(credentials.into()).unwrap();
    assert_eq!(talk.hear("235 ok\r\n"), ["5:235"]);
    assert!(talk.client.is_authenticated());
    talk.client.start_tls().unwrap();
    assert_eq!(talk.hear("220 go\r\n"), ["6:tls"]);
    talk.client.tls_established().unwrap();
    assert_eq!(talk.client.session, Session::new(State::Fresh, true));
    assert!(talk.client.body.is_none() && talk.client.exchange.is_none() && talk.client.helo.is_none());
    // Row 115: what was offered in clear is not what is offered now.
    assert_eq!(talk.client.capabilities(), &Capabilities::default());
    for command in [mail("<a@example.org>"), rcpt("<a@example.org>"), Command::Data, Command::StartTls] {
        assert!(matches!(talk.client.send(&command), Err(Error::NotSent(_) | Error::ApiMisuse(_))));
    }
    assert_eq!(talk.client.send(&mail("<a@example.org>")), Err(NotSent::Order(Refusal::HelloFirst).into()));
    talk.hello("SIZE 5");
    assert!(!talk.client.capabilities().has(Extension::Pipelining));
    assert_eq!(talk.client.capabilities().size(), Some(5));
}
