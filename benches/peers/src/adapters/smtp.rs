//! How each library does each task of SMTP.

mod io_smtp;
pub mod lettre;
mod mail_send;
mod mailin;
mod ours;
mod samotop;
mod smtp_codec;
mod smtp_message;
pub mod stalwart;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use benches::Load;
use benches::smtp::Smtp;

use crate::job::{Job, Task};

/// What a body is handed over in, as from a socket.
const PIECE: usize = 16 * 1024;

/// The jobs of all libraries that can do this task.
pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    [
        ours::jobs,
        stalwart::jobs,
        smtp_codec::jobs,
        smtp_message::jobs,
        io_smtp::jobs,
        lettre::jobs,
        mail_send::jobs,
        mailin::jobs,
        samotop::jobs,
    ]
    .into_iter()
    .flat_map(|jobs| jobs(task, load))
    .collect()
}

/// The output of a future that has nothing to wait for.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("reads and writes memory only"),
    }
}
