//! Parameters that hold a mailbox: SUBMITTER ([RFC 4405](https://www.rfc-editor.org/rfc/rfc4405)) and ALT-ADDRESS
//! ([RFC 5336](https://www.rfc-editor.org/rfc/rfc5336), obsolete).

use crate::address::Mailbox;
use crate::error::{Expected, ValueError};
use crate::options::Dialect;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part};

use super::Xtext;

part! {
    /// Who is responsible for the message being sent now.
    ///
    /// `MAIL FROM:<alice@example.com> SUBMITTER=bob@almamater.example`
    ///
    /// A mailbox as xtext, kept as it came. Believe it only of clients that you trust.
    /// [RFC 4405 section 4](https://www.rfc-editor.org/rfc/rfc4405#section-4).
    pub struct Submitter<'a>(Xtext<'a>);
}

part! {
    /// The address in ASCII to use where UTF-8 cannot go on.
    ///
    /// `RCPT TO:<jörg@example.org> ALT-ADDRESS=joerg@example.org`
    ///
    /// A mailbox in ASCII as xtext, kept as it came.
    /// [RFC 5336 section 3.4](https://www.rfc-editor.org/rfc/rfc5336#section-3.4); RFC 6531 has it no more.
    pub struct AltAddress<'a>(Xtext<'a>);
}

macro_rules! xtext_mailbox {
    ($name:ident $field:literal) => {
        impl<'a> $name<'a> {
            /// The mailbox.
            pub fn mailbox(&self) -> Option<Mailbox<'static>> {
                self.0.mailbox()
            }

            /// The value on the wire.
            pub fn as_xtext(&self) -> &Xtext<'a> {
                &self.0
            }
        }

        /// Reads the value as it stands on the wire.
        impl<'a> TryFrom<&'a str> for $name<'a> {
            type Error = ValueError;

            fn try_from(text: &'a str) -> Result<Self, ValueError> {
                wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field($field))
            }
        }

        /// The xtext stands for a mailbox.
        ///
        /// ```abnf
        /// value = xtext
        /// ```
        impl<'a> Wire<'a> for $name<'a> {
            fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
                let (rest, xtext) = Xtext::parse(input, cx)?;
                if xtext.is_mailbox() && Self::is_allowed(&xtext) {
                    return Ok((rest, Self(xtext)));
                }
                Fail::at(input, Expected::ParameterValue)
            }

            fn encode(&self, out: &mut Writer<'_>) {
                self.0.encode(out);
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }
    };
}

xtext_mailbox!(Submitter "SUBMITTER");
xtext_mailbox!(AltAddress "ALT-ADDRESS");

impl<'a> Submitter<'a> {
    /// Whoever `mailbox` belongs to.
    pub fn new(mailbox: &'a Mailbox<'_>) -> Self {
        Self(Xtext::new(mailbox.as_str().as_bytes()))
    }

    fn is_allowed(_: &Xtext<'_>) -> bool {
        true
    }
}

impl<'a> AltAddress<'a> {
    /// The address `mailbox`.
    ///
    /// # Errors
    /// It is not ASCII.
    pub fn new(mailbox: &'a Mailbox<'_>) -> Result<Self, ValueError> {
        let address = Self(Xtext::new(mailbox.as_str().as_bytes()));
        if Self::is_allowed(&address.0) {
            return Ok(address);
        }
        let offset = mailbox.as_str().bytes().take_while(u8::is_ascii).count();
        Err(ValueError { field: "ALT-ADDRESS", expected: Expected::ParameterValue, offset })
    }

    fn is_allowed(xtext: &Xtext<'_>) -> bool {
        xtext.octets().all(|octet| octet.is_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::AuthSender;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn mailboxes_as_xtext() {
        let mailbox = Mailbox::parse("a+b@example.org").unwrap();
        check([("a+2Bb@example.org", Submitter::new(&mailbox))]);
        check([("a+2Bb@example.org", AltAddress::new(&mailbox).unwrap())]);
        assert_eq!(Submitter::new(&mailbox).mailbox(), Some(mailbox.clone()));
        assert_eq!(Submitter::new(&mailbox).as_xtext().as_str(), "a+2Bb@example.org");
        check_refused::<Submitter<'_>, 5>([("", 0), ("<>", 0), ("a", 0), ("<a@b>", 0), ("a@b+2", 3)]);
        let unicode = Mailbox::parse("j\u{f6}\u{85}@example.org").unwrap();
        assert_eq!(Submitter::new(&unicode).mailbox(), Some(unicode.clone()));
        assert_eq!(AltAddress::new(&unicode).unwrap_err().offset, 1);
        check_refused::<AltAddress<'_>, 2>([("j+C3+B6@example.org", 0), ("a@b+0D+0A", 0)]);
    }

    #[test]
    fn the_longest_mailbox_fits() {
        let longest = [&"x".repeat(64), "@", &"y.".repeat(94), "z"].concat();
        assert_eq!(longest.len(), Mailbox::MAX);
        assert!(Submitter::try_from(longest.as_str()).is_ok());
        assert!(Submitter::try_from([&longest, "z"].concat().as_str()).is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(mailbox in crate::grammar::mailbox::tests::any_mailbox()) {
            let submitter = Submitter::new(&mailbox);
            prop_assert!(submitter.mailbox().is_some_and(|own| own == mailbox));
            round_trip(&submitter.into_owned());
            let sender = AuthSender::new(&mailbox);
            prop_assert!(sender.mailbox().is_some_and(|own| own == mailbox));
            round_trip(&sender.into_owned());
            prop_assert_eq!(AltAddress::new(&mailbox).is_ok(), mailbox.is_ascii());
            if let Ok(address) = AltAddress::new(&mailbox) {
                round_trip(&address.into_owned());
            }
        }
    }
}
