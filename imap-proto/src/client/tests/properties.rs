//! What holds of every session.

use proptest::prelude::*;

use super::*;
use crate::append::{AppendOptions, MessageHead};
use crate::auth::{Mechanism, Plain, Secret};
use crate::error::ApiMisuse;
use crate::grammar::mailbox::Mailbox;

/// What a session says, and what the server says then.
type Script = &'static [(&'static [&'static str], &'static str)];

const SCRIPTS: &[Script] = &[
    &[
        (&[], "* PREAUTH [CAPABILITY IMAP4rev2 IDLE LITERAL-] hello\r\n"),
        (&["SELECT INBOX"], "* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDNEXT 5] x\r\nABCD1 OK in\r\n"),
        (
            &["FETCH 1:2 (UID BODY[])", "SEARCH ALL", "NOOP"],
            "* 1 FETCH (UID 1 BODY[] {20}\r\n01234567890123456789)\r\n* 2 FETCH (BODY[] {3}\r\nabc UID 2)\r\n\
             ABCD2 OK done\r\n* SEARCH 1 2 3\r\nABCD3 OK done\r\n* 4 EXISTS\r\nABCD4 OK done\r\n",
        ),
        (&["IDLE"], "* 5 EXISTS\r\n+ idling\r\n* 6 EXISTS\r\nABCD5 OK timeout\r\n"),
        (&["LOGOUT"], "* BYE bye\r\nABCD6 OK done\r\n"),
    ],
    &[
        (&[], "* OK hello\r\n"),
        (&["CAPABILITY"], "* CAPABILITY IMAP4rev1 ACL\r\nABCD1 OK done\r\n"),
        (&["LOGIN {3}\r\na\r\n {3}\r\nb\r\n"], "+ go\r\n+ go\r\nABCD2 OK [CAPABILITY IMAP4rev1 ACL] in\r\n"),
        (
            &["GETACL {3}\r\na\r\n", "GETACL {3}\r\nb\r\n", "NOOP"],
            "ABCD3 NO no\r\n+ go\r\njunk {5}\r\nABCD4 BAD no\r\nABCD5 OK done\r\n",
        ),
        (&["APPEND a {5}\r\nhello"], "+ go\r\nABCD6 OK [APPENDUID 1 2] done\r\n"),
        (&[], "* LIST () \"/\" {20}\r\n01234567890123456789\r\n* OK [ALERT] x {3}\r\n+ x\r\n"),
    ],
    &[(&[], "* OK hello\r\n"), (&["STARTTLS"], "ABCD1 OK go\r\n* CAPABILITY IMAP4rev1\r\n")],
    &[(&[], "* PREAUTH hello\r\n"), (&["NOOP"], "ABCD2 OK go\r\n* CAPABILITY IMAP4rev1\r\n")],
    &[(&[], "* CAPABILITY x\r\n")],
];

/// The events and the output.
fn play(script: Script, mut cut: impl FnMut() -> usize) -> (Vec<String>, String) {
    let mut options = plain();
    options.limits.inline_literal = 8;
    let mut talk = Talk::new(options);
    let mut events: Vec<String> = Vec::new();
    for (commands, wire) in script {
        for command in *commands {
            talk.say(command);
        }
        let mut rest = wire.as_bytes();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(cut().clamp(1, rest.len()));
            for event in talk.hear(piece) {
                match (events.last_mut(), event.strip_prefix("chunk ")) {
                    // Where the injection is there already, the handshake is not even announced.
                    _ if event.ends_with(":tls") => {}
                    (Some(last), Some(more)) if last.starts_with("chunk ") => last.push_str(more),
                    // Nor does it matter in how many pieces something is dropped.
                    (Some(last), _) if last == "dropped" && event == "dropped" => {}
                    _ => events.push(event),
                }
            }
            if talk.client.failed.is_some() {
                return (events, String::new());
            }
            rest = after;
        }
    }
    (events, talk.sent())
}

#[test]
fn sec_70_it_does_not_matter_how_octets_are_cut() {
    for script in SCRIPTS {
        let whole = play(script, || usize::MAX);
        assert_eq!(play(script, || 1), whole);
        for piece in 2..40 {
            assert_eq!(play(script, || piece), whole, "pieces of {piece}");
        }
    }
}

