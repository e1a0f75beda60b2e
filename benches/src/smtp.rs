//! Loads of SMTP: commands, replies and bodies ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)).

use crate::rng::Rng;
use crate::{Load, Messages};

/// A load, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smtp {
    /// MAIL and RCPT with ESMTP parameters: 10,002 of about 64 octets.
    MailRcpt,
    /// What a server reads in its sessions, bodies left out: 10,003 commands of about 40 octets.
    Commands,
    /// Replies of one line and of several: 10,000 of about 60 octets.
    Replies,
    /// Replies to EHLO: 10,000 of about 196 octets.
    Ehlo,
    /// 10 MiB of mail text as it is on the wire after DATA, the end of data included.
    DataIn,
    /// The same with a dot at the start of every line of the body.
    DataInDots,
    /// 10 MiB of mail text as it is before DATA.
    DataOut,
    /// The same with a dot at the start of every line of the body.
    DataOutDots,
    /// 640 BDAT commands with their chunks, each 16,396 octets together.
    BdatIn,
}

/// How large a body is before it is made ready for the wire.
const BODY: usize = 10 * 1024 * 1024;

impl Smtp {
    /// Every load.
    pub const ALL: [Self; 9] = [
        Self::MailRcpt,
        Self::Commands,
        Self::Replies,
        Self::Ehlo,
        Self::DataIn,
        Self::DataInDots,
        Self::DataOut,
        Self::DataOutDots,
        Self::BdatIn,
    ];

    /// What it is called on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::MailRcpt => "mail-rcpt",
            Self::Commands => "commands",
            Self::Replies => "replies",
            Self::Ehlo => "ehlo",
            Self::DataIn => "data-in",
            Self::DataInDots => "data-in-dots",
            Self::DataOut => "data-out",
            Self::DataOutDots => "data-out-dots",
            Self::BdatIn => "bdat-in",
        }
    }

    /// Its bytes, the same every time.
    pub fn generate(self) -> Load {
        match self {
            Self::MailRcpt => mail_rcpt(),
            Self::Commands => commands(),
            Self::Replies => replies(),
            Self::Ehlo => ehlo_replies(),
            Self::DataIn => Load::single(stuffed(&mail_text(false))),
            Self::DataInDots => Load::single(stuffed(&mail_text(true))),
            Self::DataOut => Load::single(mail_text(false)),
            Self::DataOutDots => Load::single(mail_text(true)),
            Self::BdatIn => chunks(),
        }
    }

    /// What is to come out: of [`DataIn`](Self::DataIn) the text, of [`DataOut`](Self::DataOut) the wire, of
    /// [`BdatIn`](Self::BdatIn) the chunks. `None` where messages are read one by one.
    pub fn outcome(self) -> Option<Vec<u8>> {
        match self {
            Self::MailRcpt | Self::Commands | Self::Replies | Self::Ehlo => None,
            Self::DataIn | Self::BdatIn => Some(mail_text(false)),
            Self::DataInDots => Some(mail_text(true)),
            Self::DataOut => Some(stuffed(&mail_text(false))),
            Self::DataOutDots => Some(stuffed(&mail_text(true))),
        }
        .map(|mut octets| {
            if self == Self::BdatIn {
                octets.truncate(CHUNKS * CHUNK - LAST);
            }
            octets
        })
    }
}

// ---------------------------------------------------------------------------------------------------- commands

const NAMES: [&str; 16] = [
    "anna",
    "b.keller",
    "carlos",
    "dmitri",
    "e.okafor",
    "fatima",
    "giulia",
    "hr",
    "info",
    "j.smith",
    "kim",
    "l.novak",
    "maria",
    "newsletter",
    "ops",
    "sales",
];
const DOMAINS: [&str; 10] = [
    "example.com",
    "example.net",
    "example.org",
    "mail.example.com",
    "lists.example.org",
    "example.edu",
    "mx1.example.net",
    "smtp-out.example.com",
    "corp.example.net",
    "a.example",
];

fn mailbox(rng: &mut Rng) -> String {
    let (name, domain) = (rng.pick(&NAMES), rng.pick(&DOMAINS));
    match rng.number() % 100 {
        0..10 => format!("{name}+{}@{domain}", rng.pick(&["alerts", "shop", "lists"])),
        10..40 => format!("{name}{}@{domain}", rng.between(1, 9_999)),
        _ => format!("{name}@{domain}"),
    }
}

