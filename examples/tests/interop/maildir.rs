//! Reading what a server has delivered.

use std::path::{Path, PathBuf};

use super::wait_for;

/// Waits for the one new message of this Maildir and takes it out; gives it with CRLF line ends.
#[track_caller]
pub fn take_message(maildir: &Path) -> Vec<u8> {
    let new = maildir.join("new");
    let files = wait_for(&format!("a message in {}", new.display()), || {
        let files = files(&new);
        (!files.is_empty()).then_some(files)
    });
    assert_eq!(files.len(), 1, "{}", new.display());
    let message = with_crlf(&std::fs::read(&files[0]).unwrap());
    std::fs::remove_file(&files[0]).unwrap();
    message
}

/// The files in a folder, by name; none if there is no folder yet.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Mail servers on Unix write LF to their files.
fn with_crlf(message: &[u8]) -> Vec<u8> {
    assert!(!message.contains(&b'\r'), "a Unix file with CR");
    let mut with = Vec::with_capacity(message.len() + message.len() / 32);
    for line in message.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => with.extend([line, b"\r\n"].concat()),
            None => with.extend(line),
        }
    }
    with
}
