//! What a peer may do, what it may cost, and which deviations from the grammar are put up with.

use crate::error::ParseError;

/// How strictly bytes are read.
///
/// [`STRICT`](Self::STRICT) is what the RFCs allow a sender to write; [`TOLERANT`](Self::TOLERANT) adds every
/// [`Leniency`]. Reading is strict first: a leniency costs nothing where it is not needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// The deviations to accept.
    pub leniency: Leniency,
}

impl Dialect {
    /// The RFCs' grammar.
    pub const STRICT: Self = Self { leniency: Leniency::NONE };
    /// The RFCs' grammar and every deviation that has a name.
    pub const TOLERANT: Self = Self { leniency: Leniency::ALL };

    /// The same, but for the deviations to accept.
    #[must_use]
    pub const fn with_leniency(self, leniency: Leniency) -> Self {
        Self { leniency }
    }
}

/// What was tolerated in a message: what the strict grammar expected and where, and the leniencies that made up
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerated {
    /// Without any one of these the message would have been refused.
    pub leniency: Leniency,
    /// What the strict grammar says.
    pub error: ParseError,
}

/// Named deviations from the grammar, as a set.
///
/// ```
/// use smtp_proto::{Command, Dialect, Leniency};
///
/// let line = b"MAIL FROM: <a@example.org>\r\n";
/// assert!(Command::parse(line, Dialect::STRICT).is_err());
/// let dialect = Dialect { leniency: Leniency::SPACE_AFTER_COLON };
/// assert!(Command::parse(line, dialect).is_ok());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Leniency(u32);

