//! What this project's crates take for every load: throughput, nanoseconds for a message, allocations and octets allocated for
//! a message, and the most octets held at a time.
//!
//! `cargo run --profile bench -p benches --example loads`; with an argument, only the lines that have it in their names. The
//! shortest of several turns counts. Memory is counted in a turn of its own.
#![allow(missing_docs)]

mod imap;
mod sessions;
mod smtp;

use std::time::{Duration, Instant};

use benches::Load;

/// Turns of each job, until they have taken [`ENOUGH`] and were three.
const TURNS: usize = 25;
const ENOUGH: Duration = Duration::from_secs(1);

/// A load, and what is done with it.
struct Job<'l> {
    name: String,
    octets: usize,
    messages: usize,
    /// What is done before each turn, unmeasured, and then measured.
    turn: Box<dyn FnMut() -> Box<dyn FnOnce() + 'l> + 'l>,
}

impl<'l> Job<'l> {
    /// With nothing to prepare.
    fn new(name: impl Into<String>, load: &Load, run: impl Fn() + Clone + 'l) -> Self {
        let turn = move || -> Box<dyn FnOnce()> { Box::new(run.clone()) };
        Self { name: name.into(), octets: load.bytes.len(), messages: load.count(), turn: Box::new(turn) }
    }

    /// With something that is made before each turn.
    fn prepared<T: 'l>(
        name: impl Into<String>,
        load: &Load,
        prepare: impl Fn() -> T + 'l,
        run: impl Fn(T) + Clone + 'l,
    ) -> Self {
        let turn = move || -> Box<dyn FnOnce()> {
            let (made, run) = (prepare(), run.clone());
            Box::new(move || run(made))
        };
        Self { name: name.into(), octets: load.bytes.len(), messages: load.count(), turn: Box::new(turn) }
    }

    fn measure(&mut self) {
        let run = (self.turn)();
        let memory = allocation_counter::measure(run);
        let (mut shortest, mut spent) = (Duration::MAX, Duration::ZERO);
        for turn in 0..TURNS {
            if turn >= 3 && spent >= ENOUGH {
                break;
            }
            let run = (self.turn)();
            let start = Instant::now();
            run();
            let took = start.elapsed();
            (shortest, spent) = (shortest.min(took), spent + took);
        }
        let (seconds, messages) = (shortest.as_secs_f64(), self.messages as f64);
        println!(
            "| {} | {:.0} | {:.1} | {:.2} | {:.0} | {} |",
            self.name,
            self.octets as f64 / seconds / 1e6,
            seconds * 1e9 / messages,
            memory.count_total as f64 / messages,
            memory.bytes_total as f64 / messages,
            memory.bytes_max,
        );
    }
}

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    println!(
        "| load | MB/s | ns per message | allocations per message | octets allocated per message | peak |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let mut run = |mut job: Job<'_>| {
        if job.name.contains(&wanted) {
            job.measure();
        }
    };
    imap::each(&mut run);
    smtp::each(&mut run);
    sessions::each(&mut run);
}
