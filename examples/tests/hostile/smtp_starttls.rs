//! SMTP: STARTTLS that is stripped, refused, or answered with more than an answer.

use crate::interop::smtp_server::SmtpServer;
use crate::server::{Hostile, Next, ready_for_tls};
use crate::smtp_replies::send;

const MESSAGE: &[u8] = b"Subject: secret\r\n\r\ntext\r\n";
const INJECTED: &str = "smtp_send: peer misbehaved: plaintext after STARTTLS\n";

/// A server in the middle: behind STARTTLS its client meets the real one.
fn middle(ehlo: &'static str, starttls: Vec<Vec<u8>>, behind: Option<&SmtpServer>) -> Hostile {
    let port = behind.map(|server| server.submission);
    Hostile::start(vec!["220 mx\r\n".into()], move |line| match (line, port) {
        ("STARTTLS", Some(port)) => {
            Next::Pass(starttls.clone(), ready_for_tls(port, &["EHLO middle.example", "STARTTLS"]))
        }
        ("STARTTLS", None) => Next::Say(starttls.clone()),
        _ if line.starts_with("EHLO ") => Next::say(ehlo),
        // Whatever comes is welcome.
        _ => Next::say("250 thank you\r\n"),
    })
}

const OFFERS: &str = "250-mx\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n";

/// The message arrives once, and nothing but the offer of TLS was taken from what was said in clear.
#[test]
fn east_the_honest_way_delivers() {
    let server = SmtpServer::start();
    for ehlo in [
        OFFERS,
        "250-mx\r\n250-AUTH XOAUTH2\r\n250-SIZE 1\r\n250-X-INJECTED\r\n250 STARTTLS\r\n",
        "250 STARTTLS\r\n",
        "250-STARTTLS\r\n250-starttls\r\n250 STARTTLS\r\n",
    ] {
        let in_the_middle = middle(ehlo, vec!["220 go\r\n".into()], Some(&server));
        // A name is not an offer.
        let is_offered = ehlo.lines().skip(1).any(|line| line.contains("STARTTLS"));
        let ended = send(in_the_middle.port, MESSAGE);
        let heard = in_the_middle.heard();
        if is_offered {
            assert_eq!((ended.code, &*ended.stderr), (0, ""), "{ehlo}");
            assert_eq!(ended.stdout, "you@example.net: accepted: 250 2.0.0 25 octets taken\n");
            assert_eq!(heard, ["EHLO localhost", "STARTTLS"]);
            assert_eq!(server.next_message().content, MESSAGE);
        } else {
            let error = "smtp_send: not sent: the server does not offer STARTTLS\n";
            assert_eq!((ended.code, &*ended.stderr, heard), (1, error, vec!["EHLO localhost".to_owned()]));
        }
    }
}

/// Response injection, in every piece that has an octet too much, and in two.
#[test]
fn east_b_1_what_stands_behind_the_220() {
    let server = SmtpServer::start();
    for injected in ["250-mx\r\n250 AUTH LOGIN\r\n", "250-", "\r\n", "421 bye\r\n", "\x16\x03\x01"] {
        let answer = format!("220 go\r\n{injected}");
        let in_the_middle = middle(OFFERS, vec![answer.into()], Some(&server));
        let ended = send(in_the_middle.port, MESSAGE);
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", INJECTED), "{injected}");
        assert_eq!(in_the_middle.heard(), ["EHLO localhost", "STARTTLS"]);
    }
    let answer = b"220 go\r\n250 mx\r\n";
    for cut in [1, 3, 6, 7, 9, 15] {
        let (front, back) = answer.split_at(cut);
        let in_the_middle = middle(OFFERS, vec![front.to_vec(), back.to_vec()], None);
        let ended = send(in_the_middle.port, MESSAGE);
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", INJECTED), "cut at {cut}");
        assert_eq!(in_the_middle.heard(), ["EHLO localhost", "STARTTLS"]);
    }
    // When the client has begun its handshake it is in the place of the server's.
    let in_the_middle = Hostile::start(vec!["220 mx\r\n".into()], |line| match line {
        "STARTTLS" => Next::SayIntoTls("220 go\r\n".into(), "250-mx\r\n250 AUTH LOGIN\r\n".into()),
        _ => Next::say(OFFERS),
    });
    let ended = send(in_the_middle.port, MESSAGE);
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    assert!(ended.stderr.starts_with("smtp_send: TLS handshake: "), "{ended:?}");
    assert_eq!(in_the_middle.heard(), ["EHLO localhost", "STARTTLS"]);
}

#[test]
fn east_d_1_o_1_to_o_4_starttls_is_not_to_be_had() {
    const NOT_OFFERED: &str = "not sent: the server does not offer STARTTLS";
    const REFUSED: &str = "peer misbehaved: TLS refused";
    for (id, ehlo, starttls, said, error) in [
        ("D_1", "250-mx\r\n250 AUTH PLAIN LOGIN\r\n", "", &[][..], NOT_OFFERED),
        ("D_1, another word", "250-mx\r\n250 STARTTLSX\r\n", "", &[], NOT_OFFERED),
        ("O_1", "250-mx\r\n250 AUTH PLAIN LOGIN\r\n", "502 no\r\n", &[], NOT_OFFERED),
        ("O_2", OFFERS, "502 Command not implemented\r\n", &["STARTTLS"], REFUSED),
        ("O_3", OFFERS, "454 TLS not available due to temporary reason\r\n", &["STARTTLS"], REFUSED),
        ("O_4", OFFERS, "354 do something else\r\n", &["STARTTLS"], "peer misbehaved: unexpected reply"),
    ] {
        let server = middle(ehlo, vec![starttls.into()], None);
        let ended = send(server.port, MESSAGE);
        let expected = format!("smtp_send: {error}\n");
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (1, "", &*expected), "{id}");
        assert_eq!(server.heard(), [&["EHLO localhost"], said].concat(), "{id}");
    }
}
