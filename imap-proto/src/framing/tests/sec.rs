//! What a peer that means harm cannot do.

use super::*;

#[test]
fn sec_22_a_refused_literal_is_drained_exactly() {
    check(
        &client(),
        &small(),
        false,
        [
            // It waits: the client has sent nothing behind it.
            ("A1 X {6}\r\nb DEL\r\n", &[Offered(waiting(10, 6)), Message(7)]),
            (
                "A1 X {16+}\r\n0123456789\r\nDEL \r\nb NOOP\r\n",
                &[Offered(coming(12, 16)), Drained(18), Message(8)],
            ),
            (
                "A1 X ~{16+}\r\n0123456789\r\nDEL \r\nb NOOP\r\n",
                &[Offered(Literal { binary: true, ..coming(13, 16) }), Drained(18), Message(8)],
            ),
            // Then another that comes all the same, and one that waits.
            (
                "A1 X {11+}\r\n0123456789a {3+}\r\na\r\n {4+}\r\nNOOP\r\nb NOOP\r\n",
                &[Offered(coming(12, 11)), Drained(34), Message(8)],
            ),
            (
                "A1 X {11+}\r\n0123456789a {3}\r\nb NOOP\r\n",
                &[Offered(coming(12, 11)), Drained(17), Message(8)],
            ),
            // Up to 60 octets, with the end of the line.
            (
                concat!(
                    "A1 X {58+}\r\n01234567890123456789012345678901234567890123456789",
                    "01234567\r\nb\r\n"
                ),
                &[Offered(coming(12, 58)), Drained(60), Message(3)],
            ),
            (
                concat!(
                    "A1 X {59+}\r\n01234567890123456789012345678901234567890123456789",
                    "012345678\r\nb\r\n"
                ),
                &[Offered(coming(12, 59)), Fatal(Limit::Discard)],
            ),
            // No octet of it is needed.
            ("A1 X {60+}\r\n", &[Offered(coming(12, 60)), Fatal(Limit::Discard)]),
            ("A1 X {61+}\r\n", &[Offered(coming(12, 61)), Fatal(Limit::Discard)]),
            ("A1 X {11+}\r\n0123456789a{45+}\r\n", &[Offered(coming(12, 11)), Fatal(Limit::Discard)]),
        ],
    );
    check(
        &server(),
        &small(),
        false,
        [("* LIST {11}\r\n0123456789a x\r\n* OK\r\n", &[Offered(coming(13, 11)), Drained(15), Message(6)])],
    );
}

#[test]
fn sec_45_a_huge_literal_is_refused_before_anything_is_stored() {
    let limits = Limits::default();
    let refused = |literal| Refused(literal, Limit::Literal);
    let mut over = coming(21, 4_294_967_295);
    check(
        &client(),
        &limits,
        true,
        [
            ("A1 LOGIN {4294967295}\r\nA2", &[refused(Literal { waits: true, head: 23, ..over })]),
            (
                "A1 X {4097}\r\nA2 X\r\n",
                &[refused(Literal { inline: true, ..waiting(13, 4_097) }), Message(6)],
            ),
            (
                "A1 LOGIN {9999999999999999999+}\r\n",
                &[refused(coming(33, 9_999_999_999_999_999_999)), Fatal(Limit::Discard)],
            ),
            // Twenty digits are no number.
            ("A1 LOGIN {18446744073709551616}\r\n", &[Message(33)]),
        ],
    );
    let mut authenticated = client();
    authenticated.set_authenticated(true);
    over.head = 24;
    check(
        &authenticated,
        &limits,
        false,
        [
            ("A1 APPEND {4294967295+}\r\n", &[refused(Literal { head: 25, ..over }), Fatal(Limit::Discard)]),
            (
                "A1 X\r\nA1 APPEND {67108865}\r\n",
                &[Message(6), refused(Literal { waits: true, ..coming(22, 67_108_865) })],
            ),
            (
                "A1 X\r\nA1 APPEND {67108864}\r\n",
                &[Message(6), Offered(Literal { waits: true, ..coming(22, 67_108_864) })],
            ),
        ],
    );
    // A response may announce what it likes; it is streamed, or drained within bounds.
    check(
        &server(),
        &limits,
        true,
        [("* X {9223372036854775807}\r\nabc", &[Offered(coming(27, i64::MAX as u64))])],
    );
}

