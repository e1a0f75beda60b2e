//! io-smtp of Pimalaya: a client.

use std::cell::RefCell;
use std::rc::Rc;

use benches::Load;
use benches::smtp::Smtp;
use io_smtp::coroutine::{SmtpCoroutine, SmtpCoroutineState, SmtpYield};
use io_smtp::rfc5321::data::SmtpData;
use io_smtp::rfc5321::{SmtpEhloResponse, SmtpResponse};

use crate::job::{Job, Task};

const NAME: &str = "io-smtp";

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::Replies, false) => vec![Job::read(NAME, load, SmtpResponse::parse)],
        (Smtp::Ehlo, false) => vec![Job::read(NAME, load, SmtpEhloResponse::parse)],
        (Smtp::DataOut | Smtp::DataOutDots, false) => {
            // It takes the message for itself: copying it is not its doing.
            let message = Rc::new(RefCell::new(Vec::new()));
            let next = Rc::clone(&message);
            let run = move |out: &mut Vec<u8>| match send(message.take()) {
                Some(wire) => {
                    *out = wire;
                    1
                }
                None => 0,
            };
            vec![Job::body(NAME, run).after(move || _ = next.replace(load.bytes.clone()))]
        }
        _ => Vec::new(),
    }
}

/// What it writes after the server's 354.
fn send(message: Vec<u8>) -> Option<Vec<u8>> {
    let (mut data, mut input) = (SmtpData::new(message), None);
    loop {
        match data.resume(input.take()) {
            SmtpCoroutineState::Yielded(SmtpYield::WantsRead) => input = Some(&b"354 Go ahead\r\n"[..]),
            SmtpCoroutineState::Yielded(SmtpYield::WantsWrite(wire)) if wire == b"DATA\r\n" => (),
            SmtpCoroutineState::Yielded(SmtpYield::WantsWrite(wire)) => return Some(wire),
            SmtpCoroutineState::Complete(_) => return None,
        }
    }
}
