//! What an account has as text, and back.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::definitions::Dated;
use super::{DefinedProfile, SecurityProfiles};
use crate::detect::SnapshotError;
use crate::detect::definitions::CustomMetric;
use crate::detect::dimension::Dimension;
use crate::detect::lines::{Lines, Writer, text_of};
use crate::detect::profile::SecurityProfile;
use crate::detect::refusal::DetectError;
use crate::detect::target::Target;

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-defender-profiles":1}"#;

/// What ARNs begin with, and how many lines of what follow.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    prefix: String,
    metrics: usize,
    dimensions: usize,
    profiles: usize,
}

/// What was asked for, and when.
#[derive(Serialize, Deserialize)]
struct DefinitionLine(Value, Dated);

/// The profile, when it was made and changed, and its targets.
#[derive(Serialize, Deserialize)]
struct ProfileLine(Value, Timestamp, Timestamp, Vec<String>);

impl SecurityProfiles {
    /// All of it as text, a line for each definition and each profile. The text of what is equal is
    /// equal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let request = serde_json::json!({ "securityProfileName": "lamps" });
    /// account.create(&request, Default::default())?;
    /// let restored = SecurityProfiles::restore(account.snapshot().as_bytes());
    /// assert_eq!(restored, Ok(account));
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        text_of(|sink| {
            let mut out = Writer::new(HEADER, sink);
            out.line(&Head {
                prefix: self.prefix.clone(),
                metrics: self.metrics.len(),
                dimensions: self.dimensions.len(),
                profiles: self.profiles.len(),
            });
            let metrics = self.definitions.custom_metrics().map(|it| json!(it));
            for (metric, dated) in metrics.zip(self.metrics.values()) {
                out.line(&DefinitionLine(metric, dated.clone()));
            }
            let dimensions = self.definitions.dimensions().map(|it| json!(it));
            for (dimension, dated) in dimensions.zip(self.dimensions.values()) {
                out.line(&DefinitionLine(dimension, dated.clone()));
            }
            for it in self.profiles.values() {
                let targets = it.targets.iter().map(Target::to_string).collect();
                let profile = json!(it.profile);
                out.line(&ProfileLine(profile, it.created, it.modified, targets));
            }
        })
    }

    /// The account that a snapshot was taken of.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: any other text; it tells the line.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::SecurityProfiles::restore(b"something else").is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let mut lines = Lines::new(HEADER, snapshot)?;
        let head: Head = lines.next("must be a prefix and counts")?;
        let mut account = Self::new(&head.prefix);
        for _ in 0..head.metrics {
            let line: DefinitionLine = lines.next("must be a custom metric")?;
            let taken = account.take_metric(line);
            lines.hold(taken, "must be another custom metric, as accepted")?;
        }
        for _ in 0..head.dimensions {
            let line: DefinitionLine = lines.next("must be a dimension")?;
            let taken = account.take_dimension(line);
            lines.hold(taken, "must be another dimension, as accepted")?;
        }
        for _ in 0..head.profiles {
            let line: ProfileLine = lines.next("must be a profile")?;
            let taken = account.take_profile(line);
            lines.hold(taken, "must be another profile, as accepted")?;
        }
        lines.end()?;
        Ok(account)
    }

    fn take_metric(&mut self, DefinitionLine(json, dated): DefinitionLine) -> Option<()> {
        let text = |name| json.get(name).and_then(Value::as_str);
        let mut metric = CustomMetric::new(
            text("metricName")?.parse().ok()?,
            text("metricType")?.parse().ok()?,
        );
        metric
            .rename(text("displayName").unwrap_or_default())
            .ok()?;
        let name = metric.name().clone();
        self.definitions.create_custom_metric(metric).ok()?;
        self.metrics.insert(name, dated.sound()?);
        Some(())
    }

    fn take_dimension(&mut self, DefinitionLine(json, dated): DefinitionLine) -> Option<()> {
        let dimension = Dimension::from_json(&json).ok()?;
        let name = dimension.name().clone();
        self.definitions.create_dimension(dimension).ok()?;
        self.dimensions.insert(name, dated.sound()?);
        Some(())
    }

    fn take_profile(&mut self, line: ProfileLine) -> Option<()> {
        let ProfileLine(json, created, modified, targets) = line;
        let defined = self.create(&json, created).ok()?;
        let name = defined.profile.name().clone();
        let defined = self.profiles.get_mut(&name)?;
        defined.restore(&json, modified)?;
        let targets: Option<Vec<Target>> = targets.iter().map(|it| Target::read(it)).collect();
        let targets = targets?;
        let is_rising = targets.is_sorted_by(|one, two| one < two);
        let attached = targets
            .into_iter()
            .try_for_each(|target| -> Result<(), DetectError> {
                self.fasten(name.as_str(), target)
            });
        (is_rising && attached.is_ok()).then_some(())
    }
}

impl DefinedProfile {
    fn restore(&mut self, json: &Value, modified: Timestamp) -> Option<()> {
        let version = json.get("version").and_then(Value::as_u64);
        let version = version.filter(|version| *version > 0)?;
        self.profile = SecurityProfile::in_version(self.profile.clone(), version);
        self.modified = Some(modified).filter(|modified| *modified >= self.created)?;
        Some(())
    }
}
