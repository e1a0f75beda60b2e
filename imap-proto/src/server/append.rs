//! Commands with messages, as they come: APPEND ([RFC 9051 section
//! 6.3.12](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.12)) of several messages
//! ([RFC 3502](https://www.rfc-editor.org/rfc/rfc3502)) that are put together
//! ([RFC 4469](https://www.rfc-editor.org/rfc/rfc4469)), and REPLACE ([RFC 8508](https://www.rfc-editor.org/rfc/rfc8508)).

pub(crate) mod text;

use self::text::{Piece, piece};
use super::answers::Kind;
use super::commands::{Next, allows, literal_start, skipped};
use super::judge::{Fault, suggest};
use super::{AppendTarget, Event, Offer, Reading, Server};
use crate::error::{ApiMisuse, Error, Expected, ParseError};
use crate::framing::{Frame, Literal};
use crate::grammar::text::Tag;
use crate::session::{Received, Token};
use crate::state::Needs;
use crate::wire;

pub(crate) use self::text::{Forms, Front, Place, front, is_front};

/// A command with messages that is being read.
#[derive(Clone, Debug)]
pub(super) struct Append {
    /// `None` before [`Event::Append`].
    token: Option<Token>,
    /// So many octets at the front of the input are text, up to the next literal or the end.
    left: usize,
    /// The literal behind them.
    literal: Option<Literal>,
    /// What is due in the text.
    place: Place,
    /// Only one message may come.
    is_single: bool,
    /// What has come of the literal.
    contents: Contents,
    /// The command was answered: the rest is skipped.
    is_refused: bool,
    /// Literals since the last message that are no message.
    arguments: u32,
}

/// How a literal gets on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contents {
    None,
    /// It waits for the user's decision.
    Offered,
    /// It comes.
    Coming,
    /// All of it has come.
    Whole,
}

/// The most literals that are no message, between two that are: names, annotations. Each is read again with the next.
pub(crate) const ARGUMENTS: u32 = 16;

impl Append {
    pub(super) const fn new(literal: Literal) -> Self {
        Self {
            token: None,
            left: literal.head,
            literal: Some(literal),
            place: Place::Start,
            is_single: false,
            contents: Contents::None,
            is_refused: false,
            arguments: 0,
        }
    }
}

impl Server {
    /// Takes the literal of [`Event::Literal`], or begins IDLE. The client is told to go on when it waits for that.
    ///
    /// # Errors
    /// [`ApiMisuse::Token`]: no such thing is open. [`ApiMisuse::State`]: a FETCH is being streamed.
    pub fn accept(&mut self, token: Token) -> Result<(), Error> {
        self.check_alive()?;
        self.check_no_stream()?;
        if self.accept_idle(token) {
            return Ok(());
        }
        let Reading::Append(append) = &mut self.session.reading else { return Err(ApiMisuse::Token.into()) };
        match append.literal {
            Some(literal) if append.token == Some(token) && append.contents == Contents::Offered => {
                append.contents = if literal.size == 0 { Contents::Whole } else { Contents::Coming };
                self.session.framer.stream();
                self.is_blocked = false;
                self.go_on(literal.waits);
                Ok(())
            }
            _ => Err(ApiMisuse::Token.into()),
        }
    }

    /// Whether `token` is that of a command whose end has not come.
    pub(super) fn is_appending(&self, token: Token) -> bool {
        matches!(&self.session.reading, Reading::Append(append) if append.token == Some(token))
    }

    /// The command that is being read was answered with NO or BAD: what comes of it is skipped.
    pub(super) fn abandon_append(&mut self) {
        let Reading::Append(append) = &mut self.session.reading else { return };
        append.is_refused = true;
        if append.contents == Contents::Offered {
            self.refuse_literal();
        }
    }

