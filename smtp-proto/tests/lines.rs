//! Command lines as real clients send them, one row each: what a server makes of them by the RFCs, and what it makes of
//! them when it puts up with more.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use bytes::BytesMut;
use proptest::prelude::*;
use smtp_proto::{Command, Dialect, Leniency};

/// What becomes of a line.
enum Is {
    /// Read strictly; the `Debug` text of the command holds this.
    Strict(&'static str),
    /// Answered like this by a strict reader; read with these leniencies, and then written like this.
    Tolerated(&'static str, Leniency, &'static str),
    /// Answered like this by either.
    Refused(&'static str),
}

use Is::{Refused, Strict, Tolerated};

/// Code and enhanced code of the answer to a line that cannot be read.
fn answer(line: &[u8], dialect: Dialect) -> Option<String> {
    let error = Command::parse(line, dialect).err()?;
    let reply = error.suggested_reply();
    Some(format!("{} {}", reply.code().get(), reply.enhanced()?))
}

fn encoded(command: &Command<'_>) -> Vec<u8> {
    let mut out = BytesMut::new();
    command.encode(&mut out);
    out.to_vec()
}

fn check(row: &str, line: &str, is: &Is) {
    let whole = &[line.as_bytes(), b"\r\n"].concat()[..];
    let strict = Command::parse_reporting(whole, Dialect::STRICT);
    let tolerant = Command::parse_reporting(whole, Dialect::TOLERANT);
    match *is {
        Strict(part) => {
            let (rest, command, tolerated) = strict.unwrap_or_else(|error| panic!("{row} {line}: {error}"));
            assert_eq!((rest, tolerated), (&b""[..], None), "{row} {line}");
            let shown = format!("{command:?}");
            assert!(shown.contains(part), "{row} {line}: {shown} has no {part}");
            assert_eq!(tolerant, Ok((rest, command.clone(), None)), "{row} {line}");
            // The verb is written as the RFC has it, all else as it came.
            assert!(encoded(&command).eq_ignore_ascii_case(whole), "{row} {line}");
        }
        Tolerated(reply, leniency, written) => {
            assert_eq!(answer(whole, Dialect::STRICT).as_deref(), Some(reply), "{row} {line}");
            let (rest, command, tolerated) = tolerant.unwrap_or_else(|error| panic!("{row} {line}: {error}"));
            let tolerated = tolerated.map(|tolerated| (tolerated.leniency, Err(tolerated.error)));
            let error = strict.map(|_| ());
            assert_eq!((rest, tolerated), (&b""[..], Some((leniency, error))), "{row} {line}");
            assert_eq!(
                Command::parse(whole, Dialect { leniency }),
                Ok((rest, command.clone())),
                "{row} {line}"
            );
            let without = Dialect { leniency: Leniency::ALL.without(leniency) };
            assert!(Command::parse(whole, without).is_err(), "{row} {line}: all of {leniency:?}");
            assert_eq!(encoded(&command), [written.as_bytes(), b"\r\n"].concat(), "{row} {line}");
        }
        Refused(reply) => {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                assert_eq!(answer(whole, dialect).as_deref(), Some(reply), "{row} {line} {dialect:?}");
            }
        }
    }
}

fn table(rows: &[(&str, &str, Is)]) {
    for (row, line, is) in rows {
        check(row, line, is);
    }
}

#[test]
fn paths() {
    table(&[
        (
            "Outlook",
            "MAIL FROM: <a@b>",
            Tolerated("501 5.5.2", Leniency::SPACE_AFTER_COLON, "MAIL FROM:<a@b>"),
        ),
        ("Outlook", "RCPT TO: <a@b>", Tolerated("501 5.5.2", Leniency::SPACE_AFTER_COLON, "RCPT TO:<a@b>")),
        ("two spaces", "MAIL FROM:  <a@b>", Refused("501 5.5.2")),
        ("printers", "MAIL FROM:a@b", Tolerated("501 5.1.7", Leniency::MISSING_BRACKETS, "MAIL FROM:<a@b>")),
        ("printers", "RCPT TO:a@b", Tolerated("501 5.1.3", Leniency::MISSING_BRACKETS, "RCPT TO:<a@b>")),
        (
            "both",
            "MAIL FROM: a@b",
            Tolerated(
                "501 5.5.2",
                Leniency::SPACE_AFTER_COLON.union(Leniency::MISSING_BRACKETS),
                "MAIL FROM:<a@b>",
            ),
        ),
        ("web forms", "MAIL FROM:<Test <a@b>>", Refused("501 5.1.7")),
        ("web forms", "RCPT TO:<Test <a@b>>", Refused("501 5.1.3")),
        ("web forms", "RCPT TO:\"Joe\" <a@b>", Refused("501 5.1.3")),
        ("half a bracket", "MAIL FROM:<a@b", Refused("501 5.1.7")),
        ("half a bracket", "MAIL FROM:a@b>", Refused("501 5.1.7")),
        ("nothing", "MAIL FROM:", Refused("501 5.1.7")),
        ("nothing", "RCPT TO:<>", Refused("501 5.1.3")),
        ("comment", "RCPT TO:<a(x)@b>", Refused("501 5.1.3")),
        ("bounces", "MAIL FROM:<>", Strict("from: Null")),
        ("postmaster", "RCPT TO:<postmaster>", Strict("Postmaster(Postmaster(\"postmaster\"))")),
        ("postmaster", "RCPT TO:<PostMaster>", Strict("Postmaster(Postmaster(\"PostMaster\"))")),
        (
            "cron",
            "MAIL FROM:<postmaster>",
            Tolerated("501 5.1.7", Leniency::MISSING_DOMAIN, "MAIL FROM:<postmaster>"),
        ),
        ("cron", "RCPT TO:<root>", Tolerated("501 5.1.3", Leniency::MISSING_DOMAIN, "RCPT TO:<root>")),
        ("no brackets, no domain", "RCPT TO:root", Refused("501 5.1.3")),
        (
            "old relays",
            "MAIL FROM:<@a,@b:c@d>",
            Strict("route: Some(Route(\"@a,@b\")), mailbox: Mailbox(\"c@d\")"),
        ),
        ("quoted", "RCPT TO:<\"a b\\\"c\"@d>", Strict("Mailbox(")),
        ("quoted bracket", "RCPT TO:<\"a>b\"@d>", Strict("Mailbox(")),
        ("literals", "RCPT TO:<a@[192.0.2.1]>", Strict("[192.0.2.1]")),
        ("literals", "RCPT TO:<a@[IPv6:2001:db8::1]>", Strict("[IPv6:2001:db8::1]")),
        ("literals", "RCPT TO:<a@[IPV6:2001:db8::1]>", Strict("[IPV6:2001:db8::1]")),
        ("literals", "RCPT TO:<a@[ipv6:2001:db8::1]>", Strict("[ipv6:2001:db8::1]")),
        ("literals", "RCPT TO:<a@[x-tag:foo]>", Strict("[x-tag:foo]")),
        (
            "appliances",
            "RCPT TO:<a@[2001:db8::1]>",
            Tolerated("501 5.1.3", Leniency::UNTAGGED_IPV6, "RCPT TO:<a@[IPv6:2001:db8::1]>"),
        ),
        ("no address", "RCPT TO:<a@[2001:db8::1::2]>", Refused("501 5.1.3")),
        (
            "HP iLO",
            "MAIL FROM:<local.@example.com>",
            Tolerated("501 5.1.7", Leniency::LOOSE_LOCAL_PART, "MAIL FROM:<\"local.\"@example.com>"),
        ),
        (
            "docomo",
            "RCPT TO:<a..b@c>",
            Tolerated("501 5.1.3", Leniency::LOOSE_LOCAL_PART, "RCPT TO:<\"a..b\"@c>"),
        ),
        (
            "au",
            "MAIL FROM:<.a@c>",
            Tolerated("501 5.1.7", Leniency::LOOSE_LOCAL_PART, "MAIL FROM:<\".a\"@c>"),
        ),
        (
            "VERP",
            "MAIL FROM:<list-bounces-0123456789012345678901234567890123456789+user=example.net@example.org>",
            Tolerated(
                "501 5.1.7",
                Leniency::LONG_LOCAL_PART,
                "MAIL FROM:<list-bounces-0123456789012345678901234567890123456789+user=example.net@example.org>",
            ),
        ),
        ("SRS", "MAIL FROM:<SRS0=xx=yy=d=u/x@f>", Strict("SRS0=xx=yy=d=u/x@f")),
        ("SMTPUTF8", "MAIL FROM:<j\u{f6}s\u{e9}@ex\u{e4}mple.de>", Strict("Mailbox(")),
    ]);
}

#[test]
fn parameters() {
    let unread = |line: &'static str| Tolerated("501 5.5.4", Leniency::BAD_PARAMETER_VALUE, line);
    table(&[
        ("bounces", "MAIL FROM:<> SIZE=1000", Strict("from: Null, parameters: [\"SIZE=1000\"]")),
        ("attack", "MAIL FROM:<a@b>SIZE=100", Refused("501 5.5.4")),
        (
            "Thunderbird",
            "MAIL FROM:<a@b> BODY=8BITMIME SIZE=3592",
            Strict("[\"BODY=8BITMIME\", \"SIZE=3592\"]"),
        ),
        ("Postfix", "MAIL FROM:<a@b> SIZE=3592 BODY=8BITMIME", Strict("[\"SIZE=3592\", \"BODY=8BITMIME\"]")),
        ("gen_smtp", "MAIL FROM:<a@b> body=7bit", Strict("[\"body=7bit\"]")),
        ("scripts", "MAIL FROM:<a@b> SIZE", unread("MAIL FROM:<a@b> SIZE")),
        ("scripts", "MAIL FROM:<a@b> SIZE=", unread("MAIL FROM:<a@b> SIZE=")),
        ("scripts", "MAIL FROM:<a@b> SIZE=-1", unread("MAIL FROM:<a@b> SIZE=-1")),
        ("fuzz", "MAIL FROM:<a@b> SIZE=99999999999999999999999", Refused("552 5.3.4")),
        ("fuzz", "MAIL FROM:<a@b> SIZE=18446744073709551616", Refused("552 5.3.4")),
        ("Exchange, hMail", "MAIL FROM:<a@b> AUTH=<>", Strict("[\"AUTH=<>\"]")),
        ("list servers", "MAIL FROM:<a@b> XVERP=+=", Strict("[\"XVERP=+=\"]")),
        ("broken", "MAIL FROM:<a@b> ENVID=a+zz", unread("MAIL FROM:<a@b> ENVID=a+zz")),
        ("broken", "MAIL FROM:<a@b> ENVID=a+2", unread("MAIL FROM:<a@b> ENVID=a+2")),
        ("Stalwart, smtp4j", "RCPT TO:<c@d> NOTIFY=DELAY,FAILURE", Strict("[\"NOTIFY=DELAY,FAILURE\"]")),
        ("lower case", "RCPT TO:<c@d> notify=success,failure", Strict("[\"notify=success,failure\"]")),
        (
            "never and more",
            "RCPT TO:<c@d> NOTIFY=NEVER,SUCCESS",
            unread("RCPT TO:<c@d> NOTIFY=NEVER,SUCCESS"),
        ),
        (
            "proxies",
            "MAIL FROM:<a@b> SIZE=1 SIZE=2",
            Tolerated("501 5.5.4", Leniency::DUPLICATE, "MAIL FROM:<a@b> SIZE=1"),
        ),
        (
            "printers",
            "MAIL FROM:<a@b>  SIZE=1",
            Tolerated("501 5.5.2", Leniency::EXTRA_SPACE, "MAIL FROM:<a@b> SIZE=1"),
        ),
        (
            "many",
            "MAIL FROM:<a@b> SIZE=1 ",
            Tolerated("501 5.5.4", Leniency::TRAILING_SPACE, "MAIL FROM:<a@b> SIZE=1"),
        ),
        (
            "printers",
            "MAIL FROM:a@b SIZE=1",
            Tolerated("501 5.1.7", Leniency::MISSING_BRACKETS, "MAIL FROM:<a@b> SIZE=1"),
        ),
        ("many", "RCPT TO:<a@b> \t", Tolerated("501 5.5.4", Leniency::TRAILING_SPACE, "RCPT TO:<a@b>")),
        ("private", "MAIL FROM:<a@b> X-FROB=1 Y", Strict("[\"X-FROB=1\", \"Y\"]")),
        ("web forms", "MAIL FROM:<a@b> <x>", Refused("501 5.5.4")),
        ("no keyword", "MAIL FROM:<a@b> =1", Refused("501 5.5.4")),
        ("a control octet", "MAIL FROM:<a@b> X=\u{1}", Refused("501 5.5.4")),
    ]);
}

#[test]
fn arguments_of_extensions() {
    table(&[
        ("normal", "BDAT 0 LAST", Strict("last: true")),
        ("normal", "BDAT 0", Strict("last: false")),
        ("attack", "BDAT 99999999999999999999", Refused("552 5.3.4")),
        ("attack", "BDAT 18446744073709551615", Refused("552 5.3.4")),
        ("attack", "BDAT -1", Refused("501 5.5.4")),
        ("attack", "BDAT abc", Refused("501 5.5.4")),
        ("attack", "BDAT 1 LAST x", Refused("501 5.5.4")),
        ("Postfix, nginx", "XCLIENT ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]", Strict("XClient(")),
        ("Postfix, nginx", "XCLIENT ADDR=IPV6:::1", Strict("\"ADDR=IPV6:::1\"")),
        ("no attribute", "XCLIENT", Refused("501 5.5.4")),
        ("Postfix", "XFORWARD NAME=spike.example.org PROTO=ESMTP SOURCE=REMOTE", Strict("XForward(")),
        ("RFC 1985", "ETRN @example.org", Strict("Etrn(Domain(")),
        ("RFC 1985", "ETRN", Refused("501 5.5.4")),
        ("RFC 2645", "ATRN example.org,example.com", Strict("Atrn(")),
        ("RFC 4468", "BURL imap://h/a;URLAUTH=x LAST", Strict("last: true")),
        ("RFC 4468", "BURL LAST", Refused("501 5.5.4")),
    ]);
}

#[test]
fn other_arguments() {
    let missing = Leniency::MISSING_HELLO_NAME;
    table(&[
        ("plain", "EHLO client.example.org", Strict("Hello(\"client.example.org\")")),
        ("lower case", "ehlo [192.0.2.1]", Strict("Hello(\"[192.0.2.1]\")")),
        ("scripts", "EHLO", Tolerated("501 5.5.4", missing, "EHLO")),
        ("scripts", "EHLO ", Tolerated("501 5.5.4", missing, "EHLO")),
        ("printers", "EHLO  host", Tolerated("501 5.5.2", Leniency::EXTRA_SPACE, "EHLO host")),
        ("local networks", "EHLO my_pc", Tolerated("501 5.5.4", Leniency::LOOSE_HELLO_NAME, "EHLO my_pc")),
        ("many", "EHLO host ", Tolerated("501 5.5.4", Leniency::TRAILING_SPACE, "EHLO host")),
        ("many", "QUIT \t ", Tolerated("501 5.5.4", Leniency::TRAILING_SPACE, "QUIT")),
        ("two names", "EHLO a b", Refused("501 5.5.4")),
        ("no address", "EHLO [junk]", Refused("501 5.5.4")),
        ("scripts", "NOOP foo", Strict("Noop(Some(Text(\"foo\")))")),
        ("scripts", "RSET foo", Refused("501 5.5.4")),
        ("scripts", "DATA foo", Refused("501 5.5.4")),
        ("scripts", "QUIT foo", Refused("501 5.5.4")),
        ("scripts", "STARTTLS foo", Refused("501 5.5.4")),
        ("glued", "STARTTLSfoo", Strict("Other(Unknown { verb: \"STARTTLSfoo\"")),
        ("scanners", "VRFY root", Strict("Vrfy { what: \"root\", smtputf8: false }")),
        ("scanners", "VRFY", Refused("501 5.5.4")),
        ("scanners", "EXPN staff", Strict("Expn(")),
        ("scanners", "HELP", Strict("Help(None)")),
        ("RFC 6531", "VRFY j\u{f6} SMTPUTF8", Strict("smtputf8: true")),
        ("RFC 4954", "AUTH PLAIN =", Strict("initial_response: Some(")),
        ("RFC 4954", "AUTH PLAIN", Strict("initial_response: None")),
        ("odd", "AUTH PLAIN  AAA=", Tolerated("501 5.5.2", Leniency::EXTRA_SPACE, "AUTH PLAIN AAA=")),
        ("odd", "AUTH=PLAIN AAA=", Refused("501 5.5.4")),
        ("browsers", "GET / HTTP/1.1", Strict("Other(Unknown { verb: \"GET\"")),
        ("load balancers", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2", Strict("Other(Unknown { verb: \"PROXY\"")),
        ("Exchange", "XEXCH50 2048 2", Strict("Other(Unknown { verb: \"XEXCH50\"")),
        ("sendmail", "VERB", Strict("Verb(None)")),
        ("without FROM", "MAIL a@b", Refused("501 5.5.4")),
        ("without TO", "RCPT", Refused("501 5.5.4")),
    ]);
}

#[test]
fn what_is_no_command() {
    table(&[
        ("CR inside", "MA\rIL FROM:<a@b>", Refused("500 5.5.2")),
        ("CR inside", "NOOP a\rb", Refused("500 5.5.2")),
        ("CR before CRLF", "NOOP\r", Refused("500 5.5.2")),
        ("nymea", "", Refused("500 5.5.2")),
        ("space first", " NOOP", Refused("500 5.5.2")),
        ("digit first", "220 ready", Refused("500 5.5.2")),
        ("NUL", "NO\0OP", Refused("500 5.5.2")),
        ("TLS", "\u{16}\u{3}\u{1}", Refused("500 5.5.2")),
    ]);
}

/// `MAIL FROM:<a@b>` and LF alone, from printers and scripts.
#[test]
fn sec_33_lf_alone_ends_a_line_only_by_leniency() {
    let wire = b"MAIL FROM:<a@b>\nRCPT TO:<c@d>\r\n";
    assert_eq!(answer(wire, Dialect::STRICT).as_deref(), Some("500 5.5.2"));
    for (leniency, first) in [(Leniency::BARE_LF, 16), (Leniency::ALL, 16)] {
        let (rest, _) = Command::parse(wire, Dialect { leniency }).unwrap();
        assert_eq!(wire.len() - rest.len(), first);
    }
    let without = Dialect { leniency: Leniency::ALL.without(Leniency::BARE_LF) };
    assert!(Command::parse(wire, without).is_err());
}

proptest! {
    /// What is tolerated has a reason: each of its leniencies is needed, and together they are enough.
    #[test]
    fn what_was_tolerated_was_needed(
        line in prop_oneof![
            "(EHLO|HELO)[ ]{0,2}(a|a_b|\\[::1\\]|\\[1\\])?[ \t]{0,2}",
            "MAIL FROM:[ ]?<?(a|a..b|\"a b\"|.)(@(b|\\[1::2\\]|\\[192.0.2.1\\]))?>?([ ]{1,2}(SIZE|SIZE=1|RET=X|Y)){0,3}[ ]?",
            "RCPT[ ]{1,2}TO:[ ]?<?(postmaster|root|a@b)>?( NOTIFY=(NEVER|DELAY|X)){0,2}[ ]?",
            "(NOOP|DATA|AUTH PLAIN)[ ]{0,2}(AA==|x)?[ ]?",
        ],
        crlf in "\r?\n",
    ) {
        let wire = [line.as_bytes(), crlf.as_bytes()].concat();
        let Ok((rest, command, tolerated)) = Command::parse_reporting(&wire, Dialect::TOLERANT) else {
            return Ok(());
        };
        prop_assert!(rest.is_empty());
        let Some(tolerated) = tolerated else {
            prop_assert_eq!(Command::parse(&wire, Dialect::STRICT), Ok((rest, command)));
            return Ok(());
        };
        let leniency = tolerated.leniency;
        prop_assert!(!leniency.is_empty(), "{line:?}");
        prop_assert_eq!(Command::parse(&wire, Dialect { leniency }), Ok((rest, command.clone())));
        for bit in leniency.iter() {
            prop_assert!(Command::parse(&wire, Dialect { leniency: leniency.without(bit) }).is_err(), "{bit:?}");
        }
        // And then nothing of it is left, or what has no strict form.
        let again = encoded(&command);
        let (_, same, left) = Command::parse_reporting(&again, Dialect::TOLERANT).unwrap();
        prop_assert_eq!(same, command);
        let kept = [
            Leniency::MISSING_DOMAIN,
            Leniency::MISSING_HELLO_NAME,
            Leniency::LOOSE_HELLO_NAME,
            Leniency::BAD_PARAMETER_VALUE,
        ];
        let kept = kept.into_iter().fold(Leniency::NONE, Leniency::union);
        prop_assert!(left.is_none_or(|left| kept.contains(left.leniency)), "{left:?}");
    }
}
