//! Security profiles.
//!
//! Sources: API reference, `CreateSecurityProfile`, `UpdateSecurityProfile`,
//! `DescribeSecurityProfile`; "AWS IoT Device Defender quotas"; developer guide, "Detect metrics
//! export".

mod request;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

pub use self::request::{AlertTarget, MetricToRetain, MetricsExport, ProfileUpdate};
use super::behavior::Behavior;
use super::behavior::validation::{BehaviorError, BehaviorFault};
use super::definitions::Definitions;
use super::dimension::MetricDimension;
use super::metric::Metric;
use super::name::ProfileName;
use super::refusal::DetectError;

/// A security profile: behaviors that devices are held to, the SNS topic that hears of alarms, and
/// the metrics that are kept and exported besides (API reference, `CreateSecurityProfile`).
///
/// As JSON it has the members of the answer of `DescribeSecurityProfile` that are known here: no ARN
/// and no dates. An [`Engine`](super::Engine) takes it with
/// [`set_profile`](super::Engine::set_profile).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Definitions, DetectError, ProfileUpdate, SecurityProfile};
/// use serde_json::json;
///
/// let definitions = Definitions::default();
/// let request = json!({ "behaviors": [{
///     "name": "Quiet",
///     "metric": "aws:num-messages-sent",
///     "criteria": { "comparisonOperator": "less-than", "value": { "count": 100 } },
/// }] });
/// let name = "lamps".parse()?;
/// let mut profile = SecurityProfile::create(name, &request, &definitions)?;
/// assert_eq!((profile.name().as_str(), profile.version()), ("lamps", 1));
/// assert_eq!(profile.behaviors().len(), 1);
/// assert_eq!(profile.metrics().count(), 1);
///
/// let update = ProfileUpdate::from_json(&json!({ "deleteBehaviors": true }), &definitions)?;
/// assert_eq!(profile.update(update, Some(1)), Ok(2));
/// assert!(profile.behaviors().is_empty());
/// let conflict = DetectError::VersionConflict { expected: 1, current: 2 };
/// assert_eq!(profile.update(ProfileUpdate::default(), Some(1)), Err(conflict));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityProfile {
    name: ProfileName,
    version: u64,
    description: String,
    behaviors: Vec<Behavior>,
    alert_target: Option<AlertTarget>,
    retained: Vec<MetricToRetain>,
    export: Option<MetricsExport>,
}

/// Behaviors of a profile.
const MAX_BEHAVIORS: usize = 100;

/// Counts, addresses, ports and so on of all behaviors of a profile.
const MAX_ELEMENTS: usize = 1_000;

impl SecurityProfile {
    /// A profile as the request `CreateSecurityProfile` has it. No behaviors is legal.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: the first member that breaks a rule, or one that deletes.
    pub fn create(
        name: ProfileName,
        request: &Value,
        definitions: &Definitions,
    ) -> Result<Self, DetectError> {
        let update = ProfileUpdate::from_json(request, definitions)?;
        let mut profile = Self {
            name,
            version: 0,
            description: String::new(),
            behaviors: Vec::new(),
            alert_target: None,
            retained: Vec::new(),
            export: None,
        };
        profile.update(update, None)?;
        Ok(profile)
    }

    /// Applies an update and gives the new version, which is one more. `expected` is the version
    /// that the request expects, if it does.
    ///
    /// # Errors
    ///
    /// [`DetectError::VersionConflict`]. Nothing is changed then.
    pub fn update(
        &mut self,
        update: ProfileUpdate,
        expected: Option<u64>,
    ) -> Result<u64, DetectError> {
        match expected {
            Some(expected) if expected != self.version => {
                return Err(DetectError::VersionConflict {
                    expected,
                    current: self.version,
                });
            }
            _ => {}
        }
        let ProfileUpdate {
            description,
            behaviors,
            alert_target,
            retained,
            export,
        } = update;
        self.description = description.unwrap_or_else(|| core::mem::take(&mut self.description));
        if let Some(behaviors) = behaviors {
            self.behaviors = behaviors;
        }
        if let Some(alert_target) = alert_target {
            self.alert_target = alert_target;
        }
        if let Some(retained) = retained {
            self.retained = retained;
        }
        if let Some(export) = export {
            self.export = export;
        }
        self.version = self.version.saturating_add(1);
        Ok(self.version)
    }

