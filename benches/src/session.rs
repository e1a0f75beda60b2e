//! Loads for machines: what one side of a session says, fed in pieces as they come from a socket.

mod drive;

use crate::Load;
use crate::hostile::{Bounds, Machine};
use crate::imap::Imap;
use crate::rng::Rng;
use crate::smtp::Smtp;

/// A load, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// What a client reads of a mailbox: 64 KiB of FETCH responses.
    ImapClient,
    /// One SEARCH response of 32 KiB.
    ImapClientLine,
    /// One SEARCH response of 200,000 ids.
    ImapClientSearch,
    /// One FETCH response with a literal of 25 MiB.
    ImapClientLiteral,
    /// What a server reads in a mailbox: 64 KiB of commands.
    ImapServer,
    /// One UID FETCH of 32 KiB.
    ImapServerLine,
    /// One APPEND with a literal of 25 MiB.
    ImapServerLiteral,
    /// 64 KiB of mails: MAIL, RCPT, DATA and a body of about a kibibyte.
    SmtpServer,
    /// One mail with a body of 256 KiB.
    SmtpServerBody,
    /// 64 KiB of replies of one line and of several.
    SmtpClient,
}

/// Octets that arrive at a time: one, a few, a packet, a large read.
const PIECES: [usize; 4] = [1, 7, 1460, 65_536];

/// Of what is fed in all sizes of pieces: some libraries take time by its square.
const SHORT: usize = 64 * 1024;
const LINE: usize = 32 * 1024;
const LITERAL: usize = 25 * 1024 * 1024;

impl Session {
    /// Every load.
    pub const ALL: [Self; 10] = [
        Self::ImapClient,
        Self::ImapClientLine,
        Self::ImapClientSearch,
        Self::ImapClientLiteral,
        Self::ImapServer,
        Self::ImapServerLine,
        Self::ImapServerLiteral,
        Self::SmtpServer,
        Self::SmtpServerBody,
        Self::SmtpClient,
    ];

    /// What it is called on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImapClient => "session-imap-client",
            Self::ImapClientLine => "session-imap-client-32k",
            Self::ImapClientSearch => "session-imap-client-search",
            Self::ImapClientLiteral => "session-imap-client-25m",
            Self::ImapServer => "session-imap-server",
            Self::ImapServerLine => "session-imap-server-32k",
            Self::ImapServerLiteral => "session-imap-server-25m",
            Self::SmtpServer => "session-smtp-server",
            Self::SmtpServerBody => "session-smtp-server-body",
            Self::SmtpClient => "session-smtp-client",
        }
    }

    /// The sizes of the pieces that it is fed in.
    pub fn pieces(self) -> &'static [usize] {
        match self {
            Self::ImapClientSearch => &[4096],
            Self::ImapClientLiteral | Self::ImapServerLiteral => &PIECES[3..],
            _ => &PIECES,
        }
    }

    /// Its bytes, the same every time. A body of mail is a message of its own.
    pub fn generate(self) -> Load {
        match self {
            Self::ImapClient => {
                let loads = [Imap::FetchFlags, Imap::FetchEnvelope, Imap::FetchBodyStructure];
                in_turns(&loads.map(Imap::generate))
            }
            Self::ImapClientLine => search(LINE),
            Self::ImapClientSearch => ids(200_000),
            Self::ImapClientLiteral => literal("* 1 FETCH (UID 7 BODY[] {", "}", ")"),
            Self::ImapServer => {
                let commands = Imap::ClientCommands.generate();
                Load::of(up_to(commands.messages().filter(|command| is_of_mailbox(command)), SHORT))
            }
            Self::ImapServerLine => {
                let head = b"A1 UID FETCH ";
                let ids =
                    search(LINE).bytes[b"* SEARCH ".len()..LINE - 2 - head.len() - b" FLAGS".len()].to_vec();
                let ids: Vec<u8> =
                    ids.into_iter().map(|octet| if octet == b' ' { b',' } else { octet }).collect();
                Load::single([head, ids.trim_ascii_end(), b" FLAGS\r\n"].concat())
            }
            Self::ImapServerLiteral => literal("A1 APPEND INBOX {", "+}", ""),
            Self::SmtpServer => mails(),
            Self::SmtpServerBody => {
                let text = Smtp::DataIn.generate().bytes;
                Load::of(mail(&text[..256 * 1024]))
            }
            Self::SmtpClient => {
                let replies = Smtp::Replies.generate();
                Load::of(up_to(replies.messages().filter(|reply| is_of_any_command(reply)), SHORT))
            }
        }
    }

    /// This project's machine, in the state in which the load begins, without limits.
    pub fn machine(self, load: &Load) -> Machine {
        match self {
            Self::ImapClient | Self::ImapClientLine | Self::ImapClientSearch | Self::ImapClientLiteral => {
                Machine::imap_client(Bounds::None)
            }
            Self::ImapServer | Self::ImapServerLine | Self::ImapServerLiteral => {
                Machine::imap_server(Bounds::None)
            }
            Self::SmtpServer | Self::SmtpServerBody => Machine::smtp_server(Bounds::None),
            Self::SmtpClient => {
                let mut machine = Machine::smtp_client(Bounds::None).after(b"250-mx\r\n250 PIPELINING\r\n");
                if let Machine::SmtpClient(client) = &mut machine {
                    drive::ask(client, load.count());
                }
                machine
            }
        }
    }
}

