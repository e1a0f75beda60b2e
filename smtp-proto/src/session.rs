//! What all the machines share.

/// One step of a session: an event, and how many octets of the input it took.
///
/// The event borrows from the input and from nothing else, so the session can be called while it is looked at. Forget
/// `consumed` octets of the buffer once it is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<E> {
    /// Octets to forget, from the front.
    pub consumed: usize,
    /// What they were.
    pub event: E,
}

/// Which protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Mail between hosts: RFC 5321, port 25.
    Smtp,
    /// Mail from users: RFC 6409, port 587, or 465 under TLS.
    Submission,
    /// Mail for final delivery, with an answer for each recipient: RFC 2033.
    Lmtp,
}

impl Protocol {
    /// The port of mail between hosts, and with STARTTLS (RFC 5321 section 4.5.4.2).
    pub const SMTP_PORT: u16 = 25;
    /// The port of submission, with STARTTLS (RFC 6409 section 3.1).
    pub const SUBMISSION_PORT: u16 = 587;
    /// The port of submission inside TLS from the first octet on (RFC 8314 section 3.3).
    pub const SUBMISSIONS_PORT: u16 = 465;

    /// The port that is meant when none is named; LMTP has none, and must not be on SMTP's (RFC 2033 section 5).
    ///
    /// ```
    /// use smtp_proto::server::Protocol;
    ///
    /// assert_eq!(Protocol::Submission.default_port(true), Some(465));
    /// assert_eq!(Protocol::Lmtp.default_port(false), None);
    /// ```
    pub const fn default_port(self, implicit_tls: bool) -> Option<u16> {
        match (self, implicit_tls) {
            (Self::Smtp, _) => Some(Self::SMTP_PORT),
            (Self::Submission, false) => Some(Self::SUBMISSION_PORT),
            (Self::Submission, true) => Some(Self::SUBMISSIONS_PORT),
            (Self::Lmtp, _) => None,
        }
    }
}

/// Names a command among those of its session, so that the reply finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

/// Gives each command of a session its token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    last: u64,
}

impl Tokens {
    /// One that this session has not had. Wraps after 2^64.
    pub(crate) fn next(&mut self) -> Token {
        self.last = self.last.wrapping_add(1);
        Token(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::Protocol::{Lmtp, Smtp, Submission};

    #[test]
    fn ports() {
        for (protocol, in_clear, under_tls) in
            [(Smtp, Some(25), Some(25)), (Submission, Some(587), Some(465)), (Lmtp, None, None)]
        {
            let ports = (protocol.default_port(false), protocol.default_port(true));
            assert_eq!(ports, (in_clear, under_tls), "{protocol:?}");
        }
    }
}
