//! Where the server and the relay must read the same.

use super::*;
use alloc::vec;

/// What one takes for a chunk is a whole session to a server that has none.
#[test]
fn sec_35_no_chunk_passes_to_a_server_that_has_none() {
    let hidden = &b"BDAT 33 LAST\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"[..];
    let not_offered = (Vec::new(), Err(Error::from(PeerMisbehaved::NotOffered).into()));
    let waits = (Vec::new(), Ok(()));
    let passes = (hidden.to_vec(), Ok(()));
    let without: &[(Side, &[u8])] =
        &[(Side::Client, b"EHLO x\r\n"), (Side::Server, b"250-mx\r\n250 PIPELINING\r\n")];
    let refused: &[(Side, &[u8])] = &[(Side::Client, b"EHLO x\r\n"), (Side::Server, b"502 no\r\n")];
    let with = &CHUNKING[1..];
    let helo: &[(Side, &[u8])] = &[(Side::Client, b"HELO x\r\n"), (Side::Server, b"250 mx\r\n")];
    let lists: &[(Side, &[u8])] =
        &[(Side::Client, b"HELO x\r\n"), (Side::Server, b"250-mx\r\n250 CHUNKING\r\n")];
    let bare: &[(Side, &[u8])] = &[(Side::Client, b"HELO\r\n"), (Side::Server, b"501 no\r\n")];
    let asked: &[(Side, &[u8])] = &[(Side::Client, b"EHLO x\r\n")];
    let at_once: &[(Side, &[u8])] = &[
        (Side::Client, b"EHLO x\r\nHELO x\r\n"),
        (Side::Server, b"250-mx\r\n250 CHUNKING\r\n"),
        (Side::Server, b"250 mx\r\n"),
    ];
    for (session, expected) in [
        (vec![], &not_offered),
        (vec![without], &not_offered),
        (vec![refused], &not_offered),
        (vec![with, &ENVELOPE], &passes),
        (vec![with, without], &not_offered),
        (vec![with, helo], &not_offered),
        (vec![lists], &not_offered),
        (vec![at_once], &not_offered),
        (vec![&at_once[..2]], &waits),
        (vec![with, asked], &waits),
        // What is refused changes nothing (RFC 5321 section 4.1.4).
        (vec![with, refused, &ENVELOPE], &passes),
        (vec![with, bare, &ENVELOPE], &passes),
    ] {
        for stray in [Stray::Reject, Stray::Normalise, Stray::Preserve] {
            let session = [&CHUNKING[..1], &session.concat()].concat();
            let (before, result) = pass(stray, &session, &[]);
            assert_eq!(result, Ok(()));
            let (passed, result) = pass(stray, &[&session[..], &[(Side::Client, hidden)]].concat(), &[]);
            assert_eq!(&(passed[before.len()..].to_vec(), result), expected, "{}", before.escape_ascii());
        }
    }
    // Offered and hidden, and offered in clear.
    let mut relay = Relay::new(false, Stray::Reject);
    for (side, octets) in CHUNKING {
        let keep = |keyword: &Keyword<'_>| *keyword != Keyword::Chunking;
        relay.pass(side, &Bytes::from_static(octets), keep, |_| ()).unwrap();
    }
    let result =
        relay.pass(Side::Client, &Bytes::from_static(hidden), is_transparent, |out| panic!("{out:?}"));
    assert_eq!(result.map(|_| ()), not_offered.1);
    let mut relay = Relay::new(false, Stray::Reject);
    for (side, octets) in CHUNKING {
        relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
    }
    relay.tls_established();
    let result =
        relay.pass(Side::Client, &Bytes::from_static(hidden), is_transparent, |out| panic!("{out:?}"));
    assert_eq!(result.map(|_| ()), not_offered.1);
}

