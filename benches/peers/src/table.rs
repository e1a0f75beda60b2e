//! The table of times.

use std::time::{Duration, Instant};

use crate::job::Task;
use crate::{adapters, allocations};

/// Runs of each job; the shortest counts, as everything that disturbs makes one longer.
const ROUNDS: usize = 25;

/// Prints, for each task and library, its time relative to ours. The libraries take turns, so that what disturbs the
/// machine disturbs all.
pub fn print(tasks: &[Task]) {
    println!("| task | library | time / ours | MB/s | allocations per message | messages |");
    println!("|---|---|--:|--:|--:|---|");
    for &task in tasks {
        let load = task.load.generate();
        let mut out = Vec::with_capacity(load.bytes.len() * 2);
        let mut jobs = adapters::jobs(task, &load);
        let mut rows = Vec::new();
        for job in &mut jobs {
            job.warm_up(&mut out);
            let before = allocations::count();
            let accepted = job.measured_run(&mut out);
            let allocated = allocations::count() - before;
            rows.push((Duration::MAX, allocated, job.verdict(task, &load, &mut out, accepted)));
        }
        for _ in 0..ROUNDS {
            for (job, (shortest, ..)) in jobs.iter_mut().zip(&mut rows) {
                job.warm_up(&mut out);
                let start = Instant::now();
                job.measured_run(&mut out);
                *shortest = start.elapsed().min(*shortest);
            }
        }
        let ours = jobs.iter().zip(&rows).find(|(job, _)| job.peer == adapters::OURS).map(|(_, row)| row.0);
        for (job, (time, allocated, verdict)) in jobs.iter().zip(&rows) {
            let ratio = ours
                .map_or("–".to_owned(), |ours| format!("{:.2}", time.as_secs_f64() / ours.as_secs_f64()));
            println!(
                "| {} | {} | {ratio} | {:.0} | {:.2} | {verdict} |",
                task.name(),
                job.peer,
                load.bytes.len() as f64 / time.as_secs_f64() / 1e6,
                *allocated as f64 / load.count() as f64,
            );
        }
    }
}
