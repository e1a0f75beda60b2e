//! A program without std: a global allocator and a panic handler of its own, and nothing but the C library's `main`,
//! `memcpy` and `abort` underneath. If any crate in it used std, it would not link, for there would be two panic handlers.
//! It runs, too: a client and a server greet each other, and the exit status says whether they understood.

#![no_std]
#![no_main]

extern crate alloc;
// What it has is used by whoever links it: here it only has to link.
use imap_proto as _;

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_int;
use core::panic::PanicInfo;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

use bytes::BytesMut;
use smtp_proto::{Command, Dialect, Reply};

#[link(name = "c")]
unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// Hands out a piece of memory from the front to the back, and takes nothing back.
struct Arena;

const SIZE: usize = 1 << 20;
static mut MEMORY: [u8; SIZE] = [0; SIZE];
static TAKEN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call takes a range of `MEMORY` that no other call has had: `TAKEN` only grows.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Room for the worst alignment.
        let size = layout.size() + layout.align();
        let start = TAKEN.fetch_add(size, Ordering::Relaxed);
        if start + size > SIZE {
            return null_mut();
        }
        let memory = (&raw mut MEMORY).cast::<u8>().wrapping_add(start);
        memory.wrapping_add(memory.align_offset(layout.align()))
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ARENA: Arena = Arena;

/// `alloc`, as it comes with the toolchain, was built to unwind and names this; nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    c_int::from(!understood())
}

/// A command and a reply are read, and written as they were.
fn understood() -> bool {
    const COMMAND: &[u8] = b"MAIL FROM:<\"odd one\"@example.org>\r\n";
    const REPLY: &[u8] = b"250-2.1.5 one\r\n250 2.1.5 two\r\n";
    let mut written = BytesMut::new();
    let Ok((b"", command)) = Command::parse(COMMAND, Dialect::STRICT) else { return false };
    command.into_owned().encode(&mut written);
    let Ok((b"", reply)) = Reply::parse(REPLY, Dialect::STRICT) else { return false };
    reply.into_owned().encode(&mut written);
    written[..] == [COMMAND, REPLY].concat()
}
