use super::*;
use crate::testing::{check, round_trip};
use crate::text;
use proptest::prelude::*;

const STRICT: Dialect = Dialect::STRICT;
const TOLERANT: Dialect = Dialect::TOLERANT;

fn parse(wire: &[u8]) -> Reply<'_> {
    match Reply::parse(wire, STRICT) {
        Ok(([], reply)) => reply,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

fn lines<'r>(reply: &'r Reply<'_>) -> Vec<&'r [u8]> {
    reply.lines().collect()
}

fn code(code: u16) -> ReplyCode {
    ReplyCode::new(code).unwrap()
}

#[test]
fn replies_both_ways() {
    check([
        ("250 2.1.5 Ok\r\n", Reply::new(ReplyCode::OK, EnhancedCode::DESTINATION_VALID, text!("Ok"))),
        ("354 go ahead\r\n", Reply::new(ReplyCode::GO_AHEAD, EnhancedCode::OTHER, text!("go ahead"))),
        ("354\r\n", Reply::multiline(ReplyCode::GO_AHEAD, None, &[])),
        ("250 2.0.0\r\n", Reply::multiline(ReplyCode::OK, EnhancedCode::OTHER, &[])),
        (
            "452-4.2.2 a\r\n452 4.2.2 b\r\n",
            Reply::multiline(
                ReplyCode::INSUFFICIENT_STORAGE,
                EnhancedCode::MAILBOX_FULL,
                &[text!("a"), text!("b")],
            ),
        ),
        // The text may look like an enhanced code, whether there is one or not.
        ("250 2.1.5 Ok\r\n", Reply::new(ReplyCode::OK, None, text!("2.1.5 Ok"))),
        ("250 2.0.0 2.1.5 Ok\r\n", Reply::new(ReplyCode::OK, EnhancedCode::OTHER, text!("2.1.5 Ok"))),
    ]);
}

/// What strict reading makes of a reply: code, enhanced code, lines.
#[test]
fn what_servers_send() {
    for (wire, number, enhanced, expected) in [
        (&b"250\r\n"[..], 250, None, &[&b""[..]][..]),
        (b"354\r\n", 354, None, &[b""]),
        (b"334\r\n", 334, None, &[b""]),
        (b"334 \r\n", 334, None, &[b""]),
        (b"334 Username:\r\n", 334, None, &[b"Username:"]),
        (b"250-mx.example\r\n250\r\n", 250, None, &[b"mx.example", b""]),
        (b"250-\r\n250-\r\n250 \r\n", 250, None, &[b"", b"", b""]),
        (b"220 \r\n", 220, None, &[b""]),
        (b"220 ****\r\n", 220, None, &[b"****"]),
        (b"220-* banner\r\n220 x\r\n", 220, None, &[b"* banner", b"x"]),
        (b"554 5.7.1 listed\r\n", 554, Some("5.7.1"), &[b"listed"]),
        (b"421 4.4.2 timeout\r\n", 421, Some("4.4.2"), &[b"timeout"]),
        (b"535 \xc7\xeb\r\n", 535, None, &[b"\xc7\xeb"]),
        (b"250 caf\xe9\tau lait\r\n", 250, None, &[b"caf\xe9\tau lait"]),
        (b"550 #5.1.0 Address rejected\r\n", 550, None, &[b"#5.1.0 Address rejected"]),
        (b"550 5.7.1-3 x\r\n", 550, None, &[b"5.7.1-3 x"]),
        (b"550 5.7 x\r\n", 550, None, &[b"5.7 x"]),
        (b"550 5.7.01 x\r\n", 550, None, &[b"5.7.01 x"]),
        (b"550 05.1.1 x\r\n", 550, None, &[b"05.1.1 x"]),
        (b"550 4.1.1 x\r\n", 550, None, &[b"4.1.1 x"]),
        (b"250 2.1.5\tOk\r\n", 250, None, &[b"2.1.5\tOk"]),
        (b"250 2.1.5  Ok\r\n", 250, Some("2.1.5"), &[b" Ok"]),
        (b"550-5.7.1 line1\r\n550 line2\r\n", 550, Some("5.7.1"), &[b"line1", b"line2"]),
        (b"550-5.7.1 a\r\n550 5.7.2 b\r\n", 550, Some("5.7.1"), &[b"a", b"5.7.2 b"]),
        (b"550-a\r\n550 5.7.1 b\r\n", 550, None, &[b"a", b"5.7.1 b"]),
        (
            b"451 4.7.0 Temporary server error. PRX4\r\n",
            451,
            Some("4.7.0"),
            &[b"Temporary server error. PRX4"],
        ),
        (b"432 4.3.2 STOREDRV.Deliver\r\n", 432, Some("4.3.2"), &[b"STOREDRV.Deliver"]),
        (b"235 auth failure\r\n", 235, None, &[b"auth failure"]),
        (b"353 each recipient follows\r\n", 353, None, &[b"each recipient follows"]),
        (b"449 unheard of\r\n", 449, None, &[b"unheard of"]),
    ] {
        let reply = parse(wire);
        assert_eq!(reply.code(), code(number), "{}", wire.escape_ascii());
        assert_eq!(reply.enhanced().map(|code| alloc::format!("{code}")).as_deref(), enhanced);
        assert_eq!(lines(&reply), expected, "{}", wire.escape_ascii());
        let mut out = BytesMut::new();
        reply.encode(&mut out);
        assert_eq!(out, wire, "encodes as it came");
        assert!(matches!(Reply::parse_reporting(wire, TOLERANT), Ok(([], same, None)) if same == reply));
        assert_eq!(reply.clone().into_owned(), reply);
    }
}

#[test]
fn sec_15_what_is_no_reply() {
    for (wire, expected, offset) in [
        (&b"220ready\r\n"[..], Expected::Space, 3),
        (b"2500 ok\r\n", Expected::Space, 3),
        (b"250_ok\r\n", Expected::Space, 3),
        (b"25 ok\r\n", Expected::ReplyCode, 0),
        (b"ok\r\n", Expected::ReplyCode, 0),
        (b" 250 ok\r\n", Expected::ReplyCode, 0),
        (b"\r\n", Expected::ReplyCode, 0),
        (b"", Expected::ReplyCode, 0),
        (b"199 x\r\n", Expected::ReplyCode, 0),
        (b"650 x\r\n", Expected::ReplyCode, 0),
        (b"260 x\r\n", Expected::ReplyCode, 0),
        (b"250", Expected::Crlf, 3),
        (b"250 ok", Expected::Crlf, 6),
        (b"250 ok\r", Expected::Crlf, 6),
        (b"250 ok\n", Expected::Crlf, 6),
        (b"250-ok\r\n", Expected::ReplyCode, 8),
        (b"250-ok\r\n\r\n", Expected::ReplyCode, 8),
        (b"250-ok\r\nok\r\n", Expected::ReplyCode, 8),
        (b"250-ok\r\n250ok\r\n", Expected::Space, 11),
        (b"250 ok\r\r\r\n", Expected::Text, 6),
    ] {
        for dialect in [STRICT, TOLERANT] {
            let error = Reply::parse(wire, dialect).unwrap_err();
            assert_eq!((error.expected, error.offset), (expected, offset), "{}", wire.escape_ascii());
        }
    }
    let longest = |len: usize| [b"250 ", &[b'x'; 4_096][..len - 6], b"\r\n250 x\r\n"].concat();
    let (rest, _) = Reply::parse(longest(2_048).leak(), STRICT).unwrap();
    assert_eq!(rest, b"250 x\r\n");
    let error = Reply::parse(longest(2_049).leak(), TOLERANT).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::Shorter, 2_048));
}

