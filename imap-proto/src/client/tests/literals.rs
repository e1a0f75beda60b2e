//! Literals and messages on their way out.

use alloc::vec;

use bytes::Bytes;

use super::*;
use crate::append::{Append, AppendData, AppendMessage, AppendOptions, MessageHead};
use crate::error::ApiMisuse;
use crate::ext::catenate::{CatPart, Catenate};
use crate::grammar::literal::{Literal, Literal8};
use crate::grammar::mailbox::Mailbox;

const LOGIN: &str = "LOGIN a {3}\r\nb\r\n";

fn head(size: u64) -> MessageHead<'static> {
    MessageHead { options: AppendOptions::default(), size, binary: false }
}

fn mailbox() -> Mailbox<'static> {
    Mailbox::new("saved").unwrap()
}

fn append(size: usize) -> Command<'static> {
    let literal = Literal::new(Bytes::from(vec![b'x'; size])).unwrap();
    Command::Append(Append::new(mailbox(), literal.into()))
}

#[test]
fn sec_39_literals_are_announced_as_the_server_can_read_them() {
    let announced = |options: Options, capabilities: &str, size: usize| {
        let mut talk = Talk::inside_with(options, capabilities);
        talk.client.send(&append(size)).unwrap();
        let sent = talk.sent();
        String::from(sent.split('{').nth(1).unwrap().split('}').next().unwrap())
    };
    for (capabilities, size, expected) in [
        ("IMAP4rev1", 1, "1"),
        ("IMAP4rev1 LITERAL+", 1, "1+"),
        ("IMAP4rev1 LITERAL+", 100_000, "100000+"),
        ("IMAP4rev1 LITERAL-", 4_096, "4096+"),
        ("IMAP4rev1 LITERAL-", 4_097, "4097"),
        ("IMAP4rev2", 4_096, "4096+"),
        ("IMAP4rev2", 4_097, "4097"),
        // Not a whole word.
        ("IMAP4rev1 XLITERAL+", 1, "1"),
    ] {
        assert_eq!(announced(plain(), capabilities, size), expected, "{capabilities}");
    }
    for (mode, size, expected) in [
        (LiteralMode::Minus, 5, "5+"),
        (LiteralMode::Minus, 5_000, "5000"),
        (LiteralMode::Synchronizing, 5, "5"),
    ] {
        let options = Options { literals: mode, ..plain() };
        assert_eq!(announced(options, "IMAP4rev1 LITERAL+", size), expected, "{mode:?}");
    }
    // Nothing was told; and what was told before the login may not hold behind it.
    let mut talk = Talk::new(plain());
    talk.hear("* OK hello\r\n");
    talk.say(LOGIN);
    assert_eq!(talk.sent(), "ABCD1 LOGIN a {3}\r\n");
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 LITERAL+");
    talk.say(LOGIN);
    assert_eq!(talk.sent(), "ABCD1 LOGIN a {3+}\r\nb\r\n\r\n");
    assert_eq!(talk.hear("ABCD1 OK in\r\n"), ["1:OK"]);
    assert_eq!(talk.client.encode_options().literals, LiteralMode::Synchronizing);
}

#[test]
fn b22_a_literal_that_is_too_large_for_literal_minus_is_waited_for() {
    let mut talk = Talk::inside("IMAP4rev1 LITERAL-");
    talk.client.send(&append(5_000)).unwrap();
    assert_eq!(talk.sent(), "ABCD1 APPEND saved {5000}\r\n");
    assert_eq!(talk.hear("+ go\r\nABCD1 OK done\r\n"), ["1 + go", "1:OK"]);
    assert_eq!(talk.sent().len(), 5_002);
}

#[test]
fn b18_a_literal_that_is_refused_takes_its_command_with_it_and_no_other() {
    for answer in ["NO [TRYCREATE] no", "NO [OVERQUOTA] no", "BAD [TOOBIG] no"] {
        let mut talk = Talk::inside("IMAP4rev1");
        talk.client.send(&append(5_000)).unwrap();
        talk.say("NOOP");
        talk.client.send(&append(3)).unwrap();
        talk.say("CAPABILITY");
        assert_eq!(talk.sent(), "ABCD1 APPEND saved {5000}\r\n", "what is behind it waits");
        let events = talk.hear(format!("ABCD1 {answer}\r\n"));
        assert_eq!(events, [format!("1:{}", &answer[..3].trim())]);
        assert_eq!(talk.sent(), "ABCD2 NOOP\r\nABCD3 APPEND saved {3}\r\n");
        assert_eq!(talk.hear("ABCD2 OK done\r\n+ go\r\n"), ["2:OK", "3 + go"]);
        assert_eq!(talk.sent(), "xxx\r\nABCD4 CAPABILITY\r\n");
        assert_eq!(talk.hear("ABCD3 OK done\r\nABCD4 OK done\r\n"), ["3:OK", "4:OK"]);
    }
}

