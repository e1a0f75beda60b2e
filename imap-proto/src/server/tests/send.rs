//! What may be said to which client, and FETCH in pieces.

use bytes::Bytes;

use super::*;
use crate::error::ApiMisuse;
use crate::fetch::BodySection;
use crate::registry::FetchItem;
use crate::section::Section;
use crate::{Flags, NString};

const RESPONSE: Error = Error::ApiMisuse(ApiMisuse::Response);

fn is_state<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::ApiMisuse(ApiMisuse::State(_))))
}

fn enabled(capabilities: &str) -> Server {
    let mut host = Host::ready();
    if !capabilities.is_empty() {
        host.say(format!("e ENABLE {capabilities}\r\n"));
    }
    host.say("s SELECT box\r\n");
    host.server
}

/// Opens a command and lets it be.
fn open(server: &mut Server, wire: &str) -> Token {
    match server.receive(wire.as_bytes()).unwrap().unwrap().event {
        Event::Command { token, .. } | Event::Idle { token, .. } => token,
        other => panic!("{other:?}"),
    }
}

fn output(server: &mut Server) -> String {
    let out = server.transmit();
    String::from_utf8(out.copy_to_bytes(out.remaining()).to_vec()).unwrap()
}

#[test]
fn what_each_client_is_told() {
    use Outcome::{Fine, Never};
    #[derive(Debug, PartialEq)]
    enum Outcome {
        Fine,
        Never,
    }
    for (line, outcomes) in [
        //                                   rev1   rev2   QRESYNC UIDONLY
        ("* 5 EXISTS", [Fine, Fine, Fine, Fine]),
        ("* 1 RECENT", [Fine, Never, Fine, Fine]),
        ("* 1 EXPUNGE", [Fine, Fine, Never, Never]),
        ("* VANISHED 5", [Never, Never, Fine, Fine]),
        ("* VANISHED (EARLIER) 5", [Never, Never, Fine, Fine]),
        ("* 1 FETCH (FLAGS ())", [Fine, Fine, Fine, Never]),
        ("* 1 UIDFETCH (FLAGS ())", [Never, Never, Never, Fine]),
        ("* SEARCH 1", [Fine, Never, Fine, Fine]),
        ("* ESEARCH ALL 1", [Fine, Fine, Fine, Fine]),
        ("* OK [UNSEEN 5] x", [Fine, Fine, Fine, Fine]),
        ("a OK x", [Never, Never, Never, Never]),
        ("+ x", [Never, Never, Never, Never]),
        ("* PREAUTH x", [Never, Never, Never, Never]),
        ("* BYE x", [Never, Never, Never, Never]),
    ] {
        let capabilities = ["", "IMAP4rev2", "QRESYNC", "UIDONLY"];
        for (capabilities, outcome) in capabilities.into_iter().zip(outcomes) {
            let mut server = enabled(capabilities);
            open(&mut server, "a NOOP\r\n");
            let expected = if outcome == Fine { Ok(()) } else { Err(RESPONSE) };
            assert_eq!(server.send(&response(line)), expected, "{line} with {capabilities:?}");
        }
    }
    // Numbers of messages are never 0.
    let mut server = enabled("");
    open(&mut server, "a NOOP\r\n");
    let gone = crate::response::Numbered { number: 0, data: crate::response::NumberedData::Expunge };
    assert_eq!(server.send(&Response::Numbered(gone)), Err(RESPONSE));
}

#[test]
fn expunge_only_where_numbers_may_change() {
    let gone = response("* 1 EXPUNGE");
    for (wire, is_fine) in [
        ("a NOOP\r\n", true),
        ("a UID FETCH 1 FLAGS\r\n", true),
        ("a UID SEARCH ALL\r\n", true),
        ("a EXPUNGE\r\n", true),
        ("a FETCH 1 FLAGS\r\n", false),
        ("a STORE 1 FLAGS ()\r\n", false),
        ("a SEARCH ALL\r\n", false),
        ("a SORT (DATE) UTF-8 ALL\r\n", false),
    ] {
        let mut server = enabled("");
        assert!(is_state(server.send(&gone)), "no command is in progress");
        let token = open(&mut server, wire);
        assert_eq!(server.send(&gone).is_ok(), is_fine, "{wire}");
        server.finish(token, &status("OK x")).unwrap();
        assert!(is_state(server.send(&gone)));
    }
    let mut server = enabled("");
    let token = open(&mut server, "a IDLE\r\n");
    server.accept(token).unwrap();
    server.send(&gone).unwrap();
    assert_eq!(output(&mut server), "+ idling\r\n* 1 EXPUNGE\r\n");
    // Whom NOTIFY tells, it tells at any time.
    let mut server = enabled("");
    let token = open(&mut server, "a NOTIFY SET (SELECTED (MessageNew MessageExpunge))\r\n");
    server.finish(token, &status("OK x")).unwrap();
    server.send(&gone).unwrap();
}

