//! Both sides of a recorded session: who said what, and what answers what.

use std::collections::HashMap;
use std::io::Write;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use smtp_proto::observer::{Event, Observer, Side};
use smtp_proto::{Dialect, Token};

use crate::message::{Problem, variant};
use crate::print::{Format, problem_json};

#[derive(Deserialize)]
struct Record {
    dir: Option<String>,
    b64: Option<String>,
}

/// Whether everything was well-formed.
pub fn inspect(
    file: &[u8],
    is_lmtp: bool,
    dialect: Dialect,
    format: Format,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let mut observer = Observer::new(is_lmtp);
    observer.set_dialect(dialect);
    let mut follower = Follower {
        observer,
        format,
        out,
        client: Stream::default(),
        server: Stream::default(),
        names: HashMap::new(),
        body: 0,
        all_well: true,
        over: None,
    };
    for (number, line) in (1..).zip(file.split(|&octet| octet == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let record: Record =
            serde_json::from_slice(line).with_context(|| format!("line {number} is no JSON object"))?;
        let side = match record.dir.as_deref() {
            Some("C") => Side::Client,
            Some("S") => Side::Server,
            _ => continue,
        };
        let Some(text) = record.b64 else { continue };
        let bytes = STANDARD.decode(&text).with_context(|| format!("line {number}: b64 is not base64"))?;
        follower.stream(side).bytes.extend_from_slice(&bytes);
        follower.advance()?;
        if follower.over.is_some() {
            break;
        }
    }
    follower.end()
}

/// What one side has sent, and how far it was read.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    at: usize,
}

struct Follower<'o> {
    observer: Observer,
    format: Format,
    out: &'o mut dyn Write,
    client: Stream,
    server: Stream,
    /// How the open commands are called.
    names: HashMap<Token, String>,
    /// Octets of the body so far.
    body: usize,
    all_well: bool,
    /// Why the rest is not decoded.
    over: Option<&'static str>,
}

impl Follower<'_> {
    fn stream(&mut self, side: Side) -> &mut Stream {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Reads whatever can be read of both sides. Replies first: what a client sends may depend on them.
    fn advance(&mut self) -> anyhow::Result<()> {
        while self.over.is_none() && (self.step(Side::Server)? || self.step(Side::Client)?) {}
        Ok(())
    }

    fn step(&mut self, side: Side) -> anyhow::Result<bool> {
        let stream = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        // Taken out, so that the event borrows from nothing that printing needs.
        let (bytes, at) = (std::mem::take(&mut stream.bytes), stream.at);
        let received = self.observer.receive(side, bytes.get(at..).unwrap_or_default());
        let result = match received {
            Ok(Some(received)) => {
                let printed = self.event(side, at, received.consumed, received.event);
                self.stream(side).at = at.saturating_add(received.consumed);
                printed.map(|()| true)
            }
            Ok(None) => Ok(false),
            Err(error) => {
                self.all_well = false;
                self.over = Some("cannot be followed further");
                self.row(side, at, 0, "Error", &error.to_string(), None, None).map(|()| false)
            }
        };
        self.stream(side).bytes = bytes;
        result
    }

    fn event(&mut self, side: Side, at: usize, len: usize, event: Event<'_>) -> anyhow::Result<()> {
        match event {
            Event::Greeting(reply) => self.row(side, at, len, "Greeting", &format!("{reply:?}"), None, None),
            Event::Command { token, command, tolerated } => {
                let debug = format!("{command:?}");
                self.names.insert(token, variant(&debug).to_owned());
                let kind = variant(&debug).to_owned();
                self.row(side, at, len, &kind, &debug, None, Problem::of(tolerated, at))
            }
            Event::Reply { to, reply, tolerated } => {
                let debug = format!("{reply:?}");
                self.row(side, at, len, "Reply", &debug, to, Problem::of(tolerated, at))
            }
            Event::Chunk(content) => {
                self.body = self.body.saturating_add(content.len());
                Ok(())
            }
            Event::Anomaly(anomaly) => self.row(side, at, len, "Anomaly", &anomaly.to_string(), None, None),
            Event::BodyEnd { .. } => {
                let debug = format!("Body {{ octets: {} }}", std::mem::take(&mut self.body));
                self.row(side, at, len, "Body", &debug, None, None)
            }
            Event::Answer { answer, .. } => {
                self.row(side, at, len, "Answer", &format!("{answer:?}"), None, None)
            }
            Event::StartTls { token, reply } => {
                self.over = Some("TLS follows; not decoded");
                self.row(side, at, len, "Reply", &format!("{reply:?}"), Some(token), None)
            }
            Event::Malformed { token, error, .. } => {
                self.all_well = false;
                let debug = format!("{error}");
                self.row(side, at, len, "Malformed", &debug, token, Some(Problem::new(error, at)))
            }
            // A part of an over-long line: its end is the event that counts.
            _ => Ok(()),
        }
    }

    #[allow(clippy::too_many_arguments)] // a row has that many columns
    fn row(
        &mut self,
        side: Side,
        offset: usize,
        len: usize,
        kind: &str,
        debug: &str,
        answers: Option<Token>,
        problem: Option<Problem>,
    ) -> anyhow::Result<()> {
        let dir = if side == Side::Client { "C" } else { "S" };
        let answers = answers.map(|token| self.names.get(&token).map_or("Malformed", |name| name));
        if self.format == Format::Json {
            let problem = problem.as_ref().map(problem_json);
            let row = json!({ "dir": dir, "offset": offset, "len": len, "kind": kind, "debug": debug,
                "answers": answers, "problem": problem });
            return Ok(writeln!(self.out, "{row}")?);
        }
        let answers = answers.map(|name| format!(" to {name}")).unwrap_or_default();
        writeln!(self.out, "{dir} {offset:>8} {len:>6}  {:<10} {debug}", format!("{kind}{answers}"))?;
        if let Some(Problem { offset, expected }) = problem.filter(|_| kind != "Malformed") {
            writeln!(self.out, "{:>19} tolerated at {offset}: expected {expected}", "")?;
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<bool> {
        let Self { format, out, .. } = self;
        for (dir, stream) in [("C", &self.client), ("S", &self.server)] {
            let left = stream.bytes.len().saturating_sub(stream.at);
            let Some(what) = self.over.or((left > 0).then_some("incomplete")) else { continue };
            match format {
                Format::Json => writeln!(out, "{}", json!({ "dir": dir, "offset": stream.at, "end": what }))?,
                Format::Text => writeln!(out, "{dir} {:>8} {left:>6}  {what}", stream.at)?,
            }
        }
        Ok(self.all_well)
    }
}
