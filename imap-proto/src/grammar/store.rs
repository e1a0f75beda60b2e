//! STORE ([RFC 9051 section 6.4.6](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.6), with the modifiers of
//! [RFC 4466 section 2.5](https://www.rfc-editor.org/rfc/rfc4466#section-2.5)).

use alloc::borrow::Cow;

pub use crate::registry::StoreModifier;

use crate::error::Expected;
use crate::ext::annotate::Annotation;
use crate::ext::gmail::GmLabel;
use crate::grammar::class::{keyword, space};
use crate::grammar::flag::{Flag, Flags};
use crate::grammar::sequence::SequenceSet;
use crate::grammar::tagged_ext::TaggedExt;
use crate::list::{Bare, List, SpacedOrEmpty};
use crate::wire::{Cx, Fail, IntoOwned, Parsed, Wire, Writer, before, key, part, plain};

part! {
    /// Which messages STORE changes, and how.
    ///
    /// `2:4 +FLAGS (\Deleted)`, `7 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\Deleted)`
    ///
    /// RFC 9051 section 6.4.6, RFC 4466 section 2.5.
    pub struct Store<'a> {
        /// The messages: numbers, or UIDs in UID STORE.
        pub set: SequenceSet<'a>,
        /// Modifiers; may be none.
        pub modifiers: List<'a, StoreModifier<'a>>,
        /// What to change.
        pub attribute: StoreAttribute<'a>,
    }
}

impl<'a> Store<'a> {
    /// STORE without modifiers.
    pub fn new(set: SequenceSet<'a>, attribute: StoreAttribute<'a>) -> Self {
        Self { set, modifiers: List::default(), attribute }
    }
}

/// ```abnf
/// store           = "STORE" SP sequence-set [store-modifiers] SP store-att-flags
/// store-modifiers = SP "(" store-modifier *(SP store-modifier) ")"
/// ```
impl<'a> Wire<'a> for Store<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, set) = SequenceSet::parse(input, cx)?;
        let (mut rest, ()) = space(rest, cx)?;
        let mut modifiers = List::default();
        if let [b'(', ..] = rest {
            (rest, modifiers) = List::parse(rest, cx)?;
            (rest, ()) = space(rest, cx)?;
        }
        let (rest, attribute) = StoreAttribute::parse(rest, cx)?;
        Ok((rest, Self { set, modifiers, attribute }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.set.encode(out);
        out.put(" ");
        if !self.modifiers.is_empty() {
            self.modifiers.encode(out);
            out.put(" ");
        }
        self.attribute.encode(out);
    }
}

/// What becomes of those that a message has.
///
/// `FLAGS`, `+FLAGS`, `-FLAGS`
///
/// RFC 9051 section 6.4.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreOperation {
    /// They are replaced: `FLAGS`.
    Replace,
    /// These are added: `+FLAGS`.
    Add,
    /// These are removed: `-FLAGS`.
    Remove,
}

plain!(StoreOperation);

impl StoreOperation {
    const fn sign(self) -> &'static str {
        match self {
            Self::Replace => "",
            Self::Add => "+",
            Self::Remove => "-",
        }
    }
}

part! {
    /// What STORE changes.
    ///
    /// `+FLAGS (\Deleted)`
    ///
    /// RFC 9051 section 6.4.6.
    #[non_exhaustive]
    pub enum StoreAttribute<'a> {
        /// `+FLAGS (\Deleted)`: flags.
        Flags(StoreFlags<'a>),
        /// `+X-GM-LABELS (\Inbox)`: labels. Gmail.
        XGmLabels(StoreLabels<'a>),
        /// `ANNOTATION (/comment (value.priv "My comment"))`: annotations. RFC 5257 section 4.5.
        Annotation(List<'a, Annotation<'a>>),
        /// Something else. RFC 4466 section 2.5.
        Other(TaggedExt<'a>),
    }
}

part! {
    /// How STORE changes flags.
    ///
    /// `-FLAGS.SILENT (\Seen)`; also read without the parentheses
    ///
    /// RFC 9051 section 6.4.6 (`store-att-flags`).
    pub struct StoreFlags<'a> {
        /// What becomes of the flags of the messages.
        pub operation: StoreOperation,
        /// Whether the client wants to hear nothing of it.
        pub silent: bool,
        /// The flags.
        pub flags: Flags<'a>,
    }
}

part! {
    /// How STORE changes labels.
    ///
    /// `+X-GM-LABELS (\Inbox "Muy Importante")`; also read without the parentheses
    ///
    /// Gmail.
    pub struct StoreLabels<'a> {
        /// What becomes of the labels of the messages.
        pub operation: StoreOperation,
        /// Whether the client wants to hear nothing of it.
        pub silent: bool,
        /// The labels.
        pub labels: List<'a, GmLabel<'a>, SpacedOrEmpty>,
    }
}