#[test]
fn b18_the_second_literal_of_a_command_is_refused() {
    let mut talk = Talk::greeted(plain(), "IMAP4rev1");
    talk.say("LOGIN {3}\r\na\r\n {3}\r\nb\r\n");
    assert_eq!(talk.sent(), "ABCD1 LOGIN {3}\r\n");
    assert_eq!(talk.hear("+ go\r\n"), ["1 + go"]);
    assert_eq!(talk.sent(), "a\r\n {3}\r\n");
    assert_eq!(talk.hear("ABCD1 NO no\r\n"), ["1:NO"]);
    talk.say("NOOP");
    assert_eq!(talk.sent(), "ABCD2 NOOP\r\n");
}

#[test]
fn b20_an_early_refusal_stops_what_waits_and_not_what_was_announced() {
    // The first message goes on, as the server counts its octets; the second one is not begun.
    let message = |size| AppendMessage::from(Literal::new(Bytes::from(vec![b'x'; size])).unwrap());
    let two = Append::multiple(mailbox(), vec![message(4_000), message(5_000)]).unwrap();
    let mut talk = Talk::inside("IMAP4rev1 MULTIAPPEND LITERAL-");
    talk.client.send(&Command::Append(two)).unwrap();
    talk.say("NOOP");
    talk.client.transmit().advance(100);
    assert_eq!(talk.hear_unwritten("ABCD1 NO full\r\n"), ["1:NO"]);
    let sent = talk.sent();
    assert!(sent.ends_with("x {5000}\r\nABCD2 NOOP\r\n"), "{sent}");
    assert_eq!(sent.len() + 100, "ABCD1 APPEND saved {4000+}\r\n {5000}\r\nABCD2 NOOP\r\n".len() + 4_000);
    // SEC-10: OK before the end is a lie.
    let mut talk = Talk::inside("IMAP4rev1 LITERAL+");
    talk.client.send(&append(4_000)).unwrap();
    talk.client.transmit().advance(100);
    assert_eq!(talk.hear_unwritten("ABCD1 OK done\r\n"), [text(PeerMisbehaved::PrematureCompletion)]);
}

#[test]
fn b21_a_literal_beyond_the_limit_is_sent_whole_whatever_the_server_says() {
    let mut talk = Talk::inside("IMAP4rev1 LITERAL+");
    talk.client.send(&append(9_000)).unwrap();
    talk.client.transmit().advance(30);
    assert_eq!(talk.hear_unwritten("ABCD1 BAD [TOOBIG] no\r\n"), ["1:BAD"]);
    talk.say("NOOP");
    let sent = talk.sent();
    assert_eq!(sent.len() + 30, "ABCD1 APPEND saved {9000+}\r\n\r\nABCD2 NOOP\r\n".len() + 9_000);
}

#[test]
fn messages_are_not_copied() {
    let message = Bytes::from(vec![b'x'; 10_000]);
    let text = CatPart::Text(message.clone().into());
    let catenate = AppendData::Catenate(Catenate::new(vec![text]).unwrap());
    let catenated = AppendMessage { options: AppendOptions::default(), data: catenate };
    for message_data in [Literal::new(message.clone()).unwrap().into(), catenated] {
        let replace = crate::ext::replace::Replace::new(4, mailbox(), message_data.clone()).unwrap();
        for command in [Command::Append(Append::new(mailbox(), message_data)), Command::Replace(replace)] {
            let mut talk = Talk::selected("IMAP4rev1 LITERAL+ CATENATE REPLACE");
            talk.client.send(&command).unwrap();
            let head = talk.client.transmit().chunk().len();
            talk.client.transmit().advance(head);
            assert_eq!(talk.client.transmit().chunk().as_ptr(), message.as_ptr());
        }
    }
}

