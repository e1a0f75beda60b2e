//! Status responses and their codes ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)).

use alloc::borrow::Cow;
use core::fmt;

use crate::error::{Expected, ValueError};
use crate::grammar::class::{ATOM, CLASS, HIGH, TEXT, run1, space};
use crate::grammar::skip::Quotes;
use crate::grammar::string::{AString, Atom, Checked, any_literal, text, whole};
use crate::grammar::text::{Tag, Text};
use crate::list::List;
use crate::options::Leniency;
use crate::registry::{Code, Via};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, octet, part, plain, run, word};

/// How a command went, or what a server wants known.
///
/// `OK`, `NO`, `BAD`, `PREAUTH`, `BYE`
///
/// RFC 9051 section 7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusKind {
    /// `OK`: it was done. RFC 9051 section 7.1.1.
    Ok,
    /// `NO`: it failed. RFC 9051 section 7.1.2.
    No,
    /// `BAD`: it was not understood. RFC 9051 section 7.1.3.
    Bad,
}

plain!(StatusKind);

impl StatusKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::No => "NO",
            Self::Bad => "BAD",
        }
    }
}

part! {
    /// A response code and text for people.
    ///
    /// `[UIDNEXT 4392] Predicted next UID`
    ///
    /// Text without a code that begins with `[` is written with a space in front, so that it is never taken for a code.
    /// RFC 9051 section 9 (`resp-text`).
    pub struct RespText<'a> {
        /// What a program can act on.
        pub code: Option<Code<'a>>,
        /// What is for people.
        pub text: Text<'a>,
    }
}

impl<'a> RespText<'a> {
    /// Text without a code.
    pub const fn new(text: Text<'a>) -> Self {
        Self { code: None, text }
    }

    /// Text with a code.
    pub const fn with_code(code: Code<'a>, text: Text<'a>) -> Self {
        Self { code: Some(code), text }
    }
}

/// What stands behind the word `OK` and the like: the space first. Up to the end of the line.
///
/// ```abnf
/// resp-text = ["[" resp-text-code "]" SP] [text]
/// ```
impl<'a> Wire<'a> for RespText<'a> {
    #[inline(always)] // made where the status is kept
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, code) = match input {
            [b' ', b'[', rest @ ..] => {
                let (rest, code) = if cx.is_lenient() { code(rest, cx)? } else { Code::read(rest, cx)? };
                (octet(rest, b']', Expected::Code)?.0, Some(code))
            }
            _ => (input, None),
        };
        match rest {
            [b' ', rest @ ..] => {
                let (after, text) = Text::parse(rest, cx)?;
                // RFC 3501 has no empty text, RFC 9051 has.
                if text.is_empty() && !cx.rev2() && !cx.tolerates(Leniency::MISSING_TEXT) {
                    return Fail::at(rest, Expected::Text);
                }
                Ok((after, Self { code, text }))
            }
            [b'\r' | b'\n', ..] if cx.tolerates(Leniency::MISSING_TEXT) => {
                Ok((rest, Self { code, text: Text::EMPTY }))
            }
            _ => Fail::at(rest, Expected::Space),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(code) = &self.code {
            out.put(" [");
            code.encode(out);
            out.put("]");
        } else if self.text.as_bytes().first() == Some(&b'[') {
            out.put(" ");
        }
        out.put(" ");
        self.text.encode(out);
    }
}

/// Behind the `[`, up to the `]`, with what is tolerated there.
#[inline(never)]
fn code(input: &[u8], cx: Cx) -> Parsed<'_, Code<'_>> {
    let (rest, code) = Code::parse(crate::grammar::class::spaces(input, cx), cx)?;
    match rest {
        [b' ', after @ ..] if after.first() == Some(&b']') && cx.tolerates(Leniency::TRAILING_SPACE) => {
            Ok((after, code))
        }
        _ => Ok((rest, code)),
    }
}

/// The name of a code.
#[inline]
pub(crate) fn code_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    run1(input, ATOM, Expected::Code)
}