/// ```abnf
/// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
///                 / "ANNOTATION" SP "(" entry-att *(SP entry-att) ")"
/// ```
impl<'a> Wire<'a> for StoreAttribute<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (operation, start) = match input {
            [b'+', rest @ ..] => (StoreOperation::Add, rest),
            [b'-', rest @ ..] => (StoreOperation::Remove, rest),
            _ => (StoreOperation::Replace, input),
        };
        let (rest, name) = keyword(start)?;
        let (name, silent) = match name.split_last_chunk::<7>() {
            Some((name, end)) if end.eq_ignore_ascii_case(b".SILENT") => (name, true),
            _ => (name, false),
        };
        match key(name) {
            word if word == const { key(b"FLAGS") } => {
                let (rest, flags) = listed::<Flag<'_>>(space(rest, cx)?.0, cx)?;
                Ok((rest, Self::Flags(StoreFlags { operation, silent, flags: flags.into() })))
            }
            word if word == const { key(b"X-GM-LABELS") } => {
                let (rest, labels) = listed(space(rest, cx)?.0, cx)?;
                Ok((rest, Self::XGmLabels(StoreLabels { operation, silent, labels })))
            }
            word if word == const { key(b"ANNOTATION") }
                && operation == StoreOperation::Replace
                && !silent =>
            {
                let (rest, annotations) = List::parse(space(rest, cx)?.0, cx)?;
                Ok((rest, Self::Annotation(annotations)))
            }
            _ if operation == StoreOperation::Replace => {
                TaggedExt::parse(input, cx).map(|(rest, other)| (rest, Self::Other(other)))
            }
            _ => Fail::at(start, Expected::Keyword),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let name = |operation: StoreOperation, name: &'static str, silent, out: &mut Writer<'_>| {
            out.put(operation.sign());
            out.put(name);
            out.put(if silent { ".SILENT " } else { " " });
        };
        match self {
            Self::Flags(StoreFlags { operation, silent, flags }) => {
                name(*operation, "FLAGS", *silent, out);
                flags.encode(out);
            }
            Self::XGmLabels(StoreLabels { operation, silent, labels }) => {
                name(*operation, "X-GM-LABELS", *silent, out);
                labels.encode(out);
            }
            Self::Annotation(annotations) => {
                out.put("ANNOTATION ");
                annotations.encode(out);
            }
            Self::Other(other) => other.encode(out),
        }
    }
}

