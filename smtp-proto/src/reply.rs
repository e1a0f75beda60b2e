//! Replies ([RFC 5321 section 4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)).

mod queue_id;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::BytesMut;
use memchr::{memchr, memchr_iter, memrchr};

use crate::error::{Expected, ParseError};
use crate::options::{Dialect, Leniency, Tolerated};
use crate::status::{EnhancedCode, ReplyCode};
use crate::text::{Shown, Text, after_text};
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer};

/// What a server answers: a code, often an enhanced code, and lines of text.
///
/// `250 2.1.5 Ok` CRLF, or with several lines `250-mail.example.org` CRLF `250 SIZE 31457280` CRLF.
///
/// The reply is kept as its wire text, so that it encodes to the octets it came as; nothing is allocated to read one.
/// A line is at most [`LINE_MAX`](Self::LINE_MAX) octets; how many there may be is a matter of the framer's
/// [`Limits`](crate::Limits).
///
/// What a reply means is in its codes alone. The text is for people: octets of any character set, and it may say
/// anything.
///
/// RFC 5321 section 4.2.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reply<'a> {
    /// All lines, each with its CRLF.
    wire: Cow<'a, [u8]>,
    code: ReplyCode,
    enhanced: Option<EnhancedCode>,
}

impl<'a> Reply<'a> {
    /// The longest line, in octets, CRLF included. RFC 5321 section 4.5.3.1.5 asks for 512; longer ones are common.
    pub const LINE_MAX: usize = 2_048;

    /// A reply of one line.
    ///
    /// The class of the enhanced code becomes the first digit of `code` (RFC 2034 section 4); in a reply of 3yz, which
    /// has no class, none is written. A text that begins with an enhanced code of the right class is read as one when
    /// there is no other.
    ///
    /// ```
    /// use smtp_proto::{Reply, status::{EnhancedCode, ReplyCode}, text};
    ///
    /// let reply = Reply::new(ReplyCode::OK, EnhancedCode::DESTINATION_VALID, text!("Ok"));
    /// assert_eq!(reply.as_bytes(), b"250 2.1.5 Ok\r\n");
    /// let full = Reply::new(ReplyCode::INSUFFICIENT_STORAGE, EnhancedCode::MAILBOX_FULL, text!("try later"));
    /// assert_eq!(full.as_bytes(), b"452 4.2.2 try later\r\n");
    /// ```
    pub fn new(code: ReplyCode, enhanced: impl Into<Option<EnhancedCode>>, text: Text<'_>) -> Reply<'static> {
        Reply::multiline(code, enhanced, &[text])
    }

    /// A reply of as many lines as there are texts; without any, of the code and the enhanced code alone.
    ///
    /// The enhanced code stands on every line (RFC 2034 section 4), in the class of `code` as in [`new`](Self::new).
    /// Peers take a limited number of lines: 128 by the default [`Limits`](crate::Limits).
    pub fn multiline(
        code: ReplyCode,
        enhanced: impl Into<Option<EnhancedCode>>,
        lines: &[Text<'_>],
    ) -> Reply<'static> {
        let enhanced = enhanced.into().and_then(|enhanced| enhanced.in_class_of(code));
        let octets = lines.iter().fold(0usize, |sum, text| sum.saturating_add(text.as_bytes().len()));
        let overhead = lines.len().saturating_add(1).saturating_mul("250 2.999.999 \r\n".len());
        let mut wire = BytesMut::with_capacity(octets.saturating_add(overhead));
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
        Reply { wire: Cow::Owned(Vec::from(wire)), code, enhanced }
    }

    /// Reads one whole reply, with all its lines, from the front of `input`.
    ///
    /// # Errors
    /// What the grammar expected, and where. A last line without CRLF is one of them: this reads what a
    /// [`ReplyFramer`](crate::framing::ReplyFramer) has found to be whole.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], Self), ParseError> {
        strict(input).or_else(|_| wire::lenient(input, dialect).map(|(rest, reply, _)| (rest, reply)))
    }

