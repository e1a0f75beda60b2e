//! The two crates share some files by keeping them the same.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

#[test]
fn wire_is_the_same() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "src/wire.rs",
        "src/transmit.rs",
        "src/state/diagram.rs",
        "tests/common/payloads.rs",
        "src/auth/base64.rs",
        "src/auth/credentials.rs",
        "src/auth/mechanism.rs",
        "src/auth/secret.rs",
    ] {
        let smtp = fs::read_to_string(here.join(file)).unwrap();
        let imap = fs::read_to_string(here.join("../imap-proto").join(file)).unwrap();
        assert!(smtp.len() > 500 && smtp == imap, "{file} differs: copy the better one over the other");
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

/// The security requirements that concern IMAP; those not named here concern SMTP alone.
const IMAP: &[u8] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 20, 21, 22, 23, 25, 36, 37, 38, 39, 40, 41, 42,
    45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70,
    71, 72,
];

/// The security requirements that concern SMTP, and 73, which is tested for both here; those not named here concern IMAP
/// alone.
const SMTP: &[u8] = &[
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 49, 50, 54, 55, 56, 58, 59, 61, 62, 63, 64, 66, 67, 68, 69,
    70, 71, 72, 73,
];

#[test]
fn every_security_requirement_has_a_test() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!((1..=73).all(|id| IMAP.contains(&id) || SMTP.contains(&id)), "each concerns somebody");
    for (root, ids) in [(here.to_owned(), SMTP), (here.join("../imap-proto"), IMAP)] {
        let mut source = String::new();
        for folder in ["src", "tests"] {
            read(&root.join(folder), &mut source);
        }
        let names: String =
            source.split("#[test]\n").skip(1).filter_map(|test| test.split('(').next()).collect();
        let missing: Vec<_> = ids.iter().filter(|id| !names.contains(&format!("sec_{id:02}_"))).collect();
        assert!(missing.is_empty(), "{}: no test for {missing:?}", root.display());
    }
}

/// What the fuzzer puts together beside keywords.
const MARKS_OF_IMAP: &[&str] = &[
    r"\x0d\x0a",
    r"{0}\x0d\x0a",
    r"{1}\x0d\x0a",
    r"{5+}\x0d\x0a",
    r"~{3}\x0d\x0a",
    "* ",
    "+ ",
    "* OK [",
    "* 1 FETCH (",
    "a OK ",
    "a1 UID ",
    "NIL",
    "()",
    "((",
    ") (",
    r#"\""#,
    r"\\",
    r#"\"\\\"\""#,
    "1:*",
    "1,3:5",
    "$",
    "&AGE-",
    "(TAG a)",
    "BODY[]<0.10>",
    r"\\Seen",
    r"\\*",
    "17-Jul-1996 02:44:25 -0700",
];

/// The same for SMTP.
const MARKS_OF_SMTP: &[&str] = &[
    r"\x0d\x0a",
    r"\x0d\x0a.\x0d\x0a",
    r"\x0d\x0a..",
    r"\x0a.\x0a",
    r"\x0d.\x0d",
    "<>",
    "FROM:<a@b.c>",
    "TO:<a@b.c>",
    "250-",
    "250 ",
    "334 ",
    "354 ",
    "5.7.1 ",
    "[IPv6:::1]",
    "[127.0.0.1]",
    r#"\"a b\"@c"#,
    "xn--",
    "+2B",
    r"\xc3\xa9",
    " LAST",
    "rfc822;",
];

/// The keywords of all rows in `src` of a crate, as libFuzzer reads them.
fn dictionary(of: &Path, marks: &[&str]) -> String {
    let mut source = String::new();
    read(&of.join("src"), &mut source);
    let row = |line: &str| {
        let (keyword, _) = line.trim_start().strip_prefix("b\"")?.split_once("\" => ")?;
        (!keyword.is_empty() && !keyword.contains(' ')).then(|| keyword.to_owned())
    };
    let mut words: BTreeSet<String> = source.lines().filter_map(row).collect();
    words.extend(marks.iter().map(|&mark| mark.to_owned()));
    words.iter().map(|word| format!("\"{word}\"\n")).collect()
}

/// With `WRITE_DICTIONARIES` in the environment they are made so.
#[test]
fn the_fuzzers_dictionaries_hold_every_keyword() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, marks) in [("imap", MARKS_OF_IMAP), ("smtp", MARKS_OF_SMTP)] {
        let path = here.join(format!("../fuzz/{name}.dict"));
        let dictionary = dictionary(&here.join(format!("../{name}-proto")), marks);
        assert!(dictionary.lines().count() > 80, "{dictionary}");
        if env::var_os("WRITE_DICTIONARIES").is_some() {
            fs::write(&path, &dictionary).unwrap();
        }
        let written = fs::read_to_string(path).unwrap();
        assert!(
            written == dictionary,
            "a keyword has changed: write the dictionaries anew, with WRITE_DICTIONARIES=1"
        );
    }
}

fn read(folder: &Path, source: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, source);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            source.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
