//! Enhanced status codes ([RFC 3463](https://www.rfc-editor.org/rfc/rfc3463)) and IANA's registry of them
//! ([RFC 5248](https://www.rfc-editor.org/rfc/rfc5248)).

use core::fmt;

use super::ReplyCode;
use crate::error::Expected;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, plain};

/// An enhanced status code: what happened, for programs.
///
/// `5.1.1`
///
/// A class (2, 4 or 5), a subject and a detail (0 to 999 each). RFC 3463 section 2.
///
/// The codes of IANA's registry are constants, each with the class it is mostly seen with; a [`Reply`](crate::Reply)
/// writes the class of its reply code, whatever the constant has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnhancedCode {
    class: Class,
    subject: u16,
    detail: u16,
}

/// Not a number, so that an `Option<EnhancedCode>` takes no more room than an `EnhancedCode`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Class {
    Success = 2,
    Transient = 4,
    Permanent = 5,
}

/// A row is a name, its code and its text in the registry.
macro_rules! enhanced_codes {
    ($($class:ident ($subject:literal, $detail:literal) $name:ident $text:literal $source:literal;)*) => {
        impl EnhancedCode {
            $(
                #[doc = concat!($text, ": ", $source, ".")]
                pub const $name: Self = Self { class: Class::$class, subject: $subject, detail: $detail };
            )*

            const REGISTRY: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$name, stringify!($name), $text)),*];
        }
    };
}

