//! What the user answers, and what follows from it.

use alloc::vec::Vec;

use super::answers::{Kind, Open, Outcome};
use super::{Reading, Server, Session, Transaction};
use crate::Reply;
use crate::ehlo::{Capabilities, EhloReply};
use crate::error::{ApiMisuse, Error};
use crate::session::Token;
use crate::state::{State, Trigger};
use crate::status::ReplyCode;

impl Server {
    /// Answers what `token` names: at once or later, and before or after other answers.
    ///
    /// What came later in the session is answered later on the wire, too. 421 in answer to anything ends the session;
    /// what is open then cannot be answered any more.
    ///
    /// # Errors
    /// [`ApiMisuse::Token`]: nothing open has this token. [`ApiMisuse::Reply`]: not with this code, for example 250
    /// for what was refused, or 250 for DATA. [`ApiMisuse::State`]: the client has not answered the last challenge.
    /// [`ApiMisuse::OutputFull`]: write some of [`transmit`](Self::transmit) first.
    pub fn reply(&mut self, token: Token, reply: &Reply<'_>) -> Result<(), Error> {
        self.check_alive()?;
        let waiting = self.transmit.len().saturating_add(self.session.answers.octets());
        let is_full = waiting.saturating_add(reply.as_bytes().len()) > self.options.limits.output;
        let misuse = match self.session.answers.find(token) {
            Some(open) if open.answer.is_none() => match open.kind {
                kind if !kind.admits(reply.code()) => ApiMisuse::Reply,
                Kind::Auth if matches!(self.session.reading, Reading::Answer) => ApiMisuse::State,
                _ if is_full => {
                    // What is asked for now is to write, so there must be something to be written.
                    self.release();
                    ApiMisuse::OutputFull
                }
                _ => {
                    self.is_blocked = false;
                    self.answer_open(token, reply);
                    return Ok(());
                }
            },
            _ => ApiMisuse::Token,
        };
        Err(misuse.into())
    }

    /// Writes the answer, or keeps it until those before it were given.
    fn answer_open(&mut self, token: Token, reply: &Reply<'_>) {
        let Some(open) = self.session.answers.find(token) else { return };
        let code = reply.code();
        open.closes |=
            code == ReplyCode::SERVICE_NOT_AVAILABLE || (open.kind == Kind::Quit && code.is_positive());
        let is_last = match &mut open.kind {
            Kind::Message(outcome) => outcome.take(code) || open.closes,
            _ => true,
        };
        let kind = open.kind;
        if self.session.answers.first().is_some_and(|first| first.token != token) {
            let Some(open) = self.session.answers.find(token) else { return };
            open.answer = Some(Vec::from(reply.as_bytes()));
            self.follow(kind, reply);
            return;
        }
        self.put(reply.as_bytes());
        if !is_last {
            return;
        }
        if let Some(open) = self.session.answers.pop() {
            self.written(&open);
        }
        self.follow(kind, reply);
        self.write_answered();
    }

    /// Writes the answers that waited for the one before.
    fn write_answered(&mut self) {
        while self.session.answers.first().is_some_and(|first| first.answer.is_some()) {
            let Some(open) = self.session.answers.pop() else { return };
            self.put(open.answer.as_deref().unwrap_or_default());
            self.written(&open);
        }
    }

    /// The last of the answers to `open` is in the output.
    fn written(&mut self, open: &Open) {
        if open.is_sync {
            self.sync_end = Some(self.transmit.end());
        }
        if open.closes {
            self.end();
        }
    }

    /// What an answer means for the session.
    fn follow(&mut self, kind: Kind, reply: &Reply<'_>) {
        if self.session.state == State::Closed {
            return;
        }
        let code = reply.code();
        if kind != Kind::Refused && is_error(code) {
            self.session.conduct.add_error();
        }
        if !code.is_positive() && !code.is_intermediate() {
            return self.follow_refusal(kind);
        }
        match kind {
            Kind::Hello { extended } => {
                let ehlo = EhloReply::of(reply).filter(|_| extended);
                self.session.capabilities = ehlo.as_ref().map(Capabilities::from).unwrap_or_default();
                self.session.transaction = Transaction::default();
                self.move_on(Trigger::Hello);
            }
            Kind::Mail => self.move_on(Trigger::Mail),
            Kind::Rcpt => {
                let recipients = &mut self.session.transaction.recipients;
                *recipients = recipients.saturating_add(1);
                self.move_on(Trigger::Rcpt);
            }
            Kind::Data => self.begin_data(),
            Kind::Chunk => self.move_on(Trigger::Chunk),
            Kind::Message(outcome) => self.follow_message(outcome),
            Kind::Reset => {
                self.session.transaction = Transaction::default();
                self.move_on(Trigger::Reset);
            }
            Kind::Auth => {
                self.session.is_authenticated = true;
                self.session.exchange = None;
                self.move_on(Trigger::AuthEnd);
            }
            Kind::StartTls => self.move_on(Trigger::StartTls),
            // The 220 is a greeting.
            Kind::Xclient => self.session = Session::new(State::Fresh, self.session.is_tls),
            Kind::Turn => {
                self.session.has_turned = true;
                self.move_on(Trigger::Turn);
            }
            Kind::Quit | Kind::Neutral | Kind::Refused => {}
        }
    }

    fn follow_refusal(&mut self, kind: Kind) {
        match kind {
            Kind::Mail => {
                self.session.transaction = Transaction::default();
                self.session.conduct.forgive_followers(&self.options.limits);
            }
            Kind::Rcpt => self.session.conduct.forgive_followers(&self.options.limits),
            Kind::Chunk => {
                self.end_transaction();
                self.session.conduct.forgive_followers(&self.options.limits);
            }
            Kind::Message(outcome) => self.follow_message(outcome),
            Kind::Auth => {
                self.session.exchange = None;
                self.session.after_auth = true;
                self.move_on(Trigger::AuthEnd);
            }
            _ => {}
        }
    }

    fn follow_message(&mut self, outcome: Outcome) {
        self.end_transaction();
        if outcome.accepted {
            self.session.conduct.delivered();
        }
    }
}

impl Kind {
    /// Whether an answer with `code` makes sense.
    fn admits(self, code: ReplyCode) -> bool {
        let is_refusal = code.is_transient() || code.is_permanent();
        match self {
            _ if is_refusal => true,
            Self::Data => matches!(code, ReplyCode::GO_AHEAD | ReplyCode::GO_AHEAD_AT),
            Self::Message(outcome) if code == ReplyCode::PER_RECIPIENT => outcome.prdr.is_some(),
            Self::Message(outcome) => !outcome.refused && code.is_positive(),
            Self::StartTls | Self::Xclient => code == ReplyCode::SERVICE_READY,
            Self::Refused => false,
            _ => code.is_positive(),
        }
    }
}

impl Outcome {
    /// Counts an answer, and tells whether it is the last.
    fn take(&mut self, code: ReplyCode) -> bool {
        match self.prdr.take() {
            Some(recipients) if code == ReplyCode::PER_RECIPIENT => self.due = recipients.saturating_add(1),
            _ => {
                self.accepted |= code.is_positive();
                self.due = self.due.saturating_sub(1);
            }
        }
        self.due == 0
    }
}

/// Whether a reply says that the client made a mistake, or tries passwords. Refusals of addresses and messages are not
/// counted: they happen to the best.
fn is_error(code: ReplyCode) -> bool {
    matches!(code.get(), 500..=504 | 530..=539)
}
