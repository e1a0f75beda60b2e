//! Commands ([RFC 5321 section 4.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.1)): one line each.

use alloc::borrow::Cow;
use core::fmt;

use bytes::BytesMut;

pub use crate::grammar::mail::{Hello, Mail, Rcpt, Vrfy};
pub use crate::registry::Command;

use crate::ehlo::Extension;
use crate::error::{Expected, ParseError, ValueError};
use crate::grammar::line::end_of_line;
use crate::options::{Dialect, Tolerated};
use crate::registry::Rows;
use crate::text::{CLASS, KEYWORD, Text};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part, run};

impl<'a> Command<'a> {
    /// Reads one command, with the CRLF that ends its line, from the front of `input`.
    ///
    /// ```
    /// use smtp_proto::{Command, Dialect};
    ///
    /// let wire = b"MAIL FROM:<user@example.org>\r\nDATA\r\n";
    /// let (rest, command) = Command::parse(wire, Dialect::STRICT)?;
    /// assert!(matches!(command, Command::Mail(mail) if mail.from.to_string() == "<user@example.org>"));
    /// assert_eq!(Command::parse(rest, Dialect::STRICT)?, (&b""[..], Command::Data));
    /// # Ok::<(), smtp_proto::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// What the grammar expected, and where. A line without its CRLF is one of them: this reads what a framer has
    /// found to be whole.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], Self), ParseError> {
        wire::unreported(input, dialect).map(|(rest, Line(command))| (rest, command))
    }

    /// Like [`parse`](Self::parse), and says what was tolerated.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[allow(clippy::type_complexity)] // rest, value, what was tolerated: a struct would have one user
    pub fn parse_reporting(
        input: &'a [u8],
        dialect: Dialect,
    ) -> Result<(&'a [u8], Self, Option<Tolerated>), ParseError> {
        wire::lenient(input, dialect).map(|(rest, Line(command), tolerated)| (rest, command, tolerated))
    }

    /// Appends the command's line, with its CRLF, to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        let mut out = Writer::new(out);
        Wire::encode(self, &mut out);
        out.put("\r\n");
    }

    /// What has to be offered for it to be used; of those that RFC 5321 has itself, nothing.
    pub(crate) fn extension(&self) -> Option<Extension> {
        match self {
            Self::Vrfy(_) | Self::Expn(_) | Self::Help(_) => None,
            Self::Bdat(_) => Some(Extension::Chunking),
            // Others have the keyword of their extension.
            _ => Extension::of(self.keyword().as_bytes()),
        }
    }
}

/// The line without its CRLF, for logs: other octets than printable ASCII escaped, secrets left out.
impl fmt::Display for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(auth) if auth.initial_response.is_some() => {
                return write!(f, "AUTH {} …", auth.mechanism.as_str());
            }
            Self::Burl(burl) if burl.public_url() != burl.url() => {
                return write!(f, "BURL {} …", burl.public_url());
            }
            _ => {}
        }
        let mut line = BytesMut::new();
        Wire::encode(self, &mut Writer::new(&mut line));
        write!(f, "{}", line.escape_ascii())
    }
}

/// A command and the end of its line.
#[derive(PartialEq)]
struct Line<'a>(Command<'a>);

/// ```abnf
/// line = command CRLF
/// ```
impl<'a> Wire<'a> for Line<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, command) = Wire::parse(input, cx)?;
        let (rest, ()) = end_of_line(rest, cx)?;
        Ok((rest, Self(command)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Wire::encode(&self.0, out);
        out.put("\r\n");
    }
}

/// Takes what may be a verb with a row. Four octets may be any: only letters have the key of a row, and what has no row
/// is read again as [`verb`].
#[inline]
pub(crate) fn front(input: &[u8]) -> Parsed<'_, &[u8]> {
    match input.split_at_checked(4) {
        Some((four, rest @ [b' ' | b'\r', ..])) => Ok((rest, four)),
        _ => verb(input),
    }
}

/// ```abnf
/// verb = ALPHA *(ALPHA / DIGIT / "-")
/// ```
fn verb(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (verb, rest) = run(input, &CLASS, KEYWORD);
    match (verb, rest) {
        ([b'A'..=b'Z' | b'a'..=b'z', ..], [] | [b' '..=b'~', ..] | [b'\r', b'\n', ..] | [b'\n', ..]) => {
            Ok((rest, verb))
        }
        ([_, ..], [b'\r', ..]) => Fail::at(rest, Expected::Crlf),
        ([b'A'..=b'Z' | b'a'..=b'z', ..], _) => Fail::at(rest, Expected::Verb),
        _ => Fail::at(input, Expected::Verb),
    }
}

