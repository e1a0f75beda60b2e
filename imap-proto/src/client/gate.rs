//! What is not sent, and why: judged before an octet is written.

use super::flight::Kind;
use super::{Client, TlsPolicy};
use crate::command::Command;
use crate::error::{ApiMisuse, Error};
use crate::registry::Capability;
use crate::state::{Mode, Needed, Pace, Refusal, needed, needed_by_data};

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
