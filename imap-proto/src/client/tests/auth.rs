//! AUTHENTICATE, LOGIN and IDLE.

use super::*;
use crate::auth::{Credentials, Login, Mechanism, Plain, Secret, XOauth2};
use crate::error::ApiMisuse;

fn credentials() -> Credentials {
    Plain::new("", "user", "pass").unwrap().into()
}

const PLAIN: &str = "AHVzZXIAcGFzcw==";

#[test]
fn an_initial_response_comes_with_the_command_where_that_is_offered() {
    for (capabilities, sent, challenges, answers) in [
        ("IMAP4rev1 AUTH=PLAIN SASL-IR", "AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n", "", ""),
        ("IMAP4rev2 AUTH=PLAIN", "AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n", "", ""),
        ("IMAP4rev1 AUTH=PLAIN", "AUTHENTICATE PLAIN\r\n", "+ \r\n", "AHVzZXIAcGFzcw==\r\n"),
    ] {
        let mut talk = Talk::greeted(plain(), capabilities);
        talk.client.authenticate(credentials()).unwrap();
        assert_eq!(talk.client.mode(), Mode::Authenticating);
        assert_eq!(talk.sent(), format!("ABCD1 {sent}"));
        let shown: &[&str] = if challenges.is_empty() { &[] } else { &["1 +"] };
        assert_eq!(talk.hear(challenges), shown);
        assert_eq!(talk.sent(), answers);
        assert_eq!(talk.try_say("NOOP"), Err(NotSent::Order(Refusal::Busy).into()));
        assert_eq!(talk.hear("ABCD1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"), ["1:OK"]);
        assert_eq!((talk.client.state(), talk.client.mode()), (State::Authenticated, Mode::Commands));
    }
}

#[test]
fn mechanisms_that_begin_with_the_server() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=LOGIN SASL-IR");
    talk.client.authenticate(Login::new("u", "p").unwrap().into()).unwrap();
    assert_eq!(talk.sent(), "ABCD1 AUTHENTICATE LOGIN\r\n");
    assert_eq!(talk.hear("+ VXNlciBOYW1lAA==\r\n+ UGFzc3dvcmQ6\r\n").len(), 2);
    assert_eq!(talk.sent(), "dQ==\r\ncA==\r\n");
    // A third one: there is nothing to say.
    assert_eq!(talk.hear("+ Zm9v\r\n").len(), 1);
    assert_eq!(talk.sent(), "*\r\n");
    assert_eq!(talk.hear("+ Zm9v\r\n"), [text(PeerMisbehaved::UnexpectedContinuation)]);
}

#[test]
fn the_caller_answers_challenges() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=SCRAM-SHA-256");
    let first = Some(Secret::new("first"));
    talk.client.authenticate_with(Mechanism::SCRAM_SHA_256, first).unwrap();
    assert!(talk.client.answer(Secret::new("x")).is_err());
    assert_eq!(talk.hear("+ \r\n").len(), 1);
    assert_eq!(talk.sent(), "ABCD1 AUTHENTICATE SCRAM-SHA-256\r\nZmlyc3Q=\r\n");
    assert_eq!(talk.hear("+ Zm9v\r\n"), ["1:challenge foo"]);
    // Only one challenge at a time.
    talk.client.answer(Secret::new("bar")).unwrap();
    assert_eq!(talk.client.answer(Secret::new("bar")), Err(ApiMisuse::State(Refusal::NotOpen).into()));
    assert_eq!(talk.hear("+ \r\n"), ["1:challenge "]);
    talk.client.answer(Secret::default()).unwrap();
    assert_eq!(talk.sent(), "YmFy\r\n\r\n");
    assert_eq!(talk.hear("ABCD1 NO no\r\n"), ["1:NO"]);
    assert_eq!(talk.client.state(), State::NotAuthenticated);
}

#[test]
fn an_empty_initial_response_is_an_equals_sign() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=EXTERNAL SASL-IR");
    talk.client.authenticate(crate::auth::External::default().into()).unwrap();
    assert_eq!(talk.sent(), "ABCD1 AUTHENTICATE EXTERNAL =\r\n");
}

