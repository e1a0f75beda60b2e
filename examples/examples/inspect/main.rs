//! What is on this wire, is it correct, and if not, where.
//!
//! ```text
//! printf 'MAIL FROM: <a@example.org>\r\n' | cargo run --release --example inspect -- smtp client
//! ```

mod imap;
mod lines;
mod message;
mod print;
mod session;
mod smtp;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, ValueEnum};

use crate::message::{Ending, Hints, Message};
use crate::print::Format;
use crate::session::Follow;

/// A wire linter and decoder for mail protocols.
///
/// Exit status: 0 when all was well-formed, 1 when something was malformed, 2 for wrong usage.
#[derive(Parser)]
struct Arguments {
    /// The protocol.
    protocol: Protocol,
    /// Whose bytes these are; not with --session.
    #[arg(required_unless_present = "session", conflicts_with = "session")]
    side: Option<Side>,
    /// The bytes of one side, as one stream; standard input without it.
    file: Option<PathBuf>,
    /// Both sides: a file of JSON lines {"dir":"C"|"S","b64":"…"}, in wire order; may be gzipped.
    #[arg(long, value_name = "FILE")]
    session: Option<PathBuf>,
    /// Each line of standard input is {"id": …, "wire": "<base64>"}, one independent piece of wire.
    #[arg(long, conflicts_with_all = ["session", "file"])]
    lines: bool,
    /// Tolerate nothing.
    #[arg(long)]
    strict: bool,
    /// Print JSON, one object for each message.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    Imap,
    Smtp,
    Lmtp,
}

impl Protocol {
    /// Finds the messages of `wire`, which `side` has sent.
    fn decode(
        self,
        wire: &[u8],
        side: Side,
        hints: Hints,
        strict: bool,
        found: &mut dyn FnMut(Message),
    ) -> Ending {
        match self {
            Self::Imap => imap::decode(wire, side, hints, strict, found),
            Self::Smtp | Self::Lmtp => smtp::decode(wire, side, hints, smtp::dialect(strict), found),
        }
    }

    /// What follows a session of it.
    fn follower(self, strict: bool) -> Box<dyn Follow> {
        match self {
            Self::Imap => Box::new(session::imap::Follower::new(strict)),
            Self::Smtp | Self::Lmtp => {
                Box::new(session::smtp::Follower::new(self == Self::Lmtp, smtp::dialect(strict)))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Side {
    Client,
    Server,
}

fn main() -> ExitCode {
    // clap exits with 2 for wrong usage, and with 0 for --help.
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was well-formed.
fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let format = if arguments.json { Format::Json } else { Format::Text };
    let all_well = match (&arguments.session, arguments.side) {
        (Some(file), _) => {
            let mut follower = arguments.protocol.follower(arguments.strict);
            session::inspect(&open(Some(file))?, &mut *follower, arguments.strict, format, &mut out)?
        }
        (None, Some(side)) if arguments.lines => {
            lines::inspect(io::stdin().lock(), arguments.protocol, side, arguments.strict, &mut out)?;
            true
        }
        (None, Some(side)) => {
            let wire = open(arguments.file.as_deref())?;
            let hints = Hints { is_stream: true, ..Hints::default() };
            let mut printed = Ok(());
            let ending = arguments.protocol.decode(&wire, side, hints, arguments.strict, &mut |message| {
                if printed.is_ok() {
                    printed = print::message(&message, format, &mut out);
                }
            });
            printed?;
            print::ending(&ending, format, &mut out)?;
            matches!(ending, Ending::Complete | Ending::Opaque { .. })
        }
        // clap has seen to it that there is one.
        (None, None) => anyhow::bail!("say whose bytes these are: client or server"),
    };
    out.flush()?;
    Ok(all_well)
}

/// The whole of `file`, or of standard input; unpacked when it is gzipped.
fn open(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match file {
        Some(path) => {
            let read = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
            read.with_context(|| format!("cannot read {}", path.display()))?;
        }
        None => {
            io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        }
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes[..])
            .read_to_end(&mut plain)
            .context("cannot unpack gzip")?;
        bytes = plain;
    }
    Ok(bytes)
}

/// `inspect … | head` is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