#[test]
fn leniencies() {
    let mixed = Leniency::MIXED_CODES;
    let control = Leniency::CONTROL_IN_TEXT;
    for (wire, leniency, expected, offset, normal) in [
        (&b"250 ok\r\r\n"[..], Leniency::EXTRA_CR, Expected::Text, 6, &b"250 ok\r\n"[..]),
        (b"250\r\r\n", Leniency::EXTRA_CR, Expected::Space, 3, b"250\r\n"),
        (b"250-a\r\r\n250 b\r\r\n", Leniency::EXTRA_CR, Expected::Text, 5, b"250-a\r\n250 b\r\n"),
        (b"250 a\0b\x1b[31m\x7f\r\n", control, Expected::Text, 5, b"250 a?b?[31m?\r\n"),
        (b"250 a\rb\r\n", control, Expected::Text, 5, b"250 a?b\r\n"),
        (b"250 o\x07k\r\r\n", Leniency::EXTRA_CR.union(control), Expected::Text, 5, b"250 o?k\r\n"),
        (b"220-x\r\n521 5.7.1 no\r\n", mixed, Expected::SameCode, 7, b"521-x\r\n521 5.7.1 no\r\n"),
        (b"250-a\r\n550 b\r\n", mixed, Expected::SameCode, 7, b"550-a\r\n550 b\r\n"),
    ] {
        let input = &[wire, b"250 next\r\n"].concat();
        let error = Reply::parse(input, STRICT).unwrap_err();
        assert_eq!((error.expected, error.offset), (expected, offset), "{}", wire.escape_ascii());
        assert_eq!(Reply::parse(input, TOLERANT.with_leniency(Leniency::ALL.without(leniency))), Err(error));
        for dialect in [TOLERANT, STRICT.with_leniency(leniency)] {
            let (rest, reply, tolerated) = Reply::parse_reporting(input, dialect).unwrap();
            assert_eq!((rest, reply.as_bytes()), (&b"250 next\r\n"[..], normal));
            assert_eq!(tolerated, Some(Tolerated { leniency, error }));
            assert_eq!(parse(reply.as_bytes()), reply, "what was put right reads the same strictly");
        }
    }
}

