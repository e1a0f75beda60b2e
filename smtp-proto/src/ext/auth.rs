//! AUTH on MAIL ([RFC 4954 section 5](https://www.rfc-editor.org/rfc/rfc4954#section-5)).

use crate::address::Mailbox;
use crate::error::{Expected, ValueError};
use crate::options::Dialect;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part};

use super::Xtext;

part! {
    /// Who submitted a message, as far as the client knows and says.
    ///
    /// `MAIL FROM:<e=mc2@example.com> AUTH=e+3Dmc2@example.com`, or `AUTH=<>` for a submitter who is not known.
    ///
    /// Believe it only of clients that you trust.
    /// [RFC 4954 section 5](https://www.rfc-editor.org/rfc/rfc4954#section-5).
    pub struct AuthSender<'a>(Xtext<'a>);
}

impl<'a> AuthSender<'a> {
    /// `<>`: the submitter is not known, or not sufficiently authenticated.
    pub fn unknown() -> Self {
        Self(Xtext::new(&b"<>"[..]))
    }

    /// The mailbox of the submitter.
    pub fn new(mailbox: &'a Mailbox<'_>) -> Self {
        Self(Xtext::new(mailbox.as_str().as_bytes()))
    }

    /// Whether it is `<>`: the submitter is not known, or not sufficiently authenticated.
    pub fn is_unknown(&self) -> bool {
        self.0.octets().eq(*b"<>")
    }

    /// The mailbox of the submitter; `None` for `<>`.
    pub fn mailbox(&self) -> Option<Mailbox<'static>> {
        self.0.mailbox()
    }

    /// The value on the wire.
    pub fn as_xtext(&self) -> &Xtext<'a> {
        &self.0
    }
}

/// Reads the value as it stands on the wire.
impl<'a> TryFrom<&'a str> for AuthSender<'a> {
    type Error = ValueError;

    fn try_from(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("AUTH"))
    }
}

/// The xtext stands for a mailbox or for `<>`.
///
/// ```abnf
/// auth-param = "AUTH=" xtext
/// ```
impl<'a> Wire<'a> for AuthSender<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, value) = Xtext::parse(input, cx)?;
        let sender = Self(value);
        if !sender.is_unknown() && !sender.0.is_mailbox() {
            return Fail::at(input, Expected::ParameterValue);
        }
        Ok((rest, sender))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

impl core::fmt::Debug for AuthSender<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AuthSender({:?})", self.as_xtext())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused};

    #[test]
    fn auth_sender() {
        let mailbox = Mailbox::parse("e=mc2@example.com").unwrap();
        check([("<>", AuthSender::unknown()), ("e+3Dmc2@example.com", AuthSender::new(&mailbox))]);
        assert_eq!(AuthSender::new(&mailbox).mailbox(), Some(mailbox));
        assert_eq!(AuthSender::unknown().mailbox(), None);
        assert!(AuthSender::try_from("+3C+3E").unwrap().is_unknown());
        check_refused::<AuthSender<'_>, 6>([
            ("", 0),
            ("user", 0),
            ("<a@b>", 0),
            ("a@b+0D+0A", 0),
            ("a+40b@", 0),
            ("a@b+2", 3),
        ]);
        let long = [&"x".repeat(64), "@", &"y.".repeat(200), "z"].concat();
        assert!(AuthSender::try_from(&long[..]).is_err());
    }
}
