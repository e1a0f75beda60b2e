//! Sessions as they look from outside.

use super::*;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

mod literals;
mod order;
mod secrets;

const C: Side = Side::Client;
const S: Side = Side::Server;

/// The buffers of both sides, and what was told.
struct Seen {
    observer: Observer,
    buffers: [Vec<u8>; 2],
    events: Vec<String>,
    /// The `Debug` text of the events and of the observer behind each, where that is looked at.
    shown: Option<String>,
    error: Option<Error>,
}

impl Seen {
    fn new(dialect: Dialect) -> Self {
        let mut observer = Observer::new();
        observer.set_dialect(dialect);
        let (buffers, events, shown) = ([Vec::new(), Vec::new()], Vec::new(), None);
        Self { observer, buffers, events, shown, error: None }
    }

    /// Those octets pass, and both sides are asked until neither has more to tell.
    fn pass(&mut self, side: Side, octets: &[u8]) {
        self.buffers[side as usize].extend_from_slice(octets);
        while self.step(C) || self.step(S) {}
    }

    fn step(&mut self, side: Side) -> bool {
        if self.error.is_some() {
            return false;
        }
        let buffer = &mut self.buffers[side as usize];
        let received = match self.observer.receive(side, buffer) {
            Ok(Some(received)) => received,
            Ok(None) => return false,
            Err(error) => {
                self.error = Some(error);
                return false;
            }
        };
        let event = short(&received.event);
        let consumed = received.consumed;
        if let Some(shown) = &mut self.shown {
            *shown += &format!("{:?}", received.event);
            *shown += &format!("{:?}", self.observer);
        }
        // What comes in parts is joined: how it is cut depends on the input.
        let is_part = event.is_empty() || event == "Chunk" && self.events.last() == Some(&event);
        if !is_part {
            self.events.push(event);
        }
        buffer.drain(..consumed);
        true
    }

    fn left(&self) -> [usize; 2] {
        [self.buffers[0].len(), self.buffers[1].len()]
    }
}

/// The event's name, and what matters here.
fn short(event: &Event<'_>) -> String {
    let number = |token: &Token| format!("{token:?}").replace("Token(", "").replace(')', "");
    let of = |token: &Option<Token>| token.as_ref().map_or("-".to_string(), number);
    match event {
        Event::Command { token, command, .. } => {
            format!("Command {} {}", number(token), command.command.keyword())
        }
        Event::Waits { token, size, .. } => format!("Waits {} {size}", number(token)),
        Event::Refused { token, line } => format!("Refused {} {}", number(token), line.len()),
        Event::Append { token, .. } => format!("Append {}", number(token)),
        Event::Message { .. } => "Message".into(),
        Event::CatenateUrl { .. } => "CatenateUrl".into(),
        Event::Literal { offer, .. } => format!("Literal {}", offer.size),
        Event::Chunk { .. } => "Chunk".into(),
        Event::AppendEnd { token } => format!("AppendEnd {}", number(token)),
        Event::Response { to, response, .. } => {
            let text = format!("{response:?}");
            let name = text.split('(').next().unwrap_or_default();
            format!("{name} {}", of(to))
        }
        Event::FetchHead { to, size, .. } => format!("FetchHead {} {size}", of(to)),
        Event::FetchTail { to, .. } => format!("FetchTail {}", of(to)),
        Event::Finished { to, tagged, .. } => format!("Finished {} {:?}", of(to), tagged.status.kind),
        Event::Challenge { token, .. } => format!("Challenge {}", number(token)),
        Event::Answer { token, .. } => format!("Answer {}", number(token)),
        Event::Done { token } => format!("Done {}", number(token)),
        Event::StartTls { token, .. } => format!("StartTls {}", number(token)),
        Event::Compress { token, .. } => format!("Compress {}", number(token)),
        Event::Malformed { side, token, tag, .. } => {
            let tag =
                tag.as_ref().map_or("-".into(), |tag| String::from_utf8_lossy(tag.as_bytes()).into_owned());
            format!("Malformed {side:?} {} {tag}", of(token))
        }
        Event::Greeting(_) => "Greeting".into(),
        Event::Skipped(_) => String::new(),
    }
}

/// What is told of a session behind its greeting, however its octets are cut.
fn follow(dialect: Dialect, session: &[(Side, &[u8])]) -> Seen {
    let run = |piece: usize| {
        let mut seen = Seen::new(dialect);
        seen.pass(S, b"* OK hi\r\n");
        for (side, octets) in session {
            octets.chunks(piece).for_each(|piece| seen.pass(*side, piece));
        }
        seen.events.remove(0);
        seen
    };
    let whole = run(usize::MAX);
    for piece in [1, 2, 7] {
        let cut = run(piece);
        assert_eq!((&cut.events, cut.left(), cut.error), (&whole.events, whole.left(), whole.error));
    }
    whole
}

/// All of it is read, all commands are completed, and it means this.
fn check(session: &[(Side, &[u8])], events: &[&str]) {
    check_as(Dialect::TOLERANT, session, events);
}

fn check_as(dialect: Dialect, session: &[(Side, &[u8])], events: &[&str]) {
    let seen = follow(dialect, session);
    assert_eq!(seen.events, events);
    assert_eq!((seen.left(), seen.observer.unanswered(), seen.error), ([0, 0], 0, None));
    let mut observer = seen.observer;
    for side in [C, S] {
        assert_eq!(observer.receive_eof(side, b""), Ok(()));
    }
}
