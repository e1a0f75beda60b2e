//! ESEARCH in several mailboxes (MULTISEARCH, [RFC 7377](https://www.rfc-editor.org/rfc/rfc7377)).

use alloc::vec::Vec;

use crate::error::{Expected, ValueError};
use crate::grammar::class::{space, spaces};
use crate::grammar::search::Search;
use crate::grammar::tagged_ext::TaggedExt;
use crate::list::{Bare, List, Spaced};
use crate::registry::FilterMailboxes;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, octet, part, word};

part! {
    /// What to search for, and where.
    ///
    /// `IN (mailboxes "folder1" subtree "folder2") RETURN (COUNT) UNSEEN`
    ///
    /// RFC 7377 section 2.
    pub struct Esearch<'a> {
        /// Where; the selected mailbox, when it is not said.
        pub source: Option<SearchSource<'a>>,
        /// What to search for, and what to return of it.
        pub search: Search<'a>,
    }
}

/// ```abnf
/// esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program
/// ```
impl<'a> Wire<'a> for Esearch<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, source) = match word(input, b"IN", Expected::Keyword) {
            Ok((rest @ [b' ', ..], ())) => {
                let (rest, source) = SearchSource::parse(space(rest, cx)?.0, cx)?;
                (space(rest, cx)?.0, Some(source))
            }
            _ => (input, None),
        };
        let (rest, search) = Search::parse(rest, cx)?;
        Ok((rest, Self { source, search }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(source) = &self.source {
            out.put("IN ");
            source.encode(out);
            out.put(" ");
        }
        self.search.encode(out);
    }
}

part! {
    /// Where to search.
    ///
    /// `(mailboxes "folder1" subtree "folder2")`
    ///
    /// RFC 7377 section 2.2.
    pub struct SearchSource<'a> {
        mailboxes: List<'a, FilterMailboxes<'a>, Bare>,
        /// Options of extensions; no RFC has one.
        pub scope: List<'a, TaggedExt<'a>>,
    }
}

impl<'a> SearchSource<'a> {
    /// These mailboxes.
    ///
    /// # Errors
    /// There is none, or [`FilterMailboxes::SelectedDelayed`], which cannot be searched.
    pub fn new(mailboxes: impl IntoIterator<Item = FilterMailboxes<'a>>) -> Result<Self, ValueError> {
        let mailboxes: List<'a, _, Bare> = mailboxes.into_iter().collect();
        if mailboxes.is_empty()
            || mailboxes.iter().any(|mailboxes| mailboxes == FilterMailboxes::SelectedDelayed)
        {
            return Err(ValueError { field: "source-mbox", expected: Expected::Keyword, offset: 0 });
        }
        Ok(Self { mailboxes, scope: List::default() })
    }

    /// The mailboxes.
    pub fn mailboxes(&self) -> &List<'a, FilterMailboxes<'a>, Bare> {
        &self.mailboxes
    }
}

/// ```abnf
/// esearch-source-opts = "(" source-mbox [SP "(" scope-options ")"] ")"
/// source-mbox         = filter-mailboxes *(SP filter-mailboxes)
/// scope-options       = scope-option *(SP scope-option)
/// ```
impl<'a> Wire<'a> for SearchSource<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (start, ()) = octet(input, b'(', Expected::Open)?;
        let start = spaces(start, cx);
        let (mut rest, mut items) = (start, Vec::new());
        loop {
            let (after, mailboxes) = FilterMailboxes::parse(rest, cx)?;
            if mailboxes == FilterMailboxes::SelectedDelayed {
                return Fail::at(rest, Expected::Keyword);
            }
            if cx.is_lenient() {
                items.push(mailboxes);
            }
            rest = match after {
                [b' ', next @ ..] if !matches!(next, [b'(', ..]) => {
                    space(after, cx).map_or(next, |(rest, ())| rest)
                }
                _ => {
                    rest = after;
                    break;
                }
            };
        }
        let mailboxes = match cx.is_lenient() {
            true => items.into_iter().collect(),
            // Read before, so that this is all there is.
            false => List::parse(before(start, rest), Cx::KNOWN)?.1,
        };
        let (rest, scope) = match rest {
            [b' ', ..] => List::<_, Spaced>::parse(space(rest, cx)?.0, cx)?,
            _ => (rest, List::default()),
        };
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { mailboxes, scope }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.mailboxes.encode(out);
        if !self.scope.is_empty() {
            out.put(" ");
            self.scope.encode(out);
        }
        out.put(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::ext::filter_mailboxes::OneOrMoreMailbox;
    use crate::ext::filter_mailboxes::tests::any_filter_mailboxes;
    use crate::grammar::mailbox::Mailbox;
    use crate::grammar::search::SearchKeys;
    use crate::grammar::search::tests::any_search;
    use crate::grammar::tagged_ext::tests::any_tagged_ext;
    use crate::options::Leniency;
    use crate::registry::SearchKey;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn esearch(source: Option<SearchSource<'static>>) -> Command<'static> {
        let keys = SearchKeys::new([SearchKey::Unseen]).unwrap();
        Command::Esearch(Esearch { source, search: Search { return_options: None, charset: None, keys } })
    }

    fn folders() -> SearchSource<'static> {
        let one = |name| OneOrMoreMailbox::One(Mailbox::new(name).unwrap());
        SearchSource::new([
            FilterMailboxes::Mailboxes(one("folder1")),
            FilterMailboxes::Subtree(one("folder2")),
        ])
        .unwrap()
    }

    #[test]
    fn commands() {
        let scope = [TaggedExt::parse(b"x 5", Cx::default()).unwrap().1].into();
        check([
            ("ESEARCH UNSEEN", esearch(None)),
            ("ESEARCH IN (mailboxes folder1 subtree folder2) UNSEEN", esearch(Some(folders()))),
            (
                "ESEARCH IN (mailboxes folder1 subtree folder2 (x 5)) UNSEEN",
                esearch(Some(SearchSource { scope, ..folders() })),
            ),
            (
                "ESEARCH IN (selected) UNSEEN",
                esearch(Some(SearchSource::new([FilterMailboxes::Selected]).unwrap())),
            ),
        ]);
        check_read([(
            "ESEARCH in (mailboxes \"folder1\" subtree \"folder2\") unseen",
            esearch(Some(folders())),
        )]);
        check_refused::<Command<'_>, 7>([
            ("ESEARCH", 7),
            ("ESEARCH IN (selected)", 21),
            ("ESEARCH IN () ALL", 12),
            ("ESEARCH IN (selected-delayed) ALL", 12),
            ("ESEARCH IN (selected ()) ALL", 22),
            ("ESEARCH IN (subtree a", 21),
            ("ESEARCH RETURN () IN (selected) ALL", 18),
        ]);
        check_tolerated([(
            "ESEARCH IN (mailboxes folder1  subtree folder2) UNSEEN",
            esearch(Some(folders())),
            Leniency::EXTRA_SPACE,
        )]);
        assert!(
            SearchSource::new([]).is_err() && SearchSource::new([FilterMailboxes::SelectedDelayed]).is_err()
        );
        assert_eq!(folders().mailboxes().len(), 2);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            mailboxes in proptest::collection::vec(any_filter_mailboxes(), 0..3),
            scope in proptest::collection::vec(any_tagged_ext(), 0..3),
            search in any_search(),
        ) {
            let source = SearchSource::new(mailboxes).ok();
            let source = source.map(|source| SearchSource { scope: scope.into_iter().collect(), ..source });
            round_trip(&Command::Esearch(Esearch { source, search }));
        }
    }
}
