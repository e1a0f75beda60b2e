//! Recorded sessions: each message is read strictly or is a known quirk, and what it is written as means the same.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

#[path = "../../smtp-proto/tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use bytes::BytesMut;
use common::{Session, Side, sessions};
use imap_proto::auth::Answer;
use imap_proto::framing::{self, Frame, Framer, split};
use imap_proto::response::StatusKind;
use imap_proto::{Command, Dialect, Limits, Response, Tag, TaggedCommand};

/// The dialects that a session may have switched to by ENABLE, strictest first.
const DIALECTS: [Dialect; 2] = [Dialect::STRICT, Dialect::STRICT.with_utf8(true).with_rev2(true)];

/// What the server said, as far as the client's side needs it.
enum Said {
    GoOn,
    Tagged(Vec<u8>, StatusKind),
}

/// Reads all that the server said.
fn server(session: &Session, quirks: &mut BTreeMap<String, Vec<String>>) -> (usize, Vec<Said>) {
    let stream = session.stream(Side::Server);
    let (mut strict, mut said) = (0, Vec::new());
    for wire in split(&stream, framing::Side::Server) {
        let name = || format!("{}: {}", session.name, wire.escape_ascii());
        let read = DIALECTS.iter().find_map(|&dialect| match Response::parse_reporting(wire, dialect) {
            Ok((rest, response, None)) => Some((dialect, rest, response)),
            _ => None,
        });
        let (dialect, rest, response) = read.unwrap_or_else(|| {
            let tolerant = Dialect::TOLERANT.with_utf8(true);
            let (rest, response, tolerated) = Response::parse_reporting(wire, tolerant).unwrap();
            let tolerated = tolerated.unwrap_or_else(|| panic!("strict and not: {}", name()));
            quirks.entry(format!("{:?}", tolerated.leniency)).or_default().push(name());
            (tolerant, rest, response)
        });
        strict += usize::from(dialect.leniency.is_empty());
        assert_eq!(rest, b"", "{}", name());
        assert!(!matches!(response, Response::Invalid(_)), "{}", name());
        let mut again = BytesMut::new();
        response.encode(&mut again);
        let reread = Response::parse(&again, dialect);
        assert!(
            reread == Ok((&b""[..], response.clone())),
            "{} was written as {}",
            name(),
            again.escape_ascii()
        );
        match response {
            Response::Continue(_) => said.push(Said::GoOn),
            Response::Tagged(tagged) => {
                said.push(Said::Tagged(tagged.tag.as_bytes().to_vec(), tagged.status.kind));
            }
            _ => {}
        }
    }
    (strict, said)
}

/// Follows what the client said: where its literals and answers stand depends on the server.
struct Client<'s> {
    session: &'s Session,
    stream: Vec<u8>,
    at: usize,
    said: std::vec::IntoIter<Said>,
    strict: usize,
    refused: usize,
}

