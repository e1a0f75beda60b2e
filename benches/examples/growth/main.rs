//! The linear-time gate: what the machines take for input that grows.
//!
//! `cargo run --profile bench -p benches --example growth` runs itself under valgrind's callgrind, prints a line for each
//! family of input, and fails if one of them costs more than linear time: instructions(2n) / instructions(n) at most 2.1 from
//! 16 KiB to 512 KiB, and octet by octet at most three times as much as at once, beyond what the calls themselves cost.
//! Instructions are counted, not seconds: the figures are the same whatever else the machine does. With an argument, only
//! the families are tried in whose names it is.
#![allow(missing_docs)]

mod callgrind;

use std::process::ExitCode;

use benches::hostile::{Bounds, FAMILIES, Family, Machine};

/// What twice the input may cost.
const GROWTH: f64 = 2.1;
/// How many times as much octet by octet may cost, beyond the calls.
const BYTEWISE: u64 = 3;
/// Instructions of one call that has one octet to look at, or to hand out: a constant, whatever came before.
/// About 600 at most where crates are not optimised together.
const CALL: u64 = 700;
/// Sizes at once, each compared with its double.
const SIZES: [usize; 2] = [16 << 10, 256 << 10];
/// The size that is fed octet by octet.
const PIECES: usize = 16 << 10;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Case {
    family: &'static Family,
    size: usize,
    piece: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => gate(""),
        ["--counted", name] => {
            counted(name);
            ExitCode::SUCCESS
        }
        [name] if families(name).next().is_some() => gate(name),
        _ => {
            eprintln!("usage: growth [PART OF A FAMILY'S NAME]");
            ExitCode::from(2)
        }
    }
}

/// The families in whose names `part` is.
fn families(part: &str) -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().filter(move |family| family.name.contains(part))
}

/// The cases of one family, in the order in which they are run.
fn cases(family: &'static Family) -> impl Iterator<Item = Case> {
    let whole = SIZES.into_iter().flat_map(|size| [size, 2 * size]);
    let whole = whole.map(move |size| Case { family, size, piece: usize::MAX });
    whole.chain([Case { family, size: PIECES, piece: 1 }])
}

/// Runs every case, and says how many calls each took.
fn counted(name: &str) {
    for case in families(name).flat_map(cases) {
        let input = case.family.input(case.size);
        let mut machine = case.family.machine(Bounds::None);
        println!("{}", measured(&mut machine, &input, case.piece));
    }
}

/// What is counted. What ends early is not measured: no family may meet an error.
#[inline(never)]
fn measured(machine: &mut Machine, input: &[u8], piece: usize) -> u64 {
    machine.feed(input, piece).expect("the session goes on")
}

/// Counts every case, prints what came out, and says whether all of it is linear.
fn gate(name: &str) -> ExitCode {
    let counts = match callgrind::count(name, families(name).flat_map(cases).count()) {
        Ok(counts) => counts,
        Err(error) => {
            eprintln!("growth: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!(
        "| family | per octet of 512 KiB | twice as much: 16 KiB | 256 KiB | per call, octet by octet |"
    );
    println!("|---|--:|--:|--:|--:|");
    let mut failed = Vec::new();
    for (family, counts) in families(name).zip(counts.chunks(2 * SIZES.len() + 1)) {
        let growth: Vec<f64> = counts[..2 * SIZES.len()]
            .chunks(2)
            .map(|pair| ratio(pair[1].instructions, pair[0].instructions))
            .collect();
        let pieces = counts[2 * SIZES.len()];
        let beyond = pieces.instructions.saturating_sub(BYTEWISE * counts[0].instructions);
        let call = beyond / pieces.calls;
        let largest = 2 * SIZES[SIZES.len() - 1];
        let each = ratio(counts[2 * SIZES.len() - 1].instructions, largest as u64);
        let shown: Vec<String> = growth.iter().map(|growth| format!("{growth:.2}")).collect();
        println!("| {} | {each:.2} | {} | {call} |", family.name, shown.join(" | "));
        if growth.iter().any(|&growth| growth > GROWTH) || call > CALL {
            failed.push(family.name);
        }
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("growth: more than linear: {}", failed.join(", "));
    ExitCode::FAILURE
}

fn ratio(of: u64, to: u64) -> f64 {
    of as f64 / to.max(1) as f64
}
