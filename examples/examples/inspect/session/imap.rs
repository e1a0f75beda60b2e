//! Sessions of IMAP.

use std::collections::HashMap;

use imap_proto::observer::{AppendTarget, Event, Observer, Side as Sender};
use imap_proto::{Dialect, Tag, Token};

use super::{Follow, Row, Step};
use crate::Side;
use crate::imap::{command_kind, problem, response_kind};

/// Follows one session.
pub struct Follower {
    observer: Observer,
    /// How the open commands are called, and what they are.
    names: HashMap<Token, (String, String)>,
    /// Octets so far of what comes in parts, of the client and of the server.
    bodies: [usize; 2],
}

impl Follower {
    pub fn new(strict: bool) -> Self {
        let mut observer = Observer::new();
        observer.set_dialect(if strict { Dialect::STRICT } else { Dialect::TOLERANT });
        Self { observer, names: HashMap::new(), bodies: [0; 2] }
    }

    fn begin(&mut self, token: Token, tag: Option<&Tag<'_>>, kind: &str) {
        let tag = tag.map(|tag| tag.as_bytes().escape_ascii().to_string()).unwrap_or_default();
        self.names.insert(token, (tag, kind.to_owned()));
    }

    /// A row of what `token` begins.
    fn command(&self, token: Token, row: Row) -> Row {
        let tag = self.names.get(&token).map(|(tag, _)| tag.clone()).filter(|tag| !tag.is_empty());
        Row { tag, ..row }
    }

    /// A row of what belongs to `token`.
    fn answer(&self, token: Option<Token>, row: Row) -> Row {
        let Some((tag, kind)) = token.and_then(|token| self.names.get(&token)).cloned() else { return row };
        Row { tag: Some(tag).filter(|tag| !tag.is_empty()), answers: Some(kind), ..row }
    }

    /// The same of a completion, behind which nothing belongs to it.
    fn finish(&mut self, token: Option<Token>, row: Row) -> Row {
        let row = self.answer(token, row);
        token.and_then(|token| self.names.remove(&token));
        row
    }

    fn row(&mut self, event: Event<'_>, input: &[u8], at: usize, len: usize) -> Option<Row> {
        let row = |kind: &str, debug: String| Row {
            offset: at,
            len,
            kind: kind.to_owned(),
            debug,
            ..Row::default()
        };
        let tolerated =
            |tolerated: Option<imap_proto::Tolerated>| tolerated.map(|one| problem(one.error, at));
        Some(match event {
            Event::Greeting(greeting) => row("Greeting", format!("{greeting:?}")),
            Event::Command { token, command, tolerated: wrong } => {
                let kind = command_kind(&command.command);
                self.begin(token, Some(&command.tag), &kind);
                self.command(token, Row { problem: tolerated(wrong), ..row(&kind, format!("{command:?}")) })
            }
            Event::Append { token, tag, target } => {
                let kind = match target {
                    AppendTarget::Append(_) => "Append",
                    AppendTarget::Replace(..) => "Replace",
                    AppendTarget::UidReplace(..) => "UidReplace",
                };
                self.begin(token, Some(&tag), kind);
                let debug = format!("{kind} {{ tag: {tag:?}, target: {target:?} }}");
                self.command(token, row(kind, debug))
            }
            Event::Waits { token, tag, size } => {
                self.begin(token, tag.as_ref(), &keyword(input));
                self.command(token, row("Waits", format!("Waits {{ size: {size} }}")))
            }
            Event::Message { token, options } => self.command(token, row("Message", format!("{options:?}"))),
            Event::CatenateUrl { token, url } => self.command(token, row("CatenateUrl", format!("{url:?}"))),
            Event::Literal { token, offer } => self.command(token, row("Literal", format!("{offer:?}"))),
            Event::Chunk { side, octets, left } => {
                let body = self.bodies.get_mut(usize::from(side == Sender::Server))?;
                *body = body.saturating_add(octets.len());
                if left > 0 {
                    return None;
                }
                let octets = std::mem::take(body);
                let offset = at.saturating_add(len).saturating_sub(octets);
                Row { offset, len: octets, ..row("Body", format!("Body {{ octets: {octets} }}")) }
            }
            Event::AppendEnd { token } => self.command(token, row("AppendEnd", "AppendEnd".to_owned())),
            Event::Refused { token, line } => {
                self.command(token, row("Refused", format!("Refused {{ octets: {} }}", line.len())))
            }
            Event::Response { to, response, tolerated: wrong } => {
                let (kind, debug) = (response_kind(&response), format!("{response:?}"));
                self.answer(to, Row { problem: tolerated(wrong), ..row(&kind, debug) })
            }
            Event::FetchHead { to, number, items, contents, size } => {
                let debug = format!("{number} {items:?} {contents:?} {{{size}}}");
                self.answer(to, row("FetchHead", debug))
            }
            Event::FetchTail { to, items } => self.answer(to, row("FetchTail", format!("{items:?}"))),
            Event::Finished { to, tagged, tolerated: wrong } => {
                let problem = tolerated(wrong);
                self.finish(to, Row { problem, ..row("Tagged", format!("{tagged:?}")) })
            }
            Event::StartTls { token, tagged } | Event::Compress { token, tagged } => {
                self.finish(Some(token), row("Tagged", format!("{tagged:?}")))
            }
            Event::Challenge { token, challenge, tolerated: wrong } => {
                let debug = format!("Challenge({challenge:?})");
                self.answer(Some(token), Row { problem: tolerated(wrong), ..row("Challenge", debug) })
            }
            Event::Answer { token, answer } => self.command(token, row("Answer", format!("{answer:?}"))),
            Event::Done { token } => self.command(token, row("Done", "Done".to_owned())),
            Event::Malformed { side, token, tag, error, .. } => {
                let problem = Some(problem(error, at));
                let row = Row { problem, is_malformed: true, ..row("Malformed", error.to_string()) };
                self.malformed(side, token, tag.as_ref(), row)
            }
            // A part of what is too long, or behind what is malformed; and what there may be more one day.
            _ => return None,
        })
    }

    /// A malformed command may have begun before, and may be what begins.
    fn malformed(&mut self, side: Sender, token: Option<Token>, tag: Option<&Tag<'_>>, row: Row) -> Row {
        match (side, token) {
            (Sender::Client, Some(token)) => {
                if !self.names.contains_key(&token) {
                    self.begin(token, tag, "Malformed");
                }
                self.command(token, row)
            }
            (_, token) => self.answer(token, row),
        }
    }
}

/// The name of a command that has begun.
fn keyword(line: &[u8]) -> String {
    let mut words = line.split(|&octet| octet == b' ').skip(1);
    let name = words.next().filter(|name| name.iter().all(u8::is_ascii_alphanumeric)).unwrap_or_default();
    String::from_utf8_lossy(name).to_ascii_uppercase()
}

impl Follow for Follower {
    fn next(&mut self, side: Side, input: &[u8], at: usize) -> Result<Option<Step>, String> {
        let side = if side == Side::Client { Sender::Client } else { Sender::Server };
        let Some(received) = self.observer.receive(side, input).map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        let consumed = received.consumed;
        let row = self.row(received.event, input, at, consumed);
        let over = match () {
            () if self.observer.is_tls_due() => Some("TLS follows; not decoded"),
            () if self.observer.is_compression_due() => Some("compressed data follow; not decoded"),
            () => None,
        };
        Ok(Some(Step { consumed, row, over }))
    }
}