/// Feeds the load to a machine of this project, in pieces; says how many messages it took.
pub fn feed(machine: &mut Machine, load: &Load, piece: usize) -> usize {
    drive::feed(machine, &load.bytes, piece)
}

/// As many messages as there is room for.
fn up_to<'m>(messages: impl Iterator<Item = &'m [u8]>, octets: usize) -> Vec<&'m [u8]> {
    let mut left = octets;
    let fits = |message: &&[u8]| match left.checked_sub(message.len()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    messages.take_while(fits).collect()
}

fn in_turns(loads: &[Load]) -> Load {
    let mut messages: Vec<_> = loads.iter().map(Load::messages).collect();
    let mixed: Vec<&[u8]> =
        (0..500).flat_map(|_| messages.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>()).collect();
    Load::of(up_to(mixed.into_iter(), SHORT))
}

/// A SEARCH response of so many octets.
fn search(octets: usize) -> Load {
    let (mut line, mut id) = ("* SEARCH".to_owned(), 1_000);
    while line.len() < octets - 10 {
        id += 3;
        line += &format!(" {id}");
    }
    let id = "7".repeat(octets - 3 - line.len());
    Load::single(format!("{line} {id}\r\n").into_bytes())
}

fn ids(count: u64) -> Load {
    let mut rng = Rng::new(0x5345_4152);
    let (mut line, mut id) = ("* SEARCH".to_owned(), 0);
    for _ in 0..count {
        id += rng.between(1, 9);
        line += &format!(" {id}");
    }
    Load::single((line + "\r\n").into_bytes())
}

fn literal(head: &str, brace: &str, tail: &str) -> Load {
    let text = Smtp::DataOut.generate().bytes;
    let mut message = format!("{head}{LITERAL}{brace}\r\n").into_bytes();
    message.extend(text.iter().cycle().take(LITERAL));
    message.extend_from_slice(tail.as_bytes());
    message.extend_from_slice(b"\r\n");
    Load::single(message)
}

/// Whether a command may come in a mailbox, and leaves the client there; IDLE is more than a command.
fn is_of_mailbox(command: &[u8]) -> bool {
    let verb = command.split(|&octet| matches!(octet, b' ' | b'\r')).nth(1).unwrap_or_default();
    let not: [&[u8]; 9] = [
        b"AUTHENTICATE",
        b"CAPABILITY",
        b"CLOSE",
        b"ENABLE",
        b"ID",
        b"IDLE",
        b"LOGIN",
        b"LOGOUT",
        b"UNSELECT",
    ];
    !not.contains(&verb)
}

/// Whether a reply may answer NOOP, and ends nothing.
fn is_of_any_command(reply: &[u8]) -> bool {
    reply.starts_with(b"250") || reply.starts_with(b"450") || reply.starts_with(b"550")
}

/// What is said for one mail, which is whole lines of text.
fn mail(text: &[u8]) -> Vec<Vec<u8>> {
    let whole = text.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
    vec![
        b"MAIL FROM:<anna@example.org>\r\n".to_vec(),
        b"RCPT TO:<sales@example.com>\r\n".to_vec(),
        b"RCPT TO:<ops@example.com>\r\n".to_vec(),
        b"DATA\r\n".to_vec(),
        [&text[..whole], b".\r\n"].concat(),
    ]
}

fn mails() -> Load {
    let text = Smtp::DataIn.generate().bytes;
    let mut rest = &text[..];
    let (mut rng, mut octets, mut messages) = (Rng::new(0x4d41_494c), 0, Vec::new());
    while octets < SHORT * 9 / 10 {
        let size = rng.between(512, 1_536) as usize;
        let (body, after) = rest.split_at(size);
        messages.extend(mail(body));
        (octets, rest) = (octets + size, after);
    }
    Load::of(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_as_large_as_they_say() {
        for load in Session::ALL {
            let generated = load.generate();
            let octets = generated.bytes.len();
            let expected = match load {
                Session::ImapClientLine | Session::ImapServerLine => LINE,
                Session::ImapClientSearch => 1_350_000,
                Session::ImapClientLiteral | Session::ImapServerLiteral => LITERAL,
                Session::SmtpServerBody => 256 * 1024,
                _ => SHORT,
            };
            assert!(octets.abs_diff(expected) * 20 <= expected, "{load:?}: {octets}");
            assert!(generated == load.generate(), "{load:?}");
        }
    }

    #[test]
    fn the_machines_take_all() {
        for load in Session::ALL {
            let generated = load.generate();
            for &piece in load.pieces() {
                let accepted = feed(&mut load.machine(&generated), &generated, piece);
                assert_eq!(accepted, generated.count(), "{load:?} {piece}");
            }
        }
    }
}
