//! Points in time ([RFC 3339 section 5.6](https://www.rfc-editor.org/rfc/rfc3339#section-5.6)).

use core::fmt;

use crate::error::{Expected, ParseError};
use crate::options::Dialect;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, plain};

use super::digits;

/// A date and time of the years 0 to 9999, to the second or finer, and how far its clock is ahead of UTC.
///
/// `2014-04-03T23:01:00Z`, `1990-12-31T15:59:60-08:00`
///
/// Every value is a day of the Gregorian calendar; a second 60 is the last of a month in UTC. Digits beyond the
/// nanosecond are dropped. [RFC 3339 section 5.6](https://www.rfc-editor.org/rfc/rfc3339#section-5.6).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
    /// Minutes that the clock is ahead of UTC.
    offset: i16,
}

plain!(DateTime);

impl DateTime {
    /// So many seconds after the beginning of 1970, leap seconds not counted, in UTC; `None` outside of the years 0
    /// to 9999.
    ///
    /// ```
    /// use smtp_proto::ext::DateTime;
    ///
    /// let time = DateTime::from_unix_seconds(1_396_566_060);
    /// assert_eq!(time.map(|time| time.to_string()).as_deref(), Some("2014-04-03T23:01:00Z"));
    /// ```
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date(days)?;
        let part = |divisor: i64, modulus: i64| {
            u8::try_from(second_of_day.div_euclid(divisor).rem_euclid(modulus)).ok()
        };
        let (hour, minute, second) = (part(3_600, 24)?, part(60, 60)?, part(1, 60)?);
        Some(Self { year, month, day, hour, minute, second, nanosecond: 0, offset: 0 })
    }

    /// Seconds after the beginning of 1970, leap seconds not counted; before it, fewer than none.
    pub fn unix_seconds(&self) -> i64 {
        let minutes = i64::from(self.hour)
            .saturating_mul(60)
            .saturating_add(self.minute.into())
            .saturating_sub(self.offset.into());
        let seconds = minutes.saturating_mul(60).saturating_add(self.second.into());
        days(self.year, self.month, self.day).saturating_mul(86_400).saturating_add(seconds)
    }

    /// Nanoseconds after the second.
    pub fn nanosecond(&self) -> u32 {
        self.nanosecond
    }

    /// Minutes that the clock is ahead of UTC.
    pub fn offset_minutes(&self) -> i16 {
        self.offset
    }

    /// Whether a second 60 may stand there: in UTC it is 23:59 at the end of a month.
    fn is_before_leap_second(&self) -> bool {
        let next = Self { second: 0, ..*self }.unix_seconds().saturating_add(60);
        Self::from_unix_seconds(next).is_some_and(|next| next.day == 1 && next.hour == 0 && next.minute == 0)
    }
}

/// Days in `month` of `year`.
fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the beginning of 1970 to a date. The year is taken to begin in March, so that leap days end it.
fn days(year: u16, month: u8, day: u8) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let year = if month < 3 { year.saturating_sub(1) } else { year };
    let from_march = month.saturating_add(9).rem_euclid(12);
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let before_month = from_march.saturating_mul(153).saturating_add(2).div_euclid(5);
    let leap_days = year.div_euclid(4).saturating_sub(year.div_euclid(100));
    era.saturating_mul(146_097)
        .saturating_add(year.saturating_mul(365))
        .saturating_add(leap_days)
        .saturating_add(before_month)
        .saturating_add(day)
        // From the first of March of the year 0 to the beginning of 1970, and days count from one.
        .saturating_sub(719_469)
}

/// The date so many days after the beginning of 1970.
fn date(days_since: i64) -> Option<(u16, u8, u8)> {
    // Off by one at most, and only near the ends of years.
    let guess = days_since.saturating_mul(400).div_euclid(146_097).saturating_add(1970);
    let year = [1, 0, -1].into_iter().find_map(|step| {
        let year = u16::try_from(guess.saturating_add(step)).ok().filter(|year| *year <= 9_999)?;
        (days(year, 1, 1) <= days_since).then_some(year)
    })?;
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= days_since)?;
    let day = days_since.saturating_sub(days(year, month, 1)).saturating_add(1);
    let day = u8::try_from(day).ok().filter(|day| *day <= days_in(year, month))?;
    Some((year, month, day))
}

impl<'a> TryFrom<&'a str> for DateTime {
    type Error = ParseError;

    fn try_from(text: &'a str) -> Result<Self, ParseError> {
        wire::exact(text.as_bytes(), Dialect::STRICT)
    }
}

