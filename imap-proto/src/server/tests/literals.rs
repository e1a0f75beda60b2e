//! Literals of commands.

use super::*;
use crate::error::Limit;

#[test]
fn those_of_ordinary_commands_are_asked_for() {
    let mut host = Host::fresh();
    assert_eq!(host.say("a LOGIN {4}\r\n"), "+ go on\r\n");
    assert_eq!(host.say("user {4}\r\n"), "+ go on\r\n");
    assert_eq!(host.say("pass\r\nb NOOP\r\n"), "a OK done\r\nb OK done\r\n");
    let mut host = Host::ready();
    assert_eq!(host.say("a CREATE {3+}\r\nbox\r\n"), "a OK done\r\n");
    assert_eq!(
        host.say("a LIST {0}\r\n {1+}\r\n*\r\n"),
        "+ go on\r\na OK done\r\n",
        "{{0}} is legal everywhere"
    );
}

#[test]
fn heads_of_good_commands_are_never_refused() {
    for wire in [
        "LOGIN {4}\r\nuser {4}\r\npass",
        "SELECT {1}\r\na",
        "SELECT {1}\r\na (CONDSTORE)",
        "RENAME {1}\r\na {1}\r\nb",
        "LIST {1}\r\na {1}\r\nb",
        "LIST (SUBSCRIBED) \"\" ({1}\r\na {1}\r\nb) RETURN (CHILDREN)",
        "STATUS {1}\r\na (MESSAGES)",
        "ID ({1}\r\na {1}\r\nb)",
        "SEARCH CHARSET {5}\r\nUTF-8 SUBJECT {1}\r\na OR FROM {1}\r\nb NOT (BODY {1}\r\nc)",
        "SEARCH RETURN (ALL) HEADER {1}\r\na {1}\r\nb",
        "SORT (DATE) {5}\r\nUTF-8 SUBJECT {1}\r\na",
        "THREAD REFERENCES UTF-8 SUBJECT {1}\r\na",
        "FETCH 1 (FLAGS BODY[HEADER.FIELDS ({4}\r\nDate {4}\r\nFrom)])",
        "UID FETCH 1 BODY.PEEK[HEADER.FIELDS ({4}\r\nDate)]<0.5>",
        "COPY 1 {1}\r\na",
        "UID MOVE 1 {1}\r\na",
        "SETACL {1}\r\na {1}\r\nb lr",
        "GETQUOTA {1}\r\na",
        "SETQUOTA {1}\r\na (STORAGE 5)",
        "GETMETADATA (DEPTH 1) {1}\r\na /private/comment",
        "SETMETADATA {1}\r\na (/private/comment {1}\r\nb /shared/comment {1}\r\nc)",
        "ESEARCH IN (mailboxes {1}\r\na) SUBJECT {1}\r\nb",
        "CREATE {1}\r\na (USE (\\Drafts))",
        "GENURLAUTH {67}\r\nimap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=anonymous INTERNAL",
        "LANGUAGE {2}\r\nde",
    ] {
        let mut host = if wire.starts_with("LOGIN") { Host::fresh() } else { Host::selected() };
        let mut out = String::new();
        for part in format!("a {wire}\r\n").split_inclusive("}\r\n") {
            out = host.say(part);
            assert!(!part.ends_with("}\r\n") || out == "+ go on\r\n", "{wire}: {out}");
        }
        assert!(out.starts_with("a OK") || out.starts_with("a NO"), "{wire}: {out}");
    }
}

