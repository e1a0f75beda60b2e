//! This project's imap-proto.

use std::hint::black_box;

use benches::Load;
use benches::imap::Imap;
use ours_imap::framing::{Side, split};
use ours_imap::{Dialect, Response, TaggedCommand};

use super::walk;
use crate::adapters::OURS;
use crate::job::{Job, Task};

/// The same, and finding where each message ends, as a session has to.
const FRAMED: &str = "ours, framed";
/// The same, and taking every item of what lists there are: they are read when asked for.
const WALKED: &str = "ours, walked";

pub fn jobs(task: Task<Imap>, load: &Load) -> Vec<Job<'_>> {
    match (task.load.is_of_client(), task.encode) {
        (false, false) => vec![
            Job::read(OURS, load, |message| response(message).ok_or(())),
            Job::read(WALKED, load, |message| response(message).inspect(walk::response).ok_or(())),
            Job::body(FRAMED, |_| framed(load, Side::Server, |message| response(message).is_some()))
                .without_copy(),
        ],
        (true, false) => vec![
            Job::read(OURS, load, |message| command(message).ok_or(())),
            Job::read(WALKED, load, |message| command(message).inspect(walk::command).ok_or(())),
            Job::body(FRAMED, |_| framed(load, Side::Client, |message| command(message).is_some()))
                .without_copy(),
        ],
        (false, true) => vec![Job::written_apart(OURS, load, response, Response::encode)],
        (true, true) => vec![Job::written_apart(OURS, load, command, TaggedCommand::encode)],
    }
}

/// Nothing when any of it could not be read: else a broken item would pass for one that was read.
fn response(message: &[u8]) -> Option<Response<'_>> {
    match Response::parse_reporting(message, Dialect::STRICT) {
        Ok((b"", response, None)) => Some(response),
        _ => None,
    }
}

fn command(message: &[u8]) -> Option<TaggedCommand<'_>> {
    match TaggedCommand::parse(message, Dialect::STRICT) {
        Ok((b"", command)) => Some(command),
        _ => None,
    }
}

fn framed(load: &Load, side: Side, read: impl Fn(&[u8]) -> bool) -> usize {
    split(&load.bytes, side).filter(|message| black_box(read(message))).count()
}
