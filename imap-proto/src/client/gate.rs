//! What is not sent, and why: judged before an octet is written.

use super::flight::Kind;
use super::{Client, TlsPolicy};
use crate::append::AppendData;
use crate::command::{Command, UidCommand};
use crate::error::{ApiMisuse, Error};
use crate::ext::catenate::CatPart;
use crate::registry::Capability;
use crate::state::{Mode, Pace, Refusal};

/// Why a command or a part of one was not sent. Nothing was written, and the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// It may not come now.
    #[error("not now: {0}")]
    Order(#[from] Refusal),
    /// Something is in flight with which it would be ambiguous (RFC 9051 section 5.5): wait for its completion.
    #[error("something has to be completed first")]
    Ambiguous,
    /// The policy wants TLS first.
    #[error("TLS is required")]
    TlsRequired,
    /// TLS has begun, and CAPABILITY has not been asked for since (RFC 9051 section 6.2.1).
    #[error("CAPABILITY comes first")]
    CapabilityFirst,
    /// The server refuses LOGIN (RFC 9051 section 6.2.3).
    #[error("the server has disabled LOGIN")]
    LoginDisabled,
    /// A password or a token, and no TLS.
    #[error("no TLS to protect the secret")]
    PlaintextSecret,
    /// The server has told what it offers, and this capability is not among it.
    #[error("the server does not offer {0}")]
    NotOffered(&'static str),
    /// The server does not offer the mechanism.
    #[error("the server does not offer the mechanism")]
    MechanismNotOffered,
    /// A line of the AUTHENTICATE exchange would be longer than allowed.
    #[error("the line would be too long")]
    TooLong,
    /// UNAUTHENTICATE would end compression (RFC 8437 section 4.1), which is begun once in a connection here.
    #[error("compression is active")]
    Compressed,
    /// NUL in a literal that is not binary.
    #[error("NUL in a literal")]
    Nul,
}

/// What a command needs the server to offer: any one of them. The first is the one to be named.
type Needed = &'static [&'static str];

/// The capabilities that a command belongs to, other than those of what it names.
fn needed(command: &Command<'_>) -> Needed {
    match command {
        Command::StartTls => &["STARTTLS"],
        Command::Enable(_) => &["ENABLE", "IMAP4rev2"],
        Command::Idle => &["IDLE", "IMAP4rev2"],
        Command::Id(_) => &["ID"],
        Command::Namespace => &["NAMESPACE", "IMAP4rev2"],
        Command::Compress(_) => &["COMPRESS=DEFLATE"],
        Command::Language(_) => &["LANGUAGE"],
        Command::Comparator(_) => &["I18NLEVEL="],
        Command::Unauthenticate => &["UNAUTHENTICATE"],
        Command::GetJmapAccess => &["JMAPACCESS"],
        Command::XApplePushService(_) => &["XAPPLEPUSHSERVICE"],
        Command::Rlist(_) | Command::Rlsub(_) => &["MAILBOX-REFERRALS"],
        Command::Xlist(_) => &["XLIST"],
        Command::Unselect => &["UNSELECT", "IMAP4rev2"],
        Command::SetAcl(_)
        | Command::DeleteAcl(_)
        | Command::GetAcl(_)
        | Command::ListRights(_)
        | Command::MyRights(_) => &["ACL"],
        Command::SetQuota(_) => &["QUOTASET", "QUOTA"],
        Command::GetQuota(_) | Command::GetQuotaRoot(_) => &["QUOTA", "QUOTA="],
        Command::GetMetadata(_) | Command::SetMetadata(_) => &["METADATA", "METADATA-SERVER"],
        Command::Notify(_) => &["NOTIFY"],
        Command::Esearch(_) => &["MULTISEARCH"],
        Command::Sort(_) | Command::Uid(UidCommand::Sort(_)) => &["SORT", "SORT=DISPLAY"],
        Command::Thread(_) | Command::Uid(UidCommand::Thread(_)) => &["THREAD="],
        Command::CancelUpdate(_) => &["CONTEXT=SEARCH", "CONTEXT=SORT"],
        Command::UidBatches(_) => &["UIDBATCHES"],
        Command::Move(_) | Command::Uid(UidCommand::Move(_)) => &["MOVE", "IMAP4rev2"],
        Command::Uid(UidCommand::Expunge(_)) => &["UIDPLUS", "IMAP4rev2"],
        Command::Replace(_) | Command::Uid(UidCommand::Replace(_)) => &["REPLACE"],
        Command::Conversions(_) | Command::Convert(_) | Command::Uid(UidCommand::Convert(_)) => &["CONVERT"],
        Command::ResetKey(_) | Command::GenUrlAuth(_) | Command::UrlFetch(_) => &["URLAUTH"],
        Command::Append(append) if append.messages().len() > 1 => &["MULTIAPPEND"],
        _ => &[],
    }
}

