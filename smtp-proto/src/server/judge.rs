//! What beside the order a command has to comply with, and what is answered when it does not.

use super::{Pipelining, Protocol, Server, bodies};
use crate::auth::Auth;
use crate::command::{Command, Mail, Rcpt, Vrfy};
use crate::ehlo::Extension;
use crate::ext::{Bdat, BodyKind};
use crate::state::{Refusal, Trigger};
use crate::status::{EnhancedCode, ReplyCode};
use crate::text::Text;
use crate::{Limits, ParseError, Reply, text};

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It may not come now.
    Order(Refusal),
    /// EHLO where LHLO is spoken, or the other way round.
    WrongHello,
    /// The EHLO reply did not offer it.
    NotOffered,
    AlreadyTls,
    AlreadyAuthenticated,
    AuthenticationRequired,
    /// The EHLO reply did not offer the mechanism.
    Mechanism,
    /// The mechanism shows a secret, and there is no TLS.
    Privacy,
    /// The EHLO reply did not offer the extension of a parameter.
    Parameter,
    /// An address is not ASCII, and MAIL did not say SMTPUTF8.
    NeedsUtf8,
    TooBig,
    TooManyRecipients,
    /// DATA cannot carry what MAIL announced.
    Binary,
    /// The client did not wait for an answer.
    Rush,
    TooManyErrors,
    /// Too many commands that lead to nothing.
    TooManyIdle,
    /// A message with a stray CR, LF or NUL.
    Stray,
    StrayAndClose,
    /// A line of an AUTH exchange.
    AuthLineTooLong,
}

impl From<bodies::Refusal> for Fault {
    fn from(refusal: bodies::Refusal) -> Self {
        match refusal {
            bodies::Refusal::Stray => Self::Stray,
            bodies::Refusal::StrayAndClose => Self::StrayAndClose,
            bodies::Refusal::TooBig => Self::TooBig,
        }
    }
}

impl Fault {
    /// Whether the session ends with it.
    pub(super) const fn closes(self) -> bool {
        matches!(self, Self::Rush | Self::TooManyErrors | Self::TooManyIdle | Self::StrayAndClose)
    }

    /// Whether it is the client's mistake; the others may happen to any.
    const fn is_error(self) -> bool {
        !matches!(self, Self::NeedsUtf8 | Self::TooBig | Self::TooManyRecipients)
    }

    const fn reply(self) -> (ReplyCode, EnhancedCode, Text<'static>) {
        use EnhancedCode as E;
        use ReplyCode as R;
        match self {
            Self::Order(refusal) => (R::BAD_SEQUENCE, E::INVALID_COMMAND, order(refusal)),
            Self::WrongHello => (R::SYNTAX_ERROR, E::INVALID_COMMAND, text!("not this hello")),
            Self::NotOffered => (R::NOT_IMPLEMENTED, E::INVALID_COMMAND, text!("not offered")),
            Self::AlreadyTls => (R::BAD_SEQUENCE, E::INVALID_COMMAND, text!("TLS is active already")),
            Self::AlreadyAuthenticated => {
                (R::BAD_SEQUENCE, E::INVALID_COMMAND, text!("already authenticated"))
            }
            Self::AuthenticationRequired => {
                (R::AUTHENTICATION_REQUIRED, E::OTHER_SECURITY_STATUS, text!("authentication required"))
            }
            Self::Mechanism => {
                (R::PARAMETER_NOT_IMPLEMENTED, E::BAD_ARGUMENTS, text!("mechanism not offered"))
            }
            Self::Privacy => (R::ENCRYPTION_REQUIRED, E::ENCRYPTION_REQUIRED, text!("not without TLS")),
            Self::Parameter => {
                (R::PARAMETERS_NOT_RECOGNISED, E::BAD_ARGUMENTS, text!("parameter not offered"))
            }
            Self::NeedsUtf8 => {
                (R::MAILBOX_NAME_NOT_ALLOWED, E::NON_ASCII_ADDRESS, text!("this address needs SMTPUTF8"))
            }
            Self::TooBig => (R::MESSAGE_TOO_BIG, E::MESSAGE_TOO_BIG, text!("message too big")),
            Self::TooManyRecipients => {
                (R::INSUFFICIENT_STORAGE, E::TOO_MANY_RECIPIENTS, text!("too many recipients"))
            }
            Self::Binary => (R::BAD_SEQUENCE, E::INVALID_COMMAND, text!("BODY=BINARYMIME needs BDAT")),
            Self::Rush => (R::BAD_SEQUENCE, E::INVALID_COMMAND, text!("wait for the reply")),
            Self::TooManyErrors => (
                R::SERVICE_NOT_AVAILABLE,
                E::OTHER_SECURITY_STATUS,
                text!("too many errors, closing connection"),
            ),
            Self::TooManyIdle => {
                (R::SERVICE_NOT_AVAILABLE, E::OTHER_SECURITY_STATUS, text!("no mail, closing connection"))
            }
            Self::AuthLineTooLong => (R::SYNTAX_ERROR, E::AUTH_LINE_TOO_LONG, text!("line too long")),
            Self::Stray => {
                (R::TRANSACTION_FAILED, E::OTHER_MEDIA_ERROR, text!("stray CR, LF or NUL in the message"))
            }
            Self::StrayAndClose => (
                R::SERVICE_NOT_AVAILABLE,
                E::OTHER_MEDIA_ERROR,
                text!("stray CR, LF or NUL, closing connection"),
            ),
        }
    }
}

