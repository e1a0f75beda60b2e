//! This project's smtp-proto.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use benches::Load;
use benches::smtp::Smtp;
use bytes::BytesMut;
use ours::framing::{Line, LineFramer, ReplyFramer};
use ours::{Command, Dialect, Limits, Reply};

use crate::job::{Job, Task};

/// What the others are compared with.
pub const OURS: &str = "ours";
/// The same, and finding where each message ends, as a session has to.
const FRAMED: &str = "ours, framed";

pub fn jobs(task: Task, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::MailRcpt | Smtp::Commands, false) => vec![
            Job::read(OURS, load, command),
            Job::body(FRAMED, |_| framed_commands(&load.bytes)).without_copy(),
        ],
        (Smtp::Replies, false) => vec![
            Job::read(OURS, load, reply),
            Job::body(FRAMED, |_| framed_replies(&load.bytes)).without_copy(),
        ],
        (Smtp::MailRcpt | Smtp::Commands, true) => {
            vec![written(load, command, Command::encode)]
        }
        (Smtp::Replies, true) => vec![written(load, reply, Reply::encode)],
        _ => Vec::new(),
    }
}

fn command(message: &[u8]) -> Option<Command<'_>> {
    Some(Command::parse(message, Dialect::STRICT).ok()?.1)
}

fn reply(message: &[u8]) -> Option<Reply<'_>> {
    Some(Reply::parse(message, Dialect::STRICT).ok()?.1)
}

/// Encoding goes to a `BytesMut`, and the jobs' buffer is another.
fn written<'l, T: 'l>(
    load: &'l Load,
    read: impl Fn(&'l [u8]) -> Option<T>,
    write: fn(&T, &mut BytesMut),
) -> Job<'l> {
    let messages: Vec<T> = load.messages().filter_map(read).collect();
    let buffer = Rc::new(RefCell::new(BytesMut::new()));
    let (cleared, written) = (Rc::clone(&buffer), Rc::clone(&buffer));
    let capacity = load.bytes.len() * 2;
    let run = move |_: &mut Vec<u8>| {
        let mut out = buffer.borrow_mut();
        for message in &messages {
            write(message, &mut out);
        }
        messages.len()
    };
    Job::body(OURS, run)
        .after(move || _ = cleared.replace(BytesMut::with_capacity(capacity)))
        .before(move |out| out.extend_from_slice(&written.borrow()))
}

fn framed_commands(mut rest: &[u8]) -> usize {
    let (mut framer, mut count) = (LineFramer::new(), 0);
    while let Ok(Some(Line::Whole { len })) = framer.next(rest, 4_096, 4_096, false) {
        let (line, after) = rest.split_at(len);
        count += usize::from(black_box(command(line)).is_some());
        rest = after;
    }
    count
}

fn framed_replies(mut rest: &[u8]) -> usize {
    let (mut framer, limits, mut count) = (ReplyFramer::new(), Limits::default(), 0);
    while let Ok(Some(len)) = framer.next(rest, &limits) {
        let (message, after) = rest.split_at(len);
        count += usize::from(black_box(reply(message)).is_some());
        rest = after;
    }
    count
}
