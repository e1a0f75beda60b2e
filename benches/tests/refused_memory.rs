//! Under an allocator that refuses whatever is more than a connection may hold, no peer makes a machine ask for it: neither at
//! once nor in all. Who gives a connection that much never sees an allocation fail that a peer has caused.
//!
//! A refusal ends the process, as `alloc` has it. The last test provokes one, in a process of its own. Everything that is
//! allocated counts, so there is no harness, which has threads of its own: `main` runs the tests.
#![allow(missing_docs)]

use std::alloc::System;
use std::process::{Command, Stdio};

use benches::hostile::{Bounds, FAMILIES, Machine, STATES, most_held};
use cap::Cap;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// What a peer sends: within what one command may have, within what one response may have, and beyond both.
const SIZES: [usize; 3] = [60 << 10, 500 << 10, 1 << 20];
/// What is read at a time.
const READ: usize = 4096;
/// Says that this is the process that is to end.
const VICTIM: &str = "REFUSED_MEMORY_VICTIM";

fn main() {
    if std::env::var_os(VICTIM).is_some() {
        return be_refused();
    }
    no_family_asks_for_more_than_a_connection_may_hold();
    sec_50_no_state_that_is_fed_for_ever_asks_for_more();
    what_is_refused_ends_the_process();
}

/// Does this while there are `room` octets more, and no more.
fn within<T>(room: usize, work: impl FnOnce() -> T) -> T {
    ALLOCATOR.set_limit(ALLOCATOR.allocated() + room).expect("it is more than is allocated");
    let done = work();
    ALLOCATOR.set_limit(usize::MAX).expect("it is more than is allocated");
    done
}

fn no_family_asks_for_more_than_a_connection_may_hold() {
    for (family, size) in FAMILIES.iter().flat_map(|family| SIZES.map(|size| (family, size))) {
        let input = family.input(size);
        let mut machine = family.machine(Bounds::Default);
        eprintln!("{}, {size} octets", family.name);
        // The session may end.
        let _ = within(most_held(size), || machine.feed(&input, READ));
    }
}

fn sec_50_no_state_that_is_fed_for_ever_asks_for_more() {
    for state in STATES {
        let (mut machine, piece) = (state.machine(), state.piece(READ));
        let mut buffer = Vec::with_capacity(state.limit + 2 * READ);
        eprintln!("{}", state.name);
        within((4 << 10) + READ, || state.feed(&mut machine, &piece, &mut buffer));
    }
}

fn what_is_refused_ends_the_process() {
    let this = std::env::current_exe().expect("this program");
    let victim = Command::new(this).env(VICTIM, "1").stderr(Stdio::piped()).output().expect("it runs");
    let said = String::from_utf8_lossy(&victim.stderr);
    assert!(!victim.status.success(), "nothing was refused");
    assert!(said.starts_with("memory allocation of ") && said.contains(" bytes failed"), "{said}");
}

/// Has a machine read what makes it ask for 60 KiB, where there are 16.
fn be_refused() {
    let escapes = format!("a SEARCH TEXT \"{}\"\r\n", "\\\"".repeat(30 << 10));
    let mut machine = Machine::imap_server(Bounds::None);
    let _ = within(16 << 10, || machine.feed(escapes.as_bytes(), READ));
}
