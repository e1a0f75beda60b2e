//! What a server knows of its client.

use super::answers::Answers;
use super::bodies::Refusal;
use super::front::Front;
use super::judge::{Conduct, Fault};
use crate::body::{BdatDecoder, DataDecoder};
use crate::ehlo::Capabilities;
use crate::ext::Bdat;
use crate::framing::LineFramer;
use crate::session::Token;
use crate::state::State;

/// All that a client has achieved; TLS and XCLIENT replace it by a new one.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Session {
    pub(super) state: State,
    pub(super) reading: Reading,
    pub(super) lines: LineFramer,
    /// Of a line that is skipped, what was seen of its front.
    pub(super) long: Front,
    pub(super) answers: Answers,
    pub(super) capabilities: Capabilities,
    pub(super) transaction: Transaction,
    pub(super) conduct: Conduct,
    pub(super) exchange: Option<Exchange>,
    pub(super) is_tls: bool,
    pub(super) is_authenticated: bool,
    /// The client did not wait where it had to.
    pub(super) has_rushed: bool,
    /// An empty line would be the second CRLF of an end of data.
    pub(super) after_body: bool,
    /// AUTH was refused, and no command that is known has come: what was meant for an answer may.
    pub(super) after_auth: bool,
    /// TURN or ATRN was accepted.
    pub(super) has_turned: bool,
}

/// What the next octets are.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) enum Reading {
    /// Commands.
    Lines,
    /// The body of DATA.
    Data(DataDecoder),
    /// The octets of a BDAT command.
    Chunk,
    /// The octets of a refused BDAT command.
    Drain { left: u64, bdat: Bdat, fault: Fault },
    /// The answer to a challenge.
    Answer,
}

/// What MAIL began.
#[derive(Debug, Default)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Transaction {
    pub(super) smtputf8: bool,
    pub(super) binary: bool,
    pub(super) prdr: bool,
    /// How many were accepted; nothing else is kept of them.
    pub(super) recipients: usize,
    /// BDAT and BURL commands so far.
    pub(super) chunks: u32,
    /// Octets of BDAT announced so far.
    pub(super) announced: u64,
    /// Octets of the message handed out so far.
    pub(super) octets: u64,
    /// The message is going to be refused, so nothing more of it is handed out.
    pub(super) refusal: Option<Refusal>,
    pub(super) bdat: Option<BdatDecoder>,
}

/// An AUTH exchange.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Exchange {
    pub(super) token: Token,
    pub(super) rounds: u32,
    pub(super) octets: usize,
}

impl Session {
    pub(super) fn new(state: State, is_tls: bool) -> Self {
        Self {
            state,
            reading: Reading::Lines,
            lines: LineFramer::new(),
            long: Front::default(),
            answers: Answers::default(),
            capabilities: Capabilities::default(),
            transaction: Transaction::default(),
            conduct: Conduct::default(),
            exchange: None,
            is_tls,
            is_authenticated: false,
            has_rushed: false,
            after_body: false,
            after_auth: false,
            has_turned: false,
        }
    }
}
