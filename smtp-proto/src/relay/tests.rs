mod agreement;
mod strict;

use super::*;
use crate::Dialect;
use crate::body::{DataDecoder, Decoded, Piece};
use alloc::string::ToString;
use alloc::vec::Vec;
use memchr::memmem;
use proptest::prelude::*;

/// What passes of a session, fed in pieces that end at `cuts`, and whether the relay gave up.
fn pass(stray: Stray, session: &[(Side, &[u8])], cuts: &[usize]) -> (Vec<u8>, Result<(), RelayError>) {
    let mut relay = Relay::new(false, stray);
    let mut passed = Vec::new();
    for &(side, bytes) in session {
        let mut ends: Vec<usize> =
            cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([bytes.len()]).collect();
        ends.sort_unstable();
        let mut at = 0;
        for end in ends {
            let input = Bytes::copy_from_slice(&bytes[at..end]);
            let sink = |out: Bytes| {
                if side == Side::Client {
                    passed.extend_from_slice(&out)
                }
            };
            match relay.pass(side, &input, is_transparent, sink) {
                Ok(consumed) => at += consumed,
                Err(error) => return (passed, Err(error)),
            }
        }
    }
    (passed, Ok(()))
}

const START: [(Side, &[u8]); 4] = [
    (Side::Server, b"220 mx\r\n"),
    (Side::Client, b"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"),
    (Side::Client, b"DATA\r\n"),
    (Side::Server, b"250 mx\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
];

/// A server with chunks, behind its greeting and EHLO.
const CHUNKING: [(Side, &[u8]); 3] = [
    (Side::Server, b"220 mx\r\n"),
    (Side::Client, b"EHLO x\r\n"),
    (Side::Server, b"250-mx\r\n250 CHUNKING\r\n"),
];

/// A sender and a recipient that are accepted.
const ENVELOPE: [(Side, &[u8]); 2] =
    [(Side::Client, b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"), (Side::Server, b"250 ok\r\n250 ok\r\n")];

/// What passes of a client's lines behind both, each of which is accepted, and whether the relay gave up.
fn pass_chunks(stray: Stray, lines: &[&[u8]], cuts: &[usize]) -> (Vec<u8>, Result<(), RelayError>) {
    let (mut relay, mut passed, mut waiting) = (Relay::new(false, stray), Vec::new(), Vec::new());
    for (side, octets) in CHUNKING.into_iter().chain(ENVELOPE) {
        relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
    }
    for line in lines {
        let mut ends: Vec<usize> =
            cuts.iter().map(|cut| cut % (line.len() + 1)).chain([line.len()]).collect();
        ends.sort_unstable();
        let mut at = 0;
        for end in ends {
            waiting.extend_from_slice(&line[at..end]);
            at = end;
            loop {
                let input = Bytes::copy_from_slice(&waiting);
                match relay.pass(Side::Client, &input, is_transparent, |out| passed.extend_from_slice(&out)) {
                    Ok(consumed) => drop(waiting.drain(..consumed)),
                    Err(error) => return (passed, Err(error)),
                }
                if !relay.observer.is_awaited() {
                    break;
                }
                let replies = "250 ok\r\n".repeat(relay.observer.unanswered());
                relay.pass(Side::Server, &replies.into(), is_transparent, |_| ()).unwrap();
            }
        }
    }
    (passed, Ok(()))
}

#[test]
fn what_passes_of_a_body_ends_where_it_ended() {
    let body = b"x\r\n..\r\n.y\n.\nz\r.\r\n.\r\r\n\r\n.\r\n";
    let session = [&START[..], &[(Side::Client, body)]].concat();
    let (passed, result) = pass(Stray::Normalise, &session, &[]);
    assert_eq!(result, Ok(()));
    let body = &passed[START[1].1.len() + 6..];
    assert_eq!(body.escape_ascii().to_string(), r"x\r\n..\r\ny\r\n..\r\nz\r\n..\r\n\r\n\r\n.\r\n");
    let (_, refused) = pass(Stray::Reject, &session, &[]);
    assert!(matches!(refused, Err(RelayError::Body(BodyError::Anomaly(_)))), "{refused:?}");
}

#[test]
fn a_line_that_two_might_read_differently_does_not_pass() {
    for line in [&b"NOOP a\rb\r\n"[..], b"NOOP a\nQUIT\r\n", b"NOOP a\0b\r\n", b"\r\r\n"] {
        let (passed, result) = pass(Stray::Normalise, &[START[0], (Side::Client, line)], &[]);
        assert_eq!(passed, b"", "{}", line.escape_ascii());
        assert!(result.is_err(), "{}", line.escape_ascii());
    }
    let odd = [START[0], (Side::Client, b"FROB \xff <<\r\n")];
    assert_eq!(pass(Stray::Normalise, &odd, &[]), (b"FROB \xff <<\r\n".to_vec(), Ok(())));
}

/// The octets behind BDAT are a chunk for who understands it, and commands for who does not.
#[test]
fn a_chunk_passes_only_where_all_agree_on_it() {
    let strict = b"BDAT 6 LAST\r\nQUIT\r\n";
    assert_eq!(pass_chunks(Stray::Normalise, &[strict], &[]), (strict.to_vec(), Ok(())));
    for line in [
        &b"BDAT 6 LAST \r\nQUIT\r\n"[..],
        b"BDAT  6 LAST\r\nQUIT\r\n",
        b"BDAT +6 LAST\r\nQUIT\r\n",
        b"BDAT 6 LASTX\r\nQUIT\r\n",
        b"BDAT\t6\r\nQUIT\r\n",
        b" BDAT 6\r\nQUIT\r\n",
        b"\x0bBDAT 6\r\nQUIT\r\n",
    ] {
        let (passed, result) = pass_chunks(Stray::Normalise, &[line], &[]);
        assert_eq!(passed, b"", "{}", line.escape_ascii());
        assert!(result.is_err(), "{}", line.escape_ascii());
    }
}

#[test]
fn a_reply_passes_as_it_was_read() {
    for (wire, passed) in [
        (&b"250-a\r\n250 \xff\r\n"[..], &b"250-a\r\n250 \xff\r\n"[..]),
        (b"250 a\r250 b\r\n", b"250 a?250 b\r\n"),
        (b"250-a\r\n550 b\r\n", b"550-a\r\n550 b\r\n"),
    ] {
        let mut relay = Relay::new(false, Stray::Normalise);
        let mut out = Vec::new();
        for (side, input) in [START[0], (Side::Client, b"NOOP\r\nNOOP\r\n"), (Side::Server, wire)] {
            out.clear();
            let input = Bytes::from_static(input);
            let taken = relay.pass(side, &input, is_transparent, |octets| out.extend(octets));
            assert_eq!(taken, Ok(input.len()));
        }
        assert_eq!(out, passed, "{}", wire.escape_ascii());
    }
}

/// RFC 3207 section 6, on both legs.
#[test]
fn nothing_in_clear_passes_behind_starttls() {
    let injected = Err(Error::from(PeerMisbehaved::PlaintextAfterStartTls).into());
    let starttls = [START[0], (Side::Client, &b"STARTTLS\r\n"[..]), (Side::Server, b"220 go\r\n")];
    assert_eq!(pass(Stray::Normalise, &starttls, &[]).1, Ok(()));
    for (at, side, octets) in [
        (1, Side::Client, &b"STARTTLS\r\nEH"[..]),
        (2, Side::Server, b"220 go\r\n2"),
        (3, Side::Client, b"EHLO x\r\n"),
    ] {
        let session = [&starttls[..at], &[(side, octets)]].concat();
        for cut in 0..octets.len() {
            assert_eq!(pass(Stray::Normalise, &session, &[cut]).1, injected, "{}", octets.escape_ascii());
        }
    }
    let refused = [&starttls[..2], &[(Side::Server, b"454 no\r\n"), (Side::Client, b"QUIT\r\n")]].concat();
    assert_eq!(pass(Stray::Normalise, &refused, &[]).1, Ok(()));
    let mut relay = Relay::new(false, Stray::Normalise);
    for (side, octets) in starttls {
        assert!(!relay.is_tls_due());
        assert!(relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).is_ok());
    }
    assert!(relay.is_tls_due());
    relay.tls_established();
    assert!(!relay.is_tls_due());
}

#[test]
fn a_reply_to_ehlo_passes_without_what_the_relay_cannot_stand_for() {
    let mut relay = Relay::new(false, Stray::Normalise);
    let mut passed = Vec::new();
    for (side, bytes) in [
        (Side::Server, &b"220 mx\r\n"[..]),
        (Side::Client, b"EHLO x\r\nNOOP\r\n"),
        (Side::Server, b"250-mx hi\r\n250-STARTTLS\r\n250-size=5\r\n250-\r\n250-XFROB\r\n250 PIPELINING\r\n250-a\r\n250 b\r\n"),
    ] {
        let sink = |out: Bytes| if side == Side::Server { passed.extend_from_slice(&out) };
        let consumed = relay.pass(side, &Bytes::from_static(bytes), is_transparent, sink).unwrap();
        assert_eq!(consumed, bytes.len());
    }
    let expected = b"220 mx\r\n250-mx hi\r\n250-SIZE 5\r\n250 PIPELINING\r\n250-a\r\n250 b\r\n";
    assert_eq!(passed.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[test]
fn sec_35_a_field_goes_in_front_of_a_message_and_nowhere_else() {
    let mut relay = Relay::new(false, Stray::Normalise);
    let mut passed = Vec::new();
    for field in [
        &b""[..],
        b":\r\n",
        b"Received",
        b"Received: x",
        b"Received: x\n",
        b"Received: x\r\ny\r\n",
        b"Received: x\r\n\r\n",
        b"Received: x\r\n \r\n",
        b"Received: x\0\r\n",
        b"Received: x\ry\r\n",
        b"Re ceived: x\r\n",
        b"Received: x\r\n y\r",
    ] {
        assert!(relay.prepend(field).is_err(), "{}", field.escape_ascii());
    }
    assert!(relay.prepend(&[b"X: ", &[b'a'; 999][..], b"\r\n"].concat()).is_err());
    relay.prepend(b"Received: from a\r\n\tby b\r\n").unwrap();
    relay.prepend(b".X: y\r\n").unwrap();
    for (side, bytes) in START {
        relay.pass(side, &Bytes::from_static(bytes), is_transparent, |_| ()).unwrap();
    }
    let mut pass = |relay: &mut Relay, bytes: &'static [u8]| {
        relay.pass(Side::Client, &Bytes::from_static(bytes), is_transparent, |out| {
            passed.extend_from_slice(&out)
        })
    };
    pass(&mut relay, b"Subject").unwrap();
    assert!(relay.prepend(b"Received: too late\r\n").is_err());
    pass(&mut relay, b": hi\r\n.\r\n").unwrap();
    let expected = b"Received: from a\r\n\tby b\r\n..X: y\r\nSubject: hi\r\n.\r\n";
    assert_eq!(passed.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

/// What a message begins with must not go on with the proxy's field.
#[test]
fn sec_35_a_message_writes_nothing_into_the_field_in_front() {
    for (body, expected) in [
        (&b" forged\r\n.\r\n"[..], &b"X-Spam: no\r\n\r\n forged\r\n.\r\n"[..]),
        (b"\tforged\r\n.\r\n", b"X-Spam: no\r\n\r\n\tforged\r\n.\r\n"),
        (b". forged\r\n.\r\n", b"X-Spam: no\r\n\r\n forged\r\n.\r\n"),
        (b"A: b\r\n c\r\n.\r\n", b"X-Spam: no\r\nA: b\r\n c\r\n.\r\n"),
        (b".\r\n", b"X-Spam: no\r\n.\r\n"),
    ] {
        for cut in 0..body.len() {
            let (mut relay, mut passed, mut waiting) =
                (Relay::new(false, Stray::Normalise), Vec::new(), Vec::new());
            for (side, octets) in START {
                relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
            }
            relay.prepend(b"X-Spam: no\r\n").unwrap();
            for piece in [&body[..cut], &body[cut..]] {
                waiting.extend_from_slice(piece);
                let input = Bytes::copy_from_slice(&waiting);
                let sink = |out: Bytes| passed.extend_from_slice(&out);
                waiting.drain(..relay.pass(Side::Client, &input, is_transparent, sink).unwrap());
            }
            assert_eq!(passed.escape_ascii().to_string(), expected.escape_ascii().to_string());
        }
    }
    // Where nothing is in front it may begin as it likes.
    let session = [&START[..], &[(Side::Client, b" x\r\n.\r\n")]].concat();
    let (passed, result) = pass(Stray::Normalise, &session, &[]);
    assert!(result.is_ok() && passed.ends_with(b"DATA\r\n x\r\n.\r\n"), "{}", passed.escape_ascii());
}

#[test]
fn a_chunk_passes_as_it_is() {
    let chunk = &b"BDAT 6\r\nQUIT\r\nBDAT 3 LAST\r\na.\nNOOP\r\n"[..];
    for cut in 0..chunk.len() {
        let (passed, result) = pass_chunks(Stray::Preserve, &[chunk], &[cut]);
        assert_eq!((passed.escape_ascii().to_string(), result), (chunk.escape_ascii().to_string(), Ok(())));
    }
    // Stray octets in it cannot be put right.
    for stray in [Stray::Normalise, Stray::Reject] {
        let (passed, result) = pass_chunks(stray, &[chunk], &[]);
        assert_eq!(passed.escape_ascii().to_string(), r"BDAT 6\r\nQUIT\r\nBDAT 3 LAST\r\n");
        assert!(matches!(result, Err(RelayError::Body(BodyError::Anomaly(_)))), "{result:?}");
    }
}

/// What a chunk lacks, a server would take from the command behind it.
#[test]
fn sec_35_no_octet_of_a_chunk_is_kept_back() {
    for chunk in [&b"a\r\r"[..], b"a\r", b"\r\r\r", b"a\n", b"a\0", b"a\r\n\r"] {
        for last in ["", " LAST"] {
            let line = alloc::format!("BDAT {}{last}\r\n", chunk.len());
            let sent = [line.as_bytes(), chunk, b"XXRSET\r\n"].concat();
            for stray in [Stray::Normalise, Stray::Reject, Stray::Preserve] {
                let (passed, result) = pass_chunks(stray, &[&sent], &[]);
                let is_whole = passed.len() == sent.len();
                assert!(
                    sent.starts_with(&passed) && is_whole == result.is_ok(),
                    "{} {stray:?}",
                    sent.escape_ascii()
                );
                assert!(
                    is_whole || passed.len() < line.len() + chunk.len(),
                    "{} {stray:?}",
                    sent.escape_ascii()
                );
            }
        }
    }
}

/// Its CR is judged when no more comes, which takes a chunk without octets.
#[test]
fn sec_35_an_empty_last_chunk_completes_no_stray_octet() {
    for body in ["BDAT 2\r\na\r", "BDAT 3\r\na\r\r"] {
        let sent = [body, "BDAT 0 LAST\r\n"].concat();
        for stray in [Stray::Normalise, Stray::Reject] {
            let whole = pass_chunks(stray, &[sent.as_bytes()], &[]);
            let parts = [body.as_bytes(), b"BDAT 0 LAST\r\n"];
            for (passed, result) in [whole, pass_chunks(stray, &parts, &[])] {
                assert!(result.is_err() && body.as_bytes().starts_with(&passed), "{body:?} {stray:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_read_ends_the_session() {
    let long = [b"NOOP ", &[b'x'; 20_000][..]].concat();
    let skipped = pass(Stray::Normalise, &[START[0], (Side::Client, &long)], &[]);
    assert_eq!(skipped, (Vec::new(), Err(Error::from(Limit::Line).into())));
    let (_, reply) = pass(Stray::Normalise, &[START[0], (Side::Server, b"hello\r\n")], &[]);
    assert_eq!(reply, Err(Error::from(ParseError { expected: Expected::ReplyCode, offset: 0 }).into()));
}

#[test]
fn sec_69_a_session_ends_between_lines() {
    let truncated = Err(Error::from(PeerMisbehaved::Truncated).into());
    let mut relay = Relay::new(false, Stray::Normalise);
    for (side, octets) in START {
        assert_eq!(relay.receive_eof(side, b""), Ok(()));
        assert_eq!(relay.receive_eof(side, b"x"), truncated);
        relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
    }
    assert_eq!(relay.receive_eof(Side::Client, b""), truncated, "within a body");
    assert_eq!(relay.receive_eof(Side::Server, b""), Ok(()));
    for (lines, is_whole) in [
        (&[&b"BDAT 1\r\nx"[..]][..], false),
        (&[b"BDAT 2 LAST\r\nx"], false),
        (&[b"BDAT 1 LAST\r\nx"], true),
        (&[b"BDAT 1\r\nx", b"BDAT 0 LAST\r\n"], true),
        (&[b"BDAT 1\r\nx", b"NOOP\r\n"], false),
        (&[b"BDAT 1\r\nx", b"QUIT\r\n"], true),
        (&[b"BDAT 1\r\nx", b"RSET\r\n"], true),
        (&[b"NOOP a\rb\r\n"], false),
    ] {
        let (mut relay, mut error) = (Relay::new(false, Stray::Normalise), None);
        let sent = lines.iter().flat_map(|line| [(Side::Client, *line), (Side::Server, &b"250 ok\r\n"[..])]);
        for (side, octets) in CHUNKING.into_iter().chain(ENVELOPE).chain(sent) {
            let passed = relay.pass(side, &Bytes::copy_from_slice(octets), is_transparent, |_| ());
            error = error.or(passed.err());
        }
        // The reply to a chunk that is not whole is an error, too.
        let fails = lines[0].starts_with(b"NOOP") || lines[0].starts_with(b"BDAT 2");
        assert_eq!(error.is_some(), fails, "{lines:?} {error:?}");
        let expected = error.map_or(if is_whole { Ok(()) } else { truncated }, Err);
        assert_eq!(relay.receive_eof(Side::Client, b""), expected, "{lines:?}");
    }
}

/// What was wrong with a body is behind the octets that were read: they must not pass when it is asked again.
#[test]
fn nothing_passes_behind_an_error() {
    for last in [&b"x\ry\r\n.\r\n"[..], b"\r\n.\r\nNOOP a\nb\r\n", b"\r\n.\r\nBURL x\r\n"] {
        let mut relay = Relay::new(false, Stray::Reject);
        for (side, octets) in START {
            relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
        }
        let error = relay.pass(Side::Client, &Bytes::from_static(last), is_transparent, |_| ()).unwrap_err();
        relay.tls_established();
        for (side, octets) in
            [(Side::Client, &b"QUIT\r\n"[..]), (Side::Client, last), (Side::Server, b"250 ok\r\n")]
        {
            let again =
                relay.pass(side, &Bytes::from_static(octets), is_transparent, |out| panic!("{out:?}"));
            assert_eq!(again, Err(error), "{}", last.escape_ascii());
        }
    }
}

#[test]
fn another_reply_is_not_rewritten() {
    let (_, reply) = Reply::parse(b"550-5.7.1 no\r\n550 5.7.1 STARTTLS\r\n", Dialect::STRICT).unwrap();
    assert_eq!(rewrite(&reply, &mut |_| false), reply.as_bytes());
}

/// A server that takes for a command whatever resembles one.
#[derive(Default)]
struct Lenient {
    input: Vec<u8>,
    is_in_data: bool,
}

impl Lenient {
    /// Takes what has arrived, and answers it.
    fn take(&mut self, octets: &[u8]) -> Vec<u8> {
        self.input.extend_from_slice(octets);
        let mut answers = Vec::new();
        loop {
            let end: &[u8] = if self.is_in_data { b"\r\n.\r\n" } else { b"\r\n" };
            let Some(at) = memmem::find(&self.input, end) else { return answers };
            let line: Vec<u8> = self.input.drain(..at + end.len()).collect();
            let verb = line.trim_ascii_start().to_ascii_uppercase();
            if core::mem::take(&mut self.is_in_data) {
                answers.extend_from_slice(b"250 queued\r\n");
            } else if verb.starts_with(b"DATA") {
                self.is_in_data = true;
                // So that an end right behind it is one.
                self.input.splice(..0, *b"\r\n");
                answers.extend_from_slice(b"354 go\r\n");
            } else if verb.starts_with(b"BDAT") {
                if self.input.len() < CHUNK {
                    self.input.splice(..0, line);
                    return answers;
                }
                self.input.drain(..CHUNK);
                answers.extend_from_slice(b"250 chunk\r\n");
            } else if verb.starts_with(b"EHLO") {
                answers.extend_from_slice(b"250-mx\r\n250-STARTTLS\r\n250 XEXCH50\r\n");
            } else {
                answers.extend_from_slice(b"250 ok\r\n");
            }
        }
    }
}

/// The octets of each chunk.
const CHUNK: usize = 15;

/// Lines of a client, whose chunks and bodies hold commands.
fn any_line() -> impl Strategy<Value = Vec<u8>> {
    let front = prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\t"), 1 => Just(" \t")];
    let verb = proptest::sample::select(alloc::vec![
        "DATA",
        "data",
        "BDAT 15",
        "BDAT 15 LAST",
        "EHLO x",
        "EHLO x y",
        "RSET",
        "MAIL FROM:<a@b>",
        "FROB",
        "AUTH LOGIN",
        ".",
        "",
        "x\r\n.\r\nRSET",
    ]);
    let back = prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just(" x"), 1 => Just("\t"), 1 => Just(";")];
    (front, verb, back).prop_map(|(front, verb, back)| [front, verb, back, "\r\n"].concat().into_bytes())
}

proptest! {
    /// Whatever a server makes of what is no command here: where it is in a body the relay is too, each reply answers one
    /// command, and no keyword passes that the relay cannot stand for.
    #[test]
    fn sec_35_a_lenient_server_is_followed(lines in proptest::collection::vec(any_line(), 0..20), size in 1..30usize) {
        let (mut relay, mut server) = (Relay::new(false, Stray::Preserve), Lenient::default());
        let (mut replies, mut waiting) = (b"220 mx\r\n".to_vec(), Vec::new());
        let wire = lines.concat();
        // When all was sent, what waits for replies passes.
        for piece in wire.chunks(size).chain(core::iter::repeat_n(&b""[..], 4 * lines.len() + 2)) {
            let mut told = Vec::new();
            let passed = relay.pass(Side::Server, &replies.into(), is_transparent, |out| told.extend_from_slice(&out));
            prop_assert!(passed.is_ok(), "{:?}", passed);
            prop_assert!(memmem::find(&told, b"XEXCH50").is_none());
            prop_assert_eq!(relay.observer.is_in_data(), server.is_in_data);
            prop_assert_eq!(relay.observer.unanswered(), usize::from(!server.input.is_empty()));

            waiting.extend_from_slice(piece);
            replies = Vec::new();
            let input = Bytes::copy_from_slice(&waiting);
            match relay.pass(Side::Client, &input, is_transparent, |out| replies.extend_from_slice(&server.take(&out))) {
                Ok(consumed) => waiting.drain(..consumed),
                Err(_) => return Ok(()),
            };
        }
        prop_assert!(waiting.len() < 5, "{}", waiting.escape_ascii());
    }

    #[test]
    fn no_body_passes_with_two_ends(
        body in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'\0'), Just(b'a')], 0..40),
        cuts: Vec<usize>,
    ) {
        let whole = [&body[..], b"\r\n.\r\n"].concat();
        let session = [&START[..], &[(Side::Client, &whole[..])]].concat();
        let (passed, result) = pass(Stray::Normalise, &session, &cuts);
        let head = START[1].1.len() + START[2].1.len();
        let body = &passed[head.min(passed.len())..];
        // All of what passed is one body and what follows it, to the strictest reader.
        let (mut decoder, mut at, mut ended) = (DataDecoder::new(Stray::Reject), 0, false);
        while let Some(Decoded { consumed, piece }) = decoder.decode(&body[at..]) {
            at += consumed;
            if let Piece::Anomaly(anomaly) = piece {
                prop_assert_eq!(anomaly.kind, crate::body::AnomalyKind::Nul);
            }
            if piece == Piece::End {
                ended = true;
                break;
            }
        }
        prop_assert!(ended || result.is_err());
    }
}
