use super::*;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

use proptest::prelude::*;

mod sec;

std::thread_local! {
    static LOOKED: Cell<usize> = const { Cell::new(0) };
}

/// So many octets are being looked at.
pub(super) fn look(octets: usize) {
    LOOKED.set(LOOKED.get() + octets);
}

/// How many were, since this was asked last.
pub(crate) fn looked() -> usize {
    LOOKED.take()
}

/// What became of a part of the stream, skipped parts joined and chunks, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Message(usize),
    Offered(Literal),
    Streamed(u64),
    Tail(usize),
    Refused(Literal, Limit),
    /// With what was skipped before.
    TooLong(usize),
    Drained(usize),
    Fatal(Limit),
}
use Part::*;

/// A caller: what it has buffered is `wire[self.from..]` up to what has come.
struct Caller<'l> {
    framer: Framer,
    limits: &'l Limits,
    accepts: bool,
    from: usize,
    skipped: usize,
    streamed: u64,
    parts: Vec<Part>,
}

impl<'l> Caller<'l> {
    fn new(framer: Framer, limits: &'l Limits, accepts: bool) -> Self {
        Self { framer, limits, accepts, from: 0, skipped: 0, streamed: 0, parts: Vec::new() }
    }

    /// All of `wire` that has come.
    fn receive(&mut self, wire: &[u8]) {
        if let Some(Fatal(_)) = self.parts.last() {
            return;
        }
        loop {
            let frame = match self.framer.next(&wire[self.from..], self.limits) {
                Ok(Some(frame)) => frame,
                Ok(None) => {
                    // SEC-59: nothing comes of asking again.
                    assert_eq!(self.framer.next(&wire[self.from..], self.limits), Ok(None));
                    return;
                }
                Err(limit) => {
                    assert_eq!(self.framer.next(b"", self.limits), Err(limit));
                    return self.parts.push(Fatal(limit));
                }
            };
            let (len, part) = match frame {
                Frame::Message { len } => (len, Some(Message(len))),
                Frame::Tail { len } => (len, Some(Tail(len))),
                Frame::Literal(literal) => {
                    assert_eq!(self.framer.next(&wire[self.from..], self.limits), Ok(Some(frame)));
                    let stays = self.accepts && literal.inline;
                    if self.accepts {
                        self.framer.accept()
                    } else {
                        self.framer.refuse()
                    }
                    (if stays { 0 } else { literal.head }, Some(Offered(literal)))
                }
                Frame::Refused { literal, limit } => (literal.head, Some(Refused(literal, limit))),
                Frame::Chunk { len, left } => {
                    assert!(len > 0);
                    self.streamed += len as u64;
                    (len, (left == 0).then(|| Streamed(core::mem::take(&mut self.streamed))))
                }
                Frame::Skip { len } => {
                    assert!(len > 0);
                    self.skipped += len;
                    (len, None)
                }
                Frame::TooLong { len } => (len, Some(TooLong(len + core::mem::take(&mut self.skipped)))),
                Frame::Drained { len } => (len, Some(Drained(len + core::mem::take(&mut self.skipped)))),
            };
            self.from += len;
            self.parts.extend(part);
        }
    }
}

/// The parts of `wire` when it comes in pieces that end at `cuts`.
fn parts(
    framer: &Framer,
    limits: &Limits,
    accepts: bool,
    wire: &[u8],
    cuts: impl IntoIterator<Item = usize>,
) -> Vec<Part> {
    let mut caller = Caller::new(framer.clone(), limits, accepts);
    for end in cuts.into_iter().chain([wire.len()]) {
        caller.receive(&wire[..end]);
    }
    caller.parts
}

/// For each row: the stream has these parts, whole, octet by octet, and cut in two anywhere; and no message is told
/// before its last octet is there.
fn check<const N: usize>(framer: &Framer, limits: &Limits, accepts: bool, rows: [(&str, &[Part]); N]) {
    for (wire, expected) in rows {
        let octets = wire.as_bytes();
        let whole = parts(framer, limits, accepts, octets, []);
        assert_eq!(whole, expected, "{wire:?}");
        let bytewise = parts(framer, limits, accepts, octets, 0..octets.len());
        assert_eq!(bytewise, expected, "{wire:?} octet by octet");
        for cut in 0..=octets.len() {
            assert_eq!(parts(framer, limits, accepts, octets, [cut]), expected, "{wire:?} cut at {cut}");
            let prefix = parts(framer, limits, accepts, &octets[..cut], []);
            assert!(expected.starts_with(&prefix), "{wire:?} up to {cut}: {prefix:?}");
        }
    }
}

