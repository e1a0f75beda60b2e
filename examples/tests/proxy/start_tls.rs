//! STARTTLS ends at the proxy, and nothing gets past it in clear.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::interop::TempDir;
use crate::interop::certificate::Certificate;
use crate::peers::{Random, Session, in_time, rest, say, tls_client, tls_server};

/// A session of some protocol up to its end in clear.
struct Opening {
    protocol: &'static str,
    /// What the server says first, and STARTTLS with its answers.
    greeting: &'static [u8],
    command: &'static [u8],
    accepted: &'static [u8],
    refused: &'static [u8],
    /// Something to say in clear that would do harm inside.
    from_client: &'static [u8],
    from_server: &'static [u8],
    /// How the log calls the first thing that is said inside.
    inside: &'static str,
}

const SMTP: Opening = Opening {
    protocol: "smtp",
    greeting: b"220 mx\r\n",
    command: b"STARTTLS\r\n",
    accepted: b"220 2.0.0 go ahead\r\n",
    refused: b"454 4.7.0 not now\r\n",
    from_client: b"EHLO x\r\nMAIL FROM:<a@b>\r\n",
    from_server: b"250-mx\r\n250 AUTH PLAIN\r\n",
    inside: "1 C #2 EHLO x",
};

const IMAP: Opening = Opening {
    protocol: "imap",
    greeting: b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello\r\n",
    command: b"a1 STARTTLS\r\n",
    accepted: b"a1 OK begin TLS now\r\n",
    refused: b"a1 NO not now\r\n",
    from_client: b"a2 CAPABILITY\r\na3 NOOP\r\n",
    from_server: b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na2 OK done\r\n",
    inside: "1 C #2 a2 CAPABILITY",
};

const ALL: [Opening; 2] = [SMTP, IMAP];

#[tokio::test]
async fn what_is_said_inside_passes() {
    for opening in ALL {
        let folder = TempDir::new("upstream");
        let certificate = Certificate::make(&folder);
        let trust = ["--ca", certificate.chain.to_str().unwrap()];
        let Session { proxy, mut client, mut server, .. } = Session::start(opening.protocol, &trust).await;
        let mut random = Random(20);
        say(&mut random, &mut server, &mut client, opening.greeting).await;
        say(&mut random, &mut client, &mut server, opening.command).await;
        say(&mut random, &mut server, &mut client, opening.accepted).await;
        // Each trusts nobody but who it talks to: the client the proxy, and the proxy the server.
        let (client, server) =
            tokio::join!(tls_client(client, &proxy.certificate), tls_server(server, &certificate));
        let (mut client, mut server) = (client.unwrap(), server.unwrap());
        let (up, down) = (random.octets(3_000_000), random.octets(3_000_000));
        for octets in [opening.from_client, &up] {
            say(&mut random, &mut client, &mut server, octets).await;
        }
        for octets in [opening.from_server, &down] {
            say(&mut random, &mut server, &mut client, octets).await;
        }
        client.shutdown().await.unwrap();
        assert_eq!(in_time(server.read(&mut [0])).await.unwrap(), 0);
        server.shutdown().await.unwrap();
        assert_eq!(in_time(client.read(&mut [0])).await.unwrap(), 0);
        let log = proxy.log(1);
        assert!(
            log.iter().any(|line| line == "1 - TLSv1_3 with the client, TLSv1_3 with the server"),
            "{log:#?}"
        );
        assert!(log.iter().any(|line| line == opening.inside), "{log:#?}");
    }
}

#[tokio::test]
async fn a_refusal_changes_nothing() {
    for opening in ALL {
        let Session { proxy, mut client, mut server, .. } = Session::start(opening.protocol, &[]).await;
        let mut random = Random(21);
        say(&mut random, &mut server, &mut client, opening.greeting).await;
        say(&mut random, &mut client, &mut server, opening.command).await;
        say(&mut random, &mut server, &mut client, opening.refused).await;
        say(&mut random, &mut client, &mut server, opening.from_client).await;
        say(&mut random, &mut server, &mut client, opening.from_server).await;
        drop((client, server));
        let log = proxy.log(1);
        assert!(!log.iter().any(|line| line.contains(" - clear text")), "{log:#?}");
    }
}