/// ```abnf
/// date-time = full-date "T" full-time
/// full-date = 4DIGIT "-" 2DIGIT "-" 2DIGIT
/// full-time = 2DIGIT ":" 2DIGIT ":" 2DIGIT [ "." 1*DIGIT ] time-offset
/// time-offset = "Z" / ( "+" / "-" ) 2DIGIT ":" 2DIGIT
/// ```
impl<'a> Wire<'a> for DateTime {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, year) = field(input, 4, 0..=9_999)?;
        let (rest, month) = field(octet(rest, b'-')?, 2, 1..=12)?;
        let (rest, day) = field(octet(rest, b'-')?, 2, 1..=31)?;
        let ([b'T' | b't', rest @ ..], true) = (rest, day <= days_in(year, month as u8).into()) else {
            return Fail::at(rest, Expected::ParameterValue);
        };
        let (rest, hour) = field(rest, 2, 0..=23)?;
        let (rest, minute) = field(octet(rest, b':')?, 2, 0..=59)?;
        let (rest, second) = field(octet(rest, b':')?, 2, 0..=60)?;
        let (rest, nanosecond) = fraction(rest)?;
        let (rest, offset) = offset(rest)?;
        // Each is below 100, as `field` has seen.
        let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(|value| value as u8);
        let time = Self { year, month, day, hour, minute, second, nanosecond, offset };
        if second == 60 && !time.is_before_leap_second() {
            return Fail::at(input, Expected::ParameterValue);
        }
        Ok((rest, time))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let put = |out: &mut Writer<'_>, number: u32, width: usize| {
            let digits = wire::Digits::of(number.into());
            out.put(b"000000000".get(digits.as_ref().len()..width).unwrap_or_default());
            out.put(digits);
        };
        put(out, self.year.into(), 4);
        for (separator, value) in
            [("-", self.month), ("-", self.day), ("T", self.hour), (":", self.minute), (":", self.second)]
        {
            out.put(separator);
            put(out, value.into(), 2);
        }
        if self.nanosecond > 0 {
            let (mut fraction, mut width) = (self.nanosecond, 9usize);
            while fraction.is_multiple_of(10) {
                fraction /= 10;
                width = width.saturating_sub(1);
            }
            out.put(".");
            put(out, fraction, width);
        }
        let offset = u32::from(self.offset.unsigned_abs());
        match self.offset {
            0 => return out.put("Z"),
            1.. => out.put("+"),
            _ => out.put("-"),
        }
        put(out, offset / 60, 2);
        out.put(":");
        put(out, offset % 60, 2);
    }
}

/// Exactly `width` digits, of a number in `range`.
fn field(input: &[u8], width: usize, range: core::ops::RangeInclusive<u16>) -> Parsed<'_, u16> {
    let (field, rest) = input.split_at_checked(width).unwrap_or((&[], input));
    match digits(field, width) {
        Ok(([], value)) if u16::try_from(value).is_ok_and(|value| range.contains(&value)) => {
            Ok((rest, value as u16))
        }
        _ => Fail::at(input, Expected::ParameterValue),
    }
}

fn octet(input: &[u8], octet: u8) -> Result<&[u8], nom::Err<Fail>> {
    wire::octet(input, octet, Expected::ParameterValue).map(|(rest, ())| rest)
}

/// Nanoseconds; digits beyond do not count.
fn fraction(input: &[u8]) -> Parsed<'_, u32> {
    let Some(digits) = input.strip_prefix(b".") else { return Ok((input, 0)) };
    let count = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    if count == 0 {
        return Fail::at(digits, Expected::ParameterValue);
    }
    let (fraction, rest) = digits.split_at_checked(count).unwrap_or((digits, &[]));
    let nine = fraction.iter().copied().chain(core::iter::repeat(b'0')).take(9);
    // Nine digits fit.
    let value =
        nine.fold(0u32, |value, digit| value.wrapping_mul(10).wrapping_add(digit.wrapping_sub(b'0').into()));
    Ok((rest, value))
}

