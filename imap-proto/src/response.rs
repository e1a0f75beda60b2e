//! Responses ([RFC 9051 section 7](https://www.rfc-editor.org/rfc/rfc9051#section-7)): what a server says.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use bytes::BytesMut;

pub use crate::grammar::status::{CodeText, InvalidCode, OtherCode, RespText, Status, StatusKind, Tagged};
pub use crate::registry::{Code, Data, NumberedData};

use crate::error::{Expected, ParseError};
use crate::framing::{Side, split};
use crate::grammar::class::{CLASS, HIGH, TEXT, space};
use crate::grammar::string::{Checked, any_literal, text};
use crate::grammar::text::{Text, utf8};
use crate::options::{Dialect, Leniency, Tolerated};
use crate::registry::Command;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, octet, part, run};
use crate::writer::{EncodeOptions, Fragment, fragments};

part! {
    /// What a server says: one line, with the literals in it.
    ///
    /// `* 172 EXISTS` CRLF, `A1 OK done` CRLF, `+ ready` CRLF
    ///
    /// RFC 9051 section 7.
    pub enum Response<'a> {
        /// `A1 OK LOGIN completed`: the end of a command.
        Tagged(Tagged<'a>),
        /// `* OK [UIDNEXT 4392] Predicted next UID`: a status that ends no command.
        Status(Status<'a>),
        /// `* BYE Autologout`: the server closes the connection. RFC 9051 section 7.1.5.
        Bye(RespText<'a>),
        /// `* PREAUTH logged in as Smith`: a greeting that needs no login. RFC 9051 section 7.1.4.
        PreAuth(RespText<'a>),
        /// `* LIST () "/" INBOX`: data that begin with their name.
        Data(Data<'a>),
        /// `* 23 EXISTS`, `* 12 FETCH (FLAGS ())`: data that begin with a number.
        Numbered(Numbered<'a>),
        /// `+ ready for additional command text`: the client is to go on. RFC 9051 section 7.6.
        Continue(Continue<'a>),
        /// A line that cannot be read, as it came.
        Invalid(InvalidResponse<'a>),
    }
}

impl<'a> Response<'a> {
    /// Reads one response, with the CRLF that ends its line, from the front of `input`.
    ///
    /// A broken item of a list, a broken response code and a line that is no response are kept as they came, in the
    /// `Invalid` of their place: all else in the message is read.
    ///
    /// ```
    /// use imap_proto::{Dialect, Response, response::NumberedData};
    ///
    /// let wire = b"* 23 EXISTS\r\nA1 OK done\r\n";
    /// let (rest, response) = Response::parse(wire, Dialect::STRICT)?;
    /// assert!(matches!(response, Response::Numbered(data) if (data.number, &data.data) == (23, &NumberedData::Exists)));
    /// assert!(matches!(Response::parse(rest, Dialect::STRICT)?, (b"", Response::Tagged(_))));
    /// # Ok::<(), imap_proto::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// There is no whole line: this reads what a framer has found to be whole.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], Self), ParseError> {
        wire::unreported(input, Self::dialect(dialect))
    }

    /// Like [`parse`](Self::parse), and says what was tolerated; [`Leniency::INVALID_ITEM`] is always among what can be.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[allow(clippy::type_complexity)] // rest, value, what was tolerated: a struct would have one user
    pub fn parse_reporting(
        input: &'a [u8],
        dialect: Dialect,
    ) -> Result<(&'a [u8], Self, Option<Tolerated>), ParseError> {
        wire::lenient(input, Self::dialect(dialect))
    }

    fn dialect(dialect: Dialect) -> Dialect {
        dialect.with_leniency(dialect.leniency.union(Leniency::INVALID_ITEM))
    }

    /// Appends the response, with its CRLF, to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        self.encode_with(EncodeOptions::default(), out);
    }

    /// Appends the response as `options` say, with its CRLF, to `out`.
    pub fn encode_with(&self, options: EncodeOptions, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::with(out, options, false));
    }

    /// The response in pieces: what is given as [`Bytes`](bytes::Bytes) is not copied.
    pub fn fragments(&self, options: EncodeOptions) -> Vec<Fragment> {
        fragments(options, false, |out| Wire::encode(self, out))
    }
}

impl<'a> Wire<'a> for Response<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if cx.is_lenient() {
            return whole_or_invalid(input, cx);
        }
        // Where it was made: a response is large, and would be copied.
        let mut read = response(input, cx);
        if let Ok((rest, _)) = &mut read {
            match crlf(rest, cx) {
                Ok((after, ())) => *rest = after,
                Err(error) => read = Err(error),
            }
        }
        read
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Tagged(tagged) => tagged.encode(out),
            Self::Continue(go_on) => go_on.encode(out),
            Self::Invalid(invalid) => invalid.encode(out),
            _ => out.put("* "),
        }
        match self {
            Self::Status(status) => status.encode(out),
            Self::Bye(text) => {
                out.put("BYE");
                text.encode(out);
            }
            Self::PreAuth(text) => {
                out.put("PREAUTH");
                text.encode(out);
            }
            Self::Data(data) => data.encode(out),
            Self::Numbered(data) => data.encode(out),
            Self::Tagged(_) | Self::Continue(_) | Self::Invalid(_) => {}
        }
        out.put("\r\n");
    }
}

/// A response with its CRLF, or a line that is none, where that is tolerated.
#[inline(never)]
fn whole_or_invalid(input: &[u8], cx: Cx) -> Parsed<'_, Response<'_>> {
    let read = match input {
        [0, ..] if cx.tolerates(Leniency::NUL_PREFIX) => {
            let nuls = input.iter().take_while(|&&octet| octet == 0).count();
            match input.get(nuls..) {
                Some(rest @ [b'*', ..]) => response(rest, cx),
                _ => Fail::at(input, Expected::Response),
            }
        }
        _ => response(input, cx),
    };
    let read = read.and_then(|(rest, response)| Ok((crlf(rest, cx)?.0, response)));
    read.or_else(|error| invalid(input, cx, error))
}

/// A line that could not be read because of `error`, where that is tolerated.
#[cold]
fn invalid(input: &[u8], cx: Cx, error: nom::Err<Fail>) -> Parsed<'_, Response<'_>> {
    if !cx.tolerates(Leniency::INVALID_ITEM) {
        return Err(error);
    }
    match InvalidResponse::parse(input, cx) {
        Ok((rest, invalid)) => Ok((crlf(rest, cx)?.0, Response::Invalid(invalid))),
        Err(_) => Err(error),
    }
}

/// ```abnf
/// response = continue-req / response-data / response-tagged
/// ```
#[inline(always)] // made where it is kept
fn response(input: &[u8], cx: Cx) -> Parsed<'_, Response<'_>> {
    match input {
        [b'*', rest @ ..] => {
            let (rest, ()) = space(rest, cx)?;
            untagged(rest, cx)
        }
        [b'+', ..] => Continue::parse(input, cx).map(|(rest, go_on)| (rest, Response::Continue(go_on))),
        _ => Tagged::parse(input, cx).map(|(rest, tagged)| (rest, Response::Tagged(tagged))),
    }
}

/// Behind `* `.
#[inline(always)] // as above
fn untagged(input: &[u8], cx: Cx) -> Parsed<'_, Response<'_>> {
    match input {
        [b'0'..=b'9', ..] => Numbered::parse(input, cx).map(|(rest, data)| (rest, Response::Numbered(data))),
        // No status begins with these.
        [b'A' | b'C'..=b'M' | b'Q'..=b'Z', ..] => data(input, cx),
        [b'O' | b'o', b'K' | b'k', b' ', ..]
        | [b'N' | b'n', b'O' | b'o', b' ', ..]
        | [b'B' | b'b', b'A' | b'a', b'D' | b'd', b' ', ..] => {
            Status::parse(input, cx).map(|(rest, status)| (rest, Response::Status(status)))
        }
        _ => status_or_data(input, cx),
    }
}

/// [`untagged`] where more than the first octet has to be looked at.
#[inline(never)]
fn status_or_data(input: &[u8], cx: Cx) -> Parsed<'_, Response<'_>> {
    let (rest, name) = crate::grammar::class::run1(input, crate::grammar::class::ATOM, Expected::Response)?;
    match name.len() {
        2 | 3 if [&b"OK"[..], b"NO", b"BAD"].iter().any(|status| name.eq_ignore_ascii_case(status)) => {
            Status::parse(input, cx).map(|(rest, status)| (rest, Response::Status(status)))
        }
        3 if name.eq_ignore_ascii_case(b"BYE") => {
            let (rest, text) = resp_text(rest, cx)?;
            Ok((rest, Response::Bye(text)))
        }
        7 if name.eq_ignore_ascii_case(b"PREAUTH") => {
            let (rest, text) = resp_text(rest, cx)?;
            Ok((rest, Response::PreAuth(text)))
        }
        _ => data(input, cx),
    }
}

/// What stands behind the words of a status; where it is rare.
#[inline(never)]
fn resp_text(input: &[u8], cx: Cx) -> Parsed<'_, RespText<'_>> {
    RespText::parse(input, cx)
}

/// Data that are known, or that at least no command is called.
#[inline(never)] // one copy, into which all rows go
fn data(input: &[u8], cx: Cx) -> Parsed<'_, Response<'_>> {
    let (rest, data) = Data::parse(input, cx)?;
    match &data {
        Data::Other(other)
            if Command::has_row(other.name().as_bytes()) && !cx.tolerates(Leniency::COMMAND_AS_DATA) =>
        {
            Fail::at(input, Expected::Response)
        }
        _ => Ok((rest, Response::Data(data))),
    }
}

/// The end of a line.
#[inline]
pub(crate) fn crlf(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    match input {
        [b'\r', b'\n', rest @ ..] => Ok((rest, ())),
        [b' ', rest @ ..] if cx.tolerates(Leniency::TRAILING_SPACE) => {
            let spaces = rest.iter().take_while(|&&octet| octet == b' ').count();
            match rest.get(spaces..) {
                Some(rest @ [b'\r' | b'\n', ..]) => crlf(rest, cx),
                _ => Fail::at(input, Expected::Crlf),
            }
        }
        [b'\n', rest @ ..] if cx.tolerates(Leniency::BARE_LF) => Ok((rest, ())),
        _ => Fail::at(input, Expected::Crlf),
    }
}

part! {
    /// Data that begin with a number: of messages, or of one message.
    ///
    /// `23 EXISTS`, `12 FETCH (FLAGS (\Seen))`
    ///
    /// RFC 9051 sections 7.4 and 7.5.
    pub struct Numbered<'a> {
        /// How many messages, or which one: a message number, a UID in `UIDFETCH`.
        pub number: u32,
        /// What about it.
        pub data: NumberedData<'a>,
    }
}

