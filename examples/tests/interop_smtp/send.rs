//! `smtp_send` delivers to Postfix and to Dovecot.

use crate::interop::dovecot::Dovecot;
use crate::interop::maildir::{files, take_message};
use crate::interop::message::{self, assert_same_after_trace};
use crate::interop::postfix::Postfix;
use crate::interop::programs::{in_time, run};
use crate::interop::smtp_send::smtp_send;
use crate::interop::{PASSWORD, TempDir, USER, alone, wait_for};

const ENVELOPE: [&str; 4] = ["--from", "sender@example.com", "--to", "alice@example.org"];

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn postfix_takes_messages_in_every_way() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let starttls: &[&str] = &["--tls", "starttls", "--insecure"];
    let plain = &[starttls, &["--user", USER, "--password", PASSWORD, "--mechanism", "PLAIN"]].concat();
    let login = &[starttls, &["--user", USER, "--password", PASSWORD, "--mechanism", "LOGIN"]].concat();
    let implicit = &["--tls", "implicit", "--insecure", "--user", USER, "--password", PASSWORD];

    let ways: [(&str, u16, &[&str]); _] = [
        ("pipelined, by BDAT", postfix.smtp, &["--tls", "none"]),
        ("in TLS", postfix.smtp, starttls),
        ("pipelined, by DATA", postfix.unchunked, &["--tls", "none"]),
        ("one by one, by DATA", postfix.plain, &["--tls", "none"]),
        ("with AUTH PLAIN", postfix.submission, plain),
        ("with AUTH LOGIN", postfix.submission, login),
        ("in TLS from the start, with AUTH", postfix.smtps, implicit),
    ];
    for (way, port, options) in ways {
        for sent in [message::plain(), message::dots()] {
            let ended = smtp_send(port, &[options, &ENVELOPE].concat(), &sent).expect_code(0);
            assert!(ended.stdout.contains("alice@example.org"), "{way}: {}", ended.stdout);
            let trace = assert_same_after_trace(&sent, &take_message(&postfix.maildir("alice")));
            assert!(trace.contains("Return-Path: <sender@example.com>"), "{way}: {trace}");
        }
    }
    // Postfix sums up each connection in its log: they went the way they were meant to.
    for (command, connections) in [(" bdat=1 ", 10), (" data=1 ", 4), (" auth=1 ", 6), (" starttls=1 ", 6)] {
        wait_for(&format!("{connections} connections with{command}"), || {
            let log = postfix.log();
            let sums =
                log.lines().filter(|line| line.contains(": disconnect from") && line.contains(command));
            (sums.count() == connections).then_some(())
        });
    }
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn postfix_takes_25_megabytes() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let sent = message::big();
    let starttls: &[&str] = &["--tls", "starttls", "--insecure"];
    for (port, options) in [(postfix.smtp, starttls), (postfix.unchunked, &["--tls", "none"])] {
        smtp_send(port, &[options, &ENVELOPE].concat(), &sent).expect_code(0);
        assert_same_after_trace(&sent, &take_message(&postfix.maildir("alice")));
    }
    // One octet more than Postfix takes, which it says in its EHLO reply: nothing is sent.
    let sent = [message::big(), vec![b'x'; 30_000_001 - message::big().len()]].concat();
    let ended = smtp_send(postfix.smtp, &[starttls, &ENVELOPE].concat(), &sent).expect_code(1);
    assert!(ended.stderr.contains("30000000"), "{ended:?}");
    assert!(!postfix.log().contains("Message size exceeds"), "{}", postfix.log());
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn postfix_takes_utf8_addresses() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let sent = message::utf8();
    let options = ["--tls", "none", "--from", "jürgen@example.com", "--to", "δοκιμή@example.org"];
    smtp_send(postfix.smtp, &options, &sent).expect_code(0);
    let trace = assert_same_after_trace(&sent, &take_message(&postfix.maildir("utf8")));
    assert!(trace.contains("Return-Path: <jürgen@example.com>"), "{trace}");
    assert!(trace.contains("with UTF8SMTP"), "{trace}");

    // A server without SMTPUTF8 is not given what it cannot carry.
    let ended = smtp_send(postfix.plain, &options, &sent).expect_code(1);
    assert!(ended.stderr.contains("SMTPUTF8"), "{ended:?}");
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn postfix_reports_what_dsn_asks_for() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let sent = message::plain();
    let options = ["--tls", "none", "--from", "sender@example.org", "--to", "alice@example.org"];
    let dsn = ["--dsn", "success,failure", "--dsn-ret", "hdrs", "--dsn-envid", "id+1 =x"];
    smtp_send(postfix.smtp, &[&options[..], &dsn].concat(), &sent).expect_code(0);
    assert_same_after_trace(&sent, &take_message(&postfix.maildir("alice")));
    let report = report(&take_message(&postfix.maildir("sender")));
    assert!(report.contains("Original-Envelope-Id: id+1 =x\n"), "{report}");
    assert!(report.contains("Final-Recipient: rfc822; alice@example.org\n"), "{report}");
    assert!(report.contains("Action: delivered\n"), "{report}");
    assert!(report.contains("part: text/rfc822-headers\n"), "{report}");
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn postfix_refuses_some_recipients() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let folder = TempDir::new("bounce");
    let bounce = folder.path().join("bounce.eml");
    let sent = message::dots();
    let to = ["alice", "nobody", "bob", "policy"].map(|name| format!("{name}@example.org"));
    let options = ["--tls", "none", "--from", "sender@example.com", "--bounce", bounce.to_str().unwrap()];
    let to: Vec<&str> = to.iter().flat_map(|to| ["--to", to]).collect();
    let ended = smtp_send(postfix.smtp, &[&options[..], &to].concat(), &sent).expect_code(1);
    for (recipient, outcome) in [("alice", "250"), ("nobody", "550"), ("bob", "250"), ("policy", "554")] {
        let lines = ended.stdout.lines().filter(|line| line.contains(&format!("{recipient}@example.org")));
        let lines: Vec<_> = lines.collect();
        assert!(matches!(lines[..], [line] if line.contains(outcome)), "{recipient}: {}", ended.stdout);
    }
    for mailbox in ["alice", "bob"] {
        assert_same_after_trace(&sent, &take_message(&postfix.maildir(mailbox)));
    }

    let report = report(&std::fs::read(bounce).unwrap());
    assert!(report.starts_with("part: multipart/report\n"), "{report}");
    for (recipient, status) in [("nobody", "5.1.1"), ("policy", "5.7.1")] {
        let group = format!("Final-Recipient: rfc822; {recipient}@example.org\n");
        let (_, group) = report.split_once(&group).unwrap_or_else(|| panic!("no {recipient} in {report}"));
        let (group, _) = group.split_once("\n\n").unwrap();
        for field in ["Action: failed".to_owned(), format!("Status: {status}")] {
            assert!(group.lines().any(|line| line == field), "{field}: {report}");
        }
        assert!(group.contains("Diagnostic-Code: smtp; 55"), "{report}");
    }
    assert!(!report.contains("Final-Recipient: rfc822; alice"), "{report}");
    assert!(report.contains("Subject: dots"), "{report}");
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn postfix_refuses_messages() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let folder = TempDir::new("bounce");
    let bounce = folder.path().join("bounce.eml");
    let refused_body = [message::plain(), b"REFUSE-THIS-BODY\r\n".to_vec()].concat();
    let cases: [(&str, Vec<u8>, &str, bool); _] = [
        ("nobody@example.org", message::plain(), "5.1.1", true),
        ("alice@example.org", refused_body, "5.7.1", true),
        // To be tried again: no report.
        ("greylisted@example.org", message::plain(), "4.2.0", false),
        ("full@example.org", message::plain(), "4.2.2", false),
    ];
    for (to, sent, status, reported) in cases {
        let options = ["--tls", "none", "--from", "sender@example.com", "--to", to, "--bounce"];
        for port in [postfix.smtp, postfix.unchunked] {
            let ended =
                smtp_send(port, &[&options[..], &[bounce.to_str().unwrap()]].concat(), &sent).expect_code(1);
            assert!(ended.stdout.contains(status), "{to}: {ended:?}");
            assert_eq!(bounce.exists(), reported, "{to}: {ended:?}");
            if reported {
                let report = report(&std::fs::read(&bounce).unwrap());
                assert!(report.contains(&format!("Status: {status}\n")), "{report}");
                std::fs::remove_file(&bounce).unwrap();
            }
        }
    }
    assert!(files(&postfix.maildir("alice").join("new")).is_empty());
}

