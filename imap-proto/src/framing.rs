//! Where a message ends: lines, and the literals that lines announce
//! ([RFC 9051 sections 2.2](https://www.rfc-editor.org/rfc/rfc9051#section-2.2) and
//! [4.3](https://www.rfc-editor.org/rfc/rfc9051#section-4.3),
//! [RFC 7888](https://www.rfc-editor.org/rfc/rfc7888)).
//!
//! A framer is given everything that is buffered and was not consumed yet; however the bytes come, each is looked at
//! once. It allocates nothing, and what it tells does not depend on whether the grammar likes the message.
//!
//! # Where a line ends
//! At CRLF, in quotes as elsewhere. A bare LF is an octet like any other, which the grammar refuses, unless
//! [`with_bare_lf`](Framer::with_bare_lf) says that it ends a line, too.
//!
//! # Which line announces a literal
//! One that ends in `{`, one to 19 digits, perhaps `+`, and `}`, wherever that stands: RFC 7888 section 3 has a server
//! look at the end of every line, and whoever draws the boundary elsewhere takes the octets behind it for commands. So
//! quotes do not count, either: a quoted string holds no CRLF, so in a line that is well-formed none is open at its
//! end. In one that is not, such as a subject with a `"` that its server does not escape, a framer that counted quotes
//! would let whoever wrote that mail write responses, too.
//!
//! But text for people announces nothing: what follows `+`, or the status `OK`, `NO`, `BAD`, `BYE` or `PREAUTH` of a
//! response. Only in the brackets of `BADCHARSET`, the one response code with strings that may be literals, they are
//! looked for: while the brackets are open, and outside of quotes. In any other code a quote may stand for itself, and
//! who counted it would not see the `]`, and take the text behind it for more.

mod text;

use memchr::memchr;

use crate::error::Limit;
use crate::options::Limits;
use text::{Announcement, Place};

/// Who sends what is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Commands. A literal without `+` waits for the server's `+` line.
    Client,
    /// Responses. A literal never waits, and text announces none.
    Server,
}

/// Finds the end of the message at the front of a buffer that only grows at its end.
///
/// ```
/// use imap_proto::Limits;
/// use imap_proto::framing::{Frame, Framer, Side};
///
/// let (mut framer, limits) = (Framer::new(Side::Server), Limits::default());
/// assert_eq!(framer.next(b"* 1 FETCH (BODY[] {5}\r\nhel", &limits), Ok(None));
/// let whole = b"* 1 FETCH (BODY[] {5}\r\nhello)\r\n* 2 EX";
/// assert_eq!(framer.next(whole, &limits), Ok(Some(Frame::Message { len: 31 })));
/// // A status ends in text, where a count means nothing.
/// assert_eq!(framer.next(b"A1 OK see {5}\r\n", &limits), Ok(Some(Frame::Message { len: 15 })));
/// ```
///
/// A literal that is too large for the buffer is streamed; one that waits for `+` is a decision:
///
/// ```
/// use imap_proto::Limits;
/// use imap_proto::framing::{Frame, Framer, Side};
///
/// let mut limits = Limits::default();
/// limits.inline_literal = 4;
/// let mut framer = Framer::new(Side::Client);
/// let Ok(Some(Frame::Literal(literal))) = framer.next(b"A1 APPEND x {5}\r\n", &limits) else { panic!() };
/// assert_eq!((literal.head, literal.size, literal.waits, literal.inline), (17, 5, true, false));
/// // Here the server sends `+`, and forgets the 17 octets of the head.
/// framer.accept();
/// assert_eq!(framer.next(b"hel", &limits), Ok(Some(Frame::Chunk { len: 3, left: 2 })));
/// assert_eq!(framer.next(b"lo\r\n", &limits), Ok(Some(Frame::Chunk { len: 2, left: 0 })));
/// assert_eq!(framer.next(b"\r\n", &limits), Ok(Some(Frame::Tail { len: 2 })));
/// ```
#[derive(Clone, Debug)]
pub struct Framer {
    side: Side,
    bare_lf: bool,
    authenticated: bool,
    /// Every literal is offered.
    offers_all: bool,
    /// A part of the message is no longer in the buffer.
    parted: bool,
    state: State,
    /// What kind of text has been looked at last.
    place: Place,
    /// How many literals the message has announced.
    literals: u32,
    /// How much of the buffer has been looked at or is known to be a literal, which may not all be there.
    scanned: usize,
    /// Where in the buffer the last line begins; behind a literal, that is where the literal ends.
    line: usize,
    /// Octets of the message that are no longer in the buffer, without literals that were streamed.
    used: usize,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// In a line, or a literal that stays in the buffer.
    Line,
    /// A literal is to be accepted or refused.
    Offered(Literal),
    /// In a literal that is streamed.
    Stream { left: u64 },
    /// Before a literal that was refused and comes all the same.
    Refused { size: u64 },
    /// In a literal that is skipped; `allowed` is how much more may be.
    Drop { left: u64, allowed: u64, too_long: bool },
    /// In a line that is skipped.
    Skip { allowed: u64, too_long: bool },
    /// More was to be skipped than is allowed.
    Failed,
}

