//! Which deviations from the grammar are put up with, what both sides have agreed on, and what a peer may cost.

use crate::error::ParseError;

/// How bytes are read.
///
/// [`STRICT`](Self::STRICT) is what the RFCs allow a sender to write; [`TOLERANT`](Self::TOLERANT) adds every
/// [`Leniency`]. Reading is strict first: a leniency costs nothing where it is not needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// The deviations to accept.
    pub leniency: Leniency,
    /// `UTF8=ACCEPT` is in force: quoted strings and mailbox names may hold UTF-8. RFC 9755 section 3.
    pub utf8: bool,
    /// IMAP4rev2 is in force, which has UTF-8 in quoted strings and mailbox names from the start. RFC 9051 section 5.1.
    pub rev2: bool,
}

impl Dialect {
    /// The RFCs' grammar.
    pub const STRICT: Self = Self { leniency: Leniency::NONE, utf8: false, rev2: false };
    /// The RFCs' grammar and every deviation that has a name.
    pub const TOLERANT: Self = Self { leniency: Leniency::ALL, utf8: false, rev2: false };

    /// The same, but for the deviations to accept.
    #[must_use]
    pub const fn with_leniency(self, leniency: Leniency) -> Self {
        Self { leniency, ..self }
    }

    /// The same, with `UTF8=ACCEPT` in force or not.
    #[must_use]
    pub const fn with_utf8(self, utf8: bool) -> Self {
        Self { utf8, ..self }
    }

    /// The same, with IMAP4rev2 in force or not.
    #[must_use]
    pub const fn with_rev2(self, rev2: bool) -> Self {
        Self { rev2, ..self }
    }
}

/// What was tolerated in a message: what the strict grammar expected and where, and the leniencies that made up
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerated {
    /// Without any one of these the message would have been refused, or read as something else.
    pub leniency: Leniency,
    /// What the strict grammar says.
    pub error: ParseError,
}

/// Named deviations from the grammar, as a set.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Leniency(u64);

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
    /// Any server: an item of a list, or a whole untagged response, that cannot be read is kept as `Invalid`, as it came.
    /// Reading a [`Response`](crate::Response) always has this one, so that a broken item never loses its neighbours.
    INVALID_ITEM = 0;
    /// Exchange, Gmail: `A1 OK`, `* OK [UIDNEXT 5]`: a status without text.
    MISSING_TEXT = 1;
    /// Yandex: `+` without the space behind it.
    MISSING_SPACE = 2;
    /// Exchange, Yahoo, QQ: a space before CRLF, `)` or `]`.
    TRAILING_SPACE = 3;
    /// DavMail, Outlook, maddy: two spaces for one, or a space where there is none: behind `(`, between addresses.
    EXTRA_SPACE = 4;
    /// 163.com, hydroxide, maddy: `()` for a list that cannot be empty.
    EMPTY_LIST = 5;
    /// GreenMail: a 32-bit number, such as UIDVALIDITY, that has more than 32 bits.
    LONG_NUMBER = 6;
    /// SmarterMail, iCloud: 0 where a number cannot be zero.
    ZERO = 7;
    /// Dovecot, Exchange: `-1` for the size or the lines of a body part; read as 0.
    NEGATIVE_NUMBER = 8;
    /// Exchange: a mailbox name with spaces and without quotes.
    UNQUOTED_MAILBOX = 9;
    /// A server met by MailKit, without a name: `* CAPABILITY IMAP4rev1 LITERAL + IDLE`, a space before the `+`.
    SPLIT_CAPABILITY = 10;
    /// Servers without a name: `* CAPABILITY` without any.
    EMPTY_CAPABILITY = 11;
    /// Zoho, GreenMail: `\*` in FLAGS.
    FLAG_STAR = 12;
    /// Gmail, QQ: flags with brackets and other octets that no atom has; attributes without their `\`.
    LOOSE_FLAG = 13;
    /// Dovecot: `[BADEVENT X Y]`, a list in a response code without its parentheses.
    LOOSE_CODE = 14;
    /// A server met by Ruby's net-imap: `* NOOP`, the name of a command for untagged data.
    COMMAND_AS_DATA = 15;
    /// Old Cyrus and Exchange: NUL before a response.
    NUL_PREFIX = 16;
    /// Scripts and telnet users: a line that ends in LF alone.
    BARE_LF = 17;
    /// Localised servers, Latin-1 in old mail: octets above 127 where UTF-8 is not in force.
    RAW_8BIT = 18;
    /// Servers without a name: `* LIST (\Noselect) "" "foo"`, an empty delimiter for NIL.
    EMPTY_DELIMITER = 19;
    /// Gmail, QQ: XLIST data.
    XLIST = 20;
    /// Proton Mail Bridge: an atom where a string is due.
    ATOM_STRING = 21;
    /// Servers met by IMAPClient, without a name: `INTERNALDATE NIL`, `"17-Jul-1996 02:44:25"`, dates that are none. Kept as text.
    LOOSE_DATE = 22;
    /// pymap, and a server met by ImapFlow: `BODY[]<0.3>`, `BODY.PEEK[]`, the request's words in the response.
    REQUEST_ECHO = 23;
    /// pymap, and any server that stores what it was sent: `{5}` CRLF and five octets with a NUL among them.
    NUL_IN_LITERAL = 24;
    /// An envelope that ends early; the fields it lacks are NIL.
    SHORT_ENVELOPE = 25;
    /// SmarterMail: NIL among the addresses of a list.
    NIL_IN_LIST = 26;
    /// iCloud, QQ, 163.com: a quoted string with a `"` or a `\` of its own that is not escaped.
    UNESCAPED_QUOTE = 27;
    /// David: a `\` before any octet in a quoted string.
    LOOSE_ESCAPE = 28;
    /// Servers without a name, with a folded subject: CRLF in a quoted string. Never where a command is read, and never behind a
    /// [`Framer`](crate::framing::Framer), for which the CRLF ends the message: for who has the whole message at hand.
    CRLF_IN_QUOTED = 29;
    /// Domino: parentheses around an item of FETCH.
    EXTRA_PARENTHESES = 30;
    /// maddy: NIL where a string is due.
    NIL_STRING = 31;
    /// Servers met by ImapFlow, without a name: a text part without its number of lines.
    MISSING_LINES = 32;
    /// Gmail, pymap: `()` or NIL for the structure in a message part, a multipart without parts or with a NIL type, a part without
    /// type.
    LOOSE_BODY = 33;
    /// Exchange: a disposition that is a string, or `(NIL NIL)`.
    LOOSE_DISPOSITION = 34;
    /// An overloaded server: NO or BAD for a greeting.
    REFUSED_GREETING = 35;
    /// Proxies: data before the greeting.
    DATA_BEFORE_GREETING = 36;
    /// Some servers: the completion of a command that is not in flight, with its tag or with any other.
    UNKNOWN_TAG = 37;
    /// Some servers: `+` once more than they wait for something.
    EXTRA_CONTINUATION = 38;
    /// iOS 18: the next command in place of `DONE`, which comes later, or never. Where a session is read.
    MISSING_DONE = 39;
    /// The examples of RFC 5464, against its grammar: the options of GETMETADATA behind the mailbox, and several entries
    /// without parentheses.
    LOOSE_METADATA = 40;
    /// Dovecot: what was asked for of a URL in one pair of parentheses, not in one for each.
    JOINED_URL_METADATA = 41;
}