/// A server trusts the relay, by its address, with XCLIENT; whoever is behind the relay must not use that.
#[test]
fn sec_35_no_client_says_who_it_is_by_the_relay() {
    let offers = b"250-mx\r\n250-XCLIENT NAME ADDR\r\n250-XFORWARD NAME\r\n250-VERB\r\n250 DSN\r\n";
    for line in
        [&b"XCLIENT ADDR=192.0.2.1\r\n"[..], b"xforward NAME=x\r\n", b" XCLIENT NAME=x\r\n", b"XCLIENT\r\n"]
    {
        for trusts in [false, true] {
            let (mut relay, mut told, mut passed) =
                (Relay::new(false, Stray::Reject), Vec::new(), Vec::new());
            let keep = |keyword: &Keyword<'_>| trusts || is_transparent(keyword);
            let steps =
                [(Side::Server, CHUNKING[0].1), (Side::Client, CHUNKING[1].1), (Side::Server, offers)];
            for (side, octets) in steps {
                let sink = |out: Bytes| {
                    if side == Side::Server {
                        told.extend_from_slice(&out)
                    }
                };
                relay.pass(side, &Bytes::from_static(octets), keep, sink).unwrap();
            }
            let told = told.escape_ascii().to_string();
            assert_eq!(told.contains("XCLIENT"), trusts, "{told}");
            assert_eq!(told.contains("VERB"), trusts, "{told}");
            let result = relay
                .pass(Side::Client, &Bytes::from_static(line), keep, |out| passed.extend_from_slice(&out));
            if trusts {
                assert_eq!((result, &passed[..]), (Ok(line.len()), line));
            } else {
                let not_offered = Err(Error::from(PeerMisbehaved::NotOffered).into());
                assert_eq!((result, &passed[..]), (not_offered, &b""[..]));
            }
        }
    }
}

/// With 32 bits such a size is a small one, and the rest are commands.
#[test]
fn sec_35_no_chunk_passes_that_others_count_otherwise() {
    for (size, passes) in [("2147483647", true), ("2147483648", false), ("4294967297", false)] {
        let line = alloc::format!("BDAT {size} LAST\r\n");
        let (passed, result) = pass_chunks(Stray::Reject, &[line.as_bytes(), b"xQUIT\r\n"], &[]);
        assert_eq!((result.is_ok(), !passed.is_empty()), (passes, passes), "{size}");
    }
}

