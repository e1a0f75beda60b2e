//! Sessions with a small user of the machine.

mod append;
mod barriers;
mod clients;
mod exchange;
mod limits;
mod literals;
mod model;
mod order;
mod send;
mod split;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use bytes::Buf;

use super::*;
use crate::command::Command;
use crate::grammar::text::Text;
use crate::options::Dialect;
use crate::registry::{Capability, Data};
use crate::response::Status;
use crate::testing::encoded;

/// What most tests advertise.
const CAPABILITIES: &str = "IMAP4rev1 LITERAL+ SASL-IR ENABLE IDLE UNAUTHENTICATE COMPRESS=DEFLATE STARTTLS AUTH=PLAIN \
                            AUTH=LOGIN AUTH=SCRAM-SHA-256 CONDSTORE QRESYNC UIDONLY MULTIAPPEND CATENATE BINARY \
                            UTF8=ACCEPT REPLACE";

/// Lets `user` in with `pass`, has every mailbox but `missing`, and takes messages for all but `refused`.
struct Host {
    server: Server,
    /// What came and was not consumed.
    buffer: Vec<u8>,
    /// What was told, in short.
    events: Vec<String>,
    /// What was handed out of a literal since the last event.
    content: Vec<u8>,
    /// What went out.
    output: String,
    error: Option<Error>,
    refuses: bool,
    login: usize,
}

impl Host {
    fn new(options: Options, capabilities: &str) -> Self {
        let mut server = Server::new(options);
        server.greet(&greeting("OK ready")).unwrap();
        if !capabilities.is_empty() {
            server.advertise(&capabilities_of(capabilities)).unwrap();
        }
        let (buffer, events, content, output) = (Vec::new(), Vec::new(), Vec::new(), String::new());
        let mut host =
            Self { server, buffer, events, content, output, error: None, refuses: false, login: 0 };
        host.flush();
        host.output.clear();
        host
    }

    /// A host that nobody has logged in to.
    fn fresh() -> Self {
        Self::new(options(), CAPABILITIES)
    }

    /// A host with a user.
    fn ready() -> Self {
        Self::ready_with(options(), CAPABILITIES)
    }

    fn ready_with(options: Options, capabilities: &str) -> Self {
        let mut host = Self::new(options, capabilities);
        assert_eq!(host.say("l LOGIN user pass\r\n"), "l OK done\r\n");
        host.events.clear();
        host
    }

    /// A host with a user who has selected a mailbox.
    fn selected() -> Self {
        let mut host = Self::ready();
        host.say("s SELECT box\r\n");
        host.events.clear();
        host
    }

