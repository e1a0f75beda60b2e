//! Messages on their way out whose octets are given piece by piece.

use alloc::boxed::Box;

use bytes::Bytes;

use super::asked::Asked;
use super::flight::Kind;
use super::{Client, NotSent};
use crate::append::{Append, AppendMessage, MessageHead};
use crate::command::Command;
use crate::error::{ApiMisuse, Error};
use crate::ext::replace::Replace;
use crate::grammar::literal::Literal;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::sequence::Number;
use crate::session::Token;
use crate::state::{Pace, Refusal};
use crate::wire::Wire;
use crate::writer::{Fragment, LiteralMode, Writer, fragments};

/// The most octets of a literal: RFC 9051 section 9, number64.
const LONGEST: u64 = i64::MAX.unsigned_abs();

/// A literal that is being sent.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Stream {
    /// The number in the tag of its command.
    number: u64,
    token: Token,
    stage: Stage,
    /// Octets that are still to be given.
    left: u64,
    /// It may hold NUL.
    binary: bool,
    /// It may be followed by another one.
    is_append: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Its head is behind another command.
    Queued,
    /// The server has to say `+`.
    Waiting,
    /// The caller has to be told.
    Ready,
    Open,
}

impl Stream {
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether its head is in the output.
    pub(super) fn has_begun(&self) -> bool {
        self.stage != Stage::Queued
    }

    /// Whether the caller may write.
    pub(super) fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Whether the server has been told of octets that it can wait for.
    pub(super) fn is_owed(&self) -> bool {
        matches!(self.stage, Stage::Ready | Stage::Open)
    }

    /// Whether all octets were given, but not the end.
    pub(super) fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Its head is in the output now.
    pub(super) fn begin(&mut self, waits: bool) {
        self.stage = if waits { Stage::Waiting } else { Stage::Ready };
    }

    /// The server has said `+`: the token to tell.
    pub(super) fn open(&mut self) -> Option<Token> {
        (self.stage == Stage::Waiting).then(|| {
            self.stage = Stage::Open;
            self.token
        })
    }

    /// The token, once, of a literal that needs no go-ahead by the server.
    pub(super) fn announce(&mut self) -> Option<Token> {
        (self.stage == Stage::Ready).then(|| {
            self.stage = Stage::Open;
            self.token
        })
    }
}

impl Client {
    /// Begins APPEND with a message of `head.size` octets that are given later, when [`Event::GoAhead`](super::Event::GoAhead)
    /// has come: by [`write`](Self::write), and [`finish`](Self::finish) at the end.
    ///
    /// # Errors
    /// As [`send`](Self::send). [`ApiMisuse::State`]: another message is being sent. [`ApiMisuse::Size`]: no literal can be
    /// of that size, 2^63 octets or more.
    pub fn append_head(&mut self, mailbox: Mailbox<'_>, head: &MessageHead<'_>) -> Result<Token, Error> {
        let command = Command::Append(Append::new(mailbox.clone(), stand_in(head)?));
        self.start_stream(&command, head, |out| {
            out.put("APPEND ");
            mailbox.encode(out);
            out.put(" ");
        })
    }

    /// The same for REPLACE: the message replaces the one with this number. RFC 8508.
    ///
    /// # Errors
    /// As [`append_head`](Self::append_head), and [`ApiMisuse::Size`] for the number 0.
    pub fn replace_head(
        &mut self,
        number: impl Into<Number>,
        mailbox: Mailbox<'_>,
        head: &MessageHead<'_>,
    ) -> Result<Token, Error> {
        self.check_failed()?;
        let number = number.into();
        let Some(replace) = Replace::new(number, mailbox.clone(), stand_in(head)?) else {
            return Err(ApiMisuse::Size.into());
        };
        self.start_stream(&Command::Replace(replace), head, |out| {
            out.put("REPLACE ");
            match number {
                Number::Value(number) => out.number(number.into()),
                Number::Star => out.put("*"),
            }
            out.put(" ");
            mailbox.encode(out);
            out.put(" ");
        })
    }

