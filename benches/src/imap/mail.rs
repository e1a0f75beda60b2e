//! Who writes to whom about what.

use crate::rng::Rng;

const PEOPLE: [(&str, &str); 16] = [
    ("Anna Keller", "anna"),
    ("Bernd Keller", "b.keller"),
    ("Carlos Ruiz", "carlos"),
    ("=?utf-8?Q?Dmitri_Sok=C3=B3l?=", "dmitri"),
    ("Emeka Okafor", "e.okafor"),
    ("Fatima Haddad", "fatima"),
    ("=?UTF-8?B?R2l1bGlhIEJydW7DqA==?=", "giulia"),
    ("Human Resources", "hr"),
    ("Example Shop", "info"),
    (r#"John \"Jack\" Smith"#, "j.smith"),
    ("Kim, Min-ji", "kim"),
    ("=?iso-8859-2?Q?Luk=E1=B9_Nov=E1k?=", "l.novak"),
    ("Maria da Silva", "maria"),
    ("The Weekly Example", "newsletter"),
    ("", "ops"),
    ("Sales (Europe)", "sales"),
];
const HOSTS: [&str; 8] = [
    "example.com",
    "example.net",
    "example.org",
    "mail.example.com",
    "lists.example.org",
    "example.edu",
    "corp.example.net",
    "a.example",
];
const SUBJECTS: [&str; 14] = [
    "Numbers for this quarter",
    "Re: Numbers for this quarter",
    "Re: Meeting on Thursday has moved to room twelve",
    "Your order 8842-113 has been sent",
    r#"Fwd: \"urgent\" contract, please sign"#,
    "=?utf-8?Q?Einladung_zur_Hauptversammlung_f=C3=BCr_Mitglieder?=",
    "=?UTF-8?B?UmXDp3UgZGUgdm90cmUgcGFpZW1lbnQ=?=",
    "[announce] Version 2.4.1 is out",
    r"Backup of C:\\data\\mail finished without errors",
    "Invoice 2026-00417",
    "=?iso-2022-jp?B?GyRCMnE1RCROJCpDTiRpJDsbKEI=?=",
    "Weekly digest: 14 new messages in 3 topics",
    "lunch?",
    "Re: Re: Re: [users] How to move a mailbox between two servers",
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const ZONES: [&str; 5] = ["+0000", "+0100", "+0200", "-0500", "-0700"];

pub(super) fn host(rng: &mut Rng) -> &'static str {
    rng.pick(&HOSTS)
}

/// `Thu, 05 Feb 2026 10:15:00 +0100` as a string. The day of the week need not fit: nobody may care.
fn sent(rng: &mut Rng) -> String {
    format!(
        "\"{}, {:02} {} {} {:02}:{:02}:{:02} {}{}\"",
        rng.pick(&DAYS),
        rng.between(1, 28),
        rng.pick(&MONTHS),
        rng.between(2008, 2026),
        rng.between(0, 23),
        rng.between(0, 59),
        rng.between(0, 59),
        rng.pick(&ZONES),
        if rng.chance(15) { " (CET)" } else { "" },
    )
}

/// `"05-Feb-2026 10:15:00 +0100"`: RFC 9051 section 9, `date-time`.
pub(super) fn date_time(rng: &mut Rng) -> String {
    format!(
        "\"{:02}-{}-{} {:02}:{:02}:{:02} {}\"",
        rng.between(1, 28),
        rng.pick(&MONTHS),
        rng.between(2008, 2026),
        rng.between(0, 23),
        rng.between(0, 59),
        rng.between(0, 59),
        rng.pick(&ZONES)
    )
}

/// `5-Feb-2026`: RFC 9051 section 9, `date`.
pub(super) fn date(rng: &mut Rng) -> String {
    format!("{}-{}-{}", rng.between(1, 28), rng.pick(&MONTHS), rng.between(2008, 2026))
}

fn address(rng: &mut Rng) -> String {
    let (name, mailbox) = rng.pick(&PEOPLE);
    let name = if name.is_empty() { "NIL".to_owned() } else { format!("\"{name}\"") };
    let number = if rng.chance(20) { rng.between(1, 999).to_string() } else { String::new() };
    format!("({name} NIL \"{mailbox}{number}\" \"{}\")", rng.pick(&HOSTS))
}

fn addresses(rng: &mut Rng, count: u64) -> String {
    let all: String = (0..count).map(|_| address(rng)).collect();
    if all.is_empty() { "NIL".to_owned() } else { format!("({all})") }
}

fn message_id(rng: &mut Rng) -> String {
    let number = rng.number();
    match number % 3 {
        0 => format!("\"<{number:016x}@{}>\"", rng.pick(&HOSTS)),
        1 => format!("\"<CA+{:x}-{number:x}@mail.example.com>\"", rng.between(1 << 40, 1 << 44)),
        _ => format!("\"<{}.{}.JavaMail.app@{}>\"", number % 100_000_000, number % 9_973, rng.pick(&HOSTS)),
    }
}

/// What a subject is on the wire: a string.
fn subject(rng: &mut Rng) -> String {
    // Some servers pass on what was never encoded; it needs a literal.
    if rng.chance(3) {
        let text = "Grüße aus dem Büro";
        return format!("{{{}}}\r\n{text}", text.len());
    }
    format!("\"{}\"", rng.pick(&SUBJECTS))
}

/// `envelope` of RFC 9051 section 9.
pub(super) fn envelope(rng: &mut Rng) -> String {
    let from = addresses(rng, 1);
    let sender = if rng.chance(85) { from.clone() } else { addresses(rng, 1) };
    let reply_to = if rng.chance(80) { from.clone() } else { addresses(rng, 1) };
    let (few, more, blind) = (rng.between(1, 4), rng.between(1, 4), rng.chance(1));
    let to = addresses(rng, few);
    let cc = if rng.chance(45) { addresses(rng, more) } else { "NIL".to_owned() };
    let bcc = addresses(rng, blind.into());
    let in_reply_to = if rng.chance(45) { message_id(rng) } else { "NIL".to_owned() };
    format!(
        "({} {} {from} {sender} {reply_to} {to} {cc} {bcc} {in_reply_to} {})",
        sent(rng),
        subject(rng),
        message_id(rng)
    )
}

const FILES: [(&str, &str, &str); 6] = [
    ("application", "pdf", "Numbers 2026.pdf"),
    ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "budget.xlsx"),
    ("image", "jpeg", "IMG_20260205_101500.jpg"),
    ("image", "png", "screenshot.png"),
    ("application", "zip", "logs.zip"),
    ("text", "calendar", "invite.ics"),
];

