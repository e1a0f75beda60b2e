//! The log: one line for each event, whoever is told first.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::Context;
use smtp_proto::ext::DateTime;

/// Where the lines go.
pub struct Log {
    out: Mutex<Option<Box<dyn Write + Send>>>,
}

/// Who says what a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

impl Log {
    /// A file to append to; standard output without one, nothing when that is to be quiet.
    pub fn open(file: Option<&Path>, quiet: bool) -> anyhow::Result<Self> {
        let out: Option<Box<dyn Write + Send>> = match file {
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                Some(Box::new(file.with_context(|| format!("cannot write to {}", path.display()))?))
            }
            None if quiet => None,
            None => Some(Box::new(std::io::stdout())),
        };
        Ok(Self { out: Mutex::new(out) })
    }

    /// `2026-03-01T12:00:00Z 17 C #3 NOOP`: time, connection, who (`-` is the proxy), what. A log that cannot be written ends,
    /// and nothing else does.
    pub fn line(&self, connection: u64, side: Option<Side>, text: &str) {
        let side = match side {
            Some(Side::Client) => 'C',
            Some(Side::Server) => 'S',
            None => '-',
        };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(to) = out.as_mut() else { return };
        // In one piece: standard output and a file that is appended to may have other writers.
        let line = format!("{} {connection} {side} {text}\n", now());
        if let Err(error) = to.write_all(line.as_bytes()).and_then(|()| to.flush()) {
            eprintln!("proxy: cannot write the log any more: {error}");
            *out = None;
        }
    }
}

fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    DateTime::from_unix_seconds(seconds).map_or_else(|| "-".into(), |time| time.to_string())
}

/// A peer's text in quotes, on one line, without control characters and not too long.
pub fn quote(text: &str) -> String {
    let (text, more) = shortened(text);
    format!("\"{}\"{more}", text.escape_debug())
}

/// The same without the quotes.
pub fn cut(text: &str) -> String {
    let (text, more) = shortened(text);
    let clean = text.chars().map(|letter| if letter.is_control() { '?' } else { letter });
    clean.chain(more.chars()).collect()
}

fn shortened(text: &str) -> (&str, &'static str) {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST).and_then(|(at, _)| text.get(..at)) {
        Some(text) => (text, "…"),
        None => (text, ""),
    }
}
