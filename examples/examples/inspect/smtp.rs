//! One side of SMTP or LMTP.

use bytes::BytesMut;
use smtp_proto::auth;
use smtp_proto::body::{BdatDecoder, DataDecoder, Decoded, Piece, Stray};
use smtp_proto::ehlo::{EhloReply, Keyword};
use smtp_proto::ext::Bdat;
use smtp_proto::framing::{Line, LineFramer, ReplyFramer};
use smtp_proto::{Command, Dialect, Error, Expected, Leniency, Limits, ParseError, Reply};

use crate::Side;
use crate::message::{Ending, Hints, Message, Problem, variant};

pub fn dialect(strict: bool) -> Dialect {
    if strict { Dialect::STRICT } else { Dialect::TOLERANT }
}

/// Finds the messages of `wire`, which `side` has sent.
pub fn decode(
    wire: &[u8],
    side: Side,
    hints: Hints,
    dialect: Dialect,
    found: &mut dyn FnMut(Message),
) -> Ending {
    match side {
        Side::Client => Commands { wire, offset: 0, hints, dialect, in_auth: false, found }.decode(),
        Side::Server => replies(wire, hints, dialect, found),
    }
}

/// The client's side. Without the replies it takes for granted that DATA was answered 354, and that lines of base64
/// behind AUTH, when no command, answer challenges.
struct Commands<'w, 'f> {
    wire: &'w [u8],
    offset: usize,
    hints: Hints,
    dialect: Dialect,
    in_auth: bool,
    found: &'f mut dyn FnMut(Message),
}

impl Commands<'_, '_> {
    fn decode(mut self) -> Ending {
        while self.offset < self.wire.len() {
            if let Some(ending) = self.line() {
                return ending;
            }
        }
        Ending::Complete
    }

    /// Reads a line and the body behind it; the ending, when it was the last one.
    fn line(&mut self) -> Option<Ending> {
        let rest = self.wire.get(self.offset..).unwrap_or_default();
        let bare_lf = self.dialect.leniency.contains(Leniency::BARE_LF);
        let (limit, malformed) =
            (Limits::default().auth_line, |error, at| Ending::Malformed(Problem::new(error, at)));
        let line = match LineFramer::new().next(rest, limit, usize::MAX, bare_lf) {
            Ok(Some(Line::Whole { len })) => rest.get(..len).unwrap_or_default(),
            Ok(Some(Line::BareLf { offset, .. })) => {
                return Some(malformed(ParseError { expected: Expected::Crlf, offset }, self.offset));
            }
            Ok(Some(Line::Skip { .. } | Line::TooLong { .. })) | Err(_) => {
                return Some(malformed(
                    ParseError { expected: Expected::Shorter, offset: limit },
                    self.offset,
                ));
            }
            Ok(None) => return Some(Ending::Incomplete { offset: self.offset }),
        };
        match Command::parse_reporting(line, self.dialect) {
            Ok((_, Command::Other(_), _)) | Err(_) if self.in_auth && self.answer(line) => None,
            Ok((_, command, tolerated)) => {
                self.in_auth = matches!(command, Command::Auth(_));
                let mut encoded = BytesMut::new();
                command.encode(&mut encoded);
                let debug = format!("{command:?}");
                let kind = variant(&debug).to_owned();
                let (opens, is_tls) = (Opens::of(&command), matches!(command, Command::StartTls));
                let tolerated = Problem::of(tolerated, self.offset);
                self.message(line.len(), kind, debug, encoded.to_vec(), tolerated);
                if is_tls && self.hints.is_stream && self.offset < self.wire.len() {
                    return Some(Ending::Opaque { offset: self.offset, why: "TLS follows; not decoded" });
                }
                self.body(opens)
            }
            Err(error) => Some(malformed(error, self.offset)),
        }
    }

    /// Whether `line` is the answer to a challenge.
    fn answer(&mut self, line: &[u8]) -> bool {
        let Ok((_, answer)) = auth::Answer::parse(line, self.dialect) else { return false };
        let mut encoded = BytesMut::new();
        answer.encode(&mut encoded);
        self.message(line.len(), "Answer".into(), format!("{answer:?}"), encoded.to_vec(), None);
        true
    }