/// What is at the front of the buffer. Every length counts from there, CRLF included.
///
/// The caller forgets so many octets before it calls [`Framer::next`] again; those of a [`Literal`] that is `inline`
/// stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message: its lines and the literals between them.
    Message {
        /// Its octets.
        len: usize,
    },
    /// A message up to a literal, which waits for [`Framer::accept`] or [`Framer::refuse`].
    Literal(Literal),
    /// Octets of a literal that was accepted and is not `inline`.
    Chunk {
        /// So many.
        len: usize,
        /// Octets of the literal that are still to come.
        left: u64,
    },
    /// The end of a message of which a literal was streamed.
    Tail {
        /// Its octets.
        len: usize,
    },
    /// A message up to a literal that is beyond a limit: as if [`Framer::refuse`] had been called. No `+` may be sent.
    Refused {
        /// The literal.
        literal: Literal,
        /// [`Limit::Literal`] or [`Limit::Literals`].
        limit: Limit,
    },
    /// A part of what is too long, or follows a literal that was refused: forget it and go on. The first part of a
    /// command that is too long still has its tag.
    Skip {
        /// Its octets.
        len: usize,
    },
    /// The last part of a message that is too long.
    TooLong {
        /// Its octets.
        len: usize,
    },
    /// The last part of a message with a literal that was refused.
    Drained {
        /// Its octets.
        len: usize,
    },
}

impl Frame {
    /// How many octets are to be forgotten.
    pub(crate) const fn len(&self) -> usize {
        match *self {
            Self::Message { len }
            | Self::Chunk { len, .. }
            | Self::Tail { len }
            | Self::Skip { len }
            | Self::TooLong { len }
            | Self::Drained { len } => len,
            Self::Literal(literal) | Self::Refused { literal, .. } => literal.head,
        }
    }
}

/// A literal that a line announces.
///
/// `{310}`, `{310+}`, `~{310}`
///
/// RFC 9051 section 4.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    /// Octets of the message in front of it, its announcement and the CRLF included.
    pub head: usize,
    /// Its octets.
    pub size: u64,
    /// The client sends it when the server has said `+`, and not before.
    pub waits: bool,
    /// It is a literal8, which may hold NUL: `~{310}`. RFC 9051 section 4.3.1.
    pub binary: bool,
    /// It is small enough to stay in the buffer with its head, as a part of the message. Otherwise the head is to be
    /// forgotten before [`Framer::next`] is called, and the literal comes in chunks.
    pub inline: bool,
}

impl Framer {
    /// A framer at the start of a message that `side` sends, before authentication.
    pub const fn new(side: Side) -> Self {
        Self {
            side,
            bare_lf: false,
            authenticated: false,
            offers_all: false,
            parted: false,
            state: State::Line,
            place: Place::START,
            literals: 0,
            scanned: 0,
            line: 0,
            used: 0,
        }
    }

    /// The same, where LF alone ends a line, too, and behind a count announces a literal
    /// ([`Leniency::BARE_LF`](crate::Leniency::BARE_LF)).
    #[must_use]
    pub const fn with_bare_lf(self, bare_lf: bool) -> Self {
        Self { bare_lf, ..self }
    }

    /// From now on the limits that hold after authentication apply, or those before.
    pub const fn set_authenticated(&mut self, authenticated: bool) {
        self.authenticated = authenticated;
    }

    /// Whether every literal of this message is offered, also one that is a part of the message and need not wait. It
    /// holds up to the end of the message, and may be said while its first line is read.
    pub const fn offer_all(&mut self, offers_all: bool) {
        self.offers_all = offers_all;
    }