const fn order(refusal: Refusal) -> Text<'static> {
    match refusal {
        Refusal::HelloFirst => text!("say EHLO first"),
        Refusal::MailFirst => text!("send MAIL first"),
        Refusal::RcptFirst => text!("no valid recipients"),
        Refusal::InTransaction => text!("not in a mail transaction"),
        Refusal::InChunks => text!("the message is being sent by BDAT"),
        Refusal::OnlyQuit => text!("only QUIT is allowed"),
        Refusal::NotGreeted | Refusal::Busy | Refusal::NotOpen | Refusal::Closed => {
            text!("bad sequence of commands")
        }
    }
}

/// How a client behaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conduct {
    errors: u32,
    /// Commands since the last message that lead to nothing by themselves.
    idle: u32,
    /// How many commands may be out of order because one before them was refused: a client that pipelines finds out
    /// too late.
    grace: usize,
    /// A message was accepted.
    has_delivered: bool,
}

impl Conduct {
    pub(super) fn add_error(&mut self) {
        self.errors = self.errors.saturating_add(1);
    }

    fn add_idle(&mut self) {
        self.idle = self.idle.saturating_add(1);
    }

    pub(super) fn delivered(&mut self) {
        self.idle = 0;
        self.has_delivered = true;
    }

    /// A command was refused that others may have been sent behind.
    pub(super) fn forgive_followers(&mut self, limits: &Limits) {
        // DATA or the first BDAT comes behind the recipients.
        self.grace = limits.recipients.saturating_add(1);
    }

    fn is_forgiven(&mut self, trigger: Trigger) -> bool {
        let follows = matches!(trigger, Trigger::Rcpt | Trigger::Data | Trigger::Chunk | Trigger::LastChunk);
        let forgiven = follows && self.grace > 0;
        self.grace = self.grace.saturating_sub(usize::from(forgiven));
        forgiven
    }
}

impl Server {
    /// Whether `command` may come now, and as it is. Nothing changes but what is counted.
    pub(super) fn judge(&mut self, command: &Command<'_>, trigger: Trigger) -> Result<(), Fault> {
        let is_quit = trigger == Trigger::Quit;
        if self.has_too_many_errors() && !is_quit {
            return Err(Fault::TooManyErrors);
        }
        if self.session.has_rushed && !is_quit {
            return Err(Fault::Rush);
        }
        if is_idle(trigger) {
            self.session.conduct.add_idle();
            if self.session.conduct.idle > self.options.limits.idle_commands {
                return Err(Fault::TooManyIdle);
            }
        }
        let verdict = self.complies(command, trigger);
        if let Err(fault) = verdict {
            self.blame(fault, trigger);
        }
        verdict
    }

    /// Counts what the client did wrong.
    fn blame(&mut self, fault: Fault, trigger: Trigger) {
        let is_order = matches!(fault, Fault::Order(_));
        let has_followers =
            matches!(trigger, Trigger::Mail | Trigger::Rcpt | Trigger::Chunk | Trigger::LastChunk);
        if has_followers && !is_order {
            self.session.conduct.forgive_followers(&self.options.limits);
        }
        let is_forgiven = is_order && self.session.conduct.is_forgiven(trigger);
        if fault.is_error() && !is_forgiven {
            self.session.conduct.add_error();
        }
    }

