//! What a server session is to be like.

use crate::{Dialect, Limits};

/// What a session is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// How strictly commands are read; [`Dialect::STRICT`] by default. What the client enables is added.
    pub dialect: Dialect,
    /// What the client may cost.
    pub limits: Limits,
    /// Whether passwords may come in clear text outside of TLS: LOGIN, and mechanisms such as PLAIN. By default they are
    /// refused with `NO [PRIVACYREQUIRED]`. RFC 9051 section 11.1.
    pub allow_plaintext_secrets: bool,
}
