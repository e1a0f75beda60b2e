//! Which command may come when, and how it is answered.

use super::*;
use crate::error::ApiMisuse;

#[test]
fn a_session() {
    let mut host = Host::fresh();
    assert_eq!(host.say("a NOOP\r\nb login user pass\r\n"), "a OK done\r\nb OK done\r\n");
    assert_eq!(host.server.state(), State::Authenticated);
    assert_eq!(host.say("c SELECT box\r\nd FETCH 1 FLAGS\r\n"), "c OK done\r\nd OK done\r\n");
    assert_eq!(host.server.state(), State::Selected);
    assert_eq!(
        host.say("e CLOSE\r\nf LOGOUT\r\ng NOOP\r\n"),
        "e OK done\r\n* BYE logging out\r\nf OK done\r\n"
    );
    assert_eq!(host.server.state(), State::Closed);
    let told =
        ["a NOOP", "b LOGIN user pass", "c SELECT box", "d FETCH 1 (FLAGS)", "e CLOSE", "f LOGOUT", "close"];
    assert_eq!(host.told(), told);
    assert_eq!(host.server.receive(b"x"), Ok(Some(Received { consumed: 1, event: Event::Close })));
    assert_eq!(host.server.close(&text("bye")), Err(ApiMisuse::Closed.into()));
}

#[test]
fn what_may_not_come_is_refused_with_its_tag() {
    for (wire, answer) in [
        ("a SELECT box\r\n", "a BAD log in first\r\n"),
        ("a FETCH 1 FLAGS\r\n", "a BAD log in first\r\n"),
        ("a APPEND box {3+}\r\nabc\r\n", "a BAD log in first\r\n"),
        ("a IDLE\r\n", "a BAD log in first\r\n"),
        ("a REPLACE 1 box {3}\r\n", "a BAD log in first\r\n"),
        ("a FROB\r\n", "a BAD what\r\n"),
        ("a SELECT\r\n", "a BAD expected a space at offset 8\r\n"),
        ("a\r\n", "a BAD expected a space at offset 1\r\n"),
        ("+ NOOP\r\n", "* BAD expected a tag at offset 0\r\n"),
        ("\r\n", "* BAD expected a tag at offset 0\r\n"),
        ("a NOOP \r\n", "a BAD expected CRLF at offset 6\r\n"),
    ] {
        assert_eq!(Host::fresh().say(wire), answer, "{wire}");
    }
    for (wire, answer) in [
        ("a LOGIN user pass\r\n", "a BAD already authenticated\r\n"),
        ("a AUTHENTICATE PLAIN\r\n", "a BAD already authenticated\r\n"),
        ("a FETCH 1 FLAGS\r\n", "a BAD no mailbox selected\r\n"),
        ("a CLOSE\r\n", "a BAD no mailbox selected\r\n"),
        ("a UID REPLACE 1 box {3}\r\n", "a BAD no mailbox selected\r\n"),
    ] {
        assert_eq!(Host::ready().say(wire), answer, "{wire}");
    }
}

#[test]
fn a_failed_select_deselects() {
    let mut host = Host::selected();
    assert_eq!(host.say("a SELECT missing\r\n"), "a NO [NONEXISTENT] no\r\n");
    assert_eq!(host.server.state(), State::Authenticated);
    // What is malformed does nothing.
    let mut host = Host::selected();
    host.say("a SELECT\r\n");
    assert_eq!(host.server.state(), State::Selected);
}

#[test]
fn unauthenticate_forgets() {
    let mut host = Host::selected();
    host.say("a ENABLE QRESYNC\r\n");
    assert!(host.server.enabled().qresync && host.server.enabled().condstore);
    assert_eq!(host.say("b UNAUTHENTICATE\r\n"), "b OK done\r\n");
    assert_eq!((host.server.state(), host.server.enabled()), (State::NotAuthenticated, Enabled::default()));
    assert!(host.server.capabilities().is_empty());
}

