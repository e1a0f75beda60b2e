//! lettre, a client: what of its transport is public.

use benches::Load;
use benches::smtp::Smtp;
use lettre::transport::smtp::extension::ServerInfo;
use lettre::transport::smtp::response::Response;

use crate::job::{Job, Task};

const NAME: &str = "lettre";

pub fn jobs(task: Task, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::Replies, false) => vec![Job::read(NAME, load, response)],
        (Smtp::Ehlo, false) => {
            vec![Job::read(NAME, load, |message| ServerInfo::from_response(&response(message)?).ok())]
        }
        _ => Vec::new(),
    }
}

fn response(message: &[u8]) -> Option<Response> {
    std::str::from_utf8(message).ok()?.parse().ok()
}
