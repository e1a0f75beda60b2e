//! COPY ([RFC 9051 section 6.4.7](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.7)) and MOVE
//! ([section 6.4.8](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.8)).

use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::sequence::SequenceSet;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// Which messages are copied or moved, and where.
    ///
    /// `2:4 MEETING`
    ///
    /// RFC 9051 sections 6.4.7 and 6.4.8.
    pub struct CopyTo<'a> {
        /// The messages: numbers, or UIDs in UID COPY and UID MOVE.
        pub set: SequenceSet<'a>,
        /// Where.
        pub mailbox: Mailbox<'a>,
    }
}

/// ```abnf
/// copy = "COPY" SP sequence-set SP mailbox
/// move = "MOVE" SP sequence-set SP mailbox
/// ```
impl<'a> Wire<'a> for CopyTo<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, set) = SequenceSet::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, mailbox) = Mailbox::parse(rest, cx)?;
        Ok((rest, Self { set, mailbox }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.set.encode(out);
        out.put(" ");
        self.mailbox.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::sequence::tests::any_sequence_set;
    use crate::registry::{Command, UidCommand};
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn commands() {
        let to =
            |ids, name| CopyTo { set: SequenceSet::new(ids).unwrap(), mailbox: Mailbox::new(name).unwrap() };
        check([
            ("COPY 2:4 MEETING", Command::Copy(to("2:4", "MEETING"))),
            ("MOVE $ \"Other Messages\"", Command::Move(to("$", "Other Messages"))),
            ("UID COPY 305:310 meeting", Command::Uid(UidCommand::Copy(to("305:310", "meeting")))),
            ("UID MOVE 42:69 foo", Command::Uid(UidCommand::Move(to("42:69", "foo")))),
            ("EXPUNGE", Command::Expunge),
            (
                "UID EXPUNGE 3000:3002",
                Command::Uid(UidCommand::Expunge(SequenceSet::new("3000:3002").unwrap())),
            ),
        ]);
        check_refused::<Command<'_>, 6>([
            ("COPY 2:4", 8),
            ("COPY 0 a", 5),
            ("COPY a b", 5),
            ("COPY 1 ", 7),
            ("UID EXPUNGE", 11),
            ("UID ", 4),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(set in any_sequence_set(), mailbox in any_mailbox()) {
            round_trip(&CopyTo { set, mailbox });
        }
    }
}
