//! `smtp_server` receives from clients that others made.

use crate::interop::clients::{Job, Protocol, curl, msmtp, nodemailer, smtplib, swaks};
use crate::interop::maildir::files;
use crate::interop::message::{self, assert_same, assert_same_after_trace};
use crate::interop::postfix::{Next, Postfix};
use crate::interop::programs::{Ended, in_time, run};
use crate::interop::smtp_server::SmtpServer;
use crate::interop::{alone, wait_for};

type Client = fn(Job<'_>, &[&str]) -> Ended;

const FROM: &str = "sender@example.com";
const ALICE: &[&str] = &["alice@example.org"];
const THREE: &[&str] = &["alice@example.org", "bob@example.org", "carol@example.org"];

#[test]
#[ignore = "needs swaks"]
fn from_swaks() {
    let _alone = alone();
    let server = SmtpServer::start();
    in_every_way(&server, swaks, &[&["--auth", "PLAIN"], &["--auth", "LOGIN"]]);
    by_lmtp(&server, swaks, THREE);
    let job = Job { to: THREE, ..job(&server, Protocol::Smtp) };
    deliver(&server, swaks, Job { message: &message::dots(), ..job }, &["--pipeline"]);
    deliver(
        &server,
        swaks,
        Job { message: &message::big(), protocol: Protocol::StartTls, ..job },
        &["--pipeline"],
    );
    assert_refused(&server, swaks, &["--auth", "PLAIN", "--auth-password", "wrong"]);
}

#[test]
#[ignore = "needs curl"]
fn from_curl() {
    let _alone = alone();
    let server = SmtpServer::start();
    in_every_way(&server, curl, &[&["--login-options", "AUTH=PLAIN"], &["--login-options", "AUTH=LOGIN"]]);
    let job = Job { to: THREE, ..job(&server, Protocol::Smtp) };
    deliver(&server, curl, Job { message: &message::big(), ..job }, &[]);
    let utf8 =
        Job {
            to: &["δοκιμή@example.org"], from: "jürgen@example.com", message: &message::utf8(), ..job
        };
    deliver(&server, curl, utf8, &[]);
    assert_refused(&server, curl, &["--user", "alice:wrong"]);
}

#[test]
#[ignore = "needs msmtp"]
fn from_msmtp() {
    let _alone = alone();
    let server = SmtpServer::start();
    in_every_way(&server, msmtp, &[&["--auth=plain"], &["--auth=login"]]);
    by_lmtp(&server, msmtp, THREE);
    let job = Job { to: THREE, ..job(&server, Protocol::Smtp) };
    deliver(&server, msmtp, job, &["--dsn-notify=failure,delay", "--dsn-return=headers"]);
    deliver(&server, msmtp, Job { message: &message::big(), ..submission(&server, Protocol::Smtps) }, &[]);
    assert_refused(&server, msmtp, &["--passwordeval=echo wrong"]);
}

#[test]
#[ignore = "needs Python"]
fn from_smtplib() {
    let _alone = alone();
    let server = SmtpServer::start();
    in_every_way(&server, smtplib, &[&["--auth=plain"], &["--auth=login"]]);
    // Its LMTP reads one reply after the message, whatever the number of recipients.
    by_lmtp(&server, smtplib, ALICE);
    let job = Job { to: THREE, ..job(&server, Protocol::Smtp) };
    let dsn = ["--mail-option=RET=HDRS", "--mail-option=ENVID=id+2B1"];
    let dsn =
        [&dsn[..], &["--rcpt-option=NOTIFY=SUCCESS,FAILURE", "--rcpt-option=ORCPT=rfc822;a+2Bb@example.org"]]
            .concat();
    deliver(&server, smtplib, job, &dsn);
    let utf8 =
        Job {
            to: &["δοκιμή@example.org"], from: "jürgen@example.com", message: &message::utf8(), ..job
        };
    deliver(&server, smtplib, utf8, &["--mail-option=SMTPUTF8", "--mail-option=BODY=8BITMIME"]);
    deliver(&server, smtplib, Job { message: &message::big(), protocol: Protocol::StartTls, ..job }, &[]);
    for (message, chunk) in [(message::dots(), "--bdat=7"), (message::big(), "--bdat=1000000")] {
        deliver(&server, smtplib, Job { message: &message, ..job }, &[chunk]);
    }
    assert_refused(&server, smtplib, &["--password=wrong"]);
}

#[test]
#[ignore = "needs nodemailer"]
fn from_nodemailer() {
    let _alone = alone();
    let server = SmtpServer::start();
    in_every_way(&server, nodemailer, &[&["--auth=PLAIN"], &["--auth=LOGIN"]]);
    by_lmtp(&server, nodemailer, THREE);
    let job = Job { to: THREE, ..job(&server, Protocol::Smtp) };
    let dsn = "--dsn={\"id\": \"id+1\", \"return\": \"headers\", \"notify\": [\"failure\", \"delay\"], \"recipient\": \"o@example.org\"}";
    deliver(&server, nodemailer, job, &[dsn]);
    let utf8 =
        Job {
            to: &["δοκιμή@example.org"], from: "jürgen@example.com", message: &message::utf8(), ..job
        };
    deliver(&server, nodemailer, utf8, &[]);
    deliver(&server, nodemailer, Job { message: &message::big(), ..job }, &[]);
    assert_refused(&server, nodemailer, &["--password=wrong"]);
}

#[test]
#[ignore = "needs Postfix"]
fn from_postfix() {
    let _alone = alone();
    let server = SmtpServer::start();
    let next = Next { smtp: server.submission, lmtp: server.lmtp, certificate: &server.certificate.chain };
    let postfix = Postfix::sending(&next);
    for sent in [message::dots(), message::big()] {
        // By SMTP: STARTTLS, AUTH, pipelining. Then by LMTP.
        for to in [THREE, &["alice@example.net", "bob@example.net"]] {
            let to: Vec<_> = to.iter().map(|to| to.replace("example.org", "example.com")).collect();
            let to: Vec<_> = to.iter().map(String::as_str).collect();
            postfix.submit(FROM, &to, &["-N", "failure,delay", "-R", "hdrs", "-V", "id+1"], &sent);
            let taken = server.next_message();
            assert_eq!((taken.from, taken.to), (path(FROM), to.iter().map(|to| path(to)).collect()));
            assert_same_after_trace(&sent, &taken.content);
        }
    }
    let sent = message::utf8();
    postfix.submit("jürgen@example.com", &["δοκιμή@example.com"], &[], &sent);
    let taken = server.next_message();
    assert_eq!(taken.to, ["<δοκιμή@example.com>"]);
    assert_same_after_trace(&sent, &taken.content);
    wait_for("Postfix to be done", || (postfix.log().matches("status=sent").count() == 11).then_some(()));
}

#[test]
#[ignore = "needs Postfix"]
fn from_smtp_source() {
    let _alone = alone();
    let server = SmtpServer::start();
    // 40 messages over 4 connections at once, to 5 recipients each.
    for (options, port) in [(&["-d"][..], server.smtp), (&["-L"], server.lmtp)] {
        let mut command = in_time("smtp-source");
        command.args(["-s", "4", "-m", "40", "-r", "5", "-l", "20000", "-f", FROM, "-t", "user@example.org"]);
        run(command.args(options).arg(format!("127.0.0.1:{port}")), b"").expect_code(0);
        for _ in 0..40 {
            let taken = server.next_message();
            assert_eq!((taken.from, taken.to.len()), (path(FROM), 5));
            assert!(taken.content.len() >= 20_000, "{} octets", taken.content.len());
        }
    }
}

#[test]
#[ignore = "needs Python, nodemailer and swaks"]
fn refusals_are_understood() {
    let _alone = alone();
    let server = SmtpServer::start();
    // One recipient is refused, the other gets the message; the client says which is which.
    let to = &["nouser@example.org", "alice@example.org"];
    for (client, protocol) in
        [(smtplib as Client, Protocol::Smtp), (nodemailer, Protocol::Smtp), (nodemailer, Protocol::Lmtp)]
    {
        let ended = client(Job { to, ..job(&server, protocol) }, &[]).expect_code(1);
        assert!(ended.stdout.contains("nouser@example.org"), "{ended:?}");
        let taken = server.next_message();
        assert_eq!(taken.to, ["<alice@example.org>"]);
        assert_same(PLAIN, &taken.content);
    }
    // One octet more than the server takes: smtplib says so with MAIL, swaks only sends it.
    let message =
        [message::big(), vec![b'x'; 30_000_001 - message::big().len() - 2], b"\r\n".to_vec()].concat();
    for client in [smtplib as Client, swaks] {
        let ended = client(Job { message: &message, ..job(&server, Protocol::Smtp) }, &[]);
        assert!(![0, 124].contains(&ended.code), "{ended:?}");
        assert!([ended.stdout, ended.stderr].concat().contains("552"));
    }
    assert_eq!(files(&server.maildir().join("new")).len(), 3);
}

#[test]
#[ignore = "needs swaks"]
fn signals_end_the_server() {
    let _alone = alone();
    for signal in ["INT", "TERM"] {
        let mut server = SmtpServer::start();
        let message = message::plain();
        deliver(&server, swaks, Job { message: &message, ..job(&server, Protocol::Smtp) }, &[]);
        assert_eq!(server.stop(signal), Some(0), "{signal}");
    }
}

/// Short messages by SMTP and by submission, in TLS and not, with each of these ways to log in.
fn in_every_way(server: &SmtpServer, client: Client, logins: &[&[&str]]) {
    for message in [message::plain(), message::dots()] {
        for protocol in [Protocol::Smtp, Protocol::StartTls] {
            deliver(server, client, Job { message: &message, ..job(server, protocol) }, &[]);
        }
        for login in logins {
            for protocol in [Protocol::StartTls, Protocol::Smtps] {
                deliver(server, client, Job { message: &message, ..submission(server, protocol) }, login);
            }
        }
    }
    deliver(server, client, Job { from: "", ..job(server, Protocol::Smtp) }, &[]);
}

/// Short messages by LMTP.
fn by_lmtp(server: &SmtpServer, client: Client, to: &[&str]) {
    for message in [message::plain(), message::dots()] {
        deliver(server, client, Job { to, message: &message, ..job(server, Protocol::Lmtp) }, &[]);
    }
}

/// Sends the message; insists that it arrives as it is.
#[track_caller]
fn deliver(server: &SmtpServer, client: Client, job: Job<'_>, options: &[&str]) {
    client(job, options).expect_code(0);
    let taken = server.next_message();
    assert_eq!(taken.from, path(job.from));
    assert_eq!(taken.to, job.to.iter().map(|to| path(to)).collect::<Vec<_>>());
    assert_same(job.message, &taken.content);
}

/// Insists that a wrong password is told so, and that nobody may submit without one.
fn assert_refused(server: &SmtpServer, client: Client, wrong_password: &[&str]) {
    let message = message::plain();
    let job = Job { message: &message, ..submission(server, Protocol::StartTls) };
    let before = files(&server.maildir().join("new")).len();
    for (login, options) in [(true, wrong_password), (false, &[])] {
        let ended = client(Job { login, ..job }, options);
        assert!(![0, 124].contains(&ended.code), "{ended:?}");
        let said = [ended.stdout, ended.stderr].concat();
        assert!(["535", "530", "denied", "67"].iter().any(|word| said.contains(word)), "{said}");
    }
    assert_eq!(files(&server.maildir().join("new")).len(), before);
}

fn job(server: &SmtpServer, protocol: Protocol) -> Job<'_> {
    let port = if protocol == Protocol::Lmtp { server.lmtp } else { server.smtp };
    let certificate = &server.certificate.chain;
    Job { port, protocol, login: false, from: FROM, to: ALICE, message: PLAIN, certificate }
}

/// To the submission ports, where a password is needed.
fn submission(server: &SmtpServer, protocol: Protocol) -> Job<'_> {
    let port = if protocol == Protocol::Smtps { server.smtps } else { server.submission };
    Job { port, login: true, ..job(server, protocol) }
}

const PLAIN: &[u8] = b"From: sender@example.com\r\nTo: alice@example.org\r\n\
    Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <short@example.com>\r\nSubject: short\r\n\r\nshort\r\n";

/// An address as the server prints it.
fn path(address: &str) -> String {
    format!("<{address}>")
}
