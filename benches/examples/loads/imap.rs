//! Responses and commands.

use std::hint::black_box;

use benches::Load;
use benches::imap::Imap;
use bytes::BytesMut;
use imap_proto::framing::{Side, split};
use imap_proto::{Dialect, Response, TaggedCommand};

use crate::Job;

/// Runs each job.
pub(crate) fn each(run: &mut impl FnMut(Job<'_>)) {
    for imap in Imap::ALL {
        let load = imap.generate();
        if imap.is_of_client() {
            both_ways(run, imap.name(), &load, command, TaggedCommand::encode);
        } else {
            both_ways(run, imap.name(), &load, response, Response::encode);
        }
        let side = if imap.is_of_client() { Side::Client } else { Side::Server };
        run(Job::new(format!("{}/frame", imap.name()), &load, || {
            assert_eq!(split(&load.bytes, side).count(), load.count());
        }));
    }
}

/// Reads every message, and writes them again into a buffer that is there.
pub(crate) fn both_ways<'l, T: 'l>(
    run: &mut impl FnMut(Job<'_>),
    name: &str,
    load: &'l Load,
    read: fn(&'l [u8]) -> T,
    write: fn(&T, &mut BytesMut),
) {
    run(Job::new(format!("{name}/read"), load, || {
        load.messages().for_each(|message| _ = black_box(read(message)));
    }));
    let messages: Vec<T> = load.messages().map(read).collect();
    run(Job::prepared(
        format!("{name}/write"),
        load,
        || BytesMut::with_capacity(load.bytes.len() * 2),
        |mut out| messages.iter().for_each(|message| write(message, &mut out)),
    ));
}

fn response(message: &[u8]) -> Response<'_> {
    let (_, response) = Response::parse(message, Dialect::STRICT).expect("the loads are valid");
    response
}

fn command(message: &[u8]) -> TaggedCommand<'_> {
    let (_, command) = TaggedCommand::parse(message, Dialect::STRICT).expect("the loads are valid");
    command
}
