//! Commands.

use super::answers::Kind;
use super::append::{self, Front};
use super::judge::{Fault, enables_condstore, status, suggest};
use super::secrets::{Astray, lacks_tag, may_hold_password, without_secrets};
use super::{Event, Reading, Server};
use crate::command::{Command, TaggedCommand};
use crate::error::{Error, Expected, ParseError, PeerMisbehaved};
use crate::ext::notify::Notify;
use crate::framing::{Frame, Literal, has_hasty_literal};
use crate::grammar::class::{ATOM, CLASS};
use crate::grammar::text::Tag;
use crate::options::{Leniency, Tolerated};
use crate::registry::{Code, CommandName};
use crate::response::StatusKind;
use crate::session::{Received, Token};
use crate::state::{Pace, State, Step};
use crate::wire::{self, run};
use crate::writer::LiteralMode;

/// An event, or `None` for more input or an answer.
pub(super) type Next<'i> = Result<Option<Received<Event<'i>>>, Error>;

/// What HTTP requests begin with. RFC 9110 section 9.1, and HTTP/2's preface.
const HTTP: [&[u8]; 10] =
    [b"GET", b"POST", b"CONNECT", b"HEAD", b"PUT", b"OPTIONS", b"DELETE", b"PATCH", b"TRACE", b"PRI"];

/// The octets that a tag may have: the machine keeps it until the command is answered. Known ones have less than 20.
const LONGEST_TAG: usize = 1024;

/// What is wrong with a longer one.
const TAG_TOO_LONG: ParseError = ParseError { expected: Expected::Shorter, offset: LONGEST_TAG };

/// The first octets of a TLS record with a ClientHello: handshake, version 3.x. RFC 8446 section 5.1.
const TLS: &[u8] = b"\x16\x03";

