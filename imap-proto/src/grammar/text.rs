//! Tags, text for people, and text that is kept unread ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9)).

use alloc::borrow::Cow;
use core::fmt::{self, Write as _};

use bytes::BytesMut;

use crate::error::{Expected, ValueError};
use crate::grammar::class::{ATOM, CLASS, HIGH, TAG, TEXT, WORD, run1};
use crate::grammar::skip;
use crate::grammar::string::{Atom, Checked, any_literal, text, whole};
use crate::options::{Dialect, Leniency};
use crate::registry::{Command, Data, NumberedData};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, part, run};

fn tag_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Tag, run1(octets, TAG, Expected::Tag))
}

text! {
    /// A tag: what a client calls one of its commands.
    ///
    /// `A001`
    ///
    /// Atom characters and `]`, but no `+`, at least one. RFC 9051 section 2.2.1.
    pub struct Tag<'a>: "tag", tag_check;
}

impl<'a> Tag<'a> {
    /// The tag at the front of a line, also of one that cannot be read: what a server answers BAD with.
    ///
    /// ```
    /// use imap_proto::Tag;
    ///
    /// assert_eq!(Tag::of(b"A1 FROB\r\n"), Some(Tag::new("A1")?));
    /// assert_eq!(Tag::of(b"* OK\r\n"), None);
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub fn of(line: &'a [u8]) -> Option<Self> {
        match run(line, &CLASS, TAG) {
            (tag @ [_, ..], [b' ' | b'\r' | b'\n', ..]) => Some(Self(Cow::Borrowed(tag))),
            _ => None,
        }
    }
}

/// A tag has none but visible ASCII characters.
impl fmt::Display for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str().unwrap_or_default())
    }
}

/// ```abnf
/// tag = 1*<any ASTRING-CHAR except "+">
/// ```
impl<'a> Wire<'a> for Tag<'a> {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = run1(input, TAG, Expected::Tag)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// Text that is not empty, and UTF-8.
fn text_check(octets: &[u8]) -> Checked {
    match run(octets, &CLASS, TEXT | HIGH) {
        ([], _) => Err((Expected::Text, 0)),
        (_, []) => utf8(octets),
        (text, _) => Err((Expected::Text, text.len())),
    }
}

/// Refuses what is not UTF-8.
pub(crate) fn utf8(octets: &[u8]) -> Checked {
    core::str::from_utf8(octets).map(|_| ()).map_err(|error| (Expected::Utf8, error.valid_up_to()))
}

text! {
    /// Text for people.
    ///
    /// `LOGIN completed`
    ///
    /// At least one octet, never CR, LF or NUL; octets above 127 are read where UTF-8 is in force, and where localised
    /// servers are put up with. Empty only when a peer left it out. RFC 9051 section 9 (`text`).
    pub struct Text<'a>: "text", text_check;
}

