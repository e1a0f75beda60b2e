//! NOTIFY ([RFC 5465](https://www.rfc-editor.org/rfc/rfc5465)).

pub use crate::ext::filter_mailboxes::FilterMailboxes;
pub use crate::registry::{NotifyEvent, NotifyEventName};

use crate::error::Expected;
use crate::grammar::class::{keyword, space};
use crate::list::{Bare, List};
use crate::options::Leniency;
use crate::registry::{FetchAttribute, Via};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part};

part! {
    /// What a server is to tell unasked.
    ///
    /// `SET STATUS (selected MessageNew) (subtree Lists (MessageNew))`, `NONE`
    ///
    /// RFC 5465 section 3.
    pub enum Notify<'a> {
        /// `SET (personal (MailboxName))`: these events, and no others.
        Set(NotifySet<'a>),
        /// `NONE`: nothing at all.
        None,
    }
}

/// ```abnf
/// notify-args = "SET" notify-set / "NONE"
/// ```
impl<'a> Wire<'a> for Notify<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match keyword(input)? {
            (rest, name) if name.eq_ignore_ascii_case(b"NONE") => Ok((rest, Self::None)),
            (rest, name) if name.eq_ignore_ascii_case(b"SET") => {
                NotifySet::parse(rest, cx).map(|(rest, set)| (rest, Self::Set(set)))
            }
            _ => Fail::at(input, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Set(set) => {
                out.put("SET");
                set.encode(out);
            }
            Self::None => out.put("NONE"),
        }
    }
}

part! {
    /// Events to tell of some mailboxes.
    ///
    /// `STATUS (personal (MessageNew MessageExpunge)) (subtree Lists NONE)`
    ///
    /// RFC 5465 section 3.1.
    pub struct NotifySet<'a> {
        /// Whether the status of the mailboxes is to be told first.
        pub status: bool,
        /// The events of each kind of mailbox; of more groups that a mailbox is in, the first counts.
        pub groups: List<'a, EventGroup<'a>, Bare>,
    }
}

/// Behind `SET`.
///
/// ```abnf
/// notify-set = [SP "STATUS"] SP event-group *(SP event-group)
/// ```
impl<'a> Wire<'a> for NotifySet<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = space(input, cx)?;
        let (rest, status) = match keyword(rest) {
            Ok((after, name)) if name.eq_ignore_ascii_case(b"STATUS") => (space(after, cx)?.0, true),
            _ => (rest, false),
        };
        let (rest, groups) = List::parse(rest, cx)?;
        Ok((rest, Self { status, groups }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(if self.status { " STATUS " } else { " " });
        self.groups.encode(out);
    }
}

part! {
    /// The events of some mailboxes.
    ///
    /// `(selected (MessageNew (UID FLAGS) MessageExpunge))`, `(subtree Lists NONE)`
    ///
    /// RFC 5465 section 8 (`event-group`): with `selected` and `selected-delayed` stand events of messages only, only there
    /// has `MessageNew` items, and it comes together with `MessageExpunge`. A server has the last word on that.
    pub struct EventGroup<'a> {
        /// The mailboxes.
        pub mailboxes: FilterMailboxes<'a>,
        /// The events; none is `NONE`.
        pub events: List<'a, NotifyEvent<'a>>,
    }
}

/// ```abnf
/// event-group = "(" filter-mailboxes SP events ")"
/// events      = "(" event *(SP event) ")" / "NONE"
/// ```
impl<'a> Wire<'a> for EventGroup<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, mailboxes) = FilterMailboxes::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, events) = match rest {
            [b'(', ..] => List::parse(rest, cx)?,
            _ => match keyword(rest) {
                Ok((rest, name)) if name.eq_ignore_ascii_case(b"NONE") => (rest, List::default()),
                _ => return Fail::at(rest, Expected::Open),
            },
        };
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { mailboxes, events }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.mailboxes.encode(out);
        out.put(" ");
        match self.events.is_empty() {
            true => out.put("NONE"),
            false => self.events.encode(out),
        }
        out.put(")");
    }
}

