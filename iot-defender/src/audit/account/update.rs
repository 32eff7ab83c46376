//! `UpdateAccountAuditConfiguration` and `DescribeAccountAuditConfiguration`.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::AuditConfiguration;
use crate::audit::check::Check;
use crate::audit::configuration::{ConfigName, Days, threshold};
use crate::audit::mitigation::is_role;
use crate::audit::request::RequestError;
use crate::question::given;

/// Whom the end of an audit is told: the topic of SNS, as `auditNotificationTargetConfigurations`
/// has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::AuditConfiguration;
/// use serde_json::json;
///
/// let mut configuration = AuditConfiguration::new();
/// configuration.update(&json!({
///     "roleArn": "arn:aws:iam::123456789012:role/audit",
///     "auditNotificationTargetConfigurations": { "SNS": {
///         "targetArn": "arn:aws:sns:us-east-1:123456789012:audits",
///         "roleArn": "arn:aws:iam::123456789012:role/notify",
///         "enabled": true,
///     } },
///     "auditCheckConfigurations": { "LOGGING_DISABLED_CHECK": { "enabled": true } },
/// }), [])?;
/// let target = configuration.notification_target().expect("it was told");
/// assert!(target.enabled && target.target_arn.ends_with(":audits"));
/// # Ok::<(), iot_defender::audit::RequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotificationTarget {
    /// The topic, at most 2048 characters.
    pub target_arn: String,
    /// The role to publish in, 20 to 2048 characters.
    pub role_arn: String,
    /// Whether anything is published.
    pub enabled: bool,
}

/// What a request says of a check.
#[derive(Default)]
struct Change {
    enabled: Option<bool>,
    /// `None` inside: what was set holds no longer.
    threshold: Option<Option<Days>>,
}

impl AuditConfiguration {
    /// `UpdateAccountAuditConfiguration`. What the request leaves out, or has as `null`, stays; the
    /// target of notifications and the settings of a check are replaced as a whole. `scheduled` are
    /// the checks of all scheduled audits, [`ScheduledAudits::checks`](super::super::ScheduledAudits::checks),
    /// which must stay enabled. What a check that is disabled has collected is deleted by the
    /// caller.
    ///
    /// # Errors
    ///
    /// [`RequestError`], with the member of the request. Nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditConfiguration, Check, Days, RequestError};
    /// use serde_json::json;
    ///
    /// let mut configuration = AuditConfiguration::new();
    /// let mut request = json!({
    ///     "auditCheckConfigurations": { "DEVICE_CERTIFICATE_AGE_CHECK": {
    ///         "enabled": true,
    ///         "configuration": { "CERT_AGE_THRESHOLD_IN_DAYS": "400" },
    ///     } },
    /// });
    /// assert_eq!(configuration.update(&request, []), Err(RequestError::NoRole));
    /// request["roleArn"] = json!("arn:aws:iam::123456789012:role/audit");
    /// configuration.update(&request, [])?;
    ///
    /// let check = Check::DeviceCertificateAge;
    /// assert_eq!(configuration.threshold(check), Days::new(400));
    /// let off = json!({ "auditCheckConfigurations": { check.as_str(): { "enabled": false } } });
    /// assert_eq!(configuration.update(&off, [check]), Err(RequestError::Scheduled(check)));
    /// configuration.update(&off, [])?;
    /// assert!(!configuration.is_enabled(check));
    /// # Ok::<(), RequestError>(())
    /// ```
    pub fn update(
        &mut self,
        request: &Value,
        scheduled: impl IntoIterator<Item = Check>,
    ) -> Result<(), RequestError> {
        if !request.is_object() {
            return Err(RequestError::NotAnObject);
        }
        let mut next = self.clone();
        if let Some(role) = given(request, "roleArn") {
            let role = role.as_str().filter(|role| is_role(role));
            next.role_arn = Some(role.ok_or(RequestError::RoleArn)?.into());
        }
        if let Some(targets) = given(request, "auditNotificationTargetConfigurations") {
            next.target = read_target(targets)?.or(next.target);
        }
        let changes = match given(request, "auditCheckConfigurations") {
            Some(checks) => read_checks(checks)?,
            None => BTreeMap::new(),
        };
        let scheduled: BTreeSet<Check> = scheduled.into_iter().collect();
        for (check, change) in changes {
            match change.enabled {
                Some(true) => {
                    next.enabled.insert(check);
                }
                Some(false) => next.disable(check, scheduled.iter().copied())?,
                None => {}
            }
            match change.threshold {
                Some(Some(days)) => {
                    next.thresholds.insert(check, days);
                }
                Some(None) => {
                    next.thresholds.remove(&check);
                }
                None => {}
            }
        }
        if !self.is_configured {
            if next.role_arn.is_none() {
                return Err(RequestError::NoRole);
            }
            if next.enabled.is_empty() {
                return Err(RequestError::NoCheck);
            }
        }
        next.is_configured = true;
        *self = next;
        Ok(())
    }

