//! STATUS, as a command and as data ([RFC 9051 section 6.3.11](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.11), and
//! [section 7.3.3](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.3)).

pub use crate::registry::{StatusAttribute, StatusItem};

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::list_data::{ends_line, line, unquoted};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::put_number;
use crate::grammar::string::nil;
use crate::grammar::text::{item_or_invalid, skip_item};
use crate::list::{List, SpacedOrEmpty};
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

part! {
    /// What STATUS asks of a mailbox that need not be selected.
    ///
    /// `blurdybloop (UIDNEXT MESSAGES)`
    ///
    /// RFC 9051 section 6.3.11.
    pub struct StatusCommand<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// What to say of it.
        pub attributes: List<'a, StatusAttribute<'a>>,
    }
}

/// ```abnf
/// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
/// ```
impl<'a> Wire<'a> for StatusCommand<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, attributes) = List::parse(rest, cx)?;
        Ok((rest, Self { mailbox, attributes }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.attributes.encode(out);
    }
}

part! {
    /// What there is to say of a mailbox that need not be selected.
    ///
    /// `blurdybloop (MESSAGES 231 UIDNEXT 44292)`
    ///
    /// RFC 9051 section 7.3.3.
    pub struct StatusData<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// What there is to say; may be nothing.
        pub items: List<'a, StatusItem<'a>, SpacedOrEmpty>,
    }
}

/// ```abnf
/// "STATUS" SP mailbox SP "(" [status-att-list] ")"
/// status-att-list = status-att-val *(SP status-att-val)
/// ```
impl<'a> Wire<'a> for StatusData<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if cx.tolerates(Leniency::UNQUOTED_MAILBOX) { loosely_named(input, cx) } else { named(input, cx) }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.items.encode(out);
    }
}

#[inline(always)] // made where the data are kept
fn named(input: &[u8], cx: Cx) -> Parsed<'_, StatusData<'_>> {
    let (rest, mailbox) = Mailbox::parse(input, cx)?;
    let (rest, ()) = space(rest, cx)?;
    let (rest, items) = List::parse(rest, cx)?;
    Ok((rest, StatusData { mailbox, items }))
}

/// Exchange: a name with spaces and without quotes goes on to the list at the end of the line, unless the line can be read
/// otherwise.
#[cold]
fn loosely_named(input: &[u8], cx: Cx) -> Parsed<'_, StatusData<'_>> {
    let read = named(input, cx);
    match &read {
        Ok((rest, _)) if ends_line(rest) => read,
        _ => unquoted_name(input, cx).unwrap_or(read),
    }
}

