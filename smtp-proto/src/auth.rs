//! Authentication ([RFC 4954](https://www.rfc-editor.org/rfc/rfc4954)): the AUTH command, the lines of an exchange,
//! and the credentials that the built-in mechanisms take. Any other mechanism is bytes in and bytes out.
//!
//! ```
//! use smtp_proto::auth::{Credentials, Mechanism, Plain};
//!
//! let credentials = Credentials::from(Plain::new("", "user", "pass")?);
//! assert_eq!(credentials.mechanism(), Mechanism::PLAIN);
//! assert_eq!(credentials.answer(0).unwrap().as_bytes(), b"\0user\0pass");
//! # Ok::<_, smtp_proto::ValueError>(())
//! ```

mod base64;
mod credentials;
mod mechanism;
mod secret;

use bytes::BytesMut;

pub use self::credentials::{Anonymous, Credentials, External, Login, OauthBearer, Plain, XOauth2};
pub use self::mechanism::Mechanism;
pub use self::secret::Secret;

use crate::error::{Expected, ParseError};
use crate::grammar::line::{end_of_line, is_blank, space};
use crate::options::{Dialect, Leniency};
use crate::wire::{self, Cx, Parsed, Wire, Writer, part, plain};

part! {
    /// What the AUTH command says.
    ///
    /// `PLAIN AHVzZXIAcGFzcw==`, `LOGIN`, `EXTERNAL =`
    ///
    /// The initial response is `None` when the client waits for a challenge first, and an empty [`Secret`] for `=`.
    /// It is canonical base64 on the wire. RFC 4954 section 4.
    pub struct Auth<'a> {
        /// The mechanism that the client chose.
        pub mechanism: Mechanism<'a>,
        /// The client's first message, when it came with the command.
        pub initial_response: Option<Secret>,
    }
}

impl Auth<'_> {
    /// How many octets the command takes: `AUTH`, the arguments and CRLF.
    pub(crate) fn line_len(&self) -> usize {
        let response = match &self.initial_response {
            None => 0,
            Some(secret) if secret.is_empty() => 2,
            Some(secret) => base64::encoded_len(secret.len()).saturating_add(1),
        };
        response.saturating_add(self.mechanism.as_str().len()).saturating_add("AUTH \r\n".len())
    }
}

/// ```abnf
/// auth-arguments = SP sasl-mech [SP initial-response]
/// initial-response = base64 / "="
/// ```
impl<'a> Wire<'a> for Auth<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = space(input, cx)?;
        let (rest, mechanism) = Mechanism::parse(rest, cx)?;
        // White space with nothing behind it is left to whoever reads the end of the line.
        if !rest.starts_with(b" ") || is_blank(rest) {
            return Ok((rest, Self { mechanism, initial_response: None }));
        }
        let (rest, ()) = space(rest, cx)?;
        let (rest, initial_response) = match rest.split_at_checked(1) {
            Some((b"=", rest)) => (rest, Secret::default()),
            _ => base64::parse(rest)?,
        };
        Ok((rest, Self { mechanism, initial_response: Some(initial_response) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(" ");
        self.mechanism.encode(out);
        match &self.initial_response {
            None => {}
            Some(empty) if empty.is_empty() => out.put(" ="),
            Some(secret) => {
                out.put(" ");
                base64::encode(secret, out);
            }
        }
    }
}

/// What a client sends in answer to a challenge: a line of its own.
///
/// `AHVzZXIAcGFzcw==` CRLF, or `*` CRLF to give up; a line of nothing but CRLF is an empty response. At most
/// [`Limits::auth_line`](crate::Limits::auth_line) octets. RFC 4954 section 4.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The mechanism's next message.
    Response(Secret),
    /// `*`: the client gives the exchange up.
    Cancel,
}

impl Answer {
    /// Reads one line, with its CRLF, from the front of `input`.
    ///
    /// # Errors
    /// It is neither canonical base64 nor `*`.
    pub fn parse(input: &[u8], dialect: Dialect) -> Result<(&[u8], Self), ParseError> {
        wire::unreported(input, dialect)
    }

    /// Appends the line to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::new(out));
    }

    /// How many octets the line takes, CRLF included.
    pub(crate) fn line_len(&self) -> usize {
        match self {
            Self::Response(secret) => base64::encoded_len(secret.len()).saturating_add(2),
            Self::Cancel => 3,
        }
    }
}

/// ```abnf
/// answer = ([base64] / "*") CRLF
/// ```
impl<'a> Wire<'a> for Answer {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'*', rest @ ..] = input {
            let (rest, ()) = end_of_line(rest, cx)?;
            return Ok((rest, Self::Cancel));
        }
        let (rest, response) = base64::parse(input)?;
        let (rest, ()) = end_of_line(rest, cx)?;
        Ok((rest, Self::Response(response)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Response(response) => base64::encode(response, out),
            Self::Cancel => out.put("*"),
        }
        out.put("\r\n");
    }
}

/// What a server sends to have the next message of the client: the reply 334.
///
/// `334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+` CRLF, empty `334 ` CRLF. RFC 4954 section 4.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Challenge(pub Secret);

