//! Input that grows: what is deep, what is long, and what is much.

use super::machines::{Bounds, Machine};
use super::watchers::{self, Other, Side, Watcher};

/// One shape of input, in every size.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    role: Role,
    /// What comes once, in front.
    head: &'static str,
    /// What is repeated up to the size.
    unit: &'static str,
    /// What comes once, behind it.
    mid: &'static str,
    /// What closes each unit.
    close: &'static str,
    /// What comes last.
    tail: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    ImapServer,
    ImapClient,
    SmtpServer,
    SmtpClient,
}

impl Family {
    /// About `size` octets of it.
    pub fn input(&self, size: usize) -> Vec<u8> {
        let count = size / (self.unit.len() + self.close.len());
        let (units, closes) = (self.unit.repeat(count), self.close.repeat(count));
        [self.head, &units, self.mid, &closes, self.tail].concat().into_bytes()
    }

    /// What reads it.
    pub fn machine(&self, bounds: Bounds) -> Machine {
        match self.role {
            Role::ImapServer => Machine::imap_server(bounds),
            Role::ImapClient => Machine::imap_client(bounds),
            Role::SmtpServer => Machine::smtp_server(bounds),
            Role::SmtpClient => Machine::smtp_client(bounds),
        }
    }
}

impl Family {
    /// Whoever may follow a session in which it is sent. What a server sends nobody answers.
    pub fn watchers(&self) -> Vec<Watcher> {
        let (client, server) = ([Other::Answers, Other::IsSilent], Other::IsSilent);
        match self.role {
            Role::ImapServer => client.into_iter().flat_map(|it| watchers::imap(Side::Client, it)).collect(),
            Role::ImapClient => watchers::imap(Side::Server, server).into(),
            Role::SmtpServer => client.into_iter().flat_map(|it| watchers::smtp(Side::Client, it)).collect(),
            Role::SmtpClient => watchers::smtp(Side::Server, server).into(),
        }
    }
}

/// What comes one behind the other.
const fn wide(
    role: Role,
    name: &'static str,
    head: &'static str,
    unit: &'static str,
    tail: &'static str,
) -> Family {
    Family { name, role, head, unit, mid: "", close: "", tail }
}

