#![no_main]
//! Responses: no input panics, what was read is written as one message and read again as the same value, and the framer
//! sees the same end as the parser.

use bytes::BytesMut;
use imap_proto::framing::{Side, split};
use imap_proto::response::NumberedData;
use imap_proto::{Dialect, FetchItem, Response};

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    for dialect in [
        Dialect::STRICT,
        Dialect::TOLERANT,
        Dialect::STRICT.with_utf8(true),
        Dialect::TOLERANT.with_rev2(true),
    ] {
        // Tolerant reading may go on behind a CRLF in quotes, where a framer never does: it is given what was framed.
        let framed = split(input, Side::Server).next();
        let given = if dialect.leniency.is_empty() { Some(input) } else { framed };
        let Some(Ok((rest, message))) = given.map(|given| Response::parse(given, dialect)) else { continue };
        if dialect.leniency.is_empty() {
            assert_eq!(framed.map(<[u8]>::len), Some(input.len() - rest.len()), "where {message:?} ends");
        }
        let mut wire = BytesMut::new();
        message.encode(&mut wire);
        assert_eq!(split(&wire, Side::Server).count(), 1, "one message: {}", wire.escape_ascii());
        let (rest, again) = Response::parse(&wire, dialect)
            .unwrap_or_else(|error| panic!("{message:?} is written as {}: {error}", wire.escape_ascii()));
        assert!(rest.is_empty());
        let shown = format!("{message:?}");
        // Where a broken item ends may hang on what stands around it.
        if !shown.contains("Invalid(") {
            assert_eq!(again, message, "{}", wire.escape_ascii());
        }
        let owned = message.clone().into_owned();
        assert!(same_items(&owned, &message), "{owned:?}");
        // The parts of a structure show as they are written, and owned ones may be written in another way.
        if !shown.contains("parts: ") {
            assert_eq!(format!("{owned:?}"), shown);
        }
        assert_eq!(owned, message);
    }
});

/// Whether the items of a FETCH response, which are read again from what is kept, mean the same.
fn same_items(owned: &Response<'_>, borrowed: &Response<'_>) -> bool {
    fn items<'a, 'i>(response: &'a Response<'i>) -> Option<&'a NumberedData<'i>> {
        if let Response::Numbered(numbered) = response { Some(&numbered.data) } else { None }
    }
    match (items(owned), items(borrowed)) {
        (Some(NumberedData::Fetch(these)), Some(NumberedData::Fetch(those)))
        | (Some(NumberedData::UidFetch(these)), Some(NumberedData::UidFetch(those))) => {
            these.iter().map(FetchItem::into_owned).eq(those.iter().map(FetchItem::into_owned))
        }
        (these, those) => these == those,
    }
}
