#![no_main]
//! Commands: no input panics, what was read is written as one message and read again as the same value, and the framer
//! sees the same end as the parser.

use bytes::BytesMut;
use imap_proto::framing::{Side, split};
use imap_proto::{Dialect, TaggedCommand};

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    for dialect in [
        Dialect::STRICT,
        Dialect::TOLERANT,
        Dialect::STRICT.with_utf8(true),
        Dialect::TOLERANT.with_rev2(true),
    ] {
        // Tolerant reading may go on behind a CRLF in quotes, where a framer never does: it is given what was framed.
        let framed = split(input, Side::Client).next();
        let given = if dialect.leniency.is_empty() { Some(input) } else { framed };
        let Some(Ok((rest, message))) = given.map(|given| TaggedCommand::parse(given, dialect)) else {
            continue;
        };
        if dialect.leniency.is_empty() {
            assert_eq!(framed.map(<[u8]>::len), Some(input.len() - rest.len()), "where {message:?} ends");
        }
        let mut wire = BytesMut::new();
        message.encode(&mut wire);
        assert_eq!(split(&wire, Side::Client).count(), 1, "one message: {}", wire.escape_ascii());
        let (rest, again) = TaggedCommand::parse(&wire, dialect)
            .unwrap_or_else(|error| panic!("{message:?} is written as {}: {error}", wire.escape_ascii()));
        assert!(rest.is_empty());
        let shown = format!("{message:?}");
        // Where a broken item ends may hang on what stands around it.
        if !shown.contains("Invalid(") {
            assert_eq!(again, message, "{}", wire.escape_ascii());
        }
        assert_eq!(format!("{:?}", message.into_owned()), shown);
    }
});
