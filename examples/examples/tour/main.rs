//! Machines talk in memory, and what they say is printed: no network, no set-up.
//!
//! ```text
//! cargo run --example tour
//! ```

mod imap;
mod mailbox;
mod smtp;
mod transcript;

fn main() -> anyhow::Result<()> {
    let mut transcript = transcript::Transcript::new();
    smtp::conversation(&mut transcript)?;
    imap::conversation(&mut transcript)?;
    let pieces = transcript.pieces();
    println!("\n{pieces} pieces passed between state machines; bring your own sockets, TLS and storage.");
    Ok(())
}
