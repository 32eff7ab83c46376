//! What requests say of a profile.

use alloc::string::String;
use alloc::vec::Vec;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::super::behavior::Behavior;
use super::super::definitions::Definitions;
use super::super::dimension::MetricDimension;
use super::super::metric::{Metric, MetricError};
use super::super::refusal::DetectError;
use super::read_behaviors;

/// The SNS topic that alarms are sent to (API reference, `AlertTarget`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AlertTarget, DetectError};
/// use serde_json::json;
///
/// let targets = json!({ "SNS": { "alertTargetArn": "arn:topic", "roleArn": "arn:role" } });
/// let target = AlertTarget::from_json(&targets)?.expect("is there");
/// assert_eq!(target.topic_arn, "arn:topic");
/// assert_eq!(serde_json::to_value(&target).unwrap(), targets);
/// assert_eq!(AlertTarget::from_json(&json!({}))?, None);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlertTarget {
    /// The ARN of the SNS topic.
    pub topic_arn: String,
    /// The role that may publish to it.
    pub role_arn: String,
}

impl AlertTarget {
    /// Reads the API's `alertTargets`, of whose types there is only `SNS`. None may be in it.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: another type, or one of both ARNs is missing.
    pub fn from_json(json: &Value) -> Result<Option<Self>, DetectError> {
        const MEMBER: DetectError = DetectError::Member("alertTargets");

        let targets = json.as_object().ok_or(MEMBER)?;
        let Some(target) = targets.get("SNS") else {
            return if targets.is_empty() {
                Ok(None)
            } else {
                Err(MEMBER)
            };
        };
        if targets.len() > 1 {
            return Err(MEMBER);
        }
        let topic_arn = text(target, "alertTargetArn", 1..=2_048).ok_or(MEMBER)?;
        let role_arn = text(target, "roleArn", 1..=2_048).ok_or(MEMBER)?;
        Ok(Some(Self {
            topic_arn,
            role_arn,
        }))
    }
}

impl Serialize for AlertTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(
            "SNS",
            &Pair("alertTargetArn", &self.topic_arn, &self.role_arn),
        )?;
        map.end()
    }
}

/// An object with a text and a role.
struct Pair<'a>(&'static str, &'a str, &'a str);

impl Serialize for Pair<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.0, self.1)?;
        map.serialize_entry("roleArn", self.2)?;
        map.end()
    }
}

/// The MQTT topic that values of metrics are exported to (API reference, `MetricsExportConfig`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, MetricsExport};
/// use serde_json::json;
///
/// let json = json!({ "mqttTopic": "$aws/rules/metrics", "roleArn": "arn:role" });
/// let export = MetricsExport::from_json(&json)?;
/// assert_eq!(export.topic, "$aws/rules/metrics");
/// assert_eq!(serde_json::to_value(&export).unwrap(), json);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsExport {
    /// The MQTT topic, of 1 to 512 characters.
    pub topic: String,
    /// The role that may publish to it.
    pub role_arn: String,
}

impl MetricsExport {
    /// Reads the API's `MetricsExportConfig`.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: a member is missing, or longer than allowed.
    pub fn from_json(json: &Value) -> Result<Self, DetectError> {
        const MEMBER: DetectError = DetectError::Member("metricsExportConfig");

        Ok(Self {
            topic: text(json, "mqttTopic", 1..=512).ok_or(MEMBER)?,
            role_arn: text(json, "roleArn", 1..=2_048).ok_or(MEMBER)?,
        })
    }
}

impl Serialize for MetricsExport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Pair("mqttTopic", &self.topic, &self.role_arn).serialize(serializer)
    }
}

fn text(json: &Value, name: &str, chars: core::ops::RangeInclusive<usize>) -> Option<String> {
    let text = json.get(name)?.as_str()?;
    // Longer texts are not counted to their end.
    let length = text.chars().take(chars.end().saturating_add(1)).count();
    chars.contains(&length).then(|| text.into())
}

/// A metric that is kept though no behavior is about it.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Definitions, DetectError, Metric, MetricToRetain};
/// use serde_json::json;
///
/// let json = json!({ "metric": "aws:num-disconnects", "exportMetric": true });
/// let retained = MetricToRetain::from_json(&json, &Definitions::default())?;
/// assert_eq!(retained.metric, Metric::Aws(AwsMetric::NumDisconnects));
/// assert!(retained.export_metric);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricToRetain {
    /// The metric.
    pub metric: Metric,
    /// Which messages count, if not all.
    pub dimension: Option<MetricDimension>,
    /// Its values are exported.
    pub export_metric: bool,
}

impl MetricToRetain {
    /// Reads the API's `MetricToRetain`.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: the metric or the dimension is not defined, or they do not go together.
    pub fn from_json(json: &Value, definitions: &Definitions) -> Result<Self, DetectError> {
        let name = json.get("metric").and_then(Value::as_str);
        let dimension = match json.get("metricDimension") {
            None | Some(Value::Null) => None,
            Some(dimension) => Some(MetricDimension::from_json(dimension)?),
        };
        let export_metric = flag(json, "exportMetric")?;
        Self::new(
            name.unwrap_or_default().parse()?,
            dimension,
            export_metric,
            definitions,
        )
    }

