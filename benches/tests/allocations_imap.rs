//! Reading IMAP allocates nothing, and what was read holds no more than the message.
//!
//! Everything that is allocated is counted, so there is no harness, which has threads of its own: `main` runs the tests.

use std::alloc::System;

use benches::imap::Imap;
use bytes::BytesMut;
use imap_proto::response::NumberedData;
use imap_proto::{Dialect, FetchItem, Response, TaggedCommand};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn counted<T>(work: impl FnOnce() -> T) -> (T, Stats) {
    let region = Region::new(ALLOCATOR);
    let outcome = work();
    (outcome, region.change())
}
fn main() {
    reading_allocates_nothing();
    an_envelope_is_walked_without_allocating_more_than_its_escapes();
}

fn reading_allocates_nothing() {
    for load in Imap::ALL {
        let load_bytes = load.generate();
        let messages: Vec<&[u8]> = load_bytes.messages().collect();
        let (accepted, change) = counted(|| {
            let read = |message: &&&[u8]| match load.is_of_client() {
                true => TaggedCommand::parse(message, Dialect::STRICT).is_ok(),
                false => Response::parse(message, Dialect::STRICT).is_ok(),
            };
            messages.iter().filter(read).count()
        });
        assert_eq!(accepted, messages.len(), "{}", load.name());
        // A quoted string with escapes is the only text that is not borrowed. Secrets are copied, to be wiped, and APPEND has
        // its messages in a `Vec`.
        let escapes = load_bytes.bytes.windows(2).filter(|two| matches!(two, [b'\\', b'"' | b'\\'])).count();
        let owned = [&b"LOGIN "[..], b"AUTHENTICATE ", b"APPEND "]
            .map(|word| load_bytes.bytes.windows(word.len()).filter(|octets| *octets == word).count());
        let allowed = escapes + owned.iter().sum::<usize>();
        println!("{}: {} allocations for {} messages", load.name(), change.allocations, messages.len());
        assert!(change.allocations <= allowed, "{}: {change:?}", load.name());
    }
}

fn an_envelope_is_walked_without_allocating_more_than_its_escapes() {
    let wire = b"* 1 FETCH (FLAGS (\\Seen $Forwarded) UID 5 RFC822.SIZE 44827 ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \
        \"IMAP4rev2 WG mtg\" ((\"Terry\" NIL \"gray\" \"example.org\")) ((\"Terry\" NIL \"gray\" \"example.org\")) \
        ((\"Terry\" NIL \"gray\" \"example.org\")) ((NIL NIL \"imap\" \"example.net\")) NIL NIL NIL \"<B27397@example.org>\"))\r\n";
    let mut out = BytesMut::with_capacity(2 * wire.len());
    let (addresses, change) = counted(|| {
        let (_, response) = Response::parse(wire, Dialect::STRICT).map_err(|error| error.to_string())?;
        let Response::Numbered(data) = &response else { return Err("no data".to_owned()) };
        let NumberedData::Fetch(items) = &data.data else { return Err("no FETCH".to_owned()) };
        let mut addresses = 0;
        for item in items {
            if let FetchItem::Envelope(envelope) = item {
                addresses += [&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to]
                    .map(|list| list.len())
                    .iter()
                    .sum::<usize>();
            }
        }
        response.encode(&mut out);
        Ok(addresses)
    });
    assert_eq!((addresses, &out[..]), (Ok(4), &wire[..]));
    assert!(change.allocations <= 4, "{change:?}");
}
