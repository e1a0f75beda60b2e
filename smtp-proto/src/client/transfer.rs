//! The body of a message on its way out.

use alloc::vec::Vec;
use core::fmt;

use bytes::{Bytes, BytesMut};

use super::flight::Answer;
use super::{Client, NotSent};
use crate::body::{BdatEncoder, BodyError, DataEncoder};
use crate::ehlo::Extension;
use crate::error::{ApiMisuse, Error};
use crate::session::Token;
use crate::state::{Refusal, State, Trigger};
use crate::transmit::Transmit;

/// Pieces of so many octets or fewer are copied together.
///
/// An entry of a queue has 32 octets, a queue that has just grown has as many free, and what stands between two entries has
/// a buffer of its own: up to 250 octets for a piece that is kept as it is and a line's end. Beyond this they are fewer than
/// what is sent, and what is copied together takes, in a buffer that doubles, no more.
const SMALL: usize = 256;

/// How a body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// DATA: after the server's go-ahead, with dots doubled and an end mark (RFC 5321 section 4.1.1.4).
    Data,
    /// BDAT: in chunks, as it is, without a go-ahead (RFC 3030); the server must offer CHUNKING.
    Chunking,
}

/// A body that is being sent.
#[derive(Debug)]
pub(super) struct Body {
    token: Token,
    encoder: Encoder,
    /// Whether the caller has been told to go ahead.
    is_open: bool,
}

#[derive(Debug)]
enum Encoder {
    Data(DataEncoder),
    Chunks(Chunks),
}

#[derive(Debug)]
struct Chunks {
    encoder: BdatEncoder,
    next: Next,
}

/// The next chunk: held back, as it may be the last.
#[derive(Default)]
struct Next {
    pieces: Vec<Bytes>,
    /// Small pieces that come behind them.
    tail: BytesMut,
    /// The octets of all.
    len: usize,
}

impl Next {
    fn put(&mut self, bytes: Bytes) {
        self.len = self.len.saturating_add(bytes.len());
        if bytes.len() <= SMALL {
            self.tail.extend_from_slice(&bytes);
        } else {
            self.seal();
            self.pieces.push(bytes);
        }
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.pieces.push(self.tail.split().freeze());
        }
    }
}

/// Appends a piece of a body to what is sent.
fn put(out: &mut Transmit, bytes: Bytes) {
    if bytes.len() <= SMALL {
        out.write(|out| out.put(&bytes));
    } else {
        out.push(bytes);
    }
}

/// A message is nobody's business: only sizes show.
impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Next({} octets)", self.len)
    }
}

impl Chunks {
    /// What is written in smaller pieces is sent in chunks of at least so many octets, but for the last: each has a
    /// line and a reply of its own.
    const LEN: usize = 64 * 1024;

    fn append(&mut self, piece: &Bytes) -> Result<(), BodyError> {
        let next = &mut self.next;
        self.encoder.encode(piece, |bytes| next.put(bytes))
    }

    fn finish(&mut self) -> Result<(), BodyError> {
        let next = &mut self.next;
        self.encoder.finish(|bytes| next.put(bytes))
    }

    fn take(&mut self) -> Next {
        core::mem::take(&mut self.next)
    }
}

impl Body {
    pub(super) fn token(&self) -> Token {
        self.token
    }

    /// The server's go-ahead to DATA.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    /// The token, once, of a body that needs no go-ahead by the server.
    pub(super) fn announce(&mut self) -> Option<Token> {
        (self.is_chunked() && !core::mem::replace(&mut self.is_open, true)).then_some(self.token)
    }

    pub(super) fn is_chunked(&self) -> bool {
        matches!(self.encoder, Encoder::Chunks(_))
    }
}