impl Server {
    /// What the client says where commands are read.
    pub(super) fn command<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        if self.waits_for_answers() {
            self.is_blocked = true;
            return Ok(None);
        }
        // Not within a line that is too long, of which the front was skipped.
        if self.session.is_first && self.session.long_tag.is_none() && input.starts_with(TLS) {
            return Err(PeerMisbehaved::ForeignProtocol.into());
        }
        loop {
            // A literal is announced by the end of a line: before that, nobody needs to know.
            if !self.session.framer.is_inside(&[]) && self.session.framer.sees_line_end(input) {
                self.session.framer.offer_all(append::is_front(input));
            }
            let Some(frame) = self.session.framer.next(input, &self.options.limits)? else { return Ok(None) };
            return match frame {
                Frame::Message { len } => self.message(input, len),
                Frame::Literal(literal) => match self.offered(input, literal) {
                    None => continue,
                    Some(event) => Ok(event),
                },
                Frame::Refused { literal, .. } => Ok(Some(self.too_big(input, literal))),
                Frame::Skip { len } => {
                    if self.session.long_tag.is_none() {
                        self.session.long_tag = Some(self.tag_of_long(input));
                    }
                    Ok(Some(skipped(len, None)))
                }
                Frame::TooLong { len } => Ok(Some(self.too_long(input, len))),
                // Nothing is streamed here.
                Frame::Drained { len } | Frame::Chunk { len, .. } | Frame::Tail { len } => {
                    self.session.long_tag = None;
                    Ok(Some(skipped(len, None)))
                }
            };
        }
    }

    /// Whether nothing can be judged before something is answered.
    fn waits_for_answers(&mut self) -> bool {
        let answers = &self.session.answers;
        self.session.waits_for_all &= !answers.is_empty();
        self.session.waits_for_all
            || answers.len() >= self.options.limits.pipelined.max(1)
            || answers.iter().any(|open| !open.kind.lets_others_pass() || open.closes)
    }

    /// A whole line, and its literals.
    fn message<'i>(&mut self, input: &'i [u8], len: usize) -> Next<'i> {
        let (line, behind) = input.split_at_checked(len).unwrap_or((input, &[]));
        if self.session.is_first && is_http(line) {
            return Err(PeerMisbehaved::ForeignProtocol.into());
        }
        if self.session.awaits_done && is_done(line) {
            self.session.awaits_done = false;
            let error = ParseError { expected: Expected::Tag, offset: 0 };
            let is_late = self.session.dialect().leniency.contains(Leniency::MISSING_DONE);
            let tolerated = is_late.then_some(Tolerated { leniency: Leniency::MISSING_DONE, error });
            return Ok(Some(skipped(len, tolerated)));
        }
        (self.session.arguments, self.session.long_tag) = (0, None);
        let most = LiteralMode::MINUS as u64;
        if len > LiteralMode::MINUS && !self.session.offered.literal_plus && has_hasty_literal(line, most) {
            let error = ParseError { expected: Expected::Shorter, offset: 0 };
            return Ok(Some(self.malformed(len, error, line)));
        }
        let is_astray = self.session.astray.hides(line);
        let read = TaggedCommand::parse_reporting(line, self.session.dialect());
        let (command, tolerated) = match read {
            Ok(([], command, _)) if command.tag.as_bytes().len() > LONGEST_TAG => {
                return Ok(Some(self.malformed(len, TAG_TOO_LONG, line)));
            }
            Ok(([], command, _)) if lacks_tag(&command) => {
                let error = ParseError { expected: Expected::Tag, offset: 0 };
                return Ok(Some(self.malformed(len, error, line)));
            }
            Ok(([], command, _))
                if is_astray && let Some(error) = self.session.astray.doubts(&command.command, line) =>
            {
                return Ok(Some(self.malformed(len, error, line)));
            }
            Ok(([], command, tolerated)) => (command, tolerated),
            Ok((rest, ..)) => {
                let error = ParseError { expected: Expected::End, offset: wire::len_before(line, rest) };
                return Ok(Some(self.malformed(len, error, line)));
            }
            Err(error) => return Ok(Some(self.malformed(len, error, line))),
        };
        let kind = kind_of(&command.command);
        if !kind.lets_others_pass() && !self.session.answers.is_empty() {
            self.session.waits_for_all = true;
            self.is_blocked = true;
            return Ok(None);
        }
        self.session.is_first = false;
        let event = match self.judge(&command.command) {
            Err(fault) => self.refuse(command.tag, fault, line),
            Ok(()) => self.hand_out(command, kind, tolerated, behind)?,
        };
        Ok(Some(Received { consumed: len, event }))
    }

    /// Hands out a command that was found legal.
    fn hand_out<'i>(
        &mut self,
        command: TaggedCommand<'i>,
        kind: Kind,
        tolerated: Option<Tolerated>,
        behind: &[u8],
    ) -> Result<Event<'i>, Error> {
        match kind {
            Kind::StartTls if !behind.is_empty() => return Err(PeerMisbehaved::PlaintextAfterStartTls.into()),
            Kind::Compress if !behind.is_empty() => return Err(PeerMisbehaved::DataAfterCompress.into()),
            _ => {}
        }
        let token = self.open(Some(command.tag.clone()), kind);
        let TaggedCommand { tag, command } = command;
        Ok(match command {
            Command::StartTls => {
                self.step_mode(Step::StartTls);
                Event::StartTls { token, tag }
            }
            Command::Compress(algorithm) => {
                self.step_mode(Step::Compress);
                Event::Compress { token, tag, algorithm }
            }
            Command::Authenticate(authenticate) => self.begin_exchange(token, tag, authenticate),
            Command::Idle => Event::Idle { token, tag },
            _ => {
                self.session.enabled.condstore |= enables_condstore(&command);
                Event::Command { token, command: TaggedCommand { tag, command }, tolerated }
            }
        })
    }

    /// Hands out a command that was found illegal.
    pub(super) fn refuse<'i>(&mut self, tag: Tag<'_>, fault: Fault, line: &'i [u8]) -> Event<'i> {
        let token = self.open(Some(tag), Kind::Refused);
        self.session.astray.follows(line);
        if fault.is_error() {
            self.count_error(token);
        }
        Event::Refused { token, line: without_secrets(line), status: fault.status() }
    }

    /// Hands out a line that is no command.
    pub(super) fn malformed<'i>(
        &mut self,
        consumed: usize,
        error: ParseError,
        line: &'i [u8],
    ) -> Received<Event<'i>> {
        let shown = if self.session.astray.hides(line) { &[] } else { without_secrets(line) };
        let token = self.open(tag_of(line), Kind::Refused);
        self.session.astray.follows(line);
        self.session.is_first = false;
        self.session.arguments = 0;
        self.count_error(token);
        let event = Event::Malformed { token, error, line: shown, status: suggest(&error) };
        Received { consumed, event }
    }

    /// The end of a command that is too long to be kept.
    fn too_long<'i>(&mut self, input: &'i [u8], len: usize) -> Received<Event<'i>> {
        let tag = self.session.long_tag.take().unwrap_or_else(|| self.tag_of_long(input));
        let error = ParseError { expected: Expected::Shorter, offset: self.longest() };
        let token = self.open(tag, Kind::Refused);
        self.session.is_first = false;
        self.session.arguments = 0;
        self.count_error(token);
        Received {
            consumed: len,
            event: Event::Malformed { token, error, line: &[], status: suggest(&error) },
        }
    }

    /// The tag of a command that is too long, when it is whole within what is not.
    fn tag_of_long(&mut self, input: &[u8]) -> Option<Tag<'static>> {
        let front = input.get(..self.longest()).unwrap_or(input);
        self.session.astray.hides(front);
        if may_hold_password(front) {
            self.session.astray = Astray::Literal;
        }
        tag_of(front).map(Tag::into_owned)
    }

    /// The octets that a command may have.
    fn longest(&self) -> usize {
        let limits = &self.options.limits;
        if self.session.state.is_authenticated() { limits.command_authenticated } else { limits.command }
    }

    /// A literal beyond a limit: it is not asked for, and skipped when it comes all the same.
    pub(super) fn too_big<'i>(&mut self, input: &'i [u8], literal: Literal) -> Received<Event<'i>> {
        let head = input.get(..literal.head).unwrap_or_default();
        let error = ParseError { expected: Expected::Shorter, offset: literal_start(head) };
        let mut received = self.malformed_at(literal, error, head);
        // RFC 7889 section 5.
        if append::is_front(head)
            && let Event::Malformed { status: suggested, .. } = &mut received.event
        {
            *suggested = status(StatusKind::No, Some(Code::TooBig), "message too big");
        }
        received
    }

    /// A literal in a command that waits, or is too large for the buffer. `None` is to go on with it.
    fn offered<'i>(&mut self, input: &'i [u8], literal: Literal) -> Option<Option<Received<Event<'i>>>> {
        let head = input.get(..literal.head).unwrap_or_default();
        self.session.astray.hides(head);
        let is_append = append::is_front(head);
        let front = match is_append {
            true => append::front(head, append::Place::Start, self.session.dialect()),
            false => self.front(head),
        };
        // Its head is read again with each.
        let is_fine = literal.inline && (!is_append || self.session.arguments < append::ARGUMENTS);
        let error = match front {
            Front::Contents => {
                self.session.arguments = 0;
                self.session.reading = Reading::Append(append::Append::new(literal));
                return Some(self.append_piece(input));
            }
            Front::Argument if is_fine => {
                // What does not wait is on its way: it is read, and refused with its command.
                if literal.waits
                    && let Some((tag, fault)) = self.refusal(head)
                {
                    self.session.framer.refuse();
                    (self.session.is_first, self.session.arguments) = (false, 0);
                    let event = self.refuse(tag, fault, head);
                    return Some(Some(Received { consumed: literal.head, event }));
                }
                self.go_on(literal.waits);
                self.session.framer.accept();
                self.session.arguments = self.session.arguments.saturating_add(1);
                return None;
            }
            Front::Argument => ParseError { expected: Expected::Shorter, offset: literal_start(head) },
            Front::Wrong(error) => error,
        };
        self.session.framer.refuse();
        Some(Some(self.malformed_at(literal, error, head)))
    }

    /// The same of a command that is refused at a literal.
    fn malformed_at<'i>(
        &mut self,
        literal: Literal,
        error: ParseError,
        head: &'i [u8],
    ) -> Received<Event<'i>> {
        if !literal.waits {
            // What is skipped of it is not the front of a line.
            self.session.long_tag = Some(None);
        }
        self.malformed(literal.head, error, head)
    }

    /// Whether a command is fine up to a literal. That is looked at before its first one only, so that many cost no more.
    fn front(&self, head: &[u8]) -> Front {
        if self.session.arguments > 0 {
            return Front::Argument;
        }
        if let Some((tag, name, offset)) = tag_and_name(head) {
            if tag.as_bytes().len() > LONGEST_TAG {
                return Front::Wrong(TAG_TOO_LONG);
            }
            if CommandName::of(name) == CommandName::Other {
                return Front::Wrong(ParseError { expected: Expected::Command, offset });
            }
        }
        match wire::front::<TaggedCommand<'_>>(head, self.session.dialect()) {
            Err(error) => Front::of(error, head),
            Ok(_) => Front::Argument,
        }
    }

    /// Why the command that begins with `head` is refused, whatever its arguments are.
    fn refusal<'h>(&self, head: &'h [u8]) -> Option<(Tag<'h>, Fault)> {
        let (tag, name, _) = tag_and_name(head)?;
        let fault = self.judge_name(CommandName::of(name)).err()?;
        Some((tag, fault))
    }

    /// Tells the client to send the literal that waits.
    pub(super) fn go_on(&mut self, waits: bool) {
        if waits {
            self.transmit.write(|out| out.put("+ go on\r\n"));
        }
    }

    /// A mistake of the client; with too many the answer to `token` is the last one.
    pub(super) fn count_error(&mut self, token: Token) {
        self.session.errors = self.session.errors.saturating_add(1);
        let limits = &self.options.limits;
        let most =
            if self.session.state.is_authenticated() { limits.errors_authenticated } else { limits.errors };
        if self.session.errors > most
            && let Some(open) = self.session.answers.find(token)
        {
            open.closes = true;
        }
    }
}

