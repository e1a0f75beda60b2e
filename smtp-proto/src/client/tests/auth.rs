use super::*;
use crate::auth::{Credentials, External, Login, Mechanism, OauthBearer, Plain, Secret, XOauth2};

/// Greeted under TLS, with mechanisms.
fn secure(mechanisms: &str) -> Talk {
    let options = Options { tls: TlsPolicy::Implicit, ..Options::new(Protocol::Submission) };
    Talk::with(options, &format!("AUTH {mechanisms}|PIPELINING"))
}

fn by(talk: &mut Talk, credentials: impl Into<Credentials>) {
    talk.client.authenticate(credentials.into()).unwrap();
}

#[test]
fn plain_in_one_step() {
    let mut talk = secure("PLAIN");
    by(&mut talk, Plain::new("", "user", "pass").unwrap());
    assert_eq!(talk.sent(), "AUTH PLAIN AHVzZXIAcGFzcw==\r\n");
    assert_eq!(talk.hear("235 2.7.0 welcome\r\n"), ["2:235"]);
    assert!(talk.client.is_authenticated());
    // No EHLO is needed, and what was offered is in force.
    assert!(talk.client.capabilities().has(Extension::Pipelining));
    assert_eq!(talk.client.authenticate(External::default().into()), Err(ApiMisuse::State.into()));
    assert!(talk.client.send(&mail("<>")).is_ok());
}

#[test]
fn row_90_login_goes_by_the_number_of_the_step() {
    for (user, password) in [
        ("334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"),
        ("334 dXNlcm5hbWU6\r\n", "334 cGFzc3dvcmQ6\r\n"),
        ("334 VXNlciBOYW1lAA==\r\n", "334 UGFzc3dvcmQA\r\n"),
        ("334\r\n", "334 \r\n"), // row 64
        ("334 Username:\r\n", "334 Password:\r\n"),
        ("334 UGFzc3dvcmQ6\r\n", "334 VXNlcm5hbWU6\r\n"),
    ] {
        let mut talk = secure("LOGIN");
        by(&mut talk, Login::new("user", "pass").unwrap());
        assert_eq!(talk.sent(), "AUTH LOGIN\r\n");
        assert_eq!(talk.hear(user), ["(2:334)"]);
        assert_eq!(talk.sent(), "dXNlcg==\r\n");
        assert_eq!(talk.hear(password), ["(2:334)"]);
        assert_eq!(talk.sent(), "cGFzcw==\r\n");
        // Row 88: the code, never the text.
        assert_eq!(talk.hear("535 success\r\n"), ["2:535"]);
        assert!(!talk.client.is_authenticated());
        assert_eq!(talk.client.state(), State::Ready);
    }
}

#[test]
fn a_third_question_of_login_is_cancelled() {
    let mut talk = secure("LOGIN");
    by(&mut talk, Login::new("user", "pass").unwrap());
    talk.hear("334 VXNlcm5hbWU6\r\n");
    talk.hear("334 UGFzc3dvcmQ6\r\n");
    talk.sent();
    assert_eq!(talk.hear("334 VG9rZW46\r\n"), ["(2:334)"]);
    assert_eq!(talk.sent(), "*\r\n");
    assert_eq!(talk.hear("501 5.7.0 cancelled\r\n"), ["2:501"]);
    // After that there is nothing to ask.
    let mut talk = secure("LOGIN");
    by(&mut talk, Login::new("user", "pass").unwrap());
    let events: Vec<String> = (0..4).flat_map(|_| talk.hear("334 \r\n")).collect();
    assert_eq!(events, ["(2:334)", "(2:334)", "(2:334)", "peer misbehaved: unexpected challenge"]);
}

#[test]
fn external_says_nothing_with_an_equals_sign() {
    let mut talk = secure("EXTERNAL");
    by(&mut talk, External::default());
    assert_eq!(talk.sent(), "AUTH EXTERNAL =\r\n");
}

#[test]
fn failures_of_oauth_are_acknowledged() {
    let failure = "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n";
    for (credentials, acknowledgement) in [
        (Credentials::from(XOauth2::new("u", "t").unwrap()), "\r\n"),
        (OauthBearer::new("u", "t").unwrap().into(), "AQ==\r\n"),
    ] {
        let mut talk = secure("XOAUTH2 OAUTHBEARER");
        by(&mut talk, credentials);
        assert!(talk.sent().len() > 30);
        assert_eq!(talk.hear(failure), ["(2:334)"]);
        assert_eq!(talk.sent(), acknowledgement);
        assert_eq!(talk.hear("535 5.7.8 no\r\n"), ["2:535"]);
    }
}

