//! What clients are known to do.

use super::*;

fn tolerant() -> Options {
    Options { dialect: Dialect::TOLERANT, ..options() }
}

/// What `wire` is told as, strictly and tolerantly; `None` when it is refused.
fn read(wire: &str) -> [Option<String>; 2] {
    [options(), tolerant()].map(|options| {
        let mut host = Host::ready_with(options, CAPABILITIES);
        host.say("s SELECT box\r\n");
        host.events.clear();
        let out = host.say(format!("a {wire}\r\n"));
        host.told().pop().filter(|_| out.starts_with("a OK"))
    })
}

#[test]
fn iphone_changedsince_zero() {
    let [strict, tolerant] = read("FETCH 1:* (FLAGS) (CHANGEDSINCE 0)");
    assert_eq!((strict, tolerant.is_some()), (None, true));
}

#[test]
fn ios_a_command_before_done() {
    let mut host = Host::ready_with(tolerant(), CAPABILITIES);
    assert_eq!(
        host.say("a IDLE\r\nb NOOP\r\nDONE\r\nc NOOP\r\n"),
        "+ idling\r\na OK idled\r\nb OK done\r\nc OK done\r\n"
    );
    assert_eq!(host.told(), ["idle", "done (tolerated)", "b NOOP", "skipped [\"MISSING_DONE\"]", "c NOOP"]);
    // DONE comes late once only.
    assert_eq!(host.say("DONE\r\n"), "DONE BAD expected a space at offset 4\r\n");
    let mut host = Host::ready();
    assert!(host.say("a IDLE\r\nb NOOP\r\nc NOOP\r\n").starts_with("+ idling\r\na BAD"));
}

#[test]
fn qresync_without_known_uids() {
    let text = "a SELECT box (QRESYNC (67890007 20050715194045000))";
    let mut host = Host::ready();
    assert_eq!(host.say(format!("{text}\r\n")), "a BAD enable QRESYNC first\r\n");
    host.say("e ENABLE QRESYNC\r\n");
    assert_eq!(host.say(format!("{text}\r\n")), "a OK done\r\n");
    assert_eq!(host.told().pop().as_deref(), Some(text));
    let fetch = "a UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)\r\n";
    assert_eq!(host.say(fetch), "a OK done\r\n");
    assert_eq!(Host::selected().say(fetch), "a BAD enable QRESYNC first\r\n");
}

#[test]
fn names_of_mailboxes() {
    // A bare `&`, and surrogate pairs in modified UTF-7.
    for name in ["\"a & b\"", "\"A&B\"", "&2D3cTA-", "INBOX/", "&"] {
        let text = format!("SELECT {name}");
        let [strict, tolerant] = read(&text);
        assert!(strict.is_some() && strict == tolerant, "{name}");
    }
    // Raw UTF-8 under IMAP4rev1; after ENABLE it is right.
    let [strict, tolerant] = read("SELECT \"Entwürfe\"");
    assert_eq!((strict, tolerant.is_some()), (None, true));
    let mut host = Host::ready();
    host.say("e ENABLE UTF8=ACCEPT\r\n");
    assert_eq!(host.say("a SELECT \"Entwürfe\"\r\n"), "a OK done\r\n");
}

#[test]
fn list_and_status_go_out_in_the_order_they_are_given() {
    let mut server = Host::ready().server;
    server.send(&response("* LIST (\\HasNoChildren) \"/\" INBOX")).unwrap();
    server.send(&response("* STATUS INBOX (MESSAGES 17)")).unwrap();
    let out = server.transmit();
    let expected = "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 17)\r\n";
    assert_eq!(out.copy_to_bytes(out.remaining()), expected);
}

#[test]
fn thunderbird_noselect_in_lsub() {
    let mut server = Host::ready().server;
    let data = "* LSUB (\\Noselect) \"/\" foo";
    server.send(&response(data)).unwrap();
    let out = server.transmit();
    assert_eq!(out.copy_to_bytes(out.remaining()), format!("{data}\r\n"));
}

#[test]
fn outlook_long_sets() {
    let set: Vec<String> = (1..8_000).map(|number| (number * 2).to_string()).collect();
    let wire = format!("UID FETCH {} (FLAGS)", set.join(","));
    assert!(wire.len() > 30_000);
    assert!(read(&wire)[0].is_some());
}

#[test]
fn b21_a_literal_that_nobody_could_send() {
    let mut host = Host::ready();
    host.say("a APPEND box {99999999999+}\r\nb DELETE box\r\nc LOGOUT\r\n");
    assert!(host.error.is_some());
    assert!(!host.told().iter().any(|event| event.contains("DELETE")), "what is in it is no command");
}

#[test]
fn descending_ranges() {
    for set in ["9:1", "*:5", "5:*"] {
        let [strict, _] = read(&format!("FETCH {set} (FLAGS)"));
        assert!(strict.is_some(), "{set}");
    }
}

#[test]
fn id_with_nothing() {
    assert!(read("ID NIL")[0].is_some());
    assert!(read("ID ()")[1].is_some());
}

#[test]
fn uid_comes_first() {
    let mut server = Host::selected().server;
    server.send(&response("* 1 FETCH (UID 5 FLAGS ())")).unwrap();
    let out = server.transmit();
    assert_eq!(out.copy_to_bytes(out.remaining()), "* 1 FETCH (UID 5 FLAGS ())\r\n");
}

#[test]
fn prompts_of_login_are_the_users() {
    let mut server = Host::fresh().server;
    let Some(Received { event: Event::Authenticate { token, .. }, .. }) =
        server.receive(b"a AUTHENTICATE LOGIN\r\n").unwrap()
    else {
        panic!()
    };
    server.challenge(token, b"User Name\0").unwrap();
    let out = server.transmit();
    assert_eq!(out.copy_to_bytes(out.remaining()), "+ VXNlciBOYW1lAA==\r\n");
}

#[test]
fn lines_that_end_in_lf() {
    let mut host = Host::new(tolerant(), CAPABILITIES);
    assert_eq!(host.say("a LOGIN user pass\nb NOOP\n"), "a OK done\r\nb OK done\r\n");
    assert_eq!(
        host.say("c APPEND box {3}\nabc\nd IDLE\nDONE\n"),
        "+ go on\r\nc OK appended\r\n+ idling\r\nd OK idled\r\n"
    );
    let mut host = Host::fresh();
    assert_eq!(host.say("a NOOP\nb NOOP\r\n"), "a BAD expected CRLF at offset 6\r\n");
}

#[test]
fn sec_71_leniency_ends_with_its_line() {
    let mut host = Host::new(tolerant(), CAPABILITIES);
    assert_eq!(host.say("a  NOOP \r\nb NOOP\r\n"), "a OK done\r\nb OK done\r\n");
    assert_eq!(host.told(), ["a NOOP (tolerated)", "b NOOP"]);
    // It never moves the end of a command: strict and tolerant are told of the same lines.
    for wire in [
        "a LOGIN \"x\r\ny NOOP\r\n",
        "a LOGIN {3} \r\nabc x\r\ny NOOP\r\n",
        "a NOOP {3+}\r\nabc\r\ny NOOP\r\n",
    ] {
        let ends = [options(), tolerant()].map(|options| {
            let mut host = Host::new(options, CAPABILITIES);
            host.say(wire).matches("\r\n").count()
        });
        assert_eq!(ends[0], ends[1], "{wire:?}");
    }
}
