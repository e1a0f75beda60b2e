use super::*;
use crate::auth::{Credentials, Login, Mechanism, Plain, Secret, XOauth2};
use alloc::vec;
use proptest::prelude::*;

/// Anything a caller may do, in any order.
#[derive(Clone, Debug)]
enum Call {
    Hear(Vec<u8>),
    Eof,
    Write(usize),
    Hello,
    StartTls,
    Established,
    Authenticate(u8),
    Answer(Vec<u8>),
    Cancel,
    Send(u8),
    Start(Transfer),
    Piece(Vec<u8>),
    Finish,
}

fn reply() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop::sample::select(
        &[
            "220 mx\r\n",
            "250 ok\r\n",
            "250-mx\r\n250-PIPELINING\r\n250-STARTTLS\r\n250-CHUNKING\r\n250-AUTH PLAIN LOGIN XOAUTH2 X\r\n250 SIZE 9\r\n",
            "250 mx\r\n",
            "334 \r\n",
            "334 Zm9v\r\n",
            "353 each\r\n",
            "354 go\r\n",
            "235 ok\r\n",
            "421 bye\r\n",
            "454 later\r\n",
            "500 what?\r\n",
            "550 no\r\n",
            "221 bye\r\n",
        ][..],
    );
    prop_oneof![
        20 => whole.prop_map(|reply| reply.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        12 => reply().prop_map(Call::Hear),
        1 => Just(Call::Eof),
        8 => prop_oneof![Just(usize::MAX), 0..20_usize].prop_map(Call::Write),
        3 => Just(Call::Hello),
        1 => Just(Call::StartTls),
        1 => Just(Call::Established),
        2 => any::<u8>().prop_map(Call::Authenticate),
        1 => prop::collection::vec(any::<u8>(), 0..9).prop_map(Call::Answer),
        1 => Just(Call::Cancel),
        12 => any::<u8>().prop_map(Call::Send),
        4 => prop_oneof![Just(Transfer::Data), Just(Transfer::Chunking)].prop_map(Call::Start),
        4 => prop_oneof![prop::collection::vec(any::<u8>(), 0..9), Just(b"x\r\n.\r\n".to_vec())].prop_map(Call::Piece),
        4 => Just(Call::Finish),
    ]
}

fn options() -> impl Strategy<Value = Options> {
    let tls = prop_oneof![Just(TlsPolicy::None), Just(TlsPolicy::Implicit), Just(TlsPolicy::RequireStartTls)];
    let protocol = prop_oneof![Just(Protocol::Smtp), Just(Protocol::Lmtp)];
    (tls, protocol, any::<bool>()).prop_map(|(tls, protocol, tolerant)| Options {
        tls,
        allow_plaintext_secrets: true,
        dialect: if tolerant { Dialect::TOLERANT } else { Dialect::STRICT },
        ..Options::new(protocol)
    })
}

fn command(number: u8) -> Command<'static> {
    match number % 10 {
        0..3 => rcpt("<a@example.net>"),
        3 | 4 => mail("<a@example.org>"),
        5 => Command::Rset,
        6 => Command::Noop(None),
        7 => Command::Quit,
        8 => Command::Turn,
        _ => Command::Helo(Domain::parse("a").unwrap().into()),
    }
}

const SECRET: &str = "hunter2";

fn credentials(number: u8) -> Credentials {
    match number % 3 {
        0 => Plain::new("", "user", SECRET).unwrap().into(),
        1 => Login::new("user", SECRET).unwrap().into(),
        _ => XOauth2::new("user", SECRET).unwrap().into(),
    }
}

