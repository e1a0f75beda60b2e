//! SORT ([RFC 5256](https://www.rfc-editor.org/rfc/rfc5256), [RFC 5957](https://www.rfc-editor.org/rfc/rfc5957)).

use alloc::borrow::Cow;

pub use crate::registry::SortKey;

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1, space};
use crate::grammar::esearch::{ReturnOptions, put_return_options, return_options};
use crate::grammar::search::SearchKeys;
use crate::grammar::string::{AString, Checked, text, whole};
use crate::list::List;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, word};

part! {
    /// What to search for, and how to sort it.
    ///
    /// `(SUBJECT REVERSE DATE) UTF-8 ALL`
    ///
    /// RFC 5256 section 3, RFC 5267 section 3.
    pub struct Sort<'a> {
        /// What to return; an ESEARCH response comes when there are any, even none in the parentheses.
        pub return_options: Option<ReturnOptions<'a>>,
        /// What to sort by: where the first says that two are equal, the next one decides.
        pub criteria: List<'a, SortCriterion<'a>>,
        /// The charset of the strings in the keys.
        pub charset: AString<'a>,
        /// What has to match.
        pub keys: SearchKeys<'a>,
    }
}

/// ```abnf
/// sort            = "SORT" [search-return-opts] SP sort-criteria SP search-criteria
/// sort-criteria   = "(" sort-criterion *(SP sort-criterion) ")"
/// search-criteria = charset 1*(SP search-key)
/// charset         = atom / quoted
/// ```
impl<'a> Wire<'a> for Sort<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, return_options) = return_options(input, cx)?;
        let (rest, criteria) = List::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, charset) = AString::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, keys) = SearchKeys::parse(rest, cx)?;
        Ok((rest, Self { return_options, criteria, charset, keys }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        put_return_options(self.return_options.as_ref(), out);
        self.criteria.encode(out);
        out.put(" ");
        self.charset.encode(out);
        out.put(" ");
        self.keys.encode(out);
    }
}

part! {
    /// What to sort by, and in which direction.
    ///
    /// `REVERSE DATE`
    ///
    /// RFC 5256 section 3.
    pub struct SortCriterion<'a> {
        /// The largest first.
        pub reverse: bool,
        /// What to sort by.
        pub key: SortKey<'a>,
    }
}

impl<'a> From<SortKey<'a>> for SortCriterion<'a> {
    fn from(key: SortKey<'a>) -> Self {
        Self { reverse: false, key }
    }
}

/// ```abnf
/// sort-criterion = ["REVERSE" SP] sort-key
/// ```
impl<'a> Wire<'a> for SortCriterion<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, reverse) = match word(input, REVERSE, Expected::Keyword) {
            Ok((rest @ [b' ', ..], ())) => (space(rest, cx)?.0, true),
            _ => (input, false),
        };
        let (rest, key) = SortKey::parse(rest, cx)?;
        Ok((rest, Self { reverse, key }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.reverse {
            out.put("REVERSE ");
        }
        self.key.encode(out);
    }
}

const REVERSE: &[u8] = b"REVERSE";

fn other_check(octets: &[u8]) -> Checked {
    if SortKey::has_row(octets) {
        Err((Expected::Keyword, 0))
    } else {
        whole(octets, Expected::Atom, other(octets))
    }
}

fn other(input: &[u8]) -> Parsed<'_, &[u8]> {
    match run1(input, ATOM, Expected::Keyword)? {
        (_, name) if name.eq_ignore_ascii_case(REVERSE) => Fail::at(input, Expected::Keyword),
        read => Ok(read),
    }
}

text! {
    /// A sort key without a row in this crate: an atom.
    ///
    /// `X-SCORE`
    ///
    /// RFC 5256 section 3.
    pub struct OtherSortKey<'a>: "sort-key", other_check;
}

impl OtherSortKey<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.as_str().unwrap_or_default()
    }
}

