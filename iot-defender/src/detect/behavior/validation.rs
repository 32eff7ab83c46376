//! The rules of behaviors, and what the service says when one is broken.
//!
//! Sources: API reference, `Behavior` and `BehaviorCriteria`; command line reference,
//! `validate-security-profile-behaviors`, whose example has the form of the texts.

use alloc::string::{String, ToString as _};

use serde_json::Value;

use super::super::definitions::Definitions;
use super::super::dimension::{DimensionError, MetricDimension};
use super::super::metric::{AwsMetric, Metric, MetricError, MetricKind, ValueType};
use super::super::name::{DimensionName, NameError};
use super::super::value::{MetricValue, MetricValueError};
use super::criteria::{BehaviorDuration, Condition, Consecutive, Criteria};
use super::custom_kind;
use super::operator::{Bound, Class, ComparisonOperator};

/// Why a behavior is refused. `Display` has the words of the service, as the example of
/// `validate-security-profile-behaviors` in the command line reference shows them.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Behavior, BehaviorFault, Definitions};
/// use serde_json::json;
///
/// let error = Behavior::from_json(&json!({
///     "name": "Authorization",
///     "metric": "aws:num-authorization-failures",
///     "criteria": {
///         "comparisonOperator": "greater-than",
///         "value": { "count": 10 },
///         "durationSeconds": 300,
///         "consecutiveDatapointsToAlarm": 100_000,
///     },
/// }), &Definitions::default()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Behavior Authorization is malformed. \
///      consecutiveDatapointsToAlarm 100000 should be in range[1,10]"
/// );
/// assert_eq!(error.behavior(), "Authorization");
/// assert!(matches!(error.fault(), BehaviorFault::Consecutive { .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("Behavior {behavior} is malformed. {fault}")]
pub struct BehaviorError {
    behavior: String,
    fault: BehaviorFault,
}

impl BehaviorError {
    pub(in super::super) fn new(behavior: &str, fault: BehaviorFault) -> Self {
        Self {
            behavior: behavior.to_string(),
            fault,
        }
    }

    /// The name of the behavior, as it was given.
    #[must_use]
    pub const fn behavior(&self) -> &str {
        self.behavior.as_str()
    }

    /// Which rule it breaks.
    #[must_use]
    pub const fn fault(&self) -> &BehaviorFault {
        &self.fault
    }
}

/// Which rule a behavior breaks.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::BehaviorFault;
///
/// let fault = BehaviorFault::Missing("durationSeconds");
/// assert_eq!(fault.to_string(), "durationSeconds is missing");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BehaviorFault {
    /// The name is missing or not allowed.
    #[error("name: {0}")]
    Name(NameError),
    /// Another behavior of the profile has the name.
    #[error("name: another behavior has it")]
    Duplicate,
    /// A member that must be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member that is not of its type.
    #[error("{0} is not of its type")]
    Type(&'static str),
    /// A member that does not go with the metric or the kind of criteria.
    #[error("{0} is not allowed here")]
    NotAllowed(&'static str),
    /// There is no such metric, or none can have that name.
    #[error(transparent)]
    Metric(MetricError),
    /// The dimension has a name or an operator that is not allowed.
    #[error(transparent)]
    Dimension(DimensionError),
    /// The account has no such dimension.
    #[error("there is no dimension `{0}`")]
    UnknownDimension(DimensionName),
    /// Dimensions do not select what of the metric counts.
    #[error("`{0}` has no dimensions")]
    NoDimension(Metric),
    /// ML Detect does not learn the metric.
    #[error("ML Detect does not learn `{0}`")]
    NoModel(Metric),
    /// A number of datapoints that is not 1 to 10.
    #[error("{member} {value} should be in range[1,10]")]
    Consecutive {
        /// The member.
        member: &'static str,
        /// What it has.
        value: String,
    },
    /// A duration that is none of the five.
    #[error("durationSeconds {0} should be one of [300,600,900,1800,3600]")]
    Duration(String),
    /// Not exactly one of a value, a percentile and a model.
    #[error("criteria: not exactly one of value, statisticalThreshold and mlDetectionConfig")]
    Criteria,
    /// The operator does not compare values of the metric's type.
    #[error("comparisonOperator {operator} does not compare {values}")]
    Operator {
        /// The operator.
        operator: ComparisonOperator,
        /// The type of the metric's values.
        values: ValueType,
    },
    /// The value is not one that a metric can have.
    #[error("value: {0}")]
    Value(MetricValueError),
    /// The value is not of the metric's type.
    #[error("value: `{found}` instead of `{expected}`")]
    ValueType {
        /// The type of the metric's values.
        expected: ValueType,
        /// What was given.
        found: ValueType,
    },
}

/// A member that is there and not null.
fn member<'v>(json: &'v Value, name: &str) -> Option<&'v Value> {
    json.get(name).filter(|value| !value.is_null())
}