/// Does what `call` says; the token it gave, the events, and how the session ended.
fn make(
    client: &mut Client,
    input: &mut Vec<u8>,
    call: Call,
    events: &mut Vec<String>,
) -> Result<Option<Token>, Error> {
    match call {
        Call::Hear(wire) => {
            input.extend_from_slice(&wire);
            loop {
                let Some(Received { consumed, event }) = client.receive(input)? else { return Ok(None) };
                assert!(!format!("{event:?}").contains(SECRET));
                events.push(shown(&event));
                let is_close = matches!(event, Event::Close | Event::Turned);
                input.drain(..consumed);
                if is_close {
                    return Ok(None);
                }
            }
        }
        Call::Eof => client.receive_eof(input).map(|()| None),
        Call::Write(octets) => {
            let octets = octets.min(client.transmit().remaining());
            client.transmit().advance(octets);
            Ok(None)
        }
        Call::Hello => client.hello(Domain::parse("a").unwrap()).map(Some),
        Call::StartTls => client.start_tls().map(Some),
        Call::Established => client.tls_established().map(|()| None),
        Call::Authenticate(number) if number > 200 => {
            client.authenticate_with(Mechanism::try_from("X").unwrap(), Some(Secret::new(SECRET))).map(Some)
        }
        Call::Authenticate(number) => client.authenticate(credentials(number)).map(Some),
        Call::Answer(response) => client.answer(Secret::new(response)).map(|()| None),
        Call::Cancel => client.cancel().map(|()| None),
        Call::Send(number) => client.send(&command(number)).map(Some),
        Call::Start(transfer) => client.start_body(transfer).map(Some),
        Call::Piece(piece) => client.write(piece.into()).map(|()| None),
        Call::Finish => client.finish().map(|()| None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn sec_72_sec_67_no_order_of_calls_does_harm(options in options(), calls in prop::collection::vec(call(), 0..60)) {
        let (mut client, mut input, mut events) = (Client::new(options), Vec::new(), Vec::new());
        let mut tokens = Vec::new();
        let mut ended = None;
        for call in calls {
            let result = make(&mut client, &mut input, call, &mut events);
            match (result, ended) {
                (result, Some(error)) => prop_assert!(result == Err(error) || result == Ok(None), "{result:?}"),
                (Ok(token), None) => tokens.extend(token),
                // The call was wrong, and nothing happened.
                (Err(Error::NotSent(_) | Error::ApiMisuse(_)), None) => {}
                (Err(error), None) => ended = Some(error),
            }
            let debug = format!("{client:?} {}", client.suggested_timeout().as_secs());
            prop_assert!(!debug.contains(SECRET) && !debug.contains("aHVudGVyMg"), "{debug}");
        }
        // No token is answered twice.
        for token in tokens {
            let answer = format!("{token:?}:").replace("Token(", "").replace(')', "");
            let answers = events.iter().filter(|event| {
                event.strip_prefix(&answer).is_some_and(|code| code == "tls" || code.parse::<u16>().is_ok())
            });
            prop_assert!(answers.count() <= 1, "{answer} {events:?}");
        }
    }

    /// What is made of a stream does not hang on how it is cut.
    #[test]
    fn sec_70_however_replies_are_cut_they_mean_the_same(
        lmtp: bool,
        pipelining: bool,
        replies in prop::collection::vec(prop::sample::select(&[
            "250 ok\r\n", "250-a\r\n250 b\r\n", "550 5.1.1 no\r\n", "354 go\r\n", "421 bye\r\n", "452-a\r\n452-b\r\n452 c\r\n",
        ][..]), 0..9),
        piece in 1usize..9,
    ) {
        let script = |piece: usize| {
            let options = Options { tls: TlsPolicy::None, ..Options::new(if lmtp { Protocol::Lmtp } else { Protocol::Smtp }) };
            let mut talk = Talk::with(options, if pipelining { "PIPELINING" } else { "8BITMIME" });
            talk.piece = piece;
            talk.envelope(2);
            talk.client.start_body(Transfer::Data).unwrap();
            let mut events = Vec::new();
            for reply in &replies {
                events.append(&mut talk.hear(reply));
                if talk.client.state() == State::Data {
                    let _ = talk.client.write(Bytes::from_static(b"x\r\n"));
                    let _ = talk.client.finish();
                }
            }
            (events, talk.sent())
        };
        prop_assert_eq!(script(usize::MAX), script(piece));
    }
}

proptest! {
    /// What is tolerated is within a reply and never moves its end.
    #[test]
    fn sec_71_a_leniency_does_not_move_the_end_of_a_reply(wire in "((250[- ]|550 |25)[a\u{1}\r]{0,3}(\r\n|\r\r\n|\n)){0,4}") {
        let lengths = |dialect| {
            let mut talk = Talk::with(Options { dialect, ..plain() }, "PIPELINING");
            for _ in 0..5 {
                talk.client.send(&Command::Rset).unwrap();
            }
            talk.write();
            let (mut rest, mut lengths) = (wire.as_bytes(), Vec::new());
            while let Ok(Some(Received { consumed, .. })) = talk.client.receive(rest) {
                lengths.push(consumed);
                rest = &rest[consumed..];
            }
            lengths
        };
        let (strict, tolerant) = (lengths(Dialect::STRICT), lengths(Dialect::TOLERANT));
        prop_assert!(tolerant.starts_with(&strict), "{strict:?} {tolerant:?}");
    }
}

#[test]
fn sec_55_a_reply_octet_by_octet_is_read_once() {
    // That each octet is looked at once is the framer's to prove; that the session asks for nothing else is shown here.
    let mut talk = Talk::plain("");
    talk.piece = 1;
    talk.client.send(&Command::Noop(None)).unwrap();
    let reply = "250-0123456789\r\n".repeat(127) + "250 ok\r\n";
    assert_eq!(talk.hear(reply), ["2:250"]);
}
