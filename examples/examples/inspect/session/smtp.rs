//! Sessions of SMTP and LMTP.

use std::collections::HashMap;

use smtp_proto::observer::{self, Event, Observer};
use smtp_proto::{Dialect, Token};

use super::{Follow, Row, Step};
use crate::Side;
use crate::message::{Problem, variant};

/// Follows one session.
pub struct Follower {
    observer: Observer,
    /// How the open commands are called.
    names: HashMap<Token, String>,
    /// Octets of the body so far.
    body: usize,
}

impl Follower {
    pub fn new(is_lmtp: bool, dialect: Dialect) -> Self {
        let mut observer = Observer::new(is_lmtp);
        observer.set_dialect(dialect);
        Self { observer, names: HashMap::new(), body: 0 }
    }

    fn name(&self, token: Option<Token>) -> Option<String> {
        let name = |token| self.names.get(&token).cloned().unwrap_or_else(|| "Malformed".to_owned());
        token.map(name)
    }

    fn row(&mut self, event: Event<'_>, at: usize) -> Option<Row> {
        let row = |kind: &str, debug: String| Row { kind: kind.to_owned(), debug, ..Row::default() };
        Some(match event {
            Event::Greeting(reply) => row("Greeting", format!("{reply:?}")),
            Event::Command { token, command, tolerated } => {
                let debug = format!("{command:?}");
                let kind = variant(&debug).to_owned();
                self.names.insert(token, kind.clone());
                Row { kind, debug, problem: Problem::of(tolerated, at), ..Row::default() }
            }
            Event::Reply { to, reply, tolerated } => Row {
                answers: self.name(to),
                problem: Problem::of(tolerated, at),
                ..row("Reply", format!("{reply:?}"))
            },
            Event::Chunk(content) => {
                self.body = self.body.saturating_add(content.len());
                return None;
            }
            Event::Anomaly(anomaly) => row("Anomaly", anomaly.to_string()),
            Event::BodyEnd { .. } => {
                row("Body", format!("Body {{ octets: {} }}", std::mem::take(&mut self.body)))
            }
            Event::Answer { answer, .. } => row("Answer", format!("{answer:?}")),
            Event::StartTls { token, reply } => {
                Row { answers: self.name(Some(token)), ..row("Reply", format!("{reply:?}")) }
            }
            Event::Malformed { token, error, .. } => Row {
                answers: self.name(token),
                problem: Some(Problem::new(error, at)),
                is_malformed: true,
                ..row("Malformed", format!("{error}"))
            },
            // A part of an over-long line: its end is the event that counts.
            _ => return None,
        })
    }
}

impl Follow for Follower {
    fn next(&mut self, side: Side, input: &[u8], at: usize) -> Result<Option<Step>, String> {
        let side = match side {
            Side::Client => observer::Side::Client,
            Side::Server => observer::Side::Server,
        };
        let Some(received) = self.observer.receive(side, input).map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        let consumed = received.consumed;
        let row = self.row(received.event, at).map(|row| Row { offset: at, len: consumed, ..row });
        let over = self.observer.is_tls_due().then_some("TLS follows; not decoded");
        Ok(Some(Step { consumed, row, over }))
    }
}