    /// Before authentication few errors are put up with, and before a message from a host that never authenticates.
    pub(super) fn has_too_many_errors(&self) -> bool {
        let (limits, conduct) = (&self.options.limits, &self.session.conduct);
        let is_known = self.session.is_authenticated || conduct.has_delivered;
        conduct.errors > if is_known { limits.errors_authenticated } else { limits.errors }
    }

    fn complies(&self, command: &Command<'_>, trigger: Trigger) -> Result<(), Fault> {
        self.session.state.on(trigger).map_err(Fault::Order)?;
        match command {
            Command::Ehlo(_) | Command::Helo(_) if self.options.protocol == Protocol::Lmtp => {
                Err(Fault::WrongHello)
            }
            Command::Lhlo(_) if self.options.protocol != Protocol::Lmtp => Err(Fault::WrongHello),
            Command::StartTls if self.session.is_tls => Err(Fault::AlreadyTls),
            Command::StartTls | Command::Auth(_) if self.session.is_authenticated => {
                Err(Fault::AlreadyAuthenticated)
            }
            _ => command.extension().map_or(Ok(()), |extension| self.offers(extension)),
        }?;
        match command {
            Command::Mail(mail) | Command::Send(mail) | Command::Soml(mail) | Command::Saml(mail) => {
                self.judge_mail(mail)
            }
            Command::Rcpt(rcpt) => self.judge_rcpt(rcpt),
            Command::Data if self.session.transaction.binary => Err(Fault::Binary),
            Command::Bdat(bdat) => self.judge_chunk(bdat),
            Command::Vrfy(vrfy) | Command::Expn(vrfy) => self.judge_vrfy(vrfy),
            Command::Auth(auth) => self.judge_auth(auth),
            // RFC 2645 section 5.2.1: ATRN comes after AUTH.
            Command::Atrn(_) if !self.session.is_authenticated => Err(Fault::AuthenticationRequired),
            _ => Ok(()),
        }
    }

    fn offers(&self, extension: Extension) -> Result<(), Fault> {
        if self.session.capabilities.has(extension) { Ok(()) } else { Err(Fault::NotOffered) }
    }

    fn takes_parameter(&self, extension: Option<Extension>) -> Result<(), Fault> {
        let is_offered = extension.is_some_and(|extension| self.session.capabilities.has(extension));
        if is_offered { Ok(()) } else { Err(Fault::Parameter) }
    }

    fn judge_mail(&self, mail: &Mail<'_>) -> Result<(), Fault> {
        if self.options.requires_authentication && !self.session.is_authenticated {
            return Err(Fault::AuthenticationRequired);
        }
        for parameter in mail.parameters.iter() {
            self.takes_parameter(parameter.extension())?;
        }
        // RFC 3030 section 3: BINARYMIME is of no use without CHUNKING.
        if mail.parameters.body() == BodyKind::BinaryMime {
            self.takes_parameter(Some(Extension::Chunking))?;
        }
        let is_ascii = mail.from.is_ascii() && mail.parameters.is_ascii();
        if !is_ascii && !mail.parameters.is_smtputf8() {
            return Err(Fault::NeedsUtf8);
        }
        let limit = self.message_limit().unwrap_or(u64::MAX);
        if mail.parameters.size().is_some_and(|size| size > limit) {
            return Err(Fault::TooBig);
        }
        Ok(())
    }

    fn judge_rcpt(&self, rcpt: &Rcpt<'_>) -> Result<(), Fault> {
        if self.session.transaction.recipients >= self.recipient_limit() {
            return Err(Fault::TooManyRecipients);
        }
        for parameter in rcpt.parameters.iter() {
            self.takes_parameter(parameter.extension())?;
        }
        let is_ascii = rcpt.to.is_ascii() && rcpt.parameters.is_ascii();
        if !is_ascii && !self.session.transaction.smtputf8 {
            return Err(Fault::NeedsUtf8);
        }
        Ok(())
    }

