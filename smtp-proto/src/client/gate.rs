//! What is not sent, and why: judged before an octet is written.

use super::flight::Answer;
use super::{Client, Envelope, TlsPolicy};
use crate::address::{Domain, Mailbox};
use crate::body::BodyError;
use crate::command::{Command, Mail, Rcpt};
use crate::ehlo::Extension;
use crate::error::{ApiMisuse, Error};
use crate::ext::BodyKind;
use crate::parameter::MailParameter;
use crate::session::Token;
use crate::state::{Refusal, State, Trigger};

/// Why a command or a body was not sent. Nothing was written, and the session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// It may not come now.
    #[error("not now: {0}")]
    Order(#[from] Refusal),
    /// The policy, or REQUIRETLS, wants TLS first.
    #[error("TLS is required")]
    TlsRequired,
    /// The policy wants AUTH first.
    #[error("authentication is required")]
    AuthRequired,
    /// A password or a token, and no TLS.
    #[error("no TLS to protect the secret")]
    PlaintextSecret,
    /// The server does not offer the extension that the command or one of its parameters belongs to.
    #[error("the server does not offer {}", .0.keyword())]
    NotOffered(Extension),
    /// The server does not offer the mechanism.
    #[error("the server does not offer the mechanism")]
    MechanismNotOffered,
    /// The message is larger than the server takes (RFC 1870).
    #[error("the server takes messages of {limit} octets")]
    TooBig {
        /// What it takes, in octets.
        limit: u64,
    },
    /// LIMITS MAILMAX (RFC 9422): so many MAIL commands were sent in this session.
    #[error("the server takes {limit} messages in a session")]
    TooManyMessages {
        /// How many it takes.
        limit: u32,
    },
    /// LIMITS RCPTMAX: so many RCPT commands were sent in this transaction.
    #[error("the server takes {limit} recipients of a message")]
    TooManyRecipients {
        /// How many it takes.
        limit: u32,
    },
    /// LIMITS RCPTDOMAINMAX: recipients of so many domains were sent in this session.
    #[error("the server takes recipients of {limit} domains in a session")]
    TooManyDomains {
        /// How many it takes.
        limit: u32,
    },
    /// An address beyond ASCII, and the MAIL command without the parameter SMTPUTF8.
    #[error("the address needs SMTPUTF8")]
    NeedsSmtpUtf8,
    /// `BODY=BINARYMIME` cannot be sent by DATA (RFC 3030).
    #[error("a binary message needs BDAT")]
    NeedsChunking,
    /// EHLO and HELO belong to SMTP, LHLO to LMTP.
    #[error("the command belongs to another protocol")]
    OtherProtocol,
    /// A line of the AUTH exchange would be longer than allowed.
    #[error("the line would be too long")]
    TooLong,
    /// The body cannot be sent like this. After DATA the connection must be closed, after BDAT RSET gives the message
    /// up.
    #[error(transparent)]
    Body(#[from] BodyError),
}

impl Client {
    /// Whether what does `trigger` may be sent now; where the session will stand when it succeeds.
    pub(super) fn permit(&self, trigger: Trigger) -> Result<State, Error> {
        self.check_failed()?;
        if self.transmit.len() >= self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        if self.flights.end_in_barrier() {
            return Err(NotSent::Order(Refusal::Busy).into());
        }
        let may_cut_in =
            matches!(trigger, Trigger::Hello | Trigger::Reset | Trigger::Quit | Trigger::Anytime);
        if self.body.is_some() && !may_cut_in {
            // Whatever has become of its transaction.
            return Err(NotSent::Order(Refusal::InChunks).into());
        }
        let planned = self.session.planned.on(trigger).map_err(NotSent::Order)?;
        let needs_none = matches!(trigger, Trigger::Hello | Trigger::StartTls | Trigger::Quit);
        if self.options.tls == TlsPolicy::RequireStartTls && !self.session.is_tls && !needs_none {
            return Err(NotSent::TlsRequired.into());
        }
        if self.options.requires_authentication && !self.session.is_authenticated && trigger == Trigger::Mail
        {
            return Err(NotSent::AuthRequired.into());
        }
        Ok(planned)
    }

    pub(super) fn offered(&self, extension: Extension) -> Result<(), NotSent> {
        if self.session.capabilities.has(extension) { Ok(()) } else { Err(NotSent::NotOffered(extension)) }
    }

    /// MAIL, or one of its obsolete sisters.
    pub(super) fn send_mail(&mut self, mail: &Mail<'_>, command: &Command<'_>) -> Result<Token, Error> {
        self.permit(Trigger::Mail)?;
        let sent = self.session.mails;
        if let Some(limit) = self.session.capabilities.mail_max().filter(|limit| sent >= *limit) {
            return Err(NotSent::TooManyMessages { limit }.into());
        }
        let envelope = self.envelope(mail)?;
        let token = self.send_as(Trigger::Mail, Answer::Reply, command)?;
        self.session.mails = sent.saturating_add(1);
        self.session.envelope = envelope;
        Ok(token)
    }

    fn envelope(&self, mail: &Mail<'_>) -> Result<Envelope, NotSent> {
        let mut envelope = Envelope::default();
        for parameter in mail.parameters.iter() {
            if let Some(extension) = parameter.extension() {
                self.offered(extension)?;
            }
            match parameter {
                MailParameter::Size(size) => self.fits(size)?,
                MailParameter::Body(kind) => {
                    envelope.is_binary = kind == BodyKind::BinaryMime;
                    envelope.is_eight_bit |= kind != BodyKind::SevenBit;
                }
                // RFC 6531 section 3.6: such a server takes 8-bit bodies.
                MailParameter::SmtpUtf8 => (envelope.is_smtputf8, envelope.is_eight_bit) = (true, true),
                MailParameter::Prdr => envelope.is_prdr = true,
                // RFC 8689 section 4.2.1.
                MailParameter::RequireTls if !self.session.is_tls => return Err(NotSent::TlsRequired),
                _ => {}
            }
        }
        if envelope.is_smtputf8 || (mail.from.is_ascii() && mail.parameters.is_ascii()) {
            return Ok(envelope);
        }
        Err(NotSent::NeedsSmtpUtf8)
    }

    fn fits(&self, size: u64) -> Result<(), NotSent> {
        // RFC 1870 section 3: 0 says that there is no fixed limit.
        match self.session.capabilities.size() {
            Some(limit @ 1..) if size > limit => Err(NotSent::TooBig { limit }),
            _ => Ok(()),
        }
    }

    pub(super) fn send_rcpt(&mut self, rcpt: &Rcpt<'_>, command: &Command<'_>) -> Result<Token, Error> {
        self.permit(Trigger::Rcpt)?;
        for parameter in rcpt.parameters.iter() {
            if let Some(extension) = parameter.extension() {
                self.offered(extension)?;
            }
        }
        let envelope = &self.session.envelope;
        let is_ascii = rcpt.to.is_ascii() && rcpt.parameters.is_ascii();
        if !is_ascii && !envelope.is_smtputf8 {
            return Err(NotSent::NeedsSmtpUtf8.into());
        }
        let sent = envelope.recipients;
        if let Some(limit) = self.session.capabilities.rcpt_max().filter(|limit| sent >= *limit) {
            return Err(NotSent::TooManyRecipients { limit }.into());
        }
        let domain = self.new_domain(rcpt)?;
        let token = self.send_as(Trigger::Rcpt, Answer::Reply, command)?;
        self.session.envelope.recipients = sent.saturating_add(1);
        self.session.domains.extend(domain);
        Ok(token)
    }

    /// The recipient's domain, when the server counts them and this is the first recipient that has it.
    fn new_domain(&self, rcpt: &Rcpt<'_>) -> Result<Option<Domain<'static>>, NotSent> {
        let Some(limit) = self.session.capabilities.rcpt_domain_max() else { return Ok(None) };
        // A postmaster without a domain is the server's own.
        let Some(domain) = rcpt.to.mailbox().map(Mailbox::domain) else { return Ok(None) };
        let domains = &self.session.domains;
        if domains.iter().any(|seen| seen.is_equivalent(&domain)) {
            return Ok(None);
        }
        // At most 999,999, and usually 1.
        if u32::try_from(domains.len()).is_ok_and(|seen| seen >= limit) {
            return Err(NotSent::TooManyDomains { limit });
        }
        Ok(Some(domain.into_owned()))
    }
}
