//! curl and neomutt.

use std::process::Command;

use crate::imap_server::ImapServer;
use crate::interop::message::{self, assert_same};
use crate::interop::programs::{Ended, in_time, program, run};
use crate::interop::{PASSWORD, TempDir, USER, alone};
use crate::reader::Message;
use crate::{inbox, multipart, set, start};

/// How curl connects.
#[derive(Clone, Copy)]
enum By {
    Imap,
    StartTls,
    Imaps,
}

/// curl with this path and query; gives what it wrote.
fn curl(server: &ImapServer, by: By, path: &str, options: &[&str]) -> Ended {
    let (scheme, port) = match by {
        By::Imap | By::StartTls => ("imap", server.imap),
        By::Imaps => ("imaps", server.imaps),
    };
    let mut command = in_time("curl");
    command.args(["--silent", "--show-error", "--ipv4", "--cacert"]).arg(&server.certificate.chain);
    command.args(["--user", &format!("{USER}:{PASSWORD}")]);
    if matches!(by, By::StartTls) {
        command.arg("--ssl-reqd");
    }
    run(command.args(options).arg(format!("{scheme}://localhost:{port}/{path}")), b"")
}

#[test]
#[ignore = "needs curl"]
fn to_curl() {
    let _alone = alone();
    let server = start();
    for by in [By::Imap, By::StartTls, By::Imaps] {
        let get = |path: &str, options: &[&str]| curl(&server, by, path, options).expect_code(0).stdout;
        assert_eq!(get("", &[]), "* LIST (\\HasNoChildren) \"/\" INBOX\r\n");
        for (number, message) in (1..).zip(inbox()) {
            assert_same(&message.content, get(&format!("INBOX;MAILINDEX={number}"), &[]).as_bytes());
            assert_same(&message.content, get(&format!("INBOX;UID={}", message.uid), &[]).as_bytes());
        }
        assert_eq!(get("INBOX;UID=1;SECTION=TEXT", &[]), "Hello Alice,\r\n\r\nthis is a message.\r\n");
        assert_eq!(get("INBOX;UID=4;SECTION=1.2", &[]), "<p>Hello</p>");
        let fields = get("INBOX;UID=2;SECTION=HEADER.FIELDS%20(SUBJECT)", &[]);
        assert_eq!(fields, "Subject: dots\r\n\r\n");
        assert_eq!(get("INBOX?SUBJECT%20dots", &[]), "* SEARCH 2\r\n");
        assert_eq!(get("INBOX?ANSWERED", &[]), "* SEARCH 3\r\n");
        let status = get("", &["-X", "STATUS INBOX (MESSAGES UIDNEXT SIZE)"]);
        let size: usize = inbox().iter().map(|message| message.content.len()).sum();
        assert_eq!(status, format!("* STATUS INBOX (MESSAGES 4 UIDNEXT 5 SIZE {size})\r\n"));
    }
    // curl fetches with BODY[], which sets \Seen.
    let all_seen = |mut message: Message| {
        message.flags.insert("\\Seen".into());
        message
    };
    assert_eq!(server.reader().messages("INBOX"), inbox().into_iter().map(all_seen).collect::<Vec<_>>());
}

#[test]
#[ignore = "needs curl"]
fn curl_changes_mailboxes() {
    let _alone = alone();
    let server = start();
    let did = |path: &str, command: &str| {
        curl(&server, By::StartTls, path, &["-X", command]).expect_code(0);
    };
    did("", "CREATE new");
    let folder = TempDir::new("curl");
    let sent = [message::plain(), message::utf8(), message::big()];
    for (by, message) in [By::Imap, By::StartTls, By::Imaps].into_iter().zip(&sent) {
        let file = folder.write("message", message).display().to_string();
        curl(&server, by, "new", &["--upload-file", &file]).expect_code(0);
    }
    did("new", "STORE 2 +FLAGS (\\Deleted)");
    did("new", "EXPUNGE");
    let kept = [(1, &sent[0]), (3, &sent[2])];
    let seen = set(&["\\Seen"]);
    let kept = kept.map(|(uid, content)| Message { uid, flags: seen.clone(), content: content.clone() });
    assert_eq!(server.reader().messages("new"), kept);
    did("", "RENAME new other");
    let listed = curl(&server, By::Imap, "", &[]).expect_code(0).stdout;
    assert_eq!(listed, "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren) \"/\" other\r\n");
    did("", "DELETE other");
    let wrong = curl(&server, By::Imap, "", &["--user", &format!("{USER}:wrong")]).expect_code(67);
    assert_eq!(wrong.stderr, "curl: (67) Login denied\n");
    let options = ["--login-options", "AUTH=PLAIN", "--sasl-ir"];
    curl(&server, By::Imap, "", &options).expect_code(0);
    let nowhere = curl(&server, By::Imap, "nowhere;UID=1", &[]).expect_code(67);
    assert_eq!(nowhere.stderr, "curl: (67) Select failed\n");
}

