//! What has passed, as far as it can be read; and the one thing that must not pass.

use bytes::{Buf, BytesMut};

use crate::inflate::Inflate;
use crate::log::Side;

/// An observer of either protocol.
pub trait Observe: Send {
    /// The next event of what `from` has sent: how many octets it took, and what there is to tell of it. `None` waits for more,
    /// or for the other side.
    fn receive(&mut self, from: Side, input: &[u8]) -> Result<Option<(usize, Told)>, Lost>;

    /// `from` sends no more; `rest` is what was not taken.
    fn receive_eof(&mut self, from: Side, rest: &[u8]) -> Result<(), Lost>;

    /// TLS has begun, and all that was said before is void.
    fn tls_established(&mut self);

    /// What is given from now on was compressed.
    fn compression_established(&mut self);
}

/// What an event comes to.
#[derive(Default)]
pub struct Told {
    /// For the log; `None` when there will be more to say about it.
    pub text: Option<String>,
    pub then: Then,
    /// Octets that belong to nothing.
    pub skipped: usize,
    /// Whether it is about something that cannot be read.
    pub is_malformed: bool,
}

/// What an event changes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Then {
    #[default]
    Go,
    /// STARTTLS was asked for: until it is answered the client has nothing to say.
    StartTlsAsked,
    /// It was refused.
    StartTlsRefused,
    /// It was accepted: TLS comes next, from both sides.
    StartTls,
    /// What comes next is compressed, from both sides.
    Compress,
}

/// Why a session cannot be followed any more.
pub enum Lost {
    /// There was clear text where TLS had to begin.
    Injection,
    /// For any other reason.
    Other(String),
}

/// What is to become of octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They go on.
    Forward,
    /// They go on, and TLS begins behind them.
    StartTls,
    /// They must not go on, and nothing else: who gets them would take them for what came by TLS.
    Refuse,
}

/// Reads what passes. It never keeps octets from passing, whatever they are, but where STARTTLS has to be the last word in clear.
pub struct Follower {
    observer: Box<dyn Observe>,
    client: Input,
    server: Input,
    /// STARTTLS is not answered yet.
    is_asked: bool,
    /// How much could not be read.
    malformed: u32,
    /// Nothing is read any more.
    is_blind: bool,
}

/// What one side has said and nobody has read.
#[derive(Default)]
struct Input {
    octets: BytesMut,
    /// Octets that belonged to nothing, and were not told of.
    skipped: usize,
    /// Since COMPRESS.
    inflate: Option<Inflate>,
}

/// How far reading may fall behind: a client may send ahead of the server's answers, but nobody sends this much. The largest thing
/// that has to be there as a whole is a response of 1 MiB.
const BEHIND: usize = 2 * 1024 * 1024;

/// How much may be malformed. Servers hang up long before; who does not speak the protocol is not to fill the log.
const MALFORMED: u32 = 1_000;

/// Who is told what.
pub type Tell<'t> = dyn FnMut(Option<Side>, &str) + 't;

impl Follower {
    pub fn new(observer: Box<dyn Observe>) -> Self {
        let (client, server) = (Input::default(), Input::default());
        Self { observer, client, server, is_asked: false, malformed: 0, is_blind: false }
    }

    /// `from` has sent `octets`: tells what they are, and what is to become of them.
    pub fn pass(&mut self, from: Side, octets: &[u8], tell: &mut Tell<'_>) -> Verdict {
        if self.is_blind {
            return Verdict::Forward;
        }
        let result = match self.is_asked && from == Side::Client {
            true => Err(Lost::Injection),
            false => self.read(from, octets, tell),
        };
        match result {
            Ok(verdict) => verdict,
            Err(Lost::Injection) => {
                tell(
                    None,
                    "clear text behind STARTTLS: it is not passed on, and both connections are closed",
                );
                Verdict::Refuse
            }
            Err(Lost::Other(why)) => {
                self.is_blind = true;
                (self.client, self.server) = (Input::default(), Input::default());
                tell(None, &format!("what follows passes without being read: {why}"));
                Verdict::Forward
            }
        }
    }

