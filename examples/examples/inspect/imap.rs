//! One side of IMAP.

use bytes::BytesMut;
use imap_proto::auth::Answer;
use imap_proto::capability::Capabilities;
use imap_proto::framing::{self, split};
use imap_proto::response::Data;
use imap_proto::{Capability, Command, Dialect, Greeting, ParseError, Response, TaggedCommand, Tolerated};

use crate::Side;
use crate::message::{Ending, Hints, Message, Problem, variant};

/// Finds the messages of `wire`, which `side` has sent.
pub fn decode(wire: &[u8], side: Side, hints: Hints, strict: bool, found: &mut dyn FnMut(Message)) -> Ending {
    let dialect = if strict { Dialect::STRICT } else { Dialect::TOLERANT };
    let decoder = Decoder {
        wire,
        offset: 0,
        hints,
        strict,
        dialect,
        expects: Expects::Command,
        malformed: None,
        found,
    };
    decoder.decode(side)
}

struct Decoder<'w, 'f> {
    wire: &'w [u8],
    offset: usize,
    hints: Hints,
    strict: bool,
    dialect: Dialect,
    expects: Expects,
    /// The first thing that was malformed.
    malformed: Option<Problem>,
    found: &'f mut dyn FnMut(Message),
}

/// What a client may send besides commands.
#[derive(PartialEq)]
enum Expects {
    Command,
    /// Answers to challenges.
    Answer,
    /// The end of IDLE.
    Done,
}

/// A message that was read.
struct Read {
    len: usize,
    kind: String,
    debug: String,
    encoded: BytesMut,
    tolerated: Option<Tolerated>,
    /// What it is, when the bytes behind it are not this protocol any more.
    then: Option<&'static str>,
}

impl Decoder<'_, '_> {
    fn decode(mut self, side: Side) -> Ending {
        let sender = if side == Side::Client { framing::Side::Client } else { framing::Side::Server };
        while let Some(rest) = self.wire.get(self.offset..).filter(|rest| !rest.is_empty()) {
            let Some(framed) = split(rest, sender).next() else {
                return self.malformed.map_or(Ending::Incomplete { offset: self.offset }, Ending::Malformed);
            };
            let read = match side {
                Side::Client => self.command(framed),
                Side::Server => self.response(rest),
            };
            let at = self.offset;
            match read {
                Ok(read) => {
                    if let Some(ending) = self.take(read) {
                        return ending;
                    }
                }
                Err(error) => {
                    self.malformed.get_or_insert(problem(error, at));
                    self.offset = at.saturating_add(framed.len());
                }
            }
        }
        self.malformed.map_or(Ending::Complete, Ending::Malformed)
    }

    /// Tells of a message; the ending, when it is the last that can be read.
    fn take(&mut self, read: Read) -> Option<Ending> {
        let offset = self.offset;
        self.offset = offset.saturating_add(read.len);
        let tolerated = read.tolerated.map(|tolerated| problem(tolerated.error, offset));
        if let Some(problem) = tolerated.as_ref().filter(|_| self.strict || read.kind == "Invalid") {
            self.malformed.get_or_insert(problem.clone());
            if self.strict {
                return None;
            }
        }
        let Read { len, kind, debug, encoded, then, .. } = read;
        (self.found)(Message { offset, len, kind, debug, encoded: encoded.to_vec(), tolerated });
        let why = then.filter(|_| self.hints.is_stream && self.offset < self.wire.len())?;
        Some(self.malformed.take().map_or(Ending::Opaque { offset: self.offset, why }, Ending::Malformed))
    }

