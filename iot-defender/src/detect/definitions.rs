//! What an account defines: custom metrics and dimensions.
//!
//! Sources: API reference, `CreateCustomMetric`, `UpdateCustomMetric`, `DeleteCustomMetric`,
//! `CreateDimension`, `DeleteDimension`; "AWS IoT Device Defender quotas".

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::dimension::{Dimension, MetricDimension};
use super::metric::{CustomMetricType, Metric, ValueType};
use super::name::{CustomMetricName, DimensionName};
use super::profile::SecurityProfile;
use super::refusal::DetectError;

/// A custom metric: its name, its type, which never changes, and a name for people, the API's
/// `displayName` (API reference, `CreateCustomMetric`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CustomMetric, CustomMetricType, DetectError};
///
/// let mut battery = CustomMetric::new("battery".parse().unwrap(), CustomMetricType::Number);
/// battery.rename("Battery level")?;
/// assert_eq!(battery.display_name(), "Battery level");
/// assert_eq!(battery.metric_type(), CustomMetricType::Number);
/// assert_eq!(battery.name().as_str(), "battery");
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomMetric {
    name: CustomMetricName,
    metric_type: CustomMetricType,
    display_name: String,
}

impl CustomMetric {
    /// A metric without a name for people.
    #[must_use]
    pub const fn new(name: CustomMetricName, metric_type: CustomMetricType) -> Self {
        Self {
            name,
            metric_type,
            display_name: String::new(),
        }
    }

    /// Gives it a name for people: at most 128 characters, none a control character.
    ///
    /// # Errors
    ///
    /// [`DetectError::Text`]: longer, or with a control character. Nothing is changed then.
    pub fn rename(&mut self, display_name: &str) -> Result<(), DetectError> {
        let too_long = display_name.chars().nth(128).is_some();
        if too_long || display_name.contains(char::is_control) {
            return Err(DetectError::Text("displayName"));
        }
        self.display_name = display_name.into();
        Ok(())
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &CustomMetricName {
        &self.name
    }

    /// The type.
    #[must_use]
    pub const fn metric_type(&self) -> CustomMetricType {
        self.metric_type
    }

    /// The name for people.
    #[must_use]
    pub const fn display_name(&self) -> &str {
        self.display_name.as_str()
    }
}

impl Serialize for CustomMetric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("metricName", &self.name)?;
        map.serialize_entry("metricType", &self.metric_type)?;
        if !self.display_name.is_empty() {
            map.serialize_entry("displayName", &self.display_name)?;
        }
        map.end()
    }
}

/// Custom metrics and dimensions of an account: at most 100 and ten ("AWS IoT Device Defender
/// quotas"). What reads behaviors and profiles looks here for those that they name.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     CustomMetric, CustomMetricType, Definitions, DetectError, Dimension, Metric, ValueType,
/// };
///
/// let mut definitions = Definitions::default();
/// let name: Metric = "battery".parse().unwrap();
/// assert_eq!(definitions.value_type(&name), None);
/// let battery = CustomMetric::new("battery".parse().unwrap(), CustomMetricType::Number);
/// definitions.create_custom_metric(battery)?;
/// assert_eq!(definitions.value_type(&name), Some(ValueType::Number));
/// assert!(definitions.supports_ml(&name));
///
/// let auth = Dimension::new("Auth".parse().unwrap(), ["auth/#".to_string()]).unwrap();
/// definitions.create_dimension(auth)?;
/// assert_eq!(definitions.dimensions().count(), 1);
/// assert_eq!(definitions.custom_metrics().count(), 1);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    custom_metrics: BTreeMap<CustomMetricName, CustomMetric>,
    dimensions: BTreeMap<DimensionName, Dimension>,
}

/// Of an account ("AWS IoT Device Defender quotas").
const MAX_CUSTOM_METRICS: usize = 100;
const MAX_DIMENSIONS: usize = 10;