/// The messages in a command, when some of them need what the command alone does not.
fn needed_by_data(command: &Command<'_>) -> Needed {
    let message = |data: &AppendData<'_>| -> Needed {
        match data {
            AppendData::Literal8(_) => &["BINARY"],
            AppendData::Utf8(_) => &["UTF8=ACCEPT", "UTF8=ONLY", "UTF8=ALL", "UTF8=APPEND"],
            AppendData::Catenate(parts)
                if parts.parts().iter().any(|part| matches!(part, CatPart::Utf8(_))) =>
            {
                &["UTF8=ACCEPT", "UTF8=ONLY"]
            }
            AppendData::Catenate(_) => &["CATENATE"],
            AppendData::Literal(_) => &[],
        }
    };
    match command {
        Command::Append(append) => {
            let mut needed = append.messages().iter().map(|one| message(&one.data));
            needed.find(|needed| !needed.is_empty()).unwrap_or_default()
        }
        Command::Replace(replace) | Command::Uid(UidCommand::Replace(replace)) => {
            message(&replace.message.data)
        }
        _ => &[],
    }
}

impl Client {
    /// Whether `command` may be sent now.
    pub(super) fn permit(&self, command: &Command<'_>) -> Result<(), Error> {
        self.check_failed()?;
        let session = &self.session;
        if self.transmit.len().saturating_add(self.flights.queued_len()) >= self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        self.flights.planned(session.state).allows(command).map_err(NotSent::Order)?;
        if session.mode != Mode::Commands {
            return Err(NotSent::Order(Refusal::Busy).into());
        }
        let pace = Pace::of(command);
        let waits = self
            .flights
            .iter()
            .any(|open| pace.waits_for(open.pace) || matches!(open.kind, Kind::Enable { language: true }));
        if waits {
            return Err(NotSent::Ambiguous.into());
        }
        let is_first = matches!(command, Command::Capability | Command::Logout);
        let needs_tls = self.options.tls == TlsPolicy::RequireStartTls && !session.is_tls;
        if needs_tls && !is_first && !matches!(command, Command::StartTls) {
            return Err(NotSent::TlsRequired.into());
        }
        if session.has_to_ask && !is_first {
            return Err(NotSent::CapabilityFirst.into());
        }
        match command {
            Command::Login(_) if self.offers(&Capability::LoginDisabled) => {
                return Err(NotSent::LoginDisabled.into());
            }
            Command::Login(_) => self.may_show_secrets()?,
            Command::Unauthenticate if session.is_compressed => return Err(NotSent::Compressed.into()),
            _ => {}
        }
        self.offered(needed(command))?;
        Ok(self.offered(needed_by_data(command))?)
    }

    /// Whether a password may be sent.
    pub(super) fn may_show_secrets(&self) -> Result<(), NotSent> {
        match self.session.is_tls || self.options.allow_plaintext_secrets {
            true => Ok(()),
            false => Err(NotSent::PlaintextSecret),
        }
    }

    /// Whether the server offers one of these, as far as it has told. Where it has not, it will say itself that it knows
    /// no such command.
    pub(super) fn offered(&self, needed: Needed) -> Result<(), NotSent> {
        let (Some(name), Some(offered)) = (needed.first(), &self.session.capabilities) else { return Ok(()) };
        match offered.iter().any(|one| needed.contains(&one.keyword())) {
            true => Ok(()),
            false => Err(NotSent::NotOffered(name.trim_end_matches('='))),
        }
    }
}
