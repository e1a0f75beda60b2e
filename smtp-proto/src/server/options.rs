//! What a server session is to be like.

use super::Protocol;
use crate::body::Stray;
use crate::{Dialect, Limits};

/// What becomes of clients that do not wait where RFC 2920 section 3.1 tells them to: behind EHLO, DATA, VRFY, EXPN,
/// NOOP, TURN and AUTH, and behind anything when PIPELINING was not offered.
///
/// Such a client may be a browser or a proxy that somebody makes send SMTP. STARTTLS is not meant: bytes behind it end
/// the session always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pipelining {
    /// The command is refused with 503, and the session ends.
    Enforce,
    /// They are served. Who offers PIPECONNECT, by which clients need not even wait for the greeting, wants this.
    Allow,
}

/// What a session is to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Which protocol is spoken.
    pub protocol: Protocol,
    /// How strictly commands are read; [`Dialect::STRICT`] by default.
    pub dialect: Dialect,
    /// What the client may cost.
    pub limits: Limits,
    /// What becomes of stray CR, LF and NUL in bodies; [`Stray::Reject`] by default.
    pub stray: Stray,
    /// What becomes of clients that do not wait; [`Pipelining::Allow`] for submission, [`Pipelining::Enforce`] else.
    pub pipelining: Pipelining,
    /// Whether MAIL is refused with 530 before authentication; so for submission (RFC 6409 section 4.3). Switch it off
    /// for who is known otherwise, by address or by TLS certificate.
    pub requires_authentication: bool,
    /// Whether passwords may come in clear text outside of TLS, by mechanisms such as PLAIN. By default they are refused with
    /// 538 5.7.11. RFC 4954 sections 4 and 6.
    pub allow_plaintext_secrets: bool,
}

impl Options {
    /// The defaults for `protocol`.
    pub fn new(protocol: Protocol) -> Self {
        let is_submission = protocol == Protocol::Submission;
        Self {
            protocol,
            dialect: Dialect::STRICT,
            limits: Limits::default(),
            stray: Stray::default(),
            pipelining: if is_submission { Pipelining::Allow } else { Pipelining::Enforce },
            requires_authentication: is_submission,
            allow_plaintext_secrets: false,
        }
    }
}
