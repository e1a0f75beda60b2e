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
    use crate::ext::object_id::ObjectId;
    use crate::ext::qresync::tests::any_qresync;
    use crate::ext::referral::ReferralUrl;
    use crate::grammar::flag::{Flag, FlagPerm, PermanentFlags};
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::tagged_ext::tests::{any_tagged_ext, ext};
    use crate::grammar::text::Text;
    use crate::options::Leniency;
    use crate::registry::{Code, Command, Data};
    use crate::response::{RespText, Response, Status, StatusKind};
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
            ("SELECT INBOX (UTF8)", Command::Select(inbox([SelectParameter::Utf8]))),
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

    #[test]
    fn codes() {
        let id = ObjectId::new("F2212ea87-6097-4256-9d51-71338625").unwrap();
        let permanent = || {
            PermanentFlags::from([FlagPerm::Flag(Flag::Deleted), FlagPerm::Flag(Flag::Seen), FlagPerm::Any])
        };
        check([
            ("PERMANENTFLAGS (\\Deleted \\Seen \\*)", Code::PermanentFlags(permanent())),
            ("PERMANENTFLAGS ()", Code::PermanentFlags(PermanentFlags::default())),
            ("READ-ONLY", Code::ReadOnly),
            ("READ-WRITE", Code::ReadWrite),
            ("TRYCREATE", Code::TryCreate),
            ("UNSEEN 12", Code::Unseen(12)),
            ("UIDNOTSTICKY", Code::UidNotSticky),
            ("HASCHILDREN", Code::HasChildren),
            ("HIGHESTMODSEQ 715194045007", Code::HighestModSeq(715_194_045_007)),
            ("NOMODSEQ", Code::NoModSeq),
            ("CLOSED", Code::Closed),
            ("USEATTR", Code::UseAttr),
            ("NOT-UTF-8", Code::NotUtf8),
            ("UTF-8-ONLY", Code::Utf8Only),
            ("MAILBOXID (F2212ea87-6097-4256-9d51-71338625)", Code::MailboxId(id)),
            (
                "REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE IMAP://user;AUTH=*@SERVER3/REMOTE",
                Code::Referral(
                    ["IMAP://user;AUTH=*@SERVER2/REMOTE", "IMAP://user;AUTH=*@SERVER3/REMOTE"]
                        .map(|url| ReferralUrl::new(url).unwrap())
                        .into(),
                ),
            ),
        ]);
        check_refused::<Code<'_>, 7>([
            ("REFERRAL", 8),
            ("PERMANENTFLAGS", 14),
            ("READ-ONLY x", 9),
            ("UNSEEN 0", 7),
            ("HIGHESTMODSEQ 0", 14),
            ("MAILBOXID F1", 10),
            ("MAILBOXID (F1 )", 13),
        ]);
        check_tolerated([
            ("PERMANENTFLAGS ( \\*)", Code::PermanentFlags([FlagPerm::Any].into()), Leniency::EXTRA_SPACE),
            ("HIGHESTMODSEQ 0", Code::HighestModSeq(0), Leniency::ZERO),
        ]);
    }

    #[test]
    fn what_select_is_answered_with() {
        let text = |text| Text::new(text).unwrap();
        let ok = |code, words| {
            Response::Status(Status {
                kind: StatusKind::Ok,
                text: RespText { code: Some(code), text: words },
            })
        };
        check([
            (
                "* FLAGS (\\Answered \\Seen)\r\n",
                Response::Data(Data::Flags([Flag::Answered, Flag::Seen].into())),
            ),
            ("* OK [UNSEEN 7] First unseen.\r\n", ok(Code::Unseen(7), text("First unseen."))),
        ]);
        check_tolerated([
            (
                "* OK [HIGHESTMODSEQ 11228865]\r\n",
                ok(Code::HighestModSeq(11_228_865), Text::EMPTY),
                Leniency::MISSING_TEXT,
            ),
            (
                "* OK [PERMANENTFLAGS ( \\*)] x\r\n",
                ok(Code::PermanentFlags([FlagPerm::Any].into()), text("x")),
                Leniency::EXTRA_SPACE,
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
