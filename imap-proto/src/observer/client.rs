//! What the client says.

use alloc::borrow::Cow;

use super::append::Append;
use super::{Event, LIMITS, LONGEST, Next, Observer, Side, handshake};
use crate::client::Kind;
use crate::client::asked::Asked;
use crate::command::TaggedCommand;
use crate::error::{Error, Expected, ParseError, PeerMisbehaved};
use crate::framing::{Frame, Literal, waiting_literal};
use crate::grammar::text::Tag;
use crate::server::append::{ARGUMENTS, Front, Place, front, is_front};
use crate::server::commands::{is_done, literal_start};
use crate::server::secrets::{Astray, lacks_tag, may_hold_password};
use crate::session::{Received, Token};
use crate::wire;

/// What the client's next bytes are.
#[derive(Debug)]
pub(super) enum Client {
    Commands,
    /// It depends on what the server says to this command.
    Waits(Token),
    /// The answer to a challenge.
    Answer(Token),
    /// DONE.
    Idling(Token),
    Tls,
    Compressed,
    Failed(Error),
}

/// A command of which a literal was announced.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) token: Token,
    /// `None` also of one that may be a password.
    pub(super) tag: Option<Tag<'static>>,
    /// The tag, and all of it, may be a password.
    is_hidden: bool,
    /// It may be LOGIN: a literal that is not asked for may come all the same.
    is_login: bool,
    pub(super) form: Form,
    /// Its last literal comes when the server says `+`.
    pub(super) waits: bool,
    /// The text up to that literal, which is still in the buffer.
    pub(super) head: usize,
    /// That literal comes in parts.
    pub(super) streams: bool,
    /// What becomes of octets at the front of the buffer before anything else is read.
    front: Ahead,
    /// Literals since the last message that are no message.
    pub(super) arguments: u32,
}

/// How a command is told.
#[derive(Debug)]
pub(super) enum Form {
    /// As a whole.
    Kept,
    /// In parts: messages.
    Append(Append),
    /// Not at all. The error is yet to be told.
    Skipped(Option<ParseError>),
}

/// What is at the front of the client's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ahead {
    /// What the framer finds there.
    Text,
    /// The head of a literal that does not come.
    Refused(usize),
    /// So many octets that are skipped.
    Skip(u64),
}

const TOO_LONG: ParseError = ParseError { expected: Expected::Shorter, offset: LONGEST };

impl Observer {
    /// Whether what the client says next depends on the server.
    pub(super) fn client_waits(&self) -> bool {
        match self.client {
            Client::Waits(_) | Client::Tls | Client::Compressed | Client::Failed(_) => true,
            Client::Commands | Client::Answer(_) | Client::Idling(_) => {
                self.partial.as_ref().is_some_and(|partial| partial.waits)
            }
        }
    }

