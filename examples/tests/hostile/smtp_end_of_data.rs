//! A client that smuggles: whatever some program somewhere takes for an end of data, and behind it the envelope of another message.

use crate::interop::smtp_server::SmtpServer;
use crate::interop::wait_for;
use crate::line_client::LineClient;
use crate::peers::Proxy;

/// What has no business to be read as commands.
const SECOND: &str = "MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n";

/// Something around a dot; what it is as content, and with stray CR and LF made CRLF.
struct Form {
    wire: &'static str,
    content: &'static str,
    normal: &'static str,
}

const fn form(wire: &'static str, content: &'static str, normal: &'static str) -> Form {
    Form { wire, content, normal }
}

/// What does not end the data.
const BAD: [Form; 13] = [
    form("\n.\n", "\n.\n", "\r\n.\r\n"),
    form("\n.\r", "\n.\r", "\r\n.\r\n"),
    form("\r.\n", "\r.\n", "\r\n.\r\n"),
    form("\r.\r", "\r.\r", "\r\n.\r\n"),
    form("\n.\r\n", "\n.\r\n", "\r\n.\r\n"),
    form("\r.\r\n", "\r.\r\n", "\r\n.\r\n"),
    form("\r\n.\n", "\r\n\n", "\r\n\r\n"),
    form("\r\n.\r", "\r\n\r", "\r\n\r\n"),
    form("\r\n.\r\r\n", "\r\n\r\r\n", "\r\n\r\n"),
    form("\r\r\n.\r\r\n", "\r\r\n\r\r\n", "\r\n\r\n"),
    form("\r\n\0.\r\n", "\r\n\0.\r\n", "\r\n\0.\r\n"),
    form("\r\n.\0\r\n", "\r\n\0\r\n", "\r\n\0\r\n"),
    // This one is in order.
    form("\r\n. \r\n", "\r\n \r\n", "\r\n \r\n"),
];

/// What comes before the form, and behind what is smuggled.
const PLACES: [(&str, &str); 3] =
    [("", "and on\r\n"), ("Subject: x\r\n\r\ntext", "and on\r\n"), ("text", "")];

/// The places where a body is cut: nowhere, at each octet of the form, and everywhere around it.
fn all_cuts(before: usize, form: usize) -> Vec<Vec<usize>> {
    let around: Vec<_> = (before..=before + form).collect();
    let single = around.iter().map(|&cut| vec![cut]);
    std::iter::once(vec![]).chain(single).chain([around.clone()]).collect()
}

/// In the middle of a transaction: the server waits for a body.
fn at_data(port: u16) -> LineClient {
    let (mut client, greeting) = LineClient::connect(port);
    assert!(greeting.starts_with("220 "), "{greeting}");
    for (line, code) in
        [("EHLO c.example", "250"), ("MAIL FROM:<a@b>", "250"), ("RCPT TO:<c@d>", "250"), ("DATA", "354")]
    {
        let reply = client.ask_smtp(line);
        assert!(reply.starts_with(code), "{line}: {reply}");
    }
    client
}

/// Says this in pieces, each in a segment of its own if the machine likes.
fn say_cut(client: &mut LineClient, octets: &str, cuts: &[usize]) {
    let ends = cuts.iter().copied().chain([octets.len()]);
    let mut start = 0;
    for end in ends {
        client.say(&octets[start..end]);
        start = end;
    }
}

/// The codes of these replies.
fn codes(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| &line[..3]).collect()
}

#[track_caller]
fn assert_stored(server: &SmtpServer, to: &str, content: &str, context: &str) {
    let taken = server.next_message();
    assert_eq!(taken.to, [format!("<{to}>")], "{context}");
    assert!(
        taken.content == content.as_bytes(),
        "{context}: {} for {}",
        taken.content.escape_ascii(),
        content.escape_debug()
    );
}

