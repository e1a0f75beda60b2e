//! What SMTP and LMTP sessions come to in a log.

use std::collections::BTreeMap;

use smtp_proto::auth::Answer;
use smtp_proto::observer::{Event, Observer, Side as From};
use smtp_proto::{Command, Error, PeerMisbehaved, Received, Reply, Token};

use crate::follow::{Lost, Observe, Then, Told};
use crate::log::{Side, cut, quote};

/// Follows a session.
pub struct Smtp {
    observer: Observer,
    /// What the log calls commands that may still be answered.
    names: BTreeMap<Token, Name>,
    /// How many there were.
    commands: u64,
    /// Octets of the body so far.
    body: u64,
}

#[derive(Clone)]
struct Name {
    number: u64,
    verb: &'static str,
}

impl Name {
    /// What the client said here may have been a secret, which a server may echo.
    fn may_be_secret(&self) -> bool {
        matches!(self.verb, "AUTH" | UNKNOWN)
    }
}

/// The verb of what has no other. It may be a password, said at the wrong time.
const UNKNOWN: &str = "?";

impl Smtp {
    pub fn new(is_lmtp: bool) -> Self {
        Self { observer: Observer::new(is_lmtp), names: BTreeMap::new(), commands: 0, body: 0 }
    }

    fn event(&mut self, event: Event<'_>) -> Told {
        let is_malformed = matches!(event, Event::Malformed { .. });
        let mut then = Then::Go;
        let text = match event {
            Event::Greeting(reply) => format!("greeting {}", show(&reply, true)),
            Event::Command { token, command, tolerated } => {
                let name = self.name(token, verb(&command));
                if command == Command::StartTls {
                    then = Then::StartTlsAsked;
                }
                let what = match &command {
                    Command::Other(_) => "an unknown command".into(),
                    command => cut(&command.to_string()),
                };
                let tolerated = tolerated.map(|tolerated| format!(" (tolerated: {})", tolerated.error));
                format!("#{} {what}{}", name.number, tolerated.unwrap_or_default())
            }
            Event::Reply { to, reply, tolerated } => {
                let name = to.and_then(|to| self.names.get(&to)).cloned();
                if name.as_ref().is_some_and(|name| name.verb == "STARTTLS") {
                    then = Then::StartTlsRefused;
                }
                self.forget_before(to);
                let tolerated = tolerated.map(|tolerated| format!(" (tolerated: {})", tolerated.error));
                format!(
                    "{} {}{}",
                    answers(name.as_ref()),
                    show_to(&reply, name.as_ref()),
                    tolerated.unwrap_or_default()
                )
            }
            Event::StartTls { token, reply } => {
                then = Then::StartTls;
                let name = self.names.get(&token).cloned();
                format!("{} {}", answers(name.as_ref()), show_to(&reply, name.as_ref()))
            }
            Event::Chunk(octets) => {
                self.body = self.body.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
                return Told::default();
            }
            Event::Anomaly(anomaly) => format!("in the body: {anomaly}"),
            Event::BodyEnd { token, last } => {
                let what = if last { "end of the message" } else { "a part of the message" };
                let number = self.names.get(&token).map_or(0, |name| name.number);
                format!("#{number} {what}, {} octets", std::mem::take(&mut self.body))
            }
            Event::Answer { token, answer } => {
                let number = self.names.get(&token).map_or(0, |name| name.number);
                match answer {
                    Answer::Cancel => format!("#{number} AUTH cancelled"),
                    _ => format!("#{number} AUTH answer, not shown"),
                }
            }
            Event::Malformed { side, token, error, line } => {
                let name = match (side, token) {
                    (From::Client, Some(token)) if !self.names.contains_key(&token) => {
                        Some(self.name(token, UNKNOWN))
                    }
                    (_, Some(token)) => self.names.get(&token).cloned(),
                    (_, None) => None,
                };
                let name = answers(name.as_ref());
                format!("{name} malformed: {error}; {} octets, not shown", line.len())
            }
            Event::Skipped(octets) => return Told { skipped: octets.len(), ..Told::default() },
            _ => "an event that this proxy does not know".into(),
        };
        Told { text: Some(text), then, is_malformed, ..Told::default() }
    }

    fn name(&mut self, token: Token, verb: &'static str) -> Name {
        self.commands = self.commands.saturating_add(1);
        let name = Name { number: self.commands, verb };
        self.names.insert(token, name.clone());
        name
    }

    /// Replies come in the order of the commands. That of `to` may have more: a body's, a challenge's.
    fn forget_before(&mut self, to: Option<Token>) {
        if let Some(to) = to {
            self.names = self.names.split_off(&to);
        }
    }
}

/// `#3 RCPT`
fn answers(name: Option<&Name>) -> String {
    name.map_or_else(|| "unasked".into(), |name| format!("#{} {}", name.number, name.verb))
}

/// `250 2.1.5 "recipient ok"`
fn show(reply: &Reply<'_>, with_text: bool) -> String {
    let enhanced = reply.enhanced().map(|code| format!(" {code}")).unwrap_or_default();
    let text = if with_text { quote(&reply.text()) } else { "(text not shown)".into() };
    format!("{}{enhanced} {text}", reply.code())
}

fn show_to(reply: &Reply<'_>, name: Option<&Name>) -> String {
    show(reply, name.is_some_and(|name| !name.may_be_secret()))
}

fn verb(command: &Command<'_>) -> &'static str {
    match command {
        Command::Ehlo(_) => "EHLO",
        Command::Helo(_) => "HELO",
        Command::Lhlo(_) => "LHLO",
        Command::Mail(_) => "MAIL",
        Command::Rcpt(_) => "RCPT",
        Command::Data => "DATA",
        Command::Bdat(_) => "BDAT",
        Command::Rset => "RSET",
        Command::Noop(_) => "NOOP",
        Command::Quit => "QUIT",
        Command::StartTls => "STARTTLS",
        Command::Vrfy(_) => "VRFY",
        Command::Help(_) => "HELP",
        Command::Burl(_) => "BURL",
        Command::Auth(_) => "AUTH",
        Command::Other(_) => UNKNOWN,
        _ => "command",
    }
}

fn lost(error: Error) -> Lost {
    match error {
        Error::PeerMisbehaved(PeerMisbehaved::PlaintextAfterStartTls) => Lost::Injection,
        error => Lost::Other(error.to_string()),
    }
}

const fn side(from: Side) -> From {
    match from {
        Side::Client => From::Client,
        Side::Server => From::Server,
    }
}

impl Observe for Smtp {
    fn receive(&mut self, from: Side, input: &[u8]) -> Result<Option<(usize, Told)>, Lost> {
        // A server's last word in clear has been said, and TLS has not begun.
        let received = self.observer.receive(side(from), input).map_err(lost)?;
        Ok(received.map(|Received { consumed, event }| (consumed, self.event(event))))
    }

    fn receive_eof(&mut self, from: Side, rest: &[u8]) -> Result<(), Lost> {
        self.observer.receive_eof(side(from), rest).map_err(lost)
    }

    fn tls_established(&mut self) {
        self.observer.tls_established();
        self.names.clear();
    }

    // SMTP has no such thing.
    fn compression_established(&mut self) {}
}