#[test]
fn sec_08_a_password_that_is_refused_is_not_asked_for() {
    let privacy = "a NO [PRIVACYREQUIRED] not without TLS\r\n";
    let exposed = || {
        let mut host = Host::new(Options { allow_plaintext_secrets: false, ..options() }, CAPABILITIES);
        host.events.clear();
        host
    };
    let disabled = || Host::new(options(), "IMAP4rev1 LITERAL+ LOGINDISABLED");
    for make in [&exposed as &dyn Fn() -> Host, &disabled] {
        for wire in ["a LOGIN joe {6}\r\n", "a login {3}\r\n", "a LOGIN {3+}\r\njoe {6}\r\n"] {
            for piece in [usize::MAX, 1, 7] {
                let mut host = make();
                let said: String =
                    wire.as_bytes().chunks(piece).map(|piece| host.say(piece)).collect::<Vec<_>>().concat();
                assert_eq!((said.as_str(), host.told()), (privacy, alloc::vec!["refused ".into()]), "{wire}");
                assert_eq!(host.say("b NOOP\r\n"), "b OK done\r\n", "no octets of the literal are awaited");
                assert_eq!(host.server.session.arguments, 0);
            }
        }
        // What is on its way is read, and is no command.
        for wire in [
            "a LOGIN joe {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n",
            "a LOGIN {3+}\r\njoe {6+}\r\nsesame\r\nc NOOP\r\n",
        ] {
            let mut host = make();
            assert_eq!(host.say(wire), format!("{privacy}c OK done\r\n"), "{wire}");
            assert_eq!(host.told(), ["refused ", "c NOOP"]);
        }
    }
    // Each counts as a mistake, as one without a literal does.
    let mut host = Host::new(Options::default(), CAPABILITIES);
    let out = host.say("a LOGIN joe {6}\r\n".repeat(9));
    assert_eq!((out.lines().count(), host.server.state()), (5, State::Closed), "{out}");
    // With a command that is not answered: each has its own answer.
    let mut host = exposed();
    let Some(Received { consumed, event: Event::Command { token, .. } }) =
        host.server.receive(b"a NOOP\r\nb LOGIN joe {6}\r\n").unwrap()
    else {
        panic!()
    };
    let Some(Received { event: Event::Refused { token: second, line: b"", status }, .. }) =
        host.server.receive(&b"a NOOP\r\nb LOGIN joe {6}\r\n"[consumed..]).unwrap()
    else {
        panic!()
    };
    host.server.finish(second, &status).unwrap();
    host.finish(token, "OK done");
    assert_eq!(host.say(""), "a OK done\r\nb NO [PRIVACYREQUIRED] not without TLS\r\n");
}

#[test]
fn sec_08_what_may_not_come_now_is_refused_at_its_literal() {
    let login_first = "a BAD log in first\r\n";
    for (make, wire, out) in [
        (Host::fresh as fn() -> Host, "a CREATE {6}\r\n", login_first),
        (Host::fresh, "a create {6}\r\n", login_first),
        (Host::fresh, "a RENAME {3+}\r\nbox {1}\r\n", login_first),
        (Host::fresh, "a APPEND {3}\r\n", login_first),
        (Host::fresh, "a UID SEARCH SUBJECT {3}\r\n", login_first),
        (Host::fresh, "a SEARCH SUBJECT {3}\r\n", login_first),
        (Host::ready, "a SEARCH SUBJECT {3}\r\n", "a BAD no mailbox selected\r\n"),
        (Host::ready, "a REPLACE 1 {3}\r\n", "a BAD no mailbox selected\r\n"),
        (Host::ready, "a LOGIN joe {6}\r\n", "a BAD already authenticated\r\n"),
    ] {
        for piece in [usize::MAX, 1, 5] {
            let mut host = make();
            let said: String =
                wire.as_bytes().chunks(piece).map(|piece| host.say(piece)).collect::<Vec<_>>().concat();
            assert_eq!(said, out, "{wire}");
            assert_eq!(host.told().len(), 1, "{wire}");
            assert_eq!(host.say("b NOOP\r\n"), "b OK done\r\n", "{wire}");
        }
    }
    // What was not offered, with a literal that waits and without one.
    for wire in ["a REPLACE 1 {3}\r\n", "a UID REPLACE 1 box {3}\r\n", "a REPLACE 1 box TEXT\r\n"] {
        let mut host = Host::ready_with(options(), "IMAP4rev1 LITERAL+");
        host.say("s SELECT box\r\n");
        let said = host.say(wire);
        assert!(said.starts_with("a BAD ") && said.ends_with("\r\n"), "{wire} {said}");
        assert_eq!(host.say("b NOOP\r\n"), "b OK done\r\n", "{wire}");
    }
    // A tag may be of 1,024 octets.
    for (len, is_asked) in [(1_024, true), (1_025, false)] {
        let tag = "t".repeat(len);
        let said = Host::fresh().say(format!("{tag} LOGIN {{4}}\r\n"));
        let too_long = "* BAD [TOOBIG] expected fewer octets at offset 1024\r\n";
        assert_eq!(said, if is_asked { "+ go on\r\n" } else { too_long });
    }
    // What does not wait is skipped as before.
    let mut host = Host::fresh();
    assert_eq!(host.say("a CREATE {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n"), format!("{login_first}c OK done\r\n"));
    // Under UIDONLY, too.
    let mut host = Host::selected();
    host.say("e ENABLE UIDONLY\r\n");
    let refusal = "a BAD [UIDREQUIRED] no message numbers under UIDONLY\r\n";
    assert_eq!(host.say("a SEARCH SUBJECT {3}\r\n"), refusal);
    assert_eq!(host.say("a UID SEARCH SUBJECT {3}\r\n"), "+ go on\r\n");
}