#[test]
fn a_streamed_message_waits_for_the_go_ahead() {
    let mut talk = Talk::inside("IMAP4rev1");
    let before = talk.client.write("x".into());
    assert_eq!(before, Err(ApiMisuse::State(Refusal::NotOpen).into()));
    talk.client.append_head(mailbox(), &head(5)).unwrap();
    talk.say("NOOP");
    assert_eq!(talk.sent(), "ABCD1 APPEND saved {5}\r\n");
    assert!(talk.client.write("x".into()).is_err());
    assert_eq!(talk.client.append_head(mailbox(), &head(5)), Err(ApiMisuse::State(Refusal::Busy).into()));
    assert_eq!(talk.hear("+ go\r\n"), ["1:go"]);
    talk.client.write("hel".into()).unwrap();
    assert_eq!(talk.client.finish(), Err(ApiMisuse::Size.into()));
    assert_eq!(talk.client.write("loo".into()), Err(ApiMisuse::Size.into()));
    assert_eq!(talk.client.write("l\0".into()), Err(NotSent::Nul.into()));
    talk.client.write("lo".into()).unwrap();
    assert_eq!(talk.sent(), "hello");
    talk.client.finish().unwrap();
    assert_eq!(talk.sent(), "\r\nABCD2 NOOP\r\n");
    assert_eq!(talk.hear("ABCD1 OK [APPENDUID 1 2] done\r\nABCD2 OK done\r\n"), ["1:OK", "2:OK"]);
    assert!(talk.client.finish().is_err());
}

#[test]
fn streamed_messages_follow_each_other_in_one_command() {
    let mut talk = Talk::inside("IMAP4rev1 LITERAL- MULTIAPPEND BINARY");
    talk.say("NOOP");
    talk.client.append_head(mailbox(), &head(2)).unwrap();
    assert_eq!(talk.hear(""), ["2:go"]);
    assert_eq!(talk.client.append_next(&head(2)), Err(ApiMisuse::Size.into()));
    talk.client.write("hi".into()).unwrap();
    talk.client.append_next(&MessageHead { binary: true, ..head(5_000) }).unwrap();
    assert_eq!(talk.sent(), "ABCD1 NOOP\r\nABCD2 APPEND saved {2+}\r\nhi ~{5000}\r\n");
    assert!(talk.client.write("x".into()).is_err());
    assert_eq!(talk.hear("ABCD1 OK done\r\n+ go\r\n"), ["1:OK", "2:go"]);
    talk.client.write(Bytes::from(vec![0; 5_000])).unwrap();
    talk.client.finish().unwrap();
    assert_eq!(talk.sent().len(), 5_002);
    assert_eq!(talk.hear("ABCD2 OK done\r\n"), ["2:OK"]);
    let mut talk = Talk::selected("IMAP4rev1 LITERAL+ REPLACE");
    talk.client.replace_head(4, mailbox(), &head(0)).unwrap();
    assert_eq!(talk.hear(""), ["2:go"]);
    assert!(talk.client.append_next(&head(0)).is_err());
    talk.client.finish().unwrap();
    assert_eq!(talk.sent(), "ABCD2 REPLACE 4 saved {0+}\r\n\r\n");
    assert_eq!(talk.client.replace_head(0, mailbox(), &head(0)), Err(ApiMisuse::Size.into()));
    let mut talk = Talk::selected("IMAP4rev1 LITERAL+ REPLACE MULTIAPPEND");
    assert_eq!(talk.client.append_next(&head(0)), Err(ApiMisuse::State(Refusal::NotOpen).into()));
    talk.client.replace_head(crate::grammar::sequence::Number::Star, mailbox(), &head(1)).unwrap();
    assert_eq!(talk.sent(), "ABCD2 REPLACE * saved {1+}\r\n");
    // Of a message that replaces another one there is no next one.
    assert_eq!(talk.hear(""), ["2:go"]);
    assert_eq!(talk.client.append_next(&head(0)), Err(ApiMisuse::State(Refusal::NotOpen).into()));
    // What is known of the server ends with the answer to a login.
    let mut talk = Talk::greeted(plain(), "IMAP4rev1 LITERAL+");
    assert_eq!(talk.client.encode_options().literals, LiteralMode::Plus);
    talk.say("LOGIN a b");
    assert_eq!(talk.client.encode_options().literals, LiteralMode::Synchronizing);
}

#[test]
fn a_literal_has_less_than_2_to_the_63_octets() {
    let mut talk = Talk::inside("IMAP4rev1 MULTIAPPEND REPLACE LITERAL+");
    let too_long = || head(1 << 63);
    assert_eq!(talk.client.append_head(mailbox(), &too_long()), Err(ApiMisuse::Size.into()));
    talk.client.append_head(mailbox(), &head(0)).unwrap();
    talk.write();
    assert_eq!(talk.event(), Ok(Some("1:go".into())));
    assert_eq!(talk.client.append_next(&too_long()), Err(ApiMisuse::Size.into()));
    talk.client.append_next(&head((1 << 63) - 1)).unwrap();
    assert_eq!(talk.sent(), "ABCD1 APPEND saved {0+}\r\n {9223372036854775807+}\r\n");
}

