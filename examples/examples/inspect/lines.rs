//! Many independent pieces of wire: JSON lines in, JSON lines out.

use std::io::{BufRead, Write};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::message::{Ending, Hints};
use crate::{Protocol, Side, print};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    wire: &'a str,
    #[serde(default)]
    ehlo: bool,
    #[serde(default)]
    greeting: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    outcome: &'static str,
    consumed: usize,
    messages: Vec<Value>,
    error: Option<Value>,
}

pub fn inspect(
    mut input: impl BufRead,
    protocol: Protocol,
    side: Side,
    strict: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut line = String::new();
    for number in 1.. {
        line.clear();
        if input.read_line(&mut line).context("cannot read standard input")? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let request: Request<'_> = serde_json::from_str(&line)
            .with_context(|| format!("line {number} is no {{\"id\", \"wire\"}} object"))?;
        let wire =
            STANDARD.decode(request.wire).with_context(|| format!("line {number}: wire is not base64"))?;
        let hints = Hints { is_ehlo: request.ehlo, is_greeting: request.greeting, is_stream: false };
        let (mut messages, mut consumed, mut any_tolerated) = (Vec::new(), 0, false);
        let ending = protocol.decode(&wire, side, hints, strict, &mut |message| {
            consumed = message.offset.saturating_add(message.len);
            any_tolerated |= message.tolerated.is_some();
            messages.push(print::message_json(&message));
        });
        let (outcome, error) = match &ending {
            Ending::Malformed(problem) => ("malformed", Some(print::problem_json(problem))),
            Ending::Incomplete { .. } => ("incomplete", None),
            Ending::Complete | Ending::Opaque { .. } if any_tolerated => ("tolerated", None),
            Ending::Complete | Ending::Opaque { .. } => ("ok", None),
        };
        serde_json::to_writer(&mut *out, &Answer { id: request.id, outcome, consumed, messages, error })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
