//! Points in time as the standard library has them.

use core::time::Duration;
use std::time::SystemTime;

use super::DateTime;
use crate::error::{Expected, ValueError};

const NO_DATE: ValueError = ValueError { field: "date-time", expected: Expected::Date, offset: 0 };

/// As a point in time in UTC.
///
/// # Errors
/// A time that the system has no value for.
impl TryFrom<DateTime> for SystemTime {
    type Error = ValueError;

    fn try_from(time: DateTime) -> Result<Self, ValueError> {
        let seconds = time.unix_timestamp();
        let distance = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            Self::UNIX_EPOCH.checked_sub(distance)
        } else {
            Self::UNIX_EPOCH.checked_add(distance)
        };
        time.ok_or(NO_DATE)
    }
}

/// By a clock that shows UTC; parts of a second are dropped.
///
/// # Errors
/// A time outside of the years 0 to 9999.
impl TryFrom<SystemTime> for DateTime {
    type Error = ValueError;

    fn try_from(time: SystemTime) -> Result<Self, ValueError> {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).ok(),
            // The second that has begun is the one before.
            Err(error) => {
                let before = error.duration();
                let begun = u64::from(before.subsec_nanos() > 0);
                i64::try_from(before.as_secs().saturating_add(begun)).ok().map(i64::saturating_neg)
            }
        };
        seconds.and_then(|seconds| Self::from_unix_timestamp(seconds, 0)).ok_or(NO_DATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_times() {
        let epoch = SystemTime::UNIX_EPOCH;
        for (system, seconds) in [
            (epoch, 0),
            (epoch + Duration::from_millis(1_900), 1),
            (epoch - Duration::from_millis(1), -1),
            (epoch - Duration::from_secs(2), -2),
        ] {
            let time = DateTime::try_from(system).unwrap();
            assert_eq!((time.unix_timestamp(), time.zone()), (seconds, 0));
            assert_eq!(DateTime::try_from(SystemTime::try_from(time).unwrap()), Ok(time));
        }
        let far = epoch + Duration::from_secs(253_402_300_800);
        assert_eq!(DateTime::try_from(far), Err(NO_DATE));
    }
}
