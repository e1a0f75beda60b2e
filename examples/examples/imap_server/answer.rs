//! What commands are answered with.

use imap_proto::response::{Code, RespText, Status, StatusKind};
use imap_proto::{Text, ValueError};

use crate::store::No;

/// What became of a command: the status it is answered with, or why there is none.
pub type Answer = Result<Status<'static>, Stop>;

/// Why a command was not carried out.
#[derive(Debug)]
pub enum Stop {
    /// It is answered with this.
    Answer(Status<'static>),
    /// The connection is over.
    Over(anyhow::Error),
}

impl From<No> for Stop {
    fn from(no: No) -> Self {
        Self::Answer(status(StatusKind::No, no.code, no.text))
    }
}

/// Where there is no command to answer.
impl From<Stop> for anyhow::Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Answer(status) => anyhow::anyhow!("{status:?}"),
            Stop::Over(error) => error,
        }
    }
}

impl From<imap_proto::Error> for Stop {
    fn from(error: imap_proto::Error) -> Self {
        Self::Over(error.into())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Over(error.into())
    }
}

/// Something of a message or of the store that IMAP cannot say.
impl From<ValueError> for Stop {
    fn from(_: ValueError) -> Self {
        Self::Answer(status(StatusKind::No, Some(Code::ServerBug), "this cannot be told"))
    }
}

pub fn status(kind: StatusKind, code: Option<Code<'static>>, text: &'static str) -> Status<'static> {
    Status { kind, text: resp_text(code, text) }
}

pub fn ok(text: &'static str) -> Status<'static> {
    status(StatusKind::Ok, None, text)
}

pub fn ok_with(code: Code<'static>, text: &'static str) -> Status<'static> {
    status(StatusKind::Ok, Some(code), text)
}

pub fn bad(text: &'static str) -> Stop {
    Stop::Answer(status(StatusKind::Bad, None, text))
}

/// The texts here are literals without CR, LF and NUL.
#[allow(clippy::expect_used)]
pub fn resp_text(code: Option<Code<'static>>, text: &'static str) -> RespText<'static> {
    RespText { code, text: Text::new(text).expect("a line of text") }
}
