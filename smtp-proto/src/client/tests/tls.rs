use super::greeting::CODES;
use super::*;

fn required(keywords: &str) -> Talk {
    Talk::with(Options::new(Protocol::Smtp), keywords)
}

const REFUSED: &str = "peer misbehaved: TLS refused";
const INJECTED: &str = "peer misbehaved: plaintext after STARTTLS";

#[test]
fn starttls() {
    let mut talk = required("STARTTLS|AUTH PLAIN");
    assert!(!talk.client.is_tls());
    talk.client.start_tls().unwrap();
    assert_eq!(talk.hear("220 2.0.0 ready\r\n"), ["2:tls"]);
    assert_eq!((talk.sent().as_str(), talk.client.state()), ("STARTTLS\r\n", State::StartTls));
    // Nothing may be said until the handshake is done.
    let busy = Err(NotSent::Order(Refusal::Busy).into());
    assert_eq!(talk.client.hello(Domain::parse("a").unwrap()), busy);
    assert_eq!(talk.client.send(&Command::Quit), busy);
    talk.client.tls_established().unwrap();
    assert!(talk.client.is_tls());
    talk.hello("AUTH PLAIN");
    assert_eq!(talk.client.start_tls(), Err(ApiMisuse::State.into()));
    assert_eq!(talk.client.tls_established(), Err(NotSent::Order(Refusal::NotOpen).into()));
}

