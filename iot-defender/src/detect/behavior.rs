//! Behaviors: what a security profile says of a metric.
//!
//! Source: API reference, `Behavior`; developer guide, "AWS IoT Device Defender Detect", attributes
//! of behaviors.

pub(super) mod criteria;
pub(super) mod operator;
pub(super) mod statistic;
pub(super) mod validation;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use self::criteria::{Condition, Criteria};
use self::validation::{BehaviorError, BehaviorFault};
use super::definitions::Definitions;
use super::dimension::MetricDimension;
use super::metric::{Metric, MetricKind, ValueType};
use super::name::BehaviorName;

/// A behavior: what is normal of one metric (API reference, `Behavior`). As JSON it is a member of
/// `behaviors` of a [`SecurityProfile`](super::SecurityProfile).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Behavior, BehaviorError, Definitions, Metric, MetricKind};
/// use serde_json::json;
///
/// let json = json!({
///     "name": "CellularBandwidth",
///     "metric": "aws:message-byte-size",
///     "criteria": {
///         "comparisonOperator": "less-than",
///         "value": { "count": 128 },
///         "consecutiveDatapointsToAlarm": 1,
///         "consecutiveDatapointsToClear": 1,
///     },
///     "suppressAlerts": true,
/// });
/// let behavior = Behavior::from_json(&json, &Definitions::default())?;
/// assert_eq!(behavior.name().as_str(), "CellularBandwidth");
/// assert_eq!(*behavior.metric(), Metric::Aws(AwsMetric::MessageByteSize));
/// assert_eq!(behavior.kind(), MetricKind::MessageSize);
/// assert_eq!(behavior.dimension(), None);
/// assert_eq!(behavior.criteria().to_alarm.get(), 1);
/// assert!(behavior.suppress_alerts && !behavior.export_metric);
/// assert_eq!(serde_json::to_value(&behavior).unwrap(), json);
/// # Ok::<(), BehaviorError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behavior {
    name: BehaviorName,
    metric: Metric,
    kind: MetricKind,
    dimension: Option<MetricDimension>,
    criteria: Criteria,
    /// No notification is sent for its alarms.
    pub suppress_alerts: bool,
    /// The values of its metric are exported.
    pub export_metric: bool,
}

impl Behavior {
    /// A behavior whose alarms are notified, and whose metric is not exported.
    ///
    /// # Errors
    ///
    /// [`BehaviorError`]: the metric or the dimension is not defined, or the criteria are not of
    /// the metric's type.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{
    ///     AwsMetric, Behavior, BehaviorError, Condition, ConfidenceLevel, Criteria, Definitions,
    /// };
    ///
    /// let criteria = Criteria::new(Condition::Model { confidence: ConfidenceLevel::High });
    /// let metric = AwsMetric::SourceIpAddress.into();
    /// let name = "Addresses".parse().unwrap();
    /// let error = Behavior::new(name, metric, None, criteria, &Definitions::default()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "Behavior Addresses is malformed. ML Detect does not learn `aws:source-ip-address`"
    /// );
    /// ```
    pub fn new(
        name: BehaviorName,
        metric: Metric,
        dimension: Option<MetricDimension>,
        criteria: Criteria,
        definitions: &Definitions,
    ) -> Result<Self, BehaviorError> {
        let checked = validation::check(&metric, dimension.as_ref(), &criteria, definitions);
        match checked {
            Ok(kind) => Ok(Self {
                name,
                metric,
                kind,
                dimension,
                criteria,
                suppress_alerts: false,
                export_metric: false,
            }),
            Err(fault) => Err(BehaviorError::new(name.as_str(), fault)),
        }
    }

