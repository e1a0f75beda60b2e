//! Those who follow the sessions of others: the observers and the relay, and what an attacker on either side has them hold.

use bytes::Bytes;
use imap_proto::observer as imap;
use smtp_proto::observer as smtp;
use smtp_proto::relay::{Relay, is_transparent};

/// Which side sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

/// What the other side of the attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A server answers what is to be answered.
    Answers,
    /// It says nothing.
    IsSilent,
}

/// An observer or a relay, and which side sends it what is hostile.
#[derive(Debug)]
pub struct Watcher {
    /// What it is called.
    pub name: &'static str,
    /// What the server behind it does.
    pub other: Other,
    watched: Watched,
    side: Side,
    /// Answers that wait for the relay.
    waiting: Vec<&'static [u8]>,
}

#[derive(Debug)]
enum Watched {
    /// And how many times a message it may hold.
    Imap(Box<imap::Observer>, usize),
    Smtp(Box<smtp::Observer>),
    Relay(Box<Relay>, Passing),
}

/// What the relay passes to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passing {
    Lines,
    /// A message, and its last octets.
    Data([u8; 5]),
    Chunk,
    Auth,
}

/// After so many a list that can be full is, and each that follows is like those before.
const MOST_CALLS: usize = 5_000;

/// Commands that wait for an answer.
const IMAP_COMMANDS: usize = 176 << 10;
const SMTP_COMMANDS: usize = 20 << 10;

const HELLO: &[u8] = b"EHLO c.example\r\n";
const OFFERS: &[u8] =
    b"250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-AUTH PLAIN SCRAM-SHA-256\r\n250 SIZE\r\n";

/// Those who follow a session of IMAP in which a mailbox is selected.
pub(super) fn imap(side: Side, other: Other) -> [Watcher; 2] {
    use imap_proto::Dialect;
    [("imap observer", Dialect::TOLERANT, 16), ("strict imap observer", Dialect::STRICT, 4)].map(
        |(name, dialect, times)| {
            let mut observer = imap::Observer::new();
            observer.set_dialect(dialect);
            let begin: [(imap::Side, &[u8]); 4] = [
                (imap::Side::Server, b"* PREAUTH hello\r\n"),
                (imap::Side::Client, b"s SELECT INBOX\r\n"),
                (imap::Side::Server, b"s OK [READ-WRITE] in\r\n"),
                (imap::Side::Client, b"b NOOP\r\n"),
            ];
            for (side, octets) in begin {
                observer.receive(side, octets).expect("a session begins").expect("it is whole");
            }
            Watcher::new(name, Watched::Imap(Box::new(observer), times), side, other)
        },
    )
}

/// Those who follow a session of SMTP in which EHLO was said.
pub(super) fn smtp(side: Side, other: Other) -> [Watcher; 3] {
    use smtp_proto::Dialect;
    let mut begin: Vec<(smtp::Side, &[u8])> =
        vec![(smtp::Side::Server, b"220 mx\r\n"), (smtp::Side::Client, HELLO)];
    if side == Side::Client {
        begin.push((smtp::Side::Server, OFFERS));
    }
    let observer = |dialect| {
        let mut observer = smtp::Observer::new(false);
        observer.set_dialect(dialect);
        for (side, octets) in &begin {
            observer.receive(*side, octets).expect("a session begins").expect("it is whole");
        }
        Watched::Smtp(Box::new(observer))
    };
    let mut relay = Relay::new(false, smtp_proto::body::Stray::Normalise);
    for (side, octets) in &begin {
        relay.pass(*side, &Bytes::from_static(octets), is_transparent, drop).expect("a session begins");
    }
    [
        ("smtp observer", observer(Dialect::TOLERANT)),
        ("strict smtp observer", observer(Dialect::STRICT)),
        ("smtp relay", Watched::Relay(Box::new(relay), Passing::Lines)),
    ]
    .map(|(name, watched)| Watcher::new(name, watched, side, other))
}

impl Watcher {
    fn new(name: &'static str, watched: Watched, side: Side, other: Other) -> Self {
        Self { name, watched, side, other, waiting: Vec::with_capacity(4096) }
    }

    /// What it may hold while a peer sends `size` octets of whatever it likes, beside which there is what waits for an answer:
    /// 1,000 commands of IMAP and 500 of SMTP, and while the list grows half as many again. Replies of SMTP are not copied.
    pub const fn most_held(&self, size: usize) -> usize {
        match self.watched {
            Watched::Imap(_, times) if size < 1 << 20 => IMAP_COMMANDS + times * size,
            Watched::Imap(..) => IMAP_COMMANDS,
            Watched::Smtp(_) | Watched::Relay(..) => SMTP_COMMANDS,
        }
    }

    /// What it may go on holding: the commands, and of the tags of IMAP 1 MiB.
    pub const fn most_kept(&self, size: usize) -> usize {
        match self.watched {
            Watched::Imap(..) => IMAP_COMMANDS + if size < 1 << 20 { size } else { 1 << 20 },
            Watched::Smtp(_) | Watched::Relay(..) => SMTP_COMMANDS,
        }
    }

