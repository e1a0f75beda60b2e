//! MODSEQ as a search key (CONDSTORE, [RFC 7162](https://www.rfc-editor.org/rfc/rfc7162)).

use crate::error::Expected;
use crate::grammar::class::{ATOM, keyword, run1, space};
use crate::grammar::number::put_number;
use crate::grammar::quoted::quoted;
use crate::grammar::string::{Checked, text, whole};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part, plain, word};

fn entry_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Flag, entry(octets))
}

/// What stands between the quotes.
fn entry(octets: &[u8]) -> Parsed<'_, &[u8]> {
    let (flag, ()) = word(octets, b"/flags/", Expected::Flag)?;
    let atom = flag.strip_prefix(b"\\").unwrap_or(flag);
    let (rest, _) = run1(atom, ATOM, Expected::Flag)?;
    Ok((rest, octets))
}

text! {
    /// The name of the metadata entry of a flag.
    ///
    /// `"/flags/\\draft"`
    ///
    /// `/flags/` and the flag. RFC 7162 section 7 (`entry-flag-name`).
    pub struct EntryName<'a>: "entry-name", entry_check;
}

/// ```abnf
/// entry-flag-name = DQUOTE "/flags/" attr-flag DQUOTE
/// attr-flag       = ["\\"] atom
/// ```
impl<'a> Wire<'a> for EntryName<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (start, ()) = octet(input, b'"', Expected::Quoted)?;
        let (rest, octets) = quoted(start, cx)?;
        match entry_check(&octets) {
            Ok(()) => Ok((rest, Self(octets))),
            Err((expected, _)) => Fail::at(start, expected),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.quoted(&self.0);
    }
}

/// Whose metadata.
///
/// `all` in `MODSEQ "/flags/\\draft" all 620162338`
///
/// RFC 7162 section 3.1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryType {
    /// `priv`: the user's.
    Private,
    /// `shared`: everyone's.
    Shared,
    /// `all`: both.
    All,
}

plain!(EntryType);

/// ```abnf
/// entry-type-req = "priv" / "shared" / "all"
/// ```
impl<'a> Wire<'a> for EntryType {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, name) = keyword(input)?;
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"priv") => Ok((rest, Self::Private)),
            6 if name.eq_ignore_ascii_case(b"shared") => Ok((rest, Self::Shared)),
            3 if name.eq_ignore_ascii_case(b"all") => Ok((rest, Self::All)),
            _ => Fail::at(input, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(match self {
            Self::Private => "priv",
            Self::Shared => "shared",
            Self::All => "all",
        });
    }
}

part! {
    /// One flag of a message, and whose.
    ///
    /// `"/flags/\\draft" all`
    ///
    /// RFC 7162 section 3.1.5.
    pub struct ModSeqEntry<'a> {
        /// The flag.
        pub name: EntryName<'a>,
        /// Whose it is.
        pub kind: EntryType,
    }
}

part! {
    /// Messages that have been changed since.
    ///
    /// `620162338`, `"/flags/\\draft" all 620162338`
    ///
    /// RFC 7162 section 3.1.5.
    pub struct ModSeqKey<'a> {
        /// What of them has changed; anything, when there is none.
        pub entry: Option<ModSeqEntry<'a>>,
        /// The least mod-sequence, up to 63 bits; may be 0.
        pub mod_seq: u64,
    }
}

/// ```abnf
/// search-modsequence = "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer
/// ```
impl<'a> Wire<'a> for ModSeqKey<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, entry) = match input {
            [b'"', ..] => {
                let (rest, name) = EntryName::parse(input, cx)?;
                let (rest, kind) = EntryType::parse(space(rest, cx)?.0, cx)?;
                (space(rest, cx)?.0, Some(ModSeqEntry { name, kind }))
            }
            _ => (input, None),
        };
        let (rest, mod_seq) = u64::parse(rest, cx)?;
        Ok((rest, Self { entry, mod_seq }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(entry) = &self.entry {
            entry.name.encode(out);
            out.put(" ");
            entry.kind.encode(out);
            out.put(" ");
        }
        put_number(self.mod_seq, out);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    fn any_entry() -> impl Strategy<Value = ModSeqEntry<'static>> {
        let kind = prop_oneof![Just(EntryType::Private), Just(EntryType::Shared), Just(EntryType::All)];
        ("/flags/\\\\?[A-Za-z$.]{1,8}", kind)
            .prop_map(|(name, kind)| ModSeqEntry { name: EntryName::new(name).unwrap(), kind })
    }

    pub(crate) fn any_mod_seq_key() -> impl Strategy<Value = ModSeqKey<'static>> {
        (proptest::option::of(any_entry()), 0..=i64::MAX.unsigned_abs())
            .prop_map(|(entry, mod_seq)| ModSeqKey { entry, mod_seq })
    }

    #[test]
    fn keys() {
        let entry = |name, kind| Some(ModSeqEntry { name: EntryName::new(name).unwrap(), kind });
        check([
            ("620162338", ModSeqKey { entry: None, mod_seq: 620_162_338 }),
            ("0", ModSeqKey { entry: None, mod_seq: 0 }),
            (
                "\"/flags/\\\\draft\" all 5",
                ModSeqKey { entry: entry("/flags/\\draft", EntryType::All), mod_seq: 5 },
            ),
            (
                "\"/flags/$MDNSent\" priv 5",
                ModSeqKey { entry: entry("/flags/$MDNSent", EntryType::Private), mod_seq: 5 },
            ),
        ]);
        check_read([(
            "\"/FLAGS/x\" SHARED 5",
            ModSeqKey { entry: entry("/FLAGS/x", EntryType::Shared), mod_seq: 5 },
        )]);
        check_refused::<ModSeqKey<'_>, 8>([
            ("", 0),
            ("\"/flags/\" all 5", 1),
            ("\"/flags/a b\" all 5", 1),
            ("\"x\" all 5", 1),
            ("\"/flags/x\" any 5", 11),
            ("\"/flags/x\" 5", 11),
            ("/flags/x all 5", 0),
            ("9223372036854775808", 0),
        ]);
        assert_eq!(EntryName::new("/flags/a b").unwrap_err().offset, 8);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(key in any_mod_seq_key()) {
            round_trip(&key);
        }
    }
}