#[test]
fn b26_an_error_challenge_is_answered_by_an_empty_line() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=XOAUTH2 SASL-IR");
    talk.client.authenticate(XOauth2::new("u", "t").unwrap().into()).unwrap();
    talk.sent();
    assert_eq!(talk.hear("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"), ["1 + eyJzdGF0dXMiOiI0MDAifQ=="]);
    assert_eq!(talk.sent(), "\r\n");
    assert_eq!(talk.hear("ABCD1 NO SASL authentication failed\r\n"), ["1:NO"]);
}

#[test]
fn b27_a_cancelled_exchange_is_answered_bad() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=SCRAM-SHA-1");
    talk.client.authenticate_with(Mechanism::SCRAM_SHA_1, None).unwrap();
    assert_eq!(talk.hear("+ \r\n"), ["1:challenge "]);
    talk.client.cancel().unwrap();
    assert!(talk.sent().ends_with("\r\n*\r\n"));
    assert_eq!(talk.hear("ABCD1 BAD cancelled\r\n"), ["1:BAD"]);
    assert_eq!(talk.client.mode(), Mode::Commands);
    // A challenge that is none is cancelled as well.
    talk.client.authenticate_with(Mechanism::SCRAM_SHA_1, None).unwrap();
    assert_eq!(talk.hear("+ !\r\n"), ["malformed expected base64 at offset 2: + !\\r\\n"]);
    assert!(talk.sent().ends_with("\r\n*\r\n"));
}

#[test]
fn b28_an_initial_response_that_is_refused_leaves_the_session_as_it_was() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=PLAIN SASL-IR");
    talk.client.authenticate(credentials()).unwrap();
    assert_eq!(talk.hear("ABCD1 BAD no initial response, please\r\n"), ["1:BAD"]);
    talk.sent();
    talk.client.authenticate_with(Mechanism::PLAIN, None).unwrap();
    assert_eq!(talk.sent(), "ABCD2 AUTHENTICATE PLAIN =\r\n".replace(" =", ""));
    assert_eq!(talk.hear("+ \r\n"), ["2:challenge "]);
    talk.client.answer(Secret::new("\0user\0pass")).unwrap();
    assert_eq!(talk.sent(), format!("{PLAIN}\r\n"));
    assert_eq!(talk.hear("ABCD2 OK in\r\n"), ["2:OK"]);
}

#[test]
fn sec_13_exchanges_are_bounded() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=X");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    for _ in 0..32 {
        assert_eq!(talk.hear("+ \r\n"), ["1:challenge "]);
        talk.client.answer(Secret::default()).unwrap();
    }
    assert_eq!(talk.hear("+ \r\n"), [text(Limit::Sasl)]);
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=X");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    assert_eq!(talk.hear(format!("+ {}\r\n", "AAAA".repeat(17_000))), [text(Limit::Sasl)]);
    // Two at once.
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=X");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    let events = talk.hear("+ \r\n+ \r\n");
    assert_eq!(events, ["1:challenge ", &text(PeerMisbehaved::UnexpectedContinuation)]);
    // Before the command is out.
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=X");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    assert_eq!(talk.hear_unwritten("+ \r\n"), [text(PeerMisbehaved::UnexpectedContinuation)]);
}

#[test]
fn sec_13_each_bound_is_exact() {
    let limited =
        |limits: Limits| Talk::greeted(Options { limits, ..plain() }, "IMAP4rev1 AUTH=X AUTH=LOGIN");
    let x = || Mechanism::try_from("X").unwrap();
    let too_long = NotSent::TooLong.into();
    // A line of 42 octets: of those known before, and of the caller's.
    for (auth_line, is_sent) in [(42, Ok(())), (41, Err(too_long))] {
        let mut talk = limited(Limits { auth_line, ..Limits::default() });
        let login = Login::new("u".repeat(30), "p").unwrap();
        assert_eq!(talk.client.authenticate(login.into()).map(|_| ()), is_sent);
        let mut talk = limited(Limits { auth_line, ..Limits::default() });
        talk.client.authenticate_with(x(), None).unwrap();
        assert_eq!(talk.hear("+ \r\n"), ["1:challenge "]);
        assert_eq!(talk.client.answer(Secret::new("a".repeat(30))), is_sent);
    }
    // Both sides' lines together: 8 octets, 2 and 8.
    let mut talk = limited(Limits { sasl: 18, ..Limits::default() });
    talk.client.authenticate_with(x(), None).unwrap();
    for _ in 0..2 {
        assert_eq!(talk.hear("+ PDE+\r\n"), ["1:challenge <1>"]);
        talk.client.answer(Secret::default()).unwrap();
    }
    assert_eq!(talk.hear("+ \r\n"), [text(Limit::Sasl)]);
}

