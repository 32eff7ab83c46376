//! Dimensions: which messages of a device count for a metric.
//!
//! Sources: developer guide, "Scoping metrics in security profiles using dimensions"; API
//! reference, `CreateDimension`.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{FilterMap, Limits, TopicFilterRef, TopicNameRef};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::name::{DimensionName, NameError};
use crate::words::words;

words! {
    detect:
    /// The type of a dimension.
    pub enum DimensionType {
        /// Topic filters.
        TopicFilter = "TOPIC_FILTER",
    }
}

words! {
    detect:
    /// Which messages a behavior takes of a dimension.
    pub enum DimensionOperator {
        /// Those whose topic matches a value: what holds if nothing is said.
        In = "IN",
        /// Those whose topic matches no value.
        NotIn = "NOT_IN",
    }
}

/// The dimension that a behavior or a retained metric names.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DimensionError, DimensionOperator, MetricDimension};
/// use serde_json::json;
///
/// let auth = MetricDimension::from_json(&json!({ "dimensionName": "Auth" }))?;
/// assert_eq!(auth.name.as_str(), "Auth");
/// assert_eq!(auth.operator, DimensionOperator::In);
/// assert_eq!(auth, MetricDimension::new("Auth".parse().unwrap(), DimensionOperator::In));
/// # Ok::<(), DimensionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct MetricDimension {
    /// The name of the dimension.
    pub name: DimensionName,
    /// Which of its messages.
    pub operator: DimensionOperator,
}

impl MetricDimension {
    /// Messages in or not in a dimension.
    #[must_use]
    pub const fn new(name: DimensionName, operator: DimensionOperator) -> Self {
        Self { name, operator }
    }

    /// Reads the API's `MetricDimension`.
    ///
    /// # Errors
    ///
    /// [`DimensionError`]: its name or its operator is missing or not allowed.
    pub fn from_json(json: &Value) -> Result<Self, DimensionError> {
        let name = json.get("dimensionName").and_then(Value::as_str);
        let operator = match json.get("operator") {
            None | Some(Value::Null) => DimensionOperator::In,
            Some(word) => {
                let word = word.as_str().and_then(|word| word.parse().ok());
                word.ok_or(DimensionError::Operator)?
            }
        };
        Ok(Self::new(
            DimensionName::parse(name.unwrap_or_default())?,
            operator,
        ))
    }
}

impl Serialize for MetricDimension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("dimensionName", &self.name)?;
        map.serialize_entry("operator", &self.operator)?;
        map.end()
    }
}

/// A dimension: 1 to 100 topic filters; a message is in it if its topic matches one of them
/// (API reference, `CreateDimension`; developer guide, "Scoping metrics in security profiles using
/// dimensions"). `${iot:ClientId}` in a filter stands for the client id of the device.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Dimension, DimensionError, DimensionOperator};
/// use iot_topics::TopicNameRef;
///
/// let name = "Auth".parse()?;
/// let dimension = Dimension::new(name, ["device/${iot:ClientId}/auth".to_string()])?;
/// let of_lamp = dimension.bind("lamp-7");
/// let topic = TopicNameRef::parse("device/lamp-7/auth").unwrap();
/// assert!(of_lamp.counts(topic, DimensionOperator::In));
/// assert!(!of_lamp.counts(topic, DimensionOperator::NotIn));
/// assert!(!dimension.bind("lamp-8").counts(topic, DimensionOperator::In));
/// assert_eq!(dimension.name().as_str(), "Auth");
/// assert_eq!(dimension.values().len(), 1);
/// # Ok::<(), DimensionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    name: DimensionName,
    values: Vec<String>,
}

/// Values of a dimension, and characters of one (API reference, `CreateDimension`).
const MAX_VALUES: usize = 100;
const MAX_CHARS: usize = 256;

const CLIENT_ID: &str = "${iot:ClientId}";

impl Dimension {
    /// A dimension of topic filters.
    ///
    /// # Errors
    ///
    /// [`DimensionError`]: no or more than 100 values, or one that is no topic filter of 1 to 256
    /// characters.
    pub fn new(
        name: DimensionName,
        values: impl IntoIterator<Item = String>,
    ) -> Result<Self, DimensionError> {
        let values: Vec<String> = values.into_iter().take(MAX_VALUES + 1).collect();
        if values.is_empty() || values.len() > MAX_VALUES {
            return Err(DimensionError::Values);
        }
        for value in &values {
            let filter = TopicFilterRef::parse_with(value, Limits::MQTT);
            let is_plain = filter.is_ok_and(|filter| filter.share_name().is_none());
            if !is_plain || value.chars().nth(MAX_CHARS).is_some() {
                return Err(DimensionError::Value(value.clone()));
            }
        }
        Ok(Self { name, values })
    }

