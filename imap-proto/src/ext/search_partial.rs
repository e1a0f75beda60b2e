//! Some of what was found (PARTIAL, [RFC 9394](https://www.rfc-editor.org/rfc/rfc9394); CONTEXT,
//! [RFC 5267](https://www.rfc-editor.org/rfc/rfc5267)).

use crate::error::Expected;
use crate::ext::partial::PartialRange;
use crate::grammar::class::space;
use crate::grammar::sequence::UidSet;
use crate::grammar::string::nil;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, part};

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
        pub ids: Option<UidSet<'a>>,
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
            Err(_) => UidSet::parse(rest, cx).map(|(rest, ids)| (rest, Some(ids)))?,
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
    use crate::ext::partial::tests::any_partial_range;
    use crate::grammar::sequence::tests::any_uid_set;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn any_partial_results() -> impl Strategy<Value = PartialResults<'static>> {
        let ids = any_uid_set();
        (any_partial_range(), proptest::option::of(ids))
            .prop_map(|(range, ids)| PartialResults { range, ids })
    }

    #[test]
    fn results() {
        let ids = UidSet::new("42,9,34").unwrap();
        let results = |ids| PartialResults { range: PartialRange::oldest(1, 10).unwrap(), ids };
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
        fn what_can_be_built_can_be_read(results in any_partial_results()) {
            round_trip(&results);
        }
    }
}