/// What comes one in the other: `around` is what opens and what closes.
const fn deep(
    role: Role,
    name: &'static str,
    head: &'static str,
    around: [&'static str; 2],
    mid: &'static str,
    tail: &'static str,
) -> Family {
    Family { name, role, head, unit: around[0], mid, close: around[1], tail }
}

use Role::{ImapClient as C, ImapServer as S, SmtpClient as SC, SmtpServer as SS};

/// All of them.
pub const FAMILIES: &[Family] = &[
    // What an IMAP server reads.
    wide(S, "imap: SEARCH ((((", "a SEARCH ", "(", "\r\n"),
    deep(S, "imap: SEARCH ((1))", "a SEARCH ", ["(", ")"], "1", "\r\n"),
    wide(S, "imap: SEARCH NOT NOT", "a SEARCH ", "NOT ", "1\r\n"),
    wide(S, "imap: SEARCH OR OR", "a SEARCH ", "OR 1 ", "1\r\n"),
    wide(S, "imap: SEARCH FUZZY FUZZY", "a SEARCH ", "FUZZY ", "1\r\n"),
    wide(S, "imap: SEARCH keys", "a SEARCH 1", " KEYWORD a", "\r\n"),
    wide(S, "imap: SEARCH literals", "a SEARCH 1", " TEXT {1+}\r\na", "\r\n"),
    wide(S, "imap: SEARCH escapes", "a SEARCH TEXT \"", "\\\"", "\"\r\n"),
    wide(S, "imap: set", "a FETCH 1", ",1", " FLAGS\r\n"),
    wide(S, "imap: broken set", "a FETCH 1", ",1", "x FLAGS\r\n"),
    wide(S, "imap: FETCH items", "a FETCH 1 (FLAGS", " UID", ")\r\n"),
    wide(S, "imap: FETCH header fields", "a FETCH 1 BODY[HEADER.FIELDS (a", " a", ")]\r\n"),
    wide(S, "imap: STORE flags", "a STORE 1 FLAGS (a", " a", ")\r\n"),
    wide(S, "imap: LIST patterns", "a LIST \"\" (a", " a", ")\r\n"),
    wide(S, "imap: unknown command", "a FROB", " {1+}\r\na", "\r\n"),
    wide(S, "imap: commands", "", "a NOOP\r\n", ""),
    wide(S, "imap: bad commands", "", "a FROB\r\n", ""),
    wide(S, "imap: empty lines", "", "\r\n", ""),
    wide(S, "imap: one line", "", "a", "\r\n"),
    wide(S, "imap: one literal", "a APPEND x {2000000+}\r\n", "a", ""),
    wide(S, "imap: messages", "a APPEND x", " {1+}\r\na", "\r\n"),
    wide(S, "imap: CATENATE", "a APPEND x CATENATE (TEXT {1+}\r\na", " TEXT {1+}\r\na", ")\r\n"),
    wide(S, "imap: CATENATE URLs", "a APPEND x CATENATE (URL a", " URL a", ")\r\n"),
    wide(S, "imap: REPLACE CATENATE", "a REPLACE 1 x CATENATE (URL a", " URL a", ")\r\n"),
    // What an IMAP client reads.
    wide(C, "imap: BODYSTRUCTURE ((((", "* 1 FETCH (BODYSTRUCTURE ", "(", ")\r\n"),
    deep(C, "imap: multiparts", "* 1 FETCH (BODYSTRUCTURE ", ["(", " \"mixed\")"], PART, ")\r\n"),
    wide(C, "imap: parts", "* 1 FETCH (BODYSTRUCTURE (", PART, " \"mixed\"))\r\n"),
    deep(
        C,
        "imap: messages in messages",
        "* 1 FETCH (BODYSTRUCTURE ",
        ["(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ", " 9)"],
        PART,
        ")\r\n",
    ),
    deep(C, "imap: THREAD ((1))", "* THREAD ", ["(", ")"], "(1)(2)", "\r\n"),
    wide(C, "imap: THREAD chain", "* THREAD (1", " 1", ")\r\n"),
    wide(C, "imap: THREAD list", "* THREAD ", "(1)", "\r\n"),
    wide(C, "imap: FETCH ()()", "* 1 FETCH (", "()", ")\r\n"),
    wide(C, "imap: FETCH UID", "* 1 FETCH (UID 1", " UID 1", ")\r\n"),
    wide(C, "imap: FETCH literals", "* 1 FETCH (UID 1", " BODY[1] {1}\r\na", ")\r\n"),
    wide(C, "imap: FETCH literal", "* 1 FETCH (BODY[] {2000000}\r\n", "a", ""),
    wide(C, "imap: FETCH flags", "* 1 FETCH (FLAGS (a", " a", "))\r\n"),
    wide(C, "imap: broken FETCH items", "* 1 FETCH (UID x", " UID x", ")\r\n"),
    wide(
        C,
        "imap: addresses",
        "* 1 FETCH (ENVELOPE (NIL NIL (",
        "(NIL NIL \"a\" \"b\")",
        ") NIL NIL NIL NIL NIL NIL NIL))\r\n",
    ),
    wide(
        C,
        "imap: broken addresses",
        "* 1 FETCH (ENVELOPE (NIL NIL (",
        "(NIL NIL \"a\" 1)",
        ") NIL NIL NIL NIL NIL NIL NIL))\r\n",
    ),
    deep(C, "imap: broken multiparts", "* 1 FETCH (BODYSTRUCTURE ", ["(", " \"mixed\")"], "(x)", ")\r\n"),
    wide(C, "imap: broken parts", "* 1 FETCH (BODYSTRUCTURE (", "(x)", " \"mixed\"))\r\n"),
    wide(C, "imap: broken codes", "", "* OK [CAPABILITY (] x\r\n", ""),
    wide(C, "imap: spaces", "* 1 FETCH (FLAGS (a", "  a", "))\r\n"),
    wide(C, "imap: ids", "* SEARCH", " 1", "\r\n"),
    wide(C, "imap: CAPABILITY", "* CAPABILITY IMAP4rev1", " X", "\r\n"),
    wide(C, "imap: ESEARCH", "* ESEARCH (TAG \"a\") ALL 1", ",1", "\r\n"),
    wide(C, "imap: VANISHED", "* VANISHED 1", ",1", "\r\n"),
    wide(C, "imap: FLAGS", "* FLAGS (a", " a", ")\r\n"),
    wide(C, "imap: ID", "* ID (\"a\" \"b\"", " \"a\" \"b\"", ")\r\n"),
    wide(C, "imap: URLFETCH", "* URLFETCH", " a NIL", "\r\n"),
    wide(C, "imap: URLFETCH metadata", "* URLFETCH", " a (BODY NIL)", "\r\n"),
    wide(C, "imap: escapes", "* LIST () \"/\" \"", "\\\\", "\"\r\n"),
    wide(C, "imap: EXISTS", "", "* 1 EXISTS\r\n", ""),
    wide(C, "imap: text", "* OK ", "a", "\r\n"),
    wide(C, "imap: text like literals", "* OK ", "{1}", "\r\n"),
    wide(C, "imap: code", "* OK [X", " a", "] text\r\n"),
    deep(C, "imap: unknown data", "* FROB ", ["(", ")"], "a", "\r\n"),
    wide(C, "imap: unreadable lines", "", "x y\r\n", ""),
    wide(C, "imap: one response", "", "a", "\r\n"),
    // What an SMTP server reads.
    wide(SS, "smtp: one line", "", "a", "\r\n"),
    wide(SS, "smtp: commands", "", "NOOP\r\n", ""),
    wide(SS, "smtp: bad commands", "", "FROB\r\n", ""),
    wide(SS, "smtp: empty lines", "", "\r\n", ""),
    wide(SS, "smtp: parameters", "MAIL FROM:<a@b.example>", " X=1", "\r\n"),
    wide(SS, "smtp: local part", "MAIL FROM:<\"", "\\a", "\"@b.example>\r\n"),
    wide(SS, "smtp: domain", "MAIL FROM:<a@b", ".b", ">\r\n"),
    wide(SS, "smtp: source route", "MAIL FROM:<@a", ",@a", ":a@b>\r\n"),
    wide(SS, "smtp: recipients", "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<a@b.example>\r\n", ""),
    wide(SS, "smtp: AUTH", "AUTH SCRAM-SHA-256 ", "aaaa", "\r\n"),
    wide(SS, "smtp: answers", "AUTH SCRAM-SHA-256\r\n", "aaaa\r\n", ""),
    wide(SS, "smtp: DATA", DATA, "some text\r\n", ".\r\n"),
    wide(SS, "smtp: DATA dots", DATA, "..\r\n", ".\r\n"),
    wide(SS, "smtp: DATA CR", DATA, "\r", "\r\n.\r\n"),
    wide(SS, "smtp: DATA LF", DATA, "\n", "\r\n.\r\n"),
    wide(SS, "smtp: DATA almost ended", DATA, "\r\n.\r", "\r\n.\r\n"),
    wide(SS, "smtp: BDAT 1", "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\n", "BDAT 1\r\na", ""),
    // What an SMTP client reads.
    wide(SC, "smtp: EHLO lines", "250-mx\r\n", "250-X\r\n", "250 X\r\n"),
    wide(SC, "smtp: EHLO arguments", "250-mx\r\n", "250-AUTH PLAIN LOGIN X Y Z\r\n", "250 SIZE\r\n"),
];

/// A part of a message.
const PART: &str = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1)";

/// What comes before a body.
const DATA: &str = "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n";
