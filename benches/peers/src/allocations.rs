//! Counts allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The system's allocator, and how often it was asked for memory.
struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations there were, growing ones counted too.
pub fn count() -> u64 {
    COUNT.load(Relaxed)
}

fn add() {
    // Only one thread allocates here: a load and a store cost less than an atomic addition, which would slow down
    // those that allocate much.
    COUNT.store(COUNT.load(Relaxed) + 1, Relaxed);
}

// SAFETY: every call is handed on as it came, to the allocator that all memory is from.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add();
        // SAFETY: the caller's duties are those of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, octets: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add();
        // SAFETY: as above.
        unsafe { System.realloc(octets, layout, size) }
    }

    unsafe fn dealloc(&self, octets: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(octets, layout) }
    }
}
