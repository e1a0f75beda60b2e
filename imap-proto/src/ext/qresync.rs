//! QRESYNC's parameter of SELECT ([RFC 7162 section 3.2.5](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.5)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::number::{Nz, Nz32, put_number};
use crate::grammar::sequence::UidSet;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, part};

part! {
    /// What a client knows of a mailbox that it selects again, so as to be told what has changed.
    ///
    /// `(67890007 20050715194045000 41,43:211,214:541)`
    ///
    /// RFC 7162 section 3.2.5.
    pub struct QResync<'a> {
        /// The UIDVALIDITY that it knows.
        pub uid_validity: u64,
        /// The highest mod-sequence that it knows.
        pub mod_sequence: u64,
        /// The UIDs that it knows; all, when it does not say.
        pub known_uids: Option<UidSet<'a>>,
        /// Some of the messages that it knows, by number and by UID.
        pub seq_match: Option<SeqMatch<'a>>,
    }
}

/// ```abnf
/// "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
/// ```
impl<'a> Wire<'a> for QResync<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, uid_validity) = Nz32::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (mut rest, mod_sequence) = <Nz as Via<'a, u64>>::parse(rest, cx)?;
        let (mut known_uids, mut seq_match) = (None, None);
        if let [b' ', after @ ..] = rest
            && !matches!(after, [b'(', ..])
        {
            let (after, uids) = UidSet::parse(space(rest, cx)?.0, cx)?;
            (rest, known_uids) = (after, Some(uids));
        }
        if let [b' ', ..] = rest {
            let (after, matches) = SeqMatch::parse(space(rest, cx)?.0, cx)?;
            (rest, seq_match) = (after, Some(matches));
        }
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { uid_validity, mod_sequence, known_uids, seq_match }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        put_number(self.uid_validity, out);
        out.put(" ");
        put_number(self.mod_sequence, out);
        if let Some(uids) = &self.known_uids {
            out.put(" ");
            uids.encode(out);
        }
        if let Some(matches) = &self.seq_match {
            out.put(" ");
            matches.encode(out);
        }
        out.put(")");
    }
}

part! {
    /// Messages by number and by UID, so that a server that has forgotten what was expunged can see how far the client's
    /// numbers still hold.
    ///
    /// `(5000,7500,9000 15000,22500,27000)`
    ///
    /// Both in ascending order, one for one. RFC 7162 section 3.2.5.2.
    pub struct SeqMatch<'a> {
        /// The message numbers.
        pub sequence_set: UidSet<'a>,
        /// Their UIDs.
        pub uid_set: UidSet<'a>,
    }
}

/// ```abnf
/// seq-match-data = "(" known-sequence-set SP known-uid-set ")"
/// ```
impl<'a> Wire<'a> for SeqMatch<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, sequence_set) = UidSet::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, uid_set) = UidSet::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { sequence_set, uid_set }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.sequence_set.encode(out);
        out.put(" ");
        self.uid_set.encode(out);
        out.put(")");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::options::Leniency;
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn set(text: &str) -> UidSet<'_> {
        UidSet::new(text).unwrap()
    }

    fn known<'a>(uid_validity: u64, mod_sequence: u64, uids: &'a str) -> QResync<'a> {
        let known_uids = (!uids.is_empty()).then(|| set(uids));
        QResync { uid_validity, mod_sequence, known_uids, seq_match: None }
    }

    #[test]
    fn parameters() {
        let matched =
            |sequence_set, uid_set| Some(SeqMatch { sequence_set: set(sequence_set), uid_set: set(uid_set) });
        check([
            (
                "(67890007 20050715194045000 41,43:211,214:541)",
                known(67_890_007, 20_050_715_194_045_000, "41,43:211,214:541"),
            ),
            ("(1 9223372036854775807)", known(1, i64::MAX.unsigned_abs(), "")),
            ("(1 2 (3 4))", QResync { seq_match: matched("3", "4"), ..known(1, 2, "") }),
            (
                "(67890007 90060115194045000 1:29997 (5000,7500 15000,22500))",
                QResync {
                    seq_match: matched("5000,7500", "15000,22500"),
                    ..known(67_890_007, 90_060_115_194_045_000, "1:29997")
                },
            ),
        ]);
        check_refused::<QResync<'_>, 14>([
            ("", 0),
            ("(", 1),
            ("(0 1)", 1),
            ("(4294967296 1)", 1),
            ("(1)", 2),
            ("(1 0)", 3),
            ("(1 9223372036854775808)", 3),
            ("(1 2 1:*)", 7),
            ("(1 2 )", 5),
            ("(1 2 3 4)", 7),
            ("(1 2 (3))", 7),
            ("(1 2 (3 4)", 10),
            ("(1 2 (3 4) 5)", 10),
            ("(1 2 (*  4))", 6),
        ]);
        check_tolerated([
            ("(1528896777421 1)", known(1_528_896_777_421, 1, ""), Leniency::LONG_NUMBER),
            ("(0 0)", known(0, 0, ""), Leniency::ZERO),
            ("(1  2  3)", known(1, 2, "3"), Leniency::EXTRA_SPACE),
        ]);
    }

    /// Any parameter.
    pub(crate) fn any_qresync() -> impl Strategy<Value = QResync<'static>> {
        let sets = (1u32..1_000, 1u32..1_000)
            .prop_map(|(start, end)| UidSet::from_ranges([start..=end, 5..=5]).unwrap());
        let sets = sets.boxed();
        let matches = (sets.clone(), sets.clone())
            .prop_map(|(sequence_set, uid_set)| SeqMatch { sequence_set, uid_set });
        (
            1..=u64::from(u32::MAX),
            1..=i64::MAX.unsigned_abs(),
            proptest::option::of(sets),
            proptest::option::of(matches),
        )
            .prop_map(|(uid_validity, mod_sequence, known_uids, seq_match)| QResync {
                uid_validity,
                mod_sequence,
                known_uids,
                seq_match,
            })
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(parameter in any_qresync()) {
            round_trip(&parameter);
        }
    }
}