impl<'a> Wire<'a> for Code<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let failed = match Self::read(input, cx) {
            Ok((rest @ ([b']', ..] | [b' ', b']', ..] | []), code)) => return Ok((rest, code)),
            Ok((rest, _)) => Fail::at(rest, Expected::Code),
            Err(error) => Err(error),
        };
        if !cx.tolerates(Leniency::INVALID_ITEM) {
            return failed;
        }
        let (rest, text) = loose_code(input)?;
        Ok((rest, Self::Invalid(InvalidCode(Cow::Borrowed(text)))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

/// The charsets of BADCHARSET. The first `]` outside of quotes ends a code for whoever frames the message, so none stands in
/// an atom.
///
/// ```abnf
/// resp-text-code =/ "BADCHARSET" [SP "(" charset *(SP charset) ")"]
/// charset        = atom / string
/// ```
pub(crate) enum Charsets {}

impl<'a> Via<'a, Option<List<'a, AString<'a>>>> for Charsets {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<List<'a, AString<'a>>>> {
        if matches!(input, [b']', ..] | [b' ', b']', ..] | []) {
            return Ok((input, None));
        }
        let (start, ()) = space(input, cx)?;
        let (rest, list) = List::parse(start, cx)?;
        let mut quotes = Quotes::NEW;
        let mut text = before(start, rest);
        while let Some(at) = memchr::memchr3(b']', b'"', b'{', text) {
            let from = text.get(at..).unwrap_or_default();
            text = match from {
                [b'"', after @ ..] => quotes.end(after).unwrap_or(after),
                [b'{', after @ ..] => any_literal(after).map_or(after, |(rest, _)| rest),
                _ => return Fail::at(start, Expected::Atom),
            };
        }
        Ok((rest, Some(list)))
    }

    fn encode(value: &Option<List<'a, AString<'a>>>, out: &mut Writer<'_>) {
        let Some(charsets) = value else { return };
        out.put(" (");
        for (place, charset) in charsets.iter().enumerate() {
            if place > 0 {
                out.put(" ");
            }
            match charset.as_bytes().contains(&b']') {
                true => out.string(charset.as_bytes()),
                false => charset.encode(out),
            }
        }
        out.put(")");
    }
}

fn code_text_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Code, code_text(octets))
}

/// What stands in a code: text without `]`.
fn code_text(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (text, _) = run(input, &CLASS, TEXT);
    let end = memchr::memchr(b']', text).unwrap_or(text.len());
    match input.split_at_checked(end) {
        Some((text @ [_, ..], rest)) => Ok((rest, text)),
        _ => Fail::at(input, Expected::Code),
    }
}

text! {
    /// What stands in a response code behind its name.
    ///
    /// `1 of 2`
    ///
    /// Text without `]`. RFC 9051 section 9 (`resp-text-code`).
    pub struct CodeText<'a>: "response code", code_text_check;
}

part! {
    /// A response code without a row in this crate.
    ///
    /// `XYZZY 1 of 2`
    ///
    /// RFC 9051 section 7.1.
    pub struct OtherCode<'a> {
        name: Atom<'a>,
        text: Option<CodeText<'a>>,
    }
}

impl<'a> OtherCode<'a> {
    /// A code of a private extension.
    ///
    /// # Errors
    /// `name` is one that [`Code`] has a variant for.
    pub fn new(name: Atom<'a>, text: Option<CodeText<'a>>) -> Result<Self, ValueError> {
        match Code::has_row(name.as_bytes()) {
            true => Err(ValueError { field: "response code", expected: Expected::Code, offset: 0 }),
            false => Ok(Self { name, text }),
        }
    }

    /// Its name, as written.
    pub fn name(&self) -> &Atom<'a> {
        &self.name
    }

    /// What stands behind the name and its space.
    pub fn text(&self) -> Option<&CodeText<'a>> {
        self.text.as_ref()
    }

    pub(crate) fn keyword(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// other-code = atom [SP 1*<any TEXT-CHAR except "]">]
/// ```
impl<'a> Wire<'a> for OtherCode<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = Atom::parse(input, cx)?;
        match rest {
            [b' ', after @ ..] if !matches!(after, [b']', ..]) => {
                let (rest, text) = code_text(after)?;
                Ok((rest, Self { name, text: Some(CodeText(Cow::Borrowed(text))) }))
            }
            _ => Ok((rest, Self { name, text: None })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        if let Some(text) = &self.text {
            out.put(" ");
            out.put(text.as_bytes());
        }
    }
}

fn loose_code_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Code, loose_code(octets))
}

/// Text up to the `]`, where one between quotes does not count when the quotes end.
///
/// In BADCHARSET quotes are what they are to a framer, which looks for literals there.
fn loose_code(input: &[u8]) -> Parsed<'_, &[u8]> {
    let mut quotes = Quotes::NEW;
    let spaces = input.iter().take_while(|&&octet| octet == b' ').count();
    let name = input.get(spaces..).unwrap_or_default();
    let is_framed = name.get(..11).is_some_and(|name| name.eq_ignore_ascii_case(b"BADCHARSET "));
    let mut rest = input;
    loop {
        rest = match rest {
            [b']' | b'\r' | b'\n' | 0, ..] | [] => break,
            [b'"', after @ ..] if is_framed => match framed_quotes(after) {
                Some(after) => after,
                None => return Fail::at(rest, Expected::Code),
            },
            [b'"', after @ ..] => quotes.end(after).unwrap_or(after),
            _ => run(rest.get(1..).unwrap_or_default(), &CLASS, ATOM | HIGH).1,
        };
    }
    match before(input, rest) {
        [] => Fail::at(input, Expected::Code),
        text => Ok((rest, text)),
    }
}

