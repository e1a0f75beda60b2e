//! Authentication ([RFC 9051 section 6.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.2)): AUTHENTICATE, LOGIN, the
//! lines of an exchange, and the credentials that the built-in mechanisms take. Any other mechanism is bytes in and bytes
//! out.
//!
//! ```
//! use imap_proto::auth::{Credentials, Mechanism, Plain};
//!
//! let credentials = Credentials::from(Plain::new("", "user", "pass")?);
//! assert_eq!(credentials.mechanism(), Mechanism::PLAIN);
//! assert_eq!(credentials.answer(0).unwrap().as_bytes(), b"\0user\0pass");
//! # Ok::<_, imap_proto::ValueError>(())
//! ```

#[allow(dead_code)] // what only SMTP asks for: the file is the same in both crates
mod base64;
mod credentials;
#[allow(dead_code)] // as above
mod mechanism;
#[allow(dead_code)] // as above
mod secret;

use bytes::BytesMut;

pub use self::credentials::{Anonymous, Credentials, External, Login, OauthBearer, Plain, XOauth2};
pub use self::mechanism::Mechanism;
pub use self::secret::Secret;

use crate::error::{Expected, ParseError};
use crate::grammar::class::space;
use crate::grammar::string::{AString, astring};
use crate::options::Dialect;
use crate::response::crlf;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, octet, part, plain};

part! {
    /// What AUTHENTICATE says.
    ///
    /// `PLAIN AHVzZXIAcGFzcw==`, `LOGIN`, `EXTERNAL =`
    ///
    /// The initial response is `None` when the client waits for a challenge first, and an empty [`Secret`] for `=`.
    /// It is canonical base64 on the wire. RFC 9051 section 6.2.2, RFC 4959.
    pub struct Authenticate<'a> {
        /// The mechanism that the client chose.
        pub mechanism: Mechanism<'a>,
        /// The client's first message, when it came with the command.
        pub initial_response: Option<Secret>,
    }
}

/// ```abnf
/// authenticate-arguments = auth-type [SP initial-resp]
/// initial-resp = base64 / "="
/// ```
impl<'a> Wire<'a> for Authenticate<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mechanism) = Mechanism::parse(input, cx)?;
        // White space with nothing behind it is left to whoever reads the end of the line.
        match rest {
            [b' ', after @ ..] if !matches!(after, [b'\r' | b'\n', ..] | []) => {}
            _ => return Ok((rest, Self { mechanism, initial_response: None })),
        }
        let (rest, ()) = space(rest, cx)?;
        let (rest, initial_response) = match rest {
            [b'=', rest @ ..] => (rest, Secret::default()),
            _ => match base64::parse(rest)? {
                (_, secret) if secret.is_empty() => return Fail::at(rest, Expected::Base64),
                read => read,
            },
        };
        Ok((rest, Self { mechanism, initial_response: Some(initial_response) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
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

part! {
    /// What LOGIN says: a user name and a password, in clear.
    ///
    /// `SMITH SESAME`
    ///
    /// RFC 9051 section 6.2.3.
    pub struct UserPassword<'a> {
        /// The user name.
        pub user: AString<'a>,
        /// The password; not to be seen.
        password: Secret,
    }
}

impl<'a> UserPassword<'a> {
    /// A user name and a password.
    ///
    /// # Errors
    /// A NUL in the password.
    pub fn new(user: AString<'a>, password: Secret) -> Result<Self, crate::ValueError> {
        AString::new(password.as_bytes())
            .map_err(|error| crate::ValueError { field: "password", ..error })?;
        Ok(Self { user, password })
    }

    /// The password.
    pub fn password(&self) -> &Secret {
        &self.password
    }
}

/// ```abnf
/// login-arguments = userid SP password
/// userid = astring
/// password = astring
/// ```
impl<'a> Wire<'a> for UserPassword<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, user) = AString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, password) = astring(rest, cx)?;
        Ok((rest, Self { user, password: Secret::new(password) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.user.encode(out);
        out.put(" ");
        out.astring(self.password.as_bytes());
    }
}

/// What a client sends in answer to a challenge: a line of its own.
///
/// `AHVzZXIAcGFzcw==` CRLF, or `*` CRLF to give up; a line of nothing but CRLF is an empty response.
/// RFC 9051 section 6.2.2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The mechanism's next message.
    Response(Secret),
    /// `*`: the client gives the exchange up.
    Cancel,
}