#[test]
fn data_only_where_they_belong() {
    let mut server = Host::fresh().server;
    server.send(&response("* CAPABILITY IMAP4rev1")).unwrap();
    server.send(&response("* ID NIL")).unwrap();
    assert!(is_state(server.send(&response("* LIST () \"/\" INBOX"))));
    let mut server = Host::ready().server;
    server.send(&response("* LIST () \"/\" INBOX")).unwrap();
    assert!(is_state(server.send(&response("* 5 EXISTS"))));
    // No message has the number 0.
    let Response::Numbered(converted) = response("* 2 CONVERTED (TAG \"a\") (BINARY[1] \"x\")") else {
        panic!()
    };
    let none = Response::Numbered(crate::response::Numbered { number: 0, ..converted.clone() });
    let mut server = Host::selected().server;
    assert_eq!(server.send(&Response::Numbered(converted)), Ok(()));
    assert_eq!(server.send(&none), Err(RESPONSE));
    // The mailbox is told of before it is selected.
    open(&mut server, "a SELECT box\r\n");
    server.send(&response("* 5 EXISTS")).unwrap();
    server.send(&response("* FLAGS (\\Seen)")).unwrap();
}

#[test]
fn utf8_is_quoted_where_it_may_be() {
    for (capabilities, out) in
        [("", "{8}\r\ntäglich"), ("UTF8=ACCEPT", "\"täglich\""), ("IMAP4rev2", "\"täglich\"")]
    {
        let mut server = enabled(capabilities);
        server.send(&response("* JMAPACCESS {8}\r\ntäglich")).unwrap();
        assert_eq!(output(&mut server), format!("* JMAPACCESS {out}\r\n"));
    }
}

#[test]
fn message_numbers_are_refused_under_uidonly() {
    let mut host = Host::selected();
    host.say("e ENABLE UIDONLY\r\n");
    let refusal = "a BAD [UIDREQUIRED] no message numbers under UIDONLY\r\n";
    for wire in ["FETCH 1 FLAGS", "STORE 1 FLAGS ()", "SEARCH ALL", "COPY 1 x", "MOVE 1 x", "REPLACE 1 x {3}"]
    {
        assert_eq!(host.say(format!("a {wire}\r\n")), refusal, "{wire}");
    }
    assert_eq!(host.say("a UID FETCH 1 FLAGS\r\n"), "a OK done\r\n");
}

#[test]
fn what_enables_condstore() {
    for (wire, enables) in [
        ("SELECT box (CONDSTORE)", true),
        ("EXAMINE box (CONDSTORE)", true),
        ("STATUS box (HIGHESTMODSEQ)", true),
        ("FETCH 1 (MODSEQ)", true),
        ("UID FETCH 1 FLAGS (CHANGEDSINCE 5)", true),
        ("STORE 1 (UNCHANGEDSINCE 5) FLAGS ()", true),
        ("ENABLE CONDSTORE", true),
        ("FETCH 1 FLAGS", false),
        ("SELECT box", false),
        ("STATUS box (MESSAGES)", false),
    ] {
        let mut host = Host::selected();
        host.say(format!("a {wire}\r\n"));
        assert_eq!(host.server.enabled().condstore, enables, "{wire}");
    }
}

fn body() -> FetchItem<'static> {
    FetchItem::BodySection(BodySection { section: Section::WHOLE, origin: None, data: NString::NIL })
}

