//! Command lines.

use super::answers::Kind;
use super::front::{Front, Verb};
use super::judge::Fault;
use super::{Event, Pipelining, Server, foreign};
use crate::command::Command;
use crate::error::{Error, Expected, Limit, ParseError, PeerMisbehaved};
use crate::ext::BodyKind;
use crate::framing::Line;
use crate::options::{Leniency, Tolerated};
use crate::session::{Received, Token};
use crate::state::{State, Trigger};

/// An event, or `None` for more input or an answer.
type Step<'i> = Result<Option<Received<Event<'i>>>, Error>;

/// What tells whether a line begins with AUTH and the end of the word.
const ENOUGH: usize = 5;

impl Server {
    /// What the client says where commands are read.
    pub(super) fn line<'i>(&mut self, input: &'i [u8]) -> Step<'i> {
        if self.session.state == State::Greeting {
            return self.before_greeting(input);
        }
        if self.waits_for_answers() {
            self.is_blocked = true;
            return Ok(None);
        }
        let at_start = !self.session.lines.is_inside(&[]);
        if self.session.state == State::Fresh
            && at_start
            && let Some(foreign) = foreign::request(input)
        {
            return Ok(Some(self.end_with(foreign, input.len())));
        }
        let limit = self.limit_at(input);
        let Some(line) = self.next_line(input, limit)? else { return Ok(None) };
        match line {
            Line::Skip { len } => {
                self.session.long = self.long_front(input, len);
                Ok(Some(skipped(len, None)))
            }
            Line::TooLong { len } => {
                let front = self.long_front(input, len);
                self.session.long = Front::default();
                let error = ParseError { expected: Expected::Shorter, offset: self.line_limit(front) };
                Ok(Some(self.malformed(len, error, front, &[])))
            }
            Line::BareLf { len, offset } => {
                let error = ParseError { expected: Expected::Crlf, offset };
                let line = input.get(..len).unwrap_or_default();
                Ok(Some(self.malformed(len, error, Front::of(line), line)))
            }
            Line::Whole { len } => self.whole_line(input, len),
        }
    }

    /// Before the greeting a load balancer may speak, and nobody else.
    fn before_greeting<'i>(&mut self, input: &'i [u8]) -> Step<'i> {
        if let Some((event, consumed)) = foreign::proxy(input)? {
            // What was early was the front of the header.
            self.session.has_rushed = false;
            return Ok(Some(Received { consumed, event: Event::Foreign(event) }));
        }
        // RFC 5321 section 3.1: the client waits for the greeting.
        let (enforce, limits) = (self.options.pipelining == Pipelining::Enforce, &self.options.limits);
        if input.len() > if enforce { limits.command_line } else { limits.discard } {
            return Err(PeerMisbehaved::PipeliningViolation.into());
        }
        self.session.has_rushed |= enforce && !input.is_empty();
        Ok(None)
    }

    /// Another protocol was recognised.
    fn end_with<'i>(&mut self, foreign: super::Foreign<'i>, consumed: usize) -> Received<Event<'i>> {
        // No reply: a browser would take it for the answer to its request.
        self.fail(PeerMisbehaved::ForeignProtocol.into());
        Received { consumed, event: Event::Foreign(foreign) }
    }

    /// Whether nothing can be judged before something is answered.
    fn waits_for_answers(&self) -> bool {
        let answers = &self.session.answers;
        answers.len() >= self.options.limits.pipelined.max(1)
            || answers.iter().any(|open| !open.kind.lets_others_pass() || open.closes)
    }

    /// What the line at the front of `input` may have.
    fn limit_at(&self, input: &[u8]) -> usize {
        let least = self.options.limits.command_line.min(self.options.limits.auth_line);
        if input.len() < least {
            // Which of the two it is makes no difference yet.
            return least;
        }
        self.line_limit(Front::of(input.get(..ENOUGH).unwrap_or(input)))
    }

    /// What a line may have; the same for all parts of it.
    fn line_limit(&self, front: Front) -> usize {
        let limits = &self.options.limits;
        match front.is_flush(Verb::Auth) {
            Some(true) => limits.auth_line,
            Some(false) => limits.command_line,
            // What is longer is too long either way.
            None => limits.auth_line.max(limits.command_line),
        }
    }

    /// The front of an over-long line of which `len` octets more are at hand.
    fn long_front(&self, input: &[u8], len: usize) -> Front {
        self.session.long.followed_by(input.get(..len).unwrap_or_default())
    }

    /// The line at the front of `input`.
    pub(super) fn next_line(&mut self, input: &[u8], limit: usize) -> Result<Option<Line>, Limit> {
        let limits = &self.options.limits;
        let discard =
            if self.session.is_authenticated { limits.discard_authenticated } else { limits.discard };
        let bare_lf = self.options.dialect.leniency.contains(Leniency::BARE_LF);
        self.session.lines.next(input, limit, discard, bare_lf)
    }

    fn whole_line<'i>(&mut self, input: &'i [u8], len: usize) -> Step<'i> {
        let (line, behind) = input.split_at_checked(len).unwrap_or((input, &[]));
        let after_body = core::mem::take(&mut self.session.after_body);
        let (command, tolerated) = match Command::parse_reporting(line, self.options.dialect) {
            // Half of the base64 there is could be a verb.
            Ok((_, Command::Other(other), _)) if self.session.after_auth && other.arguments().is_none() => {
                let error = ParseError { expected: Expected::Verb, offset: 0 };
                return Ok(Some(self.malformed(len, error, Front::of(line), line)));
            }
            Ok((_, command, tolerated)) => (command, tolerated),
            Err(error) if after_body && self.puts_up_with_empty(line) => {
                return Ok(Some(skipped(len, Some(Tolerated { leniency: Leniency::EMPTY_LINE, error }))));
            }
            Err(error) => return Ok(Some(self.malformed(len, error, Front::of(line), line))),
        };
        let trigger = Trigger::of(&command);
        if self.hangs_on_answers(trigger) {
            self.is_blocked = true;
            self.session.after_body = after_body;
            return Ok(None);
        }
        if self.is_rush(&command, behind.len()) {
            self.session.has_rushed = true;
        }
        self.session.after_auth &= matches!(command, Command::Other(_));
        let verdict = self.judge(&command, trigger);
        let event = match (verdict, command) {
            (Err(Fault::TooBig), Command::Bdat(bdat)) if self.is_answered_by_each(bdat) => {
                self.begin_refused_chunk(bdat)?
            }
            (Err(fault), Command::Bdat(bdat)) if !fault.closes() => self.begin_drain(bdat, fault),
            (Err(fault), command) => {
                // As of a refused chunk, nothing is left of the message.
                if matches!(command, Command::Burl(_)) {
                    self.end_transaction();
                }
                self.refuse(command, fault)
            }
            (Ok(()), Command::StartTls) if !behind.is_empty() => {
                return Err(PeerMisbehaved::PlaintextAfterStartTls.into());
            }
            (Ok(()), command) => self.accept(command, tolerated)?,
        };
        Ok(Some(Received { consumed: len, event }))
    }

    /// Whether what `trigger` may do depends on an open answer. What is open lets others pass.
    fn hangs_on_answers(&self, trigger: Trigger) -> bool {
        let answers = &self.session.answers;
        match trigger {
            _ if answers.is_empty() => false,
            Trigger::Anytime => false,
            Trigger::Rcpt => {
                let open = answers.recipients();
                open > 0 && self.session.transaction.recipients.saturating_add(open) >= self.recipient_limit()
            }
            _ => true,
        }
    }

    /// A client of which the CRLF behind the final dot comes twice.
    fn puts_up_with_empty(&self, line: &[u8]) -> bool {
        self.options.dialect.leniency.contains(Leniency::EMPTY_LINE) && line.trim_ascii().is_empty()
    }

    /// Hands out a command that was found legal.
    fn accept<'i>(&mut self, command: Command<'i>, tolerated: Option<Tolerated>) -> Result<Event<'i>, Error> {
        let is_sync = self.is_sync(&command);
        let kind = match &command {
            Command::Helo(_) => Kind::Hello { extended: false },
            Command::Ehlo(_) | Command::Lhlo(_) => Kind::Hello { extended: true },
            Command::Mail(mail) | Command::Send(mail) | Command::Soml(mail) | Command::Saml(mail) => {
                // Taken back when MAIL is refused.
                let transaction = &mut self.session.transaction;
                transaction.smtputf8 = mail.parameters.is_smtputf8();
                transaction.binary = mail.parameters.body() == BodyKind::BinaryMime;
                transaction.prdr = mail.parameters.is_prdr();
                Kind::Mail
            }
            Command::Rcpt(_) => Kind::Rcpt,
            Command::Data => Kind::Data,
            Command::Rset => Kind::Reset,
            Command::Quit => Kind::Quit,
            Command::Turn | Command::Atrn(_) => Kind::Turn,
            Command::XClient(_) => Kind::Xclient,
            Command::Burl(burl) => {
                self.count_chunk()?;
                if burl.is_last() { Kind::Message(self.outcome()) } else { Kind::Chunk }
            }
            _ => Kind::Neutral,
        };
        Ok(match command {
            Command::Auth(auth) => self.begin_exchange(auth),
            Command::Bdat(bdat) => self.begin_chunk(bdat)?,
            Command::StartTls => Event::StartTls { token: self.open(Kind::StartTls, true, false) },
            command => Event::Command { token: self.open(kind, is_sync, false), command, tolerated },
        })
    }

    /// Hands out a command that was found illegal.
    pub(super) fn refuse<'i>(&mut self, command: Command<'i>, fault: Fault) -> Event<'i> {
        let reply = self.suggest(fault);
        let is_sync = self.is_sync(&command);
        self.session.after_auth |= matches!(command, Command::Auth(_));
        let token = self.open(Kind::Refused, is_sync, fault.closes());
        Event::Refused { token, command, reply }
    }

    /// Hands out a line that is no command. Of an over-long one no more than its front is known.
    fn malformed<'i>(
        &mut self,
        consumed: usize,
        error: ParseError,
        front: Front,
        line: &'i [u8],
    ) -> Received<Event<'i>> {
        self.session.after_body = false;
        self.session.conduct.add_error();
        let too_many = self.has_too_many_errors();
        let reply = if too_many { self.suggest(Fault::TooManyErrors) } else { self.suggest_for(&error) };
        // Where the octets of a chunk end, and the next command begins, nobody knows then.
        let closes = too_many || front.is(Verb::Bdat);
        let token = self.open(Kind::Refused, false, closes);
        // It may hold a password.
        self.session.after_auth |= front.is(Verb::Auth);
        let line = if self.session.after_auth { &[] } else { line };
        Received { consumed, event: Event::Malformed { token, error, line, reply } }
    }

    /// The client's line in an AUTH exchange is no answer; AUTH is to be answered.
    pub(super) fn malformed_answer(&mut self, token: Token, error: ParseError) -> Event<'static> {
        self.session.after_auth = true;
        let reply = if error.expected == Expected::Shorter {
            self.suggest(Fault::AuthLineTooLong)
        } else {
            self.suggest_for(&error)
        };
        Event::Malformed { token, error, line: &[], reply }
    }
}

fn skipped<'i>(consumed: usize, tolerated: Option<Tolerated>) -> Received<Event<'i>> {
    Received { consumed, event: Event::Skipped { tolerated } }
}
