//! Counts instructions by running this program again under callgrind.

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// What one case took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub instructions: u64,
    pub calls: u64,
}

/// Runs `growth --counted NAME`; one count for each of its cases, in order.
///
/// # Errors
/// valgrind is missing or failed, or the counts are not one for each case.
pub fn count(name: &str, cases: usize) -> io::Result<Vec<Count>> {
    let folder = env::temp_dir().join(format!("growth-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let counts = count_in(&folder, name, cases);
    fs::remove_dir_all(&folder)?;
    counts
}

fn count_in(folder: &Path, name: &str, cases: usize) -> io::Result<Vec<Count>> {
    let out = folder.join("out");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .args(["--toggle-collect=growth::measured", "--dump-after=growth::measured"])
        // Large blocks on the heap, too: what it costs to grow one must not change at a size.
        .envs([("MALLOC_MMAP_THRESHOLD_", "1073741824"), ("MALLOC_TOP_PAD_", "268435456")])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env::current_exe()?)
        .args(["--counted", name])
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("valgrind: {error}")))?;
    if !run.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&run.stderr)));
    }
    let said = String::from_utf8_lossy(&run.stdout);
    let calls: Vec<u64> = said.lines().filter_map(|line| line.parse().ok()).collect();
    let counts: Vec<Count> = (1..=cases)
        .zip(&calls)
        .map(|(n, &calls)| Ok(Count { instructions: total(&folder.join(format!("out.{n}")))?, calls }))
        .collect::<io::Result<_>>()?;
    if counts.len() != cases || counts.iter().any(|count| count.instructions == 0) {
        return Err(io::Error::other(format!("{} counts for {cases} cases", counts.len())));
    }
    Ok(counts)
}

/// The instructions in one dump.
fn total(dump: &Path) -> io::Result<u64> {
    let text = fs::read_to_string(dump)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total
        .and_then(|total| total.trim().parse().ok())
        .ok_or_else(|| io::Error::other("a dump without a total"))
}