    /// Like [`parse`](Self::parse), and says what was tolerated.
    ///
    /// What was tolerated is put right in the value: the code of the last line on all lines, `?` for a control octet.
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
        raw_lines(&self.wire).map(move |text| match EnhancedCode::split(text, code) {
            Some((own, rest)) if Some(own) == enhanced => rest,
            _ => text,
        })
    }

    /// The text of all [`lines`](Self::lines), joined by spaces; empty lines are left out, and what is not UTF-8
    /// becomes U+FFFD.
    ///
    /// ```
    /// use smtp_proto::{Dialect, Reply};
    ///
    /// let wire = b"550-5.7.1 [192.0.2.1] is listed.\r\n550 5.7.1 See https://example.org/\r\n";
    /// let (_, reply) = Reply::parse(wire, Dialect::STRICT)?;
    /// assert_eq!(reply.text(), "[192.0.2.1] is listed. See https://example.org/");
    /// # Ok::<_, smtp_proto::ParseError>(())
    /// ```
    pub fn text(&self) -> Cow<'_, str> {
        let mut lines = self.lines().filter(|line| !line.is_empty()).map(String::from_utf8_lossy);
        let first = lines.next().unwrap_or_default();
        lines.fold(first, |mut text, line| {
            text.to_mut().push(' ');
            text.to_mut().push_str(&line);
            text
        })
    }

    /// The name under which the server keeps the message that it has just taken, out of the last line of a 250 to the
    /// end of data; `None` when the text is of no known form.
    ///
    /// For logs, so that a message can be followed from host to host. It is what the peer says: at most 128 printable
    /// ASCII octets.
    ///
    /// ```
    /// use smtp_proto::{Dialect, Reply};
    ///
    /// let (_, reply) = Reply::parse(b"250 2.0.0 Ok: queued as 09C779E06BE\r\n", Dialect::STRICT)?;
    /// assert_eq!(reply.queue_id(), Some("09C779E06BE"));
    /// # Ok::<_, smtp_proto::ParseError>(())
    /// ```
    pub fn queue_id(&self) -> Option<&str> {
        if self.code != ReplyCode::OK {
            return None;
        }
        self.lines().last().and_then(queue_id::find)
    }

    /// Whether, as the answer to RCPT, it says that this transaction takes no more recipients: deliver to those that
    /// were accepted, then try the others again.
    ///
    /// 452 or 552 (RFC 5321 section 4.5.3.1.10 has 552 taken as 452 here), unless an enhanced code says something
    /// else; or an enhanced code of X.5.3.
    pub fn is_too_many_recipients(&self) -> bool {
        match self.enhanced {
            Some(enhanced) => {
                let many = EnhancedCode::TOO_MANY_RECIPIENTS;
                (enhanced.subject(), enhanced.detail()) == (many.subject(), many.detail())
            }
            None => matches!(self.code, ReplyCode::INSUFFICIENT_STORAGE | ReplyCode::MESSAGE_TOO_BIG),
        }
    }

    /// Whether it is a greeting that a firewall has masked: nothing but `2`, `0`, space and `*`.
    ///
    /// `220 ****************0*******2******` CRLF
    ///
    /// Cisco PIX and ASA with `fixup smtp` do that. Behind one, EHLO may be refused and commands other than those of
    /// RFC 821 may be changed on their way.
    pub fn is_masked_greeting(&self) -> bool {
        let masked = |line: &[u8]| line.iter().all(|octet| matches!(octet, b'2' | b'0' | b' ' | b'*'));
        self.code == ReplyCode::SERVICE_READY
            && raw_lines(&self.wire).all(masked)
            && raw_lines(&self.wire).any(|line| line.contains(&b'*'))
    }

    /// The lines `wire`, of which each is known to be one of `code`.
    pub(crate) fn from_lines(wire: Cow<'a, [u8]>, code: ReplyCode) -> Self {
        let enhanced = wire.get(4..).and_then(|text| EnhancedCode::prefix(text, code));
        Self { wire, code, enhanced }
    }
}

/// What follows the code and the separator on each line of a reply.
#[inline]
pub(crate) fn raw_lines(wire: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = wire;
    core::iter::from_fn(move || {
        let (line, after) = rest.split_at_checked(memchr(b'\n', rest)?.saturating_add(1))?;
        rest = after;
        // Every line is at least three digits and CRLF.
        Some(line.get(4..line.len().saturating_sub(2)).unwrap_or_default())
    })
}

/// ```abnf
/// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP [ textstring ] ] CRLF
/// ```
impl<'a> Wire<'a> for Reply<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match strict(input) {
            Ok(parsed) => Ok(parsed),
            Err((at, expected)) => normalised(input, cx).or_else(|_| Fail::at(at, expected)),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.wire);
    }
}

/// Where a reply ends to be one, and what was expected there.
type Stop<'a> = (&'a [u8], Expected);

/// The reply at the front of `input`, or where it ends to be one and what was expected there.
#[inline]
fn strict(input: &[u8]) -> Result<(&[u8], Reply<'_>), Stop<'_>> {
    let (Some((digits, mut rest)), Ok((_, code))) =
        (input.split_first_chunk::<3>(), ReplyCode::parse(input, Cx::default()))
    else {
        return Err((input, Expected::ReplyCode));
    };
    let enhanced = rest.get(1..).and_then(|text| EnhancedCode::prefix(text, code));
    let after = loop {
        let (is_last, after_line) = match rest {
            [b'-', text @ ..] => (false, after_text(text)),
            [b' ', text @ ..] => (true, after_text(text)),
            _ => (true, rest),
        };
        let [b'\r', b'\n', after @ ..] = after_line else { return Err(stopped(input, after_line)) };
        if is_last {
            break after;
        }
        rest = match after.split_first_chunk() {
            Some((own, rest)) if own == digits => rest,
            _ => return Err(another(after)),
        };
    };
    let (wire, after) =
        input.split_at_checked(input.len().saturating_sub(after.len())).unwrap_or((input, &[]));
    if wire.len() > Reply::LINE_MAX {
        no_long_line(wire, input)?;
    }
    Ok((after, Reply { wire: Cow::Borrowed(wire), code, enhanced }))
}

/// What was expected where the text of a line of `input` stopped at `rest`.
#[cold]
fn stopped<'a>(input: &'a [u8], rest: &'a [u8]) -> Stop<'a> {
    let (read, _) = input.split_at_checked(input.len().saturating_sub(rest.len())).unwrap_or((input, &[]));
    let line = memrchr(b'\n', read).map_or(read.len(), |lf| read.len().saturating_sub(lf).saturating_sub(1));
    let expected = match rest {
        [] | [b'\n', ..] | [b'\r'] => Expected::Crlf,
        _ if line == 3 => Expected::Space,
        _ => Expected::Text,
    };
    (rest, expected)
}

/// What was expected at `line`, which does not begin with the digits of the line before.
#[cold]
fn another(line: &[u8]) -> Stop<'_> {
    let has_code = ReplyCode::parse(line, Cx::default()).is_ok();
    (line, if has_code { Expected::SameCode } else { Expected::ReplyCode })
}