impl Client<'_> {
    /// Whether the server said to go on before it ended the command `tag`.
    fn goes_on(&mut self, tag: &[u8]) -> bool {
        for said in self.said.by_ref() {
            match said {
                Said::GoOn => return true,
                Said::Tagged(ended, _) if ended == tag => return false,
                Said::Tagged(..) => {}
            }
        }
        false
    }

    /// The next whole message, and whether it ends at a literal that was refused.
    fn message(&mut self) -> Option<(Vec<u8>, bool)> {
        let mut framer = Framer::new(framing::Side::Client);
        let mut limits = Limits::default();
        limits.inline_literal = usize::MAX;
        (limits.command, limits.command_authenticated) = (usize::MAX, usize::MAX);
        (limits.literal, limits.literals) = (u64::MAX, u32::MAX);
        let rest = self.stream[self.at..].to_vec();
        loop {
            match framer.next(&rest, &limits).unwrap()? {
                Frame::Message { len } => {
                    self.at += len;
                    return Some((rest[..len].to_vec(), false));
                }
                Frame::Literal(literal) => {
                    let tag = Tag::of(&rest).map(|tag| tag.as_bytes().to_vec()).unwrap_or_default();
                    if literal.waits && !self.goes_on(&tag) {
                        self.at += literal.head;
                        return Some((rest[..literal.head].to_vec(), true));
                    }
                    framer.accept();
                }
                frame => panic!("{}: {frame:?}", self.session.name),
            }
        }
    }

    fn line(&mut self) -> Option<Vec<u8>> {
        let rest = &self.stream[self.at..];
        let len = rest.iter().position(|&octet| octet == b'\n')? + 1;
        self.at += len;
        Some(rest[..len].to_vec())
    }

    fn follow(
        &mut self,
        answers: &BTreeMap<Vec<u8>, StatusKind>,
        quirks: &mut BTreeMap<String, Vec<String>>,
    ) {
        while let Some((wire, refused)) = self.message() {
            if refused {
                continue;
            }
            let name = format!("{}: {}", self.session.name, wire.escape_ascii());
            let tag = Tag::of(&wire).map(|tag| tag.as_bytes().to_vec()).unwrap_or_default();
            let read = DIALECTS
                .iter()
                .find_map(|&dialect| Some((dialect, TaggedCommand::parse(&wire, dialect).ok()?.1)));
            let Some((dialect, read)) = read else {
                let tolerant = Dialect::TOLERANT.with_utf8(true);
                match TaggedCommand::parse_reporting(&wire, tolerant) {
                    Ok((_, _, Some(tolerated))) => {
                        quirks.entry(format!("client: {:?}", tolerated.leniency)).or_default().push(name);
                    }
                    Ok(_) => panic!("strict and not: {name}"),
                    // What is refused here was refused there, too.
                    Err(error) => match answers.get(&tag) {
                        Some(StatusKind::Ok) => {
                            quirks.entry(format!("client: {error}")).or_default().push(name)
                        }
                        _ => self.refused += 1,
                    },
                }
                continue;
            };
            self.strict += 1;
            let mut again = BytesMut::new();
            read.encode(&mut again);
            let reread = TaggedCommand::parse(&again, dialect);
            assert!(reread == Ok((&b""[..], read.clone())), "{name} was written as {}", again.escape_ascii());
            match read.command {
                Command::Authenticate(_) => {
                    while self.goes_on(&tag) {
                        let Some(line) = self.line() else { return };
                        if Answer::parse(&line, Dialect::STRICT).is_err() {
                            quirks.entry("client: answer".into()).or_default().push(name.clone());
                        }
                    }
                }
                Command::Idle if self.goes_on(&tag) => {
                    let Some(line) = self.line() else { return };
                    if !line.eq_ignore_ascii_case(b"DONE\r\n") {
                        quirks.entry("client: DONE".into()).or_default().push(name);
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_message_is_read_strictly_or_is_a_known_quirk() {
    let (mut responses, mut commands, mut refused) = (0, 0, 0);
    let mut quirks = BTreeMap::new();
    for session in sessions() {
        let (strict, said) = server(&session, &mut quirks);
        responses += strict;
        let answers = said.iter().filter_map(|said| match said {
            Said::Tagged(tag, kind) => Some((tag.clone(), *kind)),
            Said::GoOn => None,
        });
        let answers: BTreeMap<_, _> = answers.collect();
        let stream = session.stream(Side::Client);
        let mut client =
            Client { session: &session, stream, at: 0, said: said.into_iter(), strict: 0, refused: 0 };
        client.follow(&answers, &mut quirks);
        commands += client.strict;
        refused += client.refused;
    }
    println!(
        "{responses} responses and {commands} commands strictly, {refused} commands refused as by the server"
    );
    for (quirk, messages) in &quirks {
        let first = messages.first().unwrap();
        println!("{:5} {quirk}, as in {}", messages.len(), first.chars().take(200).collect::<String>());
    }
    // Every quirk has a name, and nothing is a quirk without need: a new one is looked at.
    let names =
        |quirk: &str| -> Vec<String> { quirk.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
    let unknown: Vec<_> = quirks
        .keys()
        .filter(|quirk| match quirk.strip_prefix("client: ") {
            Some(quirk) if quirk.starts_with('[') => {
                names(quirk).iter().any(|name| !OF_CLIENTS.contains(&&**name))
            }
            Some(error) => !TAKEN_BY_SERVERS.iter().any(|taken| error.starts_with(taken)),
            None => names(quirk).iter().any(|name| !OF_SERVERS.contains(&&**name)),
        })
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(responses >= 18_193 && commands >= 5_340, "{responses} {commands}");
}

/// The leniencies that the servers need: pymap most of them, Dovecot INVALID_ITEM (`BINARY[HEADER]`), JOINED_URL_METADATA,
/// LOOSE_CODE, TRAILING_SPACE and ZERO (`BODY[0]`).
const OF_SERVERS: &[&str] = &[
    "EMPTY_LIST",
    "EXTRA_SPACE",
    "INVALID_ITEM",
    "JOINED_URL_METADATA",
    "LOOSE_BODY",
    "LOOSE_CODE",
    "LOOSE_DISPOSITION",
    "NUL_IN_LITERAL",
    "REQUEST_ECHO",
    "TRAILING_SPACE",
    "ZERO",
];

/// The leniencies that clients need, most of them a scripted one that does wrong on purpose.
const OF_CLIENTS: &[&str] = &[
    "ATOM_STRING",
    "BARE_LF",
    "EMPTY_LIST",
    "EXTRA_SPACE",
    "LOOSE_ESCAPE",
    "LOOSE_METADATA",
    "NUL_IN_LITERAL",
    "RAW_8BIT",
    "TRAILING_SPACE",
    "ZERO",
];

/// What the scripted client did wrong on purpose and a server took all the same: no answer to a challenge, something else
/// than DONE, wildcards and spaces in mailbox names, `NOOP x`, `ENABLE` of nothing, numbers beyond 32 and 63 bits,
/// `BODY[]<10>`, `BINARY[HEADER]`, `CATENATE ()`, `STORE 1 FLAGS`, `QRESYNC` and `UNCHANGEDSINCE` without a value.
const TAKEN_BY_SERVERS: &[&str] = &[
    "answer",
    "DONE",
    "expected CRLF",
    "expected a keyword",
    "expected a section",
    "expected a smaller number",
    "expected a space",
];
