#![no_main]
//! A hostile client: no panic, bounded output, and the same events and replies however its bytes are cut.

use arbitrary::Arbitrary;
use fuzz::{Seen, feed};
use libfuzzer_sys::fuzz_target;
use smtp_proto::body::Stray;
use smtp_proto::server::{Event, Options, Pipelining, Protocol, Server};
use smtp_proto::status::ReplyCode;
use smtp_proto::{Command, Dialect, Received, Reply, text};

#[derive(Arbitrary, Debug)]
struct Input {
    protocol: u8,
    lenient: bool,
    pipelining: bool,
    stray: u8,
    /// Which answer each question gets.
    answers: Vec<u8>,
    cuts: Vec<u16>,
    wire: Vec<u8>,
}

fuzz_target!(|input: Input| {
    let whole = run(&input, &[]);
    let cut = run(&input, &input.cuts);
    assert_eq!(whole, cut, "however the bytes are cut");
});

fn run(input: &Input, cuts: &[u16]) -> Seen {
    let mut options =
        Options::new([Protocol::Smtp, Protocol::Submission, Protocol::Lmtp][usize::from(input.protocol % 3)]);
    options.dialect = if input.lenient { Dialect::TOLERANT } else { Dialect::STRICT };
    options.stray =
        [Stray::Reject, Stray::Close, Stray::Normalise, Stray::Preserve][usize::from(input.stray % 4)];
    // Who rushes is seen by what stands in the buffer, and that depends on the cuts.
    options.pipelining = Pipelining::Allow;
    options.requires_authentication = !input.pipelining;
    options.allow_plaintext_secrets = input.pipelining;
    let mut server = Server::new(options);
    let mut seen = Seen::default();
    let mut answers = input.answers.iter().copied().cycle();
    server.greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("fuzz"))).unwrap();
    let mut dead = false;
    let left = feed(&input.wire, cuts, |bytes| {
        seen.take(server.transmit());
        if dead {
            return None;
        }
        match server.receive(bytes) {
            Ok(None) => None,
            Ok(Some(Received { consumed, event })) => {
                if matches!(event, Event::Close | Event::Turned) {
                    dead = true;
                }
                // Of what asks nothing there is more or less as the wire is cut.
                if event.token().is_some() {
                    answer(&mut server, &event, answers.next().unwrap_or(0));
                }
                match event {
                    Event::Chunk(content) => seen.body.extend_from_slice(content),
                    Event::Skipped { .. } => {}
                    event => seen.event(format!("{event:?}")),
                }
                Some(consumed)
            }
            Err(error) => {
                assert_eq!(server.receive(bytes), Err(error), "an error is final");
                seen.event(format!("{error}"));
                dead = true;
                None
            }
        }
    });
    seen.take(server.transmit());
    seen.body();
    let rest = &input.wire[input.wire.len() - left..];
    let _ = server.receive_eof(rest);
    seen
}

/// Answers an event; which way, `choice` says, where there is one.
fn answer(server: &mut Server, event: &Event<'_>, choice: u8) {
    let no = Reply::new(ReplyCode::MAILBOX_UNAVAILABLE, None, text!("no"));
    let ok = Reply::new(ReplyCode::OK, None, text!("ok"));
    let refuses = choice % 8 == 7;
    let result = match event {
        Event::Command { token, command, .. } => {
            let reply = match command {
                Command::Ehlo(_) | Command::Lhlo(_) => hello(choice),
                _ if refuses => no,
                Command::Data => Reply::new(ReplyCode::GO_AHEAD, None, text!("go")),
                Command::Quit => Reply::new(ReplyCode::SERVICE_CLOSING, None, text!("bye")),
                _ => ok,
            };
            server.reply(*token, &reply)
        }
        Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => {
            server.reply(*token, reply)
        }
        Event::Auth { token, .. } | Event::Answer { token, .. } if choice % 4 == 0 => {
            server.challenge(*token, b"more")
        }
        Event::Auth { token, .. } | Event::Answer { token, .. } => server.reply(
            *token,
            &if refuses { no } else { Reply::new(ReplyCode::AUTHENTICATED, None, text!("in")) },
        ),
        Event::Cancelled { token } => server.reply(*token, &no),
        Event::StartTls { token } => server.reply(*token, &no),
        Event::ChunkEnd { token } => server.reply(*token, if refuses { &no } else { &ok }),
        Event::BodyEnd { token, refusal } => {
            // Once for each recipient of LMTP; one too many is refused and changes nothing.
            let reply = refusal.as_ref().unwrap_or(if refuses { &no } else { &ok });
            while server.reply(*token, reply).is_ok() {}
            Ok(())
        }
        _ => Ok(()),
    };
    // More output than anybody may leave unread is the only reason left.
    let _ = result;
}

fn hello(choice: u8) -> Reply<'static> {
    let all = [
        text!("fuzz"),
        text!("PIPELINING"),
        text!("8BITMIME"),
        text!("SIZE 1000"),
        text!("AUTH PLAIN LOGIN"),
        text!("STARTTLS"),
        text!("CHUNKING"),
        text!("BINARYMIME"),
        text!("SMTPUTF8"),
        text!("DSN"),
        text!("PRDR"),
        text!("ENHANCEDSTATUSCODES"),
        text!("XCLIENT NAME ADDR"),
    ];
    Reply::multiline(ReplyCode::OK, None, &all[..all.len() - usize::from(choice % 4)])
}