pub(super) fn flag(json: &Value, name: &'static str) -> Result<bool, BehaviorFault> {
    match member(json, name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(BehaviorFault::Type(name)),
    }
}

pub(super) fn metric(json: &Value) -> Result<Metric, BehaviorFault> {
    let name = member(json, "metric").ok_or(BehaviorFault::Missing("metric"))?;
    let name = name.as_str().ok_or(BehaviorFault::Type("metric"))?;
    name.parse().map_err(BehaviorFault::Metric)
}

/// The type of a metric's values, if there is such a metric.
pub(super) fn value_type(
    metric: &Metric,
    definitions: &Definitions,
) -> Result<ValueType, BehaviorFault> {
    let unknown = || BehaviorFault::Metric(MetricError::Unknown(metric.to_string()));
    definitions.value_type(metric).ok_or_else(unknown)
}

/// Reads the criteria of a metric with such values.
pub(super) fn criteria(json: &Value, values: ValueType) -> Result<Criteria, BehaviorFault> {
    let value = member(json, "value");
    let threshold = member(json, "statisticalThreshold");
    let model = member(json, "mlDetectionConfig");
    let condition = match (value, threshold, model) {
        (Some(value), None, None) => fixed(json, value, values)?,
        (None, Some(threshold), None) => {
            let statistic = word(threshold, "statistic")?;
            let duration = duration(json)?;
            Condition::Percentile {
                bound: bound(operator(json)?, values)?,
                statistic,
                duration: duration.ok_or(BehaviorFault::Missing("durationSeconds"))?,
            }
        }
        (None, None, Some(model)) => {
            let confidence = word(model, "confidenceLevel")?;
            for name in ["comparisonOperator", "durationSeconds"] {
                if member(json, name).is_some() {
                    return Err(BehaviorFault::NotAllowed(name));
                }
            }
            Condition::Model { confidence }
        }
        _ => return Err(BehaviorFault::Criteria),
    };
    let mut criteria = Criteria::new(condition);
    criteria.to_alarm = consecutive(json, "consecutiveDatapointsToAlarm")?;
    criteria.to_clear = consecutive(json, "consecutiveDatapointsToClear")?;
    Ok(criteria)
}

fn consecutive(json: &Value, name: &'static str) -> Result<Consecutive, BehaviorFault> {
    let Some(value) = member(json, name) else {
        return Ok(Consecutive::default());
    };
    if !value.is_number() {
        return Err(BehaviorFault::Type(name));
    }
    let number = value.as_u64().and_then(|number| u8::try_from(number).ok());
    let out_of_range = || BehaviorFault::Consecutive {
        member: name,
        value: value.to_string(),
    };
    number.and_then(Consecutive::new).ok_or_else(out_of_range)
}

fn duration(json: &Value) -> Result<Option<BehaviorDuration>, BehaviorFault> {
    let Some(value) = member(json, "durationSeconds") else {
        return Ok(None);
    };
    if !value.is_number() {
        return Err(BehaviorFault::Type("durationSeconds"));
    }
    let duration = value.as_u64().and_then(BehaviorDuration::from_secs);
    let other = || BehaviorFault::Duration(value.to_string());
    duration.map(Some).ok_or_else(other)
}

fn operator(json: &Value) -> Result<ComparisonOperator, BehaviorFault> {
    word(json, "comparisonOperator")
}

fn word<T: core::str::FromStr>(json: &Value, name: &'static str) -> Result<T, BehaviorFault> {
    let word = member(json, name).ok_or(BehaviorFault::Missing(name))?;
    let word = word.as_str().and_then(|word| word.parse().ok());
    word.ok_or(BehaviorFault::Type(name))
}

