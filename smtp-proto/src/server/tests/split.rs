//! However the input is cut, and whatever is called when.

use proptest::prelude::*;

use super::*;

/// Lines, whole and broken, and what is in bodies.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = prop::sample::select(
        &[
            "EHLO c\r\n",
            "HELO c\r\n",
            "LHLO c\r\n",
            "MAIL FROM:<a@b>\r\n",
            "MAIL FROM:<a@b> BODY=BINARYMIME\r\n",
            "MAIL FROM:<refused@b>\r\n",
            "MAIL FROM:<a@b> SIZE=5000\r\n",
            "RCPT TO:<c@d>\r\n",
            "RCPT TO:<refused@d>\r\n",
            "DATA\r\n",
            "BDAT 3\r\n",
            "BDAT 2 LAST\r\n",
            "BDAT 0 LAST\r\n",
            "BDAT x\r\n",
            "RSET\r\n",
            "NOOP\r\n",
            "VRFY a\r\n",
            "FROB\r\n",
            "AUTH PLAIN AHVzZXIAcGFzcw==\r\n",
            "AUTH PLAIN\r\n",
            "AUTH LOGIN\r\n",
            "dXNlcg==\r\n",
            "cGFzcw==\r\n",
            "*\r\n",
            "STARTTLS\r\n",
            "QUIT\r\n",
            ".\r\n",
            "..\r\n",
            "text\r\n",
            "\r",
            "\n",
            "\r\n",
            "\0",
            ".",
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
    let hello = prop::sample::select(&["", "EHLO c\r\n", "LHLO c\r\n"][..]);
    let mail = prop::sample::select(
        &["", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"][..],
    );
    (hello, mail, prop::collection::vec(piece(), 0..20))
        .prop_map(|(hello, mail, pieces)| [hello.as_bytes(), mail.as_bytes(), &pieces.concat()].concat())
}

fn options() -> impl Strategy<Value = Options> {
    let protocol = prop::sample::select(&[Protocol::Smtp, Protocol::Submission, Protocol::Lmtp][..]);
    let stray = prop::sample::select(&[Stray::Reject, Stray::Close, Stray::Normalise, Stray::Preserve][..]);
    (protocol, stray, any::<bool>(), any::<bool>()).prop_map(|(protocol, stray, tolerant, few)| {
        let mut options = Options::new(protocol);
        options.allow_plaintext_secrets = true;
        options.stray = stray;
        // Whether a client waits shows in how its input is cut.
        options.pipelining = Pipelining::Allow;
        options.requires_authentication = false;
        options.dialect = if tolerant { Dialect::TOLERANT } else { Dialect::STRICT };
        options.limits.command_line = 200;
        options.limits.message = few.then_some(8);
        options.limits.errors = if few { 3 } else { 1_000 };
        options
    })
}

/// What is told and what goes out when the client sends `wire` in pieces that end at `cuts`.
fn run(
    options: &Options,
    wire: &[u8],
    cuts: &[usize],
) -> (Vec<String>, String, Option<Error>, Result<(), Error>) {
    let mut host = Host::new(options.clone(), KEYWORDS);
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (wire.len() + 1)).chain([wire.len()]).collect();
    ends.sort_unstable();
    let (mut from, mut output) = (0, String::new());
    for end in ends {
        output += &host.say(&wire[from..end]);
        // Idempotent, and nothing new.
        output += &host.say(b"");
        from = end;
    }
    let end = host.server.receive_eof(&host.buffer);
    let closed = host.events.iter().position(|event| event == "Close");
    host.events.truncate(closed.map_or(usize::MAX, |at| at + 1));
    (host.told(), output, host.error, end)
}

proptest! {
    #[test]
    fn sec_70_however_it_is_cut(options in options(), wire in wire(), cuts: Vec<usize>) {
        let whole = run(&options, &wire, &[]);
        prop_assert_eq!(&run(&options, &wire, &cuts), &whole);
        let bytewise: Vec<usize> = (0..wire.len()).collect();
        prop_assert_eq!(&run(&options, &wire, &bytewise), &whole);
    }

    #[test]
    fn sec_59_each_step_gets_on(options in options(), wire in wire()) {
        let mut host = Host::new(options, KEYWORDS);
        host.buffer = wire.clone();
        // An octet has at most a few events: an anomaly, the end of a chunk, the end of a message.
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
    fn sec_72_whatever_is_called(options in options(), enforce: bool, calls in prop::collection::vec(call(), 0..60)) {
        let mut options = options;
        options.pipelining = if enforce { Pipelining::Enforce } else { Pipelining::Allow };
        options.limits.output = 300;
        let mut server = Server::new(options);
        let (mut buffer, mut tokens) = (Vec::new(), Vec::new());
        for call in calls {
            let before = server.fatal;
            let result = call.make(&mut server, &mut buffer, &mut tokens);
            if let (Some(before), Some(error)) = (before, result.err()) {
                prop_assert_eq!(error, before, "an error is final");
            }
            prop_assert!(server.transmit().len() <= 300 + 8);
            prop_assert_eq!(server.fatal.is_some() && before.is_none(), server.fatal != before);
        }
    }
}

#[derive(Clone, Debug)]
enum Call {
    Receive(Vec<u8>),
    Reply(usize, u16),
    Challenge(usize),
    Greet(u16),
    Close,
    TlsEstablished,
    Transmit(usize),
    Eof,
}

fn call() -> impl Strategy<Value = Call> {
    let code = prop::sample::select(&[220u16, 221, 235, 250, 334, 353, 354, 421, 451, 500, 550, 554][..]);
    prop_oneof![
        8 => piece().prop_map(Call::Receive),
        8 => (any::<usize>(), code.clone()).prop_map(|(token, code)| Call::Reply(token, code)),
        2 => any::<usize>().prop_map(Call::Challenge),
        1 => code.prop_map(Call::Greet),
        1 => Just(Call::TlsEstablished),
        4 => any::<usize>().prop_map(Call::Transmit),
        1 => prop_oneof![20 => Just(Call::Transmit(1_000)), 1 => Just(Call::Close), 1 => Just(Call::Eof)],
    ]
}

impl Call {
    fn make(self, server: &mut Server, buffer: &mut Vec<u8>, tokens: &mut Vec<Token>) -> Result<(), Error> {
        // Old ones, too.
        let token = |number: usize| tokens.get(number % tokens.len().max(1)).copied();
        match self {
            Self::Receive(piece) => {
                buffer.extend(piece);
                let Some(Received { consumed, event }) = server.receive(buffer)? else { return Ok(()) };
                assert!(consumed <= buffer.len());
                if let Event::Command { token, .. }
                | Event::Refused { token, .. }
                | Event::Malformed { token, .. }
                | Event::Auth { token, .. }
                | Event::StartTls { token }
                | Event::ChunkEnd { token }
                | Event::BodyEnd { token, .. } = event
                {
                    tokens.push(token);
                }
                buffer.drain(..consumed);
                Ok(())
            }
            Self::Reply(number, code) => {
                token(number).map_or(Ok(()), |token| server.reply(token, &reply(code, "x")))
            }
            Self::Challenge(number) => token(number).map_or(Ok(()), |token| server.challenge(token, b"")),
            Self::Greet(code) => server.greet(&reply(code, "x")),
            Self::Close => server.close(&reply(421, "x")),
            Self::TlsEstablished => server.tls_established(),
            Self::Transmit(len) => {
                server.transmit().advance(len % 200);
                Ok(())
            }
            Self::Eof => server.receive_eof(buffer),
        }
    }
}
