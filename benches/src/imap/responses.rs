//! What a server says about mailboxes, searches and itself ([RFC 9051 section 7](https://www.rfc-editor.org/rfc/rfc9051#section-7)).

use super::mail;
use super::messages::flag_list;
use crate::rng::Rng;
use crate::{Load, Messages};

/// Names of mailboxes as they are on the wire.
pub(super) const MAILBOXES: [&str; 14] = [
    "INBOX",
    "Sent",
    "\"Sent Items\"",
    "Drafts",
    "Trash",
    "Junk",
    "Archive/2024",
    "Archive/2025",
    "\"Project Aurora/Design review\"",
    "Lists/users",
    "Entw&APw-rfe",
    "Customers/Example",
    "\"Customers/Example (old)\"",
    "Notes",
];

pub(super) fn list_status() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4c49_5354), Messages::new(5_000));
    while !messages.is_full() {
        let mailbox = rng.pick(&MAILBOXES);
        let attributes = rng.pick(&[
            r"\HasNoChildren",
            r"\HasNoChildren",
            r"\HasNoChildren \UnMarked",
            r"\HasChildren",
            r"\HasNoChildren \Sent",
            r"\HasNoChildren \Trash",
            r"\Noselect \HasChildren",
            r"\HasNoChildren \Subscribed \Archive",
        ]);
        messages.push(format!("* LIST ({attributes}) \"/\" {mailbox}\r\n"));
        let (exist, unseen) = (rng.between(0, 90_000), rng.between(0, 400));
        let next = exist + rng.between(1, 400_000);
        messages.push(match rng.number() % 4 {
            0 => format!("* STATUS {mailbox} (MESSAGES {exist} UIDNEXT {next} UNSEEN {unseen})\r\n"),
            1 => format!(
                "* STATUS {mailbox} (MESSAGES {exist} RECENT 0 UIDNEXT {next} UIDVALIDITY {} UNSEEN {unseen})\r\n",
                validity(&mut rng)
            ),
            2 => format!(
                "* STATUS {mailbox} (MESSAGES {exist} UIDNEXT {next} UIDVALIDITY {} UNSEEN {unseen} HIGHESTMODSEQ {})\r\n",
                validity(&mut rng),
                mod_sequence(&mut rng)
            ),
            _ => format!(
                "* STATUS {mailbox} (MESSAGES {exist} UNSEEN {unseen} SIZE {} UIDVALIDITY {} UIDNEXT {next})\r\n",
                rng.between(0, 40_000_000_000),
                validity(&mut rng)
            ),
        });
    }
    messages.load
}

fn validity(rng: &mut Rng) -> u64 {
    rng.between(1_200_000_000, 1_790_000_000)
}

fn mod_sequence(rng: &mut Rng) -> u64 {
    rng.between(800, 900_000_000)
}

pub(super) fn search() -> Load {
    let (mut rng, mut id) = (Rng::new(0x5345_4152), 0);
    let mut line = "* SEARCH".to_owned();
    for _ in 0..100_000 {
        id += rng.between(1, 7);
        line += &format!(" {id}");
    }
    line += "\r\n";
    Load::single(line.into_bytes())
}

/// Ids and ranges of them, in order, of about so many octets.
pub(super) fn set(rng: &mut Rng, octets: u64) -> String {
    let (mut set, mut id) = (String::new(), rng.between(1, 40_000));
    while set.len() < octets as usize {
        if !set.is_empty() {
            set.push(',');
        }
        set += &id.to_string();
        if rng.chance(45) {
            id += rng.between(1, 60);
            set += &format!(":{id}");
        }
        id += rng.between(2, 90);
    }
    set
}

pub(super) fn esearch() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4553_4541), Messages::new(1_000));
    while !messages.is_full() {
        let octets = rng.between(500, 950);
        let set = set(&mut rng, octets);
        let (first, last) = (set.split([',', ':']).next(), set.rsplit([',', ':']).next());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        messages.push(format!(
            "* ESEARCH (TAG \"A{:04}\") UID MIN {first} MAX {last} ALL {set} COUNT {}\r\n",
            rng.between(1, 9_999),
            count(&set)
        ));
    }
    messages.load
}

/// How many ids there are in a set.
fn count(set: &str) -> u64 {
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    set.split(',').map(|ids| ids.split_once(':').map_or(1, |(from, to)| number(to) - number(from) + 1)).sum()
}

