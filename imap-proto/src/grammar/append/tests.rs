//! What APPEND is made of.

use alloc::vec::Vec;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::ext::catenate::CatPart;
use crate::ext::catenate::tests::any_catenate;
use crate::grammar::date::tests::{any_date_time, at, day, time};
use crate::grammar::flag::Flag;
use crate::grammar::flag::tests::any_flags;
use crate::grammar::literal::tests::any_octets;
use crate::grammar::mailbox::tests::any_mailbox;
use crate::options::{Dialect, Leniency};
use crate::registry::Command;
use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
use crate::wire::exact;
use crate::writer::{EncodeOptions, Fragment, LiteralMode, fragments};

pub(crate) fn message(text: &str) -> AppendMessage<'_> {
    Literal::new(text).unwrap().into()
}

fn to(name: &'static str, messages: &[AppendMessage<'static>]) -> Command<'static> {
    Command::Append(Append::multiple(Mailbox::new(name).unwrap(), messages.to_vec()).unwrap())
}

fn data(data: AppendData<'_>) -> AppendMessage<'_> {
    AppendMessage { options: AppendOptions::default(), data }
}

fn extension(label: &'static str, value: &'static str) -> AppendExtension<'static> {
    let (label, value) = (TaggedLabel::new(label).unwrap(), TaggedValue::new(value).unwrap());
    AppendExtension::Other(OtherAppendExtension { label, value })
}

pub(crate) fn any_append_message() -> impl Strategy<Value = AppendMessage<'static>> {
    let data = prop_oneof![
        any_octets().prop_map(|octets| AppendData::Literal(Literal::new(octets).unwrap())),
        any::<Vec<u8>>().prop_map(|octets| AppendData::Literal8(Literal8::new(octets))),
        any::<Vec<u8>>().prop_map(|octets| AppendData::Utf8(Literal8::new(octets))),
        any_catenate().prop_map(AppendData::Catenate),
    ];
    let extensions = (0..3usize).prop_map(|count| {
        [extension("X-FOO", "5"), extension("BAR", "(a \"b\")")].into_iter().take(count).collect()
    });
    (proptest::option::of(any_flags()), proptest::option::of(any_date_time()), extensions, data).prop_map(
        |(flags, date, extensions, data)| AppendMessage {
            options: AppendOptions { flags, date, extensions },
            data,
        },
    )
}

#[test]
fn commands() {
    let date = at(time(day(1996, 7, 17), 2, 44, 25), -420);
    let text = CatPart::Text("hi".into());
    check([
        ("APPEND Drafts {5}\r\nhello", to("Drafts", &[message("hello")])),
        ("APPEND Drafts (\\Seen) {0}\r\n", to("Drafts", &[message("").with_flags([Flag::Seen].into())])),
        ("APPEND Drafts () {1}\r\na", to("Drafts", &[message("a").with_flags(Flags::default())])),
        (
            "APPEND Drafts (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {1}\r\na",
            to("Drafts", &[message("a").with_flags([Flag::Seen].into()).with_date(date)]),
        ),
        (
            "APPEND Drafts \"17-Jul-1996 02:44:25 -0700\" {1}\r\na",
            to("Drafts", &[message("a").with_date(date)]),
        ),
        (
            "APPEND \"a b\" (\\Seen) {3}\r\na\r\n (\\Draft) {1}\r\nb {1}\r\n)",
            to(
                "a b",
                &[
                    message("a\r\n").with_flags([Flag::Seen].into()),
                    message("b").with_flags([Flag::Draft].into()),
                    message(")"),
                ],
            ),
        ),
        ("APPEND a ~{3}\r\na\0b", to("a", &[data(AppendData::Literal8(Literal8::new("a\0b")))])),
        ("APPEND a UTF8 (~{1}\r\na)", to("a", &[data(AppendData::Utf8(Literal8::new("a")))])),
        (
            "APPEND a CATENATE (TEXT {2}\r\nhi TEXT {2}\r\nhi)",
            to("a", &[data(AppendData::Catenate(Catenate::new([text.clone(), text].into()).unwrap()))]),
        ),
        (
            "APPEND a X-FOO 5 BAR (a b) {1}\r\na",
            to(
                "a",
                &[AppendMessage {
                    options: AppendOptions {
                        extensions: [extension("X-FOO", "5"), extension("BAR", "(a b)")].into(),
                        ..AppendOptions::default()
                    },
                    ..message("a")
                }],
            ),
        ),
    ]);
    check_read([
        ("append {1}\r\na {1+}\r\nb", to("a", &[message("b")])),
        ("APPEND a utf8 (~{1+}\r\na)", to("a", &[data(AppendData::Utf8(Literal8::new("a")))])),
    ]);
    check_refused::<Command<'_>, 13>([
        ("APPEND", 6),
        ("APPEND a", 8),
        ("APPEND a \"hello\"", 9),
        ("APPEND a (\\Seen)", 16),
        ("APPEND a {2}\r\na", 10),
        ("APPEND a {1}\r\n\0", 14),
        ("APPEND a X {1}\r\na", 11),
        ("APPEND a X-FOO 5", 16),
        ("APPEND a {1}\r\na{1}\r\na", 15),
        ("APPEND a UTF8 ({1}\r\na)", 15),
        ("APPEND a \"17-Jul-1996 02:44:25 -0700\" (\\Seen) {1}\r\na", 38),
        ("APPEND a CATENATE ()", 19),
        ("APPEND a {1}\r\na ", 15),
    ]);
    check_tolerated([(
        "APPEND a  (\\Seen )  {1}\r\na  {1}\r\nb",
        to("a", &[message("a").with_flags([Flag::Seen].into()), message("b")]),
        Leniency::EXTRA_SPACE.union(Leniency::TRAILING_SPACE),
    )]);
}