    pub(super) fn receive_client<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        match self.client {
            Client::Waits(_) | Client::Compressed => Ok(None),
            Client::Failed(error) => Err(error),
            Client::Tls => handshake(input),
            Client::Answer(token) => self.answer(input, token),
            Client::Idling(token) => self.done(input, token),
            Client::Commands => self.command(input),
        }
    }

    /// The literal that waited is asked for; whose it is.
    pub(super) fn go_on_with_literal(&mut self) -> Option<Token> {
        let partial = self.partial.as_mut().filter(|partial| partial.waits)?;
        partial.waits = false;
        match partial.streams {
            true => self.commands.stream(),
            false => self.commands.accept(),
        }
        if matches!(partial.form, Form::Skipped(_)) && partial.head > 0 {
            // Its head goes first. Of what is too long that has gone.
            partial.front = Ahead::Skip(partial.head as u64);
        }
        Some(partial.token)
    }

    /// `token` was completed: what waits for the answer need not wait any more.
    pub(super) fn completed(&mut self, token: Token, kind: Kind) {
        if let Some(partial) = self.partial.as_mut().filter(|partial| partial.token == token && partial.waits)
        {
            self.commands.refuse();
            if partial.is_login {
                self.astray = Astray::Literal;
            }
            partial.waits = false;
            partial.front = Ahead::Refused(partial.head);
            if partial.head == 0 {
                self.partial = None;
            }
        }
        match self.client {
            Client::Waits(one) | Client::Answer(one) | Client::Idling(one) if one == token => {
                self.client = Client::Commands;
                self.late_done = (kind == Kind::Idle).then_some(token);
            }
            _ => {}
        }
    }

    fn command<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        loop {
            if let Some(received) = self.ahead(input) {
                return Ok(received);
            }
            self.commands.offer_all(true);
            let Some(frame) = self.commands.next(input, &LIMITS)? else { return Ok(None) };
            let received = match frame {
                Frame::Literal(literal) => self.literal(input, literal),
                Frame::Message { len } | Frame::Tail { len } | Frame::Drained { len } => self.end(input, len),
                Frame::Chunk { len, left } => Some(self.chunk(input, len, left)),
                Frame::Skip { len } => Some(self.skip(input, len)),
                Frame::TooLong { len } => self.too_long(input, len),
                // There is no limit that could be exceeded.
                Frame::Refused { literal, .. } => Some(self.skip(input, literal.head)),
            };
            if received.is_some() {
                return Ok(received);
            }
        }
    }

    /// What is to be told before the framer is asked; `None` when there is nothing.
    fn ahead<'i>(&mut self, input: &'i [u8]) -> Option<Option<Received<Event<'i>>>> {
        let partial = self.partial.as_mut()?;
        if partial.waits {
            return Some(None);
        }
        match partial.front {
            Ahead::Refused(len) => {
                let token = partial.token;
                self.partial = None;
                let (consumed, line) = (len, input.get(..len)?);
                Some(Some(Received { consumed, event: Event::Refused { token, line } }))
            }
            Ahead::Skip(0) => {
                partial.front = Ahead::Text;
                None
            }
            Ahead::Skip(left) => {
                let len = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
                partial.front = Ahead::Skip(left.saturating_sub(len as u64));
                Some((len > 0).then(|| skipped(input, len)))
            }
            Ahead::Text => match &partial.form {
                Form::Append(append) if append.is_text_left() => Some(self.append_piece(input)),
                _ => None,
            },
        }
    }

    /// A literal of a command; `None` is to go on with it.
    fn literal<'i>(&mut self, input: &'i [u8], literal: Literal) -> Option<Received<Event<'i>>> {
        let head = input.get(..literal.head).unwrap_or_default();
        let token = self.begin(head);
        let dialect = self.dialect();
        let is_open = self.opens.get(token).is_some();
        let partial = self.partial.as_mut()?;
        (partial.waits, partial.head, partial.streams) = (literal.waits, literal.head, !literal.inline);
        let verdict = match &partial.form {
            Form::Append(append) => front(head, append.place(), dialect),
            Form::Kept if is_front(head) && partial.arguments < ARGUMENTS => {
                front(head, Place::Start, dialect)
            }
            Form::Kept | Form::Skipped(_) => Front::Argument,
        };
        let shorter = ParseError { expected: Expected::Shorter, offset: literal_start(head) };
        let is_append = matches!(partial.form, Form::Append(_));
        // Once only what is told as a whole: a tag may be long, and there may be many literals.
        let tag_len = match &partial.form {
            Form::Kept => partial.tag.as_ref().map(|tag| tag.as_bytes().len()),
            Form::Append(_) | Form::Skipped(_) => None,
        };
        match verdict {
            // What is wrong is told where it is.
            Front::Contents | Front::Wrong(_) => {
                partial.form.in_parts(literal.head, literal);
                // Whether it waits matters when its header is reached.
                partial.waits = false;
                return self.append_piece(input);
            }
            Front::Argument if matches!(partial.form, Form::Skipped(_)) => {}
            Front::Argument if !literal.inline => partial.form = Form::Skipped(Some(shorter)),
            Front::Argument if is_append && partial.arguments >= ARGUMENTS => {
                partial.form = Form::Skipped(Some(shorter));
            }
            Front::Argument => partial.arguments = partial.arguments.saturating_add(1),
        }
        let tag = tag_len.and_then(|len| head.get(..len)).map(|tag| Tag(Cow::Borrowed(tag)));
        self.take(literal, tag, token, is_open)
    }

    /// Takes a literal that is no message, unless it waits.
    fn take<'i>(
        &mut self,
        literal: Literal,
        tag: Option<Tag<'i>>,
        token: Token,
        is_open: bool,
    ) -> Option<Received<Event<'i>>> {
        let partial = self.partial.as_mut()?;
        let is_skipped = matches!(partial.form, Form::Skipped(_));
        partial.streams = is_skipped || !literal.inline;
        if literal.waits {
            if !is_open {
                // Nobody will ask for it: the command is completed, or has no tag.
                self.completed(token, Kind::Plain);
                return None;
            }
            let size = literal.size;
            return Some(Received { consumed: 0, event: Event::Waits { token, tag, size } });
        }
        if is_skipped {
            partial.front = Ahead::Skip(literal.head as u64);
            self.commands.stream();
        } else {
            self.commands.accept();
        }
        None
    }

    /// A command begins with `front`, or has begun; its name in the events.
    fn begin(&mut self, front: &[u8]) -> Token {
        if let Some(partial) = &self.partial {
            return partial.token;
        }
        self.late_done = None;
        let token = self.tokens.next();
        let (is_hidden, is_login) = (self.astray.hides(front), may_hold_password(front));
        let tag = Tag::of(front).map(Tag::into_owned);
        match tag.clone() {
            Some(tag) => self.opens.push(token, tag, is_hidden),
            None => self.untagged = Some(token),
        }
        let tag = tag.filter(|_| !is_hidden);
        self.partial = Some(Partial { is_hidden, is_login, ..Partial::new(token, tag) });
        token
    }

    fn chunk<'i>(&mut self, input: &'i [u8], len: usize, left: u64) -> Received<Event<'i>> {
        let octets = input.get(..len).unwrap_or_default();
        match self.partial.as_ref().map(|partial| &partial.form) {
            Some(Form::Append(_)) => {
                Received { consumed: len, event: Event::Chunk { side: Side::Client, octets, left } }
            }
            _ => skipped(input, len),
        }
    }

    /// A part of what is too long.
    fn skip<'i>(&mut self, input: &'i [u8], len: usize) -> Received<Event<'i>> {
        self.begin(front_of_long(input));
        if let Some(Partial { form: form @ (Form::Kept | Form::Append(_)), .. }) = &mut self.partial {
            *form = Form::Skipped(Some(TOO_LONG));
        }
        skipped(input, len)
    }

    /// The last line of it.
    fn too_long<'i>(&mut self, input: &'i [u8], len: usize) -> Option<Received<Event<'i>>> {
        self.skip(input, len);
        let partial = self.partial.as_ref()?;
        let (token, tag, is_login) = (partial.token, partial.tag.clone(), partial.is_login);
        let received = self.end(input, len);
        // The framer ends it here, but a server that takes lines of that length may ask for the literal.
        let size = waiting_literal(input.get(..len).unwrap_or_default());
        if let (Some(size), Some(_)) = (size, self.opens.get(token)) {
            let (form, front) = (Form::Skipped(None), Ahead::Skip(size));
            self.partial = Some(Partial { form, waits: true, front, is_login, ..Partial::new(token, tag) });
        } else if size.is_some() && is_login {
            self.astray = Astray::Literal;
        }
        received
    }

    /// The end of a command.
    fn end<'i>(&mut self, input: &'i [u8], len: usize) -> Option<Received<Event<'i>>> {
        let event = match &mut self.partial {
            Some(Partial { form: Form::Append(append), .. }) => {
                append.text(len, None);
                return self.append_piece(input);
            }
            Some(Partial { form: Form::Skipped(error), .. }) => {
                let error = *error;
                let partial = self.partial.take()?;
                match error {
                    Some(error) => {
                        let (token, tag) = (Some(partial.token), partial.tag);
                        Event::Malformed { side: Side::Client, token, tag, error, line: &[] }
                    }
                    None => return Some(skipped(input, len)),
                }
            }
            Some(Partial { form: Form::Kept, .. }) | None => self.line(input.get(..len).unwrap_or_default()),
        };
        Some(Received { consumed: len, event })
    }

    /// A whole command.
    fn line<'i>(&mut self, line: &'i [u8]) -> Event<'i> {
        if let Some(token) = self.late_done.take()
            && is_done(line)
        {
            return Event::Done { token };
        }
        let token = self.begin(line);
        let is_hidden = self.partial.take().is_some_and(|partial| partial.is_hidden);
        let read = match TaggedCommand::parse_reporting(line, self.dialect()) {
            Ok(([], command, _)) if lacks_tag(&command) => {
                Err(ParseError { expected: Expected::Tag, offset: 0 })
            }
            Ok(([], command, _))
                if is_hidden && let Some(error) = self.astray.doubts(&command.command, line) =>
            {
                Err(error)
            }
            Ok(([], command, tolerated)) => Ok((command, tolerated)),
            Ok((rest, ..)) => {
                Err(ParseError { expected: Expected::End, offset: wire::len_before(line, rest) })
            }
            Err(error) => Err(error),
        };
        match read {
            Ok((command, tolerated)) => {
                let kind = Kind::of(&command.command);
                if kind == Kind::Authenticate {
                    // Answers may come behind its end.
                    self.astray.follows(line);
                }
                self.fill(token, kind, Asked::of(&command.command), line.len());
                Event::Command { token, command, tolerated }
            }
            Err(error) => {
                self.astray.follows(line);
                match TaggedCommand::parse(line, self.tolerant()) {
                    Ok((_, TaggedCommand { command, .. })) if !is_hidden => {
                        self.fill(token, Kind::of(&command), Asked::of(&command), line.len());
                    }
                    _ => self.fill(token, kind_of_malformed(line), Asked::default(), line.len()),
                }
                let (token, tag) = (Some(token), Tag::of(line).filter(|_| !is_hidden));
                Event::Malformed { side: Side::Client, token, tag, error, line }
            }
        }
    }

    /// All of the command is there, and what follows may depend on its answer.
    pub(super) fn fill(&mut self, token: Token, kind: Kind, asked: Asked, weight: usize) {
        let is_open = self.opens.fill(token, kind, asked, weight);
        let decides = matches!(
            kind,
            Kind::StartTls
                | Kind::Compress
                | Kind::Authenticate
                | Kind::Idle
                | Kind::Enable { .. }
                | Kind::Unauthenticate
        );
        if is_open && decides {
            self.client = Client::Waits(token);
        }
    }

    /// COMPRESS or STARTTLS was accepted.
    pub(super) fn hand_over(&mut self, kind: Kind) {
        self.client = match kind {
            Kind::Compress if self.has_rest => Client::Failed(PeerMisbehaved::DataAfterCompress.into()),
            Kind::Compress => Client::Compressed,
            _ => Client::Tls,
        };
    }
}

