//! SMTP: every reply where it has no business.

use std::net::{Ipv4Addr, TcpListener};

use crate::interop::programs::{Ended, example, in_time, run};
use crate::interop::smtp_send::smtp_send;
use crate::interop::{PASSWORD, USER};
use crate::server::{Hostile, Next};

pub const CODES: [u16; 12] = [220, 221, 250, 354, 421, 500, 501, 502, 504, 530, 550, 554];

/// Where a reply with a code of these comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Greeting,
    Ehlo,
    /// EHLO is refused.
    Helo,
    StartTls,
}

const MESSAGE: &[u8] = b"Subject: secret\r\n\r\ntext\r\n";

/// A server that offers what it is told to, takes whatever comes, and says this code in this place.
fn server(at: At, code: u16) -> Hostile {
    let odd = format!("{code} odd\r\n");
    let greeting = if at == At::Greeting { odd.clone() } else { "220 mx\r\n".into() };
    let mut is_body = false;
    Hostile::start(vec![greeting.into()], move |line| {
        let verb = line.split(' ').next().unwrap();
        let was_body = is_body;
        is_body = verb == "DATA" || (is_body && line != ".");
        match (verb, at) {
            _ if was_body && is_body => Next::Say(vec![]),
            ("EHLO", At::Ehlo) | ("HELO", At::Helo) | ("STARTTLS", At::StartTls) => Next::say(&*odd),
            ("EHLO", At::Helo) => Next::say("500 what\r\n"),
            ("EHLO", _) => Next::say("250-mx\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n"),
            ("DATA", _) => Next::say("354 go\r\n"),
            ("QUIT", _) => Next::say("221 bye\r\n"),
            _ => Next::say("250 ok\r\n"),
        }
    })
}

/// `smtp_send`, which insists on TLS: it ends with this error, and this is all that it has said.
#[track_caller]
fn sends_nothing(at: At, code: u16, in_clear: &[&str], error: &str) {
    let server = server(at, code);
    let ended = send(server.port, MESSAGE);
    assert_eq!(server.heard(), in_clear, "{at:?} {code}: {ended:?}");
    let expected = format!("smtp_send: {error}\n");
    assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", &*expected), "{at:?} {code}");
}

/// The sender that insists on TLS.
pub fn send(port: u16, message: &[u8]) -> Ended {
    let sender = ["--tls", "starttls", "--insecure", "--user", USER, "--password", PASSWORD];
    let addresses = ["--from", "me@example.org", "--to", "you@example.net"];
    smtp_send(port, &[&sender[..], &addresses].concat(), message)
}

const EHLO: &str = "EHLO localhost";
const STARTTLS: &str = "STARTTLS";

#[test]
fn east_codes_at_greeting() {
    for code in CODES.into_iter().filter(|code| *code != 220) {
        let error = match code {
            400.. => format!("the server refuses to talk: {code} odd"),
            _ => "peer misbehaved: bad greeting".into(),
        };
        sends_nothing(At::Greeting, code, &[], &error);
    }
}

#[test]
fn east_codes_at_ehlo() {
    for code in CODES {
        let error = match code {
            250 => "not sent: the server does not offer STARTTLS".into(),
            421 => "the server gives up: 421 odd".into(),
            500.. => format!("the server does not greet back: {code} odd"),
            _ => "peer misbehaved: unexpected reply".into(),
        };
        sends_nothing(At::Ehlo, code, &[EHLO], &error);
    }
    // Submission has no HELO.
    sends_nothing(At::Helo, 250, &[EHLO], "the server does not greet back: 500 what");
}

#[test]
fn east_codes_at_starttls() {
    for code in CODES.into_iter().chain([454]).filter(|code| *code != 220) {
        let error = match code {
            354 => "peer misbehaved: unexpected reply",
            421 => "the server gives up: 421 odd",
            _ => "peer misbehaved: TLS refused",
        };
        sends_nothing(At::StartTls, code, &[EHLO, STARTTLS], error);
    }
}

/// Runs `send_blocking`, which speaks in clear, against a server; gives what it has said, and how it ended.
fn send_blocking(at: At, code: u16) -> (Vec<String>, Ended) {
    let server = server(at, code);
    let address = format!("127.0.0.1:{}", server.port);
    let arguments = [&*address, "me@example.org", "you@example.net"];
    let ended = run(in_time(example("send_blocking")).args(arguments), MESSAGE);
    (server.heard(), ended)
}

/// A message in clear, said when all has gone as it has to, and only then.
#[test]
fn east_codes_to_who_speaks_in_clear() {
    const HELO: &str = "HELO localhost";
    const MAIL: [&str; 8] = [
        "MAIL FROM:<me@example.org>",
        "RCPT TO:<you@example.net>",
        "DATA",
        "Subject: secret",
        "",
        "text",
        ".",
        "QUIT",
    ];
    for at in [At::Greeting, At::Ehlo, At::Helo] {
        for code in CODES {
            let (hello, is_good): (&[&str], _) = match (at, code) {
                (At::Greeting, 220) => (&[EHLO], true),
                (At::Greeting, _) => (&[], false),
                (At::Ehlo, 250) => (&[EHLO], true),
                // RFC 5321 section 3.2: then it may know HELO.
                (At::Ehlo, 500 | 502 | 550) => (&[EHLO, HELO], true),
                (At::Ehlo, _) => (&[EHLO], false),
                (_, code) => (&[EHLO, HELO], code == 250),
            };
            let (said, ended) = send_blocking(at, code);
            if is_good {
                assert_eq!(said, [hello, &MAIL].concat(), "{at:?} {code}");
                let told = (0, "Reply(250 [\"ok\"])\n", "");
                assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), told, "{at:?} {code}");
            } else {
                assert_eq!(said, hello, "{at:?} {code}");
                assert_eq!((ended.code, &*ended.stdout), (1, ""), "{at:?} {code}");
                let error = match (at, code) {
                    (At::Greeting, ..400) => "Error: PeerMisbehaved(BadGreeting)\n",
                    (_, ..400) => "Error: PeerMisbehaved(UnexpectedReply)\n",
                    (At::Greeting, _) | (_, 500..) => "Error: \"refused: Reply(",
                    _ => "Error: \"the server gives up: Reply(421",
                };
                assert!(ended.stderr.starts_with(error), "{at:?} {code}: {ended:?}");
            }
        }
    }
}

/// Who is hung up on has sent nothing.
#[test]
fn a_server_that_hangs_up() {
    let hang_up_at = |verb: &'static str| {
        Hostile::start(vec!["220 mx\r\n".into()], move |line| match line.starts_with(verb) {
            true => Next::HangUp(vec![]),
            false => Next::say("250-mx\r\n250 STARTTLS\r\n"),
        })
    };
    for (verb, said) in [("EHLO", &[EHLO][..]), ("STARTTLS", &[EHLO, STARTTLS])] {
        let server = hang_up_at(verb);
        let ended = send(server.port, MESSAGE);
        let error = "smtp_send: peer misbehaved: connection truncated\n";
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", error));
        assert_eq!(server.heard(), said);
    }
    let blocking = |port: u16| {
        let address = format!("127.0.0.1:{port}");
        run(in_time(example("send_blocking")).args([&*address, "a@b.example", "c@d.example"]), MESSAGE)
    };
    let server = hang_up_at("EHLO");
    let ended = blocking(server.port);
    let error = "Error: PeerMisbehaved(Truncated)\n";
    assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", error));
    assert_eq!(server.heard(), [EHLO]);
    // Or who is not even greeted.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let ended = blocking(port);
    assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", error));
    server.join().unwrap();
}