    /// Whether [`next`](Self::next) will come to the end of a line in `input`.
    pub(crate) fn sees_line_end(&self, input: &[u8]) -> bool {
        input.get(self.scanned..).is_some_and(|unseen| memchr(b'\n', unseen).is_some())
    }

    /// What is at the front of `input`; `None` when it is not there yet.
    ///
    /// A literal is part of its message, unless it must wait for `+`, is larger than
    /// [`Limits::inline_literal`], or does not fit in what a message may have in all: then it is offered.
    ///
    /// # Errors
    /// [`Limit::Discard`]: there is more to skip than [`Limits::discard`] allows. This is final.
    pub fn next(&mut self, input: &[u8], limits: &Limits) -> Result<Option<Frame>, Limit> {
        self.frame(input, limits, true)
    }

    /// The line at the front of `input` where no command is due: an answer to a challenge, or `DONE`. It announces no
    /// literal and may have [`Limits::auth_line`] octets.
    ///
    /// ```
    /// use imap_proto::Limits;
    /// use imap_proto::framing::{Frame, Framer, Side};
    ///
    /// let (mut framer, limits) = (Framer::new(Side::Client), Limits::default());
    /// assert_eq!(framer.next_line(b"DONE\r\nA2 NOOP\r\n", &limits), Ok(Some(Frame::Message { len: 6 })));
    /// ```
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn next_line(&mut self, input: &[u8], limits: &Limits) -> Result<Option<Frame>, Limit> {
        self.frame(input, limits, false)
    }

    /// Takes the literal that was offered; a server says `+` when it `waits`. Does nothing when there is none.
    pub const fn accept(&mut self) {
        let State::Offered(literal) = self.state else { return };
        if literal.inline {
            self.state = State::Line;
            self.go_behind(&literal);
        } else {
            self.stream();
        }
    }

    /// Takes the literal that was offered as one that is not `inline`, however small it is: its head is to be forgotten, and
    /// it comes in chunks. Does nothing when none was offered.
    pub const fn stream(&mut self) {
        let State::Offered(literal) = self.state else { return };
        self.part_at(literal.head);
        self.state = State::Stream { left: literal.size };
    }

    /// Refuses the literal that was offered. When it `waits`, the message ends at its head. Otherwise it comes all the
    /// same and is skipped, with all that follows in the message. Does nothing when none was offered.
    pub const fn refuse(&mut self) {
        if let State::Offered(literal) = self.state {
            self.end_at(&literal);
        }
    }

    /// Whether a message has begun and not ended, `rest` being what is left in the buffer.
    pub fn is_inside(&self, rest: &[u8]) -> bool {
        self.parted || !rest.is_empty()
    }

    fn frame(&mut self, input: &[u8], limits: &Limits, literals: bool) -> Result<Option<Frame>, Limit> {
        loop {
            match self.state {
                State::Line | State::Skip { .. } => return self.scan(input, limits, literals),
                State::Offered(literal) => return Ok(Some(Frame::Literal(literal))),
                State::Stream { left: 0 } => self.state = State::Line,
                State::Stream { left } => {
                    let Some((len, left)) = take(left, input) else { return Ok(None) };
                    self.state = State::Stream { left };
                    return Ok(Some(Frame::Chunk { len, left }));
                }
                State::Refused { size } => {
                    let allowed = self.discard(limits) as u64;
                    self.state = State::Drop { left: size, allowed, too_long: false };
                }
                State::Drop { left: 0, allowed, too_long } => self.state = State::Skip { allowed, too_long },
                // Known before an octet of it has come: the end of the line is behind it.
                State::Drop { left, allowed, .. } if left >= allowed => self.state = State::Failed,
                State::Drop { left, allowed, too_long } => {
                    let Some((len, left)) = take(left, input) else { return Ok(None) };
                    let allowed = allowed.saturating_sub(len as u64);
                    self.state = State::Drop { left, allowed, too_long };
                    return Ok(Some(Frame::Skip { len }));
                }
                State::Failed => return Err(Limit::Discard),
            }
        }
    }