part! {
    /// A command whose verb has no row in this crate.
    ///
    /// `XEXCH50 2048 2`, `FROBNICATE`
    ///
    /// RFC 5321 section 4.1.
    pub struct Unknown<'a> {
        verb: Cow<'a, str>,
        arguments: Option<Text<'a>>,
    }
}

impl<'a> Unknown<'a> {
    /// A command of a private extension.
    ///
    /// # Errors
    /// `verb` is not a letter followed by letters, digits and hyphens, or it is one that [`Command`] has a variant
    /// for.
    pub fn new(verb: &'a str, arguments: Option<Text<'a>>) -> Result<Self, ValueError> {
        let bad = |offset| ValueError { field: "verb", expected: Expected::Verb, offset };
        match self::verb(verb.as_bytes()) {
            Ok(([], _)) if Command::has_row(verb.as_bytes()) => Err(bad(0)),
            Ok(([], _)) => Ok(Self { verb: Cow::Borrowed(verb), arguments }),
            Ok((rest, _)) => Err(bad(verb.len().saturating_sub(rest.len()))),
            Err(error) => Err(wire::fail(error, verb.as_bytes()).in_field("verb")),
        }
    }

    /// The verb as written.
    pub fn verb(&self) -> &str {
        &self.verb
    }

    /// What stands behind the verb and its space.
    pub fn arguments(&self) -> Option<&Text<'a>> {
        self.arguments.as_ref()
    }

    pub(crate) fn keyword(&self) -> &str {
        &self.verb
    }
}

