//! STARTTLS, COMPRESS and UNAUTHENTICATE: what they make the session forget, and what may not stand behind them.

use super::*;
use crate::error::ApiMisuse;

/// STARTTLS is on its way.
fn starting(capabilities: &str) -> Talk {
    let mut talk = Talk::greeted(with_tls(TlsPolicy::RequireStartTls), capabilities);
    talk.client.start_tls().unwrap();
    assert_eq!(talk.sent(), "ABCD1 STARTTLS\r\n");
    talk
}

#[test]
fn a_handshake_is_made_where_it_was_agreed_upon() {
    let mut talk = starting("IMAP4rev1 STARTTLS");
    assert!(talk.client.tls_established().is_err());
    assert!(Talk::greeted(plain(), "IMAP4rev1 STARTTLS").client.tls_established().is_err());
    assert_eq!(talk.hear("ABCD1 OK go\r\n"), ["1:tls"]);
    assert_eq!(talk.try_say("CAPABILITY"), Err(NotSent::Order(Refusal::Busy).into()));
    talk.client.tls_established().unwrap();
    assert!(talk.client.is_tls());
    assert_eq!(talk.client.start_tls(), Err(ApiMisuse::State(Refusal::Busy).into()));
    talk.say("CAPABILITY");
    assert_eq!(
        talk.hear("* CAPABILITY IMAP4rev1\r\nABCD2 OK done\r\n"),
        ["2 * CAPABILITY IMAP4rev1", "2:OK"]
    );
    talk.say("LOGIN a b");
    // TLS from the first octet on needs no call, and may have one.
    let mut client = Client::new(with_tls(TlsPolicy::Implicit));
    assert!(client.is_tls());
    client.tls_established().unwrap();
    assert_eq!(client.session, Session::new(State::Greeting, true));
}

#[test]
fn b16_sec_02_nothing_stands_behind_starttls() {
    let long: Vec<String> = (1..64).map(|len| "x".repeat(len)).collect();
    let lines = ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nABCD2 OK\r\n", "* 1", "\r\n", "\0"];
    for injected in long.iter().map(String::as_str).chain(lines) {
        let error = [text(PeerMisbehaved::PlaintextAfterStartTls)];
        // In one piece with the line.
        let mut talk = starting("IMAP4rev1 STARTTLS");
        assert_eq!(talk.hear(format!("ABCD1 OK go\r\n{injected}")), error, "{injected}");
        // In two pieces, wherever the cut is.
        let wire = format!("ABCD1 OK go\r\n{injected}");
        for piece in 1..wire.len() {
            let mut talk = starting("IMAP4rev1 STARTTLS");
            talk.piece = piece;
            let events = talk.hear(&wire);
            let shown: Vec<_> = events.iter().filter(|event| *event != "1:tls").collect();
            assert_eq!(shown, [&error[0]], "{injected} in pieces of {piece}");
        }
        // Later, octet by octet or not.
        for piece in [1, usize::MAX] {
            let mut talk = starting("IMAP4rev1 STARTTLS");
            talk.piece = piece;
            assert_eq!(talk.hear("ABCD1 OK go\r\n"), ["1:tls"]);
            assert_eq!(talk.hear(injected), error, "{injected}");
        }
        // At the end.
        let mut talk = starting("IMAP4rev1 STARTTLS");
        talk.hear("ABCD1 OK go\r\n");
        let end = talk.client.receive_eof(injected.as_bytes());
        assert_eq!(end, Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
    }
}

#[test]
fn sec_03_tls_begins_a_new_session() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 STARTTLS LITERAL+ ENABLE");
    talk.hear("* 5 EXISTS\r\n* junk (\r\n");
    talk.say("NOOP");
    talk.hear("ABCD1 OK done\r\n");
    talk.client.start_tls().unwrap();
    assert_eq!(talk.hear("ABCD2 OK go\r\n"), ["2:tls"]);
    talk.client.tls_established().unwrap();
    let fresh = Session { has_to_ask: true, ..Session::new(State::NotAuthenticated, true) };
    assert_eq!(talk.client.session, fresh);
    assert!(talk.client.stream.is_none() && talk.client.exchange.is_none() && talk.client.arriving.is_none());
    assert_eq!(talk.client.capabilities(), None);
    assert_eq!(talk.client.encode_options(), EncodeOptions::default());
    for command in ["LOGIN a b", "NOOP", "ID NIL", "AUTHENTICATE PLAIN"] {
        assert_eq!(talk.try_say(command), Err(NotSent::CapabilityFirst.into()), "{command}");
    }
    talk.say("CAPABILITY");
    talk.hear("* CAPABILITY IMAP4rev1\r\nABCD3 OK done\r\n");
    talk.say("LOGIN a b");
}