pub(super) fn resync() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x5253_594e), Messages::new(12_409));
    let (mut exist, mut next) = (20_000, 60_000);
    messages.push("* 20000 EXISTS\r\n");
    messages.push("* OK [UIDVALIDITY 1790000001] UIDs valid\r\n");
    messages.push("* OK [HIGHESTMODSEQ 912345678] Highest\r\n");
    while !messages.is_full() {
        messages.push(match rng.number() % 100 {
            0..8 => {
                let octets = rng.between(40, 900);
                format!("* VANISHED (EARLIER) {}\r\n", set(&mut rng, octets))
            }
            8..11 => format!("* VANISHED {}\r\n", set(&mut rng, 20)),
            11..16 => {
                exist += rng.between(1, 3);
                format!("* {exist} EXISTS\r\n")
            }
            16..20 => {
                exist -= 1;
                format!("* {} EXPUNGE\r\n", rng.between(1, exist))
            }
            20..22 => "* 1 RECENT\r\n".to_owned(),
            22..25 => {
                format!("* OK [HIGHESTMODSEQ {}] Highest\r\n", mod_sequence(&mut rng))
            }
            25..27 => {
                next += rng.between(1, 30);
                format!("* OK [UIDNEXT {next}] Predicted next UID\r\n")
            }
            _ => format!(
                "* {} FETCH (UID {} FLAGS {} MODSEQ ({}))\r\n",
                rng.between(1, exist),
                rng.between(1, next),
                flag_list(&mut rng),
                mod_sequence(&mut rng)
            ),
        });
    }
    messages.load
}

pub(super) fn status() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4f4b_204e), Messages::new(10_000));
    let mut command = 0;
    while !messages.is_full() {
        let status = one_status(&mut rng, &mut command);
        messages.push(status);
    }
    messages.load
}

fn one_status(rng: &mut Rng, command: &mut u32) -> String {
    let id = rng.between(20_000, 900_000);
    *command += 1;
    let tag = format!("A{command:04}");
    match rng.number() % 100 {
        0..14 => {
            let done = rng.pick(&["NOOP", "Fetch", "Search", "Store", "List", "Status", "Idle"]);
            format!("{tag} OK {done} completed (0.{:03} + 0.000 secs).\r\n", rng.between(1, 999))
        }
        14..20 => format!("{tag} OK {} completed (took {} ms)\r\n", rng.pick(&["UID FETCH", "UID STORE", "CLOSE"]), rng.between(1, 80)),
        20..32 => format!("{tag} OK [READ-WRITE] Select completed (0.{:03} secs).\r\n", rng.between(1, 999)),
        32..36 => format!("{tag} OK [READ-ONLY] EXAMINE completed, nothing will be changed\r\n"),
        36..44 => format!("* OK [UIDVALIDITY {}] UIDs are valid for this session\r\n", validity(rng)),
        44..52 => format!("* OK [UIDNEXT {id}] Predicted next UID\r\n"),
        52..56 => format!("* OK [UNSEEN {}] The first message that is unseen\r\n", rng.between(1, 9_000)),
        56..62 => format!("* OK [HIGHESTMODSEQ {}] Highest mod-sequence\r\n", mod_sequence(rng)),
        62..70 => {
            r"* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $NotJunk $Forwarded \*)] Flags permitted"
                .to_owned()
                + "\r\n"
        }
        70..76 => format!("{tag} OK [APPENDUID {} {id}] Append completed (0.012 + 0.000 secs).\r\n", validity(rng)),
        76..82 => format!(
            "{tag} OK [COPYUID {} {id}:{} {}:{}] Copy completed\r\n",
            validity(rng),
            id + 4,
            id + 100,
            id + 104
        ),
        82..86 => format!("{tag} NO [TRYCREATE] Mailbox doesn't exist: Archive\r\n"),
        86..88 => format!("{tag} NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"),
        88..90 => format!("{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"),
        90..92 => format!("{tag} BAD Error in IMAP command: Unknown command.\r\n"),
        92..94 => format!("* NO [ALERT] Disk is 9{}% full\r\n", rng.between(0, 9)),
        94..96 => {
            let host = mail::host(rng);
            format!("* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE AUTH=PLAIN] {host} ready.\r\n")
        }
        96..98 => "* BYE Autologout; idle for too long\r\n".to_owned(),
        _ => format!("{tag} OK [CLOSED] Previous mailbox is now closed\r\n"),
    }
}
