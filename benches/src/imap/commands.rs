//! What a client says ([RFC 9051 section 6](https://www.rfc-editor.org/rfc/rfc9051#section-6)).

use super::responses::{MAILBOXES, set};
use super::{mail, messages};
use crate::rng::Rng;
use crate::{Load, Messages};

pub(super) fn sessions() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x434d_4453), Messages::new(10_000));
    while !messages.is_full() {
        session(&mut rng, &mut messages);
    }
    messages.load
}

/// What a client says in one session.
fn session(rng: &mut Rng, messages: &mut Messages) {
    let prefix = rng.pick(&["A", "a", "C"]);
    let mut number = 0;
    let mut say = |command: String| {
        number += 1;
        messages.push(format!("{prefix}{number:04} {command}\r\n"));
    };
    say("CAPABILITY".to_owned());
    say(rng
        .pick(&[
            "LOGIN anna \"correct horse battery\"",
            "LOGIN b.keller secret",
            "AUTHENTICATE PLAIN AGFubmEAY29ycmVjdCBob3JzZSBiYXR0ZXJ5",
        ])
        .to_owned());
    if rng.chance(60) {
        say(r#"ID ("name" "Example Mail" "version" "12.4.1")"#.to_owned());
    }
    if rng.chance(40) {
        say("ENABLE CONDSTORE".to_owned());
    }
    say(r#"LIST "" *"#.to_owned());
    for _ in 0..rng.between(1, 4) {
        let mailbox = rng.pick(&MAILBOXES);
        say(format!("STATUS {mailbox} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"));
    }
    for _ in 0..rng.between(1, 3) {
        let verb = rng.pick(&["SELECT", "SELECT", "EXAMINE"]);
        say(format!("{verb} {}", rng.pick(&MAILBOXES)));
        for _ in 0..rng.between(3, 12) {
            say(selected(rng));
        }
    }
    say("LOGOUT".to_owned());
}

/// What a client says when a mailbox is selected.
fn selected(rng: &mut Rng) -> String {
    let (uid, mailbox) = (rng.between(1, 400_000), rng.pick(&MAILBOXES));
    match rng.number() % 100 {
        0..8 => "NOOP".to_owned(),
        8..14 => "IDLE".to_owned(),
        14..24 => format!("UID FETCH {uid}:* (FLAGS)"),
        24..32 => format!("UID FETCH {uid} (UID RFC822.SIZE BODY.PEEK[])"),
        32..42 => format!(
            "UID FETCH {uid}:{} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE)])",
            uid + rng.between(1, 50)
        ),
        42..48 => format!("FETCH 1:{} (FLAGS ENVELOPE)", rng.between(2, 900)),
        48..52 => format!("UID FETCH {uid} (BODY.PEEK[1.2]<0.16384>)"),
        52..66 => format!(
            "UID STORE {uid} {}FLAGS{} {}",
            rng.pick(&["+", "-", ""]),
            rng.pick(&[".SILENT", ""]),
            messages::flag_list(rng)
        ),
        66..70 => format!("UID COPY {uid} {mailbox}"),
        70..76 => format!("UID MOVE {uid} {mailbox}"),
        76..80 => "UID SEARCH UNSEEN".to_owned(),
        80..84 => format!("UID SEARCH SINCE {} UNDELETED", mail::date(rng)),
        84..88 => format!("UID EXPUNGE {uid}"),
        88..91 => "EXPUNGE".to_owned(),
        91..93 => "CLOSE".to_owned(),
        93..95 => "UNSELECT".to_owned(),
        95..96 => format!("CREATE {mailbox}"),
        96..97 => format!("SUBSCRIBE {mailbox}"),
        97..98 => format!("RENAME {mailbox} Archive/2026"),
        98..99 => format!("DELETE {mailbox}"),
        _ => format!("GETQUOTAROOT {mailbox}"),
    }
}

pub(super) fn uid_fetch() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x5549_4446), Messages::new(1_000));
    let mut number = 0;
    while !messages.is_full() {
        number += 1;
        let octets = rng.between(1_000, 1_900);
        let items = rng.pick(&["(FLAGS)", "(UID FLAGS)", "(FLAGS ENVELOPE RFC822.SIZE)", "(BODY.PEEK[])"]);
        messages.push(format!("A{number:04} UID FETCH {} {items}\r\n", set(&mut rng, octets)));
    }
    messages.load
}

pub(super) fn search() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4b45_5953), Messages::new(5_000));
    let mut number = 0;
    while !messages.is_full() {
        number += 1;
        let count = rng.between(1, 4);
        let keys = keys(&mut rng, count, 2);
        let uid = rng.pick(&["UID ", ""]);
        messages.push(format!("A{number:04} {uid}SEARCH UNDELETED {keys}\r\n"));
    }
    messages.load
}

fn keys(rng: &mut Rng, count: u64, levels: u32) -> String {
    let keys: Vec<String> = (0..count).map(|_| key(rng, levels)).collect();
    keys.join(" ")
}

/// A key with others in it, so many levels deep.
fn key(rng: &mut Rng, levels: u32) -> String {
    if levels > 0 {
        let (one, other, few) = (levels - 1, rng.between(0, levels as u64 - 1) as u32, rng.between(2, 3));
        match rng.number() % 4 {
            0 => return format!("OR {} {}", key(rng, one), key(rng, other)),
            1 => return format!("NOT {}", key(rng, one)),
            2 => return format!("({})", keys(rng, few, one)),
            _ => {}
        }
    }
    match rng.number() % 16 {
        0 => format!("FROM {}", rng.pick(&["anna", "b.keller@example.com", "\"Anna Keller\""])),
        1 => format!(
            "SUBJECT {}",
            rng.pick(&["invoice", "\"quarterly numbers\"", "\"a \\\"quoted\\\" word\""])
        ),
        2 => format!("SINCE {}", mail::date(rng)),
        3 => format!("BEFORE {}", mail::date(rng)),
        4 => format!("SENTON {}", mail::date(rng)),
        5 => format!("LARGER {}", rng.between(1_000, 9_000_000)),
        6 => format!("SMALLER {}", rng.between(1_000, 9_000_000)),
        7 => {
            format!("HEADER {} {}", rng.pick(&["Message-ID", "List-Id"]), rng.pick(&["example.org", "\"\""]))
        }
        8 => format!("BODY {}", rng.pick(&["\"room twelve\"", "contract"])),
        9 => format!("TO {}", rng.pick(&["sales@example.com", "users@lists.example.org"])),
        10 => format!("KEYWORD {}", rng.pick(&["$Forwarded", "$NotJunk", "Work"])),
        11 => format!("UID {}", set(rng, 12)),
        12 => format!("TEXT {}", rng.pick(&["\"please bring\"", "Aurora"])),
        13 => rng.pick(&["UNSEEN", "SEEN", "FLAGGED"]).to_owned(),
        14 => rng.pick(&["ANSWERED", "UNANSWERED", "DRAFT"]).to_owned(),
        _ => set(rng, 12),
    }
}

pub(super) fn append() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4150_5044), Messages::new(500));
    let mut number = 0;
    while !messages.is_full() {
        number += 1;
        let octets = rng.between(6_200, 10_200) as usize;
        let text = mail::message(&mut rng, octets);
        messages.push(format!(
            "A{number:04} APPEND {} {} {} {{{}}}\r\n{text}\r\n",
            rng.pick(&MAILBOXES),
            messages::flag_list(&mut rng),
            mail::date_time(&mut rng),
            text.len()
        ));
    }
    messages.load
}
