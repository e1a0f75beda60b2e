//! Loads of IMAP: responses and commands ([RFC 9051](https://www.rfc-editor.org/rfc/rfc9051)).

mod commands;
mod mail;
mod messages;
mod responses;

use crate::Load;

/// A load, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imap {
    /// FETCH of UID, FLAGS, INTERNALDATE and RFC822.SIZE: 10,000 of about 110 octets.
    FetchFlags,
    /// FETCH of ENVELOPE: 5,000 of about 540 octets.
    FetchEnvelope,
    /// FETCH of BODYSTRUCTURE with several levels: 5,000 of about 809 octets.
    FetchBodyStructure,
    /// FETCH of `BODY[]`: 200 of about 20 KB.
    FetchBody20K,
    /// FETCH of `BODY[]`: 3 of 5 MiB.
    FetchBody5M,
    /// LIST and STATUS: 5,000 of about 74 octets.
    ListStatus,
    /// SEARCH: 1 with 100,000 ids.
    SearchIds,
    /// ESEARCH with ranges: 1,000 of about 770 octets.
    ESearch,
    /// What a client is told that comes back to a mailbox it knows: 12,409 of about 88 octets.
    Resync,
    /// Tagged and untagged status with codes: 10,000 of about 59 octets.
    Status,
    /// What a server reads in its sessions, messages left out: 10,000 commands of about 41 octets.
    ClientCommands,
    /// UID FETCH with long sets: 1,000 of about 1,507 octets.
    UidFetch,
    /// SEARCH with nested keys: 5,000 of about 140 octets.
    SearchKeys,
    /// APPEND with its literal: 500 of about 8,270 octets.
    Append,
}

impl Imap {
    /// Every load.
    pub const ALL: [Self; 14] = [
        Self::FetchFlags,
        Self::FetchEnvelope,
        Self::FetchBodyStructure,
        Self::FetchBody20K,
        Self::FetchBody5M,
        Self::ListStatus,
        Self::SearchIds,
        Self::ESearch,
        Self::Resync,
        Self::Status,
        Self::ClientCommands,
        Self::UidFetch,
        Self::SearchKeys,
        Self::Append,
    ];

    /// What it is called on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::FetchFlags => "fetch-flags",
            Self::FetchEnvelope => "fetch-envelope",
            Self::FetchBodyStructure => "fetch-bodystructure",
            Self::FetchBody20K => "fetch-body-20k",
            Self::FetchBody5M => "fetch-body-5m",
            Self::ListStatus => "list-status",
            Self::SearchIds => "search-ids",
            Self::ESearch => "esearch",
            Self::Resync => "resync",
            Self::Status => "status",
            Self::ClientCommands => "client-commands",
            Self::UidFetch => "uid-fetch",
            Self::SearchKeys => "search-keys",
            Self::Append => "append",
        }
    }

    /// Whether a client says it; else a server does.
    pub fn is_of_client(self) -> bool {
        matches!(self, Self::ClientCommands | Self::UidFetch | Self::SearchKeys | Self::Append)
    }

    /// Its bytes, the same every time.
    pub fn generate(self) -> Load {
        match self {
            Self::FetchFlags => messages::flags(),
            Self::FetchEnvelope => messages::envelopes(),
            Self::FetchBodyStructure => messages::body_structures(),
            Self::FetchBody20K => messages::bodies(200, 20_480),
            Self::FetchBody5M => messages::bodies(3, 5 * 1024 * 1024),
            Self::ListStatus => responses::list_status(),
            Self::SearchIds => responses::search(),
            Self::ESearch => responses::esearch(),
            Self::Resync => responses::resync(),
            Self::Status => responses::status(),
            Self::ClientCommands => commands::sessions(),
            Self::UidFetch => commands::uid_fetch(),
            Self::SearchKeys => commands::search(),
            Self::Append => commands::append(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_as_large_as_they_say() {
        for (load, count, mean) in [
            (Imap::FetchFlags, 10_000, 110),
            (Imap::FetchEnvelope, 5_000, 540),
            (Imap::FetchBodyStructure, 5_000, 809),
            (Imap::FetchBody20K, 200, 20_533),
            (Imap::FetchBody5M, 3, 5_242_932),
            (Imap::ListStatus, 5_000, 74),
            (Imap::SearchIds, 1, 672_202),
            (Imap::ESearch, 1_000, 770),
            (Imap::Resync, 12_409, 88),
            (Imap::Status, 10_000, 59),
            (Imap::ClientCommands, 10_000, 41),
            (Imap::UidFetch, 1_000, 1_507),
            (Imap::SearchKeys, 5_000, 140),
            (Imap::Append, 500, 8_270),
        ] {
            let generated = load.generate();
            let octets = generated.bytes.len();
            assert_eq!(generated.count(), count, "{load:?}");
            assert!(octets.abs_diff(count * mean) * 20 <= octets, "{load:?}: {} each", octets / count);
            assert_eq!(generated.messages().map(<[u8]>::len).sum::<usize>(), octets, "{load:?}");
        }
    }

    #[test]
    fn loads_are_the_same_every_time() {
        for load in Imap::ALL {
            assert!(load.generate() == load.generate(), "{load:?}");
        }
    }

    #[test]
    fn names_are_distinct() {
        for (at, load) in Imap::ALL.iter().enumerate() {
            assert!(Imap::ALL[..at].iter().all(|other| other.name() != load.name()), "{load:?}");
        }
    }

    #[test]
    fn messages_are_whole() {
        for load in Imap::ALL {
            for message in load.generate().messages() {
                assert!(message.ends_with(b"\r\n") && !message.contains(&0), "{load:?}");
                let mut rest = message;
                while let Some(line) = memchr_crlf(rest) {
                    let (head, after) = rest.split_at(line);
                    let literal = head.strip_suffix(b"}\r\n").and_then(|head| {
                        let digits = head.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
                        std::str::from_utf8(&head[head.len() - digits..]).unwrap().parse::<usize>().ok()
                    });
                    rest = &after[literal.unwrap_or(0)..];
                    assert_eq!(rest.is_empty(), literal.is_none(), "{load:?}: {}", message.escape_ascii());
                }
            }
        }
    }

    fn memchr_crlf(octets: &[u8]) -> Option<usize> {
        octets.windows(2).position(|pair| pair == b"\r\n").map(|at| at + 2)
    }

    #[test]
    fn ids_are_as_many_as_they_say() {
        let load = Imap::SearchIds.generate();
        let text = std::str::from_utf8(&load.bytes).unwrap().trim_end();
        let ids: Vec<u32> = text.split(' ').skip(2).map(|id| id.parse().unwrap()).collect();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.is_sorted() && ids[0] > 0);
    }
}
