//! What the user answers, and what follows from it.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use bytes::BytesMut;

use super::answers::{Kind, Open};
use super::session::{Enabled, Offered};
use super::{Reading, Server};
use crate::error::{ApiMisuse, Error};
use crate::grammar::text::Text;
use crate::registry::Code;
use crate::response::{RespText, Response, Status, StatusKind, Tagged};
use crate::session::Token;
use crate::state::{Refusal, State, Step, Trigger};

impl Server {
    /// Answers the command that `token` names: its tag and `status`. At once or later, and before or after other answers.
    ///
    /// What came later is answered later on the wire, too. The client may use the capabilities in the code of `status`.
    ///
    /// # Errors
    /// [`ApiMisuse::Token`]: nothing open has this token. [`ApiMisuse::Response`]: OK to what was refused, malformed or
    /// cancelled. [`ApiMisuse::State`]: the client has not answered the last challenge, is still idle or sending messages,
    /// or a FETCH is being streamed. [`ApiMisuse::OutputFull`]: write some of [`transmit`](Self::transmit) first.
    pub fn finish(&mut self, token: Token, status: &Status<'_>) -> Result<(), Error> {
        self.check_alive()?;
        let waiting = self.transmit.len().saturating_add(self.session.answers.octets());
        let is_ok = status.kind == StatusKind::Ok;
        let is_appending = self.is_appending(token);
        let busy = Err(ApiMisuse::State(Refusal::Busy).into());
        let kind = match self.session.answers.find(token) {
            Some(open) if open.answer.is_none() => open.kind,
            _ => return Err(ApiMisuse::Token.into()),
        };
        match kind {
            Kind::Refused if is_ok => return Err(ApiMisuse::Response.into()),
            Kind::Append if is_ok && is_appending => return busy,
            Kind::Authenticate if matches!(self.session.reading, Reading::Answer) => return busy,
            Kind::Idle if matches!(self.session.reading, Reading::Idle) && is_ok => return busy,
            _ => {}
        }
        self.check_no_stream()?;
        if waiting > self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        self.is_blocked = false;
        if is_appending {
            self.abandon_append();
        }
        self.count_failure(token, kind, status);
        self.answer_open(token, kind, status);
        Ok(())
    }

    /// BAD is the client's mistake, and so is NO to a password.
    fn count_failure(&mut self, token: Token, kind: Kind, status: &Status<'_>) {
        let is_error = match status.kind {
            StatusKind::Ok => false,
            StatusKind::Bad => true,
            StatusKind::No => matches!(kind, Kind::Login | Kind::Authenticate),
        };
        // What was refused has been counted.
        if is_error && kind != Kind::Refused {
            self.count_error(token);
        }
    }

    /// Writes the answer, or keeps it until those before it were given.
    fn answer_open(&mut self, token: Token, kind: Kind, status: &Status<'_>) {
        let is_first = self.session.answers.first().is_some_and(|first| first.token == token);
        let Some(open) = self.session.answers.find(token) else { return };
        let response = match open.tag.take() {
            Some(tag) => Response::Tagged(Tagged { tag, status: status.clone() }),
            None => Response::Status(status.clone()),
        };
        if !is_first {
            let mut text = BytesMut::new();
            response.encode_with(self.session.encode_options(), &mut text);
            let Some(open) = self.session.answers.find(token) else { return };
            open.answer = Some(Vec::from(&*text));
            self.follow(kind, status);
            return;
        }
        if kind == Kind::Logout && status.kind == StatusKind::Ok && self.session.state != State::Logout {
            self.put_bye(&plain("logging out"));
        }
        self.put(&response);
        let open = self.session.answers.pop();
        self.follow(kind, status);
        self.written(open);
        self.write_answered();
    }

    /// Writes the answers that waited for the one before.
    fn write_answered(&mut self) {
        while self.session.answers.first().is_some_and(|first| first.answer.is_some()) {
            let Some(open) = self.session.answers.pop() else { return };
            self.transmit.write(|out| out.put(open.answer.as_deref().unwrap_or_default()));
            self.written(Some(open));
        }
    }

    /// The answer is in the output.
    fn written(&mut self, open: Option<Open>) {
        if open.is_some_and(|open| open.closes) && self.session.state != State::Closed {
            self.put_bye(&plain("too many bad commands, closing connection"));
            self.end();
        }
    }

    /// What an answer means for the session.
    fn follow(&mut self, kind: Kind, status: &Status<'_>) {
        match status.kind {
            StatusKind::Ok => self.follow_success(kind),
            _ => self.follow_refusal(kind, status.kind),
        }
        self.note_code(&status.text);
        // Whatever is said after BYE.
        if kind == Kind::Logout && (status.kind == StatusKind::Ok || self.session.state == State::Logout) {
            self.end();
        }
    }

    fn follow_success(&mut self, kind: Kind) {
        match kind {
            Kind::Login => self.log_in(),
            Kind::Authenticate => {
                self.session.exchange = None;
                self.step_mode(Step::End);
                self.log_in();
            }
            Kind::Select => self.move_on(Trigger::Select),
            Kind::Deselect => self.move_on(Trigger::Deselect),
            Kind::Idle => self.end_idle(),
            Kind::Unauthenticate => {
                // RFC 8437 section 2: as if it had just connected.
                self.move_on(Trigger::Unauthenticate);
                self.session.enabled = Enabled::default();
                self.session.offered = Offered::default();
                self.session.notifies = false;
            }
            Kind::Notify { set } => self.session.notifies = set,
            // The handshake, and compression, begin now.
            Kind::StartTls | Kind::Compress => {}
            Kind::Append | Kind::Enable | Kind::Logout | Kind::Quiet | Kind::Neutral | Kind::Refused => {}
        }
    }

    fn follow_refusal(&mut self, kind: Kind, status: StatusKind) {
        match kind {
            // RFC 9051 section 6.3.2: what failed has deselected. What was not understood has done nothing.
            Kind::Select if status == StatusKind::No => self.move_on(Trigger::SelectFailed),
            Kind::Idle => self.end_idle(),
            Kind::StartTls | Kind::Compress => self.step_mode(Step::End),
            _ => {}
        }
        if matches!(kind, Kind::Authenticate | Kind::Refused) {
            self.session.exchange = None;
            self.step_mode(Step::End);
        }
    }

    fn log_in(&mut self) {
        self.move_on(Trigger::Login);
        self.session.errors = 0;
    }

    fn end_idle(&mut self) {
        self.step_mode(Step::End);
        if matches!(self.session.reading, Reading::Idle) {
            self.session.reading = Reading::Commands;
            // It may be on its way.
            self.session.awaits_done = true;
        }
    }

    /// What is told in a code is in force.
    pub(super) fn note_code(&mut self, text: &RespText<'_>) {
        if let Some(Code::Capability(data)) = &text.code {
            self.session.offered = Offered::new(data.0.clone().into_owned());
        }
    }
}

/// Text of ours.
fn plain(text: &'static str) -> RespText<'static> {
    RespText::new(Text(Cow::Borrowed(text.as_bytes())))
}
