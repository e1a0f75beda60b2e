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
///
/// Who reads lines by another rule (CR or LF alone ends one, what cannot begin a command is skipped) may see commands in what
/// is one line here, and a client may mean them: each place where one could begin is a front, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    seen: Seen,
    /// Whether something stands before the word that is seen.
    is_behind: bool,
    /// The verb with which the line begins.
    flush: Option<Verb>,
    has_auth: bool,
    has_bdat: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    /// What can begin no command, at most.
    #[default]
    Nothing,
    /// A verb but for what is still to come of it, and the end of the word.
    Part(Verb, &'static [u8]),
    /// A word; what follows up to the next CR or LF does not matter.
    Word,
}

impl Front {
    /// The front of a line that begins with `part`.
    pub(super) fn of(part: &[u8]) -> Self {
        Self::default().followed_by(part)
    }

    /// The same when `part` comes behind what was seen.
    pub(super) fn followed_by(mut self, mut part: &[u8]) -> Self {
        loop {
            if self.seen == Seen::Word {
                // Most of most lines: not worth a step for each octet.
                let end = memchr::memchr2(b'\r', b'\n', part).unwrap_or(part.len());
                part = part.get(end..).unwrap_or_default();
            }
            let Some((&octet, rest)) = part.split_first() else { return self };
            self.step(octet);
            part = rest;
        }
    }

    fn step(&mut self, octet: u8) {
        self.seen = match self.seen {
            Seen::Nothing => match octet {
                b'A' | b'a' => Seen::Part(Verb::Auth, b"UTH"),
                b'B' | b'b' => Seen::Part(Verb::Bdat, b"DAT"),
                _ if octet.is_ascii_alphanumeric() => Seen::Word,
                // No command begins with it, but there are servers that skip it, and clients may know.
                _ => Seen::Nothing,
            },
            Seen::Part(verb, rest) => match rest.split_first() {
                Some((next, rest)) if next.eq_ignore_ascii_case(&octet) => Seen::Part(verb, rest),
                // Otherwise it is another command.
                None if !octet.is_ascii_alphanumeric() && octet != b'-' => {
                    self.find(verb);
                    Seen::Word
                }
                _ => Seen::Word,
            },
            Seen::Word => Seen::Word,
        };
        if matches!(octet, b'\r' | b'\n') {
            self.seen = Seen::Nothing;
        }
        self.is_behind |= self.seen == Seen::Nothing;
    }

    fn find(&mut self, verb: Verb) {
        if !self.is_behind {
            self.flush = Some(verb);
        }
        match verb {
            Verb::Auth => self.has_auth = true,
            Verb::Bdat => self.has_bdat = true,
        }
    }

    /// Whether `verb` stands as a whole word where a command could begin.
    pub(super) fn is(self, verb: Verb) -> bool {
        match verb {
            Verb::Auth => self.has_auth,
            Verb::Bdat => self.has_bdat,
        }
    }

    /// Whether it does with nothing before it; `None` when that is still to be seen.
    pub(super) fn is_flush(self, verb: Verb) -> Option<bool> {
        match self.seen {
            _ if self.flush.is_some() || self.is_behind => Some(self.flush == Some(verb)),
            Seen::Nothing => None,
            Seen::Part(begun, _) if begun == verb => None,
            Seen::Part(..) | Seen::Word => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    const VERBS: [Verb; 2] = [Verb::Auth, Verb::Bdat];

    #[test]
    fn however_it_is_cut() {
        let (neither, auth, bdat, both) = (&[][..], &[Verb::Auth][..], &[Verb::Bdat][..], &VERBS[..]);
        for (line, verbs, flush) in [
            (&b"AUTH PLAIN\r\n"[..], auth, Some(Verb::Auth)),
            (b"auth\r\n", auth, Some(Verb::Auth)),
            (b"AUTH\tPLAIN\r\n", auth, Some(Verb::Auth)),
            (b"AUTH=PLAIN\r\n", auth, Some(Verb::Auth)),
            (b" AUTH PLAIN\r\n", auth, None),
            (b"\t  Auth\n", auth, None),
            (b"BDAT 6\r\n", bdat, Some(Verb::Bdat)),
            (b" \tbdat\t6\r\n", bdat, None),
            (b"\0AUTH x\r\n", auth, None),
            (b"\xef\xbb\xbfAUTH x\r\n", auth, None),
            (b"\x0b-\0 BDAT 6\r\n", bdat, None),
            (b"NOOP\rBDAT 6\r\n", bdat, None),
            (b"NOOP\n \x0bBDAT 6\r\n", bdat, None),
            (b"AU\rAUTH x\r\n", auth, None),
            (b"BDAT\rauth\nx\r\n", both, Some(Verb::Bdat)),
            (b"AUTH x\nBDAT 6\r\n", both, Some(Verb::Auth)),
            (b"\r\n\rAUTH\n\rBDAT\r\n", both, None),
            (b"NOOP\rx AUTH\nBDATA\r\n", neither, None),
            (b"AUTHPLAIN x\r\n", neither, None),
            (b"AUTH-X\r\n", neither, None),
            (b"AUTH1\r\n", neither, None),
            (b"BDATA\r\n", neither, None),
            (b"AUT H\r\n", neither, None),
            (b"BUTH x\r\n", neither, None),
            (b"AU\r\n", neither, None),
            (b"x AUTH\r\n", neither, None),
            (b"1AUTH\r\n", neither, None),
            (b"   \r\n", neither, None),
            (b"\r\n", neither, None),
        ] {
            for cut in 0..=line.len() {
                let (first, rest) = line.split_at(cut);
                let front = Front::of(first).followed_by(rest);
                assert_eq!(
                    front,
                    line.iter().fold(Front::default(), |front, octet| front.followed_by(&[*octet]))
                );
                for one in VERBS {
                    let told = format!("{} {one:?} {cut}", line.escape_ascii());
                    assert_eq!(front.is(one), verbs.contains(&one), "{told}");
                    let is_flush = flush == Some(one);
                    assert_eq!(front.is_flush(one), Some(is_flush), "{told}");
                    assert!(Front::of(first).is_flush(one).is_none_or(|early| early == is_flush), "{told}");
                }
            }
        }
        for open in [&b""[..], b"A", b"auth"] {
            assert_eq!(Front::of(open).is_flush(Verb::Auth), None, "{open:?}");
        }
        assert_eq!(Front::of(b"BDAT").is_flush(Verb::Auth), Some(false));
    }
}
