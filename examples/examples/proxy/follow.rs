//! What has passed, as far as it can be read; and the one thing that must not pass.

use bytes::{Buf, BytesMut};

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
}

/// What an event comes to.
#[derive(Default)]
pub struct Told {
    /// For the log; `None` when there will be more to say about it.
    pub text: Option<String>,
    pub then: Then,
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
    client: BytesMut,
    server: BytesMut,
    /// STARTTLS is not answered yet.
    is_asked: bool,
    /// Why nothing is read any more.
    is_blind: bool,
}

/// How far reading may fall behind: a client may send ahead of the server's answers, but nobody sends this much. The largest thing
/// that has to be there as a whole is a response of 1 MiB.
const BEHIND: usize = 2 * 1024 * 1024;

impl Follower {
    pub fn new(observer: Box<dyn Observe>) -> Self {
        Self { observer, client: BytesMut::new(), server: BytesMut::new(), is_asked: false, is_blind: false }
    }

    /// `from` has sent `octets`: tells what they are, and what is to become of them.
    pub fn pass(&mut self, from: Side, octets: &[u8], tell: &mut dyn FnMut(Option<Side>, &str)) -> Verdict {
        if self.is_blind {
            return Verdict::Forward;
        }
        let result = if self.is_asked && from == Side::Client {
            Err(Lost::Injection)
        } else {
            self.input(from).extend_from_slice(octets);
            self.advance(tell)
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
                self.go_blind();
                tell(None, &format!("what follows passes without being read: {why}"));
                Verdict::Forward
            }
        }
    }

    /// `from` sends no more.
    pub fn eof(&mut self, from: Side, tell: &mut dyn FnMut(Option<Side>, &str)) {
        let rest = std::mem::take(self.input(from));
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

    fn input(&mut self, from: Side) -> &mut BytesMut {
        match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Reads whatever can be read of both sides. Answers first: what a client sends may depend on them.
    fn advance(&mut self, tell: &mut dyn FnMut(Option<Side>, &str)) -> Result<Verdict, Lost> {
        loop {
            let (from, told) = match self.step(Side::Server)? {
                Some(told) => (Side::Server, told),
                None => match self.step(Side::Client)? {
                    Some(told) => (Side::Client, told),
                    None => break,
                },
            };
            if let Some(text) = told.text {
                tell(Some(from), &text);
            }
            match told.then {
                Then::Go => {}
                Then::StartTlsAsked if self.client.is_empty() => self.is_asked = true,
                Then::StartTlsRefused => self.is_asked = false,
                Then::StartTls if self.client.is_empty() && self.server.is_empty() => {
                    return Ok(Verdict::StartTls);
                }
                Then::StartTlsAsked | Then::StartTls => return Err(Lost::Injection),
            }
        }
        match self.client.len().max(self.server.len()) {
            0..=BEHIND => Ok(Verdict::Forward),
            _ => Err(Lost::Other(format!("one side is more than {BEHIND} octets ahead of the other"))),
        }
    }

    fn step(&mut self, from: Side) -> Result<Option<Told>, Lost> {
        let input = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let Some((consumed, told)) = self.observer.receive(from, input)? else { return Ok(None) };
        input.advance(consumed.min(input.len()));
        Ok(Some(told))
    }

    fn go_blind(&mut self) {
        self.is_blind = true;
        (self.client, self.server) = (BytesMut::new(), BytesMut::new());
    }
}