#[test]
fn fetch_in_pieces() {
    let mut server = enabled("");
    server.fetch_head(12, &[FetchItem::Uid(5)], &body(), 10).unwrap();
    server.write(Bytes::from_static(b"01234")).unwrap();
    // Nothing else can be said, and nothing is read.
    assert!(is_state(server.send(&response("* OK x"))) && is_state(server.fetch_head(1, &[], &body(), 1)));
    assert_eq!((server.receive(b"a NOOP\r\n"), server.is_blocked()), (Ok(None), true));
    let size = Err(Error::from(ApiMisuse::Size));
    assert_eq!(server.write(Bytes::from_static(b"567890")), size, "one too many");
    assert_eq!(server.fetch_end(&[]), size, "five are missing");
    assert_eq!(server.fetch_next(&[], &body(), 1), size);
    server.write(Bytes::from_static(b"56789")).unwrap();
    let binary = crate::fetch::BinarySection {
        part: crate::section::SectionPart::new("1").unwrap(),
        origin: Some(0),
        data: crate::NString8::NIL,
    };
    server.fetch_next(&[FetchItem::Rfc822Size(10)], &FetchItem::BinarySection(binary), 2).unwrap();
    server.write(Bytes::from_static(b"\0\0")).unwrap();
    server.fetch_end(&[FetchItem::Flags(Flags::default())]).unwrap();
    let out =
        "* 12 FETCH (UID 5 BODY[] {10}\r\n0123456789 RFC822.SIZE 10 BINARY[1]<0> ~{2}\r\n\0\0 FLAGS ())\r\n";
    assert_eq!(output(&mut server), out);
    assert!(is_state(server.write(Bytes::new())) && is_state(server.fetch_end(&[])));
    let (_, response) = Response::parse(out.as_bytes(), Dialect::STRICT).unwrap();
    assert!(matches!(response, Response::Numbered(_)), "{response:?}");
    // What is no contents, or has some.
    let some = BodySection { section: Section::WHOLE, origin: None, data: NString::new("x").unwrap() };
    for contents in [FetchItem::BodySection(some), FetchItem::Uid(5), FetchItem::Preview(None)] {
        assert_eq!(server.fetch_head(1, &[], &contents, 1), Err(RESPONSE), "{contents:?}");
    }
    assert_eq!(server.fetch_head(0, &[], &body(), 1), Err(RESPONSE));
    assert_eq!(server.fetch_head(1, &[], &body(), 1 << 63), Err(ApiMisuse::Size.into()));
    assert!(is_state(Host::ready().server.fetch_head(1, &[], &body(), 1)), "no mailbox is selected");
}

#[test]
fn fetch_at_once_and_by_uid() {
    let mut server = enabled("UIDONLY");
    server.fetch(25_996, &[FetchItem::Flags(Flags::default())]).unwrap();
    assert_eq!(output(&mut server), "* 25996 UIDFETCH (FLAGS ())\r\n");
    server.fetch_head(7, &[], &body(), 0).unwrap();
    server.fetch_end(&[]).unwrap();
    assert_eq!(output(&mut server), "* 7 UIDFETCH (BODY[] {0}\r\n)\r\n");
    assert_eq!(server.fetch(7, &[]), Err(RESPONSE));
}

#[test]
fn contents_are_not_copied_and_wait_for_the_client() {
    let mut options = options();
    options.limits.output = 100;
    let mut host = Host::ready_with(options, CAPABILITIES);
    host.say("s SELECT box\r\n");
    let server = &mut host.server;
    let mail = Bytes::from(alloc::vec![b'x'; 1 << 20]);
    server.fetch_head(1, &[], &body(), 2 << 20).unwrap();
    let full = Err(ApiMisuse::OutputFull.into());
    assert_eq!(server.write(mail.clone()), full);
    output(server);
    server.write(mail.clone()).unwrap();
    assert!(core::ptr::eq(server.transmit().chunk(), &mail[..]));
    assert_eq!(server.write(mail.clone()), full);
    output(server);
    server.write(mail).unwrap();
    server.fetch_end(&[]).unwrap();
    // A BYE in the middle of contents would be contents.
    output(server);
    server.fetch_head(1, &[], &body(), 5).unwrap();
    output(server);
    server.close(&text("bye")).unwrap();
    assert_eq!(output(server), "");
}
