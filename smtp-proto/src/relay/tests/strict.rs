//! A server that takes the octets of a chunk for commands whenever it does not want the chunk.

use super::*;

/// What a server knows of its session, and what it took for a command or a message.
#[derive(Default)]
struct Strict {
    input: Vec<u8>,
    /// The octets of what the server has said that it wants.
    chunk: Option<(usize, bool)>,
    is_in_data: bool,
    has_sender: bool,
    recipients: usize,
    /// A chunk was refused: nothing but RSET and MAIL goes on.
    has_failed: bool,
    /// Which commands it refuses, one by one.
    refusals: Vec<bool>,
    commands: Vec<Vec<u8>>,
}

impl Strict {
    /// Takes what has arrived, and answers it.
    fn take(&mut self, octets: &[u8]) -> Vec<u8> {
        self.input.extend_from_slice(octets);
        let mut answers = Vec::new();
        while let Some(answer) = self.step() {
            answers.extend_from_slice(answer);
        }
        answers
    }

    fn step(&mut self) -> Option<&'static [u8]> {
        if let Some((size, is_last)) = self.chunk {
            if self.input.len() < size {
                return None;
            }
            self.input.drain(..size);
            self.chunk = None;
            if is_last {
                (self.has_sender, self.recipients) = (false, 0);
            }
            return Some(b"250 chunk\r\n");
        }
        let end: &[u8] = if self.is_in_data { b".\r\n" } else { b"\r\n" };
        let at = memmem::find(&self.input, end)?;
        let line: Vec<u8> = self.input.drain(..at + end.len()).collect();
        if core::mem::take(&mut self.is_in_data) {
            (self.has_sender, self.recipients) = (false, 0);
            return Some(b"250 queued\r\n");
        }
        let is_refused = self.refusals.pop().unwrap_or(false);
        let text = line.trim_ascii().to_ascii_uppercase();
        self.commands.push(line);
        let mut words = text.split(|octet| *octet == b' ');
        Some(match words.next().unwrap_or_default() {
            b"EHLO" => {
                (self.has_sender, self.recipients, self.has_failed) = (false, 0, false);
                b"250-mx\r\n250 CHUNKING\r\n"
            }
            b"RSET" => {
                (self.has_sender, self.recipients, self.has_failed) = (false, 0, false);
                b"250 ok\r\n"
            }
            b"MAIL" if self.has_sender || is_refused => b"503 no\r\n",
            b"MAIL" => {
                (self.has_sender, self.has_failed) = (true, false);
                b"250 ok\r\n"
            }
            b"RCPT" if !self.has_sender || is_refused => b"550 no\r\n",
            b"RCPT" => {
                self.recipients += 1;
                b"250 ok\r\n"
            }
            b"DATA" if self.recipients == 0 || is_refused => b"554 no\r\n",
            b"DATA" => {
                self.is_in_data = true;
                b"354 go\r\n"
            }
            // The octets that follow are for who reads lines.
            b"BDAT" if self.recipients == 0 || self.has_failed => b"502 no\r\n",
            b"BDAT" => {
                let size: Option<usize> =
                    words.next().and_then(|size| core::str::from_utf8(size).ok()?.parse().ok());
                self.chunk = size.map(|size| (size, words.next().is_some()));
                if self.chunk.is_some() { self.step()? } else { b"501 no\r\n" }
            }
            b"NOOP" | b"QUIT" if !is_refused => b"250 ok\r\n",
            _ => b"500 no\r\n",
        })
    }
}

fn any_line() -> impl Strategy<Value = Vec<u8>> {
    let line = proptest::sample::select(alloc::vec![
        "EHLO x\r\n",
        "RSET\r\n",
        "MAIL FROM:<a@b>\r\n",
        "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
        "RCPT TO:<c@d>\r\n",
        "DATA\r\n",
        "BDAT 6\r\nEVIL\r\n",
        "BDAT 6 LAST\r\nEVIL\r\n",
        "BDAT 12 LAST\r\nEVIL\r\nEVIL\r\n",
        "bdat 0 last\r\n",
        "BDAT 6  LAST\r\nEVIL\r\n",
        " BDAT 6\r\nEVIL\r\n",
        "NOOP\r\n",
        "FROB\r\n",
        "EVIL x\r\n.\r\n",
    ]);
    line.prop_map(|line| line.as_bytes().to_vec())
}

proptest! {
    /// No octet of a chunk or of a body becomes a command, whatever the server refuses.
    #[test]
    fn sec_35_a_strict_server_reads_no_chunk_as_commands(
        lines in proptest::collection::vec(any_line(), 0..20),
        refusals in proptest::collection::vec(proptest::bool::weighted(0.2), 0..20),
        size in 1..60usize,
    ) {
        let mut relay = Relay::new(false, Stray::Reject);
        let mut server = Strict { refusals, ..Strict::default() };
        let (mut replies, mut waiting) = (b"220 mx\r\n".to_vec(), Vec::new());
        let wire = [&b"EHLO x\r\n"[..], &lines.concat()].concat();
        for piece in wire.chunks(size).chain(core::iter::repeat_n(&b""[..], 4 * lines.len() + 2)) {
            if relay.pass(Side::Server, &replies.into(), is_transparent, |_| ()).is_err() {
                break;
            }
            waiting.extend_from_slice(piece);
            replies = Vec::new();
            let input = Bytes::copy_from_slice(&waiting);
            let passed = relay
                .pass(Side::Client, &input, is_transparent, |out| replies.extend_from_slice(&server.take(&out)));
            let Ok(consumed) = passed else { break };
            waiting.drain(..consumed);
        }
        // One by the client itself is a line with an argument.
        let evil = server.commands.iter().find(|line| line.starts_with(b"EVIL\r\n"));
        prop_assert_eq!(evil, None);
    }
}
