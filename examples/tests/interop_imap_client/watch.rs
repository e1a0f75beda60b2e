//! Seeing what happens, as it happens.

use crate::interop::alone;
use crate::interop::cyrus::Cyrus;
use crate::interop::dovecot_imap::DovecotImap;
use crate::interop::imap_client::{another_client, watch};
use crate::interop::programs::Service;

/// Reads lines up to this one.
#[track_caller]
fn wait_for_line(service: &Service, wanted: &str) {
    loop {
        let line = service.next_line();
        if line == wanted {
            return;
        }
        assert!(!line.starts_with("imap_client"), "{line}");
    }
}

/// Another client appends, marks and expunges a message.
#[track_caller]
fn sees(imap: u16, options: &[&str], signal: &str) {
    another_client(imap, "c.append('INBOX', None, None, b'Subject: old\\r\\n\\r\\nold\\r\\n')");
    let mut watching = watch(imap, options);
    wait_for_line(&watching, "1 EXISTS");
    wait_for_line(&watching, "watching INBOX");
    another_client(imap, "ok(c.append('INBOX', None, None, b'Subject: new\\r\\n\\r\\nnew\\r\\n'))");
    wait_for_line(&watching, "2 EXISTS");
    another_client(imap, "ok(c.select()); ok(c.store('2', '+FLAGS', '\\\\Flagged')); ok(c.close())");
    let flagged = loop {
        let line = watching.next_line();
        if line.contains(" FETCH ") && line.contains("\\Flagged") {
            break line;
        }
    };
    assert!(flagged.starts_with("2 FETCH ("), "{flagged}");
    another_client(imap, "ok(c.select()); ok(c.store('1', '+FLAGS', '\\\\Deleted')); ok(c.expunge())");
    let gone = loop {
        let line = watching.next_line();
        if line.contains("VANISHED") || line.contains("EXPUNGE") {
            break line;
        }
    };
    assert!(gone == "VANISHED 1" || gone == "1 EXPUNGE", "{gone}");
    assert_eq!(watching.stop(signal), Some(0));
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_tells_in_idle() {
    let _alone = alone();
    sees(DovecotImap::start().imap, &["watch"], "INT");
}

#[test]
#[ignore = "needs Cyrus"]
fn cyrus_tells_in_idle() {
    let _alone = alone();
    sees(Cyrus::start().imap, &["watch"], "TERM");
}

#[test]
#[ignore = "needs Dovecot"]
fn dovecot_without_idle_is_asked() {
    let _alone = alone();
    let dovecot = DovecotImap::offering("IMAP4rev1 UIDPLUS");
    sees(dovecot.imap, &["watch", "--poll", "1"], "INT");
}