/// ```abnf
/// numbered = number SP keyword [SP data]
/// ```
impl<'a> Wire<'a> for Numbered<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, number) = u32::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, data) = NumberedData::parse(rest, cx)?;
        let counts = matches!(data, NumberedData::Exists | NumberedData::Recent | NumberedData::Other(_));
        if number == 0 && !counts && !cx.tolerates(Leniency::ZERO) {
            return Fail::at(input, Expected::NonZero);
        }
        Ok((rest, Self { number, data }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.number.into());
        out.put(" ");
        self.data.encode(out);
    }
}

fn continue_check(octets: &[u8]) -> Checked {
    match run(octets, &CLASS, TEXT | HIGH) {
        (_, []) => utf8(octets),
        (text, _) => Err((Expected::Text, text.len())),
    }
}

text! {
    /// The server asks the client to go on: with a literal, or with an answer to a challenge.
    ///
    /// `+ Ready for literal data`, `+ YGgGCSqGSIb3EgECAgIAb`
    ///
    /// Which of text and base64 it is follows from what was asked, not from what stands there. Maybe empty.
    /// RFC 9051 section 7.6.
    pub struct Continue<'a>: "continuation", continue_check;
}

impl<'a> Continue<'a> {
    /// What stands there as a code and text for people.
    pub fn resp_text(&'a self) -> Option<RespText<'a>> {
        let (code, text) = match &*self.0 {
            [b'[', ..] => {
                let line = [b" ", &*self.0].concat();
                let (rest, text) = resp_text(&line, Cx::KNOWN).ok()?;
                return rest.is_empty().then(|| text.into_owned());
            }
            text => (None, Text(Cow::Borrowed(text))),
        };
        Some(RespText { code, text })
    }

    /// What stands there as the octets that it encodes in base64: a challenge. `None` when it is none.
    pub fn decode(&self) -> Option<Vec<u8>> {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(&self.0).ok()
    }

    /// A challenge: `octets` in base64.
    pub fn challenge(octets: &[u8]) -> Self {
        use base64::Engine;
        Self(Cow::Owned(base64::engine::general_purpose::STANDARD.encode(octets).into_bytes()))
    }
}

/// ```abnf
/// continue-req = "+" SP (resp-text / base64)
/// ```
impl<'a> Wire<'a> for Continue<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'+', Expected::Response)?;
        let rest = match rest {
            [b' ', rest @ ..] => rest,
            [b'\r' | b'\n', ..] if cx.tolerates(Leniency::MISSING_SPACE) => rest,
            _ => return Fail::at(rest, Expected::Space),
        };
        let (rest, text) = Text::parse(rest, cx)?;
        Ok((rest, Self(text.0)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("+ ");
        out.put(&self.0);
    }
}

