//! imap-proto of Dirkjan Ochtman, from the registry: a client, which writes some commands and reads none.

use benches::Load;
use benches::imap::Imap;
use djc_imap_proto::Response;

use crate::job::{Job, Task};

pub fn jobs(task: Task<Imap>, load: &Load) -> Vec<Job<'_>> {
    match (task.load.is_of_client(), task.encode) {
        (false, false) => vec![Job::read("imap-proto-0.17", load, Response::parse)],
        _ => Vec::new(),
    }
}