    fn judge_chunk(&self, bdat: &Bdat) -> Result<(), Fault> {
        let total = self.session.transaction.announced.checked_add(bdat.size());
        let limit = self.message_limit().unwrap_or(u64::MAX);
        if total.is_none_or(|total| total > limit) { Err(Fault::TooBig) } else { Ok(()) }
    }

    fn judge_vrfy(&self, vrfy: &Vrfy<'_>) -> Result<(), Fault> {
        match vrfy.is_smtputf8() {
            true => self.offers(Extension::SmtpUtf8).map_err(|_| Fault::Parameter),
            false if !vrfy.what().is_ascii() => Err(Fault::NeedsUtf8),
            false => Ok(()),
        }
    }

    fn judge_auth(&self, auth: &Auth<'_>) -> Result<(), Fault> {
        let may_show = self.session.is_tls || self.options.allow_plaintext_secrets;
        match () {
            () if auth.mechanism.is_clear_text() && !may_show => Err(Fault::Privacy),
            () if !self.session.capabilities.has_mechanism(&auth.mechanism) => Err(Fault::Mechanism),
            () => Ok(()),
        }
    }

    /// What a message may have: the least of what is set and what was offered.
    pub(super) fn message_limit(&self) -> Option<u64> {
        let offered = self.session.capabilities.size();
        let set = self.options.limits.message;
        offered.into_iter().chain(set).min()
    }

    /// How many recipients a message may have: the least of what is set and what was offered (RFC 9422).
    pub(super) fn recipient_limit(&self) -> usize {
        let offered = self.session.capabilities.rcpt_max().and_then(|most| usize::try_from(most).ok());
        offered.map_or(self.options.limits.recipients, |most| most.min(self.options.limits.recipients))
    }

    /// Whether a client has to wait for the answer to `command` before it sends more.
    pub(super) fn is_sync(&self, command: &Command<'_>) -> bool {
        // RFC 2920 section 3.1; RFC 4954 section 4 for AUTH.
        match command {
            Command::Ehlo(_)
            | Command::Helo(_)
            | Command::Lhlo(_)
            | Command::Data
            | Command::Vrfy(_)
            | Command::Expn(_)
            | Command::Turn
            | Command::Atrn(_)
            | Command::XClient(_)
            | Command::Quit
            | Command::Noop(_)
            | Command::StartTls
            | Command::Auth(_) => true,
            // What is behind it is its chunk.
            Command::Bdat(_) => false,
            // RFC 4468 section 3.3.
            Command::Burl(_) => false,
            Command::Other(_) => false,
            _ => !self.session.capabilities.has(Extension::Pipelining),
        }
    }

    /// Whether the client has sent something behind `command`, for the answer to which it should have waited.
    pub(super) fn is_rush(&self, command: &Command<'_>, behind: usize) -> bool {
        let matters = self.options.pipelining == Pipelining::Enforce && behind > 0;
        // Nobody is going to read what is behind QUIT. What is behind STARTTLS is worse than a rush.
        matters && !matches!(command, Command::Quit | Command::StartTls) && self.is_sync(command)
    }

    /// The answer to `fault`, in the terms that were offered.
    pub(super) fn suggest(&self, fault: Fault) -> Reply<'static> {
        let (code, enhanced, text) = fault.reply();
        self.in_terms_offered(Reply::new(code, enhanced, text))
    }

    pub(super) fn suggest_for(&self, error: &ParseError) -> Reply<'static> {
        self.in_terms_offered(error.suggested_reply())
    }

    /// RFC 2034 section 4: enhanced codes only where they were offered.
    pub(super) fn in_terms_offered(&self, reply: Reply<'static>) -> Reply<'static> {
        if self.session.capabilities.has(Extension::EnhancedStatusCodes) {
            return reply;
        }
        let text = reply.lines().next().and_then(|line| Text::new(line).ok());
        text.map_or_else(|| reply.clone(), |text| Reply::new(reply.code(), None, text))
    }
}

/// Commands that lead to no message by themselves.
const fn is_idle(trigger: Trigger) -> bool {
    matches!(
        trigger,
        Trigger::Hello
            | Trigger::Mail
            | Trigger::Reset
            | Trigger::Auth
            | Trigger::Restart
            | Trigger::Between
            | Trigger::Anytime
    )
}
