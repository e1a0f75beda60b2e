//! However the input is cut, and whatever is called when.

use alloc::vec;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::registry::FetchItem;

/// Lines, whole and broken, and what is in messages.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = prop::sample::select(
        &[
            "a NOOP\r\n",
            "b LOGIN user pass\r\n",
            "c LOGIN user {4+}\r\npass\r\n",
            "d LOGIN {4}\r\nuser pass\r\n",
            "e AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n",
            "f AUTHENTICATE LOGIN\r\n",
            "dXNlcg==\r\n",
            "cGFzcw==\r\n",
            "*\r\n",
            "g SELECT box\r\n",
            "h SELECT missing\r\n",
            "i CLOSE\r\n",
            "j FETCH 1 BODY[]\r\n",
            "k APPEND box {3}\r\nabc\r\n",
            "l APPEND box (\\Seen) {3+}\r\nabc {2+}\r\nde\r\n",
            "m APPEND refused {3+}\r\nabc\r\n",
            "n APPEND refused {3}\r\n",
            "o APPEND box CATENATE (URL /x TEXT {3+}\r\nabc)\r\n",
            "p APPEND box {9+}\r\n",
            "q APPEND {3+}\r\nbox {3+}\r\nabc x\r\n",
            "r REPLACE 1 box {3+}\r\nabc\r\n",
            "s IDLE\r\n",
            "DONE\r\n",
            "t UNAUTHENTICATE\r\n",
            "u ENABLE UTF8=ACCEPT\r\n",
            "v FROB {5+}\r\nhello\r\n",
            "w FROB {5}\r\n",
            "x SEARCH SUBJECT {300+}\r\n",
            "y STARTTLS\r\n",
            "z COMPRESS DEFLATE\r\n",
            "z LOGOUT\r\n",
            " {3+}\r\n",
            "\r",
            "\n",
            "\r\n",
            "\0",
            "\"",
        ][..],
    );
    prop_oneof![
        30 => fixed.prop_map(|text| text.as_bytes().to_vec()),
        1 => (1usize..400).prop_map(|len| alloc::vec![b'x'; len]),
        1 => any::<Vec<u8>>(),
    ]
}

/// A client that seldom makes mistakes, or one that only does.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let login =
        prop::sample::select(&["", "l LOGIN user pass\r\n", "l LOGIN user pass\r\ns SELECT box\r\n"][..]);
    (login, prop::collection::vec(piece(), 0..20))
        .prop_map(|(login, pieces)| [login.as_bytes(), &pieces.concat()].concat())
}

fn any_options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>()).prop_map(|(tolerant, few)| {
        let mut options = options();
        options.dialect = if tolerant { Dialect::TOLERANT } else { Dialect::STRICT };
        (options.limits.command, options.limits.command_authenticated) = (200, 200);
        options.limits.errors = if few { 3 } else { 1_000 };
        options
    })
}

type Run = (Vec<String>, String, Option<Error>, Result<(), Error>);

/// What is told and what goes out when the client sends `wire` in pieces that end at `cuts`.
fn run(options: &Options, wire: &[u8], cuts: &[usize]) -> Run {
    let mut host = Host::new(options.clone(), CAPABILITIES);
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (wire.len() + 1)).chain([wire.len()]).collect();
    ends.sort_unstable();
    let (mut from, mut output) = (0, String::new());
    for end in ends {
        output += &host.say(&wire[from..end]);
        // Idempotent, and nothing new.
        output += &host.say(b"");
        from = end;
    }
    let rest = host.buffer.clone();
    let end = host.server.receive_eof(&rest);
    let closed = host.events.iter().position(|event| event == "close");
    host.events.truncate(closed.map_or(usize::MAX, |at| at + 1));
    (host.told(), output, host.error, end)
}

/// Whether the client did not wait for the answer to STARTTLS or COMPRESS: whether it was given, and went out, before its
/// next octets came, shows in how they are cut.
fn has_barrier(run: &Run) -> bool {
    run.0.iter().any(|event| event == "STARTTLS" || event.starts_with("COMPRESS")) || run.2.is_some()
}

proptest! {
    #[test]
    fn sec_70_however_it_is_cut(options in any_options(), wire in wire(), cuts: Vec<usize>) {
        let whole = run(&options, &wire, &[]);
        let bytewise: Vec<usize> = (0..wire.len()).collect();
        let others = [run(&options, &wire, &cuts), run(&options, &wire, &bytewise)];
        for other in others {
            if has_barrier(&whole) || has_barrier(&other) {
                // All that is told before it is the same.
                let until = |run: &Run| -> Vec<String> {
                    let is_barrier = |event: &&String| *event != "STARTTLS" && !event.starts_with("COMPRESS");
                    run.0.iter().take_while(is_barrier).cloned().collect()
                };
                prop_assert_eq!(until(&other), until(&whole));
            } else {
                prop_assert_eq!(&other, &whole);
            }
        }
    }

    #[test]
    fn sec_59_each_step_gets_on(options in any_options(), wire in wire()) {
        let mut host = Host::new(options, CAPABILITIES);
        host.buffer = wire.clone();
        // The front of an APPEND has some events of its own.
        let mut fuel = wire.len() * 3 + 10;
        while host.step() {
            fuel -= 1;
            prop_assert!(fuel > 0);
        }
        if host.error.is_none() && host.server.state() != State::Closed {
            prop_assert_eq!(host.server.receive(&host.buffer), Ok(None));
            prop_assert_eq!(host.server.receive(&host.buffer), Ok(None));
        }
    }

    #[test]
    fn sec_72_whatever_is_called(options in any_options(), calls in prop::collection::vec(call(), 0..60)) {
        let mut options = options;
        options.limits.output = 300;
        let mut server = Server::new(options);
        let (mut buffer, mut tokens) = (Vec::new(), Vec::new());
        for call in calls {
            // Some calls are in turn and some are not; none panics, and what is over stays over.
            let over = server.fatal;
            perform(&mut server, call, &mut buffer, &mut tokens);
            prop_assert!(over.is_none() || server.fatal == over);
            prop_assert!(server.session.answers.len() <= 4);
        }
    }
}