/// With each parameter as often as usual, or with `rich` more often.
fn mail(rng: &mut Rng, rich: bool) -> String {
    let mut line = match rng.number() % 100 {
        0..8 => "MAIL FROM:<>".to_owned(),
        8..14 => format!("mail from:<{}>", mailbox(rng)),
        _ => format!("MAIL FROM:<{}>", mailbox(rng)),
    };
    if rng.chance(if rich { 95 } else { 70 }) {
        line += &format!(" SIZE={}", rng.between(600, 20_000_000));
    }
    if rng.chance(if rich { 70 } else { 40 }) {
        line += rng.pick(&[" BODY=8BITMIME", " BODY=8BITMIME", " BODY=7BIT"]);
    }
    if rng.chance(10) {
        line += " SMTPUTF8";
    }
    if rng.chance(if rich { 25 } else { 3 }) {
        line += rng.pick(&[" RET=HDRS", " RET=FULL"]);
    }
    if rng.chance(if rich { 20 } else { 2 }) {
        line += &format!(" ENVID=QQ{}", rng.between(10_000, 9_999_999));
    }
    if rng.chance(4) {
        line += " AUTH=<>";
    }
    line + "\r\n"
}

fn rcpt(rng: &mut Rng, rich: bool) -> String {
    let to = if rng.chance(1) { "Postmaster".to_owned() } else { mailbox(rng) };
    let mut line = format!("RCPT TO:<{to}>");
    if rng.chance(if rich { 75 } else { 8 }) {
        line += rng.pick(&[" NOTIFY=NEVER", " NOTIFY=SUCCESS,FAILURE", " NOTIFY=FAILURE,DELAY"]);
    }
    if rng.chance(if rich { 40 } else { 4 }) && to.contains('@') {
        // RFC 3461 section 4: in xtext, `+` stands for an escaped octet.
        line += &format!(" ORCPT=rfc822;{}", to.replace('+', "+2B"));
    }
    line + "\r\n"
}

fn mail_rcpt() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4d41_494c), Messages::new(10_002));
    while !messages.is_full() {
        messages.push(mail(&mut rng, true));
        messages.push(rcpt(&mut rng, true));
        messages.push(rcpt(&mut rng, true));
    }
    messages.load
}

fn commands() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x4548_4c4f), Messages::new(10_003));
    while !messages.is_full() {
        session(&mut rng, &mut messages);
    }
    messages.load
}

/// What a client sends in one session.
fn session(rng: &mut Rng, messages: &mut Messages) {
    let verb = rng.pick(&["EHLO", "EHLO", "EHLO", "ehlo", "HELO"]);
    let hello = format!("{verb} {}\r\n", rng.pick(&DOMAINS));
    messages.push(&hello);
    if rng.chance(25) {
        messages.push("STARTTLS\r\n");
        messages.push(&hello);
    }
    if rng.chance(12) {
        messages.push(rng.pick(&[
            "AUTH PLAIN AGFubmEAY29ycmVjdCBob3JzZSBiYXR0ZXJ5\r\n",
            "AUTH PLAIN AGIua2VsbGVyAHNlY3JldA==\r\n",
            "AUTH LOGIN\r\n",
        ]));
    }
    for _ in 0..rng.between(1, 4) {
        let rich = rng.chance(50);
        messages.push(mail(rng, rich));
        for _ in 0..rng.between(1, 6) {
            messages.push(rcpt(rng, rich));
        }
        messages.push(if rng.chance(94) { "DATA\r\n" } else { "RSET\r\n" });
    }
    if rng.chance(10) {
        messages.push(rng.pick(&["NOOP\r\n", "HELP\r\n", "RSET\r\n"]));
    }
    if rng.chance(5) {
        messages.push(format!("VRFY {}\r\n", rng.pick(&["anna", "carlos", "kim"])));
    }
    messages.push(rng.pick(&["QUIT\r\n", "QUIT\r\n", "quit\r\n"]));
}

// ----------------------------------------------------------------------------------------------------- replies

fn replies() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x3235_3020), Messages::new(10_000));
    while !messages.is_full() {
        let reply = reply(&mut rng);
        messages.push(reply);
    }
    messages.load
}