    fn new(
        metric: Metric,
        dimension: Option<MetricDimension>,
        export_metric: bool,
        definitions: &Definitions,
    ) -> Result<Self, DetectError> {
        if definitions.value_type(&metric).is_none() {
            return Err(MetricError::Unknown(metric.as_str().into()).into());
        }
        if let Some(dimension) = &dimension {
            let selects = matches!(&metric, Metric::Aws(metric) if metric.supports_dimension());
            if !selects {
                return Err(DetectError::Member("metricDimension"));
            }
            if !definitions.has_dimension(&dimension.name) {
                return Err(DetectError::NotFound(dimension.name.as_str().into()));
            }
        }
        Ok(Self {
            metric,
            dimension,
            export_metric,
        })
    }
}

impl Serialize for MetricToRetain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("metric", &self.metric)?;
        if let Some(dimension) = &self.dimension {
            map.serialize_entry("metricDimension", dimension)?;
        }
        if self.export_metric {
            map.serialize_entry("exportMetric", &true)?;
        }
        map.end()
    }
}

/// What a request changes of a profile (API reference, `UpdateSecurityProfile`). What it does not
/// name stays as it is.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Definitions, DetectError, ProfileUpdate};
/// use serde_json::json;
///
/// let both = json!({ "behaviors": [], "deleteBehaviors": true });
/// let error = ProfileUpdate::from_json(&both, &Definitions::default());
/// assert_eq!(error, Err(DetectError::SetAndDeleted("behaviors")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileUpdate {
    pub(super) description: Option<String>,
    pub(super) behaviors: Option<Vec<Behavior>>,
    pub(super) alert_target: Option<Option<AlertTarget>>,
    pub(super) retained: Option<Vec<MetricToRetain>>,
    pub(super) export: Option<Option<MetricsExport>>,
}

impl ProfileUpdate {
    /// Reads the body of `CreateSecurityProfile` or `UpdateSecurityProfile`. The older
    /// `additionalMetricsToRetain`, names only, is read too.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: the first member that breaks a rule, or that is set and deleted at once.
    pub fn from_json(json: &Value, definitions: &Definitions) -> Result<Self, DetectError> {
        let description = match member(json, "securityProfileDescription") {
            None => None,
            Some(text) => Some(description(text)?),
        };
        let behaviors = set_or_delete(json, "behaviors", "deleteBehaviors", |behaviors| {
            read_behaviors(behaviors, definitions)
        })?;
        let alert_target = set_or_delete(
            json,
            "alertTargets",
            "deleteAlertTargets",
            AlertTarget::from_json,
        )?;
        let export = set_or_delete(
            json,
            "metricsExportConfig",
            "deleteMetricsExportConfig",
            |export| MetricsExport::from_json(export).map(Some),
        )?;
        Ok(Self {
            description,
            behaviors,
            alert_target,
            retained: retained(json, definitions)?,
            export,
        })
    }
}

/// Nothing, a new value, or the empty one.
fn set_or_delete<T: Default>(
    json: &Value,
    name: &'static str,
    delete: &'static str,
    read: impl FnOnce(&Value) -> Result<T, DetectError>,
) -> Result<Option<T>, DetectError> {
    match (member(json, name), flag(json, delete)?) {
        (Some(_), true) => Err(DetectError::SetAndDeleted(name)),
        (Some(value), false) => read(value).map(Some),
        (None, true) => Ok(Some(T::default())),
        (None, false) => Ok(None),
    }
}

fn retained(
    json: &Value,
    definitions: &Definitions,
) -> Result<Option<Vec<MetricToRetain>>, DetectError> {
    const DELETE: &str = "deleteAdditionalMetricsToRetain";
    const NEW: &str = "additionalMetricsToRetainV2";
    const OLD: &str = "additionalMetricsToRetain";

    let read = |name, each: &dyn Fn(&Value) -> Result<MetricToRetain, DetectError>| {
        set_or_delete(json, name, DELETE, |items| {
            let items = items.as_array().ok_or(DetectError::Member(name))?;
            items.iter().map(each).collect::<Result<Vec<_>, _>>()
        })
    };
    let new = read(NEW, &|item| MetricToRetain::from_json(item, definitions))?;
    let old = read(OLD, &|item| {
        let metric = item.as_str().unwrap_or_default().parse()?;
        MetricToRetain::new(metric, None, false, definitions)
    })?;
    Ok(match (new, old) {
        (Some(new), Some(old)) => Some(old.into_iter().chain(new).collect()),
        (new, old) => new.or(old),
    })
}

fn member<'v>(json: &'v Value, name: &str) -> Option<&'v Value> {
    json.get(name).filter(|value| !value.is_null())
}

fn flag(json: &Value, name: &'static str) -> Result<bool, DetectError> {
    match member(json, name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or(DetectError::Member(name)),
    }
}

fn description(text: &Value) -> Result<String, DetectError> {
    const NAME: &str = "securityProfileDescription";

    let text = text.as_str().ok_or(DetectError::Member(NAME))?;
    if text.chars().nth(1_000).is_some() || text.contains(char::is_control) {
        return Err(DetectError::Text(NAME));
    }
    Ok(text.into())
}
