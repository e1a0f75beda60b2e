//! What a server says about messages: FETCH ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

use super::mail;
use crate::rng::Rng;
use crate::{Load, Messages};

/// Flags in parentheses, as often as usual.
pub(super) fn flag_list(rng: &mut Rng) -> String {
    let mut flags = Vec::new();
    for (percent, flag) in [
        (70, r"\Seen"),
        (30, r"\Answered"),
        (10, r"\Flagged"),
        (3, r"\Deleted"),
        (1, r"\Draft"),
        (35, "$NotJunk"),
        (8, "$Forwarded"),
        (15, "NonJunk"),
        (3, "$label1"),
        (2, "Work"),
    ] {
        if rng.chance(percent) {
            flags.push(flag);
        }
    }
    format!("({})", flags.join(" "))
}

/// Messages of a mailbox, in its order.
struct Mailbox {
    rng: Rng,
    number: u64,
    uid: u64,
}

impl Mailbox {
    fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), number: 3_000, uid: 41_000 }
    }

    /// The next message: its number and its UID.
    fn next(&mut self) -> (u64, u64) {
        self.number += 1;
        self.uid += self.rng.between(1, 9);
        (self.number, self.uid)
    }
}

/// A size as sizes of mail are: seldom large.
fn size(rng: &mut Rng) -> u64 {
    let most = rng.pick(&[4_000, 12_000, 40_000, 90_000, 900_000, 12_000_000]);
    rng.between(700, most)
}

pub(super) fn flags() -> Load {
    let (mut mailbox, mut messages) = (Mailbox::new(0x464c_4147), Messages::new(10_000));
    while !messages.is_full() {
        let (number, uid) = mailbox.next();
        let rng = &mut mailbox.rng;
        messages.push(format!(
            "* {number} FETCH (UID {uid} FLAGS {} INTERNALDATE {} RFC822.SIZE {})\r\n",
            flag_list(rng),
            mail::date_time(rng),
            size(rng)
        ));
    }
    messages.load
}

pub(super) fn envelopes() -> Load {
    let (mut mailbox, mut messages) = (Mailbox::new(0x454e_5645), Messages::new(5_000));
    while !messages.is_full() {
        let (number, uid) = mailbox.next();
        let envelope = mail::envelope(&mut mailbox.rng);
        messages.push(format!("* {number} FETCH (UID {uid} ENVELOPE {envelope})\r\n"));
    }
    messages.load
}

pub(super) fn body_structures() -> Load {
    let (mut mailbox, mut messages) = (Mailbox::new(0x424f_4459), Messages::new(5_000));
    while !messages.is_full() {
        let (number, uid) = mailbox.next();
        let structure = mail::body_structure(&mut mailbox.rng);
        messages.push(format!("* {number} FETCH (UID {uid} BODYSTRUCTURE {structure})\r\n"));
    }
    messages.load
}

/// So many messages of so many octets.
pub(super) fn bodies(count: usize, octets: usize) -> Load {
    let (mut mailbox, mut messages) = (Mailbox::new(0x424f_4459), Messages::new(count));
    while !messages.is_full() {
        let (number, uid) = mailbox.next();
        let text = mail::message(&mut mailbox.rng, octets);
        messages.push(format!(
            "* {number} FETCH (UID {uid} BODY[] {{{}}}\r\n{text} FLAGS (\\Seen))\r\n",
            text.len()
        ));
    }
    messages.load
}
