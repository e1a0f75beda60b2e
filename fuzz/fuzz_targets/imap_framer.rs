#![no_main]
//! The framer of both sides: no panic, the same parts however the wire is cut, and what it tells covers the wire from the
//! front without a gap. No more than the limits say has to be buffered, and no more is skipped.

use arbitrary::Arbitrary;
use fuzz::feed;
use imap_proto::framing::{Frame, Framer, Literal, Side, split};
use imap_proto::{Limit, Limits};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'i> {
    is_server: bool,
    bare_lf: bool,
    authenticated: bool,
    /// A line may have so many octets, a literal in it so many.
    most: u8,
    inline: u8,
    /// A literal at all, how many of them, and what may be skipped.
    literal: u16,
    literals: u8,
    discard: u8,
    cuts: Vec<u16>,
    /// What is done with each message and each literal that is offered.
    plan: &'i [u8],
    wire: &'i [u8],
}

/// Where a part of the wire ends, and what it was; pieces of one thing are joined.
#[derive(Debug, PartialEq)]
struct Part {
    end: usize,
    kind: Kind,
}

#[derive(Debug, PartialEq)]
enum Kind {
    Message,
    Tail,
    Chunk,
    Skip,
    TooLong,
    Drained,
    Literal { size: u64, waits: bool, binary: bool, inline: bool },
    Refused(Limit),
    Failed,
}

/// What is done with a message: how it is read, and what becomes of its literals.
struct Plan<'i> {
    steps: std::iter::Copied<std::slice::Iter<'i, u8>>,
    is_line: bool,
    offers_all: bool,
}

impl Plan<'_> {
    fn begin(&mut self) {
        let step = self.steps.next().unwrap_or_default();
        (self.is_line, self.offers_all) = (step % 16 == 1, step % 8 == 2);
    }
}

fuzz_target!(|input: Input<'_>| {
    let whole = run(&input, &[]);
    assert_eq!(whole, run(&input, &input.cuts), "however the wire is cut");
    let bytewise: Vec<u16> = (0..input.wire.len().min(2_000) as u16).collect();
    assert_eq!(whole, run(&input, &bytewise), "octet by octet");
    ends_are_those_of_split(&input);
});

fn side(input: &Input<'_>) -> Side {
    if input.is_server { Side::Server } else { Side::Client }
}

fn limits(input: &Input<'_>) -> Limits {
    let mut limits = Limits::default();
    let most = usize::from(input.most);
    (limits.command, limits.command_authenticated, limits.response, limits.auth_line) =
        (most, most, most, most);
    (limits.literal, limits.literal_authenticated) = (u64::from(input.literal) / 2, input.literal.into());
    (limits.literals, limits.inline_literal) = (input.literals.into(), input.inline.into());
    (limits.discard, limits.discard_authenticated) =
        (usize::from(input.discard), 2 * usize::from(input.discard));
    limits
}

fn run(input: &Input<'_>, cuts: &[u16]) -> Vec<Part> {
    let limits = limits(input);
    let mut framer = Framer::new(side(input)).with_bare_lf(input.bare_lf);
    framer.set_authenticated(input.authenticated);
    let mut plan = Plan { steps: input.plan.iter().copied(), is_line: false, offers_all: false };
    plan.begin();
    let mut parts: Vec<Part> = Vec::new();
    let (mut at, mut skipped, mut is_failed) = (0, 0, false);
    let left = feed(input.wire, cuts, |bytes| {
        if is_failed {
            return None;
        }
        framer.offer_all(plan.offers_all);
        let next = match plan.is_line {
            true => framer.next_line(bytes, &limits),
            false => framer.next(bytes, &limits),
        };
        let (len, kind) = match next {
            Ok(None) => {
                // What cannot be told yet fits in what a message may have, or may be the begin of an announcement.
                assert!(bytes.len() <= limits.command.max(23), "{} octets wait", bytes.len());
                return None;
            }
            Err(limit) => {
                assert_eq!(framer.next(bytes, &limits), Err(limit), "an error is final");
                is_failed = true;
                (0, Kind::Failed)
            }
            Ok(Some(frame)) => told(&mut framer, &mut plan, frame, bytes),
        };
        assert!(len <= bytes.len(), "no more than there is");
        at += len;
        skipped = if matches!(kind, Kind::Skip | Kind::TooLong | Kind::Drained) { skipped + len } else { 0 };
        let most = limits.command + limits.discard_authenticated;
        assert!(skipped <= most, "{skipped} octets were skipped");
        skipped = if kind == Kind::Skip { skipped } else { 0 };
        match parts.last_mut() {
            Some(last) if matches!(kind, Kind::Chunk | Kind::Skip) && last.kind == kind => last.end = at,
            // The last of what is skipped may come with more or less of it.
            Some(last) if last.kind == Kind::Skip && matches!(kind, Kind::TooLong | Kind::Drained) => {
                *last = Part { end: at, kind };
            }
            _ => parts.push(Part { end: at, kind }),
        }
        Some(len)
    });
    // How much was skipped before the end of the wire, or before it was too much, hangs on what was there.
    parts.retain(|part| part.kind != Kind::Failed);
    if parts.last().is_some_and(|part| part.kind == Kind::Skip) {
        parts.pop();
    }
    if is_failed {
        parts.push(Part { end: 0, kind: Kind::Failed });
    }
    assert!(at + left == input.wire.len(), "every octet is in one part, or is left");
    parts
}