#[test]
fn sec_22_the_octets_of_a_bad_command_are_no_commands() {
    for (wire, out) in [
        // Skipped exactly.
        ("a BOGUS ) {6+}\r\nb DEL\n\r\nc NOOP\r\n", "a BAD expected CRLF at offset 7\r\nc OK done\r\n"),
        ("a LOGIN {6+}\r\nb DEL\n\r\nc NOOP\r\n", "a BAD expected a space at offset 20\r\nc OK done\r\n"),
        (
            "a NOOP {6+}\r\nb DEL\n {8+}\r\nd LOGOUT\r\nc NOOP\r\n",
            "a BAD expected CRLF at offset 6\r\nc OK done\r\n",
        ),
        ("a NOOP ~{6+}\r\nb DEL\n\r\nc NOOP\r\n", "a BAD expected CRLF at offset 6\r\nc OK done\r\n"),
        // Not asked for, and not skipped.
        ("a BOGUS {6}\r\nc NOOP\r\n", "a BAD expected a command at offset 2\r\nc OK done\r\n"),
        ("a NOOP {6}\r\nc NOOP\r\n", "a BAD expected CRLF at offset 6\r\nc OK done\r\n"),
        ("a LOGIN  {6}\r\nc NOOP\r\n", "a BAD expected a string at offset 8\r\nc OK done\r\n"),
        ("* LOGIN {6}\r\nc NOOP\r\n", "* BAD expected a tag at offset 0\r\nc OK done\r\n"),
    ] {
        let mut host = Host::fresh();
        let said = host.say(wire);
        let said = said.split_once(" BAD ").map(|(tag, rest)| (tag, rest.split_once("\r\n").unwrap().1));
        let want = out.split_once(" BAD ").map(|(tag, rest)| (tag, rest.split_once("\r\n").unwrap().1));
        assert_eq!((said, host.error), (want, None), "{wire:?}");
    }
    // More than may be skipped.
    for (mut host, most) in [(Host::fresh(), 64u64 << 10), (Host::ready(), 1 << 20)] {
        let refusal = "a BAD [TOOBIG] expected fewer octets at offset 7\r\n";
        let big = host.server.options.limits.literal_authenticated + 1;
        assert_eq!(host.say(format!("a NOOP {{{}+}}\r\n", big.max(most + 1))), refusal);
        assert_eq!(host.error, Some(Limit::Discard.into()));
    }
}

#[test]
fn sec_45_what_is_announced_costs_nothing() {
    for size in ["4294967295", "9223372036854775807", "18446744073709551615", "99999999999999999999"] {
        let mut host = Host::fresh();
        let out = host.say(format!("a LOGIN {{{size}}}\r\nb NOOP\r\n"));
        assert!(out.starts_with("a BAD") && out.ends_with("b OK done\r\n"), "{out}");
        // The limit is looked at before `+`.
        let mut host = Host::ready();
        let out = host.say(format!("a APPEND box {{{size}}}\r\nb NOOP\r\n"));
        assert!(!out.contains('+') && out.ends_with("b OK done\r\n"), "{out}");
    }
    let out = Host::ready().say("a APPEND box {67108865}\r\n");
    assert_eq!(out, "a NO [TOOBIG] message too big\r\n");
    assert_eq!(Host::ready().say("a APPEND box {67108864}\r\n"), "+ go on\r\n");
}

