//! Which names a pattern stands for ([RFC 9051 section 6.3.9](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9)).

use alloc::vec;

use super::{ListMailbox, Mailbox};
use crate::grammar::delimiter::Delimiter;

impl ListMailbox<'_> {
    /// Whether `name` is one that the pattern stands for, behind which a reference was put already: `*` is any octets,
    /// `%` any but `delimiter`.
    ///
    /// Octets are compared as they are, modified UTF-7 or not, but INBOX in any case, also where it is the first level.
    /// Takes time by the product of both lengths at most, and a byte of memory for each octet of the pattern.
    ///
    /// ```
    /// use imap_proto::{Delimiter, ListMailbox, Mailbox};
    ///
    /// let pattern = ListMailbox::new("inbox/%")?;
    /// assert!(pattern.matches(&Mailbox::new("INBOX/a")?, Some(Delimiter::SLASH)));
    /// assert!(!pattern.matches(&Mailbox::new("INBOX/a/b")?, Some(Delimiter::SLASH)));
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub fn matches(&self, name: &Mailbox<'_>, delimiter: Option<Delimiter>) -> bool {
        let pattern = self.as_bytes();
        let is_delimiter = |octet: u8| delimiter.is_some_and(|delimiter| delimiter.get() == octet);
        let inbox = match name.as_bytes().split_at_checked(5) {
            Some((first, rest)) if first.eq_ignore_ascii_case(b"INBOX") => {
                rest.first().is_none_or(|&octet| is_delimiter(octet))
            }
            _ => false,
        };

        // For every place in the pattern, whether what stands before it can stand for what was seen of the name.
        let mut reached = vec![false; pattern.len().saturating_add(1)];
        let skip_wildcards = |reached: &mut [bool]| {
            let mut before = false;
            for (place, reached) in reached.iter_mut().enumerate() {
                // A wildcard can stand for nothing.
                *reached |= before;
                before = *reached && matches!(pattern.get(place), Some(b'*' | b'%'));
            }
        };
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        skip_wildcards(&mut reached);
        for (place, octet) in name.as_bytes().iter().enumerate() {
            let caseless = inbox && place < 5;
            let delimits = is_delimiter(*octet);
            let mut before = false;
            for (reached, wanted) in reached.iter_mut().zip(pattern.iter().map(Some).chain([None])) {
                let here = *reached;
                let (stays, passes) = match wanted {
                    Some(b'*') => (here, false),
                    Some(b'%') => (here && !delimits, false),
                    Some(wanted) if caseless => (false, here && wanted.eq_ignore_ascii_case(octet)),
                    Some(wanted) => (false, here && wanted == octet),
                    None => (false, false),
                };
                *reached = stays || before;
                before = passes;
            }
            skip_wildcards(&mut reached);
        }
        reached.last().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, name: &str, delimiter: Option<u8>) -> bool {
        let delimiter = delimiter.map(|octet| Delimiter::new(octet).unwrap());
        ListMailbox::new(pattern).unwrap().matches(&Mailbox::new(name).unwrap(), delimiter)
    }

    #[test]
    fn wildcards() {
        for (pattern, name, expected) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "A", false),
            ("a", "ab", false),
            ("ab", "a", false),
            ("*", "", true),
            ("*", "a/b/c", true),
            ("%", "", true),
            ("%", "abc", true),
            ("%", "a/b", false),
            ("%/%", "a/b", true),
            ("%/%", "a/b/c", false),
            ("%/%", "a", false),
            ("a%", "a", true),
            ("a%", "abc", true),
            ("a%", "a/", false),
            ("a/%", "a/", true),
            ("a*", "a/b", true),
            ("*b", "a/b", true),
            ("%b", "a/b", false),
            ("*%", "a/b", true),
            ("%*", "a/b", true),
            ("*a%", "b/ac", true),
            ("*a%", "b/a/c", false),
            ("%a%b", "xaxab", true),
            ("%a/%", "aa/b", true),
            ("*/%/x", "a/b/c/x", true),
            ("a*a", "a", false),
            ("*/Sent", "Archive/2024/Sent", true),
            ("~peter/%/&ZeVnLIqe-", "~peter/mail/&ZeVnLIqe-", true),
        ] {
            assert_eq!(matches(pattern, name, Some(b'/')), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn delimiters() {
        assert!(matches("%", "a/b", Some(b'.')) && matches("%", "a/b", None));
        assert!(!matches("%", "a.b", Some(b'.')));
    }

    #[test]
    fn inbox_has_no_case() {
        for (pattern, name, expected) in [
            ("inbox", "INBOX", true),
            ("InBoX", "inbox", true),
            ("i%", "INBOX", true),
            ("%", "INBOX", true),
            ("*X", "INBOX", true),
            ("inbox/a", "INBOX/a", true),
            ("INBOX/%", "inbox/a", true),
            ("inbox/A", "INBOX/a", false),
            ("inboxes", "INBOXES", false),
            ("inbox", "a/INBOX", false),
            ("a/inbox", "a/INBOX", false),
        ] {
            assert_eq!(matches(pattern, name, Some(b'/')), expected, "{pattern} {name}");
        }
        assert!(!matches("inbox.a", "INBOX.a", Some(b'/')) && matches("inbox.a", "INBOX.a", Some(b'.')));
    }

    #[test]
    fn time_is_bounded() {
        let pattern = alloc::format!("{}b", "*a%".repeat(300));
        assert!(!matches(&pattern, &"a".repeat(1_000), Some(b'/')));
        assert!(matches(&pattern, &alloc::format!("{}b", "a".repeat(1_000)), Some(b'/')));
    }

    /// The definition, in exponential time.
    fn defined(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern, name) {
            ([], []) => true,
            ([b'*', more @ ..], _) if defined(more, name) => true,
            ([b'*', ..], [_, rest @ ..]) => defined(pattern, rest),
            ([b'%', more @ ..], _) if defined(more, name) => true,
            ([b'%', ..], [octet, rest @ ..]) => *octet != b'/' && defined(pattern, rest),
            ([wanted, more @ ..], [octet, rest @ ..]) => wanted == octet && defined(more, rest),
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]

        #[test]
        fn matches_are_as_defined(pattern in "[ab/*%]{0,7}", name in "[ab/]{0,9}") {
            prop_assert_eq!(matches(&pattern, &name, Some(b'/')), defined(pattern.as_bytes(), name.as_bytes()));
        }
    }
}