/// Where a line of `wire`, which `input` begins with, is longer than it may be.
#[cold]
fn no_long_line<'a>(wire: &[u8], input: &'a [u8]) -> Result<(), Stop<'a>> {
    let mut start = 0usize;
    for lf in memchr_iter(b'\n', wire) {
        let max = start.saturating_add(Reply::LINE_MAX);
        if lf >= max {
            return Err((input.get(max..).unwrap_or_default(), Expected::Shorter));
        }
        start = lf.saturating_add(1);
    }
    Ok(())
}

/// The reply at the front of `input` with what `cx` tolerates put right.
#[cold]
fn normalised(input: &[u8], cx: Cx) -> Parsed<'_, Reply<'static>> {
    let mut wire = Vec::new();
    let mut rest = input;
    let mut last = None;
    loop {
        let (after, line) = normalised_line(rest, cx)?;
        let (code, more) = (line.get(..3).map(<[u8]>::to_vec), line.get(3) == Some(&b'-'));
        if last.is_some() && last != code && !cx.tolerates(Leniency::MIXED_CODES) {
            return Fail::at(rest, Expected::SameCode);
        }
        wire.extend_from_slice(&line);
        (rest, last) = (after, code);
        if !more {
            break;
        }
    }
    let last = last.unwrap_or_default();
    for line in wire.split_mut(|&octet| octet == b'\n') {
        line.iter_mut().zip(&last).for_each(|(to, from)| *to = *from);
    }
    match strict(&wire) {
        Ok((_, Reply { code, enhanced, .. })) => Ok((rest, Reply { wire: Cow::Owned(wire), code, enhanced })),
        Err(_) => Fail::at(input, Expected::Syntax),
    }
}

/// One line from the front of `input`, put right, with its CRLF.
fn normalised_line(input: &[u8], cx: Cx) -> Parsed<'_, Vec<u8>> {
    let end = memchr(b'\n', input).map_or(input.len(), |lf| lf.saturating_add(1));
    let (line, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
    let Some(mut line) = line.strip_suffix(b"\r\n") else { return Fail::at(rest, Expected::Crlf) };
    if let (Some(shorter), true) = (line.strip_suffix(b"\r"), cx.tolerates(Leniency::EXTRA_CR)) {
        line = shorter;
    }
    // One leniency for one deviation: what is left of a CR at the end is not a control within the text.
    if line.ends_with(b"\r") {
        return Fail::at(rest, Expected::Crlf);
    }
    let (text, _) = ReplyCode::parse(line, cx)?;
    if !matches!(text, [] | [b'-' | b' ', ..]) {
        return Fail::at(text, Expected::Space);
    }
    let mut clean = line.to_vec();
    for octet in &mut clean {
        if !after_text(&[*octet]).is_empty() {
            if !cx.tolerates(Leniency::CONTROL_IN_TEXT) {
                return Fail::at(line, Expected::Text);
            }
            *octet = b'?';
        }
    }
    clean.extend_from_slice(b"\r\n");
    Ok((rest, clean))
}

impl IntoOwned for Reply<'_> {
    type With<'s> = Reply<'s>;

    fn into_owned(self) -> Reply<'static> {
        Reply::into_owned(self)
    }
}

/// In one line, for people and logs: the codes, and the [`lines`](Reply::lines) that are not empty, joined by ` / `.
///
/// `550 5.7.1 [192.0.2.1] is listed. / See https://example.org/`
///
/// What is not printable, not UTF-8, or a backslash is escaped, so that a peer's text stays in its line. It is not cut
/// short: a reply is as long as the [`Limits`](crate::Limits) let it be.
impl core::fmt::Display for Reply<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        for (number, line) in self.lines().filter(|line| !line.is_empty()).enumerate() {
            f.write_str(if number == 0 { " " } else { " / " })?;
            for chunk in line.utf8_chunks() {
                for char in chunk.valid().chars() {
                    match char {
                        '"' | '\'' => write!(f, "{char}")?,
                        _ => write!(f, "{}", char.escape_debug())?,
                    }
                }
                write!(f, "{}", chunk.invalid().escape_ascii())?;
            }
        }
        Ok(())
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

#[cfg(test)]
#[path = "reply/tests.rs"]
mod tests;