plain!(Answer);

impl Answer {
    /// Reads one line, with its CRLF, from the front of `input`.
    ///
    /// # Errors
    /// It is neither canonical base64 nor `*`.
    pub fn parse(input: &[u8], dialect: Dialect) -> Result<(&[u8], Self), ParseError> {
        wire::lenient(input, dialect).map(|(rest, answer, _)| (rest, answer))
    }

    /// Appends the line to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::new(out));
    }
}

/// ```abnf
/// answer = (base64 / "*") CRLF
/// ```
impl<'a> Wire<'a> for Answer {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'*', ..] = input {
            let (rest, ()) = octet(input, b'*', Expected::Base64)?;
            return Ok((crlf(rest, cx)?.0, Self::Cancel));
        }
        let (rest, response) = base64::parse(input)?;
        Ok((crlf(rest, cx)?.0, Self::Response(response)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Response(response) => base64::encode(response, out),
            Self::Cancel => out.put("*"),
        }
        out.put("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Leniency;
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn authenticate<'a>(mechanism: Mechanism<'a>, response: Option<&str>) -> Authenticate<'a> {
        Authenticate { mechanism, initial_response: response.map(Secret::new) }
    }

    fn login<'a>(user: &'a str, password: &str) -> UserPassword<'a> {
        UserPassword::new(AString::new(user).unwrap(), Secret::new(password)).unwrap()
    }

    #[test]
    fn arguments() {
        check([
            ("PLAIN", authenticate(Mechanism::PLAIN, None)),
            ("EXTERNAL =", authenticate(Mechanism::EXTERNAL, Some(""))),
            ("PLAIN AHUAcA==", authenticate(Mechanism::PLAIN, Some("\0u\0p"))),
        ]);
        check_refused::<Authenticate<'_>, 7>([
            ("", 0),
            (" PLAIN", 0),
            ("PLAIN ", 5),
            ("PLAIN AAA", 6),
            ("PLAIN AA==x", 6),
            ("PLAIN =A", 7),
            ("PLAIN *", 6),
        ]);
        check_tolerated([(
            "PLAIN  AHUAcA==",
            authenticate(Mechanism::PLAIN, Some("\0u\0p")),
            Leniency::EXTRA_SPACE,
        )]);
        check([
            ("SMITH SESAME", login("SMITH", "SESAME")),
            ("\"a b\" {2}\r\n\r\n", login("a b", "\r\n")),
            ("\"\" \"NIL\"", login("", "NIL")),
        ]);
        check_refused::<UserPassword<'_>, 3>([("a", 1), ("a ", 2), ("a (", 2)]);
        assert_eq!(
            UserPassword::new(AString::new("a").unwrap(), Secret::new("\0")).unwrap_err().field,
            "password"
        );
    }

    #[test]
    fn lines_of_the_exchange() {
        let response = |text: &str| Answer::Response(Secret::new(text));
        check([("*\r\n", Answer::Cancel), ("\r\n", response("")), ("Zm9v\r\n", response("foo"))]);
        check_refused::<Answer, 5>([
            ("=\r\n", 0),
            ("**\r\n", 1),
            ("Zm9v \r\n", 4),
            ("Zm9\r\n", 0),
            ("Zm9v\n", 4),
        ]);
        for line in [&b"Zm9v \r\n"[..], b"Zm9v\n"] {
            assert_eq!(Answer::parse(line, Dialect::TOLERANT), Ok((&b""[..], response("foo"))));
        }
    }

    #[test]
    fn sec_67_no_secret_is_shown() {
        let shown = alloc::format!(
            "{:?}{:?}",
            login("user", "hunter2"),
            authenticate(Mechanism::PLAIN, Some("hunter2"))
        );
        assert!(!shown.contains("hunter2") && shown.contains("user"), "{shown}");
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            name in "[A-Za-z0-9_-]{1,20}",
            response: Option<Vec<u8>>,
            password in proptest::collection::vec(1u8.., 0..20),
        ) {
            round_trip(&Authenticate {
                mechanism: Mechanism::try_from(name.as_str()).unwrap().into_owned(),
                initial_response: response.clone().map(Secret::new),
            });
            round_trip(&UserPassword::new(AString::new(name).unwrap(), Secret::new(password)).unwrap());
            round_trip(&Answer::Response(Secret::new(response.unwrap_or_default())));
        }
    }
}
