//! The examples of the RFCs: each message is read strictly, and what it is written as means the same.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

mod escapes;

use std::fs;
use std::path::Path;

use bytes::BytesMut;
use escapes::unescaped;
use imap_proto::auth::Answer;
use imap_proto::{Dialect, Response, TaggedCommand};

/// Reads a command or a response strictly, writes it and reads it again. Its `Debug` text.
fn read(kind: &str, wire: &[u8], dialect: Dialect) -> Result<String, String> {
    let mut again = BytesMut::new();
    if kind == "C:" {
        let (rest, command) = TaggedCommand::parse(wire, dialect).map_err(|error| error.to_string())?;
        assert_eq!(rest, b"", "{}", wire.escape_ascii());
        command.encode(&mut again);
        assert_eq!(
            TaggedCommand::parse(&again, dialect),
            Ok((&b""[..], command.clone())),
            "{} was written as {}",
            wire.escape_ascii(),
            again.escape_ascii()
        );
        return Ok(format!("{:?}", command.command));
    }
    let (rest, response, tolerated) =
        Response::parse_reporting(wire, dialect).map_err(|error| error.to_string())?;
    assert_eq!(rest, b"", "{}", wire.escape_ascii());
    response.encode(&mut again);
    assert_eq!(
        Response::parse(&again, dialect),
        Ok((&b""[..], response.clone())),
        "{} was written as {}",
        wire.escape_ascii(),
        again.escape_ascii()
    );
    match tolerated {
        None => Ok(format!("{response:?}")),
        Some(tolerated) => Err(format!("{} {:?}", tolerated.error, tolerated.leniency)),
    }
}

#[test]
fn every_example_is_read_strictly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rfc");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut strict, mut against_the_grammar, mut failed) = (0, 0, Vec::new());
    for path in files.iter().filter(|path| path.extension().is_some_and(|end| end == "txt")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let number: u32 = name.trim_start_matches("rfc").parse().unwrap();
        // RFC 9051 and what builds on it may leave the text of a status empty, and has UTF-8 in quotes.
        let dialect =
            Dialect::STRICT.with_rev2(number >= 9051).with_utf8(matches!(number, 5738 | 6855 | 9755));
        for (line, record) in (1..).zip(fs::read_to_string(path).unwrap().lines()) {
            let (kind, text) = record.split_once(' ').unwrap_or((record, ""));
            let wire = [unescaped(text), b"\r\n".to_vec()].concat();
            match kind {
                "C:" | "S:" => match read(kind, &wire, dialect) {
                    Ok(shown)
                        if shown.contains("Other(") && !OTHERS.iter().any(|other| text.contains(other)) =>
                    {
                        failed.push(format!("{name}:{line}: {text}: has no type: {shown}"));
                    }
                    Ok(_) => strict += 1,
                    Err(error) => failed.push(format!("{name}:{line}: {text}: {error}")),
                },
                "C?:" | "S?:" | "C?" | "S?" => {
                    // It must not lose more than it has to.
                    against_the_grammar += 1;
                    if kind.starts_with('S') {
                        assert!(Response::parse(&wire, Dialect::TOLERANT).is_ok(), "{name}:{line}: {text}");
                    }
                }
                "c:" if text == "DONE" => {}
                "c:" => assert!(Answer::parse(&wire, Dialect::STRICT).is_ok(), "{name}:{line}: {text}"),
                _ => assert!(record.is_empty() || record.starts_with('#'), "{name}:{line}: {record}"),
            }
        }
    }
    println!("{strict} strictly, {against_the_grammar} against their own grammar");
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), failed.len() + strict, failed.join("\n"));
    assert!(strict > 2_700, "only {strict}");
}

/// What the RFCs themselves made up for their examples.
const OTHERS: &[&str] = &["X-", "XPIG", "XSAMPLE", "RESPONSES", "BLURDYBLOOP", "tablecloth"];
