use super::*;
use crate::grammar::mailbox::tests::any_mailbox;
use crate::grammar::tagged_ext::tests::ext;
use crate::registry::{Code, Command, Data};
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded, round_trip};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use proptest::prelude::*;

fn e(name: &str) -> Entry<'_> {
    Entry::new(name).unwrap()
}

fn value<'a>(entry: &'a str, value: &'a str) -> EntryValue<'a> {
    EntryValue { entry: e(entry), value: NString8::new(value) }
}

fn get<'a>(options: Vec<GetMetadataOption<'a>>, mailbox: &'a str, entries: &[&'a str]) -> Command<'a> {
    let mailbox = Mailbox::new(mailbox).unwrap();
    let options = options.into_iter().collect();
    Command::GetMetadata(GetMetadata {
        options,
        mailbox,
        entries: entries.iter().map(|name| e(name)).collect(),
    })
}

#[test]
fn entries() {
    check([
        ("/shared/comment", Entry::SHARED_COMMENT),
        ("/private", e("/private")),
        ("\"/private/vendor/kolab/display name\"", e("/private/vendor/kolab/display name")),
    ]);
    check_read([
        ("/Shared/COMMENT", Entry::SHARED_COMMENT),
        ("{14}\r\n/private/a\"b]c", e("/private/a\"b]c")),
    ]);
    check_refused::<Entry<'_>, 11>([
        ("", 0),
        ("shared/comment", 0),
        ("/comment", 0),
        ("/sharedness/x", 0),
        ("/shared/", 8),
        ("/shared//x", 8),
        ("/shared/a*", 9),
        ("\"/shared/a%\"", 0),
        ("\"/shared/a\tb\"", 0),
        ("\"/\"", 0),
        ("NIL", 0),
    ]);
    assert_eq!(Entry::new("/private/a%").unwrap_err().offset, 10);
    assert!(e("/PRIVATE/x").is_private() && !e("/shared/x").is_private());
    assert!(e("/Shared/a/b").is_within(&e("/shared/A")) && e("/shared/a").is_within(&e("/shared/a")));
    assert!(!e("/shared/ab").is_within(&e("/shared/a")) && !e("/shared").is_within(&e("/shared/a")));
    assert!(e("/shared/A") == *"/shared/a" && e("/shared/A").as_str() == "/shared/A");
    let hash = |entry: Entry<'_>| {
        let mut hasher = std::hash::DefaultHasher::new();
        entry.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(e("/shared/A")), hash(e("/shared/a")));
}

#[test]
fn commands() {
    use GetMetadataOption::{Depth as At, MaxSize};
    let set = |entries| Command::SetMetadata(SetMetadata { mailbox: Mailbox::INBOX, entries });
    check([
        ("GETMETADATA \"\" /shared/comment", get([].into(), "", &["/shared/comment"])),
        (
            "GETMETADATA INBOX (/shared/comment /private/comment)",
            get([].into(), "INBOX", &["/shared/comment", "/private/comment"]),
        ),
        (
            "GETMETADATA (MAXSIZE 1024 DEPTH 1) INBOX /private/filters/values",
            get([MaxSize(1024), At(Depth::One)].into(), "INBOX", &["/private/filters/values"]),
        ),
        (
            "GETMETADATA (X-SORT (a b) MAXSIZE 5 X-ALL) INBOX /private",
            get(
                [
                    GetMetadataOption::Other(ext("X-SORT", "(a b)")),
                    MaxSize(5),
                    GetMetadataOption::Other(ext("X-ALL", "")),
                ]
                .into(),
                "INBOX",
                &["/private"],
            ),
        ),
        (
            "GETMETADATA (DEPTH infinity DEPTH 0) INBOX /private",
            get([At(Depth::Infinity), At(Depth::Zero)].into(), "INBOX", &["/private"]),
        ),
        ("SETMETADATA INBOX (/private/comment NIL)", {
            set([EntryValue { entry: Entry::PRIVATE_COMMENT, value: NString8::NIL }].into())
        }),
        ("SETMETADATA INBOX (/private/comment {3}\r\na\r\n /shared/comment \"x)\")", {
            set([value("/private/comment", "a\r\n"), value("/shared/comment", "x)")].into())
        }),
        (
            "SETMETADATA INBOX (/private/comment ~{3}\r\na\0))",
            set([value("/private/comment", "a\0)")].into()),
        ),
    ]);
    check_read([
        (
            "getmetadata (depth INFINITY) inbox (/PRIVATE)",
            get([At(Depth::Infinity)].into(), "INBOX", &["/private"]),
        ),
        ("SETMETADATA INBOX (/private/comment ~{1+}\r\na)", set([value("/private/comment", "a")].into())),
    ]);
    check_refused::<Command<'_>, 9>([
        ("GETMETADATA () INBOX /shared/comment", 13),
        ("GETMETADATA INBOX ()", 19),
        ("GETMETADATA INBOX comment", 18),
        ("GETMETADATA (DEPTH 2) INBOX /shared/comment", 19),
        ("GETMETADATA INBOX (MAXSIZE 1024) (/shared/comment)", 19),
        ("GETMETADATA INBOX /shared/comment /private/comment", 33),
        ("SETMETADATA INBOX ()", 19),
        ("SETMETADATA INBOX (/private/comment)", 35),
        ("SETMETADATA INBOX (/private/comment x)", 36),
    ]);
}

