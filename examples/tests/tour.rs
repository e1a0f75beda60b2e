//! The tour says what it is to say: two whole conversations, octet by octet what passes, and what the machines tell of it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Command;

/// The program, which `cargo test` builds beside this test.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(std::path::Path::parent).unwrap().join("examples").join("tour")
}

#[test]
fn the_tour() {
    let output = Command::new(program()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let expected = include_str!("tour/expected.txt");
    for (number, (said, expected)) in said.lines().zip(expected.lines()).enumerate() {
        assert_eq!(said, expected, "line {number}, counted from 0");
    }
    assert_eq!(said, expected);
}
