//! What servers and senders have written, as a terminal may have it: a control would move the cursor, or be a command.

use std::borrow::Cow;
use std::io::{self, Write};

/// The text on one line, with escapes such as `\u{1b}` and `\n` in the place of controls.
pub fn shown(text: &str) -> Cow<'_, str> {
    match text.contains(is_control) {
        false => text.into(),
        true => text
            .chars()
            .fold(String::new(), |mut shown, char| {
                match is_control(char) {
                    true => shown.extend(char.escape_default()),
                    false => shown.push(char),
                }
                shown
            })
            .into(),
    }
}

/// Controls, line ends, and what changes the direction of the text around it.
fn is_control(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes contents as they are, but on a terminal without controls that it would obey.
pub struct Contents<W> {
    out: W,
    is_terminal: bool,
    last: u8,
}

impl<W: Write> Contents<W> {
    pub fn new(out: W, is_terminal: bool) -> Self {
        Self { out, is_terminal, last: 0 }
    }

    /// Writes one line about them.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", shown(line))
    }

    pub fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        if !self.is_terminal {
            return self.out.write_all(octets);
        }
        let shown = octets.iter().map(|&octet| {
            let last = std::mem::replace(&mut self.last, octet);
            match octet {
                b'\t' | b'\r' | b'\n' => octet,
                // U+0080 to U+009F are controls, too.
                0..=0x1f | 0x7f => b'?',
                0x80..=0x9f if last == 0xc2 => b'?',
                _ => octet,
            }
        });
        let shown: Vec<u8> = shown.collect();
        self.out.write_all(&shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_escaped() {
        for (text, wanted) in [
            ("Entwürfe/日本語", "Entwürfe/日本語"),
            ("a\u{1b}[31mb\r\nc\t\u{7f}", "a\\u{1b}[31mb\\r\\nc\\t\\u{7f}"),
            ("\u{9b}2J \u{202e}gpj.exe\u{2029}", "\\u{9b}2J \\u{202e}gpj.exe\\u{2029}"),
        ] {
            assert_eq!(shown(text), wanted);
        }
    }

    #[test]
    fn contents_are_text_on_a_terminal() {
        let write = |is_terminal, pieces: &[&[u8]]| {
            let mut contents = Contents::new(Vec::new(), is_terminal);
            pieces.iter().for_each(|piece| contents.write(piece).unwrap());
            contents.out
        };
        let pieces: &[&[u8]] = &[b"\x1b[2J\t\xc3\x9b \xc2", b"\x9b2J\0\r\n"];
        assert_eq!(write(true, pieces), b"?[2J\t\xc3\x9b \xc2?2J?\r\n");
        assert_eq!(write(false, pieces), pieces.concat());
    }
}
