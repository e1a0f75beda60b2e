//! LIST, LSUB and XLIST as data ([RFC 9051 section 7.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.1)).

use crate::error::Expected;
use crate::grammar::attribute::MailboxAttributes;
use crate::grammar::class::space;
use crate::grammar::delimiter::Delimiter;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::string::announces;
use crate::list::{List, SpacedOrEmpty};
use crate::options::Leniency;
use crate::registry::{ListExtendedItem, Via};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

part! {
    /// A mailbox, and what it is.
    ///
    /// `(\HasNoChildren) "/" INBOX`, `(\NonExistent) "/" Foo (CHILDINFO ("SUBSCRIBED"))`
    ///
    /// RFC 9051 section 7.3.1, RFC 5258 section 6.
    pub struct ListData<'a> {
        /// What it is.
        pub attributes: MailboxAttributes<'a>,
        /// What stands between the levels of its name; `None` when names are flat.
        pub delimiter: Option<Delimiter>,
        /// Its name.
        pub mailbox: Mailbox<'a>,
        /// What else there is to say of it; may be nothing.
        pub extended: List<'a, ListExtendedItem<'a>, SpacedOrEmpty>,
    }
}

/// ```abnf
/// mailbox-list       = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
/// mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"
/// ```
impl<'a> Wire<'a> for ListData<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, attributes) = MailboxAttributes::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, delimiter) = <Option<Delimiter>>::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let loose = cx.tolerates(Leniency::UNQUOTED_MAILBOX);
        let (rest, (mailbox, extended)) = if loose { loosely_named(rest, cx)? } else { named(rest, cx)? };
        Ok((rest, Self { attributes, delimiter, mailbox, extended }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.attributes.encode(out);
        out.put(" ");
        self.delimiter.encode(out);
        out.put(" ");
        // Who puts up with names that should be in quotes and are not would take a broken item for a part of one.
        match self.has_broken_item() {
            true => out.string(self.mailbox.as_bytes()),
            false => self.mailbox.encode(out),
        }
        if !self.extended.is_empty() {
            out.put(" ");
            self.extended.encode(out);
        }
    }
}

impl ListData<'_> {
    fn has_broken_item(&self) -> bool {
        self.extended.iter().any(|item| matches!(item, ListExtendedItem::Invalid(_)))
    }
}

/// A name and what is said behind it.
type Named<'a> = (Mailbox<'a>, List<'a, ListExtendedItem<'a>, SpacedOrEmpty>);

#[inline]
fn named(input: &[u8], cx: Cx) -> Parsed<'_, Named<'_>> {
    let (rest, mailbox) = Mailbox::parse(input, cx)?;
    match space(rest, cx) {
        Ok((after @ [b'(', ..], ())) => {
            let (rest, extended) = List::parse(after, cx)?;
            Ok((rest, (mailbox, extended)))
        }
        _ => Ok((rest, (mailbox, List::default()))),
    }
}

/// Exchange: a name with spaces and without quotes goes on to the end of the line, unless the line can be read otherwise.
#[cold]
fn loosely_named(input: &[u8], cx: Cx) -> Parsed<'_, Named<'_>> {
    let read = named(input, cx);
    if let Ok((rest, (_, extended))) = &read
        && ends_line(rest)
        && !extended.iter().any(|item| matches!(item, ListExtendedItem::Invalid(_)))
    {
        return read;
    }
    let (name, rest) = line(input);
    match unquoted(name, cx) {
        Some(mailbox) => Ok((rest, (mailbox, List::default()))),
        None => read,
    }
}

/// Whether nothing but spaces stands before the end of the line.
pub(crate) fn ends_line(input: &[u8]) -> bool {
    matches!(input.iter().find(|&&octet| octet != b' '), None | Some(b'\r' | b'\n'))
}

/// What of the line is no space at its end, and the rest.
pub(crate) fn line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr2(b'\r', b'\n', input).unwrap_or(input.len());
    let text = input.get(..end).unwrap_or_default().trim_ascii_end();
    input.split_at_checked(text.len()).unwrap_or((input, &[]))
}

/// A name that should be in quotes and is not.
pub(crate) fn unquoted<'a>(name: &'a [u8], cx: Cx) -> Option<Mailbox<'a>> {
    let plain = name.is_ascii() || cx.utf8() || cx.tolerates(Leniency::RAW_8BIT);
    match name {
        [] | [b'"' | b'{' | b' ', ..] => None,
        // Whoever frames the message takes what follows the line for it.
        _ if name.rsplit(|&octet| octet == b'{').next().is_some_and(announces) => None,
        _ if plain => Mailbox::new(name).ok(),
        _ => None,
    }
}

/// Gmail, QQ: XLIST data, which no RFC has.
pub(crate) enum Xlist {}

