//! What IMAP sessions come to in a log.

use std::collections::BTreeMap;

use bytes::BytesMut;
use imap_proto::auth::Answer;
use imap_proto::client::Streamed;
use imap_proto::observer::{AppendTarget, Event, Observer, Side as From};
use imap_proto::response::{Code, Data, NumberedData, RespText, StatusKind, Tagged};
use imap_proto::{
    Command, EncodeOptions, Error, FetchItem, Greeting, PeerMisbehaved, Received, Response, State, Tag,
    TaggedCommand, Text, Token,
};

use crate::follow::{Lost, Observe, Then, Told};
use crate::log::{Side, cut, quote};

/// Follows a session.
pub struct Imap {
    observer: Observer,
    /// What the log calls commands that are not completed.
    names: BTreeMap<Token, Name>,
    /// How many there were.
    commands: u64,
    /// A password was refused before it came: what comes next may be it, said all the same.
    is_refused: bool,
}

#[derive(Clone)]
struct Name {
    number: u64,
    keyword: String,
    /// What the client said may have been a secret, which a server may echo.
    may_be_secret: bool,
}

/// The keyword of what has no other. It may be a password, said at the wrong time.
const UNKNOWN: &str = "?";

/// As many as the observer remembers.
const MOST_OPEN: usize = 1_000;

impl Imap {
    pub fn new() -> Self {
        Self { observer: Observer::new(), names: BTreeMap::new(), commands: 0, is_refused: false }
    }

    fn event(&mut self, event: Event<'_>) -> Told {
        let is_malformed = matches!(event, Event::Malformed { .. });
        let mut then = Then::Go;
        let mut tolerance = None;
        let text = match event {
            Event::Greeting(greeting) => greeting_text(&greeting),
            Event::Command { token, command, tolerated } => {
                tolerance = tolerated;
                if command.command == Command::StartTls {
                    then = Then::StartTlsAsked;
                }
                self.command(token, &command)
            }
            Event::Waits { token, size, .. } => self.waits(token, size),
            // Its completion was told before.
            Event::Refused { .. } => {
                self.is_refused = self.observer.state() == State::NotAuthenticated;
                "the command that was completed does not go on".into()
            }
            Event::Append { token, tag, target } => self.append(token, &tag, &target),
            Event::Message { token, .. } => format!("{} a message", self.name(token)),
            Event::CatenateUrl { token, .. } => format!("{} a part by URL, not shown", self.name(token)),
            Event::Literal { token, offer } => {
                let waits = if offer.waits { ", which waits" } else { "" };
                format!("{} a literal of {} octets{waits}", self.name(token), offer.size)
            }
            Event::Chunk { left: 0, .. } => "end of a literal".into(),
            Event::Chunk { .. } => return Told::default(),
            Event::AppendEnd { token } => format!("{} end of the command", self.name(token)),
            Event::Response { to, response, tolerated } => {
                tolerance = tolerated;
                format!("{} {}", self.answers(to), response_text(&response, self.is_open(to)))
            }
            Event::FetchHead { to, number, items, contents, size } => {
                let mut items: Vec<String> = items.iter().map(|item| item_text(&item)).collect();
                items.push(streamed_text(&contents));
                format!("{} {number} FETCH {}, {size} octets", self.answers(to), items.join(" "))
            }
            Event::FetchTail { to, items } => {
                let items: Vec<String> = items.iter().map(|item| item_text(&item)).collect();
                format!("{} end of FETCH {}", self.answers(to), items.join(" "))
            }
            Event::Finished { to, tagged, tolerated } => {
                tolerance = tolerated;
                let is_start_tls = |to| self.names.get(&to).is_some_and(|name| name.keyword == "STARTTLS");
                if to.is_some_and(is_start_tls) {
                    then = Then::StartTlsRefused;
                }
                self.finished(to, &tagged)
            }
            Event::Challenge { token, tolerated, .. } => {
                tolerance = tolerated;
                format!("{} challenge, not shown", self.name(token))
            }
            Event::Answer { token, answer: Answer::Cancel } => format!("{} cancelled", self.name(token)),
            Event::Answer { token, .. } => format!("{} answer, not shown", self.name(token)),
            Event::Done { token } => format!("{} DONE", self.name(token)),
            Event::StartTls { token, tagged } => {
                then = Then::StartTls;
                self.finished(Some(token), &tagged)
            }
            Event::Compress { token, tagged } => {
                then = Then::Compress;
                self.finished(Some(token), &tagged)
            }
            Event::Malformed { side, token, error, line, .. } => {
                let name = match token {
                    Some(token) if side == From::Client => self.begin(token, UNKNOWN, true),
                    token => self.answers(token),
                };
                format!("{name} malformed: {error}; {} octets, not shown", line.len())
            }
            Event::Skipped(octets) => return Told { skipped: octets.len(), ..Told::default() },
            _ => "an event that this proxy does not know".into(),
        };
        let tolerated = tolerance.map(|tolerated| format!(" (tolerated: {})", tolerated.error));
        Told { text: Some(text + &tolerated.unwrap_or_default()), then, is_malformed, ..Told::default() }
    }

