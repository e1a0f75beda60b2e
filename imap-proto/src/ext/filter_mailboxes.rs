//! Which mailboxes are meant (NOTIFY, [RFC 5465](https://www.rfc-editor.org/rfc/rfc5465); MULTISEARCH,
//! [RFC 7377](https://www.rfc-editor.org/rfc/rfc7377)).

pub use crate::registry::FilterMailboxes;

use crate::grammar::mailbox::Mailbox;
use crate::list::List;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// Some mailboxes, by name.
    ///
    /// `INBOX`, `(INBOX "folder 2")`
    ///
    /// RFC 5465 section 8 (`one-or-more-mailbox`).
    pub enum OneOrMoreMailbox<'a> {
        /// `INBOX`: this one.
        One(Mailbox<'a>),
        /// `(INBOX "folder 2")`: these.
        Many(List<'a, Mailbox<'a>>),
    }
}

impl<'a> OneOrMoreMailbox<'a> {
    /// The mailboxes in order.
    pub fn iter(&self) -> impl Iterator<Item = Mailbox<'_>> {
        let (one, many) = match self {
            Self::One(mailbox) => (Some(mailbox.clone()), None),
            Self::Many(mailboxes) => (None, Some(mailboxes)),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

/// ```abnf
/// one-or-more-mailbox = mailbox / many-mailboxes
/// many-mailboxes      = "(" mailbox *(SP mailbox) ")"
/// ```
impl<'a> Wire<'a> for OneOrMoreMailbox<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'(', ..] => List::parse(input, cx).map(|(rest, mailboxes)| (rest, Self::Many(mailboxes))),
            _ => Mailbox::parse(input, cx).map(|(rest, mailbox)| (rest, Self::One(mailbox))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::One(mailbox) => mailbox.encode(out),
            Self::Many(mailboxes) => mailboxes.encode(out),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::grammar::mailbox::tests::any_mailbox;

    use crate::testing::{check, check_read, check_refused, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    pub(crate) fn any_one_or_more_mailbox() -> impl Strategy<Value = OneOrMoreMailbox<'static>> {
        prop_oneof![
            any_mailbox().prop_map(OneOrMoreMailbox::One),
            proptest::collection::vec(any_mailbox(), 1..4)
                .prop_map(|mailboxes| OneOrMoreMailbox::Many(mailboxes.into_iter().collect())),
        ]
    }

    /// Any but `selected-delayed`, which ESEARCH does not know.
    pub(crate) fn any_filter_mailboxes() -> impl Strategy<Value = FilterMailboxes<'static>> {
        prop_oneof![
            Just(FilterMailboxes::Selected),
            Just(FilterMailboxes::Inboxes),
            Just(FilterMailboxes::Personal),
            Just(FilterMailboxes::Subscribed),
            any_one_or_more_mailbox().prop_map(FilterMailboxes::Subtree),
            any_one_or_more_mailbox().prop_map(FilterMailboxes::SubtreeOne),
            any_one_or_more_mailbox().prop_map(FilterMailboxes::Mailboxes),
        ]
    }

    #[test]
    fn filters() {
        let mailbox = |name| Mailbox::new(name).unwrap();
        let many = OneOrMoreMailbox::Many([mailbox("INBOX"), mailbox("a b")].into());
        assert_eq!(many.iter().collect::<Vec<_>>(), [mailbox("INBOX"), mailbox("a b")]);
        let one = OneOrMoreMailbox::One(mailbox("a"));
        assert_eq!(one.iter().collect::<Vec<_>>(), [mailbox("a")]);
        check([
            ("selected", FilterMailboxes::Selected),
            ("selected-delayed", FilterMailboxes::SelectedDelayed),
            ("inboxes", FilterMailboxes::Inboxes),
            ("personal", FilterMailboxes::Personal),
            ("subscribed", FilterMailboxes::Subscribed),
            ("subtree a", FilterMailboxes::Subtree(one.clone())),
            ("subtree-one (INBOX \"a b\")", FilterMailboxes::SubtreeOne(many.clone())),
            ("mailboxes a", FilterMailboxes::Mailboxes(one.clone())),
        ]);
        check_read([("SUBTREE \"a\"", FilterMailboxes::Subtree(one))]);
        check_refused::<FilterMailboxes<'_>, 5>([
            ("", 0),
            ("other", 0),
            ("subtree", 7),
            ("mailboxes ()", 11),
            ("mailboxes (a", 12),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(filter in any_filter_mailboxes()) {
            round_trip(&filter);
        }
    }
}