impl<'a> Via<'a, ListData<'a>> for Xlist {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, ListData<'a>> {
        if !cx.tolerates(Leniency::XLIST) {
            return Fail::at(input, Expected::Response);
        }
        ListData::parse(input, cx)
    }

    fn encode(value: &ListData<'a>, out: &mut Writer<'_>) {
        value.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::attribute::MailboxAttribute;
    use crate::grammar::attribute::tests::any_attributes;
    use crate::grammar::list_item::ChildInfo;
    use crate::grammar::list_item::tests::{any_list_item, child_info, other};
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::string::IString;
    use crate::grammar::text::InvalidItem;
    use crate::options::Dialect;
    use crate::registry::Data;
    use crate::response::Response;
    use crate::testing::{check, check_read, check_refused, check_tolerated, encoded_bytes, round_trip};
    use crate::wire::exact;
    use proptest::prelude::*;

    fn m(name: &str) -> Mailbox<'_> {
        Mailbox::new(name).unwrap()
    }

    fn data<'a, const N: usize>(attributes: [MailboxAttribute<'a>; N], name: &'a str) -> ListData<'a> {
        let delimiter = Some(Delimiter::SLASH);
        ListData { attributes: attributes.into(), delimiter, mailbox: m(name), extended: List::default() }
    }

    fn with<'a, const N: usize>(data: ListData<'a>, items: [ListExtendedItem<'a>; N]) -> ListData<'a> {
        ListData { extended: items.into(), ..data }
    }

    #[test]
    fn lists() {
        use MailboxAttribute::{HasNoChildren, Marked, NoSelect, NonExistent};
        check([
            ("(\\HasNoChildren) \"/\" INBOX", data([HasNoChildren], "INBOX")),
            ("(\\Noselect) NIL \"\"", ListData { delimiter: None, ..data([NoSelect], "") }),
            ("() \"/\" {2}\r\n\r\n", data([], "\r\n")),
            ("() \"/\" ~/Mail/foo", data([], "~/Mail/foo")),
            ("() \"/\" Foo (CHILDINFO (\"SUBSCRIBED\"))", with(data([], "Foo"), [child_info()])),
            (
                "() \"/\" NewMailbox (OLDNAME (\"Old Mailbox\"))",
                with(data([], "NewMailbox"), [ListExtendedItem::OldName(m("Old Mailbox"))]),
            ),
            // RFC 9051 section 7.3.1.
            (
                "(\\Marked) \"/\" Tables:new (tablecloth (\"edge\" \"lacy\") Sample (\"text\" \"more text\"))",
                with(
                    data([Marked], "Tables:new"),
                    [other("tablecloth", "(\"edge\" \"lacy\")"), other("Sample", "(\"text\" \"more text\")")],
                ),
            ),
            (
                "(\\NonExistent) \"/\" a (X 5 CHILDINFO (\"SUBSCRIBED\" \"REMOTE\") Y 1:*)",
                with(
                    data([NonExistent], "a"),
                    [
                        other("X", "5"),
                        ListExtendedItem::ChildInfo(
                            [ChildInfo::Subscribed, ChildInfo::Other(IString::new("REMOTE").unwrap())].into(),
                        ),
                        other("Y", "1:*"),
                    ],
                ),
            ),
        ]);
        check_read([
            ("(\\hasnochildren) \"/\" inbox", data([HasNoChildren], "INBOX")),
            ("() \"/\" \"Foo\" (\"CHILDINFO\" (\"subscribed\"))", with(data([], "Foo"), [child_info()])),
            ("() \"/\" Foo ({9}\r\ntableclot ())", with(data([], "Foo"), [other("tableclot", "()")])),
            ("() \"/\" Foo (\"X\" 5)", with(data([], "Foo"), [other("X", "5")])),
            ("() \"/\" Foo ()", data([], "Foo")),
        ]);
        check_refused::<ListData<'_>, 14>([
            ("", 0),
            ("INBOX", 0),
            ("()", 2),
            ("() INBOX", 3),
            ("() \"/\"", 6),
            ("() \"\" INBOX", 4),
            ("() \"//\" INBOX", 4),
            ("() \"/\" a b", 8),
            ("() \"/\"  a", 7),
            ("() \"/\" a (X)", 11),
            ("() \"/\" a (\"X Y\" 5)", 10),
            ("() \"/\" a (OLDNAME a)", 18),
            ("() \"/\" a (CHILDINFO (SUBSCRIBED))", 21),
            ("() \"/\" a (CHILDINFO ())", 21),
        ]);
    }

    #[test]
    fn quirks() {
        use MailboxAttribute::HasNoChildren;
        check_tolerated([
            (
                "(\\HasNoChildren) \"/\" Deleted Items",
                data([HasNoChildren], "Deleted Items"),
                Leniency::UNQUOTED_MAILBOX,
            ),
            ("() \"/\" Deleted Items (1)", data([], "Deleted Items (1)"), Leniency::UNQUOTED_MAILBOX),
            ("() \"/\" Old (1)", data([], "Old (1)"), Leniency::UNQUOTED_MAILBOX),
            ("() \"/\" a\tb", data([], "a\tb"), Leniency::UNQUOTED_MAILBOX),
            ("() \"/\" a% \"b\"", data([], "a% \"b\""), Leniency::UNQUOTED_MAILBOX),
            ("() \"/\" \"Entw\u{fc}rfe\"", data([], "Entw\u{fc}rfe"), Leniency::RAW_8BIT),
            ("() \"\" a", ListData { delimiter: None, ..data([], "a") }, Leniency::EMPTY_DELIMITER),
            (
                "(HasNoChildren) \"/\" foo",
                {
                    let list = exact(b"(HasNoChildren)", Dialect::TOLERANT).unwrap();
                    ListData { attributes: list, ..data([], "foo") }
                },
                Leniency::LOOSE_FLAG,
            ),
            ("(\\HasNoChildren ) \"/\" \"foo\"", data([HasNoChildren], "foo"), Leniency::TRAILING_SPACE),
            ("()  \"/\"  \"INBOX\"", data([], "INBOX"), Leniency::EXTRA_SPACE),
            (
                "() \"/\" a (CHILDINFO (\"SUBSCRIBED\") )",
                with(data([], "a"), [child_info()]),
                Leniency::TRAILING_SPACE,
            ),
        ]);
        // What a framer takes for a literal is one, or nothing.
        for name in ["\"a", "\"a\" b", "{2}\r\na", "a b{2}", "a b {2+}"] {
            let text = alloc::format!("() \"/\" {name}\r\n");
            let lenient = Dialect::STRICT.with_leniency(Leniency::UNQUOTED_MAILBOX);
            assert!(exact::<ListData<'_>>(text.as_bytes(), lenient).is_err(), "{name}");
        }
        assert_eq!(line(b"Deleted Items \r\n"), (&b"Deleted Items"[..], &b" \r\n"[..]));
        assert_eq!(unquoted("\u{fc}".as_bytes(), Cx::default()), None);
    }

    #[test]
    fn a_broken_item_loses_nothing_else() {
        let wire = b"* LIST () \"/\" \"a\" (OLDNAME b X 5)\r\n";
        let (rest, response) = Response::parse(wire, Dialect::STRICT).unwrap();
        let broken = ListExtendedItem::Invalid(InvalidItem::new("OLDNAME b").unwrap());
        assert_eq!(response, Response::Data(Data::List(with(data([], "a"), [broken, other("X", "5")]))));
        assert_eq!(rest, b"");
        let mut again = bytes::BytesMut::new();
        response.encode(&mut again);
        assert_eq!(again, wire[..]);
        let tolerant = Response::parse(&again, Dialect::TOLERANT).unwrap();
        assert_eq!(tolerant, (&b""[..], response), "in quotes, it is not taken for a part of the name");
    }

    #[test]
    fn responses() {
        let response = |data| Response::Data(data);
        check([
            ("* LIST () \"/\" a\r\n", response(Data::List(data([], "a")))),
            (
                "* LSUB () \".\" #news.comp.mail.misc\r\n",
                response(Data::Lsub(ListData {
                    delimiter: Some(Delimiter::DOT),
                    ..data([], "#news.comp.mail.misc")
                })),
            ),
        ]);
        let xlist = data([MailboxAttribute::HasNoChildren, MailboxAttribute::Inbox], "INBOX");
        check_tolerated([
            (
                "* XLIST (\\HasNoChildren \\Inbox) \"/\" \"INBOX\"\r\n",
                response(Data::Xlist(xlist)),
                Leniency::XLIST,
            ),
            (
                "* LIST () \"/\" Deleted Items\r\n",
                response(Data::List(data([], "Deleted Items"))),
                Leniency::UNQUOTED_MAILBOX,
            ),
            ("* LIST () \"/\" a \r\n", response(Data::List(data([], "a"))), Leniency::TRAILING_SPACE),
        ]);
        // As it came, and not under another name.
        let text = b"* XLIST () \"/\" a\r\n";
        let read = Response::parse(text, Dialect::TOLERANT).unwrap().1;
        assert_eq!(encoded_bytes(&read), text);
    }

    /// Any data of LIST.
    fn any_list_data() -> impl Strategy<Value = ListData<'static>> {
        let delimiter =
            proptest::option::of((0u8..128).prop_filter_map("none", |octet| Delimiter::new(octet).ok()));
        (any_attributes(), delimiter, any_mailbox(), proptest::collection::vec(any_list_item(), 0..3))
            .prop_map(|(attributes, delimiter, mailbox, items)| {
                let extended = items.into_iter().collect();
                ListData { attributes, delimiter, mailbox, extended }
            })
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(data in any_list_data()) {
            round_trip(&data);
            // And reads the same when everything is put up with.
            let wire = encoded_bytes(&data);
            prop_assert_eq!(exact::<ListData<'_>>(&wire, Dialect::TOLERANT), Ok(data));
        }
    }
}