fn text_part(rng: &mut Rng, subtype: &str) -> String {
    let charset = rng.pick(&["utf-8", "utf-8", "us-ascii", "iso-8859-1", "windows-1252"]);
    let encoding = rng.pick(&["quoted-printable", "quoted-printable", "7bit", "base64", "8bit"]);
    let lines = rng.between(4, 900);
    let format = if subtype == "plain" && rng.chance(30) { r#" "format" "flowed""# } else { "" };
    format!(
        r#"("text" "{subtype}" ("charset" "{charset}"{format}) NIL NIL "{encoding}" {} {lines} NIL NIL NIL NIL)"#,
        lines * rng.between(30, 76)
    )
}

fn file_part(rng: &mut Rng) -> String {
    let (kind, subtype, name) = rng.pick(&FILES);
    let size = rng.between(2_000, 4_000_000);
    let lines = if kind == "text" { format!(" {}", size / 60) } else { String::new() };
    let (id, disposition) = match kind {
        "image" => (format!("\"<image{}@{}>\"", rng.between(1, 99), rng.pick(&HOSTS)), "inline"),
        _ => ("NIL".to_owned(), "attachment"),
    };
    format!(
        r#"("{kind}" "{subtype}" ("name" "{name}") {id} NIL "base64" {size}{lines} NIL ("{disposition}" ("filename" "{name}" "size" "{}")) NIL NIL)"#,
        size * 3 / 4
    )
}

fn multipart(rng: &mut Rng, subtype: &str, parts: &[String]) -> String {
    let boundary = rng.number();
    format!(
        r#"({} "{subtype}" ("boundary" "----=_Part_{}_{boundary:x}") NIL NIL NIL)"#,
        parts.concat(),
        rng.between(1, 99)
    )
}

/// A message in the message.
fn message_part(rng: &mut Rng) -> String {
    let inner = text_part(rng, "plain");
    let size = rng.between(900, 40_000);
    format!(
        r#"("message" "rfc822" NIL NIL "forwarded message" "7bit" {size} {} {inner} {} NIL ("attachment" NIL) NIL NIL)"#,
        envelope(rng),
        size / 50
    )
}

/// `body` of RFC 9051 section 9 with extension data: as deep as mail usually is.
pub(super) fn body_structure(rng: &mut Rng) -> String {
    let plain = text_part(rng, "plain");
    if rng.chance(5) {
        return plain;
    }
    let mut html = text_part(rng, "html");
    if rng.chance(35) {
        let parts = [vec![html], (0..rng.between(1, 2)).map(|_| file_part(rng)).collect()].concat();
        html = multipart(rng, "related", &parts);
    }
    let alternative = multipart(rng, "alternative", &[plain, html]);
    if rng.chance(16) {
        return alternative;
    }
    let mut parts = vec![alternative];
    parts.extend((0..rng.between(1, 3)).map(|_| file_part(rng)));
    if rng.chance(22) {
        parts.push(message_part(rng));
    }
    multipart(rng, "mixed", &parts)
}

const WORDS: [&str; 20] = [
    "the", "meeting", "on", "Thursday", "has", "moved", "to", "room", "twelve;", "please", "bring", "your",
    "numbers", "for", "this", "quarter,", "and", "let", "me", "know.",
];

/// A message of exactly so many octets.
pub(super) fn message(rng: &mut Rng, octets: usize) -> String {
    let mut text = format!(
        "From: Anna Keller <anna@example.org>\r\nTo: sales@example.com\r\nSubject: Numbers\r\n\
         Date: Thu, 05 Feb 2026 10:15:00 +0100\r\nMessage-ID: <{:016x}@example.org>\r\n\r\n",
        rng.number()
    );
    while text.len() + 160 < octets {
        let end = text.len() + rng.between(48, 70) as usize;
        while text.len() < end {
            text += rng.pick(&WORDS);
            text.push(' ');
        }
        text.truncate(text.len() - 1);
        text += "\r\n";
    }
    // The last two lines: as long as they must be.
    for left in [2, 1] {
        let line = (octets - text.len()) / left;
        text.extend(std::iter::repeat_n('-', line - 2));
        text += "\r\n";
    }
    text
}
