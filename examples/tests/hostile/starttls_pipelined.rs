//! Clients, or who is in the middle, that say something in clear behind STARTTLS. What the proxy does then is in its own tests.

use crate::imap_server::ImapServer;
use crate::interop::smtp_server::SmtpServer;
use crate::interop::{PASSWORD, USER};
use crate::line_client::LineClient;

/// Before STARTTLS; STARTTLS, the beginning of its answer, and what would do harm inside.
struct Opening {
    port: u16,
    hello: Option<&'static str>,
    starttls: &'static str,
    accepted: &'static str,
    injected: String,
}

fn smtp(port: u16, hello: &'static str) -> Opening {
    let injected = "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n".into();
    Opening { port, hello: Some(hello), starttls: "STARTTLS\r\n", accepted: "220 ", injected }
}

fn imap(port: u16) -> Opening {
    let injected = format!("a2 LOGIN {USER} \"{PASSWORD}\"\r\na3 DELETE box\r\n");
    Opening { port, hello: None, starttls: "a1 STARTTLS\r\n", accepted: "a1 OK ", injected }
}

impl Opening {
    fn connect(&self) -> LineClient {
        let (mut client, _) = LineClient::connect(self.port);
        if let Some(hello) = self.hello {
            assert!(client.ask_smtp(hello).starts_with("250 "));
        }
        client
    }
}

/// Whatever comes with the command, the whole segment has no answer.
#[test]
fn sec_01_commands_behind_starttls_are_not_read() {
    let (smtp_server, imap_server) = (SmtpServer::start(), ImapServer::start(&[], &[]));
    for opening in [
        smtp(smtp_server.smtp, "EHLO c.example"),
        smtp(smtp_server.submission, "EHLO c.example"),
        smtp(smtp_server.lmtp, "LHLO c.example"),
        imap(imap_server.imap),
    ] {
        let starttls = opening.starttls;
        for tail in [&*opening.injected, &opening.injected[..1], "\r\n", "\n", "\0", "\x16\x03\x01"] {
            let mut client = opening.connect();
            client.say([starttls, tail].concat());
            assert_eq!(client.rest(), [""; 0], "{}", tail.escape_debug());
        }
        // In two pieces, with the cut before the end of the command.
        for cut in 1..starttls.len() {
            let mut client = opening.connect();
            client.say(&starttls[..cut]);
            client.say([&starttls[cut..], &opening.injected].concat());
            assert_eq!(client.rest(), [""; 0], "cut at {cut}");
        }
        // Behind the answer it is no handshake, and TLS is all that is said to that.
        let mut client = opening.connect();
        client.say(starttls);
        let answer = client.line();
        assert!(answer.starts_with(opening.accepted), "{answer}");
        client.say(&opening.injected);
        let alert = client.rest_octets();
        assert!(matches!(alert[..], [] | [0x15, 3, _, 0, 2, ..]), "{}", alert.escape_ascii());
    }
    // Nobody was let in, and no message taken.
    let new = std::fs::read_dir(smtp_server.maildir().join("new")).unwrap();
    assert_eq!(new.count(), 0);
    let commands = imap_server.commands();
    assert!(commands.iter().all(|command| command == "STARTTLS OK"), "{commands:?}");
}