#[test]
fn sec_46_many_literals_count_together() {
    // All of a command before authentication: 8 KiB.
    let mut host = Host::fresh();
    let out = host.say(format!("a ID ({{4000+}}\r\n{} {{4000+}}\r\n", "x".repeat(4000)));
    assert_eq!((out.as_str(), host.error), ("", None));
    let out = host.say(format!("{} {{4000+}}\r\n{} x)\r\nb NOOP\r\n", "x".repeat(4000), "x".repeat(4000)));
    assert_eq!(
        (out.as_str(), host.error),
        ("a BAD [TOOBIG] expected fewer octets at offset 8026\r\nb OK done\r\n", None)
    );
    // Not more than 1,000.
    let mut host = Host::ready();
    let out = host.say(format!("a SEARCH {}ALL\r\nb NOOP\r\n", "TO {1+}\r\nx ".repeat(1_001)));
    assert!(out.starts_with("a BAD [TOOBIG]") && out.ends_with("b OK done\r\n"), "{out}");
}

#[test]
fn sec_47_large_literals_have_to_wait() {
    let wire = format!("a CREATE {{5000+}}\r\n{}\r\nb NOOP\r\n", "x".repeat(5000));
    let refusal = "a BAD [TOOBIG] expected fewer octets at offset 0\r\nb OK done\r\n";
    for (capabilities, out) in [
        ("IMAP4rev1 LITERAL+", "a OK done\r\nb OK done\r\n"),
        ("IMAP4rev1 LITERAL-", refusal),
        ("IMAP4rev1", refusal),
        ("IMAP4rev2", refusal),
    ] {
        let mut host = Host::ready_with(options(), capabilities);
        assert_eq!(host.say(&wire), out, "{capabilities}");
        let wire = format!("a CREATE {{5000}}\r\n{}\r\n", "x".repeat(5000));
        assert_eq!(host.say(wire), "+ go on\r\na OK done\r\n");
        // Of a message it is for the user to say.
        assert_eq!(host.say("a APPEND box {3+}\r\nabc\r\n"), "a OK appended\r\n");
    }
    // Before authentication 4 KiB, whatever was advertised.
    let mut host = Host::fresh();
    let out = host.say(format!("a LOGIN {{4097+}}\r\n{} x\r\nb NOOP\r\n", "x".repeat(4097)));
    assert_eq!(out, "a BAD [TOOBIG] expected fewer octets at offset 8\r\nb OK done\r\n");
    // literal8 where there is none.
    for wire in ["a LOGIN ~{5}\r\nb NOOP\r\n", "a LOGIN ~{1+}\r\nx y\r\nb NOOP\r\n"] {
        assert_eq!(
            Host::fresh().say(wire),
            "a BAD expected a space at offset 9\r\nb OK done\r\n",
            "{wire:?}"
        );
    }
}

#[test]
fn sec_48_odd_counts() {
    for count in ["-100", "+5", " 5", "5++", "", "5-", "5 ", "0x5", "5+ "] {
        let mut host = Host::fresh();
        let out = host.say(format!("a LOGIN {{{count}}}\r\nb NOOP\r\n"));
        assert!(out.starts_with("a BAD expected") && out.ends_with("\r\nb OK done\r\n"), "{count}: {out}");
        let mut host = Host::ready();
        let out = host.say(format!("a APPEND box {{{count}}}\r\nb NOOP\r\n"));
        assert!(out.starts_with("a BAD expected") && out.ends_with("\r\nb OK done\r\n"), "{count}: {out}");
    }
    assert_eq!(Host::fresh().say("a LOGIN {04}\r\nuser {0004+}\r\npass\r\n"), "+ go on\r\na OK done\r\n");
    // LF alone announces nothing.
    let mut host = Host::fresh();
    assert_eq!(host.say("a LOGIN {5+}\nb NOOP\r\n"), "a BAD expected CRLF at offset 12\r\n");
}
