//! FETCH responses whose contents are too large to be kept: a head, chunks, and a tail.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::asked::Told;
use super::{Client, Event, Streamed};
use crate::error::{Error, Expected, ParseError};
use crate::fetch::FetchItem;
use crate::framing::Literal;
use crate::grammar::class::space;
use crate::grammar::fetch::item_name;
use crate::grammar::section::{Closed, Section, SectionPart, origin};
use crate::list::{Bare, List};
use crate::options::{Dialect, Leniency};
use crate::registry::Via;
use crate::response::crlf;
use crate::session::Token;
use crate::state::State;
use crate::wire::{self, Cx, Fail, Parsed, Wire, before, octet, word};

/// A FETCH response of which the head was told.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Arriving {
    to: Option<Token>,
    number: u32,
}

/// What the head of a FETCH response says, or what stands between two of its literals.
#[derive(Debug, PartialEq)]
pub(crate) struct Head<'i> {
    /// The number, and whether it is a UID; none between literals.
    pub(crate) message: Option<(u32, bool)>,
    pub(crate) items: List<'i, FetchItem<'i>, Bare>,
    pub(crate) contents: Streamed<'i>,
    name: &'static str,
}

impl Client {
    /// A literal that does not stay in the buffer is offered; `head` is what stands before it.
    pub(super) fn on_literal<'i>(&mut self, literal: Literal, head: &'i [u8]) -> Result<Event<'i>, Error> {
        let read = match &self.arriving {
            Some(_) => Head::between(head, self.dialect()),
            None => Head::read(head, self.dialect()),
        };
        let is_welcome = self.may_arrive();
        match read {
            Ok(head) if is_welcome => {
                self.framer.accept();
                Ok(self.on_head(head, literal.size))
            }
            Ok(_) => {
                self.framer.refuse();
                self.arriving = None;
                self.on_unexpected()
            }
            Err(error) => {
                self.framer.refuse();
                self.arriving = None;
                self.on_malformed(error, head)
            }
        }
    }

    /// Whether contents may come: they need a mailbox.
    fn may_arrive(&self) -> bool {
        !self.is_in_clear() && self.has_mailbox() && self.session.state != State::Logout
    }

    fn on_head<'i>(&mut self, head: Head<'i>, size: u64) -> Event<'i> {
        if let (Some((number, _)), Some(told)) = (head.message, head.told()) {
            let to = self.of_message(&told);
            self.arriving = Some(Arriving { to, number }.into());
        }
        let (to, number) =
            self.arriving.as_ref().map_or((None, 0), |arriving| (arriving.to, arriving.number));
        Event::FetchHead { to, number, items: head.items, contents: head.contents, size }
    }

    /// The end of a message that came in parts.
    pub(super) fn on_tail<'i>(&mut self, tail: &'i [u8]) -> Result<Event<'i>, Error> {
        let to = self.arriving.take().and_then(|arriving| arriving.to);
        match read_tail(tail, self.dialect()) {
            Ok(items) => Ok(Event::FetchTail { to, items }),
            Err(error) => self.on_malformed(error, tail),
        }
    }
}

impl<'i> Head<'i> {
    /// Whose it is, as far as it is there; none between literals.
    pub(crate) fn told(&self) -> Option<Told<impl Iterator<Item = FetchItem<'_>> + Clone>> {
        let (number, is_uid) = self.message?;
        Some(Told { number, is_uid, items: self.items.iter(), contents: Some(self.name) })
    }

    pub(crate) fn read(head: &'i [u8], dialect: Dialect) -> Result<Self, ParseError> {
        read(head, dialect, |input, cx| {
            let (rest, ()) = octet(input, b'*', Expected::Response)?;
            let (rest, ()) = space(rest, cx)?;
            let (rest, number) = u32::parse(rest, cx)?;
            let (rest, ()) = space(rest, cx)?;
            let (rest, is_uid) = match word(rest, b"UIDFETCH", Expected::Response) {
                Ok((rest, ())) => (rest, true),
                Err(_) => (word(rest, b"FETCH", Expected::Response)?.0, false),
            };
            let (rest, ()) = space(rest, cx)?;
            let (rest, ()) = octet(rest, b'(', Expected::Open)?;
            let (rest, (items, contents, name)) = items_and_contents(rest, cx)?;
            Ok((rest, Self { message: Some((number, is_uid)), items, contents, name }))
        })
    }

    pub(crate) fn between(head: &'i [u8], dialect: Dialect) -> Result<Self, ParseError> {
        read(head, dialect, |input, cx| {
            let (rest, ()) = space(input, cx)?;
            let (rest, (items, contents, name)) = items_and_contents(rest, cx)?;
            Ok((rest, Self { message: None, items, contents, name }))
        })
    }
}

/// The items behind the last literal.
pub(crate) fn read_tail(tail: &[u8], dialect: Dialect) -> Result<List<'_, FetchItem<'_>, Bare>, ParseError> {
    read(tail, dialect, end)
}

