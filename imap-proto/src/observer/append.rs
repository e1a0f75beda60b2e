//! Commands with messages, which come in parts.

use super::client::Form;
use super::{Event, Observer, Side};
use crate::client::Kind;
use crate::error::ParseError;
use crate::framing::Literal;
use crate::server::append::Forms;
use crate::server::append::Place;
use crate::server::append::text::{Piece, piece};
use crate::server::{AppendTarget, Offer};
use crate::session::Received;
use crate::wire;

/// How far a command with messages has come.
#[derive(Debug)]
pub(super) struct Append {
    /// So many octets at the front of the buffer are text, up to the next literal or the end.
    left: usize,
    /// The literal behind them.
    literal: Option<Literal>,
    /// What is due in the text.
    place: Place,
    /// Only one message may come.
    is_single: bool,
}

impl Append {
    pub(super) const fn new() -> Self {
        Self { left: 0, literal: None, place: Place::Start, is_single: false }
    }

    /// The next text, and the literal that it ends with.
    pub(super) const fn text(&mut self, left: usize, literal: Option<Literal>) {
        (self.left, self.literal) = (left, literal);
    }

    pub(super) const fn is_text_left(&self) -> bool {
        self.left > 0
    }

    pub(super) const fn place(&self) -> Place {
        self.place
    }
}

impl Observer {
    /// The next piece of the text, which is in the buffer.
    pub(super) fn append_piece<'i>(&mut self, input: &'i [u8]) -> Option<Received<Event<'i>>> {
        let dialect = self.dialect();
        let partial = self.partial.as_mut()?;
        let token = partial.token;
        let Form::Append(append) = &mut partial.form else { return None };
        let text = input.get(..append.left)?;
        // What was advertised is the server's to know.
        let forms = Forms { several: !append.is_single, ..Forms::ALL };
        let (rest, piece, place) = match piece(text, append.place, forms, dialect) {
            Ok(read) => read,
            Err(error) => return self.append_malformed(error, text),
        };
        (append.place, append.left) = (place, rest.len());
        let consumed = wire::len_before(text, rest);
        let event = match piece {
            Piece::Target(tag, target) => {
                // What comes behind it does not tell it again.
                partial.tag = None;
                append.is_single = !matches!(target, AppendTarget::Append(_));
                Event::Append { token, tag, target }
            }
            Piece::Options(options) => {
                partial.arguments = 0;
                Event::Message { token, options }
            }
            Piece::Url(url) => Event::CatenateUrl { token, url },
            Piece::Literal { utf8 } => {
                let Literal { size, waits, binary, .. } = append.literal.take()?;
                (partial.waits, partial.head, partial.streams) = (waits, 0, true);
                if !waits {
                    self.commands.stream();
                } else if self.opens.get(token).is_none() {
                    // Nobody will ask for it.
                    self.completed(token, Kind::Plain);
                }
                Event::Literal { token, offer: Offer { size, waits, binary, utf8 } }
            }
            Piece::End => {
                self.partial = None;
                Event::AppendEnd { token }
            }
        };
        Some(Received { consumed, event })
    }

    /// The rest of the command cannot be read: its literals come all the same.
    fn append_malformed<'i>(&mut self, error: ParseError, text: &'i [u8]) -> Option<Received<Event<'i>>> {
        let partial = self.partial.as_mut()?;
        let token = partial.token;
        let Form::Append(append) = &mut partial.form else { return None };
        let literal = append.literal.take();
        let tag = partial.tag.take();
        partial.form = Form::Skipped(None);
        match literal {
            None => self.partial = None,
            Some(literal) => {
                (partial.waits, partial.head, partial.streams) = (literal.waits, 0, true);
                if !literal.waits {
                    self.commands.stream();
                } else if self.opens.get(token).is_none() {
                    self.completed(token, Kind::Plain);
                }
            }
        }
        let token = Some(token);
        let event = Event::Malformed { side: Side::Client, token, tag, error, line: text };
        Some(Received { consumed: text.len(), event })
    }
}
