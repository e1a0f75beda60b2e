//! What beside its grammar a command has to comply with, and what is answered when it does not.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::Write as _;
use core::slice;

use super::Server;
use super::commands::allows;
use crate::auth::Authenticate;
use crate::command::{Command, UidCommand};
use crate::error::{Expected, ParseError};
use crate::grammar::text::Text;
use crate::registry::{
    Code, CommandName, FetchAttribute, FetchModifier, SelectParameter, StatusAttribute, StoreModifier,
};
use crate::response::{RespText, Status, StatusKind};
use crate::state::{Needs, Refusal};

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It may not come now.
    Order(Refusal),
    /// It was not advertised.
    NotOffered,
    AlreadyTls,
    CompressionActive,
    /// It would end compression.
    EndsCompression,
    /// Not without TLS.
    Privacy,
    /// The mechanism was not advertised.
    Mechanism,
    /// SASL-IR was not advertised.
    InitialResponse,
    /// Message numbers under UIDONLY.
    UidRequired,
    /// QRESYNC was not enabled.
    QResync,
}

impl Fault {
    /// What is answered.
    pub(super) fn status(self) -> Status<'static> {
        let (kind, code, text) = match self {
            Self::Order(Refusal::LoginFirst) => (StatusKind::Bad, None, "log in first"),
            Self::Order(Refusal::AlreadyAuthenticated) => (StatusKind::Bad, None, "already authenticated"),
            Self::Order(Refusal::SelectFirst) => (StatusKind::Bad, None, "no mailbox selected"),
            Self::Order(_) => (StatusKind::Bad, None, "not in this state"),
            Self::NotOffered => (StatusKind::Bad, None, "not supported here"),
            Self::AlreadyTls => (StatusKind::Bad, None, "TLS is active already"),
            Self::CompressionActive => {
                (StatusKind::No, Some(Code::CompressionActive), "compression is active already")
            }
            Self::EndsCompression => (StatusKind::No, None, "not while compression is active"),
            Self::Privacy => (StatusKind::No, Some(Code::PrivacyRequired), "not without TLS"),
            Self::Mechanism => (StatusKind::No, None, "mechanism not supported here"),
            Self::InitialResponse => (StatusKind::Bad, None, "no initial response without SASL-IR"),
            Self::QResync => (StatusKind::Bad, None, "enable QRESYNC first"),
            Self::UidRequired => {
                (StatusKind::Bad, Some(Code::UidRequired), "no message numbers under UIDONLY")
            }
        };
        status(kind, code, text)
    }

    /// Whether it is the client's mistake.
    pub(super) const fn is_error(self) -> bool {
        !matches!(self, Self::CompressionActive | Self::EndsCompression | Self::Mechanism)
    }
}

/// A status whose text is ours.
pub(super) fn status(kind: StatusKind, code: Option<Code<'static>>, text: &'static str) -> Status<'static> {
    Status { kind, text: RespText { code, text: Text(Cow::Borrowed(text.as_bytes())) } }
}

/// What is answered to what cannot be read.
pub(super) fn suggest(error: &ParseError) -> Status<'static> {
    // Whoever floods a server with such lines is not to be helped: one allocation, however many parts the text has.
    let mut text = String::with_capacity(64);
    // A string takes everything.
    let _ = write!(text, "{error}");
    let text = Text(Cow::Owned(text.into_bytes()));
    let code = (error.expected == Expected::Shorter).then_some(Code::TooBig);
    Status { kind: StatusKind::Bad, text: RespText { code, text } }
}

impl Server {
    /// Whether a command of this name may come now, whatever its arguments are.
    pub(super) fn judge_name(&self, name: CommandName) -> Result<(), Fault> {
        let (session, offered) = (&self.session, &self.session.offered);
        allows(session.state, Needs::of(name))?;
        match name {
            CommandName::StartTls if session.is_tls => Err(Fault::AlreadyTls),
            CommandName::StartTls if !offered.starttls => Err(Fault::NotOffered),
            CommandName::Login if offered.login_disabled || self.is_exposed() => Err(Fault::Privacy),
            CommandName::Compress if session.is_compressed => Err(Fault::CompressionActive),
            CommandName::Idle if !offered.idle => Err(Fault::NotOffered),
            CommandName::Unauthenticate if !offered.unauthenticate => Err(Fault::NotOffered),
            // RFC 8437 section 4.1: each side would go on in clear behind it, within what was read as one.
            CommandName::Unauthenticate if session.is_compressed => Err(Fault::EndsCompression),
            CommandName::Replace if !offered.replace => Err(Fault::NotOffered),
            // RFC 9586 section 3.2.
            name if session.enabled.uidonly && uses_numbers(name) => Err(Fault::UidRequired),
            _ => Ok(()),
        }
    }