/// Minutes that the clock is ahead of UTC.
fn offset(input: &[u8]) -> Parsed<'_, i16> {
    let (ahead, rest) = match input {
        [b'Z' | b'z', rest @ ..] => return Ok((rest, 0)),
        [b'+', rest @ ..] => (true, rest),
        [b'-', rest @ ..] => (false, rest),
        _ => return Fail::at(input, Expected::ParameterValue),
    };
    let (rest, hours) = field(rest, 2, 0..=23)?;
    let (rest, minutes) = field(octet(rest, b':')?, 2, 0..=59)?;
    // At most 23:59.
    let minutes = hours.wrapping_mul(60).wrapping_add(minutes) as i16;
    Ok((rest, if ahead { minutes } else { minutes.wrapping_neg() }))
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = bytes::BytesMut::new();
        Wire::encode(self, &mut Writer::new(&mut text));
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn at(seconds: i64) -> DateTime {
        DateTime::from_unix_seconds(seconds).unwrap()
    }

    #[test]
    fn date_times() {
        check([
            ("1970-01-01T00:00:00Z", at(0)),
            ("2014-04-03T23:01:00Z", at(1_396_566_060)),
            ("2000-02-29T12:34:56Z", at(951_827_696)),
            ("0000-01-01T00:00:00Z", at(-62_167_219_200)),
            ("9999-12-31T23:59:59Z", at(253_402_300_799)),
            ("1996-12-19T16:39:57-08:00", DateTime { offset: -480, hour: 16, day: 19, ..at(851_042_397) }),
            ("1985-04-12T23:20:50.52Z", DateTime { nanosecond: 520_000_000, ..at(482_196_050) }),
            ("1990-12-31T23:59:60Z", DateTime { second: 60, ..at(662_687_999) }),
        ]);
        check_read([
            ("2014-04-03t23:01:00z", at(1_396_566_060)),
            ("2014-04-03T23:01:00+00:00", at(1_396_566_060)),
            ("2014-04-03T23:01:00.0000000001-00:00", at(1_396_566_060)),
        ]);
        let pacific = DateTime::try_from("1990-12-31T15:59:60-08:00").unwrap();
        assert_eq!((pacific.unix_seconds(), pacific.offset_minutes()), (662_688_000, -480));
        assert_eq!(DateTime::from_unix_seconds(253_402_300_800), None);
        assert_eq!(DateTime::from_unix_seconds(-62_167_219_201), None);
        assert_eq!(DateTime::from_unix_seconds(i64::MAX), None);
        assert_eq!(DateTime::from_unix_seconds(i64::MIN), None);
    }

    #[test]
    fn sec_54_dates_that_are_none() {
        check_refused::<DateTime, 22>([
            ("", 0),
            ("14-04-03T23:01:00Z", 0),
            ("2014-13-03T23:01:00Z", 5),
            ("2014-00-03T23:01:00Z", 5),
            ("2014-04-31T23:01:00Z", 10),
            ("2014-04-00T23:01:00Z", 8),
            ("2013-02-29T23:01:00Z", 10),
            ("1900-02-29T23:01:00Z", 10),
            ("2014-04-03 23:01:00Z", 10),
            ("2014-04-03T24:00:00Z", 11),
            ("2014-04-03T23:60:00Z", 14),
            ("2014-04-03T23:01:61Z", 17),
            ("2014-04-03T23:59:60Z", 0),
            ("2014-04-30T22:59:60Z", 0),
            ("2014-04-03T23:01:00", 19),
            ("2014-04-03T23:01:00.Z", 20),
            ("2014-04-03T23:01:00+24:00", 20),
            ("2014-04-03T23:01:00+0100", 22),
            ("2014-04-03T23:01:00-01:60", 23),
            ("+014-04-03T23:01:00Z", 0),
            ("2014-4-03T23:01:00Z", 5),
            ("99999-04-03T23:01:00Z", 4),
        ]);
    }

    proptest! {
        #[test]
        fn seconds_there_and_back(seconds in -62_167_219_200i64..=253_402_300_799, offset in -1_439i16..=1_439,
            nanosecond in 0u32..1_000_000_000) {
            let time = at(seconds);
            prop_assert_eq!(time.unix_seconds(), seconds);
            prop_assert_eq!(DateTime::try_from(time.to_string().as_str()), Ok(time));
            let odd = DateTime { offset, nanosecond, ..time };
            round_trip(&odd);
            prop_assert_eq!(odd.unix_seconds(), seconds - i64::from(offset) * 60);
        }

        #[test]
        fn the_day_after_is_the_next(day in -719_528i64..2_932_896) {
            let (one, two) = (date(day).unwrap(), date(day + 1).unwrap());
            prop_assert!(one < two && (two.2 == 1 || two.2 == one.2 + 1), "{:?} {:?}", one, two);
        }
    }
}
