//! Wire bytes as text: `\r`, `\n`, `\t`, `\\`, `\xNN`.
#![allow(unreachable_pub)]

/// The octets that `text` stands for.
pub fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let [octet, after @ ..] = rest {
        let (value, taken) = match (octet, after) {
            (b'\\', [b'r', ..]) => (b'\r', 2),
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [b'\\', ..]) => (b'\\', 2),
            (b'\\', [b'x', high, low, ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap(), 4)
            }
            (b'\\', _) => panic!("a bad escape in {text}"),
            (octet, _) => (*octet, 1),
        };
        octets.push(value);
        rest = &rest[taken..];
    }
    octets
}
