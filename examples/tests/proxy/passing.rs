//! What goes in comes out.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::interop::message;
use crate::interop::programs::{Service, example, in_time as limited, run};
use crate::interop::{free_ports, wait_for};
use crate::peers::{Random, Session, connect, in_time, rest, say};

/// One side of a session and what it says.
type Turn<'a> = (char, &'a [u8]);

/// Lets both sides say what they have to say, and hear it.
async fn talk(session: &mut Session, seed: u32, turns: &[Turn<'_>]) {
    let mut random = Random(seed);
    for &(who, octets) in turns {
        match who {
            'C' => say(&mut random, &mut session.client, &mut session.server, octets).await,
            _ => say(&mut random, &mut session.server, &mut session.client, octets).await,
        }
    }
}

/// Both sides hang up.
async fn hang_up(session: &mut Session) {
    session.client.shutdown().await.unwrap();
    assert_eq!(rest(&mut session.server).await, b"");
    session.server.shutdown().await.unwrap();
    assert_eq!(rest(&mut session.client).await, b"");
}

#[tokio::test]
async fn smtp() {
    // The dots in front of lines count, as the message has them.
    let data = stuffed(&[&message::big()[..3_000_000], b"\r\n"].concat());
    let chunk = Random(7).octets(1_000_000);
    let bdat = [b"BDAT 1000000 LAST\r\n", &chunk[..], b"NOOP\r\n"].concat();
    let turns: &[Turn<'_>] = &[
        ('S', b"220 mx.example.org ESMTP\r\n"),
        ('C', b"ehlo  Client.example.com\r\n"),
        ('S', b"250-mx.example.org\r\n250-PIPELINING\r\n250 x-unknown  y\r\n"),
        ('C', b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n"),
        ('S', b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n550 5.1.1 no such \x1b[31m\"user\"\r\n354 go\r\n"),
        ('C', &data),
        ('S', b"250 2.0.0 queued\r\n"),
        ('C', b"MAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<b@example.org>\r\n"),
        ('S', b"250 ok\r\n250 ok\r\n"),
        ('C', &bdat),
        ('S', b"250 ok\r\n250 ok\r\n"),
        ('C', b"QUIT\r\n"),
        ('S', b"221 bye\r\n"),
    ];
    let mut session = Session::start("smtp", &[]).await;
    talk(&mut session, 1, turns).await;
    hang_up(&mut session).await;
    let (from_client, from_server) = octets(turns);
    let peer = session.client.local_addr().unwrap();
    let log = session.proxy.log(1);
    let expected = [
        &*format!("1 - connection from {peer}"),
        "1 S greeting 220 \"mx.example.org ESMTP\"",
        "1 C #1 EHLO Client.example.com (tolerated: expected no space at offset 5)",
        "1 S #1 EHLO 250 \"mx.example.org PIPELINING x-unknown  y\"",
        "1 C #2 MAIL FROM:<a@example.org>",
        "1 C #3 RCPT TO:<b@example.org>",
        "1 C #4 RCPT TO:<c@example.org>",
        "1 C #5 DATA",
        "1 S #2 MAIL 250 2.1.0 \"Ok\"",
        "1 S #3 RCPT 250 2.1.5 \"Ok\"",
        "1 S #4 RCPT 550 5.1.1 \"no such ?[31m\\\"user\\\"\" (tolerated: expected text at offset 18)",
        "1 S #5 DATA 354 \"go\"",
        "1 C #5 end of the message, 3000002 octets",
        "1 S #5 DATA 250 2.0.0 \"queued\"",
        "1 C #6 MAIL FROM:<> BODY=BINARYMIME",
        "1 C #7 RCPT TO:<b@example.org>",
        "1 S #6 MAIL 250 \"ok\"",
        "1 S #7 RCPT 250 \"ok\"",
        "1 C #8 BDAT 1000000 LAST",
        "1 C #8 end of the message, 1000000 octets",
        "1 C #9 NOOP",
        "1 S #8 BDAT 250 \"ok\"",
        "1 S #9 NOOP 250 \"ok\"",
        "1 C #10 QUIT",
        "1 S #10 QUIT 221 \"bye\"",
        "1 C end of stream",
        "1 S end of stream",
        &format!("1 - closed; {from_client} octets from the client, {from_server} from the server"),
    ];
    for (line, expected) in log.iter().zip(expected) {
        assert_eq!(line, expected);
    }
    assert_eq!(log.len(), expected.len());
}

/// A message as DATA has it.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() * 2);
    for line in message.split_inclusive(|&octet| octet == b'\n') {
        wire.extend(line.first().filter(|&&octet| octet == b'.'));
        wire.extend(line);
    }
    wire.extend(b".\r\n");
    wire
}

#[tokio::test]
async fn imap() {
    let body = Random(14).octets(3_000_000);
    // NUL is no octet of a literal, but what is put up with is put up with.
    let fetched =
        [b"* 1 FETCH (UID 3 BODY[] {3000000}\r\n", &body[..], b" FLAGS (\\Seen))\r\na3 OK done\r\n"].concat();
    let appended = [&body[..], b"\r\na5 NOOP\r\n"].concat();
    let compressed = (
        deflate(&["a8 NOOP\r\n", "a9 LOGOUT\r\n"]),
        deflate(&["* 6 EXISTS\r\n", "a8 OK done\r\n* BYE bye\r\na9 OK bye\r\n"]),
    );
    let accepted = [b"a7 OK now\r\n", &compressed.1[0][..]].concat();
    let turns: &[Turn<'_>] = &[
        ('S', b"* OK [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n"),
        ('C', b"a1 LOGIN alice {11}\r\n"),
        ('S', b"+ go on\r\n"),
        ('C', b"wonder land\r\n"),
        ('S', b"* CAPABILITY IMAP4rev1 IDLE\r\na1 OK in\r\n"),
        ('C', b"a2 select \"a b\"\r\na3 FETCH 1 BODY[]\r\n"),
        ('S', b"* 3 EXISTS\r\na2 OK [READ-WRITE] \x1b[31m\r\n"),
        ('S', &fetched),
        ('C', b"a4 APPEND INBOX (\\Seen) {3000000}\r\n"),
        ('S', b"+ go on\r\n"),
        ('C', &appended),
        ('S', b"a4 OK [APPENDUID 1 2] kept\r\n* 5 EXISTS\r\na5 OK done\r\n"),
        ('C', b"a6 IDLE\r\n"),
        ('S', b"+ idling\r\n* 4 EXISTS\r\n"),
        ('C', b"DONE\r\n"),
        ('S', b"a6 OK good morning\r\n"),
        ('C', b"a7 COMPRESS DEFLATE\r\n"),
        ('S', &accepted),
        ('C', &compressed.0[0]),
        ('C', &compressed.0[1]),
        ('S', &compressed.1[1]),
    ];
    let mut session = Session::start("imap", &[]).await;
    talk(&mut session, 15, turns).await;
    hang_up(&mut session).await;
    let (from_client, from_server) = octets(turns);
    let log = session.proxy.log(1);
    let expected = [
        &*format!("1 - connection from {}", session.client.local_addr().unwrap()),
        "1 S greeting OK [CAPABILITY IMAP4rev1 LITERAL+] \"hello\"",
        "1 C #1 ? waits with a literal",
        "1 S #1 ? go on",
        "1 C #1 a1 LOGIN with a password, not shown",
        "1 S unasked CAPABILITY IMAP4rev1 IDLE",
        "1 S #1 LOGIN OK (text not shown)",
        "1 C #2 a2 SELECT \"a b\"",
        "1 C #3 a3 FETCH 1 (BODY[])",
        "1 S #2 SELECT 3 EXISTS",
        "1 S #2 SELECT OK [READ-WRITE] \"\\u{1b}[31m\"",
        "1 S #3 FETCH 1 FETCH UID 3 BODY[], 3000000 octets",
        "1 S end of a literal",
        "1 S #3 FETCH end of FETCH FLAGS (\\Seen)",
        "1 S #3 FETCH OK \"done\"",
        "1 C #4 a4 APPEND to \"INBOX\"",
        "1 C #4 APPEND a message",
        "1 C #4 APPEND a literal of 3000000 octets, which waits",
        "1 S #4 APPEND go on",
        "1 C end of a literal",
        "1 C #4 APPEND end of the command",
        "1 C #5 a5 NOOP",
        "1 S #4 APPEND OK [APPENDUID 1 2] \"kept\"",
        "1 S unasked 5 EXISTS",
        "1 S #5 NOOP OK \"done\"",
        "1 C #6 a6 IDLE",
        "1 S #6 IDLE go on",
        "1 S unasked 4 EXISTS",
        "1 C #6 IDLE DONE",
        "1 S #6 IDLE OK \"good morning\"",
        "1 C #7 a7 COMPRESS DEFLATE",
        "1 S #7 COMPRESS OK \"now\"",
        "1 S unasked 6 EXISTS",
        "1 C #8 a8 NOOP",
        "1 C #9 a9 LOGOUT",
        "1 S #8 NOOP OK \"done\"",
        "1 S unasked BYE \"bye\"",
        "1 S #9 LOGOUT OK \"bye\"",
        "1 C end of stream",
        "1 S end of stream",
        &format!("1 - closed; {from_client} octets from the client, {from_server} from the server"),
    ];
    for (line, expected) in log.iter().zip(expected) {
        assert_eq!(line, expected);
    }
    assert_eq!(log.len(), expected.len());
}

/// Pieces of one stream, each flushed (RFC 4978 section 3).
fn deflate(texts: &[&str]) -> Vec<Vec<u8>> {
    let mut stream = flate2::Compress::new(flate2::Compression::default(), false);
    let piece = |text: &&str| {
        let mut piece = Vec::with_capacity(1_000);
        stream.compress_vec(text.as_bytes(), &mut piece, flate2::FlushCompress::Sync).unwrap();
        piece
    };
    texts.iter().map(piece).collect()
}

/// How much each side says.
fn octets(turns: &[Turn<'_>]) -> (usize, usize) {
    let of = |side| turns.iter().filter(|turn| turn.0 == side).map(|turn| turn.1.len()).sum();
    (of('C'), of('S'))
}

#[tokio::test]
async fn lmtp_has_a_reply_for_each_recipient() {
    let turns: &[Turn<'_>] = &[
        ('S', b"220 mx LMTP\r\n"),
        ('C', b"LHLO client.example.com\r\n"),
        ('S', b"250 mx\r\n"),
        ('C', b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
        ('S', b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
        ('C', b"x\r\n.\r\nQUIT\r\n"),
        ('S', b"250 first\r\n452 second\r\n221 bye\r\n"),
    ];
    let mut session = Session::start("lmtp", &[]).await;
    talk(&mut session, 2, turns).await;
    hang_up(&mut session).await;
    let log = session.proxy.log(1);
    for expected in ["1 S #5 DATA 250 \"first\"", "1 S #5 DATA 452 \"second\"", "1 S #6 QUIT 221 \"bye\""] {
        assert!(log.iter().any(|line| line == expected), "no {expected} in {log:#?}");
    }
}

/// Whatever cannot be read passes, and the log says so once.
#[tokio::test]
async fn what_is_no_mail_protocol_passes() {
    let mut random = Random(3);
    let (up, down) = (random.octets(3_000_000), random.octets(3_000_000));
    let long = vec![b'x'; 4_000_000];
    let ahead = [b"DATA\r\n", &vec![b'\n'; 3_000_000][..]].concat();
    let sessions: [&[Turn<'_>]; _] = [
        &[('S', &down), ('C', &up)],
        &[('C', &long), ('S', &long)],
        &[('S', b"220 mx\r\n"), ('C', &ahead), ('S', b"354 go\r\n"), ('C', &up)],
        &[('S', b"220 mx\r\n"), ('C', b"\x16\x03\x01\0\x05hello"), ('S', b"\0\0\0"), ('C', b"")],
        &[('S', b"220 mx\r\n"), ('C', b"GET / HTTP/1.1\r\n\r\n"), ('S', b"HTTP/1.1 400 Bad Request\r\n\r\n")],
    ];
    for protocol in ["smtp", "lmtp", "imap"] {
        for (seed, turns) in (4..).zip(sessions) {
            let mut session = Session::start(protocol, &[]).await;
            talk(&mut session, seed, turns).await;
            hang_up(&mut session).await;
            let log = session.proxy.log(1);
            let (from_client, from_server) = octets(turns);
            let closed =
                format!("1 - closed; {from_client} octets from the client, {from_server} from the server");
            assert_eq!(log.last(), Some(&closed));
            let blind = log.iter().filter(|line| line.contains("passes without being read")).count();
            assert!(blind <= 1, "{log:#?}");
            let is_over_long = turns.iter().any(|turn| turn.1 == long);
            // An observer of IMAP puts up with a long line, as long as it ends.
            if from_client > 1_000_000 && !(protocol == "imap" && is_over_long) {
                assert_eq!(blind, 1, "{log:#?}");
            }
            assert!(log.iter().all(|line| line.len() < 500), "{log:#?}");
        }
    }
}

/// Who has said all may still listen, on either side.
#[tokio::test]
async fn one_side_ends_and_the_other_goes_on() {
    let large = Random(8).octets(2_000_000);
    let mut session = Session::start("smtp", &[]).await;
    talk(&mut session, 9, &[('S', b"220 mx\r\n"), ('C', b"NOOP\r\n")]).await;
    session.client.shutdown().await.unwrap();
    assert_eq!(rest(&mut session.server).await, b"");
    talk(&mut session, 10, &[('S', &large)]).await;
    session.server.shutdown().await.unwrap();
    assert_eq!(rest(&mut session.client).await, b"");
    session.proxy.log(1);

    (session.client, session.server) = connect(&session.proxy, &session.listener).await;
    talk(&mut session, 11, &[('S', b"421 mx\r\n")]).await;
    session.server.shutdown().await.unwrap();
    assert_eq!(rest(&mut session.client).await, b"");
    talk(&mut session, 12, &[('C', &large)]).await;
    hang_up(&mut session).await;
    session.proxy.log(2);
}

/// What the proxy holds does not grow while the server does not read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_slows_the_client() {
    const SIZE: usize = 64 * 1024 * 1024;
    let Session { proxy, client, mut server, .. } = Session::start("smtp", &[]).await;
    let (_from_proxy, mut to_proxy) = client.into_split();
    let pieces = Arc::new(AtomicUsize::new(0));
    let sent = Arc::clone(&pieces);
    // Never a whole line, so that the proxy would like to keep it.
    let sending = tokio::spawn(async move {
        let piece = vec![b'x'; 64 * 1024];
        for _ in 0..SIZE / piece.len() {
            to_proxy.write_all(&piece).await.unwrap();
            sent.fetch_add(1, Ordering::Relaxed);
        }
        to_proxy.shutdown().await.unwrap();
    });
    // All sockets on the way are full, as far as one can see.
    let (mut before, mut same) = (0, 0);
    wait_for("the client to wait", || {
        let now = pieces.load(Ordering::Relaxed);
        same = if now > 0 && now == std::mem::replace(&mut before, now) { same + 1 } else { 0 };
        (same > 10).then_some(())
    });
    assert!(!sending.is_finished(), "64 MiB went somewhere");
    let mut heard = 0;
    let mut piece = vec![0; 256 * 1024];
    loop {
        let len = in_time(server.read(&mut piece)).await.unwrap();
        if len == 0 {
            break;
        }
        assert!(piece[..len].iter().all(|&octet| octet == b'x'));
        heard += len;
    }
    assert_eq!(heard, SIZE);
    let peak = status(proxy.service.id(), "VmHWM:");
    assert!(peak < 40 * 1024, "the proxy needed {peak} KiB");
}

/// A number of a process' status, in KiB.
fn status(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn signals_end_it() {
    for signal in ["INT", "TERM"] {
        let mut session = Session::start("smtp", &[]).await;
        talk(&mut session, 13, &[('S', b"220 mx\r\n")]).await;
        assert_eq!(session.proxy.service.stop(signal), Some(0));
        assert_eq!(rest(&mut session.client).await, b"");
        assert_eq!(rest(&mut session.server).await, b"");
    }
}

#[tokio::test]
async fn without_a_server() {
    let [port] = free_ports();
    let proxy = crate::peers::Proxy::start("smtp", port, &[]);
    let mut client = tokio::net::TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
    assert_eq!(rest(&mut client).await, b"");
    let log = proxy.log(1);
    assert!(log[1].starts_with(&format!("1 - closed (cannot connect to 127.0.0.1:{port}: ")), "{log:?}");
}

/// What is written where, and how it ends.
#[test]
fn the_command_line() {
    let proxy = |arguments: &[&str]| run(limited(example("proxy")).args(arguments), b"");
    let help = proxy(&["--help"]).expect_code(0);
    assert!(help.stdout.contains("--upstream <HOST:PORT>"), "{help:?}");
    let local = "127.0.0.1:0";
    proxy(&["smtp", "--listen", local]).expect_code(2);
    proxy(&["gopher", "--listen", local, "--upstream", "localhost:70"]).expect_code(2);
    let nowhere = proxy(&["smtp", "--listen", local, "--upstream", "localhost"]).expect_code(1);
    assert_eq!(nowhere.stderr, "proxy: localhost is not HOST:PORT\n");
    let log =
        proxy(&["smtp", "--listen", local, "--upstream", "localhost:25", "--log", "/none/x"]).expect_code(1);
    assert!(log.stderr.starts_with("proxy: cannot write to /none/x: "), "{log:?}");

    let [port] = free_ports();
    let mut command = Command::new(example("proxy"));
    command.args(["smtp", "--listen", local, "--upstream", &format!("127.0.0.1:{port}")]);
    let mut service = Service::start(&mut command);
    let line = service.next_line();
    let address = line.strip_prefix("listening on ").unwrap();
    let taken = proxy(&["smtp", "--listen", address, "--upstream", "localhost:25"]).expect_code(1);
    assert!(taken.stderr.starts_with(&format!("proxy: cannot listen on {address}: ")), "{taken:?}");
    drop(std::net::TcpStream::connect(address).unwrap());
    // Without --log the log is here.
    let line = service.next_line();
    assert!(line.contains("Z 1 - connection from 127.0.0.1:"), "{line}");
    assert_eq!(service.stop("TERM"), Some(0));
}
