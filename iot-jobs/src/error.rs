//! What is wrong with a configuration.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};

use serde_json::Value;

/// A field of a configuration that breaks a rule: which, what it held, and the rule.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RolloutConfig};
/// use serde_json::json;
///
/// let error = RolloutConfig::from_json(&json!({"maximumPerMinute": 0}), &Limits::AWS_IOT)
///     .unwrap_err();
/// assert_eq!(error.field(), "jobExecutionsRolloutConfig.maximumPerMinute");
/// assert_eq!(error.value(), Some("0"));
/// assert_eq!(error.rule(), "must be a whole number from 1 to 1000");
/// assert_eq!(
///     error.to_string(),
///     "`jobExecutionsRolloutConfig.maximumPerMinute` is `0`, but must be a whole number from 1 to 1000"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is {}, but {rule}", Named(.field), Shown(.value.as_deref()))]
pub struct ConfigError {
    field: String,
    value: Option<String>,
    rule: Cow<'static, str>,
}

/// Characters of a value that an error repeats.
const VALUE_CHARS: usize = 80;

impl ConfigError {
    pub(crate) fn new(
        field: impl Into<String>,
        value: Option<&Value>,
        rule: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field: field.into(),
            value: value.map(shorten),
            rule: rule.into(),
        }
    }

    /// The path of the field from the request, as `abortConfig.criteriaList[0].action`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The JSON text that the field held, its first 80 characters; nothing, if it is missing.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What holds for the field, as "must be ..".
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

fn shorten(value: &Value) -> String {
    let text = match value {
        // Not printed: it may be nested or long without end.
        Value::Array(_) => return "[..]".into(),
        Value::Object(_) => return "{..}".into(),
        _ => value.to_string(),
    };
    match text.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => text
            .chars()
            .take(VALUE_CHARS)
            .chain("..".chars())
            .take(end + 2)
            .collect(),
        None => text,
    }
}

/// The path of a field; what is checked as a whole has none.
struct Named<'a>(&'a str);

impl core::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            "" => f.write_str("what is given"),
            field => write!(f, "`{field}`"),
        }
    }
}

struct Shown<'a>(Option<&'a str>);

impl core::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(value) => write!(f, "`{value}`"),
            None => f.write_str("missing"),
        }
    }
}