    /// Reads the body that the last command opens.
    fn body(&mut self, opens: Opens) -> Option<Ending> {
        let rest = self.wire.get(self.offset..).unwrap_or_default();
        let mut decoder = match opens {
            Opens::Nothing => return None,
            // A piece of wire may end with the DATA line.
            Opens::Data if rest.is_empty() => return None,
            Opens::Data => Decoder::Data(DataDecoder::new(Stray::Preserve)),
            Opens::Bdat(bdat) => {
                let mut decoder = BdatDecoder::new(Stray::Preserve, true);
                // Nothing was started before it.
                let _ = decoder.start(bdat.size(), bdat.is_last());
                Decoder::Bdat(decoder)
            }
        };
        let (mut at, mut octets) = (0usize, 0usize);
        while let Some((consumed, content, end)) = decoder.step(rest.get(at..).unwrap_or_default()) {
            at = at.saturating_add(consumed);
            octets = octets.saturating_add(content);
            if end {
                if at > 0 {
                    let wire = rest.get(..at).unwrap_or_default().to_vec();
                    self.message(at, "Body".into(), format!("Body {{ octets: {octets} }}"), wire, None);
                }
                return None;
            }
        }
        Some(Ending::Incomplete { offset: self.offset })
    }

    fn message(
        &mut self,
        len: usize,
        kind: String,
        debug: String,
        encoded: Vec<u8>,
        tolerated: Option<Problem>,
    ) {
        (self.found)(Message { offset: self.offset, len, kind, debug, encoded, tolerated });
        self.offset = self.offset.saturating_add(len);
    }
}

/// What follows a command.
enum Opens {
    Nothing,
    Data,
    Bdat(Bdat),
}

impl Opens {
    fn of(command: &Command<'_>) -> Self {
        match command {
            Command::Data => Self::Data,
            Command::Bdat(bdat) => Self::Bdat(*bdat),
            _ => Self::Nothing,
        }
    }
}

/// Of a body, by either command.
enum Decoder {
    Data(DataDecoder),
    Bdat(BdatDecoder),
}

impl Decoder {
    /// Octets consumed, octets of content, and whether that was the end.
    fn step(&mut self, input: &[u8]) -> Option<(usize, usize, bool)> {
        let Decoded { consumed, piece } = match self {
            Self::Data(decoder) => decoder.decode(input)?,
            Self::Bdat(decoder) => decoder.decode(input)?,
        };
        let content = if let Piece::Content(content) = piece { content.len() } else { 0 };
        Some((consumed, content, piece == Piece::End))
    }
}

/// The server's side. Without the commands, a reply of several lines answers EHLO when one of its keywords is known.
fn replies(wire: &[u8], hints: Hints, dialect: Dialect, found: &mut dyn FnMut(Message)) -> Ending {
    let mut offset = 0;
    while let Some(rest) = wire.get(offset..).filter(|rest| !rest.is_empty()) {
        let len = match ReplyFramer::new().next(rest, &Limits::default()) {
            Ok(Some(len)) => len,
            Ok(None) => return Ending::Incomplete { offset },
            Err(Error::InvalidMessage(error)) => return Ending::Malformed(Problem::new(error, offset)),
            Err(_) => {
                let error = ParseError { expected: Expected::Shorter, offset: rest.len() };
                return Ending::Malformed(Problem::new(error, offset));
            }
        };
        let (reply, tolerated) = match Reply::parse_reporting(rest.get(..len).unwrap_or_default(), dialect) {
            Ok((_, reply, tolerated)) => (reply, tolerated),
            Err(error) => return Ending::Malformed(Problem::new(error, offset)),
        };
        let is_first = offset == 0;
        let mut encoded = BytesMut::new();
        reply.encode(&mut encoded);
        let ehlo = EhloReply::of(&reply)
            .filter(|ehlo| hints.is_ehlo || (hints.is_stream && !is_first && has_known_keyword(ehlo)));
        let (kind, debug) = match ehlo {
            Some(ehlo) => ("EhloReply", format!("{ehlo:?}")),
            None if is_first && (hints.is_greeting || hints.is_stream) => ("Greeting", format!("{reply:?}")),
            None => ("Reply", format!("{reply:?}")),
        };
        let tolerated = Problem::of(tolerated, offset);
        found(Message { offset, len, kind: kind.into(), debug, encoded: encoded.to_vec(), tolerated });
        offset = offset.saturating_add(len);
    }
    Ending::Complete
}

fn has_known_keyword(ehlo: &EhloReply<'_>) -> bool {
    ehlo.keywords().any(|keyword| !matches!(keyword, Keyword::Other(_) | Keyword::Invalid(_)))
}