impl Text<'_> {
    /// No text at all: what a server left out.
    pub(crate) const EMPTY: Self = Self(Cow::Borrowed(b""));

    /// Whether `text` may be taken as it is. [`text!`](macro@crate::text) asks this when compiling.
    pub const fn is_text(text: &str) -> bool {
        let mut rest = text.as_bytes();
        while let [octet, after @ ..] = rest {
            if matches!(octet, 0 | b'\r' | b'\n') {
                return false;
            }
            rest = after;
        }
        !text.is_empty()
    }

    /// What [`text!`](macro@crate::text) has checked; a dash for what is not text.
    #[doc(hidden)]
    pub const fn from_checked(text: &'static str) -> Text<'static> {
        Text(Cow::Borrowed(if Self::is_text(text) { text.as_bytes() } else { b"-" }))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is not UTF-8 or not printable is escaped: it is a peer's.
///
/// ```
/// assert_eq!(imap_proto::Text::new("na\u{ef}ve \x1b[2J")?.to_string(), "na\u{ef}ve \\u{1b}[2J");
/// # Ok::<(), imap_proto::ValueError>(())
/// ```
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for char in chunk.valid().chars() {
                match char {
                    '"' | '\'' => f.write_char(char)?,
                    _ => write!(f, "{}", char.escape_debug())?,
                }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}

/// Text up to the end of the line; maybe none.
///
/// ```abnf
/// text = 1*TEXT-CHAR
/// ```
impl<'a> Wire<'a> for Text<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match behind_text(input) {
            [128..=255, ..] => high(input, cx),
            rest => Ok((rest, Self(Cow::Borrowed(before(input, rest))))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// What follows a run of `TEXT-CHAR`, of which eight are looked at at a time.
#[inline]
fn behind_text(input: &[u8]) -> &[u8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut rest = input;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        // Up to the first octet whose high bit is set here there is none up to CR or above 127.
        let stops = (word.wrapping_sub(ONES.wrapping_mul(0x0e)) & !word | word) & TOPS;
        rest = match stops {
            0 => after,
            _ => match rest.get((stops.trailing_zeros() / 8) as usize..).unwrap_or_default() {
                // Tabulators and the like.
                [1..=9 | 11 | 12, after @ ..] => after,
                end => return end,
            },
        };
    }
    run(rest, &CLASS, TEXT).1
}

/// Text with octets above 127.
#[cold]
fn high(input: &[u8], cx: Cx) -> Parsed<'_, Text<'_>> {
    let (text, rest) = run(input, &CLASS, TEXT | HIGH);
    let is_fine = cx.tolerates(Leniency::RAW_8BIT) || cx.utf8() && core::str::from_utf8(text).is_ok();
    match is_fine {
        true => Ok((rest, Text(Cow::Borrowed(text)))),
        false => Fail::at(run(input, &CLASS, TEXT).1, Expected::Utf8),
    }
}

fn values_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Syntax, values(octets, Dialect::STRICT.with_utf8(true).into()))
}

/// Values of any kind, apart by a space.
fn values(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let mut rest = input;
    loop {
        (rest, _) = skip::value(rest, cx)?;
        match rest {
            [b' ', after @ ..] if !matches!(after, [b'\r' | b'\n', ..] | []) => rest = after,
            _ => return Ok((rest, before(input, rest))),
        }
    }
}

/// Text that is kept as it came, but for what is said of its strings: how a literal was announced, and where octets above
/// 127 stand, which not every peer reads in quotes. So two texts of the same values are the same.
pub(crate) fn kept(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() && memchr::memchr(b'\n', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = BytesMut::new();
    Writer::new(&mut out).known(text);
    Cow::Owned(out.into())
}

/// The same of text that a caller gives.
pub(crate) fn kept_of(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match kept(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(anew) => Cow::Owned(anew),
    }
}

text! {
    /// Values without a meaning in this crate, as they are on the wire: atoms, strings, lists, apart by a space.
    ///
    /// `1 "two" (three (four))`
    ///
    /// Literals in it hold what they say, so nothing can be smuggled through it. RFC 9051 section 9 (`tagged-ext-val`).
    pub struct Values<'a>: "values", values_check, kept;
}

/// ```abnf
/// values = value *(SP value)
/// ```
impl<'a> Wire<'a> for Values<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        // What is kept as it came must be readable again, so no quirk of quoting is put up with.
        let (rest, text) = values(input, if cx.is_lenient() { Cx::KNOWN } else { cx })?;
        Ok((rest, Self(kept(text))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.known(&self.0);
    }
}

part! {
    /// Something whose name has no row in this crate: a command, a response, a response code.
    ///
    /// `XYZZY foo`
    ///
    /// RFC 9051 section 9.
    pub struct Unknown<'a> {
        name: Atom<'a>,
        values: Option<Values<'a>>,
    }
}

impl<'a> Unknown<'a> {
    /// Something of a private extension. Who gives a secret to it should know that its `Debug` text shows what it holds.
    ///
    /// # Errors
    /// `name` is not a letter followed by letters, digits, `.`, `-` and `_`, or it is one that this crate knows.
    pub fn new(name: Atom<'a>, values: Option<Values<'a>>) -> Result<Self, ValueError> {
        let word = run(name.as_bytes(), &CLASS, WORD).0;
        let known =
            [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"].iter().any(|one| word.eq_ignore_ascii_case(one))
                || Command::has_row(word)
                || Data::has_row(word)
                || NumberedData::has_row(word);
        let offset = if known || !word.first().is_some_and(u8::is_ascii_alphabetic) { Some(0) } else { None };
        match offset.or((word.len() < name.as_bytes().len()).then_some(word.len())) {
            Some(offset) => Err(ValueError { field: "name", expected: Expected::Keyword, offset }),
            None => Ok(Self { name, values }),
        }
    }

    /// Its name, as written.
    pub fn name(&self) -> &Atom<'a> {
        &self.name
    }

    /// What stands behind the name and its space.
    pub fn values(&self) -> Option<&Values<'a>> {
        self.values.as_ref()
    }

    pub(crate) fn keyword(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// unknown = atom [SP values]
/// ```
impl<'a> Wire<'a> for Unknown<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = Atom::parse(input, cx)?;
        match rest {
            [b' ', after @ ..] if !matches!(after, [b'\r' | b'\n', ..]) => {
                let (rest, values) = Values::parse(after, cx)?;
                Ok((rest, Self { name, values: Some(values) }))
            }
            _ => Ok((rest, Self { name, values: None })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        if let Some(values) = &self.values {
            out.put(" ");
            values.encode(out);
        }
    }
}

fn item_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Item, broken_item(octets))
}

