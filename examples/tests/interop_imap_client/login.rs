//! Getting in: mechanisms, TLS, compression, and what is refused.

use crate::interop::cyrus::Cyrus;
use crate::interop::dovecot_imap::DovecotImap;
use crate::interop::imap_client::{as_user, imap_client};
use crate::interop::message;
use crate::interop::relay::Relay;
use crate::interop::{PASSWORD, TempDir, USER, alone, free_ports};

/// Every way of protection: the options, and whether the port is that of TLS from the start.
const WAYS: [(&[&str], bool); 3] = [
    (&["--tls", "starttls", "--insecure"], false),
    (&["--tls", "implicit", "--insecure"], true),
    (&["--tls", "none", "--insecure"], false),
];

/// Logs in by this mechanism in every way.
#[track_caller]
fn log_in(imap: u16, imaps: u16, mechanism: &str, options: &[&str]) {
    for (way, is_tls) in WAYS {
        let port = if is_tls { imaps } else { imap };
        let arguments = [way, options, &["--mechanism", mechanism, "-v", "status"]].concat();
        let ended = imap_client(port, &arguments).expect_code(0);
        assert!(ended.stderr.contains(&format!("logged in by {}\n", mechanism.to_lowercase())), "{ended:?}");
        let starts_tls = ended.stderr.contains("TLS by STARTTLS\n");
        assert_eq!(starts_tls, way[1] == "starttls", "{ended:?}");
        assert!(ended.stdout.starts_with("INBOX: MESSAGES 0 UIDNEXT 1 "), "{mechanism}: {ended:?}");
    }
}

fn with(password: &str) -> [&str; 4] {
    ["--user", USER, "--password", password]
}

