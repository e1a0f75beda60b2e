use alloc::string::ToString;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::error::Expected;
use crate::options::Dialect;
use crate::registry::FetchItem;
use crate::response::{NumberedData, Response};
use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
use crate::wire::exact;

pub(crate) fn s(octets: &str) -> IString<'_> {
    IString::new(octets).unwrap()
}

pub(crate) fn any_string() -> impl Strategy<Value = IString<'static>> {
    let octets = prop_oneof![
        4 => "[ -~]{0,12}".prop_map(alloc::string::String::into_bytes),
        1 => proptest::collection::vec(1u8.., 0..8),
    ];
    octets.prop_map(|octets| IString::new(octets).unwrap())
}

pub(crate) fn any_nstring() -> impl Strategy<Value = Option<IString<'static>>> {
    proptest::option::of(any_string())
}

pub(crate) fn any_address() -> impl Strategy<Value = Address<'static>> {
    (any_nstring(), any_nstring(), any_nstring(), any_nstring())
        .prop_map(|(name, adl, mailbox, host)| Address { name, adl, mailbox, host })
}

pub(crate) fn any_addresses() -> impl Strategy<Value = Addresses<'static>> {
    proptest::collection::vec(any_address(), 0..3).prop_map(|addresses| addresses.into_iter().collect())
}

pub(crate) fn any_envelope() -> impl Strategy<Value = Envelope<'static>> {
    let strings = (any_nstring(), any_nstring(), any_nstring(), any_nstring());
    let addresses = proptest::array::uniform6(any_addresses());
    (strings, addresses).prop_map(|((date, subject, in_reply_to, message_id), addresses)| {
        let [from, sender, reply_to, to, cc, bcc] = addresses;
        Envelope { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id }
    })
}

/// `d`, `s` and what `change` makes of the rest.
fn envelope<'a>(change: impl FnOnce(&mut Envelope<'a>)) -> Envelope<'a> {
    let mut envelope = Envelope { date: Some(s("d")), subject: Some(s("s")), ..Envelope::default() };
    change(&mut envelope);
    envelope
}

fn address<'a>(name: &'a str, mailbox: &'a str, host: &'a str) -> Address<'a> {
    Address::new(mailbox, host).unwrap().with_name(name).unwrap()
}

#[test]
fn envelopes() {
    let gray = || Addresses::from([address("Terry Gray", "gray", "cac.washington.edu")]);
    check([
        ("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", Envelope::default()),
        (
            // RFC 9051 section 8.
            "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev2 WG mtg summary and minutes\" \
             ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
             ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
             ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
             ((NIL NIL \"imap\" \"cac.washington.edu\")) \
             ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) \
             NIL NIL \"<B27397-0100000@cac.washington.ed>\")",
            Envelope {
                date: Some(s("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)")),
                subject: Some(s("IMAP4rev2 WG mtg summary and minutes")),
                from: gray(),
                sender: gray(),
                reply_to: gray(),
                to: [Address::new("imap", "cac.washington.edu").unwrap()].into(),
                cc: [
                    Address::new("minutes", "CNRI.Reston.VA.US").unwrap(),
                    address("John Klensin", "KLENSIN", "MIT.EDU"),
                ]
                .into(),
                bcc: Addresses::default(),
                in_reply_to: None,
                message_id: Some(s("<B27397-0100000@cac.washington.ed>")),
            },
        ),
        (
            "(\"d\" \"s\" ((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL)",
            envelope(|e| {
                e.from = [Address::group("undisclosed-recipients").unwrap(), Address::GROUP_END].into();
            }),
        ),
        (
            "(\"d\" \"s\" NIL NIL NIL NIL NIL ((NIL \"@a:\" \"b\" {3}\r\n\r\n\")) \"\" NIL)",
            envelope(|e| {
                let adl = Some(s("@a:"));
                e.bcc = [Address { adl, ..Address::new("b", "\r\n\"").unwrap() }].into();
                e.in_reply_to = Some(s(""));
            }),
        ),
    ]);
    check_read([
        ("({1}\r\nd {1+}\r\ns nil NIL NIL NIL NIL NIL NIL NIL)", envelope(|_| {})),
        (
            "(\"d\" \"s\" ((NIL NIL {1}\r\na \"b\")) NIL NIL NIL NIL NIL NIL NIL)",
            envelope(|e| e.from = [Address::new("a", "b").unwrap()].into()),
        ),
    ]);
    check_refused::<Envelope<'_>, 12>([
        ("", 0),
        ("NIL", 0),
        ("()", 1),
        ("(NIL NIL NIL NIL NIL NIL NIL NIL NIL)", 36),
        ("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", 40),
        ("(NIL NIL () NIL NIL NIL NIL NIL NIL NIL)", 10),
        ("(NIL NIL \"a\" NIL NIL NIL NIL NIL NIL NIL)", 9),
        ("(NIL NIL ((NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL)", 22),
        ("(NIL NIL ((NIL NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL)", 26),
        ("(NIL NIL ((NIL NIL NIL NIL) (NIL NIL NIL NIL)) NIL NIL NIL NIL NIL NIL NIL)", 27),
        ("(NIL NIL ((NIL NIL NIL NIL)NIL) NIL NIL NIL NIL NIL NIL NIL)", 27),
        ("(NIL Subject NIL NIL NIL NIL NIL NIL NIL NIL)", 5),
    ]);
}

