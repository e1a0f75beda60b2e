use super::*;
use crate::options::Dialect;
use crate::testing::{check, check_read, check_refused, round_trip};
use crate::wire::exact;
use alloc::string::ToString;
use proptest::prelude::*;

const YEARS: core::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

pub(crate) fn day(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

pub(crate) fn time(date: Date, hour: u8, minute: u8, second: u8) -> LocalDateTime {
    LocalDateTime::new(date, hour, minute, second).unwrap()
}

pub(crate) fn at(local: LocalDateTime, zone: i16) -> DateTime {
    DateTime::new(local, zone).unwrap()
}

#[test]
fn dates() {
    check([
        ("1-Feb-1994", day(1994, 2, 1)),
        ("29-Feb-2000", day(2000, 2, 29)),
        ("31-Dec-9999", day(9999, 12, 31)),
        ("1-Jan-0000", day(0, 1, 1)),
    ]);
    for (month, name) in (1..).zip(MONTHS) {
        let text = alloc::format!("9-{}-2024", name.escape_ascii());
        let date = exact::<Date>(text.as_bytes(), Dialect::STRICT).unwrap();
        assert_eq!((date, date.to_string()), (day(2024, month, 9), text));
    }
    check_read([
        ("\"1-Feb-1994\"", day(1994, 2, 1)),
        ("01-Feb-1994", day(1994, 2, 1)),
        ("\"01-fEB-1994\"", day(1994, 2, 1)),
    ]);
    check_refused::<Date, 16>([
        ("", 0),
        ("1", 0),
        ("\"1-Feb-1994", 11),
        ("1-Feb-1994\"", 10),
        ("0-Feb-1994", 0),
        ("30-Feb-1996", 0),
        ("29-Feb-1900", 0),
        ("31-Apr-2024", 0),
        ("001-Feb-1994", 0),
        (" 1-Feb-1994", 0),
        ("-Feb-1994", 0),
        ("1-Foo-1994", 0),
        ("1-Feb-94", 0),
        ("1-Feb-19 4", 0),
        ("1-Feb-x994", 0),
        ("1-Feb-19945", 10),
    ]);
    assert_eq!(Date::new(10_000, 1, 1), None);
    assert_eq!((day(1994, 2, 1).year(), day(1994, 2, 1).month(), day(1994, 2, 1).day()), (1994, 2, 1));
    assert!(day(1994, 2, 1) < day(1994, 2, 2) && day(1994, 12, 31) < day(1995, 1, 1));
}

#[test]
fn date_times() {
    let july = time(day(1996, 7, 17), 2, 44, 25);
    check([
        ("\"17-Jul-1996 02:44:25 -0700\"", at(july, -420)),
        ("\"05-Apr-2017 14:38:25 +0200\"", at(time(day(2017, 4, 5), 14, 38, 25), 120)),
        ("\"31-Dec-1998 23:59:60 +0000\"", at(time(day(1998, 12, 31), 23, 59, 60), 0)),
        ("\"01-Jan-0000 00:00:00 +9959\"", at(time(day(0, 1, 1), 0, 0, 0), 5_999)),
        ("\"31-Dec-9999 23:59:59 -9959\"", at(time(day(9999, 12, 31), 23, 59, 59), -5_999)),
    ]);
    check_read([
        ("\" 5-Apr-2017 14:38:25 +0200\"", at(time(day(2017, 4, 5), 14, 38, 25), 120)),
        ("\"17-JUL-1996 02:44:25 -0700\"", at(july, -420)),
        ("\"17-Jul-1996 02:44:25 -0000\"", at(july, 0)),
    ]);
    check_refused::<DateTime, 21>([
        ("", 0),
        ("NIL", 0),
        ("17-Jul-1996 02:44:25 -0700", 0),
        ("\"17-Jul-1996 02:44:25 -0700", 0),
        ("\"17-Jul-1996 02:44:25 -0700\" ", 28),
        ("\"17-Jul-1996 02:44:25\"", 0),
        ("\"17-Jul-1996 02:44:25 \"", 0),
        ("\"17-Jul-1996 02:44:25 GMT\"", 0),
        ("\"17-Jul-1996 02:44:25 0700\"", 0),
        ("\"17-Jul-1996 02:44:25 -070\"", 0),
        ("\"17-Jul-1996 02:44:25 -0760\"", 0),
        ("\"17-Jul-1996 02:44:61 -0700\"", 0),
        ("\"17-Jul-1996 02:60:25 -0700\"", 0),
        ("\"17-Jul-1996 24:44:25 -0700\"", 0),
        ("\"17-Jul-1996 2:44:25 -0700\"", 0),
        ("\"17-Jul-1996 02.44.25 -0700\"", 0),
        ("\"5-Apr-2017 14:38:25 +0200\"", 0),
        ("\"  -Apr-2017 14:38:25 +0200\"", 0),
        ("\"00-Jan-0000 00:00:00 +0000\"", 0),
        ("\"31-Jun-1996 02:44:25 -0700\"", 0),
        ("\"17 Jul 1996 02:44:25 -0700\"", 0),
    ]);
    assert_eq!(DateTime::new(july, 6_000), None);
    assert_eq!(DateTime::new(july, i16::MIN), None);
    assert_eq!((july.date(), july.hour(), july.minute(), july.second()), (day(1996, 7, 17), 2, 44, 25));
    assert_eq!(at(july, -420).date(), july.date());
    assert_eq!(july.to_string(), "17-Jul-1996 02:44:25");
}

#[test]
fn points_in_time() {
    let unix = |seconds, zone| DateTime::from_unix_timestamp(seconds, zone);
    let july = at(time(day(1996, 7, 17), 2, 44, 25), -420);
    assert_eq!((july.unix_timestamp(), unix(837_596_665, -420)), (837_596_665, Some(july)));
    let utc = at(time(day(1996, 7, 17), 9, 44, 25), 0);
    assert!(july < utc && july != utc && july.unix_timestamp() == utc.unix_timestamp());
    // Later on the clock, and earlier.
    assert!(at(utc.local(), 60) < july);
    let leap = at(time(day(1998, 12, 31), 23, 59, 60), 0);
    assert_eq!(leap.unix_timestamp(), 915_148_800);
    assert_eq!(unix(0, 0), Some(at(time(day(1970, 1, 1), 0, 0, 0), 0)));
    assert_eq!(unix(-1, 0), Some(at(time(day(1969, 12, 31), 23, 59, 59), 0)));
    assert_eq!(unix(*YEARS.start(), 0), Some(at(time(day(0, 1, 1), 0, 0, 0), 0)));
    assert_eq!(unix(*YEARS.end(), 0), Some(at(time(day(9999, 12, 31), 23, 59, 59), 0)));
    for (seconds, zone) in [
        (YEARS.start() - 1, 0),
        (YEARS.end() + 1, 0),
        (*YEARS.end(), 1),
        (*YEARS.start(), -1),
        (0, 6_000),
        (i64::MAX, 5_999),
        (i64::MAX, 0),
        (i64::MIN, -1),
        (i64::MIN, 0),
    ] {
        assert_eq!(unix(seconds, zone), None, "{seconds} {zone}");
    }
}

/// Any date.
#[test]
fn what_is_shown_is_the_wire_form() {
    let local = time(day(1996, 7, 7), 2, 4, 5);
    assert_eq!(
        (local.to_string().as_str(), at(local, -420).to_string().as_str()),
        ("07-Jul-1996 02:04:05", "07-Jul-1996 02:04:05 -0700")
    );
}

pub(crate) fn any_date() -> impl Strategy<Value = Date> {
    any_date_time().prop_map(DateTime::date)
}

/// Any date and time.
pub(crate) fn any_date_time() -> impl Strategy<Value = DateTime> {
    (YEARS, -5_999i16..=5_999, any::<bool>()).prop_map(|(seconds, zone, leap)| {
        let mut time = DateTime::from_unix_timestamp(seconds, 0).unwrap();
        time.zone = zone;
        if leap {
            time.local.second = 60;
        }
        time
    })
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(time in any_date_time(), date in any_date()) {
        round_trip(&time);
        round_trip(&date);
    }

    #[test]
    fn seconds_there_and_back(seconds in YEARS, zone in -5_999i16..=5_999) {
        if let Some(time) = DateTime::from_unix_timestamp(seconds, zone) {
            prop_assert_eq!((time.unix_timestamp(), time.zone()), (seconds, zone));
        }
    }

    #[test]
    fn the_day_after_is_the_next(days in -719_528i64..2_932_896) {
        let (one, two) = (Date::from_days(days).unwrap(), Date::from_days(days + 1).unwrap());
        prop_assert!(one < two && (two.day == 1 || two.day == one.day + 1), "{:?} {:?}", one, two);
    }

    #[test]
    fn order_is_of_time(one in any_date_time(), other in any_date_time()) {
        prop_assert_eq!(one == other, one.cmp(&other).is_eq());
        if one.unix_timestamp() < other.unix_timestamp() {
            prop_assert!(one < other);
        }
    }
}
