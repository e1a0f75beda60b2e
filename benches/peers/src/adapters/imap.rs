//! How each library does each task of IMAP. io-imap of Pimalaya has no parser of its own: it uses imap-codec.

mod djc;
mod imap_codec;
pub mod imap_rs_core;
mod ours;
mod walk;

use benches::Load;
use benches::imap::Imap;

use crate::job::{Job, Task};

/// The jobs of all libraries that can do this task.
pub fn jobs(task: Task<Imap>, load: &Load) -> Vec<Job<'_>> {
    [ours::jobs, imap_codec::jobs, djc::jobs, imap_rs_core::jobs]
        .into_iter()
        .flat_map(|jobs| jobs(task, load))
        .collect()
}
