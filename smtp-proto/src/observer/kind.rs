//! What a command means for the session.

/// What MAIL asked for, as far as it changes what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    /// PRDR.
    pub(super) prdr: bool,
    /// `BODY=BINARYMIME`.
    pub(super) binary: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mail(Envelope),
    /// RSET, and what has its effect: EHLO.
    Reset,
    Recipient,
    Data,
    /// A chunk that is not the last.
    Chunk,
    /// A whole message; how many replies it has had, how many are due once that is known.
    Body {
        had: u32,
        due: Option<u32>,
    },
    Auth,
    StartTls,
    /// What has been read, and changes nothing.
    Other,
    /// What a server may make anything of.
    Unknown,
}

impl Kind {
    /// What `line`, which is no command that is known, is for a server that takes it for one.
    pub(super) fn resembling(line: &[u8]) -> Self {
        let is = |verbs: &[&str]| verbs.iter().any(|verb| resembles(line, verb));
        match () {
            () if is(&["DATA"]) => Self::Data,
            () if is(&["AUTH"]) => Self::Auth,
            () if is(&["STARTTLS", "X-ANONYMOUSTLS"]) => Self::StartTls,
            () if is(&["MAIL", "SEND", "SOML", "SAML"]) => {
                Self::Mail(Envelope { prdr: false, binary: false })
            }
            () if is(&["RCPT"]) => Self::Recipient,
            () if is(&["EHLO", "HELO", "LHLO", "RSET"]) => Self::Reset,
            () => Self::Unknown,
        }
    }
}

/// Whether somebody may take `line` for a command of `verb`: it is what the line's letters begin with.
pub(crate) fn resembles(line: &[u8], verb: &str) -> bool {
    let start = line.iter().position(u8::is_ascii_alphanumeric).unwrap_or_default();
    let word = line.get(start..).and_then(|word| word.get(..verb.len()));
    word.is_some_and(|word| word.eq_ignore_ascii_case(verb.as_bytes()))
}