#[test]
#[ignore = "needs curl"]
fn an_mbox_file_under_tls_only() {
    let _alone = alone();
    let mbox = "From a@example.org Mon Mar  3 10:00:00 2025\nSubject: one\n\n>From here\n\n\
        From b@example.org Tue Mar  4 10:00:00 2025\nSubject: two\n\nbye\n";
    let server = ImapServer::start_with_mbox(mbox);
    for by in [By::StartTls, By::Imaps] {
        let get = |path: &str, options: &[&str]| curl(&server, by, path, options).expect_code(0).stdout;
        assert_eq!(get("INBOX;UID=1", &[]), "Subject: one\r\n\r\nFrom here\r\n");
        assert_eq!(get("INBOX;UID=2", &[]), "Subject: two\r\n\r\nbye\r\n");
        let dates = get("INBOX", &["-X", "FETCH 2 INTERNALDATE"]);
        assert_eq!(dates, "* 2 FETCH (INTERNALDATE \"04-Mar-2025 10:00:00 +0000\")\r\n");
    }
    // LOGINDISABLED is all that is offered in clear text.
    let refused = curl(&server, By::Imap, "INBOX;UID=1", &[]).expect_code(67);
    assert_eq!(refused.stdout, "");
}

#[test]
#[ignore = "needs neomutt"]
fn to_neomutt() {
    let _alone = alone();
    let server = start();
    server.reader().command("CREATE saved");
    let folder = TempDir::new("neomutt");
    let path = folder.path().display();
    let saved = folder.path().join("saved");
    let configuration = format!(
        "set folder=\"imap://{USER}@localhost:{}/\" imap_user={USER} imap_pass=\"{PASSWORD}\"\n\
        set ssl_starttls=yes ssl_force_tls=yes certificate_file=\"{}\" ssl_verify_host=no\n\
        set spoolfile=\"+INBOX\" record=\"\" postponed=\"{path}/postponed\"\n\
        set header_cache=\"{path}/headers\" message_cachedir=\"{path}/bodies\"\n\
        set imap_idle=yes imap_qresync=yes imap_condstore=yes mail_check=1 timeout=1\n\
        set confirmappend=no confirmcreate=no delete=yes move=no quit=yes wait_key=no beep=no sleep_time=0\n\
        set mark_old=no sort=mailbox-order mbox_type=mbox abort_key=\"\" pager_stop=yes\n\
        bind index,pager q quit\n\
        bind pager x exit\n",
        server.imap,
        server.certificate.chain.display(),
    );
    let keys = format!(
        "<first-entry><display-message>x<next-entry><flag-message>\
        <jump>3<enter><copy-message>+saved<enter>\
        <jump>4<enter><copy-message>{}<enter>\
        <jump>1<enter><delete-message><sync-mailbox><quit>",
        saved.display()
    );
    let configuration = folder.write("muttrc", format!("{configuration}push \"{keys}\"\n"));
    // It wants a terminal.
    program("neomutt");
    let mut command: Command = in_time("script");
    command.args(["--quiet", "--return", "--flush", "--command"]);
    command.arg(format!("neomutt -n -F {}", configuration.display())).arg("/dev/null");
    command.env("TERM", "xterm").env("LANG", "C.UTF-8").env("HOME", folder.path());
    run(&mut command, b"").expect_code(0);

    let mut reader = server.reader();
    let mut expected = inbox();
    expected.remove(0);
    expected[0].flags.insert("\\Flagged".into());
    assert_eq!(reader.messages("INBOX"), expected);
    let copy = Message { uid: 1, ..inbox()[2].clone() };
    assert_eq!(reader.messages("saved"), [copy]);
    // neomutt puts fields of its own into what it saves; the body is as it was.
    let file = String::from_utf8(std::fs::read(saved).unwrap()).unwrap();
    let multipart = String::from_utf8(multipart()).unwrap().replace("\r\n", "\n");
    let (_, body) = multipart.split_once("\n\n").unwrap();
    assert!(file.contains(body), "{file}");
    for field in ["Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= in parts\n", "Message-ID: <multipart@example.com>\n"]
    {
        assert!(file.contains(field), "{file}");
    }
}
