//! Where servers write the name under which they keep a message.

/// What stands before the name and what ends it.
const BEHIND: &[(&str, &[char])] = &[
    // Postfix, and what relays its reply.
    ("queued as ", &[' ', ')']),
    // Exim.
    ("OK id=", &[' ']),
    // Exchange. What it writes before that is the Message-ID.
    ("[InternalId=", &[',', ']']),
    // Haraka.
    ("Message Queued (", &[')']),
    // Stalwart.
    ("queued with id ", &[' ']),
    // Cyrus LMTP.
    ("SESSIONID=<", &['>']),
];

/// What stands behind the name, which is one word, and what the whole text begins with.
const BEFORE: &[(&str, &str)] = &[
    // Sendmail, OpenSMTPD.
    (" Message accepted for delivery", ""),
    // Gmail.
    (" - gsmtp", "OK "),
    // Dovecot LMTP: the recipient comes first.
    (" Saved", "<"),
    // Exchange without an InternalId: the Message-ID.
    (" Queued mail for delivery", "<"),
];

/// The name in the text of a line.
pub(super) fn find(line: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(line).ok()?.trim();
    let name = behind(text).or_else(|| before(text)).or_else(|| alone(text))?;
    let name = name.trim_matches(['<', '>', '.', ';', ',']);
    let fits = (1..=128).contains(&name.len()) && name.bytes().all(|octet| (b' '..=b'~').contains(&octet));
    fits.then_some(name)
}

fn behind(text: &str) -> Option<&str> {
    // The last one: a relay puts its own words before those of the next host.
    let after = |&(marker, ends): &(&str, &[char])| text.rsplit_once(marker)?.1.split(ends).next();
    BEHIND.iter().find_map(after)
}

fn before(text: &str) -> Option<&str> {
    let word = |&(marker, start): &(&str, &str)| {
        text.strip_suffix(marker)?.trim_end().strip_prefix(start)?.rsplit(' ').next()
    };
    BEFORE.iter().find_map(word)
}

/// `ok 1182362995 qp 21599` of qmail, and `Ok 0102…-000000` of Amazon SES.
fn alone(text: &str) -> Option<&str> {
    let (ok, name) = text.split_once(' ')?;
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_digit());
    let is_qmail = name.split_once(" qp ").is_some_and(|(time, process)| digits(time) && digits(process));
    let is_ses = name.len() >= 32 && name.bytes().all(|octet| octet.is_ascii_hexdigit() || octet == b'-');
    (ok.eq_ignore_ascii_case("ok") && (is_qmail || is_ses)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, name) in [
            ("Ok: queued as 09C779E06BE", Some("09C779E06BE")),
            ("Ok: 1204 bytes queued as 4bXkyL0Z2Kz9sQW", Some("4bXkyL0Z2Kz9sQW")),
            ("from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as A1", Some("A1")),
            ("OK id=1tGxyz-000000001Ab-2CdE", Some("1tGxyz-000000001Ab-2CdE")),
            ("u5GBCDe1012345 Message accepted for delivery", Some("u5GBCDe1012345")),
            ("2b3ea4b5 Message accepted for delivery", Some("2b3ea4b5")),
            (
                "<a@b.example> [InternalId=9079256670246, Hostname=DB7.example] 8634 bytes in 0.1, 80 KB/sec Queued mail for delivery",
                Some("9079256670246"),
            ),
            ("<a@b.example> Queued mail for delivery", Some("a@b.example")),
            (
                "OK  1700000000 a1b2c3-20020a05600c4f0e00b00405si1234567wmq.42 - gsmtp",
                Some("a1b2c3-20020a05600c4f0e00b00405si1234567wmq.42"),
            ),
            (
                "Message Queued (0C3D1A52-6B1F-4D0E-8B43-6E1B2E9B5A10.1)",
                Some("0C3D1A52-6B1F-4D0E-8B43-6E1B2E9B5A10.1"),
            ),
            ("<user@example.org> 8PzKCpXTZ2cBAAAAxyz Saved", Some("8PzKCpXTZ2cBAAAAxyz")),
            ("Message queued with id 1c2a.", Some("1c2a")),
            ("Ok SESSIONID=<cyrus-1-2-3>", Some("cyrus-1-2-3")),
            ("ok 1182362995 qp 21599", Some("1182362995 qp 21599")),
            (
                "Ok 0102018f2d3e4a5b-01234567-89ab-cdef-0123-456789abcdef-000000",
                Some("0102018f2d3e4a5b-01234567-89ab-cdef-0123-456789abcdef-000000"),
            ),
            ("Ok", None),
            ("", None),
            ("Queued (0.016 seconds)", None),
            ("ok dirdel", None),
            ("Message accepted for delivery", None),
            ("Ok: queued as ", None),
            ("Ok: queued as \u{e9}", None),
            ("Requested mail action okay, completed", None),
        ] {
            assert_eq!(find(text.as_bytes()), name, "{text}");
        }
        assert_eq!(find(b"Ok: queued as \xff"), None);
        assert_eq!(find(&[b"queued as ", &[b'x'; 129][..]].concat()), None);
    }
}
