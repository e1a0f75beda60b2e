//! What the live tests stand on: programs that end with their test, folders that go with it, free ports, messages.
//!
//! `.ci/install-servers` installs the programs. A test that does not find its program fails: these tests are ignored
//! unless asked for, and whoever asks wants to know.
#![allow(dead_code)] // each test crate uses some of it

pub mod certificate;
pub mod clients;
pub mod cyrus;
pub mod dovecot;
pub mod dovecot_imap;
pub mod imap_client;
pub mod maildir;
pub mod message;
pub mod postfix;
pub mod programs;
pub mod relay;
pub mod script;
pub mod smtp_send;
pub mod smtp_server;

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Who may log in, at every server here.
pub const USER: &str = "alice";
/// The password of [`USER`].
pub const PASSWORD: &str = "wonder land";

/// How long anything here may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Lets one live test run at a time: each has servers with processes of their own, and there are few cores.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder that goes with its owner, and whose files every user may read.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Servers put Unix sockets into it, whose paths are short, so the name is.
        let path = std::env::temp_dir().join(format!("{name}-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A server that was killed hard may still be writing; what is left then is a folder under /tmp.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Ports on loopback that nobody listens on; all different.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// Waits until somebody accepts connections on the port.
pub fn wait_for_port(port: u16) {
    wait_for(&format!("a server on port {port}"), || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
}

/// Asks until there is an answer.
///
/// # Panics
/// If [`PATIENCE`] runs out, saying what was waited for.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Fills the `@NAME@`s of a template.
pub fn fill(template: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let filled = values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("@{name}@"), &value.to_string())
    });
    assert!(!filled.contains(" @") && !filled.contains("=@"), "a name was not filled: {filled}");
    filled
}