impl Leniency {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// Those whose values are kept as they are, and so may stand in text that was read or written before; what the others
    /// let in is put right when it is read.
    pub(crate) const KEPT: Self = Self::INVALID_ITEM
        .union(Self::EMPTY_LIST)
        .union(Self::LONG_NUMBER)
        .union(Self::ZERO)
        .union(Self::FLAG_STAR)
        .union(Self::LOOSE_FLAG)
        .union(Self::LOOSE_DATE)
        .union(Self::NUL_IN_LITERAL)
        .union(Self::MISSING_LINES)
        .union(Self::LOOSE_BODY);

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
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether this set has nothing.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as a number.
    pub(crate) const fn bits(self) -> u64 {
        self.0
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
///
/// Text and literals that stay in the buffer count together, so this is also what a caller must be able to buffer; a
/// literal that is streamed counts nowhere but in its own limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// A command before authentication: its lines and inline literals. 8 KiB, as Dovecot has it.
    pub command: usize,
    /// The same after authentication. RFC 7162 section 4 has clients stay near 8,192, but Outlook sends sets that
    /// are longer. 64 KiB, as Dovecot has it.
    pub command_authenticated: usize,
    /// A line of an AUTHENTICATE exchange. A Kerberos ticket from Windows has up to 48,000 octets, 64,000 in
    /// base64. 64 KiB, as Dovecot has it.
    pub auth_line: usize,
    /// A response: its lines and inline literals. 1 MiB has room for a SEARCH of 100,000 long numbers.
    pub response: usize,
    /// A literal that is a part of its message; a larger one is streamed. 64 KiB: strings and headers, but no
    /// attachments.
    pub inline_literal: usize,
    /// A literal of a command before authentication. 4 KiB is enough for any name and password.
    pub literal: u64,
    /// A literal of a command after authentication, which is a message to append. 64 MiB is more than mail servers
    /// relay to each other.
    pub literal_authenticated: u64,
    /// Literals of one message, those that are streamed included. Not octets: 1,000 of them.
    pub literals: u32,
    /// What is skipped of a message that is too long, beyond its limit, or behind a literal that is refused, before the
    /// connection is given up: before authentication. 64 KiB.
    pub discard: usize,
    /// The same after authentication. 1 MiB: then it is cheaper to connect again.
    pub discard_authenticated: usize,
    /// Commands that a server hands out before they are answered. Not octets: 4 of them, as Dovecot has it.
    pub pipelined: usize,
    /// Bad commands before the server hangs up with BYE: before authentication. Bad is what is malformed or not allowed,
    /// and a password that is wrong. Not octets: 3 of them, as Dovecot has it.
    pub errors: u32,
    /// The same after authentication. Not octets: 20 of them, as Dovecot has it.
    pub errors_authenticated: u32,
    /// Challenges of one AUTHENTICATE exchange. Not octets: 32 of them; no mechanism needs ten.
    pub sasl_rounds: u32,
    /// All octets that a peer sends in one AUTHENTICATE exchange. 64 KiB, as Dovecot has it.
    pub sasl: usize,
    /// Responses that may not come in the state of the session, before a client gives the connection up; also those that it puts
    /// up with, by [`Leniency::UNKNOWN_TAG`] and [`Leniency::EXTRA_CONTINUATION`]. Not octets: 1,000 of them in a session.
    pub unexpected: u32,
    /// What may wait to be written; what would make it more is refused. 1 MiB: a caller that writes between its calls
    /// never has so much, and what it gives in one piece counts when there is something before it.
    pub output: usize,
}

impl Limits {
    /// For bytes that are all there.
    pub(crate) const NONE: Self = Self {
        command: usize::MAX,
        command_authenticated: usize::MAX,
        auth_line: usize::MAX,
        response: usize::MAX,
        inline_literal: usize::MAX,
        literal: u64::MAX,
        literal_authenticated: u64::MAX,
        literals: u32::MAX,
        discard: usize::MAX,
        discard_authenticated: usize::MAX,
        pipelined: usize::MAX,
        errors: u32::MAX,
        errors_authenticated: u32::MAX,
        sasl_rounds: u32::MAX,
        sasl: usize::MAX,
        unexpected: u32::MAX,
        output: usize::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            command: 8 * 1024,
            command_authenticated: 64 * 1024,
            auth_line: 64 * 1024,
            response: 1024 * 1024,
            inline_literal: 64 * 1024,
            literal: 4 * 1024,
            literal_authenticated: 64 * 1024 * 1024,
            literals: 1_000,
            discard: 64 * 1024,
            discard_authenticated: 1024 * 1024,
            pipelined: 4,
            errors: 3,
            errors_authenticated: 20,
            sasl_rounds: 32,
            sasl: 64 * 1024,
            unexpected: 1_000,
            output: 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Expected;
    use crate::wire::{self, Cx, Parsed, Wire, Writer};
    use alloc::vec::Vec;

    #[test]
    fn sets() {
        let set = Leniency::ZERO.union(Leniency::XLIST);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Leniency::ZERO, Leniency::XLIST]);
        assert_eq!(set.without(Leniency::ZERO), Leniency::XLIST);
        assert!(set.contains(Leniency::XLIST) && !set.contains(Leniency::RAW_8BIT) && !set.is_empty());
        assert_eq!(alloc::format!("{set:?}"), r#"["ZERO", "XLIST"]"#);
        assert_eq!(Leniency::ALL.iter().count(), Leniency::ALL.0.count_ones() as usize);
    }

