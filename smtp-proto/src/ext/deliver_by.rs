//! DELIVERBY ([RFC 2852](https://www.rfc-editor.org/rfc/rfc2852)).

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::parameter::before;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, plain};

use super::digits;

/// In how many seconds a message is to be delivered, and what is done when it is not.
///
/// `MAIL FROM:<a@example.org> BY=120;R`, `BY=-30;NT`
///
/// −999,999,999 to 999,999,999 seconds; more than none where the message is to come back.
/// [RFC 2852 section 4](https://www.rfc-editor.org/rfc/rfc2852#section-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliverBy {
    seconds: i32,
    mode: ByMode,
    trace: bool,
}

plain!(DeliverBy);

/// What is done with a message that is late.
///
/// `R` in `BY=120;R`
///
/// RFC 2852 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByMode {
    /// `N`: the sender is notified.
    Notify,
    /// `R`: the message is returned to the sender.
    Return,
}

impl DeliverBy {
    /// Delivery within `seconds`; fewer than none when the time is over already.
    ///
    /// # Errors
    /// The number is out of its range.
    pub fn new(seconds: i32, mode: ByMode) -> Result<Self, ValueError> {
        let by = Self { seconds, mode, trace: false };
        if by.is_valid() {
            return Ok(by);
        }
        Err(ValueError { field: "BY", expected: Expected::ParameterValue, offset: 0 })
    }

    /// The same with a report from each relay.
    #[must_use]
    pub fn traced(self) -> Self {
        Self { trace: true, ..self }
    }

    /// In how many seconds; fewer than none when the time is over already.
    pub fn seconds(&self) -> i32 {
        self.seconds
    }

    /// What is done then.
    pub fn mode(&self) -> ByMode {
        self.mode
    }

    /// Whether each relay reports.
    pub fn is_traced(&self) -> bool {
        self.trace
    }

    fn is_valid(self) -> bool {
        let least = if self.mode == ByMode::Return { 1 } else { -999_999_999 };
        (least..=999_999_999).contains(&self.seconds)
    }
}

/// ```abnf
/// by-value = by-time ";" by-mode [ by-trace ]
/// by-time = [ "-" / "+" ] 1*9DIGIT
/// by-mode = "N" / "R"
/// by-trace = "T"
/// ```
impl<'a> Wire<'a> for DeliverBy {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (negative, rest) = match input {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, input),
        };
        let (rest, seconds) = digits(rest, 9)?;
        // Nine digits fit.
        let seconds = if negative { (seconds as i32).wrapping_neg() } else { seconds as i32 };
        let (rest, mode) = match rest {
            [b';', b'N' | b'n', rest @ ..] => (rest, ByMode::Notify),
            [b';', b'R' | b'r', rest @ ..] => (rest, ByMode::Return),
            _ => return Fail::at(rest, Expected::ParameterValue),
        };
        let (rest, trace) = match rest {
            [b'T' | b't', rest @ ..] => (rest, true),
            _ => (rest, false),
        };
        let by = Self { seconds, mode, trace };
        if by.is_valid() { Ok((rest, by)) } else { Fail::at(input, Expected::ParameterValue) }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.seconds < 0 {
            out.put("-");
        }
        out.number(self.seconds.unsigned_abs().into());
        out.put(match self.mode {
            ByMode::Notify => ";N",
            ByMode::Return => ";R",
        });
        if self.trace {
            out.put("T");
        }
    }
}

part! {
    /// What a server says of DELIVERBY.
    ///
    /// `250-DELIVERBY 240`
    ///
    /// [RFC 2852 section 2](https://www.rfc-editor.org/rfc/rfc2852#section-2).
    pub struct DeliverByOffer<'a> {
        /// The fewest seconds that it takes with [`ByMode::Return`], at most 999,999,999; `None`: it does not say.
        min_seconds: Option<u32>,
        /// Behind commas what later specifications may add, with the first comma.
        more: Cow<'a, str>,
    }
}