/// A row is a bit, its name and its culprit.
macro_rules! leniencies {
    ($($(#[$meta:meta])* $name:ident = $bit:literal;)*) => {
        impl Leniency {
            $($(#[$meta])* pub const $name: Self = Self(1 << $bit);)*
            /// All of them.
            pub const ALL: Self = Self($(1 << $bit)|*);

            const NAMES: &'static [(Self, &'static str)] = &[$((Self::$name, stringify!($name))),*];
        }
    };
}

leniencies! {
    /// Outlook, many devices: `MAIL FROM: <a@example.org>`.
    SPACE_AFTER_COLON = 0;
    /// Printers, RAID controllers: `MAIL FROM:a@example.org`.
    MISSING_BRACKETS = 1;
    /// Management boards, some mobile carriers: `<a..b@example.org>`, `<.a@example.org>`, `<a.@example.org>`.
    LOOSE_LOCAL_PART = 2;
    /// Appliances: `<a@[2001:db8::1]>` without the tag `IPv6:`.
    UNTAGGED_IPV6 = 3;
    /// cron and scripts: `MAIL FROM:<postmaster>`, a local part alone where a domain is required.
    MISSING_DOMAIN = 4;
    /// Scripts: `SIZE`, `SIZE=`, `ENVID=a+zz`: a parameter with a value that its RFC does not allow is kept unread.
    BAD_PARAMETER_VALUE = 5;
    /// Proxies: the same parameter or keyword twice; the first counts.
    DUPLICATE = 6;
    /// Scripts: `EHLO` without a name.
    MISSING_HELLO_NAME = 7;
    /// Multi-function printers: `EHLO  name`, `AUTH PLAIN  AAA=`: more than one space.
    EXTRA_SPACE = 8;
    /// Many clients: white space before the CRLF of a command.
    TRAILING_SPACE = 9;
    /// Windows hosts in local networks: `EHLO my_pc`, a name with an underscore or another odd octet.
    LOOSE_HELLO_NAME = 10;
    /// Windows text mode: `250 ok\r\r\n`.
    EXTRA_CR = 11;
    /// Servers behind a broken text filter: control octets and NUL in the text of a reply.
    CONTROL_IN_TEXT = 12;
    /// Old Exchange and others: `250-AUTH=LOGIN`, `250-SIZE=1000`: `=` between a keyword and its arguments.
    EQUALS_AFTER_KEYWORD = 13;
    /// Printers and scripts: a command line that ends in LF alone. Never in a body.
    BARE_LF = 14;
    /// nymea and others: an empty line behind the end of a body, as if the final dot needed two CRLFs.
    EMPTY_LINE = 17;
    /// Forwarders (SRS) and list servers (VERP): a local part of more than 64 octets.
    LONG_LOCAL_PART = 16;
    /// SMTP firewalls that change the codes of the lines of one reply: the last line's code counts.
    MIXED_CODES = 15;
}

impl Leniency {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// What either set has.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this set has and `other` has not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether this set has all that `other` has.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether this set has nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The single leniencies in this set.
    pub fn iter(self) -> impl Iterator<Item = Self> {
        Self::NAMES.iter().map(|&(bit, _)| bit).filter(move |&bit| self.contains(bit))
    }
}

impl core::fmt::Debug for Leniency {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names = Self::NAMES.iter().filter(|&&(bit, _)| self.contains(bit)).map(|&(_, name)| name);
        f.debug_list().entries(names).finish()
    }
}

/// What one connection may cost. Every number counts octets unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// A command line with its CRLF. RFC 5321 section 4.5.3.1.4 asks for 512, and extensions add to it; 2,048 is
    /// what widely used servers take.
    pub command_line: usize,
    /// A line of an AUTH exchange, and an AUTH command. RFC 4954 section 4: 12,288.
    pub auth_line: usize,
    /// A line of a reply. RFC 5321 section 4.5.3.1.5 asks for 512; longer ones are common.
    pub reply_line: usize,
    /// Lines of one reply. Not octets: 128 of them, as Dovecot has it; the reply to EHLO, the longest there is, has some 20.
    pub reply_lines: usize,
    /// All lines of one reply together. 64 KiB: 128 lines of the usual 512.
    pub reply: usize,
    /// What is skipped of an over-long line before the connection is given up: before authentication.
    /// 64 KiB.
    pub discard: usize,
    /// The same after authentication. 1 MiB: then it is cheaper to connect again.
    pub discard_authenticated: usize,
    /// Recipients of one message; more are answered 452 4.5.3. RFC 5321 section 4.5.3.1.8 asks for 100 at least. A
    /// server takes no more than the LIMITS keyword of its EHLO reply says, either.
    pub recipients: usize,
    /// Commands that a server hands out before they are answered. Not octets: 16 of them; what a client has
    /// sent beyond that stays in the caller's buffer until then.
    pub pipelined: usize,
    /// Bad commands before the server hangs up with 421: before authentication. Bad is what is malformed, out of order,
    /// or not offered, what the user answers with 500 to 504, and a password that is wrong; not an address that is
    /// refused. Commands that were sent behind one that was refused, before the client could know, do not count. Not
    /// octets: 3 of them, as Dovecot's IMAP server has it: nobody needs a fourth guess at a password.
    pub errors: u32,
    /// The same after authentication, and on SMTP between hosts once a message was accepted. Not octets: 20 of
    /// them, as Postfix has it.
    pub errors_authenticated: u32,
    /// NOOP, RSET, VRFY, EXPN, HELP and the like without a message before the server hangs up. Not octets: 100 of
    /// them, as Postfix has it.
    pub idle_commands: u32,
    /// A message; `None` is no limit. A server takes no more than the SIZE keyword of its EHLO reply says, either.
    pub message: Option<u64>,
    /// BDAT chunks of one message. Not octets: 10,000 of them, which is 640 MB in the chunks of 64 KB that clients send; each
    /// takes a reply.
    pub chunks: u32,
    /// Challenges of one AUTH exchange. Not octets: 32 of them; no mechanism needs ten.
    pub sasl_rounds: u32,
    /// All octets that the peer sends in one AUTH exchange. 64 KiB, as Dovecot has it.
    pub sasl: usize,
    /// What may wait to be written; `write`, `send` and `reply` refuse more. 1 MiB: a caller that writes between its calls
    /// never has so much.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            command_line: 2_048,
            auth_line: 12_288,
            reply_line: 2_048,
            reply_lines: 128,
            reply: 64 * 1024,
            discard: 64 * 1024,
            discard_authenticated: 1024 * 1024,
            recipients: 1_000,
            pipelined: 16,
            errors: 3,
            errors_authenticated: 20,
            idle_commands: 100,
            message: None,
            chunks: 10_000,
            sasl_rounds: 32,
            sasl: 64 * 1024,
            output: 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec::Vec;

    #[test]
    fn sets() {
        let set = Leniency::BARE_LF.union(Leniency::DUPLICATE);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Leniency::DUPLICATE, Leniency::BARE_LF]);
        assert_eq!(set.without(Leniency::BARE_LF), Leniency::DUPLICATE);
        assert!(set.contains(Leniency::BARE_LF) && !set.contains(Leniency::EXTRA_CR) && !set.is_empty());
        assert_eq!(format!("{set:?}"), r#"["DUPLICATE", "BARE_LF"]"#);
    }
}