    fn waits(&mut self, token: Token, size: u64) -> String {
        let name = self.begin(token, UNKNOWN, true);
        // How long a password is says something about it.
        match self.observer.state() {
            State::NotAuthenticated => format!("{name} waits with a literal"),
            _ => format!("{name} waits with a literal of {size} octets"),
        }
    }

    fn append(&mut self, token: Token, tag: &Tag<'_>, target: &AppendTarget<'_>) -> String {
        let (keyword, mailbox) = match target {
            AppendTarget::Append(mailbox) => ("APPEND", mailbox),
            AppendTarget::Replace(_, mailbox) => ("REPLACE", mailbox),
            AppendTarget::UidReplace(_, mailbox) => ("UID REPLACE", mailbox),
        };
        self.begin(token, keyword, false);
        format!("{} to {}", self.tagged(token, tag), quote(&String::from_utf8_lossy(mailbox.as_bytes())))
    }

    /// Whether what the server says to this command, or unasked, repeats no secret.
    fn is_open(&self, to: Option<Token>) -> bool {
        match to {
            Some(to) => self.names.get(&to).is_some_and(|name| !name.may_be_secret),
            None => {
                self.observer.state() != State::NotAuthenticated
                    && !self.names.values().any(|name| name.may_be_secret)
            }
        }
    }

    fn command(&mut self, token: Token, command: &TaggedCommand<'_>) -> String {
        let TaggedCommand { tag, command } = command;
        if std::mem::take(&mut self.is_refused) {
            let name = self.begin(token, command.keyword(), true);
            return format!("{name}, if it is not what was refused: not shown");
        }
        let (keyword, more) = match command {
            // The tag, too, may be a part of a password.
            Command::Other(_) => {
                return format!("{} an unknown command", self.begin(token, UNKNOWN, true));
            }
            Command::Login(_) => ("LOGIN", "with a password, not shown".into()),
            Command::Authenticate(authenticate) => {
                let initial = authenticate.initial_response.as_ref().map(|_| " with a response, not shown");
                ("AUTHENTICATE", format!("{}{}", authenticate.mechanism, initial.unwrap_or_default()))
            }
            // What may hold tokens, values for nobody else, or what this proxy knows nothing of.
            Command::Id(_)
            | Command::SetMetadata(_)
            | Command::GenUrlAuth(_)
            | Command::UrlFetch(_)
            | Command::XApplePushService(_) => (command.keyword(), "(arguments not shown)".into()),
            _ => {
                let mut wire = BytesMut::new();
                let whole = TaggedCommand { tag: tag.clone(), command: command.clone() };
                whole.encode_with(EncodeOptions::default().with_utf8(true), &mut wire);
                let skip = tag.as_bytes().len().saturating_add(1);
                let text = one_line(wire.get(skip..).unwrap_or_default());
                let keyword = command.keyword();
                (keyword, text.strip_prefix(keyword).unwrap_or(&text).trim_start().to_owned())
            }
        };
        let is_secret = matches!(command, Command::Login(_) | Command::Authenticate(_));
        self.begin(token, keyword, is_secret);
        format!("{} {more}", self.tagged(token, tag)).trim_end().to_owned()
    }

