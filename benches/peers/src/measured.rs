//! What was measured, as it is kept: a file of tab-separated lines for times and one for instructions.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use crate::allocations::Allocated;

/// A task and a library, by their names.
pub type Key = (String, String);

/// What a library took for a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    /// Nanoseconds for a message, in the shortest of many turns.
    pub nanoseconds: f64,
    /// In all.
    pub allocated: Allocated,
    pub messages: u64,
    pub verdict: String,
}

/// The same, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instructions {
    pub instructions: u64,
    /// Octets read; when encoding, written.
    pub octets: u64,
    pub verdict: String,
}

/// One line's worth.
pub trait Kept: Sized {
    /// The file's name, and its first line.
    const FILE: &'static str;
    const HEAD: &'static str;

    fn fields(&self) -> Vec<String>;
    fn read(fields: &[&str]) -> Option<Self>;
}

impl Kept for Times {
    const FILE: &'static str = "times.tsv";
    const HEAD: &'static str =
        "task\tlibrary\tns per message\tallocations\toctets allocated\tpeak octets\tmessages\tverdict";

    fn fields(&self) -> Vec<String> {
        let Allocated { count, octets, peak } = self.allocated;
        let numbers = [count, octets, peak, self.messages].map(|number| number.to_string());
        let [count, octets, peak, messages] = numbers;
        vec![format!("{:.1}", self.nanoseconds), count, octets, peak, messages, self.verdict.clone()]
    }

    fn read(fields: &[&str]) -> Option<Self> {
        let &[nanoseconds, count, octets, peak, messages, verdict] = fields else { return None };
        let number = |text: &str| text.parse().ok();
        let allocated = Allocated { count: number(count)?, octets: number(octets)?, peak: number(peak)? };
        let (nanoseconds, messages) = (nanoseconds.parse().ok()?, number(messages)?);
        Some(Self { nanoseconds, allocated, messages, verdict: verdict.to_owned() })
    }
}

impl Kept for Instructions {
    const FILE: &'static str = "instructions.tsv";
    const HEAD: &'static str = "task\tlibrary\tinstructions\toctets\tverdict";

    fn fields(&self) -> Vec<String> {
        vec![self.instructions.to_string(), self.octets.to_string(), self.verdict.clone()]
    }

    fn read(fields: &[&str]) -> Option<Self> {
        let &[instructions, octets, verdict] = fields else { return None };
        let (instructions, octets) = (instructions.parse().ok()?, octets.parse().ok()?);
        Some(Self { instructions, octets, verdict: verdict.to_owned() })
    }
}

/// All that is kept of one kind.
pub type Table<K> = BTreeMap<Key, K>;

/// The folder of the kept files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("measured")
}

/// What was kept; nothing when there is no file yet.
///
/// # Errors
/// The file cannot be read, or a line of it is not what it should be.
pub fn load<K: Kept>() -> io::Result<Table<K>> {
    match std::fs::read_to_string(folder().join(K::FILE)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Table::new()),
        Err(error) => Err(error),
    }
}

fn parse<K: Kept>(text: &str) -> io::Result<Table<K>> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let (&[task, library], rest) = fields.split_first_chunk()?;
        Some(((task.to_owned(), library.to_owned()), K::read(rest)?))
    };
    let wrong = |line| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {line}", K::FILE));
    text.lines().skip(1).map(|line| row(line).ok_or_else(|| wrong(line))).collect()
}

/// Keeps what was measured of a task in the place of all that was kept of it.
///
/// # Errors
/// The file cannot be read or written.
pub fn keep<K: Kept>(task: &str, rows: impl IntoIterator<Item = (String, K)>) -> io::Result<()> {
    let mut table = load::<K>()?;
    table.retain(|(of, _), _| of != task);
    table.extend(rows.into_iter().map(|(library, row)| ((task.to_owned(), library), row)));
    std::fs::create_dir_all(folder())?;
    std::fs::write(folder().join(K::FILE), text(&table))
}

fn text<K: Kept>(table: &Table<K>) -> String {
    let mut text = format!("{}\n", K::HEAD);
    for ((task, library), row) in table {
        // A `String` takes all that is written to it.
        let _ = writeln!(text, "{task}\t{library}\t{}", row.fields().join("\t"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comes_back<K: Kept + Clone + PartialEq + std::fmt::Debug>(row: &K) {
        let table = Table::from([(("a".to_owned(), "b c".to_owned()), row.clone())]);
        assert_eq!(parse::<K>(&text(&table)).unwrap(), table);
        assert!(parse::<K>(&format!("{}\na\tb\t1\n", K::HEAD)).is_err());
    }

    #[test]
    fn what_is_kept_comes_back() {
        let allocated = Allocated { count: 1, octets: 2, peak: 3 };
        comes_back(&Times { nanoseconds: 1.5, allocated, messages: 4, verdict: "refuses 5".to_owned() });
        comes_back(&Instructions { instructions: 1, octets: 2, verdict: "accepts all".to_owned() });
    }
}
