//! Machines talk in memory, and what they say is printed: no network, no set-up.
//!
//! ```text
//! cargo run --example tour
//! ```

mod imap;
mod mailbox;
mod smtp;
mod transcript;

use clap::Parser;

/// Prints a whole SMTP and a whole IMAP conversation, with what the machines tell of them.
#[derive(Parser)]
struct Arguments {}

fn main() -> anyhow::Result<()> {
    let Arguments {} = Arguments::parse();
    let mut transcript = transcript::Transcript::new();
    smtp::conversation(&mut transcript)?;
    imap::conversation(&mut transcript)?;
    let pieces = transcript.pieces();
    println!("\n{pieces} pieces passed between state machines; bring your own sockets, TLS and storage.");
    Ok(())
}
