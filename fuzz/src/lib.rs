//! What the fuzz targets share: a stream in pieces, and what a machine made of it.

pub mod imap;

/// Feeds `wire` to `step` in pieces that end at `cuts`. `step` is given all that was not consumed and answers how much to
/// forget, or `None` to wait for more; with what is left at the end it is called no more.
pub fn feed(wire: &[u8], cuts: &[u16], mut step: impl FnMut(&[u8]) -> Option<usize>) -> usize {
    let mut ends: Vec<usize> = cuts.iter().map(|&cut| usize::from(cut).min(wire.len())).collect();
    ends.push(wire.len());
    ends.sort_unstable();
    let mut at = 0;
    for end in ends {
        // Fuel: a machine that makes no progress would call forever.
        let mut idle = 0;
        while let Some(consumed) = step(&wire[at..end]) {
            assert!(consumed <= end - at, "no more is consumed than was given");
            idle = if consumed == 0 { idle + 1 } else { 0 };
            assert!(idle < 100_000, "no progress");
            at += consumed;
        }
    }
    wire.len() - at
}

/// What a machine told and wrote. Body octets are joined: they come as the input is cut.
#[derive(Default, PartialEq, Eq, Debug)]
pub struct Seen {
    pub events: Vec<String>,
    pub output: Vec<u8>,
    pub body: Vec<u8>,
}

impl Seen {
    /// Ends the body that was collected.
    pub fn body(&mut self) {
        if !self.body.is_empty() {
            let body = std::mem::take(&mut self.body);
            self.events.push(format!("body {}", body.escape_ascii()));
        }
    }

    pub fn event(&mut self, event: String) {
        self.body();
        self.events.push(event);
    }

    /// Takes what may be written now.
    pub fn take(&mut self, mut transmit: impl bytes::Buf) {
        while transmit.has_remaining() {
            let chunk = transmit.chunk();
            let len = chunk.len();
            assert!(len > 0, "what remains can be taken");
            self.output.extend_from_slice(chunk);
            transmit.advance(len);
        }
    }
}
