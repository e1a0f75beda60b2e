//! Runs the loads of the benchmarks through this project's crates and through other mail libraries.
//!
//! `--times [TASK…]` and `--instructions [TASK…]` measure, keep the figures in `measured/`, and write the tables in
//! `benches/README.md` and the picture of them anew; `--tables` does only that. `--list`: the pairs of task and library.
//! See the script `measure`.

mod adapters;
mod allocations;
mod goals;
mod instructions;
mod job;
mod measured;
mod plot;
mod readme;
mod times;

use std::error::Error;
use std::process::ExitCode;

use crate::job::Task;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    match arguments {
        ["--list"] => list(),
        ["--callgrind", task, peer] => return instructions::run(task, peer),
        ["--times", tasks @ ..] => {
            for task in named(tasks)? {
                eprintln!("{}", task.name());
                measured::keep(&task.name(), times::measure(task))?;
            }
            readme::write()?;
        }
        ["--instructions", tasks @ ..] => {
            for task in named(tasks)? {
                eprintln!("{}", task.name());
                measured::keep(&task.name(), instructions::measure(task)?)?;
            }
            readme::write()?;
        }
        ["--tables"] => readme::write()?,
        _ => return Err("usage: peers --times [TASK…] | --instructions [TASK…] | --tables | --list".into()),
    }
    Ok(())
}

/// The tasks of those names that this program was built for; all if there are no names.
fn named(names: &[&str]) -> Result<Vec<Task>, Box<dyn Error>> {
    let tasks = match names {
        [] => Task::all(),
        _ => names
            .iter()
            .map(|name| Task::named(name).ok_or_else(|| format!("no task {name}")))
            .collect::<Result<_, _>>()?,
    };
    Ok(tasks.into_iter().filter(|task| task.is_built()).collect())
}

fn list() {
    for task in Task::all().into_iter().filter(|task| task.is_built()) {
        let load = task.load.generate();
        for job in adapters::jobs(task, &load) {
            println!("{} {}", task.name(), job.peer);
        }
    }
}