    /// `#3 SELECT` of a command that the observer names, maybe not for the first time.
    fn begin(&mut self, token: Token, keyword: &str, may_be_secret: bool) -> String {
        let number = self.names.get(&token).map(|name| name.number).unwrap_or_else(|| {
            self.commands = self.commands.saturating_add(1);
            self.commands
        });
        self.names.insert(token, Name { number, keyword: keyword.to_owned(), may_be_secret });
        if self.names.len() > MOST_OPEN {
            self.names.pop_first();
        }
        self.name(token)
    }

    fn name(&self, token: Token) -> String {
        self.names
            .get(&token)
            .map_or_else(|| "#?".into(), |name| format!("#{} {}", name.number, name.keyword))
    }

    /// `#3 a1 SELECT`
    fn tagged(&self, token: Token, tag: &Tag<'_>) -> String {
        let (number, keyword) =
            self.names.get(&token).map_or((0, UNKNOWN), |name| (name.number, &*name.keyword));
        format!("#{number} {} {keyword}", cut(&String::from_utf8_lossy(tag.as_bytes())))
    }

    fn answers(&self, to: Option<Token>) -> String {
        to.map_or_else(|| "unasked".into(), |to| self.name(to))
    }

    fn finished(&mut self, to: Option<Token>, tagged: &Tagged<'_>) -> String {
        let name = self.answers(to);
        let known = to.and_then(|to| self.names.remove(&to));
        let is_open = known.is_some_and(|name| !name.may_be_secret);
        format!("{name} {} {}", kind(tagged.status.kind), show(&tagged.status.text, is_open))
    }
}

const fn kind(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Ok => "OK",
        StatusKind::No => "NO",
        StatusKind::Bad => "BAD",
    }
}

/// `[UIDNEXT 5] "text"`. Of codes that may have URLs with tokens in them, and of those that nobody knows, only the name.
fn show(text: &RespText<'_>, with_text: bool) -> String {
    let code = text.code.as_ref().map(|code| match code {
        Code::Other(_) | Code::Invalid(_) if !with_text => "[…] ".into(),
        _ if !with_text => format!("[{}] ", cut(code.keyword())),
        Code::Referral(_) | Code::BadUrl(_) | Code::UrlMech(_) | Code::Other(_) | Code::Invalid(_) => {
            format!("[{}] ", cut(code.keyword()))
        }
        code => format!("[{}] ", code_text(code)),
    });
    let text = if with_text {
        quote(&String::from_utf8_lossy(text.text.as_bytes()))
    } else {
        "(text not shown)".into()
    };
    format!("{}{text}", code.unwrap_or_default())
}

/// What stands between the brackets.
fn code_text(code: &Code<'_>) -> String {
    let Ok(text) = Text::new("x") else { return code.keyword().to_owned() };
    let mut wire = BytesMut::new();
    Response::Bye(RespText::with_code(code.clone(), text)).encode(&mut wire);
    let text = one_line(&wire);
    text.strip_prefix("* BYE [")
        .and_then(|text| text.strip_suffix("] x"))
        .unwrap_or(code.keyword())
        .to_owned()
}

/// A message without its CRLF, cut short; only its size, if there is a literal in it.
fn one_line(wire: &[u8]) -> String {
    let line = wire.strip_suffix(b"\r\n").unwrap_or(wire);
    match line.contains(&b'\n') {
        true => format!("(not shown, {} octets)", wire.len()),
        false => cut(&String::from_utf8_lossy(line)),
    }
}

fn response_text(response: &Response<'_>, is_open: bool) -> String {
    match response {
        Response::Tagged(tagged) => {
            format!("{} {}", kind(tagged.status.kind), show(&tagged.status.text, is_open))
        }
        Response::Status(status) => format!("{} {}", kind(status.kind), show(&status.text, is_open)),
        Response::Bye(text) => format!("BYE {}", show(text, is_open)),
        Response::PreAuth(text) => format!("PREAUTH {}", show(text, is_open)),
        Response::Numbered(numbered) => {
            let items = match &numbered.data {
                NumberedData::Fetch(items) | NumberedData::UidFetch(items) => items,
                data => return format!("{} {}", numbered.number, cut(data.keyword())),
            };
            let items: Vec<String> = items.iter().map(|item| item_text(&item)).collect();
            format!("{} {} {}", numbered.number, numbered.data.keyword(), items.join(" "))
        }
        Response::Data(data) => match data {
            Data::Id(_)
            | Data::Metadata(_)
            | Data::GenUrlAuth(_)
            | Data::UrlFetch(_)
            | Data::JmapAccess(_)
            | Data::XApplePushService(_)
            | Data::Other(_) => format!("{} (not shown)", cut(data.keyword())),
            _ => {
                let mut wire = BytesMut::new();
                response.encode_with(EncodeOptions::default().with_utf8(true), &mut wire);
                let text = one_line(&wire);
                match text.strip_prefix("* ") {
                    Some(text) => text.to_owned(),
                    None => format!("{} {text}", data.keyword()),
                }
            }
        },
        Response::Continue(_) => "go on".into(),
        Response::Invalid(_) => "a response that cannot be read, not shown".into(),
    }
}

