use super::*;

/// The codes that every first step is tried with.
pub(super) const CODES: [u16; 12] = [220, 221, 250, 354, 421, 500, 501, 502, 504, 530, 550, 554];

#[test]
fn sec_06_only_220_greets() {
    for code in CODES {
        let mut talk = Talk::new(plain());
        let events = talk.hear(format!("{code} text\r\n"));
        let hello = talk.client.hello(Domain::parse("a").unwrap());
        match code {
            220 => {
                assert_eq!(events, ["greeting 220"]);
                assert!(hello.is_ok());
            }
            421 => {
                assert_eq!(events, ["greeting 421", "close"]);
                assert_eq!(hello, Err(NotSent::Order(Refusal::Closed).into()));
            }
            400.. => {
                // Row 73: a refusal, and no error.
                assert_eq!(events, [format!("greeting {code}")]);
                assert_eq!(talk.client.state(), State::Rejected);
                assert_eq!(hello, Err(NotSent::Order(Refusal::OnlyQuit).into()));
                talk.client.send(&Command::Quit).unwrap();
                assert_eq!(talk.sent(), "QUIT\r\n");
                assert_eq!(talk.hear("221 bye\r\n"), ["1:221", "close"]);
            }
            _ => {
                assert_eq!(events, ["peer misbehaved: bad greeting"]);
                assert_eq!(hello, Err(PeerMisbehaved::BadGreeting.into()));
            }
        }
    }
}

#[test]
fn sec_06_what_is_no_greeting_is_not_skipped() {
    for junk in [
        "1Gdo00V4 wFaI\r\n",
        "\r\n",
        "* OK x\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
        "220ready\r\n",
        "220_ok\r\n",
        "22 x\r\n",
        "2200 x\r\n",
        "\u{16}\u{3}\u{1}\r\n",
        "220-a\r\n250 b\r\n",
    ] {
        let mut talk = Talk::new(plain());
        let events = talk.hear(format!("{junk}220 mx.example.net ESMTP\r\n"));
        assert_eq!(events, ["peer misbehaved: bad greeting"], "{junk:?}");
    }
}

#[test]
fn greetings_of_many_servers() {
    // Rows 72 and 63.
    for (wire, is_masked) in [
        ("220 \r\n", false),
        ("220\r\n", false),
        ("220 **************0*****\r\n", true),
        ("220-* banner\r\n220 mx\r\n", false),
        ("220-one\r\n220-two\r\n220 three\r\n", false),
    ] {
        let mut client = Client::new(plain());
        let Ok(Some(Received { consumed, event: Event::Greeting(reply) })) = client.receive(wire.as_bytes())
        else {
            panic!("{wire:?}");
        };
        assert_eq!((consumed, reply.is_masked_greeting()), (wire.len(), is_masked), "{wire:?}");
        assert_eq!(client.state(), State::Fresh);
    }
    // Row 66: strictly these are two greetings in one, tolerantly the last line counts.
    let wire = "220-mx.example.net\r\n521 5.7.1 go away\r\n";
    assert_eq!(Talk::new(plain()).hear(wire), ["peer misbehaved: bad greeting"]);
    let tolerant = Options { dialect: Dialect::TOLERANT, ..plain() };
    assert_eq!(Talk::new(tolerant).hear(wire), ["greeting 521"]);
}

#[test]
fn nothing_is_said_before_the_greeting() {
    let mut talk = Talk::new(plain());
    let not_greeted = Err(NotSent::Order(Refusal::NotGreeted).into());
    assert_eq!(talk.client.hello(Domain::parse("a").unwrap()), not_greeted);
    assert_eq!(talk.client.send(&Command::Quit), not_greeted);
    assert_eq!(talk.sent(), "");
    assert_eq!(talk.client.receive_eof(b""), Err(PeerMisbehaved::Truncated.into()));
}

fn said_hello(options: Options) -> Talk {
    let mut talk = Talk::new(options);
    talk.hear("220 mx.example.net\r\n");
    talk.client.hello(Domain::parse("client.example.org").unwrap()).unwrap();
    talk
}

#[test]
fn sec_04_answers_to_ehlo_and_helo() {
    for code in CODES {
        let mut talk = said_hello(plain());
        let events = talk.hear(format!("{code} text\r\n"));
        match code {
            250 => assert_eq!(events, ["1:250"]),
            421 => assert_eq!(events, ["unsolicited 421", "close"]),
            // Row 114.
            500 | 502 | 550 => {
                assert_eq!(events, [format!("(1:{code})")]);
                assert_eq!(talk.sent(), "EHLO client.example.org\r\nHELO client.example.org\r\n");
            }
            501.. => assert_eq!(events, [format!("1:{code}")]),
            _ => assert_eq!(events, ["peer misbehaved: unexpected reply"]),
        }
        for helo in CODES {
            let mut talk = said_hello(plain());
            assert_eq!(talk.hear("502 5.5.1 what?\r\n"), ["(1:502)"]);
            let events = talk.hear(format!("{helo} text\r\n"));
            match helo {
                250 => {
                    assert_eq!(events, ["1:250"]);
                    assert_eq!(talk.client.state(), State::Ready);
                    assert_eq!(talk.client.capabilities(), &Capabilities::default());
                }
                421 => assert_eq!(events, ["unsolicited 421", "close"]),
                500.. => {
                    assert_eq!(events, [format!("1:{helo}")]);
                    assert_eq!(talk.client.state(), State::Fresh);
                }
                _ => assert_eq!(events, ["peer misbehaved: unexpected reply"]),
            }
        }
    }
}

#[test]
fn sec_04_no_helo_under_a_policy() {
    let auth = Options { requires_authentication: true, ..plain() };
    let tls = Options::new(Protocol::Submission);
    let implicit = Options { tls: TlsPolicy::Implicit, ..tls.clone() };
    for options in [auth, tls, implicit, lmtp()] {
        let mut talk = said_hello(options);
        assert_eq!(talk.hear("502 5.5.1 what?\r\n"), ["1:502"]);
        assert!(!talk.sent().contains("HELO"));
        assert_eq!(talk.client.state(), State::Fresh);
    }
}

#[test]
fn a_server_that_knew_ehlo_has_not_forgotten_it() {
    let mut talk = Talk::plain("PIPELINING");
    talk.client.hello(Domain::parse("a").unwrap()).unwrap();
    assert_eq!(talk.hear("503 5.5.1 again?\r\n"), ["2:503"]);
    assert!(talk.client.capabilities().has(Extension::Pipelining));
}

#[test]
fn lmtp_says_lhlo() {
    let mut talk = said_hello(lmtp());
    assert_eq!(talk.sent(), "LHLO client.example.org\r\n");
    let hello = || Domain::parse("a").unwrap().into();
    let other = Err(NotSent::OtherProtocol.into());
    assert_eq!(talk.client.send(&Command::Ehlo(hello())), other);
    assert_eq!(talk.client.send(&Command::Helo(hello())), other);
    assert_eq!(Talk::plain("").client.send(&Command::Lhlo(hello())), other);
}

#[test]
fn helo_can_be_asked_for() {
    let mut talk = Talk::plain("PIPELINING");
    talk.client.send(&Command::Helo(Domain::parse("a").unwrap().into())).unwrap();
    assert_eq!(talk.hear("250-mx.example.net\r\n250 SIZE\r\n"), ["2:250"]);
    assert_eq!((talk.sent().as_str(), talk.client.capabilities()), ("HELO a\r\n", &Capabilities::default()));
}