impl Challenge {
    /// Reads one line, with its CRLF, from the front of `input`.
    ///
    /// An empty challenge may stand without the space behind the code.
    ///
    /// # Errors
    /// It is not canonical base64: the client must then give the exchange up (RFC 4954 section 4).
    pub fn parse(input: &[u8], dialect: Dialect) -> Result<(&[u8], Self), ParseError> {
        wire::unreported(input, dialect)
    }

    /// Appends the line to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::new(out));
    }
}

/// ```abnf
/// continue-req = "334" [SP [base64]] CRLF
/// ```
impl<'a> Wire<'a> for Challenge {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = wire::word(input, b"334", Expected::ReplyCode)?;
        // Yandex sends no space before an empty challenge.
        let Some(rest) = rest.strip_prefix(b" ") else {
            let (rest, ()) = end_of_reply(rest, cx)?;
            return Ok((rest, Self(Secret::default())));
        };
        let (rest, challenge) = base64::parse(rest)?;
        let (rest, ()) = end_of_reply(rest, cx)?;
        Ok((rest, Self(challenge)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("334 ");
        base64::encode(&self.0, out);
        out.put("\r\n");
    }
}

plain!(Answer, Challenge);

/// The end of a reply's line.
fn end_of_reply(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    match input {
        [b'\r', b'\r', b'\n', rest @ ..] if cx.tolerates(Leniency::EXTRA_CR) => Ok((rest, ())),
        _ => end_of_line(input, cx),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, encoded_bytes, round_trip};
    use crate::wire::exact;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn auth<'a>(mechanism: Mechanism<'a>, response: Option<&str>) -> Auth<'a> {
        Auth { mechanism, initial_response: response.map(Secret::new) }
    }

    #[test]
    fn arguments() {
        check([
            (" PLAIN", auth(Mechanism::PLAIN, None)),
            (" EXTERNAL =", auth(Mechanism::EXTERNAL, Some(""))),
            (" plain AHUAcA==", auth(Mechanism::try_from("plain").unwrap(), Some("\0u\0p"))),
            (" X_9-Z Zg==", auth(Mechanism::try_from("X_9-Z").unwrap(), Some("f"))),
        ]);
        check_refused::<Auth<'_>, 11>([
            ("", 0),
            ("=PLAIN AAA=", 0), // row 40
            ("  PLAIN", 1),
            (" PLAIN  AAA=", 7),
            (" PLAIN ", 6),
            (" PLAIN *", 7),
            (" PLAIN AAA", 7),
            (" PLAIN AA==x", 7),
            (" PLAIN =A", 8),
            (" ABCDEFGHIJKLMNOPQRSTU", 1),
            (" PL\u{c4}IN", 3),
        ]);
    }

    #[test]
    fn two_spaces_are_tolerated() {
        let dialect = Dialect { leniency: Leniency::EXTRA_SPACE };
        let read = exact::<Auth<'_>>(b"  PLAIN  AHUAcA==", dialect);
        assert_eq!(read, Ok(auth(Mechanism::PLAIN, Some("\0u\0p"))));
        assert!(exact::<Auth<'_>>(b"=PLAIN AHUAcA==", Dialect::TOLERANT).is_err());
    }

    #[test]
    fn lines_of_the_exchange() {
        let response = |text: &str| Answer::Response(Secret::new(text));
        check([("*\r\n", Answer::Cancel), ("\r\n", response("")), ("Zm9v\r\n", response("foo"))]);
        check_refused::<Answer, 6>([
            ("=\r\n", 0),
            ("**\r\n", 1),
            ("* \r\n", 1),
            ("Zm9v \r\n", 4),
            ("Zm9\r\n", 0),
            ("Zm9v\n", 4),
        ]);
        for line in [&b"Zm9v \r\n"[..], b"Zm9v\n", b"Zm9v \n"] {
            assert_eq!(Answer::parse(line, Dialect::TOLERANT), Ok((&b""[..], response("foo"))));
        }
        for answer in [Answer::Cancel, response(""), response("foo"), response("fo")] {
            assert_eq!(answer.line_len(), encoded_bytes(&answer).len());
        }
    }

    #[test]
    fn challenges() {
        let challenge = |text: &str| Challenge(Secret::new(text));
        check([("334 \r\n", challenge("")), ("334 Zm9v\r\n", challenge("foo"))]);
        // Row 64: Yandex.
        assert_eq!(exact::<Challenge>(b"334\r\n", Dialect::STRICT), Ok(challenge("")));
        check_refused::<Challenge, 4>([
            ("334 Username:\r\n", 4),
            ("334-Zm9v\r\n", 3),
            ("334 Zm9v\r\n334 Zm9v\r\n", 10),
            ("335 Zm9v\r\n", 0),
        ]);
        assert_eq!(exact::<Challenge>(b"334 Zm9v\r\r\n", Dialect::TOLERANT), Ok(challenge("foo")));
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(name in "[A-Za-z0-9_-]{1,20}", response: Option<Vec<u8>>) {
            let auth = Auth {
                mechanism: Mechanism::try_from(name.as_str()).unwrap().into_owned(),
                initial_response: response.clone().map(Secret::new),
            };
            round_trip(&auth);
            prop_assert_eq!(auth.line_len(), "AUTH\r\n".len() + encoded_bytes(&auth).len());
            let secret = Secret::new(response.unwrap_or_default());
            round_trip(&Answer::Response(secret.clone()));
            round_trip(&Challenge(secret));
        }
    }
}
