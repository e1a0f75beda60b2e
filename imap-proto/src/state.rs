//! The order of a session ([RFC 9051 section 3](https://www.rfc-editor.org/rfc/rfc9051#section-3)): the only transition
//! table of the crate.
//!
//! It knows no role. The server asks it whether a command may come now and moves when it has answered; the client asks
//! whether a command may be sent and moves when the answer has come. What depends on more than the order (what was
//! advertised, TLS, literals, sizes) is judged beside it. What each command needs is in `commands`.
//!
//! A session stands in a [`State`], which says what commands there are, and in a [`Mode`], which says whether commands
//! can come at all.

mod commands;

pub(crate) use self::commands::{Needed, Needs, Pace, needed, needed_by_data};

use crate::command::Command;

/// Where a session stands: which commands may come.
///
/// What brings it where, `·` for what may not happen there; the reason is a [`Refusal`]:
///
/// |                | Greeting         | NotAuthenticated | Authenticated    | Selected         | Logout | Closed |
/// |----------------|------------------|------------------|------------------|------------------|--------|--------|
/// | Greeting       | NotAuthenticated | ·                | ·                | ·                | ·      | ·      |
/// | PreAuth        | Authenticated    | ·                | ·                | ·                | ·      | ·      |
/// | TlsEstablished | Greeting         | NotAuthenticated | ·                | ·                | ·      | ·      |
/// | Login          | ·                | Authenticated    | ·                | ·                | ·      | ·      |
/// | Unauthenticate | ·                | ·                | NotAuthenticated | NotAuthenticated | ·      | ·      |
/// | Select         | ·                | ·                | Selected         | Selected         | ·      | ·      |
/// | SelectFailed   | ·                | ·                | Authenticated    | Authenticated    | ·      | ·      |
/// | Deselect       | ·                | ·                | ·                | Authenticated    | ·      | ·      |
/// | Bye            | Logout           | Logout           | Logout           | Logout           | Logout | ·      |
/// | Close          | Closed           | Closed           | Closed           | Closed           | Closed | Closed |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// The server has not greeted yet.
    Greeting,
    /// The client has to log in. RFC 9051 section 3.1.
    NotAuthenticated,
    /// The client has logged in, or did not need to. RFC 9051 section 3.2.
    Authenticated,
    /// A mailbox is selected. RFC 9051 section 3.3.
    Selected,
    /// The server has said BYE: nothing follows but the completion of LOGOUT. RFC 9051 section 3.4.
    Logout,
    /// Over.
    Closed,
}

/// What goes on in a session: whether commands may come at all.
///
/// |                | Commands       | Authenticating | Idling   | StartTls | Compressing |
/// |----------------|----------------|----------------|----------|----------|-------------|
/// | Authenticate   | Authenticating | ·              | ·        | ·        | ·           |
/// | Idle           | Idling         | ·              | ·        | ·        | ·           |
/// | StartTls       | StartTls       | ·              | ·        | ·        | ·           |
/// | Compress       | Compressing    | ·              | ·        | ·        | ·           |
/// | End            | ·              | Commands       | Commands | Commands | Commands    |
/// | TlsEstablished | Commands       | ·              | ·        | Commands | ·           |
/// | Close          | Commands       | Commands       | Commands | Commands | Commands    |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Commands may come.
    Commands,
    /// In an AUTHENTICATE exchange. RFC 9051 section 6.2.2.
    Authenticating,
    /// IDLE, up to DONE. RFC 9051 section 6.3.13.
    Idling,
    /// STARTTLS, up to its refusal or the end of the handshake. RFC 9051 section 6.2.1.
    StartTls,
    /// COMPRESS, up to its refusal or the begin of compression. RFC 4978.
    Compressing,
}

/// What happens in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// The server greets with OK.
    Greeting,
    /// The server greets with PREAUTH.
    PreAuth,
    TlsEstablished,
    /// LOGIN or AUTHENTICATE was answered OK.
    Login,
    /// UNAUTHENTICATE was answered OK.
    Unauthenticate,
    /// SELECT or EXAMINE was answered OK.
    Select,
    /// SELECT or EXAMINE was answered NO. RFC 9051 section 6.3.2: that deselects.
    SelectFailed,
    /// CLOSE or UNSELECT was answered OK.
    Deselect,
    /// BYE.
    Bye,
    /// The end of the connection, or what cannot be recovered from.
    Close,
}

/// What begins and ends what keeps commands away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Authenticate,
    Idle,
    StartTls,
    Compress,
    /// The command that began it was completed, and nothing comes of it.
    End,
    TlsEstablished,
    Close,
}

/// Why something may not happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The server has not greeted.
    #[error("not greeted yet")]
    NotGreeted,
    /// LOGIN or AUTHENTICATE must come first.
    #[error("log in first")]
    LoginFirst,
    /// The client has logged in already.
    #[error("already authenticated")]
    AlreadyAuthenticated,
    /// SELECT or EXAMINE must come first.
    #[error("no mailbox selected")]
    SelectFirst,
    /// Something keeps commands away: AUTHENTICATE, IDLE, a TLS handshake.
    #[error("something else is going on")]
    Busy,
    /// That has no beginning which it could end.
    #[error("there is nothing to end")]
    NotOpen,
    /// The session is over.
    #[error("the session is over")]
    Closed,
}

