//! Bodies: DATA, BDAT, and the octets of refused BDATs.

use super::answers::{Kind, Outcome};
use super::judge::Fault;
use super::{Event, Protocol, Reading, Server, Transaction};
use crate::body::{Anomaly, BdatDecoder, DataDecoder, Decoded, Piece, Stray};
use crate::command::Command;
use crate::error::{Error, Limit};
use crate::ext::Bdat;
use crate::session::Received;
use crate::state::Trigger;

/// Why a message is refused whatever its user thinks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A stray CR, LF or NUL.
    Stray,
    /// A stray CR, LF or NUL, and the connection is not worth going on with.
    StrayAndClose,
    /// More octets than allowed.
    TooBig,
}

impl Server {
    /// DATA was answered with 354.
    pub(super) fn begin_data(&mut self) {
        self.move_on(Trigger::Data);
        self.session.reading = Reading::Data(DataDecoder::new(self.options.stray));
    }

    pub(super) fn data<'i>(&mut self, input: &'i [u8]) -> Option<Received<Event<'i>>> {
        if let Some(event) = self.early_end() {
            return Some(Received { consumed: 0, event });
        }
        let Reading::Data(decoder) = &mut self.session.reading else { return None };
        let Decoded { consumed, piece } = decoder.decode(input)?;
        let event = match piece {
            Piece::Content(content) => self.content(content),
            Piece::Anomaly(anomaly) => self.anomaly(anomaly),
            Piece::End => self.message_end(),
        };
        Some(Received { consumed, event })
    }

    pub(super) fn chunk<'i>(&mut self, input: &'i [u8]) -> Option<Received<Event<'i>>> {
        if let Some(event) = self.early_end() {
            return Some(Received { consumed: 0, event });
        }
        let decoder = self.session.transaction.bdat.as_mut()?;
        let Decoded { consumed, piece } = decoder.decode(input)?;
        let event = match piece {
            Piece::Content(content) => self.content(content),
            Piece::Anomaly(anomaly) => self.anomaly(anomaly),
            Piece::End if decoder.is_ended() => self.message_end(),
            Piece::End => {
                self.session.reading = Reading::Lines;
                Event::ChunkEnd { token: self.open(Kind::Chunk, false, false) }
            }
        };
        Some(Received { consumed, event })
    }

    /// The end that [`Stray::Close`] puts to a message.
    fn early_end(&mut self) -> Option<Event<'static>> {
        let ends = self.session.transaction.refusal == Some(Refusal::StrayAndClose);
        ends.then(|| self.message_end())
    }

    /// Hands out what may be handed out of a part of a message: up to its limit, and nothing once it is to be refused.
    fn content<'i>(&mut self, content: &'i [u8]) -> Event<'i> {
        let limit = self.message_limit().unwrap_or(u64::MAX);
        let transaction = &mut self.session.transaction;
        if transaction.refusal.is_some() {
            return Event::Skipped { tolerated: None };
        }
        let room = usize::try_from(limit.saturating_sub(transaction.octets)).unwrap_or(usize::MAX);
        let content = match content.get(..room) {
            Some(front) if front.len() < content.len() => {
                transaction.refusal = Some(Refusal::TooBig);
                front
            }
            _ => content,
        };
        transaction.octets = transaction.octets.saturating_add(content.len() as u64);
        if content.is_empty() { Event::Skipped { tolerated: None } } else { Event::Chunk(content) }
    }

    fn anomaly(&mut self, anomaly: Anomaly) -> Event<'static> {
        let refusal = &mut self.session.transaction.refusal;
        match self.options.stray {
            Stray::Close => *refusal = Some(Refusal::StrayAndClose),
            Stray::Reject => *refusal = refusal.or(Some(Refusal::Stray)),
            Stray::Normalise | Stray::Preserve => {}
        }
        Event::Anomaly(anomaly)
    }

    /// The message is complete: what it is to be answered with depends on the protocol.
    fn message_end(&mut self) -> Event<'static> {
        self.session.reading = Reading::Lines;
        self.session.after_body = true;
        let outcome = self.outcome();
        let refusal = self.session.transaction.refusal;
        let closes = refusal == Some(Refusal::StrayAndClose);
        let token = self.open(Kind::Message(outcome), false, closes);
        let refusal = refusal.map(|refusal| self.suggest(refusal.into()));
        Event::BodyEnd { token, refusal }
    }

    /// How many answers the message is due.
    pub(super) fn outcome(&self) -> Outcome {
        let Transaction { recipients, refusal, prdr, .. } = self.session.transaction;
        let is_lmtp = self.options.protocol == Protocol::Lmtp;
        // 421 speaks for all.
        let is_each = is_lmtp && refusal != Some(Refusal::StrayAndClose);
        Outcome {
            due: if is_each { recipients } else { 1 },
            prdr: (prdr && refusal.is_none() && !is_lmtp).then_some(recipients),
            refused: refusal.is_some(),
            accepted: false,
        }
    }

    /// A BDAT command that was found legal: its octets follow.
    ///
    /// # Errors
    /// [`Limit::Chunks`]: too many of them.
    pub(super) fn begin_chunk(&mut self, bdat: Bdat) -> Result<Event<'static>, Error> {
        self.count_chunk()?;
        let (stray, binary) = (self.options.stray, self.session.transaction.binary);
        let transaction = &mut self.session.transaction;
        transaction.announced = transaction.announced.saturating_add(bdat.size());
        let decoder = transaction.bdat.get_or_insert_with(|| BdatDecoder::new(stray, binary));
        // No chunk is open while commands are read, and the last one ends the transaction.
        let started = decoder.start(bdat.size(), bdat.is_last());
        debug_assert_eq!(started, Ok(()));
        self.session.reading = Reading::Chunk;
        Ok(Event::Bdat { size: bdat.size(), last: bdat.is_last() })
    }

    /// Whether the refusal of `bdat` takes as many replies as its success: a client of LMTP that has sent the last
    /// chunk counts one for each recipient (RFC 2033 section 4.2).
    pub(super) fn is_answered_by_each(&self, bdat: Bdat) -> bool {
        self.options.protocol == Protocol::Lmtp && bdat.is_last()
    }

    /// A BDAT command of a message that is too big: its octets are skipped, its end is that of the message.
    ///
    /// # Errors
    /// [`Limit::Chunks`]: too many of them.
    pub(super) fn begin_refused_chunk(&mut self, bdat: Bdat) -> Result<Event<'static>, Error> {
        self.session.transaction.refusal = Some(Refusal::TooBig);
        self.begin_chunk(bdat)
    }

    /// Counts a BDAT or BURL command.
    ///
    /// # Errors
    /// [`Limit::Chunks`]: too many of them.
    pub(super) fn count_chunk(&mut self) -> Result<(), Error> {
        let transaction = &mut self.session.transaction;
        transaction.chunks = transaction.chunks.saturating_add(1);
        if transaction.chunks > self.options.limits.chunks { Err(Limit::Chunks.into()) } else { Ok(()) }
    }

    /// A BDAT command that was found illegal: its octets are dropped, whatever they look like (RFC 3030 section 2).
    pub(super) fn begin_drain(&mut self, bdat: Bdat, fault: Fault) -> Event<'static> {
        // RFC 3030 section 2: a message of which a chunk failed has failed.
        self.end_transaction();
        if bdat.size() > 0 {
            self.session.reading = Reading::Drain { left: bdat.size(), bdat, fault };
            return Event::Skipped { tolerated: None };
        }
        self.refuse(Command::Bdat(bdat), fault)
    }

    pub(super) fn drain<'i>(&mut self, input: &'i [u8]) -> Option<Received<Event<'i>>> {
        let Reading::Drain { left, bdat, fault } = &mut self.session.reading else { return None };
        // What does not fit into the address space is more than the input.
        let consumed = input.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
        if consumed == 0 {
            return None;
        }
        *left = left.saturating_sub(consumed as u64);
        if *left > 0 {
            return Some(Received { consumed, event: Event::Skipped { tolerated: None } });
        }
        let (bdat, fault) = (*bdat, *fault);
        self.session.reading = Reading::Lines;
        Some(Received { consumed, event: self.refuse(Command::Bdat(bdat), fault) })
    }

    /// The one place where a transaction ends: nothing of it is left.
    pub(super) fn end_transaction(&mut self) {
        self.move_on(Trigger::MessageEnd);
        self.session.transaction = Transaction::default();
    }
}
