//! How the findings are shown.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::message::{Ending, Message, Problem};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

pub fn message(message: &Message, format: Format, out: &mut dyn Write) -> io::Result<()> {
    if format == Format::Json {
        return writeln!(out, "{}", message_json(message));
    }
    writeln!(out, "{:>8} {:>6}  {:<10} {}", message.offset, message.len, message.kind, message.debug)?;
    match &message.tolerated {
        Some(problem) => {
            writeln!(out, "{:>17} tolerated at {}: expected {}", "", problem.offset, problem.expected)
        }
        None => Ok(()),
    }
}

/// Says how the wire ended, when not with a whole message.
pub fn ending(ending: &Ending, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let (offset, what) = match ending {
        Ending::Complete => return Ok(()),
        Ending::Malformed(problem) if format == Format::Json => {
            return writeln!(out, "{}", json!({ "error": problem_json(problem) }));
        }
        Ending::Malformed(Problem { offset, expected }) => {
            (offset, format!("malformed: expected {expected}"))
        }
        Ending::Incomplete { offset } => (offset, "incomplete".to_owned()),
        Ending::Opaque { offset, why } => (offset, (*why).to_owned()),
    };
    match format {
        Format::Json => writeln!(out, "{}", json!({ "offset": offset, "end": what })),
        Format::Text => writeln!(out, "{offset:>8} {:>6}  {what}", ""),
    }
}

pub fn message_json(message: &Message) -> Value {
    json!({
        "offset": message.offset,
        "len": message.len,
        "kind": message.kind,
        "debug": message.debug,
        "encoded": STANDARD.encode(&message.encoded),
        "tolerated": message.tolerated.as_ref().map(problem_json),
    })
}

pub fn problem_json(problem: &Problem) -> Value {
    json!({ "offset": problem.offset, "expected": problem.expected })
}
