//! Whether `injection.rs` names every public constructor that takes text or octets: the sources are read for them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// What takes text of a peer, not of the caller: it reads, and what it read is kept as it came.
const READERS: &[&str] = &[
    "Answer::parse",
    "Challenge::parse",
    "Command::parse",
    "Command::parse_reporting",
    "Plain::parse",
    "Reply::parse",
    "Reply::parse_reporting",
];

/// Constructors of a source file, `Type::function`.
fn constructors(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut of = String::new();
    let mut lines = source.lines().peekable();
    let mut in_kept_text = false;
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.contains("mod ")) {
            break;
        }
        if let Some(header) = line.strip_prefix("impl") {
            let (from, whose) = header.rsplit_once(" for ").unwrap_or(("", header));
            of = type_name(whose);
            if from.contains("TryFrom<") && takes_text(from) {
                found.push(format!("{of}::try_from"));
            }
        }
        in_kept_text = line == "kept_text! {" || in_kept_text && line != "}";
        if in_kept_text && line.ends_with("\";") {
            found.push(format!("{}::try_from", type_name(line)));
        }
        let function = line.strip_prefix("    pub fn ").or_else(|| line.strip_prefix("    pub const fn "));
        if let Some(start) = function {
            let mut signature = start.to_owned();
            while !signature.contains('{') {
                signature.push_str(lines.next().unwrap());
            }
            let name: String = start.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let (arguments, result) = signature.rsplit_once(" -> ").unwrap_or((&signature, ""));
            let result =
                result.trim_start_matches("Result<").trim_start_matches('(').trim_start_matches("&'a [u8], ");
            if takes_text(arguments) && (type_name(result) == of || type_name(result) == "Self") {
                found.push(format!("{of}::{name}"));
            }
        }
    }
    found
}

fn takes_text(arguments: &str) -> bool {
    ["&str", " str,", " str)", " str>", "[u8]", "String", "Vec<u8>", "Text<"]
        .iter()
        .any(|text| arguments.contains(text))
}

/// The first word that begins with a capital letter, lifetimes left out.
fn type_name(text: &str) -> String {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.find(|word| word.starts_with(char::is_uppercase)).unwrap_or_default().to_owned()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            sources(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn sec_36_the_inventory_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = fs::read_to_string(root.join("tests/injection.rs")).unwrap();
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut found: Vec<String> =
        files.iter().flat_map(|file| constructors(&fs::read_to_string(file).unwrap())).collect();
    found.sort();
    found.dedup();
    // The scan finds what is known to be there.
    for known in ["Mailbox::new", "Text::new", "Domain::try_from", "OauthBearer::at", "QueueName::try_from"] {
        assert!(found.iter().any(|name| name == known), "{known} is not found");
    }
    let is_row = |name: &String| ["\"", ",", " "].iter().any(|end| rows.contains(&format!("\"{name}{end}")));
    let missing: Vec<&String> =
        found.iter().filter(|name| !is_row(name) && !READERS.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "without a row in injection.rs: {missing:?}");
}
