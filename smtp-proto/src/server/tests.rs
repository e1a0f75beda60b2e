//! Sessions with a small user of the machine.

mod answers;
mod bodies;
mod exchange;
mod limits;
mod lines;
mod model;
mod order;
mod split;
mod starttls;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use bytes::Buf;

use super::judge::Conduct;
use super::*;
use crate::Dialect;
use crate::auth::Mechanism;
use crate::body::Stray;
use crate::command::Command;
use crate::status::EnhancedCode;
use crate::text;

/// What most tests offer.
const KEYWORDS: &str = "PIPELINING\n8BITMIME\nBINARYMIME\nCHUNKING\nENHANCEDSTATUSCODES\nDSN\nSMTPUTF8\nSIZE 1000\nAUTH PLAIN LOGIN";

/// Takes mail for everybody but `refused@` and `later@`, from everybody but `refused@`. The password is `pass`.
struct Host {
    server: Server,
    keywords: &'static str,
    /// What came and was not consumed.
    buffer: Vec<u8>,
    /// What was told, in short.
    events: Vec<String>,
    /// What was handed out of a message since the last event.
    content: Vec<u8>,
    /// What went out.
    output: String,
    recipients: usize,
    error: Option<Error>,
    login: usize,
}

impl Host {
    /// A host that greets, and takes passwords in clear.
    fn new(mut options: Options, keywords: &'static str) -> Self {
        options.allow_plaintext_secrets = true;
        let mut server = Server::new(options);
        server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("ready"))).unwrap();
        Self::with(server, keywords)
    }

    fn with(server: Server, keywords: &'static str) -> Self {
        let (buffer, events, content, output) = (Vec::new(), Vec::new(), Vec::new(), String::new());
        let mut host =
            Self { server, keywords, buffer, events, content, output, recipients: 0, error: None, login: 0 };
        host.flush();
        host.output.clear();
        host
    }

    /// A host that was said EHLO or LHLO to, with clients that need not wait.
    fn ready(protocol: Protocol) -> Self {
        let mut options = Options::new(protocol);
        options.pipelining = Pipelining::Allow;
        options.requires_authentication = false;
        options.limits.errors = 1_000;
        let mut host = Self::new(options, KEYWORDS);
        host.say(if protocol == Protocol::Lmtp { "LHLO c\r\n" } else { "EHLO c\r\n" });
        host.forget();
        host
    }

    /// Forgets what was told and said.
    fn forget(&mut self) {
        self.events.clear();
        self.output.clear();
    }

    /// The client sends `wire`: what is told, and what goes out.
    fn say(&mut self, wire: impl AsRef<[u8]>) -> String {
        self.buffer.extend_from_slice(wire.as_ref());
        while self.error.is_none() && self.step() {}
        self.flush();
        mem::take(&mut self.output)
    }

    /// One event; whether there may be more.
    fn step(&mut self) -> bool {
        let buffer = mem::take(&mut self.buffer);
        let received = match self.server.receive(&buffer) {
            Ok(Some(received)) => received,
            Ok(None) => {
                self.buffer = buffer;
                return false;
            }
            Err(error) => {
                self.error = Some(error);
                return false;
            }
        };
        assert!(received.consumed <= buffer.len());
        let is_end = matches!(received.event, Event::Close | Event::Turned);
        let event = &received.event;
        assert_eq!(event.token().is_some(), format!("{event:?}").contains("token: "), "{event:?}");
        self.handle(received.event);
        self.buffer = buffer[received.consumed..].to_vec();
        !is_end
    }

    fn flush(&mut self) {
        let transmit = self.server.transmit();
        while transmit.has_remaining() {
            let chunk = transmit.chunk();
            self.output.push_str(core::str::from_utf8(chunk).unwrap());
            let len = chunk.len();
            transmit.advance(len);
        }
    }

    fn note(&mut self, event: String) {
        self.end_content();
        self.events.push(event);
    }

    fn end_content(&mut self) {
        if !self.content.is_empty() {
            let content = mem::take(&mut self.content);
            self.events.push(format!("\"{}\"", content.escape_ascii()));
        }
    }

    fn answer(&mut self, token: Token, reply: &Reply<'_>) {
        self.server.reply(token, reply).unwrap();
    }

    fn answer_ok(&mut self, token: Token) {
        self.answer(token, &ok());
    }

    fn handle(&mut self, event: Event<'_>) {
        match event {
            Event::Chunk(content) => {
                assert!(!content.is_empty());
                self.content.extend_from_slice(content);
            }
            Event::Skipped { tolerated: None } => {}
            Event::Command { token, command, tolerated } => {
                let how = if tolerated.is_some() { " (tolerated)" } else { "" };
                self.note(format!("{command}{how}"));
                self.command(token, &command);
            }
            Event::Refused { token, reply, command } => {
                self.note(format!("refused {command}"));
                self.answer(token, &reply);
            }
            Event::Malformed { token, reply, line, .. } => {
                self.note(format!("malformed {}", line.escape_ascii()));
                self.answer(token, &reply);
            }
            Event::BodyEnd { token, refusal } => {
                self.note(format!("end{}", if refusal.is_some() { ", refused" } else { "" }));
                let reply = refusal.unwrap_or(ok());
                let is_lmtp = self.server.options.protocol == Protocol::Lmtp;
                let count = if is_lmtp && !is_final(&reply) { self.recipients } else { 1 };
                for _ in 0..count {
                    self.answer(token, &reply);
                }
                assert!(self.server.reply(token, &reply).is_err(), "one each and no more");
            }
            Event::ChunkEnd { token } => {
                self.note("chunk end".to_string());
                self.answer_ok(token);
            }
            Event::Auth { token, mechanism, initial_response } => {
                let response = initial_response.as_ref().map(|response| response.as_bytes());
                self.note(format!("AUTH {mechanism}{}", shown(response)));
                self.login = 0;
                match response {
                    Some(response) => self.check(token, response),
                    None if mechanism == Mechanism::LOGIN => {
                        self.server.challenge(token, b"Username:").unwrap()
                    }
                    None => self.server.challenge(token, b"").unwrap(),
                }
            }
            Event::Answer { token, response } => {
                self.note(format!("answer{}", shown(Some(response.as_bytes()))));
                self.check(token, response.as_bytes());
            }
            Event::Cancelled { token } => {
                self.note("cancelled".to_string());
                self.answer(token, &reply(501, "5.0.0 cancelled"));
            }
            Event::StartTls { token } => {
                self.note("STARTTLS".to_string());
                self.answer(token, &reply(220, "go ahead"));
            }
            other => self.note(format!("{other:?}")),
        }
    }

    fn command(&mut self, token: Token, command: &Command<'_>) {
        let reply = match command {
            Command::Ehlo(_) | Command::Lhlo(_) => ehlo_reply(self.keywords),
            Command::Mail(mail) if mail.from.to_string().starts_with("<refused") => reply(550, "5.1.8 no"),
            Command::Rcpt(rcpt) if rcpt.to.to_string().starts_with("<refused") => reply(550, "5.1.1 no"),
            Command::Rcpt(rcpt) if rcpt.to.to_string().starts_with("<later") => reply(451, "4.7.1 later"),
            Command::Mail(_) => {
                self.recipients = 0;
                ok()
            }
            Command::Rcpt(_) => {
                self.recipients += 1;
                ok()
            }
            Command::Data => reply(354, "go ahead"),
            Command::XClient(_) => reply(220, "ready"),
            Command::Quit => reply(221, "2.0.0 bye"),
            Command::Vrfy(_) => reply(252, "2.0.0 try"),
            Command::Help(_) => reply(214, "2.0.0 help"),
            Command::Expn(_) => reply(502, "5.5.1 no"),
            Command::Other(_) => reply(500, "5.5.1 what"),
            _ => ok(),
        };
        self.answer(token, &reply);
    }

    /// PLAIN in one message, LOGIN in two.
    fn check(&mut self, token: Token, response: &[u8]) {
        self.login += 1;
        match (self.login, response) {
            (_, b"\0user\0pass" | b"pass") => self.answer(token, &reply(235, "2.7.0 ok")),
            (1, b"user") => self.server.challenge(token, b"Password:").unwrap(),
            _ => self.answer(token, &reply(535, "5.7.8 no")),
        }
    }

    /// What was told since the last time.
    fn told(&mut self) -> Vec<String> {
        self.end_content();
        mem::take(&mut self.events)
    }
}

