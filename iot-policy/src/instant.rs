//! Instants as text: ISO 8601, the form of `aws:CurrentTime` and of dates in policies.

use core::fmt;

use iot_topics::Timestamp;

/// `2026-11-22T00:28:48Z`, in UTC, whole seconds.
pub(crate) struct Iso8601(pub(crate) Timestamp);

const SECONDS_A_DAY: u64 = 86_400;

impl fmt::Display for Iso8601 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0.as_secs();
        let (year, month, day) = civil(secs / SECONDS_A_DAY);
        let second = secs % SECONDS_A_DAY;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

/// The Gregorian date of a day since 1970-01-01. Counts in eras of 400 years that start in March,
/// so that the leap day is the last of its year.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// The day since 1970-01-01 of a Gregorian date; negative before.
pub(crate) const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn known_instants() {
        for (secs, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_307_328, "2026-11-22T00:28:48Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
        ] {
            assert_eq!(Iso8601(Timestamp::from_secs(secs)).to_string(), text);
        }
    }

    #[test]
    fn days_is_the_inverse_of_civil() {
        for day in (0..200_000).step_by(7) {
            let (year, month, of_month) = civil(day);
            let back = days(
                i64::try_from(year).unwrap(),
                i64::try_from(month).unwrap(),
                i64::try_from(of_month).unwrap(),
            );
            assert_eq!(back, i64::try_from(day).unwrap());
        }
    }
}
