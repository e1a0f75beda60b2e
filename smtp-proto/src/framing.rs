//! Where a message ends: command lines and multi-line replies
//! ([RFC 5321 sections 2.3.8](https://www.rfc-editor.org/rfc/rfc5321#section-2.3.8) and
//! [4.2.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1)). Bodies are [`body`](crate::body)'s.
//!
//! A framer is given everything that is buffered and was not consumed yet; however the bytes come, each is looked at
//! once. A line ends at CRLF and nowhere else.

use memchr::memchr;

use crate::error::{Error, Limit, ParseError};
use crate::{Expected, Limits};

/// Finds the end of the command line at the front of a buffer that only grows at its end.
///
/// ```
/// use smtp_proto::framing::{Line, LineFramer};
///
/// let mut framer = LineFramer::new();
/// assert_eq!(framer.next(b"NOOP\r", 512, 4096, false), Ok(None));
/// assert_eq!(framer.next(b"NOOP\r\nQUIT", 512, 4096, false), Ok(Some(Line::Whole { len: 6 })));
/// ```
#[derive(Clone, Debug, Default)]
pub struct LineFramer {
    /// How much of the current line has been looked at and is still in the buffer.
    scanned: usize,
    /// How much of an over-long line has been skipped.
    skipped: usize,
    /// Where the line has an LF without CR.
    bare_lf: Option<usize>,
}

/// What is at the front of the buffer. Every length counts from there, CRLF included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line.
    Whole {
        /// Its octets.
        len: usize,
    },
    /// A line with an LF that no CR precedes: not a command, whatever it reads like.
    BareLf {
        /// Its octets.
        len: usize,
        /// Where the first such LF is.
        offset: usize,
    },
    /// A part of an over-long line: forget it and go on.
    Skip {
        /// Its octets.
        len: usize,
    },
    /// The last part of an over-long line.
    TooLong {
        /// Its octets.
        len: usize,
    },
}

impl LineFramer {
    /// A framer at the start of a line.
    pub const fn new() -> Self {
        Self { scanned: 0, skipped: 0, bare_lf: None }
    }

    /// The line at the front of `input`; `None` when its end is not there yet.
    ///
    /// A line of more than `limit` octets is skipped, as far as `discard` octets. With `bare_lf`, LF alone ends a
    /// line, too ([`Leniency::BARE_LF`](crate::Leniency::BARE_LF)).
    ///
    /// # Errors
    /// [`Limit::Line`]: more than `discard` octets of one line were skipped.
    pub fn next(
        &mut self,
        input: &[u8],
        limit: usize,
        discard: usize,
        bare_lf: bool,
    ) -> Result<Option<Line>, Limit> {
        let end = self.find_end(input, bare_lf);
        let line = match end {
            Some(len) if self.skipped > 0 || len > limit => {
                // However much of it was skipped before.
                let line = input.get(..len).and_then(|line| line.strip_suffix(b"\n")).unwrap_or_default();
                let content = line.strip_suffix(b"\r").unwrap_or(line).len();
                if self.skipped.saturating_add(content) > discard {
                    return Err(Limit::Line);
                }
                Line::TooLong { len }
            }
            Some(len) => match self.bare_lf {
                // Also when it is put up with since: then it did not end a line.
                Some(offset) => Line::BareLf { len, offset },
                None => Line::Whole { len },
            },
            // Its end is still to come.
            None if self.skipped > 0 || input.len() >= limit => {
                // A CR at the end may be half of the CRLF.
                let len = input.strip_suffix(b"\r").unwrap_or(input).len();
                if len == 0 {
                    return Ok(None);
                }
                Line::Skip { len }
            }
            None => return Ok(None),
        };
        match line {
            Line::Skip { len } => {
                self.skipped = self.skipped.saturating_add(len);
                self.scanned = 0;
                if self.skipped > discard {
                    return Err(Limit::Line);
                }
            }
            _ => *self = Self::new(),
        }
        Ok(Some(line))
    }