/// ```abnf
/// unknown = verb [ SP String ]
/// ```
impl<'a> Wire<'a> for Unknown<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, verb) = verb(input)?;
        // Letters, digits and hyphens are UTF-8.
        let verb = Cow::Borrowed(core::str::from_utf8(verb).unwrap_or_default());
        let (rest, arguments) = Wire::parse(rest, cx)?;
        match rest {
            // What is glued to a verb makes it another one, and not a better one.
            [b'!'..=b'~', ..] => Fail::at(rest, Expected::Verb),
            _ => Ok((rest, Self { verb, arguments })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.verb.as_bytes());
        self.arguments.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{Domain, ForwardPath, ReversePath};
    use crate::auth::{Auth, Mechanism, Secret};
    use crate::options::Leniency;
    use crate::testing::{check, check_refused, round_trip};
    use crate::text;
    use alloc::format;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn hello(name: &str) -> Hello<'_> {
        Domain::parse(name).unwrap().into()
    }

    fn unknown<'a>(verb: &'a str, arguments: Option<Text<'a>>) -> Command<'a> {
        Command::Other(Unknown::new(verb, arguments).unwrap())
    }

    #[test]
    fn commands() {
        let mail = |from| Mail::new(ReversePath::parse(from).unwrap());
        let rcpt = |to| Rcpt::new(ForwardPath::parse(to).unwrap());
        let vrfy = |what, smtputf8| Vrfy::new(what, smtputf8).unwrap();
        let plain = Auth { mechanism: Mechanism::PLAIN, initial_response: Some(Secret::new("\0u\0p")) };
        check([
            ("EHLO client.example.org", Command::Ehlo(hello("client.example.org"))),
            ("HELO [192.0.2.1]", Command::Helo(hello("[192.0.2.1]"))),
            ("LHLO a", Command::Lhlo(hello("a"))),
            ("MAIL FROM:<>", Command::Mail(mail("<>"))),
            ("MAIL FROM:<a@b>", Command::Mail(mail("<a@b>"))),
            ("RCPT TO:<Postmaster>", Command::Rcpt(rcpt("<Postmaster>"))),
            ("RCPT TO:<@x:a@b>", Command::Rcpt(rcpt("<@x:a@b>"))),
            ("DATA", Command::Data),
            ("RSET", Command::Rset),
            ("VRFY user", Command::Vrfy(vrfy(text!("user"), false))),
            ("VRFY a b SMTPUTF8", Command::Vrfy(vrfy(text!("a b"), true))),
            ("EXPN SMTPUTF8", Command::Expn(vrfy(text!("SMTPUTF8"), false))),
            ("HELP", Command::Help(None)),
            ("HELP MAIL", Command::Help(Some(text!("MAIL")))),
            ("NOOP", Command::Noop(None)),
            ("NOOP  x ", Command::Noop(Some(text!(" x ")))),
            ("QUIT", Command::Quit),
            ("SEND FROM:<a@b>", Command::Send(mail("<a@b>"))),
            ("SOML FROM:<a@b>", Command::Soml(mail("<a@b>"))),
            ("SAML FROM:<a@b>", Command::Saml(mail("<a@b>"))),
            ("TURN", Command::Turn),
            ("STARTTLS", Command::StartTls),
            ("AUTH LOGIN", Command::Auth(Auth { mechanism: Mechanism::LOGIN, initial_response: None })),
            ("AUTH PLAIN AHUAcA==", Command::Auth(plain)),
            ("VERB ON", Command::Verb(Some(text!("ON")))),
            ("ONEX", Command::Onex),
            ("XEXCH50 2048 2", unknown("XEXCH50", Some(text!("2048 2")))),
            ("X-frob", unknown("X-frob", None)),
            ("STARTTLSfoo", unknown("STARTTLSfoo", None)),
            ("GET / HTTP/1.1", unknown("GET", Some(text!("/ HTTP/1.1")))),
        ]);
    }

    #[test]
    fn lines() {
        for line in [&b"data\r\n"[..], b"dAtA\r\n", b"DATA\r\nQUIT\r\n"] {
            let rest = &line[6..];
            assert_eq!(Command::parse(line, Dialect::STRICT), Ok((rest, Command::Data)));
        }
        let frob = Unknown::new("X-frob", Some(text!("a b"))).unwrap();
        assert_eq!((frob.verb(), frob.arguments()), ("X-frob", Some(&text!("a b"))));
        let tolerated = Dialect { leniency: Leniency::LOOSE_HELLO_NAME };
        for (line, domain) in [(&b"EHLO [192.0.2.1]\r\n"[..], Some("[192.0.2.1]")), (b"EHLO my_pc\r\n", None)]
        {
            let Ok((_, Command::Ehlo(hello))) = Command::parse(line, tolerated) else { panic!() };
            assert_eq!(hello.domain().as_ref().map(Domain::as_str), domain, "{}", line.escape_ascii());
        }
        for (line, expected, offset) in [
            (&b"DATA"[..], Expected::Crlf, 4),
            (b"DATA\r", Expected::Crlf, 4),
            (b"DATA\n", Expected::Crlf, 4),
            (b"DA\rTA\r\n", Expected::Crlf, 2),
            (b"NOOP a\rb\r\n", Expected::Crlf, 6),
            (b"NOOP a\nb\r\n", Expected::Crlf, 6),
            (b"NOOP a\0b\r\n", Expected::Crlf, 6),
            (b"DATA \r\n", Expected::End, 4),
            (b"DATA x\r\n", Expected::End, 4),
            (b"\r\n", Expected::Verb, 0),
            (b" DATA\r\n", Expected::Verb, 0),
            (b"DA\0TA\r\n", Expected::Verb, 2),
            (b"\x16\x03\x01", Expected::Verb, 0),
        ] {
            let error = Command::parse(line, Dialect::STRICT).unwrap_err();
            assert_eq!((error.expected, error.offset), (expected, offset), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn only_its_letters_are_a_verb() {
        for (line, row) in
            [("DATA\r\n", Command::Data), ("RSET\r\n", Command::Rset), ("QUIT\r\n", Command::Quit)]
        {
            for place in 0..4 {
                for octet in 0..=255 {
                    let mut octets = line.as_bytes().to_vec();
                    let same = octets[place].eq_ignore_ascii_case(&octet);
                    octets[place] = octet;
                    let read = Command::parse(&octets, Dialect::TOLERANT);
                    assert_eq!(read == Ok((&b""[..], row.clone())), same, "{}", octets.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn sec_33_only_a_leniency_ends_a_line_at_lf() {
        let wire = b"NOOP a\nMAIL FROM:<x@y>\r\n";
        assert!(Command::parse(wire, Dialect::STRICT).is_err());
        let without = Dialect { leniency: Leniency::ALL.without(Leniency::BARE_LF) };
        assert!(Command::parse(wire, without).is_err());
        let with = Dialect { leniency: Leniency::BARE_LF };
        let (rest, command, tolerated) = Command::parse_reporting(wire, with).unwrap();
        assert_eq!((rest, command), (&wire[7..], Command::Noop(Some(text!("a")))));
        let error = ParseError { expected: Expected::Crlf, offset: 6 };
        assert_eq!(tolerated, Some(Tolerated { leniency: Leniency::BARE_LF, error }));
    }

    #[test]
    fn refused() {
        check_refused::<Command<'_>, 9>([
            ("EHLO", 4),
            ("EHLO ", 4),
            ("EHLO  a", 5),
            ("EHLO my_pc", 5),
            ("MAIL", 4),
            ("MAIL TO:<a@b>", 5),
            ("RCPT TO:", 8),
            ("VRFY", 4),
            ("FROB:x", 4),
        ]);
        assert_eq!(Unknown::new("dAtA", None).unwrap_err().offset, 0);
        assert_eq!(Unknown::new("X Y", None).unwrap_err().offset, 1);
        assert_eq!(Unknown::new("9X", None).unwrap_err().offset, 0);
        assert_eq!(Unknown::new("X\r", None).unwrap_err().offset, 1);
        assert_eq!(Vrfy::new(text!("a smtputf8"), false).unwrap_err().offset, 1);
        assert!(Vrfy::new(Text::new("a".repeat(1_992).into_bytes()).unwrap(), true).is_err());
    }

    #[test]
    fn sec_67_no_secret_is_shown() {
        let wire = b"AUTH PLAIN AHUAc2VjcmV0\r\n";
        let (_, command) = Command::parse(wire, Dialect::STRICT).unwrap();
        assert_eq!(format!("{command}"), "AUTH PLAIN …");
        let shown = format!("{command:?}");
        assert!(!shown.contains("secret") && !shown.contains("AHUA"), "{shown}");
        let wire = b"BURL imap://h@a/b;UID=2;URLAUTH=submit+h:internal:91354a LAST\r\n";
        let (_, command) = Command::parse(wire, Dialect::STRICT).unwrap();
        assert_eq!(format!("{command}"), "BURL imap://h@a/b;UID=2 …");
        let (_, command) = Command::parse(b"NOOP \xe9\r\n", Dialect::STRICT).unwrap();
        assert_eq!(format!("{command}"), "NOOP \\xe9");
    }

    /// Any command.
    fn any_command() -> impl Strategy<Value = Command<'static>> {
        use crate::grammar::{domain::tests::any_domain, path::tests::any_path};
        let text = || "[ -~\u{e9}]{1,20}".prop_map(|text| Text::new(text.into_bytes()).unwrap());
        prop_oneof![
            any_domain().prop_map(|name| Command::Ehlo(name.into())),
            any_path().prop_map(|path| Command::Mail(Mail::new(ReversePath::Path(path)))),
            any_path().prop_map(|path| Command::Rcpt(Rcpt::new(ForwardPath::Path(path)))),
            proptest::option::of(text()).prop_map(Command::Noop),
            (text(), any::<bool>()).prop_filter_map("ends in SMTPUTF8", |(what, smtputf8)| {
                Vrfy::new(what, smtputf8).ok().map(Command::Vrfy)
            }),
            ("[A-Za-z][A-Za-z0-9-]{0,30}", proptest::option::of(text())).prop_filter_map(
                "has a row",
                |(verb, text)| Unknown::new(&verb, text)
                    .ok()
                    .map(|command| Command::Other(command.into_owned()))
            ),
        ]
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(command in any_command()) {
            round_trip(&command);
            let mut line = BytesMut::new();
            command.encode(&mut line);
            prop_assert_eq!(Command::parse(&line, Dialect::STRICT), Ok((&b""[..], command)));
        }

        #[test]
        fn any_octets_are_a_command_or_an_error(
            octets: Vec<u8>,
            text in "(EHLO|MAIL FROM:|RCPT TO:|VRFY|X)[ <>a@\"\\\\.\r\n]{0,12}",
        ) {
            for octets in [&octets[..], text.as_bytes()] {
                let line = [octets, b"\r\n"].concat();
                for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                    if let Ok((rest, command)) = Command::parse(&line, dialect) {
                        let mut wire = BytesMut::new();
                        command.encode(&mut wire);
                        prop_assert_eq!(Command::parse(&wire, dialect), Ok((&b""[..], command)));
                        prop_assert!(line.ends_with(rest));
                    }
                }
            }
        }
    }
}