/// A name without quotes, and the list at the end of the line.
fn unquoted_name(input: &[u8], cx: Cx) -> Option<Parsed<'_, StatusData<'_>>> {
    let (text, _) = line(input);
    // From the back to the `(` that the last `)` closes: a name can have parentheses, too.
    let mut depth = 0usize;
    let list = text.iter().rposition(|octet| {
        match octet {
            b')' => depth = depth.saturating_add(1),
            b'(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })?;
    let (name, list) = input.split_at_checked(list)?;
    let mailbox = unquoted(name.strip_suffix(b" ")?, cx)?;
    Some(List::parse(list, cx).map(|(rest, items)| (rest, StatusData { mailbox, items })))
}

/// ```abnf
/// status-att-val = "MESSAGES" SP number / "UIDNEXT" SP nz-number / "UIDVALIDITY" SP nz-number / "UNSEEN" SP number /
///                  "DELETED" SP number / "SIZE" SP number64
/// ```
impl<'a> Wire<'a> for StatusItem<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        item_or_invalid(input, cx, Self::read, Self::Invalid)
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        skip_item(input, cx, Self::pass)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

/// A 32-bit number, kept in 64 bits, or NIL: there may be servers with more.
///
/// ```abnf
/// number / nil
/// ```
pub(crate) enum NumberOrNil {}

impl<'a> Via<'a, Option<u64>> for NumberOrNil {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<u64>> {
        if let Ok((rest, ())) = nil(input) {
            return Ok((rest, None));
        }
        let (rest, number) = u64::parse(input, cx)?;
        if number > u32::MAX.into() && !cx.tolerates(Leniency::LONG_NUMBER) {
            return Fail::at(input, Expected::SmallerNumber);
        }
        Ok((rest, Some(number)))
    }

    fn encode(value: &Option<u64>, out: &mut Writer<'_>) {
        match value {
            Some(number) => put_number(*number, out),
            None => out.put("NIL"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::object_id::ObjectId;
    use crate::ext::object_id::tests::any_object_id;
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::string::{AString, Atom};
    use crate::grammar::tagged_ext::tests::{any_item, item};
    use crate::grammar::text::InvalidItem;
    use crate::options::Dialect;
    use crate::registry::{Command, Data};
    use crate::response::Response;
    use crate::testing::{check, check_read, check_refused, check_tolerated, encoded_bytes, round_trip};
    use crate::wire::exact;
    use proptest::prelude::*;

    fn data<'a, const N: usize>(name: &'a str, items: [StatusItem<'a>; N]) -> StatusData<'a> {
        StatusData { mailbox: Mailbox::new(name).unwrap(), items: items.into() }
    }

    fn invalid(text: &str) -> StatusItem<'_> {
        StatusItem::Invalid(InvalidItem::new(text).unwrap())
    }

    #[test]
    fn commands() {
        let status = |attributes| Command::Status(StatusCommand { mailbox: Mailbox::INBOX, attributes });
        check([
            (
                "STATUS INBOX (UIDNEXT MESSAGES)",
                status([StatusAttribute::UidNext, StatusAttribute::Messages].into()),
            ),
            (
                "STATUS INBOX (X-FOO+9 MAILBOXID)",
                status(
                    [StatusAttribute::Other(Atom::new("X-FOO+9").unwrap()), StatusAttribute::MailboxId]
                        .into(),
                ),
            ),
        ]);
        check_read([("status inbox (mailboxid)", status([StatusAttribute::MailboxId].into()))]);
        check_refused::<Command<'_>, 5>([
            ("STATUS INBOX", 12),
            ("STATUS INBOX ()", 14),
            ("STATUS INBOX MESSAGES", 13),
            ("STATUS INBOX (MESSAGES", 22),
            ("STATUS INBOX (MESSAGES (5))", 23),
        ]);
        check_tolerated([("STATUS INBOX ()", status(List::default()), Leniency::EMPTY_LIST)]);
    }

    #[test]
    fn items() {
        let id = ObjectId::new("F2212ea87-6097").unwrap();
        check([
            ("MESSAGES 231", StatusItem::Messages(231)),
            ("UIDNEXT 44292", StatusItem::UidNext(44_292)),
            ("UIDVALIDITY 4294967295", StatusItem::UidValidity(u32::MAX.into())),
            ("UNSEEN 0", StatusItem::Unseen(0)),
            ("RECENT 5", StatusItem::Recent(5)),
            ("DELETED 4", StatusItem::Deleted(4)),
            ("SIZE 9223372036854775807", StatusItem::Size(i64::MAX.unsigned_abs())),
            ("HIGHESTMODSEQ 0", StatusItem::HighestModSeq(0)),
            ("APPENDLIMIT 257890", StatusItem::AppendLimit(Some(257_890))),
            ("APPENDLIMIT NIL", StatusItem::AppendLimit(None)),
            ("MAILBOXID (F2212ea87-6097)", StatusItem::MailboxId(id)),
            ("DELETED-STORAGE 5000000000", StatusItem::DeletedStorage(5_000_000_000)),
            ("X-GUID 3e0f1c2d", StatusItem::XGuid(AString::new("3e0f1c2d").unwrap())),
            ("X-SIZE 5", StatusItem::XSize(5)),
            ("XYMHIGHESTMODSEQ 7", StatusItem::XYmHighestModSeq(7)),
            ("X-FOO (a 5)", StatusItem::Other(item("X-FOO", "(a 5)"))),
            ("MESSAGESX 5", StatusItem::Other(item("MESSAGESX", "5"))),
        ]);
        check_read([
            ("messages 1", StatusItem::Messages(1)),
            ("APPENDLIMIT nil", StatusItem::AppendLimit(None)),
        ]);
        check_refused::<StatusItem<'_>, 12>([
            ("", 0),
            ("MESSAGES", 8),
            ("MESSAGES -1", 9),
            ("MESSAGES 4294967296", 9),
            ("UIDNEXT 0", 8),
            ("UIDVALIDITY 0", 12),
            ("UIDVALIDITY 4294967296", 12),
            ("SIZE 9223372036854775808", 5),
            ("APPENDLIMIT 4294967296", 12),
            ("APPENDLIMIT none", 12),
            ("MAILBOXID F1", 10),
            ("X-FOO", 5),
        ]);
        check_tolerated([
            ("UIDNEXT 0", StatusItem::UidNext(0), Leniency::ZERO),
            ("UIDVALIDITY 1666390893380", StatusItem::UidValidity(1_666_390_893_380), Leniency::LONG_NUMBER),
            ("APPENDLIMIT 5000000000", StatusItem::AppendLimit(Some(5_000_000_000)), Leniency::LONG_NUMBER),
            ("MESSAGES -1", invalid("MESSAGES -1"), Leniency::INVALID_ITEM),
        ]);
    }

    #[test]
    fn statuses() {
        let both = || [StatusItem::Messages(231), StatusItem::UidNext(44_292)];
        check([
            ("blurdybloop (MESSAGES 231 UIDNEXT 44292)", data("blurdybloop", both())),
            ("INBOX ()", data("INBOX", [])),
            ("\"a (b)\" (X ((c)) MESSAGES 1)", {
                data("a (b)", [StatusItem::Other(item("X", "((c))")), StatusItem::Messages(1)])
            }),
        ]);
        check_read([("{5}\r\nINBOX (MESSAGES 1)", data("INBOX", [StatusItem::Messages(1)]))]);
        check_refused::<StatusData<'_>, 5>([
            ("INBOX", 5),
            ("INBOX MESSAGES 1", 6),
            ("Deleted Items (MESSAGES 1)", 8),
            ("INBOX (MESSAGES 1", 17),
            ("INBOX (MESSAGES 1 )", 18),
        ]);
        let one = |name| data(name, [StatusItem::Messages(1)]);
        check_tolerated([
            ("Deleted Items (MESSAGES 1)", one("Deleted Items"), Leniency::UNQUOTED_MAILBOX),
            ("Old (1) (MESSAGES 1)", one("Old (1)"), Leniency::UNQUOTED_MAILBOX),
            ("a% \"b\" c (MESSAGES 1)", one("a% \"b\" c"), Leniency::UNQUOTED_MAILBOX),
            (
                "Deleted Items (MAILBOXID (F1) MESSAGES 1)",
                data(
                    "Deleted Items",
                    [StatusItem::MailboxId(ObjectId::new("F1").unwrap()), StatusItem::Messages(1)],
                ),
                Leniency::UNQUOTED_MAILBOX,
            ),
            ("INBOX (MESSAGES 1 )", one("INBOX"), Leniency::TRAILING_SPACE),
            ("INBOX  ( MESSAGES  1)", one("INBOX"), Leniency::EXTRA_SPACE),
            (
                "\"folder_0\" (UIDNEXT 1 UIDVALIDITY 1666390893380 UNSEEN 0 RECENT 0 MESSAGES 0)",
                data(
                    "folder_0",
                    [
                        StatusItem::UidNext(1),
                        StatusItem::UidValidity(1_666_390_893_380),
                        StatusItem::Unseen(0),
                        StatusItem::Recent(0),
                        StatusItem::Messages(0),
                    ],
                ),
                Leniency::LONG_NUMBER,
            ),
            (
                "INBOX (MESSAGES -1 UNSEEN 5)",
                data("INBOX", [invalid("MESSAGES -1"), StatusItem::Unseen(5)]),
                Leniency::INVALID_ITEM,
            ),
        ]);
        let lenient = Dialect::STRICT.with_leniency(Leniency::UNQUOTED_MAILBOX);
        for text in ["\"a\" b (MESSAGES 1)", "a b(MESSAGES 1)", " (MESSAGES 1)", "a b (MESSAGES 1))", "a b"] {
            assert!(exact::<StatusData<'_>>(text.as_bytes(), lenient).is_err(), "{text}");
        }
    }

    #[test]
    fn responses() {
        let response = |items| Response::Data(Data::Status(data("INBOX", items)));
        check([("* STATUS INBOX (MESSAGES 0)\r\n", response([StatusItem::Messages(0)]))]);
        check_tolerated([
            (
                "* STATUS INBOX (MESSAGES 0) \r\n",
                response([StatusItem::Messages(0)]),
                Leniency::TRAILING_SPACE,
            ),
            (
                "* STATUS Deleted Items (MESSAGES 0) \r\n",
                Response::Data(Data::Status(data("Deleted Items", [StatusItem::Messages(0)]))),
                Leniency::UNQUOTED_MAILBOX.union(Leniency::TRAILING_SPACE),
            ),
        ]);
        let (_, read) = Response::parse(b"* STATUS INBOX (MESSAGES -1)\r\n", Dialect::STRICT).unwrap();
        assert_eq!(read, response([invalid("MESSAGES -1")]));
    }

    /// Any item.
    fn any_status_item() -> impl Strategy<Value = StatusItem<'static>> {
        prop_oneof![
            any::<u32>().prop_map(StatusItem::Messages),
            (1u32..).prop_map(StatusItem::UidNext),
            (1u64..=u32::MAX.into()).prop_map(StatusItem::UidValidity),
            (0..=i64::MAX.unsigned_abs()).prop_map(StatusItem::Size),
            proptest::option::of(any::<u32>().prop_map(u64::from)).prop_map(StatusItem::AppendLimit),
            any_object_id().prop_map(StatusItem::MailboxId),
            any_item().prop_map(StatusItem::Other),
        ]
    }

    /// What looks like the announcement of a literal, and is none: the line goes on.
    #[test]
    fn a_count_without_its_literal_is_kept() {
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let (rest, response) = Response::parse(b"* STATUS INBOX ({5})\r\n", dialect).unwrap();
            assert_eq!(rest, b"");
            assert!(alloc::format!("{response:?}").contains("Invalid"), "{response:?}");
        }
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            mailbox in any_mailbox(),
            items in proptest::collection::vec(any_status_item(), 0..4),
        ) {
            let status = StatusData { mailbox, items: items.into_iter().collect() };
            round_trip(&status);
            // And reads the same when everything is put up with.
            let wire = encoded_bytes(&status);
            prop_assert_eq!(exact::<StatusData<'_>>(&wire, Dialect::TOLERANT), Ok(status));
        }
    }
}
