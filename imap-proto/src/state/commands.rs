//! What each command needs: a state, a capability, and that nothing else is in flight.

use crate::append::AppendData;
use crate::command::{Command, UidCommand};
use crate::ext::catenate::CatPart;
use crate::registry::CommandName;

/// In which state a command may come. RFC 9051 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Any.
    Nothing,
    /// Not authenticated.
    NoLogin,
    /// Authenticated or selected.
    Login,
    /// Selected.
    Mailbox,
}

impl Needs {
    /// In which state a command of this name may come, whatever its arguments are.
    pub(crate) const fn of(name: CommandName) -> Self {
        match name {
            CommandName::Capability
            | CommandName::Noop
            | CommandName::Logout
            | CommandName::Id
            | CommandName::Language => Self::Nothing,
            // Who knows it knows where it may come.
            CommandName::Other => Self::Nothing,
            CommandName::StartTls | CommandName::Authenticate | CommandName::Login => Self::NoLogin,
            // RFC 5161 section 3.1: a client sends ENABLE before SELECT, but a server need not look.
            CommandName::Enable
            | CommandName::Select
            | CommandName::Examine
            | CommandName::Create
            | CommandName::Delete
            | CommandName::Rename
            | CommandName::Subscribe
            | CommandName::Unsubscribe
            | CommandName::List
            | CommandName::Lsub
            | CommandName::Rlist
            | CommandName::Rlsub
            | CommandName::Xlist
            | CommandName::Namespace
            | CommandName::Status
            | CommandName::Idle
            | CommandName::Compress
            | CommandName::Comparator
            | CommandName::Unauthenticate
            | CommandName::GetJmapAccess
            | CommandName::XApplePushService
            | CommandName::SetAcl
            | CommandName::DeleteAcl
            | CommandName::GetAcl
            | CommandName::ListRights
            | CommandName::MyRights
            | CommandName::SetQuota
            | CommandName::GetQuota
            | CommandName::GetQuotaRoot
            | CommandName::GetMetadata
            | CommandName::SetMetadata
            | CommandName::Notify
            | CommandName::Append
            | CommandName::Esearch
            | CommandName::Conversions
            | CommandName::ResetKey
            | CommandName::GenUrlAuth
            | CommandName::UrlFetch => Self::Login,
            CommandName::Check
            | CommandName::Close
            | CommandName::Unselect
            | CommandName::Expunge
            | CommandName::Search
            | CommandName::Sort
            | CommandName::Thread
            | CommandName::CancelUpdate
            | CommandName::UidBatches
            | CommandName::Fetch
            | CommandName::Store
            | CommandName::Copy
            | CommandName::Move
            | CommandName::Replace
            | CommandName::Convert
            | CommandName::Uid => Self::Mailbox,
        }
    }
}

/// What else may be sent before a command is completed. RFC 9051 section 5.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Nothing: what comes next depends on how it ends, or continues it.
    Alone,
    /// It changes which mailbox is selected.
    Mailbox,
    /// It uses message numbers, and no EXPUNGE may come while it is in flight.
    Quiet,
    /// It uses message numbers, and EXPUNGE may come.
    Numbers,
    /// It uses none, and EXPUNGE may come.
    Plain,
}

impl Pace {
    /// That of `command`.
    pub(crate) fn of(command: &Command<'_>) -> Self {
        match command {
            Command::StartTls
            | Command::Authenticate(_)
            | Command::Login(_)
            | Command::Compress(_)
            | Command::Idle
            | Command::Unauthenticate
            | Command::Logout => Self::Alone,
            Command::Select(_) | Command::Examine(_) | Command::Close | Command::Unselect => Self::Mailbox,
            // RFC 9051 section 7.5.1 and RFC 5256 section 3: no EXPUNGE while these are answered.
            Command::Fetch(_)
            | Command::Store(_)
            | Command::Search(_)
            | Command::Sort(_)
            | Command::Thread(_) => Self::Quiet,
            Command::Copy(_) | Command::Move(_) | Command::Replace(_) | Command::Convert(_) => Self::Numbers,
            // Among their keys may be message numbers.
            Command::Uid(UidCommand::Search(_) | UidCommand::Sort(_) | UidCommand::Thread(_)) => {
                Self::Numbers
            }
            _ => Self::Plain,
        }
    }

    /// Whether a command of this kind may not be sent while one of the kind `open` is in flight.
    ///
    /// ```text
    ///          open: Alone  Mailbox  Quiet  Numbers  Plain
    /// Alone          waits  waits    waits  waits    waits
    /// Mailbox        waits  waits    –      –        –
    /// Quiet          waits  waits    –      waits    waits
    /// Numbers        waits  waits    –      waits    waits
    /// Plain          waits  –        –      –        –
    /// ```
    pub(crate) const fn waits_for(self, open: Self) -> bool {
        match (self, open) {
            // What it does to the others' octets (a handshake, compression, a continuation) must not meet them.
            (Self::Alone, _) | (_, Self::Alone) => true,
            // Whose numbers, and whether there are any, is known afterwards.
            (Self::Mailbox | Self::Quiet | Self::Numbers, Self::Mailbox) => true,
            (Self::Quiet | Self::Numbers, Self::Numbers | Self::Plain) => true,
            (Self::Plain, Self::Mailbox)
            | (Self::Mailbox | Self::Plain, Self::Numbers | Self::Plain)
            | (_, Self::Quiet) => false,
        }
    }
}

/// What a command needs the server to offer: any one of them. The first is the one to be named.
pub(crate) type Needed = &'static [&'static str];

/// The capabilities that a command belongs to, other than those of what it names.
pub(crate) fn needed(command: &Command<'_>) -> Needed {
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
pub(crate) fn needed_by_data(command: &Command<'_>) -> Needed {
    let message = |data: &AppendData<'_>| -> Needed {
        match data {
            AppendData::Literal8(_) => &["BINARY"],
            AppendData::Utf8(_) => &["UTF8=ACCEPT", "UTF8=ONLY", "UTF8=ALL", "UTF8=APPEND"],
            AppendData::Catenate(parts) if parts.parts().any(|part| matches!(part, CatPart::Utf8(_))) => {
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