/// So many messages were stored in all; and no part of one is left when the last connection has gone.
#[track_caller]
fn assert_count(server: &SmtpServer, stored: usize) {
    let count = |folder: &str| std::fs::read_dir(server.maildir().join(folder)).unwrap().count();
    wait_for("the end of the last connection", || (count("tmp") == 0).then_some(()));
    assert_eq!(count("new"), stored);
}

#[derive(Clone, Copy, PartialEq)]
enum Stray {
    Reject,
    Normalise,
    Preserve,
}

/// Each form in each place, cut in and around it: one message at most, and it has all of what was said.
fn sec_31_bad_forms(option: &str, stray: Stray) {
    let server = SmtpServer::start_with(&["--stray", option]);
    let mut stored = 0;
    for form in &BAD {
        let is_clean = form.wire == "\r\n. \r\n";
        for (before, after) in PLACES {
            let wire = [before, form.wire, SECOND, after, ".\r\n"].concat();
            let part = if stray == Stray::Normalise { form.normal } else { form.content };
            let content = [before, part, SECOND, after].concat();
            for cuts in all_cuts(before.len(), form.wire.len()) {
                let context = format!("{} {option} {cuts:?}", wire.escape_debug());
                let mut client = at_data(server.smtp);
                say_cut(&mut client, &wire, &cuts);
                let is_taken = is_clean || stray != Stray::Reject;
                let expected = if is_taken { "250 2.0.0 " } else { "554 5.6.0 " };
                let reply = client.line();
                assert!(reply.starts_with(expected), "{context}: {reply}");
                // The next reply is that to the next command, so nothing else was one.
                assert!(client.ask_smtp("QUIT").starts_with("221 "), "{context}");
                assert_eq!(client.rest(), [""; 0], "{context}");
                if is_taken {
                    stored += 1;
                    assert_stored(&server, "c@d", &content, &context);
                }
            }
        }
    }
    assert_count(&server, stored);
}

#[test]
fn sec_31_bad_forms_where_strays_are_refused() {
    sec_31_bad_forms("reject", Stray::Reject);
}

#[test]
fn sec_31_bad_forms_where_strays_become_line_ends() {
    sec_31_bad_forms("normalise", Stray::Normalise);
}

#[test]
fn sec_31_bad_forms_where_strays_are_kept() {
    sec_31_bad_forms("preserve", Stray::Preserve);
}

/// Where a stray octet closes the connection, what is behind it is not read.
#[test]
fn sec_32_bad_forms_where_strays_end_the_session() {
    let server = SmtpServer::start_with(&["--stray", "close"]);
    for form in BAD.iter().filter(|form| form.wire != "\r\n. \r\n") {
        for (before, after) in PLACES {
            let wire = [before, form.wire, SECOND, after, ".\r\n"].concat();
            let mut client = at_data(server.smtp);
            client.say(&wire);
            let rest = client.rest();
            // What was not read when it closed can take the reply with it.
            assert!(matches!(codes(&rest)[..], ["421"] | []), "{}: {rest:?}", wire.escape_debug());
        }
    }
    assert_count(&server, 0);
}

/// Who says a form last and hangs up has sent no message.
#[test]
fn sec_31_a_bad_form_is_no_last_word() {
    let server = SmtpServer::start_with(&["--stray", "preserve"]);
    for form in &BAD {
        for before in ["", "text"] {
            let mut client = at_data(server.smtp);
            client.say([before, form.wire].concat());
            client.hang_up();
            assert_eq!(client.rest(), [""; 0], "{}", form.wire.escape_debug());
        }
    }
    assert_count(&server, 0);
}