const fn client() -> Framer {
    Framer::new(Side::Client)
}

const fn server() -> Framer {
    Framer::new(Side::Server)
}

/// Few enough to exceed by hand.
fn small() -> Limits {
    Limits {
        command: 40,
        response: 40,
        auth_line: 20,
        inline_literal: 10,
        literal: 100,
        literals: 3,
        discard: 60,
        ..Limits::default()
    }
}

/// A literal that waits and is inline.
const fn waiting(head: usize, size: u64) -> Literal {
    Literal { head, size, waits: true, binary: false, inline: true }
}

/// A literal that comes whatever is said.
const fn coming(head: usize, size: u64) -> Literal {
    Literal { head, size, waits: false, binary: false, inline: false }
}

#[test]
fn commands() {
    check(
        &client(),
        &Limits::default(),
        true,
        [
            ("A1 NOOP\r\nA2 NOOP\r\n", &[Message(9), Message(9)]),
            ("\r\nA2", &[Message(2)]),
            ("A1 LOGIN {3+}\r\nfoo {3+}\r\nb\r\n\r\nx", &[Message(30)]),
            ("A1 LOGIN {0+}\r\n {0+}\r\n\r\n", &[Message(24)]),
            ("A1 X {6+}\r\n{9+}\r\n\r\n", &[Message(19)]),
            (
                "A1 LOGIN {3}\r\nfoo {3}\r\nbar\r\n",
                &[Offered(waiting(14, 3)), Offered(waiting(23, 3)), Message(28)],
            ),
            ("A1 APPEND x ~{3+}\r\n\0\r\n\r\n", &[Message(24)]),
            (
                "A1 APPEND x ~{1}\r\n\0\r\n",
                &[Offered(Literal { binary: true, ..waiting(18, 1) }), Message(21)],
            ),
            // What looks like a status is a command that is none.
            ("A1 OK {3+}\r\nfoo\r\n", &[Message(17)]),
            ("+ {3+}\r\nfoo\r\n", &[Message(13)]),
            // A CRLF may be half in a literal, but then it is none.
            ("A1 X {1+}\r\n\r\nA\r\n", &[Message(16)]),
        ],
    );
}

#[test]
fn responses() {
    check(
        &server(),
        &Limits::default(),
        true,
        [
            ("* OK hi\r\nA1 OK done\r\n", &[Message(9), Message(12)]),
            ("* 1 FETCH (BODY[] {5}\r\nhello FLAGS ())\r\n* 1 E", &[Message(40)]),
            ("* 1 FETCH (BODY[1] {0}\r\n BINARY[2] ~{2}\r\n\r\n)\r\n", &[Message(46)]),
            ("* LIST () \"/\" {3+}\r\na\"b\r\n", &[Message(25)]),
            // Exchange: a line that is no response. It is not for the framer to say what it means.
            ("garbage {3}\r\nfoo\r\nA1 OK\r\n", &[Message(18), Message(7)]),
            ("x{1}\r\na OK {3}\r\n\r\n)\r\nA1 OK\r\n", &[Message(21), Message(7)]),
        ],
    );
}

#[test]
fn text_for_people_announces_nothing() {
    for (line, announces) in [
        ("* OK see {5}", false),
        ("* ok {5}", false),
        ("A1 NO {5}", false),
        ("A1 NO{5}", false),
        ("* BAD x {5+}", false),
        ("* BYE ~{5}", false),
        ("* PREAUTH {5}", false),
        ("*  OK {5}", false),
        ("\0* OK {5}", false),
        ("\0\0+ {5}", false),
        ("+ {5}", false),
        ("+{5}", false),
        ("+ OK [X {5}", false),
        ("* OK [ALERT] {5}", false),
        ("* OK  [ALERT] [x {5}", false),
        ("* OK x [ALERT {5}", false),
        ("* OK [X \"]\" y] {5}", false),
        ("* OK [X \"] {5}", false),
        ("* OK [X \"\\\"] {5}", false),
        // A quote in a code that is none, and its like in the text.
        ("* OK [X \"] \"{5}", false),
        ("* NO [BADURL a\"b] \"{5}", false),
        ("* OK [X {5}", false),
        ("* OK  [BADCHARSET ({5}", false),
        ("* OK [BADCHARSETS ({5}", false),
        ("* OK [BADCHARSET{5}", false),
        ("* OK [ badcharset ({5}", true),
        ("* NO [BADCHARSET ({5}", true),
        ("A1 NO [BADCHARSET (a \"]\" {5}", true),
        ("A1 NO [BADCHARSET (\"\\\"]\" {5}", true),
        ("* OKAY {5}", true),
        ("* OK1 {5}", true),
        ("* OK< {5}", true),
        ("A1 OK: {5}", true),
        ("* PREAUTHS {5}", true),
        ("* XPREAUTH {5}", true),
        ("* LIST () \"/\" {5}", true),
        ("* 1 OK {5}", true),
        ("OK {5}", true),
        ("{5}", true),
        ("a{5}", true),
        ("* {5}", true),
        ("* OK", false),
    ] {
        let wire = [line, "\r\n", "abc\r\n", ")] ok\r\n", "* 1 EXISTS\r\n"].concat();
        let len = line.len() + 2;
        let expected: &[Part] = match announces {
            true => &[Message(len + 5 + 7), Message(12)],
            false => &[Message(len), Message(5), Message(7), Message(12)],
        };
        check(&server(), &Limits::default(), true, [(&wire, expected)]);
    }
}