    /// `from` sends no more.
    pub fn eof(&mut self, from: Side, tell: &mut Tell<'_>) {
        self.tell_skipped(from, tell);
        let rest = std::mem::take(&mut self.input(from).octets);
        let ended = if self.is_blind { Ok(()) } else { self.observer.receive_eof(from, &rest) };
        match ended {
            Err(Lost::Other(why)) => tell(Some(from), &format!("end of stream: {why}")),
            _ => tell(Some(from), "end of stream"),
        }
    }

    /// Both handshakes are done.
    pub fn tls_established(&mut self) {
        self.is_asked = false;
        self.observer.tls_established();
    }

    /// However many pieces they came in.
    fn tell_skipped(&mut self, from: Side, tell: &mut Tell<'_>) {
        match std::mem::take(&mut self.input(from).skipped) {
            0 => {}
            octets => tell(Some(from), &format!("{octets} octets that belong to nothing")),
        }
    }

    fn input(&mut self, from: Side) -> &mut Input {
        match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Reads what `from` has said, piece by piece where it is compressed: a little may become a lot.
    fn read(&mut self, from: Side, octets: &[u8], tell: &mut Tell<'_>) -> Result<Verdict, Lost> {
        let mut rest = octets;
        loop {
            let input = self.input(from);
            match &mut input.inflate {
                None => input.octets.extend_from_slice(std::mem::take(&mut rest)),
                Some(inflate) => rest = inflate.next(rest, &mut input.octets).map_err(Lost::Other)?,
            }
            let is_over =
                rest.is_empty() && !self.input(from).inflate.as_ref().is_some_and(Inflate::has_more);
            let verdict = self.advance(tell)?;
            if is_over || verdict != Verdict::Forward {
                return Ok(verdict);
            }
        }
    }

    /// Reads whatever can be read of both sides. Each answer may be what the client's octets wait for.
    fn advance(&mut self, tell: &mut Tell<'_>) -> Result<Verdict, Lost> {
        loop {
            let (from, told) = match self.step(Side::Client)? {
                Some(told) => (Side::Client, told),
                None => match self.step(Side::Server)? {
                    Some(told) => (Side::Server, told),
                    None => break,
                },
            };
            let input = self.input(from);
            input.skipped = input.skipped.saturating_add(told.skipped);
            if let Some(text) = told.text {
                self.tell_skipped(from, tell);
                tell(Some(from), &text);
            }
            self.malformed = self.malformed.saturating_add(told.is_malformed.into());
            if self.malformed > MALFORMED {
                return Err(Lost::Other(format!("more than {MALFORMED} messages are malformed")));
            }
            let (is_client_done, is_server_done) =
                (self.client.octets.is_empty(), self.server.octets.is_empty());
            match told.then {
                Then::Go => {}
                Then::StartTlsAsked if is_client_done => self.is_asked = true,
                Then::StartTlsRefused => self.is_asked = false,
                Then::StartTls if self.client.inflate.is_some() => {
                    return Err(Lost::Other("TLS inside of compression".into()));
                }
                Then::StartTls if is_client_done && is_server_done => return Ok(Verdict::StartTls),
                Then::StartTlsAsked | Then::StartTls => return Err(Lost::Injection),
                Then::Compress => return self.compress(tell),
            }
        }
        match self.client.octets.len().max(self.server.octets.len()) {
            0..=BEHIND => Ok(Verdict::Forward),
            _ => Err(Lost::Other(format!("one side is more than {BEHIND} octets ahead of the other"))),
        }
    }

    fn step(&mut self, from: Side) -> Result<Option<Told>, Lost> {
        let input = match from {
            Side::Client => &mut self.client.octets,
            Side::Server => &mut self.server.octets,
        };
        let Some((consumed, told)) = self.observer.receive(from, input)? else { return Ok(None) };
        input.advance(consumed.min(input.len()));
        Ok(Some(told))
    }

    /// What was not read yet is compressed already.
    fn compress(&mut self, tell: &mut Tell<'_>) -> Result<Verdict, Lost> {
        let packed = [&mut self.client, &mut self.server].map(|input| {
            // Compression in compression: nobody does that.
            let is_first = input.inflate.is_none();
            input.inflate = Some(Inflate::new());
            is_first.then(|| std::mem::take(&mut input.octets))
        });
        let [Some(client), Some(server)] = packed else {
            return Err(Lost::Other("compression in compression".into()));
        };
        self.observer.compression_established();
        self.read(Side::Client, &client, tell)?;
        self.read(Side::Server, &server, tell)
    }
}
