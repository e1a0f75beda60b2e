#![no_main]
//! A hostile server: no panic, one reply for each command at most, and the same events and output however its bytes are cut.

use std::collections::HashSet;

use arbitrary::Arbitrary;
use bytes::Bytes;
use fuzz::{Seen, feed};
use libfuzzer_sys::fuzz_target;
use smtp_proto::address::{Domain, ForwardPath, ReversePath};
use smtp_proto::auth::{Credentials, Plain, Secret};
use smtp_proto::client::{Client, Event, Options, Protocol, TlsPolicy, Transfer};
use smtp_proto::parameter::MailParameter;
use smtp_proto::{Command, Dialect, Mail, Rcpt, Received, Token};

#[derive(Arbitrary, Debug)]
struct Input {
    protocol: u8,
    tls: u8,
    lenient: bool,
    secrets: bool,
    /// What the client does after each event.
    plan: Vec<u8>,
    cuts: Vec<u16>,
    wire: Vec<u8>,
}

fuzz_target!(|input: Input| {
    let whole = run(&input, &[]);
    let cut = run(&input, &input.cuts);
    assert_eq!(whole, cut, "however the bytes are cut");
});

fn run(input: &Input, cuts: &[u16]) -> Seen {
    let mut options =
        Options::new([Protocol::Smtp, Protocol::Submission, Protocol::Lmtp][usize::from(input.protocol % 3)]);
    options.tls =
        [TlsPolicy::None, TlsPolicy::RequireStartTls, TlsPolicy::Implicit][usize::from(input.tls % 3)];
    options.dialect = if input.lenient { Dialect::TOLERANT } else { Dialect::STRICT };
    options.allow_plaintext_secrets = input.secrets;
    let mut client = Client::new(options);
    let mut seen = Seen::default();
    let mut plan = input.plan.iter().copied();
    let mut open: HashSet<Token> = HashSet::new();
    let mut dead = false;
    let left = feed(&input.wire, cuts, |bytes| {
        seen.take(client.transmit());
        if dead {
            return None;
        }
        match client.receive(bytes) {
            Ok(None) => None,
            Ok(Some(Received { consumed, event })) => {
                if let Event::Reply { to, .. } = &event {
                    assert!(open.remove(to), "one reply for each command");
                }
                dead = matches!(event, Event::Close);
                seen.event(format!("{event:?}"));
                // Two steps, so that commands are pipelined.
                for step in plan.by_ref().take(2) {
                    match act(&mut client, step) {
                        Ok(Some(token)) => assert!(open.insert(token), "every token is new"),
                        Ok(None) => {}
                        Err(error) => seen.event(format!("{error}")),
                    }
                }
                Some(consumed)
            }
            Err(error) => {
                assert_eq!(client.receive(bytes), Err(error), "an error is final");
                seen.event(format!("{error}"));
                dead = true;
                None
            }
        }
    });
    seen.take(client.transmit());
    let rest = &input.wire[input.wire.len() - left..];
    let _ = client.receive_eof(rest);
    seen
}

/// One call; most are out of turn.
fn act(client: &mut Client, step: u8) -> Result<Option<Token>, smtp_proto::Error> {
    let to = |text| ForwardPath::parse(text).unwrap();
    let mail = |text| Mail::new(ReversePath::parse(text).unwrap());
    match step % 20 {
        0..=2 => client.hello(Domain::parse("client.example.org").unwrap()).map(Some),
        3 | 4 => client.send(&Command::Mail(mail("<a@example.org>"))).map(Some),
        5 => client.send(&Command::Mail(mail("<>").with(MailParameter::Size(100)).unwrap())).map(Some),
        6 => client
            .send(&Command::Mail(mail("<a@exämple.org>").with(MailParameter::SmtpUtf8).unwrap()))
            .map(Some),
        7 | 8 => client.send(&Command::Rcpt(Rcpt::new(to("<b@example.org>")))).map(Some),
        9 => client.start_body(Transfer::Data).map(Some),
        10 => client.start_body(Transfer::Chunking).map(Some),
        11 => client.write(Bytes::from_static(b"a line\r\n.\r\n")).map(|()| None),
        12 => client.finish().map(|()| None),
        13 => client.start_tls().map(Some),
        14 => client.tls_established().map(|()| None),
        15 => client.authenticate(Credentials::from(Plain::new("", "user", "secret").unwrap())).map(Some),
        16 => client.answer(Secret::new("answer")).map(|()| None),
        17 => client.cancel().map(|()| None),
        18 => client.send(&Command::Rset).map(Some),
        _ => client.send(&Command::Quit).map(Some),
    }
}
