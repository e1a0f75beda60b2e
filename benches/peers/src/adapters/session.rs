//! Machines, fed in pieces: each as those who use it drive it.

mod again;
mod imap_next;
mod io_smtp;
mod lettre;
mod mailin;
mod smtp_message;
mod stalwart;

use std::cell::RefCell;
use std::rc::Rc;

use benches::Load;
use benches::session::{self, Session};

use crate::adapters::OURS;
use crate::job::Job;

/// The jobs of all libraries that have a machine for this, or that are called again with more until they are satisfied.
pub fn jobs(load: Session, piece: usize, octets: &Load) -> Vec<Job<'_>> {
    let machine = Rc::new(RefCell::new(None));
    let made = Rc::clone(&machine);
    let run = move |_: &mut Vec<u8>| match machine.borrow_mut().as_mut() {
        Some(machine) => session::feed(machine, octets, piece),
        None => 0,
    };
    let ours =
        Job::body(OURS, run).after(move || _ = made.replace(Some(load.machine(octets)))).without_copy();
    let others = match load {
        Session::ImapClient
        | Session::ImapClientLine
        | Session::ImapClientSearch
        | Session::ImapClientLiteral => vec![
            imap_next::client(octets, piece),
            again::djc(octets, piece),
            again::imap_rs_core(octets, piece),
        ],
        Session::ImapServer | Session::ImapServerLine | Session::ImapServerLiteral => {
            vec![imap_next::server(octets, piece)]
        }
        Session::SmtpServer | Session::SmtpServerBody => vec![
            stalwart::server(octets, piece),
            smtp_message::server(octets, piece),
            mailin::server(octets, piece),
        ],
        Session::SmtpClient => vec![
            stalwart::client(octets, piece),
            smtp_message::client(octets, piece),
            io_smtp::client(octets, piece),
            lettre::client(octets, piece),
        ],
    };
    std::iter::once(ours).chain(others).collect()
}

/// What a reader made of the octets so far.
enum Read {
    /// A message of so many octets, accepted.
    Message(usize),
    /// Come again with more: with so many more, if that is known.
    More(usize),
    /// It cannot be read.
    Wrong,
}

/// Calls `read` with all that is there, each time that something comes.
fn called_again(octets: &Load, piece: usize, mut read: impl FnMut(&[u8]) -> Read) -> usize {
    let (mut buffer, mut accepted, mut wanted) = (Vec::new(), 0, 0);
    for piece in octets.bytes.chunks(piece) {
        buffer.extend_from_slice(piece);
        let mut at = 0;
        while at + wanted < buffer.len() {
            match read(&buffer[at..]) {
                Read::Message(len) => {
                    accepted += 1;
                    (at, wanted) = (at + len, 0);
                }
                // At least one more.
                Read::More(more) => {
                    wanted = buffer.len() - at + more.saturating_sub(1);
                    break;
                }
                Read::Wrong => return accepted,
            }
        }
        buffer.drain(..at);
    }
    accepted
}