/// A list with or without its parentheses.
fn listed<'a, T: Wire<'a> + IntoOwned>(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T, SpacedOrEmpty>> {
    if let [b'(', ..] = input {
        return List::parse(input, cx);
    }
    let (rest, bare) = List::<'a, T, Bare>::parse(input, cx)?;
    let text = match cx.is_lenient() {
        // As it ought to be written.
        true => Cow::Owned(bare.as_bytes().into()),
        false => Cow::Borrowed(before(input, rest)),
    };
    Ok((rest, List::of(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::annotate::tests::one;
    use crate::ext::gmail::tests::any_label;
    use crate::grammar::flag::tests::any_flags;
    use crate::grammar::sequence::tests::any_sequence_set;
    use crate::grammar::tagged_ext::tests::ext;
    use crate::options::Leniency;
    use crate::registry::{Command, UidCommand};
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn any_operation() -> impl Strategy<Value = StoreOperation> {
        proptest::sample::select(
            [StoreOperation::Replace, StoreOperation::Add, StoreOperation::Remove].to_vec(),
        )
    }

    fn any_store() -> impl Strategy<Value = Store<'static>> {
        let labels = proptest::collection::vec(any_label(), 0..4);
        (any_sequence_set(), any_operation(), any::<(bool, Option<u32>, bool)>(), any_flags(), labels)
            .prop_map(|(set, operation, (silent, since, gmail), flags, labels)| Store {
                set,
                modifiers: since
                    .into_iter()
                    .map(|since| StoreModifier::UnchangedSince(since.into()))
                    .collect(),
                attribute: match gmail {
                    true => StoreAttribute::XGmLabels(StoreLabels {
                        operation,
                        silent,
                        labels: labels.into_iter().collect(),
                    }),
                    false => StoreAttribute::Flags(StoreFlags { operation, silent, flags }),
                },
            })
    }

    fn flags<const N: usize>(
        operation: StoreOperation,
        silent: bool,
        flags: [Flag<'static>; N],
    ) -> StoreAttribute<'static> {
        StoreAttribute::Flags(StoreFlags { operation, silent, flags: flags.into() })
    }

    #[test]
    fn commands() {
        use StoreOperation::{Add, Remove, Replace};
        let store = |ids, attribute| Store::new(SequenceSet::new(ids).unwrap(), attribute);
        let labels = |operation, silent, labels: &[&'static str]| {
            let labels = labels.iter().map(|label| GmLabel::new(*label).unwrap()).collect();
            StoreAttribute::XGmLabels(StoreLabels { operation, silent, labels })
        };
        let since = |since| Store {
            modifiers: [StoreModifier::UnchangedSince(since)].into(),
            ..store("7", flags(Add, true, [Flag::Deleted]))
        };
        check([
            (
                "STORE 2:4 +FLAGS (\\Deleted)",
                Command::Store(store("2:4", flags(Add, false, [Flag::Deleted]))),
            ),
            ("STORE $ -FLAGS (\\Seen)", Command::Store(store("$", flags(Remove, false, [Flag::Seen])))),
            ("STORE 1 FLAGS ()", Command::Store(store("1", flags(Replace, false, [])))),
            (
                "UID STORE 1 FLAGS.SILENT (a b)",
                Command::Uid(UidCommand::Store(store(
                    "1",
                    flags(Replace, true, [Flag::new("a").unwrap(), Flag::new("b").unwrap()]),
                ))),
            ),
            (
                "STORE 7 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)",
                Command::Store(since(320_162_338)),
            ),
            ("STORE 7 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Deleted)", Command::Store(since(0))),
            (
                "STORE 1 +X-GM-LABELS (\\Inbox \"a b\")",
                Command::Store(store("1", labels(Add, false, &["\\Inbox", "a b"]))),
            ),
            ("STORE 1 -X-GM-LABELS.SILENT (a)", Command::Store(store("1", labels(Remove, true, &["a"])))),
            ("STORE 1 ANNOTATION (/comment (value.priv \"My note\" value.shared NIL))", {
                let annotation = one("/comment", &[("value.priv", Some("My note")), ("value.shared", None)]);
                Command::Store(store("1", StoreAttribute::Annotation([annotation].into())))
            }),
            ("STORE 1 X-FOO (a b)", Command::Store(store("1", StoreAttribute::Other(ext("X-FOO", "(a b)"))))),
        ]);
        let modifiers = [StoreModifier::Other(ext("X", "5"))].into();
        let other = Store { modifiers, ..store("1", flags(Replace, false, [])) };
        check([("STORE 1 (X 5) FLAGS ()", Command::Store(other))]);
        let both = [Flag::Deleted, Flag::Seen];
        check_read([
            ("store 12 +flags \\deleted", Command::Store(store("12", flags(Add, false, [Flag::Deleted])))),
            ("STORE 1 +FLAGS \\Deleted \\Seen", Command::Store(store("1", flags(Add, false, both.clone())))),
            ("STORE 1 +FLAGS.Silent (\\Seen)", Command::Store(store("1", flags(Add, true, [Flag::Seen])))),
            ("STORE 1 X-GM-LABELS foo", Command::Store(store("1", labels(Replace, false, &["foo"])))),
        ]);
        check_refused::<Command<'_>, 10>([
            ("STORE 1", 7),
            ("STORE 0 FLAGS ()", 6),
            ("STORE 1 FLAGS", 13),
            ("STORE 1 FLAGS ", 14),
            ("STORE 1 *FLAGS ()", 8),
            ("STORE 1 +X-FOO (a)", 9),
            ("STORE 1 () FLAGS ()", 9),
            ("STORE 1 (UNCHANGEDSINCE) FLAGS ()", 23),
            ("STORE 1 (UNCHANGEDSINCE 1)", 26),
            ("STORE 1 FLAGS (\\Seen", 20),
        ]);
        check_tolerated(
            [
                (
                    "STORE 1 +FLAGS  \\Deleted  \\Seen",
                    store("1", flags(Add, false, both.clone())),
                    Leniency::EXTRA_SPACE,
                ),
                (
                    "STORE 1 +FLAGS (\\Deleted \\Seen )",
                    store("1", flags(Add, false, both)),
                    Leniency::TRAILING_SPACE,
                ),
            ]
            .map(|(text, store, leniency)| (text, Command::Store(store), leniency)),
        );
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(store in any_store()) {
            round_trip(&store);
        }
    }
}