impl State {
    /// Where `trigger` leads from here, or why it cannot happen.
    #[rustfmt::skip]
    pub(crate) const fn on(self, trigger: Trigger) -> Result<Self, Refusal> {
        use State::{Authenticated, Closed, Greeting, Logout, NotAuthenticated, Selected};
        use Trigger as T;
        match (self, trigger) {
            (Greeting | NotAuthenticated | Authenticated | Selected | Logout | Closed, T::Close) => Ok(Closed),
            (Greeting | NotAuthenticated | Authenticated | Selected | Logout, T::Bye) => Ok(Logout),

            (Greeting, T::Greeting) => Ok(NotAuthenticated),
            (Greeting, T::PreAuth) => Ok(Authenticated),
            // TLS from the first octet on, before the greeting.
            (Greeting, T::TlsEstablished) => Ok(Greeting),
            (Greeting, T::Login | T::Unauthenticate | T::Select | T::SelectFailed | T::Deselect) => Err(Refusal::NotGreeted),

            (NotAuthenticated, T::Login) => Ok(Authenticated),
            (NotAuthenticated, T::TlsEstablished) => Ok(NotAuthenticated),
            (NotAuthenticated, T::Unauthenticate | T::Select | T::SelectFailed | T::Deselect) => Err(Refusal::LoginFirst),

            (Authenticated | Selected, T::Unauthenticate) => Ok(NotAuthenticated),
            (Authenticated | Selected, T::Select) => Ok(Selected),
            (Authenticated | Selected, T::SelectFailed) => Ok(Authenticated),
            (Selected, T::Deselect) => Ok(Authenticated),
            (Authenticated, T::Deselect) => Err(Refusal::SelectFirst),
            // RFC 9051 section 6.2.1: STARTTLS is for who has not logged in.
            (Authenticated | Selected, T::Login | T::TlsEstablished) => Err(Refusal::AlreadyAuthenticated),

            (NotAuthenticated | Authenticated | Selected, T::Greeting | T::PreAuth) => Err(Refusal::NotOpen),
            (Logout | Closed, T::Greeting | T::PreAuth | T::TlsEstablished | T::Login | T::Unauthenticate | T::Select
                | T::SelectFailed | T::Deselect) | (Closed, T::Bye) => Err(Refusal::Closed),
        }
    }

    /// Whether `command` may come here.
    pub(crate) fn allows(self, command: &Command<'_>) -> Result<(), Refusal> {
        self.admits(Needs::of(command.name()))
    }

    /// Whether a command with these needs may come here.
    pub(crate) const fn admits(self, needs: Needs) -> Result<(), Refusal> {
        match (self, needs) {
            (Self::Greeting, _) => Err(Refusal::NotGreeted),
            (Self::Logout | Self::Closed, _) => Err(Refusal::Closed),
            (_, Needs::Nothing)
            | (Self::NotAuthenticated, Needs::NoLogin)
            | (Self::Authenticated | Self::Selected, Needs::Login)
            | (Self::Selected, Needs::Mailbox) => Ok(()),
            (Self::NotAuthenticated, Needs::Login | Needs::Mailbox) => Err(Refusal::LoginFirst),
            (Self::Authenticated | Self::Selected, Needs::NoLogin) => Err(Refusal::AlreadyAuthenticated),
            (Self::Authenticated, Needs::Mailbox) => Err(Refusal::SelectFirst),
        }
    }

    /// Whether the client has logged in.
    pub const fn is_authenticated(self) -> bool {
        matches!(self, Self::Authenticated | Self::Selected)
    }
}

impl Mode {
    /// Where `step` leads from here, or why it cannot happen.
    pub(crate) const fn on(self, step: Step) -> Result<Self, Refusal> {
        use Mode::{Authenticating, Commands, Compressing, Idling, StartTls};
        match (self, step) {
            (Commands | Authenticating | Idling | StartTls | Compressing, Step::Close) => Ok(Commands),
            (Commands, Step::Authenticate) => Ok(Authenticating),
            (Commands, Step::Idle) => Ok(Idling),
            (Commands, Step::StartTls) => Ok(StartTls),
            (Commands, Step::Compress) => Ok(Compressing),
            (Authenticating | Idling | StartTls | Compressing, Step::End) => Ok(Commands),
            // TLS from the first octet on needs no STARTTLS.
            (Commands | StartTls, Step::TlsEstablished) => Ok(Commands),
            (Commands, Step::End) | (Authenticating | Idling | Compressing, Step::TlsEstablished) => {
                Err(Refusal::NotOpen)
            }
            (
                Authenticating | Idling | StartTls | Compressing,
                Step::Authenticate | Step::Idle | Step::StartTls | Step::Compress,
            ) => Err(Refusal::Busy),
        }
    }
}

#[cfg(test)]
mod diagram;
#[cfg(test)]
mod tests;