/// From behind a `"`, to behind the next one that has no `\` before it.
fn framed_quotes(after: &[u8]) -> Option<&[u8]> {
    let mut rest = after;
    loop {
        let at = rest.iter().position(|octet| matches!(octet, b'"' | b'\\' | b'\r' | b'\n' | 0))?;
        rest = match rest.get(at..)? {
            [b'"', rest @ ..] => return Some(rest),
            [b'\\', b'\r' | b'\n' | 0, ..] => return None,
            [b'\\', _, rest @ ..] => rest,
            _ => return None,
        };
    }
}

text! {
    /// A response code that could not be read, as it came.
    ///
    /// `Error="a server" Proxy=x:1993`
    ///
    /// RFC 9051 section 7.1.
    pub struct InvalidCode<'a>: "response code", loose_code_check, read_only;
}

impl InvalidCode<'_> {
    pub(crate) fn keyword(&self) -> &str {
        core::str::from_utf8(run(&self.0, &CLASS, ATOM).0).unwrap_or_default()
    }
}

impl<'a> Wire<'a> for InvalidCode<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, text) = loose_code(input)?;
        Ok((rest, Self(Cow::Borrowed(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

part! {
    /// A status: how a command went, or what a server wants known.
    ///
    /// `OK [READ-WRITE] SELECT completed`
    ///
    /// RFC 9051 section 7.1 (`resp-cond-state`).
    pub struct Status<'a> {
        /// `OK`, `NO` or `BAD`.
        pub kind: StatusKind,
        /// A code, and text for people.
        pub text: RespText<'a>,
    }
}

impl<'a> Status<'a> {
    /// It went well.
    ///
    /// ```
    /// use imap_proto::response::{Code, Status};
    /// use imap_proto::text;
    ///
    /// let status = Status::ok(text!("SELECT completed")).with_code(Code::ReadWrite);
    /// assert_eq!((status.to_string(), status.text.code), ("OK SELECT completed".into(), Some(Code::ReadWrite)));
    /// ```
    pub const fn ok(text: Text<'a>) -> Self {
        Self { kind: StatusKind::Ok, text: RespText::new(text) }
    }

    /// It was understood, and did not go well.
    pub const fn no(text: Text<'a>) -> Self {
        Self { kind: StatusKind::No, text: RespText::new(text) }
    }

    /// It was not understood, or is not allowed.
    pub const fn bad(text: Text<'a>) -> Self {
        Self { kind: StatusKind::Bad, text: RespText::new(text) }
    }

    /// The same with a code.
    #[must_use]
    pub fn with_code(self, code: Code<'a>) -> Self {
        Self { text: RespText { code: Some(code), ..self.text }, ..self }
    }
}

/// `NO not now`, without the code; as [`Text`] is shown.
impl fmt::Display for Status<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.text.text)
    }
}

/// ```abnf
/// resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
/// ```
impl<'a> Wire<'a> for Status<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (kind, rest) = match input {
            [b'O' | b'o', b'K' | b'k', rest @ ..] => (StatusKind::Ok, rest),
            [b'N' | b'n', b'O' | b'o', rest @ ..] => (StatusKind::No, rest),
            _ => (StatusKind::Bad, word(input, b"BAD", Expected::Response)?.0),
        };
        if !matches!(rest, [b' ' | b'\r' | b'\n', ..]) {
            return Fail::at(input, Expected::Response);
        }
        let (rest, text) = RespText::parse(rest, cx)?;
        Ok((rest, Self { kind, text }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.kind.as_str());
        self.text.encode(out);
    }
}

part! {
    /// The end of a command: its tag, and how it went.
    ///
    /// `A1 OK LOGIN completed`
    ///
    /// RFC 9051 section 2.2.2 (`response-tagged`).
    pub struct Tagged<'a> {
        /// The tag of the command.
        pub tag: Tag<'a>,
        /// How it went.
        pub status: Status<'a>,
    }
}

