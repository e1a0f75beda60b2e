//! Mailboxes ([RFC 5321 section 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use super::domain::{self, Domain};
use super::utf8::Utf8;
use crate::error::{AddressPart, Expected, ValueError};
use crate::options::{Dialect, Leniency};
use crate::text::{ATEXT, Shown, skip};
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer, len_before};

/// A mailbox: local part, `@`, domain.
///
/// `user@example.org`, `"odd user"@example.org`, `postmaster@[192.0.2.1]`
///
/// Kept as written, quotes and all; equality is of the text, and [`is_equivalent`](Self::is_equivalent) is of the
/// meaning. The local part has at most 64 octets, the whole at most 254; either may be UTF-8 (RFC 6531). There are no
/// comments and no folding white space, and within quotes `>` and `@` are ordinary octets.
///
/// A local part may begin with a hyphen: `-oQ/tmp@example.org` is a mailbox. Never hand one to a program as an
/// argument of its own.
///
/// RFC 5321 section 4.1.2.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Mailbox<'a> {
    text: Utf8<'a>,
    /// Where the `@` is.
    at: usize,
}

wire::part!(@owned Mailbox);

impl<'a> Mailbox<'a> {
    /// The longest mailbox, in octets: a path of 256 without its brackets (RFC 5321 section 4.5.3.1.3).
    pub const MAX: usize = 254;
    /// The longest local part, in octets, quotes included (RFC 5321 section 4.5.3.1.1).
    pub const MAX_LOCAL_PART: usize = 64;

    /// Takes a mailbox as it is written on the wire.
    ///
    /// # Errors
    /// It is not one, or too long.
    pub fn parse(text: &'a str) -> Result<Self, ValueError> {
        wire::exact(text.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("mailbox"))
    }

    /// Puts a mailbox together; quotes the local part where that is needed.
    ///
    /// ```
    /// use smtp_proto::address::Mailbox;
    ///
    /// assert_eq!(Mailbox::new("user", "example.org")?.as_str(), "user@example.org");
    /// assert_eq!(Mailbox::new("odd user", "example.org")?.as_str(), "\"odd user\"@example.org");
    /// assert!(Mailbox::new("user>\r\nDATA", "example.org").is_err());
    /// # Ok::<(), smtp_proto::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// The local part holds a control octet, the domain is not one, or something is too long.
    pub fn new(local_part: &str, domain: &str) -> Result<Mailbox<'static>, ValueError> {
        let bad = local_part.bytes().position(|octet| octet.is_ascii_control());
        if let Some(offset) = bad {
            let expected = Expected::Address(AddressPart::LocalPart);
            return Err(ValueError { field: "local part", expected, offset });
        }
        let domain = Domain::parse(domain)?;
        let mut text = quoted_if_needed(local_part).into_owned();
        text.push('@');
        text.push_str(domain.as_str());
        Mailbox::parse(&text).map(Mailbox::into_owned)
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The local part as written.
    pub fn local_part(&self) -> &str {
        self.as_str().get(..self.at).unwrap_or_default()
    }

    /// The local part without quotes and backslashes: what it means.
    pub fn unquoted_local_part(&self) -> Cow<'_, str> {
        unquoted(self.local_part())
    }

    /// The domain.
    pub fn domain(&self) -> Domain<'_> {
        Domain::from_token(self.as_str().get(self.at.saturating_add(1)..).unwrap_or_default())
    }

    /// Whether it can be sent without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.text.as_bytes().is_ascii()
    }

    /// Whether both are the same mailbox: local parts without their quotes, domains as
    /// [`Domain::is_equivalent`] says. Case counts in a local part, but for `postmaster` (RFC 5321 section 4.5.1).
    pub fn is_equivalent(&self, other: &Mailbox<'_>) -> bool {
        let (one, two) = (self.unquoted_local_part(), other.unquoted_local_part());
        let same = one == two || one.eq_ignore_ascii_case("postmaster") && one.eq_ignore_ascii_case(&two);
        same && self.domain().is_equivalent(&other.domain())
    }

    /// The same mailbox, borrowing from nothing.
    pub fn into_owned(self) -> Mailbox<'static> {
        Mailbox { text: IntoOwned::into_owned(self.text), at: self.at }
    }
}

