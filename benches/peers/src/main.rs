//! Runs the loads of the benchmarks through this project's crates and through other mail libraries.
//!
//! Without arguments: all of them, interleaved, as a table of times. `--callgrind TASK PEER`: one of them once, for
//! valgrind (see `instructions`). `--list`: the pairs there are. `--plot FILE`: the ratios in `benches/README.md` as SVG.

mod adapters;
mod allocations;
mod job;
mod plot;
mod table;

use std::process::ExitCode;

use benches::Load;

use crate::job::Task;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => table::print(&Task::all()),
        ["--list"] => list(),
        ["--callgrind", task, peer] => return callgrind(task, peer),
        ["--plot", file] => return plot(file),
        [task] if Task::named(task).is_some() => table::print(&Vec::from_iter(Task::named(task))),
        _ => {
            eprintln!("usage: peers [TASK | --list | --callgrind TASK PEER | --plot FILE]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Draws the ratios of the table that is kept.
fn plot(file: &str) -> ExitCode {
    match plot::svg(plot::README).and_then(|svg| Ok(std::fs::write(file, svg)?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn list() {
    for task in Task::all() {
        let load = task.load.generate();
        for job in adapters::jobs(task, &load) {
            println!("{} {}", task.name(), job.peer);
        }
    }
}

/// Runs one job once to warm up and once to be counted, and says how many octets and messages there were.
fn callgrind(task: &str, peer: &str) -> ExitCode {
    let Some(task) = Task::named(task) else {
        eprintln!("no task {task}");
        return ExitCode::FAILURE;
    };
    let load: Load = task.load.generate();
    let Some(mut job) = adapters::jobs(task, &load).into_iter().find(|job| job.peer == peer) else {
        eprintln!("{peer} has no part in {}", task.name());
        return ExitCode::FAILURE;
    };
    let mut out = Vec::with_capacity(load.bytes.len() * 2);
    job.warm_up(&mut out);
    let accepted = job.measured_run(&mut out);
    let verdict = job.verdict(task, &load, &mut out, accepted);
    let octets = if task.encode { out.len() } else { load.bytes.len() };
    println!("octets {octets} messages {} accepted {accepted} {verdict}", load.count());
    ExitCode::SUCCESS
}
