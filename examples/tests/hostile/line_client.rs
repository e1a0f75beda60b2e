//! A client that says what it is told to, in the pieces that it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};

use crate::interop::PATIENCE;

/// A connection on which every write is a segment of its own.
pub struct LineClient {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl LineClient {
    /// Connects, and gives the greeting.
    pub fn connect(port: u16) -> (Self, String) {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        let mut client = Self { stream, reader };
        let greeting = client.line();
        (client, greeting)
    }

    /// Says all of this at once. Who is hung up on says nothing.
    pub fn say(&mut self, octets: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(octets.as_ref());
    }

    /// A line of an answer, without its end.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").unwrap_or_else(|| panic!("half a line: {line:?}")).to_owned()
    }

    /// Says a line, and gives the last line of the reply to it.
    #[track_caller]
    pub fn ask_smtp(&mut self, line: &str) -> String {
        self.say(format!("{line}\r\n"));
        loop {
            let line = self.line();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    /// All that is still said up to the end of the connection, in lines.
    #[track_caller]
    pub fn rest(self) -> Vec<String> {
        String::from_utf8(self.rest_octets()).unwrap().lines().map(str::to_owned).collect()
    }

    /// The same, in octets.
    #[track_caller]
    pub fn rest_octets(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.reader.read_to_end(&mut rest) {
            Ok(_) => {}
            // What was not read when the server closed makes it a reset.
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
        rest
    }

    /// Says no more, and hears on.
    pub fn hang_up(&mut self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }
}