#[test]
fn a_long_initial_response_answers_the_first_challenge() {
    let token = "t".repeat(1_000);
    let mut talk = secure("OAUTHBEARER");
    by(&mut talk, OauthBearer::new("u", token.as_str()).unwrap());
    assert_eq!(talk.sent(), "AUTH OAUTHBEARER\r\n");
    assert_eq!(talk.hear("334 \r\n"), ["(2:334)"]);
    assert!(talk.sent().len() > 1_300);
    assert_eq!(talk.hear("334 e30=\r\n"), ["(2:334)"]);
    assert_eq!(talk.sent(), "AQ==\r\n");
    // Whoever knows the messages.
    let mut talk = secure("X");
    let mechanism = Mechanism::try_from("X").unwrap();
    talk.client.authenticate_with(mechanism, Some(Secret::new(token.as_str()))).unwrap();
    assert_eq!(talk.sent(), "AUTH X\r\n");
    assert_eq!(talk.hear("334 \r\n"), ["(2:334)"]);
    assert_eq!(talk.sent().len(), 1_336 + 2);
    // But there is an end to it.
    let too_long = Err(NotSent::TooLong.into());
    let huge = "t".repeat(9_300);
    let mut talk = secure("X OAUTHBEARER");
    let credentials = OauthBearer::new("u", huge.as_str()).unwrap();
    assert_eq!(talk.client.authenticate(credentials.into()), too_long);
    let mechanism = Mechanism::try_from("X").unwrap();
    assert_eq!(talk.client.authenticate_with(mechanism, Some(Secret::new(huge.as_str()))), too_long);
    assert_eq!(talk.sent(), "");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    assert_eq!(talk.hear("334 \r\n"), ["2:challenge "]);
    assert_eq!(talk.client.answer(Secret::new(huge)), Err(NotSent::TooLong.into()));
    assert_eq!(talk.sent(), "AUTH X\r\n");
    // It is still the caller's turn.
    assert_eq!(talk.client.answer(Secret::new("a")).map(|_| ()), Ok(()));
    assert_eq!(talk.sent(), "YQ==\r\n");
}

#[test]
fn any_mechanism_by_bytes() {
    let mut talk = secure("CRAM-MD5");
    talk.client.authenticate_with(Mechanism::CRAM_MD5, None).unwrap();
    assert_eq!(talk.client.answer(Secret::new("early")), Err(ApiMisuse::State.into()));
    assert_eq!(talk.client.cancel(), Err(ApiMisuse::State.into()));
    assert_eq!(talk.sent(), "AUTH CRAM-MD5\r\n");
    assert_eq!(talk.hear("334 PDE+\r\n"), ["2:challenge <1>"]);
    assert_eq!(talk.client.state(), State::Auth);
    talk.client.answer(Secret::new("user 0123")).unwrap();
    assert_eq!(talk.client.answer(Secret::new("twice")), Err(ApiMisuse::State.into()));
    assert_eq!(talk.sent(), "dXNlciAwMTIz\r\n");
    assert_eq!(talk.hear("235 ok\r\n"), ["2:235"]);
    // And given up.
    let mut talk = secure("CRAM-MD5");
    talk.client.authenticate_with(Mechanism::CRAM_MD5, None).unwrap();
    talk.hear("334 PDE+\r\n");
    talk.client.cancel().unwrap();
    assert_eq!(talk.sent(), "AUTH CRAM-MD5\r\n*\r\n");
    assert_eq!(talk.hear("501 cancelled\r\n"), ["2:501"]);
}

#[test]
fn a_long_challenge_is_one() {
    let mut talk = secure("GSSAPI");
    talk.client.authenticate_with(Mechanism::GSSAPI, None).unwrap();
    let challenge = "QUFB".repeat(2_500);
    let events = talk.hear(format!("334 {challenge}\r\n"));
    assert_eq!(events, [format!("2:challenge {}", "A".repeat(7_500))]);
}

#[test]
fn a_challenge_that_cannot_be_read_is_cancelled() {
    let mut talk = secure("CRAM-MD5");
    talk.client.authenticate_with(Mechanism::CRAM_MD5, None).unwrap();
    let events = talk.hear("334 Username:\r\n");
    assert_eq!(events, ["malformed expected base64 at offset 4: 334 Username:\\r\\n"]);
    assert_eq!(talk.sent(), "AUTH CRAM-MD5\r\n*\r\n");
    assert_eq!(talk.hear("501 5.5.2 cancelled\r\n"), ["2:501"]);
}

