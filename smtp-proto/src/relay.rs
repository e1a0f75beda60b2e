//! For proxies: the same line discipline on both legs.
//!
//! A proxy that takes for a line end, or for the end of a message, what the server behind it does not, lets a client
//! smuggle. [`Relay`] reads each leg as this crate's machines do and passes on what it has read: lines that end at CRLF
//! and hold no stray CR, LF or NUL; bodies of DATA taken apart and put together again, so that only their true end ends
//! them; EHLO replies without the keywords that the proxy cannot stand for, and no BDAT, BINARYMIME, XCLIENT or XFORWARD that
//! was not offered or was hidden. Behind a line that is no known command nothing passes before the server has said what it
//! makes of it. What one takes for a chunk another reads as commands: a BDAT waits until all before it is answered, none
//! passes behind a refused one, before a message begins anew, and of one for which no recipient was accepted the octets are
//! dropped: `BDAT 0 LAST` asks the server for its refusal.

use alloc::collections::VecDeque;
use core::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::body::{BodyError, DataEncoder, Stray};
use crate::command::Command;
use crate::ehlo::{Capabilities, EhloReply, Extension, Keyword};
use crate::error::{ApiMisuse, Error, Expected, Limit, ParseError, PeerMisbehaved};
use crate::ext::Bdat;
use crate::observer::{Event, Observer, Side, resembles};
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
    /// Commands whose acceptance changes what is offered, and whether their replies list keywords.
    hellos: VecDeque<(Token, bool)>,
    /// What the client was told that the server can do.
    offered: Capabilities,
    /// The last BDAT, and whether the server knew it for a command in its place.
    chunk: Option<Token>,
    takes_chunks: bool,
    /// The last BDAT of which the octets were dropped.
    dropped: Option<Token>,
    /// What stands in front of the next message.
    header: BytesMut,
    /// Why nothing passes any more.
    failed: Option<RelayError>,
}

impl Relay {
    /// A relay for a session from its greeting on. Of `stray`, [`Stray::Normalise`] repairs bodies of DATA; what it cannot
    /// repair ends the session before the message is whole, as a stray CR or LF does with any other. The octets of BDAT are
    /// counted and cannot be repaired; [`Stray::Preserve`] lets them pass as they are. No command passes that is longer than the
    /// default [`Limits`](crate::Limits), and no chunk of 2^31 octets and more.
    pub fn new(is_lmtp: bool, stray: Stray) -> Self {
        let observer = Observer::relayed(is_lmtp, stray);
        Self {
            observer,
            stray,
            encoder: None,
            hellos: VecDeque::new(),
            offered: Capabilities::default(),
            chunk: None,
            takes_chunks: true,
            dropped: None,
            header: BytesMut::new(),
            failed: None,
        }
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
        self.failed.map_or(Ok(()), Err)?;
        self.pass_on(from, input, &mut keep, &mut out).inspect_err(|&error| self.failed = Some(error))
    }

