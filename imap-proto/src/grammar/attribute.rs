//! Attributes of mailbox names ([RFC 9051 section 7.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.1)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::flag::{self, FlagName, flag_list, flag_names};
use crate::options::Leniency;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer};

flag_names! {
    /// An attribute of a mailbox name.
    ///
    /// `\HasNoChildren`, `\Sent`
    ///
    /// Without regard to case. The names are those of the IANA registry of IMAP mailbox name attributes, and those that
    /// Gmail's XLIST had first. RFC 9051 section 9 (`mbx-list-flags`).
    pub enum MailboxAttribute<'a>, Index {
        /// There is no mailbox of the name. RFC 9051 section 7.3.1.
        NonExistent = "\\NonExistent",
        /// Nothing can be below it. RFC 9051 section 7.3.1.
        NoInferiors = "\\Noinferiors",
        /// It cannot be selected. RFC 9051 section 7.3.1.
        NoSelect = "\\Noselect",
        /// There is something below it. RFC 9051 section 7.3.1.
        HasChildren = "\\HasChildren",
        /// There is nothing below it. RFC 9051 section 7.3.1.
        HasNoChildren = "\\HasNoChildren",
        /// There may be new messages in it. RFC 9051 section 7.3.1.
        Marked = "\\Marked",
        /// There are no new messages in it. RFC 9051 section 7.3.1.
        Unmarked = "\\Unmarked",
        /// The user has subscribed to it. RFC 9051 section 7.3.1.
        Subscribed = "\\Subscribed",
        /// It is on another server. RFC 9051 section 7.3.1.
        Remote = "\\Remote",
        /// All messages. RFC 6154 section 2.
        All = "\\All",
        /// Archived messages. RFC 6154 section 2.
        Archive = "\\Archive",
        /// Messages that are not finished. RFC 6154 section 2.
        Drafts = "\\Drafts",
        /// Messages that are marked for attention. RFC 6154 section 2.
        Flagged = "\\Flagged",
        /// Junk. RFC 6154 section 2.
        Junk = "\\Junk",
        /// Messages that were sent. RFC 6154 section 2.
        Sent = "\\Sent",
        /// Messages that were deleted. RFC 6154 section 2.
        Trash = "\\Trash",
        /// Messages likely important to the user. RFC 8457 section 3.
        Important = "\\Important",
        /// Notes of the user's on messages. RFC 9979.
        Memos = "\\Memos",
        /// Messages to be sent later. RFC 9979.
        Scheduled = "\\Scheduled",
        /// Messages to be shown later. RFC 9979.
        Snoozed = "\\Snoozed",
        /// Where new mail comes, whatever its name. Gmail's XLIST; JMAP has it, too.
        Inbox = "\\Inbox",
        /// [`All`](Self::All) in Gmail's XLIST.
        AllMail = "\\AllMail",
        /// [`Junk`](Self::Junk) in Gmail's XLIST.
        Spam = "\\Spam",
        /// [`Flagged`](Self::Flagged) in Gmail's XLIST.
        Starred = "\\Starred",
    } others {
        /// Another one; with [`Leniency::LOOSE_FLAG`] also one without a `\`.
        Extension,
    }
}

/// ```abnf
/// mbx-list-oflag = "\Noinferiors" / child-mbox-flag / "\Subscribed" / "\Remote" / flag-extension
/// mbx-list-sflag = "\NonExistent" / "\Noselect" / "\Marked" / "\Unmarked"
/// flag-extension = "\" atom
/// ```
impl<'a> Wire<'a> for MailboxAttribute<'a> {
    #[inline(always)] // of what is known only the bit is needed
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, value) = match Self::known(input) {
            Some(read) => read,
            None => other(input, cx)?,
        };
        Ok((rest, value))
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let rest = match Self::known(input) {
            Some((rest, _)) => rest,
            None => other(input, cx)?.0,
        };
        Ok((rest, ()))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_bytes());
    }
}

/// An attribute that is not registered, or in another spelling.
#[inline(never)]
fn other(input: &[u8], cx: Cx) -> Parsed<'_, MailboxAttribute<'_>> {
    if !matches!(input, [b'\\', ..]) && !cx.tolerates(Leniency::LOOSE_FLAG) {
        return Fail::at(input, Expected::Flag);
    }
    let (rest, text) = flag::text(input, cx, false)?;
    let other = || MailboxAttribute::Extension(FlagName(Cow::Borrowed(text)));
    Ok((rest, MailboxAttribute::registered(text).unwrap_or_else(other)))
}

