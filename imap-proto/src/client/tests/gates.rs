//! What is not sent, and why.

use super::*;
use crate::append::Append;
use crate::auth::{Mechanism, Plain, Secret, UserPassword};
use crate::framing::split;
use crate::grammar::literal::Literal;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::string::{AString, Atom};

#[test]
fn sec_08_secrets_stay_at_home_without_tls() {
    let options = || Options { allow_plaintext_secrets: false, ..plain() };
    let mut talk =
        Talk::greeted(options(), "IMAP4rev1 AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 AUTH=SCRAM-SHA-256");
    assert_eq!(talk.try_say("LOGIN a b"), Err(NotSent::PlaintextSecret.into()));
    for mechanism in [Mechanism::PLAIN, Mechanism::LOGIN, Mechanism::XOAUTH2] {
        let sent = talk.client.authenticate_with(mechanism, None);
        assert_eq!(sent, Err(NotSent::PlaintextSecret.into()));
    }
    let plain_credentials = || Plain::new("", "u", "p").unwrap().into();
    assert_eq!(talk.client.authenticate(plain_credentials()), Err(NotSent::PlaintextSecret.into()));
    assert_eq!(talk.sent(), "");
    talk.client.authenticate_with(Mechanism::SCRAM_SHA_256, None).unwrap();
    // LOGINDISABLED counts whatever the options say, TLS or not.
    for options in [plain(), with_tls(TlsPolicy::Implicit)] {
        let mut talk = Talk::greeted(options, "IMAP4rev1 LOGINDISABLED");
        assert_eq!(talk.try_say("LOGIN a b"), Err(NotSent::LoginDisabled.into()));
        assert_eq!(talk.sent(), "");
    }
    let mut talk = Talk::greeted(with_tls(TlsPolicy::Implicit), "IMAP4rev1 AUTH=PLAIN");
    talk.client.authenticate(plain_credentials()).unwrap();
}

#[test]
fn what_is_not_offered_is_not_sent() {
    let mut talk = Talk::selected("IMAP4rev1");
    for (command, capability) in [
        ("IDLE", "IDLE"),
        ("NAMESPACE", "NAMESPACE"),
        ("ID NIL", "ID"),
        ("COMPRESS DEFLATE", "COMPRESS=DEFLATE"),
        ("ENABLE CONDSTORE", "ENABLE"),
        ("UNSELECT", "UNSELECT"),
        ("MOVE 1 a", "MOVE"),
        ("UID EXPUNGE 1", "UIDPLUS"),
        ("GETACL a", "ACL"),
        ("GETQUOTA a", "QUOTA"),
        ("SORT (DATE) UTF-8 ALL", "SORT"),
        ("UID THREAD REFERENCES UTF-8 ALL", "THREAD"),
        ("UNAUTHENTICATE", "UNAUTHENTICATE"),
        ("APPEND a {1+}\r\nx {1+}\r\nx", "MULTIAPPEND"),
        ("APPEND a CATENATE (URL b)", "CATENATE"),
        ("APPEND a UTF8 (~{1+}\r\nx)", "UTF8=ACCEPT"),
        ("REPLACE 1 a {1+}\r\nx", "REPLACE"),
        ("APPEND a CATENATE (UTF8 (~{1+}\r\nx))", "UTF8=ACCEPT"),
        ("LANGUAGE de", "LANGUAGE"),
        ("COMPARATOR i;basic", "I18NLEVEL"),
        ("GETJMAPACCESS", "JMAPACCESS"),
        ("RLIST \"\" *", "MAILBOX-REFERRALS"),
        ("RLSUB \"\" *", "MAILBOX-REFERRALS"),
        ("UIDBATCHES 1000", "UIDBATCHES"),
        ("CONVERT 2 (\"text/plain\") BINARY[3]", "CONVERT"),
        ("UID CONVERT 100 (\"image/jpeg\") BINARY[2]", "CONVERT"),
        ("CONVERSIONS image/gif \"*\"", "CONVERT"),
        ("XAPPLEPUSHSERVICE aps-version 2", "XAPPLEPUSHSERVICE"),
    ] {
        assert_eq!(talk.try_say(command), Err(NotSent::NotOffered(capability).into()), "{command}");
    }
    assert_eq!(talk.sent(), "");
    for (capabilities, command) in [
        ("IMAP4rev2", "IDLE"),
        ("IMAP4rev2", "MOVE 1 a"),
        ("QUOTA=RES-STORAGE", "GETQUOTA a"),
        ("THREAD=REFERENCES", "THREAD REFERENCES UTF-8 ALL"),
        ("METADATA-SERVER", "GETMETADATA \"\" /shared/comment"),
    ] {
        Talk::selected(capabilities).say(command);
    }
    // What was not told may be there.
    let mut talk = Talk::new(plain());
    talk.hear("* PREAUTH hello\r\n");
    talk.say("IDLE");
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 AUTH=PLAIN");
    let other = talk.client.authenticate_with(Mechanism::SCRAM_SHA_1, None);
    assert_eq!(other, Err(NotSent::MechanismNotOffered.into()));
}