#[test]
fn helpers_for_what_replies_say() {
    for (wire, too_many) in [
        (&b"452 4.5.3 too many\r\n"[..], true),
        (b"452 too many\r\n", true),
        (b"552 too many recipients\r\n", true),
        (b"552 5.5.3 too many recipients\r\n", true),
        (b"451 4.5.3 too many recipients\r\n", true),
        (b"552 5.2.2 mailbox full\r\n", false),
        (b"452 4.3.1 disk full\r\n", false),
        (b"550 too many recipients\r\n", false),
    ] {
        assert_eq!(parse(wire).is_too_many_recipients(), too_many, "{}", wire.escape_ascii());
    }
    for (wire, masked) in [
        (&b"220 ****\r\n"[..], true),
        (b"220 ******0 *2***200*\r\n", true),
        (b"220-****\r\n220 **\r\n", true),
        (b"220 \r\n", false),
        (b"220\r\n", false),
        (b"220-* banner\r\n220 x\r\n", false),
        (b"220 20\r\n", false),
        (b"250 ****\r\n", false),
    ] {
        assert_eq!(parse(wire).is_masked_greeting(), masked, "{}", wire.escape_ascii());
    }
    let gmail = b"550-5.7.1 [192.0.2.1]\r\n550-5.7.1\r\n550 5.7.1 text a1-20020si2wmq.1 - gsmtp\r\n";
    assert_eq!(parse(gmail).text(), "[192.0.2.1] text a1-20020si2wmq.1 - gsmtp");
    assert_eq!(parse(b"250 caf\xe9\r\n").text(), "caf\u{fffd}");
    assert!(matches!(parse(b"250 ok\r\n").text(), Cow::Borrowed("ok")));
    assert_eq!(parse(b"250-x\r\n250 2.0.0 Ok: queued as A1\r\n").queue_id(), Some("A1"));
    assert_eq!(parse(b"550 Ok: queued as A1\r\n").queue_id(), None);
}

