//! Requests about custom metrics and dimensions.
//!
//! Sources: API reference, `CreateCustomMetric`, `UpdateCustomMetric`, `DeleteCustomMetric`,
//! `DescribeCustomMetric`, `CreateDimension`, `UpdateDimension`, `DeleteDimension`,
//! `DescribeDimension`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::SecurityProfiles;
use crate::audit::seconds;
use crate::detect::definitions::CustomMetric;
use crate::detect::dimension::{Dimension, DimensionError};
use crate::detect::name::{CustomMetricName, DimensionName};
use crate::detect::refusal::DetectError;
use crate::question::{given, needed, parsed};

/// When something was made and changed, and the token of the request that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dated {
    created: Timestamp,
    modified: Timestamp,
    token: Option<String>,
}

impl Dated {
    const fn new(now: Timestamp, token: Option<String>) -> Self {
        Self {
            created: now,
            modified: now,
            token,
        }
    }

    /// Whether the same request has come again.
    fn is_of(&self, token: Option<&String>) -> bool {
        token.is_some() && self.token.as_ref() == token
    }

    fn change(&mut self, now: Timestamp) {
        self.modified = self.modified.max(now);
    }

    /// The same, if it can be so.
    pub(super) fn sound(self) -> Option<Self> {
        let is_known = self.token.as_deref().is_none_or(is_token);
        (self.created <= self.modified && is_known).then_some(self)
    }

    fn describe(&self, mut answer: Value, member: &str, arn: String) -> Value {
        if let Some(members) = answer.as_object_mut() {
            members.insert(member.into(), arn.into());
            members.insert("creationDate".into(), seconds::write(self.created));
            members.insert("lastModifiedDate".into(), seconds::write(self.modified));
        }
        answer
    }
}

impl SecurityProfiles {
    /// `CreateCustomMetric`: reads the request, `metricName` included, and gives the answer. The
    /// same request with the same `clientRequestToken` gives it again.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is one of that name, there are 100, or a member breaks its rule.
    pub fn create_custom_metric(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<Value, DetectError> {
        let name: CustomMetricName = metric_name(request)?;
        let token = token(request)?;
        let metric_type = needed(request, "metricType")?;
        let mut metric = CustomMetric::new(name.clone(), metric_type);
        if let Some(display_name) = display_name(request)? {
            metric.rename(display_name)?;
        }
        let arn = format!("{}:custommetric/{name}", self.prefix);
        let answer = json!({ "metricName": name, "metricArn": arn });
        let before = self.metrics.get(&name);
        let is_again = before.is_some_and(|before| before.is_of(token.as_ref()))
            && self.definitions.custom_metric(name.as_str()) == Some(&metric);
        if !is_again {
            self.definitions.create_custom_metric(metric)?;
            self.metrics.insert(name, Dated::new(now, token));
        }
        Ok(answer)
    }

    /// `UpdateCustomMetric`: gives it another name for people, and gives the answer. Its type stays.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is none of that name, or `displayName` is missing or breaks its rule.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let request = json!({ "metricName": "battery", "metricType": "number" });
    /// account.create_custom_metric(&request, Timestamp::from_secs(1))?;
    /// let request = json!({ "metricName": "battery", "displayName": "Battery" });
    /// let answer = account.update_custom_metric(&request, Timestamp::from_secs(2))?;
    /// assert_eq!(answer, json!({
    ///     "metricName": "battery",
    ///     "metricArn": "arn:aws:iot:us-east-1:123456789012:custommetric/battery",
    ///     "metricType": "number",
    ///     "displayName": "Battery",
    ///     "creationDate": 1.0,
    ///     "lastModifiedDate": 2.0,
    /// }));
    /// assert_eq!(account.describe_custom_metric("battery"), Ok(answer));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn update_custom_metric(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<Value, DetectError> {
        let name = metric_name(request)?;
        let display_name = display_name(request)?.ok_or(DetectError::Member("displayName"))?;
        self.definitions
            .update_custom_metric(name.as_str(), display_name)?;
        if let Some(dated) = self.metrics.get_mut(&name) {
            dated.change(now);
        }
        self.describe_custom_metric(name.as_str())
    }

    /// The answer of `DescribeCustomMetric`.
    ///
    /// # Errors
    ///
    /// [`DetectError::NotFound`]: there is none of that name.
    pub fn describe_custom_metric(&self, name: &str) -> Result<Value, DetectError> {
        let metric = self.definitions.custom_metric(name);
        let dated = self.metrics.get(name);
        let (Some(metric), Some(dated)) = (metric, dated) else {
            return Err(DetectError::NotFound(name.into()));
        };
        let arn = format!("{}:custommetric/{name}", self.prefix);
        Ok(dated.describe(json!(metric), "metricArn", arn))
    }

    /// `DeleteCustomMetric`. It does nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`DetectError::Referenced`]: a profile names it.
    pub fn delete_custom_metric(&mut self, name: &str) -> Result<(), DetectError> {
        let profiles = self.profiles.values().map(|it| &it.profile);
        self.definitions.delete_custom_metric(name, profiles)?;
        self.metrics.remove(name);
        Ok(())
    }

