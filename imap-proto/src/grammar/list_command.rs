//! LIST, LSUB, RLIST, RLSUB and XLIST as commands ([RFC 9051 section 6.3.9](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9),
//! [RFC 5258](https://www.rfc-editor.org/rfc/rfc5258)).

pub use crate::registry::{ListReturnOption, ListSelectOption};

use crate::error::{Expected, ValueError};
use crate::grammar::class::space;
use crate::grammar::mailbox::{ListMailbox, Mailbox};
use crate::list::{List, SpacedOrEmpty};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, word};

part! {
    /// What LIST asks for.
    ///
    /// `"" *`, `(SUBSCRIBED) "" ("INBOX" "Sent/%") RETURN (CHILDREN)`
    ///
    /// RFC 9051 section 6.3.9, RFC 5258 section 3.
    pub struct ListCommand<'a> {
        /// Which mailboxes, besides those that the patterns say. Even an empty list makes the command an extended one.
        pub select: Option<ListSelectOptions<'a>>,
        /// What the patterns are relative to; mostly empty.
        pub reference: Mailbox<'a>,
        /// What names they have.
        pub patterns: ListPatterns<'a>,
        /// What to say of them. Even an empty list makes the command an extended one.
        pub returns: Option<List<'a, ListReturnOption<'a>, SpacedOrEmpty>>,
    }
}

impl<'a> ListCommand<'a> {
    /// The command without options.
    pub fn new(reference: Mailbox<'a>, pattern: ListMailbox<'a>) -> Self {
        Self { select: None, reference, patterns: ListPatterns::One(pattern), returns: None }
    }
}

/// ```abnf
/// list             = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
/// list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
/// ```
impl<'a> Wire<'a> for ListCommand<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, select) = match input {
            [b'(', ..] => {
                let (rest, options) = ListSelectOptions::parse(input, cx)?;
                (space(rest, cx)?.0, Some(options))
            }
            _ => (input, None),
        };
        let (rest, reference) = Mailbox::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, patterns) = ListPatterns::parse(rest, cx)?;
        let (rest, returns) = match space(rest, cx) {
            Ok((after, ())) if !matches!(after, [b'\r' | b'\n', ..]) => {
                let (rest, ()) = word(after, b"RETURN", Expected::Keyword)?;
                let (rest, options) = List::parse(space(rest, cx)?.0, cx)?;
                (rest, Some(options))
            }
            _ => (rest, None),
        };
        Ok((rest, Self { select, reference, patterns, returns }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(options) = &self.select {
            options.encode(out);
            out.put(" ");
        }
        self.reference.encode(out);
        out.put(" ");
        self.patterns.encode(out);
        if let Some(options) = &self.returns {
            out.put(" RETURN ");
            options.encode(out);
        }
    }
}

part! {
    /// Which mailboxes LIST is to list.
    ///
    /// `(SUBSCRIBED RECURSIVEMATCH)`, `()`
    ///
    /// RECURSIVEMATCH never without SUBSCRIBED or the option of an extension. RFC 5258 section 6 (`list-select-opts`).
    #[derive(Debug)]
    pub struct ListSelectOptions<'a>(List<'a, ListSelectOption<'a>, SpacedOrEmpty>);
}

impl<'a> ListSelectOptions<'a> {
    /// Takes options.
    ///
    /// # Errors
    /// RECURSIVEMATCH has nothing to go with.
    pub fn new(options: impl IntoIterator<Item = ListSelectOption<'a>>) -> Result<Self, ValueError> {
        let options: List<'_, _, _> = options.into_iter().collect();
        match goes(&options) {
            true => Ok(Self(options)),
            false => Err(ValueError { field: "list-select-opts", expected: Expected::Item, offset: 0 }),
        }
    }

    /// The options in order.
    pub fn list(&self) -> &List<'a, ListSelectOption<'a>, SpacedOrEmpty> {
        &self.0
    }
}

/// Whether what stands in the list may stand together.
fn goes(options: &List<'_, ListSelectOption<'_>, SpacedOrEmpty>) -> bool {
    let (mut modified, mut base) = (false, false);
    for option in options {
        match option {
            ListSelectOption::RecursiveMatch => modified = true,
            ListSelectOption::Subscribed | ListSelectOption::Utf8Only | ListSelectOption::Other(_) => {
                base = true;
            }
            _ => {}
        }
    }
    base || !modified
}