    /// Feeds `input` in pieces, as they come from a socket; gives how many octets were consumed. What is made of small messages is
    /// not fed to its end.
    ///
    /// # Errors
    /// What ends the session.
    pub fn feed(&mut self, input: &Bytes, piece: usize) -> Result<usize, String> {
        let (mut at, mut end, mut calls) = (0, piece.min(input.len()), 0);
        while calls < MOST_CALLS {
            match self.step(input, at, end)? {
                Some(consumed) => (at, calls) = (at + consumed, calls + 1),
                None if end == input.len() => break,
                None => end = end.saturating_add(piece).min(input.len()),
            }
        }
        Ok(at)
    }

    /// One call, and the answer to what it told: how much was consumed, or that more is wanted.
    fn step(&mut self, input: &Bytes, at: usize, end: usize) -> Result<Option<usize>, String> {
        let rest = &input[at..end];
        let (other, side) = (self.other, self.side);
        match &mut self.watched {
            Watched::Imap(observer, _) => {
                let side = match side {
                    Side::Client => imap::Side::Client,
                    Side::Server => imap::Side::Server,
                };
                let Some(received) = observer.receive(side, rest).map_err(|error| error.to_string())? else {
                    return Ok(None);
                };
                let (consumed, answer) = (received.consumed, imap_answer(&received.event));
                if let (Other::Answers, Some(answer)) = (other, answer) {
                    // The server is asked once there is nothing more of the client's.
                    observer.receive(imap::Side::Client, &[]).map_err(|error| error.to_string())?;
                    observer.receive(imap::Side::Server, answer).map_err(|error| error.to_string())?;
                }
                Ok(Some(consumed))
            }
            Watched::Smtp(observer) => {
                let side = match side {
                    Side::Client => smtp::Side::Client,
                    Side::Server => smtp::Side::Server,
                };
                let Some(received) = observer.receive(side, rest).map_err(|error| error.to_string())? else {
                    return Ok(None);
                };
                let (consumed, answer) = (received.consumed, smtp_answer(&received.event));
                if let (Other::Answers, Some(answer)) = (other, answer) {
                    observer.receive(smtp::Side::Server, answer).map_err(|error| error.to_string())?;
                }
                Ok(Some(consumed))
            }
            Watched::Relay(relay, passing) => {
                let waiting = &mut self.waiting;
                let from = match side {
                    Side::Client => smtp::Side::Client,
                    Side::Server => smtp::Side::Server,
                };
                let mut pass = |octets: Bytes| waiting.extend(relay_answer(passing, &octets));
                let consumed = relay
                    .pass(from, &input.slice(at..end), is_transparent, &mut pass)
                    .map_err(|error| error.to_string())?;
                if side == Side::Client && other == Other::Answers {
                    for answer in waiting.drain(..) {
                        relay
                            .pass(smtp::Side::Server, &Bytes::from_static(answer), is_transparent, drop)
                            .map_err(|error| error.to_string())?;
                    }
                }
                waiting.clear();
                Ok((consumed > 0).then_some(consumed))
            }
        }
    }
}

/// What a server answers that is content with all. All commands of the families have the same tag.
fn imap_answer(event: &imap::Event<'_>) -> Option<&'static [u8]> {
    match event {
        imap::Event::Waits { .. } => Some(b"+ go on\r\n"),
        imap::Event::Malformed { side: imap::Side::Client, tag: None, .. } => Some(b"* BAD what?\r\n"),
        imap::Event::Command { .. }
        | imap::Event::AppendEnd { .. }
        | imap::Event::Malformed { side: imap::Side::Client, .. } => Some(b"a OK done\r\n"),
        _ => None,
    }
}

fn smtp_answer(event: &smtp::Event<'_>) -> Option<&'static [u8]> {
    use smtp_proto::Command;
    match event {
        smtp::Event::Command { command: Command::Data, .. } => Some(b"354 go on\r\n"),
        smtp::Event::Command { command: Command::Auth(_), .. } | smtp::Event::Answer { .. } => {
            Some(b"334 \r\n")
        }
        smtp::Event::Command { command: Command::Bdat(_), .. } => None,
        smtp::Event::Command { .. } | smtp::Event::BodyEnd { .. } => Some(b"250 ok\r\n"),
        smtp::Event::Malformed { side: smtp::Side::Client, .. } => Some(b"500 what?\r\n"),
        _ => None,
    }
}

/// The same for who sees only what a relay lets pass.
fn relay_answer(passing: &mut Passing, octets: &[u8]) -> Option<&'static [u8]> {
    let begins = |verb: &[u8]| octets.get(..verb.len()).is_some_and(|front| front.eq_ignore_ascii_case(verb));
    match passing {
        Passing::Data(last) => {
            for octet in octets {
                last.rotate_left(1);
                last[4] = *octet;
            }
            if last != b"\r\n.\r\n" {
                return None;
            }
            *passing = Passing::Lines;
        }
        Passing::Chunk => *passing = Passing::Lines,
        Passing::Auth => return Some(b"334 \r\n"),
        Passing::Lines if begins(b"DATA") => {
            *passing = Passing::Data(*b"ATA\r\n");
            return Some(b"354 go on\r\n");
        }
        Passing::Lines if begins(b"BDAT") => {
            *passing = Passing::Chunk;
            return None;
        }
        Passing::Lines if begins(b"AUTH") => {
            *passing = Passing::Auth;
            return Some(b"334 \r\n");
        }
        Passing::Lines => {}
    }
    Some(b"250 ok\r\n")
}