#[test]
fn sec_46_literals_count_together_and_are_counted() {
    let limits = small();
    check(
        &client(),
        &limits,
        true,
        [
            ("A1 {1+}\r\na{1+}\r\nb{1+}\r\nc\r\n", &[Message(26)]),
            (
                "A1 {1+}\r\na{1+}\r\nb{1+}\r\nc{1+}\r\nd\r\nA2\r\n",
                &[
                    Refused(Literal { inline: true, ..coming(30, 1) }, Limit::Literals),
                    Drained(3),
                    Message(4),
                ],
            ),
            // 15 octets are left, then 11, then 10: too few for nine and CRLF.
            ("A1 {9+}\r\n012345678 {9+}\r\n012345678\r\nA2\r\n", &[Message(36), Message(4)]),
            ("A1 {9+}\r\n012345678 1234{9+}\r\n012345678\r\nA2\r\n", &[Message(40), Message(4)]),
            (
                "A1 {9+}\r\n012345678 12345{9+}\r\n012345678\r\nA2\r\n",
                &[Offered(coming(30, 9)), Streamed(9), Tail(2), Message(4)],
            ),
        ],
    );
    let limits = Limits::default();
    let wire = "{1+}\r\na".repeat(1_001);
    let found = parts(&client(), &limits, true, wire.as_bytes(), []);
    assert!(matches!(found[..], [Refused(_, Limit::Literals)]), "{found:?}");
}

#[test]
fn sec_48_odd_counts_announce_nothing() {
    for count in [
        "{-100}",
        "{+5}",
        "{ 5}",
        "{5 }",
        "{5++}",
        "{}",
        "{+}",
        "{5-}",
        "{5+",
        "5}",
        "{5}}",
        "{5} ",
        "{a}",
        "{5+}\r",
        "{00000000000000000005}",
        "(5)",
        "{0x5}",
        "}",
        "{5,}",
        "{{}",
    ] {
        for framer in [client(), server()] {
            let wire = alloc::format!("* X {count}\r\n* 1 EXISTS\r\n");
            let expected = [Message(count.len() + 6), Message(12)];
            for cut in 0..wire.len() {
                assert_eq!(
                    parts(&framer, &Limits::default(), true, wire.as_bytes(), [cut]),
                    expected,
                    "{wire:?}"
                );
            }
        }
    }
    // LF alone ends nothing.
    check(&client(), &Limits::default(), true, [("A1 {5+}\nA2\r\n", &[Message(12)])]);
    for count in ["{5+}", "{05+}", "{0000000005+}", "{0000000000000000005+}", "{{5+}", "~~{5+}", "x{5+}"] {
        let wire = alloc::format!("A1 X {count}\r\n\r\nA2\n\r\n");
        let expected = [Message(count.len() + 14)];
        for framer in [client(), server()] {
            assert_eq!(parts(&framer, &Limits::default(), true, wire.as_bytes(), []), expected, "{wire:?}");
        }
    }
}

