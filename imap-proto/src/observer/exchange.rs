//! Lines of the client that are no commands: in AUTHENTICATE and IDLE.

use super::client::{Client, skipped};
use super::{Event, LIMITS, Next, Observer, Side};
use crate::auth::Answer;
use crate::error::{Error, Expected, ParseError};
use crate::framing::Frame;
use crate::server::commands::is_done;
use crate::session::{Received, Token};

impl Observer {
    /// The client's answer to a challenge.
    pub(super) fn answer<'i>(&mut self, input: &'i [u8], token: Token) -> Next<'i> {
        let Some((len, error)) = self.next_line(input)? else { return Ok(None) };
        let Some(error) = error else { return Ok(Some(skipped(input, len))) };
        self.client = Client::Waits(token);
        let line = input.get(..len).unwrap_or_default();
        let read = match error {
            Some(error) => Err((error, &[][..])),
            None => Answer::parse(line, self.dialect()).map_err(|error| (error, line)),
        };
        let event = match read {
            Ok((_, answer)) => Event::Answer { token, answer },
            Err((error, line)) => {
                Event::Malformed { side: Side::Client, token: Some(token), tag: None, error, line }
            }
        };
        Ok(Some(Received { consumed: len, event }))
    }

    /// What the client says while it is idle.
    pub(super) fn done<'i>(&mut self, input: &'i [u8], token: Token) -> Next<'i> {
        let Some((len, error)) = self.next_line(input)? else { return Ok(None) };
        let Some(error) = error else { return Ok(Some(skipped(input, len))) };
        // Whatever it is: Dovecot and Cyrus take one line, and answer BAD to any other.
        self.client = Client::Commands;
        let line = input.get(..len).unwrap_or_default();
        let event = match error {
            None if is_done(line) => Event::Done { token },
            _ => {
                let line = if error.is_some() { &[][..] } else { line };
                let error = error.unwrap_or(ParseError { expected: Expected::Keyword, offset: 0 });
                Event::Malformed { side: Side::Client, token: Some(token), tag: None, error, line }
            }
        };
        Ok(Some(Received { consumed: len, event }))
    }

    /// The next line that is no command, and whether it is too long; the inner `None` for a part of such.
    #[allow(clippy::type_complexity)] // two questions of one line
    fn next_line(&mut self, input: &[u8]) -> Result<Option<(usize, Option<Option<ParseError>>)>, Error> {
        let Some(frame) = self.commands.next_line(input, &LIMITS)? else { return Ok(None) };
        let whole = match frame {
            Frame::Message { .. } | Frame::Tail { .. } => Some(None),
            Frame::TooLong { .. } => {
                Some(Some(ParseError { expected: Expected::Shorter, offset: LIMITS.auth_line }))
            }
            _ => None,
        };
        Ok(Some((frame.len(), whole)))
    }
}