#[test]
fn the_greeting() {
    for (text, state) in [
        ("OK ready", State::NotAuthenticated),
        ("PREAUTH ready", State::Authenticated),
        ("BYE full", State::Closed),
    ] {
        let mut server = Server::new(options());
        assert_eq!(server.receive(b"a NOOP\r\n"), Ok(None));
        assert!(server.is_blocked());
        assert!(server.send(&response("* OK hi")).is_err());
        server.greet(&greeting(text)).unwrap();
        assert_eq!(server.state(), state);
        assert!(server.greet(&greeting(text)).is_err());
        let out = server.transmit();
        assert_eq!(out.copy_to_bytes(out.remaining()), format!("* {text}\r\n"));
    }
}

#[test]
fn sec_05_preauth_leaves_no_place_for_tls() {
    let mut host = Host::new(options(), CAPABILITIES);
    host.server = Server::new(options());
    host.server.greet(&greeting("PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] ready")).unwrap();
    host.flush();
    host.output.clear();
    assert_eq!(host.say("a STARTTLS\r\n"), "a BAD already authenticated\r\n");
    assert!(host.server.tls_established().is_err());
}

#[test]
fn sec_08_no_password_in_clear() {
    let mut host = Host::new(Options::default(), CAPABILITIES);
    let refusal = "a NO [PRIVACYREQUIRED] not without TLS\r\n";
    for wire in ["a LOGIN user pass\r\n", "a AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n"] {
        assert_eq!(host.say(wire), refusal);
        assert_eq!(host.told(), ["refused "], "and no password is shown");
    }
    assert_eq!(host.say("a AUTHENTICATE SCRAM-SHA-256\r\n"), "+ \r\n");
    // LOGINDISABLED counts whatever the options say.
    let mut host = Host::new(options(), "IMAP4rev1 LOGINDISABLED AUTH=PLAIN");
    assert_eq!(host.say("a LOGIN user pass\r\n"), refusal);
    // Under TLS there is no such thing as in clear.
    let mut server = Server::new(Options::default());
    server.tls_established().unwrap();
    server.greet(&greeting("OK [CAPABILITY IMAP4rev1] ready")).unwrap();
    let received = server.receive(b"a LOGIN user pass\r\n").unwrap().unwrap();
    assert!(matches!(received.event, Event::Command { .. }));
}

/// What is told of `wire`, with nothing answered.
fn tokens(server: &mut Server, wire: &str) -> (Vec<Token>, usize) {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(Received { consumed, event }) = server.receive(&wire.as_bytes()[at..]).unwrap() {
        let (Event::Command { token, .. } | Event::Refused { token, .. } | Event::Malformed { token, .. }) =
            event
        else {
            panic!("{event:?}")
        };
        tokens.push(token);
        at += consumed;
    }
    (tokens, at)
}

fn output(server: &mut Server) -> String {
    let out = server.transmit();
    String::from_utf8(out.copy_to_bytes(out.remaining()).to_vec()).unwrap()
}

#[test]
fn answers_go_out_in_order_whenever_they_are_given() {
    let mut server = Host::ready().server;
    let (tokens, _) = tokens(&mut server, "a NOOP\r\nb LIST \"\" *\r\nc FROB {\r\n");
    let [a, b, c] = tokens[..] else { panic!() };
    assert_eq!(server.finish(c, &status("OK no")), Err(ApiMisuse::Response.into()), "malformed");
    server.finish(c, &status("BAD third")).unwrap();
    server.finish(b, &status("OK second")).unwrap();
    assert_eq!(server.finish(b, &status("OK again")), Err(ApiMisuse::Token.into()));
    server.send(&response("* OK data")).unwrap();
    assert_eq!(output(&mut server), "* OK data\r\n");
    server.finish(a, &status("OK first")).unwrap();
    assert_eq!(output(&mut server), "a OK first\r\nb OK second\r\nc BAD third\r\n");
    assert_eq!(server.finish(a, &status("OK again")), Err(ApiMisuse::Token.into()));
}

#[test]
fn sec_20_few_are_handed_out_before_they_are_answered() {
    let mut server = Host::ready().server;
    let (list, at) = tokens(&mut server, &"a NOOP\r\n".repeat(10));
    assert_eq!((list.len(), at, server.is_blocked()), (4, 32, true));
    server.finish(list[1], &status("OK x")).unwrap();
    assert_eq!(server.receive(b"a NOOP\r\n"), Ok(None), "the first still waits, so four are kept");
    server.finish(list[0], &status("OK x")).unwrap();
    assert!(server.receive(b"a NOOP\r\n").unwrap().is_some());
}

