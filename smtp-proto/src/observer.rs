//! Following a session that belongs to others: for proxies, debuggers and tests.

mod event;
mod kind;
#[cfg(test)]
mod tests;

use alloc::collections::VecDeque;

pub use self::event::Event;
use self::event::handshake;
pub(crate) use self::kind::resembles;
use self::kind::{Envelope, Kind};
use crate::auth::Answer;
use crate::body::{Anomaly, BdatDecoder, DataDecoder, Decoded, Piece, Stray};
use crate::command::Command;
use crate::error::{Error, Expected, ParseError, PeerMisbehaved};
use crate::ext::{Bdat, BodyKind};
use crate::framing::{Line, LineFramer, ReplyFramer};
use crate::options::{Dialect, Leniency, Limits, Tolerated};
use crate::reply::Reply;
use crate::session::{Received, Token, Tokens};
use crate::status::ReplyCode;

/// Which side of the session sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client: commands, bodies, answers to challenges.
    Client,
    /// The server: replies.
    Server,
}

/// Follows both directions of an SMTP or LMTP session that it does not own, and tells what answers what.
///
/// Both sides' bytes are given as they pass, each side's buffer like that of a session: `None` asks for more bytes of that
/// side *or of the other*, because what a client sends after DATA, AUTH or STARTTLS depends on the reply, and because no more
/// than 500 commands are followed without one. What cannot be read but resembles one of these (` DATA`) is that command
/// where the server takes it for one.
///
/// ```
/// use smtp_proto::observer::{Event, Observer, Side};
///
/// let mut observer = Observer::new(false);
/// let greeting = observer.receive(Side::Server, b"220 mail.example.org ESMTP\r\n")?.unwrap();
/// assert!(matches!(greeting.event, Event::Greeting(_)));
/// let noop = observer.receive(Side::Client, b"NOOP\r\n")?.unwrap();
/// let Event::Command { token, .. } = noop.event else { panic!() };
/// let reply = observer.receive(Side::Server, b"250 2.0.0 Ok\r\n")?.unwrap();
/// assert!(matches!(reply.event, Event::Reply { to: Some(to), .. } if to == token));
/// # Ok::<(), smtp_proto::Error>(())
/// ```
#[derive(Debug)]
pub struct Observer {
    limits: Limits,
    dialect: Dialect,
    is_lmtp: bool,
    lines: LineFramer,
    replies: ReplyFramer,
    client: Client,
    greeted: bool,
    /// What the server has not answered yet, in order.
    open: VecDeque<Open>,
    tokens: Tokens,
    /// What becomes of stray octets in bodies.
    stray: Stray,
    /// Of the message that is being sent by BDAT.
    chunks: Option<BdatDecoder>,
    /// The first command behind them with which another message may begin.
    cut: Option<Token>,
    /// A chunk was refused, or something between chunks, and no other message has begun.
    is_refused: bool,
    /// What was wrong with the end of chunks that go on no more.
    late: Option<Anomaly>,
    /// What the line that is being skipped began like.
    front: Option<Kind>,
    /// Recipients that the server accepted since the last MAIL.
    accepted: u32,
    /// What the server accepted as the beginning of a message.
    mail: Option<Envelope>,
    /// AUTH was refused or ended early, and no command that is known has come: what was meant for an answer may.
    after_auth: bool,
    has_quit: bool,
    /// It decides what passes: what is behind an unknown command waits for its reply, and a chunk without a recipient is dropped.
    is_relay: bool,
    failed: Option<Error>,
}

/// How many commands may be open; what comes behind them waits.
const MAX_OPEN: usize = 500;

/// What the client's next bytes are.
#[derive(Debug)]
enum Client {
    Commands,
    /// It depends on the next reply.
    Waits,
    Data {
        token: Token,
        decoder: DataDecoder,
    },
    Bdat {
        token: Token,
        last: bool,
        /// Nobody is to have its octets.
        is_dropped: bool,
    },
    Auth {
        token: Token,
    },
    Tls,
}