proptest! {
    #[test]
    fn sec_70_nor_at_random(script in 0..SCRIPTS.len(), cuts in proptest::collection::vec(1..60usize, 1..50)) {
        let mut cuts = cuts.into_iter().cycle();
        let whole = play(SCRIPTS[script], || usize::MAX);
        prop_assert_eq!(play(SCRIPTS[script], || cuts.next().unwrap()), whole);
    }

    /// SEC-72, SEC-59: whatever is called in whatever order, nothing panics, and what is received makes progress.
    #[test]
    fn sec_72_sec_59_calls_in_any_order(steps in proptest::collection::vec((0..24usize, 0..40usize), 0..60)) {
        const WIRE: &[&str] = &[
            "* OK hello\r\n", "* PREAUTH hello\r\n", "* BYE x\r\n", "+ go\r\n", "+ \r\n", "* 3 EXISTS\r\n",
            "ABCD1 OK x\r\n", "ABCD1 NO x\r\n", "ABCD2 OK x\r\n", "ABCD2 BAD x\r\n", "ABCD3 OK x\r\n", "ABCD4 OK x\r\n",
            "* CAPABILITY IMAP4rev2 STARTTLS AUTH=PLAIN LITERAL- COMPRESS=DEFLATE UNAUTHENTICATE\r\n",
            "* 1 FETCH (BODY[] {9}\r\n", "hello", ")\r\n", "junk", "\r\n", "* 1 EXPUNGE\r\n", "* LIST {9}\r\n",
        ];
        const COMMANDS: &[&str] = &[
            "NOOP", "CAPABILITY", "LOGIN a {3}\r\nb\r\n", "SELECT a", "IDLE", "COMPRESS DEFLATE", "UNAUTHENTICATE", "LOGOUT",
            "FETCH 1 BODY[]", "APPEND a {5}\r\nhello", "ENABLE UTF8=ACCEPT", "CLOSE", "STARTTLS",
        ];
        let mut options = plain();
        options.limits.inline_literal = 8;
        options.dialect = Dialect::STRICT.with_leniency(Leniency::UNKNOWN_TAG.union(Leniency::EXTRA_CONTINUATION));
        let mut talk = Talk::new(options);
        let head = MessageHead { options: AppendOptions::default(), size: 5, binary: false };
        let mut failed = None;
        for (step, choice) in steps {
            let result = match step {
                0..=5 => {
                    talk.input.extend_from_slice(WIRE[choice % WIRE.len()].as_bytes());
                    Ok(())
                }
                6..=9 => talk.try_say(COMMANDS[choice % COMMANDS.len()]).map(drop),
                10..=13 => {
                    let before = talk.input.len();
                    match talk.event() {
                        Ok(Some(event)) => {
                            let is_free = event == "close" || event.ends_with(":go");
                            prop_assert!(talk.input.len() < before || is_free, "{}", event);
                            Ok(())
                        }
                        Ok(None) => {
                            // To ask again changes nothing.
                            prop_assert_eq!(talk.event(), Ok(None));
                            Ok(())
                        }
                        Err(error) => Err(error),
                    }
                }
                14 => talk.client.tls_established(),
                15 => talk.client.compression_established(),
                16 => talk.client.done(),
                17 => talk.client.append_head(Mailbox::new("a").unwrap(), &head).map(drop),
                18 => talk.client.write("hel".into()),
                19 => talk.client.finish(),
                20 => talk.client.authenticate(Plain::new("", "u", "p").unwrap().into()).map(drop),
                21 => talk.client.authenticate_with(Mechanism::SCRAM_SHA_1, None).map(drop),
                22 => talk.client.answer(Secret::new("x")).or_else(|_| talk.client.cancel()),
                _ => {
                    talk.client.transmit().advance(choice);
                    Ok(())
                }
            };
            match (result, failed) {
                (Err(error @ (Error::NotSent(_) | Error::ApiMisuse(_))), None) => {
                    prop_assert!(talk.client.failed.is_none(), "{}", error);
                }
                (Err(error), None) => failed = Some(error),
                (Err(error), Some(before)) => prop_assert_eq!(error, before),
                (Ok(()), _) => {}
            }
        }
        prop_assert!(talk.client.append_next(&head) != Err(ApiMisuse::Token.into()));
    }

    /// SEC-50, SEC-56: whatever a server sends, the machine does not panic, and keeps nothing of it.
    #[test]
    fn whatever_arrives(octets in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), b' '..b'~', any::<u8>()], 0..400)) {
        let mut talk = Talk::selected("IMAP4rev1");
        talk.say("NOOP");
        let events = talk.hear(&octets);
        prop_assert!(events.len() <= octets.len() + 1);
    }
}