    /// The same in another version.
    pub(super) const fn in_version(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &ProfileName {
        &self.name
    }

    /// 1 at first, and one more with each update.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// What it is for.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Definitions, DetectError, SecurityProfile};
    /// use serde_json::json;
    ///
    /// let definitions = Definitions::default();
    /// let profile = SecurityProfile::create("lamps".parse()?, &json!({
    ///     "securityProfileDescription": "all lamps",
    ///     "alertTargets": { "SNS": {
    ///         "alertTargetArn": "arn:aws:sns:us-east-1:123456789012:alarms",
    ///         "roleArn": "arn:aws:iam::123456789012:role/alarms",
    ///     } },
    ///     "additionalMetricsToRetainV2": [{ "metric": "aws:num-disconnects" }],
    ///     "metricsExportConfig": {
    ///         "mqttTopic": "$aws/rules/metrics",
    ///         "roleArn": "arn:aws:iam::123456789012:role/export",
    ///     },
    /// }), &definitions)?;
    /// assert_eq!(profile.description(), "all lamps");
    /// assert!(profile.alert_target().is_some());
    /// assert_eq!(profile.retained().len(), 1);
    /// assert_eq!(profile.export().unwrap().topic, "$aws/rules/metrics");
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub const fn description(&self) -> &str {
        self.description.as_str()
    }

    /// The behaviors, as they were given. Their names differ.
    #[must_use]
    pub const fn behaviors(&self) -> &[Behavior] {
        self.behaviors.as_slice()
    }

    /// Where alarms are sent to.
    #[must_use]
    pub const fn alert_target(&self) -> Option<&AlertTarget> {
        self.alert_target.as_ref()
    }

    /// Metrics that are kept besides those of the behaviors.
    #[must_use]
    pub const fn retained(&self) -> &[MetricToRetain] {
        self.retained.as_slice()
    }

    /// Where values of metrics are exported to.
    #[must_use]
    pub const fn export(&self) -> Option<&MetricsExport> {
        self.export.as_ref()
    }

    /// Whether values of a metric are exported: the profile says where to, and a behavior or a
    /// retained metric asks for it (developer guide, "Detect metrics export").
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, Definitions, DetectError, SecurityProfile};
    /// use serde_json::json;
    ///
    /// let request = json!({
    ///     "additionalMetricsToRetainV2": [{ "metric": "aws:num-disconnects", "exportMetric": true }],
    ///     "metricsExportConfig": { "mqttTopic": "metrics", "roleArn": "arn:role" },
    /// });
    /// let profile = SecurityProfile::create("lamps".parse()?, &request, &Definitions::default())?;
    /// assert!(profile.is_exported(&AwsMetric::NumDisconnects.into(), None));
    /// assert!(!profile.is_exported(&AwsMetric::AllBytesIn.into(), None));
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub fn is_exported(&self, metric: &Metric, dimension: Option<&MetricDimension>) -> bool {
        let mut behaviors = self.behaviors.iter();
        let mut retained = self.retained.iter();
        self.export.is_some()
            && (behaviors.any(|behavior| {
                behavior.export_metric
                    && behavior.metric() == metric
                    && behavior.dimension() == dimension
            }) || retained.any(|retained| {
                retained.export_metric
                    && retained.metric == *metric
                    && retained.dimension.as_ref() == dimension
            }))
    }

    /// What it measures: the metrics of its behaviors and those that it retains, each with its
    /// dimension. One may come more than once.
    pub fn metrics(&self) -> impl Iterator<Item = (&Metric, Option<&MetricDimension>)> {
        let behaviors = self.behaviors.iter();
        let of_behaviors = behaviors.map(|behavior| (behavior.metric(), behavior.dimension()));
        let retained = self.retained.iter();
        of_behaviors.chain(retained.map(|retained| (&retained.metric, retained.dimension.as_ref())))
    }
}

impl Serialize for SecurityProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("securityProfileName", &self.name)?;
        if !self.description.is_empty() {
            map.serialize_entry("securityProfileDescription", &self.description)?;
        }
        if !self.behaviors.is_empty() {
            map.serialize_entry("behaviors", &self.behaviors)?;
        }
        if let Some(target) = &self.alert_target {
            map.serialize_entry("alertTargets", target)?;
        }
        if !self.retained.is_empty() {
            map.serialize_entry("additionalMetricsToRetainV2", &self.retained)?;
        }
        if let Some(export) = &self.export {
            map.serialize_entry("metricsExportConfig", export)?;
        }
        map.serialize_entry("version", &self.version)?;
        map.end()
    }
}

/// Reads the behaviors of one profile, an array of the API's `Behavior`: at most 100, with at most
/// 1000 elements together ("AWS IoT Device Defender quotas"), no two of one name.
///
/// # Errors
///
/// [`DetectError`]: the first behavior that breaks a rule, or too many.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Definitions, DetectError, read_behaviors};
/// use serde_json::json;
///
/// let quiet = json!({
///     "name": "Quiet",
///     "metric": "aws:num-messages-sent",
///     "criteria": { "comparisonOperator": "less-than", "value": { "count": 100 } },
/// });
/// let twice = json!([quiet, quiet]);
/// let error = read_behaviors(&twice, &Definitions::default()).unwrap_err();
/// assert_eq!(error.exception(), "InvalidRequestException");
/// assert_eq!(read_behaviors(&json!([quiet]), &Definitions::default())?.len(), 1);
/// # Ok::<(), DetectError>(())
/// ```
pub fn read_behaviors(
    json: &Value,
    definitions: &Definitions,
) -> Result<Vec<Behavior>, DetectError> {
    let items = json.as_array().ok_or(DetectError::Member("behaviors"))?;
    limit("behaviors", items.len(), MAX_BEHAVIORS)?;
    let mut names = BTreeSet::new();
    let mut behaviors: Vec<Behavior> = Vec::with_capacity(items.len());
    for item in items {
        let behavior = Behavior::from_json(item, definitions)?;
        if !names.insert(behavior.name().clone()) {
            let name = behavior.name().as_str();
            return Err(BehaviorError::new(name, BehaviorFault::Duplicate).into());
        }
        behaviors.push(behavior);
    }
    let elements = items.iter().map(elements).sum();
    limit("elements of values", elements, MAX_ELEMENTS)?;
    Ok(behaviors)
}

/// The elements that a behavior's value is given with, the same one twice as two.
fn elements(behavior: &Value) -> usize {
    let value = behavior.get("criteria").and_then(|json| json.get("value"));
    let members = value.and_then(Value::as_object).into_iter().flatten();
    let lengths = members.map(|(_, member)| match member {
        Value::Array(items) => items.len(),
        Value::Null => 0,
        _ => 1,
    });
    lengths.sum()
}

const fn limit(what: &'static str, found: usize, max: usize) -> Result<(), DetectError> {
    if found > max {
        return Err(DetectError::TooMany { what, found, max });
    }
    Ok(())
}
