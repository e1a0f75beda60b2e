//! What the client says.

use alloc::vec::Vec;

use bytes::BytesMut;

use super::Client;
use super::asked::Asked;
use super::flight::{Flight, Kind};
use crate::auth::Secret;
use crate::command::{Command, TaggedCommand};
use crate::error::{ApiMisuse, Error};
use crate::registry::Capability;
use crate::session::Token;
use crate::state::{Mode, Pace, Refusal, Step};
use crate::writer::{Fragment, Writer};

impl Client {
    /// Sends a command, or keeps it until a literal before it is through.
    ///
    /// What the command holds as [`Bytes`](bytes::Bytes) is not copied. Literals are announced as the server offers to
    /// read them; where it has to say `+` first, the rest waits for that, and is dropped when it refuses.
    ///
    /// # Errors
    /// [`NotSent`](super::NotSent), with the reason. [`ApiMisuse::OutputFull`]: write what [`transmit`](Self::transmit) holds first.
    pub fn send(&mut self, command: &Command<'_>) -> Result<Token, Error> {
        self.check_failed()?;
        match command {
            Command::Authenticate(auth) => {
                return self.authenticate_with(auth.mechanism.clone(), auth.initial_response.clone());
            }
            Command::StartTls if self.session.is_tls => return Err(ApiMisuse::State(Refusal::Busy).into()),
            _ => self.permit(command)?,
        }
        let number = self.tag.wrapping_add(1);
        let tagged = TaggedCommand { tag: self.options.tag.tag(number), command: command.clone() };
        let fragments = match command {
            Command::Login(_) => secret(tagged.fragments(self.encode_options())),
            _ => tagged.fragments(self.encode_options()),
        };
        Ok(self.take_off(command, fragments))
    }

    /// Asks for TLS. After [`Event::StartTls`](super::Event::StartTls) make the handshake, and say
    /// [`tls_established`](Self::tls_established).
    ///
    /// # Errors
    /// [`NotSent`](super::NotSent): the server does not offer it, or not now. [`ApiMisuse::State`]: the connection is TLS.
    pub fn start_tls(&mut self) -> Result<Token, Error> {
        self.send(&Command::StartTls)
    }

    /// Ends IDLE. Before the server has said that it is in IDLE, this is kept until it has.
    ///
    /// # Errors
    /// [`ApiMisuse::State`]: there is no IDLE to end.
    pub fn done(&mut self) -> Result<(), Error> {
        self.check_failed()?;
        let is_idling = self.session.mode == Mode::Idling;
        match self.flights.alone(Kind::Idle) {
            Some(flight) if is_idling && !flight.asked.is_done => {
                flight.asked.is_done = true;
                self.say_done();
                Ok(())
            }
            Some(flight) if !flight.asked.is_done => {
                flight.asked.is_done = true;
                Ok(())
            }
            _ => Err(ApiMisuse::State(Refusal::NotOpen).into()),
        }
    }

    pub(super) fn say_done(&mut self) {
        // It is no part of the command: the server may end IDLE before it is written.
        self.transmit.write(|out| out.put("DONE\r\n"));
        self.may_refuse_done = true;
    }

    /// A command goes out, or waits for what goes out before it.
    pub(super) fn take_off(&mut self, command: &Command<'_>, fragments: Vec<Fragment>) -> Token {
        let (kind, pace, asked) = (Kind::of(command), Pace::of(command), Asked::of(command));
        let token = self.enqueue(kind, pace, asked, fragments);
        self.pump();
        token
    }

    pub(super) fn enqueue(
        &mut self,
        kind: Kind,
        pace: Pace,
        asked: Asked,
        fragments: Vec<Fragment>,
    ) -> Token {
        let token = self.tokens.next();
        self.tag = self.tag.wrapping_add(1);
        match kind {
            // Nothing is in flight before these.
            Kind::StartTls => self.step(Step::StartTls),
            Kind::Compress => self.step(Step::Compress),
            Kind::Authenticate => self.step(Step::Authenticate),
            Kind::Select => self.session.exists = None,
            _ => {}
        }
        self.flights.push(Flight::new(token, self.tag, kind, pace, asked, self.epoch, fragments));
        token
    }

    /// Puts as much into the output as may follow what is there.
    pub(super) fn pump(&mut self) {
        while !self.transmit.is_holding() {
            if self.stream.as_ref().is_some_and(|stream| stream.has_begun()) {
                return;
            }
            let Some(flight) = self.flights.queued() else { return };
            let stream = self.stream.as_mut().filter(|stream| stream.number() == flight.number);
            flight.begin(&mut self.transmit, stream.is_none());
            if let Some(stream) = stream {
                stream.begin(self.transmit.is_holding());
            }
        }
    }

    /// Whether AUTHENTICATE may have an initial response. RFC 4959; built into IMAP4rev2.
    pub(super) fn has_initial_response(&self) -> bool {
        self.offers(&Capability::SaslIr) || self.offers(&Capability::Imap4Rev2)
    }
}

/// The fragments in memory that is wiped when it is dropped.
fn secret(fragments: Vec<Fragment>) -> Vec<Fragment> {
    let secret = |fragment| match fragment {
        Fragment::Send(bytes) => Fragment::Send(Secret::new(Vec::from(bytes)).into_bytes()),
        Fragment::Wait => Fragment::Wait,
    };
    fragments.into_iter().map(secret).collect()
}

/// What `write` writes, at most `len` octets, in memory that is wiped when it is dropped.
pub(super) fn secret_line(len: usize, write: impl FnOnce(&mut Writer<'_>)) -> Secret {
    let mut line = BytesMut::with_capacity(len);
    write(&mut Writer::new(&mut line));
    Secret::new(Vec::from(line))
}
