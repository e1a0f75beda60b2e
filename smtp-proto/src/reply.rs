//! Replies ([RFC 5321 section 4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use bytes::BytesMut;

use crate::error::{Expected, ParseError};
use crate::options::{Dialect, Leniency, Tolerated};
use crate::status::{EnhancedCode, ReplyCode};
use crate::text::{CLASS, Shown, TEXT, Text};
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer, run};

/// What a server answers: a code, often an enhanced code, and lines of text.
///
/// `250 2.1.5 Ok` CRLF, or with several lines `250-mail.example.org` CRLF `250 SIZE 31457280` CRLF.
///
/// The reply is kept as its wire text, so that it encodes to the octets it came as; nothing is allocated to read one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reply<'a> {
    /// All lines, each with its CRLF.
    wire: Cow<'a, [u8]>,
    code: ReplyCode,
    enhanced: Option<EnhancedCode>,
}

impl<'a> Reply<'a> {
    /// A reply of one line.
    ///
    /// ```
    /// use smtp_proto::{Reply, status::{EnhancedCode, ReplyCode}, text};
    ///
    /// let reply = Reply::new(ReplyCode::OK, EnhancedCode { class: 2, subject: 1, detail: 5 }, text!("Ok"));
    /// let mut out = bytes::BytesMut::new();
    /// reply.encode(&mut out);
    /// assert_eq!(&out[..], b"250 2.1.5 Ok\r\n");
    /// ```
    pub fn new(code: ReplyCode, enhanced: impl Into<Option<EnhancedCode>>, text: Text<'_>) -> Self {
        Self::multiline(code, enhanced, &[text])
    }

    /// A reply of as many lines as there are texts; of a bare code without any.
    ///
    /// The enhanced code stands on every line (RFC 2034 section 4).
    pub fn multiline(code: ReplyCode, enhanced: impl Into<Option<EnhancedCode>>, lines: &[Text<'_>]) -> Self {
        let enhanced = enhanced.into();
        let mut wire = BytesMut::new();
        let mut out = Writer::new(&mut wire);
        if lines.is_empty() {
            code.encode(&mut out);
            if let Some(enhanced) = enhanced {
                out.put(" ");
                enhanced.encode(&mut out);
            }
            out.put("\r\n");
        }
        for (line, text) in (1..).zip(lines) {
            code.encode(&mut out);
            out.put(if line == lines.len() { " " } else { "-" });
            if let Some(enhanced) = enhanced {
                enhanced.encode(&mut out);
                out.put(" ");
            }
            text.encode(&mut out);
            out.put("\r\n");
        }
        // What the text begins with may read as an enhanced code, too.
        let enhanced =
            enhanced.or_else(|| lines.first().and_then(|text| EnhancedCode::prefix(text.as_bytes(), code)));
        Self { wire: Cow::Owned(Vec::from(&wire[..])), code, enhanced }
    }

    /// Reads one whole reply, with all its lines, from the front of `input`.
    ///
    /// # Errors
    /// What the grammar expected, and where. A last line without CRLF is one of them: this reads what a framer has
    /// found to be whole.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], Self), ParseError> {
        wire::lenient(input, dialect).map(|(rest, reply, _)| (rest, reply))
    }

    /// Like [`parse`](Self::parse), and says what was tolerated.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[allow(clippy::type_complexity)] // rest, value, what was tolerated: a struct would have one user
    pub fn parse_reporting(
        input: &'a [u8],
        dialect: Dialect,
    ) -> Result<(&'a [u8], Self, Option<Tolerated>), ParseError> {
        wire::lenient(input, dialect)
    }

    /// Appends the reply's wire text to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::new(out));
    }

    /// The same reply, borrowing from nothing.
    pub fn into_owned(self) -> Reply<'static> {
        Reply { wire: IntoOwned::into_owned(self.wire), code: self.code, enhanced: self.enhanced }
    }

    /// The code of all its lines.
    pub fn code(&self) -> ReplyCode {
        self.code
    }

    /// The enhanced code that its first line begins with, when its class fits the code.
    pub fn enhanced(&self) -> Option<EnhancedCode> {
        self.enhanced
    }

    /// The wire text: all lines, each with its CRLF.
    pub fn as_bytes(&self) -> &[u8] {
        &self.wire
    }

    /// The text of each line: without the code, and without the enhanced code where it is the one of
    /// [`enhanced`](Self::enhanced).
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let (code, enhanced) = (self.code, self.enhanced);
        self.wire.split(|&octet| octet == b'\n').filter(|line| !line.is_empty()).map(move |line| {
            let text = line.strip_suffix(b"\r").unwrap_or(line).get(4..).unwrap_or_default();
            let Some((own, rest)) = EnhancedCode::split(text, code) else { return text };
            if Some(own) == enhanced { rest } else { text }
        })
    }
}

/// ```abnf
/// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
/// ```
impl<'a> Wire<'a> for Reply<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (mut rest, code) = ReplyCode::parse(input, cx)?;
        let digits = input.get(..3).unwrap_or_default();
        let mut enhanced = None;
        let mut first = true;
        loop {
            let more = rest.first() == Some(&b'-');
            if let [b'-' | b' ', text @ ..] = rest {
                if first {
                    enhanced = EnhancedCode::prefix(text, code);
                }
                (_, rest) = run(text, &CLASS, TEXT);
            }
            let [b'\r', b'\n', after @ ..] = rest else { return Self::parse_quirks(input, rest, cx) };
            rest = after;
            if !more {
                break;
            }
            let Some(after) = rest.strip_prefix(digits) else {
                return Self::parse_quirks(input, rest, cx);
            };
            (rest, first) = (after, false);
        }
        let (wire, rest) =
            input.split_at_checked(input.len().saturating_sub(rest.len())).unwrap_or((input, &[]));
        Ok((rest, Self { wire: Cow::Borrowed(wire), code, enhanced }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.wire);
    }
}

impl<'a> Reply<'a> {
    /// What strict reading stumbled over at `at`, put right where a leniency says so.
    #[cold]
    fn parse_quirks(_input: &'a [u8], at: &'a [u8], _cx: Cx) -> Parsed<'a, Self> {
        let _ = (Leniency::EXTRA_CR, Leniency::MIXED_CODES);
        Fail::at(at, Expected::Crlf)
    }
}

impl core::fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Reply({:?} ", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, "{enhanced} ")?;
        }
        f.debug_list().entries(self.lines().map(Shown)).finish()?;
        f.write_str(")")
    }
}
