//! REPLACE ([RFC 8508](https://www.rfc-editor.org/rfc/rfc8508)).

use alloc::boxed::Box;

use crate::grammar::append::AppendMessage;
use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::Nz;
use crate::grammar::sequence::Number;
use crate::registry::Via;
use crate::wire::{Cx, IntoOwned, Parsed, Wire, Writer, part, plain};

part! {
    /// A message to be expunged, and the one that comes instead.
    ///
    /// `4 Drafts (\Seen \Draft) {312}` CRLF and 312 octets
    ///
    /// RFC 8508 section 3.
    pub struct Replace<'a> {
        number: Number,
        /// Where the new message goes.
        pub mailbox: Mailbox<'a>,
        /// The new message. On the heap, because commands are moved, and none other is so large.
        pub message: Box<AppendMessage<'a>>,
    }
}

plain!(Number);

impl IntoOwned for Box<AppendMessage<'_>> {
    type With<'s> = Box<AppendMessage<'s>>;

    fn into_owned(self) -> Self::With<'static> {
        Box::new(AppendMessage::into_owned(*self))
    }
}

impl<'a> Replace<'a> {
    /// Replaces the message `number`, a UID in UID REPLACE; `None` when that is 0.
    pub fn new(number: impl Into<Number>, mailbox: Mailbox<'a>, message: AppendMessage<'a>) -> Option<Self> {
        let number = number.into();
        (number != Number::Value(0)).then(|| Self { number, mailbox, message: Box::new(message) })
    }

    /// The message to be expunged: its number, or its UID in UID REPLACE.
    pub fn number(&self) -> Number {
        self.number
    }
}

/// ```abnf
/// replace = "REPLACE" SP seq-number SP mailbox append-message
/// ```
impl<'a> Wire<'a> for Replace<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, number) = match input {
            [b'*', rest @ ..] => (rest, Number::Star),
            _ => Nz::parse(input, cx).map(|(rest, number)| (rest, Number::Value(number)))?,
        };
        let (rest, ()) = space(rest, cx)?;
        let (rest, mailbox) = Mailbox::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, message) = AppendMessage::parse(rest, cx)?;
        Ok((rest, Self { number, mailbox, message: Box::new(message) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self.number {
            Number::Value(number) => out.number(number.into()),
            Number::Star => out.put("*"),
        }
        out.put(" ");
        self.mailbox.encode(out);
        out.put(" ");
        self.message.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::append::tests::{any_append_message, message};
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::options::Leniency;
    use crate::registry::{Command, UidCommand};
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    #[test]
    fn commands() {
        let drafts = || Mailbox::new("Drafts").unwrap();
        let replace = |number| Replace::new(number, drafts(), message("hello")).unwrap();
        check([
            ("REPLACE 4 Drafts {5}\r\nhello", Command::Replace(replace(Number::Value(4)))),
            ("REPLACE * Drafts {5}\r\nhello", Command::Replace(replace(Number::Star))),
            (
                "UID REPLACE 2000 Drafts {5}\r\nhello",
                Command::Uid(UidCommand::Replace(replace(Number::Value(2000)))),
            ),
        ]);
        assert_eq!(replace(Number::Star).number(), Number::Star);
        assert_eq!(Replace::new(0, drafts(), message("hello")), None);
        check_refused::<Command<'_>, 5>([
            ("REPLACE 0 Drafts {1}\r\na", 8),
            ("REPLACE 1:2 Drafts {1}\r\na", 9),
            ("REPLACE 1 Drafts", 16),
            ("REPLACE 1 Drafts {1}\r\na {1}\r\na", 23),
            ("REPLACE $ Drafts {1}\r\na", 8),
        ]);
        let zero = Replace { number: Number::Value(0), mailbox: drafts(), message: Box::new(message("a")) };
        check_tolerated([("REPLACE 0 Drafts {1}\r\na", Command::Replace(zero), Leniency::ZERO)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(number in 1u32.., mailbox in any_mailbox(), message in any_append_message()) {
            round_trip(&Replace::new(number, mailbox, message).unwrap());
        }
    }
}