#[test]
fn a_streamed_message_is_queued_behind_another_literal() {
    let mut talk = Talk::inside("IMAP4rev1");
    talk.client.send(&append(3)).unwrap();
    talk.client.append_head(mailbox(), &head(1)).unwrap();
    assert_eq!(talk.sent(), "ABCD1 APPEND saved {3}\r\n");
    assert_eq!(talk.hear("+ go\r\n+ go\r\n"), ["1 + go", "2:go"]);
    talk.client.write("x".into()).unwrap();
    talk.client.finish().unwrap();
    assert_eq!(talk.sent(), "xxx\r\nABCD2 APPEND saved {1}\r\nx\r\n");
}

#[test]
fn a_streamed_message_is_refused() {
    let refused = |events: &[&str], prepare: &dyn Fn(&mut Talk)| {
        let mut talk = Talk::inside("IMAP4rev1");
        talk.client.append_head(mailbox(), &head(5)).unwrap();
        prepare(&mut talk);
        assert_eq!(talk.hear("ABCD1 NO [OVERQUOTA] full\r\n"), events);
        assert!(talk.client.write("x".into()).is_err() && talk.client.finish().is_err());
        talk
    };
    // Before an octet of it: the session goes on.
    let mut talk = refused(&["1:NO"], &|_| ());
    talk.sent();
    talk.say("NOOP");
    assert_eq!(talk.sent(), "ABCD2 NOOP\r\n");
    // In the middle: nothing can follow but what is missing, and nobody will give that.
    refused(&["1:NO", "close"], &|talk| {
        talk.hear("+ go\r\n");
        talk.client.write("hel".into()).unwrap();
    });
    // All but the end.
    let mut talk = refused(&["1:NO"], &|talk| {
        talk.hear("+ go\r\n");
        talk.client.write("hello".into()).unwrap();
        talk.sent();
    });
    talk.say("NOOP");
    assert_eq!(talk.sent(), "\r\nABCD2 NOOP\r\n");
}

#[test]
fn sec_56_the_output_is_bounded() {
    let mut options = plain();
    options.limits.output = 100;
    let mut talk = Talk::inside_with(options, "IMAP4rev1");
    talk.client.send(&append(50)).unwrap();
    talk.sent();
    talk.client.send(&append(100)).unwrap();
    // What waits for another one's literal counts, too.
    assert_eq!(talk.try_say("NOOP"), Err(ApiMisuse::OutputFull.into()));
    assert_eq!(talk.hear("ABCD1 NO no\r\n"), ["1:NO"]);
    assert_eq!(talk.hear("ABCD2 NO no\r\n"), ["2:NO"]);
    talk.client.append_head(mailbox(), &head(1_000)).unwrap();
    assert_eq!(talk.hear("+ go\r\n"), ["3:go"]);
    talk.client.write(Bytes::from(vec![b'x'; 200])).unwrap();
    assert_eq!(talk.client.write("x".into()), Err(ApiMisuse::OutputFull.into()));
    talk.sent();
    talk.client.write("x".into()).unwrap();
}

#[test]
fn sec_40_what_cannot_be_quoted_becomes_a_literal() {
    let mut talk = Talk::inside("IMAP4rev1 LITERAL+ ENABLE UTF8=ACCEPT QUOTA");
    talk.say("GETQUOTA \"a\tb\"");
    talk.say("GETQUOTA {3}\r\na\r\n");
    talk.say("GETQUOTA \"\u{e9}\"");
    assert_eq!(
        talk.sent(),
        "ABCD1 GETQUOTA \"a\tb\"\r\nABCD2 GETQUOTA {3+}\r\na\r\n\r\nABCD3 GETQUOTA {2+}\r\n\u{e9}\r\n"
    );
    talk.hear("ABCD1 OK a\r\nABCD2 OK a\r\nABCD3 OK a\r\n");
    talk.say("ENABLE UTF8=ACCEPT");
    assert_eq!(talk.try_say("NOOP"), Err(NotSent::Ambiguous.into()));
    assert_eq!(talk.hear("* ENABLED UTF8=ACCEPT\r\nABCD4 OK done\r\n"), ["4 * ENABLED UTF8=ACCEPT", "4:OK"]);
    talk.sent();
    talk.say("GETQUOTA \"\u{e9}\"");
    assert_eq!(talk.sent(), "ABCD5 GETQUOTA \"\u{e9}\"\r\n");
    let literal8 =
        AppendMessage { options: AppendOptions::default(), data: AppendData::Literal8(Literal8::new("\0")) };
    let binary = Command::Append(Append::new(mailbox(), literal8));
    assert_eq!(talk.client.send(&binary), Err(NotSent::NotOffered("BINARY").into()));
}
