//! The built-in mechanisms: what they take, and their messages.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Mechanism, Secret};
use crate::error::{Expected, ParseError, ValueError};

/// Who the client is and how it proves it, for one of the built-in mechanisms.
///
/// RFC 4422 section 4.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// `PLAIN`.
    Plain(Plain),
    /// `LOGIN`.
    Login(Login),
    /// `EXTERNAL`.
    External(External),
    /// `ANONYMOUS`.
    Anonymous(Anonymous),
    /// `XOAUTH2`.
    XOauth2(XOauth2),
    /// `OAUTHBEARER`.
    OauthBearer(OauthBearer),
}

impl Credentials {
    /// The mechanism they are for.
    pub fn mechanism(&self) -> Mechanism<'static> {
        match self {
            Self::Plain(_) => Mechanism::PLAIN,
            Self::Login(_) => Mechanism::LOGIN,
            Self::External(_) => Mechanism::EXTERNAL,
            Self::Anonymous(_) => Mechanism::ANONYMOUS,
            Self::XOauth2(_) => Mechanism::XOAUTH2,
            Self::OauthBearer(_) => Mechanism::OAUTHBEARER,
        }
    }

    /// The client's first message, when the mechanism begins with one of the client: it may stand in the
    /// command, and otherwise answers an empty challenge. `None` for LOGIN, which begins with one of the server.
    pub fn initial_response(&self) -> Option<Secret> {
        match self {
            Self::Login(_) => None,
            _ => self.answer(0),
        }
    }

    /// The client's message number `step`, from 0 and an initial response included; `None` to give up.
    ///
    /// No message depends on the challenge before it: of LOGIN's, servers agree on nothing but the order, and the
    /// challenge that the two OAuth mechanisms may send is the reason of the failure, which the client acknowledges.
    pub fn answer(&self, step: u32) -> Option<Secret> {
        match (self, step) {
            (Self::Plain(plain), 0) => Some(plain.message()),
            (Self::Login(login), 0) => Some(Secret::new(login.user.as_bytes())),
            (Self::Login(login), 1) => Some(login.password.clone()),
            (Self::External(external), 0) => Some(Secret::new(external.authzid.as_bytes())),
            (Self::Anonymous(anonymous), 0) => Some(Secret::new(anonymous.trace.as_bytes())),
            (Self::XOauth2(token), 0) => Some(token.message()),
            // What Google's and Microsoft's documents ask for.
            (Self::XOauth2(_), 1) => Some(Secret::default()),
            (Self::OauthBearer(token), 0) => Some(token.message()),
            // RFC 7628 section 3.2.3.
            (Self::OauthBearer(_), 1) => Some(Secret::new(&b"\x01"[..])),
            _ => None,
        }
    }
}

/// A row is a mechanism's struct.
macro_rules! variants {
    ($($type:ident),*) => {$(
        impl From<$type> for Credentials {
            fn from(credentials: $type) -> Self {
                Self::$type(credentials)
            }
        }
    )*};
}

variants!(Plain, Login, External, Anonymous, XOauth2, OauthBearer);

/// User name and password ([RFC 4616](https://www.rfc-editor.org/rfc/rfc4616)).
///
/// `authzid NUL authcid NUL password`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    authzid: String,
    authcid: String,
    password: Secret,
}

impl Plain {
    /// `authzid` is who to act as, empty for the user itself; `authcid` is the user.
    ///
    /// # Errors
    /// A NUL in any of them, or no user or no password.
    pub fn new(
        authzid: impl Into<String>,
        authcid: impl Into<String>,
        password: impl Into<Vec<u8>>,
    ) -> Result<Self, ValueError> {
        let (authzid, authcid, password) = (authzid.into(), authcid.into(), Secret::new(password));
        without("authzid", authzid.as_bytes(), is_nul)?;
        some("authcid", without("authcid", authcid.as_bytes(), is_nul)?)?;
        some("password", without("password", password.as_bytes(), is_nul)?)?;
        Ok(Self { authzid, authcid, password })
    }

