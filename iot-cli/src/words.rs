//! Times and numbers, as people write and read them.

use std::fmt::Write;
use std::time::Duration;

use iot_jobs::Minute;
use iot_topics::Timestamp;

/// Reads `2024-03-04T11:00`, in UTC, or seconds since 1970.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds < YEAR_10000);
    let seconds = seconds.map(Timestamp::from_secs);
    let minute = || Minute::parse(text).ok().map(Minute::timestamp);
    seconds.or_else(minute).ok_or_else(|| {
        "must be a time in UTC like `2024-03-04T11:00`, or seconds since 1970".to_owned()
    })
}

/// In seconds since 1970.
const YEAR_10000: u64 = 253_402_300_800;

/// `3 d 11 h 19 min`: without what is zero.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let text: Vec<_> = parts
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    match text.is_empty() {
        true => "0 s".to_owned(),
        false => text.join(" "),
    }
}

/// `300,000`
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in (0..digits.len()).rev().zip(digits.chars()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{digit}");
        if place > 0 && place % 3 == 0 {
            text.push(',');
        }
    }
    text
}

/// `1 thing`, `2,000 things`
pub(crate) fn count(count: impl Into<u64>, of: &str) -> String {
    let count = count.into();
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {of}{plural}", number(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_numbers() {
        let words = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(words(0), "0 s");
        assert_eq!(words(299 * 60), "4 h 59 min");
        assert_eq!(words(2 * 86_400 + 1), "2 d 1 s");
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            (&*count(1_u32, "thing"), &*count(0_u32, "thing")),
            ("1 thing", "0 things")
        );
    }

    #[test]
    fn times() {
        let right = Ok(Timestamp::from_secs(1_709_550_000));
        assert_eq!(
            (time("2024-03-04T11:00"), time("1709550000")),
            (right.clone(), right)
        );
        assert!(time("tomorrow").is_err() && time("-1").is_err());
        assert!(time("253402300799").is_ok() && time("253402300800").is_err());
    }
}