#[test]
fn envelopes_of_servers() {
    let f = || Addresses::from([address("F", "f", "e")]);
    check_tolerated([
        (
            "(\"Mon, 20 May 2019 14:03:14 +0200\" \"s\" ((\"42 Alumni\" NIL \"alumni\" \"42.fr\")) () () ((\"K\" NIL \"y\" \"p.com\")) () () \"\" \"c20696ea\")",
            envelope(|e| {
                e.date = Some(s("Mon, 20 May 2019 14:03:14 +0200"));
                e.from = [address("42 Alumni", "alumni", "42.fr")].into();
                e.to = [address("K", "y", "p.com")].into();
                e.in_reply_to = Some(s(""));
                e.message_id = Some(s("c20696ea"));
            }),
            Leniency::EMPTY_LIST,
        ),
        (
            "(\"d\" \"s\" ((\"A\" NIL \"a\" \"b.c\")) NIL NIL ((\"x\" NIL \"risa\" \"h\") (\"y\" NIL \"shella\" \"k\")) NIL NIL NIL \"<a@b>\")",
            envelope(|e| {
                e.from = [address("A", "a", "b.c")].into();
                e.to = [address("x", "risa", "h"), address("y", "shella", "k")].into();
                e.message_id = Some(s("<a@b>"));
            }),
            Leniency::EXTRA_SPACE,
        ),
        (
            "(\"d\" \"s\" ((\"F\" NIL \"f\" \"e\")) ((\"F\" NIL \"f\" \"e\")) ((\"F\" NIL \"f\" \"e\")) NIL NIL NIL)",
            envelope(|e| (e.from, e.sender, e.reply_to) = (f(), f(), f())),
            Leniency::SHORT_ENVELOPE,
        ),
        ("(\"d\" \"s\")", envelope(|_| {}), Leniency::SHORT_ENVELOPE),
        (
            "(\"d\" \"s\" (NIL) ((\"F\" NIL \"f\" \"e\")) ((\"name\" NIL \"a\" \"d.com\") NIL) NIL NIL NIL NIL NIL)",
            envelope(|e| (e.sender, e.reply_to) = (f(), [address("name", "a", "d.com")].into())),
            Leniency::NIL_IN_LIST,
        ),
        (
            "(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL \"<\"abc\"@x.com>\")",
            envelope(|e| e.message_id = Some(s("<\"abc\"@x.com>"))),
            Leniency::UNESCAPED_QUOTE,
        ),
        (
            "(\"d\" \"s\" ((\"n\" NIL \"p\" \"sina.com\\\")) NIL NIL NIL NIL NIL NIL \"<i@x>\")",
            envelope(|e| {
                e.from = [address("n", "p", "sina.com\\")].into();
                e.message_id = Some(s("<i@x>"));
            }),
            Leniency::UNESCAPED_QUOTE,
        ),
        (
            "(\"d\" \"a\\b\" NIL NIL NIL NIL NIL NIL NIL NIL)",
            envelope(|e| e.subject = Some(s("a\\b"))),
            Leniency::LOOSE_ESCAPE,
        ),
        (
            "(\"d\" \"a\r\n b\" NIL NIL NIL NIL NIL NIL NIL NIL)",
            envelope(|e| e.subject = Some(s("a\r\n b"))),
            Leniency::CRLF_IN_QUOTED,
        ),
        (
            "(\"d\" Subject NIL NIL NIL NIL NIL NIL NIL NIL)",
            envelope(|e| e.subject = Some(s("Subject"))),
            Leniency::ATOM_STRING,
        ),
        ("( \"d\"  \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)", envelope(|_| {}), Leniency::EXTRA_SPACE),
        ("(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL NIL )", envelope(|_| {}), Leniency::TRAILING_SPACE),
    ]);
    let latin1 = b"(\"d\" \"Gr\xfc\xdfe\" ((NIL NIL \"\xe9\" NIL)) NIL NIL NIL NIL NIL NIL NIL)";
    assert!(exact::<Envelope<'_>>(latin1, Dialect::STRICT).is_err());
    let dialect = Dialect::STRICT.with_leniency(Leniency::RAW_8BIT);
    let read = exact::<Envelope<'_>>(latin1, dialect).unwrap();
    assert_eq!(read.subject, Some(IString::new(b"Gr\xfc\xdfe").unwrap()));
    assert_eq!(read.from.first().unwrap().mailbox, Some(IString::new(b"\xe9").unwrap()));
}

/// What a response is read as, strictly and with every leniency.
pub(crate) fn items(wire: &[u8], dialect: Dialect) -> Vec<FetchItem<'_>> {
    let (rest, response) = Response::parse(wire, dialect).unwrap();
    assert_eq!(rest, b"");
    let Response::Numbered(data) = response else { panic!("{response:?}") };
    let NumberedData::Fetch(items) = data.data else { panic!("{data:?}") };
    items.iter().map(FetchItem::into_owned).collect()
}

