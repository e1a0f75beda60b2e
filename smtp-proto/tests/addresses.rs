//! Recorded sessions in which scripted clients tried odd addresses on several servers. What all of them refuse a strict
//! reader refuses, and what all of them take a tolerant one takes.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod common;

use std::collections::BTreeMap;

use smtp_proto::{Command, Dialect, Reply};

use common::{Record, Side};

/// The replies that each MAIL and RCPT got.
fn recorded() -> BTreeMap<Vec<u8>, Vec<String>> {
    let mut answers: BTreeMap<Vec<u8>, Vec<String>> = BTreeMap::new();
    for session in common::sessions().iter().filter(|session| session.name.contains("raw-addresses")) {
        let mut asked: Option<&[u8]> = None;
        for record in &session.records {
            match record {
                Record::Bytes(Side::Client, line) => asked = Some(line),
                Record::Bytes(Side::Server, reply) => {
                    let Some(line) = asked.take() else { continue };
                    let is_path =
                        line[..4].eq_ignore_ascii_case(b"MAIL") || line[..4].eq_ignore_ascii_case(b"RCPT");
                    if let (true, Ok((_, reply))) = (is_path, Reply::parse(reply, Dialect::STRICT)) {
                        let enhanced = reply.enhanced().map(|code| code.to_string()).unwrap_or_default();
                        let answer = format!("{} {enhanced}", reply.code().get());
                        answers.entry(line.to_vec()).or_default().push(answer);
                    }
                }
                _ => asked = None,
            }
        }
    }
    answers
}

/// Whether a server has answered that it could not read the line.
fn is_syntax_error(answer: impl AsRef<str>) -> bool {
    ["500 5.5.2", "501 5.5.4", "501 5.1.7", "501 5.1.3"].contains(&answer.as_ref())
}

#[test]
fn sec_43_addresses_are_read_as_servers_read_them() {
    let recorded = recorded();
    assert!(recorded.len() > 50, "{} lines", recorded.len());
    let (mut read, mut refused, mut tolerated) = (0, 0, 0);
    for (line, answers) in &recorded {
        match Command::parse(line, Dialect::STRICT) {
            Ok((rest, command)) => {
                assert!(rest.is_empty());
                let all = answers.iter().all(is_syntax_error);
                assert!(!all, "{command} is read, and answered {answers:?}");
                read += 1;
            }
            Err(error) => {
                // What no server minds is put up with.
                let nobody = !answers.iter().any(is_syntax_error);
                let tolerant = Command::parse(line, Dialect::TOLERANT);
                assert!(!nobody || tolerant.is_ok(), "{}: {error}", line.escape_ascii());
                (refused, tolerated) = (refused + 1, tolerated + usize::from(nobody));
            }
        }
    }
    let enough = read > 25 && refused > 20 && tolerated > 3;
    assert!(enough, "{read} read, {refused} refused, {tolerated} of them by nobody else");
}
