//! Dates and times ([RFC 9051 section 9](https://www.rfc-editor.org/rfc/rfc9051#section-9)).

use core::cmp::Ordering;
use core::fmt;

use crate::error::Expected;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, plain};

mod loose;
#[cfg(feature = "std")]
mod system;

pub use loose::{LooseDateTime, OtherDate};

/// A day of the Gregorian calendar, in the years 0 to 9999.
///
/// `1-Feb-1994`, `"1-Feb-1994"`
///
/// RFC 9051 section 9 (`date`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A date and a time of day, to the second, without the zone that they are in.
///
/// `"17-Jul-1996 02:44:25"` as some servers send it; a part of [`DateTime`].
///
/// A second 60 may stand in any minute.
///
/// RFC 9051 section 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalDateTime {
    date: Date,
    hour: u8,
    minute: u8,
    second: u8,
}

/// A point in time, to the second, and how far the clock is ahead of UTC.
///
/// `"17-Jul-1996 02:44:25 -0700"`
///
/// Earlier ones are less; of two at the same time, the one whose clock shows less. They are equal when they show the
/// same time in the same zone. RFC 9051 section 9 (`date-time`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    local: LocalDateTime,
    /// Minutes that the clock is ahead of UTC.
    zone: i16,
}

plain!(Date, LocalDateTime, DateTime);

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

impl Date {
    /// A day, when the calendar has it: `year` up to 9999, `month` and `day` from 1.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        // Every month has 28.
        let is_day = year <= 9_999
            && (1..=12).contains(&month)
            && ((1..=28).contains(&day) || (29..=31).contains(&day) && day <= days_in(year, month));
        is_day.then_some(Self { year, month, day })
    }

    /// The year, 0 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days from 1 January 1970; before it, fewer than none.
    fn days(self) -> i64 {
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        // The year is taken to begin in March, so that leap days end it.
        let year = if month < 3 { year.saturating_sub(1) } else { year };
        let from_march = month.saturating_add(9).rem_euclid(12);
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let before_month = from_march.saturating_mul(153).saturating_add(2).div_euclid(5);
        let leap_days = year.div_euclid(4).saturating_sub(year.div_euclid(100));
        era.saturating_mul(146_097)
            .saturating_add(year.saturating_mul(365))
            .saturating_add(leap_days)
            .saturating_add(before_month)
            .saturating_add(self.day.into())
            // From the first of March of the year 0 to the beginning of 1970, and days count from one.
            .saturating_sub(719_469)
    }

    /// The date so many days after 1 January 1970.
    fn from_days(days: i64) -> Option<Self> {
        let first = |year: u16, month: u8| Self { year, month, day: 1 }.days();
        // Off by one at most, and only near the ends of years.
        let guess = days.saturating_mul(400).div_euclid(146_097).saturating_add(1970);
        let year = [1, 0, -1].into_iter().find_map(|step| {
            let year = u16::try_from(guess.saturating_add(step)).ok()?;
            (first(year, 1) <= days).then_some(year)
        })?;
        let month = (1..=12).rev().find(|&month| first(year, month) <= days)?;
        let day = days.saturating_sub(first(year, month)).saturating_add(1);
        Self::new(year, month, u8::try_from(day).ok()?)
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

impl LocalDateTime {
    /// A time of day: `hour` up to 23, `minute` up to 59, `second` up to 60.
    pub fn new(date: Date, hour: u8, minute: u8, second: u8) -> Option<Self> {
        (hour <= 23 && minute <= 59 && second <= 60).then_some(Self { date, hour, minute, second })
    }

    /// The date.
    pub fn date(self) -> Date {
        self.date
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 60.
    pub fn second(self) -> u8 {
        self.second
    }

    /// Seconds from the beginning of 1970 by the same clock; a second 60 is the first of the next minute.
    fn seconds(self) -> i64 {
        let minutes = i64::from(self.hour).saturating_mul(60).saturating_add(self.minute.into());
        let seconds = minutes.saturating_mul(60).saturating_add(self.second.into());
        self.date.days().saturating_mul(86_400).saturating_add(seconds)
    }
}

impl DateTime {
    /// The farthest from UTC that four digits go: 99 hours and 59 minutes. RFC 5322 section 3.3.
    const ZONE: u16 = 5_999;

    /// What a clock shows that is so many minutes ahead of UTC: -5999 to 5999.
    pub fn new(local: LocalDateTime, zone: i16) -> Option<Self> {
        (zone.unsigned_abs() <= Self::ZONE).then_some(Self { local, zone })
    }

    /// So many seconds after the beginning of 1970 in UTC, leap seconds not counted, by a clock that is `zone` minutes
    /// ahead of UTC; `None` when that is not in the years 0 to 9999.
    ///
    /// ```
    /// use imap_proto::date::DateTime;
    ///
    /// let time = DateTime::from_unix_timestamp(837_596_665, -7 * 60);
    /// assert_eq!(time.map(|time| time.to_string()).as_deref(), Some("17-Jul-1996 02:44:25 -0700"));
    /// ```
    pub fn from_unix_timestamp(seconds: i64, zone: i16) -> Option<Self> {
        let local = seconds.checked_add(i64::from(zone).saturating_mul(60))?;
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let part =
            |divisor: i64, modulus: i64| u8::try_from(second.div_euclid(divisor).rem_euclid(modulus)).ok();
        let date = Date::from_days(days)?;
        Self::new(LocalDateTime::new(date, part(3_600, 24)?, part(60, 60)?, part(1, 60)?)?, zone)
    }

    /// Seconds after the beginning of 1970 in UTC, leap seconds not counted; before it, fewer than none.
    pub fn unix_timestamp(self) -> i64 {
        self.local.seconds().saturating_sub(i64::from(self.zone).saturating_mul(60))
    }

    /// What the clock shows.
    pub fn local(self) -> LocalDateTime {
        self.local
    }

    /// The date that the clock shows.
    pub fn date(self) -> Date {
        self.local.date
    }

    /// Minutes that the clock is ahead of UTC, -5999 to 5999.
    pub fn zone(self) -> i16 {
        self.zone
    }
}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |time: &Self| (time.unix_timestamp(), time.local, time.zone);
        key(self).cmp(&key(other))
    }
}

