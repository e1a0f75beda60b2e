//! mailin's session: whoever uses it reads lines from the socket, and gives it one after the other.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use ::mailin::{Handler, SessionBuilder};
use benches::Load;

use crate::job::Job;

/// Keeps the message, as Stalwart's does.
struct Store(Vec<u8>);

impl Handler for Store {
    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> ::mailin::Response {
        self.0 = Vec::new();
        ::mailin::response::OK
    }
}

pub fn server(octets: &Load, piece: usize) -> Job<'_> {
    let run = move |_: &mut Vec<u8>| {
        let store = Store(Vec::new());
        let mut session =
            SessionBuilder::new("mail.example.com").build(IpAddr::V4(Ipv4Addr::LOCALHOST), store);
        session.process(b"EHLO a.example\r\n");
        let (mut buffer, mut accepted) = (Vec::new(), 0);
        for piece in octets.bytes.chunks(piece) {
            let (mut at, known) = (0, buffer.len());
            buffer.extend_from_slice(piece);
            for lf in memchr::memchr_iter(b'\n', &buffer[known..]) {
                let end = known + lf + 1;
                let response = session.process(&buffer[at..end]);
                accepted += usize::from((200..400).contains(&response.code));
                at = end;
            }
            buffer.drain(..at);
        }
        accepted
    };
    Job::body("mailin", run).without_copy()
}