/// ```abnf
/// Mailbox = Local-part "@" ( Domain / address-literal )
/// ```
impl<'a> Wire<'a> for Mailbox<'a> {
    #[inline(always)]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, others) = local_part(input, cx)?;
        let at = len_before(input, rest);
        let (rest, ()) = wire::octet(rest, b'@', Expected::Address(AddressPart::Domain))?;
        let (rest, seen) = domain::token(rest, cx)?;
        let (rest, text) = Utf8::of_ascii(input, rest, (others | seen).is_ascii())?;
        let mut mailbox = Self { text, at };
        if !cx.dialect.leniency.is_empty() {
            mailbox = mailbox.strict();
        }
        let longest = if cx.tolerates(Leniency::LONG_LOCAL_PART) { Self::MAX } else { Self::MAX_LOCAL_PART };
        if mailbox.at <= longest && mailbox.text.as_bytes().len() <= Self::MAX {
            return Ok((rest, mailbox));
        }
        let end = if mailbox.at > longest { longest } else { Self::MAX };
        Fail::at(input.get(end..).unwrap_or_default(), Expected::Address(AddressPart::Shorter))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.text.as_bytes());
    }
}

impl<'a> Mailbox<'a> {
    /// The same in the strict grammar's form.
    #[cold]
    fn strict(self) -> Self {
        let local = strict_local_part(self.local_part());
        let domain = domain::strict(self.domain().into_text());
        let text = String::from(&*local) + "@" + domain.as_str();
        if text == self.as_str() {
            return self;
        }
        Self { at: local.len(), text: text.into() }
    }
}

/// Takes a local part; the high bit of what comes out says that it may not be UTF-8.
///
/// ```abnf
/// Local-part = Dot-string / Quoted-string
/// ```
#[inline]
pub(super) fn local_part(input: &[u8], cx: Cx) -> Parsed<'_, u8> {
    match dot_string(input) {
        Err(_) if input.first() == Some(&b'"') => quoted_string(input),
        Err(_) if cx.tolerates(Leniency::LOOSE_LOCAL_PART) => loose_dot_string(input),
        read => read,
    }
}

/// ```abnf
/// Dot-string = Atom *("." Atom)
/// ```
#[inline]
fn dot_string(input: &[u8]) -> Parsed<'_, u8> {
    let (mut rest, mut seen) = (input, 0);
    loop {
        let after = skip(rest, ATEXT, &mut seen);
        if after.len() == rest.len() {
            return Fail::at(rest, Expected::Address(AddressPart::LocalPart));
        }
        match after {
            [b'.', after @ ..] => rest = after,
            _ => return Ok((after, seen)),
        }
    }
}

/// Atoms and dots in any order.
#[cold]
fn loose_dot_string(input: &[u8]) -> Parsed<'_, u8> {
    let (mut rest, mut seen) = (input, 0);
    loop {
        match skip(rest, ATEXT, &mut seen) {
            [b'.', after @ ..] => rest = after,
            [..] if rest.len() == input.len() => {
                return Fail::at(input, Expected::Address(AddressPart::LocalPart));
            }
            after => return Ok((after, seen)),
        }
    }
}

/// ```abnf
/// Quoted-string = DQUOTE *QcontentSMTP DQUOTE
/// QcontentSMTP = qtextSMTP / quoted-pairSMTP
/// quoted-pairSMTP = %d92 %d32-126
/// qtextSMTP = %d32-33 / %d35-91 / %d93-126 / UTF8-non-ascii
/// ```
fn quoted_string(input: &[u8]) -> Parsed<'_, u8> {
    let (mut rest, mut seen) = (input.get(1..).unwrap_or_default(), 0);
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Ok((after, seen)),
            [b'\\', 32..=126, after @ ..] => after,
            [b'\\', ..] => return Fail::at(rest, Expected::Address(AddressPart::LocalPart)),
            [octet @ (32..=126 | 128..=255), after @ ..] => {
                seen |= octet;
                after
            }
            _ => return Fail::at(rest, Expected::Address(AddressPart::LocalPart)),
        }
    }
}

/// What a local part means.
pub(super) fn unquoted(local_part: &str) -> Cow<'_, str> {
    let inner = local_part.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else { return Cow::Borrowed(local_part) };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        let char = if char == '\\' { chars.next() } else { Some(char) };
        out.extend(char);
    }
    Cow::Owned(out)
}

/// How to write a local part that means `text`, which holds no control octet.
fn quoted_if_needed(text: &str) -> Cow<'_, str> {
    if matches!(dot_string(text.as_bytes()), Ok(([], _))) {
        return Cow::Borrowed(text);
    }
    let mut out = String::from("\"");
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out.push('"');
    Cow::Owned(out)
}

/// A local part as [`local_part`] takes it, as the strict grammar has it.
pub(super) fn strict_local_part(written: &str) -> Cow<'_, str> {
    if written.starts_with('"') { Cow::Borrowed(written) } else { quoted_if_needed(written) }
}

impl<'a> TryFrom<&'a str> for Mailbox<'a> {
    type Error = ValueError;

    fn try_from(text: &'a str) -> Result<Self, ValueError> {
        Self::parse(text)
    }
}