text! {
    /// An item of a list that could not be read, as it came: a name, perhaps a section, perhaps a value.
    ///
    /// `RFC822.SIZE -1`
    pub struct InvalidItem<'a>: "item", item_check, read_only;
}

impl InvalidItem<'_> {
    /// The item's name.
    pub(crate) fn keyword(&self) -> &str {
        core::str::from_utf8(run(&self.0, &CLASS, ATOM).0).unwrap_or_default()
    }

    /// Whether it is one only as long as something stands behind it: `X {5}`.
    pub(crate) fn ends_in_count(&self) -> bool {
        self.0.last() == Some(&b'}') && item_check(&self.0).is_err()
    }
}

/// `NAME`, `NAME value`, `NAME[section]<0> value`, whatever name, section and value are made of.
fn broken_item(input: &[u8]) -> Parsed<'_, &[u8]> {
    let mut rest = input;
    if let (_, [b'[', after @ ..]) = run(input, &CLASS, WORD) {
        // A section holds spaces, and quotes that may hold a bracket.
        rest = after;
        let mut quotes = skip::Quotes::NEW;
        loop {
            rest = match rest {
                [b']', ..] | [0 | b'\r' | b'\n', ..] | [] => break,
                [b'"', after @ ..] => quotes.end(after).unwrap_or(after),
                [_, after @ ..] => after,
            };
        }
    }
    (rest, _) = skip::anything(rest)?;
    // What begins with a parenthesis has no name.
    if let [b' ', after @ ..] = rest
        && !matches!(input, [b'(', ..])
        && !matches!(after, [b' ' | b')' | b'\r' | b'\n', ..] | [])
    {
        (rest, _) = skip::anything(after)?;
    }
    Ok((rest, before(input, rest)))
}

impl<'a> Wire<'a> for InvalidItem<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [0, b'{', marked @ ..] = input
            && cx.kept()
        {
            return any_literal(marked).map(|(rest, item)| (rest, Self(Cow::Borrowed(item))));
        }
        let (rest, item) = broken_item(input)?;
        Ok((rest, Self(Cow::Borrowed(item))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.broken(&self.0);
    }
}

/// Reads an item of a list by `read`, and where that fails and it is tolerated, keeps it as it came. In text that was read
/// before there are no others.
#[inline]
pub(crate) fn item_or_invalid<'a, T>(
    input: &'a [u8],
    cx: Cx,
    read: impl FnOnce(&'a [u8], Cx) -> Parsed<'a, T>,
    invalid: impl FnOnce(InvalidItem<'a>) -> T,
) -> Parsed<'a, T> {
    if let [0, ..] = input
        && cx.kept()
    {
        return InvalidItem::parse(input, cx).map(|(rest, item)| (rest, invalid(item)));
    }
    if cx.known() { read(input, cx) } else { new_item(input, cx, read, invalid) }
}

/// [`item_or_invalid`] in text that was not read before.
#[inline]
fn new_item<'a, T>(
    input: &'a [u8],
    cx: Cx,
    read: impl FnOnce(&'a [u8], Cx) -> Parsed<'a, T>,
    invalid: impl FnOnce(InvalidItem<'a>) -> T,
) -> Parsed<'a, T> {
    let read = read(input, cx);
    let error = match &read {
        // Returned as it is: items are large, and would be copied.
        Ok(([b' ' | b')' | b'\r' | b'\n', ..] | [], _)) => return read,
        Ok((rest, _)) => nom::Err::Error(Fail { expected: Expected::Close, remaining: rest.len() }),
        Err(error) => error.clone(),
    };
    invalid_item(input, cx, error).map(|(rest, item)| (rest, invalid(item)))
}