/// One message, of which lines are text: what a server sent may hold stray CR and NUL, what is made here may not.
fn invalid_check(octets: &[u8]) -> Checked {
    let message = [octets, b"\r\n"].concat();
    match split(&message, Side::Server).next() {
        Some(whole) if !octets.is_empty() && whole.len() == message.len() => stray(octets),
        Some(part) if !octets.is_empty() => Err((Expected::End, part.len())),
        _ => Err((Expected::Text, octets.len())),
    }
}

/// Refuses CR, LF and NUL outside of literals.
fn stray(octets: &[u8]) -> Checked {
    let mut rest = octets;
    while let [octet, after @ ..] = rest {
        rest = match octet {
            b'{' => any_literal(after).map_or(after, |(rest, _)| rest),
            0 | b'\r' | b'\n' => return Err((Expected::Text, wire::len_before(octets, rest))),
            _ => after,
        };
    }
    Ok(())
}

text! {
    /// A line that cannot be read as a response, as it came, with its literals and without the CRLF at its end.
    ///
    /// `Server Unavailable. 15`
    ///
    /// RFC 9051 section 7.
    pub struct InvalidResponse<'a>: "response", invalid_check, read_only;
}

impl<'a> Wire<'a> for InvalidResponse<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let message = split(input, Side::Server).next().unwrap_or_default();
        let text = message.strip_suffix(b"\r\n").unwrap_or_default();
        match input.get(text.len()..) {
            Some(rest @ [_, ..]) if !text.is_empty() => Ok((rest, Self(Cow::Borrowed(text)))),
            _ => Fail::at(input, Expected::Response),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

part! {
    /// The first thing that a server says.
    ///
    /// `* OK IMAP4rev1 server ready` CRLF
    ///
    /// RFC 9051 section 7.1.
    pub enum Greeting<'a> {
        /// `OK`: the client is to log in.
        Ok(RespText<'a>),
        /// `PREAUTH`: it is logged in already.
        PreAuth(RespText<'a>),
        /// `BYE`: the server wants no connection.
        Bye(RespText<'a>),
    }
}

impl<'a> Greeting<'a> {
    /// Reads a greeting, with the CRLF that ends its line, from the front of `input`.
    ///
    /// # Errors
    /// What the grammar expected, and where.
    pub fn parse(input: &'a [u8], dialect: Dialect) -> Result<(&'a [u8], Self), ParseError> {
        wire::unreported(input, dialect)
    }

    /// Like [`parse`](Self::parse), and says what was tolerated.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[allow(clippy::type_complexity)] // as above
    pub fn parse_reporting(
        input: &'a [u8],
        dialect: Dialect,
    ) -> Result<(&'a [u8], Self, Option<Tolerated>), ParseError> {
        wire::lenient(input, dialect)
    }

    /// Appends the greeting, with its CRLF, to `out`.
    pub fn encode(&self, out: &mut BytesMut) {
        Wire::encode(self, &mut Writer::new(out));
    }

    /// A code, and text for people.
    pub fn text(&self) -> &RespText<'a> {
        match self {
            Self::Ok(text) | Self::PreAuth(text) | Self::Bye(text) => text,
        }
    }
}

/// ```abnf
/// greeting = "*" SP (resp-cond-auth / resp-cond-bye) CRLF
/// ```
impl<'a> Wire<'a> for Greeting<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, response) = response(input, cx)?;
        let (rest, ()) = crlf(rest, cx)?;
        let greeting = match response {
            Response::Status(Status { kind: StatusKind::Ok, text }) => Self::Ok(text),
            Response::PreAuth(text) => Self::PreAuth(text),
            Response::Bye(text) => Self::Bye(text),
            Response::Status(Status { text, .. }) if cx.tolerates(Leniency::REFUSED_GREETING) => {
                Self::Bye(text)
            }
            _ => return Fail::at(input, Expected::Greeting),
        };
        Ok((rest, greeting))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::Ok(_) => "* OK",
            Self::PreAuth(_) => "* PREAUTH",
            Self::Bye(_) => "* BYE",
        });
        self.text().encode(out);
        out.put("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::text::Tag;
    use crate::registry::Code;
    use crate::testing::{check, check_refused, check_tolerated};

    fn text(text: &str) -> RespText<'_> {
        RespText::new(Text::new(text).unwrap())
    }

    fn invalid(line: &str) -> InvalidResponse<'_> {
        InvalidResponse::new(line).unwrap()
    }

    #[test]
    fn in_pieces_it_is_the_same() {
        let octets = bytes::Bytes::from(alloc::vec![b'x'; 5_000]);
        let body = crate::ext::urlfetch::UrlBody::new(octets.clone()).unwrap();
        let (url, content) =
            (crate::ext::url::UrlText::new("/a").unwrap(), crate::ext::urlfetch::UrlContent::Body(body));
        let fetched = crate::ext::urlfetch::UrlFetched { url, content };
        let data = crate::ext::urlfetch::UrlFetchData::new(alloc::vec![fetched]).unwrap();
        let response = Response::Data(Data::UrlFetch(data));
        let fragments = response.fragments(EncodeOptions::default());
        let mut whole = BytesMut::new();
        response.encode(&mut whole);
        let [Fragment::Send(head), Fragment::Send(body), Fragment::Send(end)] = &fragments[..] else {
            panic!("{fragments:?}")
        };
        assert_eq!((body.as_ptr(), [&head[..], body, end].concat()), (octets.as_ptr(), whole.to_vec()));
    }

    #[test]
    fn responses() {
        let tag = Tag::new("A1").unwrap();
        let status = |kind| Status { kind, text: text("done") };
        check([
            ("* OK done\r\n", Response::Status(status(StatusKind::Ok))),
            ("* NO done\r\n", Response::Status(status(StatusKind::No))),
            ("* BAD done\r\n", Response::Status(status(StatusKind::Bad))),
            ("A1 NO done\r\n", Response::Tagged(Tagged { tag, status: status(StatusKind::No) })),
            ("* BYE see {5}\r\n", Response::Bye(text("see {5}"))),
            ("* PREAUTH hi\r\n", Response::PreAuth(text("hi"))),
            ("+ go on\r\n", Response::Continue(Continue::new("go on").unwrap())),
            ("+ \r\n", Response::Continue(Continue::new("").unwrap())),
            (
                "* OK [UIDNEXT 4392] next\r\n",
                Response::Status(Status {
                    kind: StatusKind::Ok,
                    text: RespText::with_code(Code::UidNext(4392), Text::new("next").unwrap()),
                }),
            ),
            ("* 23 EXISTS\r\n", Response::Numbered(Numbered { number: 23, data: NumberedData::Exists })),
        ]);
        check_refused::<Response<'_>, 7>([
            ("* OK\r\n", 4),
            ("*OK x\r\n", 1),
            ("A1 BYE x\r\n", 3),
            ("A1 OK x\n", 7),
            ("+\r\n", 1),
            ("* OK [UIDNEXT x] y\r\n", 14),
            ("* 0 EXPUNGE\r\n", 2),
        ]);
        check_tolerated([
            (
                "Server Unavailable. 15\r\n",
                Response::Invalid(invalid("Server Unavailable. 15")),
                Leniency::INVALID_ITEM,
            ),
            ("* 1 FETCH (\r\n", Response::Invalid(invalid("* 1 FETCH (")), Leniency::INVALID_ITEM),
        ]);
    }

    #[test]
    fn a_continuation_is_text_or_base64_as_was_asked() {
        let challenge = Continue::challenge(b"foo");
        assert_eq!((challenge.as_bytes(), challenge.decode().as_deref()), (&b"Zm9v"[..], Some(&b"foo"[..])));
        assert_eq!(Continue::new("").unwrap().decode().as_deref(), Some(&b""[..]));
        assert_eq!(Continue::new("go on").unwrap().decode(), None);
        let coded = Continue::new("[ALERT] now").unwrap();
        assert_eq!(coded.resp_text(), Some(RespText::with_code(Code::Alert, Text::new("now").unwrap())));
        assert_eq!(Continue::new("go").unwrap().resp_text(), Some(text("go")));
        assert!(Continue::new("a\r\nb").is_err());
    }

    #[test]
    fn greetings() {
        check([
            ("* OK hi\r\n", Greeting::Ok(text("hi"))),
            ("* PREAUTH hi\r\n", Greeting::PreAuth(text("hi"))),
            ("* BYE hi\r\n", Greeting::Bye(text("hi"))),
        ]);
        check_refused::<Greeting<'_>, 3>([("A1 OK hi\r\n", 0), ("* 1 EXISTS\r\n", 0), ("* NO hi\r\n", 0)]);
        check_tolerated([("* NO hi\r\n", Greeting::Bye(text("hi")), Leniency::REFUSED_GREETING)]);
    }

    #[test]
    fn sec_36_a_line_that_is_made_here_is_one_line() {
        for payload in ["", "a\r\nb", "a\nb", "a\rb", "a\0b", "a {3}", "a {3}\r\nab"] {
            assert!(InvalidResponse::new(payload).is_err(), "{payload:?}");
        }
        assert!(InvalidResponse::new("a {3}\r\na\r\n b").is_ok());
        // What a server sent is kept all the same.
        let (_, response) = Response::parse(b"a\rb\0c\r\n", Dialect::STRICT).unwrap();
        assert!(matches!(response, Response::Invalid(line) if line.as_bytes() == b"a\rb\0c"));
    }
}
