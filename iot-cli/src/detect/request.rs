//! A file with a security profile, and what belongs to it.

use std::path::Path;

use iot_defender::detect::{
    BehaviorError, CustomMetric, CustomMetricName, CustomMetricType, Definitions, DetectError,
    Dimension, ProfileName, SecurityProfile, Target, TargetArn,
};
use iot_policy::locate;
use iot_topics::{GroupName, ThingName};
use serde_json::{Map, Value};

use super::setup::Watched;
use crate::output::{self, Failure};
use crate::source::Source;

pub(super) struct ProfileFile {
    source: Source,
    members: Map<String, Value>,
    /// The name of the file without its extension.
    stem: String,
}

/// Members of `CreateSecurityProfile`.
const OF_PROFILES: [&str; 8] = [
    "securityProfileName",
    "securityProfileDescription",
    "behaviors",
    "alertTargets",
    "additionalMetricsToRetain",
    "additionalMetricsToRetainV2",
    "metricsExportConfig",
    "tags",
];

/// Members of ours.
const OURS: [&str; 4] = ["targets", "customMetrics", "dimensions", "groups"];

const TITLE: &str = "this is no security profile";

impl ProfileFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let source = Source::read(path)?;
        let json_error = |error| output::json_error(path, &source.text, &error);
        let value: Value = serde_json::from_str(&source.text).map_err(json_error)?;
        let Value::Object(members) = value else {
            return Err(source.failure_at(TITLE, "", "not an object"));
        };
        let known = |name: &&String| !OF_PROFILES.iter().chain(&OURS).any(|known| known == name);
        if let Some(name) = members.keys().find(known) {
            let pointer = pointer(&[name]);
            return Err(source.failure_at(TITLE, &pointer, "there is no such member"));
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            source,
            members,
            stem: stem.into_owned(),
        })
    }

    #[expect(clippy::needless_pass_by_value, reason = "an error, or a text")]
    fn wrong(&self, pointer: &str, label: impl ToString) -> Failure {
        self.source.failure_at(TITLE, pointer, &label.to_string())
    }

    fn list(&self, name: &str) -> Result<&[Value], Failure> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(self.wrong(&pointer(&[name]), "not a list")),
        }
    }

    /// Adds the custom metrics and the dimensions of the file.
    pub(super) fn define(&self, definitions: &mut Definitions) -> Result<(), Failure> {
        for (index, item) in self.list("customMetrics")?.iter().enumerate() {
            let at = format!("/customMetrics/{index}");
            let metric = custom_metric(item).map_err(|error| self.wrong(&at, error))?;
            let created = definitions.create_custom_metric(metric);
            created.map_err(|error| self.wrong(&at, error))?;
        }
        for (index, item) in self.list("dimensions")?.iter().enumerate() {
            let at = format!("/dimensions/{index}");
            let dimension = Dimension::from_json(item).map_err(|error| self.wrong(&at, error))?;
            let created = definitions.create_dimension(dimension);
            created.map_err(|error| self.wrong(&at, error))?;
        }
        Ok(())
    }

    /// The groups of the file, each with a thing that is in it.
    pub(super) fn members(&self) -> Result<Vec<(GroupName, String)>, Failure> {
        let groups = match self.members.get("groups") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Object(groups)) => groups,
            Some(_) => return Err(self.wrong("/groups", "not an object of lists")),
        };
        let mut members = Vec::new();
        for (name, things) in groups {
            let at = pointer(&["groups", name]);
            let group = GroupName::parse(name).map_err(|error| self.wrong(&at, error))?;
            let things = things.as_array();
            for thing in things.ok_or_else(|| self.wrong(&at, "not a list of things"))? {
                let thing = thing.as_str().unwrap_or_default();
                ThingName::check(thing)
                    .map_err(|error| self.wrong(&at, format!("`{thing}`: {error}")))?;
                members.push((group.clone(), thing.to_owned()));
            }
        }
        Ok(members)
    }

    /// The profile, if the file is not about definitions and groups alone.
    pub(super) fn profile(&self, definitions: &Definitions) -> Result<Option<Watched>, Failure> {
        let is_one = |name: &&str| self.members.contains_key(*name);
        if !OF_PROFILES.iter().any(&is_one) && !is_one(&"targets") {
            return Ok(None);
        }
        let name = match self.members.get("securityProfileName") {
            None | Some(Value::Null) => self.stem.as_str(),
            Some(name) => name.as_str().unwrap_or_default(),
        };
        let name = ProfileName::parse(name)
            .map_err(|error| self.wrong("/securityProfileName", format!("`{name}`: {error}")))?;
        let request = self
            .members
            .iter()
            .filter(|(name, _)| OF_PROFILES.contains(&name.as_str()));
        let request = request.map(|(name, value)| (name.clone(), value.clone()));
        let profile = SecurityProfile::create(name, &Value::Object(request.collect()), definitions);
        let profile = profile.map_err(|error| match &error {
            DetectError::Behavior(wrong) => self.wrong(&self.place_of(wrong), error),
            _ => self.wrong("", error),
        })?;
        Ok(Some(Watched {
            profile,
            targets: self.targets()?,
        }))
    }

    /// Where a behavior stands that is refused.
    fn place_of(&self, error: &BehaviorError) -> String {
        let behaviors = self.members.get("behaviors").and_then(Value::as_array);
        let name = |behavior: &Value| behavior.get("name")?.as_str().map(str::to_owned);
        let is_it = |behavior: &Value| name(behavior).unwrap_or_default() == error.behavior();
        let index = behaviors.and_then(|all| all.iter().position(is_it));
        let place = match index {
            Some(index) => format!("/behaviors/{index}"),
            None => "/behaviors".to_owned(),
        };
        // The name is what can be seen in a glance.
        let name = format!("{place}/name");
        match locate(&self.source.text, &name) {
            Some(_) => name,
            None => place,
        }
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let mut targets = Vec::new();
        for (index, item) in self.list("targets")?.iter().enumerate() {
            let text = item.as_str().unwrap_or_default();
            targets.push(match text {
                "all" => Target::All,
                "registered" => Target::Registered,
                "unregistered" => Target::Unregistered,
                arn => {
                    let arn: Result<TargetArn, _> = arn.parse();
                    let wrong = |error| self.wrong(&format!("/targets/{index}"), error);
                    arn.map_err(wrong)?.target().clone()
                }
            });
        }
        Ok(match self.members.get("targets") {
            None | Some(Value::Null) => vec![Target::All],
            Some(_) => targets,
        })
    }
}

/// A request of `CreateCustomMetric`.
fn custom_metric(json: &Value) -> Result<CustomMetric, String> {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let name = CustomMetricName::parse(text("metricName").unwrap_or_default());
    let name = name.map_err(|error| format!("metricName: {error}"))?;
    let kind = text("metricType").unwrap_or_default();
    let kind: CustomMetricType = kind
        .parse()
        .map_err(|error| format!("metricType: `{kind}`: {error}"))?;
    let mut metric = CustomMetric::new(name, kind);
    if let Some(display_name) = text("displayName") {
        metric
            .rename(display_name)
            .map_err(|error| error.to_string())?;
    }
    Ok(metric)
}

/// A JSON pointer.
fn pointer(names: &[&str]) -> String {
    let escaped = |name: &&str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    names.iter().map(escaped).collect()
}
