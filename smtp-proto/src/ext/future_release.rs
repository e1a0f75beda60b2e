//! FUTURERELEASE ([RFC 4865](https://www.rfc-editor.org/rfc/rfc4865)).

use crate::error::{Expected, ValueError};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, plain};

use super::{DateTime, digits};

/// For how many seconds a message is held before it is sent on: 1 to 999,999,999.
///
/// `MAIL FROM:<a@example.org> HOLDFOR=3600`
///
/// [RFC 4865 section 3](https://www.rfc-editor.org/rfc/rfc4865#section-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldFor(u32);

/// Until when a message is held before it is sent on: a time in UTC.
///
/// `MAIL FROM:<a@example.org> HOLDUNTIL=2030-01-01T00:00:00Z`
///
/// [RFC 4865 section 3](https://www.rfc-editor.org/rfc/rfc4865#section-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HoldUntil(DateTime);

/// What a server says of FUTURERELEASE: for how long, and until when, it holds messages at most.
///
/// `250-FUTURERELEASE 604800 2030-01-01T00:00:00Z`
///
/// [RFC 4865 section 3](https://www.rfc-editor.org/rfc/rfc4865#section-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FutureReleaseOffer {
    /// For how long.
    pub max_interval: HoldFor,
    /// Until when.
    pub max_date_time: HoldUntil,
}

plain!(HoldFor, HoldUntil, FutureReleaseOffer);

impl HoldFor {
    /// For so many seconds.
    ///
    /// # Errors
    /// There are none, or more than 999,999,999.
    pub const fn new(seconds: u32) -> Result<Self, ValueError> {
        match seconds {
            1..=999_999_999 => Ok(Self(seconds)),
            _ => Err(ValueError { field: "HOLDFOR", expected: Expected::ParameterValue, offset: 0 }),
        }
    }

    /// The seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl HoldUntil {
    /// Until `time`.
    ///
    /// # Errors
    /// Its clock is not UTC.
    pub fn new(time: DateTime) -> Result<Self, ValueError> {
        if time.offset_minutes() != 0 {
            return Err(ValueError { field: "HOLDUNTIL", expected: Expected::ParameterValue, offset: 0 });
        }
        Ok(Self(time))
    }

    /// The time.
    pub fn date_time(self) -> DateTime {
        self.0
    }
}

/// ```abnf
/// future-release-integer = %x31-39 *8DIGIT
/// ```
impl<'a> Wire<'a> for HoldFor {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match digits(input, 9)? {
            (rest, seconds) if !input.starts_with(b"0") => Ok((rest, Self(seconds))),
            _ => Fail::at(input, Expected::ParameterValue),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.0.into());
    }
}

/// ```abnf
/// future-release-date-time = Internet-style-date-time-UTC
/// ```
impl<'a> Wire<'a> for HoldUntil {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, time) = DateTime::parse(input, cx)?;
        match Self::new(time) {
            Ok(until) => Ok((rest, until)),
            Err(error) => Fail::at(input, error.expected),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

/// ```abnf
/// future-release-params = max-future-release-interval SP max-future-release-date-time
/// ```
impl<'a> Wire<'a> for FutureReleaseOffer {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, max_interval) = Wire::parse(input, cx)?;
        let (rest, ()) = wire::octet(rest, b' ', Expected::Space)?;
        let (rest, max_date_time) = Wire::parse(rest, cx)?;
        Ok((rest, Self { max_interval, max_date_time }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.max_interval.encode(out);
        out.put(" ");
        self.max_date_time.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn holds() {
        let hold_for = |seconds| HoldFor::new(seconds).unwrap();
        check([("1", hold_for(1)), ("999999999", hold_for(999_999_999))]);
        check_refused::<HoldFor, 6>([("", 0), ("0", 0), ("01", 0), ("1000000000", 0), ("-1", 0), ("1s", 1)]);
        assert!(HoldFor::new(0).is_err() && HoldFor::new(1_000_000_000).is_err());
        let time = DateTime::try_from("2030-01-01T00:00:00Z").unwrap();
        check([("2030-01-01T00:00:00Z", HoldUntil::new(time).unwrap())]);
        assert_eq!((hold_for(60).seconds(), HoldUntil::new(time).unwrap().date_time()), (60, time));
        check_refused::<HoldUntil, 3>([("", 0), ("2030-01-01T00:00:00+01:00", 0), ("2030-01-01", 10)]);
        assert!(HoldUntil::new(DateTime::try_from("2030-01-01T00:00:00+01:00").unwrap()).is_err());
    }

    #[test]
    fn offers() {
        let max_interval = HoldFor::new(604_800).unwrap();
        let max_date_time = HoldUntil::new(DateTime::try_from("2030-01-01T00:00:00Z").unwrap()).unwrap();
        check([("604800 2030-01-01T00:00:00Z", FutureReleaseOffer { max_interval, max_date_time })]);
        check_refused::<FutureReleaseOffer, 4>([
            ("", 0),
            ("604800", 6),
            ("604800 ", 7),
            ("604800  2030-01-01T00:00:00Z", 7),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(hold: u32, seconds in -62_167_219_200i64..=253_402_300_799) {
            let max_date_time = HoldUntil::new(DateTime::from_unix_seconds(seconds).unwrap()).unwrap();
            round_trip(&max_date_time);
            if let Ok(max_interval) = HoldFor::new(hold) {
                round_trip(&max_interval);
                round_trip(&FutureReleaseOffer { max_interval, max_date_time });
            }
        }
    }
}
