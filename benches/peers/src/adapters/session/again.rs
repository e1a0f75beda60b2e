//! IMAP libraries without a machine: those who use them call the parser anew with each read, until it has enough.

use std::hint::black_box;

use benches::Load;
use djc_imap_proto::Response;
use imap_core::{DataResponse, ParseError, parse_response};
use nom::Needed;

use super::{Read, called_again};
use crate::job::Job;

/// As async-imap and tokio-imap do: when it is known how much is wanted, as in a literal, not before that is there.
pub fn djc(octets: &Load, piece: usize) -> Job<'_> {
    let read = |input: &[u8]| match black_box(Response::parse(input)) {
        Ok((rest, _)) => Read::Message(input.len() - rest.len()),
        Err(nom::Err::Incomplete(Needed::Size(more))) => Read::More(more.get()),
        Err(nom::Err::Incomplete(Needed::Unknown)) => Read::More(1),
        Err(_) => Read::Wrong,
    };
    Job::body("imap-proto-0.17", move |_| called_again(octets, piece, read)).without_copy()
}

pub fn imap_rs_core(octets: &Load, piece: usize) -> Job<'_> {
    let read = |input: &[u8]| match black_box(parse_response(input)) {
        // It has found the end of the line only.
        Ok((_, imap_core::Response::Data(DataResponse::Other(_)))) => Read::Wrong,
        Ok((rest, _)) => Read::Message(input.len() - rest.len()),
        Err(ParseError::Incomplete) => Read::More(1),
        Err(_) => Read::Wrong,
    };
    Job::body("imap-rs-core", move |_| called_again(octets, piece, read)).without_copy()
}