#[test]
fn long_initial_responses_wait_for_a_challenge() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=X SASL-IR");
    let mechanism = || Mechanism::try_from("X").unwrap();
    talk.client.authenticate_with(mechanism(), Some(Secret::new("x".repeat(7_000)))).unwrap();
    assert_eq!(talk.sent(), "ABCD1 AUTHENTICATE X\r\n");
    talk.hear("+ \r\n");
    assert_eq!(talk.sent().len(), 7_000usize.div_ceil(3) * 4 + 2);
    talk.hear("ABCD1 NO no\r\n");
    let too_long = talk.client.authenticate_with(mechanism(), Some(Secret::new("x".repeat(60_000))));
    assert_eq!(too_long, Err(NotSent::TooLong.into()));
    talk.client.authenticate_with(mechanism(), None).unwrap();
    talk.hear("+ \r\n");
    assert_eq!(talk.client.answer(Secret::new("x".repeat(60_000))), Err(NotSent::TooLong.into()));
}

#[test]
fn b14_capabilities_are_as_old_as_the_login() {
    // Told with the completion, as data, or not at all.
    for (answer, known) in [
        ("ABCD1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n", true),
        ("* CAPABILITY IMAP4rev1 IDLE\r\nABCD1 OK in\r\n", true),
        ("* OK [CAPABILITY IMAP4rev1 IDLE] here\r\nABCD1 OK in\r\n", true),
        ("ABCD1 OK in\r\n", false),
    ] {
        let mut talk = Talk::greeted(plain(), "IMAP4rev1 LITERAL+");
        let epoch = talk.client.capability_epoch();
        talk.say("LOGIN a b");
        talk.hear(answer);
        assert_eq!(talk.client.capabilities().is_some(), known, "{answer}");
        assert_ne!(talk.client.capability_epoch(), epoch);
    }
    // A refused login changes nothing; SELECT may tell, too.
    let mut talk = Talk::greeted(plain(), "IMAP4rev1");
    let epoch = talk.client.capability_epoch();
    talk.say("LOGIN a b");
    assert_eq!(talk.hear("ABCD1 NO no\r\n"), ["1:NO"]);
    assert_eq!(talk.client.capability_epoch(), epoch);
    let mut talk = Talk::selected("IMAP4rev1");
    talk.say("SELECT a");
    talk.hear("ABCD2 OK [CAPABILITY IMAP4rev1 MOVE] in\r\n");
    assert!(talk.client.capabilities().unwrap().contains(&Capability::Move));
}

#[test]
fn sec_67_no_secret_is_shown_and_none_stays() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=PLAIN SASL-IR AUTH=X");
    talk.client.authenticate(Plain::new("", "user", "hunter2").unwrap().into()).unwrap();
    let shown = format!("{:?}", talk.client);
    assert!(!shown.contains("hunter2") && !shown.contains("AHVzZXIAaHVudGVyMg"), "{shown}");
    talk.hear("ABCD1 NO no\r\n");
    talk.say("LOGIN user hunter2");
    let shown = format!("{:?}", talk.client);
    assert!(!shown.contains("hunter2"), "{shown}");
    talk.hear("ABCD2 NO no\r\n");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    talk.write();
    let Ok(Some(Received { event, .. })) = talk.client.receive(b"+ aHVudGVyMg==\r\n") else { panic!() };
    assert!(!format!("{event:?}").contains("hunter2"));
}

