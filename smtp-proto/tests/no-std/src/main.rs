//! A program without std: a global allocator and a panic handler of its own, and nothing but the C library's `main`,
//! `memcpy` and `abort` underneath. If any crate in it used std, it would not link, for there would be two panic handlers.
//! It runs, too: a client gives a server a message, and the exit status says whether it arrived.

#![no_std]
#![no_main]

extern crate alloc;
// What it has is used by whoever links it: here it only has to link.
use imap_proto as _;

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_int;
use core::panic::PanicInfo;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Buf, BufMut, BytesMut};
use smtp_proto::address::{Domain, ForwardPath, ReversePath};
use smtp_proto::client::{self, Protocol, TlsPolicy, Transfer};
use smtp_proto::server::{self, Server};
use smtp_proto::status::ReplyCode;
use smtp_proto::{Client, Command, Error, Mail, Rcpt, Received, Reply, text};

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

// `alloc`, as it comes with the toolchain, was built to unwind and names these two; nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    abort()
}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    c_int::from(!understood())
}

/// A client gives a server a message; whether it is there as it was sent.
fn understood() -> bool {
    const MESSAGE: &[u8] = b"Subject: no std\r\n\r\n.\r\n";
    converse(MESSAGE).is_ok_and(|taken| taken == MESSAGE)
}

/// Carries octets between the two until the connection is closed; gives the message that the server has taken.
fn converse(message: &'static [u8]) -> Result<Vec<u8>, Error> {
    let mut options = client::Options::new(Protocol::Smtp);
    options.tls = TlsPolicy::None;
    let (mut client, mut server) = (Client::new(options), Server::new(server::Options::new(Protocol::Smtp)));
    let (mut to_client, mut to_server) = (BytesMut::new(), BytesMut::new());
    let (mut commands, mut taken) = (0, Vec::new());
    server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("server.example.org")))?;
    loop {
        to_client.put(server.transmit());
        while let Some(Received { consumed, event }) = client.receive(&to_client)? {
            match event {
                client::Event::Greeting(_) => _ = client.hello(domain())?,
                // The first reply is to EHLO, the last of the other four to DATA.
                client::Event::Reply { .. } => {
                    commands += 1;
                    if commands == 1 {
                        client.send(&Command::Mail(Mail::new(ReversePath::Null)))?;
                        client.send(&Command::Rcpt(Rcpt::new(recipient())))?;
                        client.start_body(Transfer::Data)?;
                    } else if commands == 4 {
                        client.send(&Command::Quit)?;
                    }
                }
                client::Event::GoAhead { .. } => {
                    client.write(message.into())?;
                    client.finish()?;
                }
                client::Event::Close => return Ok(taken),
                _ => {}
            }
            to_client.advance(consumed);
        }
        to_server.put(client.transmit());
        while let Some(Received { consumed, event }) = server.receive(&to_server)? {
            match event {
                server::Event::Command { token, command, .. } => server.reply(token, &answer(&command))?,
                server::Event::Chunk(piece) => taken.extend_from_slice(piece),
                server::Event::BodyEnd { token, .. } => server.reply(token, &answer(&Command::Rset))?,
                server::Event::Close => break,
                _ => {}
            }
            to_server.advance(consumed);
        }
    }
}

fn answer(command: &Command<'_>) -> Reply<'static> {
    match command {
        Command::Ehlo(_) => {
            Reply::multiline(ReplyCode::OK, None, &[text!("server.example.org"), text!("PIPELINING")])
        }
        Command::Data => Reply::new(ReplyCode::GO_AHEAD, None, text!("go ahead")),
        Command::Quit => Reply::new(ReplyCode::SERVICE_CLOSING, None, text!("bye")),
        _ => Reply::new(ReplyCode::OK, None, text!("ok")),
    }
}

fn domain() -> Domain<'static> {
    // Known to be one; a panic ends the program, and so the test.
    Domain::parse("client.example.org").unwrap()
}

fn recipient() -> ForwardPath<'static> {
    ForwardPath::parse("<you@example.org>").unwrap()
}