/// The operator of a number or a percentile.
fn bound(operator: ComparisonOperator, values: ValueType) -> Result<Bound, BehaviorFault> {
    match operator.class() {
        Class::Bound(bound) if !values.is_list() => Ok(bound),
        _ => Err(BehaviorFault::Operator { operator, values }),
    }
}

fn fixed(json: &Value, value: &Value, values: ValueType) -> Result<Condition, BehaviorFault> {
    let operator = operator(json)?;
    if !operator.compares(values) {
        return Err(BehaviorFault::Operator { operator, values });
    }
    let value = MetricValue::from_json(value).map_err(BehaviorFault::Value)?;
    let found = value.value_type();
    let duration = duration(json)?;
    if duration.is_some() && values.is_list() {
        return Err(BehaviorFault::NotAllowed("durationSeconds"));
    }
    let other = BehaviorFault::ValueType {
        expected: values,
        found,
    };
    if found != values {
        return Err(other);
    }
    Ok(match (operator.class(), value) {
        (Class::Bound(bound), MetricValue::Count(limit)) => Condition::Count {
            bound,
            limit,
            duration,
        },
        (Class::Bound(bound), MetricValue::Number(limit)) => Condition::Number {
            bound,
            limit,
            duration,
        },
        (Class::Membership(membership), MetricValue::Cidrs(items)) => Condition::Addresses {
            membership,
            networks: items.into_iter().collect(),
        },
        (Class::Membership(membership), MetricValue::Ports(items)) => Condition::Ports {
            membership,
            ports: items.into_iter().collect(),
        },
        (Class::Membership(membership), MetricValue::Numbers(items)) => Condition::Numbers {
            membership,
            numbers: items.into_iter().collect(),
        },
        (Class::Membership(membership), MetricValue::Strings(items)) => Condition::Strings {
            membership,
            strings: items.into_iter().collect(),
        },
        _ => return Err(other),
    })
}

/// What must agree between a metric, its dimension and its criteria. Gives the kind of the metric.
pub(super) fn check(
    metric: &Metric,
    dimension: Option<&MetricDimension>,
    criteria: &Criteria,
    definitions: &Definitions,
) -> Result<MetricKind, BehaviorFault> {
    let values = value_type(metric, definitions)?;
    if let Some(dimension) = dimension {
        let has_dimensions = matches!(metric, Metric::Aws(metric) if metric.supports_dimension());
        if !has_dimensions {
            return Err(BehaviorFault::NoDimension(metric.clone()));
        }
        if !definitions.has_dimension(&dimension.name) {
            return Err(BehaviorFault::UnknownDimension(dimension.name.clone()));
        }
    }
    let (expected, bound) = match &criteria.condition {
        Condition::Count { bound, .. } => (ValueType::Count, Some(*bound)),
        Condition::Number { bound, .. } => (ValueType::Number, Some(*bound)),
        Condition::Addresses { .. } => (ValueType::Cidrs, None),
        Condition::Ports { .. } => (ValueType::Ports, None),
        Condition::Numbers { .. } => (ValueType::Numbers, None),
        Condition::Strings { .. } => (ValueType::Strings, None),
        Condition::Percentile { bound, .. } if !values.is_list() => (values, Some(*bound)),
        Condition::Model { .. } if definitions.supports_ml(metric) => (values, None),
        Condition::Model { .. } => return Err(BehaviorFault::NoModel(metric.clone())),
        Condition::Percentile { .. } => {
            return Err(BehaviorFault::NotAllowed("statisticalThreshold"));
        }
    };
    if expected != values {
        return Err(BehaviorFault::ValueType {
            expected: values,
            found: expected,
        });
    }
    let above_only = matches!(metric, Metric::Aws(metric) if metric.is_only_bounded_above());
    match bound {
        Some(bound) if above_only && !bound.is_upper() => {
            let operator = bound.operator();
            return Err(BehaviorFault::Operator { operator, values });
        }
        _ => {}
    }
    Ok(match metric {
        Metric::Aws(metric) => AwsMetric::kind(*metric),
        Metric::Custom(_) => custom_kind(values),
    })
}