part! {
    /// What to fetch of a new message: right behind `MessageNew`, and its space first.
    ///
    /// `(UID BODY.PEEK[HEADER])`, or nothing
    ///
    /// RFC 5465 section 5.2.
    #[derive(Debug)]
    pub struct NewMessageItems<'a>(pub List<'a, FetchAttribute<'a>>);
}

/// ```abnf
/// new-message-items = [SP "(" fetch-att *(SP fetch-att) ")"]
/// ```
impl<'a> Wire<'a> for NewMessageItems<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b' ', after @ ..] if crate::grammar::class::spaces(after, cx).starts_with(b"(") => {
                let (rest, ()) = space(input, cx)?;
                List::parse(rest, cx).map(|(rest, items)| (rest, Self(items)))
            }
            _ => Ok((input, Self(List::default()))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.0.is_empty() {
            out.put(" ");
            self.0.encode(out);
        }
    }
}

/// The names of events in BADEVENT.
///
/// ```abnf
/// unsupported-events = "(" event-name *(SP event-name) ")"
/// ```
pub(crate) enum BadEvents {}

impl<'a> Via<'a, List<'a, NotifyEventName<'a>>> for BadEvents {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, NotifyEventName<'a>>> {
        // Dovecot 2.3: [BADEVENT MailboxMetadataChange].
        if cx.tolerates(Leniency::LOOSE_CODE) && !input.starts_with(b"(") {
            let (rest, bare) = List::<'a, NotifyEventName<'a>, Bare>::parse(input, cx)?;
            return Ok((rest, bare.iter().collect::<List<'_, _>>().into_owned()));
        }
        List::parse(input, cx)
    }

    fn encode(value: &List<'a, NotifyEventName<'a>>, out: &mut Writer<'_>) {
        value.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::filter_mailboxes::OneOrMoreMailbox;
    use crate::ext::filter_mailboxes::tests::any_filter_mailboxes;
    use crate::grammar::fetch::BodyRequest;
    use crate::grammar::fetch::tests::any_fetch_attribute;
    use crate::grammar::mailbox::Mailbox;
    use crate::grammar::section::Section;
    use crate::grammar::string::{AString, Atom};
    use crate::registry::{Code, Command};
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn set<'a, const N: usize>(status: bool, groups: [EventGroup<'a>; N]) -> Command<'a> {
        Command::Notify(Notify::Set(NotifySet { status, groups: groups.into() }))
    }

    fn group<'a, const N: usize>(
        mailboxes: FilterMailboxes<'a>,
        events: [NotifyEvent<'a>; N],
    ) -> EventGroup<'a> {
        EventGroup { mailboxes, events: events.into() }
    }

    fn new<'a, const N: usize>(items: [FetchAttribute<'a>; N]) -> NotifyEvent<'a> {
        NotifyEvent::MessageNew(NewMessageItems(items.into()))
    }

    fn atom(text: &str) -> Atom<'_> {
        Atom::new(text).unwrap()
    }

    #[test]
    fn commands() {
        use NotifyEvent::{
            AnnotationChange, FlagChange, MailboxMetadataChange, MailboxName, MessageExpunge,
            ServerMetadataChange, SubscriptionChange,
        };
        let lists = || FilterMailboxes::Subtree(OneOrMoreMailbox::One(Mailbox::new("Lists").unwrap()));
        check([
            ("NOTIFY NONE", Command::Notify(Notify::None)),
            ("NOTIFY SET (personal (SubscriptionChange))", {
                set(false, [group(FilterMailboxes::Personal, [SubscriptionChange])])
            }),
            (
                "NOTIFY SET STATUS (selected-delayed (MessageNew (UID FLAGS) MessageExpunge)) (subtree Lists NONE)",
                {
                    let first = [new([FetchAttribute::Uid, FetchAttribute::Flags]), MessageExpunge];
                    set(true, [group(FilterMailboxes::SelectedDelayed, first), group(lists(), [])])
                },
            ),
            ("NOTIFY SET (inboxes (MessageNew MessageExpunge FlagChange AnnotationChange))", {
                let events = [new([]), MessageExpunge, FlagChange, AnnotationChange];
                set(false, [group(FilterMailboxes::Inboxes, events)])
            }),
            (
                "NOTIFY SET (mailboxes (INBOX a) (MailboxName MailboxMetadataChange ServerMetadataChange X-Quota))",
                set(
                    false,
                    [{
                        let mailboxes = [Mailbox::INBOX, Mailbox::new("a").unwrap()].into();
                        let events = [
                            MailboxName,
                            MailboxMetadataChange,
                            ServerMetadataChange,
                            NotifyEvent::Other(atom("X-Quota")),
                        ];
                        group(FilterMailboxes::Mailboxes(OneOrMoreMailbox::Many(mailboxes)), events)
                    }],
                ),
            ),
        ]);
        check_read([
            (
                // The example of RFC 5465 section 3.1, with its parentheses.
                "notify set (selected (MessageNew (uid body.peek[header.fields (from to)]) MessageExpunge))",
                {
                    let names = ["from", "to"].map(|name| AString::new(name).unwrap());
                    let section = Section::WHOLE.header_fields(names).unwrap();
                    let peek = FetchAttribute::BodyPeek(BodyRequest::from(section));
                    let events = [new([FetchAttribute::Uid, peek]), MessageExpunge];
                    set(false, [group(FilterMailboxes::Selected, events)])
                },
            ),
            ("notify set status (SUBTREE \"Lists\" none)", set(true, [group(lists(), [])])),
            ("NOTIFY SET (Selected (Messagenew messageExpunge))", {
                set(false, [group(FilterMailboxes::Selected, [new([]), MessageExpunge])])
            }),
        ]);
        check_refused::<Command<'_>, 10>([
            ("NOTIFY", 6),
            ("NOTIFY ALL", 7),
            ("NOTIFY SET", 10),
            ("NOTIFY SET STATUS", 17),
            ("NOTIFY SET ()", 12),
            ("NOTIFY SET (selected)", 20),
            ("NOTIFY SET (selected ())", 22),
            // The example of RFC 5465 section 3.1 lacks these parentheses.
            ("NOTIFY SET (subtree Lists MessageNew)", 26),
            ("NOTIFY SET (selected (MessageNew ()))", 34),
            ("NOTIFY SET (selected (MessageNew)", 33),
        ]);
    }

    #[test]
    fn codes() {
        let names = [
            NotifyEventName::MessageNew,
            NotifyEventName::FlagChange,
            NotifyEventName::Other(atom("X-Quota")),
        ];
        check([
            ("NOTIFICATIONOVERFLOW", Code::NotificationOverflow),
            ("BADEVENT (MessageNew FlagChange X-Quota)", Code::BadEvent(names.into())),
        ]);
        check_tolerated([
            (
                "BADEVENT MailboxMetadataChange",
                Code::BadEvent([NotifyEventName::MailboxMetadataChange].into()),
                Leniency::LOOSE_CODE,
            ),
            (
                "BADEVENT FlagChange MessageNew",
                Code::BadEvent([NotifyEventName::FlagChange, NotifyEventName::MessageNew].into()),
                Leniency::LOOSE_CODE,
            ),
        ]);
        check_refused::<Code<'_>, 3>([
            ("BADEVENT", 8),
            ("BADEVENT ()", 10),
            ("BADEVENT (MessageNew (UID))", 21),
        ]);
    }

    fn any_event() -> impl Strategy<Value = NotifyEvent<'static>> {
        prop_oneof![
            proptest::collection::vec(any_fetch_attribute(), 0..3)
                .prop_map(|items| { NotifyEvent::MessageNew(NewMessageItems(items.into_iter().collect())) }),
            Just(NotifyEvent::MessageExpunge),
            Just(NotifyEvent::MailboxName),
            "X-[a-z]{0,5}".prop_map(|name| NotifyEvent::Other(Atom::new(name).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            groups in proptest::collection::vec(
                (any_filter_mailboxes(), proptest::collection::vec(any_event(), 0..4)),
                1..4,
            ),
            status: bool,
        ) {
            let groups = groups.into_iter().map(|(mailboxes, events)| {
                EventGroup { mailboxes, events: events.into_iter().collect() }
            });
            let groups: Vec<_> = groups.collect();
            round_trip(&Notify::Set(NotifySet { status, groups: groups.into_iter().collect() }));
        }
    }
}
