//! SELECT and EXAMINE ([RFC 9051 section 6.3.2](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.2), with the parameters
//! of [RFC 4466 section 2.1](https://www.rfc-editor.org/rfc/rfc4466#section-2.1)).

pub use crate::ext::qresync::{QResync, SeqMatch};
pub use crate::registry::SelectParameter;

use crate::grammar::mailbox::Mailbox;
use crate::grammar::tagged_ext::{parameters, put_parameters};
use crate::list::List;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// What SELECT and EXAMINE open, and how.
    ///
    /// `INBOX (CONDSTORE)`
    ///
    /// RFC 9051 section 6.3.2, RFC 4466 section 2.1.
    pub struct Select<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// Parameters; may be none.
        pub parameters: List<'a, SelectParameter<'a>>,
    }
}

impl<'a> Select<'a> {
    /// A mailbox without parameters.
    pub fn new(mailbox: Mailbox<'a>) -> Self {
        Self { mailbox, parameters: List::default() }
    }
}

/// ```abnf
/// select        = "SELECT" SP mailbox [select-params]
/// examine       = "EXAMINE" SP mailbox [select-params]
/// select-params = SP "(" select-param *(SP select-param) ")"
/// ```
impl<'a> Wire<'a> for Select<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, parameters) = parameters(rest, cx)?;
        Ok((rest, Self { mailbox, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        put_parameters(&self.parameters, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::qresync::tests::any_qresync;
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::tagged_ext::tests::{any_tagged_ext, ext};
    use crate::options::Leniency;
    use crate::registry::Command;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn inbox<const N: usize>(parameters: [SelectParameter<'static>; N]) -> Select<'static> {
        Select { mailbox: Mailbox::INBOX, parameters: parameters.into() }
    }

    #[test]
    fn commands() {
        let known = QResync { uid_validity: 67_890_007, mod_sequence: 9, known_uids: None, seq_match: None };
        check([
            ("SELECT INBOX", Command::Select(inbox([]))),
            ("EXAMINE blurdybloop", Command::Examine(Select::new(Mailbox::new("blurdybloop").unwrap()))),
            ("SELECT \"Sent Mail\"", Command::Select(Select::new(Mailbox::new("Sent Mail").unwrap()))),
            ("SELECT {2}\r\n\r\n", Command::Select(Select::new(Mailbox::new("\r\n").unwrap()))),
            ("SELECT INBOX (CONDSTORE)", Command::Select(inbox([SelectParameter::CondStore]))),
            ("SELECT INBOX (ANNOTATE)", Command::Select(inbox([SelectParameter::Annotate]))),
            (
                "SELECT INBOX (QRESYNC (67890007 9))",
                Command::Select(inbox([SelectParameter::QResync(known)])),
            ),
            // RFC 4466 section 2.1.
            (
                "SELECT INBOX (BLURDYBLOOP)",
                Command::Select(inbox([SelectParameter::Other(ext("BLURDYBLOOP", ""))])),
            ),
            (
                "EXAMINE INBOX (ANNOTATE RESPONSES (\"UID Responses\") CONDSTORE)",
                Command::Examine(inbox([
                    SelectParameter::Annotate,
                    SelectParameter::Other(ext("RESPONSES", "(\"UID Responses\")")),
                    SelectParameter::CondStore,
                ])),
            ),
            (
                "SELECT INBOX (CONDSTORE:X 5)",
                Command::Select(inbox([SelectParameter::Other(ext("CONDSTORE:X", "5"))])),
            ),
            ("CLOSE", Command::Close),
            ("UNSELECT", Command::Unselect),
            ("CHECK", Command::Check),
        ]);
        check_read([
            ("select inbox (condstore)", Command::Select(inbox([SelectParameter::CondStore]))),
            ("select \"InBoX\"", Command::Select(inbox([]))),
        ]);
        check_refused::<Command<'_>, 8>([
            ("SELECT", 6),
            ("SELECT ", 7),
            ("SELECT INBOX (", 14),
            ("SELECT INBOX ()", 14),
            ("SELECT INBOX (CONDSTORE", 23),
            ("SELECT INBOX (CONDSTORE 5)", 24),
            ("SELECT INBOX CONDSTORE", 12),
            ("CLOSE x", 5),
        ]);
        check_tolerated([
            ("SELECT INBOX ()", Command::Select(inbox([])), Leniency::EMPTY_LIST),
            (
                "SELECT INBOX  (CONDSTORE)",
                Command::Select(inbox([SelectParameter::CondStore])),
                Leniency::EXTRA_SPACE,
            ),
            (
                "SELECT INBOX (CONDSTORE )",
                Command::Select(inbox([SelectParameter::CondStore])),
                Leniency::TRAILING_SPACE,
            ),
        ]);
    }

    /// Any mailbox and parameters.
    fn any_select() -> impl Strategy<Value = Select<'static>> {
        let parameter = prop_oneof![
            Just(SelectParameter::CondStore),
            Just(SelectParameter::Annotate),
            any_qresync().prop_map(SelectParameter::QResync),
            any_tagged_ext()
                .prop_filter("has a row", |ext| !SelectParameter::has_row(ext.label.as_bytes()))
                .prop_map(SelectParameter::Other),
        ];
        (any_mailbox(), proptest::collection::vec(parameter, 0..3)).prop_map(|(mailbox, parameters)| Select {
            mailbox,
            parameters: parameters.into_iter().collect(),
        })
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(select in any_select()) {
            round_trip(&select);
        }
    }
}
