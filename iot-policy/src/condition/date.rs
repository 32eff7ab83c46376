//! Date conditions: instants as ISO 8601 or in seconds since the Unix epoch.

use iot_topics::Timestamp;

use crate::instant::days;
use crate::text::Text;

/// An instant, exact to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    /// Since 1970-01-01T00:00:00Z; negative before.
    seconds: i64,
    nanos: u32,
}

impl Instant {
    const fn from_secs(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// The instant of `aws:CurrentTime`, of whole seconds as its text is.
    pub(super) fn from_timestamp(now: Timestamp) -> Self {
        Self::from_secs(i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
    }

    /// Reads one of the six forms of the W3C profile of ISO 8601 (`2026`, `2026-03`,
    /// `2026-03-01`, `2026-03-01T12:30Z`, `2026-03-01T12:30:05+01:00`, `2026-03-01T12:30:05.25Z`)
    /// or whole seconds since the Unix epoch. A form without a time means its first instant, in
    /// UTC; four digits alone are a year; a time needs its offset from UTC.
    /// Source: IAM user guide, "Condition operators" and "Supported data types".
    pub(super) fn read(text: Text<'_>) -> Option<Self> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let mut cursor = Cursor(text.bytes());
        if is_number && text.len() != YEAR_DIGITS {
            return (1..=EPOCH_DIGITS)
                .contains(&text.len())
                .then(|| cursor.number(text.len()))?
                .map(Self::from_secs);
        }
        cursor.date_time()
    }
}

const YEAR_DIGITS: usize = 4;
/// As many digits as an `i64` holds whatever they are.
const EPOCH_DIGITS: usize = 18;
/// A fraction of a second has at most this many digits.
const NANO_DIGITS: u32 = 9;

/// Reads from the left; `None` as soon as the text departs from the form.
struct Cursor<B>(B);

impl<B: Iterator<Item = u8>> Cursor<B> {
    fn date_time(&mut self) -> Option<Instant> {
        let year = self.number(YEAR_DIGITS)?;
        let midnight = |month, day| Instant::from_secs(days(year, month, day) * 86_400);
        let month = match self.0.next() {
            None => return Some(midnight(1, 1)),
            Some(b'-') => self.within(1, 12)?,
            Some(_) => return None,
        };
        let day = match self.0.next() {
            None => return Some(midnight(month, 1)),
            Some(b'-') => self.within(1, days_in_month(year, month))?,
            Some(_) => return None,
        };
        match self.0.next() {
            None => return Some(midnight(month, day)),
            Some(b'T') => {}
            Some(_) => return None,
        }
        let (hour, minute) = self.hour_and_minute()?;
        let (mut second, mut nanos) = (0, 0);
        let mut next = self.0.next()?;
        if next == b':' {
            second = self.within(0, 59)?;
            next = self.0.next()?;
            if next == b'.' {
                (nanos, next) = self.fraction()?;
            }
        }
        let ahead = match next {
            b'Z' => 0,
            b'+' => self.offset()?,
            b'-' => -self.offset()?,
            _ => return None,
        };
        if self.0.next().is_some() {
            return None;
        }
        let minutes = hour * 60 + minute - ahead;
        let Instant { seconds, .. } = midnight(month, day);
        Some(Instant {
            seconds: seconds + minutes * 60 + second,
            nanos,
        })
    }

    /// Exactly `len` digits.
    fn number(&mut self, len: usize) -> Option<i64> {
        (0..len).try_fold(0, |number, _| {
            let byte = self.0.next().filter(u8::is_ascii_digit)?;
            Some(number * 10 + i64::from(byte - b'0'))
        })
    }

    /// Two digits, between the bounds.
    fn within(&mut self, least: i64, most: i64) -> Option<i64> {
        self.number(2)
            .filter(|number| (least..=most).contains(number))
    }

    fn hour_and_minute(&mut self) -> Option<(i64, i64)> {
        let hour = self.within(0, 23)?;
        let colon = self.0.next()?;
        let minute = self.within(0, 59)?;
        (colon == b':').then_some((hour, minute))
    }

    /// The minutes of an offset.
    fn offset(&mut self) -> Option<i64> {
        let (hour, minute) = self.hour_and_minute()?;
        Some(hour * 60 + minute)
    }

    /// The nanoseconds of a fraction of a second, and the byte behind its digits.
    fn fraction(&mut self) -> Option<(u32, u8)> {
        let mut nanos = 0;
        for len in 0..=NANO_DIGITS {
            let byte = self.0.next()?;
            if !byte.is_ascii_digit() {
                let scale = 10_u32.pow(NANO_DIGITS - len);
                return (len > 0).then_some((nanos * scale, byte));
            }
            if len < NANO_DIGITS {
                nanos = nanos * 10 + u32::from(byte - b'0');
            }
        }
        None
    }
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;
    use crate::instant::Iso8601;

    fn read(text: &str) -> Option<Instant> {
        Instant::read(Text::whole(text))
    }

    #[test]
    fn every_form_of_the_profile() {
        for (text, seconds, nanos) in [
            ("1970", 0, 0),
            ("1971", 31_536_000, 0),
            ("1970-02", 31 * 86_400, 0),
            ("1970-01-02", 86_400, 0),
            ("1970-01-01T00:01Z", 60, 0),
            ("1970-01-01T00:00:01Z", 1, 0),
            ("1970-01-01T00:00:00.5Z", 0, 500_000_000),
            ("1970-01-01T00:00:00.000000001Z", 0, 1),
            ("1970-01-01T01:00+01:00", 0, 0),
            ("1970-01-01T00:00:00-00:30", 1_800, 0),
            ("1969-12-31T23:59:59.25-00:00", -1, 250_000_000),
            ("0000-01-01", -62_167_219_200, 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
            ("2000-02-29T12:00:00Z", 951_825_600, 0),
            ("2026-11-22T00:28:48Z", 1_795_307_328, 0),
            ("0", 0, 0),
            ("10", 10, 0),
            ("1795307328", 1_795_307_328, 0),
            ("999999999999999999", 999_999_999_999_999_999, 0),
        ] {
            assert_eq!(read(text), Some(Instant { seconds, nanos }), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "-",
            "-1",
            "+1",
            "1.5",
            "1e9",
            "1000000000000000000",
            "now",
            "26-01-01",
            "2026-",
            "2026-1-1",
            "2026-00-01",
            "2026-13-01",
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-01-00",
            "2026-01-01 00:00:00Z",
            "2026-01-01t00:00:00Z",
            "2026-01-01T00:00:00z",
            "2026-01-01T",
            "2026-01-01T00Z",
            "2026-01-01T00:00",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234567890Z",
            "2026-01-01T00:00:00,5Z",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:00Z ",
            " 2026",
            "2026/01/01",
            "20260101T000000Z",
            "2026-01-01T00-00Z",
            "٢٠٢٦",
            "2026-W01",
            "2026-001",
            "2026-01-01T00:00:00.5",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn eight_digits_are_seconds_not_a_basic_date() {
        assert_eq!(read("20260101"), Some(Instant::from_secs(20_260_101)));
    }

    /// Counts the days one by one.
    fn naive_seconds(year: i64, month: i64, day: i64) -> i64 {
        let leap = |year: i64| (year % 4 == 0) != (year % 100 == 0) || year % 400 == 0;
        let months = |year| {
            [
                31,
                28 + i64::from(leap(year)),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ]
        };
        let years: i64 = (1970..year).map(|year| 365 + i64::from(leap(year))).sum();
        let before = usize::try_from(month - 1).unwrap();
        let in_year: i64 = months(year).iter().take(before).sum();
        (years + in_year + day - 1) * 86_400
    }

    proptest! {
        #[test]
        fn reads_what_a_naive_calendar_says(
            (year, month, day) in (1970..2400_i64, 1..=12_i64, 1..=31_i64),
            (hour, minute, second, nanos) in (0..24_i64, 0..60_i64, 0..60_i64, 0..1_000_000_000_u32),
            ahead in -1439..=1439_i64,
        ) {
            let sign = if ahead < 0 { '-' } else { '+' };
            let (ahead_hour, ahead_minute) = (ahead.abs() / 60, ahead.abs() % 60);
            let text = format!(
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}\
                 {sign}{ahead_hour:02}:{ahead_minute:02}",
            );
            let exists = naive_seconds(year, month, day)
                < naive_seconds(year + month / 12, month % 12 + 1, 1);
            let seconds = naive_seconds(year, month, day)
                + hour * 3_600 + minute * 60 + second - ahead * 60;
            prop_assert_eq!(read(&text), exists.then_some(Instant { seconds, nanos }), "{}", text);
        }

        #[test]
        fn reads_back_what_current_time_prints(secs in 0..253_402_300_800_u64) {
            let instant = Some(Instant::from_secs(i64::try_from(secs).unwrap()));
            prop_assert_eq!(read(&Iso8601(Timestamp::from_secs(secs)).to_string()), instant);
            if !(1_000..10_000).contains(&secs) {
                prop_assert_eq!(read(&secs.to_string()), instant);
            }
        }

        #[test]
        fn reading_is_total(text in "[0-9TZ:.+-]{0,30}|\\PC{0,12}") {
            let _ = read(&text);
        }
    }
}
