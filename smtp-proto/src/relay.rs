//! For proxies: the same line discipline on both legs.
//!
//! A proxy that takes for a line end, or for the end of a message, what the server behind it does not, lets a client
//! smuggle. [`Relay`] reads each leg as this crate's machines do and passes on what it has read: lines that end at CRLF
//! and hold no stray CR, LF or NUL; bodies of DATA taken apart and put together again, so that only their true end ends
//! them; EHLO replies without the keywords that the proxy cannot stand for.

use alloc::collections::VecDeque;
use core::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::body::{BodyError, DataEncoder, Stray};
use crate::command::Command;
use crate::ehlo::{EhloReply, Keyword};
use crate::error::{ApiMisuse, Error, Expected, Limit, ParseError, PeerMisbehaved};
use crate::observer::{Event, Observer, Side};
use crate::options::Tolerated;
use crate::reply::Reply;
use crate::session::{Received, Token};

/// Why a [`Relay`] gives up: both connections are to be closed, without another octet to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The session cannot be followed.
    #[error(transparent)]
    Session(#[from] Error),
    /// The body has what [`Stray::Reject`] refuses.
    #[error(transparent)]
    Body(#[from] BodyError),
}

/// Passes a session on from one connection to another.
///
/// ```
/// use bytes::Bytes;
/// use smtp_proto::body::Stray;
/// use smtp_proto::observer::Side;
/// use smtp_proto::relay::{self, Relay};
///
/// let mut relay = Relay::new(false, Stray::Normalise);
/// let mut to_server = Vec::new();
/// let input = Bytes::from_static(b"NOOP\r\nQUIT\r");
/// let consumed = relay.pass(Side::Client, &input, relay::is_transparent, |out| to_server.extend_from_slice(&out))?;
/// assert_eq!((consumed, &to_server[..]), (6, &b"NOOP\r\n"[..]));
/// # Ok::<(), smtp_proto::relay::RelayError>(())
/// ```
#[derive(Debug)]
pub struct Relay {
    observer: Observer,
    stray: Stray,
    /// Of the body that is passing.
    encoder: Option<DataEncoder>,
    /// Commands whose replies list keywords.
    hellos: VecDeque<Token>,
    /// What stands in front of the next message.
    header: BytesMut,
}

impl Relay {
    /// A relay for a session from its greeting on. Of `stray`, [`Stray::Normalise`] repairs bodies of DATA; what it cannot
    /// repair ends the session before the message is whole, as a stray CR or LF does with any other. The octets of BDAT are
    /// counted and cannot be repaired; [`Stray::Preserve`] lets them pass as they are.
    pub fn new(is_lmtp: bool, stray: Stray) -> Self {
        let mut observer = Observer::new(is_lmtp);
        observer.set_stray(stray);
        Self { observer, stray, encoder: None, hellos: VecDeque::new(), header: BytesMut::new() }
    }

    /// Moves what can be moved of what `from` has sent, and returns how many octets to forget.
    ///
    /// Less than all of the input waits for more of it, or for the other side. `keep` says which keywords of an EHLO
    /// reply the client may see: [`is_transparent`], or less. Body octets are not copied.
    ///
    /// # Errors
    /// See [`RelayError`]. It is final.
    pub fn pass(
        &mut self,
        from: Side,
        input: &Bytes,
        mut keep: impl FnMut(&Keyword<'_>) -> bool,
        mut out: impl FnMut(Bytes),
    ) -> Result<usize, RelayError> {
        let mut at = 0usize;
        while let Some(rest) = input.get(at..).filter(|rest| !rest.is_empty()) {
            // What both legs hold in clear would be read as if TLS had brought it (RFC 3207 section 6).
            if self.observer.is_before_tls(from) {
                return Err(Error::from(PeerMisbehaved::PlaintextAfterStartTls).into());
            }
            let is_data = self.observer.is_in_data();
            let Some(received) = self.observer.receive(from, rest)? else { break };
            let end = at.saturating_add(received.consumed).min(input.len());
            let passing = Passing { input, range: at..end, is_data };
            // What is wrong with octets of a chunk is told behind them, or behind the command of an empty one that is the last; then
            // these must not have passed.
            if matches!(received.event, Event::Chunk(_) | Event::Command { command: Command::Bdat(_), .. })
                && !is_data
                && let Some(Received { event: Event::Anomaly(anomaly), .. }) =
                    self.observer.receive(from, &[])?
            {
                return Err(BodyError::from(anomaly).into());
            }
            self.event(received.event, passing, &mut keep, &mut out)?;
            at = end;
        }
        Ok(at)
    }

    /// Puts a header field in front of the next message: `Received: from a by b; …` CRLF, folded or not.
    ///
    /// It goes out with the first octet of a body by DATA. Octets of BDAT are counted, so who adds fields must not let the
    /// client see CHUNKING.
    ///
    /// # Errors
    /// `field` is not one whole field, every line of it ended by CRLF (RFC 5322 section 2.2); or a body has begun, whose
    /// header would be split by it.
    pub fn prepend(&mut self, field: &[u8]) -> Result<(), RelayError> {
        if self.encoder.is_some() {
            return Err(Error::from(ApiMisuse::State).into());
        }
        check_field(field).map_err(Error::from)?;
        self.header.extend_from_slice(field);
        Ok(())
    }

    /// Whether STARTTLS was accepted: when what has passed is written, make the handshakes on both legs, and say
    /// [`tls_established`](Self::tls_established). An octet in clear before that ends the session.
    pub fn is_tls_due(&self) -> bool {
        self.observer.is_tls_due()
    }

    /// The TLS handshakes on both legs are over.
    pub fn tls_established(&mut self) {
        self.observer.tls_established();
        (self.encoder, self.hellos) = (None, VecDeque::new());
    }

    /// `from` sends no more; `rest` is what was not forgotten.
    ///
    /// # Errors
    /// It ended inside a line, a reply or a body.
    pub fn receive_eof(&mut self, from: Side, rest: &[u8]) -> Result<(), Error> {
        self.observer.receive_eof(from, rest)
    }

    fn event(
        &mut self,
        event: Event<'_>,
        passing: Passing<'_>,
        keep: &mut impl FnMut(&Keyword<'_>) -> bool,
        out: &mut impl FnMut(Bytes),
    ) -> Result<(), RelayError> {
        match event {
            // Where its octets end is agreed upon only by who reads it alike, and a server may be stricter.
            Event::Command {
                command: Command::Bdat(_), tolerated: Some(Tolerated { error, .. }), ..
            } => {
                return Err(Error::from(error).into());
            }
            Event::Command { token, command, .. } => {
                if matches!(command, Command::Ehlo(_) | Command::Lhlo(_)) {
                    self.hellos.push_back(token);
                }
                out(passing.line()?);
            }
            Event::Reply { to: Some(to), reply, .. } if self.hellos.front() == Some(&to) => {
                self.hellos.pop_front();
                out(rewrite(&reply, keep));
            }
            Event::Chunk(content) if passing.is_data => {
                self.body(out)?.encode(&passing.content(content), out)?;
            }
            Event::BodyEnd { .. } if passing.is_data => {
                self.body(out)?.finish(out)?;
                self.encoder = None;
            }
            // The octets of a chunk are counted, so they can only pass as they are.
            Event::Chunk(_) if !self.header.is_empty() => return Err(Error::from(ApiMisuse::State).into()),
            Event::Chunk(_) => out(passing.octets()),
            Event::BodyEnd { .. } => {}
            // The decoder has put it right already.
            Event::Anomaly(_) if passing.is_data && self.stray == Stray::Normalise => {}
            Event::Anomaly(anomaly) => return Err(BodyError::from(anomaly).into()),
            // The same with one that a server may be more lenient about.
            Event::Malformed { side: Side::Client, error, line, .. } if resembles_bdat(line) => {
                return Err(Error::from(error).into());
            }
            // A client's bad line is the server's to refuse, as long as both see the same line.
            Event::Malformed { side: Side::Client, .. } | Event::Answer { .. } => out(passing.line()?),
            Event::Malformed { error, .. } => return Err(Error::from(error).into()),
            Event::Skipped(_) => return Err(Error::from(Limit::Line).into()),
            Event::Greeting(reply) | Event::Reply { reply, .. } | Event::StartTls { reply, .. } => {
                out(passing.reply(&reply));
            }
        }
        Ok(())
    }

    /// The encoder of the body that is passing, the header fields in front of it.
    fn body(&mut self, out: &mut impl FnMut(Bytes)) -> Result<&mut DataEncoder, RelayError> {
        let is_new = self.encoder.is_none();
        let encoder = self.encoder.get_or_insert_with(|| DataEncoder::new(self.stray));
        if is_new {
            encoder.encode(&self.header.split().freeze(), out)?;
        }
        Ok(encoder)
    }
}

/// ```abnf
/// field = 1*(%d33-57 / %d59-126) ":" text CRLF *(WSP text CRLF)
/// ```
fn check_field(field: &[u8]) -> Result<(), ParseError> {
    let fail = |expected, offset| Err(ParseError { expected, offset });
    let name = field.iter().position(|octet| !matches!(octet, 33..=57 | 59..=126)).unwrap_or(field.len());
    if name == 0 || field.get(name) != Some(&b':') {
        return fail(Expected::Syntax, name);
    }
    let mut at = 0usize;
    for line in field.split_inclusive(|&octet| octet == b'\n') {
        let end = at.saturating_add(line.len());
        let Some(text) = line.strip_suffix(b"\r\n") else { return fail(Expected::Crlf, end) };
        if let Some(stray) = text.iter().position(|octet| matches!(octet, b'\r' | b'\0')) {
            return fail(Expected::Text, at.saturating_add(stray));
        }
        if at > 0 && !matches!(text, [b' ' | b'\t', rest @ ..] if !rest.trim_ascii().is_empty()) {
            return fail(Expected::Space, at);
        }
        if text.len() > 998 {
            return fail(Expected::Shorter, at.saturating_add(998));
        }
        at = end;
    }
    Ok(())
}

/// Whether somebody may take `line` for a BDAT command.
fn resembles_bdat(line: &[u8]) -> bool {
    line.trim_ascii_start().get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"BDAT"))
}

/// What an event is made of.
struct Passing<'i> {
    input: &'i Bytes,
    range: Range<usize>,
    /// It belongs to a body of DATA.
    is_data: bool,
}