/// ```abnf
/// date      = date-text / DQUOTE date-text DQUOTE
/// date-text = 1*2DIGIT "-" date-month "-" 4DIGIT
/// ```
impl<'a> Wire<'a> for Date {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (quoted, start) = match input {
            [b'"', start @ ..] => (true, start),
            _ => (false, input),
        };
        let (rest, date) = match start {
            [day, b'-', rest @ ..] => date(b'0', *day, rest),
            [tens, ones, b'-', rest @ ..] => date(*tens, *ones, rest),
            _ => None,
        }
        .map_or_else(|| Fail::at(start, Expected::Date), Ok)?;
        let rest = if quoted { octet(rest, b'"', Expected::Date)?.0 } else { rest };
        Ok((rest, date))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.day.into());
        month_and_year(*self, out);
    }
}

/// ```abnf
/// date-time = DQUOTE date-day-fixed "-" date-month "-" 4DIGIT SP time SP zone DQUOTE
/// date-day-fixed = (SP DIGIT) / 2DIGIT
/// time = 2DIGIT ":" 2DIGIT ":" 2DIGIT
/// zone = ("+" / "-") 4DIGIT
/// ```
impl<'a> Wire<'a> for DateTime {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match date_time(input) {
            Some((rest, time)) => Ok((rest, time)),
            None => Fail::at(input, Expected::Date),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("\"");
        put(*self, out);
        out.put("\"");
    }
}

/// A date and time between quotes, eight octets at a time.
#[inline]
fn date_time(input: &[u8]) -> Option<(&[u8], DateTime)> {
    let (&[b'"', tens, ones, b'-', m, o, n, b'-'], rest) = input.split_first_chunk()? else { return None };
    let (&clock, rest) = rest.split_first_chunk::<8>()?;
    let (&end, rest) = rest.split_first_chunk::<8>()?;
    let (&[h, u, t, b'"'], rest) = rest.split_first_chunk()? else { return None };
    let [a, b, colon, c, d, space, sign, z] = end;
    let [century, _, year, _, _, hour, ..] = pairs(clock, *b"0000 00:")?;
    let [minute, _, _, second, ..] = pairs([a, b, colon, c, d, space, b'+', z], *b"00:00 +0")?;
    // Both at most 99.
    let year = u16::from(century).wrapping_mul(100).wrapping_add(year.into());
    let date = Date::new(year, month([m, o, n]), pair(if tens == b' ' { b'0' } else { tens }, ones))?;
    let local = LocalDateTime::new(date, hour, minute, second)?;
    Some((rest, DateTime { local, zone: offset(sign, pair(z, h), pair(u, t))? }))
}