#[test]
fn a_broken_envelope_loses_nothing_else() {
    let wire = "* 1 FETCH (ENVELOPE (\"d\" {2}\r\n\u{fc}\u{fc} NIL NIL NIL NIL NIL NIL NIL NIL) UID 7)\r\n";
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let items = items(wire.as_bytes(), dialect);
        let [FetchItem::Invalid(invalid), FetchItem::Uid(7)] = &items[..] else { panic!("{items:?}") };
        assert_eq!(invalid.keyword(), "ENVELOPE");
    }
    // The text of a broken item is no list of addresses, though its parentheses are in order.
    let wire = b"* 1 FETCH (ENVELOPE (NIL NIL (x) NIL NIL NIL NIL NIL NIL NIL) UID 7)\r\n";
    assert!(matches!(items(wire, Dialect::STRICT)[..], [FetchItem::Invalid(_), FetchItem::Uid(7)]));
    let domino = b"* 2 FETCH (UID 14935 (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)) \
                   BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL))\r\n";
    let dialect = Dialect::STRICT.with_leniency(Leniency::EXTRA_PARENTHESES);
    for dialect in [dialect, Dialect::TOLERANT] {
        let items = items(domino, dialect);
        let [FetchItem::Uid(14935), FetchItem::Envelope(envelope), FetchItem::BodyStructure(_)] = &items[..]
        else {
            panic!("{items:?}")
        };
        assert_eq!(envelope, &Envelope::default());
    }
    let refused = exact::<Envelope<'_>>(b"(NIL NIL (", Dialect::TOLERANT).unwrap_err();
    assert_eq!((refused.expected, refused.offset), (Expected::Open, 10));
}

#[test]
fn groups() {
    let addresses: Addresses<'_> = [
        Address::new("a", "x").unwrap(),
        Address::group("friends").unwrap(),
        address("B", "b", "y"),
        Address::new("c", "z").unwrap(),
        Address::GROUP_END,
        Address::new("d", "x").unwrap(),
    ]
    .into();
    let members: Vec<_> =
        addresses.members().map(|Member { group, address }| (group, address.to_string())).collect();
    let friends = || Some(s("friends"));
    assert_eq!(
        members,
        [
            (None, "a@x".into()),
            (friends(), "B <b@y>".into()),
            (friends(), "c@z".into()),
            (None, "d@x".into())
        ]
    );
    assert_eq!(addresses.to_string(), "a@x, friends: B <b@y>, c@z;, d@x");
}

#[test]
fn as_in_a_header() {
    for (name, mailbox, host, shown) in [
        (Some("Terry Gray"), Some("gray"), Some("example.com"), "Terry Gray <gray@example.com>"),
        (Some("J. Smith"), Some("j"), Some("x"), "\"J. Smith\" <j@x>"),
        (Some("a\"b\\"), Some("j"), Some("x"), "\"a\\\"b\\\\\" <j@x>"),
        (
            Some("J\u{fc}rgen"),
            Some("j\u{fc}"),
            Some("\u{fc}.example"),
            "J\u{fc}rgen <j\u{fc}@\u{fc}.example>",
        ),
        (Some(""), Some("j"), Some("x"), "j@x"),
        (Some(" "), Some("j"), Some("x"), "\" \" <j@x>"),
        (Some("a\r\nBcc: b@c"), Some("j"), Some("x"), "\"a\u{fffd}\u{fffd}Bcc: b@c\" <j@x>"),
        (None, Some("john..doe"), Some("x"), "\"john..doe\"@x"),
        (None, Some("a b"), Some("[::1]"), "\"a b\"@[::1]"),
        (None, None, Some("x"), "\"\"@x"),
        (None, Some("j"), Some("x>, <b"), "j@x\u{fffd}\u{fffd}\u{fffd}\u{fffd}b"),
        (Some("left out"), Some("my friends"), None, "my friends:"),
        (None, None, None, ";"),
    ] {
        let address = Address { name: name.map(s), adl: None, mailbox: mailbox.map(s), host: host.map(s) };
        assert_eq!(address.to_string(), shown);
    }
    let latin1 = Address::new("j", "x").unwrap().with_name(b"J\xfcrgen").unwrap();
    assert_eq!(latin1.to_string(), "J\u{fffd}rgen <j@x>");
    let group = |name: &'static str| Address::group(name).unwrap();
    let a = || Address::new("a", "x").unwrap();
    for (addresses, shown) in [
        (Addresses::default(), ""),
        ([group("undisclosed-recipients"), Address::GROUP_END].into(), "undisclosed-recipients:;"),
        ([group("one"), a(), group("two"), a()].into(), "one: a@x;, two: a@x;"),
        ([Address::GROUP_END, a()].into(), "a@x"),
    ] {
        assert_eq!(addresses.to_string(), shown);
    }
}

proptest! {
    #[test]
    fn any_envelope_can_be_read(envelope in any_envelope()) {
        round_trip(&envelope);
        round_trip(&FetchItem::Envelope(envelope));
    }
}
