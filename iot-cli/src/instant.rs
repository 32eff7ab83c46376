//! Instants, as the API and the AWS CLI write them.

use iot_defender::audit::Date;
use iot_topics::Timestamp;
use serde_json::Value;

/// Reads `2022-04-20`, `2022-04-20T09:30`, `2022-04-20T09:30:51.123+09:00`, or seconds since 1970
/// with a fraction or without. Without an offset it is UTC.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let read = seconds(text).or_else(|| calendar(text));
    read.ok_or_else(|| {
        "must be a time like `2022-04-20T09:30:51Z`, or seconds since 1970".to_owned()
    })
}

/// An instant of the API: a number of seconds, or the text that the AWS CLI makes of it.
pub(crate) fn from_json(value: &Value) -> Result<Timestamp, String> {
    match value {
        Value::Number(number) => instant(&number.to_string()),
        Value::String(text) => instant(text),
        _ => Err("must be a time: a number or a text".to_owned()),
    }
}

/// `2022-04-20T00:30:51Z`
pub(crate) fn shown(instant: Timestamp) -> String {
    let seconds = instant.as_secs() % 86_400;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    let date = Date::of(instant);
    format!("{date}T{hours:02}:{minutes:02}:{:02}Z", seconds % 60)
}

/// In seconds since 1970.
const YEAR_10000: u64 = 253_402_300_800;

fn seconds(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<u64>() {
        return (seconds < YEAR_10000).then(|| Timestamp::from_secs(seconds));
    }
    let seconds = text.parse::<f64>().ok()?;
    let legal = (0.0..YEAR_10000 as f64).contains(&seconds);
    legal.then(|| Timestamp::from_millis((seconds * 1_000.0).round() as u64))
}

fn calendar(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let date: Date = date.parse().ok()?;
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, "Z"),
    };
    let of_day = clock(time)?;
    let utc = u64::from(date.days()) * 86_400_000 + of_day;
    let shift = match offset {
        "Z" => 0,
        offset => clock(offset.get(1..)?)?,
    };
    let millis = match offset.starts_with('-') {
        true => utc.checked_add(shift),
        false => utc.checked_sub(shift),
    };
    millis.map(Timestamp::from_millis)
}

/// Milliseconds of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fff`.
fn clock(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = whole.split(':').map(|part| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u64>().ok()).flatten()
    });
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let legal = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    let millis = millis.parse::<u64>().ok()?;
    (legal && digits).then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_instant() {
        let same = [
            "2022-04-20T09:30:51+09:00",
            "2022-04-20T00:30:51Z",
            "2022-04-19T19:30:51.000-05:00",
            "2022-04-20 00:30:51",
            "1650414651",
            "1650414651.0",
        ];
        for text in same {
            assert_eq!(
                instant(text),
                Ok(Timestamp::from_secs(1_650_414_651)),
                "{text}"
            );
        }
        assert_eq!(
            shown(Timestamp::from_secs(1_650_414_651)),
            "2022-04-20T00:30:51Z"
        );
        let fraction = Timestamp::from_millis(1_650_414_651_250);
        assert_eq!(instant("1650414651.25"), Ok(fraction));
        assert_eq!(instant("2022-04-20T00:30:51.25Z"), Ok(fraction));
    }

    #[test]
    fn what_is_no_instant() {
        for text in [
            "",
            "-1",
            "nan",
            "inf",
            "1e300",
            "tomorrow",
            "2022-02-30",
            "2022-04-20T24:00",
            "2022-04-20T1:00",
            "2022-04-20T10",
            "2022-04-20T10:00:00.",
            "1970-01-01T00:00+01:00",
            "2022-04-20T10:00Zulu",
            "2022-04-20T10:00é",
        ] {
            assert!(instant(text).is_err(), "{text}");
        }
    }
}
