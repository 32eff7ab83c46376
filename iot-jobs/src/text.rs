//! Texts that the service checks.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use serde_json::{Map, Value};

use crate::json::Object;
use crate::{ConfigError, Limits};

pub(crate) mod category;

use category::is_other;

/// A description or a comment: at most 2,028 characters, none of the Unicode category C (control,
/// format, private use, surrogate).
///
/// # Examples
///
/// ```
/// use iot_jobs::{FreeText, Limits};
///
/// let text = FreeText::parse("comment", "rolled back by hand", &Limits::AWS_IOT).unwrap();
/// assert_eq!(text.as_str(), "rolled back by hand");
/// assert!(FreeText::parse("comment", "two\nlines", &Limits::AWS_IOT).is_err());
/// assert!(FreeText::parse("comment", &"x".repeat(2_029), &Limits::AWS_IOT).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FreeText(String);

impl FreeText {
    /// Checks a text; `field` is its name in an error.
    ///
    /// # Errors
    ///
    /// Too long, or a character of the category C.
    pub fn parse(field: &str, text: &str, limits: &Limits) -> Result<Self, ConfigError> {
        let max = limits.text_chars;
        if longer_than(text, max) || text.chars().any(is_other) {
            return Err(ConfigError::new(
                field,
                Some(&Value::from(text)),
                format!("must be at most {max} characters, none of them a control character"),
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a job was canceled, in a word: at most 128 upper-case letters, digits and `_`.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, ReasonCode};
///
/// let code = ReasonCode::parse("reasonCode", "BAD_FIRMWARE_2", &Limits::AWS_IOT).unwrap();
/// assert_eq!(code.as_str(), "BAD_FIRMWARE_2");
/// assert!(ReasonCode::parse("reasonCode", "", &Limits::AWS_IOT).is_err());
/// assert!(ReasonCode::parse("reasonCode", "bad", &Limits::AWS_IOT).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(String);

impl ReasonCode {
    /// Checks a reason code; `field` is its name in an error.
    ///
    /// # Errors
    ///
    /// Empty, too long, or another character.
    pub fn parse(field: &str, text: &str, limits: &Limits) -> Result<Self, ConfigError> {
        let max = limits.reason_code_chars;
        // As in the pattern of the API, whose classes are those of ASCII.
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if text.is_empty() || longer_than(text, max) || !text.chars().all(allowed) {
            return Err(ConfigError::new(
                field,
                Some(&Value::from(text)),
                format!("must be 1 to {max} characters of A-Z, 0-9 and _"),
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a device tells beside its status: at most 10 pairs of a name and a text.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, StatusDetails};
/// use serde_json::json;
///
/// let sent = json!({"progress": "50%"});
/// let details = StatusDetails::from_json("statusDetails", &sent, &Limits::AWS_IOT).unwrap();
/// assert_eq!(details.get("progress"), Some("50%"));
/// assert_eq!((details.len(), details.is_empty()), (1, false));
/// assert_eq!(details.iter().next(), Some(("progress", "50%")));
/// assert_eq!(details.to_json(), sent);
///
/// let error = StatusDetails::from_json("statusDetails", &json!({"progress": 50}), &Limits::AWS_IOT)
///     .unwrap_err();
/// assert_eq!(error.field(), "statusDetails.progress");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusDetails(BTreeMap<String, String>);

impl StatusDetails {
    /// Reads a JSON object; `field` is its name in an error.
    ///
    /// # Errors
    ///
    /// Not an object, too many pairs, a name outside `[a-zA-Z0-9:_-]{1,128}`, a value that is
    /// not a text of 1 to 1,024 characters outside the category C.
    pub fn from_json(field: &str, value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        let Value::Object(map) = value else {
            return Err(ConfigError::new(field, Some(value), "must be an object"));
        };
        if map.len() > limits.status_details {
            let rule = format!("must have at most {} members", limits.status_details);
            return Err(ConfigError::new(field, Some(value), rule));
        }
        map.iter()
            .map(|(key, value)| pair(field, key, value, limits))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Takes pairs of a name and a text. Of equal names the last one wins.
    ///
    /// # Errors
    ///
    /// As [`StatusDetails::from_json`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Limits, StatusDetails};
    ///
    /// let details = StatusDetails::from_pairs([("progress", "50%")], &Limits::AWS_IOT)?;
    /// assert_eq!(details.get("progress"), Some("50%"));
    /// assert!(StatusDetails::from_pairs([("progress", "")], &Limits::AWS_IOT).is_err());
    /// # Ok::<(), iot_jobs::ConfigError>(())
    /// ```
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        limits: &Limits,
    ) -> Result<Self, ConfigError> {
        let pairs = pairs.into_iter();
        let pairs = pairs.map(|(key, value)| (key.to_owned(), Value::from(value)));
        Self::from_json("statusDetails", &Value::Object(pairs.collect()), limits)
    }

    /// The value of a name.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The pairs, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(as_strs)
    }

    /// How many pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let pairs = self
            .iter()
            .map(|(key, value)| (key.to_owned(), Value::from(value)));
        Value::Object(pairs.collect::<Map<_, _>>())
    }
}

impl StatusDetails {
    /// JSON text.
    pub(crate) fn to_text(&self) -> String {
        let mut out = Object::new();
        for (key, value) in self.iter() {
            out.text(key, value);
        }
        out.finish()
    }

    /// Takes [`to_text`](Self::to_text) back.
    pub(crate) fn from_text(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }
}

fn as_strs<'a>((key, value): (&'a String, &'a String)) -> (&'a str, &'a str) {
    (key, value)
}

fn pair(
    field: &str,
    key: &str,
    value: &Value,
    limits: &Limits,
) -> Result<(String, String), ConfigError> {
    let path = || format!("{field}.{key}");
    let max = limits.status_detail_key_chars;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
    if key.is_empty() || longer_than(key, max) || !key.chars().all(allowed) {
        let rule = format!("must be named with 1 to {max} characters of a-z, A-Z, 0-9, :, _ and -");
        return Err(ConfigError::new(path(), Some(value), rule));
    }
    let max = limits.status_detail_value_chars;
    let text = value
        .as_str()
        .filter(|text| !text.is_empty() && !longer_than(text, max) && !text.chars().any(is_other));
    let Some(text) = text else {
        let rule =
            format!("must be a string of 1 to {max} characters, none of them a control character");
        return Err(ConfigError::new(path(), Some(value), rule));
    };
    Ok((key.to_owned(), text.to_owned()))
}

/// Counts no further than it must.
pub(crate) fn longer_than(text: &str, max: usize) -> bool {
    text.len() > max && text.chars().nth(max).is_some()
}
