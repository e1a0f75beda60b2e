//! The log has no secrets in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::interop::{PASSWORD, USER};
use crate::peers::{Proxy, Random, Session, connect, say};

/// The password and whatever it may look like on the wire.
pub fn forms() -> Vec<String> {
    let message = format!("\0{USER}\0{PASSWORD}");
    let with_authzid = format!("{USER}{message}");
    let oauth = format!("n,a={USER},\x01auth=Bearer {PASSWORD}\x01\x01");
    let xoauth = format!("user={USER}\x01auth=Bearer {PASSWORD}\x01\x01");
    let encoded = [PASSWORD, &message, &with_authzid, &oauth, &xoauth].map(|text| STANDARD.encode(text));
    // Cut off at the front, where a log may begin with something else.
    let tails = encoded.iter().map(|text| text[text.len().saturating_sub(12)..].to_owned());
    let tails: Vec<String> = tails.collect();
    encoded.into_iter().chain(tails).chain([PASSWORD.to_owned(), PASSWORD.to_uppercase()]).collect()
}

/// No line of the log has any of them.
#[track_caller]
pub fn assert_none(log: &[String]) {
    let log = log.join("\n");
    for form in forms() {
        assert!(!log.contains(&form), "{form:?} in\n{log}");
    }
}

/// Runs sessions one after the other, each line of one side after the other.
async fn sessions(protocol: &str, sessions: &[&[(char, String)]]) -> Vec<String> {
    let Session { proxy, client, server, listener } = Session::start(protocol, &[]).await;
    let mut pair = Some((client, server));
    for turns in sessions {
        let (mut client, mut server) = match pair.take() {
            Some(pair) => pair,
            None => connect(&proxy, &listener).await,
        };
        for (who, octets) in *turns {
            match who {
                'C' => say(&mut Random(40), &mut client, &mut server, octets.as_bytes()).await,
                _ => say(&mut Random(41), &mut server, &mut client, octets.as_bytes()).await,
            }
        }
    }
    closed(&proxy, sessions.len())
}

fn closed(proxy: &Proxy, sessions: usize) -> Vec<String> {
    let log = proxy.log(sessions);
    assert_none(&log);
    log
}

#[tokio::test]
async fn sec_67_smtp() {
    let plain = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
    let (user, password) = (STANDARD.encode(USER), STANDARD.encode(PASSWORD));
    let xoauth = STANDARD.encode(format!("user={USER}\x01auth=Bearer {PASSWORD}\x01\x01"));
    let c = |text: &str| ('C', format!("{text}\r\n"));
    let s = |text: &str| ('S', format!("{text}\r\n"));
    let log = sessions(
        "smtp",
        &[
            &[s("220 mx"), c(&format!("AUTH PLAIN {plain}")), s("235 2.7.0 welcome")],
            &[s("220 mx"), c("AUTH PLAIN"), s("334 "), c(&plain), s(&format!("535 5.7.8 not {PASSWORD}"))],
            &[
                s("220 mx"),
                c("auth login"),
                s("334 VXNlcm5hbWU6"),
                c(&user),
                s("334 UGFzc3dvcmQ6"),
                c(&password),
                s("235 ok"),
            ],
            &[
                s("220 mx"),
                c(&format!("AUTH LOGIN {user}")),
                s("334 UGFzc3dvcmQ6"),
                c("*"),
                s("501 5.7.0 cancelled"),
            ],
            &[s("220 mx"), c(&format!("AUTH XOAUTH2 {xoauth}")), s("334 eyJ9"), c(""), s("535 no")],
            // Not well-formed, and echoed.
            &[s("220 mx"), c(&format!("AUTH PLAIN {plain}x")), s(&format!("501 bad {plain}x"))],
            &[s("220 mx"), c(&format!("AUTH {PASSWORD}")), s(&format!("501 bad {PASSWORD}"))],
            &[s("220 mx"), c(&format!("AUTH PLAIN  {plain} ")), s("501 no")],
            &[
                s("220 mx"),
                c("AUTH PLAIN"),
                s("334 "),
                c(&format!("{plain}=")),
                s(&format!("501 bad {plain}=")),
            ],
            // The answer comes though nobody has asked, and is read as a command.
            &[s("220 mx"), c("AUTH PLAIN"), s("504 no"), c(&plain), s(&format!("500 unknown {plain}"))],
            &[
                s("220 mx"),
                c("AUTH LOGIN"),
                s("504 no"),
                c(&user),
                c(&password),
                s("500 ?"),
                s(&format!("500 {password}?")),
            ],
            &[s("220 mx"), c(PASSWORD), s(&format!("500 {PASSWORD}"))],
        ],
    )
    .await;
    for expected in [
        "1 C #1 AUTH PLAIN …",
        "1 S #1 AUTH 235 2.7.0 (text not shown)",
        "2 C #1 AUTH PLAIN",
        "2 S #1 AUTH 334 (text not shown)",
        "2 C #1 AUTH answer, not shown",
        "2 S #1 AUTH 535 5.7.8 (text not shown)",
        "4 C #1 AUTH cancelled",
        "10 C #2 ? malformed: expected a command at offset 0; 26 octets, not shown",
        "10 S #2 ? 500 (text not shown)",
    ] {
        assert!(log.iter().any(|line| line == expected), "no {expected} in {log:#?}");
    }
}