/// What an answer to `command` means.
fn kind_of(command: &Command<'_>) -> Kind {
    match command {
        Command::Login(_) => Kind::Login,
        Command::Authenticate(_) => Kind::Authenticate,
        Command::Select(_) | Command::Examine(_) => Kind::Select,
        Command::Close | Command::Unselect => Kind::Deselect,
        Command::Enable(_) => Kind::Enable,
        Command::Unauthenticate => Kind::Unauthenticate,
        Command::StartTls => Kind::StartTls,
        Command::Compress(_) => Kind::Compress,
        Command::Idle => Kind::Idle,
        Command::Logout => Kind::Logout,
        Command::Notify(notify) => Kind::Notify { set: matches!(notify, Notify::Set(_)) },
        command if Pace::of(command) == Pace::Quiet => Kind::Quiet,
        _ => Kind::Neutral,
    }
}

/// The tag of a command, its name, and where that stands.
pub(super) fn tag_and_name(line: &[u8]) -> Option<(Tag<'_>, &[u8], usize)> {
    let tag = Tag::of(line)?;
    let after = line.get(tag.as_bytes().len()..).unwrap_or_default();
    let (spaces, after) = run(after, &SPACES, 1);
    let (name, _) = run(after, &CLASS, ATOM);
    let offset = tag.as_bytes().len().saturating_add(spaces.len());
    Some((tag, name, offset))
}