    /// The answer of `DescribeAccountAuditConfiguration`: every check by its name of today. The
    /// settings of a check are told if some were set.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditConfiguration, Check};
    ///
    /// let described = AuditConfiguration::new().describe();
    /// let checks = described["auditCheckConfigurations"].as_object().expect("is one");
    /// assert_eq!(checks.len(), Check::ALL.len());
    /// assert!(checks.values().all(|check| check["enabled"] == false));
    /// ```
    #[must_use]
    pub fn describe(&self) -> Value {
        let checks: Map<String, Value> = Check::ALL
            .iter()
            .map(|check| {
                let mut told = json!({ "enabled": self.is_enabled(*check) });
                let name = ConfigName::ALL.iter().find(|name| name.check() == *check);
                if let (Some(name), Some(days)) = (name, self.thresholds.get(check))
                    && let Some(members) = told.as_object_mut()
                {
                    let settings = json!({ name.as_str(): days.to_string() });
                    members.insert("configuration".into(), settings);
                }
                (check.as_str().into(), told)
            })
            .collect();
        let mut described = Map::new();
        if let Some(role) = &self.role_arn {
            described.insert("roleArn".into(), role.as_str().into());
        }
        if let Some(target) = &self.target {
            let sns = json!({ "SNS": {
                "targetArn": target.target_arn,
                "roleArn": target.role_arn,
                "enabled": target.enabled,
            } });
            described.insert("auditNotificationTargetConfigurations".into(), sns);
        }
        described.insert("auditCheckConfigurations".into(), checks.into());
        described.into()
    }

    /// The role in which the audit reads the account, if a request named one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::AuditConfiguration;
    ///
    /// assert_eq!(AuditConfiguration::new().role_arn(), None);
    /// ```
    #[must_use]
    pub fn role_arn(&self) -> Option<&str> {
        self.role_arn.as_deref()
    }

    /// Whom the end of an audit is told.
    #[must_use]
    pub const fn notification_target(&self) -> Option<&NotificationTarget> {
        self.target.as_ref()
    }

    /// The threshold of a check: what was set, or else what holds without; `None` for a check that
    /// has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditConfiguration, Check, Days};
    ///
    /// let configuration = AuditConfiguration::new();
    /// let days = configuration.threshold(Check::DeviceCertificateExpiring);
    /// assert_eq!(days, Some(Days::EXPIRATION_DEFAULT));
    /// assert_eq!(configuration.threshold(Check::LoggingDisabled), None);
    /// ```
    #[must_use]
    pub fn threshold(&self, check: Check) -> Option<Days> {
        let set = self.thresholds.get(&check).copied();
        set.or_else(|| threshold(check, []).ok().flatten())
    }
}

/// The target of SNS, the one type there is; `None` if nothing is said of it.
fn read_target(targets: &Value) -> Result<Option<NotificationTarget>, RequestError> {
    let wrong = RequestError::NotificationTarget;
    let targets = targets.as_object().ok_or_else(|| wrong("not an object"))?;
    if targets.keys().any(|kind| kind != "SNS") {
        return Err(wrong("a type other than SNS"));
    }
    let Some(target) = targets.get("SNS").filter(|target| !target.is_null()) else {
        return Ok(None);
    };
    if !target.is_object() {
        return Err(wrong("SNS is not an object"));
    }
    let arn = |name: &str| match given(target, name) {
        None => Some(""),
        Some(arn) => arn.as_str(),
    };
    let enabled = match given(target, "enabled") {
        None => false,
        Some(enabled) => enabled
            .as_bool()
            .ok_or_else(|| wrong("SNS.enabled is not true or false"))?,
    };
    let target_arn = arn("targetArn").filter(|arn| arn.chars().count() <= 2048);
    let target_arn =
        target_arn.ok_or_else(|| wrong("SNS.targetArn is not up to 2048 characters"))?;
    let role_arn = arn("roleArn").filter(|arn| arn.is_empty() || is_role(arn));
    let role_arn = role_arn.ok_or_else(|| wrong("SNS.roleArn is not 20 to 2048 characters"))?;
    if enabled && (target_arn.is_empty() || role_arn.is_empty()) {
        return Err(wrong("SNS is enabled without targetArn and roleArn"));
    }
    Ok(Some(NotificationTarget {
        target_arn: target_arn.into(),
        role_arn: role_arn.into(),
        enabled,
    }))
}

/// What is said of each check, by any of its names.
fn read_checks(checks: &Value) -> Result<BTreeMap<Check, Change>, RequestError> {
    let checks = checks
        .as_object()
        .ok_or(RequestError::CheckConfigurations)?;
    let mut changes = BTreeMap::new();
    for (name, said) in checks {
        let check: Check = name
            .parse()
            .map_err(|_| RequestError::UnknownCheckConfiguration(name.clone()))?;
        if changes.insert(check, read_check(check, said)?).is_some() {
            return Err(RequestError::CheckTwice(check));
        }
    }
    Ok(changes)
}

fn read_check(check: Check, said: &Value) -> Result<Change, RequestError> {
    let wrong = |rule| RequestError::CheckConfiguration(check, rule);
    if !said.is_object() {
        return Err(wrong("not an object"));
    }
    let mut change = Change::default();
    if let Some(enabled) = given(said, "enabled") {
        let enabled = enabled.as_bool();
        change.enabled = Some(enabled.ok_or_else(|| wrong("enabled is not true or false"))?);
    }
    if let Some(settings) = given(said, "configuration") {
        let settings = settings.as_object();
        let settings = settings.ok_or_else(|| wrong("configuration is not an object"))?;
        let pairs: Option<Vec<_>> = settings
            .iter()
            .map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect();
        let pairs = pairs.ok_or_else(|| wrong("configuration has a value that is not a text"))?;
        let is_set = !pairs.is_empty();
        let days = threshold(check, pairs);
        let days = days.map_err(|error| RequestError::Setting(check, error))?;
        change.threshold = Some(days.filter(|_| is_set));
    }
    Ok(change)
}
