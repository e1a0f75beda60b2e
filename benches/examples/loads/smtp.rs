//! Commands, replies, and bodies in pieces of 16 KiB.

use std::hint::black_box;

use benches::Load;
use benches::smtp::Smtp;
use bytes::Bytes;
use smtp_proto::body::{BdatDecoder, BdatEncoder, DataDecoder, DataEncoder, Piece, Stray};
use smtp_proto::ehlo::{Capabilities, EhloReply};
use smtp_proto::framing::{Line, LineFramer, ReplyFramer};
use smtp_proto::{Command, Dialect, Limits, Reply};

use crate::Job;
use crate::imap::both_ways;

const PIECE: usize = 16 * 1024;

/// Runs each job.
pub(crate) fn each(run: &mut impl FnMut(Job<'_>)) {
    for smtp in [Smtp::MailRcpt, Smtp::Commands] {
        let load = smtp.generate();
        both_ways(run, smtp.name(), &load, command, Command::encode);
        run(Job::new(format!("{}/frame", smtp.name()), &load, || frame_commands(&load)));
    }
    for smtp in [Smtp::Replies, Smtp::Ehlo] {
        let load = smtp.generate();
        both_ways(run, smtp.name(), &load, reply, Reply::encode);
        run(Job::new(format!("{}/frame", smtp.name()), &load, || frame_replies(&load)));
        if smtp == Smtp::Ehlo {
            run(Job::new("ehlo/capabilities", &load, || capabilities(&load)));
        }
    }
    for smtp in [Smtp::DataIn, Smtp::DataInDots] {
        let load = smtp.generate();
        run(Job::new(format!("{}/read", smtp.name()), &load, || data_in(&load)));
    }
    for smtp in [Smtp::DataOut, Smtp::DataOutDots] {
        let load = smtp.generate();
        let text = Bytes::copy_from_slice(&load.bytes);
        run(Job::new(format!("{}/write", smtp.name()), &load, || data_out(text.clone())));
        if smtp == Smtp::DataOut {
            run(Job::new("bdat-out/write", &load, || bdat_out(text.clone(), false)));
            run(Job::new("bdat-out/write, binary", &load, || bdat_out(text.clone(), true)));
        }
    }
    let load = Smtp::BdatIn.generate();
    run(Job::new("bdat-in/read", &load, || bdat_in(&load, false)));
    run(Job::new("bdat-in/read, binary", &load, || bdat_in(&load, true)));
}

fn command(line: &[u8]) -> Command<'_> {
    let (_, command) = Command::parse(line, Dialect::STRICT).expect("the loads are valid");
    command
}

fn reply(message: &[u8]) -> Reply<'_> {
    let (_, reply) = Reply::parse(message, Dialect::STRICT).expect("the loads are valid");
    reply
}

fn frame_commands(load: &Load) {
    let (mut framer, mut rest) = (LineFramer::new(), &load.bytes[..]);
    while let Ok(Some(Line::Whole { len })) = framer.next(rest, 4_096, 4_096, false) {
        rest = black_box(&rest[len..]);
    }
    assert!(rest.is_empty());
}

fn frame_replies(load: &Load) {
    let (mut framer, limits, mut rest) = (ReplyFramer::new(), Limits::default(), &load.bytes[..]);
    while let Ok(Some(len)) = framer.next(rest, &limits) {
        rest = black_box(&rest[len..]);
    }
    assert!(rest.is_empty());
}

fn capabilities(load: &Load) {
    for message in load.messages() {
        let reply = reply(message);
        let ehlo = EhloReply::of(&reply).expect("the loads are valid");
        black_box(Capabilities::from(&ehlo));
    }
}

/// From a buffer in which pieces come in behind what was left.
fn data_in(load: &Load) {
    let (mut decoder, mut buffer) = (DataDecoder::new(Stray::Reject), Vec::with_capacity(2 * PIECE));
    for piece in load.bytes.chunks(PIECE) {
        buffer.extend_from_slice(piece);
        let mut at = 0;
        while let Some(decoded) = decoder.decode(&buffer[at..]) {
            at += decoded.consumed;
            if black_box(decoded.piece) == Piece::End {
                break;
            }
        }
        buffer.drain(..at);
    }
    assert!(decoder.is_ended());
}

fn data_out(mut text: Bytes) {
    let mut encoder = DataEncoder::new(Stray::Reject);
    while !text.is_empty() {
        let piece = text.split_to(text.len().min(PIECE));
        encoder.encode(&piece, |wire| _ = black_box(wire)).expect("the loads are valid");
    }
    encoder.finish(|wire| _ = black_box(wire)).expect("the loads are valid");
}

/// Without the commands.
fn bdat_out(mut text: Bytes, binary: bool) {
    let mut encoder = BdatEncoder::new(Stray::Reject, binary);
    while !text.is_empty() {
        let piece = text.split_to(text.len().min(PIECE));
        encoder.encode(&piece, |wire| _ = black_box(wire)).expect("the loads are valid");
    }
}

fn bdat_in(load: &Load, binary: bool) {
    let mut decoder = BdatDecoder::new(Stray::Reject, binary);
    for message in load.messages() {
        let (mut rest, line) = Command::parse(message, Dialect::STRICT).expect("the loads are valid");
        let Command::Bdat(bdat) = line else { panic!("{line} is not BDAT") };
        decoder.start(bdat.size(), bdat.is_last()).expect("one chunk after the other");
        while let Some(decoded) = decoder.decode(rest) {
            rest = &rest[decoded.consumed..];
            if black_box(decoded.piece) == Piece::End {
                break;
            }
        }
    }
    assert!(decoder.is_ended());
}
