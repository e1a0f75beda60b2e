//! mailin, a server. Its parser is not public: what is measured is its session.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use benches::Load;
use benches::smtp::Smtp;
use mailin::{Handler, SessionBuilder};

use crate::job::{Job, Task};

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::DataIn | Smtp::DataInDots, false) => {
            vec![Job::body("mailin", |out| receive(&load.bytes, out))]
        }
        _ => Vec::new(),
    }
}

struct Store<'o>(&'o mut Vec<u8>);

impl Handler for Store<'_> {
    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(line);
        Ok(())
    }
}

/// It is to be given one line at a time.
fn receive(wire: &[u8], out: &mut Vec<u8>) -> usize {
    let mut session =
        SessionBuilder::new("mail.example.com").build(IpAddr::V4(Ipv4Addr::LOCALHOST), Store(out));
    let start: [&[u8]; 4] = [
        b"EHLO a.example\r\n",
        b"MAIL FROM:<a@example.org>\r\n",
        b"RCPT TO:<b@example.org>\r\n",
        b"DATA\r\n",
    ];
    for line in start {
        session.process(line);
    }
    let (mut from, mut accepted) = (0, 0);
    for lf in memchr::memchr_iter(b'\n', wire) {
        let response = session.process(&wire[from..=lf]);
        from = lf + 1;
        accepted += usize::from(response.code == 250);
    }
    accepted
}