    fn pass_on(
        &mut self,
        from: Side,
        input: &Bytes,
        keep: &mut impl FnMut(&Keyword<'_>) -> bool,
        out: &mut impl FnMut(Bytes),
    ) -> Result<usize, RelayError> {
        let mut at = 0usize;
        while let Some(rest) = input.get(at..).filter(|rest| !rest.is_empty()) {
            // What both legs hold in clear would be read as if TLS had brought it (RFC 3207 section 6).
            if self.observer.is_before_tls(from) {
                return Err(Error::from(PeerMisbehaved::PlaintextAfterStartTls).into());
            }
            // Whether it takes a chunk as one a server decides by all that was before. In any other spelling none passes.
            if from == Side::Client
                && self.observer.is_awaited()
                && rest.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"BDAT"))
            {
                break;
            }
            let (is_data, is_auth) = (self.observer.is_in_data(), self.observer.is_in_auth());
            let unfinished = self.observer.unfinished();
            let Some(received) = self.observer.receive(from, rest)? else { break };
            let end = at.saturating_add(received.consumed).min(input.len());
            // Of a chunk without octets the end is taken below.
            let is_dropped = self.observer.is_dropping();
            let passing = Passing { input, range: at..end, is_data, is_auth, is_dropped, unfinished };
            // What is wrong with octets of a chunk is told behind them, or behind the command that ends them; then these must not
            // have passed.
            let is_told_before = match received.event {
                Event::Chunk(_) | Event::Command { .. } => !is_data,
                Event::Malformed { side, .. } => side == Side::Client,
                _ => false,
            };
            if is_told_before
                && let Some(Received { event: Event::Anomaly(anomaly), .. }) =
                    self.observer.receive(from, &[])?
            {
                return Err(BodyError::from(anomaly).into());
            }
            self.event(received.event, passing, keep, out)?;
            at = end;
        }
        Ok(at)
    }

    /// Puts a header field in front of the next message: `Received: from a by b; …` CRLF, folded or not.
    ///
    /// It goes out with the first octet of a body by DATA. Octets of BDAT are counted, and those of BURL come from elsewhere, so
    /// who adds fields must let the client see neither CHUNKING nor BURL: either command ends the session then.
    ///
    /// # Errors
    /// `field` is not one whole field, every line of it ended by CRLF (RFC 5322 section 2.2); or a body has begun, by DATA or
    /// BDAT, whose header would be split by it.
    pub fn prepend(&mut self, field: &[u8]) -> Result<(), RelayError> {
        if self.encoder.is_some() || self.observer.is_in_chunks() {
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

    /// The TLS handshakes on both legs are over. Where TLS comes first, say it before anything else.
    pub fn tls_established(&mut self) {
        self.observer.tls_established();
        (self.encoder, self.hellos, self.offered) = (None, VecDeque::new(), Capabilities::default());
        (self.chunk, self.takes_chunks, self.dropped) = (None, true, None);
    }

    /// `from` sends no more; `rest` is what was not forgotten.
    ///
    /// # Errors
    /// It ended inside a line, a reply or a message. What has ended the session before.
    pub fn receive_eof(&mut self, from: Side, rest: &[u8]) -> Result<(), RelayError> {
        self.failed.map_or(Ok(()), Err)?;
        Ok(self.observer.receive_eof(from, rest)?)
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
            // The same with one that a server may be more lenient about.
            Event::Malformed { side: Side::Client, error, line, .. }
                if resembles(line, "BDAT") || resembles(line, "BURL") =>
            {
                return Err(Error::from(error).into());
            }
            // A client's bad line is the server's to refuse, as long as both see the same line. Until it has, nothing follows.
            Event::Command { token, .. }
            | Event::Malformed { side: Side::Client, token: Some(token), .. } => {
                let is_dropped = passing.is_dropped;
                let (is_answer, line) = (passing.is_auth, passing.line()?);
                if !is_answer {
                    let command =
                        if let Event::Command { command, .. } = &event { Some(command) } else { None };
                    self.check_line(&line, matches!(command, Some(Command::Auth(_))))?;
                    if let Some(&Command::Bdat(bdat)) = command {
                        self.check_chunk(bdat, &line, token, is_dropped)?;
                    }
                    self.note_command(token, &line);
                }
                out(if is_dropped { Bytes::from_static(b"BDAT 0 LAST\r\n") } else { line });
            }
            Event::Chunk(content) if passing.is_data => {
                self.body(content, out)?.encode(&passing.content(content), out)?;
            }
            Event::BodyEnd { .. } if passing.is_data => {
                self.body(&[], out)?.finish(out)?;
                self.encoder = None;
            }
            // The octets of a chunk are counted, so they can only pass as they are.
            Event::Chunk(_) if passing.is_dropped => {}
            Event::Chunk(_) => out(passing.octets()),
            Event::BodyEnd { .. } => {}
            // The decoder has put it right already.
            Event::Anomaly(_) if passing.is_data && self.stray == Stray::Normalise => {}
            Event::Anomaly(anomaly) => return Err(BodyError::from(anomaly).into()),
            Event::Answer { .. } => out(passing.line()?),
            Event::Malformed { error, .. } => return Err(Error::from(error).into()),
            Event::Skipped(_) => return Err(Error::from(Limit::Line).into()),
            Event::Reply { to, reply, .. } => self.reply(to, &reply, passing, keep, out)?,
            Event::Greeting(reply) | Event::StartTls { reply, .. } => out(passing.reply(&reply)),
        }
        Ok(())
    }

    /// Passes a reply on, `to` being what it answers.
    fn reply(
        &mut self,
        to: Option<Token>,
        reply: &Reply<'_>,
        passing: Passing<'_>,
        keep: &mut impl FnMut(&Keyword<'_>) -> bool,
        out: &mut impl FnMut(Bytes),
    ) -> Result<(), RelayError> {
        let Some(to) = to else {
            out(passing.reply(reply));
            return Ok(());
        };
        let code = reply.code();
        // What is still to come of the body might be read as commands.
        if passing.unfinished == Some(to) {
            return Err(Error::from(PeerMisbehaved::PrematureReply).into());
        }
        // Of nothing to nobody.
        if self.dropped == Some(to) && !(code.is_transient() || code.is_permanent()) {
            return Err(Error::from(PeerMisbehaved::UnexpectedReply).into());
        }
        if let Some((_, lists)) = self.hellos.pop_front_if(|(hello, _)| *hello == to) {
            let (text, offered) = rewritten(reply, keep);
            // Refused, all stays as it was (RFC 5321 section 4.1.4).
            if code.is_positive() {
                self.offered = if lists { offered } else { Capabilities::default() };
                self.takes_chunks = true;
            }
            out(text);
            return Ok(());
        }
        // It was no command there, and then its octets may have been.
        if self.chunk == Some(to) && matches!(code.get(), 500..=504) {
            self.takes_chunks = false;
        }
        out(passing.reply(reply));
        Ok(())
    }

    /// The most octets of a chunk: with more a server that counts in 32 bits would take what follows a part of it for commands.
    const CHUNK: u64 = i32::MAX.unsigned_abs() as u64;

    /// Whether `line` may pass; the server may know more commands by it than this crate does.
    fn check_line(&self, line: &[u8], is_auth: bool) -> Result<(), Error> {
        const NEEDS: [(&str, Extension); 3] = [
            ("BDAT", Extension::Chunking),
            ("XCLIENT", Extension::XClient),
            ("XFORWARD", Extension::XForward),
        ];
        if NEEDS.iter().any(|(verb, extension)| resembles(line, verb) && !self.offered.has(*extension))
            || asks_binary(line) && !self.offered.has(Extension::BinaryMime)
        {
            return Err(PeerMisbehaved::NotOffered.into());
        }
        if !self.header.is_empty() && (resembles(line, "BDAT") || resembles(line, "BURL")) {
            return Err(ApiMisuse::State.into());
        }
        // A server with less room may take the rest of a line for another.
        let limits = self.observer.limits();
        let limit = if is_auth { limits.auth_line } else { limits.command_line };
        if line.len() > limit { Err(Limit::Line.into()) } else { Ok(()) }
    }

    /// Whether a chunk may pass that `line` announces: it must be one to every server.
    fn check_chunk(&mut self, bdat: Bdat, line: &[u8], token: Token, is_dropped: bool) -> Result<(), Error> {
        (self.chunk, self.dropped) = if is_dropped { (None, Some(token)) } else { (Some(token), None) };
        // After a refusal there are servers that wait for RSET and take the octets of a chunk for commands.
        if self.observer.is_refused() || !(self.takes_chunks || is_dropped) {
            return Err(PeerMisbehaved::NotOffered.into());
        }
        if bdat.size() > Self::CHUNK {
            return Err(Limit::Chunks.into());
        }
        // An empty chunk that is not the last is refused by some, and `010` is 8 to others.
        let is_odd = matches!(line.get(5..), Some([b'0', b'0'..=b'9', ..]));
        if is_odd || bdat.size() == 0 && !bdat.is_last() {
            return Err(ParseError { expected: Expected::Number, offset: 5 }.into());
        }
        Ok(())
    }

    /// EHLO tells what is offered, and after XCLIENT, which begins anew, it is to be told again.
    fn note_command(&mut self, token: Token, line: &[u8]) {
        let is = |verbs: &[&str]| verbs.iter().any(|verb| resembles(line, verb));
        let lists = is(&["EHLO", "LHLO"]);
        if lists || is(&["HELO", "XCLIENT"]) {
            self.hellos.push_back((token, lists));
        }
    }

    /// The encoder of the body that is passing and that may begin with `content`, the header fields in front of it.
    fn body(&mut self, content: &[u8], out: &mut impl FnMut(Bytes)) -> Result<&mut DataEncoder, RelayError> {
        let is_new = self.encoder.is_none();
        let encoder = self.encoder.get_or_insert_with(|| DataEncoder::new(self.stray));
        if is_new && !self.header.is_empty() {
            encoder.encode(&self.header.split().freeze(), &mut *out)?;
            // It would go on with the last field; a message that begins with it has no header.
            if matches!(content, [b' ' | b'\t', ..]) {
                encoder.encode(&Bytes::from_static(b"\r\n"), out)?;
            }
        }
        Ok(encoder)
    }
}

/// Whether somebody may read in `line` that a body will be binary, as of two BODY parameters a server may take either.
fn asks_binary(line: &[u8]) -> bool {
    let is_binary =
        |word: &[u8]| word.last_chunk::<15>().is_some_and(|end| end.eq_ignore_ascii_case(b"BODY=BINARYMIME"));
    ["MAIL", "SEND", "SOML", "SAML"].iter().any(|verb| resembles(line, verb))
        && line.split(u8::is_ascii_whitespace).any(is_binary)
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

/// What an event is made of.
struct Passing<'i> {
    input: &'i Bytes,
    range: Range<usize>,
    /// It belongs to a body of DATA.
    is_data: bool,
    /// It answers a challenge.
    is_auth: bool,
    /// It belongs to a chunk that is not to pass.
    is_dropped: bool,
    /// A body has begun and not ended.
    unfinished: Option<Token>,
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
    rewritten(reply, keep).0
}

/// The same, and what it offers.
fn rewritten(reply: &Reply<'_>, keep: &mut impl FnMut(&Keyword<'_>) -> bool) -> (Bytes, Capabilities) {
    let (mut out, mut offered) = (BytesMut::new(), Capabilities::default());
    match EhloReply::of(reply) {
        Some(ehlo) => {
            let kept = ehlo.retain(keep);
            offered = Capabilities::from(&kept);
            kept.into_reply().encode(&mut out);
        }
        None => reply.encode(&mut out),
    }
    (out.freeze(), offered)
}

/// Whether a relay that reads what it passes on can stand for what `keyword` promises: whatever is made of command
/// lines, replies and bodies by DATA and BDAT.
///
/// Not so: STARTTLS and its kin, since TLS ends at the relay; XCLIENT and XFORWARD, which a server offers to the relay and not
/// to who is behind it; what changes the roles or the framing in a way that this crate does not follow; and what it has never
/// heard of.
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
            | K::Verb
            | K::XClient(_)
            | K::XForward(_)
            | K::XExch50(_)
            | K::Other(_)
            | K::Invalid(_)
    )
}

#[cfg(test)]
mod tests;