    /// Whether a line has begun and not ended, `rest` being what is left in the buffer.
    pub fn is_inside(&self, rest: &[u8]) -> bool {
        self.skipped > 0 || !rest.is_empty()
    }

    /// The octets up to the end of the line, its CRLF included.
    fn find_end(&mut self, input: &[u8], bare_lf: bool) -> Option<usize> {
        while let Some(at) = memchr(b'\n', input.get(self.scanned..)?) {
            let lf = self.scanned.saturating_add(at);
            let end = lf.saturating_add(1);
            let has_cr = lf.checked_sub(1).and_then(|cr| input.get(cr)) == Some(&b'\r');
            if has_cr || bare_lf {
                return Some(end);
            }
            self.bare_lf = self.bare_lf.or(Some(lf));
            self.scanned = end;
        }
        self.scanned = input.len();
        None
    }
}

/// Finds the end of the reply at the front of a buffer that only grows at its end: of all its lines.
///
/// ```
/// use smtp_proto::{Limits, framing::ReplyFramer};
///
/// let (mut framer, limits) = (ReplyFramer::new(), Limits::default());
/// assert_eq!(framer.next(b"250-mail.example.org\r\n", &limits), Ok(None));
/// assert_eq!(framer.next(b"250-mail.example.org\r\n250 SIZE\r\n", &limits), Ok(Some(32)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ReplyFramer {
    /// How much of the reply has been looked at.
    scanned: usize,
    /// Where its last line begins.
    line: usize,
    /// How many whole lines there were before that.
    lines: usize,
}

impl ReplyFramer {
    /// A framer at the start of a reply.
    pub const fn new() -> Self {
        Self { scanned: 0, line: 0, lines: 0 }
    }

    /// The length of the reply at the front of `input`; `None` when its end is not there yet.
    ///
    /// A line with `-` behind its three digits is followed by another one.
    ///
    /// # Errors
    /// [`Limit::Reply`] when a line, the lines or all octets exceed `limits`; [`Error::InvalidMessage`] at an LF
    /// without CR. Both are final: where the next reply begins is not known.
    pub fn next(&mut self, input: &[u8], limits: &Limits) -> Result<Option<usize>, Error> {
        while let Some(at) = input.get(self.scanned..).and_then(|rest| memchr(b'\n', rest)) {
            let lf = self.scanned.saturating_add(at);
            let end = lf.saturating_add(1);
            let line = input.get(self.line..lf).unwrap_or_default();
            // The LF is not in `line`.
            if line.len() >= limits.reply_line || end > limits.reply || self.lines >= limits.reply_lines {
                return Err(Limit::Reply.into());
            }
            if line.last() != Some(&b'\r') {
                return Err(ParseError { expected: Expected::Crlf, offset: lf }.into());
            }
            if line.get(3) != Some(&b'-') {
                *self = Self::new();
                return Ok(Some(end));
            }
            self.scanned = end;
            self.line = end;
            self.lines = self.lines.saturating_add(1);
        }
        self.scanned = input.len();
        let open = input.len().saturating_sub(self.line);
        // The LF is still to come.
        if open >= limits.reply_line || input.len() >= limits.reply || self.lines >= limits.reply_lines {
            return Err(Limit::Reply.into());
        }
        Ok(None)
    }

