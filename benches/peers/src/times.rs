//! Time, and memory, in turns.

use std::time::{Duration, Instant};

use crate::job::{Job, Task};
use crate::measured::Times;
use crate::{adapters, allocations};

/// Turns of each job; the shortest counts, as everything that disturbs makes one longer.
const TURNS: usize = 25;
/// No more turns for a job once it had so much time, and three of them: some libraries take time by the square of a load.
const ENOUGH: Duration = Duration::from_secs(3);

/// What each library takes. They take turns, so that what disturbs the machine disturbs all.
pub fn measure(task: Task) -> Vec<(String, Times)> {
    let load = task.load.generate();
    let mut out = Vec::with_capacity(load.bytes.len() * 2);
    let mut jobs = adapters::jobs(task, &load);
    let mut rows: Vec<Times> = Vec::new();
    for job in &mut jobs {
        job.make_ready(&mut out);
        let (accepted, allocated) = allocations::counted(|| job.measured_run(&mut out));
        let verdict = job.verdict(task, &load, &mut out, accepted);
        rows.push(Times { nanoseconds: 0.0, allocated, messages: load.count() as u64, verdict });
    }
    let mut turns: Vec<_> = jobs.iter().map(|_| Turns::default()).collect();
    for _ in 0..TURNS {
        for (job, turns) in jobs.iter_mut().zip(&mut turns) {
            turns.take(job, &mut out);
        }
    }
    for (row, turns) in rows.iter_mut().zip(&turns) {
        row.nanoseconds = turns.shortest.unwrap_or_default().as_secs_f64() * 1e9 / load.count() as f64;
    }
    jobs.iter().map(|job| job.peer.to_owned()).zip(rows).collect()
}

#[derive(Default)]
struct Turns {
    count: usize,
    spent: Duration,
    shortest: Option<Duration>,
}

impl Turns {
    fn take(&mut self, job: &mut Job<'_>, out: &mut Vec<u8>) {
        if self.count >= 3 && self.spent >= ENOUGH {
            return;
        }
        // What others left in the caches is gone afterwards.
        if self.shortest.is_none_or(|shortest| shortest < ENOUGH / 10) {
            job.warm_up(out);
        } else {
            job.make_ready(out);
        }
        let start = Instant::now();
        job.measured_run(out);
        let took = start.elapsed();
        self.count += 1;
        self.spent += took;
        self.shortest = Some(self.shortest.map_or(took, |shortest| shortest.min(took)));
    }
}
