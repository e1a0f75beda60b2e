//! Whether `injection/` names every public constructor that takes text or octets: the sources are read for them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// What takes text of a peer, not of the caller: it reads, and what it read is kept as it came.
const READERS: &[&str] = &[
    "Answer::parse",
    "AppendHead::parse",
    "Greeting::parse",
    "Greeting::parse_reporting",
    "MessageHead::parse",
    "Plain::parse",
    "Response::parse",
    "Response::parse_reporting",
    "Tag::of",
    "TaggedCommand::parse",
    "TaggedCommand::parse_reporting",
];

/// What has no place on the wire of its own: octets that go into what has, and the tags of a session, four letters or digits.
const PARTS: &[&str] = &["Octets::from", "TagPrefix::new"];

/// The constructors in a file, by their signatures and by the macros that have constructors in them; not those of its tests.
fn constructors(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut of, mut is_macro, mut names_new) = (String::new(), false, false);
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.ends_with("tests {")) {
            break;
        }
        if line.starts_with("macro_rules!") {
            is_macro = true;
        } else if line == "}" {
            (is_macro, names_new) = (false, false);
        } else if line.ends_with("text! {") || line == "flag_names! {" {
            names_new = true;
        }
        if is_macro {
            continue;
        }
        if names_new && line.starts_with("    pub ") && !line.ends_with("read_only;") {
            found.push(format!("{}::new", type_name(line)));
        }
        if let Some(header) = line.strip_prefix("impl") {
            let (from, whose) = header.rsplit_once(" for ").unwrap_or(("", header));
            let generic = from.is_empty() && whose.starts_with('<');
            of = type_name(whose.split_once("> ").filter(|_| generic).map_or(whose, |(_, name)| name));
            if from.contains("From<") && takes_text(from) {
                found.push(format!("{of}::{}", if from.contains("TryFrom<") { "try_from" } else { "from" }));
            }
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
            let result = type_name(result.trim_start_matches("Option<"));
            // `ImapUrl::authorize` makes another URL.
            let is_url = of.contains("Url") && result.contains("Url");
            let makes = is_url || !arguments.contains("(&self") && (result == of || result == "Self");
            if takes_text(arguments) && makes {
                found.push(format!("{of}::{name}"));
            }
        }
    }
    found
}

fn takes_text(arguments: &str) -> bool {
    const TEXTS: [&str; 14] = [
        "&str",
        "&'a str",
        "[u8",
        "octet: u8",
        "Octets<",
        "String",
        "Vec<u8>",
        "Text<",
        "Atom<",
        "AString<",
        "Secret",
        "Tag<",
        "TagString<",
        "Cow<",
    ];
    TEXTS.iter().any(|text| arguments.contains(text))
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
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

#[test]
fn sec_36_the_inventory_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tables = Vec::new();
    sources(&root.join("tests/injection"), &mut tables);
    let rows: String = tables.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut found: Vec<String> =
        files.iter().flat_map(|file| constructors(&fs::read_to_string(file).unwrap())).collect();
    found.sort();
    found.dedup();
    // The scan finds what is known to be there.
    for known in [
        "Mailbox::new",
        "Flag::new",
        "Atom::new",
        "Mechanism::try_from",
        "ImapUrl::server",
        "OauthBearer::at",
    ] {
        assert!(found.iter().any(|name| name == known), "{known} is not found in {found:?}");
    }
    let is_row = |name: &String| ["\"", ",", " "].iter().any(|end| rows.contains(&format!("\"{name}{end}")));
    let is_exempt = |name: &String| READERS.contains(&name.as_str()) || PARTS.contains(&name.as_str());
    let missing: Vec<&String> = found.iter().filter(|name| !is_row(name) && !is_exempt(name)).collect();
    assert!(missing.is_empty(), "without a row in tests/injection: {missing:?}");
}
