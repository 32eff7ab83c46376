//! What an audit is told before it looks at the first resource.
//!
//! Source: API reference, `StartOnDemandAuditTask`, `UpdateAccountAuditConfiguration`.

use alloc::collections::BTreeSet;

use iot_topics::Timestamp;

use super::account::AuditConfiguration;
use super::certificate::Revocations;
use super::check::Check;
use super::configuration::Days;
use super::finding::AccountId;
use super::id::{AuditTaskId, FindingId, FindingKey, ScheduledAuditName};
use super::key_quality::{KnownKeys, Profile};
use super::suppression::Suppressions;
use super::task::TaskType;

/// Which audit it is.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{TaskHeader, TaskType};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// assert_eq!(task.task_type(), TaskType::OnDemand);
///
/// let task = task.of_schedule("every_night".parse()?);
/// assert_eq!(task.task_type(), TaskType::Scheduled);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TaskHeader {
    /// The account that is audited.
    pub account: AccountId,
    /// The id of the audit.
    pub task_id: AuditTaskId,
    /// When it started. All checks judge by this instant, whatever time the audit takes.
    pub start: Timestamp,
    /// Which scheduled audit started it, if one did.
    pub scheduled_audit: Option<ScheduledAuditName>,
}

impl TaskHeader {
    /// An audit that someone started.
    #[must_use]
    pub const fn on_demand(account: AccountId, task_id: AuditTaskId, start: Timestamp) -> Self {
        Self {
            account,
            task_id,
            start,
            scheduled_audit: None,
        }
    }

    /// The same, started by a scheduled audit.
    #[must_use]
    pub fn of_schedule(mut self, name: ScheduledAuditName) -> Self {
        self.scheduled_audit = Some(name);
        self
    }

    /// Who started it.
    #[must_use]
    pub const fn task_type(&self) -> TaskType {
        match self.scheduled_audit {
            None => TaskType::OnDemand,
            Some(_) => TaskType::Scheduled,
        }
    }
}

/// What an audit is told before it looks at the first resource. The same settings serve all the
/// workers of an audit.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditSettings, Check, Days, Profile, TaskHeader, threshold};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let mut settings = AuditSettings::new(task, Check::ALL.iter().copied());
/// assert_eq!(settings.profile, Profile::Aws);
/// assert_eq!(settings.age_threshold, Days::AGE_DEFAULT);
///
/// let configured = [("CERT_AGE_THRESHOLD_IN_DAYS", "400")];
/// settings.age_threshold = threshold(Check::DeviceCertificateAge, configured)?.expect("has one");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuditSettings {
    /// Which audit it is.
    pub task: TaskHeader,
    /// The checks that are run. That they are enabled is for
    /// [`AuditConfiguration`](super::AuditConfiguration) to say.
    pub checks: BTreeSet<Check>,
    /// How long before its end a device certificate is a finding.
    pub expiration_threshold: Days,
    /// From which age on a device certificate is a finding.
    pub age_threshold: Days,
    /// Which faults are looked for.
    pub profile: Profile,
    /// Keys that are publicly known.
    pub known_keys: KnownKeys,
    /// What revocation lists say. Without a list no certificate is revoked.
    pub revocations: Revocations,
    /// Findings that nobody wants to be told of.
    pub suppressions: Suppressions,
    /// How findings get their ids: [`FindingId::of_task`], [`FindingId::of_resource`] or another.
    pub finding_id: fn(&FindingKey<'_>) -> FindingId,
}

impl AuditSettings {
    /// An audit of these checks in the profile of AWS, with the thresholds that hold if none is
    /// set, without lists and suppressions, and with an id for each finding of each audit.
    #[must_use]
    pub fn new(task: TaskHeader, checks: impl IntoIterator<Item = Check>) -> Self {
        Self {
            task,
            checks: checks.into_iter().collect(),
            expiration_threshold: Days::EXPIRATION_DEFAULT,
            age_threshold: Days::AGE_DEFAULT,
            profile: Profile::Aws,
            known_keys: KnownKeys::new(),
            revocations: Revocations::new(),
            suppressions: Suppressions::default(),
            finding_id: FindingId::of_task,
        }
    }

    /// With the thresholds of an account's configuration.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditConfiguration, AuditSettings, Check, Days, TaskHeader};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.update(&json!({
    ///     "roleArn": "arn:aws:iam::123456789012:role/audit",
    ///     "auditCheckConfigurations": { "DEVICE_CERTIFICATE_AGE_CHECK": {
    ///         "enabled": true,
    ///         "configuration": { "CERT_AGE_THRESHOLD_IN_DAYS": "400" },
    ///     } },
    /// }), [])?;
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::DeviceCertificateAge]);
    /// let settings = settings.configured(&configuration);
    /// assert_eq!(Some(settings.age_threshold), Days::new(400));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn configured(mut self, configuration: &AuditConfiguration) -> Self {
        let threshold = |check, otherwise| configuration.threshold(check).unwrap_or(otherwise);
        self.expiration_threshold =
            threshold(Check::DeviceCertificateExpiring, self.expiration_threshold);
        self.age_threshold = threshold(Check::DeviceCertificateAge, self.age_threshold);
        self
    }

    /// Whether the check is run.
    pub(super) fn runs(&self, check: Check) -> bool {
        self.checks.contains(&check)
    }
}
