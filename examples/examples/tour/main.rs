//! Two machines talk in memory, and what they say is printed: no network, no set-up.
//!
//! ```text
//! cargo run --example tour
//! ```

mod smtp;
mod transcript;

fn main() -> anyhow::Result<()> {
    smtp::conversation(&mut transcript::Transcript::new())
}
