//! STARTTLS.

use super::*;

fn host() -> Host {
    let mut options = Options::new(Protocol::Smtp);
    options.pipelining = Pipelining::Allow;
    let mut host = Host::new(options, "STARTTLS\nPIPELINING\nAUTH PLAIN\nENHANCEDSTATUSCODES");
    host.say("EHLO c\r\n");
    host.forget();
    host
}

const INJECTED: &[u8] = b"EHLO evil\r\nMAIL FROM:<a@b>\r\nAUTH PLAIN AHVzZXIAcGFzcw==\r\nRCPT TO:<";

#[test]
fn sec_01_nothing_in_clear_behind_starttls_is_ever_read() {
    assert!(INJECTED.len() >= 64);
    for len in 1..=64 {
        let wire = [b"STARTTLS\r\n", &INJECTED[..len]].concat();
        for cut in 0..wire.len() {
            let mut host = host();
            let mut output = host.say(&wire[..cut]);
            output += &host.say(&wire[cut..]);
            assert_eq!(host.error, Some(PeerMisbehaved::PlaintextAfterStartTls.into()), "{len} {cut}");
            // When it comes with the command, the command is not even told.
            let (told, said): (&[_], _) =
                if cut == 10 { (&["STARTTLS"], "220 go ahead\r\n") } else { (&[], "") };
            assert_eq!(
                (host.told(), &*output),
                (told.iter().map(|told: &&str| told.to_string()).collect(), said)
            );
            assert_eq!(host.server.receive(b"EHLO c\r\n"), Err(host.error.unwrap()), "for good");
            assert_eq!(host.server.tls_established(), Err(host.error.unwrap()));
        }
    }
}

#[test]
fn sec_01_the_220_is_not_sent_when_it_is_too_late() {
    // Before the answer.
    let mut server = host().server;
    let Event::StartTls { token } = server.receive(b"STARTTLS\r\n").unwrap().unwrap().event else { panic!() };
    assert_eq!(server.receive(b""), Ok(None));
    assert!(server.is_blocked());
    let mut early = server.clone();
    assert_eq!(early.receive(b"E"), Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
    // Behind the answer, which was not taken.
    server.reply(token, &reply(220, "go")).unwrap();
    assert_eq!(server.receive(b""), Ok(None));
    assert!(!server.is_blocked());
    assert_eq!(server.receive(b"E"), Err(PeerMisbehaved::PlaintextAfterStartTls.into()));
    assert_eq!(server.transmit().remaining(), 0);
}

#[test]
fn sec_03_tls_forgets_everything() {
    let fresh = {
        let mut server = Server::new(host().server.options);
        server.tls_established().unwrap();
        server.greet(&reply(220, "x")).unwrap();
        let len = server.transmit().remaining();
        server.transmit().advance(len);
        server
    };
    let mut host = host();
    // Some history.
    host.say("FROB\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRSET\r\nNOOP\r\n");
    host.say("STARTTLS\r\n");
    assert_eq!(host.server.state(), State::StartTls);
    host.server.tls_established().unwrap();
    assert_eq!(format!("{:?}", host.server.session), format!("{:?}", fresh.session));
    assert_eq!(host.server.state(), State::Fresh);
    assert!(host.server.is_tls());
    for line in ["MAIL FROM:<a@b>", "AUTH PLAIN AHVzZXIAcGFzcw==", "STARTTLS"] {
        assert_eq!(codes(&host.say(format!("{line}\r\n"))), [503], "{line}");
    }
    assert_eq!(host.server.capabilities(), &Capabilities::default());
    assert_eq!(codes(&host.say("EHLO c\r\n")).last(), Some(&250));
    assert_eq!(codes(&host.say("AUTH PLAIN AHVzZXIAcGFzcw==\r\n")), [235]);
}

#[test]
fn a_refused_starttls_changes_nothing() {
    let mut server = host().server;
    let Event::StartTls { token } = server.receive(b"STARTTLS\r\n").unwrap().unwrap().event else { panic!() };
    assert_eq!(server.reply(token, &ok()), Err(ApiMisuse::Reply.into()), "220 and nothing else");
    server.reply(token, &reply(454, "4.7.0 not now")).unwrap();
    assert_eq!(server.state(), State::Ready);
    assert_eq!(server.tls_established(), Err(ApiMisuse::State.into()));
    let event = server.receive(b"NOOP\r\n").unwrap().unwrap().event;
    assert!(matches!(event, Event::Command { .. }));
}

#[test]
fn tls_begins_when_the_220_was_sent() {
    let mut server = host().server;
    assert_eq!(server.tls_established(), Err(ApiMisuse::State.into()));
    let Event::StartTls { token } = server.receive(b"STARTTLS\r\n").unwrap().unwrap().event else { panic!() };
    assert_eq!(server.tls_established(), Err(ApiMisuse::State.into()));
    server.reply(token, &reply(220, "go")).unwrap();
    assert_eq!(server.tls_established(), Err(ApiMisuse::State.into()), "it is still to be written");
    server.transmit().advance(8);
    server.tls_established().unwrap();
    assert_eq!(server.tls_established(), Err(ApiMisuse::State.into()));
    // A connection may end there.
    let mut host = host();
    host.say("STARTTLS\r\n");
    assert_eq!(host.server.receive_eof(b""), Ok(()));
}

#[test]
fn tls_may_come_first() {
    let mut server = Server::new(Options::new(Protocol::Submission));
    server.tls_established().unwrap();
    assert!(server.is_tls());
    assert_eq!(server.tls_established(), Err(ApiMisuse::State.into()));
    server.greet(&reply(220, "x")).unwrap();
    let mut host = Host::with(server, "STARTTLS\nAUTH PLAIN");
    host.say("EHLO c\r\n");
    assert_eq!(codes(&host.say("STARTTLS\r\n")), [503]);
}