    /// Reads the client's message, for a server.
    ///
    /// # Errors
    /// There are not three parts, the user or the password is empty, or a name is not UTF-8.
    pub fn parse(message: &[u8]) -> Result<Self, ParseError> {
        let syntax = |offset| ParseError { expected: Expected::Syntax, offset };
        let mut parts = message.splitn(3, |&octet| octet == 0);
        let (Some(authzid), Some(authcid), Some(password)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(syntax(message.len()));
        };
        let second = authzid.len().saturating_add(1);
        let third = second.saturating_add(authcid.len()).saturating_add(1);
        let utf8 = |part, start: usize| {
            core::str::from_utf8(part).map_err(|error| ParseError {
                expected: Expected::Utf8,
                offset: start.saturating_add(error.valid_up_to()),
            })
        };
        let (authzid, authcid) = (utf8(authzid, 0)?, utf8(authcid, second)?);
        Self::new(authzid, authcid, password).map_err(|error| match error.field {
            "authcid" => syntax(second),
            _ => syntax(third.saturating_add(error.offset)),
        })
    }

    /// Who to act as; empty for the user itself.
    pub fn authzid(&self) -> &str {
        &self.authzid
    }

    /// The user whose password it is.
    pub fn authcid(&self) -> &str {
        &self.authcid
    }

    /// The password.
    pub fn password(&self) -> &Secret {
        &self.password
    }

    /// The client's message.
    pub fn message(&self) -> Secret {
        concat(&[self.authzid.as_bytes(), b"\0", self.authcid.as_bytes(), b"\0", self.password.as_bytes()])
    }
}

/// User name and password, one after the other (draft-murchison-sasl-login).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    user: String,
    password: Secret,
}

impl Login {
    /// The two things the server asks for, in this order.
    ///
    /// # Errors
    /// No user, or a NUL in either.
    pub fn new(user: impl Into<String>, password: impl Into<Vec<u8>>) -> Result<Self, ValueError> {
        let (user, password) = (user.into(), Secret::new(password));
        some("user", without("user", user.as_bytes(), is_nul)?)?;
        without("password", password.as_bytes(), is_nul)?;
        Ok(Self { user, password })
    }
}

/// Who the channel says ([RFC 4422 appendix A](https://www.rfc-editor.org/rfc/rfc4422#appendix-A)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct External {
    authzid: String,
}

impl External {
    /// `authzid` is who to act as, empty for whoever the certificate names.
    ///
    /// # Errors
    /// A NUL.
    pub fn new(authzid: impl Into<String>) -> Result<Self, ValueError> {
        let authzid = authzid.into();
        without("authzid", authzid.as_bytes(), is_nul)?;
        Ok(Self { authzid })
    }
}

/// Nobody ([RFC 4505](https://www.rfc-editor.org/rfc/rfc4505)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anonymous {
    trace: String,
}

impl Anonymous {
    /// `trace` is what the server may log: an address or any text of at most 255 characters, or nothing.
    ///
    /// # Errors
    /// It is longer or holds a control character.
    pub fn new(trace: impl Into<String>) -> Result<Self, ValueError> {
        let trace = trace.into();
        without("trace", trace.as_bytes(), |octet| octet.is_ascii_control())?;
        match trace.char_indices().nth(255) {
            Some((offset, _)) => Err(ValueError { field: "trace", expected: Expected::Shorter, offset }),
            None => Ok(Self { trace }),
        }
    }
}

/// A bearer token, as Google and Microsoft take it.
///
/// `user=a@example.org ^A auth=Bearer token ^A ^A`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XOauth2 {
    user: String,
    token: Secret,
}

impl XOauth2 {
    /// The user's address, and a token for it.
    ///
    /// # Errors
    /// Either is empty or holds `^A` or another control character, or the token is not ASCII.
    pub fn new(user: impl Into<String>, token: impl Into<Vec<u8>>) -> Result<Self, ValueError> {
        let (user, token) = (user.into(), Secret::new(token));
        some("user", without("user", user.as_bytes(), |octet| octet.is_ascii_control())?)?;
        some("token", without("token", token.as_bytes(), is_no_token)?)?;
        Ok(Self { user, token })
    }

    fn message(&self) -> Secret {
        concat(&[b"user=", self.user.as_bytes(), b"\x01auth=Bearer ", self.token.as_bytes(), b"\x01\x01"])
    }
}