impl Definitions {
    /// What behaviors and retained metrics need that were accepted before, though the account may
    /// not define it any more: their custom metrics, of the type of the values that they are
    /// compared with, and their dimensions.
    pub(super) fn implied<'v>(items: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut implied = Self::default();
        for item in items {
            let text = |pointer| item.pointer(pointer).and_then(Value::as_str);
            if let Some(Ok(name)) = text("/metric").map(CustomMetricName::parse) {
                let value = item.pointer("/criteria/value");
                let has = |kind: ValueType| value.is_some_and(|it| it.get(kind.as_str()).is_some());
                let all = CustomMetricType::ALL.iter().copied();
                let kind = all.rev().find(|kind| has(kind.value_type()));
                let known = implied.custom_metrics.contains_key(&name);
                if kind.is_some() || !known {
                    let kind = kind.unwrap_or(CustomMetricType::Number);
                    let metric = CustomMetric::new(name.clone(), kind);
                    implied.custom_metrics.insert(name, metric);
                }
            }
            let named = text("/metricDimension/dimensionName").map(DimensionName::parse);
            if let Some(Ok(name)) = named
                && let Ok(any) = Dimension::new(name.clone(), [String::from("#")])
            {
                implied.dimensions.insert(name, any);
            }
        }
        implied
    }

    /// Adds a custom metric.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is one of that name, or there are 100.
    pub fn create_custom_metric(&mut self, metric: CustomMetric) -> Result<(), DetectError> {
        if self.custom_metrics.contains_key(&metric.name) {
            return Err(DetectError::Exists(metric.name.as_str().into()));
        }
        if self.custom_metrics.len() >= MAX_CUSTOM_METRICS {
            return Err(DetectError::Limit("100 custom metrics"));
        }
        self.custom_metrics.insert(metric.name.clone(), metric);
        Ok(())
    }

    /// Gives a custom metric another name for people, which is all that can change.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is none of that name, or as for [`CustomMetric::rename`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Definitions, DetectError};
    ///
    /// let error = Definitions::default().update_custom_metric("battery", "Battery");
    /// assert_eq!(error, Err(DetectError::NotFound("battery".into())));
    /// ```
    pub fn update_custom_metric(
        &mut self,
        name: &str,
        display_name: &str,
    ) -> Result<(), DetectError> {
        let metric = self.custom_metrics.get_mut(name);
        let metric = metric.ok_or_else(|| DetectError::NotFound(name.into()))?;
        metric.rename(display_name)
    }

    /// Deletes a custom metric, or does nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`DetectError::Referenced`]: a profile names it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomMetric, CustomMetricType, Definitions, DetectError};
    ///
    /// let mut definitions = Definitions::default();
    /// let battery = CustomMetric::new("battery".parse().unwrap(), CustomMetricType::Number);
    /// definitions.create_custom_metric(battery)?;
    /// definitions.delete_custom_metric("battery", [])?;
    /// assert_eq!(definitions.custom_metric("battery"), None);
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn delete_custom_metric<'p>(
        &mut self,
        name: &str,
        profiles: impl IntoIterator<Item = &'p SecurityProfile>,
    ) -> Result<(), DetectError> {
        let mut profiles = profiles.into_iter();
        let names =
            |metric: &Metric| matches!(metric, Metric::Custom(_)) && metric.as_str() == name;
        let user = profiles.find(|profile| profile.metrics().any(|(metric, _)| names(metric)));
        if let Some(profile) = user {
            return Err(DetectError::Referenced(profile.name().clone()));
        }
        self.custom_metrics.remove(name);
        Ok(())
    }

    /// Adds a dimension.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is one of that name, or there are ten.
    pub fn create_dimension(&mut self, dimension: Dimension) -> Result<(), DetectError> {
        if self.dimensions.contains_key(dimension.name()) {
            return Err(DetectError::Exists(dimension.name().as_str().into()));
        }
        if self.dimensions.len() >= MAX_DIMENSIONS {
            return Err(DetectError::Limit("10 dimensions"));
        }
        self.dimensions.insert(dimension.name().clone(), dimension);
        Ok(())
    }

    /// Replaces the values of a dimension.
    ///
    /// # Errors
    ///
    /// [`DetectError::NotFound`]: there is none of that name.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Definitions, DetectError, Dimension};
    ///
    /// let dimension = |filter: &str| Dimension::new("Auth".parse().unwrap(), [filter.to_string()]);
    /// let mut definitions = Definitions::default();
    /// definitions.create_dimension(dimension("auth/#").unwrap())?;
    /// definitions.update_dimension(dimension("login/#").unwrap())?;
    /// let auth = definitions.dimension("Auth").expect("is there");
    /// assert_eq!(auth.values(), ["login/#"]);
    /// definitions.delete_dimension("Auth", [])?;
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn update_dimension(&mut self, dimension: Dimension) -> Result<(), DetectError> {
        let Some(place) = self.dimensions.get_mut(dimension.name()) else {
            return Err(DetectError::NotFound(dimension.name().as_str().into()));
        };
        *place = dimension;
        Ok(())
    }

    /// Deletes a dimension, or does nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`DetectError::Referenced`]: a profile names it.
    pub fn delete_dimension<'p>(
        &mut self,
        name: &str,
        profiles: impl IntoIterator<Item = &'p SecurityProfile>,
    ) -> Result<(), DetectError> {
        let mut profiles = profiles.into_iter();
        let names = |dimension: Option<&MetricDimension>| {
            dimension.is_some_and(|dimension| dimension.name.as_str() == name)
        };
        let user = profiles.find(|profile| profile.metrics().any(|(_, of)| names(of)));
        if let Some(profile) = user {
            return Err(DetectError::Referenced(profile.name().clone()));
        }
        self.dimensions.remove(name);
        Ok(())
    }

    /// A custom metric by its name.
    #[must_use]
    pub fn custom_metric(&self, name: &str) -> Option<&CustomMetric> {
        self.custom_metrics.get(name)
    }

    /// The custom metrics, by name.
    pub fn custom_metrics(&self) -> impl Iterator<Item = &CustomMetric> {
        self.custom_metrics.values()
    }

    /// A dimension by its name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.get(name)
    }

    /// The dimensions, by name.
    pub fn dimensions(&self) -> impl Iterator<Item = &Dimension> {
        self.dimensions.values()
    }

    /// The type of a metric's values; `None` if the account has no such custom metric.
    #[must_use]
    pub fn value_type(&self, metric: &Metric) -> Option<ValueType> {
        match metric {
            Metric::Aws(metric) => Some(metric.value_type()),
            Metric::Custom(name) => {
                let custom = self.custom_metrics.get(name)?;
                Some(custom.metric_type.value_type())
            }
        }
    }

    /// Whether ML Detect learns a metric: 13 of AWS, and custom numbers.
    #[must_use]
    pub fn supports_ml(&self, metric: &Metric) -> bool {
        match metric {
            Metric::Aws(metric) => metric.supports_ml(),
            Metric::Custom(_) => self.value_type(metric) == Some(ValueType::Number),
        }
    }

    pub(super) fn has_dimension(&self, name: &DimensionName) -> bool {
        self.dimensions.contains_key(name)
    }
}