#[test]
fn what_has_no_place_in_the_state_is_not_sent() {
    for (mut talk, command, refusal) in [
        (Talk::greeted(plain(), "IMAP4rev1"), "SELECT a", Refusal::LoginFirst),
        (Talk::greeted(plain(), "IMAP4rev1"), "FETCH 1 FLAGS", Refusal::LoginFirst),
        (Talk::inside("IMAP4rev1"), "FETCH 1 FLAGS", Refusal::SelectFirst),
        (Talk::inside("IMAP4rev1"), "LOGIN a b", Refusal::AlreadyAuthenticated),
        (Talk::inside("IMAP4rev1 STARTTLS"), "STARTTLS", Refusal::AlreadyAuthenticated),
    ] {
        assert_eq!(talk.try_say(command), Err(NotSent::Order(refusal).into()), "{command}");
        assert_eq!(talk.sent(), "");
    }
    // What is on its way counts as if it had succeeded.
    let mut talk = Talk::inside("IMAP4rev2");
    talk.say("SELECT a");
    talk.say("UID FETCH 1:* (FLAGS)");
    assert_eq!(talk.sent(), "ABCD1 SELECT a\r\nABCD2 UID FETCH 1:* (FLAGS)\r\n");
}

#[test]
fn ambiguous_commands_wait() {
    // The examples of RFC 9051 section 5.5, and what needs the line for itself.
    for (commands, waits) in [
        (&["FETCH 1 FLAGS", "NOOP", "STORE 1 FLAGS ()"][..], true),
        (&["STORE 1 FLAGS ()", "COPY 1 a", "FETCH 1 FLAGS"], true),
        (&["COPY 1 a", "COPY 1 a"], true),
        (&["FETCH 1 FLAGS", "STORE 1 FLAGS ()", "SEARCH ALL", "NOOP"], false),
        (&["STORE 1 FLAGS ()", "COPY 1 a", "EXPUNGE"], false),
        (&["UID FETCH 1 FLAGS", "UID STORE 1 FLAGS ()", "UID COPY 1 a"], false),
        (&["UID FETCH 1 FLAGS", "FETCH 1 FLAGS"], true),
        (&["SELECT a", "FETCH 1 FLAGS"], true),
        (&["NOOP", "IDLE"], true),
        (&["NOOP", "LOGOUT"], true),
        (&["IDLE", "NOOP"], true),
        (&["ENABLE UTF8=ACCEPT", "LIST \"\" *"], true),
        (&["ENABLE CONDSTORE", "LIST \"\" *"], false),
    ] {
        let mut talk = Talk::selected("IMAP4rev2");
        let (last, before) = commands.split_last().unwrap();
        for command in before {
            talk.say(command);
        }
        let sent = talk.try_say(last);
        assert_eq!(sent == Err(NotSent::Ambiguous.into()), waits, "{commands:?} {sent:?}");
        for number in 2..2 + before.len() {
            talk.hear(format!("ABCD{number} OK done\r\n"));
        }
        if waits {
            talk.say(last);
        }
    }
}