#[test]
#[ignore = "needs Postfix and Dovecot"]
fn nothing_is_sent_that_should_not_be() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let postfix = Postfix::receiving(&dovecot);
    let password = |password| ["--user", USER, "--password", password];
    let starttls: &[&str] = &["--tls", "starttls", "--insecure"];
    let cases: [(&str, u16, Vec<&str>, &str); _] = [
        ("a wrong password", postfix.submission, [starttls, &password("wrong")].concat(), "535"),
        ("no password", postfix.submission, starttls.to_vec(), "5.7.1"),
        ("a certificate that nobody vouches for", postfix.smtp, vec!["--tls", "starttls"], "certificate"),
        ("no STARTTLS offered", postfix.plain, starttls.to_vec(), "STARTTLS"),
        ("no AUTH offered", postfix.plain, [&["--tls", "none"], &password(PASSWORD)[..]].concat(), "AUTH"),
        (
            "a password, but no TLS",
            postfix.smtp,
            [&["--tls", "none"], &password(PASSWORD)[..]].concat(),
            "TLS",
        ),
    ];
    for (case, port, options, said) in cases {
        let ended = smtp_send(port, &[&options[..], &ENVELOPE].concat(), &message::plain()).expect_code(1);
        // One line, of the recipient or of what went wrong before.
        let lines = [ended.stdout.as_str(), &ended.stderr].concat();
        assert!(lines.lines().count() == 1 && lines.contains(said), "{case}: {ended:?}");
    }
    assert!(files(&postfix.maildir("alice").join("new")).is_empty());
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_takes_messages_by_lmtp() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    for sent in [message::plain(), message::dots(), message::big()] {
        let to = ["--lmtp", "--to", "bob@example.org"];
        smtp_send(dovecot.lmtp, &[&to[..], &ENVELOPE].concat(), &sent).expect_code(0);
        for user in [USER, "bob"] {
            assert_same_after_trace(&sent, &take_message(&dovecot.maildir(user)));
        }
    }
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_answers_for_each_recipient() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let folder = TempDir::new("bounce");
    let bounce = folder.path().join("bounce.eml");
    // More than the quota of `tiny`, who is accepted at first and refused when the message has been read.
    let sent = [message::plain(), b"a line of the message\r\n".repeat(1000)].concat();
    let to = ["--lmtp", "--to", "tiny@example.org", "--to", "nobody@example.org", "--to", "bob@example.org"];
    let options = [&to[..], &ENVELOPE, &["--bounce", bounce.to_str().unwrap()]].concat();
    let ended = smtp_send(dovecot.lmtp, &options, &sent).expect_code(1);
    for (recipient, outcome) in
        [("tiny", "552 5.2.2"), ("nobody", "550 5.1.1"), ("bob", "250 2.0.0"), ("alice", "250 2.0.0")]
    {
        let mut lines =
            ended.stdout.lines().filter(|line| line.contains(&format!("{recipient}@example.org")));
        assert!(lines.next().is_some_and(|line| line.contains(outcome)), "{recipient}: {ended:?}");
    }
    for user in [USER, "bob"] {
        assert_same_after_trace(&sent, &take_message(&dovecot.maildir(user)));
    }
    assert!(files(&dovecot.maildir("tiny").join("new")).is_empty());
    let report = report(&std::fs::read(bounce).unwrap());
    for line in [
        "Final-Recipient: rfc822; tiny@example.org",
        "Status: 5.2.2",
        "Final-Recipient: rfc822; nobody@example.org",
    ] {
        assert!(report.lines().any(|found| found == line), "{line}: {report}");
    }
    assert!(!report.contains("rfc822; bob"), "{report}");
}

/// A report as Python's email package reads it: the type of each part, and the text of those without parts.
fn report(message: &[u8]) -> String {
    const SCRIPT: &str = "import email, sys
for part in email.message_from_bytes(sys.stdin.buffer.read()).walk():
    print('part:', part.get_content_type())
    if part.get_content_maintype() == 'text' or part.get_content_type() == 'text/rfc822-headers':
        print(part.get_payload(decode=True).decode())
    for field in part.items() if not part.is_multipart() or part.get_content_maintype() == 'message' else []:
        print(': '.join(field))
    print()";
    run(in_time("python3").args(["-c", SCRIPT]), message).expect_code(0).stdout
}
