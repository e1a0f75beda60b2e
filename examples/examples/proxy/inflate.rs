//! COMPRESS=DEFLATE ([RFC 4978](https://www.rfc-editor.org/rfc/rfc4978)), as far as reading along goes.

use bytes::BytesMut;
use flate2::{Decompress, FlushDecompress, Status};

/// What one side sends.
pub struct Inflate {
    stream: Decompress,
    /// The last piece was full: there may be more without more input.
    was_full: bool,
}

/// What is made at once, whatever it is made of.
const PIECE: usize = 64 * 1024;

impl Inflate {
    pub fn new() -> Self {
        Self { stream: Decompress::new(false), was_full: false }
    }

    /// Whether there may be more to come of what was given.
    pub fn has_more(&self) -> bool {
        self.was_full
    }

    /// Puts a piece of what `packed` stands for behind `out`; gives what of it is left.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn next<'p>(&mut self, packed: &'p [u8], out: &mut BytesMut) -> Result<&'p [u8], String> {
        let (taken, made) = (self.stream.total_in(), self.stream.total_out());
        let start = out.len();
        out.resize(start.saturating_add(PIECE), 0);
        let room = out.get_mut(start..).unwrap_or_default();
        let status = self.stream.decompress(packed, room, FlushDecompress::None);
        let taken = usize::try_from(self.stream.total_in().saturating_sub(taken)).unwrap_or(usize::MAX);
        let made = usize::try_from(self.stream.total_out().saturating_sub(made)).unwrap_or(usize::MAX);
        out.truncate(start.saturating_add(made));
        self.was_full = made >= PIECE;
        match status {
            Ok(Status::StreamEnd) => Err("the end of what was compressed".into()),
            // Neither input nor room was of use: that cannot happen to a stream that is in order.
            Ok(Status::BufError) if !packed.is_empty() && taken == 0 && made == 0 => {
                Err("what was compressed stands still".into())
            }
            Ok(_) => packed.get(taken..).ok_or_else(|| "what was compressed is longer than it is".into()),
            Err(error) => Err(format!("what was compressed cannot be read: {error}")),
        }
    }
}