#[test]
fn b23_idle_begins_after_what_comes_before_it() {
    let mut talk = Talk::selected("IMAP4rev1 IDLE");
    talk.say("IDLE");
    assert_eq!(talk.sent(), "ABCD2 IDLE\r\n");
    assert_eq!(
        talk.hear("* 11 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n+ idling\r\n* 12 EXISTS\r\n"),
        ["- * 11 EXISTS", "- * 1 FETCH (FLAGS ())", "2:idling", "- * 12 EXISTS"]
    );
    assert_eq!(talk.client.mode(), Mode::Idling);
    assert_eq!(talk.try_say("NOOP"), Err(NotSent::Order(Refusal::Busy).into()));
    talk.client.done().unwrap();
    assert_eq!(talk.sent(), "DONE\r\n");
    assert!(talk.client.done().is_err());
    assert_eq!(talk.hear("* 10 EXISTS\r\nABCD2 OK done\r\n"), ["- * 10 EXISTS", "2:OK"]);
    talk.say("NOOP");
}

#[test]
fn b25_data_may_come_before_the_server_idles() {
    let mut talk = Talk::selected("IMAP4rev1 IDLE");
    talk.say("IDLE");
    assert_eq!(talk.hear("* 11 EXISTS\r\n+ idling\r\n"), ["- * 11 EXISTS", "2:idling"]);
    // DONE is kept until the server is ready for it.
    let mut talk = Talk::selected("IMAP4rev1 IDLE");
    talk.say("IDLE");
    talk.client.done().unwrap();
    assert_eq!(talk.sent(), "ABCD2 IDLE\r\n");
    assert_eq!(talk.hear("* 11 EXISTS\r\n+ idling\r\n"), ["- * 11 EXISTS", "2:idling"]);
    assert_eq!(talk.sent(), "DONE\r\n");
    // And forgotten when IDLE is refused.
    let mut talk = Talk::selected("IMAP4rev1 IDLE");
    talk.say("IDLE");
    talk.client.done().unwrap();
    assert_eq!(talk.hear("ABCD2 BAD no\r\n"), ["2:BAD"]);
    assert_eq!(talk.sent(), "ABCD2 IDLE\r\n");
}

#[test]
fn b24_the_server_ends_idle_by_itself() {
    for (answer, shown) in [("OK timeout", "2:OK"), ("BAD timeout", "2:BAD")] {
        let mut talk = Talk::selected("IMAP4rev1 IDLE");
        talk.say("IDLE");
        assert_eq!(talk.hear(format!("+ idling\r\nABCD2 {answer}\r\n")), ["2:idling", shown]);
        assert_eq!(talk.client.mode(), Mode::Commands);
        assert!(talk.client.done().is_err());
        // A DONE that met it on the way is taken for a tag, once.
        talk.say("IDLE");
        assert_eq!(talk.hear("+ idling\r\n"), ["3:idling"]);
        talk.client.done().unwrap();
        let events = talk.hear("ABCD3 OK timeout\r\nDONE BAD what\r\nDONE BAD what\r\n");
        assert_eq!(events, ["3:OK", "- DONE BAD what", &text(PeerMisbehaved::UnknownTag)]);
        // One that was not written yet, too.
        let mut talk = Talk::selected("IMAP4rev1 IDLE");
        talk.say("IDLE");
        assert_eq!(talk.hear("+ idling\r\n"), ["2:idling"]);
        talk.client.done().unwrap();
        assert_eq!(talk.hear_unwritten(format!("ABCD2 {answer}\r\n")), [shown]);
        talk.say("NOOP");
        let sent = talk.sent();
        assert!(sent.ends_with("DONE\r\nABCD3 NOOP\r\n"), "{sent}");
        assert_eq!(talk.hear("DONE BAD what\r\nABCD3 OK done\r\n"), ["- DONE BAD what", "3:OK"]);
    }
}

/// RFC 9051 section 5.4: 30 minutes, and less than that in IDLE.
#[test]
fn how_long_to_wait() {
    let minutes = |talk: &Talk| talk.client.suggested_timeout().as_secs() / 60;
    let mut talk = Talk::selected("IMAP4rev1 IDLE");
    assert_eq!(minutes(&talk), 30);
    talk.say("NOOP");
    assert_eq!(minutes(&talk), 5);
    talk.hear("ABCD2 OK done\r\n");
    talk.say("IDLE");
    assert_eq!(minutes(&talk), 29);
    talk.hear("+ idling\r\n");
    assert_eq!(minutes(&talk), 29);
}
