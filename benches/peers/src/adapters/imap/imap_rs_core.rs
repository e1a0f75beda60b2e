//! imap-rs-core: a client, which reads responses. ENVELOPE and BODYSTRUCTURE come out of it as they are on the wire.

use benches::Load;
use benches::imap::Imap;
use imap_core::{DataResponse, ParseError, Response, parse_response};

use crate::job::{Job, Task};

pub fn jobs(task: Task<Imap>, load: &Load) -> Vec<Job<'_>> {
    match (task.load.is_of_client(), task.encode) {
        (false, false) => vec![Job::read("imap-rs-core", load, response)],
        _ => Vec::new(),
    }
}

/// Nothing when all that it found is the end of the line.
pub fn response(message: &[u8]) -> Result<Response<'_>, Option<ParseError>> {
    match parse_response(message).map_err(Some)? {
        (_, Response::Data(DataResponse::Other(_))) => Err(None),
        (_, response) => Ok(response),
    }
}