// X.7.28 was registered without an RFC.
enhanced_codes! {
    Success (0, 0) OTHER "Other undefined status" "RFC 3463";

    Success (1, 0) OTHER_ADDRESS_STATUS "Other address status" "RFC 3463";
    Permanent (1, 1) BAD_MAILBOX "Bad destination mailbox address" "RFC 3463";
    Permanent (1, 2) BAD_SYSTEM "Bad destination system address" "RFC 3463";
    Permanent (1, 3) BAD_MAILBOX_SYNTAX "Bad destination mailbox address syntax" "RFC 3463";
    Permanent (1, 4) MAILBOX_AMBIGUOUS "Destination mailbox address ambiguous" "RFC 3463";
    Success (1, 5) DESTINATION_VALID "Destination address valid" "RFC 3463";
    Permanent (1, 6) MAILBOX_MOVED "Destination mailbox has moved, no forwarding address" "RFC 3463";
    Permanent (1, 7) BAD_SENDER_SYNTAX "Bad sender's mailbox address syntax" "RFC 3463";
    Permanent (1, 8) BAD_SENDER_SYSTEM "Bad sender's system address" "RFC 3463";
    Success (1, 9) RELAYED_TO_NON_COMPLIANT "Message relayed to non-compliant mailer" "RFC 3886";
    Permanent (1, 10) RECIPIENT_NULL_MX "Recipient address has null MX" "RFC 7505";

    Permanent (2, 0) OTHER_MAILBOX_STATUS "Other or undefined mailbox status" "RFC 3463";
    Permanent (2, 1) MAILBOX_DISABLED "Mailbox disabled, not accepting messages" "RFC 3463";
    Permanent (2, 2) MAILBOX_FULL "Mailbox full" "RFC 3463";
    Permanent (2, 3) MESSAGE_TOO_LONG "Message length exceeds administrative limit" "RFC 3463";
    Permanent (2, 4) EXPANSION_PROBLEM "Mailing list expansion problem" "RFC 3463";

    Transient (3, 0) OTHER_SYSTEM_STATUS "Other or undefined mail system status" "RFC 3463";
    Transient (3, 1) SYSTEM_FULL "Mail system full" "RFC 3463";
    Transient (3, 2) SYSTEM_NOT_ACCEPTING "System not accepting network messages" "RFC 3463, RFC 7504";
    Permanent (3, 3) SYSTEM_NOT_CAPABLE "System not capable of selected features" "RFC 3463";
    Permanent (3, 4) MESSAGE_TOO_BIG "Message too big for system" "RFC 3463";
    Permanent (3, 5) SYSTEM_MISCONFIGURED "System incorrectly configured" "RFC 3463";
    Success (3, 6) PRIORITY_CHANGED "Requested priority was changed" "RFC 6710";

    Transient (4, 0) OTHER_NETWORK_STATUS "Other or undefined network or routing status" "RFC 3463";
    Transient (4, 1) NO_ANSWER "No answer from host" "RFC 3463";
    Transient (4, 2) BAD_CONNECTION "Bad connection" "RFC 3463";
    Transient (4, 3) DIRECTORY_FAILURE "Directory server failure" "RFC 3463";
    Permanent (4, 4) UNABLE_TO_ROUTE "Unable to route" "RFC 3463";
    Transient (4, 5) SYSTEM_CONGESTION "Mail system congestion" "RFC 3463";
    Permanent (4, 6) ROUTING_LOOP "Routing loop detected" "RFC 3463";
    Permanent (4, 7) DELIVERY_TIME_EXPIRED "Delivery time expired" "RFC 3463";

    Permanent (5, 0) OTHER_PROTOCOL_STATUS "Other or undefined protocol status" "RFC 3463";
    Permanent (5, 1) INVALID_COMMAND "Invalid command" "RFC 3463";
    Permanent (5, 2) SYNTAX_ERROR "Syntax error" "RFC 3463";
    Transient (5, 3) TOO_MANY_RECIPIENTS "Too many recipients" "RFC 3463";
    Permanent (5, 4) BAD_ARGUMENTS "Invalid command arguments" "RFC 3463";
    Permanent (5, 5) WRONG_VERSION "Wrong protocol version" "RFC 3463";
    Permanent (5, 6) AUTH_LINE_TOO_LONG "Authentication exchange line is too long" "RFC 4954";

    Permanent (6, 0) OTHER_MEDIA_ERROR "Other or undefined media error" "RFC 3463";
    Permanent (6, 1) MEDIA_NOT_SUPPORTED "Media not supported" "RFC 3463";
    Permanent (6, 2) CONVERSION_PROHIBITED "Conversion required and prohibited" "RFC 3463";
    Permanent (6, 3) CONVERSION_NOT_SUPPORTED "Conversion required but not supported" "RFC 3463";
    Success (6, 4) CONVERSION_WITH_LOSS "Conversion with loss performed" "RFC 3463";
    Permanent (6, 5) CONVERSION_FAILED "Conversion failed" "RFC 3463";
    Permanent (6, 6) CONTENT_NOT_AVAILABLE "Message content not available" "RFC 4468";
    Permanent (6, 7) NON_ASCII_ADDRESS "Non-ASCII addresses not permitted for that sender/recipient" "RFC 6531";
    Permanent (6, 8) UTF8_REPLY_NOT_PERMITTED
        "UTF-8 string reply is required, but not permitted by the SMTP client" "RFC 6531";
    Permanent (6, 9) UTF8_HEADER_NOT_TRANSFERABLE
        "UTF-8 header message cannot be transferred to one or more recipients" "RFC 6531";
    Permanent (6, 10) UTF8_REPLY_NOT_PERMITTED_OLD
        "UTF-8 string reply is required, but not permitted by the SMTP client; deprecated for X.6.8" "RFC 6531";

    Permanent (7, 0) OTHER_SECURITY_STATUS "Other or undefined security status" "RFC 3463";
    Permanent (7, 1) NOT_AUTHORIZED "Delivery not authorized, message refused" "RFC 3463";
    Permanent (7, 2) EXPANSION_PROHIBITED "Mailing list expansion prohibited" "RFC 3463";
    Permanent (7, 3) SECURITY_CONVERSION_NOT_POSSIBLE
        "Security conversion required but not possible" "RFC 3463";
    Permanent (7, 4) SECURITY_NOT_SUPPORTED "Security features not supported" "RFC 3463";
    Permanent (7, 5) CRYPTOGRAPHIC_FAILURE "Cryptographic failure" "RFC 3463";
    Permanent (7, 6) ALGORITHM_NOT_SUPPORTED "Cryptographic algorithm not supported" "RFC 3463";
    Permanent (7, 7) INTEGRITY_FAILURE "Message integrity failure" "RFC 3463";
    Permanent (7, 8) CREDENTIALS_INVALID "Authentication credentials invalid" "RFC 4954";
    Permanent (7, 9) MECHANISM_TOO_WEAK "Authentication mechanism is too weak" "RFC 4954";
    Permanent (7, 10) ENCRYPTION_NEEDED "Encryption needed" "RFC 5248";
    Permanent (7, 11) ENCRYPTION_REQUIRED
        "Encryption required for requested authentication mechanism" "RFC 4954";
    Transient (7, 12) PASSWORD_TRANSITION_NEEDED "A password transition is needed" "RFC 4954";
    Permanent (7, 13) ACCOUNT_DISABLED "User account disabled" "RFC 5248";
    Permanent (7, 14) TRUST_REQUIRED "Trust relationship required" "RFC 5248";
    Permanent (7, 15) PRIORITY_TOO_LOW "Priority level is too low" "RFC 6710";
    Permanent (7, 16) TOO_BIG_FOR_PRIORITY "Message is too big for the specified priority" "RFC 6710";
    Permanent (7, 17) MAILBOX_OWNER_CHANGED "Mailbox owner has changed" "RFC 7293";
    Permanent (7, 18) DOMAIN_OWNER_CHANGED "Domain owner has changed" "RFC 7293";
    Permanent (7, 19) RRVS_NOT_COMPLETED "RRVS test cannot be completed" "RFC 7293";
    Permanent (7, 20) NO_PASSING_DKIM "No passing DKIM signature found" "RFC 7372";
    Permanent (7, 21) NO_ACCEPTABLE_DKIM "No acceptable DKIM signature found" "RFC 7372";
    Permanent (7, 22) NO_AUTHOR_DKIM "No valid author-matched DKIM signature found" "RFC 7372";
    Permanent (7, 23) SPF_FAILED "SPF validation failed" "RFC 7372";
    Permanent (7, 24) SPF_ERROR "SPF validation error" "RFC 7372";
    Permanent (7, 25) REVERSE_DNS_FAILED "Reverse DNS validation failed" "RFC 7372";
    Permanent (7, 26) MULTIPLE_CHECKS_FAILED "Multiple authentication checks failed" "RFC 7372";
    Permanent (7, 27) SENDER_NULL_MX "Sender address has null MX" "RFC 7505";
    Transient (7, 28) MAIL_FLOOD "Mail flood detected" "IANA";
    Permanent (7, 29) ARC_FAILURE "ARC validation failure" "RFC 8617";
    Permanent (7, 30) REQUIRETLS_NEEDED "REQUIRETLS support required" "RFC 8689";
}

