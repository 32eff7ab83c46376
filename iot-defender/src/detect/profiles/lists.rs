//! Lists of an account, page by page.
//!
//! Source: API reference, `ListSecurityProfiles`, `ListTargetsForSecurityProfile`,
//! `ListSecurityProfilesForTarget`, `ListCustomMetrics`, `ListDimensions`.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::GroupName;
use serde_json::{Value, json};

use super::{SecurityProfiles, profile_name};
use crate::detect::metric::Metric;
use crate::detect::name::{CustomMetricName, DimensionName, ProfileName};
use crate::detect::refusal::DetectError;
use crate::detect::target::{Target, TargetArn};
use crate::paging::answer;
use crate::question::{given, paging, parsed};

impl SecurityProfiles {
    /// The answer to `ListSecurityProfiles`: by name, all or those that name a `metricName` or a
    /// `dimensionName`, in a behavior or to be retained.
    ///
    /// Here and in the other lists the token says behind which item the page before ended, so that
    /// no item comes twice or not at all because others come and go. A page costs what it has to
    /// skip and to give.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: a member is not in its form, or both names are given.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// for name in ["pumps", "lamps"] {
    ///     account.create(&json!({ "securityProfileName": name }), Default::default())?;
    /// }
    /// assert_eq!(account.list(&json!({ "maxResults": 1 }))?, json!({
    ///     "securityProfileIdentifiers": [{
    ///         "name": "lamps",
    ///         "arn": "arn:aws:iot:us-east-1:123456789012:securityprofile/lamps",
    ///     }],
    ///     "nextToken": "lamps",
    /// }));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn list(&self, question: &Value) -> Result<Value, DetectError> {
        let metric: Option<Metric> = parsed(question, "metricName")?;
        let dimension: Option<DimensionName> = parsed(question, "dimensionName")?;
        if metric.is_some() && dimension.is_some() {
            return Err(DetectError::Member("dimensionName"));
        }
        let is_asked = |name: &ProfileName| {
            let defined = self.profiles.get(name);
            let mut measured = defined.into_iter().flat_map(|it| it.profile.metrics());
            match (&metric, &dimension) {
                (None, None) => true,
                (Some(metric), _) => measured.any(|(of, _)| of == metric),
                (_, Some(dimension)) => {
                    measured.any(|(_, of)| of.is_some_and(|of| of.name == *dimension))
                }
            }
        };
        let items = self.profiles.iter().filter(|(name, _)| is_asked(name));
        let items = items.map(|(name, defined)| (name, defined.identifier()));
        let read = |token: &str| ProfileName::parse(token).ok();
        page(question, "securityProfileIdentifiers", items, read)
    }

    /// The answer to `ListTargetsForSecurityProfile`: all things, registered ones, others, groups by
    /// name.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is no profile of that `securityProfileName`, or a member is not in its
    /// form.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let lamps = json!({ "securityProfileName": "lamps" });
    /// account.create(&lamps, Default::default())?;
    /// let group = "arn:aws:iot:us-east-1:123456789012:thinggroup/lamps";
    /// account.attach("lamps", &group.parse()?)?;
    /// let listed = json!({ "securityProfileTargets": [{ "arn": group }] });
    /// assert_eq!(account.list_targets(&lamps)?, listed);
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn list_targets(&self, question: &Value) -> Result<Value, DetectError> {
        let name = profile_name(question)?;
        let defined = self.profiles.get(&name);
        let defined = defined.ok_or_else(|| DetectError::NotFound(name.as_str().into()))?;
        let targets = defined.targets.iter();
        let items = targets.map(|it| (it, json!({ "arn": it.arn(&self.prefix) })));
        page(question, "securityProfileTargets", items, Target::read)
    }

    /// The answer to `ListSecurityProfilesForTarget`: the profiles of the target of
    /// `securityProfileTargetArn` and, if it is a group and the question is `recursive`, those of the
    /// groups below it. `is_below` is asked whether the first group is below the second, which the
    /// registry knows.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: a member is missing or not in its form, or the target is not of this account
    /// and Region.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// account.create(&json!({ "securityProfileName": "lamps" }), Default::default())?;
    /// let group = |name: &str| format!("arn:aws:iot:us-east-1:123456789012:thinggroup/{name}");
    /// account.attach("lamps", &group("lamps").parse()?)?;
    /// let question = json!({ "securityProfileTargetArn": group("devices"), "recursive": true });
    /// let list = account.list_for_target(&question, |group, parent| {
    ///     group.as_str() == "lamps" && parent.as_str() == "devices"
    /// })?;
    /// let mapping = &list["securityProfileTargetMappings"][0];
    /// assert_eq!(mapping["securityProfileIdentifier"]["name"], "lamps");
    /// assert_eq!(mapping["target"]["arn"], group("lamps"));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn list_for_target(
        &self,
        question: &Value,
        is_below: impl Fn(&GroupName, &GroupName) -> bool,
    ) -> Result<Value, DetectError> {
        const ARN: &str = "securityProfileTargetArn";
        const RECURSIVE: DetectError = DetectError::Member("recursive");

        let arn = given(question, ARN).and_then(Value::as_str);
        let arn: TargetArn = arn.ok_or(DetectError::Member(ARN))?.parse()?;
        let asked = self.own(&arn)?;
        let is_recursive = match given(question, "recursive") {
            None => false,
            Some(flag) => flag.as_bool().ok_or(RECURSIVE)?,
        };
        let is_meant = |target: &Target| match (target, asked) {
            (target, asked) if target == asked => true,
            (Target::Group(group), Target::Group(asked)) => is_recursive && is_below(group, asked),
            _ => false,
        };
        let targets = self.attached.iter().filter(|(target, _)| is_meant(target));
        let items = targets.flat_map(|(target, profiles)| {
            let defined = profiles.iter().filter_map(|it| self.profiles.get(it));
            defined.map(move |it| (Mapping(target.clone(), it.profile.name().clone()), it))
        });
        let items = items.map(|(key, defined)| {
            let target = json!({ "arn": key.0.arn(&self.prefix) });
            let mapping = json!({
                "securityProfileIdentifier": defined.identifier(),
                "target": target,
            });
            (key, mapping)
        });
        page(
            question,
            "securityProfileTargetMappings",
            items,
            Mapping::read,
        )
    }

    /// The answer to `ListCustomMetrics`: their names.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: a member is not in its form.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    /// use serde_json::json;
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let request = json!({ "metricName": "battery", "metricType": "number" });
    /// account.create_custom_metric(&request, Default::default())?;
    /// assert_eq!(account.list_custom_metrics(&json!({}))?, json!({ "metricNames": ["battery"] }));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn list_custom_metrics(&self, question: &Value) -> Result<Value, DetectError> {
        let items = self.metrics.keys().map(|name| (name, json!(name)));
        let read = |token: &str| CustomMetricName::parse(token).ok();
        page(question, "metricNames", items, read)
    }

    /// The answer to `ListDimensions`: their names.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: a member is not in its form.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::SecurityProfiles;
    /// use serde_json::json;
    ///
    /// let account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// assert_eq!(account.list_dimensions(&json!({})), Ok(json!({ "dimensionNames": [] })));
    /// ```
    pub fn list_dimensions(&self, question: &Value) -> Result<Value, DetectError> {
        let items = self.dimensions.keys().map(|name| (name, json!(name)));
        let read = |token: &str| DimensionName::parse(token).ok();
        page(question, "dimensionNames", items, read)
    }
}