/// How RFC 5464 shows it.
#[test]
fn loose_commands() {
    let both = ["/shared/comment", "/private/comment"];
    check_tolerated([
        (
            "GETMETADATA \"INBOX\" (MAXSIZE 1024) (/shared/comment /private/comment)",
            get([GetMetadataOption::MaxSize(1024)].into(), "INBOX", &both),
            Leniency::LOOSE_METADATA,
        ),
        (
            "GETMETADATA INBOX (DEPTH 1) /shared/comment",
            get([GetMetadataOption::Depth(Depth::One)].into(), "INBOX", &["/shared/comment"]),
            Leniency::LOOSE_METADATA,
        ),
        (
            "GETMETADATA INBOX /shared/comment /private/comment",
            get([].into(), "INBOX", &both),
            Leniency::LOOSE_METADATA,
        ),
    ]);
    assert_eq!(
        encoded(&get([GetMetadataOption::MaxSize(1)].into(), "INBOX", &both)),
        "GETMETADATA (MAXSIZE 1) INBOX (/shared/comment /private/comment)"
    );
}

#[test]
fn data_and_codes() {
    let data =
        |mailbox, entries| Data::Metadata(MetadataData { mailbox: Mailbox::new(mailbox).unwrap(), entries });
    check([
        ("METADATA \"\" (/shared/comment \"Shared comment\")", {
            data("", MetadataEntries::Values([value("/shared/comment", "Shared comment")].into()))
        }),
        ("METADATA INBOX (/shared/comment \"a\" /private/x {2}\r\n\u{e9})", {
            let values = [value("/shared/comment", "a"), value("/private/x", "\u{e9}")];
            data("INBOX", MetadataEntries::Values(values.into()))
        }),
        ("METADATA INBOX /shared/comment /private/comment", {
            let names = [Entry::SHARED_COMMENT, Entry::PRIVATE_COMMENT];
            data("INBOX", MetadataEntries::Changed(names.into()))
        }),
    ]);
    check_refused::<Data<'_>, 4>([
        ("METADATA \"\" ()", 13),
        ("METADATA \"\"", 11),
        ("METADATA INBOX comment", 15),
        ("METADATA INBOX (/shared/comment)", 31),
    ]);
    check([
        ("METADATA LONGENTRIES 2199", Code::Metadata(MetadataCode::LongEntries(2199))),
        ("METADATA MAXSIZE 1024", Code::Metadata(MetadataCode::MaxSize(1024))),
        ("METADATA TOOMANY", Code::Metadata(MetadataCode::TooMany)),
        ("METADATA NOPRIVATE", Code::Metadata(MetadataCode::NoPrivate)),
    ]);
    check_refused::<Code<'_>, 4>([
        ("METADATA", 8),
        ("METADATA FOO", 9),
        ("METADATA MAXSIZE", 16),
        ("METADATA TOOMANY 5", 16),
    ]);
}

pub(crate) fn any_entry() -> impl Strategy<Value = Entry<'static>> {
    "/(private|Shared)(/[ -$&-)+-.0-~]{1,9}){0,3}".prop_map(|name| Entry::new(name).unwrap())
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        mailbox in any_mailbox(),
        entries in proptest::collection::vec((any_entry(), any::<Option<Vec<u8>>>()), 1..4),
        size: u32,
    ) {
        let values = entries.iter().map(|(entry, octets)| EntryValue {
            entry: entry.clone(),
            value: octets.clone().map_or(NString8::NIL, NString8::new),
        });
        let values: Vec<_> = values.collect();
        round_trip(&SetMetadata { mailbox: mailbox.clone(), entries: values.iter().cloned().collect() });
        let entries = || values.iter().map(|value| value.entry.clone());
        let options = [GetMetadataOption::MaxSize(size), GetMetadataOption::Depth(Depth::Infinity)].into();
        round_trip(&GetMetadata { options, mailbox: mailbox.clone(), entries: entries().collect() });
        let changed = MetadataEntries::Changed(entries().collect());
        round_trip(&MetadataData { mailbox: mailbox.clone(), entries: changed });
        round_trip(&MetadataData { mailbox, entries: MetadataEntries::Values(values.into_iter().collect()) });
    }
}