#[tokio::test]
async fn sec_67_imap() {
    let plain = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
    let (user, password) = (STANDARD.encode(USER), STANDARD.encode(PASSWORD));
    let length = PASSWORD.len();
    let c = |text: &str| ('C', format!("{text}\r\n"));
    let s = |text: &str| ('S', format!("{text}\r\n"));
    let hi = || s("* OK [CAPABILITY IMAP4rev1 SASL-IR] hello");
    let log = sessions(
        "imap",
        &[
            &[hi(), c(&format!("a LOGIN {USER} \"{PASSWORD}\"")), s(&format!("a NO [ALERT] not {PASSWORD}"))],
            &[
                hi(),
                c(&format!("a login {USER} {{{length}}}")),
                s("+ go on"),
                c(PASSWORD),
                s(&format!("* NO \"{PASSWORD}\"")),
                s("a OK in"),
            ],
            &[hi(), c(&format!("a LOGIN {USER} {{{length}+}}\r\n{PASSWORD}")), s("a OK in")],
            &[hi(), c(&format!("a LOGIN {USER} {{{length}}}")), s("a NO never"), c("b NOOP"), s("b OK done")],
            &[hi(), c(&format!("a AUTHENTICATE PLAIN {plain}")), s("a OK in")],
            &[hi(), c("a AUTHENTICATE PLAIN"), s("+ "), c(&plain), s(&format!("a NO not {plain}"))],
            &[
                hi(),
                c("a authenticate login"),
                s("+ VXNlcm5hbWU6"),
                c(&user),
                s("+ UGFzc3dvcmQ6"),
                c(&password),
                s("a OK in"),
            ],
            &[hi(), c("a AUTHENTICATE PLAIN"), s("+ "), c("*"), s("a BAD cancelled")],
            // Not well-formed, and echoed.
            &[hi(), c(&format!("a LOGIN {PASSWORD}")), s(&format!("a BAD {PASSWORD}"))],
            &[hi(), c(&format!("a LOGIN {USER} {PASSWORD} x")), s(&format!("a BAD {PASSWORD}"))],
            &[hi(), c(&format!("a AUTHENTICATE PLAIN {plain}x y")), s(&format!("a BAD {plain}"))],
            &[hi(), c(&format!("LOGIN {USER} \"{PASSWORD}\"")), s(&format!("* BAD LOGIN {PASSWORD}"))],
            &[hi(), c(&format!("a LOGN {USER} \"{PASSWORD}\"")), s(&format!("a BAD LOGN {PASSWORD}?"))],
            &[hi(), c("a AUTHENTICATE PLAIN"), s("+ "), c(&format!("{plain}=")), s(&format!("a BAD {plain}="))],
            // The answer comes though nobody has asked, and is read as a command.
            &[hi(), c("a AUTHENTICATE PLAIN"), s("a NO no"), c(&plain), s(&format!("* BAD {plain}?"))],
            &[hi(), c("a AUTHENTICATE LOGIN"), s("a NO no"), c(&user), c(&password), s("* BAD x"), s("* BAD y")],
            &[hi(), c(PASSWORD), s("wonder BAD wonder land?")],
            // The literal comes though it was refused, and looks like a command.
            &[
                hi(),
                c(&format!("a LOGIN {USER} {{{length}}}")),
                s("a NO no"),
                c(&format!("b DELETE \"{PASSWORD}\"")),
                s(&format!("b BAD {PASSWORD}?")),
            ],
            // Said once more, and echoed without its tag and as a code.
            &[
                s("* PREAUTH hello"),
                c(&format!("a LOGIN {USER} \"{PASSWORD}\"")),
                s(&format!("* NO {PASSWORD}?")),
                s("a BAD [WONDER land] no"),
            ],
            // What somebody keeps on the server.
            &[
                s("* PREAUTH hello"),
                c(&format!("a SETMETADATA \"\" (/private/comment \"{PASSWORD}\")")),
                s(&format!("* METADATA \"\" (/private/comment \"{PASSWORD}\")")),
                s("a OK done"),
                c("b FETCH 1 (BODY[HEADER] ENVELOPE)"),
                s(&format!("* 1 FETCH (BODY[HEADER] \"{PASSWORD}\" ENVELOPE (NIL \"{PASSWORD}\" NIL NIL NIL NIL NIL NIL NIL NIL))")),
                s("b OK done"),
                c(&format!("c APPEND INBOX {{{length}+}}\r\n{PASSWORD}")),
                s("c OK done"),
            ],
        ],
    )
    .await;
    for expected in [
        "1 C #1 a LOGIN with a password, not shown",
        "1 S #1 LOGIN NO [ALERT] (text not shown)",
        "2 C #1 ? waits with a literal",
        "2 C #1 a LOGIN with a password, not shown",
        "4 C the command that was completed does not go on",
        "4 C #2 NOOP, if it is not what was refused: not shown",
        "5 C #1 a AUTHENTICATE PLAIN with a response, not shown",
        "6 S #1 AUTHENTICATE challenge, not shown",
        "6 C #1 AUTHENTICATE answer, not shown",
        "6 S #1 AUTHENTICATE NO (text not shown)",
        "8 C #1 AUTHENTICATE cancelled",
        "13 C #1 ? an unknown command",
        "13 S #1 ? BAD (text not shown)",
        "18 C #2 DELETE, if it is not what was refused: not shown",
        "19 S unasked NO (text not shown)",
        "19 S #1 LOGIN BAD […] (text not shown)",
        "20 C #1 a SETMETADATA (arguments not shown)",
        "20 S unasked METADATA (not shown)",
        "20 S #2 FETCH 1 FETCH BODY[HEADER] (11 octets) ENVELOPE",
        "20 C #3 APPEND a literal of 11 octets",
        "20 S #3 APPEND OK \"done\"",
    ] {
        assert!(log.iter().any(|line| line == expected), "no {expected} in {log:#?}");
    }
}
