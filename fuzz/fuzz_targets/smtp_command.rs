#![no_main]
//! Commands: no input panics, and what was read is written and read again as the same value.

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp_proto::{Command, Dialect};

fuzz_target!(|input: &[u8]| {
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let Ok((rest, command)) = Command::parse(input, dialect) else { continue };
        assert!(rest.len() < input.len(), "a command has octets");
        let mut wire = BytesMut::new();
        command.encode(&mut wire);
        assert_eq!(memchr_count(&wire), 1, "one line: {}", wire.escape_ascii());
        // A loose name or parameter value is kept, and written as it came.
        let (rest, again) = Command::parse(&wire, dialect)
            .unwrap_or_else(|error| panic!("{command:?} is written as {}: {error}", wire.escape_ascii()));
        assert!(rest.is_empty());
        assert_eq!(again, command);
        assert_eq!(format!("{:?}", command.clone().into_owned()), format!("{command:?}"));
    }
});

fn memchr_count(wire: &[u8]) -> usize {
    wire.iter().filter(|&&octet| octet == b'\n').count()
}
