//! How each library does each task.

mod floor;
mod imap;
#[cfg(feature = "sessions")]
mod recorded;
#[cfg(feature = "sessions")]
mod session;
mod smtp;

use benches::Load;

use crate::job::{Any, Job, Task};

/// This project's crates: what the others are compared with.
pub const OURS: &str = "ours";

/// The jobs of all libraries that can do this task.
pub fn jobs(task: Task, load: &Load) -> Vec<Job<'_>> {
    let mut jobs = floor::jobs(task, load);
    let encode = task.encode;
    jobs.extend(match task.load {
        Any::Imap(imap) => imap::jobs(Task { load: imap, encode }, load),
        Any::Smtp(smtp) => smtp::jobs(Task { load: smtp, encode }, load),
        #[cfg(feature = "sessions")]
        Any::Recorded(recorded) => recorded::jobs(Task { load: recorded, encode }, load),
        #[cfg(feature = "sessions")]
        Any::Session(session, piece) => session::jobs(session, piece, load),
        #[cfg(not(feature = "sessions"))]
        Any::Recorded(_) | Any::Session(..) => Vec::new(),
    });
    jobs
}