    /// `CreateDimension`: reads the request, `name` included, and gives the answer. The same request
    /// with the same `clientRequestToken` gives it again.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is one of that name, there are ten, or a member breaks its rule.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let now = Timestamp::from_secs(1);
    /// let mut request = json!({
    ///     "name": "Auth", "type": "TOPIC_FILTER", "stringValues": ["auth/#"],
    ///     "clientRequestToken": "1",
    /// });
    /// let answer = account.create_dimension(&request, now)?;
    /// assert_eq!(answer["arn"], "arn:aws:iot:us-east-1:123456789012:dimension/Auth");
    /// assert_eq!(account.create_dimension(&request, now)?, answer); // it came twice
    /// request["clientRequestToken"] = "2".into();
    /// assert_eq!(account.create_dimension(&request, now), Err(DetectError::Exists("Auth".into())));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn create_dimension(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<Value, DetectError> {
        let dimension = Dimension::from_json(request)?;
        let token = token(request)?;
        let name = dimension.name().clone();
        let arn = format!("{}:dimension/{name}", self.prefix);
        let answer = json!({ "name": name, "arn": arn });
        let before = self.dimensions.get(&name);
        let is_again = before.is_some_and(|before| before.is_of(token.as_ref()))
            && self.definitions.dimension(name.as_str()) == Some(&dimension);
        if !is_again {
            self.definitions.create_dimension(dimension)?;
            self.dimensions.insert(name, Dated::new(now, token));
        }
        Ok(answer)
    }

    /// `UpdateDimension`: gives it other values, and gives the answer. Alarms of behaviors that name
    /// it go on; what counts is what is counted from now on, by collectors that are made for it.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is none of that name, or `stringValues` break their rule.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let request = json!({ "name": "Auth", "type": "TOPIC_FILTER", "stringValues": ["auth/#"] });
    /// account.create_dimension(&request, Timestamp::from_secs(1))?;
    /// let request = json!({ "name": "Auth", "stringValues": ["login/#"] });
    /// let answer = account.update_dimension(&request, Timestamp::from_secs(2))?;
    /// assert_eq!(answer, json!({
    ///     "name": "Auth",
    ///     "arn": "arn:aws:iot:us-east-1:123456789012:dimension/Auth",
    ///     "type": "TOPIC_FILTER",
    ///     "stringValues": ["login/#"],
    ///     "creationDate": 1.0,
    ///     "lastModifiedDate": 2.0,
    /// }));
    /// assert_eq!(account.describe_dimension("Auth"), Ok(answer));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn update_dimension(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<Value, DetectError> {
        let name: DimensionName = needed(request, "name")?;
        self.dimension(name.as_str())?;
        let values = given(request, "stringValues").and_then(Value::as_array);
        let text = |value: &Value| value.as_str().map(String::from);
        let values: Option<Vec<String>> =
            values.and_then(|values| values.iter().map(text).collect());
        let dimension = Dimension::new(name.clone(), values.ok_or(DimensionError::Values)?)?;
        self.definitions.update_dimension(dimension)?;
        if let Some(dated) = self.dimensions.get_mut(&name) {
            dated.change(now);
        }
        self.describe_dimension(name.as_str())
    }

    /// The answer of `DescribeDimension`.
    ///
    /// # Errors
    ///
    /// [`DetectError::NotFound`]: there is none of that name.
    pub fn describe_dimension(&self, name: &str) -> Result<Value, DetectError> {
        let dimension = self.dimension(name)?;
        let dated = self.dimensions.get(name);
        let dated = dated.ok_or_else(|| DetectError::NotFound(name.into()))?;
        let arn = format!("{}:dimension/{name}", self.prefix);
        Ok(dated.describe(json!(dimension), "arn", arn))
    }

    /// `DeleteDimension`. It does nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`DetectError::Referenced`]: a profile names it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::SecurityProfiles;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// assert_eq!(account.delete_dimension("Auth"), Ok(()));
    /// ```
    pub fn delete_dimension(&mut self, name: &str) -> Result<(), DetectError> {
        let profiles = self.profiles.values().map(|it| &it.profile);
        self.definitions.delete_dimension(name, profiles)?;
        self.dimensions.remove(name);
        Ok(())
    }
}

fn metric_name(request: &Value) -> Result<CustomMetricName, DetectError> {
    const NAME: &str = "metricName";

    let name = given(request, NAME).and_then(Value::as_str);
    let name = name.ok_or(DetectError::Member(NAME))?;
    Ok(CustomMetricName::parse(name)?)
}

fn display_name(request: &Value) -> Result<Option<&str>, DetectError> {
    let name = given(request, "displayName")
        .map(|name| name.as_str().ok_or(DetectError::Member("displayName")));
    name.transpose()
}

fn token(request: &Value) -> Result<Option<String>, DetectError> {
    const TOKEN: &str = "clientRequestToken";

    let token: Option<String> = parsed(request, TOKEN)?;
    if token.as_ref().is_some_and(|token| !is_token(token)) {
        return Err(DetectError::Member(TOKEN));
    }
    Ok(token)
}

/// 1 to 64 of `a-z A-Z 0-9 _ -`.
fn is_token(token: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=64).contains(&token.len()) && token.bytes().all(is_allowed)
}