/// ```abnf
/// list-select-opts = "(" [(*(list-select-opt SP) list-select-base-opt *(SP list-select-opt)) /
///                    (list-select-independent-opt *(SP list-select-independent-opt))] ")"
/// ```
impl<'a> Wire<'a> for ListSelectOptions<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, options) = List::parse(input, cx)?;
        match goes(&options) {
            true => Ok((rest, Self(options))),
            false => Fail::at(input, Expected::Item),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

part! {
    /// What names the mailboxes have that LIST lists.
    ///
    /// `*`, `("INBOX" "Sent/%")`
    ///
    /// RFC 5258 section 6 (`mbox-or-pat`).
    pub enum ListPatterns<'a> {
        /// `*`: those that one pattern stands for. An empty one asks for the delimiter alone.
        One(ListMailbox<'a>),
        /// `("INBOX" "Sent/%")`: those that any of these stands for. Makes the command an extended one.
        Many(List<'a, ListMailbox<'a>>),
    }
}

/// ```abnf
/// mbox-or-pat = list-mailbox / patterns
/// patterns    = "(" list-mailbox *(SP list-mailbox) ")"
/// ```
impl<'a> Wire<'a> for ListPatterns<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'(', ..] => List::parse(input, cx).map(|(rest, patterns)| (rest, Self::Many(patterns))),
            _ => ListMailbox::parse(input, cx).map(|(rest, pattern)| (rest, Self::One(pattern))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::One(pattern) => pattern.encode(out),
            Self::Many(patterns) => patterns.encode(out),
        }
    }
}

part! {
    /// What LSUB, RLIST, RLSUB and XLIST ask for: LIST without options.
    ///
    /// `"#news." "comp.mail.*"`
    ///
    /// RFC 3501 section 6.3.9, RFC 2193 section 5.
    pub struct PlainList<'a> {
        /// What the pattern is relative to.
        pub reference: Mailbox<'a>,
        /// What names the mailboxes have.
        pub pattern: ListMailbox<'a>,
    }
}