    /// Looks for the end of the line, and of the message.
    fn scan(&mut self, input: &[u8], limits: &Limits, literals: bool) -> Result<Option<Frame>, Limit> {
        let most = self.most(limits, literals);
        // `None` is inside an inline literal.
        while let Some(unseen) = input.get(self.scanned..) {
            let lf = memchr(b'\n', unseen);
            let seen = lf.and_then(|at| unseen.get(..=at)).unwrap_or(unseen);
            #[cfg(test)]
            tests::look(seen.len());
            if self.side == Side::Server {
                self.place = self.place.after(seen);
            }
            self.scanned = self.scanned.saturating_add(seen.len());
            let end = self.scanned;
            let len = self.used.saturating_add(end);
            if len > most && matches!(self.state, State::Line) {
                let allowed = most.saturating_add(self.discard(limits)).saturating_sub(self.used);
                self.state = State::Skip { allowed: allowed as u64, too_long: true };
            }
            let line = input.get(self.line..end).unwrap_or_default();
            if lf.is_none() {
                let State::Skip { allowed, too_long } = self.state else { return Ok(None) };
                // What may be the begin of an announcement stays.
                let skip = end.saturating_sub(line.len().min(Announcement::LONGEST));
                return match skip {
                    0 => Ok(None),
                    len => self.skip(len, allowed, |allowed| State::Skip { allowed, too_long }),
                };
            }
            let line = match line {
                [line @ .., b'\r', b'\n'] => line,
                [line @ .., b'\n'] if self.bare_lf => line,
                _ => continue,
            };
            let announced = match literals && self.announces() {
                true => Announcement::at_end(line),
                false => None,
            };
            if let State::Skip { allowed, too_long } = self.state {
                return self.end_skipped_line(end, announced, allowed, too_long);
            }
            let Some(announced) = announced else {
                let parted = self.parted;
                self.reset();
                return Ok(Some(if parted { Frame::Tail { len: end } } else { Frame::Message { len: end } }));
            };
            // A CRLF is still to come behind it.
            let room = most.saturating_sub(len).saturating_sub(2);
            let literal = Literal {
                head: end,
                size: announced.size,
                waits: self.waits(announced),
                binary: announced.binary,
                inline: announced.size <= limits.inline_literal.min(room) as u64,
            };
            if let Some(frame) = self.announce(literal, limits) {
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }

    /// A line that is skipped ends, and with it what is skipped, unless there is a literal that comes all the same.
    fn end_skipped_line(
        &mut self,
        len: usize,
        announced: Option<Announcement>,
        allowed: u64,
        too_long: bool,
    ) -> Result<Option<Frame>, Limit> {
        match announced {
            Some(literal) if !self.waits(literal) => {
                self.skip(len, allowed, |allowed| State::Drop { left: literal.size, allowed, too_long })
            }
            _ if len as u64 > allowed => {
                self.state = State::Failed;
                Err(Limit::Discard)
            }
            _ => {
                self.reset();
                Ok(Some(if too_long { Frame::TooLong { len } } else { Frame::Drained { len } }))
            }
        }
    }

    /// What is to be told of a literal, if anything.
    fn announce(&mut self, literal: Literal, limits: &Limits) -> Option<Frame> {
        self.literals = self.literals.saturating_add(1);
        let most = match self.side {
            Side::Client if self.authenticated => limits.literal_authenticated,
            Side::Client => limits.literal,
            // A client knows what it has asked for.
            Side::Server => u64::MAX,
        };
        let limit = match () {
            () if literal.size > most => Some(Limit::Literal),
            () if self.literals > limits.literals => Some(Limit::Literals),
            () => None,
        };
        if let Some(limit) = limit {
            self.end_at(&literal);
            return Some(Frame::Refused { literal, limit });
        }
        if literal.inline && !literal.waits && !self.offers_all {
            self.go_behind(&literal);
            return None;
        }
        self.state = State::Offered(literal);
        Some(Frame::Literal(literal))
    }

    /// `len` octets are to be forgotten, if so many are allowed.
    fn skip(
        &mut self,
        len: usize,
        allowed: u64,
        next: impl FnOnce(u64) -> State,
    ) -> Result<Option<Frame>, Limit> {
        let Some(allowed) = allowed.checked_sub(len as u64) else {
            self.state = State::Failed;
            return Err(Limit::Discard);
        };
        self.state = next(allowed);
        self.part_at(len);
        Ok(Some(Frame::Skip { len }))
    }

    /// The message ends at the head of the literal, or what follows is skipped.
    const fn end_at(&mut self, literal: &Literal) {
        if literal.waits {
            self.reset();
        } else {
            self.part_at(literal.head);
            self.state = State::Refused { size: literal.size };
        }
    }

    /// Over a literal that stays in the buffer, without looking at it.
    const fn go_behind(&mut self, literal: &Literal) {
        // It fits in a limit, which is a `usize`.
        self.scanned = literal.head.saturating_add(literal.size as usize);
        self.line = self.scanned;
    }

    /// The first `len` octets leave the buffer, and their message goes on.
    const fn part_at(&mut self, len: usize) {
        self.parted = true;
        self.used = self.used.saturating_add(len);
        self.scanned = self.scanned.saturating_sub(len);
        self.line = self.line.saturating_sub(len);
    }

    /// To the start of a message.
    const fn reset(&mut self) {
        let fresh = Self::new(self.side).with_bare_lf(self.bare_lf);
        *self = Self { authenticated: self.authenticated, ..fresh };
    }

    const fn announces(&self) -> bool {
        matches!(self.side, Side::Client) || !self.place.is_text()
    }

    const fn waits(&self, announced: Announcement) -> bool {
        matches!(self.side, Side::Client) && !announced.plus
    }

    /// The octets that a message may have, without literals that are streamed.
    const fn most(&self, limits: &Limits, literals: bool) -> usize {
        match self.side {
            Side::Server => limits.response,
            Side::Client if !literals => limits.auth_line,
            Side::Client if self.authenticated => limits.command_authenticated,
            Side::Client => limits.command,
        }
    }

    const fn discard(&self, limits: &Limits) -> usize {
        if self.authenticated { limits.discard_authenticated } else { limits.discard }
    }
}

/// Whether `message`, which is whole, announces a literal of more than `most` octets that a client did not wait with.
pub(crate) fn has_hasty_literal(message: &[u8], most: u64) -> bool {
    let mut rest = message;
    while let Some(at) = memchr(b'\n', rest) {
        let (line, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        let after = after.get(1..).unwrap_or_default();
        rest = match Announcement::at_end(line.strip_suffix(b"\r").unwrap_or(line)) {
            Some(literal) if literal.plus && literal.size > most => return true,
            // A literal that is there fits in memory.
            Some(literal) => {
                after.get(usize::try_from(literal.size).unwrap_or(usize::MAX)..).unwrap_or_default()
            }
            None => after,
        };
    }
    false
}

/// How large the literal is that `line`, which ends with its CRLF, announces and waits with.
pub(crate) fn waiting_literal(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let announced = Announcement::at_end(line.strip_suffix(b"\r").unwrap_or(line))?;
    (!announced.plus).then_some(announced.size)
}

/// How many of the `left` octets `input` has, and how many are left then; `None` when it is empty.
fn take(left: u64, input: &[u8]) -> Option<(usize, u64)> {
    let len = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
    (len > 0).then(|| (len, left.saturating_sub(len as u64)))
}

/// Cuts what `side` has sent into messages, with no limits and every literal accepted.
///
/// ```
/// use imap_proto::framing::{Side, split};
///
/// let mut messages = split(b"A1 LOGIN {3}\r\nfoo bar\r\nA2 NOOP\r\nA3 NO", Side::Client);
/// assert_eq!(messages.next(), Some(&b"A1 LOGIN {3}\r\nfoo bar\r\n"[..]));
/// assert_eq!(messages.next(), Some(&b"A2 NOOP\r\n"[..]));
/// assert_eq!(messages.next(), None);
/// assert_eq!(messages.rest(), b"A3 NO");
/// ```
pub const fn split(input: &[u8], side: Side) -> Messages<'_> {
    Messages { rest: input, side }
}

/// The messages of a buffer that has all there is; see [`split`].
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    rest: &'a [u8],
    side: Side,
}

impl<'a> Messages<'a> {
    /// What has not been cut off; at the end, a message that is not complete.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let mut framer = Framer::new(self.side);
        let len = loop {
            match framer.next(self.rest, &Limits::NONE) {
                Ok(Some(Frame::Message { len })) => break len,
                Ok(Some(Frame::Literal(_))) => framer.accept(),
                // Not all there; without limits nothing else is told but of a literal that no memory can hold.
                _ => return None,
            }
        };
        let (message, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(message)
    }
}

#[cfg(test)]
pub(crate) use tests::looked;

#[cfg(test)]
mod tests;
