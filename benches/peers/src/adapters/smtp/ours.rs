//! This project's smtp-proto.

use std::hint::black_box;

use benches::Load;
use benches::smtp::Smtp;
use bytes::{Bytes, BytesMut};
use ours::address::Domain;
use ours::body::{BdatDecoder, DataDecoder, DataEncoder, Decoded, Piece, Stray};
use ours::ehlo::{Capabilities, EhloReply, Keyword};
use ours::framing::{Line, LineFramer, ReplyFramer};
use ours::text::Text;
use ours::{Command, Dialect, Limits, ParseError, Reply};

use super::PIECE;
use crate::adapters::OURS;
use crate::job::{Job, Task};

/// The same, and finding where each message ends, as a session has to.
const FRAMED: &str = "ours, framed";
/// A body comes out as slices of what came in; this copies them, as the others do unasked.
const COPIED: &str = "ours, copied";
/// Of a body that may be binary, in which nothing is checked, as the others never do.
const BINARY: &str = "ours, binary";

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::MailRcpt | Smtp::Commands, false) => vec![
            Job::read(OURS, load, command),
            Job::body(FRAMED, |_| framed_commands(&load.bytes)).without_copy(),
        ],
        (Smtp::Replies, false) => vec![
            Job::read(OURS, load, reply),
            Job::body(FRAMED, |_| framed_replies(&load.bytes)).without_copy(),
        ],
        (Smtp::Ehlo, false) => vec![Job::read(OURS, load, |message| {
            let (_, reply) = reply(message).map_err(drop)?;
            let ehlo = EhloReply::of(&reply).ok_or(())?;
            black_box(ehlo.domain());
            Ok::<_, ()>(Capabilities::from(&ehlo))
        })],
        (Smtp::DataIn | Smtp::DataInDots, false) => vec![
            Job::body(OURS, |_| data_in(&load.bytes, |content| _ = black_box(content))).without_copy(),
            Job::body(COPIED, |out| data_in(&load.bytes, |content| out.extend_from_slice(content))),
        ],
        (Smtp::DataOut | Smtp::DataOutDots, false) => {
            let text = Bytes::copy_from_slice(&load.bytes);
            let copied = text.clone();
            vec![
                Job::body(OURS, move |_| data_out(&text, |wire| _ = black_box(wire))).without_copy(),
                Job::body(COPIED, move |out| data_out(&copied, |wire| out.extend_from_slice(&wire))),
            ]
        }
        (Smtp::BdatIn, false) => vec![
            Job::body(OURS, |_| bdat_in(&load.bytes, false, |content| _ = black_box(content))).without_copy(),
            Job::body(BINARY, |_| bdat_in(&load.bytes, true, |content| _ = black_box(content)))
                .without_copy(),
            Job::body(COPIED, |out| bdat_in(&load.bytes, false, |content| out.extend_from_slice(content))),
        ],
        (Smtp::MailRcpt | Smtp::Commands, true) => {
            vec![Job::written_apart(OURS, load, |message| Some(command(message).ok()?.1), Command::encode)]
        }
        (Smtp::Replies, true) => {
            vec![Job::written_apart(OURS, load, |message| Some(reply(message).ok()?.1), Reply::encode)]
        }
        (Smtp::Ehlo, true) => vec![Job::written_apart(OURS, load, announcement, Announcement::encode)],
        _ => Vec::new(),
    }
}

/// What the reply to EHLO is built of, as a server builds it.
struct Announcement {
    domain: Domain<'static>,
    greeting: Option<Text<'static>>,
    keywords: Vec<Keyword<'static>>,
}

/// Leaks what it is made of: a server keeps that for as long as it runs.
fn announcement(message: &[u8]) -> Option<Announcement> {
    let (_, reply) = reply(message).ok()?;
    let ehlo: &'static _ = Box::leak(Box::new(EhloReply::of(Box::leak(Box::new(reply.into_owned())))?));
    Some(Announcement {
        domain: ehlo.domain()?,
        greeting: Text::new(ehlo.greeting()).ok(),
        keywords: ehlo.keywords().collect(),
    })
}

impl Announcement {
    fn encode(&self, out: &mut BytesMut) {
        let reply = match &self.greeting {
            Some(greeting) => EhloReply::with_greeting(&self.domain, greeting),
            None => EhloReply::new(&self.domain),
        };
        let reply = self.keywords.iter().fold(reply, |reply, keyword| reply.with(keyword));
        reply.into_reply().encode(out);
    }
}

fn command(message: &[u8]) -> Result<(&[u8], Command<'_>), ParseError> {
    Command::parse(message, Dialect::STRICT)
}

fn reply(message: &[u8]) -> Result<(&[u8], Reply<'_>), ParseError> {
    Reply::parse(message, Dialect::STRICT)
}

fn framed_commands(mut rest: &[u8]) -> usize {
    let (mut framer, mut count) = (LineFramer::new(), 0);
    while let Ok(Some(Line::Whole { len })) = framer.next(rest, 4_096, 4_096, false) {
        let (line, after) = rest.split_at(len);
        count += usize::from(black_box(&command(line)).is_ok());
        rest = after;
    }
    count
}

fn framed_replies(mut rest: &[u8]) -> usize {
    let (mut framer, limits, mut count) = (ReplyFramer::new(), Limits::default(), 0);
    while let Ok(Some(len)) = framer.next(rest, &limits) {
        let (message, after) = rest.split_at(len);
        count += usize::from(black_box(&reply(message)).is_ok());
        rest = after;
    }
    count
}

fn data_in(wire: &[u8], mut content: impl FnMut(&[u8])) -> usize {
    let mut decoder = DataDecoder::new(Stray::Reject);
    // What a piece ends in may only be told with the next.
    let mut open = Vec::new();
    for piece in wire.chunks(PIECE) {
        let joined;
        let mut rest = piece;
        if !open.is_empty() {
            joined = [&open[..], piece].concat();
            rest = &joined;
        }
        while let Some(Decoded { consumed, piece }) = decoder.decode(rest) {
            rest = &rest[consumed..];
            match piece {
                Piece::Content(octets) => content(octets),
                Piece::End => return 1,
                _ => return 0,
            }
        }
        open = rest.to_vec();
    }
    0
}

fn data_out(text: &Bytes, mut out: impl FnMut(Bytes)) -> usize {
    let mut encoder = DataEncoder::new(Stray::Reject);
    let mut rest = text.clone();
    while !rest.is_empty() {
        let piece = rest.split_to(rest.len().min(PIECE));
        if encoder.encode(&piece, &mut out).is_err() {
            return 0;
        }
    }
    usize::from(encoder.finish(&mut out).is_ok())
}

fn bdat_in(mut rest: &[u8], binary: bool, mut content: impl FnMut(&[u8])) -> usize {
    let (mut framer, mut decoder, mut count) =
        (LineFramer::new(), BdatDecoder::new(Stray::Reject, binary), 0);
    while !decoder.is_ended() {
        let Ok(Some(Line::Whole { len })) = framer.next(rest, 4_096, 4_096, false) else { break };
        let Ok((_, Command::Bdat(bdat))) = command(&rest[..len]) else { break };
        if decoder.start(bdat.size(), bdat.is_last()).is_err() {
            break;
        }
        rest = &rest[len..];
        while let Some(Decoded { consumed, piece }) = decoder.decode(rest) {
            rest = &rest[consumed..];
            match piece {
                Piece::Content(octets) => content(octets),
                Piece::End => count += 1,
                _ => return 0,
            }
        }
    }
    count
}
