//! Reply codes ([RFC 5321 section 4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)) and enhanced status codes
//! ([RFC 3463](https://www.rfc-editor.org/rfc/rfc3463)).

mod enhanced;

use core::fmt;

pub use self::enhanced::EnhancedCode;

use crate::error::Expected;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, plain};

/// The code of a reply: what happened, in three digits.
///
/// `250`
///
/// 200 to 559, the second digit 0 to 5. The codes of RFC 5321 and of its extensions are constants; any other is as
/// good, and means what its first digit says. RFC 5321 section 4.2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyCode(u16);

/// A row is a name, its code and what it says.
macro_rules! reply_codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal;)*) => {
        impl ReplyCode {
            $($(#[$meta])* pub const $name: Self = Self($code);)*

            /// The codes that have a constant.
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

reply_codes! {
    /// System status, or system help: RFC 5321.
    SYSTEM_STATUS = 211;
    /// Help for people: RFC 5321.
    HELP = 214;
    /// Service ready, also to STARTTLS: RFC 5321, RFC 3207.
    SERVICE_READY = 220;
    /// Service closing the connection: RFC 5321.
    SERVICE_CLOSING = 221;
    /// Authentication succeeded: RFC 4954.
    AUTHENTICATED = 235;
    /// Requested action taken and completed: RFC 5321.
    OK = 250;
    /// User not local, will forward; to ETRN: no messages waiting: RFC 5321, RFC 1985.
    WILL_FORWARD = 251;
    /// Cannot verify the user, but will try to deliver; to ETRN: started: RFC 5321, RFC 1985.
    CANNOT_VERIFY = 252;
    /// To ETRN: so many messages pending, started: RFC 1985.
    MESSAGES_PENDING = 253;
    /// A challenge of an AUTH exchange: RFC 4954.
    CHALLENGE = 334;
    /// One reply for each recipient follows: draft-hall-prdr.
    PER_RECIPIENT = 353;
    /// Start mail input: RFC 5321.
    GO_AHEAD = 354;
    /// Start mail input at this offset: RFC 1845.
    GO_AHEAD_AT = 355;
    /// Service not available, closing the connection; may answer any command: RFC 5321.
    SERVICE_NOT_AVAILABLE = 421;
    /// A password transition is needed, before RFC 4954 made it 432: RFC 5248.
    PASSWORD_TRANSITION_NEEDED_OLD = 422;
    /// A password transition is needed: RFC 4954.
    PASSWORD_TRANSITION_NEEDED = 432;
    /// Mailbox busy, or blocked for now by policy; ATRN refused: RFC 5321, RFC 2645.
    MAILBOX_BUSY = 450;
    /// Local error in processing: RFC 5321.
    LOCAL_ERROR = 451;
    /// Insufficient system storage, or too many recipients: RFC 5321.
    INSUFFICIENT_STORAGE = 452;
    /// To ATRN: you have no mail: RFC 2645.
    NO_MAIL = 453;
    /// Temporary authentication failure; TLS not available: RFC 4954, RFC 3207.
    TEMPORARY_FAILURE = 454;
    /// Unable to accommodate the parameters now: RFC 5321.
    CANNOT_ACCOMMODATE_PARAMETERS = 455;
    /// To ETRN: unable to queue messages: RFC 1985.
    CANNOT_QUEUE = 458;
    /// To ETRN: not allowed: RFC 1985.
    NODE_NOT_ALLOWED = 459;
    /// Syntax error, command unrecognised, or line too long: RFC 5321.
    SYNTAX_ERROR = 500;
    /// Syntax error in parameters or arguments: RFC 5321.
    BAD_ARGUMENTS = 501;
    /// Command not implemented: RFC 5321.
    NOT_IMPLEMENTED = 502;
    /// Bad sequence of commands: RFC 5321.
    BAD_SEQUENCE = 503;
    /// Parameter, or mechanism, not implemented: RFC 5321, RFC 4954.
    PARAMETER_NOT_IMPLEMENTED = 504;
    /// The host accepts no mail: RFC 7504.
    NO_MAIL_SERVICE = 521;
    /// Encryption needed: RFC 5248.
    ENCRYPTION_NEEDED = 523;
    /// Encryption required for the mechanism, before RFC 4954 made it 538: RFC 5248.
    ENCRYPTION_REQUIRED_OLD = 524;
    /// User account disabled: RFC 5248.
    ACCOUNT_DISABLED = 525;
    /// Authentication, or STARTTLS, required: RFC 4954, RFC 3207.
    AUTHENTICATION_REQUIRED = 530;
    /// Authentication mechanism too weak: RFC 4954.
    MECHANISM_TOO_WEAK = 534;
    /// Authentication credentials invalid: RFC 4954.
    CREDENTIALS_INVALID = 535;
    /// Encryption required for the mechanism: RFC 4954.
    ENCRYPTION_REQUIRED = 538;
    /// Mailbox unavailable, or refused by policy: RFC 5321.
    MAILBOX_UNAVAILABLE = 550;
    /// User not local, try another path: RFC 5321.
    USER_NOT_LOCAL = 551;
    /// Exceeded storage allocation, or the size limit; to RCPT at times too many recipients: RFC 5321, RFC 1870.
    MESSAGE_TOO_BIG = 552;
    /// Mailbox name not allowed: RFC 5321.
    MAILBOX_NAME_NOT_ALLOWED = 553;
    /// Transaction failed; as a greeting, no service: RFC 5321.
    TRANSACTION_FAILED = 554;
    /// MAIL or RCPT parameters not recognised or not implemented: RFC 5321.
    PARAMETERS_NOT_RECOGNISED = 555;
    /// The domain accepts no mail: RFC 7504.
    DOMAIN_ACCEPTS_NO_MAIL = 556;
}

impl ReplyCode {
    /// The code of this number; `None` when it is not 200 to 559 with a second digit of 0 to 5.
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            200..=559 if code % 100 < 60 => Some(Self(code)),
            _ => None,
        }
    }

    /// The number, 200 to 559.
    pub const fn get(self) -> u16 {
        self.0
    }

    pub(crate) const fn digits(self) -> [u8; 3] {
        let (hundreds, rest) = ((self.0 / 100) as u8, (self.0 % 100) as u8);
        // Digits, and below 560.
        [b'0'.wrapping_add(hundreds), b'0'.wrapping_add(rest / 10), b'0'.wrapping_add(rest % 10)]
    }

    /// 2yz: done.
    pub const fn is_positive(self) -> bool {
        self.0 < 300
    }

    /// 3yz: go on.
    pub const fn is_intermediate(self) -> bool {
        300 <= self.0 && self.0 < 400
    }

    /// 4yz: not now; the same command may succeed later.
    pub const fn is_transient(self) -> bool {
        400 <= self.0 && self.0 < 500
    }

    /// 5yz: no; the same command will fail again.
    pub const fn is_permanent(self) -> bool {
        500 <= self.0
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

plain!(ReplyCode);

/// ```abnf
/// Reply-code = %x32-35 %x30-35 %x30-39
/// ```
impl<'a> Wire<'a> for ReplyCode {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let [a @ b'2'..=b'5', b @ b'0'..=b'5', c @ b'0'..=b'9', rest @ ..] = input else {
            return Fail::at(input, Expected::ReplyCode);
        };
        let [a, b, c] = [a, b, c].map(|digit| u16::from(digit.wrapping_sub(b'0')));
        // At most 559.
        Ok((rest, Self(a.wrapping_mul(100).wrapping_add(b.wrapping_mul(10)).wrapping_add(c))))
    }

    #[inline]
    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.digits());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};

    #[test]
    fn codes() {
        check([("250", ReplyCode::OK), ("559", ReplyCode(559)), ("200", ReplyCode(200))]);
        check_refused::<ReplyCode, 7>([
            ("199", 0),
            ("600", 0),
            ("260", 0),
            ("25", 0),
            ("2a0", 0),
            (" 25", 0),
            ("2500", 3),
        ]);
    }

    #[test]
    fn a_number_is_a_code_when_its_digits_are() {
        for number in 0..=u16::MAX {
            let text = alloc::format!("{number}");
            let parsed = crate::wire::exact(text.as_bytes(), crate::Dialect::STRICT);
            assert_eq!(ReplyCode::new(number), parsed.ok(), "{number}");
        }
    }

    #[test]
    fn every_constant_is_a_code_of_one_kind() {
        for &code in ReplyCode::ALL {
            round_trip(&code);
            assert_eq!(ReplyCode::new(code.get()), Some(code));
            let kinds =
                [code.is_positive(), code.is_intermediate(), code.is_transient(), code.is_permanent()];
            let first = kinds.iter().position(|&kind| kind).map(|kind| kind + 2);
            assert_eq!(first, Some(usize::from(code.get() / 100)), "{code}");
            assert_eq!(kinds.iter().filter(|&&kind| kind).count(), 1, "{code}");
        }
        assert!(ReplyCode::ALL.is_sorted_by(|one, other| one < other), "each code has one name");
    }
}
