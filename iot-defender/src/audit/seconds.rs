//! Instants as the API has them in JSON: epoch seconds, with a fraction for milliseconds.

use iot_topics::Timestamp;
use serde_json::Value;

/// Epoch seconds, with a fraction or without, from 1970 on. Rounded to milliseconds.
pub(crate) fn read(value: &Value) -> Option<Timestamp> {
    if let Some(seconds) = value.as_u64() {
        return Some(Timestamp::from_secs(seconds));
    }
    let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0)?;
    // The conversion stays at the end of the range where the number is beyond it.
    Some(Timestamp::from_millis((seconds * 1_000.0 + 0.5) as u64))
}

/// Exact to the millisecond for the next 30,000 years: up to 2^50 the errors of a division and a
/// multiplication are less than half a millisecond.
pub(crate) fn write(instant: Timestamp) -> Value {
    Value::from(instant.as_millis() as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn samples_of_the_guide() {
        let instant = Timestamp::from_millis(1_576_012_045_299);
        assert_eq!(write(instant), json!(1_576_012_045.299));
        assert_eq!(read(&json!(1_576_012_045.299)), Some(instant));
        assert_eq!(
            read(&json!(1_576_012_045)),
            Some(Timestamp::from_secs(1_576_012_045))
        );
        assert_eq!(read(&json!(-0.5)), None);
        assert_eq!(read(&json!("1576012045")), None);
        assert_eq!(read(&json!(1e300)), Some(Timestamp::from_millis(u64::MAX)));
    }

    proptest! {
        #[test]
        fn read_undoes_write(millis in 0_u64..1 << 50) {
            let instant = Timestamp::from_millis(millis);
            prop_assert_eq!(read(&write(instant)), Some(instant));
        }
    }
}
