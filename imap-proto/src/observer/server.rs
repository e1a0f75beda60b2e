//! What the server says.

use alloc::borrow::Cow;

use super::client::{Client, skipped, tag_of_long};
use super::open::Open;
use super::{Arriving, Event, LIMITS, LONGEST, Next, Observer, Side, handshake};
use crate::auth::Secret;
use crate::capability::Capabilities;
use crate::client::Kind;
use crate::client::asked::owner;
use crate::client::fetch::{Head, read_tail};
use crate::error::{Expected, ParseError};
use crate::framing::{Frame, Literal};
use crate::grammar::text::Tag;
use crate::options::{Leniency, Tolerated};
use crate::registry::Capability;
use crate::response::{Code, Continue, Data, Greeting, Response, Status, StatusKind, Tagged};
use crate::session::{Received, Token};
use crate::state::Trigger;

/// What stands for a tag that may be a password: none is called so.
const HIDDEN: Tag<'static> = Tag(Cow::Borrowed(b"*"));

impl Observer {
    pub(super) fn receive_server<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        match self.client {
            Client::Tls => return handshake(input),
            Client::Compressed => return Ok(None),
            Client::Failed(error) => return Err(error),
            _ => {}
        }
        let Some(frame) = self.responses.next(input, &LIMITS)? else { return Ok(None) };
        let part = |len: usize| input.get(..len).unwrap_or_default();
        let event = match frame {
            Frame::Message { len } => self.message(part(len)),
            Frame::Literal(literal) => self.contents(literal, part(literal.head)),
            Frame::Chunk { len, left } => Event::Chunk { side: Side::Server, octets: part(len), left },
            Frame::Tail { len } => self.tail(part(len)),
            Frame::Skip { len } => {
                if self.long.is_none() {
                    self.long = Some(tag_of_long(input).map(Tag::into_owned));
                }
                return Ok(Some(skipped(input, len)));
            }
            Frame::TooLong { .. } => {
                self.arriving = None;
                let tag = self.long.take().unwrap_or_else(|| tag_of_long(input).map(Tag::into_owned));
                let error = ParseError { expected: Expected::Shorter, offset: LONGEST };
                self.malformed(error, tag, &[])
            }
            Frame::Drained { len } => {
                self.long = None;
                return Ok(Some(skipped(input, len)));
            }
            // There is no limit that could be exceeded.
            Frame::Refused { literal, .. } => return Ok(Some(skipped(input, literal.head))),
        };
        Ok(Some(Received { consumed: frame.len(), event }))
    }

    /// A whole response.
    fn message<'i>(&mut self, line: &'i [u8]) -> Event<'i> {
        if !self.greeted {
            return self.greeting(line);
        }
        match Response::parse_reporting(line, self.dialect()) {
            Ok((_, Response::Invalid(_), tolerated)) => {
                let unknown = ParseError { expected: Expected::Response, offset: 0 };
                self.malformed(tolerated.map_or(unknown, |tolerated| tolerated.error), Tag::of(line), line)
            }
            Ok((_, response, tolerated)) => self.response(response, tolerated, line),
            Err(error) => self.malformed(error, Tag::of(line), line),
        }
    }

    fn greeting<'i>(&mut self, line: &'i [u8]) -> Event<'i> {
        let dialect = self.dialect();
        let error = match Greeting::parse_reporting(line, dialect) {
            Ok((_, greeting, _)) => {
                self.greeted = true;
                self.trigger(match &greeting {
                    Greeting::Ok(_) => Trigger::Greeting,
                    Greeting::PreAuth(_) => Trigger::PreAuth,
                    Greeting::Bye(_) => Trigger::Bye,
                });
                self.learn(greeting.text().code.as_ref());
                return Event::Greeting(greeting);
            }
            Err(error) => error,
        };
        match Response::parse_reporting(line, dialect) {
            Ok((_, response @ (Response::Data(_) | Response::Numbered(_)), tolerated))
                if dialect.leniency.contains(Leniency::DATA_BEFORE_GREETING) =>
            {
                Event::Response { to: None, response, tolerated }
            }
            _ => {
                // No later line is the greeting.
                self.greeted = true;
                self.trigger(Trigger::Greeting);
                Event::Malformed { side: Side::Server, token: None, tag: Tag::of(line), error, line }
            }
        }
    }

    fn response<'i>(
        &mut self,
        response: Response<'i>,
        tolerated: Option<Tolerated>,
        line: &'i [u8],
    ) -> Event<'i> {
        match response {
            Response::Tagged(tagged) => {
                let open = self.complete(&tagged);
                let to = open.as_ref().map(|open| open.token);
                let tagged = match &open {
                    Some(open) if open.is_hidden => Tagged { tag: HIDDEN, ..tagged },
                    _ => tagged,
                };
                match (open.map(|open| open.kind), to, tagged.status.kind) {
                    (Some(Kind::StartTls), Some(token), StatusKind::Ok) => Event::StartTls { token, tagged },
                    (Some(Kind::Compress), Some(token), StatusKind::Ok) => Event::Compress { token, tagged },
                    _ => Event::Finished { to, tagged, tolerated },
                }
            }
            Response::Continue(go_on) => match self.go_on() {
                Some((token, true)) => challenge(token, &go_on, tolerated, line),
                to => {
                    let (to, response) = (to.map(|(token, _)| token), Response::Continue(go_on));
                    Event::Response { to, response, tolerated }
                }
            },
            response => {
                let to = self.note(&response);
                Event::Response { to, response, tolerated }
            }
        }
    }

    /// What is no response. It does what it was meant to do.
    fn malformed<'i>(&mut self, error: ParseError, tag: Option<Tag<'i>>, line: &'i [u8]) -> Event<'i> {
        let open = match Response::parse(line, self.tolerant()) {
            Ok((_, Response::Tagged(tagged))) => Ok(self.complete(&tagged)),
            Ok((_, Response::Continue(_))) => Err(self.go_on().map(|(token, _)| token)),
            Ok((_, response @ (Response::Data(_) | Response::Status(_) | Response::Bye(_)))) => {
                Err(self.note(&response))
            }
            _ => {
                // Whether it went well is not known.
                let open = tag.as_ref().and_then(|tag| self.opens.take(tag.as_bytes()));
                Ok(open.inspect(|open| self.release(open)))
            }
        };
        let (token, tag) = match open {
            Ok(Some(open)) => (Some(open.token), tag.filter(|_| !open.is_hidden)),
            Ok(None) => (None, tag),
            Err(token) => (token, tag),
        };
        Event::Malformed { side: Side::Server, token, tag, error, line }
    }

    /// A command is completed.
    fn complete(&mut self, tagged: &Tagged<'_>) -> Option<Open> {
        let Tagged { tag, status } = tagged;
        let Some(open) = self.opens.take(tag.as_bytes()) else {
            self.skip_answer();
            return None;
        };
        self.release(&open);
        match (open.kind, status.kind) {
            (Kind::StartTls | Kind::Compress, StatusKind::Ok) => self.hand_over(open.kind),
            (Kind::Select, StatusKind::No) => self.trigger(Trigger::SelectFailed),
            (Kind::Unauthenticate, StatusKind::Ok) => {
                // RFC 8437 section 3: what was enabled is not any more.
                self.enabled = Default::default();
            }
            _ => {}
        }
        if status.kind == StatusKind::Ok {
            if let Some(trigger) = open.kind.trigger() {
                self.trigger(trigger);
            }
            self.learn(status.text.code.as_ref());
        }
        Some(open)
    }

    /// The server has completed a command that was not looked at: it may never complete the one before it. What the client
    /// says behind ENABLE and UNAUTHENTICATE are commands, whatever the answer is.
    fn skip_answer(&mut self) {
        let Client::Waits(token) = self.client else { return };
        if self
            .opens
            .get(token)
            .is_some_and(|open| matches!(open.kind, Kind::Enable { .. } | Kind::Unauthenticate))
        {
            self.client = Client::Commands;
            self.is_behind = self.has_rest;
        }
    }

    /// What waited for the completion goes on.
    fn release(&mut self, open: &Open) {
        self.completed(open.token, open.kind);
        self.is_behind = self.has_rest;
    }

    /// `+`: the command that it goes on with, and whether it is a challenge.
    fn go_on(&mut self) -> Option<(Token, bool)> {
        let found = match self.go_on_with_literal() {
            Some(token) => (token, false),
            None => {
                let Client::Waits(token) = self.client else { return None };
                match self.opens.get(token)?.kind {
                    Kind::Authenticate => {
                        self.client = Client::Answer(token);
                        (token, true)
                    }
                    Kind::Idle => {
                        self.client = Client::Idling(token);
                        (token, false)
                    }
                    _ => return None,
                }
            }
        };
        self.is_behind = self.has_rest;
        Some(found)
    }

    /// What a response without a tag does; whose it is.
    fn note(&mut self, response: &Response<'_>) -> Option<Token> {
        match response {
            Response::Bye(_) => self.trigger(Trigger::Bye),
            Response::Status(Status { kind: StatusKind::Bad, text }) if text.code.is_none() => {
                return self.untagged.take();
            }
            Response::Status(Status { kind: StatusKind::Ok, text }) => self.learn(text.code.as_ref()),
            Response::Data(Data::Capability(capabilities)) => self.learn_all(&capabilities.0),
            Response::Data(Data::Enabled(capabilities))
                if self.opens.iter().any(|open| matches!(open.kind, Kind::Enable { .. })) =>
            {
                self.enabled.note(capabilities);
            }
            _ => {}
        }
        owner(response, self.opens.iter(), |open| &open.asked, Open::is_called).map(|open| open.token)
    }

    fn learn(&mut self, code: Option<&Code<'_>>) {
        if let Some(Code::Capability(capabilities)) = code {
            self.learn_all(&capabilities.0);
        }
    }

    fn learn_all(&mut self, capabilities: &Capabilities<'_>) {
        self.is_rev2_only =
            capabilities.contains(&Capability::Imap4Rev2) && !capabilities.contains(&Capability::Imap4Rev1);
    }

    /// A literal that does not stay in the buffer; `head` is what stands before it.
    fn contents<'i>(&mut self, literal: Literal, head: &'i [u8]) -> Event<'i> {
        let read = match self.arriving {
            Some(_) => Head::between(head, self.dialect()),
            None => Head::read(head, self.dialect()),
        };
        let head = match read {
            Ok(head) => head,
            Err(error) => {
                self.responses.refuse();
                self.arriving = None;
                return self.malformed(error, Tag::of(head), head);
            }
        };
        self.responses.accept();
        if let (Some((number, _)), Some(told)) = (head.message, head.told()) {
            let to = self.opens.iter().find(|open| open.asked.has_message(&told)).map(|open| open.token);
            self.arriving = Some(Arriving { to, number });
        }
        let (to, number) = self.arriving.map_or((None, 0), |arriving| (arriving.to, arriving.number));
        Event::FetchHead { to, number, items: head.items, contents: head.contents, size: literal.size }
    }

    /// The end of a response that came in parts.
    fn tail<'i>(&mut self, tail: &'i [u8]) -> Event<'i> {
        let to = self.arriving.take().and_then(|arriving| arriving.to);
        match read_tail(tail, self.dialect()) {
            Ok(items) => Event::FetchTail { to, items },
            Err(error) => Event::Malformed { side: Side::Server, token: to, tag: None, error, line: tail },
        }
    }
}

/// A challenge, which is base64.
fn challenge<'i>(
    token: Token,
    go_on: &Continue<'i>,
    tolerated: Option<Tolerated>,
    line: &'i [u8],
) -> Event<'i> {
    match go_on.decode() {
        Some(octets) => Event::Challenge { token, challenge: Secret::new(octets), tolerated },
        None => {
            let error = ParseError { expected: Expected::Base64, offset: 2 };
            Event::Malformed { side: Side::Server, token: Some(token), tag: None, error, line }
        }
    }
}