/// ```abnf
/// lsub = "LSUB" SP mailbox SP list-mailbox
/// ```
impl<'a> Wire<'a> for PlainList<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, reference) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, pattern) = ListMailbox::parse(rest, cx)?;
        Ok((rest, Self { reference, pattern }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.reference.encode(out);
        out.put(" ");
        self.pattern.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::metadata::Entry;
    use crate::grammar::list_option::tests::{any_option, option};
    use crate::grammar::mailbox::tests::{any_list_mailbox, any_mailbox};
    use crate::grammar::status_data::StatusAttribute;
    use crate::options::Leniency;
    use crate::registry::Command;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn l(text: &str) -> ListMailbox<'_> {
        ListMailbox::new(text).unwrap()
    }

    fn plain<'a>(reference: &'a str, pattern: &'a str) -> ListCommand<'a> {
        ListCommand::new(Mailbox::new(reference).unwrap(), l(pattern))
    }

    fn selecting<const N: usize>(options: [ListSelectOption<'static>; N]) -> ListCommand<'static> {
        ListCommand { select: Some(ListSelectOptions::new(options).unwrap()), ..plain("", "*") }
    }

    fn returning<const N: usize>(options: [ListReturnOption<'static>; N]) -> ListCommand<'static> {
        ListCommand { returns: Some(options.into()), ..plain("", "%") }
    }

    #[test]
    fn options_are_as_they_were_given() {
        use ListSelectOption as Select;
        let options = [Select::Subscribed, Select::RecursiveMatch];
        let select = ListSelectOptions::new(options.clone()).unwrap();
        assert!(select.list().iter().eq(options));
        assert!(ListSelectOptions::new([Select::RecursiveMatch]).is_err());
    }

    #[test]
    fn lists() {
        use {ListReturnOption as Return, ListSelectOption as Select};
        check([
            ("\"\" *", plain("", "*")),
            ("~/Mail/ %", plain("~/Mail/", "%")),
            ("#news.comp.mail.misc \"\"", plain("#news.comp.mail.misc", "")),
            ("{1}\r\n\r {2}\r\n\r\n", plain("\r", "\r\n")),
            ("() \"\" *", selecting([])),
            ("(SUBSCRIBED) \"\" *", selecting([Select::Subscribed])),
            ("(REMOTE) \"\" *", selecting([Select::Remote])),
            ("(SPECIAL-USE) \"\" *", selecting([Select::SpecialUse])),
            ("(UTF8 RECURSIVEMATCH UTF8ONLY) \"\" *", {
                selecting([Select::Utf8, Select::RecursiveMatch, Select::Utf8Only])
            }),
            ("\"\" % RETURN (UTF8)", returning([Return::Utf8])),
            ("(RECURSIVEMATCH SUBSCRIBED) \"\" *", selecting([Select::RecursiveMatch, Select::Subscribed])),
            (
                "(SUBSCRIBED REMOTE RECURSIVEMATCH) \"\" *",
                selecting([Select::Subscribed, Select::Remote, Select::RecursiveMatch]),
            ),
            (
                "(vendor.x-A (b \"c\") RECURSIVEMATCH) \"\" *",
                selecting([Select::Other(option("vendor.x-A", "(b \"c\")")), Select::RecursiveMatch]),
            ),
            ("\"\" % RETURN ()", returning([])),
            ("\"\" % RETURN (SUBSCRIBED CHILDREN)", returning([Return::Subscribed, Return::Children])),
            ("\"\" % RETURN (SPECIAL-USE MYRIGHTS)", returning([Return::SpecialUse, Return::MyRights])),
            (
                "\"\" % RETURN (STATUS (MESSAGES UNSEEN) X (y))",
                returning([
                    Return::Status([StatusAttribute::Messages, StatusAttribute::Unseen].into()),
                    Return::Other(option("X", "(y)")),
                ]),
            ),
            (
                "\"\" % RETURN (METADATA (/shared/vendor/cmu/cyrus-imapd/color \"/private/a b\"))",
                returning([Return::Metadata(
                    ["/shared/vendor/cmu/cyrus-imapd/color", "/private/a b"]
                        .map(|entry| Entry::new(entry).unwrap())
                        .into(),
                )]),
            ),
            (
                "\"\" (INBOX Drafts Sent/%)",
                ListCommand {
                    patterns: ListPatterns::Many([l("INBOX"), l("Drafts"), l("Sent/%")].into()),
                    ..plain("", "")
                },
            ),
            (
                "(SUBSCRIBED) \"\" (\"a b\") RETURN (CHILDREN)",
                ListCommand {
                    patterns: ListPatterns::Many([l("a b")].into()),
                    returns: Some([Return::Children].into()),
                    ..selecting([Select::Subscribed])
                },
            ),
        ]);
        check_read([
            ("\"\" \"%\" return (children)", returning([Return::Children])),
            ("(subscribed) \"\" \"*\"", selecting([Select::Subscribed])),
        ]);
        check_refused::<ListCommand<'_>, 13>([
            ("", 0),
            ("\"\"", 2),
            ("\"\" ", 3),
            ("\"\" ()", 4),
            ("\"\" (a", 5),
            ("(RECURSIVEMATCH) \"\" *", 0),
            ("(REMOTE RECURSIVEMATCH) \"\" *", 0),
            ("(SUBSCRIBED)\"\" *", 12),
            ("(SUBSCRIBED \"\" *", 12),
            ("\"\" * RETURN", 11),
            ("\"\" * RETURNS ()", 11),
            ("\"\" * RETURN (STATUS)", 19),
            ("\"\" * RETURN (STATUS ())", 21),
        ]);
        check_tolerated([
            ("(SUBSCRIBED ) \"\" *", selecting([Select::Subscribed]), Leniency::TRAILING_SPACE),
            ("\"\"  %  RETURN  ()", returning([]), Leniency::EXTRA_SPACE),
        ]);
    }

    #[test]
    fn an_option_that_modifies_needs_another() {
        for options in [
            &[ListSelectOption::RecursiveMatch][..],
            &[ListSelectOption::RecursiveMatch, ListSelectOption::SpecialUse],
        ] {
            assert!(ListSelectOptions::new(options.iter().cloned()).is_err());
        }
    }

    #[test]
    fn commands() {
        let of = |reference: &'static str, pattern: &'static str| PlainList {
            reference: Mailbox::new(reference).unwrap(),
            pattern: l(pattern),
        };
        check([
            ("LIST \"\" %", Command::List(plain("", "%"))),
            ("LSUB #news. comp.mail.*", Command::Lsub(of("#news.", "comp.mail.*"))),
            ("RLIST \"\" *", Command::Rlist(of("", "*"))),
            ("RLSUB \"\" \"a %\"", Command::Rlsub(of("", "a %"))),
            ("XLIST \"\" *", Command::Xlist(of("", "*"))),
        ]);
        check_refused::<Command<'_>, 3>([("LSUB", 4), ("LSUB \"\"", 7), ("LSUB \"\" (a)", 8)]);
    }

    /// Any command.
    fn any_list() -> impl Strategy<Value = ListCommand<'static>> {
        let select = prop_oneof![
            Just(ListSelectOption::Subscribed),
            Just(ListSelectOption::Remote),
            Just(ListSelectOption::RecursiveMatch),
            any_option().prop_map(ListSelectOption::Other),
        ];
        let select =
            proptest::collection::vec(select, 0..3).prop_map(|options| ListSelectOptions::new(options).ok());
        let returns = prop_oneof![
            Just(ListReturnOption::Children),
            Just(ListReturnOption::Status([StatusAttribute::Size].into())),
            any_option().prop_map(ListReturnOption::Other),
        ];
        let returns = proptest::option::of(proptest::collection::vec(returns, 0..3));
        let patterns = proptest::collection::vec(any_list_mailbox(), 1..4);
        (select, any_mailbox(), patterns, returns).prop_map(|(select, reference, mut patterns, returns)| {
            let one = patterns.swap_remove(0);
            let patterns = match patterns.is_empty() {
                true => ListPatterns::One(one),
                false => ListPatterns::Many(patterns.into_iter().collect()),
            };
            ListCommand {
                select,
                reference,
                patterns,
                returns: returns.map(|returns| returns.into_iter().collect()),
            }
        })
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(command in any_list()) {
            round_trip(&command);
        }
    }
}