impl<'a> Wire<'a> for OtherSortKey<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, name) = other(input)?;
        Ok((rest, Self(Cow::Borrowed(name))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::ext::annotate::tests::any_sort_annotation;
    use crate::ext::annotate::{AnnotationEntry, SortAnnotation, ValueOf};
    use crate::grammar::esearch::tests::any_return_options;
    use crate::grammar::search::SearchData;
    use crate::grammar::search::tests::any_search_keys;
    use crate::options::Leniency;
    use crate::registry::{Data, SearchKey, SearchReturnOption, UidCommand};
    use crate::response::Response;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use alloc::vec;
    use proptest::prelude::*;

    fn any_sort_key() -> impl Strategy<Value = SortKey<'static>> {
        prop_oneof![
            Just(SortKey::Arrival),
            Just(SortKey::Cc),
            Just(SortKey::Date),
            Just(SortKey::From),
            Just(SortKey::Size),
            Just(SortKey::Subject),
            Just(SortKey::To),
            Just(SortKey::DisplayFrom),
            Just(SortKey::DisplayTo),
            Just(SortKey::Relevancy),
            any_sort_annotation().prop_map(SortKey::Annotation),
            "X[A-Z+-]{1,6}".prop_map(|name| SortKey::Other(OtherSortKey::new(name).unwrap())),
        ]
    }

    fn any_sort() -> impl Strategy<Value = Sort<'static>> {
        let criterion =
            (any::<bool>(), any_sort_key()).prop_map(|(reverse, key)| SortCriterion { reverse, key });
        let criteria = proptest::collection::vec(criterion, 1..4);
        (any_return_options(), criteria, any_search_keys()).prop_map(|(return_options, criteria, keys)| {
            Sort {
                return_options,
                criteria: criteria.into_iter().collect(),
                charset: AString::new("UTF-8").unwrap(),
                keys,
            }
        })
    }

    fn sort<const N: usize>(criteria: [SortCriterion<'static>; N]) -> Sort<'static> {
        Sort {
            return_options: None,
            criteria: criteria.into(),
            charset: AString::new("UTF-8").unwrap(),
            keys: SearchKeys::new([SearchKey::All]).unwrap(),
        }
    }

    fn reverse(key: SortKey<'_>) -> SortCriterion<'_> {
        SortCriterion { reverse: true, key }
    }

    #[test]
    fn commands() {
        let annotation =
            SortAnnotation { entry: AnnotationEntry::new("/altsubject").unwrap(), of: ValueOf::Shared };
        check([
            ("SORT (SUBJECT) UTF-8 ALL", Command::Sort(sort([SortKey::Subject.into()]))),
            (
                "SORT (SUBJECT REVERSE DATE) UTF-8 ALL",
                Command::Sort(sort([SortKey::Subject.into(), reverse(SortKey::Date)])),
            ),
            (
                "UID SORT RETURN () (REVERSE DATE) UTF-8 ALL",
                Command::Uid(UidCommand::Sort(Sort {
                    return_options: Some([].into()),
                    ..sort([reverse(SortKey::Date)])
                })),
            ),
            (
                "SORT RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 ALL",
                Command::Sort(Sort {
                    return_options: Some([SearchReturnOption::Relevancy, SearchReturnOption::All].into()),
                    ..sort([SortKey::Relevancy.into()])
                }),
            ),
            (
                "SORT (ANNOTATION /altsubject value.shared ARRIVAL) UTF-8 ALL",
                Command::Sort(sort([SortKey::Annotation(annotation).into(), SortKey::Arrival.into()])),
            ),
            (
                "SORT (REVERSE DISPLAYFROM DISPLAYTO X-SCORE) UTF-8 ALL",
                Command::Sort(sort([
                    reverse(SortKey::DisplayFrom),
                    SortKey::DisplayTo.into(),
                    SortKey::Other(OtherSortKey::new("X-SCORE").unwrap()).into(),
                ])),
            ),
        ]);
        check_read([(
            "sort (reverse size cc from to) \"UTF-8\" all",
            Command::Sort(sort([
                reverse(SortKey::Size),
                SortKey::Cc.into(),
                SortKey::From.into(),
                SortKey::To.into(),
            ])),
        )]);
        check_refused::<Command<'_>, 9>([
            ("SORT", 4),
            ("SORT () UTF-8 ALL", 6),
            ("SORT (SUBJECT) UTF-8", 20),
            ("SORT (SUBJECT) UTF-8 ", 21),
            ("SORT SUBJECT UTF-8 ALL", 5),
            ("SORT (REVERSE) UTF-8 ALL", 6),
            ("SORT (REVERSE REVERSE DATE) UTF-8 ALL", 14),
            ("SORT (ANNOTATION /a value) UTF-8 ALL", 20),
            ("SORT RETURN (UPDATE) FLAGGED", 21),
        ]);
        check_tolerated([(
            "SORT ( SUBJECT  REVERSE DATE) UTF-8 ALL",
            Command::Sort(sort([SortKey::Subject.into(), reverse(SortKey::Date)])),
            Leniency::EXTRA_SPACE,
        )]);
        assert!(OtherSortKey::new("date").is_err() && OtherSortKey::new("reverse").is_err());
        assert!(OtherSortKey::new("").is_err() && OtherSortKey::new("a b").is_err());
    }

    #[test]
    fn data() {
        let ids = |ids: &[u32]| SearchData::new(ids.iter().copied().collect());
        check([
            ("* SORT 2 84 882\r\n", Response::Data(Data::Sort(ids(&[2, 84, 882])))),
            ("* SORT\r\n", Response::Data(Data::Sort(ids(&[])))),
            (
                "* SORT 5 3 (MODSEQ 7)\r\n",
                Response::Data(Data::Sort(SearchData { mod_seq: Some(7), ..ids(&[5, 3]) })),
            ),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(sort in any_sort()) {
            round_trip(&Command::Sort(sort.clone()));
            round_trip(&Command::Uid(UidCommand::Sort(sort)));
        }
    }
}
