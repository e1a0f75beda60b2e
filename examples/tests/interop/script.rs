//! A server that says what it is told to, for what no server at hand does.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread::JoinHandle;

/// A server for one connection.
pub struct Script {
    pub port: u16,
    thread: JoinHandle<()>,
}

impl Script {
    /// Greets, and then insists on these commands in this order, and answers each: data, and then `OK done`.
    pub fn start(greeting: &'static str, commands: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            stream.write_all(greeting.as_bytes()).unwrap();
            for (command, data) in commands {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let (tag, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{line:?}"));
                assert_eq!(rest, format!("{command}\r\n"));
                stream.write_all(format!("{data}{tag} OK done\r\n").as_bytes()).unwrap();
            }
        });
        Self { port, thread }
    }

    /// Insists that the whole conversation has taken place.
    #[track_caller]
    pub fn finish(self) {
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}
