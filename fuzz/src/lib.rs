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

/// Records of what two sides said: an octet of which the lowest bit is set for the server, two with the length, and so many
/// octets or what there is.
pub fn records(mut data: &[u8]) -> impl Iterator<Item = (bool, &[u8])> {
    std::iter::from_fn(move || {
        let (&[side, low, high], after) = data.split_first_chunk()?;
        let len = usize::from(u16::from_le_bytes([low, high])).min(after.len());
        let (octets, rest) = after.split_at(len);
        data = rest;
        Some((side % 2 == 1, octets))
    })
}

/// Cuts octets into pieces, mostly of a few, or leaves them whole.
pub struct Cuts {
    state: u32,
    is_cut: bool,
}

impl Cuts {
    pub fn new(seed: u16, is_cut: bool) -> Self {
        Self { state: u32::from(seed) | 1, is_cut }
    }

    pub fn of<'d>(&mut self, mut rest: &'d [u8]) -> impl Iterator<Item = &'d [u8]> {
        std::iter::from_fn(move || {
            self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let most = if self.state >> 30 == 0 { 40 } else { 4 };
            let len = if self.is_cut { (self.state >> 16) as usize % most + 1 } else { rest.len() };
            let (piece, after) = rest.split_at(len.min(rest.len()));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        })
    }
}
