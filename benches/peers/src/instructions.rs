//! Instructions, under valgrind's callgrind: the same whatever else the machine does.

use std::error::Error;
use std::process::Command;

use crate::adapters;
use crate::job::{Any, Task};
use crate::measured::Instructions;

/// What each library takes, each in a process of its own.
///
/// # Errors
/// valgrind is not there, or a run failed.
pub fn measure(task: Task) -> Result<Vec<(String, Instructions)>, Box<dyn Error>> {
    let load = task.load.generate();
    let peers: Vec<&str> = adapters::jobs(task, &load).iter().map(|job| job.peer).collect();
    peers.into_iter().map(|peer| Ok((peer.to_owned(), of(task, peer)?))).collect()
}

fn of(task: Task, peer: &str) -> Result<Instructions, Box<dyn Error>> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=peers::job::Job::measured_run")
        .arg(std::env::current_exe()?)
        .args(["--callgrind", &task.name(), peer])
        .output()?;
    let (said, log) = (String::from_utf8(run.stdout)?, String::from_utf8(run.stderr)?);
    if !run.status.success() {
        return Err(format!("{} {peer}: {log}", task.name()).into());
    }
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    let (_, instructions) = collected.ok_or("callgrind says nothing of what it collected")?;
    let (octets, verdict) = said.trim_end().split_once('\t').ok_or("no verdict")?;
    let (instructions, octets) = (instructions.trim().parse()?, octets.parse()?);
    Ok(Instructions { instructions, octets, verdict: verdict.to_owned() })
}

/// In a process of its own: runs one job once to warm up and once to be counted, and says how many octets there were, and
/// what became of them.
///
/// # Errors
/// There is no such job.
pub fn run(task: &str, peer: &str) -> Result<(), Box<dyn Error>> {
    let task = Task::named(task).ok_or_else(|| format!("no task {task}"))?;
    let load = task.load.generate();
    let mut jobs = adapters::jobs(task, &load).into_iter();
    let mut job = jobs.find(|job| job.peer == peer).ok_or_else(|| format!("{peer} has no part in this"))?;
    let mut out = Vec::with_capacity(load.bytes.len() * 2);
    // Sessions are long enough: what comes first does not matter, and some libraries take minutes here.
    if matches!(task.load, Any::Session(..)) {
        job.make_ready(&mut out);
    } else {
        job.warm_up(&mut out);
    }
    let accepted = job.measured_run(&mut out);
    let verdict = job.verdict(task, &load, &mut out, accepted);
    let octets = if task.encode { out.len() } else { load.bytes.len() };
    println!("{octets}\t{verdict}");
    Ok(())
}