#[test]
fn sec_49_an_endless_line_is_skipped_and_then_fatal() {
    let x = |n: usize| "x".repeat(n);
    let limits = small();
    for framer in [client(), server()] {
        check(
            &framer,
            &limits,
            true,
            [
                (&(x(38) + "\r\nA2\r\n"), &[Message(40), Message(4)]),
                (&(x(39) + "\r\nA2\r\n"), &[TooLong(41), Message(4)]),
                (&(x(98) + "\r\nA2\r\n"), &[TooLong(100), Message(4)]),
                (&(x(99) + "\r\nA2\r\n"), &[Fatal(Limit::Discard)]),
                (&x(150), &[Fatal(Limit::Discard)]),
                // What it announces comes all the same.
                (
                    &("* X ".to_owned() + &x(40) + " {9+}\r\n* 1 EXIST {3+}\r\n* 2\r\nA2\r\n"),
                    &[TooLong(72), Message(4)],
                ),
                (&(x(50) + "{0000000000000000009+}\r\n* 1 EXIST\r\nA2\r\n"), &[TooLong(85), Message(4)]),
                (&(x(50) + "{51+}\r\nA2\r\n"), &[Fatal(Limit::Discard)]),
                ("* X {5+}\r\n0123401234567890123456789012345\r\nA2\r\n", &[TooLong(43), Message(4)]),
            ],
        );
    }
    check(
        &client(),
        &limits,
        true,
        [
            (&(x(50) + "{5}\r\nA2\r\n"), &[TooLong(55), Message(4)]),
            // Behind a literal that was streamed, what came before it counts, too.
            (
                &("A1 X {15+}\r\n012345678901234".to_owned() + &x(27) + "\r\nA2\r\n"),
                &[Offered(coming(12, 15)), Streamed(15), TooLong(29), Message(4)],
            ),
            (
                &("A1 X {15+}\r\n012345678901234".to_owned() + &x(26) + "\r\nA2\r\n"),
                &[Offered(coming(12, 15)), Streamed(15), Tail(28), Message(4)],
            ),
            (
                &("A1 X {15+}\r\n012345678901234".to_owned() + &x(86) + "\r\nA2\r\n"),
                &[Offered(coming(12, 15)), Streamed(15), TooLong(88), Message(4)],
            ),
            (
                &("A1 X {15+}\r\n012345678901234".to_owned() + &x(87) + "\r\nA2\r\n"),
                &[Offered(coming(12, 15)), Streamed(15), Fatal(Limit::Discard)],
            ),
        ],
    );
    let limits = Limits { command_authenticated: 50, discard_authenticated: 20, ..small() };
    let mut authenticated = client();
    authenticated.set_authenticated(true);
    check(
        &authenticated,
        &limits,
        true,
        [
            (&("A1\r\n".to_owned() + &x(48) + "\r\nA2\r\n"), &[Message(4), Message(50), Message(4)]),
            (&("A1\r\n".to_owned() + &x(68) + "\r\nA2\r\n"), &[Message(4), TooLong(70), Message(4)]),
            (&("A1\r\n".to_owned() + &x(69) + "\r\nA2\r\n"), &[Message(4), Fatal(Limit::Discard)]),
        ],
    );
    // Text is text however long.
    check(
        &server(),
        &small(),
        true,
        [
            (&("* OK ".to_owned() + &x(40) + "{5}\r\nA2\r\n"), &[TooLong(50), Message(4)]),
            (
                &("* NO [BADCHARSET ".to_owned() + &x(31) + "{5}\r\nA2\r\n)\r\nA2\r\n"),
                &[TooLong(60), Message(4)],
            ),
        ],
    );
}

/// Feeds `octets` until 16 MiB have come, in pieces of 4 KiB, and gives the most that had to be buffered.
fn feed(framer: &mut Framer, limits: &Limits, begin: &[u8], octet: u8) -> usize {
    const PIECE: usize = 4 * 1024;
    let (mut buffer, mut most, mut fed) = (begin.to_vec(), 0, 0);
    while fed < 16 * 1024 * 1024 {
        buffer.resize(buffer.len() + PIECE, octet);
        fed += PIECE;
        most = most.max(buffer.len());
        loop {
            let len = match framer.next(&buffer, limits) {
                Ok(None) => break,
                Ok(Some(Frame::Literal(literal))) => {
                    framer.accept();
                    if literal.inline { 0 } else { literal.head }
                }
                Ok(Some(Frame::Refused { literal, .. })) => literal.head,
                Ok(Some(
                    Frame::Message { len }
                    | Frame::Chunk { len, .. }
                    | Frame::Tail { len }
                    | Frame::Skip { len }
                    | Frame::TooLong { len }
                    | Frame::Drained { len },
                )) => len,
                Err(limit) => panic!("{limit}"),
            };
            buffer.drain(..len);
        }
    }
    most
}

#[test]
fn sec_50_every_state_can_be_fed_forever() {
    let limits = Limits { discard: usize::MAX, literals: 1, ..Limits::default() };
    for (framer, begin, octet, limit) in [
        (client(), "", b'a', limits.command),
        (client(), "A1 X {9+}\r\n", b'a', limits.command),
        (client(), "A1 X {9999999+}\r\n", b'{', limits.command),
        (client(), "", b'\n', limits.command),
        (server(), "", 0, limits.response),
        (server(), "", b'a', limits.response),
        (server(), "* ", b' ', limits.response),
        (server(), "* OK ", b' ', limits.response),
        (server(), "* OK [", b'a', limits.response),
        (server(), "* OK [\"", b'\\', limits.response),
        (server(), "* OK ", b'a', limits.response),
        (server(), "* X {65537}\r\n", b'a', limits.response),
        (server(), "* X {999999999}\r\n", b'a', limits.response),
        (server(), "* X {1}\r\na{9999}\r\n", b'a', limits.response),
    ] {
        let most = feed(&mut framer.clone(), &limits, begin.as_bytes(), octet);
        assert!(most <= limit + 4 * 1024, "{begin:?} and {octet} forever: {most} buffered");
    }
}