    /// The client sends `wire`: what goes out.
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
        let is_end = matches!(received.event, Event::Close);
        self.handle(received.event);
        self.buffer = buffer[received.consumed..].to_vec();
        !is_end
    }

    fn flush(&mut self) {
        let transmit = self.server.transmit();
        while transmit.has_remaining() {
            let chunk = transmit.chunk();
            self.output.push_str(&String::from_utf8_lossy(chunk));
            let len = chunk.len();
            transmit.advance(len);
        }
    }

    fn note(&mut self, event: impl Into<String>) {
        self.end_content();
        self.events.push(event.into());
    }

    fn end_content(&mut self) {
        if !self.content.is_empty() {
            let content = mem::take(&mut self.content);
            self.events.push(format!("\"{}\"", content.escape_ascii()));
        }
    }

    fn finish(&mut self, token: Token, text: &str) {
        self.server.finish(token, &status(text)).unwrap();
    }

    /// What was told since the last time.
    fn told(&mut self) -> Vec<String> {
        self.end_content();
        mem::take(&mut self.events)
    }

    fn handle(&mut self, event: Event<'_>) {
        let is_of_none = matches!(event, Event::Chunk(_) | Event::Skipped { .. } | Event::Close);
        assert_eq!(event.token().is_none(), is_of_none, "{event:?}");
        assert_eq!(format!("{event:?}").contains("token: "), !is_of_none);
        match event {
            Event::Chunk(content) => {
                assert!(!content.is_empty());
                self.content.extend_from_slice(content);
            }
            Event::Skipped { tolerated: None } => {}
            Event::Skipped { tolerated } => self.note(format!("skipped {:?}", tolerated.unwrap().leniency)),
            Event::Command { token, command, tolerated } => {
                let how = if tolerated.is_some() { " (tolerated)" } else { "" };
                self.note(format!("{}{how}", encoded(&command).trim_end()));
                self.command(token, &command.command);
            }
            Event::Refused { token, line, status } => {
                self.note(format!("refused {}", line.trim_ascii_end().escape_ascii()));
                self.server.finish(token, &status).unwrap();
            }
            Event::Malformed { token, line, status, .. } => {
                self.note(format!("malformed {}", line.trim_ascii_end().escape_ascii()));
                self.server.finish(token, &status).unwrap();
            }
            Event::Idle { token, .. } => {
                self.note("idle");
                self.server.accept(token).unwrap();
            }
            Event::Done { token, tolerated } => {
                self.note(if tolerated.is_some() { "done (tolerated)" } else { "done" });
                self.finish(token, "OK idled");
            }
            Event::StartTls { token, .. } => {
                self.note("STARTTLS");
                self.finish(token, "OK go ahead");
            }
            Event::Compress { token, algorithm, .. } => {
                self.note(format!("COMPRESS {algorithm:?}"));
                self.finish(token, "OK compress");
            }
            Event::Authenticate { .. } | Event::Answer { .. } | Event::Cancelled { .. } => self.auth(event),
            Event::Append { .. }
            | Event::Message { .. }
            | Event::CatenateUrl { .. }
            | Event::Literal { .. }
            | Event::LiteralEnd { .. }
            | Event::AppendEnd { .. } => self.append(event),
            Event::Close => self.note("close"),
        }
    }

    fn append(&mut self, event: Event<'_>) {
        match event {
            Event::Append { target, tag, .. } => {
                let (AppendTarget::Append(mailbox)
                | AppendTarget::Replace(_, mailbox)
                | AppendTarget::UidReplace(_, mailbox)) = &target;
                self.refuses = mailbox.as_bytes() == b"refused";
                self.note(format!("{} to {}", tag.as_str().unwrap_or_default(), shown(&target)));
            }
            Event::Message { options, .. } => self.note(format!("message {}", encoded(&options).trim_end())),
            Event::CatenateUrl { url, .. } => self.note(format!("url {}", encoded(&url))),
            Event::Literal { token, offer } => {
                let how = [(offer.waits, " waits"), (offer.binary, " binary"), (offer.utf8, " utf8")];
                let how: String = how.iter().filter(|(is, _)| *is).map(|(_, how)| *how).collect();
                self.note(format!("literal {}{how}", offer.size));
                if self.refuses {
                    self.finish(token, "NO [TRYCREATE] no");
                } else {
                    self.server.accept(token).unwrap();
                }
            }
            Event::LiteralEnd { .. } => self.note("literal end"),
            Event::AppendEnd { token } => {
                self.note("append end");
                self.finish(token, "OK appended");
            }
            _ => {}
        }
    }

    fn auth(&mut self, event: Event<'_>) {
        match event {
            Event::Authenticate { token, mechanism, initial_response, .. } => {
                let response = initial_response.as_ref().map(|response| response.as_bytes());
                self.note(format!("AUTHENTICATE {}{}", mechanism.as_str(), octets(response)));
                self.login = 0;
                match response {
                    Some(response) => self.check(token, response),
                    None => self.server.challenge(token, b"").unwrap(),
                }
            }
            Event::Answer { token, response } => {
                self.note(format!("answer{}", octets(Some(response.as_bytes()))));
                self.check(token, response.as_bytes());
            }
            Event::Cancelled { token } => {
                self.note("cancelled");
                self.finish(token, "BAD cancelled");
            }
            _ => {}
        }
    }

    /// PLAIN in one message, LOGIN in two.
    fn check(&mut self, token: Token, response: &[u8]) {
        self.login += 1;
        match (self.login, response) {
            (_, b"\0user\0pass" | b"pass") => self.finish(token, "OK done"),
            (1, b"user") => self.server.challenge(token, b"Password:").unwrap(),
            _ => self.finish(token, "NO [AUTHENTICATIONFAILED] no"),
        }
    }

    fn command(&mut self, token: Token, command: &Command<'_>) {
        let answer = match command {
            Command::Login(login) if login.password().as_bytes() != b"pass" => "NO [AUTHENTICATIONFAILED] no",
            Command::Select(select) if select.mailbox.as_bytes() == b"missing" => "NO [NONEXISTENT] no",
            Command::Enable(capabilities) => {
                self.server.send(&Response::Data(Data::Enabled(capabilities.clone()))).unwrap();
                "OK done"
            }
            Command::Other(_) => "BAD what",
            _ => "OK done",
        };
        self.finish(token, answer);
    }
}

/// With passwords in clear, and patience.
fn options() -> Options {
    let mut options = Options { allow_plaintext_secrets: true, ..Options::default() };
    (options.limits.errors, options.limits.errors_authenticated) = (1_000, 1_000);
    options
}

fn shown(target: &AppendTarget<'_>) -> String {
    let name = |mailbox: &crate::Mailbox<'_>| String::from_utf8_lossy(mailbox.as_bytes()).to_string();
    match target {
        AppendTarget::Append(mailbox) => name(mailbox),
        AppendTarget::Replace(number, mailbox) => format!("{} for {number:?}", name(mailbox)),
        AppendTarget::UidReplace(number, mailbox) => format!("{} for UID {number:?}", name(mailbox)),
    }
}

fn octets(response: Option<&[u8]>) -> String {
    response.map_or(String::new(), |octets| format!(" {:?}", String::from_utf8_lossy(octets)))
}

fn capabilities_of(text: &str) -> Capabilities<'static> {
    let line = format!("* CAPABILITY {text}\r\n");
    match Response::parse(line.as_bytes(), Dialect::STRICT).unwrap().1 {
        Response::Data(Data::Capability(data)) => data.0.into_owned(),
        other => panic!("{other:?}"),
    }
}

/// `OK [READ-WRITE] done` and the like.
fn status(text: &str) -> Status<'static> {
    match response(&format!("* {text}")) {
        Response::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn response(line: &str) -> Response<'static> {
    let line = format!("{line}\r\n");
    let (rest, response) = Response::parse(line.as_bytes(), Dialect::STRICT).unwrap();
    assert_eq!((rest, matches!(response, Response::Invalid(_))), (&b""[..], false), "{line}");
    response.into_owned()
}

fn greeting(text: &str) -> Greeting<'static> {
    let line = format!("* {text}\r\n");
    Greeting::parse(line.as_bytes(), Dialect::STRICT).unwrap().1.into_owned()
}

fn text(text: &str) -> RespText<'static> {
    RespText::new(Text::new(text).unwrap().into_owned())
}