    /// Goes on with another message in the same APPEND, which needs MULTIAPPEND; it has an
    /// [`Event::GoAhead`](super::Event::GoAhead) of its own. RFC 3502.
    ///
    /// # Errors
    /// [`ApiMisuse::Size`]: the message before is not complete, or no literal can be of that size. [`ApiMisuse::State`]: there
    /// is none.
    pub fn append_next(&mut self, head: &MessageHead<'_>) -> Result<(), Error> {
        self.check_open()?;
        self.offered(&["MULTIAPPEND"])?;
        let options = self.encode_options();
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.is_append) else {
            return Err(ApiMisuse::State(Refusal::NotOpen).into());
        };
        if !stream.is_full() || head.size > LONGEST {
            return Err(ApiMisuse::Size.into());
        }
        let waits = waits(options.literals, head.size);
        let text = fragments(options, true, |out| {
            out.put(" ");
            put_head(head, waits, out);
        });
        for fragment in text {
            match fragment {
                Fragment::Send(bytes) => self.transmit.push(bytes),
                Fragment::Wait => self.transmit.hold(),
            }
        }
        if waits {
            self.transmit.hold();
        }
        (stream.left, stream.binary) = (head.size, head.binary);
        stream.begin(waits);
        Ok(())
    }

    /// Sends a piece of the message, of any size, cut anywhere. It is not copied.
    ///
    /// # Errors
    /// [`ApiMisuse::State`] before the go-ahead, after [`finish`](Self::finish), and after the server has refused.
    /// [`ApiMisuse::Size`]: it is more than was announced. [`ApiMisuse::OutputFull`]: write what
    /// [`transmit`](Self::transmit) holds, and give the piece again. [`NotSent::Nul`]: it holds NUL, and the literal is
    /// not binary.
    pub fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        self.check_open()?;
        if self.transmit.len() >= self.options.limits.output {
            return Err(ApiMisuse::OutputFull.into());
        }
        let Some(stream) = &mut self.stream else { return Err(ApiMisuse::State(Refusal::NotOpen).into()) };
        let Some(left) = stream.left.checked_sub(piece.len() as u64) else {
            return Err(ApiMisuse::Size.into());
        };
        if !stream.binary && memchr::memchr(0, &piece).is_some() {
            return Err(NotSent::Nul.into());
        }
        stream.left = left;
        self.transmit.push(piece);
        Ok(())
    }

    /// Ends the command.
    ///
    /// # Errors
    /// [`ApiMisuse::Size`]: the message has less octets than were announced. [`ApiMisuse::State`]: there is none.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.check_open()?;
        if !self.stream.as_ref().is_some_and(|stream| stream.is_full()) {
            return Err(ApiMisuse::Size.into());
        }
        self.end_stream();
        Ok(())
    }

    /// CRLF behind the last message.
    pub(super) fn end_stream(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        self.transmit.write(|out| out.put("\r\n"));
        let end = self.transmit.end();
        if let Some(flight) = self.flights.get_mut(stream.number) {
            flight.end = Some(end);
        }
        self.pump();
    }

    fn check_open(&self) -> Result<(), Error> {
        self.check_failed()?;
        match self.stream.as_ref().is_some_and(|stream| stream.is_open()) {
            true => Ok(()),
            false => Err(ApiMisuse::State(Refusal::NotOpen).into()),
        }
    }

    fn start_stream(
        &mut self,
        command: &Command<'_>,
        head: &MessageHead<'_>,
        text: impl FnOnce(&mut Writer<'_>),
    ) -> Result<Token, Error> {
        self.check_failed()?;
        if self.stream.is_some() {
            return Err(ApiMisuse::State(Refusal::Busy).into());
        }
        if head.size > LONGEST {
            return Err(ApiMisuse::Size.into());
        }
        self.permit(command)?;
        if head.binary {
            self.offered(&["BINARY"])?;
        }
        let number = self.tag.wrapping_add(1);
        let (tag, options) = (self.options.tag.tag(number), self.encode_options());
        let waits = waits(options.literals, head.size);
        let mut fragments = fragments(options, true, |out| {
            tag.encode(out);
            out.put(" ");
            text(out);
            put_head(head, waits, out);
        });
        if waits {
            fragments.push(Fragment::Wait);
        }
        let token = self.enqueue(Kind::Plain, Pace::of(command), Asked::of(command), fragments);
        let is_append = matches!(command, Command::Append(_));
        let (stage, left, binary) = (Stage::Queued, head.size, head.binary);
        self.stream = Some(Box::new(Stream { number, token, stage, left, binary, is_append }));
        self.pump();
        Ok(token)
    }
}

/// A message with these options and no octets, to be judged by.
fn stand_in<'a>(head: &MessageHead<'a>) -> Result<AppendMessage<'a>, Error> {
    match Literal::new(&[]) {
        Ok(nothing) => Ok(AppendMessage { options: head.options.clone(), ..nothing.into() }),
        Err(_) => Err(ApiMisuse::Size.into()),
    }
}

fn waits(mode: LiteralMode, size: u64) -> bool {
    mode.waits(usize::try_from(size).unwrap_or(usize::MAX))
}

/// As [`MessageHead`] is written, with `+` where nothing is waited for.
fn put_head(head: &MessageHead<'_>, waits: bool, out: &mut Writer<'_>) {
    head.options.encode(out);
    out.put(if head.binary { "~{" } else { "{" });
    out.number(head.size);
    out.put(if waits { "}\r\n" } else { "+}\r\n" });
}