/// `UID 17`, `BODY[TEXT] (310 octets)`, `ENVELOPE`: nothing of the message.
fn item_text(item: &FetchItem<'_>) -> String {
    let sized = |octets: Option<&[u8]>| match octets {
        Some(octets) => format!("({} octets)", octets.len()),
        None => "NIL".into(),
    };
    match item {
        FetchItem::Uid(uid) => format!("UID {uid}"),
        FetchItem::Rfc822Size(size) => format!("RFC822.SIZE {size}"),
        FetchItem::ModSeq(value) => format!("MODSEQ ({value})"),
        FetchItem::Flags(flags) => {
            let flags: Vec<_> =
                flags.iter().map(|flag| String::from_utf8_lossy(flag.as_bytes()).into_owned()).collect();
            format!("FLAGS ({})", cut(&flags.join(" ")))
        }
        FetchItem::BodySection(body) => {
            format!("BODY[{}] {}", cut(&body.section.to_string()), sized(body.data.as_bytes()))
        }
        FetchItem::BinarySection(body) => {
            let numbers: Vec<String> = body.part.numbers().map(|number| number.to_string()).collect();
            format!("BINARY[{}] {}", cut(&numbers.join(".")), sized(body.data.as_bytes()))
        }
        FetchItem::Rfc822(data) => format!("RFC822 {}", sized(data.as_bytes())),
        FetchItem::Rfc822Header(data) => format!("RFC822.HEADER {}", sized(data.as_bytes())),
        FetchItem::Rfc822Text(data) => format!("RFC822.TEXT {}", sized(data.as_bytes())),
        FetchItem::Invalid(_) => "(an item that cannot be read)".into(),
        item => cut(item.keyword().trim_end_matches('[')),
    }
}

fn streamed_text(contents: &Streamed<'_>) -> String {
    match contents {
        Streamed::Body { section, .. } => format!("BODY[{}]", cut(&section.to_string())),
        Streamed::Binary { .. } => "BINARY".into(),
        Streamed::Rfc822 => "RFC822".into(),
        Streamed::Rfc822Header => "RFC822.HEADER".into(),
        Streamed::Rfc822Text => "RFC822.TEXT".into(),
        _ => "contents".into(),
    }
}

fn greeting_text(greeting: &Greeting<'_>) -> String {
    match greeting {
        Greeting::Ok(text) => format!("greeting OK {}", show(text, true)),
        Greeting::PreAuth(text) => format!("greeting PREAUTH {}", show(text, true)),
        Greeting::Bye(text) => format!("greeting BYE {}", show(text, true)),
    }
}

fn lost(error: Error) -> Lost {
    match error {
        Error::PeerMisbehaved(PeerMisbehaved::PlaintextAfterStartTls) => Lost::Injection,
        error => Lost::Other(error.to_string()),
    }
}

const fn side(from: Side) -> From {
    match from {
        Side::Client => From::Client,
        Side::Server => From::Server,
    }
}

impl Observe for Imap {
    fn receive(&mut self, from: Side, input: &[u8]) -> Result<Option<(usize, Told)>, Lost> {
        let received = self.observer.receive(side(from), input).map_err(lost)?;
        Ok(received.map(|Received { consumed, event }| (consumed, self.event(event))))
    }

    fn receive_eof(&mut self, from: Side, rest: &[u8]) -> Result<(), Lost> {
        self.observer.receive_eof(side(from), rest).map_err(lost)
    }

    fn tls_established(&mut self) {
        self.observer.tls_established();
        self.names.clear();
    }

    fn compression_established(&mut self) {
        self.observer.compression_established();
    }
}