/// What is told, and what becomes of it.
fn told(framer: &mut Framer, plan: &mut Plan<'_>, frame: Frame, bytes: &[u8]) -> (usize, Kind) {
    match frame {
        Frame::Literal(literal) => {
            assert_eq!(framer.next(bytes, &Limits::default()), Ok(Some(frame)), "it waits for a decision");
            let step = plan.steps.next().unwrap_or_default();
            let Literal { head, size, waits, binary, inline } = literal;
            assert!(bytes[..head].ends_with(b"}\r\n") || bytes[..head].ends_with(b"}\n"));
            match step % 4 {
                0 => framer.refuse(),
                1 => framer.stream(),
                _ => framer.accept(),
            }
            if step % 4 == 0 && waits {
                plan.begin();
            }
            // A literal that stays in the buffer stays there with its head.
            let stays = step % 4 > 1 && inline;
            (if stays { 0 } else { head }, Kind::Literal { size, waits, binary, inline })
        }
        Frame::Refused { literal, limit } => {
            if literal.waits {
                plan.begin();
            }
            (literal.head, Kind::Refused(limit))
        }
        Frame::Chunk { len, .. } => (len, Kind::Chunk),
        Frame::Skip { len } => (len, Kind::Skip),
        Frame::Message { len } => {
            plan.begin();
            (len, Kind::Message)
        }
        Frame::Tail { len } => {
            plan.begin();
            (len, Kind::Tail)
        }
        Frame::TooLong { len } => {
            plan.begin();
            (len, Kind::TooLong)
        }
        Frame::Drained { len } => {
            plan.begin();
            (len, Kind::Drained)
        }
    }
}

/// Messages end where [`split`] cuts, however many of their literals are streamed.
fn ends_are_those_of_split(input: &Input<'_>) {
    let mut limits = Limits::default();
    (limits.command, limits.response, limits.inline_literal) = (usize::MAX, usize::MAX, input.inline.into());
    (limits.literal, limits.literals) = (u64::MAX, u32::MAX);
    let mut framer = Framer::new(side(input));
    let (mut at, mut ends) = (0, Vec::new());
    while let Some(frame) = framer.next(&input.wire[at..], &limits).unwrap() {
        at += match frame {
            Frame::Literal(literal) => {
                framer.accept();
                if literal.inline { 0 } else { literal.head }
            }
            Frame::Chunk { len, .. } => len,
            Frame::Message { len } | Frame::Tail { len } => {
                ends.push(at + len);
                len
            }
            other => panic!("{other:?} without a limit"),
        };
    }
    let mut end = 0;
    let cuts = split(input.wire, side(input)).map(|message| {
        end += message.len();
        end
    });
    assert_eq!(ends, cuts.collect::<Vec<_>>());
    if !input.is_server {
        assert_eq!(ends, by_lines(input.wire), "as RFC 7888 says it");
    }
}

/// Where commands end, found in the plainest way: a line that ends in a count has so many octets and a line behind it.
fn by_lines(wire: &[u8]) -> Vec<usize> {
    let (mut ends, mut from) = (Vec::new(), 0);
    while let Some(len) = wire.get(from..).and_then(|rest| rest.windows(2).position(|two| two == b"\r\n")) {
        let line = &wire[from..from + len];
        from += len + 2;
        match count(line) {
            Some(size) => from = from.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)),
            None => ends.push(from),
        }
    }
    ends
}

/// `{310}` or `{310+}` at the end of a line.
fn count(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let open = line.iter().rposition(|octet| *octet == b'{')?;
    let digits = &line[open + 1..];
    if !(1..=19).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}