#[test]
fn sec_04_tls_that_is_required_cannot_be_refused() {
    for answer in ["ABCD1 BAD no", "ABCD1 NO no", "+ go"] {
        let mut talk = starting("IMAP4rev1 STARTTLS");
        assert_eq!(talk.hear(format!("{answer}\r\n")), [text(PeerMisbehaved::TlsRefused)], "{answer}");
    }
    // Premature, before the command is out; and a tag of another one.
    let mut talk = Talk::greeted(with_tls(TlsPolicy::RequireStartTls), "IMAP4rev1 STARTTLS");
    talk.client.start_tls().unwrap();
    assert_eq!(talk.hear_unwritten("ABCD1 OK go\r\n"), [text(PeerMisbehaved::PrematureCompletion)]);
    let mut talk = starting("IMAP4rev1 STARTTLS");
    assert_eq!(talk.hear("ABCD2 OK go\r\n"), [text(PeerMisbehaved::UnknownTag)]);
    let mut talk = Talk::greeted(with_tls(TlsPolicy::RequireStartTls), "IMAP4rev1 STARTTLS AUTH=PLAIN");
    for command in ["NOOP", "LOGIN a b", "AUTHENTICATE PLAIN", "ID NIL"] {
        assert_eq!(talk.try_say(command), Err(NotSent::TlsRequired.into()), "{command}");
    }
    assert_eq!(talk.sent(), "");
    talk.say("CAPABILITY");
    assert_eq!(talk.hear("ABCD1 OK done\r\n"), ["1:OK"]);
    talk.say("LOGOUT");
    // Not offered: there is no way in.
    let mut talk = Talk::greeted(with_tls(TlsPolicy::RequireStartTls), "IMAP4rev1");
    assert_eq!(talk.client.start_tls(), Err(NotSent::NotOffered("STARTTLS").into()));
    // Where it is not required, a refusal is a completion.
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 STARTTLS");
    talk.client.start_tls().unwrap();
    assert_eq!(talk.hear("ABCD1 NO no\r\n"), ["1:NO"]);
    talk.say("LOGIN a b");
}

#[test]
fn sec_07_what_is_said_in_clear_is_not_shown() {
    let mut talk = Talk::greeted(with_tls(TlsPolicy::RequireStartTls), "IMAP4rev1 STARTTLS");
    assert!(!talk.client.is_tls());
    for line in [
        "* OK [ALERT] call +1\r\n",
        "* LIST () \"/\" \"Click me\"\r\n",
        "* OK [REFERRAL imaps://evil] go\r\n",
        "* 5 EXISTS\r\n",
        "junk\r\n",
    ] {
        assert_eq!(talk.hear(line), ["dropped"], "{line}");
    }
    assert_eq!(talk.hear("* CAPABILITY IMAP4rev1 STARTTLS\r\n").len(), 1);
    for _ in 0..11 {
        assert_eq!(talk.hear("* OK hi\r\n"), ["dropped"]);
    }
    assert_eq!(talk.hear("* OK hi\r\n"), [text(Limit::Unexpected)]);
    let mut talk = Talk::greeted(with_tls(TlsPolicy::RequireStartTls), "IMAP4rev1 STARTTLS");
    assert_eq!(talk.hear("* BYE call +1\r\n"), ["dropped", "close"]);
    // Nor is what is only tolerated.
    for line in ["ABCD7 OK [ALERT] call +1\r\n", "+ call +1\r\n"] {
        let leniency = Leniency::UNKNOWN_TAG.union(Leniency::EXTRA_CONTINUATION);
        let options = Options { tls: TlsPolicy::RequireStartTls, ..lenient(leniency) };
        let mut talk = Talk::greeted(options, "IMAP4rev1 STARTTLS");
        for _ in 0..16 {
            assert_eq!(talk.hear(line), ["dropped"], "{line}");
        }
        assert_eq!(talk.hear(line), [text(Limit::Unexpected)], "{line}");
    }
}

