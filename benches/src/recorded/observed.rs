//! The observers of this project on a recorded session: they find the messages, knowing what is a body or an answer.

use imap_proto::observer as imap;
use smtp_proto::observer as smtp;

use super::Protocol;
use super::common::{Record, Session, Side};

/// A piece of what passed.
pub type Piece = Record;

/// What waits of one side.
#[derive(Default)]
struct Buffer {
    octets: Vec<u8>,
    at: usize,
    /// The message that comes in parts.
    open: Vec<u8>,
}

/// What a step has found.
enum Found {
    Message,
    /// Part of a message that goes on.
    Part,
    Other,
}

impl Protocol {
    /// Tells of each message in `pieces`, which are those of `session`.
    pub(super) fn follow(self, session: &Session, pieces: &[Piece], tell: impl FnMut(Side, &[u8])) {
        match self {
            Self::Imap => follow(Imap(Box::default()), pieces, tell),
            Self::Smtp => follow(Smtp(Box::new(smtp::Observer::new(session.is_lmtp))), pieces, tell),
        }
    }
}

/// An observer.
trait Observe {
    /// The next that it finds, and how many octets that are.
    fn next(&mut self, side: Side, input: &[u8]) -> Option<(usize, Found)>;

    fn tls(&mut self);
}

fn follow(mut observer: impl Observe, pieces: &[Piece], mut tell: impl FnMut(Side, &[u8])) {
    let mut buffers = [(Side::Client, Buffer::default()), (Side::Server, Buffer::default())];
    for piece in pieces {
        match piece {
            Record::Bytes(side, bytes) => {
                let [(_, client), (_, server)] = &mut buffers;
                let buffer = if *side == Side::Client { client } else { server };
                buffer.octets.drain(..std::mem::take(&mut buffer.at));
                buffer.octets.extend_from_slice(bytes);
            }
            Record::Tls => observer.tls(),
            Record::End(_) => {}
        }
        // One side may have waited for what the other said.
        while buffers.iter_mut().any(|(side, buffer)| step(&mut observer, *side, buffer, &mut tell)) {}
    }
}

fn step(
    observer: &mut impl Observe,
    side: Side,
    buffer: &mut Buffer,
    tell: &mut impl FnMut(Side, &[u8]),
) -> bool {
    let input = &buffer.octets[buffer.at..];
    let Some((consumed, found)) = observer.next(side, input) else { return false };
    match found {
        Found::Message if buffer.open.is_empty() => tell(side, &input[..consumed]),
        Found::Message => {
            buffer.open.extend_from_slice(&input[..consumed]);
            tell(side, &std::mem::take(&mut buffer.open));
        }
        Found::Part => buffer.open.extend_from_slice(&input[..consumed]),
        Found::Other => {}
    }
    buffer.at += consumed;
    true
}

struct Imap(Box<imap::Observer>);

impl Observe for Imap {
    fn next(&mut self, side: Side, input: &[u8]) -> Option<(usize, Found)> {
        use imap::Event;
        let side = match side {
            Side::Client => imap::Side::Client,
            Side::Server => imap::Side::Server,
        };
        let received = self.0.receive(side, input).ok()??;
        let found = match received.event {
            Event::Greeting(_)
            | Event::Command { .. }
            | Event::AppendEnd { .. }
            | Event::Response { .. }
            | Event::FetchTail { .. }
            | Event::Finished { .. }
            | Event::StartTls { .. }
            | Event::Compress { .. }
            | Event::Malformed { .. } => Found::Message,
            Event::Append { .. }
            | Event::Message { .. }
            | Event::CatenateUrl { .. }
            | Event::Literal { .. }
            | Event::FetchHead { .. }
            | Event::Chunk { .. } => Found::Part,
            _ => Found::Other,
        };
        // What follows is recorded in plain.
        self.0.compression_established();
        Some((received.consumed, found))
    }

    fn tls(&mut self) {
        self.0.tls_established();
    }
}

struct Smtp(Box<smtp::Observer>);

impl Observe for Smtp {
    fn next(&mut self, side: Side, input: &[u8]) -> Option<(usize, Found)> {
        use smtp::Event;
        let side = match side {
            Side::Client => smtp::Side::Client,
            Side::Server => smtp::Side::Server,
        };
        let received = self.0.receive(side, input).ok()??;
        let found = match received.event {
            Event::Greeting(_)
            | Event::Command { .. }
            | Event::Reply { .. }
            | Event::StartTls { .. }
            | Event::Malformed { .. } => Found::Message,
            _ => Found::Other,
        };
        Some((received.consumed, found))
    }

    fn tls(&mut self) {
        self.0.tls_established();
    }
}