/// Reads all of `input` strictly, or else as `dialect` has it; an item that cannot be read is kept in any case.
fn read<'i, T>(
    input: &'i [u8],
    dialect: Dialect,
    parse: impl Fn(&'i [u8], Cx) -> Parsed<'i, T>,
) -> Result<T, ParseError> {
    let strict = match parse(input, dialect.with_leniency(Leniency::NONE).into()) {
        Ok((_, value)) => return Ok(value),
        Err(error) => wire::fail(error, input),
    };
    let leniency = dialect.leniency.union(Leniency::INVALID_ITEM);
    parse(input, dialect.with_leniency(leniency).into()).map_or(Err(strict), |(_, value)| Ok(value))
}

/// Items, and the name of the contents whose literal follows.
#[allow(clippy::type_complexity)] // three things that have no name together
fn items_and_contents<'i>(
    input: &'i [u8],
    cx: Cx,
) -> Parsed<'i, (List<'i, FetchItem<'i>, Bare>, Streamed<'i>, &'static str)> {
    let mut items = Items::new(input);
    let mut rest = input;
    loop {
        if let Ok((end @ [], (contents, name))) = contents(rest, cx) {
            return Ok((end, (items.list(rest, cx), contents, name)));
        }
        let (after, item) = FetchItem::parse(rest, cx)?;
        items.push(item, cx);
        rest = space(after, cx)?.0;
    }
}

/// Items up to the end of the list and of the line.
fn end<'i>(input: &'i [u8], cx: Cx) -> Parsed<'i, List<'i, FetchItem<'i>, Bare>> {
    let start = match input {
        [b' ', ..] => space(input, cx)?.0,
        _ => input,
    };
    let mut items = Items::new(start);
    let mut rest = start;
    if !matches!(rest, [b')', ..]) {
        if start.len() == input.len() {
            return Fail::at(input, Expected::Close);
        }
        loop {
            let (after, item) = FetchItem::parse(rest, cx)?;
            items.push(item, cx);
            match after {
                [b' ', ..] => rest = space(after, cx)?.0,
                _ => {
                    rest = after;
                    break;
                }
            }
        }
    }
    let list = items.list(rest, cx);
    let (rest, ()) = octet(rest, b')', Expected::Close)?;
    Ok((crlf(rest, cx)?.0, list))
}

/// Items as they are read: kept as they stand, or put right where something was tolerated.
struct Items<'i> {
    start: &'i [u8],
    count: usize,
    read: Vec<FetchItem<'i>>,
}

impl<'i> Items<'i> {
    const fn new(start: &'i [u8]) -> Self {
        Self { start, count: 0, read: Vec::new() }
    }

    fn push(&mut self, item: FetchItem<'i>, cx: Cx) {
        self.count = self.count.saturating_add(1);
        if cx.is_lenient() {
            self.read.push(item);
        }
    }

    /// Those before `rest` and the space that may stand there.
    fn list(self, rest: &'i [u8], cx: Cx) -> List<'i, FetchItem<'i>, Bare> {
        if cx.is_lenient() {
            return self.read.into_iter().collect();
        }
        let text = if self.count == 0 { &[][..] } else { before(self.start, rest) };
        List::of(Cow::Borrowed(text.strip_suffix(b" ").unwrap_or(text)))
    }
}

/// The name of contents, and the announcement of their literal, up to the end of the input.
fn contents<'i>(input: &'i [u8], cx: Cx) -> Parsed<'i, (Streamed<'i>, &'static str)> {
    let (rest, name) = item_name(input)?;
    let is = |one: &str| name.eq_ignore_ascii_case(one.as_bytes());
    let echoes = cx.tolerates(Leniency::REQUEST_ECHO);
    let (rest, contents) = match name {
        _ if is("BODY[") || is("BODY.PEEK[") && echoes => {
            let (rest, section) = <Closed as Via<'i, Section<'i>>>::parse(rest, cx)?;
            let (rest, origin) = origin(rest, cx)?;
            (rest, (Streamed::Body { section, origin }, "BODY["))
        }
        _ if is("BINARY[") || is("BINARY.PEEK[") && echoes => {
            let (rest, part) = <Closed as Via<'i, SectionPart<'i>>>::parse(rest, cx)?;
            let (rest, origin) = origin(rest, cx)?;
            (rest, (Streamed::Binary { part, origin }, "BINARY["))
        }
        _ if is("RFC822") => (rest, (Streamed::Rfc822, "RFC822")),
        _ if is("RFC822.HEADER") => (rest, (Streamed::Rfc822Header, "RFC822.HEADER")),
        _ if is("RFC822.TEXT") => (rest, (Streamed::Rfc822Text, "RFC822.TEXT")),
        _ => return Fail::at(input, Expected::Item),
    };
    let (rest, ()) = space(rest, cx)?;
    let rest = match (rest, &contents.0) {
        // Only BINARY may hold NUL; a literal8 elsewhere is a literal.
        ([b'~', rest @ ..], Streamed::Binary { .. }) => rest,
        _ => rest,
    };
    let (rest, ()) = octet(rest, b'{', Expected::Literal)?;
    let (rest, _) = u64::parse(rest, cx)?;
    let rest = match rest {
        [b'+', rest @ ..] => rest,
        _ => rest,
    };
    let (rest, ()) = octet(rest, b'}', Expected::Literal)?;
    Ok((crlf(rest, cx)?.0, contents))
}
