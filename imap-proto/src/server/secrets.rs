//! Passwords where commands are due: of these lines nothing is shown.

use memchr::memchr2;

use super::commands::tag_and_name;
use crate::command::{Command, TaggedCommand};
use crate::error::{Expected, ParseError};
use crate::framing::waiting_literal;
use crate::registry::CommandName;

/// What may come where a command is due: the password of one that has its answer already, as the client did not wait for
/// that, or met it on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Astray {
    #[default]
    Nothing,
    /// Answers of AUTHENTICATE: base64, which has no space. LOGIN has two of them.
    Answers,
    /// A literal of LOGIN: any octets.
    Literal,
}

impl Astray {
    /// Whether `line`, or what begins with it, may be a password: it is not the tag and the name of a command that is known.
    /// If it is, no password is on its way any more.
    pub(crate) fn hides(&mut self, line: &[u8]) -> bool {
        if *self == Self::Nothing {
            return false;
        }
        let is_named =
            tag_and_name(line).is_some_and(|(_, name, _)| CommandName::of(name) != CommandName::Other);
        if is_named {
            *self = Self::Nothing;
        }
        !is_named
    }

    /// What is wrong with `line`, which is hidden, although it can be read as `command`: that may be a password with a space.
    pub(crate) fn doubts(self, command: &Command<'_>, line: &[u8]) -> Option<ParseError> {
        let offset = || tag_and_name(line).map_or(0, |(_, _, offset)| offset);
        matches!((self, command), (Self::Literal, Command::Other(_)))
            .then(|| ParseError { expected: Expected::Command, offset: offset() })
    }

    /// `line` ends a command, or what was read of one: more may follow when it has to do with passwords.
    pub(crate) fn follows(&mut self, line: &[u8]) {
        if may_hold_password(line) && waiting_literal(line).is_some() {
            *self = Self::Literal;
        } else if *self == Self::Nothing && names(line, &[AUTHENTICATE]) {
            *self = Self::Answers;
        }
    }
}

const AUTHENTICATE: &[u8] = b"AUTHENTICATE";

/// The commands with passwords.
const LOGINS: [&[u8]; 2] = [b"LOGIN", AUTHENTICATE];

/// Whether it is `LOGIN smith sesame`, which forgot its tag and so has a password where others have what they are about.
pub(crate) fn lacks_tag(command: &TaggedCommand<'_>) -> bool {
    matches!(command.command, Command::Other(_))
        && LOGINS.iter().any(|name| command.tag.as_bytes().eq_ignore_ascii_case(name))
}

/// `line`, unless it may hold a password.
pub(super) fn without_secrets(line: &[u8]) -> &[u8] {
    if may_hold_password(line) { &[] } else { line }
}

/// Whether `line` may be LOGIN or AUTHENTICATE, well-formed or not.
pub(crate) fn may_hold_password(line: &[u8]) -> bool {
    names(line, &LOGINS)
}

/// Whether `line` may be one of `commands`. CR or LF alone ends a line for some.
fn names(line: &[u8], commands: &[&[u8]]) -> bool {
    let mut rest = line;
    loop {
        let end = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let (part, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let words = part.split(|octet| matches!(octet, b' ' | b'\t')).filter(|word| !word.is_empty());
        // Also without a tag, and behind UID.
        if words.take(3).any(|word| commands.iter().any(|name| has_prefix(word, name))) {
            return true;
        }
        let Some((_, next)) = behind.split_first() else { return false };
        rest = next;
    }
}

fn has_prefix(word: &[u8], prefix: &[u8]) -> bool {
    word.get(..prefix.len()).is_some_and(|front| front.eq_ignore_ascii_case(prefix))
}
