//! Mailbox names and patterns for them ([RFC 9051 section 5.1](https://www.rfc-editor.org/rfc/rfc9051#section-5.1)).

use alloc::borrow::Cow;
use core::fmt;

use crate::error::{Expected, ParseError, ValueError};
use crate::grammar::class::{ASTRING, CLASS, HIGH, LIST, plain_run};
use crate::grammar::octets::Octets;
use crate::grammar::string::{no_nul, string, text};
use crate::grammar::utf7;
use crate::options::Leniency;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, run};

mod pattern;

part! {
    /// The name of a mailbox, as octets.
    ///
    /// `INBOX`, `"Sent Messages"`, `Entw&APw-rfe`
    ///
    /// What they stand for is modified UTF-7, or UTF-8 where that is in force; names that are neither can be used all
    /// the same. No NUL; INBOX in any case is `INBOX`, and of no other name the case is changed.
    /// RFC 9051 section 9 (`mailbox`).
    ///
    /// ```
    /// use imap_proto::Mailbox;
    ///
    /// let mailbox = Mailbox::from_name("Entwürfe", false)?;
    /// assert_eq!(mailbox.as_bytes(), b"Entw&APw-rfe");
    /// assert_eq!(mailbox.to_name(false).as_deref(), Ok("Entwürfe"));
    /// assert_eq!(Mailbox::new("inbox")?, Mailbox::INBOX);
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct Mailbox<'a>(Cow<'a, [u8]>);
}

impl<'a> Mailbox<'a> {
    /// Where a user's new mail comes.
    pub const INBOX: Self = Self(Cow::Borrowed(b"INBOX"));

    /// Takes the octets of a name as they are on the wire. For names that people type there is
    /// [`from_name`](Self::from_name): `Entwürfe` and `Tom & Jerry` are other octets there.
    ///
    /// # Errors
    /// A NUL, and where.
    pub fn new(octets: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let octets = octets.into().into_cow();
        match no_nul(&octets) {
            Ok(()) => Ok(Self::of(octets)),
            Err((expected, offset)) => Err(ValueError { field: "mailbox", expected, offset }),
        }
    }

    /// Encodes a name: in modified UTF-7, or in UTF-8 when `utf8` says that it is in force, as a client's
    /// [`dialect`](crate::Client::dialect) and a server's [`enabled`](crate::Server::enabled) tell.
    ///
    /// # Errors
    /// A control character, and where: no name has one. RFC 9051 section 5.1.
    pub fn from_name(name: &'a str, utf8: bool) -> Result<Self, ValueError> {
        if let Some(offset) = name.find(char::is_control) {
            return Err(ValueError { field: "mailbox", expected: Expected::Mailbox, offset });
        }
        Ok(Self::of(if utf8 { Cow::Borrowed(name.as_bytes()) } else { utf7::encode(name) }))
    }

    /// The octets as they are on the wire: without quotes, escapes and counts.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name for users: from modified UTF-7, or from UTF-8 when `utf8` says that it is in force.
    ///
    /// # Errors
    /// Octets that are not in the encoding, and where. The mailbox can be used all the same.
    pub fn to_name(&self, utf8: bool) -> Result<Cow<'_, str>, ParseError> {
        if !utf8 {
            return utf7::decode(&self.0);
        }
        match core::str::from_utf8(&self.0) {
            Ok(name) => Ok(Cow::Borrowed(name)),
            Err(error) => Err(ParseError { expected: Expected::Utf8, offset: error.valid_up_to() }),
        }
    }

    /// Whether it is INBOX.
    pub fn is_inbox(&self) -> bool {
        *self.0 == *b"INBOX"
    }

    #[inline]
    fn of(octets: Cow<'a, [u8]>) -> Self {
        if octets.eq_ignore_ascii_case(b"INBOX") { Self::INBOX } else { Self(octets) }
    }
}

impl fmt::Debug for Mailbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::grammar::octets::debug(&self.0, f)
    }
}

impl PartialEq<[u8]> for Mailbox<'_> {
    fn eq(&self, other: &[u8]) -> bool {
        *self == Mailbox::of(Cow::Borrowed(other))
    }
}

impl PartialEq<str> for Mailbox<'_> {
    fn eq(&self, other: &str) -> bool {
        *self == *other.as_bytes()
    }
}