/// A profile of a target.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mapping(Target, ProfileName);

impl Mapping {
    fn read(token: &str) -> Option<Self> {
        let (profile, target) = token.split_once('/')?;
        Some(Self(Target::read(target)?, profile.parse().ok()?))
    }
}

impl core::fmt::Display for Mapping {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // No name of a profile has a slash.
        write!(f, "{}/{}", self.1, self.0)
    }
}

/// A page of items, which come by keys that rise. The token is the last key.
fn page<K: core::fmt::Display + core::borrow::Borrow<O>, O: Ord>(
    question: &Value,
    name: &str,
    items: impl Iterator<Item = (K, Value)>,
    read: impl Fn(&str) -> Option<O>,
) -> Result<Value, DetectError> {
    let (most, token) = paging(question)?;
    let last = match token {
        None => None,
        Some(token) => Some(read(&token).ok_or(DetectError::Member("nextToken"))?),
    };
    let is_over = |key: &K| last.as_ref().is_some_and(|last| key.borrow() <= last);
    let mut rest = items.skip_while(|(key, _)| is_over(key));
    let taken: Vec<(K, Value)> = rest.by_ref().take(most.items()).collect();
    let more = rest.next().is_some();
    let token = taken.last().filter(|_| more);
    let token: Option<String> = token.map(|(key, _)| key.to_string());
    let items: Value = taken.into_iter().map(|(_, item)| item).collect();
    Ok(answer(name, &items, token.as_deref()))
}