#[test]
fn sec_37_sec_38_nothing_that_ends_like_a_literal_is_written_plain() {
    let mut talk = Talk::inside("IMAP4rev1");
    for (text, sent) in [
        ("STATUS \"{0}\" (MESSAGES)", "STATUS \"{0}\" (MESSAGES)"),
        ("SUBSCRIBE \"a{0+}\"", "SUBSCRIBE \"a{0+}\""),
        ("DELETE \"~{3}\"", "DELETE \"~{3}\""),
        ("DELETE \"x {3}\"", "DELETE \"x {3}\""),
    ] {
        let number = talk.client.tag + 1;
        talk.say(text);
        assert_eq!(talk.sent(), format!("ABCD{number} {sent}\r\n"));
        assert_eq!(talk.hear(format!("ABCD{number} OK done\r\n")), [format!("{number}:OK")]);
    }
}

/// What would break a line, a string, a list or a code, were it written as it is.
const PAYLOADS: [&[u8]; 27] = [
    b"\r\nX",
    b"\nX",
    b"\rX",
    b"\0X",
    b"X\r\n",
    b"X\n",
    b"X\r",
    b"\r\n.\r\n",
    b"\r\nA1 LOGOUT",
    b"\r\nRCPT TO:<e@v>",
    b"\"",
    b"\\",
    b"X\\",
    b"X\"Y",
    b"]",
    b") FLAGS (",
    b"> SIZE=1",
    b" ORCPT=rfc822;a@b",
    b"{3}",
    b"{0}",
    b"{0+}",
    b"~{3}",
    b"{5+}\r\nAAAAA",
    b"\xC3",
    b"\xED\xA0\x80",
    b"\xE2\x80\xA8",
    &[b'A'; 70_000],
];

#[test]
fn sec_36_whatever_is_said_is_one_message_and_means_what_was_said() {
    for payload in PAYLOADS {
        let mailbox = Mailbox::new(payload).ok();
        let string = AString::new(payload).ok();
        let user = string.clone().and_then(|user| UserPassword::new(user, Secret::new(payload)).ok());
        let commands = [
            mailbox.clone().map(Command::Delete),
            mailbox.clone().map(Command::GetAcl),
            string.map(Command::GetQuota),
            user.map(Command::Login),
            Atom::new(payload).ok().map(Command::Compress),
            Literal::new(payload)
                .ok()
                .zip(mailbox)
                .map(|(literal, mailbox)| Command::Append(Append::new(mailbox, literal.into()))),
        ];
        for (capabilities, command) in ["ACL QUOTA COMPRESS=DEFLATE LITERAL+", "ACL QUOTA COMPRESS=DEFLATE"]
            .into_iter()
            .flat_map(|capabilities| commands.iter().flatten().map(move |command| (capabilities, command)))
        {
            let mut talk = match command {
                Command::Login(_) => Talk::greeted(plain(), capabilities),
                _ => Talk::inside(capabilities),
            };
            talk.client.send(command).unwrap();
            // Each literal is let in, and then there is nothing more to let in.
            talk.write();
            while talk.client.transmit.is_holding() {
                talk.hear("+ go\r\n");
                talk.write();
            }
            let mut messages = split(&talk.output, Side::Client);
            let read = TaggedCommand::parse(messages.next().unwrap(), Dialect::STRICT).unwrap();
            assert_eq!((read.0, &read.1.command), (&b""[..], command));
            assert_eq!((messages.next(), messages.rest()), (None, &b""[..]));
        }
    }
}