impl EnhancedCode {
    /// The code of these numbers; `None` when the class is not 2, 4 or 5, or another number is above 999.
    pub const fn new(class: u16, subject: u16, detail: u16) -> Option<Self> {
        let class = match class {
            2 => Class::Success,
            4 => Class::Transient,
            5 => Class::Permanent,
            _ => return None,
        };
        if subject > 999 || detail > 999 {
            return None;
        }
        Some(Self { class, subject, detail })
    }

    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub const fn class(self) -> u16 {
        self.class as u16
    }

    /// What it is about: 0 to 999.
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// What it is about, more precisely: 0 to 999.
    pub const fn detail(self) -> u16 {
        self.detail
    }

    /// The same subject and detail in the class of `code`; `None` for 3yz, which has no class.
    pub fn in_class_of(self, code: ReplyCode) -> Option<Self> {
        Self::new(code.get() / 100, self.subject, self.detail)
    }

    /// What IANA's registry says of this subject and detail, whatever the class; `None` for those it does not have.
    ///
    /// ```
    /// let code = smtp_proto::status::EnhancedCode::new(4, 2, 2).unwrap();
    /// assert_eq!(code.description(), Some("Mailbox full"));
    /// assert_eq!(code.name(), Some("MAILBOX_FULL"));
    /// ```
    pub fn description(self) -> Option<&'static str> {
        self.row().map(|&(_, _, text)| text)
    }

    /// The constant of this subject and detail, whatever the class: a short name for logs and counters.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|&(_, name, _)| name)
    }

    fn row(self) -> Option<&'static (Self, &'static str, &'static str)> {
        let key = (self.subject, self.detail);
        Self::REGISTRY.iter().find(|(code, _, _)| (code.subject, code.detail) == key)
    }

    /// The enhanced code that `text` of a reply with `code` begins with, and the text behind it.
    #[inline]
    pub(crate) fn split(text: &[u8], code: ReplyCode) -> Option<(Self, &[u8])> {
        let [b'2' | b'4' | b'5', b'.', ..] = text else { return None };
        let (rest, enhanced) = Self::parse(text, Cx::default()).ok()?;
        // RFC 2034 section 4: the class is the first digit of the reply code.
        if enhanced.class() != code.get() / 100 {
            return None;
        }
        match rest {
            [] | [b'\r', ..] => Some((enhanced, rest)),
            [b' ', rest @ ..] => Some((enhanced, rest)),
            _ => None,
        }
    }

    /// The enhanced code that `text` of a reply with `code` begins with.
    #[inline]
    pub(crate) fn prefix(text: &[u8], code: ReplyCode) -> Option<Self> {
        Self::split(text, code).map(|(enhanced, _)| enhanced)
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class(), self.subject, self.detail)
    }
}

impl fmt::Debug for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

plain!(EnhancedCode);