#[test]
fn data_have_a_name_or_are_a_literal() {
    check_refused::<AppendData<'_>, 4>([("X {1}\r\na", 0), ("CATENATED (URL a)", 0), ("", 0), ("\"a\"", 0)]);
}

#[test]
fn messages_are_counted() {
    let mailbox = || Mailbox::new("a").unwrap();
    assert!(Append::multiple(mailbox(), Vec::new()).is_err());
    let many = alloc::vec![message("a"); Append::MAX_MESSAGES + 1];
    assert!(Append::multiple(mailbox(), many[..Append::MAX_MESSAGES].to_vec()).is_ok());
    assert_eq!(Append::multiple(mailbox(), many).unwrap_err().expected, Expected::Fewer);
    let wire = |count| [b"APPEND a".as_slice(), &b" {1}\r\na".repeat(count)].concat();
    let Ok(Command::Append(append)) =
        exact::<Command<'_>>(&wire(1_000), Dialect::STRICT).map(Command::into_owned)
    else {
        panic!()
    };
    assert_eq!((append.messages().len(), append.into_messages().len()), (1_000, 1_000));
    let error = exact::<Command<'_>>(&wire(1_001), Dialect::STRICT).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::Fewer, 9 + 7 * 1_000));
}

#[test]
fn messages_are_not_copied_and_waited_for() {
    let octets = Bytes::from(alloc::vec![b'x'; 5_000]);
    let message = AppendMessage::from(Literal::new(octets.clone()).unwrap());
    let append = Append::multiple(Mailbox::new("a").unwrap(), [message.clone(), message].into()).unwrap();
    let minus = EncodeOptions::default().with_literals(LiteralMode::Minus);
    let fragments = fragments(minus, true, |out| append.encode(out));
    let send = |text: &'static str| Fragment::Send(Bytes::from_static(text.as_bytes()));
    let [head, Fragment::Wait, Fragment::Send(first), between, Fragment::Wait, Fragment::Send(second)] =
        &fragments[..]
    else {
        panic!("{fragments:?}")
    };
    assert_eq!((head, between), (&send("a {5000}\r\n"), &send(" {5000}\r\n")));
    assert_eq!((first.as_ptr(), second.as_ptr()), (octets.as_ptr(), octets.as_ptr()));
}

#[test]
fn heads() {
    let head = |wire: &'static str| AppendHead::parse(wire.as_bytes(), Dialect::STRICT);
    let options =
        |flags: [Flag<'static>; 1]| AppendOptions { flags: Some(flags.into()), ..AppendOptions::default() };
    let message = MessageHead { options: options([Flag::Seen]), size: 310, binary: false };
    let read = AppendHead {
        tag: crate::Tag::new("A3").unwrap(),
        mailbox: Mailbox::new("saved messages").unwrap(),
        message: message.clone(),
    };
    check([("A3 APPEND \"saved messages\" (\\Seen) {310}\r\n", read)]);
    assert_eq!(
        head("A3 append {1}\r\na ~{310+}\r\n").map(|head| (head.message.size, head.message.binary)),
        Ok((310, true))
    );
    for (wire, offset) in [
        ("A3 APPEND {1}\r\n", 11),
        ("A3 APPEND a {1}\r\na", 17),
        ("A3 APPEND a {1}", 15),
        ("A3 APPEND a", 11),
        ("A3 NOOP\r\n", 3),
        ("A3 APPEND a CATENATE (TEXT {1}\r\n", 12),
    ] {
        assert_eq!(head(wire).unwrap_err().offset, offset, "{wire}");
    }
    let next = |wire: &'static str| MessageHead::parse(wire.as_bytes(), Dialect::STRICT);
    assert_eq!(next(" (\\Seen) {310}\r\n"), Ok(message));
    assert_eq!(next("\r\n").unwrap_err().offset, 0);
    assert_eq!(next(" {1}\r\na").unwrap_err().offset, 6);
    assert_eq!(next(" {1}\r").unwrap_err().offset, 4);
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        mailbox in any_mailbox(),
        messages in proptest::collection::vec(any_append_message(), 1..4),
    ) {
        round_trip(&Append::multiple(mailbox, messages).unwrap());
    }
}