    /// Whether a reply has begun and not ended, `rest` being what is left in the buffer.
    pub fn is_inside(&self, rest: &[u8]) -> bool {
        !rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// The lines of `wire` fed in pieces that end at `cuts`: what each is, adjacent skipped parts joined.
    fn lines(
        wire: &[u8],
        cuts: &[usize],
        limit: usize,
        discard: usize,
        lf: bool,
    ) -> Result<Vec<Line>, Limit> {
        let mut ends: Vec<usize> =
            cuts.iter().map(|cut| cut % (wire.len() + 1)).chain([wire.len()]).collect();
        ends.sort_unstable();
        let (mut framer, mut from, mut skipped, mut found) = (LineFramer::new(), 0, 0, Vec::new());
        for end in ends {
            while let Some(line) = framer.next(&wire[from..end], limit, discard, lf)? {
                match line {
                    Line::Skip { len } => (skipped, from) = (skipped + len, from + len),
                    Line::TooLong { len } => {
                        found.push(Line::TooLong { len: len + skipped });
                        (skipped, from) = (0, from + len);
                    }
                    Line::Whole { len } | Line::BareLf { len, .. } => {
                        found.push(line);
                        from += len;
                    }
                }
            }
        }
        Ok(found)
    }

    #[test]
    fn a_line_ends_at_crlf_and_nowhere_else() {
        let whole = |len| Line::Whole { len };
        for (wire, strict, with_lf) in [
            (&b"NOOP\r\nQUIT\r\n"[..], &[whole(6), whole(6)][..], &[whole(6), whole(6)][..]),
            (b"NOOP\r\n\r\nQUIT", &[whole(6), whole(2)], &[whole(6), whole(2)]),
            (b"EHLO a\nMAIL\r\n", &[Line::BareLf { len: 13, offset: 6 }], &[whole(7), whole(6)]),
            (b"a\rb\r\n", &[whole(5)], &[whole(5)]),
            (
                b"\r\r\n\n\r\n",
                &[whole(3), Line::BareLf { len: 3, offset: 0 }],
                &[whole(3), whole(1), whole(2)],
            ),
            (
                b"0123456789abc\r\nx\r\n",
                &[Line::TooLong { len: 15 }, whole(3)],
                &[Line::TooLong { len: 15 }, whole(3)],
            ),
        ] {
            let bytewise: Vec<usize> = (0..wire.len()).collect();
            for cuts in [&[][..], &bytewise] {
                assert_eq!(
                    lines(wire, cuts, 13, 100, false).as_deref(),
                    Ok(strict),
                    "{}",
                    wire.escape_ascii()
                );
                assert_eq!(
                    lines(wire, cuts, 13, 100, true).as_deref(),
                    Ok(with_lf),
                    "{}",
                    wire.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn sec_33_a_bare_lf_that_came_before_it_was_put_up_with_ends_no_line() {
        let mut framer = LineFramer::new();
        assert_eq!(framer.next(b"EHLO a\nMA", 20, 100, false), Ok(None));
        let line = framer.next(b"EHLO a\nMAIL\r\n", 20, 100, true);
        assert_eq!(line, Ok(Some(Line::BareLf { len: 13, offset: 6 })));
    }

    #[test]
    fn sec_70_what_is_skipped_is_counted_however_it_is_cut() {
        for (len, told) in [(100, Ok(Some(Line::TooLong { len: 102 }))), (101, Err(Limit::Line))] {
            let line = [&[b'x'].repeat(len)[..], b"\r\n"].concat();
            assert_eq!(LineFramer::new().next(&line, 8, 100, false), told);
            let mut framer = LineFramer::new();
            assert_eq!(framer.next(&line[..50], 8, 100, false), Ok(Some(Line::Skip { len: 50 })));
            let told = told.map(|_| Some(Line::TooLong { len: 52 }));
            assert_eq!(framer.next(&line[50..], 8, 100, false), told);
        }
    }

    #[test]
    fn a_line_whose_end_cannot_fit_is_skipped_at_once() {
        let next = |wire: &[u8]| LineFramer::new().next(wire, 8, 100, false);
        assert_eq!(next(b"NOOP x\r"), Ok(None));
        assert_eq!(next(b"NOOP x\r\n"), Ok(Some(Line::Whole { len: 8 })));
        assert_eq!(next(b"NOOP abc"), Ok(Some(Line::Skip { len: 8 })));
        assert_eq!(next(b"NOOP ab\r"), Ok(Some(Line::Skip { len: 7 })));
    }

    #[test]
    fn sec_49_an_endless_line_is_skipped_and_then_fatal() {
        let mut framer = LineFramer::new();
        let (mut fed, piece) = (0, [b'x'; 512]);
        let error = loop {
            match framer.next(&piece, 100, 4_096, false) {
                Ok(Some(Line::Skip { len })) => fed += len,
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!((error, fed), (Limit::Line, 4_096));
    }

    #[test]
    fn sec_69_half_a_line_or_reply_is_told() {
        let mut lines = LineFramer::new();
        assert_eq!((lines.is_inside(b""), lines.is_inside(b"N")), (false, true));
        assert_eq!(lines.next(b"0123456789", 8, 100, false), Ok(Some(Line::Skip { len: 10 })));
        assert!(lines.is_inside(b""), "the end of what was skipped is still to come");
        assert_eq!(lines.next(b"\r\n", 8, 100, false), Ok(Some(Line::TooLong { len: 2 })));
        assert!(!lines.is_inside(b""));
        let replies = ReplyFramer::new();
        assert_eq!((replies.is_inside(b""), replies.is_inside(b"250-a\r\n")), (false, true));
    }

    #[test]
    fn sec_14_a_reply_has_an_end() {
        let limits = Limits { reply_line: 20, reply_lines: 3, reply: 50, ..Limits::default() };
        let next = |wire: &[u8]| ReplyFramer::new().next(wire, &limits);
        assert_eq!(next(b"250 ok\r\n250"), Ok(Some(8)));
        assert_eq!(next(b"250\r\n"), Ok(Some(5)));
        assert_eq!(next(b"250-a\r\n250-b\r\n250 c\r\nx"), Ok(Some(21)));
        assert_eq!(next(b"250-a\r\n250-b\r\n250-c\r\n"), Err(Limit::Reply.into()));
        assert_eq!(next(b"250 0123456789abcdef\r\n"), Err(Limit::Reply.into()));
        // What is not there yet, with the LF at least.
        assert_eq!(next(b"250 0123456789abcd\r"), Ok(None));
        assert_eq!(next(b"250 0123456789abcd\r\n"), Ok(Some(20)));
        assert_eq!(next(b"250 0123456789abcdef"), Err(Limit::Reply.into()));
        let lines = b"250-0123456789abcd\r\n250-0123456789abcd\r\n";
        assert_eq!(next(&[lines, &b"250 0123\r"[..]].concat()), Ok(None));
        assert_eq!(next(&[lines, &b"250 0123\r\n"[..]].concat()), Ok(Some(50)));
        assert_eq!(next(&[lines, &b"250 012345"[..]].concat()), Err(Limit::Reply.into()));
        assert_eq!(next(&[lines, &b"250 01234\r\n"[..]].concat()), Err(Limit::Reply.into()));
        assert_eq!(
            next(b"250-0123456789abcd\r\n250-0123456789abcd\r\n250 01234567\r\n"),
            Err(Limit::Reply.into())
        );
        assert_eq!(
            next(b"250 ok\n250 ok\r\n"),
            Err(Error::InvalidMessage(ParseError { expected: Expected::Crlf, offset: 6 }))
        );
    }

    proptest! {
        #[test]
        fn however_a_stream_is_cut_its_lines_are_the_same(
            wire in proptest::collection::vec(prop_oneof![1 => Just(b'\r'), 1 => Just(b'\n'), 3 => Just(b'a')], 0..60),
            cuts: Vec<usize>,
            lf: bool,
            discard in 8usize..40,
        ) {
            prop_assert_eq!(lines(&wire, &cuts, 8, discard, lf), lines(&wire, &[], 8, discard, lf));
        }

        #[test]
        fn however_a_stream_is_cut_its_replies_are_the_same(
            wire in "((250-a|250 b|25|x-)?\r?\n?){0,12}",
            cut in 0usize..60,
        ) {
            let (wire, limits) = (wire.as_bytes(), Limits { reply_lines: 4, ..Limits::default() });
            let whole = ReplyFramer::new().next(wire, &limits);
            let mut framer = ReplyFramer::new();
            let first = framer.next(&wire[..cut.min(wire.len())], &limits);
            let cut = if first == Ok(None) { framer.next(wire, &limits) } else { first };
            prop_assert_eq!(cut, whole);
        }
    }
}