/// ```abnf
/// response-tagged = tag SP resp-cond-state
/// ```
impl<'a> Wire<'a> for Tagged<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, tag) = Tag::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, status) = Status::parse(rest, cx)?;
        Ok((rest, Self { tag, status }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.tag.encode(out);
        out.put(" ");
        self.status.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::{Side, split};
    use crate::options::Dialect;
    use crate::response::Response;
    use crate::testing::{check, check_refused};
    use bytes::BytesMut;

    fn status<'a>(code: Option<Code<'a>>, text: &'a str) -> Response<'a> {
        let text = RespText { code, text: Text::new(text).unwrap() };
        Response::Status(Status { kind: StatusKind::No, text })
    }

    /// It is one message for a framer, and for the parser with more behind it; what it is read as.
    fn read_again(response: &Response<'_>) -> Response<'static> {
        let mut wire = BytesMut::new();
        response.encode(&mut wire);
        let len = wire.len();
        wire.extend_from_slice(b"* 1 EXISTS\r\n* 2 EXISTS\r\n");
        assert_eq!(split(&wire, Side::Server).next().map(<[u8]>::len), Some(len), "{}", wire.escape_ascii());
        let (rest, read) = Response::parse(&wire, Dialect::STRICT).unwrap();
        assert_eq!(wire.len() - rest.len(), len, "{}", wire.escape_ascii());
        read.into_owned()
    }

    #[test]
    fn a_completion_is_shown() {
        let text = Text::new("not now").unwrap();
        assert_eq!(alloc::format!("{}", Status::no(text).with_code(Code::Alert)), "NO not now");
    }

    #[test]
    fn sec_41_text_is_no_code() {
        for text in ["[ALERT] call us", "[x {5}", "[", "[x] y"] {
            let with_space = alloc::format!(" {text}");
            let read = read_again(&status(None, text));
            assert_eq!(read, status(None, &with_space));
            assert_eq!(read_again(&read), read);
            let coded = status(Some(Code::Alert), text);
            assert_eq!(read_again(&coded), coded);
        }
    }

    #[test]
    fn sec_38_no_code_and_no_text_announces_a_literal() {
        let other =
            |text| OtherCode::new(Atom::new("X").unwrap(), Some(CodeText::new(text).unwrap())).unwrap();
        assert!(OtherCode::new(Atom::new("alert").unwrap(), None).is_err());
        let said = other("1 of 2");
        assert_eq!(
            (said.name().as_bytes(), said.text().map(CodeText::as_bytes)),
            (&b"X"[..], Some(&b"1 of 2"[..]))
        );
        let Response::Status(coded) = status(Some(Code::Other(said)), "done") else { panic!() };
        let alert = coded.clone().with_code(Code::Alert);
        assert_eq!((alert.text.code, alert.text.text), (Some(Code::Alert), coded.text.text));
        for code in [
            Code::Other(other("\"")),
            Code::Other(other("a\\\" \"b\" {5}")),
            Code::BadUrl(crate::ext::catenate::BadUrl::new("a\"b").unwrap()),
        ] {
            for text in ["\"{5}", "\" {5}", "{5}", "\\\"{5}", "] \"{5+}"] {
                let response = status(Some(code.clone()), text);
                assert_eq!(read_again(&response), response);
            }
        }
    }

    #[test]
    fn sec_38_broken_charsets_end_where_the_framer_says() {
        for line in [
            "A1 NO [BADCHARSET (x \"\\M\" \"] x\" {5}",
            "A1 NO [BADCHARSET (x \"\\M\"] \"z] x\" {5}",
            "A1 NO [BADCHARSET (x \"\\M]\" \"y] \" \"z {5}",
            "A1 NO [BADCHARSET (x\"\\\"]\") a] \" {5}",
            "A1 NO [ badcharset x\" ] y] {5}",
            "A1 NO [badcharset x] \" {5}",
            "* NO [BADCHARSET x {5}",
            "* NO [BADCHARSET \"x\\",
            "* OK [BADCHARSETS \"\\M\"] \"z] {5}",
        ] {
            let wire = alloc::format!("{line}\r\nabc\r\n)] ok\r\n* 1 EXISTS\r\n");
            let framed = split(wire.as_bytes(), Side::Server).next().map(<[u8]>::len);
            for dialect in [Dialect::STRICT, Dialect::STRICT.with_utf8(true)] {
                let (rest, _) = Response::parse(wire.as_bytes(), dialect).unwrap();
                assert_eq!(Some(wire.len() - rest.len()), framed, "{line}");
            }
        }
    }

    #[test]
    fn charsets() {
        let list = |names: &[&'static str]| -> Code<'static> {
            Code::BadCharset(Some(names.iter().map(|name| AString::new(*name).unwrap()).collect()))
        };
        check([
            ("BADCHARSET", Code::BadCharset(None)),
            ("BADCHARSET (UTF-8 US-ASCII)", list(&["UTF-8", "US-ASCII"])),
            ("BADCHARSET (\"a]b\" {1}\r\n\r)", list(&["a]b", "\r"])),
        ]);
        check_refused::<Code<'_>, 3>([
            ("BADCHARSET (a]b)", 11),
            ("BADCHARSET ()", 12),
            ("BADCHARSET(a)", 10),
        ]);
        let response = status(Some(list(&["a]b", "]", "\r", "x\"]"])), "{5}");
        assert_eq!(read_again(&response), response);
    }
}
