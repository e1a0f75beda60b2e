//! A server that a test plays as long as all is in clear; TLS it can only pass on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;

/// What the server does when it has heard a line.
pub enum Next {
    /// Writes these pieces, each for itself.
    Say(Vec<Vec<u8>>),
    /// Writes this, and hangs up.
    HangUp(Vec<u8>),
    /// Writes this, and that when the client's handshake has begun.
    SayIntoTls(Vec<u8>, Vec<u8>),
    /// Writes these pieces; from then on this server, which is ready for TLS, has the client.
    Pass(Vec<Vec<u8>>, TcpStream),
}

impl Next {
    /// One piece.
    pub fn say(octets: impl Into<Vec<u8>>) -> Self {
        Self::Say(vec![octets.into()])
    }
}

/// A server for one connection. It hangs up only when it is told to, so a client that waits for nothing is found out.
pub struct Hostile {
    pub port: u16,
    thread: JoinHandle<Vec<String>>,
}

impl Hostile {
    /// Greets with these pieces, and answers what it hears.
    pub fn start(greeting: Vec<Vec<u8>>, answer: impl FnMut(&str) -> Next + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || serve(&listener, &greeting, answer));
        Self { port, thread }
    }

    /// All lines that the client has said in clear, up to its end.
    #[track_caller]
    pub fn heard(self) -> Vec<String> {
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn serve(listener: &TcpListener, greeting: &[Vec<u8>], mut answer: impl FnMut(&str) -> Next) -> Vec<String> {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut heard = Vec::new();
    say(&mut stream, greeting);
    while let Some(line) = next_line(&mut reader) {
        let next = answer(&line);
        heard.push(line);
        match next {
            Next::Say(pieces) => say(&mut stream, &pieces),
            Next::HangUp(last) => {
                say(&mut stream, &[last]);
                stream.shutdown(Shutdown::Both).unwrap();
                return heard;
            }
            Next::SayIntoTls(before, inside) => {
                say(&mut stream, &[before]);
                let mut first = [0];
                reader.read_exact(&mut first).unwrap();
                say(&mut stream, &[inside]);
                let mut rest = first.to_vec();
                // A connection that is reset has ended as well.
                let _ = reader.read_to_end(&mut rest);
                assert_only_tls(&rest);
                return heard;
            }
            Next::Pass(pieces, upstream) => {
                assert_eq!(reader.buffer(), b"", "the client has not waited");
                say(&mut stream, &pieces);
                pass(&stream, &upstream);
                return heard;
            }
        }
    }
    heard
}

/// A client that has gone away hears nothing.
fn say(stream: &mut TcpStream, pieces: &[Vec<u8>]) {
    for piece in pieces {
        let _ = stream.write_all(piece);
    }
}

/// A line without its end; what is there when the connection ends counts as one.
fn next_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    // A connection that is reset has ended as well.
    let _ = reader.read_until(b'\n', &mut line);
    (!line.is_empty()).then(|| String::from_utf8_lossy(&line).trim_end_matches("\r\n").to_owned())
}

/// These are whole TLS records, but for the last one.
#[track_caller]
fn assert_only_tls(mut octets: &[u8]) {
    while let [kind, 3, _, high, low, rest @ ..] = octets {
        assert!((20..=23).contains(kind), "no TLS: {}", octets.escape_ascii());
        let len = usize::from(*high) * 256 + usize::from(*low);
        octets = rest.get(len..).unwrap_or_default();
    }
    assert_eq!(octets, b"", "no TLS: {}", octets.escape_ascii());
}

/// Passes everything on in both directions, up to the end of both.
fn pass(near: &TcpStream, far: &TcpStream) {
    std::thread::scope(|scope| {
        for (mut from, mut to) in [(near, far), (far, near)] {
            scope.spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
    });
}

/// A server on this port that was asked for TLS and has agreed: what was said up to there stays here.
pub fn ready_for_tls(port: u16, commands: &[&str]) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let greeting = next_line(&mut reader).unwrap();
    assert!(greeting.starts_with("* OK ") || greeting.starts_with("220 "), "{greeting}");
    for command in commands {
        (&stream).write_all(format!("{command}\r\n").as_bytes()).unwrap();
        let last = std::iter::repeat_with(|| next_line(&mut reader).unwrap())
            .find(|line| line.starts_with("a ") || line.as_bytes().get(3) == Some(&b' '));
        let last = last.unwrap();
        assert!(["a OK ", "250 ", "220 "].iter().any(|good| last.starts_with(good)), "{last}");
    }
    assert_eq!(reader.buffer(), b"");
    stream
}

/// The tag of a command, the tag that comes next, and the command.
pub fn tagged(line: &str) -> (String, String, String) {
    let (tag, command) = line.split_once(' ').unwrap_or_else(|| panic!("no command: {line:?}"));
    let (letters, number) = tag.split_at(4);
    let next = number.parse::<u32>().unwrap() + 1;
    (tag.to_owned(), format!("{letters}{next}"), command.to_owned())
}

/// The lines without their tags.
pub fn without_tags(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| tagged(line).2).collect()
}

/// `{t}` is the tag of the command that is answered, and `{n}` the next one.
pub fn fill_tags(text: &str, line: &str) -> Vec<u8> {
    let (tag, next, _) = tagged(line);
    text.replace("{t}", &tag).replace("{n}", &next).into_bytes()
}
