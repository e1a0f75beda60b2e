//! How each library does each task.

mod floor;
mod imap;
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
    });
    jobs
}
