//! Running programs: to their end, or as servers that end with the test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::PATIENCE;

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; -1 for one that a signal ended.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Insists on this exit status.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

/// A program that has to be installed.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let name = name.as_ref();
    let found = Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null"]).arg(name).status().unwrap();
    assert!(found.success(), "{} is not installed: see .ci/install-servers", name.display());
    Command::new(name)
}

/// A program that is ended (exit status 124) if it is not done when [`PATIENCE`] has passed.
pub fn in_time(name: impl AsRef<OsStr>) -> Command {
    let mut command = program("timeout");
    command.arg(format!("{}s", PATIENCE.as_secs())).arg(program(name).get_program());
    command
}

/// Runs a program to its end, with this on its standard input.
pub fn run(command: &mut Command, stdin: &[u8]) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // A program that has failed reads no more, and says why when it ends.
        scope.spawn(move || input.write_all(stdin));
        child.wait_with_output().unwrap()
    });
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A server in the foreground. It is ended when this is dropped, also by a panic.
pub struct Service {
    child: Child,
    lines: Receiver<String>,
}

impl Service {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.split(b'\n') {
                let Ok(line) = line else { return };
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// Its process.
    #[allow(dead_code)] // one of the test programs that have this module asks
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it prints.
    #[track_caller]
    pub fn next_line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the server prints another line")
    }

    /// Asks it to end with this signal, waits until it has, and gives the exit status: `None` if it did not listen to
    /// the signal but was ended by it, or had to be killed.
    pub fn stop(&mut self, signal: &str) -> Option<i32> {
        send_signal(self.child.id(), signal);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        None
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop("TERM");
        }
    }
}

/// Sends a signal to one process, if it still is.
pub fn send_signal(process: u32, signal: &str) {
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -s \"$0\" \"$1\"", signal, &process.to_string()]).stderr(Stdio::null());
    kill.status().unwrap();
}

/// One of this package's example programs, built as the test itself is.
pub fn example(name: &str) -> PathBuf {
    static BUILT: Mutex<Vec<String>> = Mutex::new(Vec::new());
    // .../target/debug/deps/interop_smtp-0123456789abcdef
    let this = std::env::current_exe().unwrap();
    let profile = this.parent().unwrap().parent().unwrap();
    let mut built = BUILT.lock().unwrap();
    if !built.iter().any(|one| one == name) {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--workspace", "--example", name]);
        build.arg("--target-dir").arg(profile.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        // What cargo tells this test of its package is not to look like a change to the build scripts that ask.
        let told = std::env::vars_os().map(|(name, _)| name);
        for name in told.filter(|name| name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_"))) {
            build.env_remove(name);
        }
        build
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("CARGO_MANIFEST_PATH")
            .env_remove("CARGO_MANIFEST_LINKS");
        assert!(build.status().unwrap().success(), "the example {name} does not build");
        built.push(name.to_owned());
    }
    profile.join("examples").join(name)
}
