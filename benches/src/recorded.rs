//! Loads out of the recorded sessions in `imap-proto/tests/transcripts` and `smtp-proto/tests/transcripts`: what real
//! software said, and scripted clients that are wrong on purpose.

#[path = "../../smtp-proto/tests/common/mod.rs"]
mod common;
mod observed;

use std::path::Path;

use self::common::Session;
pub use self::observed::Piece;
use crate::Load;

/// A load, by name. Its messages are what an observer of this project takes for one; what it could not read is among them.
/// Bodies of mail are left out, and so are answers to AUTHENTICATE and AUTH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// What IMAP servers said.
    ImapResponses,
    /// What IMAP clients said.
    ImapCommands,
    /// What SMTP servers said.
    SmtpReplies,
    /// What SMTP clients said.
    SmtpCommands,
}

impl Recorded {
    /// Every load.
    pub const ALL: [Self; 4] =
        [Self::ImapResponses, Self::ImapCommands, Self::SmtpReplies, Self::SmtpCommands];

    /// What it is called on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImapResponses => "recorded-imap-responses",
            Self::ImapCommands => "recorded-imap-commands",
            Self::SmtpReplies => "recorded-smtp-replies",
            Self::SmtpCommands => "recorded-smtp-commands",
        }
    }

    /// Its bytes, the same every time.
    ///
    /// # Panics
    /// The recordings are not there.
    pub fn generate(self) -> Load {
        let mut messages = Vec::new();
        let is_of_client = matches!(self, Self::ImapCommands | Self::SmtpCommands);
        for conversation in Conversation::all(self.protocol()) {
            let session = &conversation.session;
            conversation.protocol.follow(session, &session.records, |side, message| {
                if (side == common::Side::Client) == is_of_client {
                    messages.push(message.to_vec());
                }
            });
        }
        Load::of(messages)
    }

    fn protocol(self) -> Protocol {
        match self {
            Self::ImapResponses | Self::ImapCommands => Protocol::Imap,
            Self::SmtpReplies | Self::SmtpCommands => Protocol::Smtp,
        }
    }
}

/// Whose sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Those in `imap-proto`.
    Imap,
    /// Those in `smtp-proto`, LMTP among them.
    Smtp,
}

/// A recorded session, both sides of it.
pub struct Conversation {
    session: Session,
    protocol: Protocol,
}

impl Conversation {
    /// Every one.
    ///
    /// # Panics
    /// The recordings are not there.
    pub fn all(protocol: Protocol) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = match protocol {
            Protocol::Imap => root.join("../imap-proto"),
            Protocol::Smtp => root.join("../smtp-proto"),
        };
        common::sessions_of(&folder).into_iter().map(|session| Self { session, protocol }).collect()
    }

    /// What passed, in pieces of so many octets at most.
    pub fn in_pieces(&self, octets: usize) -> Vec<Piece> {
        self.session.cut(|_| octets)
    }

    /// An observer of this project follows the session; says how many messages there were.
    pub fn observe(&self, pieces: &[Piece]) -> usize {
        let mut count = 0;
        self.protocol.follow(&self.session, pieces, |_, _| count += 1);
        count
    }

    /// How many octets passed.
    pub fn octets(&self) -> usize {
        self.session.stream(common::Side::Client).len() + self.session.stream(common::Side::Server).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_messages_of_all_kinds() {
        for (load, least) in [
            (Recorded::ImapResponses, 18_000),
            (Recorded::ImapCommands, 5_600),
            (Recorded::SmtpReplies, 5_900),
            (Recorded::SmtpCommands, 4_900),
        ] {
            let generated = load.generate();
            assert!(generated.count() >= least, "{load:?}: {}", generated.count());
            assert!(generated.messages().all(|message| message.ends_with(b"\n")), "{load:?}");
        }
    }

    #[test]
    fn pieces_make_no_difference() {
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            for conversation in &Conversation::all(protocol)[..20] {
                let whole = conversation.observe(&conversation.in_pieces(usize::MAX));
                assert!(whole > 0);
                for octets in [1, 7, 1460] {
                    assert_eq!(conversation.observe(&conversation.in_pieces(octets)), whole);
                }
            }
        }
    }
}