fn any_text() -> impl Strategy<Value = Text<'static>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..40)
            .prop_filter_map("text", |octets| Text::new(octets).ok()),
        "[2345]\\.[0-9]{1,3}\\.[0-9]{1,3}[ -~]{0,9}".prop_map(|text| Text::new(text.into_bytes()).unwrap()),
    ]
}

prop_compose! {
    fn any_enhanced()(
        class in prop_oneof![Just(2u16), Just(4), Just(5)], subject in 0u16..1_000, detail in 0u16..1_000,
    ) -> EnhancedCode {
        EnhancedCode::new(class, subject, detail).unwrap()
    }
}

proptest! {
    #[test]
    fn sec_41_what_can_be_built_is_one_reply_and_can_be_read(
        number in 200u16..560,
        enhanced in proptest::option::of(any_enhanced()),
        texts in proptest::collection::vec(any_text(), 0..5),
    ) {
        let Some(code) = ReplyCode::new(number) else { return Ok(()) };
        let reply = Reply::multiline(code, enhanced, &texts);
        round_trip(&reply);
        prop_assert_eq!(reply.code(), code);
        let fits = enhanced.and_then(|enhanced| enhanced.in_class_of(code));
        if fits.is_some() {
            prop_assert_eq!(reply.enhanced(), fits);
            let expected: Vec<&[u8]> = texts.iter().map(Text::as_bytes).collect();
            prop_assert_eq!(lines(&reply), if texts.is_empty() { std::vec![&b""[..]] } else { expected });
        }
    }

    #[test]
    fn whatever_comes_is_read_to_what_can_be_written(
        wire in "((250|550|3)[ \\-x]?[a\\x00\\r\\t é]{0,3}\r?\r\n){0,4}",
    ) {
        let mut framer = crate::framing::ReplyFramer::new();
        let framed = framer.next(wire.as_bytes(), &crate::Limits::default());
        for dialect in [STRICT, TOLERANT] {
            if let Ok((rest, reply)) = Reply::parse(wire.as_bytes(), dialect) {
                prop_assert_eq!(framed, Ok(Some(wire.len() - rest.len())), "the framer agrees on the end");
                prop_assert_eq!(&parse(reply.as_bytes()), &reply);
                prop_assert_eq!(reply.lines().count(), reply.as_bytes().iter().filter(|&&o| o == b'\n').count());
            }
        }
    }
}

#[test]
fn replies_as_people_read_them() {
    for (wire, shown) in [
        (&b"550 5.7.1 no relaying\r\n"[..], "550 5.7.1 no relaying"),
        (b"250 ok\r\n", "250 ok"),
        (b"354\r\n", "354"),
        (b"250 2.0.0\r\n", "250 2.0.0"),
        (
            b"250-mx.example.org\r\n250-PIPELINING\r\n250 SIZE 10\r\n",
            "250 mx.example.org / PIPELINING / SIZE 10",
        ),
        (
            b"554-5.7.1 listed,\r\n554-5.7.1 \r\n554 5.7.1 see \"it's\"\r\n",
            "554 5.7.1 listed, / see \"it's\"",
        ),
        (b"250-\r\n250 x\r\n", "250 x"),
        ("550 gr\u{fc}\u{df} \u{202e}dich\r\n".as_bytes(), "550 gr\u{fc}\u{df} \\u{202e}dich"),
        (b"550 a\tb\\n caf\xe9 \xff\r\n", "550 a\\tb\\\\n caf\\xe9 \\xff"),
    ] {
        assert_eq!(alloc::format!("{}", parse(wire)), shown);
    }
}

proptest! {
    /// One line, whatever the peer says.
    #[test]
    fn what_is_shown_is_one_printable_line(octets: Vec<u8>) {
        let wire = [&b"550 "[..], &octets, b"\r\n"].concat();
        if let Ok((_, reply)) = Reply::parse(&wire, TOLERANT) {
            let shown = alloc::format!("{reply}");
            prop_assert!(shown.starts_with("550") && !shown.contains(char::is_control), "{}", shown);
        }
    }
}