fn reply(rng: &mut Rng) -> String {
    let id = rng.number() & 0xff_ffff_ffff;
    match rng.number() % 100 {
        0..13 => "250 2.1.0 Ok\r\n".to_owned(),
        13..31 => "250 2.1.5 Ok\r\n".to_owned(),
        31..41 => "354 End data with <CR><LF>.<CR><LF>\r\n".to_owned(),
        41..54 => format!("250 2.0.0 Ok: queued as {id:010X}\r\n"),
        54..59 => format!("220 {} ESMTP ready\r\n", rng.pick(&DOMAINS)),
        59..62 => "221 2.0.0 Bye\r\n".to_owned(),
        62..64 => "235 2.7.0 Authentication successful\r\n".to_owned(),
        64..72 => format!(
            "450 4.2.0 <{}>: Recipient address rejected: Greylisted, try again in {} seconds\r\n",
            mailbox(rng),
            rng.between(30, 900)
        ),
        72..84 => format!("550 5.1.1 <{}>: Recipient address rejected: User unknown\r\n", mailbox(rng)),
        84..89 => format!(
            "220-{} ESMTP ready\r\n220-No unsolicited bulk mail is accepted here.\r\n\
             220 All connections are logged.\r\n",
            rng.pick(&DOMAINS)
        ),
        89..94 => format!(
            "250-2.6.0 <{id:x}@example.org> [InternalId={}] Queued mail for delivery\r\n\
             250 2.6.0 {} KB in 0.{} seconds\r\n",
            rng.between(1_000_000, 90_000_000_000),
            rng.between(1, 900),
            rng.between(100, 999)
        ),
        _ => format!(
            "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\r\n\
             550-5.7.26 All senders authenticate with either SPF or DKIM.\r\n\
             550-5.7.26 DKIM = did not pass, SPF [{}] with ip: [192.0.2.{}] = did not pass\r\n\
             550 5.7.26 {id:x} - rejected\r\n",
            rng.pick(&DOMAINS),
            rng.between(1, 254)
        ),
    }
}

fn ehlo_replies() -> Load {
    let (mut rng, mut messages) = (Rng::new(0x3235_302d), Messages::new(10_000));
    while !messages.is_full() {
        let reply = ehlo_reply(&mut rng);
        messages.push(reply);
    }
    messages.load
}

fn ehlo_reply(rng: &mut Rng) -> String {
    let host = rng.pick(&DOMAINS);
    let mut lines = vec![match rng.number() % 3 {
        0 => format!("{host} at your service, [192.0.2.{}]", rng.between(1, 254)),
        1 => format!("{host} Hello mail.example.org"),
        _ => host.to_owned(),
    }];
    let size = rng.pick(&[10_240_000, 26_214_400, 35_882_577, 52_428_800]);
    lines.push(format!("SIZE {size}"));
    for (percent, line) in [
        (95, "PIPELINING"),
        (98, "8BITMIME"),
        (85, "ENHANCEDSTATUSCODES"),
        (85, "STARTTLS"),
        (80, "DSN"),
        (75, "CHUNKING"),
        (80, "SMTPUTF8"),
        (30, "ETRN"),
        (40, "VRFY"),
        (15, "BINARYMIME"),
        (15, "HELP"),
        (8, "REQUIRETLS"),
        (8, "LIMITS RCPTMAX=100"),
        (5, "X-EXPERIMENT a b"),
    ] {
        if rng.chance(percent) {
            lines.push(line.to_owned());
        }
    }
    if rng.chance(85) {
        let mechanisms = rng.pick(&["PLAIN LOGIN", "PLAIN LOGIN CRAM-MD5", "PLAIN SCRAM-SHA-256 XOAUTH2"]);
        lines.insert(2, format!("AUTH {mechanisms}"));
    }
    let last = lines.len() - 1;
    let separator = |at| if at == last { ' ' } else { '-' };
    lines.iter().enumerate().map(|(at, line)| format!("250{}{line}\r\n", separator(at))).collect()
}

// ------------------------------------------------------------------------------------------------------ bodies

const WORDS: [&str; 24] = [
    "the", "meeting", "on", "Thursday", "has", "moved", "to", "room", "twelve;", "please", "bring", "your",
    "numbers", "for", "this", "quarter,", "and", "let", "me", "know", "if", "you", "cannot", "attend.",
];
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A message of [`BODY`] octets: fields, then paragraphs and attachments in base64. One line in about 1,280 begins
/// with a dot, or with `dots` every one after the header section.
fn mail_text(dots: bool) -> Vec<u8> {
    let mut rng = Rng::new(0x4441_5441);
    let mut text = Vec::with_capacity(BODY);
    text.extend_from_slice(
        b"From: Anna Keller <anna@example.org>\r\nTo: sales@example.com\r\nSubject: Numbers\r\n\
          Date: Thu, 05 Feb 2026 10:15:00 +0100\r\nMessage-ID: <20260205.1015@example.org>\r\n\r\n",
    );
    let mut base64 = false;
    while text.len() < BODY {
        if rng.chance(2) {
            base64 = !base64;
        }
        let dot = dots || rng.number().is_multiple_of(1_280);
        let left = BODY - text.len();
        if left < 400 {
            // The last lines: as long as they must be.
            let octets = if left > 80 { left / 2 } else { left };
            text.extend(std::iter::repeat_n(b'.', usize::from(dots && octets > 2)));
            text.extend(std::iter::repeat_n(b'-', octets - 2 - usize::from(dots && octets > 2)));
            text.extend_from_slice(b"\r\n");
            continue;
        }
        if dot {
            text.push(b'.');
        }
        if base64 {
            text.extend((0..76 - usize::from(dot)).map(|_| rng.pick(BASE64)));
        } else {
            paragraph_line(&mut rng, &mut text);
        }
        text.extend_from_slice(b"\r\n");
    }
    text
}

