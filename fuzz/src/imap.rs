//! What a client has written, read as a server reads it.

use std::collections::HashMap;

use imap_proto::auth::Answer;
use imap_proto::framing::{Frame, Framer, Side, split};
use imap_proto::{Command, Dialect, Limits, Response, TaggedCommand};

/// Panics when `output` is something else than commands with the tags that follow `prefix`, the first of them 1, and what
/// AUTHENTICATE and IDLE have lines for. It may end within a command, and a command at a literal that the server has to ask
/// for: then the next tag follows.
pub fn says_commands(output: &[u8], prefix: [u8; 4]) {
    let (mut at, mut number) = (0, 1);
    let tag = |number: u64| [&prefix[..], number.to_string().as_bytes(), b" "].concat();
    let mut lines = Lines::None;
    while at < output.len() {
        let rest = &output[at..];
        if !rest.starts_with(&tag(number)) {
            let Some(len) = rest.iter().position(|octet| *octet == b'\n') else { return };
            let line = &rest[..=len];
            match lines {
                Lines::Answers => {
                    assert!(Answer::parse(line, Dialect::STRICT).is_ok(), "{}", line.escape_ascii());
                }
                Lines::Done => {
                    assert_eq!(line, b"DONE\r\n");
                    lines = Lines::None;
                }
                Lines::None => panic!("{} is no command", rest.escape_ascii()),
            }
            at += len + 1;
            continue;
        }
        number += 1;
        let Some((len, is_whole)) = command(rest, &tag(number)) else { return };
        lines = Lines::None;
        if is_whole {
            let utf8 = [false, true];
            let read = utf8.iter().find_map(|&utf8| {
                TaggedCommand::parse(&rest[..len], Dialect::STRICT.with_utf8(utf8).with_rev2(utf8)).ok()
            });
            let Some((after, read)) = read else { panic!("{} is no command", rest[..len].escape_ascii()) };
            assert!(after.is_empty());
            lines = match read.command {
                Command::Authenticate(_) => Lines::Answers,
                Command::Idle => Lines::Done,
                _ => Lines::None,
            };
        }
        at += len;
    }
}

/// What may come in the place of a command.
#[derive(Clone, Copy)]
enum Lines {
    None,
    Answers,
    Done,
}

/// The command at the front of `output`, and whether all of it is there, or only what comes before a literal that was
/// refused: `next` is the tag behind it. `None` when the output ends within it.
fn command(output: &[u8], next: &[u8]) -> Option<(usize, bool)> {
    let mut limits = Limits::default();
    (limits.command, limits.inline_literal) = (usize::MAX, usize::MAX);
    (limits.literal, limits.literals) = (u64::MAX, u32::MAX);
    let mut framer = Framer::new(Side::Client);
    loop {
        match framer.next(output, &limits).unwrap()? {
            Frame::Message { len } => return Some((len, true)),
            Frame::Literal(literal) if output[literal.head..].starts_with(next) => {
                return Some((literal.head, false));
            }
            Frame::Literal(_) => framer.accept(),
            other => panic!("{other:?} without a limit"),
        }
    }
}

/// Panics when `output` is something else than responses, or answers more often than was asked: so often with each of
/// `tags`, and with `hidden` tags that were not shown. It may end within a response.
pub fn says_responses(output: &[u8], tags: &HashMap<Vec<u8>, usize>, hidden: usize) {
    let mut answered: HashMap<Vec<u8>, usize> = HashMap::new();
    for wire in split(output, Side::Server) {
        let read = [false, true].iter().find_map(|&utf8| {
            let dialect = Dialect::STRICT.with_utf8(utf8).with_rev2(utf8);
            match Response::parse_reporting(wire, dialect) {
                Ok(([], read, None)) => Some(read),
                _ => None,
            }
        });
        match read {
            None => panic!("{} is no response", wire.escape_ascii()),
            Some(Response::Tagged(tagged)) => {
                *answered.entry(tagged.tag.as_bytes().to_vec()).or_default() += 1;
            }
            Some(_) => {}
        }
    }
    let excess =
        answered.iter().map(|(tag, times)| times.saturating_sub(tags.get(tag).copied().unwrap_or_default()));
    assert!(excess.sum::<usize>() <= hidden, "{answered:?} for {tags:?} and {hidden} more");
}