    fn command(&mut self, framed: &[u8]) -> Result<Read, ParseError> {
        match TaggedCommand::parse_reporting(framed, self.dialect) {
            Ok((_, read, tolerated)) => {
                let mut encoded = BytesMut::new();
                read.encode(&mut encoded);
                let debug = format!("{read:?}");
                let kind = command_kind(&read.command);
                self.expects = match &read.command {
                    Command::Authenticate(_) => Expects::Answer,
                    Command::Idle => Expects::Done,
                    _ => Expects::Command,
                };
                let then = match &read.command {
                    Command::StartTls => Some("TLS follows; not decoded"),
                    Command::Compress(_) => Some("compressed data follow; not decoded"),
                    _ => None,
                };
                if let Command::Enable(capabilities) = &read.command {
                    self.enable(capabilities);
                }
                Ok(Read { len: framed.len(), kind, debug, encoded, tolerated, then })
            }
            Err(error) => self.line(framed).ok_or(error),
        }
    }

    /// A line that is no command: an answer to a challenge where one is due, or the end of IDLE.
    fn line(&mut self, framed: &[u8]) -> Option<Read> {
        let text = framed.trim_ascii_end();
        let (kind, debug, encoded) = if self.expects == Expects::Answer {
            let (_, answer) = Answer::parse(framed, self.dialect).ok()?;
            let mut encoded = BytesMut::new();
            answer.encode(&mut encoded);
            ("Answer", format!("{answer:?}"), encoded)
        } else if text.eq_ignore_ascii_case(b"DONE") && framed.len() == text.len().saturating_add(2) {
            self.expects = Expects::Command;
            ("Done", "Done".to_owned(), BytesMut::from(&b"DONE\r\n"[..]))
        } else {
            return None;
        };
        Some(Read { len: framed.len(), kind: kind.to_owned(), debug, encoded, tolerated: None, then: None })
    }

    fn response(&mut self, rest: &[u8]) -> Result<Read, ParseError> {
        let mut encoded = BytesMut::new();
        if self.offset == 0 && (self.hints.is_greeting || self.hints.is_stream) {
            let greeting = Greeting::parse_reporting(rest, self.dialect);
            if self.hints.is_greeting || greeting.is_ok() {
                let (behind, greeting, tolerated) = greeting?;
                greeting.encode(&mut encoded);
                let (kind, debug) = ("Greeting".to_owned(), format!("{greeting:?}"));
                let len = rest.len().saturating_sub(behind.len());
                return Ok(Read { len, kind, debug, encoded, tolerated, then: None });
            }
        }
        let (behind, response, tolerated) = Response::parse_reporting(rest, self.dialect)?;
        response.encode(&mut encoded);
        let debug = format!("{response:?}");
        let kind = response_kind(&response);
        if let Response::Data(Data::Enabled(capabilities)) = &response {
            self.enable(capabilities);
        }
        Ok(Read { len: rest.len().saturating_sub(behind.len()), kind, debug, encoded, tolerated, then: None })
    }

    /// From here on the text is read as was agreed.
    fn enable(&mut self, capabilities: &Capabilities<'_>) {
        let utf8 = capabilities.contains(&Capability::Utf8Accept);
        let rev2 = capabilities.contains(&Capability::Imap4Rev2);
        self.dialect = self.dialect.with_utf8(self.dialect.utf8 || utf8).with_rev2(self.dialect.rev2 || rev2);
    }
}

/// The name of what a command is.
pub fn command_kind(command: &Command<'_>) -> String {
    match command {
        Command::Uid(command) => format!("Uid{}", variant(&format!("{command:?}"))),
        command => variant(&format!("{command:?}")).to_owned(),
    }
}

/// The name of what a response is.
pub fn response_kind(response: &Response<'_>) -> String {
    match response {
        Response::Data(data) => variant(&format!("{data:?}")).to_owned(),
        Response::Numbered(data) => variant(&format!("{:?}", data.data)).to_owned(),
        response => variant(&format!("{response:?}")).to_owned(),
    }
}

/// `error` of a message that stands at `offset` of the wire.
pub fn problem(error: ParseError, offset: usize) -> Problem {
    Problem { offset: offset.saturating_add(error.offset), expected: error.expected.to_string() }
}