impl Client {
    /// Begins the body of the message, after MAIL and RCPT; their replies need not have come. The token's reply says
    /// what became of the message.
    ///
    /// [`Event::GoAhead`](super::Event::GoAhead) tells when to [`write`](Self::write). When no recipient was accepted
    /// and the server goes ahead nevertheless, the session ends the empty message by itself and that event does not
    /// come; with BDAT it is up to the caller not to write, but to send RSET: then this token has no reply.
    ///
    /// # Errors
    /// [`NotSent`]: no recipient was asked for, CHUNKING is not offered, or DATA cannot carry a binary message.
    pub fn start_body(&mut self, transfer: Transfer) -> Result<Token, Error> {
        self.check_failed()?;
        if self.body.is_some() {
            return Err(NotSent::Order(Refusal::Busy).into());
        }
        let (stray, line) = (self.options.stray, self.options.body_line);
        let envelope = &self.session.envelope;
        let is_seven_bit = !envelope.is_eight_bit && !self.options.allow_undeclared_8bit;
        let (trigger, encoder) = match transfer {
            Transfer::Data if envelope.is_binary => return Err(NotSent::NeedsChunking.into()),
            Transfer::Data => {
                let encoder = DataEncoder::new(stray).max_line(line).seven_bit(is_seven_bit);
                (Trigger::Data, Encoder::Data(encoder))
            }
            Transfer::Chunking => {
                let encoder =
                    BdatEncoder::new(stray, envelope.is_binary).max_line(line).seven_bit(is_seven_bit);
                (Trigger::Chunk, Encoder::Chunks(Chunks { encoder, next: Next::default() }))
            }
        };
        let planned = self.permit(trigger)?;
        if self.session.planned == State::Bdat {
            // RSET was refused, and this would become part of the message before.
            return Err(NotSent::Order(Refusal::InChunks).into());
        }
        if transfer == Transfer::Chunking {
            self.offered(Extension::Chunking)?;
        }
        let token = self.tokens.next();
        if transfer == Transfer::Data {
            self.take_off(token, trigger, Answer::Reply, |out| out.write(|out| out.put("DATA\r\n")));
        }
        self.session.planned = planned;
        self.body = Some(Body { token, encoder, is_open: false });
        Ok(token)
    }

    /// Sends a piece of the body, of any size, cut anywhere. What can go out as it is, and is longer than 256 octets, is not copied.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] before the go-ahead, after [`finish`](Self::finish), and after the server has refused.
    /// [`ApiMisuse::OutputFull`]: write what [`transmit`](Self::transmit) holds, or wait for replies, and give the piece
    /// again. [`NotSent::Body`]: it holds what may not be sent; DATA cannot be taken back then, so the session is over.
    pub fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        self.check_failed()?;
        let Some(body) = self.body.as_mut().filter(|body| body.is_open) else {
            return Err(ApiMisuse::State.into());
        };
        if self.transmit.len() >= self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        match &mut body.encoder {
            Encoder::Data(encoder) => {
                let written = encoder.encode(&piece, |bytes| put(&mut self.transmit, bytes));
                written.map_err(|error| self.abandon(error))
            }
            Encoder::Chunks(chunks) => {
                let whole = if chunks.next.len >= Chunks::LEN { Some(chunks.take()) } else { None };
                let written = chunks.append(&piece);
                if let Some(chunk) = whole {
                    self.send_chunk(chunk, false);
                }
                Ok(written.map_err(NotSent::Body)?)
            }
        }
    }

    /// Ends the body.
    ///
    /// # Errors
    /// As [`write`](Self::write): a body that ends in CR, for example.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.check_failed()?;
        let Some(body) = self.body.as_mut().filter(|body| body.is_open) else {
            return Err(ApiMisuse::State.into());
        };
        match &mut body.encoder {
            Encoder::Data(encoder) => {
                let finished = encoder.finish(|bytes| put(&mut self.transmit, bytes));
                finished.map_err(|error| self.abandon(error))?;
                if let Some(flight) = self.flights.back_mut() {
                    flight.end = Some(self.transmit.end());
                }
            }
            Encoder::Chunks(chunks) => {
                chunks.finish().map_err(NotSent::Body)?;
                let chunk = chunks.take();
                self.send_chunk(chunk, true);
            }
        }
        self.body = None;
        self.plan();
        Ok(())
    }

    fn send_chunk(&mut self, mut chunk: Next, is_last: bool) {
        let Some(token) = self.body.as_ref().map(Body::token) else { return };
        let (trigger, answer) = match is_last {
            true => (Trigger::LastChunk, self.answer_to_body()),
            false => (Trigger::Chunk, Answer::Refusal),
        };
        chunk.seal();
        self.take_off(token, trigger, answer, |out| {
            out.write(|out| {
                out.put("BDAT ");
                out.number(chunk.len as u64);
                out.put(if is_last { " LAST\r\n" } else { "\r\n" });
            });
            chunk.pieces.into_iter().for_each(|piece| put(out, piece));
        });
    }

    /// There is no way out of DATA but to close the connection: any end would make what was sent a message.
    fn abandon(&mut self, error: BodyError) -> Error {
        self.close();
        NotSent::Body(error).into()
    }
}