flag_list! {
    /// The attributes of a mailbox name.
    ///
    /// `(\HasNoChildren \Sent)`, `()`
    ///
    /// Kept as text that was checked, and as bits of what is registered. Two are equal when their attributes are, in
    /// order. RFC 9051 section 9 (`mbx-list-flags`).
    pub struct MailboxAttributes<'a>: MailboxAttribute,
        "\"(\" [mbx-list-flags] \")\"";
}

impl MailboxAttributes<'_> {
    /// Whether `attribute` is among them, in any case. A look at one number for a registered one, else a walk.
    pub fn contains(&self, attribute: &MailboxAttribute<'_>) -> bool {
        match attribute.bit() {
            0 => self.iter().any(|one| one == *attribute),
            bit => self.bits & bit != 0,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::options::Dialect;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use crate::wire::exact;
    use proptest::prelude::*;

    fn attribute(text: &str) -> MailboxAttribute<'_> {
        MailboxAttribute::new(text).unwrap()
    }

    fn odd(text: &'static str) -> MailboxAttribute<'static> {
        MailboxAttribute::Extension(FlagName(Cow::Borrowed(text.as_bytes())))
    }

    #[test]
    fn attributes() {
        for one in MailboxAttribute::REGISTERED {
            let text = core::str::from_utf8(one.as_bytes()).unwrap();
            check([(text, one.clone())]);
            let upper = text.to_ascii_uppercase();
            check_read([(upper.as_str(), one.clone())]);
            assert!(!matches!(one, MailboxAttribute::Extension(_)) && one.bit().is_power_of_two());
        }
        check([
            ("\\Noselect", MailboxAttribute::NoSelect),
            ("\\X-Foo", odd("\\X-Foo")),
            ("\\Al", odd("\\Al")),
            ("\\Allx", odd("\\Allx")),
        ]);
        check_read([("\\NoInferiors", MailboxAttribute::NoInferiors), ("\\x-foo", odd("\\X-Foo"))]);
        check_refused::<MailboxAttribute<'_>, 6>([
            ("", 0),
            ("\\", 1),
            ("\\*", 1),
            ("All", 0),
            ("|All", 0),
            ("\\a]", 2),
        ]);
        check_tolerated([
            ("HasNoChildren", odd("HasNoChildren"), Leniency::LOOSE_FLAG),
            ("\\[Gmail]", odd("\\[Gmail]"), Leniency::LOOSE_FLAG),
            ("|All", odd("|All"), Leniency::LOOSE_FLAG),
        ]);
        assert_eq!(attribute("\\sent"), MailboxAttribute::Sent);
        assert_eq!(MailboxAttribute::new("Sent").unwrap_err().offset, 0);
    }

    #[test]
    fn lists() {
        use MailboxAttribute::{HasNoChildren, Inbox, Marked};
        check([
            ("()", MailboxAttributes::default()),
            ("(\\HasNoChildren)", MailboxAttributes::from([HasNoChildren])),
            ("(\\Marked \\HasNoChildren \\XYZ)", [Marked, HasNoChildren, odd("\\XYZ")].into()),
        ]);
        check_refused::<MailboxAttributes<'_>, 5>([
            ("\\Marked", 0),
            ("(\\Marked", 8),
            ("(\\Marked )", 9),
            ("( \\Marked)", 1),
            ("(Marked)", 1),
        ]);
        check_tolerated([
            ("(\\HasNoChildren )", MailboxAttributes::from([HasNoChildren]), Leniency::TRAILING_SPACE),
            ("(HasNoChildren)", [odd("HasNoChildren")].into(), Leniency::LOOSE_FLAG),
            ("( \\HasNoChildren  \\Inbox)", [HasNoChildren, Inbox].into(), Leniency::EXTRA_SPACE),
        ]);
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let list = exact::<MailboxAttributes<'_>>(b"(\\NOSELECT \\xyz)", dialect).unwrap();
            assert!(list.contains(&MailboxAttribute::NoSelect) && list.contains(&attribute("\\XYZ")));
            assert!(!list.contains(&Marked) && !list.contains(&attribute("\\Other")) && !list.is_empty());
            assert_eq!(list.list().len(), 2);
        }
    }

    /// Any attributes.
    pub(crate) fn any_attributes() -> impl Strategy<Value = MailboxAttributes<'static>> {
        let registered = proptest::sample::select(MailboxAttribute::REGISTERED);
        let other = "\\\\[A-Za-z+|$-]{1,8}".prop_map(|text| attribute(text.leak()));
        proptest::collection::vec(prop_oneof![registered, other], 0..4)
            .prop_map(|attributes| attributes.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(attributes in any_attributes()) {
            round_trip(&attributes);
            for one in attributes.iter() {
                prop_assert!(attributes.contains(&one));
            }
        }
    }
}