    /// Whether `command` may come now.
    pub(super) fn judge(&self, command: &Command<'_>) -> Result<(), Fault> {
        let (session, offered) = (&self.session, &self.session.offered);
        self.judge_name(command.name())?;
        match command {
            Command::Authenticate(authenticate) => self.judge_mechanism(authenticate),
            Command::Compress(algorithm) if !offered.has_compression(algorithm.as_bytes()) => {
                Err(Fault::NotOffered)
            }
            // Those without a literal; the others are judged as they come.
            Command::Replace(replace) | Command::Uid(UidCommand::Replace(replace))
                if !offered.replace || !offered.takes(slice::from_ref(&*replace.message)) =>
            {
                Err(Fault::NotOffered)
            }
            Command::Append(append) if !offered.takes(append.messages()) => Err(Fault::NotOffered),
            command if !session.enabled.qresync && needs_qresync(command) => Err(Fault::QResync),
            _ => Ok(()),
        }
    }

    fn judge_mechanism(&self, authenticate: &Authenticate<'_>) -> Result<(), Fault> {
        let (Authenticate { mechanism, initial_response }, offered) = (authenticate, &self.session.offered);
        match () {
            () if mechanism.is_clear_text() && self.is_exposed() => Err(Fault::Privacy),
            () if !offered.has_mechanism(mechanism) => Err(Fault::Mechanism),
            () if initial_response.is_some() && !offered.sasl_ir => Err(Fault::InitialResponse),
            () => Ok(()),
        }
    }

    /// Whether passwords can be read on their way.
    fn is_exposed(&self) -> bool {
        !self.session.is_tls && !self.options.allow_plaintext_secrets
    }
}

/// Whether a command names messages by their numbers, as a whole.
const fn uses_numbers(name: CommandName) -> bool {
    matches!(
        name,
        CommandName::Fetch
            | CommandName::Store
            | CommandName::Search
            | CommandName::Copy
            | CommandName::Move
            | CommandName::Sort
            | CommandName::Thread
            | CommandName::Replace
            | CommandName::Convert
    )
}

/// Whether a command is only for who has enabled QRESYNC. RFC 7162 sections 3.2.5 and 3.2.6.
fn needs_qresync(command: &Command<'_>) -> bool {
    match command {
        Command::Select(select) | Command::Examine(select) => {
            select.parameters.iter().any(|parameter| matches!(parameter, SelectParameter::QResync(_)))
        }
        Command::Fetch(fetch) | Command::Uid(UidCommand::Fetch(fetch)) => {
            fetch.modifiers.iter().any(|modifier| modifier == FetchModifier::Vanished)
        }
        _ => false,
    }
}

/// Whether a command enables CONDSTORE. RFC 7162 section 3.1.
pub(super) fn enables_condstore(command: &Command<'_>) -> bool {
    match command {
        Command::Select(select) | Command::Examine(select) => select
            .parameters
            .iter()
            .any(|parameter| matches!(parameter, SelectParameter::CondStore | SelectParameter::QResync(_))),
        Command::Status(status) => {
            status.attributes.iter().any(|attribute| attribute == StatusAttribute::HighestModSeq)
        }
        Command::Fetch(fetch) | Command::Uid(UidCommand::Fetch(fetch)) => {
            let changed =
                fetch.modifiers.iter().any(|modifier| matches!(modifier, FetchModifier::ChangedSince(_)));
            changed || fetch.attributes.iter().any(|attribute| attribute == FetchAttribute::ModSeq)
        }
        Command::Store(store) | Command::Uid(UidCommand::Store(store)) => {
            store.modifiers.iter().any(|modifier| matches!(modifier, StoreModifier::UnchangedSince(_)))
        }
        _ => false,
    }
}
