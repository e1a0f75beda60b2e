//! IMAP: greetings that are none, and clients that speak in clear.

use crate::imap_starttls::{IN_CLEAR, LIST, Middle, fared, gives_up, run};
use crate::interop::imap_client::imap_client;
use crate::interop::programs::{Ended, example, in_time, run as run_program};
use crate::interop::{PASSWORD, USER};
use crate::server::{Hostile, Next, fill_tags, tagged, without_tags};

const NO_GREETING: &str = "peer misbehaved: bad greeting";

/// Greetings, and what they are for a client that tolerates some.
const GREETINGS: [(&str, &str, &str); 12] = [
    ("construction 01", "wbaDMYq5 2ox2EFkf\r\n", NO_GREETING),
    ("construction 02", "1Gdo00V4 wFaIv\r\n* OK x\r\n", NO_GREETING),
    ("construction 03", "wbaDMYq5 2ox2EFkf\r\nPPV3lCiJ zOp8wpIo\r\n* OK oxii684O\r\n", NO_GREETING),
    ("greeting_tagged", "XYZ OK ready\r\n", NO_GREETING),
    ("a continuation", "+ OK ready\r\n", NO_GREETING),
    ("nothing", "\r\n* OK x\r\n", NO_GREETING),
    ("another protocol", "220 mx ESMTP\r\n* OK x\r\n", NO_GREETING),
    ("02_greeting_no", "* NO not today\r\n", "the server refuses to talk: not today"),
    ("UI spoofing greeting/no 01", "* NO [ALERT] call +1\r\n", "the server refuses to talk: call +1"),
    ("UI spoofing greeting/no 02", "* NO [BADCHARSET (a)] b\r\n", "the server refuses to talk: b"),
    ("03_greeting_bad", "* BAD not today\r\n", "the server refuses to talk: not today"),
    ("05_greeting_bye", "* BYE not today\r\n", "the server refuses to talk: not today"),
];

#[test]
fn east_construction_01_to_03_and_greetings() {
    for (id, greeting, error) in GREETINGS {
        gives_up(id, run(Middle { greeting, ..Middle::HONEST }, None, LIST), &[], error);
        // Nor is a password said in clear to such a server by who would.
        let server = Hostile::start(vec![greeting.into()], |_| Next::Say(vec![]));
        let ended = imap_client(server.port, &[&IN_CLEAR, LIST].concat());
        gives_up(id, fared(ended, server), &[], error);
    }
}

/// Runs `fetch_blocking`, which speaks in clear, against what this server says.
fn fetch_blocking(greeting: &str, answer: impl FnMut(&str) -> Next + Send + 'static) -> (Ended, Vec<String>) {
    let server = Hostile::start(vec![greeting.into()], answer);
    let address = format!("127.0.0.1:{}", server.port);
    let ended = run_program(in_time(example("fetch_blocking")).args([&*address, USER]), PASSWORD.as_bytes());
    (ended, without_tags(&server.heard()))
}

#[test]
fn east_construction_01_to_03_for_who_speaks_in_clear() {
    for (id, greeting, _) in GREETINGS {
        let (ended, said) = fetch_blocking(greeting, |_| Next::Say(vec![]));
        assert_eq!((ended.code, &*ended.stdout), (1, ""), "{id}: {ended:?}");
        assert!(ended.stderr.starts_with("Error: "), "{id}: {ended:?}");
        assert_eq!(said, [""; 0], "{id}");
    }
    // Who is let in already has no password to give.
    let (ended, said) = fetch_blocking("* PREAUTH welcome\r\n", |_| Next::Say(vec![]));
    assert_eq!((ended.code, &*ended.stdout, said), (1, "", vec![]), "{ended:?}");
    assert!(ended.stderr.starts_with("Error: "), "{ended:?}");
}

/// A server that goes on as it likes after the greeting.
#[test]
fn east_answers_to_who_speaks_in_clear() {
    let login = format!("LOGIN {USER} \"{PASSWORD}\"");
    for (id, answer) in [
        ("L_1_A", "{t} NO [REFERRAL IMAP://;AUTH=*@127.0.0.1:1/] elsewhere\r\n"),
        ("O_3", "{t} BAD no\r\n"),
        ("reorder", "{n} OK done\r\n{t} NO no\r\n"),
        ("goodbye", "* BYE no\r\n"),
    ] {
        let (ended, said) = fetch_blocking("* OK ready\r\n", move |line| match id {
            "goodbye" => Next::HangUp(answer.into()),
            _ => Next::say(fill_tags(answer, line)),
        });
        assert_eq!((&*ended.stdout, said), ("", vec![login.clone()]), "{id}: {ended:?}");
        let error = if id == "goodbye" { "the server hung up" } else { "refused: " };
        assert_eq!(ended.code, 1, "{id}: {ended:?}");
        assert!(ended.stderr.starts_with(&format!("Error: \"{error}")), "{id}: {ended:?}");
    }
    // What was not asked for does not change what is fetched.
    let (ended, said) = fetch_blocking("* OK ready\r\n* 9 EXISTS\r\n* 1 EXPUNGE\r\n", |line| {
        Next::say(fill_tags(
            match &*tagged(line).2 {
                "EXAMINE INBOX" => "* 1 EXISTS\r\n{t} OK open\r\n",
                "FETCH 1:* ALL" => "* 1 FETCH (FLAGS ())\r\n{t} OK\r\n",
                _ => "{t} OK done\r\n",
            },
            line,
        ))
    });
    assert_eq!((ended.code, &*ended.stdout), (0, "1 []\n"), "{ended:?}");
    assert_eq!(said, [&*login, "EXAMINE INBOX", "FETCH 1:* ALL", "LOGOUT"]);
}
