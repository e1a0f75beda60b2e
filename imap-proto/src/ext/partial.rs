//! PARTIAL ([RFC 9394](https://www.rfc-editor.org/rfc/rfc9394), [RFC 5267](https://www.rfc-editor.org/rfc/rfc5267)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::esearch::Found;
use crate::grammar::number::Nz;
use crate::grammar::sequence::SequenceSet;
use crate::grammar::string::nil;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, part, plain};

/// Which of the messages found, counted from 1.
///
/// `1:500`, `-1:-100`
///
/// Both ends belong to it, whichever comes first. RFC 9394 section 4 (`partial-range`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartialRange {
    /// What is written first.
    pub start: u32,
    /// What is written last.
    pub end: u32,
    /// They count from the newest message: `-1` is the last one.
    pub from_end: bool,
}

plain!(PartialRange);

/// ```abnf
/// partial-range       = partial-range-first / partial-range-last
/// partial-range-first = nz-number ":" nz-number
/// partial-range-last  = MINUS nz-number ":" MINUS nz-number
/// ```
impl<'a> Wire<'a> for PartialRange {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let from_end = matches!(input, [b'-', ..]);
        let number = |input| {
            let rest = if from_end { octet(input, b'-', Expected::Number)?.0 } else { input };
            <Nz as Via<'a, u32>>::parse(rest, cx)
        };
        let (rest, start) = number(input)?;
        let (rest, ()) = octet(rest, b':', Expected::Number)?;
        let (rest, end) = number(rest)?;
        Ok((rest, Self { start, end, from_end }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let sign = if self.from_end { "-" } else { "" };
        out.put(sign);
        out.number(self.start.into());
        out.put(":");
        out.put(sign);
        out.number(self.end.into());
    }
}

part! {
    /// What a part of the messages found is.
    ///
    /// `(1:10 42,9,34)`, `(24000:24500 NIL)`
    ///
    /// RFC 9394 section 3.1 (`ret-data-partial`).
    pub struct PartialResults<'a> {
        /// The part that was asked for.
        pub range: PartialRange,
        /// The messages in it, if any.
        pub ids: Option<SequenceSet<'a>>,
    }
}

/// ```abnf
/// ret-data-partial = "(" partial-range SP partial-results ")"
/// partial-results  = sequence-set / "NIL"
/// ```
impl<'a> Wire<'a> for PartialResults<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, range) = PartialRange::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, ids) = match nil(rest) {
            Ok((rest, ())) => (rest, None),
            Err(_) => Found::parse(rest, cx).map(|(rest, ids)| (rest, Some(ids)))?,
        };
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { range, ids }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.range.encode(out);
        out.put(" ");
        match &self.ids {
            Some(ids) => ids.encode(out),
            None => out.put("NIL"),
        }
        out.put(")");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::grammar::sequence::tests::any_sequence_set;
    use crate::options::Leniency;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    const fn range(start: u32, end: u32, from_end: bool) -> PartialRange {
        PartialRange { start, end, from_end }
    }

    pub(crate) fn any_partial_range() -> impl Strategy<Value = PartialRange> {
        (1u32.., 1u32.., any::<bool>()).prop_map(|(start, end, from_end)| range(start, end, from_end))
    }

    pub(crate) fn any_partial_results() -> impl Strategy<Value = PartialResults<'static>> {
        let ids = any_sequence_set().prop_filter("$ is no result", |ids| !ids.is_saved());
        (any_partial_range(), proptest::option::of(ids))
            .prop_map(|(range, ids)| PartialResults { range, ids })
    }

    #[test]
    fn ranges() {
        check([
            ("1:500", range(1, 500, false)),
            ("500:400", range(500, 400, false)),
            ("-1:-100", range(1, 100, true)),
        ]);
        check_refused::<PartialRange, 8>([
            ("1", 1),
            ("1:-5", 2),
            ("-1:5", 3),
            ("0:5", 0),
            ("-1:-0", 4),
            ("1:*", 2),
            ("1,2", 1),
            ("", 0),
        ]);
        check_tolerated([("0:5", range(0, 5, false), Leniency::ZERO)]);
    }

    #[test]
    fn results() {
        let ids = SequenceSet::new("42,9,34").unwrap();
        let results = |ids| PartialResults { range: range(1, 10, false), ids };
        check([("(1:10 42,9,34)", results(Some(ids))), ("(1:10 NIL)", results(None))]);
        check_read([("(1:10 nil)", results(None))]);
        check_refused::<PartialResults<'_>, 5>([
            ("(1:10 $)", 6),
            ("(1:10)", 5),
            ("1:10 5", 0),
            ("(1:10 5", 7),
            ("(1:10 ())", 6),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(range in any_partial_range(), results in any_partial_results()) {
            round_trip(&range);
            round_trip(&results);
        }
    }
}