#[test]
fn sec_55_each_octet_is_looked_at_a_bounded_number_of_times() {
    let limits = Limits { discard: 1 << 20, command: 1 << 19, response: 1 << 19, ..Limits::default() };
    let cost = |framer: &Framer, wire: &[u8], step: usize| {
        looked();
        let found = parts(framer, &limits, true, wire, (0..wire.len()).step_by(step));
        assert!(!matches!(found.last(), Some(Fatal(_))), "{found:?}");
        looked()
    };
    for (begin, again, end) in [
        ("A1 ", "a", "\r\n"),
        ("A1 ", "\n", "\r\n"),
        ("A1 ", "\r", "\r\n"),
        ("A1 ", "{", "\r\n"),
        ("A1 ", "{1+}\r\na", "\r\n"),
        ("A1 {60000+}\r\n", "a", ""),
        ("", "\r\n", ""),
        ("", "A1 NOOP\r\n", ""),
        ("* OK ", "a", "\r\n"),
        ("* OK [", "a", "\r\n"),
        ("* OK [\"", "\\\"", "\r\n"),
        ("* NO [BADCHARSET (", "{1}\r\na", ")]\r\n"),
        ("", "* 1 EXISTS\r\n", ""),
    ] {
        for framer in [client(), server()] {
            let wire = |n: usize| [begin, &again.repeat(n / again.len()), end].concat().into_bytes();
            let (small, large) = (wire(4_096), wire(8_192));
            let (whole, bytewise) = (cost(&framer, &large, large.len()), cost(&framer, &large, 1));
            // Once for its LF, once for the text it is in; and the end of a line once more, to see what it announces.
            let most = large.len() * 3 + 64;
            assert!(whole <= most, "{again:?}: {whole} looks at {} octets", large.len());
            assert!(bytewise <= whole + 64, "{again:?}: {bytewise} looks octet by octet, {whole} else");
            let half = cost(&framer, &small, 1);
            assert!(bytewise * 10 <= half * 21 + 640, "{again:?}: {half}, then {bytewise}");
        }
    }
    // Nor is a line that is skipped, or a literal.
    let wire = [b"A1 ".as_slice(), &[b'x'; 1 << 20], b"\r\n"].concat();
    assert!(cost(&client(), &wire, 97) <= wire.len() + 64);
    let wire = [b"* X {65536}\r\n".as_slice(), &[b'\n'; 1 << 16], b"\r\n"].concat();
    assert!(cost(&server(), &wire, 1) <= 64);
}

#[test]
fn sec_59_and_61_empty_lines_are_messages() {
    let wire = "\r\n".repeat(1_000);
    assert_eq!(parts(&client(), &Limits::default(), true, wire.as_bytes(), []), vec![Message(2); 1_000]);
}

#[test]
fn sec_69_half_a_message_is_none() {
    let limits = small();
    for (framer, wire) in [
        (client(), &b"A1 LOGIN {3+}\r\nfoo bar\r\n"[..]),
        (client(), b"A1 LOGIN {3}\r\nfoo bar\r\n"),
        (client(), b"A1 APPEND x {12+}\r\nhello, world\r\n"),
        (client(), b"A1 012345678901234567890123456789012345678901234567890123456789\r\n"),
        (server(), b"* 1 FETCH (BODY[] {11}\r\n0123456789a)\r\n"),
        (server(), b"* 1 FETCH (BODY[] {0}\r\n)\r\n"),
    ] {
        for end in 1..=wire.len() {
            let mut caller = Caller::new(framer.clone(), &limits, true);
            caller.receive(&wire[..end]);
            let ended = matches!(caller.parts.last(), Some(Message(_) | Tail(_) | TooLong(_)));
            assert_eq!(ended, end == wire.len(), "{} at {end}", wire.escape_ascii());
            assert_ne!(caller.framer.is_inside(&wire[caller.from..end]), ended);
        }
    }
}

#[test]
fn sec_71_no_message_moves_the_end_of_the_next() {
    // What came before leaves nothing behind: neither text, code, quotes, literals counted, nor refusals.
    let limits = small();
    for before in [
        "* OK text {5}\r\n",
        "* OK [X \"open {5}\r\n",
        "* X {1}\r\na{1}\r\na{1}\r\na\r\n",
        "* X {11}\r\n0123456789a\r\n",
        "* X 0123456789012345678901234567890123456789\r\n",
        "\0\0\r\n",
    ] {
        for accepts in [true, false] {
            let wire = [before, "* Y {1}\r\na\r\nA1 OK {5}\r\n"].concat();
            let found = parts(&server(), &limits, accepts, wire.as_bytes(), []);
            assert_eq!(found[found.len() - 2..], [Message(12), Message(11)], "{before:?}");
        }
    }
}