impl Passing<'_> {
    fn octets(self) -> Bytes {
        self.input.slice(self.range)
    }

    /// The octets of `reply`; as it was read, without what was put up with.
    fn reply(self, reply: &Reply<'_>) -> Bytes {
        let octets = self.octets();
        if octets == reply.as_bytes() { octets } else { Bytes::copy_from_slice(reply.as_bytes()) }
    }

    /// The octets, which must be one line, and be that to everybody: no CR, LF or NUL but the CRLF at its end.
    fn line(self) -> Result<Bytes, Error> {
        let line = self.octets();
        let text = line.strip_suffix(b"\r\n").unwrap_or(&line);
        match text.iter().position(|octet| matches!(octet, b'\r' | b'\n' | b'\0')) {
            Some(offset) => Err(ParseError { expected: Expected::Crlf, offset }.into()),
            None if text.len() == line.len() => {
                Err(ParseError { expected: Expected::Crlf, offset: text.len() }.into())
            }
            None => Ok(line),
        }
    }

    /// `content` without a copy, where it is a part of the input; a decoder also gives out a CRLF of its own.
    fn content(&self, content: &[u8]) -> Bytes {
        let start = content.as_ptr().addr().checked_sub(self.input.as_ptr().addr());
        let range = start.and_then(|start| Some(start..start.checked_add(content.len())?));
        match range.filter(|range| range.end <= self.input.len()) {
            Some(range) => self.input.slice(range),
            None => Bytes::copy_from_slice(content),
        }
    }
}

