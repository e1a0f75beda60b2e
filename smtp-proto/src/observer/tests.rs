//! Sessions as they look from outside.

use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The events of a session, one a line, its lines given one by one.
fn follow(is_lmtp: bool, session: &[(Side, &str)]) -> Vec<String> {
    let mut observer = Observer::new(is_lmtp);
    let mut events = Vec::new();
    for (side, octets) in [(Side::Server, "220 mx\r\n")].iter().chain(session) {
        let mut rest = octets.as_bytes();
        while !rest.is_empty() {
            let received = observer.receive(*side, rest).unwrap().expect("it is whole");
            events.push(format!("{:?}", received.event));
            rest = &rest[received.consumed..];
        }
    }
    assert_eq!(observer.unanswered(), 0, "{events:?}");
    events
}

const ENVELOPE: [(Side, &str); 2] = [
    (Side::Client, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n"),
    (Side::Server, "250 ok\r\n250 ok\r\n250 ok\r\n"),
];

/// RFC 1845: the message goes on from where it broke off.
#[test]
fn a_body_follows_either_go_ahead() {
    for go_ahead in ["354 go\r\n", "355 0 go\r\n"] {
        let body = [
            (Side::Client, "DATA\r\n"),
            (Side::Server, go_ahead),
            (Side::Client, "QUIT\r\n.\r\n"),
            (Side::Server, "250 ok\r\n"),
        ];
        let events = follow(false, &[&ENVELOPE[..], &body].concat());
        assert!(events.contains(&String::from("Chunk(6 octets)")), "{events:?}");
    }
}

/// Then the last chunk is refused for all recipients at once.
#[test]
fn lmtp_replies_behind_a_failed_chunk() {
    let chunks = [
        (Side::Client, "BDAT 2\r\nabBDAT 2 LAST\r\ncdRSET\r\n"),
        (Side::Server, "552 no\r\n503 no\r\n250 ok\r\n"),
    ];
    follow(true, &[&ENVELOPE[..], &chunks].concat());
    let chunks = [
        (Side::Client, "BDAT 2\r\nabBDAT 2 LAST\r\ncdRSET\r\n"),
        (Side::Server, "250 ok\r\n250 ok\r\n552 no\r\n250 ok\r\n"),
    ];
    follow(true, &[&ENVELOPE[..], &chunks].concat());
}

#[test]
fn sec_67_events_show_no_secrets() {
    let session = [
        (Side::Client, "AUTH PLAIN c2VjcmV0\r\n"),
        (Side::Server, "334 \r\n"),
        (Side::Client, "c2VjcmV0\r\n"),
        (Side::Server, "535 no\r\n"),
        (Side::Client, "AUTH PLAIN c2VjcmV0=\r\n"),
        (Side::Server, "501 no\r\n"),
    ];
    let events = follow(false, &session).concat();
    assert!(events.contains("Malformed"), "{events}");
    for secret in ["c2VjcmV0", "secret", "99, 50, 86"] {
        assert!(!events.contains(secret), "{events}");
    }
}

/// RFC 3207 section 6: whoever gets these octets does not get them from TLS.
#[test]
fn sec_01_clear_text_behind_starttls() {
    for (side, octets) in [
        (Side::Client, &b"EHLO x\r\n"[..]),
        (Side::Client, b"\x16\r\n"),
        (Side::Server, b"250 x\r\n"),
        (Side::Server, b"2"),
    ] {
        let mut observer = Observer::new(false);
        for (side, octets) in
            [(Side::Server, "220 mx\r\n"), (Side::Client, "STARTTLS\r\n"), (Side::Server, "220 go\r\n")]
        {
            assert!(observer.receive(side, octets.as_bytes()).unwrap().is_some());
        }
        assert!(observer.is_tls_due());
        for handshake in [&b""[..], b"\x16", b"\x16\x03\x01"] {
            assert_eq!(observer.receive(side, handshake), Ok(None));
        }
        let injected = Err(PeerMisbehaved::PlaintextAfterStartTls.into());
        assert_eq!(observer.receive(side, octets), injected, "{}", octets.escape_ascii());
    }
}