    /// Reads the API's `Behavior`. Members that it does not know are not looked at, and null
    /// stands for none.
    ///
    /// # Errors
    ///
    /// [`BehaviorError`]: the first member that is missing or breaks a rule, in the words of the
    /// service where they are known.
    pub fn from_json(json: &Value, definitions: &Definitions) -> Result<Self, BehaviorError> {
        let name = json.get("name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let read = || {
            let name = BehaviorName::parse(name).map_err(BehaviorFault::Name)?;
            let metric = validation::metric(json)?;
            let dimension = match json.get("metricDimension") {
                None | Some(Value::Null) => None,
                Some(dimension) => {
                    Some(MetricDimension::from_json(dimension).map_err(BehaviorFault::Dimension)?)
                }
            };
            let values = validation::value_type(&metric, definitions)?;
            let criteria = match json.get("criteria") {
                Some(criteria @ Value::Object(_)) => validation::criteria(criteria, values)?,
                _ => return Err(BehaviorFault::Missing("criteria")),
            };
            let suppress_alerts = validation::flag(json, "suppressAlerts")?;
            let export_metric = validation::flag(json, "exportMetric")?;
            let kind = validation::check(&metric, dimension.as_ref(), &criteria, definitions)?;
            Ok(Self {
                name,
                metric,
                kind,
                dimension,
                criteria,
                suppress_alerts,
                export_metric,
            })
        };
        read().map_err(|fault| BehaviorError::new(name, fault))
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &BehaviorName {
        &self.name
    }

    /// The metric.
    #[must_use]
    pub const fn metric(&self) -> &Metric {
        &self.metric
    }

    /// How the values of its metric follow each other. A custom metric is a gauge or a list.
    #[must_use]
    pub const fn kind(&self) -> MetricKind {
        self.kind
    }

    /// Which messages count, if not all.
    #[must_use]
    pub const fn dimension(&self) -> Option<&MetricDimension> {
        self.dimension.as_ref()
    }

    /// What is normal.
    #[must_use]
    pub const fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    /// Over how many steps of five minutes values are added up: more than one only for counters.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Behavior, BehaviorError, Definitions};
    /// use serde_json::json;
    ///
    /// let behavior = Behavior::from_json(&json!({
    ///     "name": "Chatty",
    ///     "metric": "aws:num-messages-sent",
    ///     "criteria": {
    ///         "comparisonOperator": "less-than",
    ///         "value": { "count": 100 },
    ///         "durationSeconds": 900,
    ///     },
    /// }), &Definitions::default())?;
    /// assert_eq!(behavior.window(), 3);
    /// # Ok::<(), BehaviorError>(())
    /// ```
    #[must_use]
    pub fn window(&self) -> u32 {
        match (self.kind, &self.criteria.condition) {
            (MetricKind::Counter, condition) => condition.duration().unwrap_or_default().steps(),
            _ => 1,
        }
    }

    /// The confidence level, if a model says what is normal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Behavior, BehaviorError, ConfidenceLevel, Definitions};
    /// use serde_json::json;
    ///
    /// let behavior = Behavior::from_json(&json!({
    ///     "name": "Unusual",
    ///     "metric": "aws:num-messages-sent",
    ///     "criteria": { "mlDetectionConfig": { "confidenceLevel": "HIGH" } },
    /// }), &Definitions::default())?;
    /// assert_eq!(behavior.confidence(), Some(ConfidenceLevel::High));
    /// # Ok::<(), BehaviorError>(())
    /// ```
    #[must_use]
    pub const fn confidence(&self) -> Option<criteria::ConfidenceLevel> {
        match self.criteria.condition {
            Condition::Model { confidence } => Some(confidence),
            _ => None,
        }
    }
}

impl Serialize for Behavior {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("metric", &self.metric)?;
        if let Some(dimension) = &self.dimension {
            map.serialize_entry("metricDimension", dimension)?;
        }
        map.serialize_entry("criteria", &self.criteria)?;
        if self.suppress_alerts {
            map.serialize_entry("suppressAlerts", &true)?;
        }
        if self.export_metric {
            map.serialize_entry("exportMetric", &true)?;
        }
        map.end()
    }
}

/// How the values of a metric with such values follow each other, if it is a custom one.
pub(super) const fn custom_kind(values: ValueType) -> MetricKind {
    if values.is_list() {
        MetricKind::List
    } else {
        MetricKind::Gauge
    }
}