    /// `x`, and with ZERO also `y`, with ZERO or XLIST also `w`. With XLIST alone `v` means something else, and `u` ends
    /// elsewhere.
    #[derive(Debug, PartialEq)]
    struct X {
        other: bool,
    }

    const X: X = X { other: false };

    impl<'a> Wire<'a> for X {
        fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
            let (zero, xlist) = (cx.tolerates(Leniency::ZERO), cx.tolerates(Leniency::XLIST));
            match input {
                [b'x', rest @ ..] => Ok((rest, X)),
                [b'y', rest @ ..] if zero => Ok((rest, X)),
                [b'w', rest @ ..] if zero || xlist => Ok((rest, X)),
                [b'v', rest @ ..] if zero || xlist => Ok((rest, X { other: !zero })),
                [b'u', rest @ ..] if zero => Ok((rest, X)),
                [b'u', _, rest @ ..] if xlist => Ok((rest, X)),
                _ => wire::Fail::at(input, Expected::Syntax),
            }
        }

        fn encode(&self, out: &mut Writer<'_>) {
            out.put("x");
        }
    }

    #[test]
    fn what_was_needed_is_told() {
        let error = ParseError { expected: Expected::Syntax, offset: 0 };
        let dialect = Dialect::TOLERANT;
        assert_eq!(wire::lenient::<X>(b"xy", dialect), Ok((&b"y"[..], X, None)));
        let tolerated = Tolerated { leniency: Leniency::ZERO, error };
        assert_eq!(wire::lenient::<X>(b"y", dialect), Ok((&b""[..], X, Some(tolerated))));
        // Either would do: one is told.
        let tolerated = Tolerated { leniency: Leniency::XLIST, error };
        assert_eq!(wire::lenient::<X>(b"w", dialect), Ok((&b""[..], X, Some(tolerated))));
        // What changes the value, or where it ends, is needed.
        let tolerated = Tolerated { leniency: Leniency::ZERO, error };
        assert_eq!(wire::lenient::<X>(b"v", dialect), Ok((&b""[..], X, Some(tolerated))));
        assert_eq!(wire::lenient::<X>(b"uu", dialect), Ok((&b"u"[..], X, Some(tolerated))));
        assert_eq!(wire::lenient::<X>(b"z", dialect), Err(error));
        assert_eq!(wire::lenient::<X>(b"y", Dialect::default()), Err(error));
    }
}
