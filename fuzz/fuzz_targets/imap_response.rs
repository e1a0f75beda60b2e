#![no_main]
//! Responses: no input panics, what was read is written as one message and read again as the same value, and the framer
//! sees the same end as the parser.

use bytes::BytesMut;
use imap_proto::framing::{Side, split};
use imap_proto::{Dialect, Response};

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    for dialect in [
        Dialect::STRICT,
        Dialect::TOLERANT,
        Dialect::STRICT.with_utf8(true),
        Dialect::TOLERANT.with_rev2(true),
    ] {
        let Ok((rest, message)) = Response::parse(input, dialect) else { continue };
        assert!(rest.len() < input.len(), "a message has octets");
        if dialect.leniency.is_empty() {
            let framed = split(input, Side::Server).next().map(<[u8]>::len);
            assert_eq!(framed, Some(input.len() - rest.len()), "where {message:?} ends");
        }
        let mut wire = BytesMut::new();
        message.encode(&mut wire);
        assert_eq!(split(&wire, Side::Server).count(), 1, "one message: {}", wire.escape_ascii());
        let (rest, again) = Response::parse(&wire, dialect)
            .unwrap_or_else(|error| panic!("{message:?} is written as {}: {error}", wire.escape_ascii()));
        assert!(rest.is_empty());
        assert_eq!(again, message, "{}", wire.escape_ascii());
        let shown = format!("{message:?}");
        assert_eq!(format!("{:?}", message.into_owned()), shown);
    }
});
