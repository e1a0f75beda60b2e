//! The first response.

use super::*;

#[test]
fn greetings() {
    let mut talk = Talk::new(plain());
    assert_eq!(talk.try_say("NOOP"), Err(NotSent::Order(Refusal::NotGreeted).into()));
    assert_eq!(talk.hear("* OK hello\r\n"), ["greeting OK"]);
    assert_eq!((talk.client.state(), talk.client.capabilities()), (State::NotAuthenticated, None));
    assert_eq!(talk.try_say("SELECT a"), Err(NotSent::Order(Refusal::LoginFirst).into()));
    let talk = Talk::inside("IMAP4rev1");
    assert_eq!(talk.client.state(), State::Authenticated);
    let mut talk = Talk::new(plain());
    assert_eq!(talk.hear("* BYE full\r\n* OK hello\r\n"), ["greeting BYE", "close"]);
}

#[test]
fn sec_06_the_first_line_is_a_greeting() {
    let bad = [text(PeerMisbehaved::BadGreeting)];
    for first in [
        "1Gdo00V4 wFaI\r\n* OK x\r\n",
        "XYZ OK hello\r\n",
        "* BAD no\r\n",
        "* NO no\r\n",
        "* CAPABILITY IMAP4rev1\r\n* OK x\r\n",
        "+ go\r\n",
        "\r\n",
        "220 smtp\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
    ] {
        let mut talk = Talk::new(plain());
        assert_eq!(talk.hear(first), bad, "{first}");
    }
    let mut talk = Talk::greeted(plain(), "IMAP4rev1");
    assert_eq!(talk.hear("* PREAUTH again\r\n"), ["dropped"]);
    assert_eq!(talk.client.state(), State::NotAuthenticated);
    // An overloaded server, where that is tolerated.
    let mut talk = Talk::new(lenient(Leniency::REFUSED_GREETING));
    assert_eq!(talk.hear("* NO overloaded\r\n"), ["greeting BYE", "close"]);
}

#[test]
fn b17_data_before_the_greeting_are_tolerated_on_demand() {
    let mut talk = Talk::new(lenient(Leniency::DATA_BEFORE_GREETING));
    let events = talk.hear("* CAPABILITY IMAP4rev1\r\n* OK hello\r\n");
    assert_eq!(events, ["- * CAPABILITY IMAP4rev1", "greeting OK"]);
    assert_eq!(talk.client.capabilities(), None);
    let mut talk = Talk::new(lenient(Leniency::DATA_BEFORE_GREETING));
    assert_eq!(talk.hear("A1 OK hello\r\n"), [text(PeerMisbehaved::BadGreeting)]);
    // Not to be looked at before TLS.
    let options = Options { tls: TlsPolicy::RequireStartTls, ..lenient(Leniency::DATA_BEFORE_GREETING) };
    let mut talk = Talk::new(options);
    assert_eq!(talk.hear("* CAPABILITY IMAP4rev1\r\n* OK hello\r\n"), ["dropped", "greeting OK"]);
    let mut talk = Talk::new(plain());
    assert_eq!(talk.hear("* 1 EXISTS\r\n* OK hello\r\n"), [text(PeerMisbehaved::BadGreeting)]);
}

#[test]
fn b15_sec_05_preauth_leaves_no_place_for_tls() {
    for capabilities in ["", "[CAPABILITY IMAP4rev1] ", "[CAPABILITY IMAP4rev1 STARTTLS] "] {
        let mut talk = Talk::new(with_tls(TlsPolicy::RequireStartTls));
        let events = talk.hear(format!("* PREAUTH {capabilities}ready\r\n"));
        assert_eq!(events, [text(PeerMisbehaved::PreauthBlocksTls)]);
        assert_eq!(talk.sent(), "");
    }
    for policy in [TlsPolicy::Implicit, TlsPolicy::None] {
        let mut talk = Talk::new(with_tls(policy));
        assert_eq!(talk.hear("* PREAUTH ready\r\n"), ["greeting PREAUTH"]);
        assert_eq!(talk.client.state(), State::Authenticated);
    }
}
