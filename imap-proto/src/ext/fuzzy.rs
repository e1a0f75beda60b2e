//! FUZZY and RELEVANCY ([RFC 6203](https://www.rfc-editor.org/rfc/rfc6203)).

use crate::error::{Expected, ValueError};
use crate::options::Dialect;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, number, plain};

/// How well a message matches.
///
/// `99`
///
/// 1 to 100. RFC 6203 section 4 (`score`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

plain!(Score);

impl Score {
    /// A score.
    ///
    /// # Errors
    /// It is not 1 to 100.
    pub fn new(score: u8) -> Result<Self, ValueError> {
        crate::wire::exact(crate::wire::Digits::of(score.into()).as_ref(), Dialect::STRICT)
            .map_err(|error| error.in_field("score"))
    }

    /// 1 to 100.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// ```abnf
/// score = 1*3DIGIT ; 1 to 100
/// ```
impl<'a> Wire<'a> for Score {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match number(input)? {
            (_, 0) => Fail::at(input, Expected::NonZero),
            (rest, number @ 1..=100) => Ok((rest, Self(u8::try_from(number).unwrap_or(100)))),
            _ => Fail::at(input, Expected::SmallerNumber),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.0.into());
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::list::{List, SpacedOrEmpty};
    use crate::testing::{check, check_refused};
    use proptest::prelude::*;

    pub(crate) fn any_score() -> impl Strategy<Value = Score> {
        (1u8..=100).prop_map(Score)
    }

    #[test]
    fn scores() {
        check([("1", Score(1)), ("100", Score(100))]);
        check_refused::<Score, 4>([("0", 0), ("101", 0), ("-1", 0), ("", 0)]);
        check([("(4 99 42)", List::<'_, Score, SpacedOrEmpty>::from([Score(4), Score(99), Score(42)]))]);
        assert_eq!(Score::new(100).map(Score::get), Ok(100));
        assert!(Score::new(0).is_err() && Score::new(101).is_err());
    }
}
