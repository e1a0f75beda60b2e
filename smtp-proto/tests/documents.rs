//! What the documents say about the sources is so.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All sources below `folder`, tests left out.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_tests = path.file_stem().is_some_and(|name| name == "tests");
        match path.is_dir() {
            _ if is_tests => {}
            true => sources(&path, found),
            false if path.extension().is_some_and(|ending| ending == "rs") => found.push(path),
            false => {}
        }
    }
}

/// The numbers of the RFCs that `source` names or links.
fn rfcs(source: &str) -> BTreeSet<u32> {
    let number =
        |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().ok();
    let (named, linked) = (source.split("RFC ").skip(1), source.split("/rfc/rfc").skip(1));
    named.chain(linked).filter_map(number).collect()
}

/// The rows of `docs/rfcs.md`: the crates, the number, the files.
fn rows(text: &str) -> Vec<(&'static [&'static str], u32, Vec<&str>)> {
    let (mut rows, mut crates) = (Vec::new(), &[][..]);
    for line in text.lines() {
        crates = match line {
            "## imap-proto" => &["imap-proto"],
            "## smtp-proto" => &["smtp-proto"],
            "## Both" => &["imap-proto", "smtp-proto"],
            _ => crates,
        };
        let cells: Vec<&str> = line.split(" | ").collect();
        if let [number, _, files] = cells[..]
            && let Ok(number) = number.trim_start_matches("| ").parse()
        {
            let files = files.trim_end_matches(" |").split(", ");
            rows.push((crates, number, files.map(|file| file.trim_matches('`')).collect()));
        }
    }
    rows
}

#[test]
fn rfcs_are_where_the_table_says() {
    let text = fs::read_to_string(root().join("docs/rfcs.md")).unwrap();
    let mut told: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for (crates, number, files) in rows(&text) {
        assert!(!crates.is_empty() && !files.is_empty(), "RFC {number}");
        for name in crates {
            assert!(told.entry(name).or_default().insert(number), "RFC {number} stands there twice");
            for file in &files {
                let path = root().join(name).join("src").join(file);
                let source =
                    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                assert!(rfcs(&source).contains(&number), "{} does not name RFC {number}", path.display());
            }
        }
    }
    for name in ["imap-proto", "smtp-proto"] {
        let mut files = Vec::new();
        sources(&root().join(name).join("src"), &mut files);
        let named: BTreeSet<u32> =
            files.iter().flat_map(|file| rfcs(&fs::read_to_string(file).unwrap())).collect();
        assert!(named.len() > 60, "{name}");
        assert_eq!(told.get(name), Some(&named), "{name}: docs/rfcs.md, and what the sources name");
    }
}

/// What the files of a row have in them, those of folders too.
fn contents(crate_root: &Path, files: &[&str]) -> String {
    let mut all = String::new();
    for file in files {
        let path = crate_root.join("src").join(file);
        let mut found = vec![path.clone()];
        if path.is_dir() {
            found.clear();
            sources(&path, &mut found);
        }
        for source in found {
            all +=
                &fs::read_to_string(&source).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
        }
    }
    all
}

#[test]
fn the_readme_has_the_same_rfcs() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let short = readme.split("## RFCs, and where they are").nth(1).unwrap().split("\n## ").next().unwrap();
    let (mut told, mut crates) = (BTreeSet::<(&str, u32)>::new(), &[][..]);
    for line in short.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            crates = match heading {
                "imap-proto" => &["imap-proto"],
                "smtp-proto" => &["smtp-proto"],
                "Both: SASL" => &["imap-proto", "smtp-proto"],
                other => panic!("{other}"),
            };
        }
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [_, numbers, files] = cells[..] else { continue };
        let files: Vec<&str> = files.split(", ").map(|file| file.trim_matches('`')).collect();
        for number in numbers.split(", ").filter_map(|number| number.parse().ok()) {
            for name in crates {
                assert!(told.insert((name, number)), "RFC {number} stands there twice");
                let named = rfcs(&contents(&root().join(name), &files));
                assert!(named.contains(&number), "{name}: RFC {number} is not in {files:?}");
            }
        }
    }
    let table = fs::read_to_string(root().join("docs/rfcs.md")).unwrap();
    let full: BTreeSet<(&str, u32)> = rows(&table)
        .iter()
        .flat_map(|(crates, number, _)| crates.iter().map(|name| (*name, *number)))
        .collect();
    let differ: Vec<_> = told.symmetric_difference(&full).collect();
    assert!(differ.is_empty(), "in one of the README and docs/rfcs.md: {differ:?}");
}

#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    // rustdoc follows the links of the guide.
    let folders = ["", "docs", "benches", "fuzz"].into_iter();
    let folders = folders.chain([
        "imap-proto/tests/rfc",
        "imap-proto/tests/transcripts",
        "smtp-proto/tests/transcripts",
    ]);
    let mut documents = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        documents.extend(entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    assert!(documents.len() >= 16);
    for path in documents {
        let text = fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') {
                assert!(path.parent().unwrap().join(target).exists(), "{}: {target}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 10);
}

#[test]
fn examples_of_the_readme_are_short() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let examples: Vec<_> = text
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().lines().count())
        .collect();
    assert!(examples.len() == 3 && examples.iter().all(|lines| *lines < 40), "{examples:?}");
}
