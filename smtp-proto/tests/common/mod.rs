//! The recorded sessions of `tests/transcripts`, for the tests that replay them.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects
)]
#![allow(clippy::indexing_slicing, clippy::panic)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    Bytes(Side, Vec<u8>),
    /// From here on the bytes were inside TLS.
    Tls,
    /// That side sent nothing more.
    End(Side),
}

pub struct Session {
    /// Folder and file.
    pub name: String,
    pub is_lmtp: bool,
    pub client: String,
    pub server: String,
    pub records: Vec<Record>,
}

impl Session {
    /// The same session in other pieces: `cut` tells, of each piece's length, the lengths to cut it into.
    pub fn cut(&self, mut cut: impl FnMut(usize) -> usize) -> Vec<Record> {
        let mut out = Vec::new();
        for record in &self.records {
            let Record::Bytes(side, bytes) = record else {
                out.push(record.clone());
                continue;
            };
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cut(rest.len()).clamp(1, rest.len()));
                out.push(Record::Bytes(*side, piece.to_vec()));
                rest = after;
            }
        }
        out
    }

    /// The whole stream of one side.
    pub fn stream(&self, side: Side) -> Vec<u8> {
        let of_side = |record: &Record| match record {
            Record::Bytes(from, bytes) if *from == side => bytes.clone(),
            _ => Vec::new(),
        };
        self.records.iter().flat_map(of_side).collect()
    }
}

/// A small generator of pseudo-random lengths: the same ones in every run.
pub fn random_cuts(seed: u64, longest: usize) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        1 + (state % longest as u64) as usize
    }
}

/// Every recorded session of the crate, by name.
pub fn sessions() -> Vec<Session> {
    sessions_of(Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// Every recorded session of the crate in that folder, by name.
pub fn sessions_of(folder: &Path) -> Vec<Session> {
    let root = folder.join("tests/transcripts");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() >= 250, "the recordings are there: {}", files.len());
    files.iter().map(|file| read(&root, file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "jsonl" || ending == "gz") {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Session {
    let mut text = fs::read(file).unwrap();
    if file.extension().is_some_and(|ending| ending == "gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&text[..]).read_to_end(&mut plain).unwrap();
        text = plain;
    }
    let mut lines = text.split(|&octet| octet == b'\n').filter(|line| !line.is_empty());
    let json = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).unwrap();
    let head = json(lines.next().unwrap());
    let text = |key: &str| head[key].as_str().unwrap().to_owned();
    Session {
        name: file.strip_prefix(root).unwrap().display().to_string(),
        is_lmtp: head["proto"] == "lmtp",
        client: text("client"),
        server: text("server"),
        records: lines.filter_map(|line| record(&json(line))).collect(),
    }
}

fn record(line: &serde_json::Value) -> Option<Record> {
    let side = match line["dir"].as_str() {
        Some("C") => Some(Side::Client),
        Some("S") => Some(Side::Server),
        _ => None,
    };
    // What was compressed is there in plain, too.
    let bytes = line["plain_b64"].as_str().or_else(|| line["b64"].as_str());
    match (side, bytes, line["ev"].as_str()) {
        (Some(side), Some(bytes), _) => {
            Some(Record::Bytes(side, base64::engine::general_purpose::STANDARD.decode(bytes).unwrap()))
        }
        (Some(side), None, Some("eof" | "reset")) => Some(Record::End(side)),
        (None, None, Some("tls")) => Some(Record::Tls),
        _ => None,
    }
}