#[test]
fn sec_20_nothing_is_read_behind_what_the_rest_depends_on() {
    for (command, mut host) in [
        ("LOGIN user pass", Host::fresh()),
        ("AUTHENTICATE PLAIN", Host::fresh()),
        ("SELECT box", Host::ready()),
        ("UNSELECT", Host::selected()),
        ("ENABLE UTF8=ACCEPT", Host::ready()),
        ("IDLE", Host::ready()),
        ("UNAUTHENTICATE", Host::ready()),
        ("LOGOUT", Host::ready()),
    ] {
        let wire = format!("a NOOP\r\nb {command}\r\nc GARBAGE (((\r\n");
        let server = &mut host.server;
        let Received { consumed, event } = server.receive(wire.as_bytes()).unwrap().unwrap();
        let Event::Command { token, .. } = event else { panic!() };
        let rest = &wire.as_bytes()[consumed..];
        // It waits for what came before it, and what comes behind it waits for it.
        assert_eq!((server.receive(rest), server.is_blocked()), (Ok(None), true), "{command}");
        assert_eq!((server.receive(rest), server.is_blocked()), (Ok(None), true), "{command}");
        server.finish(token, &status("OK done")).unwrap();
        let Received { consumed, .. } = server.receive(rest).unwrap().unwrap();
        assert_eq!(consumed, command.len() + 4);
        assert_eq!((server.receive(&rest[consumed..]), server.is_blocked()), (Ok(None), true), "{command}");
    }
}

#[test]
fn logout_and_bye() {
    let mut server = Host::ready().server;
    let (tokens, _) = tokens(&mut server, "a LOGOUT\r\n");
    assert_eq!(server.send(&response("* BYE see you")), Ok(()));
    assert_eq!(server.send(&response("* BYE see you")), Err(ApiMisuse::Response.into()));
    server.finish(tokens[0], &status("OK done")).unwrap();
    assert_eq!(output(&mut server), "* BYE see you\r\na OK done\r\n");
    let mut server = Host::ready().server;
    assert_eq!(server.send(&response("* BYE no")), Err(ApiMisuse::Response.into()), "that is close's");
    server.close(&text("autologout")).unwrap();
    assert_eq!((output(&mut server).as_str(), server.state()), ("* BYE autologout\r\n", State::Closed));
    assert_eq!(server.suggested_timeout(), Duration::from_secs(60));
    assert_eq!(Host::ready().server.suggested_timeout(), Duration::from_secs(30 * 60));
}

#[test]
fn b30_the_same_tag_again() {
    let mut host = Host::ready();
    assert_eq!(
        host.say("a NOOP\r\na CHECK\r\na NOOP\r\n"),
        "a OK done\r\na BAD no mailbox selected\r\na OK done\r\n"
    );
}

#[test]
fn what_was_told_is_in_force() {
    // By a code, by data, by the call; and the last word counts.
    let mut host = Host::new(options(), "");
    assert_eq!(host.say("a STARTTLS\r\n"), "a BAD not supported here\r\n");
    host.server.send(&response("* CAPABILITY IMAP4rev1 STARTTLSX")).unwrap();
    host.say("");
    assert_eq!(host.say("a STARTTLS\r\n"), "a BAD not supported here\r\n", "names are compared as a whole");
    host.server.send(&response("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi")).unwrap();
    host.say("");
    assert_eq!(host.say("a AUTHENTICATE LOGIN\r\n"), "a NO mechanism not supported here\r\n");
    let refusal = "a BAD no initial response without SASL-IR\r\n";
    assert_eq!(host.say("a AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n"), refusal);
    assert_eq!(host.say("a AUTHENTICATE PLAIN\r\nAHVzZXIAcGFzcw==\r\n"), "+ \r\na OK done\r\n");
    for command in ["IDLE", "UNAUTHENTICATE", "COMPRESS DEFLATE"] {
        assert_eq!(host.say(format!("a {command}\r\n")), "a BAD not supported here\r\n");
    }
    host.server.advertise(&[Capability::Imap4Rev2].into()).unwrap();
    assert_eq!(host.say("a IDLE\r\n"), "+ idling\r\n", "IMAP4rev2 has it");
}