#[test]
fn sec_02_b_1_whatever_follows_the_220_is_an_error() {
    let injected = b"250-evil\r\n250 AUTH PLAIN\r\n220 go\r\n421 bye\r\n554 no\r\n\x16\x03\x01\r\n";
    for len in 1..=injected.len() {
        let injected = &injected[..len];
        // In the same segment, in the next one, and cut anywhere.
        for cut in 0..=len {
            let mut talk = required("STARTTLS");
            talk.client.start_tls().unwrap();
            let first = [b"220 go\r\n", &injected[..cut]].concat();
            let events = talk.hear(&first);
            if cut > 0 {
                assert_eq!(events, [INJECTED], "{}", first.escape_ascii());
                continue;
            }
            assert_eq!(events, ["2:tls"]);
            assert_eq!(talk.hear(injected), [INJECTED]);
        }
        let mut talk = required("STARTTLS");
        talk.client.start_tls().unwrap();
        assert_eq!(talk.hear("220 go\r\n"), ["2:tls"]);
        assert_eq!(talk.client.receive_eof(injected), Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
    }
}

#[test]
fn sec_04_o_1_to_o_4_a_refusal_ends_a_session_that_needs_tls() {
    for code in CODES.into_iter().chain([454, 334, 235]) {
        let reply = format!("{code} text\r\n");
        let mut talk = required("STARTTLS");
        talk.client.start_tls().unwrap();
        let events = talk.hear(&reply);
        match code {
            220 => assert_eq!(events, ["2:tls"]),
            // The server closes, so nothing goes out in clear, either.
            421 => assert_eq!(events, ["unsolicited 421", "close"]),
            334 => assert_eq!(events, ["peer misbehaved: unexpected challenge"]),
            354 => assert_eq!(events, ["peer misbehaved: unexpected reply"]),
            _ => assert_eq!(events, [REFUSED], "{code}"),
        }
        assert_eq!(talk.sent(), "STARTTLS\r\n");
        // Without that policy a refusal is an answer like any other, and everything else is an error.
        let mut talk = Talk::plain("STARTTLS");
        talk.client.start_tls().unwrap();
        let events = talk.hear(&reply);
        match code {
            454 | 500.. => {
                assert_eq!(events, [format!("2:{code}")]);
                assert!(talk.client.send(&mail("<a@example.org>")).is_ok());
            }
            221 | 235 | 250 => assert_eq!(events, [REFUSED]),
            _ => assert!(!talk.client.is_tls()),
        }
    }
}

#[test]
fn sec_04_d_1_nothing_is_sent_in_clear() {
    for keywords in ["", "STARTTLS", "STARTTLSX", "AUTH PLAIN|PIPELINING"] {
        let mut talk = required(keywords);
        let required = Err(NotSent::TlsRequired.into());
        let noop = Command::Noop(None);
        for command in [mail("<a@example.org>"), Command::Rset, noop, Command::Help(None), Command::Data] {
            let sent = talk.client.send(&command);
            assert!(sent == required || sent == Err(NotSent::Order(Refusal::MailFirst).into()), "{command}");
        }
        let plain = crate::auth::Plain::new("", "u", "p").unwrap();
        assert_eq!(talk.client.authenticate(plain.into()), required);
        assert_eq!(talk.sent(), "");
        if keywords == "STARTTLS" {
            assert!(talk.client.start_tls().is_ok());
        } else {
            // SEC-09: a longer keyword is another one.
            assert_eq!(talk.client.start_tls(), Err(NotSent::NotOffered(Extension::StartTls).into()));
            assert!(talk.client.hello(Domain::parse("a").unwrap()).is_ok());
        }
    }
    let mut talk = required("");
    talk.client.send(&Command::Quit).unwrap();
    assert_eq!(talk.sent(), "QUIT\r\n");
}

#[test]
fn sec_04_a_premature_220_is_none() {
    let mut talk = required("STARTTLS");
    talk.client.start_tls().unwrap();
    // Not a byte of STARTTLS was written.
    let early = talk.client.receive(b"220 go\r\n");
    assert_eq!(early, Err(PeerMisbehaved::PrematureReply.into()));
}

#[test]
fn sec_07_the_channel_of_an_event_is_known() {
    let mut talk = required("STARTTLS");
    assert!(!talk.client.is_tls());
    // Text for people in clear is an error or the end, and no event that looks protected.
    assert_eq!(talk.hear("220-call +1 900 ...\r\n220 x\r\n"), ["peer misbehaved: unexpected reply"]);
    assert!(!talk.client.is_tls());
    let mut talk = Talk::with(Options { tls: TlsPolicy::Implicit, ..plain() }, "AUTH PLAIN");
    assert!(talk.client.is_tls());
    assert_eq!(talk.hear("421 bye\r\n"), ["unsolicited 421", "close"]);
}

#[test]
fn sec_08_secrets_need_tls() {
    use crate::auth::{Credentials, External, Login, Mechanism, OauthBearer, Plain, XOauth2};
    let keywords = "AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER EXTERNAL CRAM-MD5";
    let secrets = || {
        [
            Credentials::from(Plain::new("", "u", "p").unwrap()),
            Login::new("u", "p").unwrap().into(),
            XOauth2::new("u", "t").unwrap().into(),
            OauthBearer::new("u", "t").unwrap().into(),
        ]
    };
    for credentials in secrets() {
        let mut talk = Talk::plain(keywords);
        let plaintext = Err(NotSent::PlaintextSecret.into());
        let mechanism = credentials.mechanism();
        assert_eq!(talk.client.authenticate(credentials.clone()), plaintext);
        assert_eq!(talk.client.authenticate_with(mechanism.clone(), None), plaintext);
        let auth = crate::auth::Auth { mechanism, initial_response: None };
        assert_eq!(talk.client.send(&Command::Auth(auth)), plaintext);
        assert_eq!(talk.sent(), "");
        // What does not show the secret may be sent.
        assert!(talk.client.authenticate_with(Mechanism::CRAM_MD5, None).is_ok());
        assert!(Talk::plain(keywords).client.authenticate(External::default().into()).is_ok());
        for options in [
            Options { allow_plaintext_secrets: true, ..plain() },
            Options { tls: TlsPolicy::Implicit, ..plain() },
        ] {
            assert!(Talk::with(options, keywords).client.authenticate(credentials.clone()).is_ok());
        }
    }
}