fn paragraph_line(rng: &mut Rng, text: &mut Vec<u8>) {
    let end = text.len() + rng.between(48, 70) as usize;
    while text.len() < end {
        text.extend_from_slice(rng.pick(&WORDS).as_bytes());
        text.push(b' ');
    }
    text.pop();
}

/// `text` as it goes over the wire after DATA, end of data included (RFC 5321 section 4.5.2).
fn stuffed(text: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(text.len() + text.len() / 32);
    for line in text.split_inclusive(|&octet| octet == b'\n') {
        if line.first() == Some(&b'.') {
            wire.push(b'.');
        }
        wire.extend_from_slice(line);
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

const CHUNKS: usize = 640;
const CHUNK: usize = 16_384;
/// What the last chunk is smaller by, for its command to say LAST.
const LAST: usize = " LAST".len();

fn chunks() -> Load {
    let (text, mut messages) = (mail_text(false), Messages::new(CHUNKS));
    for (nth, chunk) in text.chunks(CHUNK).enumerate() {
        let (chunk, last) = if nth + 1 == CHUNKS { (&chunk[..CHUNK - LAST], " LAST") } else { (chunk, "") };
        messages.push([format!("BDAT {}{last}\r\n", chunk.len()).as_bytes(), chunk].concat());
    }
    messages.load
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_as_large_as_they_say() {
        for (load, count, mean) in [
            (Smtp::MailRcpt, 10_002, 64),
            (Smtp::Commands, 10_003, 40),
            (Smtp::Replies, 10_000, 60),
            (Smtp::Ehlo, 10_000, 196),
            (Smtp::DataOut, 1, BODY),
            (Smtp::DataOutDots, 1, BODY),
            (Smtp::BdatIn, 640, 16_396),
        ] {
            let generated = load.generate();
            let octets = generated.bytes.len();
            assert_eq!(generated.count(), count, "{load:?}");
            assert!(octets.abs_diff(count * mean) * 20 <= octets, "{load:?}: {} each", octets / count);
            assert_eq!(generated.messages().map(<[u8]>::len).sum::<usize>(), octets, "{load:?}");
        }
    }

    #[test]
    fn loads_are_the_same_every_time() {
        for load in Smtp::ALL {
            assert!(load.generate() == load.generate(), "{load:?}");
        }
    }

    #[test]
    fn names_are_distinct() {
        for (at, load) in Smtp::ALL.iter().enumerate() {
            assert!(Smtp::ALL[..at].iter().all(|other| other.name() != load.name()), "{load:?}");
        }
    }

    #[test]
    fn text_has_lines_of_mail() {
        for (load, dots) in [(Smtp::DataOut, 60..300), (Smtp::DataOutDots, 140_000..200_000)] {
            let text = load.generate().bytes;
            assert_eq!(text.len(), BODY);
            let lines = text.strip_suffix(b"\r\n").unwrap();
            let lines: Vec<&[u8]> = lines
                .split(|&octet| octet == b'\n')
                .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
                .collect();
            // RFC 5322 section 2.1.1.
            assert!(lines.iter().all(|line| line.len() <= 998 && !line.contains(&b'\r')));
            let stuffed = lines.iter().filter(|line| line.first() == Some(&b'.')).count();
            assert!(dots.contains(&stuffed), "{load:?}: {stuffed}");
        }
    }

    #[test]
    fn wire_has_a_dot_more_for_each() {
        for (load, text) in [(Smtp::DataIn, Smtp::DataOut), (Smtp::DataInDots, Smtp::DataOutDots)] {
            let (wire, text) = (load.generate().bytes, text.generate().bytes);
            let dots = text.windows(2).filter(|pair| pair == b"\n.").count();
            assert_eq!(wire.len(), text.len() + dots + 3);
            assert!(wire.ends_with(b"\r\n.\r\n"));
        }
    }

    #[test]
    fn chunks_hold_the_text() {
        let load = Smtp::BdatIn.generate();
        let mut text = Vec::new();
        for message in load.messages() {
            let command = message.iter().position(|&octet| octet == b'\n').unwrap() + 1;
            let line = std::str::from_utf8(&message[..command]).unwrap();
            let size = line.split_ascii_whitespace().nth(1).unwrap();
            assert_eq!(size.parse(), Ok(message.len() - command));
            assert_eq!(message.len(), 16_396);
            text.extend_from_slice(&message[command..]);
        }
        assert_eq!(Some(text), Smtp::BdatIn.outcome());
    }
}
