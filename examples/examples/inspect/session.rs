//! Both sides of a recorded session: who said what, and what answers what.

pub mod imap;
pub mod smtp;

use std::io::Write;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use crate::Side;
use crate::message::Problem;
use crate::print::{Format, problem_json};

#[derive(Deserialize)]
struct Record {
    dir: Option<String>,
    b64: Option<String>,
}

/// What follows the sessions of one protocol.
pub trait Follow {
    /// What stands at the front of what `side` has sent and this has not taken; `at` is where that is in the stream.
    fn next(&mut self, side: Side, input: &[u8], at: usize) -> Result<Option<Step>, String>;
}

/// So many octets, and what they are.
#[derive(Default)]
pub struct Step {
    pub consumed: usize,
    /// `None` for a part of something that is told at its end.
    pub row: Option<Row>,
    /// Why the rest is not decoded.
    pub over: Option<&'static str>,
}

/// What is printed of one event.
#[derive(Default)]
pub struct Row {
    /// Where it begins in the stream of its side, and its octets.
    pub offset: usize,
    pub len: usize,
    pub kind: String,
    pub debug: String,
    /// What the command is called that it answers.
    pub answers: Option<String>,
    /// The tag of that command, or its own, where commands have tags.
    pub tag: Option<String>,
    pub problem: Option<Problem>,
    /// It is no message at all.
    pub is_malformed: bool,
}

/// Whether everything was well-formed; where `strict`, also without what is tolerated.
pub fn inspect(
    file: &[u8],
    follow: &mut dyn Follow,
    strict: bool,
    format: Format,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let mut follower = Follower {
        follow,
        strict,
        format,
        out,
        client: Stream::default(),
        server: Stream::default(),
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
    follow: &'o mut dyn Follow,
    strict: bool,
    format: Format,
    out: &'o mut dyn Write,
    client: Stream,
    server: Stream,
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

    /// Reads whatever can be read of both sides. Each answer may be what the client's octets wait for.
    fn advance(&mut self) -> anyhow::Result<()> {
        while self.over.is_none() && (self.step(Side::Client)? || self.step(Side::Server)?) {}
        Ok(())
    }

    fn step(&mut self, side: Side) -> anyhow::Result<bool> {
        let stream = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let at = stream.at;
        match self.follow.next(side, stream.bytes.get(at..).unwrap_or_default(), at) {
            Ok(Some(step)) => {
                stream.at = at.saturating_add(step.consumed);
                self.over = step.over;
                if let Some(row) = step.row {
                    self.all_well &= !(row.is_malformed || self.strict && row.problem.is_some());
                    self.row(side, &row)?;
                }
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(debug) => {
                self.all_well = false;
                self.over = Some("cannot be followed further");
                let row = Row { offset: at, kind: "Error".to_owned(), debug, ..Row::default() };
                self.row(side, &row).map(|()| false)
            }
        }
    }

    fn row(&mut self, side: Side, row: &Row) -> anyhow::Result<()> {
        let dir = if side == Side::Client { "C" } else { "S" };
        let Row { offset, len, kind, debug, answers, tag, problem, is_malformed } = row;
        if self.format == Format::Json {
            let problem = problem.as_ref().map(problem_json);
            let mut row = json!({ "dir": dir, "offset": offset, "len": len, "kind": kind, "debug": debug,
                "answers": answers, "problem": problem });
            if let (Some(tag), Some(row)) = (tag, row.as_object_mut()) {
                row.insert("tag".to_owned(), json!(tag));
            }
            return Ok(writeln!(self.out, "{row}")?);
        }
        let tag = tag.as_ref().filter(|_| answers.is_some()).map(|tag| format!("{tag} ")).unwrap_or_default();
        let answers = answers.as_ref().map(|name| format!(" to {tag}{name}")).unwrap_or_default();
        writeln!(self.out, "{dir} {offset:>8} {len:>6}  {:<10} {debug}", format!("{kind}{answers}"))?;
        if let Some(Problem { offset, expected }) = problem.as_ref().filter(|_| !is_malformed) {
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