#[test]
fn sec_13_challenges_have_their_place_and_their_end() {
    // One slot.
    let mut talk = secure("CRAM-MD5");
    talk.client.authenticate_with(Mechanism::CRAM_MD5, None).unwrap();
    let events = talk.hear("334 PDE+\r\n334 PDE+\r\n");
    assert_eq!(events, ["2:challenge <1>", "peer misbehaved: unexpected challenge"]);
    // Rounds.
    let mut talk = secure("X");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    for _ in 0..32 {
        assert_eq!(talk.hear("334 \r\n"), ["2:challenge "]);
        talk.client.answer(Secret::default()).unwrap();
    }
    assert_eq!(talk.hear("334 \r\n"), ["limit exceeded: authentication exchange too long"]);
    // Octets.
    let mut talk = secure("X");
    talk.client.authenticate_with(Mechanism::try_from("X").unwrap(), None).unwrap();
    let long = format!("334 {}\r\n", "QUFB".repeat(3_000));
    for _ in 0..5 {
        assert_eq!(talk.hear(&long).len(), 1);
        talk.client.answer(Secret::default()).unwrap();
    }
    assert_eq!(talk.hear(&long), ["limit exceeded: authentication exchange too long"]);
    // Early.
    let mut talk = secure("PLAIN");
    by(&mut talk, Plain::new("", "u", "p").unwrap());
    assert_eq!(talk.client.receive(b"334 \r\n"), Err(PeerMisbehaved::PrematureReply.into()));
}

#[test]
fn sec_13_each_bound_is_exact() {
    let limited = |limits: Limits| {
        let options = Options { tls: TlsPolicy::Implicit, limits, ..Options::new(Protocol::Submission) };
        Talk::with(options, "AUTH X-AB LOGIN")
    };
    let x = || Mechanism::try_from("X-AB").unwrap();
    let too_long = NotSent::TooLong.into();
    // A command of 512 octets, and one of 516.
    for (secret, sent) in [(375, 512), (376, "AUTH X-AB\r\n".len())] {
        let mut talk = limited(Limits::default());
        talk.client.authenticate_with(x(), Some(Secret::new("t".repeat(secret)))).unwrap();
        assert_eq!(talk.sent().len(), sent);
    }
    // A line of 42 octets: of those known before, and of the caller's.
    for (auth_line, login) in [(42, Ok(())), (41, Err(too_long))] {
        let mut talk = limited(Limits { auth_line, ..Limits::default() });
        let credentials = Login::new("u".repeat(30), "p").unwrap();
        assert_eq!(talk.client.authenticate(credentials.into()).map(|_| ()), login);
    }
    for (auth_line, answered) in [(42, Ok(())), (41, Err(too_long)), (8, Err(too_long))] {
        let mut talk = limited(Limits { auth_line, ..Limits::default() });
        talk.client.authenticate_with(x(), None).unwrap();
        assert_eq!(talk.hear("334 \r\n"), ["2:challenge "]);
        assert_eq!(talk.client.answer(Secret::new("a".repeat(30))), answered);
        if answered.is_err() {
            // It is still to be answered.
            talk.client.cancel().unwrap();
        }
    }
    // All challenges together, as they are on the wire.
    let mut talk = limited(Limits { sasl: 20, ..Limits::default() });
    talk.client.authenticate_with(x(), None).unwrap();
    for _ in 0..2 {
        assert_eq!(talk.hear("334 PDE+\r\n"), ["2:challenge <1>"]);
        talk.client.answer(Secret::default()).unwrap();
    }
    assert_eq!(talk.hear("334 \r\n"), ["limit exceeded: authentication exchange too long"]);
}

#[test]
fn the_server_may_give_up_first() {
    let mut talk = secure("CRAM-MD5");
    talk.client.authenticate_with(Mechanism::CRAM_MD5, None).unwrap();
    talk.hear("334 PDE+\r\n");
    assert_eq!(talk.hear("454 4.7.0 later\r\n"), ["2:454"]);
    assert_eq!(talk.client.answer(Secret::new("x")), Err(ApiMisuse::State.into()));
    assert!(talk.client.send(&mail("<>")).is_ok());
    // But it cannot be content before it has heard the answer.
    let mut talk = secure("CRAM-MD5");
    talk.client.authenticate_with(Mechanism::CRAM_MD5, None).unwrap();
    talk.hear("334 PDE+\r\n");
    assert_eq!(talk.hear("235 ok\r\n"), ["peer misbehaved: reply before the command"]);
}

#[test]
fn what_is_not_offered_is_not_tried() {
    let mut talk = secure("PLAIN-CLIENTTOKEN LOGIN");
    let credentials = Plain::new("", "u", "p").unwrap();
    assert_eq!(talk.client.authenticate(credentials.into()), Err(NotSent::MechanismNotOffered.into()));
    let mut talk = Talk::with(Options { tls: TlsPolicy::Implicit, ..plain() }, "");
    let not_offered = Err(NotSent::NotOffered(Extension::Auth).into());
    assert_eq!(talk.client.authenticate(External::default().into()), not_offered);
    let mut talk = secure("PLAIN");
    talk.client.send(&mail("<>")).unwrap();
    let in_transaction = Err(NotSent::Order(Refusal::InTransaction).into());
    assert_eq!(talk.client.authenticate(Plain::new("", "u", "p").unwrap().into()), in_transaction);
}
