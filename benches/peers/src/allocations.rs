//! Counts allocations, and what they hold.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The system's allocator, and what it was asked for.
struct Counting;

thread_local! {
    /// Nothing is counted while time or instructions are: it would be put down to those that allocate.
    static IS_COUNTING: Cell<bool> = const { Cell::new(false) };
}

static COUNT: AtomicU64 = AtomicU64::new(0);
static OCTETS: AtomicU64 = AtomicU64::new(0);
static FREED: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What some work asked of the allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocated {
    /// How many allocations there were, growing ones counted too.
    pub count: u64,
    /// How many octets were asked for; of what grew, only by how much.
    pub octets: u64,
    /// The most octets that were held at a time, beyond those held before.
    pub peak: u64,
}

/// Does the work, and counts what this thread asks for. One thread at a time does so.
pub fn counted<T>(work: impl FnOnce() -> T) -> (T, Allocated) {
    for counter in [&COUNT, &OCTETS, &FREED, &PEAK] {
        counter.store(0, Relaxed);
    }
    IS_COUNTING.set(true);
    let outcome = work();
    IS_COUNTING.set(false);
    let allocated =
        Allocated { count: COUNT.load(Relaxed), octets: OCTETS.load(Relaxed), peak: PEAK.load(Relaxed) };
    (outcome, allocated)
}

fn add(octets: usize) {
    if IS_COUNTING.get() {
        COUNT.fetch_add(1, Relaxed);
        let octets = OCTETS.fetch_add(octets as u64, Relaxed) + octets as u64;
        PEAK.fetch_max(octets.saturating_sub(FREED.load(Relaxed)), Relaxed);
    }
}

fn free(octets: usize) {
    if IS_COUNTING.get() {
        FREED.fetch_add(octets as u64, Relaxed);
    }
}

// SAFETY: every call is handed on as it came, to the allocator that all memory is from.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's duties are those of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, octets: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size.saturating_sub(layout.size()));
        free(layout.size().saturating_sub(size));
        // SAFETY: as above.
        unsafe { System.realloc(octets, layout, size) }
    }

    unsafe fn dealloc(&self, octets: *mut u8, layout: Layout) {
        free(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(octets, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_counted() {
        let (octets, allocated) = counted(|| {
            drop(Vec::<u8>::with_capacity(1_000));
            let mut octets = Vec::<u8>::with_capacity(100);
            octets.reserve_exact(300);
            octets
        });
        assert_eq!(octets.capacity(), 300);
        assert_eq!(allocated, Allocated { count: 3, octets: 1_300, peak: 1_000 });
    }
}