/// The numbers of the two digits that begin at each octet, where digits stand for the `0` of `form`, and the rest is equal.
#[inline]
fn pairs(octets: [u8; 8], form: [u8; 8]) -> Option<[u8; 8]> {
    const NINES: u64 = u64::from_le_bytes([0x7f - 9; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    let digits = u64::from_le_bytes(form.map(|octet| if octet == b'0' { 0xff } else { 0 }));
    let word = u64::from_le_bytes(octets) ^ u64::from_le_bytes(form);
    // The high bit of the first octet over 9 is set: what is carried comes to those above.
    let over = (word.wrapping_add(NINES) | word) & TOPS;
    (over | word & !digits == 0).then(|| word.wrapping_mul(10).wrapping_add(word >> 8).to_le_bytes())
}

/// The number of two digits, or more than any pair stands for.
#[inline]
fn pair(tens: u8, ones: u8) -> u8 {
    match (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0')) {
        // At most 99.
        (tens @ 0..=9, ones @ 0..=9) => tens.wrapping_mul(10).wrapping_add(ones),
        _ => u8::MAX,
    }
}

/// From behind the hyphen after the day.
#[inline]
fn date(tens: u8, ones: u8, input: &[u8]) -> Option<(&[u8], Date)> {
    let [m, o, n, b'-', y, e, a, r, rest @ ..] = input else { return None };
    let (century, year) = (pair(*y, *e), pair(*a, *r));
    // At most 25,755.
    let year =
        if year > 99 { u16::MAX } else { u16::from(century).wrapping_mul(100).wrapping_add(year.into()) };
    Some((rest, Date::new(year, month([*m, *o, *n]), pair(tens, ones))?))
}

/// The number of a month, or 0.
#[inline]
fn month(name: [u8; 3]) -> u8 {
    match name.map(|letter| letter & 0xdf) {
        [b'J', b'A', b'N'] => 1,
        [b'F', b'E', b'B'] => 2,
        [b'M', b'A', b'R'] => 3,
        [b'A', b'P', b'R'] => 4,
        [b'M', b'A', b'Y'] => 5,
        [b'J', b'U', b'N'] => 6,
        [b'J', b'U', b'L'] => 7,
        [b'A', b'U', b'G'] => 8,
        [b'S', b'E', b'P'] => 9,
        [b'O', b'C', b'T'] => 10,
        [b'N', b'O', b'V'] => 11,
        [b'D', b'E', b'C'] => 12,
        _ => 0,
    }
}

/// A date with two places for the day, and a time.
#[inline]
fn local(input: &[u8]) -> Option<(&[u8], LocalDateTime)> {
    let [tens, ones, b'-', rest @ ..] = input else { return None };
    let (rest, date) = date(if *tens == b' ' { b'0' } else { *tens }, *ones, rest)?;
    let [b' ', h, o, b':', m, i, b':', s, e, rest @ ..] = rest else { return None };
    Some((rest, LocalDateTime::new(date, pair(*h, *o), pair(*m, *i), pair(*s, *e))?))
}

#[inline]
fn zone(input: &[u8]) -> Option<(&[u8], i16)> {
    let [sign, h, o, m, i, rest @ ..] = input else { return None };
    Some((rest, offset(*sign, pair(*h, *o), pair(*m, *i))?))
}

#[inline]
fn offset(sign: u8, hours: u8, minutes: u8) -> Option<i16> {
    if hours > 99 || minutes > 59 {
        return None;
    }
    // At most 5,999.
    let minutes = i16::from(hours).wrapping_mul(60).wrapping_add(minutes.into());
    match sign {
        b'+' => Some(minutes),
        b'-' => Some(minutes.wrapping_neg()),
        _ => None,
    }
}

/// Writes two digits of a number below 100.
fn put_pair(number: u8, out: &mut Writer<'_>) {
    if number < 10 {
        out.put("0");
    }
    out.number(number.into());
}

fn month_and_year(date: Date, out: &mut Writer<'_>) {
    out.put("-");
    // The month is one of these.
    out.put(MONTHS.get(usize::from(date.month).saturating_sub(1)).copied().unwrap_or(b"Jan"));
    out.put("-");
    put_pair((date.year / 100) as u8, out);
    put_pair((date.year % 100) as u8, out);
}

fn put_local(time: LocalDateTime, out: &mut Writer<'_>) {
    // Both digits: what most servers send, and what some readers of fixed columns need.
    put_pair(time.date.day, out);
    month_and_year(time.date, out);
    for (before, number) in [(" ", time.hour), (":", time.minute), (":", time.second)] {
        out.put(before);
        put_pair(number, out);
    }
}

fn put(time: DateTime, out: &mut Writer<'_>) {
    put_local(time.local, out);
    out.put(if time.zone < 0 { " -" } else { " +" });
    let zone = time.zone.unsigned_abs();
    // At most 99 hours.
    put_pair((zone / 60) as u8, out);
    put_pair((zone % 60) as u8, out);
}

/// Shows what `write` writes, which is ASCII.
fn show(f: &mut fmt::Formatter<'_>, write: impl FnOnce(&mut Writer<'_>)) -> fmt::Result {
    let mut text = bytes::BytesMut::new();
    write(&mut Writer::new(&mut text));
    f.pad(core::str::from_utf8(&text).unwrap_or_default())
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| self.encode(out))
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| put_local(*self, out))
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| put(*self, out))
    }
}

#[cfg(test)]
pub(crate) mod tests;