    /// The literal behind the text is not wanted.
    fn refuse_literal(&mut self) {
        let Reading::Append(append) = &mut self.session.reading else { return };
        append.contents = Contents::None;
        let literal = append.literal.take();
        self.session.framer.refuse();
        if literal.is_none_or(|literal| literal.waits) {
            self.session.reading = Reading::Commands;
        }
    }

    /// The next of a command with messages.
    pub(super) fn append<'i>(&mut self, input: &'i [u8]) -> Next<'i> {
        loop {
            let Reading::Append(append) = &mut self.session.reading else { return Ok(None) };
            if append.contents == Contents::Offered {
                self.is_blocked = true;
                return Ok(None);
            }
            if append.contents == Contents::Whole {
                append.contents = Contents::None;
                append.literal = None;
                if let Some(token) = append.token
                    && !append.is_refused
                {
                    return Ok(Some(Received { consumed: 0, event: Event::LiteralEnd { token } }));
                }
            }
            if append.left > 0 {
                // It was there when the literal was found.
                return Ok(if append.left <= input.len() { self.append_piece(input) } else { None });
            }
            let Some(frame) = self.session.framer.next(input, &self.options.limits)? else { return Ok(None) };
            if let Some(received) = self.append_frame(input, frame) {
                return Ok(Some(received));
            }
        }
    }

    /// What the framer has found in a command with messages; `None` is to go on.
    fn append_frame<'i>(&mut self, input: &'i [u8], frame: Frame) -> Option<Received<Event<'i>>> {
        let Reading::Append(append) = &mut self.session.reading else { return None };
        match frame {
            Frame::Chunk { len, left } => {
                if left == 0 {
                    append.contents = Contents::Whole;
                }
                let chunk = input.get(..len).unwrap_or_default();
                let event =
                    if append.is_refused { Event::Skipped { tolerated: None } } else { Event::Chunk(chunk) };
                Some(Received { consumed: len, event })
            }
            Frame::Tail { len } | Frame::Message { len } => {
                (append.left, append.literal) = (len, None);
                None
            }
            Frame::Literal(literal) => self.append_literal(input, literal),
            Frame::Refused { literal, .. } => {
                let head = input.get(..literal.head).unwrap_or_default();
                let error = ParseError { expected: Expected::Shorter, offset: literal_start(head) };
                (append.left, append.literal) = (literal.head, Some(literal));
                Some(self.append_malformed(error))
            }
            Frame::Skip { len } => Some(skipped(len, None)),
            Frame::TooLong { len } => {
                (append.left, append.literal) = (len, None);
                Some(self.append_malformed(ParseError { expected: Expected::Shorter, offset: 0 }))
            }
            Frame::Drained { len } => {
                self.session.reading = Reading::Commands;
                Some(skipped(len, None))
            }
        }
    }

    /// Another literal.
    fn append_literal<'i>(&mut self, input: &'i [u8], literal: Literal) -> Option<Received<Event<'i>>> {
        let dialect = self.session.dialect();
        let Reading::Append(append) = &mut self.session.reading else { return None };
        let head = input.get(..literal.head).unwrap_or_default();
        let front = if append.is_refused { Front::Contents } else { front(head, append.place, dialect) };
        match front {
            Front::Argument if literal.inline && append.arguments < ARGUMENTS => {
                append.arguments = append.arguments.saturating_add(1);
                self.session.framer.accept();
                self.go_on(literal.waits);
                None
            }
            Front::Argument => {
                let error = ParseError { expected: Expected::Shorter, offset: literal_start(head) };
                (append.left, append.literal) = (literal.head, Some(literal));
                Some(self.append_malformed(error))
            }
            // What is wrong is told where it is.
            Front::Contents | Front::Wrong(_) => {
                (append.left, append.literal) = (literal.head, Some(literal));
                None
            }
        }
    }

    /// The next piece of the text.
    pub(super) fn append_piece<'i>(&mut self, input: &'i [u8]) -> Option<Received<Event<'i>>> {
        let (dialect, forms) = (self.session.dialect(), self.session.offered.forms);
        let Reading::Append(append) = &mut self.session.reading else { return None };
        if append.is_refused {
            return Some(self.skip_text());
        }
        let text = input.get(..append.left).unwrap_or_default();
        let forms = Forms { several: forms.several && !append.is_single, ..forms };
        let (rest, piece, place) = match piece(text, append.place, forms, dialect) {
            Ok(read) => read,
            Err(error) => return Some(self.append_malformed(error)),
        };
        append.place = place;
        append.left = rest.len();
        let consumed = wire::len_before(text, rest);
        let token = match (piece, append.token) {
            (Piece::Target(tag, target), None) => {
                return Some(self.append_target(tag, target, text, consumed));
            }
            (Piece::Options(options), Some(token)) => {
                append.arguments = 0;
                return Some(Received { consumed, event: Event::Message { token, options } });
            }
            (Piece::Url(url), Some(token)) => {
                return Some(Received { consumed, event: Event::CatenateUrl { token, url } });
            }
            (Piece::Literal { utf8 }, Some(token)) => {
                let Literal { size, waits, binary, .. } = append.literal?;
                append.contents = Contents::Offered;
                let offer = Offer { size, waits, binary, utf8 };
                return Some(Received { consumed, event: Event::Literal { token, offer } });
            }
            (_, token) => token?,
        };
        self.session.reading = Reading::Commands;
        Some(Received { consumed, event: Event::AppendEnd { token } })
    }

    /// The front of the command.
    fn append_target<'i>(
        &mut self,
        tag: Tag<'i>,
        target: AppendTarget<'i>,
        text: &'i [u8],
        consumed: usize,
    ) -> Received<Event<'i>> {
        self.session.is_first = false;
        let state = self.session.state;
        let verdict = match &target {
            AppendTarget::Append(_) => allows(state, Needs::Login),
            _ if !self.session.offered.replace => Err(Fault::NotOffered),
            AppendTarget::Replace(..) if self.session.enabled.uidonly => Err(Fault::UidRequired),
            AppendTarget::Replace(..) | AppendTarget::UidReplace(..) => allows(state, Needs::Mailbox),
        };
        if let Err(fault) = verdict {
            let event = self.refuse(tag, fault, text);
            let received = Received { consumed: text.len(), event };
            self.drop_rest(None);
            return received;
        }
        let token = self.open(Some(tag.clone()), Kind::Append);
        if let Reading::Append(append) = &mut self.session.reading {
            append.token = Some(token);
            append.is_single = !matches!(target, AppendTarget::Append(_));
        }
        Received { consumed, event: Event::Append { token, tag, target } }
    }

    /// The rest of the command cannot be read.
    fn append_malformed<'i>(&mut self, error: ParseError) -> Received<Event<'i>> {
        let Reading::Append(append) = &mut self.session.reading else { return skipped(0, None) };
        if append.is_refused {
            return self.skip_text();
        }
        let (consumed, token) = (append.left, append.token);
        let token = token.unwrap_or_else(|| self.open(None, Kind::Refused));
        if let Some(open) = self.session.answers.find(token) {
            open.kind = Kind::Refused;
        }
        self.count_error(token);
        self.drop_rest(Some(token));
        Received { consumed, event: Event::Malformed { token, error, line: &[], status: suggest(&error) } }
    }

    fn skip_text<'i>(&mut self) -> Received<Event<'i>> {
        let Reading::Append(append) = &mut self.session.reading else { return skipped(0, None) };
        let (consumed, token) = (append.left, append.token);
        self.drop_rest(token);
        skipped(consumed, None)
    }

    /// The text has been consumed, and nothing behind it is of interest.
    fn drop_rest(&mut self, token: Option<Token>) {
        let Reading::Append(append) = &mut self.session.reading else { return };
        append.left = 0;
        append.token = token;
        append.is_refused = true;
        self.refuse_literal();
    }
}