const PASSWORDS: [&str; 5] = ["PLAIN", "LOGIN", "LOGIN-COMMAND", "SCRAM-SHA-1", "SCRAM-SHA-256"];

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_lets_in_by_every_mechanism() {
    let _alone = alone();
    let dovecot = DovecotImap::start();
    for mechanism in PASSWORDS {
        log_in(dovecot.imap, dovecot.imaps, mechanism, &with(PASSWORD));
    }
    let token = DovecotImap::token(USER);
    for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
        log_in(dovecot.imap, dovecot.imaps, mechanism, &with(&token));
        let other = DovecotImap::token("somebody");
        let options = ["--tls", "starttls", "--insecure", "--mechanism", mechanism];
        let ended = imap_client(dovecot.imap, &[&options[..], &with(&other), &["status"]].concat());
        assert!(ended.expect_code(1).stderr.contains("does not let alice in: NO"));
    }
    log_in(dovecot.imap, dovecot.imaps, "ANONYMOUS", &["--user", "trace"]);
    assert!(dovecot.log().contains("method=ANONYMOUS"), "{}", dovecot.log());
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_lets_in_by_a_certificate() {
    let _alone = alone();
    let dovecot = DovecotImap::start();
    let [cert, key] = [&dovecot.user.chain, &dovecot.user.key].map(|path| path.to_str().unwrap());
    for (way, is_tls) in WAYS.into_iter().take(2) {
        let port = if is_tls { dovecot.imaps } else { dovecot.imap };
        let external = ["--mechanism", "EXTERNAL", "--user", USER];
        let shown = [way, &external, &["--cert", cert, "--key", key, "-v", "status"]].concat();
        let ended = imap_client(port, &shown).expect_code(0);
        assert!(ended.stderr.contains("logged in by external\n"), "{ended:?}");
        let not_shown = [way, &external, &["status"]].concat();
        let ended = imap_client(port, &not_shown).expect_code(1);
        assert!(ended.stderr.contains("does not let alice in: NO"), "{ended:?}");
    }
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_lets_in_by_every_mechanism() {
    let _alone = alone();
    let cyrus = Cyrus::start();
    for mechanism in PASSWORDS {
        log_in(cyrus.imap, cyrus.imaps, mechanism, &["--user", USER, "--password", PASSWORD]);
    }
    // ANONYMOUS is accepted, and then this version of Cyrus ends with a failed assertion, whatever is asked.
}

/// Without `--mechanism` it is the best that there is; a password that is wrong is refused by each.
#[track_caller]
fn refuses(imap: u16) {
    let starttls: &[&str] = &["--tls", "starttls", "--insecure", "--user", USER];
    let ended =
        imap_client(imap, &[starttls, &["--password", PASSWORD, "-v", "status"]].concat()).expect_code(0);
    assert!(ended.stderr.contains("logged in by scram-sha-256\n"), "{ended:?}");
    for mechanism in PASSWORDS {
        let wrong = ["--password", "wrong", "--mechanism", mechanism, "status"];
        let ended = imap_client(imap, &[starttls, &wrong].concat()).expect_code(1);
        assert!(ended.stderr.contains("NO ") && ended.stderr.lines().count() == 1, "{mechanism}: {ended:?}");
    }
    let right: &[&str] = &["--user", USER, "--password", PASSWORD, "status"];
    let cases: [(&str, &[&str], &str); _] = [
        ("a certificate that nobody vouches for", &["--tls", "starttls"], "certificate"),
        ("a password, but no TLS", &["--tls", "none", "--mechanism", "plain"], "no TLS"),
    ];
    for (case, options, said) in cases {
        let ended = imap_client(imap, &[options, right].concat()).expect_code(1);
        assert!(ended.stderr.contains(said) && ended.stderr.lines().count() == 1, "{case}: {ended:?}");
    }
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_refuses() {
    let _alone = alone();
    refuses(DovecotImap::start().imap);
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_refuses() {
    let _alone = alone();
    let cyrus = Cyrus::start();
    refuses(cyrus.imap);
    let options = ["--tls", "starttls", "--insecure", "--mechanism", "oauthbearer"];
    let ended = imap_client(cyrus.imap, &[&options[..], &with("token"), &["status"]].concat()).expect_code(1);
    assert_eq!(ended.stderr, "imap_client: not sent: the server does not offer the mechanism\n");
}

/// A message that compresses well goes through a relay, which counts: with compression, and without.
#[track_caller]
fn compresses(imap: u16) {
    let folder = TempDir::new("imap");
    let sent = message::big();
    let path = folder.write("big.eml", &sent);
    let [path, back] =
        [path.to_str().unwrap(), folder.path().join("back").to_str().unwrap()].map(str::to_owned);
    let mut uid = 0;
    for (options, limit) in
        [(&[][..], 0..sent.len() / 2), (&["--without", "COMPRESS"], 2 * sent.len()..3 * sent.len())]
    {
        uid += 1;
        let relay = Relay::start(imap);
        let ended =
            as_user(relay.port, &[options, &["-v", "append", "INBOX", &path]].concat()).expect_code(0);
        assert_eq!(ended.stdout, format!("UID {uid}\n"));
        assert_eq!(ended.stderr.contains("compressed by DEFLATE\n"), options.is_empty(), "{ended:?}");
        as_user(relay.port, &[options, &["save", "INBOX", &uid.to_string(), "all", &back]].concat())
            .expect_code(0);
        message::assert_same(&sent, &std::fs::read(&back).unwrap());
        let octets = relay.octets() as usize;
        assert!(limit.contains(&octets), "{octets} octets, not {limit:?}");
    }
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_compresses() {
    let _alone = alone();
    compresses(DovecotImap::start().imap);
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_compresses() {
    let _alone = alone();
    compresses(Cyrus::start().imap);
}

#[test]
fn wrong_usage_needs_no_server() {
    let [nobody] = free_ports();
    let cases: [(&[&str], &str); _] = [
        (&["search", "UNSEEN", "SINCE", "31-Foo-2025"], "expected a date at offset 13"),
        (&["search", "ALL", "ALL)"], "expected CRLF at offset 7"),
        (&["fetch", "0", "FLAGS"], "expected a number other than zero at offset 0"),
        (&["fetch", "1:*", "FLAGS", "BODY[1.FOO]"], "at offset 13"),
        (&["flag", "1", "+FLAGS", "(\\)"], "at offset"),
        (&["move", "1,", "Archive"], "expected a sequence set at offset 2"),
        (&["append", "--flag", "a b", "INBOX", "file"], "at offset 1"),
        (&["save", "INBOX", "0", "1", "file"], "UID 0"),
        (&["save", "INBOX", "1", "1.x", "file"], "at offset"),
        (&["no-such-command"], "no-such-command"),
    ];
    for (arguments, said) in cases {
        let ended = as_user(nobody, arguments).expect_code(2);
        assert!(ended.stderr.contains(said), "{arguments:?}: {ended:?}");
    }
    let ended = as_user(nobody, &["list"]).expect_code(1);
    assert!(ended.stderr.contains("cannot connect to 127.0.0.1:"), "{ended:?}");
}
