//! What a view of a mailbox keeps is bounded by what its owner allows, whatever a server claims.
//!
//! Everything that is allocated is counted, so there is no harness, which has threads of its own: `main` runs the tests.

use std::alloc::System;

use imap_proto::view::{Abilities, Bounds, Change, Checkpoint, MailboxView, Saved};
use imap_proto::{Dialect, ParseError, Response};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn counted<T>(work: impl FnOnce() -> T) -> (T, Stats) {
    let region = Region::new(ALLOCATOR);
    let outcome = work();
    (outcome, region.change())
}

/// What is still held of what was allocated.
fn held(stats: &Stats) -> usize {
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

fn feed(view: &mut MailboxView, wire: &[u8]) -> Result<Vec<Change>, ParseError> {
    Ok(view.response(&Response::parse(wire, Dialect::STRICT)?.1))
}

fn view(messages: usize) -> MailboxView {
    let mut bounds = Bounds::default();
    bounds.messages = messages;
    let mut view = MailboxView::new(bounds);
    view.select(Abilities::default());
    view
}
fn main() -> Result<(), ParseError> {
    a_number_allocates_nothing()?;
    more_messages_than_are_allowed_take_no_more_room()?;
    a_message_takes_32_octets_and_twice_that_at_worst()?;
    saved_messages_that_are_not_kept_take_no_room();
    Ok(())
}

fn saved_messages_that_are_not_kept_take_no_room() {
    let mut bounds = Bounds::default();
    bounds.messages = 10;
    let saved = (1..=100_000).rev().map(Saved::new);
    let checkpoint = Checkpoint { uid_validity: 1, uid_next: 200_000, mod_seq: None, is_complete: true };
    let (view, stats) = counted(|| MailboxView::restore(checkpoint, saved, bounds));
    assert_eq!(view.messages().count(), 10);
    assert!(stats.bytes_allocated < 16 * 1024, "{stats:?}");
}

fn a_number_allocates_nothing() -> Result<(), ParseError> {
    let mut view = view(1_000_000);
    let (changes, stats) = counted(|| feed(&mut view, b"* 4294967295 EXISTS\r\n"));
    assert_eq!(changes?, []);
    assert_eq!((view.exists(), held(&stats)), (Some(u32::MAX), 0), "{stats:?}");
    assert_eq!(stats.allocations, 0, "{stats:?}");
    let (changes, stats) = counted(|| feed(&mut view, b"* VANISHED 1:4294967295\r\n").map(drop));
    changes?;
    assert_eq!((view.exists(), held(&stats)), (Some(0), 0), "{stats:?}");
    assert!(stats.bytes_allocated < 4_096, "{stats:?}");
    Ok(())
}

fn more_messages_than_are_allowed_take_no_more_room() -> Result<(), ParseError> {
    const MESSAGES: u32 = 100_000;
    const MOST: usize = 1_000;
    let mut view = view(MOST);
    feed(&mut view, b"* 100000 EXISTS\r\n")?;
    let (fed, stats) = counted(|| {
        for number in 1..=MESSAGES {
            // Each with a keyword of its own.
            let wire =
                format!("* {number} FETCH (UID {number} FLAGS (\\Seen keyword{number}) MODSEQ (5))\r\n");
            feed(&mut view, wire.as_bytes())?;
        }
        Ok(())
    });
    fed?;
    assert_eq!(view.known(), MOST);
    println!("{} octets for {MOST} messages of {MESSAGES}", held(&stats));
    assert!(held(&stats) < 128 * 1024, "{stats:?}");
    Ok(())
}

fn a_message_takes_32_octets_and_twice_that_at_worst() -> Result<(), ParseError> {
    const MESSAGES: u32 = 100_000;
    // In order, and all over.
    let order: [&dyn Fn(u32) -> u32; 2] = [&|step| step + 1, &|step| 1 + step * 7_919 % MESSAGES];
    for (order, most) in order.into_iter().zip([35, 70]) {
        let mut view = view(1_000_000);
        feed(&mut view, b"* 100000 EXISTS\r\n")?;
        let (fed, stats) = counted(|| {
            for step in 0..MESSAGES {
                let number = order(step);
                let wire = format!("* {number} FETCH (UID {number} FLAGS (\\Seen $Junk) MODSEQ (5))\r\n");
                feed(&mut view, wire.as_bytes())?;
            }
            Ok(())
        });
        fed?;
        assert_eq!(view.known(), MESSAGES as usize);
        println!("{} octets for {MESSAGES} messages", held(&stats));
        assert!(held(&stats) < MESSAGES as usize * most, "{stats:?}");
        // And as messages go, so does what they took.
        let (fed, stats) = counted(|| {
            for left in (1..=MESSAGES).rev() {
                feed(&mut view, format!("* {} EXPUNGE\r\n", left / 2 + 1).as_bytes())?;
            }
            Ok(())
        });
        fed?;
        let freed = stats.bytes_deallocated.saturating_sub(stats.bytes_allocated);
        assert!(freed > MESSAGES as usize * 32, "{stats:?}");
    }
    Ok(())
}
