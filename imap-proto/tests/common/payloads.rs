//! What is put into every field to see whether it gets out of its place. SEC-36.
//!
//! This file is byte-identical in both crates; a test says so.

/// The payloads, 27 of them.
pub(crate) fn payloads() -> Vec<Vec<u8>> {
    let mut payloads: Vec<Vec<u8>> = [
        "\r\nX",
        "\nX",
        "\rX",
        "\0X",
        "X\r\n",
        "X\n",
        "X\r",
        "\r\n.\r\n",
        "\r\nA1 LOGOUT",
        "\r\nRCPT TO:<e@v>",
        "\"",
        "\\",
        "X\\",
        "X\"Y",
        "]",
        ") FLAGS (",
        "> SIZE=1",
        " ORCPT=rfc822;a@b",
        "{3}",
        "{0}",
        "{0+}",
        "~{3}",
        "{5+}\r\nAAAAA",
        "\u{2028}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    payloads.extend([b"\xC3".to_vec(), b"\xED\xA0\x80".to_vec(), vec![b'A'; 70_000]]);
    payloads
}
