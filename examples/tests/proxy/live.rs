//! Between programs that others made.

use crate::interop::alone;
use crate::interop::clients::{Job, Protocol, curl, swaks};
use crate::interop::message::{self, assert_same};
use crate::interop::programs::Ended;
use crate::interop::smtp_server::SmtpServer;
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