#[test]
fn a_literal_in_a_code_may_be_followed_by_another() {
    check(
        &server(),
        &Limits::default(),
        true,
        [
            ("* NO [BADCHARSET ({1}\r\n] {2}\r\n\"])] {4}\r\n+ x\r\n", &[Message(40), Message(5)]),
            ("* NO [BADCHARSET ({1}\r\na)] text {99}\r\n", &[Message(38)]),
        ],
    );
}

#[test]
fn quotes_do_not_count() {
    check(
        &client(),
        &Limits::default(),
        true,
        [
            // RFC 7888 section 3: the end of every line.
            ("A1 LOGIN \"foo{3+}\r\nbar\r\n", &[Message(24)]),
            ("A1 LOGIN \"foo{3}\" bar\r\n", &[Message(23)]),
        ],
    );
    check(
        &server(),
        &Limits::default(),
        true,
        [
            // iCloud, QQ: a subject with a quote that is not escaped. The mail is not a response.
            ("* 1 FETCH (ENVELOPE (NIL \"12\" TV\") BODY[] {10}\r\n* 9 EXISTS)\r\n", &[Message(61)]),
            ("* LIST () \"/\" \"a{3}\r\n* 1\r\n", &[Message(26)]),
        ],
    );
}

#[test]
fn a_bare_lf_ends_a_line_where_it_is_put_up_with() {
    let wire = "A1 NOOP\nA2 X {3+}\nfoo\nA3 NOOP\r\n";
    check(&client(), &Limits::default(), true, [(wire, &[Message(31)])]);
    check(
        &client().with_bare_lf(true),
        &Limits::default(),
        true,
        [
            (wire, &[Message(8), Message(14), Message(9)]),
            ("\n\r\n\r\r\n", &[Message(1), Message(2), Message(3)]),
        ],
    );
    check(
        &server().with_bare_lf(true),
        &Limits::default(),
        true,
        [("* OK {3}\n* 1 FETCH (BODY[] {3}\na\nb)\n", &[Message(9), Message(27)])],
    );
}

#[test]
fn large_literals_are_streamed() {
    let data = "A1 APPEND x {12+}\r\nhello, world {2+}\r\nhi {11+}\r\n0123456789a\r\nA2 NOOP\r\n";
    check(
        &client(),
        &small(),
        true,
        [
            (
                data,
                &[
                    Offered(coming(19, 12)),
                    Streamed(12),
                    Offered(coming(17, 11)),
                    Streamed(11),
                    Tail(2),
                    Message(9),
                ],
            ),
            (
                "A1 APPEND x {12}\r\nhello, world\r\nA2 NOOP\r\n",
                &[Offered(Literal { inline: false, ..waiting(18, 12) }), Streamed(12), Tail(2), Message(9)],
            ),
        ],
    );
    check(
        &server(),
        &small(),
        true,
        [
            (
                "* 1 FETCH (BODY[] {11}\r\n0123456789a FLAGS ())\r\n* 1 EXISTS\r\n",
                &[Offered(coming(24, 11)), Streamed(11), Tail(12), Message(12)],
            ),
            // Small, but there is no room for all three.
            (
                "* X {9}\r\n012345678{9}\r\n012345678{9}\r\n012345678\r\n",
                &[Offered(coming(37, 9)), Streamed(9), Tail(2)],
            ),
            (
                "* NO [BADCHARSET ({11}\r\n0123456789a)] {9}\r\n",
                &[Offered(coming(24, 11)), Streamed(11), Tail(8)],
            ),
        ],
    );
}