/// A bearer token ([RFC 7628](https://www.rfc-editor.org/rfc/rfc7628)).
///
/// `n,a=a@example.org, ^A host=mail.example.org ^A port=587 ^A auth=Bearer token ^A ^A`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthBearer {
    authzid: String,
    token: Secret,
    server: Option<(String, u16)>,
}

impl OauthBearer {
    /// `authzid` is who to act as, empty for whoever the token names.
    ///
    /// # Errors
    /// Either holds `^A` or another control character, or the token is empty or not ASCII.
    pub fn new(authzid: impl Into<String>, token: impl Into<Vec<u8>>) -> Result<Self, ValueError> {
        let (authzid, token) = (authzid.into(), Secret::new(token));
        without("authzid", authzid.as_bytes(), |octet| octet.is_ascii_control())?;
        some("token", without("token", token.as_bytes(), is_no_token)?)?;
        Ok(Self { authzid, token, server: None })
    }

    /// The same, with the name and port that the client connected to, as a server may want to check.
    ///
    /// # Errors
    /// `host` holds `^A` or another control character.
    pub fn at(mut self, host: impl Into<String>, port: u16) -> Result<Self, ValueError> {
        let host = host.into();
        without("host", host.as_bytes(), |octet| octet.is_ascii_control())?;
        self.server = Some((host, port));
        Ok(self)
    }

    fn message(&self) -> Secret {
        let mut head = String::from("n,");
        if !self.authzid.is_empty() {
            head.push_str("a=");
            for character in self.authzid.chars() {
                match character {
                    // RFC 5801 section 4.
                    ',' => head.push_str("=2C"),
                    '=' => head.push_str("=3D"),
                    other => head.push(other),
                }
            }
        }
        head.push_str(",\x01");
        if let Some((host, port)) = &self.server {
            head.push_str(&alloc::format!("host={host}\x01port={port}\x01"));
        }
        concat(&[head.as_bytes(), b"auth=Bearer ", self.token.as_bytes(), b"\x01\x01"])
    }
}

fn is_nul(octet: &u8) -> bool {
    *octet == 0
}

/// RFC 6750 section 2.1 has letters, digits and a few marks; spaces and controls are what would break a message.
fn is_no_token(octet: &u8) -> bool {
    !octet.is_ascii_graphic()
}

/// `value`, when no octet `is_bad`.
fn without<'v>(
    field: &'static str,
    value: &'v [u8],
    is_bad: impl Fn(&u8) -> bool,
) -> Result<&'v [u8], ValueError> {
    match value.iter().position(is_bad) {
        Some(offset) => Err(ValueError { field, expected: Expected::Text, offset }),
        None => Ok(value),
    }
}

/// `value`, when there is one.
fn some(field: &'static str, value: &[u8]) -> Result<(), ValueError> {
    if value.is_empty() { Err(ValueError { field, expected: Expected::Text, offset: 0 }) } else { Ok(()) }
}

