//! The two crates share two files by keeping them the same.
#![allow(missing_docs)]

use std::fs;
use std::path::Path;

#[test]
fn wire_is_the_same() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["src/wire.rs", "src/transmit.rs"] {
        let smtp = fs::read_to_string(here.join(file)).unwrap();
        let imap = fs::read_to_string(here.join("../imap-proto").join(file)).unwrap();
        assert!(smtp.len() > 1_000 && smtp == imap, "{file} differs: copy the better one over the other");
    }
}

#[test]
fn sec_73_there_is_no_unsafe_code() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for lib in ["src/lib.rs", "../imap-proto/src/lib.rs"] {
        let source = fs::read_to_string(here.join(lib)).unwrap();
        assert!(source.contains("#![forbid(unsafe_code)]") && source.contains("#![no_std]"), "{lib}");
    }
}
