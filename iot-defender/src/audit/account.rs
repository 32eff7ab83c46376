//! Which checks an account has on, and what may be started.
//!
//! Sources: developer guide, "AuditCommands"; API reference, `UpdateAccountAuditConfiguration`,
//! `StartOnDemandAuditTask`, `CreateScheduledAudit`.

mod update;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::Value;

use super::check::Check;
use super::configuration::Days;
use super::request::{MAX_ON_DEMAND, MAX_SCHEDULED, RequestError};
use crate::question::given;
pub use update::NotificationTarget;

/// The configuration of an account: the checks that it has enabled, at first none, their thresholds,
/// the role, and whom the end of an audit is told. [`update`](Self::update) reads the request of the
/// API; [`enable`](Self::enable) and [`disable`](Self::disable) are for who has no request.
/// Deleted, it is a new one.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditConfiguration, Check, RequestError, read_checks};
///
/// let mut configuration = AuditConfiguration::new();
/// let error = configuration.enable([Check::LoggingDisabled], false);
/// assert_eq!(error, Err(RequestError::NoRole));
/// configuration.enable([Check::LoggingDisabled], true)?;
///
/// let target = read_checks(["LOGGING_DISABLED_CHECK"])?;
/// assert_eq!(configuration.start_on_demand(&target, 9), Ok(()));
/// assert_eq!(configuration.start_on_demand(&target, 10), Err(RequestError::TooManyTasks));
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditConfiguration {
    enabled: BTreeSet<Check>,
    is_configured: bool,
    role_arn: Option<String>,
    target: Option<NotificationTarget>,
    /// What was set.
    thresholds: BTreeMap<Check, Days>,
}

impl AuditConfiguration {
    /// As an account has it that was never configured, or whose configuration was deleted.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            enabled: BTreeSet::new(),
            is_configured: false,
            role_arn: None,
            target: None,
            thresholds: BTreeMap::new(),
        }
    }

    /// Enables checks. `has_role` says whether the request names a role.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoRole`] and [`RequestError::NoCheck`], if it is the first configuration
    /// and has no role or no check. Nothing is changed then.
    pub fn enable(
        &mut self,
        checks: impl IntoIterator<Item = Check>,
        has_role: bool,
    ) -> Result<(), RequestError> {
        let mut checks = checks.into_iter().peekable();
        if !self.is_configured {
            if !has_role {
                return Err(RequestError::NoRole);
            }
            if checks.peek().is_none() {
                return Err(RequestError::NoCheck);
            }
        }
        self.enabled.extend(checks);
        self.is_configured = true;
        Ok(())
    }

    /// Disables a check. What it has collected is deleted by the caller.
    ///
    /// # Errors
    ///
    /// [`RequestError::Scheduled`]: a scheduled audit, of whose checks `scheduled` are all, has
    /// it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditConfiguration, Check, RequestError};
    ///
    /// let check = Check::LoggingDisabled;
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.enable([check], true)?;
    /// assert_eq!(configuration.disable(check, [check]), Err(RequestError::Scheduled(check)));
    /// configuration.disable(check, [])?;
    /// assert!(!configuration.is_enabled(check));
    /// # Ok::<(), RequestError>(())
    /// ```
    pub fn disable(
        &mut self,
        check: Check,
        scheduled: impl IntoIterator<Item = Check>,
    ) -> Result<(), RequestError> {
        if scheduled.into_iter().any(|used| used == check) {
            return Err(RequestError::Scheduled(check));
        }
        self.enabled.remove(&check);
        Ok(())
    }

    /// Whether the check is enabled.
    #[must_use]
    pub fn is_enabled(&self, check: Check) -> bool {
        self.enabled.contains(&check)
    }

    /// Whether an audit of these checks may start, while `running` others run on demand.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: no check, one that is not enabled, or ten audits that run.
    pub fn start_on_demand(&self, target: &[Check], running: usize) -> Result<(), RequestError> {
        self.target(target)?;
        if running >= MAX_ON_DEMAND {
            return Err(RequestError::TooManyTasks);
        }
        Ok(())
    }

    /// Whether a scheduled audit of these checks may be made beside `existing` others.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: no check, one that is not enabled, or five scheduled audits.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditConfiguration, Check, RequestError};
    ///
    /// let configuration = AuditConfiguration::new();
    /// let error = configuration.create_scheduled(&[Check::LoggingDisabled], 0);
    /// assert_eq!(error, Err(RequestError::NotEnabled(Check::LoggingDisabled)));
    /// ```
    pub fn create_scheduled(&self, target: &[Check], existing: usize) -> Result<(), RequestError> {
        self.target(target)?;
        if existing >= MAX_SCHEDULED {
            return Err(RequestError::TooManySchedules);
        }
        Ok(())
    }

    pub(super) fn target(&self, target: &[Check]) -> Result<(), RequestError> {
        if target.is_empty() {
            return Err(RequestError::NoTarget);
        }
        let missing = target.iter().find(|check| !self.is_enabled(**check));
        missing.map_or(Ok(()), |check| Err(RequestError::NotEnabled(*check)))
    }
}

/// The checks of these names, older ones too, each once and in the order of [`Check::ALL`].
///
/// # Errors
///
/// [`RequestError::UnknownCheck`]: the first name that no check has.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, read_checks};
///
/// let checks = read_checks(["LOGGING_DISABLED_CHECK", "REVOKED_CA_CERT_CHECK"]);
/// let expected = vec![Check::RevokedCaCertificateStillActive, Check::LoggingDisabled];
/// assert_eq!(checks, Ok(expected));
/// ```
pub fn read_checks<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Check>, RequestError> {
    let read = |name: &str| {
        let check = name.parse();
        check.map_err(|_| RequestError::UnknownCheck(name.to_string()))
    };
    let checks: Result<BTreeSet<Check>, _> = names.into_iter().map(read).collect();
    checks.map(|checks| checks.into_iter().collect())
}

/// The checks of a request, each once and in the order of [`Check::ALL`]: one at least.
pub(super) fn target(checks: impl IntoIterator<Item = Check>) -> Result<Vec<Check>, RequestError> {
    let checks: BTreeSet<Check> = checks.into_iter().collect();
    if checks.is_empty() {
        return Err(RequestError::NoTarget);
    }
    Ok(checks.into_iter().collect())
}

/// Reads `targetCheckNames` of a request; `None` if it has none.
pub(super) fn read_target(request: &Value) -> Result<Option<Vec<Check>>, RequestError> {
    let Some(names) = given(request, "targetCheckNames") else {
        return Ok(None);
    };
    let names = names.as_array().ok_or(RequestError::TargetCheckNames)?;
    let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
    let checks = read_checks(names.ok_or(RequestError::TargetCheckNames)?)?;
    target(checks).map(Some)
}