/// The end, at the start and behind text, also behind a line with a flaw: what follows is another message.
#[test]
fn sec_31_good_forms() {
    let reject = SmtpServer::start();
    let keep = SmtpServer::start_with(&["--stray", "preserve"]);
    let (mut strict, mut kept) = (0, 0);
    for (wire, content, is_clean) in [
        (".\r\n", "", true),
        ("\r\n.\r\n", "\r\n", true),
        ("text\r\n.\r\n", "text\r\n", true),
        ("..\r\n.\r\n", ".\r\n", true),
        ("text\r\n..\r\n.\r\n", "text\r\n.\r\n", true),
        ("text\r\n.a\r\n.\r\n", "text\r\na\r\n", true),
        // A flaw in the line before.
        ("text\r\r\n.\r\n", "text\r\r\n", false),
        ("text\n\r\n.\r\n", "text\n\r\n", false),
        ("text\0\r\n.\r\n", "text\0\r\n", false),
    ] {
        for (server, is_taken, stored) in [(&reject, is_clean, &mut strict), (&keep, true, &mut kept)] {
            for cuts in all_cuts(wire.len().saturating_sub(5), wire.len().min(5)) {
                let context = format!("{} {cuts:?}", wire.escape_debug());
                let mut client = at_data(server.smtp);
                // RFC 2920 section 3.1: a group of commands, with DATA for its last, may follow the end of a message.
                say_cut(&mut client, &[wire, SECOND].concat(), &cuts);
                let replies = [(); 4].map(|()| client.line());
                let first = if is_taken { "250" } else { "554" };
                assert_eq!(codes(&replies), [first, "250", "250", "354"], "{context}");
                client.say("second\r\n.\r\n");
                assert!(client.line().starts_with("250 "), "{context}");
                assert!(client.ask_smtp("QUIT").starts_with("221 "), "{context}");
                assert_eq!(client.rest(), [""; 0], "{context}");
                if is_taken {
                    *stored += 1;
                    assert_stored(server, "c@d", content, &context);
                }
                *stored += 1;
                assert_stored(server, "v@y", "second\r\n", &context);
            }
        }
    }
    assert_count(&reject, strict);
    assert_count(&keep, kept);
}

/// A body that does not wait for DATA's answer is none.
#[test]
fn sec_19_a_body_that_does_not_wait() {
    let server = SmtpServer::start();
    let mut client = at_data(server.smtp);
    client.say(["text\r\n.\r\n", SECOND, "second\r\n.\r\n"].concat());
    let rest = client.rest();
    assert_eq!(codes(&rest), ["250", "250", "250", "503"], "{rest:?}");
    assert_stored(&server, "c@d", "text\r\n", "the first");
    assert_count(&server, 1);
}

/// Between both, the proxy sees the messages that its server sees, and passes on what it was given.
#[test]
fn sec_31_bad_forms_through_the_proxy() {
    let server = SmtpServer::start_with(&["--stray", "preserve"]);
    let proxy = Proxy::start("smtp", server.smtp, &[]);
    let mut contents = Vec::new();
    for form in &BAD {
        for (before, after) in PLACES {
            let wire = [before, form.wire, SECOND, after, ".\r\n"].concat();
            let content = [before, form.content, SECOND, after].concat();
            for cuts in [vec![], (before.len()..=before.len() + form.wire.len()).collect()] {
                let context = format!("{} {cuts:?}", wire.escape_debug());
                let mut client = at_data(proxy.port);
                say_cut(&mut client, &wire, &cuts);
                assert!(client.line().starts_with("250 "), "{context}");
                assert!(client.ask_smtp("QUIT").starts_with("221 "), "{context}");
                assert_eq!(client.rest(), [""; 0], "{context}");
                assert_stored(&server, "c@d", &content, &context);
                contents.push(content.clone());
            }
        }
    }
    assert_count(&server, contents.len());
    let log = proxy.log(contents.len());
    let of = |number: usize| log.iter().filter(move |line| line.starts_with(&format!("{number} ")));
    for (number, content) in (1..).zip(&contents) {
        let commands: Vec<_> = of(number).filter_map(|line| line.split(" C #").nth(1)).collect();
        let end = format!("4 end of the message, {} octets", content.len());
        let expected = ["1 EHLO c.example", "2 MAIL FROM:<a@b>", "3 RCPT TO:<c@d>", "4 DATA", &end, "5 QUIT"];
        assert_eq!(commands, expected, "{}", content.escape_debug());
    }
}
