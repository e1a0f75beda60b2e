//! The example `smtp_send`, as a user runs it.

use super::programs::{Ended, example, in_time, run};

/// Runs `smtp_send --server 127.0.0.1:PORT ... -` with the message on its standard input.
pub fn smtp_send(port: u16, arguments: &[&str], message: &[u8]) -> Ended {
    let server = format!("127.0.0.1:{port}");
    run(in_time(example("smtp_send")).args(["--server", &server]).args(arguments).arg("-"), message)
}