/// ```abnf
/// status-code = class "." subject "." detail
/// class = "2" / "4" / "5"
/// subject = 1*3digit
/// detail = 1*3digit
/// ```
impl<'a> Wire<'a> for EnhancedCode {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (class, rest) = match input {
            [b'2', rest @ ..] => (Class::Success, rest),
            [b'4', rest @ ..] => (Class::Transient, rest),
            [b'5', rest @ ..] => (Class::Permanent, rest),
            _ => return Fail::at(input, Expected::Number),
        };
        let (rest, ()) = wire::octet(rest, b'.', Expected::Number)?;
        let (rest, subject) = up_to_three_digits(rest)?;
        let (rest, ()) = wire::octet(rest, b'.', Expected::Number)?;
        let (rest, detail) = up_to_three_digits(rest)?;
        Ok((rest, Self { class, subject, detail }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.class().into());
        out.put(".");
        out.number(self.subject.into());
        out.put(".");
        out.number(self.detail.into());
    }
}

/// RFC 3463 section 2: no leading zeros.
#[inline]
fn up_to_three_digits(input: &[u8]) -> Parsed<'_, u16> {
    let number = |digits: &[&u8]| {
        // At most 999.
        let digit = |digit: &u8| u16::from(digit.wrapping_sub(b'0'));
        digits.iter().fold(0u16, |value, octet| value.wrapping_mul(10).wrapping_add(digit(octet)))
    };
    let is_digit = |octet: Option<&u8>| octet.is_some_and(u8::is_ascii_digit);
    match input {
        // Most numbers.
        [a @ b'0'..=b'9', rest @ ..] if !is_digit(rest.first()) => Ok((rest, number(&[a]))),
        [b'0', b'0'..=b'9', ..] => Fail::at(input, Expected::SmallerNumber),
        [a @ b'0'..=b'9', b, rest @ ..] if !is_digit(rest.first()) => Ok((rest, number(&[a, b]))),
        [a @ b'0'..=b'9', b, c, rest @ ..] if !is_digit(rest.first()) => Ok((rest, number(&[a, b, c]))),
        [b'0'..=b'9', ..] => Fail::at(input, Expected::SmallerNumber),
        _ => Fail::at(input, Expected::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};

    fn code(class: u16, subject: u16, detail: u16) -> EnhancedCode {
        EnhancedCode::new(class, subject, detail).unwrap()
    }

    #[test]
    fn enhanced_codes() {
        check([
            ("2.0.0", code(2, 0, 0)),
            ("5.7.30", EnhancedCode::REQUIRETLS_NEEDED),
            ("4.999.999", code(4, 999, 999)),
        ]);
        check_refused::<EnhancedCode, 9>([
            ("3.0.0", 0),
            ("05.1.1", 0),
            ("#5.1.0", 0),
            ("5", 1),
            ("5.7", 3),
            ("5.7.", 4),
            ("5.7.01", 4),
            ("5.1000.0", 2),
            ("5.7.1-3", 5),
        ]);
        for (class, subject, detail) in [(0, 0, 0), (3, 0, 0), (6, 0, 0), (5, 1_000, 0), (5, 0, 1_000)] {
            assert_eq!(EnhancedCode::new(class, subject, detail), None);
        }
        assert_eq!(size_of::<Option<EnhancedCode>>(), size_of::<EnhancedCode>());
        assert_eq!(alloc::format!("{} {:?}", code(5, 7, 1), code(4, 999, 30)), "5.7.1 4.999.30");
    }

    #[test]
    fn every_row_is_its_own() {
        let keys = EnhancedCode::REGISTRY.iter().map(|(code, _, _)| (code.subject, code.detail));
        assert!(keys.is_sorted_by(|one, other| one < other));
        for &(code, name, text) in EnhancedCode::REGISTRY {
            round_trip(&code);
            assert_eq!((code.name(), code.description()), (Some(name), Some(text)));
        }
        assert_eq!(code(5, 7, 31).description(), None);
        assert_eq!(code(5, 8, 0).name(), None);
    }

    #[test]
    fn the_class_is_the_first_digit_of_the_reply_code() {
        assert_eq!(
            EnhancedCode::MAILBOX_FULL.in_class_of(ReplyCode::INSUFFICIENT_STORAGE),
            Some(code(4, 2, 2))
        );
        assert_eq!(EnhancedCode::MAILBOX_FULL.in_class_of(ReplyCode::GO_AHEAD), None);
        assert_eq!(EnhancedCode::prefix(b"5.1.1 x", ReplyCode::MAILBOX_UNAVAILABLE), Some(code(5, 1, 1)));
        assert_eq!(EnhancedCode::prefix(b"5.1.1 x", ReplyCode::OK), None);
    }
}
