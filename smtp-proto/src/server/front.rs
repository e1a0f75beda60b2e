//! With what a command line begins, told of a line that cannot be parsed.

/// The verbs that matter of a line that is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// What follows may be a password.
    Auth,
    /// The octets of a chunk follow, however many.
    Bdat,
}

/// The front of a line that comes in parts, octet by octet; no octet is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    is_indented: bool,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    /// Blanks at most.
    #[default]
    Nothing,
    /// A verb but for what is still to come of it, and the end of the word.
    Part(Verb, &'static [u8]),
    Whole(Verb),
    Other,
}

impl Front {
    /// The front of a line that begins with `part`.
    pub(super) fn of(part: &[u8]) -> Self {
        Self::default().followed_by(part)
    }

    /// The same when `part` comes behind what was seen.
    pub(super) fn followed_by(mut self, part: &[u8]) -> Self {
        for octet in part {
            self.seen = match self.seen {
                Seen::Whole(_) | Seen::Other => break,
                // No command begins with them, but there are servers that skip them, and clients may know.
                Seen::Nothing if matches!(octet, b' ' | b'\t') => {
                    self.is_indented = true;
                    Seen::Nothing
                }
                seen => seen.followed_by(*octet),
            };
        }
        self
    }

    /// Whether the line begins with `verb` as a whole word, behind blanks or not.
    pub(super) fn is(self, verb: Verb) -> bool {
        self.seen == Seen::Whole(verb)
    }

    /// Whether it does without blanks; `None` when that is still to be seen.
    pub(super) fn is_flush(self, verb: Verb) -> Option<bool> {
        match self.seen {
            _ if self.is_indented => Some(false),
            Seen::Nothing => None,
            Seen::Part(begun, _) if begun == verb => None,
            seen => Some(seen == Seen::Whole(verb)),
        }
    }
}

impl Seen {
    fn followed_by(self, octet: u8) -> Self {
        match self {
            Self::Nothing => match octet {
                b'A' | b'a' => Self::Part(Verb::Auth, b"UTH"),
                b'B' | b'b' => Self::Part(Verb::Bdat, b"DAT"),
                _ => Self::Other,
            },
            Self::Part(verb, rest) => match rest.split_first() {
                Some((next, rest)) if next.eq_ignore_ascii_case(&octet) => Self::Part(verb, rest),
                // Otherwise it is another command.
                None if !octet.is_ascii_alphanumeric() && octet != b'-' => Self::Whole(verb),
                _ => Self::Other,
            },
            Self::Whole(_) | Self::Other => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_cut() {
        let (auth, bdat) = (Some(Verb::Auth), Some(Verb::Bdat));
        for (line, verb, is_flush) in [
            (&b"AUTH PLAIN\r\n"[..], auth, true),
            (b"auth\r\n", auth, true),
            (b"AUTH\tPLAIN\r\n", auth, true),
            (b"AUTH=PLAIN\r\n", auth, true),
            (b" AUTH PLAIN\r\n", auth, false),
            (b"\t  Auth\n", auth, false),
            (b"BDAT 6\r\n", bdat, true),
            (b" \tbdat\t6\r\n", bdat, false),
            (b"AUTHPLAIN x\r\n", None, false),
            (b"AUTH-X\r\n", None, false),
            (b"AUTH1\r\n", None, false),
            (b"BDATA\r\n", None, false),
            (b"AUT H\r\n", None, false),
            (b"BUTH x\r\n", None, false),
            (b"AU\r\n", None, false),
            (b"x AUTH\r\n", None, false),
            (b"   \r\n", None, false),
            (b"\r\n", None, false),
        ] {
            for cut in 0..=line.len() {
                let (first, rest) = line.split_at(cut);
                let front = Front::of(first).followed_by(rest);
                for one in [Verb::Auth, Verb::Bdat] {
                    let is = verb == Some(one);
                    assert_eq!(front.is(one), is, "{} {one:?} {cut}", line.escape_ascii());
                    assert_eq!(
                        front.is_flush(one),
                        Some(is && is_flush),
                        "{} {one:?} {cut}",
                        line.escape_ascii()
                    );
                    let early = Front::of(first).is_flush(one);
                    assert!(early.is_none_or(|early| early == (is && is_flush)), "{first:?}");
                }
            }
        }
        for open in [&b""[..], b"A", b"auth"] {
            assert_eq!(Front::of(open).is_flush(Verb::Auth), None, "{open:?}");
        }
        assert_eq!(Front::of(b"BDAT").is_flush(Verb::Auth), Some(false));
    }
}
