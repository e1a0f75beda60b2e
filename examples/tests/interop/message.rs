//! Messages to send, and whether they arrived as they were sent.

const HEADER: &str = "From: Sender <sender@example.com>\r\nTo: alice@example.org\r\n\
    Date: Mon, 03 Mar 2025 10:00:00 +0000\r\n";

/// A short message in ASCII.
pub fn plain() -> Vec<u8> {
    compose("plain", b"Hello Alice,\r\n\r\nthis is a message.\r\n")
}

/// Lines that begin with dots, lines that are dots, and whatever else a hasty sender mistakes for the end.
pub fn dots() -> Vec<u8> {
    let body = b".\r\n..\r\n...\r\n.leading\r\n\r\n.\r\n. \r\n.\tx\r\nx.\r\nFrom here\r\n \r\nQUIT\r\n\r\n.\r\n\r\n\r\n";
    compose("dots", body)
}

/// UTF-8 in the header and in the body.
pub fn utf8() -> Vec<u8> {
    let header = "From: Jürgen <jürgen@example.com>\r\nTo: δοκιμή <δοκιμή@example.org>\r\n\
        Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <utf8@example.com>\r\nSubject: Grüße 日本 🎉\r\n";
    format!("{header}\r\nhällo δοκιμή\r\n.日本\r\n🎉\r\n").into_bytes()
}

/// A message of 25 MB (26 214 400 octets): lines of all lengths up to 998, many with a dot in front.
pub fn big() -> Vec<u8> {
    const SIZE: usize = 25 * 1024 * 1024;
    let mut message = compose("big", b"");
    let mut seed: u32 = 1;
    while message.len() < SIZE {
        // A step of Knuth's MMIX generator's kind: the lines only have to differ, and to be the same every time.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = (seed >> 16) as usize % 999;
        let length = length.min((SIZE - message.len()).saturating_sub(2));
        let first = if seed & 0x8000 == 0 { b'.' } else { b'a' };
        message.extend((0..length).map(|at| if at == 0 { first } else { b' ' + ((at + length) % 95) as u8 }));
        message.extend(b"\r\n");
    }
    message
}

fn compose(name: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("{HEADER}Message-ID: <{name}@example.com>\r\nSubject: {name}\r\n\r\n");
    [header.as_bytes(), body].concat()
}

/// Insists that a message arrived as it was sent; says where the two part.
#[track_caller]
pub fn assert_same(sent: &[u8], arrived: &[u8]) {
    if sent == arrived {
        return;
    }
    let at = sent.iter().zip(arrived).take_while(|(sent, arrived)| sent == arrived).count();
    let around = |bytes: &[u8]| bytes.get(at.saturating_sub(40)..).unwrap_or_default().to_vec();
    let show = |bytes: &[u8]| {
        around(bytes).iter().take(80).flat_map(|octet| octet.escape_ascii()).collect::<Vec<_>>()
    };
    panic!(
        "sent {} octets, arrived {}; they part at {at}:\nsent    {}\narrived {}",
        sent.len(),
        arrived.len(),
        String::from_utf8_lossy(&show(sent)),
        String::from_utf8_lossy(&show(arrived))
    );
}

/// Insists that a message arrived as it was sent but for the header fields that servers put in front; gives those.
#[track_caller]
pub fn assert_same_after_trace(sent: &[u8], arrived: &[u8]) -> String {
    let trace = arrived.len().saturating_sub(sent.len());
    assert_same(sent, &arrived[trace..]);
    let trace = String::from_utf8(arrived[..trace].to_vec()).unwrap();
    for line in trace.lines() {
        let added = ["Return-Path:", "Delivered-To:", "X-Original-To:", "Received:", "\t", " "];
        assert!(added.iter().any(|name| line.starts_with(name)), "a server added {line:?}");
    }
    trace
}