/// An EHLO reply with the keywords of `reply` that `keep` wants; any other reply as it is.
///
/// ```
/// use smtp_proto::{Dialect, Reply, relay};
///
/// let wire = b"250-mx.example.org hello\r\n250-STARTTLS\r\n250-PIPELINING\r\n250 X-UNHEARD-OF\r\n";
/// let (_, reply) = Reply::parse(wire, Dialect::STRICT)?;
/// let rewritten = relay::rewrite(&reply, &mut relay::is_transparent);
/// assert_eq!(rewritten, &b"250-mx.example.org hello\r\n250 PIPELINING\r\n"[..]);
/// # Ok::<(), smtp_proto::ParseError>(())
/// ```
pub fn rewrite(reply: &Reply<'_>, keep: &mut impl FnMut(&Keyword<'_>) -> bool) -> Bytes {
    let mut out = BytesMut::new();
    match EhloReply::of(reply) {
        Some(ehlo) => ehlo.retain(keep).into_reply().encode(&mut out),
        None => reply.encode(&mut out),
    }
    out.freeze()
}

/// Whether a relay that reads what it passes on can stand for what `keyword` promises: whatever is made of command
/// lines, replies and bodies by DATA and BDAT.
///
/// Not so: STARTTLS and its kin, since TLS ends at the relay; what changes the roles or the framing in a way that this
/// crate does not follow; and what it has never heard of.
pub fn is_transparent(keyword: &Keyword<'_>) -> bool {
    use Keyword as K;
    !matches!(
        keyword,
        K::StartTls
            | K::XAnonymousTls
            | K::Turn
            | K::Atrn
            | K::Checkpoint
            | K::PipeConnect
            | K::XExch50(_)
            | K::Other(_)
            | K::Invalid(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;
    use crate::body::{DataDecoder, Decoded, Piece};
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// What passes of a session, fed in pieces that end at `cuts`, and whether the relay gave up.
    fn pass(stray: Stray, session: &[(Side, &[u8])], cuts: &[usize]) -> (Vec<u8>, Result<(), RelayError>) {
        let mut relay = Relay::new(false, stray);
        let mut passed = Vec::new();
        for &(side, bytes) in session {
            let mut ends: Vec<usize> =
                cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([bytes.len()]).collect();
            ends.sort_unstable();
            let mut at = 0;
            for end in ends {
                let input = Bytes::copy_from_slice(&bytes[at..end]);
                let sink = |out: Bytes| {
                    if side == Side::Client {
                        passed.extend_from_slice(&out)
                    }
                };
                match relay.pass(side, &input, is_transparent, sink) {
                    Ok(consumed) => at += consumed,
                    Err(error) => return (passed, Err(error)),
                }
            }
        }
        (passed, Ok(()))
    }

    const START: [(Side, &[u8]); 4] = [
        (Side::Server, b"220 mx\r\n"),
        (Side::Client, b"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"),
        (Side::Client, b"DATA\r\n"),
        (Side::Server, b"250 mx\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
    ];

    #[test]
    fn what_passes_of_a_body_ends_where_it_ended() {
        let body = b"x\r\n..\r\n.y\n.\nz\r.\r\n.\r\r\n\r\n.\r\n";
        let session = [&START[..], &[(Side::Client, body)]].concat();
        let (passed, result) = pass(Stray::Normalise, &session, &[]);
        assert_eq!(result, Ok(()));
        let body = &passed[START[1].1.len() + 6..];
        assert_eq!(body.escape_ascii().to_string(), r"x\r\n..\r\ny\r\n..\r\nz\r\n..\r\n\r\n\r\n.\r\n");
        let (_, refused) = pass(Stray::Reject, &session, &[]);
        assert!(matches!(refused, Err(RelayError::Body(BodyError::Anomaly(_)))), "{refused:?}");
    }

    #[test]
    fn a_line_that_two_might_read_differently_does_not_pass() {
        for line in [&b"NOOP a\rb\r\n"[..], b"NOOP a\nQUIT\r\n", b"NOOP a\0b\r\n", b"\r\r\n"] {
            let (passed, result) = pass(Stray::Normalise, &[START[0], (Side::Client, line)], &[]);
            assert_eq!(passed, b"", "{}", line.escape_ascii());
            assert!(result.is_err(), "{}", line.escape_ascii());
        }
        let odd = [START[0], (Side::Client, b"FROB \xff <<\r\n")];
        assert_eq!(pass(Stray::Normalise, &odd, &[]), (b"FROB \xff <<\r\n".to_vec(), Ok(())));
    }

    /// The octets behind BDAT are a chunk for who understands it, and commands for who does not.
    #[test]
    fn a_chunk_passes_only_where_all_agree_on_it() {
        let session = |line: &'static [u8]| [START[0], (Side::Client, line)];
        let strict = session(b"BDAT 6 LAST\r\nQUIT\r\n");
        assert_eq!(pass(Stray::Normalise, &strict, &[]), (strict[1].1.to_vec(), Ok(())));
        for line in [
            &b"BDAT 6 LAST \r\nQUIT\r\n"[..],
            b"BDAT  6 LAST\r\nQUIT\r\n",
            b"BDAT +6 LAST\r\nQUIT\r\n",
            b"BDAT 6 LASTX\r\nQUIT\r\n",
            b"BDAT\t6\r\nQUIT\r\n",
            b" BDAT 6\r\nQUIT\r\n",
        ] {
            let (passed, result) = pass(Stray::Normalise, &session(line), &[]);
            assert_eq!(passed, b"", "{}", line.escape_ascii());
            assert!(result.is_err(), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn a_reply_passes_as_it_was_read() {
        for (wire, passed) in [
            (&b"250-a\r\n250 \xff\r\n"[..], &b"250-a\r\n250 \xff\r\n"[..]),
            (b"250 a\r250 b\r\n", b"250 a?250 b\r\n"),
            (b"250-a\r\n550 b\r\n", b"550-a\r\n550 b\r\n"),
        ] {
            let mut relay = Relay::new(false, Stray::Normalise);
            let mut out = Vec::new();
            for input in [START[0].1, wire] {
                out.clear();
                let input = Bytes::from_static(input);
                let taken = relay.pass(Side::Server, &input, is_transparent, |octets| out.extend(octets));
                assert_eq!(taken, Ok(input.len()));
            }
            assert_eq!(out, passed, "{}", wire.escape_ascii());
        }
    }

    /// RFC 3207 section 6, on both legs.
    #[test]
    fn nothing_in_clear_passes_behind_starttls() {
        let injected = Err(Error::from(PeerMisbehaved::PlaintextAfterStartTls).into());
        let starttls = [START[0], (Side::Client, &b"STARTTLS\r\n"[..]), (Side::Server, b"220 go\r\n")];
        assert_eq!(pass(Stray::Normalise, &starttls, &[]).1, Ok(()));
        for (at, side, octets) in [
            (1, Side::Client, &b"STARTTLS\r\nEH"[..]),
            (2, Side::Server, b"220 go\r\n2"),
            (3, Side::Client, b"EHLO x\r\n"),
        ] {
            let session = [&starttls[..at], &[(side, octets)]].concat();
            for cut in 0..octets.len() {
                assert_eq!(pass(Stray::Normalise, &session, &[cut]).1, injected, "{}", octets.escape_ascii());
            }
        }
        let refused =
            [&starttls[..2], &[(Side::Server, b"454 no\r\n"), (Side::Client, b"QUIT\r\n")]].concat();
        assert_eq!(pass(Stray::Normalise, &refused, &[]).1, Ok(()));
        let mut relay = Relay::new(false, Stray::Normalise);
        for (side, octets) in starttls {
            assert!(!relay.is_tls_due());
            assert!(relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).is_ok());
        }
        assert!(relay.is_tls_due());
        relay.tls_established();
        assert!(!relay.is_tls_due());
    }

    #[test]
    fn a_reply_to_ehlo_passes_without_what_the_relay_cannot_stand_for() {
        let mut relay = Relay::new(false, Stray::Normalise);
        let mut passed = Vec::new();
        for (side, bytes) in [
            (Side::Server, &b"220 mx\r\n"[..]),
            (Side::Client, b"EHLO x\r\nNOOP\r\n"),
            (Side::Server, b"250-mx hi\r\n250-STARTTLS\r\n250-size=5\r\n250-\r\n250-XFROB\r\n250 PIPELINING\r\n250-a\r\n250 b\r\n"),
        ] {
            let sink = |out: Bytes| if side == Side::Server { passed.extend_from_slice(&out) };
            let consumed = relay.pass(side, &Bytes::from_static(bytes), is_transparent, sink).unwrap();
            assert_eq!(consumed, bytes.len());
        }
        let expected = b"220 mx\r\n250-mx hi\r\n250-SIZE 5\r\n250 PIPELINING\r\n250-a\r\n250 b\r\n";
        assert_eq!(passed.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    #[test]
    fn sec_35_a_field_goes_in_front_of_a_message_and_nowhere_else() {
        let mut relay = Relay::new(false, Stray::Normalise);
        let mut passed = Vec::new();
        for field in [
            &b""[..],
            b":\r\n",
            b"Received",
            b"Received: x",
            b"Received: x\n",
            b"Received: x\r\ny\r\n",
            b"Received: x\r\n\r\n",
            b"Received: x\r\n \r\n",
            b"Received: x\0\r\n",
            b"Received: x\ry\r\n",
            b"Re ceived: x\r\n",
            b"Received: x\r\n y\r",
        ] {
            assert!(relay.prepend(field).is_err(), "{}", field.escape_ascii());
        }
        assert!(relay.prepend(&[b"X: ", &[b'a'; 999][..], b"\r\n"].concat()).is_err());
        relay.prepend(b"Received: from a\r\n\tby b\r\n").unwrap();
        relay.prepend(b".X: y\r\n").unwrap();
        for (side, bytes) in START {
            relay.pass(side, &Bytes::from_static(bytes), is_transparent, |_| ()).unwrap();
        }
        let mut pass = |relay: &mut Relay, bytes: &'static [u8]| {
            relay.pass(Side::Client, &Bytes::from_static(bytes), is_transparent, |out| {
                passed.extend_from_slice(&out)
            })
        };
        pass(&mut relay, b"Subject").unwrap();
        assert!(relay.prepend(b"Received: too late\r\n").is_err());
        pass(&mut relay, b": hi\r\n.\r\n").unwrap();
        let expected = b"Received: from a\r\n\tby b\r\n..X: y\r\nSubject: hi\r\n.\r\n";
        assert_eq!(passed.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    #[test]
    fn a_chunk_passes_as_it_is() {
        let chunk = &b"BDAT 6\r\nQUIT\r\nBDAT 3 LAST\r\na.\nNOOP\r\n"[..];
        for cut in 0..chunk.len() {
            let session = [START[0], (Side::Client, chunk)];
            let (passed, result) = pass(Stray::Preserve, &session, &[cut]);
            assert_eq!(
                (passed.escape_ascii().to_string(), result),
                (chunk.escape_ascii().to_string(), Ok(()))
            );
        }
        // Stray octets in it cannot be put right.
        let session = [START[0], (Side::Client, chunk)];
        for stray in [Stray::Normalise, Stray::Reject] {
            let (passed, result) = pass(stray, &session, &[]);
            assert_eq!(passed.escape_ascii().to_string(), r"BDAT 6\r\nQUIT\r\nBDAT 3 LAST\r\n");
            assert!(matches!(result, Err(RelayError::Body(BodyError::Anomaly(_)))), "{result:?}");
        }
        // Nor can a field go in front.
        let mut relay = Relay::new(false, Stray::Preserve);
        relay.prepend(b"Received: x\r\n").unwrap();
        let result = relay.pass(Side::Client, &Bytes::from_static(chunk), is_transparent, |_| ());
        assert_eq!(result, Err(Error::from(ApiMisuse::State).into()));
    }

    /// What a chunk lacks, a server would take from the command behind it.
    #[test]
    fn sec_35_no_octet_of_a_chunk_is_kept_back() {
        for chunk in [&b"a\r\r"[..], b"a\r", b"\r\r\r", b"a\n", b"a\0", b"a\r\n\r"] {
            for last in ["", " LAST"] {
                let line = alloc::format!("BDAT {}{last}\r\n", chunk.len());
                let sent = [line.as_bytes(), chunk, b"XXRSET\r\n"].concat();
                for stray in [Stray::Normalise, Stray::Reject, Stray::Preserve] {
                    let (passed, result) = pass(stray, &[START[0], (Side::Client, &sent)], &[]);
                    let is_whole = passed.len() == sent.len();
                    assert!(
                        sent.starts_with(&passed) && is_whole == result.is_ok(),
                        "{} {stray:?}",
                        sent.escape_ascii()
                    );
                    assert!(
                        is_whole || passed.len() < line.len() + chunk.len(),
                        "{} {stray:?}",
                        sent.escape_ascii()
                    );
                }
            }
        }
    }

    /// Its CR is judged when no more comes, which takes a chunk without octets.
    #[test]
    fn sec_35_an_empty_last_chunk_completes_no_stray_octet() {
        for body in ["BDAT 2\r\na\r", "BDAT 3\r\na\r\r"] {
            let sent = [body, "BDAT 0 LAST\r\n"].concat();
            for stray in [Stray::Normalise, Stray::Reject] {
                let whole = pass(stray, &[START[0], (Side::Client, sent.as_bytes())], &[]);
                let parts = [START[0], (Side::Client, body.as_bytes()), (Side::Client, b"BDAT 0 LAST\r\n")];
                for (passed, result) in [whole, pass(stray, &parts, &[])] {
                    assert!(result.is_err() && body.as_bytes().starts_with(&passed), "{body:?} {stray:?}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_ends_the_session() {
        let long = [b"NOOP ", &[b'x'; 20_000][..]].concat();
        let skipped = pass(Stray::Normalise, &[START[0], (Side::Client, &long)], &[]);
        assert_eq!(skipped, (Vec::new(), Err(Error::from(Limit::Line).into())));
        let (_, reply) = pass(Stray::Normalise, &[START[0], (Side::Server, b"hello\r\n")], &[]);
        assert_eq!(reply, Err(Error::from(ParseError { expected: Expected::ReplyCode, offset: 0 }).into()));
    }

    #[test]
    fn sec_69_a_session_ends_between_lines() {
        let truncated = Err(PeerMisbehaved::Truncated.into());
        let mut relay = Relay::new(false, Stray::Normalise);
        for (side, octets) in START {
            assert_eq!(relay.receive_eof(side, b""), Ok(()));
            assert_eq!(relay.receive_eof(side, b"x"), truncated);
            relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
        }
        assert_eq!(relay.receive_eof(Side::Client, b""), truncated, "within a body");
        assert_eq!(relay.receive_eof(Side::Server, b""), Ok(()));
    }

    #[test]
    fn another_reply_is_not_rewritten() {
        let (_, reply) = Reply::parse(b"550-5.7.1 no\r\n550 5.7.1 STARTTLS\r\n", Dialect::STRICT).unwrap();
        assert_eq!(rewrite(&reply, &mut |_| false), reply.as_bytes());
    }

    proptest! {
        #[test]
        fn no_body_passes_with_two_ends(
            body in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'\0'), Just(b'a')], 0..40),
            cuts: Vec<usize>,
        ) {
            let whole = [&body[..], b"\r\n.\r\n"].concat();
            let session = [&START[..], &[(Side::Client, &whole[..])]].concat();
            let (passed, result) = pass(Stray::Normalise, &session, &cuts);
            let head = START[1].1.len() + START[2].1.len();
            let body = &passed[head.min(passed.len())..];
            // All of what passed is one body and what follows it, to the strictest reader.
            let (mut decoder, mut at, mut ended) = (DataDecoder::new(Stray::Reject), 0, false);
            while let Some(Decoded { consumed, piece }) = decoder.decode(&body[at..]) {
                at += consumed;
                if let Piece::Anomaly(anomaly) = piece {
                    prop_assert_eq!(anomaly.kind, crate::body::AnomalyKind::Nul);
                }
                if piece == Piece::End {
                    ended = true;
                    break;
                }
            }
            prop_assert!(ended || result.is_err());
        }
    }
}
