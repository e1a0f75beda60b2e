//! How the conversation is shown: coloured on a terminal, plain elsewhere.

use bytes::Buf;
use console::{StyledObject, style};

/// Prints what passes between two machines.
pub struct Transcript {
    pieces: u32,
}

impl Transcript {
    pub fn new() -> Self {
        Self { pieces: 0 }
    }

    /// A new part of the conversation.
    pub fn chapter(&self, title: &str) {
        println!("\n{}", style(format!("— {title} —")).bold());
    }

    /// What the reader is to notice.
    pub fn note(&self, text: &str) {
        println!("      {}", style(text).dim().italic());
    }

    /// What the client has sent in one piece.
    pub fn client(&mut self, bytes: &[u8]) {
        self.piece(bytes, &style("C: →").cyan());
    }

    /// What the server has sent in one piece.
    pub fn server(&mut self, bytes: &[u8]) {
        self.piece(bytes, &style("S: ←").green());
    }

    /// How many pieces have passed.
    pub fn pieces(&self) -> u32 {
        self.pieces
    }

    fn piece(&mut self, bytes: &[u8], from: &StyledObject<&str>) {
        self.pieces = self.pieces.saturating_add(u32::from(!bytes.is_empty()));
        for line in String::from_utf8_lossy(bytes).lines() {
            println!("{from} {line}");
        }
    }
}

/// Everything that may be written now.
pub fn take(transmit: &mut impl Buf) -> Vec<u8> {
    let mut bytes = vec![0; transmit.remaining()];
    transmit.copy_to_slice(&mut bytes);
    bytes
}
