//! lettre, a client: what of its transport is public.

use benches::Load;
use benches::smtp::Smtp;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::extension::ServerInfo;
use lettre::transport::smtp::response::Response;

use crate::job::{Job, Task};

const NAME: &str = "lettre";

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::Replies, false) => vec![Job::read(NAME, load, response)],
        (Smtp::Ehlo, false) => {
            vec![Job::read(NAME, load, |message| ServerInfo::from_response(&response(message)?))]
        }
        _ => Vec::new(),
    }
}

pub fn response(message: &[u8]) -> Result<Response, Error> {
    // It wants a string: who reads from a socket has to make one.
    std::str::from_utf8(message).unwrap_or_default().parse()
}
