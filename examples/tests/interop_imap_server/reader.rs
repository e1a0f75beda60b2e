//! A client of our own, to see what a server has: it sends a line and reads up to the answer.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use imap_proto::framing::{Frame, Framer, Side};
use imap_proto::response::{NumberedData, StatusKind};
use imap_proto::section::Section;
use imap_proto::{Dialect, Limits, Response};

use crate::interop::{PASSWORD, PATIENCE, USER};

/// A connection that is logged in.
pub struct ImapReader {
    stream: TcpStream,
    framer: Framer,
    buffer: Vec<u8>,
}

/// A message as a server has it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    pub uid: u32,
    pub flags: BTreeSet<String>,
    pub content: Vec<u8>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let content = String::from_utf8_lossy(&self.content);
        let start: String = content.chars().take(200).collect();
        write!(f, "{} {:?} {} octets {start:?}", self.uid, self.flags, self.content.len())
    }
}

impl ImapReader {
    pub fn connect(port: u16) -> Self {
        let mut reader = Self::anonymous(port);
        reader.command(&format!("LOGIN {USER} \"{PASSWORD}\""));
        reader
    }

    /// Not logged in.
    pub fn anonymous(port: u16) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut reader = Self { stream, framer: Framer::new(Side::Server), buffer: Vec::new() };
        reader.response();
        reader
    }

    /// Sends a command and gives what was answered; insists on OK.
    #[track_caller]
    pub fn command(&mut self, command: &str) -> Vec<Response<'static>> {
        self.send(format!("a {command}\r\n").as_bytes());
        let mut responses = Vec::new();
        loop {
            let response = self.response();
            let ended = match &response {
                Response::Tagged(tagged) => Some(tagged.status.kind),
                _ => None,
            };
            responses.push(response);
            match ended {
                None => {}
                Some(StatusKind::Ok) => return responses,
                Some(_) => panic!("{command}: {responses:#?}"),
            }
        }
    }

    /// Sends a command and gives the lines that were answered, whatever they say; literals stand in them.
    pub fn ask(&mut self, command: &str) -> Vec<String> {
        self.send(format!("a {command}\r\n").as_bytes());
        let mut lines: Vec<String> = Vec::new();
        while !lines.last().is_some_and(|line| line.starts_with("a ")) {
            lines.push(String::from_utf8(self.line()).unwrap().trim_end().to_owned());
        }
        lines
    }

    pub fn send(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).unwrap();
    }

    /// The next response.
    pub fn response(&mut self) -> Response<'static> {
        let line = self.line();
        Response::parse(&line, Dialect::STRICT.with_utf8(true)).unwrap().1.into_owned()
    }

    /// The next response, as it is.
    pub fn line(&mut self) -> Vec<u8> {
        let mut limits = Limits::default();
        (limits.response, limits.inline_literal) = (usize::MAX, usize::MAX);
        loop {
            if let Some(frame) = self.framer.next(&self.buffer, &limits).unwrap() {
                let Frame::Message { len } = frame else { panic!("{frame:?}") };
                return self.buffer.drain(..len).collect();
            }
            let mut piece = [0; 64 * 1024];
            let len = self.stream.read(&mut piece).unwrap();
            assert!(len > 0, "the server hung up: {}", self.buffer.escape_ascii());
            self.buffer.extend_from_slice(&piece[..len]);
        }
    }

    /// Puts a message into a mailbox.
    pub fn append(&mut self, mailbox: &str, flags: &str, message: &[u8]) {
        let head = format!("APPEND {mailbox} ({flags}) {{{}+}}\r\n", message.len());
        self.command(&format!("{head}{}", String::from_utf8(message.to_vec()).unwrap()));
    }

    /// The messages of a mailbox, by UID. Sets no flags.
    pub fn messages(&mut self, mailbox: &str) -> Vec<Message> {
        self.command(&format!("EXAMINE {mailbox}"));
        let mut messages: Vec<_> = self
            .command("UID FETCH 1:* (FLAGS BODY.PEEK[])")
            .into_iter()
            .filter_map(|response| {
                let Response::Numbered(numbered) = response else { return None };
                let NumberedData::Fetch(items) = numbered.data else { return None };
                let content = items.body_section(&Section::WHOLE)?.data.as_bytes()?.to_vec();
                let flags = items.flags()?;
                let flags = flags.iter().map(|flag| String::from_utf8_lossy(flag.as_bytes()).into_owned());
                Some(Message { uid: items.uid()?, flags: flags.collect(), content })
            })
            .collect();
        self.command("UNSELECT");
        messages.sort();
        messages
    }
}