impl Partial {
    const fn new(token: Token, tag: Option<Tag<'static>>) -> Self {
        let (form, front) = (Form::Kept, Ahead::Text);
        let (is_hidden, is_login) = (false, false);
        Self {
            token,
            tag,
            is_hidden,
            is_login,
            form,
            waits: false,
            head: 0,
            streams: false,
            front,
            arguments: 0,
        }
    }
}

impl Form {
    /// The same, told in parts: `text` is next, which ends with `literal`.
    fn in_parts(&mut self, text: usize, literal: Literal) {
        if !matches!(self, Self::Append(_)) {
            *self = Self::Append(Append::new());
        }
        if let Self::Append(append) = self {
            append.text(text, Some(literal));
        }
    }
}

pub(super) fn skipped(input: &[u8], len: usize) -> Received<Event<'_>> {
    Received { consumed: len, event: Event::Skipped(input.get(..len).unwrap_or_default()) }
}

/// What a message that is too long begins with.
fn front_of_long(input: &[u8]) -> &[u8] {
    input.get(..LONGEST).unwrap_or(input)
}

/// The tag of a message that is too long, when it is whole within what is not.
pub(super) fn tag_of_long(input: &[u8]) -> Option<Tag<'_>> {
    Tag::of(front_of_long(input))
}

/// What a line means for the session that is no command: the server may go on with it as if it were one.
fn kind_of_malformed(line: &[u8]) -> Kind {
    let mut words = line.split(|octet| octet.is_ascii_whitespace()).filter(|word| !word.is_empty()).skip(1);
    let Some(name) = words.next() else { return Kind::Plain };
    let is = |one: &[u8]| name.eq_ignore_ascii_case(one);
    match () {
        () if is(b"AUTHENTICATE") => Kind::Authenticate,
        () if is(b"IDLE") => Kind::Idle,
        () if is(b"STARTTLS") => Kind::StartTls,
        () if is(b"COMPRESS") => Kind::Compress,
        () => Kind::Plain,
    }
}