impl fmt::Display for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({:?})", Shown(self.text.as_bytes()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::format;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn mailbox(text: &str, at: usize) -> Mailbox<'_> {
        Mailbox { text: Utf8::of(text), at }
    }

    #[test]
    fn mailboxes() {
        check(
            [
                ("a@b", 1),
                ("first.last+tag@example.org", 14),
                ("SRS0=xx=yy=d=u/x@f.example", 16),
                ("!#$%&'*+-/=?^_`{|}~@example.org", 19),
                ("-oQ/tmp@example.org", 7),
                ("\"a b\"@example.org", 5),
                ("\"a@b>c\"@example.org", 7),
                ("\"a\\\"\\\\b\\c\"@example.org", 10),
                ("\"\"@d", 2),
                ("\" \"@d", 3),
                ("a@[192.0.2.1]", 1),
                ("a@[IPv6:2001:db8::1]", 1),
                ("j\u{f6}s\u{e9}@ex\u{e4}mple.de", 6),
                ("\"j\u{f6}\"@example.org", 5),
            ]
            .map(|(text, at)| (text, mailbox(text, at))),
        );
        check_refused::<Mailbox<'_>, 24>([
            ("", 0),
            ("a", 1),
            ("@b", 0),
            ("a@", 2),
            ("a@@b", 2),
            ("a@b@c", 3),
            (".a@b", 0),
            ("a.@b", 2),
            ("a..b@c", 2),
            ("a b@c", 1),
            ("a(x)@c", 1),
            ("a@b(x)", 3),
            ("user@x.com(a(b)c)", 10),
            (" a@b", 0),
            ("a@ b", 2),
            ("\"a@b", 4),
            ("\"a\\\"@d", 6),
            ("\"a\"b@c", 3),
            ("\"a\".b@c", 3),
            ("\"a\u{1}\"@c", 2),
            ("\"\u{7f}\"@c", 1),
            ("\"\\\u{e9}\"@c", 1),
            ("a\0@c", 1),
            ("a@c\0", 3),
        ]);
    }

    #[test]
    fn lengths() {
        let (local, domain) = ("l".repeat(64), "d".repeat(189));
        assert!(Mailbox::new(&local, &domain).is_ok());
        let shorter = Expected::Address(AddressPart::Shorter);
        for (text, offset) in [
            (format!("{local}l@d"), 64),
            (format!("\"{}\"@d", "l".repeat(63)), 64),
            (format!("{local}@{domain}d"), 254),
        ] {
            let error = Mailbox::parse(&text).unwrap_err();
            assert_eq!((error.expected, error.offset), (shorter, offset), "{text}");
        }
        let long = format!("{local}l@d");
        let dialect = Dialect { leniency: Leniency::LONG_LOCAL_PART };
        let read = wire::exact::<Mailbox<'_>>(long.as_bytes(), dialect).unwrap();
        assert_eq!((read.as_str(), read.local_part().len()), (&long[..], 65));
        assert!(wire::exact::<Mailbox<'_>>(format!("{local}@{domain}d").as_bytes(), dialect).is_err());
    }

    #[test]
    fn quoting() {
        for (local, written) in [
            ("a.b", "a.b@d"),
            ("", "\"\"@d"),
            ("a..b", "\"a..b\"@d"),
            ("a b", "\"a b\"@d"),
            ("a\"\\b", "\"a\\\"\\\\b\"@d"),
            ("a@b", "\"a@b\"@d"),
            ("<>", "\"<>\"@d"),
            ("j\u{f6}", "j\u{f6}@d"),
        ] {
            let built = Mailbox::new(local, "d").unwrap();
            assert_eq!((built.as_str(), &*built.unquoted_local_part()), (written, local));
            assert_eq!(built.domain().as_str(), "d");
        }
        assert_eq!(Mailbox::new("a\r", "d").unwrap_err().offset, 1);
        assert_eq!(Mailbox::new("a", "d>").unwrap_err().field, "domain");
        assert_eq!(mailbox("\"\\a\"@d", 4).unquoted_local_part(), "a");
    }

    #[test]
    fn equivalence() {
        let same = |one: &str, other: &str| {
            Mailbox::parse(one).unwrap().is_equivalent(&Mailbox::parse(other).unwrap())
        };
        assert!(same("a@Example.org", "a@example.ORG"));
        assert!(same("\"a\"@b", "a@b"));
        assert!(same("\"\\a.b\"@c", "a.b@c"));
        assert!(same("\"a b\\\"c\"@d", "\"a\\ b\\\"\\c\"@d"));
        assert!(same("PostMaster@a", "postmaster@a"));
        assert!(!same("A@b", "a@b"));
        assert!(!same("a@b", "a@c"));
    }

    #[test]
    fn what_is_tolerated_is_written_strictly() {
        for (wire, leniency, text) in [
            ("a..b@c", Leniency::LOOSE_LOCAL_PART, "\"a..b\"@c"),
            (".a@c", Leniency::LOOSE_LOCAL_PART, "\".a\"@c"),
            ("local.@c", Leniency::LOOSE_LOCAL_PART, "\"local.\"@c"),
            ("a@[2001:db8::1]", Leniency::UNTAGGED_IPV6, "a@[IPv6:2001:db8::1]"),
        ] {
            let read = wire::exact::<Mailbox<'_>>(wire.as_bytes(), Dialect { leniency }).unwrap();
            assert_eq!(read, Mailbox::parse(text).unwrap());
            let without = Dialect::TOLERANT.leniency.without(leniency);
            assert!(wire::exact::<Mailbox<'_>>(wire.as_bytes(), Dialect { leniency: without }).is_err());
        }
        // With its quotes it is too long.
        let dialect = Dialect { leniency: Leniency::LOOSE_LOCAL_PART };
        assert!(wire::exact::<Mailbox<'_>>(format!("{}.@b", "a".repeat(62)).as_bytes(), dialect).is_err());
        assert!(wire::exact::<Mailbox<'_>>(format!("{}.@b", "a".repeat(61)).as_bytes(), dialect).is_ok());
    }

    #[test]
    fn sec_43_the_domain_is_behind_the_last_unquoted_at() {
        for (text, local, domain) in [
            ("\"xclow3n@gmail.com x\"@internal.domain", "xclow3n@gmail.com x", "internal.domain"),
            (
                "\"foo@psres.net> ORCPT=admin@admin.com\"@test.com",
                "foo@psres.net> ORCPT=admin@admin.com",
                "test.com",
            ),
            ("\"\"@d", "", "d"),
            ("\" \"@d", " ", "d"),
        ] {
            let mailbox = Mailbox::parse(text).unwrap();
            assert_eq!((&*mailbox.unquoted_local_part(), mailbox.domain().as_str()), (local, domain));
            let built = Mailbox::new(local, domain).unwrap();
            assert_eq!(built.as_str(), text);
        }
        assert!(Mailbox::parse("\"a\\\"@d").is_err());
        assert!(Mailbox::parse("user@x.com(a(b)c)").is_err());
    }

    /// Any mailbox, built from what it is to mean.
    pub(crate) fn any_mailbox() -> impl Strategy<Value = Mailbox<'static>> {
        let local = prop_oneof!["[a-z0-9.+=_-]{1,20}", "[ -~]{0,30}", "[a\u{e9}\u{4e2d} \"@>]{0,12}"];
        let domain = super::super::domain::tests::any_domain();
        (local, domain)
            .prop_filter_map("too long", |(local, domain)| Mailbox::new(&local, domain.as_str()).ok())
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(mailbox in any_mailbox()) {
            round_trip(&mailbox);
            prop_assert!(Mailbox::parse(mailbox.as_str()) == Ok(mailbox.clone()));
            let again = Mailbox::new(&mailbox.unquoted_local_part(), mailbox.domain().as_str()).unwrap();
            prop_assert!(again.is_equivalent(&mailbox));
        }

        #[test]
        fn any_octets_are_a_mailbox_or_an_error(octets: Vec<u8>, text in "[a\"\\\\@. \\[\\]:1>-]{0,12}") {
            for octets in [&octets[..], text.as_bytes()] {
                if let Ok(read) = wire::exact::<Mailbox<'_>>(octets, Dialect::STRICT) {
                    prop_assert_eq!(read.as_str().as_bytes(), octets);
                }
                if let Ok(read) = wire::exact::<Mailbox<'_>>(octets, Dialect::TOLERANT) {
                    prop_assert_eq!(Mailbox::parse(read.as_str()), Ok(read.clone()));
                }
            }
        }
    }

    /// The same ones in every run; `proptest` shrinks, this one counts.
    #[test]
    fn sec_43_random_mailboxes_survive() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below) as usize
        };
        let octets: Vec<char> = (' '..='~').chain("\u{e9}\u{4e2d}\u{2028}".chars()).collect();
        let (mut built, mut quoted) = (0, 0);
        for _ in 0..100_000 {
            let local: String = (0..random(14)).map(|_| octets[random(octets.len() as u64)]).collect();
            let domain = ["d", "example.org", "[192.0.2.1]", "[IPv6:::1]", "b\u{fc}cher.example"][random(5)];
            let mailbox = Mailbox::new(&local, domain).unwrap();
            assert_eq!(mailbox.unquoted_local_part(), local);
            assert_eq!(mailbox.domain().as_str(), domain);
            let read = Mailbox::parse(mailbox.as_str()).unwrap();
            assert_eq!((&read, read.local_part()), (&mailbox, mailbox.local_part()));
            built += 1;
            quoted += usize::from(mailbox.as_str().starts_with('"'));
        }
        assert!(built == 100_000 && quoted > 10_000 && quoted < 100_000, "{quoted} of {built}");
    }
}