    /// Reads the request `CreateDimension`.
    ///
    /// # Errors
    ///
    /// [`DimensionError`]: as for [`new`](Self::new), or another type.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Dimension, DimensionError};
    /// use serde_json::json;
    ///
    /// let request = json!({ "name": "Auth", "type": "TOPIC_FILTER", "stringValues": ["auth/#"] });
    /// let dimension = Dimension::from_json(&request)?;
    /// assert_eq!(serde_json::to_value(&dimension).unwrap(), request);
    /// # Ok::<(), DimensionError>(())
    /// ```
    pub fn from_json(json: &Value) -> Result<Self, DimensionError> {
        let kind = json.get("type").and_then(Value::as_str);
        if kind != Some(DimensionType::TopicFilter.as_str()) {
            return Err(DimensionError::Type);
        }
        let name = json.get("name").and_then(Value::as_str);
        let values = json.get("stringValues").and_then(Value::as_array);
        let text = |value: &Value| value.as_str().map(String::from);
        let values: Option<Vec<_>> = values.and_then(|values| values.iter().map(text).collect());
        let name = DimensionName::parse(name.unwrap_or_default())?;
        Self::new(name, values.ok_or(DimensionError::Values)?)
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &DimensionName {
        &self.name
    }

    /// The topic filters, as they were given.
    #[must_use]
    pub const fn values(&self) -> &[String] {
        self.values.as_slice()
    }

    /// The dimension as it is for one client. A client id is data: `+` and `#` in it are no
    /// wildcards, and no topic has them.
    #[must_use]
    pub fn bind(&self, client_id: &str) -> BoundDimension {
        let is_in_topics = !client_id.contains(['+', '#', '\0']);
        let mut filters = FilterMap::new();
        for value in &self.values {
            if !value.contains(CLIENT_ID) {
                insert(&mut filters, value);
            } else if is_in_topics {
                insert(&mut filters, &value.replace(CLIENT_ID, client_id));
            }
        }
        BoundDimension { filters }
    }
}

fn insert(filters: &mut FilterMap<()>, filter: &str) {
    // What is longer than a filter can be with the client id in it matches no topic.
    if let Ok(filter) = TopicFilterRef::parse_with(filter, Limits::MQTT) {
        filters.insert(filter, ());
    }
}

impl Serialize for Dimension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("type", &DimensionType::TopicFilter)?;
        map.serialize_entry("stringValues", &self.values)?;
        map.end()
    }
}

/// A dimension for one client: make it once for each connection.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Dimension, DimensionError, DimensionOperator};
/// use iot_topics::TopicNameRef;
///
/// let all = Dimension::new("All".parse()?, ["#".to_string()])?.bind("lamp-7");
/// let reserved = TopicNameRef::parse("$aws/things/lamp-7/shadow/get").unwrap();
/// assert!(!all.counts(reserved, DimensionOperator::In));
/// # Ok::<(), DimensionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoundDimension {
    filters: FilterMap<()>,
}

impl BoundDimension {
    /// Whether a message with that topic counts. `#` and `+` in front do not match topics that
    /// begin with `$`. The cost does not grow with the number of filters without wildcards.
    #[must_use]
    pub fn counts(&self, topic: TopicNameRef<'_>, operator: DimensionOperator) -> bool {
        let is_matched = self.filters.matches(topic).next().is_some();
        is_matched == (operator == DimensionOperator::In)
    }
}

/// Why a dimension is refused.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Dimension, DimensionError};
///
/// let error = Dimension::new("Auth".parse()?, ["a/#/b".to_string()]).unwrap_err();
/// assert_eq!(error, DimensionError::Value("a/#/b".into()));
/// assert_eq!(error.to_string(), "`a/#/b` is no topic filter of 1 to 256 characters");
/// # Ok::<(), DimensionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DimensionError {
    /// Its name is not allowed.
    #[error("dimension name: {0}")]
    Name(#[from] NameError),
    /// Its type is not `TOPIC_FILTER`.
    #[error("type: not `TOPIC_FILTER`")]
    Type,
    /// Not 1 to 100 values.
    #[error("stringValues: not 1 to 100 texts")]
    Values,
    /// A value is no topic filter.
    #[error("`{0}` is no topic filter of 1 to 256 characters")]
    Value(String),
    /// Neither `IN` nor `NOT_IN`.
    #[error("operator: neither `IN` nor `NOT_IN`")]
    Operator,
}
