#![no_main]
//! Replies and EHLO replies: no input panics, and what was read is written and read again as the same value.

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp_proto::ehlo::{Capabilities, EhloReply};
use smtp_proto::framing::ReplyFramer;
use smtp_proto::{Dialect, Limits, Reply};

fuzz_target!(|input: &[u8]| {
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let Ok((rest, reply)) = Reply::parse(input, dialect) else { continue };
        let read = input.len() - rest.len();
        let framed = ReplyFramer::new().next(input, &Limits::default());
        assert!(framed.is_err() || framed == Ok(Some(read)), "the framer sees the same end");
        let mut wire = BytesMut::new();
        reply.encode(&mut wire);
        let (rest, again) = Reply::parse(&wire, Dialect::STRICT)
            .unwrap_or_else(|error| panic!("{reply:?} is written as {}: {error}", wire.escape_ascii()));
        assert!(rest.is_empty());
        assert_eq!(again, reply);
        let _ = (reply.queue_id(), reply.text());
        if let Some(ehlo) = EhloReply::of(&reply) {
            let _ = Capabilities::from(&ehlo);
            let _ = format!("{ehlo:?}");
        }
    }
});
