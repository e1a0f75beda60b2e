//! Addresses as they look in a header ([RFC 5322 section 3.4](https://www.rfc-editor.org/rfc/rfc5322#section-3.4)).

use core::fmt::{self, Write};

use crate::grammar::envelope::{Address, Addresses};
use crate::grammar::string::IString;

/// `Terry Gray <gray@example.com>`, `friends:`, `;`.
///
/// What is not UTF-8, and controls, show as U+FFFD. A route is left out.
impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mailbox = self.mailbox.as_ref().map(IString::as_bytes);
        let Some(host) = &self.host else {
            let Some(group) = mailbox else { return f.write_char(';') };
            words(group, b' ', f)?;
            return f.write_char(':');
        };
        let name = self.name.as_ref().filter(|name| !name.as_bytes().is_empty());
        if let Some(name) = name {
            words(name.as_bytes(), b' ', f)?;
            f.write_str(" <")?;
        }
        words(mailbox.unwrap_or_default(), b'.', f)?;
        f.write_char('@')?;
        // Nothing can be quoted here, so that what would end the address is not shown.
        lossy(host.as_bytes(), f, |char| {
            matches!(char, '<' | '>' | '(' | ')' | ',' | ';' | '@' | '"' | '\\' | ' ')
        })?;
        if name.is_some() { f.write_char('>') } else { Ok(()) }
    }
}

/// `Terry Gray <gray@example.com>, friends: klensin@example.com;`
impl<'a> fmt::Display for Addresses<'a> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut in_group = false;
        let mut separator = "";
        for address in self {
            if address.is_group_end() || address.is_group_start() {
                if in_group {
                    f.write_char(';')?;
                    separator = ", ";
                }
                in_group = address.is_group_start();
            }
            if !address.is_group_end() {
                write!(f, "{separator}{address}")?;
                separator = if address.is_group_start() { " " } else { ", " };
            }
        }
        if in_group { f.write_char(';') } else { Ok(()) }
    }
}

/// Text that is made of words apart by `separator`, as it is; any other between quotes.
fn words(octets: &[u8], separator: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = octets
        .split(|&octet| octet == separator)
        .all(|word| !word.is_empty() && word.iter().all(|&octet| octet > 127 || is_atext(octet)));
    if plain {
        return lossy(octets, f, |_| false);
    }
    f.write_char('"')?;
    for part in octets.split_inclusive(|octet| matches!(octet, b'"' | b'\\')) {
        match part {
            [before @ .., special @ (b'"' | b'\\')] => {
                lossy(before, f, |_| false)?;
                f.write_char('\\')?;
                f.write_char(char::from(*special))?;
            }
            _ => lossy(part, f, |_| false)?,
        }
    }
    f.write_char('"')
}

/// `atext` of RFC 5322.
fn is_atext(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
}

/// Text as UTF-8, with U+FFFD for what is none, for controls and for what is `bad`.
fn lossy(octets: &[u8], f: &mut fmt::Formatter<'_>, bad: impl Fn(char) -> bool) -> fmt::Result {
    for chunk in octets.utf8_chunks() {
        for char in chunk.valid().chars() {
            f.write_char(if char.is_control() || bad(char) { char::REPLACEMENT_CHARACTER } else { char })?;
        }
        if !chunk.invalid().is_empty() {
            f.write_char(char::REPLACEMENT_CHARACTER)?;
        }
    }
    Ok(())
}
