//! What goes on for ever: each state of what looks for the end of a message, and an octet that stays in it.

use super::machines::{Bounds, Machine};

/// A state that is fed for ever.
#[derive(Debug)]
pub struct Forever {
    /// What it is called.
    pub name: &'static str,
    /// What leads to it.
    begin: &'static str,
    /// What stays in it.
    unit: &'static str,
    /// What of it a caller has to keep, under the default limits.
    pub limit: usize,
    machine: fn() -> Machine,
    is_slow: bool,
}

/// Octets that are sent to each state.
const FOREVER: usize = 16 << 20;

impl Forever {
    /// A machine before this state.
    pub fn machine(&self) -> Machine {
        (self.machine)()
    }

    /// A piece of what stays in it, of at most so many octets.
    pub fn piece(&self, len: usize) -> Vec<u8> {
        self.unit.repeat(len / self.unit.len()).into_bytes()
    }

    /// Feeds what leads to it and then 16 MiB, always the same piece, as a caller does who keeps what was not consumed
    /// in `buffer`; gives the most that it held. The session may end before.
    pub fn feed(&self, machine: &mut Machine, piece: &[u8], buffer: &mut Vec<u8>) -> usize {
        // Where each octet counts, a debug build has enough of them sooner.
        let total = if self.is_slow && cfg!(debug_assertions) { 1 << 20 } else { FOREVER };
        let mut most = 0;
        let pieces = std::iter::repeat_n(piece, total / piece.len());
        for piece in std::iter::once(self.begin.as_bytes()).chain(pieces) {
            buffer.extend_from_slice(piece);
            most = most.max(buffer.len());
            let mut at = 0;
            loop {
                match machine.step(&buffer[at..]) {
                    Ok(Some(consumed)) => at += consumed,
                    Ok(None) => break,
                    Err(_) => return most,
                }
            }
            buffer.drain(..at);
        }
        most
    }
}

/// Commands before and after authentication, responses, lines of AUTHENTICATE.
const COMMAND: usize = 8 << 10;
const COMMAND_AUTHENTICATED: usize = 64 << 10;
const RESPONSE: usize = 1 << 20;
const AUTHENTICATE: usize = 64 << 10;
/// Commands of SMTP, lines of AUTH, replies.
const LINE: usize = 2 << 10;
const AUTH: usize = 12_288;
const REPLY: usize = 64 << 10;
/// What is looked at and handed on.
const NOTHING: usize = 0;

fn server() -> Machine {
    Machine::imap_server(Bounds::Default)
}

fn client() -> Machine {
    Machine::imap_client(Bounds::Default)
}

fn smtp_server() -> Machine {
    Machine::smtp_server(Bounds::Default)
}

fn smtp_client() -> Machine {
    Machine::smtp_client(Bounds::Default)
}

const fn state(
    machine: fn() -> Machine,
    name: &'static str,
    begin: &'static str,
    unit: &'static str,
    limit: usize,
) -> Forever {
    Forever { name, begin, unit, limit, machine, is_slow: false }
}

/// Each octet that it is fed is looked at on its own, or is even an event.
const fn slow(state: Forever) -> Forever {
    Forever { is_slow: true, ..state }
}

const ENVELOPE: &str = "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\n";
const DATA: &str = "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n";