/// Spaces.
static SPACES: [u8; 256] = {
    let mut table = [0; 256];
    // In the bounds of a table of 256; evaluated when compiling.
    #[allow(clippy::indexing_slicing)]
    {
        table[b' ' as usize] = 1;
    }
    table
};

pub(super) fn skipped<'i>(consumed: usize, tolerated: Option<Tolerated>) -> Received<Event<'i>> {
    Received { consumed, event: Event::Skipped { tolerated } }
}

/// Where in `head` the literal is announced that it ends with.
pub(crate) fn literal_start(head: &[u8]) -> usize {
    let start = memchr::memrchr(b'{', head).unwrap_or(head.len());
    match start.checked_sub(1) {
        Some(tilde) if head.get(tilde) == Some(&b'~') => tilde,
        _ => start,
    }
}

/// The tag of a line that is answered with BAD; one that is too long to be kept is none.
fn tag_of(line: &[u8]) -> Option<Tag<'_>> {
    Tag::of(line).filter(|tag| tag.as_bytes().len() <= LONGEST_TAG)
}

/// Whether `line` is `DONE`.
pub(crate) fn is_done(line: &[u8]) -> bool {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    text.strip_suffix(b"\r").unwrap_or(text).eq_ignore_ascii_case(b"DONE")
}

/// Whether `line` is the first line of an HTTP request. Case counts: HTTP's methods are in upper case.
fn is_http(line: &[u8]) -> bool {
    let (method, rest) = match memchr::memchr(b' ', line) {
        Some(at) => line.split_at_checked(at).unwrap_or((line, &[])),
        None => return false,
    };
    HTTP.contains(&method) && memchr::memmem::find(rest, b" HTTP/").is_some()
}

/// Whether a command may come in `state`, of which only its front is there.
pub(super) fn allows(state: State, needs: crate::state::Needs) -> Result<(), Fault> {
    state.admits(needs).map_err(Fault::Order)
}