#[test]
fn a_raw_line_announces_nothing() {
    let limits = small();
    let mut framer = client();
    assert_eq!(framer.next_line(b"DONE\r", &limits), Ok(None));
    assert_eq!(framer.next_line(b"DONE\r\nA2", &limits), Ok(Some(Frame::Message { len: 6 })));
    assert_eq!(framer.next_line(b"{5+}\r\nhello", &limits), Ok(Some(Frame::Message { len: 6 })));
    assert_eq!(framer.next_line(b"\r\n", &limits), Ok(Some(Frame::Message { len: 2 })));
    let long = b"01234567890123456789{5+}\r\nhello";
    assert_eq!(framer.next_line(long, &limits), Ok(Some(Frame::TooLong { len: 26 })));
}

#[test]
fn what_was_not_offered_is_neither_taken_nor_refused() {
    let limits = Limits::default();
    let mut framer = client();
    framer.accept();
    framer.refuse();
    assert_eq!(framer.next(b"A1 NO", &limits), Ok(None));
    framer.refuse();
    assert!(framer.is_inside(b"A1 NO") && !framer.is_inside(b""));
    assert_eq!(framer.next(b"A1 NOOP\r\n", &limits), Ok(Some(Frame::Message { len: 9 })));
    assert!(core::mem::size_of::<Framer>() <= 96);
}

#[test]
fn messages_are_cut_without_limits() {
    let cut = |wire: &'static str, side| {
        let mut messages = split(wire.as_bytes(), side);
        let lens: Vec<usize> = messages.by_ref().map(<[u8]>::len).collect();
        (lens, messages.rest().len())
    };
    assert_eq!(cut("", Side::Client), (vec![], 0));
    assert_eq!(cut("A {1}\r\na {1+}\r\nb\r\nB\r\nC", Side::Client), (vec![18, 3], 1));
    assert_eq!(cut("* X {9999999999999999999}\r\na\r\n", Side::Server), (vec![], 30));
    assert_eq!(cut("* OK {3}\r\n* X {3}\r\n\r\n\r\r\n* Y\r", Side::Server), (vec![10, 14], 4));
    let long = alloc::format!("* X {{2000000}}\r\n{}\r\n", "\n".repeat(2_000_000)).leak();
    assert_eq!(cut(long, Side::Server), (vec![long.len()], 0));
}

