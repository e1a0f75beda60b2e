//! What nothing may be read behind: STARTTLS and COMPRESS.

use super::*;
use crate::error::{ApiMisuse, PeerMisbehaved};

const PLAINTEXT: Error = Error::PeerMisbehaved(PeerMisbehaved::PlaintextAfterStartTls);

#[test]
fn starttls() {
    let mut host = Host::fresh();
    assert_eq!(host.say("a NOOP\r\nb STARTTLS\r\n"), "a OK done\r\nb OK go ahead\r\n");
    assert_eq!((host.server.mode(), host.server.receive(b"")), (Mode::StartTls, Ok(None)));
    assert!(host.server.is_blocked());
    assert!(host.server.send(&response("* OK hi")).is_err(), "that would be read as part of the handshake");
    host.server.tls_established().unwrap();
    assert!(host.server.is_tls() && host.server.tls_established().is_err());
    assert_eq!(host.say("c NOOP\r\n"), "c OK done\r\n");
    host.server.advertise(&capabilities_of(CAPABILITIES)).unwrap();
    assert_eq!(host.say("d STARTTLS\r\n"), "d BAD TLS is active already\r\n");
}

#[test]
fn starttls_refused() {
    let mut server = Host::fresh().server;
    let Some(Received { event: Event::StartTls { token, .. }, .. }) =
        server.receive(b"a STARTTLS\r\n").unwrap()
    else {
        panic!()
    };
    assert!(server.tls_established().is_err());
    server.finish(token, &status("NO later")).unwrap();
    assert_eq!(server.mode(), Mode::Commands);
    assert!(server.receive(b"b NOOP\r\n").unwrap().is_some());
}

#[test]
fn sec_01_nothing_in_clear_behind_starttls_is_read() {
    let suffix = "b LOGIN user pass\r\nc SELECT INBOX\r\nd FETCH 1 BODY[]\r\ne LOGOUT\r\n";
    for len in 1..suffix.len() {
        let wire = format!("a STARTTLS\r\n{}", &suffix[..len]);
        for cut in 0..=wire.len() {
            let mut host = Host::fresh();
            let out = host.say(&wire[..cut]) + &host.say(&wire[cut..]);
            assert_eq!(host.error, Some(PLAINTEXT), "{wire:?} cut at {cut}");
            assert!(host.told().iter().all(|event| event == "STARTTLS"), "{wire:?} cut at {cut}");
            // Behind OK that was written already there is nothing that could be taken back.
            assert!(
                out.is_empty() || (out == "a OK go ahead\r\n" && cut >= 12),
                "{wire:?} cut at {cut}: {out}"
            );
            assert_eq!(host.server.receive(b""), Err(PLAINTEXT));
            assert_eq!(host.server.tls_established(), Err(PLAINTEXT));
        }
    }
}

#[test]
fn sec_03_tls_forgets() {
    let mut host = Host::fresh();
    host.say("a ID (\"name\" \"x\")\r\nb BOGUS\r\nc STARTTLS\r\n");
    host.server.tls_established().unwrap();
    let fresh = Session::new(&host.server.options, State::NotAuthenticated, true);
    assert_eq!(format!("{:?}", host.server.session), format!("{fresh:?}"));
    assert!(host.server.capabilities().is_empty());
    assert_eq!(host.say("d AUTHENTICATE PLAIN\r\n"), "d NO mechanism not supported here\r\n");
}

#[test]
fn sec_09_starttls_where_it_may_not_be() {
    for (wire, answer) in [
        ("a STARTTLS x\r\n", "a BAD expected CRLF at offset 10\r\n"),
        ("a STARTTLSX\r\n", "a BAD what\r\n"),
        ("a starttls\r\n", "a OK go ahead\r\n"),
    ] {
        assert_eq!(Host::fresh().say(wire), answer);
    }
    assert_eq!(Host::ready().say("a STARTTLS\r\n"), "a BAD already authenticated\r\n");
    assert_eq!(Host::new(options(), "IMAP4rev1").say("a STARTTLS\r\n"), "a BAD not supported here\r\n");
}

#[test]
fn compress() {
    let mut host = Host::ready();
    assert!(host.server.compression_established().is_err());
    assert_eq!(host.say("a COMPRESS DEFLATE\r\n"), "a OK compress\r\n");
    assert_eq!(host.server.mode(), Mode::Compressing);
    // What comes now is for the decompressor.
    assert_eq!((host.server.receive(b"\x78\x9c"), host.server.is_blocked()), (Ok(None), true));
    host.server.compression_established().unwrap();
    assert_eq!(host.say("b NOOP\r\n"), "b OK done\r\n");
    let again = "c NO [COMPRESSIONACTIVE] compression is active already\r\n";
    assert_eq!(host.say("c COMPRESS DEFLATE\r\n"), again);
    // RFC 8437 section 4.1: it would end compression.
    let refused = "d NO not while compression is active\r\ne OK done\r\n";
    assert_eq!(host.say("d UNAUTHENTICATE\r\ne NOOP\r\n"), refused);
    assert_eq!(host.server.state(), State::Authenticated);
    let mut host = Host::ready();
    assert_eq!(host.say("a COMPRESS LZ\r\n"), "a BAD not supported here\r\n");
}

#[test]
fn sec_60_nothing_is_read_between_compress_and_its_answer() {
    let error = Error::from(PeerMisbehaved::DataAfterCompress);
    let mut host = Host::ready();
    host.say("a COMPRESS DEFLATE\r\nb NOOP\r\n");
    assert_eq!(host.error, Some(error));
    let mut server = Host::ready().server;
    let Some(Received { event: Event::Compress { token, .. }, .. }) =
        server.receive(b"a COMPRESS DEFLATE\r\n").unwrap()
    else {
        panic!()
    };
    server.finish(token, &status("OK x")).unwrap();
    assert!(server.compression_established().is_err(), "OK was not written yet");
    assert_eq!(server.receive(b"x"), Err(error));
    assert_eq!(server.finish(token, &status("OK x")), Err(error));
    let server = &mut Host::ready().server;
    assert_eq!(server.finish(token, &status("OK x")), Err(ApiMisuse::Token.into()));
}