/// All of them.
pub const STATES: &[Forever] = &[
    // An IMAP server, before and after authentication.
    state(Machine::fresh_imap_server, "imap server: tag before login", "", "a", COMMAND),
    state(Machine::fresh_imap_server, "imap server: empty lines", "", "\r\n", COMMAND),
    state(Machine::fresh_imap_server, "imap server: LF", "", "\n", COMMAND),
    state(Machine::fresh_imap_server, "imap server: NUL", "", "\0", COMMAND),
    state(Machine::fresh_imap_server, "imap server: answer", "a AUTHENTICATE PLAIN\r\n", "A", AUTHENTICATE),
    state(
        Machine::fresh_imap_server,
        "imap server: answers",
        "a AUTHENTICATE PLAIN\r\n",
        "AAAA\r\n",
        AUTHENTICATE,
    ),
    state(server, "imap server: tag", "", "a", COMMAND_AUTHENTICATED),
    state(server, "imap server: tag of {", "", "{", COMMAND_AUTHENTICATED),
    state(server, "imap server: CR", "a NOOP", "\r", COMMAND_AUTHENTICATED),
    state(server, "imap server: quoted", "", "a LOGIN \"aaaa", COMMAND_AUTHENTICATED),
    state(server, "imap server: list", "", "(", COMMAND_AUTHENTICATED),
    state(server, "imap server: literals", "", "a X {1+}\r\n", COMMAND_AUTHENTICATED),
    state(server, "imap server: idle", "a IDLE\r\n", "a", AUTHENTICATE),
    state(server, "imap server: message", "a APPEND x {67108864+}\r\n", "a", NOTHING),
    state(
        server,
        "imap server: too large a message",
        "",
        "a APPEND x {67108865+}\r\n",
        COMMAND_AUTHENTICATED,
    ),
    // An IMAP client.
    state(Machine::fresh_imap_client, "imap client: greeting", "", "*", RESPONSE),
    state(client, "imap client: line", "", "a", RESPONSE),
    state(client, "imap client: NUL", "", "\0", RESPONSE),
    slow(state(client, "imap client: LF", "", "\n", RESPONSE)),
    state(client, "imap client: CR", "", "\r", RESPONSE),
    state(client, "imap client: continuation", "", "+", RESPONSE),
    state(client, "imap client: spaces", "", "* ", RESPONSE),
    state(client, "imap client: text", "", "* OK ", RESPONSE),
    state(client, "imap client: code", "", "* OK [", RESPONSE),
    state(client, "imap client: quoted in a code", "", "* OK [\"\\", RESPONSE),
    state(client, "imap client: literals", "", "* X {1}\r\n", RESPONSE),
    state(client, "imap client: literal", "* 1 FETCH (BODY[] {999999999}\r\n", "a", NOTHING),
    state(client, "imap client: literal of other data", "", "* X {999999999}\r\n", RESPONSE),
    // An SMTP server.
    state(smtp_server, "smtp server: command", "", "a", LINE),
    state(smtp_server, "smtp server: LF", "", "\n", LINE),
    state(smtp_server, "smtp server: CR", "", "\r", LINE),
    state(smtp_server, "smtp server: empty lines", "", "\r\n", LINE),
    state(smtp_server, "smtp server: NUL", "", "\0", LINE),
    state(smtp_server, "smtp server: parameters", "", "MAIL FROM:<a@b> X", LINE),
    state(smtp_server, "smtp server: answer", "AUTH SCRAM-SHA-256\r\n", "A", AUTH),
    state(smtp_server, "smtp server: answers", "AUTH SCRAM-SHA-256\r\n", "AAAA\r\n", AUTH),
    state(smtp_server, "smtp server: text", DATA, "a", NOTHING),
    state(smtp_server, "smtp server: lines", DATA, "a\r\n", NOTHING),
    state(smtp_server, "smtp server: dots", DATA, ".", NOTHING),
    state(smtp_server, "smtp server: lines of dots", DATA, "\r\n.", NOTHING),
    slow(state(smtp_server, "smtp server: CR in text", DATA, "\r", NOTHING)),
    slow(state(smtp_server, "smtp server: LF in text", DATA, "\n", NOTHING)),
    slow(state(smtp_server, "smtp server: NUL in text", DATA, "\0", NOTHING)),
    slow(state(smtp_server, "smtp server: almost ended", DATA, "\r\n.\r", NOTHING)),
    state(smtp_server, "smtp server: chunks", ENVELOPE, "BDAT 1\r\na", LINE),
    state(smtp_server, "smtp server: refused chunks", "", "BDAT 9999999 LAST\r\n", LINE),
    // An SMTP client.
    state(Machine::fresh_smtp_client, "smtp client: greeting", "", "2", LINE),
    state(Machine::fresh_smtp_client, "smtp client: greetings", "", "220-x\r\n", REPLY),
    state(smtp_client, "smtp client: line", "", "2", LINE),
    state(smtp_client, "smtp client: lines", "", "250-x\r\n", REPLY),
    state(smtp_client, "smtp client: CR", "", "\r", LINE),
    state(smtp_client, "smtp client: NUL", "", "\0", LINE),
];