/// RFC 3207 section 6, RFC 9051 section 6.2.1. Of a piece with something behind the command nothing passes at all.
#[tokio::test]
async fn sec_01_a_client_cannot_inject() {
    for opening in ALL {
        for tail in [opening.from_client, &opening.from_client[..1], b"\r\n", b"\x16\x03\x01\0\x05hello"] {
            let Session { proxy, mut client, mut server, .. } = Session::start(opening.protocol, &[]).await;
            say(&mut Random(22), &mut server, &mut client, opening.greeting).await;
            client.write_all(&[opening.command, tail].concat()).await.unwrap();
            assert_eq!(rest(&mut server).await, b"", "{}", tail.escape_ascii());
            assert_eq!(rest(&mut client).await, b"");
            refused(&proxy.log(1), opening.greeting.len(), 0);

            // And if it comes later, before the answer.
            let Session { proxy, mut client, mut server, .. } = Session::start(opening.protocol, &[]).await;
            say(&mut Random(23), &mut server, &mut client, opening.greeting).await;
            say(&mut Random(24), &mut client, &mut server, opening.command).await;
            client.write_all(tail).await.unwrap();
            assert_eq!(rest(&mut server).await, b"", "{}", tail.escape_ascii());
            refused(&proxy.log(1), opening.greeting.len(), opening.command.len());
        }
        // Behind the answer it is no handshake.
        let Session { proxy, mut client, mut server, .. } =
            Session::start(opening.protocol, &["--insecure"]).await;
        say(&mut Random(25), &mut server, &mut client, opening.greeting).await;
        say(&mut Random(26), &mut client, &mut server, opening.command).await;
        say(&mut Random(27), &mut server, &mut client, opening.accepted).await;
        client.write_all(opening.from_client).await.unwrap();
        let heard = rest(&mut server).await;
        // A handshake, if it has come to that.
        assert!(matches!(heard.first(), None | Some(0x16)), "{}", heard.escape_ascii());
        assert!(!heard.windows(4).any(|octets| octets == &opening.from_client[..4]));
        let log = proxy.log(1);
        assert!(log.last().unwrap().contains("closed (TLS handshake with the client: "), "{log:#?}");
    }
}

/// The same of a server: its client would take it for what the server says under TLS.
#[tokio::test]
async fn sec_02_a_server_cannot_inject() {
    for opening in ALL {
        for tail in [opening.from_server, &opening.from_server[..1], b"\r\n", b"\x16\x03\x01\0\x05hello"] {
            let Session { proxy, mut client, mut server, .. } = Session::start(opening.protocol, &[]).await;
            say(&mut Random(28), &mut server, &mut client, opening.greeting).await;
            say(&mut Random(29), &mut client, &mut server, opening.command).await;
            server.write_all(&[opening.accepted, tail].concat()).await.unwrap();
            assert_eq!(rest(&mut client).await, b"", "{}", tail.escape_ascii());
            assert_eq!(rest(&mut server).await, b"");
            refused(&proxy.log(1), opening.greeting.len(), opening.command.len());
        }
    }
}

/// The log of a session that was cut off: so much of it passed.
#[track_caller]
fn refused(log: &[String], from_server: usize, from_client: usize) {
    let why = "1 - clear text behind STARTTLS: it is not passed on, and both connections are closed";
    let closed = format!(
        "1 - closed (STARTTLS was not the last word); {from_client} octets from the client, {from_server} from the server"
    );
    assert_eq!(log[log.len() - 2..], [why, &closed], "{log:#?}");
}

/// The server is not who it has to be: the client is told by its handshake, and says nothing.
#[tokio::test]
async fn a_server_that_is_not_trusted() {
    for opening in ALL {
        let folder = TempDir::new("upstream");
        let certificate = Certificate::make(&folder);
        let Session { proxy, mut client, mut server, .. } = Session::start(opening.protocol, &[]).await;
        let mut random = Random(30);
        say(&mut random, &mut server, &mut client, opening.greeting).await;
        say(&mut random, &mut client, &mut server, opening.command).await;
        say(&mut random, &mut server, &mut client, opening.accepted).await;
        let (client, server) =
            tokio::join!(tls_client(client, &proxy.certificate), tls_server(server, &certificate));
        assert!(server.is_err());
        if let Ok(mut client) = client {
            assert_eq!(rest(&mut client).await, b"");
        }
        let log = proxy.log(1);
        assert!(log.last().unwrap().contains("closed (TLS handshake with the server: "), "{log:#?}");
    }
}