/// A refused command between two chunks is between two octets of the body.
#[test]
fn sec_35_a_cr_and_what_follows_it_may_be_in_two_chunks() {
    let start = [
        &CHUNKING[..],
        &[
            (Side::Client, &b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"[..]),
            (Side::Server, b"250 ok\r\n250 ok\r\n"),
            (Side::Client, b"BDAT 4\r\nabc\r"),
            (Side::Server, b"250 ok\r\n"),
        ],
    ]
    .concat();
    let last = |octets: &'static [u8]| [(Side::Client, octets)];
    for (between, reply, next, is_one) in [
        (&b"RSET x\r\n"[..], &b"503 no\r\n"[..], &b"BDAT 2 LAST\r\n.\r"[..], true),
        (b"MAIL FROM:<x@y>\r\n", b"503 no\r\n", b"BDAT 2 LAST\r\nxy", true),
        (b" RSET\r\n", b"503 no\r\n", b"BDAT 2 LAST\r\nxy", true),
        (b"EHLO x\r\n", b"503 no\r\n", b"BDAT 2 LAST\r\nxy", true),
        (b"RSET\r\nMAIL FROM:<x@y>\r\n", b"503 no\r\n503 no\r\n", b"BDAT 2\r\nxy", true),
        (b"BURL imap://h@a/b;UID=2;URLAUTH=submit+h:internal:91354a\r\n", b"", b"", true),
        (b"DATA\r\n", b"", b"", true),
        (b"RSET\r\n", b"250 ok\r\n", b"BDAT 2\r\nxy", false),
        (b"RSET\r\nMAIL FROM:<x@y>\r\n", b"250 ok\r\n250 ok\r\n", b"BDAT 2\r\nxy", false),
        (b"NOOP\r\n", b"250 ok\r\n", b"BDAT 2\r\n\nb", false),
        (b"RSET\r\n", b"250 ok\r\n", b"QUIT\r\n", false),
    ] {
        for stray in [Stray::Reject, Stray::Normalise, Stray::Close] {
            // Whether what is between came at once makes no difference.
            let session = [&start[..], &last(between), &[(Side::Server, reply)], &last(next)].concat();
            let (_, result) = pass(stray, &session, &[]);
            let is_bare_cr = matches!(&result, Err(RelayError::Body(BodyError::Anomaly(anomaly))) if anomaly.kind == crate::body::AnomalyKind::BareCr);
            let is_not_offered = result == Err(Error::from(PeerMisbehaved::NotOffered).into());
            assert_eq!(is_bare_cr || is_not_offered, is_one, "{} {result:?}", between.escape_ascii());
            assert!(is_one || result.is_ok(), "{result:?}");
        }
    }
    // What ends the chunks does not pass behind such a CR.
    for line in [&b"DATA\r\n"[..], b" DATA\r\n", b"DATA x\r\n"] {
        let before = pass(Stray::Reject, &start, &[]).0;
        let (passed, result) = pass(Stray::Reject, &[&start[..], &last(line)].concat(), &[]);
        assert!(result.is_err() && passed == before, "{} {}", line.escape_ascii(), passed.escape_ascii());
    }
    // What is not answered is waited for.
    let session = [&start[..], &last(b"RSET\r\nMAIL FROM:<a@b>\r\nBDAT 1\r\nx")].concat();
    let (passed, result) = pass(Stray::Reject, &session, &[]);
    assert_eq!(result, Ok(()));
    assert!(passed.ends_with(b"RSET\r\nMAIL FROM:<a@b>\r\n"), "{}", passed.escape_ascii());
}

/// There are servers that read chunks as commands behind what they refused, up to an RSET which may be in the chunk.
#[test]
fn sec_35_no_chunk_passes_behind_a_refused_one() {
    let begin: &[(Side, &[u8])] = &ENVELOPE;
    let rset: &[(Side, &[u8])] = &[(Side::Client, b"RSET\r\n"), (Side::Server, b"250 ok\r\n")];
    let chunk: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 4\r\nab\r\n"), (Side::Server, b"250 ok\r\n")];
    let vrfy: &[(Side, &[u8])] = &[(Side::Client, b"VRFY x\r\n"), (Side::Server, b"503 no\r\n")];
    let frob: &[(Side, &[u8])] = &[(Side::Client, b"FROB\r\n"), (Side::Server, b"500 no\r\n")];
    let noop: &[(Side, &[u8])] = &[(Side::Client, b"NOOP\r\n"), (Side::Server, b"250 ok\r\n")];
    let too_big: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 1\r\nx"), (Side::Server, b"552 no\r\n")];
    let mail: &[(Side, &[u8])] = &[(Side::Client, b"MAIL FROM:<a@b>\r\n"), (Side::Server, b"250 ok\r\n")];
    let rcpt: &[(Side, &[u8])] = &[(Side::Client, b"RCPT TO:<c@d>\r\n"), (Side::Server, b"550 no\r\n")];
    let early: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 1 LAST\r\nx"), (Side::Server, b"503 no\r\n")];
    let unknown: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 1 LAST\r\nx"), (Side::Server, b"502 no\r\n")];
    let blank_mail: &[(Side, &[u8])] =
        &[(Side::Client, b" MAIL FROM:<a@b>\r\n"), (Side::Server, b"250 ok\r\n")];
    let blank_rcpt: &[(Side, &[u8])] =
        &[(Side::Client, b" RCPT TO:<c@d>\r\n"), (Side::Server, b"250 ok\r\n")];
    let blank_rset: &[(Side, &[u8])] = &[(Side::Client, b" RSET\r\n"), (Side::Server, b"250 ok\r\n")];
    let blank_ehlo: &[(Side, &[u8])] =
        &[(Side::Client, b" EHLO x\r\n"), (Side::Server, b"250-mx\r\n250 CHUNKING\r\n")];
    let sent: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 1 LAST\r\nx"), (Side::Server, b"250 ok\r\n")];
    let spam: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 1 LAST\r\nx"), (Side::Server, b"554 no\r\n")];
    let hello = &CHUNKING[1..];
    let last = &b"BDAT 6 LAST\r\nRSET\r\n"[..];
    let (refused, asked) = (Err(Error::from(PeerMisbehaved::NotOffered).into()), &b"BDAT 0 LAST\r\n"[..]);
    let (is_passed, is_dropped, is_refused) = ((last, Ok(())), (asked, Ok(())), (&b""[..], refused));
    for (session, expected) in [
        (vec![begin, chunk], is_passed),
        (vec![begin, chunk, noop], is_passed),
        (vec![begin, chunk, vrfy], is_refused),
        (vec![begin, chunk, frob], is_refused),
        (vec![begin, too_big], is_refused),
        (vec![begin, too_big, noop], is_refused),
        (vec![begin, too_big, rset, begin], is_passed),
        (vec![begin, too_big, begin], is_passed),
        (vec![begin, chunk, vrfy, rset, begin], is_passed),
        (vec![begin, spam, begin], is_passed),
        (vec![begin, spam], is_refused),
        (vec![vrfy, frob, begin], is_passed),
        // There are servers that read chunks as commands where no recipient was accepted.
        (vec![], is_dropped),
        (vec![mail], is_dropped),
        (vec![mail, rcpt], is_dropped),
        (vec![begin, rcpt], is_passed),
        (vec![begin, rset], is_dropped),
        (vec![begin, mail], is_dropped),
        (vec![begin, hello], is_dropped),
        (vec![begin, sent], is_dropped),
        (vec![early], is_dropped),
        (vec![early, rset], is_dropped),
        (vec![early, begin], is_passed),
        (vec![early, rset, begin], is_passed),
        (vec![mail, rcpt, early, early, begin, chunk], is_passed),
        // It has no chunks, whatever it offers.
        (vec![begin, unknown, rset, begin], is_refused),
        (vec![begin, unknown, rset], is_dropped),
        (vec![begin, unknown, hello, begin], is_passed),
        // What a server that is lenient takes for a command is one.
        (vec![mail, blank_rcpt], is_passed),
        (vec![begin, blank_rset], is_dropped),
        (vec![begin, blank_ehlo], is_dropped),
        (vec![blank_mail, blank_rcpt], is_passed),
    ] {
        let session = [&CHUNKING[..], &session.concat()].concat();
        let (before, result) = pass(Stray::Reject, &session, &[]);
        assert_eq!(result, Ok(()), "{}", before.escape_ascii());
        let (passed, result) = pass(Stray::Reject, &[&session[..], &[(Side::Client, last)]].concat(), &[]);
        assert_eq!((&passed[before.len()..], result), expected, "{}", before.escape_ascii());
    }
    for line in ["BDAT 0\r\n", "BDAT 010\r\n", "BDAT 00 LAST\r\n"] {
        let (passed, result) = pass_chunks(Stray::Reject, &[line.as_bytes()], &[]);
        assert!(passed.is_empty() && result.is_err(), "{line}");
    }
    let (passed, result) = pass_chunks(Stray::Reject, &[b"BDAT 0 LAST\r\n", b"QUIT\r\n"], &[]);
    assert_eq!((&passed[..], result), (&b"BDAT 0 LAST\r\nQUIT\r\n"[..], Ok(())));
}

/// What a server has not read of a body that it refuses it may read as commands.
#[test]
fn sec_35_no_octet_of_a_body_passes_behind_its_reply() {
    let premature = Err(Error::from(PeerMisbehaved::PrematureReply).into());
    let by_data: &[(Side, &[u8])] = &[(Side::Client, b"DATA\r\n"), (Side::Server, b"354 go\r\n")];
    let by_bdat: &[(Side, &[u8])] = &[(Side::Client, b"BDAT 6 LAST\r\n")];
    for (begin, octets) in [(by_data, &b"RSET\r\n"[..]), (by_bdat, b"RSET\r"), (by_bdat, b"")] {
        for code in [&b"552 no\r\n"[..], b"421 bye\r\n", b"250 ok\r\n"] {
            let session = [&CHUNKING[..], &ENVELOPE, begin, &[(Side::Client, octets)]].concat();
            assert_eq!(pass(Stray::Reject, &session, &[]).1, Ok(()));
            let session = [&session[..], &[(Side::Server, code)]].concat();
            assert_eq!(pass(Stray::Reject, &session, &[]).1, premature, "{}", code.escape_ascii());
        }
    }
}

/// The octets are of any number and kind, and the reply comes before them.
#[test]
fn sec_35_what_is_dropped_is_dropped_to_its_end() {
    for last in ["", " LAST"] {
        let line = alloc::format!("BDAT 16{last}\r\n");
        for cut in 0..=16 {
            let (first, rest) = b"NOOP\r\nX\ra\nb\0cdef".split_at(cut);
            let session = [
                (Side::Client, line.as_bytes()),
                (Side::Client, first),
                (Side::Server, b"503 no\r\n"),
                (Side::Client, rest),
                (Side::Client, b"QUIT\r\n"),
                (Side::Server, b"221 bye\r\n"),
            ];
            let session = [&CHUNKING[..], &session].concat();
            let (passed, result) = pass(Stray::Reject, &session, &[]);
            assert_eq!((&passed[8..], result), (&b"BDAT 0 LAST\r\nQUIT\r\n"[..], Ok(())));
        }
        // Who takes nothing for nobody may deliver something.
        let session =
            [&CHUNKING[..], &[(Side::Client, line.as_bytes()), (Side::Server, b"250 ok\r\n")]].concat();
        let unexpected = Err(Error::from(PeerMisbehaved::UnexpectedReply).into());
        assert_eq!(pass(Stray::Reject, &session, &[]).1, unexpected);
    }
}

/// Of two, too.
#[test]
fn sec_35_crs_before_what_comes_from_elsewhere_are_bare() {
    let burl = &b"BURL imap://h@a/b;UID=2;URLAUTH=submit+h:internal:91354a LAST\r\n"[..];
    for (chunk, is_bare) in
        [(&b"BDAT 1\r\n\r"[..], true), (b"BDAT 2\r\n\r\r", true), (b"BDAT 2\r\n\r\n", false)]
    {
        for stray in [Stray::Reject, Stray::Normalise] {
            let (passed, result) = pass_chunks(stray, &[chunk, burl], &[]);
            assert_eq!(matches!(result, Err(RelayError::Body(_))), is_bare, "{result:?}");
            let whole = [chunk, burl].concat();
            assert!(
                if is_bare { chunk.starts_with(&passed) } else { passed == whole },
                "{}",
                passed.escape_ascii()
            );
        }
    }
}

/// A server that takes the second of two parameters for the one that counts checks what the first has exempted.
#[test]
fn sec_35_nothing_is_exempt_that_is_not_for_all() {
    let binary =
        [CHUNKING[0], CHUNKING[1], (Side::Server, &b"250-mx\r\n250-BINARYMIME\r\n250 CHUNKING\r\n"[..])];
    for (start, mail, exempt) in [
        (&binary, "MAIL FROM:<a@b> BODY=BINARYMIME", true),
        (&binary, "SEND FROM:<a@b> BODY=BINARYMIME", true),
        (&binary, "MAIL FROM:<a@b> BODY=BINARYMIME BODY=8BITMIME", false),
        (&binary, "MAIL FROM:<a@b>", false),
        // It is not offered, or hidden.
        (&CHUNKING, "MAIL FROM:<a@b> BODY=BINARYMIME", false),
        (&CHUNKING, " MAIL FROM:<a@b> BODY=BINARYMIME", false),
    ] {
        let mail = alloc::format!("{mail}\r\n");
        let session = [
            &start[..],
            &[
                (Side::Client, mail.as_bytes()),
                (Side::Server, &b"250 ok\r\n"[..]),
                (Side::Client, b"RCPT TO:<c@d>\r\n"),
                (Side::Server, b"250 ok\r\n"),
                (Side::Client, b"BDAT 5 LAST\r\na\n.\nb"),
            ],
        ]
        .concat();
        assert_eq!(pass(Stray::Reject, &session, &[]).1.is_ok(), exempt, "{mail}");
    }
}

#[test]
fn a_line_that_is_too_long_does_not_pass_however_it_is_cut() {
    let too_long = Err(Error::from(Limit::Line).into());
    for (line, limit) in [
        ("NOOP ", 2_048),
        ("FROB ", 2_048),
        ("AUTH XX-PLAIN ", 12_288),
        ("DATA ", 2_048),
        ("AUTHX ", 2_048),
        (" AUTH PLAIN ", 2_048),
        ("=AUTH-", 2_048),
    ] {
        for over in [0, 1] {
            let blanks = limit + over - line.len() - 2;
            let line = [line.as_bytes(), &vec![b'a'; blanks], b"\r\n"].concat();
            for cut in [0, 1, 2_047, 2_048, line.len() - 1] {
                let (passed, result) = pass(Stray::Reject, &[START[0], (Side::Client, &line)], &[cut]);
                let expected = if over == 0 { (line.len(), Ok(())) } else { (0, too_long) };
                assert_eq!((passed.len(), result), expected, "{} cut at {cut}", line[..4].escape_ascii());
            }
        }
    }
    // An answer is as long as AUTH may be.
    let answer = [&[b'A'; 12_000][..], b"\r\n"].concat();
    for bad in [&b""[..], b"="] {
        let answer = [bad, &answer].concat();
        let session = [
            START[0],
            (Side::Client, b"AUTH PLAIN\r\n"),
            (Side::Server, b"334 \r\n"),
            (Side::Client, &answer),
        ];
        let (passed, result) = pass(Stray::Reject, &session, &[]);
        assert_eq!((passed.len(), result), (12 + answer.len(), Ok(())));
    }
}

/// Nobody is let go ahead who is not awaited; and where TLS comes first, the greeting is behind it.
#[test]
fn sec_35_no_reply_answers_what_was_not_asked() {
    for reply in [&b"354 go\r\n"[..], b"334 \r\n", b"353 x\r\n"] {
        let (_, result) = pass(Stray::Reject, &[START[0], (Side::Server, reply)], &[]);
        assert_eq!(
            result,
            Err(Error::from(PeerMisbehaved::UnexpectedReply).into()),
            "{}",
            reply.escape_ascii()
        );
    }
    assert_eq!(pass(Stray::Reject, &[START[0], (Side::Server, b"421 bye\r\n")], &[]).1, Ok(()));
    let (mut relay, mut told) = (Relay::new(false, Stray::Reject), Vec::new());
    relay.tls_established();
    for (side, octets) in [
        (Side::Client, &b"EHLO x\r\nMAIL FROM:<a@b>\r\n"[..]),
        (Side::Server, b"220 mx\r\n250-mx\r\n250-XEXCH50\r\n250 DSN\r\n250 ok\r\n"),
    ] {
        let sink = |out: Bytes| {
            if side == Side::Server {
                told.extend_from_slice(&out)
            }
        };
        relay.pass(side, &Bytes::from_static(octets), is_transparent, sink).unwrap();
    }
    assert_eq!(told.escape_ascii().to_string(), r"220 mx\r\n250-mx\r\n250 DSN\r\n250 ok\r\n");
    assert_eq!(relay.observer.unanswered(), 0);
}

/// What is counted, and what comes from elsewhere, can have no field in front.
#[test]
fn sec_35_a_field_meets_no_chunk() {
    let misuse = Err(Error::from(ApiMisuse::State).into());
    for line in [
        &b"BDAT 0 LAST\r\n"[..],
        b"BDAT 1\r\nx",
        b"BURL imap://h@a/b;UID=2;URLAUTH=submit+h:internal:91354a LAST\r\n",
    ] {
        let mut relay = Relay::new(false, Stray::Preserve);
        for (side, octets) in CHUNKING {
            relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
        }
        relay.prepend(b"Received: x\r\n").unwrap();
        let result =
            relay.pass(Side::Client, &Bytes::from_static(line), is_transparent, |out| panic!("{out:?}"));
        assert_eq!(result.map(|_| ()), misuse, "{}", line.escape_ascii());
    }
    let mut relay = Relay::new(false, Stray::Preserve);
    for (side, octets) in CHUNKING.into_iter().chain(ENVELOPE).chain([(Side::Client, &b"BDAT 1\r\nx"[..])]) {
        relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
    }
    assert_eq!(relay.prepend(b"Received: x\r\n"), misuse, "a message has begun");
}

/// One reply too many, or of fewer than it seems: the server is about to read a body where the client sends commands.
#[test]
fn sec_35_data_is_answered_by_nothing_that_accepts_a_command() {
    let unexpected = Err(Error::from(PeerMisbehaved::UnexpectedReply).into());
    let replies = (Side::Server, &b"250 mx\r\n500 extra\r\n250 ok\r\n250 ok\r\n"[..]);
    let session = [&START[..3], &[replies, (Side::Client, b"NOOP\r\n.\r\n")]].concat();
    let (passed, result) = pass(Stray::Reject, &session, &[]);
    assert!(passed.ends_with(b"DATA\r\n"), "{}", passed.escape_ascii());
    assert_eq!(result, unexpected);
    // Refused it may be.
    let replies = (Side::Server, &b"250 mx\r\n250 ok\r\n550 no\r\n554 none\r\n"[..]);
    let (passed, result) =
        pass(Stray::Reject, &[&START[..3], &[replies, (Side::Client, b"QUIT\r\n")]].concat(), &[]);
    assert!(passed.ends_with(b"DATA\r\nQUIT\r\n"), "{}", passed.escape_ascii());
    assert_eq!(result, Ok(()));
    // LMTP, by a server that answers for each recipient of a chunk that it refused.
    let mut relay = Relay::new(true, Stray::Reject);
    let commands = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n";
    for (side, octets) in [
        (Side::Server, &b"220 mx\r\n"[..]),
        (Side::Client, b"LHLO x\r\n"),
        (Side::Server, b"250-mx\r\n250 CHUNKING\r\n"),
        (Side::Client, commands),
        (Side::Server, b"250 ok\r\n250 ok\r\n250 ok\r\n"),
        (Side::Client, b"BDAT 2\r\nab"),
        (Side::Server, b"452 later\r\n"),
        (Side::Client, b"DATA\r\n"),
        (Side::Server, b"354 go\r\n"),
        (Side::Client, b"x\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
        (Side::Server, b"250 first\r\n250 second\r\n250 mail\r\n"),
    ] {
        relay.pass(side, &Bytes::from_static(octets), is_transparent, |_| ()).unwrap();
    }
    let rcpt = Bytes::from_static(b"250 rcpt\r\n");
    let result = relay.pass(Side::Server, &rcpt, is_transparent, |out| panic!("{out:?}"));
    assert_eq!(result.map(|_| ()), unexpected);
}

/// A chunk of no octets for nobody is asked about as one with octets is.
#[test]
fn sec_35_an_empty_last_chunk_for_nobody() {
    let asks = (Side::Client, &b"BDAT 0 LAST\r\n"[..]);
    let session = [&CHUNKING[..], &[asks, (Side::Server, b"250 ok\r\n")]].concat();
    let unexpected = Err(Error::from(PeerMisbehaved::UnexpectedReply).into());
    assert_eq!(pass(Stray::Reject, &session, &[]).1, unexpected);
    // The refusal says nothing about chunks.
    let again = (Side::Client, &b"RSET\r\n"[..]);
    for refusal in [&b"503 no\r\n"[..], b"452 no\r\n"] {
        let refused = [asks, (Side::Server, refusal), again, (Side::Server, b"250 ok\r\n")];
        let session = [&CHUNKING[..], &refused, &ENVELOPE, &[(Side::Client, b"BDAT 2 LAST\r\nab")]].concat();
        let (passed, result) = pass(Stray::Reject, &session, &[]);
        assert!(passed.ends_with(b"BDAT 2 LAST\r\nab"), "{}", passed.escape_ascii());
        assert_eq!(result, Ok(()));
    }
}

/// In no spelling that somebody may read so.
#[test]
fn sec_35_binarymime_passes_only_where_it_was_offered() {
    let binary = [CHUNKING[0], CHUNKING[1], (Side::Server, &b"250-mx\r\n250 BINARYMIME\r\n"[..])];
    for (line, asks) in [
        ("MAIL FROM:<a@b> BODY=BINARYMIME", true),
        ("saml from:<a@b> body=binarymime", true),
        ("MAIL FROM:<a@b> BODY=7BIT BODY=BINARYMIME", true),
        ("MAIL FROM:a@b> BODY=BINARYMIME", true),
        ("MAIL FROM:<a@b>BODY=BINARYMIME", true),
        ("MAIL FROM:<a@b>\tBODY=BinaryMIME", true),
        (" SEND FROM:<a@b> BODY=BINARYMIME", true),
        ("MAIL FROM:<binarymime@b>", false),
        ("MAIL FROM:<a@b> BODY=8BITMIME", false),
        ("MAIL FROM:a@b> BODY=8BITMIME", false),
        ("HELP BODY=BINARYMIME", false),
        ("XMAIL FROM:<a@b> BODY=BINARYMIME", false),
    ] {
        let line = alloc::format!("{line}\r\n");
        for (start, offered) in [(&binary, true), (&CHUNKING, false)] {
            let session = [&start[..], &[(Side::Client, line.as_bytes())]].concat();
            let (passed, result) = pass(Stray::Reject, &session, &[]);
            let (expected, octets) = match asks && !offered {
                true => (Err(Error::from(PeerMisbehaved::NotOffered).into()), &b""[..]),
                false => (Ok(()), line.as_bytes()),
            };
            assert_eq!((&passed[8..], result), (octets, expected), "{line}");
        }
    }
}