impl PartialEq<&str> for Mailbox<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// ```abnf
/// mailbox = "INBOX" / astring
/// ```
impl<'a> Wire<'a> for Mailbox<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = atom_or_string(input, cx, ASTRING)?;
        Ok((rest, Self::of(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

/// A run of octets of `class`, or a string.
#[inline]
fn atom_or_string(input: &[u8], cx: Cx, class: u8) -> Parsed<'_, Cow<'_, [u8]>> {
    if let [b'"' | b'{', ..] = input {
        return string(input, cx);
    }
    let class = if cx.tolerates(Leniency::RAW_8BIT) { class | HIGH } else { class };
    match plain_run(input, class) {
        ([], _) => Fail::at(input, Expected::Mailbox),
        (octets, rest) => Ok((rest, Cow::Borrowed(octets))),
    }
}

text! {
    /// A mailbox name with wildcards: `*` stands for anything, `%` for anything on one level.
    ///
    /// `*`, `INBOX.%`, `"Sent %"`
    ///
    /// The octets are those of a [`Mailbox`]. RFC 9051 sections 6.3.9 and 9 (`list-mailbox`).
    pub struct ListMailbox<'a>: "list-mailbox", no_nul;
}

/// ```abnf
/// list-mailbox = 1*list-char / string
/// ```
impl<'a> Wire<'a> for ListMailbox<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = atom_or_string(input, cx, LIST)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match run(&self.0, &CLASS, LIST) {
            // Some take NIL for none at all.
            ([_, ..], []) if !self.0.eq_ignore_ascii_case(b"NIL") && self.0.len() <= Writer::QUOTED => {
                out.put(&self.0);
            }
            _ => out.string(&self.0),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::list::{List, SpacedOrEmpty};
    use crate::options::Dialect;
    use crate::testing::{check, check_read, check_refused, check_tolerated, encoded_bytes, round_trip};
    use crate::wire::exact;
    use crate::writer::EncodeOptions;
    use alloc::string::String;
    use proptest::prelude::*;

    fn m(octets: &str) -> Mailbox<'_> {
        Mailbox::new(octets).unwrap()
    }

    fn l(octets: &str) -> ListMailbox<'_> {
        ListMailbox::new(octets).unwrap()
    }

    #[test]
    fn mailboxes() {
        check([
            ("INBOX", Mailbox::INBOX),
            ("INBOX/sub", m("INBOX/sub")),
            ("#news.comp.mail.misc", m("#news.comp.mail.misc")),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", m("~peter/mail/&U,BTFw-/&ZeVnLIqe-")),
            ("a]", m("a]")),
            ("\"\"", m("")),
            ("\"Sent Messages\"", m("Sent Messages")),
            ("\"a%\"", m("a%")),
            ("\"NIL\"", m("NIL")),
            ("\"a\\\\b\\\"\"", m("a\\b\"")),
            ("{2}\r\n\r\n", m("\r\n")),
            ("{2}\r\n\u{e9}", m("\u{e9}")),
        ]);
        check_read([
            ("inbox", Mailbox::INBOX),
            ("\"Inbox\"", Mailbox::INBOX),
            ("{5}\r\niNBOX", Mailbox::INBOX),
            ("{5+}\r\nINBOX", Mailbox::INBOX),
            ("NIL", m("NIL")),
        ]);
        check_refused::<Mailbox<'_>, 7>([
            ("", 0),
            ("*", 0),
            ("a b", 1),
            ("a%", 1),
            ("(", 0),
            ("Entw\u{fc}rfe", 4),
            ("\"Entw\u{fc}rfe\"", 5),
        ]);
        check_tolerated([
            ("Entw\u{fc}rfe", m("Entw\u{fc}rfe"), Leniency::RAW_8BIT),
            ("\"Entw\u{fc}rfe\"", m("Entw\u{fc}rfe"), Leniency::RAW_8BIT),
        ]);
        let latin = Dialect::STRICT.with_leniency(Leniency::RAW_8BIT);
        let latin = exact::<Mailbox<'_>>(b"Entw\xfcrfe", latin).unwrap();
        assert_eq!(encoded_bytes(&latin), b"{8}\r\nEntw\xfcrfe");
        assert_ne!(m("INBOX/sub"), m("inbox/sub"));
        assert_eq!(Mailbox::new("a\0").unwrap_err().offset, 1);
        assert!(m("iNbOx").is_inbox() && !m("INBOXES").is_inbox());
        assert!(m("inbox") == "INBOX" && Mailbox::INBOX == *"inbox" && m("a") != "A");
    }

    #[test]
    fn names() {
        for (octets, name, utf8) in [
            ("Entw&APw-rfe", "Entw\u{fc}rfe", false),
            ("Entw\u{fc}rfe", "Entw\u{fc}rfe", true),
            ("R&-D", "R&D", false),
            ("R&D", "R&D", true),
            ("INBOX", "INBOX", false),
            ("INBOX", "INBOX", true),
            ("", "", false),
        ] {
            assert_eq!(Mailbox::from_name(name, utf8), Ok(m(octets)));
            assert_eq!(m(octets).to_name(utf8).as_deref(), Ok(name));
        }
        assert_eq!(Mailbox::from_name("inbox", false), Ok(Mailbox::INBOX));
        for utf8 in [false, true] {
            assert_eq!(Mailbox::from_name("a\r\nb", utf8).unwrap_err().offset, 1);
            assert_eq!(Mailbox::from_name("\u{e9}\u{85}", utf8).unwrap_err().offset, 2);
        }
    }

    #[test]
    fn sec_65_names_that_cannot_be_decoded_can_be_used() {
        for text in ["&AGE-", "&AAoADQ-", "&AAA-", "&AC8-", "&2D0-", "&", "a&b"] {
            check([(text, m(text))]);
            assert_eq!(m(text).to_name(false).unwrap_err().expected, Expected::Utf7);
        }
        let latin = Mailbox::new(b"a\xfc").unwrap();
        let utf8 = |offset| ParseError { expected: Expected::Utf8, offset };
        assert_eq!(latin.to_name(true), Err(utf8(1)));
        assert_eq!(latin.to_name(false), Err(ParseError { expected: Expected::Utf7, offset: 1 }));
    }

    #[test]
    fn utf8_is_quoted_where_it_is_in_force() {
        let mailbox = m("Entw\u{fc}rfe");
        let mut out = bytes::BytesMut::new();
        mailbox.encode(&mut Writer::with(&mut out, EncodeOptions::default().with_utf8(true), false));
        assert_eq!(out, "\"Entw\u{fc}rfe\"");
        assert_eq!(exact(&out, Dialect::STRICT.with_utf8(true)), Ok(mailbox));
    }

    #[test]
    fn patterns() {
        check([
            ("*", l("*")),
            ("%", l("%")),
            ("INBOX.%", l("INBOX.%")),
            ("a]*%", l("a]*%")),
            ("\"\"", l("")),
            ("\"NIL\"", l("NIL")),
            ("\"Sent %\"", l("Sent %")),
            ("{3}\r\n\r\n*", l("\r\n*")),
        ]);
        check_read([("\"*\"", l("*")), ("{1}\r\n%", l("%"))]);
        check_refused::<ListMailbox<'_>, 4>([("", 0), ("(", 0), ("a b", 1), ("\u{fc}", 0)]);
        check_tolerated([("Entw\u{fc}rfe%", l("Entw\u{fc}rfe%"), Leniency::RAW_8BIT)]);
        assert_eq!(ListMailbox::new("a\0").unwrap_err().offset, 1);
    }

    /// Any mailbox.
    pub(crate) fn any_mailbox() -> impl Strategy<Value = Mailbox<'static>> {
        prop_oneof![
            Just(Mailbox::INBOX),
            "[A-Za-z0-9/.&-]{0,12}".prop_map(|name| Mailbox::new(name).unwrap()),
            "[ -~\u{fc}]{0,12}".prop_map(|name| Mailbox::from_name(name.leak(), false).unwrap()),
            proptest::collection::vec(1u8.., 0..12).prop_map(|octets| Mailbox::new(octets).unwrap()),
        ]
    }

    /// Any pattern.
    pub(crate) fn any_list_mailbox() -> impl Strategy<Value = ListMailbox<'static>> {
        prop_oneof![
            "[a-z%*/.]{0,12}".prop_map(|text| ListMailbox::new(text).unwrap()),
            any_mailbox().prop_map(|mailbox| ListMailbox::new(mailbox.0).unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(mailbox in any_mailbox(), pattern in any_list_mailbox()) {
            round_trip(&mailbox);
            round_trip(&pattern);
            round_trip(&List::<'_, Mailbox<'_>, SpacedOrEmpty>::from([mailbox.clone(), mailbox]));
            round_trip(&List::<'_, ListMailbox<'_>, SpacedOrEmpty>::from([pattern.clone(), pattern]));
        }

        #[test]
        fn names_there_and_back(name: String, utf8: bool) {
            match Mailbox::from_name(&name, utf8) {
                Ok(mailbox) if mailbox.is_inbox() => prop_assert!(name.eq_ignore_ascii_case("INBOX")),
                Ok(mailbox) => prop_assert_eq!(&*mailbox.to_name(utf8).unwrap(), name.as_str()),
                Err(_) => prop_assert!(name.chars().any(char::is_control)),
            }
        }
    }
}