/// A command or a body, and what its reply means for the session.
#[derive(Clone, Copy, Debug)]
struct Open {
    token: Token,
    kind: Kind,
}

impl Observer {
    /// Follows a session from its greeting on.
    pub fn new(is_lmtp: bool) -> Self {
        Self {
            limits: Limits::default(),
            dialect: Dialect::TOLERANT,
            is_lmtp,
            lines: LineFramer::new(),
            replies: ReplyFramer::new(),
            client: Client::Commands,
            greeted: false,
            open: VecDeque::new(),
            tokens: Tokens::default(),
            stray: Stray::Reject,
            chunks: None,
            cut: None,
            is_refused: false,
            late: None,
            front: None,
            accepted: 0,
            mail: None,
            after_auth: false,
            has_quit: false,
            is_relay: false,
            failed: None,
        }
    }

    /// Reads strictly, or puts up with less or more than [`Dialect::TOLERANT`].
    pub fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Reads the next event from the front of what `side` has sent and this has not consumed yet.
    ///
    /// # Errors
    /// A limit was exceeded, the boundaries of a reply cannot be trusted, or the server asks for more of a command of which
    /// nobody knows what that is. It is final.
    pub fn receive<'i>(&mut self, side: Side, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        self.failed.map_or(Ok(()), Err)?;
        let received = match side {
            Side::Client => self.receive_client(input),
            Side::Server => self.receive_server(input),
        };
        received.inspect_err(|&error| self.failed = Some(error))
    }

    /// `side` sends no more; `rest` is what was not consumed.
    ///
    /// # Errors
    /// [`PeerMisbehaved::Truncated`]: it ended inside a line, a reply or a body. What has ended the session before.
    pub fn receive_eof(&mut self, side: Side, rest: &[u8]) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)?;
        let inside = match (side, &self.client) {
            (Side::Client, Client::Data { .. }) => true,
            (Side::Client, _) if self.is_within_chunks() => true,
            (Side::Client, _) => self.lines.is_inside(rest),
            (Side::Server, _) => self.replies.is_inside(rest),
        };
        if inside { Err(PeerMisbehaved::Truncated.into()) } else { Ok(()) }
    }

    /// Whether STARTTLS was accepted: the handshakes come next, and then [`tls_established`](Self::tls_established).
    pub fn is_tls_due(&self) -> bool {
        matches!(self.client, Client::Tls)
    }

    /// The TLS handshake is over, and both sides' bytes are given in clear again. Where TLS comes first, say it before anything
    /// else.
    pub fn tls_established(&mut self) {
        let Self { dialect, is_lmtp, greeted, stray, is_relay, failed, ref tokens, .. } = *self;
        let tokens = tokens.clone();
        *self = Self { dialect, stray, is_relay, failed, greeted, tokens, ..Self::new(is_lmtp) };
    }

    /// How many commands and bodies the server has not answered.
    pub fn unanswered(&self) -> usize {
        self.open.len()
    }

    /// For who decides what passes. What becomes of stray octets in bodies: they are reported unless they are preserved.
    /// What the server makes of an unknown command is to be known before anything behind it passes, and no chunk passes for
    /// which there is no recipient.
    pub(crate) fn relayed(is_lmtp: bool, stray: Stray) -> Self {
        Self { stray, is_relay: true, ..Self::new(is_lmtp) }
    }

    /// Whether the client's next octets, or none, are a chunk that is not to pass.
    pub(crate) fn is_dropping(&self) -> bool {
        matches!(self.client, Client::Bdat { is_dropped: true, .. })
    }

    /// The body or chunk of which octets are to come that are to pass.
    pub(crate) fn unfinished(&self) -> Option<Token> {
        match self.client {
            Client::Data { token, .. } => Some(token),
            Client::Bdat { token, is_dropped: false, .. } if self.has_octets_to_come() => Some(token),
            _ => None,
        }
    }

    /// Whether a message by BDAT is not whole; one of which a chunk was refused has ended, and QUIT ends any.
    fn is_within_chunks(&self) -> bool {
        let goes_on = self.chunks.is_some() && !self.is_refused && !self.has_quit;
        let is_last = matches!(self.client, Client::Bdat { last: true, .. });
        self.has_octets_to_come() || (goes_on && !is_last)
    }

    fn has_octets_to_come(&self) -> bool {
        self.chunks.as_ref().is_some_and(BdatDecoder::has_octets_to_come)
    }

    /// Whether the client's next line answers a challenge.
    pub(crate) fn is_in_auth(&self) -> bool {
        matches!(self.client, Client::Auth { .. })
    }

    /// Whether a message by BDAT has begun.
    pub(crate) fn is_in_chunks(&self) -> bool {
        self.chunks.is_some()
    }

    /// Whether the client sends commands, and there are some that were not answered.
    pub(crate) fn is_awaited(&self) -> bool {
        matches!(self.client, Client::Commands) && !self.open.is_empty()
    }

    /// Whether a server may take no chunk before another message has begun.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether the client's next octets are a body of DATA.
    pub(crate) fn is_in_data(&self) -> bool {
        matches!(self.client, Client::Data { .. })
    }

    /// Whether what `side` sends next must not be in clear: STARTTLS was sent, or accepted.
    pub(crate) fn is_before_tls(&self, side: Side) -> bool {
        let is_asked = || self.open.back().is_some_and(|open| open.kind == Kind::StartTls);
        matches!(self.client, Client::Tls) || (side == Side::Client && is_asked())
    }

    fn receive_client<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if let Some(anomaly) = self.late.take() {
            return Ok(Some(Received { consumed: 0, event: Event::Anomaly(anomaly) }));
        }
        match self.client {
            Client::Waits => Ok(None),
            Client::Tls => handshake(input),
            Client::Data { token, ref mut decoder } => {
                let decoded = decoder.decode(input);
                Ok(decoded.map(|decoded| self.body(decoded, token, true)))
            }
            Client::Bdat { token, last, .. } => {
                let decoded = self.chunks.as_mut().and_then(|decoder| decoder.decode(input));
                Ok(decoded.map(|decoded| self.body(decoded, token, last)))
            }
            // Who sends that much without a reply waits, as with any server.
            Client::Commands if self.open.len() >= MAX_OPEN => Ok(None),
            Client::Commands | Client::Auth { .. } => self.receive_line(input),
        }
    }

    fn body<'i>(&mut self, decoded: Decoded<'i>, token: Token, last: bool) -> Received<Event<'i>> {
        let event = match decoded.piece {
            Piece::Content(content) => Event::Chunk(content),
            Piece::Anomaly(anomaly) => Event::Anomaly(anomaly),
            Piece::End => {
                self.client = Client::Commands;
                if last {
                    (self.chunks, self.cut) = (None, None);
                }
                Event::BodyEnd { token, last }
            }
        };
        Received { consumed: decoded.consumed, event }
    }

    fn receive_line<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        let bare_lf = self.dialect.leniency.contains(Leniency::BARE_LF);
        // An AUTH line may be that long, and what the server takes is not known here.
        let (limit, discard) = (self.limits.auth_line, self.limits.discard_authenticated);
        let Some(line) = self.lines.next(input, limit, discard, bare_lf)? else { return Ok(None) };
        let (len, wrong) = match line {
            Line::Whole { len } => (len, None),
            Line::BareLf { len, offset } => (len, Some((Expected::Crlf, offset))),
            Line::Skip { len } => (len, None),
            Line::TooLong { len } => (len, Some((Expected::Shorter, limit))),
        };
        let text = input.get(..len).unwrap_or_default();
        // Of a line that is too long so much is always there at once, and its kind must not hang on how it is cut.
        let front = text.get(..limit).unwrap_or(text);
        let event = match (line, wrong) {
            (Line::Skip { .. }, _) => {
                self.front.get_or_insert_with(|| Kind::resembling(front));
                Event::Skipped(text)
            }
            (_, Some((expected, offset))) => {
                let kind = self.front.take().unwrap_or_else(|| Kind::resembling(front));
                self.malformed_command(kind, ParseError { expected, offset }, text)
            }
            (_, None) => self.line(text),
        };
        Ok(Some(Received { consumed: len, event }))
    }

    fn line<'i>(&mut self, line: &'i [u8]) -> Event<'i> {
        if let Client::Auth { token } = self.client {
            self.client = Client::Waits;
            return match Answer::parse(line, self.dialect) {
                Ok((_, answer)) => Event::Answer { token, answer },
                Err(error) => Event::Malformed { side: Side::Client, token: Some(token), error, line },
            };
        }
        match Command::parse_reporting(line, self.dialect) {
            // Half of the base64 there is could be a verb.
            Ok((_, Command::Other(other), _)) if self.after_auth && other.arguments().is_none() => {
                let error = ParseError { expected: Expected::Verb, offset: 0 };
                self.malformed_command(Kind::resembling(line), error, line)
            }
            Ok((_, command, tolerated)) => {
                self.after_auth &= matches!(command, Command::Other(_));
                let token = self.command(&command, tolerated, line);
                Event::Command { token, command, tolerated }
            }
            Err(error) => self.malformed_command(Kind::resembling(line), error, line),
        }
    }

    fn malformed_command<'i>(&mut self, kind: Kind, error: ParseError, line: &'i [u8]) -> Event<'i> {
        // A SASL answer is answered by the reply to AUTH.
        let token = match self.client {
            Client::Auth { token } => {
                self.client = Client::Waits;
                token
            }
            _ => self.open(kind),
        };
        Event::Malformed { side: Side::Client, token: Some(token), error, line }
    }

    fn open(&mut self, kind: Kind) -> Token {
        let token = self.tokens.next();
        self.open.push_back(Open { token, kind });
        match kind {
            // Whether the chunks go on behind it is the server's to say.
            Kind::Reset | Kind::Mail(_) => self.cut = self.cut.or(self.chunks.is_some().then_some(token)),
            Kind::Data => self.end_chunks(),
            _ => {}
        }
        if self.is_waited_for(kind) {
            self.client = Client::Waits;
        }
        token
    }

    /// The chunks do not go on: what a CR at their end is followed by, nobody knows.
    fn end_chunks(&mut self) {
        self.cut = None;
        let Some(mut decoder) = self.chunks.take() else { return };
        let _ = decoder.start(0, true);
        if let Some(Decoded { piece: Piece::Anomaly(anomaly), .. }) = decoder.decode(&[]) {
            self.late = Some(anomaly);
        }
    }

    fn command(&mut self, command: &Command<'_>, tolerated: Option<Tolerated>, line: &[u8]) -> Token {
        let kind = match command {
            Command::Ehlo(_) | Command::Helo(_) | Command::Lhlo(_) | Command::Rset | Command::XClient(_) => {
                Kind::Reset
            }
            Command::Mail(mail) | Command::Send(mail) | Command::Soml(mail) | Command::Saml(mail) => {
                // Of two BODY parameters a server may take the other.
                let is_clear = !tolerated.is_some_and(|what| what.leniency.contains(Leniency::DUPLICATE));
                Kind::Mail(Envelope {
                    prdr: mail
                        .parameters
                        .iter()
                        .any(|parameter| parameter.keyword().eq_ignore_ascii_case("PRDR")),
                    binary: is_clear && mail.parameters.body() == BodyKind::BinaryMime,
                })
            }
            Command::Rcpt(_) => Kind::Recipient,
            Command::Data => Kind::Data,
            Command::Bdat(bdat) if bdat.is_last() => Kind::Body { had: 0, due: None },
            Command::Burl(burl) if burl.is_last() => Kind::Body { had: 0, due: None },
            Command::Bdat(_) | Command::Burl(_) => Kind::Chunk,
            Command::Auth(_) => Kind::Auth,
            Command::StartTls => Kind::StartTls,
            Command::Other(_) => Kind::resembling(line),
            _ => Kind::Other,
        };
        let token = self.open(kind);
        match command {
            Command::Bdat(_) if self.cut.is_some() => self.end_chunks(),
            // What comes from elsewhere goes between.
            Command::Burl(_) => self.end_chunks(),
            _ => {}
        }
        self.has_quit |= matches!(command, Command::Quit);
        if let Command::Bdat(bdat) = *command {
            self.start_chunk(bdat, token);
        }
        token
    }

    fn start_chunk(&mut self, bdat: Bdat, token: Token) {
        let has_recipient = self.mail.is_some() && self.accepted > 0;
        let is_dropped = self.is_relay && !self.is_refused && !has_recipient;
        // What is dropped is all that there is of its message.
        let last = bdat.is_last() || is_dropped;
        if is_dropped {
            (self.chunks, self.cut) = (Some(BdatDecoder::new(Stray::Preserve, true)), None);
            if let Some(open) = self.open.back_mut() {
                open.kind = Kind::Other;
            }
        }
        // The octets of a chunk are counted: they cannot be put right on their way.
        let stray = if self.stray == Stray::Normalise { Stray::Reject } else { self.stray };
        let binary = self.is_binary();
        let decoder = self.chunks.get_or_insert_with(|| BdatDecoder::new(stray, binary));
        // Between two commands no chunk is open, and after the last one there is a new decoder.
        let _ = decoder.start(bdat.size(), last);
        self.client = Client::Bdat { token, last, is_dropped };
    }

    fn receive_server<'i>(&mut self, input: &'i [u8]) -> Result<Option<Received<Event<'i>>>, Error> {
        if matches!(self.client, Client::Tls) {
            return handshake(input);
        }
        let Some(len) = self.replies.next(input, &self.limits)? else { return Ok(None) };
        let line = input.get(..len).unwrap_or_default();
        let event = match Reply::parse_reporting(line, self.dialect) {
            Ok((_, reply, _)) if !self.greeted => {
                self.greeted = true;
                Event::Greeting(reply)
            }
            Ok((_, reply, tolerated)) => match self.answered(reply.code())? {
                Some(Open { token, kind: Kind::StartTls }) if reply.code() == ReplyCode::SERVICE_READY => {
                    Event::StartTls { token, reply }
                }
                open => Event::Reply { to: open.map(|open| open.token), reply, tolerated },
            },
            // Preliminary replies answer nothing, `050 ` of who was asked by VERB, and neither does the greeting.
            Err(error)
                if matches!(line.first(), Some(b'0' | b'1'))
                    || !core::mem::replace(&mut self.greeted, true) =>
            {
                Event::Malformed { side: Side::Server, token: None, error, line }
            }
            Err(error) => {
                let token = self.open.pop_front().map(|open| {
                    self.after_auth |= open.kind == Kind::Auth;
                    open.token
                });
                self.client_may_go_on();
                Event::Malformed { side: Side::Server, token, error, line }
            }
        };
        Ok(Some(Received { consumed: len, event }))
    }

    /// What a reply of `code` answers, and what that does to the session.
    fn answered(&mut self, code: ReplyCode) -> Result<Option<Open>, Error> {
        let Some(&open) = self.open.front() else {
            // A client would take it for the reply to its next command; but a server may say at any time that it ends.
            let is_taken = self.is_relay && !(code.is_transient() || code.is_permanent());
            return if is_taken { Err(PeerMisbehaved::UnexpectedReply.into()) } else { Ok(None) };
        };
        let mut is_last = true;
        let is_refusal = code.is_transient() || code.is_permanent();
        self.is_refused |=
            is_refusal && (self.chunks.is_some() || matches!(open.kind, Kind::Chunk | Kind::Body { .. }));
        match open.kind {
            Kind::Reset if code.is_positive() => self.begin(open.token, None),
            Kind::Mail(envelope) if code.is_positive() => self.begin(open.token, Some(envelope)),
            Kind::Recipient if code.is_positive() => self.accepted = self.accepted.saturating_add(1),
            Kind::Data if matches!(code, ReplyCode::GO_AHEAD | ReplyCode::GO_AHEAD_AT) => {
                self.client = Client::Data { token: open.token, decoder: DataDecoder::new(self.stray) };
                self.set_front(Kind::Body { had: 0, due: None });
                is_last = false;
            }
            // It answers something else: the server may be about to read a body.
            Kind::Data if self.is_relay && code.is_positive() => {
                return Err(PeerMisbehaved::UnexpectedReply.into());
            }
            Kind::Auth if code == ReplyCode::CHALLENGE => {
                self.client = Client::Auth { token: open.token };
                is_last = false;
            }
            Kind::StartTls if code == ReplyCode::SERVICE_READY => self.client = Client::Tls,
            // RFC 3030 section 2: a message of which a chunk failed has failed, so that the last chunk has one reply.
            Kind::Chunk if is_refusal => self.accepted = 0,
            // The client is to go on with something, and nobody knows where that ends.
            kind if code.is_intermediate()
                && !(code == ReplyCode::PER_RECIPIENT && matches!(kind, Kind::Body { .. })) =>
            {
                return Err(PeerMisbehaved::UnexpectedReply.into());
            }
            // What the client says to a challenge may be on its way.
            Kind::Auth => {
                self.after_auth |=
                    code != ReplyCode::AUTHENTICATED || matches!(self.client, Client::Auth { .. });
            }
            Kind::Body { had, due } => {
                let due = due.unwrap_or_else(|| self.replies_due(code));
                let had = had.saturating_add(1);
                is_last = had >= due;
                self.set_front(Kind::Body { had, due: Some(due) });
                if is_last {
                    (self.accepted, self.mail) = (0, None);
                }
            }
            _ => {}
        }
        if is_last {
            self.open.pop_front();
            self.client_may_go_on();
        }
        Ok(Some(open))
    }

    /// Another message may begin, or has with `mail`, as `token` was accepted.
    fn begin(&mut self, token: Token, mail: Option<Envelope>) {
        (self.accepted, self.mail, self.is_refused) = (0, mail, false);
        if self.cut.is_some_and(|cut| cut <= token) {
            (self.chunks, self.cut) = (None, None);
        }
    }

    /// How many replies a message has, the first being one of `code`.
    fn replies_due(&self, code: ReplyCode) -> u32 {
        if code == ReplyCode::PER_RECIPIENT && self.mail.is_some_and(|mail| mail.prdr) {
            // The 353, one for each recipient, and one for all.
            return self.accepted.saturating_add(2);
        }
        if self.is_lmtp { self.accepted.max(1) } else { 1 }
    }

    /// Whether a message that begins now may hold anything: whichever MAIL the server accepted, or will, it said so. One that is
    /// refused must not switch the checks off.
    fn is_binary(&self) -> bool {
        let open = self.open.iter().filter_map(|open| match open.kind {
            Kind::Mail(envelope) => Some(envelope),
            _ => None,
        });
        let mut envelopes = open.chain(self.mail).peekable();
        envelopes.peek().is_some() && envelopes.all(|envelope| envelope.binary)
    }

    fn set_front(&mut self, kind: Kind) {
        if let Some(front) = self.open.front_mut() {
            front.kind = kind;
        }
    }

    /// Whether the next octets of the client depend on the reply to `kind`.
    fn is_waited_for(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Data | Kind::Auth | Kind::StartTls) || (kind == Kind::Unknown && self.is_relay)
    }

    /// After the answer to what was waited for, which asks for nothing more, commands follow.
    fn client_may_go_on(&mut self) {
        let is_answered = matches!(self.client, Client::Waits | Client::Auth { .. });
        if is_answered && !self.open.iter().any(|open| self.is_waited_for(open.kind)) {
            self.client = Client::Commands;
        }
    }
}