/// A word of a message: an atom, a quoted string, or a literal.
fn word() -> impl Strategy<Value = Vec<u8>> {
    let quoted = prop_oneof!["[a-z {}+0-9\\[\\]~]{0,8}", Just(r#"\"{5}"#.to_owned()), Just(r"\\".to_owned())];
    let literal = (proptest::collection::vec(any::<u8>(), 0..20), "~?", "0{0,3}", any::<bool>());
    prop_oneof![
        "[a-zA-Z0-9.()~+-]{1,8}".prop_map(String::into_bytes),
        quoted.prop_map(|text| alloc::format!("\"{text}\"").into_bytes()),
        literal.prop_map(|(octets, tilde, zeros, plus)| {
            let plus = if plus { "+" } else { "" };
            let head = alloc::format!("{tilde}{{{zeros}{}{plus}}}\r\n", octets.len());
            [head.into_bytes(), octets].concat()
        }),
        // What may be mistaken for one.
        proptest::sample::select(vec!["{5} x", "{}", "[", "]", "\"]\"", "{-1}", "OK", "{1"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

/// A message of `side`.
fn message(side: Side) -> BoxedStrategy<Vec<u8>> {
    let words = |begin: &'static str| {
        proptest::collection::vec(word(), 0..6).prop_map(move |words| {
            let mut message = begin.as_bytes().to_vec();
            words.iter().for_each(|word| message.extend([b" ", word.as_slice()].concat()));
            message.extend(b" x\r\n");
            message
        })
    };
    let text = "[ -~]{0,12}(\\{[0-9]{1,3}\\+?\\})?\r\n";
    match side {
        Side::Client => words("A1").boxed(),
        Side::Server => prop_oneof![
            words("* 1"),
            text.prop_map(|text| alloc::format!("+ {text}").into_bytes()),
            ("(\\*|A1) (OK|no|BAD|BYE|PREAUTH) ([a-z]|\\[ALERT\\])", text)
                .prop_map(|(begin, text)| (begin + &text).into_bytes()),
            (
                proptest::collection::vec(
                    "[a-z]{1,3}|\"[a-z{}0-9 \\]]{0,5}\"|\\{2\\}\r\n[\\]\"\r\n]{2}",
                    1..4
                ),
                text
            )
                .prop_map(|(words, text)| {
                    alloc::format!("* NO [BADCHARSET ({})] {text}", words.join(" ")).into_bytes()
                }),
        ]
        .boxed(),
    }
}

proptest! {
    #[test]
    fn what_is_put_together_is_cut_where_it_was(
        (side, messages) in prop_oneof![Just(Side::Client), Just(Side::Server)]
            .prop_flat_map(|side| (Just(side), proptest::collection::vec(message(side), 0..5))),
        rest in "[a-z]{0,3}",
    ) {
        let wire = [messages.concat(), rest.clone().into_bytes()].concat();
        let mut cut = split(&wire, side);
        prop_assert_eq!(cut.by_ref().map(<[u8]>::to_vec).collect::<Vec<_>>(), messages);
        prop_assert_eq!(cut.rest(), rest.as_bytes());
    }

    #[test]
    fn sec_70_however_a_stream_is_cut_its_parts_are_the_same(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "A1 ", "* ", "OK ", "NO [", "]", "\"", "\\", "+", "{3}\r\n", "{12+}\r\n", "~{2}\r\n", "{0+}\r\n",
                "{70}\r\n", "{99+}\r\n", "{120+}\r\n", "\r", "\n", "\r\n", "{", "}", "0123456789", "x", "\0", " ",
            ]),
            0..40,
        ),
        mut cuts: Vec<prop::sample::Index>,
        (client, accepts, bare_lf) in any::<(bool, bool, bool)>(),
        limit in 0usize..60,
    ) {
        let wire = pieces.concat().into_bytes();
        let mut limits = small();
        (limits.command, limits.response) = (limit, limit);
        let framer = if client { self::client() } else { server() }.with_bare_lf(bare_lf);
        cuts.truncate(20);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(wire.len() + 1)).collect();
        cuts.sort_unstable();
        let whole = parts(&framer, &limits, accepts, &wire, []);
        prop_assert_eq!(parts(&framer, &limits, accepts, &wire, cuts), &whole[..]);
        prop_assert_eq!(parts(&framer, &limits, accepts, &wire, 0..wire.len()), &whole[..]);
    }
}

#[test]
fn every_literal_is_offered_and_streamed_on_demand() {
    let limits = Limits::default();
    let mut framer = Framer::new(Side::Client);
    framer.offer_all(true);
    let wire = b"a APPEND {1+}\r\nx {2+}\r\nyz {0+}\r\n\r\n";
    let Ok(Some(Frame::Literal(name))) = framer.next(wire, &limits) else { panic!() };
    assert_eq!((name.head, name.size, name.waits, name.inline), (15, 1, false, true));
    framer.accept();
    let Ok(Some(Frame::Literal(message))) = framer.next(wire, &limits) else { panic!() };
    assert_eq!((message.head, message.size), (23, 2));
    framer.stream();
    let rest = &wire[23..];
    assert_eq!(framer.next(rest, &limits), Ok(Some(Frame::Chunk { len: 2, left: 0 })));
    let Ok(Some(Frame::Literal(empty))) = framer.next(&rest[2..], &limits) else { panic!() };
    framer.stream();
    assert_eq!(framer.next(&rest[2 + empty.head..], &limits), Ok(Some(Frame::Tail { len: 2 })));
    // It ends with the message.
    assert_eq!(framer.next(b"a LOGIN {1+}\r\nx y\r\n", &limits), Ok(Some(Frame::Message { len: 19 })));
    framer.stream();
}

#[test]
fn literals_that_ought_to_have_waited() {
    for (wire, is_hasty) in [
        (&b"a NOOP\r\n"[..], false),
        (b"a X {4}\r\n1234 {3+}\r\n123\r\n", false),
        (b"a X {3+}\r\n123 {4+}\r\n1234\r\n", true),
        (b"a X ~{4+}\r\n1234\r\n", true),
        // What is in a literal announces nothing.
        (b"a X {7}\r\n{9+}\r\n\r\n\r\n", false),
        (b"", false),
    ] {
        assert_eq!(has_hasty_literal(wire, 3), is_hasty, "{}", wire.escape_ascii());
    }
}