#[derive(Clone, Debug)]
enum Call {
    Greet(u8),
    Feed(Vec<u8>),
    Finish(usize, u8),
    Accept(usize),
    Challenge(usize),
    Send(u8),
    FetchHead(u8),
    Write(u8),
    FetchEnd,
    Tls,
    Compressed,
    Advertise,
    Take(usize),
    Close,
    Eof,
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        2 => any::<u8>().prop_map(Call::Greet),
        10 => piece().prop_map(Call::Feed),
        10 => (any::<usize>(), any::<u8>()).prop_map(|(token, status)| Call::Finish(token, status)),
        3 => any::<usize>().prop_map(Call::Accept),
        3 => any::<usize>().prop_map(Call::Challenge),
        5 => any::<u8>().prop_map(Call::Send),
        1 => any::<u8>().prop_map(Call::FetchHead),
        2 => any::<u8>().prop_map(Call::Write),
        2 => Just(Call::FetchEnd),
        1 => Just(Call::Tls),
        1 => Just(Call::Compressed),
        1 => Just(Call::Advertise),
        5 => any::<usize>().prop_map(Call::Take),
        1 => Just(Call::Close),
        1 => Just(Call::Eof),
    ]
}

fn perform(server: &mut Server, call: Call, buffer: &mut Vec<u8>, tokens: &mut Vec<Token>) {
    // The last ones are likelier to be open.
    let token = |at: usize, tokens: &[Token]| tokens.iter().rev().nth(at % 4).copied();
    let result = match call {
        Call::Greet(kind) => server.greet(&greeting(["OK x", "PREAUTH x", "BYE x"][usize::from(kind) % 3])),
        Call::Feed(octets) => {
            buffer.extend_from_slice(&octets);
            feed(server, buffer, tokens);
            Ok(())
        }
        Call::Finish(at, kind) => match token(at, tokens) {
            Some(token) => {
                let statuses = ["OK x", "NO x", "BAD x", "OK [CAPABILITY IMAP4rev1 IDLE STARTTLS] x"];
                server.finish(token, &status(statuses[usize::from(kind) % 4]))
            }
            None => Ok(()),
        },
        Call::Accept(at) => token(at, tokens).map_or(Ok(()), |token| server.accept(token)),
        Call::Challenge(at) => token(at, tokens).map_or(Ok(()), |token| server.challenge(token, b"x")),
        Call::Send(kind) => {
            let lines = [
                "* OK x",
                "* 1 EXPUNGE",
                "* 5 EXISTS",
                "* BYE x",
                "* ENABLED QRESYNC UIDONLY",
                "* VANISHED 1",
                "a OK x",
            ];
            server.send(&response(lines[usize::from(kind) % lines.len()]))
        }
        Call::FetchHead(size) => {
            server.fetch_head(1, &[], &FetchItem::Rfc822(crate::NString::NIL), size.into())
        }
        Call::Write(size) => server.write(Bytes::from(alloc::vec![b'x'; size.into()])),
        Call::FetchEnd => server.fetch_end(&[]),
        Call::Tls => server.tls_established(),
        Call::Compressed => server.compression_established(),
        Call::Advertise => server.advertise(&capabilities_of(CAPABILITIES)),
        Call::Take(len) => {
            let len = len % (server.transmit().remaining() + 1);
            server.transmit().advance(len);
            Ok(())
        }
        Call::Close => server.close(&text("x")),
        Call::Eof => server.receive_eof(buffer),
    };
    if let Err(Error::ApiMisuse(_)) = result {
        assert!(server.fatal.is_none(), "misuse ends nothing");
    }
}

fn feed(server: &mut Server, buffer: &mut Vec<u8>, tokens: &mut Vec<Token>) {
    let mut at = 0;
    while let Ok(Some(Received { consumed, event })) = server.receive(&buffer[at..]) {
        match event {
            Event::Command { token, .. }
            | Event::Refused { token, .. }
            | Event::Malformed { token, .. }
            | Event::Append { token, .. }
            | Event::Authenticate { token, .. }
            | Event::Idle { token, .. }
            | Event::StartTls { token, .. }
            | Event::Compress { token, .. } => tokens.push(token),
            Event::Close => break,
            _ => {}
        }
        at += consumed;
    }
    buffer.drain(..at);
}