/// [`item_or_invalid`] that keeps nothing, in text that was not read before.
#[inline]
pub(crate) fn skip_item<'a>(
    input: &'a [u8],
    cx: Cx,
    pass: impl FnOnce(&'a [u8], Cx) -> Parsed<'a, ()>,
) -> Parsed<'a, ()> {
    if cx.is_lenient() {
        return new_item(input, cx, pass, drop);
    }
    let (rest, ()) = pass(input, cx)?;
    match rest {
        [b' ' | b')', ..] => Ok((rest, ())),
        [b'\r' | b'\n', ..] | [] => Ok((rest, ())),
        _ => Fail::at(rest, Expected::Close),
    }
}

/// An item that could not be read because of `error`, where that is tolerated.
#[cold]
fn invalid_item(input: &[u8], cx: Cx, error: nom::Err<Fail>) -> Parsed<'_, InvalidItem<'_>> {
    if !cx.tolerates(Leniency::INVALID_ITEM) {
        return Err(error);
    }
    InvalidItem::parse(input, cx).map_err(|_| error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Response;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn what_is_checked_when_compiling_is_what_is_checked_when_run() {
        let words = ["", "a", "done", "\u{e9}t\u{e9}", "a\rb", "\n", "a\0", "\t", "\u{7f}"];
        for word in words {
            assert_eq!(Text::is_text(word), Text::new(word).is_ok(), "{word:?}");
        }
        assert_eq!(crate::text!("done"), Text::new("done").unwrap());
        assert_eq!(Text::from_checked("a\rb"), Text::new("-").unwrap(), "what came around the macro");
    }

    #[test]
    fn tags_and_text() {
        check([("A1", Tag::new("A1").unwrap()), ("a.]1", Tag::new("a.]1").unwrap())]);
        check_refused::<Tag<'_>, 4>([("", 0), ("+", 0), ("a+", 1), ("*", 0)]);
        assert_eq!(Tag::of(b"A1\r\n"), Some(Tag::new("A1").unwrap()));
        assert_eq!(Tag::new("a.]1").unwrap().to_string(), "a.]1");
        assert_eq!((Tag::of(b"A1"), Tag::of(b" A1 x"), Tag::of(b"+ x")), (None, None, None));
        let text = |text| Text::new(text).unwrap();
        check([("done", text("done")), ("[x] {5}", text("[x] {5}"))]);
        check_refused::<Text<'_>, 2>([("a\rb", 1), ("a\u{e9}", 1)]);
        check_tolerated([("\u{e9}", text("\u{e9}"), Leniency::RAW_8BIT)]);
        assert!(Text::new("").is_err() && Text::new("a\0").is_err() && Text::new(b"\xe9").is_err());
        assert_eq!(text("it's \"\u{e9}\u{1b}[2J").to_string(), "it's \"\u{e9}\\u{1b}[2J");
        assert_eq!(Text(Cow::Borrowed(b"a\xe9b\xff")).to_string(), "a\\xe9b\\xff");
    }

    /// Not only read, but given: however its strings are announced and quoted.
    #[test]
    fn values_that_are_given_are_the_values_that_are_read() {
        for (given, kept) in [
            (&b"{3+}\r\nabc"[..], &b"{3}\r\nabc"[..]),
            (b"(1 {3}\r\nabc)", b"(1 {3}\r\nabc)"),
            ("\"\u{e9}\"".as_bytes(), b"{2}\r\n\xC3\xA9"),
            (b"a \"b\" (c)", b"a \"b\" (c)"),
        ] {
            assert_eq!(Values::new(given).unwrap().as_bytes(), kept);
        }
    }

    #[test]
    fn sec_36_what_is_known_is_not_unknown() {
        let unknown = |name| Unknown::new(Atom::new(name).unwrap(), None);
        assert_eq!(unknown("XYZZY.2").unwrap().name().as_bytes(), b"XYZZY.2");
        let values = Values::new("(a b)").unwrap();
        let valued = Unknown::new(Atom::new("XYZZY").unwrap(), Some(values.clone())).unwrap();
        assert_eq!((valued.values(), unknown("XYZZY").unwrap().values()), (Some(&values), None));
        let known = ["OK", "no", "BAD", "BYE", "PREAUTH", "noop", "LIST", "FETCH", "EXISTS", "5", "+", "-X"];
        assert!(known.iter().all(|name| unknown(name).is_err_and(|error| error.offset == 0)));
        assert_eq!(unknown("NOOP+X").unwrap_err().offset, 0);
        assert_eq!(unknown("XY+Z").unwrap_err().offset, 2);
    }

    #[test]
    fn values_are_balanced() {
        let values = |text| Values::new(text).unwrap();
        check([
            ("foo", values("foo")),
            ("1 \"two\" (three (four))", values("1 \"two\" (three (four))")),
            ("(\")\")", values("(\")\")")),
            ("{3}\r\na b", values("{3}\r\na b")),
            ("\\Seen *", values("\\Seen *")),
        ]);
        check_read([("{1+}\r\na", values("{1}\r\na"))]);
        for bad in ["", "(", ")", "a)", "\"", "a  b", " a", "a ", "a\r\nb", "{3}\r\na", "a\0", "a {3}"] {
            assert!(Values::new(bad).is_err(), "{bad:?}");
        }
        let deep = alloc::vec![b'('; 100_000];
        assert!(Values::new(deep).is_err());
    }

    /// A quote that does not end was looked for anew from each escaped one behind it: 16 KiB took a second, and more than
    /// a minute where quirks are put up with.
    #[test]
    fn sec_55_quotes_that_do_not_end_are_looked_at_once() {
        let quotes = r#"\""#.repeat(50_000);
        for wire in [
            alloc::format!("* OK [X \"{quotes}\r\n"),
            alloc::format!("* 1 FETCH (X \"{quotes})\r\n"),
            alloc::format!("* 1 FETCH (BODY[\"{quotes} X)\r\n"),
            alloc::format!("* 1 FETCH (X (\"{quotes}\u{e9}) UID {{1}}\r\na)\r\n"),
            alloc::format!("* LIST () \"/\" \"x\" (Y \"{quotes})\r\n"),
        ] {
            let (rest, response) = Response::parse(wire.as_bytes(), Dialect::STRICT).unwrap();
            assert_eq!(rest, b"");
            let mut again = BytesMut::new();
            response.encode(&mut again);
            assert!(again == wire.as_bytes(), "{}", &wire[..40]);
        }
    }

    /// The end of a string with quotes of its own was looked for up to the end of the message: 16 KiB took 12 seconds.
    #[test]
    fn sec_55_quotes_in_quotes_are_not_looked_for_without_end() {
        let items = alloc::vec!["ENVELOPE (\"a\"x)"; 1_000].join(" ");
        let wire = alloc::format!("* 1 FETCH ({items})\r\n");
        let started = std::time::Instant::now();
        assert!(Response::parse(wire.as_bytes(), Dialect::TOLERANT).is_ok());
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    #[test]
    fn invalid_items() {
        let item = |text| InvalidItem::new(text).unwrap();
        check([
            ("X", item("X")),
            ("RFC822.SIZE -1", item("RFC822.SIZE -1")),
            ("X {5}x", item("X {5}x")),
            (
                "BODY[HEADER.FIELDS (A \"]\")]<0> {2}\r\nab",
                item("BODY[HEADER.FIELDS (A \"]\")]<0> {2}\r\nab"),
            ),
            ("ENVELOPE (a (b) \u{e9})", item("ENVELOPE (a (b) \u{e9})")),
        ]);
        assert_eq!(item("RFC822.SIZE -1").keyword(), "RFC822.SIZE");
        for bad in ["", " ", "a b c", "a)", "a\r\n", "a\rb", "a\nb", "a\0b", "B[\r] x", "ENVELOPE (a"] {
            assert!(InvalidItem::new(bad).is_err(), "{bad:?}");
        }
        for bad in ["X {5}", "X{5+}", "X ~{5}", "X {9}\r\na"] {
            assert!(
                InvalidItem::new(bad).is_err(),
                "{bad:?} announces a literal at the end of a line that is not its own"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_that_is_kept_can_be_read(text in "[a-c ()\"\\\\{}3\\r\\n\\[\\]]{0,12}") {
            let text: &'static str = alloc::string::String::leak(text);
            if let Ok(values) = Values::new(text) {
                round_trip(&values);
            }
            if let Ok(item) = InvalidItem::new(text) {
                round_trip(&item);
            }
        }
    }
}