#[test]
fn sec_18_bye_ends_starttls_and_everything() {
    let mut talk = starting("IMAP4rev1 STARTTLS");
    assert_eq!(talk.hear("* BYE x\r\n"), ["dropped"]);
    assert_eq!(talk.client.state(), State::Logout);
    assert_eq!(talk.try_say("NOOP"), Err(NotSent::Order(Refusal::Closed).into()));
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("LOGOUT");
    let events = talk.hear("* BYE x\r\n* 5 EXISTS\r\n* OK x\r\nABCD2 OK bye\r\n");
    assert_eq!(events, ["bye x", "dropped", "dropped", "2:OK", "close"]);
    let mut talk = Talk::selected("IMAP4rev1");
    assert_eq!(talk.hear("* BYE x\r\n* 5 EXISTS\r\n"), ["bye x", "close"]);
}

#[test]
fn what_stands_behind_compress_is_compressed() {
    let mut talk = Talk::inside("IMAP4rev1 COMPRESS=DEFLATE UNAUTHENTICATE");
    talk.say("COMPRESS DEFLATE");
    assert_eq!(talk.client.mode(), Mode::Compressing);
    assert_eq!(talk.try_say("NOOP"), Err(NotSent::Order(Refusal::Busy).into()));
    assert_eq!(talk.hear("* OK before\r\nABCD1 OK go\r\n\x02\x00garbage"), ["- * OK before", "1:compress"]);
    assert_eq!(talk.rest(), b"\x02\x00garbage");
    let refused = Err(ApiMisuse::State(Refusal::Busy).into());
    assert_eq!(talk.client.receive(b"\x02\x00garbage"), refused);
    assert_eq!(talk.try_say("NOOP"), Err(NotSent::Order(Refusal::Busy).into()));
    talk.client.compression_established().unwrap();
    assert!(talk.client.compression_established().is_err());
    talk.input.clear();
    talk.sent();
    talk.say("NOOP");
    assert_eq!(talk.hear("ABCD2 OK done\r\n"), ["2:OK"]);
    // RFC 8437 section 4.1: it would end compression.
    assert_eq!(talk.try_say("UNAUTHENTICATE"), Err(NotSent::Compressed.into()));
    talk.say("COMPRESS DEFLATE");
    assert_eq!(talk.hear("ABCD3 NO [COMPRESSIONACTIVE] no\r\n"), ["3:NO"]);
    assert_eq!(talk.client.mode(), Mode::Commands);
}

#[test]
fn unauthenticate_makes_the_session_forget_who_it_was() {
    let mut talk = Talk::selected("IMAP4rev1 UNAUTHENTICATE ENABLE UTF8=ACCEPT LITERAL+");
    talk.say("ENABLE UTF8=ACCEPT");
    talk.hear("* ENABLED UTF8=ACCEPT\r\nABCD2 OK done\r\n");
    assert!(talk.client.dialect().utf8 && talk.client.encode_options().utf8);
    talk.say("UNAUTHENTICATE");
    assert_eq!(talk.hear("ABCD3 OK done\r\n"), ["3:OK"]);
    assert_eq!(talk.client.session, Session::new(State::NotAuthenticated, false));
    assert_eq!(talk.client.dialect(), Dialect::STRICT);
    talk.say("LOGIN a b");
}
