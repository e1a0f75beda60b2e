//! io-smtp: a coroutine for each command.

use std::hint::black_box;

use ::io_smtp::coroutine::{SmtpCoroutine, SmtpCoroutineState, SmtpYield};
use ::io_smtp::rfc5321::noop::SmtpNoopCommand;
use ::io_smtp::send::SmtpCommandSend;
use benches::Load;

use crate::job::Job;

/// It cannot be given more than the reply: what the pieces are cut from is one reply.
pub fn client(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| octets.messages().filter(|reply| receive(reply, piece)).count();
    Job::body("io-smtp", run).without_copy()
}

fn receive(reply: &[u8], piece: usize) -> bool {
    let (mut send, mut input) = (SmtpCommandSend::new(SmtpNoopCommand { string: None }), None);
    let mut pieces = reply.chunks(piece);
    loop {
        match send.resume(input.take()) {
            SmtpCoroutineState::Yielded(SmtpYield::WantsWrite(wire)) => _ = black_box(wire),
            SmtpCoroutineState::Yielded(SmtpYield::WantsRead) => match pieces.next() {
                Some(piece) => input = Some(piece),
                None => return false,
            },
            SmtpCoroutineState::Complete(outcome) => return black_box(outcome).is_ok(),
        }
    }
}