impl<'a> DeliverByOffer<'a> {
    /// A server that takes so many seconds and more with [`ByMode::Return`].
    ///
    /// # Errors
    /// There are more than 999,999,999.
    pub fn new(min_seconds: u32) -> Result<Self, ValueError> {
        if min_seconds > 999_999_999 {
            return Err(ValueError { field: "DELIVERBY", expected: Expected::SmallerNumber, offset: 0 });
        }
        Ok(Self { min_seconds: Some(min_seconds), more: Cow::Borrowed("") })
    }

    /// The fewest seconds that it takes with [`ByMode::Return`]; `None` when it does not say.
    pub fn min_seconds(&self) -> Option<u32> {
        self.min_seconds
    }
}

/// ```abnf
/// deliverby-param = min-by-time *( "," extension-token )
/// min-by-time = [ 1*9DIGIT ]
/// extension-token = 1*( %x21-2B / %x2D-7E )
/// ```
impl<'a> Wire<'a> for DeliverByOffer<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (tokens, min_seconds) = match input.first() {
            Some(b',') => (input, None),
            _ => digits(input, 9).map(|(rest, seconds)| (rest, Some(seconds)))?,
        };
        let mut rest = tokens;
        while let [b',', token @ ..] = rest {
            let end = token.iter().position(|octet| !matches!(octet, b'!'..=b'+' | b'-'..=b'~'));
            match token.split_at_checked(end.unwrap_or(token.len())) {
                Some(([_, ..], after)) => rest = after,
                _ => return Fail::at(token, Expected::ParameterValue),
            }
        }
        let more = core::str::from_utf8(before(tokens, rest)).unwrap_or_default();
        Ok((rest, Self { min_seconds, more: Cow::Borrowed(more) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(seconds) = self.min_seconds {
            out.number(seconds.into());
        }
        out.put(self.more.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn deliver_by() {
        let by = |seconds, mode| DeliverBy::new(seconds, mode).unwrap();
        check([
            ("120;R", by(120, ByMode::Return)),
            ("1;RT", by(1, ByMode::Return).traced()),
            ("0;N", by(0, ByMode::Notify)),
            ("-999999999;NT", by(-999_999_999, ByMode::Notify).traced()),
        ]);
        check_read([("+060;r", by(60, ByMode::Return)), ("-0;nt", by(0, ByMode::Notify).traced())]);
        check_refused::<DeliverBy, 10>([
            ("", 0),
            ("120", 3),
            ("120;", 3),
            ("120;X", 3),
            ("120R", 3),
            ("1000000000;N", 0),
            ("0;R", 0),
            ("-1;R", 0),
            ("--1;N", 1),
            ("120;RTT", 6),
        ]);
        for (text, seconds, mode, is_traced) in
            [("120;RT", 120, ByMode::Return, true), ("-7;N", -7, ByMode::Notify, false)]
        {
            let by = crate::wire::exact::<DeliverBy>(text.as_bytes(), crate::Dialect::STRICT).unwrap();
            assert_eq!((by.seconds(), by.mode(), by.is_traced()), (seconds, mode, is_traced));
        }
        assert!(DeliverBy::new(0, ByMode::Return).is_err());
        assert!(DeliverBy::new(i32::MIN, ByMode::Notify).is_err());
    }

    #[test]
    fn offers() {
        let more = |text| DeliverByOffer { min_seconds: None, more: Cow::Borrowed(text) };
        check([("240", DeliverByOffer::new(240).unwrap()), (",x", more(",x")), (",x=1,y", more(",x=1,y"))]);
        check_refused::<DeliverByOffer<'_>, 5>([
            ("", 0),
            ("1234567890", 0),
            ("240,", 4),
            ("240 x", 3),
            (",,", 1),
        ]);
        assert!(DeliverByOffer::new(1_000_000_000).is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(seconds: i32, min: u32) {
            for mode in [ByMode::Notify, ByMode::Return] {
                if let Ok(by) = DeliverBy::new(seconds, mode) {
                    round_trip(&by);
                    round_trip(&by.traced());
                }
            }
            if let Ok(offer) = DeliverByOffer::new(min) {
                round_trip(&offer);
            }
        }
    }
}
