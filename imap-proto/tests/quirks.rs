//! Lines of real servers: those that the RFCs allow are read strictly, of the others strict reading tells, and tolerant
//! reading makes the best.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod escapes;

use bytes::BytesMut;
use escapes::unescaped;
use imap_proto::{Dialect, Greeting, Response, Tolerated};

/// A message, its `Debug` text, what was tolerated, and what it is written as.
type Read = Result<(String, Option<Tolerated>, Vec<u8>), String>;

fn read(kind: &str, wire: &[u8], dialect: Dialect) -> Read {
    let mut out = BytesMut::new();
    let (rest, shown, tolerated) = if kind == "greeting" {
        let (rest, greeting, tolerated) =
            Greeting::parse_reporting(wire, dialect).map_err(|error| error.to_string())?;
        greeting.encode(&mut out);
        (rest, format!("{greeting:?}"), tolerated)
    } else {
        let (rest, response, tolerated) =
            Response::parse_reporting(wire, dialect).map_err(|error| error.to_string())?;
        response.encode(&mut out);
        (rest, format!("{response:?}"), tolerated)
    };
    match rest {
        [] => Ok((shown, tolerated, out.to_vec())),
        _ => Err("not one message".to_owned()),
    }
}

/// The leniencies that were needed.
fn names(tolerated: Option<Tolerated>) -> String {
    let names = tolerated.map(|tolerated| format!("{:?}", tolerated.leniency)).unwrap_or_default();
    names.replace(['"', '[', ']'], "")
}

#[test]
fn every_line_is_read_as_well_as_it_can_be() {
    let (mut valid, mut quirks, mut failed) = (0, 0, Vec::new());
    for row in include_str!("quirks.tsv").lines().filter(|row| !row.starts_with('#')) {
        let columns: Vec<_> = row.split('\t').collect();
        let [id, kind, class, text, leniencies, expected] = columns[..] else { panic!("{row}") };
        let wire = unescaped(text);
        let strict = read(kind, &wire, Dialect::STRICT);
        let tolerant = read(kind, &wire, Dialect::TOLERANT);
        match &tolerant {
            Ok((shown, tolerated, _)) if shown == expected && names(*tolerated) == leniencies => {}
            other => failed.push(format!("{id}: {text}: {other:?} is not {leniencies} {expected}")),
        }
        match (class, strict, &tolerant) {
            ("valid", Ok((shown, None, _)), Ok((also, None, _))) if shown == *also => valid += 1,
            ("quirk", Err(_), Ok((_, Some(_), _))) => quirks += 1,
            ("quirk", Ok((_, Some(told), _)), Ok((_, Some(also), _))) => {
                assert_eq!(told.error, also.error, "{id}");
                quirks += 1;
            }
            (_, strict, _) => failed.push(format!("{id} is {class}: {text}: {strict:?} {tolerant:?}")),
        }
        // What is written means the same, though in order.
        if let Ok((shown, _, written)) = &tolerant {
            match read(kind, written, Dialect::TOLERANT) {
                Ok((again, ..)) if again == *shown => {}
                again => {
                    failed.push(format!("{id}: {shown} is written as {}: {again:?}", written.escape_ascii()))
                }
            }
        }
        // And no part of it does harm.
        for end in 0..wire.len() {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                let _ = Response::parse(&wire[..end], dialect);
                let _ = Greeting::parse(&wire[..end], dialect);
            }
        }
    }
    println!("{valid} valid, {quirks} quirks");
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
    assert!(valid >= 40 && quirks >= 80, "{valid} {quirks}");
}
