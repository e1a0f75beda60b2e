//! Between programs that others made.

use crate::interop::certificate::Certificate;
use crate::interop::clients::{Job, Protocol, curl, swaks};
use crate::interop::message::{self, assert_same};
use crate::interop::programs::{Ended, Service, in_time, program, run};
use crate::interop::smtp_server::SmtpServer;
use crate::interop::{PASSWORD, TempDir, USER, alone, fill, free_ports, wait_for_port};
use crate::peers::Proxy;
use crate::secrets::assert_none;

type Client = fn(Job<'_>, &[&str]) -> Ended;

#[test]
#[ignore = "needs swaks and curl"]
fn smtp_from_swaks_and_curl() {
    let _alone = alone();
    let server = SmtpServer::start();
    let proxy =
        Proxy::start("smtp", server.submission, &["--ca", server.certificate.chain.to_str().unwrap()]);
    let message = message::big();
    let job = Job {
        port: proxy.port,
        protocol: Protocol::StartTls,
        login: true,
        from: "sender@example.com",
        to: &["alice@example.org", "bob@example.org"],
        message: &message,
        certificate: &proxy.certificate.chain,
    };
    let ways: [(Client, &[&str]); _] = [
        (swaks, &["--auth", "PLAIN"]),
        (swaks, &["--auth", "LOGIN", "--pipeline"]),
        (curl, &["--login-options", "AUTH=PLAIN"]),
        (curl, &["--login-options", "AUTH=LOGIN"]),
    ];
    for (client, options) in ways {
        client(job, options).expect_code(0);
        let taken = server.next_message();
        assert_eq!(taken.to, ["<alice@example.org>", "<bob@example.org>"]);
        assert_same(&message, &taken.content);
    }
    let log = proxy.log(ways.len());
    assert_none(&log);
    for number in 1..=ways.len() {
        let front = format!("{number} ");
        let count =
            |what: &str| log.iter().filter(|line| line.starts_with(&front) && line.contains(what)).count();
        assert_eq!(count(" - TLSv1_3 with the client, TLSv1_3 with the server"), 1, "{log:#?}");
        assert_eq!(count(" AUTH 235 "), 1, "{log:#?}");
        assert_eq!(count(" end of the message, 26214400 octets"), 1, "{log:#?}");
    }
}

/// A Dovecot that speaks IMAP, and is gone when this is dropped.
struct Dovecot {
    imap: u16,
    certificate: Certificate,
    _service: Service,
    _folder: TempDir,
}

impl Dovecot {
    fn start() -> Self {
        let folder = TempDir::new("dovecot");
        let path = folder.path().display();
        // 8 is Debian's user and group `mail`.
        folder.write("users", format!("{USER}:{{PLAIN}}{PASSWORD}:8:8::{path}/mail/{USER}::\n"));
        let mail = folder.path().join("mail");
        std::fs::create_dir(&mail).unwrap();
        std::os::unix::fs::chown(&mail, Some(8), Some(8)).unwrap();
        let certificate = Certificate::make(&folder);
        let [imap] = free_ports();
        let (chain, key) = (certificate.chain.display(), certificate.key.display());
        let values: [(&str, &dyn std::fmt::Display); _] =
            [("FOLDER", &path), ("CERTIFICATE", &chain), ("KEY", &key), ("IMAP", &imap)];
        let config = folder.write("dovecot.conf", fill(include_str!("dovecot.conf"), &values));
        let service = Service::start(program("dovecot").arg("-F").arg("-c").arg(config));
        wait_for_port(imap);
        Self { imap, certificate, _service: service, _folder: folder }
    }
}

#[test]
#[ignore = "needs Dovecot and curl"]
fn imap_from_curl_to_dovecot() {
    let _alone = alone();
    let dovecot = Dovecot::start();
    let proxy = Proxy::start("imap", dovecot.imap, &["--ca", dovecot.certificate.chain.to_str().unwrap()]);
    let message = message::big();
    let folder = TempDir::new("message");
    let file = folder.write("message", &message);
    let curl = |path: &str, options: &[&str]| {
        let mut command = in_time("curl");
        command.args(["--silent", "--show-error", "--ssl-reqd", "--ipv4", "--cacert"]);
        command.arg(&proxy.certificate.chain).args(["--user", &format!("{USER}:{PASSWORD}")]);
        command.arg("--url").arg(format!("imap://localhost:{}/{path}", proxy.port));
        run(command.args(options), b"").expect_code(0).stdout
    };
    curl("INBOX", &["--login-options", "AUTH=PLAIN", "--upload-file", file.to_str().unwrap()]);
    let fetched = curl("INBOX;UID=1", &["--login-options", "AUTH=LOGIN"]);
    // The message is ASCII, so nothing was lost when it became a string.
    assert_same(&message, fetched.as_bytes());
    let found = curl("INBOX", &["--request", "SEARCH ALL"]);
    assert_eq!(found, "* SEARCH 1\r\n");
    let log = proxy.log(3);
    assert_none(&log);
    for (number, expected) in [
        (1, " AUTHENTICATE PLAIN with a response, not shown"),
        (1, " APPEND to \"INBOX\""),
        (1, " APPEND a literal of 26214400 octets"),
        (2, " AUTHENTICATE LOGIN"),
        (2, " 1 FETCH UID 1 BODY[], 26214400 octets"),
        (3, " SEARCH 1"),
    ] {
        let front = format!("{number} ");
        assert!(
            log.iter().any(|line| line.starts_with(&front) && line.contains(expected)),
            "no {number}{expected} in {log:#?}"
        );
    }
    let tls = log.iter().filter(|line| line.contains(" - TLSv1_3 with the client, TLSv1_3 with the server"));
    assert_eq!(tls.count(), 3, "{log:#?}");
}