fn shown(response: Option<&[u8]>) -> String {
    response.map_or(String::new(), |octets| format!(" {:?}", String::from_utf8_lossy(octets)))
}

fn is_final(reply: &Reply<'_>) -> bool {
    reply.code() == ReplyCode::SERVICE_NOT_AVAILABLE
}

fn ok() -> Reply<'static> {
    Reply::new(ReplyCode::OK, EnhancedCode::OTHER, text!("ok"))
}

fn reply(code: u16, text: &str) -> Reply<'static> {
    let line = format!("{code} {text}\r\n");
    let (_, reply) = Reply::parse(line.as_bytes(), Dialect::STRICT).unwrap();
    reply.into_owned()
}

fn ehlo_reply(keywords: &str) -> Reply<'static> {
    let mut text = String::new();
    let lines: Vec<&str> = core::iter::once("mail.example.org").chain(keywords.lines()).collect();
    for (number, line) in lines.iter().enumerate() {
        let separator = if number + 1 == lines.len() { ' ' } else { '-' };
        text.push_str(&format!("250{separator}{line}\r\n"));
    }
    let (_, reply) = Reply::parse(text.as_bytes(), Dialect::STRICT).unwrap();
    reply.into_owned()
}

/// The first word of each line.
fn codes(output: &str) -> Vec<u16> {
    output.lines().map(|line| line[..3].parse().unwrap()).collect()
}