/// One after the other, in memory that never moves.
fn concat(parts: &[&[u8]]) -> Secret {
    Secret::new(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn messages(credentials: impl Into<Credentials>) -> Vec<Vec<u8>> {
        let credentials = credentials.into();
        let answers = (0..).map_while(|step| credentials.answer(step));
        answers.map(|secret| secret.as_bytes().to_vec()).collect()
    }

    #[test]
    fn messages_of_the_built_in_mechanisms() {
        let plain = Plain::new("admin", "user", "pass").unwrap();
        assert_eq!(messages(plain), [b"admin\0user\0pass"]);
        assert_eq!(messages(Login::new("user", "pass").unwrap()), [b"user", b"pass"]);
        assert_eq!(messages(External::default()), [b""]);
        assert_eq!(messages(Anonymous::new("sirhc").unwrap()), [b"sirhc"]);
        let token =
            XOauth2::new("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg").unwrap();
        assert_eq!(
            messages(token),
            [
                &b"user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"[..],
                b""
            ]
        );
        let token = OauthBearer::new("a,b=c@example.com", "vF9dft4qmTc2==").unwrap();
        assert_eq!(
            messages(token.clone()),
            [&b"n,a=a=2Cb=3Dc@example.com,\x01auth=Bearer vF9dft4qmTc2==\x01\x01"[..], b"\x01"]
        );
        let token = token.at("server.example.com", 587).unwrap();
        assert_eq!(
            messages(token)[0],
            b"n,a=a=2Cb=3Dc@example.com,\x01host=server.example.com\x01port=587\x01auth=Bearer vF9dft4qmTc2==\x01\x01"
        );
        assert_eq!(messages(OauthBearer::new("", "t").unwrap())[0], b"n,,\x01auth=Bearer t\x01\x01");
    }

    #[test]
    fn only_login_waits_for_a_challenge() {
        let login = Credentials::from(Login::new("user", "pass").unwrap());
        assert_eq!(login.initial_response(), None);
        let external = Credentials::from(External::default());
        assert_eq!(external.initial_response(), Some(Secret::default()));
    }

    #[test]
    fn sec_42_fields_that_would_break_a_message_are_refused() {
        let field = |error: ValueError| (error.field, error.offset);
        assert_eq!(Plain::new("a\0", "u", "p").map_err(field), Err(("authzid", 1)));
        assert_eq!(Plain::new("", "u\0", "p").map_err(field), Err(("authcid", 1)));
        assert_eq!(Plain::new("", "u", "\0p").map_err(field), Err(("password", 0)));
        assert_eq!(Plain::new("", "", "p").map_err(field), Err(("authcid", 0)));
        assert_eq!(Plain::new("", "u", "").map_err(field), Err(("password", 0)));
        assert_eq!(Login::new("u\0", "p").map_err(field), Err(("user", 1)));
        assert_eq!(External::new("\0").map_err(field), Err(("authzid", 0)));
        assert_eq!(Anonymous::new("a\r\n").map_err(field), Err(("trace", 1)));
        assert_eq!(Anonymous::new("\u{e9}".repeat(256)).map_err(field), Err(("trace", 510)));
        assert_eq!(XOauth2::new("u\x01auth=x", "t").map_err(field), Err(("user", 1)));
        assert_eq!(XOauth2::new("u", "t\x01").map_err(field), Err(("token", 1)));
        assert_eq!(XOauth2::new("u", "t t").map_err(field), Err(("token", 1)));
        assert_eq!(OauthBearer::new("u\x01", "t").map_err(field), Err(("authzid", 1)));
        assert_eq!(OauthBearer::new("u", "\x01").map_err(field), Err(("token", 0)));
        assert_eq!(OauthBearer::new("u", "t").unwrap().at("h\x01", 1).map_err(field), Err(("host", 1)));
    }

    #[test]
    fn plain_messages_are_read() {
        let error = |message: &[u8]| Plain::parse(message).map_err(|error| (error.expected, error.offset));
        let plain = Plain::new("z", "user", &b"p\xe4ss"[..]).unwrap();
        assert_eq!(
            (plain.authzid(), plain.authcid(), plain.password().as_bytes()),
            ("z", "user", &b"p\xe4ss"[..])
        );
        assert_eq!(Plain::parse(b"z\0user\0p\xe4ss"), Ok(plain));
        assert_eq!(error(b"user\0pass"), Err((Expected::Syntax, 9)));
        assert_eq!(error(b"\0\0pass"), Err((Expected::Syntax, 1)));
        assert_eq!(error(b"\0user\0"), Err((Expected::Syntax, 6)));
        assert_eq!(error(b"\0user\0pa\0ss"), Err((Expected::Syntax, 8)));
        assert_eq!(error(b"\0us\xffer\0pass"), Err((Expected::Utf8, 3)));
    }

    #[test]
    fn sec_67_debug_texts_hold_no_secret() {
        for credentials in [
            Credentials::from(Plain::new("", "user", "hunter2").unwrap()),
            Login::new("user", "hunter2").unwrap().into(),
            XOauth2::new("user", "hunter2").unwrap().into(),
            OauthBearer::new("user", "hunter2").unwrap().into(),
        ] {
            let shown = alloc::format!("{credentials:?} {:?}", credentials.initial_response());
            assert!(shown.contains("user") && !shown.contains("hunter2"), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn plain_messages_round_trip(authzid: String, authcid: String, password: Vec<u8>) {
            if let Ok(plain) = Plain::new(authzid, authcid, password) {
                prop_assert_eq!(Plain::parse(plain.message().as_bytes()), Ok(plain));
            }
        }
    }
}
